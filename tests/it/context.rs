//! Context files: what is found, how far behind it is by git's own count, what starts, switches and checkpoints say
//! of it, and how it is brought up to date.

use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use insta::assert_snapshot;
use serde_json::Value;

use super::support::{Output, Repo};

const AUTH: &str = "src/auth/CLAUDE.md";
const TEXT: &str = "# Auth\n\nSigns people in.\n\n## Patterns\n\n- One trait a provider\n\n## Gotchas\n\n- Clock skew\n";

/// `src/auth` with context and so many commits beside it since.
fn behind(commits: usize) -> Repo {
    let repo = Repo::new();
    repo.write("src/auth/login.rs", "0\n");
    repo.commit(AUTH, TEXT, "Explain auth");
    repo.wait(40 * 24 * 60);
    for number in 1..=commits {
        repo.commit(
            "src/auth/login.rs",
            &format!("{number}\n"),
            &format!("Work {number}"),
        );
    }
    repo
}

fn json(repo: &Repo, args: &[&str]) -> Value {
    let args = [&["--json"], args].concat();
    serde_json::from_str(&repo.session(&args).text()).expect("JSON")
}

fn health(repo: &Repo) -> Value {
    json(repo, &["context", "health"])
}

/// Commits, changes and days of a file.
fn numbers(health: &Value, path: &str) -> (u64, u64, u64) {
    let files = health["files"].as_array().expect("files");
    let file = files.iter().find(|file| file["path"] == path);
    let health = &file.unwrap_or_else(|| panic!("{path} is missing: {health}"))["health"];
    let number = |name: &str| health[name].as_u64().expect("a number");
    (number("commits"), number("churn"), number("age_days"))
}

/// What git counts beside a file since the newest commit that changed it.
fn counted(repo: &Repo, path: &str, beside: &[&str]) -> u64 {
    let last = repo.git(&["log", "-1", "--format=%H", "--", path]).text();
    let range = format!("{last}..HEAD");
    let count = [
        "rev-list",
        "--count",
        "--no-merges",
        "--full-history",
        &range,
        "--",
    ];
    repo.git(&[&count[..], beside].concat())
        .text()
        .parse()
        .expect("a number")
}

/// The paths that `list` knows, with their states.
fn listed(repo: &Repo) -> Vec<(String, String)> {
    let list = json(repo, &["context", "list"]);
    let files = list["files"].as_array().expect("files").iter();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    files
        .map(|file| (text(&file["path"]), text(&file["state"])))
        .collect()
}

