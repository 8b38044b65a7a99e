//! What events about a whole session say.

use serde::{Deserialize, Serialize};

use super::is_false;
use crate::domain::id::{BranchName, CommitId, EventId};

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

/// The way of working from here on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mode {
    /// Test-driven mode.
    pub tdd: bool,
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
    /// How the session began, for a clone that sees no event which says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Started>,
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
    /// What was reached, in the words of who ended it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accomplished: Vec<String>,
    /// What is to be remembered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remember: Vec<String>,
    /// Whether it went well, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    /// The phase of the work, in the words of who works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The branch that the work was merged into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_to: Option<BranchName>,
    /// The tip of that branch before the merge, and after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<MergedBetween>,
    /// What was pushed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushed: Option<Pushed>,
    /// Why the bars of the project would have refused the merge, when they were overridden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<String>,
}

/// What a merge did to the branch that it was made on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergedBetween {
    /// Its tip before.
    pub before: CommitId,
    /// Its tip after.
    pub after: CommitId,
}

/// A branch was pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// Where to.
    pub remote: String,
    /// The branch.
    pub branch: BranchName,
    /// The name that it got there, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The remote had no branch of that name, as far as was known here.
    #[serde(default, skip_serializing_if = "is_false")]
    pub new: bool,
}

/// Nothing but the kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plain {}

/// A command was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// The op that has no effect any more.
    pub op: EventId,
}

/// Events were taken out of the log of this clone, with everything they said. Copies of them that other clones have
/// count no more. What they said is nowhere in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// The ids of the events.
    pub events: Vec<EventId>,
}
