//! Tree objects as git stores them, and the comparison of two listings that never opens equal ids.

use std::cmp::Ordering;
use std::ops::Range;

use anyhow::{Context as _, Result, bail};
use git2::Oid;

use super::index::{CacheTree, Index};
use super::repo::Repo;

/// The mode of a directory in a tree.
pub(super) const DIRECTORY: u32 = 0o040_000;
/// The mode of a file that nobody runs.
pub(super) const FILE: u32 = 0o100_644;
/// The mode of a submodule.
const SUBMODULE: u32 = 0o160_000;
/// The bits of a mode that say what kind of thing it is.
const KIND: u32 = 0o170_000;
/// Deeper trees are refused: git's own default for `core.maxTreeDepth` on its smallest stack is 512.
const DEEPEST: usize = 512;

/// What a directory's content is read from.
#[derive(Clone, Debug)]
pub(super) enum Below<'a> {
    /// The tree object of the item's id.
    Tree,
    /// A run of index entries, and what the index remembers about their tree.
    Index(Range<usize>, Option<&'a CacheTree>),
}

/// One name in a directory.
#[derive(Clone, Debug)]
pub(super) struct Item<'a> {
    pub(super) name: Vec<u8>,
    pub(super) mode: u32,
    /// `None` for a directory whose tree the index does not know.
    pub(super) id: Option<Oid>,
    pub(super) below: Below<'a>,
}

impl Item<'_> {
    fn is_directory(&self) -> bool {
        self.mode & KIND == DIRECTORY
    }

    /// The id of a blob, in hexadecimal; a submodule has none.
    fn blob(&self) -> Option<String> {
        let id = self.id.filter(|_| self.mode & KIND != SUBMODULE)?;
        Some(id.to_string())
    }

    /// The kind, and whether it can be executed: all that git keeps of a mode.
    const fn canonical_mode(&self) -> u32 {
        self.mode & (KIND | 0o100)
    }

    /// The order of trees.
    fn cmp(&self, other: &Self) -> Ordering {
        order((&self.name, self.mode), (&other.name, other.mode))
    }
}

/// The order of the entries of a tree, by name and mode: a directory sorts as if its name ended in a slash.
pub(super) fn order(a: (&[u8], u32), b: (&[u8], u32)) -> Ordering {
    let length = a.0.len().min(b.0.len());
    let next = |(name, mode): (&[u8], u32)| {
        let slash = (mode & KIND == DIRECTORY).then_some(b'/');
        name.get(length).copied().or(slash)
    };
    let same = a.0[..length].cmp(&b.0[..length]);
    same.then_with(|| next(a).cmp(&next(b)))
}

/// What happened to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// Its content or mode is another one.
    Modified,
    /// It is not there any more.
    Deleted,
    /// A file became a symbolic link or a submodule, or the other way round.
    TypeChanged,
}

/// One changed path. A rename is a [`ChangeKind::Deleted`] and an [`ChangeKind::Added`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawChange {
    /// What happened.
    pub kind: ChangeKind,
    /// The path from the top of the work tree, with `/`, as git has it.
    pub path: Vec<u8>,
    /// The blob before, in hexadecimal; `None` when added, and for submodules.
    pub old: Option<String>,
    /// The blob after, in hexadecimal; `None` when deleted, and for submodules.
    pub new: Option<String>,
}

/// The entries of a tree object, in its order.
pub(super) fn parse<'a>(bytes: &[u8], id_length: usize) -> Result<Vec<Item<'a>>> {
    let mut items = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let item = parse_entry(rest, id_length).context("a tree object is broken")?;
        rest = &rest[item.1..];
        items.push(item.0);
    }
    Ok(items)
}

/// `<mode> <name>\0<id>`, and its length.
fn parse_entry<'a>(bytes: &[u8], id_length: usize) -> Option<(Item<'a>, usize)> {
    let space = bytes.iter().position(|b| *b == b' ')?;
    let mode = std::str::from_utf8(&bytes[..space]).ok()?;
    let nul = space + bytes[space..].iter().position(|b| *b == 0)?;
    let end = nul + 1 + id_length;
    let item = Item {
        name: bytes[space + 1..nul].to_owned(),
        mode: u32::from_str_radix(mode, 8).ok()?,
        id: Some(Oid::from_bytes(bytes.get(nul + 1..end)?).ok()?),
        below: Below::Tree,
    };
    Some((item, end))
}

/// So many changes are listed; a longer list has one more. A commit of 20,000 files took git 38 ms to list, and a
/// hook must not take longer than the commit.
pub const MOST_CHANGES: usize = 1000;

/// Compares two listings. Only what differs is read, and nothing once the list is full.
pub(super) struct Comparison<'a> {
    pub(super) repo: &'a Repo,
    pub(super) index: Option<&'a Index>,
    pub(super) changes: Vec<RawChange>,
}

impl<'a> Comparison<'a> {
    /// The entries of a tree; none for the empty tree, which need not be stored.
    pub(super) fn tree(&self, id: Option<Oid>) -> Result<Vec<Item<'a>>> {
        match id {
            None => Ok(Vec::new()),
            Some(id) => self.repo.tree_items(id),
        }
    }

    /// Adds what differs between two listings of one directory, whose path ends in `/` or is empty.
    pub(super) fn run(
        &mut self,
        path: &mut Vec<u8>,
        old: &[Item<'a>],
        new: &[Item<'a>],
        depth: usize,
    ) -> Result<()> {
        if depth > DEEPEST {
            bail!("a tree is more than {DEEPEST} directories deep");
        }
        let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
        while self.changes.len() <= MOST_CHANGES {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(before), Some(after)) => before.cmp(after),
            };
            let before = old.next_if(|_| order != Ordering::Greater);
            let after = new.next_if(|_| order != Ordering::Less);
            self.pair(path, before, after, depth)?;
        }
        Ok(())
    }

    /// One name on either side or on both.
    fn pair(
        &mut self,
        path: &mut Vec<u8>,
        old: Option<&Item<'a>>,
        new: Option<&Item<'a>>,
        depth: usize,
    ) -> Result<()> {
        let Some(any) = old.or(new) else {
            return Ok(());
        };
        if let (Some(old), Some(new)) = (old, new)
            && old.id.is_some()
            && old.id == new.id
            && old.canonical_mode() == new.canonical_mode()
        {
            return Ok(());
        }
        let length = path.len();
        path.extend_from_slice(&any.name);
        if any.is_directory() {
            path.push(b'/');
            let (old, new) = (self.children(old, path)?, self.children(new, path)?);
            self.run(path, &old, &new, depth + 1)?;
        } else {
            let kind = match (old, new) {
                (None, _) => ChangeKind::Added,
                (_, None) => ChangeKind::Deleted,
                (Some(old), Some(new)) if old.mode & KIND != new.mode & KIND => {
                    ChangeKind::TypeChanged
                }
                _ => ChangeKind::Modified,
            };
            self.changes.push(RawChange {
                kind,
                path: path.clone(),
                old: old.and_then(Item::blob),
                new: new.and_then(Item::blob),
            });
        }
        path.truncate(length);
        Ok(())
    }

    /// The entries of a directory; none when there is no such directory.
    fn children(&self, item: Option<&Item<'a>>, path: &[u8]) -> Result<Vec<Item<'a>>> {
        match item {
            None => Ok(Vec::new()),
            Some(item) => match (&item.below, self.index) {
                (Below::Index(range, cached), Some(index)) => {
                    Ok(index.level(range.clone(), path.len(), *cached))
                }
                _ => self.tree(item.id),
            },
        }
    }
}
