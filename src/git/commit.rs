//! Commits, read whole, and bounded walks over first parents.

use anyhow::{Context as _, Result};

use super::repo::Repo;
use crate::domain::id::CommitId;

/// A name, an address and a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The name; what is not UTF-8 is replaced.
    pub name: String,
    /// The address; what is not UTF-8 is replaced.
    pub email: String,
    /// Seconds since 1970, UTC.
    pub seconds: i64,
}

impl std::fmt::Display for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} <{}>", self.name, self.email)
    }
}

/// What a commit object says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitInfo {
    /// The commit itself.
    pub id: CommitId,
    /// Its tree, in hexadecimal.
    pub tree: String,
    /// Its parents; none at the border of a shallow clone.
    pub parents: Vec<CommitId>,
    /// Who wrote it.
    pub author: Signature,
    /// Who committed it.
    pub committer: Signature,
    /// The message as stored, in [`CommitInfo::encoding`].
    pub message: Vec<u8>,
    /// The header `encoding`; `None` means UTF-8.
    pub encoding: Option<String>,
}

impl Repo {
    /// Reads a commit; one that is not here is an error.
    pub fn commit(&self, id: &CommitId) -> Result<CommitInfo> {
        let commit = self.inner.find_commit(self.oid(id)?);
        let commit = commit.with_context(|| format!("cannot read commit {id}"))?;
        let parents = commit.parent_ids().map(|id| CommitId::new(id.to_string()));
        Ok(CommitInfo {
            id: id.clone(),
            tree: commit.tree_id().to_string(),
            parents: parents.collect::<Result<_, _>>()?,
            author: signature(&commit.author()),
            committer: signature(&commit.committer()),
            message: commit.message_raw_bytes().to_owned(),
            encoding: commit.message_encoding().ok().flatten().map(str::to_owned),
        })
    }

    /// Whether the commit is here.
    pub fn has_commit(&self, id: &CommitId) -> bool {
        self.oid(id)
            .is_ok_and(|oid| self.inner.find_commit(oid).is_ok())
    }

    /// How many first-parent steps lie between a commit and an older one: 0 when they are the same. `None`
    /// when `stop` is not met within `limit` steps, or at all.
    pub fn commits_since(
        &self,
        tip: &CommitId,
        stop: &CommitId,
        limit: usize,
    ) -> Result<Option<usize>> {
        let stop = self.oid(stop)?;
        let mut at = self.oid(tip)?;
        for steps in 0..=limit {
            if at == stop {
                return Ok(Some(steps));
            }
            let commit = self.inner.find_commit(at);
            let commit = commit.with_context(|| format!("cannot read commit {at}"))?;
            match commit.parent_id(0) {
                Ok(parent) => at = parent,
                Err(_) => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Whether a commit is, or is reached from, another one. Walks as far as needed: for commands only.
    pub fn is_ancestor(&self, old: &CommitId, new: &CommitId) -> Result<bool> {
        let (old, new) = (self.oid(old)?, self.oid(new)?);
        Ok(old == new || self.inner.graph_descendant_of(new, old)?)
    }
}

/// Copies a signature out of libgit2.
fn signature(from: &git2::Signature<'_>) -> Signature {
    Signature {
        name: String::from_utf8_lossy(from.name_bytes()).into_owned(),
        email: String::from_utf8_lossy(from.email_bytes()).into_owned(),
        seconds: from.when().seconds(),
    }
}
