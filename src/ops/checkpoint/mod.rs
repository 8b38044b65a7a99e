//! Checkpoints: the whole work tree saved as a commit of the shape of a stash, kept by the session's keeper,
//! written down in its log.

pub mod changed;
pub mod commit;
pub mod due;
pub mod keeper;
pub mod rewind;

use anyhow::Result;

use super::ctx::Ctx;
use super::sessions;
use crate::domain::body::{Cause, Changed, Named};
use crate::domain::decide::{Command, NewCheckpoint, NewDecision, Said};
use crate::domain::fold::creates;
use crate::domain::handle::ItemKind;
use crate::domain::id::SessionId;
use crate::domain::path_text::quote_path;
use crate::domain::redact::Redacted;
use crate::domain::session::{Checkpoint, Session};
use crate::error::Fault;
use crate::git::{Capture, Dirt, Head, Held, Words};
use changed::Trees;

/// So many paths are named in the log.
const NAMED: usize = 20;

/// A checkpoint that is wanted.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What is said of it.
    pub said: Said,
    /// A decision to be recorded with it.
    pub decision: Option<Redacted>,
    /// The step of test-driven work that it belongs to begins with it.
    pub begins_phase: bool,
}

impl Request {
    /// One of which only the cause is said.
    pub fn because(cause: Cause) -> Self {
        Self {
            said: Said {
                cause,
                ..Said::default()
            },
            ..Self::default()
        }
    }

    /// The same with a label.
    #[must_use]
    pub fn labelled(mut self, label: &str) -> Self {
        self.said.label = Some(Redacted::new(label));
        self
    }
}

/// A checkpoint that was made.
#[derive(Debug)]
pub struct Made {
    /// The session as it is now.
    pub session: Session,
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// What differed from HEAD.
    pub dirt: Dirt,
}

/// Saves the work tree.
pub fn create(ctx: &Ctx, id: &SessionId, request: Request) -> Result<Made> {
    let capture = ctx.repo.capture(ctx.settings.checkpoint.max_untracked)?;
    record(ctx, id, &capture, request)
}

/// Saves the work tree if there is anything in it that no commit has.
pub fn create_if_dirty(ctx: &Ctx, id: &SessionId, request: Request) -> Result<Option<Made>> {
    let capture = ctx.repo.capture(ctx.settings.checkpoint.max_untracked)?;
    if capture.is_clean() {
        return Ok(None);
    }
    record(ctx, id, &capture, request).map(Some)
}

/// Stores what was captured: objects first, then the ref that keeps them, then the event.
pub fn record(ctx: &Ctx, id: &SessionId, capture: &Capture<'_>, request: Request) -> Result<Made> {
    let before = sessions::load(ctx, id)?.session;
    let label = request.said.label.as_ref().map(Redacted::as_str);
    let label = label.unwrap_or_else(|| request.said.cause.name());
    let words = Words {
        place: &place(ctx)?,
        label: &label.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    let commit = capture.commit(words)?;
    keeper::keep(ctx, id, &commit)?;
    let changed = changed_since(ctx, &before, capture).ok();
    let mut commands = Vec::new();
    if let Some(text) = request.decision {
        commands.push(Command::AddDecision {
            decision: Box::new(NewDecision::plain(text, request.said.privacy)),
            supersedes: None,
        });
    }
    if let Some(phase) = request.said.tdd.filter(|_| request.begins_phase) {
        commands.push(Command::SetPhase { phase });
    }
    commands.push(Command::Checkpoint(Box::new(NewCheckpoint {
        commit,
        head: capture.head.clone(),
        said: request.said,
        changed,
        left_out: named(&capture.left_out),
        nested: named(&capture.dirt.nested),
    })));
    let done = sessions::carry_out_durably(ctx, id, commands)?;
    let made = done
        .events
        .iter()
        .rev()
        .find(|event| creates(event.body()) == Some(ItemKind::Checkpoint));
    let made = made.map(|event| event.id().clone());
    let checkpoint = done.session.checkpoints.iter().rev();
    let checkpoint = checkpoint
        .clone()
        .find(|checkpoint| Some(&checkpoint.item.id) == made.as_ref())
        .cloned();
    let checkpoint = checkpoint.ok_or_else(|| Fault::user("the session ended meanwhile"))?;
    // a mark that stays says less than the log, which knows this one
    ctx.worktree.set_due(None).ok();
    // what is not let go of now is let go of by the next one
    keeper::settle(ctx, &done.session).ok();
    Ok(Made {
        session: done.session,
        checkpoint,
        dirt: capture.dirt.clone(),
    })
}

/// The branch, or where HEAD is.
fn place(ctx: &Ctx) -> Result<String> {
    Ok(match ctx.repo.head()? {
        Head::Branch { name, .. } | Head::Unborn { name } => name.to_string(),
        Head::Detached { .. } => "(no branch)".to_owned(),
    })
}

/// The first paths of a list, and how many there are.
fn named(paths: &[Vec<u8>]) -> Named {
    Named {
        paths: paths
            .iter()
            .take(NAMED)
            .map(|path| quote_path(path).into_owned())
            .collect(),
        total: paths.len(),
    }
}

/// What changed since the newest checkpoint that is still there, else since the session began.
fn changed_since(ctx: &Ctx, session: &Session, capture: &Capture<'_>) -> Result<Changed> {
    // what a rewind has put aside is no step of the work
    let last = newest_held(ctx, session, |cause| cause != Cause::Rewind)?;
    let start = session.base.commit.clone();
    let start = start.filter(|start| ctx.repo.has_commit(start));
    let (tracked, untracked, head) = if let Some((checkpoint, held)) = last {
        let head = checkpoint.made.head.clone();
        (Some(held.tree), held.untracked, head)
    } else {
        let commit = start.as_ref().map(|start| ctx.repo.commit(start));
        (commit.transpose()?.map(|info| info.tree), None, start)
    };
    let old = Trees {
        tracked: tracked.as_deref(),
        untracked: untracked.as_deref(),
    };
    let new = Trees {
        tracked: Some(&capture.tree),
        untracked: capture.untracked.as_deref(),
    };
    let commits = changed::commits(&ctx.repo, head.as_ref(), capture.head.as_ref())?;
    Ok(changed::summary(&changed::files(ctx, old, new)?, commits))
}

/// Whether the work tree and the index are as the newest checkpoint has them.
fn same_as_last(ctx: &Ctx, session: &Session, capture: &Capture<'_>) -> Result<bool> {
    let last = newest_held(ctx, session, |_| true)?;
    Ok(last.is_some_and(|(_, held)| {
        held.tree == capture.tree
            && held.index == capture.index
            && held.untracked == capture.untracked
            && Some(&held.base) == capture.head.as_ref()
    }))
}

/// The newest checkpoint made for such a cause whose commit is still there, and what it holds.
fn newest_held<'s>(
    ctx: &Ctx,
    session: &'s Session,
    wanted: fn(Cause) -> bool,
) -> Result<Option<(&'s Checkpoint, Held)>> {
    let newest = session.checkpoints.iter().rev();
    for checkpoint in newest.filter(|checkpoint| wanted(checkpoint.made.cause)) {
        if let Some(held) = ctx.repo.held(&checkpoint.made.commit)? {
            return Ok(Some((checkpoint, held)));
        }
    }
    Ok(None)
}
