//! What sessions say of the commits: which ones know them, by trailers and notes, else by dates, and what the log of
//! each says besides.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::deed::{Deed, deed};
use super::{Explained, Share, lookup};
use crate::domain::account::{self, Ruling, When};
use crate::domain::id::{CommitId, EventId, SessionId};
use crate::domain::note::{self, NoteLine};
use crate::domain::session::{Commit, State};
use crate::domain::trailers::{self, Encoding, Run};
use crate::git::CommitInfo;
use crate::ops::ctx::Ctx;
use crate::ops::notes;
use crate::ops::sessions::{self, Loaded};

/// A session as its log has it.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Its title.
    pub title: Option<String>,
    /// Where it stands.
    pub state: State,
    /// Who started it.
    pub by: String,
    /// When.
    pub started_at: DateTime<Utc>,
    /// When it ended, if it did.
    pub ended_at: Option<DateTime<Utc>>,
    /// The newest of its other commits.
    pub others: Vec<Other>,
    /// How many others there are.
    pub others_total: usize,
}

/// Another commit of the session.
#[derive(Clone, Debug)]
pub struct Other {
    /// The commit.
    pub commit: CommitId,
    /// Its subject.
    pub subject: String,
    /// When it was recorded.
    pub at: DateTime<Utc>,
}

/// What one session says.
#[derive(Clone, Debug)]
pub struct Account {
    /// The session.
    pub session: String,
    /// Its branch, where that is known.
    pub branch: Option<String>,
    /// What its log says; `None` when this clone does not have it.
    pub facts: Option<Facts>,
    /// Of each commit.
    pub deeds: Vec<Deed>,
    /// Other decisions that held at the newest of these commits.
    pub in_force: Vec<Ruling>,
    /// Lines of its commits.
    pub lines: u64,
}

/// How many other commits are kept.
const MOST_OTHERS: usize = 5;

/// What is known of a commit without a log.
#[derive(Default)]
pub(super) struct Evidence {
    pub(super) runs: Vec<Run>,
    pub(super) notes: Vec<(String, NoteLine)>,
    pub(super) logs: Vec<SessionId>,
}

/// A message as text.
pub(super) fn message(commit: &CommitInfo) -> String {
    let encoding = commit.encoding.as_deref().unwrap_or_default();
    match Encoding::from_name(encoding) {
        Encoding::Latin1 => commit.message.iter().copied().map(char::from).collect(),
        Encoding::Utf8 | Encoding::Ascii => String::from_utf8_lossy(&commit.message).into_owned(),
    }
}

/// Adds what sessions say of the commits. `paths`: what decisions in force are about.
pub(super) fn gather(ctx: &Ctx, explained: &mut Explained, paths: &[Vec<u8>]) -> Result<()> {
    let evidence = evidence(ctx, explained)?;
    let mut sessions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, found) in evidence.iter().enumerate() {
        let of_runs = found.runs.iter().map(|run| run.session_id().to_owned());
        let of_notes = found.notes.iter().map(|(_, line)| line.session.to_string());
        let of_logs = found.logs.iter().map(ToString::to_string);
        let ids: BTreeSet<String> = of_runs.chain(of_notes).chain(of_logs).collect();
        explained.commits[at].known = !ids.is_empty();
        for id in ids {
            sessions.entry(id).or_default().push(at);
        }
    }
    for (session, commits) in sessions {
        let loaded = load(ctx, &session, explained);
        let account = account(
            &session,
            &commits,
            &evidence,
            loaded.as_ref(),
            explained,
            paths,
        );
        explained.accounts.push(account);
    }
    let newest = |account: &Account| account.deeds.iter().map(|deed| deed.commit).min();
    explained
        .accounts
        .sort_by_key(|account| (std::cmp::Reverse(account.lines), newest(account)));
    Ok(())
}

/// The log of a session, when this clone has it.
fn load(ctx: &Ctx, session: &str, explained: &mut Explained) -> Option<Loaded> {
    let id = SessionId::new(session).ok()?;
    match sessions::load(ctx, &id) {
        Ok(loaded) => {
            if !loaded.torn.is_empty() {
                let torn = loaded.torn.len();
                explained.unseen.torn.push((id, torn));
            }
            Some(loaded)
        }
        // a session of somebody else
        Err(_) if !ctx.store.has(&id) && !ctx.store.has_fetched(&id) => None,
        Err(error) => {
            explained.unseen.logs.push((id, error));
            None
        }
    }
}

