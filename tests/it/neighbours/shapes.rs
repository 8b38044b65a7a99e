//! Hooks as people write them, run by our stub: each does beside ours what it does alone.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use git_session::domain::hook_event::HookEvent;
use git_session::ops::hooks::Way;
use git_session::sys::fs::{self, Onto};

use crate::hooks_install::{Sandbox, commit, picture};
use crate::hooks_install_stub::{there_and_back, with_hook};

/// What a commit does and the hook at one event writes down; ours is taken out of it.
fn seen(sandbox: &Sandbox, path: &Path) -> (i32, String, String) {
    sandbox.trace();
    let output = sandbox.git(path, &["commit", "-q", "--allow-empty", "-m", "a  b"]);
    let trace = sandbox.trace();
    let theirs: Vec<_> = trace
        .lines()
        .filter_map(|line| line.strip_prefix("theirs "))
        .collect();
    let heard = output.text() + &output.complaint();
    (output.code, theirs.join("\n"), heard)
}

#[test]
fn a_hook_does_beside_ours_what_it_does_alone() {
    let say = r#"{ printf 'theirs'; for word in "$@"; do printf ' [%s]' "$word"; done; echo; }"#;
    for (what, text) in [
        (
            "prints",
            format!("#!/bin/sh\necho out\necho err >&2\n{say} >>\"$HOOK_TRACE\"\n"),
        ),
        (
            "has no path",
            format!("#!/bin/sh\nunset PATH\n{say} >>\"$HOOK_TRACE\"\n"),
        ),
        (
            "goes elsewhere",
            format!("#!/bin/sh\ncd /\n{say} >>\"$HOOK_TRACE\"\n"),
        ),
        (
            "is another program",
            "#!/bin/sh\nexec sh -c 'echo \"theirs $*\" >>\"$HOOK_TRACE\"' x \"$@\"\n".to_owned(),
        ),
        (
            "ends early",
            format!("#!/bin/sh\nset -eu\n{say} >>\"$HOOK_TRACE\"\nexit 0\nfalse\n"),
        ),
        (
            "changes the environment",
            format!("#!/bin/sh\nexport GIT_SESSION=0 IFS=/\n{say} >>\"$HOOK_TRACE\"\n"),
        ),
        (
            "is killed",
            format!("#!/bin/sh\n{say} >>\"$HOOK_TRACE\"\nkill -9 $$\n"),
        ),
        (
            "has a carriage return after its interpreter",
            format!("#!/bin/sh\r\n{say} >>\"$HOOK_TRACE\"\n"),
        ),
        (
            "has an interpreter that is not there",
            "#!/nowhere/sh\n:\n".to_owned(),
        ),
    ] {
        for event in ["prepare-commit-msg", "commit-msg", "post-commit"] {
            let sandbox = Sandbox::new();
            let (path, _) = with_hook(&sandbox, event, &text);
            let (code, theirs, heard) = seen(&sandbox, &path);
            there_and_back(
                &sandbox,
                &path,
                HookEvent::from_name(event).unwrap(),
                || {
                    let beside = seen(&sandbox, &path);
                    let same = (beside.0, beside.1.as_str()) == (code, theirs.as_str());
                    assert!(same, "{event} {what}: {beside:?}, alone {theirs:?}");
                    if code == 0 && event != "post-commit" {
                        assert_eq!(beside.2, heard, "{event} {what}");
                    }
                },
            );
        }
    }
}

#[test]
fn the_arguments_of_a_hook_may_hold_blanks() {
    let sandbox = Sandbox::new();
    let text =
        "#!/bin/sh\nfor word in \"$@\"; do printf '[%s]' \"$word\"; done >>\"$HOOK_TRACE\"\n";
    let (path, hook) = with_hook(&sandbox, "prepare-commit-msg", text);
    there_and_back(&sandbox, &path, HookEvent::PrepareCommitMsg, || {
        let git = git_session::git::Git::program(&hook, &sandbox.env, &path);
        let output = git.args(["a b", "", "*", "$x"]).output().unwrap();
        assert_eq!(output.code, 0);
        let ours = "git-session [hook] [prepare-commit-msg] [a b] [] [*] [$x]\n";
        assert_eq!(sandbox.trace(), format!("[a b][][*][$x]{ours}"));
    });
}

#[test]
fn one_script_may_serve_several_events_by_its_name() {
    let sandbox = Sandbox::new();
    let path = sandbox.repo("repo");
    let hooks = path.join(".git/hooks");
    let text = "#!/bin/sh\ncase $(basename \"$0\") in\n\
        post-commit|commit-msg|post-checkout) echo \"theirs $(basename \"$0\") $#\" ;;\n\
        *) echo \"theirs wrong\" ;;\nesac >>\"$HOOK_TRACE\"\n";
    sandbox.script(&hooks.join("dispatch"), text);
    for event in ["post-commit", "commit-msg", "post-checkout"] {
        fs::symlink(Path::new("dispatch"), &hooks.join(event), Onto::Free).unwrap();
    }
    there_and_back(&sandbox, &path, HookEvent::PostCommit, || {
        commit(&sandbox, &path);
        sandbox.ok(&path, &["switch", "-q", "-c", "other"]);
        let trace = sandbox.trace();
        let theirs: Vec<_> = trace
            .lines()
            .filter(|line| line.starts_with("theirs"))
            .collect();
        assert_eq!(
            theirs,
            [
                "theirs commit-msg 1",
                "theirs post-commit 0",
                "theirs post-checkout 3"
            ]
        );
        for event in ["commit-msg", "post-commit", "post-checkout"] {
            assert_eq!(
                trace.matches(&format!("[hook] [{event}]")).count(),
                1,
                "{trace}"
            );
        }
    });
}

