//! `git session prompt`: one segment, nothing where there is nothing to say, and no cost that is felt.

use super::support::{PROGRAM, Repo};

/// What the prompt shows in the directory of the view.
fn prompt(repo: &Repo) -> String {
    let output = repo.run(PROGRAM, &["prompt"]);
    assert!(output.stderr.is_empty(), "{output}");
    output.text()
}

#[test]
fn the_segment_says_where_the_session_stands() {
    let repo = Repo::new();
    assert_eq!(prompt(&repo), "");
    repo.session(&["start", "feature/auth"]).done();
    assert_eq!(prompt(&repo), "feature/auth");
    for text in ["One", "Two"] {
        repo.session(&["objectives", "add", text]).done();
    }
    repo.session(&["objectives", "complete", "obj-1"]).done();
    repo.session(&["blockers", "add", "No key"]).done();
    assert_eq!(prompt(&repo), "feature/auth 1/2 !1");
    repo.wait(31);
    assert_eq!(prompt(&repo), "feature/auth 1/2 !1 checkpoint due");
    // what hooks append is there without a command between
    repo.commit("a", "1", "Change");
    assert_eq!(prompt(&repo), "feature/auth 1/2 !1 checkpoint due");
    repo.session(&["pause"]).done();
    assert_eq!(prompt(&repo), "feature/auth paused 1/2 !1");
    repo.session(&["end"]).done();
    assert_eq!(prompt(&repo), "");
    repo.assert_quiet();
}

#[test]
fn it_is_the_same_everywhere_in_a_work_tree_and_through_git() {
    let repo = Repo::in_session();
    repo.write("deep/er/a", "1");
    for view in [repo.at("deep/er"), repo.clone()] {
        assert_eq!(prompt(&view), "feature 0/1");
        assert_eq!(view.session(&["prompt"]).text(), "feature 0/1");
        assert_eq!(
            view.session(&["prompt", "--color", "never"]).text(),
            "feature 0/1"
        );
    }
    let linked = repo.worktree("linked");
    assert_eq!(prompt(&linked), "");
    linked.session(&["start", "linked"]).done();
    assert_eq!(prompt(&linked), "linked");
    assert_eq!(prompt(&repo), "feature 0/1");
    let outside = repo.at("..");
    assert_eq!(
        outside.session(&["-C", "repo", "prompt"]).text(),
        "feature 0/1"
    );
    assert_eq!(prompt(&outside), "");
    let there = outside.with("GIT_DIR", repo.path().join(".git").to_str().expect("UTF-8"));
    assert_eq!(prompt(&there), "feature 0/1");
    repo.git(&["switch", "-q", "--detach"]).done();
    assert_eq!(prompt(&repo), "");
}

#[test]
fn colours_come_only_when_asked_for() {
    let repo = Repo::in_session();
    let forced = repo.with("CLICOLOR_FORCE", "1");
    assert_eq!(prompt(&forced), "feature 0/1");
    assert_eq!(
        forced.session(&["prompt", "--color", "auto"]).text(),
        "feature 0/1"
    );
    for args in [
        &["prompt", "--color=always"][..],
        &["prompt", "--color", "always"],
    ] {
        let text = repo.run(PROGRAM, args).text();
        assert_eq!(text, "\u{1b}[36mfeature\u{1b}[0m 0/1");
    }
    insta::assert_snapshot!(repo.session(&["prompt", "--json"]), @r#"
    --- stdout
    {
      "schema": "git-session/prompt/v1",
      "branch": "feature",
      "paused": false,
      "done": 0,
      "total": 1,
      "blockers": 0,
      "checkpoint_due": false
    }
    [EOF]
    "#);
    insta::assert_snapshot!(repo.at("..").session(&["prompt", "--json"]), @r#"
    --- stdout
    {
      "schema": "git-session/prompt/v1"
    }
    [EOF]
    "#);
}

#[test]
fn it_fails_nowhere() {
    let repo = Repo::in_session();
    let file = repo.session_file("context.json");
    for content in ["", "{", "{\"v\":9}"] {
        std::fs::write(&file, content).expect("a file");
        assert_eq!(prompt(&repo), "feature 0/1", "{content}");
    }
    std::fs::write(repo.session_file("log.jsonl"), "x\n").expect("a file");
    assert_eq!(prompt(&repo), "");
    std::fs::write(repo.store().join("format"), "99\n").expect("a file");
    assert_eq!(prompt(&repo), "");
    std::fs::write(repo.path().join(".git/HEAD"), "nonsense\n").expect("a file");
    assert_eq!(prompt(&repo), "");
}

#[test]
fn a_name_from_a_cloned_repository_moves_no_cursor() {
    let repo = Repo::in_session();
    repo.git(&["branch", "-m", "a\u{202e}b"]).done();
    assert_eq!(prompt(&repo), "a\\u{202e}b 0/1");
}

#[test]
fn it_starts_no_process_and_writes_nothing() {
    let repo = Repo::in_session();
    repo.commit("a", "1", "Change");
    repo.wait(31);
    let traced = repo.run("strace", &["-f", "-o", "../trace", PROGRAM, "prompt"]);
    if !traced.success() {
        eprintln!("skipped: strace does not work here\n{traced}");
        return;
    }
    assert_eq!(traced.text(), "feature 0/1 checkpoint due");
    let trace = repo.read("../trace");
    let count = |what: &dyn Fn(&str) -> bool| trace.lines().filter(|line| what(line)).count();
    assert_eq!(
        count(&|l| l.contains("clone") || l.contains("fork(")),
        0,
        "{trace}"
    );
    assert_eq!(
        count(&|l| l.contains("O_WRONLY") || l.contains("O_RDWR") || l.contains("O_CREAT")),
        0,
        "{trace}"
    );
    let root = repo.sandbox().root().to_str().expect("UTF-8");
    let opened = count(&|l| l.contains("open") && l.contains(root));
    assert!(opened <= 12, "{opened} files\n{trace}");
}

#[test]
fn whatever_it_is_called_with_a_prompt_fails_silently() {
    let repo = Repo::in_session();
    for args in [
        &["prompt", "--bogus"][..],
        &["prompt", "more", "words"],
        &["prompt", "--color=blue"],
        &["-C", "/nonexist", "prompt"],
        &["prompt", "-C", "/nonexist"],
        &["--color", "blue", "prompt"],
    ] {
        let output = repo.run(PROGRAM, args);
        assert!(output.success(), "{args:?}: {output}");
        assert!(output.stdout.is_empty() && output.stderr.is_empty());
    }
    assert!(
        repo.run(PROGRAM, &["prompt", "-h"])
            .text()
            .contains("prompt")
    );
}