/// What messages and notes say of each commit; of those that they are silent about, which logs name them.
fn evidence(ctx: &Ctx, explained: &mut Explained) -> Result<Vec<Evidence>> {
    let mut found: Vec<Evidence> = explained
        .commits
        .iter()
        .map(|share| Evidence {
            runs: trailers::harvest(message(&share.commit).as_bytes()),
            ..Evidence::default()
        })
        .collect();
    let ids: Vec<&CommitId> = explained.commits.iter().map(|s| &s.commit.id).collect();
    let mut seen: BTreeSet<(usize, EventId)> = BTreeSet::new();
    for reference in notes::all_refs(ctx)? {
        match ctx.repo.read_notes(&reference, &ids) {
            Ok(notes) => {
                for (at, bytes) in notes {
                    for line in note::parse(&bytes) {
                        if seen.insert((at, line.id.clone())) {
                            found[at].notes.push((reference.clone(), line));
                        }
                    }
                }
            }
            Err(error) => explained.unseen.notes.push((reference, error)),
        }
    }
    let silent = found.iter().zip(&explained.commits);
    let silent = silent.filter(|(e, _)| e.runs.is_empty() && e.notes.is_empty());
    let silent: Vec<&CommitInfo> = silent.map(|(_, share)| &share.commit).collect();
    let mut logs = lookup::sessions_of(ctx, &silent)?;
    for (evidence, share) in found.iter_mut().zip(&explained.commits) {
        evidence.logs = logs.remove(&share.commit.id).unwrap_or_default();
    }
    Ok(found)
}

/// What one session says of its commits.
fn account(
    session: &str,
    commits: &[usize],
    evidence: &[Evidence],
    loaded: Option<&Loaded>,
    explained: &Explained,
    paths: &[Vec<u8>],
) -> Account {
    let shares = &explained.commits;
    let deeds: Vec<Deed> = commits
        .iter()
        .map(|at| deed(session, *at, &evidence[*at], loaded, &shares[*at]))
        .collect();
    let mut lines = commits.iter().flat_map(|at| &evidence[*at].notes);
    let noted = lines.find(|(_, line)| line.session.as_str() == session);
    let branch = match (loaded, noted) {
        (Some(loaded), _) => Some(loaded.session.branch.to_string()),
        (None, Some((_, line))) => Some(line.branch.to_string()),
        (None, None) => None,
    };
    Account {
        session: session.to_owned(),
        branch,
        facts: loaded.map(|loaded| facts(loaded, commits, shares)),
        in_force: loaded.map_or_else(Vec::new, |loaded| {
            let mut rulings = in_force(loaded, commits, shares, paths);
            let shown = deeds.iter().flat_map(|deed| &deed.decisions);
            rulings.retain(|ruling| !shown.clone().any(|other| other.handle == ruling.handle));
            rulings
        }),
        lines: commits.iter().map(|at| shares[*at].lines()).sum(),
        deeds,
    }
}

fn facts(loaded: &Loaded, commits: &[usize], shares: &[Share]) -> Facts {
    let session = &loaded.session;
    let shown = |commit: &&Commit| {
        commits
            .iter()
            .any(|at| commit.is_of(&shares[*at].commit.id))
    };
    let others: Vec<&Commit> = session.commits.iter().filter(|c| !shown(c)).collect();
    let other = |commit: &&Commit| Other {
        commit: commit.record.commit.clone(),
        subject: commit.record.subject.clone(),
        at: commit.at,
    };
    Facts {
        title: session.title.clone(),
        state: session.state,
        by: session.by.clone(),
        started_at: session.started_at,
        ended_at: session.ended_at,
        others_total: others.len(),
        others: others.iter().rev().take(MOST_OTHERS).map(other).collect(),
    }
}

/// The decisions that held at the newest of the commits.
fn in_force(
    loaded: &Loaded,
    commits: &[usize],
    shares: &[Share],
    paths: &[Vec<u8>],
) -> Vec<Ruling> {
    let session = &loaded.session;
    let made = |at: &&usize| shares[**at].commit.committer.seconds;
    let Some(newest) = commits.iter().max_by_key(made) else {
        return Vec::new();
    };
    let known = |at: &usize| {
        let mut commits = session.commits.iter();
        commits.find(|commit| commit.is_of(&shares[*at].commit.id))
    };
    let when = known(newest).map_or_else(
        || {
            let seconds = shares[*newest].commit.committer.seconds;
            When::Instant(DateTime::from_timestamp(seconds, 0).unwrap_or_default())
        },
        When::of,
    );
    account::in_force(session, &loaded.fold, when, paths)
}
