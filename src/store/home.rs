//! Where this clone was when it got its writer id: by it a copied clone is told from a moved one.

use std::path::Path;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::Store;
use crate::domain::id::WriterId;
use crate::sys::fs;

/// What `sessions/home` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The writer id of the clone.
    pub writer: WriterId,
    /// The common git directory, absolute, links resolved.
    pub path: String,
    /// Device and number of that directory, where the system has them: the same ones under another path are
    /// the same clone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inode: Option<(u64, u64)>,
}

impl Home {
    /// What the file would say for a clone in this common git directory.
    pub fn of(common_dir: &Path, writer: WriterId) -> Self {
        let path = fs::resolve(common_dir);
        Self {
            writer,
            inode: fs::inode(&path),
            path: path.to_string_lossy().into_owned(),
        }
    }
}

impl Store {
    /// Where the clone was; `None` when nobody wrote it down, or it cannot be read.
    pub fn home(&self) -> Option<Home> {
        serde_json::from_slice(&fs::read(&self.root().join("home")).ok()??).ok()
    }

    /// Writes down where the clone is.
    pub fn write_home(&self, home: &Home) -> Result<()> {
        let mut bytes = serde_json::to_vec(home)?;
        bytes.push(b'\n');
        fs::write_atomic(&self.root().join("home"), &bytes, self.sharing())
    }
}
