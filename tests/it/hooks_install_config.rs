//! Hooks that stand in the config, which git runs since 2.54. What is written is seen with any git; that git runs
//! it, only with one that does: `TEST_GIT=<path of git>`.
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests that fails is a failed test"
)]

use std::path::{Path, PathBuf};

use git_session::domain::hook_event::HookEvent;
use git_session::ops::hooks::{self, CONFIG_HOOKS_SINCE, Installed, Place, Version, Way};
use git_session::sys::fs::{self, Onto};

use super::hooks_install::{OLD, Sandbox, commit, only_way, picture};

/// A git that has hooks in its config, whatever git runs the test.
const NEW: Version = (2, 55, 0);

/// Installs as with a git that has hooks in its config.
fn install(sandbox: &Sandbox, path: &Path) -> Installed {
    let repo = sandbox.open(path);
    hooks::install_for(&repo, &sandbox.program(), Place::Repository, NEW).unwrap()
}

/// Whether this git runs hooks of the config; says so if not.
#[expect(clippy::print_stdout, reason = "a part that is left out is said")]
fn runs(sandbox: &Sandbox, test: &str) -> bool {
    let version = sandbox.version();
    let runs = version >= CONFIG_HOOKS_SINCE;
    if !runs {
        println!("{test}: not run, git {version:?} has no hooks in its config; set TEST_GIT");
    }
    runs
}

/// A repository whose post-commit hook is somebody's: hook files are taken.
fn taken(sandbox: &Sandbox) -> PathBuf {
    let path = sandbox.repo("repo");
    let hook = path.join(".git/hooks/post-commit");
    sandbox.script(&hook, "#!/bin/sh\necho old >>\"$HOOK_TRACE\"\n");
    path
}

/// What `install.sh` makes beside the program.
fn with_libexec(sandbox: &Sandbox) -> PathBuf {
    let libexec = sandbox.root.join("prefix/libexec/git-session");
    std::fs::create_dir_all(&libexec).unwrap();
    for event in HookEvent::ALL {
        let to = Path::new("../../bin/git-session");
        fs::symlink(to, &libexec.join(event.name()), Onto::Free).unwrap();
    }
    libexec
}

/// The text of the local or global config.
fn text(path: &Path) -> String {
    String::from_utf8(fs::read(path).unwrap().unwrap_or_default()).unwrap()
}

/// What is wrong in the eyes of a git that has hooks in its config.
fn problems(sandbox: &Sandbox, path: &Path) -> Vec<String> {
    let all = hooks::status_for(&sandbox.open(path), NEW).unwrap();
    let sick = all.into_iter().filter(|one| !one.healthy);
    sick.map(|one| format!("{}: {}", one.event, one.detail))
        .collect()
}

#[test]
fn a_program_of_install_sh_is_included_and_run_without_a_shell() {
    let sandbox = Sandbox::new();
    let path = taken(&sandbox);
    let libexec = with_libexec(&sandbox);
    let (config, hooks) = (path.join(".git/config"), path.join(".git/hooks"));
    let before = (text(&config), picture(&hooks));
    let installed = install(&sandbox, &path);
    assert_eq!(only_way(&installed), Way::Config);
    let included = libexec.join("hooks.gitconfig");
    let line = format!("[include]\n\tpath = {}\n", included.display());
    assert_eq!(text(&config), before.0.clone() + &line);
    assert_eq!(picture(&hooks), before.1, "no hook file is touched");
    let word = libexec.join("prepare-commit-msg");
    let section = format!(
        "[hook \"git-session-pcm\"]\n\tcommand = {}\n\tevent = prepare-commit-msg\n",
        word.display()
    );
    assert!(text(&included).contains(&section), "{}", text(&included));
    assert_eq!(install(&sandbox, &path), installed);
    assert_eq!(text(&config), before.0.clone() + &line, "once more");
    assert!(
        problems(&sandbox, &path).is_empty(),
        "{:?}",
        problems(&sandbox, &path)
    );
    assert!(hooks::installed(&sandbox.open(&path)).unwrap());
    assert_eq!(hooks::recheck(&sandbox.open(&path)), None);
    let old = hooks::status_for(&sandbox.open(&path), OLD).unwrap();
    assert!(
        old[0]
            .detail
            .contains("which git 2.53.9 does not run (2.54.0 does)")
    );
    if runs(
        &sandbox,
        "a_program_of_install_sh_is_included_and_run_without_a_shell",
    ) {
        commit(&sandbox, &path);
        let expected = "prepare-commit-msg [.git/COMMIT_EDITMSG] [message]\n\
            commit-msg [.git/COMMIT_EDITMSG]\npost-commit\nold\n";
        assert_eq!(sandbox.trace(), expected);
        let linked = sandbox.root.join("linked");
        sandbox.ok(&path, &["worktree", "add", "-q", linked.to_str().unwrap()]);
        assert!(sandbox.trace().contains("post-checkout ["));
        // as install.sh removes it
        fs::remove(&included).unwrap();
        std::fs::remove_dir_all(sandbox.root.join("prefix")).unwrap();
        commit(&sandbox, &path);
        assert_eq!(sandbox.trace(), "old\n");
    }
    let removed = sandbox.uninstall(&path);
    assert_eq!(
        removed.removed,
        [format!("include.path = {}", included.display())]
    );
    assert_eq!((text(&config), picture(&hooks)), before);
    assert!(!hooks::installed(&sandbox.open(&path)).unwrap());
}

