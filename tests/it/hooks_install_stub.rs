//! Hooks beside hooks that were there before: the stub runs them first, and taking it out brings them back.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use git_session::domain::hook_event::HookEvent;
use git_session::git::Git;
use git_session::ops::hooks::{self, Place, Way};
use git_session::sys::fs::{self, Onto};

use super::hooks_install::{OLD, Sandbox, commit, picture};

/// A repository whose hook of one event is this script.
pub(crate) fn with_hook(sandbox: &Sandbox, event: &str, text: &str) -> (PathBuf, PathBuf) {
    let path = sandbox.repo("repo");
    let hook = path.join(".git/hooks").join(event);
    sandbox.script(&hook, text);
    (path, hook)
}

/// Installs, expects a stub at the event, lets `look` see it, takes it out, and expects everything as before.
pub(crate) fn there_and_back(
    sandbox: &Sandbox,
    path: &Path,
    event: HookEvent,
    look: impl FnOnce(),
) {
    let hooks = path.join(".git/hooks");
    let before = picture(&hooks);
    let installed = sandbox.install(path);
    assert_eq!(installed.way(event), Some(&Way::Stub));
    assert_eq!(
        sandbox.install(path).way(event),
        Some(&Way::Stub),
        "once more"
    );
    assert!(
        sandbox.problems(path).is_empty(),
        "{:?}",
        sandbox.problems(path)
    );
    look();
    let removed = sandbox.uninstall(path);
    assert!(removed.kept.is_empty(), "{removed:?}");
    assert_eq!(picture(&hooks), before);
}

#[test]
fn an_old_hook_runs_first_and_both_see_the_same() {
    let sandbox = Sandbox::new();
    let text = "#!/bin/sh\necho \"old $0 $*\" >>\"$HOOK_TRACE\"\n";
    let (path, _) = with_hook(&sandbox, "prepare-commit-msg", text);
    there_and_back(&sandbox, &path, HookEvent::PrepareCommitMsg, || {
        commit(&sandbox, &path);
        let expected = "old .git/hooks/git-session.d/prepare-commit-msg .git/COMMIT_EDITMSG message\n\
            git-session [hook] [prepare-commit-msg] [.git/COMMIT_EDITMSG] [message]\n\
            commit-msg [.git/COMMIT_EDITMSG]\npost-commit\n";
        assert_eq!(sandbox.trace(), expected);
        let linked = sandbox.root.join("linked");
        sandbox.ok(&path, &["worktree", "add", "-q", linked.to_str().unwrap()]);
        sandbox.trace();
        commit(&sandbox, &linked);
        let trace = sandbox.trace();
        assert!(
            trace.contains("/git-session.d/prepare-commit-msg "),
            "{trace}"
        );
        assert!(
            trace.contains("git-session [hook] [prepare-commit-msg]"),
            "{trace}"
        );
    });
}

#[test]
fn a_hook_that_asks_for_its_own_name_gets_it() {
    let sandbox = Sandbox::new();
    let text = "#!/bin/sh\ncase ${0##*/} in post-commit) echo right;; *) echo wrong;; esac >>\"$HOOK_TRACE\"\n";
    let (path, _) = with_hook(&sandbox, "post-commit", text);
    there_and_back(&sandbox, &path, HookEvent::PostCommit, || {
        commit(&sandbox, &path);
        assert!(sandbox.trace().contains("right\n"));
    });
}

