use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::body::{CommitRecorded, CommitRewritten, TextAdded, Undone};
use crate::domain::decide::{Command, NewEnd, ObjectiveChange, Privacy};
use crate::domain::id::CommitId;
use crate::domain::session::{Item, ObjectiveState};
use crate::domain::testing::{
    COMMANDS, IDLE, Site, Step, at, commit_id, session_id, started, steps, switched, writer,
};

fn recorded(commit: u64, amends: Option<u64>, time: u64) -> Body {
    Body::CommitRecorded(CommitRecorded {
        commit: commit_id(commit),
        amends: amends.map(commit_id),
        author: "Ada <ada@example.org>".into(),
        subject: String::new(),
        objectives: Vec::new(),
        decisions: Vec::new(),
        impact: crate::domain::impact::Impact::default(),
        time,
        merge: false,
        merged: Vec::new(),
        revert: false,
        adopted: false,
    })
}

fn objective(site: &mut Site, now: i64, text: &str) -> EventId {
    let command = Command::AddObjective {
        text: text.into(),
        privacy: Privacy::Shared,
    };
    site.run(now, command).unwrap()[0].id().clone()
}

fn change(site: &mut Site, now: i64, item: &EventId, change: ObjectiveChange) -> EventId {
    let name = item.to_string();
    let command = Command::ChangeObjective { name, change };
    site.run(now, command).unwrap()[0].id().clone()
}

/// What steps do to three clones: commands, hooks, fetching from one another.
fn work(steps: &[Step]) -> Vec<Site> {
    let mut sites = vec![Site::begun(), Site::new(1), Site::new(2)];
    let first = sites[0].clone();
    sites[1].fetch(&first);
    sites[2].fetch(&first);
    let (mut now, mut made) = (0, 100);
    for step in steps {
        now += step.gap;
        let place = step.site % sites.len();
        let other = sites[step.which % sites.len()].clone();
        let site = &mut sites[place];
        site.worktree = step.which.is_multiple_of(3).then(|| "linked".to_owned());
        match step.what.checked_sub(COMMANDS) {
            None => {
                let command = step.command(site);
                site.run(now, command).unwrap_or_default();
            }
            Some(0..=3) if other.index != site.index => site.fetch(&other),
            Some(4) => {
                made += 1;
                let amends = step.which.is_multiple_of(2).then_some(made - 1);
                site.hook(now, "hook", recorded(made, amends, 60));
            }
            Some(5) => {
                let pairs = vec![
                    (commit_id(made), commit_id(made + 1000)),
                    (commit_id(made - 1), commit_id(made + 1000)),
                ];
                let command = "rebase".into();
                site.hook(
                    now,
                    "hook",
                    Body::CommitRewritten(CommitRewritten { command, pairs }),
                );
            }
            _ => {
                site.hook(now, "hook", Body::SessionPaused(switched(Reason::Switch)));
            }
        }
    }
    sites
}

/// All that the clones wrote, seen from one of them.
fn union(sites: &[Site], from: usize) -> Vec<(Event, Origin)> {
    let logs = sites
        .iter()
        .map(|site| (sites[from].origin(site.index), site));
    logs.flat_map(|(origin, site)| {
        site.own()
            .iter()
            .map(move |event| (event.clone(), origin.clone()))
    })
    .collect()
}

fn fold(events: &[(Event, Origin)]) -> Fold {
    let mut fold = Fold::new();
    for (event, origin) in events {
        fold.insert(event.clone(), origin.clone());
    }
    fold
}

fn with(event: &Event, changes: &[(&str, Value)]) -> Event {
    let mut line: Value = serde_json::from_str(&event.to_line().unwrap()).unwrap();
    for (key, value) in changes {
        line[*key] = value.clone();
    }
    Event::parse(line.to_string().as_bytes()).unwrap()
}

