//! `git session checkpoints`: what is saved.

use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

use super::Place;
use super::checkpoint_view::{self, CheckpointJson};
use super::item::{SessionArg, date_and_age, indented};
use crate::domain::decide::{Command, ParkedWork};
use crate::domain::describe::plural;
use crate::domain::handle::{ItemKind, handle, names};
use crate::domain::session::{Checkpoint, Session};
use crate::domain::time::relative;
use crate::error::Fault;
use crate::ops::checkpoint::{keeper, rewind};
use crate::ops::ctx::Ctx;
use crate::ops::sessions;
use crate::ui::table::{Column, Table};
use crate::ui::{Format, Ui, style};

/// The saved states of the work tree
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// List the checkpoints that are kept, newest first
    List(ListArgs),
    /// Show one checkpoint with its files
    Show(OneArg),
    /// Show what changed from a checkpoint to now, or to another checkpoint
    Diff(DiffArgs),
    /// Let a checkpoint go
    Drop(DropArgs),
}

#[derive(clap::Args, Debug, Default)]
struct ListArgs {
    #[command(flatten)]
    session: SessionArg,
    /// Also those that are not kept any more
    #[arg(long)]
    all: bool,
}

#[derive(clap::Args, Debug)]
struct OneArg {
    /// The checkpoint; the newest when left out
    checkpoint: Option<String>,
    #[command(flatten)]
    session: SessionArg,
}

#[derive(clap::Args, Debug)]
struct DiffArgs {
    /// The checkpoint; the newest when left out
    checkpoint: Option<String>,
    /// Another checkpoint instead of the work tree
    other: Option<String>,
    /// Only the names of the files and their lines
    #[arg(long)]
    stat: bool,
}

#[derive(clap::Args, Debug)]
struct DropArgs {
    /// The checkpoints
    #[arg(required = true)]
    checkpoints: Vec<String>,
    /// Also one that holds parked work: it is given up
    #[arg(long)]
    parked: bool,
}

#[derive(Serialize)]
struct ListJson<'a> {
    session: &'a str,
    checkpoints: Vec<KeptJson<'a>>,
}

#[derive(Serialize)]
struct KeptJson<'a> {
    #[serde(flatten)]
    checkpoint: CheckpointJson<'a>,
    kept: bool,
}

/// The ids of two trees, for `git diff`.
#[derive(Serialize)]
struct TreesJson<'a> {
    old: &'a str,
    new: &'a str,
}

#[derive(Serialize)]
struct DroppedJson<'a> {
    session: &'a str,
    dropped: Vec<String>,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: Args) -> Result<()> {
    let ctx = place.open(ui)?;
    match args.verb.unwrap_or(Verb::List(ListArgs::default())) {
        Verb::List(args) => list(ui, &ctx, &args),
        Verb::Show(args) => show(ui, &ctx, &args),
        Verb::Diff(args) => diff(ui, &ctx, &args),
        Verb::Drop(args) => drop_all(ui, &ctx, &args),
    }
}

fn list(ui: &Ui, ctx: &Ctx, args: &ListArgs) -> Result<()> {
    let session = args.session.load(ctx)?;
    let kept = keeper::kept(&ctx.repo, &session.id)?;
    let is_kept = |c: &Checkpoint| !c.dropped && kept.contains(&c.made.commit);
    let wanted: Vec<&Checkpoint> = session
        .checkpoints
        .iter()
        .rev()
        .filter(|c| args.all || is_kept(c))
        .collect();
    if ui.format() == Format::Json {
        let checkpoints = wanted.into_iter().map(|c| KeptJson {
            kept: is_kept(c),
            checkpoint: CheckpointJson::new(&session, c),
        });
        let json = ListJson {
            session: session.id.as_str(),
            checkpoints: checkpoints.collect(),
        };
        return ui.json("git-session/checkpoints/v1", &json);
    }
    if wanted.is_empty() {
        ui.status("There are no checkpoints yet.");
        ui.hint("git session checkpoint");
        return Ok(());
    }
    let columns = [
        Column::Left,
        Column::Left,
        Column::Flexible(13),
        Column::Flexible(20),
    ];
    let mut table = Table::new(&columns, ui.width());
    for checkpoint in wanted {
        table.row([
            style::handle(handle(&session, ItemKind::Checkpoint, &checkpoint.item)),
            style::dim(relative(checkpoint.item.at, ctx.now())),
            style::plain(checkpoint_view::figures(checkpoint).unwrap_or_default()),
            style::plain(what(&session, checkpoint, is_kept(checkpoint))),
        ]);
    }
    ui.answer(&table)
}

