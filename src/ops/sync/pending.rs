//! What this clone has not shared yet.

use anyhow::Result;

use super::agreement;
use crate::domain::id::SessionId;
use crate::domain::share::shareable;
use crate::ops::ctx::Ctx;

/// What waits for the next `sync`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// Sessions with something to share.
    pub sessions: usize,
    /// Events that other clones may see and have not got.
    pub events: usize,
}

/// What waits of these sessions; `None` where nobody has agreed to share.
pub fn pending(ctx: &Ctx, sessions: &[SessionId]) -> Result<Option<Pending>> {
    if agreement::agreed(ctx)?.is_empty() {
        return Ok(None);
    }
    let mut pending = Pending::default();
    for id in sessions {
        let events = of(ctx, id)?;
        pending.events += events;
        pending.sessions += usize::from(events > 0);
    }
    Ok(Some(pending))
}

/// The sessions that a look at the state of a clone asks about: those of its branches. All of them would have to be
/// opened to be asked.
pub fn near(ctx: &Ctx) -> Result<Vec<SessionId>> {
    let mapped = ctx.repo.config()?.mapped_branches().into_iter();
    let mut ids: Vec<_> = mapped
        .map(|(_, id)| id)
        .filter(|id| ctx.store.has(id))
        .collect();
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// How many events of a session wait.
fn of(ctx: &Ctx, id: &SessionId) -> Result<usize> {
    let log = ctx.store.log(id);
    let shared = ctx.store.shared(id).map_or(0, |(length, _)| length);
    if log.length() == shared {
        return Ok(0);
    }
    let all = log.read()?.events;
    let known = if shared == 0 {
        0
    } else {
        let tail = log.read_from(shared)?.events.len();
        shareable(
            &all[..all.len().saturating_sub(tail)],
            &ctx.settings.session.share,
        )
        .len()
    };
    let public = shareable(&all, &ctx.settings.session.share).len();
    Ok(public.saturating_sub(known))
}
