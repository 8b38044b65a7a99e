//! `switch` and `resume`: unfinished work stays with its session.

use crate::support::Repo;

use super::picture::{files, picture, status};
use super::scenes::SCENES;

/// The branch that HEAD is on.
fn branch(repo: &Repo) -> String {
    repo.git(&["branch", "--show-current"]).text()
}

#[test]
fn every_scene_waits_for_its_branch() {
    for scene in SCENES.iter().filter(|scene| scene.parks) {
        let repo = (scene.set)();
        let before = picture(&repo);
        let home = branch(&repo);
        let left = repo.session(&["switch", "-c", "elsewhere"]);
        assert!(left.success(), "{}: {left}", scene.name);
        assert!(
            left.news().contains("Parked your work"),
            "{}: {left}",
            scene.name
        );
        let tracked = repo.git(&["status", "--short", "--ignore-submodules=all", "-uno"]);
        assert_eq!(tracked.text(), "", "{}", scene.name);
        let back = repo.session(&["switch", &home]);
        assert!(back.success(), "{}: {back}", scene.name);
        assert_eq!(status(&repo), before.status, "{}: {back}", scene.name);
        assert_eq!(files(&repo), before.files, "{}", scene.name);
        assert_eq!(repo.git(&["stash", "list"]).text(), "", "{}", scene.name);
        let json = repo.session(&["checkpoints", "list", "--json"]).text();
        assert!(!json.contains("\"parked\""), "{}: {json}", scene.name);
    }
}

#[test]
fn plain_git_switch_says_that_work_is_parked() {
    let repo = Repo::in_session();
    repo.write("x", "1\n");
    repo.session(&["switch", "main"]).done();
    repo.config("session.briefOnCheckout", "always");
    let back = repo.git(&["switch", "-q", "feature"]).ok();
    assert!(
        back.news().contains("parked work: git session resume"),
        "{back}"
    );
    assert!(!repo.path().join("x").exists());
    let shown = repo.session(&["status"]).text();
    assert!(shown.contains("parked work: cp-"), "{shown}");
    assert!(shown.contains("Next: git session resume"), "{shown}");
    repo.session(&["resume"]).done();
    assert_eq!(repo.read("x"), "1\n");
}

#[test]
fn work_comes_back_onto_a_branch_that_went_on() {
    let repo = Repo::in_session();
    repo.commit("a", "1\n2\n3\n4\n5\n6\n7\n8\n", "A");
    repo.commit("b", "1\n", "B");
    repo.write("a", "1\n2\n3\n4\n5\n6\n7\nmine\n");
    repo.stage("new", "staged\n");
    repo.session(&["switch", "main"]).done();
    let aside = repo.at("..");
    aside
        .git(&["clone", "-q", "-b", "feature", "repo", "other"])
        .done();
    let other = aside.at("other");
    other.commit("b", "theirs\n", "Theirs");
    repo.git(&["fetch", "-q", "../other", "feature:feature"])
        .done();
    let back = repo.session(&["resume", "feature"]).ok();
    assert!(back.to_string().contains("1 new commit"), "{back}");
    assert_eq!(repo.read("a"), "1\n2\n3\n4\n5\n6\n7\nmine\n");
    assert_eq!(repo.read("b"), "theirs\n");
    assert_eq!(repo.git(&["status", "--short"]).text(), "M a\nA  new");
}

