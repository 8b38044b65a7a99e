//! `git session objectives`: what is to be reached.

use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

use super::Place;
use super::item::{ItemJson, PrivateArg, carry_out, one_line, optional, typed};
use super::links::Links;
use crate::domain::decide::{Command, ObjectiveChange, Privacy};
use crate::domain::handle::{ItemKind, names};
use crate::domain::redact::Redacted;
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
        /// Where it is dealt with: an address, #42 or PROJ-42
        #[arg(long, value_name = "LINK")]
        link: Option<String>,
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
    /// Change the text or the link of an objective
    Edit {
        /// Handle (obj-k3f9), number (obj-2) or end of the id
        name: String,
        /// The new text
        #[arg(required_unless_present = "link")]
        text: Option<String>,
        /// The new link
        #[arg(long, value_name = "LINK")]
        link: Option<String>,
    },
    /// Show the objectives
    List {
        /// Also those that are completed or dropped
        #[arg(long)]
        all: bool,
        /// Those of another session: its id, how that begins or ends, or a branch
        #[arg(long, value_name = "SESSION")]
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
        Verb::Add {
            texts,
            link,
            private,
        } => {
            let link = optional(ui, link.as_deref());
            let add = |text: &String| {
                let text = typed(ui, ItemKind::Objective, text)?;
                Ok(added(text, link.clone(), private.privacy()))
            };
            texts.iter().map(add).collect::<Result<_>>()?
        }
        Verb::Start(names) => change(names, ObjectiveChange::Start),
        Verb::Complete(names) => change(names, ObjectiveChange::Complete),
        Verb::Reopen(names) => change(names, ObjectiveChange::Reopen),
        Verb::Drop(names) => change(names, ObjectiveChange::Drop),
        Verb::Edit { name, text, link } => {
            let text = text.map(|text| typed(ui, ItemKind::Objective, &text));
            let text = text.transpose()?.map(|text| Command::EditObjective {
                name: name.clone(),
                text,
            });
            let link = optional(ui, link.as_deref());
            let link = link.map(|link| Command::LinkObjective { name, link });
            text.into_iter().chain(link).collect()
        }
    };
    carry_out(ui, &ctx, "git-session/objectives/v1", commands)
}

/// A new objective, with or without a link.
fn added(text: Redacted, link: Option<Redacted>, privacy: Privacy) -> Command {
    match link {
        None => Command::AddObjective { text, privacy },
        Some(link) => Command::AddLinkedObjective {
            text,
            link,
            privacy,
        },
    }
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
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

fn list(ui: &Ui, ctx: &Ctx, all: bool, session: Option<String>) -> Result<()> {
    let id = session.map_or_else(|| sessions::readable(ctx), |id| sessions::named(ctx, &id))?;
    let session = sessions::load(ctx, &id)?.session;
    let shown: Vec<&Objective> = session
        .objectives
        .iter()
        .filter(|o| all || o.state.is_open())
        .collect();
    let issues = Links::of(ui, ctx, &session);
    if ui.format() == Format::Json {
        let objectives = shown.iter().map(|o| ObjectiveJson {
            item: ItemJson::new(&session, ItemKind::Objective, &o.item),
            state: o.state.name(),
            link: o.link.as_deref(),
            url: issues.of_objective(o),
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
    let lines = shown.into_iter();
    let lines: Vec<String> = lines.map(|o| line_with(ui, &session, o, &issues)).collect();
    ui.screen(&lines.join("\n"))
}

/// One objective in a list.
pub(super) fn line(ui: &Ui, session: &Session, objective: &Objective) -> String {
    line_with(ui, session, objective, &Links::default())
}

/// The same with links.
pub(super) fn line_with(
    ui: &Ui,
    session: &Session,
    objective: &Objective,
    issues: &Links,
) -> String {
    let name = names(session, ItemKind::Objective, &objective.item);
    let text = one_line(&objective.item.text);
    let text = issues.text(&text, |text| match objective.state {
        ObjectiveState::InProgress => style::title(text),
        ObjectiveState::Completed | ObjectiveState::Dropped => style::dim(text),
        ObjectiveState::Open => style::plain(text),
    });
    let mark = match objective.state {
        ObjectiveState::Completed => style::good(ui.mark(Mark::Done)),
        ObjectiveState::InProgress => style::accent(ui.mark(Mark::Active)),
        ObjectiveState::Open => style::plain(ui.mark(Mark::Open)),
        ObjectiveState::Dropped => style::dim(ui.mark(Mark::Dropped)),
    };
    let link = issues.behind(objective.link.as_deref());
    format!("{mark} {text}{link} {}", style::dim(format!("({name})")))
}
