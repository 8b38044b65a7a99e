use std::iter::once;

use chrono::FixedOffset;
use proptest::prelude::*;

use super::*;
use crate::domain::body::{Body, Cause, CheckpointCreated, CommitRecorded};
use crate::domain::decide::Command;
use crate::domain::impact::{Change, ChangeKind, Counts, Impact};
use crate::domain::testing::{Site, at, commit_id};
use TddPhase::{Green, Red, Refactor};

const MINUTE: i64 = 60;

fn change(kind: &str, path: &str) -> Change {
    let kind = match kind {
        "A" => ChangeKind::Added,
        "M" => ChangeKind::Modified,
        "T" => ChangeKind::TypeChanged,
        "D" => ChangeKind::Deleted,
        _ => ChangeKind::Renamed {
            from: b"before.rs".to_vec(),
        },
    };
    Change {
        kind,
        path: path.as_bytes().to_vec(),
    }
}

/// `A tests/a.rs, M src/a.rs, +2-1`.
fn impact(text: &str) -> Impact {
    let mut counts = None;
    let mut changes = Vec::new();
    for part in text.split(", ").filter(|part| !part.is_empty()) {
        if let Some((added, removed)) = part.strip_prefix('+').and_then(|p| p.split_once('-')) {
            counts = Some(Counts {
                tests_added: added.parse().unwrap(),
                tests_removed: removed.parse().unwrap(),
            });
        } else {
            let (kind, path) = part.split_once(' ').unwrap();
            changes.push(change(kind, path));
        }
    }
    let mut impact = Impact::of(changes);
    impact.tests = counts;
    impact
}

fn recorded(number: u64, impact: Impact) -> CommitRecorded {
    CommitRecorded {
        commit: commit_id(number),
        amends: None,
        author: "Ada <ada@example.org>".to_owned(),
        subject: String::new(),
        objectives: Vec::new(),
        decisions: Vec::new(),
        impact,
        time: 0,
        merge: false,
        merged: Vec::new(),
        revert: false,
        adopted: false,
    }
}

/// A session that commits and names phases.
struct Desk {
    site: Site,
    now: i64,
    commits: u64,
}

impl Desk {
    fn new() -> Self {
        Self {
            site: Site::begun(),
            now: 0,
            commits: 0,
        }
    }

    fn wait(&mut self, minutes: i64) -> &mut Self {
        self.now += minutes * MINUTE;
        self
    }

    fn commit(&mut self, text: &str) -> &mut Self {
        self.record(text, |_| {})
    }

    fn record(&mut self, text: &str, change: impl FnOnce(&mut CommitRecorded)) -> &mut Self {
        self.commits += 1;
        let mut record = recorded(self.commits, impact(text));
        change(&mut record);
        self.site
            .hook(self.now, "hook", Body::CommitRecorded(record));
        self
    }

    fn name(&mut self, phase: TddPhase) -> &mut Self {
        self.site
            .run(self.now, Command::SetPhase { phase })
            .unwrap();
        self
    }

    fn checkpoint(&mut self, cause: Cause, tdd: TddPhase) -> &mut Self {
        let made = serde_json::json!({ "commit": commit_id(9), "cause": cause, "tdd": tdd });
        let made: CheckpointCreated = serde_json::from_value(made).unwrap();
        self.site
            .hook(self.now, "cli", Body::CheckpointCreated(made));
        self
    }

    fn session(&self) -> Session {
        self.site.session()
    }

    fn work(&self) -> Work {
        Work::of(&self.session())
    }

    fn phases(&self) -> Vec<TddPhase> {
        self.work().steps.iter().map(|step| step.phase).collect()
    }
}

const TESTS: &str = "A tests/a_test.py, +1-0";
const SOURCE: &str = "M src/a.py";
const NEW: &str = "A src/b.py";
const BOTH: &str = "M src/a.py, M tests/a_test.py, +1-0";

/// RED, GREEN after 20 minutes, REFACTOR after 5; RED after 5, GREEN after 10.
fn textbook() -> Desk {
    let mut desk = Desk::new();
    desk.commit(TESTS).wait(20).commit(NEW);
    desk.wait(5).commit(SOURCE);
    desk.wait(5).commit(TESTS).wait(10).commit(SOURCE);
    desk
}

fn minutes(duration: Option<Duration>) -> Option<u64> {
    duration.map(|duration| duration.as_secs() / 60)
}

