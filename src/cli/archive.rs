//! `git session archive`: sessions that ended long ago are put away.

use anyhow::Result;
use serde::Serialize;

use super::Place;
use crate::domain::describe::plural;
use crate::domain::id::SessionId;
use crate::domain::session::Session;
use crate::domain::shell::quoted;
use crate::ops::archive::{self, Archived, Mode};
use crate::ops::ctx::Ctx;
use crate::ui::{Format, Ui, style};

/// Put away the sessions that ended long ago
///
/// They leave the list (`git session list --all` shows them) and their checkpoints are let go; everything that
/// was recorded stays. `session.archive_after_days` says when; `start` and `end` do the same in passing, but for
/// sessions whose end saved work that no commit has.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Also let go what archived sessions still keep, and say how git frees the space now
    #[arg(long)]
    prune: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct ArchiveJson<'a> {
    dry_run: bool,
    archived: Vec<&'a str>,
    parked: Vec<&'a str>,
    freed: Vec<&'a str>,
    kept: Vec<&'a str>,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let mode = if args.dry_run {
        Mode::Dry
    } else {
        Mode::Really
    };
    let mut archived = archive::archive(&ctx, None, mode)?;
    if args.prune {
        archive::prune(&ctx, mode, &mut archived)?;
    }
    if ui.format() == Format::Json {
        ui.json("git-session/archive/v1", &json(&archived, args.dry_run))?;
    } else {
        answer(ui, &ctx, &archived, args.dry_run)?;
    }
    for (id, why) in &archived.kept {
        ui.warn(format!("the checkpoints of {id} are still kept: {why}"));
        ui.hint("git session archive --prune");
    }
    if args.prune {
        ui.status("Git frees the space of what nothing keeps by and by. To free it now:");
        ui.hint("git gc --prune=now");
    }
    Ok(())
}

fn json(archived: &Archived, dry_run: bool) -> ArchiveJson<'_> {
    ArchiveJson {
        dry_run,
        archived: archived.sessions.iter().map(|s| s.id.as_str()).collect(),
        parked: archived.parked.iter().map(|s| s.id.as_str()).collect(),
        freed: archived.freed.iter().map(SessionId::as_str).collect(),
        kept: archived.kept.iter().map(|(id, _)| id.as_str()).collect(),
    }
}

fn answer(ui: &Ui, ctx: &Ctx, archived: &Archived, dry_run: bool) -> Result<()> {
    let verb = if dry_run { "would archive" } else { "archived" };
    let line = |session: &Session| {
        let ended = session.ended_at.map(|at| ui.date(at)).unwrap_or_default();
        format!(
            "{verb} {} {}",
            style::title(session.branch.as_str()),
            style::dim(format!("({}, ended {ended})", session.id))
        )
    };
    let mut lines: Vec<String> = archived.sessions.iter().map(line).collect();
    if !archived.freed.is_empty() {
        let verb = if dry_run { "would let go" } else { "let go" };
        let count = plural(archived.freed.len(), "session");
        lines.push(format!("{verb} the checkpoints of {count}"));
    }
    if lines.is_empty() {
        ui.status(format!(
            "No session that {} is left to archive.",
            ended(ctx)
        ));
    } else {
        ui.answer(&lines.join("\n"))?;
    }
    for session in &archived.parked {
        ui.warn(format!(
            "{} is not archived: it holds parked work ({})",
            session.branch, session.id
        ));
        ui.hint(format!(
            "git session resume {}",
            quoted(session.branch.as_str())
        ));
    }
    Ok(())
}

/// Archives in passing what is due, but for one session: a line when something was done, and no failure.
pub(super) fn due(ui: &Ui, ctx: &Ctx, but: &SessionId) {
    match archive::archive(ctx, Some(but), Mode::Really) {
        Ok(archived) => {
            if !archived.sessions.is_empty() {
                ui.status(format!(
                    "Archived {} that {}.",
                    plural(archived.sessions.len(), "session"),
                    ended(ctx)
                ));
            }
            for session in &archived.parked {
                ui.detail(format!(
                    "{} is not archived: it holds parked work",
                    session.id
                ));
            }
            for session in &archived.unfinished {
                ui.detail(format!(
                    "{} is not archived: its end saved work that no commit has",
                    session.id
                ));
            }
        }
        Err(error) => ui.detail(format!("no session was archived: {error:#}")),
    }
}

/// What [`due`] would do, in words.
pub(super) fn would(ctx: &Ctx, but: &SessionId) -> Result<Option<String>> {
    let archived = archive::archive(ctx, Some(but), Mode::Dry)?;
    let count = archived.sessions.len();
    Ok((count > 0).then(|| format!("would archive {}", plural(count, "session"))))
}

/// When a session must have ended to be archived.
fn ended(ctx: &Ctx) -> String {
    match ctx.settings.session.archive_after_days {
        0 => "has ended".to_owned(),
        days => {
            let days = usize::try_from(days).unwrap_or(usize::MAX);
            format!("ended more than {} ago", plural(days, "day"))
        }
    }
}
