//! Notes that git can read, and none of which is lost.
#![allow(
    clippy::disallowed_methods,
    reason = "fixtures are written and processes started without what is tested"
)]

use std::time::Duration;

use git_session::domain::id::CommitId;
use git_session::git::{Edit, Repo};
use git_session::sys::env::Env;

use crate::git_support::Sandbox;

const REF: &str = "refs/notes/session/abcdefghij";
const SHORT: &str = "session/abcdefghij";
const WAIT: Duration = Duration::from_secs(20);

/// Made-up ids: a note may be about anything.
fn id(number: usize) -> CommitId {
    CommitId::new(format!(
        "{:08x}{number:032x}",
        number.wrapping_mul(0x9e37_79b1) & 0xffff_ffff
    ))
    .expect("an id")
}

fn append(repo: &Repo, commit: &CommitId, line: &str) -> Option<CommitId> {
    let change = |old: Option<Vec<u8>>| {
        let mut note = old.unwrap_or_default();
        note.extend_from_slice(line.as_bytes());
        Some(note)
    };
    repo.update_notes(
        REF,
        &mut [Edit::new(commit.clone(), change)],
        "record",
        WAIT,
    )
    .expect("written")
}

#[test]
fn git_reads_what_is_written() {
    let sandbox = Sandbox::new(&[]);
    let commit = sandbox.commit("a", "1");
    let repo = sandbox.open();
    let id = CommitId::new(commit.clone()).expect("an id");
    assert_eq!(repo.read_note(REF, &id).expect("read"), None);
    append(&repo, &id, "one\n");
    append(&repo, &id, "two\n");
    assert_eq!(
        sandbox.git(&["notes", "--ref", SHORT, "show", &commit]),
        "one\ntwo"
    );
    assert_eq!(
        repo.read_note(REF, &id).expect("read").as_deref(),
        Some(&b"one\ntwo\n"[..])
    );
    let tree = sandbox.git(&["ls-tree", "-r", "--name-only", REF]);
    assert_eq!(tree, format!("{}/{}", &commit[..2], &commit[2..]));
    let log = sandbox.git(&["log", "--format=%an <%ae>|%s|%p", REF]);
    let lines: Vec<_> = log.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(
        lines[1].starts_with("Ada <ada@example.org>|record|"),
        "{log}"
    );
    let reflog = sandbox.git(&["reflog", "--format=%gn|%gs", REF]);
    assert_eq!(reflog, "Ada|notes: record\nAda|notes: record");
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn nothing_to_change_makes_no_commit() {
    let sandbox = Sandbox::new(&[]);
    let repo = sandbox.open();
    let keep = |old: Option<Vec<u8>>| old;
    let edit = || [Edit::new(id(1), keep)];
    let written = repo
        .update_notes(REF, &mut edit(), "nothing", WAIT)
        .expect("fine");
    assert_eq!(written, None);
    assert_eq!(repo.ref_id(REF).expect("read"), None);
    let tip = append(&repo, &id(1), "x\n");
    assert!(tip.is_some());
    assert_eq!(
        repo.update_notes(REF, &mut edit(), "nothing", WAIT)
            .expect("fine"),
        None
    );
    assert_eq!(repo.ref_id(REF).expect("read"), tip);
    let mut remove = [Edit::new(id(1), |_| None)];
    assert!(
        repo.update_notes(REF, &mut remove, "remove", WAIT)
            .expect("fine")
            .is_some()
    );
    assert!(repo.list_notes(REF).expect("list").is_empty());
    assert_eq!(
        repo.update_notes(REF, &mut remove, "remove", WAIT)
            .expect("fine"),
        None
    );
}

#[test]
fn many_notes_in_one_commit_are_all_listed_by_git() {
    let sandbox = Sandbox::new(&[]);
    let repo = sandbox.open();
    let mut edits: Vec<_> = (0..600)
        .map(|n| Edit::new(id(n), move |_| Some(format!("{n}\n").into_bytes())))
        .collect();
    repo.update_notes(REF, &mut edits, "many", WAIT)
        .expect("written");
    assert_eq!(sandbox.git(&["rev-list", "--count", REF]), "1");
    let listed = sandbox.git(&["notes", "--ref", SHORT, "list"]);
    let mut ours: Vec<_> = repo
        .list_notes(REF)
        .expect("list")
        .into_iter()
        .map(|(object, note)| format!("{note} {object}"))
        .collect();
    let mut gits: Vec<_> = listed.lines().map(str::to_owned).collect();
    ours.sort_unstable();
    gits.sort_unstable();
    assert_eq!(ours, gits);
    assert_eq!(ours.len(), 600);
}

#[test]
fn every_layout_of_git_is_read_and_left_with_one_form() {
    let sandbox = Sandbox::new(&[]);
    let repo = sandbox.open();
    let note = id(7);
    let hex = note.as_str();
    let forms = [
        hex.to_owned(),
        format!("{}/{}", &hex[..2], &hex[2..]),
        format!("{}/{}/{}", &hex[..2], &hex[2..4], &hex[4..]),
    ];
    for form in &forms {
        let blob = repo.write_blob(b"old\n").expect("a blob");
        let index = sandbox.root().join("index");
        let index = index.to_str().expect("UTF-8");
        let env = [("GIT_INDEX_FILE", index)];
        let entry = format!("100644,{blob},{form}");
        let other = format!("100644,{blob},{}", id(8));
        let git = Repo::open(&sandbox.env(&env), &sandbox.repo()).expect("it opens");
        std::fs::remove_file(index).ok();
        for entry in [&entry, &other] {
            let args = ["update-index", "--add", "--cacheinfo", entry.as_str()];
            git.git().args(args).checked().expect("added");
        }
        let tree = git
            .git()
            .arg("write-tree")
            .checked()
            .expect("a tree")
            .text();
        let commit = git
            .write_commit(&tree, &[], "made by hand\n")
            .expect("a commit");
        sandbox.git(&["update-ref", REF, commit.as_str()]);
        assert_eq!(
            repo.read_note(REF, &note).expect("read").as_deref(),
            Some(&b"old\n"[..]),
            "{form}"
        );
        append(&repo, &note, "new\n");
        assert_eq!(
            repo.read_note(REF, &note).expect("read").as_deref(),
            Some(&b"old\nnew\n"[..])
        );
        let names = sandbox.git(&["ls-tree", "-r", "--name-only", REF]);
        let expected = [id(8).to_string(), forms[1].clone()];
        let mut names: Vec<_> = names.lines().map(str::to_owned).collect();
        names.sort_unstable_by_key(|name| name.contains('/'));
        assert_eq!(names, expected, "{form}");
    }
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn git_notes_may_write_in_between() {
    let sandbox = Sandbox::new(&[]);
    let repo = sandbox.open();
    let commits: Vec<_> = (0..90).map(id).collect();
    for commit in &commits[..30] {
        append(&repo, commit, "ours\n");
    }
    let real = sandbox.commit("a", "1");
    sandbox.git(&["notes", "--ref", SHORT, "add", "-m", "git's", &real]);
    for commit in &commits {
        append(&repo, commit, "again\n");
    }
    let real = CommitId::new(real).expect("an id");
    assert_eq!(
        repo.read_note(REF, &real).expect("read").as_deref(),
        Some(&b"git's\n"[..])
    );
    let first = repo.read_note(REF, &commits[0]).expect("read");
    assert_eq!(first.as_deref(), Some(&b"ours\nagain\n"[..]));
    assert_eq!(repo.list_notes(REF).expect("list").len(), 91);
}

#[test]
fn two_writers_at_once_lose_nothing() {
    let sandbox = Sandbox::new(&[]);
    let shared = id(1_000_000);
    std::thread::scope(|scope| {
        for writer in 0..2 {
            let (sandbox, shared) = (&sandbox, &shared);
            scope.spawn(move || {
                let repo = sandbox.open();
                for n in 0..100 {
                    append(&repo, &id(writer * 1000 + n), "note\n");
                    append(&repo, shared, &format!("{writer} {n}\n"));
                }
            });
        }
    });
    let repo = sandbox.open();
    assert_eq!(repo.list_notes(REF).expect("list").len(), 201);
    let note = repo.read_note(REF, &shared).expect("read").expect("a note");
    assert_eq!(String::from_utf8(note).expect("UTF-8").lines().count(), 200);
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
}

/// Writes 100 notes, numbered from the variable `FIRST` on.
#[test]
#[ignore = "run by another test, as a process of its own"]
fn writer() {
    let env = Env::from_process();
    let first: usize = env.text("FIRST").expect("FIRST").parse().expect("a number");
    let cwd = std::env::current_dir().expect("a directory");
    let repo = Repo::open(&env, &cwd).expect("it opens");
    for n in first..first + 100 {
        append(&repo, &id(n), "note\n");
    }
    println!("probe: done");
}

#[test]
fn two_processes_at_once_lose_nothing() {
    let sandbox = Sandbox::new(&[]);
    std::thread::scope(|scope| {
        for first in ["0", "1000"] {
            let sandbox = &sandbox;
            scope.spawn(move || {
                let vars = [("FIRST", first)];
                let said = sandbox.probe("git_notes::writer", &sandbox.repo(), &vars);
                assert_eq!(said, ["done"]);
            });
        }
    });
    let listed = sandbox.git(&["notes", "--ref", SHORT, "list"]);
    assert_eq!(listed.lines().count(), 200);
    assert_eq!(sandbox.git(&["rev-list", "--count", REF]), "200");
}

#[test]
fn with_many_packed_refs_git_makes_the_ref() {
    let sandbox = Sandbox::new(&[]);
    let commit = sandbox.commit("a", "1");
    let lines = (0..6000)
        .map(|n| format!("create refs/tags/v{n:05} {commit}\n"))
        .collect::<Vec<_>>()
        .concat();
    let repo = sandbox.open();
    let make = repo.git().args(["update-ref", "--stdin"]).stdin(lines);
    make.checked().expect("made");
    sandbox.git(&["pack-refs", "--all"]);
    let note = CommitId::new(commit).expect("an id");
    append(&repo, &note, "1\n");
    append(&repo, &note, "2\n");
    sandbox.git(&["pack-refs", "--all"]);
    append(&repo, &note, "3\n");
    let read = repo.read_note(REF, &note).expect("read");
    assert_eq!(read.as_deref(), Some(&b"1\n2\n3\n"[..]));
    assert_eq!(
        sandbox
            .git(&["reflog", "--format=%gs", REF])
            .lines()
            .count(),
        3
    );
}

#[test]
fn a_ref_in_the_way_is_an_error_and_not_a_loss() {
    let sandbox = Sandbox::new(&[]);
    let commit = sandbox.commit("a", "1");
    sandbox.git(&["update-ref", "refs/notes/session", &commit]);
    sandbox.git(&["pack-refs", "--all"]);
    let repo = sandbox.open();
    let mut edits = [Edit::new(id(1), |_| Some(b"x".to_vec()))];
    let error = repo
        .update_notes(REF, &mut edits, "record", WAIT)
        .expect_err("in the way");
    assert!(
        error
            .to_string()
            .contains("there is a ref refs/notes/session"),
        "{error:#}"
    );
    assert_eq!(sandbox.git(&["rev-parse", "refs/notes/session"]), commit);
}

#[test]
fn a_lock_that_stays_ends_in_a_fault_after_the_wait() {
    let sandbox = Sandbox::new(&[]);
    let repo = sandbox.open();
    append(&repo, &id(1), "x");
    let lock = sandbox.repo().join(".git").join(format!("{REF}.lock"));
    std::fs::File::create(&lock).expect("a lock");
    let mut edits = [Edit::new(id(2), |_| Some(b"x".to_vec()))];
    let wait = Duration::from_millis(40);
    let error = repo
        .update_notes(REF, &mut edits, "record", wait)
        .expect_err("locked");
    assert!(git_session::error::fault(&error).is_some(), "{error:#}");
    std::fs::remove_file(lock).expect("removed");
    append(&repo, &id(2), "x");
}

#[cfg(unix)]
#[test]
fn a_shared_repository_stays_shared() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::new(&["--shared=group"]);
    let repo = sandbox.open();
    append(&repo, &id(1), "x");
    let git_dir = sandbox.repo().join(".git");
    let mut unshared = Vec::new();
    let mut directories = vec![
        git_dir.join("objects"),
        git_dir.join("refs"),
        git_dir.join("logs"),
    ];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).expect("listed").flatten() {
            let metadata = entry.metadata().expect("metadata");
            if metadata.is_dir() {
                directories.push(entry.path());
            }
            let wanted = if metadata.is_dir() { 0o070 } else { 0o040 };
            if metadata.permissions().mode() & wanted != wanted {
                unshared.push(entry.path());
            }
        }
    }
    assert!(unshared.is_empty(), "{unshared:?}");
}

#[test]
fn sha256_notes_work_the_same() {
    let sandbox = Sandbox::new(&["--object-format=sha256"]);
    let commit = sandbox.commit("a", "1");
    let repo = sandbox.open();
    append(
        &repo,
        &CommitId::new(commit.clone()).expect("an id"),
        "note\n",
    );
    assert_eq!(
        sandbox.git(&["notes", "--ref", SHORT, "show", &commit]),
        "note"
    );
}
