use proptest::prelude::*;

use super::*;
use crate::domain::body::{Clocked, CommitRewritten, Mark as Told, TextAdded};
use crate::domain::decide::{Command, NewDecision, ObjectiveChange, Privacy};
use crate::domain::enrich::{self, Facts, Level, Moment};
use crate::domain::id::CommitId;
use crate::domain::impact::{Change, ChangeKind, Impact};
use crate::domain::testing::{IDLE, Site, Step, at, branch, commit_id, steps, switched};

fn fresh(site: &Site) -> Context {
    Context::of(&site.session(), LogMark::default())
}

/// A test file, a source file, both, or neither, by the number of the commit.
fn change(number: u64) -> Impact {
    let paths: &[&str] = match number % 5 {
        0 | 1 => &["tests/lib.sh"],
        2 => &["src/lib.sh"],
        3 => &["src/lib.sh", "tests/lib.sh"],
        _ => &["README"],
    };
    let changed = |path: &&str| Change {
        kind: ChangeKind::Modified,
        path: path.as_bytes().to_vec(),
    };
    Impact::of(paths.iter().map(changed).collect())
}

fn facts(
    context: &Context,
    now: i64,
    worktree: &str,
    amends: Option<&CommitId>,
    impact: Impact,
) -> Facts {
    let moment = Moment {
        now: at(now).timestamp(),
        worktree,
        idle_after: IDLE,
        amends,
    };
    enrich::facts(context, moment, impact)
}

/// One clone whose hooks go on from the context that they find, as the program does.
struct Desk {
    site: Site,
    context: Context,
    now: i64,
    commits: u64,
    /// How often `apply` did it.
    applied: usize,
}

impl Desk {
    fn new() -> Self {
        let mut site = Site::begun();
        site.run(0, Command::SetMode { tdd: true }).unwrap();
        let context = fresh(&site);
        Self {
            site,
            context,
            now: 0,
            commits: 0,
            applied: 0,
        }
    }

    fn worktree(&self) -> String {
        self.site.worktree.clone().unwrap_or_default()
    }

    /// A hook writes; the context it goes on with is that of a new fold.
    fn hook(&mut self, body: Body) {
        let event = self.site.hook(self.now, "hook", body);
        let mut next = self.context.clone();
        let expected = fresh(&self.site);
        if next.apply(&event, IDLE) {
            self.applied += 1;
            assert_eq!(next, expected, "after {event:?}");
        }
        for amends in [None, expected.window.as_ref().map(|window| &window.commit)] {
            for later in [0, 59, 700, 4000] {
                let of = |context: &Context| {
                    let impact = change(u64::try_from(later).unwrap());
                    let facts = facts(context, self.now + later, &self.worktree(), amends, impact);
                    (enrich::run(&facts, Level::Full, true), facts)
                };
                assert_eq!(of(&self.context_after(&event)), of(&expected));
            }
        }
        self.context = expected;
    }

    fn context_after(&self, event: &Event) -> Context {
        let mut next = self.context.clone();
        if next.apply(event, IDLE) {
            next
        } else {
            fresh(&self.site)
        }
    }

    fn command(&mut self, command: Command) {
        self.site.run(self.now, command).unwrap_or_default();
        self.context = fresh(&self.site);
    }

    /// A commit as the hooks record it.
    fn commit(&mut self, amends: Option<CommitId>) -> Facts {
        self.commits += 1;
        let worktree = self.worktree();
        let impact = change(self.commits);
        let facts = facts(&self.context, self.now, &worktree, amends.as_ref(), impact);
        let author = "Ada <ada@example.org>".to_owned();
        let mut record = enrich::record(
            facts.clone(),
            commit_id(self.commits),
            author,
            String::new(),
        );
        record.amends = amends;
        self.hook(Body::CommitRecorded(record));
        facts
    }

    /// A merge, whose message carries no trailers.
    fn merge(&mut self) {
        self.commits += 1;
        let impact = change(self.commits);
        let mut facts = facts(&self.context, self.now, &self.worktree(), None, impact);
        facts.leave_to_the_next();
        let commit = commit_id(self.commits);
        let mut record = enrich::record(facts, commit, String::new(), String::new());
        record.merge = true;
        self.hook(Body::CommitRecorded(record));
    }

