//! What `git session status` says of the work tree.

use crate::domain::handle::{ItemKind, handle};
use crate::domain::session::Session;
use crate::ops::status::Project;
use crate::ui::style;

/// Branch and files in a few words.
pub(super) fn project_lines(project: &Project) -> Vec<String> {
    let mut parts = Vec::new();
    let mut count = |count: usize, what: &str| {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    };
    count(project.conflicts, "in conflict");
    count(project.staged, "staged");
    count(project.changed, "changed");
    count(project.untracked, "untracked");
    let files = if parts.is_empty() {
        "clean".to_owned()
    } else {
        parts.join(", ")
    };
    let upstream = match project.upstream {
        Some((0, 0)) => ", level with its upstream".to_owned(),
        Some((ahead, 0)) => format!(", {ahead} ahead of its upstream"),
        Some((0, behind)) => format!(", {behind} behind its upstream"),
        Some((ahead, behind)) => format!(", {ahead} ahead of and {behind} behind its upstream"),
        None => String::new(),
    };
    vec![format!(
        "{}: {files}{upstream}",
        style::plain(&project.head)
    )]
}

/// Work that was put away with the session, newest first.
pub(super) fn parked(session: &Session) -> Vec<String> {
    let parked = session.checkpoints.iter().rev();
    parked
        .filter(|checkpoint| session.parked.contains(&checkpoint.item.id))
        .map(|checkpoint| {
            let name = handle(session, ItemKind::Checkpoint, &checkpoint.item);
            format!("{} {}", style::warn("parked work:"), style::handle(name))
        })
        .collect()
}
