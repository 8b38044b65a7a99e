//! Summaries for people: `cargo nextest`, `cargo test`, pytest. Several in one output, as of two commands in a
//! row, are added.

use super::{Counts, TestFormat, TestReport};

/// Reads an output. `None`: no line is a summary.
pub(super) fn parse(text: &str) -> Option<TestReport> {
    sum(text, &[nextest, cargo_test, pytest])
}

/// The same of an output whose beginning is missing: `cargo test` has a summary for each of many programs.
pub(super) fn of_the_end(text: &str) -> Option<TestReport> {
    sum(text, &[nextest, pytest])
}

type Reader = fn(&str) -> Option<(TestFormat, Counts)>;

fn sum(text: &str, readers: &[Reader]) -> Option<TestReport> {
    let mut found: Option<TestReport> = None;
    for line in text.lines() {
        let Some((format, counts)) = readers.iter().find_map(|read| read(line)) else {
            continue;
        };
        let so_far = found.get_or_insert(TestReport {
            format,
            counts: Counts::default(),
        });
        so_far.counts.take(counts);
    }
    found
}

/// `     Summary [   0.068s] 2/3 tests run: 1 passed (1 slow), 1 timed out, 1 skipped`
fn nextest(line: &str) -> Option<(TestFormat, Counts)> {
    let rest = line.trim_start().strip_prefix("Summary [")?;
    let (time, rest) = rest.split_once(']')?;
    let (run, outcomes) = rest.split_once(" run: ")?;
    if !run.ends_with("test") && !run.ends_with("tests") {
        return None;
    }
    let mut counts = Counts::default();
    for (number, what) in outcomes.split(", ").filter_map(numbered) {
        let place = match what.split(" (").next().unwrap_or(what) {
            "passed" => &mut counts.passed,
            "failed" | "timed out" | "exec failed" | "failed due to being leaky" => {
                &mut counts.failed
            }
            "skipped" => &mut counts.skipped,
            _ => continue,
        };
        *place = place.saturating_add(number);
    }
    took(&mut counts, time);
    Some((TestFormat::Nextest, counts))
}

/// `test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.06s`
fn cargo_test(line: &str) -> Option<(TestFormat, Counts)> {
    let rest = line.strip_prefix("test result: ")?;
    let (_, outcomes) = rest.split_once(". ")?;
    let mut counts = Counts::default();
    for part in outcomes.split("; ") {
        if let Some(time) = part.strip_prefix("finished in ") {
            took(&mut counts, time);
        }
        match numbered(part) {
            Some((number, "passed")) => counts.passed = number,
            Some((number, "failed")) => counts.failed = number,
            Some((number, "ignored")) => counts.skipped = number,
            _ => {}
        }
    }
    Some((TestFormat::CargoTest, counts))
}

/// `==== 1 failed, 2 passed, 1 xfailed, 2 errors in 65.05s (0:01:05) ====`, without `=` when it is quiet
fn pytest(line: &str) -> Option<(TestFormat, Counts)> {
    let (outcomes, time) = line.trim_matches('=').trim().rsplit_once(" in ")?;
    let seconds = time.split(' ').next()?;
    if !seconds.ends_with('s') || !seconds.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut counts = Counts::default();
    for part in outcomes.split(", ") {
        if part == "no tests ran" {
            continue;
        }
        let (number, what) = numbered(part)?;
        let place = match what {
            "passed" | "xpassed" => &mut counts.passed,
            "failed" | "error" | "errors" | "subtests failed" | "subtest failed" => {
                &mut counts.failed
            }
            "skipped" | "xfailed" => &mut counts.skipped,
            "deselected" | "warning" | "warnings" | "rerun" | "subtests passed"
            | "subtest passed" => continue,
            _ => return None,
        };
        *place = place.saturating_add(number);
    }
    took(&mut counts, seconds);
    Some((TestFormat::Pytest, counts))
}

/// `12 passed`
fn numbered(text: &str) -> Option<(u64, &str)> {
    let (number, what) = text.trim().split_once(' ')?;
    Some((number.parse().ok()?, what))
}

/// `0.068s`
fn took(counts: &mut Counts, time: &str) {
    let seconds = time.trim().strip_suffix('s');
    if let Some(Ok(seconds)) = seconds.map(str::parse) {
        counts.took(seconds);
    }
}
