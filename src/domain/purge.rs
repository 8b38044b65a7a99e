//! Taking a text out of what was recorded: what becomes of an event that says it.
//!
//! An item whose text it is goes as a whole, with all that was done to it, and a tombstone names the events. Any
//! other event stays, with [`MARK`] where the text was: a session cannot be folded without its beginning, its
//! commits, its checkpoints.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::body::Body;
use super::event::{Event, Head};
use super::fold::creates;
use super::id::{CommitId, EventId, SessionId};

/// What stands where the text was.
pub const MARK: &str = "[PURGED]";

/// The field of an event whose text was taken out: other bytes under its id are what it was before.
const FIELD: &str = "purged";

/// The shortest text that is taken out, in characters: a shorter one would take too much with it.
pub const SHORTEST: usize = 6;

/// What is taken out.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Texts, wherever they stand.
    pub texts: Vec<String>,
    /// Items, by the id of the event that made them, with all that was done to them.
    pub items: BTreeSet<EventId>,
}

/// What becomes of the events of a log.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Those that are left, in their order.
    pub events: Vec<Event>,
    /// Those that go.
    pub removed: Vec<EventId>,
    /// How many of those that are left had the text.
    pub cleaned: usize,
}

impl Outcome {
    /// Whether the log stays as it is.
    pub fn is_nothing(&self) -> bool {
        self.removed.is_empty() && self.cleaned == 0
    }
}

/// Whether the text of an event was taken out.
pub fn is_purged(event: &Event) -> bool {
    event.head().unknown.get(FIELD) == Some(&Value::Bool(true))
}

impl Target {
    /// Whether a text has something of it.
    pub fn is_in(&self, said: &str) -> bool {
        self.texts.iter().any(|text| said.contains(text.as_str()))
    }

    /// Whether bytes have something of it, as it was typed, as JSON writes it, or broken over lines.
    pub fn is_in_bytes(&self, bytes: &[u8]) -> bool {
        let said = String::from_utf8_lossy(bytes);
        if self.is_in(&said) {
            return true;
        }
        self.texts.iter().any(|text| {
            let json = serde_json::to_string(text).expect("a text is JSON");
            let json = &json[1..json.len() - 1];
            // a text of one word is not broken
            let mut words = text.split_whitespace();
            let first = words.next().filter(|_| words.next().is_some());
            (json != text && said.contains(json))
                || (first.is_some_and(|first| said.contains(first))
                    && flat(&said).contains(&flat(text)))
        })
    }

    /// A text with [`MARK`] in its place.
    pub fn clean(&self, said: &str) -> String {
        self.texts
            .iter()
            .fold(said.to_owned(), |said, text| said.replace(text, MARK))
    }

    /// JSON without it; ids stay as they are.
    pub fn clean_json(&self, json: Value) -> Value {
        match json {
            Value::String(said) if !is_name(&said) && self.is_in(&said) => {
                Value::String(self.clean(&said))
            }
            Value::Array(values) => values.into_iter().map(|v| self.clean_json(v)).collect(),
            Value::Object(fields) => Value::Object(self.clean_fields(fields)),
            other => other,
        }
    }

    fn clean_fields(&self, fields: Map<String, Value>) -> Map<String, Value> {
        let fields = fields.into_iter();
        fields
            .map(|(key, value)| (self.clean(&key), self.clean_json(value)))
            .collect()
    }

    /// What becomes of the events of one log.
    pub fn apply(&self, events: Vec<Event>) -> Outcome {
        let mut items = self.items.clone();
        let cleaned: BTreeMap<EventId, Event> = events
            .iter()
            .filter_map(|event| Some((event.id().clone(), self.cleaned(event)?)))
            .collect();
        items.extend(
            cleaned
                .values()
                .filter(|e| says_nothing(e))
                .map(|e| e.id().clone()),
        );
        let mut outcome = Outcome::default();
        for event in events {
            let about = event.body().touches(event.id()).map(|(item, _)| item);
            let goes = items.contains(event.id()) || about.is_some_and(|item| items.contains(item));
            match cleaned.get(event.id()) {
                _ if goes => outcome.removed.push(event.id().clone()),
                // it would not be what it was
                Some(clean) if is_lost(&event, clean) => outcome.removed.push(event.id().clone()),
                Some(clean) => {
                    outcome.cleaned += 1;
                    outcome.events.push(clean.clone());
                }
                None => outcome.events.push(event),
            }
        }
        outcome
    }

    /// The event without the text; `None` when it does not say it.
    fn cleaned(&self, event: &Event) -> Option<Event> {
        let (head, data) = event.clone().into_parts();
        let mut new = Head {
            by: self.clean(&head.by),
            via: self.clean(&head.via),
            worktree: head.worktree.as_ref().map(|name| self.clean(name)),
            unknown: self.clean_fields(head.unknown.clone()),
            ..head.clone()
        };
        let clean = self.clean_json(data.clone());
        if new == head && clean == data {
            return None;
        }
        new.unknown.insert(FIELD.to_owned(), Value::Bool(true));
        Some(Event::from_parts(new, clean))
    }
}

/// The texts of an item: all that its events say.
pub fn texts_of(events: &[Event], item: &EventId) -> Vec<String> {
    let mut texts = BTreeSet::new();
    for event in events {
        let about = event.body().touches(event.id()).map(|(item, _)| item);
        if event.id() == item || about == Some(item) {
            let (_, data) = event.clone().into_parts();
            collect(&data, &mut texts);
        }
    }
    // a long one first, so that a short one in it takes no part of it
    let mut texts: Vec<String> = texts.into_iter().collect();
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts
}

fn collect(json: &Value, texts: &mut BTreeSet<String>) {
    match json {
        Value::String(said) if said.chars().count() >= 2 * SHORTEST && !is_name(said) => {
            texts.insert(said.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}

/// An item of which nothing but the mark is left.
fn says_nothing(event: &Event) -> bool {
    let (_, data) = event.clone().into_parts();
    let text = data.get("text").and_then(Value::as_str);
    creates(event.body()).is_some() && text.is_some_and(|text| text.trim() == MARK)
}

/// Whether an event that was understood no longer is.
fn is_lost(before: &Event, after: &Event) -> bool {
    let known = |event: &Event| !matches!(event.body(), Body::Unknown);
    known(before) && !known(after)
}

/// The name of an event, a commit or a session.
fn is_name(said: &str) -> bool {
    let is_dated = |part: &str| part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit());
    let session = SessionId::new(said).is_ok() && said.rsplit('-').nth(1).is_some_and(is_dated);
    session || EventId::new(said).is_ok() || CommitId::new(said).is_ok()
}

/// A text with one blank wherever it has white space.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
