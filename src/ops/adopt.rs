//! Adoption: commits of a session that no hook saw are found and recorded, and records are brought to the
//! commits that took the place of theirs. What happened to the branch stands in its reflog, which all work trees
//! share and every client writes; where there is none, the tip that was seen last tells how far to look.

mod survey;

use std::collections::HashSet;

use anyhow::Result;

use super::ctx::Ctx;
use super::sessions;
use crate::domain::body::{Body, CommitRewritten};
use crate::domain::fold::Fold;
use crate::domain::id::{BranchName, CommitId, SessionId};
use crate::git::reflog;
use crate::store::{Cursor, Waiting};
use survey::{Plan, Survey};

/// The most commits that a command records on its way. The next ones go on; `doctor --fix` knows no limit.
pub const USUAL: usize = 200;

/// So many seconds after a commit that `prepare-commit-msg` saw, its `post-commit` has surely run.
pub(super) const HOOK_TIME: i64 = 10;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Commits recorded now.
    pub recorded: usize,
    /// Commits whose records went to the ones that took their place, or to copies.
    pub followed: usize,
    /// The sessions whose logs say more now.
    pub sessions: Vec<SessionId>,
}

/// From here on the branch belongs to the session: what was there before is not its work.
pub fn claim(ctx: &Ctx, branch: &BranchName, id: &SessionId) -> Result<()> {
    let mapped = ctx.repo.config()?.session_of(branch);
    if mapped.as_ref() != Some(id) {
        let cursor = Cursor {
            reflog: length(ctx, branch),
            tip: ctx.repo.branch_tip(branch)?,
            born: born(ctx, branch)?,
            ..Cursor::default()
        };
        ctx.store.set_cursor(id, &cursor)?;
    }
    ctx.repo.set_session(branch, Some(id))
}

/// What the first line of a branch's reflog tells of how it came to be.
pub(super) fn born(ctx: &Ctx, branch: &BranchName) -> Result<Option<(CommitId, i64)>> {
    let log = reflog::branch_log(ctx.repo.common_dir(), branch);
    let first = reflog::first(&log)?;
    Ok(first.and_then(|entry| Some((entry.new?, entry.seconds))))
}

/// Brings a session in line with what happened to its branch; records at most so many commits.
pub fn adopt(ctx: &Ctx, branch: &BranchName, id: &SessionId, limit: usize) -> Result<Found> {
    if !is_due(ctx, branch, id)? {
        return Ok(Found::default());
    }
    let lock = ctx.store.lock_for_command(id)?;
    let Some((mut plan, cursor)) = survey(ctx, branch, id, limit)? else {
        return Ok(Found::default());
    };
    plan.found.sessions = plan.events.keys().cloned().collect();
    let own = plan.events.remove(id).unwrap_or_default();
    append(ctx, id, own)?;
    drop(lock);
    for (id, bodies) in plan.events {
        let _lock = ctx.store.lock_for_command(&id)?;
        append(ctx, &id, bodies)?;
    }
    // last: what is cut short is looked at again, and what is in a log already is known
    if !plan.waits {
        ctx.store.set_cursor(id, &cursor)?;
    }
    Ok(plan.found)
}

/// What [`adopt`] would do with a session. Writes nothing.
pub fn due(ctx: &Ctx, branch: &BranchName, id: &SessionId) -> Result<Found> {
    if !is_due(ctx, branch, id)? {
        return Ok(Found::default());
    }
    let found = survey(ctx, branch, id, usize::MAX)?;
    Ok(found.map(|(plan, _)| plan.found).unwrap_or_default())
}

/// Whether something happened to the branch since a command looked, or was left then.
fn is_due(ctx: &Ctx, branch: &BranchName, id: &SessionId) -> Result<bool> {
    let (tip, end) = (ctx.repo.branch_tip(branch)?, length(ctx, branch));
    Ok(ctx
        .store
        .cursor(id)
        .is_none_or(|cursor| cursor.reflog != end || cursor.tip != tip || !cursor.left.is_empty()))
}

/// Looks at what happened to the branch. Gives what is to be written, and up to where that was looked at; `None`
/// of a branch that is gone.
fn survey(
    ctx: &Ctx,
    branch: &BranchName,
    id: &SessionId,
    limit: usize,
) -> Result<Option<(Plan, Cursor)>> {
    let Some(tip) = ctx.repo.branch_tip(branch)? else {
        return Ok(None);
    };
    let cursor = ctx.store.cursor(id);
    let loaded = sessions::load(ctx, id)?;
    let survey = Survey {
        ctx,
        branch,
        known: known(&loaded.fold),
        session: loaded.session,
        tip: tip.clone(),
    };
    let (steps, end) = survey.steps(cursor.as_ref())?;
    let mut plan = Plan::default();
    if ctx.tracks() && survey.session.state.is_open() {
        plan = survey.plan(&steps, cursor.as_ref(), limit)?;
    }
    let cursor = Cursor {
        reflog: end,
        tip: Some(tip),
        born: cursor.and_then(|cursor| cursor.born),
        lost: plan.lost,
        left: plan.left.clone(),
    };
    Ok(Some((plan, cursor)))
}

/// The length of a branch's reflog.
fn length(ctx: &Ctx, branch: &BranchName) -> u64 {
    let log = reflog::branch_log(ctx.repo.common_dir(), branch);
    crate::sys::fs::length(&log).unwrap_or(0)
}

/// Every commit whose record is in the log, also of those that were replaced since.
pub(super) fn known(fold: &Fold) -> HashSet<CommitId> {
    let mut known = HashSet::new();
    for event in fold.events() {
        match event.body() {
            Body::CommitRecorded(record) => {
                known.extend(record.amends.clone());
                known.insert(record.commit.clone());
            }
            // git tells of every commit of a rebase, also of those that nobody recorded
            Body::CommitRewritten(rewritten) => {
                for (old, new) in &rewritten.pairs {
                    if known.contains(old) {
                        known.insert(new.clone());
                    }
                }
            }
            _ => {}
        }
    }
    known
}

/// Writes what was found to the log of a session, as one op.
pub(super) fn append(ctx: &Ctx, id: &SessionId, bodies: Vec<Body>) -> Result<()> {
    if bodies.is_empty() {
        return Ok(());
    }
    let last_n = sessions::load(ctx, id)?.fold.last_n();
    let events: Vec<_> = ctx.with_pen(id, last_n, |pen| {
        bodies.into_iter().map(|body| pen.write(body)).collect()
    });
    ctx.store.log(id).append(&events, Waiting::Buffered)?;
    sessions::refresh_views(ctx, &sessions::load(ctx, id)?)
}

/// Pairs of one event: a line of the log holds 64 KiB, a pair takes at most 140 bytes.
const MOST_PAIRS: usize = 400;

/// Old and new commits as events.
pub(super) fn rewritten(command: &str, pairs: &[(CommitId, CommitId)]) -> Vec<Body> {
    let chunks = pairs.chunks(MOST_PAIRS).map(<[_]>::to_vec);
    let event = |pairs| {
        Body::CommitRewritten(CommitRewritten {
            command: command.to_owned(),
            pairs,
        })
    };
    chunks.map(event).collect()
}
