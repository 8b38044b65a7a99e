//! What changed between two snapshots: files, lines, commits, new annotations.

use std::collections::HashMap;

use anyhow::Result;

use crate::domain::body::Changed;
use crate::domain::id::CommitId;
use crate::domain::patch::{self, Annotation, FilePatch};
use crate::domain::path_text::quote_path;
use crate::domain::redact::Redacted;
use crate::git::Repo;
use crate::ops::ctx::Ctx;

/// So many annotations are named in the log.
const NAMED: usize = 5;

/// The trees of one snapshot.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trees<'a> {
    /// Of the tracked files.
    pub tracked: Option<&'a str>,
    /// Of the untracked ones.
    pub untracked: Option<&'a str>,
}

/// Every file that differs, with its figures. A file that was only staged, or unstaged, does not differ.
pub fn files(ctx: &Ctx, old: Trees<'_>, new: Trees<'_>) -> Result<Vec<FilePatch>> {
    let tracked = patches(ctx, old.tracked, new.tracked)?;
    let untracked = patches(ctx, old.untracked, new.untracked)?;
    let moved = |a: &FilePatch, b: &FilePatch| a.added == b.removed && a.removed == b.added;
    let by_path: HashMap<&[u8], &FilePatch> =
        untracked.iter().map(|f| (f.path.as_slice(), f)).collect();
    let same: Vec<Vec<u8>> = tracked
        .iter()
        .filter(|file| {
            let other = by_path.get(file.path.as_slice());
            !file.path.is_empty() && other.is_some_and(|other| moved(file, other))
        })
        .map(|file| file.path.clone())
        .collect();
    let mut all = tracked;
    all.extend(untracked);
    all.retain(|file| !same.contains(&file.path));
    Ok(all)
}

/// The patch between two trees. Nothing is fetched for it.
fn patches(ctx: &Ctx, old: Option<&str>, new: Option<&str>) -> Result<Vec<FilePatch>> {
    let repo = &ctx.repo;
    let (old, new) = (
        old.unwrap_or(repo.empty_tree()),
        new.unwrap_or(repo.empty_tree()),
    );
    if old == new {
        return Ok(Vec::new());
    }
    let git = repo.git().in_hook().args([
        "diff-tree",
        "-r",
        "-p",
        "-U0",
        "--no-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        "--ignore-submodules=none",
        old,
        new,
    ]);
    let output = git.checked()?;
    Ok(patch::parse(
        &output.stdout,
        &ctx.settings.tracking.annotations,
    ))
}

/// The figures of the files that differ.
pub fn summary(files: &[FilePatch], commits: u64) -> Changed {
    let annotations = || files.iter().flat_map(|file| &file.annotations);
    Changed {
        files: files.len() as u64,
        added: files.iter().map(|file| file.added).sum(),
        removed: files.iter().map(|file| file.removed).sum(),
        commits,
        annotations: annotations().take(NAMED).map(named).collect(),
        annotations_total: annotations().count() as u64,
    }
}

/// `path:line text`, without secrets.
fn named(annotation: &Annotation) -> String {
    let path = quote_path(&annotation.path);
    let text = format!("{path}:{} {}", annotation.line, annotation.text);
    Redacted::new(&text).into_string()
}

/// Commits that are reached from one tip and not from the other.
pub fn commits(repo: &Repo, old: Option<&CommitId>, new: Option<&CommitId>) -> Result<u64> {
    let Some(new) = new.filter(|new| old != Some(new)) else {
        return Ok(0);
    };
    let mut git = repo.git().args(["rev-list", "--count", new.as_str()]);
    if let Some(old) = old.filter(|old| repo.has_commit(old)) {
        git = git.arg("--not").arg(old.as_str());
    }
    Ok(git.checked()?.text().parse().unwrap_or(0))
}
