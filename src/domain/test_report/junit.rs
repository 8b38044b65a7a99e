//! JUnit XML, which has no specification but many writers: pytest, nextest, surefire, Gradle, node, Jest, gtest.
//! Test cases are counted; the attributes of a suite count only when it has neither cases nor suites.

use super::{Counts, Outcome};
use crate::domain::xml::{Element, Node, walk};

/// A suite that is open.
#[derive(Default)]
struct Suite {
    /// It has cases or suites.
    filled: bool,
    claimed: Counts,
}

/// A case that is open.
struct Case {
    depth: usize,
    /// The worst that was said of it.
    outcome: Outcome,
    /// It may fail.
    todo: bool,
}

#[derive(Default)]
struct State {
    counts: Counts,
    suites: Vec<Suite>,
    case: Option<Case>,
}

/// Reads a document whose root is `testsuites` or `testsuite`.
pub(super) fn parse(bytes: &[u8]) -> Option<Counts> {
    let mut state = State::default();
    walk(bytes, |node| match node {
        Node::Open(element, depth) => {
            let suite = matches!(element.name(), "testsuites" | "testsuite");
            if depth == 0 && !suite {
                return false;
            }
            state.open(&element, depth);
            true
        }
        Node::Close(name, depth) => {
            state.close(name, depth);
            true
        }
        Node::Text(_) => true,
    })?;
    Some(state.counts)
}

impl State {
    fn open(&mut self, element: &Element<'_>, depth: usize) {
        if let Some(case) = &mut self.case {
            if depth == case.depth + 1 {
                case.part(element);
            }
            return;
        }
        match element.name() {
            "testsuites" | "testsuite" => {
                self.fill();
                self.suites.push(Suite {
                    filled: false,
                    claimed: claimed(element),
                });
            }
            "testcase" => {
                self.fill();
                if let Some(seconds) = element.float("time") {
                    self.counts.took(seconds);
                }
                self.case = Some(Case::new(element, depth));
            }
            _ => {}
        }
    }

    /// The suite around has something in it.
    fn fill(&mut self) {
        if let Some(suite) = self.suites.last_mut() {
            suite.filled = true;
        }
    }

    fn close(&mut self, name: &str, depth: usize) {
        if let Some(case) = &self.case {
            if case.depth == depth {
                self.counts.count(case.outcome());
                self.case = None;
            }
            return;
        }
        if matches!(name, "testsuites" | "testsuite")
            && let Some(suite) = self.suites.pop()
            && !suite.filled
        {
            self.counts.take(suite.claimed);
        }
    }
}

impl Case {
    /// gtest says in an attribute that a case did not run.
    fn new(element: &Element<'_>, depth: usize) -> Self {
        let status = element.text("status");
        let ran = !matches!(status.as_deref(), Some("notrun" | "disabled" | "skipped"));
        Self {
            depth,
            outcome: if ran {
                Outcome::Passed
            } else {
                Outcome::Skipped
            },
            todo: false,
        }
    }

    fn part(&mut self, element: &Element<'_>) {
        match element.name() {
            "failure" | "error" => self.outcome = Outcome::Failed,
            "skipped" => {
                self.todo |= element.text("type").as_deref() == Some("todo");
                if self.outcome == Outcome::Passed {
                    self.outcome = Outcome::Skipped;
                }
            }
            _ => {}
        }
    }

    const fn outcome(&self) -> Outcome {
        if self.todo {
            Outcome::Skipped
        } else {
            self.outcome
        }
    }
}

/// What the attributes of a suite say.
fn claimed(element: &Element<'_>) -> Counts {
    let number = |name| element.number(name).unwrap_or(0);
    let failed = number("failures").saturating_add(number("errors"));
    let skipped = number("skipped").saturating_add(number("disabled"));
    let mut counts = Counts {
        passed: number("tests")
            .saturating_sub(failed)
            .saturating_sub(skipped),
        failed,
        skipped,
        milliseconds: None,
    };
    if let Some(seconds) = element.float("time") {
        counts.took(seconds);
    }
    counts
}
