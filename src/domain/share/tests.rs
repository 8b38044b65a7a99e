use super::*;
use crate::domain::body::{
    Activity, BlockerAdded, Cause, DecisionAdded, HandoffCreated, ItemTouched, KINDS, TextAdded,
    TextEdited,
};
use crate::domain::testing::{Site, commit_id};

/// Kinds that no setting shares.
const LOCAL: &[&str] = &[
    "note.added",
    "checkpoint.restored",
    "work.parked",
    "work.restored",
    "metrics.recorded",
    "tdd.phase",
    "activity.recorded",
    "context.updated",
];

fn text(text: &str, private: bool) -> TextAdded {
    TextAdded {
        text: text.to_owned(),
        private,
    }
}

fn lines(events: &[Event]) -> String {
    let lines = events.iter().map(|event| event.to_line().expect("a line"));
    lines.collect()
}

#[test]
fn a_word_names_each_kind() {
    for (share, word) in Share::ALL.into_iter().zip(Share::WORDS) {
        assert_eq!(share.word(), *word);
        assert_eq!(Share::from_word(word), Some(share));
    }
    assert_eq!(Share::from_word("notes"), None);
}

#[test]
fn what_is_private_stays_with_everything_that_is_said_of_it() {
    let mut site = Site::begun();
    site.hook(1, "cli", Body::ObjectiveAdded(text("open to all", false)));
    site.hook(2, "cli", Body::ObjectiveAdded(text("hidden one", true)));
    let hidden = site.own().last().expect("an event").id().clone();
    site.hook(
        3,
        "cli",
        Body::ObjectiveEdited(TextEdited {
            item: hidden.clone(),
            text: "hidden two".to_owned(),
        }),
    );
    site.hook(
        4,
        "cli",
        Body::ObjectiveCompleted(ItemTouched { item: hidden }),
    );
    site.hook(
        5,
        "cli",
        Body::BlockerAdded(BlockerAdded {
            text: "hidden three".to_owned(),
            link: None,
            private: true,
        }),
    );
    site.hook(
        6,
        "cli",
        Body::DecisionAdded(DecisionAdded {
            text: "hidden four".to_owned(),
            private: true,
            ..DecisionAdded::default()
        }),
    );
    site.hook(
        7,
        "cli",
        Body::HandoffCreated(HandoffCreated {
            remember: vec!["hidden five".to_owned()],
            private: true,
            ..HandoffCreated::default()
        }),
    );
    let shared = shareable(site.own(), &Share::ALL);
    let lines = lines(&shared);
    assert!(lines.contains("open to all"), "{lines}");
    assert!(!lines.contains("hidden"), "{lines}");
    assert_eq!(shared.len(), 2, "{lines}");
}

#[test]
fn a_checkpoint_gives_its_label_and_an_end_its_words_only_with_handoffs() {
    let mut site = Site::begun();
    let made = CheckpointCreated {
        notes: Some("kept here".to_owned()),
        context: Some(serde_json::json!({"kept": "here"})),
        phase: Some("kept here".to_owned()),
        ..label_of(&CheckpointCreated {
            commit: commit_id(1),
            head: None,
            cause: Cause::Manual,
            label: Some("before the rewrite".to_owned()),
            notes: None,
            phase: None,
            progress: None,
            context: None,
            tdd: None,
            changed: None,
            left_out: Named::default(),
            nested: Named::default(),
            private: false,
        })
    };
    let plain = CheckpointCreated {
        label: None,
        ..made.clone()
    };
    site.hook(1, "cli", Body::CheckpointCreated(made));
    site.hook(2, "cli", Body::CheckpointCreated(plain));
    site.hook(
        3,
        "cli",
        Body::SessionEnded(Ended {
            accomplished: vec!["said at the end".to_owned()],
            ..Ended::default()
        }),
    );
    let all = lines(&shareable(site.own(), &Share::ALL));
    assert!(
        all.contains("before the rewrite") && all.contains("said at the end"),
        "{all}"
    );
    assert!(!all.contains("kept"), "{all}");
    assert_eq!(all.lines().count(), 3, "{all}");
    let none = lines(&shareable(site.own(), &[]));
    assert!(none.contains("session.ended"), "{none}");
    assert!(
        !none.contains("rewrite") && !none.contains("said"),
        "{none}"
    );
}

#[test]
fn what_no_setting_names_stays() {
    let mut site = Site::begun();
    site.hook(1, "cli", Body::NoteAdded(text("a note", false)));
    site.hook(2, "hook", Body::ActivityRecorded(Activity { files: 3 }));
    assert_eq!(shareable(site.own(), &Share::ALL).len(), 1);
    // a kind that is new has to be put on one side or the other
    let shared = KINDS.len() - LOCAL.len();
    assert_eq!(shared, 33, "say in `audience` who may see the new kind");
    assert!(LOCAL.iter().all(|kind| KINDS.contains(kind)));
}

#[test]
fn a_kind_of_a_later_version_stays() {
    let mut site = Site::begun();
    let line = lines(&site.own()[..1]).replace("session.started", "session.shouted");
    let unknown = Event::parse(line.as_bytes()).expect("an event");
    site.push(unknown);
    assert_eq!(shareable(site.own(), &Share::ALL).len(), 1);
}
