//! What becomes of trailers and records in every operation of git that makes or moves commits. The table in
//! `docs/survival.md` is written by this test (`UPDATE_DOCS=1`), and holds for every git that the suite is run with.

mod rows;

use std::fmt::Write as _;

use git_session::sys::env::Env;

use super::config_docs::check as check_page;
use super::support::{Repo, Sandbox};
use rows::{GROUPS, Group, Row};

/// Recorded commits that every operation begins with.
const COMMITS: usize = 4;

/// What is left after an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// Commits that were made anew and carry lines of ours of their own.
    pub(super) made: usize,
    /// Of the four commits: whose lines git still finds as trailers.
    pub(super) parsed: usize,
    /// Whose lines stand in a message.
    pub(super) written: usize,
    /// Whose records are in the notes of what is left, as soon as git has returned.
    pub(super) at_once: usize,
    /// The same after the next `git session` command.
    pub(super) later: usize,
}

/// `feature` with a session and four recorded commits, one decision each; `upstream`, `clash` and `side`, where
/// nobody has a session. `two` and `clash` change the same file.
fn before() -> Repo {
    let repo = Repo::new();
    repo.commit("start", "1\n", "Base");
    repo.git(&["tag", "base"]).done();
    for (branch, path) in [("upstream", "up"), ("clash", "two.txt"), ("side", "side")] {
        repo.git(&["switch", "-q", "-c", branch, "base"]).done();
        repo.commit(path, branch, &format!("From {branch}"));
        repo.wait(1);
    }
    repo.switch("upstream");
    repo.commit("again", "1\n", "Upstream again");
    repo.switch("main");
    repo.session(&["start", "feature", "-o", "Reach the goal"])
        .done();
    for name in ["one", "two", "three", "four"] {
        repo.wait(2);
        let decision = format!("Way {name}");
        repo.session(&["decisions", "add", &decision]).done();
        repo.wait(2);
        repo.commit(
            &format!("{name}.txt"),
            &format!("{name}\n"),
            &format!("Do {name}\n\nWhy {name}."),
        );
        repo.git(&["tag", name]).done();
    }
    repo.wait(2);
    let tidy = "git repack -adq && git pack-refs --all && rm -f .git/hooks/*.sample";
    repo.sh(tidy).done();
    repo
}

/// A copy of a repository under another name.
fn copy(template: &Repo, name: &str) -> Repo {
    let line = format!("cp -a . '../{name}' && git -C '../{name}' update-index -q --refresh");
    template.sh(&line).done();
    template.at(format!("../{name}"))
}

/// Which of the four commits some lines speak of.
fn ways<'a>(lines: impl Iterator<Item = &'a str>) -> usize {
    let mut seen: Vec<&str> = lines
        .filter_map(|line| line.trim().strip_prefix("Decisions: Way "))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len()
}

/// What stands in messages and notes of the commits that a revision leads to.
struct Found {
    made: usize,
    parsed: usize,
    written: usize,
    noted: usize,
}

fn look(repo: &Repo, revision: &str, what: &str) -> Found {
    let format = "--format=%B%x00%(trailers:unfold,only)%x00%N%x01";
    let log = [
        "log",
        &repo.notes().replacen("--ref", "--notes", 1),
        format,
        revision,
        "--not",
        "base",
    ];
    let log = repo.git(&log).text();
    let commits: Vec<Vec<&str>> = log
        .split('\x01')
        .map(|commit| commit.split('\0').collect())
        .filter(|fields: &Vec<&str>| fields.len() == 3)
        .collect();
    let mut made = 0;
    for fields in &commits {
        let own = fields[0]
            .lines()
            .filter(|line| line.starts_with("Session-Id: "))
            .count();
        let said = ways(fields[0].lines());
        let is_made = own == 1 && said == 0;
        made += usize::from(is_made);
        assert!(
            !is_made || !fields[2].trim().is_empty(),
            "not recorded: {what}\n{}",
            fields[0]
        );
        let plain = fields[0]
            .lines()
            .filter(|line| line.starts_with("Decisions: Way "));
        let (all, once) = (plain.clone().count(), ways(plain));
        assert_eq!(all, once, "{what}\n{}", fields[0]);
    }
    let field = |at: usize| commits.iter().map(move |fields| fields[at]);
    let mut notes: Vec<String> = Vec::new();
    for line in field(2)
        .flat_map(str::lines)
        .filter(|line| !line.is_empty())
    {
        let note: serde_json::Value = serde_json::from_str(line).expect("a line of a note");
        let decisions = note["decisions"].as_array().cloned().unwrap_or_default();
        notes.extend(
            decisions
                .iter()
                .map(|d| format!("Decisions: {}", d["text"].as_str().unwrap_or_default())),
        );
    }
    Found {
        made,
        parsed: ways(field(1).flat_map(str::lines)),
        written: ways(field(0).flat_map(str::lines)),
        noted: ways(notes.iter().map(String::as_str)),
    }
}

