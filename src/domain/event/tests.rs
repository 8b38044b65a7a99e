use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::testing::{COMMANDS, Site, commit_id, session_id, steps};

fn line(kind: &str, data: &Value) -> String {
    json!({
        "v": 1, "id": "01JD0000000000000000000000", "n": 7, "op": "01JD0000000000000000000000",
        "at": "2026-11-20T09:31:07Z", "by": "Ada <ada@example.org>", "via": "cli",
        "session": session_id().as_str(), "kind": kind, "data": data,
    })
    .to_string()
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// One line of data for each kind.
fn samples() -> Vec<(&'static str, Value)> {
    let item = "01JD0000000000000000000001";
    let touched = json!({ "item": item });
    let edited = json!({ "item": item, "text": "other" });
    let clocked = json!({ "reason": "switch", "head": commit_id(1) });
    vec![
        (
            "session.started",
            json!({"branch": "b", "base": {"branch": "main", "commit": commit_id(2)}, "title": "t", "tdd": true, "created": true}),
        ),
        ("session.renamed", json!({ "branch": "c", "title": "t" })),
        ("session.mode", json!({ "tdd": true })),
        ("session.paused", clocked.clone()),
        ("session.resumed", json!({ "reason": "person" })),
        (
            "session.taken_over",
            json!({ "from": "Bo <bo@example.org>" }),
        ),
        (
            "session.ended",
            json!({"abandoned": true, "head": commit_id(3), "accomplished": ["a"], "remember": ["r"], "success": false, "phase": "p", "merged_to": "main", "overridden": ["coverage"]}),
        ),
        ("session.archived", json!({})),
        ("session.deleted", json!({})),
        ("objective.added", json!({ "text": "o", "private": true })),
        ("objective.started", touched.clone()),
        ("objective.completed", touched.clone()),
        ("objective.reopened", touched.clone()),
        ("objective.dropped", touched.clone()),
        ("objective.edited", edited.clone()),
        ("objective.linked", json!({ "item": item, "link": "#1" })),
        ("blocker.added", json!({ "text": "b", "link": "#1" })),
        (
            "blocker.resolved",
            json!({ "item": item, "resolution": "r" }),
        ),
        ("blocker.reopened", touched.clone()),
        ("blocker.edited", json!({ "item": item, "link": "#2" })),
        (
            "decision.added",
            json!({"text": "d", "rationale": "r", "context": "c", "alternatives": [{"option": "o", "why_not": "w"}], "consequences": ["q"], "scope": ["src/**"]}),
        ),
        ("decision.superseded", json!({ "item": item, "by": item })),
        (
            "decision.edited",
            json!({"item": item, "alternatives": [], "scope": ["x"]}),
        ),
        (
            "learning.added",
            json!({"text": "l", "type": "anti-pattern", "key": "learning/anti-patterns/l"}),
        ),
        ("learning.edited", edited),
        ("learning.dropped", touched),
        ("note.added", json!({ "text": "n" })),
        (
            "commit.recorded",
            json!({"commit": commit_id(4), "amends": commit_id(3), "author": "A <a@b>", "subject": "s", "objectives": [{"item": item, "mark": "x"}, {"item": item, "mark": " "}], "decisions": [item], "impact": {"added": ["a"], "files": 1}, "time": 60, "merged": [session_id()]}),
        ),
        (
            "commit.rewritten",
            json!({"command": "rebase", "pairs": [[commit_id(1), commit_id(2)]]}),
        ),
        (
            "checkpoint.created",
            json!({"commit": commit_id(5), "head": commit_id(4), "cause": "automatic", "label": "l", "notes": "n", "phase": "p", "progress": {"done": 5, "total": 10}, "context": {"task": "T006"}, "tdd": "red", "changed": {"files": 1, "added": 2, "removed": 3, "commits": 4, "annotations": ["a:1 TODO: x"], "annotations_total": 1}, "left_out": {"paths": ["big"], "total": 2}, "nested": {"paths": ["sub"], "total": 1}}),
        ),
        (
            "checkpoint.restored",
            json!({"item": item, "before": item, "paths": ["src"], "index": true}),
        ),
        ("checkpoint.dropped", json!({ "item": item })),
        ("work.parked", json!({ "checkpoint": item })),
        ("work.restored", json!({ "checkpoint": item })),
        (
            "handoff.created",
            json!({"head": commit_id(6), "tree": "aa", "accomplished": ["a"], "remember": ["r"], "next": ["n"]}),
        ),
        (
            "metrics.recorded",
            json!({"head": commit_id(6), "coverage": {"percent": 84.5, "new_code": 90.0, "file": "lcov.info"}, "tests": {"passed": 3, "failed": 1, "skipped": 0, "milliseconds": 12, "file": "junit.xml"}}),
        ),
        ("tdd.phase", json!({ "phase": "refactor" })),
        ("activity.recorded", json!({ "files": 3 })),
        ("context.updated", json!({ "path": "src/CLAUDE.md" })),
        ("undone", json!({ "op": item })),
        ("purged", json!({ "events": [item] })),
    ]
}

#[test]
fn every_kind_is_known_and_comes_back_as_it_was_written() {
    let kinds: Vec<_> = samples().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, crate::domain::body::KINDS);
    for (kind, data) in samples() {
        let text = line(kind, &data);
        let event = Event::parse(text.as_bytes()).unwrap();
        assert_eq!(event.body().name(), kind);
        assert_eq!(event.body().to_data(), data, "{kind}");
        assert_eq!(value(&event.to_line().unwrap()), value(&text), "{kind}");
        let again = Event::new(event.head().clone(), event.body().clone());
        assert_eq!(again, event, "{kind}");
    }
}

