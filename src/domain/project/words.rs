//! Which directories a branch name or an objective speaks of: whole words against whole names of directories.
//! `feature/user-auth` names `src/auth`, `src/user_auth` and `src/userAuth`; it does not name `src/author`.

use std::collections::HashSet;

/// Words that say what is done, not where; and names of directories that most projects have.
const COMMON: &[&str] = &[
    "a",
    "about",
    "add",
    "added",
    "adds",
    "after",
    "all",
    "allow",
    "also",
    "an",
    "and",
    "any",
    "app",
    "are",
    "as",
    "at",
    "be",
    "before",
    "branch",
    "bug",
    "bugfix",
    "build",
    "but",
    "by",
    "can",
    "change",
    "changes",
    "check",
    "chore",
    "clean",
    "cleanup",
    "code",
    "create",
    "delete",
    "do",
    "doc",
    "docs",
    "draft",
    "drop",
    "each",
    "every",
    "experiment",
    "feat",
    "feature",
    "features",
    "file",
    "files",
    "find",
    "fix",
    "fixed",
    "fixes",
    "fixup",
    "for",
    "from",
    "get",
    "handle",
    "has",
    "have",
    "hotfix",
    "how",
    "if",
    "implement",
    "improve",
    "in",
    "into",
    "is",
    "issue",
    "it",
    "its",
    "let",
    "lib",
    "main",
    "make",
    "master",
    "merge",
    "more",
    "move",
    "new",
    "no",
    "not",
    "now",
    "of",
    "old",
    "on",
    "one",
    "only",
    "or",
    "our",
    "out",
    "over",
    "people",
    "perf",
    "pr",
    "refactor",
    "release",
    "remove",
    "rename",
    "replace",
    "revert",
    "rewrite",
    "run",
    "set",
    "should",
    "show",
    "so",
    "some",
    "src",
    "start",
    "stop",
    "style",
    "support",
    "task",
    "test",
    "tests",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "they",
    "this",
    "ticket",
    "tidy",
    "to",
    "todo",
    "topic",
    "up",
    "update",
    "use",
    "used",
    "using",
    "via",
    "was",
    "we",
    "when",
    "where",
    "which",
    "who",
    "why",
    "will",
    "wip",
    "with",
    "without",
    "work",
    "write",
];

/// The longest run of words that may be one name: `user auth` for `user-auth`.
const LONGEST_RUN: usize = 3;
/// So many words of a text are looked at.
const MOST_WORDS: usize = 60;

/// The names that a text may mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(HashSet<String>);

impl Words {
    /// The words of a text.
    pub fn of(text: &str) -> Self {
        let parts = parts(text);
        let mut words = HashSet::new();
        for from in 0..parts.len() {
            for to in from + 1..=parts.len().min(from + LONGEST_RUN) {
                let run = &parts[from..to];
                let name = run.concat();
                if !run.iter().all(|part| is_common(part))
                    && !is_common(&name)
                    && says_something(&name)
                {
                    words.insert(name);
                }
            }
        }
        Self(words)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The word that names a directory, or one above it, and how many levels above it is.
pub fn named_directory(words: &Words, directory: &[u8]) -> Option<(String, usize)> {
    if words.is_empty() {
        return None;
    }
    let names = directory.split(|byte| *byte == b'/').rev();
    for (above, name) in names.enumerate() {
        let name = std::str::from_utf8(name).ok().map(squashed);
        if let Some(name) = name.filter(|name| words.0.contains(name)) {
            return Some((name, above));
        }
    }
    None
}

/// A name without the marks and capitals that part its words.
fn squashed(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn is_common(word: &str) -> bool {
    COMMON.binary_search(&word).is_ok()
}

/// One letter or a number means nothing.
fn says_something(name: &str) -> bool {
    name.chars().count() > 1 && name.chars().any(char::is_alphabetic)
}

/// The parts of the words of a text in lower case: parted by what is no letter or digit, by a capital, and by a
/// change between letters and digits.
fn parts(text: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let letters: Vec<char> = word.chars().take(200).collect();
        let mut part = String::new();
        for (at, letter) in letters.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| letters[before]);
            let after = letters.get(at + 1).copied();
            if before.is_some_and(|before| begins(before, *letter, after)) {
                parts.push(std::mem::take(&mut part));
            }
            part.extend(letter.to_lowercase());
        }
        if !part.is_empty() {
            parts.push(part);
        }
        if parts.len() >= MOST_WORDS {
            break;
        }
    }
    parts
}

/// Whether a part begins with this letter.
fn begins(before: char, letter: char, after: Option<char>) -> bool {
    let hump = before.is_lowercase() && letter.is_uppercase();
    let acronym =
        before.is_uppercase() && letter.is_uppercase() && after.is_some_and(char::is_lowercase);
    hump || acronym || before.is_numeric() != letter.is_numeric()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(text: &str, directory: &str) -> bool {
        named_directory(&Words::of(text), directory.as_bytes()).is_some()
    }

    #[test]
    fn the_list_is_sorted() {
        assert!(COMMON.is_sorted());
    }

    #[test]
    fn whole_words_name_whole_directories() {
        let table = [
            ("feature/auth", "src/auth", true),
            ("feature/auth", "src/auth/google", true),
            ("feature/auth", "src/author", false),
            ("feature/auth", "src/oauth", false),
            ("feature/auth", "feature", false),
            ("fix/a", "a", false),
            ("Add OAuth2 authentication", "src/auth", true),
            ("Add OAuth2 authentication", "src/oauth", true),
            ("Google OAuth", "lib/OAuth", true),
            ("fix auth", "src/Auth", true),
            ("user-auth", "src/userAuth", true),
            ("userAuth", "src/user_auth", true),
            ("user_auth.v2", "src/v2", true),
            ("user-auth", "src/auth-user", false),
            ("HTTPServer", "http", true),
            ("HTTPServer", "server", true),
            ("Let people log in", "src/login", true),
            ("fix the tests", "tests", false),
            ("release/1.2", "1", false),
            ("issue-12", "issue/12", false),
            ("Über-Konten", "über", true),
            ("", "", false),
            ("auth", "", false),
        ];
        for (text, directory, expected) in table {
            assert_eq!(names(text, directory), expected, "{text} {directory}");
        }
    }

    #[test]
    fn the_nearest_directory_is_told() {
        let found = named_directory(&Words::of("auth"), b"src/auth/google/deep");
        assert_eq!(found, Some(("auth".to_owned(), 2)));
        assert_eq!(named_directory(&Words::of("auth"), b"a/\xff"), None);
    }

    proptest! {
        #[test]
        fn any_text_has_words(text in "\\PC{0,80}", directory: Vec<u8>) {
            let words = Words::of(&text);
            prop_assert!(words.0.iter().all(|word| says_something(word) && !is_common(word)));
            named_directory(&words, &directory);
        }

        #[test]
        fn a_word_names_the_directory_that_is_called_so(name in "[a-z]{3,8}[0-9]?") {
            prop_assume!(!is_common(&name) && !is_common(name.trim_end_matches(|c: char| c.is_ascii_digit())));
            let text = format!("feature/{name}");
            let directory = format!("src/{name}");
            prop_assert!(names(&text, &directory));
        }
    }
}
