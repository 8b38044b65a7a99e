//! What `doctor` says of the refspecs of the remotes.

use insta::assert_snapshot;

use super::team::Team;
use crate::support::Repo;

fn sharing(repo: &Repo) -> String {
    let output = repo.session(&["doctor"]);
    let text = output.answer();
    let from = text.find(" sharing ").expect("the check");
    let line = text[..from].rfind('\n').map_or(0, |at| at + 1);
    let rest = &text[line..];
    let end = rest[1..].find("\nok").or_else(|| rest[1..].find("\nskip"));
    rest[..end.map_or(rest.len(), |end| end + 1)].to_owned()
}

#[test]
fn refspecs_that_harm_are_named() {
    let team = Team::new();
    let ada = team.clone("ada");
    ada.session(&["start", "feature", "-o", "Reach the goal"])
        .done();
    assert_snapshot!(sharing(&ada), @"ok    sharing       nothing is shared");
    ada.session(&["sync", "--yes"]).done();
    assert_snapshot!(sharing(&ada), @"ok    sharing       shared with origin");
    // the recipe that is found everywhere
    ada.git(&[
        "config",
        "--add",
        "remote.origin.fetch",
        "+refs/notes/*:refs/notes/*",
    ])
    .done();
    assert_snapshot!(sharing(&ada), @"
    bad   sharing       the refs of this clone are touched by 1 refspec
                        remote.origin.fetch = +refs/notes/*:refs/notes/*
                        so: the next git fetch erases notes that are not shared yet
                        try: git config --edit, and git session sync in their place
    ");
    ada.git(&[
        "config",
        "--unset",
        "remote.origin.fetch",
        "^\\+refs/notes/\\*",
    ])
    .done();
    ada.git(&["config", "remote.origin.push", "refs/notes/*:refs/notes/*"])
        .done();
    assert_snapshot!(sharing(&ada), @"
    warn  sharing       the refs of this clone are touched by 1 refspec
                        remote.origin.push = refs/notes/*:refs/notes/*
                        so: git pushes or fetches them behind the back of sync
                        try: git config --edit, and git session sync in their place
    ");
    ada.git(&["config", "--unset", "remote.origin.push"]).done();
}

#[test]
fn half_an_agreement_is_made_whole() {
    let team = Team::new();
    let ada = team.ada();
    ada.git(&["config", "--unset", "remote.origin.fetch", "refs/notes"])
        .done();
    assert_snapshot!(sharing(&ada), @"
    warn  sharing       the refspecs of origin are not whole
                        +refs/notes/session/*:refs/notes/session-remote/origin/*
                        so: git fetch brings only a part of what others share
                        --fix adds what is missing
    ");
    ada.session(&["doctor", "--fix"]).done();
    assert_snapshot!(sharing(&ada), @"ok    sharing       shared with origin");
    // what is not ours does no harm
    for spec in [
        "+refs/heads/*:refs/remotes/x/*",
        "+refs/notes/other:refs/notes/other",
        "^refs/notes/session/x",
    ] {
        ada.git(&["config", "--add", "remote.origin.fetch", spec])
            .done();
    }
    assert_snapshot!(sharing(&ada), @"ok    sharing       shared with origin");
}
