//! What `end --merge-to` leaves in the git directory of a work tree before it switches away, so that the next
//! command can say where things stand should it be cut off.

use serde::{Deserialize, Serialize};

use crate::domain::id::{BranchName, CommitId, SessionId};
use crate::domain::redact::Redacted;

/// The end of a session that a merge belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// The session.
    pub session: SessionId,
    /// Its branch.
    pub source: BranchName,
    /// The tip of it that is merged.
    pub source_tip: CommitId,
    /// The branch that it is merged into.
    pub target: BranchName,
    /// The tip of that one before.
    pub target_tip: CommitId,
    /// The tree that the trial merge came to, in hexadecimal; none where there was no trial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<String>,
    /// The tree of the work tree before, for the handoff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
    /// What was said.
    #[serde(default)]
    pub words: Words,
    /// A handoff is wanted.
    #[serde(default)]
    pub handoff: bool,
    /// A push is wanted.
    #[serde(default)]
    pub push: bool,
    /// Why the bars of the project would have refused the merge, when they were overridden.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<String>,
}

/// What who ends a session says about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// What was reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accomplished: Vec<Redacted>,
    /// What was decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Redacted>,
    /// What is to be remembered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remember: Vec<Redacted>,
    /// Whether it went well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    /// The phase of the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Redacted>,
}

impl Words {
    /// Both, the later ones behind.
    #[must_use]
    pub fn and(mut self, later: Self) -> Self {
        let add = |mine: &mut Vec<Redacted>, more: Vec<Redacted>| {
            for text in more {
                if !mine.contains(&text) {
                    mine.push(text);
                }
            }
        };
        add(&mut self.accomplished, later.accomplished);
        add(&mut self.decisions, later.decisions);
        add(&mut self.remember, later.remember);
        self.success = later.success.or(self.success);
        self.phase = later.phase.or(self.phase);
        self
    }
}
