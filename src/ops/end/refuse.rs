//! What can refuse the merge at the end of a session, looked at before anything is touched.

use anyhow::Result;

use super::merge::Merge;
use super::{Again, Request, gate};
use crate::domain::describe::plural;
use crate::domain::gate::{Reason, Verdict};
use crate::domain::id::{BranchName, CommitId};
use crate::domain::session::Session;
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::git::{Resolved, Trial};
use crate::ops::ctx::Ctx;
use crate::ops::metrics::Figures;
use crate::ops::status;

/// What keeps changes that are the user's.
pub(super) const KEEP: [&str; 2] = ["git commit -a", "git stash"];

/// What shows changes that git may have left.
pub(super) const LOOK: [&str; 3] = ["git status", "git diff HEAD", "git stash"];

/// So many paths in conflict are named.
const MOST_NAMED: usize = 5;

/// Looks at everything that can refuse a merge.
pub(super) fn merge(
    ctx: &Ctx,
    session: &Session,
    tip: Option<&CommitId>,
    typed: &str,
    request: &Request,
) -> Result<Merge> {
    in_progress(ctx)?;
    let source = &session.branch;
    let Some(tip) = tip else {
        return Err(Fault::user(format!("{source} has no commit to merge"))
            .hint("git commit")
            .into());
    };
    let (target, target_tip) = target(ctx, typed)?;
    if target == *source {
        return Err(
            Fault::user(format!("{source} cannot be merged into itself"))
                .hint("git session end")
                .hint("git session end --merge-to <branch>")
                .into(),
        );
    }
    if let Some(place) = ctx.repo.checked_out_at(&target)? {
        return Err(Fault::user(format!(
            "{target} is checked out in another work tree: {}",
            place.display()
        ))
        .hint(format!(
            "git -C {} merge {}",
            quoted(&place.display().to_string()),
            quoted(source.as_str())
        ))
        .hint("git session end")
        .into());
    }
    changes(ctx, &KEEP)?;
    let base = ctx.repo.merge_base(&target_tip, tip)?;
    let forward = base.as_ref() == Some(&target_tip);
    let (verdict, figures) = gate::verdict(ctx, base.as_ref(), tip)?;
    let blocks = ctx.settings.quality.block_merge_on_quality && !request.no_gate;
    if blocks && !verdict.reasons.is_empty() {
        return Err(below(ctx, &target, (&verdict, &figures), &request.again));
    }
    let tree = tried(ctx, (source, tip), (&target, &target_tip), forward, request)?;
    Ok(Merge {
        source: source.clone(),
        source_tip: tip.clone(),
        upstream: ctx.repo.upstream(&target)?,
        target,
        target_tip,
        tree,
        verdict,
        figures: Some(figures),
        no_gate: request.no_gate,
        made: false,
        said: Vec::new(),
    })
}

/// The branch that is meant, and its tip.
fn target(ctx: &Ctx, typed: &str) -> Result<(BranchName, CommitId)> {
    let shown = typed.escape_debug();
    let fault = match ctx.repo.resolve(typed)? {
        // git would take such a name for an option
        Resolved::Branch(name) if !name.as_str().starts_with('-') => {
            if let Some(tip) = ctx.repo.branch_tip(&name)? {
                return Ok((name, tip));
            }
            Fault::user(format!("{name} has no commit to merge into"))
        }
        Resolved::RemoteBranch(name) => {
            let local = name.split_once('/').map_or(name.as_str(), |(_, rest)| rest);
            Fault::user(format!(
                "`{shown}` is a branch of a remote, not of this clone"
            ))
            .hint(format!("git branch {} {}", quoted(local), quoted(&name)))
        }
        Resolved::Tag(_) | Resolved::Commit(_) => Fault::user(format!(
            "`{shown}` is no branch: it names a tag or a commit"
        )),
        _ => Fault::user(format!("there is no branch `{shown}`")),
    };
    Err(fault.hint("git branch --list").into())
}

