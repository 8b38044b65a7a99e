use super::*;
use crate::domain::context::LogMark;
use crate::domain::decide::{Command, NewDecision, ObjectiveChange, Privacy};
use crate::domain::testing::{IDLE, Site, at, session_id};

fn objective(text: &str, privacy: Privacy) -> Command {
    Command::AddObjective {
        text: text.into(),
        privacy,
    }
}

fn change(name: usize, change: ObjectiveChange) -> Command {
    Command::ChangeObjective {
        name: name.to_string(),
        change,
    }
}

fn decision(text: &str, privacy: Privacy) -> Command {
    let decision = NewDecision {
        text: text.into(),
        rationale: Some("because".into()),
        context: None,
        alternatives: Vec::new(),
        consequences: Vec::new(),
        scope: Vec::new(),
        privacy,
    };
    Command::AddDecision {
        decision: Box::new(decision),
        supersedes: None,
    }
}

fn facts_at(site: &Site, now: i64) -> Facts {
    let context = Context::of(&site.session(), LogMark::default());
    let moment = Moment {
        now: at(now).timestamp(),
        worktree: "",
        idle_after: IDLE,
        amends: None,
    };
    facts(&context, moment, Impact::default())
}

fn texts(site: &Site) -> Vec<String> {
    facts_at(site, 0)
        .objectives
        .iter()
        .map(objective_text)
        .collect()
}

fn site(commands: impl IntoIterator<Item = Command>) -> Site {
    let mut site = Site::begun();
    for command in commands {
        site.run(0, command).unwrap();
    }
    site
}

fn public(text: &str) -> Command {
    objective(text, Privacy::Shared)
}

/// `count` objectives, the first `done` completed, the next `current` in progress.
fn with(done: usize, current: usize, open: usize) -> Site {
    let all = (1..=done + current + open).map(|number| public(&number.to_string()));
    let done_ones = (1..=done).map(|number| change(number, ObjectiveChange::Complete));
    let current_ones = (done + 1..=done + current).map(|n| change(n, ObjectiveChange::Start));
    site(all.chain(done_ones).chain(current_ones))
}

#[test]
fn the_first_open_objective_counts_as_in_progress() {
    assert_eq!(texts(&with(0, 0, 0)), [""; 0]);
    assert_eq!(texts(&with(0, 0, 1)), ["[>] 1 (this commit)"]);
    assert_eq!(
        texts(&with(0, 0, 3)),
        ["[>] 1 (this commit)", "[ ] 2 (next)"]
    );
    assert_eq!(
        texts(&with(1, 0, 2)),
        ["[x] 1", "[>] 2 (this commit)", "[ ] 3 (next)"]
    );
    let later = site([public("1"), public("2"), change(2, ObjectiveChange::Start)]);
    assert_eq!(texts(&later), ["[>] 2 (this commit)", "[ ] 1 (next)"]);
    let dropped = site([public("1"), public("2"), change(1, ObjectiveChange::Drop)]);
    assert_eq!(texts(&dropped), ["[>] 2 (this commit)"]);
}

#[test]
fn a_commit_names_at_most_five_and_what_was_reached_first() {
    for (done, current, open) in
        (0..7).flat_map(|d| (0..7).flat_map(move |c| (0..3).map(move |o| (d, c, o))))
    {
        let objectives = facts_at(&with(done, current, open), 0).objectives;
        let count = |mark| objectives.iter().filter(|o| o.mark == mark).count();
        let next = usize::from(open > 1 || open > 0 && current > 0);
        let started = current.max(usize::from(open > 0));
        let reached = done.min(5 - next - started.min(1));
        assert_eq!(count(Mark::Next), next, "{done} {current} {open}");
        assert_eq!(count(Mark::Done), reached, "{done} {current} {open}");
        assert_eq!(
            count(Mark::Current),
            started.min(5 - next - reached),
            "{done} {current} {open}"
        );
        assert!(objectives.len() <= 5);
    }
    assert_eq!(
        texts(&with(7, 0, 0)),
        ["[x] 3", "[x] 4", "[x] 5", "[x] 6", "[x] 7"]
    );
}