/// Events that nobody should write, made from one that somebody wrote.
fn hostile(event: &Event, salt: u8) -> Vec<Event> {
    let id = |low: u8| EventId::from_parts(5, [salt, low, 0, 0, 0, 0, 0, 0, 0, 1]);
    let n = event.head().n;
    let make = |low: u8, n: u64, kind: &str, data: Value| {
        let own = json!(id(low));
        with(
            event,
            &[
                ("id", own.clone()),
                ("op", own),
                ("n", json!(n)),
                ("kind", json!(kind)),
                ("data", data),
            ],
        )
    };
    vec![
        make(1, n, "objective.completed", json!({ "item": id(99) })),
        make(2, n, "objective.completed", json!({ "item": event.id() })),
        make(3, n + 1, "dream.dreamt", json!({ "x": salt })),
        make(4, n, "undone", json!({ "op": id(98) })),
        make(
            5,
            n.saturating_sub(3),
            "undone",
            json!({ "op": event.head().op }),
        ),
        make(6, n + 3, "undone", json!({ "op": event.head().op })),
        make(7, n + 4, "undone", json!({ "op": id(6) })),
        make(8, n + 5, "undone", json!({ "op": id(8) })),
        make(9, 1 << 52, "blocker.added", json!({ "text": "late" })),
        make(
            10,
            0,
            "session.started",
            json!({"branch": "evil", "base": {}}),
        ),
        make(
            11,
            n + 2,
            "session.started",
            json!({"branch": "later", "base": {}}),
        ),
        make(
            12,
            n,
            "commit.recorded",
            json!({"commit": commit_id(101), "author": "x", "time": u64::MAX}),
        ),
        make(
            13,
            n + 1,
            "commit.recorded",
            json!({"commit": commit_id(u64::from(salt)), "author": "x", "time": u64::MAX}),
        ),
        make(
            14,
            n + 2,
            "commit.rewritten",
            json!({"command": "x", "pairs": [[commit_id(101), commit_id(102)], [commit_id(102), commit_id(101)]]}),
        ),
        make(15, n, "session.paused", json!({"reason": "person"})),
        with(event, &[("data", json!({"text": "other", "item": id(1)}))]),
        with(event, &[("n", json!(n + 9)), ("extra", json!(salt))]),
        with(
            event,
            &[("op", json!(id(77))), ("at", json!("1999-01-01T00:00:00Z"))],
        ),
        with(
            event,
            &[("v", json!(9)), ("at", json!("9999-01-01T00:00:00Z"))],
        ),
    ]
}

/// A small generator of numbers for shuffles.
fn shuffle<T>(items: &mut [T], mut seed: u64) {
    for place in (1..items.len()).rev() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        items.swap(place, (seed >> 33) as usize % (place + 1));
    }
}

/// Every item of a session, to blank parts of it.
fn items(session: &mut Session) -> impl Iterator<Item = &mut Item> {
    let objectives = session.objectives.iter_mut().map(|o| &mut o.item);
    objectives
        .chain(session.blockers.iter_mut().map(|b| &mut b.item))
        .chain(session.decisions.iter_mut().map(|d| &mut d.item))
        .chain(session.learnings.iter_mut().map(|l| &mut l.item))
        .chain(session.notes.iter_mut())
}

/// Without what only one clone can see: numbers, its own clocks, whose log is whose.
fn seen_by_all(mut session: Session) -> Session {
    for item in items(&mut session) {
        item.number = None;
    }
    for commit in &mut session.commits {
        commit.log = Origin::Own;
        commit.own_seconds = 0;
        commit.since = 0;
    }
    let told = session.objectives.iter_mut().map(|o| &mut o.state_by);
    told.for_each(|told| told.log = Origin::Own);
    for op in &mut session.ops {
        op.own = true;
    }
    session.clocks.clear();
    session.elsewhere.clear();
    session.left.clear();
    session
}

/// Without everything that a clock has a part in.
fn timeless(session: Session) -> Session {
    let mut session = session;
    let never = at(0);
    for item in items(&mut session) {
        item.at = never;
    }
    session
        .blockers
        .iter_mut()
        .for_each(|b| b.resolved_at = b.resolved_at.map(|_| never));
    let told = session.objectives.iter_mut().map(|o| &mut o.state_by);
    told.for_each(|told| told.at = never);
    session.commits.iter_mut().for_each(|c| c.at = never);
    session.ops.iter_mut().for_each(|op| op.at = never);
    session.left.values_mut().for_each(|left| left.at = never);
    session.ended_at = session.ended_at.map(|_| never);
    (session.started_at, session.last_at) = (never, never);
    session.clocks.clear();
    session.elsewhere.clear();
    session
}

