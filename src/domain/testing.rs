//! What the tests of the domain share: clones that work on one session, and random work for them.

use std::cell::Cell;
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::body::{Base, Body, Clocked, LearningType, Reason, Started};
use super::decide::{Command, DecisionChange, NewDecision, ObjectiveChange, Privacy};
use super::decide::{Refused, decide};
use super::event::{Event, Origin};
use super::fold::Fold;
use super::handle::ItemKind;
use super::id::{BranchName, CommitId, EventId, SessionId, WriterId};
use super::pen::{Author, Pen};
use super::redact::Redacted;
use super::session::Session;

/// Seconds without an event after which the person was elsewhere.
pub(crate) const IDLE: u64 = 1800;

pub(crate) fn session_id() -> SessionId {
    SessionId::new("feature-auth-20261120-k3f9qa").unwrap()
}

pub(crate) fn writer(index: usize) -> WriterId {
    WriterId::new(format!("writer{index}")).unwrap()
}

pub(crate) fn commit_id(number: u64) -> CommitId {
    CommitId::new(format!("{number:040x}")).unwrap()
}

pub(crate) fn branch(name: &str) -> BranchName {
    BranchName::new(name).unwrap()
}

/// So many seconds after everything began.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

pub(crate) fn started() -> Body {
    Body::SessionStarted(Started {
        branch: branch("feature/auth"),
        base: Base {
            branch: Some(branch("main")),
            commit: Some(commit_id(0)),
        },
        title: None,
        tdd: false,
        created: true,
    })
}

pub(crate) fn switched(reason: Reason) -> Clocked {
    Clocked {
        reason,
        head: Some(commit_id(0)),
    }
}

/// One clone: its own log and what it fetched of the others'.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) index: usize,
    pub(crate) worktree: Option<String>,
    pub(crate) logs: BTreeMap<usize, Vec<Event>>,
    written: Cell<u64>,
}

impl Site {
    pub(crate) fn new(index: usize) -> Self {
        Self {
            index,
            worktree: None,
            logs: BTreeMap::from([(index, Vec::new())]),
            written: Cell::new(0),
        }
    }

    /// A clone whose session has begun.
    pub(crate) fn begun() -> Self {
        let mut site = Self::new(0);
        site.hook(0, "cli", started());
        site
    }

    /// Whose log that of a clone is, as seen from here.
    pub(crate) fn origin(&self, index: usize) -> Origin {
        if index == self.index {
            Origin::Own
        } else {
            Origin::Other(writer(index))
        }
    }

    pub(crate) fn fold(&self) -> Fold {
        let mut fold = Fold::new();
        for (index, log) in &self.logs {
            for event in log {
                fold.insert(event.clone(), self.origin(*index));
            }
        }
        fold
    }

    pub(crate) fn session(&self) -> Session {
        self.fold().session(IDLE).expect("it was started")
    }

    pub(crate) fn own(&self) -> &[Event] {
        &self.logs[&self.index]
    }

    fn pen<T>(&self, now: i64, via: &str, write: impl FnOnce(&mut Pen<'_>) -> T) -> T {
        let random = |_: &str| {
            self.written.set(self.written.get() + 1);
            let mixed = (self.written.get() + 1000 * self.index as u64)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(23);
            let mut bytes = [u8::try_from(self.index).unwrap(); 10];
            bytes[2..].copy_from_slice(&mixed.to_be_bytes());
            bytes
        };
        let author = Author {
            by: format!("Dev {0} <dev{0}@example.org>", self.index),
            via: via.to_owned(),
            worktree: self.worktree.clone(),
            at: at(now),
        };
        let last = self.fold().last_n();
        write(&mut Pen::new(author, session_id(), last, &random))
    }

    /// Appends one event without asking.
    pub(crate) fn hook(&mut self, now: i64, via: &str, body: Body) -> Event {
        let event = self.pen(now, via, |pen| pen.write(body));
        self.push(event.clone());
        event
    }

    /// Carries out a command.
    pub(crate) fn run(&mut self, now: i64, command: Command) -> Result<Vec<Event>, Refused> {
        let session = self.session();
        let events = self.pen(now, "cli", |pen| decide(&session, command, pen))?;
        self.logs
            .get_mut(&self.index)
            .unwrap()
            .extend(events.clone());
        Ok(events)
    }

    pub(crate) fn push(&mut self, event: Event) {
        self.logs.get_mut(&self.index).unwrap().push(event);
    }

    /// Takes in what another clone wrote.
    pub(crate) fn fetch(&mut self, other: &Self) {
        self.logs.insert(other.index, other.own().to_vec());
    }

    /// The full id of one of the items, when there is any.
    fn pick(&self, kind: ItemKind, number: usize) -> String {
        let session = self.session();
        let ids: Vec<&EventId> = session
            .items()
            .filter(|(k, _)| *k == kind)
            .map(|(_, item)| &item.id)
            .collect();
        if ids.is_empty() {
            "none".to_owned()
        } else {
            ids[number % ids.len()].to_string()
        }
    }
}

/// One thing that somebody does.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Which clone.
    pub(crate) site: usize,
    /// Seconds after the step before.
    pub(crate) gap: i64,
    /// What.
    pub(crate) what: u8,
    /// To which item, or from which clone.
    pub(crate) which: usize,
}

