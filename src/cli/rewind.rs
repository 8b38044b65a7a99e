//! `git session rewind`: files come back from a checkpoint.

use std::path::PathBuf;

use anyhow::Result;
use serde::Serialize;

use super::Place;
use super::checkpoint_view::paths_in_short;
use crate::domain::describe::plural;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::path_text::quote_path;
use crate::ops::checkpoint::rewind::{Record, Rewound, Wish, rewind};
use crate::ops::ctx::Ctx;
use crate::ops::sessions;
use crate::ui::{Format, Ui, style};

/// Bring back the files of a checkpoint
///
/// What is there now is saved as a checkpoint first, so that nothing is lost: `git session undo` takes it back.
/// HEAD and the branch stay where they are.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The checkpoint: handle, number, label, name by time or id of its commit; the newest when left out
    checkpoint: Option<String>,
    /// Only these files and directories
    #[arg(long, num_args = 1.., value_name = "PATH", visible_alias = "path")]
    paths: Vec<PathBuf>,
    /// The index, too, where HEAD is another now than then
    #[arg(long)]
    index: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct RewindJson<'a> {
    session: &'a str,
    checkpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    written: usize,
    removed: Vec<String>,
    stayed: Vec<String>,
    submodules: Vec<String>,
    index: bool,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: Args) -> Result<()> {
    let ctx = place.open_without_checkpoint(ui)?;
    let id = sessions::require(&ctx)?;
    let wish = Wish {
        name: args.checkpoint,
        paths: below_top(&ctx, &args.paths)?,
        index: args.index,
        record: Record::Yes,
        dry_run: args.dry_run,
    };
    let rewound = rewind(&ctx, &id, &wish)?;
    if ui.format() == Format::Json {
        return ui.json("git-session/rewind/v1", &json(&rewound));
    }
    if args.dry_run {
        return would(ui, &rewound);
    }
    show(ui, &rewound)
}

/// What would be done.
fn would(ui: &Ui, rewound: &Rewound) -> Result<()> {
    let checkpoint = name(rewound, &rewound.checkpoint.item);
    ui.answer(&format!(
        "Would bring back {}: {}",
        style::handle(&checkpoint),
        figures(rewound)
    ))?;
    for path in &rewound.removed {
        ui.status(format!("Would remove {}", style::plain(quote_path(path))));
    }
    unheld(ui, rewound);
    Ok(())
}

/// Typed paths as git names them.
fn below_top(ctx: &Ctx, paths: &[PathBuf]) -> Result<Vec<Vec<u8>>> {
    paths
        .iter()
        .map(|path| ctx.repo.path_from_top(path))
        .collect()
}

fn name(rewound: &Rewound, item: &crate::domain::session::Item) -> String {
    handle(&rewound.session, ItemKind::Checkpoint, item)
}

fn json(rewound: &Rewound) -> RewindJson<'_> {
    let texts = |paths: &[Vec<u8>]| -> Vec<String> {
        paths
            .iter()
            .map(|path| quote_path(path).into_owned())
            .collect()
    };
    RewindJson {
        session: rewound.session.id.as_str(),
        checkpoint: name(rewound, &rewound.checkpoint.item),
        before: rewound.before.as_ref().map(|c| name(rewound, &c.item)),
        written: rewound.written,
        removed: texts(&rewound.removed),
        stayed: texts(&rewound.stayed),
        submodules: texts(&rewound.submodules),
        index: rewound.index,
    }
}

/// What came back, and what did not.
fn show(ui: &Ui, rewound: &Rewound) -> Result<()> {
    let checkpoint = name(rewound, &rewound.checkpoint.item);
    let Some(before) = &rewound.before else {
        ui.answer(&format!(
            "The files are as {} has them already",
            style::handle(&checkpoint)
        ))?;
        unheld(ui, rewound);
        return Ok(());
    };
    let label = match rewound.checkpoint.item.text.as_str() {
        "" => String::new(),
        text => format!(" {}", style::plain(text)),
    };
    ui.answer(&format!(
        "Brought back {}{label}: {}",
        style::handle(&checkpoint),
        figures(rewound)
    ))?;
    unheld(ui, rewound);
    ui.status(format!(
        "What was there before is {}; `git session undo` brings it back.",
        name(rewound, &before.item)
    ));
    Ok(())
}

/// What was done to files, in a few words. Also for `undo`.
pub(super) fn figures(rewound: &Rewound) -> String {
    let mut parts = Vec::new();
    if rewound.written > 0 {
        parts.push(format!("{} written", plural(rewound.written, "file")));
    }
    if !rewound.removed.is_empty() {
        parts.push(format!("{} removed", plural(rewound.removed.len(), "file")));
    }
    if rewound.index {
        parts.push("the index as it was".to_owned());
    }
    if parts.is_empty() {
        parts.push("the files are so already".to_owned());
    }
    parts.join(", ")
}

/// Says what stayed as it is.
pub(super) fn unheld(ui: &Ui, rewound: &Rewound) {
    if !rewound.stayed.is_empty() {
        ui.warn(format!(
            "No checkpoint holds {}; what is there stays.",
            paths_in_short(&rewound.stayed)
        ));
    }
    if !rewound.submodules.is_empty() {
        ui.warn(format!(
            "Submodules are not entered; at another commit than then: {}.",
            paths_in_short(&rewound.submodules)
        ));
    }
}
