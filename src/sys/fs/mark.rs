//! What tells a file from the same path a moment later, and files that are put only where there is nothing.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context as _, Result};

use super::{Kind, kind, link_target, open};

/// A file at one moment: another one, or another content, has another mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    length: u64,
    modified: Option<SystemTime>,
    /// Device, number, and the time of the last change of anything.
    entry: (u64, u64, i64, i64),
}

/// The mark of what is at a path, without following a symbolic link; `None` when there is nothing.
pub fn mark(path: &Path) -> Option<Mark> {
    let metadata = fs::symlink_metadata(path).ok()?;
    #[cfg(unix)]
    let entry = {
        use std::os::unix::fs::MetadataExt as _;
        let (seconds, nanoseconds) = (metadata.ctime(), metadata.ctime_nsec());
        (metadata.dev(), metadata.ino(), seconds, nanoseconds)
    };
    #[cfg(not(unix))]
    let entry = (0, 0, 0, 0);
    Some(Mark {
        length: metadata.len(),
        modified: metadata.modified().ok(),
        entry,
    })
}

/// Puts a file, or a symbolic link itself, where nothing is. Mode and owner are those of any new file there;
/// whether it can be run is taken over. Nothing is left when it fails. The first name may stay.
///
/// # Errors
/// Something is there, a link to nowhere included.
pub fn put_onto_nothing(from: &Path, to: &Path) -> Result<()> {
    let put = || -> io::Result<()> {
        if links_are_like_new(from)
            && links_are_like_new(to)
            && !fs::symlink_metadata(from)?.is_symlink()
        {
            match fs::hard_link(from, to) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                // another file system, or one without a second name
                Err(_) => {}
                Ok(()) => return Ok(()),
            }
        }
        if let Some(target) = link_target(from) {
            return super::entries::link(&target, to);
        }
        let mut source = File::open(from)?;
        let mut options = open::in_place();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
            let runs = source.metadata()?.permissions().mode() & 0o100 != 0;
            options.mode(if runs { 0o777 } else { 0o666 });
        }
        let mut file = options.open(to)?;
        let copied = io::copy(&mut source, &mut file);
        if copied.is_err() {
            drop(file);
            fs::remove_file(to).ok();
        }
        copied.map(drop)
    };
    put().with_context(|| format!("cannot write {}", to.display()))
}

/// Whether a file that is made elsewhere is like one that is made here: no group is handed on.
#[cfg(unix)]
fn links_are_like_new(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = path.parent().map(fs::metadata);
    metadata.is_some_and(|metadata| metadata.is_ok_and(|m| m.permissions().mode() & 0o2000 == 0))
}

#[cfg(not(unix))]
fn links_are_like_new(_path: &Path) -> bool {
    // what may be done with a file is handed on by its directory
    false
}

/// Removes a directory that holds nothing but directories.
///
/// # Errors
/// There is a file in it.
pub fn remove_hollow_dir(path: &Path) -> Result<()> {
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        if kind(&entry.path()) == Kind::Directory {
            remove_hollow_dir(&entry.path())?;
        }
    }
    fs::remove_dir(path).with_context(|| format!("cannot remove {}", path.display()))
}

/// Makes one directory; one that is there is fine, a link to one is not.
pub fn create_own_dir(path: &Path) -> Result<()> {
    let made = match kind(path) {
        Kind::Directory => Ok(()),
        Kind::Nothing | Kind::File => fs::create_dir(path),
    };
    made.with_context(|| format!("cannot create {}", path.display()))
}
