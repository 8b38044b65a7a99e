//! Rows about commands that only read: the same question in a small repository and in a grown one, each beside what
//! git alone takes for its part of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::bars::Bar;
use crate::figures::Sample;
use crate::grown;
use crate::machine::Machine;
use crate::places::{Hooks, Lane};
use crate::rows::{Setting, small_beside_grown};
use crate::template::file_name;

/// A line that a commit of a session has written, behind the twenty that files have.
const LINE: &str = "21";

/// The two repositories, each on `bench` with a commit of its session.
fn places(machine: &Machine) -> Result<[PathBuf; 2]> {
    let places = [small_beside_grown(machine)?, grown::ready(machine)?];
    for place in &places {
        let lane = Lane::session("", 0, place, &[]);
        lane.put_hooks()?;
        machine.git(place, &["switch", "--quiet", "bench"])?;
        let file = place.join(file_name(0));
        let text = fs::read_to_string(&file)?;
        if text.lines().count() < 21 {
            fs::write(&file, format!("{text}by a session\n"))?;
            machine.git(place, &["commit", "--quiet", "--all", "-m", "Add a line"])?;
        }
    }
    Ok(places)
}

/// Git and git-session in the small repository and in the grown one.
fn lanes([small, grown]: &[PathBuf; 2], bars: &'static [Bar]) -> Setting {
    let git = |name, place: &Path, base| Lane::new(name, place, Hooks::None, base, &[]);
    Setting::Ready(vec![
        git("small, git", small, 0),
        Lane::session("small, git-session", 0, small, &[]),
        git("grown, git", grown, 2),
        Lane::session("grown, git-session", 2, grown, bars),
    ])
}

pub(crate) fn explain_grown(machine: &Machine) -> Result<Setting> {
    Ok(lanes(&places(machine)?, &[Bar::Millis(100.0)]))
}

pub(crate) fn list_grown(machine: &Machine) -> Result<Setting> {
    Ok(lanes(&places(machine)?, &[]))
}

pub(crate) fn brief_grown(machine: &Machine) -> Result<Setting> {
    Ok(lanes(&places(machine)?, &[Bar::Millis(20.0)]))
}

pub(crate) fn search_grown(machine: &Machine) -> Result<Setting> {
    Ok(lanes(&places(machine)?, &[]))
}

/// Runs git's part of the question without hooks, the whole of it with them.
fn ask(machine: &Machine, lane: &Lane, git: &[&str], session: &[&str]) -> Result<Sample> {
    let (program, arguments) = match lane.hooks {
        Hooks::Session => (&machine.program, session),
        Hooks::None | Hooks::Shell => (&machine.git, git),
    };
    // commands look whether the hooks are there
    Lane::session("", 0, &lane.repository, &[]).put_hooks()?;
    machine.time(program, &lane.repository, arguments)
}

/// What the next person has to know, over what git takes to look at the work tree.
pub(crate) fn brief(machine: &Machine, lane: &Lane, _: usize) -> Result<Sample> {
    ask(
        machine,
        lane,
        &["status", "--porcelain=v2", "--branch"],
        &["brief"],
    )
}

/// A line of the session's commit.
pub(crate) fn explain(machine: &Machine, lane: &Lane, _: usize) -> Result<Sample> {
    explain_line(machine, lane, LINE)
}

/// A line of a commit that no session made, so that logs are asked too.
pub(crate) fn explain_plain(machine: &Machine, lane: &Lane, _: usize) -> Result<Sample> {
    explain_line(machine, lane, "1")
}

fn explain_line(machine: &Machine, lane: &Lane, number: &str) -> Result<Sample> {
    let file = file_name(0);
    let blame = [
        "blame",
        "--porcelain",
        "-L",
        &format!("{number},{number}"),
        "--",
        &file,
    ];
    ask(
        machine,
        lane,
        &blame,
        &["explain", &format!("{file}:{number}")],
    )
}

/// The sessions of the last days.
pub(crate) fn list(machine: &Machine, lane: &Lane, _: usize) -> Result<Sample> {
    ask(machine, lane, &["version"], &["list"])
}

/// A word that two sessions have.
pub(crate) fn search(machine: &Machine, lane: &Lane, _: usize) -> Result<Sample> {
    ask(machine, lane, &["version"], &["search", "second"])
}

/// A word that every session has.
pub(crate) fn search_common(machine: &Machine, lane: &Lane, _: usize) -> Result<Sample> {
    ask(machine, lane, &["version"], &["search", "objective"])
}
