//! Sessions in lists, in full, as a timeline; pause, resume, end, undo.

use insta::assert_snapshot;

use crate::cli_local::Scratch;

/// Two objectives, one of them done, two commits, half an hour of work.
fn worked() -> Scratch {
    let scratch = Scratch::new();
    quiet(
        &scratch,
        &[
            "start",
            "feature/auth",
            "-o",
            "Provider",
            "-o",
            "Google OAuth",
            "--title",
            "Sign in",
            "--no-hooks",
        ],
    );
    scratch.later(10);
    quiet(&scratch, &["objectives", "complete", "obj-1"]);
    scratch.commit("provider.rs", "Add the provider");
    scratch.later(20);
    scratch.commit("google.rs", "Add Google");
    scratch
}

/// Runs a command that must succeed.
fn quiet(scratch: &Scratch, arguments: &[&str]) {
    let said = scratch.run(arguments);
    assert_eq!(said.code, 0, "{arguments:?}: {said}");
}

/// The id of the only session whose id begins so.
fn id(scratch: &Scratch, start: &str) -> String {
    let ids = std::fs::read_dir(scratch.repo().join(".git/sessions")).expect("sessions");
    let names = ids.map(|entry| {
        entry
            .expect("an entry")
            .file_name()
            .into_string()
            .expect("UTF-8")
    });
    names
        .into_iter()
        .find(|name| name.starts_with(start))
        .expect("such a session")
}

