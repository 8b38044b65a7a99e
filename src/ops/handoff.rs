//! Handing a session over: the document of its state, the event that says so, the file beside the log, and
//! whether the tree still is what was handed over. Pages are made by the caller.

pub(super) mod base;
mod check;
mod ended;
mod gather;
mod status;
mod tree;

pub use check::{Checked, Differences, check};
pub use tree::{tree, tree_of};

use std::path::PathBuf;

use anyhow::Result;

use super::ctx::Ctx;
use super::sessions::{self, Here};
use crate::domain::decide::{Command, NewHandoff, Privacy};
use crate::domain::handoff::{Document, build};
use crate::domain::id::SessionId;
use crate::domain::redact::Redacted;
use crate::domain::session::Session;
use crate::sys::fs;

/// The file of the newest handoff, beside the log.
const FILE: &str = "handoff.md";

/// The moment that a document speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Now; with the work tree, where this is that of the session.
    Now,
    /// The end of the session; of an open one, now without a work tree.
    End,
}

/// What who hands over wants to say.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// What was reached.
    pub accomplished: Vec<Redacted>,
    /// What is to be remembered.
    pub remember: Vec<Redacted>,
    /// What comes next.
    pub next: Vec<Redacted>,
}

/// The document of a session. Words of who hands over are part of it once they are in the log.
pub fn document(ctx: &Ctx, session: &Session, moment: Moment) -> Result<Document> {
    Ok(build(session, &gather::facts(ctx, session, moment)?))
}

/// The command that writes down that the state of this work tree is handed over. `tree`: see [`tree`].
pub fn hand_over(ctx: &Ctx, said: Said, tree: Option<String>) -> Result<Command> {
    Ok(Command::HandOver(Box::new(NewHandoff {
        head: ctx.repo.head()?.tip().cloned(),
        tree,
        accomplished: said.accomplished,
        remember: said.remember,
        next: said.next,
        privacy: Privacy::Shared,
    })))
}

/// Writes down that the state of this work tree is handed over, unless nothing happened since that was written
/// down last.
pub fn record(ctx: &Ctx, session: Session) -> Result<Session> {
    let head = ctx.repo.head()?.tip().cloned();
    let tree = tree(ctx)?;
    let last = session.handoffs.last();
    let same = last.is_some_and(|last| {
        last.n == session.last_n && last.what.head == head && last.what.tree == tree
    });
    if same {
        return Ok(session);
    }
    let command = hand_over(ctx, Said::default(), tree)?;
    Ok(sessions::carry_out(ctx, &session.id, vec![command])?.session)
}

/// Writes the page beside the log; where that is.
pub fn write(ctx: &Ctx, session: &SessionId, page: &str) -> Result<PathBuf> {
    let path = ctx.store.directory(session).join(FILE);
    fs::write_atomic(&path, page.as_bytes(), ctx.store.sharing())?;
    Ok(path)
}

/// Whether this is the open session of this work tree.
pub fn is_here(ctx: &Ctx, session: &Session) -> Result<bool> {
    let here = sessions::here(ctx)?;
    Ok(session.state.is_open() && matches!(here, Here::Session { id, .. } if id == session.id))
}
