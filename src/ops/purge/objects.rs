//! Which objects of the repository hold a text, and what leads to them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::domain::id::EventId;
use crate::domain::purge::Target;
use crate::ops::ctx::Ctx;

/// So many bytes of objects are read at a time, unless one is larger.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// So many objects are read at a time.
const MOST_OBJECTS: usize = 5_000;

/// Objects by id, each with its kind.
pub(super) type Objects = BTreeMap<String, String>;

/// Objects of one sort and another.
#[derive(Debug, Default)]
pub(super) struct Holding {
    /// They hold the text.
    pub(super) text: Objects,
    /// They name an item that goes.
    pub(super) item: Objects,
}

/// Every object that holds the text or names an item that goes, whatever leads to it.
pub(super) fn holding(ctx: &Ctx, target: &Target) -> Result<Holding> {
    let check = "--batch-check=%(objectname) %(objectsize)";
    let git = ctx.repo.git().in_hook();
    let all = git.args(["cat-file", "--batch-all-objects", "--unordered", check]);
    let all = all.checked()?.text();
    let mut found = Holding::default();
    let (mut ids, mut size, mut count) = (String::new(), 0, 0);
    for line in all.lines() {
        let Some((id, length)) = line.split_once(' ') else {
            continue;
        };
        let length: u64 = length.parse().unwrap_or(0);
        if count >= MOST_OBJECTS || (count > 0 && size + length > MOST_BYTES) {
            look(ctx, target, std::mem::take(&mut ids), &mut found)?;
            (size, count) = (0, 0);
        }
        ids.push_str(id);
        ids.push('\n');
        size += length;
        count += 1;
    }
    look(ctx, target, ids, &mut found)?;
    Ok(found)
}

/// Looks at some objects.
fn look(ctx: &Ctx, target: &Target, ids: String, found: &mut Holding) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let git = ctx.repo.git().in_hook().args(["cat-file", "--batch"]);
    let bytes = git.stdin(ids).checked()?.stdout;
    let mut rest = bytes.as_slice();
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 1..];
        let mut words = head.split(' ');
        let (Some(id), Some(kind), Some(length)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let length = length.parse().unwrap_or(0).min(rest.len());
        let holds = match kind {
            "commit" => target.is_in_commit(&rest[..length]),
            _ => target.is_in_bytes(&rest[..length]),
        };
        if holds {
            found.text.insert(id.to_owned(), kind.to_owned());
        }
        let names = |item: &EventId| has(&rest[..length], item.as_str().as_bytes());
        if target.items.iter().any(names) {
            found.item.insert(id.to_owned(), kind.to_owned());
        }
        rest = rest.get(length + 1..).unwrap_or_default();
    }
    Ok(())
}

/// Which of these objects the revisions lead to, each with the path or nothing.
pub(super) fn reached(
    ctx: &Ctx,
    holding: &Objects,
    revisions: &[&str],
) -> Result<Vec<(String, String)>> {
    let git = ctx.repo.git().in_hook().args(["rev-list", "--objects"]);
    let git = git.args(["--missing=allow-any", "--ignore-missing"]);
    // a revision that is not there leads to nothing
    let output = git.args(revisions).output()?;
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for line in output.text().lines() {
        let (id, path) = line.split_once(' ').unwrap_or((line, ""));
        if holding.contains_key(id) && seen.insert(id.to_owned()) {
            found.push((id.to_owned(), path.to_owned()));
        }
    }
    Ok(found)
}

/// Of the objects that hold the text those that say it, where the revisions lead to pages of ours.
pub(super) fn said(
    ctx: &Ctx,
    target: &Target,
    holding: &Objects,
    revisions: &[&str],
) -> Result<Vec<String>> {
    let mut said = Vec::new();
    for (id, _) in reached(ctx, holding, revisions)? {
        let bytes = match holding.get(&id).map(String::as_str) {
            Some("blob") => ctx.repo.read_blob(&id)?,
            _ => None,
        };
        if bytes.is_some_and(|bytes| target.is_in_lines(&bytes)) {
            said.push(id);
        }
    }
    Ok(said)
}

/// Whether bytes have a part.
fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