    fn last(&self) -> Option<CommitId> {
        self.context
            .window
            .as_ref()
            .map(|window| window.commit.clone())
    }

    fn step(&mut self, step: &Step) {
        self.now += step.gap;
        self.site.worktree = (step.site == 1).then(|| "linked".to_owned());
        match step.what {
            0..=3 => {
                self.commit(None);
            }
            4 => {
                if let Some(old) = self.last() {
                    self.commit(Some(old.clone()));
                    let pairs = vec![(old, commit_id(self.commits))];
                    self.rewrite("amend", pairs);
                }
            }
            5 => {
                // an amend of which the record knows nothing, or a wrong one
                let old = commit_id(1 + step.which as u64);
                self.commit(step.which.is_multiple_of(2).then(|| old.clone()));
                self.rewrite("amend", vec![(old, commit_id(self.commits))]);
            }
            6 => {
                let pair = |old: u64| (commit_id(old), commit_id(1000 + old / 2));
                let last = self.commits;
                let pairs = (last.saturating_sub(3)..=last).map(pair).collect();
                self.rewrite("rebase", pairs);
            }
            7 => self.hook(Body::SessionPaused(switched(Reason::Switch))),
            8 => self.hook(Body::SessionResumed(Clocked {
                reason: Reason::Switch,
                head: None,
            })),
            9 => {
                if let Some(last) = self.last() {
                    // the same commit once more
                    let mut record = enrich::record(
                        facts(&self.context, self.now, "", None, change(step.site as u64)),
                        last,
                        String::new(),
                        String::new(),
                    );
                    record.time = 77;
                    self.hook(Body::CommitRecorded(record));
                }
            }
            10 if step.which > 7 => self.command(Command::SetPhase {
                phase: TddPhase::ALL[step.which % 3],
            }),
            10 => self.command(Command::Pause { head: None }),
            11 => self.command(Command::Resume { head: None }),
            12..=14 => self.command(objective(&format!("o{}", self.now), step.which == 7)),
            15 | 16 => self.change(step.which, ObjectiveChange::Complete),
            17 => self.change(step.which, ObjectiveChange::Start),
            18 => self.change(step.which, ObjectiveChange::Reopen),
            19 | 20 => self.command(decision(&format!("d{}", self.now))),
            _ => self.merge(),
        }
    }

    fn change(&mut self, which: usize, change: ObjectiveChange) {
        let name = (1 + which % 5).to_string();
        self.command(Command::ChangeObjective { name, change });
    }

    fn rewrite(&mut self, command: &str, pairs: Vec<(CommitId, CommitId)>) {
        let command = command.to_owned();
        self.hook(Body::CommitRewritten(CommitRewritten { command, pairs }));
    }
}

fn objective(text: &str, private: bool) -> Command {
    let privacy = if private {
        Privacy::Private
    } else {
        Privacy::Shared
    };
    Command::AddObjective {
        text: text.into(),
        privacy,
    }
}

