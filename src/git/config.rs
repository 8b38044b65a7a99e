//! Git config: read through libgit2 with the overlays of `GIT_CONFIG_COUNT` and `git -c`, written by `git config`.
//! Writing is for commands only: a hook never takes `config.lock`.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::config_env::{self, Pair};
use super::config_file::Line;
use super::repo::Repo;
use crate::domain::id::{BranchName, SessionId};
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::sys::env::Env;

/// Where a setting stands. Source: <https://git-scm.com/docs/git-config#SCOPES>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Of the machine.
    System,
    /// Of the user.
    Global,
    /// Of the repository, shared by its work trees.
    Local,
    /// Of one work tree (`extensions.worktreeConfig`).
    Worktree,
    /// `git -c` and `GIT_CONFIG_COUNT`: cannot be written.
    Command,
}

/// How long a write waits for another process to give `config.lock` back; git itself does not wait.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// The settings as they are in this process. Keys are written as `section.subsection.variable`; the case of
/// section and variable does not matter.
pub struct Config {
    base: Base,
    overlay: Vec<Pair>,
    env: Env,
}

/// What reads the files.
enum Base {
    Libgit2(git2::Config),
    /// What they said when the repository was opened, the weakest scope first.
    Read(Vec<Line>),
}

/// One value of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The normalized key, without the prefix that was asked for.
    pub key: String,
    /// The value; a key without one counts as `true`.
    pub value: String,
    /// Where it stands.
    pub scope: Scope,
}

impl Config {
    /// The value that holds; `None` when the key is not set, or is set without a value.
    pub fn get(&self, key: &str) -> Option<String> {
        self.lookup(key).and_then(|(value, _)| value)
    }

    /// Whether the key is there, with a value or without.
    pub fn is_set(&self, key: &str) -> bool {
        self.lookup(key).is_some()
    }

