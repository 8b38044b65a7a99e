//! Installing, removing and reporting git's hooks. `cli` calls it for `init`, `start`, `hooks` and `doctor`;
//! [`recheck`] is for every command. Four ways, the first that applies:
//!
//! 1. a symbolic link to the program, where the name in the hooks directory is free and no other tool is
//!    expected to write there ([`Way::Link`]);
//! 2. hooks of the config, where git has them (2.54) and files would get in somebody's way ([`Way::Config`]);
//! 3. a stub that first runs the hook which was there ([`Way::Stub`]);
//! 4. a line for the person to add, where the files are not this clone's to write ([`Way::Manual`]).

mod advice;
mod choose;
mod config;
mod directory;
mod entry;
mod expected;
mod facts;
mod global;
mod install;
mod line;
mod manager;
mod program;
mod recheck;
mod record;
mod status;
mod stub;
mod uninstall;

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::domain::hook_event::HookEvent;

pub use advice::advice;
pub use facts::{Facts, Owned, facts};
pub use global::{install_global, install_global_for, uninstall_global};
pub use install::{install, install_for, plan};
pub use program::{program, program_among};
pub use recheck::{installed, recheck};
pub use status::{status, status_for, status_global};
pub use stub::quote;
pub use uninstall::uninstall;

/// A version of git, such as `(2, 47, 3)`.
pub type Version = (u32, u32, u32);

/// The first git that runs hooks which stand in its config.
/// Source: <https://git-scm.com/docs/git-config#Documentation/git-config.txt-hookltnamegtcommand>.
pub const CONFIG_HOOKS_SINCE: Version = (2, 54, 0);

/// For which repositories hooks are installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// For this one, with all its work trees.
    Repository,
    /// For every repository of this user.
    Global,
}

/// How one event reaches the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "way")]
pub enum Way {
    /// A symbolic link to the program in the hooks directory.
    Link,
    /// A hook of the config whose command is one word: no shell is started.
    Config,
    /// A hook of the config that looks for the program in a shell.
    ConfigGuarded,
    /// A script in the hooks directory that first runs the hook which was there.
    Stub,
    /// Nothing was written: the person adds a line.
    Manual {
        /// Exactly what to add, or the command to type; empty when the person has done it already.
        line: String,
        /// Why, and where the line goes: a sentence without period.
        reason: String,
    },
}

impl Way {
    /// One word or two for a table.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Config => "config",
            Self::ConfigGuarded => "config (shell)",
            Self::Stub => "stub",
            Self::Manual { .. } => "by hand",
        }
    }

    /// Whether the program wrote something for it.
    pub const fn is_ours(&self) -> bool {
        !matches!(self, Self::Manual { .. })
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What [`install`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// For which repositories.
    pub place: Place,
    /// The way of every event, in the order of [`HookEvent::ALL`].
    pub events: Vec<(HookEvent, Way)>,
    /// What else a person needs to know: sentences without period.
    pub notes: Vec<String>,
}

impl Installed {
    /// The way of an event.
    pub fn way(&self, event: HookEvent) -> Option<&Way> {
        let of_event = |(found, _): &&(HookEvent, Way)| *found == event;
        self.events.iter().find(of_event).map(|(_, way)| way)
    }

    /// The lines that the person still has to add, with the reason of each.
    pub fn by_hand(&self) -> impl Iterator<Item = (HookEvent, &str, &str)> {
        self.events.iter().filter_map(|(event, way)| match way {
            Way::Manual { line, reason } if !line.is_empty() => {
                Some((*event, line.as_str(), reason.as_str()))
            }
            _ => None,
        })
    }
}

/// What [`uninstall`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// What is gone or was put back: sentences without period.
    pub removed: Vec<String>,
    /// What was left alone, and why.
    pub kept: Vec<(PathBuf, String)>,
}

/// Which hook git really runs for an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventStatus {
    /// The event.
    pub event: HookEvent,
    /// How it reaches the program; `None` when it does not.
    pub way: Option<Way>,
    /// Whether git runs this program at the event, and a failure of ours cannot stop git.
    pub healthy: bool,
    /// What is there, or what is wrong with it: a sentence without period.
    pub detail: String,
}
