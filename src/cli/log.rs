//! `git session log`: what happened in a session, command by command.

use std::collections::HashMap;

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Place;
use crate::domain::body::{Body, Reason};
use crate::domain::describe::describe;
use crate::domain::event::Event;
use crate::domain::id::EventId;
use crate::domain::session::Op;
use crate::ops::lifecycle;
use crate::ops::sessions::{self, Loaded};
use crate::ui::{Format, Ui, style, text};

/// What happened in a session, newest first
///
/// One entry a command or hook. What only follows git (a branch left and entered, commits rewritten) is shown
/// with --all-kinds.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// At most so many entries
    #[arg(short = 'n', long, value_name = "N", value_parser = super::undo::number)]
    count: Option<usize>,
    /// Of another session: its id, how that begins or ends, or a branch
    #[arg(long, value_name = "SESSION")]
    session: Option<String>,
    /// Also what only follows git
    #[arg(long)]
    all_kinds: bool,
}

/// The events of one command.
struct Entry<'a> {
    op: &'a Op,
    events: Vec<&'a Event>,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let id = match &args.session {
        Some(name) => sessions::named(&ctx, name)?,
        None => lifecycle::undo_target(&ctx)?,
    };
    let loaded = sessions::load(&ctx, &id)?;
    super::status::sources(ui, &ctx, &loaded);
    let mut entries = entries(&loaded, args.all_kinds);
    entries.truncate(args.count.unwrap_or(usize::MAX));
    if ui.format() == Format::Json {
        let entries = entries.iter().map(|entry| EntryJson::new(&loaded, entry));
        let log = LogJson {
            session: id.as_str(),
            branch: loaded.session.branch.as_str(),
            entries: entries.collect(),
        };
        return ui.json("git-session/log/v1", &log);
    }
    if entries.is_empty() {
        ui.status("Nothing happened yet.");
        return Ok(());
    }
    let columns = ui.width().unwrap_or(usize::MAX);
    let by: Vec<String> = entries.iter().map(Entry::who).collect();
    let widest = by.iter().map(|who| text::width(who)).max().unwrap_or(0);
    let mut lines = Vec::new();
    for (entry, by) in entries.iter().zip(&by) {
        let padding = " ".repeat(widest - text::width(by));
        let date = ui.date(entry.op.at);
        let blank = " ".repeat(text::width(&date) + 2 + widest + 2);
        let mut first = format!("{}  {}{padding}  ", style::handle(date), style::dim(by));
        for line in entry.lines(&loaded) {
            lines.push(text::wrap_hanging(&line, columns, &first, &blank));
            first.clone_from(&blank);
        }
    }
    ui.answer(&lines.join("\n"))
}

/// The commands of a session, newest first.
fn entries(loaded: &Loaded, all_kinds: bool) -> Vec<Entry<'_>> {
    let mut events: HashMap<&EventId, Vec<&Event>> = HashMap::new();
    for event in loaded.fold.events() {
        if all_kinds || !follows_git(event.body()) {
            events.entry(&event.head().op).or_default().push(event);
        }
    }
    let ops = loaded.session.ops.iter().rev();
    ops.filter_map(|op| {
        let events = events.remove(&op.id)?;
        Some(Entry { op, events })
    })
    .collect()
}

/// Whether an event only says what git did, and is no step of the work. A commit is one.
const fn follows_git(body: &Body) -> bool {
    match body {
        Body::SessionPaused(clocked) | Body::SessionResumed(clocked) => {
            matches!(clocked.reason, Reason::Switch)
        }
        Body::CommitRewritten(_) | Body::Unknown => true,
        _ => false,
    }
}

impl Entry<'_> {
    /// `Ada, cli`
    fn who(&self) -> String {
        let by = self.events.first().map_or("", |event| &event.head().by);
        let name = by.split(" <").next().unwrap_or(by);
        format!("{name}, {}", self.op.via)
    }

    /// A line an event.
    fn lines(&self, loaded: &Loaded) -> Vec<String> {
        let line = |event: &&Event| {
            let said = said(loaded, self.op, event);
            if self.op.undone {
                format!("{} {}", style::dim(said), style::dim("(taken back)"))
            } else {
                style::plain(said).to_string()
            }
        };
        self.events.iter().map(line).collect()
    }
}

/// What an event did.
fn said(loaded: &Loaded, op: &Op, event: &Event) -> String {
    match event.body() {
        Body::Undone(_) => super::undo::said(loaded, &lifecycle::told(loaded, op)),
        _ => describe(event, Some(&loaded.session)),
    }
}

#[derive(Serialize)]
struct LogJson<'a> {
    session: &'a str,
    branch: &'a str,
    entries: Vec<EntryJson<'a>>,
}

#[derive(Serialize)]
struct EntryJson<'a> {
    op: &'a str,
    at: DateTime<Utc>,
    by: &'a str,
    via: &'a str,
    undone: bool,
    events: Vec<EventJson<'a>>,
}

#[derive(Serialize)]
struct EventJson<'a> {
    id: &'a str,
    kind: &'a str,
    summary: String,
}

impl<'a> EntryJson<'a> {
    fn new(loaded: &Loaded, entry: &Entry<'a>) -> Self {
        let events = entry.events.iter().map(|event| EventJson {
            id: event.id().as_str(),
            kind: &event.head().kind,
            summary: said(loaded, entry.op, event),
        });
        Self {
            op: entry.op.id.as_str(),
            at: entry.op.at,
            by: entry.events.first().map_or("", |event| &event.head().by),
            via: &entry.op.via,
            undone: entry.op.undone,
            events: events.collect(),
        }
    }
}
