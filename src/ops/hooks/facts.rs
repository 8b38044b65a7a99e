//! Everything about the hooks of a repository that `doctor` looks at, read once and without writing.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::config::{Effective, form_of};
use super::directory::{Directory, Owner};
use super::entry::{BEFORE, Entry, What};
use super::manager::Manager;
use super::record::{Record, shown_version};
use super::status::status_for;
use super::{CONFIG_HOOKS_SINCE, EventStatus, Version, stub};
use crate::domain::hook_event::HookEvent;
use crate::git::{Repo, spawn};
use crate::sys::fs;

/// What leads from an event to the program, and is this program's to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owned {
    /// A link to this path.
    Link(PathBuf),
    /// A script of these bytes.
    Stub(Vec<u8>),
    /// A command of the config.
    Command(String),
}

/// The hooks of a repository.
#[derive(Debug)]
pub struct Facts {
    /// The version of git.
    pub version: Version,
    /// Which hook git runs for each event.
    pub events: Vec<EventStatus>,
    /// What of it is ours.
    pub owned: Vec<(HookEvent, Owned)>,
    /// What makes git run those that it does not run.
    pub advice: String,
    /// Where git takes hook files from.
    pub directory: PathBuf,
    /// The scope and the value of `core.hooksPath`, if it is set.
    pub hooks_path: Option<(String, String)>,
    /// Whether `core.hooksPath` says that no hook files are run.
    pub switched_off: bool,
    /// Whether `core.hooksPath` means another directory in each work tree.
    pub relative: bool,
    /// Hooks in the directory that are not ours: their names.
    pub strangers: Vec<String>,
    /// The hook managers that were found, and whether they replace hook files of others.
    pub managers: Vec<(&'static str, bool)>,
}

/// Looks at the hooks of a repository.
pub fn facts(repo: &Repo) -> Result<Facts> {
    let version = spawn::git_version(repo.env(), repo.cwd())?;
    let events = status_for(repo, version)?;
    let config = Effective::read(&repo.git())?;
    let directory = Directory::of(repo, &config)?;
    let record = Record::read(repo).map(|record| record.at(&directory.path));
    let mut owned = Vec::new();
    let mut managers = managers(repo, &directory);
    let mut advice = directory.advice(version);
    for event in HookEvent::ALL {
        let entry = Entry::read(repo, &directory.path, event, record.as_ref())?;
        if entry.manager().is_some() {
            advice = directory.advice_for(&entry, version);
        }
        managers.extend(entry.manager().map(|found| (found.name, found.takes_over)));
        let hook = config
            .hook(event)
            .filter(|_| version >= CONFIG_HOOKS_SINCE)
            .filter(|hook| hook.enabled);
        let command = hook.and_then(|hook| hook.command.map(str::to_owned));
        let found = command.map(Owned::Command).or_else(|| of_entry(&entry));
        owned.extend(found.map(|found| (event, found)));
    }
    managers.sort_unstable();
    managers.dedup();
    Ok(Facts {
        version,
        events,
        owned,
        advice,
        strangers: strangers(&directory.path, repo, record.as_ref()),
        hooks_path: directory
            .setting
            .as_ref()
            .map(|item| (item.scope.clone(), item.value.clone())),
        switched_off: directory.owner == Owner::Nobody,
        relative: directory.is_relative(),
        directory: directory.path,
        managers,
    })
}

/// What of a hook file is ours.
fn of_entry(entry: &Entry) -> Option<Owned> {
    match &entry.what {
        What::Link { target } => {
            let directory = entry.path.parent().unwrap_or(Path::new("/"));
            Some(Owned::Link(directory.join(target)))
        }
        What::Stub { bytes } | What::ChangedStub { bytes } | What::DoubledStub { bytes, .. } => {
            Some(Owned::Stub(bytes.clone()))
        }
        What::Free | What::Foreign { .. } | What::NoFile => None,
    }
}

/// The managers with settings in the work tree, or whose directory git takes hooks from.
fn managers(repo: &Repo, directory: &Directory) -> Vec<(&'static str, bool)> {
    let of_tree = repo.work_tree().map(Manager::of_work_tree);
    let of_directory = match directory.owner {
        Owner::Manager(manager) => Some(manager),
        _ => None,
    };
    let all = of_tree.unwrap_or_default().into_iter().chain(of_directory);
    all.map(|manager| (manager.name, manager.takes_over))
        .collect()
}

/// The hooks of a directory that are not ours: executable files that are no samples, and the hooks that our
/// stubs run.
fn strangers(directory: &Path, repo: &Repo, record: Option<&Record>) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == BEFORE {
            let before = std::fs::read_dir(entry.path()).into_iter().flatten();
            let names_before = before.flatten().map(|hook| hook.file_name());
            names.extend(names_before.map(|hook| format!("{name}/{}", hook.to_string_lossy())));
        } else if !name.ends_with(".sample") && fs::is_executable(&entry.path()) {
            let ours = HookEvent::from_name(&name)
                .and_then(|event| Entry::read(repo, directory, event, record).ok())
                .is_some_and(|entry| matches!(entry.what, What::Link { .. } | What::Stub { .. }));
            if !ours {
                names.push(name);
            }
        }
    }
    names.sort_unstable();
    names
}

impl Owned {
    /// The program that it leads to.
    pub fn program(&self) -> PathBuf {
        match self {
            Self::Link(target) => target.clone(),
            Self::Stub(bytes) => stub::program_of(bytes).unwrap_or_default().into(),
            Self::Command(command) => form_of(command).1,
        }
    }

    /// Whether a shell is started on the way.
    pub fn has_shell(&self) -> bool {
        match self {
            Self::Link(_) => false,
            Self::Stub(_) => true,
            Self::Command(command) => form_of(command).0 != super::Way::Config,
        }
    }

    /// The keys of the config, each with its value, that make git run it; none for a file.
    pub fn settings(&self, event: HookEvent) -> Vec<(String, String)> {
        match self {
            Self::Command(command) => vec![
                (super::config::key(event, "command"), command.clone()),
                (super::config::key(event, "event"), event.name().to_owned()),
            ],
            Self::Link(_) | Self::Stub(_) => Vec::new(),
        }
    }
}

impl Facts {
    /// The version of git as it is written.
    pub fn shown_version(&self) -> String {
        shown_version(self.version)
    }
}
