//! One look at one session: what happened to its branch since, and what is to be written about it.

use std::collections::{BTreeMap, HashSet};

use anyhow::Result;

use super::super::ctx::Ctx;
use super::super::history::{self, Parents};
use super::super::{commits, record, recorded, sessions};
use super::{Found, HOOK_TIME, USUAL, rewritten};
use crate::domain::body::{self, Body, CommitRecorded, MarkedObjective};
use crate::domain::id::{BranchName, CommitId, SessionId};
use crate::domain::impact::Impact;
use crate::domain::lineage::{self, Face, Ties};
use crate::domain::movement::{self, Movement, movement};
use crate::domain::session::Session;
use crate::domain::time::parse_spent;
use crate::domain::trailers::{self, Key, Run};
use crate::git::{CommitInfo, reflog};
use crate::store::Cursor;

/// The most steps of which each is walked by a process of its own.
const MOST_WALKS: usize = 20;
/// The most steps of a branch that are looked at.
const MOST_STEPS: usize = 1000;
/// The most commits among which a lost one is looked for.
const MOST_COMPARED: usize = 400;

/// A step of the branch.
pub(super) struct Step {
    old: Option<CommitId>,
    new: CommitId,
    movement: Movement,
    onto: Option<CommitId>,
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) events: BTreeMap<SessionId, Vec<Body>>,
    pub(super) found: Found,
    pub(super) lost: bool,
    pub(super) left: Vec<CommitId>,
    /// A commit is so new that its own hook may be about to record it.
    pub(super) waits: bool,
}

/// One session and its branch.
pub(super) struct Survey<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) branch: &'a BranchName,
    pub(super) session: Session,
    /// Every commit that the log speaks of.
    pub(super) known: HashSet<CommitId>,
    pub(super) tip: CommitId,
}

