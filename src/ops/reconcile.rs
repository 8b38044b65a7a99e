//! Reconcile: the first thing in every command. Branches are renamed, copied, deleted and made anew without a
//! hook, and hooks leave work for the next command; here both are brought in line.

use std::collections::BTreeSet;

use anyhow::Result;

use super::ctx::{Ctx, Via};
use super::{adopt, copies, fetched, notes, sessions};
use crate::domain::body::Body;
use crate::domain::decide::Command;
use crate::domain::describe::{name_of, plural};
use crate::domain::escape::terminal;
use crate::domain::id::{BranchName, SessionId};
use crate::domain::session::Session;
use crate::git::reflog::{self, Entry};

/// What was brought in line, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The branch of a session has another name.
    Renamed {
        /// The session.
        session: SessionId,
        /// The old name.
        from: BranchName,
        /// The new name.
        to: BranchName,
    },
    /// A copy of a branch carried its session along; it does not any more.
    Copied(BranchName),
    /// A branch was made anew; the session of the old one is not its session.
    Anew(BranchName),
    /// A session that a hook started is mapped now.
    Mapped(BranchName),
    /// Commits that no hook saw are recorded now.
    Adopted {
        /// The branch.
        branch: BranchName,
        /// How many.
        recorded: usize,
    },
    /// Records were brought to commits that took the place of theirs.
    Followed {
        /// The branch.
        branch: BranchName,
        /// How many.
        followed: usize,
    },
    /// Commits that came to this work tree copy recorded ones.
    Copies(usize),
    /// What no hook saw could not be recorded, for this reason. The next command tries again.
    AdoptionWaits(String),
    /// Notes could not be written, for this reason. The records are in the log; the next command tries again.
    NotesWait(String),
    /// Other clones shared more of so many sessions.
    TookIn {
        /// How many sessions.
        sessions: usize,
        /// How many events.
        events: usize,
    },
    /// Another clone has ended the session of a branch.
    EndedElsewhere {
        /// The branch.
        branch: BranchName,
        /// Who ended it.
        by: String,
    },
    /// Another clone goes on with a session that had ended here.
    GoesOnElsewhere {
        /// The branch.
        branch: BranchName,
        /// Who goes on with it.
        by: String,
    },
    /// What was fetched could not be taken in, for this reason. The next command tries again.
    FetchedWaits(String),
}

impl std::fmt::Display for News {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Renamed { session, from, to } => {
                write!(
                    f,
                    "The branch {from} is {to} now; its session {session} went with it."
                )
            }
            Self::Copied(branch) => write!(
                f,
                "The branch {branch} is a copy; the session stays with the original."
            ),
            Self::Anew(branch) => write!(
                f,
                "The branch {branch} was made anew; its old session is in the list."
            ),
            Self::Mapped(branch) => write!(f, "A hook started a session on {branch}."),
            Self::Adopted { branch, recorded } => write!(
                f,
                "Recorded {} on {branch} that no hook saw.",
                plural(*recorded, "commit")
            ),
            Self::Followed { branch, followed } => write!(
                f,
                "The records of {} on {branch} went with them.",
                plural(*followed, "rewritten commit")
            ),
            Self::Copies(count) => {
                write!(
                    f,
                    "Linked the records of {} to their copies.",
                    plural(*count, "commit")
                )
            }
            Self::AdoptionWaits(reason) => write!(
                f,
                "Commits that no hook saw wait for the next command: {reason}"
            ),
            Self::NotesWait(reason) => write!(
                f,
                "The notes of the newest commits wait for the next command: {reason}"
            ),
            Self::TookIn { sessions, events } => write!(
                f,
                "Took in {} of {} from other clones.",
                plural(*events, "event"),
                plural(*sessions, "session")
            ),
            Self::EndedElsewhere { branch, by } => {
                let by = terminal(name_of(by));
                write!(f, "{by} has ended the session on {branch}.")
            }
            Self::GoesOnElsewhere { branch, by } => {
                let by = terminal(name_of(by));
                write!(f, "{by} goes on with the session on {branch}.")
            }
            Self::FetchedWaits(reason) => write!(
                f,
                "What other clones shared waits for the next command: {reason}"
            ),
        }
    }
}

