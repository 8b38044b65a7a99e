//! Repositories in the state that rounds start from, and the lanes that run in them.
//!
//! Each repository has three directories of hooks; the one that a lane uses is put in place by
//! a symbolic link before its turn. So lanes that leave no mark on each other share one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::bars::Bar;
use crate::machine::Machine;
use crate::template::Template;

const EMPTY_HOOKS: [&str; 5] = [
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-checkout",
    "post-rewrite",
];

/// What answers git.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hooks {
    None,
    /// `#!/bin/sh` and nothing else: the measure of most bars.
    Shell,
    Session,
}

impl Hooks {
    const fn directory(self) -> &'static str {
        match self {
            Self::None => "hooks.none",
            Self::Shell => "hooks.shell",
            Self::Session => "hooks.session",
        }
    }
}

/// One of the things that a row compares.
pub(crate) struct Lane {
    pub(crate) name: &'static str,
    pub(crate) repository: PathBuf,
    pub(crate) hooks: Hooks,
    /// Which lane of the row this one is compared with; itself when with none.
    pub(crate) base: usize,
    pub(crate) bars: &'static [Bar],
}

impl Lane {
    /// A lane that others are compared with.
    pub(crate) fn base(at: usize, repository: &Path) -> Self {
        Self::new("no hooks", repository, Hooks::None, at, &[])
    }

    pub(crate) fn shell(base: usize, repository: &Path) -> Self {
        Self::new("empty sh hooks", repository, Hooks::Shell, base, &[])
    }

    pub(crate) fn session(
        name: &'static str,
        base: usize,
        place: &Path,
        bars: &'static [Bar],
    ) -> Self {
        Self::new(name, place, Hooks::Session, base, bars)
    }

    pub(crate) fn new(
        name: &'static str,
        repository: &Path,
        hooks: Hooks,
        base: usize,
        bars: &'static [Bar],
    ) -> Self {
        Self {
            name,
            repository: repository.to_owned(),
            hooks,
            base,
            bars,
        }
    }

    /// Makes this lane's hooks the ones that git finds.
    pub(crate) fn put_hooks(&self) -> Result<()> {
        let link = self.repository.join(".git/hooks");
        if link.is_symlink() {
            fs::remove_file(&link)?;
        }
        Ok(link_directory(self.hooks.directory(), &link)?)
    }
}

/// A repository on `bench` without a session; with the hooks of git-session if `idle`.
pub(crate) fn plain(
    machine: &Machine,
    template: Template,
    name: &str,
    idle: bool,
) -> Result<PathBuf> {
    let repository = template.copy(machine, name)?;
    machine.git(&repository, &["switch", "--quiet", "--create", "bench"])?;
    if idle {
        machine.session(&repository, &["hooks", "install"])?;
    }
    make_hooks(&repository)?;
    Ok(repository)
}

/// A repository on `bench` with a session of two objectives there and on `other`.
pub(crate) fn sessions(
    machine: &Machine,
    template: Template,
    name: &str,
    config: &[(&str, &str)],
) -> Result<PathBuf> {
    let repository = template.copy(machine, name)?;
    add_sessions(machine, &repository, config)?;
    Ok(repository)
}

/// Starts the two sessions in a repository that is on `main`.
pub(crate) fn add_sessions(
    machine: &Machine,
    repository: &Path,
    config: &[(&str, &str)],
) -> Result<()> {
    for (key, value) in config {
        machine.git(repository, &["config", key, value])?;
    }
    for branch in ["other", "bench"] {
        // Off the branch that `bench` is cut from.
        machine.git(repository, &["switch", "--quiet", "main"])?;
        let start = [
            "start",
            branch,
            "-o",
            "First objective",
            "-o",
            "Second objective",
        ];
        machine.session(repository, &start)?;
    }
    make_hooks(repository)
}

/// Sets what git-session installed aside and makes the other two directories.
fn make_hooks(repository: &Path) -> Result<()> {
    let git_directory = repository.join(".git");
    let ours = git_directory.join(Hooks::Session.directory());
    if git_directory.join("hooks").exists() {
        fs::rename(git_directory.join("hooks"), ours)?;
    } else {
        fs::create_dir(ours)?;
    }
    fs::create_dir(git_directory.join(Hooks::None.directory()))?;
    let shell = git_directory.join(Hooks::Shell.directory());
    fs::create_dir(&shell)?;
    for event in EMPTY_HOOKS {
        let path = shell.join(event);
        fs::write(&path, "#!/bin/sh\n")?;
        make_executable(&path)?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn link_directory(target: &str, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn link_directory(target: &str, link: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(target, link)
}
