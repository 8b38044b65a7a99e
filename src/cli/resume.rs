//! `git session resume`: the session goes on, and says where it stands.

use anyhow::Result;
use serde::Serialize;

use super::Place;
use crate::domain::session::{Session, State};
use crate::ops::lifecycle::{self, Resumed};
use crate::ops::sessions;
use crate::ui::{Format, Ui, style};

/// Go on with the session of a branch
///
/// Switches to the branch if needed, as `git switch` would. A session that was ended is open again.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The branch; the current one when left out
    branch: Option<String>,
}

#[derive(Serialize)]
struct ResumeJson<'a> {
    session: &'a str,
    branch: &'a str,
    state: &'static str,
    was: &'static str,
    objectives_done: usize,
    objectives_total: usize,
    learnings: usize,
    active_seconds: u64,
    brief: &'a [String],
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let resumed = lifecycle::resume(&ctx, args.branch.as_deref())?;
    let session = &resumed.session;
    if ui.format() == Format::Json {
        let (done, total) = session.progress();
        let json = ResumeJson {
            session: session.id.as_str(),
            branch: session.branch.as_str(),
            state: session.state.name(),
            was: resumed.was.name(),
            objectives_done: done,
            objectives_total: total,
            learnings: learnings(session),
            active_seconds: sessions::active_seconds(&ctx, session),
            brief: &resumed.brief,
        };
        return ui.json("git-session/resume/v1", &json);
    }
    match resumed.was {
        State::Active => ui.status(format!("The session on {} was open.", session.branch)),
        was => ui.status(format!(
            "The session on {} was {} and goes on.",
            session.branch,
            was.name()
        )),
    }
    ui.answer(&report(&resumed))
}

/// What is restored, and the brief.
fn report(resumed: &Resumed) -> String {
    let session = &resumed.session;
    let mut lines = vec![style::title("Session restored:").to_string()];
    let (done, total) = session.progress();
    if let Some(percent) = (done * 100).checked_div(total) {
        lines.push(format!("  Progress: {done}/{total} ({percent}%)"));
    }
    match learnings(session) {
        0 => {}
        count => lines.push(format!("  Learnings captured: {count}")),
    }
    lines.push(String::new());
    lines.extend(
        resumed
            .brief
            .iter()
            .map(|line| style::plain(line).to_string()),
    );
    lines.join("\n")
}

/// Learnings that hold.
fn learnings(session: &Session) -> usize {
    let all = session.learnings.iter();
    all.filter(|learning| !learning.dropped).count()
}
