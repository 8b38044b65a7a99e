//! `git session undo`: takes back what a command recorded. What git did stays.

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Place;
use crate::ops::ctx::Ctx;
use crate::ops::lifecycle::{self, Effect, Told};
use crate::ops::sessions::{self, Loaded};
use crate::ui::table::{Column, Table};
use crate::ui::{Format, Ui, style};

/// Take back what a command recorded
///
/// Only the records of this clone's commands; what git did (branches, commits) stays. Taking back an undo does
/// the command again.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The number of the command in the list, counted from the newest
    #[arg(value_name = "N", value_parser = number, conflicts_with = "list")]
    number: Option<usize>,
    /// Show what can be taken back
    #[arg(long)]
    list: bool,
}

/// A number from 1.
pub(super) fn number(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("not a number from 1".to_owned()),
        Ok(number) => Ok(number),
    }
}

#[derive(Serialize)]
struct UndoJson<'a> {
    session: &'a str,
    undone: OpJson<'a>,
    effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<OpJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    git: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    git_push: Option<&'a str>,
}

#[derive(Serialize)]
struct ListJson<'a> {
    session: &'a str,
    commands: Vec<NumberedJson<'a>>,
}

#[derive(Serialize)]
struct NumberedJson<'a> {
    number: usize,
    #[serde(flatten)]
    op: OpJson<'a>,
}

#[derive(Serialize)]
struct OpJson<'a> {
    op: &'a str,
    at: DateTime<Utc>,
    via: &'a str,
    summary: &'a str,
}

impl<'a> OpJson<'a> {
    fn new(told: &'a Told) -> Self {
        Self {
            op: told.op.id.as_str(),
            at: told.op.at,
            via: &told.op.via,
            summary: &told.summary,
        }
    }
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open_without_checkpoint(ui)?;
    if args.list {
        return list(ui, &ctx);
    }
    let undone = lifecycle::undo(&ctx, args.number.unwrap_or(1))?;
    let (effect, of) = match &undone.effect {
        Effect::TookBack(op) => ("took_back", Some(op)),
        Effect::DidAgain(op) => ("did_again", Some(op)),
        Effect::Unknown => ("unknown", None),
    };
    if ui.format() == Format::Json {
        let json = UndoJson {
            session: undone.session.id.as_str(),
            undone: OpJson::new(&undone.op),
            effect,
            of: of.map(OpJson::new),
            git: undone.git.as_ref().and_then(|left| left.command.as_deref()),
            git_push: undone.git.as_ref().and_then(|left| left.push.as_deref()),
        };
        return ui.json("git-session/undo/v1", &json);
    }
    let said = undone.effect.to_string();
    let (first, rest) = said.split_at(1);
    ui.answer(&style::plain(format!("{}{rest}", first.to_uppercase())))?;
    if let Some(rewound) = &undone.rewound {
        ui.status(format!("Files: {}.", super::rewind::figures(rewound)));
        super::rewind::unheld(ui, rewound);
    }
    match (&undone.git, &undone.effect) {
        (Some(left), _) => {
            ui.status(&left.said);
            for command in left.command.iter().chain(&left.push) {
                ui.hint(command);
            }
        }
        (None, Effect::TookBack(_)) => ui.status("`git session undo` once more does it again."),
        _ => {}
    }
    Ok(())
}

/// What can be taken back, numbered.
fn list(ui: &Ui, ctx: &Ctx) -> Result<()> {
    let id = lifecycle::undo_target(ctx)?;
    let loaded = sessions::load(ctx, &id)?;
    let undoable = lifecycle::undoable(&loaded.session);
    let ops: Vec<Told> = undoable.map(|op| lifecycle::told(&loaded, op)).collect();
    if ui.format() == Format::Json {
        let numbered = ops.iter().enumerate().map(|(index, op)| NumberedJson {
            number: index + 1,
            op: OpJson::new(op),
        });
        let list = ListJson {
            session: id.as_str(),
            commands: numbered.collect(),
        };
        return ui.json("git-session/undo/v1", &list);
    }
    if ops.is_empty() {
        ui.status("There is nothing to take back.");
        return Ok(());
    }
    let columns = [Column::Right, Column::Left, Column::Flexible(20)];
    let mut table = Table::new(&columns, ui.width());
    for (index, told) in ops.iter().enumerate() {
        table.row([
            style::plain((index + 1).to_string()),
            style::dim(ui.date(told.op.at)),
            style::plain(said(&loaded, told)),
        ]);
    }
    ui.answer(&table)
}

/// What a command did; of an undo, what that came to.
pub(super) fn said(loaded: &Loaded, told: &Told) -> String {
    match &told.op.undoes {
        Some(undoes) => lifecycle::effect(loaded, undoes).to_string(),
        None => told.summary.clone(),
    }
}
