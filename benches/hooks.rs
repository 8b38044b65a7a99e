//! What the hooks cost: `git commit` and `git switch` with and without them, paired round by round.
//!
//! Every round runs every variant once, in a new order. Overhead is the median over the rounds
//! of (variant − no hooks); the ratio sets it against that of empty shell hooks in the same
//! rounds. Each variant works in its own copy of the same repository; only the one git
//! command is timed.
//!
//! ```text
//! cargo bench --bench hooks                       # a small repository, 30 rounds
//! cargo bench --bench hooks -- --rounds 60 --big  # 50,000 files, 20,000 commits
//! GIT_SESSION_BIN=~/.local/bin/git-session cargo bench --bench hooks
//! ```
//!
//! How the program is linked decides much of its start time: measure the installed one.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program of its own that talks to a terminal and starts git"
)]

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use anyhow::{Context as _, Result, bail, ensure};

/// Changed in every commit.
const CHANGED_FILES: usize = 10;
/// Rounds that are run and not counted.
const WARM_UP: usize = 2;
/// Resamplings behind the quartiles of a ratio.
const RESAMPLINGS: usize = 1000;
/// Any number: the same one gives the same order of variants.
const SEED: u64 = 0x5eed;

const EMPTY_HOOKS: [&str; 4] = [
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-checkout",
];

fn main() -> ExitCode {
    match Options::parse().and_then(|options| options.map_or(Ok(()), |options| run(&options))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let bench = Bench::prepare(options)?;
    println!("{}", bench.facts(options)?);
    let mut order = Order(SEED);
    let commits = bench.measure(options, &mut order, Bench::commit)?;
    bench.check_commits()?;
    let switches = bench.measure(options, &mut order, Bench::switch)?;
    println!(
        "{}",
        table(
            "`git commit` of 10 files",
            "three empty sh hooks",
            &commits,
            options,
            &mut order
        )
    );
    println!(
        "{}",
        table(
            "`git switch`",
            "one empty sh hook",
            &switches,
            options,
            &mut order
        )
    );
    Ok(())
}

// --- Options ---------------------------------------------------------------------------------

struct Options {
    rounds: usize,
    size: Size,
    program: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Size {
    /// 20 files, 30 commits.
    Small,
    /// 50,000 files, 20,000 commits.
    Big,
}

impl Size {
    const fn files(self) -> usize {
        match self {
            Self::Small => 20,
            Self::Big => 50_000,
        }
    }

    const fn commits(self) -> usize {
        match self {
            Self::Small => 30,
            Self::Big => 20_000,
        }
    }
}

impl Options {
    /// `None` when there is nothing to do: a test runner that asks for the list of tests.
    fn parse() -> Result<Option<Self>> {
        let mut rounds = None;
        let mut size = Size::Small;
        let mut benched = false;
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--bench" => benched = true,
                "--big" => size = Size::Big,
                "--rounds" => {
                    let value = arguments.next().context("--rounds needs a number")?;
                    rounds = Some(value.parse().context("--rounds needs a number")?);
                }
                "--list" => return Ok(None),
                _ => bail!("unknown argument {argument}; known: --rounds <n>, --big"),
            }
        }
        if let Ok(value) = env::var("BENCH_ROUNDS") {
            rounds = rounds.or(Some(value.parse().context("BENCH_ROUNDS is not a number")?));
        }
        let program = env::var_os("GIT_SESSION_BIN").map_or_else(
            || PathBuf::from(env!("CARGO_BIN_EXE_git-session")),
            PathBuf::from,
        );
        let program = program.canonicalize().with_context(|| {
            format!(
                "no program at {}; build it with `cargo build --release` or name one in GIT_SESSION_BIN",
                program.display()
            )
        })?;
        // As a test (`cargo test --all-targets`) one round shows that everything works.
        let rounds = rounds.unwrap_or(if benched { 30 } else { 1 });
        ensure!(rounds > 0, "--rounds needs at least one");
        Ok(Some(Self {
            rounds,
            size,
            program,
        }))
    }
}

// --- Variants --------------------------------------------------------------------------------

/// What answers git's hooks in one copy of the repository.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Variant {
    None,
    /// `#!/bin/sh` and nothing else: the measure of all bars.
    EmptyShell,
    /// A session with two objectives on both branches, a note in each commit, a brief on each switch.
    Session,
    /// The same with `session.notesBatch` = 16 and no brief.
    Batched,
    /// Hooks installed, no session in the repository.
    Idle,
}

impl Variant {
    const ALL: [Self; 5] = [
        Self::None,
        Self::EmptyShell,
        Self::Session,
        Self::Batched,
        Self::Idle,
    ];

