//! Text that another clone wrote. Nobody knows which rules it went through, so every string of an event is
//! cleaned again before it is kept or shown here; what cannot be cleaned is dropped with its event.

use serde_json::{Map, Value};

use super::rules::TABLES;
use super::{pass, scrub};
use crate::domain::body::KINDS;
use crate::domain::event::{Event, Head};
use crate::domain::id::{CommitId, EventId};

/// Arrays and objects inside one another; an event of ours has five at most.
const DEEPEST: usize = 32;

/// Shorter text is no secret, and a mark such as `" "` has to stay what it is.
const SHORTEST: usize = 6;

/// Parts of a key that make its value worth a look together with it.
const TELLING: [&str; 7] = ["pass", "pwd", "secret", "token", "key", "cred", "auth"];

/// An event of another clone, without secrets and control characters in any of its strings, keys and unknown
/// fields included; `None` for one that cannot be cleaned or does not fit a line afterwards.
///
/// Ids, object ids, counters, numbers and known kinds stay as they are. An event that this program wrote
/// stays as it is altogether, and so does one that was cleaned before.
pub fn fetched(event: Event) -> Option<Event> {
    let (head, data) = event.into_parts();
    let kind = if KINDS.contains(&head.kind.as_str()) {
        head.kind
    } else {
        text(&head.kind).ok()?
    };
    let head = Head {
        by: text(&head.by).ok()?,
        via: text(&head.via).ok()?,
        worktree: head.worktree.map(|name| text(&name)).transpose().ok()?,
        kind,
        unknown: object(head.unknown, 0).ok()?,
        ..head
    };
    let event = Event::from_parts(head, json(data, None, 0).ok()?);
    event.to_line().is_ok().then_some(event)
}

/// JSON that somebody wrote, with every string in it cleaned; `None` when that cannot be done.
pub fn value(json: Value) -> Option<Value> {
    self::json(json, None, 0).ok()
}

/// What cannot be cleaned.
#[derive(Debug)]
struct Unclean;

/// `key`: that of the object which the value stands in.
fn json(value: Value, key: Option<&str>, depth: usize) -> Result<Value, Unclean> {
    Ok(match value {
        Value::String(said) => Value::String(entry(&said, key)?),
        Value::Array(values) if depth < DEEPEST => {
            let values = values.into_iter();
            let values: Result<_, _> = values.map(|one| json(one, key, depth + 1)).collect();
            Value::Array(values?)
        }
        Value::Object(fields) if depth < DEEPEST => Value::Object(object(fields, depth)?),
        Value::Array(_) | Value::Object(_) => return Err(Unclean),
        plain => plain,
    })
}

fn object(fields: Map<String, Value>, depth: usize) -> Result<Map<String, Value>, Unclean> {
    let fields = fields.into_iter();
    fields
        .map(|(key, value)| {
            let key = text(&key)?;
            let value = json(value, Some(&key), depth + 1)?;
            Ok((key, value))
        })
        .collect()
}

/// A string, and what its key says about it.
fn entry(said: &str, key: Option<&str>) -> Result<String, Unclean> {
    let clean = text(said)?;
    let Some(key) = key.filter(|key| is_telling(key) && clean.len() >= SHORTEST) else {
        return Ok(clean);
    };
    let flat = |text: &str| text.replace(['\n', '\t', '"', '\\'], " ");
    let both = format!("\"{}\":\"{}\"", flat(key), flat(&clean).trim());
    let mut hits = Vec::new();
    match pass(&both, &TABLES, &mut hits) {
        Ok(None) => Ok(clean),
        Ok(Some(_)) => Ok(format!("[REDACTED:{}]", hits.last().ok_or(Unclean)?)),
        Err(_) => Err(Unclean),
    }
}

/// A mark in the key says nothing: the word in it is the name of a rule.
fn is_telling(key: &str) -> bool {
    let key = without_marks(&key.to_ascii_lowercase());
    TELLING.iter().any(|part| key.contains(part))
}

/// A text with a space in place of each `[redacted:rule]`.
fn without_marks(text: &str) -> String {
    let mut parts = text.split("[redacted:");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push(' ');
        plain.push_str(part.split_once(']').map_or("", |(_, rest)| rest));
    }
    plain
}

fn text(said: &str) -> Result<String, Unclean> {
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    let is_odd = said.contains(odd);
    if !is_odd && (said.len() < SHORTEST || is_name(said)) {
        return Ok(said.to_owned());
    }
    let mut hits = Vec::new();
    let clean = scrub(said, &TABLES, &mut hits);
    match hits.as_slice() {
        [] if !is_odd => Ok(said.to_owned()),
        hits if hits.contains(&"unavailable") => Err(Unclean),
        _ => Ok(clean),
    }
}

/// The name of an event or a commit. A ULID has 128 bits, so its first digit is at most 7.
fn is_name(said: &str) -> bool {
    let ulid = said.starts_with(|first: char| ('0'..='7').contains(&first));
    (ulid && EventId::new(said).is_ok()) || CommitId::new(said).is_ok()
}

#[cfg(test)]
mod tests;
