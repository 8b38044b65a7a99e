//! Blockers, decisions, learnings and notes through the program itself: whole outputs.
#![allow(
    clippy::disallowed_methods,
    reason = "tests start git and the program themselves"
)]

use std::io::Write as _;
use std::process::{Command, Stdio};

use git_session::ops::ctx::{Ctx, Via};
use git_session::ops::end;
use git_session::store::Words;
use insta::assert_snapshot;

use crate::support::machine_path;

/// A repository with a clock that stands still and a session on `feature/auth`.
struct Bench {
    root: tempfile::TempDir,
    now: &'static str,
}

impl Bench {
    /// With a commit on main, and the session.
    fn new() -> Self {
        let bench = Self::bare_of_sessions();
        bench.run(&["start", "feature/auth", "--no-hooks", "-q"]);
        bench
    }

    /// With a commit on main only.
    fn bare_of_sessions() -> Self {
        let root = tempfile::tempdir().expect("a temporary directory");
        std::fs::create_dir(root.path().join("repo")).expect("a directory");
        let bench = Self {
            root,
            now: "2026-11-20T09:30:00Z",
        };
        bench.git(&["init", "-q", "-b", "main"]);
        bench.git(&["commit", "-q", "--allow-empty", "-m", "init"]);
        bench
    }

    /// The same place at another moment.
    fn at(&mut self, now: &'static str) {
        self.now = now;
    }

    fn command(&self, program: &str) -> Command {
        let root = self.root.path();
        let mut command = Command::new(program);
        command
            .current_dir(root.join("repo"))
            .env_clear()
            .env("PATH", machine_path())
            .env("HOME", root)
            .env("XDG_CONFIG_HOME", root.join("xdg"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", root.join("gitconfig"))
            .env("GIT_CEILING_DIRECTORIES", root)
            .env("GIT_SESSION_NOW", self.now)
            .env("GIT_SESSION_SEED", "items")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_EDITOR", "false")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("COLUMNS", "100")
            .stdin(Stdio::null());
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_NAME"), "Ada")
                .env(format!("GIT_{role}_EMAIL"), "ada@example.org")
                .env(format!("GIT_{role}_DATE"), "1795167000 +0000");
        }
        command
    }

    fn git(&self, args: &[&str]) {
        let program = std::env::var("TEST_GIT").unwrap_or_else(|_| "git".to_owned());
        let output = self.command(&program).args(args).output().expect("git");
        assert!(output.status.success(), "git {args:?}: {output:?}");
    }

    /// Runs the program: answer, news, exit code unless 0.
    fn run(&self, args: &[&str]) -> String {
        self.run_with_input(args, "")
    }

    fn run_with_input(&self, args: &[&str], input: &str) -> String {
        let mut child = self
            .command(env!("CARGO_BIN_EXE_git-session"))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // a program that does not read closes its end
        stdin.write_all(input.as_bytes()).ok();
        drop(stdin);
        let output = child.wait_with_output().expect("the program ends");
        let mut text = String::from_utf8(output.stdout).expect("UTF-8");
        let news = String::from_utf8(output.stderr).expect("UTF-8");
        for line in news.lines() {
            text.push_str("! ");
            text.push_str(line);
            text.push('\n');
        }
        match output.status.code() {
            Some(0) => text,
            code => format!("{text}[exit {}]\n", code.unwrap_or(-1)),
        }
    }

    /// Several commands, each with its command line.
    fn all(&self, commands: &[&[&str]]) -> String {
        let mut text = String::new();
        for args in commands {
            text.extend(["$ ", &args.join(" "), "\n", &self.run(args)]);
        }
        text
    }

    /// Lets commits be recorded.
    #[cfg(unix)]
    fn record_commits(&self) {
        use std::os::unix::fs::PermissionsExt as _;
        let hooks = self.root.path().join("repo/.git/hooks");
        std::fs::create_dir_all(&hooks).expect("a directory");
        let hook = hooks.join("post-commit");
        let program = env!("CARGO_BIN_EXE_git-session");
        let text = format!("#!/bin/sh\nexec '{program}' hook post-commit \"$@\"\n");
        std::fs::write(&hook, text).expect("a hook");
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    }

    /// Ends the session of the branch.
    fn end(&self) {
        let command = self.command("git");
        let vars: Vec<(&str, &str)> = command
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_str()?, value?.to_str()?)))
            .collect();
        let env = git_session::sys::env::Env::from_pairs(vars);
        let repo = self.root.path().join("repo");
        let ctx = Ctx::open(env, &repo, Via::Cli).expect("a repository");
        let plan = end::plan(&ctx, &end::Request::default()).expect("nothing refuses");
        end::carry_out(&ctx, plan, Words::default()).expect("it ends");
    }

    fn page(&self) -> std::path::PathBuf {
        self.root.path().join("repo/.session/decision-log.md")
    }
}

