//! What of a session can be found, one document an item.

use std::borrow::Cow;
use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::domain::body::{Alternative, Body};
use crate::domain::event::{Event, Origin};
use crate::domain::fold::{Fold, creates};
use crate::domain::handle::ItemKind;
use crate::domain::path_text::quote_path;
use crate::domain::session::{Decision, Item, ObjectiveState, Session};

/// What sort of thing a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Something to be reached.
    Objective,
    /// Something in the way.
    Blocker,
    /// Something decided.
    Decision,
    /// Something learnt.
    Learning,
    /// Free text.
    Note,
    /// A saved state of the work tree: label and notes.
    Checkpoint,
    /// What was said to who goes on.
    Handoff,
    /// The session itself: title, branch, what was said at its end.
    Session,
    /// A recorded commit: subject and paths.
    Commit,
}

impl Kind {
    /// Every kind, in the order of help texts.
    pub const ALL: [Self; 9] = [
        Self::Objective,
        Self::Blocker,
        Self::Decision,
        Self::Learning,
        Self::Note,
        Self::Checkpoint,
        Self::Handoff,
        Self::Session,
        Self::Commit,
    ];

    /// The name in answers and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Objective => "objective",
            Self::Blocker => "blocker",
            Self::Decision => "decision",
            Self::Learning => "learning",
            Self::Note => "note",
            Self::Checkpoint => "checkpoint",
            Self::Handoff => "handoff",
            Self::Session => "session",
            Self::Commit => "commit",
        }
    }

    /// The name of several.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Objective => "objectives",
            Self::Blocker => "blockers",
            Self::Decision => "decisions",
            Self::Learning => "learnings",
            Self::Note => "notes",
            Self::Checkpoint => "checkpoints",
            Self::Handoff => "handoffs",
            Self::Session => "sessions",
            Self::Commit => "commits",
        }
    }

    const fn of_item(kind: ItemKind) -> Self {
        match kind {
            ItemKind::Objective => Self::Objective,
            ItemKind::Blocker => Self::Blocker,
            ItemKind::Decision => Self::Decision,
            ItemKind::Learning => Self::Learning,
            ItemKind::Note => Self::Note,
            ItemKind::Checkpoint => Self::Checkpoint,
        }
    }
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'s> {
    /// What it is, such as `rationale`.
    pub name: &'static str,
    /// How much a term in it counts.
    pub weight: u64,
    /// It belongs to the session: it can help to find a document, not be the only reason.
    pub of_session: bool,
    /// What it says.
    pub text: Cow<'s, str>,
}

/// Something that can be found.
#[derive(Clone, Debug)]
pub struct Document<'s> {
    /// What sort of thing it is.
    pub kind: Kind,
    /// The item, where it is one; of one that was taken back, as it was made.
    pub item: Option<(ItemKind, Cow<'s, Item>)>,
    /// The full id: of the item, the commit, the event, the session.
    pub id: &'s str,
    /// Where it stands, where that can change: `superseded`, `undone`.
    pub state: Option<&'static str>,
    /// It does not hold any more.
    pub is_past: bool,
    /// It never leaves the machine.
    pub private: bool,
    /// It stands in this clone's own log.
    pub is_own: bool,
    /// When it came into being.
    pub at: DateTime<Utc>,
    /// Who made it.
    pub by: &'s str,
    /// The first one is what it is called.
    pub fields: Vec<Field<'s>>,
}

/// A field without a text is none.
fn add<'s>(
    fields: &mut Vec<Field<'s>>,
    name: &'static str,
    weight: u64,
    text: impl Into<Cow<'s, str>>,
) {
    let text = text.into();
    if !text.trim().is_empty() {
        fields.push(Field {
            name,
            weight,
            of_session: false,
            text,
        });
    }
}

/// Fields of one name.
fn add_all<'s>(fields: &mut Vec<Field<'s>>, name: &'static str, weight: u64, texts: &'s [String]) {
    for text in texts {
        add(fields, name, weight, text.as_str());
    }
}

/// Everything of a session that can be found. `fold`: the events that it was folded from.
pub fn documents<'s>(session: &'s Session, fold: &'s Fold) -> Vec<Document<'s>> {
    let mut found = vec![of_session(session)];
    items(session, &mut found);
    happened(session, &mut found);
    taken_back(session, fold, &mut found);
    let mut shared = Vec::new();
    if let Some(title) = &session.title {
        add(&mut shared, "title", 2, title.as_str());
    }
    add(&mut shared, "branch", 2, session.branch.as_str());
    for field in &mut shared {
        field.of_session = true;
    }
    for document in found.iter_mut().filter(|d| d.kind != Kind::Session) {
        document.fields.extend(shared.iter().cloned());
    }
    found
}

