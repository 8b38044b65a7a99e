//! Figures of coverage and tests in words, and whether tests passed.

use super::body::{CoverageFigure, MetricsRecorded, TestFigures};

impl TestFigures {
    /// Whether the tests were counted, and not only run.
    pub const fn are_counted(&self) -> bool {
        self.passed > 0 || self.failed > 0 || self.skipped > 0
    }

    /// Whether nothing failed and something passed. `None`: nothing says so, because no test ran.
    pub const fn passed(&self) -> Option<bool> {
        match (self.exit, self.failed, self.passed) {
            (Some(exit), ..) if exit != 0 => Some(false),
            (_, 1.., _) => Some(false),
            (Some(_), ..) | (_, _, 1..) => Some(true),
            (None, 0, 0) => None,
        }
    }

    /// `120 passed, 1 failed, 3 skipped`; without counts, what the exit status says.
    pub fn outcome(&self) -> String {
        if !self.are_counted() {
            return match self.exit {
                Some(0) => "passed, not counted".to_owned(),
                Some(status) => format!("failed with exit status {status}, not counted"),
                None => "no test ran".to_owned(),
            };
        }
        let mut text = format!("{} passed", self.passed);
        if self.failed > 0 {
            text.push_str(&format!(", {} failed", self.failed));
        }
        if self.skipped > 0 {
            text.push_str(&format!(", {} skipped", self.skipped));
        }
        if let Some(status) = self.exit.filter(|status| *status != 0 && self.failed == 0) {
            text.push_str(&format!(", exit status {status}"));
        }
        text
    }
}

impl CoverageFigure {
    /// `84%, new code 91.2%`
    pub fn outcome(&self) -> String {
        let stale = if self.stale { " (stale)" } else { "" };
        match self.new_code {
            Some(new_code) => format!("{}{stale}, new code {new_code}", self.percent),
            None => format!("{}{stale}", self.percent),
        }
    }
}

impl MetricsRecorded {
    /// `coverage 84%, new code 91.2%; tests 120 passed, 1 failed`
    pub fn outcome(&self) -> String {
        let coverage = self.coverage.as_ref();
        let tests = self.tests.as_ref();
        let parts = [
            coverage.map(|coverage| format!("coverage {}", coverage.outcome())),
            tests.map(|tests| format!("tests {}", tests.outcome())),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            return "no figure".to_owned();
        }
        parts.join("; ")
    }
}
