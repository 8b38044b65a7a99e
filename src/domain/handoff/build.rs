//! From the session and the facts to the document.

use super::document::{
    About, BlockerEntry, CommitEntry, ContextEntry, CoverageResult, DecisionEntry, Document,
    InProgress, LearningEntry, Lines, NamedPaths, NextStep, ObjectiveEntry, Objectives, Origin,
    ParkedWork, SavedWork, Span, StaleContext, TestResult, Way,
};
use super::facts::{CommitFacts, ContextFacts, Facts, FileChange, Paths};
use super::kinds::CommitKind;
use super::{checklist, figures};
use crate::domain::body::{HandoffCreated, MetricsRecorded};
use crate::domain::handle::{ItemKind, handle};
use crate::domain::id::EventId;
use crate::domain::path_text::quote_path;
use crate::domain::session::{
    Blocker, Commit, Decision, Happened, Item, Learning, Objective, ObjectiveState, Session,
};

/// Makes the document. Private items are left out here, and nowhere else.
pub fn build(session: &Session, facts: &Facts) -> Document {
    let public = public(session);
    let (tests, coverage) = (tests(session), coverage(session));
    let commits: Vec<CommitEntry> = facts.commits.iter().map(|c| entry(session, c)).collect();
    let objectives = objectives(session, &public, facts);
    let blockers = blockers(session, &public, facts);
    let in_progress = in_progress(session, &public, facts);
    let end = session.last_end.as_ref();
    let said = |list: fn(&HandoffCreated) -> &Vec<String>| {
        public
            .handoffs
            .iter()
            .flat_map(move |made| list(&made.what))
    };
    let ended =
        |list: fn(&crate::domain::body::Ended) -> &Vec<String>| end.into_iter().flat_map(list);
    let notes = public.notes.iter().map(|note| &note.text);
    let mut document = Document {
        session: about(session, facts),
        accomplished: once(said(|h| &h.accomplished).chain(ended(|e| &e.accomplished))),
        remember: once(
            said(|h| &h.remember)
                .chain(ended(|e| &e.remember))
                .chain(notes),
        ),
        metrics: figures::metrics(session, facts, &commits),
        key_files: figures::key_files(&facts.commits),
        decisions: public
            .decisions
            .iter()
            .map(|d| decision(session, d))
            .collect(),
        learnings: public
            .learnings
            .iter()
            .map(|l| learning(session, l))
            .collect(),
        links: once(public.blockers.iter().filter_map(|b| b.link.as_ref())),
        next: next(session, &public),
        objectives,
        commits,
        tests,
        coverage,
        in_progress,
        blockers,
        context: facts.context.as_ref().map(context),
        checklist: Vec::new(),
    };
    document.checklist = checklist::checklist(&document, facts);
    document
}

/// The context files to update, in the words of the document.
fn context(facts: &ContextFacts) -> ContextEntry {
    let stale = facts.stale.iter().take(MOST_CONTEXT);
    ContextEntry {
        score: facts.score,
        to_update: stale
            .map(|(path, health)| StaleContext {
                path: quote_path(path).into_owned(),
                score: health.score,
                commits: health.commits,
                age_days: health.age_days,
            })
            .collect(),
        more: facts.stale.len().saturating_sub(MOST_CONTEXT) as u64,
    }
}

/// So many context files are named.
const MOST_CONTEXT: usize = 10;

/// What may leave the machine.
struct Public<'a> {
    objectives: Vec<&'a Objective>,
    blockers: Vec<&'a Blocker>,
    decisions: Vec<&'a Decision>,
    learnings: Vec<&'a Learning>,
    notes: Vec<&'a Item>,
    handoffs: Vec<&'a Happened<HandoffCreated>>,
}

fn public(session: &Session) -> Public<'_> {
    let learnt = |learning: &&Learning| !learning.item.private && !learning.dropped;
    Public {
        objectives: session
            .objectives
            .iter()
            .filter(|o| !o.item.private)
            .collect(),
        blockers: session
            .blockers
            .iter()
            .filter(|b| !b.item.private)
            .collect(),
        decisions: session
            .decisions
            .iter()
            .filter(|d| !d.item.private)
            .collect(),
        learnings: session.learnings.iter().filter(learnt).collect(),
        notes: session.notes.iter().filter(|note| !note.private).collect(),
        handoffs: session
            .handoffs
            .iter()
            .filter(|h| !h.what.private)
            .collect(),
    }
}

/// Each text once, in order.
fn once<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts {
        if !text.trim().is_empty() && !kept.contains(text) {
            kept.push(text.clone());
        }
    }
    kept
}

