//! The tracked decision log: which decisions stand in it, in which words, and writing the file. The page
//! itself is filled in by the caller from a template.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::ctx::Ctx;
use super::every::every;
use super::setup::refuse_links;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::id::{CommitId, EventId, SessionId};
use crate::domain::markdown;
use crate::domain::session::{Decision, Session};
use crate::error::Fault;
use crate::sys::fs::{self, Sharing};

/// The file, from the top of the work tree.
pub const FILE: &str = ".session/decision-log.md";

/// How long git may take to say which commits are in HEAD's history.
const GIT_LIMIT: Duration = Duration::from_secs(60);

/// The most characters of a heading; the whole text then follows below.
const MOST_HEADING: usize = 100;

/// What the page is filled in with, and what is said about it.
#[derive(Debug, Default, Serialize)]
pub struct DecisionLog {
    /// By date, then id.
    pub decisions: Vec<Entry>,
    /// Sessions whose log says nothing.
    #[serde(skip)]
    pub unreadable: Vec<SessionId>,
    /// Decisions that were left out although they may belong here: their commits are not in this shallow
    /// clone.
    #[serde(skip)]
    pub out_of_sight: usize,
    /// The anchors of every decision that this clone knows.
    #[serde(skip)]
    known: BTreeSet<String>,
}

/// One decision, escaped for markdown.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The name that links lead to, the same for ever.
    pub anchor: String,
    /// The text, in short.
    pub title: String,
    /// `dec-k3f9`
    pub handle: String,
    /// `accepted` or `superseded by` with a link.
    pub status: String,
    /// Links to what it replaced.
    pub supersedes: Vec<String>,
    /// The day, UTC.
    pub date: String,
    /// The id of the session.
    pub session: String,
    /// The situation.
    pub context: Option<String>,
    /// The whole text where the title is not all of it.
    pub decision: Option<String>,
    /// Why.
    pub rationale: Option<String>,
    /// The ways not taken.
    pub alternatives: Vec<String>,
    /// What follows.
    pub consequences: Vec<String>,
    /// Paths, in code spans.
    pub scope: Option<String>,
}

/// What became of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was made.
    Created,
    /// It was rewritten.
    Updated,
    /// It said that already.
    Unchanged,
    /// There is no decision and no file.
    Nothing,
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// What became of the file.
    pub outcome: Outcome,
    /// The old file had conflict markers.
    pub conflict: bool,
    /// Sections of the old file about decisions that this clone does not know; they are gone from it.
    pub unknown: usize,
}

/// The decisions whose session has a commit in HEAD's history. Private ones never.
pub fn gather(ctx: &Ctx) -> Result<DecisionLog> {
    let all = every(ctx)?;
    let mut log = DecisionLog {
        unreadable: all.unreadable,
        ..DecisionLog::default()
    };
    let mut sessions = all.sessions;
    for session in &mut sessions {
        let anchors = session.decisions.iter().map(|d| anchor(&d.item.id));
        log.known.extend(anchors);
        session.decisions.retain(|d| !d.item.private);
    }
    sessions.retain(|session| !session.decisions.is_empty());
    let reached = in_history(ctx, sessions.iter().flat_map(commits))?;
    let shallow = ctx.repo.common_dir().join("shallow").exists();
    let mut entries = Vec::new();
    for session in &sessions {
        if commits(session).any(|commit| reached.contains(commit)) {
            let decisions = session.decisions.iter();
            entries.extend(decisions.map(|d| ((d.item.at, &d.item.id), entry(session, d))));
        } else if shallow && commits(session).any(|commit| !ctx.repo.has_commit(commit)) {
            log.out_of_sight += session.decisions.len();
        }
    }
    entries.sort_by_key(|(order, _)| *order);
    log.decisions = entries.into_iter().map(|(_, entry)| entry).collect();
    Ok(log)
}