/// Refuses while tracked files have changes that are not committed.
pub(super) fn changes(ctx: &Ctx, helps: &[&str]) -> Result<()> {
    let project = status::project(ctx)?;
    let parts = [
        (project.staged, "staged"),
        (project.changed, "not staged"),
        (project.conflicts, "in conflict"),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", plural(*count, "file")))
        .collect();
    if said.is_empty() {
        return Ok(());
    }
    let mut fault = Fault::user(format!(
        "tracked files have changes that no commit holds: {}",
        said.join(", ")
    ));
    for help in helps {
        fault = fault.hint(*help);
    }
    Err(fault.into())
}

/// The refusal of a merge that is below a bar.
fn below(
    ctx: &Ctx,
    target: &BranchName,
    (verdict, figures): (&Verdict, &Figures),
    again: &Again,
) -> anyhow::Error {
    let reasons = verdict.reasons.iter().map(|reason| format!("\n  {reason}"));
    let reasons: String = reasons.collect();
    let missing = if verdict.missing.is_empty() {
        String::new()
    } else {
        format!("\n  not known: {}", figures.missing.join("\n  not known: "))
    };
    let message =
        format!("the work is below the bars for a merge into {target}:{reasons}{missing}");
    let mut fault = Fault::user(message);
    for hint in helps(ctx, verdict, Some(figures)) {
        fault = fault.hint(hint);
    }
    fault.hint(again.with(&["--no-gate"])).into()
}

/// What helps against each of these reasons, and to know what is not known.
pub fn helps(ctx: &Ctx, verdict: &Verdict, figures: Option<&Figures>) -> Vec<String> {
    let mut helps = Vec::new();
    let of_tests = |reason: &&Reason| matches!(reason, Reason::NoTest(_));
    if verdict.reasons.iter().any(|reason| of_tests(&reason)) {
        helps.push("write a test for what changed, and commit it".to_owned());
    } else if !verdict.reasons.is_empty() {
        helps.push("test more of the code, and commit that".to_owned());
    }
    let figure = figures.and_then(|figures| figures.coverage.as_ref());
    let anew = if ctx.settings.quality.test_command.is_none() {
        let file = figure.map_or("<file>", |coverage| coverage.file.as_str());
        format!("run the tests so that they write {file} anew")
    } else {
        "git session metrics record --run".to_owned()
    };
    let stale = figure.is_some_and(|coverage| coverage.stale.is_some());
    if stale || verdict.reasons.iter().any(|reason| !of_tests(&reason)) {
        helps.push(anew);
    } else if !verdict.missing.is_empty() && figure.is_none() {
        helps.push("git session metrics record --coverage <file>".to_owned());
    }
    helps
}

/// Tries the merge. The tree that it comes to; none where the branch only moves forward.
fn tried(
    ctx: &Ctx,
    (source, tip): (&BranchName, &CommitId),
    (target, target_tip): (&BranchName, &CommitId),
    forward: bool,
    request: &Request,
) -> Result<Option<String>> {
    if forward || ctx.repo.is_ancestor(tip, target_tip)? {
        return Ok(None);
    }
    if ctx.repo.config()?.get("merge.ff").as_deref() == Some("only") {
        return Err(Fault::user(format!(
            "{target} has commits that {source} lacks, and merge.ff is `only`"
        ))
        .hint(format!("git rebase {}", quoted(target.as_str())))
        .into());
    }
    if has_strategy(ctx, target)? {
        return Ok(None);
    }
    match ctx.repo.try_merge(target_tip, tip)? {
        Trial::Clean(tree) => Ok(Some(tree)),
        Trial::Refused(reason) => Err(Fault::user(reason)
            .hint(format!("git merge {}", quoted(target.as_str())))
            .into()),
        Trial::Conflicts(paths) => {
            let count = plural(paths.len(), "file");
            let named = paths.iter().take(MOST_NAMED);
            let mut named: Vec<String> = named.map(|p| p.escape_debug().to_string()).collect();
            if paths.len() > MOST_NAMED {
                named.push(format!("and {} more", paths.len() - MOST_NAMED));
            }
            Err(Fault::user(format!(
                "{source} and {target} conflict in {count}: {}",
                named.join(", ")
            ))
            .hint(format!("git merge {}", quoted(target.as_str())))
            .hint(request.again.line())
            .into())
        }
    }
}

/// Whether the settings of a branch choose how it is merged into: a trial would not tell what comes of that.
fn has_strategy(ctx: &Ctx, target: &BranchName) -> Result<bool> {
    let key = format!("branch.{target}.mergeoptions");
    let options = ctx.repo.config()?.get(&key).unwrap_or_default();
    let mut words = options.split_whitespace();
    Ok(words.any(|word| {
        let long = word.starts_with("--strategy");
        long || (!word.starts_with("--") && (word.starts_with("-s") || word.starts_with("-X")))
    }))
}

/// Refuses while git is in the middle of something.
pub(super) fn in_progress(ctx: &Ctx) -> Result<()> {
    let state = ctx.repo.state();
    let (what, hint) = if state.rebasing() {
        ("a rebase", "git rebase --continue")
    } else if state.am {
        ("git am", "git am --continue")
    } else if state.merge {
        ("a merge", "git merge --continue")
    } else if state.cherry_pick || (state.sequencer && !state.revert) {
        ("a cherry-pick", "git cherry-pick --continue")
    } else if state.revert {
        ("a revert", "git revert --continue")
    } else if state.bisect {
        ("a bisect", "git bisect reset")
    } else {
        return Ok(());
    };
    Err(Fault::user(format!("{what} is in progress"))
        .hint(hint)
        .hint("git status")
        .into())
}
