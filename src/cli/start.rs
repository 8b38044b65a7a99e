//! `git session start`: a branch, a session on it, its first objectives.

use anyhow::Result;
use serde::Serialize;

use super::Place;
use super::context_near::{Loaded, NearJson};
use super::item::{ItemJson, redacted};
use crate::domain::describe::{name_of, plural};
use crate::domain::handle::ItemKind;
use crate::error::Fault;
use crate::ops::branch::Destination;
use crate::ops::ctx::Ctx;
use crate::ops::setup;
use crate::ops::start::{Kind, Outcome, Request, start};
use crate::ui::{Format, Ui, style};

/// Start or go on with a session on a branch
///
/// Creates or switches to the branch as `git switch` would (it refuses where git would and never touches
/// files), and starts its session. Without a branch: on the current one. On a branch with an open session
/// that one goes on and the objectives are added.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Args {
    /// The branch; made if it is not there
    branch: Option<String>,
    /// What is to be reached; may be given several times
    #[arg(
        short,
        long = "objective",
        visible_alias = "objectives",
        value_name = "TEXT"
    )]
    objectives: Vec<String>,
    /// Cut a new branch here instead of at HEAD
    #[arg(long, value_name = "REVISION")]
    from: Option<String>,
    /// Put the type before a name without `/`: feature, bugfix, hotfix, refactor, docs; a hotfix is cut from
    /// the default branch
    #[arg(long = "type", value_name = "TYPE", value_parser = branch_type)]
    kind: Option<String>,
    /// Test-driven mode; a session that goes on is switched to it
    #[arg(long, conflicts_with = "no_tdd")]
    tdd: bool,
    /// Switch test-driven mode off
    #[arg(long)]
    no_tdd: bool,
    /// Also reopen the newest ended session of the branch, archived or not
    #[arg(long, conflicts_with = "new")]
    resume: bool,
    /// A new session, even where one could go on
    #[arg(long)]
    new: bool,
    /// Make the branch and its session without switching to it
    #[arg(long)]
    no_switch: bool,
    /// Leave the git hooks alone
    #[arg(long)]
    no_hooks: bool,
    /// A title for people
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

/// Types that the interactive start offers.
const TYPES: [&str; 5] = ["feature", "bugfix", "hotfix", "refactor", "docs"];

/// A type is one word that can stand in a branch name.
fn branch_type(text: &str) -> Result<String, String> {
    let valid = !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if valid {
        Ok(text.to_owned())
    } else {
        Err("a type is one word of lower-case letters".to_owned())
    }
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let args = if args.is_bare() && ui.can_ask() && ui.format() == Format::Text {
        super::interactive::ask(ui, &ctx, args)?
    } else {
        args
    };
    let outcome = start(&ctx, args.request(ui))?;
    for flag in &outcome.ignored {
        ui.warn(format!("{flag} is for what is new; it was ignored."));
    }
    if outcome.nothing_to_resume {
        ui.warn(format!(
            "There is no ended session on {} to resume.",
            outcome.session.branch
        ));
    }
    if ui.format() == Format::Json {
        let context = loaded(&ctx, &outcome)?;
        ui.json(
            "git-session/start/v1",
            &StartJson::new(&outcome, context.json()),
        )?;
    } else {
        news(ui, &ctx, &outcome);
        let context = loaded(&ctx, &outcome)?;
        let mut answer = vec![answer(ui, &outcome)];
        answer.extend(context.lines());
        ui.answer(&answer.join("\n"))?;
        context.warn(ui);
    }
    super::archive::due(ui, &ctx, &outcome.session.id);
    Ok(())
}

impl Args {
    /// Whether nothing was typed.
    fn is_bare(&self) -> bool {
        let nothing = Self {
            no_hooks: self.no_hooks,
            ..Self::default()
        };
        *self == nothing
    }

    /// Sets what the interactive start found out.
    pub(super) fn set(
        &mut self,
        branch: Option<String>,
        kind: Option<&str>,
        objectives: Vec<String>,
    ) {
        self.branch = branch;
        self.kind = kind.map(str::to_owned);
        self.objectives = objectives;
    }

    /// Asks for the newest ended session of the branch.
    pub(super) fn set_resume(&mut self) {
        self.resume = true;
    }

    /// The types that the interactive start offers.
    pub(super) const fn types() -> [&'static str; 5] {
        TYPES
    }

    /// What it means.
    fn request(self, ui: &Ui) -> Request {
        Request {
            to: Destination {
                branch: self.branch,
                from: self.from,
                kind: self.kind,
                no_switch: self.no_switch,
            },
            objectives: self
                .objectives
                .iter()
                .map(|text| redacted(ui, text))
                .collect(),
            tdd: (self.tdd || self.no_tdd).then_some(self.tdd),
            resume: self.resume,
            new: self.new,
            no_hooks: self.no_hooks,
            title: self.title.map(|title| redacted(ui, &title)),
        }
    }
}

