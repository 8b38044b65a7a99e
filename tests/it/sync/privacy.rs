//! What never leaves: private items, local kinds, kinds that `session.share` leaves out. The shared repository is
//! looked through object by object, also those that no ref leads to.

use insta::assert_snapshot;

use super::team::{Team, all_bytes, refused};
use crate::support::Repo;

/// Something of every kind, private and local.
fn secrets(repo: &Repo) {
    let run = |args: &[&str]| repo.session(args).done();
    run(&["objectives", "add", "--private", "hidden-objective"]);
    run(&["objectives", "edit", "obj-2", "hidden-edited"]);
    run(&["objectives", "start", "obj-2"]);
    run(&["blockers", "add", "--private", "hidden-blocker"]);
    run(&["blockers", "resolve", "blk-1", "hidden-resolution"]);
    run(&[
        "decisions",
        "add",
        "--private",
        "hidden-decision",
        "--rationale",
        "hidden-rationale",
    ]);
    run(&[
        "learnings",
        "add",
        "--private",
        "hidden-learning",
        "--key",
        "hidden-key",
    ]);
    run(&["note", "add", "--private", "hidden-note"]);
    run(&["note", "add", "hidden-local-note"]);
    repo.write("loose", "hidden-work-tree\n");
    run(&[
        "checkpoint",
        "--label",
        "shown-label",
        "--notes",
        "hidden-checkpoint-notes",
    ]);
    run(&["checkpoint", "--notes", "hidden-more-notes"]);
    repo.git(&["stash", "-q", "-u"]).done();
}

/// A clone with a session that has something of every kind, public and private.
fn worked(team: &Team) -> Repo {
    let ada = team.clone("ada");
    ada.session(&["start", "feature", "-o", "public-objective"])
        .done();
    ada.commit("a", "1\n", "One");
    secrets(&ada);
    ada.session(&["decisions", "add", "public-decision"]).done();
    ada.session(&["learnings", "add", "public-learning", "--key", "shown"])
        .done();
    ada.session(&["blockers", "add", "public-blocker"]).done();
    ada.commit("b", "1\n", "Two");
    ada
}

/// Words of this kind that the shared repository has anywhere.
fn found(team: &Team, start: &str) -> Vec<String> {
    let bytes = all_bytes(&team.hub);
    let mut words: Vec<_> = bytes
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| word.starts_with(start))
        .map(str::to_owned)
        .collect();
    words.sort();
    words.dedup();
    words
}

#[test]
fn what_is_private_or_local_is_in_no_object_of_the_remote() {
    let team = Team::new();
    let ada = worked(&team);
    ada.session(&["sync", "--yes"]).done();
    ada.session(&["end", "--no-push", "--accomplished", "public-end"])
        .done();
    ada.session(&["sync"]).done();
    assert_eq!(found(&team, "hidden"), Vec::<String>::new());
    assert_eq!(
        found(&team, "public"),
        [
            "public-blocker",
            "public-decision",
            "public-end",
            "public-learning",
            "public-objective"
        ]
    );
    assert_eq!(found(&team, "shown"), ["shown", "shown-label"]);
}

#[test]
fn a_kind_that_is_not_shared_is_in_no_object_of_the_remote() {
    let team = Team::new();
    let ada = worked(&team);
    // the notes have the objectives already, and nobody has seen them
    ada.config("session.share", "learnings,commits");
    ada.session(&["sync", "--yes"]).done();
    ada.commit("c", "1\n", "Three");
    ada.session(&["sync"]).done();
    assert_eq!(found(&team, "hidden"), Vec::<String>::new());
    assert_eq!(found(&team, "public"), ["public-learning"]);
    let notes = team.shared_refs();
    assert!(notes.contains("refs/notes/session/"), "{notes}");
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes", "--fetch"]).done();
    bob.session(&["show", &ada.session_id()]).done();
}

#[test]
fn without_commits_no_notes_go_out() {
    let team = Team::new();
    let ada = worked(&team);
    ada.config("session.share", "objectives");
    ada.session(&["sync", "--yes"]).done();
    assert_eq!(found(&team, "public"), ["public-objective"]);
    assert!(!team.shared_refs().contains("refs/notes"));
}