/// Without what every further event changes.
fn settled(session: Session) -> Session {
    let mut session = timeless(session);
    session.ops.clear();
    session.last_n = 0;
    for item in items(&mut session) {
        item.number = None;
    }
    session
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_order_and_any_duplicates_come_to_the_same(
        steps in steps(3, COMMANDS + 9, 30),
        picks in prop::collection::vec(0..100_usize, 0..4),
        seeds in prop::collection::vec(any::<u64>(), 3),
    ) {
        let mut events = union(&work(&steps), 0);
        for (salt, pick) in picks.into_iter().enumerate() {
            let target = events[pick % events.len()].0.clone();
            let salt = u8::try_from(salt).unwrap();
            let origin = Origin::Other(writer(7 + usize::from(salt)));
            events.extend(hostile(&target, salt).into_iter().map(|event| (event, origin.clone())));
        }
        let expected = fold(&events);
        for seed in seeds {
            let mut shuffled = events.clone();
            shuffled.extend(events.iter().take(10).cloned());
            shuffle(&mut shuffled, seed);
            let other = fold(&shuffled);
            prop_assert!(other.events().eq(expected.events()));
            prop_assert!(other.clashes().eq(expected.clashes()));
            prop_assert_eq!(other.session(IDLE), expected.session(IDLE));
        }
    }

    #[test]
    fn every_clone_sees_the_same_session(steps in steps(3, COMMANDS + 9, 40)) {
        let sites = work(&steps);
        let sessions: Vec<_> = (0..3)
            .map(|from| fold(&union(&sites, from)).session(IDLE).unwrap())
            .collect();
        for session in &sessions {
            prop_assert_eq!(session.active_seconds(), sessions[0].active_seconds());
            prop_assert_eq!(seen_by_all(session.clone()), seen_by_all(sessions[0].clone()));
        }
    }

    #[test]
    fn a_clock_that_is_a_day_wrong_changes_times_alone(
        steps in steps(3, COMMANDS + 9, 30),
        wrong in 0..3_usize,
        early in any::<bool>(),
    ) {
        let events = union(&work(&steps), 1);
        let shifted: Vec<_> = events
            .iter()
            .map(|(event, origin)| {
                let days = i64::from(*origin == union_origin(wrong)) * if early { -1 } else { 1 };
                let at = event.head().at + chrono::TimeDelta::days(days);
                (with(event, &[("at", json!(at))]), origin.clone())
            })
            .collect();
        prop_assert_eq!(
            timeless(fold(&shifted).session(IDLE).unwrap()),
            timeless(fold(&events).session(IDLE).unwrap())
        );
    }

    #[test]
    fn undo_takes_an_op_back_exactly_and_undo_of_undo_brings_it_back(
        steps in steps(1, COMMANDS, 25),
        which in 0..30_usize,
    ) {
        let mut site = Site::begun();
        for step in &steps {
            let command = step.command(&site);
            site.run(0, command).unwrap_or_default();
        }
        let before = site.session();
        let candidates: Vec<_> = before.ops.iter().filter(|op| op.is_undoable() && !op.undone).collect();
        if let Some(op) = candidates.get(which % candidates.len().max(1)) {
            let op = op.id.clone();
            let undo = site.run(0, Command::Undo { op: op.clone() }).unwrap();
            let after = site.session();
            prop_assert!(after.ops.iter().any(|o| o.id == op && o.undone));
            let rest: Vec<_> = site.own()[..site.own().len() - 1]
                .iter()
                .filter(|event| event.head().op != op)
                .map(|event| (event.clone(), Origin::Own))
                .collect();
            if let Some(without) = fold(&rest).session(IDLE) {
                prop_assert_eq!(settled(after), settled(without));
            } else {
                prop_assert_eq!(after.state, State::Deleted);
            }
            site.run(0, Command::Undo { op: undo[0].head().op.clone() }).unwrap();
            prop_assert_eq!(settled(site.session()), settled(before));
        }
    }
}

/// The log of a clone as clone 1 names it.
fn union_origin(index: usize) -> Origin {
    Site::new(1).origin(index)
}

