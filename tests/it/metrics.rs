//! Coverage and test results through the program itself.

use std::fs::{self, File, FileTimes};
use std::path::Path;
use std::time::{Duration, SystemTime};

use git_session::domain::coverage::Format;
use git_session::domain::test_report::TestFormat;
use insta::assert_snapshot;

use super::readme;
use super::support::{Output, Repo};

/// A session whose branch added lines 2 to 4 of `src/calc.py`.
fn project() -> Repo {
    let repo = Repo::empty();
    repo.commit("src/calc.py", "def add(a, b): return a + b\n", "First");
    let repo = repo.with_hooks();
    repo.session(&["start", "feature", "-o", "Divide"]).done();
    repo.commit(
        "src/calc.py",
        "def add(a, b): return a + b\n# new\ndef div(a, b):\n    return a / b\n",
        "Divide",
    );
    repo
}

/// A tracefile in which line 4 did not run.
const LCOV: &str = "SF:src/calc.py\nDA:1,1\nDA:3,1\nDA:4,0\nLF:3\nLH:2\nend_of_record\n";

/// Sets the time of a file, so many seconds from now.
fn touch(repo: &Repo, path: &str, seconds: i64) {
    let by = Duration::from_secs(seconds.unsigned_abs());
    let now = SystemTime::now();
    let time = if seconds < 0 { now - by } else { now + by };
    let file = File::options().append(true).open(repo.path().join(path));
    file.and_then(|file| file.set_times(FileTimes::new().set_modified(time)))
        .expect("a time");
}

/// Writes a report that is newer than the sources.
fn report(repo: &Repo, path: &str, text: &str) {
    repo.write(path, text);
    touch(repo, path, 60);
}

fn record(repo: &Repo, args: &[&str]) -> Output {
    repo.session(&[&["metrics", "record"], args].concat())
}

fn json(output: Output) -> serde_json::Value {
    serde_json::from_slice(&output.ok().stdout).expect("JSON")
}