#[test]
fn a_commit_is_told_by_its_paths_and_the_count_of_its_tests() {
    for (text, touched) in [
        ("", Touched::Nothing),
        ("M README.md, M Cargo.toml", Touched::Nothing),
        ("A tests/a.rs", Touched::Tests),
        ("M a_test.go, M README.md", Touched::Tests),
        ("M tests/fixtures/a.json", Touched::Tests),
        ("M tests/a.rs, +1-1", Touched::Tests),
        ("M tests/a.rs, +0-1", Touched::Nothing),
        ("D tests/a.rs", Touched::Nothing),
        ("R tests/a.rs", Touched::Nothing),
        ("M src/a.rs", Touched::Source),
        ("M src/a.go, A src/b.go", Touched::Source),
        ("D src/a.rs", Touched::Source),
        ("R src/a.rs", Touched::Source),
        ("A src/a.rs", Touched::NewSource),
        ("A bin/a.sh, M README.md", Touched::NewSource),
        ("M src/a.rs, +1-0", Touched::SourceWithTests),
        ("M src/a.c, +2-1", Touched::SourceWithTests),
        ("A src/a.rs, +1-0", Touched::SourceWithTests),
        ("M src/a.rs, +1-1", Touched::Source),
        ("M src/a.go, A src/a_test.go, +1-0", Touched::Both),
        ("M src/a.go, M src/a_test.go, +1-0", Touched::Both),
        // a new file with helpers; a file whose tests cannot be counted
        ("M src/a.go, A src/a_test.go", Touched::Both),
        ("M lib.sh, M tests/lib.sh", Touched::Both),
        // a name that changed in both
        ("M src/a.go, M src/a_test.go", Touched::Source),
        ("M src/a.go, M src/a_test.go, +1-1", Touched::Source),
        ("M src/a.go, D src/a_test.go, +0-3", Touched::Source),
    ] {
        assert_eq!(Touched::of(&impact(text)), touched, "{text}");
    }
}

#[test]
fn merges_and_reverts_lead_nowhere() {
    let mut desk = Desk::new();
    desk.record(TESTS, |record| record.merge = true);
    desk.record(SOURCE, |record| record.revert = true);
    assert_eq!(desk.work(), Work::default());
}

#[test]
fn the_textbook_history_is_wholly_disciplined() {
    let work = textbook().work();
    let phases: Vec<_> = work.steps.iter().map(|step| step.phase).collect();
    assert_eq!(phases, [Red, Green, Refactor, Red, Green]);
    let took: Vec<_> = work.cycles.iter().map(|c| minutes(c.duration())).collect();
    assert_eq!(took, [Some(25), Some(10)]);
    assert_eq!(work.tested, Share { part: 3, whole: 3 });
    assert_eq!(work.tested.percent(), Percent::from_tenths(1000));
    assert_eq!(minutes(work.longest_red()), Some(20));
    let pace = work.pace().unwrap();
    let minutes = [pace.mean, pace.shortest, pace.longest].map(|time| time.as_secs() / 60);
    assert_eq!(minutes, [17, 10, 25]);
}

#[test]
fn what_is_not_known_is_absent() {
    let work = Desk::new().work();
    assert_eq!(work, Work::default());
    assert_eq!(work.tested.percent(), None);
    assert_eq!((work.pace(), work.longest_red()), (None, None));
    let mut red = Desk::new();
    red.commit(TESTS);
    assert_eq!((red.work().pace(), red.work().longest_red()), (None, None));
    assert_eq!(red.work().tested.percent(), None);
    assert_eq!(red.work().complete().count(), 0);
    // a test and its source in one commit: nobody knows when it was red
    let mut whole = Desk::new();
    whole.commit(BOTH).wait(5).commit(BOTH);
    let work = whole.work();
    assert_eq!((whole.phases(), work.pace()), (vec![Green, Green], None));
    assert_eq!(work.complete().count(), 2);
    assert_eq!(work.tested, Share { part: 2, whole: 2 });
}

#[test]
fn source_without_a_test_counts_against_the_discipline() {
    let mut desk = Desk::new();
    desk.commit(SOURCE).commit(NEW);
    assert_eq!(desk.phases(), []);
    assert_eq!(desk.work().tested, Share { part: 0, whole: 2 });
    desk.commit(TESTS).commit(SOURCE).commit(SOURCE);
    assert_eq!(desk.phases(), [Red, Green, Refactor]);
    assert_eq!(desk.work().tested, Share { part: 2, whole: 4 });
    // a new file is no new shape of an old one
    desk.commit(NEW);
    assert_eq!(desk.phases(), [Red, Green, Refactor]);
    assert_eq!(desk.work().tested, Share { part: 2, whole: 5 });
    desk.commit("M README.md");
    assert_eq!(desk.work().tested, Share { part: 2, whole: 5 });
}

