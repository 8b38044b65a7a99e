//! Passwords in addresses, `scheme://user:password@host` (RFC 3986, section 3.2.1).

use std::ops::Range;

use super::strength::is_reference;

/// How far after `://` the `@` is looked for, in bytes.
const LONGEST: usize = 2048;

/// The user and password of each address that has both; an empty user is one too.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, sign) in text.match_indices("://") {
        let start = at + sign.len();
        if found.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`');
        let mut limit = text.len().min(start + LONGEST);
        while !text.is_char_boundary(limit) {
            limit -= 1;
        }
        let rest = &text[start..limit];
        let rest = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let schemed = text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        if let Some(length) = credentials(rest).filter(|_| schemed) {
            found.push(start..start + length);
        }
    }
    found
}

/// The length of `user:password` at the start of what follows `://`.
fn credentials(rest: &str) -> Option<usize> {
    let colon = rest.find([':', '/', '@', '?', '#', '['])?;
    if rest.as_bytes()[colon] != b':' {
        return None;
    }
    let after = &rest[colon + 1..];
    let authority = &after[..after.find(['/', '?', '#']).unwrap_or(after.len())];
    let at = match authority.rfind('@') {
        Some(at) => at,
        // Not well formed, but written often: a password with a bare `/`, `?` or `#`.
        None if is_port(authority) => return None,
        None => after.find('@')?,
    };
    let password = &after[..at];
    (!password.is_empty() && !is_reference(password)).then_some(colon + 1 + at)
}

/// Digits, nothing, or a name for them (`PORT`, `${PORT}`, `{port}`).
fn is_port(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
        || text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
        || text.starts_with(['$', '{', '<', '*'])
}
