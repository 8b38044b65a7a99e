//! The kinds of events and what each one says. The table at the end is the only list of them.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::id::{BranchName, CommitId, EventId, SessionId};
use super::impact::Impact;

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

/// Where a session began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// The branch that it was cut from, when it was a branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<BranchName>,
    /// The commit; none on an unborn branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
}

/// A session began on a branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The branch.
    pub branch: BranchName,
    /// Where it began.
    pub base: Base,
    /// A title for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Test-driven mode.
    #[serde(default, skip_serializing_if = "is_false")]
    pub tdd: bool,
    /// The branch was made by this command.
    #[serde(default, skip_serializing_if = "is_false")]
    pub created: bool,
}

/// The branch or the title of the session has another name now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renamed {
    /// The new name of the branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<BranchName>,
    /// The new title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// Why the clock stopped or went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// A person asked for it.
    Person,
    /// The branch of the work tree changed.
    Switch,
}

/// The session was paused or resumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocked {
    /// Why.
    pub reason: Reason,
    /// The tip of the branch at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<CommitId>,
}

/// A session of another clone goes on here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenOver {
    /// Whose it was.
    pub from: String,
}

/// The session ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The work was given up.
    #[serde(default, skip_serializing_if = "is_false")]
    pub abandoned: bool,
    /// The tip of the branch at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<CommitId>,
}

/// Nothing but the kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plain {}

/// An objective was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextAdded {
    /// What it says.
    pub text: String,
    /// It never leaves the machine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
}

/// Something happened to an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemTouched {
    /// The id of the event that made the item.
    pub item: EventId,
}

/// The text of an item changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextEdited {
    /// The id of the event that made the item.
    pub item: EventId,
    /// The new text.
    pub text: String,
}

/// A blocker appeared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockerAdded {
    /// What is in the way.
    pub text: String,
    /// An issue number or address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// It never leaves the machine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
}

/// A blocker is out of the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockerResolved {
    /// The id of the event that made the blocker.
    pub item: EventId,
    /// How it was resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
}

/// The text or the link of a blocker changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockerEdited {
    /// The id of the event that made the blocker.
    pub item: EventId,
    /// The new text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The new link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A way that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    /// The option.
    pub option: String,
    /// Why it was not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
}

/// What a decision says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionAdded {
    /// What was decided.
    pub text: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// The situation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The ways not taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
    /// What follows from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<String>,
    /// Path globs that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// It never leaves the machine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
}

/// A decision was replaced by a later one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionSuperseded {
    /// The id of the event that made the old decision.
    pub item: EventId,
    /// The id of the event that made the new one.
    pub by: EventId,
}

/// Parts of a decision changed; what is left out stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionEdited {
    /// The id of the event that made the decision.
    pub item: EventId,
    /// The new text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The new rationale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// The new situation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The new list of ways not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternatives: Option<Vec<Alternative>>,
    /// The new list of consequences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consequences: Option<Vec<String>>,
    /// The new list of path globs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Vec<String>>,
}

/// What sort of thing was learnt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LearningType {
    /// A way that works here.
    Pattern,
    /// How a problem was solved.
    Solution,
    /// A way to avoid.
    AntiPattern,
    /// Anything else worth knowing.
    #[default]
    Insight,
}

impl LearningType {
    /// Every type, in the order of help texts.
    pub const ALL: [Self; 4] = [
        Self::Pattern,
        Self::Solution,
        Self::AntiPattern,
        Self::Insight,
    ];

    /// The name in the log, in keys and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pattern => "pattern",
            Self::Solution => "solution",
            Self::AntiPattern => "anti-pattern",
            Self::Insight => "insight",
        }
    }
}

/// Something was learnt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearningAdded {
    /// What was learnt.
    pub text: String,
    /// What sort of thing it is.
    #[serde(rename = "type")]
    pub kind: LearningType,
    /// `learning/<type>s/<name>`.
    pub key: String,
    /// Path globs that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// It never leaves the machine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
}

/// The mark of an objective in a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mark {
    /// Completed since the commit before.
    #[serde(rename = "x")]
    Done,
    /// In progress.
    #[serde(rename = ">")]
    Current,
    /// The next open one.
    #[serde(rename = " ")]
    Next,
}

/// An objective as a commit saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkedObjective {
    /// The id of the event that made the objective.
    pub item: EventId,
    /// Where it stood.
    pub mark: Mark,
}

/// A commit was made in the session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommitRecorded {
    /// The commit.
    pub commit: CommitId,
    /// The commit that it replaces (`git commit --amend`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amends: Option<CommitId>,
    /// Its author, `Name <address>`.
    pub author: String,
    /// Its subject line.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// The objectives as its trailers name them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objectives: Vec<MarkedObjective>,
    /// The decisions since the commit before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<EventId>,
    /// What it changes.
    #[serde(default, skip_serializing_if = "Impact::is_empty")]
    pub impact: Impact,
    /// Active seconds since the commit before.
    #[serde(default)]
    pub time: u64,
    /// A merge, whose message carries no trailers: what came since the commit before goes to the next one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub merge: bool,
    /// For a merge: the sessions whose work came in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<SessionId>,
    /// A revert, whose message is git's: as with a merge, what came since the commit before goes to the next one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub revert: bool,
    /// No hook saw it; a command found it later. It says what git and its message say, and closes no window.
    #[serde(default, skip_serializing_if = "is_false")]
    pub adopted: bool,
}

/// Commits were replaced by others, or copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitRewritten {
    /// `amend` and `rebase`, as git told a hook; [`FOLLOWED`] and [`COPIED`], as a command found out later.
    pub command: String,
    /// Old and new commit. Several old ones may have become one.
    pub pairs: Vec<(CommitId, CommitId)>,
}

/// The new commits were found to have taken the place of the old ones.
pub const FOLLOWED: &str = "followed";

/// The new commits were found to be copies of the old ones, which may still be there.
pub const COPIED: &str = "copied";

/// A command was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The op that has no effect any more.
    pub op: EventId,
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
    /// A command was taken back.
    Undone(Undone) = "undone",
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
            Self::ObjectiveStarted(e) => (&e.item, "started"),
            Self::ObjectiveCompleted(e) => (&e.item, "completed"),
            Self::ObjectiveReopened(e) | Self::BlockerReopened(e) => (&e.item, "reopened"),
            Self::ObjectiveDropped(e) | Self::LearningDropped(e) => (&e.item, "dropped"),
            Self::ObjectiveEdited(e) | Self::LearningEdited(e) => (&e.item, "edited"),
            Self::BlockerResolved(e) => (&e.item, "resolved"),
            Self::BlockerEdited(e) => (&e.item, "edited"),
            Self::DecisionSuperseded(e) => (&e.item, "superseded"),
            Self::DecisionEdited(e) => (&e.item, "edited"),
            _ => return None,
        })
    }
}
