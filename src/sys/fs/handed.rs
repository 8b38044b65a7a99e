//! Files that a person names to write to: what is there stays what it is.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::{Sharing, entries, write_atomic};

/// So many symbolic links lead on, as on Linux.
const MOST_LINKS: usize = 40;

/// Where a write to a path ends up: symbolic links are followed, also those that lead to nothing yet.
pub fn destination(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        // a link such as /dev/fd/1 may lead to what has no path
        let led = entries::link_target(&path).filter(|_| fs::metadata(&path).is_err());
        let Some(target) = led else { break };
        let beside = path.parent().map(|parent| parent.join(&target));
        path = beside.unwrap_or(target);
    }
    entries::resolve(&path)
}

/// Writes to what a person has named, as a shell does: what is there is written into, be it a file, a pipe or a
/// device, and keeps its mode and its owner; what is not there is made as a whole.
pub fn write_into(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).truncate(true);
        options.open(path)?.write_all(bytes)
    };
    if fs::metadata(path).is_err() {
        return write_atomic(&destination(path), bytes, Sharing::Umask);
    }
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Replaces a file of a person as a whole; the new one has the mode of the old one.
pub fn replace_keeping_mode(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> io::Result<()> {
        let mode = fs::metadata(path)?.permissions();
        let directory = path.parent().unwrap_or(Path::new("."));
        let mut new = tempfile::Builder::new()
            .prefix(".git-session-")
            .tempfile_in(directory)?;
        new.write_all(bytes)?;
        new.as_file().set_permissions(mode)?;
        new.persist(path)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