/// Plays one row in a copy of the template.
fn play(template: &Repo, name: &str, row: &Row) -> Result<Left, String> {
    let typed = "sed -i -e '1s/^$/Typed/' -e '1s/$/ (seen)/' \"$1\"";
    let repo = copy(template, name).editor(typed);
    let line = format!("exec 2>&1\n{}", row.line);
    let said = repo.sh(&line);
    let what = format!("{}: {}\n{said}", row.name, row.line);
    let end = row.end.unwrap_or("HEAD");
    if !said.success() {
        return Err(what);
    }
    let now = look(&repo, end, &what);
    let status = repo.session(&["status"]);
    assert!(status.success(), "{what}\n{status}");
    let later = look(&repo, end, &what);
    assert_eq!(repo.hook_log(), Vec::<String>::new(), "{what}");
    // nobody works in a session there: nothing is recorded of what others made
    let notes = repo.notes().replacen("--ref", "--notes", 1);
    for branch in ["upstream", "clash", "side"] {
        let log = [
            "log",
            &notes,
            "--format=%N",
            &format!("base..{branch}@{{0}}"),
        ];
        let foreign = if row.line.contains(&format!("git switch -q {branch}")) {
            String::new()
        } else {
            repo.git(&log).text()
        };
        assert_eq!(foreign.trim(), "", "{what}\nnotes of {branch}");
    }
    Ok(Left {
        made: now.made,
        parsed: now.parsed,
        written: now.written,
        at_once: now.noted,
        later: later.noted,
    })
}

/// The version of the git that the suite runs with.
fn version() -> (u32, u32) {
    let sandbox = Sandbox::new();
    let output = sandbox
        .command(Sandbox::git(), sandbox.root())
        .arg("version")
        .output();
    let text = String::from_utf8_lossy(&output.expect("git runs").stdout).into_owned();
    let mut parts = text.split([' ', '.']).filter_map(|part| part.parse().ok());
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// Plays the rows of a group; `SURVIVAL=<part of a name>` plays some.
#[track_caller]
fn check(group: &Group) {
    let template = before();
    template.sandbox().hide_author();
    let version = version();
    let only = Env::from_process().text("SURVIVAL").map(str::to_owned);
    let mut wrong = Vec::new();
    for (at, row) in group.rows.iter().enumerate() {
        if only
            .as_ref()
            .is_some_and(|only| !row.name.contains(only.as_str()))
        {
            continue;
        }
        if row.since.is_some_and(|since| version < since) {
            eprintln!("skipped: {} needs a newer git than {version:?}", row.name);
            continue;
        }
        match play(&template, &format!("row-{at}"), row) {
            Ok(left) if left == row.left => {}
            Ok(left) => wrong.push(format!("{}:\n  {left:?}, not\n  {:?}", row.name, row.left)),
            Err(what) => wrong.push(what),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The page that the rows make.
fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    for group in GROUPS {
        let _ = write!(page, "\n## {}\n\n{HEAD}", group.title);
        for row in group.rows {
            let Left {
                made,
                parsed,
                written,
                at_once,
                later,
            } = row.left;
            let made = if made > 0 {
                format!("{made} of {made}")
            } else {
                String::new()
            };
            let lines = if parsed == written {
                written.to_string()
            } else {
                format!("{parsed}, {written} in the text")
            };
            let records = if at_once == later {
                later.to_string()
            } else {
                format!("{at_once}, {later} with the next command")
            };
            let since = row
                .since
                .map(|(major, minor)| format!(" (git {major}.{minor})"))
                .unwrap_or_default();
            let _ = writeln!(
                page,
                "| {}{since} | {made} | {lines} | {records} | {} |",
                row.name, row.note
            );
        }
    }
    page
}

/// The head of each table.
const HEAD: &str =
    "| operation | new commits enriched | trailers | records | |\n|---|---|---|---|---|\n";

/// What stands above the tables.
const INTRODUCTION: &str = "# What survives

A branch with a session has four commits, each with trailers, a record in the log of the session and a note. Then one
operation of git is done, with the hooks installed. What is left on the branch that it leads to:

* **new commits enriched**: commits of one's own that got lines of their own, once. Empty: the operation makes none, or
  only commits that pass through, whose messages are those that git makes without the hooks.
* **trailers**: of how many of the four commits git still finds the lines as trailers, and, where it differs, of how many
  they stand in a message. Picked, rebased, mailed and merged commits keep their messages and so their trailers.
* **records**: of how many of the four commits the notes speak, on the commits that are there now; at once, and, where it
  differs, after the next `git session` command, whichever that is. What tells no hook is found then, in the reflogs.

Others' commits never get a record, whatever git reports about them. What is dropped keeps its record where it was, and
the log of the session keeps everything. The table is made by `tests/it/survival`, which plays every row with real git;
it holds for git 2.30.9, 2.39.5, 2.47.3 and a build of what becomes 2.56. Rows that need a newer git name it.
";

#[test]
fn the_page_says_what_is_played() {
    check_page("docs/survival.md", &page());
}

#[test]
fn new_commits() {
    check(&rows::COMMIT);
}

#[test]
fn amending() {
    check(&rows::AMEND);
}

#[test]
fn merging() {
    check(&rows::MERGE);
}

#[test]
fn picking_and_reverting() {
    check(&rows::PICK);
}

#[test]
fn rebasing() {
    check(&rows::REBASE);
}

#[test]
fn interactive_rebasing() {
    check(&rows::INTERACTIVE);
}

#[test]
fn mail() {
    check(&rows::MAIL);
}

#[test]
fn operations_that_tell_no_hook() {
    check(&rows::ELSEWHERE);
}

#[test]
fn without_hooks() {
    check(&rows::WITHOUT_HOOKS);
}
