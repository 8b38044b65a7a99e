//! Which sessions a list shows: those of this clone, and when all are wanted those that other clones shared. The index says which ones there are; only the logs of those shown are read.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use chrono::TimeDelta;

use super::ctx::Ctx;
use super::sessions::{self, Loaded};
use crate::domain::glob::glob_matches;
use crate::domain::id::{BranchName, SessionId};
use crate::domain::session::{Session, State};
use crate::store::Known;

/// How many sessions are shown unless somebody says otherwise.
const USUAL_COUNT: usize = 20;
/// For how many days a session that is not open is shown.
const RECENT_DAYS: i64 = 30;

/// What is to be listed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// Every session, however old.
    pub all: bool,
    /// Only those of branches that match this glob.
    pub branch: Option<&'a str>,
    /// At most so many.
    pub count: Option<usize>,
}

/// One session of a list.
#[derive(Debug)]
pub struct Row {
    /// The session.
    pub session: Session,
    /// Its branch: as git config maps it, else as it was last seen.
    pub branch: BranchName,
    /// It is the session of this work tree.
    pub current: bool,
    /// There is no such branch any more.
    pub gone: bool,
    /// It is known from other clones alone: who worked on it last.
    pub elsewhere: Option<String>,
    /// Lines of its log that were skipped.
    pub torn: usize,
}

/// A list.
#[derive(Debug, Default)]
pub struct Listing {
    /// By last activity, newest first.
    pub rows: Vec<Row>,
    /// Sessions whose log cannot be read, and why.
    pub unreadable: Vec<(SessionId, anyhow::Error)>,
    /// How many more there are.
    pub more: usize,
    /// How many sessions of other clones are open and not shown.
    pub elsewhere: usize,
    /// How many sessions are known from other clones alone, shown or not.
    pub others: usize,
}

/// A session that may be listed, as the index and git config know it.
struct Candidate {
    id: SessionId,
    elsewhere: Option<String>,
    branch: Option<BranchName>,
    open: bool,
    recent: bool,
}

/// Lists sessions: open ones first when there are too many.
pub fn list(ctx: &Ctx, wanted: Wanted<'_>) -> Result<Listing> {
    let mapped = mapped(ctx)?;
    let mut candidates = candidates(ctx, &mapped, wanted.all)?;
    let others = elsewhere(ctx);
    let all_others = others.len();
    let hidden = if wanted.all {
        0
    } else {
        others.iter().filter(|other| other.open).count()
    };
    if wanted.all {
        candidates.extend(others);
    }
    if let Some(glob) = wanted.branch {
        candidates.retain(|candidate| {
            let branch = candidate.branch.as_ref();
            branch.is_some_and(|branch| glob_matches(glob, branch.as_str()))
        });
    }
    let found = candidates.len();
    candidates.retain(|candidate| wanted.all || candidate.open || candidate.recent);
    candidates.sort_by_key(|candidate| !candidate.open);
    let usual = if wanted.all { usize::MAX } else { USUAL_COUNT };
    candidates.truncate(wanted.count.unwrap_or(usual));
    let mut listing = Listing {
        more: found - candidates.len(),
        elsewhere: hidden,
        others: all_others,
        ..Listing::default()
    };
    let head = sessions::current_branch(ctx)?;
    let here = head.as_ref().map(|branch| sessions::mapped(ctx, branch));
    let here = here.transpose()?.flatten();
    for candidate in candidates {
        let id = candidate.id;
        match sessions::load(ctx, &id) {
            Err(error) => listing.unreadable.push((id, error)),
            Ok(Loaded { session, torn, .. }) => {
                let branch = mapped.get(&id).unwrap_or(&session.branch).clone();
                let gone = candidate.elsewhere.is_none()
                    && head.as_ref() != Some(&branch)
                    && ctx.repo.branch_tip(&branch)?.is_none();
                listing.rows.push(Row {
                    current: here.as_ref() == Some(&id),
                    torn: torn.len(),
                    gone,
                    elsewhere: candidate.elsewhere,
                    branch,
                    session,
                });
            }
        }
    }
    listing
        .rows
        .sort_by_key(|row| std::cmp::Reverse(row.session.last_at));
    Ok(listing)
}

/// The branch of each mapped session.
fn mapped(ctx: &Ctx) -> Result<HashMap<SessionId, BranchName>> {
    let branches = ctx.repo.config()?.mapped_branches();
    Ok(branches
        .into_iter()
        .map(|(branch, id)| (id, branch))
        .collect())
}

/// The sessions that only other clones have.
fn elsewhere(ctx: &Ctx) -> Vec<Candidate> {
    let known = ctx.store.known().into_iter();
    let others =
        known.filter(|known| known.state != State::Deleted && !ctx.store.has(&known.session));
    let candidate = |known: Known| Candidate {
        id: known.session,
        elsewhere: Some(known.by),
        branch: Some(known.branch),
        open: known.state.is_open(),
        recent: false,
    };
    others.map(candidate).collect()
}

/// What the index lists, newest first, then what only git config or, with `all`, only the store knows.
fn candidates(
    ctx: &Ctx,
    mapped: &HashMap<SessionId, BranchName>,
    all: bool,
) -> Result<Vec<Candidate>> {
    let since = ctx.now() - TimeDelta::days(RECENT_DAYS);
    let mut known = HashSet::new();
    let mut candidates = Vec::new();
    for entry in ctx.store.index_entries()? {
        known.insert(entry.session.clone());
        let put_away = matches!(entry.state, State::Archived | State::Deleted);
        if put_away && (!all || !ctx.store.has(&entry.session)) {
            continue;
        }
        let branch = mapped.get(&entry.session);
        candidates.push(Candidate {
            open: branch.is_some() || entry.state.is_open(),
            branch: Some(branch.cloned().unwrap_or(entry.branch)),
            recent: entry.at >= since,
            elsewhere: None,
            id: entry.session,
        });
    }
    let mut others: Vec<_> = mapped
        .keys()
        .filter(|id| ctx.store.has(id))
        .cloned()
        .collect();
    others.sort();
    if all {
        others.extend(ctx.store.ids()?);
    }
    for id in others {
        if known.insert(id.clone()) {
            let context = || ctx.store.views(&id).context().map(|context| context.branch);
            candidates.push(Candidate {
                open: mapped.contains_key(&id),
                branch: mapped.get(&id).cloned().or_else(context),
                recent: false,
                elsewhere: None,
                id,
            });
        }
    }
    Ok(candidates)
}
