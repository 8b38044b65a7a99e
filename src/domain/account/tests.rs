use super::*;
use crate::domain::body::{
    BlockerAdded, BlockerResolved, CommitRewritten, DecisionAdded, DecisionSuperseded,
};
use crate::domain::testing::{Site, commit_id};

#[test]
fn a_message_says_where_it_was_picked_from() {
    let id = "a".repeat(40);
    let message = format!(
        "Subject (cherry picked from commit {id})\n\n(cherry picked from commit {id})\n\
         (cherry picked from commit abc)\n(cherry picked from commit {id}) too\n"
    );
    let found = picked_from(&message);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].way, found[0].other.as_str()),
        (Way::From, id.as_str())
    );
}

fn decide(site: &mut Site, text: &str, scope: &[&str]) -> EventId {
    let body = Body::DecisionAdded(DecisionAdded {
        text: text.into(),
        scope: scope.iter().map(ToString::to_string).collect(),
        ..DecisionAdded::default()
    });
    site.hook(1, "cli", body).id().clone()
}

fn commit(site: &mut Site, number: u64) {
    let body = Body::CommitRecorded(CommitRecorded {
        commit: commit_id(number),
        amends: None,
        author: "Ada <ada@example.org>".into(),
        subject: format!("Commit {number}"),
        objectives: Vec::new(),
        decisions: Vec::new(),
        impact: crate::domain::impact::Impact::default(),
        time: 0,
        merge: false,
        merged: Vec::new(),
        revert: false,
        adopted: false,
    });
    site.hook(1, "hook", body);
}

/// The decisions that held at a commit for a path: `text` or `text <- successor`.
fn held(site: &Site, number: u64, path: &str) -> Vec<String> {
    let session = site.session();
    let commits = session.commits.iter();
    let mut commits = commits.filter(|commit| commit.is_of(&commit_id(number)));
    let when = When::of(commits.next().unwrap());
    let paths = [path.as_bytes().to_vec()];
    let found = in_force(&session, &site.fold(), when, &paths).into_iter();
    let line = |ruling: Ruling| match ruling.superseded {
        Some(next) => format!("{} <- {}", ruling.text, next.text.unwrap_or_default()),
        None => ruling.text,
    };
    found.map(line).collect()
}

#[test]
fn decisions_hold_from_when_they_are_made_to_when_they_are_replaced() {
    let mut site = Site::begun();
    let all = decide(&mut site, "everywhere", &[]);
    decide(&mut site, "for sources", &["src/**"]);
    commit(&mut site, 1);
    let next = decide(&mut site, "elsewhere", &[]);
    let replaced = DecisionSuperseded {
        item: all,
        by: next,
    };
    site.hook(1, "cli", Body::DecisionSuperseded(replaced));
    commit(&mut site, 2);
    decide(&mut site, "later", &[]);
    assert_eq!(
        held(&site, 1, "src/a"),
        ["for sources", "everywhere <- elsewhere"]
    );
    assert_eq!(held(&site, 1, "docs/a"), ["everywhere <- elsewhere"]);
    assert_eq!(held(&site, 2, "src/a"), ["for sources", "elsewhere"]);
    assert_eq!(held(&site, 2, "docs/a"), ["elsewhere"]);
}

#[test]
fn blockers_go_away_in_the_window_of_a_commit() {
    let mut site = Site::begun();
    let blocked = |site: &mut Site, text: &str| {
        let body = Body::BlockerAdded(BlockerAdded {
            text: text.into(),
            link: None,
            private: false,
        });
        site.hook(1, "cli", body).id().clone()
    };
    let resolve = |site: &mut Site, item: EventId| {
        let resolution = Some("so".to_owned());
        let body = Body::BlockerResolved(BlockerResolved { item, resolution });
        site.hook(1, "cli", body);
    };
    let (one, two) = (blocked(&mut site, "one"), blocked(&mut site, "two"));
    resolve(&mut site, one);
    commit(&mut site, 1);
    resolve(&mut site, two.clone());
    resolve(&mut site, two);
    commit(&mut site, 2);
    let (session, fold) = (site.session(), site.fold());
    let texts = session.commits.iter().map(|commit| {
        let found = solved(&session, &fold, commit).into_iter();
        found.map(|solved| solved.text).collect::<Vec<_>>()
    });
    assert_eq!(texts.collect::<Vec<_>>(), [["one"], ["two"]]);
}

#[test]
fn records_say_where_a_commit_came_from_and_what_became_of_it() {
    let mut site = Site::begun();
    commit(&mut site, 1);
    commit(&mut site, 2);
    let pair = |old, new| (commit_id(old), commit_id(new));
    for (command, pairs) in [
        ("rebase", vec![pair(1, 11), pair(2, 11), pair(11, 11)]),
        ("copied", vec![pair(11, 21)]),
    ] {
        let command = command.to_owned();
        let body = Body::CommitRewritten(CommitRewritten { command, pairs });
        site.hook(1, "hook", body);
    }
    let fold = site.fold();
    let shown = |number| {
        let found = moves(&fold, &commit_id(number)).into_iter();
        found
            .map(|m| format!("{:?} {} {}", m.way, m.how, m.other.trim_start_matches('0')))
            .collect::<Vec<_>>()
    };
    assert_eq!(shown(1), ["Into rebase b"]);
    assert_eq!(
        shown(11),
        ["From rebase 1", "From rebase 2", "Into copied 15"]
    );
    assert_eq!(shown(21), ["From copied b"]);
    assert_eq!(shown(3), [""; 0]);
}
