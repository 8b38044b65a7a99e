//! Hooks directories that are not this clone's to write: the project's, the user's, a manager's. Nothing is
//! written there; the line to add is said, and works.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that fails is a failed test"
)]

use std::path::Path;

use git_session::domain::hook_event::HookEvent;
use git_session::ops::hooks::{self, Place, Way};
use git_session::sys::fs;

use super::hooks_install::{OLD, Sandbox, commit, only_way, picture};

const EVENT: HookEvent = HookEvent::PostCommit;

/// Installs and returns the line and the reason for one event; none may be written.
fn by_hand(sandbox: &Sandbox, path: &Path) -> (String, String) {
    let look = || {
        let mut picture = picture(path);
        picture.retain(|line| !line.contains("/.git/sessions"));
        picture
    };
    let before = look();
    let installed = sandbox.install(path);
    assert_eq!(look(), before);
    assert!(!hooks::installed(&sandbox.open(path)).unwrap());
    let ours = |(_, way): &(HookEvent, Way)| way.is_ours();
    assert!(!installed.events.iter().any(ours), "{installed:?}");
    let Some(Way::Manual { line, reason }) = installed.way(EVENT) else {
        panic!("{installed:?}");
    };
    (line.to_owned(), reason.to_owned())
}

/// Makes the program one that `PATH` finds, for lines that name no path.
fn on_path(sandbox: &mut Sandbox) {
    let bin = sandbox.program().parent().unwrap().to_owned();
    sandbox.add_to_path(&bin);
}

#[test]
fn tracked_hooks_belong_to_the_project() {
    let mut sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    sandbox.ok(&path, &["config", "core.hooksPath", ".githooks"]);
    let hook = path.join(".githooks/post-commit");
    sandbox.script(&hook, "#!/bin/sh -e\n");
    sandbox.ok(&path, &["add", "."]);
    let (line, reason) = by_hand(&sandbox, &path);
    assert_eq!(
        reason,
        ".githooks (core.hooksPath) belongs to the project: add the line to .githooks/post-commit"
    );
    sandbox.script(
        &hook,
        &format!("#!/bin/sh -e\n{line}\necho end >>\"$HOOK_TRACE\"\n"),
    );
    commit(&sandbox, &path);
    assert_eq!(
        sandbox.trace(),
        "end\n",
        "without the program the line does nothing"
    );
    on_path(&mut sandbox);
    commit(&sandbox, &path);
    assert_eq!(sandbox.trace(), "git-session [hook] [post-commit]\nend\n");
    assert_eq!(sandbox.problems(&path).len(), 5);
}

#[test]
fn hooks_that_are_a_link_into_the_work_tree_belong_to_the_project() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    sandbox.script(&path.join("hooks/pre-commit"), "#!/bin/sh\n");
    sandbox.ok(&path, &["add", "."]);
    fs::symlink(
        Path::new("../hooks"),
        &path.join(".git/hooks"),
        fs::Onto::Free,
    )
    .unwrap();
    let (_, reason) = by_hand(&sandbox, &path);
    assert!(
        reason.contains("belongs to the project: add the line to a new .git/hooks/post-commit")
    );
}

#[test]
fn a_path_for_all_repositories_is_not_written_to() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    for (value, place) in [("~/hooks", "home/hooks"), ("/nowhere/hooks", "")] {
        sandbox.ok(&path, &["config", "--global", "core.hooksPath", value]);
        let (line, reason) = by_hand(&sandbox, &path);
        assert!(reason.contains("serves other repositories, too: add the line to a new "));
        let said = sandbox.problems(&path);
        assert_eq!(said.len(), 6);
        if !place.is_empty() {
            let hook = sandbox.root.join(place).join("post-commit");
            sandbox.script(&hook, &format!("#!/bin/sh\n{line}\n"));
            commit(&sandbox, &path);
            assert_eq!(sandbox.trace(), "git-session [hook] [post-commit]\n");
            assert_eq!(sandbox.problems(&path).len(), 5);
        }
    }
    sandbox.ok(
        &path,
        &["config", "--global", "core.hooksPath", ".githooks"],
    );
    let (_, reason) = by_hand(&sandbox, &path);
    assert!(
        reason.contains("serves other repositories, too"),
        "{reason}"
    );
}

