//! What the commands about items share: the text as it is typed, and naming what was hit, in words and in
//! JSON.

use anyhow::Result;
use chrono::{DateTime, Local, Utc};
use serde::Serialize;

use crate::domain::decide::{Command, Privacy, Refused};
use crate::domain::describe::describe;
use crate::domain::event::Event;
use crate::domain::handle::{self, ItemKind, handle, handle_with_number, names};
use crate::domain::redact::{self, Redacted};
use crate::domain::session::{Item, Session};
use crate::domain::{glob, time};
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::sessions::{self, Changed};
use crate::ui::style::{self, Styled};
use crate::ui::{Format, Ui, text};

/// The most that is read from standard input as the text of one item, in bytes.
const MOST_INPUT: usize = 48 * 1024;

/// So many columns of a text stand in a list.
const MOST_LISTED: usize = 1000;

/// The most columns of a text where an answer only names it.
const MOST_NAMED: usize = 200;

/// `--private`, on every kind of item.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub(super) struct PrivateArg {
    /// Never leaves this machine: no trailer, no note, no shared log
    #[arg(long)]
    private: bool,
}

impl PrivateArg {
    /// The choice as a value.
    pub(super) const fn privacy(self) -> Privacy {
        if self.private {
            Privacy::Private
        } else {
            Privacy::Shared
        }
    }
}

/// `--session`, where one only looks.
#[derive(clap::Args, Clone, Debug, Default)]
pub(super) struct SessionArg {
    /// Look into another session: its id, how that begins or ends, or a branch
    #[arg(long, value_name = "SESSION")]
    session: Option<String>,
}

impl SessionArg {
    /// The session that is meant: the named one, else that of the branch.
    pub(super) fn load(&self, ctx: &Ctx) -> Result<Session> {
        let id = match &self.session {
            Some(name) => sessions::named(ctx, name)?,
            None => sessions::readable(ctx)?,
        };
        Ok(sessions::load(ctx, &id)?.session)
    }
}

/// The text of an item as it was typed; `-` stands for standard input.
///
/// # Errors
/// There is nothing in it, or standard input holds more than 48 KiB.
pub(super) fn typed(ui: &Ui, kind: ItemKind, argument: &str) -> Result<Redacted> {
    let text = if argument == "-" {
        redacted(ui, &read_input(ui)?)
    } else {
        redacted(ui, argument)
    };
    if text.is_empty() {
        return Err(Fault::user(Refused::Empty(kind.noun()).to_string())
            .hint(example(kind))
            .into());
    }
    Ok(text)
}

/// A typed text without its secrets; says when something was left out.
pub(super) fn redacted(ui: &Ui, typed: &str) -> Redacted {
    let text = Redacted::new(typed);
    if text.as_str().contains("[REDACTED:") {
        let rules = redact::rules_hit(typed);
        if !rules.is_empty() {
            ui.warn(format!(
                "left out what looks like a secret ({})",
                rules.join(", ")
            ));
        }
    }
    text
}

/// The same for a flag; an empty value counts as none.
pub(super) fn optional(ui: &Ui, typed: Option<&str>) -> Option<Redacted> {
    typed
        .map(|typed| redacted(ui, typed))
        .filter(|text| !text.is_empty())
}

/// Standard input as one text.
fn read_input(ui: &Ui) -> Result<String> {
    let bytes = ui.read_input(MOST_INPUT)?;
    if bytes.len() > MOST_INPUT {
        return Err(Fault::user(format!(
            "standard input holds more than {} KiB",
            MOST_INPUT / 1024
        ))
        .hint("keep the long text in a file of the repository and name that file")
        .into());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What to type to make an item of this kind.
const fn example(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Objective => "git session objectives add \"what is to be reached\"",
        ItemKind::Blocker => "git session blockers add \"what is in the way\"",
        ItemKind::Decision => "git session decisions add \"what was decided\"",
        ItemKind::Learning => "git session learnings add \"what was learnt\"",
        ItemKind::Note => "git session note add \"what to remember\"",
        ItemKind::Checkpoint => "git session checkpoint --label \"what stands now\"",
    }
}

/// Checks a glob of `--scope` where it is typed.
pub(super) fn scope_glob(typed: &str) -> Result<String, String> {
    if typed.trim().is_empty() {
        return Err("a scope is a path or a glob such as src/auth/**".to_owned());
    }
    glob::validate(typed).map_err(|error| error.to_string())?;
    Ok(typed.trim().to_owned())
}

/// The item with this name, or the advice to look at the list.
pub(super) fn find<'s>(session: &'s Session, kind: ItemKind, name: &str) -> Result<&'s Item> {
    handle::resolve(session, kind, name)
        .map_err(|error| sessions::refused(&Refused::Name(kind, error)))
}

