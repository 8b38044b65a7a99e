//! `git session end`: later commits on the branch are plain. Asks before anything is done, and shows what was.

use std::path::PathBuf;

use anyhow::Result;

use super::item::redacted;
use super::{Place, archive, checkpoint_view, decision_log, end_view};
use crate::domain::describe::plural;
use crate::domain::gate::Verdict;
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::end::{self, Again, Merge, Outcome, Plan, Push, Request, Wish};
use crate::ops::handoff::{self, Moment};
use crate::ops::sessions::{self, Here};
use crate::ops::{park, status};
use crate::store::Words;
use crate::ui::{Format, Ui, style};

/// End the session: later commits on the branch are plain
///
/// With `--merge-to` git merges the branch first, with `--push` it is pushed. Whatever refuses, refuses before
/// anything is changed. When the merge fails it is taken back; when the push fails a merge stays, and HEAD is on
/// the branch that was merged into. The session is open then, and `git session end` goes on.
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Args {
    /// What was reached; repeatable
    #[arg(
        long,
        value_name = "TEXT",
        alias = "accomplishment",
        alias = "accomplishments"
    )]
    accomplished: Vec<String>,
    /// What was decided; repeatable
    #[arg(long = "decision", value_name = "TEXT", alias = "decisions")]
    decisions: Vec<String>,
    /// What who goes on has to know; repeatable
    #[arg(long, value_name = "TEXT")]
    remember: Vec<String>,
    /// Whether it went well
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    success: Option<bool>,
    /// The phase of the work that ends
    #[arg(long, value_name = "TEXT")]
    phase: Option<String>,
    /// Merge the branch into this one first, and stay there
    #[arg(long, value_name = "BRANCH")]
    merge_to: Option<String>,
    /// Merge although the work is below the bars of the project; that is recorded
    #[arg(long, requires = "merge_to")]
    no_gate: bool,
    /// Push the branch, after a merge the one that was merged into when it follows another
    #[arg(long, conflicts_with = "no_push")]
    push: bool,
    /// Push nothing, and do not ask
    #[arg(long)]
    no_push: bool,
    /// Push without asking
    #[arg(long)]
    yes: bool,
    /// Write a handoff
    #[arg(long, conflicts_with = "no_handoff")]
    handoff: bool,
    /// Write no handoff
    #[arg(long)]
    no_handoff: bool,
    /// Print what was reached, figures and what is left open (this is the default)
    #[arg(long, conflicts_with = "no_summary")]
    summary: bool,
    /// Print one line
    #[arg(long)]
    no_summary: bool,
    /// The work was given up
    #[arg(long, conflicts_with_all = ["merge_to", "push"])]
    abandon: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open_to_end(ui)?;
    if args.dry_run {
        // to look any further would be to go on
        if let Some(cut_off) = end::interrupted(&ctx)? {
            return ui.answer(&format!("would go on: {cut_off}"));
        }
        if ctx.worktree.ending().is_some() {
            return Err(Fault::user("an end with a merge is under way in this work tree").into());
        }
    }
    let request = args.request(ui);
    let mut plan = end::plan(&ctx, &request)?;
    if args.dry_run {
        return dry(ui, &ctx, &plan);
    }
    if let Some(merge) = plan.merge.as_ref().filter(|merge| !merge.made) {
        caveats(ui, &ctx, merge);
    }
    confirm(ui, &mut plan, args.yes)?;
    let words = args.words(ui, &mut plan);
    let missing = plan.merge.as_ref().map(|merge| merge.verdict.clone());
    let outcome = end::carry_out(&ctx, plan, words)?;
    let view = end_view::View {
        project: status::project(&ctx)?,
        missing: missing.unwrap_or_default().missing,
        handoff: handoff(ui, &ctx, &outcome),
        summary: !args.no_summary,
        outcome: &outcome,
    };
    if let Some(made) = &outcome.checkpoint {
        checkpoint_view::warn(ui, &made.checkpoint);
    }
    if let Some(reason) = &outcome.unsaved {
        ui.warn(format!("no last checkpoint could be made: {reason}"));
    }
    view.show(ui, &ctx)?;
    if view.outcome.merged.is_some() {
        parked_here(ui, &ctx);
    }
    decision_log::say_when_stale(ui, &ctx);
    archive::due(ui, &ctx, &outcome.session.id);
    Ok(())
}

