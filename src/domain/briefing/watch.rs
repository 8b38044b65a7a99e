//! *What to watch for*: what is in the way, what is to be remembered, open marks, context that is behind, gotchas.

use std::fmt::Write as _;

use super::Block;
use super::build::Source;
use super::facts::{BuildFacts, Facts};
use super::how::is_own_file;
use super::line::{Kind, Line, Provenance, Source as From};
use super::section::Section;
use crate::domain::describe::plural;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::path_text::quote_path;
use crate::domain::session::{Blocker, Item};

pub(super) fn block(source: &Source<'_>) -> Block {
    let mut block = Block::new(Section::Watch);
    block.part(blockers(source));
    block.part(build(source.facts));
    block.part(parked(source));
    block.part(remember(source));
    files(&mut block, source.facts);
    block
}

/// What files say: marks, stale context, gotchas.
pub(super) fn files(block: &mut Block, facts: &Facts) {
    block.part(marks(facts));
    block.part(stale(facts));
    block.part(gotchas(facts));
}

fn blockers(source: &Source<'_>) -> Vec<Line> {
    let (session, all) = (source.session, source.all);
    let line = |blocker: &Blocker| {
        let item = &blocker.item;
        let line = Line::new(
            Kind::Blocker,
            "blocked:",
            &item.text,
            Provenance::of_item(item),
        );
        line.because(blocker.link.as_deref())
            .named(handle(all, ItemKind::Blocker, item))
            .like(item)
    };
    source.listed(session.open_blockers().collect(), "blockers", line)
}

/// How the build went.
pub(super) fn build(facts: &Facts) -> Vec<Line> {
    let line = |build: &BuildFacts| {
        let mut text = build.state.name().to_owned();
        if !build.text.is_empty() {
            text.push_str(": ");
            text.push_str(&build.text);
        }
        if let Some(commit) = &build.other_commit {
            let short: String = commit.chars().take(7).collect();
            write!(text, " (of {short}, not of HEAD)").expect("a text");
        }
        let from = Provenance {
            at: Some(build.at),
            ..Provenance::in_file(build.from)
        };
        Line::new(Kind::Build, "build:", text, from).because(build.url.as_deref())
    };
    facts.build.iter().map(line).collect()
}

/// Work that is in no work tree.
fn parked(source: &Source<'_>) -> Vec<Line> {
    let (session, all) = (source.session, source.all);
    let parked = session.checkpoints.iter().rev();
    let parked = parked.filter(|checkpoint| session.parked.contains(&checkpoint.item.id));
    parked
        .map(|checkpoint| {
            let item = &checkpoint.item;
            let from = Provenance::of_item(item);
            let line = Line::new(
                Kind::Checkpoint,
                "parked work:",
                "git session resume brings it back",
                from,
            );
            line.named(handle(all, ItemKind::Checkpoint, item))
                .like(item)
        })
        .collect()
}

/// Words of who handed over last, then the notes, newest first.
fn remember(source: &Source<'_>) -> Vec<Line> {
    let (session, all) = (source.session, source.all);
    let handed = session.handoffs.last().into_iter().flat_map(|last| {
        last.what.remember.iter().map(|text| {
            let from = Provenance::said(&last.by, last.at, &last.log);
            let mut line = Line::new(Kind::Remember, "remember:", text, from);
            line.private = last.what.private;
            line
        })
    });
    let note = |item: &Item| {
        let line = Line::new(Kind::Note, "noted:", &item.text, Provenance::of_item(item));
        line.named(handle(all, ItemKind::Note, item)).like(item)
    };
    let notes = source.listed(session.notes.iter().rev().collect(), "note", note);
    handed.chain(notes).collect()
}

/// Open marks in the paths of the branch.
fn marks(facts: &Facts) -> Vec<Line> {
    let marks = &facts.marks;
    let mut lines: Vec<Line> = marks
        .found
        .iter()
        .map(|mark| {
            let from = Provenance::only(From::Git);
            let place = format!("{}:{}", quote_path(&mark.path), mark.line);
            Line::new(Kind::Annotation, "open:", &mark.text, from).named(place)
        })
        .collect();
    if marks.more > 0 {
        let text = format!("{} more in the files of the branch", marks.more);
        lines.push(Line::computed(Kind::Annotation, "…", text));
    }
    if marks.unseen > 0 {
        let files = plural(marks.unseen, "file");
        let text = format!("{files} of the branch not looked at for open marks");
        lines.push(Line::computed(Kind::Annotation, "…", text));
    }
    lines
}

/// Context next to the work that is behind the code.
fn stale(facts: &Facts) -> Vec<Line> {
    let mut lines = Vec::new();
    for file in &facts.near {
        let Some(health) = file.health.as_ref().filter(|health| health.band.is_stale()) else {
            continue;
        };
        let at_least = if health.is_whole { "" } else { "at least " };
        let text = format!(
            "{} is {}: {at_least}{} beside it in {} since it changed",
            quote_path(&file.path),
            health.band.words(),
            plural(
                usize::try_from(health.commits).unwrap_or(usize::MAX),
                "commit"
            ),
            plural(
                usize::try_from(health.age_days).unwrap_or(usize::MAX),
                "day"
            ),
        );
        let line = Line::new(Kind::Stale, "context:", text, Provenance::only(From::Git));
        lines.push(line.named(format!("score {}", health.score)));
    }
    lines
}

/// What context files warn of that the reader does not load by itself.
fn gotchas(facts: &Facts) -> Vec<Line> {
    let files = facts.near.iter();
    let unknown = files.filter(|file| is_own_file(file) && !facts.loaded.contains(&file.kind));
    unknown
        .flat_map(|file| {
            let path = quote_path(&file.path).into_owned();
            file.gotchas.iter().take(3).map(move |gotcha| {
                Line::new(
                    Kind::Gotcha,
                    "gotcha:",
                    gotcha,
                    Provenance::in_file(path.clone()),
                )
            })
        })
        .collect()
}
