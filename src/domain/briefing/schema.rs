//! The JSON Schema of the answer, published as `docs/brief.schema.json`.

use serde_json::{Value, json};

use super::line::{Kind, Source};
use super::section::Section;
use super::{Audience, LEAST_BUDGET, MOST_BUDGET, NOTICE, SCHEMA};
use crate::domain::session::{ObjectiveState, State};

/// The schema (draft 2020-12). A property that is not in `required` is left out where nothing is known.
pub fn schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Brief of git session",
        "description": "The answer of `git session brief --json`",
        "type": "object",
        "properties": {
            "schema": {"const": SCHEMA},
            "notice": {"const": NOTICE},
            "for": {"enum": [Audience::Human, Audience::Agent]},
            "session": session(),
            "head": text(),
            "budget": {"type": "integer", "minimum": LEAST_BUDGET, "maximum": MOST_BUDGET},
            "tokens": number(),
            "sections": list(&json!({"$ref": "#/$defs/section"})),
            "left_out": list(&names()),
            "private_left_out": number(),
        },
        "required": ["schema", "notice", "for", "head", "budget", "tokens", "sections"],
        "additionalProperties": false,
        "$defs": {"section": section(), "line": line()},
    })
}

fn session() -> Value {
    let states = [
        State::Active,
        State::Paused,
        State::Ended,
        State::Archived,
        State::Deleted,
    ];
    json!({
        "type": "object",
        "properties": {
            "id": text(),
            "branch": text(),
            "title": text(),
            "state": {"enum": states},
            "started_by": text(),
            "started_at": time(),
            "last_at": time(),
        },
        "required": ["id", "branch", "state", "started_by", "started_at", "last_at"],
        "additionalProperties": false,
    })
}

fn section() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": names(),
            "title": {"enum": Section::ALL.map(Section::title)},
            "lines": list(&json!({"$ref": "#/$defs/line"})),
            "more": {
                "type": "object",
                "properties": {"count": number(), "command": text()},
                "required": ["count", "command"],
                "additionalProperties": false,
            },
        },
        "required": ["name", "title", "lines"],
        "additionalProperties": false,
    })
}

fn line() -> Value {
    let states = [
        ObjectiveState::Open,
        ObjectiveState::InProgress,
        ObjectiveState::Completed,
        ObjectiveState::Dropped,
    ];
    json!({
        "type": "object",
        "properties": {
            "kind": {"enum": Kind::ALL},
            "state": {"enum": states},
            "text": text(),
            "reason": text(),
            "name": text(),
            "by": text(),
            "at": time(),
            "from": {"enum": Source::ALL},
            "place": text(),
            "private": {"const": true},
        },
        "required": ["kind", "text", "from"],
        "additionalProperties": false,
    })
}

fn names() -> Value {
    json!({"enum": Section::ALL})
}

fn list(of: &Value) -> Value {
    json!({"type": "array", "items": of})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn number() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}
