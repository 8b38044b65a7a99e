//! Hooks that add a trailer of their own: a change id as Gerrit wants it, a sign-off as the DCO wants it. Ours
//! stand before theirs, whoever came first.

use crate::hooks_install::picture;
use crate::support::Repo;

/// As Gerrit's: through `git interpret-trailers` into a second file, which is moved over the first.
const CHANGE_ID: &str = r#"#!/bin/sh
if [ $# != 1 ]; then
    echo "$0 takes one file"
    exit 1
fi
head -n 1 "$1" | grep -q '^squash! ' && exit 0
id=$({ git var GIT_COMMITTER_IDENT; cat "$1"; } | git hash-object --stdin)
new=$1.new.$id
trap 'rm -f "$new"' EXIT
git stripspace --strip-comments <"$1" >"$new" && [ -s "$new" ] || exit 1
git -c trailer.ifexists=doNothing interpret-trailers --trailer "Change-Id: I$id" <"$1" >"$new" &&
    mv "$new" "$1"
"#;

/// Signs off what is not signed off.
const SIGN_OFF: &str = r#"#!/bin/sh
who=$(git var GIT_COMMITTER_IDENT | sed 's/>.*/>/')
git interpret-trailers --in-place --if-exists addIfDifferent --trailer "Signed-off-by: $who" "$1"
"#;

/// Refuses what is not signed off.
const WANTS_SIGN_OFF: &str = r#"#!/bin/sh
git interpret-trailers --parse "$1" | grep -q '^Signed-off-by: ' && exit
echo 'sign off your work' >&2
exit 1
"#;

/// A repository in a session, the hook beside ours, in one of the two orders.
fn beside(event: &str, script: &str, theirs_first: bool) -> Repo {
    let repo = Repo::in_session();
    let put = |repo: &Repo| {
        let script = repo
            .sandbox()
            .script(script.trim_start_matches("#!/bin/sh\n"));
        repo.sh(&format!("mv {} .git/hooks/{event}", script.display()))
            .done();
    };
    if theirs_first {
        repo.session(&["hooks", "uninstall"]).done();
        put(&repo);
        let before = picture(&repo.path().join(".git/hooks"));
        repo.session(&["hooks", "install"]).done();
        repo.session(&["hooks", "uninstall"]).done();
        assert_eq!(picture(&repo.path().join(".git/hooks")), before);
    } else {
        // in place of our link, as `mv` and `install` do
        put(&repo);
        let news = repo.session(&["status"]).ok().news();
        assert!(
            news.contains(&format!("{event} was replaced: git session hooks install")),
            "{news}"
        );
        assert_eq!(repo.session(&["status"]).ok().news(), "", "said once");
    }
    repo.session(&["hooks", "install"]).done();
    let status = repo.session(&["hooks", "status", "--json"]).text();
    assert!(!status.contains("\"healthy\": false"), "{status}");
    repo
}

/// The keys of the trailers of a commit, as git parses them.
fn keys(repo: &Repo, revision: &str) -> Vec<String> {
    let text = repo
        .git(&["log", "-1", "--format=%(trailers:only,unfold)", revision])
        .text();
    let key = |line: &str| line.split_once(": ").expect("a trailer").0.to_owned();
    text.lines().map(key).collect()
}

#[test]
fn a_change_id_stays_the_last_line_and_the_same() {
    for theirs_first in [true, false] {
        let repo = beside("commit-msg", CHANGE_ID, theirs_first);
        repo.commit("file", "1\n", "Add a file");
        let ours = ["Session-Objectives", "Impact", "Session-Id"];
        let all = [&ours[..], &["Change-Id"]].concat();
        assert_eq!(keys(&repo, "HEAD"), all);
        let id = repo.trailers("HEAD", "Change-Id");
        assert!(repo.note("HEAD").is_some());
        repo.git(&["commit", "-q", "--amend", "--no-edit"]).done();
        assert_eq!(keys(&repo, "HEAD"), all);
        assert_eq!(repo.trailers("HEAD", "Change-Id"), id);
        assert!(repo.note("HEAD").is_some());
        repo.editor("printf 'With an editor\\n\\nRefs: #1\\n' >\"$1\"")
            .git(&["commit", "-q", "--allow-empty"])
            .done();
        let keys = keys(&repo, "HEAD");
        assert_eq!(
            keys.last().map(String::as_str),
            Some("Change-Id"),
            "{keys:?}"
        );
        assert_eq!(repo.runs("HEAD"), 1);
        repo.assert_quiet();
        repo.session(&["hooks", "uninstall"]).done();
        repo.commit("file", "2\n", "Theirs alone");
        assert_eq!(self::keys(&repo, "HEAD"), ["Change-Id"]);
    }
}

#[test]
fn a_sign_off_stands_below_ours_wherever_it_is_added() {
    for event in ["prepare-commit-msg", "commit-msg"] {
        for theirs_first in [true, false] {
            let repo = beside(event, SIGN_OFF, theirs_first);
            repo.commit("file", "1\n", "Add a file");
            let all = [
                "Session-Objectives",
                "Impact",
                "Session-Id",
                "Signed-off-by",
            ];
            assert_eq!(keys(&repo, "HEAD"), all, "{event}");
            repo.git(&["commit", "-q", "--amend", "--no-edit", "--signoff"])
                .done();
            assert_eq!(keys(&repo, "HEAD"), all, "{event}");
            assert_eq!(
                repo.trailers("HEAD", "Signed-off-by"),
                ["Ada <ada@example.org>"]
            );
            repo.assert_quiet();
        }
    }
}

#[test]
fn a_commit_without_a_sign_off_is_refused() {
    for theirs_first in [true, false] {
        let repo = beside("commit-msg", WANTS_SIGN_OFF, theirs_first);
        let head = repo.head();
        let refused = repo.git(&["commit", "--allow-empty", "-m", "Nothing"]);
        assert_eq!(refused.code, 1, "{refused}");
        assert!(refused.news().contains("sign off your work"), "{refused}");
        assert_eq!(repo.head(), head);
        repo.git(&["commit", "-q", "-s", "--allow-empty", "-m", "Signed"])
            .done();
        let keys = keys(&repo, "HEAD");
        assert_eq!(keys, ["Session-Objectives", "Session-Id", "Signed-off-by"]);
    }
}
