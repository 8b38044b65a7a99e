//! Up to where a session knows what happened to its branch. Written by commands alone.

use serde::{Deserialize, Serialize};

use crate::domain::id::CommitId;

/// What commands have looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Length of the branch's reflog in bytes.
    pub reflog: u64,
    /// The tip of the branch.
    pub tip: Option<CommitId>,
    /// The first line of the branch's reflog, as far as it tells one branch from another of the same name: the
    /// commit and the Unix seconds. `None` where that was not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<(CommitId, i64)>,
    /// The branch lost recorded commits, and nothing was found yet that took their place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
    /// Commits that were seen and not recorded yet, because there were too many at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<CommitId>,
}
