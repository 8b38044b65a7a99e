//! What is folded from the logs: `context.json` for hooks, two lists for people.

use anyhow::Result;

use super::patient::Patient;
use super::survey::{Stale, Surveyed};
use crate::domain::describe::plural;
use crate::domain::diagnosis::Finding;
use crate::ops::ctx::Ctx;
use crate::ops::sessions;

impl Stale {
    /// What is wrong.
    fn shown(&self) -> String {
        match self {
            Self::Unreadable => "context.json is not there or cannot be read".to_owned(),
            Self::Behind => "context.json is older than the log".to_owned(),
            Self::Ahead => "context.json was made from a longer log".to_owned(),
            Self::Wrong => "context.json says something else than the log".to_owned(),
            Self::Time => "context.json counts time otherwise than the log".to_owned(),
            Self::Missing(name) => format!("{name} is not there"),
            Self::Markdown(name) => format!("{name} says something else than the log"),
        }
    }
}

/// Whether the views say what the logs say.
pub(super) fn views(patient: &Patient<'_>) -> Result<Finding> {
    let sessions = &patient.survey()?.sessions;
    let stale: Vec<&Surveyed> = sessions.iter().filter(|s| !s.stale.is_empty()).collect();
    if stale.is_empty() {
        return Ok(Finding::ok("they say what the logs say"));
    }
    let line = |session: &&Surveyed| {
        let what: Vec<_> = session.stale.iter().map(Stale::shown).collect();
        format!("{}: {}", session.id, what.join(", "))
    };
    let any = |wanted: &dyn Fn(&Stale) -> bool| {
        let mut all = stale.iter().flat_map(|session| &session.stale);
        all.any(wanted)
    };
    let count = plural(stale.len(), "session");
    let summary = format!("the views of {count} are not those of the log");
    let (finding, so) = if any(&|stale| *stale == Stale::Wrong) {
        let so = "hooks write what the view says into commits";
        (Finding::bad(summary), so)
    } else if any(&|stale| !matches!(stale, Stale::Markdown(_) | Stale::Missing(_))) {
        let so = "hooks and commands fold the log anew, which takes longer";
        (Finding::warn(summary), so)
    } else {
        (
            Finding::warn(summary),
            "people read something old, or nothing",
        )
    };
    Ok(finding
        .evidence(stale.iter().map(line))
        .so(so)
        .fix("writes them anew from the log"))
}

/// Writes them anew.
pub(super) fn refresh(patient: &Patient<'_>) -> Result<Vec<String>> {
    let sessions = &patient.survey()?.sessions;
    let stale = sessions.iter().filter(|session| !session.stale.is_empty());
    let mut count = 0;
    for session in stale {
        write(patient.ctx, session)?;
        count += 1;
    }
    let what = plural(count, "session");
    Ok(vec![format!("wrote the views of {what} anew")])
}

/// Writes the views of one session anew, under its lock.
fn write(ctx: &Ctx, session: &Surveyed) -> Result<()> {
    let _lock = ctx.store.lock_for_command(&session.id)?;
    let loaded = sessions::load(ctx, &session.id)?;
    sessions::refresh_views(ctx, &loaded)
}
