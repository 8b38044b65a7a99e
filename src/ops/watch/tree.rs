//! Which files of a work tree count, and the directories that have to be watched for them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::config::Settings;
use crate::domain::glob::glob_matches_bytes;
use crate::git::Repo;
use crate::sys::fs::{self, Kind};
use crate::sys::watch::{Watched, Watcher};

/// So many answers of git are remembered.
const REMEMBERED: usize = 10_000;

/// A work tree as a watcher sees it.
pub(super) struct Tree {
    /// The top, without symbolic links.
    top: PathBuf,
    wanted: Vec<String>,
    unwanted: Vec<String>,
    /// Whether git ignores a path, as far as it was asked.
    ignored: HashMap<Vec<u8>, bool>,
}

impl Tree {
    /// The work tree with this top.
    pub(super) fn new(top: &Path, settings: &Settings) -> Self {
        Self {
            top: fs::resolve(top),
            wanted: settings.tracking.watch_patterns.clone(),
            unwanted: settings.tracking.ignore_patterns.clone(),
            ignored: HashMap::new(),
        }
    }

    /// The top.
    pub(super) fn top(&self) -> &Path {
        &self.top
    }

    /// The settings may say something else now.
    pub(super) fn follow(&mut self, settings: &Settings) {
        self.wanted.clone_from(&settings.tracking.watch_patterns);
        self.unwanted.clone_from(&settings.tracking.ignore_patterns);
    }

    /// Those of the paths that count, relative to the top.
    pub(super) fn counted(&mut self, repo: &Repo, paths: &[PathBuf]) -> Vec<Vec<u8>> {
        let below: Vec<Vec<u8>> = paths.iter().filter_map(|path| self.below(path)).collect();
        if below.iter().any(|path| path.ends_with(b".gitignore")) {
            self.ignored.clear();
        }
        let below: Vec<Vec<u8>> = below.into_iter().filter(|p| self.is_wanted(p)).collect();
        self.without_ignored(repo, below)
    }

    /// Watches a directory and all below it that can hold a file that counts. What is a link is not followed,
    /// and another repository is not entered: no checkpoint holds what is in there.
    pub(super) fn watch(&mut self, repo: &Repo, watcher: &mut Watcher, from: &Path) -> Walk {
        let mut walk = Walk::default();
        let mut level = vec![from.to_owned()];
        while !level.is_empty() {
            let mut next = Vec::new();
            for directory in level {
                match watcher.watch(&directory) {
                    Watched::Yes => walk.directories += 1,
                    Watched::Gone => continue,
                    Watched::Full => {
                        walk.full = true;
                        return walk;
                    }
                }
                // read after the watch is there: what comes later is told
                for name in fs::names(&directory) {
                    let path = directory.join(path_of(&name));
                    match fs::kind(&path) {
                        Kind::Directory => next.push(path),
                        Kind::File => walk.files.push(path),
                        Kind::Nothing => {}
                    }
                }
            }
            if watcher.reaches_below() {
                return walk;
            }
            level = self.enterable(repo, next);
        }
        walk
    }

    /// The new directories among the paths.
    pub(super) fn new_directories(&mut self, repo: &Repo, paths: &[PathBuf]) -> Vec<PathBuf> {
        let directories = paths
            .iter()
            .filter(|path| fs::kind(path) == Kind::Directory);
        let directories = directories.filter(|path| **path != self.top).cloned();
        let directories = directories.collect();
        self.enterable(repo, directories)
    }

    /// Those of the directories that can hold a file that counts.
    fn enterable(&mut self, repo: &Repo, directories: Vec<PathBuf>) -> Vec<PathBuf> {
        let mut names = HashMap::new();
        for directory in directories {
            if let Some(below) = self.below(&directory)
                && !self.is_unwanted_directory(&below)
                && !fs::exists(&directory.join(".git"))
            {
                names.insert(below, directory);
            }
        }
        let kept = self.without_ignored(repo, names.keys().cloned().collect());
        kept.iter().filter_map(|name| names.remove(name)).collect()
    }

    /// Where a path is below the top; `None` outside, and in a git directory.
    fn below(&self, path: &Path) -> Option<Vec<u8>> {
        let below = path.strip_prefix(&self.top).ok()?;
        let parts: Vec<&[u8]> = below
            .components()
            .map(|part| part.as_os_str().as_encoded_bytes())
            .collect();
        let inside = !parts.is_empty() && !parts.contains(&&b".git"[..]);
        inside.then(|| parts.join(&b'/'))
    }

    /// Whether the settings want a file to be watched.
    fn is_wanted(&self, path: &[u8]) -> bool {
        let matches = |patterns: &[String]| patterns.iter().any(|p| glob_matches_bytes(p, path));
        matches(&self.wanted) && !matches(&self.unwanted)
    }

    /// Whether the settings want nothing of what is in a directory.
    fn is_unwanted_directory(&self, path: &[u8]) -> bool {
        let anything = [path, b"/\x01"].concat();
        let matches = |p: &String| glob_matches_bytes(p, path) || glob_matches_bytes(p, &anything);
        self.unwanted.iter().any(matches)
    }

    /// The paths that git does not ignore.
    fn without_ignored(&mut self, repo: &Repo, mut paths: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        paths.sort_unstable();
        paths.dedup();
        if self.ignored.len() > REMEMBERED {
            self.ignored.clear();
        }
        let unknown = paths
            .iter()
            .filter(|path| !self.ignored.contains_key(*path));
        let unknown: Vec<Vec<u8>> = unknown.cloned().collect();
        if !unknown.is_empty() {
            // where git cannot say, everything counts
            let ignored = repo.ignored(&unknown).unwrap_or_default();
            for path in unknown {
                let is_ignored = ignored.contains(&path);
                self.ignored.insert(path, is_ignored);
            }
        }
        paths.retain(|path| !self.ignored[path]);
        paths
    }
}

/// What was found on the way through directories.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Directories that are watched now.
    pub(super) directories: usize,
    /// Files in them.
    pub(super) files: Vec<PathBuf>,
    /// The system watches no more.
    pub(super) full: bool,
}

/// A name in a directory.
#[cfg(unix)]
fn path_of(name: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt as _;
    Path::new(std::ffi::OsStr::from_bytes(name))
}

/// A name in a directory.
#[cfg(not(unix))]
fn path_of(name: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(name).into_owned())
}
