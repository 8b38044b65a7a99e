//! `git session explain`: where a commit, a file or a line came from.

use std::ffi::OsString;

use anyhow::Result;

use super::explain_json::ExplainJson;
use super::{Place, explain_view};
use crate::domain::describe::plural;
use crate::domain::shell::quoted_path;
use crate::error::{Fault, Kind};
use crate::git::Span;
use crate::ops::ctx::Ctx;
use crate::ops::explain::{self, Asked, Explained, Lineless, Source, Subject};
use crate::ui::{Format, Ui};

/// Where a commit, a file or a line came from: session, objectives, decisions then and since
///
/// Lines are blamed by git, then its trailers, the notes of all writers and the logs of sessions tell of each commit.
/// A clone that never ran this program has the trailers. Behind `--` stands a path as it is, and in front of it the
/// commit to look at the path in. Exit status 4: not everything could be seen.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// A commit, a path, `path:line` or `path:first-last`
    #[arg(value_name = "COMMIT|PATH[:LINE]", required_unless_present = "path")]
    what: Option<OsString>,
    /// Only these lines of the path: 12 or 12,14
    #[arg(short = 'L', long = "lines", value_name = "FIRST[,LAST]", value_parser = explain::span)]
    lines: Option<Span>,
    /// A path, whatever it looks like
    #[arg(last = true, value_name = "PATH")]
    path: Option<OsString>,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let asked = Asked {
        what: args.what.clone(),
        path: args.path.clone(),
        lines: args.lines,
    };
    let target = explain::resolve(&ctx, &asked)?;
    let explained = explain::explain(&ctx, &target)?;
    details(ui, &ctx, &explained);
    match ui.format() {
        Format::Json => ui.json("git-session/explain/v1", &ExplainJson::new(&explained))?,
        Format::Text => ui.screen(&explain_view::screen(ui, &ctx, &explained))?,
    }
    unseen(ui, &explained)
}

/// Which refs, logs and messages the answer came from.
fn details(ui: &Ui, ctx: &Ctx, explained: &Explained) {
    if !ui.is_verbose() {
        return;
    }
    for account in &explained.accounts {
        for deed in &account.deeds {
            let commit = explained.commits[deed.commit].commit.id.short();
            for source in &deed.sources {
                ui.detail(match source {
                    Source::Log => {
                        let root = ctx.store.root().join(&account.session);
                        format!("log      {}", root.join("log.jsonl").display())
                    }
                    Source::Fetched => {
                        format!("fetched  {} of {commit}", account.session)
                    }
                    Source::Note(reference) => format!("note     {reference} of {commit}"),
                    Source::Trailers(_) => format!("trailers of {commit}"),
                });
            }
        }
    }
}

/// Says, behind the answer, what could not be seen.
fn unseen(ui: &Ui, explained: &Explained) -> Result<()> {
    let unseen = &explained.unseen;
    for (session, lines) in &unseen.torn {
        let lines = plural(*lines, "line");
        ui.warn(format!("{lines} of the log of {session} skipped"));
    }
    for (session, error) in &unseen.logs {
        ui.warn(format!("{session} is left out: {error}"));
    }
    for (reference, error) in &unseen.notes {
        ui.warn(format!("the notes of {reference} are left out: {error:#}"));
    }
    let mut missing = Vec::new();
    if unseen.shallow {
        missing.push("history ends here, because the clone is shallow".to_owned());
    }
    if unseen.partial {
        missing.push("the clone is partial, and objects are not here".to_owned());
    }
    let count = |count: usize, what| (count > 0).then(|| plural(count, what));
    let logs = count(unseen.logs.len(), "log");
    let notes = count(unseen.notes.len(), "notes ref");
    let unread: Vec<String> = logs.into_iter().chain(notes).collect();
    if !unread.is_empty() {
        missing.push(format!("{} could not be read", unread.join(" and ")));
    }
    if missing.is_empty() {
        return Ok(());
    }
    let hint = match &explained.subject {
        _ if unseen.shallow => "git fetch --unshallow".to_owned(),
        Subject::Path { path, why, .. } if *why == Lineless::Partial => {
            format!("git blame -- {}", quoted_path(path))
        }
        _ if unseen.partial => "git fetch --refetch --no-filter".to_owned(),
        _ => "git session doctor".to_owned(),
    };
    let text = format!("not everything could be seen: {}", missing.join("; "));
    Err(Fault::new(Kind::Partial, text).hint(hint).into())
}
