//! Git takes every name and every value that the table of settings gives it, and hands back the same.

use std::path::Path;
use std::process::Command;

use git_session::config::{KEYS, Kind, Origin, Settings, Value};

#[test]
fn git_keeps_every_setting_under_its_git_name() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("config");
    for key in KEYS {
        let value = example(key.kind);
        git(&file, &[&key.git_name(), &value.to_string()]);
    }
    let (settings, problems) = Settings::load(None, &|name| {
        vec![(git(&file, &["--get", name]), Origin::Local)]
    });
    assert_eq!(problems, []);
    for entry in settings.entries() {
        assert_eq!(
            entry.value,
            example(entry.key.kind),
            "{}",
            entry.key.git_name()
        );
        assert_eq!(entry.origin, Origin::Local);
    }
}

/// A value of that type that is nobody's default.
fn example(kind: Kind) -> Value {
    let text = match kind {
        Kind::Bool => "yes",
        Kind::Text => "a \"quoted\" # text; \\ and more",
        Kind::Address => "https://example.org/x?y=1",
        Kind::DateFormat => "%d.%m.%Y",
        Kind::Choice(words) => words.last().expect("a choice has words"),
        Kind::Duration => "1h7m",
        Kind::Size => "3KiB",
        Kind::Integer(_) | Kind::Percent => "42",
        Kind::List([]) => "src/*.{c,h},**/*.md",
        Kind::List(words) => words[0],
    };
    Value::from_text(kind, text).expect("the example fits its type")
}

#[expect(clippy::disallowed_methods, reason = "git is the oracle of this test")]
fn git(file: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["config", "--file"])
        .arg(file)
        .args(arguments)
        .output()
        .expect("git is there");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    let text = String::from_utf8(output.stdout).expect("git writes what it was given");
    text.trim_end_matches('\n').to_owned()
}