fn about(session: &Session, facts: &Facts) -> About {
    let end = session
        .last_end
        .as_ref()
        .filter(|_| !session.state.is_open());
    About {
        id: session.id.clone(),
        branch: session.branch.clone(),
        title: session.title.clone(),
        state: session.state,
        abandoned: end.is_some_and(|end| end.abandoned),
        success: end.and_then(|end| end.success),
        phase: end.and_then(|end| end.phase.clone()),
        started_by: session.by.clone(),
        started_at: session.started_at,
        base_branch: session.base.branch.clone(),
        base_commit: session.base.commit.clone(),
        as_of: facts.as_of,
        head: facts.head.clone(),
        merged_to: end.and_then(|end| end.merged_to.clone()),
    }
}

/// The issue of an item, and where it leads.
fn issue(facts: &Facts, link: Option<&String>, text: &str) -> (Option<String>, Option<String>) {
    match facts.links.issue(link.map(String::as_str), text) {
        Some(issue) => (Some(issue.label), Some(issue.url)),
        None => (link.cloned(), None),
    }
}

fn objective(session: &Session, objective: &Objective, facts: &Facts) -> ObjectiveEntry {
    let (link, url) = issue(facts, objective.link.as_ref(), &objective.item.text);
    ObjectiveEntry {
        link,
        url,
        handle: handle(session, ItemKind::Objective, &objective.item),
        text: objective.item.text.clone(),
        state: objective.state,
    }
}

fn objectives(session: &Session, public: &Public<'_>, facts: &Facts) -> Option<Objectives> {
    let count = |state| {
        public
            .objectives
            .iter()
            .filter(|o| o.state == state)
            .count()
    };
    let items: Vec<_> = public
        .objectives
        .iter()
        .map(|o| objective(session, o, facts))
        .collect();
    (!items.is_empty()).then(|| Objectives {
        done: count(ObjectiveState::Completed),
        total: items.len() - count(ObjectiveState::Dropped),
        items,
    })
}

/// One commit, with what its record says.
fn entry(session: &Session, facts: &CommitFacts) -> CommitEntry {
    let record = record(session, facts);
    let files = facts.files.as_ref().filter(|_| !facts.is_merge);
    CommitEntry {
        commit: facts.id.clone(),
        subject: facts.subject.clone(),
        kind: CommitKind::of(&facts.subject, facts.is_merge),
        seconds: record.map_or(0, |commit| commit.record.time),
        changed: files.map(|files| lines(files)),
        merged: record.map_or_else(Vec::new, |commit| commit.record.merged.clone()),
    }
}

/// The record of a commit.
pub(super) fn record<'s>(session: &'s Session, facts: &CommitFacts) -> Option<&'s Commit> {
    let mut commits = session.commits.iter();
    commits.find(|commit| commit.record.commit == facts.id)
}

/// Files and lines of one commit.
fn lines(files: &[FileChange]) -> Lines {
    let mut sum = Lines::default();
    for file in files {
        let (added, removed) = file.lines.unwrap_or_default();
        sum.files += 1;
        sum.added += added;
        sum.removed += removed;
    }
    sum
}

/// The first and the last of some figures.
fn span<T>(figures: impl Iterator<Item = T>) -> Option<Span<T>> {
    let mut figures: Vec<T> = figures.collect();
    let last = figures.pop()?;
    Some(Span {
        first: figures.into_iter().next(),
        last,
    })
}

fn tests(session: &Session) -> Option<Span<TestResult>> {
    let result = |taken: &Happened<MetricsRecorded>| {
        let tests = taken.what.tests.as_ref()?;
        Some(TestResult {
            passed: tests.passed,
            failed: tests.failed,
            skipped: tests.skipped,
            at: taken.at,
            head: taken.what.head.clone(),
        })
    };
    span(session.metrics.iter().filter_map(result))
}

fn coverage(session: &Session) -> Option<Span<CoverageResult>> {
    let result = |taken: &Happened<MetricsRecorded>| {
        let coverage = taken.what.coverage.as_ref()?;
        Some(CoverageResult {
            percent: coverage.percent,
            new_code: coverage.new_code,
            at: taken.at,
            head: taken.what.head.clone(),
        })
    };
    span(session.metrics.iter().filter_map(result))
}

/// Paths as they are shown.
fn named(paths: &Paths) -> Option<NamedPaths> {
    let shown = paths.first.iter().map(|path| quote_path(path).into_owned());
    (paths.count > 0).then(|| NamedPaths {
        count: paths.count,
        paths: shown.collect(),
    })
}

