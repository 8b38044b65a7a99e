//! `core.hooksPath` as it is found: relative, below the home directory, git's own directory by name, gone.

use std::path::Path;

use git_session::domain::hook_event::HookEvent;
use git_session::ops::hooks::{self, Way};

use crate::hooks_install::{Sandbox, commit, only_way, picture};

/// A repository with a linked work tree beside it.
fn with_worktree(sandbox: &Sandbox) -> (std::path::PathBuf, std::path::PathBuf) {
    let path = sandbox.repo("repo");
    let linked = sandbox.root.join("linked");
    sandbox.ok(
        &path,
        &["worktree", "add", "-q", linked.to_str().expect("UTF-8")],
    );
    (path, linked)
}

fn runs_ours(sandbox: &Sandbox, path: &Path) -> bool {
    sandbox.trace();
    commit(sandbox, path);
    sandbox.trace().contains("post-commit")
}

#[test]
fn a_relative_path_means_another_directory_in_each_work_tree() {
    let sandbox = Sandbox::new();
    let (path, linked) = with_worktree(&sandbox);
    sandbox.ok(&path, &["config", "core.hooksPath", ".githooks"]);
    assert_eq!(only_way(&sandbox.install(&path)), Way::Stub);
    assert!(runs_ours(&sandbox, &path));
    assert!(!runs_ours(&sandbox, &linked), "it has no such directory");
    assert_eq!(sandbox.problems(&linked).len(), 6);
    assert_eq!(only_way(&sandbox.install(&linked)), Way::Stub);
    assert!(runs_ours(&sandbox, &linked) && runs_ours(&sandbox, &path));
    assert!(sandbox.problems(&linked).is_empty() && sandbox.problems(&path).is_empty());
    let removed = sandbox.uninstall(&linked).removed;
    assert_eq!(removed.len(), 12, "a repository is all its work trees");
    assert!(!runs_ours(&sandbox, &linked) && !runs_ours(&sandbox, &path));
    assert!(picture(&path.join(".githooks")).is_empty());
}

#[test]
fn the_own_directory_of_git_may_be_named() {
    let sandbox = Sandbox::new();
    let (path, linked) = with_worktree(&sandbox);
    let absolute = path.join(".git/hooks");
    sandbox.ok(
        &path,
        &["config", "core.hooksPath", absolute.to_str().unwrap()],
    );
    assert_eq!(only_way(&sandbox.install(&path)), Way::Link);
    assert!(runs_ours(&sandbox, &path) && runs_ours(&sandbox, &linked));
    sandbox.uninstall(&path);
    sandbox.ok(&path, &["config", "core.hooksPath", ".git/hooks"]);
    let installed = sandbox.install(&path);
    assert_eq!(only_way(&installed), Way::Link);
    let said = "core.hooksPath is relative: a linked work tree without .git/hooks runs no hooks";
    assert!(
        installed.notes.contains(&said.to_owned()),
        "{:?}",
        installed.notes
    );
    assert!(runs_ours(&sandbox, &path));
    // there `.git` is a file
    assert!(!runs_ours(&sandbox, &linked));
    let said = sandbox.problems(&linked);
    assert_eq!(said.len(), 6, "{said:?}");
    let installed = sandbox.install(&linked);
    let Some(Way::Manual { line, reason }) = installed.way(HookEvent::PostCommit) else {
        panic!("{installed:?}");
    };
    assert_eq!(line, "git config --local --unset core.hooksPath");
    assert!(
        reason.contains("core.hooksPath is `.git/hooks`"),
        "{reason}"
    );
    sandbox.ok(&linked, &["config", "--local", "--unset", "core.hooksPath"]);
    assert!(runs_ours(&sandbox, &linked) && runs_ours(&sandbox, &path));
}

#[test]
fn a_path_below_the_home_directory_is_the_users() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    sandbox.script(&sandbox.root.join("home/hooks/pre-commit"), "#!/bin/sh\n");
    sandbox.ok(&path, &["config", "core.hooksPath", "~/hooks"]);
    let before = picture(&sandbox.root.join("home/hooks"));
    let installed = sandbox.install(&path);
    let (_, line, reason) = installed.by_hand().next().unwrap();
    assert!(
        reason.contains("serves other repositories, too"),
        "{reason}"
    );
    assert_eq!(picture(&sandbox.root.join("home/hooks")), before);
    let hook = sandbox.root.join("home/hooks/prepare-commit-msg");
    sandbox.script(&hook, &format!("#!/bin/sh\n{line}\n"));
    commit(&sandbox, &path);
    assert!(sandbox.trace().contains("[hook] [prepare-commit-msg]"));
    assert_eq!(hooks::recheck(&sandbox.open(&path)), None);
}
