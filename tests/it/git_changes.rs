//! What a commit changed and what is staged, against `git diff-tree` and `git diff-index`.
#![allow(
    clippy::disallowed_methods,
    reason = "fixtures are written and processes started without what is tested"
)]

use std::time::Duration;

use git_session::domain::id::CommitId;
use git_session::git::{ChangeKind, LARGEST_BLOB, MOST_CHANGES, RawChange, Repo};

use crate::git_support::{Dice, Sandbox};

const LIMIT: Duration = Duration::from_secs(10);

/// Git's raw output in our form.
fn oracle(raw: &[u8]) -> Vec<RawChange> {
    let fields: Vec<_> = raw.split(|b| *b == 0).collect();
    let change = |pair: &[&[u8]]| {
        let header = std::str::from_utf8(pair[0]).expect("ASCII");
        let words: Vec<_> = header[1..].split(' ').collect();
        let kind = match words[4] {
            "A" => ChangeKind::Added,
            "M" => ChangeKind::Modified,
            "D" => ChangeKind::Deleted,
            "T" => ChangeKind::TypeChanged,
            other => panic!("status {other}"),
        };
        let id =
            |mode: &str, id: &str| (mode != "000000" && mode != "160000").then(|| id.to_owned());
        RawChange {
            kind,
            path: pair[1].to_owned(),
            old: id(words[0], words[2]),
            new: id(words[1], words[3]),
        }
    };
    fields.chunks_exact(2).map(change).collect()
}

fn compare_staged(sandbox: &Sandbox, repo: &Repo, what: &str) {
    let head = sandbox.try_git(&sandbox.repo(), &["rev-parse", "-q", "--verify", "HEAD"]);
    let base = if head.status.success() {
        "HEAD"
    } else {
        repo.empty_tree()
    };
    let args = [
        "diff-index",
        "--ita-invisible-in-index",
        "--cached",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-renames",
        base,
    ];
    let expected = oracle(&sandbox.git_in(&sandbox.repo(), &args));
    assert_eq!(
        repo.staged_changes(LIMIT).expect("staged"),
        expected,
        "{what}"
    );
}

fn compare_commits(sandbox: &Sandbox, repo: &Repo) {
    for id in sandbox.git(&["rev-list", "HEAD"]).lines() {
        let args = [
            "diff-tree",
            "-r",
            "--root",
            "--raw",
            "-z",
            "--no-abbrev",
            "--no-renames",
        ];
        let args = [&args[..], &["--no-commit-id", id]].concat();
        let expected = oracle(&sandbox.git_in(&sandbox.repo(), &args));
        let id = CommitId::new(id).expect("an id");
        assert_eq!(repo.commit_changes(&id).expect("changes"), expected, "{id}");
    }
}

/// One random thing that a person does to the index.
fn step(sandbox: &Sandbox, dice: &mut Dice, number: usize) -> String {
    let names = [
        "a", "a.b", "a-b", "d/e", "d/e.f", "d/e/g", "d/h/ü", "é#\"", "z/z/z/z", "z/z0",
    ];
    let name = names[dice.roll(names.len())];
    let path = sandbox.repo().join(name);
    let parent = path.parent().expect("a parent");
    if path.is_dir() || parent.is_file() {
        let blocked = if path.is_dir() { &path } else { parent };
        let blocked = blocked.to_str().expect("UTF-8");
        sandbox.try_git(&sandbox.repo(), &["rm", "-rqf", "--cached", blocked]);
        if path.is_dir() {
            std::fs::remove_dir_all(&path).expect("removed");
        } else {
            std::fs::remove_file(parent).expect("removed");
        }
    }
    let add = || sandbox.git(&["add", "-A", "--", name]);
    let choice = dice.roll(9);
    match choice {
        0..=2 => {
            let content = format!("{}\n", dice.roll(5));
            if path.is_symlink() {
                std::fs::remove_file(&path).expect("removed");
            }
            sandbox.write(name, &content);
            add();
        }
        3 => {
            sandbox.try_git(&sandbox.repo(), &["rm", "-qf", "--", name]);
        }
        4 => {
            sandbox.try_git(&sandbox.repo(), &["update-index", "--chmod=+x", name]);
        }
        5 => {
            sandbox.try_git(&sandbox.repo(), &["rm", "-qf", "--cached", "--", name]);
            sandbox.write("intended", &number.to_string());
            sandbox.git(&["add", "-N", "intended"]);
        }
        6 => {
            let id = "1".repeat(sandbox.open().empty_tree().len());
            let info = format!("160000,{id},module");
            sandbox.git(&["update-index", "--add", "--cacheinfo", &info]);
        }
        #[cfg(unix)]
        7 if !path.exists() => {
            std::fs::create_dir_all(parent).expect("directories");
            std::os::unix::fs::symlink("target", &path).ok();
            add();
        }
        _ => {
            sandbox.git(&["commit", "-q", "--allow-empty", "-m", "step"]);
        }
    }
    format!("step {number}: {choice} {name}")
}