#[test]
fn unknown_kinds_and_fields_are_passed_on() {
    let mut known = value(&line(
        "objective.added",
        &json!({"text": "o", "colour": {"a": [1, null, 1.5]}}),
    ));
    known["mood"] = json!("good");
    let unknown = value(&line("dream.dreamt", &json!({ "deep": [[["x"]]] })));
    let malformed = value(&line("objective.added", &json!({ "text": 7 })));
    let no_object = value(&line("objective.completed", &json!("x")));
    for (line, is_known) in [
        (known, true),
        (unknown, false),
        (malformed, false),
        (no_object, false),
    ] {
        let event = Event::parse(line.to_string().as_bytes()).unwrap();
        assert_eq!(*event.body() != Body::Unknown, is_known, "{line}");
        assert_eq!(value(&event.to_line().unwrap()), line);
    }
}

#[test]
fn a_line_without_data_is_an_event() {
    let mut line = value(&line("session.archived", &json!({})));
    line.as_object_mut().unwrap().remove("data");
    let event = Event::parse(line.to_string().as_bytes()).unwrap();
    assert_eq!(*event.body(), Body::Unknown);
}

#[test]
fn a_greater_version_is_read_and_keeps_its_number() {
    let mut later = value(&line("objective.added", &json!({ "text": "o" })));
    later["v"] = json!(2);
    let event = Event::parse(later.to_string().as_bytes()).unwrap();
    assert_eq!(event.body().name(), "objective.added");
    assert_eq!(value(&event.to_line().unwrap()), later);
}

#[test]
fn what_misses_a_part_is_no_event() {
    let whole = value(&line("note.added", &json!({ "text": "n" })));
    for key in ["v", "id", "n", "op", "at", "by", "via", "session", "kind"] {
        let mut part = whole.clone();
        part.as_object_mut().unwrap().remove(key);
        assert!(Event::parse(part.to_string().as_bytes()).is_err(), "{key}");
    }
    for (key, bad) in [
        ("id", json!("short")),
        ("n", json!(-1)),
        ("n", json!(1.5)),
        ("n", json!(MAX_COUNTER + 1)),
        ("n", json!(u64::MAX)),
        ("at", json!("yesterday")),
        ("session", json!("../../etc")),
        ("v", json!("1")),
    ] {
        let mut wrong = whole.clone();
        wrong[key] = bad;
        assert!(
            Event::parse(wrong.to_string().as_bytes()).is_err(),
            "{wrong}"
        );
    }
    for text in ["", "{}", "null", "[]", "{\"v\":1", "\u{0}"] {
        assert!(Event::parse(text.as_bytes()).is_err(), "{text:?}");
    }
    assert!(Event::parse(b"\xff\xfe").is_err());
}

#[test]
fn a_line_of_64_kib_is_the_longest() {
    let rest = line("note.added", &json!({ "text": "" })).len() + 1;
    let of = |length: usize| line("note.added", &json!({"text": "x".repeat(length - rest)}));
    for newline in ["", "\n"] {
        let fits = format!("{}{newline}", of(MAX_LINE));
        let event = Event::parse(fits.as_bytes()).unwrap();
        assert_eq!(event.to_line().unwrap().len(), MAX_LINE);
        let long = format!("{}{newline}", of(MAX_LINE + 1));
        assert!(matches!(
            Event::parse(long.as_bytes()),
            Err(LineError::TooLong(length)) if length == MAX_LINE + 1
        ));
    }
    let head = Event::parse(of(MAX_LINE).as_bytes())
        .unwrap()
        .head()
        .clone();
    let body = Body::parse("note.added", &json!({"text": "x".repeat(MAX_LINE)}));
    assert!(matches!(
        Event::new(head, body).to_line(),
        Err(LineError::TooLong(_))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_commands_write_comes_back(steps in steps(1, COMMANDS, 30)) {
        let mut site = Site::begun();
        for step in steps {
            let command = step.command(&site);
            for event in site.run(0, command).unwrap_or_default() {
                let line = event.to_line().unwrap();
                prop_assert!(!line[..line.len() - 1].contains('\n'));
                prop_assert_eq!(Event::parse(line.as_bytes()).unwrap(), event);
            }
        }
    }
}
