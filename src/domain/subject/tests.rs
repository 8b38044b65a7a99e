use proptest::prelude::*;

use super::*;
use crate::domain::trailers::{self, Key, Run, Style, Trailer};

/// `A src/a.rs 12`: kind, path, lines.
fn changes(text: &str) -> Vec<Change> {
    let parts = text.split(", ").filter(|part| !part.is_empty());
    let change = |part: &str| {
        let mut words = part.split(' ');
        let kind = match words.next() {
            Some("A") => ChangeKind::Added,
            Some("D") => ChangeKind::Deleted,
            Some("R") => ChangeKind::Renamed {
                from: b"old".to_vec(),
            },
            _ => ChangeKind::Modified,
        };
        Change {
            path: words.next().unwrap_or_default().as_bytes().to_vec(),
            kind,
            added: words.next().map_or(1, |lines| lines.parse().unwrap()),
            removed: 0,
        }
    };
    parts.map(change).collect()
}

fn from_paths(text: &str) -> String {
    suggest(&changes(text), None, None)
}

#[test]
fn a_type_comes_from_the_paths_where_they_tell() {
    for (text, expected) in [
        ("M tests/parse.rs", "test: update parse"),
        ("A src/parse_test.go", "test: add parse_test"),
        ("M README.md", "docs: update README.md"),
        (
            "M docs/a.md, M README.md",
            "docs: update README.md and 1 more file",
        ),
        ("M .github/workflows/test.yml", "ci: update test.yml"),
        (
            "M Cargo.toml, M Cargo.lock 40",
            "build: update Cargo.lock and 1 more file",
        ),
        ("M package.json", "build: update package.json"),
        ("M Dockerfile", "ops: update Dockerfile"),
        ("D src/a.rs", "refactor: remove a"),
        ("D notes.txt", "chore: remove notes.txt"),
        ("R src/a.rs, R src/b.rs", "refactor: move a and 1 more file"),
        ("A src/a.rs", "feat: add a"),
        (
            "A src/a.rs, M src/b.rs 90",
            "feat: update b and 1 more file",
        ),
        ("M src/a.rs", "chore: update a"),
        (
            "M src/a.rs, M tests/a.rs 80",
            "chore: update a and 1 more file",
        ),
        (
            "M README.md, M Cargo.toml",
            "chore: update Cargo.toml and 1 more file",
        ),
        ("", "chore: update files"),
    ] {
        assert_eq!(from_paths(text), expected, "{text}");
    }
}

#[test]
fn a_branch_tells_what_paths_do_not() {
    let on = |branch: &str, text: &str| {
        let line = suggest(&changes(text), None, Some(branch));
        line.split_once(':').unwrap().0.to_owned()
    };
    for (branch, kind) in [
        ("feature/login", "feat"),
        ("bugfix/login", "fix"),
        ("fix/login", "fix"),
        ("hotfix/1.2", "fix"),
        ("refactor/login", "refactor"),
        ("ada/Perf/login", "perf"),
        ("docs/login", "chore"),
        ("login", "chore"),
        ("fix", "chore"),
        ("login/fix", "chore"),
        ("", "chore"),
    ] {
        assert_eq!(on(branch, "M src/a.rs"), kind, "{branch}");
    }
    assert_eq!(on("fix/a", "A src/a.rs"), "fix", "the word of a person");
    assert_eq!(on("docs/a", "A src/a.rs"), "feat");
    assert_eq!(on("docs/a", "M README.md, M logo.png"), "docs");
    assert_eq!(on("feature/a", "M tests/a.rs"), "test");
}

#[test]
fn a_scope_is_the_deepest_directory_that_says_something() {
    for (text, scope) in [
        ("M src/parser/a.rs", Some("parser")),
        ("M src/parser/a.rs, M src/parser/deep/b.rs", Some("parser")),
        ("M src/parser/a.rs, M tests/parser/b.rs", Some("parser")),
        (
            "M crates/core/src/a.rs, M crates/core/tests/b.rs",
            Some("core"),
        ),
        ("M src/parser/a.rs, M src/lexer/b.rs", None),
        ("M src/a.rs", None),
        ("M a.rs", None),
        ("M src/main/java/org/acme/Login.java", Some("acme")),
        ("M src/My_Module/a.rs", Some("my-module")),
        ("M src/日本/a.rs", None),
        ("M core/日本/a.rs", Some("core")),
        (
            "M src/a-very-long-name-of-a-module/a.rs",
            Some("a-very-long-name-of"),
        ),
        ("M src/__tests__/a.js", None),
    ] {
        assert_eq!(super::scope(&changes(text)).as_deref(), scope, "{text}");
    }
    assert_eq!(
        from_paths("M chore/a.x"),
        "chore: update a.x",
        "once is enough"
    );
}

