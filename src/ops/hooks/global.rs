//! Hooks for every repository of a user: only as hooks of the config. A global `core.hooksPath` would take the
//! place of the hooks that each repository has, so it is never set.

use std::path::Path;

use anyhow::Result;

use super::config::{Effective, Target};
use super::line::own_line;
use super::record::shown_version;
use super::{CONFIG_HOOKS_SINCE, Installed, Place, Removed, Version, Way};
use crate::domain::hook_event::HookEvent;
use crate::git::{Git, spawn};
use crate::sys::env::Env;
use crate::sys::fs::Sharing;

/// Installs the hooks for every repository of this user. Needs no repository.
pub fn install_global(env: &Env, cwd: &Path, program: &Path) -> Result<Installed> {
    let version = spawn::git_version(env, cwd)?;
    install_global_for(env, cwd, program, version)
}

/// [`install_global`] for a git of another version than the one on `PATH`.
pub fn install_global_for(
    env: &Env,
    cwd: &Path,
    program: &Path,
    version: Version,
) -> Result<Installed> {
    let (git, program) = (git(env, cwd), &std::path::absolute(program)?);
    if version < CONFIG_HOOKS_SINCE {
        return by_hand(&git, program, version);
    }
    let way = Target::Global(git).install(program, Sharing::Umask)?;
    let mut notes = vec![
        "a repository opts out with git config session.enabled false".to_owned(),
        format!(
            "git {} and later run them; an older git, for instance of an editor, does not",
            shown_version(CONFIG_HOOKS_SINCE)
        ),
    ];
    if way == Way::ConfigGuarded {
        notes.push(
            "these hooks go through a shell, which costs about a millisecond each".to_owned(),
        );
    }
    let events = HookEvent::ALL.map(|event| (event, way.clone())).into();
    Ok(Installed {
        place: Place::Global,
        events,
        notes,
    })
}

/// Takes the hooks for every repository out. Needs no repository.
pub fn uninstall_global(env: &Env, cwd: &Path) -> Result<Removed> {
    let removed = Target::Global(git(env, cwd)).uninstall()?;
    Ok(Removed {
        removed,
        kept: Vec::new(),
    })
}

/// A git that looks at the user's settings only.
fn git(env: &Env, cwd: &Path) -> Git {
    Git::new(env, cwd).elsewhere()
}

/// What a person can do with an older git.
fn by_hand(git: &Git, program: &Path, version: Version) -> Result<Installed> {
    let version = shown_version(version);
    let since = shown_version(CONFIG_HOOKS_SINCE);
    let too_old = format!("git {version} runs no hooks of its config ({since} does)");
    let config = Effective::read(git)?;
    let global = config.last_of_user("core.hookspath");
    let way = |event: HookEvent| match global {
        Some(item) if !matches!(item.value.as_str(), "" | "/dev/null") => Way::Manual {
            line: own_line(event, program),
            reason: format!(
                "{too_old}, and core.hooksPath is {}: add the line to {event} there",
                item.value
            ),
        },
        Some(_) => Way::Manual {
            line: "git config --global --unset core.hooksPath".to_owned(),
            reason: "core.hooksPath is set so that git runs no hooks".to_owned(),
        },
        None => Way::Manual {
            line: "git session hooks install".to_owned(),
            reason: format!(
                "{too_old}, and a core.hooksPath for all repositories would switch off the hooks of each: type the command in a repository"
            ),
        },
    };
    Ok(Installed {
        place: Place::Global,
        events: HookEvent::ALL.map(|event| (event, way(event))).into(),
        notes: Vec::new(),
    })
}
