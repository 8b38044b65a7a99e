//! The fold: a set of events comes to a session.
//!
//! The set is kept in order (counter, id) and replayed from the start, so the result depends on nothing but
//! the set: any permutation, any duplicate, the same session. What was undone is left out of the replay.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::body::{Body, Reason};
use super::describe::describe;
pub use super::event::Origin;
use super::event::{Event, Stamp};
use super::handle::ItemKind;
use super::id::EventId;
use super::purge::is_purged;
use super::replay::Replay;
use super::session::{Op, Session, State};

/// A set of events of one session.
#[derive(Clone, Debug, Default)]
pub struct Fold {
    events: BTreeMap<Stamp, Entry>,
    stamps: HashMap<EventId, Stamp>,
    clashes: BTreeSet<EventId>,
    /// The events that were taken out, and the logs that say so.
    purged: BTreeMap<EventId, BTreeSet<Origin>>,
}

/// An event and the logs that it stands in: one, or more where a clone was copied with its log.
#[derive(Clone, Debug)]
struct Entry {
    event: Event,
    logs: BTreeSet<Origin>,
    /// These very bytes stand in the own log.
    own: bool,
}

impl Entry {
    /// The log that it counts for: the own one first.
    fn log(&self) -> &Origin {
        self.logs.last().expect("every event came from a log")
    }
}

impl Fold {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an event. Of two events with one id and different bytes the one of the own log stays: nobody else changes
    /// what this clone says. Of two others the one that was purged of a text stays, else the greater line. One that was purged as a whole is left out where a log that has it
    /// says so; but what stands in the own log only this clone can take out.
    pub fn insert(&mut self, event: Event, origin: Origin) {
        if let Body::Purged(purged) = event.body() {
            for id in &purged.events {
                let logs = self.purged.entry(id.clone()).or_default();
                logs.insert(origin.clone());
            }
        }
        let own = origin == Origin::Own;
        let known = self.stamps.get(event.id());
        let Some(mut kept) = known.and_then(|stamp| self.events.remove(stamp)) else {
            let logs = BTreeSet::from([origin]);
            self.put(Entry { event, logs, own });
            return;
        };
        kept.logs.insert(origin);
        if kept.event == event {
            kept.own |= own;
        } else {
            let (old, new) = (is_purged(&kept.event), is_purged(&event));
            if old == new {
                self.clashes.insert(event.id().clone());
            }
            if (own, new, bytes(&event)) > (kept.own, old, bytes(&kept.event)) {
                (kept.event, kept.own) = (event, own);
            }
        }
        self.put(kept);
    }

    /// Puts an event where it belongs in the order.
    fn put(&mut self, entry: Entry) {
        let stamp = entry.event.stamp();
        self.stamps.insert(entry.event.id().clone(), stamp.clone());
        self.events.insert(stamp, entry);
    }

    /// The greatest Lamport counter in the set; 0 when it is empty.
    pub fn last_n(&self) -> u64 {
        self.events.last_key_value().map_or(0, |((n, _), _)| *n)
    }

