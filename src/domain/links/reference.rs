//! References in running text.

use std::ops::Range;

/// Something that a text refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference<'a> {
    /// `https://example.org/x`
    Address(&'a str),
    /// The number in `#12`.
    Issue(&'a str),
    /// The project and the number in `owner/project#12`.
    Elsewhere(&'a str, &'a str),
    /// `PROJ-123`
    Key(&'a str),
}

/// The most digits of a number.
const MOST_DIGITS: usize = 9;

/// Whether a text may refer to an issue of its own project, so that somebody has to know where that is.
pub fn needs_home(text: &str) -> bool {
    let digit = |mark: &str| {
        let mut places = text.match_indices(mark);
        places.any(|(at, _)| text[at + mark.len()..].starts_with(|c: char| c.is_ascii_digit()))
    };
    digit("#") || digit("GH-")
}

/// The references of a text, in order.
pub(super) fn references(text: &str) -> Vec<(Range<usize>, Reference<'_>)> {
    let mut found = Vec::new();
    let mut at = 0;
    for piece in text.split_inclusive(|letter: char| letter.is_whitespace()) {
        let begin = at;
        at += piece.len();
        let word = piece.trim_end();
        let inner = word.trim_start_matches(OPENING);
        let begin = begin + word.len() - inner.len();
        let inner = trimmed(inner);
        if let Some(reference) = reference(inner) {
            found.push((begin..begin + inner.len(), reference));
        }
    }
    found
}

/// What may stand in front of a reference.
const OPENING: &[char] = &['(', '[', '{', '<', '"', '\'', '`', '*', '_', ',', ';'];

/// What may stand behind one.
const CLOSING: &[char] = &[
    ')', ']', '}', '>', '"', '\'', '`', '*', '_', ',', ';', '.', ':', '!', '?',
];

/// The word without what closes it. A bracket that an address has opened belongs to it.
fn trimmed(word: &str) -> &str {
    let mut word = word;
    while let Some(last) = word.chars().next_back().filter(|c| CLOSING.contains(c)) {
        let mut pairs = PAIRS.iter().filter(|(_, close)| *close == last);
        let opened = pairs
            .next()
            .map_or(0, |(open, _)| word.matches(*open).count());
        if opened > 0 && opened >= word.matches(last).count() {
            break;
        }
        word = &word[..word.len() - last.len_utf8()];
    }
    word
}

/// Brackets.
const PAIRS: [(char, char); 4] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>')];

/// What a whole word refers to.
fn reference(word: &str) -> Option<Reference<'_>> {
    if word.contains("://") {
        let scheme = word.split("://").next()?;
        let known = ["http", "https"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known));
        return known.then_some(Reference::Address(word));
    }
    if let Some((project, number)) = word.split_once('#') {
        if !is_number(number) {
            return None;
        }
        return match project {
            "" => Some(Reference::Issue(number)),
            project if project.contains('/') => Some(Reference::Elsewhere(project, number)),
            _ => None,
        };
    }
    let (project, number) = word.rsplit_once('-')?;
    let mut letters = project.bytes();
    let begins = letters
        .next()
        .is_some_and(|letter| letter.is_ascii_uppercase());
    let goes_on = letters
        .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == b'_');
    let is_key =
        begins && goes_on && project.len() >= 2 && project.len() <= 32 && is_number(number);
    is_key.then_some(Reference::Key(word))
}

/// A number as issues have it.
fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MOST_DIGITS
        && !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit())
}
