//! The look that every command takes: are the hooks still the ones that git takes? One `stat` in the usual
//! case, of the hooks directory, beside the record and the settings that are read anyway.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::advice::INSTALL;
use super::config::{Effective, key};
use super::directory::{Directory, shown};
use super::entry::{Entry, What};
use super::record::{self, Done, Record, stamp};
use super::status::status_for;
use super::{EventStatus, Way};
use crate::domain::hook_event::HookEvent;
use crate::git::{Repo, spawn};
use crate::sys::fs;

/// A directory that changed this many nanoseconds before the record was written may have changed again in the
/// same tick of the clock: it is looked at once more.
const TICK: u128 = 20_000_000;

/// Whether hooks of this program are installed for the repository: a cheap look at what was written down and
/// at the config, not at what git would run. [`super::status`] is the whole truth.
pub fn installed(repo: &Repo) -> Result<bool> {
    let config = repo.config()?;
    if config.is_set(&key(HookEvent::PrepareCommitMsg, "event")) {
        return Ok(true);
    }
    let file = |record: &Record, event: HookEvent| {
        let ours = record
            .done(event)
            .is_some_and(|done| matches!(done.way, Way::Link | Way::Stub));
        ours && fs::exists(&Path::new(&record.directory).join(event.name()))
    };
    let any = |record: Record| HookEvent::ALL.into_iter().any(|event| file(&record, event));
    Ok(Record::read(repo).is_some_and(any))
}

/// What has come between git and the hooks since they were installed, with the command to type. Said once: the
/// same finding is not returned again, as long as nothing is installed anew. Never fails: a command that only
/// looks must work in a repository that cannot be written.
pub fn recheck(repo: &Repo) -> Option<String> {
    let mut record = Record::read(repo)?;
    let finding = find(repo, &mut record);
    if finding.is_none() && record.told.is_none() {
        return None;
    }
    let new = finding != record.told;
    if new {
        record.told.clone_from(&finding);
        record.write(repo).ok();
    }
    finding.filter(|_| new)
}

/// The first thing that is wrong. A changed directory whose hooks are still ours is remembered.
fn find(repo: &Repo, record: &mut Record) -> Option<String> {
    let config = repo.config().ok()?;
    let way = |wanted: &dyn Fn(&Way) -> bool| {
        record
            .events
            .iter()
            .find(|done| wanted(&done.way))
            .map(|done| done.event)
    };
    if let Some(event) = way(&|way| matches!(way, Way::Config | Way::ConfigGuarded)) {
        let there = config.is_set(&key(event, "event"));
        return (!there)
            .then(|| format!("the hooks of git-session are no longer in the config: {INSTALL}"));
    }
    way(&|way| matches!(way, Way::Link | Way::Stub))?;
    let setting = config.is_set("core.hookspath");
    let setting = setting.then(|| config.get("core.hookspath").unwrap_or_default());
    if setting != record.hooks_path {
        return moved(repo, record, setting);
    }
    let directory = PathBuf::from(&record.directory);
    let now = stamp(&directory);
    if now.is_some() && now == record.stamp && is_settled(repo, now.as_deref()) {
        return None;
    }
    let changed = record.events.iter().find_map(|done| match done.way {
        Way::Link | Way::Stub => replaced(repo, &directory, done.event, record),
        _ => None,
    });
    if changed.is_none() {
        record.stamp = now;
        record.write(repo).ok();
    }
    changed
}

/// What is to be said when git takes hooks from another directory than at the last install. When all six run
/// from there, the record follows; else nothing that was said is looked into again.
fn moved(repo: &Repo, record: &mut Record, setting: Option<String>) -> Option<String> {
    let from = match setting.as_deref() {
        None => "its own directory",
        Some("") => "no directory",
        Some(value) => value,
    };
    let start = format!("git now takes hooks from {from}: ");
    if let Some(told) = record.told.clone().filter(|told| told.starts_with(&start)) {
        return Some(told);
    }
    let version = spawn::git_version(repo.env(), repo.cwd()).ok()?;
    let events = status_for(repo, version).ok()?;
    let config = Effective::read(&repo.git()).ok()?;
    let directory = Directory::of(repo, &config).ok()?;
    if !events.iter().all(|event| event.healthy) {
        return Some(start + &directory.advice(version));
    }
    *record = follow(record, &directory.path, setting, events);
    record.write(repo).ok();
    None
}

/// The record of hooks that an earlier install, or somebody else, has put where git takes them now.
fn follow(
    record: &Record,
    directory: &Path,
    setting: Option<String>,
    events: Vec<EventStatus>,
) -> Record {
    let mut now = record.at(directory);
    let earlier = record.places_but(directory);
    if fs::resolve(Path::new(&now.directory)) != fs::resolve(directory) {
        let done = |status: EventStatus| {
            Some(Done {
                event: status.event,
                way: status.way?,
                stub: None,
                moved: None,
            })
        };
        now.events = events.into_iter().filter_map(done).collect();
    }
    Record {
        hooks_path: setting,
        directory: record::text(directory),
        stamp: stamp(directory),
        earlier,
        ..now
    }
}

/// Whether the record is so much younger than the directory that no change can hide behind it.
fn is_settled(repo: &Repo, directory: Option<&str>) -> bool {
    let number = |text: &str| text.parse::<u128>().ok();
    let written = stamp(&record::path(repo)).and_then(|text| number(&text));
    match (directory.and_then(number), written) {
        (Some(directory), Some(written)) => written > directory + TICK,
        _ => false,
    }
}

/// What took the place of a hook file of ours.
fn replaced(repo: &Repo, directory: &Path, event: HookEvent, record: &Record) -> Option<String> {
    let entry = Entry::read(repo, directory, event, Some(record)).ok()?;
    let file = shown(&entry.path, repo);
    match entry.what {
        What::Link { .. } if !fs::is_executable(&entry.path) => Some(format!(
            "{file} leads to a program that is not there: {INSTALL}"
        )),
        What::Link { .. } | What::Stub { .. } | What::ChangedStub { .. } => None,
        What::Free => Some(format!("{file} was removed: {INSTALL}")),
        What::DoubledStub { .. } => Some(format!(
            "{file} runs what it says and once more the hook that was there before: {INSTALL}"
        )),
        What::Foreign { .. } if entry.runs_ours(directory, repo) => None,
        What::Foreign { .. } | What::NoFile => {
            let by = entry
                .manager()
                .map(|manager| format!(" by {}", manager.name));
            Some(format!(
                "{file} was replaced{}: {INSTALL}",
                by.unwrap_or_default()
            ))
        }
    }
}
