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
    /// Its heading, its first line (its shortest, when the first is very long), and the line that says what is not there; all of it when that is less.
    least: usize,
    more: More,
    /// The most that the line which says so takes: the count can only get shorter.
    pointer: usize,
}

/// A first line that takes more does not stand for its block.
const MOST_OF_FIRST: usize = 80;

/// A line, its place in the block, and what it takes.
#[derive(Clone, Copy)]
struct Ranked<'b> {
    line: &'b Line,
    place: usize,
    cost: usize,
}

/// A smaller budget is tried in steps of so many tokens, in smaller ones where blocks are left out.
const STEPS: (usize, usize) = (50, 10);
/// Below this room the steps are small.
const FINE: usize = 300;

/// Less room, by one step. What was tried from some room is tried from each that is a great step larger.
const fn step_down(room: usize) -> usize {
    let step = if room > FINE { STEPS.0 } else { STEPS.1 };
    room.saturating_sub(step)
}

/// Cuts a brief. So much more room as a great step never shows fewer lines: a long line or a heavy block would
/// otherwise push several short ones out.
pub fn fit(brief: &Brief, limits: Limits) -> Fitted<'_> {
    let about = page::about(brief);
    let all = limits.tokens.saturating_sub(limits.cost(NOTICE));
    let before = of_line(NOTICE) + of_line(&sealed(&about));
    let weigh = |block| weigh(brief, block, before, limits);
    let weighed: Vec<Weighed<'_>> = brief.blocks.iter().map(weigh).collect();
    // which blocks the last line will name is not known yet; it can only get shorter
    let blocks: Vec<Section> = by_weight(&weighed).map(|w| w.block.section).collect();
    let frame = Frame {
        about_cost: limits.cost(&sealed(&about)),
        about,
        closing: limits.cost(&sealed(&closing(brief, &blocks))),
    };
    let mut best = cut(brief, &weighed, &frame, all, limits);
    let floor = Floor::of(&weighed);
    let mut room = step_down(all);
    while room > floor.of_more_than(best.lines()) {
        let smaller = cut(brief, &weighed, &frame, room, limits);
        if smaller.lines() > best.lines() {
            best = smaller;
        }
        room = step_down(room);
    }
    best
}

/// What stands around the blocks.
struct Frame {
    about: String,
    about_cost: usize,
    /// The most that the last line takes.
    closing: usize,
}

/// The least that a number of lines takes.
struct Floor(Vec<usize>);

impl Floor {
    fn of(weighed: &[Weighed<'_>]) -> Self {
        let lines = weighed.iter().flat_map(|block| &block.lines);
        let mut costs: Vec<usize> = lines.map(|line| line.cost).collect();
        costs.sort_unstable();
        Self(costs)
    }

    /// Of one line more than these; what no room is enough for when there are no more.
    fn of_more_than(&self, lines: usize) -> usize {
        match self.0.get(..=lines) {
            Some(costs) => costs.iter().sum(),
            None => usize::MAX,
        }
    }
}

impl Fitted<'_> {
    /// The lines of all blocks.
    pub(super) fn lines(&self) -> usize {
        self.blocks.iter().map(|given| given.lines.len()).sum()
    }
}

/// Cuts a brief to this room. The second line stays out where it leaves no room for any block.
fn cut<'b>(
    brief: &'b Brief,
    weighed: &[Weighed<'b>],
    frame: &Frame,
    room: usize,
    limits: Limits,
) -> Fitted<'b> {
    let beside = |cost: usize| choose(weighed, room.saturating_sub(cost), frame.closing);
    let has_about = frame.about_cost + frame.closing <= room
        && (!beside(frame.about_cost).0.is_empty() || beside(0).0.is_empty());
    let room = room - if has_about { frame.about_cost } else { 0 };
    let (chosen, reserved) = choose(weighed, room, frame.closing);
    let mut given = allot(weighed, &chosen, room.saturating_sub(reserved));
    given.sort_by_key(|given| given.section);
    let out = by_weight(weighed).map(|w| w.block.section);
    let left_out: Vec<Section> = out.filter(|section| !chosen.contains(section)).collect();
    let closings = [closing(brief, &left_out), closing(brief, &[])];
    let mut closings = closings.into_iter().filter(|_| !left_out.is_empty());
    Fitted {
        limits,
        about: has_about.then(|| frame.about.clone()),
        blocks: given,
        closing: closings.find(|text| limits.cost(&sealed(text)) <= reserved.min(room)),
        left_out,
    }
}

