//! The blocks where there is no session: the project, its recent sessions, and how to start.

use super::facts::{AllContext, Around, Facts, Other};
use super::line::{Kind, Line, Provenance, Source};
use super::section::Section;
use super::{Audience, Block, done, how, watch};
use crate::domain::describe::plural;

pub(super) fn block(around: &Around, facts: &Facts, audience: Audience, section: Section) -> Block {
    let mut block = Block::new(section);
    match section {
        Section::Building => {
            block.part(vec![Line::computed(Kind::Progress, "", &around.why)]);
            block.part(around.recent.iter().map(other).collect());
        }
        Section::How => {
            block.part(how::configured(facts));
            block.part(how::pages(facts));
            block.part(how::files(facts));
            block.part(facts.context.iter().map(context).collect());
        }
        Section::Done => {
            block.part(
                facts
                    .work_tree
                    .as_ref()
                    .map(done::work_tree)
                    .unwrap_or_default(),
            );
            block.part(done::commits(facts));
        }
        Section::Next => {
            block.part(vec![Line::computed(Kind::Command, "next:", &around.start)]);
            if audience == Audience::Human && !around.recent.is_empty() {
                block.part(vec![Line::computed(
                    Kind::Command,
                    "all sessions:",
                    "git session list",
                )]);
            }
        }
        Section::Watch => watch::files(&mut block, facts),
    }
    block
}

/// How many context files there are, and the command that lists them.
fn context(all: &AllContext) -> Line {
    let score = all.score.map(|score| format!(", score {score}"));
    let text = format!(
        "{}{}: git session context list",
        plural(all.files, "file"),
        score.unwrap_or_default()
    );
    Line::new(
        Kind::Context,
        "context:",
        text,
        Provenance::only(Source::Project),
    )
}

/// A session of another branch.
fn other(other: &Other) -> Line {
    let (done, total) = other.progress;
    let title = other.title.as_deref().map(|title| format!(" \"{title}\""));
    let text = format!(
        "{}{}: {}, {done} of {total} objectives done",
        other.branch,
        title.unwrap_or_default(),
        other.state
    );
    let from = if other.own {
        Source::Own
    } else {
        Source::Fetched
    };
    let from = Provenance {
        by: Some(super::line::name(&other.by).to_owned()),
        at: Some(other.at),
        from,
        place: None,
    };
    Line::new(Kind::Session, "session:", text, from)
}
