use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::event::MAX_LINE;
use crate::domain::redact::tests::{core, planted};

/// A line with these data, of a kind that this version does not know.
fn line(kind: &str, data: &Value) -> Vec<u8> {
    let line = json!({
        "v": 1, "id": "01JD00000000000000000000AA", "n": 41, "op": "01JD00000000000000000000AA",
        "at": "2026-11-20T09:31:07Z", "by": "Ada <ada@example.org>", "via": "cli",
        "session": "feature-auth-20261120-k3f9qa", "kind": kind, "data": data,
    });
    serde_json::to_vec(&line).unwrap()
}

fn event(kind: &str, data: &Value) -> Event {
    Event::parse(&line(kind, data)).unwrap()
}

fn clean(kind: &str, data: &Value) -> String {
    fetched(event(kind, data)).unwrap().to_line().unwrap()
}

#[test]
fn what_this_program_writes_stays() {
    let commit = "9f86d081884c7d659a2feaa0c55ad0159f86d081";
    let item = "01JD3Z5KQW7YB2M4N6P8R0T1VX";
    let table = [
        ("objective.added", json!({"text": " Google OAuth "})),
        (
            "commit.recorded",
            json!({"commit": commit, "author": "Ada <ada@example.org>", "subject": "Add OAuth",
                   "objectives": [{"item": item, "mark": " "}, {"item": item, "mark": ">"}],
                   "merged": ["feature-auth-20261120-k3f9qa"], "time": 5}),
        ),
        (
            "learning.added",
            json!({"text": "x", "key": "learning/patterns/token-refresh", "type": "pattern"}),
        ),
        ("handoff.created", json!({"head": commit, "tree": commit})),
        ("future.kind", json!([1.5, null, true, {"a": u64::MAX}])),
    ];
    for (kind, data) in table {
        let event = event(kind, &data);
        assert_eq!(fetched(event.clone()), Some(event), "{kind}");
    }
}

#[test]
fn every_string_is_cleaned_wherever_it_stands() {
    for (rule, secret) in planted() {
        let data = json!({"text": secret, "deep": [[{"a": [secret, {secret.clone(): 1}]}]], secret.clone(): secret});
        for kind in ["objective.added", &secret] {
            let event = fetched(event(kind, &data)).unwrap_or_else(|| panic!("{rule}: {secret}"));
            let text = event.to_line().unwrap();
            assert!(!text.contains(core(&secret)), "{rule}: {text}");
        }
    }
}

#[test]
fn the_fields_of_the_head_are_cleaned() {
    let token = format!("ghp_{}", "a1B2c3D4e5F6".repeat(3));
    let mut line: Value = serde_json::from_slice(&line("note.added", &json!({}))).unwrap();
    for field in ["by", "via", "worktree", "later"] {
        line[field] = json!(format!("\u{1b}]0;{token}\u{7}"));
    }
    line[&token] = json!({token.clone(): token});
    let event = Event::parse(line.to_string().as_bytes()).unwrap();
    let text = fetched(event).unwrap().to_line().unwrap();
    assert!(!text.contains("a1B2"), "{text}");
    assert!(!text.contains("\\u00"), "{text}");
}

#[test]
fn a_key_tells_what_its_value_is() {
    let table = [
        (json!({"db_password": "correct-horse"}), "correct-horse"),
        (json!({"apiKey": ["x7Qp2mZ9"]}), "x7Qp2mZ9"),
        (json!({"Authorization": "Basic YWRhOnMzY3I"}), "YWRhOnMzY3I"),
        (
            json!({"token": "9f86d081884c7d659a2feaa0c55ad0159f86d081"}),
            "9f86",
        ),
    ];
    for (data, secret) in table {
        assert!(!clean("future.kind", &data).contains(secret), "{data}");
        assert!(!value(data).unwrap().to_string().contains(secret));
    }
}

#[test]
fn what_cannot_be_cleaned_is_dropped() {
    let mut deep = json!("x");
    for _ in 0..=DEEPEST {
        deep = json!([deep]);
    }
    assert_eq!(fetched(event("future.kind", &deep)), None);

    // each of these grows when it is replaced
    let many = "a://b:c@d ".repeat(MAX_LINE / 10 - 40);
    assert_eq!(fetched(event("note.added", &json!({"text": many}))), None);
}

fn hostile() -> impl Strategy<Value = Value> {
    let said = prop_oneof![
        ".{0,20}",
        "[\\x00-\\x1f\\x7f]{0,4}",
        (0..planted().len(), ".{0,6}", ".{0,6}")
            .prop_map(|(at, before, after)| format!("{before} {} {after}", planted()[at].1)),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        said.clone().prop_map(Value::from),
    ];
    let key = prop_oneof![said, Just("token".to_owned()), Just(String::new())];
    leaf.prop_recursive(6, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Numbers and truth values in order, as long as no two keys became one.
fn plain(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| plain(value, out)),
        Value::Object(fields) => fields.values().for_each(|value| plain(value, out)),
        Value::String(_) => {}
        other => out.push(other.to_string()),
    }
}

#[test]
fn the_name_of_a_rule_in_a_key_does_not_tell_of_its_value() {
    let key = "ghp_a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ";
    let once = value(json!({ key: "0A0  0" })).expect("it is clean");
    assert_eq!(once, json!({ "[REDACTED:github-token]": "0A0  0" }));
    assert_eq!(value(once.clone()), Some(once));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn hostile_events_come_out_clean_or_not_at_all(data in hostile(), known in any::<bool>()) {
        let kind = if known { "note.added" } else { "\u{9b}odd.kind" };
        let before = event(kind, &data);
        let Some(after) = fetched(before.clone()) else { return Ok(()) };
        let line = after.to_line().unwrap();
        prop_assert!(line.len() <= MAX_LINE);
        for (rule, secret) in planted() {
            prop_assert!(!line.contains(core(&secret)), "{} in {}", rule, line);
        }
        prop_assert!(!line.contains("\\u00"), "{}", line);
        prop_assert_eq!(after.stamp(), before.stamp());
        prop_assert_eq!(&after.head().session, &before.head().session);
        let again = Event::parse(line.as_bytes()).unwrap();
        prop_assert_eq!(fetched(again.clone()), Some(again));
    }

    #[test]
    fn numbers_stay(numbers in prop::collection::vec(any::<i64>(), 0..20), flag in any::<bool>()) {
        let data = json!({"a": numbers, "b": {"c": flag, "d": null}});
        let (mut before, mut after) = (Vec::new(), Vec::new());
        plain(&data, &mut before);
        plain(&value(data).unwrap(), &mut after);
        prop_assert_eq!(before, after);
    }
}
