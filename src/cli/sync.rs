//! `git session sync`: this clone's records go out, everyone else's come in.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::Place;
use crate::domain::describe::{name_of, plural};
use crate::domain::time::parse_duration;
use crate::error::Fault;
use crate::git::{Cause, Shown};
use crate::ops::ctx::Ctx;
use crate::ops::fetched;
use crate::ops::sync::pending::{self, Pending};
use crate::ops::sync::{self, Outcome, Partner, Request, Trouble, Visit, Way, agreement};
use crate::ui::{Format, Ui, style, text};

/// Share this clone's sessions and notes, and take in everyone else's
///
/// Each clone writes refs of its own, so nothing is ever merged or overwritten; branches, tags and the work tree are
/// not touched. `session.share` says which kinds go out; what is private never does.
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "one for each flag")]
pub(super) struct Args {
    /// The remote; those agreed on before, else the only one or `origin`
    remote: Option<String>,
    /// Only take in
    #[arg(long, conflicts_with = "push")]
    fetch: bool,
    /// Only send
    #[arg(long)]
    push: bool,
    /// Say what waits and what other clones share, without a connection
    #[arg(long, conflicts_with_all = ["fetch", "push", "yes"])]
    status: bool,
    /// Agree to share with the remote from now on, without a question
    #[arg(short, long)]
    yes: bool,
    /// How long all of it may take
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = limit)]
    timeout: Duration,
}

fn limit(text: &str) -> Result<Duration, String> {
    match parse_duration(text) {
        Ok(Duration::ZERO) => Err("this leaves no time at all".to_owned()),
        Ok(limit) => Ok(limit),
        Err(error) => Err(error.to_string()),
    }
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let named = args.remote.as_deref();
    if args.status {
        return status(ui, &ctx, named);
    }
    let partners = sync::partners(&ctx, named)?;
    for partner in partners.iter().filter(|partner| !partner.agreed) {
        agree(ui, &ctx, partner, args)?;
    }
    let way = match (args.fetch, args.push) {
        (true, _) => Way::Fetch,
        (_, true) => Way::Push,
        _ => Way::Both,
    };
    if way != Way::Fetch {
        widen(ui, &ctx, args)?;
    }
    let shown = ui.shows_progress();
    let request = Request {
        way,
        limit: args.timeout,
        shown: if shown { Shown::Yes } else { Shown::No },
        may_ask: ui.can_ask(),
    };
    let ctx = Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    let outcome = sync::sync(&ctx, partners, request)?;
    report(ui, &ctx, &outcome, way)?;
    failed(&outcome)
}

/// Asks whether to share with a remote, and writes the answer down.
fn agree(ui: &Ui, ctx: &Ctx, partner: &Partner, args: &Args) -> Result<()> {
    let name = &partner.name;
    let refspecs = partner.refspecs();
    if !args.yes {
        let place = partner.place(ctx);
        let what = format!(
            "Sharing with {name} ({place}) sends the sessions and notes of this clone there, and fetches everyone else's."
        );
        ui.status(text::wrap(&what, ui.text_width(), ""));
        let goes = format!("What goes out: {}.", kinds(ctx));
        ui.status(text::wrap(&goes, ui.text_width(), "  "));
        ui.status(format!("It adds to remote.{name}.fetch in git config:"));
        for refspec in &refspecs {
            ui.status(format!("  {refspec}"));
        }
        let asked = ui.can_ask() && ui.confirm(format!("Share with {name}?"), false);
        if !asked {
            return Err(
                Fault::user(format!("nobody has agreed to share with {name} yet"))
                    .hint(format!(
                        "git session sync --yes {}",
                        crate::domain::shell::quoted(name)
                    ))
                    .into(),
            );
        }
    }
    partner.agree(ctx)
}

/// Asks before kinds go out that did not go out so far.
fn widen(ui: &Ui, ctx: &Ctx, args: &Args) -> Result<()> {
    let wider = sync::wider(ctx)?;
    if wider.is_empty() || args.yes {
        return Ok(());
    }
    let words: Vec<_> = wider.iter().map(|share| share.word()).collect();
    let words = words.join(", ");
    let question = format!("This clone has not shared {words} so far. Share them from now on?");
    if ui.can_ask() && ui.confirm(question, false) {
        return Ok(());
    }
    let fault = Fault::user(format!(
        "this clone has not shared {words} so far, and session.share names them now"
    ));
    Err(fault
        .hint("git session sync --yes")
        .hint("git session config get session.share")
        .into())
}

/// The kinds that go out, in words.
fn kinds(ctx: &Ctx) -> String {
    let words: Vec<_> = ctx
        .settings
        .session
        .share
        .iter()
        .map(|share| share.word())
        .collect();
    if words.is_empty() {
        "that a session is there, and nothing of what it says (session.share is empty)".to_owned()
    } else {
        words.join(", ")
    }
}