#[test]
fn an_untracked_directory_of_the_work_tree_gets_stubs() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    sandbox.ok(&path, &["config", "core.hooksPath", ".githooks"]);
    let installed = sandbox.install(&path);
    assert_eq!(only_way(&installed), Way::Stub);
    let said = "core.hooksPath is relative: a linked work tree without .githooks runs no hooks";
    assert!(
        installed.notes.contains(&said.to_owned()),
        "{:?}",
        installed.notes
    );
    let said = ".githooks is not ignored: the hooks in it are not to be committed";
    assert!(
        installed.notes.contains(&said.to_owned()),
        "{:?}",
        installed.notes
    );
    commit(&sandbox, &path);
    assert!(
        sandbox
            .trace()
            .contains("git-session [hook] [post-commit]\n")
    );
    assert!(sandbox.problems(&path).is_empty());
    sandbox.ok(&path, &["config", "--unset", "core.hooksPath"]);
    assert_eq!(
        sandbox.uninstall(&path).removed.len(),
        6,
        "the old place is remembered"
    );
    assert!(picture(&path.join(".githooks")).is_empty());
}

#[test]
fn an_uninstall_takes_back_what_every_install_wrote() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    sandbox.script(&path.join(".hk/post-commit"), "#!/bin/sh\necho mine\n");
    sandbox.script(&path.join(".git/hooks/commit-msg"), "#!/bin/sh\n:\n");
    let look = || {
        let mut picture = picture(&path);
        picture.retain(|line| !line.contains("/.git/sessions"));
        picture
    };
    let before = look();
    let unset = || sandbox.ok(&path, &["config", "--unset", "core.hooksPath"]);
    let set = |value: &str| sandbox.ok(&path, &["config", "core.hooksPath", value]);
    set(".hk");
    sandbox.install(&path);
    unset();
    sandbox.install(&path);
    set(".other");
    sandbox.install(&path);
    set("/dev/null");
    sandbox.install(&path);
    unset();
    assert_eq!(sandbox.uninstall(&path).removed.len(), 18);
    std::fs::remove_dir(path.join(".other")).unwrap();
    assert_eq!(look(), before);
    assert!(sandbox.uninstall(&path).removed.is_empty());
}

#[test]
fn what_cannot_be_taken_back_at_an_old_place_is_named() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    sandbox.ok(&path, &["config", "core.hooksPath", ".hk"]);
    sandbox.install(&path);
    let hook = path.join(".hk/post-merge");
    let text = String::from_utf8(fs::read(&hook).unwrap().unwrap()).unwrap();
    sandbox.script(&hook, &text.replace("program=", ": # mine\nprogram="));
    sandbox.ok(&path, &["config", "--unset", "core.hooksPath"]);
    sandbox.install(&path);
    let gone = sandbox.uninstall(&path);
    assert_eq!(gone.removed.len(), 11, "{gone:?}");
    assert_eq!(gone.kept.len(), 1);
    assert_eq!(gone.kept[0].0, hook);
}

#[test]
fn a_place_that_git_comes_back_to_is_no_news() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let recheck = || hooks::recheck(&sandbox.open(&path));
    sandbox.install(&path);
    sandbox.ok(&path, &["config", "core.hooksPath", ".hk"]);
    let said = "git now takes hooks from .hk: git session hooks install";
    assert_eq!(recheck().as_deref(), Some(said));
    sandbox.install(&path);
    assert_eq!(recheck(), None);
    sandbox.ok(&path, &["config", "--unset", "core.hooksPath"]);
    assert_eq!(recheck(), None, "the links work");
    assert!(sandbox.problems(&path).is_empty());
    assert!(hooks::installed(&sandbox.open(&path)).unwrap());
    fs::remove(&path.join(".git/hooks/post-merge")).unwrap();
    let said = ".git/hooks/post-merge was removed: git session hooks install";
    assert_eq!(recheck().as_deref(), Some(said), "the record has followed");
    sandbox.install(&path);
    sandbox.ok(&path, &["config", "core.hooksPath", "/dev/null"]);
    let line = sandbox.advised("git config --local --unset core.hooksPath");
    let said = format!("git now takes hooks from /dev/null: {line}");
    assert_eq!(recheck(), Some(said));
    assert_eq!(recheck(), None);
    assert_eq!(sandbox.uninstall(&path).removed.len(), 12);
}

