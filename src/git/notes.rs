//! Notes, written so that nothing is lost: one commit for many edits, two digits of fan-out always, the ref
//! moved by compare-and-swap. Plain `git notes add` loses a fifth of concurrent notes, libgit2 half, and
//! libgit2 never fans out. Any layout that git has is read.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::notes_tree::Node;
use super::objects::Swap;
use super::repo::Repo;
use crate::domain::id::CommitId;
use crate::error::Fault;

/// New content from old content; `None` is no note.
pub type Change<'a> = dyn FnMut(Option<Vec<u8>>) -> Option<Vec<u8>> + 'a;

/// What becomes of one commit's note.
pub struct Edit<'a> {
    /// The commit that the note is about.
    pub commit: CommitId,
    /// Called again when another process was faster, so it must be a function of what it is given.
    pub change: Box<Change<'a>>,
}

impl<'a> Edit<'a> {
    /// An edit of one commit's note.
    pub fn new(
        commit: CommitId,
        change: impl FnMut(Option<Vec<u8>>) -> Option<Vec<u8>> + 'a,
    ) -> Self {
        Self {
            commit,
            change: Box::new(change),
        }
    }
}

/// The longest pause before another attempt.
const LONGEST_PAUSE: Duration = Duration::from_millis(8);

impl Repo {
    /// The note of a commit in a notes ref (full name); `None` when there is no ref or no note.
    pub fn read_note(&self, reference: &str, commit: &CommitId) -> Result<Option<Vec<u8>>> {
        let Some(tip) = self.ref_id(reference)? else {
            return Ok(None);
        };
        let mut top = Node::load(self, self.oid(&tip)?)?;
        let blobs = top.take(self, commit.as_str())?;
        self.join(&blobs)
    }

    /// The notes of several commits in one ref, each with its place in the list: every directory of the notes is
    /// read once.
    pub fn read_notes(
        &self,
        reference: &str,
        commits: &[&CommitId],
    ) -> Result<Vec<(usize, Vec<u8>)>> {
        let Some(tip) = self.ref_id(reference)? else {
            return Ok(Vec::new());
        };
        let mut top = Node::load(self, self.oid(&tip)?)?;
        let mut found = Vec::new();
        for (at, commit) in commits.iter().enumerate() {
            let blobs = top.take(self, commit.as_str())?;
            found.extend(self.join(&blobs)?.map(|note| (at, note)));
        }
        Ok(found)
    }

    /// Every note of a ref: the object's id in hexadecimal, and the blob's. For tests and `doctor`.
    pub fn list_notes(&self, reference: &str) -> Result<Vec<(String, String)>> {
        let mut found = Vec::new();
        if let Some(tip) = self.ref_id(reference)? {
            let mut top = Node::load(self, self.oid(&tip)?)?;
            top.list(self, "", &mut found)?;
        }
        found.sort_unstable();
        let pair = |(object, note): (String, git2::Oid)| (object, note.to_string());
        Ok(found.into_iter().map(pair).collect())
    }

    /// Applies edits in one commit and moves the ref to it; the new tip, or `None` when nothing changed.
    /// When another process moves or locks the ref, everything is done again on top of its work, for `wait`
    /// at most. Takes no other lock than the ref's.
    pub fn update_notes(
        &self,
        reference: &str,
        edits: &mut [Edit<'_>],
        message: &str,
        wait: Duration,
    ) -> Result<Option<CommitId>> {
        if !reference.starts_with("refs/notes/") {
            bail!("`{reference}` is no notes ref");
        }
        let deadline = Instant::now() + wait;
        let mut pause = Duration::from_micros(500);
        loop {
            let old = self.ref_id(reference)?;
            let Some(new) = self.notes_commit(old.as_ref(), edits, message)? else {
                return Ok(None);
            };
            let log = format!("notes: {}", message.lines().next().unwrap_or_default());
            let reason = match self.swap_ref(reference, old.as_ref(), &new, &log)? {
                Swap::Done => return Ok(Some(new)),
                Swap::Lost(reason) => reason,
            };
            if Instant::now() + pause >= deadline {
                let fault = Fault::user(format!("cannot update {reference}: {reason}"));
                return Err(fault.hint("git session sync").into());
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// A commit without a parent that holds nothing but what these edits make of nothing; no ref is moved. `None`
    /// when that is no note.
    pub fn notes_anew(&self, edits: &mut [Edit<'_>], message: &str) -> Result<Option<CommitId>> {
        self.notes_commit(None, edits, message)
    }

    /// The commit with the edits on top of an old one; `None` when its tree would be the same.
    fn notes_commit(
        &self,
        old: Option<&CommitId>,
        edits: &mut [Edit<'_>],
        message: &str,
    ) -> Result<Option<CommitId>> {
        let (mut top, before) = match old {
            Some(old) => {
                let tree = self.links(self.oid(old)?)?.tree;
                (Node::load(self, tree)?, Some(tree))
            }
            None => (Node::default(), None),
        };
        for edit in edits {
            let digits = edit.commit.as_str();
            let blobs = top.take(self, digits)?;
            let content = self.join(&blobs)?;
            if let Some(content) = (edit.change)(content) {
                let blob = self.parse_oid(&self.write_blob(&content)?)?;
                top.put(self, digits, blob)?;
            }
        }
        let after = top.store(self)?;
        let unchanged = match after {
            Some(_) => after == before,
            None => before.is_none_or(|id| id.to_string() == self.empty_tree()),
        };
        if unchanged {
            return Ok(None);
        }
        let tree = match after {
            Some(tree) => tree.to_string(),
            None => self.write_tree(&[])?,
        };
        let message = format!("{}\n", message.trim_end());
        self.write_commit(
            &tree,
            old.map(std::slice::from_ref).unwrap_or_default(),
            &message,
        )
        .map(Some)
    }

    /// The content of a note; that of several forms of one note is put together, as git does.
    fn join(&self, blobs: &[git2::Oid]) -> Result<Option<Vec<u8>>> {
        let mut whole: Option<Vec<u8>> = None;
        for blob in blobs {
            let Some(bytes) = self.read_blob(&blob.to_string())? else {
                bail!("note {blob} is missing");
            };
            match &mut whole {
                None => whole = Some(bytes),
                Some(whole) => {
                    if !whole.ends_with(b"\n") {
                        whole.push(b'\n');
                    }
                    whole.extend_from_slice(&bytes);
                }
            }
        }
        Ok(whole)
    }
}
