//! The answer of `explain` as JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::account::{Aim, Move, Ruling, Solved, Successor, Way};
use crate::domain::body::Mark;
use crate::domain::id::SessionId;
use crate::domain::path_text::quote_path;
use crate::domain::session::ObjectiveState;
use crate::git::Span;
use crate::ops::explain::{
    Account, Deed, Explained, Facts, Lineless, Other, Share, Source, Subject,
};

/// An explanation.
#[derive(Serialize)]
pub(super) struct ExplainJson<'a> {
    /// `commit`, `lines` or `path`.
    of: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<SpanJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    text_cut: bool,
    commits: Vec<ShareJson<'a>>,
    uncommitted: Vec<SpanJson>,
    sessions: Vec<AccountJson<'a>>,
    commits_left_out: usize,
    unseen: UnseenJson<'a>,
}

#[derive(Serialize)]
struct SpanJson {
    first: u64,
    last: u64,
}

#[derive(Serialize)]
struct ShareJson<'a> {
    commit: &'a str,
    subject: &'a str,
    author: String,
    at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<SpanJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    in_session: bool,
    history_ends: bool,
    picked_from: Vec<&'a str>,
}

#[derive(Serialize)]
struct AccountJson<'a> {
    session: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime<Utc>>,
    /// This clone has the log of the session.
    has_log: bool,
    lines: u64,
    commits: Vec<DeedJson<'a>>,
    in_force: Vec<RulingJson<'a>>,
    other_commits: Vec<OtherJson<'a>>,
    other_commits_total: usize,
}

#[derive(Serialize)]
struct DeedJson<'a> {
    commit: &'a str,
    sources: Vec<SourceJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<DateTime<Utc>>,
    objectives: Vec<AimJson<'a>>,
    decisions: Vec<RulingJson<'a>>,
    blockers_resolved: Vec<SolvedJson<'a>>,
    impact: &'a [String],
    time_seconds: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    merged: Vec<&'a str>,
    moves: Vec<MoveJson<'a>>,
}

#[derive(Serialize)]
struct SourceJson<'a> {
    source: &'static str,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    squashed: Option<usize>,
}

#[derive(Serialize)]
struct AimJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    handle: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<Mark>,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    private: bool,
}

#[derive(Serialize)]
struct RulingJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    handle: Option<&'a str>,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<&'a str>,
    scope: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<SuccessorJson<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    private: bool,
}

#[derive(Serialize)]
struct SuccessorJson<'a> {
    handle: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    private: bool,
}

#[derive(Serialize)]
struct SolvedJson<'a> {
    handle: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    private: bool,
}

#[derive(Serialize)]
struct MoveJson<'a> {
    way: &'static str,
    how: &'a str,
    commit: &'a str,
}

#[derive(Serialize)]
struct OtherJson<'a> {
    commit: &'a str,
    subject: &'a str,
    at: DateTime<Utc>,
}

#[derive(Serialize)]
struct UnseenJson<'a> {
    shallow: bool,
    partial: bool,
    logs: Vec<&'a str>,
    notes: Vec<&'a str>,
}

impl<'a> ExplainJson<'a> {
    /// The explanation.
    pub(super) fn new(explained: &'a Explained) -> Self {
        let (of, path, why, asked, text) = match &explained.subject {
            Subject::Commit => ("commit", None, None, None, None),
            Subject::Lines {
                path, asked, text, ..
            } => ("lines", Some(path), None, *asked, text.as_deref()),
            Subject::Path { path, why, .. } => ("path", Some(path), Some(word(*why)), None, None),
        };
        let unseen = &explained.unseen;
        Self {
            of,
            path: path.map(|path| quote_path(path).into_owned()),
            why,
            lines: asked.map(SpanJson::new),
            text,
            text_cut: matches!(explained.subject, Subject::Lines { cut: true, .. }),
            commits: explained.commits.iter().map(ShareJson::new).collect(),
            uncommitted: spans(&explained.uncommitted),
            sessions: explained
                .accounts
                .iter()
                .map(|account| AccountJson::new(explained, account))
                .collect(),
            commits_left_out: explained.left_out.0,
            unseen: UnseenJson {
                shallow: unseen.shallow,
                partial: unseen.partial,
                logs: unseen.logs.iter().map(|(id, _)| id.as_str()).collect(),
                notes: unseen.notes.iter().map(|(name, _)| name.as_str()).collect(),
            },
        }
    }
}

const fn word(why: Lineless) -> &'static str {
    match why {
        Lineless::Deleted => "deleted",
        Lineless::Binary => "binary",
        Lineless::Empty => "empty",
        Lineless::Submodule => "submodule",
        Lineless::Directory => "directory",
        Lineless::Partial => "partial",
    }
}

