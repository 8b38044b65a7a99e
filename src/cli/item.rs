//! What the commands about items share: naming what was hit, in words and in JSON.

use serde::Serialize;

use crate::domain::decide::Privacy;
use crate::domain::describe::describe;
use crate::domain::event::Event;
use crate::domain::handle::{ItemKind, handle, handle_with_number};
use crate::domain::session::{Item, Session};
use crate::ops::sessions::Changed;
use crate::ui::style;

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
    pub at: chrono::DateTime<chrono::Utc>,
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

/// What a command did, one line an event: `completed obj-k3f9 (obj-2) Google OAuth`.
pub(super) fn done(changed: &Changed) -> String {
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
                style::plain(&item.text)
            )
        }
        None => style::plain(describe(event, Some(session))).to_string(),
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
pub(super) struct ChangedJson<'a> {
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
    pub(super) fn new(changed: &'a Changed) -> Self {
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