#[test]
fn concurrent_changes_of_one_objective_come_to_one_state_everywhere() {
    let mut ada = Site::begun();
    let item = objective(&mut ada, 1, "Google");
    change(&mut ada, 2, &item, ObjectiveChange::Complete);
    let mut bo = Site::new(1);
    bo.fetch(&ada);
    change(&mut bo, 3, &item, ObjectiveChange::Reopen);
    let drop = change(&mut ada, 90_000, &item, ObjectiveChange::Drop);
    let edit = |site: &mut Site, text: &str| {
        let name = item.to_string();
        let text = text.into();
        site.run(4, Command::EditObjective { name, text }).unwrap();
    };
    edit(&mut bo, "of Bo");
    edit(&mut ada, "of Ada");
    ada.run(5, Command::Undo { op: drop }).unwrap();
    let (before, wrote) = (bo.clone(), ada.clone());
    bo.fetch(&wrote);
    ada.fetch(&before);
    let (of_ada, of_bo) = (ada.session(), bo.session());
    assert_eq!(of_ada.objectives[0].state, ObjectiveState::Open);
    assert_eq!(seen_by_all(of_ada), seen_by_all(of_bo));
}

#[test]
fn undone_reaches_only_earlier_ops_of_its_own_log() {
    let mut ada = Site::begun();
    let item = objective(&mut ada, 1, "Google");
    let mut bo = Site::new(1);
    bo.fetch(&ada);
    bo.hook(2, "cli", Body::Undone(Undone { op: item.clone() }));
    ada.fetch(&bo);
    assert_eq!(ada.session().objectives.len(), 1);
    assert_eq!(bo.session().objectives.len(), 1);
    let refused = bo.run(3, Command::Undo { op: item.clone() });
    assert_eq!(refused, Err(crate::domain::decide::Refused::NotUndoable));
    ada.run(4, Command::Undo { op: item }).unwrap();
    bo.fetch(&ada);
    assert!(ada.session().objectives.is_empty());
    assert!(bo.session().objectives.is_empty());
}

#[test]
fn a_copied_clone_still_undoes_what_stands_in_both_logs() {
    let mut ada = Site::begun();
    let item = objective(&mut ada, 1, "Google");
    let mut copy = Site::new(1);
    copy.logs.insert(1, ada.own().to_vec());
    copy.run(2, Command::Undo { op: item }).unwrap();
    ada.fetch(&copy);
    copy.fetch(&ada.clone());
    let mut third = Site::new(2);
    third.fetch(&ada);
    third.fetch(&copy);
    for site in [ada, copy, third] {
        assert!(site.session().objectives.is_empty(), "{}", site.index);
    }
}

#[test]
fn a_session_whose_start_was_undone_is_deleted_until_that_is_undone() {
    let mut site = Site::begun();
    let start = site.own()[0].id().clone();
    let undo = site.run(1, Command::Undo { op: start.clone() }).unwrap();
    assert_eq!(site.session().state, State::Deleted);
    site.hook(2, "hook", recorded(1, None, 0));
    assert_eq!(site.session().state, State::Deleted);
    site.run(
        3,
        Command::Undo {
            op: undo[0].id().clone(),
        },
    )
    .unwrap();
    let session = site.session();
    assert_eq!((session.state, session.commits.len()), (State::Active, 1));
    assert!(Fold::new().session(IDLE).is_none());
}

#[test]
fn a_second_start_sets_what_it_names_and_keeps_the_rest() {
    let mut site = Site::begun();
    objective(&mut site, 1, "Google");
    site.run(
        2,
        Command::SetTitle {
            title: "Old".into(),
        },
    )
    .unwrap();
    let mut again = started();
    if let Body::SessionStarted(start) = &mut again {
        start.branch = crate::domain::testing::branch("other");
    }
    site.hook(3, "cli", again);
    let session = site.session();
    assert_eq!(session.branch.as_str(), "other");
    assert_eq!(session.title, None);
    assert_eq!(session.objectives.len(), 1);
    site.run(
        4,
        Command::SetTitle {
            title: "New".into(),
        },
    )
    .unwrap();
    assert_eq!(site.session().title.as_deref(), Some("New"));
}

