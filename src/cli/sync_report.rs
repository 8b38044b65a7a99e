//! What `git session sync` has done, and what kept it from more.

use anyhow::Result;
use serde::Serialize;

use crate::domain::describe::{name_of, plural};
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::git::Cause;
use crate::ops::ctx::Ctx;
use crate::ops::sync::{self, Outcome, Trouble, Visit, Way};
use crate::ui::{Format, Ui, style};

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
pub(super) fn report(ui: &Ui, ctx: &Ctx, outcome: &Outcome, way: Way) -> Result<()> {
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
pub(super) fn failed(outcome: &Outcome) -> Result<()> {
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
    let name = quoted(name);
    match (trouble.failure.cause, trouble.doing) {
        (Cause::Permission, "push") => vec![format!("git session sync --fetch {name}")],
        (Cause::Missing, _) => vec![format!("git remote get-url {name}")],
        (Cause::Authentication, _) => vec![format!("git ls-remote {name}")],
        (Cause::Time, _) => vec![format!("git session sync --timeout 30m {name}")],
        _ => vec![format!("git session sync {name}")],
    }
}
