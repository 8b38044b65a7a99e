//! The fold: a set of events comes to a session.
//!
//! The set is kept in order (counter, id) and replayed from the start, so the result depends on nothing but
//! the set: any permutation, any duplicate, the same session. What was undone is left out of the replay.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::body::{Body, Reason};
use super::describe::describe;
use super::event::{Event, Stamp};
use super::handle::ItemKind;
use super::id::EventId;
use super::replay::Replay;
use super::session::{Op, Session, State};

/// Whose log an event came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Another clone's log.
    Other,
    /// This clone's own log: its items have numbers.
    Own,
}

/// A set of events of one session.
#[derive(Clone, Debug, Default)]
pub struct Fold {
    events: BTreeMap<Stamp, (Event, Origin)>,
    stamps: HashMap<EventId, Stamp>,
    clashes: BTreeSet<EventId>,
}

impl Fold {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an event. Of two events with one id and different bytes the greater line stays.
    pub fn insert(&mut self, event: Event, origin: Origin) {
        let stamp = event.stamp();
        let Some(known) = self.stamps.get(event.id()) else {
            self.stamps.insert(event.id().clone(), stamp.clone());
            self.events.insert(stamp, (event, origin));
            return;
        };
        let (kept, kept_origin) = self
            .events
            .get_mut(known)
            .expect("every known id has its event");
        *kept_origin = (*kept_origin).max(origin);
        if *kept == event {
            return;
        }
        self.clashes.insert(event.id().clone());
        if line(&event) > line(kept) {
            let origin = *kept_origin;
            self.events.remove(&known.clone());
            self.stamps.insert(event.id().clone(), stamp.clone());
            self.events.insert(stamp, (event, origin));
        }
    }

    /// The greatest Lamport counter in the set; 0 when it is empty.
    pub fn last_n(&self) -> u64 {
        self.events.last_key_value().map_or(0, |((n, _), _)| *n)
    }

    /// The events in order.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.values().map(|(event, _)| event)
    }

    /// Ids that two different events claim.
    pub fn clashes(&self) -> impl Iterator<Item = &EventId> {
        self.clashes.iter()
    }

    /// The session, or `None` while no event says that it was started.
    ///
    /// `idle_after`: seconds without an event after which the person was elsewhere.
    pub fn session(&self, idle_after: u64) -> Option<Session> {
        let undone = self.undone();
        let started = self
            .events()
            .filter(|event| matches!(event.body(), Body::SessionStarted(_)));
        let start = started.max_by_key(|event| (!undone.contains(event.id()), event.stamp()))?;
        let mut replay = Replay::new(start, idle_after)?;
        let mut numbers: HashMap<&'static str, u32> = HashMap::new();
        for (event, origin) in self.events.values() {
            let number = match (creates(event.body()), origin) {
                (Some(kind), Origin::Own) => {
                    let count = numbers.entry(kind.prefix()).or_default();
                    *count += 1;
                    Some(*count)
                }
                _ => None,
            };
            if undone.contains(event.id()) {
                replay.clock(event);
            } else {
                replay.apply(event, number);
            }
        }
        let mut session = replay.finish();
        if undone.contains(start.id()) {
            session.state = State::Deleted;
        }
        session.ops = self.ops(&undone, &session);
        Some(session)
    }

    /// The ids of events that were taken back. Walks from the last to the first event, so that an `undone`
    /// is known to count or not before what it takes back is met; it reaches only what came before it.
    fn undone(&self) -> BTreeSet<EventId> {
        let mut dead_ops: BTreeSet<&EventId> = BTreeSet::new();
        let mut dead = BTreeSet::new();
        for event in self.events().rev() {
            if dead_ops.contains(&event.head().op) {
                dead.insert(event.id().clone());
            } else if let Body::Undone(undone) = event.body() {
                dead_ops.insert(&undone.op);
            }
        }
        dead
    }

    /// The commands in order.
    fn ops(&self, undone: &BTreeSet<EventId>, session: &Session) -> Vec<Op> {
        let mut ops: Vec<Op> = Vec::new();
        let mut places: HashMap<&EventId, usize> = HashMap::new();
        for event in self.events() {
            let place = *places.entry(&event.head().op).or_insert_with(|| {
                ops.push(Op {
                    id: event.head().op.clone(),
                    n: event.head().n,
                    at: event.head().at,
                    via: event.head().via.clone(),
                    summary: String::new(),
                    undone: true,
                    undoes: None,
                    bookkeeping: true,
                });
                ops.len() - 1
            });
            let op = &mut ops[place];
            op.undone &= undone.contains(event.id());
            op.bookkeeping &= is_bookkeeping(event.body());
            if !op.summary.is_empty() {
                op.summary.push_str("; ");
            }
            if let Body::Undone(undone) = event.body() {
                op.undoes = Some(undone.op.clone());
            }
            op.summary.push_str(&describe(event, Some(session)));
        }
        ops
    }
}

/// The bytes that decide between two events with one id.
fn line(event: &Event) -> String {
    event.to_line().unwrap_or_default()
}

/// The kind of item that an event makes.
pub const fn creates(body: &Body) -> Option<ItemKind> {
    match body {
        Body::ObjectiveAdded(_) => Some(ItemKind::Objective),
        Body::BlockerAdded(_) => Some(ItemKind::Blocker),
        Body::DecisionAdded(_) => Some(ItemKind::Decision),
        Body::LearningAdded(_) => Some(ItemKind::Learning),
        Body::NoteAdded(_) => Some(ItemKind::Note),
        _ => None,
    }
}

/// Whether an event only writes down what git did.
const fn is_bookkeeping(body: &Body) -> bool {
    match body {
        Body::CommitRecorded(_) | Body::CommitRewritten(_) | Body::Unknown => true,
        Body::SessionPaused(clocked) | Body::SessionResumed(clocked) => {
            matches!(clocked.reason, Reason::Switch)
        }
        Body::SessionRenamed(renamed) => renamed.title.is_none(),
        _ => false,
    }
}