#[test]
fn both_hooks_read_the_list_of_rewritten_commits() {
    let sandbox = Sandbox::new();
    let text = "#!/bin/sh\nsed 's/^/old /' >>\"$HOOK_TRACE\"\nexit 3\n";
    let (path, _) = with_hook(&sandbox, "post-rewrite", text);
    there_and_back(&sandbox, &path, HookEvent::PostRewrite, || {
        for _ in 0..3 {
            commit(&sandbox, &path);
        }
        sandbox.trace();
        let rebase = ["rebase", "-q", "--force-rebase", "HEAD~3"];
        let git = Git::program("git", &sandbox.env, &path).args(rebase);
        let git = git.variable("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z");
        assert_eq!(git.output().unwrap().code, 0);
        let trace = sandbox.trace();
        let old: Vec<_> = trace
            .lines()
            .filter_map(|line| line.strip_prefix("old "))
            .collect();
        let ours: Vec<_> = trace
            .lines()
            .filter_map(|line| line.strip_prefix('<'))
            .collect();
        assert_eq!(old.len(), 3, "{trace}");
        assert_eq!(old, ours, "{trace}");
        assert!(
            trace.contains("git-session [hook] [post-rewrite] [rebase]\n"),
            "{trace}"
        );
        // switched off, the old hook still reads the list itself
        let amend = ["commit", "-q", "--amend", "--allow-empty", "-m", "x"];
        let git = Git::program("git", &sandbox.env, &path).args(amend);
        assert_eq!(git.variable("GIT_SESSION", "0").output().unwrap().code, 0);
        let trace = sandbox.trace();
        assert!(
            trace.contains("old ") && !trace.contains("git-session"),
            "{trace}"
        );
    });
}

#[test]
fn a_long_list_reaches_a_hook_that_reads_it_and_does_not_harm_one_that_does_not() {
    let sandbox = Sandbox::new();
    let text = "#!/bin/sh\nexec <&-\n";
    let (path, hook) = with_hook(&sandbox, "post-rewrite", text);
    there_and_back(&sandbox, &path, HookEvent::PostRewrite, || {
        let list = format!("{:040} {:040}\n", 1, 2).repeat(20_000);
        let git = Git::program(&hook, &sandbox.env, &path)
            .arg("rebase")
            .stdin(list.as_str());
        let output = git.output().unwrap();
        assert_eq!((output.code, output.complaint()), (0, String::new()));
        let trace = sandbox.trace();
        assert_eq!(trace.matches("\n<").count(), 20_000);
    });
}

#[test]
fn an_old_hook_decides_about_the_commit_with_its_own_status() {
    for event in ["prepare-commit-msg", "commit-msg"] {
        let sandbox = Sandbox::new();
        let (path, hook) = with_hook(&sandbox, event, "#!/bin/sh\necho no >&2\nexit 7\n");
        there_and_back(
            &sandbox,
            &path,
            HookEvent::from_name(event).unwrap(),
            || {
                let output = sandbox.git(&path, &["commit", "-q", "--allow-empty", "-m", "next"]);
                assert_eq!((output.code, output.complaint()), (1, "no".to_owned()));
                let ours = format!("git-session [hook] [{event}]");
                assert!(!sandbox.trace().contains(&ours), "ours must not run");
                let direct = Git::program(&hook, &sandbox.env, &path).output().unwrap();
                assert_eq!(direct.code, 7);
            },
        );
    }
}

#[test]
fn an_old_hook_that_fails_afterwards_stops_nothing_and_keeps_its_status() {
    let sandbox = Sandbox::new();
    let (path, hook) = with_hook(&sandbox, "post-commit", "#!/bin/sh\nexit 7\n");
    there_and_back(&sandbox, &path, HookEvent::PostCommit, || {
        commit(&sandbox, &path);
        assert!(sandbox.trace().contains("git-session [hook] [post-commit]"));
        let direct = Git::program(&hook, &sandbox.env, &path).output().unwrap();
        assert_eq!(direct.code, 7);
    });
}

#[test]
fn ours_never_fails_and_may_be_gone() {
    for event in HookEvent::ALL {
        let sandbox = Sandbox::new();
        let (path, hook) = with_hook(&sandbox, event.name(), "#!/bin/sh\n:\n");
        there_and_back(&sandbox, &path, event, || {
            let run = || {
                Git::program(&hook, &sandbox.env, &path)
                    .arg("x")
                    .output()
                    .unwrap()
            };
            sandbox.script(&sandbox.program(), "#!/bin/sh\nexit 9\n");
            assert_eq!(
                (run().code, run().complaint()),
                (0, String::new()),
                "{event}"
            );
            fs::remove(&sandbox.program()).unwrap();
            assert_eq!(
                (run().code, run().complaint()),
                (0, String::new()),
                "{event}"
            );
            commit(&sandbox, &path);
            sandbox.script(&sandbox.program(), "#!/bin/sh\n:\n");
        });
    }
}

