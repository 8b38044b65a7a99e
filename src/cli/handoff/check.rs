//! `git session handoff --check`.

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::describe::plural;
use crate::domain::id::CommitId;
use crate::domain::session::Session;
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::handoff::{self, Checked, Differences};
use crate::ui::{Format, Ui, style};

#[derive(Serialize)]
struct CheckJson<'a> {
    session: &'a str,
    matches: bool,
    at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<&'a CommitId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<&'a CommitId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<DifferencesJson<'a>>,
}

#[derive(Serialize)]
struct DifferencesJson<'a> {
    rewritten: bool,
    commits: usize,
    newest: Vec<CommitJson<'a>>,
    paths: usize,
    first: Vec<PathJson<'a>>,
}

#[derive(Serialize)]
struct CommitJson<'a> {
    commit: &'a CommitId,
    subject: &'a str,
}

#[derive(Serialize)]
struct PathJson<'a> {
    status: char,
    path: &'a str,
}

/// Compares, and says what differs.
pub(super) fn run(ui: &Ui, ctx: &Ctx, session: &Session) -> Result<()> {
    let checked = handoff::check(ctx, session)?;
    match ui.format() {
        Format::Json => ui.json("git-session/handoff-check/v1", &json(session, &checked))?,
        Format::Text => ui.answer(&text(ui, &checked))?,
    }
    match checked.differences {
        None => Ok(()),
        Some(_) => Err(Fault::user("the tree is not what was handed over")
            .hint("git session handoff")
            .into()),
    }
}

/// `the handoff of 2026-11-20 09:30, at 1a2b3c4`
fn which(ui: &Ui, checked: &Checked) -> String {
    let at = checked
        .head
        .as_ref()
        .map(|head| format!(", at {}", style::handle(head.short())));
    format!(
        "the handoff of {}{}",
        ui.date(checked.at),
        at.unwrap_or_default()
    )
}

fn text(ui: &Ui, checked: &Checked) -> String {
    let which = which(ui, checked);
    let Some(found) = &checked.differences else {
        return format!("The tree is that of {which}");
    };
    let mut lines = vec![format!("The tree differs from {which}")];
    if found.rewritten {
        lines.push("  that commit is not in the history any more".to_owned());
    }
    if found.commits > 0 {
        lines.push(format!("  {} since", plural(found.commits, "commit")));
        for (id, subject) in &found.newest {
            lines.push(format!(
                "    {} {}",
                style::handle(id.short()),
                style::plain(subject)
            ));
        }
        lines.extend(more(found.commits, found.newest.len()));
    }
    if found.paths > 0 {
        let verb = if found.paths == 1 {
            "differs"
        } else {
            "differ"
        };
        lines.push(format!("  {} {verb}", plural(found.paths, "path")));
        for (letter, path) in &found.first {
            lines.push(format!("    {letter} {}", style::plain(path)));
        }
        lines.extend(more(found.paths, found.first.len()));
    }
    lines.join("\n")
}

/// How many are not shown.
fn more(all: usize, shown: usize) -> Option<String> {
    (all > shown).then(|| format!("    and {} more", all - shown))
}

fn json<'a>(session: &'a Session, checked: &'a Checked) -> CheckJson<'a> {
    let differences = checked.differences.as_ref();
    CheckJson {
        session: session.id.as_str(),
        matches: differences.is_none(),
        at: checked.at,
        head: checked.head.as_ref(),
        now: checked.now.as_ref(),
        differences: differences.map(differences_json),
    }
}

fn differences_json(found: &Differences) -> DifferencesJson<'_> {
    let newest = found.newest.iter();
    let first = found.first.iter();
    DifferencesJson {
        rewritten: found.rewritten,
        commits: found.commits,
        newest: newest
            .map(|(commit, subject)| CommitJson { commit, subject })
            .collect(),
        paths: found.paths,
        first: first
            .map(|(status, path)| PathJson {
                status: *status,
                path,
            })
            .collect(),
    }
}
