//! Cutting a brief to a number of tokens. The figures are those of its markdown; every other form says the same in
//! fewer characters. The rule is told in `docs/brief.md`.

use std::fmt;

use super::line::Line;
use super::page::{self, NOTHING, bullet, heading};
use super::section::Section;
use super::tokens::of_line;
use super::{Block, Brief, LEAST_BUDGET, MOST_BUDGET, NOTICE, USUAL_BUDGET};
use crate::domain::markdown::sealed;

/// What a brief may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Tokens.
    pub tokens: usize,
    /// UTF-16 units, where whoever takes the text counts these.
    pub units: Option<usize>,
}

impl Limits {
    /// So many tokens, at least [`LEAST_BUDGET`].
    pub const fn tokens(tokens: usize) -> Self {
        let tokens = if tokens < LEAST_BUDGET {
            LEAST_BUDGET
        } else {
            tokens
        };
        Self {
            tokens,
            units: None,
        }
    }

    /// What a line and its end take of the tokens: more than it has when the units are scarcer.
    fn cost(self, line: &str) -> usize {
        let tokens = of_line(line);
        let Some(most) = self.units.filter(|most| *most > 0) else {
            return tokens;
        };
        let units = line.encode_utf16().count() + 1;
        tokens.max(units.saturating_mul(self.tokens).div_ceil(most))
    }
}

/// What is left of a brief.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted<'b> {
    /// What it may take.
    pub limits: Limits,
    /// The second line, not yet made safe; none when there was no room.
    pub about: Option<String>,
    /// The blocks that there was room for.
    pub blocks: Vec<Given<'b>>,
    /// The blocks that there was no room for.
    pub left_out: Vec<Section>,
    /// The last line, which says how to see them.
    pub closing: Option<String>,
}

/// One block, as far as there was room.
#[derive(Clone, Debug, PartialEq)]
pub struct Given<'b> {
    /// Which.
    pub section: Section,
    /// The lines that there was room for, in order.
    pub lines: Vec<&'b Line>,
    /// What was cut.
    pub more: Option<More>,
}

/// How many lines were cut, and the command that shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct More {
    /// Lines that are not there.
    pub count: usize,
    /// The command.
    pub command: String,
}

impl fmt::Display for More {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "… {} more: {}", self.count, self.command)
    }
}

/// A block with what it takes.
struct Weighed<'b> {
    block: &'b Block,
    /// The lines, the first of each part before the second ones.
    lines: Vec<Ranked<'b>>,
    heading: usize,
    /// All of it.
    need: usize,
    /// Its heading, and the line that says what is not there; all of it when that is less.
    least: usize,
    more: More,
}

/// A line, its place in the block, and what it takes.
#[derive(Clone, Copy)]
struct Ranked<'b> {
    line: &'b Line,
    place: usize,
    cost: usize,
}

/// Cuts a brief.
pub fn fit(brief: &Brief, limits: Limits) -> Fitted<'_> {
    let about = page::about(brief);
    let (about_cost, closing) = (limits.cost(&sealed(&about)), closing(brief));
    let closing_cost = limits.cost(&sealed(&closing));
    let mut room = limits.tokens.saturating_sub(limits.cost(NOTICE));
    let has_about = about_cost + closing_cost <= room;
    if has_about {
        room -= about_cost;
    }
    let before = of_line(NOTICE) + of_line(&sealed(&about));
    let weigh = |block| weigh(brief, block, before, limits);
    let weighed: Vec<Weighed<'_>> = brief.blocks.iter().map(weigh).collect();
    let (chosen, closes) = choose(&weighed, room, closing_cost);
    let closes = closes && closing_cost <= room;
    if closes {
        room -= closing_cost;
    }
    let mut given = allot(&weighed, &chosen, room, limits);
    given.sort_by_key(|given| given.section);
    let out = |weighed: &&Weighed<'_>| !chosen.contains(&weighed.block.section);
    Fitted {
        limits,
        about: has_about.then_some(about),
        blocks: given,
        left_out: weighed
            .iter()
            .filter(out)
            .map(|w| w.block.section)
            .collect(),
        closing: closes.then_some(closing),
    }
}

/// The line that says that blocks are missing.
fn closing(brief: &Brief) -> String {
    format!("… left out: {} --budget {USUAL_BUDGET}", command(brief))
}

/// The command that shows this brief again.
fn command(brief: &Brief) -> String {
    match &brief.named {
        Some(name) => format!("git session brief {name}"),
        None => "git session brief".to_owned(),
    }
}

