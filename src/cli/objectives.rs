//! `git session objectives`: what is to be reached.

use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

use super::Place;
use super::item::{ItemJson, PrivateArg, carry_out, one_line, typed};
use crate::domain::decide::{Command, ObjectiveChange};
use crate::domain::handle::{ItemKind, names};
use crate::domain::session::{Objective, ObjectiveState, Session};
use crate::ops::ctx::Ctx;
use crate::ops::sessions;
use crate::ui::text::Mark;
use crate::ui::{Format, Ui, style};

/// What is to be reached: add, start, complete, reopen, drop, edit, list
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Set objectives
    Add {
        /// What is to be reached; each argument is one objective, `-` reads standard input
        #[arg(required = true, value_name = "TEXT")]
        texts: Vec<String>,
        #[command(flatten)]
        private: PrivateArg,
    },
    /// Begin to work on objectives
    Start(Names),
    /// Objectives are reached
    #[command(visible_alias = "done")]
    Complete(Names),
    /// Objectives are open again
    Reopen(Names),
    /// Give objectives up
    Drop(Names),
    /// Change the text of an objective
    Edit {
        /// Handle (obj-k3f9), number (obj-2) or end of the id
        name: String,
        /// The new text
        text: String,
    },
    /// Show the objectives
    List {
        /// Also those that are completed or dropped
        #[arg(long)]
        all: bool,
        /// Those of another session
        #[arg(long, value_name = "ID")]
        session: Option<String>,
    },
}

#[derive(clap::Args, Debug)]
struct Names {
    /// Handle (obj-k3f9), number (obj-2) or end of the id
    #[arg(required = true, value_name = "OBJECTIVE")]
    names: Vec<String>,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let verb = args.verb.unwrap_or(Verb::List {
        all: false,
        session: None,
    });
    let change = |names: Names, change: ObjectiveChange| -> Vec<Command> {
        names
            .names
            .into_iter()
            .map(|name| Command::ChangeObjective { name, change })
            .collect()
    };
    let commands = match verb {
        Verb::List { all, session } => return list(ui, &ctx, all, session),
        Verb::Add { texts, private } => texts
            .iter()
            .map(|text| {
                Ok(Command::AddObjective {
                    text: typed(ui, ItemKind::Objective, text)?,
                    privacy: private.privacy(),
                })
            })
            .collect::<Result<_>>()?,
        Verb::Start(names) => change(names, ObjectiveChange::Start),
        Verb::Complete(names) => change(names, ObjectiveChange::Complete),
        Verb::Reopen(names) => change(names, ObjectiveChange::Reopen),
        Verb::Drop(names) => change(names, ObjectiveChange::Drop),
        Verb::Edit { name, text } => vec![Command::EditObjective {
            name,
            text: typed(ui, ItemKind::Objective, &text)?,
        }],
    };
    carry_out(ui, &ctx, "git-session/objectives/v1", commands)
}

#[derive(Serialize)]
struct ListJson<'a> {
    session: &'a str,
    objectives: Vec<ObjectiveJson<'a>>,
}

#[derive(Serialize)]
struct ObjectiveJson<'a> {
    #[serde(flatten)]
    item: ItemJson<'a>,
    state: &'static str,
}

fn list(ui: &Ui, ctx: &Ctx, all: bool, session: Option<String>) -> Result<()> {
    let id = session.map_or_else(|| sessions::readable(ctx), |id| sessions::named(ctx, &id))?;
    let session = sessions::load(ctx, &id)?.session;
    let shown: Vec<&Objective> = session
        .objectives
        .iter()
        .filter(|o| all || o.state.is_open())
        .collect();
    if ui.format() == Format::Json {
        let objectives = shown.iter().map(|o| ObjectiveJson {
            item: ItemJson::new(&session, ItemKind::Objective, &o.item),
            state: o.state.name(),
        });
        let list = ListJson {
            session: session.id.as_str(),
            objectives: objectives.collect(),
        };
        return ui.json("git-session/objectives/v1", &list);
    }
    if shown.is_empty() {
        let (done, total) = session.progress();
        ui.status(&match total {
            0 => "There are no objectives yet.".to_owned(),
            _ => format!("{done} of {total} objectives are completed, none is open."),
        });
        return Ok(());
    }
    let lines: Vec<String> = shown.into_iter().map(|o| line(ui, &session, o)).collect();
    ui.answer(&lines.join("\n"))
}

/// One objective in a list.
pub(super) fn line(ui: &Ui, session: &Session, objective: &Objective) -> String {
    let name = names(session, ItemKind::Objective, &objective.item);
    let text = one_line(&objective.item.text);
    let text = match objective.state {
        ObjectiveState::InProgress => style::title(text),
        ObjectiveState::Completed | ObjectiveState::Dropped => style::dim(text),
        ObjectiveState::Open => style::plain(text),
    };
    let mark = match objective.state {
        ObjectiveState::Completed => style::good(ui.mark(Mark::Done)),
        ObjectiveState::InProgress => style::accent(ui.mark(Mark::Active)),
        ObjectiveState::Open => style::plain(ui.mark(Mark::Open)),
        ObjectiveState::Dropped => style::dim(ui.mark(Mark::Dropped)),
    };
    format!("{mark} {text} {}", style::dim(format!("({name})")))
}
