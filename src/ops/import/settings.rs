//! The keys of an old settings file, brought into `.session/config.toml`. What stands there already stays.

use std::path::Path;

use anyhow::Result;

use super::{Fate, Mode, Setting};
use crate::config::{self, Key, Kind, Origin, Scope, Settings, Value};
use crate::domain::import::yaml::{self, Given};
use crate::error::Fault;
use crate::sys::fs::{self, Sharing};

/// Takes the keys over that are not set yet.
pub(super) fn take_over(top: &Path, bytes: &[u8], mode: Mode) -> Result<Vec<Setting>> {
    let path = top.join(config::FILE);
    super::super::setup::refuse_links(&path)?;
    let old = match fs::read_start(&path, config::MOST_BYTES as u64)? {
        Some(bytes) => String::from_utf8(bytes)
            .map_err(|_| Fault::user(format!("{} is not UTF-8", config::FILE)))?,
        None => config::file_template(),
    };
    let mut text = old.clone();
    let mut settings = Vec::new();
    let source = String::from_utf8_lossy(bytes);
    for entry in yaml::entries(&source) {
        let fate = fate(&text, &entry.key, &entry.value);
        if let (Fate::Taken(value), Some(key)) = (&fate, Key::find(&entry.key)) {
            text = config::set(&text, key, value)?;
        }
        settings.push(Setting {
            key: entry.key,
            line: entry.line,
            fate,
        });
    }
    if mode == Mode::Really && text != old {
        fs::write_atomic(&path, text.as_bytes(), Sharing::Umask)?;
    }
    Ok(settings)
}

/// What becomes of a key. `text`: the new settings so far.
fn fate(text: &str, name: &str, given: &Given) -> Fate {
    let Some(key) = Key::find(name).filter(|key| key.file_name() == name) else {
        return Fate::Unknown;
    };
    if key.scope == Scope::PersonalOnly {
        return Fate::Personal(key.git_name());
    }
    if *given == Given::Nothing {
        return Fate::Empty;
    }
    let (settings, _) = Settings::load(Some(text.as_bytes()), &|_| Vec::new());
    if settings.get(key).origin == Origin::File {
        return Fate::Kept;
    }
    match value(key, given) {
        Some(Value::Unset) => Fate::Empty,
        Some(value) => Fate::Taken(value),
        None => Fate::Unfit(key.kind.expected()),
    }
}

/// The value in our terms.
fn value(key: &Key, given: &Given) -> Option<Value> {
    match (key.kind, given) {
        (Kind::List(_), Given::Many(items)) => Value::from_items(key.kind, items.clone()),
        (kind, Given::One(text)) => Value::from_text(kind, translated(&key.file_name(), text)),
        _ => None,
    }
}

/// Words that mean the same as others here.
fn translated<'a>(name: &str, text: &'a str) -> &'a str {
    match (name, text) {
        ("display.color", "true" | "yes" | "on") => "auto",
        ("display.color", "false" | "no" | "off") => "never",
        ("display.verbose", "debug") => "true",
        _ => text,
    }
}