fn weigh<'b>(brief: &Brief, block: &'b Block, before: usize, limits: Limits) -> Weighed<'b> {
    let title = heading(block.section.title());
    let top = limits.cost("") + limits.cost(&title);
    let mut whole = before + of_line("") + of_line(&title);
    let mut ranked: Vec<(usize, Ranked<'_>)> = Vec::new();
    for part in &block.parts {
        for (rank, line) in part.iter().enumerate() {
            let rendered = page::of_line(line);
            whole += of_line(&rendered);
            let (place, cost) = (ranked.len(), limits.cost(&rendered));
            ranked.push((rank, Ranked { line, place, cost }));
        }
    }
    ranked.sort_by_key(|(rank, line)| (*rank, line.place));
    let lines: Vec<Ranked<'_>> = ranked.into_iter().map(|(_, line)| line).collect();
    let nothing = if lines.is_empty() {
        limits.cost(&bullet(NOTHING))
    } else {
        0
    };
    let need = top + nothing + lines.iter().map(|line| line.cost).sum::<usize>();
    let more = More {
        count: lines.len(),
        command: format!(
            "{} --section {} --budget {}",
            command(brief),
            block.section.name(),
            round_up(whole)
        ),
    };
    let least = top + limits.cost(&bullet(&sealed(&more.to_string())));
    Weighed {
        block,
        lines,
        heading: top,
        need,
        least: least.min(need),
        more,
    }
}

/// A round number of tokens that is not smaller.
fn round_up(tokens: usize) -> usize {
    let step = if tokens < 1000 { 100 } else { 500 };
    (tokens.div_ceil(step) * step).min(MOST_BUDGET)
}

/// The blocks that there is room for, heaviest first, and whether some are missing.
fn choose(weighed: &[Weighed<'_>], room: usize, closing: usize) -> (Vec<Section>, bool) {
    let all: usize = weighed.iter().map(|block| block.least).sum();
    if all <= room {
        return (weighed.iter().map(|w| w.block.section).collect(), false);
    }
    let mut room = room.saturating_sub(closing);
    let mut chosen = Vec::new();
    for block in by_weight(weighed) {
        if block.least <= room {
            room -= block.least;
            chosen.push(block.block.section);
        }
    }
    (chosen, true)
}

fn by_weight<'w, 'b>(weighed: &'w [Weighed<'b>]) -> impl Iterator<Item = &'w Weighed<'b>> {
    let find = |section| weighed.iter().find(move |w| w.block.section == section);
    Section::BY_WEIGHT.into_iter().filter_map(find)
}

/// Shares the room out: to each block its least, of what is left to each its share, what one does not need to the
/// others by their shares, and so on; at last, heaviest first, what no whole line was left for.
fn allot<'b>(
    weighed: &[Weighed<'b>],
    chosen: &[Section],
    room: usize,
    limits: Limits,
) -> Vec<Given<'b>> {
    let blocks: Vec<&Weighed<'b>> = by_weight(weighed)
        .filter(|weighed| chosen.contains(&weighed.block.section))
        .collect();
    let mut allotted: Vec<usize> = blocks.iter().map(|block| block.least).collect();
    let mut spare = room.saturating_sub(allotted.iter().sum());
    loop {
        let wants = |at: &usize| allotted[*at] < blocks[*at].need;
        let hungry: Vec<usize> = (0..blocks.len()).filter(wants).collect();
        let shares: usize = hungry
            .iter()
            .map(|at| blocks[*at].block.section.share())
            .sum();
        let mut given = 0;
        for at in hungry {
            let share = spare * blocks[at].block.section.share() / shares;
            let more = share.min(blocks[at].need - allotted[at]);
            allotted[at] += more;
            given += more;
        }
        spare -= given;
        if given == 0 {
            break;
        }
    }
    let mut given = Vec::new();
    for (block, allotted) in blocks.into_iter().zip(allotted) {
        let (fits, rest) = take(block, allotted + spare, limits);
        spare = rest;
        given.push(fits);
    }
    given
}

/// As many lines as there is room for, by rank, and the room that is left.
fn take<'b>(weighed: &Weighed<'b>, room: usize, limits: Limits) -> (Given<'b>, usize) {
    let (mut taken, left, more) = if weighed.need <= room {
        (weighed.lines.clone(), room - weighed.need, None)
    } else {
        // the count can only get shorter
        let pointer = limits.cost(&bullet(&sealed(&weighed.more.to_string())));
        let mut left = room.saturating_sub(weighed.heading + pointer);
        let mut taken = weighed.lines.clone();
        taken.retain(|line| {
            let fits = line.cost <= left;
            left -= if fits { line.cost } else { 0 };
            fits
        });
        let more = More {
            count: weighed.lines.len() - taken.len(),
            command: weighed.more.command.clone(),
        };
        (taken, left, Some(more))
    };
    taken.sort_by_key(|line| line.place);
    let given = Given {
        section: weighed.block.section,
        lines: taken.into_iter().map(|ranked| ranked.line).collect(),
        more,
    };
    (given, left)
}
