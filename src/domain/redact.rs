//! Secrets out of text, before it is kept: [`Redacted`] is the only text that the log, and with it
//! trailers, notes and briefs, accepts. Every layer makes one with [`Redacted::new`].
//!
//! Five finders run one after the other until nothing changes: private keys and tokens of known
//! providers (tables of expressions, each built only when one of its keywords occurs in the
//! text), addresses with a password, `Authorization` values, values of secret-like names, and words
//! that look random. The last four are plain scans, so ordinary prose never builds an expression.
//! If one cannot be built the whole text is dropped.
//!
//! What names a thing and is no secret passes: object ids, UUIDs, `Change-Id:`, paths, references
//! to variables. What nothing tells from ordinary text (a bare password in a sentence, a key of
//! hexadecimal digits without a name) is not found. `docs/redaction.md` has the figures.
//!
//! Which prefixes providers use is public in the rule list of gitleaks
//! (<https://github.com/gitleaks/gitleaks>, MIT) and in the providers' own documentation; the
//! expressions are our own.

mod address;
mod assignment;
mod authorization;
mod entropy;
mod fetched;
mod name;
mod rules;
mod scan;
mod strength;

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use fetched::{fetched, value};
pub use scan::{Hit, Scanner};

use rules::{Rule, TABLES};

/// What a text becomes when its secrets cannot be told.
const UNAVAILABLE: &str = "[REDACTED:unavailable]";

/// Passes until a text must have settled; it does in two or three.
const MOST_PASSES: usize = 8;

/// Text without known secrets, without control characters except `\n` and `\t`, and without white
/// space at either end. There is no other way to make one than [`Redacted::new`], which reading
/// JSON uses too; a redacted text stays as it is when it is redacted again.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Redacted(String);

impl Redacted {
    /// Cleans `text` and replaces each secret with `[REDACTED:rule]`; of an address the scheme and
    /// the host stay. If the rules cannot be applied all of it is `[REDACTED:unavailable]`.
    pub fn new(text: &str) -> Self {
        Self(scrub(text, &TABLES, &mut Vec::new()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, for where it is kept.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Display for Redacted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Redacted {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Redacted {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Redacted {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<Redacted> for String {
    fn from(redacted: Redacted) -> Self {
        redacted.0
    }
}

/// The names of the rules that change `text`, each once, in the order in which they run;
/// `unavailable` if they cannot be applied. Empty: no known secret.
pub fn rules_hit(text: &str) -> Vec<&'static str> {
    let mut hits = Vec::new();
    scrub(text, &TABLES, &mut hits);
    hits
}

/// Passes until one changes nothing. That makes the result its own result: what another pass would
/// change is never returned.
fn scrub(text: &str, tables: &[&[Rule]], hits: &mut Vec<&'static str>) -> String {
    let mut text = normalise(text).into_owned();
    for _ in 0..MOST_PASSES {
        match pass(&text, tables, hits) {
            Ok(Some(changed)) => text = changed,
            Ok(None) => return text,
            Err(Unavailable) => break,
        }
    }
    hits.push("unavailable");
    UNAVAILABLE.to_owned()
}

/// A text of a file or of git that is shown and not kept: as it is, when no known secret is in it, else as
/// [`Redacted`] has it.
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    let mut hits = Vec::new();
    let clean = scrub(text, &TABLES, &mut hits);
    if hits.is_empty() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(clean)
    }
}

fn normalise(text: &str) -> Cow<'_, str> {
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(odd) {
        return Cow::Borrowed(text.trim());
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(odd) {
        kept.push_str(&rest[..at]);
        let length = rest[at..].chars().next().map_or(1, char::len_utf8);
        rest = &rest[at + colour(&rest[at..]).unwrap_or(length)..];
    }
    kept.push_str(rest);
    Cow::Owned(kept.trim().to_owned())
}

/// The length of the sequence of a terminal (ECMA-48, section 5.4) that the text begins with: its last letter
/// would stick to the word behind it and hide how that begins.
fn colour(text: &str) -> Option<usize> {
    let rest = text
        .strip_prefix("\x1b[")
        .or_else(|| text.strip_prefix('\u{9b}'))?;
    let end = rest.find(|c: char| !matches!(c, '0'..='?' | ' '..='/'))?;
    let is_last = matches!(rest.as_bytes()[end], b'@'..=b'~');
    is_last.then(|| text.len() - rest.len() + end + 1)
}

/// An expression that could not be built.
#[derive(Debug)]
struct Unavailable;

/// Every finder once; `None` if none of them found anything.
fn pass(
    text: &str,
    tables: &[&[Rule]],
    hits: &mut Vec<&'static str>,
) -> Result<Option<String>, Unavailable> {
    let mut text = Cow::Borrowed(text);
    for rule in tables.iter().copied().flatten() {
        let found = rule.find(&text)?;
        replace(&mut text, &found, rule.name, hits);
    }
    for (name, find) in SCANS {
        let found = find(&text);
        replace(&mut text, &found, name, hits);
    }
    Ok(match text {
        Cow::Borrowed(_) => None,
        Cow::Owned(changed) => Some(changed.trim().to_owned()),
    })
}

/// A finder without expressions: the ranges of secrets in order, none overlapping another.
type Scan = fn(&str) -> Vec<Range<usize>>;

const SCANS: [(&str, Scan); 4] = [
    ("url-credentials", address::find),
    ("authorization", authorization::find),
    ("assignment", assignment::find),
    ("high-entropy", entropy::find),
];

fn replace(
    text: &mut Cow<'_, str>,
    found: &[Range<usize>],
    name: &'static str,
    hits: &mut Vec<&'static str>,
) {
    if found.is_empty() {
        return;
    }
    if !hits.contains(&name) {
        hits.push(name);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for range in found {
        out.push_str(&text[done..range.start]);
        out.push_str("[REDACTED:");
        out.push_str(name);
        out.push(']');
        done = range.end;
    }
    out.push_str(&text[done..]);
    *text = Cow::Owned(out);
}

#[cfg(test)]
mod tests;