#[test]
fn equal_ids_with_different_bytes_leave_the_greater_line_also_when_it_is_too_long() {
    let mut site = Site::begun();
    let event = site.hook(
        1,
        "cli",
        Body::NoteAdded(TextAdded {
            text: "a".into(),
            private: false,
        }),
    );
    // as long as a line may be, and longer once its missing data is written out
    let mut long = serde_json::to_value(event.head()).unwrap();
    let bare = long.to_string().len();
    let fill = |long: &mut Value, letter: &str| {
        long["filler"] = json!(letter.repeat(super::super::event::MAX_LINE - bare - 14));
        Event::parse(long.to_string().as_bytes()).unwrap()
    };
    let (x, y) = (fill(&mut long, "x"), fill(&mut long, "y"));
    assert!(x.to_line().is_err());
    for order in [[&x, &y], [&y, &x]] {
        let mut fold = site.fold();
        for event in order {
            fold.insert(event.clone(), Origin::Own);
        }
        assert!(fold.events().any(|event| *event == y));
        assert_eq!(fold.clashes().collect::<Vec<_>>(), [event.id()]);
    }
}

#[test]
fn numbers_count_only_the_own_log_and_undo_does_not_move_them() {
    let mut ada = Site::begun();
    let first = objective(&mut ada, 1, "one");
    let mut bo = Site::new(1);
    bo.fetch(&ada);
    objective(&mut bo, 2, "of Bo");
    ada.fetch(&bo);
    objective(&mut ada, 3, "two");
    let numbers = |site: &Site| -> Vec<(String, Option<u32>)> {
        let session = site.session();
        let items = session.objectives.iter();
        items
            .map(|o| (o.item.text.clone(), o.item.number))
            .collect()
    };
    let of = |text: &str, number| (text.to_owned(), number);
    assert_eq!(
        numbers(&ada),
        [of("one", Some(1)), of("of Bo", None), of("two", Some(2))]
    );
    bo.fetch(&ada);
    assert_eq!(
        numbers(&bo),
        [of("one", None), of("of Bo", Some(1)), of("two", None)]
    );
    ada.run(4, Command::Undo { op: first }).unwrap();
    assert_eq!(numbers(&ada), [of("of Bo", None), of("two", Some(2))]);
}

#[test]
fn hooks_and_bookkeeping_cannot_be_undone() {
    let mut site = Site::begun();
    let by_hook = site.hook(
        1,
        "hook",
        Body::NoteAdded(TextAdded {
            text: "a".into(),
            private: false,
        }),
    );
    let record = site.hook(2, "cli", recorded(1, None, 0));
    let left = site.hook(3, "cli", Body::SessionPaused(switched(Reason::Switch)));
    let unknown = with(
        &left,
        &[
            ("kind", json!("dream.dreamt")),
            ("n", json!(9)),
            ("id", json!("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")),
            ("op", json!("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")),
        ],
    );
    site.push(unknown.clone());
    for event in [by_hook, record, left, unknown] {
        let refused = site.run(
            4,
            Command::Undo {
                op: event.id().clone(),
            },
        );
        assert_eq!(refused, Err(crate::domain::decide::Refused::NotUndoable));
    }
}

/// Commits with their windows, and the time they account for.
fn commits(site: &Site) -> Vec<(CommitId, u64, u64)> {
    let session = site.session();
    let commits = session.commits.into_iter();
    commits
        .map(|c| (c.record.commit, c.since, c.record.time))
        .collect()
}

fn rewritten(command: &str, pairs: &[(u64, u64)]) -> Body {
    let pairs = pairs
        .iter()
        .map(|(old, new)| (commit_id(*old), commit_id(*new)));
    Body::CommitRewritten(CommitRewritten {
        command: command.into(),
        pairs: pairs.collect(),
    })
}

#[test]
fn a_squash_closes_the_windows_of_all_commits_in_it() {
    let mut site = Site::begun();
    let one = site.hook(1, "hook", recorded(1, None, 60)).head().n;
    let two = site.hook(2, "hook", recorded(2, None, 120)).head().n;
    let three = site.hook(3, "hook", recorded(3, None, 180)).head().n;
    site.hook(4, "hook", rewritten("rebase", &[(1, 11), (3, 11), (2, 12)]));
    assert_eq!(
        commits(&site),
        [(commit_id(11), 0, 240), (commit_id(12), one, 120)]
    );
    assert_eq!(site.session().window_start(), three);
    assert!(two < three);
    site.hook(5, "hook", recorded(4, None, 0));
    assert_eq!(commits(&site)[2].1, three);
}

