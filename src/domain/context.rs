//! The context: the part of a session that a hook needs, small whatever the length of the session.
//! It stands in `context.json` beside the log and can take in what hooks append without a new fold.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::body::{Body, CommitRecorded, Reason, TddPhase};
use super::event::{Event, Origin};
use super::handle::{self, ItemKind};
use super::id::{BranchName, CommitId, EventId, SessionId};
use super::impact::Impact;
use super::replay;
use super::session::{Left, ObjectiveState, Session, State};
use super::tdd::{self, Stand, Touched};
use super::time::{ActiveClock, Mark};

/// The version of the file. Another one is folded anew.
pub const VERSION: u32 = 1;

/// How much of the log a context stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogMark {
    /// Length of the own log in bytes.
    pub length: u64,
    /// Id of its last event.
    pub last: Option<EventId>,
    /// Up to here its records are in the notes. Moves only after the notes ref did; 0 writes them anew.
    #[serde(default)]
    pub noted: u64,
}

/// An objective that a hook may have to name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextObjective {
    /// Its id.
    pub id: EventId,
    /// Its handle.
    pub handle: String,
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub state: ObjectiveState,
    /// The Lamport counter of its last change of state; 0 when another clone made it.
    pub n: u64,
    /// It never leaves the machine.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

/// A decision that a hook may have to name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextDecision {
    /// Its id.
    pub id: EventId,
    /// Its handle.
    pub handle: String,
    /// What was decided.
    pub text: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// The Lamport counter of the event that made it; 0 when another clone did.
    pub n: u64,
    /// It never leaves the machine.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

/// Something in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextBlocker {
    /// Its handle.
    pub handle: String,
    /// What it says.
    pub text: String,
}

/// The window of one recorded commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The commit.
    pub commit: CommitId,
    /// The Lamport counter of its record.
    pub n: u64,
    /// What came after this counter belongs to it.
    pub since: u64,
    /// Active seconds of this clone that it accounts for.
    pub time: u64,
    /// The commit that its record replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amends: Option<CommitId>,
}

/// Where test-driven work stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextTdd {
    /// Now.
    pub now: Stand,
    /// As if the last commit of this clone had not been made, for what replaces it.
    pub without_last: Stand,
}

/// What a hook needs to know of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// Version of the file.
    pub v: u32,
    /// What it was folded from.
    pub log: LogMark,
    /// The session.
    pub session: SessionId,
    /// Its branch, as last seen.
    pub branch: BranchName,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Objectives reached.
    pub done: usize,
    /// Objectives in all, dropped ones left out.
    pub total: usize,
    /// Open objectives, and those completed in the last two windows.
    pub objectives: Vec<ContextObjective>,
    /// Open blockers.
    pub blockers: Vec<ContextBlocker>,
    /// Decisions of the last two windows, and the last one.
    pub decisions: Vec<ContextDecision>,
    /// The last commit that this clone recorded, if any.
    pub window: Option<Window>,
    /// Number of recorded commits.
    pub commits: usize,
    /// Active seconds of this clone that commits account for.
    pub attributed: u64,
    /// Active time in this clone, one clock a work tree.
    pub clocks: BTreeMap<String, ActiveClock>,
    /// Active seconds in other clones.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub elsewhere: u64,
    /// Where each work tree was when it left the branch.
    pub left: BTreeMap<String, Left>,
    /// Checkpoints with unfinished work that is in no work tree.
    #[serde(default, skip_serializing_if = "is_none")]
    pub parked: usize,
    /// Where test-driven work stands; none in another mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tdd: Option<ContextTdd>,
    /// When the last checkpoint was made; none when none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint_at: Option<DateTime<Utc>>,
    /// When the session began.
    #[serde(default)]
    pub started_at: DateTime<Utc>,
    /// The greatest Lamport counter.
    pub last_n: u64,
}

