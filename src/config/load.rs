//! Lays the sources over each other: defaults, then the file, then git config. Every key gets one
//! entry with its origin; whatever does not fit becomes a problem and leaves the lower source standing.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Fallacy, Origin, Problem, shown};
use super::table::{KEYS, Key, Kind, SECTIONS, Scope};
use super::value::Value;
use crate::domain::spelling::distance;

/// Every value of one key in git config under its git name, the least specific first (system, global,
/// local, worktree, command), as `git config --get-all --show-scope` lists them. A key without `=`
/// must come as `true`.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Vec<(String, Origin)>;

/// A file larger than this is not ours, and would cost every commit.
pub const MOST_BYTES: usize = 64 * 1024;

/// The value of one key, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: &'static Key,
    /// What holds.
    pub value: Value,
    /// Who said so.
    pub origin: Origin,
}

/// One entry a key, in the order of [`KEYS`].
pub(super) fn load(file: Option<&[u8]>, git: Lookup<'_>) -> (Vec<Entry>, Vec<Problem>) {
    let mut entries: Vec<_> = KEYS
        .iter()
        .map(|key| Entry {
            key,
            value: key.default_value(),
            origin: Origin::Default,
        })
        .collect();
    let mut problems = Vec::new();
    if let Some(bytes) = file {
        lay_file(bytes, &mut entries, &mut problems);
    }
    for entry in &mut entries {
        let name = entry.key.git_name();
        if let Some((value, origin)) = from_git(entry.key, &name, &git(&name), &mut problems) {
            entry.value = value;
            entry.origin = origin;
        }
        if entry.value == Value::Unset {
            entry.value = entry.key.default_value();
        }
    }
    (entries, problems)
}

/// Lays the file over the defaults.
fn lay_file(bytes: &[u8], entries: &mut [Entry], problems: &mut Vec<Problem>) {
    let whole = |line, message: &str| Problem {
        key: String::new(),
        origin: Origin::File,
        line,
        fallacy: Fallacy::Syntax(message.to_owned()),
    };
    if bytes.len() > MOST_BYTES {
        problems.push(whole(None, "larger than 64 KiB"));
        return;
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        problems.push(whole(None, "not UTF-8"));
        return;
    };
    match DeTable::parse(text) {
        Ok(table) => {
            let mut file = File {
                text,
                entries,
                problems,
            };
            file.lay(table.get_ref());
            problems.sort_by_key(|problem| problem.line);
        }
        Err(error) => {
            let line = error.span().map(|span| line_at(text, span.start));
            problems.push(whole(line, &shown(error.message())));
        }
    }
}

/// The file while it is laid over the defaults.
struct File<'a> {
    text: &'a str,
    entries: &'a mut [Entry],
    problems: &'a mut Vec<Problem>,
}

impl File<'_> {
    fn lay(&mut self, table: &DeTable<'_>) {
        for (section, value) in table {
            let known = SECTIONS
                .iter()
                .any(|(name, _)| *name == section.get_ref().as_ref());
            match value.get_ref() {
                DeValue::Table(keys) if known => {
                    for (name, value) in keys {
                        let full = format!("{}.{}", section.get_ref(), name.get_ref());
                        self.lay_key(&full, name.span().start, value);
                    }
                }
                _ => self.unknown(section.get_ref(), section.span().start),
            }
        }
    }

    fn lay_key(&mut self, full: &str, at: usize, value: &Spanned<DeValue<'_>>) {
        let Some(index) = KEYS.iter().position(|key| key.is(full)) else {
            return self.unknown(full, at);
        };
        let key = &KEYS[index];
        if key.scope == Scope::PersonalOnly {
            return self.problem(full, at, Fallacy::PersonalOnly(key));
        }
        if let Some(value) = from_toml(key.kind, value.get_ref()) {
            self.entries[index].value = match value {
                // what a repository brings along may not let go of today's work
                Value::Integer(0) if key.is("session.archive_after_days") => Value::Integer(1),
                value => value,
            };
            self.entries[index].origin = Origin::File;
        } else {
            let value = shown(self.text.get(value.span()).unwrap_or_default());
            let kind = key.kind;
            self.problem(full, at, Fallacy::BadValue { value, kind });
        }
    }

    fn unknown(&mut self, name: &str, at: usize) {
        self.problem(name, at, Fallacy::Unknown(nearest(name)));
    }

    fn problem(&mut self, name: &str, at: usize, fallacy: Fallacy) {
        self.problems.push(Problem {
            key: shown(name),
            origin: Origin::File,
            line: Some(line_at(self.text, at)),
            fallacy,
        });
    }
}

/// The value of a key in the file, when it has the right type.
fn from_toml(kind: Kind, value: &DeValue<'_>) -> Option<Value> {
    match (kind, value) {
        (Kind::Bool, DeValue::Boolean(value)) => Some(Value::Bool(*value)),
        (
            Kind::Text
            | Kind::Address
            | Kind::DateFormat
            | Kind::Choice(_)
            | Kind::Duration
            | Kind::Size,
            DeValue::String(text),
        ) => Value::from_text(kind, text),
        (Kind::Size | Kind::Integer(_) | Kind::Percent, DeValue::Integer(number)) => {
            let number = u64::from_str_radix(number.as_str(), number.radix()).ok()?;
            Value::from_text(kind, &number.to_string())
        }
        (Kind::List(_), DeValue::Array(items)) => {
            let items = items.iter().map(|item| match item.get_ref() {
                DeValue::String(text) => Some(text.trim().to_owned()),
                _ => None,
            });
            Value::from_items(kind, items.collect::<Option<_>>()?)
        }
        _ => None,
    }
}

/// What git config says about a key: the last value that fits; of a list, all values of the most
/// specific scope together.
fn from_git(
    key: &Key,
    name: &str,
    values: &[(String, Origin)],
    problems: &mut Vec<Problem>,
) -> Option<(Value, Origin)> {
    let mut read = |text: &str, origin| {
        let value = Value::from_text(key.kind, text);
        if value.is_none() {
            problems.push(Problem {
                key: name.to_owned(),
                origin,
                line: None,
                fallacy: Fallacy::BadValue {
                    value: shown(text),
                    kind: key.kind,
                },
            });
        }
        value
    };
    if !matches!(key.kind, Kind::List(_)) {
        return values
            .iter()
            .rev()
            .find_map(|(text, origin)| Some((read(text, *origin)?, *origin)));
    }
    let (_, origin) = *values.last()?;
    let mut all = Vec::new();
    for (text, _) in values.iter().filter(|(_, scope)| *scope == origin) {
        match read(text, origin)? {
            Value::List(items) if items.is_empty() => all.clear(),
            Value::List(items) => all.extend(items),
            _ => return None,
        }
    }
    Some((Value::List(all), origin))
}

/// The line of a byte of the text, from 1.
fn line_at(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

/// The key that was probably meant: at most a third of its letters are wrong, or only its section.
pub fn nearest(name: &str) -> Option<&'static Key> {
    let (_, last) = name.rsplit_once('.').unwrap_or(("", name));
    let unfolded = last.replace('-', "_");
    KEYS.iter()
        .map(|key| (distance(&unfolded, key.name), key))
        .min_by_key(|(distance, key)| (*distance, !name.starts_with(key.section)))
        .filter(|(distance, key)| distance * 3 <= key.name.len())
        .map(|(_, key)| key)
}
