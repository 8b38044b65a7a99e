//! The command line and the variables.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};

use crate::rows::{ROWS, Row, Scale};

pub(crate) struct Options {
    pub(crate) rounds: usize,
    pub(crate) rows: Vec<&'static Row>,
    /// The git-session that is measured.
    pub(crate) program: PathBuf,
    /// The git that is measured.
    pub(crate) git: PathBuf,
    /// Where repositories are made; templates stay there for the next run.
    pub(crate) directory: PathBuf,
}

impl Options {
    /// `None` when there is nothing to do: a test runner that asks for the list of tests.
    pub(crate) fn parse() -> Result<Option<Self>> {
        let (mut small, mut big, mut benched) = (false, false, false);
        let mut rounds = None;
        let mut names: Vec<String> = Vec::new();
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => benched = true,
                "--small" => small = true,
                "--big" => big = true,
                "--rounds" => {
                    let value = arguments.next().context("--rounds needs a number")?;
                    rounds = Some(value.parse().context("--rounds needs a number")?);
                }
                "--rows" => {
                    let value = arguments.next().context("--rows needs names")?;
                    names.extend(value.split(',').map(str::to_owned));
                }
                "--list" => return Ok(None),
                _ => bail!(
                    "unknown argument {argument}; known: --rounds <n>, --rows <name,...>, --small, --big"
                ),
            }
        }
        let wanted = |row: &&Row| match row.scale {
            Scale::Small => small || !big,
            Scale::Big => big,
        };
        let rows = if names.is_empty() {
            ROWS.iter().filter(wanted).collect()
        } else {
            names
                .iter()
                .map(|name| named(name))
                .collect::<Result<_>>()?
        };
        // As a test (`cargo test --all-targets`) one round shows that everything works.
        let rounds = rounds.unwrap_or(if benched { 30 } else { 1 });
        ensure!(rounds > 0, "--rounds needs at least one");
        let directory = path("BENCH_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/bench"));
        Ok(Some(Self {
            rounds,
            rows,
            program: program()?,
            git: path("BENCH_GIT", "git"),
            directory,
        }))
    }
}

fn named(name: &str) -> Result<&'static Row> {
    ROWS.iter().find(|row| row.name == name).with_context(|| {
        let known: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
        format!("no row {name}; known: {}", known.join(", "))
    })
}

fn program() -> Result<PathBuf> {
    let program = path("GIT_SESSION_BIN", env!("CARGO_BIN_EXE_git-session"));
    program.canonicalize().with_context(|| {
        format!(
            "no program at {}; build it with `cargo build --release` or name one in GIT_SESSION_BIN",
            program.display()
        )
    })
}

fn path(variable: &str, default: &str) -> PathBuf {
    env::var_os(variable).map_or_else(|| PathBuf::from(default), PathBuf::from)
}
