//! Values as text: cleaning, folding, and the bytes of the commit's encoding.

use super::{RATIONALE, Trailer};

/// The longest value, in characters; a longer one is cut and ends in `...`.
pub const MAX_CHARS: usize = 200;

/// The column that folded lines stay within, if their words allow it.
pub const MAX_COLUMNS: usize = 72;

/// What stands at the end of a value that was cut.
const ELLIPSIS: &str = "...";

/// The character set that own lines are written in; what it lacks becomes `?`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Git's default.
    #[default]
    Utf8,
    /// ISO-8859-1, and Windows-1252 as far as the two agree.
    Latin1,
    /// Every other encoding: all that git allows hold ASCII.
    Ascii,
}

impl Encoding {
    /// The encoding that a value of `i18n.commitEncoding` names.
    pub fn from_name(name: &str) -> Self {
        let plain: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        match plain.as_str() {
            "" | "utf8" => Self::Utf8,
            "iso88591" | "latin1" | "l1" | "windows1252" | "cp1252" => Self::Latin1,
            _ => Self::Ascii,
        }
    }

    /// The text in this encoding.
    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        let last = match self {
            Self::Utf8 => return text.as_bytes().to_vec(),
            Self::Latin1 => 0xff,
            Self::Ascii => 0x7f,
        };
        text.chars()
            .map(|letter| {
                u8::try_from(letter)
                    .ok()
                    .filter(|byte| *byte <= last)
                    .unwrap_or(b'?')
            })
            .collect()
    }

    /// The text that the bytes stand for; what is malformed becomes U+FFFD.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self {
            Self::Latin1 => bytes.iter().copied().map(char::from).collect(),
            Self::Utf8 | Self::Ascii => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// One paragraph fit for a trailer line: white space collapsed, control and invisible characters
/// removed, at most [`MAX_CHARS`] long. Cleaning twice changes nothing.
pub fn clean(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else {
        clean_any(text)
    }
}

/// Whether nothing would be cleaned: most texts, which are cleaned more than once on their way.
fn is_plain(text: &str) -> bool {
    let shown = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    text.len() <= MAX_CHARS
        && text.bytes().all(shown)
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ")
}

/// Cleans letter by letter.
fn clean_any(text: &str) -> String {
    let visible: Vec<char> = text
        .chars()
        .map(|letter| if letter.is_whitespace() { ' ' } else { letter })
        .filter(|letter| !letter.is_control() && !is_invisible(*letter))
        .collect();
    let mut joined = String::with_capacity(visible.len());
    for (at, letter) in visible.iter().enumerate() {
        if is_joiner(*letter) && !joins(&visible, at) {
            continue;
        }
        if *letter == ' ' && (joined.is_empty() || joined.ends_with(' ')) {
            continue;
        }
        joined.push(*letter);
    }
    joined.truncate(joined.trim_end().len());
    shorten(joined)
}

/// Characters that show nothing and can make a line read otherwise than it is: bidirectional
/// marks, embeddings, overrides and isolates, zero-width spaces, annotation and tag characters.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The joiners that emoji and several scripts are spelled with.
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

/// Whether the joiner at `at` stands between two characters that it can join.
fn joins(text: &[char], at: usize) -> bool {
    let joinable = |letter: Option<&char>| letter.is_some_and(|l| !l.is_ascii() && !is_joiner(*l));
    joinable(at.checked_sub(1).and_then(|before| text.get(before))) && joinable(text.get(at + 1))
}

/// Cuts at a word if one ends in the second half, else at a character.
fn shorten(text: String) -> String {
    if text.chars().nth(MAX_CHARS).is_none() {
        return text;
    }
    let room = MAX_CHARS - ELLIPSIS.len();
    let end = text
        .char_indices()
        .nth(room)
        .map_or(text.len(), |(at, _)| at);
    let at_word = if text[end..].starts_with(' ') {
        Some(end)
    } else {
        text[..end].rfind(' ')
    };
    let end = at_word
        .filter(|at| text[..*at].chars().count() >= room / 2)
        .unwrap_or(end);
    let kept = text[..end].trim_end_matches(|letter| letter == ' ' || is_joiner(letter));
    format!("{kept}{ELLIPSIS}")
}

/// Appends the trailer's lines, folded with one leading space; a word is never broken.
pub(super) fn fold(trailer: &Trailer, newline: &str, out: &mut String) {
    out.push_str(trailer.key.as_str());
    out.push(':');
    let start = trailer.key.as_str().len() + 1;
    fold_words(&clean(&trailer.text), start, newline, out);
    if let Some(why) = &trailer.rationale {
        out.push_str(newline);
        out.push(' ');
        out.push_str(RATIONALE);
        fold_words(&clean(why), 1 + RATIONALE.len(), newline, out);
    }
    out.push_str(newline);
}

/// Appends words after `column` characters of the line; the first one stays on it. A `Rationale:`
/// among the words never starts a line, because there it would be read as the rationale.
fn fold_words(text: &str, mut column: usize, newline: &str, out: &mut String) {
    for (at, word) in text.split(' ').filter(|word| !word.is_empty()).enumerate() {
        let width = word.chars().count();
        if at > 0 && column + 1 + width > MAX_COLUMNS && !word.starts_with(RATIONALE) {
            out.push_str(newline);
            column = 0;
        }
        out.push(' ');
        out.push_str(word);
        column += 1 + width;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{clean, clean_any};

    proptest! {
        #[test]
        fn plain_texts_are_cleaned_alike(text in "[ a-z.\\t\u{7f}é]{0,220}") {
            prop_assert_eq!(clean(&text), clean_any(&text));
        }
    }
}
