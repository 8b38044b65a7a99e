//! A text out of everything: after `purge` and `git gc` its bytes are in no object and no file of ours; what is the
//! user's stays, named.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use insta::assert_snapshot;

use super::support::Repo;
use super::sync::team::{Team, all_bytes};

const TEXT: &str = "hunter2-the-plain-secret";

/// Every byte of the store and beside it, and every object, packed or not.
fn everything(repo: &Repo) -> String {
    let mut all = all_bytes(repo);
    let mut add = |path: &Path| {
        if let Ok(bytes) = std::fs::read(path) {
            all.extend(["\n=== ", &path.display().to_string(), "\n"]);
            all.push_str(&String::from_utf8_lossy(&bytes));
        }
    };
    let mut directories = vec![repo.store()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory)
            .into_iter()
            .flatten()
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                directories.push(path);
            } else {
                add(&path);
            }
        }
    }
    for entry in std::fs::read_dir(repo.git_path("."))
        .expect("a git directory")
        .flatten()
    {
        if entry.file_name().to_string_lossy().starts_with("session-") {
            add(&entry.path());
        }
    }
    all
}

fn holders(repo: &Repo, text: &str) -> Vec<String> {
    let all = everything(repo);
    let mut place = String::new();
    let mut found = Vec::new();
    for line in all.lines() {
        if line.starts_with("=== ") {
            line.clone_into(&mut place);
        }
        if line.contains(text) {
            found.push(format!("{place}: {line}"));
        }
    }
    found
}

/// The log, the handoff and all refs.
fn state(repo: &Repo) -> String {
    let refs = repo.git(&["for-each-ref"]).text();
    let log = repo.read(repo.session_file("log.jsonl"));
    let there = repo.session_file("handoff.md").exists();
    format!("{refs}\n{log}\n{there}")
}

#[track_caller]
fn assert_gone(repo: &Repo, text: &str) {
    repo.git(&["gc", "-q", "--prune=now"]).done();
    assert_eq!(holders(repo, text), Vec::<String>::new());
}

/// A session in which the text stands in every kind of record; the commits know nothing of it.
fn record(repo: &Repo) {
    let text = |words: &str| format!("{words} {TEXT} and more");
    let run = |args: &[&str]| repo.session(args).done();
    run(&["objectives", "add", &text("Deploy with"), "--private"]);
    run(&["objectives", "add", "Another one"]);
    run(&["objectives", "edit", "obj-3", &text("Edited to")]);
    run(&["objectives", "edit", "obj-3", "Edited back"]);
    run(&["blockers", "add", &text("Blocked by")]);
    run(&["blockers", "resolve", "blk-1", &text("Resolved with")]);
    run(&["learnings", "add", &text("Learnt"), "--key", "a-name"]);
    run(&["note", "add", TEXT]);
    run(&[
        "checkpoint",
        "--notes",
        &text("Saved with"),
        "--context",
        &format!("{{\"a {TEXT} b\":[\"{TEXT}\"]}}"),
    ]);
    run(&["handoff"]);
    repo.write("untracked", text("a file with"));
    run(&["checkpoint", "--label", "with the file"]);
    std::fs::remove_file(repo.path().join("untracked")).expect("removed");
    let log = repo.session_file("log.jsonl");
    let torn = format!(
        "{}{{\"torn\": fine\n{{\"torn\": \"{TEXT}\n",
        repo.read(&log)
    );
    std::fs::write(log, torn).expect("written");
    let log = repo.store().join("hook.log");
    std::fs::write(log, format!("2026 odd {TEXT}\n2026 fine\n")).expect("written");
}

