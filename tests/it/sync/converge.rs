//! Two and three clones with random histories come to the same sessions, whatever the order of their syncs, over a
//! path and over `git daemon`.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::process::Stdio;

use super::team::Team;
use crate::support::Repo;

/// A small random number generator: the same seed, the same history.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % sides as u64).expect("small")
    }
}

/// What everybody must come to see of a session. Handles and numbers differ where items are one's own.
fn picture(repo: &Repo, session: &str) -> String {
    let shown = repo.session(&["--json", "show", session]).text();
    let shown: serde_json::Value = serde_json::from_str(&shown).expect("JSON");
    let mut out = String::new();
    for kind in ["objectives", "blockers", "decisions", "learnings"] {
        for item in shown[kind].as_array().into_iter().flatten() {
            let field = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            let lines = [
                kind.to_owned(),
                field("id"),
                field("text"),
                field("state"),
                field("resolution"),
                field("rationale"),
            ];
            out.push_str(&lines.join(" | "));
            out.push('\n');
        }
    }
    for field in ["branch", "title", "state"] {
        writeln!(out, "{field} {}", shown[field]).expect("a line");
    }
    out
}

/// The ids of a list of items of the current session.
fn handles(repo: &Repo, list: &str) -> Vec<String> {
    let listed = repo.session(&["--json", list, "list", "--all"]).text();
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    let items = listed[list].as_array().cloned().unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item["id"].as_str().map(str::to_owned))
        .collect()
}

/// One random step in a clone.
fn step(repo: &Repo, dice: &mut Dice, number: usize) {
    repo.wait(i64::try_from(1 + dice.roll(20)).expect("small"));
    let text = format!("text {number}");
    let picked = |dice: &mut Dice, list: &str| {
        let handles = handles(repo, list);
        (!handles.is_empty()).then(|| handles[dice.roll(handles.len())].clone())
    };
    let run = |arguments: &[&str]| {
        // a step that does not fit is refused, and that is fine
        let output = repo.session(arguments);
        assert!(output.code <= 1, "{output}");
    };
    match dice.roll(12) {
        0 | 1 => run(&["objectives", "add", &text]),
        2 => run(&["blockers", "add", &text]),
        3 => run(&["decisions", "add", &text, "--rationale", &text]),
        4 => run(&["learnings", "add", &text, "--key", &format!("key-{number}")]),
        5 | 6 => {
            if let Some(id) = picked(dice, "objectives") {
                let verb = ["start", "complete", "reopen", "drop"][dice.roll(4)];
                run(&["objectives", verb, &id]);
            }
        }
        7 => {
            if let Some(id) = picked(dice, "objectives") {
                run(&["objectives", "edit", &id, &text]);
            }
        }
        8 => {
            if let Some(id) = picked(dice, "blockers") {
                run(&["blockers", "resolve", &id, &text]);
            }
        }
        9 => {
            run(&["objectives", "add", &text]);
            run(&["undo"]);
        }
        10 => {
            repo.commit(&format!("file-{number}"), &text, &text);
        }
        _ => run(&["sync"]),
    }
}

/// Plays a random history over one address and compares what everybody sees.
fn play(seed: u64, clones: usize, steps: usize, address: impl Fn(&Team) -> String) {
    let team = Team::new();
    let mut dice = Dice(seed);
    let url = address(&team);
    let names = ["ada", "bob", "cleo"];
    let first = team.clone_of(&url, names[0]);
    first
        .session(&["start", "work", "-o", "Reach the goal"])
        .done();
    first.git(&["push", "-q", "origin", "work"]).done();
    first.session(&["sync", "--yes"]).done();
    let session = first.session_id();
    let mut all = vec![first];
    for name in &names[1..clones] {
        let clone = team.clone_of(&url, name);
        clone.session(&["sync", "--yes"]).done();
        clone.git(&["switch", "-q", "work"]).done();
        clone.session(&["resume"]).done();
        all.push(clone);
    }
    for number in 0..steps {
        let clone = &all[dice.roll(clones)];
        step(clone, &mut dice, number);
    }
    // everything goes out, then everything comes in
    for _ in 0..2 {
        for clone in &all {
            clone.session(&["sync"]).done();
        }
    }
    let pictures: Vec<_> = all.iter().map(|clone| picture(clone, &session)).collect();
    for other in &pictures[1..] {
        assert_eq!(&pictures[0], other, "seed {seed}");
    }
    assert!(
        pictures[0].lines().count() > 4,
        "seed {seed}: {}",
        pictures[0]
    );
    for clone in &all {
        clone.assert_quiet();
        clone.git(&["fsck", "--strict", "--no-dangling"]).done();
    }
}

fn by_path(team: &Team) -> String {
    team.hub.path().to_str().expect("UTF-8").to_owned()
}

#[test]
fn two_clones_converge() {
    for seed in 1..=4 {
        play(seed, 2, 24, by_path);
    }
}

#[test]
fn three_clones_converge() {
    for seed in 11..=13 {
        play(seed, 3, 30, by_path);
    }
}

/// A server that ends with the test.
struct Daemon(std::process::Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn three_clones_converge_over_a_server() {
    let daemon = std::cell::RefCell::new(None);
    play(21, 3, 20, |team| {
        let port = TcpListener::bind("127.0.0.1:0")
            .expect("a port")
            .local_addr()
            .expect("an address")
            .port();
        let base = team.root.path().to_str().expect("UTF-8").to_owned();
        let program = team.root.git(&["--exec-path"]).text() + "/git-daemon";
        if !std::path::Path::new(&program).exists() {
            eprintln!("skipped: this git has no daemon");
            return by_path(team);
        }
        let mut command = team.root.command(program);
        command.args([
            "--export-all",
            "--reuseaddr",
            "--enable=receive-pack",
            "--listen=127.0.0.1",
        ]);
        command
            .arg(format!("--port={port}"))
            .arg(format!("--base-path={base}"));
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a daemon");
        *daemon.borrow_mut() = Some(Daemon(child));
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        format!("git://127.0.0.1:{port}/hub.git")
    });
}
