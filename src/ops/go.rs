//! `switch`: saves the session that is left, goes to another branch with git's own command, and brings that one's
//! context and parked work back.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;

use super::branch::{self, Destination, Way};
use super::checkpoint::rewind::refuse_in_progress;
use super::checkpoint::{self, Made, Request};
use super::ctx::Ctx;
use super::park::{self, Conflicts, Parked, Return};
use super::sessions::{self, Here};
use super::switch;
use crate::domain::body::{Base, Cause};
use crate::domain::brief::brief;
use crate::domain::id::{BranchName, CommitId, SessionId};
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::sys::fs::Lock;

/// What becomes of uncommitted work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dirty {
    /// It stays with the session that is left.
    #[default]
    Park,
    /// It comes along, as git has it.
    Carry,
}

/// Where to go.
#[derive(Clone, Debug, Default)]
pub struct Journey {
    /// The branch.
    pub to: Destination,
    /// Whether it may be made.
    pub create: bool,
    /// What becomes of uncommitted work.
    pub dirty: Dirty,
}

/// What was left behind.
#[derive(Debug)]
pub struct Left {
    /// The session; none on a branch without one.
    pub session: Option<SessionId>,
    /// The branch; none when HEAD was on none.
    pub branch: Option<BranchName>,
    /// The tip of HEAD.
    pub tip: Option<CommitId>,
    /// The work that was put away.
    pub parked: Option<Parked>,
    /// The checkpoint of work that was carried along.
    pub saved: Option<Made>,
    /// There was work, and no session that it could have stayed with.
    pub came_along: bool,
}

/// How two branches differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Apart {
    /// Commits that only the branch entered has.
    pub gained: u64,
    /// Commits that only the branch left has.
    pub lacks: u64,
    /// Files that differ.
    pub files: usize,
}

/// What a switch came to.
#[derive(Debug)]
pub struct Gone {
    /// What was left behind.
    pub left: Left,
    /// The branch entered.
    pub branch: BranchName,
    /// Where it was cut, when it was made.
    pub created: Option<Base>,
    /// The session of the branch entered.
    pub session: Option<SessionId>,
    /// Its brief.
    pub brief: Vec<String>,
    /// Its parked work.
    pub returned: Return,
    /// How the branches differ; none when HEAD had no commit.
    pub apart: Option<Apart>,
}

/// Keeps two commands from changing the files of a work tree at the same time.
pub fn lock(ctx: &Ctx) -> Result<Lock> {
    let lock = ctx.worktree.lock(Duration::from_secs(5))?;
    lock.ok_or_else(|| {
        Fault::user("another git-session command is changing the files of this work tree").into()
    })
}

/// Goes to a branch.
pub fn go(ctx: &Ctx, request: &Journey) -> Result<Gone> {
    let _lock = lock(ctx)?;
    go_locked(ctx, request, Luggage::Brought)
}

/// Who brings parked work back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Luggage {
    /// The switch.
    Brought,
    /// Whoever asked for the switch.
    Left,
}

/// The same under a lock that the caller has.
pub(super) fn go_locked(ctx: &Ctx, request: &Journey, luggage: Luggage) -> Result<Gone> {
    let plan = branch::plan(ctx, &request.to)?;
    refuse_surprise(&plan, request)?;
    refuse_in_progress(ctx)?;
    let left = leave(ctx, &plan, request.dirty)?;
    let (plan, created) = match branch::arrive(ctx, &request.to, plan) {
        Ok(arrived) => arrived,
        Err(error) => return Err(back_again(ctx, &left, error)),
    };
    let ctx = &Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    let entered = switch::changed(ctx, left.tip.as_ref())?;
    let session = match sessions::here(ctx)? {
        Here::Session { id, .. } => Some(id),
        Here::Unmapped(_) | Here::Detached => None,
    };
    let returned = match &session {
        Some(id) if luggage == Luggage::Brought => park::bring_back(ctx, id, Conflicts::Wait)?,
        _ => Return::Nothing,
    };
    let brief = match &session {
        // what is parked may be back by now
        Some(id) => sessions::context(ctx, id)?.map(|context| {
            let active = ctx.active_seconds(&context);
            brief(&context, entered.since.as_ref(), ctx.now(), active)
        }),
        None => None,
    };
    let apart = apart(ctx, left.tip.as_ref())?;
    Ok(Gone {
        left,
        branch: plan.branch,
        created,
        session,
        brief: brief.unwrap_or_default(),
        returned,
        apart,
    })
}

