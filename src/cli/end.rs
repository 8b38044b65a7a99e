//! `git session end`: later commits on the branch are plain.

use anyhow::Result;
use serde::Serialize;

use super::Place;
use super::item::ItemJson;
use crate::domain::describe::plural;
use crate::domain::handle::ItemKind;
use crate::domain::session::{Objective, Session};
use crate::ops::ctx::Ctx;
use crate::ops::lifecycle;
use crate::ops::status::{self, Project};
use crate::ui::{Format, Ui, style};

/// End the session: later commits on the branch are plain
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The work was given up
    #[arg(long)]
    abandon: bool,
}

#[derive(Serialize)]
struct EndJson<'a> {
    session: &'a str,
    branch: &'a str,
    state: &'static str,
    abandoned: bool,
    active_seconds: u64,
    commits: usize,
    objectives_done: usize,
    objectives_total: usize,
    open_objectives: Vec<ItemJson<'a>>,
    open_blockers: Vec<ItemJson<'a>>,
    uncommitted_files: usize,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open_without_checkpoint(ui)?;
    let session = lifecycle::end(&ctx, args.abandon)?;
    let project = status::project(&ctx)?;
    if ui.format() == Format::Json {
        return ui.json(
            "git-session/end/v1",
            &json(&session, args.abandon, &project),
        );
    }
    ui.answer(&answer(ui, &ctx, &session, args.abandon, &project))?;
    ui.status(format!(
        "Later commits on {} are plain; `git session start --resume` opens the session again.",
        session.branch
    ));
    Ok(())
}

fn open_objectives(session: &Session) -> impl Iterator<Item = &Objective> {
    let all = session.objectives.iter();
    all.filter(|objective| objective.state.is_open())
}

/// Files with changes that no commit has.
const fn uncommitted(project: &Project) -> usize {
    project.staged + project.changed + project.conflicts + project.untracked
}

/// Figures, and what is left open.
fn answer(ui: &Ui, ctx: &Ctx, session: &Session, abandoned: bool, project: &Project) -> String {
    let (done, total) = session.progress();
    let mut figures = vec![
        format!("{} active", super::status::active(ctx, session)),
        plural(session.commits.len(), "commit"),
    ];
    if total > 0 {
        figures.push(format!("{done} of {total} objectives done"));
    }
    let mut lines = vec![
        format!(
            "{} the session on {} {}",
            if abandoned { "Abandoned" } else { "Ended" },
            style::title(session.branch.as_str()),
            style::dim(format!("({})", session.id))
        ),
        format!("  {}", figures.join(", ")),
    ];
    let mut open: Vec<String> = open_objectives(session)
        .map(|o| super::objectives::line(ui, session, o))
        .collect();
    if session.open_blockers().next().is_some() {
        open.extend(super::status::blockers(ctx, session));
    }
    if uncommitted(project) > 0 {
        open.extend(super::status::project_lines(project));
    }
    if !open.is_empty() {
        lines.extend([String::new(), style::warn("Left open").to_string()]);
        lines.extend(open.into_iter().map(|line| format!("  {line}")));
    }
    lines.join("\n")
}

fn json<'a>(session: &'a Session, abandoned: bool, project: &Project) -> EndJson<'a> {
    let (done, total) = session.progress();
    let objectives = open_objectives(session);
    let blockers = session.open_blockers();
    EndJson {
        session: session.id.as_str(),
        branch: session.branch.as_str(),
        state: session.state.name(),
        abandoned,
        active_seconds: session.active_seconds(),
        commits: session.commits.len(),
        objectives_done: done,
        objectives_total: total,
        open_objectives: objectives
            .map(|o| ItemJson::new(session, ItemKind::Objective, &o.item))
            .collect(),
        open_blockers: blockers
            .map(|b| ItemJson::new(session, ItemKind::Blocker, &b.item))
            .collect(),
        uncommitted_files: uncommitted(project),
    }
}
