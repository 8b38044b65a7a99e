//! Seen against recorded: does every commit of the open sessions have its record?

use anyhow::Result;

use super::patient::Patient;
use crate::domain::describe::plural;
use crate::domain::diagnosis::Finding;
use crate::ops::{adopt, notes, reconcile, sessions, status};

/// Commits that no hook saw and no command has recorded yet, and records that have lost their commits.
pub(super) fn recorded(patient: &Patient<'_>) -> Result<Finding> {
    let ctx = patient.ctx;
    let (mut seen, mut recorded, mut adopted) = (0, 0, 0);
    let (mut unrecorded, mut evidence) = (0, Vec::new());
    for (branch, id) in reconcile::looked_at(ctx)? {
        let Ok(loaded) = sessions::load(ctx, &id) else {
            continue;
        };
        let Some(tip) = ctx.repo.branch_tip(&branch)? else {
            continue;
        };
        let tally = status::commits_at(ctx, &loaded.session, &tip, 0)?;
        let due = adopt::due(ctx, &branch, &id)?;
        unrecorded += due.recorded + due.followed;
        recorded += tally.recorded;
        seen += tally.recorded + due.recorded;
        adopted += tally.adopted;
        if due.recorded > 0 {
            let commits = plural(due.recorded, "commit");
            evidence.push(format!("{commits} on {branch} that no hook saw"));
        }
        if due.followed > 0 {
            let commits = plural(due.followed, "commit");
            evidence.push(format!(
                "{commits} on {branch} in the place of recorded ones"
            ));
        }
    }
    let summary = format!("{} seen, {recorded} recorded", plural(seen, "commit"));
    if unrecorded > 0 {
        return Ok(Finding::warn(summary)
            .evidence(evidence)
            .so("what they were for is not shown until a command has recorded them")
            .fix("records them, as the next command does"));
    }
    Ok(Finding::ok(match adopted {
        0 => summary,
        count => format!("{summary}, {count} of them without a hook"),
    }))
}

/// Records everything.
pub(super) fn record(patient: &Patient<'_>) -> Result<Vec<String>> {
    let ctx = patient.ctx;
    let (mut recorded, mut followed) = (0, 0);
    for (branch, id) in reconcile::looked_at(ctx)? {
        let found = adopt::adopt(ctx, &branch, &id, usize::MAX)?;
        recorded += found.recorded;
        followed += found.followed;
        for id in found.sessions {
            notes::flush(ctx, &id)?;
        }
    }
    Ok(vec![format!(
        "recorded {}, followed {}",
        plural(recorded, "commit"),
        plural(followed, "rewritten one")
    )])
}
