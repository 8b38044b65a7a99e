//! Values of an `Authorization` header (RFC 9110, section 11.6.2) and after the word `Bearer`.

use std::ops::Range;

use super::strength::{is_benign, likely, likely_no_words};

/// Schemes that are common enough as words that they count only after `authorization`.
const SCHEMES: [&str; 6] = ["basic", "token", "apikey", "digest", "negotiate", "key"];

/// The credentials, without the scheme.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (at, word) in lower.match_indices("bearer") {
        let glued = lower[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        let value = credential(text, at + word.len()).filter(|_| !glued);
        found.extend(
            value.filter(|range| range.len() >= 10 && likely_no_words(&text[range.clone()])),
        );
    }
    for (at, word) in lower.match_indices("authorization") {
        let rest = &lower[at + word.len()..];
        let header = rest.trim_start_matches(['"', '\'', '\\', ' ', ':', '=', '>', ',']);
        let scheme = SCHEMES.iter().find(|scheme| header.starts_with(**scheme));
        let Some(scheme) = scheme.filter(|_| header.len() < rest.len()) else {
            continue;
        };
        let value = credential(text, lower.len() - header.len() + scheme.len());
        found.extend(value.filter(|range| range.len() >= 6 && likely(&text[range.clone()])));
    }
    found.sort_by_key(|range| range.start);
    found.dedup_by(|later, earlier| later.start < earlier.end);
    found
}

/// The word after the scheme that ends at `from`; `None` if none follows.
fn credential(text: &str, from: usize) -> Option<Range<usize>> {
    let rest = &text[from..];
    let value = rest.trim_start_matches([' ', '\t', ':', '=', '"', '\'']);
    let start = from + rest.len() - value.len();
    let token = |c: char| c.is_ascii_alphanumeric() || "._~+/=-".contains(c);
    let length = value.find(|c| !token(c)).unwrap_or(value.len());
    let word = value[..length].trim_end_matches('.');
    (start > from && !word.is_empty() && !is_benign(word)).then(|| start..start + word.len())
}
