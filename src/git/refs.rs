//! Refs read by hand: a loose file, else a binary search in `packed-refs`, which libgit2 would parse as a
//! whole (7 ms for 20,000 refs). Only for the files backend; [`super::Repo::open`] refuses others.

use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::sys::fs;

/// What a ref holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An object id in hexadecimal.
    Id(String),
    /// The full name of another ref, as bytes: names need not be UTF-8.
    Name(Vec<u8>),
}

/// The ref files of one work tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refs<'a> {
    pub(super) git_dir: &'a Path,
    pub(super) common_dir: &'a Path,
}

/// How many symbolic refs are followed: git's own limit.
const DEPTH: usize = 5;

impl Refs<'_> {
    /// Reads one ref without following it; `None` when it does not exist.
    pub(super) fn read(self, name: &[u8]) -> Result<Option<Target>> {
        let Some(path) = self.path(name) else {
            return Ok(None);
        };
        // a directory in the ref's place is no ref
        let loose = if path.is_dir() {
            None
        } else {
            fs::read(&path)?
        };
        match loose {
            Some(bytes) => Ok(parse(&bytes)),
            None if name.starts_with(b"refs/") => Ok(self.packed(name)?.map(Target::Id)),
            None => Ok(None),
        }
    }

    /// The object id that a ref leads to; `None` when it, or one on the way, does not exist.
    pub(super) fn id(self, name: &[u8]) -> Result<Option<String>> {
        let mut name = name.to_owned();
        for _ in 0..DEPTH {
            match self.read(&name)? {
                Some(Target::Id(id)) => return Ok(Some(id)),
                Some(Target::Name(next)) => name = next,
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The size of `packed-refs` in bytes.
    pub(super) fn packed_size(self) -> u64 {
        fs::length(&self.common_dir.join("packed-refs")).unwrap_or(0)
    }

    /// The names below a prefix such as `refs/remotes/`, in no order; names that are not UTF-8 are left out.
    pub(super) fn names(self, prefix: &str) -> Result<Vec<String>> {
        let mut names = Vec::new();
        self.loose_names(prefix, &mut names);
        self.packed_names(prefix, &mut names)?;
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// The packed refs that begin so. Of a sorted file only the part that holds them is read.
    fn packed_names(self, prefix: &str, names: &mut Vec<String>) -> Result<()> {
        let Some(mut file) = fs::Parts::open(&self.common_dir.join("packed-refs"))? else {
            return Ok(());
        };
        let (all, sorted) = packed_lines(&file.read(0, GLANCE)?, file.length());
        let mut at = if sorted {
            narrow(&mut file, all.clone(), prefix.as_bytes())?.start
        } else {
            all.start
        };
        while at < all.end {
            let part = file.read(at, PART.max(GLANCE))?;
            // of the last line only a part may have been read
            let whole = match part.iter().rposition(|byte| *byte == b'\n') {
                Some(end) => end + 1,
                None => part.len(),
            };
            if whole == 0 {
                break;
            }
            let mut line = 0;
            while line < whole {
                if let Some((_, name)) = record(&part[..whole], line) {
                    match std::str::from_utf8(name) {
                        Ok(name) if name.starts_with(prefix) => names.push(name.to_owned()),
                        _ if sorted
                            && name > prefix.as_bytes()
                            && !name.starts_with(prefix.as_bytes()) =>
                        {
                            return Ok(());
                        }
                        _ => {}
                    }
                }
                line = line_end(&part[..whole], line);
            }
            at += whole as u64;
        }
        Ok(())
    }

    /// The loose refs below a directory of refs that ends in a slash.
    fn loose_names(self, prefix: &str, names: &mut Vec<String>) {
        let Ok(entries) = std::fs::read_dir(self.common_dir.join(prefix)) else {
            return;
        };
        for entry in entries.flatten() {
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let full = format!("{prefix}{name}");
            if entry.path().is_dir() {
                self.loose_names(&format!("{full}/"), names);
            } else if full.strip_suffix(".lock").is_none() {
                names.push(full);
            }
        }
    }

    /// The file of a ref: of this work tree or of all, as `refs.c` (`is_per_worktree_ref`) has it.
    pub(super) fn path(self, name: &[u8]) -> Option<PathBuf> {
        let own = !name.starts_with(b"refs/")
            || [&b"refs/bisect/"[..], b"refs/worktree/", b"refs/rewritten/"]
                .iter()
                .any(|prefix| name.starts_with(prefix));
        let base = if own { self.git_dir } else { self.common_dir };
        let safe = name
            .split(|b| *b == b'/')
            .all(|part| !part.is_empty() && part != b"." && part != b"..");
        let relative = super::locate::path_from(name).filter(|_| safe)?;
        Some(base.join(relative))
    }

    /// Looks a ref up in `packed-refs`, of which most is not read when it is long and sorted.
    fn packed(self, name: &[u8]) -> Result<Option<String>> {
        let Some(mut file) = fs::Parts::open(&self.common_dir.join("packed-refs"))? else {
            return Ok(None);
        };
        let start = file.read(0, PART)?;
        let (all, sorted) = packed_lines(&start, file.length());
        let body = if file.length() <= PART {
            start[usize::try_from(all.start)?..].to_vec()
        } else {
            let part = if sorted {
                narrow(&mut file, all, name)?
            } else {
                all
            };
            file.read(part.start, part.end - part.start)?
        };
        let id = if sorted {
            bisect(&body, name)
        } else {
            scan(&body, name)
        };
        Ok(id.and_then(hexadecimal))
    }
}

/// Where the lines of refs are in `packed-refs`, and whether they are sorted.
/// `start`: how the file begins, a whole header at least.
fn packed_lines(start: &[u8], length: u64) -> (Range<u64>, bool) {
    let header = match start.first() {
        Some(b'#') => line_end(start, 0),
        _ => 0,
    };
    let mut words = start[..header].split(u8::is_ascii_whitespace);
    let sorted = words.any(|word| word == b"sorted");
    (header as u64..length, sorted)
}

/// So many bytes of `packed-refs` are read at a time.
const PART: u64 = 16 * 1024;
/// So many are read to see where a search is: more than a line.
const GLANCE: u64 = 1024;

/// Halves the sorted lines until what is left is worth reading. Both ends are where a ref's line begins.
fn narrow(file: &mut fs::Parts, mut range: Range<u64>, name: &[u8]) -> Result<Range<u64>> {
    while range.end - range.start > PART {
        let middle = range.start + (range.end - range.start) / 2;
        let bytes = file.read(middle, GLANCE)?;
        // without a whole line in sight, all that is left is read
        let Some((at, found)) = first_record(&bytes) else {
            break;
        };
        if name < found {
            range.end = middle + at as u64;
        } else {
            range.start = middle + at as u64;
        }
    }
    Ok(range)
}

/// The first line of a ref that begins and ends in these bytes, which begin anywhere: where it is, and the name.
fn first_record(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut at = line_end(bytes, 0);
    while bytes[at..].contains(&b'\n') {
        if let Some((_, name)) = record(bytes, at) {
            return Some((at, name));
        }
        at = line_end(bytes, at);
    }
    None
}

/// The content of a loose ref file.
fn parse(bytes: &[u8]) -> Option<Target> {
    match bytes.strip_prefix(b"ref:") {
        Some(name) => Some(Target::Name(name.trim_ascii().to_owned())),
        None => hexadecimal(bytes.trim_ascii()).map(Target::Id),
    }
}

/// An object id of either length.
fn hexadecimal(bytes: &[u8]) -> Option<String> {
    let valid = matches!(bytes.len(), 40 | 64) && bytes.iter().all(u8::is_ascii_hexdigit);
    valid.then(|| bytes.iter().map(|b| char::from(*b)).collect())
}

/// Just behind the newline that ends the line at a position.
fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = &bytes[from..];
    rest.iter()
        .position(|b| *b == b'\n')
        .map_or(bytes.len(), |at| from + at + 1)
}

/// The line at a position as id and name; `^<id>` lines, which peel the tag before them, are none.
fn record(bytes: &[u8], from: usize) -> Option<(&[u8], &[u8])> {
    let line = bytes[from..line_end(bytes, from)].trim_ascii_end();
    let space = line.iter().position(|b| *b == b' ')?;
    (!matches!(line[0], b'^' | b'#')).then(|| (&line[..space], &line[space + 1..]))
}

/// Looks at every line.
fn scan<'a>(body: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut at = 0;
    while at < body.len() {
        match record(body, at) {
            Some((id, found)) if found == name => return Some(id),
            _ => at = line_end(body, at),
        }
    }
    None
}

/// Halves the sorted lines until the name is found.
fn bisect<'a>(body: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (mut low, mut high) = (0, body.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let before = body[low..middle].iter().rposition(|b| *b == b'\n');
        let mut start = before.map_or(low, |at| low + at + 1);
        let line = start;
        while start < high && body[start] == b'^' {
            start = line_end(body, start);
        }
        if start >= high {
            high = line;
            continue;
        }
        let (id, found) = record(body, start)?;
        match found.cmp(name) {
            std::cmp::Ordering::Equal => return Some(id),
            std::cmp::Ordering::Less => low = line_end(body, start),
            std::cmp::Ordering::Greater => high = line,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Refs, Target, bisect, scan};

    #[test]
    fn the_binary_search_finds_what_a_scan_finds() {
        for count in [0_usize, 1, 2, 3, 7, 64, 257] {
            let line = |i: usize| {
                let id = format!("{i:040x}");
                let peeled = format!("^{id}\n");
                let peeled = if i.is_multiple_of(3) { &peeled } else { "" };
                format!("{id} refs/tags/v{i:05}\n{peeled}")
            };
            let body = (0..count).map(line).collect::<Vec<_>>().concat();
            for i in 0..count + 2 {
                let name = format!("refs/tags/v{i:05}");
                let (a, b) = (body.as_bytes(), name.as_bytes());
                assert_eq!(bisect(a, b), scan(a, b), "{name} of {count}");
                assert_eq!(bisect(a, b).is_some(), i < count);
            }
            assert_eq!(bisect(body.as_bytes(), b"refs/a"), None);
        }
    }
    #[test]
    fn the_names_of_a_sorted_file_are_those_of_an_unsorted_one() {
        let directory = tempfile::tempdir().expect("a directory");
        let refs = Refs {
            git_dir: directory.path(),
            common_dir: directory.path(),
        };
        let line = |i: usize| {
            let peeled = if i.is_multiple_of(5) { "^0\n" } else { "" };
            let place = ["heads", "notes/session", "session-remote/o", "tags"][i / 1000];
            format!(
                "{i:040x} refs/{place}/v{i:05}{}\n{peeled}",
                "x".repeat(i % 70)
            )
        };
        let body = (0..4000).map(line).collect::<Vec<_>>().concat();
        let mut found = Vec::new();
        for header in ["# pack-refs with: peeled sorted \n", "# pack-refs\n", ""] {
            let path = directory.path().join("packed-refs");
            let bytes = format!("{header}{body}");
            let sharing = crate::sys::fs::Sharing::Umask;
            crate::sys::fs::write_atomic(&path, bytes.as_bytes(), sharing).expect("written");
            let names = |prefix| refs.names(prefix).expect("read").len();
            let prefixes = [
                "refs/heads/",
                "refs/notes/",
                "refs/session-remote/",
                "refs/tags/",
                "refs/a/",
                "refs/z/",
                "refs/",
            ];
            found.push(prefixes.map(names));
        }
        assert_eq!(found, [[1000, 1000, 1000, 1000, 0, 0, 4000]; 3]);
    }

    #[test]
    fn a_long_file_is_searched_without_being_read() {
        let directory = tempfile::tempdir().expect("a directory");
        let line = |i: usize| {
            let peeled = if i.is_multiple_of(3) { "^0\n" } else { "" };
            // names of very different lengths, one of them longer than a glance
            let long = "x".repeat(if i == 1500 { 1200 } else { i % 90 });
            format!("{i:040x} refs/tags/v{i:05}{long}\n{peeled}")
        };
        let name = |i: usize| {
            let line = line(i);
            let name = &line[41..line.find('\n').expect("a line")];
            name.as_bytes().to_owned()
        };
        let body = (0..3000).map(line).collect::<Vec<_>>().concat();
        let refs = Refs {
            git_dir: directory.path(),
            common_dir: directory.path(),
        };
        for header in ["# pack-refs with: peeled sorted \n", "# pack-refs\n", ""] {
            let path = directory.path().join("packed-refs");
            crate::sys::fs::write_atomic(
                &path,
                format!("{header}{body}").as_bytes(),
                crate::sys::fs::Sharing::Umask,
            )
            .expect("written");
            for i in (0..3000).step_by(7).chain([1499, 1500, 1501, 2999]) {
                let found = refs.read(&name(i)).expect("read");
                assert_eq!(found, Some(Target::Id(format!("{i:040x}"))), "{header}{i}");
            }
            for absent in ["refs/a", "refs/tags/v01234!", "refs/tags/v9", "refs/z"] {
                assert_eq!(refs.read(absent.as_bytes()).expect("read"), None);
            }
        }
    }
}
