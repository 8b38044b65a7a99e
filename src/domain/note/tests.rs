use proptest::prelude::*;

use super::*;
use crate::domain::body::{Body, MarkedObjective};
use crate::domain::context::{Context, LogMark};
use crate::domain::decide::{Command, NewDecision, Privacy};
use crate::domain::testing::{Site, at, branch, commit_id, session_id};

fn line(number: u8, time: u64) -> NoteLine {
    NoteLine {
        v: VERSION,
        session: session_id(),
        branch: branch("feature/auth"),
        id: EventId::from_parts(1, [number; 10]),
        at: at(0),
        author: "Ada <ada@example.org>".into(),
        objectives: Vec::new(),
        decisions: Vec::new(),
        impact: Impact::default(),
        time,
        merged: Vec::new(),
    }
}

/// Lines of a note: ours by number and time, and what others may have written.
fn some_line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => (0..4_u8).prop_map(|number| line(number, 60).to_line().into_bytes()),
        1 => Just(b"Reviewed-by: Bo <bo@example.org>\n".to_vec()),
        1 => Just(b"{\"v\":2,\"what\":[1]}\n".to_vec()),
        1 => Just(b"\n".to_vec()),
        1 => Just(b" indented \xff\xfe\r\n".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..12).prop_map(|mut bytes| {
            bytes.push(b'\n');
            bytes
        }),
    ]
}

fn some_note() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(some_line(), 0..8).prop_map(|lines| lines.concat())
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes
        .split(|b| *b == b'\n')
        .filter(|line| !line.is_empty())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_merge_is_a_sorted_union(note in some_note(), more in some_note(), third in some_note()) {
        let merged = merge(&note, &more);
        prop_assert_eq!(&merge(&merged, &more), &merged);
        prop_assert_eq!(&merge(&merged, &note), &merged);
        prop_assert_eq!(&merge(&more, &note), &merged);
        prop_assert_eq!(merge(&merge(&note, &more), &third), merge(&note, &merge(&more, &third)));
        prop_assert!(lines(&merged).is_sorted());
        prop_assert!(merged.is_empty() || merged.ends_with(b"\n"));
        for line in lines(&note).into_iter().chain(lines(&more)) {
            prop_assert!(lines(&merged).contains(&line));
        }
    }
}

#[test]
fn a_line_of_the_same_session_and_event_is_replaced_and_nothing_else() {
    let foreign = b" a person wrote this \xff\n{\"not\":\"ours\"}\n".to_vec();
    let old = line(1, 60).to_line();
    let other = line(2, 60).to_line();
    let new = line(1, 120).to_line();
    let note = [foreign.as_slice(), old.as_bytes(), other.as_bytes()].concat();
    let merged = merge(&note, new.as_bytes());
    assert_eq!(parse(&merged), [line(1, 120), line(2, 60)]);
    for kept in lines(&foreign) {
        assert!(lines(&merged).contains(&kept));
    }
    let mut of_another = line(1, 180);
    of_another.session = SessionId::new("feature-auth-20261120-zzzzzz").unwrap();
    assert_eq!(
        parse(&merge(&merged, of_another.to_line().as_bytes())).len(),
        3
    );
}

#[test]
fn of_two_new_lines_for_one_event_one_stays() {
    let both = [line(1, 60).to_line(), line(1, 120).to_line()].concat();
    let turned = [line(1, 120).to_line(), line(1, 60).to_line()].concat();
    assert_eq!(parse(&merge(b"", both.as_bytes())).len(), 1);
    assert_eq!(merge(b"", both.as_bytes()), merge(b"", turned.as_bytes()));
}

#[test]
fn a_later_version_of_a_line_is_kept_byte_for_byte() {
    let text = line(1, 60)
        .to_line()
        .replacen("{\"v\":1", "{\"later\":{\"x\":1},\"v\":2", 1);
    let merged = merge(text.as_bytes(), line(2, 60).to_line().as_bytes());
    assert!(lines(&merged).contains(&text.trim_end().as_bytes()));
    assert_eq!(parse(&merged).len(), 2);
}

#[test]
fn a_line_tells_only_what_may_leave_the_machine() {
    let mut site = Site::begun();
    for (text, privacy) in [("public", Privacy::Shared), ("hidden", Privacy::Private)] {
        site.run(
            1,
            Command::AddObjective {
                text: text.into(),
                privacy,
            },
        )
        .unwrap();
        let decision = NewDecision {
            text: text.into(),
            rationale: Some(text.into()),
            context: None,
            alternatives: Vec::new(),
            consequences: Vec::new(),
            scope: Vec::new(),
            privacy,
        };
        let decision = Box::new(decision);
        site.run(
            1,
            Command::AddDecision {
                decision,
                supersedes: None,
            },
        )
        .unwrap();
    }
    let session = site.session();
    let record = CommitRecorded {
        commit: commit_id(1),
        amends: None,
        author: "Ada <ada@example.org>".into(),
        subject: "hidden subject".into(),
        objectives: session
            .objectives
            .iter()
            .map(|o| MarkedObjective {
                item: o.item.id.clone(),
                mark: Mark::Current,
            })
            .collect(),
        decisions: session
            .decisions
            .iter()
            .map(|d| d.item.id.clone())
            .collect(),
        impact: Impact::default(),
        time: 60,
        merge: false,
        merged: Vec::new(),
        revert: false,
        adopted: false,
    };
    let event = site.hook(2, "hook", Body::CommitRecorded(record.clone()));
    let context = Context::of(&session, LogMark::default());
    for texts in [&session as &dyn Texts, &context] {
        let line = NoteLine::new(&event, &record, texts);
        assert!(!line.to_line().contains("hidden"), "{}", line.to_line());
        assert_eq!((line.objectives.len(), line.decisions.len()), (1, 1));
        assert_eq!(line.decisions[0].rationale.as_deref(), Some("public"));
        assert_eq!(parse(line.to_line().as_bytes()), [line]);
    }
}
