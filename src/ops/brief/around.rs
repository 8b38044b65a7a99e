//! Other sessions: the few newest ones, however many there are.

use anyhow::Result;

use crate::domain::briefing::{Around, Other};
use crate::domain::id::SessionId;
use crate::domain::session::{Session, State};
use crate::ops::ctx::Ctx;
use crate::ops::sessions::{self, Here};

/// So many sessions are looked into.
const SESSIONS: usize = 16;
/// So many of other clones are looked up; some of them are in this one, too.
const MOST_KNOWN: usize = 100;
/// So many are listed.
const LISTED: usize = 8;
/// So many commits are listed where there is no session.
pub(super) const COMMITS: usize = 5;

/// What there is where there is no session.
pub(super) fn around(ctx: &Ctx) -> Result<Around> {
    let here = sessions::here(ctx)?;
    let why = match &here {
        Here::Detached => "no session: HEAD is on no branch".to_owned(),
        Here::Unmapped(branch) | Here::Session { branch, .. } => {
            format!("no session on {branch}")
        }
    };
    let start = match &here {
        _ if ctx.repo.is_bare() => "git worktree add PATH BRANCH, and start the session there",
        Here::Detached => "git session start BRANCH -o \"what is to be reached\"",
        _ => "git session start -o \"what is to be reached\"",
    };
    let recent = newest(ctx, None, LISTED)?;
    Ok(Around {
        why,
        start: start.to_owned(),
        recent: recent.iter().map(other).collect(),
    })
}

/// Sessions of other branches.
pub(super) fn others(ctx: &Ctx, but: &SessionId) -> Result<Vec<Session>> {
    newest(ctx, Some(but), SESSIONS)
}

/// The newest sessions, of this clone as far as the end of the index names them, and of others; by their last event,
/// newest first. One that cannot be read is for `doctor`.
fn newest(ctx: &Ctx, but: Option<&SessionId>, most: usize) -> Result<Vec<Session>> {
    let own = ctx.store.last_entries()?.into_iter();
    let own = own.filter(|entry| ctx.store.has(&entry.session));
    let own = own.map(|entry| (entry.at, entry.session, entry.state));
    let known = ctx.store.last_known(MOST_KNOWN).into_iter();
    let known = known.filter(|known| !ctx.store.has(&known.session));
    let known = known.map(|known| (known.at, known.session, known.state));
    let mut all: Vec<_> = own
        .chain(known)
        .filter(|(_, id, state)| but != Some(id) && *state != State::Deleted)
        .collect();
    all.sort_by(|a, b| (b.0, &b.1).cmp(&(a.0, &a.1)));
    let loaded = all
        .into_iter()
        .filter_map(|(_, id, _)| sessions::load(ctx, &id).ok());
    let sessions = loaded.map(|loaded| loaded.session);
    let there = sessions.filter(|session| session.state != State::Deleted);
    let mut found: Vec<Session> = there.take(most).collect();
    found.sort_by(|a, b| b.last_at.cmp(&a.last_at).then_with(|| a.id.cmp(&b.id)));
    Ok(found)
}

fn other(session: &Session) -> Other {
    Other {
        branch: session.branch.clone(),
        state: session.state.name(),
        title: session.title.clone(),
        progress: session.progress(),
        by: session.by.clone(),
        at: session.last_at,
        own: session.ops.iter().any(|op| op.own),
    }
}
