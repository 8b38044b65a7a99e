//! The comment at the top of the copy that an editor shows: what has changed beside a context file. It is dropped
//! again; everything else comes back as the person left it.

/// What the comment begins with.
const BEGIN: &str = "<!-- git session: this comment is dropped when you save.";
/// What it ends with.
const END: &str = "git session: your text begins below. -->";
/// A mark of the encoding that some editors put first.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// What came back from an editor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The text as it was.
    Unchanged,
    /// Another text.
    New(Vec<u8>),
    /// The comment has a beginning or an end only, so nobody knows where the text begins.
    Torn,
}

/// The text below a comment of these lines. Line ends are those of the text.
pub fn with_comment(text: &[u8], lines: &[String]) -> Vec<u8> {
    let end = if is_crlf(text) { "\r\n" } else { "\n" };
    let (mark, body) = without_mark(text);
    let mut out = mark.to_vec();
    let lines = lines.iter().map(|line| inside(line));
    for line in [BEGIN.to_owned()]
        .into_iter()
        .chain(lines)
        .chain([END.to_owned(), String::new()])
    {
        out.extend_from_slice(line.as_bytes());
        out.extend_from_slice(end.as_bytes());
    }
    out.extend_from_slice(body);
    out
}

/// What was saved, without the comment. Where the old text had `\r\n` everywhere the new one has it again.
pub fn drop_comment(old: &[u8], saved: &[u8]) -> Edited {
    let (mark, _) = without_mark(old);
    let (_, saved) = without_mark(saved);
    let Some(body) = below_comment(saved) else {
        return Edited::Torn;
    };
    let mut new = mark.to_vec();
    if is_crlf(old) {
        let body = body.iter().enumerate();
        for (at, byte) in body.clone() {
            if *byte == b'\n' && (at == 0 || new.last() != Some(&b'\r')) {
                new.push(b'\r');
            }
            new.push(*byte);
        }
    } else {
        new.extend_from_slice(body);
    }
    if new == old {
        Edited::Unchanged
    } else {
        Edited::New(new)
    }
}

/// What stands below the comment and the empty line behind it; all of it when the comment was removed.
fn below_comment(text: &[u8]) -> Option<&[u8]> {
    let (mut at, mut begin, mut end) = (0, None, None);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let trimmed = line.trim_ascii();
        if trimmed == BEGIN.as_bytes() && begin.is_none() {
            begin = Some(at);
        } else if trimmed == END.as_bytes() && end.is_none() {
            end = Some(at + line.len());
        }
        at += line.len();
    }
    match (begin, end) {
        (None, None) => Some(text),
        (Some(begin), Some(end)) if begin < end && text[..begin].trim_ascii().is_empty() => {
            let body = &text[end..];
            let body = body
                .strip_prefix(b"\r\n")
                .or_else(|| body.strip_prefix(b"\n"));
            Some(body.unwrap_or(&text[end..]))
        }
        _ => None,
    }
}

/// A line that ends no comment.
fn inside(line: &str) -> String {
    line.replace("--", "- -").replace(END, "")
}

fn without_mark(text: &[u8]) -> (&[u8], &[u8]) {
    match text.strip_prefix(MARK) {
        Some(body) => (MARK, body),
        None => (&[], text),
    }
}

/// Whether every line ends in `\r\n`, and there is one.
fn is_crlf(text: &[u8]) -> bool {
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    let ended = |line: &&[u8]| line.ends_with(b"\n");
    text.contains(&b'\n') && lines.all(|line| !ended(&line) || line.ends_with(b"\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &[&str]) -> Vec<String> {
        text.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn the_comment_cannot_be_ended_by_what_it_says() {
        let shown = with_comment(b"# T\n", &lines(&["a --> b", END]));
        let text = String::from_utf8(shown.clone()).unwrap();
        assert_eq!(text.matches("-->").count(), 1, "{text}");
        assert_eq!(drop_comment(b"# T\n", &shown), Edited::Unchanged);
    }

    #[test]
    fn a_change_comes_back_with_the_line_ends_of_the_file() {
        let old = b"\xef\xbb\xbf# T\r\nold\r\n";
        let shown = with_comment(old, &lines(&["one"]));
        assert!(is_crlf(&shown) && shown.starts_with(MARK));
        let saved = String::from_utf8(shown)
            .unwrap()
            .replace("old", "new")
            .replace("\r\n", "\n");
        let new = b"\xef\xbb\xbf# T\r\nnew\r\n".to_vec();
        assert_eq!(drop_comment(old, saved.as_bytes()), Edited::New(new));
    }

    #[test]
    fn a_torn_comment_is_not_guessed_at() {
        let shown = with_comment(b"# T\n", &lines(&["one"]));
        let text = String::from_utf8(shown).unwrap();
        assert_eq!(
            drop_comment(b"# T\n", text.replace(END, "").as_bytes()),
            Edited::Torn
        );
        assert_eq!(
            drop_comment(b"# T\n", text.replace(BEGIN, "").as_bytes()),
            Edited::Torn
        );
        assert_eq!(
            drop_comment(b"# T\n", format!("mine\n{text}").as_bytes()),
            Edited::Torn
        );
        assert_eq!(drop_comment(b"# T\n", b"# T\n"), Edited::Unchanged);
    }

    proptest! {
        #[test]
        fn what_was_not_changed_comes_back(text in "\u{feff}?[a\u{e9}\r\n<!> -]{0,40}", said in "\\PC{0,40}") {
            let shown = with_comment(text.as_bytes(), &[said]);
            prop_assert_eq!(drop_comment(text.as_bytes(), &shown), Edited::Unchanged);
        }
    }
}
