//! Rewind: files come back from a checkpoint, after a checkpoint of what is there now. HEAD and branches never
//! move.

use anyhow::Result;

use super::{Made, Request, record};
use crate::domain::body::{Cause, CheckpointRestored};
use crate::domain::checkpoint;
use crate::domain::decide::{Command, Refused};
use crate::domain::handle::{ItemKind, handle};
use crate::domain::id::SessionId;
use crate::domain::path_text::quote_path;
use crate::domain::session::{Checkpoint, Session};
use crate::error::Fault;
use crate::git::{self, Capture, Filter, Goal, Held, Others, Plan, Ready};
use crate::ops::ctx::Ctx;
use crate::ops::go;
use crate::ops::sessions;
use crate::store::Pending;

/// What is to come back.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The checkpoint as typed; the newest that no rewind made when left out.
    pub name: Option<String>,
    /// Files and directories, relative to the top of the work tree; everything when empty.
    pub paths: Vec<Vec<u8>>,
    /// The index, too, also where HEAD is another now.
    pub index: bool,
    /// Whether it is a command of its own.
    pub record: Record,
    /// Only look at what would be done.
    pub dry_run: bool,
}

/// Whether a rewind is written down as a command of its own, which can be taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Record {
    /// It is.
    #[default]
    Yes,
    /// It belongs to an undo.
    No,
}

/// What came back.
#[derive(Debug)]
pub struct Rewound {
    /// The session as it is now.
    pub session: Session,
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// The checkpoint of what was there before; none when nothing had to be done.
    pub before: Option<Checkpoint>,
    /// Files written.
    pub written: usize,
    /// Files removed.
    pub removed: Vec<Vec<u8>>,
    /// Untracked files that stay because no checkpoint holds them.
    pub stayed: Vec<Vec<u8>>,
    /// Submodules that are at another commit than then.
    pub submodules: Vec<Vec<u8>>,
    /// The index came back.
    pub index: bool,
}

/// Brings files back.
pub fn rewind(ctx: &Ctx, id: &SessionId, wish: &Wish) -> Result<Rewound> {
    let _lock = go::lock(ctx)?;
    refuse_in_progress(ctx)?;
    let session = sessions::load(ctx, id)?.session;
    let checkpoint = named(ctx, &session, wish.name.as_deref())?.clone();
    let held = held(ctx, &session, &checkpoint)?;
    let capture = ctx.repo.capture(ctx.settings.checkpoint.max_untracked)?;
    refuse_conflicts(&capture)?;
    let meant = |path: &[u8]| is_meant(&wish.paths, path);
    let goal = Goal {
        tree: held.tree.clone(),
        index: held.index.clone(),
        untracked: held.untracked.clone(),
        spared: held.left_out.clone(),
        others: Others::Go,
    };
    refuse_unknown(ctx, wish, &capture, &held)?;
    let plan = capture.plan(&goal, &meant)?;
    refuse_blocks(&plan)?;
    let index = (wish.index || capture.head == checkpoint.made.head)
        && index_differs(ctx, &capture, &held, &meant)?;
    let mut rewound = Rewound {
        session,
        checkpoint,
        before: None,
        written: plan.write.len(),
        removed: plan.remove.clone(),
        stayed: capture.left_out.clone(),
        submodules: plan.submodules.clone(),
        index,
    };
    if wish.dry_run || (plan.is_empty() && !index) {
        return Ok(rewound);
    }
    if index {
        refuse_locked_index(ctx)?;
    }
    let steps = Steps {
        capture,
        held: &held,
        plan: &plan,
        index: index.then_some(&meant),
    };
    let (session, before) = steps.take(ctx, &rewound, wish)?;
    rewound.session = session;
    rewound.before = Some(before);
    Ok(rewound)
}

/// Whether the index is another than it is to be, for the paths that are meant.
fn index_differs(ctx: &Ctx, capture: &Capture<'_>, held: &Held, meant: Filter<'_>) -> Result<bool> {
    let repo = &ctx.repo;
    let differences = repo.differences(Some(&capture.index), Some(&held.index))?;
    Ok(differences.keys().any(|path| meant(path)) || capture.dirt.intended != held.intended)
}

