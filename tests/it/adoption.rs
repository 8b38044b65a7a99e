//! Commits that no hook saw are found by the next command, once, and what was never made in the session is not.

use std::thread;

use super::support::Repo;

/// A session with one commit that the hooks saw.
fn begun() -> Repo {
    let repo = Repo::in_session();
    repo.wait(5);
    repo.commit("work", "1\n", "Seen");
    repo.wait(5);
    repo
}

/// Runs git without any hook.
fn unseen(repo: &Repo, line: &str) {
    repo.sh(&format!("set -e\nexport GIT_SESSION=0\n{line}"))
        .done();
}

/// The records of a session's log, oldest first: subject, and whether it was found later.
fn records(repo: &Repo) -> Vec<(String, bool)> {
    let events = repo.events().into_iter();
    events
        .filter(|event| event["kind"] == "commit.recorded")
        .map(|event| {
            let data = &event["data"];
            let subject = data["subject"].as_str().expect("a subject").to_owned();
            (subject, data["adopted"] == true)
        })
        .collect()
}

/// What `status --json` says of the hooks.
fn hooks(repo: &Repo) -> serde_json::Value {
    let output = repo.session(&["status", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    json["session"]["hooks"].clone()
}

#[track_caller]
fn assert_found(repo: &Repo, subjects: &[&str]) {
    let said = repo.session(&["status"]);
    assert!(said.success(), "{said}");
    repo.sh("git symbolic-ref -q HEAD || GIT_SESSION=0 git switch -q feature")
        .done();
    let found: Vec<String> = records(repo)
        .into_iter()
        .filter_map(|(subject, adopted)| adopted.then_some(subject))
        .collect();
    assert_eq!(found, subjects, "{said}");
    let before = repo.events();
    repo.session(&["status"]).done();
    assert_eq!(repo.events(), before, "nothing is found twice");
    repo.assert_quiet();
}

#[test]
fn a_commit_without_hooks_is_recorded_by_the_next_command() {
    let repo = begun();
    repo.write("more", "1\n");
    unseen(
        &repo,
        "git add more && git commit -q -m 'By another client'",
    );
    insta::assert_snapshot!(repo.session(&["status"]), @"
    --- stdout
    Session on feature
    active, 10m so far, started 10 min ago (feature-20261120-wxxsrz)

    Objectives (0 of 1 done)
      [ ] Reach the goal (obj-5vy9, obj-1)

    Work tree
      feature: clean

    Commits
      1bf7e07 By another client (just now)
      4c99c75 Seen (5 min ago)
      2 commits seen, 2 recorded (1 that no hook saw), last hook 5 min ago, under 1 ms

    Next: git session objectives complete obj-5vy9
    --- stderr
    Recorded 1 commit on feature that no hook saw.
    [EOF]
    ");
    let note = repo.note("HEAD").expect("a note");
    assert_eq!(note["impact"]["added"], serde_json::json!(["more"]));
    assert_eq!(note["time"], 0, "nobody knows how long it took");
    assert_found(&repo, &["By another client"]);
}

#[test]
fn what_was_decided_and_worked_goes_to_the_next_commit_that_can_say_it() {
    let repo = begun();
    repo.session(&["decisions", "add", "Take the short way"])
        .done();
    repo.wait(5);
    unseen(&repo, "echo 1 >more; git add more; git commit -q -m Unseen");
    repo.session(&["status"]).done();
    repo.wait(5);
    repo.commit("work", "2\n", "Seen again");
    assert_eq!(repo.trailers("HEAD", "Decisions"), ["Take the short way"]);
    assert_eq!(repo.trailers("HEAD", "Session-Time"), ["15m"]);
    assert_eq!(
        records(&repo),
        [
            ("Seen".into(), false),
            ("Unseen".into(), true),
            ("Seen again".into(), false)
        ]
    );
}

/// Ways to commit that run no hook; each makes a commit `Found`.
const UNSEEN: &[(&str, &str)] = &[
    ("a client", "git commit -q -m Found"),
    (
        "plumbing",
        "git update-ref refs/heads/feature $(echo Found | git commit-tree $(git write-tree) -p HEAD)",
    ),
    (
        "plumbing on HEAD, with words",
        "git update-ref -m 'whatever it says' HEAD $(echo Found | git commit-tree $(git write-tree) -p HEAD)",
    ),
    (
        "a detached HEAD, as jj does it",
        "git switch -q --detach; git commit -q -m Found; git update-ref -m 'export from jj' refs/heads/feature HEAD",
    ),
    (
        "fast-import",
        "printf 'commit refs/heads/feature\\ncommitter Ada <ada@example.org> now\\ndata 5\\nFoundfrom refs/heads/feature^0\\nM 644 inline x\\ndata 1\\nx' | git fast-import --quiet --date-format=now",
    ),
    (
        "amend",
        "git commit -q -m Draft; git commit -q --amend -m Found",
    ),
    (
        "a linked work tree",
        "git switch -q main; git worktree add -q ../linked feature; cd ../linked; echo 1 >x; git add x; git commit -q -m Found; cd - >/dev/null; git worktree remove --force ../linked; git switch -q feature",
    ),
    (
        "a branch without a reflog",
        "git config core.logAllRefUpdates false; rm -r .git/logs; git commit -q -m Found",
    ),
    (
        "an expired reflog",
        "git commit -q -m Found; git reflog expire --expire=all --all",
    ),
    (
        "a renamed branch",
        "git commit -q -m Found; git branch -m better",
    ),
    (
        "revert",
        "git reset -q --hard; git revert --no-edit HEAD >/dev/null; git commit -q --amend -m Found",
    ),
    (
        "merge",
        "git switch -q -c side main; git commit -q --allow-empty -m Side; git switch -q feature; git merge -q --no-ff -m Found side",
    ),
];

#[test]
fn every_way_past_the_hooks_is_found() {
    for (name, line) in UNSEEN {
        eprintln!("{name}");
        let repo = begun();
        repo.stage("more", "1\n");
        unseen(&repo, line);
        assert_found(&repo, &["Found"]);
        assert!(repo.note("HEAD").is_some(), "{name}");
    }
}

#[test]
fn a_client_that_embeds_libgit2_is_followed() {
    let repo = begun();
    repo.stage("more", "1\n");
    let inner = git2::Repository::open(repo.path()).expect("a repository");
    let tree = inner
        .index()
        .and_then(|mut index| index.write_tree())
        .expect("a tree");
    let tree = inner.find_tree(tree).expect("a tree");
    let head = inner
        .head()
        .and_then(|head| head.peel_to_commit())
        .expect("a commit");
    let when = git2::Time::new(repo.sandbox().now().timestamp(), 0);
    let ada = git2::Signature::new("Ada", "ada@example.org", &when).expect("a signature");
    let made = inner.commit(Some("HEAD"), &ada, &ada, "Found\n", &tree, &[&head]);
    let made = inner
        .find_commit(made.expect("a commit"))
        .expect("a commit");
    assert_found(&repo, &["Found"]);
    made.amend(
        Some("HEAD"),
        None,
        None,
        None,
        Some("Found, reworded\n"),
        None,
    )
    .expect("a commit");
    repo.session(&["status"]).done();
    assert!(repo.note("HEAD").is_some(), "its record followed it");
    assert_found(&repo, &["Found"]);
}

/// Steps that bring no work of this session, though the branch moves.
const NOT_OURS: &[(&str, &str)] = &[
    ("fast-forward", "git merge -q --ff-only theirs"),
    ("pull", "git pull -q --ff-only . theirs"),
    (
        "fast-forward with a message that is not used",
        "git merge -q -m unused theirs",
    ),
    ("reset", "git reset -q --hard theirs"),
    (
        "branch -f",
        "git switch -q --detach; git branch -f feature theirs; git switch -q feature",
    ),
    (
        "update-ref to what a branch has",
        "git update-ref HEAD theirs; git reset -q --hard",
    ),
    (
        "somebody else's, by plumbing",
        "git update-ref HEAD $(echo Foreign | GIT_AUTHOR_EMAIL=bob@example.org git commit-tree 'HEAD^{tree}' -p HEAD)",
    ),
    ("picked", "git cherry-pick theirs >/dev/null"),
    ("rebased", "git rebase -q theirs"),
    (
        "given up",
        "git commit -q --allow-empty -m Gone; git reset -q --hard HEAD~",
    ),
    (
        "on no branch",
        "git switch -q --detach; git commit -q --allow-empty -m Gone; git switch -q feature",
    ),
    (
        "on another branch",
        "git switch -q -c other; git commit -q --allow-empty -m Gone; git switch -q feature",
    ),
    (
        "stash",
        "echo x >>work; git stash -q; git stash pop -q; git checkout -q work",
    ),
];

#[test]
fn what_was_not_made_in_the_session_is_left_alone() {
    for (name, line) in NOT_OURS {
        eprintln!("{name}");
        let repo = begun();
        unseen(
            &repo,
            "git switch -q -c theirs; for i in 1 2; do echo $i >theirs-$i; git add .; git commit -q -m Theirs; done; git switch -q feature",
        );
        unseen(&repo, line);
        assert_found(&repo, &[]);
    }
}

#[test]
fn commits_from_before_the_session_and_between_sessions_are_plain() {
    let repo = Repo::new();
    unseen(
        &repo,
        "git switch -q -c feature; git commit -q --allow-empty -m Before",
    );
    repo.session(&["start"]).done();
    assert_found(&repo, &[]);
    repo.session(&["end"]).done();
    unseen(&repo, "git commit -q --allow-empty -m Between");
    repo.session(&["start", "--resume"]).done();
    assert_found(&repo, &[]);
    unseen(&repo, "git commit -q --allow-empty -m Inside");
    assert_found(&repo, &["Inside"]);
}

#[test]
fn nothing_is_recorded_where_it_is_switched_off() {
    let repo = begun();
    repo.config("session.enabled", "false");
    unseen(&repo, "git commit -q --allow-empty -m Off");
    repo.session(&["status"]).done();
    repo.config("session.enabled", "true");
    assert_found(&repo, &[]);
}

#[test]
fn a_pause_is_not_ended_by_what_is_found() {
    let repo = begun();
    repo.session(&["pause"]).done();
    unseen(&repo, "git commit -q --allow-empty -m Found");
    assert_found(&repo, &["Found"]);
    assert!(repo.session(&["status"]).text().contains("paused"));
}

#[test]
fn many_commits_are_taken_in_bounded_and_counted() {
    let repo = begun();
    let commit = "commit refs/heads/feature\ncommitter Ada <ada@example.org> now\ndata 3\nOne";
    let first = format!("{commit}from refs/heads/feature^0\n");
    repo.write("../stream", first + &format!("{commit}\n").repeat(229));
    unseen(
        &repo,
        "git fast-import --quiet --date-format=now <../stream",
    );
    let hooks = hooks(&repo);
    assert_eq!(hooks["adopted"], 200, "{hooks}");
    assert_eq!(hooks["seen"], 231, "{hooks}");
    let hooks = self::hooks(&repo);
    assert_eq!(hooks["recorded"], 231, "the next command goes on: {hooks}");
}

#[test]
fn two_commands_at_once_record_once() {
    let repo = begun();
    for i in 0..10 {
        unseen(
            &repo,
            &format!("git commit -q --allow-empty -m 'Found {i}'"),
        );
    }
    repo.sandbox().real_clock();
    thread::scope(|scope| {
        let mut children: Vec<_> = (0..4).map(|_| repo.spawn(&["session", "status"])).collect();
        scope.spawn(move || {
            for child in &mut children {
                assert!(child.wait().expect("it runs").success());
            }
        });
    });
    assert_eq!(
        records(&repo)
            .iter()
            .filter(|(_, adopted)| *adopted)
            .count(),
        10
    );
}

#[test]
fn a_rewrite_of_another_branch_with_our_commits_takes_the_records_along() {
    let repo = begun();
    unseen(
        &repo,
        "git switch -q -c theirs main; git commit -q --allow-empty -m Theirs",
    );
    repo.git(&["switch", "-q", "--no-track", "-c", "copy", "feature"])
        .done();
    repo.git(&["rebase", "-q", "theirs"]).done();
    assert_eq!(repo.note("HEAD"), None);
    insta::assert_snapshot!(repo.session(&["list"]), @"
    --- stdout
      Branch   State   Done  Active  Last activity  Session
      feature  active   0/1     10m  just now       feature-20261120-wxxsrz
    --- stderr
    Linked the records of 1 commit to their copies.
    [EOF]
    ");
    assert!(repo.note("HEAD").is_some());
    assert!(repo.note("feature").is_some(), "the original keeps its own");
    let shown = repo.session(&["show", "HEAD"]).text();
    assert!(shown.contains("Reach the goal"), "{shown}");
}

#[test]
fn a_rebase_that_is_given_up_leaves_nothing() {
    let repo = begun();
    unseen(
        &repo,
        "git switch -q -c theirs main; echo clash >work; git add work; git commit -q -m Theirs",
    );
    repo.switch("feature");
    repo.commit("other", "1\n", "Another");
    assert!(!repo.sh("git rebase -q theirs").success(), "it stops");
    repo.session(&["status"]).done();
    repo.git(&["rebase", "--abort"]).done();
    repo.session(&["status"]).done();
    let followed = |event: &serde_json::Value| event["kind"] == "commit.rewritten";
    assert!(!repo.events().iter().any(followed));
}

#[test]
fn doctor_counts_what_no_hook_saw_and_records_all_of_it() {
    let repo = begun();
    for i in 0..3 {
        unseen(
            &repo,
            &format!("git commit -q --allow-empty -m 'Found {i}'"),
        );
    }
    let check = |args: &[&str]| {
        let output = repo.session(&[&["doctor", "--json"], args].concat());
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let checks = json["checks"].as_array().expect("a list").iter();
        let mut found = checks.filter(|check| check["id"] == "recorded").cloned();
        found.next().expect("the check")
    };
    let before = repo.events();
    let found = check(&[]);
    assert_eq!(found["state"], "warn", "{found}");
    assert_eq!(found["summary"], "4 commits seen, 1 recorded", "{found}");
    assert_eq!(repo.events(), before, "looking writes nothing");
    check(&["--fix"]);
    assert_eq!(records(&repo).len(), 4);
    assert_eq!(
        check(&[])["summary"],
        "4 commits seen, 4 recorded, 3 of them without a hook"
    );
}

/// A branch `main` with commits, where nobody has a session, and `topic` with a session.
fn beside_main() -> Repo {
    let repo = Repo::new();
    repo.git(&["switch", "-q", "-c", "topic"]).done();
    repo.session(&["start", "-o", "Goal"]).done();
    repo
}

/// Which sessions' records a commit shows: the subjects of the commits that they were made for.
fn shown(repo: &Repo, revision: &str) -> String {
    let output = repo.session(&["show", revision]);
    format!("{output}")
}

#[test]
fn a_squash_is_linked_to_the_commit_that_it_becomes() {
    let repo = beside_main();
    repo.commit("one", "1\n", "One");
    unseen(
        &repo,
        "echo 1 >two; git add two; git commit -q -m 'Two, which no hook saw'",
    );
    repo.session(&["status"]).done();
    repo.switch("main");
    repo.git(&["merge", "-q", "--squash", "topic"]).done();
    repo.git(&["commit", "-q", "-m", "Squashed"]).done();
    repo.session(&["list"]).done();
    let note = repo.git(&["notes", &repo.notes(), "show", "HEAD"]).text();
    assert_eq!(note.lines().count(), 2, "{note}");
    repo.switch("topic");
    assert_eq!(
        repo.git(&["notes", &repo.notes(), "show", "HEAD~"])
            .text()
            .lines()
            .count(),
        1
    );
}

#[test]
fn a_squash_that_is_given_up_is_linked_to_nothing() {
    let repo = beside_main();
    repo.commit("one", "1\n", "One");
    repo.switch("main");
    repo.session(&["list"]).done();
    repo.git(&["merge", "-q", "--squash", "topic"]).done();
    repo.git(&["reset", "-q", "--hard"]).done();
    repo.commit("other", "1\n", "Unrelated");
    repo.session(&["list"]).done();
    assert_eq!(repo.note("HEAD"), None, "{}", shown(&repo, "HEAD"));
}

#[test]
fn a_pruned_commit_does_not_become_an_old_one_with_its_subject() {
    let repo = Repo::new();
    repo.commit("typo", "1\n", "Fix typo");
    repo.git(&["switch", "-q", "-c", "topic"]).done();
    repo.session(&["start", "-o", "Goal"]).done();
    repo.commit("typo", "2\n", "Fix typo");
    repo.git(&["reset", "-q", "--hard", "HEAD~"]).done();
    repo.git(&["reflog", "expire", "--expire=now", "--all"])
        .done();
    repo.git(&["gc", "-q", "--prune=now"]).done();
    repo.session(&["status"]).done();
    assert_eq!(repo.note("HEAD"), None);
}

#[test]
fn another_commit_of_the_same_second_is_another_commit() {
    for hooks in ["1", "0"] {
        let repo = beside_main();
        repo.commit("parser", "1\n", "Add the parser");
        repo.git(&["reset", "-q", "--hard", "HEAD~"]).done();
        repo.with("GIT_SESSION", hooks)
            .commit("docs", "1\n", "Write it down");
        repo.session(&["status"]).done();
        let note = repo.note("HEAD").expect("one record");
        assert_eq!(note["impact"]["added"], serde_json::json!(["docs"]));
    }
}

#[test]
fn a_subject_is_no_word_of_git() {
    let repo = Repo::new();
    for i in 0..3 {
        unseen(&repo, &format!("git commit -q --allow-empty -m 'Old {i}'"));
    }
    repo.session(&["start", "-o", "Goal"]).done();
    repo.commit("one", "1\n", "One");
    repo.wait(1);
    unseen(
        &repo,
        "git commit -q --amend -m \"Rebase it onto $(git rev-parse HEAD~2)\"",
    );
    repo.session(&["status"]).done();
    assert_eq!(records(&repo).len(), 1);
}

#[test]
fn a_branch_that_is_stacked_on_it_hides_no_commit() {
    let repo = begun();
    unseen(
        &repo,
        "git commit -q --allow-empty -m Draft; git commit -q --amend --allow-empty -m Found; git switch -q -c next; git switch -q feature",
    );
    assert_found(&repo, &["Found"]);
}

#[test]
fn commits_from_before_the_session_stay_plain_when_they_are_rebased() {
    let repo = Repo::new();
    unseen(
        &repo,
        "git switch -q -c up; git commit -q --allow-empty -m Up; git switch -q -c feature main; for i in 1 2; do echo $i >old-$i; git add .; git commit -q -m \"Old $i\"; done",
    );
    repo.session(&["start", "-o", "Goal"]).done();
    repo.commit("new", "1\n", "New");
    repo.git(&["rebase", "-q", "up"]).done();
    repo.session(&["status"]).done();
    assert_eq!(records(&repo), [("New".into(), false)]);
    assert_eq!(repo.note("HEAD~"), None);
}

#[test]
fn a_long_line_that_was_reset_away_is_no_part_of_the_branch() {
    let repo = begun();
    let commit = "commit refs/heads/feature\ncommitter Ada <ada@example.org> now\ndata 3\nOne";
    let first = format!("{commit}from refs/heads/feature^0\n");
    repo.write("../stream", first + &format!("{commit}\n").repeat(1300));
    unseen(
        &repo,
        "git fast-import --quiet --date-format=now <../stream; git reset -q --hard HEAD~1301",
    );
    assert_found(&repo, &[]);
}

#[test]
fn a_date_in_the_future_keeps_nothing_from_being_recorded() {
    let repo = begun();
    let run = repo.message("HEAD");
    repo.write("../message", run.replace("Seen", "Found"));
    unseen(
        &repo,
        "GIT_COMMITTER_DATE=2031-01-01T00:00:00Z git commit -q --allow-empty -F ../message",
    );
    assert_found(&repo, &["Found"]);
}

#[test]
fn a_clock_that_was_ahead_does_not_part_a_branch_from_its_session() {
    let repo = Repo::new();
    repo.sh("GIT_COMMITTER_DATE='2031-01-01T00:00:00Z' git switch -q -c feature")
        .done();
    repo.session(&["start", "-o", "Goal"]).done();
    repo.commit("one", "1\n", "One");
    assert_eq!(repo.session(&["status"]).news(), "");
    assert!(repo.mapped("feature").is_some());
}

#[test]
fn without_the_cursor_nothing_from_before_the_session_is_taken_in() {
    let repo = Repo::new();
    unseen(
        &repo,
        "for i in 1 2; do git commit -q --allow-empty -m Old; done",
    );
    repo.session(&["start", "-o", "Goal"]).done();
    repo.commit("one", "1\n", "One");
    std::fs::remove_file(repo.session_file("seen.json")).expect("it is there");
    assert_found(&repo, &[]);
}

#[test]
fn strangers_who_name_a_session_get_none_of_its_records() {
    let repo = beside_main();
    repo.config("session.trailers", "id");
    for i in 0..3 {
        repo.commit(&format!("own-{i}"), "1\n", "Own");
        repo.wait(1);
    }
    let id = repo.session_id();
    repo.switch("main");
    repo.session(&["list"]).done();
    let bob = format!(
        "export GIT_AUTHOR_NAME=Bob GIT_AUTHOR_EMAIL=bob@example.org; git switch -q -c theirs; \
        for i in $(seq 30); do git commit -q --allow-empty -m \"Theirs $i\n\nSession-Id: {id}\"; done; git switch -q main; git merge -q --ff-only theirs"
    );
    unseen(&repo, &bob);
    assert_eq!(repo.session(&["list"]).news(), "");
    assert_eq!(repo.note("HEAD"), None);
}

#[test]
fn a_copy_that_comes_with_a_merge_is_linked() {
    let repo = beside_main();
    repo.commit("one", "1\n", "One");
    repo.switch("main");
    unseen(
        &repo,
        "git switch -q -c host; git cherry-pick topic >/dev/null; git commit -q --allow-empty -m Host; git switch -q main; git commit -q --allow-empty -m Own; git merge -q --no-edit host",
    );
    repo.session(&["list"]).done();
    assert!(repo.note("host~").is_some());
}
