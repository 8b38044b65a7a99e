use super::*;
use crate::domain::body::{Body, ItemTouched, Plain};
use crate::domain::testing::{Site, branch, commit_id};

const TOKEN: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

fn objective(text: &str) -> Command {
    Command::AddObjective {
        text: text.into(),
        privacy: Privacy::Shared,
    }
}

fn decision(text: &str) -> NewDecision {
    NewDecision {
        text: text.into(),
        rationale: None,
        context: None,
        alternatives: Vec::new(),
        consequences: Vec::new(),
        scope: Vec::new(),
        privacy: Privacy::Shared,
    }
}

fn learning(text: &str, key: &str) -> Command {
    Command::AddLearning {
        text: text.into(),
        kind: LearningType::Pattern,
        key: key.into(),
        scope: Vec::new(),
        privacy: Privacy::Shared,
    }
}

fn change(name: &str, change: ObjectiveChange) -> Command {
    Command::ChangeObjective {
        name: name.into(),
        change,
    }
}

/// A session with one item of each kind.
fn full() -> Site {
    let mut site = Site::begun();
    for command in [
        objective("reach"),
        Command::AddBlocker {
            text: "wait".into(),
            link: None,
            privacy: Privacy::Shared,
        },
        Command::AddDecision {
            decision: Box::new(decision("decide")),
            supersedes: None,
        },
        learning("learn", "learning/patterns/x"),
        Command::AddNote {
            text: "note".into(),
            privacy: Privacy::Private,
        },
    ] {
        site.run(1, command).unwrap();
    }
    site
}

/// Says why, and that nothing was written by it: the pen goes on where it was.
fn refusal(site: &mut Site, command: Command) -> Refused {
    let (before, last) = (site.own().len(), site.fold().last_n());
    let refused = site.run(2, command).expect_err("it is refused");
    assert_eq!((site.own().len(), site.fold().last_n()), (before, last));
    let next = site.run(2, objective("next")).unwrap_or_default();
    if let Some(event) = next.first() {
        assert_eq!((event.head().n, &event.head().op), (last + 1, event.id()));
        site.logs.get_mut(&0).unwrap().pop();
    }
    refused
}

#[test]
fn names_of_nothing_are_refused_by_every_command_that_takes_one() {
    let mut site = full();
    let name = || "zzzz".to_owned();
    let text = || Redacted::from("x");
    let change = DecisionChange {
        text: Some(text()),
        ..DecisionChange::default()
    };
    let commands = [
        (ItemKind::Objective, change_of(ObjectiveChange::Start)),
        (ItemKind::Objective, change_of(ObjectiveChange::Complete)),
        (ItemKind::Objective, change_of(ObjectiveChange::Reopen)),
        (ItemKind::Objective, change_of(ObjectiveChange::Drop)),
        (
            ItemKind::Objective,
            Command::EditObjective {
                name: name(),
                text: text(),
            },
        ),
        (
            ItemKind::Objective,
            Command::LinkObjective {
                name: name(),
                link: text(),
            },
        ),
        (
            ItemKind::Blocker,
            Command::ResolveBlocker {
                name: name(),
                resolution: None,
            },
        ),
        (ItemKind::Blocker, Command::ReopenBlocker { name: name() }),
        (
            ItemKind::Blocker,
            Command::EditBlocker {
                name: name(),
                text: Some(text()),
                link: None,
            },
        ),
        (
            ItemKind::Decision,
            Command::AddDecision {
                decision: Box::new(decision("d")),
                supersedes: Some(name()),
            },
        ),
        (
            ItemKind::Decision,
            Command::EditDecision {
                name: name(),
                change: Box::new(change),
            },
        ),
        (
            ItemKind::Learning,
            Command::EditLearning {
                name: name(),
                text: text(),
            },
        ),
        (ItemKind::Learning, Command::DropLearning { name: name() }),
    ];
    for (kind, command) in commands {
        let expected = Refused::Name(kind, HandleError::Missing(kind, name()));
        assert_eq!(refusal(&mut site, command), expected);
    }
}

fn change_of(change: ObjectiveChange) -> Command {
    Command::ChangeObjective {
        name: "zzzz".into(),
        change,
    }
}

#[test]
fn empty_texts_are_refused() {
    for text in ["", "  \n\t", "\u{1b}"] {
        let text = || Redacted::from(text);
        let commands = [
            (
                "objective",
                Command::AddObjective {
                    text: text(),
                    privacy: Privacy::Shared,
                },
            ),
            (
                "objective",
                Command::EditObjective {
                    name: "1".into(),
                    text: text(),
                },
            ),
            (
                "blocker",
                Command::AddBlocker {
                    text: text(),
                    link: None,
                    privacy: Privacy::Shared,
                },
            ),
            (
                "blocker",
                Command::EditBlocker {
                    name: "1".into(),
                    text: Some(text()),
                    link: None,
                },
            ),
            (
                "decision",
                Command::AddDecision {
                    decision: Box::new(NewDecision {
                        text: text(),
                        ..decision("")
                    }),
                    supersedes: None,
                },
            ),
            (
                "decision",
                Command::EditDecision {
                    name: "1".into(),
                    change: Box::new(DecisionChange {
                        text: Some(text()),
                        ..DecisionChange::default()
                    }),
                },
            ),
            ("learning", learning(text().as_str(), "k")),
            ("key of the learning", learning("l", text().as_str())),
            (
                "learning",
                Command::EditLearning {
                    name: "1".into(),
                    text: text(),
                },
            ),
            (
                "note",
                Command::AddNote {
                    text: text(),
                    privacy: Privacy::Shared,
                },
            ),
            ("title", Command::SetTitle { title: text() }),
        ];
        for (what, command) in commands {
            assert_eq!(refusal(&mut full(), command), Refused::Empty(what));
        }
    }
}

