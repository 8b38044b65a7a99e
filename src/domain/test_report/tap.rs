//! Test Anything Protocol, versions 12 to 14. Only the outermost tests count.

use super::{Counts, Outcome, TestFormat, TestReport};

/// A plan of more tests than this is none.
const MOST_PLANNED: u64 = 1_000_000;

/// Reads a stream. `None`: there is neither a version nor a plan, or no test.
pub(super) fn parse(text: &str) -> Option<TestReport> {
    let mut counts = Counts::default();
    let (mut ours, mut planned, mut seen) = (false, 0, 0_u64);
    for line in text.lines() {
        if line.starts_with("TAP version ") {
            ours = true;
        } else if let Some(plan) = line.strip_prefix("1..") {
            let number = plan.split([' ', '#']).next().unwrap_or(plan).parse();
            if let Ok(number) = number {
                ours = true;
                planned = number;
            }
        } else if line.starts_with("Bail out!") {
            counts.count(Outcome::Failed);
        } else if let Some(time) = line.strip_prefix("# duration_ms ") {
            let milliseconds: Option<f64> = time.trim().parse().ok();
            counts.milliseconds = milliseconds.and_then(|time| super::milliseconds(time / 1000.0));
        } else if let Some(outcome) = outcome(line) {
            seen += 1;
            counts.count(outcome);
        }
    }
    if planned <= MOST_PLANNED {
        // what was planned and did not happen
        counts.failed = counts.failed.saturating_add(planned.saturating_sub(seen));
    }
    let format = TestFormat::Tap;
    (ours && (seen > 0 || counts.failed > 0)).then_some(TestReport { format, counts })
}

/// `ok 1 - a name # SKIP why`
fn outcome(line: &str) -> Option<Outcome> {
    let (passed, rest) = match line.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("ok")?),
    };
    if !rest.is_empty() && !rest.starts_with(' ') {
        return None;
    }
    let directive = rest.rsplit_once(" # ").map_or("", |(_, said)| said.trim());
    let said = |word: &str| {
        let start = directive.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    Some(if said("skip") || said("todo") {
        Outcome::Skipped
    } else if passed {
        Outcome::Passed
    } else {
        Outcome::Failed
    })
}
