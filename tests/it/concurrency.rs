//! Several processes at once: work trees that commit, commands that append, processes that are killed. What was
//! acknowledged is there once, whatever happened beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Child;
use std::thread;
use std::time::Duration;

use super::git_support::Dice;
use super::support::{PROGRAM, Repo};

/// A session on `feature` with the clock and the random numbers of the machine.
fn live() -> Repo {
    let repo = Repo::new();
    repo.sandbox().real_clock();
    repo.session(&["start", "feature", "-o", "Reach the goal"])
        .done();
    repo
}

/// Work trees of a repository, each on a branch and in a session of its own.
fn work_trees(repo: &Repo, count: usize) -> Vec<Repo> {
    let tree = |number| {
        let tree = repo.worktree(&format!("tree{number}"));
        tree.session(&["start", "-o", &format!("Goal {number}")])
            .done();
        tree
    };
    (0..count).map(tree).collect()
}

/// Waits for all of them; every one must succeed.
#[track_caller]
fn join(children: Vec<Child>) {
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        let news = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{news}");
    }
}

/// A shell line that commits so many times.
fn commits(count: usize) -> String {
    format!(
        "for n in $(seq {count}); do echo $n >>work && git add work && git commit -q -m \"Commit $n\" || exit 1; done"
    )
}

/// The objectives of a session's log by their text, with how often each stands there.
fn objectives(events: &[serde_json::Value]) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for event in events {
        if event["kind"] == "objective.added" {
            let text = event["data"]["text"].as_str().expect("a text");
            *found.entry(text.to_owned()).or_default() += 1;
        }
    }
    found
}

/// Every event has an id of its own.
#[track_caller]
fn assert_unique(events: &[serde_json::Value]) {
    let ids: BTreeSet<_> = events.iter().map(|event| event["id"].to_string()).collect();
    assert_eq!(ids.len(), events.len(), "an id stands there twice");
}

/// Every commit of these work trees carries our lines once, has a record, and after the next command a note.
#[track_caller]
fn assert_all_recorded(trees: &[Repo], count: usize) {
    for tree in trees {
        tree.session(&["status"]).done();
    }
    for tree in trees {
        let ids = tree.git(&["rev-list", "main.."]).text();
        assert_eq!(ids.lines().count(), count);
        let events = tree.events();
        assert_unique(&events);
        let recorded: Vec<_> = events
            .iter()
            .filter(|event| event["kind"] == "commit.recorded")
            .filter_map(|event| event["data"]["commit"].as_str())
            .collect();
        assert_eq!(recorded.len(), count, "{}", tree.path().display());
        for id in ids.lines() {
            assert_eq!(tree.runs(id), 1, "{id}");
            assert!(recorded.contains(&id), "{id}");
            let note = tree.note(id).expect("a note");
            assert_eq!(note["session"], tree.session_id().as_str(), "{id}");
        }
    }
    trees[0].git(&["fsck", "--strict", "--no-progress"]).done();
}

#[test]
fn work_trees_that_commit_at_once_keep_all_notes() {
    for count in [2, 3] {
        let repo = live();
        let trees = work_trees(&repo, count);
        let line = commits(12);
        let children = trees.iter().map(|tree| {
            let mut command = tree.command("sh");
            command
                .args(["-c", &line])
                .stderr(std::process::Stdio::piped());
            command.spawn().expect("sh starts")
        });
        join(children.collect());
        assert_all_recorded(&trees, 12);
    }
}

#[test]
fn commands_that_append_at_once_lose_nothing() {
    let repo = live();
    let tree = &repo;
    let children = (0..8).flat_map(|process| {
        (0..2).map(move |n| {
            let text = format!("Objective {process}/{n}");
            tree.spawn(&["session", "objectives", "add", &text])
        })
    });
    join(children.collect());
    let events = repo.events();
    assert_unique(&events);
    let found = objectives(&events);
    assert_eq!(found.len(), 17);
    assert!(found.values().all(|count| *count == 1), "{found:?}");
    let counters: BTreeSet<_> = events.iter().map(|event| event["n"].as_u64()).collect();
    assert_eq!(counters.len(), events.len(), "the lock orders them");
    let shown = repo.session(&["objectives", "list"]).text();
    assert_eq!(
        shown
            .lines()
            .filter(|line| line.contains("Objective"))
            .count(),
        16
    );
}

