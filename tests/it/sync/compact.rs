//! Refs of clones that have shared nothing for long become one, and nobody reads anything else than before.

use insta::assert_snapshot;

use super::team::Team;
use crate::support::Repo;

/// What a clone shows of a session.
fn shown(repo: &Repo, session: &str) -> String {
    repo.session(&["--json", "show", session]).text()
}

#[test]
fn idle_clones_become_one_and_nothing_changes() {
    let team = Team::new();
    let ada = team.ada();
    let id = ada.session_id();
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes"]).done();
    bob.session(&["resume", "feature/auth"]).done();
    bob.session(&["objectives", "add", "From Bob"]).done();
    bob.session(&["objectives", "add", "Taken back"]).done();
    bob.session(&["undo"]).done();
    bob.commit("bob", "1\n", "Bob's");
    bob.session(&["sync"]).done();
    // both are away for a hundred days
    ada.wait(100 * 24 * 60);
    let cleo = team.clone("cleo");
    cleo.session(&["start", "other", "-o", "Fresh"]).done();
    cleo.session(&["sync", "--yes"]).done();
    let before = shown(&cleo, &id);
    assert_eq!(
        team.shared_refs()
            .lines()
            .filter(|line| line.contains("session/log"))
            .count(),
        3
    );
    assert_snapshot!(cleo.session(&["sync", "--compact"]), @"
    --- stdout
    sent      nothing new to origin
    united    2 idle clones
    received  nothing new
    [EOF]
    ");
    assert_eq!(
        team.shared_refs()
            .lines()
            .filter(|line| line.contains("session/log"))
            .count(),
        2
    );
    assert_eq!(shown(&cleo, &id), before);
    let head = bob.head();
    let refs = cleo
        .git(&[
            "for-each-ref",
            "--format=%(refname)",
            "refs/notes/session-remote",
        ])
        .text();
    let noted = |name: &str| {
        cleo.git(&["notes", &format!("--ref={name}"), "show", &head])
            .success()
    };
    assert!(refs.lines().any(noted), "{refs}");
    // a second time there is nothing to do
    assert_snapshot!(cleo.session(&["sync", "--compact"]), @"
    --- stdout
    sent      nothing new to origin
    received  nothing new
    [EOF]
    ");
    // who comes back goes on, and sees the same as everybody
    bob.session(&["objectives", "add", "Bob is back"]).done();
    bob.session(&["sync"]).done();
    cleo.session(&["sync"]).done();
    ada.session(&["sync"]).done();
    let list = |repo: &Repo| {
        repo.session(&["objectives", "list", "--all", "--session", &id])
            .text()
    };
    for text in ["From Bob", "Bob is back"] {
        assert!(list(&ada).contains(text), "{}", list(&ada));
        assert!(list(&cleo).contains(text), "{}", list(&cleo));
    }
    assert!(!list(&cleo).contains("Taken back"), "{}", list(&cleo));
}
