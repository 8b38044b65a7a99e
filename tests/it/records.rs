//! Records belong to the commits that say what they said: where a rebase stops, where everything happens within
//! one second, and when commits are rewritten again and again.

use super::support::Repo;

/// A session with the commits `c1` to `c4`, all of one second, each with a file of its name.
fn hasty() -> Repo {
    let repo = Repo::in_session();
    for name in ["c1", "c2", "c3", "c4"] {
        repo.commit(name, "1\n", name);
    }
    repo
}

/// Subject and recorded paths of every commit of the session's branch, oldest first.
fn recorded(repo: &Repo) -> Vec<String> {
    let notes = repo.notes().replacen("--ref", "--notes", 1);
    let log = repo
        .git(&[
            "log",
            "--reverse",
            &notes,
            "--format=%s%x00%N%x01",
            "main..",
        ])
        .text();
    let commit = |commit: &str| {
        let (subject, notes) = commit.trim().split_once('\0')?;
        let mut paths = Vec::new();
        for line in notes.lines().filter(|line| !line.is_empty()) {
            let note: serde_json::Value = serde_json::from_str(line).expect("a record");
            for kind in ["added", "modified"] {
                let named = note["impact"][kind].as_array().cloned().unwrap_or_default();
                paths.extend(
                    named
                        .iter()
                        .filter_map(|path| path.as_str().map(str::to_owned)),
                );
            }
        }
        Some(format!("{subject}: {}", paths.join(" ")))
    };
    log.split('\x01').filter_map(commit).collect()
}

/// Rebases the session's commits after the todo list was edited.
fn rebase(repo: &Repo, edit: &str, rest: &str) {
    let line = format!("GIT_SEQUENCE_EDITOR='sed -i {edit}' git rebase -q -i main && {rest}");
    repo.sh(&line).done();
}

/// The subjects that `status` lists.
fn listed(repo: &Repo) -> Vec<String> {
    let text = repo.session(&["status"]).text();
    let lines = text.lines().skip_while(|line| *line != "Commits").skip(1);
    let lines = lines.filter(|line| line.ends_with("ago)") || line.ends_with("now)"));
    let subject = |line: &str| line.trim()[8..].split(" (").next().map(str::to_owned);
    lines.filter_map(subject).collect()
}

#[test]
fn what_is_dropped_leaves_its_neighbours_alone() {
    let repo = hasty();
    rebase(&repo, "3d", "true");
    repo.session(&["status"]).done();
    assert_eq!(recorded(&repo), ["c1: c1", "c2: c2", "c4: c4"]);
}

#[test]
fn a_new_commit_at_a_stop_has_a_record_of_its_own() {
    let new = "echo 1 >new && git add new && git commit -q -m inserted && git rebase --continue";
    for (edit, after) in [
        ("2s/^pick/edit/", "c2"),
        ("-e 1s/^pick/reword/ -e 2s/^pick/edit/", "c2"),
        ("\"2a break\"", "c2"),
    ] {
        let repo = hasty();
        let repo = repo.editor("sed -i '1s/^c1$/C1/' \"$1\"");
        rebase(&repo, edit, new);
        repo.session(&["status"]).done();
        let first = if edit.contains("reword") {
            "C1: c1"
        } else {
            "c1: c1"
        };
        assert_eq!(
            recorded(&repo),
            [first, "c2: c2", "inserted: new", "c3: c3", "c4: c4"],
            "{edit}, after {after}"
        );
        let newest = ["c4", "c3", "inserted", "c2", &first[..2]];
        assert_eq!(listed(&repo), newest, "in the order of history: {edit}");
        let status = repo.session(&["status"]).text();
        assert!(status.contains("5 commits seen, 5 recorded,"), "{status}");
        repo.assert_quiet();
    }
}

#[test]
fn a_new_commit_that_is_amended_at_a_stop_is_followed() {
    let repo = hasty();
    let new = "echo 1 >new && git add new && git commit -q -m inserted && \
               echo 2 >more && git add more && git commit -q --amend --no-edit && git rebase --continue";
    rebase(&repo, "2s/^pick/edit/", new);
    repo.session(&["status"]).done();
    let all = recorded(&repo);
    assert_eq!(all[1], "c2: c2");
    assert!(
        all[2].starts_with("inserted: ") && all[2].contains("new"),
        "{all:?}"
    );
    assert_eq!(all.len(), 5);
}

