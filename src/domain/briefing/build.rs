//! From the session and the facts to what a brief says. What an agent may not see is left out here, and nowhere else.

use super::facts::{Around, Facts};
use super::line::Line;
use super::section::Section;
use super::{About, Audience, Block, Brief, building, done, how, next, watch, without};
use crate::domain::session::Session;

/// What a part of the brief is made from.
pub(super) struct Source<'a> {
    /// The session as the reader may see it.
    pub(super) session: &'a Session,
    /// All of it, for handles that no hidden item has too.
    pub(super) all: &'a Session,
    pub(super) facts: &'a Facts,
    pub(super) audience: Audience,
}

/// So many items of one kind are looked at; no brief has room for more.
const MOST_ITEMS: usize = 200;

impl Source<'_> {
    /// A line for each of the first items, and one that says where the others are.
    pub(super) fn listed<T>(
        &self,
        items: Vec<T>,
        noun: &str,
        line: impl Fn(T) -> Line,
    ) -> Vec<Line> {
        let left = items.len().saturating_sub(MOST_ITEMS);
        let mut lines: Vec<Line> = items.into_iter().take(MOST_ITEMS).map(line).collect();
        if let (1.., Some(last)) = (left, lines.last()) {
            let session = self.facts.named.as_deref();
            let session = session.map_or(String::new(), |id| format!(" --session {id}"));
            let text = format!("{left} more: git session {noun} list{session}");
            lines.push(Line::computed(last.kind, "…", text));
        }
        lines
    }
}

/// Makes the brief of a session, or of a place without one. `sections`: the blocks that are wanted, in any order;
/// all when there is none.
pub fn build(
    of: Result<&Session, &Around>,
    facts: &Facts,
    audience: Audience,
    sections: &[Section],
) -> Brief {
    let wanted = |section: &Section| sections.is_empty() || sections.contains(section);
    let wanted = Section::ALL.into_iter().filter(wanted);
    let shown = of.map(|session| match audience {
        Audience::Human => (session.clone(), 0),
        Audience::Agent => public(session),
    });
    let mut withheld = shown.as_ref().map_or(0, |(_, withheld)| *withheld);
    let blocks = wanted.map(|section| {
        let mut block = match (of, &shown) {
            (Ok(all), Ok((session, _))) => {
                let source = Source {
                    session,
                    all,
                    facts,
                    audience,
                };
                block(&source, section)
            }
            (Err(around), _) | (_, &Err(around)) => {
                without::block(around, facts, audience, section)
            }
        };
        withheld += withhold(&mut block, audience);
        block
    });
    let blocks = blocks.collect();
    Brief {
        audience,
        about: of.ok().map(about),
        head: facts.head.clone(),
        named: facts.named.clone(),
        blocks,
        withheld,
    }
}

fn block(source: &Source<'_>, section: Section) -> Block {
    match section {
        Section::Building => building::block(source),
        Section::How => how::block(source),
        Section::Done => done::block(source),
        Section::Next => next::block(source),
        Section::Watch => watch::block(source),
    }
}

/// The session without its private items, and how many these were.
fn public(session: &Session) -> (Session, usize) {
    let count = |session: &Session| session.items().count() + session.handoffs.len();
    let mut public = session.clone();
    public
        .objectives
        .retain(|objective| !objective.item.private);
    public.blockers.retain(|blocker| !blocker.item.private);
    public.decisions.retain(|decision| !decision.item.private);
    public.learnings.retain(|learning| !learning.item.private);
    public.notes.retain(|note| !note.private);
    public
        .checkpoints
        .retain(|checkpoint| !checkpoint.item.private);
    public.handoffs.retain(|handoff| !handoff.what.private);
    let withheld = count(session) - count(&public);
    (public, withheld)
}

/// Takes out what other sessions keep private where an agent reads; how many lines that were.
fn withhold(block: &mut Block, audience: Audience) -> usize {
    if audience == Audience::Human {
        return 0;
    }
    let mut withheld = 0;
    for part in &mut block.parts {
        let before = part.len();
        part.retain(|line| !line.private);
        withheld += before - part.len();
    }
    block.parts.retain(|part| !part.is_empty());
    withheld
}

fn about(session: &Session) -> About {
    About {
        id: session.id.to_string(),
        branch: session.branch.to_string(),
        title: session.title.clone(),
        state: session.state.name(),
        started_by: super::line::name(&session.by).to_owned(),
        started_at: session.started_at,
        last_at: session.last_at,
    }
}
