//! The note of a commit: one JSON line for each session that made it. A projection of the log, complete in
//! itself, never read back as events. Lines are kept sorted, so that any line-wise merge is right.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::body::{CommitRecorded, Mark};
use super::context::Context;
use super::event::Event;
use super::id::{BranchName, EventId, SessionId};
use super::impact::Impact;
use super::redact;
use super::session::Session;
use super::share::Share;

/// The version of a line.
pub const VERSION: u32 = 1;

/// What a session says about a commit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NoteLine {
    /// Version of the line.
    pub v: u32,
    /// The session.
    pub session: SessionId,
    /// Its branch when the commit was recorded.
    pub branch: BranchName,
    /// Id of the `commit.recorded` event.
    pub id: EventId,
    /// When it was recorded, UTC.
    pub at: chrono::DateTime<chrono::Utc>,
    /// The author of the commit, `Name <address>`.
    pub author: String,
    /// Objectives with their marks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objectives: Vec<NoteObjective>,
    /// Decisions since the commit before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<NoteDecision>,
    /// What the commit changes.
    #[serde(default, skip_serializing_if = "Impact::is_empty")]
    pub impact: Impact,
    /// Active seconds.
    pub time: u64,
    /// For a merge: the sessions whose work came in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<SessionId>,
}

/// An objective in a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteObjective {
    /// The id of the event that made it.
    pub id: EventId,
    /// `x` completed, `>` in progress, a blank for the next one.
    pub mark: Mark,
    /// What it says.
    pub text: String,
}

/// A decision in a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteDecision {
    /// The id of the event that made it.
    pub id: EventId,
    /// What was decided.
    pub text: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
}

/// Texts of items that may leave the machine; what it does not know is left out of the note.
pub trait Texts {
    /// The text of an objective.
    fn objective(&self, id: &EventId) -> Option<String>;
    /// The text of a decision and its rationale.
    fn decision(&self, id: &EventId) -> Option<(String, Option<String>)>;
    /// The branch of the session.
    fn branch(&self) -> &BranchName;
}

impl Texts for Context {
    fn objective(&self, id: &EventId) -> Option<String> {
        self.public_objective(id).map(str::to_owned)
    }

    fn decision(&self, id: &EventId) -> Option<(String, Option<String>)> {
        let decision = self.decisions.iter().find(|d| d.id == *id && !d.private)?;
        Some((decision.text.clone(), decision.rationale.clone()))
    }

    fn branch(&self) -> &BranchName {
        &self.branch
    }
}

impl Texts for Session {
    fn objective(&self, id: &EventId) -> Option<String> {
        let objective = self
            .objectives
            .iter()
            .find(|o| o.item.id == *id && !o.item.private)?;
        Some(objective.item.text.clone())
    }

    fn decision(&self, id: &EventId) -> Option<(String, Option<String>)> {
        let decision = self
            .decisions
            .iter()
            .find(|d| d.item.id == *id && !d.item.private)?;
        Some((decision.item.text.clone(), decision.rationale.clone()))
    }

    fn branch(&self) -> &BranchName {
        &self.branch
    }
}

/// Texts of which only some kinds are shared.
pub struct Only<'a> {
    /// Where they come from.
    pub texts: &'a dyn Texts,
    /// What is shared.
    pub share: &'a [Share],
}

impl Texts for Only<'_> {
    fn objective(&self, id: &EventId) -> Option<String> {
        let shared = self.share.contains(&Share::Objectives);
        shared.then(|| self.texts.objective(id)).flatten()
    }

    fn decision(&self, id: &EventId) -> Option<(String, Option<String>)> {
        let shared = self.share.contains(&Share::Decisions);
        shared.then(|| self.texts.decision(id)).flatten()
    }

    fn branch(&self) -> &BranchName {
        self.texts.branch()
    }
}

impl NoteLine {
    /// The line for a recorded commit.
    pub fn new(event: &Event, record: &CommitRecorded, texts: &dyn Texts) -> Self {
        let objective = |o: &super::body::MarkedObjective| {
            let text = texts.objective(&o.item)?;
            Some(NoteObjective {
                id: o.item.clone(),
                mark: o.mark,
                text,
            })
        };
        let decision = |id: &EventId| {
            let (text, rationale) = texts.decision(id)?;
            Some(NoteDecision {
                id: id.clone(),
                text,
                rationale,
            })
        };
        Self {
            v: VERSION,
            session: event.head().session.clone(),
            branch: texts.branch().clone(),
            id: event.id().clone(),
            at: event.head().at,
            author: record.author.clone(),
            objectives: record.objectives.iter().filter_map(objective).collect(),
            decisions: record.decisions.iter().filter_map(decision).collect(),
            impact: record.impact.clone(),
            time: record.time,
            merged: record.merged.clone(),
        }
    }

    /// The line with its newline.
    pub fn to_line(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The lines of a note that are ours to read, whoever wrote them: without secrets and control characters.
pub fn parse(note: &[u8]) -> Vec<NoteLine> {
    note.split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_value(clean(line)?).ok())
        .collect()
}

/// A note that another clone wrote, line by line; what cannot be cleaned is left out.
pub fn fetched(note: &[u8]) -> Vec<u8> {
    let lines = note.split(|byte| *byte == b'\n').filter_map(|line| {
        let cleaned = clean(line)?;
        let same = serde_json::from_slice(line).is_ok_and(|old: serde_json::Value| old == cleaned);
        if same {
            return Some([line, b"\n"].concat());
        }
        let ours = serde_json::from_value::<NoteLine>(cleaned.clone());
        let text = ours.map_or_else(|_| format!("{cleaned}\n"), |ours| ours.to_line());
        Some(text.into_bytes())
    });
    lines.flatten().collect()
}

/// One line as JSON.
fn clean(line: &[u8]) -> Option<serde_json::Value> {
    redact::value(serde_json::from_slice(line).ok()?)
}

/// A note without the lines of these records.
pub fn without(note: &[u8], records: &[EventId]) -> Vec<u8> {
    let is_kept = |line: &&[u8]| {
        serde_json::from_slice::<NoteLine>(line).map_or(true, |line| !records.contains(&line.id))
    };
    let lines = note.split_inclusive(|byte| *byte == b'\n');
    lines.filter(is_kept).flatten().copied().collect()
}

/// A note and more lines: the union, sorted bytewise, one newline a line, no blank lines. Of two lines of the
/// same session and event the new one stays; the greater one where both are new.
pub fn merge(note: &[u8], lines: &[u8]) -> Vec<u8> {
    let key = |line: &[u8]| {
        let parsed = serde_json::from_slice::<NoteLine>(line).ok()?;
        Some((parsed.session, parsed.id))
    };
    let mut foreign: BTreeSet<&[u8]> = BTreeSet::new();
    let mut ours: BTreeMap<_, &[u8]> = BTreeMap::new();
    for part in [note, lines] {
        let mut sorted: Vec<&[u8]> = part
            .split(|b| *b == b'\n')
            .filter(|l| !l.is_empty())
            .collect();
        sorted.sort_unstable();
        for line in sorted {
            match key(line) {
                Some(key) => drop(ours.insert(key, line)),
                None => drop(foreign.insert(line)),
            }
        }
    }
    foreign.extend(ours.into_values());
    let mut merged = Vec::with_capacity(note.len() + lines.len() + 1);
    for line in foreign {
        merged.extend_from_slice(line);
        merged.push(b'\n');
    }
    merged
}

#[cfg(test)]
mod tests;
