//! The trailers of a squash: those of the commits in it, gathered under its own.

use std::collections::HashSet;

use super::{Level, MAX_OBJECTIVES, some};
use crate::domain::time::{format_duration, parse_spent};
use crate::domain::trailers::{Key, Run, Trailer};

/// The most objectives that a squash of many commits names.
const MAX_QUOTED_OBJECTIVES: usize = 2 * MAX_OBJECTIVES;
/// How the texts of objectives begin, in the order in which a commit names them.
const MARKS: [&str; 3] = ["[x] ", "[>] ", "[ ] "];

/// The run of a squash: what the quoted commits said (newest first, as git quotes them) under what this
/// commit says. An objective keeps its newest mark, times add up, the impact is this commit's.
pub fn consolidate(quoted: &[Run], own: &Run, level: Level) -> Option<Run> {
    if matches!(level, Level::Id | Level::None) {
        return (level == Level::Id).then(|| own.clone());
    }
    let mut objectives: Vec<String> = Vec::new();
    let mut decisions: Vec<Trailer> = Vec::new();
    let mut seen = HashSet::new();
    let (mut unnamed, mut time) = (0_usize, 0_u64);
    for trailer in std::iter::once(own).chain(quoted).flat_map(Run::trailers) {
        match trailer.key {
            Key::Objectives => objectives.extend(
                marked_parts(&trailer.text)
                    .filter(|part| seen.insert((Key::Objectives, objective_name(part).to_owned())))
                    .map(str::to_owned),
            ),
            Key::Decisions => {
                if let Some(more) = more(&trailer.text) {
                    unnamed = unnamed.saturating_add(more);
                } else if seen.insert((Key::Decisions, trailer.text.clone())) {
                    decisions.push(trailer.clone());
                }
            }
            Key::Time => {
                time = time.saturating_add(parse_spent(&trailer.text).unwrap_or(0));
            }
            Key::Phase | Key::Impact | Key::Id => {}
        }
    }
    objectives.sort_by_key(|text| MARKS.iter().position(|mark| text.starts_with(mark)));
    objectives.truncate(MAX_QUOTED_OBJECTIVES);
    let mut items: Vec<Trailer> = Vec::new();
    if level == Level::Compact {
        let texts = decisions.into_iter().map(|decision| decision.text);
        items.push(Trailer::new(Key::Objectives, objectives.join("; ")));
        items.push(Trailer::new(
            Key::Decisions,
            texts.collect::<Vec<_>>().join("; "),
        ));
    } else {
        let objective = |text| Trailer::new(Key::Objectives, text);
        items.extend(objectives.into_iter().map(objective));
        items.extend(some(decisions, unnamed));
    }
    items.extend(own.get(Key::Phase).cloned());
    items.extend(own.get(Key::Impact).cloned());
    if time > 0 {
        items.push(Trailer::new(Key::Time, format_duration(time)));
    }
    Run::new(items, own.session_id()).ok()
}

/// The objectives of one trailer: one, or those that [`Level::Compact`] joined.
fn marked_parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let cut = text.match_indices("; ").map(|(at, _)| at).find(|at| {
            let behind = &text[at + 2..];
            MARKS.iter().any(|mark| behind.starts_with(mark))
        });
        let Some(cut) = cut else { return Some(text) };
        rest = Some(&text[cut + 2..]);
        Some(&text[..cut])
    })
}

/// The number in `and 3 more`.
fn more(text: &str) -> Option<usize> {
    text.strip_prefix("and ")?
        .strip_suffix(" more")?
        .parse()
        .ok()
}

/// The text of an objective's trailer without its mark and its remark.
fn objective_name(text: &str) -> &str {
    let text = MARKS
        .iter()
        .find_map(|mark| text.strip_prefix(mark))
        .unwrap_or(text);
    [" (this commit)", " (next)"]
        .iter()
        .find_map(|remark| text.strip_suffix(remark))
        .unwrap_or(text)
}
