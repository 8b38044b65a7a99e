//! `git session redact --check`: what the rules would take out of a file.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::Place;
use crate::domain::describe::plural;
use crate::domain::path_text::quote_path;
use crate::domain::redact::{Hit, Scanner};
use crate::error::{Fault, Kind};
use crate::sys::fs::Parts;
use crate::ui::{Format, Ui, style};

/// So many bytes of a file are read at a time.
const PART: usize = 256 * 1024;

/// Say where files hold what looks like a secret
///
/// Each place is printed as path:line:column and the rule, never the secret. Exits 1 when something was found.
/// No file is changed: the same rules are applied whenever text is recorded.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Look, and say what was found
    #[arg(long, required = true)]
    check: bool,
    /// The files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Default, Serialize)]
struct CheckJson {
    clean: bool,
    files: usize,
    found: Vec<FoundJson>,
    binary: Vec<String>,
    unreadable: Vec<String>,
}

#[derive(Serialize)]
struct FoundJson {
    path: String,
    line: u64,
    column: u64,
    rule: &'static str,
}

/// Runs the command. It needs no repository.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let mut checked = CheckJson::default();
    for file in &args.files {
        checked.files += 1;
        let name = if is_input(file) {
            "-".to_owned()
        } else {
            quote_path(file.as_os_str().as_encoded_bytes()).into_owned()
        };
        check(ui, place, file, &name, &mut checked)?;
    }
    checked.clean = checked.found.is_empty() && checked.unreadable.is_empty();
    if ui.format() == Format::Json {
        ui.json("git-session/redact/v1", &checked)?;
    }
    outcome(&checked)
}

/// `-`
fn is_input(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// Looks at one file, part by part. One that cannot be read is said and counted.
fn check(ui: &Ui, place: &Place, file: &Path, name: &str, checked: &mut CheckJson) -> Result<()> {
    let mut scanner = Scanner::new();
    let mut source = Source::open(place, file);
    loop {
        let part = match &mut source {
            Ok(source) => source.next(ui).map_err(|error| format!("{error:#}")),
            Err(error) => Err(format!("{error:#}")),
        };
        match part {
            Ok(part) if part.is_empty() => break,
            Ok(part) => say(ui, name, scanner.push(&part), checked)?,
            Err(why) => {
                ui.warn(format!("{}: {}", style::plain(name), style::plain(&why)));
                checked.unreadable.push(name.to_owned());
                break;
            }
        }
    }
    say(ui, name, scanner.finish(), checked)?;
    if scanner.has_failed() {
        return Err(Fault::new(Kind::Bug, "the rules could not be applied").into());
    }
    if scanner.is_binary() {
        ui.status(format!(
            "{} is binary: only what is text in it was looked at.",
            style::plain(name)
        ));
        checked.binary.push(name.to_owned());
    }
    Ok(())
}

/// Where the parts come from.
enum Source {
    Input,
    File { parts: Parts, from: u64 },
}

impl Source {
    fn open(place: &Place, file: &Path) -> Result<Self> {
        if is_input(file) {
            return Ok(Self::Input);
        }
        let parts = Parts::open(&place.cwd().join(file))?.context("there is no such file")?;
        Ok(Self::File { parts, from: 0 })
    }

    /// The next part; an empty one at the end.
    fn next(&mut self, ui: &Ui) -> Result<Vec<u8>> {
        match self {
            Self::Input => ui.read_part(PART),
            Self::File { parts, from } => {
                let part = parts.read(*from, PART as u64)?;
                *from += part.len() as u64;
                Ok(part)
            }
        }
    }
}

/// Prints the places as they are found.
fn say(ui: &Ui, name: &str, hits: Vec<Hit>, checked: &mut CheckJson) -> Result<()> {
    for Hit { line, column, rule } in hits {
        if ui.format() == Format::Text {
            ui.answer(&format!(
                "{}:{line}:{column}: {}",
                style::plain(name),
                style::warn(rule)
            ))?;
        }
        let path = name.to_owned();
        checked.found.push(FoundJson {
            path,
            line,
            column,
            rule,
        });
    }
    Ok(())
}

fn outcome(checked: &CheckJson) -> Result<()> {
    if checked.clean {
        return Ok(());
    }
    let found = checked.found.len();
    let mut said = match found {
        0 => String::new(),
        1 => "1 place looks like a secret".to_owned(),
        _ => format!("{found} places look like secrets"),
    };
    if !checked.unreadable.is_empty() {
        let count = plural(checked.unreadable.len(), "file");
        let and = if found > 0 { "; " } else { "" };
        said = format!("{said}{and}{count} could not be read");
    }
    Err(Fault::user(said).into())
}
