//! What of an event is text that somebody said, and what makes it the event that it is.

use serde_json::{Map, Value};

use crate::domain::body::Cause;
use crate::domain::id::{CommitId, EventId, SessionId};

/// Fields whose words the fold goes by.
const WORDS: [&str; 6] = ["cause", "command", "mark", "reason", "tdd", "type"];

/// Fields that hold names of sessions.
const SESSIONS: [&str; 2] = ["merged", "session"];

/// The field of a checkpoint that an agent filled: its keys are text too.
const CONTEXT: &str = "context";

/// Fields that name a branch or a remote.
const NAMES: [&str; 4] = ["branch", "merged_to", "remote", "to"];

/// What a string is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Text that somebody said.
    Text,
    /// The name of a branch, a remote or a work tree.
    Name,
}

/// Changes a string.
type Change<'a> = &'a mut dyn FnMut(&str, Role) -> String;

/// The data of an event of this kind with its texts changed.
pub(super) fn changed_data(kind: &str, data: Value, change: Change<'_>) -> Value {
    match data {
        // a phase of test-driven work is a word
        Value::Object(_) if kind == "tdd.phase" => data,
        Value::Object(mut fields) if kind == "checkpoint.created" => {
            let context = fields.remove(CONTEXT);
            let mut fields = changed_fields(fields, change);
            if let Some(context) = context {
                fields.insert(CONTEXT.to_owned(), all_changed(context, change));
            }
            Value::Object(fields)
        }
        data => changed(data, change),
    }
}

/// JSON with its texts changed.
pub(super) fn changed(json: Value, change: Change<'_>) -> Value {
    match json {
        Value::String(said) if !is_name(&said) => Value::String(change(&said, Role::Text)),
        Value::Array(values) => {
            let values = values.into_iter();
            values.map(|value| changed(value, change)).collect()
        }
        Value::Object(fields) => Value::Object(changed_fields(fields, change)),
        other => other,
    }
}

/// Fields with the texts in them changed. A key that may be one of the format stays.
pub(super) fn changed_fields(fields: Map<String, Value>, change: Change<'_>) -> Map<String, Value> {
    let fields = fields.into_iter();
    fields
        .map(|(key, value)| {
            let value = match value {
                Value::String(said) if NAMES.contains(&key.as_str()) => {
                    Value::String(change(&said, Role::Name))
                }
                Value::String(said) if key == "key" => Value::String(of_key(&said, change)),
                Value::String(said) if WORDS.contains(&key.as_str()) && is_word(&said) => {
                    Value::String(said)
                }
                value if SESSIONS.contains(&key.as_str()) && is_sessions(&value) => value,
                value => changed(value, change),
            };
            let key = if is_word(&key) {
                key
            } else {
                change(&key, Role::Text)
            };
            (key, value)
        })
        .collect()
}

/// JSON with its texts and all keys changed.
fn all_changed(json: Value, change: Change<'_>) -> Value {
    match json {
        Value::String(said) if !is_name(&said) => Value::String(change(&said, Role::Text)),
        Value::Array(values) => {
            let values = values.into_iter();
            values.map(|value| all_changed(value, change)).collect()
        }
        Value::Object(fields) => {
            let fields = fields.into_iter();
            let fields =
                fields.map(|(key, value)| (change(&key, Role::Text), all_changed(value, change)));
            Value::Object(fields.collect())
        }
        other => other,
    }
}

/// A text of which only what is behind a mark is somebody's.
pub(super) fn behind(mark: &str, said: &str, change: Change<'_>) -> String {
    match said.split_once(mark) {
        Some((word, rest)) => format!("{word}{mark}{}", change(rest, Role::Text)),
        None => said.to_owned(),
    }
}

/// The key of a learning: `learning/<type>s/<name>`.
fn of_key(said: &str, change: Change<'_>) -> String {
    let name = said.strip_prefix("learning/");
    match name.and_then(|rest| rest.split_once('/')) {
        Some((sort, name)) if is_word(sort) => {
            format!("learning/{sort}/{}", change(name, Role::Text))
        }
        _ => change(said, Role::Text),
    }
}

/// What is said in a commit: no keys of its header, and of the message of a checkpoint no words of ours.
pub(super) fn of_commit(bytes: &[u8]) -> String {
    let commit = String::from_utf8_lossy(bytes);
    let (header, message) = commit.split_once("\n\n").unwrap_or((&commit, ""));
    let mut said = String::new();
    for line in header.lines() {
        said.push_str(line.split_once(' ').map_or("", |(_, rest)| rest));
        said.push('\n');
    }
    let (title, rest) = message.split_once('\n').unwrap_or((message, ""));
    let saved = title.strip_prefix("On ").and_then(|on| on.split_once(": "));
    let parts = ["index on ", "untracked files on "];
    match (
        saved,
        parts.iter().find_map(|part| title.strip_prefix(part)),
    ) {
        (Some((place, label)), _) => {
            said.push_str(place);
            said.push('\n');
            if !Cause::ALL.iter().any(|cause| cause.name() == label) {
                said.push_str(label);
            }
            for line in rest.lines() {
                said.push('\n');
                said.push_str(line.split_once(": ").map_or(line, |(_, path)| path));
            }
        }
        (None, Some(place)) => said.push_str(place),
        (None, None) => said.push_str(message),
    }
    said
}

/// A word as keys and enumerations of the format have it.
fn is_word(said: &str) -> bool {
    let is_of_word = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-');
    said.bytes().all(is_of_word)
}

fn is_sessions(value: &Value) -> bool {
    let is_session = |value: &Value| {
        let said = value.as_str();
        said.is_some_and(|said| SessionId::new(said).is_ok())
    };
    match value {
        Value::Array(values) => values.iter().all(is_session),
        value => is_session(value),
    }
}

/// The name of an event, a commit or a session.
fn is_name(said: &str) -> bool {
    let is_dated = |part: &str| part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit());
    let session = SessionId::new(said).is_ok() && said.rsplit('-').nth(1).is_some_and(is_dated);
    session || EventId::new(said).is_ok() || CommitId::new(said).is_ok()
}