#[test]
fn a_commit_that_is_taken_apart_at_a_stop_is_in_both_halves() {
    let repo = hasty();
    let split = "git reset -q HEAD~ && git add c2 && git commit -q -m half && \
                 echo 1 >rest && git add rest && git commit -q -m 'other half' && git rebase --continue";
    rebase(&repo, "2s/^pick/edit/", split);
    repo.session(&["status"]).done();
    let all = recorded(&repo);
    assert_eq!(all[1], "half: c2");
    assert!(all[2].contains("rest"), "{all:?}");
    assert_eq!(
        (all[0].as_str(), all[3].as_str(), all.len()),
        ("c1: c1", "c3: c3", 5)
    );
}

#[test]
fn an_amend_behind_a_rebase_replaces_the_line_of_the_note() {
    let repo = Repo::in_session();
    repo.commit("work", "1\n", "Work");
    for round in 0..3 {
        repo.wait(1);
        repo.git(&["rebase", "-q", "--no-ff", "main"]).done();
        repo.session(&["status"]).done();
        repo.wait(1);
        repo.stage("work", &format!("{round}\n"));
        repo.git(&["commit", "-q", "--amend", "--no-edit"]).done();
        let notes = repo.git(&["notes", &repo.notes(), "show", "HEAD"]).text();
        assert_eq!(notes.lines().count(), 1, "{notes}");
    }
}

#[test]
fn a_revert_leaves_decisions_to_the_next_commit_that_can_say_them() {
    let repo = hasty();
    repo.session(&["decisions", "add", "Take it back"]).done();
    repo.wait(3);
    repo.git(&["revert", "--no-edit", "HEAD"]).done();
    assert!(repo.note("HEAD").is_some());
    repo.wait(3);
    repo.commit("work", "1\n", "Next");
    assert_eq!(repo.trailers("HEAD", "Decisions"), ["Take it back"]);
    assert_eq!(repo.trailers("HEAD", "Session-Time"), ["6m"]);
}

#[test]
fn what_is_listed_is_what_git_has() {
    let repo = hasty();
    let repo = repo.editor("sed -i '1s/^c2$/Better/' \"$1\"");
    rebase(&repo, "-e 2s/^pick/reword/ -e \"3{h;d};4G\"", "true");
    assert_eq!(listed(&repo), ["c3", "c4", "Better", "c1"]);
    repo.git(&["reset", "-q", "--hard", "HEAD~2"]).done();
    assert_eq!(listed(&repo), ["Better", "c1"]);
    let status = repo.session(&["status"]).text();
    assert!(status.contains("2 commits seen, 2 recorded,"), "{status}");
    let shown = repo.session(&["show"]).text();
    assert!(shown.contains(" Better 2026"), "{shown}");
    assert_eq!(
        shown.matches(", not on the branch any more").count(),
        2,
        "{shown}"
    );
}

#[test]
fn status_says_what_keeps_head_from_its_branch() {
    let repo = hasty();
    repo.sh("GIT_SEQUENCE_EDITOR='sed -i \"2a break\"' git rebase -q -i main")
        .done();
    let text = repo.session(&["status"]).text();
    assert!(text.contains("rebasing feature, at "), "{text}");
    repo.git(&["rebase", "--abort"]).done();
}

#[test]
fn what_is_wrong_with_a_log_is_said_in_plain_words() {
    let repo = hasty();
    let log = repo.session_file("log.jsonl");
    let whole = repo.read(&log);
    std::fs::write(&log, format!("{whole}{{\"v\":1,\"at\":\"20\nno event\n")).expect("written");
    let said = repo.session(&["status"]).news();
    let said = said.trim_end();
    let path = log.display();
    assert_eq!(
        said,
        format!(
            "warning: 2 lines of {path} are no events and were skipped.\nhint: git session doctor"
        )
    );
    std::fs::remove_file(&log).expect("it is there");
    let said = repo.session(&["status"]).news();
    assert!(said.contains("the session of feature, is gone."), "{said}");
}
