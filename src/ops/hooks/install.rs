//! Installing hooks for one repository: choosing the way, then taking it. What is about to be done is written
//! down first, so that an install that was cut short can be repeated or taken back.

use std::path::Path;

use anyhow::Result;

use super::config::{Effective, Target, form_of};
use super::directory::{Directory, Owner, shown};
use super::entry::{Entry, What};
use super::expected::expects_others;
use super::global::install_global_for;
use super::line::list_for_both;
use super::manager::Manager;
use super::record::{self, Done, Moved, Record, blob_id, shown_version, stamp, text};
use super::uninstall::{explained, remove_files};
use super::{CONFIG_HOOKS_SINCE, Installed, Place, Removed, Version, Way, stub};
use crate::domain::hook_event::HookEvent;
use crate::git::{Repo, spawn};
use crate::sys::fs::{self, Sharing};

/// Installs the hooks of a repository, or of every repository. Once more is fine: it repairs, and follows a
/// program that has moved.
pub fn install(repo: &Repo, program: &Path, place: Place) -> Result<Installed> {
    let version = spawn::git_version(repo.env(), repo.cwd())?;
    install_for(repo, program, place, version)
}

/// [`install`] for a git of another version than the one on `PATH`.
pub fn install_for(
    repo: &Repo,
    program: &Path,
    place: Place,
    version: Version,
) -> Result<Installed> {
    if place == Place::Global {
        return install_global_for(repo.env(), repo.cwd(), program, version);
    }
    let program = std::path::absolute(program)?;
    install_here(repo, &program, version).map_err(|error| explained(error, repo))
}

/// An install into one repository, with everything that the choice depends on.
pub(super) struct Install<'a> {
    pub(super) repo: &'a Repo,
    pub(super) program: &'a Path,
    version: Version,
    pub(super) directory: Directory,
    entries: Vec<Entry>,
    before: Option<Record>,
    managers: Vec<&'static Manager>,
    /// Whether another tool is likely to put in hook files, too.
    pub(super) expects_others: bool,
    pub(super) sharing: Sharing,
}

/// Looks, chooses, acts.
fn install_here(repo: &Repo, program: &Path, version: Version) -> Result<Installed> {
    let config = Effective::read(&repo.git())?;
    let _lock = record::lock(repo)?;
    let before = Record::read(repo);
    let directory = Directory::of(repo, &config)?;
    if let Some(installed) = already_global(repo, &config, version, &directory)? {
        return Ok(installed);
    }
    let install = Install::look(repo, program, version, directory, before)?;
    if version >= CONFIG_HOOKS_SINCE && install.wants_config() {
        install.into_config()
    } else {
        install.into_files(&config)
    }
}

/// The way that [`install`] would take for each event. Nothing is written.
pub fn plan(repo: &Repo, program: &Path, version: Version) -> Result<Vec<(HookEvent, Way)>> {
    let config = Effective::read(&repo.git())?;
    let directory = Directory::of(repo, &config)?;
    let install = Install::look(repo, program, version, directory, Record::read(repo))?;
    let way = |entry: &Entry| {
        if version >= CONFIG_HOOKS_SINCE && install.wants_config() {
            return Way::Config;
        }
        install.choose(entry)
    };
    let ways = install.entries.iter().map(way);
    Ok(HookEvent::ALL.into_iter().zip(ways).collect())
}

/// When the hooks of all repositories run here, what this repository has of its own goes: they would run twice.
fn already_global(
    repo: &Repo,
    config: &Effective,
    version: Version,
    directory: &Directory,
) -> Result<Option<Installed>> {
    let way = |event| {
        let hook = config.hook(event)?;
        let everywhere = matches!(hook.scope, "global" | "system") && hook.enabled;
        let (way, needs) = form_of(hook.command?);
        (everywhere && fs::is_executable(&needs)).then_some((event, way))
    };
    let ways: Option<Vec<_>> = HookEvent::ALL.into_iter().map(way).collect();
    let Some(events) = ways.filter(|_| version >= CONFIG_HOOKS_SINCE) else {
        return Ok(None);
    };
    Target::Local(repo).uninstall()?;
    let before = Record::read(repo);
    let mut notes = vec!["the hooks for all repositories run here, too".to_owned()];
    notes.extend(remove_files(repo, &directory.path, before.as_ref())?.removed);
    for place in before
        .iter()
        .flat_map(|one| one.places_but(&directory.path))
    {
        notes.extend(elsewhere(
            repo,
            Path::new(&place.directory),
            before.as_ref(),
        )?);
    }
    fs::remove(&record::path(repo))?;
    Ok(Some(Installed {
        place: Place::Repository,
        events,
        notes,
    }))
}