    const fn directory(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::EmptyShell => "shell",
            Self::Session => "session",
            Self::Batched => "batched",
            Self::Idle => "idle",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::None => "no hooks",
            Self::EmptyShell => "empty sh hooks",
            Self::Session => "git-session, note each commit, brief",
            Self::Batched => "git-session, notes in batches of 16, no brief",
            Self::Idle => "git-session, no session here",
        }
    }
}

struct Bench {
    directory: tempfile::TempDir,
    program: PathBuf,
}

impl Bench {
    fn prepare(options: &Options) -> Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("git-session-bench-")
            .tempdir()?;
        let bench = Self {
            directory,
            program: options.program.clone(),
        };
        fs::write(
            bench.path("gitconfig"),
            "[user]\n\tname = Ada\n\temail = ada@example.org\n[gc]\n\tauto = 0\n\
             [maintenance]\n\tauto = false\n[commit]\n\tgpgsign = false\n\
             [core]\n\tautocrlf = false\n[advice]\n\tdetachedHead = false\n",
        )?;
        bench.make_template(options.size)?;
        for variant in Variant::ALL {
            copy_directory(&bench.path("template"), &bench.repository(variant))?;
            bench
                .set_up(variant)
                .with_context(|| format!("cannot set up \"{}\"", variant.name()))?;
        }
        // What was just copied is written to the disk before anything is timed; where there is
        // no such program the warm-up has to do.
        Command::new("sync").status().ok();
        Ok(bench)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn repository(&self, variant: Variant) -> PathBuf {
        self.path(variant.directory())
    }

    /// `program` in `directory`, with an environment that holds nothing of this machine's settings.
    fn command(&self, program: &Path, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.directory.path())
            .env("XDG_CONFIG_HOME", self.directory.path())
            .env("GIT_CONFIG_GLOBAL", self.path("gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_EDITOR", "false")
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .current_dir(directory)
            .stdin(Stdio::null());
        command
    }

    fn git<S: AsRef<OsStr>>(&self, variant: Variant, arguments: &[S]) -> Result<String> {
        output(
            self.command(Path::new("git"), &self.repository(variant))
                .args(arguments),
        )
    }

    // --- Repositories ------------------------------------------------------------------------

    /// A history of changes to a few files each on `main`, and `other` with five files changed.
    fn make_template(&self, size: Size) -> Result<()> {
        let template = self.path("template");
        fs::create_dir(&template)?;
        let git = || self.command(Path::new("git"), &template);
        output(git().args(["init", "--quiet", "--initial-branch=main", "--template="]))?;
        let mut import = git()
            .args(["fast-import", "--quiet", "--done"])
            .stdin(Stdio::piped())
            .spawn()
            .context("cannot start git")?;
        let mut stream = BufWriter::new(import.stdin.take().context("git takes no input")?);
        write_history(&mut stream, size)?;
        stream.flush()?;
        drop(stream);
        ensure!(import.wait()?.success(), "git fast-import failed");
        fs::create_dir_all(template.join(".git/hooks"))?;
        output(git().args(["commit-graph", "write", "--reachable"]))?;
        output(git().args(["reset", "--quiet", "--hard", "main"]))?;
        Ok(())
    }

    /// Puts the variant on `bench`, in the state that the rounds start from.
    fn set_up(&self, variant: Variant) -> Result<()> {
        let repository = self.repository(variant);
        // The copied files are new to the index.
        self.git(variant, &["status", "--porcelain"])?;
        let ours = |arguments: &[&str]| {
            output(self.command(&self.program, &repository).args(arguments)).map(drop)
        };
        match variant {
            Variant::None => {}
            Variant::EmptyShell => {
                for event in EMPTY_HOOKS {
                    let path = repository.join(".git/hooks").join(event);
                    fs::write(&path, "#!/bin/sh\n")?;
                    make_executable(&path)?;
                }
            }
            Variant::Session | Variant::Batched => {
                let (key, value) = match variant {
                    Variant::Session => ("session.briefOnCheckout", "always"),
                    _ => ("session.notesBatch", "16"),
                };
                self.git(variant, &["config", key, value])?;
                for branch in ["other", "bench"] {
                    // Off the branch that `bench` is cut from.
                    self.git(variant, &["switch", "--quiet", "main"])?;
                    ours(&[
                        "start",
                        branch,
                        "-o",
                        "First objective",
                        "-o",
                        "Second objective",
                    ])?;
                }
            }
            Variant::Idle => ours(&["hooks", "install"])?,
        }
        let branch = self.git(variant, &["branch", "--show-current"])?;
        if branch.trim() != "bench" {
            self.git(variant, &["switch", "--quiet", "--create", "bench"])?;
        }
        Ok(())
    }

