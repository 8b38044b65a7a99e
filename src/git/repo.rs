//! One opened repository: how it is found and opened, where it is, and how to run git in it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use anyhow::Result;
use git2::{ErrorCode, ObjectFormat, Oid, Repository, RepositoryOpenFlags};

use super::config::Config;
use super::locate::{Dirs, locate};
use super::refs::Refs;
use super::spawn::Git;
use super::state::State;
use crate::domain::id::CommitId;
use crate::error::Fault;
use crate::sys::env::{self, Env};
use crate::sys::fs::Sharing;

/// A repository, seen from one of its work trees.
pub struct Repo {
    pub(super) inner: Repository,
    pub(super) env: Env,
    pub(super) config: OnceCell<Config>,
    sharing: OnceCell<Sharing>,
    /// What the file `shallow` says.
    pub(super) shallow: OnceCell<Vec<u8>>,
    cwd: PathBuf,
    dirs: Dirs,
    work_tree: Option<PathBuf>,
}

impl Repo {
    /// Opens the repository that git would use in a directory with this environment.
    ///
    /// libgit2 reads some variables itself, from the environment of the process, of which `env` is a copy:
    /// `GIT_CONFIG_GLOBAL`, `GIT_CONFIG_SYSTEM`, `GIT_CONFIG_NOSYSTEM`, `GIT_OBJECT_DIRECTORY`,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`, `GIT_COMMON_DIR`, `HOME`. The others are applied here, because
    /// libgit2 resolves a relative `GIT_WORK_TREE` against the git directory instead of the current one.
    pub fn open(env: &Env, cwd: &Path) -> Result<Self> {
        // Objects are checked by git when they arrive, and what is written here refers to what was just read.
        git2::opts::strict_hash_verification(false);
        git2::opts::strict_object_creation(false);
        let cwd = std::path::absolute(cwd)?;
        let inner = open_inner(env, &cwd)?;
        let dirs = Dirs {
            git_dir: plain(inner.path()),
            common_dir: plain(inner.commondir()),
        };
        Ok(Self {
            env: env.clone(),
            config: OnceCell::new(),
            sharing: OnceCell::new(),
            shallow: OnceCell::new(),
            cwd,
            dirs,
            work_tree: inner.workdir().map(plain),
            inner,
        })
    }

    /// The git directory of this work tree, absolute.
    pub fn git_dir(&self) -> &Path {
        &self.dirs.git_dir
    }

    /// The git directory that all work trees share, absolute.
    pub fn common_dir(&self) -> &Path {
        &self.dirs.common_dir
    }

    /// The top of the work tree, absolute; `None` in a bare repository.
    pub fn work_tree(&self) -> Option<&Path> {
        self.work_tree.as_deref()
    }

    /// Whether there is no work tree.
    pub fn is_bare(&self) -> bool {
        self.work_tree.is_none()
    }

    /// The directory that the repository was opened from, absolute.
    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// The environment that the repository was opened with.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// The name of the linked work tree below `<common dir>/worktrees`; `None` in the main one.
    pub fn worktree_name(&self) -> Option<String> {
        let linked = self.git_dir() != self.common_dir() && self.inner.is_worktree();
        let name = self.git_dir().file_name().filter(|_| linked)?;
        Some(name.to_string_lossy().into_owned())
    }

    /// How objects are named: `sha1` or `sha256`.
    pub fn object_format(&self) -> &'static str {
        self.inner.object_format().str()
    }

    /// The id of the empty tree, which git knows without storing it.
    pub fn empty_tree(&self) -> &'static str {
        match self.inner.object_format() {
            ObjectFormat::Sha1 => "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
            ObjectFormat::Sha256 => {
                "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
            }
        }
    }

    /// What git is in the middle of.
    pub fn state(&self) -> State {
        State::read(self.git_dir())
    }

    /// The index that git would use: `GIT_INDEX_FILE` from the directory that git started us in, else the
    /// one of this work tree.
    pub fn index_path(&self) -> PathBuf {
        match self.env.path(env::GIT_INDEX_FILE) {
            Some(path) => self.cwd.join(path),
            None => self.git_dir().join("index"),
        }
    }

    /// A run of git at the top of the work tree (or in the bare repository) that sees the same repository,
    /// index and `git -c` settings as this program.
    pub fn git(&self) -> Git {
        let top = self.work_tree().unwrap_or_else(|| self.git_dir());
        let mut git = Git::new(&self.env, top);
        if self.env.has(env::GIT_DIR) {
            git = git.variable(env::GIT_DIR, self.git_dir());
        }
        if let (true, Some(work_tree)) = (self.env.has(env::GIT_WORK_TREE), self.work_tree()) {
            git = git.variable(env::GIT_WORK_TREE, work_tree);
        }
        if let Some(path) = self.env.path(env::GIT_COMMON_DIR) {
            git = git.variable(env::GIT_COMMON_DIR, self.cwd.join(path));
        }
        if self.env.has(env::GIT_INDEX_FILE) {
            git = git.variable(env::GIT_INDEX_FILE, self.index_path());
        }
        git
    }

    /// Who besides the owner may use what is created: `core.sharedRepository`, looked up once.
    /// Source: git's `setup.c`, `git_config_perm`.
    pub fn sharing(&self) -> Result<Sharing> {
        const KEY: &str = "core.sharedrepository";
        if let Some(sharing) = self.sharing.get() {
            return Ok(*sharing);
        }
        let config = self.config()?;
        let sharing = match config.get(KEY) {
            Some(value) => sharing_from(&value),
            None if config.is_set(KEY) => Sharing::Group,
            None => Sharing::Umask,
        };
        Ok(*self.sharing.get_or_init(|| sharing))
    }

    /// Where git looks for hook files: `core.hooksPath`, from the top of the work tree, else `hooks` in the
    /// common git directory. Hooks of the config itself (git 2.54) are not files.
    pub fn hooks_dir(&self) -> Result<PathBuf> {
        let top = self.work_tree().unwrap_or_else(|| self.git_dir());
        Ok(match self.config()?.get_path("core.hookspath") {
            Some(path) => top.join(path),
            None => self.common_dir().join("hooks"),
        })
    }

    /// The ref files of this work tree.
    pub(super) fn refs(&self) -> Refs<'_> {
        Refs {
            git_dir: self.git_dir(),
            common_dir: self.common_dir(),
        }
    }

    /// A commit id in libgit2's form.
    pub(super) fn oid(&self, id: &CommitId) -> Result<Oid> {
        self.parse_oid(id.as_str())
    }

    /// Hexadecimal digits in libgit2's form.
    pub(super) fn parse_oid(&self, hex: &str) -> Result<Oid> {
        Ok(Oid::from_str_ext(hex, self.inner.object_format())?)
    }
}

