//! The log of a session: append-only, one event a line, this clone's own events only.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::domain::event::{Event, LineError};
use crate::sys::fs::{self, Appended, Durability, Parts, Sharing};

/// Whether a writer waits until the disk has the line.
pub type Waiting = Durability;

/// One log file.
#[derive(Clone, Debug)]
pub struct Log {
    path: PathBuf,
    sharing: Sharing,
}

/// What a log holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// The events in the order of their lines.
    pub events: Vec<Event>,
    /// Length in bytes of what was read, from the start of the file.
    pub length: u64,
    /// Lines that are no events: byte offset and why. Skipped, kept, shown.
    pub torn: Vec<(u64, LineError)>,
}

impl Log {
    /// The log at this path.
    pub const fn new(path: PathBuf, sharing: Sharing) -> Self {
        Self { path, sharing }
    }

    /// Where it is.
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Its length in bytes; 0 when it is not there.
    pub fn length(&self) -> u64 {
        fs::length(&self.path).unwrap_or(0)
    }

    /// All of it.
    pub fn read(&self) -> Result<Contents> {
        self.read_from(0)
    }

    /// What stands behind a byte offset.
    pub fn read_from(&self, offset: u64) -> Result<Contents> {
        let bytes = fs::read_from(&self.path, offset)?.unwrap_or_default();
        Ok(parse(&bytes, offset))
    }

    /// How many lines stand behind a byte offset, without a look at what they say.
    pub fn lines_from(&self, offset: u64) -> Result<usize> {
        let bytes = fs::read_from(&self.path, offset)?.unwrap_or_default();
        Ok(bytes.split(|byte| *byte == b'\n').skip(1).count())
    }

    /// What stands behind the newline at this offset; `None` when there is no newline at it, so that whoever
    /// remembered the offset was wrong.
    pub fn tail(&self, newline: u64) -> Result<Option<Contents>> {
        let bytes = fs::read_from(&self.path, newline)?.unwrap_or_default();
        if bytes.first() != Some(&b'\n') {
            return Ok(None);
        }
        Ok(Some(parse(&bytes[1..], newline + 1)))
    }

    /// Appends the events of one command by one write.
    pub fn append(&self, events: &[Event], waiting: Waiting) -> Result<Appended> {
        let mut lines = String::new();
        for event in events {
            lines.push_str(&event.to_line().context("cannot write the event")?);
        }
        fs::append_lines(&self.path, lines.as_bytes(), waiting, self.sharing)
    }
}

/// How often, and how long after one another, a log that was replaced is looked at for lines that came late.
const LATE: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_millis(20),
    Duration::from_millis(60),
];

impl Log {
    /// Replaces the log by what becomes of its lines. The caller holds the lock of the session; a hook that had no
    /// patience for it and has opened the log before it was replaced loses nothing: what it appends to the old file is
    /// carried over.
    ///
    /// `edit`: new lines from old lines, first all of them, then those that came late.
    pub fn rewrite(&self, mut edit: impl FnMut(&[u8]) -> Result<Vec<u8>>) -> Result<()> {
        let Some(mut old) = Parts::open(&self.path)? else {
            return Ok(());
        };
        let mut read = 0;
        let mut lines = Vec::new();
        // until nothing was appended while the lines were edited
        loop {
            let more = old.read(read, u64::MAX)?;
            if more.is_empty() {
                break;
            }
            read += more.len() as u64;
            lines.extend_from_slice(&more);
        }
        fs::write_atomic(&self.path, &edit(&lines)?, self.sharing)?;
        for pause in LATE {
            std::thread::sleep(pause);
            let late = old.read(read, u64::MAX)?;
            if !late.is_empty() {
                read += late.len() as u64;
                let lines = edit(&late)?;
                fs::append_lines(&self.path, &lines, Durability::Synced, self.sharing)?;
            }
        }
        Ok(())
    }
}

/// Reads lines that start at this offset of the file.
fn parse(bytes: &[u8], offset: u64) -> Contents {
    let mut contents = Contents {
        length: offset,
        ..Contents::default()
    };
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let start = contents.length;
        contents.length += line.len() as u64;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match Event::parse(line) {
            Ok(event) => contents.events.push(event),
            Err(error) => contents.torn.push((start, error)),
        }
    }
    contents
}
