//! `git session end --push`: which branch goes where, what is shown, and what a failure leaves.

use insta::assert_snapshot;

use super::support::{Output, Repo};

/// A session on `feature` with two commits, and a remote `origin` that has `main`.
fn shared() -> Repo {
    let repo = Repo::in_session();
    repo.at("..")
        .git(&["init", "-q", "--bare", "origin"])
        .done();
    repo.git(&["remote", "add", "origin", "../origin"]).done();
    repo.git(&["push", "-q", "-u", "origin", "main"]).done();
    repo.commit("docs/a", "1\n", "One");
    repo.commit("docs/b", "1\n", "Two");
    repo
}

/// The branches of the remote.
fn remote(repo: &Repo) -> String {
    let format = "--format=%(refname:short) %(objectname)";
    repo.at("../origin").git(&["for-each-ref", format]).text()
}

/// The command must refuse, with nothing pushed and the session open.
#[track_caller]
fn refused(repo: &Repo, args: &[&str]) -> Output {
    let refs = || repo.git(&["for-each-ref"]).text();
    let (id, before, there) = (repo.session_id(), refs(), remote(repo));
    let output = repo.session(args);
    assert_eq!(output.code, 1, "{output}");
    assert_eq!((refs(), remote(repo)), (before, there), "{output}");
    assert_eq!(repo.session_id(), id, "{output}");
    output
}

/// Commit ids differ from git to git only when the dates do; here they are shown as they are.
fn shown(repo: &Repo, output: Output) -> Output {
    let ids = repo.git(&["log", "--format=%h", "-3", "feature"]).text();
    let names = ["[TWO]", "[ONE]", "[FIRST]"];
    ids.lines()
        .zip(names)
        .fold(output, |output, (id, name)| output.show_as(id, name))
}