#[test]
fn what_is_so_already_is_refused() {
    let again = |setup: Vec<Command>, command: Command| {
        let mut site = full();
        for command in setup {
            site.run(2, command).unwrap();
        }
        let refused = refusal(&mut site, command);
        assert!(matches!(&refused, Refused::Already(_)), "{refused}");
        refused.to_string()
    };
    for kind in [
        ObjectiveChange::Start,
        ObjectiveChange::Complete,
        ObjectiveChange::Drop,
    ] {
        again(vec![change("1", kind)], change("1", kind));
    }
    assert_eq!(
        again(
            vec![change("1", ObjectiveChange::Start)],
            change("1", ObjectiveChange::Start)
        ),
        "`1` is in progress already"
    );
    again(vec![], change("1", ObjectiveChange::Reopen));
    let resolve = || Command::ResolveBlocker {
        name: "1".into(),
        resolution: None,
    };
    again(vec![resolve()], resolve());
    again(vec![], Command::ReopenBlocker { name: "1".into() });
    let drop = || Command::DropLearning { name: "1".into() };
    again(vec![drop()], drop());
    let pause = || Command::Pause { head: None };
    again(vec![pause()], pause());
    let mut site = full();
    let op = site.own()[1].id().clone();
    site.run(2, Command::Undo { op: op.clone() }).unwrap();
    assert!(matches!(
        refusal(&mut site, Command::Undo { op }),
        Refused::Already(_)
    ));
}

#[test]
fn changes_of_nothing_are_refused() {
    let mut site = full();
    let blocker = Command::EditBlocker {
        name: "1".into(),
        text: None,
        link: None,
    };
    assert_eq!(
        refusal(&mut site, blocker),
        Refused::NothingToChange("blocker")
    );
    let decision = Command::EditDecision {
        name: "1".into(),
        change: Box::default(),
    };
    assert_eq!(
        refusal(&mut site, decision),
        Refused::NothingToChange("decision")
    );
}

#[test]
fn a_closed_session_takes_nothing_new() {
    let end = || {
        Command::End(Box::new(NewEnd {
            abandoned: true,
            head: Some(commit_id(1)),
            ..NewEnd::default()
        }))
    };
    let adds = || {
        vec![
            objective("x"),
            Command::AddBlocker {
                text: "x".into(),
                link: None,
                privacy: Privacy::Shared,
            },
            Command::AddDecision {
                decision: Box::new(decision("x")),
                supersedes: None,
            },
            learning("x", "k"),
            Command::AddNote {
                text: "x".into(),
                privacy: Privacy::Shared,
            },
        ]
    };
    let mut ended = full();
    ended.run(2, end()).unwrap();
    for command in adds()
        .into_iter()
        .chain([end(), Command::Pause { head: None }])
    {
        assert_eq!(refusal(&mut ended, command), Refused::Closed(State::Ended));
    }
    for (body, state) in [
        (Body::SessionArchived(Plain {}), State::Archived),
        (Body::SessionDeleted(Plain {}), State::Deleted),
    ] {
        let mut site = full();
        site.hook(2, "cli", body);
        let lifecycle = [end(), Command::Pause { head: None }];
        for command in adds().into_iter().chain(lifecycle) {
            assert_eq!(refusal(&mut site, command), Refused::Closed(state));
        }
        // what was put away can be taken back, what was taken back for good cannot
        if state == State::Archived {
            site.run(3, Command::Resume { head: None }).unwrap();
            assert_eq!(site.session().state, State::Active);
        } else {
            let resume = Command::Resume { head: None };
            assert_eq!(refusal(&mut site, resume), Refused::Closed(state));
        }
    }
    ended.run(3, Command::Resume { head: None }).unwrap();
    assert_eq!(ended.session().state, State::Active);
}

#[test]
fn what_cannot_be_undone_is_refused() {
    let mut site = full();
    let unknown = EventId::from_parts(1, [7; 10]);
    assert_eq!(
        refusal(&mut site, Command::Undo { op: unknown }),
        Refused::NotUndoable
    );
    let item = site.own()[1].id().clone();
    let by_hook = site.hook(2, "hook", Body::ObjectiveCompleted(ItemTouched { item }));
    let command = Command::Undo {
        op: by_hook.id().clone(),
    };
    assert_eq!(refusal(&mut site, command), Refused::NotUndoable);
}

