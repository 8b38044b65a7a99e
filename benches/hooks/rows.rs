//! The rows: what is compared with what, and the bars of the design.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::bars::Bar;
use crate::figures::Sample;
use crate::grown;
use crate::machine::{Machine, output};
use crate::places::{Hooks, Lane, add_sessions, plain, sessions};
use crate::reads;
use crate::steps;
use crate::template::{BIG, SMALL, WIDE, content, file_name};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Small,
    /// Takes minutes to prepare.
    Big,
}

pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) scale: Scale,
    pub(crate) prepare: fn(&Machine) -> Result<Setting>,
    /// One run of one lane, with what has to be done before it.
    pub(crate) step: fn(&Machine, &Lane, usize) -> Result<Sample>,
    /// Looks at what the last round left; what a reader has to know is said below the table.
    pub(crate) check: fn(&Machine, &[Lane]) -> Result<Vec<String>>,
}

pub(crate) enum Setting {
    Ready(Vec<Lane>),
    /// This git cannot, and why.
    Impossible(String),
}

type Prepare = fn(&Machine) -> Result<Setting>;
type Step = fn(&Machine, &Lane, usize) -> Result<Sample>;
type Check = fn(&Machine, &[Lane]) -> Result<Vec<String>>;

impl Row {
    const fn small(
        name: &'static str,
        title: &'static str,
        prepare: Prepare,
        step: Step,
        check: Check,
    ) -> Self {
        Self {
            name,
            title,
            scale: Scale::Small,
            prepare,
            step,
            check,
        }
    }

    const fn big(
        name: &'static str,
        title: &'static str,
        prepare: Prepare,
        step: Step,
        check: Check,
    ) -> Self {
        Self {
            scale: Scale::Big,
            ..Self::small(name, title, prepare, step, check)
        }
    }
}

use steps::{check_commits, tell_commits, unchecked};

#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    Row::small("commit", "Commit of 10 files", commit, steps::commit, check_commits),
    Row::small("switch", "Switch", switch, steps::switch, unchecked),
    Row::small("rebase", "Rebase of 30 commits", rebase, steps::rebase, unchecked),
    Row::small("status", "`status`", status, steps::status, unchecked),
    Row::small("checkpoint", "Save the work tree", checkpoint, steps::checkpoint, unchecked),
    Row::small("partial-clone", "Commit of one file, partial clone", partial_clone, steps::commit_one, tell_commits),
    Row::small("split-index", "Commit of 10 files, split index", split_index, steps::commit, tell_commits),
    Row::small("sparse-index", "Commit of 10 files, sparse index", sparse_index, steps::commit, tell_commits),
    Row::small("reftable", "Commit of 10 files, reftable", reftable, steps::commit, tell_commits),
    Row::big("commit-big", "Commit of 10 files among 50,000", commit_big, steps::commit, check_commits),
    Row::big("switch-big", "Switch among 50,000 files", switch_big, steps::switch, unchecked),
    Row::big("status-big", "`status` among 50,000 files", status_big, steps::status, unchecked),
    Row::big("checkpoint-big", "Save the work tree among 50,000 files", checkpoint_big, steps::checkpoint, unchecked),
    Row::big("many-files", "Commit of 20,000 files among 50,000", many_files, steps::commit_again, unchecked),
    Row::big("commit-grown", "Commit of 10 files, grown", grown, steps::commit, check_commits),
    Row::big("switch-grown", "Switch, grown", grown, steps::switch, unchecked),
    Row::big("status-grown", "`status`, grown", status_grown, steps::status, unchecked),
    Row::big("list-grown", "`list`, grown", reads::list_grown, reads::list, unchecked),
    Row::big("brief-grown", "`brief`, grown", reads::brief_grown, reads::brief, unchecked),
    Row::big("explain-grown", "`explain` of a line, grown", reads::explain_grown, reads::explain, unchecked),
    Row::big("explain-plain-grown", "`explain` of a line without a session, grown", reads::explain_grown, reads::explain_plain, unchecked),
    Row::big("search-grown", "`search` for a rare word, grown", reads::search_grown, reads::search, unchecked),
    Row::big("search-common-grown", "`search` for a word of every session, grown", reads::search_grown, reads::search_common, unchecked),
];

const WITH_BRIEF: &[(&str, &str)] = &[("session.briefOnCheckout", "always")];
const BATCHED: &[(&str, &str)] = &[("session.notesBatch", "16")];

const NOTED: &str = "git-session, note each commit";
const BRIEF: &str = "git-session, brief";
const IDLE: &str = "git-session, no session here";
const WORKS: &str = "git-session";

// --- Small -------------------------------------------------------------------------------------

