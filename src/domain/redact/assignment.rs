//! Values of secret-like names: `KEY=value`, `key: value`, `"key": "value"`, `--key value`.
//!
//! The same shape is ordinary prose ("token: expires after an hour"), code (`token: String`) and a
//! commit subject ("auth: support `OAuth2`"), so how much a value must look like a secret depends on
//! how it is written: least in `PASSWORD=value`, most after `: ` in the middle of a sentence.

use std::ops::Range;

use super::name::{Kind, LONGEST_NAME, is_constant_name, kind_of, name_before};
use super::strength::{
    certain, is_benign, is_object_id, is_path, is_reference, likely, likely_no_words,
};

/// Shortest value, in characters.
const SHORTEST: usize = 6;

/// Longest value that is judged, in bytes; a longer one is a secret.
const LONGEST_VALUE: usize = 4096;

/// The values to take out.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut next = 0;
    while let Some(step) = bytes[next..]
        .iter()
        .position(|b| matches!(b, b'=' | b':' | b'-'))
    {
        let at = next + step;
        next = at + 1;
        let Some((name, sign)) = flag(text, at).or_else(|| named(text, at)) else {
            continue;
        };
        let Some(kind) = kind_of(name) else { continue };
        let value = value_at(text, sign.end);
        if !is_secret(
            &Context {
                kind,
                name,
                how: sign.how,
            },
            &value,
        ) {
            continue;
        }
        // The end of one value may be the next name: `password=x9;token: y7`.
        next = next.max(value.range.end.saturating_sub(LONGEST_NAME));
        match found.last_mut().filter(|last| value.range.start < last.end) {
            Some(last) => last.end = last.end.max(value.range.end),
            None => found.push(value.range),
        }
    }
    found
}

/// How name and value are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// `name=value`, `name:value`
    Tight,
    /// `name = value`, `name := value`, `--name value`
    Loose,
    /// `name: value`
    Colon,
}

struct Sign {
    how: How,
    /// Where the value begins, spaces skipped.
    end: usize,
}

/// The name and sign of `--name value`, when `at` is where it begins.
fn flag(text: &str, at: usize) -> Option<(&str, Sign)> {
    let name = text[at..].strip_prefix("--")?;
    if text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-') {
        return None;
    }
    let length = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))?;
    let spaces = name[length..].len() - name[length..].trim_start_matches(' ').len();
    let end = at + 2 + length + spaces;
    (spaces > 0).then(|| {
        (
            &name[..length.min(LONGEST_NAME)],
            Sign {
                how: How::Loose,
                end,
            },
        )
    })
}

/// The name and sign when `at` is the first character of `=`, `:`, `:=`, `=>`, `==`.
fn named(text: &str, at: usize) -> Option<(&str, Sign)> {
    let bytes = text.as_bytes();
    let colon = bytes[at] == b':';
    let last = at.checked_sub(1).map(|before| bytes[before])?;
    if bytes[at] == b'-' || matches!(last, b'!' | b'<' | b'>' | b'=' | b':' | b'+') {
        return None;
    }
    let rest = &text[at + 1..];
    if colon && (rest.starts_with(':') || rest.starts_with("//")) {
        return None;
    }
    let assigns = !colon || rest.starts_with('=');
    let value = rest.trim_start_matches(['=', '>']);
    let spaced = value.trim_start_matches([' ', '\t']);
    let how = match (spaced.len() < value.len(), matches!(last, b' ' | b'\t')) {
        (false, false) => How::Tight,
        _ if assigns => How::Loose,
        _ => How::Colon,
    };
    Some((
        name_before(text, at)?,
        Sign {
            how,
            end: text.len() - spaced.len(),
        },
    ))
}

struct Value<'a> {
    text: &'a str,
    range: Range<usize>,
    quoted: bool,
    /// Nothing but a comment or closing signs follows on the line.
    alone: bool,
}

