//! `sync --compact`: the refs of clones that have shared nothing for a long time become one, so that a project with many
//! short-lived clones keeps few refs. Every page keeps the name of its writer, so nothing that is read changes; a clone
//! that comes back pushes its own refs again.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::agreement::{NOTES_TRACKING, Partner, log_ref, notes_ref};
use super::{Attempt, Trouble};
use crate::domain::event::Event;
use crate::domain::id::{CommitId, WriterId};
use crate::domain::note;
use crate::git::{Edit, Failure, Manners, Outgoing, Pushed, TreeEntry};
use crate::ops::ctx::Ctx;
use crate::ops::fetched::{self, TRACKING};
use crate::ops::setup;

/// So many days a clone must have shared nothing.
const IDLE_DAYS: i64 = 90;
/// The mode of a file.
const FILE: u32 = 0o100_644;
/// What it says in the history.
const MESSAGE: &str = "git-session: logs of idle clones, united";

/// A clone that has shared nothing for long, as a remote has it.
struct Idle {
    writer: WriterId,
    log: CommitId,
    notes: Option<CommitId>,
}

/// Unites the idle clones of a remote; how many they were. Fewer than two stay as they are.
pub(super) fn compact(
    ctx: &Ctx,
    partner: &Partner,
    manners: Manners,
) -> Result<Result<usize, Trouble>> {
    let idle = idle(ctx, partner)?;
    if idle.len() < 2 {
        return Ok(Ok(0));
    }
    let names: String = idle.iter().map(|idle| idle.writer.as_str()).collect();
    let writer = WriterId::from_random(ctx.clock.random(&names));
    let log = united_log(ctx, &idle)?;
    let notes = united_notes(ctx, partner, &idle)?;
    // the new refs are there before the old ones go
    let mut made = vec![(log_ref(&writer), log)];
    made.extend(notes.map(|notes| (notes_ref(&writer), notes)));
    let made = made
        .into_iter()
        .map(|(name, tip)| Outgoing::of(name, &tip))
        .collect::<Vec<_>>();
    if let Err(failure) = accepted(ctx, partner, &made, manners)? {
        return Ok(Err(trouble(failure)));
    }
    let mut gone = Vec::new();
    for idle in &idle {
        gone.push(Outgoing::removal(log_ref(&idle.writer), &idle.log));
        let notes = idle.notes.iter();
        gone.extend(notes.map(|tip| Outgoing::removal(notes_ref(&idle.writer), tip)));
    }
    if let Err(failure) = accepted(ctx, partner, &gone, manners)? {
        return Ok(Err(trouble(failure)));
    }
    let fetched = ctx
        .repo
        .fetch_refs(&partner.name, &partner.refspecs(), manners)?;
    Ok(fetched.map(|()| idle.len()).map_err(trouble))
}

fn trouble(failure: Failure) -> Trouble {
    let doing = "push";
    Trouble { doing, failure }
}

/// Pushes, and takes a ref that somebody has moved meanwhile for one that is not idle.
fn accepted(
    ctx: &Ctx,
    partner: &Partner,
    refs: &[Outgoing],
    manners: Manners,
) -> Result<Result<(), Failure>> {
    let pushed = match ctx.repo.push_refs(&partner.name, refs, manners)? {
        Ok(pushed) => pushed,
        Err(failure) => return Ok(Err(failure)),
    };
    let refused = pushed.into_iter().find_map(|(name, state)| match state {
        Pushed::Refused(reason) => Some(super::refused(&name, &reason)),
        Pushed::Done | Pushed::Behind => None,
    });
    Ok(match refused {
        Some(Attempt::Failed(failure)) => Err(failure),
        _ => Ok(()),
    })
}

