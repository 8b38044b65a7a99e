//! A command that is killed at any of its steps loses nothing, and the next command knows.

use std::collections::BTreeSet;
use std::fs;

use crate::support::Repo;

use super::picture::{File, Picture, files, picture, status};
use super::rewind::own;

/// The same repository with a git on `PATH` that kills whoever calls it for the `n`-th time.
fn killing(repo: &Repo, n: usize) -> Repo {
    repo.meddling(n, "kill -9 $PPID; exit 137")
}

pub(super) fn scene() -> Repo {
    let repo = Repo::in_session();
    repo.commit("a", "1\n", "A");
    repo.commit("b", "1\n", "B");
    repo.write("a", "saved\n");
    repo.stage("staged", "saved\n");
    repo.write("untracked", "saved\n");
    repo
}

/// The contents that checkpoints hold.
pub(super) fn held(repo: &Repo) -> BTreeSet<Vec<u8>> {
    let mut held = BTreeSet::new();
    let refs = repo
        .git(&[
            "for-each-ref",
            "--format=%(refname)",
            "refs/session/snapshots",
        ])
        .text();
    for name in refs.lines() {
        let all = repo.git(&["rev-list", "--objects", name]).text();
        for id in all.lines().filter_map(|line| line.split(' ').next()) {
            if repo.git(&["cat-file", "-t", id]).text() == "blob" {
                held.insert(repo.git(&["cat-file", "blob", id]).ok().stdout);
            }
        }
    }
    held
}

/// Every content that was there is there or held.
#[track_caller]
fn assert_nothing_lost(repo: &Repo, before: &Picture, at: &str) {
    let now = files(repo);
    let there: BTreeSet<&Vec<u8>> = now
        .values()
        .filter_map(|file| match file {
            File::Plain(_, bytes) => Some(bytes),
            File::Link(_) => None,
        })
        .collect();
    let held = held(repo);
    for (path, file) in &before.files {
        let File::Plain(_, bytes) = file else {
            continue;
        };
        let name = String::from_utf8_lossy(path);
        assert!(
            there.contains(bytes) || held.contains(bytes),
            "{at}: {name} is lost"
        );
    }
    repo.git(&["fsck", "--strict", "--no-dangling"]).done();
}

/// Runs a command and kills it at its first step, at its second, until it is through.
fn at_every_step(set: fn() -> Repo, command: &[&str], check: fn(&Repo, &Picture, &str)) {
    let mut n = 1;
    loop {
        let repo = set();
        let before = picture(&repo);
        let view = killing(&repo, n);
        let program = repo.sandbox().root().join("bin/git-session");
        let output = view.run(program, command);
        let at = format!("{command:?} killed at call {n} of git");
        let killed = repo.calls() >= n;
        fs::remove_file(repo.git_path("index.lock")).ok();
        assert_nothing_lost(&repo, &before, &at);
        check(&repo, &before, &at);
        if !killed {
            assert!(output.success(), "{output}");
            assert!(n > 3, "git is called more often than that");
            break;
        }
        n += 1;
    }
}

#[test]
fn a_checkpoint_that_is_killed_leaves_everything_as_it_was() {
    at_every_step(scene, &["checkpoint"], |repo, before, at| {
        assert_eq!(&picture(repo), before, "{at}");
        repo.session(&["checkpoint"]).done();
    });
}

#[test]
fn a_switch_that_is_killed_can_be_gone_on_with() {
    at_every_step(scene, &["switch", "main"], |repo, before, at| {
        let on = repo.git(&["branch", "--show-current"]).text();
        let next = repo.session(&["status"]);
        assert!(next.success(), "{at}: {next}");
        let parked = repo.git(&["status", "--short"]).text().is_empty();
        if on == "main" {
            repo.session(&["switch", "feature"]).done();
        } else if &picture(repo) != before || parked {
            assert!(
                next.to_string().contains("git session resume"),
                "{at}: {next}"
            );
            repo.session(&["resume"]).done();
        }
        assert_eq!(status(repo), before.status, "{at}");
        assert_eq!(files(repo), before.files, "{at}");
    });
}

/// Work that is parked, on the way back.
fn away() -> Repo {
    let repo = scene();
    repo.session(&["switch", "main"]).done();
    repo
}

#[test]
fn a_way_back_that_is_killed_can_be_gone_on_with() {
    at_every_step(away, &["switch", "feature"], |repo, _, at| {
        let on = repo.git(&["branch", "--show-current"]).text();
        let command: &[&str] = if on == "main" {
            &["switch", "feature"]
        } else {
            &["resume"]
        };
        let again = repo.session(command);
        assert!(again.success(), "{at}: {again}");
        assert_eq!(
            repo.git(&["status", "--short"]).text(),
            "M a\nA  staged\n?? untracked",
            "{at}: {again}"
        );
        assert_eq!(
            (repo.read("a"), repo.read("untracked")),
            ("saved\n".into(), "saved\n".into()),
            "{at}"
        );
    });
}

fn saved() -> Repo {
    let repo = scene();
    repo.session(&["checkpoint", "-l", "saved"]).done();
    repo.write("a", "later\n");
    repo.write("b", "later\n");
    repo.write("later", "later\n");
    repo.git(&["reset", "-q"]).done();
    repo
}

#[test]
fn a_rewind_that_is_killed_can_be_gone_on_with_or_taken_back() {
    at_every_step(saved, &["rewind", "saved"], |repo, before, at| {
        assert_eq!(
            repo.head(),
            repo.git(&["rev-parse", "feature"]).text(),
            "{at}"
        );
        let on = repo.session(&["rewind", "saved"]);
        assert!(on.success(), "{at}: {on}");
        assert_eq!(
            repo.git(&["status", "--short"]).text(),
            "M a\nA  staged\n?? untracked",
            "{at}"
        );
        // what was there before is in the first checkpoint of a rewind that holds it
        let list = repo.session(&["checkpoints", "list", "--json"]).text();
        let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
        let mut safe = list["checkpoints"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|checkpoint| checkpoint["cause"] == "rewind");
        let first = safe.next_back().expect("a rewind makes one");
        let handle = first["handle"].as_str().expect("a handle");
        repo.session(&["rewind", handle, "--index"]).done();
        assert_eq!(own(&files(repo)), own(&before.files), "{at}");
        assert_eq!(status(repo), before.status, "{at}");
    });
}
