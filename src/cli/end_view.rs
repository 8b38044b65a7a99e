//! What `git session end` did, in words and in JSON.

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use super::checkpoint_view::CheckpointJson;
use super::item::ItemJson;
use crate::domain::body::CoverageFigure;
use crate::domain::coverage::Percent;
use crate::domain::describe::plural;
use crate::domain::gate::{Missing, Reason};
use crate::domain::handle::{ItemKind, handle};
use crate::domain::redact::Redacted;
use crate::domain::session::{Objective, ObjectiveState, Session};
use crate::domain::shell::quoted;
use crate::ops::ctx::Ctx;
use crate::ops::end::{Merged, Outcome, Plan, place};
use crate::ops::park;
use crate::ops::status::Project;
use crate::ui::{Format, Ui, style};

/// What is shown.
pub(super) struct View<'a> {
    /// What happened.
    pub(super) outcome: &'a Outcome,
    /// The work tree as it is now.
    pub(super) project: Project,
    /// Figures that the bars of the project asked for.
    pub(super) missing: Vec<Missing>,
    /// Where the document for who goes on is.
    pub(super) handoff: Option<PathBuf>,
    /// More than one line is wanted.
    pub(super) summary: bool,
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
    accomplished: &'a [Redacted],
    decisions: &'a [Redacted],
    remember: &'a [Redacted],
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'a Redacted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Percent>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    coverage_stale: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint: Option<CheckpointJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handoff: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merged: Option<MergedJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pushed: Option<&'a crate::domain::body::Pushed>,
}

#[derive(Serialize)]
struct MergedJson<'a> {
    into: &'a str,
    before: &'a str,
    after: &'a str,
    fast_forward: bool,
    not_known: Vec<&'static str>,
    overridden: &'a [String],
}

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a member of its own")]
struct DryJson<'a> {
    session: &'a str,
    branch: &'a str,
    dry_run: bool,
    abandon: bool,
    checkpoint: bool,
    handoff: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    merge: Option<DryMerge<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    push: Option<DryPush<'a>>,
}

#[derive(Serialize)]
struct DryMerge<'a> {
    into: &'a str,
    below: Vec<String>,
    not_known: Vec<&'static str>,
}

#[derive(Serialize)]
struct DryPush<'a> {
    remote: String,
    branch: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    commits: usize,
    command: String,
}

/// What would be done, in JSON.
pub(super) fn dry_json(ui: &Ui, plan: &Plan, checkpoint: bool) -> Result<()> {
    let merge = plan.merge.as_ref().map(|merge| DryMerge {
        into: merge.target.as_str(),
        below: merge
            .verdict
            .reasons
            .iter()
            .map(Reason::to_string)
            .collect(),
        not_known: names(&merge.verdict.missing),
    });
    let push = plan.push.as_ref().map(|push| DryPush {
        remote: push.shown(),
        branch: push.branch.as_str(),
        to: push.elsewhere(),
        commits: push.count,
        command: push.line(),
    });
    ui.json(
        "git-session/end/v1",
        &DryJson {
            session: plan.session.id.as_str(),
            branch: plan.session.branch.as_str(),
            dry_run: true,
            abandon: plan.abandon,
            checkpoint,
            handoff: plan.handoff,
            merge,
            push,
        },
    )
}

fn names(missing: &[Missing]) -> Vec<&'static str> {
    missing.iter().copied().map(Missing::name).collect()
}