/// Brings mapping and notes in line with what git did.
pub fn reconcile(ctx: &Ctx) -> Result<Vec<News>> {
    if !ctx.store.usable()? {
        return Ok(Vec::new());
    }
    let mut news = Vec::new();
    take_in(ctx, &mut news);
    map_unmapped(ctx, &mut news)?;
    settle_copies(ctx, &mut news)?;
    if let Some(branch) = ctx.repo.branch()? {
        settle(ctx, &branch, &mut news)?;
    }
    let mut due = adopt_all(ctx, &mut news)?;
    if let sessions::Here::Session { id, .. } = sessions::here(ctx)? {
        due.insert(id);
    }
    for id in due {
        // notes are a projection: that they wait is no reason to refuse what was asked for
        if let Err(error) = notes::flush(ctx, &id) {
            news.push(News::NotesWait(format!("{error:#}")));
        }
    }
    Ok(news)
}

/// Takes in what was fetched, by `sync` or by git itself. That it cannot be done is no reason to refuse what was
/// asked for.
fn take_in(ctx: &Ctx, news: &mut Vec<News>) {
    match fetched::take_in(ctx) {
        Ok(taken) => {
            if taken.events > 0 {
                news.push(News::TookIn {
                    sessions: taken.sessions.len(),
                    events: taken.events,
                });
            }
            let ended = taken.ended.into_iter();
            news.extend(ended.map(|(branch, by)| News::EndedElsewhere { branch, by }));
            let reopened = taken.reopened.into_iter();
            news.extend(reopened.map(|(branch, by)| News::GoesOnElsewhere { branch, by }));
        }
        Err(error) => news.push(News::FetchedWaits(format!("{error:#}"))),
    }
}

/// Branches whose reflogs a command looks at besides its own, when there are no more.
const MOST_BRANCHES: usize = 64;

/// The branches whose reflogs a command looks at, with their sessions.
pub(super) fn looked_at(ctx: &Ctx) -> Result<Vec<(BranchName, SessionId)>> {
    let here = ctx.repo.branch()?;
    let mut mapped = ctx.repo.config()?.mapped_branches();
    let many = mapped.len() > MOST_BRANCHES;
    mapped.retain(|(branch, id)| {
        let wanted = !many || Some(branch) == here.as_ref();
        wanted && ctx.store.has(id)
    });
    Ok(mapped)
}

/// Takes in what happened without hooks: on the branch of this work tree first, and on others that have a
/// session while they are few. Some clients never put HEAD on a branch.
fn adopt_all(ctx: &Ctx, news: &mut Vec<News>) -> Result<BTreeSet<SessionId>> {
    let mut touched = BTreeSet::new();
    let mapped = looked_at(ctx)?;
    for (branch, id) in mapped {
        match adopt::adopt(ctx, &branch, &id, adopt::USUAL) {
            Ok(found) => {
                touched.extend(found.sessions);
                if found.recorded > 0 {
                    let (branch, recorded) = (branch.clone(), found.recorded);
                    news.push(News::Adopted { branch, recorded });
                }
                if found.followed > 0 {
                    let followed = found.followed;
                    news.push(News::Followed { branch, followed });
                }
            }
            // it is no reason to refuse what was asked for
            Err(error) => news.push(News::AdoptionWaits(format!("{error:#}"))),
        }
    }
    match copies::link(ctx) {
        Ok(found) => {
            touched.extend(found.sessions);
            if found.followed > 0 {
                news.push(News::Copies(found.followed));
            }
        }
        Err(error) => news.push(News::AdoptionWaits(format!("{error:#}"))),
    }
    Ok(touched)
}

/// Maps what hooks started.
fn map_unmapped(ctx: &Ctx, news: &mut Vec<News>) -> Result<()> {
    for (id, name) in ctx.store.unmapped() {
        if let Ok(branch) = BranchName::new(name)
            && ctx.repo.branch_tip(&branch)?.is_some()
            && ctx.repo.config()?.session_of(&branch).is_none()
        {
            ctx.repo.set_session(&branch, Some(&id))?;
            news.push(News::Mapped(branch));
        }
        ctx.store.remove_unmapped(&id)?;
    }
    Ok(())
}