impl std::fmt::Debug for Repo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repo")
            .field("dirs", &self.dirs)
            .finish_non_exhaustive()
    }
}

/// Chooses how libgit2 is to look, by the variables that are set.
fn open_inner(env: &Env, cwd: &Path) -> Result<Repository> {
    let from_env = RepositoryOpenFlags::FROM_ENV;
    let exactly = from_env | RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::NO_DOTGIT;
    let open = |path: &Path, flags| {
        let ceilings = ceilings(env);
        Repository::open_ext(path, flags, &ceilings).map_err(|error| refused(&error, path))
    };
    let git_dir = || {
        let dirs = locate(env, cwd).ok_or_else(|| no_repository(cwd))?;
        Ok::<_, anyhow::Error>(dirs.git_dir)
    };
    if let Some(work_tree) = env.path(env::GIT_WORK_TREE) {
        // as bare, so that libgit2 leaves the variable alone
        let inner = open(&git_dir()?, exactly | RepositoryOpenFlags::BARE)?;
        inner.set_workdir(&cwd.join(work_tree), false)?;
        return Ok(inner);
    }
    if !env.has(env::GIT_DIR) {
        return Ok(open(cwd, from_env)?);
    }
    let inner = open(&git_dir()?, exactly)?;
    let current_is_top = !inner.is_bare()
        && !inner.is_worktree()
        && inner.config()?.get_entry("core.worktree").is_err();
    if current_is_top {
        inner.set_workdir(cwd, false)?;
    }
    Ok(inner)
}

/// `GIT_CEILING_DIRECTORIES` without its empty entries.
fn ceilings(env: &Env) -> Vec<PathBuf> {
    let value = env.os(env::GIT_CEILING_DIRECTORIES).unwrap_or_default();
    std::env::split_paths(value)
        .filter(|path| !path.as_os_str().is_empty())
        .collect()
}

/// The path without the slash that libgit2 leaves at its end.
fn plain(path: &Path) -> PathBuf {
    path.components().collect()
}

/// There is no repository here.
fn no_repository(path: &Path) -> Fault {
    let place = path.display();
    Fault::repository(format!("not a git repository: {place}")).hint("git init")
}

/// Says why libgit2 does not open a repository, and what can be done.
fn refused(error: &git2::Error, path: &Path) -> Fault {
    let message = error.message();
    let extension = message.strip_prefix("unsupported extension name extensions.");
    match (error.code(), extension) {
        (ErrorCode::NotFound, _) => no_repository(path),
        (ErrorCode::Owner, _) => {
            let place = message.split('\'').nth(1).unwrap_or_default();
            Fault::repository(message.to_owned())
                .hint(format!("git config --global --add safe.directory '{place}'"))
        }
        (_, Some("refstorage")) => Fault::repository(
            "the refs of this repository are kept in another format than files (extensions.refStorage)",
        )
        .hint("git refs migrate --ref-format=files"),
        (_, Some(name)) => Fault::repository(format!(
            "this repository uses the extension `{name}`, which git-session does not know"
        ))
        .hint(format!("git config get extensions.{name}")),
        _ => Fault::repository(format!("cannot open the repository: {message}")),
    }
}

/// Reads a value of `core.sharedRepository`.
fn sharing_from(value: &str) -> Sharing {
    match value.to_ascii_lowercase().as_str() {
        "umask" | "false" | "no" | "off" | "0" | "" => Sharing::Umask,
        "group" | "true" | "yes" | "on" | "1" => Sharing::Group,
        "all" | "world" | "everybody" | "2" => Sharing::Everybody,
        octal => match u32::from_str_radix(octal, 8) {
            Ok(mode) if mode & 0o600 == 0o600 => Sharing::Mode(mode & 0o666),
            _ => Sharing::Umask,
        },
    }
}