fn value_at(text: &str, from: usize) -> Value<'_> {
    let rest = &text[from..];
    let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
    let quote = ["\\\"", "\"", "'", "`"]
        .into_iter()
        .find(|quote| line.starts_with(quote));
    let (start, length, quoted) =
        match quote.and_then(|quote| Some((quote, line[quote.len()..].find(quote)?))) {
            Some((quote, length)) => (quote.len(), length, true),
            None => (0, plain_length(line), false),
        };
    let after = line[start + length..]
        .trim_start_matches(['"', '\'', '`', '\\', ',', ';', ')', ']', '}', '.']);
    let after = after.trim_start();
    Value {
        text: &line[start..start + length],
        range: from + start..from + start + length,
        quoted,
        alone: after.is_empty() || after.starts_with(['#', '}', ']']) || after.starts_with("//"),
    }
}

/// Up to white space, the next `;name=`, or a quote that closes something around; signs of the
/// sentence at the end are not part of it.
fn plain_length(line: &str) -> usize {
    let word = &line[..line.find(char::is_whitespace).unwrap_or(line.len())];
    let cut = word.char_indices().find(|&(at, sign)| {
        let rest = &word[at + sign.len_utf8()..];
        match sign {
            '&' | ';' | ',' => {
                let name = rest.trim_start_matches(|c: char| {
                    c.is_ascii_alphanumeric() || "_.-\"'".contains(c)
                });
                name.len() < rest.len() && name.starts_with(['=', ':'])
            }
            '"' | '\'' | '`' => {
                at > 0 && (rest.is_empty() || rest.starts_with([',', ';', ')', '}', ']']))
            }
            _ => false,
        }
    });
    let word = &word[..cut.map_or(word.len(), |(at, _)| at)];
    if is_placeholder(word) {
        return word.len();
    }
    let ends = if word.contains(['(', '<', '[', '{']) {
        &[',', ';', '.'][..]
    } else {
        &[',', ';', '.', ')', '}', ']', '"', '\'', '`', '>']
    };
    word.trim_end_matches(ends).len()
}

/// What a finder left, with or without what closes the sentence.
fn is_placeholder(word: &str) -> bool {
    let word = word.trim_end_matches([',', ';', '.', ')', '}', '"', '\'', '`', '>']);
    word.strip_prefix("[REDACTED:")
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|rule| rule.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
}

struct Context<'a> {
    kind: Kind,
    name: &'a str,
    how: How,
}

fn is_secret(context: &Context<'_>, value: &Value<'_>) -> bool {
    let text = value.text;
    if text.len() > LONGEST_VALUE {
        return true;
    }
    let length = text.chars().count();
    let number = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'_'));
    if length < SHORTEST
        || is_placeholder(text)
        || is_benign(text)
        || is_reference(text)
        || is_path(text)
        || (number && context.kind != Kind::Password && length < 16)
    {
        return false;
    }
    let likely = likely(text) || number;
    let any_word = |judge: fn(&str) -> bool| text.split_whitespace().any(judge);
    match (context.kind, context.how, value.quoted) {
        // `auth: 9f86d08…` is a subject about a commit, `token: 9f86d08…` is not.
        (Kind::Auth, How::Colon, false) => certain(text) && !is_object_id(text),
        (Kind::Auth, _, _) => length >= 8 && any_word(likely_no_words),
        (_, How::Tight, true) if !is_label(context, text) => true,
        (Kind::Password, _, true) => likely || !text.contains(char::is_whitespace),
        (Kind::Token, _, true) => length >= 8 && any_word(likely_no_words),
        (_, How::Tight, false) => likely || is_constant_name(context.name),
        // A sentence goes on; but nobody writes `access_token` in place of "the access token".
        (Kind::Token, How::Colon, false) if !value.alone && !is_compound(context.name) => {
            certain(text)
        }
        (Kind::Token, How::Colon, false) => length >= 8 && likely_no_words(text),
        (_, How::Loose, false) | (Kind::Password, How::Colon, false) => likely,
    }
}

/// `"token":"refresh"`: JSON without spaces is no closer to an assignment than with them.
fn is_label(context: &Context<'_>, text: &str) -> bool {
    context.kind != Kind::Password && !likely_no_words(text) && !is_constant_name(context.name)
}

/// `access_token`, `clientSecret`: an identifier, not a word.
fn is_compound(name: &str) -> bool {
    name.contains('_') || name.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
}