impl Args {
    /// What it means.
    fn request(&self, ui: &Ui) -> Request {
        let push = match (self.push, self.no_push) {
            (true, _) => Wish::Yes,
            (_, true) => Wish::No,
            _ if self.abandon || !can_ask(ui) || self.dry_run => Wish::Unsaid,
            _ => Wish::Ask,
        };
        Request {
            abandon: self.abandon,
            handoff: match (self.handoff, self.no_handoff) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            },
            merge_to: self.merge_to.clone(),
            no_gate: self.no_gate,
            push,
            again: self.again(),
        }
    }

    /// What was typed.
    fn again(&self) -> Again {
        let mut again = Again::default();
        again.flag("--abandon", self.abandon);
        if let Some(target) = &self.merge_to {
            again.value("--merge-to", target);
        }
        again.flag("--no-gate", self.no_gate);
        let texts = [
            ("--accomplished", &self.accomplished),
            ("--decision", &self.decisions),
            ("--remember", &self.remember),
        ];
        for (flag, texts) in texts {
            for text in texts {
                again.value(flag, text);
            }
        }
        if let Some(success) = self.success {
            again.value("--success", &success.to_string());
        }
        if let Some(phase) = &self.phase {
            again.value("--phase", phase);
        }
        again.flag("--handoff", self.handoff);
        again.flag("--no-handoff", self.no_handoff);
        again.flag("--no-summary", self.no_summary);
        again.flag("--push", self.push);
        again.flag("--no-push", self.no_push);
        again.flag("--yes", self.yes);
        again
    }

    /// What was typed, and on a terminal what is answered.
    fn words(&self, ui: &Ui, plan: &mut Plan) -> Words {
        let ask = can_ask(ui) && !self.abandon && plan.words == Words::default();
        let mut texts = |typed: &[String], flag: &'static str, question: &str| {
            let asked = (ask && typed.is_empty())
                .then(|| ui.ask(question))
                .flatten()
                .filter(|text| !text.trim().is_empty());
            if let Some(text) = &asked {
                plan.again.value(flag, text);
            }
            let all = typed.iter().cloned().chain(asked);
            let all = all.map(|text| redacted(ui, &text));
            all.filter(|text| !text.is_empty()).collect()
        };
        Words {
            accomplished: texts(
                &self.accomplished,
                "--accomplished",
                "What was reached? (Enter skips)",
            ),
            decisions: texts(
                &self.decisions,
                "--decision",
                "What was decided? (Enter skips)",
            ),
            remember: texts(
                &self.remember,
                "--remember",
                "What does who goes on have to know? (Enter skips)",
            ),
            success: self.success,
            phase: super::item::optional(ui, self.phase.as_deref()),
        }
    }
}

/// Whether somebody reads the questions and the answer is for people.
fn can_ask(ui: &Ui) -> bool {
    ui.can_ask() && ui.format() == Format::Text
}

/// What does not stand in the way of the merge, and should be known.
fn caveats(ui: &Ui, ctx: &Ctx, merge: &Merge) {
    let Verdict { reasons, missing } = &merge.verdict;
    let overridden = if merge.no_gate { "overridden: " } else { "" };
    for reason in reasons {
        ui.warn(format!("{overridden}{reason}"));
    }
    let figures = merge.figures.as_ref();
    for warning in figures.into_iter().flat_map(|figures| &figures.warnings) {
        ui.warn(warning);
    }
    if !missing.is_empty() {
        ui.status("Not known, so not held against the bars:");
        for why in figures.into_iter().flat_map(|figures| &figures.missing) {
            ui.status(format!("  {why}"));
        }
        for help in end::helps(
            ctx,
            &Verdict {
                reasons: Vec::new(),
                missing: missing.clone(),
            },
            figures,
        ) {
            ui.hint(help);
        }
    }
    if let Some(upstream) = merge.upstream.as_ref().filter(|up| up.behind > 0) {
        let count = usize::try_from(upstream.behind).unwrap_or(usize::MAX);
        ui.warn(format!(
            "{} lacks {} of {}",
            merge.target,
            plural(count, "commit"),
            upstream.name
        ));
        ui.hint(format!(
            "git switch {} && git pull",
            quoted(merge.target.as_str())
        ));
    }
}

