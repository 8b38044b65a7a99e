//! What other clones wrote, as files: one for each session, made from the tracking refs and made anew whenever they
//! move. Reading a session then costs one more file, whatever the number of clones, and no git object.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::Store;
use crate::domain::event::Event;
use crate::domain::id::{BranchName, SessionId, WriterId};
use crate::domain::session::State;
use crate::sys::fs;

/// The directory below `cache/`.
const DIRECTORY: &str = "fetched";

/// The events that other clones wrote of one session, with the clone that each came from.
pub type Fetched = Vec<(WriterId, Event)>;

/// The tracking refs that the files were made from: full name and commit.
pub type Tips = BTreeMap<String, String>;

/// A line that says whose the lines behind it are.
#[derive(Serialize, Deserialize)]
struct Writer {
    writer: WriterId,
}

/// A session as far as other clones' events tell of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The session.
    pub session: SessionId,
    /// Its branch.
    pub branch: BranchName,
    /// Where it stands.
    pub state: State,
    /// The last event.
    pub at: chrono::DateTime<chrono::Utc>,
    /// Who wrote it.
    pub by: String,
}

impl Store {
    /// The file with what other clones wrote of a session; it need not be there.
    pub fn fetched_file(&self, id: &SessionId) -> PathBuf {
        self.cache(DIRECTORY).join(format!("{id}.jsonl"))
    }

    /// What other clones wrote of a session; nothing when the file is not there.
    pub fn fetched(&self, id: &SessionId) -> Result<Fetched> {
        let Some(bytes) = fs::read(&self.fetched_file(id))? else {
            return Ok(Vec::new());
        };
        let mut fetched = Vec::new();
        let mut writer = None;
        for line in bytes.split(|byte| *byte == b'\n') {
            if line.starts_with(b"{\"writer\":") {
                writer = serde_json::from_slice(line)
                    .ok()
                    .map(|line: Writer| line.writer);
            } else if let (Some(writer), Ok(event)) = (&writer, Event::parse(line)) {
                fetched.push((writer.clone(), event));
            }
        }
        Ok(fetched)
    }

    /// Whether other clones wrote of a session.
    pub fn has_fetched(&self, id: &SessionId) -> bool {
        fs::exists(&self.fetched_file(id))
    }

    /// Writes what other clones wrote of a session; nothing removes the file.
    pub fn write_fetched(&self, id: &SessionId, logs: &[(WriterId, Vec<Event>)]) -> Result<()> {
        let file = self.fetched_file(id);
        if logs.iter().all(|(_, events)| events.is_empty()) {
            return fs::remove(&file);
        }
        let mut text = String::new();
        for (writer, events) in logs {
            let writer = writer.clone();
            text.push_str(&serde_json::to_string(&Writer { writer })?);
            text.push('\n');
            for event in events {
                text.push_str(&event.to_line()?);
            }
        }
        fs::create_dir(&self.root().join("cache"), self.sharing())?;
        fs::create_dir(&self.cache(DIRECTORY), self.sharing())?;
        fs::write_atomic(&file, text.as_bytes(), self.sharing())
    }

    /// The refs that the files were made from.
    pub fn fetched_tips(&self) -> Tips {
        let file = self.cache(DIRECTORY).join("tips");
        let bytes = fs::read(&file).ok().flatten().unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Remembers which refs the files were made from, and which sessions they speak of.
    pub fn set_fetched(&self, tips: &Tips, known: &[Known]) -> Result<()> {
        let mut lines = String::new();
        for known in known {
            lines.push_str(&serde_json::to_string(known)?);
            lines.push('\n');
        }
        let mut tips = serde_json::to_vec(tips)?;
        tips.push(b'\n');
        fs::create_dir(&self.root().join("cache"), self.sharing())?;
        let directory = self.cache(DIRECTORY);
        fs::create_dir(&directory, self.sharing())?;
        fs::write_atomic(&directory.join("known"), lines.as_bytes(), self.sharing())?;
        fs::write_atomic(&directory.join("tips"), &tips, self.sharing())
    }

    /// The sessions that other clones wrote of.
    pub fn known(&self) -> Vec<Known> {
        self.known_lines(|_| true)
    }

    /// Those that were worked on last, so many, without a look at what the others are.
    pub fn last_known(&self, most: usize) -> Vec<Known> {
        let file = self.cache(DIRECTORY).join("known");
        let bytes = fs::read(&file).ok().flatten().unwrap_or_default();
        let lines = bytes.split(|byte| *byte == b'\n');
        let mut dated: Vec<(&[u8], &[u8])> = lines
            .filter_map(|line| Some((instant(line)?, line)))
            .collect();
        // instants in UTC sort as text, but for the parts of a second
        dated.sort_unstable_by(|a, b| b.cmp(a));
        let newest = dated.into_iter().take(most);
        newest
            .filter_map(|(_, line)| serde_json::from_slice(line).ok())
            .collect()
    }

    /// Those on a branch, without a look at the others.
    pub fn known_on(&self, branch: &BranchName) -> Vec<Known> {
        let Ok(quoted) = serde_json::to_string(branch.as_str()) else {
            return Vec::new();
        };
        let wanted = format!("\"branch\":{quoted},");
        let mut known = self.known_lines(|line| contains(line, wanted.as_bytes()));
        known.retain(|known| known.branch == *branch);
        known
    }

    fn known_lines(&self, wanted: impl Fn(&[u8]) -> bool) -> Vec<Known> {
        let file = self.cache(DIRECTORY).join("known");
        let bytes = fs::read(&file).ok().flatten().unwrap_or_default();
        let lines = bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| wanted(line));
        lines
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect()
    }
}

/// The instant of a line of [`Known`], as it stands there: a name cannot look like it, because quotes in a name are
/// escaped.
fn instant(line: &[u8]) -> Option<&[u8]> {
    const KEY: &[u8] = b",\"at\":\"";
    let at = line.windows(KEY.len()).position(|window| window == KEY)?;
    let instant = &line[at + KEY.len()..];
    instant.split(|byte| *byte == b'"').next()
}

/// Whether bytes occur in a line.
fn contains(line: &[u8], wanted: &[u8]) -> bool {
    line.windows(wanted.len()).any(|window| window == wanted)
}
