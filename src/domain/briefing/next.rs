//! *What's next*: the next command, what who handed over last said, and for an agent how to record what it does.

use super::build::Source;
use super::facts::Here;
use super::line::{Kind, Line, Provenance};
use super::section::Section;
use super::{Audience, Block};
use crate::domain::next::{Next, Tree, next};
use crate::domain::session::{Session, State};
use crate::domain::shell::quoted;

/// The five commands that an agent records its work with.
const COMMANDS: [(&str, &str); 5] = [
    (
        "git session objectives complete HANDLE",
        "an objective is reached",
    ),
    (
        "git session decisions add \"TEXT\" --rationale \"WHY\"",
        "something was decided",
    ),
    (
        "git session blockers add \"TEXT\"",
        "something is in the way",
    ),
    (
        "git session learnings add \"TEXT\" --scope \"GLOB\"",
        "something was learnt",
    ),
    (
        "git session checkpoint --label \"TEXT\"",
        "the work tree is worth saving",
    ),
];

pub(super) fn block(source: &Source<'_>) -> Block {
    let mut block = Block::new(Section::Next);
    block.part(vec![step(source)]);
    block.part(said(source.session));
    if source.audience == Audience::Agent {
        block.part(commands());
    }
    block
}

/// What comes next as far as this program can tell.
fn step(source: &Source<'_>) -> Line {
    let session = source.session;
    let command = |command: String| Line::computed(Kind::Command, "next:", command);
    match session.state {
        State::Archived | State::Ended if source.facts.here == Here::Yes => {
            return command("git session start --resume".to_owned());
        }
        _ if source.facts.here == Here::Fetched => return command("git session resume".to_owned()),
        _ if source.facts.here == Here::No => {
            return command(format!(
                "git session resume {}",
                quoted(session.branch.as_str())
            ));
        }
        _ => {}
    }
    let tree = source.facts.work_tree.as_ref();
    let tree = tree.map_or_else(Tree::default, |tree| Tree {
        conflicts: tree.conflicts.count,
        staged: tree.staged.count,
        changed: tree.changed.count,
        untracked: tree.untracked.count,
    });
    match next(session, tree) {
        Next::Type(typed) => command(typed),
        Next::WorkOn { text, handle } => {
            Line::computed(Kind::Step, "next: work on", text).named(handle)
        }
    }
}

/// What who handed over last wants done.
fn said(session: &Session) -> Vec<Line> {
    let newest = session.handoffs.iter().rev();
    let Some(last) = newest.into_iter().find(|made| !made.what.next.is_empty()) else {
        return Vec::new();
    };
    let line = |text: &String| {
        let from = Provenance::said(&last.by, last.at, &last.log);
        let mut line = Line::new(Kind::Step, "handed over:", text, from);
        line.private = last.what.private;
        line
    };
    last.what.next.iter().map(line).collect()
}

/// How to record what happens.
fn commands() -> Vec<Line> {
    let line = |(command, when): &(&str, &str)| {
        Line::computed(Kind::Command, "record:", *command).because(Some(when))
    };
    COMMANDS.iter().map(line).collect()
}
