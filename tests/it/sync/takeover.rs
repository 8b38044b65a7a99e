//! A session of another clone: seen, shown, taken over, ended.

use insta::assert_snapshot;

use super::team::Team;

#[test]
fn a_branch_tells_of_the_session_that_another_clone_has_on_it() {
    let team = Team::new();
    team.ada();
    let bob = team.clone("bob").with_hooks();
    bob.wait(120);
    bob.session(&["sync", "--yes"]).done();
    assert_snapshot!(bob.session(&["list"]), @r#"
    --- stderr
    This clone has no sessions yet.
    hint: git session start -o "what is to be reached"
    1 open session of other clones: git session list --all
    [EOF]
    "#);
    assert_snapshot!(bob.session(&["list", "--all"]), @"
    --- stdout
      Branch        State        Done  Active  Last activity  Session
      feature/auth  active, Ada   0/2      5m  2 h ago        feature-auth-20261120-5s4x9w
    [EOF]
    ");
    let switched = bob.session(&["switch", "feature/auth"]);
    assert_snapshot!(switched, @"
    --- stdout
    Switched to feature/auth
      1 ahead of and 0 behind main, 1 file differs
    --- stderr
    session of Ada, 2 h ago: git session resume
    [EOF]
    ");
    bob.git(&["switch", "-q", "-"]).done();
    bob.config("session.briefOnCheckout", "always");
    assert_snapshot!(bob.git(&["switch", "-q", "feature/auth"]), @"
    --- stderr
    session of Ada, 2 h ago: git session resume
    [EOF]
    ");
    assert_snapshot!(bob.session(&["status"]), @"
    --- stdout
    No session on feature/auth

    feature/auth: clean, level with its upstream
    Ada has a session on it in another clone, last active 2 h ago

    Next: git session resume
    [EOF]
    ");
    assert_snapshot!(bob.session(&["resume"]), @"
    --- stdout
    Session restored:
      Progress: 0/2 (0%)

    session feature/auth: 5m active
      objectives  0 of 2 done
      current     Google OAuth (obj-9r5v)
      decided     Use PKCE (dec-bsqc)

    Next: git session objectives complete obj-9r5v
    --- stderr
    The session of Ada on feature/auth goes on here.
    [EOF]
    ");
    assert_snapshot!(bob.session(&["status", "--objectives"]), @"
    --- stdout
    [ ] Google OAuth (obj-9r5v)
    [ ] GitHub OAuth (obj-qnf9)
    [EOF]
    ");
    let events = bob.events();
    assert_eq!(events.len(), 1, "nothing was copied: {events:?}");
    assert_eq!(events[0]["kind"], "session.taken_over");
    bob.commit("src/auth.rs", "two\n", "Go on");
    assert_snapshot!(bob.message("HEAD"), @"
    Go on

    Session-Objectives: [>] Google OAuth (this commit)
    Session-Objectives: [ ] GitHub OAuth (next)
    Impact: modified src/auth.rs
    Session-Id: feature-auth-20261120-5s4x9w
    ");
    bob.assert_quiet();
}

#[test]
fn start_and_resume_take_it_over_and_new_does_not() {
    let team = Team::new();
    let ada = team.ada();
    let id = ada.session_id();
    for (name, arguments) in [
        ("bob", &["start", "feature/auth"][..]),
        ("cleo", &["resume", "feature/auth"]),
        ("dan", &["start", "feature/auth", "--new"]),
    ] {
        let clone = team.clone(name);
        clone.session(&["sync", "--yes", "--fetch"]).done();
        let output = clone.session(arguments).ok();
        let taken = clone.session_id() == id;
        assert_eq!(taken, name != "dan", "{name}: {output}");
        let hooks = clone.session(&["hooks", "status"]).text();
        assert!(hooks.contains("post-commit"), "{hooks}");
    }
    let json = team.clone("eve");
    json.session(&["sync", "--yes", "--fetch"]).done();
    let started = json.session(&["--json", "start", "feature/auth"]).text();
    assert!(started.contains("\"kind\": \"handoff\""), "{started}");
    assert!(
        started.contains("\"taken_over\": \"Ada <ada@example.org>\""),
        "{started}"
    );
}

#[test]
fn a_session_on_a_branch_that_was_not_fetched_says_so() {
    let team = Team::new();
    let bob = team.clone("bob");
    team.ada();
    bob.session(&["sync", "--yes", "--fetch"]).done();
    assert_snapshot!(bob.session(&["resume", "feature/auth"]), @"
    --- stderr
    error: Ada has a session on feature/auth, but the branch is not here
    hint: git fetch
    hint: git session show feature-auth-20261120-5s4x9w
    --- exit 1
    [EOF]
    ");
    bob.git(&["fetch", "-q"]).done();
    bob.session(&["resume", "feature/auth"]).done();
}

#[test]
fn what_both_wrote_is_one_session() {
    let team = Team::new();
    let ada = team.ada();
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes"]).done();
    bob.session(&["resume", "feature/auth"]).done();
    let handle = "obj-";
    let listed = bob.session(&["--json", "objectives", "list"]).text();
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    let first = listed["objectives"][0]["handle"]
        .as_str()
        .expect("a handle")
        .to_owned();
    assert!(first.starts_with(handle));
    bob.session(&["objectives", "complete", &first]).done();
    bob.session(&["blockers", "add", "No test account"]).done();
    bob.commit("src/auth.rs", "two\n", "Finish Google");
    bob.git(&["push", "-q", "origin", "feature/auth"]).done();
    bob.session(&["sync"]).done();
    ada.git(&["pull", "-q", "origin", "feature/auth"]).done();
    ada.session(&["sync"]).done();
    let shown = ada.session(&["show", &ada.session_id()]).text();
    assert!(
        shown.contains("[x] Google OAuth") && shown.contains("No test account"),
        "{shown}"
    );
    // the hooks know it as well
    ada.commit("src/github.rs", "one\n", "Begin GitHub");
    assert_eq!(
        ada.trailers("HEAD", "Session-Objectives"),
        ["[>] GitHub OAuth (this commit)"]
    );
}

#[test]
fn a_session_that_another_clone_has_ended_is_not_mapped_any_more() {
    let team = Team::new();
    let ada = team.ada();
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes"]).done();
    bob.session(&["resume", "feature/auth"]).done();
    bob.session(&["end", "--no-push"]).done();
    bob.session(&["sync"]).done();
    assert_snapshot!(ada.session(&["sync"]), @"
    --- stdout
    sent      nothing new to origin
    received  3 events of 1 session
    --- stderr
    Bob has ended the session on feature/auth.
    [EOF]
    ");
    assert_eq!(ada.mapped("feature/auth"), None);
    ada.commit("later", "1\n", "Plain");
    assert_eq!(ada.runs("HEAD"), 0);
    // and it can be opened again here
    ada.session(&["start", "--resume"]).done();
    ada.commit("more", "1\n", "Enriched");
    assert_eq!(ada.runs("HEAD"), 1);
}

#[test]
fn it_stays_whole_when_nobody_shares_it_any_more() {
    let team = Team::new();
    team.ada();
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes"]).done();
    bob.session(&["resume", "feature/auth"]).done();
    let id = bob.session_id();
    let refs = team
        .hub
        .git(&[
            "for-each-ref",
            "--format=delete %(refname)",
            "refs/session",
            "refs/notes",
        ])
        .text();
    let line = format!("printf '%s\\n' '{refs}' | git update-ref --stdin");
    team.hub.sh(&line).done();
    bob.git(&["fetch", "-q", "--prune"]).done();
    assert_eq!(bob.session_id(), id);
    let status = bob.session(&["status"]).ok();
    assert!(
        status.answer().contains("Session on feature/auth"),
        "{status}"
    );
    bob.session(&["objectives", "add", "Go on alone"]).done();
    bob.commit("src/auth.rs", "two\n", "Go on");
    assert_eq!(
        bob.trailers("HEAD", "Session-Objectives"),
        ["[>] Go on alone (this commit)"]
    );
}

#[test]
fn a_session_that_ended_here_and_goes_on_elsewhere_is_not_forgotten() {
    let team = Team::new();
    let ada = team.ada();
    let bob = team.clone("bob").with_hooks();
    bob.session(&["sync", "--yes"]).done();
    bob.session(&["resume", "feature/auth"]).done();
    bob.session(&["end", "--no-push"]).done();
    bob.session(&["sync"]).done();
    ada.session(&["sync"]).done();
    ada.session(&["start", "--resume"]).done();
    ada.session(&["sync"]).done();
    assert_snapshot!(bob.session(&["sync"]), @"
    --- stdout
    sent      nothing new to origin
    received  1 event of 1 session
    --- stderr
    Ada goes on with the session on feature/auth.
    [EOF]
    ");
    let status = bob.session(&["status"]).text();
    assert!(
        status.contains("Ada has a session on it in another clone"),
        "{status}"
    );
    assert!(status.contains("Next: git session resume"), "{status}");
    bob.config("session.briefOnCheckout", "always");
    bob.switch("main");
    let switched = bob.git(&["switch", "-q", "feature/auth"]);
    assert!(switched.news().contains("git session resume"), "{switched}");
    bob.session(&["resume"]).done();
    bob.commit("again", "1\n", "Again");
    assert_eq!(bob.runs("HEAD"), 1);
}
