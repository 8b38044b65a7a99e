//! `git session init`: makes a repository ready and writes the tracked templates.

use anyhow::Result;
use serde::Serialize;

use super::Place;
use super::import::ImportJson;
use crate::config;
use crate::ops::ctx::Ctx;
use crate::ops::hooks;
use crate::ops::import::{self, Imported, Mode};
use crate::ops::sessions;
use crate::ops::setup::{self, Existing, Hooks, Outcome, Written};
use crate::render;
use crate::ui::{Format, Ui, style};

/// Make this repository ready: store, hooks, and `.session/` with settings and templates
///
/// Writes `.session/config.toml`, `architecture.md` and `conventions.md` into the work tree, to be committed
/// like any file. Sessions themselves are kept in the git directory. `git session start` needs no `init`.
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Args {
    /// Write the templates again, after a backup beside them; data is never touched
    #[arg(long)]
    force: bool,
    /// Install the git hooks without asking
    #[arg(long, conflicts_with = "no_hooks")]
    hooks: bool,
    /// Leave the git hooks alone
    #[arg(long)]
    no_hooks: bool,
    /// Take in what other session tools have left here: settings, sessions, checkpoints, handoffs, feature lists
    #[arg(long)]
    import: bool,
    /// Only say what would be taken in; nothing is written
    #[arg(long, requires = "import")]
    dry_run: bool,
}

/// What was done, in JSON.
#[derive(Serialize)]
struct InitJson<'a> {
    store: String,
    writer: String,
    hooks: Vec<String>,
    files: Vec<FileJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    import: Option<ImportJson<'a>>,
}

/// A tracked file.
#[derive(Serialize)]
struct FileJson {
    path: String,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    backup: Option<String>,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open(ui)?;
    if args.dry_run {
        return super::import::preview(ui, &ctx);
    }
    let wanted = if wants_hooks(ui, &ctx, args)? {
        Hooks::Install
    } else {
        Hooks::Skip
    };
    let prepared = setup::prepare(&ctx, wanted)?;
    let existing = if args.force {
        Existing::Rewrite
    } else {
        Existing::Keep
    };
    let files = match ctx.repo.work_tree() {
        Some(_) => setup::write_templates(&ctx, &templates(&ctx)?, existing)?,
        None => Vec::new(),
    };
    let done: Vec<String> = prepared
        .hooks
        .iter()
        .flat_map(super::hooks::sentences)
        .collect();
    let imported = args.import.then(|| import(ui, place)).transpose()?;
    if ui.format() == Format::Json {
        let json = json(&ctx, done, &files, imported.as_ref())?;
        return ui.json("git-session/init/v1", &json);
    }
    setup::tell_once(&ctx);
    ui.answer(&answer(&ctx, &done, &files, imported.as_ref()))
}

/// Takes in what other tools have left, now that there is a store.
fn import(ui: &Ui, place: &Place) -> Result<Imported> {
    let ctx = place.open(ui)?;
    import::import(&ctx, Mode::Really)
}

/// Hooks are installed unless somebody says no; on a terminal it is asked.
fn wants_hooks(ui: &Ui, ctx: &Ctx, args: &Args) -> Result<bool> {
    if args.hooks || args.no_hooks || hooks::installed(&ctx.repo)? {
        return Ok(!args.no_hooks);
    }
    let question = "Install git hooks in this repository? They add Session trailers to commits and show a brief on \
                    branch switches.";
    Ok(!ui.can_ask() || ui.confirm(question, true))
}

/// File name and text of what goes into `.session/`.
fn templates(ctx: &Ctx) -> Result<Vec<(&'static str, String)>> {
    let project = ctx
        .repo
        .work_tree()
        .and_then(|top| top.file_name())
        .unwrap_or_default();
    let data = serde_json::json!({
        "project": project.to_string_lossy(),
        "date": ctx.now().format("%Y-%m-%d").to_string(),
    });
    Ok(vec![
        ("config.toml", config::file_template()),
        (
            "architecture.md",
            render::markdown("architecture", None, &data)?,
        ),
        (
            "conventions.md",
            render::markdown("conventions", None, &data)?,
        ),
    ])
}

/// A path below the top of the work tree, for people.
fn shown(ctx: &Ctx, path: &std::path::Path) -> String {
    let top = ctx.repo.work_tree().unwrap_or(path);
    path.strip_prefix(top).unwrap_or(path).display().to_string()
}

/// The answer for people.
fn answer(ctx: &Ctx, hooks: &[String], files: &[Written], imported: Option<&Imported>) -> String {
    let mut lines = vec![format!(
        "Sessions are kept in {}",
        ctx.store.root().display()
    )];
    for file in files {
        let path = style::title(shown(ctx, &file.path));
        lines.push(match &file.outcome {
            Outcome::Created => format!("Wrote {path}"),
            Outcome::Kept => format!("Kept {path}"),
            Outcome::Rewritten(backup) => {
                format!("Wrote {path} again; the old one is {}", shown(ctx, backup))
            }
        });
    }
    lines.extend(hooks.iter().cloned());
    lines.extend(
        imported
            .into_iter()
            .flat_map(|imported| super::import::lines(imported, Mode::Really)),
    );
    lines.push(
        "Commits on a branch with a session carry Session trailers. They travel with the commits; everything else \
         stays on this machine."
            .to_owned(),
    );
    let next = if has_begun(ctx, imported) {
        "git session resume"
    } else {
        "git session start <branch> -o \"what is to be reached\""
    };
    lines.push(format!("Next: {}", style::accent(next)));
    lines.join("\n")
}

/// Whether the branch of HEAD got a session, or more of one, from what was imported.
fn has_begun(ctx: &Ctx, imported: Option<&Imported>) -> bool {
    let branch = sessions::current_branch(ctx).ok().flatten();
    let mut sessions = imported.into_iter().flat_map(|all| &all.sessions);
    sessions.any(|received| Some(&received.branch) == branch.as_ref())
}

/// The answer for programs.
fn json<'a>(
    ctx: &Ctx,
    hooks: Vec<String>,
    files: &[Written],
    imported: Option<&'a Imported>,
) -> Result<InitJson<'a>> {
    let files = files.iter().map(|file| {
        let (outcome, backup) = match &file.outcome {
            Outcome::Created => ("created", None),
            Outcome::Kept => ("kept", None),
            Outcome::Rewritten(backup) => ("rewritten", Some(shown(ctx, backup))),
        };
        FileJson {
            path: shown(ctx, &file.path),
            outcome,
            backup,
        }
    });
    Ok(InitJson {
        store: ctx.store.root().display().to_string(),
        writer: setup::writer(ctx)?.to_string(),
        hooks,
        files: files.collect(),
        import: imported.map(ImportJson::new),
    })
}
