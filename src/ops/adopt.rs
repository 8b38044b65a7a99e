//! Adoption: commits of a session that no hook saw are found and recorded, and records are brought to the
//! commits that took the place of theirs. What happened to the branch stands in its reflog, which all work trees
//! share and every client writes; where there is none, the tip that was seen last tells how far to look.

use std::collections::{BTreeMap, HashSet};

use anyhow::Result;

use super::ctx::Ctx;
use super::history::{self, Parents};
use super::{commits, sessions};
use crate::domain::body::{self, Body, CommitRecorded, CommitRewritten, MarkedObjective};
use crate::domain::id::{BranchName, CommitId, SessionId};
use crate::domain::lineage::{self, Face};
use crate::domain::movement::{self, Movement, movement};
use crate::domain::session::Session;
use crate::domain::time::parse_spent;
use crate::domain::trailers::{self, Key, Run};
use crate::git::{CommitInfo, reflog};
use crate::store::{Cursor, Waiting};

/// The most commits that a command records on its way; `doctor --fix` knows no limit.
pub const USUAL: usize = 200;
/// The most commits among which a lost one is looked for.
const MOST_COMPARED: usize = 400;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Commits recorded now.
    pub recorded: usize,
    /// Commits whose records went to the ones that took their place, or to copies.
    pub followed: usize,
    /// The sessions whose logs say more now.
    pub sessions: Vec<SessionId>,
}

/// A step of the branch.
struct Step {
    old: Option<CommitId>,
    new: CommitId,
    movement: Movement,
    onto: Option<CommitId>,
}

/// How much of the branch's past is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// What happened since a command looked last.
    News,
    /// Everything since the session began.
    All,
}

/// From here on the branch belongs to the session: what was there before is not its work.
pub fn claim(ctx: &Ctx, branch: &BranchName, id: &SessionId) -> Result<()> {
    let mapped = ctx.repo.config()?.session_of(branch);
    if mapped.as_ref() != Some(id) {
        let cursor = Cursor {
            reflog: length(ctx, branch),
            tip: ctx.repo.branch_tip(branch)?,
            ..Cursor::default()
        };
        ctx.store.set_cursor(id, &cursor)?;
    }
    ctx.repo.set_session(branch, Some(id))
}

/// Brings a session in line with what happened to its branch.
pub fn adopt(ctx: &Ctx, branch: &BranchName, id: &SessionId, reach: Reach) -> Result<Found> {
    let Some(tip) = ctx.repo.branch_tip(branch)? else {
        return Ok(Found::default());
    };
    let end = length(ctx, branch);
    let is_news = |cursor: &Cursor| cursor.reflog != end || cursor.tip.as_ref() != Some(&tip);
    if reach == Reach::News && !ctx.store.cursor(id).as_ref().is_none_or(is_news) {
        return Ok(Found::default());
    }
    let lock = ctx.store.lock_for_command(id)?;
    let cursor = ctx.store.cursor(id).filter(|_| reach == Reach::News);
    let session = sessions::load(ctx, id)?;
    let survey = Survey {
        ctx,
        branch,
        known: known(&session.fold),
        session: session.session,
        tip: tip.clone(),
    };
    let (steps, end) = survey.steps(cursor.as_ref())?;
    let mut plan = Plan::default();
    if ctx.tracks() && survey.session.state.is_open() {
        plan = survey.plan(&steps, cursor.as_ref(), reach)?;
    }
    plan.found.sessions = plan.events.keys().cloned().collect();
    let own = plan.events.remove(id).unwrap_or_default();
    append(ctx, id, own)?;
    ctx.store.set_cursor(
        id,
        &Cursor {
            reflog: end,
            tip: Some(tip),
            lost: plan.lost,
            left: plan.left,
        },
    )?;
    drop(lock);
    for (id, bodies) in plan.events {
        let _lock = ctx.store.lock_for_command(&id)?;
        append(ctx, &id, bodies)?;
    }
    Ok(plan.found)
}

