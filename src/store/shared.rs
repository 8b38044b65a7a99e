//! How much of each log other clones can have: its length when it was last pushed.

use anyhow::Result;

use super::Store;
use crate::domain::id::SessionId;
use crate::sys::fs;

/// The file beside the log.
const FILE: &str = "shared";

impl Store {
    /// The length of a session's log, in bytes, when it was last pushed, and the blob that it became; `None` when it
    /// never was.
    pub fn shared(&self, id: &SessionId) -> Option<(u64, String)> {
        let bytes = fs::read(&self.directory(id).join(FILE)).ok()??;
        let (length, blob) = std::str::from_utf8(&bytes).ok()?.trim().split_once(' ')?;
        Some((length.parse().ok()?, blob.to_owned()))
    }

    /// Remembers that the log was pushed up to this length, as this blob.
    pub fn set_shared(&self, id: &SessionId, length: u64, blob: &str) -> Result<()> {
        let text = format!("{length} {blob}\n");
        let file = self.directory(id).join(FILE);
        fs::write_atomic(&file, text.as_bytes(), self.sharing())
    }

    /// Forgets it: everything is looked at again.
    pub fn forget_shared(&self, id: &SessionId) -> Result<()> {
        fs::remove(&self.directory(id).join(FILE))
    }
}
