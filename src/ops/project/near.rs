//! The context next to the work: beside what the branch changed, and in the directories that the branch and its
//! open objectives name.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::find::tracked;
use super::health::{Known, Patience, ProjectHealth, health};
use super::read;
use crate::domain::id::CommitId;
use crate::domain::project::{ContextFile, ContextKind, NearContext, Why, Words, named_directory};
use crate::domain::session::Session;
use crate::ops::ctx::Ctx;

/// At most so many files are near.
const MOST: usize = 5;
/// So many directories are searched for context files that git does not track.
const MOST_SEARCHED: usize = 100;

/// The context next to the work of a session, the nearest first; and why it is not judged, if it is not.
pub(super) fn near(
    ctx: &Ctx,
    session: &Session,
    patience: Patience,
) -> Result<(Vec<NearContext>, Option<String>)> {
    let known = health(ctx, patience)?;
    let touched = touched(ctx, session)?;
    let (known, unknown) = match known {
        Known::Health(known) => (Some(known), None),
        Known::Unborn => (None, None),
        Known::Unknown(reason) => (None, Some(reason)),
    };
    let files = match &known {
        // what git tracks is listed at least
        None if patience != Patience::Glance => tracked(ctx)?,
        known => files_of(known.as_ref()),
    };
    let near = beside(ctx, Some(session), known.as_ref(), files, &touched);
    Ok((near, unknown))
}

/// The context files of a commit.
pub(super) fn files_of(known: Option<&ProjectHealth>) -> Vec<ContextFile> {
    let files = known.into_iter().flat_map(|known| &known.files);
    files.map(|tracked| tracked.file.clone()).collect()
}

/// The context beside these paths, then what the words of the session name.
pub(super) fn beside(
    ctx: &Ctx,
    session: Option<&Session>,
    known: Option<&ProjectHealth>,
    files: Vec<ContextFile>,
    touched: &[Vec<u8>],
) -> Vec<NearContext> {
    let mut found = Found::new(ctx, files);
    let mut order = found.touched(touched);
    if let Some(session) = session {
        order.extend(found.named(session));
    }
    let mut seen = BTreeSet::new();
    order.retain(|(file, _)| seen.insert(file.path.clone()));
    let near = order.into_iter().filter_map(|(file, why)| {
        let tracked = known.and_then(|known| known.find(&file.path));
        let (bytes, quoted) = read(ctx, &file.path)?;
        Some(NearContext {
            health: tracked.and_then(|tracked| tracked.health.clone()),
            path: file.path,
            directory: file.directory,
            kind: file.kind,
            bytes,
            patterns: quoted.patterns,
            gotchas: quoted.gotchas,
            purpose: quoted.purpose,
            why,
        })
    });
    near.take(MOST).collect()
}

/// The paths that the branch of a session changed since it was cut, at most about a thousand.
pub(super) fn touched(ctx: &Ctx, session: &Session) -> Result<Vec<Vec<u8>>> {
    let head = ctx.repo.head()?;
    let here = head.branch() == Some(&session.branch);
    let tip = match head.tip().filter(|_| here) {
        Some(tip) => Some(tip.clone()),
        None => ctx.repo.branch_tip(&session.branch)?,
    };
    let (Some(tip), Some(base)) = (tip, &session.base.commit) else {
        return Ok(Vec::new());
    };
    let base = base_of(ctx, session, base, &tip)?;
    changed(ctx, &base, &tip)
}

/// The paths that differ between two commits; none when one of them is not here.
pub(super) fn changed(ctx: &Ctx, old: &CommitId, new: &CommitId) -> Result<Vec<Vec<u8>>> {
    if old == new || !ctx.repo.has_commit(old) || !ctx.repo.has_commit(new) {
        return Ok(Vec::new());
    }
    let changes = ctx.repo.changes_from(old, new)?;
    Ok(changes.into_iter().map(|change| change.path).collect())
}

/// Where the work of the branch begins: where it was cut, or where the branch that it was cut from was merged in
/// last.
fn base_of(ctx: &Ctx, session: &Session, cut: &CommitId, tip: &CommitId) -> Result<CommitId> {
    let other = session.base.branch.as_ref();
    let other = match other.filter(|branch| **branch != session.branch) {
        Some(branch) => ctx.repo.branch_tip(branch)?,
        None => None,
    };
    let Some(other) = other.filter(|other| other != cut && cut != tip) else {
        return Ok(cut.clone());
    };
    let merged = ctx.repo.merge_base(&other, tip)?;
    Ok(merged.unwrap_or_else(|| cut.clone()))
}

