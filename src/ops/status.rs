//! What `status` shows besides the session: work tree and recent commits, asked of git.

use std::collections::HashSet;

use anyhow::Result;

use super::ctx::Ctx;
use super::history;
use crate::domain::id::CommitId;
use crate::git::Head;

/// Commits that are shown.
const RECENT: usize = 5;

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
    /// The newest commits.
    pub recent: Vec<Recent>,
}

/// A commit in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recent {
    /// Short id.
    pub id: String,
    /// Subject line.
    pub subject: String,
    /// Who.
    pub author: String,
    /// Unix seconds.
    pub seconds: i64,
}

/// Asks git.
pub fn project(ctx: &Ctx) -> Result<Project> {
    let head = ctx.repo.head()?;
    let mut project = if ctx.repo.work_tree().is_some() {
        work_tree(ctx)?
    } else {
        Project::default()
    };
    project.head = match &head {
        Head::Branch { name, .. } => name.to_string(),
        Head::Unborn { name } => format!("{name}, no commit yet"),
        Head::Detached { tip } => format!("detached at {}", tip.short()),
    };
    if head.tip().is_some() {
        project.recent = recent(ctx)?;
    }
    Ok(project)
}

/// Those of these commits that HEAD does not lead to: they were reset or rewritten away.
pub fn gone(ctx: &Ctx, commits: &[&CommitId]) -> Result<HashSet<CommitId>> {
    if ctx.repo.head()?.tip().is_none() {
        return Ok(HashSet::new());
    }
    history::unreachable(ctx, commits, &["HEAD"])
}

/// `git status`, counted.
fn work_tree(ctx: &Ctx) -> Result<Project> {
    let output = ctx.repo.git().args([
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--ignore-submodules=dirty",
    ]);
    let output = output.checked()?;
    let mut project = Project::default();
    let mut fields = output.stdout.split(|b| *b == 0);
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
    Ok(project)
}

/// `+2 -1`
fn ahead_behind(text: &str) -> Option<(u64, u64)> {
    let (ahead, behind) = text.split_once(' ')?;
    Some((
        ahead.strip_prefix('+')?.parse().ok()?,
        behind.strip_prefix('-')?.parse().ok()?,
    ))
}

/// The newest commits, by first parent.
fn recent(ctx: &Ctx) -> Result<Vec<Recent>> {
    let count = format!("-{RECENT}");
    let output = ctx.repo.git().args([
        "log",
        &count,
        "--no-show-signature",
        "--format=%h%x00%s%x00%an%x00%ct",
        "--end-of-options",
        "HEAD",
    ]);
    let text = output.checked()?.text();
    let line = |line: &str| {
        let mut fields = line.split('\0');
        Some(Recent {
            id: fields.next()?.to_owned(),
            subject: fields.next()?.to_owned(),
            author: fields.next()?.to_owned(),
            seconds: fields.next()?.parse().ok()?,
        })
    };
    Ok(text.lines().filter_map(line).collect())
}