#[test]
fn odd_old_hooks_come_back_as_they_were() {
    let crlf = "#!/bin/sh\r\necho x\r\n";
    for (text, mode) in [
        ("echo no shebang >>\"$HOOK_TRACE\"\n", 0o755),
        (crlf, 0o644),
        ("", 0o700),
        ("#!/bin/sh\n", 0o4711),
    ] {
        let sandbox = Sandbox::new();
        let (path, hook) = with_hook(&sandbox, "post-commit", text);
        std::fs::set_permissions(&hook, PermissionsExt::from_mode(mode)).unwrap();
        there_and_back(&sandbox, &path, HookEvent::PostCommit, || {
            commit(&sandbox, &path);
            let trace = sandbox.trace();
            assert_eq!(
                trace.contains("no shebang\n"),
                text.contains("no shebang"),
                "{trace}"
            );
            assert!(
                trace.contains("git-session [hook] [post-commit]"),
                "{trace}"
            );
        });
    }
}

#[test]
fn old_hooks_that_are_links_come_back_as_links() {
    for target in ["../../scripts/hook", "/dev/null", "gone", "./beside"] {
        let sandbox = Sandbox::new();
        let path = sandbox.repo("repo");
        let hooks = path.join(".git/hooks");
        sandbox.script(
            &path.join("scripts/hook"),
            "#!/bin/sh\necho linked >>\"$HOOK_TRACE\"\n",
        );
        sandbox.script(
            &hooks.join("beside"),
            "#!/bin/sh\necho linked >>\"$HOOK_TRACE\"\n",
        );
        fs::symlink(Path::new(target), &hooks.join("post-commit"), Onto::Free).unwrap();
        there_and_back(&sandbox, &path, HookEvent::PostCommit, || {
            commit(&sandbox, &path);
            let trace = sandbox.trace();
            let runs = target.contains("hook") || target.contains("beside");
            assert_eq!(trace.contains("linked\n"), runs, "{target}: {trace}");
            assert!(
                trace.contains("git-session [hook] [post-commit]"),
                "{trace}"
            );
        });
    }
}

#[test]
fn a_hook_that_reads_its_own_directory_stays_where_it_is() {
    let sandbox = Sandbox::new();
    let text = "#!/bin/sh\n. \"$(dirname \"$0\")/lib.sh\"\n";
    let (path, hook) = with_hook(&sandbox, "post-commit", text);
    sandbox.script(
        &path.join(".git/hooks/lib.sh"),
        "echo lib >>\"$HOOK_TRACE\"\n",
    );
    let installed = sandbox.install(&path);
    let by_hand: Vec<_> = installed.by_hand().collect();
    let program = sandbox.program();
    let program = program.display();
    let line = format!("[ ! -x '{program}' ] || '{program}' hook post-commit \"$@\" || :");
    let reason =
        ".git/hooks/post-commit reads files beside itself and cannot be moved: add the line to it";
    assert_eq!(by_hand, [(HookEvent::PostCommit, line.as_str(), reason)]);
    assert_eq!(installed.way(HookEvent::CommitMsg), Some(&Way::Link));
    sandbox.script(&hook, &format!("{text}{line}\n"));
    commit(&sandbox, &path);
    let trace = sandbox.trace();
    assert!(
        trace.ends_with("lib\ngit-session [hook] [post-commit]\n"),
        "{trace}"
    );
    assert!(
        sandbox.problems(&path).is_empty(),
        "{:?}",
        sandbox.problems(&path)
    );
    let installed = sandbox.install(&path);
    assert_eq!(installed.by_hand().count(), 0);
    let reason =
        ".git/hooks/post-commit runs git-session already: there is nothing to do".to_owned();
    let line = String::new();
    let done = Way::Manual { line, reason };
    assert_eq!(installed.way(HookEvent::PostCommit), Some(&done));
    let removed = sandbox.uninstall(&path);
    let why = "runs git-session by a line that was added by hand".to_owned();
    assert_eq!(removed.kept, [(hook, why)]);
}

