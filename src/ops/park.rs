//! Parking: unfinished work leaves the work tree with its session and comes back with it. A checkpoint holds it
//! all the while, so that whatever happens in between `git stash apply --index` brings it back.

use anyhow::Result;

use super::checkpoint::rewind::{
    ready, refuse_blocks, refuse_conflicts, refuse_in_progress, refuse_locked_index,
    refuse_other_index,
};
use super::checkpoint::{self, Made, Request, keeper};
use super::ctx::Ctx;
use super::sessions;
use crate::domain::body::Cause;
use crate::domain::decide::Command;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::id::{CommitId, SessionId};
use crate::domain::path_text::quote_path;
use crate::domain::session::{Checkpoint, Session};
use crate::error::Fault;
use crate::git::{self, Capture, Differences, Goal, Held, Others, Plan};

/// The git that can merge trees onto a base that it is given.
const MERGES_TREES: (u32, u32, u32) = (2, 40, 0);

/// Work that was put away.
#[derive(Debug)]
pub struct Parked {
    /// The checkpoint that holds it.
    pub made: Made,
    /// Untracked files that stay, because they are too large or cannot be read.
    pub stayed: Vec<Vec<u8>>,
}

/// Puts the work of this work tree away: files and index are as HEAD has them then. `None` when there is none.
///
/// # Errors
/// A merge or the like is in progress; a path is in conflict; nothing was touched then. When the files could not
/// be cleaned up, they are brought back.
pub fn park(ctx: &Ctx, id: &SessionId) -> Result<Option<Parked>> {
    refuse_in_progress(ctx)?;
    let mut capture = ctx.repo.capture(ctx.settings.checkpoint.max_untracked)?;
    refuse_conflicts(&capture)?;
    if !capture.dirt.has_tracked() && capture.untracked.is_none() {
        return Ok(None);
    }
    refuse_locked_index(ctx)?;
    let head = match &capture.head {
        Some(head) => ctx.repo.commit(head)?.tree,
        None => ctx.repo.write_tree(&[])?,
    };
    let goal = Goal {
        tree: head.clone(),
        index: head.clone(),
        untracked: None,
        spared: Vec::new(),
        others: Others::Go,
    };
    let plan = capture.plan(&goal, &|_| true)?;
    refuse_blocks(&plan)?;
    capture.include(&plan.unsaved)?;
    let request = Request::because(Cause::Switch).labelled("work in progress");
    let mut made = checkpoint::record(ctx, id, &capture, request)?;
    let item = made.checkpoint.item.id.clone();
    let ready = ready(&capture, &plan)?;
    refuse_other_index(&capture)?;
    // written down first: whatever ends us from here on, the work is known to be put away
    let park = Command::Park { checkpoint: item };
    made.session = sessions::carry_out_durably(ctx, id, vec![park])?.session;
    // other checkpoints may have crowded it out as long as nobody knew that it is parked work
    keeper::keep(ctx, id, &made.checkpoint.made.commit)?;
    let cleaned = ctx.repo.carry_out(&ready).and_then(|()| {
        ctx.repo.set_index(
            (&capture.index, &head),
            (&capture.dirt.intended, &[]),
            &|_| true,
        )
    });
    if let Err(error) = cleaned {
        let back = bring_back(ctx, id, Conflicts::Wait);
        let fault = Fault::user(format!("the work could not be put away: {error:#}"));
        return Err(match back {
            Ok(Return::Back { .. }) => fault.hint("git status"),
            _ => fault.hint("git session resume"),
        }
        .into());
    }
    Ok(Some(Parked {
        made,
        stayed: capture.left_out.clone(),
    }))
}

/// What is done about parked work that conflicts with what came to the branch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conflicts {
    /// It stays parked, and nothing is touched.
    #[default]
    Wait,
    /// It comes back with git's conflict markers.
    Mark,
}

/// What became of parked work.
#[derive(Debug)]
pub enum Return {
    /// There is none.
    Nothing,
    /// It is back, and so is the index.
    Back {
        /// The checkpoint that held it.
        checkpoint: Checkpoint,
        /// Files that were written or removed.
        files: usize,
        /// How many more checkpoints hold parked work.
        more: usize,
    },
    /// It is back, with git's conflict markers in these files.
    Marked {
        /// The checkpoint that holds it as it was.
        checkpoint: Checkpoint,
        /// The files.
        conflicts: Vec<Vec<u8>>,
    },
    /// It stays where it is.
    Waits {
        /// The checkpoint that holds it.
        checkpoint: Checkpoint,
        /// Why.
        reason: String,
    },
}