/// Whether the branch would have to be made.
pub fn has_to_be_made(ctx: &Ctx, to: &Destination) -> Result<bool> {
    Ok(branch::plan(ctx, to)?.way() == Way::Created)
}

/// What a switch would put away, and where it would go. Nothing is touched.
pub fn look(ctx: &Ctx, request: &Journey) -> Result<(BranchName, usize)> {
    let plan = branch::plan(ctx, &request.to)?;
    refuse_surprise(&plan, request)?;
    refuse_in_progress(ctx)?;
    let parks = request.dirty == Dirty::Park
        && plan.way() != Way::Here
        && matches!(sessions::here(ctx)?, Here::Session { .. });
    let files = if parks {
        let dirt = ctx.repo.dirt()?;
        let tracked: BTreeSet<&Vec<u8>> = dirt
            .staged
            .iter()
            .chain(&dirt.changed)
            .chain(&dirt.intended)
            .chain(&dirt.untracked)
            .collect();
        tracked.len()
    } else {
        0
    };
    Ok((plan.branch, files))
}

/// A branch is made only when that was asked for, and found only when it was not.
fn refuse_surprise(plan: &branch::Plan, request: &Journey) -> Result<()> {
    let name = &plan.branch;
    let fault = match (plan.way(), request.create) {
        (Way::Created, false) => Fault::user(format!("there is no branch {name}"))
            .hint(format!(
                "git session switch --create {}",
                quoted(name.as_str())
            ))
            .hint("git branch --all"),
        (Way::Switched | Way::Here, true) => {
            Fault::user(format!("the branch {name} is there already"))
                .hint(format!("git session switch {}", quoted(name.as_str())))
        }
        _ => return Ok(()),
    };
    Err(fault.into())
}

/// Saves the session that is about to be left.
fn leave(ctx: &Ctx, plan: &branch::Plan, dirty: Dirty) -> Result<Left> {
    let here = sessions::here(ctx)?;
    let (session, branch) = match here {
        Here::Session { id, branch } => (Some(id), Some(branch)),
        Here::Unmapped(branch) => (None, Some(branch)),
        Here::Detached => (None, None),
    };
    let mut left = Left {
        tip: ctx.repo.head()?.tip().cloned(),
        session,
        branch,
        parked: None,
        saved: None,
        came_along: false,
    };
    if plan.way() == Way::Here {
        return Ok(left);
    }
    let Some(id) = left.session.clone() else {
        left.came_along = dirty == Dirty::Park && !ctx.repo.dirt()?.is_clean();
        return Ok(left);
    };
    match dirty {
        Dirty::Park => left.parked = park::park(ctx, &id)?,
        Dirty::Carry => {
            let request = Request::because(Cause::Switch);
            left.saved = checkpoint::create_if_dirty(ctx, &id, request)?;
        }
    }
    Ok(left)
}

/// Git has refused to switch: what was put away comes back.
fn back_again(ctx: &Ctx, left: &Left, error: anyhow::Error) -> anyhow::Error {
    let (Some(_), Some(id)) = (&left.parked, &left.session) else {
        return error;
    };
    let stayed = ctx
        .repo
        .head()
        .is_ok_and(|head| head.tip() == left.tip.as_ref());
    if !stayed {
        return error.context(Fault::user("your work is parked").hint("git session resume"));
    }
    match park::bring_back(ctx, id, Conflicts::Wait) {
        Ok(Return::Back { .. } | Return::Nothing) => error,
        Ok(Return::Waits { .. } | Return::Marked { .. }) | Err(_) => error.context(
            Fault::user("git did not switch, and your work is parked").hint("git session resume"),
        ),
    }
}

/// How the branch entered differs from where HEAD was.
fn apart(ctx: &Ctx, before: Option<&CommitId>) -> Result<Option<Apart>> {
    let head = ctx.repo.head()?;
    let (Some(before), Some(now)) = (before, head.tip()) else {
        return Ok(None);
    };
    if before == now {
        return Ok(Some(Apart::default()));
    }
    let range = format!("{now}...{before}");
    let git = ctx
        .repo
        .git()
        .args(["rev-list", "--left-right", "--count", &range]);
    let text = git.checked()?.text();
    let mut counts = text
        .split_whitespace()
        .map(|count| count.parse().unwrap_or(0));
    let (old, new) = (ctx.repo.commit(before)?.tree, ctx.repo.commit(now)?.tree);
    Ok(Some(Apart {
        gained: counts.next().unwrap_or(0),
        lacks: counts.next().unwrap_or(0),
        files: ctx.repo.differences(Some(&old), Some(&new))?.len(),
    }))
}
