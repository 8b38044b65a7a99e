//! Reflogs, read by hand: what happened to a ref in this clone, from a remembered place on.
//! Source: <https://git-scm.com/docs/gitrepository-layout> (`logs`), git's `refs/files-backend.c`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::domain::id::{BranchName, CommitId, InvalidId};
use crate::sys::fs;

/// One line of a reflog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where the ref was; `None` when it was made.
    pub old: Option<CommitId>,
    /// Where it went; `None` when it was deleted.
    pub new: Option<CommitId>,
    /// The name of who did it; what is not UTF-8 is replaced.
    pub name: String,
    /// The address of who did it.
    pub email: String,
    /// Seconds since 1970, UTC.
    pub seconds: i64,
    /// Such as `commit (amend): Fix it`; may be empty.
    pub message: String,
}

/// The end of a reflog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    /// The entries behind the place that was asked for, oldest first; lines that are torn are left out.
    pub entries: Vec<Entry>,
    /// Where the next entry will begin: remember this. An unfinished last line is read again next time.
    pub end: u64,
    /// The log is not the one that the place was remembered from (expired, deleted and made again), so
    /// `entries` is all of it.
    pub rewritten: bool,
}

/// The reflog of HEAD in one work tree.
pub fn head_log(git_dir: &Path) -> PathBuf {
    git_dir.join("logs").join("HEAD")
}

/// The reflog of a branch, which all work trees share.
pub fn branch_log(common_dir: &Path, branch: &BranchName) -> PathBuf {
    let path = common_dir.join("logs").join("refs").join("heads");
    branch
        .as_str()
        .split('/')
        .fold(path, |path, part| path.join(part))
}

/// The entries from a byte offset on; `None` when there is no such log.
pub fn since(log: &Path, offset: u64) -> Result<Option<Tail>> {
    let Some(length) = fs::length(log).filter(|_| log.is_file()) else {
        return Ok(None);
    };
    // one byte earlier, to see whether a line ends there
    let from = if offset > length {
        0
    } else {
        offset.saturating_sub(1)
    };
    let Some(bytes) = fs::read_from(log, from)? else {
        return Ok(None);
    };
    let whole = |bytes: &[u8], from: u64, rewritten| {
        let end = bytes
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |at| at + 1);
        Tail {
            entries: bytes[..end]
                .split(|b| *b == b'\n')
                .filter_map(parse)
                .collect(),
            end: from + end as u64,
            rewritten,
        }
    };
    if offset == 0 {
        return Ok(Some(whole(&bytes, 0, false)));
    }
    if let Some(bytes) = bytes.strip_prefix(b"\n").filter(|_| offset <= length) {
        return Ok(Some(whole(bytes, offset, false)));
    }
    let bytes = fs::read(log)?.unwrap_or_default();
    Ok(Some(whole(&bytes, 0, true)))
}

/// The newest entry, read from the end of the file; `None` when there is no log, or nothing in it.
pub fn last(log: &Path) -> Result<Option<Entry>> {
    let mut length = 4096_u64;
    loop {
        let Some((bytes, complete)) = ending(log, length)? else {
            return Ok(None);
        };
        let end = bytes.iter().rposition(|b| *b == b'\n').unwrap_or(0);
        let start = bytes[..end].iter().rposition(|b| *b == b'\n');
        match start {
            Some(at) => return Ok(parse(&bytes[at + 1..end])),
            None if complete => return Ok(parse(&bytes[..end])),
            None => length *= 4,
        }
    }
}

/// The oldest entry, which says how the ref came to be.
pub fn first(log: &Path) -> Result<Option<Entry>> {
    let bytes = if log.is_file() { fs::read(log)? } else { None };
    let bytes = bytes.unwrap_or_default();
    Ok(bytes.split(|b| *b == b'\n').find_map(parse))
}

/// At most so many bytes of the end of a file, and whether they are all of it.
fn ending(path: &Path, length: u64) -> Result<Option<(Vec<u8>, bool)>> {
    let Some(mut file) = fs::Parts::open(path)? else {
        return Ok(None);
    };
    let start = file.length().saturating_sub(length);
    let bytes = file.read(start, length)?;
    Ok(Some((bytes, start == 0)))
}

/// `<old> <new> <name> <<email>> <seconds> <zone>\t<message>`.
fn parse(line: &[u8]) -> Option<Entry> {
    let text = String::from_utf8_lossy(line);
    let (head, message) = text.split_once('\t').unwrap_or((&text, ""));
    let (old, rest) = head.split_once(' ')?;
    let (new, rest) = rest.split_once(' ')?;
    let (who, when) = rest.rsplit_once('>')?;
    let (name, email) = who.rsplit_once('<')?;
    let seconds = when.split_whitespace().next()?.parse().ok()?;
    Some(Entry {
        old: commit(old).ok()?,
        new: commit(new).ok()?,
        name: name.trim().to_owned(),
        email: email.to_owned(),
        seconds,
        message: message.to_owned(),
    })
}

/// An object id, of which all zeros means none.
fn commit(hex: &str) -> Result<Option<CommitId>, InvalidId> {
    let id = CommitId::new(hex)?;
    let nothing = id.as_str().bytes().all(|b| b == b'0');
    Ok((!nothing).then_some(id))
}
