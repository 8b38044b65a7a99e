//! What a branch changed and what stands there now, bounded: for whoever looks at files and must not take long.

use anyhow::Result;

use super::changes::LARGEST_BLOB;
use super::repo::Repo;
use super::tree::RawChange;
use crate::domain::id::CommitId;
use crate::sys::fs;

impl Repo {
    /// The paths in which two commits, or nothing and a commit, differ, in git's order: at most
    /// [`MOST_CHANGES`](super::MOST_CHANGES), and one more when there are more. Reads only trees that differ.
    pub fn paths_between(&self, old: Option<&CommitId>, new: &CommitId) -> Result<Vec<RawChange>> {
        let tree = |id: &CommitId| -> Result<_> { Ok(self.links(self.oid(id)?)?.tree) };
        self.tree_changes(old.map(tree).transpose()?, Some(tree(new)?))
    }

    /// The text of a file of the work tree; none when there is no regular file without a symbolic link on the way,
    /// or it is binary or larger than [`LARGEST_BLOB`].
    pub fn text_of_file(&self, path: &[u8]) -> Option<Vec<u8>> {
        let most = u64::try_from(LARGEST_BLOB).ok()?;
        let (place, _) = self
            .regular_file(path)
            .filter(|(_, length)| *length <= most)?;
        let bytes = fs::read_start(&place, most).ok().flatten()?;
        let binary = bytes[..bytes.len().min(8000)].contains(&0);
        (!binary).then_some(bytes)
    }

    /// The text of a blob; none when it is not here, binary, or larger than [`LARGEST_BLOB`].
    pub fn text_of_blob(&self, id: &str) -> Option<Vec<u8>> {
        self.small_text(Some(id))
    }
}
