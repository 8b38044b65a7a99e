//! How far the context files of HEAD are behind: one walk over history for all of them, or, from a commit that was
//! walked before, over what came since.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Result;

use super::cache::{self, Entry, Record};
use crate::domain::id::CommitId;
use crate::domain::project::{
    ContextFile, FileHealth, Numbers, Scope, Told, WHOLE, Walk, imports, project_score,
};
use crate::git::{ChangeKind, MOST_CHANGES, RawChange, Reach, Walked};
use crate::ops::ctx::Ctx;

/// Longer histories are cut here.
const MOST_COMMITS: usize = 500_000;
/// So many commits back a record is looked for that can be carried on.
const NEAR: usize = 50;
/// More commits than this since such a record are walked from the start.
const MOST_CARRIED: usize = 2000;

/// What is said of a walk that took too long.
const LONG: &str = "its history is long";

/// How long the walk may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// A screen is waiting: what is known, and what is found out at once.
    Glance,
    /// A command that asks git for more anyway.
    Short,
    /// Somebody asked for it.
    Long,
}

impl Patience {
    pub(super) const fn milliseconds(self) -> u64 {
        match self {
            Self::Glance => 150,
            Self::Short => 1000,
            Self::Long => 120_000,
        }
    }

    const fn limit(self) -> Duration {
        Duration::from_millis(self.milliseconds())
    }
}

/// The context files of a commit, and how far each is behind.
#[derive(Clone, Debug)]
pub struct ProjectHealth {
    /// The commit.
    pub head: CommitId,
    /// When it was made, seconds since 1970: ages are counted to here.
    pub now: i64,
    /// The files by path.
    pub files: Vec<Tracked>,
    /// The mean of their scores, rounded down; none when no file has one.
    pub score: Option<u8>,
    /// History ends before its beginning: a shallow clone, or too many commits.
    pub is_short: bool,
}

/// A context file of a commit.
#[derive(Clone, Debug)]
pub struct Tracked {
    /// The file.
    pub file: ContextFile,
    /// How far it is behind; none when it only imports others.
    pub health: Option<FileHealth>,
    /// What it imports, when it says nothing itself.
    pub imports: Vec<String>,
}

/// What is known.
#[derive(Clone, Debug)]
pub enum Known {
    /// Everything.
    Health(ProjectHealth),
    /// There is no commit yet.
    Unborn,
    /// It would have taken too long, or git could not tell: why.
    Unknown(String),
}

impl Known {
    /// The health, if it is known.
    pub fn health(self) -> Option<ProjectHealth> {
        match self {
            Self::Health(health) => Some(health),
            Self::Unborn | Self::Unknown(_) => None,
        }
    }
}

impl ProjectHealth {
    /// What is known of a path.
    pub fn find(&self, path: &[u8]) -> Option<&Tracked> {
        let found = self
            .files
            .binary_search_by(|tracked| tracked.file.path.as_slice().cmp(path));
        found.ok().map(|at| &self.files[at])
    }
}

/// The health of the context files of HEAD.
pub fn health(ctx: &Ctx, patience: Patience) -> Result<Known> {
    match ctx.repo.head()?.tip() {
        Some(head) => Ok(health_at(ctx, head, patience)),
        None => Ok(Known::Unborn),
    }
}

/// The health of the context files of a commit.
pub fn health_at(ctx: &Ctx, head: &CommitId, patience: Patience) -> Known {
    if let Some(record) = cache::read(ctx, head) {
        return told(ctx, &record);
    }
    let found = match carried_on(ctx, head, patience) {
        Ok(Some(record)) => Ok(record),
        Ok(None) | Err(_) if patience != Patience::Long && cache::was_too_slow(ctx, patience) => {
            return Known::Unknown(LONG.to_owned());
        }
        Ok(None) | Err(_) => whole(ctx, head, patience).inspect(|_| {
            cache::set_too_slow(ctx, None).ok();
        }),
    };
    match found {
        Ok(record) => {
            // without a record the next command walks again
            cache::write(ctx, &record).ok();
            told(ctx, &record)
        }
        Err(error) => {
            cache::set_too_slow(ctx, Some(patience)).ok();
            Known::Unknown(reason(&error))
        }
    }
}

/// Why a walk failed, in short where it took too long.
fn reason(error: &anyhow::Error) -> String {
    let text = format!("{error:#}");
    if text.contains("did not end within") {
        LONG.to_owned()
    } else {
        text
    }
}

