//! The next thing to do: a command wherever one helps.

use anyhow::Result;

use super::item::in_short;
use crate::domain::next::{self, Next, Tree};
use crate::domain::session::{Session, State};
use crate::ops::ctx::Ctx;
use crate::ops::fetched;
use crate::ops::sessions::{self, Here};
use crate::ops::status::Project;

/// In a session.
pub(super) fn next(session: &Session, project: &Project) -> String {
    let tree = Tree {
        conflicts: project.conflicts,
        staged: project.staged,
        changed: project.changed,
        untracked: project.untracked,
    };
    match next::next(session, tree) {
        Next::Type(command) => command,
        Next::WorkOn { text, handle } => format!("work on \"{}\" ({handle})", in_short(&text)),
    }
}

/// Without a session.
pub(super) fn without_session(ctx: &Ctx, here: &Here) -> Result<&'static str> {
    Ok(match here {
        _ if ctx.repo.is_bare() => "git worktree add <path> <branch>, and start the session there",
        Here::Unmapped(branch)
            if sessions::newest_on_branch(ctx, branch, &[State::Ended])?.is_some() =>
        {
            "git session start --resume"
        }
        Here::Unmapped(branch) if !fetched::open_on(ctx, branch).is_empty() => "git session resume",
        Here::Unmapped(_) => "git session start -o \"what is to be reached\"",
        _ => "git session start <branch> -o \"what is to be reached\"",
    })
}
