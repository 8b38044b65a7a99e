//! `git session checkpoint`: saves the whole work tree.

use anyhow::Result;
use serde::Serialize;

use super::Place;
use super::checkpoint_view::{self, CheckpointJson};
use super::context_near::NearJson;
use super::context_update;
use super::item::{PrivateArg, optional};
use crate::domain::body::{Cause, Progress, TddPhase};
use crate::domain::checkpoint::parse_progress;
use crate::domain::decide::Said;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::id::SessionId;
use crate::domain::project::NearContext;
use crate::ops::checkpoint::commit::{Committed, Wish, commit as commit_now};
use crate::ops::checkpoint::{self, Made, Request, due};
use crate::ops::ctx::Ctx;
use crate::ops::{decision_log, project, sessions};
use crate::ui::{Format, Ui, style};

/// Save the whole work tree: tracked and untracked files, ignored ones not
///
/// The index, the files, HEAD and the stash stay as they are. `git stash apply --index <checkpoint>` brings it
/// back without this program, `git session rewind` with it.
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Args {
    /// A name for it
    #[arg(short, long, value_name = "TEXT")]
    label: Option<String>,
    /// What is to be remembered about it
    #[arg(short, long, visible_alias = "note", value_name = "TEXT")]
    notes: Option<String>,
    /// Record a decision with it
    #[arg(short, long, visible_alias = "decisions", value_name = "TEXT")]
    decision: Option<String>,
    /// The phase of the work, in your own words
    #[arg(long, value_name = "TEXT")]
    phase: Option<String>,
    /// How far the work is: 5/10, or JSON such as {"completed": 5, "total": 10}
    #[arg(long, value_name = "K/N", value_parser = progress)]
    progress: Option<Progress>,
    /// What an agent wants to find again, as JSON
    #[arg(long, value_name = "JSON", value_parser = json)]
    context: Option<String>,
    /// The step of test-driven work that begins: red, green or refactor
    #[arg(long, value_name = "PHASE", value_parser = tdd_phase)]
    tdd_phase: Option<TddPhase>,
    /// Commit what is staged, else every change of a tracked file
    #[arg(long)]
    commit: bool,
    /// The message of the commit, several for several paragraphs; made of paths and objectives when left out
    #[arg(short, long, value_name = "TEXT")]
    message: Vec<String>,
    /// Only when the last one is older than `session.checkpoint_interval`
    #[arg(long)]
    if_due: bool,
    /// Bring stale context beside what changed up to date in the editor, without a question
    #[arg(long, conflicts_with = "no_update_context")]
    update_context: bool,
    /// Neither ask about stale context nor name it
    #[arg(long)]
    no_update_context: bool,
    #[command(flatten)]
    private: PrivateArg,
}

fn progress(text: &str) -> Result<Progress, String> {
    parse_progress(text).ok_or_else(|| "not of the form 5/10".to_owned())
}

fn json(text: &str) -> Result<String, String> {
    let parsed = serde_json::from_str::<serde_json::Value>(text);
    parsed
        .map(|_| text.to_owned())
        .map_err(|error| error.to_string())
}

fn tdd_phase(text: &str) -> Result<TddPhase, String> {
    let lower = text.to_ascii_lowercase();
    let phase = TddPhase::ALL
        .into_iter()
        .find(|phase| phase.name() == lower);
    phase.ok_or_else(|| "red, green or refactor".to_owned())
}

#[derive(Serialize)]
struct MadeJson<'a> {
    session: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint: Option<CheckpointJson<'a>>,
    due: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<CommitJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stale_context: Vec<NearJson>,
}

#[derive(Serialize)]
struct CommitJson<'a> {
    id: &'a str,
    subject: &'a str,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open_without_checkpoint(ui)?;
    let id = sessions::require(&ctx)?;
    if args.if_due && !due::is_due(&ctx, &id)? {
        return none(ui, &id, Due::No, "No checkpoint is due yet.");
    }
    let made = if args.if_due && args.says_nothing() {
        // a script asks, not a person: no more of them are kept than of those that make themselves
        match due::attempt(&ctx, &id)? {
            Some(made) => made,
            None => return none(ui, &id, Due::Yes, "There is nothing new to save."),
        }
    } else {
        checkpoint::create(&ctx, &id, args.request(ui))?
    };
    let committed = if args.commit || !args.message.is_empty() {
        Some(commit(ui, &ctx, args, &made)?)
    } else {
        None
    };
    if ui.format() == Format::Json {
        let json = MadeJson {
            session: id.as_str(),
            checkpoint: Some(CheckpointJson::new(&made.session, &made.checkpoint)),
            due: true,
            commit: committed.as_ref().map(|committed| CommitJson {
                id: committed.id.as_str(),
                subject: &committed.subject,
            }),
            stale_context: args.stale(&ctx, &made).iter().map(NearJson::new).collect(),
        };
        return ui.json("git-session/checkpoint/v1", &json);
    }
    ui.answer(&answer(&made, committed.as_ref()))?;
    checkpoint_view::warn(ui, &made.checkpoint);
    context_update::offer(ui, &ctx, &args.stale(&ctx, &made), args.update_context)
}

