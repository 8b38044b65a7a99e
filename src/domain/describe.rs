//! One line in plain words for each kind of event: what `log`, `undo` and answers show.

use super::body::{self, Body, Reason};
use super::event::Event;
use super::handle::{self, ItemKind};
use super::id::EventId;
use super::session::Session;

/// What an event did, in one line without a period. Items are named by handle where the session knows them.
pub fn describe(event: &Event, session: Option<&Session>) -> String {
    let text = sentence(event, session);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const fn mode(tdd: bool) -> &'static str {
    if tdd {
        "switched test-driven mode on"
    } else {
        "switched test-driven mode off"
    }
}

fn sentence(event: &Event, session: Option<&Session>) -> String {
    let bare = |kind: ItemKind, id: &EventId| name(session, kind, id);
    let own = |kind: ItemKind| bare(kind, event.id());
    let of = |kind: ItemKind, id: &EventId| match text(session, kind, id) {
        Some(text) => format!("{} {text}", bare(kind, id)),
        None => bare(kind, id),
    };
    match event.body() {
        Body::SessionStarted(e) => format!("started the session on {}", e.branch),
        Body::SessionRenamed(e) => match (&e.branch, &e.title) {
            (Some(branch), _) => format!("the branch is {branch} now"),
            (None, Some(title)) => format!("the title is \"{title}\" now"),
            (None, None) => "renamed the session".to_owned(),
        },
        Body::SessionModeSet(e) => mode(e.tdd).to_owned(),
        Body::SessionPaused(e) => match e.reason {
            Reason::Person => "paused the session".to_owned(),
            Reason::Switch => "left the branch".to_owned(),
        },
        Body::SessionResumed(e) => match e.reason {
            Reason::Person => "resumed the session".to_owned(),
            Reason::Switch => "entered the branch".to_owned(),
        },
        Body::SessionTakenOver(e) => format!("took the session over from {}", e.from),
        Body::SessionEnded(e) if e.abandoned => "abandoned the session".to_owned(),
        Body::SessionEnded(e) => match &e.merged_to {
            Some(target) => format!("ended the session, merged into {target}"),
            None => "ended the session".to_owned(),
        },
        Body::SessionArchived(_) => "archived the session".to_owned(),
        Body::SessionDeleted(_) => "deleted the session".to_owned(),
        Body::ObjectiveAdded(e) => format!("added {} {}", own(ItemKind::Objective), e.text),
        Body::ObjectiveStarted(e) => format!("started {}", of(ItemKind::Objective, &e.item)),
        Body::ObjectiveCompleted(e) => format!("completed {}", of(ItemKind::Objective, &e.item)),
        Body::ObjectiveReopened(e) => format!("reopened {}", of(ItemKind::Objective, &e.item)),
        Body::ObjectiveDropped(e) => format!("dropped {}", of(ItemKind::Objective, &e.item)),
        Body::ObjectiveEdited(e) => {
            let objective = bare(ItemKind::Objective, &e.item);
            format!("{objective} says now: {}", e.text)
        }
        Body::ObjectiveLinked(e) => format!("linked {}", of(ItemKind::Objective, &e.item)),
        Body::BlockerAdded(e) => format!("added {} {}", own(ItemKind::Blocker), e.text),
        Body::BlockerResolved(e) => format!("resolved {}", of(ItemKind::Blocker, &e.item)),
        Body::BlockerReopened(e) => format!("reopened {}", of(ItemKind::Blocker, &e.item)),
        Body::BlockerEdited(e) => format!("edited {}", of(ItemKind::Blocker, &e.item)),
        Body::DecisionAdded(e) => format!("decided {} {}", own(ItemKind::Decision), e.text),
        Body::DecisionSuperseded(e) => {
            format!(
                "{} replaces {}",
                bare(ItemKind::Decision, &e.by),
                of(ItemKind::Decision, &e.item)
            )
        }
        Body::DecisionEdited(e) => format!("edited {}", of(ItemKind::Decision, &e.item)),
        Body::LearningAdded(e) => format!("learnt {} {}", own(ItemKind::Learning), e.text),
        Body::LearningEdited(e) => format!("edited {}", of(ItemKind::Learning, &e.item)),
        Body::LearningDropped(e) => format!("dropped {}", of(ItemKind::Learning, &e.item)),
        Body::NoteAdded(e) => format!("noted {} {}", own(ItemKind::Note), e.text),
        Body::CommitRecorded(e) => {
            let found = if e.adopted {
                "found and recorded"
            } else {
                "recorded"
            };
            format!("{found} commit {} {}", e.commit.short(), e.subject)
        }
        Body::CommitRewritten(e) => {
            let commits = plural(e.pairs.len(), "commit");
            match e.command.as_str() {
                body::FOLLOWED => format!("found {commits} again, rewritten"),
                body::COPIED => format!("found copies of {commits}"),
                command => format!("followed {commits} rewritten by {command}"),
            }
        }
        Body::Undone(_) => "took back an earlier command".to_owned(),
        Body::Purged(e) => format!("took {} out for good", plural(e.events.len(), "event")),
        Body::Unknown => format!("{} (not known to this version)", event.head().kind),
        _ => day(event, session),
    }
}

