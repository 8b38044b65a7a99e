//! A watcher in the foreground: it waits for changes of files, counts the time of whoever makes them, and makes
//! the checkpoint that is due. Nothing is done while nothing happens.

mod pulse;
mod sentinel;
mod tree;

use std::sync::mpsc;
use std::time::Duration;

use anyhow::Result;

use super::checkpoint::Made;
use super::ctx::Ctx;
use super::sessions::{self, Here};
use crate::domain::id::{BranchName, SessionId};
use crate::error::Fault;
use crate::sys::fs::{self, Lock};
use crate::sys::watch::stop_on_signals;
use sentinel::Sentinel;

/// When a watcher ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// When it is told to.
    Forever,
    /// After the first thing that it did.
    Once,
}

/// What a watcher says.
#[derive(Debug)]
pub enum News {
    /// It waits for changes in so many directories.
    Watching(usize),
    /// The system watches no more directories: they are read again and again, with so long a pause.
    Polling(Duration),
    /// Files have changed, and that was recorded.
    Active {
        /// The session.
        session: SessionId,
        /// How many files.
        files: u64,
    },
    /// A checkpoint was due.
    Made(Box<Made>),
    /// One was due, and there was nothing to save.
    NothingNew,
    /// One was due and could not be made, for this reason.
    Failed(String),
    /// The work tree is in another session.
    Entered {
        /// The session.
        session: SessionId,
        /// Its branch.
        branch: BranchName,
    },
    /// The work tree is on a branch that has no session, or on none.
    Without(Here),
    /// The session of this branch has ended.
    Ended(BranchName),
    /// The repository could not be read, for this reason; it goes on.
    Trouble(String),
}

/// What a watcher did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// For how long.
    pub seconds: u64,
    /// Changes of files that were recorded.
    pub files: u64,
    /// Checkpoints that were made.
    pub checkpoints: usize,
    /// Checkpoints that could not be made.
    pub failed: usize,
}

/// What is asked of a watcher.
pub struct Watch<'a> {
    /// When it ends.
    pub mode: Mode,
    /// Takes what it says.
    pub say: &'a mut dyn FnMut(&Ctx, &News) -> Result<()>,
}

/// Watches the work tree until it is told to stop.
///
/// # Errors
/// There is no work tree, no session, or another watcher; the work tree has gone.
pub fn run(ctx: Ctx, watch: Watch<'_>) -> Result<Summary> {
    if ctx.repo.is_bare() {
        return Err(Fault::user("a bare repository has no files to watch")
            .hint("git worktree add <path> <branch>")
            .into());
    }
    sessions::require(&ctx)?;
    let _lock = lock(&ctx)?;
    let (sender, events) = mpsc::channel();
    stop_on_signals(sender.clone())?;
    let mut sentinel = Sentinel::new(&ctx, watch, sender)?;
    sentinel.begin(&ctx)?;
    let (env, cwd, via) = (ctx.env.clone(), ctx.cwd.clone(), ctx.via);
    let mut current = ctx;
    while !sentinel.is_done() {
        let batch = sentinel.wait(&events);
        if !fs::exists(sentinel.top()) {
            return Err(Fault::user("the work tree is gone").into());
        }
        // branch and settings may be others now
        match Ctx::open(env.clone(), &cwd, via) {
            Ok(fresh) => {
                current = fresh;
                sentinel.handle(&current, batch)?;
            }
            Err(error) => {
                sentinel.skip(&current, &batch, &format!("{error:#}"))?;
            }
        }
    }
    sentinel.end(&current)
}

/// Sees to it that one watcher is at work in a work tree. The system lets go of the lock of a process that is no more.
fn lock(ctx: &Ctx) -> Result<Lock> {
    let path = ctx.worktree.watch_lock();
    let sharing = ctx.store.sharing();
    if let Some(lock) = Lock::acquire(&path, Duration::ZERO, sharing)? {
        let line = format!("{}\n", std::process::id());
        fs::write_plain(&path, line.as_bytes(), sharing)?;
        return Ok(lock);
    }
    let owner = fs::read_start(&path, 32)?.unwrap_or_default();
    let owner = String::from_utf8_lossy(&owner);
    Err(Fault::user(format!(
        "another watcher is at work in this work tree: process {}",
        owner.trim()
    ))
    .into())
}
