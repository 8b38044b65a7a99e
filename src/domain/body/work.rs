//! What events about the working day say: checkpoints, parked work, handoffs, figures, test-driven phases.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::is_false;
use crate::domain::coverage::Percent;
use crate::domain::id::{CommitId, EventId};

/// Why a checkpoint was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// A person or an agent asked for it.
    #[default]
    Manual,
    /// It was due.
    Automatic,
    /// The branch is about to be left.
    Switch,
    /// The session is about to end.
    End,
    /// Files are about to be brought back from another checkpoint.
    Rewind,
    /// A phase of test-driven work begins.
    Phase,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 6] = [
        Self::Manual,
        Self::Automatic,
        Self::Switch,
        Self::End,
        Self::Rewind,
        Self::Phase,
    ];

    /// Whether somebody asked for it: such a checkpoint is kept until the session is archived.
    pub const fn is_asked_for(self) -> bool {
        matches!(self, Self::Manual)
    }

    /// The name in the log and in listings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Automatic => "automatic",
            Self::Switch => "switch",
            Self::End => "end",
            Self::Rewind => "rewind",
            Self::Phase => "phase",
        }
    }
}

/// A step of test-driven work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TddPhase {
    /// A test that fails is written.
    Red,
    /// It is made to pass.
    Green,
    /// The code gets its shape.
    Refactor,
}

impl TddPhase {
    /// Every phase, in the order of a cycle.
    pub const ALL: [Self; 3] = [Self::Red, Self::Green, Self::Refactor];

    /// The name in the log and in labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Green => "green",
            Self::Refactor => "refactor",
        }
    }
}

/// How far the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps done.
    pub done: u64,
    /// Steps in all, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// What changed since the checkpoint before, or since the session began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Files that differ.
    pub files: u64,
    /// Lines added; binary files count none.
    pub added: u64,
    /// Lines removed.
    pub removed: u64,
    /// Commits made.
    #[serde(default)]
    pub commits: u64,
    /// New marks such as `TODO:`, each as `path:line text`; at most a few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<String>,
    /// How many marks came in all.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub annotations_total: u64,
}

/// Paths that are named, the first ones of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Up to a few paths.
    pub paths: Vec<String>,
    /// How many there are in all.
    pub total: usize,
}

impl Named {
    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }
}

/// The whole work tree was saved as a commit of the shape of a stash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckpointCreated {
    /// The commit: its tree is the work tree, its parents HEAD, the index and, where there are any, the
    /// untracked files.
    pub commit: CommitId,
    /// HEAD at that moment; none when the branch had no commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<CommitId>,
    /// Why.
    #[serde(default)]
    pub cause: Cause,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What is to be remembered about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// The phase of the work, in the words of who works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// How far the work is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// What an agent wants to find again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
    /// The step of test-driven work that begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tdd: Option<TddPhase>,
    /// What changed since the checkpoint before; none when git could not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Changed>,
    /// Untracked files that it does not hold: too large together, or not readable.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub left_out: Named,
    /// Submodules and nested repositories with changes of their own, which it does not hold.
    #[serde(default, skip_serializing_if = "Named::is_empty")]
    pub nested: Named,
    /// It never leaves the machine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
}

/// Files of a checkpoint were brought back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointRestored {
    /// The id of the event that made the checkpoint.
    pub item: EventId,
    /// The checkpoint of what was there before.
    pub before: EventId,
    /// Only these paths; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// The index came back too.
    #[serde(default, skip_serializing_if = "is_false")]
    pub index: bool,
}

/// Unfinished work left the work tree, or came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// The id of the event that made the checkpoint which holds it.
    pub checkpoint: EventId,
}

/// A document for who goes on was made. Everything else in it follows from the events before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffCreated {
    /// HEAD at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<CommitId>,
    /// The id of the tree of the work tree at that moment, as a checkpoint has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<String>,
    /// What was reached, in the words of who hands over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accomplished: Vec<String>,
    /// What is to be remembered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remember: Vec<String>,
    /// What comes next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<String>,
    /// It never leaves the machine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
}

/// A figure of coverage, and where it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageFigure {
    /// Lines that ran, of those that can.
    pub percent: Percent,
    /// The same of the lines that were added since the merge base, where the report knows lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_code: Option<Percent>,
    /// The report, relative to the top of the work tree; of one outside, its name.
    pub file: String,
    /// A file that it covers has changed since it was written.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stale: bool,
}

/// The outcome of a run of tests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestFigures {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, errors included.
    pub failed: u64,
    /// Tests that did not run.
    #[serde(default)]
    pub skipped: u64,
    /// How long they took, in milliseconds, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
    /// The report, relative to the top of the work tree; none when the tests were run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The exit status of the command that ran them; with no counts, the only thing that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<i32>,
}

/// Figures of the work tree at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricsRecorded {
    /// HEAD at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<CommitId>,
    /// Coverage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<CoverageFigure>,
    /// Tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests: Option<TestFigures>,
}

/// A step of test-driven work begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhaseSet {
    /// Which.
    pub phase: TddPhase,
}

/// Files of the work tree were changed, as a watcher saw. Time is counted from it, nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// How many, since the event of this kind before.
    pub files: u64,
}

/// A context file was brought up to date by a person, in the editor that `context update` opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextUpdated {
    /// Its path, quoted as git quotes one.
    pub path: String,
}

/// Serde's way to leave out a zero.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}
