//! `git session learnings`: what was learnt on the way.

use anyhow::Result;
use clap::{Subcommand, ValueEnum};

use super::item::{PrivateArg, SessionArg, carry_out, redacted, scope_glob, typed};
use super::{Place, learning_view};
use crate::domain::body::LearningType;
use crate::domain::decide::Command;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::learning::{BadKey, default_key, parse_key};
use crate::domain::redact::Redacted;
use crate::domain::session::Session;
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::learnings;
use crate::ui::Ui;

/// What was learnt on the way: add, list, show, search, edit, drop
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Note what was learnt
    Add(Box<Add>),
    /// Show the learnings
    List(List),
    /// Show one learning
    Show {
        /// Handle (lrn-k3f9), number (lrn-2), key or end of the id
        name: String,
        #[command(flatten)]
        session: SessionArg,
    },
    /// Find learnings by the beginnings of words
    Search {
        /// The words; what has most of them comes first
        #[arg(required = true)]
        words: Vec<String>,
        /// In every session of this clone
        #[arg(long)]
        all: bool,
    },
    /// Change the text of a learning
    Edit {
        /// Handle (lrn-k3f9), number (lrn-2), key or end of the id
        name: String,
        /// The new text; `-` reads standard input
        text: String,
    },
    /// Give a learning up; its key is free again
    Drop {
        /// Handle (lrn-k3f9), number (lrn-2), key or end of the id
        name: String,
    },
}

#[derive(clap::Args, Debug)]
struct Add {
    /// What was learnt; `-` reads standard input
    text: String,
    /// What sort of thing it is [default: insight]
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<Type>,
    /// A name, or a full key learning/<type>s/<name>; by default the first words of the text
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Paths that it is about; may be given several times
    #[arg(long, alias = "scopes", value_name = "GLOB", value_parser = scope_glob)]
    scope: Vec<String>,
    #[command(flatten)]
    private: PrivateArg,
}

#[derive(clap::Args, Debug, Default)]
struct List {
    /// Only those of a type
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<Type>,
    /// Also those that were dropped
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    session: SessionArg,
}

/// A [`LearningType`] as clap reads it.
#[derive(Clone, Copy, Debug)]
struct Type(LearningType);

impl ValueEnum for Type {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Type; LearningType::ALL.len()] = {
            let [a, b, c, d] = LearningType::ALL;
            [Type(a), Type(b), Type(c), Type(d)]
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.name()))
    }
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let command = match args.verb.unwrap_or(Verb::List(List::default())) {
        Verb::List(List { kind, all, session }) => {
            let kind = kind.map(|Type(kind)| kind);
            return learning_view::list(ui, &session.load(&ctx)?, kind, all);
        }
        Verb::Show { name, session } => {
            return learning_view::show(ui, &ctx, &session.load(&ctx)?, &name);
        }
        Verb::Search { words, all } => {
            return learning_view::search(ui, &ctx, &words.join(" "), all);
        }
        Verb::Add(add) => add.command(ui, &own(&ctx)?)?,
        Verb::Edit { name, text } => Command::EditLearning {
            name: named(&own(&ctx)?, &name)?.0,
            text: typed(ui, ItemKind::Learning, &text)?,
        },
        Verb::Drop { name } => drop_command(&own(&ctx)?, &name)?,
    };
    carry_out(ui, &ctx, "git-session/learnings/v1", vec![command])
}

/// The session of the branch.
fn own(ctx: &Ctx) -> Result<Session> {
    SessionArg::default().load(ctx)
}

/// The handle of a learning, and whether it was dropped.
fn named(session: &Session, name: &str) -> Result<(String, bool)> {
    let learning = learnings::find(session, name)?;
    let handle = handle(session, ItemKind::Learning, &learning.item);
    Ok((handle, learning.dropped))
}

/// To give a learning up, once.
fn drop_command(session: &Session, name: &str) -> Result<Command> {
    match named(session, name)? {
        (name, false) => Ok(Command::DropLearning { name }),
        (name, true) => Err(Fault::user(format!("{name} was dropped already"))
            .hint("git session learnings list --all")
            .into()),
    }
}

impl Add {
    fn command(&self, ui: &Ui, session: &Session) -> Result<Command> {
        let wanted = self.kind.map(|kind| kind.0);
        let holder = |key: &str| {
            let mut learnings = session.learnings.iter();
            learnings.find(|l| l.key == key && !l.dropped)
        };
        let given = self.key.as_deref().map(|key| parse_key(key, wanted));
        let given = given.transpose().map_err(|bad| bad_key(&bad))?;
        if let Some((_, key)) = &given
            && let Some(other) = holder(key)
        {
            let name = handle(session, ItemKind::Learning, &other.item);
            return Err(Fault::user(format!("{name} has the key {key} already"))
                .hint(format!(
                    "git session learnings edit {name} \"what was learnt\""
                ))
                .into());
        }
        let text = typed(ui, ItemKind::Learning, &self.text)?;
        let (kind, key) = given.unwrap_or_else(|| {
            let kind = wanted.unwrap_or_default();
            let key = default_key(kind, text.as_str(), |key| holder(key).is_some());
            (kind, key)
        });
        let kept = Redacted::new(&key);
        if kept.as_str() != key {
            return Err(Fault::user("the key looks like a secret")
                .hint("git session learnings add --key <name> \"what was learnt\"")
                .into());
        }
        Ok(Command::AddLearning {
            text,
            kind,
            key: kept,
            scope: self.scope.iter().map(|glob| redacted(ui, glob)).collect(),
            privacy: self.private.privacy(),
        })
    }
}

/// Why a key cannot be used, with the one that can.
fn bad_key(bad: &BadKey) -> Fault {
    let fault = Fault::user(bad.to_string());
    match bad {
        BadKey::Type { right, .. } => fault.hint(format!(
            "git session learnings add --key {right} \"what was learnt\""
        )),
        _ => fault.hint("git session learnings add --help"),
    }
}
