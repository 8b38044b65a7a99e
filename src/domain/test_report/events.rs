//! Streams of events, one JSON object a line: `go test -json` (`go doc test2json`) and libtest. Lines that are
//! no events stand between them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Counts, Outcome, TestFormat, TestReport};

/// The keys of both.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "Action")]
    action: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "Package")]
    package: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "Test")]
    test: Option<Cow<'a, str>>,
    #[serde(rename = "Elapsed")]
    elapsed: Option<f64>,
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "event")]
    how: Option<Cow<'a, str>>,
    exec_time: Option<f64>,
    passed: Option<u64>,
    failed: Option<u64>,
    ignored: Option<u64>,
}

/// Reads a stream. `None`: no line is an event.
pub(super) fn parse(text: &str) -> Option<TestReport> {
    let (mut go, mut libtest) = (Go::default(), Libtest::default());
    for line in text.lines().map(str::trim) {
        if !line.starts_with('{') || !line.ends_with('}') {
            continue;
        }
        let Ok(event) = serde_json::from_str::<Event<'_>>(line) else {
            continue;
        };
        go.take(&event);
        libtest.take(&event);
    }
    let go = go.counts().map(|counts| (TestFormat::GoJson, counts));
    let libtest = || Some((TestFormat::LibtestJson, libtest.counts()?));
    let (format, counts) = go.or_else(libtest)?;
    Some(TestReport { format, counts })
}

#[derive(Default)]
struct Go {
    seen: bool,
    counts: Counts,
    /// Packages with a failed test.
    explained: BTreeSet<String>,
    /// Packages that failed, by how often.
    failed: BTreeMap<String, u64>,
}

impl Go {
    fn take(&mut self, event: &Event<'_>) {
        let (Some(action), Some(package)) = (&event.action, &event.package) else {
            return;
        };
        self.seen = true;
        let outcome = match action.as_ref() {
            "pass" => Outcome::Passed,
            "fail" => Outcome::Failed,
            "skip" => Outcome::Skipped,
            _ => return,
        };
        if event.test.is_some() {
            self.counts.count(outcome);
            if outcome == Outcome::Failed {
                self.explained.insert(package.to_string());
            }
        } else {
            if let Some(seconds) = event.elapsed {
                self.counts.took(seconds);
            }
            if outcome == Outcome::Failed {
                *self.failed.entry(package.to_string()).or_default() += 1;
            }
        }
    }

    /// A package that failed without a failed test, as when it does not build, counts as one.
    fn counts(mut self) -> Option<Counts> {
        for (package, times) in &self.failed {
            if !self.explained.contains(package) {
                self.counts.failed = self.counts.failed.saturating_add(*times);
            }
        }
        self.seen.then_some(self.counts)
    }
}

#[derive(Default)]
struct Libtest {
    tests: bool,
    counted: Counts,
    /// What suites say, where tests are not told one by one.
    suites: Option<Counts>,
}

impl Libtest {
    fn take(&mut self, event: &Event<'_>) {
        match (event.kind.as_deref(), event.how.as_deref()) {
            (Some("test"), Some(how)) => {
                let outcome = match how {
                    "ok" => Outcome::Passed,
                    "failed" => Outcome::Failed,
                    "ignored" => Outcome::Skipped,
                    _ => return,
                };
                self.tests = true;
                self.counted.count(outcome);
            }
            (Some("suite"), Some("ok" | "failed")) => {
                let mut counts = Counts {
                    passed: event.passed.unwrap_or(0),
                    failed: event.failed.unwrap_or(0),
                    skipped: event.ignored.unwrap_or(0),
                    milliseconds: None,
                };
                if let Some(seconds) = event.exec_time {
                    counts.took(seconds);
                }
                self.suites = Some(self.suites.unwrap_or_default().and(counts));
            }
            _ => {}
        }
    }

    fn counts(self) -> Option<Counts> {
        if !self.tests {
            return self.suites;
        }
        let milliseconds = self.suites.and_then(|suites| suites.milliseconds);
        Some(Counts {
            milliseconds,
            ..self.counted
        })
    }
}