    /// The value as git's boolean: a key without a value is true, an empty value false; words, and numbers
    /// other than 0. Anything else is a [`Fault`].
    pub fn get_bool(&self, key: &str) -> Result<Option<bool>> {
        let Some((Some(text), _)) = self.lookup(key) else {
            return Ok(self.is_set(key).then_some(true));
        };
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Ok(Some(true)),
            "false" | "no" | "off" | "" => Ok(Some(false)),
            number => match integer(number) {
                Some(number) => Ok(Some(number != 0)),
                None => Err(malformed(key, &text, "true or false").into()),
            },
        }
    }

    /// The value as git's integer, with an optional `k`, `m` or `g`. Anything else is a [`Fault`].
    pub fn get_integer(&self, key: &str) -> Result<Option<i64>> {
        let Some(text) = self.get(key) else {
            return Ok(None);
        };
        match integer(&text.to_ascii_lowercase()) {
            Some(number) => Ok(Some(number)),
            None => Err(malformed(key, &text, "a number").into()),
        }
    }

    /// The value as a path; `~/` is the home directory. May be relative.
    pub fn get_path(&self, key: &str) -> Option<std::path::PathBuf> {
        let value = self.get(key).filter(|value| !value.is_empty())?;
        let value = value.strip_prefix(":(optional)").unwrap_or(&value);
        let home = self
            .env
            .path("HOME")
            .or_else(|| self.env.path("USERPROFILE"));
        Some(match (value.strip_prefix("~/"), home) {
            (Some(below), Some(home)) => home.join(below),
            _ => value.into(),
        })
    }

    /// Every value of a key, the weakest scope first; a key without a value counts as `true`.
    pub fn get_all(&self, key: &str) -> Vec<String> {
        let Some(key) = config_env::normalize(key) else {
            return Vec::new();
        };
        let hits = self.section(&key).into_iter();
        hits.filter(|setting| setting.key.is_empty())
            .map(|setting| setting.value)
            .collect()
    }

    /// The scope of the value that holds.
    pub fn origin(&self, key: &str) -> Option<Scope> {
        self.lookup(key).map(|(_, scope)| scope)
    }

    /// The session that a branch is mapped to; `None` when it is not, or to something that is no id.
    pub fn session_of(&self, branch: &BranchName) -> Option<SessionId> {
        SessionId::new(self.get(&session_key(branch))?).ok()
    }

    /// Every branch that is mapped to a session, sorted by name.
    pub fn mapped_branches(&self) -> Vec<(BranchName, SessionId)> {
        let mut map = std::collections::BTreeMap::new();
        for setting in self.section("branch.") {
            if let Some(name) = setting.key.strip_suffix(".sessionid")
                && let Ok(name) = BranchName::new(name)
            {
                match SessionId::new(setting.value) {
                    Ok(id) => map.insert(name, id),
                    Err(_) => map.remove(&name),
                };
            }
        }
        map.into_iter().collect()
    }

    /// The settings whose normalized key begins with a prefix such as `session.`, the weakest scope first: of
    /// two with one key, the later one holds. Keys that are not UTF-8 are left out.
    pub fn section(&self, prefix: &str) -> Vec<Setting> {
        let mut found = match &self.base {
            Base::Libgit2(base) => listed(base, prefix),
            Base::Read(lines) => {
                let setting = |line: &Line| {
                    Some(Setting {
                        key: line.key.strip_prefix(prefix)?.to_owned(),
                        value: line.value.clone().unwrap_or_else(truth),
                        scope: line.scope,
                    })
                };
                lines.iter().filter_map(setting).collect()
            }
        };
        let overlay = self.overlay.iter();
        found.extend(overlay.filter_map(|(name, value)| {
            Some(Setting {
                key: name.strip_prefix(prefix)?.to_owned(),
                value: value.clone().unwrap_or_else(truth),
                scope: Scope::Command,
            })
        }));
        found
    }

    /// The setting that holds, and where it stands.
    fn lookup(&self, key: &str) -> Option<(Option<String>, Scope)> {
        let key = config_env::normalize(key)?;
        if let Some((_, value)) = self.overlay.iter().rev().find(|(found, _)| *found == key) {
            return Some((value.clone(), Scope::Command));
        }
        match &self.base {
            Base::Libgit2(base) => {
                let entry = base.get_entry(&key).ok()?;
                let scope = scope_of(entry.level());
                Some((entry.has_value().then(|| text(entry.value_bytes())), scope))
            }
            Base::Read(lines) => {
                let line = lines.iter().rev().find(|line| line.key == key)?;
                Some((line.value.clone(), line.scope))
            }
        }
    }

    /// The settings that files said once, and those that came with the environment.
    pub(super) fn from_lines(lines: Vec<Line>, env: &Env) -> Self {
        Self {
            base: Base::Read(lines),
            overlay: config_env::overlay(env),
            env: env.clone(),
        }
    }
}

/// What libgit2 lists below a prefix.
fn listed(base: &git2::Config, prefix: &str) -> Vec<Setting> {
    let mut found = Vec::new();
    if let Ok(entries) = base.entries(None) {
        // an error in the middle ends the list: the file has been read and parsed before
        let _complete = entries.for_each(|entry| {
            if let Ok(name) = entry.name()
                && let Some(key) = name.strip_prefix(prefix)
            {
                let value = entry.has_value().then(|| text(entry.value_bytes()));
                found.push(Setting {
                    key: key.to_owned(),
                    value: value.unwrap_or_else(truth),
                    scope: scope_of(entry.level()),
                });
            }
        });
    }
    found
}

