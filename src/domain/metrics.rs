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
        let count = |number: u64, what: &str| (number > 0).then(|| format!(", {number} {what}"));
        let failed = count(self.failed, "failed").unwrap_or_default();
        let skipped = count(self.skipped, "skipped").unwrap_or_default();
        let unexplained = self.exit.filter(|status| *status != 0 && self.failed == 0);
        let exit = unexplained.map(|status| format!(", exit status {status}"));
        let exit = exit.unwrap_or_default();
        format!("{} passed{failed}{skipped}{exit}", self.passed)
    }
}

/// `3 ms`, `0.2 s`, `1 min 3 s`
pub fn took(milliseconds: u64) -> String {
    match milliseconds {
        0..100 => format!("{milliseconds} ms"),
        100..59_950 => {
            let tenths = (milliseconds + 50) / 100;
            format!("{}.{} s", tenths / 10, tenths % 10)
        }
        _ => {
            let seconds = milliseconds.saturating_add(500) / 1000;
            format!("{} min {} s", seconds / 60, seconds % 60)
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_passed_only_when_nothing_says_otherwise() {
        let table = [
            ((0, 0, 0, None), None, "no test ran"),
            ((0, 0, 2, None), None, "0 passed, 2 skipped"),
            ((3, 0, 1, None), Some(true), "3 passed, 1 skipped"),
            ((3, 1, 0, None), Some(false), "3 passed, 1 failed"),
            ((3, 0, 0, Some(0)), Some(true), "3 passed"),
            ((3, 0, 0, Some(5)), Some(false), "3 passed, exit status 5"),
            ((3, 1, 0, Some(1)), Some(false), "3 passed, 1 failed"),
            ((3, 1, 0, Some(0)), Some(false), "3 passed, 1 failed"),
            ((0, 0, 0, Some(0)), Some(true), "passed, not counted"),
            (
                (0, 0, 0, Some(2)),
                Some(false),
                "failed with exit status 2, not counted",
            ),
        ];
        for ((passed, failed, skipped, exit), all, said) in table {
            let figures = TestFigures {
                passed,
                failed,
                skipped,
                exit,
                ..TestFigures::default()
            };
            assert_eq!((figures.passed(), figures.outcome().as_str()), (all, said));
        }
        assert_eq!(MetricsRecorded::default().outcome(), "no figure");
    }

    #[test]
    fn a_time_is_as_short_as_it_was() {
        let said = [0, 3, 99, 150, 210, 59_949, 59_950, 63_000].map(took);
        let want = [
            "0 ms",
            "3 ms",
            "99 ms",
            "0.2 s",
            "0.2 s",
            "59.9 s",
            "1 min 0 s",
            "1 min 3 s",
        ];
        assert_eq!(said, want);
    }
}
