//! `git session status --json`.

use anyhow::Result;
use serde::Serialize;

use super::item::ItemJson;
use super::links::Links;
use super::metrics_json::QualityJson;
use super::show_json::{ObjectiveJson, objective};
use super::status_ccmp::CcmpJson;
use super::status_checkpoint::{Saved, SavedJson};
use super::status_ci::CiJson;
use super::tdd_view::TddJson;
use crate::domain::handle::ItemKind;
use crate::domain::session::Session;
use crate::ops::ci::CiStatus;
use crate::ops::ctx::Ctx;
use crate::ops::status::{self, Project};
use crate::ops::sync::pending;
use crate::ops::{heartbeat, sessions};
use crate::ui::Ui;

/// Where everything stands.
#[derive(Serialize)]
pub(super) struct StatusJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<SessionJson<'a>>,
    head: &'a str,
    staged: usize,
    changed: usize,
    conflicts: usize,
    untracked: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    unshared_events: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ahead: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<ContextJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ccmp: Option<CcmpJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ci: Option<CiJson<'a>>,
}

/// How far the context files are behind.
#[derive(Serialize)]
struct ContextJson {
    score: u8,
    stale: usize,
}

#[derive(Serialize)]
struct SessionJson<'a> {
    id: &'a str,
    branch: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    state: &'static str,
    started_at: chrono::DateTime<chrono::Utc>,
    active_seconds: u64,
    tdd: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_driven: Option<TddJson>,
    objectives: Vec<ObjectiveJson<'a>>,
    blockers: Vec<BlockerJson<'a>>,
    decisions: Vec<ItemJson<'a>>,
    commits: usize,
    checkpoint: SavedJson<'a>,
    hooks: HooksJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<QualityJson<'a>>,
}

/// Whether the hooks see what is committed.
#[derive(Serialize)]
struct HooksJson {
    seen: usize,
    recorded: usize,
    adopted: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<BeatJson>,
}

/// The newest run of a hook.
#[derive(Serialize)]
struct BeatJson {
    event: &'static str,
    at: chrono::DateTime<chrono::Utc>,
    micros: u64,
}

#[derive(Serialize)]
struct BlockerJson<'a> {
    #[serde(flatten)]
    item: ItemJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl<'a> StatusJson<'a> {
    /// The session of this work tree, if there is one, and the work tree.
    pub(super) fn new(
        ui: &Ui,
        ctx: &Ctx,
        session: Option<&'a Session>,
        project: &'a Project,
        build: Option<&'a CiStatus>,
    ) -> Result<Self> {
        Ok(Self {
            session: session
                .map(|session| SessionJson::new(ui, ctx, session))
                .transpose()?,
            head: &project.head,
            staged: project.staged,
            changed: project.changed,
            conflicts: project.conflicts,
            untracked: project.untracked,
            unshared_events: pending::pending(ctx, &pending::near(ctx)?)?.map(|waits| waits.events),
            ahead: project.upstream.map(|(ahead, _)| ahead),
            behind: project.upstream.map(|(_, behind)| behind),
            context: crate::ops::project::score(ctx)
                .map(|(score, stale)| ContextJson { score, stale }),
            ccmp: CcmpJson::new(ctx),
            ci: build.map(CiJson::new),
        })
    }
}

impl<'a> SessionJson<'a> {
    fn new(ui: &Ui, ctx: &Ctx, session: &'a Session) -> Result<Self> {
        let issues = Links::of(ui, ctx, session);
        let objectives = session.objectives.iter();
        let objectives = objectives.map(|o| objective(session, o, &issues));
        Ok(Self {
            id: session.id.as_str(),
            branch: session.branch.as_str(),
            title: session.title.as_deref(),
            state: session.state.name(),
            started_at: session.started_at,
            active_seconds: sessions::active_seconds(ctx, session),
            tdd: session.tdd,
            test_driven: TddJson::new(ui, ctx, session),
            objectives: objectives.collect(),
            blockers: session
                .open_blockers()
                .map(|b| BlockerJson {
                    item: ItemJson::new(session, ItemKind::Blocker, &b.item),
                    link: b.link.as_deref(),
                    url: issues.of_blocker(b),
                })
                .collect(),
            decisions: session
                .decisions
                .iter()
                .map(|d| ItemJson::new(session, ItemKind::Decision, &d.item))
                .collect(),
            commits: session.commits.len(),
            checkpoint: Saved::new(ctx, session)?.json(),
            hooks: HooksJson::new(ctx, session)?,
            quality: QualityJson::new(session),
        })
    }
}

impl HooksJson {
    fn new(ctx: &Ctx, session: &Session) -> Result<Self> {
        let commits = status::commits(ctx, session, 0)?;
        Ok(Self {
            seen: commits.seen,
            recorded: commits.recorded,
            adopted: commits.adopted,
            last: heartbeat::last(ctx).map(|beat| BeatJson {
                event: beat.event.name(),
                at: chrono::DateTime::from_timestamp(beat.seconds, 0).unwrap_or_default(),
                micros: beat.micros,
            }),
        })
    }
}
