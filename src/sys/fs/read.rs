//! Reading files: whole, from an offset on, or only the start. What is no regular file is not waited for.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::{Context as _, Result};

use super::{open, optional};

/// The bytes of a file from an offset to its end; `None` when there is no such file.
pub fn read_from(path: &Path, offset: u64) -> Result<Option<Vec<u8>>> {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = open::to_read(path)?;
        let left = open::regular(&file)?.len().saturating_sub(offset);
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::with_capacity(usize::try_from(left).unwrap_or(0));
        file.take(left).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    optional(read()).with_context(|| format!("cannot read {}", path.display()))
}

/// The bytes of a file; `None` when there is no such file.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    optional(read_whole(path)).with_context(|| format!("cannot read {}", path.display()))
}

/// At most so many bytes of the start of a file; `None` when there is no such file.
pub fn read_start(path: &Path, most: u64) -> Result<Option<Vec<u8>>> {
    let read = || -> io::Result<Vec<u8>> {
        let file = open::to_read(path)?;
        open::regular(&file)?;
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    optional(read()).with_context(|| format!("cannot read {}", path.display()))
}

/// Reads a file by one call when it is short. `std::fs::read` asks for the length first, and for a file in
/// `/proc`, which does not tell it, takes 32 bytes, then 64 …
fn read_whole(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = open::to_read(path)?;
    let mut first = [0; SHORT];
    let length = loop {
        match file.read(&mut first) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    let mut bytes = first[..length].to_vec();
    // what is no pipe gives less than was asked for only at its end
    if length == SHORT {
        bytes.reserve(usize::try_from(open::regular(&file)?.len()).unwrap_or(0));
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The bytes that are read at first, to the stack: musl maps and unmaps memory for each of this size.
const SHORT: usize = 4096;