    // --- Timed commands ----------------------------------------------------------------------

    fn commit(&self, variant: Variant, round: usize) -> Result<Duration> {
        let repository = self.repository(variant);
        let mut add = vec!["add".to_owned(), "--".to_owned()];
        for number in 0..CHANGED_FILES {
            let name = file_name(number);
            fs::write(repository.join(&name), content(number, round + 1))?;
            add.push(name);
        }
        self.git(variant, &add)?;
        let message = format!("Change ten files, round {round}");
        self.time(variant, &["commit", "--quiet", "-m", &message])
    }

    /// Forth in even rounds, back in odd ones.
    fn switch(&self, variant: Variant, round: usize) -> Result<Duration> {
        let branch = if round.is_multiple_of(2) {
            "other"
        } else {
            "bench"
        };
        self.time(variant, &["switch", "--quiet", branch])
    }

    fn time(&self, variant: Variant, arguments: &[&str]) -> Result<Duration> {
        let mut command = self.command(Path::new("git"), &self.repository(variant));
        command
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let start = Instant::now();
        let status = command.status().context("cannot start git")?;
        let time = start.elapsed();
        ensure!(
            status.success(),
            "git {arguments:?} with \"{}\": {status}",
            variant.name()
        );
        Ok(time)
    }

    /// The times of every variant: one list each, one entry a round.
    fn measure(
        &self,
        options: &Options,
        order: &mut Order,
        step: fn(&Self, Variant, usize) -> Result<Duration>,
    ) -> Result<Times> {
        let mut times = Times::default();
        for round in 0..WARM_UP + options.rounds {
            let mut variants = Variant::ALL;
            order.shuffle(&mut variants);
            for variant in variants {
                let time = step(self, variant, round)?;
                if round >= WARM_UP {
                    times.0[variant as usize].push(time.as_secs_f64() * 1000.0);
                }
            }
        }
        Ok(times)
    }

    // --- Checks ------------------------------------------------------------------------------

    /// A hook that does nothing is fast: what is measured must have worked.
    fn check_commits(&self) -> Result<()> {
        for variant in Variant::ALL {
            let trailers = self.git(
                variant,
                &["log", "-1", "--format=%(trailers:key=Session-Objectives)"],
            )?;
            let expected = matches!(variant, Variant::Session | Variant::Batched);
            ensure!(
                trailers.trim().is_empty() != expected,
                "\"{}\": the last commit has {} Session-Objectives trailers",
                variant.name(),
                if expected { "no" } else { "unexpected" }
            );
        }
        let noted = self.git(Variant::Session, &["for-each-ref", "refs/notes/session"])?;
        ensure!(
            !noted.is_empty(),
            "\"{}\": no note was written",
            Variant::Session.name()
        );
        Ok(())
    }

    fn facts(&self, options: &Options) -> Result<String> {
        let git = self.git(Variant::None, &["--version"])?;
        let ours = output(
            self.command(&self.program, self.directory.path())
                .arg("--version"),
        )?;
        Ok(format!(
            "{}, {}\n{}\n{} files, {} commits; {} rounds after {WARM_UP} to warm up\n",
            git.trim(),
            ours.trim(),
            self.program.display(),
            options.size.files(),
            options.size.commits(),
            options.rounds
        ))
    }
}

