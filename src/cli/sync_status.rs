//! What waits to be shared and what other clones have shared, without a connection.

use anyhow::Result;
use serde::Serialize;

use super::sync::{kinds, words};
use crate::domain::describe::plural;
use crate::ops::ctx::Ctx;
use crate::ops::fetched;
use crate::ops::sync::pending::{self, Pending};
use crate::ops::sync::{self, agreement};
use crate::ui::{Format, Ui, style};

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
pub(super) fn status(ui: &Ui, ctx: &Ctx, named: Option<&str>) -> Result<()> {
    let mut partners = agreement::agreed(ctx)?;
    if let Some(named) = named {
        sync::partners(ctx, Some(named))?;
        partners.retain(|partner| partner.name == named);
    }
    let waits = pending::pending(ctx, &ctx.store.ids()?)?.unwrap_or_default();
    let known = ctx.store.known();
    let clones = fetched::writers(ctx)?;
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
                share: words(ctx),
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
