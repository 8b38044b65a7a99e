//! Which hook git will really run at each event: the config as git reads it, then the hooks directory.

use std::path::Path;

use anyhow::Result;

use super::advice::INSTALL;
use super::config::{ConfigHook, Effective, form_of, key};
use super::directory::{Directory, Owner, shown};
use super::entry::{Entry, What};
use super::line::calls;
use super::manager::Manager;
use super::record::{Record, shown_version};
use super::{CONFIG_HOOKS_SINCE, EventStatus, Version, Way, stub};
use crate::domain::hook_event::HookEvent;
use crate::git::{Git, Repo, spawn};
use crate::sys::env::Env;
use crate::sys::fs;

/// How each event reaches the program, in the order of [`HookEvent::ALL`].
pub fn status(repo: &Repo) -> Result<Vec<EventStatus>> {
    status_for(repo, spawn::git_version(repo.env(), repo.cwd())?)
}

/// [`status`] for a git of another version than the one on `PATH`.
pub fn status_for(repo: &Repo, version: Version) -> Result<Vec<EventStatus>> {
    let config = Effective::read(&repo.git())?;
    let directory = Directory::of(repo, &config)?;
    let record = Record::read(repo).map(|record| record.at(&directory.path));
    let one = |event| {
        let file = of_file(repo, &directory, event, version, record.as_ref())?;
        let Some(hook) = config.hook(event) else {
            return Ok(file);
        };
        if version < CONFIG_HOOKS_SINCE {
            return Ok(too_old(file, version));
        }
        let mut found = of_config(event, &hook);
        if found.way.is_some() && file.way.is_some() {
            let also = file.detail;
            found.detail = format!(
                "{}; the hooks directory runs it again: {also}",
                found.detail
            );
        }
        Ok(found)
    };
    HookEvent::ALL.into_iter().map(one).collect()
}

/// How each event reaches the program in every repository of this user. Needs no repository.
pub fn status_global(env: &Env) -> Result<Vec<EventStatus>> {
    // no repository is there, so only what holds for all of them is read
    let nowhere = Path::new("/");
    let version = spawn::git_version(env, nowhere)?;
    let config = Effective::read(&Git::new(env, nowhere).elsewhere())?;
    let one = |event| {
        let none = |detail: &str| EventStatus {
            event,
            way: None,
            healthy: false,
            detail: detail.to_owned(),
        };
        match config.hook(event) {
            Some(_) if version < CONFIG_HOOKS_SINCE => too_old(none(""), version),
            Some(hook) => of_config(event, &hook),
            None => none("no hook for all repositories: git session hooks install --global"),
        }
    };
    Ok(HookEvent::ALL.map(one).into())
}

/// A hook of the config that this git does not know.
fn too_old(file: EventStatus, version: Version) -> EventStatus {
    if file.healthy {
        return file;
    }
    let (version, since) = (shown_version(version), shown_version(CONFIG_HOOKS_SINCE));
    let detail =
        format!("a hook of the config, which git {version} does not run ({since} does): {INSTALL}");
    EventStatus { detail, ..file }
}

/// A hook of the config.
fn of_config(event: HookEvent, hook: &ConfigHook<'_>) -> EventStatus {
    let name = key(event, "event");
    let scope = hook.scope;
    let (way, healthy, detail) = match hook.command {
        None => (
            None,
            false,
            format!(
                "{name} has no command, so git refuses to work: git config --{scope} --unset-all {name}"
            ),
        ),
        Some(_) if !hook.enabled => (None, false, format!("{name} ({scope}) is switched off")),
        Some(command) => {
            let (way, program) = form_of(command);
            let runs = fs::is_executable(&program);
            let program = program.display();
            let detail = match (&way, runs) {
                (Way::Config, true) => format!("{program}, in the {scope} config"),
                (_, true) => format!(
                    "{program}, in the {scope} config, through a shell (about a millisecond)"
                ),
                (Way::Config, false) => format!(
                    "{program} is not there, so git fails: {INSTALL}, or git config --{scope} --unset-all {name}"
                ),
                (_, false) => format!("{program} is not there, so nothing is run: {INSTALL}"),
            };
            (Some(way), runs, detail)
        }
    };
    EventStatus {
        event,
        way,
        healthy,
        detail,
    }
}