#[test]
fn blockers_are_added_resolved_and_timed() {
    let mut bench = Bench::new();
    assert_snapshot!(bench.all(&[
        &["blockers"],
        &["blockers", "add", "Waiting for API keys", "Staging is\ndown", "--link", "#42"],
        &["blocker", "add", "Only mine", "--private"],
    ]), @"
    $ blockers
    ! There are no blockers.
    $ blockers add Waiting for API keys Staging is
    down --link #42
    added blk-hnez (blk-1) Waiting for API keys
    added blk-70jj (blk-2) Staging is down
    $ blocker add Only mine --private
    added blk-5gej (blk-3) Only mine
    ");
    bench.at("2026-11-23T13:45:00Z");
    assert_snapshot!(bench.all(&[
        &["blockers", "resolve", "blk-2", "the operator restarted it"],
        &["blockers", "resolve", "3", "--resolution", "went away"],
        &["blockers", "reopen", "3"],
        &["blockers", "edit", "blk-1", "Waiting for the API keys", "--link", "https://example.org/7"],
        &["blockers", "list"],
        &["blockers", "list", "--all"],
    ]), @"
    $ blockers resolve blk-2 the operator restarted it
    resolved blk-70jj (blk-2) Staging is down
    $ blockers resolve 3 --resolution went away
    resolved blk-5gej (blk-3) Only mine
    $ blockers reopen 3
    reopened blk-5gej (blk-3) Only mine
    $ blockers edit blk-1 Waiting for the API keys --link https://example.org/7
    edited blk-hnez (blk-1) Waiting for the API keys
    $ blockers list
    [!] Waiting for the API keys https://example.org/7 (blk-hnez, blk-1)
        in the way for 3d 4h, since 2026-11-20 09:30
    [!] Only mine (blk-5gej, blk-3, private)
        in the way for 3d 4h, since 2026-11-20 09:30
    $ blockers list --all
    [!] Waiting for the API keys https://example.org/7 (blk-hnez, blk-1)
        in the way for 3d 4h, since 2026-11-20 09:30
    [x] Staging is down #42 (blk-70jj, blk-2)
        resolved after 3d 4h: the operator restarted it
    [!] Only mine (blk-5gej, blk-3, private)
        in the way for 3d 4h, since 2026-11-20 09:30
    ");
}

#[test]
fn blockers_are_json_with_the_time_in_seconds() {
    let mut bench = Bench::new();
    let add = [
        "blockers",
        "add",
        "Waiting",
        "Staging is\ndown",
        "--link",
        "#42",
    ];
    bench.run(&add);
    bench.at("2026-11-23T13:45:00Z");
    bench.run(&["blockers", "resolve", "2", "it came back"]);
    assert_snapshot!(bench.run(&["blockers", "list", "--all", "--json"]), @r##"
    {
      "schema": "git-session/blockers/v1",
      "session": "feature-auth-20261120-gkcpef",
      "blockers": [
        {
          "handle": "blk-hnez",
          "number": 1,
          "id": "01M7W4N5E0PYDR5DPCMEPVHNEZ",
          "text": "Waiting",
          "at": "2026-11-20T09:30:00Z",
          "by": "Ada <ada@example.org>",
          "state": "open",
          "link": "#42",
          "blocked_seconds": 274500
        },
        {
          "handle": "blk-70jj",
          "number": 2,
          "id": "01M7W4N5E01ZCX3RDQEW5J70JJ",
          "text": "Staging is\ndown",
          "at": "2026-11-20T09:30:00Z",
          "by": "Ada <ada@example.org>",
          "state": "resolved",
          "link": "#42",
          "resolved_at": "2026-11-23T13:45:00Z",
          "resolution": "it came back",
          "blocked_seconds": 274500
        }
      ]
    }
    "##);
}

#[test]
fn answers_of_changes_are_json_too() {
    let bench = Bench::new();
    assert_snapshot!(bench.run(&["blockers", "add", "Waiting", "--json"]), @r#"
    {
      "schema": "git-session/blockers/v1",
      "session": "feature-auth-20261120-gkcpef",
      "events": [
        {
          "id": "01M7W4N5E0PYDR5DPCMEPVHNEZ",
          "kind": "blocker.added",
          "summary": "added blk-hnez Waiting",
          "item": {
            "handle": "blk-hnez",
            "number": 1,
            "id": "01M7W4N5E0PYDR5DPCMEPVHNEZ",
            "text": "Waiting",
            "at": "2026-11-20T09:30:00Z",
            "by": "Ada <ada@example.org>"
          }
        }
      ]
    }
    "#);
}

#[test]
fn what_cannot_be_done_is_answered_with_what_to_type() {
    let bench = Bench::new();
    bench.run(&["blockers", "add", "one"]);
    bench.run(&["blockers", "resolve", "1"]);
    bench.run(&["decisions", "add", "old"]);
    bench.run(&["decisions", "supersede", "1", "new"]);
    assert_snapshot!(bench.all(&[
        &["blockers", "add", " "],
        &["objectives", "add", ""],
        &["decisions", "add", "\n"],
        &["learnings", "add", ""],
        &["note", "add", ""],
        &["blockers", "resolve", "zzzz"],
        &["blockers", "resolve", "1"],
        &["blockers", "edit", "1"],
        &["decisions", "edit", "1"],
        &["decisions", "show", "dec-9"],
        &["decisions", "supersede", "1", "another"],
        &["decisions", "add", "x", "--scope", "src/["],
        &["learnings", "drop", "nothing"],
        &["learnings", "list", "--session", "nothing"],
    ]), @r#"
    $ blockers add  
    ! error: the text of the blocker is empty
    ! hint: git session blockers add "what is in the way"
    [exit 1]
    $ objectives add 
    ! error: the text of the objective is empty
    ! hint: git session objectives add "what is to be reached"
    [exit 1]
    $ decisions add 

    ! error: the text of the decision is empty
    ! hint: git session decisions add "what was decided"
    [exit 1]
    $ learnings add 
    ! error: the text of the learning is empty
    ! hint: git session learnings add "what was learnt"
    [exit 1]
    $ note add 
    ! error: the text of the note is empty
    ! hint: git session note add "what to remember"
    [exit 1]
    $ blockers resolve zzzz
    ! error: no blocker `zzzz` in this session
    ! hint: git session blockers list --all
    [exit 1]
    $ blockers resolve 1
    ! error: `1` is resolved already
    ! hint: git session status
    [exit 1]
    $ blockers edit 1
    ! error: nothing to change about the blocker
    ! hint: git session blockers edit --help
    [exit 1]
    $ decisions edit 1
    ! error: nothing to change about the decision
    ! hint: git session decisions edit --help
    [exit 1]
    $ decisions show dec-9
    ! error: no decision `dec-9` in this session
    ! hint: git session decisions list --all
    [exit 1]
    $ decisions supersede 1 another
    ! error: dec-5gej was superseded by dec-bf60 already
    ! hint: git session decisions supersede dec-bf60 "what was decided instead"
    [exit 1]
    $ decisions add x --scope src/[
    ! error: invalid value 'src/[' for '--scope <GLOB>': unclosed character class at byte 4; missing ']' (to match a literal '[', escape it as '\[' or '[[]')
    ! hint: git session decisions add -h
    [exit 2]
    $ learnings drop nothing
    ! error: no learning `nothing` in this session
    ! hint: git session learnings list --all
    [exit 1]
    $ learnings list --session nothing
    ! error: there is no session `nothing`
    ! hint: git session list --all
    [exit 1]
    "#);
}

#[test]
fn a_secret_is_left_out_and_said_so() {
    let bench = Bench::new();
    let token = ["ghp", "abcdefghijklmnopqrstuvwxyz0123456789"].join("_");
    let text = format!("use {token}");
    let results = [
        bench.run(&["objectives", "add", &text]),
        bench.run(&["decisions", "add", "x", "--rationale", &text]),
        bench.run(&["learnings", "add", &text]),
        bench.run(&["note", "add", &text]),
    ];
    assert_snapshot!(results.concat(), @"
    added obj-hnez (obj-1) use [REDACTED:github-token]
    ! warning: left out what looks like a secret (github-token)
    added dec-70jj (dec-1) x
    ! warning: left out what looks like a secret (github-token)
    added lrn-5gej (lrn-1) use [REDACTED:github-token]
    ! warning: left out what looks like a secret (github-token)
    added note-bf60 (note-1) use [REDACTED:github-token]
    ! warning: left out what looks like a secret (github-token)
    ");
}

#[test]
fn standard_input_is_a_text_of_bounded_length() {
    let bench = Bench::new();
    let add = ["note", "add", "-", "--private"];
    let results = [
        bench.run_with_input(&add, "first line\n\n    code()\nlast\n"),
        bench.run_with_input(&add, &"x".repeat(48 * 1024 + 1)),
        bench.run_with_input(&["objectives", "add", "-"], ""),
        bench.run(&["notes"]),
    ];
    assert_snapshot!(results.concat(), @r#"
    added note-hnez (note-1) first line code() last
    ! error: standard input holds more than 48 KiB
    ! hint: keep the long text in a file of the repository and name that file
    [exit 1]
    ! error: the text of the objective is empty
    ! hint: git session objectives add "what is to be reached"
    [exit 1]
    just now (note-hnez, note-1, private)
        first line

            code()
        last
    "#);
    let full = bench.run_with_input(&add, &"x".repeat(48 * 1024));
    assert!(
        full.starts_with("added note-") && full.len() < 300,
        "{full}"
    );
    let quotes = bench.run_with_input(&add, &"\"".repeat(48 * 1024));
    assert_snapshot!(quotes, @"
    ! error: this is too long: an entry of the log may have 64 KiB, this one has 97 KiB
    ! hint: keep the long text in a file of the repository and name that file
    [exit 1]
    ");
}

#[test]
fn without_a_session_the_way_to_one_is_named() {
    let bench = Bench::bare_of_sessions();
    assert_snapshot!(bench.all(&[
        &["blockers"],
        &["decisions", "add", "x"],
        &["learnings", "search", "x"],
        &["note", "list"],
    ]), @r#"
    $ blockers
    ! error: there is no session on main
    ! hint: git session start -o "what is to be reached"
    [exit 1]
    $ decisions add x
    ! error: there is no session on main
    ! hint: git session start -o "what is to be reached"
    [exit 1]
    $ learnings search x
    ! error: there is no session on main
    ! hint: git session start -o "what is to be reached"
    [exit 1]
    $ note list
    ! error: there is no session on main
    ! hint: git session start -o "what is to be reached"
    [exit 1]
    "#);
    bench.git(&["checkout", "-q", "--detach"]);
    assert_snapshot!(bench.run(&["note", "add", "x"]), @"
    ! error: HEAD is on no branch, so there is no session
    ! hint: git session start <branch>
    [exit 1]
    ");
}

#[test]
fn an_ended_session_can_be_reopened_or_followed_by_a_new_one() {
    let bench = Bench::new();
    bench.run(&["blockers", "add", "one"]);
    bench.end();
    assert_snapshot!(bench.all(&[
        &["blockers", "add", "two"],
        &["start", "--resume", "--no-hooks"],
        &["blockers", "add", "two"],
    ]), @r#"
    $ blockers add two
    ! error: the session on feature/auth has ended
    ! hint: git session start --resume
    ! hint: git session start --new
    [exit 1]
    $ start --resume --no-hooks
    Reopened the session on feature/auth (feature-auth-20261120-gkcpef)
      Next: git session objectives add "what is to be reached"
    ! warning: The hooks are not installed: commits are neither enriched nor recorded.
    ! hint: git session hooks install
    $ blockers add two
    added blk-s6zr (blk-2) two
    "#);
}

#[test]
fn a_name_that_two_keys_have_is_refused() {
    let bench = Bench::new();
    bench.run(&["learnings", "add", "a", "--key", "learning/patterns/x"]);
    bench.run(&["learnings", "add", "b", "--key", "learning/insights/x"]);
    assert_snapshot!(bench.all(&[
        &["learnings", "show", "x"],
        &["learnings", "drop", "learning/patterns/x"],
        &["learnings", "edit", "x", "c"],
    ]), @"
    $ learnings show x
    ! error: `x` can mean learning/patterns/x or learning/insights/x
    ! hint: type the longer handle
    [exit 1]
    $ learnings drop learning/patterns/x
    dropped lrn-hnez (lrn-1) a
    $ learnings edit x c
    edited lrn-70jj (lrn-2) c
    ");
}

#[test]
fn decisions_are_added_superseded_and_shown() {
    let bench = Bench::new();
    assert_snapshot!(bench.all(&[
        &["decisions"],
        &[
            "decisions", "add", "Use PKCE for the public client",
            "--rationale", "Protection against code interception, also on shared devices where another app may register the same scheme",
            "--alternative", "Implicit flow: tokens end up in the URL: bad",
            "--alternatives", "Client secret",
            "--context", "The app runs on devices that\nwe don't control.\n\nSecond paragraph.",
            "--consequence", "One more round trip",
            "--scope", "src/auth/**", "--scope", "*.toml",
        ],
        &["decisions", "supersede", "dec-1", "Use the device flow", "--rationale", "There is no browser"],
        &["decisions", "add", "Only mine", "--private", "--supersedes", "2"],
        &["decisions"],
        &["decisions", "list", "--all"],
        &["decisions", "show", "1"],
        &["decisions", "edit", "3", "--text", "Only mine, still", "--consequence", "a", "--consequences", "b"],
        &["decision", "show", "dec-3"],
    ]), @"
    $ decisions
    ! There are no decisions yet.
    $ decisions add Use PKCE for the public client --rationale Protection against code interception, also on shared devices where another app may register the same scheme --alternative Implicit flow: tokens end up in the URL: bad --alternatives Client secret --context The app runs on devices that
    we don't control.

    Second paragraph. --consequence One more round trip --scope src/auth/** --scope *.toml
    added dec-hnez (dec-1) Use PKCE for the public client
    $ decisions supersede dec-1 Use the device flow --rationale There is no browser
    added dec-70jj (dec-2) Use the device flow
    superseded dec-hnez (dec-1) Use PKCE for the public client
    $ decisions add Only mine --private --supersedes 2
    added dec-bf60 (dec-3) Only mine
    superseded dec-70jj (dec-2) Use the device flow
    $ decisions
    Only mine (dec-bf60, dec-3, private)
    ! 2 superseded decisions: git session decisions list --all
    $ decisions list --all
    Use PKCE for the public client (dec-hnez, dec-1)
        superseded by dec-70jj (dec-2) Use the device flow
    Use the device flow (dec-70jj, dec-2)
        superseded by dec-bf60 (dec-3) Only mine
    Only mine (dec-bf60, dec-3, private)
    $ decisions show 1
    Use PKCE for the public client
    dec-hnez (dec-1), by Ada <ada@example.org>, 2026-11-20 09:30 (just now)
    superseded by dec-70jj (dec-2) Use the device flow

    Context
        The app runs on devices that
        we don't control.

        Second paragraph.

    Rationale
        Protection against code interception, also on shared devices where another app may register the
        same scheme

    Alternatives
        - Implicit flow: tokens end up in the URL: bad
        - Client secret

    Consequences
        - One more round trip

    Scope
        - src/auth/**
        - *.toml
    $ decisions edit 3 --text Only mine, still --consequence a --consequences b
    edited dec-bf60 (dec-3) Only mine, still
    $ decision show dec-3
    Only mine, still
    dec-bf60 (dec-3), private, by Ada <ada@example.org>, 2026-11-20 09:30 (just now)
    supersedes dec-70jj (dec-2) Use the device flow

    Consequences
        - a
        - b
    ");
    assert_snapshot!(bench.run(&["decisions", "show", "1", "--json"]), @r#"
    {
      "schema": "git-session/decisions/v1",
      "session": "feature-auth-20261120-gkcpef",
      "decision": {
        "handle": "dec-hnez",
        "number": 1,
        "id": "01M7W4N5E0PYDR5DPCMEPVHNEZ",
        "text": "Use PKCE for the public client",
        "at": "2026-11-20T09:30:00Z",
        "by": "Ada <ada@example.org>",
        "state": "superseded",
        "superseded_by": "dec-70jj",
        "context": "The app runs on devices that\nwe don't control.\n\nSecond paragraph.",
        "rationale": "Protection against code interception, also on shared devices where another app may register the same scheme",
        "alternatives": [
          {
            "option": "Implicit flow",
            "why_not": "tokens end up in the URL: bad"
          },
          {
            "option": "Client secret"
          }
        ],
        "consequences": [
          "One more round trip"
        ],
        "scope": [
          "src/auth/**",
          "*.toml"
        ]
      }
    }
    "#);
}

#[test]
fn learnings_have_keys_and_are_found_by_words() {
    let mut bench = Bench::new();
    let retry = "Retry on 429 with the delay that the header names";
    assert_snapshot!(bench.all(&[
        &["learnings"],
        &["learnings", "add", retry, "--type", "solution", "--scope", "src/http/**"],
        &["learnings", "add", retry, "--type", "solution"],
        &["learnings", "add", "No global state in tests", "--key", "learning/anti-patterns/globals"],
        &["learnings", "add", "x", "--key", "globals", "--type", "anti-pattern"],
        &["learnings", "add", "x", "--key", "learning/anti-patterns/y", "--type", "pattern"],
        &["learnings", "add", "x", "--key", "No Name"],
        &["learnings", "add", "x", "--key", "patterns/x"],
        &["learnings", "list"],
        &["learnings", "list", "--type", "anti-pattern"],
        &["learnings", "show", "globals"],
        &["learnings", "edit", "learning/anti-patterns/globals", "Tests share nothing"],
        &["learnings", "search", "delay", "TEST"],
        &["learnings", "search", "http"],
        &["learnings", "search", "lobal"],
        &["learnings", "drop", "lrn-3"],
        &["learnings", "drop", "lrn-3"],
        &["learnings", "search", "globals"],
        &["learnings", "list", "--all"],
    ]), @r#"
    $ learnings
    ! There are no learnings yet.
    $ learnings add Retry on 429 with the delay that the header names --type solution --scope src/http/**
    added lrn-hnez (lrn-1) Retry on 429 with the delay that the header names
    $ learnings add Retry on 429 with the delay that the header names --type solution
    added lrn-70jj (lrn-2) Retry on 429 with the delay that the header names
    $ learnings add No global state in tests --key learning/anti-patterns/globals
    added lrn-5gej (lrn-3) No global state in tests
    $ learnings add x --key globals --type anti-pattern
    ! error: lrn-5gej has the key learning/anti-patterns/globals already
    ! hint: git session learnings edit lrn-5gej "what was learnt"
    [exit 1]
    $ learnings add x --key learning/anti-patterns/y --type pattern
    ! error: learning/anti-patterns/y is no key of the type pattern
    ! hint: git session learnings add --key learning/patterns/y "what was learnt"
    [exit 1]
    $ learnings add x --key No Name
    ! error: `No Name` is no name of a learning: a-z, 0-9 and -, at most 64
    ! hint: git session learnings add --help
    [exit 1]
    $ learnings add x --key patterns/x
    ! error: `patterns/x` is no key of a learning, such as learning/patterns/retry-with-delay
    ! hint: git session learnings add --help
    [exit 1]
    $ learnings list
    Retry on 429 with the delay that the header names (lrn-hnez, lrn-1)
        learning/solutions/retry-on-429-with-the-delay-that, about src/http/**
    Retry on 429 with the delay that the header names (lrn-70jj, lrn-2)
        learning/solutions/retry-on-429-with-the-delay-that-2
    No global state in tests (lrn-5gej, lrn-3)
        learning/anti-patterns/globals
    $ learnings list --type anti-pattern
    No global state in tests (lrn-5gej, lrn-3)
        learning/anti-patterns/globals
    $ learnings show globals
    learning/anti-patterns/globals
    lrn-5gej (lrn-3), by Ada <ada@example.org>, 2026-11-20 09:30 (just now)

        No global state in tests
    $ learnings edit learning/anti-patterns/globals Tests share nothing
    edited lrn-5gej (lrn-3) Tests share nothing
    $ learnings search delay TEST
    Retry on 429 with the delay that the header names (lrn-hnez, lrn-1)
        learning/solutions/retry-on-429-with-the-delay-that, about src/http/**
    Tests share nothing (lrn-5gej, lrn-3)
        learning/anti-patterns/globals
    Retry on 429 with the delay that the header names (lrn-70jj, lrn-2)
        learning/solutions/retry-on-429-with-the-delay-that-2
    $ learnings search http
    Retry on 429 with the delay that the header names (lrn-hnez, lrn-1)
        learning/solutions/retry-on-429-with-the-delay-that, about src/http/**
    $ learnings search lobal
    ! No learning has a word that begins so.
    ! hint: git session learnings search --all lobal
    $ learnings drop lrn-3
    dropped lrn-5gej (lrn-3) Tests share nothing
    $ learnings drop lrn-3
    ! error: lrn-5gej was dropped already
    ! hint: git session learnings list --all
    [exit 1]
    $ learnings search globals
    ! No learning has a word that begins so.
    ! hint: git session learnings search --all globals
    $ learnings list --all
    Retry on 429 with the delay that the header names (lrn-hnez, lrn-1)
        learning/solutions/retry-on-429-with-the-delay-that, about src/http/**
    Retry on 429 with the delay that the header names (lrn-70jj, lrn-2)
        learning/solutions/retry-on-429-with-the-delay-that-2
    Tests share nothing (lrn-5gej, lrn-3)
        learning/anti-patterns/globals, dropped
    "#);
    bench.at("2026-11-21T09:30:00Z");
    bench.run(&["start", "other", "--no-hooks", "-q"]);
    bench.run(&["learning", "add", "A retry needs a limit", "--key", "limit"]);
    assert_snapshot!(bench.run(&["learnings", "search", "retry", "--all"]), @"
    A retry needs a limit (lrn-cf4g, lrn-1)
        learning/insights/limit
        other-20261121-9dsddd
    Retry on 429 with the delay that the header names (lrn-hnez, lrn-1)
        learning/solutions/retry-on-429-with-the-delay-that, about src/http/**
        feature-auth-20261120-gkcpef
    Retry on 429 with the delay that the header names (lrn-70jj, lrn-2)
        learning/solutions/retry-on-429-with-the-delay-that-2
        feature-auth-20261120-gkcpef
    ");
    assert_snapshot!(bench.run(&["learnings", "search", "limit", "--json"]), @r#"
    {
      "schema": "git-session/learnings/v1",
      "query": "limit",
      "learnings": [
        {
          "session": "other-20261121-9dsddd",
          "words": 1,
          "handle": "lrn-cf4g",
          "number": 1,
          "id": "01M7YQ1WE0QBG36T9CE3FJCF4G",
          "text": "A retry needs a limit",
          "at": "2026-11-21T09:30:00Z",
          "by": "Ada <ada@example.org>",
          "state": "kept",
          "type": "insight",
          "key": "learning/insights/limit",
          "scope": []
        }
      ]
    }
    "#);
}

#[cfg(unix)]
#[test]
fn the_decision_log_is_a_page_that_text_cannot_break() {
    let bench = Bench::new();
    bench.record_commits();
    let evil = "# <!-- no heading\n```\nno fence";
    bench.run(&["decisions", "add", "Old way", "--context", evil]);
    bench.run(&[
        "decisions",
        "supersede",
        "1",
        evil,
        "--rationale",
        "`Vec<u8>` is fine, <script> is not\n\n- no list",
        "--alternative",
        "1. first: 2) second",
        "--consequence",
        "# x",
        "--scope",
        "a`b/**",
    ]);
    bench.run(&["decisions", "add", "Never seen", "--private"]);
    assert_snapshot!(bench.run(&["decisions", "publish"]), @"! No session with a commit in this history has a decision to publish.");
    assert!(!bench.page().exists(), "no commit yet");
    bench.git(&["commit", "-q", "--allow-empty", "-m", "work"]);
    assert_snapshot!(bench.run(&["decisions", "publish", "--dry-run"]), @r#"
    <!-- Made by `git session decisions publish` from the sessions whose commits are in this history. Do not
         edit it by hand: the next run overwrites it, and that is also how a conflict in it is resolved. -->

    # Decision log

    <a id="dec-01m7w4n5e01zcx3rdqew5j70jj"></a>

    ## \# \<!-- no heading

    - Handle: dec-70jj
    - Status: accepted
    - Supersedes: [dec-hnez](#dec-01m7w4n5e0pydr5dpcmepvhnez)
    - Date: 2026-11-20
    - Session: feature-auth-20261120-gkcpef

    **Decision:** \# \<!-- no heading \`\`\` no fence

    **Rationale:** `Vec<u8>` is fine, \<script> is not

    \- no list

    **Alternatives:**

    - 1\. first: 2) second

    **Consequences:**

    - \# x

    **Scope:** ``a`b/**``

    <a id="dec-01m7w4n5e0pydr5dpcmepvhnez"></a>

    ## Old way

    - Handle: dec-hnez
    - Status: superseded by [dec-70jj](#dec-01m7w4n5e01zcx3rdqew5j70jj)
    - Date: 2026-11-20
    - Session: feature-auth-20261120-gkcpef

    **Context:** \# \<!-- no heading \`\`\` no fence
    "#);
    assert!(!bench.page().exists(), "only printed");
    let printed = bench.run(&["decisions", "publish", "--dry-run"]);
    assert_snapshot!(bench.all(&[&["decisions", "publish"], &["decisions", "publish"]]), @"
    $ decisions publish
    wrote .session/decision-log.md (2 decisions)
    $ decisions publish
    .session/decision-log.md is up to date (2 decisions)
    ");
    assert_eq!(std::fs::read_to_string(bench.page()).unwrap(), printed);
    assert_snapshot!(bench.run(&["decisions", "publish", "--json"]), @r#"
    {
      "schema": "git-session/decisions/v1",
      "path": ".session/decision-log.md",
      "decisions": 2,
      "outcome": "unchanged"
    }
    "#);
    bench.git(&["checkout", "-q", "main"]);
    assert_snapshot!(bench.run(&["decisions", "publish", "--dry-run"]), @"
    <!-- Made by `git session decisions publish` from the sessions whose commits are in this history. Do not
         edit it by hand: the next run overwrites it, and that is also how a conflict in it is resolved. -->

    # Decision log

    No decision was made in this history yet.
    ");
}

#[cfg(unix)]
#[test]
fn publishing_resolves_a_conflict_and_names_what_it_left_out() {
    let bench = Bench::new();
    bench.record_commits();
    bench.run(&["decisions", "add", "Ours"]);
    bench.git(&["commit", "-q", "--allow-empty", "-m", "work"]);
    bench.run(&["decisions", "publish"]);
    let page = std::fs::read_to_string(bench.page()).unwrap();
    let theirs = "<a id=\"dec-01kah0000000000000000000zz\"></a>\n";
    let conflict = format!("<<<<<<< HEAD\n{page}=======\n{theirs}>>>>>>> other\n");
    std::fs::write(bench.page(), conflict).unwrap();
    assert_snapshot!(bench.run(&["decisions", "publish"]), @"
    wrote .session/decision-log.md (1 decision)
    ! The conflict in it is resolved.
    ! hint: git add .session/decision-log.md
    ! warning: left out 1 decision of the old file, made in sessions that this clone does not know
    ! hint: git session sync --fetch, then git session decisions publish
    ");
    assert_eq!(std::fs::read_to_string(bench.page()).unwrap(), page);
    std::fs::write(bench.page(), page.replace('\n', "\r\n")).unwrap();
    assert_snapshot!(bench.run(&["decisions", "publish"]), @".session/decision-log.md is up to date (1 decision)");
}

#[cfg(unix)]
#[test]
fn the_decision_log_follows_no_symbolic_link() {
    let bench = Bench::new();
    bench.record_commits();
    bench.run(&["decisions", "add", "Ours"]);
    bench.git(&["commit", "-q", "--allow-empty", "-m", "work"]);
    let outside = bench.root.path().join("outside");
    std::fs::write(&outside, "mine").unwrap();
    std::fs::create_dir(bench.page().parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(&outside, bench.page()).unwrap();
    let said = bench.run(&["decisions", "publish"]);
    assert!(
        said.contains("is a symbolic link") && said.ends_with("[exit 1]\n"),
        "{said}"
    );
    assert_eq!(std::fs::read_to_string(&outside).unwrap(), "mine");
}

#[test]
fn a_bare_repository_gets_no_decision_log() {
    let bench = Bench::bare_of_sessions();
    bench.git(&["init", "-q", "--bare", "bare.git"]);
    assert_snapshot!(bench.run(&["-C", "bare.git", "decisions", "publish"]), @"
    ! error: a bare repository has no work tree to write the decision log into
    ! hint: git session decisions publish --dry-run
    [exit 1]
    ");
}

#[test]
fn lists_fit_a_narrow_terminal() {
    let repo = crate::support::Repo::in_session();
    let text = "a text that is a good deal longer than what a narrow terminal has room for";
    repo.session(&["objectives", "add", text]).done();
    repo.session(&["objectives", "complete", "obj-1"]).done();
    repo.session(&["objectives", "add", text]).done();
    repo.session(&["blockers", "add", text]).done();
    repo.session(&["note", "add", "first line\nsecond line"])
        .done();
    let narrow = repo.with("COLUMNS", "50");
    let commands: [&[&str]; 5] = [
        &["objectives", "list"],
        &["blockers", "list"],
        &["handoff", "--summary"],
        &["search", "good", "deal"],
        &["show"],
    ];
    for command in commands {
        let answer = narrow.session(command).ok().answer();
        let widest = answer.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(50), "{command:?}: {answer}");
    }
    // a note has its own line breaks
    let shown = repo.session(&["show"]).ok().answer();
    assert!(shown.contains("\n    second line"), "{shown}");
    assert!(!shown.contains("\\n"), "{shown}");
}