#[derive(Serialize)]
struct SyncJson<'a> {
    remotes: Vec<RemoteJson<'a>>,
    received: Received,
    #[serde(skip_serializing_if = "Option::is_none")]
    renamed_writer: Option<[&'a str; 2]>,
}

#[derive(Serialize)]
struct RemoteJson<'a> {
    remote: &'a str,
    ok: bool,
    sent_sessions: usize,
    sent_events: usize,
    sent_notes: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<FailedJson<'a>>,
}

#[derive(Serialize)]
struct FailedJson<'a> {
    doing: &'a str,
    cause: &'static str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Received {
    sessions: usize,
    events: usize,
}

/// Says what went where.
fn report(ui: &Ui, ctx: &Ctx, outcome: &Outcome, way: Way) -> Result<()> {
    if let Some((old, new)) = &outcome.renewed {
        ui.status(format!(
            "This clone was copied with its id {old}; it writes as {new} now, and nothing is lost."
        ));
    }
    if outcome.recovered > 0 {
        ui.status(format!(
            "Took back {} that this clone had shared and its logs had lost.",
            plural(outcome.recovered, "event")
        ));
    }
    if outcome.kept > 0 {
        ui.warn(format!(
            "the remote has lost what {} shared; it is kept here",
            plural(outcome.kept, "other clone")
        ));
    }
    for (branch, by) in &outcome.taken.reopened {
        let by = style::plain(name_of(by));
        let branch = style::plain(branch.as_str());
        ui.status(format!("{by} goes on with the session on {branch}."));
    }
    for unreadable in &outcome.taken.unreadable {
        ui.warn(format!(
            "the shared log of {} is left out: it is too long, or none",
            style::plain(unreadable)
        ));
    }
    for (branch, by) in &outcome.taken.ended {
        let by = style::plain(name_of(by));
        ui.status(format!(
            "{by} has ended the session on {}.",
            style::plain(branch.as_str())
        ));
    }
    if ui.format() == Format::Json {
        return ui.json("git-session/sync/v1", &json(outcome));
    }
    let mut lines = Vec::new();
    for visit in &outcome.visits {
        if let Ok(sent) = &visit.result
            && way != Way::Fetch
        {
            lines.push(sent_line(&visit.partner.name, sent));
        }
    }
    let arrived = outcome.taken.events > 0 || outcome.visits.iter().any(|v| v.result.is_ok());
    if way != Way::Push && arrived {
        let taken = &outcome.taken;
        lines.push(match taken.events {
            0 => "received  nothing new".to_owned(),
            events => format!(
                "received  {} of {}",
                plural(events, "event"),
                plural(taken.sessions.len(), "session")
            ),
        });
    }
    if !lines.is_empty() {
        ui.answer(&lines.join("\n"))?;
    }
    let new = |id| !ctx.store.has(id);
    if outcome.taken.events > 0 && outcome.taken.sessions.iter().any(new) {
        ui.hint("git session list --all");
    }
    Ok(())
}

fn sent_line(name: &str, sent: &sync::Exchanged) -> String {
    let name = style::plain(name);
    match (sent.events, sent.notes) {
        (0, false) => format!("sent      nothing new to {name}"),
        (0, true) => format!("sent      notes to {name}"),
        (events, _) => format!(
            "sent      {} of {} to {name}",
            plural(events, "event"),
            plural(sent.sessions, "session")
        ),
    }
}

fn json(outcome: &Outcome) -> SyncJson<'_> {
    SyncJson {
        remotes: outcome.visits.iter().map(remote_json).collect(),
        received: Received {
            sessions: outcome.taken.sessions.len(),
            events: outcome.taken.events,
        },
        renamed_writer: outcome
            .renewed
            .as_ref()
            .map(|(old, new)| [old.as_str(), new.as_str()]),
    }
}

fn remote_json(visit: &Visit) -> RemoteJson<'_> {
    let (sent, failed) = match &visit.result {
        Ok(sent) => (*sent, None),
        Err(trouble) => (sync::Exchanged::default(), Some(trouble)),
    };
    RemoteJson {
        remote: &visit.partner.name,
        ok: failed.is_none(),
        sent_sessions: sent.sessions,
        sent_events: sent.events,
        sent_notes: sent.notes,
        failed: failed.map(|trouble| FailedJson {
            doing: trouble.doing,
            cause: word(trouble.failure.cause),
            reason: &trouble.failure.said,
        }),
    }
}

/// The word for a cause in JSON.
const fn word(cause: Cause) -> &'static str {
    match cause {
        Cause::Network => "network",
        Cause::Time => "time",
        Cause::Authentication => "authentication",
        Cause::Missing => "missing",
        Cause::Permission => "permission",
        Cause::Other => "other",
    }
}

