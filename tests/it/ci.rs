//! The state of the build in `status`: from a file or a command that personal settings name, bounded and remembered.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::Repo;

/// What `status` says of the build.
fn build(repo: &Repo) -> String {
    let text = repo.session(&["status"]).text();
    let mut lines = text.lines().skip_while(|line| *line != "Build").skip(1);
    lines
        .next()
        .map(|line| line.trim().to_owned())
        .unwrap_or_default()
}

fn json(repo: &Repo) -> Value {
    let text = repo.session(&["status", "--json"]).text();
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    answer["ci"].clone()
}

/// Whether the process whose id stands in a file has ended; who should take notice of its end may not have.
fn is_over(repo: &Repo) -> bool {
    let gone = "pid=$(cat ../pid); ! kill -0 $pid || grep -q '^State:.Z' /proc/$pid/status";
    let ended = |_| {
        let over = repo.sh(gone).success();
        if !over {
            thread::sleep(Duration::from_millis(20));
        }
        over
    };
    (0..200).any(ended)
}

#[test]
fn a_file_says_how_it_went() {
    let repo = Repo::in_session();
    assert_eq!(build(&repo), "");
    repo.config("session.ci.file", "../build.json");
    assert_eq!(build(&repo), "", "it is not there yet");
    let head = repo.head();
    let dated = |content: &str| {
        repo.write("../build.json", content);
        repo.sh("touch -d '2026-11-20 08:50:00Z' ../build.json")
            .done();
    };
    dated("passed\n");
    insta::assert_snapshot!(build(&repo), @"passed (ci.file, 10 min ago)");
    dated(&format!(
        r#"{{"conclusion":"failure","name":"tests","html_url":"https://ci.example.org/7","head_sha":"{head}"}}"#
    ));
    insta::assert_snapshot!(build(&repo), @"failed: tests (ci.file, 10 min ago)");
    insta::assert_snapshot!(serde_json::to_string_pretty(&json(&repo)).unwrap(), @r#"
    {
      "at": "2026-11-20T08:50:00Z",
      "from": "ci.file",
      "state": "failed",
      "text": "tests",
      "url": "https://ci.example.org/7"
    }
    "#);
    repo.commit("a", "1\n", "More");
    assert!(
        build(&repo).contains(&format!("of {}, not of HEAD", &head[..7])),
        "{}",
        build(&repo)
    );
    let terminal = repo.with("FORCE_HYPERLINK", "1");
    let text = terminal.session(&["status", "--color", "always"]).answer();
    assert!(
        text.contains("\u{1b}]8;;https://ci.example.org/7\u{1b}\\"),
        "{text:?}"
    );
}

#[test]
fn hostile_files_do_no_harm() {
    let repo = Repo::in_session();
    repo.config("session.ci.file", "build");
    repo.write(
        "build",
        "failed \u{1b}]0;title\u{7} token=ghp_0123456789abcdefghijABCDEFGHIJ012345 \u{202e}x\nmore",
    );
    let text = build(&repo);
    assert!(
        !text.contains(['\u{1b}', '\u{7}', '\u{202e}']) && !text.contains("ghp_"),
        "{text:?}"
    );
    repo.write("build", vec![b'x'; 3 * 1024 * 1024]);
    assert!(build(&repo).len() < 300);
    fs::remove_file(repo.path().join("build")).unwrap();
    repo.run("mkfifo", &["build"]).done();
    assert!(
        build(&repo).starts_with("unknown (ci.file, "),
        "{}",
        build(&repo)
    );
    fs::remove_file(repo.path().join("build")).unwrap();
    fs::create_dir(repo.path().join("build")).unwrap();
    assert!(
        build(&repo).starts_with("unknown (ci.file, "),
        "{}",
        build(&repo)
    );
}

#[test]
fn a_command_is_asked_once_a_minute_for_a_commit() {
    let repo = Repo::in_session();
    let script = "echo asked >>../asked; test $(git rev-parse HEAD) = $GIT_SESSION_COMMIT && echo success on $GIT_SESSION_BRANCH; exit 1";
    repo.config("session.ci.command", script);
    let asked = || {
        fs::read_to_string(repo.path().join("../asked"))
            .unwrap_or_default()
            .lines()
            .count()
    };
    insta::assert_snapshot!(build(&repo), @"passed: on feature (ci.command, just now)");
    assert!(build(&repo).starts_with("passed"));
    assert_eq!(asked(), 1);
    repo.session(&["status", "--short"]).done();
    repo.session(&["objectives", "list"]).done();
    assert_eq!(asked(), 1);
    repo.wait(2);
    assert!(build(&repo).starts_with("passed"));
    assert_eq!(asked(), 2);
    // another commit is another question, and both answers are kept
    repo.commit("a", "1\n", "More");
    assert!(build(&repo).starts_with("passed"));
    assert_eq!(asked(), 3);
    repo.git(&["switch", "-q", "main"]).done();
    repo.session(&["start"]).done();
    assert!(build(&repo).starts_with("passed"));
    assert_eq!(asked(), 3, "main is where the session began");
    // another command is another question
    repo.config("session.ci.command", "echo failed; echo asked >>../asked");
    assert!(build(&repo).starts_with("failed"));
    assert_eq!(asked(), 4);
}

#[test]
fn a_command_that_does_not_answer_is_ended_with_all_it_started() {
    let repo = Repo::in_session();
    repo.config("session.ci.command", "echo passed");
    assert!(build(&repo).starts_with("passed"));
    repo.wait(5);
    repo.config(
        "session.ci.command",
        "sleep 61 & echo $! >../pid; sleep 62; echo late",
    );
    let begun = Instant::now();
    insta::assert_snapshot!(build(&repo), @"unknown (ci.command, just now; it did not answer within 2 s)");
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert!(is_over(&repo), "what it started goes on");
    // that it does not answer is remembered, too
    let begun = Instant::now();
    insta::assert_snapshot!(build(&repo), @"unknown (ci.command, just now; it did not answer within 2 s)");
    assert!(begun.elapsed() < Duration::from_secs(30));
}

/// How many processes have these words in their command line.
fn running(words: &str) -> usize {
    let processes = fs::read_dir("/proc").expect("it is there").flatten();
    let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    let text = |line: Vec<u8>| String::from_utf8_lossy(&line).replace('\0', " ");
    lines
        .filter(|line| text(line.clone()).contains(words))
        .count()
}

#[test]
fn without_a_session_it_is_asked_as_well_and_ended() {
    let repo = Repo::new();
    repo.commit("a", "1\n", "One");
    repo.session(&["start", "feature"]).done();
    repo.switch("main");
    let command = format!("sleep 61.{}", std::process::id());
    repo.config(
        "session.ci.command",
        &format!("echo asked >>../asked; {command} & {command}; echo late"),
    );
    let asked = || fs::read_to_string(repo.path().join("../asked")).unwrap_or_default();
    let status = || repo.session(&["status"]).ok().answer();
    insta::assert_snapshot!(status(), @r#"
    No session on main

    main: clean
    build: unknown (ci.command, just now; it did not answer within 2 s)

    Next: git session start -o "what is to be reached"
    "#);
    status();
    assert_eq!(
        asked(),
        "asked\n",
        "it is remembered that it does not answer"
    );
    repo.git(&["switch", "-q", "--detach"]).done();
    assert!(status().contains("build: unknown"), "{}", status());
    assert_eq!(asked(), "asked\n", "this is the same commit");
    let over = (0..200).any(|_| {
        let over = running(&command) == 0;
        if !over {
            thread::sleep(Duration::from_millis(20));
        }
        over
    });
    assert!(over, "what was started goes on");
    repo.config("session.ci.command", "echo passed");
    assert!(status().contains("build: passed"), "{}", status());
}

#[test]
fn what_it_said_last_holds_while_it_says_nothing() {
    let repo = Repo::in_session();
    repo.config("session.ci.command", "cat ../answer");
    repo.write("../answer", "passed: all 12\n");
    assert!(build(&repo).starts_with("passed"));
    repo.wait(5);
    fs::remove_file(repo.path().join("../answer")).unwrap();
    insta::assert_snapshot!(build(&repo), @"passed: all 12 (ci.command, 5 min ago; it said nothing and ended with 1)");
    repo.wait(5);
    repo.write("../answer", "failed\n");
    insta::assert_snapshot!(build(&repo), @"failed (ci.command, just now)");
}

#[test]
fn an_endless_answer_ends() {
    let repo = Repo::in_session();
    repo.config(
        "session.ci.command",
        "echo $$ >../pid; echo failed; exec yes",
    );
    assert!(build(&repo).starts_with("failed") || build(&repo).starts_with("unknown"));
    assert!(is_over(&repo), "it goes on");
}

#[test]
fn a_cache_that_is_torn_is_no_cache() {
    let repo = Repo::in_session();
    repo.config("session.ci.command", "echo passed");
    assert!(build(&repo).starts_with("passed"));
    let cache = repo.store().join("cache/ci.json");
    for torn in ["", "{", "{\"answers\": 7}", "[]"] {
        fs::write(&cache, torn).unwrap();
        assert!(build(&repo).starts_with("passed"), "{torn}");
    }
    let kept = fs::read_to_string(&cache).unwrap();
    assert!(
        !kept.contains("echo"),
        "the command stays out of it: {kept}"
    );
}

#[test]
fn hooks_do_not_ask() {
    let repo = Repo::in_session();
    repo.config("session.ci.command", "touch ../asked");
    repo.commit("a", "1\n", "One");
    repo.switch("main");
    repo.switch("feature");
    repo.assert_quiet();
    assert!(!repo.path().join("../asked").exists());
}
