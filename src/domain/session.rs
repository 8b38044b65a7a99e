//! The session as people see it: what the fold of its events comes to. Nouns only, no rules.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::body::{
    Alternative, Base, CheckpointCreated, CommitRecorded, Ended, HandoffCreated, LearningType,
    MetricsRecorded, TddPhase,
};
use super::event::Origin;
use super::id::{BranchName, CommitId, EventId, SessionId, WriterId};
use super::time::ActiveClock;

/// A branch plus its context.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its name in every clone.
    pub id: SessionId,
    /// The branch that it belongs to, as last seen.
    pub branch: BranchName,
    /// Where it began.
    pub base: Base,
    /// A title for people.
    pub title: Option<String>,
    /// Test-driven mode.
    pub tdd: bool,
    /// Its start made the branch.
    pub created_branch: bool,
    /// Who started it.
    pub by: String,
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// Where it stands.
    pub state: State,
    /// When it ended, if it did.
    pub ended_at: Option<DateTime<Utc>>,
    /// What is to be reached.
    pub objectives: Vec<Objective>,
    /// What is in the way.
    pub blockers: Vec<Blocker>,
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// What was learnt.
    pub learnings: Vec<Learning>,
    /// Free text.
    pub notes: Vec<Item>,
    /// The saved states of the work tree, dropped ones included, in order.
    pub checkpoints: Vec<Checkpoint>,
    /// Labels of checkpoints whose files another clone has, in order.
    pub labels: Vec<Item>,
    /// The ids of checkpoints that hold unfinished work which is in no work tree, oldest first.
    pub parked: Vec<EventId>,
    /// The documents for who goes on, in order.
    pub handoffs: Vec<Happened<HandoffCreated>>,
    /// Coverage and test results, in order.
    pub metrics: Vec<Happened<MetricsRecorded>>,
    /// The steps of test-driven work that were named, in order.
    pub phases: Vec<Happened<TddPhase>>,
    /// What was said when it ended; stays when it is opened again.
    pub last_end: Option<Ended>,
    /// Whose log has that.
    pub last_end_log: Origin,
    /// The commits made in it, in the order of their records, replaced ones left out.
    pub commits: Vec<Commit>,
    /// Active time in this clone, one clock a work tree.
    pub clocks: BTreeMap<String, ActiveClock>,
    /// Active time in other clones, one clock a work tree.
    pub elsewhere: BTreeMap<(WriterId, String), ActiveClock>,
    /// Where each work tree of this clone was when it left the branch.
    pub left: BTreeMap<String, Left>,
    /// The commands that made it, in order.
    pub ops: Vec<Op>,
    /// The greatest Lamport counter.
    pub last_n: u64,
    /// The greatest instant of an event; for people only.
    pub last_at: DateTime<Utc>,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Commits are enriched.
    Active,
    /// A person stopped the clock.
    Paused,
    /// Later commits are plain.
    Ended,
    /// Put away.
    Archived,
    /// Deleted, or its start was undone.
    Deleted,
}

impl State {
    /// Whether commits on its branch belong to it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Active | Self::Paused)
    }

    /// The name in listings and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Ended => "ended",
            Self::Archived => "archived",
            Self::Deleted => "deleted",
        }
    }
}

/// What every item has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The id of the event that made it.
    pub id: EventId,
    /// Its number in this clone's own log, from 1; none when another clone made it.
    pub number: Option<u32>,
    /// The Lamport counter of the event that made it.
    pub n: u64,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Who made it.
    pub by: String,
    /// What wrote it.
    pub via: String,
    /// It never leaves the machine.
    pub private: bool,
    /// What it says.
    pub text: String,
}

/// Something to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objective {
    /// Identity and text.
    pub item: Item,
    /// An issue number or address.
    pub link: Option<String>,
    /// Where it stands.
    pub state: ObjectiveState,
    /// The Lamport counter of its last change of state.
    pub state_n: u64,
    /// Who changed its state last, and when; who made it, before that.
    pub state_by: Told,
}

/// Who said something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// Whose log has it.
    pub log: Origin,
}

/// Where an objective stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectiveState {
    /// Not begun.
    Open,
    /// Being worked on.
    InProgress,
    /// Reached.
    Completed,
    /// Given up.
    Dropped,
}

impl ObjectiveState {
    /// The mark in lists.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Open => "[ ]",
            Self::InProgress => "[>]",
            Self::Completed => "[x]",
            Self::Dropped => "[-]",
        }
    }

    /// Whether there is something left to do.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }

    /// The name in listings and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Dropped => "dropped",
        }
    }
}

/// Something in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// Identity and text.
    pub item: Item,
    /// An issue number or address.
    pub link: Option<String>,
    /// When it was resolved, if it was.
    pub resolved_at: Option<DateTime<Utc>>,
    /// How it was resolved.
    pub resolution: Option<String>,
}

/// Something decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Identity and text.
    pub item: Item,
    /// Why.
    pub rationale: Option<String>,
    /// The situation.
    pub context: Option<String>,
    /// The ways not taken.
    pub alternatives: Vec<Alternative>,
    /// What follows from it.
    pub consequences: Vec<String>,
    /// Path globs that it is about.
    pub scope: Vec<String>,
    /// The decision that replaced it.
    pub superseded_by: Option<EventId>,
}

