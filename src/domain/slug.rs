//! The readable piece of a session id. Whoever makes a session id calls this; nobody parses a
//! branch name back out of it.

/// Longest slug, in bytes (all of them ASCII).
pub const LONGEST: usize = 32;

/// What a slug is when a branch name has no letter or digit of ASCII.
pub const FALLBACK: &str = "branch";

/// The first piece of a session id: `branch` in lower-case `[a-z0-9-]`, every run of other
/// characters as one `-`, none at either end, at most [`LONGEST`] bytes.
///
/// A name that is too long is cut at a `-` when that keeps at least half of the room, else in the
/// middle of the word. A slug is its own slug.
pub fn slug(branch: &str) -> String {
    let mut text = String::with_capacity(branch.len().min(LONGEST * 2));
    for character in branch.chars() {
        if character.is_ascii_alphanumeric() {
            text.push(character.to_ascii_lowercase());
        } else if !text.is_empty() && !text.ends_with('-') {
            text.push('-');
        }
        if text.len() > LONGEST {
            break;
        }
    }
    if text.len() > LONGEST {
        let word_ends = text.as_bytes()[LONGEST] == b'-';
        let cut = match text[..LONGEST].rfind('-') {
            Some(dash) if !word_ends && dash >= LONGEST / 2 => dash,
            _ => LONGEST,
        };
        text.truncate(cut);
    }
    text.truncate(text.trim_end_matches('-').len());
    if text.is_empty() {
        FALLBACK.to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn branch_names_become_slugs() {
        let table = [
            ("feature/auth", "feature-auth"),
            ("feature/OAuth_2.0", "feature-oauth-2-0"),
            ("--x--", "x"),
            ("", "branch"),
            ("日本", "branch"),
            ("fix/日本/42", "fix-42"),
            ("Über", "ber"),
            (
                "feature/a-very-long-branch-name-that-goes-on",
                "feature-a-very-long-branch-name",
            ),
            (
                "feature/exactly-thirty-two-bytes",
                "feature-exactly-thirty-two-bytes",
            ),
            (
                "feature/exactly-thirty-two-bytes-and",
                "feature-exactly-thirty-two-bytes",
            ),
            (
                "abcdefghijklmnopqrstuvwxyz0123456789",
                "abcdefghijklmnopqrstuvwxyz012345",
            ),
            (
                "a-bcdefghijklmnopqrstuvwxyz0123456789",
                "a-bcdefghijklmnopqrstuvwxyz01234",
            ),
        ];
        for (branch, expected) in table {
            assert_eq!(slug(branch), expected, "{branch}");
        }
    }

    proptest! {
        #[test]
        fn a_slug_has_only_its_alphabet_and_is_its_own_slug(branch in "\\PC{0,80}|[a-zA-Z/_-]{0,80}") {
            let text = slug(&branch);
            prop_assert!(!text.is_empty() && text.len() <= LONGEST);
            prop_assert!(text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            prop_assert!(!text.starts_with('-') && !text.ends_with('-') && !text.contains("--"));
            prop_assert_eq!(slug(&text), text);
        }
    }
}
