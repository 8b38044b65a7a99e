//! The way through the program that everybody takes first: start, decide, commit, switch away and back.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use super::support::{Repo, Sandbox};

/// A clone of a project with two hundred commits, two branches and a tag.
fn clone_of_a_project() -> Repo {
    let origin = Repo::empty();
    let mut stream = String::new();
    for number in 1..=200 {
        let date = 1_790_000_000 + number * 3600;
        let branch = if number > 150 && number % 2 == 0 {
            "next"
        } else {
            "main"
        };
        let message = format!("Change number {number}\n\nBecause of {}.\n", number * 7);
        let content = format!("fn f{number}() {{}}\n").repeat(5);
        write!(
            stream,
            "commit refs/heads/{branch}\nmark :{number}\n\
             committer Grace <grace@example.org> {date} +0000\n\
             data {}\n{message}\n",
            message.len()
        )
        .expect("a string takes it");
        if number == 152 {
            stream.push_str("from :151\n");
        }
        write!(
            stream,
            "M 100644 inline src/module{}/file{}.rs\ndata {}\n{content}\n",
            number % 9,
            number % 40,
            content.len()
        )
        .expect("a string takes it");
    }
    stream.push_str("reset refs/tags/v1.0\nfrom :150\n");
    let mut import = origin.command(Sandbox::git());
    import
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped());
    let mut import = import.spawn().expect("git starts");
    let mut stdin = import.stdin.take().expect("a pipe");
    stdin.write_all(stream.as_bytes()).expect("git reads");
    drop(stdin);
    assert!(import.wait().expect("it ends").success());
    let outside = origin.at("..");
    outside.git(&["clone", "-q", "repo", "clone"]).done();
    let clone = outside.at("clone");
    assert_eq!(clone.git(&["rev-list", "--count", "HEAD"]).text(), "175");
    clone.with_hooks()
}

/// Start with two objectives, a commit with `-m`, one through an editor.
fn two_commits(repo: &Repo) {
    repo.session(&[
        "start",
        "feature/auth",
        "-o",
        "OAuth provider interface",
        "-o",
        "Google OAuth",
    ])
    .done();
    repo.wait(20);
    repo.commit(
        "src/provider.rs",
        "pub trait Provider {}\n",
        "Add the provider",
    );
    repo.session(&["objectives", "complete", "obj-1"]).done();
    repo.session(&[
        "decisions",
        "add",
        "PKCE for every client",
        "--rationale",
        "Codes can be intercepted on mobile",
    ])
    .done();
    repo.wait(10);
    repo.stage(
        "src/google.rs",
        "#[test]\nfn it_works() {}\npub struct Google;\n",
    );
    let typing = repo.editor("sed -i '1s/^/Exchange codes\\n\\nWith Google first./' \"$1\"");
    typing.git(&["commit", "-q"]).done();
}

