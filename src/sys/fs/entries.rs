//! Entries of directories besides plain files: programs, links, moves, and what can be asked of a path.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::{Sharing, optional, remove};

/// Writes a program as a whole: like [`write_atomic`](super::write_atomic), and whoever may read it may run it.
pub fn write_executable(path: &Path, bytes: &[u8], onto: Onto, sharing: Sharing) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".git-session-").suffix(".tmp");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(fs::Permissions::from_mode(0o777));
        }
        let mut file = builder.tempfile_in(directory)?;
        file.write_all(bytes)?;
        sharing.apply(file.path())?;
        #[cfg(unix)]
        make_executable(file.path())?;
        // an open descriptor for writing would keep the program from being started
        let temporary = file.into_temp_path();
        match onto {
            Onto::Free => temporary.persist_noclobber(path),
            Onto::Anything => temporary.persist(path),
        }
        .map_err(|error| error.error)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Whether a new file may take the place of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto {
    /// The name must be free.
    Free,
    /// What has the name is replaced, a symbolic link itself and not what it leads to.
    Anything,
}

/// Lets everybody run a file who may read it, as git does for shared programs.
#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode() & 0o7777;
    fs::set_permissions(path, fs::Permissions::from_mode(mode | (mode & 0o444) >> 2))
}

/// Makes a symbolic link; the target need not exist. At each instant either what was there or the new link
/// is seen. Not on Windows, where links need a privilege.
pub fn symlink(target: &Path, path: &Path, onto: Onto) -> Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let make = || -> io::Result<()> {
        if onto == Onto::Free {
            return link(target, path);
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".git-session-").suffix(".tmp");
        let made = builder.make_in(directory, |temporary| link(target, temporary))?;
        let temporary = made.into_temp_path();
        temporary.persist(path).map_err(|error| error.error)
    };
    make().with_context(|| format!("cannot make the link {}", path.display()))
}

/// The system call.
#[cfg(unix)]
pub(super) fn link(target: &Path, path: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, path)
}

/// The system call.
#[cfg(not(unix))]
pub(super) fn link(_target: &Path, _path: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Where a symbolic link leads to, as it is written; `None` when the path is no link or not there.
pub fn link_target(path: &Path) -> Option<PathBuf> {
    fs::read_link(path).ok()
}

/// Gives a file a second name, which must be free.
pub fn hard_link(from: &Path, to: &Path) -> Result<()> {
    fs::hard_link(from, to)
        .with_context(|| format!("cannot link {} to {}", from.display(), to.display()))
}

/// Moves a file or a symbolic link onto another name in the same file system.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to)
        .with_context(|| format!("cannot move {} to {}", from.display(), to.display()))
}

/// Removes what writes of ours that were killed have left in a directory. Only for who keeps other writers of
/// the directory away: a temporary file of theirs would go, too.
pub fn sweep(directory: &Path) -> Result<()> {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(".git-session-") && name.ends_with(".tmp") {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// How old a temporary file is, in seconds, when nobody can be writing it any more.
const ABANDONED: u64 = 600;

/// The temporary files of ours that killed writes left in a directory long ago.
pub fn abandoned(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().starts_with(".git-session-")
    });
    let is_old = |path: &PathBuf| {
        let age = modified(path).and_then(|modified| modified.elapsed().ok());
        age.is_some_and(|age| age.as_secs() > ABANDONED)
    };
    ours.map(|entry| entry.path()).filter(is_old).collect()
}

/// Removes them. What cannot be removed stays: nothing depends on it.
pub fn sweep_abandoned(directory: &Path) {
    for path in abandoned(directory) {
        if fs::remove_file(&path).is_err() {
            fs::remove_dir_all(path).ok();
        }
    }
}

/// A directory for temporary files, which goes away with its handle. One that a killed process leaves is
/// [`abandoned`].
pub fn scratch_dir(directory: &Path) -> Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder
        .prefix(".git-session-")
        .tempdir_in(directory)
        .with_context(|| format!("cannot make a directory in {}", directory.display()))
}

