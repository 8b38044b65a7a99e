//! Secrets in a file of any length, one part after the other: how much is held at once does not depend on how
//! long it is.

use std::ops::Range;

use super::rules::{Rule, TABLES};
use super::{SCANS, Unavailable};

/// So many bytes behind a place are there when it is judged: more than the longest private key.
const AHEAD: usize = 64 * 1024;

/// So many bytes in front of it stay: what stands before a value says what it is.
const BEHIND: usize = 8 * 1024;

/// So many bytes are judged at a time.
const PART: usize = 256 * 1024;

/// A file with a NUL in so many bytes at its start is binary, as for git (`buffer_is_binary`).
const START: usize = 8000;

/// A place that a rule hit. The secret itself is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// From 1.
    pub line: u64,
    /// From 1, in characters.
    pub column: u64,
    /// The name of the rule.
    pub rule: &'static str,
}

/// Takes a file in parts and says what rules hit in it.
#[derive(Debug, Default)]
pub struct Scanner {
    window: Vec<u8>,
    /// Where in the window the next hit may begin: what is in front was judged.
    next: usize,
    line: u64,
    column: u64,
    taken: usize,
    wide: bool,
    binary: bool,
    failed: bool,
}

impl Scanner {
    /// Nothing was taken yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the file is binary. It is judged all the same, what is no text as blanks.
    pub const fn is_binary(&self) -> bool {
        self.binary
    }

    /// Whether rules could not be applied, so that what was not hit says nothing.
    pub const fn has_failed(&self) -> bool {
        self.failed
    }

    /// The next part of the file.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Hit> {
        if self.taken == 0 {
            // UTF-16: its ASCII characters are told without decoding
            self.wide = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        }
        let start = &bytes[..bytes.len().min(START.saturating_sub(self.taken))];
        self.binary |= !self.wide && start.contains(&0);
        self.taken = self.taken.saturating_add(bytes.len());
        let mut hits = Vec::new();
        for part in bytes.chunks(PART) {
            if self.wide {
                self.window.extend(part.iter().filter(|byte| **byte != 0));
            } else {
                self.window.extend_from_slice(part);
            }
            if self.window.len() >= self.next + PART + AHEAD {
                let limit = self.window.len() - AHEAD;
                hits.extend(self.judge(limit));
                self.slide(limit);
            }
        }
        hits
    }

    /// The file ends here.
    pub fn finish(&mut self) -> Vec<Hit> {
        self.judge(self.window.len())
    }

    /// The hits that begin in front of a place.
    fn judge(&mut self, limit: usize) -> Vec<Hit> {
        let text = readable(&self.window);
        let Ok(found) = hits(&text, &TABLES) else {
            self.failed = true;
            return Vec::new();
        };
        let mut said = Vec::new();
        let (mut line, mut column, mut at) = (self.line, self.column, 0);
        for (range, rule) in found {
            if range.start >= limit {
                break;
            }
            if range.start < self.next {
                continue;
            }
            advance(&text[at..range.start], &mut line, &mut column);
            at = range.start;
            self.next = range.end;
            let (line, column) = (line + 1, column + 1);
            said.push(Hit { line, column, rule });
        }
        self.next = self.next.max(limit);
        said
    }

    /// Lets go of what is not needed to judge what comes behind a place.
    fn slide(&mut self, limit: usize) {
        let gone = limit.saturating_sub(BEHIND);
        let text = readable(&self.window[..gone]);
        advance(&text, &mut self.line, &mut self.column);
        self.window.drain(..gone);
        self.next -= gone;
    }
}

/// Counts lines, and characters since the last line break.
fn advance(text: &str, line: &mut u64, column: &mut u64) {
    let breaks = text.bytes().filter(|byte| *byte == b'\n').count();
    if let Some(last) = text.rfind('\n') {
        *line += breaks as u64;
        *column = 0;
        *column += text[last + 1..].chars().count() as u64;
    } else {
        *column += text.chars().count() as u64;
    }
}

/// The bytes as text of the same length: what is no text, and colours of a terminal, are blanks.
fn readable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| ' '));
    }
    let odd = |c: char| c.is_ascii_control() && c != '\n' && c != '\t' && c != '\r';
    if !text.contains(odd) {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(odd) {
        clean.push_str(&rest[..at]);
        let length = super::colour(&rest[at..]).unwrap_or(1);
        clean.extend(std::iter::repeat_n(' ', length));
        rest = &rest[at + length..];
    }
    clean.push_str(rest);
    clean
}

/// What every rule finds in the text as it stands, in order; of places that overlap the first.
fn hits(text: &str, tables: &[&[Rule]]) -> Result<Vec<(Range<usize>, &'static str)>, Unavailable> {
    let mut found = Vec::new();
    for rule in tables.iter().copied().flatten() {
        found.extend(rule.find(text)?.into_iter().map(|range| (range, rule.name)));
    }
    for (name, find) in SCANS {
        found.extend(find(text).into_iter().map(|range| (range, name)));
    }
    // the sort is stable: of two that begin together the first rule stays
    found.sort_by_key(|(range, _)| range.start);
    let mut end = 0;
    found.retain(|(range, _)| {
        let apart = range.start >= end;
        end = end.max(range.end);
        apart
    });
    Ok(found)
}

#[cfg(test)]
mod tests;
