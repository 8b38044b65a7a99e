//! Search: what a query means, what of a session can be found, and how well it fits. Pure.
//!
//! Every term must occur in a document: in its own fields, or, all but one, in title and branch of its session.
//! The score of a document is a whole number:
//!
//! * for each term, the best over the fields of *weight of the field* × 4 as a word, 3 at the start of one, 1
//!   inside one;
//! * with several terms, 4 × the weight of the best field in which they stand side by side as they were typed;
//! * 6, 4 or 2 for what is at most 7, 30 or 180 days old;
//! * half of all that for what was dropped, superseded or taken back.
//!
//! Equal scores: the newer one first, then by session and id, so that the order is the same every time.

mod document;
mod plain;
mod query;
mod snippet;

pub use document::{Document, Field, Kind, documents};
pub use plain::plain;
pub use query::{NoWord, Query};
pub use snippet::{Snippet, snippet};

use query::{Fit, fit};

/// How well a document fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The greater, the better.
    pub score: u64,
    /// The fields that have a term, the best one first; those of the session are left out.
    pub fields: Vec<usize>,
}

/// Days, and what a document gets that is not older.
const RECENT: [(i64, u64); 3] = [(7, 6), (30, 4), (180, 2)];

/// What a fit counts.
const fn worth(fit: Fit) -> u64 {
    match fit {
        Fit::Word => 4,
        Fit::Start => 3,
        Fit::Inside => 1,
    }
}

/// How well a document fits the query; `None` when it does not. `now`: Unix seconds.
pub fn rank(query: &Query, document: &Document<'_>, now: i64) -> Option<Match> {
    let texts: Vec<String> = document.fields.iter().map(|f| plain(&f.text)).collect();
    let mut earned = vec![0_u64; texts.len()];
    let mut score = 0;
    for term in query.terms() {
        let mut best = None;
        for (at, text) in texts.iter().enumerate() {
            if let Some(fit) = fit(text, term) {
                let worth = document.fields[at].weight * worth(fit);
                earned[at] += worth;
                best = best.max(Some(worth));
            }
        }
        score += best?;
    }
    let own = |at: &usize| earned[*at] > 0 && !document.fields[*at].of_session;
    let mut fields: Vec<usize> = (0..texts.len()).filter(own).collect();
    fields.sort_by_key(|at| std::cmp::Reverse(earned[*at]));
    if fields.is_empty() {
        return None;
    }
    if query.terms().len() > 1 {
        let phrase = query.terms().join(" ");
        let weights = document.fields.iter().zip(&texts);
        let weights = weights.filter(|(_, text)| text.contains(&phrase));
        score += weights
            .map(|(field, _)| field.weight * 4)
            .max()
            .unwrap_or(0);
    }
    let days = (now - document.at.timestamp()).div_euclid(24 * 60 * 60);
    let recent = RECENT.iter().find(|(most, _)| days <= *most);
    score += recent.map_or(0, |(_, bonus)| *bonus);
    if document.is_past {
        score /= 2;
    }
    Some(Match { score, fields })
}

#[cfg(test)]
mod tests;
