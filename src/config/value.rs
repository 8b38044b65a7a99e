//! One value of a setting, how it is read from text and how it is written.

use std::fmt;
use std::time::Duration;

use chrono::format::{Item, StrftimeItems};
use serde::{Serialize, Serializer};

use super::table::Kind;
use crate::domain::links;

/// A value that fits the type of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Unset,
    /// A switch.
    Bool(bool),
    /// A number or a percentage.
    Integer(u32),
    /// A text or one of the words of a choice.
    Text(String),
    /// A time, in whole seconds.
    Duration(Duration),
    /// A number of bytes.
    Size(u64),
    /// Several texts.
    List(Vec<String>),
}

impl Value {
    /// Reads a value as it is typed or as git config holds it; `None` when it does not fit. Lists are
    /// separated by commas, except inside braces. An empty text unsets a text
    /// (its default holds again) and empties a list.
    pub fn from_text(kind: Kind, text: &str) -> Option<Self> {
        let text = text.trim();
        match kind {
            Kind::Bool => git_bool(text).map(Self::Bool),
            Kind::Text | Kind::Address | Kind::Choice(_) | Kind::DateFormat if text.is_empty() => {
                Some(Self::Unset)
            }
            Kind::DateFormat => date_format(text).then(|| Self::Text(text.to_owned())),
            Kind::Text => one_line(text).then(|| Self::Text(text.to_owned())),
            Kind::Address => is_address(text).then(|| Self::Text(text.to_owned())),
            Kind::Choice(words) => words.contains(&text).then(|| Self::Text(text.to_owned())),
            Kind::Duration => duration(text).map(Self::Duration),
            Kind::Size => size(text).map(Self::Size),
            Kind::Integer(least) => integer(text, least, u32::MAX),
            Kind::Percent => integer(text.strip_suffix('%').unwrap_or(text), 0, 100),
            Kind::List(words) => list(words, items(text).map(str::to_owned)),
        }
    }

    /// Takes a list as it stands in a file.
    pub fn from_items(kind: Kind, items: Vec<String>) -> Option<Self> {
        match kind {
            Kind::List(words) => list(words, items.into_iter()),
            _ => None,
        }
    }

    /// The value as a TOML literal; `None` when there is none.
    pub fn to_toml(&self) -> Option<String> {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        match self {
            Self::Unset => None,
            Self::Bool(_) | Self::Integer(_) => Some(self.to_string()),
            Self::Text(text) => Some(quoted(text)),
            Self::Duration(_) | Self::Size(_) => Some(quoted(&self.to_string())),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(|item| quoted(item)).collect();
                Some(format!("[{}]", items.join(", ")))
            }
        }
    }

    /// The value in the types of JSON; times and sizes as the file writes them.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Unset => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Integer(value) => (*value).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Duration(_) | Self::Size(_) => self.to_string().into(),
            Self::List(items) => items.clone().into(),
        }
    }
}

/// The value as git config holds it and as it is typed.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unset => Ok(()),
            Self::Bool(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Duration(value) => write_duration(f, *value),
            Self::Size(bytes) => write_size(f, *bytes),
            Self::List(items) => f.write_str(&items.join(",")),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl Kind {
    /// What a value must look like, for messages: "a duration such as `30m`, `1h30m` or `90s`".
    pub fn expected(self) -> String {
        let words = |words: &[&str]| {
            let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
            quoted.join(", ")
        };
        match self {
            Self::Bool => "`true` or `false`".to_owned(),
            Self::Text => "text of one line".to_owned(),
            Self::Address => "an address such as `https://example.org`".to_owned(),
            Self::DateFormat => "a format such as `%Y-%m-%d %H:%M`".to_owned(),
            Self::Choice(choices) => format!("one of {}", words(choices)),
            Self::Duration => "a duration such as `30m`, `1h30m` or `90s`".to_owned(),
            Self::Size => "a size such as `50MiB` or `512KiB`".to_owned(),
            Self::Integer(0) => "a whole number".to_owned(),
            Self::Integer(least) => format!("a whole number, at least {least}"),
            Self::Percent => "a whole number from 0 to 100".to_owned(),
            Self::List([]) => "a list of texts".to_owned(),
            Self::List(known) => format!("a list of any of {}", words(known)),
        }
    }
}

/// The words of git-config(1), `--type=bool`.
fn git_bool(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" | "" => Some(false),
        _ => None,
    }
}

