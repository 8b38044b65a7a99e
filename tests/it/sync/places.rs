//! Kinds of repositories, a remote that cannot be written, and a `sync` that is killed at any of its steps.

use std::os::unix::fs::PermissionsExt as _;

use super::team::Team;
use crate::support::Repo;

/// Both see the objective of the other.
#[track_caller]
fn both_ways(ada: &Repo, bob: &Repo) {
    ada.session(&["start", "feature", "-o", "From Ada"]).done();
    ada.commit("a", "1\n", "One");
    ada.git(&["push", "-q", "origin", "feature"]).done();
    ada.session(&["sync", "--yes"]).done();
    bob.git(&["fetch", "-q", "origin", "feature:feature"])
        .done();
    bob.switch("feature");
    bob.session(&["sync", "--yes"]).done();
    bob.session(&["resume"]).done();
    bob.session(&["objectives", "add", "From Bob"]).done();
    bob.commit("b", "1\n", "Two");
    bob.session(&["sync"]).done();
    ada.session(&["sync"]).done();
    for repo in [ada, bob] {
        let listed = repo.session(&["objectives", "list"]).text();
        assert!(
            listed.contains("From Ada") && listed.contains("From Bob"),
            "{listed}"
        );
        repo.assert_quiet();
    }
}

#[test]
fn with_sha256() {
    let team = Team::of(&["--object-format=sha256"]);
    both_ways(&team.clone("ada"), &team.clone("bob"));
}

#[test]
fn in_shallow_and_partial_clones() {
    let team = Team::new();
    team.hub.config("uploadpack.allowFilter", "true");
    let url = format!("file://{}", team.hub.path().display());
    let shallow = ["clone", "-q", "--depth=1", &url, "ada"];
    team.root.git(&shallow).done();
    team.root
        .git(&["clone", "-q", "--filter=blob:none", &url, "bob"])
        .done();
    both_ways(&team.person("ada"), &team.person("bob"));
}

#[test]
fn from_a_linked_work_tree_and_a_subdirectory() {
    let team = Team::new();
    let ada = team.clone("ada");
    let bob = team.clone("bob");
    ada.git(&["worktree", "add", "-q", "--detach", "../linked"])
        .done();
    let linked = team.person("linked");
    linked.write("deep/er/file", "x");
    both_ways(&linked, &bob);
    let listed = ada.session(&["list", "--all"]).text();
    assert!(listed.contains("feature"), "{listed}");
    linked.at("deep/er").session(&["sync"]).done();
}

#[test]
fn a_remote_whose_files_cannot_be_written() {
    let team = Team::new();
    let ada = team.clone("ada");
    ada.session(&["start", "feature", "-o", "From Ada"]).done();
    // everybody may read the shared repository and nobody write it; the clone belongs to somebody
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let root = team.root.path().to_str().expect("UTF-8");
    let open = format!(
        "chmod -R a+rX '{root}' && chown -R 65534:65534 '{root}/ada' '{root}/home' '{root}/tmp'"
    );
    ada.sh(&open).done();
    if !ada
        .run("setpriv", &[&nobody[..], &["true"]].concat())
        .success()
    {
        eprintln!("skipped: this test drops its rights, and may not");
        return;
    }
    ada.git(&["config", "--global", "--add", "safe.directory", "*"])
        .done();
    ada.sh(&format!("chmod a+r '{root}/home/.gitconfig'"))
        .done();
    let before = team.shared_refs();
    let words = ["git", "session", "sync", "--yes"];
    let output = ada.run("setpriv", &[&nobody[..], &words].concat());
    assert_eq!(output.code, 1, "{output}");
    assert!(
        output
            .news()
            .contains("error: origin does not let you write: "),
        "{output}"
    );
    assert_eq!(team.shared_refs(), before);
    ada.sh(&format!("chmod -R a+rwX '{root}/hub.git'")).done();
    let output = ada.run("setpriv", &[&nobody[..], &words].concat()).ok();
    assert!(output.answer().contains("sent      2 events"), "{output}");
    let mode = std::fs::metadata(team.hub.path())
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o007, 0o007);
}

#[test]
fn killed_at_any_call_of_git_it_loses_nothing() {
    let team = Team::new();
    let ada = team.ada();
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes"]).done();
    for n in 1.. {
        ada.wait(1);
        ada.session(&["objectives", "add", &format!("Before kill {n}")])
            .done();
        ada.session(&["sync", "--push"]).done();
        bob.wait(1);
        bob.session(&["start", &format!("work-{n}"), "-o", "Mine", "--no-hooks"])
            .done();
        let view = bob.meddling(n, "kill -9 $PPID; exit 137");
        // git would be the one that is killed
        let program = bob.sandbox().root().join("bin/git-session");
        let output = view.run(program, &["sync"]);
        let killed = bob.calls() >= n;
        assert_eq!(killed, !output.success(), "{n}: {output}");
        bob.git(&["fsck", "--strict", "--no-dangling"]).done();
        // what a process that was killed has locked stays locked for git; a command says which file
        bob.sh("find .git -name '*.lock' -path '*refs*' -delete")
            .done();
        bob.session(&["sync"]).done();
        let listed = bob.session(&["show", &ada.session_id()]).text();
        assert!(
            listed.contains(&format!("Before kill {n}")),
            "{n}: {listed}"
        );
        let status = bob.session(&["sync", "--status"]).text();
        assert!(status.contains("waiting   nothing"), "{n}: {status}");
        let page = format!(
            "refs/session/log/{}",
            bob.git(&["config", "session.writer"]).text()
        );
        let pages = team.hub.git(&["ls-tree", "--name-only", &page]).text();
        assert_eq!(pages.lines().count(), n, "{n}: {pages}");
        if !killed {
            assert!(n > 2, "git was called");
            return;
        }
    }
}
