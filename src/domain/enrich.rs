//! Enrich: what a commit says about its session, as trailers for the message and as a record for the log.

mod squash;

pub use squash::consolidate;

use super::body::{CommitRecorded, Mark, MarkedObjective, TddPhase};
use super::context::Context;
use super::id::{CommitId, EventId, SessionId};
use super::impact::{ChangeKind, Impact};
use super::session::ObjectiveState;
use super::time::format_duration;
use super::trailers::{Key, Run, Trailer};

/// How much of it goes into the message (`session.trailers`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Everything.
    Full,
    /// One line a key.
    Compact,
    /// `Session-Id` alone.
    Id,
    /// Nothing; the record is made all the same.
    None,
}

/// What there is to say about a commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The session.
    pub session: SessionId,
    /// The phase of test-driven work that it leads to.
    pub phase: Option<TddPhase>,
    /// At most five: completed, in progress, next.
    pub objectives: Vec<MarkedText>,
    /// The decisions of the commit's window.
    pub decisions: Vec<DecisionText>,
    /// What the commit changes.
    pub impact: Impact,
    /// Active seconds of the commit's window, whole minutes.
    pub time: u64,
}

/// An objective with its mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedText {
    /// The id of the event that made the objective.
    pub item: EventId,
    /// Where it stands.
    pub mark: Mark,
    /// What it says.
    pub text: String,
}

/// A decision of the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionText {
    /// The id of the event that made the decision.
    pub item: EventId,
    /// What was decided.
    pub text: String,
    /// Why.
    pub rationale: Option<String>,
}

/// The moment at which a commit is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Unix seconds.
    pub now: i64,
    /// The linked work tree, empty for the main one.
    pub worktree: &'a str,
    /// Seconds without an event after which the person was elsewhere.
    pub idle_after: u64,
    /// The commit that this one replaces.
    pub amends: Option<&'a CommitId>,
}

impl Facts {
    /// Keeps what a commit without trailers says by itself: what was reached, decided and worked goes to the
    /// next commit, which can say it.
    pub fn leave_to_the_next(&mut self) {
        self.objectives
            .retain(|objective| objective.mark != Mark::Done);
        self.decisions.clear();
        self.time = 0;
    }
}

/// The most objectives that a commit names.
const MAX_OBJECTIVES: usize = 5;
/// The most decisions that a commit names one by one.
const MAX_DECISIONS: usize = 4;

/// What a commit made at this moment says. Private items are left out.
pub fn facts(context: &Context, moment: Moment<'_>, impact: Impact) -> Facts {
    let mut since = context.window.as_ref().map_or(0, |window| window.n);
    let mut attributed = context.attributed;
    if let Some(window) = &context.window
        && moment.amends == Some(&window.commit)
    {
        since = window.since;
        attributed = attributed.saturating_sub(window.time);
    }
    let active = context.own_seconds_at(moment.now, moment.worktree, moment.idle_after);
    let decisions = context
        .decisions
        .iter()
        .filter(|d| !d.private && d.n > since);
    Facts {
        session: context.session.clone(),
        phase: context.phase(&impact, moment.amends),
        objectives: objectives(context, since),
        decisions: decisions
            .map(|d| DecisionText {
                item: d.id.clone(),
                text: d.text.clone(),
                rationale: d.rationale.clone(),
            })
            .collect(),
        impact,
        time: active.saturating_sub(attributed) / 60 * 60,
    }
}

/// Completed in the window, in progress, the next one. When none was started, the first open one counts as
/// in progress.
fn objectives(context: &Context, since: u64) -> Vec<MarkedText> {
    let public = || context.objectives.iter().filter(|o| !o.private);
    let marked = |mark: Mark| {
        move |o: &super::context::ContextObjective| MarkedText {
            item: o.id.clone(),
            mark,
            text: o.text.clone(),
        }
    };
    let mut current: Vec<_> = public()
        .filter(|o| o.state == ObjectiveState::InProgress)
        .map(marked(Mark::Current))
        .collect();
    let mut open: Vec<_> = public()
        .filter(|o| o.state == ObjectiveState::Open)
        .collect();
    if current.is_empty() && !open.is_empty() {
        current.push(marked(Mark::Current)(open.remove(0)));
    }
    let next = open.first().map(|o| marked(Mark::Next)(o));
    let mut done: Vec<_> = public()
        .filter(|o| o.state == ObjectiveState::Completed && o.n > since)
        .map(marked(Mark::Done))
        .collect();
    // the newest of what was reached, before all but one of what is in progress
    let room = MAX_OBJECTIVES - usize::from(next.is_some());
    let kept = done.len().min(room - current.len().min(1));
    done.drain(..done.len() - kept);
    current.truncate(room - kept);
    done.into_iter().chain(current).chain(next).collect()
}

