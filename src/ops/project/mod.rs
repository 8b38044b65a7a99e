//! The context of the project: which files there are, how far they are behind, which are next to the work.

use anyhow::Result;

use super::ctx::Ctx;
use crate::domain::project::{NearContext, Page};
use crate::domain::session::Session;

/// The context next to the work of a session, the nearest first, at most five files: beside what its branch
/// changed, and in directories that its branch and its open objectives name. Reads the cache; never waits
/// long for git.
pub fn near(ctx: &Ctx, session: &Session) -> Result<Vec<NearContext>> {
    let _ = (ctx, session);
    Ok(Vec::new())
}

/// What `.session/architecture.md` and `conventions.md` say, those that are there.
pub fn pages(ctx: &Ctx) -> Result<Vec<Page>> {
    let _ = ctx;
    Ok(Vec::new())
}
