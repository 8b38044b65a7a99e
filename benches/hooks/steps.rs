//! The commands that are timed, each with what has to be done before it.

use std::fs;

use anyhow::{Result, ensure};

use crate::figures::Sample;
use crate::machine::Machine;
use crate::places::{Hooks, Lane};
use crate::template::{content, file_name};

/// Changed in every commit.
const CHANGED_FILES: usize = 10;
/// Lanes of a row, at most: their files differ.
const LANES: usize = 8;

/// A commit of ten files.
pub(crate) fn commit(machine: &Machine, lane: &Lane, round: usize) -> Result<Sample> {
    commit_of(CHANGED_FILES, machine, lane, round)
}

/// A commit of one file.
pub(crate) fn commit_one(machine: &Machine, lane: &Lane, round: usize) -> Result<Sample> {
    commit_of(1, machine, lane, round)
}

fn commit_of(files: usize, machine: &Machine, lane: &Lane, round: usize) -> Result<Sample> {
    lane.put_hooks()?;
    let version = (round + 1) * LANES + lane.hooks as usize;
    let mut add = vec!["add".to_owned(), "--".to_owned()];
    for number in 0..files {
        let name = file_name(number);
        fs::write(lane.repository.join(&name), content(number, version))?;
        add.push(name);
    }
    machine.git(&lane.repository, &add)?;
    let message = format!("Change files, round {round}");
    let commit = ["commit", "--quiet", "-m", &message];
    machine.time(&machine.git, &lane.repository, &commit)
}

/// The last commit once more.
pub(crate) fn commit_again(machine: &Machine, lane: &Lane, round: usize) -> Result<Sample> {
    lane.put_hooks()?;
    machine.git(&lane.repository, &["reset", "--quiet", "--soft", "HEAD~1"])?;
    let message = format!("Change many files, round {round}");
    let commit = ["commit", "--quiet", "-m", &message];
    machine.time(&machine.git, &lane.repository, &commit)
}

/// Forth in even rounds, back in odd ones. The way to the start tells git-session where it is.
pub(crate) fn switch(machine: &Machine, lane: &Lane, round: usize) -> Result<Sample> {
    lane.put_hooks()?;
    let (from, to) = if round.is_multiple_of(2) {
        ("bench", "other")
    } else {
        ("other", "bench")
    };
    machine.git(&lane.repository, &["switch", "--quiet", from])?;
    machine.time(&machine.git, &lane.repository, &["switch", "--quiet", to])
}

/// Thirty commits of `bench`, from `left` to `right` in even rounds and back in odd ones.
pub(crate) fn rebase(machine: &Machine, lane: &Lane, round: usize) -> Result<Sample> {
    lane.put_hooks()?;
    let (from, to) = if round.is_multiple_of(2) {
        ("left", "right")
    } else {
        ("right", "left")
    };
    let rebase = ["rebase", "--quiet", "--merge", "--onto", to, from];
    machine.time(&machine.git, &lane.repository, &rebase)
}

/// `git status` without hooks, `git session status` with them.
pub(crate) fn status(machine: &Machine, lane: &Lane, _: usize) -> Result<Sample> {
    let program = match lane.hooks {
        Hooks::Session => &machine.program,
        Hooks::None | Hooks::Shell => &machine.git,
    };
    machine.time(program, &lane.repository, &["status"])
}

/// The lane that saves with git's own stash.
pub(crate) const STASH: &str = "`git stash create`";
/// The lane that saves with a temporary index.
pub(crate) const ADD_ALL: &str = "`git add -A`, `git write-tree`, temporary index";

/// Saves ten changed files and a new one.
pub(crate) fn checkpoint(machine: &Machine, lane: &Lane, round: usize) -> Result<Sample> {
    let at = match lane.name {
        STASH => 0,
        ADD_ALL => 1,
        _ => 2,
    };
    let version = (round + 1) * LANES + at;
    for number in 0..CHANGED_FILES {
        let path = lane.repository.join(file_name(number));
        fs::write(path, content(number, version))?;
    }
    fs::write(lane.repository.join("new"), content(0, version + 1_000_000))?;
    let by_git = "cp .git/index .git/saved && export GIT_INDEX_FILE=.git/saved && \
        git add -A && git write-tree";
    match lane.name {
        STASH => machine.time(&machine.git, &lane.repository, &["stash", "create"]),
        ADD_ALL => machine.time("sh".as_ref(), &lane.repository, &["-c", by_git]),
        _ => machine.time(&machine.program, &lane.repository, &["checkpoint"]),
    }
}

/// Nothing is looked at.
#[allow(clippy::unnecessary_wraps, reason = "one of several of this shape")]
pub(crate) fn unchecked(_: &Machine, _: &[Lane]) -> Result<Vec<String>> {
    Ok(Vec::new())
}

/// A hook that does nothing is fast: what is measured must have worked.
pub(crate) fn check_commits(machine: &Machine, lanes: &[Lane]) -> Result<Vec<String>> {
    for lane in lanes.iter().filter(|lane| lane.hooks == Hooks::Session) {
        let works = trailers(machine, lane)?;
        let wanted = lane.repository.join(".git/sessions/format").exists();
        ensure!(works == wanted, "\"{}\": trailers: {works}", lane.name);
    }
    Ok(Vec::new())
}

/// What came of hooks where git keeps things another way.
pub(crate) fn tell_commits(machine: &Machine, lanes: &[Lane]) -> Result<Vec<String>> {
    let mut remarks = Vec::new();
    for lane in lanes.iter().filter(|lane| lane.hooks == Hooks::Session) {
        let trailers = trailers(machine, lane)?;
        let notes = machine.git(&lane.repository, &["for-each-ref", "refs/notes/session"])?;
        let word = |there| if there { "yes" } else { "no" };
        let log = fs::read_to_string(lane.repository.join(".git/sessions/hook.log"));
        let complaint = log
            .ok()
            .and_then(|log| log.lines().last().map(str::to_owned));
        remarks.push(format!(
            "\"{}\": trailers in the commit: {}; notes: {}; last line of the hooks' log: {}.",
            lane.name,
            word(trailers),
            word(!notes.is_empty()),
            complaint.unwrap_or_else(|| "none".to_owned())
        ));
    }
    Ok(remarks)
}

/// Whether the last commit that was made with these hooks has trailers of a session.
fn trailers(machine: &Machine, lane: &Lane) -> Result<bool> {
    lane.put_hooks()?;
    // Another lane may have been the last one in a shared repository.
    commit_one(machine, lane, usize::from(u16::MAX))?;
    let format = "--format=%(trailers:key=Session-Objectives)";
    let text = machine.git(&lane.repository, &["log", "-1", format])?;
    Ok(!text.trim().is_empty())
}
