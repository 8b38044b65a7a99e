//! Coverage figures: read from a fresh file of the project, remembered in `cache/coverage.json`. Only commands
//! parse; a hook takes the remembered figure when the file is still the same.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::ctx::Ctx;
use super::metrics::report::{self, Candidate};
use crate::domain::coverage::Percent;
use crate::domain::id::CommitId;
use crate::domain::impact::CoverageChange;
use crate::sys::fs;

/// Name of the cache.
const CACHE: &str = "coverage.json";

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
        })
    };
    cache.now = candidates.iter().find_map(figure);
    cache.seen = seen;
    store(ctx, &cache)
}

/// The coverage change that the next commit names: only while the file is the one that was read, and only if
/// the figure is another than the last commit's. A commit that replaces that one names its change anew.
pub fn change(ctx: &Ctx, amends: Option<&CommitId>) -> Option<CoverageChange> {
    let cache = cache(ctx);
    let figure = cache.now?;
    let top = ctx.repo.work_tree()?;
    let file = &figure.file;
    let (modified, length) = report::stat(&top.join(&file.path))?;
    if file.modified != modified || file.length != length {
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

/// A commit named this figure: the next one names it only if it changes.
pub fn committed(ctx: &Ctx, commit: CommitId, change: Option<CoverageChange>) -> Result<()> {
    let Some(change) = change else { return Ok(()) };
    let mut cache = cache(ctx);
    cache.committed = Some(Named { commit, change });
    store(ctx, &cache)
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
