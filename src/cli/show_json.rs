//! A session in full as JSON, for `git session show`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::item::ItemJson;
use super::links::Links;
use super::metrics_json::QualityJson;
use super::show::RecordJson;
use super::tdd_view::TddJson;
use crate::domain::body::{Alternative, Base};
use crate::domain::handle::ItemKind;
use crate::domain::id::EventId;
use crate::domain::session::{Blocker, Commit, Decision, Learning, Objective, Session};
use crate::ops::ctx::Ctx;
use crate::ops::recorded::Record;
use crate::ops::sessions;
use crate::ui::Ui;

/// Everything of a session.
#[derive(Serialize)]
pub(super) struct SessionJson<'a> {
    session: &'a str,
    branch: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    state: &'static str,
    by: &'a str,
    started_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime<Utc>>,
    last_activity: DateTime<Utc>,
    base: &'a Base,
    tdd: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_driven: Option<TddJson>,
    active_seconds: u64,
    /// By the name of the linked work tree; the main one has an empty name.
    worktree_seconds: BTreeMap<&'a str, u64>,
    objectives: Vec<ObjectiveJson<'a>>,
    blockers: Vec<BlockerJson<'a>>,
    decisions: Vec<DecisionJson<'a>>,
    learnings: Vec<LearningJson<'a>>,
    notes: Vec<ItemJson<'a>>,
    commits: Vec<CommitJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<QualityJson<'a>>,
}

/// An objective with where it stands and what it links to.
#[derive(Serialize)]
pub(super) struct ObjectiveJson<'a> {
    #[serde(flatten)]
    item: ItemJson<'a>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct BlockerJson<'a> {
    #[serde(flatten)]
    item: ItemJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<&'a str>,
}

#[derive(Serialize)]
struct DecisionJson<'a> {
    #[serde(flatten)]
    item: ItemJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
    alternatives: &'a [Alternative],
    consequences: &'a [String],
    scope: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<&'a str>,
}

#[derive(Serialize)]
struct LearningJson<'a> {
    #[serde(flatten)]
    item: ItemJson<'a>,
    #[serde(rename = "type")]
    kind: &'static str,
    key: &'a str,
    scope: &'a [String],
    dropped: bool,
}

#[derive(Serialize)]
struct CommitJson<'a> {
    commit: &'a str,
    author: &'a str,
    subject: &'a str,
    #[serde(flatten)]
    record: RecordJson<'a>,
}

impl<'a> SessionJson<'a> {
    /// The session, and the records of its commits in their order.
    pub(super) fn new(ui: &Ui, ctx: &Ctx, session: &'a Session, records: &'a [Record]) -> Self {
        let issues = Links::of(ui, ctx, session);
        let clocks = session.clocks.iter();
        let commits = session.commits.iter().zip(records);
        Self {
            session: session.id.as_str(),
            branch: session.branch.as_str(),
            title: session.title.as_deref(),
            state: session.state.name(),
            by: &session.by,
            started_at: session.started_at,
            ended_at: session.ended_at,
            last_activity: session.last_at,
            base: &session.base,
            tdd: session.tdd,
            test_driven: TddJson::new(ui, ctx, session),
            active_seconds: sessions::active_seconds(ctx, session),
            worktree_seconds: clocks
                .map(|(name, clock)| (name.as_str(), clock.total()))
                .collect(),
            objectives: each(&session.objectives, |o| objective(session, o, &issues)),
            blockers: each(&session.blockers, |b| blocker(session, b, &issues)),
            decisions: each(&session.decisions, |d| decision(session, d)),
            learnings: each(&session.learnings, |l| learning(session, l)),
            notes: each(&session.notes, |n| {
                ItemJson::new(session, ItemKind::Note, n)
            }),
            commits: commits
                .map(|(commit, record)| of_commit(commit, record))
                .collect(),
            quality: QualityJson::new(session),
        }
    }
}

fn each<'a, T, J>(items: &'a [T], json: impl Fn(&'a T) -> J) -> Vec<J> {
    items.iter().map(json).collect()
}

/// An objective of a session.
pub(super) fn objective<'a>(
    session: &Session,
    objective: &'a Objective,
    issues: &Links,
) -> ObjectiveJson<'a> {
    ObjectiveJson {
        item: ItemJson::new(session, ItemKind::Objective, &objective.item),
        state: objective.state.name(),
        link: objective.link.as_deref(),
        url: issues.of_objective(objective),
    }
}

fn blocker<'a>(session: &Session, blocker: &'a Blocker, issues: &Links) -> BlockerJson<'a> {
    BlockerJson {
        item: ItemJson::new(session, ItemKind::Blocker, &blocker.item),
        link: blocker.link.as_deref(),
        url: issues.of_blocker(blocker),
        resolved_at: blocker.resolved_at,
        resolution: blocker.resolution.as_deref(),
    }
}

fn decision<'a>(session: &Session, decision: &'a Decision) -> DecisionJson<'a> {
    DecisionJson {
        item: ItemJson::new(session, ItemKind::Decision, &decision.item),
        rationale: decision.rationale.as_deref(),
        context: decision.context.as_deref(),
        alternatives: &decision.alternatives,
        consequences: &decision.consequences,
        scope: &decision.scope,
        superseded_by: decision.superseded_by.as_ref().map(EventId::as_str),
    }
}

fn learning<'a>(session: &Session, learning: &'a Learning) -> LearningJson<'a> {
    LearningJson {
        item: ItemJson::new(session, ItemKind::Learning, &learning.item),
        kind: learning.kind.name(),
        key: &learning.key,
        scope: &learning.scope,
        dropped: learning.dropped,
    }
}

fn of_commit<'a>(commit: &'a Commit, record: &'a Record) -> CommitJson<'a> {
    CommitJson {
        commit: commit.record.commit.as_str(),
        author: &commit.record.author,
        subject: &commit.record.subject,
        record: RecordJson::new(record),
    }
}
