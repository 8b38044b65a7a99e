use super::*;
use crate::domain::testing::commit_id;

/// `id`, date, tree and subject of a commit by Ada.
fn face(id: u64, written: i64, tree: &str, subject: &str) -> Face {
    Face {
        id: commit_id(id),
        author: "Ada <ada@example.org>".into(),
        written: Some(written),
        tree: Some(tree.into()),
        subject: subject.into(),
    }
}

/// Nothing is recorded, everything is on one line, something was rewritten.
const LOOSE: Ties<'_> = Ties {
    recorded: &|_| false,
    leads_to: &|_, _| true,
    rewritten: true,
};

#[track_caller]
fn check(lost: &[Face], came: &[Face], expected: &[(u64, u64)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(old, new)| (commit_id(*old), commit_id(*new)))
        .collect();
    assert_eq!(pairs(lost, came, &LOOSE), expected);
}

#[test]
fn a_rebase_keeps_author_date_and_subject() {
    let lost = [face(1, 10, "a", "One"), face(2, 20, "b", "Two")];
    let came = [face(11, 10, "A", "One"), face(12, 20, "B", "Two")];
    check(&lost, &came, &[(1, 11), (2, 12)]);
    // one was dropped
    check(&lost, &came[1..], &[(2, 12)]);
    check(&lost, &[], &[]);
    check(&[], &came, &[]);
}

#[test]
fn commits_of_one_second_with_one_subject_keep_their_order() {
    let lost = [face(1, 10, "a", "Fix"), face(2, 10, "b", "Fix")];
    let came = [face(11, 10, "A", "Fix"), face(12, 10, "B", "Fix")];
    check(&lost, &came, &[(1, 11), (2, 12)]);
}

#[test]
fn a_reworded_commit_keeps_its_tree_or_is_the_only_one_of_its_second() {
    let lost = [face(1, 10, "a", "One"), face(2, 10, "b", "Two")];
    let came = [face(11, 10, "b", "Zwei"), face(12, 10, "a", "Eins")];
    check(&lost, &came, &[(1, 12), (2, 11)]);
    check(
        &[face(1, 10, "a", "One")],
        &[face(11, 10, "A", "Eins"), face(12, 30, "x", "Other")],
        &[(1, 11)],
    );
    // two of one second, both reworded and moved: nobody can tell
    let came = [face(11, 10, "A", "Eins"), face(12, 10, "B", "Zwei")];
    check(&lost, &came, &[]);
}

#[test]
fn what_was_squashed_has_the_tree_of_the_last_one() {
    let lost = [
        face(1, 10, "a", "One"),
        face(2, 20, "b", "Two"),
        face(3, 30, "c", "Three"),
    ];
    check(
        &lost,
        &[face(11, 99, "c", "All")],
        &[(1, 11), (2, 11), (3, 11)],
    );
    // the first one keeps its date
    check(&lost[..2], &[face(11, 10, "b", "One")], &[(1, 11), (2, 11)]);
    // all of one second: the last one looks like the new one
    let hasty = lost.clone().map(|face| Face {
        written: Some(30),
        ..face
    });
    check(
        &hasty,
        &[face(11, 30, "c", "All")],
        &[(1, 11), (2, 11), (3, 11)],
    );
    // another tree: it may be anything
    check(&lost, &[face(11, 99, "x", "All")], &[]);
    // dropped before one that is still there: not part of it
    let came = [face(11, 10, "a", "One"), face(13, 30, "x", "Three")];
    check(&lost, &came, &[(1, 11), (3, 13)]);
}

#[test]
fn what_was_lost_earlier_on_another_line_is_no_part_of_a_squash() {
    let lost = [
        face(1, 10, "a", "One"),
        face(2, 20, "b", "Two"),
        face(3, 30, "c", "Three"),
    ];
    let leads_to = |old: &CommitId, _: &CommitId| *old != commit_id(1);
    let ties = Ties {
        recorded: &|_| true,
        leads_to: &leads_to,
        ..LOOSE
    };
    let pairs = pairs(&lost, &[face(11, 99, "c", "Both")], &ties);
    let expected = [(2, 11), (3, 11)].map(|(old, new)| (commit_id(old), commit_id(new)));
    assert_eq!(pairs, expected);
}

#[test]
fn a_dropped_commit_does_not_become_its_neighbour_of_the_same_second() {
    let lost = [face(1, 10, "a", "One")];
    let came = [face(12, 10, "B", "Two")];
    let recorded = Ties {
        recorded: &|_| true,
        ..LOOSE
    };
    assert_eq!(pairs(&lost, &came, &recorded), []);
    // the branch was reset, and the next commit was made within the second
    let reset = Ties {
        rewritten: false,
        ..LOOSE
    };
    assert_eq!(pairs(&lost, &came, &reset), []);
}

#[test]
fn another_author_made_another_commit() {
    let mut other = face(11, 10, "A", "One");
    other.author = "Bob <bob@example.org>".into();
    check(&[face(1, 10, "a", "One")], &[other], &[]);
}

#[test]
fn of_a_commit_that_is_not_here_the_subject_is_known() {
    let pruned = Face {
        written: None,
        tree: None,
        ..face(1, 0, "", "One")
    };
    check(
        std::slice::from_ref(&pruned),
        &[face(11, 10, "a", "One")],
        &[(1, 11)],
    );
    let two = [face(11, 10, "a", "One"), face(12, 20, "b", "One")];
    check(&[pruned], &two, &[]);
}