/// What there is to choose from.
struct Found<'a> {
    ctx: &'a Ctx,
    /// By directory: its context files. What git tracks, and what was found on the way.
    files: BTreeMap<Vec<u8>, Vec<ContextFile>>,
    searched: BTreeSet<Vec<u8>>,
}

impl<'a> Found<'a> {
    fn new(ctx: &'a Ctx, tracked: Vec<ContextFile>) -> Self {
        let mut files: BTreeMap<Vec<u8>, Vec<ContextFile>> = BTreeMap::new();
        for file in tracked.into_iter().filter(|file| !file.kind.is_page()) {
            files.entry(file.directory.clone()).or_default().push(file);
        }
        Self {
            ctx,
            files,
            searched: BTreeSet::new(),
        }
    }

    /// The context files beside paths, those of the directories with the most paths first.
    fn touched(&mut self, paths: &[Vec<u8>]) -> Vec<(ContextFile, Why)> {
        let work = paths.iter().filter(|path| ContextKind::of(path).is_none());
        let mut counts: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        for path in work.filter(|path| !path.starts_with(b".session/")) {
            if let Some(directory) = self.above(path) {
                *counts.entry(directory).or_default() += 1;
            }
        }
        let mut counts: Vec<(Vec<u8>, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let files = counts
            .iter()
            .filter_map(|(directory, _)| self.files.get(directory));
        let files = files.flatten().cloned();
        files.map(|file| (file, Why::Touched)).collect()
    }

    /// The nearest directory above a path that has context files.
    fn above(&mut self, path: &[u8]) -> Option<Vec<u8>> {
        let slashes = path.iter().enumerate().rev();
        let ends = slashes.filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        for end in ends.chain([0]) {
            let directory = &path[..end];
            self.search(directory);
            if self.files.contains_key(directory) {
                return Some(directory.to_owned());
            }
        }
        None
    }

    /// Looks for context files that no commit has.
    fn search(&mut self, directory: &[u8]) {
        if self.searched.len() >= MOST_SEARCHED || !self.searched.insert(directory.to_owned()) {
            return;
        }
        for name in ContextKind::names() {
            let path = match directory {
                b"" => name.as_bytes().to_vec(),
                _ => [directory, b"/", name.as_bytes()].concat(),
            };
            let known = self.files.get(directory);
            let known = known.is_some_and(|files| {
                let same = |file: &ContextFile| file.path.eq_ignore_ascii_case(&path);
                files.iter().any(same)
            });
            if known || self.ctx.repo.regular_file(&path).is_none() {
                continue;
            }
            let ignored = &self.ctx.settings.tracking.ignore_patterns;
            if let Some(file) = ContextFile::new(&path).filter(|file| !file.is_ignored(ignored)) {
                self.files
                    .entry(directory.to_owned())
                    .or_default()
                    .push(file);
            }
        }
    }

    /// The context files of directories that words of the branch or of open objectives name, those first whose
    /// own directory is named.
    fn named(&self, session: &Session) -> Vec<(ContextFile, Why)> {
        let branch = Words::of(session.branch.as_str());
        let open = session.objectives.iter().filter(|o| o.state.is_open());
        let open: Vec<Words> = open.map(|o| Words::of(&o.item.text)).collect();
        let mut named: Vec<(usize, usize, ContextFile, Why)> = Vec::new();
        for (directory, files) in &self.files {
            let by_branch = named_directory(&branch, directory)
                .map(|(word, above)| (above, 0, Why::Branch(word)));
            let by_objective = || {
                let found = open
                    .iter()
                    .filter_map(|words| named_directory(words, directory));
                let best = found.min_by_key(|(_, above)| *above);
                best.map(|(word, above)| (above, 1, Why::Objective(word)))
            };
            if let Some((above, rank, why)) = by_branch.or_else(by_objective) {
                let files = files.iter().cloned();
                named.extend(files.map(|file| (above, rank, file, why.clone())));
            }
        }
        named.sort_by_key(|(above, rank, _, _)| (*above, *rank));
        named
            .into_iter()
            .map(|(_, _, file, why)| (file, why))
            .collect()
    }
}
