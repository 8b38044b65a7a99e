//! Makes text from commits, branches, notes and agents safe to show: whoever writes such text to
//! a terminal or a prompt passes it through here. What was written stays visible; it loses its
//! power over the terminal and over the order in which a line is read.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character is drawn as nothing, reorders its neighbours or breaks the line, and so can
/// make text look like something else: bidirectional controls, zero-width characters, line and
/// paragraph separators, tags, interlinear annotation.
///
/// U+200C and U+200D stay: Persian, Indic scripts and emoji need them. Variation selectors stay.
/// Sources: <https://trojansource.codes/>, Unicode UTR 36 and UTS 39.
pub fn is_hidden(character: char) -> bool {
    matches!(character,
        '\u{061c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// `text` for one line of a terminal: line breaks and tabs become one space each, other control
/// characters (C0, DEL, C1) and [hidden](is_hidden) ones become visible as `\x1b`, `\u{202e}`.
///
/// A backslash that was there stays as it is, so this is for eyes, not for reading back.
pub fn terminal(text: &str) -> Cow<'_, str> {
    escape(text, Lines::Join)
}

/// [`terminal`] for text of several lines: `\n` and `\t` stay, `\r\n` becomes `\n`.
pub fn terminal_block(text: &str) -> Cow<'_, str> {
    escape(text, Lines::Keep)
}

/// JSON that says the same, with control and [hidden](is_hidden) characters written as `\u202e`: they stand
/// inside strings only, where JSON reads that as the character.
pub fn json(text: &str) -> Cow<'_, str> {
    let odd = |character: char| character.is_control() && character != '\n' || is_hidden(character);
    if !text.contains(odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if odd(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").expect("writing to a String cannot fail");
            }
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    Join,
    Keep,
}

fn escape(text: &str, lines: Lines) -> Cow<'_, str> {
    let stays = |character: char| match character {
        '\n' | '\t' => lines == Lines::Keep,
        other => !other.is_control() && !is_hidden(other),
    };
    let Some(first) = text.find(|character| !stays(character)) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    let mut rest = text[first..].chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            kept if stays(kept) => out.push(kept),
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' | '\t' => out.push(' '),
            odd => push_visible(&mut out, odd),
        }
    }
    Cow::Owned(out)
}

fn push_visible(out: &mut String, character: char) {
    let code = u32::from(character);
    let written = if code < 0x100 {
        write!(out, "\\x{code:02x}")
    } else {
        write!(out, "\\u{{{code:x}}}")
    };
    written.expect("writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_and_hidden_characters_become_visible() {
        let table = [
            ("plain text, naïve 日本 👩‍👩‍👧", "plain text, naïve 日本 👩‍👩‍👧"),
            ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
            ("\x1b]8;;http://x\x07y", "\\x1b]8;;http://x\\x07y"),
            ("a\u{9b}31m", "a\\x9b31m"),
            ("a\x7fb\0", "a\\x7fb\\x00"),
            ("user\u{202e}txt.exe", "user\\u{202e}txt.exe"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("a\u{2028}b", "a\\u{2028}b"),
            ("hi\u{e0041}", "hi\\u{e0041}"),
            (
                "one\ntwo\tthree\r\nfour\rfive",
                "one two three four\\x0dfive",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(terminal(text), expected);
        }
    }

    #[test]
    fn a_block_keeps_its_lines_and_tabs() {
        assert_eq!(terminal_block("a\n\tb\r\nc\x1b[2J"), "a\n\tb\nc\\x1b[2J");
    }

    #[test]
    fn json_says_the_same_without_hidden_characters() {
        let odd = "a\u{202e}b\u{e0041}\u{9b}\"";
        let text = serde_json::to_string_pretty(&[odd, "x"]).unwrap();
        let shown = json(&text);
        assert_eq!(
            shown,
            "[\n  \"a\\u202eb\\udb40\\udc41\\u009b\\\"\",\n  \"x\"\n]"
        );
        assert_eq!(
            serde_json::from_str::<Vec<String>>(&shown).unwrap(),
            [odd, "x"]
        );
    }

    #[test]
    fn clean_text_is_not_copied() {
        assert!(matches!(terminal("clean"), Cow::Borrowed(_)));
        assert!(matches!(terminal_block("clean\n\ttoo"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn nothing_odd_is_left(text in any::<String>()) {
            let line = terminal(&text);
            prop_assert!(!line.chars().any(|c| c.is_control() || is_hidden(c)));
            let block = terminal_block(&text);
            prop_assert!(!block.chars().any(|c| (c.is_control() && c != '\n' && c != '\t') || is_hidden(c)));
        }

        #[test]
        fn escaping_twice_is_escaping_once(text in any::<String>()) {
            let once = terminal(&text).into_owned();
            prop_assert_eq!(terminal(&once), once.as_str());
        }
    }
}
