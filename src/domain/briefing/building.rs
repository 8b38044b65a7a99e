//! *What we're building*: how far the session is, and what is still to be reached.

use super::Block;
use super::build::Source;
use super::line::{Kind, Line, Provenance};
use super::section::Section;
use crate::domain::describe::plural;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::session::{Objective, ObjectiveState, Session};
use crate::domain::time::format_duration;

pub(super) fn block(source: &Source<'_>) -> Block {
    let mut block = Block::new(Section::Building);
    block.part(objectives(source));
    let mut standing = vec![progress(source)];
    standing.extend(checkpoint(source));
    block.part(standing);
    block
}

/// What is still to be reached, what is in progress first.
fn objectives(source: &Source<'_>) -> Vec<Line> {
    let open = source
        .session
        .objectives
        .iter()
        .filter(|o| o.state.is_open());
    let mut open: Vec<&Objective> = open.collect();
    open.sort_by_key(|objective| objective.state != ObjectiveState::InProgress);
    let line = |objective: &Objective| {
        objective_line(source.all, objective, Provenance::of_item(&objective.item))
    };
    source.listed(open, "objectives", line)
}

pub(super) fn objective_line(session: &Session, objective: &Objective, from: Provenance) -> Line {
    let item = &objective.item;
    let mut line = Line::new(Kind::Objective, objective.state.mark(), &item.text, from);
    line.state = Some(objective.state.name());
    line.named(handle(session, ItemKind::Objective, item))
        .like(item)
}

/// Figures, from the log alone: they do not move with the clock.
fn progress(source: &Source<'_>) -> Line {
    let session = source.session;
    let objectives = match session.progress() {
        (_, 0) => "no objectives yet".to_owned(),
        (done, total) => format!("{done} of {total} objectives done"),
    };
    let mut text = format!(
        "{objectives}, {}, {} active",
        plural(session.commits.len(), "commit"),
        format_duration(session.active_seconds())
    );
    if session.tdd {
        text.push_str(", test-driven");
    }
    Line::computed(Kind::Progress, "progress:", text)
}

fn checkpoint(source: &Source<'_>) -> Option<Line> {
    let kept = source.session.checkpoints.iter().rev();
    let newest = kept.into_iter().find(|checkpoint| !checkpoint.dropped)?;
    let item = &newest.item;
    let mut said = vec![
        match item.text.as_str() {
            "" => newest.made.cause.name(),
            label => label,
        }
        .to_owned(),
    ];
    said.extend(newest.made.phase.clone());
    said.extend(newest.made.progress.map(|progress| match progress.total {
        Some(total) => format!("{}/{total}", progress.done),
        None => progress.done.to_string(),
    }));
    let from = Provenance::of_item(item);
    let line = Line::new(Kind::Checkpoint, "last checkpoint:", said.join(", "), from);
    let line = line.because(newest.made.notes.as_deref());
    Some(
        line.named(handle(source.all, ItemKind::Checkpoint, item))
            .like(item),
    )
}
