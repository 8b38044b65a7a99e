use super::*;
use crate::domain::testing::{Site, at, commit_id};
use crate::git::reflog::Entry;

/// The first entry of a branch's reflog, so many seconds after the session began.
fn first(seconds: i64, old: Option<u64>) -> Entry {
    Entry {
        old: old.map(commit_id),
        new: Some(commit_id(1)),
        name: "Ada".into(),
        email: "ada@example.org".into(),
        seconds: at(seconds).timestamp(),
        message: "branch: Created from HEAD".into(),
    }
}

#[test]
fn a_branch_is_made_anew_only_behind_everything_that_its_session_saw() {
    let session = Site::begun().session();
    assert!(is_anew(&first(1, None), &session, at(0).timestamp()));
    // `git switch -c` and the start in the same second, or an old branch
    assert!(!is_anew(&first(0, None), &session, at(0).timestamp()));
    assert!(!is_anew(&first(-90_000, None), &session, at(0).timestamp()));
    // the entry that made it expired
    assert!(!is_anew(&first(1, Some(0)), &session, at(0).timestamp()));
}

#[test]
fn a_branch_that_was_unborn_when_its_session_began_is_not_made_anew_by_its_first_commit() {
    let mut session = Site::begun().session();
    session.base.commit = None;
    assert!(!is_anew(&first(1, None), &session, at(0).timestamp()));
}