#[test]
fn a_stub_that_somebody_changed_is_left_alone() {
    let sandbox = Sandbox::new();
    let (path, hook) = with_hook(&sandbox, "post-commit", "#!/bin/sh\n");
    sandbox.install(&path);
    let mut text = std::fs::read_to_string(&hook).unwrap();
    text.push_str("echo mine\n");
    sandbox.script(&hook, &text);
    let installed = sandbox.install(&path);
    assert_eq!(installed.way(HookEvent::PostCommit), Some(&Way::Stub));
    assert_eq!(
        installed.notes,
        [".git/hooks/post-commit was changed by hand and stays as it is"]
    );
    let removed = sandbox.uninstall(&path);
    assert_eq!(removed.removed.len(), 5);
    let kept: Vec<_> = removed.kept.iter().map(|(path, _)| path.clone()).collect();
    let before = path.join(".git/hooks/git-session.d/post-commit");
    assert_eq!(kept, [hook.clone(), before]);
    assert_eq!(std::fs::read_to_string(&hook).unwrap(), text);
}

#[test]
fn a_hook_that_replaced_the_stub_is_not_taken_for_it() {
    let sandbox = Sandbox::new();
    let (path, hook) = with_hook(&sandbox, "post-commit", "#!/bin/sh\n: one\n");
    sandbox.install(&path);
    sandbox.script(&hook, "#!/bin/sh\n: two\n");
    let installed = sandbox.install(&path);
    assert!(!installed.way(HookEvent::PostCommit).unwrap().is_ours());
    let removed = sandbox.uninstall(&path);
    let before = path.join(".git/hooks/git-session.d/post-commit");
    let why = "was the post-commit hook before another one took its place".to_owned();
    assert_eq!(removed.kept, [(before.clone(), why)]);
    assert_eq!(
        std::fs::read_to_string(&before).unwrap(),
        "#!/bin/sh\n: one\n"
    );
    assert_eq!(
        std::fs::read_to_string(&hook).unwrap(),
        "#!/bin/sh\n: two\n"
    );
}

#[test]
fn the_moved_hook_may_be_edited_where_it_is() {
    let sandbox = Sandbox::new();
    let (path, hook) = with_hook(&sandbox, "post-commit", "#!/bin/sh\n: one\n");
    sandbox.install(&path);
    sandbox.script(
        &path.join(".git/hooks/git-session.d/post-commit"),
        "#!/bin/sh\n: two\n",
    );
    let removed = sandbox.uninstall(&path);
    let said = ".git/hooks/post-commit: the hook that was there before is back, with the changes made since";
    assert!(removed.removed.contains(&said.to_owned()), "{removed:?}");
    assert_eq!(
        std::fs::read_to_string(&hook).unwrap(),
        "#!/bin/sh\n: two\n"
    );
}

#[test]
fn an_install_that_was_cut_short_is_repaired_or_taken_back() {
    let text = "#!/bin/sh\necho old >>\"$HOOK_TRACE\"\n";
    // killed after the second name was made; killed where there are no hard links, after the move
    for moved in [false, true] {
        for repair in [false, true] {
            let sandbox = Sandbox::new();
            let (path, hook) = with_hook(&sandbox, "post-commit", text);
            let hooks = path.join(".git/hooks");
            let untouched = picture(&hooks);
            let before = hooks.join("git-session.d/post-commit");
            std::fs::create_dir(hooks.join("git-session.d")).unwrap();
            fs::hard_link(&hook, &before).unwrap();
            if moved {
                fs::remove(&hook).unwrap();
                assert!(
                    sandbox
                        .problems(&path)
                        .iter()
                        .any(|one| one.contains("was cut short"))
                );
            }
            if repair {
                let installed = sandbox.install(&path);
                assert_eq!(installed.way(HookEvent::PostCommit), Some(&Way::Stub));
                commit(&sandbox, &path);
                assert!(
                    sandbox
                        .trace()
                        .ends_with("old\ngit-session [hook] [post-commit]\n")
                );
            }
            let removed = sandbox.uninstall(&path);
            assert!(removed.kept.is_empty(), "{removed:?}");
            assert_eq!(picture(&hooks), untouched);
        }
    }
}