#[test]
fn what_was_shared_and_is_not_to_be_any_more_stops_the_sync() {
    let team = Team::new();
    let ada = worked(&team);
    ada.session(&["sync", "--yes"]).done();
    ada.config("session.share", "objectives,commits");
    ada.session(&["objectives", "add", "public-later"]).done();
    let output = refused(&team, || ada.session(&["sync"]));
    assert_snapshot!(output, @"
    --- stderr
    error: 4 records would stay behind that other clones have seen: `session.share` names fewer kinds than before
    hint: git session purge --unshared
    hint: git session config get session.share
    --- exit 1
    [EOF]
    ");
    // nothing is lost, and what is allowed again goes out
    ada.git(&["config", "--unset", "session.share"]).done();
    ada.session(&["sync"]).done();
    assert!(found(&team, "public").contains(&"public-later".to_owned()));
}

#[test]
fn fetching_stays_possible_when_sending_is_not() {
    let team = Team::new();
    let ada = worked(&team);
    ada.session(&["sync", "--yes"]).done();
    ada.config("session.share", "commits");
    ada.session(&["sync", "--fetch"]).done();
}

#[test]
fn a_secret_that_an_old_log_has_does_not_go_out() {
    let team = Team::new();
    let ada = team.clone("ada");
    ada.session(&["start", "feature", "-o", "public-objective"])
        .done();
    let log = ada.session_file("log.jsonl");
    let token = format!("ghp_{}", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8");
    let text = ada
        .read(&log)
        .replace("public-objective", &format!("public-objective {token}"));
    ada.write(log.to_str().expect("UTF-8"), text);
    ada.session(&["sync", "--yes"]).done();
    let bytes = all_bytes(&team.hub);
    assert!(
        bytes.contains("public-objective [REDACTED:"),
        "the objective went out"
    );
    assert!(!bytes.contains(&token));
}

#[test]
fn commits_that_are_not_shared_any_more_are_taken_back() {
    let team = Team::new();
    let ada = worked(&team);
    ada.session(&["sync", "--yes"]).done();
    ada.config("session.share", "objectives");
    drop(refused(&team, || ada.session(&["sync"])));
    ada.session(&["purge", "--unshared", "--yes"]).done();
    ada.session(&["sync"]).done();
    let refs = team.shared_refs();
    assert!(!refs.contains("refs/notes/"), "{refs}");
    ada.commit("more", "1\n", "Three");
    ada.session(&["sync"]).done();
    let refs = team.shared_refs();
    assert!(!refs.contains("refs/notes/"), "{refs}");
    team.hub.git(&["gc", "-q", "--prune=now"]).done();
    assert_eq!(found(&team, "public"), ["public-objective"]);
}

#[test]
fn what_may_be_shared_has_to_be_readable() {
    let team = Team::new();
    let ada = worked(&team);
    ada.write(
        ".session/config.toml",
        "[session]\nshare = [\"objectives\"]\n",
    );
    ada.git(&["add", ".session"]).done();
    ada.git(&["commit", "-q", "-m", "Say what is shared"])
        .done();
    ada.session(&["sync", "--yes"]).done();
    assert_eq!(found(&team, "public"), ["public-objective"]);
    ada.session(&["objectives", "add", "public-later"]).done();
    for broken in ["<<<<<<< ours\n", "[session]\nshare = [\"objectivs\"]\n"] {
        ada.write(".session/config.toml", broken);
        let output = refused(&team, || ada.session(&["sync", "--yes"]));
        assert!(output.news().contains("so nothing is sent"), "{output}");
    }
    // a branch that has not the file
    ada.git(&["checkout", "-q", "--", ".session"]).done();
    ada.git(&["switch", "-q", "-c", "hotfix", "origin/main"])
        .done();
    let output = refused(&team, || ada.session(&["sync"]));
    assert_snapshot!(output, @"
    --- stderr
    error: this clone has not shared blockers, decisions, learnings, checkpoint-labels, handoffs, commits so far, and session.share names them now
    hint: git session sync --yes
    hint: git session config get session.share
    --- exit 1
    [EOF]
    ");
    assert_eq!(found(&team, "public"), ["public-objective"]);
    ada.session(&["sync", "--yes"]).done();
    assert!(found(&team, "public").contains(&"public-decision".to_owned()));
}