#[test]
fn commits_and_commands_at_once() {
    let repo = live();
    let mut committing = repo.command("sh");
    committing
        .args(["-c", &commits(15)])
        .stderr(std::process::Stdio::piped());
    let committing = committing.spawn().expect("sh starts");
    for n in 0..15 {
        repo.session(&["objectives", "add", &format!("Objective {n}")])
            .done();
    }
    join(vec![committing]);
    assert_eq!(objectives(&repo.events()).len(), 16);
    assert_all_recorded(std::slice::from_ref(&repo), 15);
}

#[test]
fn sessions_that_start_at_once() {
    let repo = Repo::new();
    repo.sandbox().real_clock();
    let trees: Vec<_> = (0..6).map(|n| repo.worktree(&format!("tree{n}"))).collect();
    let children = trees
        .iter()
        .map(|tree| tree.spawn(&["session", "start", "-o", "Goal"]));
    join(children.collect());
    let ids: BTreeSet<_> = trees.iter().map(Repo::session_id).collect();
    assert_eq!(ids.len(), trees.len());
    for key in ["session.writer", "uploadpack.hideRefs"] {
        let values = repo.git(&["config", "--get-all", key]).text();
        assert_eq!(values.lines().count(), 1, "{key}: {values}");
    }
    for tree in &trees {
        tree.commit("work", "1\n", "Title");
        assert_eq!(tree.runs("HEAD"), 1);
        assert!(tree.note("HEAD").is_some());
    }
    repo.assert_quiet();
}

#[test]
fn a_session_that_is_started_twice_at_once_on_one_branch() {
    let repo = Repo::new();
    repo.sandbox().real_clock();
    let start = |n: usize| repo.spawn(&["session", "start", "-o", &format!("Goal {n}")]);
    join((0..4).map(start).collect());
    repo.commit("work", "1\n", "Title");
    assert_eq!(repo.trailers("HEAD", "Session-Id"), [repo.session_id()]);
    repo.session(&["status"]).done();
    repo.assert_quiet();
}

#[test]
fn a_branch_that_several_commands_make_at_once_gets_one_session() {
    let repo = Repo::new();
    repo.sandbox().real_clock();
    // git refuses a second writer of the index at once, but not of a branch
    let start = |n: usize| {
        let goal = format!("Goal {n}");
        repo.spawn(&["session", "start", "new", "--no-switch", "-o", &goal])
    };
    join((0..6).map(start).collect());
    let id = repo.mapped("new").expect("it has a session");
    let log = repo.read(repo.store().join(id).join("log.jsonl"));
    for n in 0..6 {
        assert_eq!(log.matches(&format!("\"Goal {n}\"")).count(), 1, "{log}");
    }
}

#[test]
fn killed_commands_lose_nothing_that_was_acknowledged() {
    const APPENDS: usize = 200;
    let repo = live();
    let mut dice = Dice::new(20_261_120);
    let mut acknowledged = Vec::new();
    let mut killed = 0;
    // how long one takes when nobody kills it
    let began = std::time::Instant::now();
    repo.session(&["objectives", "add", "A first one"]).done();
    let whole = usize::try_from(began.elapsed().as_micros()).expect("it is short");
    let mut running: Vec<(usize, Child, Duration)> = Vec::new();
    let mut end = |(number, mut child, delay): (usize, Child, Duration)| {
        thread::sleep(delay);
        child.kill().expect("it is ours");
        let status = child.wait().expect("it ends");
        if status.success() {
            acknowledged.push(format!("Number {number}"));
        } else {
            killed += 1;
        }
    };
    for number in 0..APPENDS {
        let mut command = repo.command(PROGRAM);
        command.args(["objectives", "add", &format!("Number {number}")]);
        command
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        let delay = Duration::from_micros(dice.roll(whole) as u64);
        running.push((number, command.spawn().expect("it starts"), delay));
        // two at a time
        if running.len() == 2 {
            running.drain(..).for_each(&mut end);
        }
    }
    running.into_iter().for_each(&mut end);
    println!("{} acknowledged, {killed} killed", acknowledged.len());
    assert!(killed > 20, "the delays are too long to kill anything");
    assert!(acknowledged.len() > 20, "the delays are too short");

    let events = repo.events();
    assert_unique(&events);
    let found = objectives(&events);
    assert!(found.values().all(|count| *count == 1), "{found:?}");
    for text in &acknowledged {
        assert!(found.contains_key(text), "{text} was acknowledged");
    }
    repo.session(&["objectives", "add", "The last"]).done();
    let shown = repo.session(&["objectives", "list"]).text();
    assert_eq!(
        shown
            .lines()
            .filter(|line| line.contains("Number "))
            .count(),
        found.len() - 2
    );
    repo.commit("work", "1\n", "Title");
    assert_eq!(repo.runs("HEAD"), 1);
    let left = repo
        .sh("find .git -name '*.tmp' -o -name '.git-session-*' | wc -l")
        .text();
    let left: usize = left.parse().expect("a number");
    assert!(left <= killed, "{left} temporary files");
    repo.assert_quiet();
}

