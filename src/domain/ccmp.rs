//! `.ccmp/state.json`: one JSON object through which plugins for coding agents tell each other where they stand.
//! Each plugin owns one member of `plugins`. What is here reads it as far as it is understood, and replaces our
//! member and `last_updated` alone: every other byte is handed on as it came, so order, numbers and members that
//! nobody here knows stay.

mod members;

use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::Value;

use members::{Members, text};

/// The folder, below the top of a work tree.
pub const FOLDER: &str = ".ccmp";

/// The file in it.
pub const FILE: &str = "state.json";

/// A larger file is not read.
pub const MOST_BYTES: u64 = 1024 * 1024;

/// The member of `plugins` that is ours.
pub const OURS: &str = "session-management";

/// The member of the plugin that judges context files.
const CONTEXT: &str = "claude-context-manager";

/// The member of the plugin for test-driven work.
const TDD: &str = "tdd-workflow";

/// The longest text that is taken from others, in characters.
const MOST_TEXT: usize = 80;

/// Why a file is left alone. Displays as a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is longer than [`MOST_BYTES`].
    TooLarge,
    /// It begins with a byte order mark, which JSON does not allow.
    ByteOrderMark,
    /// It is not UTF-8.
    NotUtf8,
    /// It is no JSON.
    Malformed(String),
    /// What should be an object is none.
    NoObject(&'static str),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("it is larger than 1 MiB"),
            Self::ByteOrderMark => f.write_str("it begins with a byte order mark"),
            Self::NotUtf8 => f.write_str("it is not UTF-8"),
            Self::Malformed(error) => write!(f, "it is no JSON: {error}"),
            Self::NoObject("") => f.write_str("it holds no object"),
            Self::NoObject(name) => write!(f, "its `{name}` is no object"),
        }
    }
}

/// What is said of the session of a work tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Working {
    /// The clock runs.
    pub active: bool,
    /// The branch.
    pub branch: String,
    /// Test-driven mode.
    pub tdd: bool,
    /// The open objectives that may be seen by others.
    pub objectives: Vec<String>,
}

impl Working {
    /// The members that it comes to, as JSON.
    fn members(&self) -> [(&'static str, Value); 5] {
        [
            ("active", self.active.into()),
            ("current_session", self.branch.clone().into()),
            ("branch", self.branch.clone().into()),
            ("mode", if self.tdd { "tdd" } else { "normal" }.into()),
            ("objectives", self.objectives.clone().into()),
        ]
    }
}

/// The text that the file should have; `None` when what it says about us is right already. `working`: the session
/// of the work tree, if there is one.
///
/// # Errors
/// The file is none of that shape, and stays as it is.
pub fn updated(
    old: Option<&[u8]>,
    working: Option<&Working>,
    now: DateTime<Utc>,
) -> Result<Option<String>, Unreadable> {
    let old = old.map(checked).transpose()?;
    let mut whole = match old {
        Some(text) => Members::parse(text).ok_or_else(|| malformed(text))?,
        None => Members::default().with("version", text(&"1.0.0".into())),
    };
    let mut plugins = whole.object("plugins")?.unwrap_or_default();
    let known = plugins.get(OURS).and_then(Members::parse);
    let mut ours = known.clone().unwrap_or_default();
    match working {
        Some(working) => {
            for (name, value) in working.members() {
                ours.set_value(name, &value, 3);
            }
        }
        // nothing was ever said, so there is nothing to take back
        None if known.is_none() => return Ok(None),
        None => {
            ours.set_value("active", &Value::Bool(false), 3);
            ours.set_value("current_session", &Value::Null, 3);
        }
    }
    if known.is_some_and(|known| known == ours) {
        return Ok(None);
    }
    plugins.set(OURS, ours.to_text(3));
    let stamp = now.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    whole.set_value("last_updated", &stamp.into(), 1);
    whole.set("plugins", plugins.to_text(2));
    let end = match old {
        Some(text) if !text.ends_with('\n') => "",
        _ => "\n",
    };
    Ok(Some(whole.to_text(1) + end))
}

/// What other plugins say. Each of them is theirs to judge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The health of the context files, 0 to 100.
    pub health_score: Option<u64>,
    /// When they were looked at, in the words of the plugin.
    pub last_scan: Option<String>,
    /// Whether test-driven work is on.
    pub tdd_active: Option<bool>,
    /// Its phase.
    pub tdd_phase: Option<String>,
    /// Its cycles, as the plugin counts them.
    pub tdd_cycles: Option<u64>,
}

impl Facts {
    /// Whether nobody said anything.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads what other plugins say: from `plugins`, else from the top level, where some of them write. A value of an
/// odd type counts as none.
///
/// # Errors
/// The file is none of that shape.
pub fn facts(bytes: &[u8]) -> Result<Facts, Unreadable> {
    let text = checked(bytes)?;
    let whole = Members::parse(text).ok_or_else(|| malformed(text))?;
    let plugins = whole.object("plugins")?.unwrap_or_default();
    let of = |name: &str| {
        let member = plugins.get(name).or_else(|| whole.get(name));
        member.and_then(Members::parse).unwrap_or_default()
    };
    let (context, tdd) = (of(CONTEXT), of(TDD));
    let words = |value: Value| {
        value
            .as_str()
            .map(shortened)
            .filter(|text| !text.is_empty())
    };
    let phase = tdd.value("current_phase").and_then(words);
    Ok(Facts {
        health_score: whole_number(context.value("health_score")).filter(|score| *score <= 100),
        last_scan: context.value("last_scan").and_then(words),
        tdd_active: tdd.value("active").and_then(|value| value.as_bool()),
        tdd_phase: phase,
        tdd_cycles: whole_number(tdd.value("cycles_today")),
    })
}

/// A number that is written as `85` or `85.0`.
fn whole_number(value: Option<Value>) -> Option<u64> {
    let value = value?;
    let from_float = || {
        let number = value.as_f64()?;
        let fits = (0.0..=1e9).contains(&number);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is in range"
        )]
        fits.then_some(number.round() as u64)
    };
    value.as_u64().or_else(from_float)
}

/// The first words of a text of somebody else, on one line.
fn shortened(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(MOST_TEXT).collect()
}

/// The bytes as text, if they can be read at all.
fn checked(bytes: &[u8]) -> Result<&str, Unreadable> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Unreadable::TooLarge);
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(Unreadable::ByteOrderMark);
    }
    std::str::from_utf8(bytes).map_err(|_| Unreadable::NotUtf8)
}

/// Why a text is no object.
fn malformed(text: &str) -> Unreadable {
    match serde_json::from_str::<&serde_json::value::RawValue>(text) {
        Ok(_) => Unreadable::NoObject(""),
        Err(error) => Unreadable::Malformed(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