fn random_history(init: &[&str], config: &[(&str, &str)], seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let sandbox = Sandbox::new(init);
        for (key, value) in config {
            sandbox.git(&["config", key, value]);
        }
        let repo = sandbox.open();
        let mut dice = Dice::new(seed);
        compare_staged(&sandbox, &repo, "empty");
        for number in 0..40 {
            let what = step(&sandbox, &mut dice, number);
            compare_staged(&sandbox, &repo, &format!("seed {seed}, {what}"));
        }
        sandbox.git(&["commit", "-q", "--allow-empty", "-m", "last"]);
        compare_commits(&sandbox, &repo);
    }
}

#[test]
fn random_histories_agree_with_git() {
    random_history(&[], &[], 0..6);
}

#[test]
fn random_sha256_histories_agree_with_git() {
    random_history(&["--object-format=sha256"], &[], 10..12);
}

#[test]
fn an_index_of_version_4_agrees_with_git() {
    random_history(
        &[],
        &[("index.version", "4"), ("index.skipHash", "true")],
        20..22,
    );
}

#[test]
fn a_split_index_is_asked_from_git() {
    random_history(&[], &[("core.splitIndex", "true")], 30..31);
}

#[test]
fn an_index_without_remembered_trees_agrees_with_git() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a/b/c", "1");
    sandbox.commit("a/d", "1");
    sandbox.git(&["read-tree", "--empty"]);
    compare_staged(&sandbox, &sandbox.open(), "emptied");
    sandbox.git(&["update-index", "--add", "a/d"]);
    compare_staged(&sandbox, &sandbox.open(), "one file");
    sandbox.git(&["add", "-A"]);
    compare_staged(&sandbox, &sandbox.open(), "all files");
}

#[test]
fn a_sparse_index_is_read_without_git() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("in/a", "1");
    sandbox.commit("out/deep/b", "1");
    sandbox.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    sandbox.write("in/a", "2");
    sandbox.git(&["add", "in/a"]);
    let env = sandbox.env(&[("PATH", "/nonexistent")]);
    let repo = Repo::open(&env, &sandbox.repo()).expect("it opens");
    let changes = repo.staged_changes(LIMIT).expect("staged");
    assert_eq!(changes.len(), 1);
    compare_staged(&sandbox, &sandbox.open(), "sparse");
}

/// More than a small index, in directories.
fn many_files(sandbox: &Sandbox, count: usize) {
    for number in 0..count {
        sandbox.write(&format!("d{}/f{number:04}", number / 100), "1");
    }
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-q", "-m", "Many"]);
}

#[test]
fn a_large_index_agrees_with_git_whether_its_trees_are_remembered_or_not() {
    let sandbox = Sandbox::new(&[]);
    many_files(&sandbox, 900);
    compare_staged(&sandbox, &sandbox.open(), "nothing");
    sandbox.write("d3/f0303", "2");
    sandbox.write("d3/g", "2");
    sandbox.write("new/deep/h", "2");
    sandbox.git(&["rm", "-q", "d5/f0505"]);
    sandbox.git(&["add", "-A"]);
    compare_staged(&sandbox, &sandbox.open(), "staged");
    sandbox.git(&["write-tree"]);
    compare_staged(&sandbox, &sandbox.open(), "remembered");
    sandbox.write("d3/i", "2");
    sandbox.git(&["add", "--intent-to-add", "d3/i"]);
    sandbox.git(&["write-tree"]);
    compare_staged(&sandbox, &sandbox.open(), "intended");
    sandbox.git(&["update-index", "--index-version", "3"]);
    compare_staged(&sandbox, &sandbox.open(), "version 3");
}

#[test]
fn a_large_index_whose_tree_is_not_stored_is_read() {
    let sandbox = Sandbox::new(&[]);
    many_files(&sandbox, 900);
    sandbox.write("d3/f0303", "2");
    sandbox.git(&["add", "-A"]);
    let tree = sandbox.git(&["write-tree"]);
    let (directory, name) = tree.trim().split_at(2);
    let object = format!(".git/objects/{directory}/{name}");
    std::fs::remove_file(sandbox.repo().join(object)).expect("it was stored");
    let changes = sandbox.open().staged_changes(LIMIT).expect("staged");
    assert_eq!(changes.len(), 1);
}

#[test]
fn a_list_of_changes_ends_with_one_more_than_is_counted() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "1");
    many_files(&sandbox, MOST_CHANGES + 200);
    let repo = sandbox.open();
    let id = CommitId::new(sandbox.git(&["rev-parse", "HEAD"]).trim()).expect("an id");
    let committed = repo.commit_changes(&id).expect("changes");
    sandbox.git(&["reset", "-q", "--soft", "HEAD~1"]);
    let staged = sandbox.open().staged_changes(LIMIT).expect("staged");
    assert_eq!(staged.len(), MOST_CHANGES + 1);
    assert_eq!(committed, staged);
}