#[test]
fn the_newest_report_is_recorded_and_shown() {
    let repo = project();
    report(&repo, "lcov.info", LCOV);
    repo.write("coverage.xml", "<coverage/>");
    touch(&repo, "coverage.xml", 120);
    assert_snapshot!(record(&repo, &[]), @"
    --- stdout
    Coverage  66.6%  2 of 3 lines, lcov.info (lcov)
    New code  50%    1 of 2 added lines
    [EOF]
    ");
    repo.wait(5);
    repo.write("junit.xml", "<testsuites><testsuite><testcase time='1.5'/><testcase><failure/></testcase></testsuite></testsuites>");
    assert_snapshot!(record(&repo, &["--tests", "junit.xml"]), @"
    --- stdout
    Tests  1 passed, 1 failed  junit.xml (JUnit XML), 1.5 s
    [EOF]
    ");
    assert_snapshot!(repo.session(&["metrics", "list"]), @"
    --- stdout
    When              Commit   Coverage  New code  Tests
    2026-11-20 09:05  a874abe         -         -  1 passed, 1 failed
    2026-11-20 09:00  a874abe     66.6%       50%  -
    [EOF]
    ");
    let status = repo.session(&["status"]).text();
    let at = status.find("Quality").expect("a section");
    assert_snapshot!(status[at..].lines().take(2).collect::<Vec<_>>().join("\n"), @"
    Quality
      coverage 66.6%, new code 50%; tests 1 passed, 1 failed (just now)
    ");
    let show = repo.session(&["show", &repo.session_id()]).text();
    assert!(
        show.contains("Quality\n  coverage 66.6%, new code 50%; tests 1 passed, 1 failed"),
        "{show}"
    );
    assert!(
        repo.session(&["log", "-n", "1"])
            .text()
            .contains("recorded tests 1 passed, 1 failed")
    );
    repo.assert_quiet();
}

#[test]
fn json_has_counts_and_what_is_missing() {
    let repo = project();
    report(
        &repo,
        "coverage/coverage-summary.json",
        r#"{"total":{"lines":{"total":8,"covered":7}},"src/calc.py":{"lines":{"total":8,"covered":7}}}"#,
    );
    let recorded = json(record(&repo, &["--json"]));
    assert_eq!(recorded["schema"], "git-session/metrics/v1");
    assert_eq!(recorded["coverage"]["percent"], 87.5);
    assert_eq!(recorded["coverage"]["format"], "Istanbul summary");
    assert_eq!(recorded["head"], repo.head());
    assert_eq!(
        recorded["missing"],
        serde_json::json!([
            "new-code coverage: a report as Istanbul summary does not say which lines ran"
        ])
    );
    report(&repo, "lcov.info", LCOV);
    touch(&repo, "lcov.info", 300);
    let recorded = json(record(&repo, &["--json"]));
    assert_eq!(
        recorded["new_code"],
        serde_json::json!({"percent": 50.0, "found": 2, "hit": 1})
    );
    let list = json(repo.session(&["metrics", "list", "--json"]));
    assert_eq!(list["metrics"].as_array().expect("a list").len(), 2);
    assert_eq!(list["metrics"][0]["coverage"]["file"], "lcov.info");
    let status = json(repo.session(&["status", "--json"]));
    assert_eq!(status["session"]["quality"]["coverage"]["new_code"], 50.0);
    let show = json(repo.session(&["show", &repo.session_id(), "--json"]));
    assert_eq!(show["quality"]["coverage"]["percent"], 66.6);
}

#[test]
fn without_anything_to_read_it_says_what_to_type() {
    let repo = project();
    assert_snapshot!(record(&repo, &[]), @"
    --- stderr
    error: none of the files of quality.coverage_files is there
    hint: git session metrics record --coverage <file>
    hint: git session metrics record --tests <file>
    --- exit 1
    [EOF]
    ");
    repo.write("lcov.info", "hello\n");
    assert_snapshot!(record(&repo, &[]), @"
    --- stderr
    error: lcov.info is no coverage report
    hint: git session metrics record --coverage <file>
    hint: git session metrics record --tests <file>
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(record(&repo, &["--coverage", "no.xml"]), @"
    --- stderr
    error: there is no file no.xml
    hint: git session metrics record --help
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(record(&repo, &["--coverage", "lcov.info"]), @"
    --- stderr
    error: lcov.info is no coverage report: neither lcov, Cobertura XML, JaCoCo XML, coverage.py JSON, Istanbul summary, tarpaulin JSON
    hint: git session metrics record --help
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(record(&repo, &["--tests", "lcov.info"]), @"
    --- stderr
    error: lcov.info is no test report: neither JUnit XML, cargo nextest, cargo test, libtest JSON, pytest, go test -json, TAP
    hint: git session metrics record --help
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(record(&repo, &["--tests", "src"]), @"
    --- stderr
    error: there is no file src
    hint: git session metrics record --help
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(record(&repo, &["--run"]), @r#"
    --- stderr
    error: quality.test_command is not set
    hint: git session config set quality.test_command "<command>"
    --- exit 1
    [EOF]
    "#);
    assert!(repo.session(&["metrics"]).news().contains("no figures yet"));
    let events = repo.events();
    assert!(
        !events
            .iter()
            .any(|event| event["kind"] == "metrics.recorded")
    );
}

#[test]
fn a_report_older_than_a_covered_file_is_named() {
    let repo = project();
    repo.write("lcov.info", LCOV);
    touch(&repo, "lcov.info", -600);
    repo.commit("notes.md", "changed\n", "Notes");
    assert_snapshot!(record(&repo, &[]), @"
    --- stdout
    Coverage  66.6%  2 of 3 lines, lcov.info (lcov)
    New code  50%    1 of 2 added lines
    --- stderr
    warning: lcov.info is older than src/calc.py, which has changed.
    [EOF]
    ");
    assert!(
        repo.session(&["metrics", "list"])
            .text()
            .contains("66.6% (stale)")
    );
    // a file of another kind is no reason
    touch(&repo, "src/calc.py", -1200);
    assert!(!record(&repo, &[]).news().contains("older"));
}

#[test]
fn only_personal_config_names_the_command_that_is_run() {
    let repo = project();
    repo.write(
        ".session/config.toml",
        "[quality]\ntest_command = \"touch ran\"\n",
    );
    let refused = record(&repo, &["--run"]);
    assert_eq!(refused.code, 1, "{refused}");
    assert!(
        refused.news().contains("quality.test_command is not set"),
        "{refused}"
    );
    assert!(!repo.path().join("ran").exists());
    repo.config(
        "session.quality.testCommand",
        "printf 'TAP version 13\\n1..2\\nok 1\\n' && echo 'not ok 2' >&2; exit 3",
    );
    assert_snapshot!(record(&repo, &["--run"]), @r"
    --- stdout
    Tests  1 passed, 1 failed  `printf 'TAP version 13\n1..2\nok 1\n' && echo 'not ok 2' >&2; exit 3`...
    --- stderr
    warning: .session/config.toml:2: `quality.test_command` is ignored: only personal git config may set it
    hint: git config session.quality.testCommand <value>
    TAP version 13
    1..2
    ok 1
    not ok 2
    Not there: coverage: none of the files of quality.coverage_files is there
    Not there: new-code coverage: there is no coverage
    [EOF]
    ");
    let quiet = record(&repo, &["--run", "--quiet"]);
    assert!(!quiet.news().contains("TAP"), "{quiet}");
}

#[test]
fn the_exit_status_is_recorded_where_there_are_no_numbers() {
    let repo = project();
    repo.config("session.quality.testCommand", "echo fine");
    assert_snapshot!(record(&repo, &["--run"]), @"
    --- stdout
    Tests  passed, not counted  `echo fine`
    --- stderr
    fine
    warning: The output says no numbers: the exit status is all that is recorded.
    Not there: coverage: none of the files of quality.coverage_files is there
    Not there: new-code coverage: there is no coverage
    [EOF]
    ");
    repo.config("session.quality.testCommand", "exit 7");
    assert_snapshot!(record(&repo, &["--run"]), @"
    --- stdout
    Tests  failed with exit status 7, not counted  `exit 7`
    --- stderr
    warning: The output says no numbers: the exit status is all that is recorded.
    Not there: coverage: none of the files of quality.coverage_files is there
    Not there: new-code coverage: there is no coverage
    [EOF]
    ");
    repo.config(
        "session.quality.testCommand",
        "echo '== 3 passed in 0.10s =='; exit 1",
    );
    assert_snapshot!(record(&repo, &["--run"]), @"
    --- stdout
    Tests  3 passed, exit status 1  `echo '== 3 passed in 0.10s =='; exit 1` (pytest), 0.1 s
    --- stderr
    == 3 passed in 0.10s ==
    warning: No test failed, but the command did.
    Not there: coverage: none of the files of quality.coverage_files is there
    Not there: new-code coverage: there is no coverage
    [EOF]
    ");
    let recorded = json(record(&repo, &["--run", "--json"]));
    assert_eq!(recorded["tests"]["all_passed"], false);
    assert_eq!(recorded["tests"]["exit"], 1);
    repo.config("session.quality.testCommand", "exit 0");
    let recorded = json(record(&repo, &["--run", "--json"]));
    assert_eq!(recorded["tests"]["counted"], false);
    assert_eq!(recorded["tests"]["all_passed"], true);
}

#[test]
fn a_run_sees_no_variable_of_the_repository_and_only_its_own_coverage_counts() {
    let repo = project();
    report(&repo, "lcov.info", LCOV);
    repo.config(
        "session.quality.testCommand",
        "echo \"dir=$GIT_DIR index=$GIT_INDEX_FILE\"; pwd",
    );
    let index = repo.git_path("index");
    let with_index = repo.with("GIT_INDEX_FILE", index.to_str().expect("UTF-8"));
    let output = record(&with_index.at("src"), &["--run"]);
    assert!(
        output.news().contains(
            "dir= index=\n[ROOT]/repo\n"
                .replace("[ROOT]", repo.sandbox().root().to_str().expect("UTF-8"))
                .as_str()
        ),
        "{output}"
    );
    assert!(
        output
            .news()
            .contains("coverage: lcov.info is old, or no report"),
        "{output}"
    );
    repo.config(
        "session.quality.testCommand",
        "printf 'SF:src/calc.py\\nDA:4,1\\n' > lcov.info",
    );
    let recorded = json(record(&repo, &["--run", "--json"]));
    assert_eq!(recorded["coverage"]["percent"], 100.0);
    assert_eq!(
        recorded["new_code"],
        serde_json::json!({"percent": 100.0, "found": 1, "hit": 1})
    );
}

#[test]
fn standard_input_and_several_reports_are_added() {
    let repo = project();
    repo.write("a.xml", "<testsuite><testcase/></testsuite>");
    let both = repo.sh("echo '{\"Action\":\"pass\",\"Package\":\"m\",\"Test\":\"T\"}' | git session metrics record --tests - --tests a.xml --json");
    let recorded = json(both);
    assert_eq!(recorded["tests"]["passed"], 2);
    assert_eq!(recorded["tests"]["file"], "a.xml");
    let twice = record(&repo, &["--tests", "-", "--tests", "-"]);
    assert_eq!(twice.code, 2, "{twice}");
}

#[test]
fn a_path_of_the_project_leads_nowhere_else() {
    let repo = project();
    let outside = repo.at("..");
    outside.write("secret/lcov.info", LCOV);
    outside.write("secret/junit.xml", "<testsuite><testcase/></testsuite>");
    repo.write(
        ".session/config.toml",
        "[quality]\ncoverage_files = [\"../secret/lcov.info\", \"link/lcov.info\", \"direct\"]\n",
    );
    std::os::unix::fs::symlink("../secret", repo.path().join("link")).expect("a link");
    std::os::unix::fs::symlink("../secret/lcov.info", repo.path().join("direct")).expect("a link");
    assert_eq!(record(&repo, &[]).code, 1);
    // a person may name anything; the log has no path of the machine
    record(
        &repo,
        &[
            "--coverage",
            "../secret/lcov.info",
            "--tests",
            "../secret/junit.xml",
        ],
    )
    .done();
    let last = repo.events().pop().expect("an event");
    assert_eq!(last["data"]["coverage"]["file"], "lcov.info");
    assert_eq!(last["data"]["tests"]["file"], "junit.xml");
}

#[test]
fn paths_of_reports_are_found_in_subdirectories_and_odd_names() {
    let repo = project();
    let odd = "src/a b\u{e9}\t\"x\".py";
    repo.commit(odd, "one\ntwo\n", "Odd");
    repo.stage("src/bin", "a\0b\n");
    repo.write("src/untracked.py", "x\n");
    report(
        &repo,
        "lcov.info",
        &format!(
            "SF:{odd}\nDA:1,1\nDA:2,1\nend_of_record\nSF:/build/src/calc.py\nDA:3,0\nend_of_record\nSF:src/untracked.py\nDA:1,0\nend_of_record\n"
        ),
    );
    let recorded = json(record(&repo.at("src"), &["--json"]));
    assert_eq!(
        recorded["new_code"],
        serde_json::json!({"percent": 66.6, "found": 3, "hit": 2})
    );
    // the name of a report is quoted like any path
    repo.config("session.quality.coverageFiles", "a\"b.info");
    report(&repo, "a\"b.info", LCOV);
    let recorded = json(record(&repo, &["--json"]));
    assert_eq!(recorded["coverage"]["file"], r#""a\"b.info""#);
}

#[test]
fn settings_of_a_person_do_not_change_the_added_lines() {
    let repo = project();
    report(&repo, "lcov.info", LCOV);
    for (key, value) in [
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.external", "false"),
        ("diff.context", "9"),
        ("diff.interHunkContext", "9"),
        ("diff.relative", "true"),
        ("diff.renames", "copies"),
        ("color.ui", "always"),
        ("core.quotePath", "false"),
        ("core.pager", "false"),
    ] {
        repo.config(key, value);
    }
    let recorded = json(record(&repo.at("src"), &["--json"]));
    assert_eq!(
        recorded["new_code"],
        serde_json::json!({"percent": 50.0, "found": 2, "hit": 1})
    );
}

#[test]
fn lines_that_came_with_a_merge_from_the_base_are_not_new() {
    let repo = project();
    repo.switch("main");
    repo.commit("src/other.py", "x\ny\n", "Other");
    repo.switch("feature");
    repo.git(&["merge", "-q", "--no-edit", "main"]).done();
    report(
        &repo,
        "lcov.info",
        &format!("{LCOV}SF:src/other.py\nDA:1,0\nDA:2,0\nend_of_record\n"),
    );
    let recorded = json(record(&repo, &["--json"]));
    assert_eq!(
        recorded["new_code"],
        serde_json::json!({"percent": 50.0, "found": 2, "hit": 1})
    );
}

#[test]
fn undo_takes_figures_back() {
    let repo = project();
    report(&repo, "lcov.info", LCOV);
    record(&repo, &[]).done();
    repo.session(&["undo"]).done();
    assert!(!repo.session(&["status"]).text().contains("Quality"));
    assert!(repo.session(&["metrics", "list"]).ok().stdout.is_empty());
}

#[test]
fn a_report_of_any_format_is_the_coverage_of_the_next_commit() {
    let repo = project();
    report(
        &repo,
        "coverage.xml",
        "<coverage><class filename='src/calc.py'><lines><line number='1' hits='1'/><line number='2' hits='0'/></lines></class></coverage>",
    );
    repo.session(&["status"]).done();
    repo.commit("a.txt", "a\n", "Add a");
    assert!(
        repo.trailers("HEAD", "Impact")
            .contains(&"coverage 50%".to_owned()),
        "{:?}",
        repo.trailers("HEAD", "Impact")
    );
    // a newer one that is none does not hide it
    report(&repo, "coverage.json", "{}");
    touch(&repo, "coverage.json", 300);
    report(
        &repo,
        "coverage.xml",
        "<coverage><class filename='src/calc.py'><lines><line number='1' hits='1'/></lines></class></coverage>",
    );
    repo.session(&["status"]).done();
    repo.commit("b.txt", "b\n", "Add b");
    assert!(
        repo.trailers("HEAD", "Impact")
            .contains(&"coverage 50% -> 100%".to_owned()),
        "{:?}",
        repo.trailers("HEAD", "Impact")
    );
}

#[test]
fn files_that_the_report_does_not_know_are_named() {
    let repo = project();
    for path in ["src/b.py", "src/c.py", "tests/test_b.py", "data.txt"] {
        repo.commit(path, "x\n", "Add");
    }
    report(&repo, "lcov.info", LCOV);
    let recorded = json(record(&repo, &["--json"]));
    assert_eq!(
        recorded["warnings"],
        serde_json::json!([
            "lcov.info does not know src/b.py and 1 more: their added lines do not count."
        ])
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the one switch of this test")]
fn the_example_of_the_page_is_what_happens() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/metrics.md");
    let update = std::env::var_os("UPDATE_README").is_some();
    readme::check_in(&page, update, &project());
}

#[test]
fn the_page_names_every_format() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/metrics.md");
    let text = fs::read_to_string(page).expect("the page");
    let formats = Format::ALL.map(Format::name).into_iter();
    for name in formats.chain(TestFormat::ALL.map(TestFormat::name)) {
        assert!(text.contains(&format!("\n| {name} |")), "{name}");
    }
}

/// A tracefile in which both lines ran.
const ALL_RAN: &str = "SF:src/calc.py\nDA:1,1\nDA:3,1\nLF:2\nLH:2\nend_of_record\n";

/// Code that was added without a test since [`ALL_RAN`] was written.
fn untested() -> Repo {
    let repo = project();
    repo.write("lcov.info", ALL_RAN);
    touch(&repo, "lcov.info", -300);
    touch(&repo, "src/calc.py", -600);
    record(&repo, &[]).done();
    let grown = "def add(a, b): return a + b\n# new\ndef div(a, b):\n    return a / b\nprint()\n";
    repo.stage("src/calc.py", grown);
    repo.commit("tests/test_calc.py", "def test_it():\n    pass\n", "More");
    touch(&repo, "tests/test_calc.py", 10);
    repo
}

#[test]
fn no_commit_names_a_figure_that_is_older_than_what_is_committed() {
    let repo = untested();
    let impact = |repo: &Repo| repo.trailers("HEAD", "Impact").join("; ");
    assert!(!impact(&repo).contains("coverage"), "{}", impact(&repo));
    // nor does a later one of other files
    repo.commit("a.txt", "a\n", "Add a");
    repo.session(&["status"]).done();
    repo.commit("b.txt", "b\n", "Add b");
    assert!(!impact(&repo).contains("coverage"), "{}", impact(&repo));
    report(&repo, "lcov.info", ALL_RAN);
    repo.session(&["status"]).done();
    repo.commit("c.txt", "c\n", "Add c");
    assert!(impact(&repo).contains("coverage 100%"), "{}", impact(&repo));
    repo.assert_quiet();
}

#[test]
fn a_stale_figure_is_not_held_against_the_bars() {
    let repo = untested();
    let status = repo.session(&["status"]).text();
    assert!(status.contains("coverage 100% (stale)"), "{status}");
    let show = repo.session(&["show"]).text();
    assert!(show.contains("coverage 100% (stale)"), "{show}");
    let status = json(repo.session(&["status", "--json"]));
    assert_eq!(status["session"]["quality"]["coverage"]["stale"], true);
    assert_snapshot!(repo.session(&["end", "--merge-to", "main", "--no-handoff"]), @"
    --- stdout
    Ended the session on feature (feature-20261120-wxxsrz)
      0m active, 2 commits, 0 of 1 objectives done, coverage 100% (stale)
      saved what no commit has as cp-d63j
      merged feature into main, 5f3eecf..ad6298f, fast-forward

    Left open
      [ ] Divide (obj-5vy9, obj-1)
      main: 1 untracked
    --- stderr
    Not known, so not held against the bars:
      coverage: lcov.info (100%) is stale: older than src/calc.py and 1 more, which have changed
      new-code coverage: the report is stale
    hint: run the tests so that they write lcov.info anew
    Later commits on feature are plain; `git switch feature && git session start --resume` opens the session again.
    [EOF]
    ");
}

#[cfg(unix)]
#[test]
fn a_child_in_the_background_holds_up_no_record() {
    let repo = Repo::in_session();
    repo.config(
        "session.quality.testCommand",
        "echo 'test result: ok. 3 passed; 0 failed; 0 ignored'; (sleep 60; touch late) & echo $! > pid",
    );
    let output = record(&repo, &["--run"]).ok();
    assert!(output.to_string().contains("3 passed"), "{output}");
    let pid = repo.read("pid");
    // it still runs: nobody has waited for it
    repo.sh(&format!("kill {}", pid.trim())).done();
    assert!(!repo.path().join("late").exists());
}