/// What must hold after [`two_commits`] in any repository.
fn check_the_tour(repo: &Repo) {
    let main = repo.git(&["rev-parse", "main"]).text();
    two_commits(repo);
    repo.assert_quiet();

    let objectives = repo.git(&[
        "log",
        "--format=%(trailers:key=Session-Objectives,valueonly)",
        "main..",
    ]);
    insta::allow_duplicates! {
        insta::assert_snapshot!(objectives, @r"
        --- stdout
        [x] OAuth provider interface
        [>] Google OAuth (this commit)

        [>] OAuth provider interface (this commit)
        [ ] Google OAuth (next)

        [EOF]
        ");
        insta::assert_snapshot!(repo.message("HEAD"), @r"
        Exchange codes

        With Google first.

        Session-Objectives: [x] OAuth provider interface
        Session-Objectives: [>] Google OAuth (this commit)
        Decisions: PKCE for every client
         Rationale: Codes can be intercepted on mobile
        Impact: added src/google.rs
        Impact: tests +1
        Session-Time: 10m
        Session-Id: feature-auth-20261120-769rdc
        ");
    }
    // git sees every own line of both messages
    for revision in ["HEAD", "HEAD~"] {
        let message = repo.message(revision);
        repo.write("../message", &message);
        let parsed = repo.sh("git interpret-trailers --parse <../message").text();
        let own = message.split("\n\n").last().expect("a paragraph").trim();
        let own = own.replace("\n ", " ");
        assert_eq!(parsed, own, "{revision}");
    }
    assert_eq!(repo.trailers("HEAD", "Session-Id"), [repo.session_id()]);

    // the decision stands in the commit of its window, and nowhere else
    assert_eq!(
        repo.trailers("HEAD", "Decisions"),
        ["PKCE for every client Rationale: Codes can be intercepted on mobile"]
    );
    assert_eq!(repo.trailers("HEAD~", "Decisions"), [""; 0]);
    let decided = &repo.note("HEAD").expect("a note")["decisions"];
    assert_eq!(decided[0]["text"], "PKCE for every client");
    assert_eq!(
        decided[0]["rationale"],
        "Codes can be intercepted on mobile"
    );

    // the record of each is a note
    for (revision, completed) in [("HEAD~", 0), ("HEAD", 1)] {
        let note = repo.note(revision).expect("a note");
        assert_eq!(note["session"], repo.session_id().as_str());
        assert_eq!(note["branch"], "feature/auth");
        let objectives = note["objectives"].as_array().expect("a list");
        let marks = objectives.iter().map(|objective| &objective["mark"]);
        assert_eq!(marks.filter(|mark| *mark == "x").count(), completed);
    }
    let notes = repo.git(&["notes", &repo.notes(), "list"]).text();
    assert_eq!(notes.lines().count(), 2);

    check_away_and_back(repo);

    // nothing else happened to the repository
    assert_eq!(repo.git(&["rev-parse", "main"]).text(), main);
    assert_eq!(repo.git(&["status", "--porcelain"]).text(), "");
    repo.git(&["fsck", "--strict", "--no-progress"]).done();
    repo.assert_quiet();
}

/// What switching to another branch and back says.
fn check_away_and_back(repo: &Repo) {
    repo.config("session.briefOnCheckout", "always");
    repo.wait(5);
    let away = repo.git(&["switch", "main"]);
    insta::allow_duplicates! { insta::assert_snapshot!(away.news(), @"Switched to branch 'main'"); }
    away.done();
    repo.wait(25);
    let back = repo.git(&["switch", "-"]).ok();
    let handle = handle_of(repo, "Google OAuth");
    insta::allow_duplicates! {
        insta::assert_snapshot!(back.news().replace(&handle, "obj-HERE"), @r"
        Switched to branch 'feature/auth'
        session feature/auth: 35m active
          objectives  1 of 2 done
          current     Google OAuth (obj-HERE)
          decided     PKCE for every client (dec-2xkd)
          since       you left 25 min ago: no new commits
        ");
    }
}

/// The handle of the objective with this text.
fn handle_of(repo: &Repo, text: &str) -> String {
    let list = repo.session(&["objectives", "list", "--all"]).text();
    let line = list.lines().find(|line| line.contains(text));
    let line = line.expect("it is listed");
    let at = line.find("obj-").expect("a handle");
    line[at..at + "obj-xxxx".len()].to_owned()
}

#[test]
fn the_tour_in_a_fresh_repository() {
    check_the_tour(&Repo::new());
}

#[test]
fn the_tour_in_a_clone_of_a_project() {
    check_the_tour(&clone_of_a_project());
}

#[test]
fn the_tour_where_nobody_exports_the_author() {
    let repo = Repo::new();
    repo.sandbox().hide_author();
    check_the_tour(&repo);
}

#[test]
fn the_first_enriched_commit_says_so_once() {
    let repo = Repo::in_session();
    let told = repo.store().join("told");
    std::fs::remove_file(told).expect("`start` told it");
    repo.stage("a", "1\n");
    insta::assert_snapshot!(repo.git(&["commit", "-q", "-m", "One"]), @r"
    --- stderr
    git-session: this commit carries Session trailers; `git config session.trailers none` keeps them out
    [EOF]
    ");
    repo.stage("a", "2\n");
    insta::assert_snapshot!(repo.git(&["commit", "-q", "-m", "Two"]), @"[EOF]");
}

#[test]
fn a_repository_without_sessions_is_left_alone() {
    let repo = Repo::new();
    let ours = || repo.sh("cd .git && find . -path '*session*'").text();
    let before = ours();
    repo.commit("a", "1\n", "Second");
    repo.git(&["switch", "-q", "-c", "other"]).done();
    repo.commit("b", "1\n", "Third");
    assert_eq!(repo.message("HEAD"), "Third\n");
    assert_eq!(ours(), before, "not even a line in a log");
    assert_eq!(repo.git(&["for-each-ref", "refs/notes"]).text(), "");
}