#[test]
fn killed_hooks_leave_git_and_the_session_whole() {
    let repo = live();
    for event in super::support::EVENTS {
        let hook = repo.git_path("hooks").join(event);
        std::fs::remove_file(&hook).expect("ours is there");
        let wrapper = repo.sandbox().script(&format!(
            "n=$(($(od -An -N2 -tu2 /dev/urandom) % 16)); timeout -s KILL 0.0$(printf %02d $n) {PROGRAM} hook {event} \"$@\"; exit 0"
        ));
        std::os::unix::fs::symlink(wrapper, hook).expect("the name is free");
    }
    repo.sh(&format!("exec 2>/dev/null; {}", commits(40)))
        .done();
    let ids = repo.git(&["rev-list", "main.."]).text();
    assert_eq!(ids.lines().count(), 40);
    for id in ids.lines() {
        let (message, runs) = (repo.message(id), repo.runs(id));
        let trailers = repo.trailers(id, "Session-Id").len();
        assert!(
            runs <= 1 && trailers == runs,
            "all of it or nothing: {message}"
        );
    }
    assert_unique(&repo.events());
    repo.session(&["objectives", "add", "More"]).done();
    repo.git(&["fsck", "--strict", "--no-progress"]).done();
    // one that was killed while it moved the notes ref leaves git's own lock, as git does
    let locks = repo
        .sh("find .git -name '*.lock' -not -path '*/sessions/*'")
        .text();
    assert!(
        locks.lines().all(|lock| lock.contains("/refs/notes/")),
        "{locks}"
    );
    repo.sh("find .git -name '*.lock' -not -path '*/sessions/*' -delete")
        .done();
    for event in super::support::EVENTS {
        std::fs::remove_file(repo.git_path("hooks").join(event)).expect("it is there");
    }
    let repo = repo.with_hooks();
    repo.commit("work", "whole again\n", "Title");
    assert_eq!(repo.runs("HEAD"), 1);
    assert!(repo.note("HEAD").is_some());
}

#[test]
fn a_hook_does_not_wait_for_a_command_that_hangs() {
    let repo = live();
    let lock = std::fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(repo.session_file("lock"))
        .expect("a file");
    lock.lock().expect("nobody has it");
    let began = std::time::Instant::now();
    repo.commit("work", "1\n", "Title");
    assert_eq!(repo.runs("HEAD"), 1);
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "a command waits five seconds"
    );
    drop(lock);
    repo.session(&["status"]).done();
    assert!(repo.note("HEAD").is_some());
    assert!(
        repo.events()
            .iter()
            .any(|event| event["kind"] == "commit.recorded")
    );
}

#[test]
fn a_notes_ref_that_is_locked_for_good_stops_nothing_and_is_named() {
    let repo = live();
    repo.commit("work", "1\n", "One");
    let writer = repo.git(&["config", "session.writer"]).text();
    let lock = format!(".git/refs/notes/session/{writer}.lock");
    repo.write(&lock, "");
    repo.commit("work", "2\n", "Two");
    assert_eq!((repo.runs("HEAD"), repo.note("HEAD")), (1, None));
    let log = repo.hook_log();
    assert!(log.iter().any(|line| line.contains(&lock)), "{log:#?}");
    let added = repo.session(&["objectives", "add", "More"]).ok();
    assert!(added.news().contains(&lock), "{added}");
    assert_eq!(objectives(&repo.events()).len(), 2);
    repo.sh(&format!("rm {lock}")).done();
    repo.session(&["status"]).done();
    assert!(repo.note("HEAD").is_some() && repo.note("HEAD~").is_some());
}
