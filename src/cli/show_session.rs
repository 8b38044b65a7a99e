//! One session in full, for `git session show`.

use std::collections::{HashMap, HashSet};

use anyhow::Result;

use super::links::Links;
use super::show::record_lines;
use super::show_json::SessionJson;
use crate::domain::body::Base;
use crate::domain::handle::{ItemKind, handle, names};
use crate::domain::id::{CommitId, SessionId};
use crate::domain::session::{Blocker, Commit, Decision, Item, Learning, Session};
use crate::domain::time::format_duration;
use crate::ops::ctx::Ctx;
use crate::ops::recorded::{self, Record};
use crate::ops::{history, metrics, sessions, status};
use crate::ui::{Format, Ui, style};

/// Shows a session.
pub(super) fn show(ui: &Ui, ctx: &Ctx, id: &SessionId) -> Result<()> {
    let mut loaded = sessions::load(ctx, id)?;
    metrics::mark_stale(ctx, &mut loaded.session);
    super::status::sources(ui, ctx, &loaded);
    let session = loaded.session;
    let path = ctx.store.log(id).path().to_owned();
    let record = |commit| recorded::of_log(&session, commit, path.clone());
    let records: Vec<Record> = session.commits.iter().map(record).collect();
    match ui.format() {
        Format::Json => ui.json(
            "git-session/show/v1",
            &SessionJson::new(ui, ctx, &session, &records),
        ),
        Format::Text => {
            let live = live(ctx, &session)?;
            ui.screen(&screen(ui, ctx, &session, &records, live.as_ref()))
        }
    }
}

/// What the branch has of the commits.
struct Live<'a> {
    /// The subjects of those that it leads to, as they are now.
    subjects: HashMap<&'a CommitId, String>,
    /// Those that other clones have and that have not come yet.
    awaited: HashSet<CommitId>,
}

/// What the branch of a session has of its commits; `None` without the branch.
fn live<'a>(ctx: &Ctx, session: &'a Session) -> Result<Option<Live<'a>>> {
    let Some(tip) = ctx.repo.branch_tip(&session.branch)? else {
        return Ok(None);
    };
    let commits = status::commits_at(ctx, session, &tip, usize::MAX)?.newest;
    let subject = |(commit, subject): (&'a Commit, String)| (&commit.record.commit, subject);
    Ok(Some(Live {
        subjects: commits.into_iter().map(subject).collect(),
        awaited: history::not_here_yet(ctx, session, Some(&tip))?,
    }))
}

/// The whole text.
fn screen(
    ui: &Ui,
    ctx: &Ctx,
    session: &Session,
    records: &[Record],
    live: Option<&Live<'_>>,
) -> String {
    let mut lines = vec![super::status::head(ctx, session)];
    lines.push(style::dim(origin(ui, session)).to_string());
    let mut section = |title: String, body: Vec<String>| {
        if !body.is_empty() {
            lines.extend([String::new(), style::title(title).to_string()]);
            lines.extend(body.into_iter().map(|line| format!("  {line}")));
        }
    };
    let issues = Links::of(ui, ctx, session);
    let (done, total) = session.progress();
    let objectives = session.objectives.iter();
    section(
        format!("Objectives ({done} of {total} done)"),
        objectives
            .map(|o| super::objectives::line_with(ui, session, o, &issues))
            .collect(),
    );
    let blockers = session.blockers.iter();
    section(
        "Blockers".to_owned(),
        blockers
            .flat_map(|b| blocker(ctx, session, b, &issues))
            .collect(),
    );
    let decisions = session.decisions.iter();
    section(
        "Decisions".to_owned(),
        decisions.flat_map(|d| decision(session, d)).collect(),
    );
    let learnings = session.learnings.iter();
    section(
        "Learnings".to_owned(),
        learnings.flat_map(|l| learning(session, l)).collect(),
    );
    let notes = session.notes.iter();
    section(
        "Notes".to_owned(),
        notes.flat_map(|note| note_lines(session, note)).collect(),
    );
    section(
        super::tdd_view::TITLE.to_owned(),
        super::tdd_view::lines(ui, ctx, session),
    );
    let quality = super::metrics::quality(ctx, session);
    section("Quality".to_owned(), quality);
    let commits = session.commits.iter().zip(records).rev();
    section(
        format!("Commits ({})", session.commits.len()),
        commits
            .flat_map(|(commit, record)| commit_lines(ui, commit, record, live))
            .collect(),
    );
    section("Active time".to_owned(), times(session));
    lines.join("\n")
}

/// Who started it, when, where.
fn origin(ui: &Ui, session: &Session) -> String {
    let Base { branch, commit } = &session.base;
    let at = commit.as_ref().map(CommitId::short);
    let cut = match (branch, at) {
        (Some(branch), Some(at)) => format!(", cut from {branch} at {at}"),
        (None, Some(at)) => format!(", at {at}"),
        _ => String::new(),
    };
    let ended = session
        .ended_at
        .map_or_else(String::new, |ended| format!(", ended {}", ui.date(ended)));
    format!(
        "{}, started {}{cut}{ended}",
        session.by,
        ui.date(session.started_at)
    )
}

