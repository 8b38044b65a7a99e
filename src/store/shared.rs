//! How much of each log other clones can have: its length when it was last pushed.

use anyhow::Result;

use super::Store;
use crate::domain::id::SessionId;
use crate::sys::fs;

/// The file beside the log.
const FILE: &str = "shared";

impl Store {
    /// The length of a session's log, in bytes, when it was last pushed; `None` when it never was.
    pub fn shared_length(&self, id: &SessionId) -> Option<u64> {
        let bytes = fs::read(&self.directory(id).join(FILE)).ok()??;
        std::str::from_utf8(&bytes).ok()?.trim().parse().ok()
    }

    /// Remembers that the log was pushed up to this length.
    pub fn set_shared_length(&self, id: &SessionId, length: u64) -> Result<()> {
        let text = format!("{length}\n");
        fs::write_atomic(
            &self.directory(id).join(FILE),
            text.as_bytes(),
            self.sharing(),
        )
    }

    /// Forgets it: everything is looked at again.
    pub fn forget_shared_length(&self, id: &SessionId) -> Result<()> {
        fs::remove(&self.directory(id).join(FILE))
    }
}
