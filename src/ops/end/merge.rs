//! The merge at the end of a session: made by git itself, and taken back when it fails.

use anyhow::Result;

use super::{Again, back, refuse};
use crate::domain::body::MergedBetween;
use crate::domain::gate::{Reason, Verdict};
use crate::domain::id::{BranchName, CommitId};
use crate::domain::shell::quoted;
use crate::error::{self, Fault};
use crate::git::Upstream;
use crate::ops::ctx::Ctx;
use crate::ops::metrics::Figures;
use crate::ops::{run_git, sessions, went_well};
use crate::store::Ending;
use crate::sys::env;

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
        back::out(ctx, ending).map_err(|stuck| back::stranded(ctx, &failure, &stuck, ending))?;
        ctx.worktree.set_ending(None)?;
        return Err(failed(ctx, &failure, merge, again));
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

/// Looks again at what the plan was made from: others can have changed it while questions were asked.
///
/// # Errors
/// Something is not as it was; nothing was changed.
pub(super) fn still(ctx: &Ctx, merge: &Merge, again: &Again) -> Result<()> {
    if ctx.repo.branch_tip(&merge.target)?.as_ref() != Some(&merge.target_tip) {
        return Err(moved(&merge.target, again));
    }
    refuse::in_progress(ctx)?;
    refuse::changes(ctx, &refuse::KEEP)
}

/// A branch is not where it was when the command began.
pub(super) fn moved(branch: &BranchName, again: &Again) -> anyhow::Error {
    Fault::user(format!(
        "{branch} has moved meanwhile; nothing was done, and the session is open"
    ))
    .hint(again.line())
    .into()
}

/// Whether HEAD is on this branch.
pub(super) fn is_on(ctx: &Ctx, branch: &BranchName) -> Result<bool> {
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

/// Merges the commit that was looked at, and looks whether that is what came of it: settings can make git stop
/// before the commit, and hooks can move HEAD.
fn make(ctx: &Ctx, merge: &Merge) -> Result<()> {
    let (source, target) = (&merge.source, &merge.target);
    if !is_on(ctx, target)? {
        return Err(Fault::user(format!(
            "after `git switch {target}` HEAD is on {}",
            back::place(ctx)?
        ))
        .into());
    }
    if ctx.repo.branch_tip(target)?.as_ref() != Some(&merge.target_tip) {
        return Err(Fault::user(format!("{target} moved at `git switch {target}`")).into());
    }
    let key = format!("branch.{target}.mergeOptions");
    let options = ctx.repo.config()?.get(&key).unwrap_or_default();
    let of_log = |word: &&str| word.starts_with("--log") || *word == "--no-log";
    let of_log: Vec<&str> = options.split_whitespace().filter(of_log).collect();
    let tip = &merge.source_tip;
    let message = ctx.repo.merge_message(source, tip, &of_log)?;
    let git = ctx.repo.merge_of(source, tip, &message);
    let output = git.variable(env::SWITCH, "0").output()?;
    if is_made(ctx, merge)? {
        return Ok(());
    }
    went_well(&output, &["merge", source.as_str()], "git status")?;
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

/// The merge failed, and HEAD, index and files are as they were.
fn failed(ctx: &Ctx, failure: &anyhow::Error, merge: &Merge, again: &Again) -> anyhow::Error {
    let (source, target) = (&merge.source, &merge.target);
    let said = format!("{failure:#}");
    let tip = ctx.repo.branch_tip(target).ok().flatten();
    let strayed = tip.filter(|tip| *tip != merge.target_tip);
    let range = strayed.map(|tip| format!("{}..{}", merge.target_tip.short(), tip.short()));
    let moved = range.iter();
    let moved = moved.map(|range| format!("\n{target} has moved meanwhile: {range}"));
    let mut fault = Fault::user(format!(
        "{source} was not merged into {target}, and the session is open: {}{}",
        said.trim(),
        moved.collect::<String>()
    ));
    for hint in error::fault(failure).map(Fault::hints).unwrap_or_default() {
        fault = fault.hint(hint);
    }
    if let Some(range) = range {
        fault = fault.hint(format!("git log {range}"));
    }
    fault.hint(again.line()).into()
}
