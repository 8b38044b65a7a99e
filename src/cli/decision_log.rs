//! `git session decisions publish`: the decisions of this history as a page of the repository.

use anyhow::Result;
use serde::Serialize;

use crate::domain::describe::plural;
use crate::ops::ctx::Ctx;
use crate::ops::decision_log::{self, DecisionLog, FILE, Outcome, Written};
use crate::ops::every;
use crate::render;
use crate::ui::{Format, Ui};

/// Write the decisions of this history to .session/decision-log.md
///
/// A decision stands in it when its session has a commit in the history of HEAD. A conflict in the file is
/// resolved by running this again.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(super) struct Args {
    /// Print the page instead of writing it
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct PublishJson<'a> {
    path: &'static str,
    decisions: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    conflict_resolved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a str>,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, ctx: &Ctx, args: Args) -> Result<()> {
    let log = decision_log::gather(ctx)?;
    let page = page(ctx, &log)?;
    if args.dry_run {
        dry(ui, &log, &page)?;
    } else {
        let written = decision_log::write(ctx, &log, &page)?;
        report(ui, &log, &written)?;
    }
    unseen(ui, &log)
}

/// The page in its template: the repository's own, if it has one.
pub(super) fn page(ctx: &Ctx, log: &DecisionLog) -> Result<String> {
    let templates = decision_log::templates(ctx)?;
    render::markdown("decision-log", templates.as_deref(), log)
}

/// The page, and nothing else.
fn dry(ui: &Ui, log: &DecisionLog, page: &str) -> Result<()> {
    match ui.format() {
        Format::Text => ui.answer(page),
        Format::Json => ui.json(
            "git-session/decisions/v1",
            &PublishJson {
                path: FILE,
                decisions: log.decisions.len(),
                outcome: None,
                conflict_resolved: false,
                page: Some(page),
            },
        ),
    }
}

/// What became of the file.
fn report(ui: &Ui, log: &DecisionLog, written: &Written) -> Result<()> {
    let count = plural(log.decisions.len(), "decision");
    let conflict_resolved = written.conflict && written.outcome == Outcome::Updated;
    match (ui.format(), written.outcome) {
        (Format::Json, outcome) => ui.json(
            "git-session/decisions/v1",
            &PublishJson {
                path: FILE,
                decisions: log.decisions.len(),
                outcome: Some(outcome),
                conflict_resolved,
                page: None,
            },
        )?,
        (_, Outcome::Created | Outcome::Updated) => {
            ui.answer(&format!("wrote {FILE} ({count})"))?;
        }
        (_, Outcome::Unchanged) => {
            ui.answer(&format!("{FILE} is up to date ({count})"))?;
        }
        (_, Outcome::Nothing) => {
            ui.status("No session with a commit in this history has a decision to publish.");
        }
    }
    if conflict_resolved {
        ui.status("The conflict in it is resolved.");
        ui.hint(format!("git add {FILE}"));
    }
    if written.unknown > 0 && written.outcome == Outcome::Updated {
        ui.warn(format!(
            "left out {} of the old file, made in sessions that this clone does not know",
            plural(written.unknown, "decision")
        ));
        ui.hint("git session sync --fetch, then git session decisions publish");
    }
    Ok(())
}

/// Says when a tracked page does not say what it would say now. What cannot be told is not said.
pub(super) fn say_when_stale(ui: &Ui, ctx: &Ctx) {
    if is_stale(ctx).unwrap_or(false) {
        ui.status(format!("{FILE} is out of date."));
        ui.hint("git session decisions publish");
    }
}

/// Whether the page is tracked and says something else than it would now.
fn is_stale(ctx: &Ctx) -> Result<bool> {
    let Some(found) = decision_log::tracked(ctx)? else {
        return Ok(false);
    };
    let log = decision_log::gather(ctx)?;
    Ok(page(ctx, &log)? != found)
}

/// Says what could not be seen.
fn unseen(ui: &Ui, log: &DecisionLog) -> Result<()> {
    if log.out_of_sight > 0 {
        ui.warn(format!(
            "{} left out: the commits are not in this shallow clone",
            plural(log.out_of_sight, "decision")
        ));
        ui.hint("git fetch --unshallow");
    }
    every::complete(&log.unreadable)
}
