//! The figures of the document.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::coverage::Percent;
use crate::domain::handoff::kinds::{CommitKind, FileKind};
use crate::domain::id::CommitId;

/// Files and lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lines {
    /// Files that differ.
    pub files: u64,
    /// Lines added; binary files count none.
    pub added: u64,
    /// Lines removed.
    pub removed: u64,
}

/// A figure at the beginning and at the end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Span<T> {
    /// The first one that was recorded, when there is more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<T>,
    /// The last one.
    pub last: T,
}

/// The outcome of a run of tests.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestResult {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests that did not run.
    pub skipped: u64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// HEAD then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<CommitId>,
}

/// A figure of coverage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CoverageResult {
    /// Lines that ran, of those that can.
    pub percent: Percent,
    /// The same of the added lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_code: Option<Percent>,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// HEAD then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<CommitId>,
}

/// Figures of the whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metrics {
    /// Active seconds over all work trees of all clones.
    pub active_seconds: u64,
    /// Those of them that no listed commit accounts for.
    pub unattributed_seconds: u64,
    /// Commits, merges included.
    pub commits: usize,
    /// Their files and lines, merges left out; none where they could not be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<Lines>,
    /// Tests that commits added and took away, by the lines that begin one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests: Option<TestLines>,
    /// Commits by kind; only kinds that there are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commits_by_kind: Vec<CommitsOfKind>,
    /// Files by kind, with lines and time; only kinds that there are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files_by_kind: Vec<FilesOfKind>,
}

/// Lines that begin a test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TestLines {
    /// Added.
    pub added: u64,
    /// Removed.
    pub removed: u64,
}

/// Commits of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommitsOfKind {
    /// The kind.
    pub kind: CommitKind,
    /// How many.
    pub commits: usize,
}

/// Files of one kind. Each path counts once.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FilesOfKind {
    /// The kind.
    pub kind: FileKind,
    /// Files and lines.
    #[serde(flatten)]
    pub lines: Lines,
    /// Active seconds: the time of each commit, split by its changed lines.
    pub seconds: u64,
}

/// A file that changed much.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeyFile {
    /// The path, as git shows it.
    pub path: String,
    /// What sort of file.
    pub kind: FileKind,
    /// Commits that changed it.
    pub commits: usize,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub removed: u64,
}