/// Whether a checkpoint was due.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    Yes,
    No,
}

/// Says that none was made, and why.
fn none(ui: &Ui, session: &SessionId, due: Due, why: &str) -> Result<()> {
    if ui.format() == Format::Json {
        let json = MadeJson {
            session: session.as_str(),
            checkpoint: None,
            due: due == Due::Yes,
            commit: None,
            stale_context: Vec::new(),
        };
        return ui.json("git-session/checkpoint/v1", &json);
    }
    ui.status(why);
    Ok(())
}

impl Args {
    /// Whether the checkpoint is to carry nothing, and nothing is to be done besides.
    fn says_nothing(&self) -> bool {
        let texts = [
            &self.label,
            &self.notes,
            &self.decision,
            &self.phase,
            &self.context,
        ];
        texts.iter().all(|text| text.is_none())
            && self.progress.is_none()
            && self.tdd_phase.is_none()
            && !self.commit
            && self.message.is_empty()
    }

    /// The stale context beside what was saved. What cannot be told is left out: the checkpoint is there.
    fn stale(&self, ctx: &Ctx, made: &Made) -> Vec<NearContext> {
        if self.no_update_context {
            return Vec::new();
        }
        project::stale_beside(ctx, &made.session, &made.checkpoint, &made.dirt).unwrap_or_default()
    }

    /// What it means.
    fn request(&self, ui: &Ui) -> Request {
        let label = optional(ui, self.label.as_deref());
        let said = Said {
            cause: if self.tdd_phase.is_some() && label.is_none() {
                Cause::Phase
            } else {
                Cause::Manual
            },
            label: label.or_else(|| self.tdd_phase.map(|phase| phase.name().into())),
            notes: optional(ui, self.notes.as_deref()),
            phase: optional(ui, self.phase.as_deref()),
            progress: self.progress,
            context: optional(ui, self.context.as_deref()),
            tdd: self.tdd_phase,
            privacy: self.private.privacy(),
        };
        Request {
            said,
            decision: optional(ui, self.decision.as_deref()),
            begins_phase: self.tdd_phase.is_some(),
        }
    }
}

/// The commit that was asked for.
fn commit(ui: &Ui, ctx: &Ctx, args: &Args, made: &Made) -> Result<Committed> {
    let page = decisions(ctx)?;
    let message = (!args.message.is_empty()).then(|| args.message.join("\n\n"));
    let wish = Wish {
        message: message.as_deref(),
        decisions: page.as_deref(),
    };
    commit_now(ctx, made, wish).inspect_err(|_| {
        // the checkpoint is there all the same
        ui.status(answer(made, None));
    })
}

/// What the page of decisions is to say, where there is one. The commit does not count for it yet.
fn decisions(ctx: &Ctx) -> Result<Option<String>> {
    let top = ctx.repo.work_tree();
    if !top.is_some_and(|top| top.join(decision_log::FILE).is_file()) {
        return Ok(None);
    }
    let log = decision_log::gather(ctx)?;
    super::decision_log::page(ctx, &log).map(Some)
}

/// What was saved, in a few lines.
fn answer(made: &Made, committed: Option<&Committed>) -> String {
    let name = handle(&made.session, ItemKind::Checkpoint, &made.checkpoint.item);
    let label = match made.checkpoint.item.text.as_str() {
        "" => String::new(),
        text => format!(" {}", style::plain(text)),
    };
    let mut lines = vec![format!(
        "Saved {}{label} {}",
        style::handle(&name),
        style::dim(format!("({})", made.checkpoint.made.commit.short()))
    )];
    if let Some(progress) = made.checkpoint.made.progress {
        lines.push(format!("  progress {progress}"));
    }
    lines.extend(
        checkpoint_view::changed(&made.session, &made.checkpoint)
            .into_iter()
            .map(|line| format!("  {line}")),
    );
    if let Some(committed) = committed {
        lines.push(format!(
            "Committed {} {}",
            style::handle(committed.id.short()),
            style::plain(&committed.subject)
        ));
    }
    lines.join("\n")
}
