//! Which way one hook file takes when hooks of the config are not to be had: a link, a stub, or a line for the
//! person to add, with the reason.

use super::Way;
use super::directory::{Owner, shown};
use super::entry::{BEFORE, Entry, What, reads_own_directory};
use super::install::Install;
use super::line::{calls, own_line, portable_line};
use super::manager::Manager;
use crate::domain::hook_event::HookEvent;
use crate::sys::fs::{self, Sharing};

impl Install<'_> {
    /// The first way that applies to a name, with a git that has no hooks in its config.
    pub(super) fn choose(&self, entry: &Entry) -> Way {
        let event = entry.event;
        let file = shown(&entry.path, self.repo);
        let here = || own_line(event, self.program);
        let manual = |line: String, reason: String| Way::Manual { line, reason };
        match (self.directory.owner, &entry.what) {
            (Owner::Nobody, _) => return self.switched_off(),
            (Owner::Manager(manager), _) => return self.with_manager(manager, event),
            (_, What::Foreign { bytes }) if calls(bytes, event) => return done_by_hand(&file),
            (Owner::Tracked, _) => {
                let reason = self.add_to(entry, "belongs to the project");
                return manual(portable_line(event), reason);
            }
            (Owner::Others, _) => {
                let reason = self.add_to(entry, "serves other repositories, too");
                return manual(here(), reason);
            }
            (Owner::Clone | Owner::WorkTree { .. }, _) => {}
        }
        if let Some(manager) = entry.manager() {
            return self.with_manager(manager, event);
        }
        match &entry.what {
            What::Free | What::Link { .. } | What::Stub { .. } if self.may_link(entry) => Way::Link,
            What::NoFile => manual(here(), format!("{file} is no file: move it away first")),
            What::Foreign { bytes } if reads_own_directory(bytes) => manual(
                here(),
                format!("{file} reads files beside itself and cannot be moved: add the line to it"),
            ),
            What::Foreign { .. } if entry.has_before && !entry.is_half_done() => manual(
                here(),
                format!(
                    "{file} came after the hook that is now {BEFORE}/{event}: add the line to it"
                ),
            ),
            _ => Way::Stub,
        }
    }

    /// Whether way 1 is open for a name. In a shared repository everybody must be able to run the program:
    /// git complains of a link that somebody may not follow. Who comes after us is to find a text.
    fn may_link(&self, entry: &Entry) -> bool {
        let for_all =
            self.sharing == Sharing::Umask || fs::is_executable_by_everybody(self.program);
        cfg!(unix)
            && self.directory.owner == Owner::Clone
            && !entry.has_before
            && !self.expects_others
            && for_all
    }

    /// `core.hooksPath` leads nowhere.
    fn switched_off(&self) -> Way {
        let setting = self.directory.setting.as_ref();
        let value = setting.map_or("", |item| &item.value);
        Way::Manual {
            line: self.directory.unset(),
            reason: format!("core.hooksPath is `{value}`: git runs no hooks"),
        }
    }

    /// What to tell a manager, unless it runs the program already.
    fn with_manager(&self, manager: &Manager, event: HookEvent) -> Way {
        let hooks = &self.directory.path;
        if manager.has_line(event, hooks, self.repo.work_tree()) {
            return done_by_hand(manager.name);
        }
        let (line, reason) = manager.advice(event, hooks, self.program);
        Way::Manual { line, reason }
    }

    /// Where a line goes in a directory that is not ours.
    fn add_to(&self, entry: &Entry, why: &str) -> String {
        let file = shown(&entry.path, self.repo);
        let directory = self.directory.shown(self.repo);
        if entry.what == What::Free {
            return format!(
                "{directory} (core.hooksPath) {why}: add the line to a new {file} that starts with #!/bin/sh and is executable"
            );
        }
        format!("{directory} (core.hooksPath) {why}: add the line to {file}")
    }
}

/// Somebody runs the program already.
fn done_by_hand(who: &str) -> Way {
    Way::Manual {
        line: String::new(),
        reason: format!("{who} runs git-session already: there is nothing to do"),
    }
}
