//! Decide: what a command means for a session, before anything is written. Pure; text comes in as
//! [`Redacted`] only.

mod items;
mod work;

use std::fmt;

use items::{
    add, add_decision, add_linked, change_objective, drop_learning, edit_blocker, edit_decision,
    edited, link_objective, reopen_blocker, resolve_blocker,
};

pub use work::{NewCheckpoint, NewEnd, NewHandoff, Said};

use super::body::{
    Body, CheckpointRestored, Clocked, LearningType, MetricsRecorded, Mode, Plain, Reason, Renamed,
    TddPhase, Undone,
};
use super::event::Event;
use super::handle::{HandleError, ItemKind, resolve};
use super::id::{BranchName, CommitId, EventId};
use super::pen::Pen;
use super::redact::Redacted;
use super::session::{Session, State};

/// Whether an item may leave the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Privacy {
    /// It is shared as the settings say.
    #[default]
    Shared,
    /// It stays here.
    Private,
}

/// What becomes of parked work that a checkpoint holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParkedWork {
    /// It keeps the checkpoint.
    #[default]
    Stays,
    /// It goes with the checkpoint.
    Goes,
}

/// What to do with an existing objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectiveChange {
    /// Work on it begins.
    Start,
    /// It is reached.
    Complete,
    /// It is open again.
    Reopen,
    /// It is given up.
    Drop,
}

/// A decision as a person wrote it.
#[derive(Clone, Debug)]
pub struct NewDecision {
    /// What was decided.
    pub text: Redacted,
    /// Why.
    pub rationale: Option<Redacted>,
    /// The situation.
    pub context: Option<Redacted>,
    /// The ways not taken, each with its reason.
    pub alternatives: Vec<(Redacted, Option<Redacted>)>,
    /// What follows.
    pub consequences: Vec<Redacted>,
    /// Path globs.
    pub scope: Vec<Redacted>,
    /// Whether it may leave the machine.
    pub privacy: Privacy,
}

impl NewDecision {
    /// One of which nothing but the text is known.
    pub const fn plain(text: Redacted, privacy: Privacy) -> Self {
        Self {
            text,
            rationale: None,
            context: None,
            alternatives: Vec::new(),
            consequences: Vec::new(),
            scope: Vec::new(),
            privacy,
        }
    }
}

/// Changed parts of a decision.
#[derive(Clone, Debug, Default)]
pub struct DecisionChange {
    /// The new text.
    pub text: Option<Redacted>,
    /// The new rationale.
    pub rationale: Option<Redacted>,
    /// The new situation.
    pub context: Option<Redacted>,
    /// The new ways not taken.
    pub alternatives: Option<Vec<(Redacted, Option<Redacted>)>>,
    /// The new consequences.
    pub consequences: Option<Vec<Redacted>>,
    /// The new scope.
    pub scope: Option<Vec<Redacted>>,
}

/// What can be asked of a session. Items are named as typed.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub enum Command {
    AddObjective {
        text: Redacted,
        privacy: Privacy,
    },
    ChangeObjective {
        name: String,
        change: ObjectiveChange,
    },
    EditObjective {
        name: String,
        text: Redacted,
    },
    AddLinkedObjective {
        text: Redacted,
        link: Redacted,
        privacy: Privacy,
    },
    LinkObjective {
        name: String,
        link: Redacted,
    },
    AddBlocker {
        text: Redacted,
        link: Option<Redacted>,
        privacy: Privacy,
    },
    ResolveBlocker {
        name: String,
        resolution: Option<Redacted>,
    },
    ReopenBlocker {
        name: String,
    },
    EditBlocker {
        name: String,
        text: Option<Redacted>,
        link: Option<Redacted>,
    },
    AddDecision {
        decision: Box<NewDecision>,
        supersedes: Option<String>,
    },
    EditDecision {
        name: String,
        change: Box<DecisionChange>,
    },
    AddLearning {
        text: Redacted,
        kind: LearningType,
        key: Redacted,
        scope: Vec<Redacted>,
        privacy: Privacy,
    },
    EditLearning {
        name: String,
        text: Redacted,
    },
    DropLearning {
        name: String,
    },
    AddNote {
        text: Redacted,
        privacy: Privacy,
    },
    Pause {
        head: Option<CommitId>,
    },
    Resume {
        head: Option<CommitId>,
    },
    End(Box<NewEnd>),
    Archive,
    Checkpoint(Box<NewCheckpoint>),
    Restore(CheckpointRestored),
    DropCheckpoint {
        name: String,
        parked: ParkedWork,
    },
    Park {
        checkpoint: EventId,
    },
    Unpark {
        checkpoint: EventId,
    },
    HandOver(Box<NewHandoff>),
    RecordMetrics(Box<MetricsRecorded>),
    SetPhase {
        phase: TddPhase,
    },
    /// A context file was brought up to date; its quoted path.
    UpdateContext {
        path: Redacted,
    },
    RenameBranch {
        branch: BranchName,
    },
    SetTitle {
        title: Redacted,
    },
    SetMode {
        tdd: bool,
    },
    Undo {
        op: EventId,
    },
}

/// Why a command is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No item, or several, have that name.
    Name(ItemKind, HandleError),
    /// There is nothing in the text.
    Empty(&'static str),
    /// The session is not open.
    Closed(State),
    /// It is that way already.
    Already(String),
    /// The checkpoint with this handle holds parked work that is in no work tree.
    Parked(String),
    /// Nothing would change.
    NothingToChange(&'static str),
    /// The command is not one of this clone, or git's own work.
    NotUndoable,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(_, error) => error.fmt(f),
            Self::Empty(what) => write!(f, "the text of the {what} is empty"),
            Self::Closed(state) => write!(f, "the session is {}", state.name()),
            Self::Already(what) => f.write_str(what),
            Self::Parked(handle) => {
                write!(f, "{handle} holds parked work that is in no work tree")
            }
            Self::NothingToChange(what) => write!(f, "nothing to change about the {what}"),
            Self::NotUndoable => f.write_str("this cannot be taken back here"),
        }
    }
}

