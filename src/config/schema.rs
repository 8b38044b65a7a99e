//! A JSON Schema of `.session/config.toml`, made from the table, for editors.

use serde_json::{Map, Value as Json, json};

use super::table::{KEYS, Key, Kind, SECTIONS, Scope};
use super::template::sentence;
use super::value::Value;

/// The schema of the file (draft 2020-12). Personal keys are not part of it: the file may not set them.
pub fn schema() -> Json {
    let sections: Map<_, _> = SECTIONS
        .iter()
        .filter_map(|(section, help)| Some(((*section).to_owned(), table(section, help)?)))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of git session",
        "description": "The tracked file .session/config.toml",
        "type": "object",
        "properties": sections,
        "additionalProperties": false,
    })
}

/// The schema of one table of the file; `None` when all its keys are personal.
fn table(section: &str, help: &str) -> Option<Json> {
    let keys: Map<_, _> = KEYS
        .iter()
        .filter(|key| key.section == section && key.scope == Scope::Anywhere)
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    (!keys.is_empty()).then(|| {
        json!({
            "description": help,
            "type": "object",
            "properties": keys,
            "additionalProperties": false,
        })
    })
}

fn property(key: &Key) -> Json {
    let mut property = shape(key.kind);
    property.insert(
        "description".to_owned(),
        format!("{}.", sentence(key.help)).into(),
    );
    let default = key.default_value();
    if default != Value::Unset {
        property.insert("default".to_owned(), default.to_json());
    }
    Json::Object(property)
}

/// What JSON Schema says about values of a type.
fn shape(kind: Kind) -> Map<String, Json> {
    let shape = match kind {
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Text | Kind::DateFormat | Kind::Address => json!({"type": "string"}),
        Kind::Choice(words) => json!({"enum": words}),
        Kind::Duration => json!({
            "type": "string",
            "pattern": r"^(?=.)(\d+[dD] *)?(\d+[hH] *)?(\d+[mM] *)?(\d+[sS])?$",
        }),
        Kind::Size => json!({
            "type": ["string", "integer"],
            "pattern": r"^\d+ *([gGmMkK]([iI]?[bB])?|[bB])?$",
            "minimum": 0,
        }),
        Kind::Integer(least) => json!({"type": "integer", "minimum": least, "maximum": u32::MAX}),
        Kind::Percent => json!({"type": "integer", "minimum": 0, "maximum": 100}),
        Kind::List([]) => json!({"type": "array", "items": {"type": "string", "minLength": 1}}),
        Kind::List(words) => json!({"type": "array", "items": {"enum": words}}),
    };
    match shape {
        Json::Object(shape) => shape,
        other => unreachable!("a schema is an object, not {other}"),
    }
}
