//! Where the git directory is, by hand: for hooks, which must know it before libgit2 is worth its start.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sys::env::{self, Env};

/// The two directories that a repository lives in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dirs {
    /// That of this work tree: HEAD, index, states.
    pub git_dir: PathBuf,
    /// That of all work trees: config, refs, objects, sessions.
    pub common_dir: PathBuf,
}

/// Finds the repository of a directory as git does, with a handful of system calls: `GIT_DIR`, else the
/// nearest `.git` or bare repository at or above it. Paths are joined to `cwd`, not resolved. Ceilings,
/// file system borders and owners are not looked at: a hook runs where git has already been.
/// Source: <https://git-scm.com/docs/gitrepository-layout>.
pub fn locate(env: &Env, cwd: &Path) -> Option<Dirs> {
    let git_dir = match env.path(env::GIT_DIR) {
        Some(path) => behind_link(cwd.join(path))?,
        None => cwd.ancestors().find_map(git_dir_at)?,
    };
    let common_dir = match env.path(env::GIT_COMMON_DIR) {
        Some(path) => cwd.join(path),
        None => common_dir_of(&git_dir),
    };
    Some(Dirs {
        git_dir,
        common_dir,
    })
}

/// The git directory of a work tree's top, or the directory itself when it is a bare repository.
fn git_dir_at(directory: &Path) -> Option<PathBuf> {
    let inside = directory.join(".git");
    if let Ok(metadata) = fs::metadata(&inside) {
        if metadata.is_file() {
            return behind_link(inside);
        }
        if is_git_dir(&inside) {
            return Some(inside);
        }
    }
    is_git_dir(directory).then(|| directory.to_owned())
}

/// Follows a `gitdir: <path>` file; a directory is returned as it is.
fn behind_link(path: PathBuf) -> Option<PathBuf> {
    if !path.is_file() {
        return Some(path);
    }
    let text = fs::read(&path).ok()?;
    let target = path_from(text.strip_prefix(b"gitdir:")?.trim_ascii())?;
    Some(path.parent()?.join(target))
}

/// What the file `commondir` of a linked work tree says.
fn common_dir_of(git_dir: &Path) -> PathBuf {
    fs::read(git_dir.join("commondir"))
        .ok()
        .and_then(|text| path_from(text.trim_ascii()))
        .map_or_else(|| git_dir.to_owned(), |target| tidy(&git_dir.join(target)))
}

/// Removes `..` where the directory in front of it is no symbolic link that git could mean otherwise:
/// the `../..` which git itself writes into `commondir`.
fn tidy(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Whether git would take the directory for a git directory.
fn is_git_dir(directory: &Path) -> bool {
    fs::symlink_metadata(directory.join("HEAD")).is_ok()
        && (directory.join("commondir").is_file()
            || (directory.join("objects").is_dir() && directory.join("refs").is_dir()))
}

/// Bytes of a file as a path.
#[cfg(unix)]
pub(super) fn path_from(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    (!bytes.is_empty()).then(|| PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

/// Bytes of a file as a path.
#[cfg(not(unix))]
pub(super) fn path_from(bytes: &[u8]) -> Option<PathBuf> {
    let text = std::str::from_utf8(bytes).ok()?;
    (!text.is_empty()).then(|| PathBuf::from(text))
}
