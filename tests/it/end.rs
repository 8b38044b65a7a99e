//! `git session end`: what is said, asked, recorded and printed.

use insta::assert_snapshot;

use super::readme::check_page;
use super::support::Repo;

/// The data of the newest event of a kind in the log of a session.
fn last(repo: &Repo, id: &str, kind: &str) -> Option<serde_json::Value> {
    let log = repo.read(repo.store().join(id).join("log.jsonl"));
    let events = log.lines().rev();
    let mut events = events.map(serde_json::from_str::<serde_json::Value>);
    let found = events.find_map(|event| event.ok().filter(|event| event["kind"] == kind));
    found.map(|mut event| event["data"].take())
}

#[test]
fn what_is_said_is_kept_and_shown() {
    let repo = Repo::in_session();
    let id = repo.session_id();
    repo.commit("docs/a", "1\n", "One");
    let args = [
        "end",
        "--accomplished",
        "It works",
        "--accomplished",
        "It is documented",
        "--decision",
        "One table for all",
        "--remember",
        "The cache is cold at first",
        "--success",
        "false",
        "--phase",
        "Two",
    ];
    assert_snapshot!(repo.session(&args), @"
    --- stdout
    Ended the session on feature (feature-20261120-wxxsrz)
      0m active, 1 commit, 0 of 1 objectives done

    Reached
      It works
      It is documented

    Decided
      One table for all

    To remember
      The cache is cold at first

    Left open
      [ ] Reach the goal (obj-5vy9, obj-1)
    Handoff: .git/sessions/feature-20261120-wxxsrz/handoff.md
    --- stderr
    Later commits on feature are plain; `git session start --resume` opens the session again.
    [EOF]
    ");
    let ended = last(&repo, &id, "session.ended").expect("it ended");
    assert_eq!(ended["accomplished"][1], "It is documented");
    assert_eq!(ended["remember"][0], "The cache is cold at first");
    assert_eq!(ended["success"], false);
    assert_eq!(ended["phase"], "Two");
    let decided = last(&repo, &id, "decision.added").expect("a decision");
    assert_eq!(decided["text"], "One table for all");
    // one step, taken back as one
    assert_snapshot!(repo.session(&["undo"]), @"
    --- stdout
    Took back: decided dec-04zk One table for all; made a handoff; ended the session
    --- stderr
    `git session undo` once more does it again.
    [EOF]
    ");
    assert!(repo.session(&["decisions"]).ok().stdout.is_empty());
}

#[test]
fn a_secret_does_not_reach_the_log() {
    let repo = Repo::in_session();
    let id = repo.session_id();
    let secret = format!("ghp_{}", "a1B2c3D4e5F6".repeat(3));
    let text = format!("The token is {secret}");
    repo.session(&["end", "--remember", &text, "--decision", &text])
        .done();
    let log = repo.read(repo.store().join(id).join("log.jsonl"));
    assert!(!log.contains(&secret), "{log}");
}

#[test]
fn what_is_not_committed_is_saved_and_left_alone() {
    let repo = Repo::in_session();
    let id = repo.session_id();
    repo.write("README", "changed\n");
    repo.write("new", "untracked\n");
    let said = repo.session(&["end", "--no-summary"]);
    assert_snapshot!(said, @"
    --- stdout
    Ended the session on feature (feature-20261120-wxxsrz); saved what no commit has as cp-2hzy
    Handoff: .git/sessions/feature-20261120-wxxsrz/handoff.md
    --- stderr
    Later commits on feature are plain; `git session start --resume` opens the session again.
    [EOF]
    ");
    assert_eq!(
        repo.git(&["status", "--porcelain"]).text(),
        "M README\n?? new"
    );
    let made = last(&repo, &id, "checkpoint.created").expect("a checkpoint");
    assert_eq!(made["cause"], "end");
    let commit = made["commit"].as_str().expect("an id");
    assert_eq!(
        repo.git(&["show", &format!("{commit}:README")]).text(),
        "changed"
    );
    assert_eq!(
        repo.git(&["show", &format!("{commit}^3:new")]).text(),
        "untracked"
    );
}

#[test]
fn a_clean_work_tree_needs_no_checkpoint() {
    let repo = Repo::in_session();
    let id = repo.session_id();
    repo.session(&["end"]).done();
    assert_eq!(last(&repo, &id, "checkpoint.created"), None);
}

#[test]
fn given_up_work_has_no_handoff_and_is_saved_all_the_same() {
    let repo = Repo::in_session();
    let id = repo.session_id();
    repo.write("README", "changed\n");
    let said = repo.session(&["end", "--abandon"]).ok().to_string();
    assert!(said.contains("Abandoned the session on feature"), "{said}");
    assert_eq!(last(&repo, &id, "handoff.created"), None);
    assert_eq!(
        last(&repo, &id, "session.ended").expect("it ended")["abandoned"],
        true
    );
    assert!(last(&repo, &id, "checkpoint.created").is_some());
    for flags in [["--merge-to", "main"], ["--push", "--yes"]] {
        let output = repo.session(&[&["end", "--abandon"][..], &flags[..]].concat());
        assert_eq!(output.code, 2, "{output}");
    }
}

#[test]
fn the_handoff_is_as_the_settings_and_the_flags_say() {
    let cases: [(&[&str], &str, bool); 5] = [
        (&[], "true", true),
        (&[], "false", false),
        (&["--no-handoff"], "true", false),
        (&["--handoff"], "false", true),
        (&["--abandon", "--handoff"], "true", true),
    ];
    for (flags, setting, expected) in cases {
        let repo = Repo::in_session();
        let id = repo.session_id();
        repo.config("session.handoffOnEnd", setting);
        repo.session(&[&["end"], flags].concat()).done();
        let made = last(&repo, &id, "handoff.created");
        assert_eq!(made.is_some(), expected, "{flags:?} {setting}");
    }
}

#[test]
fn the_handoff_is_a_file_beside_the_log() {
    let repo = Repo::in_session();
    let id = repo.session_id();
    repo.commit("docs/a", "1\n", "One");
    let args = [
        "end",
        "--json",
        "--merge-to",
        "main",
        "--accomplished",
        "It works",
        "--remember",
        "The cache",
    ];
    let output = repo.session(&args).ok();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    let path = repo.store().join(id).join("handoff.md");
    let told = json["handoff"].as_str().expect("a path");
    assert_eq!(
        std::fs::canonicalize(told).ok(),
        std::fs::canonicalize(&path).ok()
    );
    let page = repo.read(path);
    for text in [
        "# Handoff: feature",
        "It works",
        "The cache",
        "State: ended",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[test]
fn a_decision_log_that_is_out_of_date_is_named() {
    let repo = Repo::in_session();
    repo.session(&["decisions", "add", "Before"]).done();
    repo.commit("docs/a", "1\n", "One");
    repo.session(&["decisions", "publish"]).done();
    repo.git(&["add", ".session"]).done();
    repo.git(&["commit", "-qm", "Publish"]).done();
    let said = repo.session(&["end"]).ok().news();
    assert!(!said.contains("out of date"), "{said}");
    repo.session(&["undo"]).done();
    let said = repo.session(&["end", "--decision", "After"]).ok().news();
    assert!(
        said.contains(".session/decision-log.md is out of date."),
        "{said}"
    );
    assert!(
        said.contains("hint: git session decisions publish"),
        "{said}"
    );
}

#[test]
fn a_plain_end_works_while_git_is_in_the_middle_of_something() {
    let repo = Repo::in_session();
    repo.commit("README", "of the feature\n", "Say so");
    repo.switch("main");
    repo.commit("README", "of main\n", "Say something else");
    repo.switch("feature");
    assert!(!repo.git(&["merge", "main"]).success());
    repo.session(&["end"]).done();
    assert_eq!(repo.mapped("feature"), None);
    assert!(repo.git_path("MERGE_HEAD").exists());
}

#[test]
fn the_answer_in_json_holds_everything() {
    let repo = Repo::in_session();
    repo.write("README", "changed\n");
    let output = repo
        .session(&["end", "--json", "--accomplished", "It works"])
        .ok();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!(json["schema"], "git-session/end/v1");
    assert_eq!(json["state"], "ended");
    assert_eq!(json["accomplished"][0], "It works");
    assert_eq!(json["uncommitted_files"], 1);
    assert_eq!(json["checkpoint"]["cause"], "end");
    assert_eq!(json.get("merged"), None);
}

/// Runs a command on a terminal of its own with these answers; `None` where there is no `script`.
fn on_a_terminal(repo: &Repo, line: &str, answers: &str) -> Option<String> {
    if !repo.sh("script --version").success() {
        eprintln!("skipped: there is no `script` to make a terminal");
        return None;
    }
    repo.write("../answers", answers);
    // the answers come one by one: a terminal hands out lines
    let feed = "while read -r a; do sleep 0.4; echo \"$a\"; done <../answers";
    let run = format!("({feed}) | script -qec '{line}' /dev/null");
    let view = repo.with("GIT_TERMINAL_PROMPT", "1").with("NO_COLOR", "1");
    let output = view.sh(&run);
    Some(String::from_utf8_lossy(&output.stdout).replace('\r', ""))
}

#[test]
fn on_a_terminal_what_was_not_said_is_asked() {
    let repo = Repo::in_session();
    let id = repo.session_id();
    let line = "git session end --decision Known";
    let Some(said) = on_a_terminal(&repo, line, "It works\n\n") else {
        return;
    };
    assert!(said.contains("What was reached? (Enter skips)"), "{said}");
    assert!(!said.contains("What was decided?"), "{said}");
    assert!(
        said.contains("What does who goes on have to know?"),
        "{said}"
    );
    let ended = last(&repo, &id, "session.ended").expect("it ended");
    assert_eq!(ended["accomplished"][0], "It works", "{said}");
    assert_eq!(ended.get("remember"), None, "{said}");
}

#[test]
fn on_a_terminal_a_push_is_asked_for() {
    for (answer, pushed) in [("n", false), ("y", true)] {
        let repo = Repo::in_session();
        repo.commit("docs/a", "1\n", "One");
        repo.at("..")
            .git(&["init", "-q", "--bare", "origin"])
            .done();
        repo.git(&["remote", "add", "origin", "../origin"]).done();
        let answers = format!("{answer}\n\n\n\n");
        let Some(said) = on_a_terminal(&repo, "git session end", &answers) else {
            return;
        };
        assert!(said.contains("Push feature to origin? [y/N]"), "{said}");
        let there = repo.git(&["rev-parse", "--verify", "-q", "origin/feature"]);
        assert_eq!(there.success(), pushed, "{said}");
        assert_eq!(repo.mapped("feature"), None, "{said}");
    }
}

#[test]
fn on_a_terminal_no_to_a_push_is_no_push() {
    let repo = Repo::in_session();
    let id = repo.session_id();
    repo.commit("docs/a", "1\n", "One");
    repo.at("..")
        .git(&["init", "-q", "--bare", "origin"])
        .done();
    repo.git(&["remote", "add", "origin", "../origin"]).done();
    let answers = "n\nIt works\n\n\n";
    let Some(said) = on_a_terminal(&repo, "git session end --push", answers) else {
        return;
    };
    assert_eq!(repo.mapped("feature"), None, "{said}");
    let there = repo.git(&["rev-parse", "--verify", "-q", "origin/feature"]);
    assert!(!there.success(), "{said}");
    let ended = last(&repo, &id, "session.ended").expect("it ended");
    assert_eq!(ended["accomplished"][0], "It works", "{said}");
}

#[test]
fn a_dry_run_names_the_checkpoint_and_the_abandonment() {
    let repo = Repo::in_session();
    repo.write("notes", "untracked\n");
    assert_snapshot!(repo.session(&["end", "--abandon", "--dry-run"]), @"
    --- stdout
    would save what no commit has as a checkpoint
    would abandon the session on feature (feature-20261120-wxxsrz)
    [EOF]
    ");
    let json = repo.session(&["end", "--abandon", "--dry-run", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.ok().stdout).expect("JSON");
    assert_eq!(json["abandon"], true);
    assert_eq!(json["checkpoint"], true);
    repo.git(&["clean", "-fq"]).done();
    let said = repo.session(&["end", "--dry-run"]).text();
    assert!(!said.contains("checkpoint"), "{said}");
}

#[test]
fn what_was_decided_is_in_the_answer() {
    let repo = Repo::in_session();
    let json = repo.session(&["end", "--decision", "One table", "--json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.ok().stdout).expect("JSON");
    assert_eq!(json["decisions"][0], "One table");
}

#[test]
fn the_page_about_ending_is_what_happens() {
    check_page("docs/ending.md");
}
