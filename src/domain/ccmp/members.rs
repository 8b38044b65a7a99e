//! A JSON object whose members stand in their order, each as it was written.

use std::fmt::{self, Write as _};

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Unreadable;

/// The members of an object: names, and the JSON of their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Members(Vec<(String, String)>);

impl Members {
    /// Takes an object apart; `None` when it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The same with another member.
    pub(super) fn with(mut self, name: &str, json: String) -> Self {
        self.set(name, json);
        self
    }

    /// The JSON of a member. Of several of one name the last one counts, as every reader of JSON has it.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut members = self.0.iter().rev();
        members
            .find(|(known, _)| known == name)
            .map(|(_, json)| json.as_str())
    }

    /// The value of a member.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        serde_json::from_str(self.get(name)?).ok()
    }

    /// A member that is an object.
    ///
    /// # Errors
    /// It is there and is none.
    pub(super) fn object(&self, name: &'static str) -> Result<Option<Self>, Unreadable> {
        let member = self.get(name);
        let parse = |json| Self::parse(json).ok_or(Unreadable::NoObject(name));
        member.map(parse).transpose()
    }

    /// Gives a member this JSON, in its place or behind all others.
    pub(super) fn set(&mut self, name: &str, json: String) {
        let mut members = self.0.iter_mut().rev();
        match members.find(|(known, _)| known == name) {
            Some((_, old)) => *old = json,
            None => self.0.push((name.to_owned(), json)),
        }
    }

    /// Gives a member this value. One that has it already stays as it is written.
    pub(super) fn set_value(&mut self, name: &str, value: &Value, depth: usize) {
        if self.value(name).as_ref() != Some(value) {
            self.set(name, indented(value, depth));
        }
    }

    /// The object, its members on a line each. `depth`: how many objects they stand in.
    pub(super) fn to_text(&self, depth: usize) -> String {
        if self.0.is_empty() {
            return "{}".to_owned();
        }
        let (inner, outer) = ("  ".repeat(depth), "  ".repeat(depth - 1));
        let lines = self.0.iter().map(|(name, json)| {
            let name = text(&name.as_str().into());
            format!("{inner}{name}: {json}")
        });
        let lines: Vec<String> = lines.collect();
        format!("{{\n{}\n{outer}}}", lines.join(",\n"))
    }
}

/// A value as the other plugins write it: a list has an item a line.
fn indented(value: &Value, depth: usize) -> String {
    let Some(items) = value.as_array().filter(|items| !items.is_empty()) else {
        return text(value);
    };
    let (inner, outer) = ("  ".repeat(depth + 1), "  ".repeat(depth));
    let lines: Vec<String> = items
        .iter()
        .map(|item| format!("{inner}{}", text(item)))
        .collect();
    format!("[\n{}\n{outer}]", lines.join(",\n"))
}

/// A value as JSON in ASCII: Python reads a file in the encoding of the system unless it is told otherwise.
pub(super) fn text(value: &Value) -> String {
    let json = value.to_string();
    let mut ascii = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_ascii() && letter != '\u{7f}' {
            ascii.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            write!(ascii, "\\u{unit:04x}").expect("a String takes everything");
        }
    }
    ascii
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Collect)
    }
}

/// Collects members in their order.
struct Collect;

impl<'de> Visitor<'de> for Collect {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some((name, json)) = map.next_entry::<String, Box<RawValue>>()? {
            members.push((name, json.get().to_owned()));
        }
        Ok(Members(members))
    }
}
