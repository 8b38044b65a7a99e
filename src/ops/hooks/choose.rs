//! Which way one hook file takes when hooks of the config are not to be had: a link, a stub, or a line for the
//! person to add, with the reason.

use super::Way;
use super::directory::{Owner, shown};
use super::entry::{BEFORE, Entry, What, reads_own_directory};
use super::install::Install;
use super::manager::{Manager, calls, own_line, portable_line};
use crate::domain::hook_event::HookEvent;
use crate::sys::fs::{self, Sharing};

impl Install<'_> {
    /// The first way that applies to a name, with a git that has no hooks in its config.
    pub(super) fn choose(&self, entry: &Entry) -> Way {
        let event = entry.event;
        let file = shown(&entry.path, self.repo);
        let here = || own_line(event, self.program);
        let list = list_for_both(event);
        let manual = |line: String, reason: String| Way::Manual { line, reason };
        match self.directory.owner {
            Owner::Nobody => {
                let value = self
                    .directory
                    .setting
                    .as_ref()
                    .map_or("", |item| &item.value);
                let reason = format!("core.hooksPath is `{value}`: git runs no hooks");
                return manual("git config --unset core.hooksPath".to_owned(), reason);
            }
            Owner::Manager(manager) => {
                let (line, reason) = manager.advice(event, &self.directory.path, self.program);
                return manual(line, self.unless_added(manager, event).unwrap_or(reason));
            }
            Owner::Tracked => {
                return manual(
                    portable_line(event),
                    self.add_to(entry, "belongs to the project"),
                );
            }
            Owner::Others => {
                return manual(here(), self.add_to(entry, "serves other repositories, too"));
            }
            Owner::Clone | Owner::WorkTree { .. } => {}
        }
        if let Some(manager) = entry.manager() {
            let (line, reason) = manager.advice(event, &self.directory.path, self.program);
            return manual(line, self.unless_added(manager, event).unwrap_or(reason));
        }
        match &entry.what {
            What::Free | What::Link { .. } | What::Stub { .. } if self.may_link(entry) => Way::Link,
            What::Free | What::Link { .. } | What::Stub { .. } | What::ChangedStub { .. } => {
                Way::Stub
            }
            What::NoFile => manual(here(), format!("{file} is no file: move it away first")),
            What::Foreign { bytes } if calls(bytes, event) => manual(
                here(),
                format!("{file} runs git-session already: there is nothing to do"),
            ),
            What::Foreign { bytes } if reads_own_directory(bytes) => manual(
                here(),
                format!(
                    "{file} reads files beside itself and cannot be moved: add the line to it{list}"
                ),
            ),
            What::Foreign { .. } if entry.has_before && !entry.is_half_done() => manual(
                here(),
                format!(
                    "{file} came after the hook that is now {BEFORE}/{event}: add the line to it{list}"
                ),
            ),
            What::Foreign { .. } => Way::Stub,
        }
    }

    /// Whether way 1 is open for a name. In a shared repository everybody must be able to run the program:
    /// git complains of a link that somebody may not follow.
    fn may_link(&self, entry: &Entry) -> bool {
        let for_all =
            self.sharing == Sharing::Umask || fs::is_executable_by_everybody(self.program);
        cfg!(unix) && self.directory.owner == Owner::Clone && !entry.has_before && for_all
    }

    /// That a manager runs the program already.
    fn unless_added(&self, manager: &Manager, event: HookEvent) -> Option<String> {
        let added = manager.has_line(event, &self.directory.path, self.repo.work_tree());
        let name = manager.name;
        added.then(|| format!("{name} runs git-session already: there is nothing to do"))
    }

    /// Where a line goes in a directory that is not ours.
    fn add_to(&self, entry: &Entry, why: &str) -> String {
        let file = shown(&entry.path, self.repo);
        let directory = self.directory.shown(self.repo);
        match &entry.what {
            What::Foreign { bytes } if calls(bytes, entry.event) => {
                format!("{file} runs git-session already: there is nothing to do")
            }
            What::Free => format!(
                "{directory} (core.hooksPath) {why}: add the line to a new {file} that starts with #!/bin/sh and is executable"
            ),
            _ => {
                let list = list_for_both(entry.event);
                format!("{directory} (core.hooksPath) {why}: add the line to {file}{list}")
            }
        }
    }
}

/// What else to think of in a hook that somebody wrote: standard input can be read once.
const fn list_for_both(event: HookEvent) -> &'static str {
    match event {
        HookEvent::PostRewrite => ", and give both the list of commits on standard input",
        _ => "",
    }
}