/// The commits of a session.
fn commits(session: &Session) -> impl Iterator<Item = &CommitId> {
    session.commits.iter().map(|commit| &commit.record.commit)
}

/// Which of these commits are HEAD or reached from it, or will be when git goes on. One run of git, which walks no further back than the
/// oldest of them.
fn in_history<'a>(
    ctx: &Ctx,
    commits: impl Iterator<Item = &'a CommitId>,
) -> Result<BTreeSet<CommitId>> {
    let head = ctx.repo.head()?;
    let mut reached: BTreeSet<CommitId> = commits
        .filter(|commit| ctx.repo.has_commit(commit))
        .cloned()
        .collect();
    let tips: Vec<CommitId> = head.tip().cloned().into_iter().chain(coming(ctx)).collect();
    if tips.is_empty() || reached.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut input = String::new();
    for tip in tips {
        let _ = writeln!(input, "^{tip}");
    }
    for commit in &reached {
        input.push_str(commit.as_str());
        input.push('\n');
    }
    let git = ctx.repo.git().args(["rev-list", "--stdin"]);
    let elsewhere = git.stdin(input).within(GIT_LIMIT).checked()?.text();
    for line in elsewhere.lines() {
        if let Ok(commit) = CommitId::new(line) {
            reached.remove(&commit);
        }
    }
    Ok(reached)
}

/// What is about to become part of HEAD's history, where git has stopped: the other side of a merge, the branch
/// that is rebased, the commit that is picked.
fn coming(ctx: &Ctx) -> impl Iterator<Item = CommitId> {
    const PLACES: [&str; 4] = [
        "MERGE_HEAD",
        "CHERRY_PICK_HEAD",
        "rebase-merge/orig-head",
        "rebase-apply/orig-head",
    ];
    let texts = PLACES.iter().filter_map(|place| {
        let bytes = fs::read(&ctx.repo.git_dir().join(place)).ok()??;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    });
    let ids = texts.flat_map(|text| text.lines().map(CommitId::new).collect::<Vec<_>>());
    let ids: Vec<CommitId> = ids.flatten().collect();
    ids.into_iter().filter(|id| ctx.repo.has_commit(id))
}

/// The name that links to a decision lead to.
fn anchor(id: &EventId) -> String {
    format!("dec-{}", id.as_str().to_ascii_lowercase())
}

/// A link to a decision of the same session.
fn link(session: &Session, decision: &Decision) -> String {
    let name = handle(session, ItemKind::Decision, &decision.item);
    format!("[{name}](#{})", anchor(&decision.item.id))
}

/// One decision in the words of the page.
fn entry(session: &Session, decision: &Decision) -> Entry {
    let text = &decision.item.text;
    let (title, whole) = title(text);
    let by = decision.superseded_by.as_ref();
    let later = by.and_then(|id| session.decisions.iter().find(|d| d.item.id == *id));
    let status = match (by, later) {
        (None, _) => "accepted".to_owned(),
        (Some(_), None) => "superseded".to_owned(),
        (Some(_), Some(later)) => format!("superseded by {}", link(session, later)),
    };
    let earlier = session.decisions.iter();
    let earlier = earlier.filter(|d| d.superseded_by.as_ref() == Some(&decision.item.id));
    let said = |text: &Option<String>| {
        let text = text.as_deref().map(markdown::paragraphs);
        text.filter(|text| !text.is_empty())
    };
    let alternatives = decision.alternatives.iter();
    let alternatives = alternatives.map(|way| match &way.why_not {
        Some(why) => markdown::line(&format!("{}: {why}", way.option)),
        None => markdown::line(&way.option),
    });
    let consequences = decision.consequences.iter();
    let scope: Vec<String> = decision.scope.iter().map(|g| markdown::code(g)).collect();
    Entry {
        anchor: anchor(&decision.item.id),
        title: markdown::heading(&title),
        handle: handle(session, ItemKind::Decision, &decision.item),
        status,
        supersedes: earlier.map(|old| link(session, old)).collect(),
        date: decision.item.at.format("%Y-%m-%d").to_string(),
        session: session.id.to_string(),
        context: said(&decision.context),
        decision: (!whole).then(|| markdown::paragraphs(text)),
        rationale: said(&decision.rationale),
        alternatives: alternatives.collect(),
        consequences: consequences.map(|text| markdown::line(text)).collect(),
        scope: (!scope.is_empty()).then(|| scope.join(", ")),
    }
}

