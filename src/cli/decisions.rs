//! `git session decisions`: what was decided, and why.

use anyhow::Result;
use clap::Subcommand;

use super::item::{PrivateArg, SessionArg, carry_out, find, optional, redacted, scope_glob, typed};
use super::{Place, decision_log, decision_view};
use crate::domain::decide::{Command, DecisionChange, NewDecision};
use crate::domain::handle::{ItemKind, handle};
use crate::domain::redact::Redacted;
use crate::domain::session::Session;
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::sessions;
use crate::ui::Ui;

/// What was decided, and why: add, supersede, edit, list, show, publish
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Note a decision
    Add(Box<Add>),
    /// Note a decision that replaces an earlier one
    Supersede(Box<Supersede>),
    /// Change parts of a decision; a repeatable flag replaces the whole list
    Edit(Box<Edit>),
    /// Show the decisions that hold
    List {
        /// Also those that were superseded
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        session: SessionArg,
    },
    /// Show one decision with everything that belongs to it
    Show {
        /// Handle (dec-k3f9), number (dec-2) or end of the id
        name: String,
        #[command(flatten)]
        session: SessionArg,
    },
    /// Write the decisions of this history to .session/decision-log.md
    Publish(decision_log::Args),
}

#[derive(clap::Args, Debug)]
struct Add {
    /// What was decided; `-` reads standard input
    text: String,
    #[command(flatten)]
    reasons: Reasons,
    /// The earlier decision that this one replaces
    #[arg(long, value_name = "DECISION")]
    supersedes: Option<String>,
    #[command(flatten)]
    private: PrivateArg,
}

#[derive(clap::Args, Debug)]
struct Supersede {
    /// The earlier decision: handle (dec-k3f9), number (dec-2) or end of the id
    old: String,
    /// What was decided instead; `-` reads standard input
    text: String,
    #[command(flatten)]
    reasons: Reasons,
    #[command(flatten)]
    private: PrivateArg,
}

#[derive(clap::Args, Debug)]
struct Edit {
    /// Handle (dec-k3f9), number (dec-2) or end of the id
    name: String,
    /// The new text
    #[arg(value_name = "TEXT", conflicts_with = "text")]
    new: Option<String>,
    /// The new text
    #[arg(long)]
    text: Option<String>,
    #[command(flatten)]
    reasons: Reasons,
}

/// What belongs to a decision.
#[derive(clap::Args, Debug)]
struct Reasons {
    /// Why
    #[arg(long, value_name = "TEXT")]
    rationale: Option<String>,
    /// The situation that asked for it
    #[arg(long, value_name = "TEXT")]
    context: Option<String>,
    /// A way not taken, "<option>: <why not>"; may be given several times
    #[arg(
        long = "alternative",
        visible_alias = "alternatives",
        value_name = "TEXT"
    )]
    alternatives: Vec<String>,
    /// What follows from it; may be given several times
    #[arg(
        long = "consequence",
        visible_alias = "consequences",
        value_name = "TEXT"
    )]
    consequences: Vec<String>,
    /// Paths that it is about; may be given several times
    #[arg(long, alias = "scopes", value_name = "GLOB", value_parser = scope_glob)]
    scope: Vec<String>,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let command = match args.verb {
        None => return decision_view::list(ui, &SessionArg::default().load(&ctx)?, false),
        Some(Verb::List { all, session }) => {
            return decision_view::list(ui, &session.load(&ctx)?, all);
        }
        Some(Verb::Show { name, session }) => {
            return decision_view::show(ui, &ctx, &session.load(&ctx)?, &name);
        }
        Some(Verb::Publish(args)) => return decision_log::run(ui, &ctx, args),
        Some(Verb::Add(add)) => add.command(ui, &ctx)?,
        Some(Verb::Supersede(supersede)) => supersede.command(ui, &ctx)?,
        Some(Verb::Edit(edit)) => edit.command(ui)?,
    };
    carry_out(ui, &ctx, "git-session/decisions/v1", vec![command])
}