/// Whether a text stays on its line on a terminal and in a log.
fn one_line(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// Whether that is an address on the web, in which `{key}` may stand for the key of an issue.
fn is_address(text: &str) -> bool {
    links::address(&text.replacen("{key}", "key", 1)).is_some()
}

/// Whether every `%` of a format is followed by something that can be shown: chrono panics otherwise.
fn date_format(text: &str) -> bool {
    one_line(text) && !StrftimeItems::new(text).any(|item| item == Item::Error)
}

fn integer(text: &str, least: u32, most: u32) -> Option<Value> {
    let number: u32 = text.trim().parse().ok()?;
    (least..=most)
        .contains(&number)
        .then_some(Value::Integer(number))
}

/// A list of texts of one line each, and of known words where there are any.
fn list(words: &[&str], items: impl Iterator<Item = String>) -> Option<Value> {
    let items: Vec<String> = items.collect();
    let fits = |item: &String| {
        !item.is_empty() && one_line(item) && (words.is_empty() || words.contains(&item.as_str()))
    };
    items.iter().all(fits).then_some(Value::List(items))
}

/// Splits at commas that stand outside of braces: `a,{b,c}/**` is two globs.
fn items(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u32;
    text.split(move |letter| {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|item| !item.is_empty())
}

/// Units of time, the greatest first.
const TIME_UNITS: &[(&str, u64)] = &[("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// Units of size, the greatest of each family first; the family of the first column is written.
const SIZE_UNITS: &[(&str, u64)] = &[
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
    ("g", 1 << 30),
    ("m", 1 << 20),
    ("k", 1 << 10),
    ("", 1),
];

/// `30m`, `1h30m`, `1h 30m`, `90s`: units in falling order, each at most once.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut units = TIME_UNITS;
    let mut seconds = 0_u64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, behind) = number(rest)?;
        let unit = behind.chars().next()?;
        let at = units
            .iter()
            .position(|(name, _)| name.starts_with(unit.to_ascii_lowercase()))?;
        seconds = seconds.checked_add(number.checked_mul(units[at].1)?)?;
        units = &units[at + 1..];
        rest = behind[unit.len_utf8()..].trim_start();
    }
    Some(Duration::from_secs(seconds))
}

/// `50MiB`, `50 MB`, git's `50m`, or bytes without a unit.
fn size(text: &str) -> Option<u64> {
    let (number, unit) = number(text.trim())?;
    let unit = unit.trim_start();
    let (_, bytes) = SIZE_UNITS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    number.checked_mul(*bytes)
}

/// The digits at the start of a text, and what is behind them.
fn number(text: &str) -> Option<(u64, &str)> {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

fn write_duration(f: &mut fmt::Formatter<'_>, value: Duration) -> fmt::Result {
    let mut seconds = value.as_secs();
    if seconds == 0 {
        return f.write_str("0s");
    }
    for (unit, length) in TIME_UNITS {
        if seconds >= *length {
            write!(f, "{}{unit}", seconds / length)?;
            seconds %= length;
        }
    }
    Ok(())
}

fn write_size(f: &mut fmt::Formatter<'_>, bytes: u64) -> fmt::Result {
    let (unit, length) = SIZE_UNITS
        .iter()
        .find(|(_, length)| bytes >= *length && bytes.is_multiple_of(*length))
        .copied()
        .unwrap_or(("B", 1));
    write!(f, "{}{unit}", bytes / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, seconds) in [
            ("30m", 1800),
            ("1h30m", 5400),
            ("1h 30m", 5400),
            ("90s", 90),
            ("2d", 172_800),
            ("0s", 0),
        ] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in [
            "",
            "30",
            "m",
            "30x",
            "1m1h",
            "1h1h",
            "-5m",
            "1.5h",
            "99999999999999999999d",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
        assert_eq!(
            Value::Duration(Duration::from_secs(90)).to_string(),
            "1m30s"
        );
        assert_eq!(Value::Duration(Duration::ZERO).to_string(), "0s");
    }

    #[test]
    fn sizes_are_read_and_written() {
        for (text, bytes) in [
            ("50MiB", 50 << 20),
            ("50m", 50 << 20),
            ("1 kB", 1000),
            ("7", 7),
            ("0", 0),
        ] {
            assert_eq!(size(text), Some(bytes), "{text}");
        }
        for text in ["", "MiB", "1.5MiB", "1XB", "99999999999GiB", "-1"] {
            assert_eq!(size(text), None, "{text}");
        }
        assert_eq!(Value::Size(50 << 20).to_string(), "50MiB");
        assert_eq!(Value::Size(1500).to_string(), "1500B");
        assert_eq!(Value::Size(0).to_string(), "0B");
    }

    #[test]
    fn a_comma_inside_braces_does_not_split() {
        let value = Value::from_text(Kind::List(&[]), "src/**, *.{md,txt} ,,x");
        assert_eq!(
            value,
            Some(Value::List(vec![
                "src/**".into(),
                "*.{md,txt}".into(),
                "x".into()
            ]))
        );
    }

    #[test]
    fn switches_read_as_git_reads_them() {
        for (text, value) in [
            ("yes", true),
            ("On", true),
            ("1", true),
            ("no", false),
            ("", false),
        ] {
            assert_eq!(git_bool(text), Some(value), "{text}");
        }
        assert_eq!(git_bool("maybe"), None);
    }
}
