//! What sort of file a path is, and what sort of commit a subject announces.

use serde::Serialize;

use crate::domain::tests_table::is_test_path;

/// What sort of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// Source text.
    Code,
    /// Tests, by their path.
    Tests,
    /// Text for people.
    Docs,
    /// Settings, manifests, lock files.
    Config,
    /// Pictures, archives, data.
    Other,
}

/// Extensions of text for people.
const DOCS: &[&str] = &[
    "md", "markdown", "rst", "adoc", "asciidoc", "txt", "org", "tex", "pod", "1", "5", "7", "8",
];

/// Extensions of settings.
const CONFIG: &[&str] = &[
    "toml",
    "yaml",
    "yml",
    "json",
    "jsonc",
    "json5",
    "ini",
    "cfg",
    "conf",
    "lock",
    "properties",
    "env",
    "editorconfig",
    "xml",
    "plist",
    "gradle",
    "cmake",
    "mk",
    "tf",
    "nix",
];

/// Extensions of what is no source text.
const OTHER: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "ico", "svg", "pdf", "zip", "gz", "xz", "tar", "jar",
    "woff", "woff2", "ttf", "otf", "mp3", "mp4", "csv", "tsv", "parquet", "sqlite", "bin", "snap",
];

/// File names, in lower case, that say it without an extension.
const NAMES: &[(&str, FileKind)] = &[
    ("readme", FileKind::Docs),
    ("changelog", FileKind::Docs),
    ("changes", FileKind::Docs),
    ("news", FileKind::Docs),
    ("authors", FileKind::Docs),
    ("contributing", FileKind::Docs),
    ("license", FileKind::Docs),
    ("copying", FileKind::Docs),
    ("makefile", FileKind::Config),
    ("dockerfile", FileKind::Config),
    ("go.mod", FileKind::Config),
    ("go.sum", FileKind::Config),
];

impl FileKind {
    /// Every kind, in the order of tables.
    pub const ALL: [Self; 5] = [
        Self::Code,
        Self::Tests,
        Self::Docs,
        Self::Config,
        Self::Other,
    ];

    /// The kind of a path (bytes, `/` between segments).
    pub fn of(path: &[u8]) -> Self {
        let text = String::from_utf8_lossy(path).to_lowercase();
        let (folder, name) = text.rsplit_once('/').unwrap_or(("", &text));
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let prose = DOCS.contains(&extension);
        let named = NAMES.iter().find(|(known, _)| *known == name);
        if OTHER.contains(&extension) {
            Self::Other
        } else if let Some((_, kind)) = named {
            *kind
        } else if prose && extension != "txt" {
            Self::Docs
        } else if is_test_path(path) {
            Self::Tests
        } else if prose
            || folder
                .split('/')
                .any(|part| part == "docs" || part == "doc")
        {
            Self::Docs
        } else if CONFIG.contains(&extension) || name.starts_with('.') {
            Self::Config
        } else {
            Self::Code
        }
    }

    /// The word in tables and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Tests => "tests",
            Self::Docs => "docs",
            Self::Config => "config",
            Self::Other => "other",
        }
    }
}

/// What sort of commit, by the prefix of its subject.
///
/// Source: <https://www.conventionalcommits.org/en/v1.0.0/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are those of the prefixes")]
pub enum CommitKind {
    Feat,
    Fix,
    Refactor,
    Perf,
    Test,
    Docs,
    Style,
    Build,
    Ci,
    Ops,
    Chore,
    Revert,
    Merge,
    Other,
}

impl CommitKind {
    /// Every kind, in the order of tables.
    pub const ALL: [Self; 14] = [
        Self::Feat,
        Self::Fix,
        Self::Refactor,
        Self::Perf,
        Self::Test,
        Self::Docs,
        Self::Style,
        Self::Build,
        Self::Ci,
        Self::Ops,
        Self::Chore,
        Self::Revert,
        Self::Merge,
        Self::Other,
    ];

    /// The kind that a subject announces: `feat(auth)!: …`; git's own words for a revert count too.
    pub fn of(subject: &str, is_merge: bool) -> Self {
        if is_merge {
            return Self::Merge;
        }
        if subject.starts_with("Revert \"") {
            return Self::Revert;
        }
        let prefix = subject.split_once(": ").map_or("", |(prefix, _)| prefix);
        let prefix = prefix.strip_suffix('!').unwrap_or(prefix);
        let word = match prefix.split_once('(') {
            Some((word, scope)) if scope.ends_with(')') => word,
            Some(_) => "",
            None => prefix,
        };
        let known = |kind: &&Self| !matches!(kind, Self::Merge | Self::Other);
        let mut all = Self::ALL.iter().filter(known);
        all.find(|kind| kind.name().eq_ignore_ascii_case(word))
            .copied()
            .unwrap_or(Self::Other)
    }

    /// The word in tables and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Feat => "feat",
            Self::Fix => "fix",
            Self::Refactor => "refactor",
            Self::Perf => "perf",
            Self::Test => "test",
            Self::Docs => "docs",
            Self::Style => "style",
            Self::Build => "build",
            Self::Ci => "ci",
            Self::Ops => "ops",
            Self::Chore => "chore",
            Self::Revert => "revert",
            Self::Merge => "merge",
            Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_sort_of_file_it_is() {
        let table = [
            ("src/auth.rs", FileKind::Code),
            ("run", FileKind::Code),
            ("tests/auth.rs", FileKind::Tests),
            ("src/auth_test.go", FileKind::Tests),
            ("tests/data/a.json", FileKind::Tests),
            ("tests/README.md", FileKind::Docs),
            ("docs/example.py", FileKind::Docs),
            ("README", FileKind::Docs),
            ("notes.txt", FileKind::Docs),
            ("Cargo.toml", FileKind::Config),
            (".gitignore", FileKind::Config),
            ("Makefile", FileKind::Config),
            ("logo.PNG", FileKind::Other),
        ];
        for (path, kind) in table {
            assert_eq!(FileKind::of(path.as_bytes()), kind, "{path}");
        }
        assert_eq!(FileKind::of(b"\xff.rs"), FileKind::Code);
    }

    #[test]
    fn a_subject_says_what_sort_of_commit_it_is() {
        let table = [
            ("feat: Google", CommitKind::Feat),
            ("fix(auth)!: Google", CommitKind::Fix),
            ("Docs: more", CommitKind::Docs),
            ("Revert \"feat: x\"", CommitKind::Revert),
            ("merge: x", CommitKind::Other),
            ("Add Google", CommitKind::Other),
            ("feat(x: y", CommitKind::Other),
            ("", CommitKind::Other),
        ];
        for (subject, kind) in table {
            assert_eq!(CommitKind::of(subject, false), kind, "{subject}");
        }
        assert_eq!(CommitKind::of("feat: x", true), CommitKind::Merge);
    }
}
