//! The checkpoint that is due: `checkpoint_interval` after the last one, made by the first command that comes by.
//! There is no daemon; where nothing of ours runs, none is made.

use anyhow::Result;
use chrono::{DateTime, Duration, Utc};

use super::{Made, Request, record, same_as_last};
use crate::domain::body::{Cause, TddPhase};
use crate::domain::checkpoint::due_since;
use crate::domain::context::Context;
use crate::domain::id::SessionId;
use crate::domain::session::State;
use crate::ops::ctx::Ctx;
use crate::ops::sessions::{self, Here};
use crate::ops::tdd;
use crate::store::{Found, Look};

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

/// After a failure it is not tried again for so long: a full disk would cost every command the time of two tries.
const RETRY: Duration = Duration::minutes(5);

/// Since when the session's next checkpoint is due; `None` while it is not.
pub fn since(ctx: &Ctx, context: &Context) -> Option<DateTime<Utc>> {
    let due = |last: Option<DateTime<Utc>>| {
        let interval = ctx.settings.session.checkpoint_interval;
        due_since(context.state, last, context.started_at, ctx.now(), interval)
    };
    // hooks come here: no file is read while the log alone says that there is time
    due(context.checkpoint_at)?;
    // a look that found nothing to save counts as a checkpoint
    let looked = ctx.worktree.looked(&context.session);
    let looked = looked.filter(|look| look.found == Found::Nothing);
    due(context.checkpoint_at.max(looked.map(|look| look.at)))
}

/// When the last try failed, unless there was a checkpoint or a look since.
pub fn failed_at(ctx: &Ctx, context: &Context) -> Option<DateTime<Utc>> {
    let look = ctx.worktree.looked(&context.session)?;
    let newer = context.checkpoint_at.is_none_or(|at| at < look.at);
    (look.found == Found::Failure && newer).then_some(look.at)
}

/// When the next checkpoint of the session of this work tree is to be made, in the past where it could not be;
/// `None` when none is to be made by itself.
pub fn next(ctx: &Ctx) -> Result<Option<DateTime<Utc>>> {
    let settings = &ctx.settings.session;
    let Here::Session { id, .. } = sessions::here(ctx)? else {
        return Ok(None);
    };
    let context = sessions::context(ctx, &id)?;
    let Some(context) = context.filter(|context| context.state == State::Active) else {
        return Ok(None);
    };
    if !(settings.auto_checkpoint && settings.enabled) {
        return Ok(None);
    }
    if let Some(failed) = failed_at(ctx, &context) {
        return Ok(Some(failed + RETRY));
    }
    let looked = ctx.worktree.looked(&id).map(|look| look.at);
    let last = context.checkpoint_at.max(looked);
    let interval = Duration::from_std(settings.checkpoint_interval)?;
    Ok(last
        .unwrap_or(context.started_at)
        .checked_add_signed(interval))
}

/// A hook leaves that the next checkpoint is due, once. It makes none: that takes longer than a commit.
pub fn mark(ctx: &Ctx, context: &Context) -> Result<()> {
    let Some(since) = since(ctx, context) else {
        return Ok(());
    };
    if ctx.worktree.due(&context.session) == Some(since) {
        return Ok(());
    }
    ctx.worktree.set_due(Some((&context.session, since)))
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
    let Ok(Some(attempt)) = due_here(ctx) else {
        return Outcome::NotDue;
    };
    let id = &attempt.id;
    match attempt.make(ctx).or_else(|_| attempt.make(ctx)) {
        Ok(Some(made)) => Outcome::Made(Box::new(made)),
        Ok(None) => Outcome::NothingNew,
        Err(error) => {
            let now = ctx.now().format("%Y-%m-%dT%H:%M:%SZ");
            let line = format!("{now} automatic checkpoint: {error:#}");
            ctx.store.hook_log().push(&line).ok();
            looked(ctx, id, Found::Failure).ok();
            Outcome::Failed(format!("{error:#}"))
        }
    }
}

/// A checkpoint that is to be made.
struct Attempt {
    id: SessionId,
    /// The phase of test-driven work that has begun with a commit; none when the interval has passed.
    phase: Option<TddPhase>,
}

/// What is due in this work tree and may be made now.
fn due_here(ctx: &Ctx) -> Result<Option<Attempt>> {
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
    let rests = failed_at(ctx, &context).is_some_and(|failed| {
        // a clock that was set back does not put it off for ever
        let age = ctx.now() - failed;
        Duration::zero() <= age && age < RETRY
    });
    if rests {
        return Ok(None);
    }
    if context.tdd.is_some()
        && let Some(phase) = tdd::phase_to_save(&sessions::load(ctx, &id)?.session)
    {
        let phase = Some(phase);
        return Ok(Some(Attempt { id, phase }));
    }
    Ok(since(ctx, &context).map(|_| Attempt { id, phase: None }))
}

/// Saves the work tree, as one that makes itself does, unless there is nothing to save.
pub fn attempt(ctx: &Ctx, id: &SessionId) -> Result<Option<Made>> {
    let id = id.clone();
    Attempt { id, phase: None }.make(ctx)
}

impl Attempt {
    /// Saves the work tree unless there is nothing to save; a phase is saved all the same.
    fn make(&self, ctx: &Ctx) -> Result<Option<Made>> {
        let capture = ctx.repo.capture(ctx.settings.checkpoint.max_untracked)?;
        let session = sessions::load(ctx, &self.id)?.session;
        let nothing_new = capture.is_clean() || same_as_last(ctx, &session, &capture)?;
        if self.phase.is_none() && nothing_new {
            looked(ctx, &self.id, Found::Nothing)?;
            ctx.worktree.set_due(None)?;
            return Ok(None);
        }
        let request = match self.phase {
            Some(phase) => {
                let mut request = Request::because(Cause::Phase).labelled(phase.name());
                request.said.tdd = Some(phase);
                request
            }
            None => Request::because(Cause::Automatic),
        };
        record(ctx, &self.id, &capture, request).map(Some)
    }
}

/// Remembers that none was made.
fn looked(ctx: &Ctx, id: &SessionId, found: Found) -> Result<()> {
    let at = ctx.now();
    ctx.worktree.set_looked(id, Look { at, found })
}
