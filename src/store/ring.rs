//! A text file of short lines that forgets its older half when it gets long.

use std::path::PathBuf;

use anyhow::Result;

use crate::domain::redact::Redacted;
use crate::sys::fs::{self, Durability, Sharing};

/// The length in bytes at which the older half goes.
const LIMIT: u64 = 64 * 1024;

/// The most characters of one line; the rest is left out.
const MAX_LINE: usize = 2000;

/// A bounded file of lines.
#[derive(Clone, Debug)]
pub struct Ring {
    path: PathBuf,
    sharing: Sharing,
    says: Says,
}

/// What the lines are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Words, which may quote what somebody wrote: kept without secrets.
    Words,
    /// Names and numbers of this program.
    Figures,
}

impl Ring {
    /// The ring at this path.
    pub const fn new(path: PathBuf, sharing: Sharing, says: Says) -> Self {
        Self {
            path,
            sharing,
            says,
        }
    }

    /// Adds one line; line breaks in it become blanks.
    pub fn push(&self, line: &str) -> Result<()> {
        let clean = match self.says {
            Says::Words => Redacted::new(line).into_string(),
            Says::Figures => line.to_owned(),
        };
        let mut line: String = clean
            .chars()
            .take(MAX_LINE)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        line.push('\n');
        let appended = fs::append_lines(
            &self.path,
            line.as_bytes(),
            Durability::Buffered,
            self.sharing,
        )?;
        if appended.after > LIMIT {
            let bytes = fs::read(&self.path)?.unwrap_or_default();
            let half = bytes.len() / 2;
            let cut = bytes[half..]
                .iter()
                .position(|b| *b == b'\n')
                .map_or(half, |at| half + at + 1);
            fs::write_atomic(&self.path, &bytes[cut..], self.sharing)?;
        }
        Ok(())
    }

    /// The lines, oldest first.
    pub fn lines(&self) -> Result<Vec<String>> {
        let bytes = fs::read(&self.path)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes)
            .lines()
            .map(str::to_owned)
            .collect())
    }
}
