//! What was tried to make it lose something.

use std::fs;

use crate::support::Repo;

use super::kill::{held, scene};
use super::picture::{File, files, picture, status};

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

/// Runs a command while another program saves a file at its first step, at its second, until it is through. What
/// was saved is there afterwards, or a checkpoint holds it.
fn saved_at_every_step(set: impl Fn() -> Repo, command: &[&str], save: &str) {
    let mut n = 1;
    loop {
        let repo = set();
        let saved = repo.sandbox().root().join("saved");
        let view = repo.meddling(n, &format!("{{ {save}; }} && : > '{}'", saved.display()));
        let program = repo.sandbox().root().join("bin/git-session");
        let output = view.run(program, command);
        if repo.calls() < n {
            assert!(output.success(), "{output}");
            assert!(n > 3, "git is called more often than that");
            return;
        }
        n += 1;
        if !saved.exists() {
            // the other program was told that it could not
            continue;
        }
        let there = files(&repo)
            .into_values()
            .any(|file| matches!(file, File::Plain(_, bytes) if bytes == b"edited\n"));
        let staged = repo.git(&["show", ":a"]).stdout == b"edited\n";
        assert!(
            there || staged || held(&repo).contains(b"edited\n".as_slice()),
            "{command:?}: `{save}` before call {n} of git is lost: {output}"
        );
    }
}

/// A rewind that would write, create and remove.
fn before_a_rewind() -> Repo {
    let repo = scene();
    repo.session(&["checkpoint", "-l", "then"]).done();
    repo.write("a", "later\n");
    repo.write("new", "later\n");
    fs::remove_file(repo.path().join("b")).expect("removed");
    repo
}

const SAVES: [&str; 3] = [
    "echo edited > a",
    "echo edited > b",
    "rm -f new && mkdir -p new && echo edited > new/deep",
];

#[test]
fn nothing_that_is_saved_during_a_rewind_is_lost() {
    for save in SAVES {
        saved_at_every_step(before_a_rewind, &["rewind", "then"], save);
    }
}

#[test]
fn nothing_that_is_saved_during_a_switch_is_lost() {
    for save in &SAVES[1..] {
        saved_at_every_step(before_a_rewind, &["switch", "main"], save);
    }
}

#[test]
fn nothing_that_is_saved_while_work_comes_back_is_lost() {
    let parked = || {
        let repo = before_a_rewind();
        repo.session(&["switch", "main"]).done();
        repo.git(&["switch", "-q", "feature"]).done();
        repo
    };
    for save in &SAVES[..2] {
        saved_at_every_step(parked, &["resume"], save);
    }
}

#[test]
fn nothing_that_is_staged_meanwhile_is_lost() {
    // what is in the work tree is another version
    let stage = "id=$(echo edited | /usr/bin/env -u GIT_INDEX_FILE REAL hash-object -w --stdin); \
                 /usr/bin/env -u GIT_INDEX_FILE REAL update-index --cacheinfo 100644,$id,a";
    let set = before_a_rewind();
    let real = set.sh("command -v git").text();
    let stage = stage.replace("REAL", &real);
    for command in [["rewind", "then"], ["switch", "main"]] {
        saved_at_every_step(before_a_rewind, &command, &stage);
    }
}

#[test]
fn a_filter_that_fails_has_touched_nothing() {
    let repo = Repo::in_session();
    repo.commit(".gitattributes", "*.f filter=f\n", "Attributes");
    repo.config("filter.f.clean", "cat");
    repo.config("filter.f.required", "true");
    repo.write("a", "then\n");
    repo.write("x.f", "then\n");
    repo.session(&["checkpoint", "-l", "then"]).done();
    repo.write("a", "now\n");
    repo.write("new", "now\n");
    repo.write("x.f", "now\n");
    repo.config("filter.f.smudge", "false");
    let before = picture(&repo);
    let refused = repo.session(&["rewind", "then"]);
    assert_eq!(refused.code, 1, "{refused}");
    assert_eq!(picture(&repo).files, before.files);
}

#[test]
fn work_outside_a_sparse_checkout_comes_back_too() {
    let repo = Repo::in_session();
    repo.commit("in/a", "1\n", "In");
    repo.commit("out/a", "1\n", "Out");
    repo.git(&["sparse-checkout", "set", "--no-cone", "/in/"])
        .done();
    repo.write("in/a", "work\n");
    repo.write("out/a", "work\n");
    // older versions of git do not look
    repo.git(&["update-index", "--no-skip-worktree", "out/a"])
        .done();
    repo.session(&["switch", "main"]).done();
    repo.session(&["switch", "feature"]).done();
    assert_eq!(
        (repo.read("in/a"), repo.read("out/a")),
        ("work\n".into(), "work\n".into())
    );
}

#[test]
fn parked_work_that_somebody_deleted_is_not_called_safe() {
    let repo = Repo::in_session();
    repo.commit("a", "1\n", "A");
    repo.write("a", "work\n");
    repo.session(&["switch", "main"]).done();
    repo.sh("git for-each-ref --format='delete %(refname)' refs/session/snapshots | git update-ref --stdin")
        .done();
    repo.git(&["gc", "-q", "--prune=now"]).done();
    let said = repo.session(&["switch", "feature"]).ok().news();
    assert!(
        said.contains("cannot come back") && !said.contains("safe"),
        "{said}"
    );
}
