//! A notes tree that is read as far as needed, edited, and written back where it changed.
//! Source: git's `notes.c`; a note of commit `abcdef…` is at `abcdef…`, `ab/cdef…`, `ab/cd/ef…` and so on.

use anyhow::{Result, bail};
use git2::Oid;

use super::repo::Repo;
use super::tree;

/// A directory of the tree.
#[derive(Debug, Default)]
pub(super) struct Node {
    entries: Vec<Entry>,
    /// The tree that this was read from, until something is changed.
    stored: Option<Oid>,
}

#[derive(Debug)]
struct Entry {
    mode: u32,
    name: Vec<u8>,
    slot: Slot,
}

#[derive(Debug)]
enum Slot {
    Stored(Oid),
    Open(Node),
}

impl Node {
    /// Reads a tree, or the tree of a commit that is not going to be stored again.
    pub(super) fn load(repo: &Repo, id: Oid) -> Result<Self> {
        let items = repo.tree_items(id)?;
        let entry = |item: tree::Item<'_>| {
            Some(Entry {
                mode: item.mode,
                name: item.name,
                slot: Slot::Stored(item.id?),
            })
        };
        Ok(Self {
            entries: items.into_iter().filter_map(entry).collect(),
            stored: Some(id),
        })
    }

    /// Takes every form of an object's note out: `digits` are what is left of its id at this level.
    pub(super) fn take(&mut self, repo: &Repo, digits: &str) -> Result<Vec<Oid>> {
        let mut taken = Vec::new();
        if let Some((pair, rest)) = digits
            .split_at_checked(2)
            .filter(|(_, rest)| !rest.is_empty())
            && let Some(below) = self.open(repo, pair)?
        {
            taken = below.take(repo, rest)?;
            if !taken.is_empty() {
                self.stored = None;
            }
        }
        let flat = |entry: &Entry| entry.mode != tree::DIRECTORY && entry.name == digits.as_bytes();
        if let Some(at) = self.entries.iter().position(flat) {
            if let Slot::Stored(id) = self.entries.remove(at).slot {
                taken.push(id);
            }
            self.stored = None;
        }
        Ok(taken)
    }

    /// Puts a note at `ab/cdef…`.
    pub(super) fn put(&mut self, repo: &Repo, digits: &str, note: Oid) -> Result<()> {
        let (pair, rest) = digits.split_at(2);
        if self.open(repo, pair)?.is_none() {
            self.entries.push(Entry {
                mode: tree::DIRECTORY,
                name: pair.as_bytes().to_owned(),
                slot: Slot::Open(Self::default()),
            });
        }
        self.stored = None;
        let Some(below) = self.open(repo, pair)? else {
            bail!("a directory of notes has vanished");
        };
        below.stored = None;
        below.entries.push(Entry {
            mode: tree::FILE,
            name: rest.as_bytes().to_owned(),
            slot: Slot::Stored(note),
        });
        Ok(())
    }

    /// Writes what has changed; `None` when nothing is left.
    pub(super) fn store(&self, repo: &Repo) -> Result<Option<Oid>> {
        if self.stored.is_some() {
            return Ok(self.stored);
        }
        let mut entries = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let id = match &entry.slot {
                Slot::Stored(id) => Some(*id),
                Slot::Open(node) => node.store(repo)?,
            };
            entries.extend(id.map(|id| (entry.mode, entry.name.as_slice(), id)));
        }
        if entries.is_empty() {
            return Ok(None);
        }
        Ok(Some(repo.store_tree(entries)?))
    }

    /// Every note below, as hexadecimal id of the object and of the blob; other files are passed over.
    pub(super) fn list(
        &mut self,
        repo: &Repo,
        prefix: &str,
        found: &mut Vec<(String, Oid)>,
    ) -> Result<()> {
        let length = repo.empty_tree().len();
        for at in 0..self.entries.len() {
            let Ok(name) = std::str::from_utf8(&self.entries[at].name) else {
                continue;
            };
            let name = name.to_owned();
            let digits = format!("{prefix}{name}");
            if !name.bytes().all(|b| b.is_ascii_hexdigit()) {
                continue;
            }
            if let Slot::Stored(id) = self.entries[at].slot
                && self.entries[at].mode != tree::DIRECTORY
            {
                found.extend((digits.len() == length).then_some((digits, id)));
            } else if name.len() == 2
                && let Some(below) = self.open(repo, &name)?
            {
                below.list(repo, &digits, found)?;
            }
        }
        Ok(())
    }

    /// The directory of two digits, read.
    fn open(&mut self, repo: &Repo, pair: &str) -> Result<Option<&mut Self>> {
        let wanted =
            |entry: &&mut Entry| entry.mode == tree::DIRECTORY && entry.name == pair.as_bytes();
        let Some(entry) = self.entries.iter_mut().find(wanted) else {
            return Ok(None);
        };
        if let Slot::Stored(id) = entry.slot {
            entry.slot = Slot::Open(Self::load(repo, id)?);
        }
        match &mut entry.slot {
            Slot::Open(node) => Ok(Some(node)),
            Slot::Stored(_) => Ok(None),
        }
    }
}
