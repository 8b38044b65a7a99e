//! What was tried to make it lose something.

use std::fs;

use crate::support::Repo;

use super::picture::picture;

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
