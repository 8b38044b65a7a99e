//! Locks with a deadline.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::{Sharing, open};

/// A held lock; dropping it lets go. The file stays, so that nobody locks a deleted one.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, waiting at most until the deadline; `None` when somebody else kept it.
    pub fn acquire(path: &Path, wait: Duration, sharing: Sharing) -> Result<Option<Self>> {
        let fresh = sharing != Sharing::Umask && !path.exists();
        let file = open::in_place()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        if fresh {
            sharing
                .apply(path)
                .with_context(|| format!("cannot share {}", path.display()))?;
        }
        let deadline = Instant::now() + wait;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { _file: file })),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("cannot lock {}", path.display()));
                }
            }
        }
    }
}