/// Everything that is to be done.
struct Steps<'a> {
    capture: Capture<'a>,
    held: &'a Held,
    plan: &'a Plan,
    /// The paths whose index comes back, when it does.
    index: Option<Filter<'a>>,
}

impl Steps<'_> {
    /// Saves what is there, brings back what is to be there, and writes both down.
    fn take(mut self, ctx: &Ctx, rewound: &Rewound, wish: &Wish) -> Result<(Session, Checkpoint)> {
        let id = &rewound.session.id;
        let checkpoint = &rewound.checkpoint.item;
        let name = handle(&rewound.session, ItemKind::Checkpoint, checkpoint);
        self.capture.include(&self.plan.unsaved)?;
        let label = format!("before the rewind to {name}");
        let request = Request::because(Cause::Rewind).labelled(&label);
        let Made {
            session,
            checkpoint: before,
            ..
        } = record(ctx, id, &self.capture, request)?;
        let safety = handle(&session, ItemKind::Checkpoint, &before.item);
        let ready = ready(&self.capture, self.plan)?;
        if self.index.is_some() {
            refuse_other_index(&self.capture)?;
        }
        ctx.worktree.set_pending(Some(&Pending::Rewind {
            session: id.clone(),
            to: name,
            before: safety.clone(),
        }))?;
        self.apply(ctx, &ready).map_err(|error| {
            Fault::user(format!("the files came back only in part: {error:#}"))
                .hint(format!("git session rewind {safety} --index"))
        })?;
        ctx.worktree.set_pending(None)?;
        if wish.record == Record::No {
            return Ok((session, before));
        }
        let paths = wish.paths.iter().map(|path| quote_path(path).into_owned());
        let restored = CheckpointRestored {
            item: checkpoint.id.clone(),
            before: before.item.id.clone(),
            paths: paths.collect(),
            index: self.index.is_some(),
        };
        let mut commands = vec![Command::Restore(restored)];
        if wish.paths.is_empty() && session.parked.contains(&checkpoint.id) {
            // all of it is in the work tree now
            commands.push(Command::Unpark {
                checkpoint: checkpoint.id.clone(),
            });
        }
        let session = sessions::carry_out_durably(ctx, id, commands)?.session;
        Ok((session, before))
    }

    /// Writes and removes files, then brings the index back for the paths that are meant.
    fn apply(&self, ctx: &Ctx, ready: &Ready<'_>) -> Result<()> {
        ctx.repo.carry_out(ready)?;
        let Some(meant) = self.index else {
            return Ok(());
        };
        ctx.repo.set_index(
            (&self.capture.index, &self.held.index),
            (&self.capture.dirt.intended, &self.held.intended),
            meant,
        )
    }
}

/// A path that neither the checkpoint nor the work tree has is mistyped.
fn refuse_unknown(ctx: &Ctx, wish: &Wish, capture: &Capture<'_>, held: &Held) -> Result<()> {
    let trees = [
        Some(&held.tree),
        held.untracked.as_ref(),
        Some(&capture.tree),
        capture.untracked.as_ref(),
    ];
    for path in wish.paths.iter().filter(|path| !path.is_empty()) {
        let mut known = false;
        for tree in trees.into_iter().flatten() {
            known = known || ctx.repo.tree_has(tree, path)?;
        }
        if !known {
            let path = quote_path(path);
            let fault = Fault::user(format!(
                "neither the checkpoint nor the work tree has a file {path}"
            ));
            return Err(fault.hint("git session checkpoints diff").into());
        }
    }
    Ok(())
}

/// Whether a path is one of those, or below one; every path when there are none.
fn is_meant(paths: &[Vec<u8>], path: &[u8]) -> bool {
    let below = |directory: &Vec<u8>| {
        path.strip_prefix(directory.as_slice())
            .is_some_and(|rest| rest.is_empty() || rest.first() == Some(&b'/'))
    };
    paths.is_empty() || paths.iter().any(|one| one.is_empty() || below(one))
}

