//! The examples of the README are what happens: every fenced block behind a line `<!-- tour -->` is run in a
//! sandbox, one after the other, and prints what stands there. `UPDATE_README=1` writes it there.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::support::Repo;

/// The line in front of a block that is run.
const MARK: &str = "<!-- tour -->";

/// Files that the reader has written before the first command, not staged.
const FILES: &[(&str, &str)] = &[
    (
        "provider.rs",
        "pub trait Provider {\n    fn authorize(&self) -> String;\n}\n",
    ),
    (
        "google.rs",
        "pub struct Google;\n\n#[test]\nfn a_code_is_used_once() {}\n",
    ),
];

/// Minutes that pass before each command.
const PACE: i64 = 5;

/// A part of a README.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// Lines that are not run.
    Text(String),
    /// A line behind `$ `, and what it prints.
    Command { line: String, output: String },
}

/// Takes a README apart.
fn parse(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let (mut marked, mut inside) = (false, false);
    for line in text.split_inclusive('\n') {
        let fence = line.starts_with("```");
        let command = line.strip_prefix("$ ").filter(|_| inside && !fence);
        if let Some(command) = command {
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            let line = command.trim_end().to_owned();
            let output = String::new();
            parts.push(Part::Command { line, output });
            continue;
        }
        match parts.last_mut() {
            Some(Part::Command { output, .. }) if inside && !fence && plain.is_empty() => {
                output.push_str(line);
                continue;
            }
            _ => plain.push_str(line),
        }
        if fence {
            inside = marked && !inside;
        }
        marked = line.trim() == MARK;
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    parts
}

/// Puts a README together.
fn join(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(plain) => text.push_str(plain),
            Part::Command { line, output } => {
                write!(text, "$ {line}\n{output}").expect("a string takes it");
            }
        }
    }
    text
}

/// Where the reader is: a repository with one commit, and files that are about to be committed.
fn sandbox() -> Repo {
    let repo = Repo::empty();
    repo.commit("README", "a project\n", "First");
    // a reader has a terminal
    repo.git(&["config", "--global", "session.briefOnCheckout", "always"])
        .done();
    for (path, content) in FILES {
        repo.write(path, content);
    }
    repo
}

/// Runs every command; each must succeed. The README as it should be.
fn played(parts: Vec<Part>, repo: &Repo) -> Vec<Part> {
    let play = |part| match part {
        Part::Text(plain) => Part::Text(plain),
        Part::Command { line, .. } => {
            repo.wait(PACE);
            let printed = repo.sh(&format!("exec 2>&1\n{line}"));
            assert!(
                printed.success(),
                "`{line}` fails\n{printed}\nhook.log: {:#?}",
                repo.git(&["rev-parse"]).success().then(|| repo.hook_log())
            );
            let mut output = String::from_utf8_lossy(&printed.stdout).into_owned();
            if !output.is_empty() && !output.ends_with('\n') {
                output.push('\n');
            }
            Part::Command { line, output }
        }
    };
    parts.into_iter().map(play).collect()
}

/// Checks a README, or brings it up to date.
fn check(path: &Path, update: bool) {
    check_in(path, update, &sandbox());
}

/// Checks the examples of a page that are run in a repository, or brings them up to date.
pub(crate) fn check_in(path: &Path, update: bool, repo: &Repo) {
    let text = fs::read_to_string(path).unwrap_or_else(|error| {
        panic!(
            "{} cannot be read ({error}): the tour is checked against it",
            path.display()
        )
    });
    let parts = parse(&text);
    let commands = |part: &&Part| matches!(part, Part::Command { .. });
    assert!(
        parts.iter().any(|part| commands(&part)),
        "{} has no fenced block with a line `$ …` behind a line `{MARK}`",
        path.display()
    );
    let fresh = played(parse(&text), repo);
    if update {
        fs::write(path, join(&fresh)).expect("it can be written");
        return;
    }
    for (old, new) in parts.iter().zip(fresh) {
        assert_eq!(
            *old,
            new,
            "{} says something else than what happens; UPDATE_README=1 cargo test readme rewrites it",
            path.display()
        );
    }
}

/// A README in a directory of its own.
fn readme(text: &str) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("README.md");
    fs::write(&path, text).expect("a file");
    (directory, path)
}

/// Checks the examples of a page of this package, or brings them up to date.
pub(crate) fn check_page(file: &str) {
    check_page_in(file, &sandbox());
}

