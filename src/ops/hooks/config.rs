//! Hooks that stand in git's config (git 2.54): read as git sees them, written for one repository or for all.
//! Source: <https://git-scm.com/docs/git-hook>, git's `hook.c`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::Way;
use super::program::{self, is_one_word, libexec};
use super::stub::quote;
use crate::domain::hook_event::HookEvent;
use crate::error::Fault;
use crate::git::{Git, Repo, Scope};
use crate::sys::fs::{self, Sharing};

/// The file with the hooks, beside the links of `install.sh`, which removes it together with them.
const INCLUDED: &str = "hooks.gitconfig";
/// How long a write waits for another process to give `config.lock` back.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// `system`, `global`, `local`, `worktree`, `command`.
    pub(super) scope: String,
    /// Section and variable in lower case.
    pub(super) key: String,
    /// What is set; a key without a value is `true`.
    pub(super) value: String,
}

/// Every setting that git sees, includes followed, the weakest first.
#[derive(Debug, Default)]
pub(super) struct Effective(Vec<Item>);

/// A hook of the config as git would run it.
#[derive(Debug)]
pub(super) struct ConfigHook<'a> {
    /// Where its event is set.
    pub(super) scope: &'a str,
    /// What is run; `None` makes every hook fail.
    pub(super) command: Option<&'a str>,
    /// Whether it, or its event, is not switched off.
    pub(super) enabled: bool,
}

impl Effective {
    /// Asks git.
    pub(super) fn read(git: &Git) -> Result<Self> {
        let git = git.clone().args(["config", "--list", "-z", "--show-scope"]);
        let output = git.checked()?;
        let mut fields = output
            .stdout
            .split(|b| *b == 0)
            .map(String::from_utf8_lossy);
        let mut items = Vec::new();
        while let (Some(scope), Some(pair)) = (fields.next(), fields.next()) {
            let (key, value) = pair.split_once('\n').unwrap_or((&pair, "true"));
            items.push(Item {
                scope: scope.into_owned(),
                key: key.to_owned(),
                value: value.to_owned(),
            });
        }
        Ok(Self(items))
    }

    /// The setting that holds.
    pub(super) fn last(&self, key: &str) -> Option<&Item> {
        self.0.iter().rev().find(|item| item.key == key)
    }

    /// The setting that holds in repositories that have none of their own.
    pub(super) fn last_of_user(&self, key: &str) -> Option<&Item> {
        let everywhere = |item: &&Item| matches!(item.scope.as_str(), "system" | "global");
        self.0
            .iter()
            .rev()
            .filter(everywhere)
            .find(|item| item.key == key)
    }

    /// The hook of an event, if one is set by our name.
    pub(super) fn hook(&self, event: HookEvent) -> Option<ConfigHook<'_>> {
        let key = key(event, "event");
        let of_key = self.0.iter().filter(|item| item.key == key);
        // an empty value takes back those before it
        let since_reset = of_key.fold(Vec::new(), |mut found, item| {
            if item.value.is_empty() {
                found.clear();
            } else {
                found.push(item);
            }
            found
        });
        let set = since_reset
            .into_iter()
            .rfind(|item| item.value == event.name())?;
        let on = |key: &str| {
            let value = self.last(key).map(|item| item.value.to_ascii_lowercase());
            !value.is_some_and(|value| matches!(value.as_str(), "false" | "no" | "off" | "0" | ""))
        };
        Some(ConfigHook {
            scope: &set.scope,
            command: self
                .last(&self::key(event, "command"))
                .map(|item| item.value.as_str()),
            enabled: on(&self::key(event, "enabled")) && on(&format!("hook.{event}.enabled")),
        })
    }
}

/// `hook.git-session-pcm.event` and the like.
pub(super) fn key(event: HookEvent, variable: &str) -> String {
    format!("hook.{}-{}.{variable}", program::NAME, event.abbreviation())
}

/// The command in its shell form: a program that is gone or fails is no failure of the hook.
fn guarded(event: HookEvent, program: &Path) -> String {
    let program = quote(program);
    format!(
        "f() {{ [ \"${{GIT_SESSION-}}\" != 0 ] && [ -x {program} ] || return 0; {program} hook {event} \"$@\" || :; }}; f"
    )
}

