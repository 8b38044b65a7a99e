//! Test-driven work through the real program: phases, cycles and figures from what commits touch, in every time
//! zone; nothing of it in another mode.

use serde_json::Value;

use super::support::Repo;

/// A session in test-driven mode.
fn driven() -> Repo {
    let repo = Repo::new();
    repo.session(&["start", "feature", "--tdd", "-o", "Parse numbers"])
        .done();
    repo
}

/// RED, GREEN after 20 minutes, REFACTOR after 5; RED after 5, GREEN after 10.
fn textbook(repo: &Repo) {
    repo.wait(5);
    repo.commit(
        "tests/parse_test.py",
        "def test_one():\n    pass\n",
        "one|two",
    );
    repo.wait(20);
    repo.commit("src/parse.py", "1\n", "make it pass");
    repo.wait(5);
    repo.commit("src/parse.py", "2\n", "give it a shape");
    repo.wait(5);
    let two = "def test_one():\n    pass\n\ndef test_two():\n    pass\n";
    repo.commit("tests/parse_test.py", two, "a second test");
    repo.wait(10);
    repo.commit("src/parse.py", "3\n", "make that pass");
}

/// The lines of the section in `status` or `show`.
fn section(repo: &Repo, command: &[&str]) -> Vec<String> {
    let text = repo.session(command).text();
    let lines = text.lines().skip_while(|line| *line != "Test-driven work");
    let body = lines.skip(1).take_while(|line| !line.is_empty());
    body.map(|line| line.trim().to_owned()).collect()
}

fn json(repo: &Repo, command: &[&str]) -> Value {
    let text = repo.session(&[command, &["--json"]].concat()).text();
    serde_json::from_str(&text).expect("JSON")
}

fn figures(repo: &Repo) -> Value {
    json(repo, &["status"])["session"]["test_driven"].clone()
}