/// The same, run in a repository.
#[expect(clippy::disallowed_methods, reason = "the one switch of these tests")]
pub(crate) fn check_page_in(file: &str, repo: &Repo) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    check_in(&path, std::env::var_os("UPDATE_README").is_some(), repo);
}

#[test]
fn the_examples_of_the_readme_are_what_happens() {
    check_page("README.md");
}

#[test]
fn the_example_of_test_driven_work_is_what_happens() {
    check_page("docs/tdd.md");
}

#[test]
fn the_working_day_is_what_happens() {
    check_page("docs/day.md");
}

#[test]
fn the_examples_about_briefs_are_what_happens() {
    check_page("docs/brief.md");
}

#[test]
fn the_examples_about_checkpoints_are_what_happens() {
    check_page("docs/checkpoints.md");
}

#[test]
fn the_example_of_context_files_is_what_happens() {
    check_page("docs/context.md");
}

#[test]
fn the_examples_about_explaining_and_searching_are_what_happens() {
    check_page("docs/explain.md");
}

#[test]
fn every_page_is_linked_from_the_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("a README");
    let pages = fs::read_dir(root.join("docs")).expect("pages");
    let names = pages.map(|page| page.expect("a page").file_name());
    let names = names.map(|name| name.into_string().expect("UTF-8"));
    let lost: Vec<String> = names
        .filter(|name| Path::new(name).extension().is_some_and(|kind| kind == "md"))
        .filter(|name| !readme.contains(&format!("\n* [docs/{name}](docs/{name}): ")))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn every_command_is_in_the_table_of_the_readme() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).expect("a README");
    let (_, table) = readme.split_once("\n## Commands\n").expect("a heading");
    let (table, _) = table.split_once("\n## ").expect("another heading");
    let help = Repo::empty().session(&["-h", "--all"]).text();
    let (commands, _) = help.split_once("\nOptions:\n").expect("options");
    let lines = commands.lines().filter_map(|line| line.strip_prefix("  "));
    let verbs: Vec<&str> = lines.filter_map(|line| line.split(' ').next()).collect();
    assert!(verbs.contains(&"archive"), "{verbs:?}");
    let first_cells: Vec<&str> = table
        .lines()
        .filter_map(|row| row.split('|').nth(1))
        .collect();
    let is_lost = |verb: &&&str| {
        let name = format!("`{verb}`");
        !first_cells.iter().any(|cell| cell.contains(&name))
    };
    let lost: Vec<&&str> = verbs.iter().filter(is_lost).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn only_marked_blocks_are_run() {
    let text = "a\n\n```sh\n$ rm x\n```\n\n<!-- tour -->\n```console\n$ one\n1\n$ two\n```\nb\n";
    let parts = parse(text);
    assert_eq!(join(&parts), text);
    let command = |line: &str, output: &str| Part::Command {
        line: line.to_owned(),
        output: output.to_owned(),
    };
    assert_eq!(parts[1..3], [command("one", "1\n"), command("two", "")]);
    assert_eq!(parts.len(), 4);
}

#[test]
fn an_example_is_brought_up_to_date_and_then_holds() {
    let (_directory, path) = readme(
        "<!-- tour -->\n```console\n$ git branch --show-current\nold\n$ printf x\n```\nend\n",
    );
    check(&path, true);
    let text = fs::read_to_string(&path).expect("a file");
    assert_eq!(
        text,
        "<!-- tour -->\n```console\n$ git branch --show-current\nmain\n$ printf x\nx\n```\nend\n"
    );
    check(&path, false);
}

#[test]
fn the_same_commands_print_the_same_again() {
    let text = "<!-- tour -->\n```console\n$ git session start x -o y\n$ git add . && git commit -m z\n\
                $ git log --stat\n$ git switch main\n$ git switch -\n$ git session status\n```\n";
    assert_eq!(
        played(parse(text), &sandbox()),
        played(parse(text), &sandbox())
    );
}

#[test]
#[should_panic(expected = "says something else than what happens")]
fn an_example_that_is_wrong_is_found() {
    let (_directory, path) = readme("<!-- tour -->\n```console\n$ git branch\n* other\n```\n");
    check(&path, false);
}

#[test]
#[should_panic(expected = "cannot be read")]
fn a_readme_that_is_missing_is_named() {
    check(Path::new("no-such-directory/README.md"), false);
}