/// A record in the words of the callers.
fn told(ctx: &Ctx, record: &Record) -> Known {
    let Some(files) = record.context_files() else {
        return Known::Unknown("a name cannot be read".to_owned());
    };
    let scope = scope(ctx, files);
    let tracked = record.files.iter().zip(scope.files()).enumerate();
    let tracked = tracked.map(|(number, (entry, file))| {
        let files = record.files_at.get(scope.place_of(number));
        let files = files.copied().unwrap_or(0);
        let health = FileHealth::new(&entry.numbers(), files, record.now);
        Tracked {
            file: file.clone(),
            health: entry.imports.is_empty().then_some(health),
            imports: entry.imports.clone(),
        }
    });
    let files: Vec<Tracked> = tracked.collect();
    let scores = files.iter().filter_map(|tracked| tracked.health.as_ref());
    Known::Health(ProjectHealth {
        head: record.head.clone(),
        now: record.now,
        score: project_score(scores.map(|health| health.score)),
        files,
        is_short: record.is_cut || !ctx.repo.border().is_empty(),
    })
}

fn scope(ctx: &Ctx, files: Vec<ContextFile>) -> Scope {
    Scope::new(files, ctx.settings.tracking.ignore_patterns.clone())
}

/// Everything anew: the files of HEAD, then its history.
fn whole(ctx: &Ctx, head: &CommitId, patience: Patience) -> Result<Record> {
    let mut paths: Vec<Vec<u8>> = Vec::new();
    let mut found: Vec<(ContextFile, String)> = Vec::new();
    ctx.repo.files(head, patience.limit(), |file| {
        paths.push(file.path.to_owned());
        if let Some(context) = ContextFile::new(file.path).filter(|_| file.is_regular) {
            found.push((context, String::from_utf8_lossy(file.id).into_owned()));
        }
    })?;
    let mut scope = scope(ctx, found.iter().map(|(file, _)| file.clone()).collect());
    let mut files_at = vec![0; scope.count()];
    for path in &paths {
        count(&mut files_at, scope.owner(path), 1);
    }
    let (numbers, is_cut) = if scope.files().is_empty() {
        (Vec::new(), false)
    } else {
        walk_all(ctx, &mut scope, head, patience)?
    };
    let blobs: HashMap<&[u8], &str> = found
        .iter()
        .map(|(file, id)| (file.path.as_slice(), id.as_str()))
        .collect();
    let entries = scope.files().iter().zip(&numbers);
    let entries = entries.map(|(file, numbers)| {
        let blob = blobs.get(file.path.as_slice());
        let imports = blob.map(|id| imported(ctx, id)).unwrap_or_default();
        Entry::new(&file.path, numbers, imports)
    });
    let entries = entries.collect();
    let now = ctx.repo.commit(head)?.committer.seconds;
    Ok(Record::new(head.clone(), now, is_cut, files_at, entries))
}

/// Counts a file that came or went at its place, and in the whole.
fn count(files_at: &mut [u64], place: Option<usize>, by: i64) {
    let Some(place) = place else { return };
    let mut add = |place: usize| files_at[place] = files_at[place].saturating_add_signed(by);
    add(WHOLE);
    if place != WHOLE {
        add(place);
    }
}

/// What a blob imports, when it says nothing itself.
fn imported(ctx: &Ctx, id: &str) -> Vec<String> {
    let blob = ctx.repo.read_blob(id).ok().flatten();
    blob.and_then(|bytes| imports(&bytes)).unwrap_or_default()
}

/// The numbers of every file from the whole history, and whether that was cut.
fn walk_all(
    ctx: &Ctx,
    scope: &mut Scope,
    head: &CommitId,
    patience: Patience,
) -> Result<(Vec<Numbers>, bool)> {
    let mut walk = Walk::new(scope);
    let mut seen = 0;
    each(ctx, head, None, patience, |told, walked| {
        seen += 1;
        walk.add(told, walked.paths.iter().copied());
    })?;
    Ok((walk.finish(), seen == MOST_COMMITS))
}

