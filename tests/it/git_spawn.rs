//! Child processes: what they see, what comes back, and that they end.
#![allow(
    clippy::disallowed_methods,
    reason = "fixtures are written and processes started without what is tested"
)]

use std::time::{Duration, Instant};

use git_session::error::fault;
use git_session::git::Git;
use git_session::git::spawn::{LOCAL_VARIABLES, git_version};

use crate::git_support::Sandbox;

#[test]
fn a_large_input_and_output_do_not_block_each_other() {
    let sandbox = Sandbox::new(&[]);
    let text = "line\n".repeat(400_000);
    for limit in [None, Some(Duration::from_secs(20))] {
        let cat = Git::program("cat", &sandbox.env(&[]), sandbox.root()).stdin(text.clone());
        let cat = limit.map_or(cat.clone(), |limit| cat.within(limit));
        assert_eq!(cat.output().expect("it runs").stdout.len(), text.len());
    }
}

#[test]
fn a_child_that_takes_too_long_is_ended() {
    let sandbox = Sandbox::new(&[]);
    let begin = Instant::now();
    let sleep = Git::program("sleep", &sandbox.env(&[]), sandbox.root()).arg("30");
    let error = sleep
        .within(Duration::from_millis(50))
        .output()
        .expect_err("ended");
    assert!(
        error.to_string().contains("did not end within 50 ms"),
        "{error:#}"
    );
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_failure_quotes_git() {
    let sandbox = Sandbox::new(&[]);
    let git = Git::new(&sandbox.env(&[]), &sandbox.repo());
    let git = git.args(["rev-parse", "--verify", "nothing"]);
    assert_eq!(git.output().expect("it runs").code, 128);
    let error = git.checked().expect_err("it fails");
    let message = fault(&error).expect("a fault").to_string();
    assert_eq!(
        message,
        "`git rev-parse --verify nothing` failed: Needed a single revision"
    );
}

#[test]
fn a_missing_git_comes_with_a_hint() {
    let sandbox = Sandbox::new(&[]);
    let env = sandbox.env(&[("PATH", "/nonexistent")]);
    let error = Git::new(&env, sandbox.root()).output().expect_err("no git");
    assert!(
        !fault(&error).expect("a fault").hints().is_empty(),
        "{error:#}"
    );
    let error = Git::new(&env, &sandbox.root().join("gone"))
        .output()
        .expect_err("no directory");
    assert!(error.to_string().contains("no such directory"), "{error:#}");
}

#[cfg(unix)]
#[test]
fn the_git_that_called_us_is_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::new(&[]);
    let own = sandbox.root().join("git");
    std::fs::write(&own, "#!/bin/sh\necho git version 9.8.7\n").expect("a script");
    std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let root = sandbox.root().to_str().expect("UTF-8");
    let env = sandbox.env(&[("GIT_EXEC_PATH", root)]);
    assert_eq!(
        git_version(&env, sandbox.root()).expect("a version"),
        (9, 8, 7)
    );
    let env = sandbox.env(&[("GIT_EXEC_PATH", "/nonexistent")]);
    assert!(git_version(&env, sandbox.root()).expect("a version") >= (2, 0, 0));
}

#[test]
fn elsewhere_nothing_binds_the_child_to_this_repository() {
    let sandbox = Sandbox::new(&[]);
    let known = sandbox.git(&["rev-parse", "--local-env-vars"]);
    for name in known.lines() {
        assert!(LOCAL_VARIABLES.contains(&name), "{name}");
    }
    sandbox.git_in(sandbox.root(), &["init", "-q", "other"]);
    let env = sandbox.env(&[
        ("GIT_DIR", "/nonexistent"),
        ("GIT_INDEX_FILE", "/nonexistent"),
    ]);
    let git = Git::new(&env, &sandbox.root().join("other")).args(["rev-parse", "--show-toplevel"]);
    assert!(!git.output().expect("it runs").success());
    let output = git.elsewhere().in_hook().checked().expect("it runs");
    assert!(output.text().ends_with("/other"), "{output:?}");
}

#[test]
fn variables_and_exit_status_reach_and_leave_the_child() {
    let sandbox = Sandbox::new(&[]);
    let env = sandbox.env(&[("SEEN", "no"), ("GONE", "yes")]);
    let sh = Git::program("sh", &env, sandbox.root()).args(["-c", "echo $SEEN$GONE; exit 7"]);
    let output = sh
        .variable("SEEN", "yes")
        .without("GONE")
        .output()
        .expect("it runs");
    assert_eq!((output.code, output.text().as_str()), (7, "yes"));
    let status = Git::program("sh", &env, sandbox.root())
        .args(["-c", "exit 3"])
        .inherit();
    assert_eq!(status.expect("it runs"), 3);
}
