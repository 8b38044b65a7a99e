//! The context next to the work in the answers of other commands: one line a file, and which are stale.

use anyhow::Result;
use serde::Serialize;

use super::context_health::{HealthJson, scored};
use super::context_view::{directory, update_command};
use crate::domain::describe::plural;
use crate::domain::path_text::quote_path;
use crate::domain::project::{NearContext, Why};
use crate::domain::session::Session;
use crate::ops::ctx::Ctx;
use crate::ops::project;
use crate::ui::{Ui, style};

/// The context next to the work, as a command that enters a branch shows it.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    near: Vec<NearContext>,
    stale: Vec<NearContext>,
    /// Why nothing is known of their health.
    unknown: Option<String>,
}

/// A context file in JSON.
#[derive(Serialize)]
pub(super) struct NearJson {
    path: String,
    directory: String,
    kind: &'static str,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<HealthJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    patterns: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gotchas: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<WhyJson>,
}

#[derive(Serialize)]
struct WhyJson {
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    word: Option<String>,
}

impl NearJson {
    pub(super) fn new(near: &NearContext) -> Self {
        let (by, word) = match &near.why {
            Why::Touched => ("path", None),
            Why::Branch(word) => ("branch", Some(word.clone())),
            Why::Objective(word) => ("objective", Some(word.clone())),
        };
        Self {
            path: quote_path(&near.path).into_owned(),
            directory: directory(&near.directory),
            kind: near.kind.name(),
            bytes: near.bytes,
            health: near.health.as_ref().map(Into::into),
            purpose: near.purpose.clone(),
            patterns: near.patterns.clone(),
            gotchas: near.gotchas.clone(),
            why: Some(WhyJson { by, word }),
        }
    }

    /// A file that was asked for: whether it is near plays no part.
    pub(super) fn asked_for(near: &NearContext) -> Self {
        Self {
            why: None,
            ..Self::new(near)
        }
    }
}

impl Loaded {
    /// Loads it. What cannot be told is left out: the branch has been entered all the same.
    pub(super) fn of(ctx: &Ctx, session: &Session) -> Self {
        let load = || -> Result<Self> {
            let (near, unknown) = project::load(ctx, session)?;
            let stale = project::stale(ctx, &near);
            Ok(Self {
                near,
                stale,
                unknown,
            })
        };
        load().unwrap_or_default()
    }

    /// It in JSON.
    pub(super) fn json(&self) -> Vec<NearJson> {
        self.near.iter().map(NearJson::new).collect()
    }

    /// One line a file.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |near: &NearContext| {
            let path = quote_path(&near.path);
            let length = style::dim(format!("({})", size(near.bytes)));
            format!("context: {} {length}", style::plain(path))
        };
        self.near.iter().map(line).collect()
    }

    /// Says which are stale, and when that is not known.
    pub(super) fn warn(&self, ui: &Ui) {
        for near in &self.stale {
            ui.warn(behind(near));
            ui.hint(update_command(&near.path));
        }
        if let Some(reason) = self.unknown.as_ref().filter(|_| !self.near.is_empty()) {
            ui.status(format!("How far context is behind is not known: {reason}."));
            ui.hint("git session context health");
        }
    }
}

/// The score of the project in one line, for `status`; nothing where there is none.
pub(super) fn score(ctx: &Ctx) -> Vec<String> {
    let Some((score, stale)) = project::score(ctx) else {
        return Vec::new();
    };
    let stale = match stale {
        0 => String::new(),
        stale => format!(
            ", {} stale {}",
            plural(stale, "file"),
            style::dim("(git session context health)")
        ),
    };
    vec![format!("score {} of 100{stale}", scored(score))]
}

/// `src/auth/CLAUDE.md is 41 days and 23 commits behind src/auth`.
pub(super) fn behind(near: &NearContext) -> String {
    let health = near.health.as_ref();
    let count = |number: Option<u64>| usize::try_from(number.unwrap_or(0)).unwrap_or(usize::MAX);
    let least = if health.is_some_and(|health| !health.is_whole) {
        "at least "
    } else {
        ""
    };
    let commits = plural(count(health.map(|health| health.commits)), "commit");
    let what = match count(health.map(|health| health.age_days)) {
        0 => commits,
        days => format!("{} and {commits}", plural(days, "day")),
    };
    let beside = match near.directory.as_slice() {
        b"" => "the project".to_owned(),
        path => quote_path(path).into_owned(),
    };
    let path = quote_path(&near.path);
    let text = format!("{path} is {least}{what} behind {beside}.");
    style::plain(text).text().to_owned()
}

/// `1.2 KB`.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => tenths(bytes, 1000, "KB"),
        _ => tenths(bytes, 1_000_000, "MB"),
    }
}

fn tenths(bytes: u64, unit: u64, name: &str) -> String {
    let tenths = bytes / (unit / 10);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}
