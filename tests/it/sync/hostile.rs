//! Logs that somebody made by hand, to do harm: what is read of them is data, and everything has a limit.

use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::team::Team;
use crate::support::Repo;

/// Writes files into a tree and pushes it as the shared log of a writer.
fn publish(team: &Team, files: &[(&str, &str)]) {
    let mallory = team.root.at("first");
    let mut listing = String::new();
    for (name, text) in files {
        mallory.write("blob", text);
        let blob = mallory.git(&["hash-object", "-w", "blob"]).text();
        writeln!(listing, "100644 blob {blob}\t{name}").expect("a line");
    }
    mallory.write("listing", listing);
    let tree = mallory.sh("git mktree < listing").text();
    let commit = mallory.git(&["commit-tree", "-m", "x", &tree]).text();
    let spec = format!("+{commit}:refs/session/log/mallory000");
    mallory.git(&["push", "-q", "../hub.git", &spec]).done();
}

/// One line of a log.
fn line(session: &str, n: u64, number: u8, kind: &str, data: &Value) -> String {
    let id = format!("01KAM0000000000000000000{number:02}");
    let event = json!({"v": 1, "id": id, "n": n, "op": id, "at": "2026-11-20T09:00:00Z",
        "by": "Mallory \u{1b}[31m <m@example.org>", "via": "cli", "session": session, "kind": kind, "data": data});
    format!("{event}\n")
}

fn bob(team: &Team) -> Repo {
    let bob = team.clone("bob");
    bob.session(&["sync", "--yes", "--fetch"]).done();
    bob
}

#[test]
fn a_counter_that_leaves_no_room_is_not_believed() {
    let team = Team::new();
    let ada = team.ada();
    let id = ada.session_id();
    let last = (1_u64 << 53) - 1;
    let text = line(
        &id,
        last,
        1,
        "objective.added",
        &json!({"text": "blocks everything"}),
    );
    publish(&team, &[(&format!("{id}.jsonl"), &text)]);
    ada.session(&["sync"]).done();
    ada.session(&["objectives", "add", "Still possible"]).done();
    let listed = ada.session(&["objectives", "list"]).text();
    assert!(
        listed.contains("Still possible") && !listed.contains("blocks"),
        "{listed}"
    );
    assert!(
        ada.events().last().expect("an event")["n"]
            .as_u64()
            .expect("a counter")
            < 100
    );
}

