//! What hooks ask of the system, counted where `strace` works: no child process, and few files. The bounds are a
//! little above what is needed; what exceeds them has to be worth it.
#![cfg(target_os = "linux")]
#![allow(
    clippy::disallowed_methods,
    reason = "fixtures are written and processes started without what is tested"
)]

use std::path::{Path, PathBuf};

use crate::git_support::Sandbox;

const PROGRAM: &str = env!("CARGO_BIN_EXE_git-session");

/// Files that a commit of the test touches.
const FILES: usize = 10;

/// What one run of a hook did.
#[derive(Debug, Default)]
struct Cost {
    children: usize,
    /// Attempts to open a file of the sandbox.
    opens: usize,
    /// Attempts to learn something of a file of the sandbox without opening it.
    stats: usize,
    /// Bytes read from files of the sandbox.
    bytes: usize,
}

impl Cost {
    /// Reads what `strace -f -y` wrote.
    fn parse(trace: &str, root: &str) -> Self {
        let mut cost = Self::default();
        for line in trace.lines() {
            let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
            let name = call.split('(').next().unwrap_or_default();
            // the directory that a name counts from says nothing of the file
            let from = call
                .find("AT_FDCWD<")
                .and_then(|at| call[at..].split_once('>'));
            let here = from.map_or(call, |(_, behind)| behind).contains(root);
            match name {
                "clone" | "clone3" | "fork" | "vfork" => cost.children += 1,
                "open" | "openat" if here => cost.opens += 1,
                "stat" | "lstat" | "fstat" | "newfstatat" | "statx" | "access" | "faccessat2"
                    if here =>
                {
                    cost.stats += 1;
                }
                "read" | "pread64" if here => {
                    let result = call.rsplit_once("= ").map(|(_, result)| result.trim());
                    cost.bytes += result.and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
                }
                _ => {}
            }
        }
        cost
    }
}

/// Whether processes can be traced here.
fn traces(sandbox: &Sandbox) -> bool {
    let strace = sandbox
        .command("strace", sandbox.root())
        .args(["-f", "-y", "-o", "trace", "true"])
        .output();
    strace.is_ok_and(|output| output.status.success())
}

/// A directory of hooks, each of which leaves a trace beside it.
fn traced_hooks(sandbox: &Sandbox) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = sandbox.root().join("hooks");
    std::fs::create_dir(&directory).expect("a directory");
    for event in [
        "prepare-commit-msg",
        "commit-msg",
        "post-commit",
        "post-checkout",
    ] {
        let path = directory.join(event);
        let script = format!(
            "#!/bin/sh\nexec strace -f -y -o '{}.trace' '{PROGRAM}' hook {event} \"$@\"\n",
            path.display()
        );
        std::fs::write(&path, script).expect("a hook");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    }
    directory
}

/// Runs git with these hooks.
fn hooked(sandbox: &Sandbox, hooks: &Path, args: &[&str]) {
    let path = format!("core.hooksPath={}", hooks.display());
    sandbox.git(&[&["-c", path.as_str()], args].concat());
}

fn commit(sandbox: &Sandbox, hooks: &Path, round: usize) {
    for file in 0..FILES {
        let text = "fn a() {}\n".repeat(30 + round);
        sandbox.write(&format!("f{file}.rs"), &text);
    }
    sandbox.git(&["add", "."]);
    hooked(sandbox, hooks, &["commit", "-qm", "Change"]);
}

fn cost(sandbox: &Sandbox, hooks: &Path, event: &str) -> Cost {
    let trace = std::fs::read(hooks.join(format!("{event}.trace"))).expect("a trace");
    let root = sandbox.root().to_str().expect("UTF-8");
    Cost::parse(&String::from_utf8_lossy(&trace), root)
}

#[test]
fn hooks_start_no_process_and_open_few_files() {
    let sandbox = Sandbox::new(&[]);
    if !traces(&sandbox) {
        println!("skipped: strace does not work here");
        return;
    }
    let hooks = traced_hooks(&sandbox);
    let untouched = sandbox.root().join("none");
    commit(&sandbox, &untouched, 0);
    let start = ["start", "work", "-o", "First", "-o", "Second", "--no-hooks"];
    let mut command = sandbox.command(PROGRAM, &sandbox.repo());
    let output = command.args(start).output().expect("it starts");
    assert!(output.status.success(), "{output:?}");
    for round in 1..4 {
        commit(&sandbox, &hooks, round);
    }
    let note = sandbox.git(&["for-each-ref", "--format=%(refname)", "refs/notes/session"]);
    assert!(
        sandbox
            .git(&["log", "-1", "--format=%N", &format!("--notes={note}")])
            .contains("\"objectives\"")
    );
    let check = |event: &str, opens: usize, stats: usize, bytes: usize| {
        let cost = cost(&sandbox, &hooks, event);
        println!("{event}: {cost:?}");
        assert_eq!(cost.children, 0, "{event} starts a process: {cost:?}");
        assert!(cost.opens <= opens, "{event} opens more files: {cost:?}");
        assert!(cost.stats <= stats, "{event} asks for more: {cost:?}");
        assert!(cost.bytes <= bytes, "{event} reads more: {cost:?}");
    };
    // both sides of each file, whose tests are counted
    check("prepare-commit-msg", 40, 28, 8192);
    check("commit-msg", 4, 8, 2048);
    check("post-commit", 36, 38, 8192);
    hooked(&sandbox, &hooks, &["switch", "-q", "main"]);
    check("post-checkout", 15, 18, 4096);
    hooked(&sandbox, &hooks, &["switch", "-q", "work"]);
    check("post-checkout", 15, 18, 4096);
    let sessions = sandbox.repo().join(".git/sessions");
    std::fs::remove_dir_all(sessions).expect("removed");
    commit(&sandbox, &hooks, 9);
    for event in ["prepare-commit-msg", "commit-msg", "post-commit"] {
        check(event, 2, 7, 0);
    }
    sandbox.git(&["fsck", "--strict"]);
}
