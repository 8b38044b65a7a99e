//! Finding and reading coverage reports.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, Result};

use crate::domain::coverage::{Format, Report};
use crate::domain::path_text::quote_path;
use crate::domain::redact::Redacted;
use crate::domain::tests_table::{is_source_path, is_test_path};
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::sys::fs;

/// A larger report is not read.
pub(super) const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A file of `quality.coverage_files` that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The path as the settings have it: below the top of the work tree.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Modification time, nanoseconds since 1970.
    pub modified: u64,
    /// Length in bytes.
    pub length: u64,
}

/// A report that was read.
#[derive(Clone, Debug)]
pub struct Found {
    /// The path for people: below the top of the work tree, else the name.
    pub name: String,
    /// The directory that it is in, below the top; empty for one outside.
    pub directory: Vec<u8>,
    /// Modification time, nanoseconds since 1970.
    pub modified: u64,
    /// What it says.
    pub report: Report,
}

/// The files of `quality.coverage_files` that are there, newest first. Anybody may have written that setting:
/// a path that leads out of the work tree, or through a symbolic link, is not followed.
pub fn candidates(ctx: &Ctx) -> Vec<Candidate> {
    let Some(top) = ctx.repo.work_tree() else {
        return Vec::new();
    };
    let names = ctx.settings.quality.coverage_files.iter();
    let mut found: Vec<Candidate> = names
        .filter_map(|name| {
            let path = inside(top, name)?;
            let (modified, length) = stat(&path)?;
            Some(Candidate {
                name: name.clone(),
                path,
                modified,
                length,
            })
        })
        .collect();
    // of two of the same moment, the one that is named first
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.modified));
    found
}

/// The newest candidate that is a report, but for those that were there before and have not changed.
pub fn newest(ctx: &Ctx, before: &[Candidate]) -> Option<Found> {
    let candidates = candidates(ctx).into_iter();
    candidates
        .filter(|candidate| !before.contains(candidate))
        .find_map(|candidate| {
            let report = read(&candidate.path, candidate.length).ok().flatten()?;
            let directory = Path::new(&candidate.name).parent()?;
            Some(Found {
                directory: bytes(directory),
                name: name(ctx, &candidate.path),
                modified: candidate.modified,
                report,
            })
        })
}

/// The report that a person named.
///
/// # Errors
/// It is not there, too large, or no report.
pub(super) fn named(ctx: &Ctx, typed: &Path) -> Result<Found> {
    let path = ctx.cwd.join(typed);
    let (modified, length) = stat(&fs::resolve(&path)).with_context(|| missing(typed))?;
    let report = read(&path, length)?.with_context(|| {
        let formats = Format::ALL.map(Format::name).join(", ");
        let typed = typed.display();
        Fault::user(format!("{typed} is no coverage report: neither {formats}"))
            .hint("git session metrics record --help")
    })?;
    Ok(Found {
        name: name(ctx, &path),
        directory: below_top(ctx, &path)
            .and_then(|path| path.parent().map(bytes))
            .unwrap_or_default(),
        modified,
        report,
    })
}

/// Reads a report; `None` when it is none.
pub fn read(path: &Path, length: u64) -> Result<Option<Report>> {
    if length > MAX_BYTES {
        return Err(too_large(path));
    }
    // it may have grown since
    let bytes = fs::read_start(path, MAX_BYTES)?;
    Ok(bytes.and_then(|bytes| Report::parse(&bytes)))
}

/// The endings of the files that a report covers.
pub fn kinds(report: &Report) -> Vec<String> {
    let paths = report.files.iter();
    let paths = paths.filter_map(|file| std::str::from_utf8(&file.path).ok());
    let kinds = paths.filter_map(|path| Path::new(path).extension()?.to_str());
    let kinds: BTreeSet<&str> = kinds.collect();
    kinds.into_iter().map(str::to_owned).collect()
}

/// Whether a file is of a kind that a report covers; where that names no file, whether it is code.
pub fn covers(kinds: &[String], path: &str) -> bool {
    if kinds.is_empty() {
        return is_source_path(path.as_bytes()) || is_test_path(path.as_bytes());
    }
    let kind = Path::new(path).extension().and_then(|kind| kind.to_str());
    kind.is_some_and(|kind| kinds.iter().any(|known| known == kind))
}

/// That a file that was named is not there.
pub(super) fn missing(typed: &Path) -> Fault {
    Fault::user(format!("there is no file {}", typed.display()))
        .hint("git session metrics record --help")
}

/// That a report is not read.
pub(super) fn too_large(path: &Path) -> anyhow::Error {
    let most = MAX_BYTES / 1024 / 1024;
    Fault::user(format!("{} has more than {most} MiB", path.display())).into()
}

/// How a file is named in the log: relative to the top of the work tree; one outside by its name alone.
pub(super) fn name(ctx: &Ctx, path: &Path) -> String {
    let inside = below_top(ctx, path);
    let shown = inside.unwrap_or_else(|| PathBuf::from(path.file_name().unwrap_or_default()));
    Redacted::new(&quote_path(&bytes(&shown))).into_string()
}

/// A path relative to the top of the work tree, if it is below it.
fn below_top(ctx: &Ctx, path: &Path) -> Option<PathBuf> {
    let top = ctx.repo.work_tree()?;
    let inside = path.strip_prefix(top).map(Path::to_owned).ok();
    let clean = inside.filter(|path| is_plain(path));
    clean.or_else(|| {
        let resolved = fs::resolve(path);
        let inside = resolved.strip_prefix(fs::resolve(top)).ok()?;
        Some(inside.to_owned())
    })
}

/// Whether a path goes down only.
fn is_plain(path: &Path) -> bool {
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
}

/// A path of the settings below the top, unless it leads elsewhere.
fn inside(top: &Path, name: &str) -> Option<PathBuf> {
    let relative = Path::new(name);
    if !is_plain(relative) {
        return None;
    }
    let mut path = top.to_owned();
    for part in relative.components() {
        path.push(part);
        let metadata = std::fs::symlink_metadata(&path).ok()?;
        if metadata.is_symlink() {
            return None;
        }
    }
    Some(path)
}

/// A path as bytes, with slashes.
pub(super) fn bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_owned()
}

/// Modification time in nanoseconds and length of a regular file that is no link.
pub fn stat(path: &Path) -> Option<(u64, u64)> {
    let metadata = std::fs::symlink_metadata(path)
        .ok()
        .filter(std::fs::Metadata::is_file)?;
    let age = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some((u64::try_from(age.as_nanos()).ok()?, metadata.len()))
}