impl Context {
    /// The text of an objective that may leave the machine.
    pub fn public_objective(&self, id: &EventId) -> Option<&str> {
        self.objectives
            .iter()
            .find(|o| o.id == *id && !o.private)
            .map(|o| o.text.as_str())
    }

    /// The context of a session whose log stands at `log`.
    pub fn of(session: &Session, log: LogMark) -> Self {
        let mut own = session.commits.iter().filter(|c| c.log == Origin::Own);
        let window = own.next_back().map(|commit| Window {
            commit: commit.record.commit.clone(),
            n: session.window_start(),
            since: commit.since,
            time: commit.own_seconds,
            amends: commit.record.amends.clone(),
        });
        let last = window.as_ref().map(|window: &Window| &window.commit);
        let tdd = session.tdd.then(|| ContextTdd {
            now: tdd::stand(session, None),
            without_last: tdd::stand(session, last),
        });
        let elsewhere = session.elsewhere.values().map(ActiveClock::total);
        let (done, total) = session.progress();
        let mut context = Self {
            v: VERSION,
            log,
            session: session.id.clone(),
            branch: session.branch.clone(),
            title: session.title.clone(),
            state: session.state,
            done,
            total,
            objectives: objectives(session),
            blockers: blockers(session),
            decisions: decisions(session),
            window,
            commits: session.commits.len(),
            attributed: session.attributed_seconds(),
            clocks: session.clocks.clone(),
            elsewhere: elsewhere.fold(0, u64::saturating_add),
            left: session.left.clone(),
            parked: session.parked.len(),
            tdd,
            checkpoint_at: session.checkpoints.last().map(|c| c.item.at),
            started_at: session.started_at,
            last_n: session.last_n,
        };
        context.forget_old();
        context
    }

    /// Takes in an event of the own log that stands behind everything else. `false`: this one needs a new
    /// fold.
    pub fn apply(&mut self, event: &Event, idle_after: u64) -> bool {
        if event.head().n <= self.last_n || event.head().session != self.session {
            return false;
        }
        let understood = match event.body() {
            Body::CommitRecorded(record) if !record.adopted => self.record(record, event.head().n),
            Body::CommitRewritten(rewritten) => self.window.as_ref().is_some_and(|window| {
                // the record of the amend has taken the place of the old commit already
                let known = |(old, new): &(CommitId, CommitId)| {
                    window.amends.as_ref() == Some(old) && window.commit == *new
                };
                rewritten.pairs.iter().all(known)
            }),
            Body::SessionPaused(clocked) if clocked.reason == Reason::Switch => {
                let left = Left {
                    at: event.head().at,
                    head: clocked.head.clone(),
                };
                self.left
                    .insert(event.head().worktree.clone().unwrap_or_default(), left);
                true
            }
            Body::SessionResumed(clocked) => clocked.reason == Reason::Switch,
            // it moves the clock alone
            Body::ActivityRecorded(_) | Body::ContextUpdated(_) => true,
            _ => false,
        };
        if understood {
            let worktree = event.head().worktree.clone().unwrap_or_default();
            let stops = matches!(event.body(), Body::SessionPaused(_));
            let mark = Mark {
                at: event.head().at.timestamp(),
                stops,
            };
            self.clocks
                .entry(worktree)
                .or_default()
                .mark(mark, idle_after);
            self.last_n = event.head().n;
        }
        understood
    }

    /// A commit was recorded.
    fn record(&mut self, record: &CommitRecorded, n: u64) -> bool {
        let last = self.window.as_ref();
        if last.is_some_and(|window| window.commit == record.commit) {
            return true;
        }
        let mut since = last.map_or(0, |window| window.n);
        if let Some(old) = &record.amends {
            let Some(replaced) = last.filter(|window| window.commit == *old) else {
                return false;
            };
            since = replaced.since;
            self.attributed = self.attributed.saturating_sub(replaced.time);
            self.commits = self.commits.saturating_sub(1);
        }
        if let Some(tdd) = &mut self.tdd {
            if record.amends.is_none() {
                tdd.without_last = tdd.now;
            }
            tdd.now = tdd.without_last;
            tdd.now.commit(Touched::by(record));
        }
        if self.state == State::Paused {
            self.state = State::Active;
        }
        self.window = Some(Window {
            commit: record.commit.clone(),
            n: if replay::passes_on(record) { since } else { n },
            since,
            time: record.time,
            amends: record.amends.clone(),
        });
        self.commits += 1;
        self.attributed = self.attributed.saturating_add(record.time);
        self.forget_old();
        true
    }

