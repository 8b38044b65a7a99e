//! The checkpoint that is due: `checkpoint_interval` after the last one, made by the first command that comes by.
//! There is no daemon; where nothing of ours runs, none is made.

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::{Made, Request, record, same_as_last};
use crate::domain::body::{Cause, TddPhase};
use crate::domain::checkpoint::due_since;
use crate::domain::context::Context;
use crate::domain::id::SessionId;
use crate::domain::redact::Redacted;
use crate::ops::ctx::Ctx;
use crate::ops::sessions::{self, Here};
use crate::ops::tdd;

/// What became of a due checkpoint.
#[derive(Debug)]
pub enum Outcome {
    /// None was due, or it is not to be made by itself.
    NotDue,
    /// Nothing has changed since the last one, or there is nothing that no commit has.
    NothingNew,
    /// It was made.
    Made(Box<Made>),
    /// It could not be made, twice, for this reason.
    Failed(String),
}

/// Since when the session's next checkpoint is due; `None` while it is not.
pub fn since(ctx: &Ctx, context: &Context) -> Option<DateTime<Utc>> {
    // a look that found nothing to save counts as a checkpoint
    let looked = ctx.worktree.looked(&context.session);
    due_since(
        context.state,
        context.checkpoint_at.max(looked),
        context.started_at,
        ctx.now(),
        ctx.settings.session.checkpoint_interval,
    )
}

/// Whether the session's next checkpoint is due.
pub fn is_due(ctx: &Ctx, id: &SessionId) -> Result<bool> {
    let context = sessions::context(ctx, id)?;
    Ok(context.is_some_and(|context| since(ctx, &context).is_some()))
}

/// Makes the checkpoint of the session of this work tree when it is due. A failure is written to `hook.log` and
/// is nobody's failure.
pub fn make_if_due(ctx: &Ctx) -> Outcome {
    if !(ctx.settings.session.auto_checkpoint && ctx.settings.session.enabled) {
        return Outcome::NotDue;
    }
    let due = || -> Result<Option<Due>> {
        let Here::Session { id, .. } = sessions::here(ctx)? else {
            return Ok(None);
        };
        // in the middle of a rebase the work tree is not the person's
        if ctx.repo.is_bare() || ctx.repo.state().replaying() {
            return Ok(None);
        }
        let Some(context) = sessions::context(ctx, &id)? else {
            return Ok(None);
        };
        if context.tdd.is_some()
            && let Some(phase) = tdd::phase_to_save(&sessions::load(ctx, &id)?.session)
        {
            return Ok(Some(Due::Phase(id, phase)));
        }
        Ok(since(ctx, &context).map(|_| Due::Time(id)))
    };
    let attempt = match due() {
        Ok(Some(Due::Phase(id, phase))) => Attempt {
            id,
            phase: Some(phase),
        },
        Ok(Some(Due::Time(id))) => Attempt { id, phase: None },
        Ok(None) | Err(_) => return Outcome::NotDue,
    };
    let id = &attempt.id;
    match attempt.make(ctx).or_else(|_| attempt.make(ctx)) {
        Ok(Some(made)) => Outcome::Made(Box::new(made)),
        Ok(None) => Outcome::NothingNew,
        Err(error) => {
            let now = ctx.now().format("%Y-%m-%dT%H:%M:%SZ");
            let line = format!("{now} automatic checkpoint: {error:#}");
            ctx.store.hook_log().push(&line).ok();
            // not again with the very next command
            ctx.worktree.set_looked(id, ctx.now()).ok();
            Outcome::Failed(format!("{error:#}"))
        }
    }
}

/// Why a checkpoint is to be made.
enum Due {
    /// The interval has passed.
    Time(SessionId),
    /// A phase of test-driven work has begun with a commit.
    Phase(SessionId, TddPhase),
}

/// A checkpoint that is to be made.
struct Attempt {
    id: SessionId,
    phase: Option<TddPhase>,
}

impl Attempt {
    /// Saves the work tree unless there is nothing to save; a phase is saved all the same.
    fn make(&self, ctx: &Ctx) -> Result<Option<Made>> {
        let capture = ctx.repo.capture(ctx.settings.checkpoint.max_untracked)?;
        let session = sessions::load(ctx, &self.id)?.session;
        let nothing_new = capture.is_clean() || same_as_last(ctx, &session, &capture)?;
        if self.phase.is_none() && nothing_new {
            ctx.worktree.set_looked(&self.id, ctx.now())?;
            return Ok(None);
        }
        let request = match self.phase {
            Some(phase) => Request {
                cause: Cause::Phase,
                label: Some(Redacted::new(phase.name())),
                tdd: Some(phase),
                ..Request::default()
            },
            None => Request {
                cause: Cause::Automatic,
                ..Request::default()
            },
        };
        record(ctx, &self.id, &capture, request).map(Some)
    }
}
