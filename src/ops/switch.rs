//! The branch of a work tree changed: the clock of the session that was left stops, that of the one entered
//! goes on, and there is something to say about it.

use anyhow::Result;

use super::checkpoint::due;
use super::ctx::Ctx;
use super::sessions::Here;
use super::{fetched, message, sessions};
use crate::domain::body::{Body, Clocked, Reason};
use crate::domain::brief::{Since, brief};
use crate::domain::context::Context;
use crate::domain::describe::name_of;
use crate::domain::escape;
use crate::domain::id::CommitId;
use crate::domain::time::{ActiveClock, relative};
use crate::store::{Occupant, Waiting};

/// Commits are counted up to here.
const MAX_COUNTED: usize = 200;

/// What a switch led to.
#[derive(Debug, Default)]
pub struct Entered {
    /// The brief of the session entered, one string a line; empty when there is none, or it is the same one.
    pub brief: Vec<String>,
    /// What happened on the branch since this work tree left it.
    pub since: Option<Since>,
    /// Another clone has a session on the branch, and this one has none: what to say about it.
    pub elsewhere: Option<String>,
}

/// `post-checkout`: HEAD may be on another branch.
pub fn changed(ctx: &Ctx, old: Option<&CommitId>) -> Result<Entered> {
    if !ctx.settings.session.enabled {
        return Ok(Entered::default());
    }
    let occupant = ctx.worktree.occupant();
    let open = message::open_session(ctx)?;
    let entered = open.as_ref().map(|(context, _)| &context.session);
    if entered == occupant.as_ref().map(|occupant| &occupant.session) {
        let elsewhere = match entered {
            Some(_) => None,
            None => elsewhere(ctx)?,
        };
        return Ok(Entered {
            elsewhere,
            ..Entered::default()
        });
    }
    if let Some(occupant) = &occupant {
        // HEAD may have been detached meanwhile: the branch itself knows its tip, unless it is gone
        let tip = ctx.repo.branch_tip(&occupant.branch)?;
        leave(ctx, occupant, tip.as_ref().or(old))?;
    }
    let Some((context, _)) = open else {
        ctx.worktree.set_occupant(None)?;
        return Ok(Entered {
            elsewhere: elsewhere(ctx)?,
            ..Entered::default()
        });
    };
    let tip = ctx.repo.head()?.tip().cloned();
    let since = since_left(ctx, &context, tip.as_ref())?;
    let context = enter(ctx, context, tip)?;
    due::mark(ctx, &context)?;
    Ok(Entered {
        brief: brief(
            &context,
            since.as_ref(),
            ctx.now(),
            ctx.active_seconds(&context),
        ),
        since,
        elsewhere: None,
    })
}

/// One line about the session that another clone has on this branch.
pub fn elsewhere(ctx: &Ctx) -> Result<Option<String>> {
    let Here::Unmapped(branch) = sessions::here(ctx)? else {
        return Ok(None);
    };
    let known = fetched::open_on(ctx, &branch).into_iter().next();
    Ok(known.map(|known| {
        let by = escape::terminal(name_of(&known.by));
        let when = relative(known.at, ctx.now());
        format!("session of {by}, {when}: git session resume")
    }))
}

/// The session of the branch occupies this work tree, without a brief. For commands.
pub fn occupy(ctx: &Ctx) -> Result<()> {
    changed(ctx, None).map(drop)
}

/// Stops the clock of the session that was left.
fn leave(ctx: &Ctx, occupant: &Occupant, tip: Option<&CommitId>) -> Result<()> {
    if !ctx.store.has(&occupant.session) {
        return Ok(());
    }
    let Some(context) = sessions::context(ctx, &occupant.session)? else {
        return Ok(());
    };
    let paused = Body::SessionPaused(Clocked {
        reason: Reason::Switch,
        head: tip.cloned(),
    });
    append(ctx, context, paused).map(drop)
}

/// Lets the clock of the session entered go on, unless it runs: a session that was just started needs no event.
fn enter(ctx: &Ctx, context: Context, tip: Option<CommitId>) -> Result<Context> {
    let running = context
        .clocks
        .get(&ctx.worktree_key())
        .is_some_and(ActiveClock::is_running);
    let context = if running {
        context
    } else {
        resume(ctx, context, tip)?
    };
    ctx.worktree.set_occupant(Some(&Occupant {
        session: context.session.clone(),
        branch: context.branch.clone(),
        since: ctx.now(),
    }))?;
    Ok(context)
}

/// Writes that the work tree came to the branch.
fn resume(ctx: &Ctx, context: Context, tip: Option<CommitId>) -> Result<Context> {
    let resumed = Body::SessionResumed(Clocked {
        reason: Reason::Switch,
        head: tip,
    });
    append(ctx, context, resumed)
}

/// Appends one event of the clock and brings the context up to date; nothing where nothing is tracked.
pub(super) fn append(ctx: &Ctx, mut context: Context, body: Body) -> Result<Context> {
    if !ctx.tracks() {
        return Ok(context);
    }
    let id = context.session.clone();
    let event = ctx.with_pen(&id, context.last_n, |pen| pen.write(body));
    let lock = ctx.store.lock(&id, super::HOOK_LOCK)?;
    let appended = ctx
        .store
        .log(&id)
        .append(std::slice::from_ref(&event), Waiting::Buffered)?;
    drop(lock);
    let noted = context.log.noted == context.log.length;
    if appended.before == context.log.length && context.apply(&event, ctx.idle_after()) {
        context.log.length = appended.after;
        context.log.last = Some(event.id().clone());
        if noted {
            // nothing that notes speak of was appended
            context.log.noted = appended.after;
        }
    } else if let Some(fresh) = sessions::context(ctx, &id)? {
        context = fresh;
    }
    ctx.store.views(&id).write_context(&context)?;
    Ok(context)
}

/// What happened on the branch since this work tree left it; `None` when it never did.
pub(super) fn since_left(
    ctx: &Ctx,
    context: &Context,
    tip: Option<&CommitId>,
) -> Result<Option<Since>> {
    let Some(left) = context.left.get(&ctx.worktree_key()) else {
        return Ok(None);
    };
    let (Some(before), Some(tip)) = (&left.head, tip) else {
        return Ok(None);
    };
    let commits = ctx.repo.commits_since(tip, before, MAX_COUNTED)?;
    Ok(Some(Since {
        left: left.at,
        commits,
    }))
}
