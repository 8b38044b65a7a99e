//! Decide: what a command means for a session, before anything is written. Pure; text comes in as
//! [`Redacted`] only.

use std::fmt;

use super::body::{
    Alternative, BlockerAdded, BlockerEdited, BlockerResolved, Body, Clocked, DecisionAdded,
    DecisionEdited, DecisionSuperseded, Ended, ItemTouched, LearningAdded, LearningType, Reason,
    Renamed, TextAdded, TextEdited, Undone,
};
use super::event::Event;
use super::handle::{HandleError, ItemKind, resolve};
use super::id::{BranchName, CommitId, EventId};
use super::pen::Pen;
use super::redact::Redacted;
use super::session::{ObjectiveState, Session, State};

/// Whether an item may leave the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Privacy {
    /// It is shared as the settings say.
    #[default]
    Shared,
    /// It stays here.
    Private,
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
    End {
        abandoned: bool,
        head: Option<CommitId>,
    },
    RenameBranch {
        branch: BranchName,
    },
    SetTitle {
        title: Redacted,
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
        Command::Pause { .. } | Command::Resume { .. } | Command::End { .. } => {
            lifecycle(session, command)?
        }
        Command::Undo { op } => undo(session, &op)?,
    };
    Ok(vec![pen.write(body)])
}

