//! Putting away sessions that ended long ago: they leave the lists, and the checkpoints that were kept for them
//! are let go.

use anyhow::Result;
use chrono::TimeDelta;

use super::checkpoint::keeper;
use super::ctx::Ctx;
use super::sessions;
use crate::domain::body::Cause;
use crate::domain::checkpoint::retained;
use crate::domain::decide::Command;
use crate::domain::id::{CommitId, SessionId};
use crate::domain::session::{Session, State};
use crate::git::Swap;

/// Where the refs are that keep checkpoints, one a session.
const KEEPERS: &str = "refs/session/snapshots/";

/// How often a ref that somebody else moves is read again.
const MOST_TRIES: usize = 3;

/// Whether anything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is done.
    Really,
    /// It is only said.
    Dry,
}

/// What was put away.
#[derive(Debug, Default)]
pub struct Archived {
    /// The sessions, the one that ended first at the front.
    pub sessions: Vec<Session>,
    /// Sessions that stay because they hold work which is in no work tree.
    pub parked: Vec<Session>,
    /// Sessions that stay, in passing: what their end has saved is in no commit.
    pub unfinished: Vec<Session>,
    /// Sessions whose checkpoints were let go.
    pub freed: Vec<SessionId>,
    /// Why the checkpoints of a session are still kept.
    pub kept: Vec<(SessionId, String)>,
}

/// Archives the sessions that ended more than `session.archive_after_days` ago. In passing, which is when one is
/// left out, those whose end has saved work that no commit has stay too: nobody has asked to let it go.
pub fn archive(ctx: &Ctx, but: Option<&SessionId>, mode: Mode) -> Result<Archived> {
    let mut archived = Archived::default();
    if !ctx.store.usable()? {
        return Ok(archived);
    }
    let days = i64::from(ctx.settings.session.archive_after_days);
    let Some(due) = ctx.now().checked_sub_signed(TimeDelta::days(days)) else {
        return Ok(archived);
    };
    for entry in ctx.store.index_entries()?.into_iter().rev() {
        let old = entry.state == State::Ended && entry.at <= due;
        if !old || but == Some(&entry.session) || !ctx.store.has(&entry.session) {
            continue;
        }
        // one that cannot be read is for `doctor`
        let Ok(loaded) = sessions::load(ctx, &entry.session) else {
            continue;
        };
        let session = loaded.session;
        let is_due = session.ended_at.is_some_and(|ended| ended <= due);
        if session.state != State::Ended || !is_due {
            continue;
        }
        if !session.parked.is_empty() {
            archived.parked.push(session);
        } else if but.is_some() && is_unfinished(ctx, &session)? {
            archived.unfinished.push(session);
        } else {
            put_away(ctx, session, mode, &mut archived)?;
        }
    }
    Ok(archived)
}

/// Whether the last checkpoint that an end has made holds work that the branch does not have.
fn is_unfinished(ctx: &Ctx, session: &Session) -> Result<bool> {
    let mut newest = session.checkpoints.iter().rev().filter(|c| !c.dropped);
    let Some(saved) = newest.find(|c| c.made.cause == Cause::End) else {
        return Ok(false);
    };
    let Some(held) = ctx.repo.held(&saved.made.commit)? else {
        return Ok(false);
    };
    let tip = ctx.repo.branch_tip(&session.branch)?;
    let tip = tip.map(|tip| ctx.repo.commit(&tip)).transpose()?;
    let is_committed = |tree: &String| tip.as_ref().is_some_and(|tip| tip.tree == *tree);
    Ok(held.untracked.is_some() || !is_committed(&held.tree) || !is_committed(&held.index))
}

/// One session is archived.
fn put_away(ctx: &Ctx, session: Session, mode: Mode, archived: &mut Archived) -> Result<()> {
    let id = session.id.clone();
    if mode == Mode::Dry {
        archived.freed.extend(kept_by(ctx, &id)?.map(|_| id));
        archived.sessions.push(session);
        return Ok(());
    }
    let session = sessions::carry_out(ctx, &id, vec![Command::Archive])?.session;
    sessions::index(ctx, &session)?;
    archived.sessions.push(session);
    free(ctx, id, archived)
}

/// An archived session is open again: those of its checkpoints that git has not collected are kept again.
pub fn taken_back(ctx: &Ctx, session: &Session) {
    // the next checkpoint sees to it otherwise
    keeper::settle(ctx, session).ok();
}

/// How many checkpoints that would be kept git has collected.
pub fn collected(ctx: &Ctx, session: &Session) -> usize {
    let kept = retained(session, ctx.settings.checkpoint.keep_automatic);
    let gone = kept
        .iter()
        .filter(|kept| !ctx.repo.has_commit(&kept.made.commit));
    gone.count()
}

/// The commit that keeps the checkpoints of a session.
fn kept_by(ctx: &Ctx, id: &SessionId) -> Result<Option<CommitId>> {
    ctx.repo.ref_id(&keeper::name(id))
}

/// Lets the checkpoints of a session go.
fn free(ctx: &Ctx, id: SessionId, archived: &mut Archived) -> Result<()> {
    let name = keeper::name(&id);
    let mut reason = String::new();
    for _ in 0..MOST_TRIES {
        let Some(tip) = kept_by(ctx, &id)? else {
            return Ok(());
        };
        match ctx.repo.delete_ref(&name, Some(&tip))? {
            Swap::Done => {
                archived.freed.push(id);
                return Ok(());
            }
            Swap::Lost(why) => reason = why,
        }
    }
    archived.kept.push((id, reason));
    Ok(())
}

/// Lets go the checkpoints of sessions that were archived before and still have some: somebody held the ref, or
/// the command was cut off.
pub fn prune(ctx: &Ctx, mode: Mode, archived: &mut Archived) -> Result<()> {
    for name in ctx.repo.ref_names(KEEPERS)? {
        let id = name.strip_prefix(KEEPERS).map(SessionId::new);
        let Some(Ok(id)) = id else { continue };
        if archived.freed.contains(&id) || !ctx.store.has(&id) {
            continue;
        }
        let put_away = |session: &Session| session.state == State::Archived;
        let loaded = sessions::load(ctx, &id);
        if loaded.is_ok_and(|loaded| put_away(&loaded.session)) {
            match mode {
                Mode::Dry => archived.freed.push(id),
                Mode::Really => free(ctx, id, archived)?,
            }
        }
    }
    Ok(())
}
