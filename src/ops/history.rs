//! Questions about history that need a walk: asked of git, bounded, by commands alone.

use std::collections::HashSet;

use anyhow::Result;

use super::ctx::Ctx;
use crate::domain::fold::Origin;
use crate::domain::id::CommitId;
use crate::domain::lineage::Face;
use crate::domain::redact::Redacted;
use crate::domain::session::{Left, Session};
use crate::git::CommitInfo;

/// Those of these commits that the revisions do not lead to: they were reset or rewritten away, or pruned.
/// `from`: revisions, or options such as `--branches`.
pub fn unreachable(ctx: &Ctx, commits: &[&CommitId], from: &[&str]) -> Result<HashSet<CommitId>> {
    if commits.is_empty() {
        return Ok(HashSet::new());
    }
    let ids: Vec<&str> = commits.iter().map(|commit| commit.as_str()).collect();
    let git = ctx
        .repo
        .git()
        .args(["rev-list", "--ignore-missing", "--stdin", "--not"]);
    let output = git.args(from).stdin(ids.join("\n")).checked()?.text();
    let unreachable: HashSet<&str> = output.lines().collect();
    let gone = |id: &&&CommitId| unreachable.contains(id.as_str()) || !ctx.repo.has_commit(id);
    Ok(commits
        .iter()
        .filter(gone)
        .map(|id| (*id).clone())
        .collect())
}

/// Those commits of a session that other clones recorded and that have not come to a tip yet: they are not here, or
/// on a branch of a remote only. One that was here and left the branch is none of them.
pub fn not_here_yet(
    ctx: &Ctx,
    session: &Session,
    tip: Option<&CommitId>,
) -> Result<HashSet<CommitId>> {
    let others = session.commits.iter().filter(|c| c.log != Origin::Own);
    let others: Vec<&CommitId> = others.map(|commit| &commit.record.commit).collect();
    let mut away = match tip {
        Some(tip) => unreachable(ctx, &others, &[tip.as_str()])?,
        None => others.into_iter().cloned().collect(),
    };
    let here: Vec<&CommitId> = away.iter().filter(|id| ctx.repo.has_commit(id)).collect();
    let dropped = unreachable(ctx, &here, &["--remotes"])?;
    away.retain(|id| !dropped.contains(id));
    Ok(away)
}

/// Where a branch was when its session ended; `None` when another clone ended it at a commit that this branch does
/// not lead to: then this work tree never was there.
pub fn end_of(ctx: &Ctx, session: &Session, tip: Option<&CommitId>) -> Result<Option<Left>> {
    let (Some(at), Some(end)) = (session.ended_at, &session.last_end) else {
        return Ok(None);
    };
    let head = end.head.clone();
    if session.last_end_log != Origin::Own
        && let (Some(head), Some(tip)) = (&head, tip)
        && !unreachable(ctx, &[head], &[tip.as_str()])?.is_empty()
    {
        return Ok(None);
    }
    Ok(Some(Left { at, head }))
}

/// Which parents a walk follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parents {
    /// All of them.
    All,
    /// The line of the branch.
    First,
}

/// The newest commits that one revision leads to and the others do not, oldest first. What is not here is
/// passed over. `without`: revisions, or options such as `--branches`.
pub fn between(
    ctx: &Ctx,
    from: &CommitId,
    without: &[&str],
    parents: Parents,
    limit: usize,
) -> Result<Vec<CommitInfo>> {
    let count = format!("--max-count={limit}");
    let mut git = ctx
        .repo
        .git()
        .args(["rev-list", "--ignore-missing", "--topo-order", &count]);
    if parents == Parents::First {
        git = git.arg("--first-parent");
    }
    let output = git
        .arg(from.as_str())
        .arg("--not")
        .args(without)
        .checked()?
        .text();
    let mut commits = Vec::new();
    for line in output.lines() {
        commits.push(ctx.repo.commit(&CommitId::new(line)?)?);
    }
    commits.reverse();
    Ok(commits)
}

/// The subject of a commit: the first line of its message that says something, without its secrets: records,
/// handoffs and briefs quote it.
pub fn subject(commit: &CommitInfo) -> String {
    let lines = commit.message.split(|byte| *byte == b'\n');
    let mut written = lines.filter(|line| !line.trim_ascii().is_empty());
    let subject = written.next().unwrap_or_default().trim_ascii();
    Redacted::new(&String::from_utf8_lossy(subject)).into_string()
}

/// What identifies a commit.
pub fn face(commit: &CommitInfo) -> Face {
    Face {
        id: commit.id.clone(),
        author: commit.author.to_string(),
        written: Some(commit.author.seconds),
        tree: Some(commit.tree.clone()),
        subject: subject(commit),
    }
}
