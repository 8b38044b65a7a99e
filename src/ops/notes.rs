//! Notes: written from the log, from a cursor that moves only after the notes ref did. Idempotent.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::Result;

use super::ctx::{Ctx, Via};
use super::{sessions, setup};
use crate::domain::body::{Body, CommitRecorded};
use crate::domain::context::Context;
use crate::domain::event::Event;
use crate::domain::id::{CommitId, EventId, SessionId};
use crate::domain::note::{self, NoteLine, Texts};
use crate::git::Edit;
use crate::sys::fs::Appended;

/// How long a hook tries to move the notes ref; what it cannot write, the next command does.
const HOOK_WAIT: Duration = Duration::from_millis(60);
/// How long a command tries: a lock that lasts longer was left behind by a process that was killed.
const COMMAND_WAIT: Duration = Duration::from_secs(2);

/// The notes ref of this clone.
pub fn own_ref(ctx: &Ctx) -> Result<String> {
    Ok(format!("refs/notes/session/{}", setup::writer(ctx)?))
}

/// Every notes ref that holds records: this clone's, and the copies of other clones'.
pub fn all_refs(ctx: &Ctx) -> Result<Vec<String>> {
    let mut names = ctx.repo.ref_names("refs/notes/session/")?;
    names.extend(ctx.repo.ref_names("refs/notes/session-remote/")?);
    names.extend(ctx.repo.ref_names("refs/notes/session-kept/")?);
    // what another clone pushed may be anything
    let leads_to_notes = |name: &String| match ctx.repo.ref_id(name) {
        Ok(Some(tip)) => ctx.repo.commit(&tip).is_ok(),
        _ => false,
    };
    names.retain(leads_to_notes);
    Ok(names)
}

/// The record that a hook has just appended.
pub struct Fresh<'a> {
    /// Its event.
    pub event: &'a Event,
    /// Where it stands in the log.
    pub place: Appended,
    /// The context before it, which still has the texts of the commit's window.
    pub before: &'a Context,
}

impl Fresh<'_> {
    /// Whether everything in front of it is in the notes.
    fn is_only_one_due(&self) -> bool {
        let mark = &self.before.log;
        mark.noted == mark.length && mark.length == self.place.before
    }
}

/// After the hook's own record: its note alone when nothing else is due, else everything that is due. Does
/// nothing until the batch is full; what a full batch cannot be made of is not read.
pub fn flush_in_hook(ctx: &Ctx, fresh: &Fresh<'_>, after: &mut Context) -> Result<()> {
    let Some(writer) = setup::known_writer(ctx)? else {
        return Ok(());
    };
    let name = format!("refs/notes/session/{writer}");
    let batch = ctx.settings.session.notes_batch as usize;
    if fresh.is_only_one_due() {
        if batch <= 1 {
            write(ctx, &name, std::slice::from_ref(fresh.event), fresh.before)?;
            after.log.noted = fresh.place.after;
        }
        return Ok(());
    }
    let log = ctx.store.log(&after.session);
    if batch > 1 && log.lines_from(after.log.noted)? < batch {
        return Ok(());
    }
    let due = log.read_from(after.log.noted)?;
    let records: Vec<&Event> = due
        .events
        .iter()
        .filter(|event| is_record(event.body()))
        .collect();
    if records.len() < batch {
        return Ok(());
    }
    match records.as_slice() {
        [only] if only.id() == fresh.event.id() => {
            write(ctx, &name, std::slice::from_ref(fresh.event), fresh.before)?;
        }
        _ => write(
            ctx,
            &name,
            &due.events,
            &sessions::load(ctx, &after.session)?.session,
        )?,
    }
    after.log.noted = due.length;
    Ok(())
}

/// Everything of a session that is not in the notes yet, and a context that knows of it.
pub fn flush(ctx: &Ctx, id: &SessionId) -> Result<()> {
    let Some(mut context) = sessions::context(ctx, id)? else {
        return Ok(());
    };
    if context.log.noted == context.log.length {
        return Ok(());
    }
    let due = ctx.store.log(id).read_from(context.log.noted)?;
    if due.events.iter().any(|event| is_record(event.body())) {
        let session = sessions::load(ctx, id)?.session;
        write(ctx, &own_ref(ctx)?, &due.events, &session)?;
    }
    context.log.noted = due.length;
    ctx.store.views(id).write_context(&context)
}

/// So many notes are written by one update of the ref.
const MOST_AT_ONCE: usize = 4096;