#[test]
fn a_named_phase_holds_for_the_next_commit() {
    let mut desk = Desk::new();
    desk.name(Refactor).commit("M README.md").commit(TESTS);
    assert_eq!(desk.phases(), [Refactor], "the tests were reshaped");
    assert_eq!(desk.work().cycles, []);
    desk.commit(TESTS).name(Green).commit(BOTH).commit(SOURCE);
    assert_eq!(desk.phases(), [Refactor, Red, Green, Refactor]);
    // a source file that holds its tests
    let inner = "M src/a.rs, +1-0";
    desk.name(Red).commit(inner).commit("M src/a.rs");
    assert_eq!(desk.phases(), [Refactor, Red, Green, Refactor, Red, Green]);
    assert_eq!(desk.work().complete().count(), 2);
    desk.name(Red).commit(BOTH);
    assert_eq!(desk.phases()[6..], [Red, Green]);
}

#[test]
fn green_that_was_named_without_a_test_is_no_cycle() {
    let mut desk = Desk::new();
    desk.name(Green).commit(SOURCE);
    let work = desk.work();
    assert_eq!(
        (work.cycles.len(), work.tested),
        (0, Share { part: 0, whole: 1 })
    );
}

#[test]
fn a_commit_that_no_hook_saw_has_its_place_and_no_instant() {
    let mut desk = Desk::new();
    desk.commit("M README.md");
    desk.record(TESTS, |record| record.adopted = true);
    desk.record(TESTS, |record| record.adopted = true);
    desk.wait(30).commit(SOURCE);
    let work = desk.work();
    assert_eq!(desk.phases(), [Red, Green]);
    assert_eq!((work.steps[0].begun, work.pace()), (None, None));
    assert_eq!(work.complete().count(), 1);
}

#[test]
fn a_clock_that_goes_back_makes_no_negative_time() {
    let mut desk = Desk::new();
    desk.commit(TESTS)
        .wait(-40)
        .commit(SOURCE)
        .wait(100)
        .commit(SOURCE);
    let work = desk.work();
    assert_eq!(minutes(work.longest_red()), Some(0));
    assert_eq!(minutes(work.cycles[0].duration()), Some(60));
}

#[test]
fn an_amend_is_looked_at_anew() {
    let mut desk = Desk::new();
    desk.commit(TESTS)
        .wait(5)
        .record(BOTH, |record| record.amends = Some(commit_id(1)));
    assert_eq!(desk.phases(), [Green]);
    assert_eq!(desk.work().tested, Share { part: 1, whole: 1 });
}

#[test]
fn a_day_is_that_of_the_reader() {
    let mut desk = Desk::new();
    desk.commit(TESTS).wait(20).commit(SOURCE);
    let ended = desk.work().cycles[0].ended.unwrap();
    for hours in -12..=14 {
        let zone = FixedOffset::east_opt(hours * 3600).unwrap();
        let day_of = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
        let day = day_of(ended);
        assert_eq!(desk.work().complete_on(day, day_of), 1);
        assert_eq!(desk.work().complete_on(day.succ_opt().unwrap(), day_of), 0);
        assert_eq!(desk.work().complete_on(day.pred_opt().unwrap(), day_of), 0);
    }
}

#[test]
fn a_phase_is_saved_once() {
    let unsaved = |desk: &Desk| desk.work().unsaved(&desk.session());
    let mut desk = Desk::new();
    assert_eq!(unsaved(&desk), None);
    desk.commit(TESTS);
    assert_eq!(unsaved(&desk), Some(Red));
    desk.checkpoint(Cause::Phase, Red);
    assert_eq!(unsaved(&desk), None);
    desk.commit(TESTS);
    assert_eq!(unsaved(&desk), None, "the phase has not changed");
    desk.commit(SOURCE);
    assert_eq!(unsaved(&desk), Some(Green));
    desk.checkpoint(Cause::Phase, Green).commit(BOTH);
    assert_eq!(unsaved(&desk), Some(Green), "that of another cycle");
    desk.checkpoint(Cause::Phase, Green);
    // whoever names a phase makes its checkpoint, in either order
    desk.name(Refactor).checkpoint(Cause::Manual, Refactor);
    assert_eq!(unsaved(&desk), None);
    desk.checkpoint(Cause::Manual, Red).name(Red);
    assert_eq!(unsaved(&desk), None);
    desk.name(Green);
    assert_eq!(unsaved(&desk), Some(Green));
}

