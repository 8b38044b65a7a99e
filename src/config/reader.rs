//! Takes single values out of the loaded entries, each under the type that the table gives it. For
//! `settings` alone; a test loads every key, so a wrong name cannot pass.

use std::time::Duration;

use super::load::Entry;
use super::value::Value;

/// Takes checked values out of the entries under the type that the table gives them.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(&'a [Entry]);

impl<'a> Reader<'a> {
    /// Reads from these, one a key.
    pub(super) fn new(entries: &'a [Entry]) -> Self {
        Self(entries)
    }

    fn value(self, name: &str) -> &'a Value {
        let entry = self.0.iter().find(|entry| entry.key.is(name));
        &entry.expect("a test loads every key").value
    }

    pub(super) fn flag(self, name: &str) -> bool {
        *self.value(name) == Value::Bool(true)
    }

    pub(super) fn number(self, name: &str) -> u32 {
        match self.value(name) {
            Value::Integer(number) => *number,
            other => unreachable!("{name} is a number, not {other:?}"),
        }
    }

    pub(super) fn size(self, name: &str) -> u64 {
        match self.value(name) {
            Value::Size(bytes) => *bytes,
            other => unreachable!("{name} is a size, not {other:?}"),
        }
    }

    pub(super) fn duration(self, name: &str) -> Duration {
        match self.value(name) {
            Value::Duration(duration) => *duration,
            other => unreachable!("{name} is a duration, not {other:?}"),
        }
    }

    pub(super) fn text(self, name: &str) -> Option<String> {
        match self.value(name) {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    pub(super) fn list(self, name: &str) -> Vec<String> {
        match self.value(name) {
            Value::List(items) => items.clone(),
            _ => Vec::new(),
        }
    }

    pub(super) fn choice<T>(self, name: &str, from_word: fn(&str) -> Option<T>) -> T {
        match self.value(name) {
            Value::Text(word) => from_word(word).expect("the table lists the words of the enum"),
            other => unreachable!("{name} is a word, not {other:?}"),
        }
    }
}