    /// Leaves out what no trailer can name any more.
    fn forget_old(&mut self) {
        let since = self.window.as_ref().map_or(0, |window| window.since);
        self.objectives.retain(|o| o.state.is_open() || o.n > since);
        let last = self.decisions.last().map(|decision| decision.id.clone());
        self.decisions
            .retain(|d| d.n > since || Some(&d.id) == last.as_ref());
    }

    /// The objective being worked on: the first one in progress, else the first open one.
    pub fn current(&self) -> Option<&ContextObjective> {
        let first = |state| {
            self.objectives
                .iter()
                .find(|objective| objective.state == state)
        };
        first(ObjectiveState::InProgress).or_else(|| first(ObjectiveState::Open))
    }

    /// The phase of test-driven work that a commit with this change leads to.
    pub fn phase(&self, impact: &Impact, amends: Option<&CommitId>) -> Option<TddPhase> {
        let tdd = self.tdd.as_ref()?;
        let last = self.window.as_ref().map(|window| &window.commit);
        let stand = if amends.is_some() && amends == last {
            tdd.without_last
        } else {
            tdd.now
        };
        let led = stand.leads_to(Touched::of(impact))?;
        Some(led.phase)
    }

    /// Active seconds over all work trees of all clones up to the last event.
    pub fn active_seconds(&self) -> u64 {
        let here = self.clocks.values().map(ActiveClock::total);
        here.fold(self.elsewhere, u64::saturating_add)
    }

    /// Active seconds of this clone at this instant (Unix seconds) if something happened in `worktree` now.
    pub fn own_seconds_at(&self, now: i64, worktree: &str, idle_after: u64) -> u64 {
        let others = self
            .clocks
            .iter()
            .filter(|(name, _)| *name != worktree)
            .map(|(_, clock)| clock.total());
        let here = self
            .clocks
            .get(worktree)
            .map_or(0, |clock| clock.total_at(now, idle_after));
        others.fold(here, u64::saturating_add)
    }
}

/// Serde's way to leave out a zero.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Serde's way to leave out a count of none.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_none(count: &usize) -> bool {
    *count == 0
}

fn objectives(session: &Session) -> Vec<ContextObjective> {
    let wanted = session
        .objectives
        .iter()
        .filter(|o| o.state != ObjectiveState::Dropped);
    wanted
        .map(|o| ContextObjective {
            id: o.item.id.clone(),
            handle: handle::handle(session, ItemKind::Objective, &o.item),
            text: o.item.text.clone(),
            state: o.state,
            // what another clone did stands in its own commits
            n: if o.state_by.log == Origin::Own {
                o.state_n
            } else {
                0
            },
            private: o.item.private,
        })
        .collect()
}

fn blockers(session: &Session) -> Vec<ContextBlocker> {
    session
        .open_blockers()
        .map(|b| ContextBlocker {
            handle: handle::handle(session, ItemKind::Blocker, &b.item),
            text: b.item.text.clone(),
        })
        .collect()
}

fn decisions(session: &Session) -> Vec<ContextDecision> {
    session
        .decisions
        .iter()
        .filter(|d| d.superseded_by.is_none())
        .map(|d| ContextDecision {
            id: d.item.id.clone(),
            handle: handle::handle(session, ItemKind::Decision, &d.item),
            text: d.item.text.clone(),
            rationale: d.rationale.clone(),
            n: if d.item.number.is_some() { d.item.n } else { 0 },
            private: d.item.private,
        })
        .collect()
}

#[cfg(test)]
mod tests;
