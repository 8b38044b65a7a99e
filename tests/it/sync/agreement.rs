//! The first `sync` asks; what it writes down; which remote is meant; what `--status` and `status` say.

use insta::assert_snapshot;

use super::team::{Team, refused};

#[test]
fn nothing_leaves_before_somebody_has_agreed() {
    let team = Team::new();
    let ada = team.clone("ada");
    ada.session(&["start", "feature", "-o", "Reach the goal"])
        .done();
    let config = ada.read(ada.git_path("config"));
    let output = refused(&team, || ada.session(&["sync"]));
    assert_snapshot!(output, @"
    --- stderr
    Sharing with origin ([ROOT]/hub.git) sends the sessions and notes of this
    clone there, and fetches everyone else's.
      What goes out: objectives, blockers, decisions, learnings, checkpoint-labels, handoffs, commits.
    It adds to remote.origin.fetch in git config:
      +refs/notes/session/*:refs/notes/session-remote/origin/*
      +refs/session/log/*:refs/session-remote/origin/*
    error: nobody has agreed to share with origin yet
    hint: git session sync --yes origin
    --- exit 1
    [EOF]
    ");
    assert_eq!(ada.read(ada.git_path("config")), config);
    assert_snapshot!(ada.session(&["sync", "--status"]), @"
    --- stdout
    remote    none: nothing is shared
    shared    objectives, blockers, decisions, learnings, checkpoint-labels, handoffs, commits
    received  0 sessions from 0 other clones
    --- stderr
    hint: git session sync
    [EOF]
    ");
    let status = ada.session(&["status"]).text();
    assert!(!status.contains("Sharing"), "{status}");
}

#[test]
fn agreeing_writes_two_refspecs_once() {
    let team = Team::new();
    let ada = team.clone("ada");
    ada.session(&["start", "feature", "-o", "Reach the goal"])
        .done();
    ada.commit("a", "1\n", "One");
    assert_snapshot!(ada.session(&["sync", "--yes"]), @"
    --- stdout
    sent      3 events of 1 session to origin
    received  nothing new
    [EOF]
    ");
    ada.session(&["sync", "--yes", "origin"]).done();
    assert_snapshot!(ada.git(&["config", "--get-all", "remote.origin.fetch"]).text(), @"
    +refs/heads/*:refs/remotes/origin/*
    +refs/notes/session/*:refs/notes/session-remote/origin/*
    +refs/session/log/*:refs/session-remote/origin/*
    ");
    assert_eq!(
        ada.git(&["config", "--get-all", "remote.origin.push"]).code,
        1
    );
    // the tool's own refs alone went out
    let names = team
        .hub
        .git(&["for-each-ref", "--format=%(refname)"])
        .text();
    let writer = ada.git(&["config", "session.writer"]).text();
    assert_snapshot!(names.replace(&writer, "[WRITER]"), @"
    refs/heads/main
    refs/notes/session/[WRITER]
    refs/session/log/[WRITER]
    ");
}

#[test]
fn what_waits_is_said() {
    let team = Team::new();
    let ada = team.ada();
    assert!(!ada.session(&["status"]).text().contains("Sharing"));
    ada.session(&["objectives", "add", "Tokens"]).done();
    ada.session(&["note", "add", "stays here"]).done();
    let status = ada.session(&["status"]).text();
    assert!(
        status.contains("1 event of 1 session is not shared yet: git session sync"),
        "{status}"
    );
    ada.commit("b", "2\n", "Two");
    assert_snapshot!(ada.session(&["sync", "--status"]), @"
    --- stdout
    remote    origin ([ROOT]/hub.git)
    waiting   2 events of 1 session
    shared    objectives, blockers, decisions, learnings, checkpoint-labels, handoffs, commits
    received  0 sessions from 0 other clones
    [EOF]
    ");
    let json = ada.session(&["--json", "sync", "--status"]).text();
    assert_snapshot!(json, @r#"
    {
      "schema": "git-session/sync-status/v1",
      "remotes": [
        "origin"
      ],
      "waiting_sessions": 1,
      "waiting_events": 2,
      "share": [
        "objectives",
        "blockers",
        "decisions",
        "learnings",
        "checkpoint-labels",
        "handoffs",
        "commits"
      ],
      "other_clones": 0,
      "other_sessions": 0
    }
    "#);
    assert_snapshot!(ada.session(&["sync"]), @"
    --- stdout
    sent      2 events of 1 session to origin
    received  nothing new
    [EOF]
    ");
    assert_snapshot!(ada.session(&["--json", "sync"]).text(), @r#"
    {
      "schema": "git-session/sync/v1",
      "remotes": [
        {
          "remote": "origin",
          "ok": true,
          "sent_sessions": 0,
          "sent_events": 0,
          "sent_notes": false
        }
      ],
      "received": {
        "sessions": 0,
        "events": 0
      }
    }
    "#);
}

#[test]
fn plain_git_fetch_brings_it_too() {
    let team = Team::new();
    let ada = team.ada();
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes"]).done();
    ada.session(&["objectives", "add", "Tokens"]).done();
    ada.session(&["sync"]).done();
    bob.git(&["fetch", "-q"]).done();
    assert_snapshot!(bob.session(&["list", "--all"]), @"
    --- stdout
      Branch        State        Done  Active  Last activity  Session
      feature/auth  active, Ada   0/3      5m  just now       feature-auth-20261120-5s4x9w
    --- stderr
    Took in 1 event of 1 session from other clones.
    [EOF]
    ");
}

#[test]
fn one_way_is_one_way() {
    let team = Team::new();
    team.ada();
    let bob = team.clone("bob");
    bob.session(&["start", "fix", "-o", "Fix it"]).done();
    let before = team.shared_refs();
    assert_snapshot!(bob.session(&["sync", "--yes", "--fetch"]), @"
    --- stdout
    received  5 events of 1 session
    --- stderr
    hint: git session list --all
    [EOF]
    ");
    assert_eq!(team.shared_refs(), before);
    assert_snapshot!(bob.session(&["sync", "--push"]), @"
    --- stdout
    sent      2 events of 1 session to origin
    [EOF]
    ");
    assert_ne!(team.shared_refs(), before);
}

#[test]
fn the_remote_that_is_meant_is_found_or_asked_for() {
    let team = Team::new();
    let ada = team.clone("ada");
    ada.session(&["start", "feature", "-o", "Reach the goal"])
        .done();
    assert_snapshot!(refused(&team, || ada.session(&["sync", "nowhere"])), @"
    --- stderr
    error: there is no remote `nowhere`
    hint: git remote
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(refused(&team, || ada.session(&["sync", "https://user:secret@example.org/x.git"])), @"
    --- stderr
    error: there is no remote `https://[REDACTED:url-credentials]@example.org/x.git`
    hint: git remote add <name> <url>
    --- exit 1
    [EOF]
    ");
    ada.git(&["remote", "rename", "origin", "one"]).done();
    ada.git(&["remote", "add", "two", "../hub.git"]).done();
    assert_snapshot!(refused(&team, || ada.session(&["sync", "--yes"])), @"
    --- stderr
    error: there are several remotes: one, two
    hint: git session sync <remote>
    --- exit 1
    [EOF]
    ");
    ada.session(&["sync", "--yes", "two"]).done();
    // from now on it is the one
    ada.session(&["sync"]).done();
    ada.git(&["remote", "remove", "one"]).done();
    ada.git(&["remote", "remove", "two"]).done();
    assert_snapshot!(refused(&team, || ada.session(&["sync"])), @"
    --- stderr
    error: there is no remote to share with
    hint: git remote add origin <url>
    --- exit 1
    [EOF]
    ");
}

#[test]
fn the_settings_of_the_remote_do_not_change_what_is_sent() {
    let team = Team::new();
    let ada = team.ada();
    let hook = ada.git_path("hooks/pre-push");
    let failing = ada.sandbox().script("exit 1");
    std::fs::copy(failing, hook).expect("a hook");
    for (key, value) in [
        ("remote.origin.push", "+refs/heads/*:refs/heads/*"),
        ("remote.origin.mirror", "true"),
        ("push.followTags", "true"),
        ("fetch.prune", "true"),
        ("remote.origin.tagOpt", "--tags"),
    ] {
        ada.config(key, value);
    }
    ada.git(&["branch", "private"]).done();
    ada.git(&["tag", "-a", "-m", "x", "private"]).done();
    ada.session(&["objectives", "add", "Tokens"]).done();
    let output = ada.session(&["sync"]).ok();
    assert!(
        output
            .answer()
            .starts_with("sent      1 event of 1 session"),
        "{output}"
    );
    let names = team
        .hub
        .git(&["for-each-ref", "--format=%(refname)"])
        .text();
    assert!(!names.contains("private"), "{names}");
}
