//! `git session search`: what is found, in which order, and what is said of it.

use insta::assert_snapshot;

use super::support::{Output, Repo};

fn search(repo: &Repo, arguments: &[&str]) -> Output {
    repo.session(&[&["search"], arguments].concat())
}

/// The first words of each hit.
fn hits(output: &Output) -> Vec<String> {
    let answer = output.answer();
    let heads = answer.lines().filter(|line| !line.starts_with(' '));
    heads.map(str::to_owned).collect()
}

/// A session with something of every kind.
fn recorded() -> Repo {
    let repo = Repo::new();
    let run = |arguments: &[&str]| repo.session(arguments).done();
    run(&[
        "start",
        "feature",
        "-o",
        "Reach the goal",
        "--title",
        "Sign in",
    ]);
    run(&["objectives", "add", "Refresh the token"]);
    run(&["blockers", "add", "No token for the tests", "--link", "#12"]);
    run(&["blockers", "resolve", "blk-1", "a client of our own"]);
    run(&[
        "decisions",
        "add",
        "PKCE for every client",
        "--rationale",
        "A token can be intercepted",
        "--alternative",
        "Secrets: they leak",
        "--scope",
        "src/auth/**",
    ]);
    run(&[
        "learnings",
        "add",
        "Tokens live for an hour",
        "--type",
        "pattern",
    ]);
    run(&["note", "add", "Ask Grace for the café token"]);
    run(&[
        "checkpoint",
        "--label",
        "before tokens",
        "--notes",
        "all tests pass",
    ]);
    repo.wait(10);
    repo.commit("src/token.rs", "struct Token;\n", "Keep the token");
    repo
}

