//! Changes one key in the text of `.session/config.toml` and leaves comments, order and spacing of the
//! rest as they are.

use anyhow::{Context as _, Result};
use toml::de::DeTable;
use toml_edit::{DocumentMut, Item, Table, TableLike, Value as Literal};

use super::table::{Key, Scope};
use super::template::COMMENTED;
use super::value::Value;
use crate::error::Fault;

/// The text with the key set. A line of the template that shows the key's default is taken over in its
/// place; a key that is already there keeps its comments.
pub fn set(text: &str, key: &Key, value: &Value) -> Result<String> {
    refuse_personal(key)?;
    let Some(literal) = value.to_toml() else {
        return unset(text, key);
    };
    let mut document = parse(text)?;
    if section(&document, key)?.is_none_or(|table| !table.contains_key(key.name))
        && let Some(uncommented) = uncomment(text, key, &literal)
    {
        return Ok(uncommented);
    }
    let mut literal: Literal = literal.parse().context("a value is written as TOML")?;
    let table = document
        .entry(key.section)
        .or_insert_with(|| Item::Table(Table::new()))
        .as_table_like_mut()
        .ok_or_else(|| no_table(key))?;
    if let Some(old) = table.get(key.name).and_then(Item::as_value) {
        *literal.decor_mut() = old.decor().clone();
    }
    match table.get_mut(key.name) {
        Some(item) => *item = Item::Value(literal),
        None => {
            table.insert(key.name, Item::Value(literal));
        }
    }
    Ok(with_line_ends_of(text, &document))
}

/// The text without the key. A line of its own becomes a comment that shows the default, as in the
/// template.
pub fn unset(text: &str, key: &Key) -> Result<String> {
    let mut document = parse(text)?;
    if section(&document, key)?.is_none_or(|table| !table.contains_key(key.name)) {
        return Ok(text.to_owned());
    }
    if let Some(commented) = comment_out(text, key) {
        return Ok(commented);
    }
    let table = document
        .get_mut(key.section)
        .and_then(Item::as_table_like_mut)
        .ok_or_else(|| no_table(key))?;
    table.remove(key.name);
    Ok(with_line_ends_of(text, &document))
}

fn parse(text: &str) -> Result<DocumentMut> {
    text.parse()
        .context(Fault::user(format!("{} is no TOML", super::FILE)).hint("git session config edit"))
}

/// The document with the line ends of the text that it was read from; `toml_edit` writes LF.
fn with_line_ends_of(text: &str, document: &DocumentMut) -> String {
    let changed = document.to_string();
    if text.contains("\r\n") {
        changed.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        changed
    }
}

fn section<'a>(document: &'a DocumentMut, key: &Key) -> Result<Option<&'a dyn TableLike>> {
    match document.get(key.section) {
        None => Ok(None),
        Some(item) => item
            .as_table_like()
            .map(Some)
            .ok_or_else(|| no_table(key).into()),
    }
}

fn no_table(key: &Key) -> Fault {
    Fault::user(format!("`{}` in {} is no table", key.section, super::FILE))
        .hint("git session config edit")
}

fn refuse_personal(key: &Key) -> Result<()> {
    match key.scope {
        Scope::Anywhere => Ok(()),
        Scope::PersonalOnly => Err(Fault::user(format!(
            "`{}` is personal and does not belong into a tracked file",
            key.file_name()
        ))
        .hint(format!("git config {} <value>", key.git_name()))
        .into()),
    }
}

/// Replaces the commented default of the key in its section; `None` when there is no such line, or when
/// the result would not be the old file plus this key.
fn uncomment(text: &str, key: &Key, literal: &str) -> Option<String> {
    let header = format!("[{}]", key.section);
    let shown = format!("{COMMENTED}{} = ", key.name);
    let mut inside = false;
    let mut done = false;
    let mut changed = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            inside = line.trim_end() == header;
        }
        if inside && !done && line.starts_with(&shown) {
            done = true;
            let end = &line[line.trim_end().len()..];
            changed.extend([key.name, " = ", literal, end]);
        } else {
            changed.push_str(line);
        }
    }
    (done && differ_in(key, text, &changed)).then_some(changed)
}

/// Replaces the key and its value by the commented default; `None` when they do not stand on lines of
/// their own, or when the result would not be the old file minus this key.
fn comment_out(text: &str, key: &Key) -> Option<String> {
    let table = DeTable::parse(text).ok()?;
    let section = table.get_ref().get(key.section)?.get_ref().as_table()?;
    let (name, value) = section.get_key_value(key.name)?;
    let (before, behind) = (&text[..name.span().start], &text[value.span().end..]);
    if !(before.is_empty() || before.ends_with('\n')) {
        return None;
    }
    let changed = match key.default_value().to_toml() {
        Some(default) => format!("{before}{COMMENTED}{} = {default}{behind}", key.name),
        None => format!("{before}{COMMENTED}{} = \"\"{behind}", key.name),
    };
    differ_in(key, &changed, text).then_some(changed)
}

/// Whether the second text is TOML that holds the first and this key, no more and no less.
fn differ_in(key: &Key, without: &str, with: &str) -> bool {
    let parse = |text: &str| text.parse::<toml::Table>().ok();
    let (Some(without), Some(mut with)) = (parse(without), parse(with)) else {
        return false;
    };
    let table = with
        .get_mut(key.section)
        .and_then(toml::Value::as_table_mut);
    table.is_some_and(|table| table.remove(key.name).is_some()) && without == with
}
