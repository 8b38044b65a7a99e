//! What `status` shows besides the session: the work tree, asked of git while the session is read.

use std::collections::HashSet;

use anyhow::Result;

use super::ctx::Ctx;
use super::history;
use crate::domain::id::CommitId;
use crate::git::{Head, Running};

/// The work tree and the branch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// The branch, or where HEAD is.
    pub head: String,
    /// Commits that the upstream lacks, and that it has more; none without an upstream.
    pub upstream: Option<(u64, u64)>,
    /// Files whose change is staged.
    pub staged: usize,
    /// Tracked files with a change that is not staged.
    pub changed: usize,
    /// Files in conflict.
    pub conflicts: usize,
    /// Untracked files and directories.
    pub untracked: usize,
}

/// A question to git that is under way.
#[derive(Debug)]
pub struct Asked {
    head: Head,
    work_tree: Option<Running>,
}

/// Asks git, and waits for the answer.
pub fn project(ctx: &Ctx) -> Result<Project> {
    ask(ctx)?.answer()
}

/// Asks git, which looks at the work tree while something else is done.
pub fn ask(ctx: &Ctx) -> Result<Asked> {
    let git = ctx.repo.git().args([
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--ignore-submodules=dirty",
    ]);
    let work_tree = ctx.repo.work_tree().map(|_| git.start()).transpose()?;
    let head = ctx.repo.head()?;
    Ok(Asked { head, work_tree })
}

impl Asked {
    /// What git says.
    pub fn answer(self) -> Result<Project> {
        let mut project = match self.work_tree {
            Some(running) => counted(&running.checked()?.stdout),
            None => Project::default(),
        };
        project.head = match &self.head {
            Head::Branch { name, .. } => name.to_string(),
            Head::Unborn { name } => format!("{name}, no commit yet"),
            Head::Detached { tip } => format!("detached at {}", tip.short()),
        };
        Ok(project)
    }
}

/// Those of these commits that HEAD does not lead to: they were reset or rewritten away.
pub fn gone(ctx: &Ctx, commits: &[&CommitId]) -> Result<HashSet<CommitId>> {
    if ctx.repo.head()?.tip().is_none() {
        return Ok(HashSet::new());
    }
    history::not_in_head(ctx, commits)
}

/// The output of `git status`, counted.
fn counted(output: &[u8]) -> Project {
    let mut project = Project::default();
    let mut fields = output.split(|b| *b == 0);
    while let Some(field) = fields.next() {
        match field.first() {
            Some(b'#') => {
                if let Some(counts) = field.strip_prefix(b"# branch.ab ") {
                    project.upstream = ahead_behind(&String::from_utf8_lossy(counts));
                }
            }
            Some(kind @ (b'1' | b'2')) => {
                project.staged += usize::from(field.get(2) != Some(&b'.'));
                project.changed += usize::from(field.get(3) != Some(&b'.'));
                if *kind == b'2' {
                    // the path that it was renamed from
                    fields.next();
                }
            }
            Some(b'u') => project.conflicts += 1,
            Some(b'?') => project.untracked += 1,
            _ => {}
        }
    }
    project
}

/// `+2 -1`
fn ahead_behind(text: &str) -> Option<(u64, u64)> {
    let (ahead, behind) = text.split_once(' ')?;
    Some((
        ahead.strip_prefix('+')?.parse().ok()?,
        behind.strip_prefix('-')?.parse().ok()?,
    ))
}