/// The same for many sessions, with few updates of the ref.
pub fn flush_all(ctx: &Ctx, ids: impl Iterator<Item = SessionId>) -> Result<()> {
    let name = own_ref(ctx)?;
    let (mut edits, mut contexts) = (Vec::new(), Vec::new());
    for id in ids {
        let Some(mut context) = sessions::context(ctx, &id)? else {
            continue;
        };
        if context.log.noted == context.log.length {
            continue;
        }
        let due = ctx.store.log(&id).read_from(context.log.noted)?;
        let rewrites = |event: &Event| matches!(event.body(), Body::CommitRewritten(_));
        if due.events.iter().any(rewrites) {
            // it moves notes that have to be there
            flush(ctx, &id)?;
            continue;
        }
        if due.events.iter().any(|event| is_record(event.body())) {
            let session = sessions::load(ctx, &id)?.session;
            edits.extend(self::edits(ctx, &name, &due.events, &session)?);
        }
        context.log.noted = due.length;
        contexts.push(context);
        if edits.len() >= MOST_AT_ONCE {
            put(ctx, &name, std::mem::take(&mut edits))?;
            remember(ctx, std::mem::take(&mut contexts))?;
        }
    }
    put(ctx, &name, edits)?;
    remember(ctx, contexts)
}

/// Remembers what is in the notes now.
fn remember(ctx: &Ctx, contexts: Vec<Context>) -> Result<()> {
    for context in contexts {
        ctx.store.views(&context.session).write_context(&context)?;
    }
    Ok(())
}

/// Whether an event has something to say in notes.
const fn is_record(body: &Body) -> bool {
    matches!(body, Body::CommitRecorded(_) | Body::CommitRewritten(_))
}

/// Writes the notes of these events by one update of the ref.
fn write(ctx: &Ctx, name: &str, events: &[Event], texts: &dyn Texts) -> Result<()> {
    put(ctx, name, edits(ctx, name, events, texts)?)
}

/// What these events say in notes.
fn edits(ctx: &Ctx, name: &str, events: &[Event], texts: &dyn Texts) -> Result<Vec<Edit<'static>>> {
    let share = &ctx.settings.session.share;
    let texts = &note::Only { texts, share };
    let mut edits = Vec::new();
    for event in events {
        match event.body() {
            Body::CommitRecorded(record) => {
                let line = NoteLine::new(event, record, texts).to_line();
                edits.push(union(record.commit.clone(), line.into_bytes()));
            }
            Body::CommitRewritten(rewritten) => {
                let own = ctx.store.log(&event.head().session).read()?.events;
                for (old, new) in &rewritten.pairs {
                    let outdated = replaced(&own, old, new);
                    for reference in all_refs(ctx)? {
                        if let Some(lines) = ctx.repo.read_note(&reference, old)? {
                            let lines = if reference == name {
                                lines
                            } else {
                                note::fetched(&lines)
                            };
                            let lines = note::without(&lines, &outdated);
                            edits.push(union(new.clone(), lines));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok(edits)
}

/// Changes notes by one update of the ref.
fn put(ctx: &Ctx, name: &str, mut edits: Vec<Edit<'_>>) -> Result<()> {
    if edits.is_empty() {
        return Ok(());
    }
    let wait = match ctx.via {
        Via::Hook => HOOK_WAIT,
        Via::Cli => COMMAND_WAIT,
    };
    ctx.repo.update_notes(
        name,
        &mut edits,
        "git-session: notes of recorded commits",
        wait,
    )?;
    Ok(())
}

/// The records of `old` that a record of `new` has taken the place of, because it says that it amends it.
fn replaced(events: &[Event], old: &CommitId, new: &CommitId) -> Vec<EventId> {
    let records = || {
        events.iter().filter_map(|event| match event.body() {
            Body::CommitRecorded(record) => Some((event.id(), record)),
            _ => None,
        })
    };
    let amends =
        |record: &CommitRecorded| record.commit == *new && record.amends.as_ref() == Some(old);
    if !records().any(|(_, record)| amends(record)) {
        return Vec::new();
    }
    // the record may be of what `old` was before it was rewritten
    let mut before = HashSet::from([old]);
    for event in events.iter().rev() {
        if let Body::CommitRewritten(rewritten) = event.body() {
            let pairs = rewritten.pairs.iter();
            let more: Vec<_> = pairs.filter(|(_, to)| before.contains(to)).collect();
            before.extend(more.into_iter().map(|(from, _)| from));
        }
    }
    let of_old = records().filter(|(_, record)| before.contains(&record.commit));
    of_old.map(|(id, _)| id.clone()).collect()
}

/// Adds lines to the note of a commit.
fn union(commit: CommitId, lines: Vec<u8>) -> Edit<'static> {
    Edit::new(commit, move |old: Option<Vec<u8>>| {
        Some(note::merge(&old.unwrap_or_default(), &lines))
    })
}