/// The checkpoint that a name means.
pub fn named<'s>(ctx: &Ctx, session: &'s Session, name: Option<&str>) -> Result<&'s Checkpoint> {
    let kept = super::keeper::kept(&ctx.repo, &session.id)?;
    let Some(name) = name else {
        let mut newest = session.checkpoints.iter().rev().filter(|c| {
            !c.dropped && c.made.cause != Cause::Rewind && kept.contains(&c.made.commit)
        });
        return newest.next().ok_or_else(|| {
            Fault::user("the session has no checkpoint yet")
                .hint("git session checkpoint")
                .into()
        });
    };
    checkpoint::find(session, name)
        .map_err(|error| sessions::refused(&Refused::Name(ItemKind::Checkpoint, error)))
}

/// What a checkpoint holds.
///
/// # Errors
/// Its commit is gone: it was dropped, or newer ones have taken its place, and git has freed it.
pub fn held(ctx: &Ctx, session: &Session, checkpoint: &Checkpoint) -> Result<Held> {
    ctx.repo.held(&checkpoint.made.commit)?.ok_or_else(|| {
        let name = handle(session, ItemKind::Checkpoint, &checkpoint.item);
        Fault::user(format!("the files of {name} are not kept any more"))
            .hint("git session checkpoints list")
            .into()
    })
}

/// In the middle of a merge or rebase the index and the work tree belong to it.
pub(in crate::ops) fn refuse_in_progress(ctx: &Ctx) -> Result<()> {
    let state = ctx.repo.state();
    let what = if state.merge {
        "merge"
    } else if state.am {
        "git am"
    } else if state.rebasing() {
        "rebase"
    } else if state.revert {
        "revert"
    } else if state.cherry_pick || state.sequencer {
        "cherry-pick"
    } else {
        return Ok(());
    };
    let fault = Fault::user(format!(
        "a {what} is in progress; the work tree belongs to it"
    ));
    Err(fault.hint("git status").into())
}

/// A path in conflict has three versions, and a checkpoint holds one.
pub(in crate::ops) fn refuse_conflicts(capture: &Capture<'_>) -> Result<()> {
    let Some(first) = capture.dirt.unmerged.first() else {
        return Ok(());
    };
    let path = quote_path(&first.path);
    Err(Fault::user(format!("{path} is in conflict"))
        .hint("git status")
        .into())
}

/// The index is about to be written.
pub(in crate::ops) fn refuse_locked_index(ctx: &Ctx) -> Result<()> {
    if ctx.repo.index_is_locked() {
        let fault = Fault::user("another git process holds the index");
        return Err(fault.hint("git status").into());
    }
    Ok(())
}

/// The steps, if everything that they touch is still as it was captured.
pub(in crate::ops) fn ready<'p>(capture: &Capture<'_>, plan: &'p Plan) -> Result<Ready<'p>> {
    let ready = capture.ready(plan)?;
    ready.map_err(|path| {
        let changed = git::changed(&path);
        let fault = Fault::user(format!("{changed}; nothing was touched"));
        fault.hint("git status").into()
    })
}

/// What another process has staged since is not written over.
pub(in crate::ops) fn refuse_other_index(capture: &Capture<'_>) -> Result<()> {
    if capture.index_is_as_it_was()? {
        return Ok(());
    }
    let fault = Fault::user("another git process has changed the index meanwhile");
    Err(fault.hint("git status").into())
}

/// Nothing that no checkpoint can hold is removed for a file that is to come back.
pub(in crate::ops) fn refuse_blocks(plan: &Plan) -> Result<()> {
    let Some(first) = plan.blocked.first() else {
        return Ok(());
    };
    let more = match plan.blocked.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let path = quote_path(first);
    Err(Fault::user(format!(
        "{path}{more} stands where a file is to be; nothing was touched"
    ))
    .hint("move it away")
    .into())
}
