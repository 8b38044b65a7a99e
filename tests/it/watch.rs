//! `git session watch`: what it counts, what it makes, when it ends. Nothing here asserts how long something
//! takes; a line that does not come within half a minute is missing.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use super::support::{PROGRAM, Repo, Sandbox};

/// How long a line may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A watcher at work.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    /// Starts `git session watch --json` and waits until it is ready.
    fn start(repo: &Repo) -> Self {
        let mut watching = Self::with(repo.command(PROGRAM), &["watch", "--json"]);
        watching.expect("\"watching\"");
        watching
    }

    fn with(mut command: std::process::Command, args: &[&str]) -> Self {
        command.args(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0);
        let mut child = command.spawn().expect("it starts");
        let stdout = child.stdout.take().expect("a pipe");
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// The next line, which must hold this.
    #[track_caller]
    fn expect(&mut self, part: &str) -> String {
        let line = self.lines.recv_timeout(PATIENCE);
        let line = line.unwrap_or_else(|_| panic!("no line with {part}\n{}", self.complaint()));
        assert!(line.contains(part), "{part} is not in {line}");
        line
    }

    /// Nothing is said for a while.
    #[track_caller]
    fn expect_silence(&mut self) {
        let line = self.lines.recv_timeout(Duration::from_millis(1500));
        assert!(line.is_err(), "{line:?}");
    }

    fn complaint(&mut self) -> String {
        self.child.kill().expect("it is there");
        let mut text = String::new();
        let mut stderr = self.child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut text).expect("text");
        text
    }

    /// Sends a signal to the process and all that it has started, as a terminal does.
    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.child.id());
        let mut kill = std::process::Command::new("kill");
        let status = kill.args([signal, "--", &group]).status();
        assert!(status.expect("kill starts").success());
    }

    /// What Ctrl-C does: the watcher must end well, and say so.
    #[track_caller]
    fn interrupt(mut self) -> Vec<String> {
        self.signal("-INT");
        let status = self.child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0));
        let lines: Vec<String> = self.lines.iter().collect();
        let last = lines.last().expect("a summary");
        assert!(last.contains("\"ended\""), "{last}");
        lines
    }
}

/// The kinds of the events, those of the clock and of the start left out.
fn kinds(repo: &Repo) -> Vec<String> {
    let kinds = repo.events().into_iter();
    let kinds = kinds.map(|event| event["kind"].as_str().expect("a kind").to_owned());
    kinds
        .filter(|kind| kind.starts_with("activity") || kind.starts_with("checkpoint"))
        .collect()
}

#[test]
fn a_change_of_a_file_is_counted_and_ctrl_c_ends_with_a_summary() {
    let repo = Repo::in_session();
    let mut watching = Watching::start(&repo);
    repo.write("a.rs", "fn a() {}\n");
    let line = watching.expect("\"activity\"");
    assert!(line.contains("\"files\":1"), "{line}");
    // at most one event in five minutes, and the clock of the sandbox stands still
    repo.write("b.rs", "fn b() {}\n");
    watching.expect_silence();
    let rest = watching.interrupt();
    assert_eq!(rest.len(), 2, "{rest:?}");
    assert!(
        rest[0].contains("\"activity\"") && rest[0].contains("\"files\":1"),
        "{rest:?}"
    );
    assert!(
        rest[1].contains("\"ended\"") && rest[1].contains("\"files\":2"),
        "{rest:?}"
    );
    assert_eq!(kinds(&repo), ["activity.recorded", "activity.recorded"]);
    assert_eq!(repo.events().last().expect("one")["data"]["files"], 1);
    repo.assert_quiet();
    let log = repo.session(&["log"]);
    assert!(log.to_string().contains("saw 1 file change"), "{log}");
}

#[test]
fn through_git_the_summary_comes_all_the_same() {
    let repo = Repo::in_session();
    let mut watching = Watching::with(
        repo.command(Sandbox::git()),
        &["session", "watch", "--json"],
    );
    watching.expect("\"watching\"");
    watching.signal("-INT");
    watching.expect("\"ended\"");
    // git waits for the watcher, and then ends by the signal itself
    let status = watching.child.wait().expect("it ends");
    assert!(status.code().is_none_or(|code| code == 130), "{status}");
}