/// How many different things [`Step::command`] knows.
pub(crate) const COMMANDS: u8 = 22;

pub(crate) fn steps(sites: usize, kinds: u8, count: usize) -> impl Strategy<Value = Vec<Step>> {
    let step =
        (0..sites, 0..2500_i64, 0..kinds, 0..16_usize).prop_map(|(site, gap, what, which)| Step {
            site,
            gap,
            what,
            which,
        });
    prop::collection::vec(step, 0..count)
}

impl Step {
    fn text(&self, what: &str) -> Redacted {
        Redacted::from(format!("{what} {} of {}", self.which, self.site))
    }

    fn privacy(&self) -> Privacy {
        if self.which == 7 {
            Privacy::Private
        } else {
            Privacy::Shared
        }
    }

    /// The command that the step stands for in this clone.
    pub(crate) fn command(&self, site: &Site) -> Command {
        let text = |what: &str| self.text(what);
        let objective = || site.pick(ItemKind::Objective, self.which);
        let blocker = || site.pick(ItemKind::Blocker, self.which);
        let decision = || site.pick(ItemKind::Decision, self.which);
        let privacy = self.privacy();
        let change = |change| Command::ChangeObjective {
            name: objective(),
            change,
        };
        match self.what {
            0 | 1 => Command::AddObjective {
                text: text("reach"),
                privacy,
            },
            2 => change(ObjectiveChange::Start),
            3 => change(ObjectiveChange::Complete),
            4 => change(ObjectiveChange::Reopen),
            5 => change(ObjectiveChange::Drop),
            6 => Command::EditObjective {
                name: objective(),
                text: text("edit"),
            },
            7 => Command::AddBlocker {
                text: text("wait"),
                link: None,
                privacy,
            },
            8 => Command::ResolveBlocker {
                name: blocker(),
                resolution: Some(text("solved")),
            },
            9 => Command::ReopenBlocker { name: blocker() },
            10 => Command::EditBlocker {
                name: blocker(),
                text: Some(text("edit")),
                link: Some("#1".into()),
            },
            11 | 12 => Command::AddDecision {
                decision: Box::new(NewDecision {
                    text: text("decide"),
                    rationale: Some(text("because")),
                    context: None,
                    alternatives: Vec::new(),
                    consequences: Vec::new(),
                    scope: Vec::new(),
                    privacy,
                }),
                supersedes: (self.what == 12).then(decision),
            },
            13 => Command::EditDecision {
                name: decision(),
                change: Box::new(DecisionChange {
                    text: Some(text("edit")),
                    ..DecisionChange::default()
                }),
            },
            _ => self.other_command(site),
        }
    }

    fn other_command(&self, site: &Site) -> Command {
        let text = |what: &str| self.text(what);
        let head = Some(commit_id(self.which as u64));
        let privacy = self.privacy();
        match self.what {
            14 => Command::AddLearning {
                text: text("learn"),
                kind: LearningType::Pattern,
                key: "learning/patterns/x".into(),
                scope: Vec::new(),
                privacy,
            },
            15 => Command::DropLearning {
                name: site.pick(ItemKind::Learning, self.which),
            },
            16 => Command::AddNote {
                text: text("note"),
                privacy,
            },
            17 => Command::Pause { head },
            18 => Command::Resume { head },
            19 => Command::SetTitle {
                title: text("title"),
            },
            20 => Command::RenameBranch {
                branch: branch(&format!("b{}", self.which)),
            },
            _ => {
                let session = site.session();
                let ops: Vec<_> = session.ops.iter().filter(|op| op.is_undoable()).collect();
                let op = ops.get(self.which % ops.len().max(1));
                Command::Undo {
                    op: op.map_or_else(|| EventId::from_parts(0, [9; 10]), |op| op.id.clone()),
                }
            }
        }
    }
}
