//! The part of a text that shows why it was found.

use std::ops::Range;

use unicode_width::UnicodeWidthChar as _;

use super::Query;

/// One line out of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The line, without `...`.
    pub text: String,
    /// Something in front of it was left out.
    pub starts_late: bool,
    /// Something behind it was left out.
    pub ends_early: bool,
    /// Where the terms stand in it.
    pub places: Vec<Range<usize>>,
}

/// A line of about so many columns around the first term; a text that is not longer as a whole.
pub fn snippet(query: &Query, text: &str, columns: usize) -> Snippet {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let places = query.places(&line);
    let first = places.first().map_or(0, |place| place.start);
    let start = start(&line, first, columns);
    let end = end(&line, start, columns, first);
    let shown = start..end;
    let places = places.into_iter().filter_map(|place| {
        let place = place.start.max(shown.start)..place.end.min(shown.end);
        (place.start < place.end).then(|| place.start - start..place.end - start)
    });
    Snippet {
        places: places.collect(),
        starts_late: start > 0,
        ends_early: end < line.len(),
        text: line[shown].to_owned(),
    }
}

fn width(text: &str) -> usize {
    text.chars().map(|letter| letter.width().unwrap_or(0)).sum()
}

/// Where the line begins: at the beginning of the text when the term is then seen, else at a word that stands a
/// third of the columns in front of it.
fn start(line: &str, first: usize, columns: usize) -> usize {
    if width(line) <= columns || width(&line[..first]) <= columns / 2 {
        return 0;
    }
    let mut room = columns / 3;
    let mut start = first;
    for (at, letter) in line[..first].char_indices().rev() {
        let wide = letter.width().unwrap_or(0);
        if wide > room {
            break;
        }
        room -= wide;
        start = at;
    }
    // a word that is cut in front is left out, unless the term is part of it
    match line[start..first].find(' ') {
        Some(space) if start > 0 && !line[..start].ends_with(' ') => start + space + 1,
        _ => start,
    }
}

/// Where the line ends: behind a word, if that is behind the beginning of the first term.
fn end(line: &str, start: usize, columns: usize, first: usize) -> usize {
    let mut room = columns;
    for (at, letter) in line[start..].char_indices() {
        let wide = letter.width().unwrap_or(0);
        if wide > room {
            let cut = start + at;
            let word = line[start..cut].rfind(' ').map(|space| start + space);
            return word.filter(|word| *word > first).unwrap_or(cut);
        }
        room -= wide;
    }
    line.len()
}