/// Something learnt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learning {
    /// Identity and text.
    pub item: Item,
    /// What sort of thing it is.
    pub kind: LearningType,
    /// `learning/<type>s/<name>`.
    pub key: String,
    /// Path globs that it is about.
    pub scope: Vec<String>,
    /// It was dropped.
    pub dropped: bool,
}

/// A saved state of the work tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Identity; the text is the label, or empty.
    pub item: Item,
    /// What was recorded of it.
    pub made: CheckpointCreated,
    /// It is not kept any more.
    pub dropped: bool,
}

/// Something that was recorded once and never changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened<T> {
    /// The id of its event.
    pub id: EventId,
    /// The Lamport counter of its event.
    pub n: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who recorded it.
    pub by: String,
    /// Whose log has it.
    pub log: Origin,
    /// What.
    pub what: T,
}

/// A commit made in the session.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// What was recorded of it.
    pub record: CommitRecorded,
    /// Where its window ends: the Lamport counter of its record; that of a merge, which says nothing, stays where
    /// it began.
    pub n: u64,
    /// Where its window begins: what came after this counter belongs to it.
    pub since: u64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// Whose log recorded it. Only an own record closes a window.
    pub log: Origin,
    /// This clone's share of its active seconds.
    pub own_seconds: u64,
    /// Copies of it that were made by picking or mailing.
    pub copies: Vec<CommitId>,
}

impl Commit {
    /// Whether this is the record of that commit, or of what it was copied from.
    pub fn is_of(&self, commit: &CommitId) -> bool {
        self.record.commit == *commit || self.copies.contains(commit)
    }
}

/// Where a work tree was when it left the branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// When.
    pub at: DateTime<Utc>,
    /// The tip of the branch then.
    pub head: Option<CommitId>,
}

/// One command: the events that it wrote together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Op {
    /// The id of its first event.
    pub id: EventId,
    /// The Lamport counter of its first event.
    pub n: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// What wrote it.
    pub via: String,
    /// It stands in this clone's own log.
    pub own: bool,
    /// It was taken back.
    pub undone: bool,
    /// The command that it took back, if that is what it did.
    pub undoes: Option<EventId>,
    /// It wrote nothing but records of what git did, so there is nothing to take back.
    pub bookkeeping: bool,
}

impl Op {
    /// Whether there is something that this clone can take back.
    pub fn is_undoable(&self) -> bool {
        self.own && !self.bookkeeping && self.via != "hook"
    }
}

impl Session {
    /// Active seconds over all work trees of all clones up to the last event.
    pub fn active_seconds(&self) -> u64 {
        let clocks = self.clocks.values().chain(self.elsewhere.values());
        clocks.map(ActiveClock::total).fold(0, u64::saturating_add)
    }

    /// This clone's active seconds that commits account for.
    pub fn attributed_seconds(&self) -> u64 {
        let commits = self.commits.iter();
        commits
            .map(|commit| commit.own_seconds)
            .fold(0, u64::saturating_add)
    }

    /// The greatest counter of this clone's records: what came after it belongs to the next commit.
    pub fn window_start(&self) -> u64 {
        let own = self.commits.iter().filter(|c| c.log == Origin::Own);
        own.map(|commit| commit.n).max().unwrap_or(0)
    }

    /// Number of objectives in this state.
    pub fn count(&self, state: ObjectiveState) -> usize {
        self.objectives
            .iter()
            .filter(|objective| objective.state == state)
            .count()
    }

    /// Objectives reached, and all that were not given up.
    pub fn progress(&self) -> (usize, usize) {
        let dropped = self.count(ObjectiveState::Dropped);
        (
            self.count(ObjectiveState::Completed),
            self.objectives.len() - dropped,
        )
    }

    /// The objective being worked on: the first one in progress, else the first open one.
    pub fn current_objective(&self) -> Option<&Objective> {
        let first = |state| {
            self.objectives
                .iter()
                .find(|objective| objective.state == state)
        };
        first(ObjectiveState::InProgress).or_else(|| first(ObjectiveState::Open))
    }

    /// What is in the way now.
    pub fn open_blockers(&self) -> impl Iterator<Item = &Blocker> {
        self.blockers
            .iter()
            .filter(|blocker| blocker.resolved_at.is_none())
    }

    /// Every item that has a handle, with the prefix of its kind.
    pub fn items(&self) -> impl Iterator<Item = (super::handle::ItemKind, &Item)> {
        use super::handle::ItemKind;
        let objectives = self
            .objectives
            .iter()
            .map(|o| (ItemKind::Objective, &o.item));
        let blockers = self.blockers.iter().map(|b| (ItemKind::Blocker, &b.item));
        let decisions = self.decisions.iter().map(|d| (ItemKind::Decision, &d.item));
        let learnings = self.learnings.iter().map(|l| (ItemKind::Learning, &l.item));
        let notes = self.notes.iter().map(|note| (ItemKind::Note, note));
        let checkpoints = self.checkpoints.iter();
        let checkpoints = checkpoints.map(|c| (ItemKind::Checkpoint, &c.item));
        objectives
            .chain(blockers)
            .chain(decisions)
            .chain(learnings)
            .chain(notes)
            .chain(checkpoints)
    }
}
