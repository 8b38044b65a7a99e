//! `git session end --merge-to` while something else happens: names that mean something else, other commands, hooks
//! that move HEAD, a switch that git does not finish.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Child;
use std::time::Duration;

use insta::assert_snapshot;

use super::end_merge::{KILL_US, cut_off, diverged, goes_on, hook, refused, state, unhook};
use super::support::Repo;

const END: [&str; 4] = ["session", "end", "--merge-to", "main"];

fn refused_end(repo: &Repo) -> super::support::Output {
    refused(repo, &END[1..])
}

/// An end that has looked at everything, and waits for the lock until `meanwhile` is done: its code and words.
fn waiting(repo: &Repo, meanwhile: impl FnOnce()) -> (Option<i32>, String) {
    let lock = File::create(repo.git_path("session-lock")).expect("the lock");
    lock.lock().expect("the lock");
    let mut end = repo.spawn(&END);
    let mut said = BufReader::new(end.stderr.take().expect("standard error"));
    let mut words = String::new();
    while !words.contains("hint: ") {
        assert_ne!(said.read_line(&mut words).expect("a line"), 0, "{words}");
    }
    meanwhile();
    drop(lock);
    words.clear();
    said.read_to_string(&mut words).expect("the rest");
    (end.wait().expect("the end").code(), words)
}

/// Waits for a file.
fn wait_for(repo: &Repo, path: &str) {
    while !repo.git_path(path).exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn said(child: Child) -> String {
    let output = child.wait_with_output().expect("an end");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_name_that_means_something_else_to_git_is_the_branch() {
    for name in ["stash", "ORIG_HEAD"] {
        let repo = diverged();
        repo.git(&["update-ref", name, "main~1"]).done();
        repo.sh("echo more >>README && git stash -q").done();
        repo.git(&["update-ref", &format!("refs/heads/{name}"), "feature"])
            .done();
        repo.git(&["symbolic-ref", "HEAD", &format!("refs/heads/{name}")])
            .done();
        repo.session(&["start"]).done();
        let tip = repo.git(&["rev-parse", "feature"]).text();
        repo.session(&END[1..]).done();
        assert_eq!(repo.git(&["rev-parse", "HEAD^2"]).text(), tip, "{name}");
        let subject = repo.git(&["log", "-1", "--format=%s"]).text();
        assert_eq!(subject, format!("Merge branch '{name}'"));
        let reflog = repo.git(&["log", "-1", "-g", "--format=%gs"]).text();
        assert!(reflog.starts_with(&format!("merge {name}: ")), "{reflog}");
    }
}

#[test]
fn the_message_is_gits_own_with_its_log() {
    let repo = diverged();
    repo.config("branch.main.mergeOptions", "--log=3");
    repo.session(&END[1..]).done();
    let message = repo.git(&["log", "-1", "--format=%B"]).text();
    assert_eq!(
        message.trim(),
        "Merge branch 'feature'\n\n* feature:\n  Add the feature"
    );
}

#[test]
fn a_commit_made_meanwhile_is_not_merged() {
    let repo = diverged();
    let main = repo.git(&["rev-parse", "main"]).text();
    let (code, said) = waiting(&repo, || {
        repo.commit("src/a.rs", "fn a() {}\n", "Without a test");
    });
    assert_eq!(code, Some(1), "{said}");
    assert_snapshot!(said, @"
    error: feature has moved meanwhile; nothing was done, and the session is open
    hint: git session end --merge-to main
    ");
    assert_eq!(repo.git(&["rev-parse", "main"]).text(), main);
    assert!(!repo.git_path("session-end").exists());
}

#[test]
fn a_switch_meanwhile_is_not_undone() {
    let repo = diverged();
    repo.git(&["branch", "other"]).done();
    let (code, said) = waiting(&repo, || repo.switch("other"));
    assert_eq!(code, Some(1), "{said}");
    assert_snapshot!(said, @"
    error: HEAD has moved to other meanwhile; nothing was done, and the session is open
    hint: git switch feature
    hint: git session end --merge-to main
    ");
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "other");
}

#[test]
fn a_change_or_a_commit_on_the_target_meanwhile_refuses() {
    let repo = diverged();
    let (code, said) = waiting(&repo, || repo.write("README", "mine\n"));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("tracked files have changes"), "{said}");
    repo.git(&["restore", "README"]).done();
    let (code, said) = waiting(&repo, || {
        repo.git(&["branch", "-f", "main", "main~1"]).done();
    });
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("main has moved meanwhile"), "{said}");
}

#[test]
fn an_end_under_way_is_not_cut_off() {
    let repo = diverged();
    hook(
        &repo,
        "pre-merge-commit",
        "touch .git/in; while ! test -e .git/go; do sleep 0.05; done",
    );
    let first = repo.spawn(&END);
    wait_for(&repo, "in");
    let listed = repo.session(&["list"]).ok();
    assert!(!listed.news().contains("cut off"), "{listed}");
    let second = repo.spawn(&["session", "end"]);
    std::thread::sleep(Duration::from_millis(500));
    repo.write(".git/go", "");
    let first = said(first);
    assert!(!first.contains("error"), "{first}");
    let second = said(second);
    assert!(second.contains("there is no session on main"), "{second}");
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "main");
    assert!(!repo.git_path("session-end").exists());
}

