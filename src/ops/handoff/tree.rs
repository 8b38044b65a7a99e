//! The work tree as one tree: the tracked files as they are, and the untracked ones that a checkpoint would
//! hold.

use anyhow::Result;

use crate::git::{Capture, Repo, TreeEntry};
use crate::ops::ctx::Ctx;

/// The mode of a directory.
const DIRECTORY: u32 = 0o040_000;

/// The id of the tree of this work tree; none without a work tree, or where not all of it can be read.
pub fn tree(ctx: &Ctx) -> Result<Option<String>> {
    if ctx.repo.is_bare() {
        return Ok(None);
    }
    match ctx.repo.capture(ctx.settings.checkpoint.max_untracked) {
        Ok(capture) => tree_of(ctx, &capture).map(Some),
        Err(_) => Ok(None),
    }
}

/// The same of what was captured already.
pub fn tree_of(ctx: &Ctx, capture: &Capture<'_>) -> Result<String> {
    match &capture.untracked {
        None => Ok(capture.tree.clone()),
        Some(untracked) => united(&ctx.repo, &capture.tree, untracked),
    }
}

/// Two trees in one. Where both have a name that is not a directory in both, the second counts.
pub(super) fn united(repo: &Repo, first: &str, second: &str) -> Result<String> {
    let mut entries = repo.read_tree(first)?;
    for entry in repo.read_tree(second)? {
        let known = entries.iter_mut().find(|known| known.name == entry.name);
        match known {
            None => entries.push(entry),
            Some(known) if known.mode == DIRECTORY && entry.mode == DIRECTORY => {
                known.id = united(repo, &known.id, &entry.id)?;
            }
            Some(known) => {
                let TreeEntry { mode, id, .. } = entry;
                (known.mode, known.id) = (mode, id);
            }
        }
    }
    repo.write_tree(&entries)
}
