//! The store: `<common git dir>/sessions/`. Logs, the context that is folded from each, the index, and the
//! small files of a work tree. It is given paths and knows no git.

mod cursor;
mod ending;
mod fetched;
mod home;
mod index;
mod log;
mod ring;
mod shared;
mod views;
mod worktree;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};

pub use cursor::Cursor;
pub use ending::{Ending, Words};
pub use fetched::{Fetched, Known, Tips};
pub use home::Home;
pub use index::IndexEntry;
pub use log::{Contents, Log, Waiting};
pub use ring::{Ring, Says};
pub use views::Views;
pub use worktree::{
    Found, Look, MessageMark, MessageMode, Occupant, Pending, Squash, WorktreeFiles,
};

use crate::domain::id::SessionId;
use crate::error::Fault;
use crate::sys::fs::{self, Lock, Sharing};

/// The format that this program reads and writes.
const FORMAT: &str = "1";

/// The sessions of one repository, shared by all its work trees.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
    sharing: Sharing,
}

impl Store {
    /// The store of the repository with this common git directory. Nothing is read or made.
    pub fn new(common_dir: &Path, sharing: Sharing) -> Self {
        Self {
            root: common_dir.join("sessions"),
            sharing,
        }
    }

    /// `<common git dir>/sessions`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Who may use what is created.
    pub const fn sharing(&self) -> Sharing {
        self.sharing
    }

    /// Whether `init` or `start` was here.
    pub fn exists(&self) -> bool {
        fs::exists(&self.root.join("format"))
    }

    /// Whether there is a store that can be used.
    ///
    /// # Errors
    /// A store of a later format is refused; it is never rewritten.
    pub fn usable(&self) -> Result<bool> {
        let Some(format) = fs::read(&self.root.join("format"))? else {
            return Ok(false);
        };
        let format = String::from_utf8_lossy(&format);
        if format.trim() == FORMAT {
            return Ok(true);
        }
        let place = self.root.display();
        let format = format.trim().escape_debug().to_string();
        let shown: String = format.chars().take(20).collect();
        Err(Fault::repository(format!(
            "{place} is of format `{shown}`, this version knows {FORMAT}"
        ))
        .hint("install a newer git-session")
        .into())
    }

    /// Makes the store if it is not there. Returns whether it was made.
    ///
    /// # Errors
    /// As [`Store::usable`].
    pub fn create(&self) -> Result<bool> {
        if self.usable()? {
            return Ok(false);
        }
        fs::create_dir(&self.root, self.sharing)?;
        let file = self.root.join("format");
        fs::write_atomic(&file, format!("{FORMAT}\n").as_bytes(), self.sharing)?;
        Ok(true)
    }

    /// The directory of a session.
    pub fn directory(&self, id: &SessionId) -> PathBuf {
        self.root.join(id.as_str())
    }

    /// The log of a session.
    pub fn log(&self, id: &SessionId) -> Log {
        Log::new(self.directory(id).join("log.jsonl"), self.sharing)
    }

    /// The views of a session.
    pub fn views(&self, id: &SessionId) -> Views {
        Views::new(self.directory(id), self.sharing)
    }

    /// What commands have looked at of a session's branch; `None` when none did.
    pub fn cursor(&self, id: &SessionId) -> Option<Cursor> {
        let bytes = fs::read_start(&self.directory(id).join("seen.json"), 1024 * 1024).ok()??;
        serde_json::from_slice(&bytes).ok()
    }

    /// Remembers what a command has looked at.
    pub fn set_cursor(&self, id: &SessionId, cursor: &Cursor) -> Result<()> {
        let mut bytes = serde_json::to_vec(cursor)?;
        bytes.push(b'\n');
        fs::write_atomic(&self.directory(id).join("seen.json"), &bytes, self.sharing)
    }

    /// Makes the directory of a new session.
    pub fn create_session(&self, id: &SessionId) -> Result<()> {
        fs::create_dir(&self.directory(id), self.sharing)
    }

    /// Takes the lock of a session; `None` when somebody else kept it for all of `wait`.
    pub fn lock(&self, id: &SessionId, wait: Duration) -> Result<Option<Lock>> {
        Lock::acquire(&self.directory(id).join("lock"), wait, self.sharing)
    }

