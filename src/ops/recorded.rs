//! What is recorded of a commit: from the logs of this clone, else from notes of all writers, else from the
//! trailers of the commit itself.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::ctx::Ctx;
use super::{notes, sessions};
use crate::domain::body::Mark;
use crate::domain::id::{CommitId, EventId, SessionId};
use crate::domain::note::{self, NoteLine};
use crate::domain::session::{Commit, Session};
use crate::domain::time::parse_spent;
use crate::domain::trailers::{self, Key, Run};
use crate::git::CommitInfo;

/// Where a record was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The log of a session, by its path.
    Log(std::path::PathBuf),
    /// A notes ref.
    Note(String),
    /// The message of the commit.
    Trailers,
}

/// What one session says about a commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Where that was read.
    pub source: Source,
    /// The session.
    pub session: String,
    /// Its branch, where the source knows it.
    pub branch: Option<String>,
    /// When it was recorded, where the source knows it.
    pub at: Option<DateTime<Utc>>,
    /// Objectives with their marks.
    pub objectives: Vec<(Option<Mark>, String)>,
    /// Decisions with their rationale.
    pub decisions: Vec<(String, Option<String>)>,
    /// What the commit changes, line by line.
    pub impact: Vec<String>,
    /// Active seconds.
    pub time: u64,
}

/// Everything that is recorded of a commit.
#[derive(Debug)]
pub struct Recorded {
    /// The commit.
    pub commit: CommitInfo,
    /// One record a session.
    pub records: Vec<Record>,
    /// Logs that could not be read, and why.
    pub unreadable: Vec<(SessionId, anyhow::Error)>,
}

/// Looks a commit up.
pub fn of_commit(ctx: &Ctx, id: &CommitId) -> Result<Recorded> {
    let commit = ctx.repo.commit(id)?;
    let runs = trailers::harvest(&commit.message);
    let notes = noted(ctx, id)?;
    let mut recorded = Recorded {
        commit,
        records: Vec::new(),
        unreadable: Vec::new(),
    };
    // the session that trailers and notes name is tried first: then most logs need not be opened
    let named: BTreeSet<SessionId> = notes
        .iter()
        .map(|(_, line)| line.session.clone())
        .chain(
            runs.iter()
                .filter_map(|run| SessionId::new(run.session_id()).ok()),
        )
        .filter(|id| ctx.store.has(id))
        .collect();
    from_logs(ctx, id, named.iter(), &mut recorded);
    if recorded.records.is_empty() {
        let others = ctx
            .store
            .ids()?
            .into_iter()
            .filter(|other| !named.contains(other));
        let others: Vec<_> = others.filter(|other| mentions(ctx, other, id)).collect();
        from_logs(ctx, id, others.iter(), &mut recorded);
    }
    if recorded.records.is_empty() {
        recorded.records = notes.into_iter().map(of_note).collect();
    }
    if recorded.records.is_empty() {
        recorded.records = runs.iter().map(of_run).collect();
    }
    Ok(recorded)
}

/// The records that logs hold.
fn from_logs<'a>(
    ctx: &Ctx,
    id: &CommitId,
    sessions: impl Iterator<Item = &'a SessionId>,
    recorded: &mut Recorded,
) {
    for session in sessions {
        match sessions::load(ctx, session) {
            Err(error) => recorded.unreadable.push((session.clone(), error)),
            Ok(loaded) => {
                let commits = loaded.session.commits.iter();
                let hits = commits.filter(|commit| commit.is_of(id));
                let path = ctx.store.log(session).path().to_owned();
                recorded
                    .records
                    .extend(hits.map(|commit| of_log(&loaded.session, commit, path.clone())));
            }
        }
    }
}

/// Whether the bytes of a log name the commit; one that cannot be read counts, so that it is named.
fn mentions(ctx: &Ctx, session: &SessionId, id: &CommitId) -> bool {
    match crate::sys::fs::read(ctx.store.log(session).path()) {
        Ok(Some(bytes)) => String::from_utf8_lossy(&bytes).contains(id.as_str()),
        Ok(None) => false,
        Err(_) => true,
    }
}

/// What the notes of all writers say, each event once.
fn noted(ctx: &Ctx, id: &CommitId) -> Result<Vec<(String, NoteLine)>> {
    let mut seen: BTreeSet<EventId> = BTreeSet::new();
    let mut found = Vec::new();
    for reference in notes::all_refs(ctx)? {
        let note = ctx.repo.read_note(&reference, id)?.unwrap_or_default();
        for line in note::parse(&note) {
            if seen.insert(line.id.clone()) {
                found.push((reference.clone(), line));
            }
        }
    }
    Ok(found)
}

/// A commit as the log of its session has it; private items are part of it.
pub fn of_log(session: &Session, commit: &Commit, path: std::path::PathBuf) -> Record {
    let record = &commit.record;
    let objectives = record.objectives.iter().filter_map(|marked| {
        let items = &session.objectives;
        let objective = items.iter().find(|o| o.item.id == marked.item)?;
        Some((Some(marked.mark), objective.item.text.clone()))
    });
    let decisions = record.decisions.iter().filter_map(|id| {
        let decision = session.decisions.iter().find(|d| d.item.id == *id)?;
        Some((decision.item.text.clone(), decision.rationale.clone()))
    });
    Record {
        source: Source::Log(path),
        session: session.id.to_string(),
        branch: Some(session.branch.to_string()),
        at: Some(commit.at),
        objectives: objectives.collect(),
        decisions: decisions.collect(),
        impact: record.impact.lines(),
        time: record.time,
    }
}

fn of_note((reference, line): (String, NoteLine)) -> Record {
    let objectives = line.objectives.into_iter().map(|o| (Some(o.mark), o.text));
    let decisions = line.decisions.into_iter().map(|d| (d.text, d.rationale));
    Record {
        source: Source::Note(reference),
        session: line.session.to_string(),
        branch: Some(line.branch.to_string()),
        at: Some(line.at),
        objectives: objectives.collect(),
        decisions: decisions.collect(),
        impact: line.impact.lines(),
        time: line.time,
    }
}

fn of_run(run: &Run) -> Record {
    let texts = |key| run.get(key).map(|trailer| trailer.text.clone());
    let decisions = run.get(Key::Decisions);
    Record {
        source: Source::Trailers,
        session: run.session_id().to_owned(),
        branch: None,
        at: None,
        objectives: texts(Key::Objectives).map(|text| marked(&text)).collect(),
        decisions: decisions
            .map(|trailer| (trailer.text.clone(), trailer.rationale.clone()))
            .collect(),
        impact: texts(Key::Impact).collect(),
        time: texts(Key::Time)
            .find_map(|text| parse_spent(&text))
            .unwrap_or(0),
    }
}

/// `[>] Google OAuth (this commit)` as mark and text.
pub(super) fn marked(text: &str) -> (Option<Mark>, String) {
    let forms = [
        ("[x] ", "", Mark::Done),
        ("[>] ", " (this commit)", Mark::Current),
        ("[ ] ", " (next)", Mark::Next),
    ];
    // the compact form has all of them on one line, and stays as it is
    let forms = forms.into_iter().filter(|_| !text.contains("; ["));
    for (start, end, mark) in forms {
        if let Some(rest) = text.strip_prefix(start) {
            let said = rest.strip_suffix(end).unwrap_or(rest);
            return (Some(mark), said.to_owned());
        }
    }
    (None, text.to_owned())
}