/// A new item of an open session.
fn add(_open: &Session, command: Command) -> Result<Body, Refused> {
    Ok(match command {
        Command::AddObjective { text, privacy } => {
            Body::ObjectiveAdded(added(text, privacy, "objective")?)
        }
        Command::AddNote { text, privacy } => Body::NoteAdded(added(text, privacy, "note")?),
        Command::AddBlocker {
            text,
            link,
            privacy,
        } => Body::BlockerAdded(BlockerAdded {
            text: filled(text, "blocker")?,
            link: link.map(into_string),
            private: privacy == Privacy::Private,
        }),
        Command::AddLearning {
            text,
            kind,
            key,
            scope,
            privacy,
        } => Body::LearningAdded(LearningAdded {
            text: filled(text, "learning")?,
            kind,
            key: filled(key, "key of the learning")?,
            scope: scope.into_iter().map(into_string).collect(),
            private: privacy == Privacy::Private,
        }),
        _ => return Err(Refused::NothingToChange("session")),
    })
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

fn added(text: Redacted, privacy: Privacy, what: &'static str) -> Result<TextAdded, Refused> {
    Ok(TextAdded {
        text: filled(text, what)?,
        private: privacy == Privacy::Private,
    })
}

fn edited(
    session: &Session,
    kind: ItemKind,
    name: &str,
    text: Redacted,
) -> Result<TextEdited, Refused> {
    Ok(TextEdited {
        item: find(session, kind, name)?,
        text: filled(text, kind.noun())?,
    })
}

fn change_objective(
    session: &Session,
    name: &str,
    change: ObjectiveChange,
) -> Result<Body, Refused> {
    let item = find(session, ItemKind::Objective, name)?;
    let objective = session.objectives.iter().find(|o| o.item.id == item);
    let now = objective.map_or(ObjectiveState::Open, |o| o.state);
    let (wanted, body) = match change {
        ObjectiveChange::Start => (
            ObjectiveState::InProgress,
            Body::ObjectiveStarted(ItemTouched { item }),
        ),
        ObjectiveChange::Complete => (
            ObjectiveState::Completed,
            Body::ObjectiveCompleted(ItemTouched { item }),
        ),
        ObjectiveChange::Reopen => (
            ObjectiveState::Open,
            Body::ObjectiveReopened(ItemTouched { item }),
        ),
        ObjectiveChange::Drop => (
            ObjectiveState::Dropped,
            Body::ObjectiveDropped(ItemTouched { item }),
        ),
    };
    if now == wanted {
        let words = wanted.name().replace('_', " ");
        return Err(Refused::Already(format!("`{name}` is {words} already")));
    }
    Ok(body)
}

fn resolve_blocker(
    session: &Session,
    name: &str,
    resolution: Option<Redacted>,
) -> Result<Body, Refused> {
    let item = find(session, ItemKind::Blocker, name)?;
    if session
        .blockers
        .iter()
        .any(|b| b.item.id == item && b.resolved_at.is_some())
    {
        return Err(Refused::Already(format!("`{name}` is resolved already")));
    }
    Ok(Body::BlockerResolved(BlockerResolved {
        item,
        resolution: resolution.map(into_string),
    }))
}

fn edit_blocker(
    session: &Session,
    name: &str,
    text: Option<Redacted>,
    link: Option<Redacted>,
) -> Result<Body, Refused> {
    let item = find(session, ItemKind::Blocker, name)?;
    if text.is_none() && link.is_none() {
        return Err(Refused::NothingToChange("blocker"));
    }
    let text = text.map(|text| filled(text, "blocker")).transpose()?;
    Ok(Body::BlockerEdited(BlockerEdited {
        item,
        text,
        link: link.map(into_string),
    }))
}

fn reopen_blocker(session: &Session, name: &str) -> Result<Body, Refused> {
    let item = find(session, ItemKind::Blocker, name)?;
    if session
        .blockers
        .iter()
        .any(|b| b.item.id == item && b.resolved_at.is_none())
    {
        return Err(Refused::Already(format!("`{name}` is open already")));
    }
    Ok(Body::BlockerReopened(ItemTouched { item }))
}

fn drop_learning(session: &Session, name: &str) -> Result<Body, Refused> {
    let item = find(session, ItemKind::Learning, name)?;
    if session
        .learnings
        .iter()
        .any(|l| l.item.id == item && l.dropped)
    {
        return Err(Refused::Already(format!("`{name}` is dropped already")));
    }
    Ok(Body::LearningDropped(ItemTouched { item }))
}

fn add_decision(
    session: &Session,
    new: NewDecision,
    supersedes: Option<&str>,
    pen: &mut Pen<'_>,
) -> Result<Vec<Event>, Refused> {
    let old = supersedes
        .map(|name| find(session, ItemKind::Decision, name))
        .transpose()?;
    let event = pen.write(Body::DecisionAdded(DecisionAdded {
        text: filled(new.text, "decision")?,
        rationale: new.rationale.map(into_string),
        context: new.context.map(into_string),
        alternatives: alternatives(new.alternatives),
        consequences: new.consequences.into_iter().map(into_string).collect(),
        scope: new.scope.into_iter().map(into_string).collect(),
        private: new.privacy == Privacy::Private,
    }));
    let by = event.id().clone();
    let mut events = vec![event];
    if let Some(item) = old {
        events.push(pen.write(Body::DecisionSuperseded(DecisionSuperseded { item, by })));
    }
    Ok(events)
}

fn edit_decision(session: &Session, name: &str, change: DecisionChange) -> Result<Body, Refused> {
    let texts = |list: Vec<Redacted>| list.into_iter().map(into_string).collect::<Vec<_>>();
    let edit = DecisionEdited {
        item: find(session, ItemKind::Decision, name)?,
        text: change
            .text
            .map(|text| filled(text, "decision"))
            .transpose()?,
        rationale: change.rationale.map(into_string),
        context: change.context.map(into_string),
        alternatives: change.alternatives.map(alternatives),
        consequences: change.consequences.map(texts),
        scope: change.scope.map(texts),
    };
    let nothing = DecisionEdited {
        item: edit.item.clone(),
        text: None,
        rationale: None,
        context: None,
        alternatives: None,
        consequences: None,
        scope: None,
    };
    if edit == nothing {
        Err(Refused::NothingToChange("decision"))
    } else {
        Ok(Body::DecisionEdited(edit))
    }
}

fn alternatives(list: Vec<(Redacted, Option<Redacted>)>) -> Vec<Alternative> {
    let alternative = |(option, why_not): (Redacted, Option<Redacted>)| Alternative {
        option: into_string(option),
        why_not: why_not.map(into_string),
    };
    list.into_iter().map(alternative).collect()
}

fn lifecycle(session: &Session, command: Command) -> Result<Body, Refused> {
    let person = |head| Clocked {
        reason: Reason::Person,
        head,
    };
    match (command, session.state) {
        (_, state @ (State::Archived | State::Deleted)) => Err(Refused::Closed(state)),
        (Command::Pause { .. }, State::Paused) => {
            Err(Refused::Already("the session is paused already".into()))
        }
        (Command::Pause { head }, State::Active) => Ok(Body::SessionPaused(person(head))),
        (Command::Resume { head }, _) => Ok(Body::SessionResumed(person(head))),
        (Command::End { abandoned, head }, State::Active | State::Paused) => {
            Ok(Body::SessionEnded(Ended { abandoned, head }))
        }
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