    /// Takes the lock of a session as a command does: waits five seconds, then says who to wait for.
    pub fn lock_for_command(&self, id: &SessionId) -> Result<Lock> {
        self.lock(id, Duration::from_secs(5))?
            .with_context(|| format!("another git-session command holds the session {id}"))
    }

    /// Keeps other commands from making the same things at the same time. The store must be there.
    pub fn lock_for_setup(&self) -> Result<Lock> {
        let path = self.root.join("lock");
        Lock::acquire(&path, Duration::from_secs(5), self.sharing)?
            .context("another git-session command is setting this repository up")
    }

    /// Keeps other commands from taking in the same events at the same time.
    pub fn lock_for_fetched(&self) -> Result<Lock> {
        let path = self.root.join("fetched.lock");
        Lock::acquire(&path, Duration::from_secs(60), self.sharing)?
            .context("another git-session command takes in what was fetched")
    }

    /// Keeps two commands from talking to remotes at the same time; `None` when one does.
    pub fn lock_for_sync(&self) -> Result<Option<Lock>> {
        Lock::acquire(
            &self.root.join("sync.lock"),
            Duration::from_secs(5),
            self.sharing,
        )
    }

    /// Whether this clone has a log of the session.
    pub fn has(&self, id: &SessionId) -> bool {
        fs::exists(&self.directory(id).join("log.jsonl"))
    }

    /// The ids of all sessions with a log in this clone, by name.
    pub fn ids(&self) -> Result<Vec<SessionId>> {
        let mut ids = self.names(|_| true)?;
        ids.retain(|id| self.has(id));
        ids.sort();
        Ok(ids)
    }

    /// The names of directories that can be sessions, in no order: nobody has looked whether there is a log in them.
    pub fn names(&self, wanted: impl Fn(&SessionId) -> bool) -> Result<Vec<SessionId>> {
        let entries = match std::fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", self.root.display()));
            }
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.with_context(|| format!("cannot read {}", self.root.display()))?;
            let name = entry.file_name();
            let id = name.to_str().and_then(|name| SessionId::new(name).ok());
            names.extend(id.filter(&wanted));
        }
        Ok(names)
    }

    /// What hooks could not do: one line each, the last 64 KiB.
    pub fn hook_log(&self) -> Ring {
        Ring::new(self.root.join("hook.log"), self.sharing, Says::Words)
    }

    /// When each hook ended and how long it took: one line each, the last 64 KiB.
    pub fn timings(&self) -> Ring {
        Ring::new(self.root.join("timings"), self.sharing, Says::Figures)
    }

    /// Where it is noted that a hook started a session which no config key names yet.
    pub fn unmapped_dir(&self) -> PathBuf {
        self.root.join("unmapped")
    }

    /// A file of `cache/`.
    pub fn cache(&self, name: &str) -> PathBuf {
        self.root.join("cache").join(name)
    }

    /// Writes a file of `cache/`.
    pub fn write_cache(&self, name: &str, bytes: &[u8]) -> Result<()> {
        fs::create_dir(&self.root.join("cache"), self.sharing)?;
        fs::write_atomic(&self.cache(name), bytes, self.sharing)
    }

    /// Notes that a hook started this session on the branch of that name, which no config key says yet.
    pub fn add_unmapped(&self, id: &SessionId, branch: &str) -> Result<()> {
        let directory = self.unmapped_dir();
        fs::create_dir(&directory, self.sharing)?;
        fs::write_atomic(
            &directory.join(id.as_str()),
            branch.as_bytes(),
            self.sharing,
        )
    }

    /// Sessions that hooks started and no command mapped yet, with their branches.
    pub fn unmapped(&self) -> Vec<(SessionId, String)> {
        let Ok(entries) = std::fs::read_dir(self.unmapped_dir()) else {
            return Vec::new();
        };
        let mut found: Vec<_> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let id = SessionId::new(entry.file_name().to_str()?).ok()?;
                let branch = String::from_utf8(fs::read(&entry.path()).ok()??).ok()?;
                Some((id, branch))
            })
            .collect();
        found.sort();
        found
    }

    /// Forgets that a session is unmapped.
    pub fn remove_unmapped(&self, id: &SessionId) -> Result<()> {
        fs::remove(&self.unmapped_dir().join(id.as_str()))
    }
}

#[cfg(test)]
mod tests;
