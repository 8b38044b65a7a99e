//! What happens to a whole session: pause, resume, end, undo.

mod left;

use std::borrow::Cow;

use anyhow::Result;

use left::left;

pub use left::Left;

use super::checkpoint::keeper;
use super::checkpoint::rewind::{self, Record, Rewound, Wish};
use super::ctx::Ctx;
use super::sessions::{self, Loaded};
use super::{adopt, switch};
use crate::domain::body::Body;
use crate::domain::decide::Command;
use crate::domain::id::{BranchName, EventId, SessionId};
use crate::domain::path_text::unquote_path;
use crate::domain::session::{Op, Session, State};
use crate::error::Fault;

/// Stops the clock of the session of this work tree.
pub fn pause(ctx: &Ctx) -> Result<Session> {
    let id = sessions::require(ctx)?;
    let head = tip(ctx)?;
    Ok(sessions::carry_out(ctx, &id, vec![Command::Pause { head }])?.session)
}

/// Removes the mapping of a session, wherever it stands.
pub(super) fn unmap(ctx: &Ctx, branch: &BranchName, id: &SessionId) -> Result<()> {
    if ctx.repo.config()?.session_of(branch).as_ref() == Some(id) {
        ctx.repo.set_session(branch, None)?;
    }
    ctx.store.remove_unmapped(id)
}

/// What `undo` did.
pub struct Undone {
    /// The session as it is now.
    pub session: Session,
    /// The command that was taken back.
    pub op: Told,
    /// What that comes to.
    pub effect: Effect,
    /// What git did with it and is left alone.
    pub git: Option<Left>,
    /// The files that came back with it.
    pub rewound: Option<Rewound>,
}

/// The commands of the session that can be taken back, newest first.
pub fn undoable(session: &Session) -> impl Iterator<Item = &Op> {
    session
        .ops
        .iter()
        .rev()
        .filter(|op| op.is_undoable() && !op.undone)
}

/// Takes back the `number`-th newest command of the session, counted from 1.
pub fn undo(ctx: &Ctx, number: usize) -> Result<Undone> {
    let id = undo_target(ctx)?;
    let loaded = sessions::load(ctx, &id)?;
    let op = undoable(&loaded.session)
        .nth(number.saturating_sub(1))
        .map(|op| told(&loaded, op))
        .ok_or_else(|| {
            Fault::user("there is nothing to take back").hint("git session undo --list")
        })?;
    refuse_lost(ctx, &loaded, &op, number)?;
    let effect = effect(&loaded, &op.op.id);
    let rewound = match files_of(&loaded, &effect) {
        Some(wish) => Some(rewind::rewind(ctx, &id, &wish)?),
        None => None,
    };
    let command = Command::Undo {
        op: op.op.id.clone(),
    };
    let after = sessions::carry_out(ctx, &id, vec![command])?.session;
    settle(ctx, loaded.session.state, &after)?;
    // checkpoints may be kept again, or not any more; the next one sees to it otherwise
    keeper::settle(ctx, &after).ok();
    let git = left(&loaded.session, &after);
    Ok(Undone {
        session: after,
        op,
        effect,
        git,
        rewound,
    })
}

/// What an undo would lose, or not bring back, it refuses: a switch is git's, work that is parked hangs on its
/// session, and git may have freed what was dropped.
fn refuse_lost(ctx: &Ctx, loaded: &Loaded, op: &Told, number: usize) -> Result<()> {
    let session = &loaded.session;
    let events = loaded.fold.events().filter(|e| e.head().op == op.op.id);
    for event in events {
        let fault = match event.body() {
            Body::WorkParked(_) | Body::WorkRestored(_) => {
                Fault::user(format!("{} with a switch", op.summary))
                    .hint("git session switch -")
                    .hint(format!("git session undo {}", number.max(1) + 1))
            }
            Body::SessionStarted(_) if !session.parked.is_empty() => {
                Fault::user("the session holds parked work, which would hang in the air")
                    .hint("git session resume")
            }
            Body::CheckpointDropped(dropped) => {
                let mut checkpoints = session.checkpoints.iter();
                let known = checkpoints.find(|known| known.item.id == dropped.item);
                match known.filter(|known| !ctx.repo.has_commit(&known.made.commit)) {
                    Some(_) => Fault::user("git has freed the files of that checkpoint already")
                        .hint("git session checkpoints list"),
                    None => continue,
                }
            }
            _ => continue,
        };
        return Err(fault.into());
    }
    Ok(())
}