#[test]
fn private_items_are_never_told() {
    let private = Privacy::Private;
    let site = site([
        objective("hidden one", private),
        objective("hidden two", private),
        change(1, ObjectiveChange::Complete),
        change(2, ObjectiveChange::Start),
        decision("hidden three", private),
        public("plain"),
    ]);
    let facts = facts_at(&site, 0);
    assert_eq!(facts.objectives.len(), 1);
    assert_eq!(facts.objectives[0].mark, Mark::Current);
    assert!(facts.decisions.is_empty());
    assert!(!format!("{:?}", run(&facts, Level::Full, true)).contains("hidden"));
}

fn values(run: &Run) -> Vec<String> {
    run.trailers()
        .iter()
        .map(|t| format!("{}: {}", t.key, t.value()))
        .collect()
}

fn rich() -> Facts {
    let mut site = with(1, 1, 1);
    for number in 1..=6 {
        site.run(60, decision(&format!("d{number}"), Privacy::Shared))
            .unwrap();
    }
    let mut facts = facts_at(&site, 185);
    facts.impact.tests = Some(crate::domain::impact::Counts {
        tests_added: 3,
        tests_removed: 0,
    });
    facts
}

#[test]
fn levels_say_everything_one_line_a_key_the_id_or_nothing() {
    let facts = rich();
    let id = format!("Session-Id: {}", session_id());
    assert_eq!(
        values(&run(&facts, Level::Full, true).unwrap()),
        [
            "Session-Objectives: [x] 1",
            "Session-Objectives: [>] 2 (this commit)",
            "Session-Objectives: [ ] 3 (next)",
            "Decisions: d1 Rationale: because",
            "Decisions: d2 Rationale: because",
            "Decisions: d3 Rationale: because",
            "Decisions: and 3 more",
            "Impact: tests +3",
            "Session-Time: 3m",
            &id,
        ]
    );
    assert_eq!(
        values(&run(&facts, Level::Compact, true).unwrap()),
        [
            "Session-Objectives: [x] 1; [>] 2 (this commit); [ ] 3 (next)",
            "Decisions: d1; d2; d3; d4; d5; d6",
            "Impact: tests +3",
            "Session-Time: 3m",
            &id,
        ]
    );
    assert_eq!(values(&run(&facts, Level::Id, true).unwrap()), [id]);
    assert_eq!(run(&facts, Level::None, true), None);
    let timeless = run(&facts, Level::Full, false).unwrap();
    assert_eq!(timeless.get(Key::Time).count(), 0);
}

#[test]
fn the_phase_of_test_driven_work_stands_first_where_it_is_known() {
    let mut facts = rich();
    facts.phase = Some(TddPhase::Red);
    for level in [Level::Full, Level::Compact] {
        let told = values(&run(&facts, level, true).unwrap());
        assert_eq!(told[0], "Session-Phase: red");
    }
    let id = run(&facts, Level::Id, true).unwrap();
    assert_eq!(id.trailers().len(), 1);
    let own = quoted(session_id().as_str(), &[(Key::Phase, "green")]);
    let other = quoted(OTHER, &[(Key::Phase, "red"), (Key::Time, "5m")]);
    let squash = consolidate(&[other], &own, Level::Full).unwrap();
    let phases: Vec<_> = squash.get(Key::Phase).map(|t| t.text.as_str()).collect();
    assert_eq!(phases, ["green"], "that of the commit itself");
}

fn quoted(id: &str, lines: &[(Key, &str)]) -> Run {
    let trailers = lines.iter().map(|(key, text)| Trailer::new(*key, *text));
    Run::new(trailers.collect(), id).unwrap()
}

const OTHER: &str = "login-20261119-abcdef";

