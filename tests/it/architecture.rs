//! The rules of the house, read from the sources: which layer may use which, how long a file may be, that no
//! test file is forgotten, that nothing but the entry point is called from both sides.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read the sources has failed"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Each layer of `src` and the layers that it may name. `domain` is pure; `sys` and `error` are leaves.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("error", &[]),
    ("sys", &["error"]),
    ("git", &["domain", "sys", "error"]),
    ("store", &["domain", "sys", "error"]),
    ("config", &["domain", "sys", "git", "error"]),
    ("ops", &["domain", "git", "store", "config", "sys", "error"]),
    ("ui", &["domain", "sys", "error"]),
    ("render", &["domain", "sys", "error"]),
    (
        "hook",
        &["domain", "git", "store", "config", "ops", "sys", "error"],
    ),
    (
        "cli",
        &[
            "domain", "git", "store", "config", "ops", "ui", "render", "sys", "error", "hook",
        ],
    ),
];

/// Crates that only these layers may name.
const CRATES: &[(&str, &[&str])] = &[
    ("git2", &["git"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("handlebars", &["render"]),
    ("regex", &["domain"]),
    ("quick_xml", &["domain"]),
    ("anstream", &["ui"]),
    ("anstyle", &["ui"]),
    ("notify", &["sys"]),
    ("ctrlc", &["sys"]),
];

/// What `domain` may not know of the world.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::net",
    "Utc::now",
    "Local::now",
];

/// The most lines before the tests of a file.
const LONGEST_FILE: usize = 500;

/// The path of a folder of this package.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Every Rust file below a folder, sorted.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in
            fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The layer of a file below `src`: its folder, or its name.
fn layer(file: &Path) -> String {
    let below = file.strip_prefix(folder("src")).unwrap();
    let first = below
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy()
        .into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The production lines of a file: what stands before its tests, comments left out.
fn code(file: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .enumerate()
        .take_while(|(_, line)| *line != "#[cfg(test)]")
        .map(|(number, line)| {
            (
                number + 1,
                line.split("//").next().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

/// Whether a file holds only tests.
fn is_test(file: &Path) -> bool {
    file.file_stem()
        .is_some_and(|stem| stem == "tests" || stem.to_string_lossy().ends_with("_tests"))
        || file.components().any(|part| part.as_os_str() == "tests")
}

/// The layers that a line names as `crate::<layer>`.
fn named_layers(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in line.split("crate::").skip(1) {
        let names = piece
            .strip_prefix('{')
            .and_then(|list| list.split('}').next())
            .unwrap_or(piece);
        for name in names.split(',') {
            let name: String = name
                .trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if MAY_USE.iter().any(|(layer, _)| *layer == name) {
                found.push(name);
            }
            if !piece.starts_with('{') {
                break;
            }
        }
    }
    found
}

#[test]
fn every_arrow_points_down() {
    let mut wrong = Vec::new();
    for file in sources(&folder("src")) {
        let layer = layer(&file);
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == layer) else {
            assert!(
                ["lib", "main"].contains(&layer.as_str()),
                "{layer} is not in the table of layers"
            );
            continue;
        };
        for (number, line) in code(&file) {
            for used in named_layers(&line) {
                if used != layer && !allowed.contains(&used.as_str()) {
                    wrong.push(format!("{}:{number}: {layer} names {used}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_crate_is_named_in_its_layer_only() {
    let mut wrong = Vec::new();
    for file in sources(&folder("src")) {
        let layer = layer(&file);
        for (number, line) in code(&file) {
            for (name, layers) in CRATES {
                let named =
                    line.contains(&format!("{name}::")) || line.contains(&format!("use {name};"));
                let word = line
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .any(|word| word == *name);
                if named && word && !layers.contains(&layer.as_str()) {
                    wrong.push(format!("{}:{number}: {layer} names {name}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_domain_is_pure() {
    let mut wrong = Vec::new();
    for file in sources(&folder("src/domain"))
        .iter()
        .filter(|file| !is_test(file))
    {
        for (number, line) in code(file) {
            if let Some(name) = IMPURE.iter().find(|name| line.contains(*name)) {
                wrong.push(format!(
                    "{}:{number}: the domain names {name}",
                    file.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_is_too_large_to_know() {
    let mut wrong = Vec::new();
    for file in sources(&folder("src")).iter().filter(|file| !is_test(file)) {
        let lines = code(file).len();
        if lines > LONGEST_FILE {
            wrong.push(format!("{}: {lines} lines", file.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "more than {LONGEST_FILE} lines:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn no_test_file_is_forgotten() {
    let main = fs::read_to_string(folder("tests/it").join("main.rs")).unwrap();
    for entry in fs::read_dir(folder("tests/it")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let module = path.is_dir() || path.extension().is_some_and(|kind| kind == "rs");
        assert!(
            !module || name == "main" || main.contains(&format!("mod {name};")),
            "tests/it/main.rs does not name {name}"
        );
    }
}

#[test]
fn a_layer_that_is_named_is_found() {
    assert_eq!(named_layers("use crate::git::Repo;"), ["git"]);
    assert_eq!(named_layers("use crate::{git, ops};"), ["git", "ops"]);
    assert!(named_layers("use super::Repo;").is_empty());
}
