//! The keeper: the one ref of a session that keeps its checkpoints from being collected,
//! `refs/session/snapshots/<session>`. It leads to a commit without files whose parents are the kept
//! ones; a dropped checkpoint is a parent that is left out, and git frees it.

use std::time::Duration;

use anyhow::Result;

use crate::domain::checkpoint::retained;
use crate::domain::id::{CommitId, SessionId};
use crate::domain::session::Session;
use crate::error::Fault;
use crate::git::{Repo, Swap};
use crate::ops::ctx::Ctx;

/// How long a commit that no event speaks of yet is kept: its command may still be at work.
const GRACE: i64 = 24 * 60 * 60;

/// How often another process may be faster.
const ATTEMPTS: u32 = 50;

/// The ref of a session.
pub fn name(session: &SessionId) -> String {
    format!("refs/session/snapshots/{session}")
}

/// The commits that are kept, oldest first.
pub fn kept(repo: &Repo, session: &SessionId) -> Result<Vec<CommitId>> {
    Ok(read(repo, session)?.1)
}

fn read(repo: &Repo, session: &SessionId) -> Result<(Option<CommitId>, Vec<CommitId>)> {
    let Some(tip) = repo.ref_id(&name(session))? else {
        return Ok((None, Vec::new()));
    };
    let parents = repo.commit(&tip)?.parents;
    Ok((Some(tip), parents))
}

/// Keeps one more commit.
pub fn keep(ctx: &Ctx, session: &SessionId, commit: &CommitId) -> Result<()> {
    change(ctx, session, |mut kept| {
        if !kept.contains(commit) {
            kept.push(commit.clone());
        }
        kept
    })
}

/// Keeps these commits no more.
pub fn release(ctx: &Ctx, session: &SessionId, commits: &[CommitId]) -> Result<()> {
    change(ctx, session, |mut kept| {
        kept.retain(|commit| !commits.contains(commit));
        kept
    })
}

/// Lets go of what the session does not retain any more, and of what no event ever spoke of; takes back what is
/// retained again after an undo, unless git has collected it.
pub fn settle(ctx: &Ctx, session: &Session) -> Result<()> {
    let wanted = retained(session, ctx.settings.checkpoint.keep_automatic);
    let wanted: Vec<&CommitId> = wanted.iter().map(|c| &c.made.commit).collect();
    let known: Vec<&CommitId> = session.checkpoints.iter().map(|c| &c.made.commit).collect();
    let now = ctx.now().timestamp();
    let is_young = |commit: &CommitId| {
        let made = ctx.repo.commit(commit).map(|info| info.committer.seconds);
        made.is_ok_and(|made| now - made < GRACE)
    };
    change(ctx, &session.id, |kept| {
        let stays = |commit: &CommitId| {
            wanted.contains(&commit) || (!known.contains(&commit) && is_young(commit))
        };
        let mut after: Vec<CommitId> = kept.into_iter().filter(stays).collect();
        for commit in &wanted {
            if !after.contains(commit) && ctx.repo.has_commit(commit) {
                after.push((*commit).clone());
            }
        }
        after
    })
}

/// Replaces the kept commits, whoever else does so meanwhile.
fn change(
    ctx: &Ctx,
    session: &SessionId,
    edit: impl Fn(Vec<CommitId>) -> Vec<CommitId>,
) -> Result<()> {
    let name = name(session);
    let mut reason = String::new();
    for attempt in 0..ATTEMPTS {
        let (tip, before) = read(&ctx.repo, session)?;
        let after = edit(before.clone());
        if after == before {
            return Ok(());
        }
        let swap = if after.is_empty() {
            ctx.repo.delete_ref(&name, tip.as_ref())?
        } else {
            let tree = ctx.repo.write_tree(&[])?;
            let message = format!("checkpoints of {session}\n");
            let keeper = ctx.repo.write_commit(&tree, &after, &message)?;
            ctx.repo
                .swap_ref(&name, tip.as_ref(), &keeper, "git session checkpoint")?
        };
        match swap {
            // with core.logAllRefUpdates=always it would keep every keeper for ninety days
            Swap::Done => return ctx.repo.forget_reflog(&name),
            Swap::Lost(why) => reason = why,
        }
        std::thread::sleep(Duration::from_millis(u64::from(attempt.min(20))));
    }
    Err(Fault::user(format!("cannot update {name}: {reason}"))
        .hint("git session doctor")
        .into())
}