/// Takes back what an earlier install wrote to another directory; names what cannot be taken back.
fn elsewhere(repo: &Repo, directory: &Path, before: Option<&Record>) -> Result<Vec<String>> {
    let Removed { mut removed, kept } = remove_files(repo, directory, before)?;
    let kept = kept
        .iter()
        .map(|(path, why)| format!("kept {}: {why}", shown(path, repo)));
    removed.extend(kept);
    Ok(removed)
}

impl<'a> Install<'a> {
    /// Looks at what is there.
    fn look(
        repo: &'a Repo,
        program: &'a Path,
        version: Version,
        directory: Directory,
        before: Option<Record>,
    ) -> Result<Self> {
        let before = before.map(|record| record.at(&directory.path));
        let entry = |event| Entry::read(repo, &directory.path, event, before.as_ref());
        let entries = HookEvent::ALL
            .into_iter()
            .map(entry)
            .collect::<Result<_>>()?;
        Ok(Self {
            repo,
            program,
            version,
            managers: repo
                .work_tree()
                .map(Manager::of_work_tree)
                .unwrap_or_default(),
            expects_others: expects_others(repo.work_tree(), repo.env()),
            sharing: repo.sharing()?,
            directory,
            entries,
            before,
        })
    }

    /// Whether hook files would not do, or would get in somebody's way.
    fn wants_config(&self) -> bool {
        let foreign = |entry: &Entry| !entry.is_ours() || entry.has_before;
        self.directory.owner != Owner::Clone
            || self.directory.is_relative()
            || self.expects_others
            || self.entries.iter().any(foreign)
    }

    /// Way 2: every event through the config. What earlier installs left in the hooks directory goes after it.
    fn into_config(self) -> Result<Installed> {
        let way = Target::Local(self.repo).install(self.program, self.sharing)?;
        let mut notes = Vec::new();
        if self.directory.owner.may_write() {
            let removed = remove_files(self.repo, &self.directory.path, self.before.as_ref())?;
            notes.extend(removed.removed);
        }
        let before = self.before.as_ref();
        for place in before
            .iter()
            .flat_map(|one| one.places_but(&self.directory.path))
        {
            notes.extend(elsewhere(self.repo, Path::new(&place.directory), before)?);
        }
        if way == Way::ConfigGuarded {
            notes.push(
                "these hooks go through a shell, which costs about a millisecond each".to_owned(),
            );
        }
        notes.push(format!(
            "git {} and later run them; an older git, for instance of an editor, does not",
            shown_version(CONFIG_HOOKS_SINCE)
        ));
        let events: Vec<_> = HookEvent::ALL.map(|event| (event, way.clone())).into();
        let done = |(event, way): &(HookEvent, Way)| Done {
            event: *event,
            way: way.clone(),
            stub: None,
            moved: None,
        };
        self.record(events.iter().map(done).collect())
            .write(self.repo)?;
        Ok(Installed {
            place: Place::Repository,
            events,
            notes,
        })
    }

