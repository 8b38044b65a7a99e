//! The kinds of events and what each one says. The table at the end is the only list of them.

mod commits;
mod items;
mod lifecycle;
mod work;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub use commits::*;
pub use items::*;
pub use lifecycle::*;
pub use work::*;

use super::id::EventId;

/// Defines [`Body`] from one row a kind: variant, its data, its name in the log.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident($data:ty) = $name:literal,)*) => {
        /// What an event says.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Body {
            $($(#[$doc])* $variant($data),)*
            /// A kind, or the data of a kind, that this version does not know. Kept without effect.
            Unknown,
        }

        /// The name of every kind that this version knows.
        pub const KINDS: &[&str] = &[$($name),*];

        impl Body {
            /// The name of the kind in the log; empty for what is unknown.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                    Self::Unknown => "",
                }
            }

            /// What the data of a kind says.
            pub fn parse(kind: &str, data: &Value) -> Self {
                match kind {
                    $($name => typed::<$data>(data).map_or(Self::Unknown, Self::$variant),)*
                    _ => Self::Unknown,
                }
            }

            /// The data as JSON.
            pub fn to_data(&self) -> Value {
                match self {
                    $(Self::$variant(data) => serde_json::to_value(data).unwrap_or_default(),)*
                    Self::Unknown => Value::Null,
                }
            }
        }
    };
}

/// Reads the data of one kind.
fn typed<T: DeserializeOwned>(data: &Value) -> Option<T> {
    T::deserialize(data).ok()
}

/// Serde's way to leave out `false`.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_false(value: &bool) -> bool {
    !*value
}

kinds! {
    /// A session began.
    SessionStarted(Started) = "session.started",
    /// Its branch or title changed.
    SessionRenamed(Renamed) = "session.renamed",
    /// The way of working changed.
    SessionModeSet(Mode) = "session.mode",
    /// The clock stopped.
    SessionPaused(Clocked) = "session.paused",
    /// The clock goes on.
    SessionResumed(Clocked) = "session.resumed",
    /// A session of another clone goes on here.
    SessionTakenOver(TakenOver) = "session.taken_over",
    /// It ended.
    SessionEnded(Ended) = "session.ended",
    /// It was put away.
    SessionArchived(Plain) = "session.archived",
    /// It was deleted.
    SessionDeleted(Plain) = "session.deleted",
    /// An objective was set.
    ObjectiveAdded(TextAdded) = "objective.added",
    /// Work on it began.
    ObjectiveStarted(ItemTouched) = "objective.started",
    /// It is reached.
    ObjectiveCompleted(ItemTouched) = "objective.completed",
    /// It is open again.
    ObjectiveReopened(ItemTouched) = "objective.reopened",
    /// It is given up.
    ObjectiveDropped(ItemTouched) = "objective.dropped",
    /// Its text changed.
    ObjectiveEdited(TextEdited) = "objective.edited",
    /// It is dealt with elsewhere, too.
    ObjectiveLinked(ItemLinked) = "objective.linked",
    /// A blocker appeared.
    BlockerAdded(BlockerAdded) = "blocker.added",
    /// It is out of the way.
    BlockerResolved(BlockerResolved) = "blocker.resolved",
    /// It is back.
    BlockerReopened(ItemTouched) = "blocker.reopened",
    /// Its text or link changed.
    BlockerEdited(BlockerEdited) = "blocker.edited",
    /// Something was decided.
    DecisionAdded(DecisionAdded) = "decision.added",
    /// A decision was replaced.
    DecisionSuperseded(DecisionSuperseded) = "decision.superseded",
    /// Parts of a decision changed.
    DecisionEdited(DecisionEdited) = "decision.edited",
    /// Something was learnt.
    LearningAdded(LearningAdded) = "learning.added",
    /// The text of a learning changed.
    LearningEdited(TextEdited) = "learning.edited",
    /// A learning was dropped.
    LearningDropped(ItemTouched) = "learning.dropped",
    /// A note was written.
    NoteAdded(TextAdded) = "note.added",
    /// A commit was made.
    CommitRecorded(CommitRecorded) = "commit.recorded",
    /// Commits were replaced.
    CommitRewritten(CommitRewritten) = "commit.rewritten",
    /// The work tree was saved.
    CheckpointCreated(CheckpointCreated) = "checkpoint.created",
    /// Files were brought back.
    CheckpointRestored(CheckpointRestored) = "checkpoint.restored",
    /// A checkpoint is not kept any more.
    CheckpointDropped(ItemTouched) = "checkpoint.dropped",
    /// Unfinished work was put away.
    WorkParked(Parked) = "work.parked",
    /// It is back in a work tree.
    WorkRestored(Parked) = "work.restored",
    /// A document for who goes on was made.
    HandoffCreated(HandoffCreated) = "handoff.created",
    /// Coverage and test results were taken.
    MetricsRecorded(MetricsRecorded) = "metrics.recorded",
    /// A step of test-driven work begins.
    TddPhaseSet(PhaseSet) = "tdd.phase",
    /// Files of the work tree were changed.
    ActivityRecorded(Activity) = "activity.recorded",
    /// A context file was brought up to date.
    ContextUpdated(ContextUpdated) = "context.updated",
    /// A command was taken back.
    Undone(Undone) = "undone",
    /// Events were taken out for good.
    Purged(Purged) = "purged",
}

impl Body {
    /// The item that an event is about, and what happened to it, in one word. `id`: that of the event.
    pub const fn touches<'a>(&'a self, id: &'a EventId) -> Option<(&'a EventId, &'static str)> {
        Some(match self {
            Self::ObjectiveAdded(_)
            | Self::BlockerAdded(_)
            | Self::DecisionAdded(_)
            | Self::LearningAdded(_)
            | Self::NoteAdded(_) => (id, "added"),
            Self::CheckpointCreated(_) => (id, "created"),
            Self::CheckpointRestored(e) => (&e.item, "restored"),
            Self::WorkParked(e) => (&e.checkpoint, "parked"),
            Self::WorkRestored(e) => (&e.checkpoint, "restored"),
            Self::ObjectiveStarted(e) => (&e.item, "started"),
            Self::ObjectiveCompleted(e) => (&e.item, "completed"),
            Self::ObjectiveReopened(e) | Self::BlockerReopened(e) => (&e.item, "reopened"),
            Self::ObjectiveDropped(e) | Self::LearningDropped(e) | Self::CheckpointDropped(e) => {
                (&e.item, "dropped")
            }
            Self::ObjectiveEdited(e) | Self::LearningEdited(e) => (&e.item, "edited"),
            Self::ObjectiveLinked(e) => (&e.item, "linked"),
            Self::BlockerResolved(e) => (&e.item, "resolved"),
            Self::BlockerEdited(e) => (&e.item, "edited"),
            Self::DecisionSuperseded(e) => (&e.item, "superseded"),
            Self::DecisionEdited(e) => (&e.item, "edited"),
            _ => return None,
        })
    }
}
