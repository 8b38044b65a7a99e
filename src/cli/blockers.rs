//! `git session blockers`: what is in the way.

use anyhow::Result;
use chrono::{DateTime, Utc};
use clap::Subcommand;
use serde::Serialize;

use super::Place;
use super::item::{
    ItemJson, PrivateArg, SessionArg, carry_out, date, name_in_list, one_line, optional, typed,
};
use super::links::Links;
use crate::domain::decide::Command;
use crate::domain::describe::plural;
use crate::domain::handle::ItemKind;
use crate::domain::session::{Blocker, Session};
use crate::domain::time::format_elapsed;
use crate::ops::ctx::Ctx;
use crate::ui::{Format, Ui, style};

/// What is in the way: add, resolve, reopen, edit, list
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Note what is in the way
    Add {
        /// What is in the way; each argument is one blocker, `-` reads standard input
        #[arg(required = true, value_name = "TEXT")]
        texts: Vec<String>,
        /// Where it is dealt with: an address, #42 or PROJ-42
        #[arg(long, value_name = "LINK")]
        link: Option<String>,
        #[command(flatten)]
        private: PrivateArg,
    },
    /// A blocker is out of the way
    Resolve {
        /// Handle (blk-k3f9), number (blk-2) or end of the id
        name: String,
        /// How it was resolved
        #[arg(value_name = "RESOLUTION", conflicts_with = "resolution")]
        how: Option<String>,
        /// How it was resolved
        #[arg(long, value_name = "TEXT")]
        resolution: Option<String>,
    },
    /// A blocker is back
    Reopen {
        /// Handle (blk-k3f9), number (blk-2) or end of the id
        name: String,
    },
    /// Change the text or the link of a blocker
    Edit {
        /// Handle (blk-k3f9), number (blk-2) or end of the id
        name: String,
        /// The new text
        text: Option<String>,
        /// The new link
        #[arg(long, value_name = "LINK")]
        link: Option<String>,
    },
    /// Show the blockers, and for how long each was in the way
    List(List),
}

#[derive(clap::Args, Debug, Default)]
struct List {
    /// Also those that are resolved
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    session: SessionArg,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let commands = match args.verb.unwrap_or(Verb::List(List::default())) {
        Verb::List(args) => return list(ui, &ctx, &args),
        Verb::Add {
            texts,
            link,
            private,
        } => {
            let link = optional(ui, link.as_deref());
            let add = |text: &String| {
                Ok(Command::AddBlocker {
                    text: typed(ui, ItemKind::Blocker, text)?,
                    link: link.clone(),
                    privacy: private.privacy(),
                })
            };
            texts.iter().map(add).collect::<Result<_>>()?
        }
        Verb::Resolve {
            name,
            how,
            resolution,
        } => vec![Command::ResolveBlocker {
            name,
            resolution: optional(ui, resolution.or(how).as_deref()),
        }],
        Verb::Reopen { name } => vec![Command::ReopenBlocker { name }],
        Verb::Edit { name, text, link } => {
            let text = text.map(|text| typed(ui, ItemKind::Blocker, &text));
            vec![Command::EditBlocker {
                name,
                text: text.transpose()?,
                link: optional(ui, link.as_deref()),
            }]
        }
    };
    carry_out(ui, &ctx, "git-session/blockers/v1", commands)
}

#[derive(Serialize)]
struct ListJson<'a> {
    session: &'a str,
    blockers: Vec<BlockerJson<'a>>,
}

#[derive(Serialize)]
struct BlockerJson<'a> {
    #[serde(flatten)]
    item: ItemJson<'a>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<&'a str>,
    blocked_seconds: u64,
}

impl<'a> BlockerJson<'a> {
    fn new(ctx: &Ctx, session: &Session, blocker: &'a Blocker, issues: &Links) -> Self {
        Self {
            item: ItemJson::new(session, ItemKind::Blocker, &blocker.item),
            state: match blocker.resolved_at {
                Some(_) => "resolved",
                None => "open",
            },
            link: blocker.link.as_deref(),
            url: issues.of_blocker(blocker),
            resolved_at: blocker.resolved_at,
            resolution: blocker.resolution.as_deref(),
            blocked_seconds: blocked_seconds(ctx, blocker),
        }
    }
}

fn list(ui: &Ui, ctx: &Ctx, args: &List) -> Result<()> {
    let session = args.session.load(ctx)?;
    let wanted = session.blockers.iter();
    let wanted: Vec<&Blocker> = wanted
        .filter(|b| args.all || b.resolved_at.is_none())
        .collect();
    let issues = Links::of(ui, ctx, &session);
    if ui.format() == Format::Json {
        let blockers = wanted.iter();
        let blockers = blockers.map(|b| BlockerJson::new(ctx, &session, b, &issues));
        let list = ListJson {
            session: session.id.as_str(),
            blockers: blockers.collect(),
        };
        return ui.json("git-session/blockers/v1", &list);
    }
    if wanted.is_empty() {
        ui.status(match session.blockers.len() {
            0 => "There are no blockers.".to_owned(),
            count => format!("Nothing is in the way; {} resolved.", plural_is(count)),
        });
        return Ok(());
    }
    let lines = wanted.iter().map(|b| line(ctx, &session, b, &issues));
    let lines: Vec<String> = lines.collect();
    ui.screen(&lines.join("\n"))
}

/// `1 blocker is`, `2 blockers are`.
fn plural_is(count: usize) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", plural(count, "blocker"))
}

/// One blocker in a list, and below it for how long it was in the way.
fn line(ctx: &Ctx, session: &Session, blocker: &Blocker, issues: &Links) -> String {
    let name = name_in_list(session, ItemKind::Blocker, &blocker.item);
    let text = one_line(&blocker.item.text);
    let (mark, text) = match blocker.resolved_at {
        None => (
            style::bad("[!]"),
            issues.text(&text, |text| style::plain(text)),
        ),
        Some(_) => (
            style::good("[x]"),
            issues.text(&text, |text| style::dim(text)),
        ),
    };
    let link = issues.behind(blocker.link.as_deref());
    let long = format_elapsed(blocked_seconds(ctx, blocker));
    let time = match (blocker.resolved_at, blocker.resolution.as_deref()) {
        (None, _) => format!(
            "in the way for {long}, since {}",
            date(ctx, blocker.item.at)
        ),
        (Some(_), None) => format!("resolved after {long}"),
        (Some(_), Some(how)) => format!("resolved after {long}: {}", one_line(how)),
    };
    format!("{mark} {text}{link} {name}\n    {}", style::dim(time))
}

/// How long it was, or is, in the way.
fn blocked_seconds(ctx: &Ctx, blocker: &Blocker) -> u64 {
    let until = blocker.resolved_at.unwrap_or_else(|| ctx.now());
    let seconds = until.signed_duration_since(blocker.item.at).num_seconds();
    seconds.try_into().unwrap_or(0)
}