    /// The events in order.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.entries().map(|entry| &entry.event)
    }

    /// What counts: everything but what was purged.
    fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.events.values().filter(|entry| !self.is_out(entry))
    }

    /// Whether a log that has an event says that it was taken out.
    fn is_out(&self, entry: &Entry) -> bool {
        let purged = self.purged.get(entry.event.id());
        purged.is_some_and(|by| {
            if entry.logs.contains(&Origin::Own) {
                by.contains(&Origin::Own)
            } else {
                !by.is_disjoint(&entry.logs)
            }
        })
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
        let is_start = |event: &&Event| matches!(event.body(), Body::SessionStarted(_));
        let mut starts = self.events().filter(is_start);
        let live = self
            .events()
            .filter(is_start)
            .find(|event| !undone.contains(event.id()));
        let handed_on = |event: &&Event| matches!(event.body(), Body::SessionTakenOver(taken) if taken.started.is_some());
        // what began it may stand in a log that nobody shares any more
        let gone = || self.events().find(handed_on);
        let start = live.or_else(|| starts.next()).or_else(gone)?;
        let mut replay = Replay::new(start, idle_after)?;
        let mut numbers: HashMap<&'static str, u32> = HashMap::new();
        for entry in self.entries() {
            let event = &entry.event;
            let number = match (creates(event.body()), entry.log()) {
                (Some(kind), Origin::Own) => {
                    let count = numbers.entry(kind.prefix()).or_default();
                    *count += 1;
                    Some(*count)
                }
                _ => None,
            };
            if undone.contains(event.id()) {
                replay.clock(event, entry.log());
            } else {
                replay.apply(event, entry.log(), number);
            }
        }
        let mut session = replay.finish();
        if live.is_none() && matches!(start.body(), Body::SessionStarted(_)) {
            session.state = State::Deleted;
        }
        session.ops = self.ops(&undone);
        Some(session)
    }

    /// The ids of events that were taken back. Walks from the last to the first event, so that an `undone`
    /// is known to count or not before what it takes back is met; it reaches only what came before it in the
    /// same log.
    fn undone(&self) -> BTreeSet<EventId> {
        let mut dead_ops: HashMap<&EventId, Vec<&BTreeSet<Origin>>> = HashMap::new();
        let mut dead = BTreeSet::new();
        for Entry { event, logs, .. } in self.entries().rev() {
            let by = dead_ops
                .get(&event.head().op)
                .map_or(&[][..], Vec::as_slice);
            if by.iter().any(|by| !by.is_disjoint(logs)) {
                dead.insert(event.id().clone());
            } else if let Body::Undone(undone) = event.body() {
                dead_ops.entry(&undone.op).or_default().push(logs);
            }
        }
        dead
    }

    /// What a command did, in one line. `session`: what these events come to.
    pub fn summary(&self, op: &EventId, session: &Session) -> String {
        let events = self.events().filter(|event| event.head().op == *op);
        let lines: Vec<_> = events.map(|event| describe(event, Some(session))).collect();
        lines.join("; ")
    }

    /// The commands in order.
    fn ops(&self, undone: &BTreeSet<EventId>) -> Vec<Op> {
        let mut ops: Vec<Op> = Vec::new();
        let mut places: HashMap<&EventId, usize> = HashMap::new();
        for Entry { event, logs, .. } in self.entries() {
            let place = *places.entry(&event.head().op).or_insert_with(|| {
                ops.push(Op {
                    id: event.head().op.clone(),
                    n: event.head().n,
                    at: event.head().at,
                    via: event.head().via.clone(),
                    own: logs.contains(&Origin::Own),
                    undone: true,
                    undoes: None,
                    bookkeeping: true,
                });
                ops.len() - 1
            });
            let op = &mut ops[place];
            op.undone &= undone.contains(event.id());
            op.bookkeeping &= is_bookkeeping(event.body());
            if let Body::Undone(undone) = event.body() {
                op.undoes = Some(undone.op.clone());
            }
        }
        ops
    }
}

/// The bytes that decide between two events with one id.
fn bytes(event: &Event) -> String {
    event.json().unwrap_or_default()
}

/// The kind of item that an event makes.
pub const fn creates(body: &Body) -> Option<ItemKind> {
    match body {
        Body::ObjectiveAdded(_) => Some(ItemKind::Objective),
        Body::BlockerAdded(_) => Some(ItemKind::Blocker),
        Body::DecisionAdded(_) => Some(ItemKind::Decision),
        Body::LearningAdded(_) => Some(ItemKind::Learning),
        Body::NoteAdded(_) => Some(ItemKind::Note),
        Body::CheckpointCreated(_) => Some(ItemKind::Checkpoint),
        _ => None,
    }
}

/// Whether an event only writes down what git did, or was made along with something else.
const fn is_bookkeeping(body: &Body) -> bool {
    match body {
        Body::CommitRecorded(_)
        | Body::CommitRewritten(_)
        | Body::ActivityRecorded(_)
        | Body::ContextUpdated(_)
        | Body::Purged(_)
        | Body::Unknown => true,
        Body::SessionPaused(clocked) | Body::SessionResumed(clocked) => {
            matches!(clocked.reason, Reason::Switch)
        }
        Body::SessionRenamed(renamed) => renamed.title.is_none(),
        Body::CheckpointCreated(checkpoint) => !checkpoint.cause.is_asked_for(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
