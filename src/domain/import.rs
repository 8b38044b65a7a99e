//! What systems that this one replaces have left in a work tree, read as records of a session. Pure: bytes go in,
//! and what does not have the shape of its kind comes out as a reason. Text is redacted here, before anybody else
//! sees it.
//!
//! The formats have no specification; what is read is what those systems write, and every shape that their texts
//! show.

pub mod features;
pub mod markdown;
pub mod packages;
pub mod progress;
pub mod stamp;
pub mod state;
pub mod yaml;

use serde_json::Value;

use super::redact::Redacted;
pub use stamp::Stamp;

/// The longest text of one record, in characters; the rest is cut off, and said to be.
const MOST_TEXT: usize = 8000;

/// The longest name of anything, in characters.
const MOST_NAME: usize = 300;

/// One thing that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What tells it from every other record, also in a later import.
    pub key: String,
    /// When, where it says so.
    pub at: Option<Stamp>,
    /// What.
    pub what: What,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Something that was to be reached.
    Objective {
        /// What.
        text: Redacted,
        /// How far it is.
        stage: Stage,
    },
    /// Something to remember.
    Note {
        /// What.
        text: Redacted,
    },
}

/// How far an objective is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Not begun.
    #[default]
    Open,
    /// Begun.
    Started,
    /// Reached.
    Completed,
}

/// What one file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The branch that it speaks of, as it is written there.
    pub branch: Option<String>,
    /// What it records.
    pub records: Vec<Record>,
}

/// Why a file is passed over: a phrase.
pub type Reason = &'static str;

/// Reads JSON, with or without a byte order mark.
fn json(bytes: &[u8]) -> Result<Value, Reason> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|_| "it is no JSON")
}

/// Reads text, with or without a byte order mark.
fn text(bytes: &[u8]) -> Result<&str, Reason> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8")
}

/// A text for the log: redacted first, so that no secret is cut in two, then of bounded length.
fn bounded(text: &str) -> Redacted {
    let whole = Redacted::new(text);
    match whole.as_str().char_indices().nth(MOST_TEXT) {
        None => whole,
        Some((end, _)) => Redacted::new(&format!("{}\n[...]", &whole.as_str()[..end])),
    }
}

/// A name on one line, of bounded length.
fn name(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(MOST_NAME).collect()
}

/// A member that is a text with something in it.
fn member<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    let text = object.get(name)?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}

/// The texts in a list: those of objects are what one of these members says.
fn texts(list: Option<&Value>, members: &[&str]) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    let text = |item: &Value| {
        let inner = || members.iter().find_map(|name| member(item, name));
        item.as_str().or_else(inner).map(name)
    };
    items
        .filter_map(text)
        .filter(|text| !text.is_empty())
        .collect()
}

/// A heading and a list below it; nothing when the list is empty.
fn listed(title: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    format!("\n\n{title}:\n- {}", items.join("\n- "))
}

/// A short name for bytes that changes with them: FNV-1a of 64 bits, which tells revisions of one file apart.
/// Source: <https://datatracker.ietf.org/doc/draft-eastlake-fnv/>.
fn fingerprint(bytes: &[u8]) -> String {
    format!("{:016x}", hash(bytes, 0xcbf2_9ce4_8422_2325))
}

fn hash(bytes: &[u8], basis: u64) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
    bytes.iter().fold(basis, step)
}

/// What tells a record with this key from every other one, in every clone: so a second import adds nothing.
pub fn mark(key: &str) -> String {
    let first = hash(key.as_bytes(), 0xcbf2_9ce4_8422_2325);
    let second = hash(
        key.as_bytes(),
        first.rotate_left(29) ^ 0x9e37_79b9_7f4a_7c15,
    );
    format!("{first:016x}{second:016x}")
}

#[cfg(test)]
mod tests;