/// The start of a text for a heading, and whether that is all of it.
fn title(text: &str) -> (String, bool) {
    let mut lines = text.trim().lines();
    let first = lines.next().unwrap_or_default();
    if first.chars().count() <= MOST_HEADING {
        return (first.to_owned(), lines.next().is_none());
    }
    let cut: String = first.chars().take(MOST_HEADING).collect();
    let words = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(words, _)| words);
    (format!("{words} ..."), false)
}

/// The directory of the repository's own templates.
///
/// # Errors
/// A symbolic link on the way there is refused.
pub fn templates(ctx: &Ctx) -> Result<Option<PathBuf>> {
    let Some(top) = ctx.repo.work_tree() else {
        return Ok(None);
    };
    let directory = top.join(".session");
    refuse_links(&directory)?;
    Ok(Some(directory.join("templates")))
}

/// The page as it stands in the work tree, when git tracks it.
pub fn tracked(ctx: &Ctx) -> Result<Option<String>> {
    let Some(top) = ctx.repo.work_tree() else {
        return Ok(None);
    };
    let path = top.join(FILE);
    refuse_links(path.parent().unwrap_or(top))?;
    refuse_links(&path)?;
    let Some(bytes) = fs::read(&path)? else {
        return Ok(None);
    };
    let listed = ctx.repo.git().args(["ls-files", "--", FILE]).checked()?;
    let text = || String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
    Ok((!listed.stdout.is_empty()).then(text))
}

/// Writes the page into the work tree, if it says something new. The directory and the file must not be
/// symbolic links; what stood in the file before does not matter, conflict markers neither.
pub fn write(ctx: &Ctx, log: &DecisionLog, page: &str) -> Result<Written> {
    let top = ctx.repo.work_tree().ok_or_else(|| {
        Fault::user("a bare repository has no work tree to write the decision log into")
            .hint("git session decisions publish --dry-run")
    })?;
    let path = top.join(FILE);
    let directory = path.parent().unwrap_or(top);
    refuse_links(directory)?;
    refuse_links(&path)?;
    let old = fs::read(&path)?.map(|bytes| String::from_utf8_lossy(&bytes).replace("\r\n", "\n"));
    let outcome = match &old {
        None if log.decisions.is_empty() => Outcome::Nothing,
        None => Outcome::Created,
        Some(old) if old == page => Outcome::Unchanged,
        Some(_) => Outcome::Updated,
    };
    if matches!(outcome, Outcome::Created | Outcome::Updated) {
        fs::create_dir(directory, Sharing::Umask)?;
        fs::write_atomic(&path, page.as_bytes(), Sharing::Umask)?;
    }
    let old = old.unwrap_or_default();
    Ok(Written {
        outcome,
        conflict: has_conflict(&old),
        unknown: anchors(&old).filter(|a| !log.known.contains(*a)).count(),
    })
}

/// Whether git left a conflict in the text.
fn has_conflict(text: &str) -> bool {
    let has = |mark: &str| text.lines().any(|line| line.starts_with(mark));
    has("<<<<<<<") && has(">>>>>>>")
}

/// The anchors of a page.
fn anchors(page: &str) -> impl Iterator<Item = &str> {
    page.lines()
        .filter_map(|line| line.strip_prefix("<a id=\"")?.strip_suffix("\"></a>"))
        .filter(|anchor| anchor.starts_with("dec-"))
}