/// The first remote that did not do its part, as the error of the command.
fn failed(outcome: &Outcome) -> Result<()> {
    let failures = outcome.visits.iter().filter_map(|visit| {
        let trouble = visit.result.as_ref().err()?;
        Some((&visit.partner.name, trouble))
    });
    let all: Vec<_> = failures.collect();
    let Some((name, trouble)) = all.first() else {
        return Ok(());
    };
    let mut fault = Fault::user(sentence(name, trouble));
    for hint in hints(name, trouble) {
        fault = fault.hint(hint);
    }
    Err(fault.into())
}

/// What went wrong, and that nothing is lost.
fn sentence(name: &str, trouble: &Trouble) -> String {
    let said = &trouble.failure.said;
    let what = match (trouble.failure.cause, trouble.doing) {
        (Cause::Network | Cause::Time, _) => format!("{name} cannot be reached"),
        (Cause::Authentication, _) => format!("{name} does not know who you are"),
        (Cause::Missing, _) => format!("{name} leads to no repository"),
        (Cause::Permission, "push") => format!("{name} does not let you write"),
        (Cause::Permission, _) => format!("{name} does not let you read"),
        (Cause::Other, doing) => format!("git could not {doing} with {name}"),
    };
    let kept = match trouble.doing {
        "push" => "; what waits is kept for the next sync",
        _ => "; nothing is lost, and nothing was sent",
    };
    format!("{what}: {said}{kept}")
}

/// The next command to type.
fn hints(name: &str, trouble: &Trouble) -> Vec<String> {
    let name = crate::domain::shell::quoted(name);
    match (trouble.failure.cause, trouble.doing) {
        (Cause::Permission, "push") => vec![format!("git session sync --fetch {name}")],
        (Cause::Missing, _) => vec![format!("git remote get-url {name}")],
        (Cause::Authentication, _) => vec![format!("git ls-remote {name}")],
        (Cause::Time, _) => vec![format!("git session sync --timeout 30m {name}")],
        _ => vec![format!("git session sync {name}")],
    }
}

#[derive(Serialize)]
struct StatusJson {
    remotes: Vec<String>,
    waiting_sessions: usize,
    waiting_events: usize,
    share: Vec<&'static str>,
    other_clones: usize,
    other_sessions: usize,
}

/// What waits and what others share, as far as this clone knows.
fn status(ui: &Ui, ctx: &Ctx, named: Option<&str>) -> Result<()> {
    let mut partners = agreement::agreed(ctx)?;
    if let Some(named) = named {
        sync::partners(ctx, Some(named))?;
        partners.retain(|partner| partner.name == named);
    }
    let waits = pending::pending(ctx, &ctx.store.ids()?)?.unwrap_or_default();
    let known = ctx.store.known();
    let clones = fetched::writers(ctx)?;
    let share: Vec<_> = ctx
        .settings
        .session
        .share
        .iter()
        .map(|share| share.word())
        .collect();
    if ui.format() == Format::Json {
        return ui.json(
            "git-session/sync-status/v1",
            &StatusJson {
                remotes: partners
                    .iter()
                    .map(|partner| partner.name.clone())
                    .collect(),
                waiting_sessions: waits.sessions,
                waiting_events: waits.events,
                share,
                other_clones: clones,
                other_sessions: known.len(),
            },
        );
    }
    let mut lines = Vec::new();
    for partner in &partners {
        lines.push(format!(
            "remote    {} ({})",
            style::plain(&partner.name),
            style::plain(partner.place(ctx))
        ));
    }
    if partners.is_empty() {
        lines.push("remote    none: nothing is shared".to_owned());
    } else {
        lines.push(format!("waiting   {}", waiting(waits)));
    }
    lines.push(format!("shared    {}", kinds(ctx)));
    lines.push(format!(
        "received  {} from {}",
        plural(known.len(), "session"),
        plural(clones, "other clone")
    ));
    ui.answer(&lines.join("\n"))?;
    if partners.is_empty() {
        ui.hint("git session sync");
    }
    Ok(())
}

/// For `status`: what waits of the sessions of this clone's branches.
pub(super) fn unshared(ctx: &Ctx) -> Result<Vec<String>> {
    let waits = pending::pending(ctx, &pending::near(ctx)?)?.unwrap_or_default();
    let line = |waits: Pending| {
        let be = if waits.events == 1 { "is" } else { "are" };
        let sync = style::accent("git session sync");
        format!("{} {be} not shared yet: {sync}", waiting(waits))
    };
    Ok(Some(waits)
        .filter(|waits| waits.events > 0)
        .map(line)
        .into_iter()
        .collect())
}

/// `3 events of 1 session`
fn waiting(waits: Pending) -> String {
    match waits.events {
        0 => "nothing".to_owned(),
        events => format!(
            "{} of {}",
            plural(events, "event"),
            plural(waits.sessions, "session")
        ),
    }
}
