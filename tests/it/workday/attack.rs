//! What was tried to make it lose something.

use std::fs;

use crate::support::Repo;

use super::picture::{picture, status};

#[test]
fn what_is_about_to_be_written_over_is_kept_however_few_are() {
    let repo = Repo::in_session();
    repo.config("session.checkpoint.keepAutomatic", "0");
    repo.commit("a", "1\n", "A");
    repo.write("a", "parked\n");
    let collect = || {
        repo.git(&["reflog", "expire", "--expire=now", "--all"])
            .done();
        repo.git(&["gc", "-q", "--prune=now"]).done();
    };
    repo.session(&["switch", "main"]).done();
    repo.session(&["switch", "feature"]).done();
    repo.session(&["switch", "main"]).done();
    collect();
    repo.session(&["switch", "feature"]).done();
    assert_eq!(repo.read("a"), "parked\n");
    repo.session(&["checkpoint", "-l", "then"]).done();
    repo.write("a", "precious\n");
    repo.session(&["rewind", "then"]).done();
    collect();
    repo.session(&["undo"]).done();
    assert_eq!(repo.read("a"), "precious\n");
}

#[test]
fn names_that_no_tree_may_have_are_left_out_aloud() {
    let repo = Repo::in_session();
    repo.write("plain", "1\n");
    repo.write(".GIT", "1\n");
    repo.write("d/git~1", "1\n");
    let said = repo.session(&["checkpoint", "-l", "then"]).ok();
    assert!(
        said.news().contains(".GIT") && said.news().contains("d/git~1"),
        "{said}"
    );
    let before = picture(&repo);
    fs::remove_file(repo.path().join("plain")).expect("removed");
    repo.session(&["rewind", "then"]).done();
    assert_eq!(picture(&repo), before);
    fs::remove_file(repo.path().join("plain")).expect("removed");
    repo.session(&["checkpoint"]).done();
    repo.session(&["switch", "main"]).done();
    assert_eq!(repo.read(".GIT"), "1\n");
}

#[test]
fn a_submodule_that_wants_to_be_ignored_is_parked_all_the_same() {
    let repo = Repo::in_session();
    let one = "1".repeat(40);
    let two = "2".repeat(40);
    let set = |id: &str| {
        let entry = format!("160000,{id},s");
        repo.git(&["update-index", "--add", "--cacheinfo", &entry])
            .done();
    };
    repo.stage(
        ".gitmodules",
        "[submodule \"s\"]\n\tpath = s\n\turl = ./s\n\tignore = all\n",
    );
    set(&one);
    repo.git(&["commit", "-qm", "A submodule"]).done();
    fs::create_dir(repo.path().join("s")).expect("a directory");
    set(&two);
    let before = status(&repo);
    repo.session(&["switch", "main"]).done();
    repo.session(&["switch", "feature"]).done();
    assert_eq!(status(&repo), before);
    let staged = repo.git(&["ls-files", "--stage", "s"]).text();
    assert!(staged.contains(&two), "{staged}");
    repo.session(&["checkpoint", "-l", "two"]).done();
    set(&one);
    repo.session(&["rewind", "two"]).done();
    let staged = repo.git(&["ls-files", "--stage", "s"]).text();
    assert!(staged.contains(&two), "{staged}");
}

#[test]
fn a_repository_that_came_in_the_way_is_not_entered() {
    let repo = Repo::in_session();
    repo.write("d/f", "outer\n");
    repo.session(&["checkpoint", "-l", "then"]).done();
    fs::remove_file(repo.path().join("d/f")).expect("removed");
    repo.git(&["init", "-q", "d"]).done();
    repo.write("d/f", "inner\n");
    let before = picture(&repo);
    let refused = repo.session(&["rewind", "then"]);
    assert!(
        !refused.success() && refused.news().contains("d stands where"),
        "{refused}"
    );
    assert_eq!(picture(&repo), before);
    fs::remove_file(repo.path().join("d/f")).expect("removed");
    let refused = repo.session(&["rewind", "then"]);
    assert!(!refused.success(), "{refused}");
    assert!(!repo.path().join("d/f").exists());
}