fn decision(text: &str) -> Command {
    let decision = NewDecision {
        text: text.into(),
        rationale: None,
        context: None,
        alternatives: Vec::new(),
        consequences: Vec::new(),
        scope: Vec::new(),
        privacy: Privacy::Shared,
    };
    Command::AddDecision {
        decision: Box::new(decision),
        supersedes: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_hooks_append_is_taken_in_as_a_new_fold_would(steps in steps(2, 22, 40)) {
        let mut desk = Desk::new();
        for step in &steps {
            desk.step(step);
        }
    }

    #[test]
    fn commits_account_for_the_active_time_but_for_less_than_a_minute(steps in steps(2, 21, 40)) {
        let mut desk = Desk::new();
        for step in &steps {
            // a record that was told a wrong old commit, or twice, has no just time
            if !matches!(step.what, 5 | 9) {
                desk.step(step);
            }
            let session = desk.site.session();
            prop_assert!(session.attributed_seconds() <= session.active_seconds());
        }
        desk.commit(None);
        let session = desk.site.session();
        let (told, active) = (session.attributed_seconds(), session.active_seconds());
        prop_assert!(told <= active && active - told < 60, "{told} of {active}");
        let sum: u64 = session.commits.iter().map(|commit| commit.record.time).sum();
        prop_assert_eq!(sum, told);
    }

    #[test]
    fn what_was_reached_is_told_by_one_commit(steps in steps(2, 18, 40)) {
        let mut desk = Desk::new();
        let mut reached = 0;
        for step in &steps {
            // rewritten commits come with the records of the old ones, so they tell nothing anew
            if matches!(step.what, 5 | 6 | 9) {
                continue;
            }
            desk.step(step);
            if matches!(step.what, 15 | 16) {
                reached += 1;
            }
            if reached == 3 {
                desk.commit(None);
                reached = 0;
            }
        }
        desk.commit(None);
        let session = desk.site.session();
        for objective in &session.objectives {
            let completed = objective.state == ObjectiveState::Completed;
            let told = session.commits.iter().flat_map(|commit| &commit.record.objectives);
            let told = told.filter(|o| o.mark == Told::Done && o.item == objective.item.id).count();
            // one that was begun again was reached when the commit that told so was made
            prop_assert!(told <= 1 || objective.state == ObjectiveState::InProgress || completed);
            if completed && !objective.item.private {
                prop_assert!(told >= 1, "{:?}", objective);
            }
            if objective.item.private {
                prop_assert_eq!(told, 0);
            }
        }
    }
}

fn done(facts: &Facts) -> Vec<&str> {
    let done = facts.objectives.iter().filter(|o| o.mark == Told::Done);
    done.map(|o| o.text.as_str()).collect()
}

fn decided(facts: &Facts) -> Vec<&str> {
    facts.decisions.iter().map(|d| d.text.as_str()).collect()
}

#[test]
fn a_window_is_told_once_and_again_by_an_amend_of_the_same_commit() {
    let mut desk = Desk::new();
    desk.command(objective("Google", false));
    desk.command(objective("GitHub", false));
    desk.command(decision("PKCE"));
    desk.change(0, ObjectiveChange::Complete);
    desk.now = 120;
    let first = desk.commit(None);
    assert_eq!(
        (done(&first), decided(&first), first.time),
        (vec!["Google"], vec!["PKCE"], 120)
    );
    desk.now = 200;
    desk.command(decision("Rust"));
    let amended = desk.commit(desk.last());
    assert_eq!((done(&amended), amended.time), (vec!["Google"], 180));
    assert_eq!(decided(&amended), ["PKCE", "Rust"]);
    desk.now = 240;
    let next = desk.commit(None);
    assert_eq!(
        (done(&next), decided(&next), next.time),
        (vec![], vec![], 60)
    );
    desk.now = 300;
    desk.change(1, ObjectiveChange::Complete);
    let again = desk.commit(desk.last());
    assert_eq!((done(&again), again.time), (vec!["GitHub"], 120));
    assert_eq!(desk.site.session().attributed_seconds(), 300);
    assert_eq!(desk.applied, 4);
}

#[test]
fn everything_behind_a_record_belongs_to_the_next_commit_and_to_its_amend() {
    let mut desk = Desk::new();
    desk.commit(None);
    for text in ["first", "second"] {
        desk.command(decision(text));
    }
    assert_eq!(decided(&desk.commit(None)), ["first", "second"]);
    assert_eq!(decided(&desk.commit(desk.last())), ["first", "second"]);
    assert_eq!(decided(&desk.commit(None)), [""; 0]);
}

#[test]
fn an_idle_hour_and_a_pause_count_nothing() {
    let mut desk = Desk::new();
    desk.now = 600;
    desk.hook(Body::SessionPaused(switched(Reason::Switch)));
    desk.now = 1200;
    desk.hook(Body::SessionResumed(switched(Reason::Switch)));
    desk.now = 1260;
    assert_eq!(desk.commit(None).time, 660);
    desk.now += i64::try_from(IDLE).unwrap();
    assert_eq!(desk.commit(None).time, IDLE);
    desk.now += i64::try_from(IDLE).unwrap() + 1;
    assert_eq!(desk.commit(None).time, 0);
    desk.now -= 90_000;
    assert_eq!(desk.commit(None).time, 0);
}

#[test]
fn what_needs_a_new_fold_is_not_applied() {
    let mut desk = Desk::new();
    desk.commit(None);
    desk.commit(None);
    let context = desk.context.clone();
    let record = |amends: Option<u64>| {
        let facts = facts(&context, 0, "", None, change(0));
        let mut record = enrich::record(facts, commit_id(50), String::new(), String::new());
        record.amends = amends.map(commit_id);
        Body::CommitRecorded(record)
    };
    let rewritten = |pairs: &[(u64, u64)]| {
        let pairs = pairs
            .iter()
            .map(|(old, new)| (commit_id(*old), commit_id(*new)));
        Body::CommitRewritten(CommitRewritten {
            command: "amend".into(),
            pairs: pairs.collect(),
        })
    };
    let refused = [
        Body::NoteAdded(TextAdded {
            text: "n".into(),
            private: false,
        }),
        Body::SessionPaused(switched(Reason::Person)),
        Body::SessionResumed(switched(Reason::Person)),
        Body::Unknown,
        record(Some(1)),
        record(Some(40)),
        // the record of commit 2 does not say that it replaced commit 1
        rewritten(&[(1, 2)]),
        rewritten(&[(2, 3)]),
    ];
    for body in refused {
        let event = desk.site.clone().hook(9, "hook", body.clone());
        let mut changed = context.clone();
        assert!(!changed.apply(&event, IDLE), "{body:?}");
    }
    let mut first = fresh(&Site::begun());
    let event = Site::begun().hook(9, "hook", record(Some(1)));
    assert!(
        !first.apply(&event, IDLE),
        "another clone may have recorded the old commit"
    );
    let event = desk.site.clone().hook(9, "hook", record(Some(2)));
    let mut changed = context.clone();
    assert!(changed.apply(&event, IDLE));
    assert!(
        !changed.apply(&event, IDLE),
        "a second time it stands behind nothing"
    );
    let mut elsewhere = context.clone();
    elsewhere.session = SessionId::new("other-20261120-abcdef").unwrap();
    assert!(
        !elsewhere.apply(&event, IDLE),
        "it belongs to another session"
    );
}

#[test]
fn a_context_is_read_as_it_was_written_and_stays_small() {
    let mut desk = Desk::new();
    for number in 0..200 {
        desk.now += 60;
        desk.command(objective(&number.to_string(), false));
        let name = (number + 1).to_string();
        let change = ObjectiveChange::Complete;
        desk.command(Command::ChangeObjective { name, change });
        if number % 10 == 0 {
            desk.command(decision(&number.to_string()));
            desk.commit(None);
        }
    }
    let context = &desk.context;
    let text = serde_json::to_string(context).unwrap();
    assert_eq!(&serde_json::from_str::<Context>(&text).unwrap(), context);
    assert!(text.len() < 8_000, "{}", text.len());
    assert_eq!((context.done, context.total), (200, 200));
}

#[test]
fn work_in_another_clone_changes_neither_window_nor_time_of_the_next_commit() {
    let mut desk = Desk::new();
    desk.command(objective("Google", false));
    desk.change(0, ObjectiveChange::Complete);
    desk.now = 120;
    let mut other = Site::new(1);
    other.fetch(&desk.site);
    for (now, number) in [(200, 90), (900, 91)] {
        let record = enrich::record(
            facts(&desk.context, now, "", None, change(0)),
            commit_id(number),
            String::new(),
            String::new(),
        );
        other.hook(now, "hook", Body::CommitRecorded(record));
    }
    let alone = facts(&desk.context, 120, "", None, change(0));
    desk.site.fetch(&other);
    let context = fresh(&desk.site);
    assert_eq!(facts(&context, 120, "", None, change(0)), alone);
    assert_eq!(done(&alone), ["Google"]);
    assert_eq!(alone.time, 120);
    assert_eq!(
        (context.commits, context.window, context.elsewhere),
        (2, None, 700)
    );
    assert_eq!(context.branch, branch("feature/auth"));
}