fn in_progress(session: &Session, public: &Public<'_>, facts: &Facts) -> Option<InProgress> {
    let going_on = |o: &&&Objective| o.state == ObjectiveState::InProgress;
    let tree = facts.work_tree.as_ref();
    let found = InProgress {
        objectives: public
            .objectives
            .iter()
            .filter(going_on)
            .map(|o| objective(session, o, facts))
            .collect(),
        staged: tree.and_then(|tree| named(&tree.staged)),
        changed: tree.and_then(|tree| named(&tree.changed)),
        conflicts: tree.and_then(|tree| named(&tree.conflicts)),
        untracked: tree.and_then(|tree| named(&tree.untracked)),
        saved: saved(session, facts),
        parked: parked(session),
    };
    (found != InProgress::default()).then_some(found)
}

fn saved(session: &Session, facts: &Facts) -> Option<SavedWork> {
    let saved = facts.saved.as_ref()?;
    let mut checkpoints = session.checkpoints.iter();
    let checkpoint = checkpoints.find(|c| c.item.id == saved.item)?;
    Some(SavedWork {
        handle: handle(session, ItemKind::Checkpoint, &checkpoint.item),
        command: format!("git stash apply --index {}", saved.commit),
    })
}

fn parked(session: &Session) -> Vec<ParkedWork> {
    let find = |id: &EventId| session.checkpoints.iter().find(|c| c.item.id == *id);
    let parked = session.parked.iter().filter_map(find);
    let public = parked.filter(|checkpoint| !checkpoint.item.private);
    public
        .map(|checkpoint| ParkedWork {
            handle: handle(session, ItemKind::Checkpoint, &checkpoint.item),
            label: Some(checkpoint.item.text.clone()).filter(|label| !label.is_empty()),
            at: checkpoint.item.at,
        })
        .collect()
}

fn blockers(session: &Session, public: &Public<'_>, facts: &Facts) -> Vec<BlockerEntry> {
    let blockers = public.blockers.iter();
    blockers
        .map(|blocker| {
            let until = blocker.resolved_at.unwrap_or(facts.as_of);
            let seconds = until.signed_duration_since(blocker.item.at).num_seconds();
            let (link, url) = issue(facts, blocker.link.as_ref(), &blocker.item.text);
            BlockerEntry {
                link,
                url,
                handle: handle(session, ItemKind::Blocker, &blocker.item),
                text: blocker.item.text.clone(),
                open: blocker.resolved_at.is_none(),
                since: blocker.item.at,
                seconds: u64::try_from(seconds).unwrap_or(0),
                resolution: blocker.resolution.clone(),
            }
        })
        .collect()
}

fn decision(session: &Session, decision: &Decision) -> DecisionEntry {
    let later = decision.superseded_by.as_ref().and_then(|by| {
        let mut all = session.decisions.iter();
        all.find(|other| other.item.id == *by && !other.item.private)
    });
    let ways = decision.alternatives.iter().map(|way| Way {
        option: way.option.clone(),
        why_not: way.why_not.clone(),
    });
    DecisionEntry {
        handle: handle(session, ItemKind::Decision, &decision.item),
        text: decision.item.text.clone(),
        at: decision.item.at,
        context: decision.context.clone(),
        rationale: decision.rationale.clone(),
        alternatives: ways.collect(),
        consequences: decision.consequences.clone(),
        scope: decision.scope.clone(),
        superseded: decision.superseded_by.is_some(),
        superseded_by: later.map(|later| handle(session, ItemKind::Decision, &later.item)),
    }
}

fn learning(session: &Session, learning: &Learning) -> LearningEntry {
    LearningEntry {
        handle: handle(session, ItemKind::Learning, &learning.item),
        text: learning.item.text.clone(),
        kind: learning.kind,
        key: learning.key.clone(),
        scope: learning.scope.clone(),
    }
}

/// What was said last, then the open objectives, those in progress first, then the open blockers.
fn next(session: &Session, public: &Public<'_>) -> Vec<NextStep> {
    let step = |kind, item: &Item, from| NextStep {
        text: item.text.clone(),
        from,
        handle: Some(handle(session, kind, item)),
    };
    let newest = public.handoffs.iter().rev();
    let newest = newest
        .map(|made| &made.what.next)
        .find(|next| !next.is_empty());
    let said = newest.into_iter().flatten().map(|text| NextStep {
        text: text.clone(),
        from: Origin::Said,
        handle: None,
    });
    let mut objectives: Vec<_> = public
        .objectives
        .iter()
        .filter(|o| o.state.is_open())
        .collect();
    objectives.sort_by_key(|o| o.state != ObjectiveState::InProgress);
    let objectives = objectives.into_iter();
    let objectives = objectives.map(|o| step(ItemKind::Objective, &o.item, Origin::Objective));
    let blockers = public.blockers.iter().filter(|b| b.resolved_at.is_none());
    let blockers = blockers.map(|b| step(ItemKind::Blocker, &b.item, Origin::Blocker));
    said.chain(objectives).chain(blockers).collect()
}