#[test]
fn conflicts_are_no_changes() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "1\n");
    sandbox.git(&["switch", "-qc", "other"]);
    sandbox.commit("a", "2\n");
    sandbox.commit("b", "2\n");
    sandbox.git(&["switch", "-q", "main"]);
    sandbox.commit("a", "3\n");
    sandbox.try_git(&sandbox.repo(), &["merge", "other"]);
    let changes = sandbox.open().staged_changes(LIMIT).expect("staged");
    let paths: Vec<_> = changes
        .iter()
        .map(|change| change.path.as_slice())
        .collect();
    assert_eq!(paths, [b"b"]);
}

#[test]
fn a_relative_index_file_is_honoured() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "1");
    sandbox.write("b", "2");
    let other = sandbox.repo().join("other-index");
    std::fs::copy(sandbox.repo().join(".git/index"), &other).expect("copied");
    let env = sandbox.env(&[("GIT_INDEX_FILE", "other-index")]);
    let repo = Repo::open(&env, &sandbox.repo()).expect("it opens");
    assert!(repo.staged_changes(LIMIT).expect("staged").is_empty());
    let added = repo.git().args(["add", "b"]).checked();
    assert!(added.is_ok(), "{added:?}");
    assert_eq!(repo.staged_changes(LIMIT).expect("staged").len(), 1);
    assert!(
        sandbox
            .open()
            .staged_changes(LIMIT)
            .expect("staged")
            .is_empty()
    );
}

#[test]
fn changed_lines_are_those_of_git_numstat() {
    let sandbox = Sandbox::new(&[]);
    let mut dice = Dice::new(5);
    let mut text = |lines: usize| -> String {
        (0..lines)
            .map(|_| ["x\n", "y\n", "z\n", "\n"][dice.roll(4)])
            .collect()
    };
    sandbox.commit("a", &text(30));
    for round in 0..8 {
        let content = text(20 + round);
        let content = if round % 3 == 0 {
            content.trim_end()
        } else {
            &content
        };
        let id = CommitId::new(sandbox.commit("a", content)).expect("an id");
        let repo = sandbox.open();
        let changes = repo.commit_changes(&id).expect("changes");
        let lines = repo.changed_lines(&changes[0]).expect("small text");
        let stat = sandbox.git(&[
            "show",
            "--numstat",
            "--format=",
            "--diff-algorithm=myers",
            id.as_str(),
        ]);
        let mut counts = stat.split('\t').map(str::parse::<usize>);
        // libgit2's diff need not be as short as git's, but the balance is the same
        let (added, removed) = (counts.next(), counts.next());
        let (Some(Ok(added)), Some(Ok(removed))) = (added, removed) else {
            panic!("{stat}");
        };
        assert_eq!(
            lines.added.len() + removed,
            lines.removed.len() + added,
            "{stat}"
        );
    }
}

#[test]
fn lines_are_told_only_where_it_is_cheap() {
    let sandbox = Sandbox::new(&[]);
    sandbox.write("big", &"x\n".repeat(LARGEST_BLOB));
    sandbox.write("binary", "a\0b");
    sandbox.write("empty", "");
    let id = sandbox.commit("text", "one\n\ntwo");
    sandbox.git(&["add", "."]);
    let repo = sandbox.open();
    let lines = |path: &str| {
        let changes = repo.staged_changes(LIMIT).expect("staged");
        let found = changes.iter().find(|change| change.path == path.as_bytes());
        repo.changed_lines(found.expect("changed"))
    };
    assert_eq!(lines("big"), None);
    assert_eq!(lines("binary"), None);
    assert_eq!(
        lines("empty"),
        Some(git_session::git::LineChanges::default())
    );
    let first = repo
        .commit_changes(&CommitId::new(id).expect("an id"))
        .expect("changes");
    let text = repo.changed_lines(&first[0]).expect("small text");
    assert_eq!(text.added, [&b"one"[..], b"", b"two"]);
}

#[test]
fn a_blob_that_a_partial_clone_lacks_is_not_fetched() {
    let sandbox = Sandbox::new(&[]);
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    sandbox.commit("a", "1\n");
    let id = sandbox.commit("a", "2\n");
    let url = format!("file://{}", sandbox.repo().display());
    let args = [
        "clone",
        "-q",
        "--filter=blob:none",
        "--no-checkout",
        &url,
        "partial",
    ];
    sandbox.git_in(sandbox.root(), &args);
    let repo = Repo::open(&sandbox.env(&[]), &sandbox.root().join("partial")).expect("it opens");
    let changes = repo
        .commit_changes(&CommitId::new(id).expect("an id"))
        .expect("changes");
    assert_eq!(changes.len(), 1);
    assert_eq!(repo.changed_lines(&changes[0]), None);
}