/// Cause, state and label in a few words; the label last, because its end may be cut.
fn what(session: &Session, checkpoint: &Checkpoint, is_kept: bool) -> String {
    let item = &checkpoint.item;
    let state = match checkpoint.made.cause {
        _ if session.parked.contains(&item.id) => Some("parked"),
        _ if !is_kept => Some("gone"),
        cause if cause.is_asked_for() => None,
        cause => Some(cause.name()),
    };
    let state = state.map(|state| format!("({state})"));
    let label = Some(item.text.clone()).filter(|text| !text.is_empty());
    let words: Vec<String> = state.into_iter().chain(label).collect();
    words.join(" ")
}

fn show(ui: &Ui, ctx: &Ctx, args: &OneArg) -> Result<()> {
    let session = args.session.load(ctx)?;
    let checkpoint = rewind::named(ctx, &session, args.checkpoint.as_deref())?;
    if ui.format() == Format::Json {
        let json = CheckpointJson::new(&session, checkpoint);
        return ui.json("git-session/checkpoint/v1", &json);
    }
    let made = &checkpoint.made;
    let mut lines = vec![
        format!(
            "{} {}",
            style::title(names(&session, ItemKind::Checkpoint, &checkpoint.item)),
            style::plain(&checkpoint.item.text)
        ),
        format!(
            "{}, {}, by {}",
            date_and_age(ctx, checkpoint.item.at),
            made.cause.name(),
            style::plain(&checkpoint.item.by)
        ),
    ];
    let mut row = |name: &str, text: String| lines.push(format!("  {name:<9} {text}"));
    if let Some(phase) = &made.phase {
        row("phase", style::plain(phase).to_string());
    }
    if let Some(progress) = made.progress {
        row("progress", progress.to_string());
    }
    if let Some(phase) = made.tdd {
        row("tdd", phase.name().to_owned());
    }
    if let Some(figures) = checkpoint_view::figures(checkpoint) {
        row("changed", figures);
    }
    if !made.left_out.is_empty() {
        row("left out", checkpoint_view::listed(&made.left_out));
    }
    if !made.nested.is_empty() {
        row("nested", checkpoint_view::listed(&made.nested));
    }
    row("commit", made.commit.to_string());
    row(
        "by git",
        format!("git stash apply --index {}", made.commit.short()),
    );
    if let Some(notes) = &made.notes {
        lines.push(indented(notes, ui.text_width()));
    }
    ui.answer(&lines.join("\n"))
}

fn diff(ui: &Ui, ctx: &Ctx, args: &DiffArgs) -> Result<()> {
    let id = sessions::readable(ctx)?;
    let session = sessions::load(ctx, &id)?.session;
    let trees = |name: Option<&str>| -> Result<_> {
        let checkpoint = rewind::named(ctx, &session, name)?;
        rewind::held(ctx, &session, checkpoint)
    };
    let old = trees(args.checkpoint.as_deref())?;
    let old = ctx.repo.whole_tree(&old.tree, old.untracked.as_deref())?;
    let new = if let Some(other) = &args.other {
        let new = trees(Some(other))?;
        ctx.repo.whole_tree(&new.tree, new.untracked.as_deref())?
    } else {
        let now = ctx.repo.capture(ctx.settings.checkpoint.max_untracked)?;
        ctx.repo.whole_tree(&now.tree, now.untracked.as_deref())?
    };
    if ui.format() == Format::Json {
        let json = TreesJson {
            old: &old,
            new: &new,
        };
        return ui.json("git-session/checkpoints/v1", &json);
    }
    let options: &[&str] = if args.stat { &["--stat"] } else { &[] };
    match ctx.repo.diff(&old, &new, options).inherit()? {
        0 => Ok(()),
        code => Err(Fault::user(format!("git diff ended with {code}")).into()),
    }
}

fn drop_all(ui: &Ui, ctx: &Ctx, args: &DropArgs) -> Result<()> {
    let id = sessions::require(ctx)?;
    let session = sessions::load(ctx, &id)?.session;
    let mut dropped = Vec::new();
    let mut commands = Vec::new();
    for name in &args.checkpoints {
        let checkpoint = rewind::named(ctx, &session, Some(name))?;
        dropped.push(handle(&session, ItemKind::Checkpoint, &checkpoint.item));
        commands.push(Command::DropCheckpoint {
            name: checkpoint.item.id.to_string(),
            parked: if args.parked {
                ParkedWork::Goes
            } else {
                ParkedWork::Stays
            },
        });
    }
    let after = sessions::carry_out(ctx, &id, commands)?.session;
    keeper::settle(ctx, &after)?;
    if ui.format() == Format::Json {
        let json = DroppedJson {
            session: id.as_str(),
            dropped,
        };
        return ui.json("git-session/checkpoints/v1", &json);
    }
    ui.answer(&format!("Dropped {}", dropped.join(", ")))?;
    ui.status(format!(
        "Git frees {} when it next collects garbage: git gc",
        plural(dropped.len(), "checkpoint")
    ));
    Ok(())
}
