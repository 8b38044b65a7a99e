//! The merge at the end of a session: made by git itself, and taken back when it fails.

use anyhow::Result;

use super::Again;
use crate::domain::body::MergedBetween;
use crate::domain::gate::{Reason, Verdict};
use crate::domain::id::{BranchName, CommitId};
use crate::domain::shell::quoted;
use crate::error::{self, Fault};
use crate::git::{Head, Upstream};
use crate::ops::ctx::Ctx;
use crate::ops::metrics::Figures;
use crate::ops::{run_git, sessions, status};
use crate::store::Ending;

/// A merge that nothing stands in the way of.
#[derive(Debug)]
pub struct Merge {
    /// The branch that is merged.
    pub source: BranchName,
    /// Its tip.
    pub source_tip: CommitId,
    /// The branch that it is merged into.
    pub target: BranchName,
    /// Its tip.
    pub target_tip: CommitId,
    /// The tree that it comes to, where it was tried.
    pub tree: Option<String>,
    /// What the bars of the project say.
    pub verdict: Verdict,
    /// The figures that they were held against.
    pub figures: Option<Figures>,
    /// They were overridden.
    pub no_gate: bool,
    /// The branch that the target follows.
    pub upstream: Option<Upstream>,
    /// It was made before, by an end that was cut off.
    pub made: bool,
    pub(super) said: Vec<String>,
}

/// A merge that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The branch that was merged into.
    pub target: BranchName,
    /// Its tip before.
    pub before: CommitId,
    /// Its tip after.
    pub after: CommitId,
    /// The branch only moved forward.
    pub fast_forward: bool,
    /// Bars that were overridden.
    pub overridden: Vec<String>,
}

impl Merged {
    /// Where the branch was and is.
    pub(super) fn between(&self) -> MergedBetween {
        MergedBetween {
            before: self.before.clone(),
            after: self.after.clone(),
        }
    }
}

impl Merge {
    /// The bars that are overridden, in words.
    pub fn overridden(&self) -> Vec<String> {
        if self.no_gate {
            let reasons = self.verdict.reasons.iter().map(Reason::to_string);
            return reasons.collect();
        }
        self.said.clone()
    }
}

/// Makes the merge with git's own commands. When something fails all of it is taken back.
pub(super) fn carry_out(
    ctx: &Ctx,
    merge: &Merge,
    ending: &Ending,
    again: &Again,
) -> Result<Merged> {
    ctx.worktree.set_ending(Some(ending))?;
    let made = if merge.made {
        arrive(ctx, merge)
    } else {
        arrive(ctx, merge).and_then(|()| make(ctx, merge))
    };
    if let Err(failure) = made {
        if merge.made {
            return Err(failure);
        }
        back_out(ctx, ending).map_err(|stuck| stranded(&failure, &stuck, ending))?;
        ctx.worktree.set_ending(None)?;
        return Err(failed(&failure, merge, again));
    }
    let after = ctx.repo.branch_tip(&merge.target)?;
    let after = after.unwrap_or_else(|| merge.source_tip.clone());
    Ok(Merged {
        fast_forward: after == merge.source_tip,
        target: merge.target.clone(),
        before: merge.target_tip.clone(),
        after,
        overridden: merge.overridden(),
    })
}

/// Whether HEAD is on this branch.
fn is_on(ctx: &Ctx, branch: &BranchName) -> Result<bool> {
    Ok(sessions::current_branch(ctx)?.as_ref() == Some(branch))
}

/// Switches to the target.
fn arrive(ctx: &Ctx, merge: &Merge) -> Result<()> {
    if is_on(ctx, &merge.target)? {
        return Ok(());
    }
    run_git(
        ctx,
        &["switch", "--quiet", merge.target.as_str()],
        "git status",
    )
}

/// Merges, and looks whether that is what came of it: settings can make git stop before the commit.
fn make(ctx: &Ctx, merge: &Merge) -> Result<()> {
    let tag = format!("refs/tags/{}", merge.source);
    let odd = ctx.repo.ref_id(&tag)?.is_some() || merge.source.as_str().starts_with('-');
    let name = if odd {
        format!("heads/{}", merge.source)
    } else {
        merge.source.to_string()
    };
    let merged = run_git(ctx, &["merge", "--no-edit", &name], "git status");
    if is_made(ctx, merge)? {
        return Ok(());
    }
    merged?;
    let key = format!("branch.{}.mergeOptions", merge.target);
    Err(Fault::user("git merge stopped without a commit")
        .hint(format!("git config --get-all {}", quoted(&key)))
        .into())
}

/// Whether the target holds what was to be merged, with nothing left to do.
fn is_made(ctx: &Ctx, merge: &Merge) -> Result<bool> {
    let Some(tip) = ctx.repo.branch_tip(&merge.target)? else {
        return Ok(false);
    };
    let holds = ctx.repo.is_ancestor(&merge.source_tip, &tip)?;
    Ok(holds && !ctx.repo.state().merge)
}

/// Goes back to the branch of the session, without what a merge has left.
///
/// # Errors
/// Why that is not possible without a look at the work tree.
pub(super) fn back_out(ctx: &Ctx, ending: &Ending) -> Result<()> {
    match ctx.repo.head()? {
        Head::Branch { name, .. } if name == ending.target => {}
        _ => return Ok(()),
    }
    let project = status::project(ctx)?;
    let dirty = project.staged > 0 || project.conflicts > 0;
    if ctx.repo.state().merge {
        run_git(ctx, &["merge", "--abort"], "git status")?;
    } else if dirty {
        // git was ended before it said that a merge is under way: only its own result is thrown away
        let own = ending.tree.is_some() && ctx.repo.index_tree()? == ending.tree;
        if !own || project.changed > 0 {
            return Err(
                Fault::user("the index holds changes that are not those of the merge").into(),
            );
        }
        run_git(ctx, &["reset", "--quiet", "--merge"], "git status")?;
    }
    let back = run_git(
        ctx,
        &["switch", "--quiet", ending.source.as_str()],
        "git status",
    );
    // a hook that complains does not keep git from switching
    if is_on(ctx, &ending.source)? {
        return Ok(());
    }
    back
}

/// The merge failed, and all is as it was.
fn failed(failure: &anyhow::Error, merge: &Merge, again: &Again) -> anyhow::Error {
    let (source, target) = (&merge.source, &merge.target);
    let said = format!("{failure:#}");
    let mut fault = Fault::user(format!(
        "{source} was not merged into {target}, and the session is open: {}",
        said.trim()
    ));
    for hint in error::fault(failure).map(Fault::hints).unwrap_or_default() {
        fault = fault.hint(hint);
    }
    fault.hint(again.line()).into()
}

/// The merge failed, and there is no way back without the person.
fn stranded(failure: &anyhow::Error, stuck: &anyhow::Error, ending: &Ending) -> anyhow::Error {
    Fault::user(format!(
        "{} was not merged into {}: {failure:#}\nHEAD is still on {}: {stuck:#}",
        ending.source, ending.target, ending.target
    ))
    .hint("git status")
    .hint(format!(
        "git stash && git switch {}",
        quoted(ending.source.as_str())
    ))
    .hint("git session end")
    .into()
}