/// The trailers of a commit; `None` when the level asks for none.
pub fn run(facts: &Facts, level: Level, with_time: bool) -> Option<Run> {
    let time = with_time.then_some(facts.time).filter(|time| *time > 0);
    let mut lines = match level {
        Level::None => return None,
        Level::Id => return Run::new(Vec::new(), facts.session.as_str()).ok(),
        Level::Full => full(facts),
        Level::Compact => compact(facts),
    };
    let phase = facts.phase.map(TddPhase::name);
    lines.extend(phase.map(|phase| Trailer::new(Key::Phase, phase)));
    lines.extend(time.map(|time| Trailer::new(Key::Time, format_duration(time))));
    Run::new(lines, facts.session.as_str()).ok()
}

/// An objective as its trailer says it.
fn objective_text(objective: &MarkedText) -> String {
    match objective.mark {
        Mark::Done => format!("[x] {}", objective.text),
        Mark::Current => format!("[>] {} (this commit)", objective.text),
        Mark::Next => format!("[ ] {} (next)", objective.text),
    }
}

fn full(facts: &Facts) -> Vec<Trailer> {
    let mut lines: Vec<Trailer> = facts
        .objectives
        .iter()
        .map(|o| Trailer::new(Key::Objectives, objective_text(o)))
        .collect();
    let decisions = facts.decisions.iter();
    let decisions = decisions.map(|d| Trailer::decision(d.text.clone(), d.rationale.clone()));
    lines.extend(some(decisions.collect(), 0));
    lines.extend(
        facts
            .impact
            .lines()
            .into_iter()
            .map(|text| Trailer::new(Key::Impact, text)),
    );
    lines
}

/// As many decisions as a commit names, and how many more there are with those that are not named at all.
fn some(mut decisions: Vec<Trailer>, unnamed: usize) -> Vec<Trailer> {
    let all = decisions.len().saturating_add(unnamed);
    if all > MAX_DECISIONS {
        decisions.truncate(MAX_DECISIONS - 1);
    }
    let more = all - decisions.len();
    if more > 0 {
        decisions.push(Trailer::new(Key::Decisions, format!("and {more} more")));
    }
    decisions
}

fn compact(facts: &Facts) -> Vec<Trailer> {
    let mut lines = Vec::new();
    let mut push = |key: Key, parts: Vec<String>| {
        if !parts.is_empty() {
            lines.push(Trailer::new(key, parts.join("; ")));
        }
    };
    push(
        Key::Objectives,
        facts.objectives.iter().map(objective_text).collect(),
    );
    push(
        Key::Decisions,
        facts.decisions.iter().map(|d| d.text.clone()).collect(),
    );
    push(Key::Impact, summary(&facts.impact));
    lines
}

/// An impact in numbers: `2 added`, `1 modified`, `tests +3`.
fn summary(impact: &Impact) -> Vec<String> {
    let count = |wanted: fn(&ChangeKind) -> bool, word: &str| {
        let count = impact
            .changes
            .iter()
            .filter(|change| wanted(&change.kind))
            .count();
        (count > 0).then(|| format!("{count} {word}"))
    };
    let mut parts: Vec<String> = if impact.total_files > impact.changes.len() || impact.uncounted {
        vec![format!("{}{} files", impact.at_least(), impact.total_files)]
    } else {
        [
            count(|kind| matches!(kind, ChangeKind::Added), "added"),
            count(
                |kind| matches!(kind, ChangeKind::Modified | ChangeKind::TypeChanged),
                "modified",
            ),
            count(|kind| matches!(kind, ChangeKind::Renamed { .. }), "renamed"),
            count(|kind| matches!(kind, ChangeKind::Deleted), "deleted"),
        ]
        .into_iter()
        .flatten()
        .collect()
    };
    let rest = Impact {
        changes: Vec::new(),
        total_files: 0,
        uncounted: false,
        ..impact.clone()
    };
    parts.extend(rest.lines());
    parts
}

/// The record of the commit, once it is there.
pub fn record(facts: Facts, commit: CommitId, author: String, subject: String) -> CommitRecorded {
    CommitRecorded {
        commit,
        amends: None,
        author,
        subject,
        objectives: facts
            .objectives
            .into_iter()
            .map(|o| MarkedObjective {
                item: o.item,
                mark: o.mark,
            })
            .collect(),
        decisions: facts.decisions.into_iter().map(|d| d.item).collect(),
        impact: facts.impact,
        time: facts.time,
        merge: false,
        merged: Vec::new(),
        revert: false,
        adopted: false,
    }
}

#[cfg(test)]
mod tests;