#[test]
fn an_install_that_is_killed_leaves_the_old_hook_running() {
    let sandbox = Sandbox::new();
    let text = "#!/bin/sh\necho old >>\"$HOOK_TRACE\"\n";
    let (path, hook) = with_hook(&sandbox, "post-commit", text);
    let hooks = path.join(".git/hooks");
    let untouched = picture(&hooks);
    let helper = "hooks_install::helper_installs_where_it_is_told";
    let install = Git::program(
        std::env::current_exe().unwrap(),
        &sandbox.env,
        &sandbox.root,
    )
    .args(["--exact", helper])
    .variable("INSTALL_HOOKS_IN", &path)
    .variable("INSTALL_HOOKS_PROGRAM", sandbox.program());
    let mut killed = 0;
    for microseconds in (500..20_000).step_by(500) {
        let limit = Duration::from_micros(microseconds);
        killed += usize::from(install.clone().within(limit).output().is_err());
        let run = Git::program(&hook, &sandbox.env, &path).output().unwrap();
        assert_eq!((run.code, run.complaint()), (0, String::new()));
        let trace = sandbox.trace();
        assert_eq!(
            trace.matches("old\n").count(),
            1,
            "after {microseconds} µs: {trace}"
        );
        let removed = sandbox.uninstall(&path);
        assert!(removed.kept.is_empty(), "{removed:?}");
        assert_eq!(picture(&hooks), untouched, "after {microseconds} µs");
    }
    assert!(
        killed > 0,
        "an install takes longer than half a millisecond"
    );
}

#[test]
fn a_lost_record_is_no_loss() {
    let sandbox = Sandbox::new();
    let (path, _) = with_hook(&sandbox, "post-commit", "#!/bin/sh\n: one\n");
    let hooks = path.join(".git/hooks");
    let before = picture(&hooks);
    sandbox.install(&path);
    std::fs::remove_dir_all(path.join(".git/sessions")).unwrap();
    assert!(sandbox.problems(&path).is_empty());
    sandbox.uninstall(&path);
    assert_eq!(picture(&hooks), before);
}

#[test]
fn a_stub_of_an_older_version_is_known_by_its_hash() {
    let sandbox = Sandbox::new();
    let (path, hook) = with_hook(&sandbox, "post-commit", "#!/bin/sh\n: one\n");
    let hooks = path.join(".git/hooks");
    let before = picture(&hooks);
    sandbox.install(&path);
    let record = path.join(".git/sessions/hooks.json");
    let hash = |sandbox: &Sandbox| sandbox.ok(&path, &["hash-object", hook.to_str().unwrap()]);
    let now = hash(&sandbox);
    let older = std::fs::read_to_string(&hook)
        .unwrap()
        .replace("status=0\n", "status=00\n");
    sandbox.script(&hook, &older);
    let text = std::fs::read_to_string(&record).unwrap();
    assert!(text.contains(&now), "{text}");
    let text = text.replace(&now, &hash(&sandbox));
    fs::write_atomic(&record, text.as_bytes(), fs::Sharing::Umask).unwrap();
    sandbox.install(&path);
    assert_eq!(hash(&sandbox), now, "brought up to date");
    sandbox.uninstall(&path);
    assert_eq!(picture(&hooks), before);
}

#[test]
fn a_directory_in_the_place_of_a_hook_is_not_touched() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    std::fs::create_dir_all(path.join(".git/hooks/post-merge/x")).unwrap();
    let repo = sandbox.open(&path);
    let installed = hooks::install_for(&repo, &sandbox.program(), Place::Repository, OLD).unwrap();
    let (event, _, reason) = installed.by_hand().next().unwrap();
    assert_eq!(event, HookEvent::PostMerge);
    assert_eq!(
        reason,
        ".git/hooks/post-merge is no file: move it away first"
    );
    sandbox.uninstall(&path);
    assert!(path.join(".git/hooks/post-merge/x").is_dir());
}