fn commit(machine: &Machine) -> Result<Setting> {
    let without = plain(machine, SMALL, "commit-plain", false)?;
    let noted = sessions(machine, SMALL, "commit-noted", &[])?;
    let batched = sessions(machine, SMALL, "commit-batched", BATCHED)?;
    let idle = plain(machine, SMALL, "commit-idle", true)?;
    Ok(Setting::Ready(vec![
        Lane::base(0, &without),
        Lane::shell(0, &without),
        Lane::session(NOTED, 0, &noted, &[Bar::Times(1.3, 1)]),
        Lane::session(
            "git-session, notes in batches of 16",
            0,
            &batched,
            &[Bar::Times(0.95, 1)],
        ),
        Lane::session(IDLE, 0, &idle, &[Bar::Times(0.6, 1)]),
    ]))
}

fn switch(machine: &Machine) -> Result<Setting> {
    let without = plain(machine, SMALL, "switch-plain", false)?;
    let brief = sessions(machine, SMALL, "switch-brief", WITH_BRIEF)?;
    let idle = plain(machine, SMALL, "switch-idle", true)?;
    Ok(Setting::Ready(vec![
        Lane::base(0, &without),
        Lane::shell(0, &without),
        Lane::session(BRIEF, 0, &brief, &[Bar::Times(2.0, 1)]),
        Lane::session(IDLE, 0, &idle, &[Bar::Times(0.6, 1)]),
    ]))
}

fn rebase(machine: &Machine) -> Result<Setting> {
    let without = plain(machine, SMALL, "rebase-plain", false)?;
    let shell = plain(machine, SMALL, "rebase-shell", false)?;
    let noted = sessions(machine, SMALL, "rebase-noted", &[])?;
    let idle = plain(machine, SMALL, "rebase-idle", true)?;
    let lanes = vec![
        Lane::base(0, &without),
        Lane::shell(0, &shell),
        Lane::session(NOTED, 0, &noted, &[Bar::Whole(2.0)]),
        Lane::session(IDLE, 0, &idle, &[]),
    ];
    for lane in &lanes {
        make_topic(machine, lane)?;
    }
    Ok(Setting::Ready(lanes))
}

/// `left` and `right` beside each other, and on `left` thirty commits of `bench`.
fn make_topic(machine: &Machine, lane: &Lane) -> Result<()> {
    let repository = &lane.repository;
    let git = |arguments: &[&str]| machine.git(repository, arguments).map(drop);
    let change = |number: usize, version: usize| -> Result<()> {
        fs::write(repository.join(file_name(number)), content(number, version))?;
        git(&["commit", "--quiet", "--all", "-m", "Change one file"])
    };
    lane.put_hooks()?;
    for (side, number) in [("left", 18), ("right", 19)] {
        git(&["switch", "--quiet", "--create", side, "main"])?;
        change(number, 100)?;
    }
    git(&["switch", "--quiet", "bench"])?;
    git(&["reset", "--quiet", "--hard", "left"])?;
    for version in 0..30 {
        change(version % 10, 101 + version)?;
    }
    Ok(())
}

fn status(machine: &Machine) -> Result<Setting> {
    let place = sessions(machine, SMALL, "status", &[])?;
    status_of(&place, &[Bar::Millis(5.0)])
}

fn status_of(place: &Path, bars: &'static [Bar]) -> Result<Setting> {
    let ours = Lane::session("`git session status`", 0, place, bars);
    // Every command looks whether they are still there.
    ours.put_hooks()?;
    let git = Lane::new("`git status`", place, Hooks::None, 0, &[]);
    Ok(Setting::Ready(vec![git, ours]))
}

fn checkpoint(machine: &Machine) -> Result<Setting> {
    let place = sessions(machine, SMALL, "checkpoint", &[])?;
    checkpoint_of(&place)
}

/// Ways to save ten changed files and a new one. `git stash create` leaves out what is untracked.
fn checkpoint_of(place: &Path) -> Result<Setting> {
    let ours = Lane::session("`git session checkpoint`", 0, place, &[]);
    ours.put_hooks()?;
    let git = |name| Lane::new(name, place, Hooks::None, 0, &[]);
    Ok(Setting::Ready(vec![
        git(steps::STASH),
        git(steps::ADD_ALL),
        ours,
    ]))
}

/// Three lanes in one repository.
fn shared(place: &Path, name: &'static str, bars: &'static [Bar]) -> Setting {
    Setting::Ready(vec![
        Lane::base(0, place),
        Lane::shell(0, place),
        Lane::session(name, 0, place, bars),
    ])
}

