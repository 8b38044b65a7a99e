//! Taking hooks out again: what is as we wrote it goes, what was there before comes back, the rest stays.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::config::{Effective, Target};
use super::directory::{Directory, Owner, shown};
use super::entry::{Entry, What};
use super::global::uninstall_global;
use super::line::calls;
use super::record::{self, Record, blob_id};
use super::{Place, Removed, stub};
use crate::domain::hook_event::HookEvent;
use crate::error::{Fault, fault};
use crate::git::Repo;
use crate::sys::fs::{self, Onto};

/// Why a file stays that somebody else writes.
const BY_HAND: &str = "runs git-session by a line that was added by hand";

/// Takes the hooks of a repository, or those for every repository, out.
pub fn uninstall(repo: &Repo, place: Place) -> Result<Removed> {
    match place {
        Place::Global => uninstall_global(repo.env(), repo.cwd()),
        Place::Repository => uninstall_here(repo).map_err(|error| explained(error, repo)),
    }
}

/// The config, then the files of every directory that an install may have written to.
fn uninstall_here(repo: &Repo) -> Result<Removed> {
    let config = Effective::read(&repo.git())?;
    let _lock = record::lock(repo)?;
    let before = Record::read(repo);
    let mut all = Removed {
        removed: Target::Local(repo).uninstall()?,
        kept: Vec::new(),
    };
    for directory in directories(repo, &config, before.as_ref())? {
        let Removed { removed, kept } = remove_files(repo, &directory, before.as_ref())?;
        all.removed.extend(removed);
        all.kept.extend(kept);
    }
    all.kept.extend(added_by_hand(repo, &config)?);
    fs::remove(&record::path(repo))?;
    Ok(all)
}

/// The lines by which a manager of now still runs the program.
fn added_by_hand(repo: &Repo, config: &Effective) -> Result<Vec<(PathBuf, String)>> {
    let directory = Directory::of(repo, config)?;
    let mut all: Vec<(PathBuf, String)> = Vec::new();
    for event in HookEvent::ALL {
        let manager = match directory.owner {
            Owner::Manager(manager) => Some(manager),
            _ => Entry::read(repo, &directory.path, event, None)?.manager(),
        };
        let line = manager.and_then(|one| one.line(event, &directory.path, repo.work_tree()));
        if let Some(file) = line.filter(|file| all.iter().all(|(named, _)| named != file)) {
            all.push((file, BY_HAND.to_owned()));
        }
    }
    Ok(all)
}

/// Where hooks of ours may be: the directory of now, of the install, and git's own.
fn directories(repo: &Repo, config: &Effective, before: Option<&Record>) -> Result<Vec<PathBuf>> {
    let now = Directory::of(repo, config)?;
    let mut all = Vec::new();
    if now.path.is_absolute() {
        all.push(now.path);
    }
    let places = before.map(Record::places).unwrap_or_default();
    all.extend(places.iter().map(|place| PathBuf::from(&place.directory)));
    all.push(repo.common_dir().join("hooks"));
    let mut seen = Vec::new();
    all.retain(|directory| {
        let real = fs::resolve(directory);
        let fresh = directory.is_dir() && !seen.contains(&real);
        seen.push(real);
        fresh
    });
    Ok(all)
}

