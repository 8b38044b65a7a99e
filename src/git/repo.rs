//! One opened repository: how it is found and opened, where it is, and how to run git in it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use anyhow::Result;
use git2::{ErrorCode, ObjectFormat, Oid, Repository, RepositoryOpenFlags};

use super::config::Config;
use super::config_file;
use super::head::Head;
use super::locate::{Dirs, locate, path_from};
use super::refs::Refs;
use super::spawn::Git;
use super::state::State;
use crate::domain::id::CommitId;
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::sys::env::{self, Env};
use crate::sys::fs::{self, Sharing};

/// A repository, seen from one of its work trees.
pub struct Repo {
    /// As libgit2 sees it; in a hook only when it is needed.
    inner: OnceCell<Repository>,
    pub(super) env: Env,
    pub(super) config: OnceCell<Config>,
    sharing: OnceCell<Sharing>,
    /// What the file `shallow` says.
    pub(super) shallow: OnceCell<Vec<u8>>,
    cwd: PathBuf,
    dirs: Dirs,
    work_tree: Option<PathBuf>,
    linked: bool,
    pub(super) object_format: ObjectFormat,
    /// Where HEAD is, once it was read, when it stays there as long as this process runs.
    pub(super) head: Option<OnceCell<Head>>,
}

impl Repo {
    /// Opens the repository that git would use in a directory with this environment.
    ///
    /// libgit2 reads some variables itself, from the environment of the process, of which `env` is a copy:
    /// `GIT_CONFIG_GLOBAL`, `GIT_CONFIG_SYSTEM`, `GIT_CONFIG_NOSYSTEM`, `GIT_OBJECT_DIRECTORY`,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`, `GIT_COMMON_DIR`, `HOME`. The others are applied here, because
    /// libgit2 resolves a relative `GIT_WORK_TREE` against the git directory instead of the current one.
    pub fn open(env: &Env, cwd: &Path) -> Result<Self> {
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
            linked: inner.is_worktree(),
            object_format: inner.object_format(),
            head: None,
            inner: OnceCell::from(inner),
        })
    }

    /// Opens the repository that git has just started a hook in. HEAD and the settings are read once: nobody
    /// changes them while git waits. The usual shapes need no libgit2: git has checked the format, the owner
    /// and the paths, and `dirs` is what [`locate`] found.
    pub fn open_in_hook(env: &Env, cwd: &Path, dirs: &Dirs) -> Result<Self> {
        let Some((config, object_format)) = plain_config(env, cwd, dirs) else {
            return Ok(Self {
                head: Some(OnceCell::new()),
                ..Self::open(env, cwd)?
            });
        };
        Ok(Self {
            env: env.clone(),
            config: OnceCell::from(config),
            sharing: OnceCell::new(),
            shallow: OnceCell::new(),
            cwd: cwd.to_owned(),
            dirs: dirs.clone(),
            work_tree: Some(cwd.to_owned()),
            linked: dirs.git_dir != dirs.common_dir,
            object_format,
            head: Some(OnceCell::new()),
            inner: OnceCell::new(),
        })
    }

    /// Whether hooks need libgit2 to read the settings here, which takes most of a millisecond: an include, a
    /// condition, an extension, an unusual place of the git directory.
    pub fn hooks_need_library(&self) -> bool {
        let top = self.work_tree().unwrap_or_else(|| self.git_dir());
        plain_config(&self.env, top, &self.dirs).is_none()
    }

    /// The repository as libgit2 sees it.
    pub(super) fn inner(&self) -> Result<&Repository> {
        if let Some(inner) = self.inner.get() {
            return Ok(inner);
        }
        let inner = open_inner(&self.env, &self.cwd)?;
        Ok(self.inner.get_or_init(|| inner))
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
        let linked = self.git_dir() != self.common_dir() && self.linked;
        let name = self.git_dir().file_name().filter(|_| linked)?;
        Some(name.to_string_lossy().into_owned())
    }

    /// How objects are named: `sha1` or `sha256`.
    pub fn object_format(&self) -> &'static str {
        self.object_format.str()
    }

    /// The id of the empty tree, which git knows without storing it.
    pub fn empty_tree(&self) -> &'static str {
        match self.object_format {
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
        Ok(Oid::from_str_ext(hex, self.object_format)?)
    }
}

impl std::fmt::Debug for Repo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repo")
            .field("dirs", &self.dirs)
            .finish_non_exhaustive()
    }
}

/// The settings and the object format of a repository in one of the two usual shapes: the directory that the
/// hook runs in is the top of the work tree, and has the git directory as `.git` or is a linked work tree of it.
/// `None` when libgit2 has to be asked.
fn plain_config(env: &Env, cwd: &Path, dirs: &Dirs) -> Option<(Config, ObjectFormat)> {
    let moved = [env::GIT_WORK_TREE, env::GIT_COMMON_DIR];
    if moved.iter().any(|name| env.has(name)) || !cwd.is_absolute() {
        return None;
    }
    let main = dirs.git_dir == cwd.join(".git") && dirs.common_dir == dirs.git_dir;
    if !main && !is_linked_to(cwd, dirs) {
        return None;
    }
    let lines = config_file::read(env, &dirs.common_dir)?;
    let config = Config::from_lines(lines, env);
    let bare = config.get_bool("core.bare").ok()?.unwrap_or(false);
    if bare || config.is_set("core.worktree") {
        return None;
    }
    let version = config.get("core.repositoryformatversion");
    let mut format = ObjectFormat::Sha1;
    for extension in config.section("extensions.") {
        format = match (extension.key.as_str(), extension.value.as_str()) {
            ("objectformat", "sha1") => ObjectFormat::Sha1,
            ("objectformat", "sha256") if version.as_deref() == Some("1") => ObjectFormat::Sha256,
            _ => return None,
        };
    }
    let known = matches!(version.as_deref(), None | Some("0" | "1"));
    known.then_some((config, format))
}

/// Whether a directory is the top of the linked work tree of this git directory.
fn is_linked_to(cwd: &Path, dirs: &Dirs) -> bool {
    let below = dirs.common_dir.join("worktrees");
    let back = || {
        let bytes = fs::read(&dirs.git_dir.join("gitdir")).ok()??;
        path_from(bytes.trim_ascii())
    };
    dirs.git_dir.parent() == Some(&below) && back() == Some(cwd.join(".git"))
}

/// Chooses how libgit2 is to look, by the variables that are set.
fn open_inner(env: &Env, cwd: &Path) -> Result<Repository> {
    // Objects are checked by git when they arrive, and what is written here refers to what was just read.
    git2::opts::strict_hash_verification(false);
    git2::opts::strict_object_creation(false);
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
                .hint(format!("git config --global --add safe.directory {}", quoted(place)))
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