#[test]
fn the_textbook_history_is_told_as_it_was_in_every_time_zone() {
    for zone in [
        "UTC",
        "America/Chicago",
        "Asia/Kathmandu",
        "Pacific/Kiritimati",
        "XXX+12",
    ] {
        let repo = driven().with("TZ", zone);
        textbook(&repo);
        let expected = [
            "phase: GREEN (just now)",
            "cycles: 2 today, 2 in all, 17m on average (10m to 25m)",
            "discipline: 3 of 3 source commits followed a test (100%)",
            "longest RED: 20m",
        ];
        assert_eq!(section(&repo, &["status"]), expected, "{zone}");
        let id = repo.session_id();
        assert_eq!(section(&repo, &["show", &id]), expected, "{zone}");
        let mut figures = figures(&repo);
        assert!(figures["since"].take().is_string());
        insta::allow_duplicates! {
            insta::assert_snapshot!(figures, @r#"{"cycles":{"complete":2,"longest_seconds":1500,"mean_seconds":1050,"shortest_seconds":600,"today":2},"discipline":{"after_a_test":3,"percent":100.0,"source_commits":3,"without_a_test":0},"longest_red_seconds":1200,"phase":"green","since":null}"#);
        }
        let shown = json(&repo, &["show", &id]);
        assert_eq!(shown["test_driven"]["cycles"]["complete"], 2);
        repo.assert_quiet();
    }
}

#[test]
fn a_day_later_no_cycle_is_of_today() {
    let repo = driven();
    textbook(&repo);
    repo.wait(24 * 60);
    let lines = section(&repo, &["status"]);
    assert!(
        lines[1].starts_with("cycles: 0 today, 2 in all"),
        "{lines:?}"
    );
}

#[test]
fn another_mode_says_nothing_of_it() {
    let repo = Repo::in_session();
    textbook(&repo);
    let id = repo.session_id();
    assert_eq!(section(&repo, &["status"]), [""; 0]);
    assert_eq!(section(&repo, &["show", &id]), [""; 0]);
    assert!(figures(&repo).is_null());
    assert!(json(&repo, &["show", &id])["test_driven"].is_null());
}

#[test]
fn a_figure_without_data_is_absent() {
    let repo = driven();
    insta::assert_snapshot!(section(&repo, &["status"]).join("\n"), @"phase: none yet, a commit of test files begins RED");
    assert_eq!(figures(&repo), serde_json::json!({}));
    repo.commit("README", "more\n", "words");
    assert_eq!(figures(&repo), serde_json::json!({}));
    repo.commit("src/parse.py", "1\n", "no test");
    insta::assert_snapshot!(section(&repo, &["status"]).join("\n"), @"
    phase: none yet, a commit of test files begins RED
    discipline: 0 of 1 source commits followed a test (0%)
    ");
    repo.commit(
        "tests/parse_test.py",
        "def test_one():\n    pass\n",
        "a test",
    );
    insta::assert_snapshot!(section(&repo, &["status"]).join("\n"), @"
    phase: RED (just now)
    discipline: 0 of 1 source commits followed a test (0%)
    ");
}

#[test]
fn a_test_and_its_source_in_one_commit_are_a_cycle_of_unknown_length() {
    let repo = driven();
    repo.stage("tests/parse_test.py", "def test_one():\n    pass\n");
    repo.commit("src/parse.py", "1\n", "both");
    repo.wait(5);
    // a test in the source file itself
    repo.commit("src/lib.rs", "#[test]\nfn adds() {}\n", "both in one file");
    repo.wait(5);
    repo.commit(
        "src/lib.rs",
        "#[test]\nfn adds() {}\nfn add() {}\n",
        "shape",
    );
    insta::assert_snapshot!(section(&repo, &["status"]).join("\n"), @"
    phase: REFACTOR (just now)
    cycles: 2 today, 2 in all
    discipline: 3 of 3 source commits followed a test (100%)
    ");
}

#[test]
fn a_named_phase_counts_as_a_commit_does() {
    let repo = driven();
    repo.write("draft", "1\n");
    let name = |phase: &str| repo.session(&["checkpoint", "--tdd-phase", phase]).done();
    name("RED");
    repo.wait(10);
    repo.stage("tests/parse_test.py", "def test_one():\n    pass\n");
    repo.write("src/parse.py", "1\n");
    name("GREEN");
    repo.commit("src/parse.py", "1\n", "test and source");
    repo.wait(5);
    repo.write("draft", "2\n");
    name("REFACTOR");
    insta::assert_snapshot!(section(&repo, &["status"]).join("\n"), @"
    phase: REFACTOR (just now)
    cycles: 1 today, 1 in all, 15m on average
    discipline: 1 of 1 source commits followed a test (100%)
    longest RED: 10m
    ");
    let labels = |event: &Value| event["data"]["tdd"].as_str().map(str::to_owned);
    let labels: Vec<_> = repo.events().iter().filter_map(labels).collect();
    assert_eq!(labels, ["red", "green", "refactor"]);
}

#[test]
fn commits_that_are_rewritten_keep_their_phases() {
    let repo = driven();
    textbook(&repo);
    let before = section(&repo, &["status"]);
    repo.switch("main");
    repo.commit("other", "1\n", "meanwhile");
    repo.switch("feature");
    repo.git(&["rebase", "-q", "main"]).done();
    let mut after = section(&repo, &["status"]);
    after[0].clone_from(&before[0]);
    assert_eq!(after, before);
}

#[test]
fn an_amend_that_brings_the_test_makes_it_a_cycle() {
    let repo = driven();
    repo.commit("src/parse.py", "1\n", "no test");
    repo.stage("tests/parse_test.py", "def test_one():\n    pass\n");
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).done();
    let lines = section(&repo, &["status"]);
    assert_eq!(
        lines[2],
        "discipline: 1 of 1 source commits followed a test (100%)"
    );
}

#[test]
fn a_commit_that_no_hook_saw_has_a_phase_and_no_time() {
    let repo = driven();
    repo.wait(5);
    let blind = repo.with("GIT_SESSION", "0");
    blind.commit(
        "tests/parse_test.py",
        "def test_one():\n    pass\n",
        "a test",
    );
    repo.session(&["status"]).done();
    repo.wait(20);
    repo.commit("src/parse.py", "1\n", "make it pass");
    insta::assert_snapshot!(section(&repo, &["status"]).join("\n"), @"
    phase: GREEN (just now)
    cycles: 1 today, 1 in all
    discipline: 1 of 1 source commits followed a test (100%)
    ");
}

#[test]
fn a_session_that_goes_on_can_change_its_mode() {
    let repo = Repo::in_session();
    textbook(&repo);
    let on = repo.session(&["start", "--tdd"]).ok();
    assert!(
        on.news().contains("Test-driven mode is on."),
        "{}",
        on.news()
    );
    assert_eq!(section(&repo, &["status"]).len(), 4, "what was done counts");
    let again = repo.session(&["start", "--tdd"]).ok();
    assert_eq!(again.news(), "");
    let off = repo.session(&["start", "--no-tdd"]).ok();
    assert!(
        off.news().contains("Test-driven mode is off."),
        "{}",
        off.news()
    );
    assert_eq!(section(&repo, &["status"]), [""; 0]);
    repo.session(&["undo"]).done();
    assert_eq!(section(&repo, &["status"]).len(), 4);
    let log = repo.session(&["log"]).text();
    assert!(log.contains("switched test-driven mode on"), "{log}");
    let mode = |event: &Value| event["kind"] == "session.mode";
    assert_eq!(repo.events().iter().filter(|event| mode(event)).count(), 2);
}

#[test]
fn a_commit_says_its_phase_only_when_asked() {
    let phases = |repo: &Repo| repo.trailers("HEAD", "Session-Phase");
    let repo = driven();
    repo.commit("tests/a_test.py", "def test_one():\n    pass\n", "a test");
    assert_eq!(phases(&repo), [""; 0]);
    repo.config("session.tddTrailers", "true");
    for (path, content, phase) in [
        ("src/a.py", "1\n", Some("green")),
        ("README", "more\n", None),
        ("src/a.py", "2\n", Some("refactor")),
        (
            "tests/a_test.py",
            "def test_two():\n    pass\n",
            Some("red"),
        ),
        ("src/b.py", "1\n", Some("green")),
    ] {
        repo.commit(path, content, "next");
        assert_eq!(phases(&repo), Vec::from_iter(phase), "{path}");
        assert_eq!(repo.runs("HEAD"), 1);
    }
    // what replaces the commit stands where it stood
    repo.stage("src/b.py", "2\n");
    repo.git(&["commit", "-q", "--amend", "--no-edit"]).done();
    assert_eq!(phases(&repo), ["green"]);
    assert!(
        repo.message("HEAD")
            .contains("\n\nSession-Phase: green\nSession-Objectives:")
    );
    let run: Vec<_> = repo.message("HEAD").lines().map(str::to_owned).collect();
    assert!(run.last().expect("a line").starts_with("Session-Id: "));
    repo.config("session.trailers", "id");
    repo.commit("src/b.py", "3\n", "last");
    assert_eq!(phases(&repo), [""; 0]);
    repo.session(&["start", "--no-tdd"]).done();
    repo.config("session.trailers", "full");
    repo.commit("src/b.py", "4\n", "another mode");
    assert_eq!(phases(&repo), [""; 0]);
    repo.assert_quiet();
}

#[test]
fn a_tracked_file_names_no_test_command() {
    let repo = driven();
    repo.write(
        ".session/config.toml",
        "[quality]\ntest_command = \"touch ran\"\n",
    );
    textbook(&repo);
    let status = repo.session(&["status"]).ok();
    assert!(!repo.path().join("ran").exists());
    assert!(status.news().contains("test_command"), "{}", status.news());
}
