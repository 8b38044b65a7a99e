//! The small files of a work tree, in its own git directory: which session was last seen in it, how far its
//! reflog was read, and what `prepare-commit-msg` leaves for `commit-msg`.

use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ending::Ending;
use crate::domain::id::{BranchName, CommitId, SessionId};
use crate::sys::fs::{self, Lock, Sharing};

/// No such file is longer, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// Which session a work tree was last seen in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupant {
    /// The session.
    pub session: SessionId,
    /// The branch under its name at that time.
    pub branch: BranchName,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// What `commit-msg` still has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageMode {
    /// Add the trailers if the person wrote something.
    Finish,
    /// They were added: see that they are still there, or that there is more than them.
    Added,
}

/// What `prepare-commit-msg` did to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageMark {
    /// The message file, as git named it.
    pub path: String,
    /// HEAD at that moment; none when unborn.
    pub head: Option<CommitId>,
    /// What is left to do.
    pub mode: MessageMode,
    /// The commit that will be replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amends: Option<CommitId>,
    /// What a template said: as long as the message says no more, git aborts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// A digest of the message as it was left, when nothing is to be done should it still be so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<u64>,
}

impl MessageMark {
    /// A digest of a message, for this program alone.
    pub fn digest(message: &[u8]) -> u64 {
        let mut hasher = DefaultHasher::new();
        hasher.write(message);
        hasher.finish()
    }
}

/// What a command was doing when it ended too early, if it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "doing")]
pub enum Pending {
    /// Files were coming back from a checkpoint.
    Rewind {
        /// The session.
        session: SessionId,
        /// The handle of the checkpoint.
        to: String,
        /// The handle of the checkpoint of what was there before.
        before: String,
    },
}

/// A look at a work tree for a checkpoint that was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: DateTime<Utc>,
    /// Why none was made.
    pub found: Found,
}

/// Why a checkpoint that was due was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// There was nothing to save.
    Nothing,
    /// It could not be written.
    Failure,
}

/// The commits that `git merge --squash` put into the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Squash {
    /// HEAD at that moment; none when unborn.
    pub head: Option<CommitId>,
    /// Length of HEAD's reflog at that moment, in bytes.
    pub reflog: u64,
    /// The commits.
    pub commits: Vec<CommitId>,
}

/// The files of one work tree.
#[derive(Clone, Debug)]
pub struct WorktreeFiles {
    git_dir: PathBuf,
    sharing: Sharing,
}

impl WorktreeFiles {
    /// Those in this git directory.
    pub fn new(git_dir: &Path, sharing: Sharing) -> Self {
        Self {
            git_dir: git_dir.to_owned(),
            sharing,
        }
    }

    /// The file that `commit-msg` looks for: its one `stat`.
    pub fn message_file(git_dir: &Path) -> PathBuf {
        git_dir.join("session-message")
    }

    fn occupant_file(&self) -> PathBuf {
        self.git_dir.join("session-worktree")
    }

    /// The session last seen here.
    pub fn occupant(&self) -> Option<Occupant> {
        serde_json::from_slice(&fs::read_start(&self.occupant_file(), LONGEST).ok()??).ok()
    }

    /// Remembers the session seen here, or that there is none.
    pub fn set_occupant(&self, occupant: Option<&Occupant>) -> Result<()> {
        match occupant {
            Some(occupant) => {
                let mut bytes = serde_json::to_vec(occupant)?;
                bytes.push(b'\n');
                fs::write_view(&self.occupant_file(), &bytes, self.sharing)
            }
            None => fs::remove(&self.occupant_file()),
        }
    }

    /// Up to where commands have read the reflog of HEAD; 0 when none did.
    pub fn heard(&self) -> u64 {
        let bytes = fs::read_start(&self.git_dir.join("session-head"), 64)
            .ok()
            .flatten();
        let text = String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default();
        text.trim().parse().unwrap_or(0)
    }

    /// Remembers how far the reflog of HEAD was read.
    pub fn set_heard(&self, offset: u64) -> Result<()> {
        let line = format!("{offset}\n");
        fs::write_atomic(
            &self.git_dir.join("session-head"),
            line.as_bytes(),
            self.sharing,
        )
    }

    /// Keeps other commands of ours from changing the files of this work tree; `None` when one kept doing so
    /// for all of `wait`.
    pub fn lock(&self, wait: Duration) -> Result<Option<Lock>> {
        Lock::acquire(&self.git_dir.join("session-lock"), wait, self.sharing)
    }

    fn pending_file(&self) -> PathBuf {
        self.git_dir.join("session-pending")
    }

    /// What a command that ended too early was doing; `None` while one is at it.
    pub fn pending(&self) -> Option<Pending> {
        if !fs::exists(&self.pending_file()) {
            return None;
        }
        self.lock(Duration::ZERO).ok()??;
        serde_json::from_slice(&fs::read_start(&self.pending_file(), LONGEST).ok()??).ok()
    }

