//! Questions about history that need a walk: asked of git, bounded, by commands alone.

use std::collections::HashSet;

use anyhow::Result;

use super::ctx::Ctx;
use crate::domain::id::CommitId;
use crate::domain::lineage::Face;
use crate::domain::redact::Redacted;
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