/// `git branch -c` copies the key: two branches carry one id. It stays with the session's own branch, else
/// with the one that is no copy.
fn settle_copies(ctx: &Ctx, news: &mut Vec<News>) -> Result<()> {
    let mapped = ctx.repo.config()?.mapped_branches();
    let mut by_id: std::collections::BTreeMap<&SessionId, Vec<&BranchName>> =
        std::collections::BTreeMap::new();
    for (branch, id) in &mapped {
        by_id.entry(id).or_default().push(branch);
    }
    for (id, branches) in by_id.into_iter().filter(|(_, branches)| branches.len() > 1) {
        let Some(context) = sessions::context(ctx, id)? else {
            continue;
        };
        let own = branches.iter().find(|branch| ***branch == context.branch);
        let original = branches.iter().find(|branch| !is_copy(ctx, branch));
        let Some(kept) = own.or(original).copied() else {
            continue;
        };
        for branch in branches.into_iter().filter(|branch| *branch != kept) {
            ctx.repo.set_session(branch, None)?;
            news.push(News::Copied(branch.clone()));
        }
    }
    Ok(())
}

/// Whether the reflog of a branch says that it began, or was overwritten, as a copy.
fn is_copy(ctx: &Ctx, branch: &BranchName) -> bool {
    let log = reflog::branch_log(ctx.repo.common_dir(), branch);
    let entries = reflog::since(&log, 0)
        .ok()
        .flatten()
        .unwrap_or_default()
        .entries;
    entries
        .iter()
        .any(|entry| entry.message.starts_with("Branch: copied"))
}

/// The mapping of one branch against what the session knows.
fn settle(ctx: &Ctx, branch: &BranchName, news: &mut Vec<News>) -> Result<()> {
    let Some(id) = ctx.repo.config()?.session_of(branch) else {
        return Ok(());
    };
    if !ctx.store.has(&id) {
        return Ok(());
    }
    let Some(context) = sessions::context(ctx, &id)? else {
        return Ok(());
    };
    if context.branch != *branch {
        let changed = sessions::carry_out(
            ctx,
            &id,
            vec![Command::RenameBranch {
                branch: branch.clone(),
            }],
        )?;
        sessions::index(ctx, &changed.session)?;
        news.push(News::Renamed {
            session: id,
            from: context.branch,
            to: branch.clone(),
        });
    } else if made_anew(ctx, branch, &id)? {
        ctx.repo.set_session(branch, None)?;
        news.push(News::Anew(branch.clone()));
    }
    Ok(())
}

/// Whether the branch was made after anybody last said that the session is its own. What hooks wrote does not
/// count, because they follow the mapping; a branch without a reflog cannot be told.
pub(super) fn made_anew(ctx: &Ctx, branch: &BranchName, id: &SessionId) -> Result<bool> {
    let log = reflog::branch_log(ctx.repo.common_dir(), branch);
    let Some(first) = reflog::first(&log)? else {
        return Ok(false);
    };
    // what was written down when the session took the branch needs no clock
    let born = ctx.store.cursor(id).and_then(|cursor| cursor.born);
    if let (Some(born), Some(made)) = (born, first.new.clone()) {
        return Ok(first.old.is_none() && born != (made, first.seconds));
    }
    let loaded = sessions::load(ctx, id)?;
    let claims = loaded.fold.events().filter(|event| {
        event.head().via != Via::Hook.name() || matches!(event.body(), Body::SessionStarted(_))
    });
    let last = claims.map(|event| event.head().at.timestamp()).max();
    Ok(last.is_some_and(|last| is_anew(&first, &loaded.session, last)))
}

/// Whether the first entry of a branch's reflog makes a branch that nobody had spoken of by then (Unix seconds).
/// A branch that was renamed takes its reflog along, and a log that lost its old entries does not begin with one
/// that makes the branch. A session that began on an unborn branch saw it before its reflog did.
fn is_anew(first: &Entry, session: &Session, last_claim: i64) -> bool {
    first.old.is_none() && session.base.commit.is_some() && first.seconds > last_claim
}

#[cfg(test)]
mod tests;
