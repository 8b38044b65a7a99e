//! The index, read by hand: only what a comparison with a tree needs. libgit2 takes five times as long,
//! checks what git has checked, and refuses sparse directories.
//! Source: <https://git-scm.com/docs/index-format>.

mod cached;

use std::ops::Range;

use git2::Oid;

pub(super) use cached::cached_tree;

use super::tree::{Below, DIRECTORY, Item};

/// One path of the index that is neither in conflict nor only intended to be added.
#[derive(Clone, Debug)]
struct Entry {
    name: Range<usize>,
    mode: u32,
    id: usize,
}

/// What the index remembers about the tree of a directory.
#[derive(Clone, Debug)]
pub(super) struct CacheTree {
    name: Vec<u8>,
    /// `None` when something below has changed since.
    id: Option<Oid>,
    below: Vec<Self>,
}

/// The entries of an index file.
#[derive(Debug)]
pub(super) struct Index {
    bytes: Vec<u8>,
    /// The names of version 4, which compresses them; else they are read from `bytes`.
    names: Option<Vec<u8>>,
    entries: Vec<Entry>,
    id_length: usize,
    cache: Option<CacheTree>,
    /// Paths with several stages: neither changed nor unchanged.
    pub(super) conflicts: Vec<Vec<u8>>,
}

/// Flag of an entry: a second word of flags follows.
const EXTENDED: u16 = 0x4000;
/// Flag in that word: `git add --intent-to-add`.
const INTENT_TO_ADD: u16 = 0x2000;
/// Flags of an entry: the length of the name, all set when it is longer.
const NAME_LENGTH: u16 = 0x0fff;
/// Bytes of an entry in front of the object id.
const STAT_LENGTH: usize = 40;

/// A name, whose place in the buffer is known, and where the next entry begins.
struct Placed {
    name: Range<usize>,
    next: usize,
}

impl Index {
    /// Reads an index file; `None` when only git can: a split index, an unknown format, a broken file.
    pub(super) fn parse(bytes: Vec<u8>, id_length: usize) -> Option<Self> {
        let mut index = Self {
            bytes,
            names: None,
            entries: Vec::new(),
            id_length,
            cache: None,
            conflicts: Vec::new(),
        };
        if index.bytes.is_empty() {
            return Some(index);
        }
        let version = index.number(4)?;
        if !index.bytes.starts_with(b"DIRC") || !(2..=4).contains(&version) {
            return None;
        }
        if version == 4 {
            index.names = Some(Vec::new());
        }
        let count = usize::try_from(index.number(8)?).ok()?;
        index.entries.reserve(count.min(index.bytes.len() / 64));
        let mut at = 12;
        let mut last = 0..0;
        for _ in 0..count {
            let next = index.entry(at, &last)?;
            at = next.next;
            last = next.name;
        }
        index.extensions(at)?;
        Some(index)
    }

    /// The content of the top directory.
    pub(super) fn top(&self) -> Vec<Item<'_>> {
        self.level(0..self.entries.len(), 0, self.cache.as_ref())
    }

    /// The tree of the whole index, when nothing has changed since git last made it.
    pub(super) fn tree(&self) -> Option<Oid> {
        self.cache.as_ref()?.id
    }

    /// The content of the directory that a run of entries lies in; its path has `depth` bytes.
    pub(super) fn level<'a>(
        &'a self,
        range: Range<usize>,
        depth: usize,
        cached: Option<&'a CacheTree>,
    ) -> Vec<Item<'a>> {
        let mut items = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let entry = &self.entries[at];
            let rest = &self.name(entry)[depth..];
            let slash = rest.iter().position(|b| *b == b'/');
            let name = rest[..slash.unwrap_or(rest.len())].to_owned();
            let (mode, id, below, next) = match slash {
                None => (entry.mode, self.id(entry.id), Below::Tree, at + 1),
                // a sparse directory: the entry is the tree
                Some(slash) if slash + 1 == rest.len() => {
                    (DIRECTORY, self.id(entry.id), Below::Tree, at + 1)
                }
                Some(slash) => {
                    let prefix = &self.name(entry)[..=depth + slash];
                    let run = self.entries[at..range.end]
                        .partition_point(|entry| self.name(entry).starts_with(prefix));
                    let tree = cached.and_then(|tree| tree.child(&name));
                    let id = tree.and_then(|tree| tree.id);
                    (DIRECTORY, id, Below::Index(at..at + run, tree), at + run)
                }
            };
            items.push(Item {
                name,
                mode,
                id,
                below,
            });
            at = next;
        }
        items
    }

    /// Reads one entry and keeps it, unless it is none that a commit would have.
    fn entry(&mut self, at: usize, last: &Range<usize>) -> Option<Placed> {
        let id = at + STAT_LENGTH;
        let flags = self.word(id + self.id_length)?;
        let mut name = id + self.id_length + 2;
        let mut intended = false;
        if flags & EXTENDED != 0 {
            intended = self.word(name)? & INTENT_TO_ADD != 0;
            name += 2;
        }
        let placed = if self.names.is_some() {
            self.compressed(name, last)?
        } else {
            self.plain(at, name, flags & NAME_LENGTH)?
        };
        let entry = Entry {
            name: placed.name.clone(),
            mode: self.number(at + 24)?,
            id,
        };
        if flags & 0x3000 != 0 {
            let path = self.name(&entry).to_owned();
            self.conflicts.push(path);
        } else if !intended {
            // the search in `level` relies on the order
            let last = self.entries.last();
            if last.is_some_and(|last| self.name(last) >= self.name(&entry)) {
                return None;
            }
            self.entries.push(entry);
        }
        Some(placed)
    }

    /// A name of version 2 or 3, padded with NUL to a multiple of eight.
    fn plain(&self, at: usize, start: usize, length: u16) -> Option<Placed> {
        let length = if length < NAME_LENGTH {
            usize::from(length)
        } else {
            self.bytes.get(start..)?.iter().position(|b| *b == 0)?
        };
        let end = start + length;
        let next = at + (end - at + 8) / 8 * 8;
        (next <= self.bytes.len()).then_some(Placed {
            name: start..end,
            next,
        })
    }

    /// A name of version 4: how many bytes of the last name to drop, then what follows them.
    fn compressed(&mut self, start: usize, last: &Range<usize>) -> Option<Placed> {
        let mut at = start;
        let mut byte = *self.bytes.get(at)?;
        let mut drop = usize::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            at += 1;
            byte = *self.bytes.get(at)?;
            drop = (drop.checked_add(1)?.checked_mul(128)?) | usize::from(byte & 0x7f);
        }
        let suffix = self.bytes.get(at + 1..)?;
        let suffix = &suffix[..suffix.iter().position(|b| *b == 0)?];
        let keep = last.len().checked_sub(drop)?;
        let names = self.names.as_mut()?;
        let begin = names.len();
        names.extend_from_within(last.start..last.start + keep);
        names.extend_from_slice(suffix);
        Some(Placed {
            name: begin..names.len(),
            next: at + suffix.len() + 2,
        })
    }

    /// Reads what follows the entries. An extension in lower case changes what they mean.
    fn extensions(&mut self, mut at: usize) -> Option<()> {
        let end = self.bytes.len().checked_sub(self.id_length)?;
        while at + 8 <= end {
            let length = usize::try_from(self.number(at + 4)?).ok()?;
            let body = self.bytes.get(at + 8..at + 8 + length)?;
            match &self.bytes[at..at + 4] {
                b"TREE" => self.cache = cache_tree(&mut &*body, self.id_length, 0),
                b"sdir" => {}
                name if name[0].is_ascii_uppercase() => {}
                _ => return None,
            }
            at += 8 + length;
        }
        Some(())
    }

    fn name(&self, entry: &Entry) -> &[u8] {
        &self.names.as_ref().unwrap_or(&self.bytes)[entry.name.clone()]
    }

    fn id(&self, at: usize) -> Option<Oid> {
        Oid::from_bytes(self.bytes.get(at..at + self.id_length)?).ok()
    }

    fn number(&self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    fn word(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at + 2)?;
        Some(u16::from_be_bytes(bytes.try_into().ok()?))
    }
}