/// The clones of a remote whose last event is old.
fn idle(ctx: &Ctx, partner: &Partner) -> Result<Vec<Idle>> {
    let own = setup::known_writer(ctx)?;
    let since = ctx.now() - TimeDelta::days(IDLE_DAYS);
    let mut found = Vec::new();
    for name in ctx
        .repo
        .ref_names(&format!("{TRACKING}{}/", partner.name))?
    {
        let (Some(writer), Some(log)) = (fetched::writer_of(&name), ctx.repo.ref_id(&name)?) else {
            continue;
        };
        if own.as_ref() == Some(&writer) || name != partner.log_of(&writer) {
            continue;
        }
        let Ok(newest) = newest(ctx, &writer, &log) else {
            continue;
        };
        if newest.is_some_and(|newest| newest <= since) {
            let notes = ctx.repo.ref_id(&partner.notes_of(&writer))?;
            found.push(Idle { writer, log, notes });
        }
    }
    Ok(found)
}

/// When a shared log was written to last.
fn newest(ctx: &Ctx, writer: &WriterId, tip: &CommitId) -> Result<Option<DateTime<Utc>>> {
    let mut newest = None;
    for (_, blob) in fetched::pages(ctx, writer, tip.as_str())?
        .into_values()
        .flatten()
    {
        let bytes = ctx.repo.read_blob(&blob)?.unwrap_or_default();
        let lines = bytes.split(|byte| *byte == b'\n');
        let events = lines.filter_map(|line| Event::parse(line).ok());
        newest = newest.max(events.map(|event| event.head().at).max());
    }
    Ok(newest)
}

/// One tree with the pages of all of them.
fn united_log(ctx: &Ctx, idle: &[Idle]) -> Result<CommitId> {
    let mut pages: BTreeMap<String, String> = BTreeMap::new();
    for clone in idle {
        for (id, logs) in fetched::pages(ctx, &clone.writer, clone.log.as_str())? {
            for (writer, blob) in logs {
                let name = format!("{id}.{writer}.jsonl");
                let blob = match pages.get(&name) {
                    Some(there) if *there != blob => joined(ctx, there, &blob)?,
                    _ => blob,
                };
                pages.insert(name, blob);
            }
        }
    }
    let entries: Vec<TreeEntry> = pages
        .into_iter()
        .map(|(name, id)| TreeEntry {
            mode: FILE,
            name: name.into_bytes(),
            id,
        })
        .collect();
    let tree = ctx.repo.write_tree(&entries)?;
    ctx.repo.write_commit(&tree, &[], &format!("{MESSAGE}\n"))
}

/// The lines of two pages of one writer, each once.
fn joined(ctx: &Ctx, one: &str, other: &str) -> Result<String> {
    let read = |id: &str| ctx.repo.read_blob(id).map(Option::unwrap_or_default);
    let (mut bytes, more) = (read(one)?, read(other)?);
    let known: Vec<Vec<u8>> = bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    for line in more.split_inclusive(|byte| *byte == b'\n') {
        let plain = line.strip_suffix(b"\n").unwrap_or(line);
        if !known.iter().any(|known| known == plain) {
            bytes.extend_from_slice(line);
        }
    }
    ctx.repo.write_blob(&bytes)
}

/// One tree with the notes of all of them; none when there are none.
fn united_notes(ctx: &Ctx, partner: &Partner, idle: &[Idle]) -> Result<Option<CommitId>> {
    let mut notes: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for clone in idle.iter().filter(|clone| clone.notes.is_some()) {
        let name = format!("{NOTES_TRACKING}{}/{}", partner.name, clone.writer);
        for (object, blob) in ctx.repo.list_notes(&name)? {
            let lines = ctx.repo.read_blob(&blob)?.unwrap_or_default();
            let there = notes.entry(object).or_default();
            *there = note::merge(there, &lines);
        }
    }
    let edits = notes.into_iter().map(|(object, lines)| {
        let commit = CommitId::new(object)?;
        Ok(Edit::new(commit, move |_| Some(lines.clone())))
    });
    let mut edits: Vec<Edit<'_>> = edits.collect::<Result<_>>()?;
    ctx.repo.notes_anew(&mut edits, MESSAGE)
}
