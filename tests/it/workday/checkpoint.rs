//! `checkpoint`: everything is held, nothing is touched.

use crate::support::Repo;

use super::picture::{files, picture, status};
use super::scenes::SCENES;

/// The commit of the newest checkpoint.
pub(super) fn newest(repo: &Repo) -> String {
    let json = repo.session(&["checkpoints", "show", "--json"]).text();
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    json["commit"].as_str().expect("a commit").to_owned()
}

#[test]
fn a_checkpoint_touches_nothing() {
    for scene in SCENES {
        let repo = (scene.set)();
        let before = picture(&repo);
        repo.session(&["checkpoint", "--label", "one"]).done();
        let after = picture(&repo);
        assert_eq!(before.index, after.index, "{}: the index", scene.name);
        assert_eq!(before, after, "{}", scene.name);
        assert!(!repo.git_path("index.lock").exists(), "{}", scene.name);
        repo.git(&["fsck", "--strict", "--no-dangling", "--connectivity-only"])
            .done();
    }
}

#[test]
fn plain_git_brings_a_checkpoint_back() {
    for scene in SCENES.iter().filter(|scene| scene.by_stash) {
        let repo = (scene.set)();
        let before = picture(&repo);
        repo.session(&["checkpoint"]).done();
        let commit = newest(&repo);
        repo.git(&["reset", "-q", "--hard"]).done();
        repo.git(&["clean", "-qfd"]).done();
        let applied = repo.git(&["stash", "apply", "-q", "--index", &commit]);
        if !applied.success() {
            // an old git does not bring back its own stash of this either
            let own = (scene.set)();
            own.git(&["stash", "push", "-q", "--include-untracked"])
                .done();
            let own = own.git(&["stash", "apply", "-q", "--index"]);
            assert!(!own.success(), "{}: {applied}", scene.name);
            continue;
        }
        assert_eq!(status(&repo), before.status, "{}", scene.name);
        assert_eq!(files(&repo), before.files, "{}", scene.name);
    }
}

#[test]
fn two_in_one_second_are_two() {
    let repo = Repo::in_session();
    repo.write("x", "1\n");
    for label in ["one", "two"] {
        repo.session(&["checkpoint", "-l", label]).done();
    }
    let list = repo.session(&["checkpoints", "list", "--json"]).text();
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let ids: Vec<&str> = list["checkpoints"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|checkpoint| checkpoint["checkpoint_id"].as_str())
        .collect();
    assert_eq!(ids, ["cp-20261120-090000-2", "cp-20261120-090000"]);
    let shown = repo
        .session(&["checkpoints", "show", ids[0], "--json"])
        .text();
    assert!(shown.contains("\"two\""), "{shown}");
}

#[test]
fn large_untracked_files_are_left_out_and_named() {
    let repo = Repo::in_session();
    repo.config("session.checkpoint.maxUntracked", "10KiB");
    repo.write("small", "1\n");
    repo.write("large", "x".repeat(20_000));
    let said = repo.session(&["checkpoint"]).ok();
    assert!(said.news().contains("does not hold large"), "{said}");
    let commit = newest(&repo);
    let held = repo.git(&["ls-tree", "--name-only", &format!("{commit}^3")]);
    assert_eq!(held.text(), "small");
    let body = repo.git(&["log", "-1", "--format=%b", &commit]).text();
    assert_eq!(body, "Left-Out: large");
}

#[test]
fn a_branch_without_a_commit_can_be_saved() {
    let repo = Repo::empty().with_hooks();
    repo.session(&["start", "-o", "Begin"]).done();
    repo.stage("staged", "1\n");
    repo.write("untracked", "2\n");
    let before = picture(&repo);
    repo.session(&["checkpoint"]).done();
    assert_eq!(picture(&repo), before);
    repo.write("staged", "other\n");
    repo.write("untracked", "other\n");
    repo.session(&["rewind"]).done();
    assert_eq!(files(&repo), before.files);
}

