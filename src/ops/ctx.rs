//! Everything that an operation needs to know of the place it runs in, opened once.

use std::path::{Path, PathBuf};

use anyhow::Result;
use chrono::{DateTime, Utc};

use crate::config::{self, Origin, Problem, Settings};
use crate::domain::context::Context;
use crate::domain::enrich::Moment;
use crate::domain::id::{CommitId, SessionId};
use crate::domain::pen::{Author, Pen};
use crate::domain::session::State;
use crate::error::Fault;
use crate::git::{Dirs, Repo, Scope};
use crate::store::{Store, WorktreeFiles};
use crate::sys::clock::Clock;
use crate::sys::env::Env;
use crate::sys::fs;

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A person or script, through a command.
    Cli,
    /// Git, through a hook.
    Hook,
}

impl Via {
    /// The word in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Hook => "hook",
        }
    }
}

/// What becomes of settings of the project that cannot be read.
#[derive(Clone, Copy)]
enum Unreadable {
    /// The command ends.
    Ends,
    /// The defaults hold, and the reason is kept: a hook writes it into its log.
    IsKept,
}

impl Unreadable {
    /// What usually happens.
    const fn of(via: Via) -> Self {
        match via {
            Via::Cli => Self::Ends,
            Via::Hook => Self::IsKept,
        }
    }
}

/// A repository with its sessions and settings.
pub struct Ctx {
    /// The environment of the process.
    pub env: Env,
    /// Now, and random ids.
    pub clock: Clock,
    /// Where the command was typed.
    pub cwd: PathBuf,
    /// Who asked.
    pub via: Via,
    /// The repository.
    pub repo: Repo,
    /// The settings that hold here.
    pub settings: Settings,
    /// What is wrong with them.
    pub problems: Vec<Problem>,
    /// Why the settings of the project could not be read, where that does not end everything.
    pub unreadable: Option<String>,
    /// The sessions.
    pub store: Store,
    /// The small files of this work tree.
    pub worktree: WorktreeFiles,
}

impl Ctx {
    /// Opens the repository of `cwd`.
    ///
    /// # Errors
    /// A `Fault` of kind `Repository` when there is none, or one that cannot be used.
    pub fn open(env: Env, cwd: &Path, via: Via) -> Result<Self> {
        let repo = Repo::open(&env, cwd)?;
        Self::of(repo, env, cwd, via, Unreadable::of(via))
    }

    /// The same for a command that must also run where settings of the project cannot be read: it gets the
    /// defaults, and the reason.
    pub fn open_anyway(env: Env, cwd: &Path) -> Result<Self> {
        let repo = Repo::open(&env, cwd)?;
        Self::of(repo, env, cwd, Via::Cli, Unreadable::IsKept)
    }

    /// The same for a hook, which git has started in a repository with these directories.
    pub fn open_in_hook(env: Env, cwd: &Path, dirs: &Dirs) -> Result<Self> {
        let repo = Repo::open_in_hook(&env, cwd, dirs)?;
        Self::of(repo, env, cwd, Via::Hook, Unreadable::of(Via::Hook))
    }

    /// Reads the settings and finds the sessions.
    fn of(repo: Repo, env: Env, cwd: &Path, via: Via, settings: Unreadable) -> Result<Self> {
        let file = repo.work_tree().map(read_config_file).transpose();
        let (file, unreadable) = match (file, settings) {
            (Ok(file), _) => (file.flatten(), None),
            (Err(error), Unreadable::IsKept) => (None, Some(format!("{error:#}"))),
            (Err(error), Unreadable::Ends) => return Err(error),
        };
        let config = repo.config()?;
        let personal = config.section("session.");
        let lookup = |name: &str| -> Vec<(String, Origin)> {
            let name = name.strip_prefix("session.").unwrap_or(name);
            let hits = personal
                .iter()
                .filter(|entry| entry.key.eq_ignore_ascii_case(name));
            hits.map(|entry| (entry.value.clone(), origin(entry.scope)))
                .collect()
        };
        let (settings, problems) = Settings::load(file.as_deref(), &lookup);
        let sharing = repo.sharing()?;
        Ok(Self {
            clock: Clock::from_env(&env),
            cwd: cwd.to_owned(),
            via,
            store: Store::new(repo.common_dir(), sharing),
            worktree: WorktreeFiles::new(repo.git_dir(), sharing),
            settings,
            problems,
            unreadable,
            repo,
            env,
        })
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Whether hooks write down what git did: commits, switches, time.
    pub const fn tracks(&self) -> bool {
        self.settings.session.enabled && self.settings.session.auto_track
    }

    /// Seconds without an event after which the person was elsewhere.
    pub const fn idle_after(&self) -> u64 {
        self.settings.session.idle_after.as_secs()
    }

    /// The linked work tree that this is; empty for the main one.
    pub fn worktree_key(&self) -> String {
        self.repo.worktree_name().unwrap_or_default()
    }

    /// Now, in this work tree, for a commit that may replace another. `worktree`: [`Ctx::worktree_key`].
    pub fn moment<'a>(&self, worktree: &'a str, amends: Option<&'a CommitId>) -> Moment<'a> {
        Moment {
            now: self.now().timestamp(),
            worktree,
            idle_after: self.idle_after(),
            amends,
        }
    }

    /// Active seconds of a session up to now.
    pub fn active_seconds(&self, context: &Context) -> u64 {
        let now = self.now().timestamp();
        if context.state != State::Active {
            return context.active_seconds();
        }
        let own = context.own_seconds_at(now, &self.worktree_key(), self.idle_after());
        own.saturating_add(context.elsewhere)
    }

    /// Who writes events here and now.
    pub fn author(&self) -> Author {
        Author {
            by: self
                .repo
                .identity()
                .map_or_else(|_| "unknown".to_owned(), |identity| identity.to_string()),
            via: self.via.name().to_owned(),
            worktree: self.repo.worktree_name(),
            at: self.now(),
        }
    }

    /// Lets `write` write events of a session whose greatest counter is `last_n`.
    pub fn with_pen<T>(
        &self,
        session: &SessionId,
        last_n: u64,
        write: impl FnOnce(&mut Pen<'_>) -> T,
    ) -> T {
        let random = |salt: &str| self.clock.random(salt);
        write(&mut Pen::new(
            self.author(),
            session.clone(),
            last_n,
            &random,
        ))
    }
}

/// Where a value of git config stands, in the words of the settings.
const fn origin(scope: Scope) -> Origin {
    match scope {
        Scope::System => Origin::System,
        Scope::Global => Origin::Global,
        Scope::Local => Origin::Local,
        Scope::Worktree => Origin::Worktree,
        Scope::Command => Origin::Command,
    }
}

/// The bytes of `.session/config.toml`, when it is there and no symbolic link leads to it: of one that is too
/// long, so many that the settings see it.
///
/// # Errors
/// A link is refused: what a cloned repository says never names a path outside the work tree.
fn read_config_file(work_tree: &Path) -> Result<Option<Vec<u8>>> {
    let path = work_tree.join(config::FILE);
    for part in [path.parent().unwrap_or(work_tree), &path] {
        match std::fs::symlink_metadata(part) {
            Err(_) => return Ok(None),
            Ok(metadata) if metadata.is_symlink() => {
                return Err(
                    Fault::user(format!("{} is a symbolic link", part.display()))
                        .hint("replace it by a file of the repository")
                        .into(),
                );
            }
            Ok(_) => {}
        }
    }
    fs::read_start(&path, config::MOST_BYTES as u64 + 1)
}