#[test]
fn work_that_conflicts_stays_parked_and_is_safe() {
    let repo = Repo::in_session();
    repo.commit("a", "1\n", "A");
    repo.write("a", "mine\n");
    repo.session(&["switch", "main"]).done();
    let aside = repo.at("..");
    aside
        .git(&["clone", "-q", "-b", "feature", "repo", "other"])
        .done();
    aside.at("other").commit("a", "theirs\n", "Theirs");
    repo.git(&["fetch", "-q", "../other", "feature:feature"])
        .done();
    let back = repo.session(&["switch", "feature"]).ok();
    assert!(back.news().contains("stays where it is"), "{back}");
    assert!(back.news().contains("git stash apply --index "), "{back}");
    assert_eq!(repo.read("a"), "theirs\n");
    assert_eq!(repo.git(&["status", "--short"]).text(), "");
    let merged = repo.session(&["resume", "--merge"]).ok();
    assert!(merged.news().contains("in conflict: a"), "{merged}");
    assert!(repo.read("a").contains("mine") && repo.read("a").contains("theirs"));
    let shown = repo.session(&["status"]).text();
    assert!(!shown.contains("parked work"), "{shown}");
    repo.git(&["reset", "-q", "--hard"]).done();
    let id = super::checkpoint::newest(&repo);
    assert!(
        !repo
            .git(&["stash", "apply", "-q", "--index", &id])
            .success()
    );
    assert!(repo.read("a").contains("mine") && repo.read("a").contains("theirs"));
}

#[test]
fn parked_work_can_be_given_up_or_brought_back_by_a_rewind() {
    let repo = Repo::in_session();
    repo.write("x", "1\n");
    repo.session(&["switch", "main"]).done();
    repo.switch("feature");
    let refused = repo.session(&["checkpoints", "drop", "1"]);
    assert!(refused.news().contains("checkpoints drop cp-"), "{refused}");
    assert!(refused.news().contains(" --parked"), "{refused}");
    let list = repo.session(&["list"]).text();
    assert!(list.contains("active, parked work"), "{list}");
    repo.session(&["rewind", "1"]).done();
    assert_eq!(repo.read("x"), "1\n");
    assert!(!repo.session(&["list"]).text().contains("parked"));
    repo.session(&["switch", "main"]).done();
    repo.switch("feature");
    repo.session(&["checkpoints", "drop", "latest", "--parked"])
        .done();
    assert!(!repo.session(&["list"]).text().contains("parked"));
}

#[test]
fn a_switch_is_not_undone_but_named() {
    let repo = Repo::in_session();
    repo.write("x", "1\n");
    repo.session(&["switch", "main"]).done();
    repo.switch("feature");
    let refused = repo.session(&["undo"]);
    assert!(refused.news().contains("git session switch -"), "{refused}");
    let start = repo.session(&["undo", "2"]);
    assert!(start.news().contains("holds parked work"), "{start}");
    repo.session(&["resume"]).done();
    let refused = repo.session(&["undo"]);
    assert!(refused.news().contains("git session undo 2"), "{refused}");
    assert_eq!(repo.read("x"), "1\n");
}

#[test]
fn work_is_not_brought_back_over_other_work() {
    let repo = Repo::in_session();
    repo.commit("a", "1\n", "A");
    repo.write("a", "parked\n");
    repo.write("untracked", "parked\n");
    repo.session(&["switch", "main"]).done();
    repo.git(&["switch", "-q", "feature"]).done();
    for (path, content) in [("a", "other\n"), ("untracked", "other\n")] {
        repo.write(path, content);
        let before = picture(&repo);
        let waits = repo.session(&["resume"]).ok();
        assert!(
            waits.news().contains(&format!("{path} is in the way")),
            "{waits}"
        );
        assert_eq!(picture(&repo), before);
        repo.git(&["reset", "-q", "--hard"]).done();
        repo.git(&["clean", "-qfd"]).done();
    }
    repo.session(&["resume"]).done();
    assert_eq!(
        (repo.read("a"), repo.read("untracked")),
        ("parked\n".into(), "parked\n".into())
    );
}

