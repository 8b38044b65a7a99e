//! How checkpoints look: in one line, with what changed, in JSON, and what is said about those that made
//! themselves.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::body::{Changed, Named, Progress, TddPhase};
use crate::domain::checkpoint::time_id;
use crate::domain::describe::plural;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::id::CommitId;
use crate::domain::path_text::quote_path;
use crate::domain::session::{Checkpoint, Session};
use crate::ops::checkpoint::Made;
use crate::store::Pending;
use crate::ui::{Ui, style};

/// A checkpoint in JSON answers.
#[derive(Serialize)]
pub(super) struct CheckpointJson<'a> {
    /// `cp-k3f9`
    pub handle: String,
    /// `cp-20261120-093107`
    pub checkpoint_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    id: &'a str,
    commit: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<&'a str>,
    at: DateTime<Utc>,
    by: &'a str,
    cause: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tdd: Option<TddPhase>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<&'a Changed>,
    #[serde(skip_serializing_if = "Named::is_empty")]
    left_out: &'a Named,
    #[serde(skip_serializing_if = "Named::is_empty")]
    nested: &'a Named,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    parked: bool,
}

impl<'a> CheckpointJson<'a> {
    /// The checkpoint of this session.
    pub(super) fn new(session: &Session, checkpoint: &'a Checkpoint) -> Self {
        let made = &checkpoint.made;
        Self {
            handle: handle(session, ItemKind::Checkpoint, &checkpoint.item),
            checkpoint_id: time_id(session, checkpoint),
            number: checkpoint.item.number,
            id: checkpoint.item.id.as_str(),
            commit: made.commit.as_str(),
            head: made.head.as_ref().map(CommitId::as_str),
            at: checkpoint.item.at,
            by: &checkpoint.item.by,
            cause: made.cause.name(),
            label: made.label.as_deref(),
            notes: made.notes.as_deref(),
            phase: made.phase.as_deref(),
            progress: made.progress,
            context: made.context.as_ref(),
            tdd: made.tdd,
            changed: made.changed.as_ref(),
            left_out: &made.left_out,
            nested: &made.nested,
            parked: session.parked.contains(&checkpoint.item.id),
        }
    }
}

/// `3 files, +12 -4, 2 commits since the last one`; nothing where git could not say.
pub(super) fn figures(checkpoint: &Checkpoint) -> Option<String> {
    let changed = checkpoint.made.changed.as_ref()?;
    let mut parts = Vec::new();
    if changed.files > 0 {
        let files = plural(usize::try_from(changed.files).unwrap_or(usize::MAX), "file");
        parts.push(format!("{files} +{} -{}", changed.added, changed.removed));
    }
    if changed.commits > 0 {
        let count = usize::try_from(changed.commits).unwrap_or(usize::MAX);
        parts.push(plural(count, "commit"));
    }
    Some(if parts.is_empty() {
        "nothing new".to_owned()
    } else {
        parts.join(", ")
    })
}

/// What changed since the last one, line by line.
pub(super) fn changed(session: &Session, checkpoint: &Checkpoint) -> Vec<String> {
    let is_first = session.checkpoints.first().map(|c| &c.item.id) == Some(&checkpoint.item.id);
    let since = if is_first {
        "the session began"
    } else {
        "the last one"
    };
    let mut lines: Vec<String> = figures(checkpoint)
        .map(|figures| format!("{figures} since {since}"))
        .into_iter()
        .collect();
    if let Some(changed) = &checkpoint.made.changed {
        let annotations = changed.annotations.iter();
        lines.extend(annotations.map(|a| format!("new {}", style::plain(a))));
        let named = changed.annotations.len() as u64;
        if changed.annotations_total > named {
            lines.push(format!(
                "and {} more marks",
                changed.annotations_total - named
            ));
        }
    }
    lines
}

/// Says what a checkpoint does not hold.
pub(super) fn warn(ui: &Ui, checkpoint: &Checkpoint) {
    let made = &checkpoint.made;
    if !made.left_out.is_empty() {
        ui.warn(format!(
            "The checkpoint does not hold {}: above checkpoint.max_untracked, or not readable.",
            listed(&made.left_out)
        ));
    }
    warn_nested(ui, checkpoint);
}

/// Says which submodules and nested repositories it did not enter.
pub(super) fn warn_nested(ui: &Ui, checkpoint: &Checkpoint) {
    let made = &checkpoint.made;
    if !made.nested.is_empty() {
        ui.warn(format!(
            "The checkpoint does not hold changes inside {}: submodules and nested repositories are not entered.",
            listed(&made.nested)
        ));
    }
}

/// `a, b and 3 more`, of paths as git has them.
pub(super) fn paths_in_short(paths: &[Vec<u8>]) -> String {
    let first = paths.iter().take(3);
    listed(&Named {
        paths: first.map(|path| quote_path(path).into_owned()).collect(),
        total: paths.len(),
    })
}

/// `a, b and 3 more`.
pub(super) fn listed(named: &Named) -> String {
    let shown: Vec<String> = named
        .paths
        .iter()
        .take(3)
        .map(|path| style::plain(path).to_string())
        .collect();
    let text = shown.join(", ");
    match named.total.saturating_sub(shown.len()) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// What is said about a checkpoint that was due.
pub(super) fn automatic(made: &Made) -> String {
    let name = handle(&made.session, ItemKind::Checkpoint, &made.checkpoint.item);
    let figures = figures(&made.checkpoint).map(|figures| format!(": {figures}"));
    let figures = figures.unwrap_or_default();
    match made.checkpoint.made.tdd {
        Some(phase) => format!("The phase {} has begun; saved {name}.", phase.name()),
        None => format!("Saved the checkpoint that was due, {name}{figures}."),
    }
}

/// What a command that ended too early was doing, and how to go on.
pub(super) fn interrupted(ui: &Ui, pending: &Pending) {
    match pending {
        Pending::Rewind { to, before, .. } => {
            ui.warn(format!(
                "A rewind to {to} was interrupted. To go on, or to go back:"
            ));
            ui.hint(format!("git session rewind {to}"));
            ui.hint(format!("git session rewind {before} --index"));
        }
    }
}
