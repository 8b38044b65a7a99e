//! Test results: what a report of any of the known formats counts. Only commands parse.

mod events;
mod junit;
mod summary;
mod tap;
#[cfg(test)]
mod tests;

/// A format of test reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestFormat {
    /// JUnit XML.
    Junit,
    /// `go test -json`.
    GoJson,
    /// JSON of libtest: `cargo nextest --message-format libtest-json`, `cargo test -- --format json`.
    LibtestJson,
    /// The summary of `cargo nextest`.
    Nextest,
    /// The `test result:` lines of `cargo test`.
    CargoTest,
    /// The last line of pytest.
    Pytest,
    /// Test Anything Protocol.
    Tap,
}

impl TestFormat {
    /// Every format, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::Junit,
        Self::Nextest,
        Self::CargoTest,
        Self::LibtestJson,
        Self::Pytest,
        Self::GoJson,
        Self::Tap,
    ];

    /// The name for people and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Junit => "JUnit XML",
            Self::GoJson => "go test -json",
            Self::LibtestJson => "libtest JSON",
            Self::Nextest => "cargo nextest",
            Self::CargoTest => "cargo test",
            Self::Pytest => "pytest",
            Self::Tap => "TAP",
        }
    }
}

/// How many tests there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed, errors included.
    pub failed: u64,
    /// Tests that did not run, or whose failure is expected.
    pub skipped: u64,
    /// How long they took, in milliseconds, where that is known.
    pub milliseconds: Option<u64>,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let times = self.milliseconds.into_iter().chain(other.milliseconds);
        Self {
            passed: self.passed.saturating_add(other.passed),
            failed: self.failed.saturating_add(other.failed),
            skipped: self.skipped.saturating_add(other.skipped),
            milliseconds: times.reduce(u64::saturating_add),
        }
    }

    fn take(&mut self, other: Self) {
        *self = self.and(other);
    }

    fn count(&mut self, outcome: Outcome) {
        let number = match outcome {
            Outcome::Passed => &mut self.passed,
            Outcome::Failed => &mut self.failed,
            Outcome::Skipped => &mut self.skipped,
        };
        *number = number.saturating_add(1);
    }

    /// Adds a time in seconds.
    fn took(&mut self, seconds: f64) {
        if let Some(more) = milliseconds(seconds) {
            self.milliseconds = Some(self.milliseconds.unwrap_or(0).saturating_add(more));
        }
    }
}

/// How one test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Skipped,
}

/// Whole milliseconds; `None` when it is no length of time.
fn milliseconds(seconds: f64) -> Option<u64> {
    let time = std::time::Duration::try_from_secs_f64(seconds).ok()?;
    u64::try_from(time.as_millis()).ok()
}

/// What a report says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestReport {
    /// What it was recognised as; the first of several.
    pub format: TestFormat,
    /// Its counts.
    pub counts: Counts,
}

/// Whether an output is all there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// From the first byte on.
    Whole,
    /// The beginning is missing: what has to be counted cannot be.
    End,
}

impl TestReport {
    /// Reads a report or the output of a run. The format is told from the content: XML by its root, events by
    /// their keys, else the summaries that are known. `None`: it says no numbers, or it is XML that ends too
    /// early.
    pub fn parse(bytes: &[u8], extent: Extent) -> Option<Self> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = without_colours(&String::from_utf8_lossy(bytes));
        if extent == Extent::End {
            return summary::of_the_end(&text);
        }
        if text.trim_start().starts_with('<')
            && let Some(counts) = junit::parse(bytes)
        {
            let format = TestFormat::Junit;
            return Some(Self { format, counts });
        }
        events::parse(&text)
            .or_else(|| summary::parse(&text))
            .or_else(|| tap::parse(&text))
    }
}

/// A text without `ESC [ … m` and its like.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let end = after.find(|c: char| !(c.is_ascii_digit() || c == ';'));
        // the letter that ends the sequence is ASCII, or it is none
        rest = match end {
            Some(end) if after.as_bytes()[end].is_ascii_alphabetic() => &after[end + 1..],
            Some(end) => &after[end..],
            None => "",
        };
    }
    plain.push_str(rest);
    plain
}