#[test]
fn a_dry_run_says_what_would_happen_and_touches_nothing() {
    let repo = Repo::in_session();
    repo.write("x", "1\n");
    repo.session(&["checkpoint"]).done();
    repo.write("x", "2\n");
    repo.write("y", "2\n");
    let before = picture(&repo);
    let switch = repo.session(&["switch", "main", "--dry-run"]).text();
    assert_eq!(switch, "Would park 2 files and switch to main");
    let rewind = repo.session(&["rewind", "--dry-run"]).ok();
    assert!(
        rewind
            .to_string()
            .contains("1 file written, 1 file removed"),
        "{rewind}"
    );
    assert!(rewind.news().contains("Would remove y"), "{rewind}");
    assert_eq!(picture(&repo), before);
}

#[test]
fn carry_is_what_git_does() {
    let repo = Repo::in_session();
    repo.write("x", "1\n");
    let gone = repo.session(&["switch", "main", "--carry"]).ok();
    assert!(
        gone.news().contains("before your work came along"),
        "{gone}"
    );
    assert_eq!(repo.read("x"), "1\n");
}

#[test]
fn where_git_refuses_nothing_has_moved() {
    let repo = Repo::in_session();
    repo.commit("a", "1\n", "A");
    repo.write("a", "2\n");
    repo.stage("b", "1\n");
    repo.git(&["branch", "other", "main"]).done();
    let before = picture(&repo);
    let worktree = repo.at("..").path().join("wt");
    repo.git(&[
        "worktree",
        "add",
        "-q",
        worktree.to_str().expect("UTF-8"),
        "other",
    ])
    .done();
    let refused = repo.session(&["switch", "other"]);
    assert!(!refused.success(), "{refused}");
    let after = picture(&repo);
    assert_eq!(
        (before.status, before.files, before.head),
        (after.status, after.files, after.head)
    );
    let missing = repo.session(&["switch", "nowhere"]);
    assert_eq!(missing.code, 1);
    assert!(
        missing
            .news()
            .contains("git session switch --create nowhere"),
        "{missing}"
    );
    let there = repo.session(&["switch", "-c", "main"]);
    assert!(there.news().contains("is there already"), "{there}");
}

#[test]
fn nothing_is_parked_during_a_merge() {
    let conflicts = SCENES.iter().find(|scene| scene.name == "conflicts");
    let repo = (conflicts.expect("there is one").set)();
    let before = picture(&repo);
    let refused = repo.session(&["switch", "main"]);
    assert!(
        refused.news().contains("a merge is in progress"),
        "{refused}"
    );
    assert_eq!(picture(&repo), before);
}

#[test]
fn a_branch_without_a_session_lets_its_work_come_along() {
    let repo = Repo::in_session();
    repo.session(&["switch", "main"]).done();
    repo.write("x", "1\n");
    let gone = repo.session(&["switch", "feature"]).ok();
    assert!(gone.news().contains("so they came along"), "{gone}");
    assert_eq!(repo.read("x"), "1\n");
}

#[test]
fn a_session_that_cannot_be_read_is_begun_anew() {
    let repo = Repo::in_session();
    std::fs::write(repo.session_file("log.jsonl"), "torn").expect("a file");
    let old = repo.session_id();
    let resumed = repo.session(&["resume"]).ok();
    assert!(
        resumed.news().contains("a fresh one takes its place"),
        "{resumed}"
    );
    assert_ne!(repo.session_id(), old);
}

#[test]
fn a_hotfix_is_cut_from_the_default_branch() {
    let repo = Repo::in_session();
    repo.commit("a", "1\n", "On the feature");
    repo.session(&["switch", "-c", "hotfix/urgent"]).done();
    let (hotfix, main) = (repo.head(), repo.git(&["rev-parse", "main"]).text());
    assert_eq!(hotfix, main);
    let aside = repo.session(&["switch", "-c", "aside", "--from", "feature"]);
    assert!(aside.to_string().contains("cut from feature at"), "{aside}");
    let again = repo.session(&["switch", "-c", "again", "--from", "HEAD"]);
    assert!(again.to_string().contains("cut from aside at"), "{again}");
    assert_eq!(repo.head(), repo.git(&["rev-parse", "feature"]).text());
}
