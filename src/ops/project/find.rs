//! Every context file of the work tree and of HEAD, with what stands in the way of reading it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Result;

use super::health::ProjectHealth;
use crate::domain::project::{ContextFile, ContextKind};
use crate::ops::ctx::Ctx;

/// How long git may look.
const LIMIT: Duration = Duration::from_secs(60);

/// Where a context file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As HEAD has it.
    Committed,
    /// HEAD has another version, or none: it was changed or is in the index only.
    Changed,
    /// Git does not track it.
    Untracked,
    /// Git tracks it, and it is not in the work tree.
    Missing,
    /// It is, or lies behind, a symbolic link, or is no file at all, and is not read.
    Refused,
}

impl State {
    /// The word in listings and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::Changed => "changed",
            Self::Untracked => "untracked",
            Self::Missing => "missing",
            Self::Refused => "not a file",
        }
    }
}

/// One context file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which one.
    pub file: ContextFile,
    /// Its length in the work tree; none when it is not read.
    pub bytes: Option<u64>,
    /// Where it stands.
    pub state: State,
}

/// Every context file that is not ignored by git or by `tracking.ignore_patterns`, by path.
pub fn list(ctx: &Ctx, known: Option<&ProjectHealth>) -> Result<Vec<Listed>> {
    let tracked = ask(ctx, &["--cached"])?;
    let mut all: BTreeMap<Vec<u8>, Listed> = BTreeMap::new();
    let changing = changing(ctx);
    let is_unborn = ctx.repo.head()?.tip().is_none();
    for path in tracked {
        let state = if is_unborn || changing.contains(&path) {
            State::Changed
        } else {
            State::Committed
        };
        insert(ctx, &mut all, path, state);
    }
    for path in ask(ctx, &["--others", "--exclude-standard"])? {
        insert(ctx, &mut all, path, State::Untracked);
    }
    // gone from the index, too
    for tracked in known.into_iter().flat_map(|known| &known.files) {
        if !all.contains_key(&tracked.file.path) {
            insert(ctx, &mut all, tracked.file.path.clone(), State::Changed);
        }
    }
    Ok(all.into_values().collect())
}

/// The context files that git tracks.
pub(super) fn tracked(ctx: &Ctx) -> Result<Vec<ContextFile>> {
    let ignored = &ctx.settings.tracking.ignore_patterns;
    let paths = ask(ctx, &["--cached"])?;
    let files = paths.iter().filter_map(|path| ContextFile::new(path));
    Ok(files.filter(|file| !file.is_ignored(ignored)).collect())
}

/// The tracked context files that are not as HEAD has them.
pub(super) fn changing(ctx: &Ctx) -> BTreeSet<Vec<u8>> {
    if ctx.repo.work_tree().is_none() {
        return BTreeSet::new();
    }
    let git = ctx
        .repo
        .git()
        .args(["diff", "--name-only", "-z", "--no-renames"]);
    let git = git.args([
        "--no-ext-diff",
        "--no-textconv",
        "--no-relative",
        "-O/dev/null",
    ]);
    let git = git
        .args(["--ignore-submodules=all", "HEAD", "--"])
        .args(specs());
    let output = git.in_hook().within(LIMIT).output();
    let output = output.map(|output| output.stdout).unwrap_or_default();
    paths(&output).collect()
}

/// The pathspecs of all context files.
fn specs() -> impl Iterator<Item = String> {
    let names = ContextKind::names().map(|name| format!(":(top,glob)**/{name}"));
    names.chain(ContextKind::places().map(|place| format!(":(top,literal){place}")))
}

fn paths(output: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let paths = output.split(|byte| *byte == 0);
    paths.filter(|path| !path.is_empty()).map(<[u8]>::to_vec)
}

/// Adds a file with what the work tree has at its path.
fn insert(ctx: &Ctx, all: &mut BTreeMap<Vec<u8>, Listed>, path: Vec<u8>, state: State) {
    let Some(file) = ContextFile::new(&path) else {
        return;
    };
    if file.is_ignored(&ctx.settings.tracking.ignore_patterns) {
        return;
    }
    let bytes = ctx.repo.regular_file(&path).map(|(_, length)| length);
    let state = match bytes {
        Some(_) => state,
        None if ctx.repo.is_bare() => State::Committed,
        None if ctx.repo.is_absent(&path) => State::Missing,
        None => State::Refused,
    };
    all.insert(path, Listed { file, bytes, state });
}

/// The context files of one of git's lists.
fn ask(ctx: &Ctx, which: &[&str]) -> Result<Vec<Vec<u8>>> {
    if ctx.repo.work_tree().is_none() {
        return Ok(Vec::new());
    }
    let git = ctx.repo.git().args(["ls-files", "-z", "--full-name"]);
    let git = git.args(which).arg("--").args(specs());
    let output = git.in_hook().within(LIMIT).checked()?.stdout;
    let mut paths: Vec<Vec<u8>> = paths(&output).collect();
    // a path in conflict is listed once for each side
    paths.dedup();
    Ok(paths)
}