impl CacheTree {
    fn child(&self, name: &[u8]) -> Option<&Self> {
        let found = self
            .below
            .binary_search_by(|child| child.name.as_slice().cmp(name));
        found.ok().map(|at| &self.below[at])
    }
}

/// `<name>\0<entries> <subtrees>\n<id>`, the id only when the number of entries is not negative.
fn cache_tree(bytes: &mut &[u8], id_length: usize, depth: usize) -> Option<CacheTree> {
    let name = take_until(bytes, 0)?.to_owned();
    let (subtrees, id) = top_of_cache_tree(bytes, id_length)?;
    let mut below = Vec::new();
    for _ in 0..subtrees {
        if depth >= 512 {
            return None;
        }
        below.push(cache_tree(bytes, id_length, depth + 1)?);
    }
    below.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Some(CacheTree { name, id, below })
}

/// What stands behind the name: the number of subtrees, and the id.
fn top_of_cache_tree(bytes: &mut &[u8], id_length: usize) -> Option<(usize, Option<Oid>)> {
    let count = std::str::from_utf8(take_until(bytes, b' ')?).ok()?;
    let count: i64 = count.parse().ok()?;
    let subtrees = std::str::from_utf8(take_until(bytes, b'\n')?).ok()?;
    let subtrees: usize = subtrees.parse().ok()?;
    let id = if count >= 0 {
        let (id, rest) = bytes.split_at_checked(id_length)?;
        *bytes = rest;
        Some(Oid::from_bytes(id).ok()?)
    } else {
        None
    };
    Some((subtrees, id))
}

/// Takes what stands before a byte, and the byte.
fn take_until<'a>(bytes: &mut &'a [u8], end: u8) -> Option<&'a [u8]> {
    let at = bytes.iter().position(|b| *b == end)?;
    let (taken, rest) = bytes.split_at(at);
    *bytes = &rest[1..];
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::Index;

    #[test]
    fn damaged_files_never_panic() {
        let mut file = b"DIRC\0\0\0\x02\0\0\0\x02".to_vec();
        for name in [&b"a/b"[..], b"a/c"] {
            file.extend_from_slice(&[0; 60]);
            file.extend_from_slice(&[0, 3]);
            file.extend_from_slice(name);
            file.extend_from_slice(&[0; 7]);
        }
        file.extend_from_slice(b"TREE\0\0\0\x0a\0-1 1\na\0-1");
        file.extend_from_slice(&[0; 20]);
        let whole = Index::parse(file.clone(), 20).expect("it is whole");
        assert_eq!(whole.top().len(), 1);
        for at in 0..file.len() {
            for byte in [0, 1, 4, 0x40, 0x7f, 0xff] {
                let mut damaged = file.clone();
                damaged[at] = byte;
                if let Some(index) = Index::parse(damaged, 20) {
                    index.top();
                }
            }
            if let Some(index) = Index::parse(file[..at].to_vec(), 20) {
                index.top();
            }
        }
    }
}
