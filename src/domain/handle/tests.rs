use super::*;
use crate::domain::body::{BlockerAdded, Body, TextAdded};
use crate::domain::event::{Event, Head, Origin};
use crate::domain::id::EventId;
use crate::domain::testing::{IDLE, Site};

/// A session whose items have ids that end so; `blk` makes blockers, everything else objectives.
fn session(ends: &[(&str, &str)], origin: &Origin) -> Session {
    let site = Site::begun();
    let mut fold = site.fold();
    for (place, (kind, end)) in ends.iter().enumerate() {
        let head = site.own()[0].head();
        let head = Head {
            id: EventId::new(format!("01JD{end:0>22}")).unwrap(),
            n: 2 + place as u64,
            ..head.clone()
        };
        let text = format!("{kind} {end}");
        let body = if *kind == "blk" {
            Body::BlockerAdded(BlockerAdded {
                text,
                link: None,
                private: false,
            })
        } else {
            Body::ObjectiveAdded(TextAdded {
                text,
                private: false,
            })
        };
        fold.insert(Event::new(head, body), origin.clone());
    }
    fold.session(IDLE).unwrap()
}

fn own(ends: &[(&str, &str)]) -> Session {
    session(ends, &Origin::Own)
}

fn names(session: &Session) -> Vec<String> {
    session
        .items()
        .map(|(kind, item)| handle(session, kind, item))
        .collect()
}

#[test]
fn a_handle_is_the_same_in_every_clone() {
    let ends = [
        ("obj", "AAAAK3F9"),
        ("blk", "BAAAK3F9"),
        ("obj", "BBBBX7M2"),
    ];
    let other = session(&ends, &Origin::Other(crate::domain::testing::writer(1)));
    assert_eq!(names(&own(&ends)), ["obj-k3f9", "obj-x7m2", "blk-k3f9"]);
    assert_eq!(names(&other), names(&own(&ends)));
    let item = &own(&ends).objectives[1].item;
    assert_eq!(
        handle_with_number(&own(&ends), ItemKind::Objective, item),
        "obj-x7m2 (obj-2)"
    );
    let item = &other.objectives[1].item;
    assert_eq!(
        handle_with_number(&other, ItemKind::Objective, item),
        "obj-x7m2"
    );
}

#[test]
fn two_items_that_share_four_characters_get_longer_handles_and_the_short_one_is_refused() {
    let session = own(&[("obj", "AAAK3F9"), ("obj", "ABAK3F9"), ("obj", "X7M2")]);
    assert_eq!(names(&session), ["obj-aak3f9", "obj-bak3f9", "obj-x7m2"]);
    for name in ["obj-k3f9", "k3f9", "AK3F9"] {
        assert_eq!(
            resolve(&session, ItemKind::Objective, name),
            Err(HandleError::Ambiguous(
                name.to_owned(),
                vec!["obj-aak3f9".to_owned(), "obj-bak3f9".to_owned()]
            ))
        );
    }
    let found = resolve(&session, ItemKind::Objective, "obj-aak3f9").unwrap();
    assert_eq!(found.text, "obj AAAK3F9");
}

#[test]
fn every_way_to_name_an_item_finds_it() {
    let session = own(&[("obj", "AAAAAAAAK3F9"), ("obj", "BBBBBBBBX7M2")]);
    let id = session.objectives[1].item.id.to_string();
    for name in [
        "obj-x7m2",
        " OBJ-X7M2 ",
        "x7m2",
        "bbx7m2",
        "obj-2",
        "2",
        &id,
        &id.to_lowercase(),
    ] {
        let item = resolve(&session, ItemKind::Objective, name).expect(name);
        assert_eq!(item.id.as_str(), id, "{name}");
    }
    for (kind, item) in session.items() {
        assert_eq!(
            resolve(&session, kind, &handle(&session, kind, item)),
            Ok(item)
        );
    }
}

#[test]
fn what_names_nothing_is_missing() {
    let session = own(&[("obj", "AAAAK3F9"), ("blk", "AAAAX7M2")]);
    for name in [
        "",
        "obj-",
        "0",
        "3",
        "obj-0",
        "-1",
        "+1",
        "7m2",
        "blk-x7m2",
        "x7m2",
        "dec-k3f9",
        "obj-obj-k3f9",
        "k3f9k3f9",
        "\u{1b}[31m",
        "99999999999999999999",
        "ſ3f9",
        "obj-obj-1",
    ] {
        let found = resolve(&session, ItemKind::Objective, name);
        assert_eq!(
            found,
            Err(HandleError::Missing(ItemKind::Objective, name.to_owned())),
            "{name:?}"
        );
    }
    let message = resolve(&session, ItemKind::Blocker, "\u{1b}[31m")
        .unwrap_err()
        .to_string();
    assert_eq!(message, "no blocker `\\u{1b}[31m` in this session");
}

#[test]
fn a_handle_of_digits_is_never_read_as_a_number() {
    // a colleague's `obj-0002` that has not been fetched is not the second objective here
    let session = own(&[("obj", "QQQQ1Q"), ("obj", "QQQQ2Q")]);
    assert!(resolve(&session, ItemKind::Objective, "2").is_ok());
    assert!(resolve(&session, ItemKind::Objective, "obj-0002").is_err());
    // nor is it refused because there is a second objective
    let session = own(&[("obj", "AAAA0002"), ("obj", "BBBBX7M2")]);
    assert_eq!(
        resolve(&session, ItemKind::Objective, "obj-0002")
            .unwrap()
            .text,
        "obj AAAA0002"
    );
    assert_eq!(
        resolve(&session, ItemKind::Objective, "obj-2")
            .unwrap()
            .text,
        "obj BBBBX7M2"
    );
}
