//! The notes of this clone, made ready to be pushed. A notes ref keeps its history, so what `session.share` leaves out
//! must never have been in it.

use anyhow::{Result, bail};
use serde_json::Value;

use super::agreement::{log_ref, notes_ref};
use super::publish::{Obstacle, shared_at};
use crate::domain::id::{CommitId, SessionId, WriterId};
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

/// What a remote is to have of the notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Notes {
    /// This commit.
    At(CommitId),
    /// What it has or has not.
    AsIs,
    /// Nothing: they were shared once, and the person has taken that back.
    Gone,
}

impl Notes {
    /// The commit to be pushed.
    pub(super) const fn tip(&self) -> Option<&CommitId> {
        match self {
            Self::At(tip) => Some(tip),
            Self::AsIs | Self::Gone => None,
        }
    }
}

/// Brings the notes up to date, and says what the remote is to have of them. `there`: where a remote has them.
pub(super) fn publish(
    ctx: &Ctx,
    writer: &WriterId,
    there: Option<&CommitId>,
) -> Result<Result<Notes, Obstacle>> {
    let name = notes_ref(writer);
    if !ctx.settings.session.shares(Share::Commits) {
        return Ok(match there {
            None => Ok(Notes::AsIs),
            Some(_) if begins_without(ctx, writer, Share::Commits)? => Ok(Notes::Gone),
            Some(_) => Err(Obstacle::Withheld(1)),
        });
    }
    if let (None, Some(there)) = (ctx.repo.ref_id(&name)?, there) {
        // it was lost here
        ctx.repo
            .swap_ref(&name, None, there, "git-session: notes of this clone")?;
    }
    let is_due = |id: &SessionId| {
        let shared = ctx.store.shared(id).map(|(length, _)| length);
        shared != Some(ctx.store.log(id).length())
    };
    notes::flush_all(ctx, ctx.store.ids()?.into_iter().filter(is_due))?;
    let Some(tip) = ctx.repo.ref_id(&name)? else {
        return Ok(Ok(Notes::AsIs));
    };
    let left_out: Vec<&str> = FIELDS
        .iter()
        .filter(|(share, _)| !ctx.settings.session.shares(*share))
        .map(|(_, field)| *field)
        .collect();
    if left_out.is_empty() {
        return Ok(Ok(Notes::At(tip)));
    }
    let said = count(ctx, &tip, &left_out)?;
    if said == 0 {
        return Ok(Ok(Notes::At(tip)));
    }
    if there.is_some() {
        return Ok(Err(Obstacle::Withheld(said)));
    }
    rebuild(ctx, &name, &tip, &left_out).map(|tip| Ok(Notes::At(tip)))
}

/// Whether the history of the shared log begins after a kind was taken out: `purge --unshared` begins it anew.
fn begins_without(ctx: &Ctx, writer: &WriterId, kind: Share) -> Result<bool> {
    let Some(tip) = ctx.repo.ref_id(&log_ref(writer))? else {
        return Ok(false);
    };
    let git = ctx
        .repo
        .git()
        .args(["rev-list", "--max-parents=0", tip.as_str()]);
    let roots = git.checked()?.text();
    let root = CommitId::new(roots.lines().next().unwrap_or_default())?;
    let shared = shared_at(ctx, &root)?;
    Ok(shared.is_some_and(|shared| !shared.contains(&kind)))
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