#[test]
fn a_path_inside_the_git_directory_is_this_clones() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    sandbox.ok(&path, &["config", "core.hooksPath", ".git/own"]);
    assert_eq!(only_way(&sandbox.install(&path)), Way::Link);
    commit(&sandbox, &path);
    assert!(sandbox.trace().contains("post-commit\n"));
}

#[test]
fn hooks_that_are_switched_off_are_named() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    for value in ["", "/dev/null"] {
        sandbox.ok(&path, &["config", "core.hooksPath", value]);
        let (line, reason) = by_hand(&sandbox, &path);
        assert_eq!(line, "git config --local --unset core.hooksPath");
        assert_eq!(
            reason,
            format!("core.hooksPath is `{value}`: git runs no hooks")
        );
        assert_eq!(sandbox.problems(&path).len(), 6);
        let said = "so git runs no hooks: git config --local --unset core.hooksPath";
        assert!(sandbox.problems(&path)[0].ends_with(said));
        assert!(sandbox.uninstall(&path).removed.is_empty());
    }
}

#[test]
fn husky_is_told_in_its_own_directory() {
    let mut sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let own = path.join(".husky/_");
    let runner = "#!/usr/bin/env sh\nn=$(basename \"$0\")\ns=$(dirname \"$(dirname \"$0\")\")/$n\n[ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\n";
    sandbox.script(&own.join("h"), runner);
    for event in HookEvent::ALL {
        sandbox.script(
            &own.join(event.name()),
            "#!/usr/bin/env sh\n. \"${0%/*}/h\"\n",
        );
    }
    sandbox.script(&own.join(".gitignore"), "*");
    sandbox.ok(&path, &["config", "core.hooksPath", ".husky/_"]);
    let (line, reason) = by_hand(&sandbox, &path);
    assert_eq!(
        reason,
        "husky writes its hook files again: add the line to .husky/post-commit"
    );
    assert_eq!(sandbox.problems(&path).len(), 6);
    on_path(&mut sandbox);
    sandbox.script(&path.join(".husky/post-commit"), &format!("{line}\n"));
    commit(&sandbox, &path);
    assert_eq!(sandbox.trace(), "git-session [hook] [post-commit]\n");
    assert_eq!(sandbox.problems(&path).len(), 5);
    let (line, reason) = by_hand(&sandbox, &path);
    let said = "husky runs git-session already: there is nothing to do";
    assert_eq!((line.as_str(), reason.as_str()), ("", said));
}

