//! The event: one JSON object on one line, the only thing that the log holds.
//!
//! What an event of a known kind says is typed ([`Body`]); what we do not know, kinds and fields alike,
//! is kept as it came and passed on.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::body::Body;
use super::id::{EventId, SessionId, WriterId};

/// The version of the format that this program writes.
pub const VERSION: u32 = 1;

/// The longest line that is written, in bytes, newline included.
pub const MAX_LINE: usize = 64 * 1024;

/// The greatest Lamport counter: the greatest whole number that every JSON reader keeps exactly.
pub const MAX_COUNTER: u64 = (1 << 53) - 1;

/// The field of an event that says which record of another system it was.
const IMPORTED: &str = "imported";

/// Whose log an event came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// That of another clone.
    Other(WriterId),
    /// This clone's own.
    Own,
}

/// The place of an event in the order of a session: Lamport counter, then id. No clock takes part.
pub type Stamp = (u64, EventId);

/// One event of one session.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    head: Head,
    data: Value,
    body: Body,
}

/// Everything but what happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Version of the format. A greater one is read as far as it is understood.
    pub v: u32,
    /// Identity of the event and of what it creates.
    pub id: EventId,
    /// Lamport counter: greatest known in the session, plus one.
    pub n: u64,
    /// Id of the first event of the command that wrote this one.
    pub op: EventId,
    /// When, in UTC; for people only.
    pub at: DateTime<Utc>,
    /// The committer's identity, `Name <address>`.
    pub by: String,
    /// What wrote it: `cli`, `hook`, `mcp`, `run`, `agent:<name>`.
    pub via: String,
    /// The session it belongs to.
    pub session: SessionId,
    /// The linked work tree that it happened in; left out for the main one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worktree: Option<String>,
    /// Name of the kind, `objective.added`.
    pub kind: String,
    /// Fields that we do not know.
    #[serde(flatten)]
    pub unknown: Map<String, Value>,
}

/// Why a line is no event.
#[derive(Debug)]
pub enum LineError {
    /// It is not JSON, or misses what every event has.
    Malformed(serde_json::Error),
    /// It is longer than [`MAX_LINE`].
    TooLong(usize),
    /// Its counter is greater than [`MAX_COUNTER`], so that nothing could come behind it.
    Counter(u64),
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "not an event: {error}"),
            Self::TooLong(length) => write!(
                f,
                "{length} bytes are more than an event may have ({MAX_LINE})"
            ),
            Self::Counter(n) => write!(f, "{n} is no counter of an event"),
        }
    }
}

impl std::error::Error for LineError {}

/// The event as it stands on its line: `data` behind everything else.
#[derive(Serialize, Deserialize)]
struct Line {
    #[serde(flatten)]
    head: Head,
    #[serde(default)]
    data: Value,
}

impl Event {
    /// A new event. The kind of `head` is set from the body.
    pub fn new(mut head: Head, body: Body) -> Self {
        body.name().clone_into(&mut head.kind);
        let data = body.to_data();
        Self { head, data, body }
    }

    /// Reads one line, with or without its newline.
    pub fn parse(line: &[u8]) -> Result<Self, LineError> {
        let length = line.strip_suffix(b"\n").unwrap_or(line).len() + 1;
        if length > MAX_LINE {
            return Err(LineError::TooLong(length));
        }
        let Line { mut head, data } = serde_json::from_slice(line).map_err(LineError::Malformed)?;
        if head.n > MAX_COUNTER {
            return Err(LineError::Counter(head.n));
        }
        head.unknown.remove("data");
        let body = Body::parse(&head.kind, &data);
        Ok(Self { head, data, body })
    }

    /// The line of the event, with its newline.
    pub fn to_line(&self) -> Result<String, LineError> {
        let mut text = self.json().map_err(LineError::Malformed)?;
        text.push('\n');
        if text.len() > MAX_LINE {
            Err(LineError::TooLong(text.len()))
        } else {
            Ok(text)
        }
    }

    /// The event as JSON, of any length.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string(&Line {
            head: self.head.clone(),
            data: self.data.clone(),
        })
    }

    /// Everything but what happened, and the data as they came.
    pub(super) fn into_parts(self) -> (Head, Value) {
        (self.head, self.data)
    }

    /// The event with these parts; `kind` is taken as `head` has it.
    pub(super) fn from_parts(head: Head, data: Value) -> Self {
        let body = Body::parse(&head.kind, &data);
        Self { head, data, body }
    }

    /// The same event, marked as the record of another system.
    #[must_use]
    pub fn marked(mut self, mark: &str) -> Self {
        self.head.unknown.insert(IMPORTED.to_owned(), mark.into());
        self
    }

    /// What tells the record of another system that this event was from every other one.
    pub fn mark(&self) -> Option<&str> {
        self.head.unknown.get(IMPORTED)?.as_str()
    }

    /// What happened.
    pub const fn body(&self) -> &Body {
        &self.body
    }

    /// Whether it makes something that never leaves this machine.
    pub fn is_private(&self) -> bool {
        self.data
            .get("private")
            .is_some_and(|value| *value != Value::Bool(false))
    }

    /// The same event with less to say. Its unknown data stays behind.
    pub(super) fn with_body(&self, body: Body) -> Self {
        Self::new(self.head.clone(), body)
    }

    /// Who, when, where.
    pub const fn head(&self) -> &Head {
        &self.head
    }

    /// The identity of the event and of what it creates.
    pub const fn id(&self) -> &EventId {
        &self.head.id
    }

    /// The place of the event in the order of its session.
    pub fn stamp(&self) -> Stamp {
        (self.head.n, self.head.id.clone())
    }
}

#[cfg(test)]
mod tests;