const fn private(private: bool) -> &'static str {
    if private { " (private)" } else { "" }
}

/// A blocker with the time that it was, or is, in the way.
fn blocker(ctx: &Ctx, session: &Session, blocker: &Blocker, issues: &Links) -> Vec<String> {
    let item = &blocker.item;
    let until = blocker.resolved_at.unwrap_or_else(|| ctx.now());
    let seconds = until.signed_duration_since(item.at).num_seconds();
    let time = format_duration(u64::try_from(seconds).unwrap_or(0));
    let (mark, what) = match blocker.resolved_at {
        Some(_) => (style::good("-"), format!("blocked {time}, resolved")),
        None => (style::bad("!"), format!("blocked for {time}")),
    };
    let name = names(session, ItemKind::Blocker, item);
    let link = issues.behind(blocker.link.as_deref());
    let mut lines = vec![format!(
        "{mark} {}{link} {}{}",
        issues.text(&item.text, |text| style::plain(text)),
        style::dim(format!("({name}, {what})")),
        private(item.private)
    )];
    lines.extend(part("resolution", blocker.resolution.as_deref()));
    lines
}

/// A line below an item.
fn part(name: &str, text: Option<&str>) -> Option<String> {
    text.map(|text| {
        format!(
            "    {} {}",
            style::dim(format!("{name}:")),
            style::plain(text)
        )
    })
}

fn decision(session: &Session, decision: &Decision) -> Vec<String> {
    let item = &decision.item;
    let replaced = decision.superseded_by.as_ref().map(|by| {
        let mut all = session.decisions.iter();
        let newer = all.find(|other| other.item.id == *by);
        newer.map_or_else(
            || ", replaced".to_owned(),
            |newer| {
                let name = handle(session, ItemKind::Decision, &newer.item);
                format!(", replaced by {name}")
            },
        )
    });
    let text = match replaced {
        None => style::plain(&item.text),
        Some(_) => style::dim(&item.text),
    };
    let name = names(session, ItemKind::Decision, item);
    let mut lines = vec![format!(
        "{text} {}{}",
        style::dim(format!("({name}{})", replaced.unwrap_or_default())),
        private(item.private)
    )];
    lines.extend(part("rationale", decision.rationale.as_deref()));
    lines.extend(part("context", decision.context.as_deref()));
    for alternative in &decision.alternatives {
        let why = alternative.why_not.as_deref();
        let why = why.map_or_else(String::new, |why| format!(", because {why}"));
        lines.extend(part("not", Some(&format!("{}{why}", alternative.option))));
    }
    for consequence in &decision.consequences {
        lines.extend(part("consequence", Some(consequence)));
    }
    if !decision.scope.is_empty() {
        lines.extend(part("scope", Some(&decision.scope.join(", "))));
    }
    lines
}

fn learning(session: &Session, learning: &Learning) -> Vec<String> {
    let item = &learning.item;
    let name = names(session, ItemKind::Learning, item);
    let dropped = if learning.dropped { ", dropped" } else { "" };
    let text = if learning.dropped {
        style::dim(&item.text)
    } else {
        style::plain(&item.text)
    };
    let mut lines = vec![format!(
        "{text} {}{}",
        style::dim(format!("({name}, {}{dropped})", learning.key)),
        private(item.private)
    )];
    if !learning.scope.is_empty() {
        lines.extend(part("scope", Some(&learning.scope.join(", "))));
    }
    lines
}

/// A commit and what was recorded of it.
fn commit_lines(ui: &Ui, commit: &Commit, record: &Record, live: Option<&Live<'_>>) -> Vec<String> {
    let id = &commit.record.commit;
    let now = live.and_then(|live| live.subjects.get(id));
    let gone = match live {
        Some(live) if live.awaited.contains(id) => ", not here yet",
        Some(_) if now.is_none() => ", not on the branch any more",
        _ => "",
    };
    let mut lines = vec![format!(
        "{} {} {}",
        style::handle(id.short()),
        style::plain(now.unwrap_or(&commit.record.subject)),
        style::dim(format!("{}{gone}", ui.date(commit.at)))
    )];
    lines.extend(record_lines(ui, record, "    "));
    lines
}

/// A note with its own line breaks; its name stands behind the first line.
fn note_lines(session: &Session, note: &Item) -> Vec<String> {
    let mut lines = note.text.lines();
    let first = lines.next().unwrap_or_default();
    let name = names(session, ItemKind::Note, note);
    let private = private(note.private);
    let first = format!(
        "{} {}{private}",
        style::plain(first),
        style::dim(format!("({name})"))
    );
    let rest = lines.map(|line| format!("  {}", style::plain(line)));
    std::iter::once(first).chain(rest).collect()
}

/// The time of each work tree; nothing when there is but the main one.
fn times(session: &Session) -> Vec<String> {
    if session.clocks.keys().all(String::is_empty) {
        return Vec::new();
    }
    let clock = |(name, clock): (&String, &crate::domain::time::ActiveClock)| {
        let name = match name.as_str() {
            "" => "main work tree",
            name => name,
        };
        format!("{} {}", format_duration(clock.total()), style::plain(name))
    };
    session.clocks.iter().map(clock).collect()
}
