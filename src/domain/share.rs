//! What of a log other clones may see: a projection of this clone's own events, made when they are published.
//!
//! The list is closed: a kind that is not named here stays on this machine, and so does every event about an item
//! that is private. What is left out of an event (the notes of a checkpoint, the texts of an end) is left out of
//! the line; the log itself keeps it.

use std::collections::HashSet;

use super::body::{Body, CheckpointCreated, Ended, Named};
use super::event::Event;
use super::id::EventId;

/// What `sync` may publish (`session.share`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    /// Objectives and their state.
    Objectives,
    /// Blockers and their resolution.
    Blockers,
    /// Decisions with their rationale.
    Decisions,
    /// Learnings.
    Learnings,
    /// Labels of checkpoints; never their content.
    CheckpointLabels,
    /// Handoffs.
    Handoffs,
    /// Which commits belong to the session, with impact and time.
    Commits,
}

impl Share {
    /// Everything that can be shared, in the order in which it is shown.
    pub const ALL: [Self; 7] = [
        Self::Objectives,
        Self::Blockers,
        Self::Decisions,
        Self::Learnings,
        Self::CheckpointLabels,
        Self::Handoffs,
        Self::Commits,
    ];

    /// The words of [`Share::ALL`].
    pub const WORDS: &[&str] = &[
        "objectives",
        "blockers",
        "decisions",
        "learnings",
        "checkpoint-labels",
        "handoffs",
        "commits",
    ];

    /// The word in the settings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Objectives => "objectives",
            Self::Blockers => "blockers",
            Self::Decisions => "decisions",
            Self::Learnings => "learnings",
            Self::CheckpointLabels => "checkpoint-labels",
            Self::Handoffs => "handoffs",
            Self::Commits => "commits",
        }
    }

    /// What a word of the settings names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|share| share.word() == word)
    }
}

/// Who may see an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    /// Every clone: without it the session could not be folded.
    Everyone,
    /// Every clone, if this kind is shared.
    If(Share),
    /// Nobody else.
    Nobody,
}

/// The events of one own log that other clones may see, in the order of the log. `log`: all of it, because a
/// later event can be about an item that an earlier one made private.
pub fn shareable(log: &[Event], share: &[Share]) -> Vec<Event> {
    let private = private_items(log);
    let public = log.iter().filter(|event| {
        let about = event.body().touches(event.id()).map(|(item, _)| item);
        about.is_none_or(|item| !private.contains(item)) && !private.contains(event.id())
    });
    public.filter_map(|event| reduced(event, share)).collect()
}

/// The items that never leave this machine. The raw data is asked, so that a kind which a later version wrote is
/// heard as well.
fn private_items(log: &[Event]) -> HashSet<&EventId> {
    let private = log.iter().filter(|event| event.is_private());
    private.map(Event::id).collect()
}

/// What is left of an event when the parts that are not shared are taken out; `None`: nothing.
fn reduced(event: &Event, share: &[Share]) -> Option<Event> {
    let shares = |what: Share| share.contains(&what);
    match audience(event.body()) {
        Audience::Nobody => None,
        Audience::If(what) if !shares(what) => None,
        Audience::If(_) | Audience::Everyone => Some(match event.body() {
            Body::CheckpointCreated(made) => {
                event.with_body(Body::CheckpointCreated(label_of(made)))
            }
            Body::SessionEnded(ended) if !shares(Share::Handoffs) => {
                event.with_body(Body::SessionEnded(without_texts(ended)))
            }
            _ => event.clone(),
        }),
    }
}

/// Who may see an event of this kind.
fn audience(body: &Body) -> Audience {
    match body {
        Body::SessionStarted(_)
        | Body::SessionRenamed(_)
        | Body::SessionModeSet(_)
        | Body::SessionPaused(_)
        | Body::SessionResumed(_)
        | Body::SessionTakenOver(_)
        | Body::SessionEnded(_)
        | Body::SessionArchived(_)
        | Body::SessionDeleted(_)
        | Body::Undone(_)
        | Body::Purged(_) => Audience::Everyone,
        Body::ObjectiveAdded(_)
        | Body::ObjectiveStarted(_)
        | Body::ObjectiveCompleted(_)
        | Body::ObjectiveReopened(_)
        | Body::ObjectiveDropped(_)
        | Body::ObjectiveEdited(_)
        | Body::ObjectiveLinked(_) => Audience::If(Share::Objectives),
        Body::BlockerAdded(_)
        | Body::BlockerResolved(_)
        | Body::BlockerReopened(_)
        | Body::BlockerEdited(_) => Audience::If(Share::Blockers),
        Body::DecisionAdded(_) | Body::DecisionSuperseded(_) | Body::DecisionEdited(_) => {
            Audience::If(Share::Decisions)
        }
        Body::LearningAdded(_) | Body::LearningEdited(_) | Body::LearningDropped(_) => {
            Audience::If(Share::Learnings)
        }
        Body::CommitRecorded(_) | Body::CommitRewritten(_) => Audience::If(Share::Commits),
        Body::CheckpointCreated(made) if made.label.is_some() => {
            Audience::If(Share::CheckpointLabels)
        }
        Body::CheckpointDropped(_) => Audience::If(Share::CheckpointLabels),
        Body::HandoffCreated(_) => Audience::If(Share::Handoffs),
        _ => Audience::Nobody,
    }
}

/// A checkpoint for people who do not have its files.
fn label_of(made: &CheckpointCreated) -> CheckpointCreated {
    CheckpointCreated {
        commit: made.commit.clone(),
        head: made.head.clone(),
        cause: made.cause,
        label: made.label.clone(),
        notes: None,
        phase: None,
        progress: None,
        context: None,
        tdd: made.tdd,
        changed: None,
        left_out: Named::default(),
        nested: Named::default(),
        private: false,
    }
}

/// The end of a session without what was said at it.
fn without_texts(ended: &Ended) -> Ended {
    Ended {
        accomplished: Vec::new(),
        remember: Vec::new(),
        phase: None,
        overridden: Vec::new(),
        ..ended.clone()
    }
}

#[cfg(test)]
mod tests;
