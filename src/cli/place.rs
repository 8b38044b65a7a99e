//! Where a command was typed.

use std::cell::OnceCell;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::config::{ColorChoice, DisplaySettings, Problem};
use crate::error::Fault;
use crate::ops::ccmp::{self, Told};
use crate::ops::checkpoint::due::{self, Outcome};
use crate::ops::ctx::{Ctx, Via};
use crate::ops::{coverage, end, hooks, reconcile};
use crate::sys::env::Env;
use crate::ui::text::Marks;
use crate::ui::{Color, Preferences, Ui};

/// Whether commits are neither enriched nor recorded here; says why, and what to type.
pub(super) fn is_off(ui: &Ui, ctx: &Ctx) -> bool {
    is_off_with(ui, ctx, true)
}

/// [`is_off`], without what to type when that was printed already.
pub(super) fn is_off_with(ui: &Ui, ctx: &Ctx, hint: bool) -> bool {
    if !ctx.settings.session.enabled {
        ui.warn("session.enabled is false: commits are plain, and nothing is recorded.");
        ui.hint("git session config set session.enabled true");
        return true;
    }
    let installed = hooks::installed(&ctx.repo).unwrap_or(true);
    // a line that a person has added is known to the long look only
    let runs = |status: Vec<hooks::EventStatus>| status.iter().any(|event| event.healthy);
    if installed || hooks::status(&ctx.repo).map_or(true, runs) {
        return false;
    }
    ui.warn("The hooks are not installed: commits are neither enriched nor recorded.");
    if hint {
        ui.hint(hooks::advice(&ctx.repo));
    }
    true
}

/// The environment and the directory of a command.
pub struct Place {
    env: Env,
    cwd: PathBuf,
    /// The top of the work tree, once a command has opened the repository.
    top: OnceCell<PathBuf>,
}

impl Place {
    /// The directory of this process, or the one that `-C` names.
    pub fn new(env: Env, directory: Option<PathBuf>) -> Result<Self> {
        if let Some(directory) = directory {
            std::env::set_current_dir(&directory)
                .with_context(|| Fault::user(format!("cannot go to {}", directory.display())))?;
        }
        let cwd = std::env::current_dir().context(Fault::user("the current directory is gone"))?;
        let top = OnceCell::new();
        Ok(Self { env, cwd, top })
    }

    /// The environment.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// The directory.
    pub fn cwd(&self) -> &std::path::Path {
        &self.cwd
    }

    /// Opens the repository, brings mapping and notes in line with what git did meanwhile, and says what was
    /// found; a checkpoint that is due is made. Every command that knows sessions begins with this.
    pub fn open(&self, ui: &Ui) -> Result<Ctx> {
        let ctx = self.open_without_checkpoint(ui)?;
        match due::make_if_due(&ctx) {
            Outcome::Made(made) => ui.status(super::checkpoint_view::automatic(&made)),
            Outcome::Failed(reason) => {
                ui.warn(format!(
                    "The checkpoint that was due could not be made: {reason}"
                ));
            }
            Outcome::NotDue | Outcome::NothingNew => {}
        }
        Ok(ctx)
    }

    /// Tells the other plugins of this work tree, if there are any, where its session stands. That this cannot be
    /// done is no failure of the command.
    pub(super) fn tell_plugins(&self, ui: &Ui) {
        if !self.top.get().is_some_and(|top| ccmp::is_used(top)) {
            return;
        }
        let told =
            Ctx::open(self.env.clone(), &self.cwd, Via::Cli).and_then(|ctx| ccmp::tell(&ctx));
        match told {
            Ok(Told::Nothing) => {}
            Ok(Told::Written) => ui.detail(format!("wrote {}", ccmp::NAME)),
            Ok(Told::Left(why)) => ui.detail(format!("{} is left alone: {why}", ccmp::NAME)),
            Err(error) => ui.warn(format!("{} was not written: {error:#}", ccmp::NAME)),
        }
    }

    /// [`Place::open`] for the commands that make checkpoints themselves.
    pub(super) fn open_without_checkpoint(&self, ui: &Ui) -> Result<Ctx> {
        let ctx = self.open_to_end(ui)?;
        if let Some(cut_off) = end::interrupted(&ctx)? {
            ui.warn(&cut_off);
            ui.hint(cut_off.hint());
        }
        Ok(ctx)
    }

    /// The same for the command that goes on with an end that was cut off.
    pub(super) fn open_to_end(&self, ui: &Ui) -> Result<Ctx> {
        let ctx = self.open_for_hooks(ui)?;
        if let Some(pending) = ctx.worktree.pending() {
            super::checkpoint_view::interrupted(ui, &pending);
        }
        if let Some(advice) = hooks::recheck(&ctx.repo) {
            ui.warn(advice);
        }
        Ok(ctx)
    }

    /// [`Place::open`] for the commands that look at the hooks themselves.
    pub(super) fn open_for_hooks(&self, ui: &Ui) -> Result<Ctx> {
        let ctx = Ctx::open(self.env.clone(), &self.cwd, Via::Cli)?;
        if let Some(top) = ctx.repo.work_tree() {
            self.top.get_or_init(|| top.to_owned());
        }
        ui.adopt(preferences(&ctx.settings.display), &self.env);
        complain(ui, &ctx.problems);
        let news = reconcile::reconcile(&ctx)?;
        for news in &news {
            ui.status(news);
        }
        coverage::refresh(&ctx)?;
        if news.is_empty() {
            Ok(ctx)
        } else {
            Ctx::open(self.env.clone(), &self.cwd, Via::Cli)
        }
    }
}

/// Says what is wrong with the settings.
pub(super) fn complain(ui: &Ui, problems: &[Problem]) {
    for problem in problems {
        ui.warn(problem);
        if let Some(hint) = problem.hint() {
            ui.hint(hint);
        }
    }
}

/// The settings `display.*` in the words of the output.
pub(super) fn preferences(display: &DisplaySettings) -> Preferences {
    Preferences {
        color: match display.color {
            ColorChoice::Auto => Color::Auto,
            ColorChoice::Always => Color::Always,
            ColorChoice::Never => Color::Never,
        },
        verbose: display.verbose,
        marks: if display.emoji {
            Marks::Emoji
        } else {
            Marks::Ascii
        },
        date_format: display.date_format.clone(),
    }
}
