//! What a query means: words and phrases, all of which must occur.

use std::ops::Range;

use super::plain::{plain, plain_with_origins};

/// There is nothing to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoWord;

impl std::fmt::Display for NoWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("there is no word to look for")
    }
}

impl std::error::Error for NoWord {}

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// As they are compared, each once, in order; a phrase has a space in it.
    terms: Vec<String>,
}

/// How a term stands in a text, from the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Inside a word.
    Inside,
    /// At the beginning of a word.
    Start,
    /// As a word.
    Word,
}

impl Query {
    /// Reads what was typed. An argument with white space in it is a phrase, because a shell gives one where
    /// somebody has quoted; double quotes inside an argument make phrases of parts of it.
    pub fn new<S: AsRef<str>>(arguments: &[S]) -> Result<Self, NoWord> {
        let mut terms: Vec<String> = Vec::new();
        let mut take = |text: &str| {
            let term = plain(text).trim().to_owned();
            if !term.is_empty() && !terms.contains(&term) {
                terms.push(term);
            }
        };
        for argument in arguments {
            let argument = argument.as_ref();
            if !argument.contains('"') {
                take(argument);
                continue;
            }
            for (number, part) in argument.split('"').enumerate() {
                if number % 2 == 1 {
                    take(part);
                } else {
                    part.split_whitespace().for_each(&mut take);
                }
            }
        }
        if terms.is_empty() {
            return Err(NoWord);
        }
        Ok(Self { terms })
    }

    /// The terms as they are compared.
    pub fn terms(&self) -> &[String] {
        &self.terms
    }

    /// Whether a phrase is among them.
    pub fn has_phrase(&self) -> bool {
        self.terms.iter().any(|term| term.contains(' '))
    }

    /// Whether all terms are in a text.
    pub fn is_in(&self, text: &str) -> bool {
        let text = plain(text);
        self.terms.iter().all(|term| text.contains(term.as_str()))
    }

    /// Whether all terms can be in what a log of these bytes says: `false` is certain, `true` is not.
    pub fn may_be_in(&self, log: &[u8]) -> bool {
        let log = String::from_utf8_lossy(log);
        // what is written as `\u00e9` is not looked through
        if log.contains("\\u") {
            return true;
        }
        let text = if log.is_ascii() {
            log.to_ascii_lowercase()
        } else {
            plain(&log)
        };
        // a text can be put together of several, and JSON writes some signs otherwise
        let words = self
            .terms
            .iter()
            .flat_map(|term| term.split(|c: char| !c.is_alphanumeric()));
        let mut pieces = words.filter(|piece| !piece.is_empty());
        pieces.all(|piece| text.contains(piece))
    }

    /// Where the terms stand in a text: ranges of its bytes in order, none of which touches another.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let (plain, origins) = plain_with_origins(text);
        let mut places: Vec<Range<usize>> = Vec::new();
        for term in &self.terms {
            for (at, _) in plain.match_indices(term.as_str()) {
                let end = origins[at + term.len() - 1].1;
                places.push(origins[at].0..end);
            }
        }
        places.sort_by_key(|place| (place.start, place.end));
        places.dedup_by(|next, kept| {
            let touches = next.start <= kept.end;
            if touches {
                kept.end = kept.end.max(next.end);
            }
            touches
        });
        places
    }
}

/// The best place of a term in a text of the compared form.
pub(super) fn fit(text: &str, term: &str) -> Option<Fit> {
    let outer = |letter: Option<char>| !letter.is_some_and(char::is_alphanumeric);
    text.match_indices(term)
        .map(|(at, _)| {
            let before = outer(text[..at].chars().next_back());
            let after = outer(text[at + term.len()..].chars().next());
            match (before, after) {
                (true, true) => Fit::Word,
                (true, false) => Fit::Start,
                (false, _) => Fit::Inside,
            }
        })
        .max()
}
