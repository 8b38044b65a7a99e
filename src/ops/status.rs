//! What `status` shows besides the session: the work tree, asked of git while the session is read.

use std::collections::{HashMap, HashSet};

use anyhow::Result;

use super::ctx::Ctx;
use super::history;
use crate::domain::id::{BranchName, CommitId};
use crate::domain::session::{Commit, Session};
use crate::git::porcelain::{Entry, entries};
use crate::git::{Head, Running};

/// So many commits are looked at one by one before git is asked for the rest.
const NEAR: usize = 100;

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
    /// What keeps HEAD from the branch that it will come back to.
    away: Option<(&'static str, BranchName)>,
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
    let away = away(ctx, &head)?;
    Ok(Asked {
        head,
        away,
        work_tree,
    })
}

/// What keeps a detached HEAD from its branch.
fn away(ctx: &Ctx, head: &Head) -> Result<Option<(&'static str, BranchName)>> {
    if !matches!(head, Head::Detached { .. }) {
        return Ok(None);
    }
    let what = if ctx.repo.state().bisect {
        "bisecting"
    } else {
        "rebasing"
    };
    Ok(ctx.repo.branch()?.map(|branch| (what, branch)))
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
            Head::Detached { tip } => match &self.away {
                Some((what, branch)) => format!("{what} {branch}, at {}", tip.short()),
                None => format!("detached at {}", tip.short()),
            },
        };
        Ok(project)
    }
}

/// The commits of a session that a tip leads to, and what is known of them.
#[derive(Debug, Default)]
pub struct Commits<'a> {
    /// The newest ones, newest first as history has them, with their subjects as they are now.
    pub newest: Vec<(&'a Commit, String)>,
    /// Commits that were made in the session, as hooks and reflogs tell.
    pub seen: usize,
    /// Those of them with a record.
    pub recorded: usize,
    /// Those of the recorded ones that no hook saw.
    pub adopted: usize,
}

/// Looks a session's commits up in the history of HEAD.
pub fn commits<'a>(ctx: &Ctx, session: &'a Session, newest: usize) -> Result<Commits<'a>> {
    match ctx.repo.head()?.tip() {
        Some(tip) => commits_at(ctx, session, tip, newest),
        None => Ok(Commits::default()),
    }
}

/// Looks a session's commits up in the history of a tip.
pub fn commits_at<'a>(
    ctx: &Ctx,
    session: &'a Session,
    tip: &CommitId,
    newest: usize,
) -> Result<Commits<'a>> {
    let records: HashMap<&CommitId, &Commit> = session
        .commits
        .iter()
        .map(|c| (&c.record.commit, c))
        .collect();
    let mut found = Commits::default();
    let mut left: HashSet<&CommitId> = records.keys().copied().collect();
    let mut at = Some(tip.clone());
    for _ in 0..NEAR {
        let Some(id) = at.take().filter(|_| !left.is_empty()) else {
            break;
        };
        let info = ctx.repo.commit(&id)?;
        if left.remove(&id) {
            found.count(records[&id]);
            if found.newest.len() < newest {
                found.newest.push((records[&id], history::subject(&info)));
            }
        }
        at = info.parents.into_iter().next();
    }
    // what is farther away, or on another line that was merged
    let far: Vec<&CommitId> = left.into_iter().collect();
    let gone = history::unreachable(ctx, &far, &[tip.as_str()])?;
    let mut far: Vec<_> = far
        .into_iter()
        .filter(|id| !gone.contains(id))
        .map(|id| records[id])
        .collect();
    far.sort_by_key(|commit| std::cmp::Reverse(commit.n));
    for commit in far {
        found.count(commit);
        if found.newest.len() < newest {
            let info = ctx.repo.commit(&commit.record.commit)?;
            found.newest.push((commit, history::subject(&info)));
        }
    }
    let waiting = ctx
        .store
        .cursor(&session.id)
        .map_or(0, |cursor| cursor.left.len());
    found.seen = found.recorded + waiting;
    Ok(found)
}

impl Commits<'_> {
    fn count(&mut self, commit: &Commit) {
        self.recorded += 1;
        self.adopted += usize::from(commit.record.adopted);
    }
}

/// The output of `git status`, counted.
fn counted(output: &[u8]) -> Project {
    let mut project = Project::default();
    for entry in entries(output) {
        match entry {
            Entry::Upstream(ahead, behind) => project.upstream = Some((ahead, behind)),
            Entry::Tracked { index, tree, .. } => {
                project.staged += usize::from(index != b'.');
                project.changed += usize::from(tree != b'.');
            }
            Entry::Unmerged { .. } => project.conflicts += 1,
            Entry::Untracked(_) => project.untracked += 1,
        }
    }
    project
}