/// The session of the branch that was merged into may hold parked work: it is named, and stays where it is.
fn parked_here(ui: &Ui, ctx: &Ctx) {
    let Ok(Here::Session { id, branch }) = sessions::here(ctx) else {
        return;
    };
    let Ok(loaded) = sessions::load(ctx, &id) else {
        return;
    };
    if let Some(checkpoint) = park::newest_parked(&loaded.session) {
        let name = style::handle(park::name(&loaded.session, checkpoint));
        ui.status(format!(
            "Work of the session on {branch} is parked as {name}; `git session resume` brings it back."
        ));
    }
}

/// Writes the document for who goes on, where one is wanted.
fn handoff(ui: &Ui, ctx: &Ctx, outcome: &Outcome) -> Option<PathBuf> {
    let write = || -> Result<PathBuf> {
        let document = handoff::document(ctx, &outcome.session, Moment::End)?;
        let page = super::handoff::page(ui, ctx, &document)?;
        handoff::write(ctx, &outcome.session.id, &page)
    };
    let written = outcome.handoff.then(write)?;
    // the log has it, so it can be made at any time
    let warn = |error| {
        ui.warn(format!("the handoff could not be written: {error:#}"));
        ui.hint(format!("git session handoff {}", outcome.session.id));
    };
    written.map_err(warn).ok()
}

/// Shows what a push sends, and lets the person decide; no is no push.
///
/// # Errors
/// The push was asked for and nobody can confirm it: nothing was done.
fn confirm(ui: &Ui, plan: &mut Plan, yes: bool) -> Result<()> {
    let Some(push) = &plan.push else {
        return Ok(());
    };
    for line in outgoing(push) {
        ui.status(line);
    }
    if yes {
        return Ok(());
    }
    if !can_ask(ui) {
        return Err(
            Fault::user("a push must be confirmed, and nobody can be asked here")
                .hint(plan.again.with(&["--push", "--yes"]))
                .into(),
        );
    }
    let question = format!("Push {} to {}?", push.branch, push.place());
    if !ui.confirm(question, false) {
        plan.push = None;
    }
    Ok(())
}

/// What a push sends, in words.
pub(super) fn outgoing(push: &Push) -> Vec<String> {
    let mut what = match push.count {
        0 if push.with_merge => "the merge".to_owned(),
        0 => "no new commit".to_owned(),
        count => plural(count, "commit"),
    };
    if push.with_merge && push.count > 0 {
        what.push_str(" and the merge");
    }
    let mut lines = vec![format!("{what} to push with `{}`:", push.line())];
    if push.count == 0 {
        lines[0] = format!("{what} to push with `{}`", push.line());
    }
    if let Some(first) = lines[0].get(..1) {
        lines[0] = format!("{}{}", first.to_uppercase(), &lines[0][1..]);
    }
    let newest = push.newest.iter();
    lines.extend(newest.map(|(id, subject)| format!("  {} {}", id.short(), style::plain(subject))));
    if push.count > push.newest.len() {
        lines.push(format!("  and {} more", push.count - push.newest.len()));
    }
    lines
}

/// What would be done.
fn dry(ui: &Ui, ctx: &Ctx, plan: &Plan) -> Result<()> {
    let unsaved = end_view::uncommitted(&status::project(ctx)?) > 0;
    if ui.format() == Format::Json {
        return end_view::dry_json(ui, plan, unsaved);
    }
    let mut lines = Vec::new();
    if unsaved {
        lines.push("would save what no commit has as a checkpoint".to_owned());
    }
    if let Some(merge) = &plan.merge {
        caveats(ui, ctx, merge);
        if !merge.made {
            lines.push(format!(
                "would merge {} into {}, and stay there",
                merge.source, merge.target
            ));
        }
    }
    if let Some(push) = &plan.push {
        let out = outgoing(push);
        lines.push(format!("would run `{}`", push.line()));
        lines.extend(out.into_iter().skip(1));
    }
    if plan.handoff {
        lines.push("would write a handoff".to_owned());
    }
    let end = if plan.abandon { "abandon" } else { "end" };
    lines.push(format!(
        "would {end} the session on {} ({})",
        plan.session.branch, plan.session.id
    ));
    lines.extend(archive::would(ctx, &plan.session.id)?);
    ui.answer(&lines.join("\n"))
}
