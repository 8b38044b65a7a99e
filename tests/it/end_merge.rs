//! `git session end --merge-to`: what refuses, what git does, and what is left when git is stopped in between.

use insta::assert_snapshot;

use super::support::{Output, Repo};

/// Everything that a refused merge must leave alone, but for the records of the sessions.
pub(super) fn state(repo: &Repo) -> String {
    repo.sh(
        "git symbolic-ref -q HEAD; git rev-parse HEAD
         git for-each-ref refs/heads refs/tags refs/remotes
         git ls-files -s; git status --porcelain --untracked-files=all
         git stash list; git write-tree
         for f in $(git ls-files -co); do test -f $f && cat $f; done
         ls .git/MERGE_HEAD .git/MERGE_MSG .git/AUTO_MERGE .git/index.lock .git/session-end 2>/dev/null; true",
    )
    .text()
}

/// A session on `feature` with a commit that `main` lacks, and one on `main` that `feature` lacks.
pub(super) fn diverged() -> Repo {
    let repo = Repo::in_session();
    repo.commit("docs/feature", "one\n", "Add the feature");
    repo.switch("main");
    repo.commit("docs/main", "two\n", "Go on");
    repo.switch("feature");
    repo
}

/// The command must refuse, with everything as it was and the session open.
#[track_caller]
pub(super) fn refused(repo: &Repo, args: &[&str]) -> Output {
    let id = repo.session_id();
    let before = state(repo);
    let output = repo.session(args);
    assert_eq!(output.code, 1, "{output}");
    assert_eq!(state(repo), before, "{output}");
    assert_eq!(repo.session_id(), id);
    assert!(!repo.store().join("../session-end").exists());
    let log = repo.read(repo.session_file("log.jsonl"));
    assert!(!log.contains("session.ended"), "{output}");
    output
}

/// A hook of somebody else in the place of ours, if we have one.
pub(super) fn hook(repo: &Repo, event: &str, body: &str) {
    let path = repo.store().join("../hooks").join(event);
    let script = repo.sandbox().script(body);
    if path.exists() {
        std::fs::rename(&path, path.with_extension("ours")).expect("our hook");
    }
    std::os::unix::fs::symlink(script, path).expect("a hook");
}

/// The hook is gone, and ours is back.
pub(super) fn unhook(repo: &Repo, event: &str) {
    let path = repo.store().join("../hooks").join(event);
    std::fs::remove_file(&path).expect("the hook");
    let ours = path.with_extension("ours");
    if ours.exists() {
        std::fs::rename(ours, path).expect("our hook");
    }
}

#[test]
fn a_merge_is_gits_own_and_ends_on_the_target() {
    let repo = diverged();
    let before = repo.git(&["rev-parse", "main"]).text();
    let tip = repo.head();
    repo.write("notes", "not tracked\n");
    let output = repo.session(&[
        "end",
        "--merge-to",
        "main",
        "--accomplished",
        "The feature works",
        "--decision",
        "Two parents",
        "--remember",
        "The notes are not tracked",
        "--success",
        "--phase",
        "One",
    ]);
    let after = repo.head();
    let output = output
        .show_as(&before[..7], "[BEFORE]")
        .show_as(&after[..7], "[AFTER]");
    assert_snapshot!(output, @"
    --- stdout
    Ended the session on feature (feature-20261120-wxxsrz)
      0m active, 1 commit, 0 of 1 objectives done
      saved what no commit has as cp-d63j
      merged feature into main, [BEFORE]..[AFTER]

    Reached
      The feature works

    Decided
      Two parents

    To remember
      The notes are not tracked

    Left open
      [ ] Reach the goal (obj-5vy9, obj-1)
      main: 1 untracked
    Handoff: .git/sessions/feature-20261120-wxxsrz/handoff.md
    --- stderr
    Not known, so not held against the bars:
      coverage: none of the files of quality.coverage_files is there
      new-code coverage: there is no coverage
    hint: git session metrics record --coverage <file>
    Later commits on feature are plain; `git switch feature && git session start --resume` opens the session again.
    [EOF]
    ");
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "main");
    let parents = repo.git(&["log", "-1", "--format=%P %s"]).text();
    assert_eq!(parents, format!("{before} {tip} Merge branch 'feature'"));
    assert_eq!(repo.mapped("feature"), None);
    assert_eq!(repo.git(&["status", "--porcelain"]).text(), "?? notes");
    assert!(!repo.git_path("session-end").exists());
    repo.assert_quiet();
}

