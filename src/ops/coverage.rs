//! Coverage figures: read from a fresh file of the project, remembered in `cache/coverage.json`. Only commands
//! parse; a hook takes the remembered figure when the file is still the same.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::ctx::Ctx;
use crate::domain::coverage::{LineCoverage, Percent, parse_lcov};
use crate::domain::id::CommitId;
use crate::domain::impact::CoverageChange;
use crate::sys::fs;

/// Name of the cache.
const CACHE: &str = "coverage.json";
/// A larger tracefile is not read.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The figure of one file at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Figure {
    /// Below the top of the work tree.
    path: String,
    /// Modification time of the file, nanoseconds since 1970.
    modified: u64,
    /// Its length in bytes.
    length: u64,
    /// Covered lines.
    percent: Percent,
}

/// What is remembered: the figure of the newest file, and the one that the last commit named.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Cache {
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

/// Reads the coverage file again if it changed. For commands.
pub fn refresh(ctx: &Ctx) -> Result<()> {
    let Some((path, name, modified, length)) = newest(ctx) else {
        return Ok(());
    };
    let mut cache = cache(ctx);
    let known = cache
        .now
        .as_ref()
        .is_some_and(|f| f.path == name && f.modified == modified && f.length == length);
    if known || length > MAX_BYTES {
        return Ok(());
    }
    let percent = fs::read(&path)?
        .and_then(|bytes| parse_lcov(&bytes))
        .and_then(LineCoverage::percent);
    cache.now = percent.map(|percent| Figure {
        path: name,
        modified,
        length,
        percent,
    });
    store(ctx, &cache)
}

/// The coverage change that the next commit names: only while the file is the one that was read, and only if
/// the figure is another than the last commit's. A commit that replaces that one names its change anew.
pub fn change(ctx: &Ctx, amends: Option<&CommitId>) -> Option<CoverageChange> {
    let cache = cache(ctx);
    let figure = cache.now?;
    let top = ctx.repo.work_tree()?;
    let (modified, length) = stat(&top.join(&figure.path))?;
    if figure.modified != modified || figure.length != length {
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

/// The newest lcov file among those that the settings name.
fn newest(ctx: &Ctx) -> Option<(PathBuf, String, u64, u64)> {
    let top = ctx.repo.work_tree()?;
    let lcov = ctx.settings.quality.coverage_files.iter().filter(|name| {
        Path::new(name)
            .extension()
            .is_some_and(|kind| kind == "info")
    });
    let inside = lcov.filter(|name| {
        let path = Path::new(name);
        path.components()
            .all(|part| matches!(part, std::path::Component::Normal(_)))
    });
    inside
        .filter_map(|name| {
            let (modified, length) = stat(&top.join(name))?;
            Some((top.join(name), name.clone(), modified, length))
        })
        .max_by_key(|(_, _, modified, _)| *modified)
}

/// Modification time in nanoseconds and length of a regular file that is no link.
fn stat(path: &Path) -> Option<(u64, u64)> {
    let metadata = std::fs::symlink_metadata(path)
        .ok()
        .filter(std::fs::Metadata::is_file)?;
    let age = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((u64::try_from(age.as_nanos()).ok()?, metadata.len()))
}