#[test]
fn an_objective_becomes_an_order() {
    let line = |objective: &str| suggest(&changes("A src/auth/a.rs"), Some(objective), None);
    for (objective, expected) in [
        ("Add OAuth2 login", "feat(auth): add OAuth2 login"),
        ("add OAuth2 login.", "feat(auth): add OAuth2 login"),
        ("FIX the parser", "feat(auth): fix the parser"),
        ("Google OAuth", "feat(auth): work on Google OAuth"),
        ("API for clients", "feat(auth): work on API for clients"),
        ("- Add a list\n- Add more", "feat(auth): add a list"),
        ("# Add \x1b[31mred", "feat(auth): add [31mred"),
        ("Session-Id: a", "feat(auth): work on Session-Id: a"),
        ("日本語を話す", "feat(auth): work on 日本語を話す"),
        ("", "feat(auth): add a"),
        (" ... ", "feat(auth): add a"),
        (&"Add more ".repeat(9), "feat(auth): add a"),
        (&"日".repeat(30), "feat(auth): add a"),
    ] {
        assert_eq!(line(objective), expected, "{objective:?}");
    }
}

#[test]
fn paths_are_called_by_what_says_most() {
    let long = "a".repeat(80);
    for (text, expected) in [
        ("M src/parser/mod.rs", "chore(parser): update parser"),
        ("M src/lib.rs", "chore: update lib"),
        ("M pkg/index.ts", "chore: update index"),
        ("M .gitignore", "chore: update .gitignore"),
        (
            "M src/parser.rs 50, M a.rs, M b.rs, M c.rs",
            "chore: update parser and 3 more files",
        ),
        (&format!("M src/{long}.rs"), "chore: update a file"),
        (
            &format!("M src/{long}.rs, A src/b.rs 0"),
            "feat: update 2 files",
        ),
        ("M src/-.rs", "chore: update -"),
        ("M #", "chore: update #"),
    ] {
        assert_eq!(from_paths(text), expected, "{text}");
    }
    let odd = Change {
        path: b"src/\xff\n\x1b.rs".to_vec(),
        ..changes("M x").remove(0)
    };
    assert_eq!(suggest(&[odd], None, None), "chore: update \u{fffd}");
    let empty = Change {
        path: b"src/\n.rs".to_vec(),
        ..changes("M x").remove(0)
    };
    assert_eq!(suggest(&[empty], None, None), "chore: update a file");
}

/// Whether it is a first line as it should be, and as git and our codec read it.
fn check(line: &str) -> Result<(), TestCaseError> {
    let form = r"^(feat|fix|refactor|perf|style|test|docs|build|ops|ci|chore)(\([a-z0-9-]+\))?!?: .{1,100}$";
    prop_assert!(regex::Regex::new(form).unwrap().is_match(line), "{line:?}");
    prop_assert!(line.width() <= MOST_COLUMNS, "{line:?}");
    prop_assert!(line.chars().count() <= MOST_COLUMNS, "{line:?}");
    prop_assert!(!line.chars().any(char::is_control), "{line:?}");
    prop_assert!(line.trim() == line, "{line:?}");
    if let Some((_, scope)) = line.split_once(':').unwrap().0.split_once('(') {
        prop_assert!(
            scope.len() <= LONGEST_SCOPE + 1 && !scope.starts_with('-'),
            "{line:?}"
        );
    }
    let message = format!("{line}\n");
    prop_assert!(trailers::harvest(message.as_bytes()).is_empty());
    let style = Style::default();
    prop_assert_eq!(
        trailers::subject(message.as_bytes(), &style),
        Some(line.as_bytes())
    );
    let run = Run::new(vec![Trailer::new(Key::Time, "1m")], "a").unwrap();
    let enriched = trailers::upsert(message.as_bytes(), &run, &style);
    let expected = format!("{line}\n\nSession-Time: 1m\nSession-Id: a\n");
    prop_assert_eq!(String::from_utf8(enriched).unwrap(), expected);
    Ok(())
}

/// Paths as people have them, and as nobody should.
fn path() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        "[a-z]{1,12}",
        Just("src".to_owned()),
        Just("tests".to_owned()),
        Just("..".to_owned()),
        "[-#:. (]{0,3}[A-Za-z0-9_-]{0,40}",
        "\\PC{0,12}",
        any::<String>(),
    ];
    let name = prop::collection::vec(part, 1..5).prop_map(|parts| parts.join("/").into_bytes());
    let file = (name, "(|\\.rs|\\.md|\\.toml|\\.)").prop_map(|(mut path, end)| {
        path.extend(end.into_bytes());
        path
    });
    prop_oneof![file, prop::collection::vec(any::<u8>(), 0..40)]
}

fn change() -> impl Strategy<Value = Change> {
    (path(), 0..5_u8, any::<u64>(), any::<u64>()).prop_map(|(path, kind, added, removed)| {
        let kind = match kind {
            0 => ChangeKind::Added,
            1 => ChangeKind::Deleted,
            2 => ChangeKind::TypeChanged,
            3 => ChangeKind::Renamed { from: path.clone() },
            _ => ChangeKind::Modified,
        };
        Change {
            path,
            kind,
            added,
            removed,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn it_is_a_first_line_whatever_files_are_called(
        changes in prop::collection::vec(change(), 0..6),
        objective in prop::option::of(prop_oneof!["\\PC{0,90}", any::<String>(), "[A-Z][a-z -]{0,60}[.]?"]),
        branch in prop::option::of("(feature/|fix/|)\\PC{0,9}"),
    ) {
        let line = suggest(&changes, objective.as_deref(), branch.as_deref());
        check(&line)?;
        let mut turned = changes;
        turned.reverse();
        prop_assert_eq!(suggest(&turned, objective.as_deref(), branch.as_deref()), line);
    }
}