fn of_session(session: &Session) -> Document<'_> {
    let mut fields = Vec::new();
    if let Some(title) = &session.title {
        add(&mut fields, "title", 10, title.as_str());
    }
    add(&mut fields, "branch", 6, session.branch.as_str());
    if let Some(end) = &session.last_end {
        add_all(&mut fields, "accomplished", 4, &end.accomplished);
        add_all(&mut fields, "remember", 4, &end.remember);
    }
    add(&mut fields, "id", 2, session.id.as_str());
    Document {
        kind: Kind::Session,
        item: None,
        id: session.id.as_str(),
        state: Some(session.state.name()),
        is_past: false,
        private: false,
        is_own: true,
        at: session.started_at,
        by: &session.by,
        fields,
    }
}

/// A document of an item that has nothing but its text so far.
fn of_item(kind: ItemKind, item: &Item) -> Document<'_> {
    let mut fields = Vec::new();
    add(&mut fields, "text", 10, item.text.as_str());
    Document {
        kind: Kind::of_item(kind),
        id: item.id.as_str(),
        state: None,
        is_past: false,
        private: item.private,
        is_own: item.number.is_some(),
        at: item.at,
        by: &item.by,
        item: Some((kind, Cow::Borrowed(item))),
        fields,
    }
}

/// What belongs to a decision besides its text.
fn reasons<'s>(fields: &mut Vec<Field<'s>>, decision: &'s Decision) {
    let rationale = decision.rationale.as_deref();
    add(fields, "rationale", 5, rationale.unwrap_or_default());
    let context = decision.context.as_deref();
    add(fields, "context", 4, context.unwrap_or_default());
    alternatives(fields, &decision.alternatives);
    add_all(fields, "consequence", 4, &decision.consequences);
    add_all(fields, "scope", 3, &decision.scope);
}

fn alternatives<'s>(fields: &mut Vec<Field<'s>>, alternatives: &'s [Alternative]) {
    for way in alternatives {
        let text: Cow<'s, str> = match &way.why_not {
            Some(why) => Cow::Owned(format!("{}: {why}", way.option)),
            None => Cow::Borrowed(&way.option),
        };
        add(fields, "alternative", 4, text);
    }
}

fn items<'s>(session: &'s Session, found: &mut Vec<Document<'s>>) {
    for objective in &session.objectives {
        let mut document = of_item(ItemKind::Objective, &objective.item);
        document.state = Some(objective.state.name());
        document.is_past = objective.state == ObjectiveState::Dropped;
        found.push(document);
    }
    for blocker in &session.blockers {
        let mut document = of_item(ItemKind::Blocker, &blocker.item);
        let resolved = blocker.resolved_at.is_some();
        document.state = Some(if resolved { "resolved" } else { "open" });
        let resolution = blocker.resolution.as_deref().unwrap_or_default();
        add(&mut document.fields, "resolution", 5, resolution);
        let link = blocker.link.as_deref().unwrap_or_default();
        add(&mut document.fields, "link", 3, link);
        found.push(document);
    }
    for decision in &session.decisions {
        let mut document = of_item(ItemKind::Decision, &decision.item);
        document.is_past = decision.superseded_by.is_some();
        document.state = document.is_past.then_some("superseded");
        reasons(&mut document.fields, decision);
        found.push(document);
    }
    for learning in &session.learnings {
        let mut document = of_item(ItemKind::Learning, &learning.item);
        document.is_past = learning.dropped;
        document.state = learning.dropped.then_some("dropped");
        add(&mut document.fields, "key", 6, learning.key.as_str());
        add_all(&mut document.fields, "scope", 3, &learning.scope);
        found.push(document);
    }
    let notes = session.notes.iter();
    found.extend(notes.map(|note| of_item(ItemKind::Note, note)));
    for checkpoint in &session.checkpoints {
        let mut document = of_item(ItemKind::Checkpoint, &checkpoint.item);
        document.is_past = checkpoint.dropped;
        document.state = checkpoint.dropped.then_some("dropped");
        let notes = checkpoint.made.notes.as_deref().unwrap_or_default();
        add(&mut document.fields, "notes", 5, notes);
        let phase = checkpoint.made.phase.as_deref().unwrap_or_default();
        add(&mut document.fields, "phase", 4, phase);
        if !document.fields.is_empty() {
            found.push(document);
        }
    }
}

