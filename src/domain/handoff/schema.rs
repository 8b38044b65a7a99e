//! The JSON Schema of the document, published as `docs/handoff.schema.json`.

use serde_json::{Map, Value, json};

use super::document::CheckName;
use super::kinds::{CommitKind, FileKind};
use crate::domain::body::LearningType;
use crate::domain::session::{ObjectiveState, State};

/// The schema (draft 2020-12). A property that is not in `required` is left out where nothing is known.
pub fn schema() -> Value {
    let mut properties = sections();
    properties.insert("schema".to_owned(), json!({"const": super::SCHEMA}));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Handoff of git session",
        "description": "The answer of `git session handoff --format json`",
        "type": "object",
        "properties": properties,
        "required": ["schema", "session", "metrics"],
        "additionalProperties": false,
        "$defs": definitions(),
    })
}

/// The members of the document.
fn sections() -> Map<String, Value> {
    let object = json!({
        "session": about(),
        "objectives": object(
            &[
                ("done", number()),
                ("total", number()),
                ("items", list(&reference("objective"))),
            ],
            &[],
        ),
        "accomplished": texts(),
        "commits": list(&reference("commit")),
        "tests": span("testResult"),
        "coverage": span("coverageResult"),
        "in_progress": object(
            &[],
            &[
                ("objectives", list(&reference("objective"))),
                ("staged", reference("paths")),
                ("changed", reference("paths")),
                ("conflicts", reference("paths")),
                ("untracked", reference("paths")),
                ("saved", reference("saved")),
                ("parked", list(&reference("parked"))),
            ],
        ),
        "blockers": list(&reference("blocker")),
        "decisions": list(&reference("decision")),
        "metrics": metrics(),
        "context": context(),
        "key_files": list(&reference("keyFile")),
        "remember": texts(),
        "learnings": list(&reference("learning")),
        "links": texts(),
        "next": list(&reference("next")),
        "checklist": list(&reference("check")),
    });
    match object {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn about() -> Value {
    let state = [
        State::Active,
        State::Paused,
        State::Ended,
        State::Archived,
        State::Deleted,
    ];
    object(
        &[
            ("id", text()),
            ("branch", text()),
            ("state", words(state.map(State::name))),
            ("started_by", text()),
            ("started_at", time()),
            ("as_of", time()),
        ],
        &[
            ("title", text()),
            ("abandoned", json!({"type": "boolean"})),
            ("success", json!({"type": "boolean"})),
            ("phase", text()),
            ("base_branch", text()),
            ("base_commit", commit()),
            ("head", commit()),
            ("merged_to", text()),
        ],
    )
}

fn context() -> Value {
    let stale = object(
        &[
            ("path", text()),
            ("score", score()),
            ("commits", number()),
            ("age_days", number()),
        ],
        &[],
    );
    object(
        &[("score", score()), ("to_update", list(&stale))],
        &[("more", number())],
    )
}

fn metrics() -> Value {
    object(
        &[
            ("active_seconds", number()),
            ("unattributed_seconds", number()),
            ("commits", number()),
        ],
        &[
            ("changed", reference("lines")),
            (
                "tests",
                object(&[("added", number()), ("removed", number())], &[]),
            ),
            (
                "commits_by_kind",
                list(&object(
                    &[("kind", reference("commitKind")), ("commits", number())],
                    &[],
                )),
            ),
            (
                "files_by_kind",
                list(&object(
                    &[
                        ("kind", reference("fileKind")),
                        ("files", number()),
                        ("added", number()),
                        ("removed", number()),
                        ("seconds", number()),
                    ],
                    &[],
                )),
            ),
        ],
    )
}

/// What several members share.
fn definitions() -> Value {
    let state = [
        ObjectiveState::Open,
        ObjectiveState::InProgress,
        ObjectiveState::Completed,
        ObjectiveState::Dropped,
    ];
    let item = [("handle", text()), ("text", text())];
    let with = |more: &[(&'static str, Value)]| [&item[..], more].concat();
    json!({
        "commitKind": words(CommitKind::ALL.map(CommitKind::name)),
        "fileKind": words(FileKind::ALL.map(FileKind::name)),
        "lines": object(
            &[("files", number()), ("added", number()), ("removed", number())],
            &[],
        ),
        "objective": object(&with(&[("state", words(state.map(ObjectiveState::name)))]), &issue()),
        "commit": object(
            &[("commit", commit()), ("subject", text()), ("kind", reference("commitKind"))],
            &[("seconds", number()), ("changed", reference("lines")), ("merged", texts())],
        ),
        "testResult": object(
            &[("passed", number()), ("failed", number()), ("skipped", number()), ("at", time())],
            &[("head", commit())],
        ),
        "coverageResult": object(
            &[("percent", percent()), ("at", time())],
            &[("new_code", percent()), ("head", commit())],
        ),
        "paths": object(&[("count", number()), ("paths", texts())], &[]),
        "saved": object(&[("handle", text()), ("command", text())], &[]),
        "parked": object(&[("handle", text()), ("at", time())], &[("label", text())]),
        "blocker": object(
            &with(&[
                ("open", json!({"type": "boolean"})),
                ("since", time()),
                ("seconds", number()),
            ]),
            &[("link", text()), ("url", text()), ("resolution", text())],
        ),
        "decision": object(
            &with(&[("at", time())]),
            &[
                ("context", text()),
                ("rationale", text()),
                ("alternatives", list(&object(&[("option", text())], &[("why_not", text())]))),
                ("consequences", texts()),
                ("scope", texts()),
                ("superseded", json!({"type": "boolean"})),
                ("superseded_by", text()),
            ],
        ),
        "keyFile": object(
            &[
                ("path", text()),
                ("kind", reference("fileKind")),
                ("commits", number()),
                ("added", number()),
                ("removed", number()),
            ],
            &[],
        ),
        "learning": object(
            &with(&[("type", words(LearningType::ALL.map(LearningType::name))), ("key", text())]),
            &[("scope", texts())],
        ),
        "next": object(
            &[("text", text()), ("from", words(["said", "objective", "blocker"]))],
            &[("handle", text())],
        ),
        "check": object(
            &[
                ("name", words(CheckName::ALL.map(CheckName::name))),
                ("holds", json!({"type": "boolean"})),
                ("detail", text()),
            ],
            &[],
        ),
    })
}

/// An object with these members and no others.
fn object(required: &[(&'static str, Value)], optional: &[(&'static str, Value)]) -> Value {
    let properties = required.iter().chain(optional).cloned();
    let properties: Map<String, Value> = properties
        .map(|(name, shape)| (name.to_owned(), shape))
        .collect();
    let required: Vec<_> = required.iter().map(|(name, _)| *name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn span(result: &str) -> Value {
    object(
        &[("last", reference(result))],
        &[("first", reference(result))],
    )
}

/// The issue of an item.
fn issue() -> [(&'static str, Value); 2] {
    [("link", text()), ("url", text())]
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

fn list(of: &Value) -> Value {
    json!({"type": "array", "items": of})
}

fn texts() -> Value {
    list(&text())
}

fn text() -> Value {
    json!({"type": "string"})
}

fn words<const N: usize>(words: [&str; N]) -> Value {
    json!({"enum": words.as_slice()})
}

fn number() -> Value {
    json!({"type": "integer", "minimum": 0})
}

fn score() -> Value {
    json!({"type": "integer", "minimum": 0, "maximum": 100})
}

fn percent() -> Value {
    json!({"type": "number", "minimum": 0, "maximum": 100})
}

fn time() -> Value {
    json!({"type": "string", "format": "date-time"})
}

fn commit() -> Value {
    json!({"type": "string", "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$"})
}