impl Add {
    fn command(&self, ui: &Ui, ctx: &Ctx) -> Result<Command> {
        let id = sessions::require(ctx)?;
        let supersedes = match &self.supersedes {
            None => None,
            Some(name) => Some(holding(&sessions::load(ctx, &id)?.session, name)?),
        };
        Ok(Command::AddDecision {
            decision: Box::new(self.reasons.decision(ui, &self.text, self.private)?),
            supersedes,
        })
    }
}

impl Supersede {
    fn command(&self, ui: &Ui, ctx: &Ctx) -> Result<Command> {
        let id = sessions::require(ctx)?;
        let old = holding(&sessions::load(ctx, &id)?.session, &self.old)?;
        Ok(Command::AddDecision {
            decision: Box::new(self.reasons.decision(ui, &self.text, self.private)?),
            supersedes: Some(old),
        })
    }
}

impl Edit {
    fn command(&self, ui: &Ui) -> Result<Command> {
        let reasons = &self.reasons;
        let text = self.text.as_deref().or(self.new.as_deref());
        let change = DecisionChange {
            text: text
                .map(|text| typed(ui, ItemKind::Decision, text))
                .transpose()?,
            rationale: reasons.rationale.as_deref().map(|text| redacted(ui, text)),
            context: reasons.context.as_deref().map(|text| redacted(ui, text)),
            alternatives: some(reasons.alternatives(ui)),
            consequences: some(texts(ui, &reasons.consequences)),
            scope: some(texts(ui, &reasons.scope)),
        };
        Ok(Command::EditDecision {
            name: self.name.clone(),
            change: Box::new(change),
        })
    }
}

impl Reasons {
    /// The decision as it was typed.
    fn decision(&self, ui: &Ui, text: &str, private: PrivateArg) -> Result<NewDecision> {
        Ok(NewDecision {
            text: typed(ui, ItemKind::Decision, text)?,
            rationale: optional(ui, self.rationale.as_deref()),
            context: optional(ui, self.context.as_deref()),
            alternatives: self.alternatives(ui),
            consequences: texts(ui, &self.consequences),
            scope: texts(ui, &self.scope),
            privacy: private.privacy(),
        })
    }

    /// Option and reason, parted at the first `: `.
    fn alternatives(&self, ui: &Ui) -> Vec<(Redacted, Option<Redacted>)> {
        let part = |typed: &Redacted| match typed.as_str().split_once(": ") {
            Some((option, why)) if !option.trim().is_empty() && !why.trim().is_empty() => {
                (Redacted::new(option), Some(Redacted::new(why)))
            }
            _ => (typed.clone(), None),
        };
        texts(ui, &self.alternatives).iter().map(part).collect()
    }
}

/// The texts that say something.
fn texts(ui: &Ui, typed: &[String]) -> Vec<Redacted> {
    let texts = typed.iter().map(|text| redacted(ui, text));
    texts.filter(|text| !text.is_empty()).collect()
}

/// A list that was typed at all.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

/// The decision of this name when it holds, by its handle.
///
/// # Errors
/// It was superseded already: the one to replace is the one that holds.
fn holding(session: &Session, name: &str) -> Result<String> {
    let item = find(session, ItemKind::Decision, name)?;
    let own = handle(session, ItemKind::Decision, item);
    let known = |id| session.decisions.iter().find(|d| d.item.id == id);
    let later = known(item.id.clone())
        .and_then(|decision| decision.superseded_by.clone())
        .and_then(known);
    match later {
        None => Ok(own),
        Some(later) => {
            let later = handle(session, ItemKind::Decision, &later.item);
            Err(
                Fault::user(format!("{own} was superseded by {later} already"))
                    .hint(format!(
                        "git session decisions supersede {later} \"what was decided instead\""
                    ))
                    .into(),
            )
        }
    }
}