#[test]
fn the_best_hit_comes_first() {
    let repo = recorded();
    assert_snapshot!(search(&repo, &["token"]), @"
    --- stdout
    blk-04zk blocker (resolved)
        No token for the tests
        feature, 2026-11-20 09:00 (10 min ago), Ada (feature-20261120-wxxsrz)
    note-9s1t note
        Ask Grace for the café token
        feature, 2026-11-20 09:00 (10 min ago), Ada (feature-20261120-wxxsrz)
    obj-2hzy objective (open)
        Refresh the token
        feature, 2026-11-20 09:00 (10 min ago), Ada (feature-20261120-wxxsrz)
    bff406e commit
        Keep the token
        feature, 2026-11-20 09:10 (just now), Ada (feature-20261120-wxxsrz)
    cp-q3d6 checkpoint
        before tokens
        feature, 2026-11-20 09:00 (10 min ago), Ada (feature-20261120-wxxsrz)
    lrn-b8tj learning
        Tokens live for an hour
        feature, 2026-11-20 09:00 (10 min ago), Ada (feature-20261120-wxxsrz)
    dec-d63j decision
        PKCE for every client
        rationale: A token can be intercepted
        feature, 2026-11-20 09:00 (10 min ago), Ada (feature-20261120-wxxsrz)
    [EOF]
    ");
}

#[test]
fn every_part_of_an_item_is_looked_through() {
    let repo = recorded();
    for (text, kind) in [
        ("refresh", "objective"),
        ("#12", "blocker"),
        ("own", "blocker"),
        ("leak", "decision"),
        ("src/auth", "decision"),
        ("learning/patterns/tokens", "learning"),
        ("grace", "note"),
        ("tests pass", "checkpoint"),
        ("sign", "session"),
        ("keep", "commit"),
        ("src/token.rs", "commit"),
        ("CAFE", "note"),
    ] {
        let found = search(&repo, &[text]).ok();
        let heads = hits(&found);
        assert!(
            heads.len() == 1 && heads[0].contains(kind),
            "{text}: {heads:?}"
        );
    }
    // words may stand in different parts, and one of them in the title of the session
    assert_eq!(hits(&search(&repo, &["pkce", "leak", "sign"])).len(), 1);
    assert_eq!(hits(&search(&repo, &["client every"])).len(), 0);
    assert_eq!(hits(&search(&repo, &["client", "every"])).len(), 1);
}

#[test]
fn nothing_found_is_exit_status_1() {
    let repo = recorded();
    assert_snapshot!(search(&repo, &["nothing"]), @"
    --- stderr
    error: nothing that is recorded says `nothing`
    hint: git session list --all
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(search(&repo, &["token", "nothing"]), @"
    --- stderr
    error: nothing that is recorded says `token nothing`
    hint: git session search token
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(search(&repo, &["client every"]), @"
    --- stderr
    error: nothing that is recorded says `client every`
    hint: git session search client every
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(search(&repo, &["nothing", "--json"]), @r#"
    --- stdout
    {
      "schema": "git-session/search/v1",
      "terms": [
        "nothing"
      ],
      "total": 0,
      "hits": [],
      "unreadable": []
    }
    --- stderr
    error: nothing that is recorded says `nothing`
    hint: git session list --all
    --- exit 1
    [EOF]
    "#);
    assert_snapshot!(search(&repo, &[""]), @"
    --- stderr
    error: there is no word to look for
    hint: git session search <text>
    --- exit 2
    [EOF]
    ");
    assert_snapshot!(search(&repo, &["x", "--since", "soon"]), @"
    --- stderr
    error: `soon` is not a date such as 2026-11-20, yesterday, 2 weeks ago
    hint: git session search -h
    --- exit 2
    [EOF]
    ");
    assert_snapshot!(search(&Repo::new(), &["x"]), @"
    --- stderr
    error: nothing that is recorded says `x`
    hint: git session list --all
    --- exit 1
    [EOF]
    ");
}

#[test]
fn hits_can_be_narrowed_down() {
    let repo = recorded();
    let count = |arguments: &[&str]| hits(&search(&repo, arguments)).len();
    let all = count(&["token"]);
    assert_eq!(count(&["token", "--kind", "decision"]), 1);
    assert_eq!(count(&["token", "--kinds", "notes,blockers"]), 2);
    assert_eq!(count(&["token", "--kind", "note", "--kind", "blocker"]), 2);
    assert_eq!(count(&["token", "--since", "2026-11-20"]), all);
    assert_eq!(count(&["token", "--since", "5 minutes ago"]), 1);
    assert_eq!(count(&["token", "--until", "5 minutes ago"]), all - 1);
    assert_eq!(count(&["token", "--until", "yesterday"]), 0);
    assert_eq!(count(&["token", "--branch", "feat*"]), all);
    assert_eq!(count(&["token", "--branch", "main"]), 0);
    assert_eq!(count(&["token", "--session", &repo.session_id()]), all);
    assert_snapshot!(search(&repo, &["token", "-n", "1"]), @"
    --- stdout
    blk-04zk blocker (resolved)
        No token for the tests
        feature, 2026-11-20 09:00 (10 min ago), Ada (feature-20261120-wxxsrz)
    --- stderr
    6 hits not shown: git session search -n 7 token
    [EOF]
    ");
    assert_eq!(search(&repo, &["token", "--session", "none"]).code, 1);
    assert_eq!(search(&repo, &["token", "--kind", "none"]).code, 2);
}

#[test]
fn what_does_not_hold_any_more_is_marked() {
    let repo = Repo::in_session();
    let run = |arguments: &[&str]| repo.session(arguments).done();
    run(&["decisions", "add", "Alpha by hand"]);
    run(&["decisions", "supersede", "dec-1", "Alpha by machine"]);
    run(&["objectives", "add", "Alpha dropped"]);
    run(&["objectives", "drop", "obj-2"]);
    run(&["learnings", "add", "Alpha learnt"]);
    run(&["learnings", "drop", "lrn-1"]);
    run(&["note", "add", "Alpha undone"]);
    run(&["undo"]);
    run(&["note", "add", "Alpha kept", "--private"]);
    assert_snapshot!(search(&repo, &["alpha"]), @"
    --- stdout
    dec-04zk decision
        Alpha by machine
        feature, 2026-11-20 09:00 (just now), Ada (feature-20261120-wxxsrz)
    note-9pqv note
        Alpha kept
        feature, 2026-11-20 09:00 (just now), Ada, private (feature-20261120-wxxsrz)
    note-ded2 note (undone)
        Alpha undone
        feature, 2026-11-20 09:00 (just now), Ada (feature-20261120-wxxsrz)
    lrn-9s1t learning (dropped)
        Alpha learnt
        feature, 2026-11-20 09:00 (just now), Ada (feature-20261120-wxxsrz)
    dec-2hzy decision (superseded)
        Alpha by hand
        feature, 2026-11-20 09:00 (just now), Ada (feature-20261120-wxxsrz)
    obj-d63j objective (dropped)
        Alpha dropped
        feature, 2026-11-20 09:00 (just now), Ada (feature-20261120-wxxsrz)
    [EOF]
    ");
}

#[test]
fn any_script_is_found() {
    let repo = Repo::in_session();
    for text in [
        "再試行の回数を増やす",
        "Straße gesperrt",
        "Việt Nam trước",
        "naïve 👩‍👩‍👧 Ansatz",
    ] {
        repo.session(&["note", "add", text]).done();
    }
    for word in ["試行", "strasse", "viet truoc", "NAIVE", "👩‍👩‍👧", "trước"] {
        let words: Vec<&str> = word.split(' ').collect();
        assert_eq!(hits(&search(&repo, &words)).len(), 1, "{word}");
    }
}

#[test]
fn terms_are_in_colour_and_text_of_strangers_is_harmless() {
    let repo = Repo::in_session();
    let words = "word ".repeat(30);
    let text = format!("{words}needle\x1b[2J \u{202e}evil {words}");
    repo.session(&["note", "add", &text]).done();
    let log = repo.session_file("log.jsonl");
    let line = repo.read(&log);
    // as a stranger's log could have it
    let hostile = line.replace("needle", "needle\\u001b[2J\\u202e");
    repo.write(log.to_str().expect("UTF-8"), hostile);
    let found = search(&repo, &["needle", "--color", "always"]).ok();
    let answer = found.answer();
    assert!(answer.contains("\u{1b}[1m\u{1b}[31mneedle"), "{answer:?}");
    assert!(
        !answer.contains("\u{1b}[2J") && !answer.contains('\u{202e}'),
        "{answer:?}"
    );
    let narrow = repo.with("COLUMNS", "60");
    assert_snapshot!(search(&narrow, &["needle"]), @r"
    --- stdout
    note-2hzy note
        ...word word word needle\u{1b}[2J\u{202e} \u{202e}evil
          word word word word...
        feature, 2026-11-20 09:00 (just now), Ada
          (feature-20261120-wxxsrz)
    [EOF]
    ");
}

#[test]
fn a_log_that_cannot_be_read_is_named_after_the_hits() {
    let repo = recorded();
    repo.switch("main");
    repo.session(&["start", "other", "-o", "Another token"])
        .done();
    let log = repo.session_file("log.jsonl");
    repo.write(log.to_str().expect("UTF-8"), "{\"token\":\n");
    repo.switch("main");
    let found = search(&repo, &["token", "-n", "1"]);
    assert_eq!(found.code, 4, "{found}");
    assert_eq!(hits(&found).len(), 1);
    assert!(found.news().contains("could not be read"), "{found}");
}

#[test]
fn the_answer_is_json_as_well() {
    let repo = recorded();
    assert_snapshot!(search(&repo, &["leak", "pkce", "--json"]), @r#"
    --- stdout
    {
      "schema": "git-session/search/v1",
      "terms": [
        "leak",
        "pkce"
      ],
      "total": 1,
      "hits": [
        {
          "score": 62,
          "kind": "decision",
          "handle": "dec-d63j",
          "id": "01M7W2Y7M0X7WFZ2ECVCJGD63J",
          "text": "PKCE for every client",
          "found": [
            {
              "field": "text",
              "text": "PKCE for every client"
            },
            {
              "field": "alternative",
              "text": "Secrets: they leak"
            }
          ],
          "session": "feature-20261120-wxxsrz",
          "branch": "feature",
          "at": "2026-11-20T09:00:00Z",
          "by": "Ada <ada@example.org>",
          "origin": "own"
        }
      ],
      "unreadable": []
    }
    [EOF]
    "#);
}

/// Another clone of the hub that a repository has shared its session through.
fn shared(from: &Repo) -> Repo {
    let outside = from.at("..");
    outside
        .git(&["clone", "-q", "--bare", "repo", "hub"])
        .done();
    from.git(&["remote", "add", "origin", "../hub"]).done();
    from.session(&["sync", "--yes"]).done();
    outside.git(&["clone", "-q", "hub", "clone"]).done();
    let clone = outside.at("clone");
    clone.session(&["start", "mine"]).done();
    clone.session(&["sync", "--yes"]).done();
    clone
}

#[test]
fn what_other_clones_shared_is_found() {
    let repo = recorded();
    repo.session(&["note", "add", "PKCE for my eyes", "--private"])
        .done();
    let clone = shared(&repo);
    let found = search(&clone, &["pkce"]).ok();
    assert_snapshot!(found, @"
    --- stdout
    dec-d63j decision
        PKCE for every client
        feature, 2026-11-20 09:00 (10 min ago), Ada, from another clone (feature-20261120-wxxsrz)
    [EOF]
    ");
    let explained = clone.session(&["explain", "origin/feature"]).ok();
    assert_snapshot!(explained, @"
    --- stdout
    commit bff406e Keep the token
    Ada <ada@example.org>, 2026-11-20 09:10

    Session on feature  Sign in (feature-20261120-wxxsrz)
      Ada <ada@example.org>, started 2026-11-20 09:00, active
      [>] Reach the goal (obj-5vy9)
      [ ] Refresh the token (obj-2hzy)
      decided   PKCE for every client (dec-d63j, about src/auth/**)
                A token can be intercepted
      resolved  No token for the tests: a client of our own (blk-04zk)
      added src/token.rs
      time 10m
      from what another clone shared, a note, trailers
    [EOF]
    ");
}

#[test]
fn hints_repeat_what_narrows_the_search() {
    let repo = recorded();
    let narrow = [
        "-n",
        "1",
        "--branch",
        "**",
        "--since",
        "2 days ago",
        "--kind",
        "note,blocker",
    ];
    let more = search(&repo, &[&narrow[..], &["token"]].concat());
    insta::assert_snapshot!(more.news(), @"1 hit not shown: git session search -n 2 --kind 'note,blocker' --since '2 days ago' --branch '**' token");
    let none = search(&repo, &["--branch", "nowhere/*", "token"]);
    insta::assert_snapshot!(none, @"
    --- stderr
    error: nothing that was looked through says `token`
    hint: git session search token
    --- exit 1
    [EOF]
    ");
}