impl View<'_> {
    /// Prints it.
    pub(super) fn show(&self, ui: &Ui, ctx: &Ctx) -> Result<()> {
        if ui.format() == Format::Json {
            return ui.json("git-session/end/v1", &self.json());
        }
        let lines = if self.summary {
            self.lines(ui, ctx)
        } else {
            let done = std::iter::once(self.title()).chain(self.git());
            vec![done.collect::<Vec<_>>().join("; ")]
        };
        ui.answer(&lines.join("\n"))?;
        if let Some(handoff) = &self.handoff {
            let near = handoff.strip_prefix(&ctx.cwd).unwrap_or(handoff);
            ui.answer(&format!("Handoff: {}", near.display()))?;
        }
        ui.status(format!(
            "Later commits on {} are plain; {} opens the session again.",
            self.session().branch,
            self.way_back()
        ));
        Ok(())
    }

    fn session(&self) -> &Session {
        &self.outcome.session
    }

    fn abandoned(&self) -> bool {
        let end = self.session().last_end.as_ref();
        end.is_some_and(|end| end.abandoned)
    }

    /// What to type to go on after all.
    fn way_back(&self) -> String {
        let start = "git session start --resume";
        if self.outcome.merged.is_some() {
            format!(
                "`git switch {} && {start}`",
                quoted(self.session().branch.as_str())
            )
        } else {
            format!("`{start}`")
        }
    }

    fn title(&self) -> String {
        let session = self.session();
        format!(
            "{} the session on {} {}",
            if self.abandoned() {
                "Abandoned"
            } else {
                "Ended"
            },
            style::title(session.branch.as_str()),
            style::dim(format!("({})", session.id))
        )
    }

    /// Everything.
    fn lines(&self, ui: &Ui, ctx: &Ctx) -> Vec<String> {
        let mut lines = vec![self.title(), format!("  {}", self.figures(ctx).join(", "))];
        lines.extend(self.git().into_iter().map(|line| format!("  {line}")));
        let sections = [
            (style::good("Reached"), self.reached(ui)),
            (
                style::title("Decided"),
                texts(&self.outcome.words.decisions),
            ),
            (
                style::title("To remember"),
                texts(&self.outcome.words.remember),
            ),
            (style::warn("Left open"), self.open(ui, ctx)),
        ];
        for (title, body) in sections {
            if !body.is_empty() {
                lines.extend([String::new(), title.to_string()]);
                lines.extend(body.into_iter().map(|line| format!("  {line}")));
            }
        }
        lines
    }

    fn figures(&self, ctx: &Ctx) -> Vec<String> {
        let session = self.session();
        let (done, total) = session.progress();
        let mut figures = vec![
            format!("{} active", super::status::active(ctx, session)),
            plural(session.commits.len(), "commit"),
        ];
        if total > 0 {
            figures.push(format!("{done} of {total} objectives done"));
        }
        figures.extend(self.coverage().map(|figure| {
            let stale = if figure.stale { " (stale)" } else { "" };
            format!("coverage {}{stale}", figure.percent)
        }));
        figures
    }

    fn coverage(&self) -> Option<&CoverageFigure> {
        self.outcome.figures.as_ref()?.coverage.as_ref()
    }

    /// What was saved, and what git did.
    fn git(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let branch = &self.session().branch;
        if let Some(made) = &self.outcome.checkpoint {
            let name = handle(self.session(), ItemKind::Checkpoint, &made.checkpoint.item);
            lines.push(format!(
                "saved what no commit has as {}",
                style::handle(name)
            ));
        }
        if let Some(merged) = &self.outcome.merged {
            lines.push(format!("merged {branch} into {}", told(merged)));
        }
        if let Some(pushed) = &self.outcome.pushed {
            let there = place(&pushed.remote, pushed.to.as_deref());
            lines.push(format!("pushed {} to {there}", pushed.branch));
        }
        lines
    }

    /// What was reached: in the words of who ends it, and the objectives that are done.
    fn reached(&self, ui: &Ui) -> Vec<String> {
        let mut lines = texts(&self.outcome.words.accomplished);
        let session = self.session();
        let done = |o: &&Objective| o.state == ObjectiveState::Completed;
        let done = session.objectives.iter().filter(done);
        lines.extend(done.map(|o| super::objectives::line(ui, session, o)));
        lines
    }

    /// What is next: open objectives, blockers, what is not committed.
    fn open(&self, ui: &Ui, ctx: &Ctx) -> Vec<String> {
        let session = self.session();
        let open = open_objectives(session);
        let mut lines: Vec<String> = open
            .map(|o| super::objectives::line(ui, session, o))
            .collect();
        if session.open_blockers().next().is_some() {
            lines.extend(super::status::blockers(ctx, session));
        }
        let parked = park::newest_parked(session);
        lines.extend(parked.map(|checkpoint| {
            let name = style::handle(park::name(session, checkpoint));
            format!("parked work {name}: git session resume {}", session.branch)
        }));
        if uncommitted(&self.project) > 0 {
            lines.extend(super::status::project_lines(&self.project));
        }
        lines
    }

    fn json(&self) -> EndJson<'_> {
        let session = self.session();
        let outcome = self.outcome;
        let (done, total) = session.progress();
        EndJson {
            session: session.id.as_str(),
            branch: session.branch.as_str(),
            state: session.state.name(),
            abandoned: self.abandoned(),
            active_seconds: session.active_seconds(),
            commits: session.commits.len(),
            objectives_done: done,
            objectives_total: total,
            open_objectives: open_objectives(session)
                .map(|o| ItemJson::new(session, ItemKind::Objective, &o.item))
                .collect(),
            open_blockers: session
                .open_blockers()
                .map(|b| ItemJson::new(session, ItemKind::Blocker, &b.item))
                .collect(),
            uncommitted_files: uncommitted(&self.project),
            accomplished: &outcome.words.accomplished,
            decisions: &outcome.words.decisions,
            remember: &outcome.words.remember,
            success: outcome.words.success,
            phase: outcome.words.phase.as_ref(),
            coverage: self.coverage().map(|figure| figure.percent),
            coverage_stale: self.coverage().is_some_and(|figure| figure.stale),
            checkpoint: outcome
                .checkpoint
                .as_ref()
                .map(|made| CheckpointJson::new(session, &made.checkpoint)),
            handoff: self.handoff.as_ref().map(|p| p.display().to_string()),
            merged: outcome.merged.as_ref().map(|merged| MergedJson {
                into: merged.target.as_str(),
                before: merged.before.as_str(),
                after: merged.after.as_str(),
                fast_forward: merged.fast_forward,
                not_known: names(&self.missing),
                overridden: &merged.overridden,
            }),
            pushed: outcome.pushed.as_ref(),
        }
    }
}

/// The branch, and what the merge did to it.
fn told(merged: &Merged) -> String {
    let (before, after) = (merged.before.short(), merged.after.short());
    let target = &merged.target;
    if merged.before == merged.after {
        format!("{target}, which had it already")
    } else if merged.fast_forward {
        format!("{target}, {before}..{after}, fast-forward")
    } else {
        format!("{target}, {before}..{after}")
    }
}

fn texts(texts: &[Redacted]) -> Vec<String> {
    let line = |text: &Redacted| style::plain(super::item::one_line(text.as_str())).to_string();
    texts.iter().map(line).collect()
}

fn open_objectives(session: &Session) -> impl Iterator<Item = &Objective> {
    let all = session.objectives.iter();
    all.filter(|objective| objective.state.is_open())
}

/// Files with changes that no commit has.
pub(super) const fn uncommitted(project: &Project) -> usize {
    project.staged + project.changed + project.conflicts + project.untracked
}