#[test]
fn ends_at_once_leave_nothing_behind() {
    let repo = diverged();
    let ends: Vec<_> = (0..3).map(|_| repo.spawn(&END)).collect();
    let said: Vec<_> = ends.into_iter().map(said).collect();
    let failed = said.iter().filter(|said| said.contains("error"));
    assert_eq!(failed.count(), 2, "{said:#?}");
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "main");
    assert!(!repo.git_path("session-end").exists(), "{said:#?}");
}

#[test]
fn a_switch_that_fails_behind_the_files_is_put_back() {
    let repo = diverged();
    repo.write("notes", "not tracked\n");
    let id = repo.session_id();
    let before = state(&repo);
    repo.write(".git/HEAD.lock", "");
    let output = repo.session(&END[1..]);
    assert_eq!(output.code, 1, "{output}");
    assert!(output.news().contains("the session is open"), "{output}");
    assert_eq!(state(&repo), before);
    std::fs::remove_file(repo.git_path("HEAD.lock")).expect("the lock");
    assert_eq!(repo.session_id(), id);
    repo.session(&END[1..]).done();
}

#[test]
fn a_switch_that_was_ended_behind_the_files_is_put_back() {
    let (repo, id) = cut_off("post-checkout", KILL_US);
    // as git leaves it when it is ended before it writes HEAD
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/feature"])
        .done();
    repo.session(&["note", "list"]).done();
    assert_snapshot!(repo.session(&["note", "list"]), @"
    --- stderr
    warning: the end of the session on feature was cut off: HEAD is on feature, and tracked files are still as on main
    hint: git session end
    There are no notes yet.
    [EOF]
    ");
    goes_on(&repo, &id);
}

#[test]
fn a_switch_that_was_ended_between_the_files_is_told() {
    let (repo, id) = cut_off("post-checkout", KILL_US);
    // as git leaves it when it is ended before it writes the index
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/feature"])
        .done();
    repo.git(&["read-tree", "feature"]).done();
    let before = state(&repo);
    assert_snapshot!(repo.session(&["end"]), @"
    --- stderr
    error: HEAD is on feature, and feature is not merged into main: git stopped while it switched, and left 1 file as on main: docs/feature first
    hint: git status
    hint: git diff main
    --- exit 1
    [EOF]
    ");
    assert_eq!(state(&repo), before);
    repo.sh("git restore . && rm docs/main").done();
    goes_on(&repo, &id);
}

#[test]
fn a_merge_whose_ref_is_refused_is_taken_back() {
    let forward = Repo::in_session();
    forward.commit("docs/feature", "one\n", "Add the feature");
    for repo in [forward, diverged()] {
        hook(
            &repo,
            "reference-transaction",
            "test $1 = prepared && grep -q '[0-9a-f]* refs/heads/main' && exit 1; exit 0",
        );
        let said = refused_end(&repo).news();
        assert!(said.contains("the session is open"), "{said}");
    }
}

#[test]
fn a_hook_that_moves_head_gets_no_merge() {
    let repo = diverged();
    repo.git(&["branch", "other", "main"]).done();
    hook(
        &repo,
        "post-checkout",
        "test $(git branch --show-current) = main && git switch -q other; exit 0",
    );
    assert_snapshot!(refused_end(&repo), @"
    --- stderr
    warning: .git/hooks/post-checkout was replaced: git session hooks install
    Not known, so not held against the bars:
      coverage: none of the files of quality.coverage_files is there
      new-code coverage: there is no coverage
    hint: git session metrics record --coverage <file>
    error: feature was not merged into main, and the session is open: after `git switch main` HEAD is on other
    hint: git session end --merge-to main
    --- exit 1
    [EOF]
    ");
    assert_eq!(
        repo.git(&["rev-parse", "other"]).text(),
        repo.git(&["rev-parse", "main"]).text()
    );
}

#[test]
fn a_merge_that_a_hook_leaves_elsewhere_is_named() {
    let repo = diverged();
    hook(
        &repo,
        "pre-merge-commit",
        "git branch other main~1; git symbolic-ref HEAD refs/heads/other; exit 1",
    );
    let output = repo.session(&END[1..]);
    assert_eq!(output.code, 1, "{output}");
    assert_snapshot!(output, @"
    --- stderr
    Not known, so not held against the bars:
      coverage: none of the files of quality.coverage_files is there
      new-code coverage: there is no coverage
    hint: git session metrics record --coverage <file>
    error: feature was not merged into main: Not committing merge; use 'git commit' to complete the merge.
    HEAD is on other: a merge that was begun on main is left there
    hint: git status
    hint: git diff
    hint: git merge --abort
    hint: git session end
    --- exit 1
    [EOF]
    ");
}

#[test]
fn an_edit_during_a_refused_merge_is_kept() {
    let repo = diverged();
    hook(
        &repo,
        "pre-merge-commit",
        "echo mine >>docs/feature; exit 1",
    );
    assert_snapshot!(repo.session(&END[1..]), @"
    --- stderr
    Not known, so not held against the bars:
      coverage: none of the files of quality.coverage_files is there
      new-code coverage: there is no coverage
    hint: git session metrics record --coverage <file>
    error: feature was not merged into main: Not committing merge; use 'git commit' to complete the merge.
    HEAD is on main: the merge is under way there, and 1 file changed since it began: Entry 'docs/feature' not uptodate. Cannot merge.
    fatal: Could not reset index file to revision 'HEAD'.
    hint: git status
    hint: git diff
    hint: git merge --abort
    hint: git session end
    --- exit 1
    [EOF]
    ");
    assert_eq!(repo.read("docs/feature"), "one\nmine\n");
    unhook(&repo, "pre-merge-commit");
    repo.sh("git restore docs/feature && git merge --abort")
        .done();
    repo.session(&["end"]).done();
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "main");
}

#[test]
fn an_end_cut_off_never_has_its_files_committed() {
    let (repo, id) = cut_off("post-checkout", KILL_US);
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/feature"])
        .done();
    repo.write("docs/main", "mine\n");
    repo.git(&["add", "docs/main"]).done();
    for _ in 0..2 {
        let before = state(&repo);
        let listed = repo.session(&["list"]).ok().news();
        assert!(listed.contains("still as on main"), "{listed}");
        let said = repo.session(&["end"]);
        assert_eq!(said.code, 1, "{said}");
        assert!(!said.news().contains("commit -a"), "{said}");
        assert!(said.news().contains("git diff main"), "{said}");
        assert_eq!(state(&repo), before);
    }
    repo.git(&["reset", "-q", "--hard"]).done();
    goes_on(&repo, &id);
}

#[test]
fn an_end_that_fails_behind_a_cut_repeats_all_of_it() {
    let (repo, _) = cut_off("post-checkout", KILL_US);
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/feature"])
        .done();
    repo.write(".git/HEAD.lock", "");
    let said = repo.session(&["end", "--no-summary"]);
    assert_eq!(said.code, 1, "{said}");
    let hint = "hint: git session end --no-summary --merge-to main --accomplished Done\n";
    assert!(said.news().contains(hint), "{said}");
}
