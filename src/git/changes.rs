//! What a commit changed, what the index would commit, and the lines in which two blobs differ.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use git2::{DiffOptions, ObjectType, Oid, Patch};

use super::commit::CommitInfo;
use super::index::{self, Index};
use super::repo::Repo;
use super::tree::{ChangeKind, Comparison, MOST_CHANGES, RawChange};
use crate::domain::id::CommitId;
use crate::sys::fs;

/// Blobs above this many bytes are not compared line by line.
pub const LARGEST_BLOB: usize = 256 * 1024;

/// An index above this many bytes is left to git, which maps it and reads it with several threads.
const LARGEST_INDEX: u64 = 64 * 1024 * 1024;

/// Up to this many bytes the entries of an index are read; in a larger one the tree that git has just written
/// from it is looked for.
const SMALL_INDEX: u64 = 64 * 1024;

/// The lines that one side has and the other has not, without line ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineChanges {
    /// Only in the new blob, in its order.
    pub added: Vec<Vec<u8>>,
    /// Only in the old blob, in its order.
    pub removed: Vec<Vec<u8>>,
}

impl Repo {
    /// What a commit changed against its first parent, or against nothing, in git's order: at most
    /// [`MOST_CHANGES`](super::MOST_CHANGES), and one more when there are more. Reads only trees that differ;
    /// neither the index nor a blob.
    pub fn commit_changes(&self, id: &CommitId) -> Result<Vec<RawChange>> {
        self.changes_of(&self.commit(id)?)
    }

    /// The same for a commit that was read already.
    pub fn changes_of(&self, commit: &CommitInfo) -> Result<Vec<RawChange>> {
        let parent = commit.parents.first();
        let parent = parent.map(|parent| self.links(self.oid(parent)?));
        let old = parent.transpose()?.map(|parent| parent.tree);
        self.tree_changes(old, Some(self.parse_oid(&commit.tree)?))
    }

    /// What differs between the trees of two commits, as bounded as [`Repo::commit_changes`].
    pub fn changes_from(&self, old: &CommitId, new: &CommitId) -> Result<Vec<RawChange>> {
        let old = self.links(self.oid(old)?)?.tree;
        let new = self.links(self.oid(new)?)?.tree;
        self.tree_changes(Some(old), Some(new))
    }

    /// What `git commit` would commit: HEAD against the index that git would use, in git's order, as bounded as
    /// [`Repo::commit_changes`]. Paths in conflict and those that are only intended to be added are left out. `limit` bounds the child process
    /// that an index of another kind (split, larger than 64 MiB) needs.
    pub fn staged_changes(&self, limit: Duration) -> Result<Vec<RawChange>> {
        self.staged_against(self.head()?.tip(), limit)
    }

    /// The same against any commit, or against nothing: an amend is compared with HEAD's parent.
    pub fn staged_against(
        &self,
        base: Option<&CommitId>,
        limit: Duration,
    ) -> Result<Vec<RawChange>> {
        let head = match base {
            Some(base) => Some(self.links(self.oid(base)?)?.tree),
            None => None,
        };
        let path = self.index_path();
        let length = fs::length(&path).unwrap_or(0);
        if length > SMALL_INDEX
            && let Some(mut file) = fs::Parts::open(&path)?
            && let Some(tree) = index::cached_tree(&mut file, self.id_length())
            && let Ok(changes) = self.tree_changes(head, Some(tree))
        {
            return Ok(changes);
        }
        let index = if length > LARGEST_INDEX {
            None
        } else {
            let bytes = fs::read(&path)?.unwrap_or_default();
            Index::parse(bytes, self.id_length())
        };
        match index {
            Some(index) => self.index_changes(head, &index),
            None => self.ask_staged_changes(head, limit),
        }
    }