/// The line that says that blocks are missing.
fn closing(brief: &Brief, left_out: &[Section]) -> String {
    let names: Vec<&str> = left_out.iter().map(|section| section.name()).collect();
    let names = match names.as_slice() {
        [] => String::new(),
        names => format!(" {}:", names.join(", ")),
    };
    let mut command = command(brief);
    if brief.blocks.len() < Section::ALL.len() {
        for block in &brief.blocks {
            command.push_str(" --section ");
            command.push_str(block.section.name());
        }
    }
    format!("… left out:{names} {command} --budget {USUAL_BUDGET}")
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
            "{} --section {}{}",
            command(brief),
            block.section.name(),
            asking_for(whole)
        ),
    };
    let first = lines.first().map(|line| line.cost);
    let first = first.filter(|cost| *cost <= MOST_OF_FIRST);
    let shortest = || lines.iter().map(|line| line.cost).min();
    let one = first.or_else(shortest).unwrap_or(0);
    let pointer = limits.cost(&bullet(&sealed(&more.to_string())));
    let least = top + one + pointer;
    Weighed {
        block,
        lines,
        heading: top,
        need,
        least: least.min(need),
        more,
        pointer,
    }
}

/// The option that asks for so many tokens, rounded up; nothing where it takes no option.
fn asking_for(tokens: usize) -> String {
    if tokens <= USUAL_BUDGET {
        return String::new();
    }
    let round = tokens.div_ceil(500) * 500;
    format!(" --budget {}", round.min(MOST_BUDGET))
}

/// The blocks that there is room for, heaviest first, and the room that is kept for the line which names the others.
fn choose(weighed: &[Weighed<'_>], room: usize, closing: usize) -> (Vec<Section>, usize) {
    let all: usize = weighed.iter().map(|block| block.least).sum();
    if all <= room {
        return (weighed.iter().map(|w| w.block.section).collect(), 0);
    }
    let reserved = closing.min(room);
    let mut room = room - reserved;
    let mut chosen = Vec::new();
    for block in by_weight(weighed) {
        if block.least <= room {
            room -= block.least;
            chosen.push(block.block.section);
        }
    }
    (chosen, reserved)
}

fn by_weight<'w, 'b>(weighed: &'w [Weighed<'b>]) -> impl Iterator<Item = &'w Weighed<'b>> {
    let find = |section| weighed.iter().find(move |w| w.block.section == section);
    Section::BY_WEIGHT.into_iter().filter_map(find)
}

/// Shares the room out: to each block its least, of what is left to each its share, what one does not need to the
/// others by their shares, and so on; at last, heaviest first, what no whole line was left for.
fn allot<'b>(weighed: &[Weighed<'b>], chosen: &[Section], room: usize) -> Vec<Given<'b>> {
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
            let due = spare * blocks[at].block.section.share() / shares;
            let more = due.min(blocks[at].need - allotted[at]);
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
        let (fits, rest) = take(block, allotted + spare);
        spare = rest;
        given.push(fits);
    }
    given
}

/// As many lines as there is room for, by rank, and the room that is left.
fn take<'b>(weighed: &Weighed<'b>, room: usize) -> (Given<'b>, usize) {
    let (mut taken, left, more) = if weighed.need <= room {
        (weighed.lines.clone(), room - weighed.need, None)
    } else {
        let mut left = room.saturating_sub(weighed.heading + weighed.pointer);
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