/// The length of a branch's reflog.
fn length(ctx: &Ctx, branch: &BranchName) -> u64 {
    let log = reflog::branch_log(ctx.repo.common_dir(), branch);
    crate::sys::fs::length(&log).unwrap_or(0)
}

/// Every commit that the log speaks of, also of those that were replaced since.
pub(super) fn known(fold: &crate::domain::fold::Fold) -> HashSet<CommitId> {
    let mut known = HashSet::new();
    for event in fold.events() {
        match event.body() {
            Body::CommitRecorded(record) => {
                known.extend(record.amends.clone());
                known.insert(record.commit.clone());
            }
            Body::CommitRewritten(rewritten) => {
                let pairs = rewritten.pairs.iter();
                known.extend(pairs.flat_map(|(old, new)| [old.clone(), new.clone()]));
            }
            _ => {}
        }
    }
    known
}

/// Writes what was found to the log of a session, as one op.
pub(super) fn append(ctx: &Ctx, id: &SessionId, bodies: Vec<Body>) -> Result<()> {
    if bodies.is_empty() {
        return Ok(());
    }
    let last_n = sessions::load(ctx, id)?.fold.last_n();
    let events: Vec<_> = ctx.with_pen(id, last_n, |pen| {
        bodies.into_iter().map(|body| pen.write(body)).collect()
    });
    ctx.store.log(id).append(&events, Waiting::Buffered)?;
    sessions::refresh_views(ctx, &sessions::load(ctx, id)?)
}

/// What is to be written.
#[derive(Default)]
struct Plan {
    events: BTreeMap<SessionId, Vec<Body>>,
    found: Found,
    lost: bool,
    left: usize,
}

/// One session and its branch.
struct Survey<'a> {
    ctx: &'a Ctx,
    branch: &'a BranchName,
    session: Session,
    known: HashSet<CommitId>,
    tip: CommitId,
}

