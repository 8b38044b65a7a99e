//! Whether the tree still is what was handed over last.

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::gather::LIMIT;
use super::tree::tree;
use crate::domain::id::CommitId;
use crate::domain::path_text::quote_path;
use crate::domain::session::Session;
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::history;

/// The most commits and paths that are named.
const MOST: usize = 10;

/// What was handed over, and what is there now.
#[derive(Debug)]
pub struct Checked {
    /// When it was handed over.
    pub at: DateTime<Utc>,
    /// The newest commit then.
    pub head: Option<CommitId>,
    /// The newest commit now.
    pub now: Option<CommitId>,
    /// What differs; none when nothing does.
    pub differences: Option<Differences>,
}

/// What differs.
#[derive(Debug, Default)]
pub struct Differences {
    /// The commit that was handed over is not in the history any more.
    pub rewritten: bool,
    /// How many commits came since.
    pub commits: usize,
    /// The newest of them, with their subjects.
    pub newest: Vec<(CommitId, String)>,
    /// How many paths differ.
    pub paths: usize,
    /// The first of them: git's letter, or `?` for an untracked one, and the path as git shows it.
    pub first: Vec<(char, String)>,
}

/// Compares the last handoff of a session with HEAD and the work tree, or with the branch where that is not
/// the one of this work tree.
pub fn check(ctx: &Ctx, session: &Session) -> Result<Checked> {
    let last = session.handoffs.last().ok_or_else(|| {
        Fault::user("no handoff of this session was recorded").hint("git session handoff")
    })?;
    let here = ctx.repo.branch()?.as_ref() == Some(&session.branch) && !ctx.repo.is_bare();
    let now = if here {
        ctx.repo.head()?.tip().cloned()
    } else {
        ctx.repo.branch_tip(&session.branch)?
    };
    let head = last.what.head.clone();
    let tree_now = match &now {
        _ if here => tree(ctx)?,
        Some(now) => Some(ctx.repo.commit(now)?.tree),
        None => None,
    };
    let tree_then = last.what.tree.clone();
    let mut checked = Checked {
        at: last.at,
        head: head.clone(),
        now: now.clone(),
        differences: None,
    };
    let compared = tree_then.is_some() && tree_now.is_some();
    if head == now && compared && tree_then == tree_now {
        return Ok(checked);
    }
    let known = head.as_ref().is_none_or(|head| ctx.repo.has_commit(head));
    let mut found = Differences {
        rewritten: !known,
        ..Differences::default()
    };
    if let (Some(now), true) = (&now, known) {
        commits_since(ctx, head.as_ref(), now, &mut found)?;
    }
    match (&tree_then, &tree_now) {
        (Some(then), Some(now)) if ctx.repo.read_tree(then).is_ok() => {
            between(ctx, &[then, now], &mut found)?;
        }
        // the tree is not kept for ever: then the commit says as much as is known
        _ if known => since_commit(ctx, head.as_ref(), now.as_ref(), here, &mut found)?,
        _ => {}
    }
    if head != now || found.paths > 0 || compared && tree_then != tree_now {
        checked.differences = Some(found);
    }
    Ok(checked)
}

/// Commits that are new, and whether the old one is still there.
fn commits_since(
    ctx: &Ctx,
    head: Option<&CommitId>,
    now: &CommitId,
    found: &mut Differences,
) -> Result<()> {
    let mut git = ctx.repo.git().args(["rev-list", now.as_str()]);
    if let Some(head) = head {
        found.rewritten = !ctx.repo.is_ancestor(head, now)?;
        git = git.args(["--not", head.as_str()]);
    }
    let output = git.within(LIMIT).checked()?.text();
    found.commits = output.lines().count();
    for line in output.lines().take(MOST) {
        let id = CommitId::new(line)?;
        let subject = history::subject(&ctx.repo.commit(&id)?);
        found.newest.push((id, subject));
    }
    Ok(())
}

/// Paths that differ from the commit that was handed over.
fn since_commit(
    ctx: &Ctx,
    head: Option<&CommitId>,
    now: Option<&CommitId>,
    here: bool,
    found: &mut Differences,
) -> Result<()> {
    let empty = ctx.repo.empty_tree();
    let head = head.map_or(empty, CommitId::as_str);
    if !here {
        return between(ctx, &[head, now.map_or(empty, CommitId::as_str)], found);
    }
    between(ctx, &[head], found)?;
    let git = ctx
        .repo
        .git()
        .args(["ls-files", "-z", "--others", "--exclude-standard"]);
    let output = git.within(LIMIT).checked()?.stdout;
    let paths = output.split(|byte| *byte == 0);
    for path in paths.filter(|path| !path.is_empty()) {
        found.name('?', path);
    }
    Ok(())
}

/// Paths that differ between two trees, or between one and the work tree.
fn between(ctx: &Ctx, trees: &[&str], found: &mut Differences) -> Result<()> {
    let git = ctx
        .repo
        .git()
        .args(["diff", "--name-status", "-z", "--no-renames"]);
    let git = git.args(["--ignore-submodules=dirty", "--no-ext-diff"]);
    let git = git.args(trees).arg("--").within(LIMIT);
    let output = git.checked()?.stdout;
    let mut fields = output.split(|byte| *byte == 0);
    while let (Some(status), Some(path)) = (fields.next(), fields.next()) {
        let letter = status.first().map_or('?', |byte| char::from(*byte));
        found.name(letter, path);
    }
    Ok(())
}

impl Differences {
    fn name(&mut self, letter: char, path: &[u8]) {
        self.paths += 1;
        if self.first.len() < MOST {
            self.first.push((letter, quote_path(path).into_owned()));
        }
    }
}
