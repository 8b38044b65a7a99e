//! What a person needs to bring a context file up to date, and the way back into the work tree.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::health::{Patience, each, health};
use crate::domain::id::CommitId;
use crate::domain::path_text::quote_path;
use crate::domain::project::{ContextFile, FileHealth, Scope, Walk};
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::history::subject;
use crate::sys::fs;

/// So many commits are named.
const MOST_COMMITS: usize = 20;
/// So many commits are looked into for files.
const MOST_LOOKED_AT: usize = 300;
/// So many files are named.
const MOST_FILES: usize = 10;
/// Longer files are not edited.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// What changed beside a context file since it was last changed.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The file.
    pub file: ContextFile,
    /// How far it is behind; none when no commit has it.
    pub health: Option<FileHealth>,
    /// The newest commit that changed it, with its subject.
    pub last: Option<(CommitId, String)>,
    /// The newest of the commits since, newest first, with their subjects.
    pub commits: Vec<(CommitId, String)>,
    /// The files that most of these commits changed, with the number of commits; merges are not looked into.
    pub files: Vec<(Vec<u8>, usize)>,
    /// Files that are not named.
    pub more_files: usize,
}

/// Finds out what changed beside a context file. Walks history.
pub fn facts(ctx: &Ctx, path: &[u8]) -> Result<Facts> {
    let file = ContextFile::new(path).with_context(|| no_context(path))?;
    let mut facts = Facts {
        file,
        health: None,
        last: None,
        commits: Vec::new(),
        files: Vec::new(),
        more_files: 0,
    };
    let Some(known) = health(ctx, Patience::Long)?.health() else {
        return Ok(facts);
    };
    let Some(tracked) = known.find(path) else {
        return Ok(facts);
    };
    facts.health.clone_from(&tracked.health);
    let files = known.files.iter().map(|tracked| tracked.file.clone());
    let mut scope = Scope::new(
        files.collect(),
        ctx.settings.tracking.ignore_patterns.clone(),
    );
    let Some(number) = scope.find(path) else {
        return Ok(facts);
    };
    let mut walk = Walk::new(&mut scope);
    each(ctx, &known.head, None, Patience::Long, |told, walked| {
        walk.add(told, walked.paths.iter().copied());
    })?;
    let last = walk.changes(number).first().copied().map(commit_id);
    let behind = walk.behind(number).into_iter();
    let behind: Vec<CommitId> = behind.map(commit_id).collect::<Result<_>>()?;
    facts.last = match last.transpose()? {
        Some(last) => Some(named(ctx, last)?),
        None => None,
    };
    let shown = behind.iter().take(MOST_COMMITS);
    facts.commits = shown
        .map(|id| named(ctx, id.clone()))
        .collect::<Result<_>>()?;
    let place = scope.place_of(number);
    let counted = counts(ctx, &mut scope, place, &behind)?;
    facts.more_files = counted.len().saturating_sub(MOST_FILES);
    facts.files = counted.into_iter().take(MOST_FILES).collect();
    Ok(facts)
}

/// The files of a place by the number of commits that changed them, most first.
fn counts(
    ctx: &Ctx,
    scope: &mut Scope,
    place: usize,
    commits: &[CommitId],
) -> Result<Vec<(Vec<u8>, usize)>> {
    let mut counts: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for id in commits.iter().take(MOST_LOOKED_AT) {
        let commit = ctx.repo.commit(id)?;
        if commit.parents.len() > 1 {
            continue;
        }
        for change in ctx.repo.changes_of(&commit)? {
            if scope.is_beside(place, &change.path) {
                *counts.entry(change.path).or_default() += 1;
            }
        }
    }
    let mut counts: Vec<(Vec<u8>, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(counts)
}

fn commit_id(id: &[u8]) -> Result<CommitId> {
    Ok(CommitId::new(String::from_utf8_lossy(id))?)
}

fn named(ctx: &Ctx, id: CommitId) -> Result<(CommitId, String)> {
    let subject = subject(&ctx.repo.commit(&id)?);
    Ok((id, subject))
}

/// Why a path cannot be asked about.
pub(super) fn no_context(path: &[u8]) -> Fault {
    Fault::user(format!("{} is no context file", quote_path(path))).hint("git session context list")
}

/// A context file as it is in the work tree.
pub fn original(ctx: &Ctx, path: &[u8]) -> Result<Vec<u8>> {
    let refused = || {
        Fault::user(format!(
            "{} is no regular file of the work tree, or lies behind a symbolic link",
            quote_path(path)
        ))
        .hint("git session context list")
    };
    let (place, length) = ctx.repo.regular_file(path).with_context(refused)?;
    if length > MOST_BYTES {
        let fault = Fault::user(format!("{} is too long to be edited", quote_path(path)));
        return Err(fault.into());
    }
    Ok(fs::read(&place)?.unwrap_or_default())
}

/// Replaces a context file whose content must still be `old`; its mode stays.
pub fn replace(ctx: &Ctx, path: &[u8], old: &[u8], new: &[u8]) -> Result<()> {
    let place = ctx.repo.regular_file(path).map(|(place, _)| place);
    let place = place.filter(|_| original(ctx, path).is_ok_and(|now| now == old));
    let changed = || Fault::user(format!("{} was changed meanwhile", quote_path(path)));
    fs::replace_keeping_mode(&place.with_context(changed)?, new)
}