#[test]
fn an_amend_takes_the_place_of_what_it_replaces_and_counts_once() {
    let mut site = Site::begun();
    let one = site.hook(1, "hook", recorded(1, None, 60)).head().n;
    site.hook(2, "hook", recorded(2, None, 60));
    site.hook(3, "hook", recorded(3, Some(2), 120));
    site.hook(4, "hook", rewritten("amend", &[(2, 3)]));
    site.hook(5, "hook", recorded(3, None, 999));
    assert_eq!(
        commits(&site),
        [(commit_id(1), 0, 60), (commit_id(3), one, 120)]
    );
    // without a reflog the record does not know what it replaced
    site.hook(6, "hook", recorded(4, None, 180));
    site.hook(7, "hook", rewritten("amend", &[(3, 4)]));
    assert_eq!(
        commits(&site),
        [(commit_id(1), 0, 60), (commit_id(4), one, 180)]
    );
}

#[test]
fn a_pause_by_a_person_lasts_until_the_next_commit_that_is_new() {
    let mut site = Site::begun();
    site.hook(1, "hook", recorded(1, None, 0));
    site.run(2, Command::Pause { head: None }).unwrap();
    for (body, state) in [
        (Body::SessionPaused(switched(Reason::Switch)), State::Paused),
        (
            Body::SessionResumed(switched(Reason::Switch)),
            State::Paused,
        ),
        (recorded(1, None, 0), State::Paused),
        (recorded(2, None, 0), State::Active),
    ] {
        site.hook(3, "hook", body);
        assert_eq!(site.session().state, state);
    }
}

#[test]
fn a_colleagues_commit_closes_no_window_and_takes_no_time() {
    let mut ada = Site::begun();
    let mine = ada.hook(600, "hook", recorded(1, None, 600)).head().n;
    let mut bo = Site::new(1);
    bo.fetch(&ada);
    bo.hook(700, "hook", Body::SessionResumed(switched(Reason::Switch)));
    bo.hook(1900, "hook", recorded(2, None, 1200));
    bo.hook(2000, "hook", Body::SessionPaused(switched(Reason::Switch)));
    ada.fetch(&bo);
    let session = ada.session();
    assert_eq!(session.window_start(), mine);
    assert_eq!(session.attributed_seconds(), 600);
    assert_eq!(session.active_seconds(), 600 + 1300);
    assert!(session.left.is_empty());
    assert_eq!(session.clocks.len(), 1);
}

#[test]
fn a_pause_after_the_end_is_no_end() {
    let mut site = Site::begun();
    site.run(
        1,
        Command::End(Box::new(NewEnd {
            abandoned: false,
            head: None,
            ..NewEnd::default()
        })),
    )
    .unwrap();
    site.hook(2, "cli", Body::SessionPaused(switched(Reason::Person)));
    let session = site.session();
    assert_eq!((session.state, session.ended_at), (State::Paused, None));
}

#[test]
fn an_op_is_summed_up_in_one_line() {
    let mut site = Site::begun();
    let item = objective(&mut site, 1, "one\n  two");
    let done = change(&mut site, 2, &item, ObjectiveChange::Complete);
    let (fold, session) = (site.fold(), site.session());
    let handle = format!("obj-{}", item.as_str()[22..].to_ascii_lowercase());
    assert_eq!(
        fold.summary(&item, &session),
        format!("added {handle} one two")
    );
    assert_eq!(
        fold.summary(&done, &session),
        format!("completed {handle} one two")
    );
}

#[test]
fn a_thousand_events_fold_in_no_time_and_keep_their_session() {
    let mut site = Site::begun();
    let mut n = 1;
    let first = site.own()[0].clone();
    for number in 0..1000_u64 {
        n += 1;
        let id = json!(EventId::from_parts(number.try_into().unwrap(), [3; 10]));
        site.push(with(
            &first,
            &[
                ("id", id.clone()),
                ("op", id),
                ("n", json!(n)),
                ("kind", json!("objective.added")),
                ("data", json!({"text": "o"})),
            ],
        ));
    }
    let session = site.session();
    assert_eq!(session.objectives.len(), 1000);
    assert_eq!((session.last_n, session.id), (n, session_id()));
}