#[test]
fn a_text_goes_from_everything_that_was_recorded() {
    let repo = Repo::in_session();
    record(&repo);
    repo.commit("a", "a", "A");
    let before = state(&repo);
    let writer = repo.git(&["config", "session.writer"]).text();
    let dry = repo
        .session(&["purge", TEXT, "--dry-run"])
        .show_as(&repo.session_id(), "[SESSION]")
        .show_as(&writer, "[WRITER]");
    assert_snapshot!(dry, @"
    --- stdout
    2 events would go
    7 events would lose the text
    checkpoint that would go: cp-y3gq
    file that would be cleaned: [ROOT]/repo/.git/sessions/[SESSION]/blockers.md
    file that would be cleaned: [ROOT]/repo/.git/sessions/[SESSION]/context.json
    file that would be cleaned: [ROOT]/repo/.git/sessions/[SESSION]/handoff.md
    file that would be cleaned: [ROOT]/repo/.git/sessions/[SESSION]/objectives.md
    file that would be cleaned: [ROOT]/repo/.git/sessions/hook.log
    [EOF]
    ");
    assert_snapshot!(repo.session(&["purge", TEXT]).show_as(&repo.session_id(), "[SESSION]"), @"
    --- stderr
    2 events would go
    7 events would lose the text
    checkpoint that would go: cp-y3gq
    file that would be cleaned: [ROOT]/repo/.git/sessions/[SESSION]/blockers.md
    file that would be cleaned: [ROOT]/repo/.git/sessions/[SESSION]/context.json
    file that would be cleaned: [ROOT]/repo/.git/sessions/[SESSION]/handoff.md
    file that would be cleaned: [ROOT]/repo/.git/sessions/[SESSION]/objectives.md
    file that would be cleaned: [ROOT]/repo/.git/sessions/hook.log
    error: nothing was done: this cannot be undone, so it wants a yes
    hint: git session purge --dry-run -
    hint: git session purge --yes -
    --- exit 1
    [EOF]
    ");
    assert_eq!(state(&repo), before, "nothing was done");
    purged(&repo);
    assert_snapshot!(repo.session(&["purge", TEXT, "--yes"]), @"
    --- stderr
    Nothing that was recorded holds it.
    [EOF]
    ");
}

#[test]
fn a_text_goes_from_packs_too() {
    let repo = Repo::in_session();
    record(&repo);
    repo.commit("a", "a", "A");
    repo.git(&["gc", "-q"]).done();
    assert!(!holders(&repo, TEXT).is_empty());
    purged(&repo);
}

/// Purges, and looks at what is left: a session like any other.
fn purged(repo: &Repo) {
    let branch = repo.head();
    repo.session(&["purge", TEXT, "--yes"]).done();
    assert_gone(repo, TEXT);
    assert_eq!(repo.head(), branch);
    let log = repo.store().join("hook.log");
    assert_eq!(std::fs::read_to_string(log).expect("a log"), "2026 fine\n");
    let log = repo.read(repo.session_file("log.jsonl"));
    assert!(log.contains("{\"torn\": fine\n"), "{log}");
    repo.session(&["status"]).done();
    repo.commit("b", "b", "B");
    assert_eq!(repo.trailers("HEAD", "Session-Id"), [repo.session_id()]);
    repo.session(&["doctor"]).done();
}

#[test]
fn an_item_goes_by_its_handle_with_its_note_in_commits() {
    let repo = Repo::in_session();
    repo.session(&[
        "decisions",
        "add",
        &format!("Use {TEXT}"),
        "--rationale",
        "short",
    ])
    .done();
    repo.session(&["objectives", "complete", "obj-1"]).done();
    repo.session(&["objectives", "add", "Stays"]).done();
    repo.git(&["config", "session.trailers", "none"]).done();
    repo.commit("a", "a", "A");
    let note = repo.note("HEAD").expect("a note").to_string();
    assert!(note.contains(TEXT), "{note}");
    let id = repo.events().iter().rev().find_map(|event| {
        (event["kind"] == "decision.added").then(|| event["id"].as_str().expect("an id").to_owned())
    });
    let id = id.expect("a decision");
    let handle = format!("dec-{}", id[22..].to_ascii_lowercase());
    repo.session(&["purge", &handle, "--yes"]).done();
    assert_gone(&repo, TEXT);
    let note = repo.note("HEAD").expect("a note");
    assert_eq!(note["objectives"][0]["text"], "Reach the goal", "{note}");
    assert_eq!(note["decisions"], serde_json::json!([]), "{note}");
    let tombstone = repo.events().pop().expect("an event");
    assert_eq!(tombstone["kind"], "purged");
    assert_eq!(tombstone["data"]["events"], serde_json::json!([id]));
    // it can be run again, and undo does not know it
    repo.session(&["purge", &handle, "--yes"]).done();
    let undone = repo.session(&["undo", "--list"]).text();
    assert!(!undone.contains("for good"), "{undone}");
    let missing = repo.session(&["purge", "dec-zzzz", "--yes"]);
    assert_eq!(missing.code, 1, "{missing}");
}

#[test]
fn what_is_the_users_is_named_and_stays() {
    let repo = Repo::in_session();
    repo.session(&["note", "add", TEXT]).done();
    let commit = repo.commit("file", TEXT, &format!("Say {TEXT}"));
    repo.write("file", format!("{TEXT} stashed"));
    repo.git(&["stash", "-q"]).done();
    repo.stage("other", &format!("{TEXT} staged"));
    let said = repo.session(&["purge", TEXT, "--yes"]).ok();
    let news = said.news();
    for place in [
        "(history): commit",
        "(history): blob",
        "(stash): stash@{0}",
        "(index): blob",
    ] {
        assert!(news.contains(place), "{place} in {said}");
    }
    assert!(news.contains(&commit[..7]), "{said}");
    assert_eq!(repo.head(), commit);
    assert_eq!(repo.read("other"), format!("{TEXT} staged"));
    repo.git(&["stash", "show", "-p"]).done();
    let log = repo.read(repo.session_file("log.jsonl"));
    assert!(!log.contains(TEXT), "{log}");
}

#[test]
fn parked_work_is_not_lost() {
    let repo = Repo::in_session();
    repo.write("README", format!("{TEXT} unfinished"));
    repo.session(&["switch", "main"]).done();
    let refused = repo.session(&["purge", TEXT, "--yes"]);
    assert_eq!(refused.code, 1, "{refused}");
    assert!(
        refused.news().contains("git session resume feature"),
        "{refused}"
    );
    repo.session(&["resume", "feature"]).done();
    assert_eq!(repo.read("README"), format!("{TEXT} unfinished"));
    repo.session(&["purge", TEXT, "--yes"]).done();
    assert_gone(&repo, TEXT);
    assert_eq!(repo.read("README"), format!("{TEXT} unfinished"));
}

#[test]
fn what_would_take_too_much_is_refused() {
    let repo = Repo::in_session();
    for text in ["goal", "feature", "feature-20261120"] {
        let before = state(&repo);
        let refused = repo.session(&["purge", text, "--yes"]);
        assert_eq!(refused.code, 1, "{refused}");
        assert_eq!(state(&repo), before);
    }
}

#[test]
fn a_purge_that_is_killed_anywhere_is_finished_by_another() {
    let mut ended = 0;
    for pause in [0, 5, 10, 20, 30, 40, 50, 60, 80, 100, 120, 150, 200, 260] {
        let repo = Repo::in_session();
        record(&repo);
        repo.commit("a", "a", "A");
        // the program itself: git would die alone
        let mut command = repo.command("git-session");
        command
            .args(["purge", TEXT, "--yes"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        std::thread::sleep(Duration::from_millis(pause));
        ended += usize::from(child.try_wait().expect("asked").is_some());
        child.kill().ok();
        child.wait().expect("it ends");
        let objectives = repo.session(&["objectives", "list", "--json"]).text();
        assert!(objectives.contains("Reach the goal"), "{objectives}");
        repo.session(&["purge", TEXT, "--yes"]).done();
        assert_gone(&repo, TEXT);
    }
    assert!(ended < 14, "none was killed in time");
}

#[test]
fn hooks_at_the_same_time_lose_nothing() {
    let repo = Repo::in_session();
    record(&repo);
    let (purging, committing) = (repo.clone(), repo.clone());
    let mut made = Vec::new();
    for round in 0..4 {
        repo.session(&["note", "add", &format!("{TEXT} {round}")])
            .done();
        let mut child = purging.spawn(&["session", "purge", TEXT, "--yes"]);
        while child.try_wait().expect("asked").is_none() {
            let name = format!("f{}", made.len());
            made.push(committing.commit(&name, &name, "Commit"));
        }
        assert!(child.wait().expect("it ends").success());
    }
    repo.session(&["status"]).done();
    let log = repo.read(repo.session_file("log.jsonl"));
    for commit in &made {
        let of = |line: &&str| {
            line.contains("\"commit.recorded\"")
                && line.contains(&format!("\"commit\":\"{commit}\""))
        };
        assert_eq!(log.lines().filter(of).count(), 1, "{commit}");
    }
    repo.session(&["purge", TEXT, "--yes"]).done();
    assert_gone(&repo, TEXT);
}

/// Ada shares the text, Grace fetches it.
fn shared() -> (Team, Repo, Repo) {
    let team = Team::new();
    let ada = team.ada();
    ada.session(&["decisions", "add", &format!("Use {TEXT}")])
        .done();
    ada.session(&["learnings", "add", &format!("Learnt {TEXT} now")])
        .done();
    ada.git(&["config", "session.trailers", "none"]).done();
    ada.commit("b", "b", "B");
    ada.session(&["sync"]).done();
    let grace = team.clone("grace");
    grace.session(&["sync", "--yes"]).done();
    assert!(!holders(&grace, TEXT).is_empty());
    assert!(all_bytes(&team.hub).contains(TEXT));
    (team, ada, grace)
}

#[test]
fn everywhere_replaces_it_at_the_remote_and_others_fetch_it_away() {
    let (team, ada, grace) = shared();
    let said = ada.session(&["purge", TEXT, "--everywhere", "--yes"]).ok();
    assert!(
        said.news()
            .contains("git session sync --fetch && git gc --prune=now"),
        "{said}"
    );
    assert_gone(&ada, TEXT);
    team.hub.git(&["gc", "-q", "--prune=now"]).done();
    assert!(!all_bytes(&team.hub).contains(TEXT));
    grace.session(&["sync", "--fetch"]).done();
    assert_gone(&grace, TEXT);
    let show = grace.session(&["list", "--all"]).text();
    assert!(show.contains("feature/auth"), "{show}");
    // nobody takes the clone for a copy, and sharing goes on
    let writer = ada.git(&["config", "session.writer"]).text();
    ada.session(&["objectives", "add", "Later"]).done();
    ada.session(&["sync"]).done();
    assert_eq!(ada.git(&["config", "session.writer"]).text(), writer);
    assert_gone(&ada, TEXT);
    grace.session(&["sync"]).done();
}

#[test]
fn without_everywhere_the_next_sync_replaces_it() {
    let (team, ada, grace) = shared();
    ada.session(&["purge", TEXT, "--yes"]).done();
    assert_gone(&ada, TEXT);
    let writer = ada.git(&["config", "session.writer"]).text();
    ada.session(&["sync"]).done();
    assert_eq!(ada.git(&["config", "session.writer"]).text(), writer);
    assert_gone(&ada, TEXT);
    team.hub.git(&["gc", "-q", "--prune=now"]).done();
    assert!(!all_bytes(&team.hub).contains(TEXT));
    let named = grace.session(&["purge", TEXT, "--yes"]).ok();
    assert!(named.news().contains("another clone shared it"), "{named}");
}

#[test]
fn a_tombstone_is_honoured_where_the_old_log_still_is() {
    let (_team, ada, grace) = shared();
    let text = |repo: &Repo| repo.session(&["decisions", "list", "--json"]).answer();
    grace.git(&["switch", "-q", "feature/auth"]).done();
    grace.session(&["resume"]).done();
    assert!(text(&grace).contains(TEXT), "{}", text(&grace));
    ada.session(&["purge", TEXT, "--everywhere", "--yes"])
        .done();
    grace.session(&["sync", "--fetch"]).done();
    assert!(!text(&grace).contains(TEXT), "{}", text(&grace));
}

#[test]
fn unshared_begins_the_shared_refs_anew() {
    let (team, ada, _grace) = shared();
    ada.session(&["config", "set", "session.share", "objectives,commits"])
        .done();
    let refused = ada.session(&["sync"]);
    assert!(
        refused.news().contains("git session purge --unshared"),
        "{refused}"
    );
    ada.session(&["purge", "--unshared", "--yes"]).done();
    ada.session(&["sync"]).done();
    team.hub.git(&["gc", "-q", "--prune=now"]).done();
    let bytes = all_bytes(&team.hub);
    assert!(!bytes.contains(TEXT));
    assert!(bytes.contains("Google OAuth"));
    let log = ada.read(ada.session_file("log.jsonl"));
    assert!(log.contains(TEXT), "the own log stays");
}

#[test]
fn keys_and_words_of_the_format_take_nothing_with_them() {
    let team = Team::new();
    let ada = team.ada();
    ada.session(&["objectives", "add", "--private", "SECRETPRIV x"])
        .done();
    ada.session(&["note", "add", "my private thing"]).done();
    ada.write("loose", "loose\n");
    ada.session(&["checkpoint", "--notes", "asked for"]).done();
    ada.commit("b", "b", "B");
    ada.session(&["sync", "--yes"]).done();
    ada.session(&["purge", "private", "--yes"]).done();
    let before = ada.read(ada.session_file("log.jsonl"));
    assert!(before.contains("my [PURGED] thing"), "{before}");
    let words = [
        "private",
        "branch",
        "commit",
        "manual",
        "rationale",
        "subject",
        "objectives",
        "author",
        "parent",
        "committer",
    ];
    for word in words {
        let said = ada.session(&["purge", word, "--yes"]).ok();
        for gone in ["event", "checkpoint", "begun anew"] {
            assert!(!said.answer().contains(gone), "{word}: {said}");
        }
    }
    assert_eq!(ada.read(ada.session_file("log.jsonl")), before);
    let checkpoints = ada.session(&["checkpoints", "--json"]).text();
    assert!(checkpoints.contains("asked for"), "{checkpoints}");
    ada.session(&["sync"]).done();
    assert!(!all_bytes(&team.hub).contains("SECRETPRIV"));
    ada.session(&["status"]).done();
}

#[test]
fn a_short_text_of_an_item_is_said_to_stay_elsewhere() {
    let repo = Repo::in_session();
    repo.session(&["note", "add", "hunter22"]).done();
    let asked = repo.session(&["purge", "note-1"]);
    assert!(
        asked.news().contains("git session purge --yes note-1"),
        "{asked}"
    );
    let said = repo.session(&["purge", "note-1", "--yes"]).ok();
    assert_snapshot!(said, @"
    --- stdout
    1 event gone
    --- stderr
    Its text is short: to take it out elsewhere too, type it:
    hint: git session purge -
    To free the bytes here:
    hint: git gc --prune=now
    [EOF]
    ");
}

#[test]
fn an_item_of_another_clone_is_named_with_the_clone() {
    let (_team, ada, grace) = shared();
    let id = ada.events().iter().rev().find_map(|event| {
        (event["kind"] == "decision.added").then(|| event["id"].as_str().expect("an id").to_owned())
    });
    let handle = format!("dec-{}", id.expect("a decision")[22..].to_ascii_lowercase());
    grace.git(&["switch", "-q", "feature/auth"]).done();
    grace.session(&["resume"]).done();
    let writer = ada.git(&["config", "session.writer"]).text();
    let said = grace
        .session(&["purge", &handle, "--yes"])
        .show_as(&writer, "[WRITER]");
    assert_snapshot!(said, @"
    --- stderr
    Nothing that this clone recorded holds it.
    warning: another clone shared it: refs/session-remote/origin/[WRITER]
    Who wrote it can take it out there, and types it again:
    hint: git session purge --everywhere -
    [EOF]
    ");
}

#[test]
fn what_our_own_reflogs_hold_is_not_the_users() {
    let repo = Repo::in_session();
    repo.session(&["decisions", "add", &format!("Use {TEXT}")])
        .done();
    repo.git(&["config", "session.trailers", "none"]).done();
    repo.commit("a", "a", "A");
    repo.commit("b", "b", "B");
    repo.git(&["branch", &format!("try-{TEXT}")]).done();
    let said = repo.session(&["purge", TEXT, "--yes"]).ok();
    let news = said.news();
    assert!(
        news.contains(&format!("(name): branch try-{TEXT}")),
        "{said}"
    );
    assert!(!news.contains("reflogs"), "{said}");
    repo.git(&["branch", "-D", &format!("try-{TEXT}")]).done();
    assert_gone(&repo, TEXT);
}

#[test]
fn of_two_remotes_the_one_without_the_text_counts() {
    let (team, ada, grace) = shared();
    let tip = |repo: &Repo| {
        let refs = repo.git(&[
            "for-each-ref",
            "--format=%(refname)",
            "refs/session-remote/",
        ]);
        refs.text().lines().next().expect("a ref").to_owned()
    };
    let name = tip(&grace);
    let old = name.replace("/origin/", "/aaa/");
    let newer = name.replace("/origin/", "/zzz/");
    for copy in [&old, &newer] {
        grace.git(&["update-ref", copy, &name]).done();
    }
    let said = ada.session(&["objectives", "add", &format!("Say {TEXT} here")]);
    said.done();
    ada.session(&["sync"]).done();
    grace.session(&["sync", "--fetch"]).done();
    for copy in [&old, &newer] {
        grace.git(&["update-ref", copy, &name]).done();
    }
    ada.session(&["purge", TEXT, "--everywhere", "--yes"])
        .done();
    grace.session(&["sync", "--fetch"]).done();
    grace.git(&["switch", "-q", "feature/auth"]).done();
    grace.session(&["resume"]).done();
    let text = grace.session(&["objectives", "list", "--json"]).answer();
    assert!(text.contains("[PURGED]") && !text.contains(TEXT), "{text}");
    drop(team);
}
