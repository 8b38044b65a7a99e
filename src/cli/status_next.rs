//! The next thing to do: a command wherever one helps.

use anyhow::Result;

use super::item::in_short;
use crate::domain::body::TddPhase;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::session::{Objective, ObjectiveState, Session, State};
use crate::domain::tdd::Work;
use crate::ops::ctx::Ctx;
use crate::ops::sessions::{self, Here};
use crate::ops::status::Project;

/// In a session.
pub(super) fn next(session: &Session, project: &Project) -> String {
    let has_worked = has_worked(session);
    // files that git has not seen yet may be there for good; before the first commit they are the work
    let dirty = project.changed > 0 || (project.untracked > 0 && !has_worked);
    match (session.state, session.current_objective()) {
        _ if project.conflicts > 0 => "git status".to_owned(),
        (State::Paused, _) => "git session resume".to_owned(),
        _ if !session.parked.is_empty() => "git session resume".to_owned(),
        _ if project.staged > 0 => "git commit".to_owned(),
        _ if session.objectives.is_empty() => {
            "git session objectives add \"what is to be reached\"".to_owned()
        }
        _ if dirty => "git session checkpoint".to_owned(),
        (_, None) => "git session end".to_owned(),
        (_, Some(objective)) if !has_worked || is_red(session) => work_on(session, objective),
        (_, Some(objective)) => {
            format!(
                "git session objectives complete {}",
                handle(session, ItemKind::Objective, &objective.item)
            )
        }
    }
}

/// Whether something was committed since an objective was completed last.
fn has_worked(session: &Session) -> bool {
    let objectives = session.objectives.iter();
    let completed = objectives.filter(|o| o.state == ObjectiveState::Completed);
    let since = completed.map(|o| o.state_n).max().unwrap_or(0);
    session.commits.iter().any(|commit| commit.n > since)
}

/// Whether a test waits to be passed.
fn is_red(session: &Session) -> bool {
    session.tdd
        && Work::of(session)
            .current()
            .is_some_and(|step| step.phase == TddPhase::Red)
}

/// Nothing to type: what the work is for.
fn work_on(session: &Session, objective: &Objective) -> String {
    let name = handle(session, ItemKind::Objective, &objective.item);
    let text = in_short(&objective.item.text);
    format!("work on \"{text}\" ({name})")
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
        Here::Unmapped(_) => "git session start -o \"what is to be reached\"",
        _ => "git session start <branch> -o \"what is to be reached\"",
    })
}
