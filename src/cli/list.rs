//! `git session list`: the sessions of this clone, newest first.

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Place;
use crate::domain::describe::{name_of, plural};
use crate::domain::glob;
use crate::domain::session::State;
use crate::domain::time::relative;
use crate::error::{Fault, Kind};
use crate::ops::ctx::Ctx;
use crate::ops::listing::{self, Listing, Row, Wanted};
use crate::ops::sessions;
use crate::ui::style::Styled;
use crate::ui::table::{Column, Table};
use crate::ui::{Format, Ui, style, text};

/// The sessions of this clone, newest first
///
/// Those that are open and those of the last 30 days, at most 20; `--all` shows those that other clones shared,
/// too.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Every session, however old, and those that other clones shared
    #[arg(long)]
    all: bool,
    /// Only those of branches that match: `feature/*`, `**`
    #[arg(long, value_name = "GLOB", value_parser = branch_glob)]
    branch: Option<String>,
    /// At most so many
    #[arg(short = 'n', long, value_name = "N", value_parser = super::undo::number)]
    count: Option<usize>,
}

/// A glob that can match.
fn branch_glob(text: &str) -> Result<String, String> {
    glob::validate(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let listing = listing::list(
        &ctx,
        Wanted {
            all: args.all,
            branch: args.branch.as_deref(),
            count: args.count,
        },
    )?;
    ui.detail(format!(
        "index    {}",
        ctx.store.root().join("index.jsonl").display()
    ));
    ui.detail("mapping  branch.<name>.sessionId in git config");
    match ui.format() {
        Format::Json => ui.json("git-session/list/v1", &ListJson::new(&ctx, &listing))?,
        Format::Text if listing.rows.is_empty() => empty(ui, args, &listing),
        Format::Text => ui.answer(&table(ui, &ctx, &listing))?,
    }
    if !listing.rows.is_empty() && listing.more > 0 {
        ui.status(format!(
            "{} not shown: git session list --all",
            plural(listing.more, "session")
        ));
    }
    if listing.elsewhere > 0 {
        ui.status(format!(
            "{} of other clones: git session list --all",
            plural(listing.elsewhere, "open session")
        ));
    }
    unreadable(ui, &listing)
}

/// Says that nothing is there to be shown.
fn empty(ui: &Ui, args: &Args, listing: &Listing) {
    match (&args.branch, listing.more) {
        _ if !listing.unreadable.is_empty() => {}
        (_, 1..) => {
            ui.status("No session is open, and none was in the last 30 days.");
            ui.hint("git session list --all");
        }
        (Some(glob), _) => ui.status(format!(
            "No session is on a branch that matches {}",
            style::plain(glob)
        )),
        (None, _) if listing.others > 0 => {
            ui.status("This clone has no sessions yet.");
            ui.hint("git session start -o \"what is to be reached\"");
            if listing.elsewhere == 0 {
                ui.status(format!(
                    "{} of other clones: git session list --all",
                    plural(listing.others, "session")
                ));
            }
        }
        (None, _) => {
            ui.status("There are no sessions yet.");
            ui.hint("git session start -o \"what is to be reached\"");
        }
    }
}

/// Names the logs that were skipped, as a whole or in part.
fn unreadable(ui: &Ui, listing: &Listing) -> Result<()> {
    for row in listing.rows.iter().filter(|row| row.torn > 0) {
        let lines = plural(row.torn, "line");
        ui.warn(format!("{lines} of the log of {} skipped", row.session.id));
    }
    if listing.rows.iter().any(|row| row.torn > 0) {
        ui.hint("git session doctor");
    }
    for (id, error) in &listing.unreadable {
        ui.warn(format!("{id} is left out: {error}"));
    }
    let Some((first, _)) = listing.unreadable.first() else {
        return Ok(());
    };
    let what = plural(listing.unreadable.len(), "session");
    let fault = Fault::new(Kind::Partial, format!("{what} could not be read"));
    Err(fault.hint(format!("git session show {first}")).into())
}

/// How much a row says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// With the whole id.
    Wide,
    /// With the random end of the id, which names the session as well, and fewer words.
    Narrow,
}

/// One line a session, with whole ids where the terminal is wide enough.
fn table(ui: &Ui, ctx: &Ctx, listing: &Listing) -> Table {
    let wide = rows(ctx, listing, Form::Wide, None);
    let widest = wide.to_string().lines().map(text::width).max();
    match ui.width() {
        Some(columns) if widest > Some(columns) => rows(ctx, listing, Form::Narrow, ui.width()),
        _ => wide,
    }
}

