//! The pen: gives what a command decided its ids, counters and author.

use chrono::{DateTime, Utc};

use super::body::Body;
use super::event::{Event, Head, MAX_COUNTER, VERSION};
use super::id::{EventId, SessionId};

/// What wrote an event that another system had recorded. It moves no clock: nobody works while it is written.
pub const IMPORT: &str = "import";

/// Who writes, where and when.
#[derive(Clone, Debug)]
pub struct Author {
    /// The committer's identity, `Name <address>`.
    pub by: String,
    /// `cli`, `hook`, `mcp`, `run`, `import`, `agent:<name>`.
    pub via: String,
    /// The linked work tree; `None` in the main one.
    pub worktree: Option<String>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Writes the events of one command of one session: consecutive counters, one op.
pub struct Pen<'r> {
    author: Author,
    session: SessionId,
    next: u64,
    op: Option<EventId>,
    random: &'r dyn Fn(&str) -> [u8; 10],
}

impl<'r> Pen<'r> {
    /// A pen that goes on behind counter `last_n`. `random` gives 80 random bits for a salt.
    pub fn new(
        author: Author,
        session: SessionId,
        last_n: u64,
        random: &'r dyn Fn(&str) -> [u8; 10],
    ) -> Self {
        Self {
            author,
            session,
            next: following(last_n),
            op: None,
            random,
        }
    }

    /// What is written from here on happened then: for what was recorded elsewhere.
    pub const fn set_at(&mut self, at: DateTime<Utc>) {
        self.author.at = at;
    }

    /// When the events happen.
    pub const fn at(&self) -> DateTime<Utc> {
        self.author.at
    }

    /// The next event.
    pub fn write(&mut self, body: Body) -> Event {
        let n = self.next;
        self.next = following(n);
        let random = (self.random)(&format!("{}/{n}", self.session));
        let id = EventId::from_parts(self.author.at.timestamp_millis(), random);
        let op = self.op.get_or_insert_with(|| id.clone()).clone();
        let head = Head {
            v: VERSION,
            id,
            n,
            op,
            at: self.author.at,
            by: self.author.by.clone(),
            via: self.author.via.clone(),
            session: self.session.clone(),
            worktree: self.author.worktree.clone(),
            kind: String::new(),
            unknown: serde_json::Map::new(),
        };
        Event::new(head, body)
    }
}

/// The counter behind `n`. At the end of all counters it stays there: ids still tell the order.
fn following(n: u64) -> u64 {
    n.saturating_add(1).min(MAX_COUNTER)
}