#[test]
fn what_another_tool_adds_to_a_stub_runs_and_stays() {
    let added = "## START\n\nsed 's/^/theirs <&/' >>\"$HOOK_TRACE\"\necho theirs $# >>\"$HOOK_TRACE\"\n## END\n";
    for event in HookEvent::ALL {
        let sandbox = Sandbox::new();
        let path = sandbox.repo("repo");
        // where others are expected there are no links
        sandbox.script(&path.join(".gitreview"), "");
        let installed = sandbox.install(&path);
        assert_eq!(installed.way(event), Some(&Way::Stub));
        let hook = path.join(".git/hooks").join(event.name());
        let mut text = std::fs::read_to_string(&hook).unwrap();
        text.push_str(added);
        sandbox.script(&hook, &text);
        let list = "one two\nthree four\n";
        let git = git_session::git::Git::program(&hook, &sandbox.env, &path).args(["a", "b"]);
        let output = git.stdin(list).output().unwrap();
        assert_eq!((output.code, output.complaint()), (0, String::new()));
        let trace = sandbox.trace();
        assert!(
            trace.contains(&format!("git-session [hook] [{event}] [a] [b]\n")),
            "{trace}"
        );
        assert!(trace.ends_with("theirs 2\n"), "{event}: {trace}");
        if event == HookEvent::PostRewrite {
            let both = "\n<one two\n<three four\ntheirs <one two\ntheirs <three four\n";
            assert!(trace.contains(both), "{trace}");
        }
        sandbox.install(&path);
        assert_eq!(std::fs::read_to_string(&hook).unwrap(), text);
        let removed = sandbox.uninstall(&path);
        assert!(removed.kept.is_empty(), "{removed:?}");
        let left = std::fs::read_to_string(&hook).unwrap();
        assert_eq!(left, format!("#!/bin/sh\n{added}"));
        assert_eq!(
            std::fs::metadata(&hook).unwrap().permissions().mode() & 0o777,
            0o755
        );
        assert_eq!(picture(&path.join(".git/hooks")).len(), 1);
    }
}

#[test]
fn a_tool_that_is_set_up_again_does_not_run_twice() {
    let sandbox = Sandbox::new();
    let added = "## START\necho theirs >>\"$HOOK_TRACE\"\n## END\n";
    let (path, hook) = with_hook(&sandbox, "post-commit", &format!("#!/bin/sh\n{added}"));
    there_and_back(&sandbox, &path, HookEvent::PostCommit, || {
        let again = || {
            let text = std::fs::read_to_string(&hook).unwrap();
            sandbox.script(&hook, &(text + added));
        };
        again();
        let recheck = || git_session::ops::hooks::recheck(&sandbox.open(&path));
        let said = recheck().unwrap();
        assert!(
            said.ends_with("once more the hook that was there before: git session hooks install")
        );
        assert_eq!(recheck(), None, "said once");
        sandbox.install(&path);
        commit(&sandbox, &path);
        assert_eq!(sandbox.trace().matches("theirs\n").count(), 1);
        assert_eq!(recheck(), None);
        again();
    });
    // taken out, it says so where it stands
    sandbox.install(&path);
    let text = std::fs::read_to_string(&hook).unwrap();
    sandbox.script(&hook, &(text + "## START\n# gone\n## END\n"));
    commit(&sandbox, &path);
    sandbox.install(&path);
    commit(&sandbox, &path);
    assert_eq!(sandbox.trace().matches("theirs\n").count(), 1);
    sandbox.uninstall(&path);
    let left = std::fs::read_to_string(&hook).unwrap();
    assert_eq!(left, "#!/bin/sh\n## START\n# gone\n## END\n");
}

#[test]
fn a_stub_that_another_tool_has_set_aside_goes_with_the_others() {
    for suffix in ["legacy", "old"] {
        for old in [None, Some("#!/bin/sh\necho old\n")] {
            let sandbox = Sandbox::new();
            let path = sandbox.repo("repo");
            let hooks = path.join(".git/hooks");
            let hook = hooks.join("post-commit");
            sandbox.script(&path.join("lefthook.yml"), "");
            if let Some(old) = old {
                sandbox.script(&hook, old);
            }
            sandbox.install(&path);
            let aside = hooks.join(format!("post-commit.{suffix}"));
            std::fs::rename(&hook, &aside).unwrap();
            sandbox.script(&hook, "#!/bin/sh\n# File generated by pre-commit\n");
            sandbox.install(&path);
            let removed = sandbox.uninstall(&path);
            assert!(removed.kept.is_empty(), "{removed:?}");
            assert!(fs::exists(&hook), "it is theirs");
            let left = fs::read(&aside)
                .unwrap()
                .map(|b| String::from_utf8(b).unwrap());
            assert_eq!(left.as_deref(), old, "{suffix}");
            assert_eq!(picture(&hooks).len(), 1 + usize::from(old.is_some()));
        }
    }
}
