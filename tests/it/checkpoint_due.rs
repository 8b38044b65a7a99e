//! Checkpoints that make themselves: when, by whom, what is said, what happens when one cannot be written, and
//! which of them are kept.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use super::support::{Output, Repo};

/// A session with a change that no commit has, half an hour after it began.
fn overdue() -> Repo {
    let repo = Repo::in_session();
    repo.write("a.rs", "fn a() {}\n");
    repo.wait(31);
    repo
}

/// How many checkpoints were made.
fn made(repo: &Repo) -> usize {
    let created = |event: &serde_json::Value| event["kind"] == "checkpoint.created";
    repo.events().iter().filter(|event| created(event)).count()
}

/// What `status --json` says of checkpoints.
fn saved(repo: &Repo) -> serde_json::Value {
    let text = repo.session(&["status", "--json"]).text();
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    json["session"]["checkpoint"].clone()
}

/// The mark that hooks leave.
fn mark(repo: &Repo) -> Option<String> {
    std::fs::read_to_string(repo.git_path("session-due")).ok()
}

#[test]
fn the_first_command_after_half_an_hour_makes_it() {
    let repo = Repo::in_session();
    repo.write("a.rs", "fn a() {}\n");
    repo.wait(29);
    repo.session(&["list"]).done();
    assert_eq!(made(&repo), 0);
    repo.wait(2);
    let list = repo.session(&["status", "--short"]);
    insta::assert_snapshot!(list, @"
    --- stdout
    feature active | 0/1 | 0m | Reach the goal
    --- stderr
    Saved the checkpoint that was due, cp-2hzy: 1 file +1 -0.
    [EOF]
    ");
    assert_eq!(made(&repo), 1);
    // nothing is saved twice, and a clean work tree is not saved
    repo.wait(31);
    repo.session(&["list"]).done();
    repo.git(&["add", "."]).done();
    repo.git(&["commit", "-qm", "Change"]).done();
    repo.wait(31);
    repo.session(&["list"]).done();
    assert_eq!(made(&repo), 1);
    insta::assert_snapshot!(repo.session(&["status"]), @"
    --- stdout
    Session on feature
    active, 0m so far, started 1 h ago (feature-20261120-wxxsrz)

    Objectives (0 of 1 done)
      [ ] Reach the goal (obj-5vy9, obj-1)

    Work tree
      feature: clean

    Commits
      946e0c0 Change (31 min ago)
      1 commit seen, 1 recorded, last hook 31 min ago, under 1 ms

    Checkpoint
      cp-2hzy automatic (1 h ago)

    Next: git session objectives complete obj-5vy9
    [EOF]
    ");
    repo.assert_quiet();
}

#[test]
fn a_commit_and_a_switch_leave_a_mark_once() {
    let repo = Repo::in_session();
    repo.commit("a", "1", "Change");
    assert_eq!(mark(&repo), None);
    repo.wait(31);
    repo.commit("a", "2", "Change");
    let session = repo.session_id();
    assert_eq!(
        mark(&repo),
        Some(format!("{session} 2026-11-20T09:30:00+00:00\n"))
    );
    let written = || {
        std::fs::metadata(repo.git_path("session-due"))
            .expect("it is there")
            .modified()
    };
    let before = written().expect("a time");
    repo.wait(5);
    repo.commit("a", "3", "Change");
    assert_eq!(written().expect("a time"), before);
    // the first look finds nothing, and the mark goes
    repo.session(&["list"]).done();
    assert_eq!(mark(&repo), None);
    repo.commit("a", "4", "Change");
    assert_eq!(mark(&repo), None);
    repo.switch("main");
    repo.wait(31);
    repo.switch("feature");
    assert!(mark(&repo).is_some());
    repo.write("a", "5");
    repo.session(&["checkpoint"]).done();
    assert_eq!(mark(&repo), None);
    assert_eq!(made(&repo), 1);
    repo.assert_quiet();
}

#[test]
fn without_auto_checkpoint_it_is_only_said() {
    let repo = overdue();
    repo.config("session.autoCheckpoint", "false");
    let status = repo.session(&["status"]);
    let id = repo.session_id();
    insta::assert_snapshot!(status.show_as(&id, "[ID]"), @"
    --- stdout
    Session on feature
    active, 0m so far, started 31 min ago ([ID])

    Objectives (0 of 1 done)
      [ ] Reach the goal (obj-5vy9, obj-1)

    Work tree
      feature: 1 untracked

    Checkpoint
      due since 2026-11-20 09:30: git session checkpoint

    Next: git session checkpoint
    [EOF]
    ");
    insta::assert_snapshot!(repo.session(&["status", "--short"]), @"
    --- stdout
    feature active | 0/1 | 0m | Reach the goal | checkpoint due
    [EOF]
    ");
    assert_eq!(saved(&repo)["due_since"], "2026-11-20T09:30:00Z");
    assert_eq!(made(&repo), 0);
    repo.session(&["checkpoint", "-l", "mine"]).done();
    assert_eq!(saved(&repo)["due_since"], serde_json::Value::Null);
    assert_eq!(saved(&repo)["last"]["label"], "mine");
    repo.wait(10);
    let status = repo.session(&["status"]).text();
    assert!(
        status.contains("mine (10 min ago)") && !status.contains("due since"),
        "{status}"
    );
}

#[test]
fn if_due_is_for_scripts() {
    let repo = Repo::in_session();
    repo.write("a.rs", "fn a() {}\n");
    insta::assert_snapshot!(repo.session(&["checkpoint", "--if-due"]), @"
    --- stderr
    No checkpoint is due yet.
    [EOF]
    ");
    assert_eq!(made(&repo), 0);
    repo.wait(31);
    let due = repo.session(&["checkpoint", "--if-due"]);
    insta::assert_snapshot!(due, @"
    --- stdout
    Saved cp-2hzy (31607db)
      1 file +1 -0 since the session began
    [EOF]
    ");
    let cause = repo.events().last().expect("one")["data"]["cause"].clone();
    assert_eq!(cause, "automatic", "scripts make no more than are kept");
    repo.wait(31);
    insta::assert_snapshot!(repo.session(&["checkpoint", "--if-due"]), @"
    --- stderr
    There is nothing new to save.
    [EOF]
    ");
    assert_eq!(made(&repo), 1);
    repo.write("a.rs", "fn b() {}\n");
    repo.wait(31);
    repo.session(&["checkpoint", "--if-due", "-l", "nightly"])
        .done();
    let last = repo.events().last().expect("one")["data"].clone();
    assert_eq!(
        (&last["cause"], &last["label"]),
        (&"manual".into(), &"nightly".into())
    );
}

/// Runs a command as somebody who may write everything but objects; `None` where rights cannot be dropped.
fn without_objects(repo: &Repo, args: &[&str]) -> Option<Output> {
    let objects = repo.path().join(".git/objects");
    let all =
        "find .git . -type d -exec chmod a+rwx {} + ; find .git . -type f -exec chmod a+rw {} +";
    repo.sh(all).done();
    repo.sh("find .git/objects -type d -exec chmod 555 {} +")
        .done();
    let home = repo.sandbox().root().join("home");
    std::fs::set_permissions(&home, Permissions::from_mode(0o755)).expect("a mode");
    let safe = repo.with("GIT_CONFIG_COUNT", "1");
    let safe = safe.with("GIT_CONFIG_KEY_0", "safe.directory");
    let safe = safe.with("GIT_CONFIG_VALUE_0", "*");
    repo.git(&["config", "--global", "safe.directory", "*"])
        .done();
    let ids = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let git = ["git", "session"];
    let output = safe.run("setpriv", &[&ids[..], &git, args].concat());
    let dropped = safe.run(
        "setpriv",
        &[
            &ids[..],
            &["test", "!", "-w"],
            &[objects.to_str().expect("UTF-8")],
        ]
        .concat(),
    );
    if !dropped.success() {
        eprintln!("skipped: rights cannot be dropped here\n{dropped}");
        return None;
    }
    Some(output)
}

#[test]
fn one_that_cannot_be_written_is_nobodys_failure() {
    let repo = overdue();
    let Some(output) = without_objects(&repo, &["status", "--short"]) else {
        return;
    };
    assert_eq!(output.code, 0, "{output}");
    assert_eq!(output.news().matches("warning:").count(), 1, "{output}");
    assert!(
        output
            .news()
            .contains("The checkpoint that was due could not be made"),
        "{output}"
    );
    assert!(output.to_string().contains("checkpoint due"), "{output}");
    let log = repo.hook_log();
    assert_eq!(log.len(), 1, "{log:?}");
    assert!(
        log[0].starts_with("2026-11-20T09:31:00Z automatic checkpoint: "),
        "{log:?}"
    );
    assert_eq!(made(&repo), 0);
    // the next command does not try again, and says that it is overdue
    let again = without_objects(&repo, &["status"]).expect("as before");
    assert_eq!(again.news(), "", "{again}");
    assert!(
        again.to_string().contains(
            "due since 2026-11-20 09:30, the last try failed just now: git session checkpoint"
        ),
        "{again}"
    );
    // five minutes later it does
    repo.wait(5);
    let again = without_objects(&repo, &["list"]).expect("as before");
    assert_eq!((again.code, repo.hook_log().len()), (0, 2), "{again}");
    // typed, it is the failure of who typed it
    let typed = without_objects(&repo, &["checkpoint"]).expect("as before");
    assert_eq!(typed.code, 1, "{typed}");
    let typed = without_objects(&repo, &["checkpoint", "--if-due"]).expect("as before");
    assert_eq!(typed.code, 1, "{typed}");
    repo.sh("find .git/objects -type d -exec chmod 755 {} +")
        .done();
    repo.wait(5);
    repo.session(&["list"]).done();
    assert_eq!(made(&repo), 1);
    assert_eq!(saved(&repo)["failed_at"], serde_json::Value::Null);
}

/// The commits of all checkpoints, oldest first.
fn commits(repo: &Repo) -> Vec<String> {
    let events = repo.events().into_iter();
    let created = events.filter(|event| event["kind"] == "checkpoint.created");
    let commit =
        |event: serde_json::Value| event["data"]["commit"].as_str().expect("an id").to_owned();
    created.map(commit).collect()
}

/// Two automatic checkpoints more than are kept, a manual one first.
fn many(repo: &Repo) -> Vec<String> {
    repo.config("session.checkpoint.keepAutomatic", "2");
    repo.write("a.rs", "manual");
    repo.session(&["checkpoint", "-l", "mine"]).done();
    for round in 0..4 {
        repo.wait(31);
        repo.write("a.rs", round.to_string());
        repo.write(&format!("u{round}"), round.to_string());
        repo.session(&["list"]).done();
    }
    let commits = commits(repo);
    assert_eq!(commits.len(), 5);
    commits
}

/// Which of the commits are there after git has tidied up, and the blob of the dropped file content.
fn after_gc(repo: &Repo, commits: &[String]) -> Vec<bool> {
    repo.git(&["reflog", "expire", "--expire=now", "--all"])
        .done();
    repo.git(&["gc", "--quiet", "--prune=now"]).done();
    let there = |commit: &String| repo.git(&["cat-file", "-e", commit]).success();
    commits.iter().map(there).collect()
}

#[test]
fn dropped_ones_are_freed_and_kept_ones_stay() {
    let repo = Repo::in_session();
    let commits = many(&repo);
    assert_eq!(after_gc(&repo, &commits), [true, false, false, true, true]);
    let fsck = repo.git(&["fsck", "--strict", "--no-dangling"]);
    assert!(fsck.success() && fsck.stdout.is_empty(), "{fsck}");
    let count = repo.git(&["count-objects", "-v"]).text();
    assert!(
        count.contains("count: 0\n") && count.contains("garbage: 0"),
        "{count}"
    );
    repo.git(&["stash", "-u", "-q"]).done();
    repo.git(&["stash", "apply", "-q", "--index", &commits[0]])
        .done();
    assert_eq!(repo.read("a.rs"), "manual");
}

#[test]
fn a_reflog_keeps_no_dropped_one() {
    let repo = Repo::in_session();
    repo.config("core.logAllRefUpdates", "always");
    let commits = many(&repo);
    // without expiring anything: a reflog would keep them for months
    repo.git(&["gc", "--quiet", "--prune=now"]).done();
    let there: Vec<bool> = commits
        .iter()
        .map(|commit| repo.git(&["cat-file", "-e", commit]).success())
        .collect();
    assert_eq!(there, [true, false, false, true, true]);
    assert_eq!(after_gc(&repo, &commits), there);
}
