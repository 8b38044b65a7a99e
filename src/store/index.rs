//! The index: one line when a session starts, is renamed or ends, so that a list need not open every log.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::Store;
use crate::domain::id::{BranchName, SessionId};
use crate::domain::session::State;
use crate::sys::fs::{self, Durability};

/// What the index says of a session; a later line of the same session replaces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexEntry {
    /// The session.
    pub session: SessionId,
    /// Its branch.
    pub branch: BranchName,
    /// Where it stood.
    pub state: State,
    /// When that was.
    pub at: chrono::DateTime<chrono::Utc>,
}

/// So much of the index is read where only the newest sessions are wanted.
const LAST: u64 = 16 * 1024;

impl Store {
    /// Adds a line to the index.
    pub fn index(&self, entry: &IndexEntry) -> Result<()> {
        let mut line = serde_json::to_string(entry)?;
        line.push('\n');
        fs::append_lines(
            &self.root().join("index.jsonl"),
            line.as_bytes(),
            Durability::Buffered,
            self.sharing(),
        )?;
        Ok(())
    }

    /// The newest line of each session, newest first.
    pub fn index_entries(&self) -> Result<Vec<IndexEntry>> {
        let bytes = fs::read(&self.root().join("index.jsonl"))?.unwrap_or_default();
        Ok(Self::newest_first(&bytes))
    }

    /// The same of the last 16 KiB, about a hundred lines, however long the index is.
    pub fn last_entries(&self) -> Result<Vec<IndexEntry>> {
        let path = self.root().join("index.jsonl");
        let from = fs::length(&path).unwrap_or(0).saturating_sub(LAST);
        let bytes = fs::read_from(&path, from)?.unwrap_or_default();
        Ok(Self::newest_first(&bytes))
    }

    /// What is no whole line is passed over.
    fn newest_first(bytes: &[u8]) -> Vec<IndexEntry> {
        let mut seen = std::collections::HashSet::new();
        let mut entries = Vec::new();
        for line in bytes.split(|byte| *byte == b'\n').rev() {
            if let Ok(entry) = serde_json::from_slice::<IndexEntry>(line)
                && seen.insert(entry.session.clone())
            {
                entries.push(entry);
            }
        }
        entries
    }
}
