//! The own logs without a text: what will be left of each, and the rewriting itself.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::domain::body::{Body, Purged};
use crate::domain::event::Event;
use crate::domain::id::{EventId, SessionId};
use crate::domain::purge::{Outcome, Target};
use crate::ops::ctx::Ctx;
use crate::ops::sessions;
use crate::sys::fs;

/// So many events one tombstone names: more would not fit a line.
const MOST_NAMED: usize = 1_000;

/// What will become of one log.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) id: SessionId,
    pub(super) outcome: Outcome,
    /// Lines that are no events and have the text.
    pub(super) torn: usize,
}

/// The logs that change.
pub(super) fn plan(ctx: &Ctx, target: &Target) -> Result<Vec<Planned>> {
    let mut planned = Vec::new();
    for id in ctx.store.ids()? {
        let log = ctx.store.log(&id);
        let outcome = target.apply(log.read()?.events);
        let bytes = fs::read(log.path())?.unwrap_or_default();
        let lines = bytes.split(|byte| *byte == b'\n');
        let torn = lines.filter(|line| Event::parse(line).is_err() && target.is_in_bytes(line));
        let torn = torn.count();
        if !outcome.is_nothing() || torn > 0 {
            planned.push(Planned { id, outcome, torn });
        }
    }
    Ok(planned)
}

/// Rewrites one log, with a tombstone for what went, and everything that is made from it. A process that is killed
/// leaves the old log or the new one; what is made from it is removed first and made anew by whoever comes.
pub(super) fn rewrite(ctx: &Ctx, id: &SessionId, target: &Target) -> Result<()> {
    let _lock = ctx.store.lock_for_command(id)?;
    let directory = ctx.store.directory(id);
    fs::remove(&directory.join("context.json"))?;
    ctx.store.forget_shared(id)?;
    let last_n = sessions::load(ctx, id)?.fold.last_n();
    let mut items = target.clone();
    ctx.with_pen(id, last_n, |pen| {
        ctx.store.log(id).rewrite(|lines| {
            let events: Vec<Event> = lines
                .split(|byte| *byte == b'\n')
                .filter_map(|line| Event::parse(line).ok())
                .collect();
            let outcome = items.apply(events);
            let mut out = edited(lines, &outcome, &items);
            items.items.extend(outcome.removed.iter().cloned());
            for some in outcome.removed.chunks(MOST_NAMED) {
                let events = some.to_vec();
                let tombstone = pen.write(Body::Purged(Purged { events }));
                out.extend_from_slice(tombstone.to_line()?.as_bytes());
            }
            Ok(out)
        })
    })?;
    let loaded = sessions::load(ctx, id)?;
    sessions::refresh_views(ctx, &loaded)?;
    sessions::index(ctx, &loaded.session)
}

/// The lines of what is left: unchanged ones as they stood, also those that are no events.
fn edited(lines: &[u8], outcome: &Outcome, target: &Target) -> Vec<u8> {
    let gone: BTreeSet<&EventId> = outcome.removed.iter().collect();
    let left: BTreeMap<&EventId, &Event> = outcome.events.iter().map(|e| (e.id(), e)).collect();
    let mut out = Vec::with_capacity(lines.len());
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let Ok(event) = Event::parse(line) else {
            if !target.is_in_bytes(line) {
                out.extend_from_slice(line);
            }
            continue;
        };
        if gone.contains(event.id()) {
            continue;
        }
        match left.get(event.id()).filter(|left| ***left != event) {
            Some(left) => out.extend_from_slice(left.to_line().unwrap_or_default().as_bytes()),
            None => out.extend_from_slice(line),
        }
    }
    if !out.is_empty() && !out.ends_with(b"\n") {
        out.push(b'\n');
    }
    out
}
