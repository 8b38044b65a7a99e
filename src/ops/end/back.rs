//! The way back from a merge that was not made: to the branch of the session, with nothing of it left, and with
//! all that is the user's.

use anyhow::Result;

use super::merge::is_on;
use crate::domain::describe::plural;
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::git::Head;
use crate::ops::ctx::Ctx;
use crate::ops::{run_git, status, went_well};
use crate::store::Ending;

/// Where HEAD is, for people.
pub(super) fn place(ctx: &Ctx) -> Result<String> {
    Ok(match ctx.repo.head()? {
        Head::Branch { name, .. } | Head::Unborn { name } => name.to_string(),
        Head::Detached { tip } => tip.short().to_owned(),
    })
}

/// Whether HEAD is on the branch of the session, and the index is that of the target: git stopped in a switch.
pub(super) fn is_torn(ctx: &Ctx, ending: &Ending) -> Result<bool> {
    let Some(tip) = ctx.repo.branch_tip(&ending.source)? else {
        return Ok(false);
    };
    let target = ctx.repo.commit(&ending.target_tip)?.tree;
    Ok(is_on(ctx, &ending.source)?
        && target != ctx.repo.commit(&tip)?.tree
        && ctx.repo.index_tree()? == Some(target))
}

/// Goes back to the branch of the session, without what a merge has left.
///
/// # Errors
/// Why that is not possible without a look at the work tree.
pub(super) fn out(ctx: &Ctx, ending: &Ending) -> Result<()> {
    let target = &ending.target;
    if is_on(ctx, target)? {
        clear(ctx, ending)?;
    } else if ctx.repo.state().merge {
        return Err(
            Fault::user(format!("a merge that was begun on {target} is left there")).into(),
        );
    }
    if is_on(ctx, &ending.source)? {
        return restore(ctx, ending);
    }
    let back = run_git(
        ctx,
        &["switch", "--quiet", ending.source.as_str()],
        "git status",
    );
    // a hook that complains does not keep git from switching
    if is_on(ctx, &ending.source)? {
        return restore(ctx, ending);
    }
    back?;
    Err(Fault::user(format!(
        "after `git switch {}` HEAD is on {}",
        ending.source,
        place(ctx)?
    ))
    .into())
}

/// Throws away what a merge has left on the target, and nothing else.
fn clear(ctx: &Ctx, ending: &Ending) -> Result<()> {
    if ctx.repo.state().merge {
        return abort(ctx, ending);
    }
    let project = status::project(ctx)?;
    if project.staged == 0 && project.conflicts == 0 {
        return Ok(());
    }
    // git was ended before it said that a merge is under way: only its own result is thrown away
    let own = match &ending.tree {
        Some(tree) => tree.clone(),
        None => ctx.repo.commit(&ending.source_tip)?.tree,
    };
    if ctx.repo.index_tree()?.as_ref() != Some(&own) || project.changed > 0 {
        return Err(Fault::user("the index holds changes that are not those of the merge").into());
    }
    let output = ctx.repo.put_back(&own)?;
    went_well(&output, &["read-tree"], "git status")
}

/// Ends the merge that is under way on the target.
fn abort(ctx: &Ctx, ending: &Ending) -> Result<()> {
    if ctx.repo.merge_head() != Some(ending.source_tip.to_string()) {
        return Err(Fault::user("another merge is under way there").into());
    }
    let Err(refused) = run_git(ctx, &["merge", "--abort"], "git status") else {
        return Ok(());
    };
    // git may have put all back but for a ref that a hook protects
    let project = status::project(ctx)?;
    if project.changed > 0 {
        return Err(Fault::user(format!(
            "the merge is under way there, and {} changed since it began: {refused:#}",
            plural(project.changed, "file")
        ))
        .into());
    }
    if project.staged + project.conflicts > 0 {
        return Err(refused);
    }
    run_git(ctx, &["merge", "--quit"], "git status")
}

/// Puts the index and the files of the branch of the session back where git stopped in a switch.
fn restore(ctx: &Ctx, ending: &Ending) -> Result<()> {
    if is_torn(ctx, ending)? {
        let output = ctx.repo.put_back(ending.target_tip.as_str())?;
        return went_well(&output, &["read-tree"], "git status");
    }
    let files = ctx.repo.files_of(&ending.target_tip)?;
    let Some(first) = files.first() else {
        return Ok(());
    };
    Err(Fault::user(format!(
        "git stopped while it switched, and left {} as on {}: {} first",
        plural(files.len(), "file"),
        ending.target,
        first.escape_debug()
    ))
    .into())
}

/// What helps when there is no way back without the person.
pub(super) fn hints(ctx: &Ctx, ending: &Ending) -> Vec<String> {
    let mut hints = vec!["git status".to_owned()];
    if ctx.repo.state().merge {
        // to put changes away would take those of the merge along
        hints.extend(["git diff", "git merge --abort"].map(str::to_owned));
    } else if is_on(ctx, &ending.source).unwrap_or_default() {
        hints.push(format!("git diff {}", ending.target));
    } else if is_on(ctx, &ending.target).unwrap_or_default() {
        hints.push(format!(
            "git stash && git switch {}",
            quoted(ending.source.as_str())
        ));
    } else {
        hints.push(format!("git switch {}", quoted(ending.source.as_str())));
    }
    hints
}

/// The merge failed, and there is no way back without the person.
pub(super) fn stranded(
    ctx: &Ctx,
    failure: &anyhow::Error,
    stuck: &anyhow::Error,
    ending: &Ending,
) -> anyhow::Error {
    let here = place(ctx).unwrap_or_else(|_| "no branch".to_owned());
    let mut fault = Fault::user(format!(
        "{} was not merged into {}: {failure:#}\nHEAD is on {here}: {stuck:#}",
        ending.source, ending.target,
    ));
    for hint in hints(ctx, ending) {
        fault = fault.hint(hint);
    }
    fault.hint("git session end").into()
}