#[test]
fn files_that_a_manager_writes_are_left_to_it() {
    for (mark, name, part) in [
        (
            "# File generated by pre-commit: https://pre-commit.com",
            "pre-commit",
            "ln -s '",
        ),
        (
            "# File generated by prek: https://github.com/j178/prek",
            "prek",
            "ln -s '",
        ),
        (
            "call_lefthook run \"post-commit\" \"$@\"",
            "lefthook",
            "post-commit: {commands: ",
        ),
        (
            "[ \"$SKIP_SIMPLE_GIT_HOOKS\" = 1 ]",
            "simple-git-hooks",
            "&& { ! command -v git-session",
        ),
        (
            "# Entrypoint for Overcommit hook integration",
            "overcommit",
            "! command -v git-session",
        ),
    ] {
        let sandbox = Sandbox::new();
        let path = sandbox.repo("repo");
        let hook = path.join(".git/hooks/post-commit");
        sandbox.script(&hook, &format!("#!/bin/sh\n{mark}\n"));
        let before = fs::read(&hook).unwrap();
        let installed = sandbox.install(&path);
        let (event, line, reason) = installed.by_hand().next().unwrap();
        assert_eq!(event, EVENT);
        assert!(line.starts_with(part), "{line}");
        assert!(
            reason.starts_with(&format!("the post-commit hook is {name}'s")),
            "{reason}"
        );
        assert_eq!(installed.way(HookEvent::CommitMsg), Some(&Way::Link));
        assert_eq!(fs::read(&hook).unwrap(), before);
        let said = sandbox.problems(&path);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].contains(&format!("is {name}'s and does not run git-session")),
            "{said:?}"
        );
        assert_eq!(sandbox.uninstall(&path).removed.len(), 5);
        assert_eq!(fs::read(&hook).unwrap(), before);
    }
}

#[test]
fn the_command_for_pre_commit_makes_what_it_runs_first() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let hook = path.join(".git/hooks/post-commit");
    sandbox.script(
        &hook,
        "#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n[ ! -x \"$0.legacy\" ] || \"$0.legacy\" \"$@\"\n",
    );
    let installed = sandbox.install(&path);
    let (_, line, _) = installed.by_hand().next().unwrap();
    let shell = git_session::git::Git::program("sh", &sandbox.env, &path).args(["-c", line]);
    assert_eq!(shell.output().unwrap().code, 0);
    commit(&sandbox, &path);
    assert!(sandbox.trace().ends_with("post-commit.legacy\n"));
    assert!(
        sandbox.problems(&path).is_empty(),
        "{:?}",
        sandbox.problems(&path)
    );
    assert_eq!(sandbox.install(&path).by_hand().count(), 0);
    let removed = sandbox.uninstall(&path).removed;
    let legacy = "removed .git/hooks/post-commit.legacy".to_owned();
    assert!(removed.contains(&legacy), "{removed:?}");
    commit(&sandbox, &path);
    assert_eq!(sandbox.trace(), "");
}

#[test]
fn a_manager_that_takes_hooks_over_is_named() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    sandbox.script(&path.join("lefthook.yml"), "pre-commit:\n");
    sandbox.script(&path.join("package.json"), "{\"name\": \"simple\"}\n");
    let installed = sandbox.install(&path);
    assert_eq!(only_way(&installed), Way::Stub);
    let said = "lefthook replaces or removes hook files when it installs its own: git session hooks status tells";
    assert_eq!(installed.notes, [said]);
}

#[test]
fn an_older_git_has_no_hooks_for_all_repositories() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let global = || fs::read(&sandbox.root.join("home/.gitconfig")).unwrap();
    let install = || {
        let program = sandbox.program();
        hooks::install_global_for(&sandbox.env, &sandbox.root, &program, OLD).unwrap()
    };
    let before = global();
    let installed = install();
    assert_eq!(installed.place, Place::Global);
    let (_, line, reason) = installed.by_hand().next().unwrap();
    assert_eq!(line, "git session hooks install");
    assert!(reason.starts_with("git 2.53.9 runs no hooks of its config (2.54.0 does), and"));
    assert_eq!(global(), before);
    sandbox.ok(&path, &["config", "--global", "core.hooksPath", "~/hooks"]);
    let before = global();
    let installed = install();
    let (_, line, reason) = installed.by_hand().next().unwrap();
    assert!(
        line.ends_with("hook prepare-commit-msg \"$@\" || :"),
        "{line}"
    );
    assert!(
        reason.ends_with("core.hooksPath is ~/hooks: add the line to prepare-commit-msg there")
    );
    assert_eq!(global(), before);
    let removed = hooks::uninstall_global(&sandbox.env, &sandbox.root).unwrap();
    assert_eq!(removed, hooks::Removed::default());
    assert_eq!(global(), before);
}