/// Which clone, minutes after its last step, and what it does.
type Move = (usize, i64, u8);

/// Commits and words in any order, by two clones, with any clock.
fn played(moves: &[Move]) -> [Desk; 2] {
    let mut desks = [Desk::new(), Desk::new()];
    desks[1].site = Site::new(1);
    desks[1].commits = 1000;
    for (index, gap, what) in moves {
        let other = desks[1 - index].site.clone();
        let desk = &mut desks[*index];
        desk.site.fetch(&other);
        desk.wait(*gap);
        match what {
            0..=1 => desk.commit(TESTS),
            2..=3 => desk.commit(SOURCE),
            4 => desk.commit(NEW),
            5 => desk.commit(BOTH),
            6 => desk.commit("M src/a.rs, +1-0"),
            7 => desk.record(SOURCE, |record| record.adopted = true),
            8 => desk.record(TESTS, |record| record.adopted = true),
            9 => desk.name(Red),
            10 => desk.name(Green),
            _ => desk.name(Refactor),
        };
    }
    for index in 0..2 {
        let other = desks[1 - index].site.clone();
        desks[index].site.fetch(&other);
    }
    desks
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn figures_hold_together(moves in prop::collection::vec((0..2_usize, -90..90_i64, 0..12_u8), 0..30)) {
        let [here, there] = played(&moves);
        let work = here.work();
        prop_assert!(work.tested.part <= work.tested.whole);
        let instants: Vec<_> = work.steps.iter().flat_map(|step| [step.begun, step.last]).flatten().collect();
        prop_assert!(instants.is_sorted(), "{instants:?}");
        prop_assert!(work.steps.iter().map(|step| step.n).is_sorted());
        for pair in work.steps.windows(2) {
            prop_assert!(pair[0].phase != pair[1].phase || pair[1].whole);
        }
        // only the last cycle can be under way
        let open = work.cycles.iter().rev().skip(1).filter(|cycle| !cycle.complete);
        prop_assert_eq!(open.count(), 0);
        let begins = |step: &&Step| step.phase == Red || step.whole;
        prop_assert_eq!(work.cycles.len(), work.steps.iter().filter(begins).count());
        if let Some(pace) = work.pace() {
            prop_assert!(pace.shortest <= pace.mean && pace.mean <= pace.longest);
        }
        let stand = stand(&here.session(), None);
        prop_assert_eq!(stand.phase(), work.current().map(|step| step.phase));
        prop_assert_eq!(work, there.work(), "both clones say the same");
    }

    #[test]
    fn any_rounds_of_the_textbook_are_wholly_disciplined(
        rounds in prop::collection::vec((0..600_i64, 0..600_i64, prop::option::of(0..600_i64)), 1..20)
    ) {
        let mut desk = Desk::new();
        for (green, red, refactor) in &rounds {
            desk.commit(TESTS).wait(*green).commit(NEW);
            if let Some(wait) = refactor {
                desk.wait(*wait).commit(SOURCE);
            }
            desk.wait(*red);
        }
        let work = desk.work();
        prop_assert_eq!(work.tested.percent(), Percent::from_tenths(1000));
        prop_assert_eq!(work.complete().count(), rounds.len());
        let expected = rounds.iter().map(|(green, _, refactor)| green + refactor.unwrap_or(0));
        let took = work.cycles.iter().map(|c| minutes(c.duration()).unwrap().cast_signed());
        prop_assert!(took.eq(expected));
        let longest = rounds.iter().map(|(green, ..)| *green).max();
        prop_assert_eq!(minutes(work.longest_red()).map(u64::cast_signed), longest);
    }

    #[test]
    fn any_paths_return(paths in prop::collection::vec(any::<Vec<u8>>(), 0..6), kind in "[AMTDR]") {
        let changes = paths.into_iter().map(|path| Change { path, ..change(&kind, "") });
        Touched::of(&Impact::of(changes.collect()));
    }
}

#[test]
fn the_first_instant_is_in_utc() {
    let session = textbook().session();
    let first = Work::of(&session)
        .steps
        .into_iter()
        .filter_map(|step| step.begun);
    assert!(once(at(0)).chain([at(20 * MINUTE)]).eq(first.take(2)));
}