impl Survey<'_> {
    /// What happened to the branch since, oldest first, and the length of its reflog.
    fn steps(&self, cursor: Option<&Cursor>) -> Result<(Vec<Step>, u64)> {
        let log = reflog::branch_log(self.ctx.repo.common_dir(), self.branch);
        let tail =
            reflog::since(&log, cursor.map_or(0, |cursor| cursor.reflog))?.unwrap_or_default();
        let mut entries = tail.entries;
        match cursor {
            None => {
                let began = self.session.started_at.timestamp();
                entries.retain(|entry| entry.seconds >= began);
            }
            Some(cursor) if tail.rewritten => {
                let last = entries.iter().rposition(|entry| entry.new == cursor.tip);
                entries.drain(..last.map_or(entries.len(), |last| last + 1));
            }
            Some(_) => {}
        }
        let step = |entry: reflog::Entry| {
            let onto = movement::onto(&entry.message).and_then(|id| CommitId::new(id).ok());
            Some(Step {
                old: entry.old,
                new: entry.new?,
                movement: movement(&entry.message),
                onto,
            })
        };
        let mut steps: Vec<Step> = entries.into_iter().filter_map(step).collect();
        let seen = cursor.map_or(self.session.base.commit.as_ref(), |cursor| {
            cursor.tip.as_ref()
        });
        let last = steps.last().map(|step| &step.new).or(seen).cloned();
        if last.as_ref() != Some(&self.tip) {
            steps.push(Step {
                old: last,
                new: self.tip.clone(),
                movement: Movement::Unknown,
                onto: None,
            });
        }
        Ok((steps, tail.end))
    }

    /// What is to be written of these steps.
    fn plan(&self, steps: &[Step], cursor: Option<&Cursor>, reach: Reach) -> Result<Plan> {
        let mut plan = Plan::default();
        let seen = cursor.and_then(|cursor| cursor.tip.as_ref());
        let calm = steps.iter().all(|step| step.movement == Movement::Made);
        let lost = cursor.is_some_and(|cursor| cursor.lost);
        let mut pairs = Vec::new();
        if !calm || lost {
            let gone = self.lost()?;
            pairs = self.follow(&gone, steps, seen)?;
            plan.lost = gone.len() > pairs.len();
        }
        let followed: HashSet<&CommitId> = pairs.iter().map(|(_, new)| new).collect();
        let mut candidates = self.candidates(steps)?;
        candidates.retain(|commit| !self.known.contains(commit) && !followed.contains(commit));
        let ids: Vec<&CommitId> = candidates.iter().collect();
        let unreachable = history::unreachable(self.ctx, &ids, &[self.tip.as_str()])?;
        candidates.retain(|commit| !unreachable.contains(commit));
        if reach == Reach::News {
            plan.left = candidates.len().saturating_sub(USUAL);
            candidates.drain(..plan.left);
            plan.left += cursor.map_or(0, |cursor| cursor.left);
        }
        plan.found.followed = pairs.len();
        if !pairs.is_empty() {
            plan.push(&self.session.id, rewritten(body::FOLLOWED, pairs));
        }
        for commit in candidates {
            self.take_in(&self.ctx.repo.commit(&commit)?, &mut plan)?;
        }
        Ok(plan)
    }

    /// Recorded commits that the branch does not lead to any more, oldest first.
    fn lost(&self) -> Result<Vec<Face>> {
        let newest = self.session.commits.iter().rev().take(USUAL);
        let mut commits: Vec<_> = newest.map(|commit| &commit.record).collect();
        commits.reverse();
        let ids: Vec<&CommitId> = commits.iter().map(|record| &record.commit).collect();
        let gone = history::unreachable(self.ctx, &ids, &[self.tip.as_str()])?;
        let gone = commits
            .into_iter()
            .filter(|record| gone.contains(&record.commit));
        Ok(gone.map(|record| self.face(record)).collect())
    }

    /// What identifies a recorded commit, which may be pruned.
    fn face(&self, record: &CommitRecorded) -> Face {
        match self.ctx.repo.commit(&record.commit) {
            Ok(commit) => history::face(&commit),
            Err(_) => Face {
                id: record.commit.clone(),
                author: record.author.clone(),
                written: None,
                tree: None,
                subject: record.subject.clone(),
            },
        }
    }

    /// The commits that took the place of lost ones. Never what the branch was only put on.
    fn follow(
        &self,
        gone: &[Face],
        steps: &[Step],
        seen: Option<&CommitId>,
    ) -> Result<Vec<(CommitId, CommitId)>> {
        if gone.is_empty() {
            return Ok(Vec::new());
        }
        let taken = steps.iter().filter(|step| step.movement == Movement::Taken);
        let taken = taken.map(|step| &step.new).filter(|new| **new != self.tip);
        let bases = steps.iter().filter_map(|step| step.onto.as_ref());
        let lost = gone.iter().map(|face| &face.id);
        let without: Vec<&str> = lost
            .chain(bases)
            .chain(seen)
            .chain(taken)
            .map(CommitId::as_str)
            .collect();
        let came = history::between(self.ctx, &self.tip, &without, Parents::All, MOST_COMPARED)?;
        let came: Vec<Face> = came.iter().map(history::face).collect();
        Ok(lineage::pairs(gone, &came))
    }

    /// The commits that may have been made in the session, oldest first.
    fn candidates(&self, steps: &[Step]) -> Result<Vec<CommitId>> {
        let mut candidates = Vec::new();
        let mut seen = HashSet::new();
        for step in steps {
            let found = match step.movement {
                Movement::Taken | Movement::Copied => Vec::new(),
                Movement::Made => vec![step.new.clone()],
                _ if self.known.contains(&step.new) => Vec::new(),
                Movement::Rewrote | Movement::Unknown => self.made_between(step)?,
            };
            candidates.extend(found.into_iter().filter(|id| seen.insert(id.clone())));
        }
        Ok(candidates)
    }

    /// The commits of one step that the person who commits here wrote and committed.
    fn made_between(&self, step: &Step) -> Result<Vec<CommitId>> {
        let from = step.onto.as_ref().or(step.old.as_ref());
        if from.is_none() && self.session.base.commit.is_some() {
            return Ok(Vec::new());
        }
        // what another branch leads to was made there
        let branch = &self.branch;
        let others = [
            format!("--exclude={branch}"),
            "--branches".to_owned(),
            format!("--exclude=*/{branch}"),
            "--remotes".to_owned(),
        ];
        let without: Vec<&str> = from
            .map(CommitId::as_str)
            .into_iter()
            .chain(others.iter().map(String::as_str))
            .collect();
        let commits = history::between(self.ctx, &step.new, &without, Parents::First, 2 * USUAL)?;
        let mine = self.ctx.repo.identity()?.email;
        let made = commits
            .into_iter()
            .filter(|commit| commit.author.email == mine && commit.committer.email == mine);
        Ok(made.map(|commit| commit.id).collect())
    }

    /// Records a commit in the session that it names, else in that of the branch.
    fn take_in(&self, commit: &CommitInfo, plan: &mut Plan) -> Result<()> {
        let run = trailers::harvest(&commit.message).pop();
        let named = run
            .as_ref()
            .and_then(|run| SessionId::new(run.session_id()).ok());
        let named = named.filter(|id| *id != self.session.id && self.ctx.store.has(id));
        let other = named.map(|id| sessions::load(self.ctx, &id)).transpose()?;
        let session = other.as_ref().map_or(&self.session, |other| &other.session);
        let run = run.filter(|run| run.session_id() == session.id.as_str());
        let record = self.record(session, commit, run.as_ref())?;
        plan.found.recorded += 1;
        plan.push(&session.id, Body::CommitRecorded(record));
        Ok(())
    }

    /// The record of a commit that no hook saw: what git says of it, and what its own trailers tell.
    fn record(
        &self,
        session: &Session,
        commit: &CommitInfo,
        run: Option<&Run>,
    ) -> Result<CommitRecorded> {
        let merge = commit.parents.len() > 1;
        let mut impact = crate::domain::impact::Impact::default();
        if !merge {
            impact = commits::committed(self.ctx, &commit.id, run, None)?;
            // measured now, not then
            impact.coverage = None;
        }
        let told = |key| run.into_iter().flat_map(move |run| run.get(key));
        let objectives = told(Key::Objectives).filter_map(|trailer| {
            let (mark, text) = super::recorded::marked(&trailer.text);
            let item = &session
                .objectives
                .iter()
                .find(|o| o.item.text == text)?
                .item;
            Some(MarkedObjective {
                item: item.id.clone(),
                mark: mark?,
            })
        });
        let decisions = told(Key::Decisions).filter_map(|trailer| {
            let mut items = session.decisions.iter().map(|d| &d.item);
            Some(items.find(|item| item.text == trailer.text)?.id.clone())
        });
        let time = told(Key::Time).find_map(|trailer| parse_spent(&trailer.text));
        Ok(CommitRecorded {
            commit: commit.id.clone(),
            amends: None,
            author: commit.author.to_string(),
            subject: history::subject(commit)
                .chars()
                .take(super::record::MAX_SUBJECT)
                .collect(),
            objectives: objectives.collect(),
            decisions: decisions.collect(),
            impact,
            time: time.unwrap_or(0),
            merge,
            merged: Vec::new(),
            adopted: true,
        })
    }
}

impl Plan {
    fn push(&mut self, id: &SessionId, body: Body) {
        self.events.entry(id.clone()).or_default().push(body);
    }
}

/// Old and new commits as an event.
pub(super) fn rewritten(command: &str, pairs: Vec<(CommitId, CommitId)>) -> Body {
    Body::CommitRewritten(CommitRewritten {
        command: command.to_owned(),
        pairs,
    })
}
