//! `git session context`: the files that tell people and agents how the code beside them works.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;

use super::{Place, context_health, context_update, context_view};
use crate::domain::path_text::quote_path;
use crate::domain::project::{ContextFile, ContextKind};
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::project::{self, Listed, Patience, State};
use crate::sys::fs;
use crate::ui::Ui;

/// Context files for people and agents: list, show, health, update
///
/// Finds `CLAUDE.md`, `claude.md`, `AGENTS.md`, `GEMINI.md` in every directory, `.github/copilot-instructions.md`
/// and the pages `.session/architecture.md` and `conventions.md`, and says from history how far each is behind the
/// code beside it: 100 is up to date.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// List the context files with their size and score
    List,
    /// Show what is quoted of the context next to the work, of a file, or of what holds in a directory
    Show {
        /// A context file or a directory
        path: Option<PathBuf>,
    },
    /// Show how far each file is behind, and what that comes from
    Health,
    /// Edit a context file beside what has changed since
    ///
    /// Opens a copy in git's editor below a comment that says what has changed; the comment is dropped, and the
    /// file is replaced only if you saved a change. Without a terminal the facts are printed and nothing is written.
    Update {
        /// A context file, or the directory of one
        path: PathBuf,
    },
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: Args) -> Result<()> {
    let ctx = place.open(ui)?;
    match args.verb.unwrap_or(Verb::List) {
        Verb::List => {
            let known = project::health(&ctx, Patience::Long)?;
            context_view::list(ui, &ctx, &known)
        }
        Verb::Show { path: None } => context_view::show_near(ui, &ctx),
        Verb::Show { path: Some(path) } => {
            let path = ctx.repo.path_from_top(&path)?;
            context_view::show(ui, &ctx, &chosen(&ctx, &path, Reach::Above)?)
        }
        Verb::Health => context_health::health(ui, &project::health(&ctx, Patience::Long)?),
        Verb::Update { path } => {
            let path = ctx.repo.path_from_top(&path)?;
            let files = chosen(&ctx, &path, Reach::Here)?;
            let [file] = files.as_slice() else {
                return Err(several(&files).into());
            };
            context_update::run(ui, &ctx, file)
        }
    }
}

/// Which context files a directory stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Its own.
    Here,
    /// Its own, and those of the directories above.
    Above,
}

/// The context files that a path means: itself, or those of a directory.
fn chosen(ctx: &Ctx, path: &[u8], reach: Reach) -> Result<Vec<ContextFile>> {
    if let Some(file) = ContextFile::new(path) {
        return Ok(vec![file]);
    }
    let top = ctx.repo.work_tree();
    let there = top.is_some_and(|top| fs::exists(&top.join(OsStr::from_bytes(path))));
    if !there {
        return Err(none(path).into());
    }
    let known = project::health(ctx, Patience::Long)?.health();
    let all = project::list(ctx, known.as_ref())?.into_iter();
    let above = |file: &ContextFile| {
        let directory = file.directory.as_slice();
        let inside = path.strip_prefix(directory).unwrap_or(b"x");
        directory == path || directory.is_empty() || inside.starts_with(b"/")
    };
    let holds = |listed: &Listed| match reach {
        _ if listed.state == State::Missing || listed.file.kind.is_page() => false,
        Reach::Here => listed.file.directory == path,
        Reach::Above => above(&listed.file),
    };
    let says_nothing = |file: &ContextFile| {
        let tracked = known.as_ref().and_then(|known| known.find(&file.path));
        tracked.is_some_and(|tracked| !tracked.imports.is_empty())
    };
    let mut files: Vec<ContextFile> = all.filter(holds).map(|listed| listed.file).collect();
    if files.iter().any(|file| !says_nothing(file)) {
        files.retain(|file| !says_nothing(file));
    }
    // the deepest holds first
    files.sort_by_key(|file| std::cmp::Reverse(file.directory.len()));
    if files.is_empty() {
        return Err(none(path).into());
    }
    Ok(files)
}

/// That a path stands for no context file.
fn none(path: &[u8]) -> Fault {
    let names = ContextKind::names().collect::<Vec<_>>().join(", ");
    Fault::user(format!(
        "{} is no context file, and no directory with one: {names}",
        quote_path(path)
    ))
    .hint("git session context list")
}

/// That a directory has several.
fn several(files: &[ContextFile]) -> Fault {
    let fault = Fault::user("there are several context files: say which");
    files.iter().fold(fault, |fault, file| {
        fault.hint(context_view::update_command(&file.path))
    })
}