    /// Remembers what a command is doing, or that it is done.
    pub fn set_pending(&self, pending: Option<&Pending>) -> Result<()> {
        match pending {
            Some(pending) => {
                let mut bytes = serde_json::to_vec(pending)?;
                bytes.push(b'\n');
                fs::write_atomic(&self.pending_file(), &bytes, self.sharing)
            }
            None => fs::remove(&self.pending_file()),
        }
    }

    fn looked_file(&self) -> PathBuf {
        self.git_dir.join("session-looked")
    }

    /// When this work tree was last looked at for a checkpoint of the session that was not made, and why not.
    pub fn looked(&self, session: &SessionId) -> Option<Look> {
        let line = line_about(&self.looked_file(), session)?;
        let (at, found) = match line.split_once(' ') {
            Some((at, "failed")) => (at, Found::Failure),
            Some(_) => return None,
            None => (line.as_str(), Found::Nothing),
        };
        let at = at.parse().ok()?;
        Some(Look { at, found })
    }

    /// Remembers such a look.
    pub fn set_looked(&self, session: &SessionId, look: Look) -> Result<()> {
        let found = match look.found {
            Found::Nothing => "",
            Found::Failure => " failed",
        };
        let line = format!("{session} {}{found}\n", look.at.to_rfc3339());
        fs::write_atomic(&self.looked_file(), line.as_bytes(), self.sharing)
    }

    fn due_file(&self) -> PathBuf {
        self.git_dir.join("session-due")
    }

    /// Since when a checkpoint of the session is due, as a hook has left it.
    pub fn due(&self, session: &SessionId) -> Option<DateTime<Utc>> {
        line_about(&self.due_file(), session)?.parse().ok()
    }

    /// Leaves that one is due, or that none is any more.
    pub fn set_due(&self, due: Option<(&SessionId, DateTime<Utc>)>) -> Result<()> {
        let Some((session, since)) = due else {
            return fs::remove(&self.due_file());
        };
        let line = format!("{session} {}\n", since.to_rfc3339());
        fs::write_plain(&self.due_file(), line.as_bytes(), self.sharing)
    }

    /// The file that a watcher of this work tree locks.
    pub fn watch_lock(&self) -> PathBuf {
        self.git_dir.join("session-watch")
    }

    fn squash_file(&self) -> PathBuf {
        self.git_dir.join("session-squash")
    }

    /// What was squashed last and not seen as a commit yet.
    pub fn squash(&self) -> Option<Squash> {
        serde_json::from_slice(&fs::read_start(&self.squash_file(), LONGEST).ok()??).ok()
    }

    /// Remembers what was squashed, or that it is a commit now.
    pub fn set_squash(&self, squash: Option<&Squash>) -> Result<()> {
        match squash {
            Some(squash) => fs::write_atomic(
                &self.squash_file(),
                &serde_json::to_vec(squash)?,
                self.sharing,
            ),
            None => fs::remove(&self.squash_file()),
        }
    }

    fn ending_file(&self) -> PathBuf {
        self.git_dir.join("session-end")
    }

    /// The end of a session with a merge that is under way, or was cut off.
    pub fn ending(&self) -> Option<Ending> {
        serde_json::from_slice(&fs::read_start(&self.ending_file(), LONGEST).ok()??).ok()
    }

    /// Remembers that a session is about to end with a merge, or that it did.
    pub fn set_ending(&self, ending: Option<&Ending>) -> Result<()> {
        match ending {
            Some(ending) => fs::write_atomic(
                &self.ending_file(),
                &serde_json::to_vec(ending)?,
                self.sharing,
            ),
            None => fs::remove(&self.ending_file()),
        }
    }

    /// Takes what `prepare-commit-msg` left; it is there once.
    pub fn take_message(&self) -> Option<MessageMark> {
        let mark = self.message();
        self.set_message(None).ok()?;
        mark
    }

    /// What `prepare-commit-msg` left, which stays.
    pub fn message(&self) -> Option<MessageMark> {
        serde_json::from_slice(&fs::read(&Self::message_file(&self.git_dir)).ok()??).ok()
    }

    /// Leaves something for `commit-msg`, or takes back what an aborted commit left.
    pub fn set_message(&self, mark: Option<&MessageMark>) -> Result<()> {
        let path = Self::message_file(&self.git_dir);
        match mark {
            Some(mark) => fs::write_plain(&path, &serde_json::to_vec(mark)?, self.sharing),
            None => fs::remove(&path),
        }
    }
}

/// What a file of one line says of a session, which is its first word.
fn line_about(file: &Path, session: &SessionId) -> Option<String> {
    let bytes = fs::read_start(file, 256).ok()??;
    let text = String::from_utf8(bytes).ok()?;
    let (id, rest) = text.trim().split_once(' ')?;
    (id == session.as_str()).then(|| rest.to_owned())
}
