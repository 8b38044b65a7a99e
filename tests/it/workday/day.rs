//! A whole day: an urgent bug in the middle of a dirty feature, and back.

use crate::support::Repo;

use super::picture::{files, picture, status};

#[test]
fn an_urgent_bug_in_the_middle_of_a_dirty_feature() {
    let origin = Repo::new();
    let above = origin.at("..");
    above.git(&["init", "-q", "library"]).done();
    above.at("library").commit("l", "1\n", "Library");
    origin
        .git(&[
            "submodule",
            "--quiet",
            "add",
            "../library",
            "vendor/library",
        ])
        .done();
    origin.commit("src/login", "login\n", "Log in");
    above
        .git(&["clone", "-q", "--recurse-submodules", "repo", "clone"])
        .done();
    let repo = above.at("clone");
    repo.session(&[
        "start",
        "feature/oauth",
        "-o",
        "Google OAuth",
        "-o",
        "GitHub OAuth",
    ])
    .done();
    repo.commit("src/oauth", "provider\n", "Add the provider");
    repo.write("src/oauth", "provider\nhalf done\n");
    repo.stage("src/google", "staged\n");
    repo.write("notes.txt", "untracked\n");
    repo.write("vendor/library/l", "changed inside\n");
    let dirty = picture(&repo);

    repo.session(&["switch", "-c", "hotfix/login"]).done();
    assert_eq!(repo.head(), repo.git(&["rev-parse", "main"]).text());
    repo.session(&["start", "-o", "Let people log in again"])
        .done();
    repo.commit("src/login", "login fixed\n", "Fix the log-in");
    repo.session(&["objectives", "complete", "1"]).done();
    repo.session(&["end"]).done();

    repo.wait(5);
    let back = repo.session(&["switch", "feature/oauth"]).ok();
    assert!(
        back.news().contains("Brought back your parked work"),
        "{back}"
    );
    assert_eq!(status(&repo), dirty.status);
    assert_eq!(files(&repo), dirty.files);
}