/// Takes our files out of one directory.
pub(super) fn remove_files(
    repo: &Repo,
    directory: &Path,
    before: Option<&Record>,
) -> Result<Removed> {
    let mut all = Removed::default();
    let before = before.map(|record| record.at(directory));
    let before = before.as_ref();
    fs::sweep(directory)?;
    for event in HookEvent::ALL {
        let mut entry = Entry::read(repo, directory, event, before)?;
        for mut aside in entry.set_aside(repo, before)? {
            // a hook that we had run first is then the one whose place was taken
            let taken = !entry.is_ours() && !entry.is_half_done();
            aside.has_before = taken && std::mem::take(&mut entry.has_before);
            all.removed.push(give_back(repo, &aside, before)?);
        }
        match &entry.what {
            What::Free if !entry.has_before => {}
            What::Free | What::Link { .. } | What::Stub { .. } | What::DoubledStub { .. } => {
                all.removed.push(give_back(repo, &entry, before)?);
            }
            What::ChangedStub { bytes } if !entry.has_before => {
                match stub::added(bytes, event).map(<[u8]>::to_owned) {
                    Some(added) => {
                        let rest = [b"#!/bin/sh\n".as_slice(), &added, b"\n"].concat();
                        let sharing = repo.sharing()?;
                        fs::write_executable(&entry.path, &rest, Onto::Anything, sharing)?;
                        let file = shown(&entry.path, repo);
                        all.removed
                            .push(format!("{file}: what was added to it is the hook now"));
                    }
                    None => all.kept.extend(kept(&entry)),
                }
            }
            What::Foreign { .. } if entry.has_before && entry.is_half_done() => {
                fs::remove(&entry.before())?;
                let parent = entry.before().parent().map(Path::to_owned);
                fs::remove_empty_dir(&parent.unwrap_or_default())?;
            }
            _ => all.kept.extend(kept(&entry)),
        }
    }
    Ok(all)
}

/// Takes away what is ours at a name and puts back what was there; says so.
fn give_back(repo: &Repo, entry: &Entry, before: Option<&Record>) -> Result<String> {
    let file = shown(&entry.path, repo);
    entry.hand_over(repo.sharing()?)?;
    let changed = entry.has_before && was_changed(repo, entry, before)?;
    entry.restore()?;
    Ok(match (entry.has_before, changed) {
        (false, _) => format!("removed {file}"),
        (true, false) => format!("{file}: the hook that was there before is back"),
        (true, true) => {
            format!("{file}: the hook that was there before is back, with the changes made since")
        }
    })
}

/// Says whose fault it is when the system refuses a write.
pub(super) fn explained(error: anyhow::Error, repo: &Repo) -> anyhow::Error {
    let refused = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<io::Error>());
    let kinds = [
        io::ErrorKind::PermissionDenied,
        io::ErrorKind::ReadOnlyFilesystem,
    ];
    let refused = refused.is_some_and(|error| kinds.contains(&error.kind()));
    if fault(&error).is_some() || !refused {
        return error;
    }
    let place = repo.common_dir().display();
    Fault::user(format!("{error:#}"))
        .hint(format!(
            "ask the owner of {place} for the permission to write there"
        ))
        .into()
}

/// Whether the hook in `git-session.d` is another one than was moved there.
fn was_changed(repo: &Repo, entry: &Entry, before: Option<&Record>) -> Result<bool> {
    let moved = before.and_then(|record| record.done(entry.event)?.moved.as_ref());
    match (moved, fs::read(&entry.before()).ok().flatten()) {
        (Some(moved), Some(bytes)) => Ok(blob_id(repo, &bytes)? != moved.hash),
        _ => Ok(false),
    }
}

/// What stays at a name that is not as we wrote it, and why.
fn kept(entry: &Entry) -> Vec<(PathBuf, String)> {
    let event = entry.event;
    let mut kept = Vec::new();
    match &entry.what {
        What::ChangedStub { .. } => {
            let why = "was changed after it was written; remove it by hand";
            kept.push((entry.path.clone(), why.to_owned()));
            if entry.has_before {
                let why = format!("is run by the {event} hook, which was changed");
                kept.push((entry.before(), why));
            }
        }
        What::Foreign { bytes } => {
            if calls(bytes, event) {
                kept.push((entry.path.clone(), BY_HAND.to_owned()));
            }
            if entry.has_before {
                let why = format!("was the {event} hook before another one took its place");
                kept.push((entry.before(), why));
            }
        }
        What::NoFile if entry.has_before => {
            kept.push((
                entry.before(),
                format!("was the {event} hook; its name is taken"),
            ));
        }
        _ => {}
    }
    kept
}
