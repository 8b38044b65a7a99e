use insta::assert_snapshot;

use super::*;
use crate::domain::context::LogMark;
use crate::domain::decide::{Command, ObjectiveChange, Privacy};
use crate::domain::session::Session;
use crate::domain::testing::{Site, at, branch, started};

fn shown(session: &Session, since: Option<&Since>) -> String {
    let context = Context::of(session, LogMark::default());
    brief(&context, since, at(90_000), context.active_seconds()).join("\n")
}

fn objective(text: &str) -> Command {
    Command::AddObjective {
        text: text.into(),
        privacy: Privacy::Shared,
    }
}

fn blocker(text: &str) -> Command {
    Command::AddBlocker {
        text: text.into(),
        link: None,
        privacy: Privacy::Shared,
    }
}

/// A session in which everything happened.
fn full(text: &str) -> Site {
    let mut site = Site::begun();
    let decision = crate::domain::decide::NewDecision {
        text: text.into(),
        rationale: Some("because".into()),
        context: None,
        alternatives: Vec::new(),
        consequences: Vec::new(),
        scope: Vec::new(),
        privacy: Privacy::Shared,
    };
    for command in [
        objective("first"),
        objective(text),
        Command::ChangeObjective {
            name: "1".into(),
            change: ObjectiveChange::Complete,
        },
        Command::ChangeObjective {
            name: "2".into(),
            change: ObjectiveChange::Start,
        },
        blocker(text),
        blocker("second"),
        Command::AddDecision {
            decision: Box::new(decision),
            supersedes: None,
        },
        Command::SetTitle { title: text.into() },
    ] {
        site.run(600, command).unwrap();
    }
    site
}

fn since(commits: Option<usize>) -> Since {
    Since {
        left: at(0),
        commits,
    }
}

#[test]
fn a_new_session_is_one_line() {
    assert_snapshot!(shown(&Site::begun().session(), None), @"session feature/auth: 0m active");
}

#[test]
fn a_session_in_which_everything_happened_is_six_lines() {
    assert_snapshot!(shown(&full("Google OAuth").session(), Some(&since(Some(2)))), @r#"
    session feature/auth "Google OAuth": 10m active
      objectives  1 of 2 done
      current     Google OAuth (obj-tmsp)
      blocked by  Google OAuth (blk-n9kd), and 1 more
      decided     Google OAuth (dec-hqf6)
      since       you left yesterday: 2 new commits
    "#);
}

#[test]
fn a_paused_session_says_so_and_what_happened_meanwhile() {
    let mut site = Site::begun();
    site.run(60, Command::Pause { head: None }).unwrap();
    let session = site.session();
    assert_snapshot!(shown(&session, Some(&since(Some(0)))), @r"
    session feature/auth: 1m active, paused
      since       you left yesterday: no new commits
    ");
    assert_snapshot!(shown(&session, Some(&since(Some(1)))), @r"
    session feature/auth: 1m active, paused
      since       you left yesterday: 1 new commit
    ");
    assert_snapshot!(shown(&session, Some(&since(None))), @r"
    session feature/auth: 1m active, paused
      since       you left yesterday: the branch has other commits now
    ");
    let ahead = Since {
        left: at(1_000_000),
        commits: Some(0),
    };
    assert_snapshot!(shown(&session, Some(&ahead)), @r"
    session feature/auth: 1m active, paused
      since       you left 2026-11-30: no new commits
    ");
}

#[test]
fn the_first_open_objective_is_the_current_one_when_none_was_started() {
    let mut site = Site::begun();
    for text in ["first", "second"] {
        site.run(1, objective(text)).unwrap();
    }
    assert_snapshot!(shown(&site.session(), None), @r"
    session feature/auth: 0m active
      objectives  0 of 2 done
      current     first (obj-wdvs)
    ");
}

#[test]
fn hostile_text_is_tamed() {
    let long = "x".repeat(10_000);
    for text in [
        "one\ntwo\r\nthree\u{2028}four\u{85}five",
        "\u{1b}[31mred\u{7}\u{9b}2J\u{1b}]0;title\u{7}",
        "\u{202e}desrever\u{2066}\u{200b}",
        &long,
        &"\u{202e}".repeat(10_000),
        &"\u{1f469}\u{200d}\u{1f4bb}".repeat(3_000),
    ] {
        let mut site = full("plain");
        // what another clone wrote did not come through our commands
        let raw = text.to_owned();
        let body = crate::domain::body::Body::SessionRenamed(crate::domain::body::Renamed {
            branch: None,
            title: Some(raw.clone()),
        });
        site.hook(700, "cli", body);
        let mut session = site.session();
        session.objectives[1].item.text.clone_from(&raw);
        session.blockers[0].item.text.clone_from(&raw);
        session.decisions[0].item.text.clone_from(&raw);
        let context = Context::of(&session, LogMark::default());
        let lines = brief(
            &context,
            Some(&since(Some(3))),
            at(90_000),
            context.active_seconds(),
        );
        assert_eq!(lines.len(), 6);
        for line in lines {
            assert!(
                !line.chars().any(|c| c.is_control() || escape::is_hidden(c)),
                "{line:?}"
            );
            assert!(line.chars().count() <= 140, "{}", line.chars().count());
        }
    }
}

#[test]
fn the_name_of_a_branch_is_tamed_and_cut_too() {
    let mut site = Site::new(0);
    let mut body = started();
    if let crate::domain::body::Body::SessionStarted(start) = &mut body {
        start.branch = branch(&format!("\u{202e}{}", "b".repeat(2_000)));
    }
    site.hook(0, "cli", body);
    let line = shown(&site.session(), None);
    assert!(line.starts_with("session \\u{202e}bbb"), "{line}");
    assert!(line.chars().count() <= 140, "{line}");
}
