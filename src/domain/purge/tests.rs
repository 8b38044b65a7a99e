use proptest::prelude::*;

use super::*;
use crate::domain::body::{Body, KINDS, Purged};
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
        ..Target::default()
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
        ..Target::default()
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
    let (own, ada, bob) = (
        Origin::Own,
        Origin::Other(writer(1)),
        Origin::Other(writer(2)),
    );
    let (old, new) = ("Deploy with hunter22", "Deploy with [PURGED]");
    for (clean_in, old_in, expected) in [
        (&own, &ada, new),
        (&bob, &ada, new),
        // nobody else changes what this clone says
        (&ada, &own, old),
    ] {
        for turned in [true, false] {
            let mut logs = [(clean.clone(), clean_in), (log(), old_in)];
            if turned {
                logs.reverse();
            }
            let mut fold = Fold::new();
            for (events, origin) in logs {
                for event in events {
                    fold.insert(event, origin.clone());
                }
            }
            let session = fold.session(IDLE).unwrap();
            assert_eq!(session.objectives[0].item.text, expected);
            assert_eq!(fold.clashes().count(), 0);
        }
    }
}

/// One event of every kind, with every field that it can have.
fn every_kind() -> Vec<Event> {
    const COMMIT: &str = "0123456789012345678901234567890123456789";
    const ITEM: &str = "01JD0000000000000000000003";
    let started = r#"{"branch":"feature/auth","base":{"branch":"master","commit":"COMMIT"},"title":"a title","tdd":true,"created":true}"#;
    let taken = format!(r#"{{"from":"Ada <a@example.org>","started":{started}}}"#);
    let text = r#"{"text":"some text","private":true}"#;
    let touched = r#"{"item":"ITEM"}"#;
    let edited = r#"{"item":"ITEM","text":"other text"}"#;
    let clocked = r#"{"reason":"person","head":"COMMIT"}"#;
    let parked = r#"{"checkpoint":"ITEM"}"#;
    let decision = r#""text":"decided","rationale":"because","context":"while","alternatives":[{"option":"other","why_not":"no"}],"consequences":["then"],"scope":["src/**"]"#;
    let added = format!(r#"{{{decision},"private":true}}"#);
    let changed = format!(r#"{{"item":"ITEM",{decision}}}"#);
    let data = |kind: &str| match kind {
        "session.started" => started,
        "session.renamed" => r#"{"branch":"feature/other","title":"other title"}"#,
        "session.mode" => r#"{"tdd":true}"#,
        "session.paused" | "session.resumed" => clocked,
        "session.taken_over" => &taken,
        "session.ended" => {
            r#"{"abandoned":true,"head":"COMMIT","accomplished":["a"],"remember":["b"],"success":true,"phase":"late","merged_to":"master","merge":{"before":"COMMIT","after":"COMMIT"},"pushed":{"remote":"origin","branch":"feature/auth","to":"other","new":true},"overridden":["c"]}"#
        }
        "session.archived" | "session.deleted" => "{}",
        "objective.added" | "note.added" => text,
        "objective.edited" | "learning.edited" => edited,
        "objective.linked" => r##"{"item":"ITEM","link":"#12"}"##,
        "blocker.added" => r##"{"text":"blocked","link":"#12","private":true}"##,
        "blocker.resolved" => r#"{"item":"ITEM","resolution":"resolved"}"#,
        "blocker.edited" => r##"{"item":"ITEM","text":"blocked","link":"#12"}"##,
        "decision.added" => &added,
        "decision.superseded" => r#"{"item":"ITEM","by":"ITEM"}"#,
        "decision.edited" => &changed,
        "learning.added" => {
            r#"{"text":"learnt","type":"anti-pattern","key":"learning/anti-patterns/name","scope":["src/**"],"private":true}"#
        }
        "commit.recorded" => {
            r#"{"commit":"COMMIT","amends":"COMMIT","author":"Ada","subject":"Say","objectives":[{"item":"ITEM","mark":"x"}],"decisions":["ITEM"],"time":5,"merge":true,"merged":["some-session"],"revert":true,"adopted":true}"#
        }
        "commit.rewritten" => r#"{"command":"followed","pairs":[["COMMIT","COMMIT"]]}"#,
        "checkpoint.created" => {
            r#"{"commit":"COMMIT","head":"COMMIT","cause":"automatic","label":"a label","notes":"notes","phase":"late","progress":{"done":1,"total":2},"context":{"private":"private"},"tdd":"refactor","changed":{"files":1,"added":1,"removed":1,"commits":1,"annotations":["a:1 TODO"],"annotations_total":1},"left_out":{"paths":["p"],"total":1},"nested":{"paths":["p"],"total":1},"private":true}"#
        }
        "checkpoint.restored" => r#"{"item":"ITEM","before":"ITEM","paths":["p"],"index":true}"#,
        "work.parked" | "work.restored" => parked,
        "handoff.created" => {
            r#"{"head":"COMMIT","tree":"COMMIT","accomplished":["a"],"remember":["b"],"next":["c"],"private":true}"#
        }
        "metrics.recorded" => {
            r#"{"head":"COMMIT","coverage":{"percent":79,"new_code":80,"file":"lcov.info","stale":true},"tests":{"passed":1,"failed":1,"skipped":1,"milliseconds":1,"file":"junit.xml","exit":1}}"#
        }
        "tdd.phase" => r#"{"phase":"refactor"}"#,
        "activity.recorded" => r#"{"files":1}"#,
        "context.updated" => r#"{"path":"CLAUDE.md"}"#,
        "undone" => r#"{"op":"01JD0000000000000000000099"}"#,
        "purged" => r#"{"events":["01JD0000000000000000000098"]}"#,
        _ => touched,
    };
    let made = KINDS.iter().zip(1..).map(|(kind, n)| {
        let data = data(kind).replace("COMMIT", COMMIT).replace("ITEM", ITEM);
        let event = event(n, kind, &data);
        assert!(!matches!(event.body(), Body::Unknown), "{kind}: {data}");
        event
    });
    made.collect()
}

/// Every key and every string of some JSON.
fn words_of(json: &Value, words: &mut BTreeSet<String>) {
    match json {
        Value::String(said) => drop(words.insert(said.clone())),
        Value::Array(values) => values.iter().for_each(|value| words_of(value, words)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            words.insert(key.clone());
            words_of(value, words);
        }),
        _ => {}
    }
}

/// Everything that somebody could type and that the format says too.
fn words_of_the_format() -> Vec<String> {
    let mut words: BTreeSet<String> = KINDS.iter().map(|kind| (*kind).to_owned()).collect();
    for event in every_kind() {
        words_of(
            &serde_json::from_str(&event.to_line().unwrap()).unwrap(),
            &mut words,
        );
    }
    words.extend(
        [
            "manual", "switch", "pattern", "insight", "private", "copied",
        ]
        .map(String::from),
    );
    words.into_iter().filter(|word| word.len() > 2).collect()
}

#[test]
fn keys_and_words_of_the_format_stay() {
    for text in words_of_the_format() {
        let (before, outcome) = (every_kind(), target(&text).apply(every_kind()));
        for event in before {
            let after = outcome.events.iter().find(|after| after.id() == event.id());
            let Some(after) = after else {
                // an item that said nothing else, and what was done to it
                assert!(event.body().touches(event.id()).is_some(), "{text}");
                continue;
            };
            assert_eq!(event.body().name(), after.body().name(), "{text}");
            assert_eq!(event.is_private(), after.is_private(), "{text}");
        }
        let mut fold = Fold::new();
        for event in outcome.events {
            fold.insert(event, Origin::Own);
        }
        assert!(fold.session(IDLE).is_some(), "{text}");
    }
    let word = |text: &str| target(text).apply(every_kind()).is_nothing();
    for text in [
        "rationale",
        "subject",
        "objectives",
        "commit",
        "automatic",
        "manual",
    ] {
        assert!(word(text), "{text}");
    }
}

#[test]
fn an_agents_keys_are_text() {
    let made = event(
        1,
        "checkpoint.created",
        r#"{"commit":"0123456789012345678901234567890123456789","context":{"nightingale":[{"nightingale":1}]}}"#,
    );
    let left = target("nightingale").apply(vec![made]).events;
    assert!(!left[0].to_line().unwrap().contains("nightingale"));
}

#[test]
fn of_a_checkpoint_only_what_was_said_counts() {
    let commit = b"tree 0\nparent 0\nauthor Ada <a@example.org> 1 +0000\ncommitter Ada <a@example.org> 1 +0000\n\nOn feature: automatic\n\nNested: a/path\n";
    for text in ["parent", "author", "committer", "automatic", "Nested"] {
        assert!(!target(text).is_in_commit(commit), "{text}");
    }
    for text in ["example", "feature", "a/path"] {
        assert!(target(text).is_in_commit(commit), "{text}");
    }
    assert!(target("parent").is_in_commit(b"tree 0\n\nSay parent\n"));
}

#[test]
fn a_page_says_what_its_texts_say() {
    let page = b"{\"private\":true,\"text\":\"my secret\"}\n{\"private\":false}\n";
    assert!(!target("private").is_in_lines(page));
    assert!(target("my secret").is_in_lines(page));
    assert!(target("in prose").is_in_lines(b"broken in\nprose\n"));
    assert!(target("torn text").is_in_lines(b"{\"a\":1}\n{\"torn text\n"));
}

#[test]
fn the_name_of_a_branch_that_is_there_stays() {
    let started = event(
        1,
        "session.started",
        r#"{"branch":"feature","base":{"branch":"master"},"title":"to master it"}"#,
    );
    let target = Target {
        names: BTreeSet::from(["master".to_owned()]),
        ..target("master")
    };
    let line = target.apply(vec![started]).events[0].to_line().unwrap();
    assert!(
        line.contains(r#""base":{"branch":"master"}"#) && line.contains("to [PURGED] it"),
        "{line}"
    );
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

    #[test]
    fn a_session_is_one_after_any_purge(
        pick in any::<prop::sample::Index>(), from in any::<prop::sample::Index>(), length in 1..12_usize,
    ) {
        let words = words_of_the_format();
        let word = pick.get(&words);
        let at = from.index(word.len());
        let Some(part) = word.get(at..(at + length).min(word.len())) else {
            return Ok(());
        };
        let outcome = target(part).apply(every_kind());
        let private: BTreeSet<_> = every_kind().iter().filter(|e| e.is_private()).map(|e| e.id().clone()).collect();
        let mut fold = Fold::new();
        for event in outcome.events {
            prop_assert!(!matches!(event.body(), Body::Unknown), "{part}: {event:?}");
            prop_assert_eq!(event.is_private(), private.contains(event.id()));
            fold.insert(event, Origin::Own);
        }
        prop_assert!(fold.session(IDLE).is_some());
    }
}
