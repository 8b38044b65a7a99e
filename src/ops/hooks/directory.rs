//! Where git looks for hook files, and whether they are this clone's to write.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::config::{Effective, Item};
use super::manager::Manager;
use crate::git::Repo;
use crate::sys::fs;

/// The directory that git takes hook files from.
#[derive(Debug)]
pub(super) struct Directory {
    /// Absolute, as git has it.
    pub(super) path: PathBuf,
    /// `core.hooksPath`, if it is set.
    pub(super) setting: Option<Item>,
    /// Whose it is.
    pub(super) owner: Owner,
}

/// Whose directory it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// In the git directory: of this clone alone.
    Clone,
    /// In the work tree, without tracked files, set for this repository.
    WorkTree {
        /// Whether git would not add its files.
        ignored: bool,
    },
    /// In the work tree, with tracked files.
    Tracked,
    /// Written again and again by a manager.
    Manager(&'static Manager),
    /// Set for more than this repository, or outside of it.
    Others,
    /// No directory: git runs no hook files.
    Nobody,
}

impl Owner {
    /// Whether hooks may be written there.
    pub(super) const fn may_write(self) -> bool {
        matches!(self, Self::Clone | Self::WorkTree { .. })
    }
}

impl Directory {
    /// Asks git.
    pub(super) fn of(repo: &Repo, config: &Effective) -> Result<Self> {
        let setting = config.last("core.hookspath").cloned();
        let top = repo.work_tree().unwrap_or_else(|| repo.git_dir());
        let value = setting.as_ref().map(|item| item.value.as_str());
        if matches!(value, Some("" | "/dev/null")) {
            return Ok(Self {
                path: PathBuf::from("/dev/null"),
                setting,
                owner: Owner::Nobody,
            });
        }
        let asked = repo
            .git()
            .args(["rev-parse", "--git-path", "hooks"])
            .checked()?;
        let path = top.join(path_of(&asked.stdout));
        // `.git/hooks` in a linked work tree, where `.git` is a file
        let inside_file = path.ancestors().find(|part| fs::exists(part));
        let leads_nowhere = setting.is_some() && inside_file.is_some_and(|part| !part.is_dir());
        let owner = if leads_nowhere {
            Owner::Nobody
        } else {
            owner(repo, &path, setting.as_ref())?
        };
        Ok(Self {
            path,
            setting,
            owner,
        })
    }

    /// Whether the setting means another directory in each work tree.
    pub(super) fn is_relative(&self) -> bool {
        let relative =
            |item: &Item| !item.value.starts_with('~') && Path::new(&item.value).is_relative();
        self.setting.as_ref().is_some_and(relative)
    }

    /// The directory for a sentence: below the top of the work tree if it is there.
    pub(super) fn shown(&self, repo: &Repo) -> String {
        shown(&self.path, repo)
    }
}

/// A path for a sentence: below the top of the work tree if it is there.
pub(super) fn shown(path: &Path, repo: &Repo) -> String {
    let below = repo.work_tree().and_then(|top| path.strip_prefix(top).ok());
    below.unwrap_or(path).display().to_string()
}

/// Whose directory it is, symbolic links resolved.
fn owner(repo: &Repo, path: &Path, setting: Option<&Item>) -> Result<Owner> {
    let real = fs::resolve(path);
    if [repo.common_dir(), repo.git_dir()]
        .iter()
        .any(|dir| real.starts_with(fs::resolve(dir)))
    {
        return Ok(Owner::Clone);
    }
    if let Some(manager) = setting.and_then(|_| Manager::of_directory(path)) {
        return Ok(Owner::Manager(manager));
    }
    let here = setting.is_none_or(|item| matches!(item.scope.as_str(), "local" | "worktree"));
    let below = repo.work_tree().map(fs::resolve);
    let below = below.and_then(|top| real.strip_prefix(top).ok().map(Path::to_owned));
    let Some(below) = below.filter(|below| here && !below.as_os_str().is_empty()) else {
        return Ok(Owner::Others);
    };
    let git = || repo.git().variable("GIT_LITERAL_PATHSPECS", "1");
    let listed = git().args(["ls-files", "-z", "--"]).arg(&below).output()?;
    if !listed.success() || !listed.stdout.is_empty() {
        return Ok(Owner::Tracked);
    }
    let inside = below.join("post-commit");
    let ignored = repo
        .git()
        .args(["check-ignore", "-q", "--"])
        .arg(&inside)
        .output()?
        .success();
    Ok(Owner::WorkTree { ignored })
}

/// A line that git printed, as a path.
fn path_of(line: &[u8]) -> PathBuf {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        PathBuf::from(std::ffi::OsStr::from_bytes(line))
    }
    #[cfg(not(unix))]
    PathBuf::from(String::from_utf8_lossy(line).into_owned())
}
