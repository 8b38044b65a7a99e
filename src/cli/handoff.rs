//! `git session handoff`: the document for who goes on, and whether the tree still is what it says.

mod check;
mod summary;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use super::Place;
use crate::domain::escape;
use crate::domain::handoff::{Dialect, Document, SCHEMA, view};
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::handoff::{self, Moment};
use crate::ops::{decision_log, sessions};
use crate::render;
use crate::sys::fs;
use crate::ui::{Format, Ui};

pub(super) use summary::summary;

/// The document for who goes on: what was reached, what is left, with real figures
///
/// Of the open session of this work tree it is made from the present state, and the log says that it was made.
/// Of one that has ended it speaks of the end.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// A session (its id, or how that begins or ends) or a branch; the session of the current branch when left
    /// out
    session: Option<String>,
    /// Only what was reached, the figures and the next steps; nothing is recorded
    #[arg(long, conflicts_with_all = ["format", "output"])]
    summary: bool,
    /// Say whether the tree still is what was handed over last; exit 1 when not
    #[arg(long, conflicts_with_all = ["format", "output", "summary"])]
    check: bool,
    /// The form of the document [default: markdown]
    #[arg(long, value_name = "FORM")]
    format: Option<Form>,
    /// Write the document to a file; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The form of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people and for agents
    Markdown,
    /// For programs; docs/handoff.schema.json describes it
    Json,
    /// One page for a browser, with nothing loaded from elsewhere
    Html,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let form = form(ui, args)?;
    let ctx = place.open(ui)?;
    let word = args.session.as_deref();
    let id = word.map_or_else(
        || sessions::readable(&ctx),
        |word| sessions::named(&ctx, word),
    )?;
    let loaded = sessions::load(&ctx, &id)?;
    super::status::sources(ui, &ctx, &loaded);
    let mut session = loaded.session;
    if args.check {
        return check::run(ui, &ctx, &session);
    }
    let here = handoff::is_here(&ctx, &session)?;
    let moment = if here { Moment::Now } else { Moment::End };
    if args.summary {
        let document = handoff::document(&ctx, &session, moment)?;
        return match form {
            Form::Json => ui.answer(&json(&document)?),
            _ => ui.screen(&summary(&document)),
        };
    }
    let output = args
        .output
        .as_deref()
        .filter(|path| *path != Path::new("-"));
    if let Some(path) = output {
        refuse_place(&ctx, path)?;
    }
    if here {
        session = handoff::record(&ctx, session)?;
    }
    let document = handoff::document(&ctx, &session, moment)?;
    let markdown = (here || form == Form::Markdown).then(|| page(ui, &ctx, &document));
    let markdown = markdown.transpose()?.unwrap_or_default();
    if here {
        let path = handoff::write(&ctx, &session.id, &markdown)?;
        ui.detail(format!("handoff  {}", path.display()));
        super::decision_log::say_when_stale(ui, &ctx);
    }
    let text = match form {
        Form::Markdown => markdown,
        Form::Json => json(&document)?,
        Form::Html => render::html("handoff", &view(&document, Dialect::HTML))?,
    };
    match output {
        None => ui.answer(&text),
        Some(path) => {
            fs::write_into(&ctx.cwd.join(path), text.as_bytes())?;
            ui.status(format!("Wrote {}", path.display()));
            Ok(())
        }
    }
}

/// The form that is asked for: by name, by `--json`, by the end of the file name.
fn form(ui: &Ui, args: &Args) -> Result<Form> {
    let ending = args.output.as_ref().and_then(|path| path.extension());
    let named = match ending.and_then(|ending| ending.to_str()) {
        Some("html" | "htm") => Form::Html,
        Some("json") => Form::Json,
        _ => Form::Markdown,
    };
    match (ui.format(), args.format) {
        (Format::Json, Some(Form::Markdown | Form::Html)) => Err(Fault::usage(
            "`--json` asks for another form than `--format`",
        )
        .hint("git session handoff --format json")
        .into()),
        (Format::Json, _) => Ok(Form::Json),
        (Format::Text, Some(form)) => Ok(form),
        (Format::Text, None) => Ok(named),
    }
}

/// The document in markdown. A template of the repository that cannot be used is named, and ours is used.
pub(super) fn page(ui: &Ui, ctx: &Ctx, document: &Document) -> Result<String> {
    let view = view(document, Dialect::MARKDOWN);
    let own = decision_log::templates(ctx)
        .and_then(|directory| render::markdown("handoff", directory.as_deref(), &view));
    own.or_else(|error| {
        let why: Vec<String> = error.chain().map(ToString::to_string).collect();
        ui.warn(escape::terminal(&format!(
            ".session/templates/handoff.md.hbs is not used: {}",
            why.join(": ")
        )));
        render::markdown("handoff", None, &view)
    })
}

/// The document with the name of its schema.
fn json(document: &Document) -> Result<String> {
    #[derive(Serialize)]
    struct Envelope<'a> {
        schema: &'static str,
        #[serde(flatten)]
        document: &'a Document,
    }
    let schema = SCHEMA;
    let text = serde_json::to_string_pretty(&Envelope { schema, document })?;
    Ok(escape::json(&text).into_owned() + "\n")
}

/// Refuses a place where no document belongs: a directory, and everything that is git's own.
fn refuse_place(ctx: &Ctx, path: &Path) -> Result<()> {
    let place = ctx.cwd.join(path);
    if place.is_dir() {
        return Err(Fault::user(format!("{} is a directory", path.display()))
            .hint("git session handoff -o handoff.md")
            .into());
    }
    let parent = place.parent().filter(|parent| !parent.is_dir());
    if let (Some(_), Some(directory)) = (parent, path.parent()) {
        let directory = directory.display().to_string();
        return Err(Fault::user(format!("there is no directory {directory}"))
            .hint(format!("mkdir -p {}", quoted(&directory)))
            .into());
    }
    let own = [ctx.repo.git_dir(), ctx.repo.common_dir()].map(fs::resolve);
    let is_gits = |place: &Path| {
        // also of a submodule, a work tree, or a repository beside this one
        own.iter().any(|own| place.starts_with(own))
            || place.iter().any(|name| name.eq_ignore_ascii_case(".git"))
    };
    // a link in there, such as a hook, may lead elsewhere
    let link = place.parent().zip(place.file_name());
    let link = link.map(|(parent, name)| fs::resolve(parent).join(name));
    if is_gits(&fs::destination(&place)) || link.is_some_and(|link| is_gits(&link)) {
        return Err(Fault::user(format!(
            "{} is in the directory of git, which git alone writes to",
            path.display()
        ))
        .hint("git session handoff -o handoff.md")
        .into());
    }
    Ok(())
}
