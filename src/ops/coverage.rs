//! Coverage figures: read from a fresh file of the project, remembered in `cache/coverage.json`. Only commands
//! parse; a hook takes the remembered figure when the file is still the same and no file that is committed is
//! newer.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::ctx::Ctx;
use super::metrics::report::{self, Candidate};
use crate::domain::coverage::Percent;
use crate::domain::id::CommitId;
use crate::domain::impact::CoverageChange;
use crate::git::{ChangeKind, RawChange};
use crate::sys::fs;

/// Name of the cache.
const CACHE: &str = "coverage.json";

/// So many files of a commit are looked at. What a larger one covers is not known.
const MOST_LOOKED_AT: usize = 200;

/// A file at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Seen {
    /// Below the top of the work tree.
    path: String,
    /// Modification time, nanoseconds since 1970.
    modified: u64,
    /// Length in bytes.
    length: u64,
}

impl Seen {
    fn of(candidate: &Candidate) -> Self {
        Self {
            path: candidate.name.clone(),
            modified: candidate.modified,
            length: candidate.length,
        }
    }
}

/// The figure of one file at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Figure {
    /// The file.
    #[serde(flatten)]
    file: Seen,
    /// Covered lines.
    percent: Percent,
    /// The endings of the files that the report covers.
    kinds: Vec<String>,
    /// A commit holds a file that is newer than the report.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    outdated: bool,
}

/// What is remembered: the files that were looked at, the figure of the newest report among them, and the one
/// that the last commit named.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Cache {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    seen: Vec<Seen>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    now: Option<Figure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    committed: Option<Named>,
}

/// The change that a commit named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Named {
    commit: CommitId,
    #[serde(flatten)]
    change: CoverageChange,
}

/// Reads the coverage files again if one of them changed: the newest that is a report counts. For commands.
pub fn refresh(ctx: &Ctx) -> Result<()> {
    let candidates = report::candidates(ctx);
    let mut cache = cache(ctx);
    let seen: Vec<Seen> = candidates.iter().map(Seen::of).collect();
    if seen.is_empty() || cache.seen == seen {
        return Ok(());
    }
    let figure = |candidate: &Candidate| {
        let report = report::read(&candidate.path, candidate.length).ok()??;
        Some(Figure {
            file: Seen::of(candidate),
            percent: report.total.percent()?,
            kinds: report::kinds(&report),
            outdated: false,
        })
    };
    cache.now = candidates.iter().find_map(figure);
    cache.seen = seen;
    store(ctx, &cache)
}

/// The coverage change that a commit of these files names: only while the report is the one that was read and
/// none of the files is newer, and only if the figure is another than the last commit's. A commit that replaces
/// that one names its change anew.
pub fn change(ctx: &Ctx, files: &[RawChange], amends: Option<&CommitId>) -> Option<CoverageChange> {
    let cache = cache(ctx);
    let figure = cache.now?;
    if !is_unchanged(ctx, &figure)? || figure.outdated || holds_newer(ctx, &figure, files)? {
        return None;
    }
    let before = match &cache.committed {
        Some(named) if Some(&named.commit) == amends => named.change.before,
        Some(named) => Some(named.change.after),
        None => None,
    };
    (before != Some(figure.percent)).then_some(CoverageChange {
        before,
        after: figure.percent,
    })
}

/// Whether the report is the one that was read.
fn is_unchanged(ctx: &Ctx, figure: &Figure) -> Option<bool> {
    let file = &figure.file;
    let now = report::stat(&ctx.repo.work_tree()?.join(&file.path))?;
    Some(now == (file.modified, file.length))
}

/// Whether one of these files is of a kind that the report covers and newer than it, or there are too many to
/// look.
fn holds_newer(ctx: &Ctx, figure: &Figure, files: &[RawChange]) -> Option<bool> {
    let top = ctx.repo.work_tree()?;
    let there = files
        .iter()
        .filter(|file| file.kind != ChangeKind::Deleted)
        .filter_map(|file| std::str::from_utf8(&file.path).ok())
        .filter(|path| report::covers(&figure.kinds, path));
    let paths: Vec<&str> = there.take(MOST_LOOKED_AT + 1).collect();
    let newer = |path: &&str| {
        let seen = report::stat(&top.join(path));
        seen.is_some_and(|(modified, _)| modified > figure.file.modified)
    };
    Some(paths.len() > MOST_LOOKED_AT || paths.iter().any(newer))
}

/// These files were committed: when one of them is newer than the report, later commits do not name its figure
/// either.
pub fn outdate(ctx: &Ctx, files: &[RawChange]) -> Result<()> {
    let mut cache = cache(ctx);
    let Some(figure) = cache.now.as_mut().filter(|figure| !figure.outdated) else {
        return Ok(());
    };
    if holds_newer(ctx, figure, files) == Some(true) {
        figure.outdated = true;
        store(ctx, &cache)?;
    }
    Ok(())
}

/// A commit named this figure: the next one names it only if it changes.
pub fn committed(ctx: &Ctx, commit: CommitId, change: Option<CoverageChange>) -> Result<()> {
    let Some(change) = change else { return Ok(()) };
    let mut cache = cache(ctx);
    cache.committed = Some(Named { commit, change });
    store(ctx, &cache)
}

/// The endings of the files that a report covers, where it is the one that is remembered.
pub fn kinds_of(ctx: &Ctx, report: &str) -> Vec<String> {
    let now = cache(ctx).now.filter(|now| now.file.path == report);
    now.map(|now| now.kinds).unwrap_or_default()
}

fn cache(ctx: &Ctx) -> Cache {
    let bytes = fs::read(&ctx.store.cache(CACHE))
        .ok()
        .flatten()
        .unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn store(ctx: &Ctx, cache: &Cache) -> Result<()> {
    ctx.store.write_cache(CACHE, &serde_json::to_vec(cache)?)
}