/// A hook file.
fn of_file(
    repo: &Repo,
    directory: &Directory,
    event: HookEvent,
    version: Version,
    record: Option<&Record>,
) -> Result<EventStatus> {
    let nothing = |detail: String| EventStatus {
        event,
        way: None,
        healthy: false,
        detail,
    };
    if directory.owner == Owner::Nobody {
        let value = directory.setting.as_ref().map_or("", |item| &item.value);
        return Ok(nothing(format!(
            "core.hooksPath is `{value}`, so git runs no hooks: {}",
            directory.advice(version)
        )));
    }
    let entry = Entry::read(repo, &directory.path, event, record)?;
    let file = shown(&entry.path, repo);
    let manager = match directory.owner {
        Owner::Manager(manager) => Some(manager),
        _ => entry.manager(),
    };
    if let Some(manager) = manager {
        let advice = directory.advice_for(&entry, version);
        return Ok(of_manager(manager, &entry, &file, &advice, repo));
    }
    let advice = directory.advice(version);
    let ours = |way: Way, program: &Path| {
        let program_runs = fs::is_executable(program);
        let git_runs = fs::is_executable(&entry.path) || way == Way::Link;
        let detail = match (program_runs, git_runs) {
            (false, _) => format!(
                "{file} leads to {}, which is not there, so nothing is run: {INSTALL}",
                program.display()
            ),
            (true, false) => format!("{file} is not executable, so git ignores it: {INSTALL}"),
            (true, true) if entry.has_before => {
                format!("{file}, after {}", shown(&entry.before(), repo))
            }
            (true, true) => file.clone(),
        };
        EventStatus {
            event,
            way: Some(way),
            healthy: program_runs && git_runs,
            detail,
        }
    };
    Ok(match &entry.what {
        What::Link { target } => ours(
            Way::Link,
            &entry.path.parent().unwrap_or(Path::new("/")).join(target),
        ),
        What::Stub { bytes } | What::ChangedStub { bytes } | What::DoubledStub { bytes, .. } => {
            let program = stub::program_of(bytes).unwrap_or_default();
            ours(Way::Stub, Path::new(&program))
        }
        What::Foreign { bytes } if calls(bytes, event) => by_hand(event, &file, &entry.path),
        What::Foreign { .. } => nothing(format!("{file} is another hook: {advice}")),
        What::NoFile => nothing(format!("{file} is no file")),
        What::Free if entry.has_before => nothing(format!(
            "an install was cut short, {} is not run: {INSTALL}",
            shown(&entry.before(), repo)
        )),
        What::Free => nothing(format!("no hook: {advice}")),
    })
}

/// A hook that a manager runs.
fn of_manager(
    manager: &Manager,
    entry: &Entry,
    file: &str,
    advice: &str,
    repo: &Repo,
) -> EventStatus {
    let event = entry.event;
    let hooks = entry.path.parent().unwrap_or(Path::new("."));
    if manager.has_line(event, hooks, repo.work_tree()) {
        let by = format!("{file}, by {}", manager.name);
        let mut status = by_hand(event, &by, &entry.path);
        let without = manager.without_list(event);
        if status.healthy && !without.is_empty() {
            status.detail = by + without;
        }
        return status;
    }
    let detail = format!(
        "{file} is {}'s and does not run git-session: {advice}",
        manager.name
    );
    EventStatus {
        event,
        way: None,
        healthy: false,
        detail,
    }
}

/// A hook that the person made run the program.
fn by_hand(event: HookEvent, file: &str, path: &Path) -> EventStatus {
    let healthy = fs::is_executable(path);
    let detail = if healthy {
        format!("{file}, by a line added by hand")
    } else {
        format!("{file} has the line, but git does not run it: it is not executable or not there")
    };
    let way = Way::Manual {
        line: String::new(),
        reason: detail.clone(),
    };
    EventStatus {
        event,
        way: Some(way),
        healthy,
        detail,
    }
}
