//! `doctor`: looks at everything that sessions depend on, says what is wrong and what follows, and puts right
//! what can be put right. It runs where other commands refuse to. Looking writes nothing to the repository.
//!
//! A check is one row of the table and one function; a repair is a second function.

mod ccmp;
mod day;
mod hooks;
mod log;
mod mapping;
mod notes;
mod patient;
mod program;
mod recorded;
mod scratch;
mod sharing;
mod store;
mod survey;
mod timing;
mod views;
mod writer;

use anyhow::Result;

use super::ctx::Ctx;
use crate::domain::diagnosis::{Check, Finding};
use patient::Patient;
pub use timing::{Timing, timing};

/// What a check needs before it can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Nothing,
    /// A store that can be used.
    Store,
}

/// Looks at one thing; an error says why it cannot.
type Look = fn(&Patient<'_>) -> Result<Finding>;

/// Puts one thing right, and says what was done, a sentence each.
type Fix = fn(&Patient<'_>) -> Result<Vec<String>>;

/// One check.
struct Row {
    id: &'static str,
    title: &'static str,
    needs: Needs,
    look: Look,
    fix: Option<Fix>,
}

impl Row {
    /// A check that puts nothing right.
    const fn new(id: &'static str, title: &'static str, needs: Needs, look: Look) -> Self {
        Self {
            id,
            title,
            needs,
            look,
            fix: None,
        }
    }

    /// The same with a repair.
    const fn or(self, fix: Fix) -> Self {
        Self {
            fix: Some(fix),
            ..self
        }
    }
}

/// Every check, in the order in which they are shown and put right.
const CHECKS: &[Row] = &{
    use Needs::{Nothing, Store};
    [
        Row::new(
            "git-version",
            "the git that runs hooks",
            Nothing,
            program::git_version,
        ),
        Row::new(
            "settings",
            "the settings of project and person",
            Nothing,
            |patient| Ok(store::settings(patient)),
        ),
        Row::new(
            "store",
            "the directory of the sessions",
            Nothing,
            |patient| Ok(store::store(patient)),
        ),
        Row::new(
            "program",
            "the program that hooks and git find",
            Store,
            program::program,
        )
        .or(hooks::install),
        Row::new(
            "hooks",
            "the hook that git runs at each event",
            Store,
            hooks::hooks,
        )
        .or(hooks::install),
        Row::new("hooks-path", "core.hooksPath", Nothing, hooks::hooks_path),
        Row::new("managers", "other hook managers", Nothing, hooks::managers),
        Row::new(
            "hooks-run",
            "a commit in a scratch repository",
            Store,
            scratch::hooks_run,
        ),
        Row::new(
            "heartbeat",
            "whether hooks saw the newest commit",
            Store,
            timing::heartbeat,
        ),
        Row::new(
            "recorded",
            "commits seen, against those recorded",
            Store,
            recorded::recorded,
        )
        .or(recorded::record),
        Row::new(
            "hook-log",
            "what hooks could not do",
            Store,
            timing::hook_log,
        ),
        Row::new("budget", "how long hooks take", Store, |patient| {
            Ok(timing::budget(patient))
        }),
        Row::new(
            "writer",
            "the writer id of this clone",
            Store,
            writer::writer,
        )
        .or(writer::settle),
        Row::new(
            "sharing",
            "the refspecs that sync has written, and others",
            Store,
            sharing::sharing,
        )
        .or(sharing::complete),
        Row::new(
            "locks",
            "locks that nobody gives back",
            Nothing,
            |patient| Ok(store::locks(patient)),
        ),
        Row::new("logs", "the log of each session", Store, log::logs),
        Row::new("views", "what is folded from the logs", Store, views::views).or(views::refresh),
        Row::new(
            "mapping",
            "the session of each branch",
            Store,
            mapping::mapping,
        )
        .or(mapping::settle),
        Row::new(
            "sessions",
            "directories without a session",
            Store,
            store::sessions,
        )
        .or(store::sweep),
        Row::new(
            "snapshots",
            "snapshots without a session",
            Store,
            notes::snapshots,
        ),
        Row::new(
            "checkpoints",
            "the files that checkpoints hold",
            Store,
            day::checkpoints,
        )
        .or(day::keep),
        Row::new(
            "unfinished",
            "commands that were cut off",
            Store,
            day::unfinished,
        ),
        Row::new("notes", "the notes of this clone", Store, notes::notes),
        Row::new("clock", "times in the future", Store, log::clock),
        Row::new("ccmp", "the file of other plugins", Nothing, |patient| {
            Ok(ccmp::state(patient))
        }),
    ]
};

/// The ids of all checks and what each looks at, in their order.
pub fn checks() -> impl Iterator<Item = (&'static str, &'static str)> {
    CHECKS.iter().map(|row| (row.id, row.title))
}

/// The ids of the checks that can put something right.
pub fn fixable() -> impl Iterator<Item = &'static str> {
    let with_fix = CHECKS.iter().filter(|row| row.fix.is_some());
    with_fix.map(|row| row.id)
}

/// Looks at everything. Nothing is written to the repository.
pub fn examine(ctx: &Ctx) -> Vec<Check> {
    let patient = Patient::new(ctx);
    CHECKS.iter().map(|row| look(row, &patient)).collect()
}

/// Puts right what can be put right, and looks again.
pub fn repair(ctx: &Ctx) -> Result<Vec<Check>> {
    let before = examine(ctx);
    if !before.iter().any(|check| check.finding.is_fixable()) {
        return Ok(before);
    }
    let mut outcomes = Vec::new();
    while outcomes.len() < CHECKS.len() {
        // what an earlier repair has changed is seen
        let ctx = reopen(ctx)?;
        let patient = Patient::new(&ctx);
        for row in &CHECKS[outcomes.len()..] {
            let can = |row: &Row| look(row, &patient).finding.is_fixable();
            let fix = row.fix.filter(|_| can(row));
            outcomes.push(fix.map(|fix| fix(&patient)));
            if fix.is_some() {
                break;
            }
        }
    }
    let mut checks = examine(&reopen(ctx)?);
    for (check, outcome) in checks.iter_mut().zip(outcomes) {
        match outcome {
            Some(Ok(done)) => {
                check.done = done;
                if check.finding.is_fixable() {
                    check.failed = Some("it is still so".to_owned());
                }
            }
            Some(Err(error)) => check.failed = Some(format!("{error:#}")),
            None => {}
        }
    }
    Ok(checks)
}

/// The repository as it is now.
fn reopen(ctx: &Ctx) -> Result<Ctx> {
    Ctx::open_anyway(ctx.env.clone(), &ctx.cwd)
}

/// Looks at one thing. That it cannot be looked at is a finding, too.
fn look(row: &Row, patient: &Patient<'_>) -> Check {
    let finding = match patient.obstacle(row.needs) {
        Some(why) => Finding::skipped(why),
        None => (row.look)(patient).unwrap_or_else(|error| {
            Finding::bad("this could not be looked at").evidence([format!("{error:#}")])
        }),
    };
    Check {
        id: row.id,
        title: row.title,
        finding,
        done: Vec::new(),
        failed: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own() {
        let mut ids: Vec<_> = checks().map(|(id, _)| id).collect();
        for id in &ids {
            let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(id.chars().all(kebab) && !id.starts_with('-'), "{id}");
            assert!(id.len() <= 12, "{id} does not fit its column");
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CHECKS.len());
    }
}