#[test]
fn without_links_or_with_a_space_in_the_path_a_shell_looks_for_the_program() {
    for name in ["plain", "with it's $HOME space"] {
        let sandbox = Sandbox::named(name);
        let path = taken(&sandbox);
        if name != "plain" {
            with_libexec(&sandbox);
        }
        let config = path.join(".git/config");
        let before = text(&config);
        let installed = install(&sandbox, &path);
        assert_eq!(only_way(&installed), Way::ConfigGuarded);
        assert!(
            installed.notes[0].contains("go through a shell"),
            "{:?}",
            installed.notes
        );
        let keys = sandbox.ok(&path, &["config", "--local", "--get-regexp", "^hook\\."]);
        let order: Vec<_> = keys.lines().take(2).map(|line| &line[..24]).collect();
        assert_eq!(
            order,
            ["hook.git-session-pcm.com", "hook.git-session-pcm.eve"]
        );
        assert_eq!(keys.lines().count(), 12);
        assert!(
            problems(&sandbox, &path).is_empty(),
            "{:?}",
            problems(&sandbox, &path)
        );
        if runs(
            &sandbox,
            "without_links_or_with_a_space_in_the_path_a_shell_looks_for_the_program",
        ) {
            commit(&sandbox, &path);
            let expected = "git-session [hook] [prepare-commit-msg] [.git/COMMIT_EDITMSG] [message]\n\
                git-session [hook] [commit-msg] [.git/COMMIT_EDITMSG]\n\
                git-session [hook] [post-commit]\nold\n";
            assert_eq!(sandbox.trace(), expected);
            sandbox.script(&sandbox.program(), "#!/bin/sh\nexit 9\n");
            commit(&sandbox, &path);
            fs::remove(&sandbox.program()).unwrap();
            let output = sandbox.git(&path, &["commit", "-q", "--allow-empty", "-m", "next"]);
            assert_eq!((output.code, output.complaint()), (0, String::new()));
            sandbox.ok(&path, &["switch", "-q", "-c", "other"]);
        }
        let removed = sandbox.uninstall(&path);
        assert_eq!(removed.removed.len(), 12);
        assert_eq!(
            removed.removed[..2],
            ["hook.git-session-pcm.event", "hook.git-session-pcm.command"]
        );
        assert_eq!(text(&config), before);
    }
}

#[test]
fn whoever_shares_a_repository_may_not_have_the_program() {
    let sandbox = Sandbox::new();
    let path = taken(&sandbox);
    with_libexec(&sandbox);
    sandbox.ok(&path, &["config", "core.sharedRepository", "group"]);
    assert_eq!(only_way(&install(&sandbox, &path)), Way::ConfigGuarded);
    sandbox.ok(&path, &["config", "--unset", "core.sharedRepository"]);
    assert_eq!(only_way(&install(&sandbox, &path)), Way::Config);
    let keys = sandbox.git(&path, &["config", "--local", "--get-regexp", "^hook\\."]);
    assert_eq!(keys.code, 1, "the shell form is gone");
    sandbox.ok(&path, &["config", "core.sharedRepository", "group"]);
    assert_eq!(only_way(&install(&sandbox, &path)), Way::ConfigGuarded);
    assert!(
        !text(&path.join(".git/config")).contains("include"),
        "the include is gone"
    );
}

#[test]
fn a_free_name_is_a_link_with_any_git() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    with_libexec(&sandbox);
    assert_eq!(only_way(&install(&sandbox, &path)), Way::Link);
}

#[test]
fn hooks_of_the_config_run_whatever_the_hooks_directory_is() {
    for value in [
        ".husky/_",
        "/dev/null",
        "",
        "~/hooks",
        "tracked",
        ".git/hooks",
    ] {
        let sandbox = Sandbox::new();
        let path = sandbox.repo("repo");
        with_libexec(&sandbox);
        sandbox.script(&path.join("tracked/pre-commit"), "#!/bin/sh\n");
        sandbox.ok(&path, &["add", "."]);
        sandbox.ok(&path, &["config", "core.hooksPath", value]);
        assert_eq!(only_way(&install(&sandbox, &path)), Way::Config, "{value}");
        assert!(problems(&sandbox, &path).is_empty(), "{value}");
        if runs(
            &sandbox,
            "hooks_of_the_config_run_whatever_the_hooks_directory_is",
        ) {
            commit(&sandbox, &path);
            assert!(sandbox.trace().contains("post-commit\n"), "{value}");
        }
        assert_eq!(sandbox.uninstall(&path).removed.len(), 1, "{value}");
    }
}

