use proptest::prelude::*;

use super::*;
use crate::domain::body::Purged;
use crate::domain::event::Origin;
use crate::domain::fold::Fold;
use crate::domain::testing::{IDLE, writer};

const SESSION: &str = "feature-auth-20261120-k3f9qa";

fn event(n: u64, kind: &str, data: &str) -> Event {
    let line = format!(
        "{{\"v\":1,\"id\":\"01JD0000000000000000{n:06}\",\"n\":{n},\"op\":\"01JD0000000000000000{n:06}\",\
         \"at\":\"2026-11-20T09:31:07Z\",\"by\":\"Ada <a@example.org>\",\"via\":\"cli\",\"session\":\"{SESSION}\",\
         \"kind\":\"{kind}\",\"data\":{data}}}"
    );
    Event::parse(line.as_bytes()).unwrap()
}

fn log() -> Vec<Event> {
    vec![
        event(
            1,
            "session.started",
            r#"{"branch":"b","base":{},"title":"with hunter22"}"#,
        ),
        event(2, "objective.added", r#"{"text":"Deploy with hunter22"}"#),
        event(3, "note.added", r#"{"text":"hunter22"}"#),
        event(
            4,
            "decision.added",
            r#"{"text":"Use a vault","rationale":"not \"hunter22\""}"#,
        ),
        event(
            5,
            "objective.completed",
            r#"{"item":"01JD0000000000000000000002"}"#,
        ),
        event(6, "future.kind", r#"{"hunter22":["hunter22",7]}"#),
    ]
}

fn target(text: &str) -> Target {
    Target {
        texts: vec![text.to_owned()],
        items: BTreeSet::new(),
    }
}

#[test]
fn a_text_goes_and_what_is_left_of_nothing_goes_with_it() {
    let outcome = target("hunter22").apply(log());
    let ids: Vec<_> = outcome.removed.iter().map(EventId::as_str).collect();
    assert_eq!(ids, ["01JD0000000000000000000003"]);
    assert_eq!((outcome.events.len(), outcome.cleaned), (5, 4));
    for event in &outcome.events {
        let line = event.to_line().unwrap();
        assert!(!line.contains("hunter22"), "{line}");
    }
    let again = target("hunter22").apply(outcome.events);
    assert!(again.is_nothing());
}

#[test]
fn an_item_goes_with_what_was_done_to_it() {
    let item = EventId::new("01JD0000000000000000000002").unwrap();
    let target = Target {
        texts: texts_of(&log(), &item),
        items: BTreeSet::from([item]),
    };
    assert_eq!(target.texts, ["Deploy with hunter22"]);
    let outcome = target.apply(log());
    assert_eq!(outcome.removed.len(), 2);
    assert_eq!(outcome.cleaned, 0);
}

#[test]
fn ids_stay() {
    let outcome = target("01JD00").apply(log());
    assert!(outcome.is_nothing());
    let outcome = target("20261120").apply(log());
    assert!(outcome.is_nothing());
}

#[test]
fn it_is_found_as_json_and_markdown_and_trailers_write_it() {
    let target = target("a \"b\" c\\d e");
    assert!(target.is_in_bytes(br#"{"x":"say a \"b\" c\\d e now"}"#));
    assert!(target.is_in_bytes(b"Decisions: say a \"b\"\n c\\d\n e"));
    assert!(!target.is_in_bytes(b"a b c d e"));
    let target = self::target("ends with \"quotes\"");
    assert!(target.is_in_bytes(br#"{"x":"it ends with \"quotes\""}"#));
    assert!(!target.is_in_bytes(br"ends with quotes"));
}

#[test]
fn a_fold_leaves_out_what_a_log_that_has_it_takes_out() {
    let tombstone = event(9, "purged", r#"{"events":["01JD0000000000000000000002"]}"#);
    assert!(matches!(tombstone.body(), Body::Purged(Purged { events }) if events.len() == 1));
    let ada = Origin::Other(writer(1));
    let stranger = Origin::Other(writer(2));
    for (by, also, left) in [
        (&ada, None, 0),
        (&ada, Some(&stranger), 0),
        (&stranger, None, 1),
        (&Origin::Own, None, 1),
    ] {
        for first in [true, false] {
            let mut fold = Fold::new();
            if first {
                fold.insert(tombstone.clone(), by.clone());
            }
            for event in log() {
                fold.insert(event.clone(), ada.clone());
                if let Some(also) = also {
                    fold.insert(event, also.clone());
                }
            }
            if !first {
                fold.insert(tombstone.clone(), by.clone());
            }
            let session = fold.session(IDLE).unwrap();
            assert_eq!(session.objectives.len(), left, "{by:?}, {also:?}");
            assert_eq!(session.notes.len(), 1);
        }
    }
}

#[test]
fn nobody_else_takes_out_what_stands_in_the_own_log() {
    let tombstone = event(9, "purged", r#"{"events":["01JD0000000000000000000002"]}"#);
    let mut fold = Fold::new();
    fold.insert(tombstone, Origin::Other(writer(1)));
    for event in log() {
        fold.insert(event, Origin::Own);
    }
    assert_eq!(fold.session(IDLE).unwrap().objectives.len(), 1);
}

#[test]
fn a_fold_takes_the_purged_bytes_of_an_event() {
    let clean = target("hunter22").apply(log()).events;
    for turned in [true, false] {
        let (first, second) = if turned {
            (clean.clone(), log())
        } else {
            (log(), clean.clone())
        };
        let mut fold = Fold::new();
        for event in first {
            fold.insert(event, Origin::Own);
        }
        for event in second {
            fold.insert(event, Origin::Other(writer(1)));
        }
        let session = fold.session(IDLE).unwrap();
        assert_eq!(session.objectives[0].item.text, "Deploy with [PURGED]");
        assert_eq!(fold.clashes().count(), 0);
    }
}

#[test]
fn the_own_line_stays_beside_a_greater_one_of_a_stranger() {
    let mine = event(2, "objective.added", r#"{"text":"mine"}"#);
    let theirs = event(2, "objective.added", r#"{"text":"zzz"}"#);
    let stranger = Origin::Other(writer(2));
    for turned in [true, false] {
        let mut logs = vec![
            (mine.clone(), Origin::Own),
            (theirs.clone(), stranger.clone()),
            (mine.clone(), stranger.clone()),
        ];
        if turned {
            logs.reverse();
        }
        let mut fold = Fold::new();
        fold.insert(log().remove(0), Origin::Own);
        for (event, origin) in logs {
            fold.insert(event, origin);
        }
        let session = fold.session(IDLE).unwrap();
        assert_eq!(session.objectives[0].item.text, "mine");
        assert_eq!(fold.clashes().count(), 1);
    }
}

proptest! {
    #[test]
    fn a_purged_text_is_in_no_line(
        before in "[ -~]{0,10}", text in "[!-~]{6,12}", after in "[ -~]{0,10}",
    ) {
        prop_assume!(!MARK.contains(&text) && !text.contains("[PURGED") && !text.contains("PURGED]"));
        let data = serde_json::json!({ "text": format!("{before}{text}{after}"), text.clone(): [&text] });
        let made = event(1, "future.kind", &data.to_string());
        let target = target(&text);
        for event in target.apply(vec![made]).events {
            let (_, data) = event.into_parts();
            let said: String = data["text"].as_str().unwrap_or_default().replace(MARK, "\n");
            prop_assert!(!said.contains(&text), "{}", data);
        }
    }
}
