//! Widths, wrapping, counts and marks: text that fits its place.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::domain::escape::is_hidden;

/// What marks the states of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Completed.
    Done,
    /// In progress.
    Active,
    /// Not begun.
    Open,
    /// Given up.
    Dropped,
}

/// How marks are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Marks {
    /// `[x]`, `[>]`, `[ ]`, `[-]`.
    #[default]
    Ascii,
    /// As pictures.
    Emoji,
}

impl Mark {
    /// The mark as it is drawn.
    pub const fn shown(self, marks: Marks) -> &'static str {
        match (marks, self) {
            (Marks::Ascii, Self::Done) => "[x]",
            (Marks::Ascii, Self::Active) => "[>]",
            (Marks::Ascii, Self::Open) => "[ ]",
            (Marks::Ascii, Self::Dropped) => "[-]",
            (Marks::Emoji, Self::Done) => "\u{2705}",
            (Marks::Emoji, Self::Active) => "\u{1f6a7}",
            (Marks::Emoji, Self::Open) => "\u{2b1c}",
            (Marks::Emoji, Self::Dropped) => "\u{274c}",
        }
    }
}

/// `1 commit`, `2 commits`.
pub fn plural(count: usize, one: &str) -> String {
    plural_as(count, one, &format!("{one}s"))
}

/// `1 branch`, `2 branches`.
pub fn plural_as(count: usize, one: &str, many: &str) -> String {
    let noun = if count == 1 { one } else { many };
    format!("{count} {noun}")
}

/// The columns that a text takes on a terminal; colours take none.
pub fn width(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
}

/// What stands where something was cut.
const CUT: &str = "...";

/// The text, cut to so many columns with `...` at its end. It must not carry colours.
pub fn truncate(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let dots = &CUT[..CUT.len().min(columns)];
    let mut room = columns - dots.len();
    let fits = |letter: &char| {
        let wide = letter.width().unwrap_or(0);
        let fits = wide <= room;
        room = room.saturating_sub(wide);
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}{dots}", kept.trim_end())
}

/// The text without its colours.
pub fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// Breaks running text at white space so that no line is wider than the columns, each with the indent in
/// front. Empty lines part paragraphs. A word that is too long stays whole.
pub fn wrap(text: &str, columns: usize, indent: &str) -> String {
    wrap_hanging(text, columns, indent, indent)
}

/// The same with another indent, such as a mark, in front of the first line.
pub fn wrap_hanging(text: &str, columns: usize, first: &str, rest: &str) -> String {
    let mut lines = Vec::new();
    for paragraph in text.split("\n\n") {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let indent = if lines.is_empty() { first } else { rest };
            if line.is_empty() {
                line = format!("{indent}{word}");
            } else if width(&line) + 1 + width(word) <= columns {
                line = format!("{line} {word}");
            } else {
                lines.push(line);
                line = format!("{rest}{word}");
            }
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// A text from outside as a terminal may show it: control characters, line breaks and characters that are drawn as
/// nothing or change the direction of writing as `\n`, `\u{1b}`.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() || is_hidden(letter) {
            escaped.extend(letter.escape_default());
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

/// Escapes every control and hidden character but line ends, tabs and our own colours and links: the last net before a
/// terminal, for text that nobody escaped.
pub(super) fn without_controls(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (taken, keep) = match letter {
            '\n' | '\t' => (1, true),
            '\r' if rest.starts_with("\r\n") => (1, true),
            '\u{1b}' => color(rest)
                .or_else(|| super::link::sequence(rest))
                .map_or((1, false), |length| (length, true)),
            _ => (
                letter.len_utf8(),
                !letter.is_control() && !is_hidden(letter),
            ),
        };
        if keep {
            safe.push_str(&rest[..taken]);
        } else {
            safe.extend(letter.escape_default());
        }
        rest = &rest[taken..];
    }
    safe
}

/// The length of the colour sequence (`ESC [ 1 ; 31 m`) at the start of a text.
fn color(text: &str) -> Option<usize> {
    let inner = text.strip_prefix("\u{1b}[")?;
    let end = inner.find(|letter: char| !letter.is_ascii_digit() && letter != ';')?;
    inner[end..].starts_with('m').then_some(end + 3)
}