/// The blobs of one directory are here, all others only where nobody answers.
fn partial_clone(machine: &Machine) -> Result<Setting> {
    let template = WIDE.ready(machine)?;
    let place = machine.path("partial");
    let remote = format!("file://{}", template.display());
    let serve = ["config", "uploadpack.allowFilter", "true"];
    machine.git(&template, &serve)?;
    let clone = [
        "clone",
        "--quiet",
        "--filter=blob:none",
        "--sparse",
        &remote,
        "partial",
    ];
    output(machine.command(&machine.git, &machine.path("")).args(clone))?;
    machine.git(&place, &["sparse-checkout", "set", "d00/e00"])?;
    machine.git(
        &place,
        &["remote", "set-url", "origin", "file:///nonexistent"],
    )?;
    fs::remove_dir_all(place.join(".git/hooks"))?;
    machine.git(&place, &["branch", "other"])?;
    add_sessions(machine, &place, &[])?;
    Ok(shared(&place, WORKS, &[Bar::Millis(20.0)]))
}

fn split_index(machine: &Machine) -> Result<Setting> {
    let place = sessions(machine, SMALL, "split-index", BATCHED)?;
    machine.git(&place, &["update-index", "--split-index"])?;
    machine.git(&place, &["config", "core.splitIndex", "true"])?;
    Ok(shared(&place, WORKS, &[Bar::Times(2.0, 1)]))
}

fn sparse_index(machine: &Machine) -> Result<Setting> {
    let place = sessions(machine, WIDE, "sparse-index", BATCHED)?;
    machine.git(
        &place,
        &["sparse-checkout", "set", "--sparse-index", "d00/e00"],
    )?;
    Ok(shared(&place, WORKS, &[Bar::Times(2.0, 1)]))
}

/// The session is older than the format: git-session starts none there. No bar: the hooks leave.
fn reftable(machine: &Machine) -> Result<Setting> {
    let place = sessions(machine, SMALL, "reftable", BATCHED)?;
    let migrate = ["refs", "migrate", "--ref-format=reftable"];
    if machine.git(&place, &migrate).is_err() {
        return Ok(Setting::Impossible(
            "this git cannot move refs with their reflogs to another format (git 2.48 can)"
                .to_owned(),
        ));
    }
    Ok(shared(&place, WORKS, &[]))
}

// --- Big ---------------------------------------------------------------------------------------

/// One repository serves all rows of its size.
fn big(machine: &Machine) -> Result<PathBuf> {
    let place = machine.path("big");
    if place.exists() {
        return Ok(place);
    }
    sessions(machine, BIG, "big", WITH_BRIEF)
}

fn commit_big(machine: &Machine) -> Result<Setting> {
    let bars = &[Bar::Millis(10.0), Bar::Share(0.1)];
    Ok(shared(&big(machine)?, NOTED, bars))
}

fn switch_big(machine: &Machine) -> Result<Setting> {
    Ok(shared(&big(machine)?, BRIEF, &[Bar::Millis(2.0)]))
}

fn status_big(machine: &Machine) -> Result<Setting> {
    status_of(&big(machine)?, &[Bar::Millis(20.0)])
}

fn checkpoint_big(machine: &Machine) -> Result<Setting> {
    checkpoint_of(&big(machine)?)
}

fn many_files(machine: &Machine) -> Result<Setting> {
    let place = big(machine)?;
    let setting = shared(&place, NOTED, &[Bar::Millis(20.0)]);
    for number in 0..20_000 {
        fs::write(place.join(file_name(number)), content(number, 1_000_000))?;
    }
    machine.git(&place, &["commit", "--quiet", "--all", "-m", "Change many"])?;
    Ok(setting)
}

const SMALL_WITHOUT: &str = "small, no hooks";
const SMALL_WITH: &str = "small, git-session";

/// The overhead in a small repository is the measure of that in a grown one.
fn grown(machine: &Machine) -> Result<Setting> {
    let small = small_beside_grown(machine)?;
    let grown = grown::ready(machine)?;
    Ok(Setting::Ready(vec![
        Lane::new(SMALL_WITHOUT, &small, Hooks::None, 0, &[]),
        Lane::session(SMALL_WITH, 0, &small, &[]),
        Lane::new("grown, no hooks", &grown, Hooks::None, 2, &[]),
        Lane::session("grown, git-session", 2, &grown, &[Bar::Times(1.2, 1)]),
    ]))
}

/// The small repository that grown ones are compared with.
pub(crate) fn small_beside_grown(machine: &Machine) -> Result<PathBuf> {
    let place = machine.path("beside-grown");
    if place.exists() {
        return Ok(place);
    }
    sessions(machine, SMALL, "beside-grown", WITH_BRIEF)
}

fn status_grown(machine: &Machine) -> Result<Setting> {
    status_of(&grown::ready(machine)?, &[Bar::Millis(20.0)])
}