/// Copies a file with the time of its last change. Git looks into a file again that is not older than the
/// index: with a copy of the index that looks younger than it is, a change of that moment goes unseen.
///
/// Source: git's `Documentation/technical/racy-git.adoc`.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    let copy = || -> io::Result<()> {
        let changed = fs::metadata(from)?.modified()?;
        fs::copy(from, to)?;
        fs::OpenOptions::new()
            .write(true)
            .open(to)?
            .set_modified(changed)
    };
    copy().with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

/// The length of a regular file; `None` for anything else, a symbolic link too.
pub fn regular_length(path: &Path) -> Option<u64> {
    let metadata = fs::symlink_metadata(path).ok()?;
    metadata.is_file().then_some(metadata.len())
}

/// What is at a path, without following a symbolic link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Nothing,
    /// A file, a symbolic link, or anything else that is no directory.
    File,
    /// A directory.
    Directory,
}

/// What is at a path, without following a symbolic link.
pub fn kind(path: &Path) -> Kind {
    match fs::symlink_metadata(path) {
        Err(_) => Kind::Nothing,
        Ok(metadata) if metadata.is_dir() => Kind::Directory,
        Ok(_) => Kind::File,
    }
}

/// The names in a directory, as bytes, in order; none when it cannot be read.
pub fn names(directory: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names: Vec<Vec<u8>> = entries
        .map(|entry| entry.file_name().into_encoded_bytes())
        .collect();
    names.sort_unstable();
    names
}

/// The length of a file that this user can read, in bytes, or that of a symbolic link; `None` when it is neither
/// or cannot be read.
pub fn readable_length(path: &Path) -> Option<u64> {
    let metadata = fs::symlink_metadata(path).ok()?;
    let readable = metadata.is_symlink() || (metadata.is_file() && fs::File::open(path).is_ok());
    readable.then_some(metadata.len())
}

/// Removes a directory if there is nothing in it.
pub fn remove_empty_dir(path: &Path) -> Result<()> {
    match fs::remove_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        other => {
            optional(other).with_context(|| format!("cannot remove {}", path.display()))?;
            Ok(())
        }
    }
}

/// Whether the path leads to a file that this user may run. On Windows: to a file.
pub fn is_executable(path: &Path) -> bool {
    let Ok(metadata) = fs::metadata(path) else {
        return false;
    };
    #[cfg(unix)]
    let runs = {
        use std::os::unix::fs::PermissionsExt as _;
        metadata.permissions().mode() & 0o111 != 0
    };
    #[cfg(not(unix))]
    let runs = true;
    metadata.is_file() && runs
}

/// Whether the path leads to a file that every user of the machine may reach and run.
pub fn is_executable_by_everybody(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let Ok(real) = fs::canonicalize(path) else {
            return false;
        };
        let open = |path: &Path| fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 1 != 0);
        let parents = path.ancestors().skip(1);
        real.is_file()
            && real.ancestors().all(open)
            && parents.filter(|p| !p.as_os_str().is_empty()).all(open)
    }
    #[cfg(not(unix))]
    path.is_file()
}

/// Why this user cannot make files in a directory; `None` when he can. It is tried with a file without a name,
/// which leaves no trace (on systems that have none: with one that goes at once).
pub fn unwritable(directory: &Path) -> Option<io::Error> {
    tempfile::tempfile_in(directory).err()
}

/// Device and number of what a path leads to, where the system has them.
pub fn inode(path: &Path) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// Takes the right to write from the file that a path leads to, if it is this user's: what is written to a link
/// to it then fails instead of replacing its content. That it can be replaced as a whole stays as it was.
pub fn protect(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path).map(|metadata| metadata.permissions().mode());
        let Some(mode) = mode.ok().filter(|mode| mode & 0o222 != 0) else {
            return;
        };
        // somebody else's file is somebody else's to protect
        fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o7555)).ok();
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Whether two paths lead to the same file.
pub fn same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// The path with every symbolic link resolved, as far as it exists; what does not exist is kept behind it.
pub fn resolve(path: &Path) -> PathBuf {
    let mut rest = Vec::new();
    for ancestor in path.ancestors() {
        if let Ok(real) = fs::canonicalize(ancestor) {
            return rest.iter().rev().fold(real, |path, name| path.join(name));
        }
        rest.extend(ancestor.file_name());
    }
    path.to_owned()
}

/// When the entries of a directory, or the bytes of a file, last changed; `None` when it is not there.
pub fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}
