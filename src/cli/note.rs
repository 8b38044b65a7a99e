//! `git session note`: free text.

use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

use super::Place;
use super::item::{ItemJson, PrivateArg, SessionArg, carry_out, indented, name_in_list, typed};
use crate::domain::decide::Command;
use crate::domain::handle::ItemKind;
use crate::domain::time::relative;
use crate::ops::ctx::Ctx;
use crate::ui::{Format, Ui, style};

/// Free text to remember: add, list
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Write a note
    Add {
        /// The note, of one line or several; `-` reads standard input
        text: String,
        #[command(flatten)]
        private: PrivateArg,
    },
    /// Show the notes, oldest first
    List(SessionArg),
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let (text, private) = match args.verb.unwrap_or(Verb::List(SessionArg::default())) {
        Verb::List(session) => return list(ui, &ctx, &session),
        Verb::Add { text, private } => (text, private),
    };
    let add = Command::AddNote {
        text: typed(ui, ItemKind::Note, &text)?,
        privacy: private.privacy(),
    };
    carry_out(ui, &ctx, "git-session/note/v1", vec![add])
}

#[derive(Serialize)]
struct ListJson<'a> {
    session: &'a str,
    notes: Vec<ItemJson<'a>>,
}

fn list(ui: &Ui, ctx: &Ctx, session: &SessionArg) -> Result<()> {
    let session = session.load(ctx)?;
    let notes = session.notes.iter();
    if ui.format() == Format::Json {
        let notes = notes.map(|note| ItemJson::new(&session, ItemKind::Note, note));
        let list = ListJson {
            session: session.id.as_str(),
            notes: notes.collect(),
        };
        return ui.json("git-session/note/v1", &list);
    }
    if session.notes.is_empty() {
        ui.status("There are no notes yet.");
        return Ok(());
    }
    let lines: Vec<String> = notes
        .map(|note| {
            format!(
                "{} {}\n{}",
                style::plain(relative(note.at, ctx.now())),
                name_in_list(&session, ItemKind::Note, note),
                indented(&note.text, ui.text_width())
            )
        })
        .collect();
    ui.answer(&lines.join("\n"))
}