/// The files that have to come back with an undo: those that a rewind has replaced, or, when the rewind is done
/// again, those of its checkpoint.
fn files_of(loaded: &Loaded, effect: &Effect) -> Option<Wish> {
    let (told, again) = match effect {
        Effect::TookBack(told) => (told, false),
        Effect::DidAgain(told) => (told, true),
        Effect::Unknown => return None,
    };
    let mut events = loaded.fold.events();
    events.find_map(|event| match event.body() {
        Body::CheckpointRestored(restored) if event.head().op == told.op.id => Some(Wish {
            name: Some(
                if again {
                    &restored.item
                } else {
                    &restored.before
                }
                .to_string(),
            ),
            paths: restored
                .paths
                .iter()
                .filter_map(|path| unquote_path(path))
                .map(Cow::into_owned)
                .collect(),
            index: restored.index,
            record: Record::No,
            dry_run: false,
        }),
        _ => None,
    })
}

/// A command and what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The command.
    pub op: Op,
    /// What it did, in one line.
    pub summary: String,
}

/// A command of a session with what it did.
pub fn told(loaded: &Loaded, op: &Op) -> Told {
    Told {
        op: op.clone(),
        summary: loaded.fold.summary(&op.id, &loaded.session),
    }
}

/// What an undo comes to: undoing an undo does the command again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The command has no effect any more.
    TookBack(Told),
    /// The command has its effect again.
    DidAgain(Told),
    /// What it was about is not known here.
    Unknown,
}

impl std::fmt::Display for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TookBack(op) => write!(f, "took back: {}", op.summary),
            Self::DidAgain(op) => write!(f, "did again: {}", op.summary),
            Self::Unknown => f.write_str("took back an earlier command"),
        }
    }
}

/// What a command that undoes this op comes to. An undo only reaches what came before it, so the way ends.
pub fn effect(loaded: &Loaded, undoes: &EventId) -> Effect {
    let session = &loaded.session;
    let find = |id: &EventId| session.ops.iter().find(|op| op.id == *id);
    let mut at = find(undoes);
    for depth in 1..=session.ops.len() {
        let Some(op) = at else {
            break;
        };
        match &op.undoes {
            Some(next) => at = find(next),
            None if depth % 2 == 1 => return Effect::TookBack(told(loaded, op)),
            None => return Effect::DidAgain(told(loaded, op)),
        }
    }
    Effect::Unknown
}

/// The session that `undo` acts on: that of the branch, else the one that ended last on it.
pub fn undo_target(ctx: &Ctx) -> Result<SessionId> {
    if let sessions::Here::Session { id, .. } = sessions::here(ctx)? {
        return Ok(id);
    }
    if let Some(branch) = sessions::current_branch(ctx)? {
        let states = [
            State::Active,
            State::Paused,
            State::Ended,
            State::Archived,
            State::Deleted,
        ];
        if let Some(session) = sessions::newest_on_branch(ctx, &branch, &states)? {
            return Ok(session.id);
        }
        if let Some(id) = merged_here(ctx, &branch)? {
            return Ok(id);
        }
    }
    sessions::require(ctx)
}

/// The session that ended last, when its end merged it into this branch.
fn merged_here(ctx: &Ctx, branch: &BranchName) -> Result<Option<SessionId>> {
    let newest = ctx.store.index_entries()?.into_iter().next();
    let Some(entry) = newest.filter(|entry| ctx.store.has(&entry.session)) else {
        return Ok(None);
    };
    let session = sessions::load(ctx, &entry.session)?.session;
    let end = session.last_end.as_ref();
    let merged = end.and_then(|end| end.merged_to.as_ref()) == Some(branch);
    Ok(merged.then_some(session.id))
}

/// Brings the mapping in line with the state that an undo led to.
fn settle(ctx: &Ctx, before: State, session: &Session) -> Result<()> {
    match (before.is_open(), session.state.is_open()) {
        (false, true) => {
            adopt::claim(ctx, &session.branch, &session.id)?;
            sessions::index(ctx, session)?;
            switch::occupy(ctx)
        }
        (true, false) => {
            unmap(ctx, &session.branch, &session.id)?;
            sessions::index(ctx, session)?;
            ctx.worktree.set_occupant(None)?;
            // `start --new` had put an open session aside
            let open = [State::Active, State::Paused];
            match sessions::newest_on_branch(ctx, &session.branch, &open)? {
                Some(before) => {
                    adopt::claim(ctx, &before.branch, &before.id)?;
                    switch::occupy(ctx)
                }
                None => Ok(()),
            }
        }
        // archived, or taken back from there
        _ if before != session.state => sessions::index(ctx, session),
        _ => Ok(()),
    }
}

/// The tip of the current branch.
fn tip(ctx: &Ctx) -> Result<Option<crate::domain::id::CommitId>> {
    Ok(ctx.repo.head()?.tip().cloned())
}