    /// The lines in which the two blobs of a change differ. `None` when that cannot be told cheaply: a
    /// submodule, a blob that is binary, larger than [`LARGEST_BLOB`], or not in this (partial) clone.
    pub fn changed_lines(&self, change: &RawChange) -> Option<LineChanges> {
        if change.old.is_none() && change.new.is_none() {
            return None;
        }
        let old = self.small_text(change.old.as_deref())?;
        let new = self.small_text(change.new.as_deref())?;
        let (old, new) = without_common_lines(&old, &new);
        if old.is_empty() || new.is_empty() {
            return Some(LineChanges {
                added: lines(new),
                removed: lines(old),
            });
        }
        compare_lines(old, new).ok()
    }

    /// The length of an object id in bytes.
    pub(super) fn id_length(&self) -> usize {
        self.empty_tree().len() / 2
    }

    /// Two trees, either of which may be missing.
    pub(super) fn tree_changes(
        &self,
        old: Option<Oid>,
        new: Option<Oid>,
    ) -> Result<Vec<RawChange>> {
        if old == new {
            return Ok(Vec::new());
        }
        let mut comparison = Comparison {
            repo: self,
            index: None,
            changes: Vec::new(),
        };
        let (old, new) = (comparison.tree(old)?, comparison.tree(new)?);
        comparison.run(&mut Vec::new(), &old, &new, 0)?;
        Ok(comparison.changes)
    }

    /// A tree and the index.
    fn index_changes(&self, head: Option<Oid>, index: &Index) -> Result<Vec<RawChange>> {
        if head.is_some() && head == index.tree() {
            return Ok(Vec::new());
        }
        let mut comparison = Comparison {
            repo: self,
            index: Some(index),
            changes: Vec::new(),
        };
        let old = comparison.tree(head)?;
        comparison.run(&mut Vec::new(), &old, &index.top(), 0)?;
        let mut changes = comparison.changes;
        // the index is sorted, so these are too
        changes.retain(|change| index.conflicts.binary_search(&change.path).is_err());
        Ok(changes)
    }

    /// The same from `git diff-index`.
    fn ask_staged_changes(&self, head: Option<Oid>, limit: Duration) -> Result<Vec<RawChange>> {
        let tree = head.map_or_else(|| self.empty_tree().to_owned(), |id| id.to_string());
        let args = [
            "diff-index",
            "--ita-invisible-in-index",
            "--cached",
            "--raw",
            "-z",
            "--no-renames",
            "--no-abbrev",
        ];
        let git = self.git().in_hook().within(limit).args(args);
        let output = git.arg(tree).arg("--").checked()?;
        parse_raw(&output.stdout, MOST_CHANGES)
    }

    /// The content of a blob that can be compared; empty when there is none on this side.
    pub(super) fn small_text(&self, id: Option<&str>) -> Option<Vec<u8>> {
        let Some(id) = id else {
            return Some(Vec::new());
        };
        let object = self.small_object(self.parse_oid(id).ok()?, LARGEST_BLOB)?;
        let bytes = object.data();
        let binary = bytes[..bytes.len().min(8000)].contains(&0);
        (object.kind == ObjectType::Blob && !binary).then(|| object.into_data())
    }
}

/// Reads up to `most` changes and one more, each as `:<old mode> <new mode> <old id> <new id> <status>\0<path>\0`.
/// Source: <https://git-scm.com/docs/git-diff-index#_raw_output_format>.
pub(super) fn parse_raw(bytes: &[u8], most: usize) -> Result<Vec<RawChange>> {
    let mut changes = Vec::new();
    let mut fields = bytes.split(|b| *b == 0);
    while changes.len() <= most
        && let Some(header) = fields.next().filter(|header| !header.is_empty())
    {
        let header = std::str::from_utf8(header)?;
        let path = fields.next().context("a path is missing")?.to_owned();
        let words: Vec<_> = header.trim_start_matches(':').split(' ').collect();
        let [old_mode, new_mode, old, new, status] = words[..] else {
            bail!(
                "cannot read `{}` from git diff-index",
                header.escape_debug()
            );
        };
        let kind = match status.as_bytes().first() {
            Some(b'A') => ChangeKind::Added,
            Some(b'M') => ChangeKind::Modified,
            Some(b'D') => ChangeKind::Deleted,
            Some(b'T') => ChangeKind::TypeChanged,
            _ => continue,
        };
        let blob = |mode: &str, id: &str| {
            let blob = !matches!(mode, "000000" | "160000");
            blob.then(|| id.to_owned())
        };
        changes.push(RawChange {
            kind,
            path,
            old: blob(old_mode, old),
            new: blob(new_mode, new),
        });
    }
    Ok(changes)
}

