//! What was done, remembered in `<common git dir>/sessions/hooks.json`. The file only helps: what is ours is
//! known without it, too.

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use super::{Version, Way};
use crate::domain::hook_event::HookEvent;
use crate::error::Fault;
use crate::git::Repo;
use crate::sys::fs::{self, Lock};

/// The version of the file's form; a greater one is not read.
const FORM: u32 = 1;
/// How long a second install waits for the first.
const WAIT: Duration = Duration::from_secs(5);

/// What one install did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The version of the form.
    pub(super) v: u32,
    /// The program that git was told to run.
    pub(super) program: String,
    /// The version of git at that time.
    pub(super) git: String,
    /// `core.hooksPath` at that time.
    pub(super) hooks_path: Option<String>,
    /// Where the hook files are.
    pub(super) directory: String,
    /// When the entries of that directory last changed, as [`stamp`] says it.
    pub(super) stamp: Option<String>,
    /// What [`super::recheck`] has said already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) told: Option<String>,
    /// Each event.
    pub(super) events: Vec<Done>,
    /// Other directories that earlier installs wrote to: git may come back to them, and so does an uninstall.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) earlier: Vec<Earlier>,
}

/// What an earlier install did in another directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Earlier {
    /// The program that git was told to run.
    pub(super) program: String,
    /// Where the hook files are.
    pub(super) directory: String,
    /// Each event.
    pub(super) events: Vec<Done>,
}

/// What was done for one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) event: HookEvent,
    #[serde(flatten)]
    pub(super) way: Way,
    /// The blob id of the stub.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stub: Option<String>,
    /// The hook that was there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) moved: Option<Moved>,
}

/// A hook that now stands in `git-session.d`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moved {
    pub(super) path: String,
    /// The blob id of what it leads to.
    pub(super) hash: String,
}

impl Record {
    /// A record of an install that has not been made yet.
    pub(super) fn new(program: &Path, git: Version) -> Self {
        Self {
            v: FORM,
            program: text(program),
            git: shown_version(git),
            hooks_path: None,
            directory: String::new(),
            stamp: None,
            told: None,
            events: Vec::new(),
            earlier: Vec::new(),
        }
    }

    /// The record of a repository; `None` when there is none that can be read.
    pub(super) fn read(repo: &Repo) -> Option<Self> {
        let bytes = fs::read(&path(repo)).ok().flatten()?;
        let record: Self = serde_json::from_slice(&bytes).ok()?;
        (record.v <= FORM).then_some(record)
    }

    /// Replaces the record.
    pub(super) fn write(&self, repo: &Repo) -> Result<()> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        fs::write_atomic(&path(repo), &bytes, repo.sharing()?)
    }

    /// Every directory that installs wrote to, the last one first.
    pub(super) fn places(&self) -> Vec<Earlier> {
        let last = Earlier {
            program: self.program.clone(),
            directory: self.directory.clone(),
            events: self.events.clone(),
        };
        let all = [last].into_iter().chain(self.earlier.iter().cloned());
        let is_file = |done: &Done| matches!(done.way, Way::Link | Way::Stub);
        all.filter(|place| place.events.iter().any(is_file))
            .collect()
    }

    /// The places but for one directory, as far as they are still there.
    pub(super) fn places_but(&self, directory: &Path) -> Vec<Earlier> {
        let real = fs::resolve(directory);
        let mut places = self.places();
        places.retain(|place| {
            let path = Path::new(&place.directory);
            path.is_dir() && fs::resolve(path) != real
        });
        places
    }

    /// The record as it would be had the last install been the one into this directory.
    pub(super) fn at(&self, directory: &Path) -> Self {
        let real = fs::resolve(directory);
        let here = |place: &Earlier| fs::resolve(Path::new(&place.directory)) == real;
        let Some(place) = self.places().into_iter().find(here) else {
            return self.clone();
        };
        Self {
            program: place.program,
            directory: place.directory,
            events: place.events,
            earlier: self.places_but(directory),
            ..self.clone()
        }
    }

    /// What was done for an event.
    pub(super) fn done(&self, event: HookEvent) -> Option<&Done> {
        self.events.iter().find(|done| done.event == event)
    }
}

/// Where the record is.
pub(super) fn path(repo: &Repo) -> PathBuf {
    directory(repo).join("hooks.json")
}

/// The directory of everything that this program keeps for a repository.
fn directory(repo: &Repo) -> PathBuf {
    repo.common_dir().join("sessions")
}

/// Lets one install or uninstall at a time go on.
pub(super) fn lock(repo: &Repo) -> Result<Lock> {
    let sharing = repo.sharing()?;
    fs::create_dir(&directory(repo), sharing)?;
    Lock::acquire(&directory(repo).join("hooks.lock"), WAIT, sharing)?.ok_or_else(|| {
        Fault::user("another process is installing hooks in this repository")
            .hint("git session hooks status")
            .into()
    })
}

/// The id that git gives to bytes: anybody can check it with `git hash-object`.
pub(super) fn blob_id(repo: &Repo, bytes: &[u8]) -> Result<String> {
    let git = repo.git().args(["hash-object", "--stdin"]).stdin(bytes);
    Ok(git
        .checked()
        .context("cannot name a hook by its content")?
        .text())
}

/// When a path was last changed, in nanoseconds since 1970.
pub(super) fn stamp(path: &Path) -> Option<String> {
    let since = fs::modified(path)?.duration_since(UNIX_EPOCH).ok()?;
    Some(since.as_nanos().to_string())
}

/// A path as the record has it.
pub(super) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// `2.54.0`.
pub(super) fn shown_version((major, minor, patch): Version) -> String {
    format!("{major}.{minor}.{patch}")
}
