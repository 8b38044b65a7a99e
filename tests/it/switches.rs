//! The settings that switch a part of the hooks off, or on.

use super::support::Repo;

/// The kinds of all events, in order.
fn kinds(repo: &Repo) -> Vec<String> {
    let kind = |event: &serde_json::Value| event["kind"].as_str().unwrap_or_default().to_owned();
    repo.events().iter().map(kind).collect()
}

#[test]
fn without_auto_track_commits_are_enriched_and_nothing_is_recorded() {
    let repo = Repo::in_session();
    let before = kinds(&repo);
    repo.config("session.autoTrack", "false");
    repo.commit("work", "1\n", "Title");
    assert_eq!(repo.runs("HEAD"), 1);
    repo.config("session.briefOnCheckout", "always");
    repo.switch("main");
    let back = repo.git(&["switch", "-q", "-"]).ok();
    assert!(back.news().contains("objectives"), "{back}");
    assert_eq!(kinds(&repo), before);
    assert!(repo.note("HEAD").is_none());
    repo.assert_quiet();
}

#[test]
fn auto_start_begins_a_session_at_the_first_commit_of_a_branch_that_is_not_the_default_one() {
    let repo = Repo::in_session();
    repo.config("session.autoStart", "on");
    repo.switch("main");
    repo.commit("on-main", "1\n", "On the default branch");
    assert_eq!(repo.mapped("main"), None);
    repo.git(&["switch", "-qc", "side"]).done();
    repo.commit("one", "1\n", "One");
    assert_eq!(repo.runs("HEAD"), 0, "the session begins with this commit");
    assert_eq!(repo.mapped("side"), None, "a hook writes no config");
    repo.commit("two", "2\n", "Two");
    assert_eq!(repo.runs("HEAD"), 1);
    let said = repo.session(&["status"]).ok();
    assert!(
        said.news().contains("A hook started a session on side"),
        "{said}"
    );
    assert!(repo.mapped("side").is_some());
    repo.session(&["end"]).done();
    repo.commit("three", "3\n", "Three");
    assert_eq!(repo.runs("HEAD"), 0, "a person ended it");
    repo.assert_quiet();
}

#[test]
fn commands_say_that_nothing_is_recorded() {
    let repo = Repo::new();
    repo.session(&["hooks", "uninstall"]).done();
    let started = repo
        .session(&["start", "side", "-o", "one", "--no-hooks"])
        .ok();
    assert!(
        started.news().contains("The hooks are not installed"),
        "{started}"
    );
    assert!(
        !started.news().contains("will carry Session trailers"),
        "{started}"
    );
    repo.session(&["hooks", "install"]).done();
    assert!(!repo.session(&["status"]).ok().news().contains("hooks"));
    repo.config("session.enabled", "false");
    let said = repo.session(&["status"]).ok();
    assert!(said.news().contains("session.enabled is false"), "{said}");
}

#[test]
fn resume_looks_for_a_session_before_it_switches() {
    let repo = Repo::in_session();
    let branch = repo.git(&["branch", "--show-current"]).text();
    repo.git(&["branch", "plain"]).done();
    let refused = repo.session(&["resume", "plain"]);
    assert!(!refused.success(), "{refused}");
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), branch);
    let tip = repo.commit("work", "1\n", "Title");
    repo.switch("main");
    repo.git(&["branch", "-qD", &branch]).done();
    let refused = repo.session(&["resume", &branch]);
    assert!(
        refused
            .news()
            .contains(&format!("git branch {branch} {}", &tip[..7])),
        "{refused}"
    );
    repo.git(&["branch", &branch, &tip]).done();
    repo.session(&["resume", &branch]).done();
    assert!(repo.mapped(&branch).is_some());
}

#[test]
fn the_clock_of_a_session_starts_when_somebody_is_there() {
    let repo = Repo::in_session();
    repo.session(&["start", "later", "-o", "one", "--no-switch"])
        .done();
    repo.wait(20);
    repo.switch("later");
    repo.wait(5);
    let json: serde_json::Value =
        serde_json::from_str(&repo.session(&["status", "--json"]).text()).expect("JSON");
    assert_eq!(json["session"]["active_seconds"], 300);
}

#[test]
fn a_start_that_is_taken_back_gives_the_branch_to_the_session_before() {
    let repo = Repo::in_session();
    let branch = repo.git(&["branch", "--show-current"]).text();
    let before = repo.mapped(&branch);
    repo.session(&["start", "--new", "-o", "other"]).done();
    assert_ne!(repo.mapped(&branch), before);
    repo.session(&["undo"]).done();
    assert_eq!(repo.mapped(&branch), before);
}

#[test]
fn a_squash_keeps_what_the_folded_commits_said() {
    let repo = Repo::in_session();
    repo.commit("one", "1\n", "One");
    repo.session(&["objectives", "complete", "1"]).done();
    repo.session(&["decisions", "add", "Decided"]).done();
    repo.commit("two", "2\n", "Two");
    let fold = repo
        .with("GIT_SEQUENCE_EDITOR", "sed -i 2s/^pick/fixup/")
        .with("GIT_EDITOR", "true");
    fold.git(&["rebase", "-qi", "HEAD~2"]).done();
    let shown = repo.session(&["show", "HEAD", "--json"]).text();
    for said in ["Decided", "\"x\"", "one", "two"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
}

#[test]
fn a_merge_leaves_what_was_reached_to_the_next_commit() {
    let repo = Repo::in_session();
    repo.commit("one", "1\n", "One");
    let branch = repo.git(&["branch", "--show-current"]).text();
    repo.git(&["switch", "-qc", "side", "main"]).done();
    repo.commit("aside", "1\n", "Aside");
    repo.switch(&branch);
    repo.session(&["objectives", "complete", "1"]).done();
    repo.wait(12);
    repo.git(&["merge", "-q", "--no-ff", "--no-edit", "side"])
        .done();
    assert!(repo.note("HEAD").is_some(), "the merge is recorded");
    repo.wait(3);
    repo.commit("two", "2\n", "Two");
    let reached = repo.trailers("HEAD", "Session-Objectives");
    assert!(
        reached.iter().any(|line| line.starts_with("[x]")),
        "{reached:?}"
    );
    assert_eq!(repo.trailers("HEAD", "Session-Time"), ["15m"]);
    repo.assert_quiet();
}

#[test]
fn what_a_killed_write_left_is_removed_when_it_is_old() {
    let repo = Repo::in_session();
    let old = repo.session_file(".git-session-1-0");
    let fresh = repo.session_file(".git-session-2-0");
    std::fs::write(&old, "half").expect("a file");
    std::fs::write(&fresh, "half").expect("a file");
    let touch = format!("touch -d '1 hour ago' '{}'", old.display());
    repo.sh(&touch).done();
    repo.session(&["objectives", "add", "More"]).done();
    assert!(!old.exists() && fresh.exists());
}

#[test]
fn hooks_for_all_repositories_are_shown_without_a_repository() {
    let repo = Repo::new();
    let outside = repo.at("..");
    let shown = outside.session(&["hooks", "status", "--global"]).text();
    assert_eq!(shown.lines().count(), 6, "{shown}");
    assert!(shown.contains("no hook for all repositories"), "{shown}");
}