/// Which form a command has, and the program that it needs.
pub(super) fn form_of(command: &str) -> (Way, PathBuf) {
    let guarded = command
        .strip_prefix("f() {")
        .and_then(|rest| rest.split_once("[ -x "));
    match guarded.and_then(|(_, rest)| rest.split_once(" ] || return 0;")) {
        Some((word, _)) => {
            let path = word.trim_matches('\'').replace("'\\''", "'");
            (Way::ConfigGuarded, PathBuf::from(path))
        }
        None => (Way::Config, PathBuf::from(command)),
    }
}

/// The config that is written.
pub(super) enum Target<'a> {
    /// That of a repository.
    Local(&'a Repo),
    /// That of the user: git outside of any repository.
    Global(Git),
}

impl Target<'_> {
    /// The values of a key that stand in this config itself.
    fn values(&self, key: &str) -> Result<Vec<String>> {
        let (git, place) = match self {
            Self::Local(repo) => (repo.git(), "--local"),
            Self::Global(git) => (git.clone(), "--global"),
        };
        let git = git.args(["config", place, "--no-includes", "-z", "--get-all", key]);
        let output = git.output()?;
        let values = output
            .stdout
            .split(|b| *b == 0)
            .filter(|value| !value.is_empty());
        Ok(values
            .map(|value| String::from_utf8_lossy(value).into_owned())
            .collect())
    }

    fn add(&self, key: &str, value: &str) -> Result<()> {
        match self {
            Self::Local(repo) => repo.add_config(Scope::Local, key, value),
            Self::Global(git) => write_global(git, &["--add", key, value]),
        }
    }

    fn set(&self, key: &str, value: &str) -> Result<()> {
        match self {
            Self::Local(repo) => repo.set_config(Scope::Local, key, value),
            Self::Global(git) => write_global(git, &["--replace-all", key, value]),
        }
    }

    fn unset(&self, key: &str) -> Result<()> {
        match self {
            Self::Local(repo) => repo.unset_config(Scope::Local, key),
            Self::Global(git) => write_global(git, &["--unset-all", key]),
        }
    }

    fn unset_value(&self, key: &str, value: &str) -> Result<()> {
        match self {
            Self::Local(repo) => repo.unset_config_value(Scope::Local, key, value),
            Self::Global(git) => write_global(git, &["--fixed-value", "--unset-all", key, value]),
        }
    }

    /// Puts the hooks in; what an earlier install left in another form goes. Who shares the repository cannot
    /// be asked to have the included file, so `sharing` decides the form, too.
    pub(super) fn install(&self, program: &Path, sharing: Sharing) -> Result<Way> {
        let included = match sharing {
            Sharing::Umask => included_file(program),
            _ => None,
        };
        let Some(file) = included else {
            for event in HookEvent::ALL {
                // an event without a command makes git refuse every command that runs hooks
                self.set(&key(event, "command"), &guarded(event, program))?;
                self.set(&key(event, "event"), event.name())?;
            }
            self.remove_includes(None)?;
            return Ok(Way::ConfigGuarded);
        };
        let text = file.to_string_lossy();
        if !self
            .values("include.path")?
            .iter()
            .any(|value| *value == text)
        {
            self.add("include.path", &text)?;
        }
        self.remove_includes(Some(&text))?;
        self.remove_keys()?;
        Ok(Way::Config)
    }

    /// Takes our hooks out, whatever form they have, and says what was there.
    pub(super) fn uninstall(&self) -> Result<Vec<String>> {
        let mut removed = self.remove_includes(None)?;
        removed.extend(self.remove_keys()?);
        Ok(removed)
    }

    /// Removes the includes of our file, but for one.
    fn remove_includes(&self, but: Option<&str>) -> Result<Vec<String>> {
        let mut removed = Vec::new();
        for value in self.values("include.path")? {
            let ours = Path::new(&value).ends_with(Path::new(program::NAME).join(INCLUDED));
            if ours && Some(value.as_str()) != but {
                self.unset_value("include.path", &value)?;
                removed.push(format!("include.path = {value}"));
            }
        }
        Ok(removed)
    }

    /// Removes the hooks that stand in this config itself, event before command.
    fn remove_keys(&self) -> Result<Vec<String>> {
        let mut removed = Vec::new();
        for event in HookEvent::ALL {
            for key in ["event", "command"].map(|variable| key(event, variable)) {
                if !self.values(&key)?.is_empty() {
                    self.unset(&key)?;
                    removed.push(key);
                }
            }
        }
        Ok(removed)
    }
}