/// What a list puts behind the text of an item: `(obj-k3f9 (obj-2), private)`.
pub(super) fn name_in_list(session: &Session, kind: ItemKind, item: &Item) -> Styled {
    let name = names(session, kind, item);
    let private = if item.private { ", private" } else { "" };
    style::dim(format!("({name}{private})"))
}

/// A text in one line, short enough to name it.
pub(super) fn in_short(text: &str) -> String {
    text::truncate(&one_line(text), MOST_NAMED)
}

/// A text in one line, of at most [`MOST_LISTED`] columns.
pub(super) fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text::truncate(&line, MOST_LISTED)
}

/// A text of several lines, each wrapped to the columns with four spaces in front.
pub(super) fn indented(text: &str, columns: usize) -> String {
    let line = |line: &str| {
        let line = line.trim_end().replace('\t', "    ");
        let inner = line.trim_start();
        let indent = " ".repeat(4 + line.len() - inner.len());
        if inner.is_empty() {
            String::new()
        } else {
            text::wrap(style::plain(inner).text(), columns, &indent)
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// An instant as the settings ask for it, in the time zone of the reader.
pub(super) fn date(ctx: &Ctx, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Local);
    local.format(&ctx.settings.display.date_format).to_string()
}

/// The same, and how long ago it was.
pub(super) fn date_and_age(ctx: &Ctx, at: DateTime<Utc>) -> String {
    let now = ctx.now().with_timezone(&Local);
    format!("{} ({})", date(ctx, at), time::relative(at, now))
}

/// An item in JSON answers.
#[derive(Serialize)]
pub(super) struct ItemJson<'a> {
    /// `obj-k3f9`
    pub handle: String,
    /// The number in this clone's own log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The full id.
    pub id: &'a str,
    /// What it says.
    pub text: &'a str,
    /// When it was made, UTC.
    pub at: DateTime<Utc>,
    /// Who made it.
    pub by: &'a str,
    /// It never leaves the machine.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

impl<'a> ItemJson<'a> {
    /// The item of a session.
    pub(super) fn new(session: &Session, kind: ItemKind, item: &'a Item) -> Self {
        Self {
            handle: handle(session, kind, item),
            number: item.number,
            id: item.id.as_str(),
            text: &item.text,
            at: item.at,
            by: &item.by,
            private: item.private,
        }
    }
}

/// Carries commands out on the session of this branch, as one step, and says what they did.
///
/// `schema`: `git-session/<command>/v1`.
pub(super) fn carry_out(ui: &Ui, ctx: &Ctx, schema: &str, commands: Vec<Command>) -> Result<()> {
    let id = sessions::require(ctx)?;
    let changed = sessions::carry_out(ctx, &id, commands)?;
    match ui.format() {
        Format::Json => ui.json(schema, &ChangedJson::new(&changed)),
        Format::Text => ui.answer(&done(&changed)),
    }
}

/// What a command did, one line an event: `completed obj-k3f9 (obj-2) Google OAuth`.
fn done(changed: &Changed) -> String {
    let lines: Vec<String> = changed
        .events
        .iter()
        .map(|event| line(&changed.session, event))
        .collect();
    lines.join("\n")
}

/// One event in words, with handle, number and text of the item that it is about.
fn line(session: &Session, event: &Event) -> String {
    match touched(session, event) {
        Some((kind, item, verb)) => {
            format!(
                "{verb} {} {}",
                style::handle(handle_with_number(session, kind, item)),
                style::plain(in_short(&item.text))
            )
        }
        None => style::plain(in_short(&describe(event, Some(session)))).to_string(),
    }
}

/// The item that an event is about and the verb for it.
fn touched<'s>(session: &'s Session, event: &Event) -> Option<(ItemKind, &'s Item, &'static str)> {
    let (id, verb) = event.body().touches(event.id())?;
    session
        .items()
        .find(|(_, item)| item.id == *id)
        .map(|(kind, item)| (kind, item, verb))
}

/// What a command did, in JSON.
#[derive(Serialize)]
struct ChangedJson<'a> {
    session: &'a str,
    events: Vec<EventJson<'a>>,
}

/// One event in JSON answers.
#[derive(Serialize)]
struct EventJson<'a> {
    id: &'a str,
    kind: &'a str,
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<ItemJson<'a>>,
}

impl<'a> ChangedJson<'a> {
    /// What was done to the session.
    fn new(changed: &'a Changed) -> Self {
        let events = changed.events.iter().map(|event| EventJson {
            id: event.id().as_str(),
            kind: &event.head().kind,
            summary: describe(event, Some(&changed.session)),
            item: touched(&changed.session, event)
                .map(|(kind, item, _)| ItemJson::new(&changed.session, kind, item)),
        });
        Self {
            session: changed.session.id.as_str(),
            events: events.collect(),
        }
    }
}