#[test]
fn nothing_that_a_person_types_is_kept_with_its_secrets() {
    let text = || Redacted::from(format!("use {TOKEN} here"));
    let mut site = full();
    let new = NewDecision {
        text: text(),
        rationale: Some(text()),
        context: Some(text()),
        alternatives: vec![(text(), Some(text()))],
        consequences: vec![text()],
        scope: vec![text()],
        privacy: Privacy::Shared,
    };
    let commands = [
        Command::AddObjective {
            text: text(),
            privacy: Privacy::Private,
        },
        Command::EditObjective {
            name: "1".into(),
            text: text(),
        },
        Command::AddLinkedObjective {
            text: text(),
            link: text(),
            privacy: Privacy::Private,
        },
        Command::LinkObjective {
            name: "1".into(),
            link: text(),
        },
        Command::AddBlocker {
            text: text(),
            link: Some(text()),
            privacy: Privacy::Shared,
        },
        Command::ResolveBlocker {
            name: "1".into(),
            resolution: Some(text()),
        },
        Command::EditBlocker {
            name: "1".into(),
            text: Some(text()),
            link: Some(text()),
        },
        Command::AddDecision {
            decision: Box::new(new),
            supersedes: Some("1".into()),
        },
        Command::AddLearning {
            text: text(),
            kind: LearningType::Insight,
            key: text(),
            scope: vec![text()],
            privacy: Privacy::Shared,
        },
        Command::EditLearning {
            name: "1".into(),
            text: text(),
        },
        Command::AddNote {
            text: text(),
            privacy: Privacy::Shared,
        },
        Command::SetTitle { title: text() },
    ];
    for command in commands {
        for event in site.run(3, command).unwrap() {
            let line = event.to_line().unwrap();
            assert!(!line.contains("ghp_"), "{line}");
        }
    }
}

#[test]
fn the_events_of_one_command_are_one_op_with_counters_in_a_row() {
    let mut site = full();
    let last = site.fold().last_n();
    let command = Command::AddDecision {
        decision: Box::new(decision("new")),
        supersedes: Some("1".into()),
    };
    let events = site.run(5, command).unwrap();
    let heads: Vec<_> = events
        .iter()
        .map(|e| (e.head().n, e.head().op.clone()))
        .collect();
    let op = events[0].id().clone();
    assert_eq!(heads, [(last + 1, op.clone()), (last + 2, op.clone())]);
    let session = site.session();
    assert_eq!(session.decisions[0].superseded_by.as_ref(), Some(&op));
    site.run(6, Command::Undo { op }).unwrap();
    assert_eq!(site.session().decisions.len(), 1);
    assert_eq!(site.session().decisions[0].superseded_by, None);
}

#[test]
fn a_pen_stays_at_the_last_counter() {
    use crate::domain::event::MAX_COUNTER;
    use crate::domain::pen::{Author, Pen};
    let author = Author {
        by: "A <a@b>".into(),
        via: "cli".into(),
        worktree: None,
        at: crate::domain::testing::at(0),
    };
    for last in [MAX_COUNTER - 1, MAX_COUNTER, u64::MAX] {
        let mut pen = Pen::new(
            author.clone(),
            crate::domain::testing::session_id(),
            last,
            &|_| [0; 10],
        );
        for _ in 0..2 {
            let event = pen.write(Body::SessionArchived(Plain {}));
            assert_eq!(event.head().n, MAX_COUNTER);
            assert!(Event::parse(event.to_line().unwrap().as_bytes()).is_ok());
        }
    }
}

#[test]
fn a_branch_and_a_title_can_change_in_any_state() {
    let mut site = full();
    site.run(
        2,
        Command::End(Box::new(NewEnd {
            abandoned: false,
            head: None,
            ..NewEnd::default()
        })),
    )
    .unwrap();
    site.run(
        3,
        Command::RenameBranch {
            branch: branch("new"),
        },
    )
    .unwrap();
    site.run(
        3,
        Command::SetTitle {
            title: "New".into(),
        },
    )
    .unwrap();
    let session = site.session();
    assert_eq!(
        (session.branch.as_str(), session.title.as_deref()),
        ("new", Some("New"))
    );
}

#[test]
fn an_objective_is_linked_where_it_is_made_and_later() {
    let mut site = full();
    site.run(
        100,
        Command::AddLinkedObjective {
            text: "Log in".into(),
            link: "#12".into(),
            privacy: Privacy::Shared,
        },
    )
    .unwrap();
    let link = |site: &Site, index: usize| site.session().objectives[index].link.clone();
    assert_eq!(link(&site, 0), None);
    assert_eq!(link(&site, 1).as_deref(), Some("#12"));
    let anew = Command::LinkObjective {
        name: "obj-2".into(),
        link: "#13".into(),
    };
    site.run(101, anew).unwrap();
    assert_eq!(link(&site, 1).as_deref(), Some("#13"));
    let empty = Command::LinkObjective {
        name: "obj-2".into(),
        link: "  ".into(),
    };
    assert_eq!(site.run(102, empty).unwrap_err(), Refused::Empty("link"));
}
