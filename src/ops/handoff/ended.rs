//! The work tree as it was at the end of a session: what the tree that was written down then says, and the last
//! checkpoint while it is there.

use anyhow::Result;

use super::tree::united;
use crate::domain::body::Cause;
use crate::domain::handoff::{Paths, Saved, WorkTree};
use crate::domain::session::{Checkpoint, Session};
use crate::git::{Differences, Held};
use crate::ops::ctx::Ctx;

/// What is known of it.
pub(super) enum AtEnd {
    /// Nothing.
    Unknown,
    /// No commit has all of it, and the checkpoint that had is gone.
    Gone,
    /// It was as the newest commit.
    Clean,
    /// A checkpoint holds it.
    Held(Box<Saved>, WorkTree),
}

/// Looks at what the end wrote down.
pub(super) fn at_end(ctx: &Ctx, session: &Session) -> Result<AtEnd> {
    let last = session.handoffs.last();
    let last = last.filter(|last| Some(last.at) == session.ended_at);
    let Some(tree) = last.and_then(|last| last.what.tree.as_ref()) else {
        return Ok(AtEnd::Unknown);
    };
    let head = session.last_end.as_ref().and_then(|end| end.head.as_ref());
    let newest = session.checkpoints.iter().rev();
    let newest = newest
        .clone()
        .find(|checkpoint| checkpoint.made.cause == Cause::End);
    if let Some(checkpoint) = newest.filter(|checkpoint| checkpoint.made.head.as_ref() == head)
        && let Some(held) = ctx.repo.held(&checkpoint.made.commit)?
        && whole(ctx, &held)? == *tree
    {
        let saved = Saved {
            item: checkpoint.item.id.clone(),
            commit: checkpoint.made.commit.clone(),
        };
        return Ok(AtEnd::Held(
            Box::new(saved),
            work_tree(ctx, checkpoint, &held)?,
        ));
    }
    let committed = match head.filter(|head| ctx.repo.has_commit(head)) {
        Some(head) => Some(ctx.repo.commit(head)?.tree),
        None => None,
    };
    Ok(if committed.as_ref() == Some(tree) {
        AtEnd::Clean
    } else {
        AtEnd::Gone
    })
}

/// Its files as one tree.
fn whole(ctx: &Ctx, held: &Held) -> Result<String> {
    match &held.untracked {
        None => Ok(held.tree.clone()),
        Some(untracked) => united(&ctx.repo, &held.tree, untracked),
    }
}

/// What no commit had.
fn work_tree(ctx: &Ctx, checkpoint: &Checkpoint, held: &Held) -> Result<WorkTree> {
    let base = match &checkpoint.made.head {
        Some(base) => Some(ctx.repo.commit(base)?.tree),
        None => None,
    };
    let between = |old, new| -> Result<Paths> { Ok(paths(&ctx.repo.differences(old, new)?)) };
    let mut untracked = match &held.untracked {
        Some(tree) => between(None, Some(tree.as_str()))?,
        None => Paths::default(),
    };
    for path in &held.left_out {
        untracked.push(path);
    }
    Ok(WorkTree {
        staged: between(base.as_deref(), Some(&held.index))?,
        changed: between(Some(&held.index), Some(&held.tree))?,
        conflicts: Paths::default(),
        untracked,
    })
}

fn paths(differences: &Differences) -> Paths {
    let mut paths = Paths::default();
    for path in differences.keys() {
        paths.push(path);
    }
    paths
}
