//! What `git session status` says of checkpoints: the last one, and that one is overdue.

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::item::date;
use crate::domain::checkpoint::time_id;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::session::{Checkpoint, Session};
use crate::domain::time::relative;
use crate::ops::checkpoint::due;
use crate::ops::ctx::Ctx;
use crate::ops::sessions;
use crate::ui::style;

/// What is typed when one is overdue.
const COMMAND: &str = "git session checkpoint";

/// The last checkpoint of a session, and since when the next one is due.
pub(super) struct Saved<'a> {
    session: &'a Session,
    last: Option<&'a Checkpoint>,
    due_since: Option<DateTime<Utc>>,
    failed_at: Option<DateTime<Utc>>,
}

/// The same in JSON.
#[derive(Serialize)]
pub(super) struct SavedJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<LastJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_since: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_at: Option<DateTime<Utc>>,
}

/// The last checkpoint.
#[derive(Serialize)]
struct LastJson<'a> {
    handle: String,
    checkpoint_id: String,
    commit: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    cause: &'static str,
    at: DateTime<Utc>,
}

impl<'a> Saved<'a> {
    /// Of this work tree's session.
    pub(super) fn new(ctx: &Ctx, session: &'a Session) -> Result<Self> {
        let context = sessions::context(ctx, &session.id)?;
        let context = context.filter(|_| ctx.settings.session.enabled && !ctx.repo.is_bare());
        let mut kept = session.checkpoints.iter().filter(|c| !c.dropped);
        Ok(Self {
            session,
            last: kept.next_back(),
            due_since: context.as_ref().and_then(|c| due::since(ctx, c)),
            failed_at: context.as_ref().and_then(|c| due::failed_at(ctx, c)),
        })
    }

    /// Up to two lines.
    pub(super) fn lines(&self, ctx: &Ctx) -> Vec<String> {
        let last = self.last.map(|last| self.last_line(ctx, last));
        let due = self.due_since.map(|since| self.due_line(ctx, since));
        last.into_iter().chain(due).collect()
    }

    /// `cp-k3f9 before the refactoring (20 min ago)`
    fn last_line(&self, ctx: &Ctx, last: &Checkpoint) -> String {
        let name = handle(self.session, ItemKind::Checkpoint, &last.item);
        let text = match last.item.text.as_str() {
            "" => last.made.cause.name(),
            label => label,
        };
        let age = style::dim(format!("({})", relative(last.item.at, ctx.now())));
        format!("{} {} {age}", style::handle(name), style::plain(text))
    }

    /// `due since 2026-11-20 09:30: git session checkpoint`
    fn due_line(&self, ctx: &Ctx, since: DateTime<Utc>) -> String {
        let failed = self.failed_at.map(|at| {
            let when = relative(at, ctx.now());
            format!(", the last try failed {when}")
        });
        let due = style::warn(format!(
            "due since {}{}",
            date(ctx, since),
            failed.unwrap_or_default()
        ));
        format!("{due}: {}", style::accent(COMMAND))
    }

    /// What one line says of it.
    pub(super) fn short(&self) -> Option<String> {
        let due = style::warn("checkpoint due");
        self.due_since.map(|_| format!(" | {due}"))
    }

    /// In JSON.
    pub(super) fn json(&self) -> SavedJson<'a> {
        let last = self.last.map(|last| LastJson {
            handle: handle(self.session, ItemKind::Checkpoint, &last.item),
            checkpoint_id: time_id(self.session, last),
            commit: last.made.commit.as_str(),
            label: last.made.label.as_deref(),
            cause: last.made.cause.name(),
            at: last.item.at,
        });
        SavedJson {
            last,
            due_since: self.due_since,
            failed_at: self.failed_at,
        }
    }
}