impl Survey<'_> {
    /// What happened to the branch since, oldest first, and the length of its reflog.
    pub(super) fn steps(&self, cursor: Option<&Cursor>) -> Result<(Vec<Step>, u64)> {
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
        entries.drain(..entries.len().saturating_sub(MOST_STEPS));
        let step = |entry: reflog::Entry| {
            let onto = movement::onto(&entry.message).and_then(|id| CommitId::new(id).ok());
            let new = entry.new?;
            let mut movement = movement(&entry.message);
            // not every client says that it amends
            if movement == Movement::Made && !self.stands_on(&new, entry.old.as_ref()) {
                movement = Movement::Amended;
            }
            Some(Step {
                old: entry.old,
                new,
                movement,
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

    /// Whether a commit was made on top of another, as far as that can be told.
    fn stands_on(&self, commit: &CommitId, old: Option<&CommitId>) -> bool {
        if self.known.contains(commit) {
            return true;
        }
        let Ok(commit) = self.ctx.repo.commit(commit) else {
            return true;
        };
        old.is_none_or(|old| commit.parents.contains(old))
    }

    /// What is to be written of these steps.
    pub(super) fn plan(
        &self,
        steps: &[Step],
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Plan> {
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
        let mut candidates = cursor.map_or_else(Vec::new, |cursor| cursor.left.clone());
        candidates.extend(self.candidates(steps)?);
        candidates.retain(|commit| !self.known.contains(commit) && !followed.contains(commit));
        let ids: Vec<&CommitId> = candidates.iter().collect();
        let unreachable = history::unreachable(self.ctx, &ids, &[self.tip.as_str()])?;
        candidates.retain(|commit| !unreachable.contains(commit));
        if let Some(base) = &self.session.base.commit {
            // also where the cursor was lost, and everything happened within a second
            let ids: Vec<&CommitId> = candidates.iter().collect();
            let since = history::unreachable(self.ctx, &ids, &[base.as_str()])?;
            candidates.retain(|commit| since.contains(commit));
        }
        plan.left = candidates.split_off(candidates.len().min(limit));
        plan.found.followed = pairs.len();
        for body in rewritten(body::FOLLOWED, &pairs) {
            plan.push(&self.session.id, body);
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
        // what the session began with is older than all of it
        let base = self.session.base.commit.iter();
        let without: Vec<&str> = lost
            .chain(bases)
            .chain(seen)
            .chain(taken)
            .chain(base)
            .map(CommitId::as_str)
            .collect();
        let came = history::between(self.ctx, &self.tip, &without, Parents::All, MOST_COMPARED)?;
        let came: Vec<Face> = came.iter().map(history::face).collect();
        let leads_to =
            |old: &CommitId, new: &CommitId| self.ctx.repo.is_ancestor(old, new).unwrap_or(false);
        let recorded = |id: &CommitId| self.known.contains(id);
        let ties = Ties {
            recorded: &recorded,
            leads_to: &leads_to,
            rewritten: steps.iter().any(|step| {
                use Movement::{Amended, Rewrote, Unknown};
                matches!(step.movement, Amended | Rewrote | Unknown)
            }),
        };
        Ok(lineage::pairs(gone, &came, &ties))
    }

    /// The commits that may have been made in the session, oldest first.
    fn candidates(&self, steps: &[Step]) -> Result<Vec<CommitId>> {
        let mut candidates = Vec::new();
        let mut seen = HashSet::new();
        let mut walks = 0;
        for step in steps {
            let found = match step.movement {
                Movement::Taken | Movement::Copied => Vec::new(),
                Movement::Made | Movement::Amended => vec![step.new.clone()],
                // what a rebase ends with may be known, and not what it has in the middle
                _ if step.onto.is_none() && self.known.contains(&step.new) => Vec::new(),
                Movement::Rewrote | Movement::Unknown if walks < MOST_WALKS => {
                    walks += 1;
                    self.made_between(step)?
                }
                Movement::Rewrote | Movement::Unknown => Vec::new(),
            };
            candidates.extend(found.into_iter().filter(|id| seen.insert(id.clone())));
        }
        Ok(candidates)
    }

    /// The commits of one step that the person who commits here wrote and committed, those left out that were
    /// there in another form before the session.
    fn made_between(&self, step: &Step) -> Result<Vec<CommitId>> {
        let from = step.onto.as_ref().or(step.old.as_ref());
        let base = self.session.base.commit.as_ref();
        if from.is_none() && base.is_some() {
            return Ok(Vec::new());
        }
        let branch = &self.branch;
        let others = [
            format!("--exclude={branch}"),
            "--branches".to_owned(),
            format!("--exclude=*/{branch}"),
            "--remotes".to_owned(),
        ];
        // what another branch leads to was made there; a rebase says itself what is its own
        let others = others.iter().filter(|_| step.onto.is_none());
        let without: Vec<&str> = from
            .map(CommitId::as_str)
            .into_iter()
            .chain(base.map(CommitId::as_str))
            .chain(others.map(String::as_str))
            .collect();
        let commits = history::between(self.ctx, &step.new, &without, Parents::First, 2 * USUAL)?;
        let mine = self.ctx.repo.identity()?.email;
        let mut made: Vec<CommitInfo> = commits
            .into_iter()
            .filter(|commit| commit.author.email == mine && commit.committer.email == mine)
            .filter(|commit| !self.known.contains(&commit.id))
            .collect();
        if let Some(base) = base.filter(|_| !made.is_empty()) {
            let new = [step.new.as_str()];
            let before = history::between(self.ctx, base, &new, Parents::First, MOST_COMPARED)?;
            let looks = |commit: &CommitInfo| {
                let face = history::face(commit);
                (face.written, face.author, face.subject)
            };
            let before: HashSet<_> = before.iter().map(looks).collect();
            made.retain(|commit| !before.contains(&looks(commit)));
        }
        Ok(made.into_iter().map(|commit| commit.id).collect())
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
        let age = self.ctx.now().timestamp() - commit.committer.seconds;
        if run.is_some() && (0..HOOK_TIME).contains(&age) {
            plan.waits = true;
            return Ok(());
        }
        let record = self.record(session, commit, run.as_ref());
        plan.found.recorded += 1;
        plan.push(&session.id, Body::CommitRecorded(record));
        Ok(())
    }

    /// The record of a commit that no hook saw: what git says of it, and what its own trailers tell.
    fn record(&self, session: &Session, commit: &CommitInfo, run: Option<&Run>) -> CommitRecorded {
        let merge = commit.parents.len() > 1;
        let mut impact = Impact::default();
        if !merge {
            // where trees are missing, as in a clone without them, the rest is recorded all the same
            impact = commits::committed(self.ctx, commit, run, None).unwrap_or_default();
            // measured now, not then
            impact.coverage = None;
        }
        let told = |key| run.into_iter().flat_map(move |run| run.get(key));
        let objectives = told(Key::Objectives).filter_map(|trailer| {
            let (mark, text) = recorded::marked(&trailer.text);
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
        CommitRecorded {
            commit: commit.id.clone(),
            amends: None,
            author: commit.author.to_string(),
            subject: history::subject(commit)
                .chars()
                .take(record::MAX_SUBJECT)
                .collect(),
            objectives: objectives.collect(),
            decisions: decisions.collect(),
            impact,
            time: time.unwrap_or(0),
            merge,
            merged: Vec::new(),
            revert: false,
            adopted: true,
        }
    }
}

impl Plan {
    fn push(&mut self, id: &SessionId, body: Body) {
        self.events.entry(id.clone()).or_default().push(body);
    }
}
