//! Every session at once, those of other clones as well, for what looks across branches. Slow where there are thousands.

use anyhow::Result;

use super::ctx::Ctx;
use super::sessions;
use crate::domain::describe::plural;
use crate::domain::id::SessionId;
use crate::domain::session::{Session, State};
use crate::error::{Fault, Kind};

/// The sessions of this clone and those that others shared.
#[derive(Debug, Default)]
pub struct Every {
    /// Those that could be read and are not deleted, by id.
    pub sessions: Vec<Session>,
    /// Those whose log says nothing.
    pub unreadable: Vec<SessionId>,
}

/// Reads every session.
pub fn every(ctx: &Ctx) -> Result<Every> {
    let mut every = Every::default();
    for id in sessions::all_ids(ctx)? {
        match sessions::load(ctx, &id) {
            Ok(loaded) if loaded.session.state == State::Deleted => {}
            Ok(loaded) => every.sessions.push(loaded.session),
            Err(_) => every.unreadable.push(id),
        }
    }
    Ok(every)
}

/// Says at the end of an answer which sessions it could not look into.
///
/// # Errors
/// A `Fault` of kind `Partial` when there is one.
pub fn complete(unreadable: &[SessionId]) -> Result<()> {
    let Some(first) = unreadable.first() else {
        return Ok(());
    };
    let count = plural(unreadable.len(), "session");
    let fault = match unreadable.len() {
        1 => format!("the log of {first} could not be read"),
        _ => format!("the logs of {count} could not be read, {first} first"),
    };
    Err(Fault::new(Kind::Partial, fault)
        .hint("git session doctor")
        .into())
}
