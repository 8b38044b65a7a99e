//! The verbs. The only layer that combines git, store, config and domain; it returns typed outcomes and
//! never prints. Called by `cli` and `hook`.

pub mod adopt;
mod amend;
pub mod archive;
pub mod branch;
pub mod brief;
pub mod ccmp;
pub mod checkpoint;
pub mod ci;
mod commits;
pub mod copies;
pub mod coverage;
pub mod ctx;
pub mod decision_log;
pub mod doctor;
pub mod editor;
pub mod end;
pub mod every;
pub mod explain;
pub mod fetched;
pub mod go;
pub mod handoff;
pub mod heartbeat;
pub mod history;
pub mod hooks;
pub mod identity;
pub mod import;
pub mod learnings;
pub mod lifecycle;
pub mod links;
pub mod listing;
pub mod message;
pub mod metrics;
pub mod notes;
pub mod park;
pub mod project;
pub mod prompt;
pub mod purge;
pub mod reconcile;
pub mod record;
pub mod recorded;
pub mod resume;
pub mod rewrite;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod start;
pub mod status;
pub mod switch;
pub mod sync;
pub mod takeover;
pub mod tdd;
pub mod watch;

use std::time::Duration;

use anyhow::Result;

use crate::error::Fault;

/// How long a hook waits for the lock of a session before it appends without it.
pub(crate) const HOOK_LOCK: Duration = Duration::from_millis(20);

/// How long a child process of a hook may run.
pub(crate) const HOOK_CHILD: Duration = Duration::from_millis(150);

/// Runs git for what git does better: its own words reach the user through the error, with the next command to
/// type as the hint. Our own hooks stay
/// quiet meanwhile; everybody else's run.
fn run_git(ctx: &ctx::Ctx, arguments: &[&str], hint: &str) -> Result<()> {
    let output = ctx
        .repo
        .git()
        .args(arguments)
        .variable(crate::sys::env::SWITCH, "0")
        .output()?;
    went_well(&output, arguments, hint)
}

/// Whether git succeeded; if not, what it said is the error.
fn went_well(output: &crate::git::Output, arguments: &[&str], hint: &str) -> Result<()> {
    if output.success() {
        return Ok(());
    }
    let complaint = output.complaint();
    let reason = ["fatal: ", "error: "]
        .iter()
        .find_map(|class| complaint.strip_prefix(class))
        .unwrap_or(&complaint);
    let shown = if reason.is_empty() {
        format!("git {} failed", arguments.join(" "))
    } else {
        reason.to_owned()
    };
    Err(Fault::user(shown).hint(hint).into())
}