#[test]
fn a_branch_that_only_moves_forward_does_so_unless_the_settings_say_no() {
    for (ff, parents) in [("true", 1), ("false", 2)] {
        let repo = Repo::in_session();
        repo.config("merge.ff", ff);
        repo.commit("docs/a", "1\n", "One");
        repo.session(&["end", "--merge-to", "main"]).done();
        let found = repo.git(&["log", "-1", "--format=%P"]).text();
        assert_eq!(found.split(' ').count(), parents, "merge.ff={ff}");
        assert_eq!(repo.git(&["branch", "--show-current"]).text(), "main");
    }
}

#[test]
fn a_target_that_is_no_free_branch_is_refused() {
    let repo = diverged();
    repo.git(&["tag", "v1"]).done();
    repo.worktree("other");
    assert_snapshot!(refused(&repo, &["end", "--merge-to", "nothing"]), @"
    --- stderr
    error: there is no branch `nothing`
    hint: git branch --list
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(refused(&repo, &["end", "--merge-to", "v1"]), @"
    --- stderr
    error: `v1` is no branch: it names a tag or a commit
    hint: git branch --list
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(refused(&repo, &["end", "--merge-to", "feature"]), @"
    --- stderr
    error: feature cannot be merged into itself
    hint: git session end
    hint: git session end --merge-to <branch>
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(refused(&repo, &["end", "--merge-to", "other"]), @"
    --- stderr
    error: other is checked out in another work tree: [ROOT]/other
    hint: git -C [ROOT]/other merge feature
    hint: git session end
    --- exit 1
    [EOF]
    ");
    repo.git(&["update-ref", "refs/remotes/origin/there", "main"])
        .done();
    repo.config("remote.origin.url", "nowhere");
    assert_snapshot!(refused(&repo, &["end", "--merge-to", "there"]), @"
    --- stderr
    error: `there` is a branch of a remote, not of this clone
    hint: git branch there origin/there
    hint: git branch --list
    --- exit 1
    [EOF]
    ");
}

#[test]
fn changes_of_tracked_files_are_refused() {
    let repo = diverged();
    repo.write("docs/feature", "changed\n");
    assert_snapshot!(refused(&repo, &["end", "--merge-to", "main"]), @"
    --- stderr
    error: tracked files have changes that no commit holds: 1 file not staged
    hint: git commit -a
    hint: git stash
    --- exit 1
    [EOF]
    ");
    repo.git(&["add", "."]).done();
    repo.write("README", "changed too\n");
    assert_snapshot!(refused(&repo, &["end", "--merge-to", "main"]), @"
    --- stderr
    error: tracked files have changes that no commit holds: 1 file staged, 1 file not staged
    hint: git commit -a
    hint: git stash
    --- exit 1
    [EOF]
    ");
}

#[test]
fn a_conflict_is_found_before_anything_is_touched() {
    let repo = diverged();
    repo.commit("README", "of the feature\n", "Say so");
    repo.switch("main");
    repo.commit("README", "of main\n", "Say something else");
    repo.switch("feature");
    assert_snapshot!(refused(&repo, &["end", "--merge-to", "main"]), @"
    --- stderr
    error: feature and main conflict in 1 file: README
    hint: git merge main
    hint: git session end --merge-to main
    --- exit 1
    [EOF]
    ");
}

#[test]
fn a_rename_is_no_conflict() {
    let repo = Repo::new();
    repo.commit("docs/long", "1\n2\n3\n4\n5\n6\n7\n8\n", "A long file");
    repo.session(&["start", "feature"]).done();
    repo.git(&["mv", "docs/long", "docs/other"]).done();
    repo.git(&["commit", "-qm", "Rename it"]).done();
    repo.switch("main");
    repo.commit("docs/long", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "Go on with it");
    repo.switch("feature");
    repo.session(&["end", "--merge-to", "main"]).done();
    assert_eq!(repo.read("docs/other"), "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
}

#[test]
fn histories_without_a_common_commit_are_refused() {
    let repo = diverged();
    repo.sh("git switch -q --orphan alone && git commit -q --allow-empty -m Alone && git switch -q feature")
        .done();
    assert_snapshot!(refused(&repo, &["end", "--merge-to", "alone"]), @"
    --- stderr
    error: refusing to merge unrelated histories
    hint: git merge alone
    --- exit 1
    [EOF]
    ");
}

#[test]
fn what_git_is_in_the_middle_of_comes_first() {
    let repo = diverged();
    repo.git(&["merge", "-q", "--no-commit", "main"]).done();
    let before = state(&repo);
    let output = repo.session(&["end", "--merge-to", "main"]);
    assert_snapshot!(output, @"
    --- stderr
    error: a merge is in progress
    hint: git merge --continue
    hint: git status
    --- exit 1
    [EOF]
    ");
    assert_eq!(state(&repo), before);
}

#[test]
fn a_target_behind_its_upstream_is_named() {
    let repo = diverged();
    repo.at("..")
        .git(&["clone", "-q", "--bare", "repo", "origin"])
        .done();
    repo.git(&["remote", "add", "origin", "../origin"]).done();
    repo.git(&["push", "-q", "-u", "origin", "main"]).done();
    repo.sh("git switch -q -c ahead main && git commit -q --allow-empty -m More && git push -q origin ahead:main && git switch -q feature && git branch -D ahead")
        .done();
    let pushing = ["end", "--merge-to", "main", "--push", "--yes"];
    assert_snapshot!(refused(&repo, &pushing), @"
    --- stderr
    error: main lacks 1 commit of origin/main, so it could not be pushed
    hint: git switch main && git pull
    --- exit 1
    [EOF]
    ");
    let said = repo.session(&["end", "--merge-to", "main"]).ok().news();
    assert!(
        said.contains("warning: main lacks 1 commit of origin/main"),
        "{said}"
    );
}

#[test]
fn a_refusing_hook_leaves_everything_as_it_was() {
    for event in ["pre-merge-commit", "commit-msg", "prepare-commit-msg"] {
        let repo = diverged();
        hook(&repo, event, "echo not today >&2; exit 1");
        let said = refused(&repo, &["end", "--merge-to", "main"]).news();
        assert!(said.contains("not today"), "{event}: {said}");
        assert!(said.contains("the session is open"), "{event}: {said}");
    }
}

#[test]
fn a_signature_that_fails_leaves_everything_as_it_was() {
    let repo = diverged();
    repo.config("commit.gpgSign", "true");
    repo.config("gpg.program", "false");
    let said = refused(&repo, &["end", "--merge-to", "main"]).news();
    let failed = "error: feature was not merged into main, and the session is open: gpg failed";
    assert!(said.contains(failed), "{said}");
}

#[test]
fn options_that_make_git_stop_before_the_commit_leave_everything_as_it_was() {
    for options in ["--squash", "--no-commit"] {
        let repo = diverged();
        repo.config("branch.main.mergeOptions", options);
        let said = refused(&repo, &["end", "--merge-to", "main"]).news();
        assert!(said.contains("without a commit"), "{options}: {said}");
    }
}

#[test]
fn a_file_in_the_way_is_gits_refusal() {
    let repo = diverged();
    repo.write("docs/main", "mine\n");
    let said = refused(&repo, &["end", "--merge-to", "main"]).news();
    assert!(said.contains("docs/main"), "{said}");
}

#[test]
fn a_tag_of_the_same_name_is_not_merged() {
    let repo = diverged();
    repo.git(&["tag", "feature", "main"]).done();
    let tip = repo.head();
    repo.session(&["end", "--merge-to", "main"]).done();
    assert_eq!(repo.git(&["rev-parse", "HEAD^2"]).text(), tip);
}

#[test]
fn a_merge_that_is_ended_by_a_signal_is_taken_back() {
    let repo = diverged();
    hook(&repo, "pre-merge-commit", "kill -9 $PPID; sleep 0.2");
    let said = refused(&repo, &["end", "--merge-to", "main"]).news();
    assert!(said.contains("the session is open"), "{said}");
}

/// Ends git and the program in the middle of a hook. The hook's parent is git, whose parent is the program.
const KILL_ALL: &str =
    "up=$(awk '{print $4}' /proc/$PPID/stat); kill -9 $up; kill -9 $PPID; sleep 0.2";

/// Ends the program alone: git goes on.
pub(super) const KILL_US: &str = "up=$(awk '{print $4}' /proc/$PPID/stat); kill -9 $up; sleep 0.2";

/// The end of a session whose program is ended by this hook.
pub(super) fn cut_off(event: &str, body: &str) -> (Repo, String) {
    let repo = diverged();
    let id = repo.session_id();
    hook(&repo, event, body);
    let output = repo.session(&["end", "--merge-to", "main", "--accomplished", "Done"]);
    assert!(!output.success(), "{output}");
    unhook(&repo, event);
    // git may still be at work
    std::thread::sleep(std::time::Duration::from_millis(600));
    (repo, id)
}

/// The end that was cut off goes on, and comes to what it would have come to.
#[track_caller]
pub(super) fn goes_on(repo: &Repo, id: &str) {
    let output = repo.session(&["end"]).ok();
    assert_eq!(
        repo.git(&["branch", "--show-current"]).text(),
        "main",
        "{output}"
    );
    let merged = repo.git(&["log", "-1", "--format=%s"]).text();
    assert_eq!(merged, "Merge branch 'feature'", "{output}");
    assert_eq!(repo.git(&["status", "--porcelain"]).text(), "", "{output}");
    assert_eq!(repo.mapped("feature"), None, "{output}");
    let log = repo.read(repo.store().join(id).join("log.jsonl"));
    let ended: Vec<_> = log
        .lines()
        .filter(|l| l.contains("session.ended"))
        .collect();
    assert_eq!(ended.len(), 1, "{output}");
    assert!(
        ended[0].contains("\"accomplished\":[\"Done\"]"),
        "{}",
        ended[0]
    );
    assert!(ended[0].contains("\"merged_to\":\"main\""), "{}", ended[0]);
    let status = repo.session(&["list"]).ok();
    assert!(!status.news().contains("cut off"), "{status}");
}

#[test]
fn an_end_cut_off_before_the_commit_goes_on() {
    let (repo, id) = cut_off("pre-merge-commit", KILL_ALL);
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "main");
    assert_snapshot!(repo.session(&["note", "list"]), @r#"
    --- stderr
    warning: the end of the session on feature was cut off: HEAD is on main, and feature is not merged into it yet
    hint: git session end
    error: there is no session on main
    hint: git session start -o "what is to be reached"
    --- exit 1
    [EOF]
    "#);
    goes_on(&repo, &id);
}

#[test]
fn an_end_cut_off_with_a_merge_under_way_goes_on() {
    let (repo, id) = cut_off("commit-msg", KILL_ALL);
    assert!(repo.git_path("MERGE_HEAD").exists());
    goes_on(&repo, &id);
}

#[test]
fn an_end_cut_off_behind_the_switch_goes_on() {
    let (repo, id) = cut_off("post-checkout", KILL_US);
    assert_snapshot!(repo.session(&["note", "list"]), @r#"
    --- stderr
    warning: the end of the session on feature was cut off: HEAD is on main, and feature is not merged into it yet
    hint: git session end
    error: there is no session on main
    hint: git session start -o "what is to be reached"
    --- exit 1
    [EOF]
    "#);
    goes_on(&repo, &id);
}

#[test]
fn an_end_cut_off_behind_the_merge_goes_on() {
    let (repo, id) = cut_off("post-merge", KILL_US);
    assert_snapshot!(repo.session(&["note", "list"]), @r#"
    --- stderr
    warning: the end of the session on feature was cut off: feature is merged into main; the end is missing
    hint: git session end
    error: there is no session on main
    hint: git session start -o "what is to be reached"
    --- exit 1
    [EOF]
    "#);
    goes_on(&repo, &id);
}

#[test]
fn an_end_cut_off_can_be_left_alone() {
    let (repo, id) = cut_off("post-checkout", KILL_US);
    repo.switch("feature");
    assert_snapshot!(repo.session(&["note", "list"]), @"
    --- stderr
    warning: the end of the session on feature was cut off: nothing was merged into main
    hint: git session end --merge-to main
    There are no notes yet.
    [EOF]
    ");
    assert_eq!(
        repo.session(&["note", "list"]).ok().news(),
        "There are no notes yet.\n"
    );
    assert_eq!(repo.session_id(), id);
    repo.session(&["end"]).done();
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "feature");
}

#[test]
fn changes_made_after_a_cut_are_not_thrown_away() {
    let (repo, _) = cut_off("pre-merge-commit", KILL_ALL);
    repo.write("README", "mine\n");
    let before = state(&repo);
    assert_snapshot!(repo.session(&["end"]), @"
    --- stderr
    error: HEAD is on main, and feature is not merged into main: the index holds changes that are not those of the merge
    hint: git status
    hint: git stash && git switch feature
    --- exit 1
    [EOF]
    ");
    assert_eq!(state(&repo), before);
}

#[test]
fn the_merge_is_recorded_in_the_session_of_the_target() {
    let repo = Repo::new();
    repo.session(&["start", "main", "-o", "Keep it together"])
        .done();
    repo.session(&["start", "feature", "-o", "Reach it"]).done();
    repo.commit("docs/feature", "one\n", "Add the feature");
    let feature = repo.session_id();
    repo.switch("main");
    repo.commit("docs/main", "two\n", "Go on");
    repo.switch("feature");
    repo.wait(5);
    repo.session(&["end", "--merge-to", "main"]).done();
    let last = repo.events().pop().expect("an event");
    assert_eq!(last["kind"], "commit.recorded", "{last}");
    assert_eq!(last["data"]["commit"], repo.head().as_str());
    assert_eq!(last["data"]["merged"][0], feature.as_str());
    repo.assert_quiet();
}

#[test]
fn a_dry_run_changes_nothing() {
    let repo = diverged();
    let before = state(&repo);
    assert_snapshot!(repo.session(&["end", "--merge-to", "main", "--dry-run"]), @"
    --- stdout
    would merge feature into main, and stay there
    would write a handoff
    would end the session on feature (feature-20261120-wxxsrz)
    --- stderr
    Not known, so not held against the bars:
      coverage: none of the files of quality.coverage_files is there
      new-code coverage: there is no coverage
    hint: git session metrics record --coverage <file>
    [EOF]
    ");
    assert_snapshot!(repo.session(&["end", "--merge-to", "main", "--dry-run", "--json"]), @r#"
    --- stdout
    {
      "schema": "git-session/end/v1",
      "session": "feature-20261120-wxxsrz",
      "branch": "feature",
      "dry_run": true,
      "abandon": false,
      "checkpoint": false,
      "handoff": true,
      "merge": {
        "into": "main",
        "below": [],
        "not_known": [
          "coverage"
        ]
      }
    }
    [EOF]
    "#);
    assert_eq!(state(&repo), before);
    assert!(repo.mapped("feature").is_some());
}

#[test]
fn undo_opens_the_session_and_names_gits_own_way_back() {
    let repo = diverged();
    repo.session(&["end", "--merge-to", "main"]).done();
    let tip = repo.head();
    assert_snapshot!(repo.session(&["undo"]), @"
    --- stdout
    Took back: made a handoff; ended the session, merged into main
    --- stderr
    Git merged feature into main, and that stays. To take it back while nobody else has it:
    hint: git switch main && git reset --keep e3d73ed && git switch feature
    [EOF]
    ");
    assert!(repo.mapped("feature").is_some());
    assert_eq!(repo.git(&["rev-parse", "main"]).text(), tip);
}

/// Work on code, with coverage of 70 %.
fn measured() -> Repo {
    let repo = Repo::in_session();
    repo.commit("src/a.rs", "fn a() {}\n", "Add a");
    repo.write("lcov.info", "SF:src/a.rs\nLF:10\nLH:7\nend_of_record\n");
    repo
}

#[test]
fn every_bar_that_is_not_reached_is_named() {
    let repo = measured();
    assert_snapshot!(refused(&repo, &["end", "--merge-to", "main"]), @"
    --- stderr
    error: the work is below the bars for a merge into main:
      coverage is 70%, the bar is 85%
      1 source file changed, and no test was changed or added
      not known: new-code coverage: a report as lcov does not say which lines ran
    hint: write a test for what changed, and commit it
    hint: run the tests so that they write lcov.info anew
    hint: git session end --merge-to main --no-gate
    --- exit 1
    [EOF]
    ");
    // the bars are for merges
    repo.session(&["end"]).done();
}

#[test]
fn a_bar_that_is_overridden_is_recorded() {
    let repo = measured();
    let id = repo.session_id();
    let output = repo
        .session(&["end", "--merge-to", "main", "--no-gate"])
        .ok();
    let said = output.news();
    assert!(
        said.contains("overridden: coverage is 70%, the bar is 85%"),
        "{said}"
    );
    let log = repo.read(repo.store().join(id).join("log.jsonl"));
    assert!(
        log.contains("\"overridden\":[\"coverage is 70%, the bar is 85%\""),
        "{log}"
    );
}

#[test]
fn bars_that_do_not_block_are_warnings() {
    let repo = measured();
    repo.config("session.quality.blockMergeOnQuality", "false");
    let id = repo.session_id();
    let said = repo.session(&["end", "--merge-to", "main"]).ok().news();
    assert!(
        said.contains("warning: coverage is 70%, the bar is 85%"),
        "{said}"
    );
    let log = repo.read(repo.store().join(id).join("log.jsonl"));
    assert!(!log.contains("overridden"), "{log}");
}

#[test]
fn a_figure_that_is_not_there_does_not_block() {
    let repo = Repo::in_session();
    repo.commit("src/a.rs", "fn a() {}\n\n#[test]\nfn it() {}\n", "Add a");
    let said = repo.session(&["end", "--merge-to", "main"]).ok().news();
    assert!(
        said.contains("  new-code coverage: there is no coverage"),
        "{said}"
    );
}

#[test]
fn a_linked_work_tree_merges_too() {
    let repo = Repo::new();
    repo.git(&["switch", "-q", "-c", "aside"]).done();
    let linked = repo.worktree("feature");
    linked.session(&["start"]).done();
    linked.commit("docs/a", "1\n", "One");
    repo.commit("docs/b", "1\n", "Beside");
    repo.git(&["branch", "-f", "main", "aside"]).done();
    linked.session(&["end", "--merge-to", "main"]).done();
    assert_eq!(linked.git(&["branch", "--show-current"]).text(), "main");
    assert_eq!(repo.git(&["branch", "--show-current"]).text(), "aside");
}

#[test]
fn what_was_asked_for_is_asked_for_again_behind_a_cut() {
    let repo = measured();
    let id = repo.session_id();
    hook(&repo, "post-checkout", KILL_US);
    let output = repo.session(&["end", "--merge-to", "main", "--no-gate", "--no-handoff"]);
    assert!(!output.success(), "{output}");
    unhook(&repo, "post-checkout");
    std::thread::sleep(std::time::Duration::from_millis(300));
    repo.session(&["end"]).done();
    let log = repo.read(repo.store().join(id).join("log.jsonl"));
    assert!(log.contains("\"overridden\":["), "{log}");
    assert!(!log.contains("handoff.created"), "{log}");
}

#[test]
fn a_test_counts_behind_any_number_of_files() {
    let repo = Repo::in_session();
    for number in 0..1100 {
        repo.write(&format!("src/f{number}.go"), "package f\n");
    }
    repo.write("tests/all.go", "package f\n");
    repo.git(&["add", "."]).done();
    repo.git(&["commit", "-qm", "Many"]).done();
    repo.session(&["end", "--merge-to", "main"]).done();
}

#[test]
fn a_dry_run_behind_a_cut_changes_nothing() {
    let (repo, id) = cut_off("pre-merge-commit", KILL_ALL);
    let before = state(&repo);
    assert_snapshot!(repo.session(&["end", "--dry-run"]), @"
    --- stdout
    would go on: the end of the session on feature was cut off: HEAD is on main, and feature is not merged into it yet
    [EOF]
    ");
    assert_eq!(state(&repo), before);
    goes_on(&repo, &id);
}

#[test]
fn one_line_says_that_it_merged() {
    let repo = diverged();
    let said = repo
        .session(&["end", "--merge-to", "main", "--no-summary"])
        .text();
    let first = said.lines().next().expect("a line");
    assert!(first.contains("; merged feature into main, "), "{said}");
}

#[test]
fn parked_work_of_the_target_is_named() {
    let repo = Repo::new();
    repo.session(&["start"]).done();
    repo.write("README", "unfinished\n");
    repo.session(&["switch", "-c", "feature"]).done();
    repo.session(&["start", "feature"]).done();
    repo.commit("docs/a", "1\n", "One");
    let said = repo.session(&["end", "--merge-to", "main"]).ok().news();
    assert!(
        said.contains("Work of the session on main is parked as cp-"),
        "{said}"
    );
    assert!(
        said.contains("`git session resume` brings it back"),
        "{said}"
    );
}
