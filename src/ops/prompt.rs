//! What a shell prompt says of the session of a directory. It runs before every line that somebody types: it
//! opens the repository as a hook does, reads the context, starts no process, writes nothing.

use std::path::Path;

use anyhow::Result;

use super::checkpoint::due;
use super::ctx::Ctx;
use super::message;
use crate::domain::id::BranchName;
use crate::domain::session::State;
use crate::git;
use crate::store::Store;
use crate::sys::env::{self, Env};
use crate::sys::fs::{self, Sharing};

/// What there is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The branch.
    pub branch: BranchName,
    /// A person has paused the session.
    pub paused: bool,
    /// Objectives reached.
    pub done: usize,
    /// Objectives in all.
    pub total: usize,
    /// Open blockers.
    pub blockers: usize,
    /// Unfinished work is parked.
    pub parked: bool,
    /// A checkpoint is overdue.
    pub due: bool,
}

/// The segment for a directory; `None` where no session is under way.
pub fn segment(env: &Env, cwd: &Path) -> Result<Option<Segment>> {
    let Some(dirs) = git::locate(env, cwd) else {
        return Ok(None);
    };
    if !Store::new(&dirs.common_dir, Sharing::Umask).usable()? {
        return Ok(None);
    }
    let ctx = Ctx::open_in_hook(env.clone(), top(env, cwd), &dirs)?;
    if !ctx.settings.session.enabled {
        return Ok(None);
    }
    let Some((context, branch)) = message::open_session(&ctx)? else {
        return Ok(None);
    };
    let replaying = ctx.repo.state().replaying();
    Ok(Some(Segment {
        branch,
        paused: context.state == State::Paused,
        done: context.done,
        total: context.total,
        blockers: context.blockers.len(),
        parked: context.parked > 0,
        due: !ctx.repo.is_bare() && !replaying && due::since(&ctx, &context).is_some(),
    }))
}

/// Where git would start a hook: the top of the work tree, as far as the names of directories tell.
fn top<'a>(env: &Env, cwd: &'a Path) -> &'a Path {
    if env.has(env::GIT_DIR) {
        return cwd;
    }
    let mut above = cwd.ancestors();
    above
        .find(|directory| fs::exists(&directory.join(".git")))
        .unwrap_or(cwd)
}
