//! The tree that git has just written from an index, found without reading what the entries say.

use git2::Oid;

use super::{EXTENDED, NAME_LENGTH, STAT_LENGTH, take_until, top_of_cache_tree};
use crate::sys::fs::Parts;

/// An index file, of which a part is in memory at a time: what is stepped over needs no more.
struct Steps<'a> {
    file: &'a mut Parts,
    part: Vec<u8>,
    from: u64,
}

/// So many bytes of an index are in memory at a time.
const STEP: u64 = 64 * 1024;

impl Steps<'_> {
    /// Some bytes at an offset.
    fn bytes(&mut self, at: u64, length: usize) -> Option<&[u8]> {
        let inside = at
            .checked_sub(self.from)
            .and_then(|at| usize::try_from(at).ok());
        let inside = inside.filter(|start| start + length <= self.part.len());
        if inside.is_none() {
            self.part = self.file.read(at, STEP).ok()?;
            self.from = at;
        }
        let start = inside.unwrap_or(0);
        self.part.get(start..start + length)
    }

    fn number(&mut self, at: u64) -> Option<u32> {
        Some(u32::from_be_bytes(self.bytes(at, 4)?.try_into().ok()?))
    }

    fn word(&mut self, at: u64) -> Option<u16> {
        Some(u16::from_be_bytes(self.bytes(at, 2)?.try_into().ok()?))
    }
}

/// The tree of the whole index, when nothing has changed since git last made it, as in `git commit` before the
/// hooks: then the entries need only be stepped over. `None` when they have to be read.
pub(in crate::git) fn cached_tree(file: &mut Parts, id_length: usize) -> Option<Oid> {
    let end = file.length().checked_sub(id_length as u64)?;
    let mut steps = Steps {
        file,
        part: Vec::new(),
        from: 0,
    };
    // version 4 has no lengths of names
    let known = steps.bytes(0, 4)? == b"DIRC" && (2..=3).contains(&steps.number(4)?);
    if !known {
        return None;
    }
    let mut at = 12;
    for _ in 0..steps.number(8)? {
        let flags = STAT_LENGTH + id_length;
        let word = steps.word(at + flags as u64)?;
        if word & NAME_LENGTH == NAME_LENGTH {
            return None;
        }
        let more = if word & EXTENDED == 0 { 2 } else { 4 };
        let length = flags + more + usize::from(word & NAME_LENGTH);
        at += (length as u64 + 8) / 8 * 8;
    }
    while at + 8 <= end {
        let length = steps.number(at + 4)?;
        match steps.bytes(at, 4)? {
            b"TREE" => {
                return top_of_index(
                    steps.bytes(at + 8, length.min(LONGEST_TOP) as usize)?,
                    id_length,
                );
            }
            name if name[0].is_ascii_uppercase() || name == b"sdir" => {
                at += 8 + u64::from(length);
            }
            _ => return None,
        }
    }
    None
}

/// The first line of remembered trees is no longer: two numbers and an id.
const LONGEST_TOP: u32 = 100;

/// The id of the first of the remembered trees, that of the whole index.
fn top_of_index(mut bytes: &[u8], id_length: usize) -> Option<Oid> {
    take_until(&mut bytes, 0)?;
    top_of_cache_tree(&mut bytes, id_length)?.1
}
