//! Sums over the commits of a session.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::build::record;
use super::document::{
    CommitEntry, CommitsOfKind, FilesOfKind, KeyFile, Lines, Metrics, TestLines,
};
use super::facts::{CommitFacts, Facts, FileChange};
use super::kinds::{CommitKind, FileKind};
use crate::domain::path_text::quote_path;
use crate::domain::session::Session;

/// The most files that are named as those which changed most.
const MOST_KEY_FILES: usize = 10;

/// Figures of the whole.
pub(super) fn metrics(session: &Session, facts: &Facts, commits: &[CommitEntry]) -> Metrics {
    let in_commits = commits.iter().map(|commit| commit.seconds);
    let in_commits = in_commits.fold(0, u64::saturating_add);
    let counted: Vec<_> = own(&facts.commits).collect();
    let complete = counted.iter().all(|commit| commit.files.is_some());
    Metrics {
        active_seconds: facts.active_seconds,
        unattributed_seconds: facts.active_seconds.saturating_sub(in_commits),
        commits: commits.len(),
        changed: (complete && !counted.is_empty()).then(|| changed(&counted)),
        tests: tests(session, facts),
        commits_by_kind: by_kind(commits),
        files_by_kind: if complete {
            files_by_kind(session, &counted)
        } else {
            Vec::new()
        },
    }
}

/// The commits whose changes are the session's own work.
fn own(commits: &[CommitFacts]) -> impl Iterator<Item = &CommitFacts> {
    commits.iter().filter(|commit| !commit.is_merge)
}

/// The files of a commit; none where they could not be counted.
fn files(commit: &CommitFacts) -> &[FileChange] {
    commit.files.as_deref().unwrap_or_default()
}

fn changed(commits: &[&CommitFacts]) -> Lines {
    let mut paths = BTreeSet::new();
    let mut sum = Lines::default();
    for file in commits.iter().flat_map(|commit| files(commit)) {
        touch(&mut paths, file);
        let (added, removed) = file.lines.unwrap_or_default();
        sum.added += added;
        sum.removed += removed;
    }
    sum.files = paths.len() as u64;
    sum
}

/// Takes a file in under its last name.
fn touch<'a>(paths: &mut BTreeSet<&'a [u8]>, file: &'a FileChange) {
    if let Some(from) = &file.from {
        paths.remove(from.as_slice());
    }
    paths.insert(&file.path);
}

/// Lines that begin a test, as the records of the commits count them.
fn tests(session: &Session, facts: &Facts) -> Option<TestLines> {
    let records = own(&facts.commits).filter_map(|commit| record(session, commit));
    let mut sum = TestLines::default();
    for counts in records.filter_map(|commit| commit.record.impact.tests) {
        sum.added += u64::from(counts.tests_added);
        sum.removed += u64::from(counts.tests_removed);
    }
    (sum != TestLines::default()).then_some(sum)
}

fn by_kind(commits: &[CommitEntry]) -> Vec<CommitsOfKind> {
    let count = |kind| commits.iter().filter(|commit| commit.kind == kind).count();
    CommitKind::ALL
        .into_iter()
        .map(|kind| CommitsOfKind {
            kind,
            commits: count(kind),
        })
        .filter(|row| row.commits > 0)
        .collect()
}

fn files_by_kind(session: &Session, commits: &[&CommitFacts]) -> Vec<FilesOfKind> {
    let mut paths = BTreeSet::new();
    let mut rows: BTreeMap<FileKind, (u64, u64)> = BTreeMap::new();
    let mut times: BTreeMap<FileKind, u64> = BTreeMap::new();
    for commit in commits {
        let mut share: BTreeMap<FileKind, u64> = BTreeMap::new();
        for file in files(commit) {
            let kind = FileKind::of(&file.path);
            let (added, removed) = file.lines.unwrap_or_default();
            touch(&mut paths, file);
            let row = rows.entry(kind).or_default();
            row.0 += added;
            row.1 += removed;
            *share.entry(kind).or_default() += added + removed;
        }
        let seconds = record(session, commit).map_or(0, |commit| commit.record.time);
        for (kind, seconds) in split(seconds, &share) {
            *times.entry(kind).or_default() += seconds;
        }
    }
    let row = |(kind, (added, removed)): (FileKind, (u64, u64))| {
        let files = paths.iter().filter(|path| FileKind::of(path) == kind);
        FilesOfKind {
            kind,
            lines: Lines {
                files: files.count() as u64,
                added,
                removed,
            },
            seconds: times.get(&kind).copied().unwrap_or(0),
        }
    };
    rows.into_iter().map(row).collect()
}

/// Splits seconds by shares. Nothing is lost: what rounding leaves goes to the greatest share.
fn split(seconds: u64, shares: &BTreeMap<FileKind, u64>) -> Vec<(FileKind, u64)> {
    let whole: u128 = shares.values().map(|share| u128::from(*share)).sum();
    if whole == 0 || seconds == 0 {
        return Vec::new();
    }
    let part = |share: u64| {
        let part = u128::from(seconds) * u128::from(share) / whole;
        u64::try_from(part).expect("a part of a u64 is one")
    };
    let mut parts: Vec<_> = shares
        .iter()
        .map(|(kind, share)| (*kind, part(*share)))
        .collect();
    let left = seconds - parts.iter().map(|(_, part)| part).sum::<u64>();
    let greatest = parts.iter_mut().max_by_key(|(_, part)| *part);
    if let Some((_, part)) = greatest {
        *part += left;
    }
    parts
}

/// The files with the most changed lines, then by path. A file that was renamed counts under its last name.
pub(super) fn key_files(commits: &[CommitFacts]) -> Vec<KeyFile> {
    let mut sums: BTreeMap<Vec<u8>, (usize, u64, u64)> = BTreeMap::new();
    for file in own(commits).flat_map(files) {
        let before = file.from.as_ref().and_then(|from| sums.remove(from));
        let sum = sums.entry(file.path.clone()).or_default();
        let (commits, added, removed) = before.unwrap_or_default();
        let lines = file.lines.unwrap_or_default();
        sum.0 += commits + 1;
        sum.1 += added + lines.0;
        sum.2 += removed + lines.1;
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.retain(|(_, (_, added, removed))| added + removed > 0);
    sums.sort_by_key(|(_, (_, added, removed))| std::cmp::Reverse(added + removed));
    sums.truncate(MOST_KEY_FILES);
    let key = |(path, (commits, added, removed)): (Vec<u8>, (usize, u64, u64))| KeyFile {
        kind: FileKind::of(&path),
        path: quote_path(&path).into_owned(),
        commits,
        added,
        removed,
    };
    sums.into_iter().map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_split_by_lines_and_none_is_lost() {
        let shares = BTreeMap::from([
            (FileKind::Code, 2),
            (FileKind::Tests, 1),
            (FileKind::Docs, 1),
        ]);
        let parts = split(101, &shares);
        assert_eq!(
            parts,
            [
                (FileKind::Code, 51),
                (FileKind::Tests, 25),
                (FileKind::Docs, 25)
            ]
        );
        assert_eq!(split(5, &BTreeMap::from([(FileKind::Code, 0)])), []);
        assert_eq!(
            split(u64::MAX, &BTreeMap::from([(FileKind::Code, u64::MAX)])),
            [(FileKind::Code, u64::MAX)]
        );
    }
}
