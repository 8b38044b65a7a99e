//! `git session prompt`: one short segment for the prompt of a shell.

use std::ffi::OsString;

use anyhow::Result;
use serde::Serialize;

use super::Place;
use crate::ops::prompt::{Segment, segment};
use crate::sys::env::Env;
use crate::ui::{self, Color, Format, Options, Terminals, Ui, style};

/// One short segment for the prompt of a shell
///
/// Branch, objectives reached, open blockers, and whether a checkpoint is overdue. It prints nothing where there
/// is no session, and never fails. `git-session prompt` saves the start of git.
#[derive(clap::Args, Debug)]
pub(super) struct Args {}

#[derive(Serialize)]
struct SegmentJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blockers: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checkpoint_due: Option<bool>,
}

/// Runs the command where it was typed with more than [`quick`] takes.
pub(super) fn run(ui: &Ui, place: &Place, _args: &Args) -> Result<()> {
    let found = segment(place.env(), place.cwd()).ok().flatten();
    if ui.format() == Format::Json {
        let found = found.as_ref();
        let json = SegmentJson {
            branch: found.map(|s| s.branch.as_str()),
            paused: found.map(|s| s.paused),
            done: found.map(|s| s.done),
            total: found.map(|s| s.total),
            blockers: found.map(|s| s.blockers),
            checkpoint_due: found.map(|s| s.due),
        };
        return ui.json("git-session/prompt/v1", &json);
    }
    match found {
        Some(segment) if ui.wants_color() => ui.answer(&line(&segment)),
        Some(segment) => ui.answer(&ui::text::plain(&line(&segment))),
        None => Ok(()),
    }
}

/// The command as a prompt calls it, without the parser of the command line, which takes longer than the answer.
/// `false`: these arguments are for the parser.
pub fn quick(arguments: &[OsString]) -> bool {
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let colored = match words.as_slice() {
        ["prompt"] | ["prompt", "--color=never" | "--color=auto"] if arguments.len() < 3 => false,
        ["prompt", "--color=always"] if arguments.len() == 2 => true,
        _ => return false,
    };
    let env = Env::from_process();
    let Ok(cwd) = std::env::current_dir() else {
        return true;
    };
    if let Ok(Some(segment)) = segment(&env, &cwd) {
        let color = if colored { Color::Always } else { Color::Never };
        let options = Options {
            color: Some(color),
            ..Options::default()
        };
        let ui = Ui::new(options, &env, Terminals::default());
        // a prompt that nobody reads is no failure
        ui.answer(&line(&segment)).ok();
    }
    true
}

/// `feature/auth 2/5 !1 checkpoint due`
fn line(segment: &Segment) -> String {
    let mut parts = vec![style::accent(segment.branch.as_str())];
    if segment.paused {
        parts.push(style::dim("paused"));
    }
    if segment.total > 0 {
        let progress = format!("{}/{}", segment.done, segment.total);
        parts.push(if segment.done == segment.total {
            style::good(progress)
        } else {
            style::plain(progress)
        });
    }
    if segment.blockers > 0 {
        parts.push(style::bad(format!("!{}", segment.blockers)));
    }
    if segment.parked {
        parts.push(style::warn("parked work"));
    }
    if segment.due {
        parts.push(style::warn("checkpoint due"));
    }
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    parts.join(" ")
}
