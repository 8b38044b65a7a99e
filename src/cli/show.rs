//! `git session show`: one session in full, or what is recorded of a commit.

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Place;
use super::show_session;
use crate::domain::body::Mark;
use crate::domain::describe::plural;
use crate::domain::escape;
use crate::domain::id::{BranchName, CommitId, SessionId};
use crate::domain::shell::quoted;
use crate::domain::time::format_duration;
use crate::error::{Fault, Kind};
use crate::git::Resolved;
use crate::ops::ctx::Ctx;
use crate::ops::recorded::{self, Record, Recorded, Source};
use crate::ops::sessions;
use crate::ui::{Format, Ui, style, text};

/// One session in full, or what is recorded of a commit
///
/// Of a commit: what the logs of this clone say, else the notes of all writers, else its own trailers.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// A session (its id, or how that begins or ends), a branch or a commit; the session of the current branch
    /// when left out
    #[arg(value_name = "SESSION|BRANCH|COMMIT")]
    what: Option<String>,
}

/// What is to be shown.
enum Subject {
    Session(SessionId),
    Commit(CommitId),
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open(ui)?;
    match subject(&ctx, args.what.as_deref())? {
        Subject::Session(id) => show_session::show(ui, &ctx, &id),
        Subject::Commit(id) => show_commit(ui, &ctx, &id),
    }
}

/// What a word means: a full session id, a branch, a revision, a part of a session id.
fn subject(ctx: &Ctx, word: Option<&str>) -> Result<Subject> {
    let Some(word) = word else {
        return Ok(Subject::Session(sessions::readable(ctx)?));
    };
    if let Ok(id) = SessionId::new(word)
        && (ctx.store.has(&id) || ctx.store.has_fetched(&id))
    {
        return Ok(Subject::Session(id));
    }
    if matches!(word, "HEAD" | "@") {
        let tip = ctx.repo.head()?.tip().cloned();
        let none = || Fault::user("there is no commit yet").hint("git session status");
        return Ok(Subject::Commit(tip.ok_or_else(none)?));
    }
    Ok(match ctx.repo.resolve(word)? {
        Resolved::Branch(branch) => {
            let none = || {
                Fault::user(format!("there is no session on {branch}"))
                    .hint(format!(
                        "git session show {}",
                        quoted(&format!("{branch}~0"))
                    ))
                    .hint("git session list --all")
            };
            Subject::Session(sessions::of_branch(ctx, &branch)?.ok_or_else(none)?)
        }
        Resolved::Tag(id) | Resolved::Commit(id) => Subject::Commit(id),
        Resolved::RemoteBranch(name) => {
            // git would make the branch from it, and other clones may have its session already
            let branch = BranchName::new(word).ok();
            let session = branch.map(|branch| sessions::of_branch(ctx, &branch));
            if let Some(id) = session.transpose()?.flatten() {
                return Ok(Subject::Session(id));
            }
            let tip = ctx.repo.ref_id(&format!("refs/remotes/{name}"))?;
            match tip {
                Some(tip) => Subject::Commit(tip),
                None => Subject::Session(sessions::named(ctx, word)?),
            }
        }
        Resolved::Ambiguous(_) | Resolved::Missing => {
            Subject::Session(sessions::named(ctx, word).map_err(|error| neither(word, error))?)
        }
    })
}

/// A word that means nothing at all; one that means several sessions keeps its own words.
fn neither(word: &str, error: anyhow::Error) -> anyhow::Error {
    if error.to_string().starts_with("there is no session") {
        let word = word.escape_debug();
        return Fault::user(format!("`{word}` is no session, no branch and no commit"))
            .hint("git session list --all")
            .into();
    }
    error
}

/// What is recorded of a commit.
fn show_commit(ui: &Ui, ctx: &Ctx, id: &CommitId) -> Result<()> {
    let recorded = recorded::of_commit(ctx, id)?;
    for record in &recorded.records {
        ui.detail(match &record.source {
            Source::Log(path) => format!("log      {}", path.display()),
            Source::Note(reference) => format!("note     {reference}"),
            Source::Trailers => format!("trailers of {}", id.short()),
        });
    }
    for (session, error) in &recorded.unreadable {
        ui.warn(format!("{session} is left out: {error}"));
    }
    if recorded.records.is_empty() {
        let kind = match recorded.unreadable.len() {
            0 => Kind::User,
            _ => Kind::Partial,
        };
        let text = format!("nothing is recorded of commit {}", id.short());
        return Err(Fault::new(kind, text)
            .hint(format!("git show {}", id.short()))
            .into());
    }
    match ui.format() {
        Format::Json => ui.json("git-session/show/v1", &CommitJson::new(&recorded))?,
        Format::Text => ui.screen(&commit_text(ui, &recorded))?,
    }
    match recorded.unreadable.len() {
        0 => Ok(()),
        count => {
            let what = plural(count, "session");
            Err(Fault::new(Kind::Partial, format!("{what} could not be read")).into())
        }
    }
}

