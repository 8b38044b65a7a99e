//! Which file of the repository a path of a report means. A report may come from another directory, machine or
//! container, and anybody can have written it: what can mean two files means none.

use std::collections::{BTreeMap, BTreeSet};

/// The files of a repository.
#[derive(Debug, Clone, Default)]
pub struct Paths {
    all: BTreeSet<Vec<u8>>,
    by_name: BTreeMap<Vec<u8>, Vec<Vec<u8>>>,
}

/// Where a report lies, and what it says of its paths.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place<'a> {
    /// The absolute path of the top of the work tree, in each of its spellings.
    pub tops: &'a [Vec<u8>],
    /// Directories that the report names as the start of its paths.
    pub sources: &'a [Vec<u8>],
    /// The directory of the report below the top.
    pub directory: &'a [u8],
}

type Parts<'a> = Vec<&'a [u8]>;

impl Paths {
    /// The files with these paths, relative to the top of the work tree.
    pub fn new(paths: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let all: BTreeSet<Vec<u8>> = paths.into_iter().collect();
        let mut by_name: BTreeMap<Vec<u8>, Vec<Vec<u8>>> = BTreeMap::new();
        for path in &all {
            by_name
                .entry(name(path).to_owned())
                .or_default()
                .push(path.clone());
        }
        Self { all, by_name }
    }

    /// The file that a path of a report means, by the first rule that fits:
    ///
    /// 1. an absolute path below the top of the work tree;
    /// 2. a relative one below exactly one of the sources; below several it means none;
    /// 3. a relative one below the directory of the report, or the nearest one above it;
    /// 4. the only file whose path ends in the relative one;
    /// 5. the file with the longest path, of two parts at least, that the path ends in.
    pub fn resolve(&self, path: &[u8], place: &Place<'_>) -> Option<&[u8]> {
        let slashed = with_slashes(path);
        if is_absolute(&slashed) {
            let parts = normal(&[&slashed])?;
            return match below(&parts, place.tops) {
                Some(inside) => self.known(&inside),
                None => self.longest_end(&parts),
            };
        }
        let mut sources = self.below_sources(&slashed, place);
        if sources.len() > 1 {
            return None;
        }
        sources
            .pop_first()
            .or_else(|| self.near(&slashed, place.directory))
            .or_else(|| self.by_end(&normal(&[&slashed])?))
    }

    /// The file with this path.
    fn known(&self, parts: &[&[u8]]) -> Option<&[u8]> {
        self.all.get(&parts.join(&b'/')).map(Vec::as_slice)
    }

    fn below_sources(&self, path: &[u8], place: &Place<'_>) -> BTreeSet<&[u8]> {
        let mut found = BTreeSet::new();
        for source in place.sources {
            let source = with_slashes(source);
            let whole = normal(&[&source, path]);
            let hit = whole.and_then(|parts| {
                let inside = if is_absolute(&source) {
                    below(&parts, place.tops)?
                } else {
                    parts
                };
                self.known(&inside)
            });
            found.extend(hit);
        }
        found
    }

    fn near(&self, path: &[u8], directory: &[u8]) -> Option<&[u8]> {
        let directory = normal(&[directory])?;
        (0..=directory.len()).rev().find_map(|length| {
            let start = directory[..length].join(&b'/');
            self.known(&normal(&[&start, path])?)
        })
    }

    fn by_end(&self, parts: &[&[u8]]) -> Option<&[u8]> {
        let end = parts.join(&b'/');
        let named = self.by_name.get(*parts.last()?)?;
        let mut ending = named.iter().filter(|path| ends_in(path, &end));
        match (ending.next(), ending.next()) {
            (Some(only), None) => Some(only),
            (Some(_), Some(_)) => None,
            (None, _) => self.longest_end(parts),
        }
    }

    fn longest_end(&self, parts: &[&[u8]]) -> Option<&[u8]> {
        let path = parts.join(&b'/');
        let named = self.by_name.get(*parts.last()?)?;
        let ends = named
            .iter()
            .filter(|file| file.contains(&b'/') && ends_in(&path, file));
        ends.max_by_key(|file| file.len()).map(Vec::as_slice)
    }
}

/// The last part of a path.
fn name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// Whether a path is another one or ends in it, in whole parts.
fn ends_in(path: &[u8], end: &[u8]) -> bool {
    let start = path.strip_suffix(end);
    start.is_some_and(|start| start.is_empty() || start.ends_with(b"/"))
}

/// A path of Windows as the others are written.
fn with_slashes(path: &[u8]) -> Vec<u8> {
    let windows = has_drive(path) || !path.contains(&b'/');
    let slash = |byte: &u8| match byte {
        b'\\' if windows => b'/',
        other => *other,
    };
    path.iter().map(slash).collect()
}

fn has_drive(path: &[u8]) -> bool {
    matches!(path, [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

fn is_absolute(path: &[u8]) -> bool {
    path.starts_with(b"/") || has_drive(path)
}

/// The parts of paths that are joined, `.` and `..` resolved; `None` when it leads above its start.
fn normal<'a>(paths: &[&'a [u8]]) -> Option<Parts<'a>> {
    let mut parts = Parts::new();
    for part in paths.iter().flat_map(|path| path.split(|b| *b == b'/')) {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty() || paths.len() == 1).then_some(parts)
}

/// What is left of an absolute path below one of these.
fn below<'a>(parts: &[&'a [u8]], tops: &[Vec<u8>]) -> Option<Parts<'a>> {
    tops.iter().find_map(|top| {
        let top = with_slashes(top);
        let top = normal(&[&top])?;
        parts.starts_with(&top).then(|| parts[top.len()..].to_vec())
    })
}
