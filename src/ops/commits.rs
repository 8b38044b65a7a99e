//! What a commit changes: bounded, from ids alone where it can be, the same for what is staged and for what
//! was committed.

use anyhow::Result;

use super::ctx::Ctx;
use crate::domain::id::CommitId;
use crate::domain::impact::{Counts, Impact, RawChange, RawKind, count_tests, pair_renames};
use crate::domain::tests_table::language_of;
use crate::domain::trailers::{Key, Run};
use crate::git::{self, CommitInfo};

/// Tests are counted in commits of at most this many files.
const MAX_COUNTED_FILES: usize = 50;
/// A record names at most this many paths; the rest is a number.
const MAX_PATHS: usize = 200;
/// A record's paths take at most this many bytes.
const MAX_PATH_BYTES: usize = 16 * 1024;

/// What the commit that git is about to make will change.
pub(super) fn staged(ctx: &Ctx) -> Result<Impact> {
    let changes = ctx.repo.staged_changes(super::HOOK_CHILD)?;
    Ok(impact(ctx, &changes, None, None))
}

/// What the commit that git is about to make will change when it replaces `replaced`.
pub(super) fn staged_for_amend(ctx: &Ctx, replaced: &CommitId) -> Result<Impact> {
    let parent = ctx.repo.commit(replaced)?.parents.into_iter().next();
    let changes = ctx
        .repo
        .staged_against(parent.as_ref(), super::HOOK_CHILD)?;
    Ok(impact(ctx, &changes, None, Some(replaced)))
}

/// What a commit changed against its first parent. `run`: the trailers that it got from us; when they name the
/// same paths, its tests were counted for them already. `amends`: the commit that it replaced.
pub(super) fn committed(
    ctx: &Ctx,
    commit: &CommitInfo,
    run: Option<&Run>,
    amends: Option<&CommitId>,
) -> Result<Impact> {
    let changes = ctx.repo.changes_of(commit)?;
    super::coverage::outdate(ctx, &changes)?;
    Ok(impact(ctx, &changes, run, amends))
}

/// The summary of these changes.
fn impact(
    ctx: &Ctx,
    changes: &[git::RawChange],
    run: Option<&Run>,
    amends: Option<&CommitId>,
) -> Impact {
    let uncounted = changes.len() > git::MOST_CHANGES;
    let changes = &changes[..changes.len().min(git::MOST_CHANGES)];
    let mut impact = Impact::of(pair_renames(changes.iter().map(raw).collect()));
    impact.uncounted = uncounted;
    let told = run.and_then(|run| {
        let lines = run.get(Key::Impact).map(|trailer| trailer.text.as_str());
        impact.tests_told(lines)
    });
    impact.tests = match told {
        Some(counts) => (counts != Counts::default()).then_some(counts),
        None => tests(ctx, changes),
    };
    impact.coverage = super::coverage::change(ctx, changes, amends);
    impact.limit(MAX_PATHS, MAX_PATH_BYTES);
    impact
}

/// A change in the words of the domain.
fn raw(change: &git::RawChange) -> RawChange {
    let kind = match change.kind {
        git::ChangeKind::Added => RawKind::Added,
        git::ChangeKind::Modified => RawKind::Modified,
        git::ChangeKind::Deleted => RawKind::Deleted,
        git::ChangeKind::TypeChanged => RawKind::TypeChanged,
    };
    RawChange {
        kind,
        path: change.path.clone(),
        old_id: change.old.clone().unwrap_or_default().into_bytes(),
        new_id: change.new.clone().unwrap_or_default().into_bytes(),
    }
}

/// Tests added and removed; `None` when there are too many files to look into, or none were touched.
fn tests(ctx: &Ctx, changes: &[git::RawChange]) -> Option<Counts> {
    if changes.len() > MAX_COUNTED_FILES {
        return None;
    }
    let mut counts = Counts::default();
    for change in changes
        .iter()
        .filter(|change| language_of(&change.path).is_some())
    {
        if let Some(lines) = ctx.repo.changed_lines(change) {
            let (added, removed) = (lines.added.iter(), lines.removed.iter());
            counts += count_tests(
                &change.path,
                added.map(Vec::as_slice),
                removed.map(Vec::as_slice),
            );
        }
    }
    (counts != Counts::default()).then_some(counts)
}
