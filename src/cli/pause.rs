//! `git session pause`: the clock stops.

use anyhow::Result;
use serde::Serialize;

use super::Place;
use crate::ops::lifecycle;
use crate::ui::{Format, Ui, style};

/// Stop the clock and keep the session
///
/// `git session resume`, `git session start` or the next commit lets it go on; switching away and back does not.
#[derive(clap::Args, Debug)]
pub(super) struct Args {}

#[derive(Serialize)]
struct PauseJson<'a> {
    session: &'a str,
    branch: &'a str,
    state: &'static str,
    active_seconds: u64,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, _args: &Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let session = lifecycle::pause(&ctx)?;
    if ui.format() == Format::Json {
        let paused = PauseJson {
            session: session.id.as_str(),
            branch: session.branch.as_str(),
            state: session.state.name(),
            active_seconds: session.active_seconds(),
        };
        return ui.json("git-session/pause/v1", &paused);
    }
    ui.answer(&format!(
        "Paused the session on {} after {} {}",
        style::title(session.branch.as_str()),
        super::status::active(&ctx, &session),
        style::dim(format!("({})", session.id))
    ))?;
    ui.status("`git session resume` or the next commit lets it go on.");
    Ok(())
}