/// The file to include, written beside the links of `install.sh`; `None` where there are none, the path is
/// more than one word, or the directory is not ours to write.
fn included_file(program: &Path) -> Option<PathBuf> {
    let directory = libexec(program)?;
    let file = directory.join(INCLUDED);
    let words = HookEvent::ALL.map(|event| directory.join(event.name()));
    if !words.iter().all(|word| is_one_word(word)) {
        return None;
    }
    let mut text =
        "# Written by `git session hooks install`; install.sh removes it with the program.\n"
            .to_owned();
    for (event, word) in HookEvent::ALL.into_iter().zip(&words) {
        let (name, short, word) = (program::NAME, event.abbreviation(), word.display());
        let section = format!("[hook \"{name}-{short}\"]\n\tcommand = {word}\n\tevent = {event}\n");
        text.push_str(&section);
    }
    let there = fs::read(&file).ok().flatten();
    let same = there.is_some_and(|bytes| bytes == text.as_bytes());
    let written = same || fs::write_atomic(&file, text.as_bytes(), Sharing::Umask).is_ok();
    written.then_some(file)
}

/// Runs `git config --global`, again while another process holds the lock.
fn write_global(git: &Git, args: &[&str]) -> Result<()> {
    let git = git.clone().without("GIT_CONFIG").variable("LC_ALL", "C");
    let git = git.args(["config", "--global"]).args(args);
    let deadline = Instant::now() + LOCK_WAIT;
    loop {
        let output = git.output()?;
        let complaint = output.complaint();
        let locked = complaint.contains("could not lock config file");
        match output.code {
            // 5: what was to be removed is not there
            0 | 5 => return Ok(()),
            _ if locked && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(20));
            }
            _ => return Err(Fault::user(format!("`{}` failed: {complaint}", git.line())).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effective(pairs: &[(&str, &str)]) -> Effective {
        let item = |(key, value): &(&str, &str)| Item {
            scope: "local".to_owned(),
            key: (*key).to_owned(),
            value: (*value).to_owned(),
        };
        Effective(pairs.iter().map(item).collect())
    }

    #[test]
    fn the_form_of_a_command_is_read_back() {
        let program = Path::new("/it's a/git-session");
        let command = guarded(HookEvent::PostCommit, program);
        assert_eq!(form_of(&command), (Way::ConfigGuarded, program.to_owned()));
        let word = "/p/libexec/git-session/post-commit";
        assert_eq!(form_of(word), (Way::Config, PathBuf::from(word)));
    }

    #[test]
    fn switches_and_resets_hold_as_in_git() {
        let event = HookEvent::PostMerge;
        let set = ("hook.git-session-pm.event", "post-merge");
        let command = ("hook.git-session-pm.command", "/p");
        assert!(effective(&[set, command]).hook(event).unwrap().enabled);
        assert!(effective(&[set]).hook(event).unwrap().command.is_none());
        assert!(
            effective(&[("hook.git-session-pm.event", "post-commit")])
                .hook(event)
                .is_none()
        );
        assert!(effective(&[set, (set.0, "")]).hook(event).is_none());
        assert!(effective(&[(set.0, ""), set]).hook(event).is_some());
        for switch in ["hook.git-session-pm.enabled", "hook.post-merge.enabled"] {
            assert!(
                !effective(&[set, command, (switch, "off")])
                    .hook(event)
                    .unwrap()
                    .enabled
            );
        }
    }
}