/// Shows the commits of a walk in the words of the domain.
pub(super) fn each(
    ctx: &Ctx,
    head: &CommitId,
    without: Option<&CommitId>,
    patience: Patience,
    mut visit: impl FnMut(&Told<'_>, &Walked<'_>),
) -> Result<()> {
    let border: Vec<&[u8]> = ctx.repo.border().split(|byte| *byte == b'\n').collect();
    let reach = Reach {
        most: MOST_COMMITS,
        within: patience.limit(),
    };
    ctx.repo.walk(head, without, reach, |walked| {
        let told = Told {
            id: walked.id,
            parents: walked.parents,
            author_time: walked.author_time,
            is_edge: border.contains(&walked.id),
        };
        visit(&told, walked);
    })
}

/// The record of a commit a few first-parent steps back, carried on to HEAD; `None` when there is none, or what
/// happened since takes a whole walk.
fn carried_on(ctx: &Ctx, head: &CommitId, patience: Patience) -> Result<Option<Record>> {
    let Some(old) = newest_before(ctx, head)? else {
        return Ok(None);
    };
    let Some(files) = old.context_files().filter(|_| !old.is_cut) else {
        return Ok(None);
    };
    let mut scope = scope(ctx, files);
    if scope.count() != old.files_at.len() || scope.files().len() != old.files.len() {
        return Ok(None);
    }
    let changes = ctx.repo.changes_from(&old.head, head)?;
    let came_or_went = |change: &RawChange| {
        change.kind != ChangeKind::Modified && ContextFile::new(&change.path).is_some()
    };
    if changes.len() > MOST_CHANGES || changes.iter().any(came_or_went) {
        return Ok(None);
    }
    let mut files_at = old.files_at.clone();
    for change in &changes {
        let by = match change.kind {
            ChangeKind::Added => 1,
            ChangeKind::Deleted => -1,
            ChangeKind::Modified | ChangeKind::TypeChanged => continue,
        };
        count(&mut files_at, scope.owner(&change.path), by);
    }
    let Some(entries) = carried_entries(ctx, &mut scope, &old, head, &changes, patience)? else {
        return Ok(None);
    };
    let now = ctx.repo.commit(head)?.committer.seconds;
    Ok(Some(Record::new(
        head.clone(),
        now,
        false,
        files_at,
        entries,
    )))
}

/// The entries of an older record with what came since. A context file that changed on a line of history that was
/// merged may have known less than the old record counts.
fn carried_entries(
    ctx: &Ctx,
    scope: &mut Scope,
    old: &Record,
    head: &CommitId,
    changes: &[RawChange],
    patience: Patience,
) -> Result<Option<Vec<Entry>>> {
    let files = scope.files().to_vec();
    let mut walk = Walk::new(scope);
    let (mut seen, mut is_line) = (0, true);
    each(ctx, head, Some(&old.head), patience, |told, walked| {
        seen += 1;
        is_line &= !told.parents.is_empty() && !told.parents.contains(&b' ');
        walk.add(told, walked.paths.iter().copied());
    })?;
    let new = walk.finish();
    let has_changed = (0..files.len()).any(|file| walk.has_changed(file));
    if seen > MOST_CARRIED || has_changed && !is_line {
        return Ok(None);
    }
    let entries = files.iter().zip(&old.files).zip(&new).enumerate();
    let entries = entries.map(|(number, ((file, before), since))| {
        if !walk.has_changed(number) {
            let mut numbers = before.numbers();
            numbers.commits += since.commits;
            numbers.churn += since.churn;
            return Entry::new(&file.path, &numbers, before.imports.clone());
        }
        let change = changes.iter().find(|change| change.path == file.path);
        let imports = match change.and_then(|change| change.new.as_deref()) {
            Some(blob) => imported(ctx, blob),
            None => before.imports.clone(),
        };
        let mut numbers = *since;
        if before.numbers().is_whole {
            numbers.changed_at = numbers.changed_at.max(before.numbers().changed_at);
        }
        Entry::new(&file.path, &numbers, imports)
    });
    Ok(Some(entries.collect()))
}

/// The newest record behind HEAD.
fn newest_before(ctx: &Ctx, head: &CommitId) -> Result<Option<Record>> {
    let mut at = head.clone();
    for _ in 0..NEAR {
        let parents = ctx.repo.commit(&at)?.parents;
        let Some(parent) = parents.into_iter().next() else {
            return Ok(None);
        };
        if cache::has(ctx, &parent) {
            return Ok(cache::read(ctx, &parent));
        }
        at = parent;
    }
    Ok(None)
}
