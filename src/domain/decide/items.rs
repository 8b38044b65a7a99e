//! What commands come to that make, change and finish items.

use super::{
    Command, DecisionChange, NewDecision, ObjectiveChange, Privacy, Refused, filled, find,
    into_string,
};
use crate::domain::body::{
    Alternative, BlockerAdded, BlockerEdited, BlockerResolved, Body, DecisionAdded, DecisionEdited,
    DecisionSuperseded, ItemLinked, ItemTouched, LearningAdded, TextAdded, TextEdited,
};
use crate::domain::event::Event;
use crate::domain::handle::ItemKind;
use crate::domain::pen::Pen;
use crate::domain::redact::Redacted;
use crate::domain::session::{ObjectiveState, Session};

/// A new item of an open session.
pub(super) fn add(_open: &Session, command: Command) -> Result<Body, Refused> {
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

/// A new objective that is dealt with elsewhere, too.
pub(super) fn add_linked(
    _open: &Session,
    text: Redacted,
    link: Redacted,
    privacy: Privacy,
    pen: &mut Pen<'_>,
) -> Result<Vec<Event>, Refused> {
    let link = filled(link, "link")?;
    let added = pen.write(Body::ObjectiveAdded(added(text, privacy, "objective")?));
    let item = added.id().clone();
    let linked = pen.write(Body::ObjectiveLinked(ItemLinked { item, link }));
    Ok(vec![added, linked])
}

/// An objective is dealt with elsewhere, too.
pub(super) fn link_objective(
    session: &Session,
    name: &str,
    link: Redacted,
) -> Result<Body, Refused> {
    Ok(Body::ObjectiveLinked(ItemLinked {
        item: find(session, ItemKind::Objective, name)?,
        link: filled(link, "link")?,
    }))
}

fn added(text: Redacted, privacy: Privacy, what: &'static str) -> Result<TextAdded, Refused> {
    Ok(TextAdded {
        text: filled(text, what)?,
        private: privacy == Privacy::Private,
    })
}

pub(super) fn edited(
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

pub(super) fn change_objective(
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

pub(super) fn resolve_blocker(
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

pub(super) fn edit_blocker(
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

pub(super) fn reopen_blocker(session: &Session, name: &str) -> Result<Body, Refused> {
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

pub(super) fn drop_learning(session: &Session, name: &str) -> Result<Body, Refused> {
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

pub(super) fn add_decision(
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

pub(super) fn edit_decision(
    session: &Session,
    name: &str,
    change: DecisionChange,
) -> Result<Body, Refused> {
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