/// What happened to checkpoints, parked work, handoffs and figures.
fn day(event: &Event, session: Option<&Session>) -> String {
    let labelled = |id: &EventId| {
        let label = text(session, ItemKind::Checkpoint, id).unwrap_or_default();
        format!("{} {label}", name(session, ItemKind::Checkpoint, id))
    };
    match event.body() {
        Body::CheckpointCreated(e) => {
            let label = e.label.as_deref().unwrap_or_default();
            format!(
                "made {} {label}",
                name(session, ItemKind::Checkpoint, event.id())
            )
        }
        Body::CheckpointRestored(e) => {
            format!("brought back files of {}", labelled(&e.item))
        }
        Body::CheckpointDropped(e) => format!("dropped {}", labelled(&e.item)),
        Body::WorkParked(e) => format!("parked work as {}", labelled(&e.checkpoint)),
        Body::WorkRestored(e) => {
            format!(
                "brought back the parked work of {}",
                labelled(&e.checkpoint)
            )
        }
        Body::HandoffCreated(_) => "made a handoff".to_owned(),
        Body::MetricsRecorded(e) => format!("recorded {}", e.outcome()),
        Body::ActivityRecorded(e) => {
            let files = usize::try_from(e.files).unwrap_or(usize::MAX);
            format!("saw {} change", plural(files, "file"))
        }
        Body::ContextUpdated(e) => format!("updated {}", e.path),
        Body::TddPhaseSet(e) => format!("began the phase {}", e.phase.name()),
        _ => String::new(),
    }
}

/// What an item says, where the session knows it.
fn text<'s>(session: Option<&'s Session>, kind: ItemKind, id: &EventId) -> Option<&'s str> {
    let mut items = session?.items();
    let (_, item) = items.find(|(k, item)| *k == kind && item.id == *id)?;
    Some(&item.text)
}

/// The handle of an item. One that the session does not know, because its making was taken back, has the
/// short form.
fn name(session: Option<&Session>, kind: ItemKind, id: &EventId) -> String {
    let known = session.and_then(|session| {
        let mut items = session.items();
        let (_, item) = items.find(|(k, item)| *k == kind && item.id == *id)?;
        Some(handle::handle(session, kind, item))
    });
    known.unwrap_or_else(|| {
        let id = id.as_str();
        let end = &id[id.len() - 4..];
        format!("{}-{}", kind.prefix(), end.to_ascii_lowercase())
    })
}

/// `1 commit`, `2 commits`.
pub fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("{count} {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

/// The name of an identity, `Name <address>`, without its address.
pub fn name_of(by: &str) -> &str {
    by.split(" <").next().unwrap_or(by)
}

#[cfg(test)]
mod tests;
