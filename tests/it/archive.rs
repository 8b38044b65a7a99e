//! `git session archive`: sessions that ended long ago leave the list, and what kept their checkpoints is gone.

use insta::assert_snapshot;

use super::support::Repo;

/// Days in minutes.
const DAY: i64 = 24 * 60;

/// A session that ended on `feature`, with a keeper of checkpoints; its id. HEAD is on `main`.
fn ended(repo: &Repo) -> String {
    let id = repo.session_id();
    repo.session(&["end"]).done();
    repo.switch("main");
    keep(repo, &id);
    id
}

/// Something that keeps checkpoints alive.
fn keep(repo: &Repo, id: &str) {
    let reference = format!("refs/session/snapshots/{id}");
    repo.git(&["update-ref", &reference, "HEAD"]).done();
}

fn keepers(repo: &Repo) -> String {
    repo.git(&["for-each-ref", "refs/session/snapshots"]).text()
}

#[test]
fn a_session_that_ended_long_ago_leaves_the_list() {
    let repo = Repo::in_session();
    let id = ended(&repo);
    repo.wait(29 * DAY);
    assert_snapshot!(repo.session(&["archive"]), @"
    --- stderr
    No session that ended more than 30 days ago is left to archive.
    [EOF]
    ");
    assert!(!keepers(&repo).is_empty());
    repo.wait(2 * DAY);
    assert_snapshot!(repo.session(&["archive", "--dry-run"]), @"
    --- stdout
    would archive feature (feature-20261120-wxxsrz, ended 2026-11-20 09:00)
    would let go the checkpoints of 1 session
    [EOF]
    ");
    assert!(!keepers(&repo).is_empty());
    assert_snapshot!(repo.session(&["archive"]), @"
    --- stdout
    archived feature (feature-20261120-wxxsrz, ended 2026-11-20 09:00)
    let go the checkpoints of 1 session
    [EOF]
    ");
    assert_eq!(keepers(&repo), "");
    assert!(!repo.session(&["list"]).ok().to_string().contains("feature"));
    let all = repo.session(&["list", "--all"]).text();
    assert!(all.contains("archived"), "{all}");
    assert!(
        repo.session(&["show", &id])
            .text()
            .contains("Reach the goal")
    );
    assert_snapshot!(repo.session(&["archive"]), @"
    --- stderr
    No session that ended more than 30 days ago is left to archive.
    [EOF]
    ");
    repo.assert_quiet();
}

#[test]
fn start_and_end_archive_in_passing() {
    for last in ["start", "end"] {
        let repo = Repo::in_session();
        ended(&repo);
        repo.session(&["start", "other"]).done();
        repo.wait(31 * DAY);
        let said = repo.session(&[last]).ok().news();
        assert!(
            said.contains("Archived 1 session that ended more than 30 days ago."),
            "{last}: {said}"
        );
        assert_eq!(keepers(&repo), "");
        let said = repo.session(&["start"]).ok().news();
        assert!(!said.contains("Archived"), "{said}");
    }
}

#[test]
fn a_session_that_is_opened_again_is_not_archived() {
    let repo = Repo::in_session();
    let id = ended(&repo);
    repo.wait(40 * DAY);
    repo.switch("feature");
    repo.session(&["start", "--resume"]).done();
    assert_eq!(repo.session_id(), id);
    assert!(!keepers(&repo).is_empty());
}

#[test]
fn parked_work_keeps_a_session_from_the_archive() {
    let repo = Repo::in_session();
    repo.write("README", "unfinished\n");
    repo.session(&["switch", "main"]).done();
    repo.switch("feature");
    let id = repo.session_id();
    let said = repo.session(&["end"]).ok().to_string();
    assert!(said.contains("parked work cp-"), "{said}");
    repo.switch("main");
    repo.wait(31 * DAY);
    let output = repo.session(&["archive"]);
    assert!(output.stdout.is_empty(), "{output}");
    let named = format!("feature is not archived: it holds parked work ({id})");
    assert!(output.news().contains(&named), "{output}");
    assert!(!keepers(&repo).is_empty());
}

#[test]
fn the_session_that_just_ended_stays() {
    let repo = Repo::in_session();
    repo.config("session.archiveAfterDays", "0");
    let id = repo.session_id();
    repo.session(&["end"]).done();
    assert!(
        !repo
            .read(repo.store().join(&id).join("log.jsonl"))
            .contains("session.archived")
    );
    repo.session(&["undo"]).done();
    assert_eq!(repo.session_id(), id);
}

#[test]
fn any_number_of_days_is_taken() {
    let repo = Repo::in_session();
    ended(&repo);
    repo.config("session.archiveAfterDays", "4294967295");
    repo.session(&["archive"]).done();
}

#[test]
fn prune_lets_go_what_was_left_and_says_how_space_is_freed() {
    let repo = Repo::in_session();
    let id = ended(&repo);
    repo.wait(31 * DAY);
    repo.session(&["archive"]).done();
    keep(&repo, &id);
    repo.session(&["start", "other"]).done();
    keep(&repo, &repo.session_id());
    assert_snapshot!(repo.session(&["archive", "--prune"]), @"
    --- stdout
    let go the checkpoints of 1 session
    --- stderr
    Git frees the space of what nothing keeps by and by. To free it now:
    hint: git gc --prune=now
    [EOF]
    ");
    assert_eq!(
        keepers(&repo).lines().count(),
        1,
        "that of the open session stays"
    );
    assert_snapshot!(repo.session(&["archive", "--prune", "--json"]), @r#"
    --- stdout
    {
      "schema": "git-session/archive/v1",
      "dry_run": false,
      "archived": [],
      "parked": [],
      "freed": [],
      "kept": []
    }
    --- stderr
    Git frees the space of what nothing keeps by and by. To free it now:
    hint: git gc --prune=now
    [EOF]
    "#);
}

#[test]
fn a_keeper_that_is_locked_is_named_and_taken_next_time() {
    let repo = Repo::in_session();
    let id = ended(&repo);
    repo.wait(31 * DAY);
    let lock = repo.git_path(&format!("refs/session/snapshots/{id}.lock"));
    std::fs::write(&lock, "").expect("a lock");
    let said = repo.session(&["archive"]).ok().news();
    assert!(
        said.contains(&format!("the checkpoints of {id} are still kept")),
        "{said}"
    );
    std::fs::remove_file(lock).expect("the lock");
    repo.session(&["archive", "--prune"]).done();
    assert_eq!(keepers(&repo), "");
}

/// An archived session with a checkpoint that nothing keeps, seen from its branch; its id and the checkpoint.
fn put_away(repo: &Repo) -> (String, String) {
    let id = repo.session_id();
    repo.config("session.archiveAfterDays", "0");
    repo.write("README", "unfinished\n");
    repo.session(&["checkpoint", "--label", "half"]).done();
    let kept = repo.git(&["rev-parse", &format!("refs/session/snapshots/{id}^1")]);
    repo.git(&["checkout", "-q", "README"]).done();
    repo.session(&["end", "--abandon"]).done();
    repo.session(&["archive"]).done();
    assert_eq!(keepers(repo), "");
    (id, kept.text())
}

#[test]
fn an_archived_session_can_be_opened_again() {
    for way in [&["start", "--resume"][..], &["resume"]] {
        let repo = Repo::in_session();
        let (id, checkpoint) = put_away(&repo);
        let said = repo.session(way).ok().to_string();
        assert!(said.contains("archived"), "{said}");
        assert_eq!(repo.session_id(), id, "{said}");
        let reference = format!("refs/session/snapshots/{id}^1");
        assert_eq!(repo.git(&["rev-parse", &reference]).text(), checkpoint);
        let list = repo.session(&["list"]).text();
        assert!(list.contains("active"), "{list}");
        repo.assert_quiet();
    }
}

#[test]
fn checkpoints_that_git_has_collected_are_counted() {
    let repo = Repo::in_session();
    put_away(&repo);
    repo.git(&["reflog", "expire", "--expire=now", "--all"])
        .done();
    repo.git(&["gc", "-q", "--prune=now"]).done();
    let said = repo.session(&["start", "--resume"]).ok().news();
    assert!(
        said.contains("taken back without 1 checkpoint that git has collected"),
        "{said}"
    );
}

#[test]
fn an_archived_session_is_named_and_the_archive_taken_back() {
    let repo = Repo::in_session();
    let (id, checkpoint) = put_away(&repo);
    assert_snapshot!(repo.session(&["note", "add", "more"]), @"
    --- stderr
    error: the session on feature is archived
    hint: git session start --resume
    hint: git session start --new
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(repo.session(&["undo"]), @"
    --- stdout
    Took back: archived the session
    --- stderr
    `git session undo` once more does it again.
    [EOF]
    ");
    let reference = format!("refs/session/snapshots/{id}^1");
    assert_eq!(repo.git(&["rev-parse", &reference]).text(), checkpoint);
    let list = repo.session(&["list"]).text();
    assert!(list.contains("ended"), "{list}");
    assert_snapshot!(repo.session(&["archive", "--dry-run"]), @"
    --- stdout
    would archive feature (feature-20261120-wxxsrz, ended 2026-11-20 09:00)
    would let go the checkpoints of 1 session
    [EOF]
    ");
    repo.session(&["undo"]).done();
    assert_eq!(keepers(&repo), "");
    repo.session(&["start", "--resume"]).done();
    assert_eq!(repo.session_id(), id);
}

#[test]
fn nothing_left_to_archive_is_said_so() {
    let repo = Repo::in_session();
    put_away(&repo);
    let said = repo.session(&["archive", "--prune"]).ok().news();
    assert!(
        said.starts_with("No session that has ended is left to archive."),
        "{said}"
    );
}

#[test]
fn nothing_in_passing_lets_go_of_unfinished_work() {
    let repo = Repo::in_session();
    let id = repo.session_id();
    repo.write("work.txt", "the only copy\n");
    repo.session(&["end", "--abandon"]).done();
    repo.sh("rm work.txt").done();
    repo.switch("main");
    repo.wait(31 * DAY);
    let said = repo.session(&["start", "other"]).ok().news();
    assert!(!said.contains("Archived"), "{said}");
    assert!(keepers(&repo).contains(&id));
    assert!(
        repo.session(&["archive"])
            .ok()
            .to_string()
            .contains("archived feature")
    );
    assert_eq!(keepers(&repo), "");
}

#[test]
fn what_is_tracked_archives_nothing_on_the_same_day() {
    let repo = Repo::in_session();
    repo.write(
        ".session/config.toml",
        "[session]\narchive_after_days = 0\n",
    );
    ended(&repo);
    let said = repo.session(&["archive"]).ok().news();
    assert!(said.contains("ended more than 1 day ago"), "{said}");
    assert!(!keepers(&repo).is_empty());
    repo.config("session.archiveAfterDays", "0");
    repo.session(&["archive"]).done();
    assert_eq!(keepers(&repo), "");
}