#[test]
fn a_list_marks_the_current_session_and_names_what_is_gone() {
    let scratch = worked();
    scratch.later(5);
    scratch.git(&["switch", "-q", "main"]);
    quiet(&scratch, &["start", "gone", "--no-hooks"]);
    scratch.later(5);
    quiet(&scratch, &["start", "second", "-o", "Two", "--no-hooks"]);
    scratch.git(&["branch", "-qD", "gone"]);
    assert_snapshot!(scratch.run(&["list"]), @"
       Branch        State                Done  Active  Last activity  Session
    *  second        active                0/1      0m  just now       second-20261120-adehxj
       gone          active, branch gone     -      5m  just now       gone-20261120-230r7g
       feature/auth  active                1/2     35m  5 min ago      feature-auth-20261120-tet37r
    [0]
    ");
    assert_snapshot!(scratch.run(&["list", "-n", "1"]), @"
       Branch  State   Done  Active  Last activity  Session
    *  second  active   0/1      0m  just now       second-20261120-adehxj
    ---
    2 sessions not shown: git session list --all
    [0]
    ");
    assert_snapshot!(scratch.run(&["list", "--branch", "feature/*", "--json"]), @r#"
    {
      "schema": "git-session/list/v1",
      "sessions": [
        {
          "id": "feature-auth-20261120-tet37r",
          "branch": "feature/auth",
          "title": "Sign in",
          "state": "active",
          "current": false,
          "branch_gone": false,
          "objectives_done": 1,
          "objectives_total": 2,
          "active_seconds": 2100,
          "commits": 2,
          "started_at": "2026-11-20T09:00:00Z",
          "last_activity": "2026-11-20T09:35:00Z"
        }
      ],
      "unreadable": [],
      "more": 0
    }
    [0]
    "#);
    assert_snapshot!(scratch.run(&["list", "--branch", "nothing"]), @"
    ---
    No session is on a branch that matches nothing
    [0]
    ");
}

#[test]
fn git_config_has_the_last_word_on_the_branch() {
    let scratch = worked();
    scratch.git(&["switch", "-q", "main"]);
    scratch.git(&["branch", "-m", "feature/auth", "feature/login"]);
    assert_snapshot!(scratch.run(&["list"]), @"
      Branch         State   Done  Active  Last activity  Session
      feature/login  active   1/2     30m  just now       feature-auth-20261120-tet37r
    [0]
    ");
}

#[test]
fn an_old_session_is_in_the_full_list_only() {
    let scratch = worked();
    quiet(&scratch, &["end"]);
    scratch.later(60 * 24 * 9);
    assert!(scratch.run(&["list"]).stdout.contains("feature/auth"));
    let later = [("GIT_SESSION_NOW", "2027-02-01T09:00:00Z")];
    let list = scratch.run_in(&scratch.repo(), &["list"], &later);
    assert_snapshot!(list, @"
    ---
    No session is open, and none was in the last 30 days.
    hint: git session list --all
    [0]
    ");
    let all = scratch.run_in(&scratch.repo(), &["list", "--all"], &later);
    assert!(all.stdout.contains("feature/auth"), "{all}");
}

#[test]
fn a_log_that_cannot_be_read_is_named_and_the_rest_is_shown() {
    let scratch = worked();
    scratch.git(&["switch", "-q", "main"]);
    quiet(&scratch, &["start", "second", "--no-hooks"]);
    let log = |id: &str| format!(".git/sessions/{id}/log.jsonl");
    scratch.write(&log(&id(&scratch, "feature")), "no event\n");
    assert_snapshot!(scratch.run(&["list"]), @"
       Branch  State   Done  Active  Last activity  Session
    *  second  active     -      0m  just now       second-20261120-adehxj
    ---
    warning: feature-auth-20261120-tet37r is left out: the log of session feature-auth-20261120-tet37r does not say how it began: <root>/repo/.git/sessions/feature-auth-20261120-tet37r/log.jsonl
    error: 1 session could not be read
    hint: git session show feature-auth-20261120-tet37r
    [4]
    ");
    let second = log(&id(&scratch, "second"));
    let torn = format!(
        "{}{{\"v\":1",
        std::fs::read_to_string(scratch.repo().join(&second)).expect("a log")
    );
    scratch.write(&second, &torn);
    let said = scratch.run(&["list", "--branch", "second"]);
    assert_snapshot!(said, @"
       Branch  State   Done  Active  Last activity  Session
    *  second  active     -      0m  just now       second-20261120-adehxj
    ---
    warning: 1 line of the log of second-20261120-adehxj skipped
    hint: git session doctor
    [0]
    ");
}

#[test]
fn without_sessions_a_list_says_how_to_begin() {
    assert_snapshot!(Scratch::new().run(&["list"]), @r#"
    ---
    There are no sessions yet.
    hint: git session start -o "what is to be reached"
    [0]
    "#);
}

#[test]
fn show_tells_everything_of_a_session() {
    let scratch = worked();
    assert_snapshot!(scratch.run(&["show"]), @"
    Session on feature/auth  Sign in
    active, 30m so far, started 30 min ago (feature-auth-20261120-tet37r)
    Ada <ada@example.org>, started 2026-11-20 09:00, cut from main at 8b85dac

    Objectives (1 of 2 done)
      [x] Provider (obj-14ph, obj-1)
      [ ] Google OAuth (obj-q4vd, obj-2)

    Commits (2)
      a3b9e5b Add Google 2026-11-20 09:30
          [>] Google OAuth
          added google.rs
          time 20m
      a43a81c Add the provider 2026-11-20 09:10
          [x] Provider
          [>] Google OAuth
          added provider.rs
          time 10m
    [0]
    ");
    let by_branch = scratch.run(&["show", "feature/auth"]).stdout;
    let by_id = scratch.run(&["show", &id(&scratch, "feature")]).stdout;
    let by_start = scratch.run(&["show", "feature-auth-2026"]).stdout;
    assert!(by_branch == by_id && by_id == by_start && !by_id.is_empty());
    assert_snapshot!(scratch.run(&["show", "nonsense"]), @"
    ---
    error: `nonsense` is no session, no branch and no commit
    hint: git session list --all
    [1]
    ");
}

#[test]
fn a_narrow_terminal_gets_short_names() {
    let scratch = worked();
    let narrow = scratch.run_in(&scratch.repo(), &["list"], &[("COLUMNS", "70")]);
    assert_snapshot!(narrow, @"
       Branch        State   Done  Active  Last      Session
    *  feature/auth  active   1/2     30m  just now  tet37r
    [0]
    ");
    assert_eq!(scratch.run(&["show", "tet37r"]).code, 0);
}

#[test]
fn sixty_columns_are_enough_for_every_row() {
    let scratch = worked();
    scratch.git(&["switch", "-q", "-c", "feature/a-rather-long-name"]);
    quiet(&scratch, &["start", "-o", "x"]);
    scratch.git(&["switch", "-q", "main"]);
    scratch.git(&["branch", "-q", "-D", "feature/a-rather-long-name"]);
    scratch.later(50);
    let narrow = scratch.run_in(&scratch.repo(), &["list"], &[("COLUMNS", "60")]);
    assert!(
        narrow.stdout.lines().all(|line| line.len() <= 60),
        "{narrow}"
    );
    assert_snapshot!(narrow, @"
      Branch     State         Done  Active  Last        Session
      featur...  active, gone   0/1      0m  50 min ago  3vwemt
      featur...  active         1/2     30m  50 min ago  tet37r
    [0]
    ");
}

#[test]
fn text_goes_on_below_itself_in_a_narrow_terminal() {
    let scratch = worked();
    let long =
        "Log people in with Google, GitHub and what the company runs by itself, in this order";
    quiet(&scratch, &["objectives", "add", long]);
    quiet(&scratch, &["decisions", "add", long, "--rationale", long]);
    quiet(&scratch, &["blockers", "add", long]);
    for columns in ["60", "80"] {
        let width: usize = columns.parse().expect("a number");
        for command in [&["status"][..], &["show"], &["show", "HEAD"]] {
            let narrow = scratch.run_in(&scratch.repo(), command, &[("COLUMNS", columns)]);
            assert_eq!(narrow.code, 0, "{narrow}");
            assert!(
                narrow.stdout.lines().all(|line| line.len() <= width),
                "{narrow}"
            );
        }
    }
    let narrow = scratch.run_in(&scratch.repo(), &["show"], &[("COLUMNS", "60")]);
    assert_snapshot!(narrow, @"
    Session on feature/auth  Sign in
    active, 30m so far, started 30 min ago
      (feature-auth-20261120-tet37r)
    Ada <ada@example.org>, started 2026-11-20 09:00, cut from
      main at 8b85dac

    Objectives (1 of 3 done)
      [x] Provider (obj-14ph, obj-1)
      [ ] Google OAuth (obj-q4vd, obj-2)
      [ ] Log people in with Google, GitHub and what the company
          runs by itself, in this order (obj-zap4, obj-3)

    Blockers
      ! Log people in with Google, GitHub and what the company
        runs by itself, in this order (blk-30s2, blk-1, blocked
        for 0m)

    Decisions
      Log people in with Google, GitHub and what the company
        runs by itself, in this order (dec-wh6z, dec-1)
          rationale: Log people in with Google, GitHub and what
                     the company runs by itself, in this order

    Commits (2)
      a3b9e5b Add Google 2026-11-20 09:30
          [>] Google OAuth
          added google.rs
          time 20m
      a43a81c Add the provider 2026-11-20 09:10
          [x] Provider
          [>] Google OAuth
          added provider.rs
          time 10m
    [0]
    ");
    // a program reads it
    let pipe = scratch.run_in(&scratch.repo(), &["show"], &[("COLUMNS", "")]);
    assert!(pipe.stdout.contains(&format!("{long} (obj-")), "{pipe}");
}

#[test]
fn the_brief_of_a_switch_fits_a_narrow_terminal() {
    let scratch = worked();
    let long =
        "Log people in with Google, GitHub and what the company runs by itself, in this order";
    quiet(&scratch, &["decisions", "add", long]);
    scratch.git(&["config", "session.briefOnCheckout", "always"]);
    scratch.git(&["switch", "-q", "main"]);
    let mut git = scratch.command("git", &scratch.repo());
    git.args(["switch", "-q", "feature/auth"])
        .env("COLUMNS", "60");
    let brief = git.output().expect("git starts").stderr;
    let brief = String::from_utf8_lossy(&brief);
    assert!(brief.lines().all(|line| line.len() <= 60), "{brief}");
    assert_snapshot!(brief, @r#"
    session feature/auth "Sign in": 30m active
      objectives  1 of 2 done
      current     Google OAuth (obj-q4vd)
      decided     Log people in with Google, GitHub and what the
                  company runs by... (dec-zap4)
      since       you left just now: no new commits
    "#);
}

#[test]
fn a_narrow_list_of_checkpoints_says_which_are_parked() {
    let scratch = worked();
    scratch.write("work.txt", "work");
    let label = "a label that is much longer than the terminal has room for it";
    quiet(&scratch, &["checkpoint", "--label", label]);
    quiet(&scratch, &["switch", "main"]);
    let id = id(&scratch, "feature");
    let list = ["checkpoints", "list", "--session", &id];
    let narrow = scratch.run_in(&scratch.repo(), &list, &[("COLUMNS", "60")]);
    assert!(
        narrow.stdout.lines().all(|line| line.len() <= 60),
        "{narrow}"
    );
    assert_snapshot!(narrow, @"
    cp-wh6z  just now  nothing new          (parked) work in...
    cp-zap4  just now  3 files +3 -0, 2...  a label that is m...
    [0]
    ");
}

#[test]
fn show_tells_of_every_kind_of_item() {
    let scratch = worked();
    scratch.later(30);
    let id = id(&scratch, "feature");
    let path = format!(".git/sessions/{id}/log.jsonl");
    let mut log = std::fs::read_to_string(scratch.repo().join(&path)).expect("a log");
    let event = |n: u32, kind: &str, data: &str| {
        format!(
            "{{\"v\":1,\"id\":\"01M7W4N5E0000000000000AA{n}\",\"n\":{n},\"op\":\"01M7W4N5E0000000000000AA{n}\",\
             \"at\":\"2026-11-20T09:{n}:00Z\",\"by\":\"Ada <ada@example.org>\",\"via\":\"cli\",\"session\":\"{id}\",\
             \"worktree\":\"side\",\"kind\":\"{kind}\",\"data\":{data}}}\n"
        )
    };
    let item = |n: u32| format!("\"item\":\"01M7W4N5E0000000000000AA{n}\"");
    log.push_str(&event(
        30,
        "blocker.added",
        r##"{"text":"No client id","link":"#12"}"##,
    ));
    log.push_str(&event(31, "blocker.added", r#"{"text":"Slow network"}"#));
    let resolved = format!("{{{},\"resolution\":\"asked for one\"}}", item(30));
    log.push_str(&event(42, "blocker.resolved", &resolved));
    let decided = r#"{"text":"Use PKCE","rationale":"interception","alternatives":[{"option":"implicit flow","why_not":"deprecated"}],"consequences":["needs a verifier"],"scope":["src/auth/**"]}"#;
    log.push_str(&event(43, "decision.added", decided));
    log.push_str(&event(
        44,
        "decision.added",
        r#"{"text":"Use PKCE everywhere","private":true}"#,
    ));
    let replaced = format!("{{{},\"by\":\"01M7W4N5E0000000000000AA44\"}}", item(43));
    log.push_str(&event(45, "decision.superseded", &replaced));
    let learnt = r#"{"text":"Tokens expire\u001b[31m early","type":"insight","key":"learning/insights/tokens"}"#;
    log.push_str(&event(46, "learning.added", learnt));
    log.push_str(&event(47, "note.added", r#"{"text":"Ask Bob"}"#));
    scratch.write(&path, &log);
    assert_snapshot!(scratch.run(&["show"]), @r"
    Session on feature/auth  Sign in
    active, 1h 17m so far, started 1 h ago (feature-auth-20261120-tet37r)
    Ada <ada@example.org>, started 2026-11-20 09:00, cut from main at 8b85dac

    Objectives (1 of 2 done)
      [x] Provider (obj-14ph, obj-1)
      [ ] Google OAuth (obj-q4vd, obj-2)

    Blockers
      - No client id #12 (blk-aa30, blk-1, blocked 12m, resolved)
          resolution: asked for one
      ! Slow network (blk-aa31, blk-2, blocked for 29m)

    Decisions
      Use PKCE (dec-aa43, dec-1, replaced by dec-aa44)
          rationale: interception
          not: implicit flow, because deprecated
          consequence: needs a verifier
          scope: src/auth/**
      Use PKCE everywhere (dec-aa44, dec-2) (private)

    Learnings
      Tokens expire\u{1b}[31m early (lrn-aa46, lrn-1, learning/insights/tokens)

    Notes
      Ask Bob (note-aa47, note-1)

    Commits (2)
      a3b9e5b Add Google 2026-11-20 09:30
          [>] Google OAuth
          added google.rs
          time 20m
      a43a81c Add the provider 2026-11-20 09:10
          [x] Provider
          [>] Google OAuth
          added provider.rs
          time 10m

    Active time
      30m main work tree
      17m side
    [0]
    ");
    assert_snapshot!(scratch.run(&["resume"]), @r#"
    Session restored:
      Progress: 1/2 (50%)
      Learnings captured: 1

    session feature/auth "Sign in": 1h 17m active
      objectives  1 of 2 done
      current     Google OAuth (obj-q4vd)
      blocked by  Slow network (blk-aa31)
      decided     Use PKCE everywhere (dec-aa44)

    Next: git session objectives complete obj-q4vd
    ---
    The session on feature/auth was open.
    [0]
    "#);
    let json = scratch.run(&["show", "--json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["schema"], "git-session/show/v1");
    assert_eq!(json["blockers"][0]["resolution"], "asked for one");
    assert_eq!(
        json["decisions"][0]["superseded_by"],
        json["decisions"][1]["id"]
    );
    assert_eq!(json["worktree_seconds"]["side"], 1020);
    assert_eq!(json["commits"][0]["source"], "log");
}

#[test]
fn show_reads_a_commit_from_log_then_note_then_trailers() {
    let scratch = worked();
    scratch.git(&["switch", "-q", "main"]);
    assert_snapshot!(scratch.run(&["show", "feature/auth~0", "-v"]), @"
    commit a3b9e5b Add Google
    Ada <ada@example.org>, 2026-11-20 09:30

    Session on feature/auth (feature-auth-20261120-tet37r)
      [>] Google OAuth
      added google.rs
      time 20m
    ---
    log      <root>/repo/.git/sessions/feature-auth-20261120-tet37r/log.jsonl
    [0]
    ");
    let clone = scratch.root().join("clone");
    scratch.git_in(scratch.root(), &["clone", "-q", "repo", "clone"]);
    let notes = "+refs/notes/session/*:refs/notes/session-remote/origin/*";
    scratch.git_in(&clone, &["fetch", "-q", "origin", notes]);
    let from_note = scratch.run_in(&clone, &["show", "origin/feature/auth", "--json"], &[]);
    let writer = scratch.git(&["config", "session.writer"]);
    let from_note = from_note.to_string().replace(&writer, "<writer>");
    assert_snapshot!(from_note, @r#"
    {
      "schema": "git-session/show/v1",
      "commit": "a3b9e5b3e058e14a2819ab12707bfabe6e02612f",
      "author": "Ada <ada@example.org>",
      "records": [
        {
          "source": "note",
          "ref": "refs/notes/session-remote/origin/<writer>",
          "session": "feature-auth-20261120-tet37r",
          "branch": "feature/auth",
          "at": "2026-11-20T09:30:00Z",
          "objectives": [
            {
              "mark": ">",
              "text": "Google OAuth"
            }
          ],
          "decisions": [],
          "impact": [
            "added google.rs"
          ],
          "time_seconds": 1200
        }
      ]
    }
    [0]
    "#);
    scratch.git_in(scratch.root(), &["clone", "-q", "repo", "bare-words"]);
    let bare = scratch.root().join("bare-words");
    let from_trailers = scratch.run_in(&bare, &["show", "origin/feature/auth", "-v"], &[]);
    assert_snapshot!(from_trailers, @"
    commit a3b9e5b Add Google
    Ada <ada@example.org>, 2026-11-20 09:30

    Session (feature-auth-20261120-tet37r)
      [>] Google OAuth
      added google.rs
      time 20m
    ---
    trailers of a3b9e5b
    [0]
    ");
    assert_snapshot!(scratch.run(&["show", "HEAD"]), @"
    ---
    error: nothing is recorded of commit 8b85dac
    hint: git show 8b85dac
    [1]
    ");
}

#[test]
fn the_log_is_a_timeline() {
    let scratch = worked();
    scratch.git(&["switch", "-q", "main"]);
    scratch.later(5);
    scratch.git(&["switch", "-q", "feature/auth"]);
    assert_snapshot!(scratch.run(&["log"]), @"
    2026-11-20 09:30  Ada, hook  recorded commit a3b9e5b Add Google
    2026-11-20 09:10  Ada, hook  recorded commit a43a81c Add the provider
    2026-11-20 09:10  Ada, cli   completed obj-14ph Provider
    2026-11-20 09:00  Ada, cli   started the session on feature/auth
                                 added obj-14ph Provider
                                 added obj-q4vd Google OAuth
    [0]
    ");
    assert_snapshot!(scratch.run(&["log", "--all-kinds", "-n", "2"]), @"
    2026-11-20 09:35  Ada, hook  entered the branch
    2026-11-20 09:30  Ada, hook  left the branch
    [0]
    ");
    assert_snapshot!(scratch.run(&["log", "-n", "1", "--json"]), @r#"
    {
      "schema": "git-session/log/v1",
      "session": "feature-auth-20261120-tet37r",
      "branch": "feature/auth",
      "entries": [
        {
          "op": "01M7W4N5E0VMB7NTN6674X9GJ9",
          "at": "2026-11-20T09:30:00Z",
          "by": "Ada <ada@example.org>",
          "via": "hook",
          "undone": false,
          "events": [
            {
              "id": "01M7W4N5E0VMB7NTN6674X9GJ9",
              "kind": "commit.recorded",
              "summary": "recorded commit a3b9e5b Add Google"
            }
          ]
        }
      ]
    }
    [0]
    "#);
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let scratch = worked();
    let program = env!("CARGO_BIN_EXE_git-session");
    let line = format!("set -o pipefail; '{program}' log --all-kinds | true");
    let mut shell = scratch.command("bash", &scratch.repo());
    let output = shell.args(["-c", &line]).output().expect("bash starts");
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{output:?}"
    );
}

#[test]
fn pause_and_resume_report_where_the_session_stands() {
    let scratch = worked();
    assert_snapshot!(scratch.run(&["pause"]), @"
    Paused the session on feature/auth after 30m (feature-auth-20261120-tet37r)
    ---
    `git session resume` or the next commit lets it go on.
    [0]
    ");
    assert_snapshot!(scratch.run(&["pause"]), @"
    ---
    error: the session is paused already
    hint: git session status
    [1]
    ");
    scratch.later(60);
    assert_snapshot!(scratch.run(&["resume"]), @r#"
    Session restored:
      Progress: 1/2 (50%)

    Since you left 1 h ago: no new commits

    session feature/auth "Sign in": 30m active
      objectives  1 of 2 done
      current     Google OAuth (obj-q4vd)

    Next: git session objectives complete obj-q4vd
    ---
    The session on feature/auth was paused and goes on.
    [0]
    "#);
    scratch.git(&["switch", "-q", "main"]);
    assert_snapshot!(scratch.run(&["resume"]), @r#"
    ---
    error: there is no session of main to resume
    hint: git session start main -o "what is to be reached"
    hint: git session list
    [1]
    "#);
    let other = scratch.run(&["resume", "feature/auth", "--json"]);
    assert_snapshot!(other, @r#"
    {
      "schema": "git-session/resume/v1",
      "session": "feature-auth-20261120-tet37r",
      "branch": "feature/auth",
      "state": "active",
      "was": "active",
      "progress": {
        "done": 1,
        "total": 2
      },
      "objectives_done": 1,
      "objectives_total": 2,
      "learnings": 0,
      "active_seconds": 1800,
      "parked": {
        "state": "nothing"
      },
      "meanwhile": {
        "left": "2026-11-20T10:30:00Z",
        "commits": 0,
        "authors": [],
        "files": []
      },
      "brief": [
        "session feature/auth \"Sign in\": 30m active",
        "  objectives  1 of 2 done",
        "  current     Google OAuth (obj-q4vd)"
      ],
      "next": "git session objectives complete obj-q4vd"
    }
    [0]
    "#);
    assert_eq!(scratch.git(&["branch", "--show-current"]), "feature/auth");
}

#[test]
fn end_says_what_is_open_and_later_commits_are_plain() {
    let scratch = worked();
    scratch.write("google.rs", "not committed");
    assert_snapshot!(scratch.run(&["end"]), @"
    Ended the session on feature/auth (feature-auth-20261120-tet37r)
      30m active, 2 commits, 1 of 2 objectives done
      saved what no commit has as cp-zap4

    Reached
      [x] Provider (obj-14ph, obj-1)

    Left open
      [ ] Google OAuth (obj-q4vd, obj-2)
      feature/auth: 1 changed
    Handoff: .git/sessions/feature-auth-20261120-tet37r/handoff.md
    ---
    Later commits on feature/auth are plain; `git session start --resume` opens the session again.
    [0]
    ");
    scratch.git(&["commit", "-qam", "Plain"]);
    assert_eq!(scratch.git(&["log", "-1", "--format=%B"]), "Plain");
    assert_snapshot!(scratch.run(&["end"]), @"
    ---
    error: the session on feature/auth has ended
    hint: git session start --resume
    hint: git session start --new
    [1]
    ");
}

#[test]
fn undo_of_an_undo_does_it_again() {
    let scratch = worked();
    quiet(&scratch, &["objectives", "add", "GitHub OAuth"]);
    assert_snapshot!(scratch.run(&["undo", "--list"]), @"
    1  2026-11-20 09:30  added obj-zap4 GitHub OAuth
    2  2026-11-20 09:10  completed obj-14ph Provider
    3  2026-11-20 09:00  started the session on feature/auth; added obj-14ph Provider; added obj-q4vd...
    [0]
    ");
    assert_snapshot!(scratch.run(&["undo"]), @"
    Took back: added obj-zap4 GitHub OAuth
    ---
    `git session undo` once more does it again.
    [0]
    ");
    assert_snapshot!(scratch.run(&["undo"]), @"
    Did again: added obj-zap4 GitHub OAuth
    [0]
    ");
    assert_snapshot!(scratch.run(&["undo"]), @"
    Took back: added obj-zap4 GitHub OAuth
    ---
    `git session undo` once more does it again.
    [0]
    ");
    assert_snapshot!(scratch.run(&["undo", "3", "--json"]), @r#"
    {
      "schema": "git-session/undo/v1",
      "session": "feature-auth-20261120-tet37r",
      "undone": {
        "op": "01M7W3GHJ0QGACN628NW9BNAHZ",
        "at": "2026-11-20T09:10:00Z",
        "via": "cli",
        "summary": "completed obj-14ph Provider"
      },
      "effect": "took_back",
      "of": {
        "op": "01M7W3GHJ0QGACN628NW9BNAHZ",
        "at": "2026-11-20T09:10:00Z",
        "via": "cli",
        "summary": "completed obj-14ph Provider"
      }
    }
    [0]
    "#);
    assert_snapshot!(scratch.run(&["undo", "99"]), @"
    ---
    error: there is nothing to take back
    hint: git session undo --list
    [1]
    ");
    assert_snapshot!(scratch.run(&["log", "-n", "5"]), @"
    2026-11-20 09:30  Ada, cli  took back: completed obj-14ph Provider
    2026-11-20 09:30  Ada, cli  took back: added obj-zap4 GitHub OAuth
    2026-11-20 09:30  Ada, cli  did again: added obj-zap4 GitHub OAuth (taken back)
    2026-11-20 09:30  Ada, cli  took back: added obj-zap4 GitHub OAuth
    2026-11-20 09:30  Ada, cli  added obj-zap4 GitHub OAuth (taken back)
    [0]
    ");
}

/// What `status` says is to be done next.
fn next(scratch: &Scratch) -> String {
    let status = scratch.run(&["status"]).stdout;
    let line = status.lines().find(|line| line.starts_with("Next: "));
    line.expect("every screen ends with it").to_owned()
}

#[test]
fn status_leads_from_the_first_change_to_the_end() {
    let scratch = Scratch::new();
    quiet(
        &scratch,
        &["start", "f", "-o", "One", "-o", "Two", "--no-hooks"],
    );
    assert_snapshot!(next(&scratch), @r#"Next: work on "One" (obj-efcf)"#);
    scratch.write("a.rs", "a");
    assert_snapshot!(next(&scratch), @"Next: git session checkpoint");
    scratch.git(&["add", "a.rs"]);
    assert_snapshot!(next(&scratch), @"Next: git commit");
    scratch.git(&["commit", "-qm", "Add a"]);
    assert_snapshot!(next(&scratch), @"Next: git session objectives complete obj-efcf");
    scratch.write("a.rs", "b");
    assert_snapshot!(next(&scratch), @"Next: git session checkpoint");
    scratch.git(&["restore", "a.rs"]);
    // what lies about is no work once something was committed
    scratch.write("notes.txt", "n");
    assert_snapshot!(next(&scratch), @"Next: git session objectives complete obj-efcf");
    quiet(&scratch, &["objectives", "complete", "obj-1"]);
    assert_snapshot!(next(&scratch), @"Next: git session checkpoint");
    std::fs::remove_file(scratch.repo().join("notes.txt")).expect("a file");
    assert_snapshot!(next(&scratch), @r#"Next: work on "Two" (obj-8d28)"#);
    quiet(&scratch, &["objectives", "complete", "obj-2"]);
    assert_snapshot!(next(&scratch), @"Next: git session end");
    quiet(&scratch, &["end"]);
    assert_snapshot!(next(&scratch), @"Next: git session start --resume");
}

#[test]
fn status_does_not_call_an_objective_reached_in_a_conflict_or_in_red() {
    let scratch = Scratch::new();
    quiet(
        &scratch,
        &["start", "f", "-o", "One", "--tdd", "--no-hooks"],
    );
    scratch.commit("tests/a_test.rs", "Ask for a");
    scratch.later(1);
    let _status = scratch.run(&["status"]);
    assert_snapshot!(next(&scratch), @r#"Next: work on "One" (obj-efcf)"#);
    scratch.git(&["switch", "-q", "main"]);
    scratch.commit("tests/a_test.rs", "Ask otherwise");
    scratch.git(&["switch", "-q", "f"]);
    let mut git = scratch.command("git", &scratch.repo());
    let merge = git.args(["merge", "main"]).output().expect("git starts");
    assert!(!merge.status.success());
    assert_snapshot!(next(&scratch), @"Next: git status");
}
