//! The interactive start: on a terminal, without arguments. Project status, what to work on, branch, objectives.

use anyhow::Result;

use super::start::{Args, cancelled};
use crate::domain::id::BranchName;
use crate::domain::session::State;
use crate::ops::ctx::Ctx;
use crate::ops::{branch, sessions, status};
use crate::ui::{Ui, style};

/// What can be worked on.
enum Work {
    /// Go on with the session of this branch.
    Resume(BranchName),
    /// Something new.
    New,
    /// The current branch.
    Here,
}

/// Asks what the flags would have said.
pub(super) fn ask(ui: &Ui, ctx: &Ctx, mut args: Args) -> Result<Args> {
    let project = status::project(ctx)?;
    ui.status(style::title("Project"));
    for line in super::status::project_lines(&project) {
        ui.status(format!("  {line}"));
    }
    let (labels, works) = choices(ctx)?;
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let chosen = ui.choose("What do you want to work on?", &labels, 0);
    match chosen.and_then(|chosen| works.into_iter().nth(chosen)) {
        Some(Work::Resume(branch)) => {
            args.set(Some(branch.to_string()), None, objectives(ui));
            args.set_resume();
        }
        Some(Work::Here) => args.set(None, None, objectives(ui)),
        Some(Work::New) => new(ui, ctx, &mut args)?,
        None => return Err(cancelled()),
    }
    Ok(args)
}

/// Sessions to go on with, the current branch, something new.
fn choices(ctx: &Ctx) -> Result<(Vec<String>, Vec<Work>)> {
    let (mut labels, mut works) = (Vec::new(), Vec::new());
    let current = sessions::current_branch(ctx)?;
    let here = current.filter(|branch| matches!(sessions::mapped(ctx, branch), Ok(None)));
    for entry in ctx
        .store
        .index_entries()?
        .into_iter()
        .filter(|entry| entry.state != State::Deleted)
    {
        let known = works
            .iter()
            .any(|work| matches!(work, Work::Resume(branch) if *branch == entry.branch));
        if works.len() < 5 && !known && ctx.repo.branch_tip(&entry.branch)?.is_some() {
            labels.push(format!("resume {} ({})", entry.branch, entry.state.name()));
            works.push(Work::Resume(entry.branch));
        }
    }
    if let Some(branch) = here {
        labels.push(format!("a session on the current branch, {branch}"));
        works.push(Work::Here);
    }
    labels.push("something new, on a new branch".to_owned());
    works.push(Work::New);
    Ok((labels, works))
}

/// Branch type, name, objectives.
fn new(ui: &Ui, ctx: &Ctx, args: &mut Args) -> Result<()> {
    let types = Args::types();
    let chosen = ui.choose("What kind of work is it?", &types, 0);
    let kind = chosen.map(|chosen| types[chosen]).ok_or_else(cancelled)?;
    let name = ui.ask("Name of the branch:").ok_or_else(cancelled)?;
    let name = name.trim().to_owned();
    branch::refuse_bad_name(ctx, &format!("{kind}/{name}"))?;
    args.set(Some(name), Some(kind), objectives(ui));
    Ok(())
}

/// Objectives until an empty line.
fn objectives(ui: &Ui) -> Vec<String> {
    let mut texts = Vec::new();
    while let Some(text) = ui.ask("Objective (empty line: no more):") {
        if text.trim().is_empty() {
            break;
        }
        texts.push(text);
    }
    texts
}
