//! Hyperlinks on a terminal: OSC 8. Text carries them until it is written; `Ui` takes them out where they are not
//! understood.
//!
//! Source: <https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>.

use super::style::Styled;
use crate::sys::env::{self, Env};

/// Begins the address of a link; an empty one ends the link.
const BEGIN: &str = "\u{1b}]8;;";

/// Ends the address.
const END: &str = "\u{1b}\\";

/// Terminals that know links, by `TERM_PROGRAM`.
const PROGRAMS: &[&str] = &[
    "ghostty",
    "Hyper",
    "iTerm.app",
    "rio",
    "terminology",
    "vscode",
    "WarpTerminal",
    "WezTerm",
    "zed",
];

/// Terminals that know links, by `TERM`.
const KINDS: &[&str] = &[
    "alacritty",
    "alacritty-direct",
    "contour",
    "foot",
    "foot-extra",
    "wezterm",
    "xterm-ghostty",
    "xterm-kitty",
];

/// The first version of GNOME's terminals whose links hurt nobody.
const FIRST_VTE: u32 = 5000;

/// A text that leads to an address. One that is not plain ASCII beginning with `http` is left out: it could end
/// the sequence that it stands in.
pub fn link(text: &Styled, url: &str) -> String {
    if is_plain(url) {
        format!("{BEGIN}{url}{END}{text}{BEGIN}{END}")
    } else {
        text.to_string()
    }
}

fn is_plain(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && url.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether a stream understands links: one with colours, on a terminal that is known to. `FORCE_HYPERLINK` decides
/// before the terminal does, not before the colours.
pub(super) fn understood(env: &Env, terminal: bool, colored: bool) -> bool {
    if !colored {
        return false;
    }
    if let Some(forced) = env.text(env::FORCE_HYPERLINK) {
        return forced != "0" && !forced.is_empty();
    }
    let version = env
        .text(env::VTE_VERSION)
        .and_then(|version| version.parse().ok());
    let one_of =
        |name: &str, known: &[&str]| env.text(name).is_some_and(|value| known.contains(&value));
    let knows = version.is_some_and(|version: u32| version >= FIRST_VTE)
        || one_of(env::TERM_PROGRAM, PROGRAMS)
        || one_of(env::TERM, KINDS)
        || env::LINKING_TERMINALS.iter().any(|name| env.has(name));
    terminal && knows
}

/// The length of the sequence at the start of a text that begins or ends a link of ours.
pub(super) fn sequence(text: &str) -> Option<usize> {
    let inner = text.strip_prefix(BEGIN)?;
    let end = inner.find(|letter: char| !letter.is_ascii_graphic())?;
    let url = &inner[..end];
    let closed = inner[end..].starts_with(END);
    (closed && (url.is_empty() || is_plain(url))).then_some(BEGIN.len() + end + END.len())
}

/// The text without links.
pub(super) fn without(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find(BEGIN) {
        plain.push_str(&rest[..place]);
        rest = &rest[place..];
        let length = sequence(rest).unwrap_or_else(|| {
            plain.push_str(BEGIN);
            BEGIN.len()
        });
        rest = &rest[length..];
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::style;

    fn env(pairs: &[(&str, &str)]) -> Env {
        Env::from_pairs(pairs.iter().copied())
    }

    #[test]
    fn a_link_is_begun_and_ended() {
        let text = link(&style::plain("#12"), "https://example.org/12");
        assert_eq!(
            text,
            "\u{1b}]8;;https://example.org/12\u{1b}\\#12\u{1b}]8;;\u{1b}\\"
        );
        assert_eq!(sequence(&text), Some(BEGIN.len() + 22 + END.len()));
        assert_eq!(without(&text), "#12");
        assert_eq!(super::super::text::width(&text), 3);
        assert_eq!(super::super::text::without_controls(&text), text);
    }

    #[test]
    fn an_address_that_could_end_the_sequence_makes_no_link() {
        for url in [
            "javascript:x",
            "https://a\u{7}b",
            "https://a b",
            "https://\u{e9}",
            "",
            "file:///x",
        ] {
            assert_eq!(link(&style::plain("x"), url), "x", "{url}");
            let raw = format!("{BEGIN}{url}{END}");
            let kept = super::super::text::without_controls(&raw);
            assert_eq!(kept.contains('\u{1b}'), url.is_empty(), "{kept:?}");
        }
        assert_eq!(without("\u{1b}]8;;x"), "\u{1b}]8;;x");
    }

    #[test]
    fn the_terminal_is_asked_for_by_its_name() {
        let known: &[&[(&str, &str)]] = &[
            &[("TERM", "xterm-kitty")],
            &[("TERM_PROGRAM", "WezTerm")],
            &[("VTE_VERSION", "7600")],
            &[("WT_SESSION", "x")],
            &[("KONSOLE_VERSION", "220401")],
            &[("FORCE_HYPERLINK", "1"), ("TERM", "xterm")],
        ];
        for pairs in known {
            assert!(understood(&env(pairs), true, true), "{pairs:?}");
            assert!(!understood(&env(pairs), true, false), "{pairs:?}");
        }
        let unknown: &[&[(&str, &str)]] = &[
            &[("TERM", "xterm-256color")],
            &[("TERM", "tmux-256color"), ("TERM_PROGRAM", "tmux")],
            &[("VTE_VERSION", "4900")],
            &[("TERM", "xterm-kitty"), ("FORCE_HYPERLINK", "0")],
            &[],
        ];
        for pairs in unknown {
            assert!(!understood(&env(pairs), true, true), "{pairs:?}");
        }
        assert!(
            !understood(&env(&[("TERM", "xterm-kitty")]), false, true),
            "a pipe"
        );
        assert!(understood(&env(&[("FORCE_HYPERLINK", "1")]), false, true));
    }
}
