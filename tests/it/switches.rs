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
