//! What was shared and is not to be shared any more: the refs of this clone, begun anew from what the settings allow.

use std::collections::BTreeMap;

use anyhow::Result;

use super::refs;
use crate::domain::purge::Target;
use crate::domain::share::Share;
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::setup;
use crate::ops::sync::agreement::{log_ref, notes_ref};

/// Writes the own refs anew; the logs stay as they are. The refs that this clone has; none of them are written when
/// only that is asked.
pub fn unshared(ctx: &Ctx, really: bool) -> Result<Vec<String>> {
    let Some(_lock) = ctx.store.lock_for_sync()? else {
        return Err(Fault::user("a git session sync runs in this clone").into());
    };
    let Some(writer) = setup::known_writer(ctx)? else {
        return Ok(Vec::new());
    };
    let share: &[Share] = &ctx.settings.session.share;
    let mut written = Vec::new();
    for name in [log_ref(&writer), notes_ref(&writer)] {
        if ctx.repo.ref_id(&name)?.is_none() {
            continue;
        }
        if really && name.starts_with("refs/notes/") {
            refs::notes_anew(ctx, &name, &Target::default(), share)?;
        } else if really {
            refs::anew(ctx, &name, &Target::default(), &BTreeMap::new())?;
        }
        written.push(name);
    }
    Ok(written)
}
