//! The next thing to do in a session: a command wherever one helps. Pure; whoever shows it words it.

use super::body::TddPhase;
use super::handle::{ItemKind, handle};
use super::session::{ObjectiveState, Session, State};
use super::tdd::Work;

/// How many files of the work tree stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Files in conflict.
    pub conflicts: usize,
    /// Files whose change is staged.
    pub staged: usize,
    /// Tracked files with a change that is not staged.
    pub changed: usize,
    /// Untracked files and directories.
    pub untracked: usize,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// A command.
    Type(String),
    /// Nothing to type: what the work is for.
    WorkOn {
        /// The objective, as it was written down.
        text: String,
        /// Its handle.
        handle: String,
    },
}

/// In a session, with this work tree.
pub fn next(session: &Session, tree: Tree) -> Next {
    let has_worked = has_worked(session);
    // files that git has not seen yet may be there for good; before the first commit they are the work
    let dirty = tree.changed > 0 || (tree.untracked > 0 && !has_worked);
    let command = match (session.state, session.current_objective()) {
        _ if tree.conflicts > 0 => "git status".to_owned(),
        (State::Paused, _) => "git session resume".to_owned(),
        _ if !session.parked.is_empty() => "git session resume".to_owned(),
        _ if tree.staged > 0 => "git commit".to_owned(),
        _ if session.objectives.is_empty() => {
            "git session objectives add \"what is to be reached\"".to_owned()
        }
        _ if dirty => "git session checkpoint".to_owned(),
        (_, None) => "git session end".to_owned(),
        (_, Some(objective)) => {
            let handle = handle(session, ItemKind::Objective, &objective.item);
            if !has_worked || is_red(session) {
                let text = objective.item.text.clone();
                return Next::WorkOn { text, handle };
            }
            format!("git session objectives complete {handle}")
        }
    };
    Next::Type(command)
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