impl SpanJson {
    const fn new(Span { first, last }: Span) -> Self {
        Self { first, last }
    }
}

fn spans(all: &[Span]) -> Vec<SpanJson> {
    all.iter().map(|span| SpanJson::new(*span)).collect()
}

impl<'a> ShareJson<'a> {
    fn new(share: &'a Share) -> Self {
        let commit = &share.commit;
        let path = share.path.as_ref();
        Self {
            commit: commit.id.as_str(),
            subject: &share.subject,
            author: commit.author.to_string(),
            at: DateTime::from_timestamp(commit.author.seconds, 0).unwrap_or_default(),
            lines: spans(&share.spans),
            path: path.map(|path| quote_path(path).into_owned()),
            in_session: share.known,
            history_ends: share.border,
            picked_from: share.picked.iter().map(|m| m.other.as_str()).collect(),
        }
    }
}

impl<'a> AccountJson<'a> {
    fn new(explained: &'a Explained, account: &'a Account) -> Self {
        let facts = account.facts.as_ref();
        let others = |facts: &'a Facts| facts.others.iter().map(OtherJson::new).collect();
        Self {
            session: &account.session,
            branch: account.branch.as_deref(),
            title: facts.and_then(|facts| facts.title.as_deref()),
            state: facts.map(|facts| facts.state.name()),
            by: facts.map(|facts| facts.by.as_str()),
            started_at: facts.map(|facts| facts.started_at),
            ended_at: facts.and_then(|facts| facts.ended_at),
            has_log: facts.is_some(),
            lines: account.lines,
            commits: account
                .deeds
                .iter()
                .map(|deed| DeedJson::new(explained, deed))
                .collect(),
            in_force: account.in_force.iter().map(RulingJson::new).collect(),
            other_commits: facts.map_or_else(Vec::new, others),
            other_commits_total: facts.map_or(0, |facts| facts.others_total),
        }
    }
}

impl<'a> DeedJson<'a> {
    fn new(explained: &'a Explained, deed: &'a Deed) -> Self {
        Self {
            commit: explained.commits[deed.commit].commit.id.as_str(),
            sources: deed.sources.iter().map(SourceJson::new).collect(),
            at: deed.at,
            objectives: deed.aims.iter().map(AimJson::new).collect(),
            decisions: deed.decisions.iter().map(RulingJson::new).collect(),
            blockers_resolved: deed.solved.iter().map(SolvedJson::new).collect(),
            impact: &deed.impact,
            time_seconds: deed.time,
            merged: deed.merged.iter().map(SessionId::as_str).collect(),
            moves: deed.moves.iter().map(MoveJson::new).collect(),
        }
    }
}

impl<'a> SourceJson<'a> {
    fn new(source: &'a Source) -> Self {
        let (source, reference, squashed) = match source {
            Source::Log => ("log", None, None),
            Source::Fetched => ("fetched", None, None),
            Source::Note(reference) => ("note", Some(reference.as_str()), None),
            Source::Trailers(1) => ("trailers", None, None),
            Source::Trailers(runs) => ("trailers", None, Some(*runs)),
        };
        Self {
            source,
            reference,
            squashed,
        }
    }
}

impl<'a> AimJson<'a> {
    fn new(aim: &'a Aim) -> Self {
        Self {
            handle: aim.handle.as_deref(),
            mark: aim.mark,
            text: &aim.text,
            state: aim.state.map(ObjectiveState::name),
            private: aim.private,
        }
    }
}

impl<'a> RulingJson<'a> {
    fn new(ruling: &'a Ruling) -> Self {
        let next = |next: &'a Successor| SuccessorJson {
            handle: &next.handle,
            text: next.text.as_deref(),
            at: next.at,
            private: next.private,
        };
        Self {
            handle: ruling.handle.as_deref(),
            text: &ruling.text,
            rationale: ruling.rationale.as_deref(),
            scope: &ruling.scope,
            at: ruling.at,
            by: ruling.by.as_deref(),
            superseded_by: ruling.superseded.as_ref().map(next),
            private: ruling.private,
        }
    }
}

impl<'a> SolvedJson<'a> {
    fn new(solved: &'a Solved) -> Self {
        Self {
            handle: &solved.handle,
            text: &solved.text,
            resolution: solved.resolution.as_deref(),
            private: solved.private,
        }
    }
}

impl<'a> MoveJson<'a> {
    fn new(moved: &'a Move) -> Self {
        Self {
            way: match moved.way {
                Way::From => "from",
                Way::Into => "into",
            },
            how: &moved.how,
            commit: &moved.other,
        }
    }
}

impl<'a> OtherJson<'a> {
    fn new(other: &'a Other) -> Self {
        Self {
            commit: other.commit.as_str(),
            subject: &other.subject,
            at: other.at,
        }
    }
}
