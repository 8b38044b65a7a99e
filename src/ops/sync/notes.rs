//! The notes of this clone, made ready to be pushed. A notes ref keeps its history, so what `session.share` leaves out
//! must never have been in it.

use anyhow::{Result, bail};
use serde_json::Value;

use super::agreement::notes_ref;
use super::publish::Obstacle;
use crate::domain::id::{CommitId, WriterId};
use crate::domain::share::Share;
use crate::git::{Edit, Swap};
use crate::ops::ctx::Ctx;
use crate::ops::notes;

/// The field of a note for each kind that can be left out of it.
const FIELDS: [(Share, &str); 2] = [
    (Share::Objectives, "objectives"),
    (Share::Decisions, "decisions"),
];

/// What it says in the ref's history.
const MESSAGE: &str = "git-session: notes of recorded commits";

/// Brings the notes up to date; the tip to be pushed, if there is something to push. `there`: where a remote has them.
pub(super) fn publish(
    ctx: &Ctx,
    writer: &WriterId,
    there: Option<&CommitId>,
) -> Result<Result<Option<CommitId>, Obstacle>> {
    let name = notes_ref(writer);
    if !ctx.settings.session.shares(Share::Commits) {
        let shared = there.is_some();
        return Ok(if shared {
            Err(Obstacle::Withheld(1))
        } else {
            Ok(None)
        });
    }
    if let (None, Some(there)) = (ctx.repo.ref_id(&name)?, there) {
        // it was lost here
        ctx.repo
            .swap_ref(&name, None, there, "git-session: notes of this clone")?;
    }
    for id in ctx.store.ids()? {
        if ctx.store.shared_length(&id) != Some(ctx.store.log(&id).length()) {
            notes::flush(ctx, &id)?;
        }
    }
    let Some(tip) = ctx.repo.ref_id(&name)? else {
        return Ok(Ok(None));
    };
    let left_out: Vec<&str> = FIELDS
        .iter()
        .filter(|(share, _)| !ctx.settings.session.shares(*share))
        .map(|(_, field)| *field)
        .collect();
    if left_out.is_empty() {
        return Ok(Ok(Some(tip)));
    }
    let said = count(ctx, &tip, &left_out)?;
    if said == 0 {
        return Ok(Ok(Some(tip)));
    }
    if there.is_some() {
        return Ok(Err(Obstacle::Withheld(said)));
    }
    rebuild(ctx, &name, &tip, &left_out).map(|tip| Ok(Some(tip)))
}

/// How many notes, in all of the history, say what is not to be said.
fn count(ctx: &Ctx, tip: &CommitId, fields: &[&str]) -> Result<usize> {
    let arguments = ["rev-list", "--objects", "--no-object-names", tip.as_str()];
    let objects = ctx.repo.git().args(arguments).checked()?.text();
    let git = ctx
        .repo
        .git()
        .args(["cat-file", "--batch-check=%(objectname) %(objecttype)"]);
    let kinds = git.stdin(format!("{objects}\n")).checked()?.text();
    let blobs = kinds.lines().filter_map(|line| line.strip_suffix(" blob"));
    let mut said = 0;
    for blob in blobs {
        let bytes = ctx.repo.read_blob(blob)?.unwrap_or_default();
        if without(&bytes, fields) != bytes {
            said += 1;
        }
    }
    Ok(said)
}

/// Writes all notes without some fields, as a history that begins here.
pub(super) fn rebuild(ctx: &Ctx, name: &str, tip: &CommitId, fields: &[&str]) -> Result<CommitId> {
    let mut edits = Vec::new();
    for (object, blob) in ctx.repo.list_notes(name)? {
        let bytes = ctx.repo.read_blob(&blob)?.unwrap_or_default();
        let bytes = without(&bytes, fields);
        edits.push(Edit::new(CommitId::new(object)?, move |_| {
            Some(bytes.clone())
        }));
    }
    let Some(new) = ctx.repo.notes_anew(&mut edits, MESSAGE)? else {
        bail!("the notes of {name} are gone");
    };
    match ctx.repo.swap_ref(name, Some(tip), &new, MESSAGE)? {
        Swap::Done => {}
        Swap::Lost(reason) => bail!("cannot update {name}: {reason}"),
    }
    ctx.repo.forget_reflog(name)?;
    Ok(new)
}

/// The lines of a note without some of their fields.
fn without(note: &[u8], fields: &[&str]) -> Vec<u8> {
    let mut out = Vec::with_capacity(note.len());
    for line in note.split_inclusive(|byte| *byte == b'\n') {
        match serde_json::from_slice::<Value>(line) {
            Ok(Value::Object(mut object))
                if fields.iter().any(|field| object.contains_key(*field)) =>
            {
                for field in fields {
                    object.remove(*field);
                }
                out.extend_from_slice(Value::Object(object).to_string().as_bytes());
                out.push(b'\n');
            }
            _ => out.extend_from_slice(line),
        }
    }
    out
}
