//! What hooks ask of the system, counted where `strace` works: no child process, and few files. The bounds are a
//! little above what is needed; what exceeds them has to be worth it.
#![cfg(target_os = "linux")]
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "fixtures are written and processes started without what is tested, and a failure shows all figures"
)]

use std::path::{Path, PathBuf};

use crate::git_support::Sandbox;

const PROGRAM: &str = env!("CARGO_BIN_EXE_git-session");

/// The same ids in every run: they decide which directories of notes there are.
const NOW: &str = "GIT_SESSION_NOW=2026-01-02T03:04:05Z";
const SEED: &str = "GIT_SESSION_SEED=1";

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
    /// Files of the sandbox that were not there before, most of them under a name of their own at first.
    made: usize,
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
                "open" | "openat" if here => {
                    cost.opens += 1;
                    cost.made += usize::from(call.contains("O_EXCL") && !call.contains("= -1"));
                }
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

/// The bounds of one run of a hook.
#[derive(Clone, Copy)]
struct Bound {
    opens: usize,
    stats: usize,
    made: usize,
    bytes: usize,
}

impl Cost {
    fn check(&self, event: &str, bound: Bound) {
        println!("{event}: {self:?}");
        assert_eq!(self.children, 0, "{event} starts a process: {self:?}");
        let within = self.opens <= bound.opens
            && self.stats <= bound.stats
            && self.made <= bound.made
            && self.bytes <= bound.bytes;
        assert!(within, "{event} costs more: {self:?}");
    }
}

/// A repository with one commit; `None` where processes cannot be traced.
fn traceable() -> Option<Sandbox> {
    let sandbox = Sandbox::new(&[]);
    let strace = sandbox
        .command("strace", sandbox.root())
        .args(["-f", "-y", "-o", "trace", "true"])
        .output();
    if !strace.is_ok_and(|output| output.status.success()) {
        println!("skipped: strace does not work here");
        return None;
    }
    // else it is chance which of them have to be made
    for first in 0..=255 {
        let directory = format!(".git/objects/{first:02x}");
        std::fs::create_dir_all(sandbox.repo().join(directory)).expect("a directory");
    }
    commit(&sandbox, &sandbox.root().join("none"), 0);
    Some(sandbox)
}

/// Starts a session on `work`.
fn start(sandbox: &Sandbox) {
    let start = ["start", "work", "-o", "First", "-o", "Second", "--no-hooks"];
    let mut command = sandbox.command(PROGRAM, &sandbox.repo());
    for (name, value) in [NOW, SEED].iter().filter_map(|line| line.split_once('=')) {
        command.env(name, value);
    }
    let output = command.args(start).output().expect("it starts");
    assert!(output.status.success(), "{output:?}");
}