#[test]
fn what_it_says_about_itself_is_kept() {
    let repo = Repo::in_session();
    repo.write("x", "// TODO: tidy up\n1\n");
    let said = repo.session(&[
        "checkpoint",
        "--label",
        "half way",
        "--notes",
        "the parser stands",
        "--phase",
        "Phase 1: Foundation",
        "--progress",
        "{\"completed\": 5, \"total\": 10}",
        "--context",
        "{\"current_task\": \"T006\"}",
        "--decision",
        "Use a table",
        "--tdd-phase",
        "RED",
    ]);
    insta::assert_snapshot!(said, @"
    --- stdout
    Saved cp-ev77 half way (fce0e09)
      progress 5/10 (50%)
      1 file +2 -0 since the session began
      new x:1 TODO: tidy up
    [EOF]
    ");
    insta::assert_snapshot!(repo.session(&["checkpoints", "show"]), @"
    --- stdout
    cp-ev77, cp-1 half way
    2026-11-20 09:00 (just now), manual, by Ada <ada@example.org>
      phase     Phase 1: Foundation
      progress  5/10 (50%)
      tdd       red
      changed   1 file +2 -0
      commit    fce0e09bf711e061ef2d80d777463d0aa495fc3a
      by git    git stash apply --index fce0e09
        the parser stands
    [EOF]
    ");
    repo.session(&["resume"]).done();
    let resumed = repo.session(&["resume"]).text();
    assert!(
        resumed.contains("  Phase: Phase 1: Foundation\n  Progress: 5/10 (50%)\n"),
        "{resumed}"
    );
}

#[test]
fn commit_takes_what_is_staged_else_tracked_changes() {
    let repo = Repo::in_session();
    repo.commit("a", "1\n", "Files");
    repo.write("a", "2\n");
    repo.stage("b", "1\n");
    repo.write("un tracked", "1\n");
    repo.session(&[
        "checkpoint",
        "-m",
        "Only what is staged",
        "-m",
        "The rest follows",
    ])
    .done();
    let changed = |repo: &Repo| {
        repo.git(&["show", "--format=", "--name-only", "HEAD"])
            .text()
    };
    assert_eq!(changed(&repo), "b");
    assert_eq!(repo.runs("HEAD"), 1);
    repo.session(&["checkpoint", "--commit"]).done();
    assert_eq!(changed(&repo), "a");
    assert_eq!(repo.runs("HEAD"), 1);
    let refused = repo.session(&["checkpoint", "--commit"]);
    assert!(
        !refused.success() && refused.news().contains("git add 'un tracked'"),
        "{refused}"
    );
}

#[test]
fn the_message_is_made_of_paths_and_objectives() {
    let repo = Repo::in_session();
    repo.stage("src/parser/mod.rs", "1\n");
    repo.session(&["checkpoint", "--commit"]).done();
    let subject = |repo: &Repo| repo.git(&["log", "-1", "--format=%s"]).text();
    assert_eq!(subject(&repo), "feat(parser): reach the goal");
    repo.session(&["objectives", "drop", "1"]).done();
    repo.session(&["objectives", "add", "--private", "A secret plan"])
        .done();
    repo.write("src/parser/mod.rs", "2\n");
    repo.session(&["checkpoint", "--commit"]).done();
    assert!(!repo.message("HEAD").to_lowercase().contains("secret"));
    assert!(subject(&repo).contains("(parser): "), "{}", subject(&repo));
}

#[test]
fn a_commit_carries_the_page_of_decisions() {
    let repo = Repo::in_session();
    repo.commit("a", "1\n", "Files");
    repo.session(&["decisions", "add", "Use a table"]).done();
    repo.commit("a", "2\n", "More");
    repo.session(&["decisions", "publish"]).done();
    repo.git(&["add", ".session/decision-log.md"]).done();
    repo.git(&["commit", "-qm", "Publish"]).done();
    repo.session(&["decisions", "add", "Use two tables"]).done();
    repo.stage("b", "1\n");
    let hook = repo.git_path("hooks/pre-commit");
    std::fs::write(&hook, "#!/bin/sh\nexit 1\n").expect("a hook");
    repo.sh(&format!("chmod +x '{}'", hook.display())).done();
    let before = picture(&repo);
    assert_eq!(repo.session(&["checkpoint", "-m", "With the page"]).code, 1);
    let after = picture(&repo);
    assert_eq!((before.status, before.files), (after.status, after.files));
    std::fs::remove_file(&hook).expect("removed");
    repo.session(&["checkpoint", "-m", "With the page"]).done();
    let names = repo.git(&["show", "--format=", "--name-only", "HEAD"]);
    assert_eq!(names.text(), ".session/decision-log.md\nb");
    assert!(
        repo.read(".session/decision-log.md")
            .contains("Use two tables")
    );
}

#[test]
fn without_hooks_a_commit_is_enriched_and_recorded_all_the_same() {
    let repo = Repo::in_session();
    repo.session(&["hooks", "uninstall"]).done();
    repo.stage("a", "1\n");
    repo.session(&["checkpoint", "-m", "By hand"]).done();
    assert_eq!(repo.runs("HEAD"), 1);
    assert!(repo.note("HEAD").is_some());
}

#[test]
fn a_phase_that_a_commit_begins_is_saved_by_the_next_command() {
    let repo = Repo::in_session();
    repo.session(&["start", "--tdd"]).done();
    repo.commit("tests/a_test.py", "def test_a():\n    pass\n", "A test");
    let said = repo.session(&["status"]).ok();
    assert!(said.news().contains("The phase red has begun"), "{said}");
    let again = repo.session(&["status"]).ok();
    assert!(!again.news().contains("phase"), "{again}");
    let list = repo.session(&["checkpoints"]).text();
    assert!(list.contains("(phase) red"), "{list}");
}

#[test]
fn a_hook_that_refuses_leaves_the_index_as_it_was() {
    let repo = Repo::in_session();
    repo.commit("a", "1\n", "Files");
    repo.write("a", "2\n");
    let hook = repo.git_path("hooks/pre-commit");
    std::fs::write(&hook, "#!/bin/sh\necho not today >&2\nexit 1\n").expect("a hook");
    repo.sh(&format!("chmod +x '{}'", hook.display())).done();
    let before = picture(&repo);
    let refused = repo.session(&["checkpoint", "--commit"]);
    assert_eq!(refused.code, 1, "{refused}");
    assert!(refused.news().contains("not today"), "{refused}");
    let after = picture(&repo);
    assert_eq!(before.index, after.index);
    assert_eq!(before, after);
}

#[test]
fn dropped_checkpoints_are_freed_and_kept_ones_stay() {
    let repo = Repo::in_session();
    let mut commits = Vec::new();
    for text in ["one", "two", "three"] {
        repo.write("x", text);
        repo.session(&["checkpoint", "-l", text]).done();
        commits.push(newest(&repo));
    }
    repo.session(&["checkpoints", "drop", "two"]).done();
    repo.git(&["gc", "-q", "--prune=now"]).done();
    let there = |commit: &str| repo.git(&["cat-file", "-e", commit]).success();
    assert!(there(&commits[0]) && !there(&commits[1]) && there(&commits[2]));
    repo.session(&["checkpoints", "drop", "three"]).done();
    repo.session(&["undo"]).done();
    repo.git(&["gc", "-q", "--prune=now"]).done();
    assert!(there(&commits[2]), "what is taken back is kept again");
    let lost = repo.session(&["undo", "2"]);
    assert!(lost.news().contains("git has freed"), "{lost}");
    let gone = repo.session(&["rewind", "two"]);
    assert!(!gone.success(), "{gone}");
}