/// Brings the newest parked work of a session back, when that loses nothing: not over other changes, and onto a
/// branch that went on only where both go together.
pub fn bring_back(ctx: &Ctx, id: &SessionId, conflicts: Conflicts) -> Result<Return> {
    let session = sessions::load(ctx, id)?.session;
    let Some(checkpoint) = newest_parked(&session) else {
        return Ok(Return::Nothing);
    };
    let waits = |reason: String| {
        Ok(Return::Waits {
            checkpoint: checkpoint.clone(),
            reason,
        })
    };
    let Some(held) = ctx.repo.held(&checkpoint.made.commit)? else {
        return waits("its commit is not here any more".to_owned());
    };
    let state = ctx.repo.state();
    if state.merge || state.replaying() {
        return waits("something else is in progress (git status)".to_owned());
    }
    let capture = ctx.repo.capture(ctx.settings.checkpoint.max_untracked)?;
    let target = match target(ctx, &capture, checkpoint, &held)? {
        Ok(target) => target,
        Err(_) if conflicts == Conflicts::Mark => {
            return by_stash(ctx, &session, checkpoint, &held, &capture);
        }
        Err(reason) => return waits(reason),
    };
    let goal = Goal {
        tree: target.tree,
        index: target.index.clone(),
        untracked: held.untracked.clone(),
        spared: Vec::new(),
        others: Others::Stay,
    };
    let plan = capture.plan(&goal, &|_| true)?;
    if let Some(reason) = in_the_way(ctx, &capture, &plan, &target.index)? {
        return waits(reason);
    }
    if ctx.repo.index_is_locked() {
        return waits("another git process holds the index".to_owned());
    }
    let ready = match capture.ready(&plan)? {
        Ok(ready) if capture.index_is_as_it_was()? => ready,
        Ok(_) => return waits("another git process has changed the index meanwhile".to_owned()),
        Err(path) => return waits(git::changed(&path)),
    };
    ctx.repo.carry_out(&ready)?;
    ctx.repo.set_index(
        (&capture.index, &target.index),
        (&capture.dirt.intended, &held.intended),
        &|_| true,
    )?;
    let unpark = Command::Unpark {
        checkpoint: checkpoint.item.id.clone(),
    };
    let after = sessions::carry_out_durably(ctx, id, vec![unpark])?.session;
    Ok(Return::Back {
        checkpoint: checkpoint.clone(),
        files: plan.write.len() + plan.remove.len(),
        more: after.parked.len(),
    })
}

/// Has git apply parked work that conflicts: the markers are in the files then, and the checkpoint holds the
/// work as it was.
fn by_stash(
    ctx: &Ctx,
    session: &Session,
    checkpoint: &Checkpoint,
    held: &Held,
    capture: &Capture<'_>,
) -> Result<Return> {
    let waits = |reason: String| {
        Ok(Return::Waits {
            checkpoint: checkpoint.clone(),
            reason,
        })
    };
    if capture.dirt.has_tracked() {
        return waits("there are other changes of tracked files".to_owned());
    }
    let untracked = ctx.repo.differences(None, held.untracked.as_deref())?;
    if let Some(path) = untracked.keys().find(|path| ctx.repo.is_there(path)) {
        return waits(format!("{} is in the way", quote_path(path)));
    }
    let commit = checkpoint.made.commit.as_str();
    let apply = |options: &[&str]| {
        let git = ctx.repo.git().args(["stash", "apply", "--quiet"]);
        let git = git.variable(crate::sys::env::SWITCH, "0");
        git.args(options).arg(commit).output()
    };
    let staged = apply(&["--index"])?;
    let untouched = || ctx.repo.dirt().map(|dirt| !dirt.has_tracked());
    let applied = if !staged.success() && untouched()? {
        // what was staged conflicts, too: all of it comes back unstaged
        apply(&[])?
    } else {
        staged
    };
    let dirt = ctx.repo.dirt()?;
    if !applied.success() && dirt.unmerged.is_empty() {
        return waits(applied.complaint());
    }
    let unpark = Command::Unpark {
        checkpoint: checkpoint.item.id.clone(),
    };
    sessions::carry_out_durably(ctx, &session.id, vec![unpark])?;
    Ok(Return::Marked {
        checkpoint: checkpoint.clone(),
        conflicts: dirt.unmerged.into_iter().map(|u| u.path).collect(),
    })
}

/// The checkpoint that holds the newest parked work.
pub fn newest_parked(session: &Session) -> Option<&Checkpoint> {
    let id = session.parked.last()?;
    session.checkpoints.iter().find(|c| c.item.id == *id)
}

