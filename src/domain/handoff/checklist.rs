//! The checklist: only what can be computed, each with its figure.

use super::document::{Check, CheckName, Document};
use super::facts::{Facts, Paths, Upstream};
use crate::domain::describe::plural;
use crate::domain::id::CommitId;
use crate::domain::path_text::quote_path;

/// The questions that this repository can answer.
pub(super) fn checklist(document: &Document, facts: &Facts) -> Vec<Check> {
    let questions = CheckName::ALL.into_iter();
    questions
        .filter_map(|name| {
            let (holds, detail) = answer(name, document, facts)?;
            Some(Check {
                name,
                holds,
                detail,
            })
        })
        .collect()
}

/// Whether it holds, and the figure; none where there is nothing to look at.
fn answer(name: CheckName, document: &Document, facts: &Facts) -> Option<(bool, String)> {
    match name {
        CheckName::ObjectivesDone => {
            let all = document.objectives.as_ref()?;
            let figure = format!("{} of {}", all.done, all.total);
            (all.total > 0).then_some((all.done == all.total, figure))
        }
        CheckName::BlockersResolved => {
            let open = document.blockers.iter().filter(|b| b.open).count();
            let figure = format!("{open} of {} open", document.blockers.len());
            (!document.blockers.is_empty()).then_some((open == 0, figure))
        }
        CheckName::WorkTreeClean => clean(facts),
        CheckName::NothingParked => {
            let parked = document.in_progress.as_ref().map_or(0, |p| p.parked.len());
            (parked > 0).then(|| (false, plural(parked, "checkpoint")))
        }
        CheckName::Pushed => Some(pushed(facts.upstream?)),
        CheckName::TestsGreen => tests(document, facts),
        CheckName::CoverageAtBar => {
            let bar = facts.bars.coverage?;
            let last = &document.coverage.as_ref()?.last;
            let figure = format!("{}, the bar is {bar}", last.percent);
            Some((last.percent >= bar, figure + &at(last.head.as_ref(), facts)))
        }
        CheckName::NoNewMarks => marks(facts),
        CheckName::ChangelogUpdated => {
            let updated = facts.changelog?;
            let figure = if updated {
                "changed in this session"
            } else {
                "not changed in this session"
            };
            Some((updated, figure.to_owned()))
        }
    }
}

fn clean(facts: &Facts) -> Option<(bool, String)> {
    let tree = facts.work_tree.as_ref()?;
    let count =
        |paths: &Paths, what: &str| (paths.count > 0).then(|| format!("{} {what}", paths.count));
    let counts: Vec<String> = [
        count(&tree.staged, "staged"),
        count(&tree.changed, "changed"),
        count(&tree.conflicts, "in conflict"),
        count(&tree.untracked, "untracked"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let figure = if counts.is_empty() {
        "nothing to commit".to_owned()
    } else {
        counts.join(", ")
    };
    Some((tree.is_clean(), figure))
}

fn pushed(upstream: Upstream) -> (bool, String) {
    match upstream {
        Upstream::Missing => (false, "the branch has no upstream".to_owned()),
        Upstream::Counted(0, 0) => (true, "the same as the upstream".to_owned()),
        Upstream::Counted(ahead, 0) => (false, format!("{ahead} ahead")),
        Upstream::Counted(0, behind) => (true, format!("{behind} behind")),
        Upstream::Counted(ahead, behind) => (false, format!("{ahead} ahead, {behind} behind")),
    }
}

/// Results of another commit say nothing about this one.
fn tests(document: &Document, facts: &Facts) -> Option<(bool, String)> {
    let Some(tests) = &document.tests else {
        let missing = (false, "no results recorded".to_owned());
        return facts.bars.require_tests.then_some(missing);
    };
    let last = &tests.last;
    let of_head = last.head.is_none() || last.head == facts.head;
    let figure = format!("{} passed, {} failed", last.passed, last.failed);
    let holds = last.failed == 0 && last.passed > 0 && of_head;
    Some((holds, figure + &at(last.head.as_ref(), facts)))
}

/// ` at 1a2b3c4`, when that is not the newest commit.
fn at(head: Option<&CommitId>, facts: &Facts) -> String {
    match head {
        Some(head) if facts.head.as_ref() != Some(head) => format!(", at {}", head.short()),
        _ => String::new(),
    }
}

fn marks(facts: &Facts) -> Option<(bool, String)> {
    let found = facts.marks.as_ref()?;
    let Some(first) = found.first() else {
        return Some((
            true,
            format!("none of {}", facts.bars.annotations.join(" ")),
        ));
    };
    let path = quote_path(&first.path);
    let figure = format!("{} new, first in {path}:{}", found.len(), first.line);
    Some((false, figure))
}
