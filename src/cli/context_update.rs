//! `git session context update`: a copy of a context file in the editor, below what has changed beside it.

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::context_health::HealthJson;
use super::context_near::behind;
use super::context_view::update_command;
use super::item::redacted;
use crate::domain::decide::Command;
use crate::domain::describe::plural;
use crate::domain::escape::terminal;
use crate::domain::path_text::quote_path;
use crate::domain::project::{ContextFile, Edited, NearContext, drop_comment, with_comment};
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::editor;
use crate::ops::project::{self, Facts};
use crate::ops::sessions::{self, Here};
use crate::sys::fs;
use crate::ui::text::plain;
use crate::ui::{Format, Ui, style};

#[derive(Serialize)]
struct UpdateJson {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<HealthJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<CommitJson>,
    commits: Vec<CommitJson>,
    files: Vec<ChangedJson>,
    more_files: usize,
}

#[derive(Serialize)]
struct CommitJson {
    commit: String,
    subject: String,
}

#[derive(Serialize)]
struct ChangedJson {
    path: String,
    commits: usize,
}

/// Runs the command for one file.
pub(super) fn run(ui: &Ui, ctx: &Ctx, file: &ContextFile) -> Result<()> {
    // says why it cannot be edited before history is walked
    project::original(ctx, &file.path)?;
    let facts = project::facts(ctx, &file.path)?;
    if ui.format() == Format::Json {
        return ui.json("git-session/context-update/v1", &json(&facts));
    }
    if !ui.can_ask() {
        ui.screen(&lines(&facts).join("\n"))?;
        ui.status("There is no terminal for an editor, so nothing was written.");
        return Ok(());
    }
    edit(ui, ctx, &facts)
}

/// Names stale context, and offers to bring it up to date: `always` asks nothing. Without a terminal only the
/// commands are named.
pub(super) fn offer(ui: &Ui, ctx: &Ctx, stale: &[NearContext], always: bool) -> Result<()> {
    if stale.is_empty() {
        return Ok(());
    }
    for near in stale {
        ui.warn(behind(near));
    }
    let wanted = ui.can_ask() && (always || ui.confirm("Update context?", false));
    for near in stale {
        if wanted {
            edit(ui, ctx, &project::facts(ctx, &near.path)?)?;
        } else {
            ui.hint(update_command(&near.path));
        }
    }
    Ok(())
}

/// Opens the editor, and takes what was saved.
fn edit(ui: &Ui, ctx: &Ctx, facts: &Facts) -> Result<()> {
    let path = &facts.file.path;
    let old = project::original(ctx, path)?;
    let scratch = fs::scratch_dir(ctx.repo.git_dir())?;
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    let copy = scratch.path().join(String::from_utf8_lossy(name).as_ref());
    let said: Vec<String> = lines(facts).iter().map(|line| uncoloured(line)).collect();
    fs::write_into(&copy, &with_comment(&old, &said))?;
    editor::edit(ctx, &copy, &update_command(path), &[])?;
    let saved = fs::read(&copy)?.context(Fault::user("the copy for the editor is gone"))?;
    let new = match drop_comment(&old, &saved) {
        Edited::Unchanged => {
            ui.status(format!("{} stays as it is.", quote_path(path)));
            return Ok(());
        }
        Edited::Torn => {
            let kept = scratch.keep();
            return Err(Fault::user(
                "the comment at the top has lost its end, so what is yours cannot be told apart",
            )
            .hint(format!("your text is in {}", kept.display()))
            .into());
        }
        Edited::New(new) => new,
    };
    if let Err(error) = project::replace(ctx, path, &old, &new) {
        let kept = scratch.keep();
        ui.hint(format!("your text is in {}", kept.display()));
        return Err(error);
    }
    record(ui, ctx, path)?;
    ui.answer(&format!("Updated {}", style::title(quote_path(path))))?;
    ui.status("The score changes when it is committed.");
    Ok(())
}

/// Writes into the session, where there is one, that the file was brought up to date.
fn record(ui: &Ui, ctx: &Ctx, path: &[u8]) -> Result<()> {
    let Here::Session { id, .. } = sessions::here(ctx)? else {
        return Ok(());
    };
    let session = sessions::load(ctx, &id)?.session;
    if !session.state.is_open() {
        return Ok(());
    }
    let path = redacted(ui, &quote_path(path));
    sessions::carry_out(ctx, &id, vec![Command::UpdateContext { path }])?;
    Ok(())
}

/// What has changed, for people.
fn lines(facts: &Facts) -> Vec<String> {
    let path = style::title(quote_path(&facts.file.path));
    let Some(health) = &facts.health else {
        return vec![format!("{path} has no history yet")];
    };
    let least = if health.is_whole { "" } else { "at least " };
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let mut lines = vec![format!(
        "{path}: score {} of 100, {}",
        health.score,
        health.band.words()
    )];
    if let Some((id, subject)) = &facts.last {
        lines.push(format!(
            "Last changed {} before the newest commit: {} {}",
            plural(count(health.age_days), "day"),
            style::handle(id.short()),
            style::plain(subject)
        ));
    }
    lines.push(format!(
        "Since then {least}{} and {} beside it{}",
        plural(count(health.commits), "commit"),
        plural(count(health.churn), "file change"),
        if health.commits == 0 { "" } else { ":" }
    ));
    for (id, subject) in &facts.commits {
        lines.push(format!(
            "  {} {}",
            style::handle(id.short()),
            style::plain(subject)
        ));
    }
    let more = count(health.commits).saturating_sub(facts.commits.len());
    if more > 0 {
        lines.push(format!("  and {more} more"));
    }
    if !facts.files.is_empty() {
        lines.push("Changed most:".to_owned());
    }
    for (path, commits) in &facts.files {
        let times = style::dim(format!("({})", plural(*commits, "commit")));
        lines.push(format!("  {} {times}", style::plain(quote_path(path))));
    }
    if facts.more_files > 0 {
        lines.push(format!("  and {}", plural(facts.more_files, "more file")));
    }
    lines
}

/// A line without colours.
fn uncoloured(line: &str) -> String {
    terminal(&plain(line)).into_owned()
}

fn json(facts: &Facts) -> UpdateJson {
    let commit = |(id, subject): &(crate::domain::id::CommitId, String)| CommitJson {
        commit: id.to_string(),
        subject: subject.clone(),
    };
    UpdateJson {
        path: quote_path(&facts.file.path).into_owned(),
        health: facts.health.as_ref().map(Into::into),
        last: facts.last.as_ref().map(commit),
        commits: facts.commits.iter().map(commit).collect(),
        files: facts
            .files
            .iter()
            .map(|(path, commits)| ChangedJson {
                path: quote_path(path).into_owned(),
                commits: *commits,
            })
            .collect(),
        more_files: facts.more_files,
    }
}