/// What is left of two texts without the lines that both begin and that both end with. What was only added
/// or only removed needs no comparison then.
fn without_common_lines<'a>(old: &'a [u8], new: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let line = old[..same].iter().rposition(|b| *b == b'\n');
    let start = line.map_or(0, |at| at + 1);
    let (old, new) = (&old[start..], &new[start..]);
    let (backwards_old, backwards_new) = (old.iter().rev(), new.iter().rev());
    let same = backwards_old
        .zip(backwards_new)
        .take_while(|(a, b)| a == b)
        .count();
    // a line is whole where another one ends, or where the text begins
    let whole = |text: &[u8], from: usize| from == 0 || text[from - 1] == b'\n';
    let (from_old, from_new) = (old.len() - same, new.len() - same);
    let keep = (0..same).find(|skip| whole(old, from_old + skip) && whole(new, from_new + skip));
    let keep = keep.unwrap_or(same);
    (&old[..from_old + keep], &new[..from_new + keep])
}

/// The lines of a text, without line ends.
fn lines(text: &[u8]) -> Vec<Vec<u8>> {
    if text.is_empty() {
        return Vec::new();
    }
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.split(|b| *b == b'\n').map(<[u8]>::to_owned).collect()
}

/// Diffs two texts. From buffers, not blobs: libgit2 would load the index to look for attributes.
fn compare_lines(old: &[u8], new: &[u8]) -> Result<LineChanges> {
    let mut options = DiffOptions::new();
    options.context_lines(0).force_text(true);
    let patch = Patch::from_buffers(old, None, new, None, Some(&mut options))?;
    let mut changes = LineChanges::default();
    for hunk in 0..patch.num_hunks() {
        for at in 0..patch.num_lines_in_hunk(hunk)? {
            let line = patch.line_in_hunk(hunk, at)?;
            let content = line.content();
            let content = content.strip_suffix(b"\n").unwrap_or(content).to_owned();
            match line.origin() {
                '+' => changes.added.push(content),
                '-' => changes.removed.push(content),
                _ => {}
            }
        }
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::{lines, without_common_lines};

    #[test]
    fn lines_that_both_sides_have_are_left_out_whole() {
        let cases = [
            ("", "", "", ""),
            ("a\nb\n", "a\nb\n", "", ""),
            ("a\nc\n", "a\nb\nc\n", "", "b\n"),
            ("x\n", "x\nx\n", "", "x\n"),
            ("a\nb\nc\n", "a\nB\nc\n", "b\n", "B\n"),
            ("b\n", "ab\n", "b\n", "ab\n"),
            ("a\nb", "a\nb\n", "b", "b\n"),
            ("a", "a\nb", "a", "a\nb"),
            ("a\nend", "b\nend", "a\n", "b\n"),
            ("end", "b\nend", "", "b\n"),
            ("\n\n", "\n\n\n", "", "\n"),
        ];
        for (old, new, left_old, left_new) in cases {
            let left = without_common_lines(old.as_bytes(), new.as_bytes());
            assert_eq!(
                left,
                (left_old.as_bytes(), left_new.as_bytes()),
                "{old:?} {new:?}"
            );
            let left = without_common_lines(new.as_bytes(), old.as_bytes());
            assert_eq!(
                left,
                (left_new.as_bytes(), left_old.as_bytes()),
                "{new:?} {old:?}"
            );
        }
        assert_eq!(lines(b"\n\na"), [&b""[..], b"", b"a"]);
    }
}