impl std::error::Error for Refused {}

/// The events that a command comes to, in the order in which they are written.
///
/// # Errors
/// [`Refused`] says why nothing happens; the session is as it was.
pub fn decide(
    session: &Session,
    command: Command,
    pen: &mut Pen<'_>,
) -> Result<Vec<Event>, Refused> {
    let body = match command {
        Command::AddDecision {
            decision,
            supersedes,
        } => {
            return add_decision(open(session)?, *decision, supersedes.as_deref(), pen);
        }
        Command::AddLinkedObjective {
            text,
            link,
            privacy,
        } => return add_linked(open(session)?, text, link, privacy, pen),
        Command::LinkObjective { name, link } => link_objective(session, &name, link)?,
        Command::AddObjective { .. }
        | Command::AddBlocker { .. }
        | Command::AddLearning { .. }
        | Command::AddNote { .. } => add(open(session)?, command)?,
        Command::ChangeObjective { name, change } => change_objective(session, &name, change)?,
        Command::EditObjective { name, text } => {
            Body::ObjectiveEdited(edited(session, ItemKind::Objective, &name, text)?)
        }
        Command::ResolveBlocker { name, resolution } => {
            resolve_blocker(session, &name, resolution)?
        }
        Command::ReopenBlocker { name } => reopen_blocker(session, &name)?,
        Command::EditBlocker { name, text, link } => edit_blocker(session, &name, text, link)?,
        Command::EditDecision { name, change } => edit_decision(session, &name, *change)?,
        Command::EditLearning { name, text } => {
            Body::LearningEdited(edited(session, ItemKind::Learning, &name, text)?)
        }
        Command::DropLearning { name } => drop_learning(session, &name)?,
        Command::RenameBranch { branch } => Body::SessionRenamed(Renamed {
            branch: Some(branch),
            title: None,
        }),
        Command::SetTitle { title } => Body::SessionRenamed(Renamed {
            branch: None,
            title: Some(filled(title, "title")?),
        }),
        Command::SetMode { tdd } => {
            open(session)?;
            Body::SessionModeSet(Mode { tdd })
        }
        Command::Pause { .. } | Command::Resume { .. } | Command::End(_) | Command::Archive => {
            lifecycle(session, command)?
        }
        Command::Checkpoint(_)
        | Command::Restore(_)
        | Command::DropCheckpoint { .. }
        | Command::Park { .. }
        | Command::Unpark { .. }
        | Command::HandOver(_)
        | Command::RecordMetrics(_)
        | Command::SetPhase { .. }
        | Command::UpdateContext { .. } => work::work(session, command)?,
        Command::Undo { op } => undo(session, &op)?,
    };
    Ok(vec![pen.write(body)])
}

/// The session, when it takes new items.
fn open(session: &Session) -> Result<&Session, Refused> {
    if session.state.is_open() {
        Ok(session)
    } else {
        Err(Refused::Closed(session.state))
    }
}

/// The text of something, when there is any.
fn filled(text: Redacted, what: &'static str) -> Result<String, Refused> {
    let text = into_string(text);
    if text.trim().is_empty() {
        Err(Refused::Empty(what))
    } else {
        Ok(text)
    }
}

fn into_string(text: Redacted) -> String {
    text.into_string()
}

/// The id of the item with this name.
fn find(session: &Session, kind: ItemKind, name: &str) -> Result<EventId, Refused> {
    resolve(session, kind, name)
        .map(|item| item.id.clone())
        .map_err(|error| Refused::Name(kind, error))
}

fn lifecycle(session: &Session, command: Command) -> Result<Body, Refused> {
    let person = |head| Clocked {
        reason: Reason::Person,
        head,
    };
    match (command, session.state) {
        (Command::Resume { head }, State::Archived) => Ok(Body::SessionResumed(person(head))),
        (_, state @ (State::Archived | State::Deleted)) => Err(Refused::Closed(state)),
        (Command::Pause { .. }, State::Paused) => {
            Err(Refused::Already("the session is paused already".into()))
        }
        (Command::Pause { head }, State::Active) => Ok(Body::SessionPaused(person(head))),
        (Command::Resume { head }, _) => Ok(Body::SessionResumed(person(head))),
        (Command::End(end), State::Active | State::Paused) => {
            Ok(Body::SessionEnded(work::ended(*end)))
        }
        (Command::Archive, State::Ended) if !session.parked.is_empty() => Err(Refused::Already(
            "the session holds parked work that is in no work tree".into(),
        )),
        (Command::Archive, State::Ended) => Ok(Body::SessionArchived(Plain {})),
        (Command::Archive, state) => Err(Refused::Already(format!(
            "the session is {}: only one that has ended is archived",
            state.name()
        ))),
        (_, state) => Err(Refused::Closed(state)),
    }
}

fn undo(session: &Session, op: &EventId) -> Result<Body, Refused> {
    let known = session.ops.iter().find(|known| known.id == *op);
    match known {
        None => Err(Refused::NotUndoable),
        Some(op) if !op.is_undoable() => Err(Refused::NotUndoable),
        Some(op) if op.undone => Err(Refused::Already("this is taken back already".into())),
        Some(known) => Ok(Body::Undone(Undone {
            op: known.id.clone(),
        })),
    }
}

#[cfg(test)]
mod tests;