#[test]
fn a_manager_that_takes_hooks_over_cannot_take_those_of_the_config() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    sandbox.script(&path.join("package.json"), "{\"simple-git-hooks\": {}}\n");
    assert_eq!(only_way(&install(&sandbox, &path)), Way::ConfigGuarded);
}

#[test]
fn another_git_means_another_way_and_never_both() {
    let sandbox = Sandbox::new();
    let path = taken(&sandbox);
    let hooks = path.join(".git/hooks");
    let config = path.join(".git/config");
    let before = (text(&config), picture(&hooks));
    let installed = sandbox.install(&path);
    assert_eq!(installed.way(HookEvent::PostCommit), Some(&Way::Stub));
    assert_eq!(only_way(&install(&sandbox, &path)), Way::ConfigGuarded);
    assert_eq!(
        picture(&hooks),
        before.1,
        "links and stubs are gone, the old hook is back"
    );
    let installed = sandbox.install(&path);
    assert_eq!(installed.way(HookEvent::PostCommit), Some(&Way::Stub));
    assert_eq!(text(&config), before.0);
    sandbox.uninstall(&path);
    assert_eq!((text(&config), picture(&hooks)), before);
}

#[test]
fn hooks_for_all_repositories_need_none_in_one() {
    let sandbox = Sandbox::new();
    let libexec = with_libexec(&sandbox);
    let global = sandbox.root.join("home/.gitconfig");
    sandbox.ok(&sandbox.root, &["config", "--global", "user.name", "Ada"]);
    let path = sandbox.repo("repo");
    let before = text(&global);
    sandbox.install(&path);
    let program = sandbox.program();
    let everywhere =
        || hooks::install_global_for(&sandbox.env, &sandbox.root, &program, NEW).unwrap();
    let installed = everywhere();
    assert_eq!(
        (installed.place, only_way(&installed)),
        (Place::Global, Way::Config)
    );
    assert_eq!(everywhere(), installed);
    let included = libexec.join("hooks.gitconfig");
    let line = format!("[include]\n\tpath = {}\n", included.display());
    assert_eq!(text(&global), before.clone() + &line);
    let here = install(&sandbox, &path);
    assert_eq!(only_way(&here), Way::Config);
    assert_eq!(
        here.notes[0],
        "the hooks for all repositories run here, too"
    );
    assert!(
        picture(&path.join(".git/hooks")).is_empty(),
        "the links are gone"
    );
    assert!(problems(&sandbox, &path).is_empty());
    if runs(&sandbox, "hooks_for_all_repositories_need_none_in_one") {
        commit(&sandbox, &path);
        let trace = sandbox.trace();
        assert_eq!(trace.matches("post-commit\n").count(), 1, "{trace}");
        sandbox.ok(&path, &["config", "hook.git-session-pc.enabled", "false"]);
        commit(&sandbox, &path);
        assert!(!sandbox.trace().contains("post-commit"));
        let said = problems(&sandbox, &path);
        assert_eq!(
            said,
            ["post-commit: hook.git-session-pc.event (global) is switched off"]
        );
    }
    let removed = hooks::uninstall(&sandbox.open(&path), Place::Global).unwrap();
    assert_eq!(
        removed.removed,
        [format!("include.path = {}", included.display())]
    );
    assert_eq!(text(&global), before);
}

#[test]
fn what_makes_git_refuse_to_work_is_named() {
    let sandbox = Sandbox::new();
    let path = taken(&sandbox);
    let libexec = with_libexec(&sandbox);
    let _installed = install(&sandbox, &path);
    fs::remove(&libexec.join("post-merge")).unwrap();
    let said = problems(&sandbox, &path);
    let missing = libexec.join("post-merge");
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with(&format!(
        "post-merge: {} is not there, so git fails",
        missing.display()
    )));
    sandbox.ok(
        &path,
        &["config", "hook.git-session-pc.event", "post-commit"],
    );
    fs::remove(&libexec.join("hooks.gitconfig")).unwrap();
    let said = problems(&sandbox, &path);
    let expected = "post-commit: hook.git-session-pc.event has no command, so git refuses to work: \
        git config --local --unset-all hook.git-session-pc.event";
    assert!(said.contains(&expected.to_owned()), "{said:?}");
    assert!(hooks::recheck(&sandbox.open(&path)).is_some());
    let again = install(&sandbox, &path);
    assert_eq!(only_way(&again), Way::ConfigGuarded, "a link is missing");
    assert!(problems(&sandbox, &path).is_empty());
}
