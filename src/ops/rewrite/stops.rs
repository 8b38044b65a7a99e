//! Where a rebase stops, a person may make commits of their own. Git then reports the commit that it stopped at
//! as rewritten to the last of them; its record belongs to the commit that says what it said.

use std::collections::HashSet;

use anyhow::Result;

use super::Pair;
use crate::domain::id::CommitId;
use crate::domain::lineage::Face;
use crate::ops::ctx::Ctx;
use crate::ops::{history, record};
use crate::sys::fs;

/// So many commits below the last one are looked at.
const MOST_LOOKED_AT: usize = 200;

/// The pairs of a rebase with those of stops put right, and those of new commits that were amended added.
/// `amends`: what was amended meanwhile; `edited`: the commits that the todo list stopped at; `end`: where a
/// commit has got to by amends; `onto`: where the rebase began.
pub(super) fn settle(
    ctx: &Ctx,
    pairs: Vec<Pair>,
    amends: &[Pair],
    edited: &[String],
    end: &dyn Fn(CommitId) -> CommitId,
    onto: &str,
) -> Result<Vec<Pair>> {
    let stopped = |old: &CommitId| {
        edited
            .iter()
            .any(|name| old.as_str().starts_with(name.as_str()))
    };
    let made = made_here(ctx)?;
    let own: HashSet<CommitId> = made.iter().cloned().map(end).collect();
    let search = Search {
        ctx,
        amends,
        own: &own,
        end,
        onto,
    };
    let mut settled = Vec::new();
    for (old, new) in pairs {
        if own.contains(&new) || stopped(&old) {
            let successor = search.successor(&old, &new)?;
            settled.extend(successor.map(|successor| (old, successor)));
        } else {
            settled.push((old, new));
        }
    }
    let amended = amends.iter().filter(|(old, _)| made.contains(old));
    settled.extend(amended.map(|(old, _)| (old.clone(), end(old.clone()))));
    Ok(settled)
}

/// The new commits that were made where the rebase stopped.
fn made_here(ctx: &Ctx) -> Result<HashSet<CommitId>> {
    let list = fs::read(&record::made_in_rebase(ctx))?.unwrap_or_default();
    let list = String::from_utf8_lossy(&list);
    Ok(list
        .lines()
        .filter_map(|id| CommitId::new(id).ok())
        .collect())
}

/// Where the successors of commits are looked for.
struct Search<'a> {
    ctx: &'a Ctx,
    amends: &'a [Pair],
    own: &'a HashSet<CommitId>,
    end: &'a dyn Fn(CommitId) -> CommitId,
    onto: &'a str,
}

impl Search<'_> {
    /// The commit that took the place of one that the rebase stopped at; `None` when it is there as it was.
    fn successor(&self, old: &CommitId, reported: &CommitId) -> Result<Option<CommitId>> {
        let was = history::face(&self.ctx.repo.commit(old)?);
        let mut at = Some(reported.clone());
        for _ in 0..MOST_LOOKED_AT {
            let Some(id) = at.take().filter(|id| id.as_str() != self.onto) else {
                break;
            };
            if id == *old {
                return Ok(None);
            }
            if !self.own.contains(&id) && self.said(&id, &was)? {
                return Ok(Some(id));
            }
            at = self.ctx.repo.commit(&id)?.parents.into_iter().next();
        }
        // nothing says what it said: it was taken apart, and git's word counts
        Ok(Some(reported.clone()))
    }

    /// Whether a commit says the same, or did before it was amended.
    fn said(&self, id: &CommitId, was: &Face) -> Result<bool> {
        let amended = self.amends.iter().map(|(old, _)| old);
        let before = amended.filter(|old| (self.end)((*old).clone()) == *id);
        for id in std::iter::once(id).chain(before) {
            let face = history::face(&self.ctx.repo.commit(id)?);
            if (face.written, face.author, face.subject)
                == (was.written, was.author.clone(), was.subject.clone())
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
