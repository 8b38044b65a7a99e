//! Globs of settings (`trailers_off_for`, `tracking.*_patterns`) on branch names and paths: a
//! thin cover over `fast-glob`, so that one syntax holds everywhere.
//!
//! `*` and `?` stop at `/`; `**` is a whole path segment and crosses them; `[a-z]`, `[!a-z]` and
//! `{a,b}` are as in a shell; `\` takes the next character as it is; a `!` in front negates the
//! whole pattern. The whole text must match: a pattern is never searched for inside the text.

/// Whether all of `text` (a branch name, a path, an address) matches `pattern`.
///
/// A malformed pattern (see [`validate`]) matches nothing, negated or not.
pub fn glob_matches(pattern: &str, text: &str) -> bool {
    glob_matches_bytes(pattern, text.as_bytes())
}

/// [`glob_matches`] for a path as git has it: bytes, `/` between segments. `?` and classes then
/// stand for one UTF-8 character where there is one, else for one byte.
pub fn glob_matches_bytes(pattern: &str, text: &[u8]) -> bool {
    validate(pattern).is_ok() && fast_glob::glob_match(pattern, text)
}

/// Why a glob cannot be used, as a sentence with the byte position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadGlob(String);

impl std::fmt::Display for BadGlob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadGlob {}

/// Checks a pattern once, where it is typed or read from a setting.
///
/// Errors: an unclosed `[` or `{`, a trailing `\`, more than ten brace groups.
pub fn validate(pattern: &str) -> Result<(), BadGlob> {
    fast_glob::validate(pattern).map_err(|error| BadGlob(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_match_whole_names() {
        let table = [
            ("main", "main", true),
            ("main", "maintenance", false),
            ("feature/*", "feature/auth", true),
            ("feature/*", "feature/auth/google", false),
            ("feature/**", "feature/auth/google", true),
            ("release/[0-9].?", "release/1.2", true),
            ("{hotfix,fix}/*", "fix/a", true),
            ("{hotfix,fix}/*", "feature/a", false),
            ("!main", "topic", true),
            ("!main", "main", false),
            ("**", "any/thing", true),
            ("**/node_modules/**", "a/node_modules/b/c.js", true),
            ("**/node_modules/**", "node_modules/c.js", true),
            ("**/target/**", "src/target.rs", false),
            ("*", "日本", true),
            ("", "", true),
            ("", "main", false),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(glob_matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn malformed_patterns_match_nothing_and_say_why() {
        for pattern in ["[a", "{a,b", "a\\", "![a"] {
            assert!(!glob_matches(pattern, "a"), "{pattern}");
            assert!(!glob_matches(pattern, pattern), "{pattern}");
            assert!(
                validate(pattern).unwrap_err().to_string().contains("byte"),
                "{pattern}"
            );
        }
    }

    #[test]
    fn paths_that_are_not_text_match() {
        assert!(glob_matches_bytes("src/*", b"src/\xff\xfe"));
        assert!(!glob_matches_bytes("src/*.rs", b"src/\xff"));
    }

    proptest! {
        #[test]
        fn any_pattern_and_text_return(pattern in "\\PC{0,30}|[*?!{},\\[\\]a/\\\\]{0,30}", text in "\\PC{0,40}|[a/]{0,40}") {
            glob_matches(&pattern, &text);
        }

        #[test]
        fn a_name_without_signs_matches_only_itself(name in "[a-z/]{1,20}", other in "[a-z/]{1,20}") {
            prop_assert!(glob_matches(&name, &name));
            prop_assert_eq!(glob_matches(&name, &other), name == other);
        }
    }
}
