//! The refs of this clone, begun anew without a text: the shared log and the notes.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::domain::event::Event;
use crate::domain::id::{CommitId, EventId, SessionId};
use crate::domain::purge::Target;
use crate::domain::share::{Share, shareable};
use crate::git::{Edit, Swap};
use crate::ops::ctx::Ctx;
use crate::ops::sync::publish;

/// What it says in the history of the refs.
const MESSAGE: &str = "git-session: begun anew";

/// Writes the shared log as a single commit. `logs`: what the own logs will say, where that is not what they say now.
pub(super) fn anew(
    ctx: &Ctx,
    name: &str,
    target: &Target,
    logs: &BTreeMap<SessionId, Vec<Event>>,
) -> Result<()> {
    let Some(old) = ctx.repo.ref_id(name)? else {
        return Ok(());
    };
    let share = ctx.settings.session.share.as_slice();
    let mut pages = BTreeMap::new();
    for (id, blob) in publish::pages(ctx, &old)? {
        let own = match logs.get(&id) {
            Some(own) => own.clone(),
            None => ctx.store.log(&id).read()?.events,
        };
        let mut lines = publish::lines(&own, share)?;
        // what this clone's log has lost, somebody may have seen
        let written: Vec<EventId> = own.iter().map(|event| event.id().clone()).collect();
        let lost = publish::events(ctx, &blob)?.into_iter();
        let lost = lost.filter(|event| !written.contains(event.id())).collect();
        let lost = shareable(&target.apply(lost).events, share);
        let gone = publish::taken_out(&own);
        for event in lost.iter().filter(|event| !gone.contains(event.id())) {
            lines.push((event.id().to_string(), event.to_line()?));
        }
        let text: String = lines.into_iter().map(|(_, line)| line).collect();
        pages.insert(id, ctx.repo.write_blob(text.as_bytes())?);
    }
    let new = publish::commit(ctx, &pages, &[], share)?;
    swap(ctx, name, &old, Some(&new))
}

/// Writes the notes as a single commit; without what `session.share` leaves out where that is asked for.
pub(super) fn notes_anew(ctx: &Ctx, name: &str, target: &Target, share: &[Share]) -> Result<()> {
    let Some(old) = ctx.repo.ref_id(name)? else {
        return Ok(());
    };
    let mut edits = Vec::new();
    if share.contains(&Share::Commits) {
        for (object, blob) in ctx.repo.list_notes(name)? {
            let bytes = ctx.repo.read_blob(&blob)?.unwrap_or_default();
            let bytes = note(&bytes, target, share);
            let change = move |_: Option<Vec<u8>>| (!bytes.is_empty()).then(|| bytes.clone());
            edits.push(Edit::new(CommitId::new(object)?, change));
        }
    }
    let new = ctx.repo.notes_anew(&mut edits, MESSAGE)?;
    swap(ctx, name, &old, new.as_ref())
}

/// The lines of a note without the text.
fn note(bytes: &[u8], target: &Target, share: &[Share]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let lines = bytes.split(|byte| *byte == b'\n');
    for line in lines.filter(|line| !line.is_empty()) {
        let Ok(Value::Object(mut fields)) = serde_json::from_slice(line) else {
            if !target.is_in_bytes(line) {
                out.extend_from_slice(line);
                out.push(b'\n');
            }
            continue;
        };
        let before = fields.clone();
        for (kind, field) in [
            (Share::Objectives, "objectives"),
            (Share::Decisions, "decisions"),
        ] {
            if !share.contains(&kind) {
                fields.remove(field);
            }
            if let Some(Value::Array(items)) = fields.get_mut(field) {
                items.retain(|item| !is_item(item, target));
            }
        }
        let clean = target.clean_json(Value::Object(fields));
        if clean == Value::Object(before) {
            out.extend_from_slice(line);
        } else {
            out.extend_from_slice(clean.to_string().as_bytes());
        }
        out.push(b'\n');
    }
    out
}

/// Whether an entry of a note is about an item that goes.
fn is_item(entry: &Value, target: &Target) -> bool {
    let id = entry.get("id").and_then(Value::as_str);
    let id = id.and_then(|id| EventId::new(id).ok());
    id.is_some_and(|id| target.items.contains(&id))
}

/// Moves a ref and forgets where it was; removes it when nothing is left.
pub(super) fn swap(ctx: &Ctx, name: &str, old: &CommitId, new: Option<&CommitId>) -> Result<()> {
    let swapped = match new {
        Some(new) => ctx.repo.swap_ref(name, Some(old), new, MESSAGE)?,
        None => ctx.repo.delete_ref(name, Some(old))?,
    };
    if let Swap::Lost(reason) = swapped {
        bail!("cannot update {name}: {reason}");
    }
    ctx.repo.forget_reflog(name)
}
