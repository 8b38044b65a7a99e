//! The checklist of the document.

use serde::Serialize;

/// One line of the checklist.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// What is asked.
    pub name: CheckName,
    /// Whether it holds.
    pub holds: bool,
    /// The figure behind it.
    pub detail: String,
}

/// What the checklist asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "`text` says it")]
pub enum CheckName {
    ObjectivesDone,
    BlockersResolved,
    WorkTreeClean,
    NothingParked,
    Pushed,
    TestsGreen,
    CoverageAtBar,
    NoNewMarks,
    ChangelogUpdated,
}

impl CheckName {
    /// Every question, in the order of the checklist.
    pub const ALL: [Self; 9] = [
        Self::ObjectivesDone,
        Self::BlockersResolved,
        Self::WorkTreeClean,
        Self::NothingParked,
        Self::Pushed,
        Self::TestsGreen,
        Self::CoverageAtBar,
        Self::NoNewMarks,
        Self::ChangelogUpdated,
    ];

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ObjectivesDone => "objectives_done",
            Self::BlockersResolved => "blockers_resolved",
            Self::WorkTreeClean => "work_tree_clean",
            Self::NothingParked => "nothing_parked",
            Self::Pushed => "pushed",
            Self::TestsGreen => "tests_green",
            Self::CoverageAtBar => "coverage_at_bar",
            Self::NoNewMarks => "no_new_marks",
            Self::ChangelogUpdated => "changelog_updated",
        }
    }

    /// The question as a statement.
    pub const fn text(self) -> &'static str {
        match self {
            Self::ObjectivesDone => "All objectives are done",
            Self::BlockersResolved => "All blockers are resolved",
            Self::WorkTreeClean => "The work tree is clean",
            Self::NothingParked => "No work is parked",
            Self::Pushed => "Everything is pushed",
            Self::TestsGreen => "Tests are recorded and pass",
            Self::CoverageAtBar => "Coverage is at the bar",
            Self::NoNewMarks => "No new marks for open work",
            Self::ChangelogUpdated => "The changelog is updated",
        }
    }
}