/// The command that brings a checkpoint back with git alone.
pub fn by_git(checkpoint: &Checkpoint) -> String {
    format!("git stash apply --index {}", checkpoint.made.commit.short())
}

/// The name of a checkpoint of this session.
pub fn name(session: &Session, checkpoint: &Checkpoint) -> String {
    handle(session, ItemKind::Checkpoint, &checkpoint.item)
}

/// How tracked files and the index are to be.
struct Target {
    tree: String,
    index: String,
}

/// The parked state on top of where the branch is now, or why there is none.
fn target(
    ctx: &Ctx,
    capture: &Capture<'_>,
    checkpoint: &Checkpoint,
    held: &Held,
) -> Result<Result<Target, String>> {
    let repo = &ctx.repo;
    if capture.head == checkpoint.made.head {
        return Ok(Ok(Target {
            tree: held.tree.clone(),
            index: held.index.clone(),
        }));
    }
    let Some(tip) = &capture.head else {
        return Ok(Err("the branch has no commit".to_owned()));
    };
    let head_tree = repo.commit(tip)?.tree;
    let base = repo.commit(&held.base)?.tree;
    let theirs = repo.differences(Some(&base), Some(&head_tree))?;
    let work = repo.differences(Some(&base), Some(&held.tree))?;
    let staged = repo.differences(Some(&base), Some(&held.index))?;
    if !touches(&work, &theirs) && !touches(&staged, &theirs) {
        return Ok(Ok(Target {
            tree: repo.tree_with(&head_tree, &work)?,
            index: repo.tree_with(&head_tree, &staged)?,
        }));
    }
    if git::spawn::git_version(&ctx.env, &ctx.cwd)? < MERGES_TREES {
        return Ok(Err(
            "the branch has other changes of the same files now".to_owned()
        ));
    }
    let merged = |commit: &CommitId| merge(ctx, &held.base, tip, commit);
    let tree = merged(&checkpoint.made.commit)?;
    let index = if staged.is_empty() {
        Some(head_tree)
    } else {
        merged(&held.index_commit)?
    };
    Ok(match tree.zip(index) {
        Some((tree, index)) => Ok(Target { tree, index }),
        None => Err("it conflicts with what came to the branch since".to_owned()),
    })
}

/// Whether two sets of changes touch the same path, or one a directory of the other.
fn touches(one: &Differences, other: &Differences) -> bool {
    let within = |path: &[u8], all: &Differences| {
        let parents = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        all.contains_key(path)
            || parents
                .into_iter()
                .any(|(at, _)| all.contains_key(&path[..at]))
    };
    one.keys().any(|path| within(path, other)) || other.keys().any(|path| within(path, one))
}

/// Merges a snapshot into a commit without touching anything; `None` when they conflict.
fn merge(ctx: &Ctx, base: &CommitId, ours: &CommitId, theirs: &CommitId) -> Result<Option<String>> {
    let base = format!("--merge-base={base}");
    let git = ctx.repo.git().args(["merge-tree", "--write-tree", &base]);
    let output = git.args([ours.as_str(), theirs.as_str()]).output()?;
    let tree = output.text().lines().next().unwrap_or_default().to_owned();
    Ok((output.success() && !tree.is_empty()).then_some(tree))
}

/// What of the present work tree would be lost, if anything.
fn in_the_way(
    ctx: &Ctx,
    capture: &Capture<'_>,
    plan: &Plan,
    index: &str,
) -> Result<Option<String>> {
    let say = |path: &[u8]| Some(format!("{} is in the way", quote_path(path)));
    if let Some(unmerged) = capture.dirt.unmerged.first() {
        return Ok(say(&unmerged.path));
    }
    if let Some(path) = plan.blocked.first().or_else(|| plan.unsaved.first()) {
        return Ok(say(path));
    }
    let repo = &ctx.repo;
    let head = match &capture.head {
        Some(head) => Some(repo.commit(head)?.tree),
        None => None,
    };
    // what is as HEAD has it, in the work tree or in the index, can be had again
    let own = repo.differences(head.as_deref(), Some(&capture.tree))?;
    let written = plan.write.iter().map(|(path, _)| path);
    let mut touched = written.chain(&plan.remove);
    if let Some(path) =
        touched.find(|path| own.contains_key(*path) || capture.held().contains(path))
    {
        return Ok(say(path));
    }
    let own = repo.differences(head.as_deref(), Some(&capture.index))?;
    let moved = repo.differences(Some(&capture.index), Some(index))?;
    let staged = moved.keys().find(|path| own.contains_key(*path));
    Ok(staged.and_then(|path| say(path)))
}
