//! Reflogs against `git reflog`.
#![allow(
    clippy::disallowed_methods,
    reason = "fixtures are written and processes started without what is tested"
)]

use std::io::Write as _;

use git_session::domain::id::BranchName;
use git_session::git::reflog::{branch_log, first, head_log, last, since};

use crate::git_support::Sandbox;

#[test]
fn entries_are_those_that_git_shows() {
    let sandbox = Sandbox::new(&[]);
    let repo = sandbox.open();
    let log = head_log(repo.git_dir());
    assert_eq!(since(&log, 0).expect("read"), None);
    assert_eq!(last(&log).expect("read"), None);
    sandbox.commit("a", "1");
    sandbox.commit("a", "2");
    sandbox.git(&["commit", "-q", "--amend", "-m", "better"]);
    let tail = since(&log, 0).expect("read").expect("a log");
    let shown = sandbox.git(&["reflog", "--format=%H %gs"]);
    let mut ours: Vec<_> = tail
        .entries
        .iter()
        .map(|entry| format!("{} {}", entry.new.as_ref().expect("an id"), entry.message))
        .collect();
    ours.reverse();
    assert_eq!(ours, shown.lines().collect::<Vec<_>>());
    assert_eq!(tail.entries[0].old, None);
    assert_eq!(
        (tail.entries[0].name.as_str(), tail.entries[0].seconds),
        ("Ada", 1_700_000_000)
    );
    let nothing = since(&log, tail.end).expect("read").expect("a log");
    assert!(nothing.entries.is_empty() && !nothing.rewritten && nothing.end == tail.end);
    sandbox.git(&["switch", "-qc", "x/ü"]);
    let new = since(&log, tail.end).expect("read").expect("a log");
    assert_eq!(new.entries.len(), 1);
    assert_eq!(last(&log).expect("read").as_ref(), new.entries.last());
    assert_eq!(new.entries[0].message, "checkout: moving from main to x/ü");
    let branch = branch_log(repo.common_dir(), &BranchName::new("x/ü").expect("a name"));
    assert_eq!(
        first(&branch).expect("read").expect("an entry").message,
        "branch: Created from HEAD"
    );
    sandbox.git(&["branch", "-c", "x/ü", "copy"]);
    let copy = branch_log(repo.common_dir(), &BranchName::new("copy").expect("a name"));
    let copied = last(&copy).expect("read").expect("an entry").message;
    assert_eq!(copied, "Branch: copied refs/heads/x/ü to refs/heads/copy");
}

#[test]
fn expired_and_torn_logs_are_noticed() {
    let sandbox = Sandbox::new(&[]);
    let log = head_log(sandbox.open().git_dir());
    for n in 0..40 {
        sandbox.commit("a", &n.to_string());
    }
    let tail = since(&log, 0).expect("read").expect("a log");
    assert_eq!(tail.entries.len(), 40);
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&log)
        .expect("a log");
    file.write_all(b"garbage\n0123 torn").expect("written");
    let torn = since(&log, tail.end).expect("read").expect("a log");
    assert!(torn.entries.is_empty() && !torn.rewritten);
    assert_eq!(torn.end, tail.end + 8);
    sandbox.git(&["reflog", "expire", "--expire=all", "HEAD"]);
    sandbox.commit("a", "again");
    let fresh = since(&log, tail.end).expect("read").expect("a log");
    assert!(fresh.rewritten);
    assert_eq!(fresh.entries.len(), 1);
    let middle = since(&log, 7).expect("read").expect("a log");
    assert!(middle.rewritten && middle.entries == fresh.entries);
    std::fs::remove_file(&log).expect("removed");
    assert_eq!(since(&log, 7).expect("read"), None);
}

#[test]
fn a_long_last_line_is_read_whole() {
    let sandbox = Sandbox::new(&[]);
    sandbox.commit("a", "1");
    let log = head_log(sandbox.open().git_dir());
    let message = "x".repeat(20_000);
    sandbox.git(&["update-ref", "-m", &message, "HEAD", "HEAD"]);
    let id = sandbox.git(&["commit-tree", "-m", "y", "HEAD^{tree}"]);
    sandbox.git(&["update-ref", "-m", &message, "HEAD", &id]);
    assert_eq!(
        last(&log).expect("read").expect("an entry").message,
        message
    );
}
