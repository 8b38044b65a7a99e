//! Paths, which are bytes in git, as text of one line and back. Trailers, notes and whatever
//! shows a path call this.

use std::borrow::Cow;

use super::escape::is_hidden;

/// A path as git shows it with `core.quotePath=false` (git-config(1)): as it is, or, if it has a
/// control character, `"` or `\`, in double quotes with C escapes (`\t`, `\"`, `\033`).
///
/// More is quoted than git does there, always in a form that git reads: bytes that are not UTF-8
/// (`\303`), hidden characters (see [`is_hidden`]), a path with a space at either end or with
/// ` -> `, and the empty path, so that a rename stays readable and a path survives trimming.
pub fn quote_path(path: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(path) {
        Ok(text) if is_plain(text) => Cow::Borrowed(text),
        _ => Cow::Owned(quoted(path)),
    }
}

fn is_plain(text: &str) -> bool {
    let odd_ends = text.is_empty() || text.starts_with(' ') || text.ends_with(' ');
    !odd_ends && !text.contains(" -> ") && text.chars().all(stays)
}

fn stays(character: char) -> bool {
    !matches!(character, '"' | '\\') && !character.is_control() && !is_hidden(character)
}

fn quoted(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len() + 8);
    out.push('"');
    for chunk in path.utf8_chunks() {
        for character in chunk.valid().chars() {
            if stays(character) {
                out.push(character);
            } else {
                let mut room = [0; 4];
                character
                    .encode_utf8(&mut room)
                    .bytes()
                    .for_each(|byte| escape(&mut out, byte));
            }
        }
        chunk
            .invalid()
            .iter()
            .for_each(|&byte| escape(&mut out, byte));
    }
    out.push('"');
    out
}

/// The escapes of C that git uses, and their bytes.
const ESCAPES: [(char, u8); 9] = [
    ('a', 0x07),
    ('b', 0x08),
    ('t', b'\t'),
    ('n', b'\n'),
    ('v', 0x0b),
    ('f', 0x0c),
    ('r', b'\r'),
    ('"', b'"'),
    ('\\', b'\\'),
];

fn escape(out: &mut String, byte: u8) {
    out.push('\\');
    if let Some((letter, _)) = ESCAPES.iter().find(|(_, escaped)| *escaped == byte) {
        out.push(*letter);
    } else {
        for shift in [6, 3, 0] {
            out.push(char::from(b'0' + (byte >> shift & 7)));
        }
    }
}

/// The bytes of a path that [`quote_path`] or git wrote; text in no quotes is taken as it is.
/// `None`: quotes that do not close at the end, or an unknown escape.
pub fn unquote_path(text: &str) -> Option<Cow<'_, [u8]>> {
    let Some(inner) = text.strip_prefix('"') else {
        return Some(Cow::Borrowed(text.as_bytes()));
    };
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.bytes();
    loop {
        match bytes.next()? {
            b'"' => return bytes.next().is_none().then_some(Cow::Owned(out)),
            b'\\' => out.push(unescape(bytes.next()?, &mut bytes)?),
            byte => out.push(byte),
        }
    }
}

fn unescape(first: u8, rest: &mut impl Iterator<Item = u8>) -> Option<u8> {
    if let Some((_, byte)) = ESCAPES
        .iter()
        .find(|(letter, _)| *letter == char::from(first))
    {
        return Some(*byte);
    }
    let digit = |byte: u8| byte.checked_sub(b'0').filter(|&digit| digit < 8);
    let value = [first, rest.next()?, rest.next()?]
        .into_iter()
        .try_fold(0u16, |value, byte| {
            Some(value << 3 | u16::from(digit(byte)?))
        })?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn odd_paths_are_quoted_on_one_line() {
        let table: [(&[u8], &str); 12] = [
            (b"src/a b.rs", "src/a b.rs"),
            ("src/日本.rs".as_bytes(), "src/日本.rs"),
            (b"a\tb\nc", r#""a\tb\nc""#),
            (b"say \"hi\"\\x", r#""say \"hi\"\\x""#),
            (b"caf\xe9", r#""caf\351""#),
            (b"\x1b[2J", r#""\033[2J""#),
            (b"\x7f\x00", r#""\177\000""#),
            ("a\u{202e}b".as_bytes(), r#""a\342\200\256b""#),
            ("日\x07".as_bytes(), r#""日\a""#),
            (b" a", r#"" a""#),
            (b"a -> b", r#""a -> b""#),
            (b"", r#""""#),
        ];
        for (path, text) in table {
            assert_eq!(quote_path(path), text);
            assert_eq!(unquote_path(text).as_deref(), Some(path), "{text}");
        }
    }

    #[test]
    fn quotes_of_git_are_read_and_broken_ones_refused() {
        assert_eq!(
            unquote_path(r#""\346\227\245""#).as_deref(),
            Some("日".as_bytes())
        );
        for odd in [
            r#"""#,
            r#""a"#,
            r#""a"b"#,
            r#""\x41""#,
            r#""\40""#,
            r#""\400""#,
            r#""\8""#,
            "\"\\",
        ] {
            assert_eq!(unquote_path(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn any_path_is_one_line_and_read_back(path in any::<Vec<u8>>()) {
            let text = quote_path(&path);
            prop_assert!(!text.is_empty() && !text.chars().any(char::is_control));
            let read = unquote_path(&text).unwrap();
            prop_assert_eq!(read.as_ref(), path.as_slice());
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\"?\\PC{0,12}\"?|\"[\\\\0-9a-z\"]{0,12}") {
            if let Some(path) = unquote_path(&text) {
                let again = quote_path(&path).into_owned();
                prop_assert_eq!(unquote_path(&again).unwrap(), path);
            }
        }
    }
}
