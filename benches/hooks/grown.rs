//! A repository that has been used for long: 100,000 commits, 20,000 refs, 20,000 notes and
//! 10,000 sessions, all but two of them ended.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::machine::Machine;
use crate::places::add_sessions;
use crate::template::{GROWN, WRITER};

const SESSIONS: usize = 10_000;

/// The repository on `bench` with a session there and on `other`.
pub(crate) fn ready(machine: &Machine) -> Result<PathBuf> {
    let place = machine.path("grown");
    if !place.exists() {
        GROWN.copy(machine, "grown")?;
        machine.git(&place, &["config", "session.writer", WRITER])?;
        multiply_session(machine)?;
        add_sessions(machine, &place, &[("session.briefOnCheckout", "always")])?;
    }
    Ok(place)
}

/// Makes one session, ends it, and copies it under other names.
fn multiply_session(machine: &Machine) -> Result<()> {
    let place = machine.path("grown");
    machine.session(&place, &["start", "first", "-o", "An objective"])?;
    machine.session(&place, &["end"])?;
    machine.git(&place, &["switch", "--quiet", "main"])?;
    let root = place.join(".git/sessions");
    let index = fs::read_to_string(root.join("index.jsonl"))?;
    let id = index
        .split("\"session\":\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .context("no session in the index")?
        .to_owned();
    let log = fs::read_to_string(root.join(&id).join("log.jsonl"))?;
    let context = fs::read_to_string(root.join(&id).join("context.json"))?;
    let stem = id.rsplit_once('-').context("an id has parts")?.0;
    let mut lines = String::new();
    for number in 1..SESSIONS {
        let other = format!("{stem}-{number:06}");
        // The branch has as many characters, so that lengths stay right.
        let renamed = |text: &str| {
            let branch = format!("\"branch\":\"{number:05}\"");
            text.replace(&id, &other)
                .replace("\"branch\":\"first\"", &branch)
        };
        let directory = root.join(&other);
        fs::create_dir(&directory)?;
        fs::write(directory.join("log.jsonl"), renamed(&log))?;
        fs::write(directory.join("context.json"), renamed(&context))?;
        write!(lines, "{}", renamed(&index))?;
    }
    fs::write(root.join("index.jsonl"), lines + &index)?;
    Ok(())
}
