//! What a commit touches: tests, source, both. From its paths and the count of its tests alone.

use crate::domain::body::CommitRecorded;
use crate::domain::impact::{Change, ChangeKind, Counts, Impact};
use crate::domain::tests_table::{is_source_path, is_test_path, language_of};

/// What a commit touches, as far as its record tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touched {
    /// Neither tests nor source; or nothing that was written for the session, as in a merge or a revert.
    Nothing,
    /// Test files only, and not only to take tests away.
    Tests,
    /// Source files, and no new test.
    Source,
    /// Source files that are new, and nothing else.
    NewSource,
    /// Source files that hold their tests, with a new one. The record does not tell whether there is more.
    SourceWithTests,
    /// Test files and source files, with a new test.
    Both,
}

impl Touched {
    /// What a recorded commit touches.
    pub fn by(record: &CommitRecorded) -> Self {
        if record.merge || record.revert {
            Self::Nothing
        } else {
            Self::of(&record.impact)
        }
    }

    /// What a change touches.
    pub fn of(impact: &Impact) -> Self {
        let source: Vec<_> = of_paths(impact, is_source_path).collect();
        let only_new = || source.iter().all(|change| change.kind == ChangeKind::Added);
        let tests = of_paths(impact, is_test_path).next().is_some();
        match (tests, source.is_empty()) {
            (true, true) if writes_tests(impact) => Self::Tests,
            (_, true) => Self::Nothing,
            (true, false) if brings_a_test(impact) => Self::Both,
            (false, false) if impact.tests.is_some_and(grows) => Self::SourceWithTests,
            (false, false) if only_new() => Self::NewSource,
            (_, false) => Self::Source,
        }
    }

    /// Whether source files are among it.
    pub(super) const fn is_source(self) -> bool {
        !matches!(self, Self::Nothing | Self::Tests)
    }

    /// Whether the source came with a new test.
    pub(super) const fn brings_its_test(self) -> bool {
        matches!(self, Self::Both | Self::SourceWithTests)
    }
}

fn of_paths(impact: &Impact, wanted: fn(&[u8]) -> bool) -> impl Iterator<Item = &Change> {
    let changes = impact.changes.iter();
    changes.filter(move |change| wanted(&change.path))
}

const fn grows(counts: Counts) -> bool {
    counts.tests_added > counts.tests_removed
}

/// Whether test files were written, not only moved or taken away.
fn writes_tests(impact: &Impact) -> bool {
    let shrinks = |counts: Counts| counts.tests_added < counts.tests_removed;
    let is_written = |change: &Change| {
        !matches!(
            change.kind,
            ChangeKind::Renamed { .. } | ChangeKind::Deleted
        )
    };
    !impact.tests.is_some_and(shrinks) && of_paths(impact, is_test_path).any(is_written)
}

/// Whether a change of source and test files has a new test: by the count, else by a new file; where tests of a
/// language cannot be counted, any written file may hold one.
fn brings_a_test(impact: &Impact) -> bool {
    let may_hold_one =
        |change: &Change| change.kind == ChangeKind::Added || language_of(&change.path).is_none();
    match impact.tests {
        Some(counts) => grows(counts),
        None => writes_tests(impact) && of_paths(impact, is_test_path).any(may_hold_one),
    }
}
