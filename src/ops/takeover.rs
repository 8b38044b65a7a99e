//! A session of another clone goes on here: the branch is mapped to it and one event says so. What the other clone
//! wrote stays in its own log.

use anyhow::Result;

use super::ctx::Ctx;
use super::{adopt, fetched, sessions};
use crate::domain::body::{Body, Started, TakenOver};
use crate::domain::id::BranchName;
use crate::domain::session::{Session, State};
use crate::store::{Known, Waiting};

/// The session of another clone that could go on on a branch: an open one, or with `ended` also one that has ended;
/// the one that was worked on last.
pub fn candidate(ctx: &Ctx, branch: &BranchName, ended: bool) -> Option<Known> {
    let wanted = |state: State| match state {
        State::Active | State::Paused => true,
        State::Ended | State::Archived => ended,
        State::Deleted => false,
    };
    fetched::on(ctx, branch, wanted).into_iter().next()
}

/// Takes a session over. The event repeats how the session began, so that it can be folded even when the clone that
/// began it shares nothing any more.
pub fn take_over(ctx: &Ctx, known: &Known) -> Result<Session> {
    let id = &known.session;
    ctx.store.create_session(id)?;
    let lock = ctx.store.lock_for_command(id)?;
    let loaded = sessions::load(ctx, id)?;
    let before = &loaded.session;
    let body = Body::SessionTakenOver(TakenOver {
        from: known.by.clone(),
        started: Some(Started {
            branch: before.branch.clone(),
            base: before.base.clone(),
            title: before.title.clone(),
            tdd: before.tdd,
            created: before.created_branch,
        }),
    });
    let event = ctx.with_pen(id, loaded.fold.last_n(), |pen| pen.write(body));
    ctx.store.log(id).append(&[event], Waiting::Buffered)?;
    let loaded = sessions::load(ctx, id)?;
    sessions::refresh_views(ctx, &loaded)?;
    sessions::index(ctx, &loaded.session)?;
    drop(lock);
    adopt::claim(ctx, &loaded.session.branch, id)?;
    Ok(loaded.session)
}