impl Repo {
    /// The settings of this repository. What another process writes is seen too, except in a hook.
    pub fn config(&self) -> Result<&Config> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let config = Config {
            // no snapshot: it copies every entry (13 ms for 20,000), a lookup costs three `stat`s (3 µs)
            base: Base::Libgit2(self.inner()?.config()?),
            overlay: config_env::overlay(&self.env),
            env: self.env.clone(),
        };
        Ok(self.config.get_or_init(|| config))
    }

    /// Maps a branch to a session, or unmaps it.
    pub fn set_session(&self, branch: &BranchName, id: Option<&SessionId>) -> Result<()> {
        let key = format!("branch.{branch}.sessionId");
        match id {
            Some(id) => self.set_config(Scope::Local, &key, id.as_str()),
            None => self.unset_config(Scope::Local, &key),
        }
    }

    /// Makes a value the only one of its key in a scope.
    pub fn set_config(&self, scope: Scope, key: &str, value: &str) -> Result<()> {
        self.write_config(scope, &["--replace-all", key, value])
    }

    /// Adds a value to a key that has several, such as `remote.origin.fetch`.
    pub fn add_config(&self, scope: Scope, key: &str, value: &str) -> Result<()> {
        self.write_config(scope, &["--add", key, value])
    }

    /// Removes every value of a key in a scope; none there is fine.
    pub fn unset_config(&self, scope: Scope, key: &str) -> Result<()> {
        self.write_config(scope, &["--unset-all", key])
    }

    /// Removes one value of a key that has several; not there is fine.
    pub fn unset_config_value(&self, scope: Scope, key: &str, value: &str) -> Result<()> {
        self.write_config(scope, &["--fixed-value", "--unset-all", key, value])
    }

    /// Runs `git config`, again while another process holds `config.lock`.
    fn write_config(&self, scope: Scope, args: &[&str]) -> Result<()> {
        let place = match scope {
            Scope::System => "--system",
            Scope::Global => "--global",
            Scope::Local => "--local",
            Scope::Worktree => "--worktree",
            Scope::Command => bail!("the settings of one command cannot be written"),
        };
        let git = self.git().without("GIT_CONFIG").variable("LC_ALL", "C");
        let git = git.args(["config", place]).args(args);
        let deadline = Instant::now() + LOCK_WAIT;
        let mut pause = Duration::from_millis(5);
        loop {
            let output = git.output()?;
            let complaint = output.complaint();
            let locked = complaint.contains("could not lock config file");
            match output.code {
                // 5: what was to be removed is not there
                0 | 5 => return Ok(()),
                _ if locked && Instant::now() < deadline => {
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(100));
                }
                _ => {
                    let fault = Fault::user(format!("`{}` failed: {complaint}", git.line()));
                    let hint = "remove the file config.lock if no git command is running";
                    return Err(if locked { fault.hint(hint) } else { fault }.into());
                }
            }
        }
    }
}

/// The key that maps a branch to its session.
fn session_key(branch: &BranchName) -> String {
    format!("branch.{branch}.sessionid")
}

/// What a key without a value means.
fn truth() -> String {
    "true".to_owned()
}

/// Bytes of a config file as text.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A setting that cannot be understood.
fn malformed(key: &str, value: &str, expected: &str) -> Fault {
    let shown = value.escape_debug();
    Fault::user(format!("`{key}` is `{shown}`, not {expected}")).hint(format!(
        "git config --show-origin --get-all {}",
        quoted(key)
    ))
}

/// A number in git's form.
fn integer(text: &str) -> Option<i64> {
    let (digits, unit) = match text.as_bytes().last()? {
        b'k' => (&text[..text.len() - 1], 1 << 10),
        b'm' => (&text[..text.len() - 1], 1 << 20),
        b'g' => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    digits.trim().parse::<i64>().ok()?.checked_mul(unit)
}

/// libgit2's levels as git's scopes.
const fn scope_of(level: git2::ConfigLevel) -> Scope {
    use git2::ConfigLevel as Level;
    match level {
        Level::ProgramData | Level::System => Scope::System,
        Level::XDG | Level::Global => Scope::Global,
        Level::Worktree => Scope::Worktree,
        Level::Local => Scope::Local,
        Level::App | Level::Highest => Scope::Command,
    }
}
