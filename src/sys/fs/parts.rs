//! A file of which only parts are read.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::{Context as _, Result};

use super::{open, optional};

/// An open file: whoever replaces it meanwhile does not change what is read.
#[derive(Debug)]
pub struct Parts {
    file: File,
    length: u64,
}

impl Parts {
    /// Opens a file; `None` when there is none.
    pub fn open(path: &Path) -> Result<Option<Self>> {
        let open = || -> io::Result<Self> {
            let file = open::to_read(path)?;
            let length = open::regular(&file)?.len();
            Ok(Self { file, length })
        };
        optional(open()).with_context(|| format!("cannot read {}", path.display()))
    }

    /// Its length in bytes.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The bytes from an offset on, fewer at the end of the file.
    pub fn read(&mut self, from: u64, most: u64) -> Result<Vec<u8>> {
        let known = self.length.saturating_sub(from).min(most);
        let mut bytes = Vec::with_capacity(usize::try_from(known).unwrap_or(0));
        let mut read = || -> io::Result<usize> {
            self.file.seek(SeekFrom::Start(from))?;
            (&mut self.file).take(most).read_to_end(&mut bytes)
        };
        read().context("cannot read a part of a file")?;
        Ok(bytes)
    }
}
