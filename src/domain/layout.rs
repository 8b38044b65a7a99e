//! Lines that are too wide for a terminal, broken between words.

use unicode_width::UnicodeWidthStr as _;

/// Breaks one line at its spaces so that it takes at most so many columns, what goes on standing under the text that
/// it belongs to. A word that is too long stays whole. `plain` takes the colours out of a text.
pub fn fold(line: &str, columns: usize, plain: impl Fn(&str) -> String) -> String {
    let whole = plain(line);
    if whole.width() <= columns {
        return line.to_owned();
    }
    let hang = Some(text_start(&whole)).filter(|start| *start <= columns / 2);
    let hang = hang.unwrap_or(2);
    let (mut folded, mut column) = (String::new(), 0);
    let mut rest = line;
    while !rest.is_empty() {
        let word = rest.trim_start_matches(' ');
        let gap = rest.len() - word.len();
        let end = word.find(' ').unwrap_or(word.len());
        let wide = plain(&word[..end]).width();
        // what stands left of the text is never parted from it
        if column > hang && wide > 0 && column + gap + wide > columns {
            folded.push('\n');
            folded.extend(std::iter::repeat_n(' ', hang));
            column = hang + wide;
        } else {
            folded.extend(std::iter::repeat_n(' ', gap));
            column += gap + wide;
        }
        folded.push_str(&word[..end]);
        rest = &word[end..];
    }
    folded
}

/// The column that the text of a line begins at: behind its indent, and behind a mark, a commit, `rationale:` or a
/// column of names. Text without any of these goes on two columns further in.
fn text_start(line: &str) -> usize {
    let text = line.trim_start_matches(' ');
    let indent = line.len() - text.len();
    let name = text.find("  ").filter(|at| indent > 0 && *at < NAMES);
    if let Some(at) = name {
        let behind = text[at..].trim_start_matches(' ');
        return indent + text[..text.len() - behind.len()].width();
    }
    let first = text.split(' ').next().unwrap_or_default();
    let commit = first.len() >= 7 && first.bytes().all(|byte| byte.is_ascii_hexdigit());
    if text.starts_with('[') && text[1..].find(']') == Some(1) {
        return indent + "[x] ".len();
    }
    let mark = !first.chars().any(char::is_alphanumeric);
    if commit || mark || first.ends_with(':') {
        indent + first.width() + 1
    } else {
        indent + 2
    }
}

/// Names of a column are shorter.
const NAMES: usize = 14;

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::fold;

    fn folded(line: &str) -> String {
        fold(line, 30, str::to_owned)
    }

    #[test]
    fn a_line_that_fits_stays() {
        let line = "  current     exactly so  wide";
        assert_eq!(line.len(), 30);
        assert_eq!(folded(line), line);
        assert_eq!(folded(""), "");
    }

    #[test]
    fn what_goes_on_stands_under_its_text() {
        for line in [
            "  [>] Let people log in with Google and with GitHub (obj-k3f9)",
            "  ! The client id is missing at all of them (blk-k3f9)",
            "  a1b2c3d Exchange codes with the provider (2 min ago)",
            "  current   Let people log in with Google",
            "    rationale: codes can be intercepted",
            "  PKCE for every client that there is (dec-k3f9)",
            "Session on feature/auth  Let people log in",
        ] {
            let text = folded(line);
            assert!(text.lines().all(|line| line.len() <= 30), "{text}");
            let words = |text: &str| {
                text.split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            assert_eq!(words(&text), words(line));
        }
        assert_snapshot!(folded("  [ ] Let people log in with Google and with GitHub"), @"
        [ ] Let people log in with
            Google and with GitHub
        ");
        assert_snapshot!(folded("  current   Let people log in with Google"), @"
        current   Let people log in
                  with Google
        ");
        assert_snapshot!(folded("  PKCE for every client that there is"), @"
        PKCE for every client that
          there is
        ");
    }

    #[test]
    fn a_word_that_is_too_long_stays_whole() {
        assert_snapshot!(folded("  log feature-auth-20261120-769rdc-and-more is gone"), @"
        log
          feature-auth-20261120-769rdc-and-more
          is gone
        ");
        assert_snapshot!(folded("a-name-that-is-wider-than-the-terminal"), @"a-name-that-is-wider-than-the-terminal");
    }

    #[test]
    fn colours_and_wide_letters_are_measured_as_they_look() {
        let plain = |text: &str| text.replace("<b>", "");
        let line = "<b>aaaa <b>bbbb <b>cccc";
        assert_eq!(fold(line, 14, plain), line);
        assert_eq!(
            fold("  \u{65e5}\u{672c} \u{8a9e}\u{8a9e}", 8, plain),
            "  \u{65e5}\u{672c}\n    \u{8a9e}\u{8a9e}"
        );
    }
}
