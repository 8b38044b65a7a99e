//! What to type when git does not run our hooks: what helps with this directory, and not what would refuse.

use super::config::Effective;
use super::directory::{Directory, Owner};
use super::entry::Entry;
use super::manager::Manager;
use super::{CONFIG_HOOKS_SINCE, Version};
use crate::git::{Repo, spawn};

/// The command that installs, and that prints the lines to add where it may not write.
pub(super) const INSTALL: &str = "git session hooks install";

/// What makes git run our hooks in a repository where it runs none.
pub fn advice(repo: &Repo) -> String {
    let look = || {
        let version = spawn::git_version(repo.env(), repo.cwd())?;
        let config = Effective::read(&repo.git())?;
        anyhow::Ok(Directory::of(repo, &config)?.advice(version))
    };
    look().unwrap_or_else(|_| INSTALL.to_owned())
}

impl Directory {
    /// What makes git run our hooks when it takes them from this directory.
    pub(super) fn advice(&self, version: Version) -> String {
        if version >= CONFIG_HOOKS_SINCE {
            return INSTALL.to_owned();
        }
        match self.owner {
            Owner::Clone | Owner::WorkTree { .. } => INSTALL.to_owned(),
            Owner::Nobody => self.unset(),
            Owner::Manager(manager) => manager.to_add(),
            Owner::Tracked | Owner::Others => format!("{INSTALL} prints the lines to add"),
        }
    }

    /// What makes one hook file run ours.
    pub(super) fn advice_for(&self, entry: &Entry, version: Version) -> String {
        match entry.manager() {
            Some(manager) if version < CONFIG_HOOKS_SINCE => manager.to_add(),
            _ => self.advice(version),
        }
    }

    /// The command that takes `core.hooksPath` away.
    pub(super) fn unset(&self) -> String {
        match self.setting.as_ref().map_or("local", |item| &item.scope) {
            "command" => "leave `-c core.hooksPath=…` out, or unset GIT_CONFIG_COUNT".to_owned(),
            scope => format!("git config --{scope} --unset core.hooksPath"),
        }
    }
}

impl Manager {
    /// Where the lines go that the command prints.
    fn to_add(&self) -> String {
        match self.script_directory() {
            Some(directory) => format!("{INSTALL} prints the line to add to {directory}/<event>"),
            None => format!("{INSTALL} prints the line to add for {}", self.name),
        }
    }
}
