//! `.ccmp/state.json`: commands tell other plugins where the session stands, hooks do not, and what is not ours
//! stays as it is.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Child;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::support::Repo;

const FILE: &str = ".ccmp/state.json";

/// A session on `feature`, and the folder of the other plugins.
fn used() -> Repo {
    let repo = Repo::new();
    repo.write(".gitignore", ".ccmp\n");
    repo.git(&["add", "."]).done();
    repo.git(&["commit", "-q", "-m", "Ignore"]).done();
    fs::create_dir(repo.path().join(".ccmp")).expect("a directory");
    repo.session(&["start", "feature", "-o", "Reach the goal"])
        .done();
    repo
}

fn state(repo: &Repo) -> Value {
    serde_json::from_str(&repo.read(FILE)).expect("JSON")
}

fn ours(repo: &Repo) -> Value {
    state(repo)["plugins"]["session-management"].clone()
}

fn modified(repo: &Repo) -> SystemTime {
    let metadata = fs::metadata(repo.path().join(FILE)).expect("a file");
    metadata.modified().expect("a time")
}

#[test]
fn every_step_of_a_session_is_told() {
    let repo = used();
    insta::assert_snapshot!(repo.read(FILE), @r#"
    {
      "version": "1.0.0",
      "last_updated": "2026-11-20T09:00:00Z",
      "plugins": {
        "session-management": {
          "active": true,
          "current_session": "feature",
          "branch": "feature",
          "mode": "normal",
          "objectives": [
            "Reach the goal"
          ]
        }
      }
    }
    "#);
    repo.session(&["objectives", "add", "Second"]).done();
    repo.session(&[
        "objectives",
        "add",
        "--private",
        "The password is under the mat",
    ])
    .done();
    repo.session(&["objectives", "complete", "obj-1"]).done();
    assert_eq!(ours(&repo)["objectives"], json!(["Second"]));
    assert!(!repo.read(FILE).contains("mat"));

    repo.session(&["pause"]).done();
    assert_eq!(ours(&repo)["active"], false);
    assert_eq!(ours(&repo)["current_session"], "feature");
    repo.session(&["resume"]).done();
    assert_eq!(ours(&repo)["active"], true);

    repo.session(&["start", "other", "--tdd", "-o", "Elsewhere"])
        .done();
    assert_eq!(
        ours(&repo),
        json!({
            "active": true,
            "current_session": "other",
            "branch": "other",
            "mode": "tdd",
            "objectives": ["Elsewhere"],
        })
    );
    repo.session(&["switch", "feature"]).done();
    assert_eq!(ours(&repo)["branch"], "feature");
    assert_eq!(ours(&repo)["mode"], "normal");
    repo.session(&["undo"]).done();
    repo.session(&["end"]).done();
    assert_eq!(ours(&repo)["active"], false);
    assert_eq!(ours(&repo)["current_session"], Value::Null);
    assert_eq!(ours(&repo)["branch"], "feature");
}

#[test]
fn what_others_say_is_kept_and_passed_on() {
    let repo = used();
    let others = r#"{
  "plugins": {
    "claude-context-manager": {"health_score": 85, "last_scan": "2026-11-19T08:00:00", "z": 1.0, "a": []},
    "tdd-workflow": {"active": true, "cycles_today": 1, "current_phase": "GREEN\u001b[31m"}
  },
  "unknown": {"b": 1, "a": 2}
}"#;
    repo.write(FILE, others);
    fs::set_permissions(repo.path().join(FILE), fs::Permissions::from_mode(0o640)).unwrap();
    repo.session(&["objectives", "add", "Second"]).done();
    insta::assert_snapshot!(repo.read(FILE), @r#"
    {
      "plugins": {
        "claude-context-manager": {"health_score": 85, "last_scan": "2026-11-19T08:00:00", "z": 1.0, "a": []},
        "tdd-workflow": {"active": true, "cycles_today": 1, "current_phase": "GREEN\u001b[31m"},
        "session-management": {
          "active": true,
          "current_session": "feature",
          "branch": "feature",
          "mode": "normal",
          "objectives": [
            "Reach the goal",
            "Second"
          ]
        }
      },
      "unknown": {"b": 1, "a": 2},
      "last_updated": "2026-11-20T09:00:00Z"
    }
    "#);
    let mode = fs::metadata(repo.path().join(FILE)).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o640);

    let status = repo.session(&["status", "-v"]);
    let said = status.news();
    let said = said.lines().find(|line| line.contains("said by")).unwrap();
    insta::assert_snapshot!(said, @"said by .ccmp/state.json: context health 85 of 100 at 2026-11-19T08:00:00; test-driven work GREEN, 1 cycle");
    let json: Value = serde_json::from_str(&repo.session(&["status", "--json"]).text()).unwrap();
    insta::assert_snapshot!(json["ccmp"], @r#"{"health_score":85,"last_scan":"2026-11-19T08:00:00","tdd_active":true,"tdd_cycles":1,"tdd_phase":"GREEN"}"#);
}

#[test]
fn the_other_layout_is_read_and_left_as_it_is() {
    let repo = used();
    let others = r#"{"session-management": {"active": true, "branch": "old"}, "tdd-workflow": {"current_phase": "RED"}}"#;
    repo.write(FILE, others);
    repo.session(&["objectives", "add", "Second"]).done();
    let state = state(&repo);
    assert_eq!(
        state["session-management"],
        json!({"active": true, "branch": "old"})
    );
    assert_eq!(state["plugins"]["session-management"]["branch"], "feature");
    let news = repo.session(&["status", "-v"]).news();
    assert!(news.contains("test-driven work RED"), "{news}");
}

#[test]
fn what_did_not_change_is_not_written() {
    let repo = used();
    let before = (repo.read(FILE), modified(&repo));
    repo.wait(5);
    repo.session(&["checkpoint", "--label", "Half way"]).done();
    repo.session(&["start"]).done();
    repo.session(&["note", "add", "Nothing to tell"]).done();
    repo.session(&["status"]).done();
    assert_eq!((repo.read(FILE), modified(&repo)), before);
}

#[test]
fn hooks_do_not_write_it() {
    let repo = used();
    let before = (repo.read(FILE), modified(&repo));
    repo.commit("a", "1\n", "One");
    repo.switch("main");
    repo.switch("feature");
    repo.assert_quiet();
    assert_eq!((repo.read(FILE), modified(&repo)), before);
    repo.switch("main");
    assert_eq!((repo.read(FILE), modified(&repo)), before);
}

#[test]
fn without_the_folder_nothing_is_made() {
    let repo = Repo::in_session();
    repo.session(&["end"]).done();
    assert!(!repo.path().join(".ccmp").exists());
}

#[test]
fn a_folder_above_the_repository_is_none_of_ours() {
    let repo = Repo::new();
    let above = repo.path().parent().unwrap().join(".ccmp");
    fs::create_dir(&above).unwrap();
    repo.session(&["start", "feature", "-o", "Goal"]).done();
    assert_eq!(fs::read_dir(&above).unwrap().count(), 0);
}

#[test]
fn below_the_top_the_folder_of_the_top_counts() {
    let repo = used();
    fs::create_dir_all(repo.path().join("src/.ccmp")).unwrap();
    let below = repo.at("src");
    below.session(&["objectives", "add", "Below"]).done();
    assert_eq!(
        ours(&repo)["objectives"],
        json!(["Reach the goal", "Below"])
    );
    assert_eq!(fs::read_dir(below.path().join(".ccmp")).unwrap().count(), 0);
}

#[test]
fn each_work_tree_has_its_own() {
    let repo = used();
    let tree = repo.worktree("tree");
    tree.session(&["start", "-o", "Beside"]).done();
    assert!(!tree.path().join(FILE).exists());
    fs::create_dir(tree.path().join(".ccmp")).unwrap();
    tree.session(&["objectives", "add", "More"]).done();
    assert_eq!(ours(&tree)["branch"], "tree");
    assert_eq!(ours(&repo)["branch"], "feature");
}

#[test]
fn links_are_not_followed() {
    let repo = used();
    let outside = repo.path().parent().unwrap().join("outside");
    fs::create_dir(&outside).unwrap();
    // the file
    let victim = outside.join("state.json");
    fs::write(&victim, "{}").unwrap();
    fs::remove_file(repo.path().join(FILE)).unwrap();
    symlink(&victim, repo.path().join(FILE)).unwrap();
    let output = repo.session(&["objectives", "add", "Second", "-v"]);
    assert!(
        output.news().contains("left alone: it is a symbolic link"),
        "{output}"
    );
    output.done();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "{}");
    assert!(repo.path().join(FILE).is_symlink());
    // the folder
    fs::remove_dir_all(repo.path().join(".ccmp")).unwrap();
    symlink(&outside, repo.path().join(".ccmp")).unwrap();
    repo.session(&["objectives", "add", "Third"]).done();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "{}");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn a_file_that_is_none_fails_no_command() {
    let repo = used();
    let huge = vec![b' '; 2 * 1024 * 1024];
    let odd: [&[u8]; 6] = [
        b"{ \"plugins\": ",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe\0",
        b"[1, 2]",
        b"{\"plugins\": 7}",
        &huge,
    ];
    for (number, bytes) in odd.into_iter().enumerate() {
        repo.write(FILE, bytes);
        let output = repo.session(&["objectives", "add", &format!("Goal {number}")]);
        assert_eq!(output.news(), "", "{output}");
        output.done();
        assert_eq!(
            fs::read(repo.path().join(FILE)).unwrap(),
            bytes,
            "nothing is lost"
        );
        let news = repo.session(&["status", "-v"]).news();
        assert!(news.contains(".ccmp/state.json is left alone: "), "{news}");
    }
    repo.write(FILE, "nonsense");
    let doctor = repo.session(&["doctor", "--json"]).answer();
    let doctor: Value = serde_json::from_str(&doctor).unwrap();
    let checks = doctor["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["id"] == "ccmp").unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(check).unwrap(), @r#"
    {
      "consequence": "other plugins do not hear of sessions, nor are they heard",
      "evidence": [
        "it is no JSON: expected ident at line 1 column 2"
      ],
      "fixable": false,
      "fixed": false,
      "id": "ccmp",
      "repair": "make it a file with one JSON object, or remove it",
      "state": "warn",
      "summary": ".ccmp/state.json is left alone",
      "title": "the file of other plugins"
    }
    "#);
}

#[test]
fn a_pipe_or_a_directory_in_its_place_is_left_alone() {
    let repo = used();
    fs::remove_file(repo.path().join(FILE)).unwrap();
    repo.run("mkfifo", &[FILE]).done();
    repo.session(&["objectives", "add", "Second"]).done();
    fs::remove_file(repo.path().join(FILE)).unwrap();
    fs::create_dir(repo.path().join(FILE)).unwrap();
    repo.session(&["objectives", "add", "Third"]).done();
    repo.session(&["status", "-v"]).done();
}

#[test]
fn a_folder_that_cannot_be_written_is_a_warning() {
    let repo = used();
    repo.git(&["config", "--global", "safe.directory", "*"])
        .done();
    repo.sh("chmod -R a+rwX . && chmod 555 .ccmp").done();
    let other = ["--reuid=65534", "--regid=65534", "--clear-groups", "git"];
    let output = repo.run(
        "setpriv",
        &[&other[..], &["session", "objectives", "add", "Second"]].concat(),
    );
    let news = output.news();
    assert!(
        news.contains("warning: .ccmp/state.json was not written: "),
        "{output}"
    );
    assert!(output.success(), "{output}");
}

/// Waits for all of them; every one must succeed.
#[track_caller]
fn join(children: Vec<Child>) {
    for child in children {
        let output = child.wait_with_output().expect("it ends");
        let news = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{news}");
        assert!(!news.contains("state.json"), "{news}");
    }
}

#[test]
fn forty_commands_at_once_lose_nothing() {
    let repo = used();
    repo.sandbox().real_clock();
    let text = |number: usize| format!("Goal {number}");
    let children =
        (0..40).map(|number| repo.spawn(&["session", "objectives", "add", &text(number)]));
    join(children.collect());
    let told = ours(&repo)["objectives"].clone();
    let told: BTreeSet<_> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o.as_str().unwrap().to_owned())
        .collect();
    let mut wanted: BTreeSet<_> = (0..40).map(text).collect();
    wanted.insert("Reach the goal".to_owned());
    assert_eq!(told, wanted);
    let left = fs::read_dir(repo.path().join(".ccmp")).unwrap().count();
    assert_eq!(left, 1, "no temporary file stays");
}

#[test]
fn what_another_program_writes_meanwhile_is_taken_in() {
    let repo = used();
    repo.sandbox().real_clock();
    // each update of the other one is a whole new file
    let script = "for n in $(seq 60); do printf '{\"other\": %s, \"plugins\": {\"x\": {\"n\": %s}}}' $n $n >.ccmp/new && \
                  mv .ccmp/new .ccmp/state.json; sleep 0.01; done";
    let mut other = repo.command("sh");
    let mut other = other.args(["-c", script]).spawn().unwrap();
    let children = (0..10)
        .map(|number| repo.spawn(&["session", "objectives", "add", &format!("Goal {number}")]));
    join(children.collect());
    assert!(other.wait().unwrap().success());
    repo.session(&["objectives", "add", "Last"]).done();
    let state = state(&repo);
    assert_eq!(state["other"], 60);
    assert_eq!(state["plugins"]["x"]["n"], 60);
    assert_eq!(ours(&repo)["objectives"].as_array().unwrap().len(), 12);
}