/// The last lines of what a command says about context.
fn about_context(output: &Output) -> String {
    let both = format!("{}\n{}", output.answer(), output.news());
    let lines = both
        .lines()
        .filter(|line| line.contains("CLAUDE.md") || line.contains("AGENTS.md"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_figures_are_those_of_git() {
    let repo = Repo::new();
    repo.commit("src/auth/a", "1\n", "Code first");
    repo.commit("CLAUDE.md", "# All\n", "Explain all");
    repo.commit(AUTH, TEXT, "Explain auth");
    for number in 0..4 {
        repo.wait(24 * 60);
        repo.stage("src/auth/deep/b", &format!("{number}\n"));
        repo.commit("src/auth/a", &format!("{number}\n"), "Auth");
        repo.commit("src/web", &format!("{number}\n"), "Web");
    }
    repo.commit("src/auth/AGENTS.md", "# More\n", "No work");
    let health = health(&repo);
    assert_eq!(numbers(&health, AUTH), (4, 8, 4));
    assert_eq!(numbers(&health, "CLAUDE.md"), (4, 4, 4));
    assert_eq!(numbers(&health, "src/auth/AGENTS.md"), (0, 0, 0));
    let beside = ["src/auth", ":!src/auth/CLAUDE.md", ":!src/auth/AGENTS.md"];
    assert_eq!(counted(&repo, AUTH, &beside), 4);
    assert_eq!(counted(&repo, "CLAUDE.md", &[".", ":!src/auth"]), 4);
}

#[test]
fn work_on_merged_branches_counts_whatever_its_date() {
    let repo = behind(0);
    repo.git(&["switch", "-q", "-c", "side"]).done();
    repo.commit("src/auth/side", "1\n", "Side 1");
    repo.commit("src/auth/side", "2\n", "Side 2");
    repo.git(&["switch", "-q", "main"]).done();
    repo.wait(60);
    repo.commit(AUTH, "# New\n", "Explain again");
    repo.git(&["merge", "-q", "--no-edit", "side"]).done();
    // both sides changed it, and the merge is by hand
    repo.git(&["switch", "-q", "-c", "other"]).done();
    repo.commit(AUTH, "# Other\n", "Explain otherwise");
    repo.commit("src/auth/o", "1\n", "Other");
    repo.git(&["switch", "-q", "main"]).done();
    repo.commit("src/auth/m", "1\n", "Main");
    let health_before = health(&repo);
    assert_eq!(numbers(&health_before, AUTH).0, 3);
    assert_eq!(
        counted(&repo, AUTH, &["src/auth", ":!src/auth/CLAUDE.md"]),
        3
    );
    repo.commit(AUTH, "# Main\n", "Explain on main");
    assert!(!repo.git(&["merge", "-q", "other"]).success());
    repo.commit(AUTH, "# Both\n", "Merge by hand");
    // whoever resolved it has seen both sides
    assert_eq!(numbers(&health(&repo), AUTH).0, 0);
    repo.commit("src/auth/m", "2\n", "Main again");
    assert_eq!(numbers(&health(&repo), AUTH), (1, 1, 0));
}

#[test]
fn a_renamed_file_starts_anew_and_renamed_work_counts() {
    let repo = behind(3);
    repo.git(&["mv", "src/auth", "src/login"]).done();
    repo.git(&["commit", "-qm", "Move"]).done();
    assert_eq!(numbers(&health(&repo), "src/login/CLAUDE.md"), (0, 0, 0));
    repo.git(&["mv", "src/login/login.rs", "src/login/main.rs"])
        .done();
    repo.git(&["commit", "-qm", "Rename"]).done();
    // the old name and the new one
    assert_eq!(numbers(&health(&repo), "src/login/CLAUDE.md"), (1, 2, 0));
}

#[test]
fn a_rebase_keeps_the_age() {
    let repo = behind(3);
    repo.git(&["branch", "base", "HEAD~4"]).done();
    repo.git(&["switch", "-q", "base"]).done();
    repo.commit("unrelated", "1\n", "Unrelated");
    repo.git(&["switch", "-q", "main"]).done();
    let before = health(&repo);
    repo.git(&["rebase", "-q", "base"]).done();
    let after = health(&repo);
    assert_eq!(numbers(&before, AUTH), numbers(&after, AUTH));
    assert_eq!(numbers(&after, AUTH), (3, 3, 40));
}

#[test]
fn every_clone_says_the_same_at_any_time() {
    let repo = behind(12);
    repo.commit(
        ".session/architecture.md",
        "# A\n\n## Pattern\n\nLayered.\n",
        "Pages",
    );
    repo.commit("src/auth/login.rs", "x\n", "Work");
    let mine = health(&repo);
    let outside = repo.at("..");
    outside
        .git(&["clone", "-q", "--no-local", "repo", "clone"])
        .done();
    let clone = outside.at("clone");
    clone.sh("touch -d 2001-01-01 src/auth/CLAUDE.md").done();
    repo.wait(600 * 24 * 60);
    for (key, value) in [
        ("diff.renames", "copies"),
        ("diff.orderFile", "nowhere"),
        ("diff.relative", "true"),
        ("log.showSignature", "true"),
        ("log.showRoot", "false"),
        ("log.diffMerges", "off"),
        ("core.quotePath", "true"),
        ("color.ui", "always"),
    ] {
        clone.config(key, value);
    }
    assert_eq!(health(&clone), mine);
    assert_eq!(health(&clone.at("src/auth")), mine);
    let linked = clone.worktree("linked");
    assert_eq!(health(&linked), mine);
    // a replacement is this clone's own
    let (head, before) = (repo.head(), repo.git(&["rev-parse", "HEAD~3"]).text());
    clone.git(&["replace", &head, &before]).done();
    assert_eq!(health(&clone)["files"], mine["files"]);
}

#[test]
fn a_shallow_clone_says_that_it_knows_less() {
    let repo = behind(12);
    let outside = repo.at("..");
    let url = format!("file://{}", repo.path().display());
    outside
        .git(&["clone", "-q", "--depth=5", &url, "shallow"])
        .done();
    let shallow = outside.at("shallow");
    let health = health(&shallow);
    assert_eq!(numbers(&health, AUTH), (4, 4, 0));
    assert_eq!(health["short_history"], true);
    assert_eq!(health["files"][0]["health"]["whole"], false);
    assert_snapshot!(shallow.session(&["context", "health"]), @"
    --- stdout
    Score         File                 Commits  Changes  Days  Beside
       86  fresh  src/auth/CLAUDE.md  4+ (-10)  4+ (-4)    0+  1 file

    Project: 86 of 100, the mean of 1 file, at 6be119e
    History is not whole here: figures with + are the least that they can be, scores the most
    [EOF]
    ");
    shallow.git(&["fetch", "-q", "--unshallow"]).done();
    assert_eq!(self::health(&shallow), self::health(&repo));
}

#[test]
fn a_clone_without_blobs_opens_no_connection() {
    let repo = behind(12);
    repo.config("uploadpack.allowFilter", "true");
    let outside = repo.at("..");
    let url = format!("file://{}", repo.path().display());
    let partial = ["clone", "-q", "--filter=blob:none", &url, "partial"];
    outside.git(&partial).done();
    let clone = outside.at("partial");
    clone
        .git(&["remote", "set-url", "origin", "file:///nowhere"])
        .done();
    assert_eq!(health(&clone), health(&repo));
}

/// Random work: what is carried on from commit to commit is what a fresh clone finds out.
#[test]
fn what_is_remembered_is_what_a_fresh_look_finds() {
    let repo = Repo::new();
    repo.session(&["start"]).done();
    let mut random: u64 = 42;
    let mut next = |most: u64| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % most
    };
    repo.commit("a/CLAUDE.md", "# A\n", "A");
    for step in 0..60 {
        repo.wait(300);
        let directory = ["a", "a/b", "c", "."][usize::try_from(next(4)).unwrap()];
        match next(10) {
            0 => {
                repo.commit(
                    &format!("{directory}/CLAUDE.md"),
                    &format!("# {step}\n"),
                    "Context",
                );
            }
            1 => {
                repo.git(&["rm", "-qf", "--ignore-unmatch", "c/CLAUDE.md"])
                    .done();
                repo.git(&["commit", "-q", "--allow-empty", "-m", "Gone"])
                    .done();
            }
            2 => repo
                .git(&["switch", "-q", "-c", &format!("side{step}")])
                .done(),
            3 => {
                repo.git(&["switch", "-q", "main"]).done();
                repo.commit(&format!("m{step}"), "m\n", "Main");
            }
            4 => {
                let other = repo
                    .git(&["for-each-ref", "--format=%(refname:short)", "refs/heads"])
                    .text();
                let other = other.lines().last().unwrap_or("main").to_owned();
                if !repo
                    .git(&["merge", "-q", "--no-edit", "-X", "ours", &other])
                    .success()
                {
                    repo.git(&["merge", "--abort"]).done();
                }
            }
            5 => {
                repo.write("new/x", format!("{step}\n"));
                repo.commit(&format!("{directory}/f{step}"), "x\n", "New");
            }
            _ => {
                repo.commit(&format!("{directory}/f"), &format!("{step}\n"), "Work");
            }
        }
        let remembered = health(&repo);
        let cache = repo.store().join("cache");
        let kept = repo.at("../kept");
        fs::rename(&cache, kept.path()).expect("the cache was written");
        let fresh = health(&repo);
        fs::remove_dir_all(&cache).expect("and again");
        fs::rename(kept.path(), &cache).expect("and put back");
        assert_eq!(remembered, fresh, "step {step}");
    }
    let records = fs::read_dir(repo.store().join("cache")).expect("a cache");
    assert!(records.count() <= 10, "old ones are dropped");
}

#[test]
fn everything_is_found_once_and_said_how_it_stands() {
    let repo = behind(0);
    repo.commit("AGENTS.md", "# All\n", "Agents");
    repo.commit("CLAUDE.md", "@AGENTS.md\n", "Import");
    repo.commit("lib/claude.md", "# Lib\n", "Lib");
    repo.commit(".github/copilot-instructions.md", "# C\n", "Copilot");
    repo.commit("node_modules/x/CLAUDE.md", "# Not ours\n", "Vendored");
    repo.commit("gone/GEMINI.md", "# G\n", "Gone");
    fs::remove_file(repo.path().join("gone/GEMINI.md")).unwrap();
    repo.write("new/CLAUDE.md", "# New\n");
    repo.write("lib/claude.md", "# Lib, changed\n");
    repo.write("ignored/CLAUDE.md", "# I\n");
    repo.write(".gitignore", "ignored/\n");
    repo.write("docs/CLAUDE.md.bak", "# no\n");
    symlink("/etc/passwd", repo.path().join("src/CLAUDE.md")).unwrap();
    symlink("src/auth", repo.path().join("away")).unwrap();
    assert_snapshot!(repo.session(&["context"]), @"
    --- stdout
    File                             Size  Score  State              Read by
    .github/copilot-instructions.md   4 B    100  fresh              GitHub Copilot
    AGENTS.md                         6 B    100  fresh              Codex, Copilot, Cursor
    CLAUDE.md                        11 B      -  imports AGENTS.md  Claude Code
    gone/GEMINI.md                      -    100  missing            Gemini CLI
    lib/claude.md                    15 B    100  changed            claude-context-manager
    new/CLAUDE.md                     6 B      -  untracked          Claude Code
    src/CLAUDE.md                       -      -  not a file         Claude Code
    src/auth/CLAUDE.md               88 B    100  fresh              Claude Code

    Project: 100 of 100
    [EOF]
    ");
    let shown = repo.session(&["context", "show", "src/CLAUDE.md"]);
    assert_snapshot!(shown, @"
    --- stderr
    error: src/CLAUDE.md is no regular file of the work tree, or lies behind a symbolic link
    hint: git session context list
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(repo.session(&["context", "show", "away/CLAUDE.md"]), @"
    --- stderr
    error: away/CLAUDE.md is no regular file of the work tree, or lies behind a symbolic link
    hint: git session context list
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(repo.session(&["context", "show", "../x/CLAUDE.md"]), @"
    --- stderr
    error: ../x/CLAUDE.md is not in the work tree
    --- exit 1
    [EOF]
    ");
    assert_snapshot!(repo.session(&["context", "show", "src/auth"]), @"
    --- stdout
    src/auth/CLAUDE.md (88 B, fresh (100))
      Signs people in.
      Patterns
      - One trait a provider
      Gotchas
      - Clock skew

    .github/copilot-instructions.md (4 B, fresh (100))

    AGENTS.md (6 B, fresh (100))
    --- stderr
    warning: src/CLAUDE.md is no regular file of the work tree, or lies behind a symbolic link.
    [EOF]
    ");
}

#[test]
fn odd_names_are_names() {
    let repo = Repo::new();
    let odd = [
        "a\nb",
        "q\"uote",
        ":(glob)*",
        "-rf",
        "sp ace ",
        "\u{202e}x",
        "--help",
    ];
    for name in odd {
        repo.write(&format!("{name}/CLAUDE.md"), "# Odd\n");
        repo.write(&format!("{name}/work"), "1\n");
    }
    let bytes = repo.path().join(std::ffi::OsStr::from_bytes(b"by\xfftes"));
    fs::create_dir(&bytes).unwrap();
    fs::write(bytes.join("CLAUDE.md"), "# Bytes\n").unwrap();
    repo.git(&["add", "."]).done();
    repo.git(&["commit", "-qm", "Odd"]).done();
    for name in odd {
        repo.write(&format!("{name}/work"), "2\n");
    }
    repo.git(&["commit", "-qam", "Work"]).done();
    let found = health(&repo);
    let files = found["files"].as_array().unwrap();
    assert_eq!(files.len(), odd.len() + 1);
    let ones = files.iter().filter(|file| file["health"]["commits"] == 1);
    assert_eq!(ones.count(), odd.len());
    repo.session(&["start", "feature/odd"]).done();
    repo.commit(":(glob)*/work", "3\n", "Work");
    let shown = json(&repo, &["context", "show"]);
    assert_eq!(shown["files"][0]["path"], ":(glob)*/CLAUDE.md");
    assert!(listed(&repo).iter().all(|(_, state)| state == "committed"));
}

#[test]
fn a_submodule_is_one_file_and_its_context_is_its_own() {
    let repo = behind(0);
    let inner = Repo::new();
    inner.commit("CLAUDE.md", "# Inner\n", "Inner");
    let url = inner.path().to_str().unwrap().to_owned();
    let add = [
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        &url,
        "src/auth/sub",
    ];
    repo.git(&add).done();
    repo.git(&["commit", "-qm", "Add a submodule"]).done();
    assert_eq!(listed(&repo), [(AUTH.to_owned(), "committed".to_owned())]);
    assert_eq!(numbers(&health(&repo), AUTH).0, 1);
    repo.session(&["start", "feature/sub"]).done();
    repo.commit("src/auth/x", "1\n", "Work");
    assert_eq!(json(&repo, &["context", "show"])["files"][0]["path"], AUTH);
}

#[test]
fn thousands_of_files_take_one_walk() {
    let repo = Repo::new();
    for number in 0..3000 {
        repo.write(&format!("d{}/e{number}/AGENTS.md", number % 50), "# D\n");
    }
    repo.git(&["add", "."]).done();
    repo.git(&["commit", "-qm", "Many"]).done();
    repo.session(&["start", "feature/e7"]).done();
    repo.commit("d7/e7/x", "1\n", "Work");
    repo.commit("top", "1\n", "Nobody's");
    let found = health(&repo);
    assert_eq!(found["files"].as_array().unwrap().len(), 3000);
    assert_eq!(numbers(&found, "d7/e7/AGENTS.md"), (1, 1, 0));
    assert_eq!(found["score"], 99);
    let near = json(&repo, &["context", "show"]);
    assert_eq!(near["files"].as_array().unwrap().len(), 1);
    assert_eq!(near["files"][0]["why"]["by"], "path");
}

#[test]
fn without_commits_or_without_a_work_tree() {
    let repo = Repo::empty();
    repo.write("CLAUDE.md", "# C\n");
    assert_snapshot!(repo.session(&["context", "list"]), @"
    --- stdout
    File       Size  Score  State      Read by
    CLAUDE.md   4 B      -  untracked  Claude Code
    --- stderr
    There are no scores: there is no commit yet.
    [EOF]
    ");
    assert_snapshot!(repo.session(&["context", "health"]), @"
    --- stderr
    There is no commit yet, so there is no history to compare with.
    [EOF]
    ");
    assert_snapshot!(repo.session(&["context", "update", "CLAUDE.md"]), @"
    --- stdout
    CLAUDE.md has no history yet
    --- stderr
    There is no terminal for an editor, so nothing was written.
    [EOF]
    ");
    let repo = behind(3);
    let outside = repo.at("..");
    outside
        .git(&["clone", "-q", "--bare", "repo", "bare"])
        .done();
    let bare = outside.at("bare");
    assert_eq!(health(&bare), health(&repo));
    assert_eq!(listed(&bare), [(AUTH.to_owned(), "committed".to_owned())]);
    assert_snapshot!(Repo::new().session(&["context"]), @"
    --- stderr
    There is no context file.
    hint: git session init
    [EOF]
    ");
}

#[test]
fn start_switch_and_resume_load_what_is_next_to_the_work() {
    let repo = behind(14);
    repo.commit("web/CLAUDE.md", "# Web\n", "Explain the web");
    assert_snapshot!(about_context(&repo.session(&["start", "feature/auth", "-o", "a"])), @"
    context: src/auth/CLAUDE.md (88 B)
    warning: src/auth/CLAUDE.md is 40 days and 14 commits behind src/auth.
    hint: git session context update src/auth/CLAUDE.md
    ");
    repo.git(&["switch", "-q", "main"]).done();
    assert_snapshot!(about_context(&repo.session(&["start", "fix/a", "-o", "a"])), @"");
    let started = json(&repo, &["start", "-o", "Draw the Web page"]);
    assert_eq!(started["context"][0]["path"], "web/CLAUDE.md");
    assert_eq!(started["context"][0]["why"]["word"], "web");
    repo.commit("src/auth/login.rs", "new\n", "Touch auth");
    repo.session(&["switch", "feature/auth"]).done();
    let back = json(&repo, &["switch", "fix/a"]);
    let why = |at: usize| {
        back["context"][at]["why"]["by"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!([why(0), why(1)], ["path", "objective"]);
    assert_snapshot!(about_context(&repo.session(&["switch", "feature/auth"])), @"
    context: src/auth/CLAUDE.md (88 B)
    warning: src/auth/CLAUDE.md is 40 days and 14 commits behind src/auth.
    hint: git session context update src/auth/CLAUDE.md
    ");
    repo.session(&["pause"]).done();
    assert_snapshot!(about_context(&repo.session(&["resume"])), @"
    context: src/auth/CLAUDE.md (88 B)
    warning: src/auth/CLAUDE.md is 40 days and 14 commits behind src/auth.
    hint: git session context update src/auth/CLAUDE.md
    ");
    // somebody is at it
    repo.write(AUTH, "# Better\n");
    assert_snapshot!(about_context(&repo.session(&["start"])), @"context: src/auth/CLAUDE.md (9 B)");
    assert_eq!(
        json(&repo, &["resume"])["context"][0]["health"]["band"],
        "stale"
    );
}

#[test]
fn a_checkpoint_names_stale_context_of_what_changed() {
    let repo = behind(14);
    repo.session(&["start", "topic", "-o", "Anything"]).done();
    repo.write("elsewhere", "1\n");
    assert_eq!(about_context(&repo.session(&["checkpoint"])), "");
    repo.write("src/auth/login.rs", "changed\n");
    assert_snapshot!(about_context(&repo.session(&["checkpoint"])), @"
    warning: src/auth/CLAUDE.md is 40 days and 14 commits behind src/auth.
    hint: git session context update src/auth/CLAUDE.md
    ");
    assert_eq!(
        about_context(&repo.session(&["checkpoint", "--no-update-context"])),
        ""
    );
    let json = json(&repo, &["checkpoint"]);
    assert_eq!(json["stale_context"][0]["path"], AUTH);
    // what was committed since the last checkpoint counts, too
    repo.git(&["commit", "-qam", "Change"]).done();
    assert_ne!(about_context(&repo.session(&["checkpoint"])), "");
    assert_eq!(about_context(&repo.session(&["checkpoint"])), "");
    repo.write("src/auth/login.rs", "again\n");
    repo.write(AUTH, "# Better\n");
    assert_eq!(about_context(&repo.session(&["checkpoint"])), "");
}

/// A command on a terminal, with what is typed. `None` where there is no `script`.
fn on_terminal(repo: &Repo, editor: &str, typed: &str, command: &str) -> Option<String> {
    let script = repo.sh("command -v script");
    if !script.success() {
        eprintln!("skipped: there is no `script` to make a terminal");
        return None;
    }
    repo.write("../typed", typed);
    let line = format!("script -qec 'git session {command}' /dev/null <../typed");
    let repo = repo.with("GIT_TERMINAL_PROMPT", "1").with("NO_COLOR", "1");
    let said = repo.editor(editor).sh(&line);
    Some(format!("{said}").replace("\r\n", "\n"))
}

#[test]
fn an_update_opens_a_copy_below_the_facts() {
    let repo = behind(3);
    repo.session(&["start", "topic"]).done();
    assert_snapshot!(repo.session(&["context", "update", "src/auth"]), @"
    --- stdout
    src/auth/CLAUDE.md: score 82 of 100, fresh
    Last changed 40 days before the newest commit: 452508c Explain auth
    Since then 3 commits and 3 file changes beside it:
      34cc02f Work 3
      6dd462b Work 2
      7790f24 Work 1
    Changed most:
      src/auth/login.rs (3 commits)
    --- stderr
    There is no terminal for an editor, so nothing was written.
    [EOF]
    ");
    fs::set_permissions(repo.path().join(AUTH), Permissions::from_mode(0o640)).unwrap();
    repo.write(AUTH, TEXT.replace('\n', "\r\n"));
    let seen = repo.path().join("../seen");
    let keep = format!("cp \"$1\" {}", seen.display());
    let Some(said) = on_terminal(&repo, &keep, "", "context update src/auth") else {
        return;
    };
    assert!(said.contains("stays as it is"), "{said}");
    let shown = fs::read_to_string(&seen).unwrap();
    assert!(
        shown.lines().count() > 5
            && shown
                .split_inclusive('\n')
                .all(|line| line.ends_with("\r\n"))
    );
    assert_snapshot!(shown.replace('\r', ""), @"
    <!-- git session: this comment is dropped when you save.
    src/auth/CLAUDE.md: score 82 of 100, fresh
    Last changed 40 days before the newest commit: 452508c Explain auth
    Since then 3 commits and 3 file changes beside it:
      34cc02f Work 3
      6dd462b Work 2
      7790f24 Work 1
    Changed most:
      src/auth/login.rs (3 commits)
    git session: your text begins below. -->

    # Auth

    Signs people in.

    ## Patterns

    - One trait a provider

    ## Gotchas

    - Clock skew
    ");
    assert_eq!(repo.read(AUTH), TEXT.replace('\n', "\r\n"));

    let change = "sed -i 's/Clock skew/Clocks/; s/\\r$//' \"$1\"";
    let said = on_terminal(&repo, change, "", "context update src/auth").unwrap();
    assert!(said.contains("Updated src/auth/CLAUDE.md"), "{said}");
    assert_eq!(
        repo.read(AUTH),
        TEXT.replace("Clock skew", "Clocks").replace('\n', "\r\n")
    );
    let mode = fs::metadata(repo.path().join(AUTH))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    let event = repo.events().pop().expect("an event");
    assert_eq!(
        (&event["kind"], &event["data"]["path"]),
        (&"context.updated".into(), &AUTH.into())
    );
    assert_eq!(
        repo.git(&["status", "--porcelain"]).text(),
        "M src/auth/CLAUDE.md"
    );
    assert!(
        repo.session(&["log"])
            .text()
            .contains("updated src/auth/CLAUDE.md")
    );
}

#[test]
fn an_update_that_went_wrong_changes_nothing() {
    let repo = behind(3);
    let Some(said) = on_terminal(&repo, "exit 3", "", "context update src/auth") else {
        return;
    };
    assert!(said.contains("the editor ended with 3"), "{said}");
    let tear = "sed -i '/your text begins below/d; s/skew/x/' \"$1\"";
    let said = on_terminal(&repo, tear, "", "context update src/auth").unwrap();
    assert!(said.contains("lost its end"), "{said}");
    let meanwhile = format!(
        "sed -i 's/skew/x/' \"$1\"; echo more >>{}",
        repo.path().join(AUTH).display()
    );
    let said = on_terminal(&repo, &meanwhile, "", "context update src/auth").unwrap();
    assert!(
        said.contains("was changed meanwhile") && said.contains("your text is in"),
        "{said}"
    );
    assert_eq!(repo.read(AUTH), format!("{TEXT}more\n"));
}

#[test]
fn a_checkpoint_on_a_terminal_asks() {
    let repo = behind(14);
    repo.session(&["start", "topic"]).done();
    repo.write("src/auth/login.rs", "changed\n");
    let change = "sed -i 's/skew/x/' \"$1\"";
    let Some(said) = on_terminal(&repo, change, "\n", "checkpoint") else {
        return;
    };
    assert!(said.contains("Update context? [y/N]"), "{said}");
    assert_eq!(repo.read(AUTH), TEXT);
    let said = on_terminal(&repo, change, "y\n", "checkpoint").unwrap();
    assert!(said.contains("Updated src/auth/CLAUDE.md"), "{said}");
    repo.write(AUTH, TEXT);
    let said = on_terminal(&repo, change, "", "checkpoint --update-context").unwrap();
    assert!(
        !said.contains("[y/N]") && said.contains("Updated"),
        "{said}"
    );
    repo.write(AUTH, TEXT);
    let said = on_terminal(&repo, change, "", "checkpoint --no-update-context").unwrap();
    assert!(!said.contains("CLAUDE.md"), "{said}");
}

#[test]
fn status_and_handoff_say_the_score() {
    let repo = behind(14);
    repo.session(&["start", "topic", "-o", "Anything"]).done();
    let status = repo.session(&["status"]).text();
    assert_snapshot!(status.lines().skip_while(|line| *line != "Context").take(2).collect::<Vec<_>>().join("\n"), @"
    Context
      score 43 of 100, 1 file stale (git session context health)
    ");
    assert_eq!(json(&repo, &["status"])["context"]["stale"], 1);
    let page = repo.session(&["handoff"]).text();
    let section = page
        .split("\n## ")
        .find(|part| part.starts_with("Context"))
        .expect("a section");
    assert_snapshot!(section, @"
    Context

    - Score: 43 of 100
    - To update: `src/auth/CLAUDE.md` (score 43, 14 commits and 40 days behind)
    ");
    let html = repo.session(&["handoff", "--format", "html"]).text();
    assert!(html.contains("<h2 id=\"context\">Context</h2>"), "{html}");
    let document = json(&repo, &["handoff"]);
    assert_eq!(document["context"]["to_update"][0]["path"], AUTH);
}

#[test]
fn a_path_that_is_not_there_has_no_context() {
    let repo = Repo::new();
    repo.commit("CLAUDE.md", "# Gotchas\n\n- Mocks lie\n", "Add context");
    assert_snapshot!(repo.session(&["context", "show", "nope"]), @"
    --- stderr
    error: nope is no context file, and no directory with one: CLAUDE.md, claude.md, AGENTS.md, GEMINI.md
    hint: git session context list
    --- exit 1
    [EOF]
    ");
}