/// What the command prints; an error with its words when it fails.
fn output(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("cannot start {command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?}: {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// Fifty files a directory, so that a commit of ten touches one.
fn file_name(number: usize) -> String {
    format!(
        "d{:02}/e{:02}/file-{number:05}.txt",
        number / 1000,
        number / 50 % 20
    )
}

fn content(number: usize, version: usize) -> String {
    let mut text = String::new();
    for line in 0..20 {
        // One line in twenty changes.
        let version = if line == version % 20 { version } else { 0 };
        writeln!(text, "file {number}, line {line}, version {version}")
            .expect("a string takes all");
    }
    text
}

fn write_history(stream: &mut impl std::io::Write, size: Size) -> Result<()> {
    let start = 1_700_000_000;
    let commit = |stream: &mut dyn std::io::Write, branch: &str, number: usize| -> Result<()> {
        let message = format!("Commit {number}");
        writeln!(stream, "commit refs/heads/{branch}")?;
        writeln!(
            stream,
            "committer Ada <ada@example.org> {} +0000",
            start + number * 60
        )?;
        writeln!(stream, "data {}\n{message}", message.len())?;
        Ok(())
    };
    let file = |stream: &mut dyn std::io::Write, number: usize, version: usize| -> Result<()> {
        let text = content(number, version);
        writeln!(stream, "M 100644 inline {}", file_name(number))?;
        writeln!(stream, "data {}\n{text}", text.len())?;
        Ok(())
    };
    commit(stream, "main", 0)?;
    for number in 0..size.files() {
        file(stream, number, 0)?;
    }
    for number in 1..size.commits() {
        commit(stream, "main", number)?;
        for place in 0..3 {
            file(stream, (number * 7919 + place * 13) % size.files(), number)?;
        }
    }
    commit(stream, "other", size.commits())?;
    writeln!(stream, "from refs/heads/main")?;
    for number in 0..5 {
        file(stream, size.files() - 1 - number, size.commits())?;
    }
    writeln!(stream, "done")?;
    Ok(())
}

fn copy_directory(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_directory(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::set_permissions(
        path,
        fs::Permissions::from_mode(0o755),
    )?)
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<()> {
    Ok(())
}

// --- Figures ---------------------------------------------------------------------------------

/// Milliseconds, by variant and round.
#[derive(Default)]
struct Times([Vec<f64>; Variant::ALL.len()]);

impl Times {
    fn of(&self, variant: Variant) -> &[f64] {
        &self.0[variant as usize]
    }

    /// Variant − no hooks, in each round.
    fn overhead(&self, variant: Variant) -> Vec<f64> {
        self.of(variant)
            .iter()
            .zip(self.of(Variant::None))
            .map(|(with, without)| with - without)
            .collect()
    }

    /// Overhead as a multiple of that of empty hooks: the ratio of the medians and its quartiles
    /// over resamplings of whole rounds, which keep the pairs together. Without a figure where
    /// the empty hooks' own overhead is lost in the noise.
    fn ratio(&self, variant: Variant, order: &mut Order) -> String {
        let ours = self.overhead(variant);
        let shell = self.overhead(Variant::EmptyShell);
        if quantile(&shell, 1) <= 0.0 {
            return "lost in the noise".to_owned();
        }
        let ratios: Vec<f64> = (0..RESAMPLINGS)
            .map(|_| {
                let rounds: Vec<usize> = ours.iter().map(|_| order.below(ours.len())).collect();
                let pick =
                    |all: &[f64]| median(&rounds.iter().map(|&at| all[at]).collect::<Vec<_>>());
                pick(&ours) / pick(&shell)
            })
            .collect();
        format!(
            "{:.2} ({:.2} to {:.2})",
            median(&ours) / median(&shell),
            quantile(&ratios, 1),
            quantile(&ratios, 3)
        )
    }
}

fn median(values: &[f64]) -> f64 {
    quantile(values, 2)
}

/// The `quarter`-th quartile, between the two values it falls between.
fn quantile(values: &[f64], quarter: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() - 1) * quarter;
    let (at, rest) = (place / 4, place % 4);
    let next = sorted[(at + 1).min(sorted.len() - 1)];
    let share = [0.0, 0.25, 0.5, 0.75][rest];
    sorted[at] + (next - sorted[at]) * share
}

fn mean(values: &[f64]) -> f64 {
    let count = u32::try_from(values.len()).expect("rounds are few");
    values.iter().sum::<f64>() / f64::from(count)
}

fn table(
    title: &str,
    measure: &str,
    times: &Times,
    options: &Options,
    order: &mut Order,
) -> String {
    let mut text = format!(
        "{title}, {}\n\n| | ms | overhead ms (quartiles) | mean | of git's own | × {measure} (quartiles) |\n\
         |---|---|---|---|---|---|\n",
        match options.size {
            Size::Small => "small repository",
            Size::Big => "big repository",
        }
    );
    let base = median(times.of(Variant::None));
    for variant in Variant::ALL {
        let overhead = times.overhead(variant);
        write!(
            text,
            "| {} | {:.2} |",
            variant.name(),
            median(times.of(variant))
        )
        .expect("a string takes all");
        if variant == Variant::None {
            text.push_str(" | | | |\n");
            continue;
        }
        writeln!(
            text,
            " {:+.2} ({:+.2} to {:+.2}) | {:+.2} | {:.0} % | {} |",
            median(&overhead),
            quantile(&overhead, 1),
            quantile(&overhead, 3),
            mean(&overhead),
            median(&overhead) / base * 100.0,
            times.ratio(variant, order),
        )
        .expect("a string takes all");
    }
    text
}

/// A linear congruential generator (Knuth's MMIX constants): enough to shuffle, and repeatable.
struct Order(u64);

impl Order {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        // The high bits are the random ones.
        usize::try_from(self.0 >> 33).expect("31 bits fit") % bound
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
