//! Which session is meant: by its id, an end of it, or its branch.

use anyhow::Result;

use super::{load, mapped};
use crate::domain::id::{BranchName, SessionId};
use crate::domain::session::{Session, State};
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::takeover;

/// The newest session of a branch in this clone that is in one of these states.
pub fn newest_on_branch(
    ctx: &Ctx,
    branch: &BranchName,
    states: &[State],
) -> Result<Option<Session>> {
    for entry in ctx.store.index_entries()? {
        if entry.branch == *branch && ctx.store.has(&entry.session) {
            let session = load(ctx, &entry.session)?.session;
            if states.contains(&session.state) {
                return Ok(Some(session));
            }
        }
    }
    Ok(None)
}

/// The ids of all sessions that this clone or another one wrote of, by name.
pub fn all_ids(ctx: &Ctx) -> Result<Vec<SessionId>> {
    let mut ids = ctx.store.ids()?;
    ids.extend(ctx.store.known().into_iter().map(|known| known.session));
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// The session of a branch: the one that it is mapped to, else the newest one of this clone, else the newest one
/// that other clones shared.
pub fn of_branch(ctx: &Ctx, branch: &BranchName) -> Result<Option<SessionId>> {
    if let Some(id) = mapped(ctx, branch)? {
        return Ok(Some(id));
    }
    let states = [State::Active, State::Paused, State::Ended, State::Archived];
    if let Some(session) = newest_on_branch(ctx, branch, &states)? {
        return Ok(Some(session.id));
    }
    let known = takeover::candidate(ctx, branch, true);
    Ok(known.map(|known| known.session))
}

/// The session that a word means: its id, a branch, or how the id of only one begins or ends.
pub fn named(ctx: &Ctx, name: &str) -> Result<SessionId> {
    let is_there = |id: &SessionId| ctx.store.has(id) || ctx.store.has_fetched(id);
    if let Some(id) = SessionId::new(name).ok().filter(is_there) {
        return Ok(id);
    }
    if let Ok(branch) = BranchName::new(name)
        && let Some(id) = of_branch(ctx, &branch)?
    {
        return Ok(id);
    }
    let mut hits = all_ids(ctx)?;
    hits.retain(|id| id.as_str().starts_with(name) || id.as_str().ends_with(name));
    match hits.as_slice() {
        [id] => Ok(id.clone()),
        [] => Err(
            Fault::user(format!("there is no session `{}`", name.escape_debug()))
                .hint("git session list --all")
                .into(),
        ),
        several => {
            let mut fault = Fault::user(format!(
                "`{}` can mean several sessions",
                name.escape_debug()
            ));
            for id in several.iter().take(3) {
                fault = fault.hint(id.as_str());
            }
            Err(fault.into())
        }
    }
}