#[test]
fn editing_counts_as_active_time_and_cannot_be_taken_back() {
    let repo = Repo::in_session();
    repo.wait(20);
    repo.write("a.rs", "1");
    let mut watching = Watching::start(&repo);
    repo.write("a.rs", "2");
    watching.expect("\"activity\"");
    watching.interrupt();
    repo.wait(20);
    let status = repo.session(&["status", "--json"]).text();
    let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
    // without the event the gap would be longer than idle_after
    assert_eq!(status["session"]["active_seconds"], 40 * 60);
    let undone = repo.session(&["undo"]);
    assert!(!undone.to_string().contains("saw 1 file"), "{undone}");
}

#[test]
fn a_checkpoint_that_is_due_is_made_once() {
    let repo = Repo::in_session();
    repo.write("a.rs", "fn a() {}\n");
    repo.wait(31);
    let once = repo.session(&["watch", "--once"]);
    insta::assert_snapshot!(once, @"
    --- stdout
    Saved the checkpoint that was due, cp-2hzy: 1 file +1 -0.
    Watched for 0m: 0 files changed, 1 checkpoint
    [EOF]
    ");
    assert_eq!(kinds(&repo), ["checkpoint.created"]);
    repo.wait(31);
    let once = repo.session(&["watch", "--once"]);
    insta::assert_snapshot!(once, @"
    --- stdout
    Watched for 0m: 0 files changed, 0 checkpoints
    --- stderr
    A checkpoint was due; there was nothing new to save.
    [EOF]
    ");
}

#[test]
fn a_checkpoint_that_becomes_due_is_made_while_nothing_happens() {
    let repo = Repo::new();
    repo.sandbox().real_clock();
    repo.config("session.checkpointInterval", "4s");
    repo.session(&["start", "feature", "-o", "Reach the goal"])
        .done();
    let mut watching = Watching::start(&repo);
    repo.write("a.rs", "fn a() {}\n");
    watching.expect("\"activity\"");
    watching.expect("\"checkpoint\"");
    watching.expect_silence();
    watching.interrupt();
    assert_eq!(kinds(&repo), ["activity.recorded", "checkpoint.created"]);
}

#[test]
fn once_ends_after_the_first_activity() {
    let repo = Repo::in_session();
    let mut watching = Watching::with(repo.command(PROGRAM), &["watch", "--once", "--json"]);
    watching.expect("\"watching\"");
    repo.write("a.rs", "1");
    watching.expect("\"activity\"");
    watching.expect("\"ended\"");
    assert_eq!(watching.child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn what_is_left_out_does_not_count() {
    let repo = Repo::in_session();
    repo.commit(".gitignore", "/out/\n*.log\n", "Ignore");
    repo.git(&["init", "-q", "other"]).done();
    for path in ["node_modules/x/a.js", "out/a", "keep/a.txt", ":(top)x/a"] {
        repo.write(path, "1");
    }
    let outside = repo.sandbox().root().join("outside");
    std::fs::create_dir(&outside).expect("a directory");
    std::os::unix::fs::symlink(&outside, repo.path().join("link")).expect("a link");
    let mut watching = Watching::start(&repo);
    for path in [
        "node_modules/x/a.js",
        "out/a",
        ":(top)x/a.log",
        "x.log",
        ".git/x",
        "other/a",
        "other/.git/x",
    ] {
        repo.write(path, "2");
    }
    std::fs::write(outside.join("a"), "2").expect("a file");
    repo.git(&["status"]).done();
    watching.expect_silence();
    repo.write("keep/a.txt", "2");
    let line = watching.expect("\"activity\"");
    assert!(line.contains("\"files\":1"), "{line}");
    watching.interrupt();
}

#[test]
fn patterns_of_the_settings_are_followed() {
    let repo = Repo::in_session();
    repo.config("session.tracking.watchPatterns", "src/**/*.rs");
    repo.write("src/deep/a.rs", "1");
    let mut watching = Watching::start(&repo);
    repo.write("src/deep/a.txt", "2");
    repo.write("b.rs", "2");
    watching.expect_silence();
    repo.write("src/deep/a.rs", "2");
    watching.expect("\"activity\"");
    watching.interrupt();
}

#[test]
fn new_directories_are_watched() {
    let repo = Repo::in_session();
    repo.config("session.tracking.watchPatterns", "**/deep/*");
    let mut watching = Watching::start(&repo);
    repo.write("x/y/z/deep/a", "1");
    let line = watching.expect("\"activity\"");
    assert!(line.contains("\"files\":1"), "{line}");
    std::fs::rename(repo.path().join("x"), repo.path().join("w")).expect("renamed");
    repo.write("w/y/z/deep/b", "1");
    watching.expect_silence();
    let rest = watching.interrupt();
    assert!(rest[0].contains("\"activity\""), "{rest:?}");
}

#[test]
fn a_switch_changes_the_session_and_is_no_activity() {
    let repo = Repo::in_session();
    repo.commit("a", "1", "Change");
    repo.session(&["start", "other", "-o", "Another goal", "--from", "main"])
        .done();
    let mut watching = Watching::start(&repo);
    repo.switch("feature");
    let line = watching.expect("\"session\"");
    assert!(line.contains("feature"), "{line}");
    repo.switch("main");
    watching.expect("\"no_session\"");
    repo.write("a", "2");
    watching.expect_silence();
    repo.git(&["stash", "-u", "-q"]).done();
    repo.switch("other");
    watching.expect("\"session\"");
    watching.expect_silence();
    assert_eq!(kinds(&repo), Vec::<String>::new());
    repo.write("a", "3");
    watching.expect("\"activity\"");
    repo.session(&["end"]).done();
    let line = watching.expect("\"session_ended\"");
    assert!(line.contains("other"), "{line}");
    watching.interrupt();
}

#[test]
fn one_watcher_is_enough_and_a_dead_one_is_in_nobodys_way() {
    let repo = Repo::in_session();
    let mut first = Watching::start(&repo);
    let second = repo.session(&["watch", "--once"]);
    assert_eq!(second.code, 1);
    assert!(
        second
            .news()
            .contains("another watcher is at work in this work tree: process "),
        "{second}"
    );
    let linked = repo.worktree("linked");
    linked.session(&["start", "linked"]).done();
    Watching::start(&linked).interrupt();
    first.signal("-KILL");
    first.child.wait().expect("it ends");
    Watching::start(&repo).interrupt();
}

#[test]
fn it_says_why_it_cannot_watch() {
    let repo = Repo::new();
    insta::assert_snapshot!(repo.session(&["watch"]), @r#"
    --- stderr
    error: there is no session on main
    hint: git session start -o "what is to be reached"
    --- exit 1
    [EOF]
    "#);
    let outside = repo.at("..");
    outside
        .git(&["clone", "-q", "--bare", "repo", "bare.git"])
        .done();
    insta::assert_snapshot!(outside.at("bare.git").session(&["watch"]), @"
    --- stderr
    error: a bare repository has no files to watch
    hint: git worktree add <path> <branch>
    --- exit 1
    [EOF]
    ");
}

#[test]
fn without_watches_it_looks_for_itself() {
    let repo = Repo::in_session();
    for limit in ["max_inotify_watches", "max_inotify_instances"] {
        let line = format!("echo 0 >/proc/sys/user/{limit} && exec git-session watch --json");
        let probe = repo.run(
            "unshare",
            &[
                "-U",
                "-r",
                "sh",
                "-c",
                &format!("echo 0 >/proc/sys/user/{limit}"),
            ],
        );
        if !probe.success() {
            eprintln!("skipped: no name space of one's own for users here\n{probe}");
            return;
        }
        let mut watching =
            Watching::with(repo.command("unshare"), &["-U", "-r", "sh", "-c", &line]);
        watching.expect("\"polling\"");
        watching.expect("\"watching\"");
        // looking for itself, it tells dates by the second: a file of its own each time
        repo.write(&format!("deep/{limit}.rs"), "1");
        watching.expect("\"activity\"");
        watching.interrupt();
    }
}

#[test]
fn nothing_is_done_while_nothing_happens() {
    let repo = Repo::in_session();
    let mut watching = Watching::start(&repo);
    let program = watching.child.id();
    let ticks = || {
        let stat = std::fs::read_to_string(format!("/proc/{program}/stat")).expect("a file");
        let switches = std::fs::read_to_string(format!("/proc/{program}/status")).expect("a file");
        let switches = switches
            .lines()
            .find(|l| l.starts_with("voluntary"))
            .expect("a line")
            .to_owned();
        (
            stat.split(' ').nth(13).expect("a figure").to_owned(),
            switches,
        )
    };
    watching.expect_silence();
    let before = ticks();
    watching.expect_silence();
    assert_eq!(before, ticks(), "it woke up");
    watching.interrupt();
}
