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
    end_and_hand_over(&repo);
}

/// The end of the day, and the morning of the next person.
fn end_and_hand_over(repo: &Repo) {
    repo.wait(20);
    repo.session(&["checkpoint", "-l", "before the review", "--phase", "Review"])
        .done();
    repo.session(&["checkpoint", "-m", "feat(google): exchange codes"])
        .done();
    // what was staged is committed, now what was changed
    repo.session(&["checkpoint", "--commit"]).done();
    repo.session(&["objectives", "complete", "1"]).done();
    repo.session(&["blockers", "add", "The client id of GitHub is missing"])
        .done();
    let ended = repo.session(&[
        "end",
        "--accomplished",
        "Google works",
        "--decision",
        "One provider a file",
        "--remember",
        "Codes are used once",
        "--no-push",
    ]);
    let ended = ended.ok();
    assert!(ended.to_string().contains("handoff.md"), "{ended}");
    // what was not committed is still there
    assert_eq!(repo.read("notes.txt"), "untracked\n");
    assert_eq!(repo.read("vendor/library/l"), "changed inside\n");

    let bo = repo.with("GIT_COMMITTER_NAME", "Bo");
    repo.git(&["switch", "-q", "main"]).done();
    let resumed = bo.session(&["resume", "feature/oauth"]).ok();
    let said = resumed.to_string();
    for expected in [
        "Session restored:\n  Phase: Review\n  Progress: 1/2 (50%)\n",
        "GitHub OAuth",
        "blocked by  The client id of GitHub is missing",
        "Next: ",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let handoff = bo.session(&["handoff", "--format", "markdown"]).text();
    for expected in [
        "Google works",
        "One provider a file",
        "Codes are used once",
        "exchange codes",
    ] {
        assert!(handoff.contains(expected), "{expected}: {handoff}");
    }
}