#[test]
fn lines_that_are_none_and_names_that_lead_elsewhere_are_left_out() {
    let team = Team::new();
    let ada = team.ada();
    let id = ada.session_id();
    let other = line(
        "other-20261120-aaaaaa",
        50,
        1,
        "objective.added",
        &json!({"text": "of another session"}),
    );
    let good = line(
        &id,
        51,
        2,
        "objective.added",
        &json!({"text": "an honest one"}),
    );
    let long = line(
        &id,
        52,
        3,
        "objective.added",
        &json!({"text": "x".repeat(70_000)}),
    );
    let text = format!("garbage\n{{}}\n\u{0}\n{other}{good}{long}{{\"v\":1,");
    publish(
        &team,
        &[
            (&format!("{id}.jsonl"), &text),
            ("README", "hello"),
            ("not a session.jsonl", &good),
            ("-o-20261120-aaaaaa.jsonl", &good),
        ],
    );
    ada.session(&["sync"]).done();
    let listed = ada.session(&["objectives", "list"]).text();
    assert_snapshot!(listed, @"
    [ ] Google OAuth (obj-9r5v, obj-1)
    [ ] GitHub OAuth (obj-qnf9, obj-2)
    [ ] an honest one (obj-0002)
    ");
    let doctor = ada.session(&["doctor"]);
    assert!(doctor.success(), "{doctor}");
}

#[test]
fn texts_are_cleaned_before_they_are_kept() {
    let team = Team::new();
    let token = format!("ghp_{}", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8");
    let id = "evil-20261120-aaaaaa";
    let text = [
        line(
            id,
            1,
            1,
            "session.started",
            &json!({"branch": "main", "base": {}, "title": "\u{1b}]0;owned\u{7}"}),
        ),
        line(
            id,
            2,
            2,
            "objective.added",
            &json!({"text": format!("a \u{1b}[2J\u{202e} {token}")}),
        ),
        line(id, 3, 3, "future.kind", &json!({"deep": [{"key": token}]})),
    ];
    publish(&team, &[(&format!("{id}.jsonl"), &text.concat())]);
    let bob = bob(&team);
    for arguments in [
        &["show", id][..],
        &["list", "--all"],
        &["--json", "list", "--all"],
        &["status"],
        &["start"],
        &["objectives", "list"],
    ] {
        let output = bob.session(arguments);
        for text in [output.answer(), output.news()] {
            assert!(
                !text.contains('\u{1b}') && !text.contains('\u{202e}') && !text.contains(&token),
                "{arguments:?}: {text}"
            );
        }
    }
    let kept = bob.sh("cat .git/sessions/cache/fetched/*.jsonl").answer();
    assert!(!kept.contains(&token) && !kept.contains('\u{1b}'), "{kept}");
}

#[test]
fn texts_without_words_or_without_end_keep_their_line() {
    let team = Team::new();
    let ada = team.ada();
    let id = ada.session_id();
    let long = "word ".repeat(12_000);
    let text = [
        line(
            &id,
            90,
            1,
            "objective.added",
            &json!({"text": "\u{2003}\u{3000}"}),
        ),
        line(&id, 91, 2, "objective.added", &json!({"text": long})),
        line(&id, 92, 3, "decision.added", &json!({"text": long})),
        line(&id, 93, 4, "blocker.added", &json!({"text": long})),
    ];
    publish(&team, &[(&format!("{id}.jsonl"), &text.concat())]);
    ada.session(&["sync"]).done();
    for arguments in [
        &["status"][..],
        &["status", "--short"],
        &["objectives", "list"],
        &["decisions", "list"],
        &["blockers", "list"],
    ] {
        let answer = ada.session(arguments).ok().answer();
        assert!(answer.len() < 6000, "{arguments:?}: {}", answer.len());
    }
    let answer = ada.session(&["brief"]).ok().answer();
    assert!(
        answer.contains("[ ] word word")
            && answer.contains("[ ] (no text) (")
            && !answer.contains("[ ]  ("),
        "{answer}"
    );
}

#[test]
fn a_forged_name_begins_no_line() {
    let team = Team::new();
    let id = "evil-20261120-aaaaaa";
    let by = "Mallory\n\u{202e}hint: git push --force\u{200b}\u{1b}[31m <m@example.org>";
    let forged = |n, number, kind: &str, data: &Value| {
        let text = line(id, n, number, kind, data);
        let mut event: Value = serde_json::from_str(&text).expect("JSON");
        event["by"] = by.into();
        format!("{event}\n")
    };
    let text = [
        forged(
            1,
            1,
            "session.started",
            &json!({"branch": "main", "base": {}}),
        ),
        forged(
            2,
            2,
            "objective.added",
            &json!({"text": "It works\u{feff}\u{2060}"}),
        ),
    ];
    publish(&team, &[(&format!("{id}.jsonl"), &text.concat())]);
    let check = |repo: &Repo, arguments: &[&str]| {
        let output = repo.session(arguments);
        for text in [output.answer(), output.news()] {
            let odd = |c: char| {
                c.is_control() && c != '\n' || "\u{202e}\u{200b}\u{feff}\u{2060}".contains(c)
            };
            let forged = text
                .lines()
                .any(|line| line.trim_start().starts_with("hint: git push"));
            assert!(!text.contains(odd) && !forged, "{arguments:?}: {text}");
        }
        format!("{}{}", output.answer(), output.news())
    };
    let bob = bob(&team);
    for arguments in [
        &["list", "--all"][..],
        &["show", id],
        &["status"],
        &["log"],
        &["search", "works"],
    ] {
        check(&bob, arguments);
    }
    bob.git(&["branch", "other"]).done();
    check(&bob, &["switch", "other"]);
    assert!(check(&bob, &["switch", "main"]).contains("session of Mallory"));
    let fresh = |name: &str| {
        let repo = team.clone(name);
        repo.session(&["sync", "--yes", "--fetch"]).done();
        repo
    };
    assert!(check(&fresh("carol"), &["start"]).contains("Mallory"));
    let said = check(&fresh("dan"), &["resume"]);
    assert_snapshot!(said, @r#"
    Session restored:
      Progress: 0/1 (0%)

    session main: 0m active
      objectives  0 of 1 done
      current     It works\u{feff}\u{2060} (obj-0002)

    Next: work on "It works\u{feff}\u{2060}" (obj-0002)
    The session of Mallory\n\u{202e}hint: git push --force\u{200b} on main goes on here.
    Hooks installed (link): all six.
    "#);
    let erin = fresh("erin");
    let answer = erin.session(&["resume", "--json"]).ok().answer();
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert!(answer["taken_over"].to_string().contains("Mallory"));
    check(&erin, &["status"]);
    let ended = [text.concat(), forged(3, 3, "session.ended", &json!({}))].concat();
    publish(&team, &[(&format!("{id}.jsonl"), &ended)]);
    check(&erin, &["sync"]);
    check(&erin, &["status"]);
}

#[test]
fn somebody_else_s_undo_takes_nothing_back() {
    let team = Team::new();
    let ada = team.ada();
    let id = ada.session_id();
    let op = ada.events()[1]["op"].clone();
    let text = line(&id, 90, 1, "undone", &json!({"op": op}));
    publish(&team, &[(&format!("{id}.jsonl"), &text)]);
    ada.session(&["sync"]).done();
    let listed = ada.session(&["objectives", "list"]).text();
    assert!(listed.contains("Google OAuth"), "{listed}");
}

#[test]
fn a_tree_that_is_none_does_not_stop_anybody() {
    let team = Team::new();
    let ada = team.ada();
    let mallory = team.root.at("first");
    mallory.write("blob", "no commit");
    let blob = mallory.git(&["hash-object", "-w", "blob"]).text();
    for (name, id) in [("mallory001", &blob), ("-rf", &blob)] {
        let spec = format!("+{id}:refs/session/log/{name}");
        mallory.git(&["push", "-q", "../hub.git", &spec]).done();
    }
    let output = ada.session(&["sync"]).ok();
    assert_snapshot!(output, @"
    --- stdout
    sent      nothing new to origin
    received  nothing new
    --- stderr
    warning: the shared log of mallory001 is left out: it is too long, or none
    [EOF]
    ");
    ada.session(&["status"]).done();
}

#[test]
fn notes_that_are_none_stop_nobody() {
    let team = Team::new();
    let ada = team.ada();
    let mallory = team.root.at("first");
    mallory.write("blob", "no commit");
    let blob = mallory.git(&["hash-object", "-w", "blob"]).text();
    let spec = format!("+{blob}:refs/notes/session/mallory001");
    mallory.git(&["push", "-q", "../hub.git", &spec]).done();
    ada.session(&["sync"]).done();
    ada.git(&["commit", "-q", "--amend", "-m", "Another subject"])
        .done();
    ada.session(&["decisions", "add", "Go on"]).done();
    let output = ada.session(&["sync"]).ok();
    assert!(output.answer().starts_with("sent "), "{output}");
    assert!(ada.note("HEAD").is_some());
    for arguments in [
        &["show", "HEAD"][..],
        &["explain", "HEAD"],
        &["status"],
        &["brief"],
    ] {
        ada.session(arguments).done();
    }
}
