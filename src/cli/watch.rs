//! `git session watch`: waits for changes of files in the foreground.

use anyhow::Result;
use serde::Serialize;

use super::Place;
use super::checkpoint_view::{self, CheckpointJson};
use crate::domain::describe::plural;
use crate::domain::time::format_duration;
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::sessions::Here;
use crate::ops::watch::{self, Mode, News, Summary, Watch};
use crate::ui::{Format, Ui, style};

/// Watch the work tree: count the time of editing, make checkpoints when they are due
///
/// Stays in the foreground until Ctrl-C. Files that `tracking.watch_patterns`, `tracking.ignore_patterns` or git
/// leave out do not count. With `--json` each line is an object.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// End after the first activity, or at once when a checkpoint is due
    #[arg(long)]
    once: bool,
}

/// The schema of each line.
const SCHEMA: &str = "git-session/watch/v1";

/// One line.
#[derive(Default, Serialize)]
struct LineJson<'a> {
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    directories: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint: Option<CheckpointJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoints: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open_without_checkpoint(ui)?;
    let mode = if args.once { Mode::Once } else { Mode::Forever };
    let mut say = |_: &Ctx, news: &News| tell(ui, news);
    let watch = Watch {
        mode,
        say: &mut say,
    };
    let summary = watch::run(ctx, watch)?;
    end(ui, &summary)?;
    if args.once && summary.failed > 0 {
        return Err(Fault::user("the checkpoint that was due was not made").into());
    }
    Ok(())
}

/// One line for what happened.
fn tell(ui: &Ui, news: &News) -> Result<()> {
    if ui.format() == Format::Json {
        return ui.json_line(SCHEMA, &json(news));
    }
    match news {
        News::Watching(directories) => {
            let directories = match directories {
                1 => "1 directory".to_owned(),
                count => format!("{count} directories"),
            };
            ui.status(format!("Watching {directories}; Ctrl-C ends."));
        }
        News::Polling(pause) => {
            ui.warn(format!(
                "The system watches no more directories; they are read every {} seconds instead.",
                pause.as_secs()
            ));
            #[cfg(target_os = "linux")]
            ui.hint("sysctl fs.inotify.max_user_watches=524288");
        }
        News::NothingNew => ui.status("A checkpoint was due; there was nothing new to save."),
        News::Failed(reason) => ui.warn(format!(
            "The checkpoint that was due could not be made: {reason}"
        )),
        News::Trouble(reason) => ui.warn(reason),
        News::Active { files, .. } => return ui.answer(&changed(*files)),
        News::Made(made) => {
            ui.answer(&checkpoint_view::automatic(made))?;
            checkpoint_view::warn(ui, &made.checkpoint);
        }
        News::Entered { branch, .. } => {
            return ui.answer(&format!("Now on {}", style::title(branch.as_str())));
        }
        News::Without(here) => return ui.answer(&without(here)),
        News::Ended(branch) => {
            return ui.answer(&format!(
                "The session on {} has ended; waiting for one",
                style::title(branch.as_str())
            ));
        }
    }
    Ok(())
}

/// `3 files changed`
fn changed(files: u64) -> String {
    let count = usize::try_from(files).unwrap_or(usize::MAX);
    format!("{} changed", plural(count, "file"))
}

/// Why nothing is recorded for now.
fn without(here: &Here) -> String {
    match here {
        Here::Detached => "HEAD is on no branch; waiting for a session".to_owned(),
        Here::Unmapped(branch) | Here::Session { branch, .. } => format!(
            "No session on {}; waiting for one",
            style::title(branch.as_str())
        ),
    }
}

fn json(news: &News) -> LineJson<'_> {
    let event = |event| LineJson {
        event,
        ..LineJson::default()
    };
    match news {
        News::Watching(directories) => LineJson {
            directories: Some(*directories),
            ..event("watching")
        },
        News::Polling(pause) => LineJson {
            seconds: Some(pause.as_secs()),
            ..event("polling")
        },
        News::Active { session, files } => LineJson {
            session: Some(session.as_str()),
            files: Some(*files),
            ..event("activity")
        },
        News::Made(made) => LineJson {
            session: Some(made.session.id.as_str()),
            checkpoint: Some(CheckpointJson::new(&made.session, &made.checkpoint)),
            ..event("checkpoint")
        },
        News::NothingNew => event("nothing_new"),
        News::Failed(reason) => LineJson {
            reason: Some(reason),
            ..event("failed")
        },
        News::Entered { session, branch } => LineJson {
            session: Some(session.as_str()),
            branch: Some(branch.as_str()),
            ..event("session")
        },
        News::Without(here) => LineJson {
            branch: match here {
                Here::Detached => None,
                Here::Unmapped(branch) | Here::Session { branch, .. } => Some(branch.as_str()),
            },
            ..event("no_session")
        },
        News::Ended(branch) => LineJson {
            branch: Some(branch.as_str()),
            ..event("session_ended")
        },
        News::Trouble(reason) => LineJson {
            reason: Some(reason),
            ..event("trouble")
        },
    }
}

/// What was done in all.
fn end(ui: &Ui, summary: &Summary) -> Result<()> {
    if ui.format() == Format::Json {
        let line = LineJson {
            event: "ended",
            seconds: Some(summary.seconds),
            files: Some(summary.files),
            checkpoints: Some(summary.checkpoints),
            failed: Some(summary.failed),
            ..LineJson::default()
        };
        return ui.json_line(SCHEMA, &line);
    }
    ui.answer(&format!(
        "Watched for {}: {}, {}",
        format_duration(summary.seconds),
        changed(summary.files),
        plural(summary.checkpoints, "checkpoint")
    ))
}
