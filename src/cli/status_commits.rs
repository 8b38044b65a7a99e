//! What `git session status` says of the commits, and of the hooks that record them.

use anyhow::Result;

use crate::domain::describe::plural;
use crate::domain::session::{Commit, Session};
use crate::domain::time::relative;
use crate::ops::ctx::Ctx;
use crate::ops::{heartbeat, status};
use crate::ui::style;

/// Commits that are listed.
const LISTED: usize = 5;

/// The newest commits of the session that the branch still has, and whether the hooks see what is committed.
pub(super) fn commits(ctx: &Ctx, session: &Session) -> Result<Vec<String>> {
    let commits = status::commits(ctx, session, LISTED)?;
    let line = |(commit, subject): &(&Commit, String)| {
        let when = style::dim(format!("({})", relative(commit.at, ctx.now())));
        let id = style::handle(commit.record.commit.short());
        format!("{id} {} {when}", style::plain(subject))
    };
    let mut lines: Vec<String> = commits.newest.iter().map(line).collect();
    if commits.seen > 0 {
        lines.push(style::dim(watched(ctx, &commits)).to_string());
    }
    Ok(lines)
}

/// What was seen, what is recorded, and when a hook was last at work.
fn watched(ctx: &Ctx, commits: &status::Commits<'_>) -> String {
    let missed = match commits.adopted {
        0 => String::new(),
        count => format!(" ({count} that no hook saw)"),
    };
    let last = match heartbeat::last(ctx) {
        None => "no hook has run yet".to_owned(),
        Some(beat) => {
            let at = chrono::DateTime::from_timestamp(beat.seconds, 0).unwrap_or_default();
            let took = match beat.micros {
                ..1000 => "under 1 ms".to_owned(),
                micros => format!("{} ms", micros.div_ceil(1000)),
            };
            format!("last hook {}, {took}", relative(at, ctx.now()))
        }
    };
    format!(
        "{} seen, {} recorded{missed}, {last}",
        plural(commits.seen, "commit"),
        commits.recorded
    )
}