/// What the three hooks of a commit cost, after two that leave things as they stay.
fn commit_costs(sandbox: &Sandbox, hooks: &Path) -> [Cost; 3] {
    for round in 1..4 {
        commit(sandbox, hooks, round);
    }
    ["prepare-commit-msg", "commit-msg", "post-commit"].map(|event| cost(sandbox, hooks, event))
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
        "post-rewrite",
    ] {
        let path = directory.join(event);
        let script = format!(
            "#!/bin/sh\nexport {NOW} {SEED}\nexec strace -f -y -o '{}.trace' '{PROGRAM}' hook {event} \"$@\"\n",
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
    let Some(sandbox) = traceable() else { return };
    let hooks = traced_hooks(&sandbox);
    start(&sandbox);
    let [prepare, message, recorded] = commit_costs(&sandbox, &hooks);
    let note = sandbox.git(&["for-each-ref", "--format=%(refname)", "refs/notes/session"]);
    assert!(
        sandbox
            .git(&["log", "-1", "--format=%N", &format!("--notes={note}")])
            .contains("\"objectives\"")
    );
    // both sides of each file, whose tests are counted
    prepare.check(
        "prepare-commit-msg",
        Bound {
            opens: 37,
            stats: 28,
            made: 0,
            bytes: 8192,
        },
    );
    message.check(
        "commit-msg",
        Bound {
            opens: 4,
            stats: 8,
            made: 0,
            bytes: 2048,
        },
    );
    // the note: its blob, two trees, its commit and the lock of its ref; the context
    recorded.check(
        "post-commit",
        Bound {
            opens: 32,
            stats: 38,
            made: 6,
            bytes: 8192,
        },
    );
    for branch in ["main", "work"] {
        hooked(&sandbox, &hooks, &["switch", "-q", branch]);
        cost(&sandbox, &hooks, "post-checkout").check(
            "post-checkout",
            // one of them: whether another clone has a session on a branch that has none here
            Bound {
                opens: 16,
                stats: 18,
                made: 2,
                bytes: 4096,
            },
        );
    }
    let sessions = sandbox.repo().join(".git/sessions");
    std::fs::remove_dir_all(sessions).expect("removed");
    commit(&sandbox, &hooks, 9);
    for event in ["prepare-commit-msg", "commit-msg", "post-commit"] {
        let nothing = Bound {
            opens: 2,
            stats: 7,
            made: 0,
            bytes: 0,
        };
        cost(&sandbox, &hooks, event).check(event, nothing);
    }
    sandbox.git(&["fsck", "--strict"]);
}

#[test]
fn a_checkpoint_that_is_due_costs_a_mark_once() {
    let Some(sandbox) = traceable() else { return };
    let hooks = traced_hooks(&sandbox);
    start(&sandbox);
    let [_, _, before] = commit_costs(&sandbox, &hooks);
    assert!(!sandbox.repo().join(".git/session-due").exists());
    // the same clock, and a shorter interval
    sandbox.git(&["config", "session.checkpointInterval", "0s"]);
    let [_, _, marked] = commit_costs(&sandbox, &hooks);
    assert!(sandbox.repo().join(".git/session-due").exists());
    println!("{before:?} {marked:?}");
    // the look that found nothing, and the mark that is there already
    assert_eq!((marked.made, marked.children), (before.made, 0));
    assert_eq!(marked.opens, before.opens + 2, "{before:?} {marked:?}");
    assert!(marked.stats <= before.stats + 1, "{before:?} {marked:?}");
}

#[test]
fn notes_in_batches_make_one_file_a_commit() {
    let Some(sandbox) = traceable() else { return };
    let hooks = traced_hooks(&sandbox);
    sandbox.git(&["config", "session.notesBatch", "16"]);
    start(&sandbox);
    let [_, _, recorded] = commit_costs(&sandbox, &hooks);
    recorded.check(
        "post-commit",
        Bound {
            opens: 22,
            stats: 27,
            made: 1,
            bytes: 8192,
        },
    );
}

#[test]
fn a_commit_that_a_rebase_replays_costs_one_look() {
    let Some(sandbox) = traceable() else { return };
    let hooks = traced_hooks(&sandbox);
    start(&sandbox);
    commit_costs(&sandbox, &hooks);
    sandbox.git(&["switch", "-q", "main"]);
    sandbox.write("other", "1");
    sandbox.git(&["add", "other"]);
    sandbox.git(&["commit", "-qm", "Other"]);
    sandbox.git(&["switch", "-q", "work"]);
    let path = format!("core.hooksPath={}", hooks.display());
    let mut rebase = sandbox.command("git", &sandbox.repo());
    // a person sets no date, and git sets it for hooks of `git commit` alone
    rebase.env_remove("GIT_AUTHOR_DATE");
    rebase.args(["-c", &path, "rebase", "-q", "--merge", "main"]);
    let output = rebase.output().expect("git starts");
    assert!(output.status.success(), "{output:?}");
    for event in ["prepare-commit-msg", "post-commit"] {
        let look = Bound {
            opens: 2,
            stats: 7,
            made: 0,
            bytes: 8,
        };
        cost(&sandbox, &hooks, event).check(event, look);
    }
    // what was replayed is recorded once, for all commits together
    let rewritten = cost(&sandbox, &hooks, "post-rewrite");
    assert_eq!(rewritten.children, 0, "{rewritten:?}");
}

#[test]
fn hooks_cost_the_same_whatever_the_number_of_sessions() {
    let Some(sandbox) = traceable() else { return };
    let hooks = traced_hooks(&sandbox);
    start(&sandbox);
    let before = commit_costs(&sandbox, &hooks);
    let sessions = sandbox.repo().join(".git/sessions");
    let entries = std::fs::read_dir(&sessions).expect("a directory");
    let own = entries.map(|entry| entry.expect("an entry").path());
    let own = own.into_iter().find(|path| path.join("log.jsonl").exists());
    let log = std::fs::read(own.expect("a session").join("log.jsonl")).expect("a log");
    for number in 0..1000 {
        let other = sessions.join(format!("other-20260101-{number:06}"));
        std::fs::create_dir(&other).expect("a directory");
        std::fs::write(other.join("log.jsonl"), &log).expect("a log");
    }
    let after = commit_costs(&sandbox, &hooks);
    for (before, after) in before.iter().zip(&after) {
        println!("{before:?} {after:?}");
        assert_eq!(
            (before.opens, before.made, before.children),
            (after.opens, after.made, after.children)
        );
        assert!(after.bytes <= before.bytes + 1024, "{before:?} {after:?}");
    }
}

#[test]
fn a_large_index_is_read_once_and_nothing_else_grows() {
    let Some(sandbox) = traceable() else { return };
    let hooks = traced_hooks(&sandbox);
    start(&sandbox);
    let [small, ..] = commit_costs(&sandbox, &hooks);
    let blob = sandbox.git(&["rev-parse", "HEAD:f0.rs"]);
    let line = |n: usize| format!("100644 {blob}\td{:03}/f{n:05}\n", n / 100);
    let list = sandbox.root().join("list");
    std::fs::write(&list, (0..50_000).map(line).collect::<String>()).expect("a list");
    let mut update = sandbox.command("git", &sandbox.repo());
    update.args(["update-index", "--index-info"]);
    update.stdin(std::fs::File::open(&list).expect("the list"));
    assert!(update.status().expect("git starts").success());
    sandbox.git(&["commit", "-qm", "Many"]);
    // git looks for each file of the index in the work tree, where there are none of these
    for file in 0..FILES {
        sandbox.write(&format!("f{file}.rs"), "fn b() {}\n");
        sandbox.git(&["add", &format!("f{file}.rs")]);
    }
    hooked(&sandbox, &hooks, &["commit", "-qm", "Change"]);
    let [prepare, _, recorded] =
        ["prepare-commit-msg", "commit-msg", "post-commit"].map(|e| cost(&sandbox, &hooks, e));
    println!("{small:?} {prepare:?} {recorded:?}");
    let index = sandbox.repo().join(".git/index");
    let index = std::fs::metadata(index).expect("an index").len();
    let index = usize::try_from(index).expect("it fits");
    assert_eq!((prepare.children, recorded.children), (0, 0));
    assert!(prepare.opens <= small.opens + 1, "{prepare:?}");
    // besides the index two trees of 500 directories
    assert!(prepare.bytes <= index + 64 * 1024, "{prepare:?}");
    assert!(recorded.bytes <= 64 * 1024, "{recorded:?}");
}
