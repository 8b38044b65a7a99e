//! Taking a text out of what was recorded: what becomes of an event that says it.
//!
//! An item whose text it is goes as a whole, with all that was done to it, and a tombstone names the events. Any
//! other event stays, with [`MARK`] where the text was: a session cannot be folded without its beginning, its
//! commits, its checkpoints. Only what somebody said is looked through: never keys, ids and words of the format.

mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::text::Role;
use super::event::{Event, Head};
use super::fold::creates;
use super::id::EventId;

/// What stands where the text was.
pub const MARK: &str = "[PURGED]";

/// The field of an event whose text was taken out: other bytes under its id are what it was before.
const FIELD: &str = "purged";

/// The shortest text that is taken out, in characters: a shorter one would take too much with it.
pub const SHORTEST: usize = 6;

/// The shortest text of an item that is looked for elsewhere, in characters.
pub const ELSEWHERE: usize = 12;

/// What is taken out.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Texts, wherever they stand.
    pub texts: Vec<String>,
    /// Items, by the id of the event that made them, with all that was done to them.
    pub items: BTreeSet<EventId>,
    /// What branches, remotes and work trees that are there are called: an event that says so keeps it.
    pub names: BTreeSet<String>,
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

    /// JSON without it; ids and the words of the format stay as they are.
    pub fn clean_json(&self, json: Value) -> Value {
        text::changed(json, &mut |said, role| self.clean_as(said, role))
    }

    /// Whether one of the lines of a file of ours has something of it: where a line is JSON, one of its texts.
    pub fn is_in_lines(&self, bytes: &[u8]) -> bool {
        if !self.is_in_bytes(bytes) {
            return false;
        }
        let json = |bytes: &[u8]| {
            let json = serde_json::from_slice::<Value>(bytes).ok();
            json.filter(Value::is_object)
        };
        let differs = |json: &Value| self.clean_json(json.clone()) != *json;
        let lines = || bytes.split(|byte| *byte == b'\n');
        match json(bytes) {
            Some(json) if lines().count() > 2 => differs(&json),
            // of prose a text may be broken over lines
            None if !lines().any(|line| json(line).is_some()) => true,
            _ => lines().any(|line| match (Event::parse(line), json(line)) {
                (Ok(event), _) => self.cleaned(&event).is_some(),
                (_, Some(json)) => differs(&json),
                _ => self.is_in_bytes(line),
            }),
        }
    }

    /// Whether a commit has something of it; the words that every commit and every checkpoint has do not count.
    pub fn is_in_commit(&self, bytes: &[u8]) -> bool {
        self.is_in_bytes(bytes) && self.is_in_bytes(text::of_commit(bytes).as_bytes())
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
        let mut clean = |said: &str, role: Role| self.clean_as(said, role);
        let mut new = Head {
            by: self.clean(&head.by),
            via: text::behind(":", &head.via, &mut clean),
            worktree: head.worktree.as_ref().map(|name| clean(name, Role::Name)),
            unknown: text::changed_fields(head.unknown.clone(), &mut clean),
            ..head.clone()
        };
        let clean = text::changed_data(&head.kind, data.clone(), &mut clean);
        if new == head && clean == data {
            return None;
        }
        new.unknown.insert(FIELD.to_owned(), Value::Bool(true));
        Some(Event::from_parts(new, clean))
    }

    fn clean_as(&self, said: &str, role: Role) -> String {
        if role == Role::Name && self.names.contains(said) {
            said.to_owned()
        } else {
            self.clean(said)
        }
    }
}

/// The texts of an item: all that its events say, the longest first.
pub fn texts_of(events: &[Event], item: &EventId) -> Vec<String> {
    let mut texts = BTreeSet::new();
    for event in events {
        let about = event.body().touches(event.id()).map(|(item, _)| item);
        if event.id() == item || about == Some(item) {
            let (head, data) = event.clone().into_parts();
            text::changed_data(&head.kind, data, &mut |said, role| {
                if role == Role::Text {
                    texts.insert(said.to_owned());
                }
                said.to_owned()
            });
        }
    }
    // a long one first, so that a short one in it takes no part of it
    let mut texts: Vec<String> = texts.into_iter().collect();
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts
}

/// An item of which nothing but the mark is left.
fn says_nothing(event: &Event) -> bool {
    let (_, data) = event.clone().into_parts();
    let text = data.get("text").and_then(Value::as_str);
    creates(event.body()).is_some() && text.is_some_and(|text| text.trim() == MARK)
}

/// A text with one blank wherever it has white space.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