    /// Ways 1, 3 and 4: each event by itself.
    fn into_files(self, config: &Effective) -> Result<Installed> {
        let ways: Vec<_> = self
            .entries
            .iter()
            .map(|entry| self.choose(entry))
            .collect();
        let mut done = Vec::new();
        for (entry, way) in self.entries.iter().zip(&ways) {
            done.push(self.planned(entry, way)?);
        }
        if ways.iter().any(Way::is_ours) {
            fs::create_dir(&self.directory.path, self.sharing)?;
            fs::sweep(&self.directory.path)?;
        }
        let mut record = self.record(done);
        record.write(self.repo)?;
        for (entry, way) in self.entries.iter().zip(&ways) {
            match way {
                Way::Link => {
                    // other tools, `cp` and `curl -o` write through a link: they must not reach the program
                    fs::protect(self.program);
                    entry.link(self.program)?;
                }
                Way::Stub if !matches!(entry.what, What::ChangedStub { .. }) => {
                    entry.stub(&stub::render(entry.event, self.program), self.sharing)?;
                }
                _ => {}
            }
        }
        record.stamp = stamp(&self.directory.path);
        record.write(self.repo)?;
        let ours = |event| config.hook(event).is_some_and(|hook| hook.scope == "local");
        if HookEvent::ALL.into_iter().any(ours) {
            Target::Local(self.repo).uninstall()?;
        }
        let notes = self.notes(&ways);
        let events = HookEvent::ALL.into_iter().zip(ways).collect();
        Ok(Installed {
            place: Place::Repository,
            events,
            notes,
        })
    }

    /// What will have been done for a name.
    fn planned(&self, entry: &Entry, way: &Way) -> Result<Done> {
        let mut done = Done {
            event: entry.event,
            way: way.clone(),
            stub: None,
            moved: None,
        };
        if *way != Way::Stub || matches!(entry.what, What::ChangedStub { .. }) {
            return Ok(done);
        }
        let bytes = stub::render(entry.event, self.program);
        done.stub = Some(blob_id(self.repo, &bytes)?);
        let moves = match &entry.what {
            What::Foreign { bytes } => Some(bytes.clone()),
            _ => fs::read(&entry.before())?,
        };
        if let Some(bytes) = moves {
            done.moved = Some(Moved {
                path: text(&entry.before()),
                hash: blob_id(self.repo, &bytes)?,
            });
        }
        Ok(done)
    }

    /// The record of this install.
    fn record(&self, events: Vec<Done>) -> Record {
        Record {
            hooks_path: self
                .directory
                .setting
                .as_ref()
                .map(|item| item.value.clone()),
            directory: text(&self.directory.path),
            events,
            earlier: self
                .before
                .as_ref()
                .map(|record| record.places_but(&self.directory.path))
                .unwrap_or_default(),
            ..Record::new(self.program, self.version)
        }
    }

    /// What a person needs to know beside the way of each event.
    fn notes(&self, ways: &[Way]) -> Vec<String> {
        let mut notes = Vec::new();
        for (entry, way) in self.entries.iter().zip(ways) {
            let (event, file) = (entry.event, shown(&entry.path, self.repo));
            match (&entry.what, way) {
                (What::Foreign { .. }, Way::Stub) => {
                    let before = shown(&entry.before(), self.repo);
                    notes.push(format!(
                        "the {event} hook that was there runs first, as {before}"
                    ));
                }
                (What::ChangedStub { .. }, Way::Stub) => {
                    notes.push(format!("{file} was changed by hand and stays as it is"));
                }
                _ => {}
            }
        }
        let by_hand = ways
            .iter()
            .zip(&self.entries)
            .filter_map(|(way, entry)| match way {
                Way::Manual { line, .. } => list_for_both(entry.event, line),
                _ => None,
            });
        notes.extend(by_hand);
        let ours = ways.iter().any(Way::is_ours);
        let directory = self.directory.shown(self.repo);
        let takes_over = |manager: &&&Manager| ours && manager.takes_over;
        for manager in self.managers.iter().filter(takes_over) {
            notes.push(format!(
                "{} replaces or removes hook files when it installs its own: git session hooks status tells",
                manager.name
            ));
        }
        if ours && self.directory.is_relative() {
            notes.push(format!(
                "core.hooksPath is relative: a linked work tree without {directory} runs no hooks"
            ));
        }
        if ours && self.directory.owner == (Owner::WorkTree { ignored: false }) {
            notes.push(format!(
                "{directory} is not ignored: the hooks in it are not to be committed"
            ));
        }
        notes
    }
}