#[test]
fn a_branch_goes_to_the_only_remote_and_follows_it() {
    let repo = shared();
    let tip = repo.head();
    let output = repo.session(&["end", "--push", "--yes"]);
    assert_snapshot!(shown(&repo, output), @"
    --- stdout
    Ended the session on feature (feature-20261120-wxxsrz)
      0m active, 2 commits, 0 of 1 objectives done
      pushed feature to origin

    Left open
      [ ] Reach the goal (obj-5vy9, obj-1)
    Handoff: .git/sessions/feature-20261120-wxxsrz/handoff.md
    --- stderr
    2 commits to push with `git push -u origin feature`:
      [TWO] Two
      [ONE] One
    To ../origin
     * [new branch]      feature -> feature
    Later commits on feature are plain; `git session start --resume` opens the session again.
    [EOF]
    ");
    assert!(remote(&repo).contains(&format!("feature {tip}")));
    let upstream = repo
        .git(&["rev-parse", "--abbrev-ref", "feature@{upstream}"])
        .text();
    assert_eq!(upstream, "origin/feature");
    repo.assert_quiet();
}

#[test]
fn without_a_terminal_the_flag_that_is_missing_is_named() {
    let repo = shared();
    let output = refused(&repo, &["end", "--push"]);
    assert_snapshot!(shown(&repo, output), @"
    --- stderr
    2 commits to push with `git push -u origin feature`:
      [TWO] Two
      [ONE] One
    error: a push must be confirmed, and nobody can be asked here
    hint: git session end --push --yes
    --- exit 1
    [EOF]
    ");
}

#[test]
fn nothing_is_pushed_unasked() {
    let repo = shared();
    let before = remote(&repo);
    repo.session(&["end"]).done();
    assert_eq!(remote(&repo), before);
}

#[test]
fn the_answer_alone_is_on_standard_output() {
    let repo = shared();
    let output = repo.session(&["end", "--push", "--yes", "--json"]).ok();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!(json["pushed"]["remote"], "origin");
    assert_eq!(json["pushed"]["branch"], "feature");
    assert_eq!(json["pushed"]["new"], true);
}

#[test]
fn the_remote_is_the_one_that_the_settings_name() {
    let steps: [(&[(&str, &str)], &str); 4] = [
        (&[], "origin"),
        (&[("branch.feature.remote", "two")], "two"),
        (
            &[
                ("branch.feature.remote", "two"),
                ("remote.pushDefault", "three"),
            ],
            "three",
        ),
        (
            &[
                ("remote.pushDefault", "three"),
                ("branch.feature.pushRemote", "two"),
            ],
            "two",
        ),
    ];
    for (settings, expected) in steps {
        let repo = shared();
        repo.git(&["remote", "add", "two", "../two"]).done();
        repo.git(&["remote", "add", "three", "../three"]).done();
        for (key, value) in settings {
            repo.config(key, value);
        }
        let said = repo.session(&["end", "--push", "--dry-run"]).text();
        assert!(said.contains(&format!(" {expected} feature`")), "{said}");
    }
}

#[test]
fn a_remote_that_nobody_names_is_asked_for() {
    let repo = shared();
    repo.git(&["remote", "rename", "origin", "one"]).done();
    repo.git(&["remote", "add", "two", "../two"]).done();
    assert_snapshot!(refused(&repo, &["end", "--push", "--yes"]), @"
    --- stderr
    error: feature can be pushed to several remotes: one, two
    hint: git config branch.feature.pushRemote <remote>
    --- exit 1
    [EOF]
    ");
    repo.git(&["remote", "remove", "one"]).done();
    repo.git(&["remote", "remove", "two"]).done();
    assert_snapshot!(refused(&repo, &["end", "--push", "--yes"]), @"
    --- stderr
    error: there is no remote to push to
    hint: git remote add origin <url>
    hint: git session end --no-push
    --- exit 1
    [EOF]
    ");
}

#[test]
fn a_push_is_never_forced() {
    for (key, value) in [
        ("remote.origin.push", "+refs/heads/*:refs/heads/*"),
        ("remote.origin.mirror", "true"),
    ] {
        let repo = shared();
        repo.config(key, value);
        let said = refused(&repo, &["end", "--push", "--yes"]).news();
        assert!(said.contains("force every push"), "{key}: {said}");
    }
    let repo = shared();
    repo.git(&["push", "-q", "origin", "feature"]).done();
    repo.git(&["commit", "-q", "--amend", "-m", "Otherwise"])
        .done();
    let output = refused(&repo, &["end", "--push", "--yes"]);
    assert!(output.news().contains("non-fast-forward"), "{output}");
    assert!(
        output.news().contains("and the session is open"),
        "{output}"
    );
}

#[test]
fn a_refusing_pre_push_hook_keeps_the_session_open() {
    let repo = shared();
    let script = repo.sandbox().script("echo not today >&2; exit 1");
    let path = repo.store().join("../hooks/pre-push");
    std::os::unix::fs::symlink(script, path).expect("a hook");
    let output = refused(&repo, &["end", "--push", "--yes"]);
    assert!(output.news().contains("not today"), "{output}");
    assert!(
        output.news().contains("hint: git session end --push"),
        "{output}"
    );
}

#[test]
fn after_a_merge_the_target_goes_out_when_it_follows_a_branch() {
    let repo = shared();
    let output = repo.session(&["end", "--merge-to", "main", "--push", "--yes"]);
    assert!(output.news().contains("`git push origin main`"), "{output}");
    output.done();
    let tip = repo.head();
    assert_eq!(remote(&repo), format!("main {tip}"));
    assert_eq!(repo.git(&["status", "-sb"]).text(), "## main...origin/main");
    assert_snapshot!(repo.session(&["undo"]).show_as(&tip[..7], "[TIP]"), @"
    --- stdout
    Took back: made a handoff; ended the session, merged into main
    --- stderr
    Git merged feature into main and pushed that to origin; both stay. To take it back:
    hint: git switch main && git revert f8fed08..[TIP] && git switch feature
    [EOF]
    ");
}

#[test]
fn after_a_merge_the_branch_goes_out_when_the_target_follows_none() {
    let repo = shared();
    repo.git(&["branch", "--unset-upstream", "main"]).done();
    let tip = repo.head();
    let output = repo.session(&["end", "--merge-to", "main", "--push", "--yes"]);
    assert!(
        output.news().contains("`git push -u origin feature`"),
        "{output}"
    );
    output.done();
    assert!(remote(&repo).contains(&format!("feature {tip}")));
}

#[test]
fn a_push_that_fails_after_a_merge_can_be_tried_again() {
    let repo = shared();
    let id = repo.session_id();
    repo.git(&["remote", "set-url", "origin", "../moved"])
        .done();
    let output = repo.session(&[
        "end",
        "--merge-to",
        "main",
        "--push",
        "--yes",
        "--remember",
        "This",
    ]);
    assert_eq!(output.code, 1, "{output}");
    assert!(
        output.news().contains("the merge into main stays"),
        "{output}"
    );
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "main");
    assert_eq!(repo.mapped("feature"), Some(id.clone()));
    // every command says so
    let said = repo.session(&["list"]).ok().news();
    assert!(said.contains("the push and the end are missing"), "{said}");
    assert_snapshot!(repo.session(&["end"]), @"
    --- stderr
    error: the end that was cut off was to push: say whether that is still wanted
    hint: git session end --push --yes
    hint: git session end --no-push
    --- exit 1
    [EOF]
    ");
    repo.git(&["remote", "set-url", "origin", "../origin"])
        .done();
    repo.session(&["end", "--push", "--yes"]).done();
    assert_eq!(remote(&repo), format!("main {}", repo.head()));
    assert_eq!(repo.mapped("feature"), None);
    let log = repo.read(repo.store().join(id).join("log.jsonl"));
    assert!(log.contains("\"remember\":[\"This\"]"), "{log}");
    assert!(!repo.git_path("session-end").exists());
}

#[test]
fn a_push_can_be_given_up_after_a_merge() {
    let repo = shared();
    repo.git(&["remote", "set-url", "origin", "../moved"])
        .done();
    let output = repo.session(&["end", "--merge-to", "main", "--push", "--yes"]);
    assert_eq!(output.code, 1, "{output}");
    repo.session(&["end", "--no-push"]).done();
    assert_eq!(repo.mapped("feature"), None);
}

#[test]
fn many_commits_are_counted() {
    let repo = shared();
    for number in 0..6 {
        repo.commit(
            "docs/many",
            &format!("{number}\n"),
            &format!("Number {number}"),
        );
    }
    let said = repo.session(&["end", "--push", "--dry-run"]).text();
    let listed = said.lines().filter(|line| line.contains("Number")).count();
    assert_eq!(listed, 5, "{said}");
    assert!(said.contains("  and 3 more"), "{said}");
}

#[test]
fn undo_of_a_push_says_what_stays() {
    let repo = shared();
    repo.session(&["end", "--push", "--yes"]).done();
    assert_snapshot!(repo.session(&["undo"]), @"
    --- stdout
    Took back: made a handoff; ended the session
    --- stderr
    Git pushed feature to origin, and that stays. To take the branch away there:
    hint: git push origin --delete feature
    [EOF]
    ");
    assert!(repo.mapped("feature").is_some());
}

#[test]
fn a_password_in_an_address_is_not_kept() {
    let repo = shared();
    let id = repo.session_id();
    let root = repo.sandbox().root().to_str().expect("UTF-8").to_owned();
    let address = "https://ada:hunter2secret@example.org/repo";
    repo.config(&format!("url.{root}/origin.insteadOf"), address);
    repo.config("branch.feature.pushRemote", address);
    let output = repo.session(&["end", "--push", "--yes"]).ok();
    assert!(!output.to_string().contains("hunter2secret"), "{output}");
    let log = repo.read(repo.store().join(id).join("log.jsonl"));
    assert!(!log.contains("hunter2secret"), "{log}");
}

#[test]
fn a_hint_repeats_what_was_typed() {
    let repo = shared();
    let line = [
        "end",
        "--merge-to",
        "main",
        "--accomplished",
        "It's done",
        "--push",
    ];
    let output = refused(&repo, &line);
    let hint = r"hint: git session end --merge-to main --accomplished 'It'\''s done' --push --yes";
    assert!(output.news().contains(hint), "{output}");
    repo.commit("src/a.rs", "fn a() {}\n", "Code");
    let output = refused(
        &repo,
        &[&line[..], &["--yes", "--decision", "x y"]].concat(),
    );
    let hint = r"hint: git session end --merge-to main --accomplished 'It'\''s done' --decision 'x y' --push --yes --no-gate";
    assert!(output.news().contains(hint), "{output}");
}

#[test]
fn undo_of_a_merge_and_a_push_names_both() {
    let repo = shared();
    repo.git(&["branch", "--unset-upstream", "main"]).done();
    repo.session(&["end", "--merge-to", "main", "--push", "--yes"])
        .done();
    let output = repo.session(&["undo"]);
    let said = output.news();
    assert!(
        said.contains("Git merged feature into main and pushed feature to origin; both stay."),
        "{said}"
    );
    assert!(said.contains("&& git switch feature"), "{said}");
    assert!(
        said.contains("hint: git push origin --delete feature"),
        "{said}"
    );
}

#[test]
fn where_the_settings_send_a_branch_is_said_before_and_after() {
    for settings in [
        &[
            ("push.default", "upstream"),
            ("branch.feature.remote", "origin"),
            ("branch.feature.merge", "refs/heads/main"),
        ][..],
        &[("remote.origin.push", "refs/heads/feature:refs/heads/main")],
    ] {
        let repo = shared();
        for (key, value) in settings {
            repo.config(key, value);
        }
        let dry = repo.session(&["end", "--push", "--dry-run"]).ok().answer();
        let command = if settings.len() == 3 {
            "git push origin feature:main"
        } else {
            "git push -u origin feature:main"
        };
        assert!(dry.contains(command), "{dry}");
        let json = repo.session(&["end", "--push", "--dry-run", "--json"]);
        assert!(json.ok().answer().contains("\"to\": \"main\""), "{dry}");
        let said = repo.session(&["end", "--push", "--yes"]).ok().answer();
        assert!(said.contains("pushed feature to origin as main"), "{said}");
        let there = remote(&repo);
        assert_eq!(there.trim(), format!("main {}", repo.head()), "{said}");
    }
}

#[test]
fn a_push_sends_the_branch_to_its_own_name_whatever_else_has_that_name() {
    let repo = shared();
    repo.git(&["tag", "feature", "main"]).done();
    repo.config("push.default", "matching");
    let said = repo.session(&["end", "--push", "--yes"]).ok().answer();
    assert!(said.contains("pushed feature to origin\n"), "{said}");
    assert!(
        remote(&repo).contains(&format!("feature {}", repo.head())),
        "{}",
        remote(&repo)
    );
}