/// The context next to the work of a session that was started on the branch where we are now; none when the branch
/// was not entered.
fn loaded(ctx: &Ctx, outcome: &Outcome) -> Result<Loaded> {
    let ctx = Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    if ctx.repo.branch()?.as_ref() != Some(&outcome.session.branch) {
        return Ok(Loaded::default());
    }
    Ok(Loaded::of(&ctx, &outcome.session))
}

/// What was made besides the session.
fn news(ui: &Ui, ctx: &Ctx, outcome: &Outcome) {
    if outcome.prepared.store {
        ui.status("Sessions are kept inside the git directory; no file of yours was touched.");
    }
    if let Some(installed) = &outcome.prepared.hooks {
        for line in super::hooks::sentences(installed) {
            ui.status(line);
        }
    }
    let installed = outcome.prepared.hooks.as_ref();
    let printed = installed.is_some_and(|installed| installed.by_hand().next().is_some());
    if !super::place::is_off_with(ui, ctx, !printed) && setup::tell_once(ctx) {
        ui.status(
            "Commits on this branch will carry Session trailers, which travel with the commits.",
        );
        ui.status("To keep them out: git session config set session.trailers none");
    }
    if let Some(by) = &outcome.taken_over {
        ui.status(format!(
            "{} worked on this branch in another clone; `git session start --new` begins a session of its own.",
            style::plain(name_of(by))
        ));
    }
    match outcome.from_archive {
        Some(0) => ui.status("The session was archived; it is taken back."),
        Some(gone) => ui.status(format!(
            "The session was archived; it is taken back without {} that git has collected.",
            plural(gone, "checkpoint")
        )),
        None => {}
    }
    match outcome.switched {
        Some(true) => ui.status("Test-driven mode is on."),
        Some(false) => ui.status("Test-driven mode is off."),
        None => {}
    }
    if let Some(base) = &outcome.created {
        let from = match (&base.branch, &base.commit) {
            (Some(branch), Some(commit)) => format!("from {branch} at {}", commit.short()),
            (None, Some(commit)) => format!("at {}", commit.short()),
            _ => "without a commit yet".to_owned(),
        };
        ui.status(format!(
            "Created the branch {} {from}.",
            outcome.session.branch
        ));
    }
}

/// The session in a few lines.
fn answer(ui: &Ui, outcome: &Outcome) -> String {
    let session = &outcome.session;
    let what = match (outcome.kind, outcome.reopened) {
        (Kind::Init, _) => "Started",
        (Kind::Handoff, _) => "Taking over",
        (_, true) => "Reopened",
        _ => "Continuing",
    };
    let mut lines = vec![format!(
        "{what} the session on {} {}",
        style::title(session.branch.as_str()),
        style::dim(format!("({})", session.id))
    )];
    let open = session.objectives.iter().filter(|o| o.state.is_open());
    lines.extend(open.map(|o| format!("  {}", super::objectives::line(ui, session, o))));
    match outcome.kind {
        Kind::Complete => lines.push("  All its objectives are completed.".to_owned()),
        _ if session.objectives.is_empty() => {
            lines.push(format!(
                "  Next: {}",
                style::accent("git session objectives add \"what is to be reached\"")
            ));
        }
        _ => {}
    }
    lines.join("\n")
}

#[derive(Serialize)]
struct StartJson<'a> {
    session: &'a str,
    kind: &'static str,
    branch: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    created_branch: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<&'a crate::domain::body::Base>,
    reopened: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_over: Option<&'a str>,
    tdd: bool,
    objectives: Vec<ItemJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    context: Vec<NearJson>,
}

impl<'a> StartJson<'a> {
    fn new(outcome: &'a Outcome, context: Vec<NearJson>) -> Self {
        let session = &outcome.session;
        let objectives = session.objectives.iter().filter(|o| o.state.is_open());
        Self {
            session: session.id.as_str(),
            kind: outcome.kind.name(),
            branch: session.branch.as_str(),
            title: session.title.as_deref(),
            created_branch: outcome.created.is_some(),
            base: outcome.created.as_ref(),
            reopened: outcome.reopened,
            taken_over: outcome.taken_over.as_deref(),
            tdd: session.tdd,
            objectives: objectives
                .map(|o| ItemJson::new(session, ItemKind::Objective, &o.item))
                .collect(),
            context,
        }
    }
}

/// What the interactive start says when it is left.
pub(super) fn cancelled() -> anyhow::Error {
    Fault::user("nothing was started")
        .hint("git session start <branch> -o \"what is to be reached\"")
        .into()
}
