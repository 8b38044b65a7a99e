//! What events about commits say.

use serde::{Deserialize, Serialize};

use super::is_false;
use crate::domain::id::{CommitId, EventId, SessionId};
use crate::domain::impact::Impact;

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