fn rows(ctx: &Ctx, listing: &Listing, form: Form, most: Option<usize>) -> Table {
    let columns = [
        Column::Left,
        Column::Flexible(8),
        Column::Left,
        Column::Right,
        Column::Right,
        Column::Left,
        Column::Left,
    ];
    let last = match form {
        Form::Wide => "Last activity",
        Form::Narrow => "Last",
    };
    let mut table = Table::new(&columns, most)
        .heading(&["", "Branch", "State", "Done", "Active", last, "Session"]);
    for row in &listing.rows {
        table.row(cells(ctx, row, form));
    }
    table
}

fn cells(ctx: &Ctx, row: &Row, form: Form) -> [Styled; 7] {
    let session = &row.session;
    let (done, total) = session.progress();
    let progress = match total {
        0 => style::dim("-"),
        _ => style::plain(format!("{done}/{total}")),
    };
    let id = match form {
        Form::Wide => session.id.as_str(),
        Form::Narrow => session.id.as_str().rsplit('-').next().unwrap_or_default(),
    };
    let (mark, branch) = if row.current {
        ("*", style::accent(row.branch.as_str()))
    } else {
        ("", style::plain(row.branch.as_str()))
    };
    [
        style::accent(mark),
        branch,
        state(row, form),
        progress,
        style::plain(super::status::active(ctx, session)),
        style::plain(relative(session.last_at, ctx.now())),
        style::dim(id),
    ]
}

/// Where the session stands, and whether its branch is gone.
fn state(row: &Row, form: Form) -> Styled {
    let name = row.session.state.name();
    if let Some(by) = &row.elsewhere {
        return style::dim(format!("{name}, {}", name_of(by)));
    }
    if row.gone {
        let text = match form {
            Form::Wide => format!("{name}, branch gone"),
            Form::Narrow => format!("{name}, gone"),
        };
        return if row.session.state.is_open() {
            style::warn(text)
        } else {
            style::dim(text)
        };
    }
    if !row.session.parked.is_empty() && row.session.state.is_open() {
        return style::warn(format!("{name}, parked work"));
    }
    match row.session.state {
        State::Active => style::good(name),
        State::Paused => style::warn(name),
        State::Ended | State::Archived | State::Deleted => style::dim(name),
    }
}

#[derive(Serialize)]
struct ListJson<'a> {
    sessions: Vec<RowJson<'a>>,
    unreadable: Vec<UnreadableJson<'a>>,
    more: usize,
}

#[derive(Serialize)]
struct RowJson<'a> {
    id: &'a str,
    branch: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    state: &'static str,
    current: bool,
    branch_gone: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    elsewhere: Option<&'a str>,
    objectives_done: usize,
    objectives_total: usize,
    active_seconds: u64,
    commits: usize,
    #[serde(skip_serializing_if = "is_zero")]
    parked: usize,
    started_at: DateTime<Utc>,
    last_activity: DateTime<Utc>,
}

#[derive(Serialize)]
struct UnreadableJson<'a> {
    id: &'a str,
    reason: String,
}

impl<'a> ListJson<'a> {
    fn new(ctx: &Ctx, listing: &'a Listing) -> Self {
        let unreadable = listing.unreadable.iter().map(|(id, error)| UnreadableJson {
            id: id.as_str(),
            reason: error.to_string(),
        });
        Self {
            sessions: listing
                .rows
                .iter()
                .map(|row| RowJson::new(ctx, row))
                .collect(),
            unreadable: unreadable.collect(),
            more: listing.more,
        }
    }
}

/// Serde's way to leave out a count of none.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl<'a> RowJson<'a> {
    fn new(ctx: &Ctx, row: &'a Row) -> Self {
        let session = &row.session;
        let (done, total) = session.progress();
        Self {
            id: session.id.as_str(),
            branch: row.branch.as_str(),
            title: session.title.as_deref(),
            state: session.state.name(),
            current: row.current,
            branch_gone: row.gone,
            elsewhere: row.elsewhere.as_deref(),
            objectives_done: done,
            objectives_total: total,
            active_seconds: sessions::active_seconds(ctx, session),
            commits: session.commits.len(),
            parked: session.parked.len(),
            started_at: session.started_at,
            last_activity: session.last_at,
        }
    }
}