/// Handoffs and commits.
fn happened<'s>(session: &'s Session, found: &mut Vec<Document<'s>>) {
    for handoff in &session.handoffs {
        let mut fields = Vec::new();
        add_all(&mut fields, "accomplished", 6, &handoff.what.accomplished);
        add_all(&mut fields, "remember", 6, &handoff.what.remember);
        add_all(&mut fields, "next", 6, &handoff.what.next);
        if !fields.is_empty() {
            found.push(Document {
                kind: Kind::Handoff,
                item: None,
                id: handoff.id.as_str(),
                state: None,
                is_past: false,
                private: handoff.what.private,
                is_own: true,
                at: handoff.at,
                by: &handoff.by,
                fields,
            });
        }
    }
    for commit in &session.commits {
        let mut fields = Vec::new();
        add(&mut fields, "subject", 8, commit.record.subject.as_str());
        for change in &commit.record.impact.changes {
            add(&mut fields, "path", 3, quote_path(&change.path));
        }
        found.push(Document {
            kind: Kind::Commit,
            item: None,
            id: commit.record.commit.as_str(),
            state: None,
            is_past: false,
            private: false,
            is_own: commit.log == Origin::Own,
            at: commit.at,
            by: &commit.record.author,
            fields,
        });
    }
}

/// Items whose making was taken back: the session does not have them any more, the log has.
fn taken_back<'s>(session: &'s Session, fold: &'s Fold, found: &mut Vec<Document<'s>>) {
    let undone: HashSet<&str> = session
        .ops
        .iter()
        .filter(|op| op.undone)
        .map(|op| op.id.as_str())
        .collect();
    if undone.is_empty() {
        return;
    }
    let known: HashSet<&str> = session.items().map(|(_, item)| item.id.as_str()).collect();
    for event in fold.events() {
        let is_gone =
            undone.contains(event.head().op.as_str()) && !known.contains(event.id().as_str());
        if let Some(kind) = creates(event.body()).filter(|_| is_gone) {
            found.extend(gone(kind, event));
        }
    }
}

fn gone(kind: ItemKind, event: &Event) -> Option<Document<'_>> {
    let mut fields = Vec::new();
    let private = match event.body() {
        Body::ObjectiveAdded(e) | Body::NoteAdded(e) => {
            add(&mut fields, "text", 10, e.text.as_str());
            e.private
        }
        Body::BlockerAdded(e) => {
            add(&mut fields, "text", 10, e.text.as_str());
            e.private
        }
        Body::DecisionAdded(e) => {
            add(&mut fields, "text", 10, e.text.as_str());
            let rationale = e.rationale.as_deref().unwrap_or_default();
            add(&mut fields, "rationale", 5, rationale);
            add(
                &mut fields,
                "context",
                4,
                e.context.as_deref().unwrap_or_default(),
            );
            alternatives(&mut fields, &e.alternatives);
            add_all(&mut fields, "consequence", 4, &e.consequences);
            add_all(&mut fields, "scope", 3, &e.scope);
            e.private
        }
        Body::LearningAdded(e) => {
            add(&mut fields, "text", 10, e.text.as_str());
            add(&mut fields, "key", 6, e.key.as_str());
            add_all(&mut fields, "scope", 3, &e.scope);
            e.private
        }
        Body::CheckpointCreated(e) => {
            add(
                &mut fields,
                "text",
                10,
                e.label.as_deref().unwrap_or_default(),
            );
            add(
                &mut fields,
                "notes",
                5,
                e.notes.as_deref().unwrap_or_default(),
            );
            e.private
        }
        _ => return None,
    };
    let head = event.head();
    let text = fields.first()?.text.clone().into_owned();
    let item = Item {
        id: head.id.clone(),
        number: None,
        n: head.n,
        at: head.at,
        by: head.by.clone(),
        via: head.via.clone(),
        private,
        text,
    };
    Some(Document {
        kind: Kind::of_item(kind),
        item: Some((kind, Cow::Owned(item))),
        id: head.id.as_str(),
        state: Some("undone"),
        is_past: true,
        private,
        is_own: true,
        at: head.at,
        by: &head.by,
        fields,
    })
}
