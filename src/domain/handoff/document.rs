//! The document. Its JSON is the contract that `docs/handoff.schema.json` describes: a section without data
//! is not there.

mod check;
mod figures;

pub use check::{Check, CheckName};
pub use figures::{
    CommitsOfKind, CoverageResult, FilesOfKind, KeyFile, Lines, Metrics, Span, TestLines,
    TestResult,
};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::kinds::CommitKind;
use crate::domain::body::LearningType;
use crate::domain::id::{BranchName, CommitId, SessionId};
use crate::domain::session::{ObjectiveState, State};

/// What a session came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    /// Which session, and when.
    pub session: About,
    /// What was to be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objectives: Option<Objectives>,
    /// What was reached, in the words of who worked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accomplished: Vec<String>,
    /// The commits, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commits: Vec<CommitEntry>,
    /// Test results.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests: Option<Span<TestResult>>,
    /// Coverage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Span<CoverageResult>>,
    /// What no commit has yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_progress: Option<InProgress>,
    /// What was and is in the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blockers: Vec<BlockerEntry>,
    /// What was decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<DecisionEntry>,
    /// Figures of the whole.
    pub metrics: Metrics,
    /// How far the context files are behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<ContextEntry>,
    /// The files with the most changed lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub key_files: Vec<KeyFile>,
    /// What is to be remembered: words of who worked, and the notes of the session.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remember: Vec<String>,
    /// What was learnt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub learnings: Vec<LearningEntry>,
    /// Issues that blockers name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// What comes next, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<NextStep>,
    /// What the repository says about how finished it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checklist: Vec<Check>,
}

/// How far the context files are behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContextEntry {
    /// The score of the project, of 100.
    pub score: u8,
    /// Files to update, the worst first.
    pub to_update: Vec<StaleContext>,
    /// Further ones.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: u64,
}

/// A context file to update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StaleContext {
    /// Its path.
    pub path: String,
    /// Its score, of 100.
    pub score: u8,
    /// Commits since it was changed that changed something beside it.
    pub commits: u64,
    /// Whole days since then.
    pub age_days: u64,
}

/// Which session, and when.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct About {
    /// Its id.
    pub id: SessionId,
    /// Its branch.
    pub branch: BranchName,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where it stands.
    pub state: State,
    /// The work was given up.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub abandoned: bool,
    /// Whether it went well, where somebody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    /// The phase of the work, in the words of who worked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Who started it.
    pub started_by: String,
    /// When.
    pub started_at: DateTime<Utc>,
    /// The branch that it was cut from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_branch: Option<BranchName>,
    /// The commit that it began at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_commit: Option<CommitId>,
    /// The moment that the document speaks of: the end, when it has ended.
    pub as_of: DateTime<Utc>,
    /// The newest commit then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<CommitId>,
    /// The branch that the work was merged into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_to: Option<BranchName>,
}

/// What was to be reached. Dropped ones are listed and not counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Objectives {
    /// Reached.
    pub done: usize,
    /// All that were not given up.
    pub total: usize,
    /// Each of them.
    pub items: Vec<ObjectiveEntry>,
}

/// One objective.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObjectiveEntry {
    /// `obj-k3f9`
    pub handle: String,
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub state: ObjectiveState,
    /// An issue: its link, else the first one that its text names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Where that leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// One commit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommitEntry {
    /// Its id.
    pub commit: CommitId,
    /// The first line of its message.
    pub subject: String,
    /// By its prefix.
    pub kind: CommitKind,
    /// Active seconds since the commit before.
    #[serde(skip_serializing_if = "is_zero")]
    pub seconds: u64,
    /// Its files and lines, where they could be counted; those of a merge are others' work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Lines>,
    /// The sessions whose work a merge brought in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<SessionId>,
}

/// What no commit has yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct InProgress {
    /// Objectives that work is going on for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objectives: Vec<ObjectiveEntry>,
    /// Changes in the index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staged: Option<NamedPaths>,
    /// Changes that are not in the index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<NamedPaths>,
    /// Paths in conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflicts: Option<NamedPaths>,
    /// Paths that git does not track.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untracked: Option<NamedPaths>,
    /// The checkpoint that holds these paths as they were at the end of the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved: Option<SavedWork>,
    /// Checkpoints that hold work which is in no work tree.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parked: Vec<ParkedWork>,
}

/// Paths: the first ones, and how many.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedPaths {
    /// How many.
    pub count: usize,
    /// The first ones; one that is no plain text is quoted as git does it.
    pub paths: Vec<String>,
}

/// What no commit had at the end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SavedWork {
    /// The checkpoint that holds it.
    pub handle: String,
    /// The command that brings it back.
    pub command: String,
}

/// Work that was put away.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParkedWork {
    /// The checkpoint that holds it.
    pub handle: String,
    /// Its label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// When it was made.
    pub at: DateTime<Utc>,
}

/// Something that was or is in the way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BlockerEntry {
    /// `blk-k3f9`
    pub handle: String,
    /// What it says.
    pub text: String,
    /// An issue: its link, else the first one that its text names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Where that leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// It is still there.
    pub open: bool,
    /// When it was noted.
    pub since: DateTime<Utc>,
    /// Seconds by the calendar that it was in the way.
    pub seconds: u64,
    /// How it was resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DecisionEntry {
    /// `dec-k3f9`
    pub handle: String,
    /// What was decided.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The situation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// The ways not taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Way>,
    /// What follows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<String>,
    /// Path globs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// A later decision replaced it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub superseded: bool,
    /// The handle of that decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<String>,
}

/// A way that was not taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Way {
    /// The option.
    pub option: String,
    /// Why it was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
}

/// Something learnt.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LearningEntry {
    /// `lrn-k3f9`
    pub handle: String,
    /// What was learnt.
    pub text: String,
    /// What sort of thing it is.
    #[serde(rename = "type")]
    pub kind: LearningType,
    /// `learning/<type>s/<name>`
    pub key: String,
    /// Path globs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
}

/// Where a next step comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Who handed over said so.
    Said,
    /// An open objective.
    Objective,
    /// An open blocker.
    Blocker,
}

/// One next step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NextStep {
    /// What to do.
    pub text: String,
    /// Where that comes from.
    pub from: Origin,
    /// The item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
}

/// Serde's way to leave out a zero.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}