#[test]
fn a_squash_gathers_what_its_commits_said() {
    let own = quoted(
        session_id().as_str(),
        &[
            (Key::Objectives, "[>] Merge (this commit)"),
            (Key::Impact, "added a"),
            (Key::Time, "5m"),
        ],
    );
    let newer = quoted(
        OTHER,
        &[
            (Key::Objectives, "[x] Google"),
            (Key::Objectives, "[>] GitHub (this commit)"),
            (Key::Decisions, "PKCE"),
            (Key::Impact, "added b"),
            (Key::Time, "1h"),
        ],
    );
    let older = quoted(
        OTHER,
        &[
            (Key::Objectives, "[>] Google (this commit)"),
            (Key::Objectives, "[ ] GitHub (next)"),
            (Key::Decisions, "PKCE"),
            (Key::Decisions, "Rust"),
            (Key::Time, "30m"),
        ],
    );
    let all = consolidate(&[newer, older], &own, Level::Full).unwrap();
    let id = format!("Session-Id: {}", session_id());
    assert_eq!(
        values(&all),
        [
            "Session-Objectives: [x] Google",
            "Session-Objectives: [>] Merge (this commit)",
            "Session-Objectives: [>] GitHub (this commit)",
            "Decisions: PKCE",
            "Decisions: Rust",
            "Impact: added a",
            "Session-Time: 1h 35m",
            &id,
        ]
    );
    assert_eq!(consolidate(&[], &own, Level::Full).as_ref(), Some(&own));
}

#[test]
fn a_squash_keeps_to_its_level() {
    let own = |level| run(&rich(), level, false).unwrap();
    let old = quoted(
        OTHER,
        &[
            (
                Key::Objectives,
                "[x] Google; with care; [>] GitHub (this commit)",
            ),
            (Key::Decisions, "PKCE"),
        ],
    );
    let old = std::slice::from_ref(&old);
    let id = own(Level::Id);
    assert_eq!(consolidate(old, &id, Level::Id), Some(id));
    assert_eq!(
        values(&consolidate(old, &own(Level::Compact), Level::Compact).unwrap())[..2],
        [
            "Session-Objectives: [x] 1; [x] Google; with care; [>] 2 (this commit); [>] GitHub (this commit); [ ] 3 (next)",
            "Decisions: d1; d2; d3; d4; d5; d6; PKCE",
        ]
    );
    let full = values(&consolidate(old, &own(Level::Full), Level::Full).unwrap());
    assert!(
        full.contains(&"Session-Objectives: [x] Google; with care".to_owned()),
        "{full:?}"
    );
}

#[test]
fn a_squash_of_many_commits_stays_short_and_says_how_much_more_there_is() {
    let one = |number: usize| {
        let text = |what: &str| format!("{what} {number}");
        quoted(
            OTHER,
            &[
                (Key::Objectives, &text("[x] objective")),
                (Key::Decisions, &text("decision")),
                (Key::Decisions, "and 2 more"),
                (Key::Time, "1m"),
            ],
        )
    };
    let quoted: Vec<Run> = (0..100).map(one).collect();
    let own = run(&rich(), Level::Full, true).unwrap();
    let run = consolidate(&quoted, &own, Level::Full).unwrap();
    assert!(run.trailers().len() <= 17, "{}", run.trailers().len());
    let decisions: Vec<_> = run.get(Key::Decisions).map(|t| t.text.as_str()).collect();
    // 3 of our own are named, 3 are not; 100 and 200 of the others
    assert_eq!(decisions, ["d1", "d2", "d3", "and 303 more"]);
    assert_eq!(run.get(Key::Time).next().unwrap().text, "1h 43m");
}

#[test]
fn hostile_runs_do_not_overflow() {
    let text = format!("and {} more", usize::MAX);
    let huge = format!("{}h", u64::MAX / 3600);
    let run = || {
        quoted(
            OTHER,
            &[
                (Key::Decisions, &text),
                (Key::Decisions, "d"),
                (Key::Time, &huge),
            ],
        )
    };
    let own = quoted(session_id().as_str(), &[]);
    assert!(consolidate(&[run(), run()], &own, Level::Full).is_some());
}