/// The commit and what each session says of it.
fn commit_text(ui: &Ui, recorded: &Recorded) -> String {
    let commit = &recorded.commit;
    let message = String::from_utf8_lossy(&commit.message);
    let subject = message.lines().next().unwrap_or_default();
    let written = DateTime::from_timestamp(commit.author.seconds, 0).unwrap_or_default();
    let mut lines = vec![
        format!(
            "{} {}",
            style::handle(format!("commit {}", commit.id.short())),
            style::title(escape::terminal(subject))
        ),
        format!(
            "{}, {}",
            style::plain(commit.author.to_string()),
            ui.date(written)
        ),
    ];
    for record in &recorded.records {
        let branch = record.branch.as_deref();
        let on = branch.map_or_else(String::new, |branch| {
            format!(" on {}", style::title(branch))
        });
        lines.extend([
            String::new(),
            format!(
                "Session{on} {}",
                style::dim(format!("({})", record.session))
            ),
        ]);
        lines.extend(record_lines(ui, record, "  "));
    }
    lines.join("\n")
}

/// What one session says of a commit.
pub(super) fn record_lines(ui: &Ui, record: &Record, indent: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (mark, text) in &record.objectives {
        let mark = match mark {
            Some(Mark::Done) => style::good(ui.mark(text::Mark::Done)),
            Some(Mark::Current) => style::accent(ui.mark(text::Mark::Active)),
            Some(Mark::Next) => style::plain(ui.mark(text::Mark::Open)),
            None => style::plain("-"),
        };
        lines.push(format!("{indent}{mark} {}", style::plain(text)));
    }
    for (text, rationale) in &record.decisions {
        lines.push(format!("{indent}decided  {}", style::plain(text)));
        if let Some(rationale) = rationale {
            lines.push(format!("{indent}         {}", style::dim(rationale)));
        }
    }
    for text in &record.impact {
        lines.push(format!("{indent}{}", style::plain(text)));
    }
    if record.time > 0 {
        lines.push(format!("{indent}time {}", format_duration(record.time)));
    }
    if lines.is_empty() {
        lines.push(format!("{indent}{}", style::dim("nothing but the session")));
    }
    lines
}

#[derive(Serialize)]
struct CommitJson<'a> {
    commit: &'a str,
    author: String,
    records: Vec<RecordJson<'a>>,
}

impl<'a> CommitJson<'a> {
    fn new(recorded: &'a Recorded) -> Self {
        Self {
            commit: recorded.commit.id.as_str(),
            author: recorded.commit.author.to_string(),
            records: recorded.records.iter().map(RecordJson::new).collect(),
        }
    }
}

/// A record in JSON answers.
#[derive(Serialize)]
pub(super) struct RecordJson<'a> {
    source: &'static str,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    session: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<DateTime<Utc>>,
    objectives: Vec<ObjectiveJson<'a>>,
    decisions: Vec<DecisionJson<'a>>,
    impact: &'a [String],
    time_seconds: u64,
}

#[derive(Serialize)]
struct ObjectiveJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<Mark>,
    text: &'a str,
}

#[derive(Serialize)]
struct DecisionJson<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<&'a str>,
}

impl<'a> RecordJson<'a> {
    /// The record of a commit.
    pub(super) fn new(record: &'a Record) -> Self {
        let (source, reference) = match &record.source {
            Source::Log(_) => ("log", None),
            Source::Note(reference) => ("note", Some(reference.as_str())),
            Source::Trailers => ("trailers", None),
        };
        let objectives = record.objectives.iter();
        let decisions = record.decisions.iter();
        Self {
            source,
            reference,
            session: &record.session,
            branch: record.branch.as_deref(),
            at: record.at,
            objectives: objectives
                .map(|(mark, text)| ObjectiveJson { mark: *mark, text })
                .collect(),
            decisions: decisions
                .map(|(text, rationale)| DecisionJson {
                    text,
                    rationale: rationale.as_deref(),
                })
                .collect(),
            impact: &record.impact,
            time_seconds: record.time,
        }
    }
}
