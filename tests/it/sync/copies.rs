//! A clone that was copied as files writes under the same id as the original, until a `sync` notices.

use insta::assert_snapshot;

use super::team::Team;
use crate::support::Repo;

/// The objectives that a clone knows of the session, sorted.
fn objectives(repo: &Repo, session: &str) -> Vec<String> {
    let shown = repo
        .session(&[
            "--json",
            "objectives",
            "list",
            "--all",
            "--session",
            session,
        ])
        .text();
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    let list = shown["objectives"].as_array().expect("a list");
    let mut texts: Vec<_> = list
        .iter()
        .map(|o| o["text"].as_str().expect("a text").to_owned())
        .collect();
    texts.sort();
    texts
}

fn writer(repo: &Repo) -> String {
    repo.git(&["config", "session.writer"]).text()
}

#[test]
fn a_copy_beside_its_original_gets_an_id_of_its_own() {
    let team = Team::new();
    let ada = team.ada();
    let id = ada.session_id();
    team.root.sh("cp -r ada copy").done();
    let copy = team.root.at("copy").with("GIT_SESSION_SEED", "copy");
    copy.session(&["objectives", "add", "In the copy"]).done();
    copy.commit("copy", "1\n", "In the copy");
    ada.session(&["objectives", "add", "In the original"])
        .done();
    ada.commit("original", "1\n", "In the original");
    let output = copy
        .session(&["sync"])
        .show_as(&writer(&copy), "[NEW]")
        .show_as(&writer(&ada), "[OLD]");
    assert_snapshot!(output, @"
    --- stdout
    sent      7 events of 1 session to origin
    received  nothing new
    --- stderr
    This clone was copied with its id [OLD]; it writes as [NEW] now, and nothing is lost.
    [EOF]
    ");
    assert_ne!(writer(&copy), writer(&ada));
    ada.session(&["sync"]).done();
    copy.session(&["sync"]).done();
    let all = [
        "GitHub OAuth",
        "Google OAuth",
        "In the copy",
        "In the original",
    ];
    assert_eq!(objectives(&ada, &id), all);
    assert_eq!(objectives(&copy, &id), all);
    // both commits have a note that everyone sees
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes", "--fetch"]).done();
    for (clone, file) in [(&ada, "original"), (&copy, "copy")] {
        let head = clone.head();
        let refs = bob
            .git(&[
                "for-each-ref",
                "--format=%(refname)",
                "refs/notes/session-remote",
            ])
            .text();
        let found = refs.lines().any(|name| {
            bob.git(&["notes", &format!("--ref={name}"), "show", &head])
                .success()
        });
        assert!(found, "{file}");
    }
    assert_eq!(objectives(&bob, &id), all);
}

#[test]
fn a_copy_whose_original_is_elsewhere_is_told_by_what_the_remote_has() {
    for copy_first in [true, false] {
        let team = Team::new();
        let ada = team.ada();
        let id = ada.session_id();
        // as if each were on a machine of its own
        team.root.sh("cp -r ada copy && mv ada moved").done();
        let ada = team.person("moved");
        let copy = team.root.at("copy").with("GIT_SESSION_SEED", "copy");
        copy.session(&["objectives", "add", "In the copy"]).done();
        ada.session(&["objectives", "add", "In the original"])
            .done();
        let (first, second) = if copy_first {
            (&copy, &ada)
        } else {
            (&ada, &copy)
        };
        first.session(&["sync"]).done();
        second.session(&["sync"]).done();
        first.session(&["sync"]).done();
        let all = [
            "GitHub OAuth",
            "Google OAuth",
            "In the copy",
            "In the original",
        ];
        assert_eq!(objectives(first, &id), all);
        assert_eq!(objectives(second, &id), all);
        assert_ne!(writer(first), writer(second));
    }
}

#[test]
fn a_clone_that_was_only_moved_keeps_its_id() {
    let team = Team::new();
    let ada = team.ada();
    let before = writer(&ada);
    team.root.sh("mv ada elsewhere").done();
    let ada = team.root.at("elsewhere");
    ada.session(&["objectives", "add", "More"]).done();
    ada.session(&["sync"]).done();
    assert_eq!(writer(&ada), before);
}

#[test]
fn refs_that_were_lost_here_are_made_again() {
    let team = Team::new();
    let ada = team.ada();
    let name = format!("refs/session/log/{}", writer(&ada));
    let notes = format!("refs/notes/session/{}", writer(&ada));
    let before = team.shared_refs();
    for name in [&name, &notes] {
        ada.git(&["update-ref", "-d", name]).done();
    }
    ada.session(&["sync"]).done();
    let pages = |refs: &str| refs.lines().count();
    assert_eq!(pages(&team.shared_refs()), pages(&before));
    ada.session(&["objectives", "add", "More"]).done();
    ada.commit("b", "1\n", "More");
    ada.session(&["sync"]).done();
    let listed = team
        .hub
        .git(&["notes", &format!("--ref={notes}"), "list"])
        .text();
    assert_eq!(listed.lines().count(), 2, "{listed}");
    let page = team
        .hub
        .git(&["show", &format!("{name}:{}.jsonl", ada.session_id())])
        .text();
    assert_eq!(page.matches("objective.added").count(), 3, "{page}");
}

#[test]
fn a_log_that_was_lost_or_is_an_old_backup_gets_back_what_was_shared() {
    let team = Team::new();
    let ada = team.ada();
    let id = ada.session_id();
    ada.sh("cp -a .git/sessions ../backup").done();
    ada.session(&["objectives", "add", "After the backup"])
        .done();
    ada.session(&["sync"]).done();
    ada.sh("rm -rf .git/sessions && mv ../backup .git/sessions")
        .done();
    let output = ada.session(&["sync"]).ok();
    assert!(output.news().contains("Took back 1 event"), "{output}");
    let all = ["After the backup", "GitHub OAuth", "Google OAuth"];
    assert_eq!(objectives(&ada, &id), all);
    ada.sh("rm -rf .git/sessions").done();
    ada.session(&["sync"]).done();
    assert_eq!(objectives(&ada, &id), all);
    let status = ada.session(&["status"]).text();
    assert!(status.contains("Session on feature/auth"), "{status}");
    ada.session(&["objectives", "add", "Go on"]).done();
    let doctor = ada.session(&["doctor"]).answer();
    assert!(!doctor.contains("\nbad "), "{doctor}");
}
