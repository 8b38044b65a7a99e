//! The context of the project: which files there are, how far they are behind, which are next to the work.

mod cache;
mod find;
mod health;
mod near;
mod update;

use anyhow::Result;

pub use find::{Listed, State, list};
pub use health::{Known, Patience, ProjectHealth, Tracked, health, health_at};
pub use update::{Facts, facts, original, replace};

use super::ctx::Ctx;
use crate::domain::project::{NearContext, PAGES, Page, Quoted, imports, page, quote};
use crate::domain::session::{Checkpoint, Session};
use crate::git::Dirt;
use crate::sys::fs;

/// So many bytes of a context file are read.
const MOST_BYTES: u64 = 256 * 1024;

/// The context next to the work of a session, the nearest first, at most five files: beside these paths, which its
/// branch changed, and in directories that its branch and its open objectives name. Reads the cache; never waits
/// long for git.
pub fn near(ctx: &Ctx, session: &Session, touched: &[Vec<u8>]) -> Result<Vec<NearContext>> {
    let known = health(ctx, Patience::Glance)?.health();
    let files = near::files_of(known.as_ref());
    Ok(near::beside(
        ctx,
        Some(session),
        known.as_ref(),
        files,
        touched,
    ))
}

/// The same for a command that enters a branch: a walk over history may take a second. Beside it why nothing is
/// known of its health, if that is so.
pub fn load(ctx: &Ctx, session: &Session) -> Result<(Vec<NearContext>, Option<String>)> {
    near::near(ctx, session, Patience::Short)
}

/// All context files of HEAD, where that is known at once, and those at the top of the work tree.
pub fn top(ctx: &Ctx) -> Result<(Option<ProjectHealth>, Vec<NearContext>)> {
    let known = health(ctx, Patience::Glance)?.health();
    let files = near::files_of(known.as_ref());
    let near = near::beside(ctx, None, known.as_ref(), files, &[b".".to_vec()]);
    Ok((known, near))
}

/// What `.session/architecture.md` and `conventions.md` say, those that are there.
pub fn pages(ctx: &Ctx) -> Result<Vec<Page>> {
    let mut pages = Vec::new();
    for (path, kind) in PAGES {
        let Some((place, _)) = ctx.repo.regular_file(path.as_bytes()) else {
            continue;
        };
        let bytes = fs::read_start(&place, MOST_BYTES)?.unwrap_or_default();
        pages.extend(page(kind, &bytes));
    }
    Ok(pages)
}

/// The stale context beside what a checkpoint saved: its uncommitted changes, and what was committed since the
/// checkpoint before, or since the session began. Files that are being changed themselves are left out.
pub fn stale_beside(
    ctx: &Ctx,
    session: &Session,
    checkpoint: &Checkpoint,
    dirt: &Dirt,
) -> Result<Vec<NearContext>> {
    let Some(known) = health(ctx, Patience::Short)?.health() else {
        return Ok(Vec::new());
    };
    let dirty = [&dirt.staged, &dirt.changed, &dirt.intended, &dirt.untracked];
    let mut paths: Vec<Vec<u8>> = dirty.into_iter().flatten().cloned().collect();
    let changing = paths.clone();
    let before = session.checkpoints.iter().rev();
    let before = before
        .filter(|other| other.item.id != checkpoint.item.id)
        .find_map(|other| other.made.head.as_ref());
    let since = before.or(session.base.commit.as_ref());
    if let (Some(since), Some(head)) = (since, &checkpoint.made.head) {
        paths.extend(near::changed(ctx, since, head)?);
    }
    let files = near::files_of(Some(&known));
    let mut near = near::beside(ctx, None, Some(&known), files, &paths);
    near.retain(|near| near.is_stale() && !changing.contains(&near.path));
    Ok(near)
}

/// The stale ones of these that nobody is changing: their last version is the one that git knows.
pub fn stale(ctx: &Ctx, near: &[NearContext]) -> Vec<NearContext> {
    let stale: Vec<&NearContext> = near.iter().filter(|near| near.is_stale()).collect();
    if stale.is_empty() {
        return Vec::new();
    }
    let changing = find::changing(ctx);
    let kept = stale
        .into_iter()
        .filter(|near| !changing.contains(&near.path));
    kept.cloned().collect()
}

/// The score of HEAD's context files and how many are stale, where that is known at once and there are any.
pub fn score(ctx: &Ctx) -> Option<(u8, usize)> {
    let health = health(ctx, Patience::Glance).ok()?.health()?;
    let files = health.files.iter();
    let stale = files.filter_map(|tracked| tracked.health.as_ref());
    let stale = stale.filter(|health| health.band.is_stale()).count();
    Some((health.score?, stale))
}

/// The length of a context file of the work tree, and what is quoted of it; `None` when it is no regular file, or
/// a symbolic link lies on the way.
pub fn read(ctx: &Ctx, path: &[u8]) -> Option<(u64, Quoted)> {
    let (place, bytes) = ctx.repo.regular_file(path)?;
    let text = fs::read_start(&place, MOST_BYTES).ok()??;
    // what only names other files says nothing
    let quoted = match imports(&text) {
        Some(_) => Quoted::default(),
        None => quote(&text),
    };
    Some((bytes, quoted))
}
