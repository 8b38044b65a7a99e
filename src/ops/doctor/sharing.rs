//! The refspecs of the remotes: those that `sync` has written, and those that harm what is shared.

use anyhow::Result;

use super::patient::Patient;
use crate::domain::describe::plural;
use crate::domain::diagnosis::Finding;
use crate::ops::ctx::Ctx;
use crate::ops::sync::agreement;

/// The refs that only this clone writes.
const OWN: [&str; 2] = ["refs/notes/session/", "refs/session/log/"];

/// One refspec that does harm.
struct Harm {
    /// The key of git config.
    key: String,
    /// The value.
    spec: String,
    /// It also takes refs away that are not shared yet.
    erases: bool,
}

/// Whether a pattern such as `refs/notes/*` takes in refs of ours.
fn covers(pattern: &str) -> bool {
    OWN.iter().any(|own| match pattern.strip_suffix('*') {
        Some(prefix) => own.starts_with(prefix) || prefix.starts_with(own),
        None => pattern.starts_with(own),
    })
}

/// The refspecs that write into this clone's own refs when it fetches, or push them along with branches.
fn harms(ctx: &Ctx) -> Result<Vec<Harm>> {
    let config = ctx.repo.config()?;
    let mut found = Vec::new();
    for remote in ctx.repo.remotes()? {
        for (name, fetches) in [("fetch", true), ("push", false)] {
            let key = format!("remote.{remote}.{name}");
            for spec in config.get_all(&key) {
                let plain = spec.trim_start_matches('+');
                let (from, to) = plain.split_once(':').unwrap_or((plain, plain));
                let theirs = if fetches { to } else { from };
                if covers(theirs) && !(fetches && spec.starts_with('^')) {
                    let (key, erases) = (key.clone(), fetches && spec.starts_with('+'));
                    found.push(Harm { key, spec, erases });
                }
            }
        }
    }
    Ok(found)
}

/// Whether what is shared goes where it should.
pub(super) fn sharing(patient: &Patient<'_>) -> Result<Finding> {
    let ctx = patient.ctx;
    let harms = harms(ctx)?;
    if !harms.is_empty() {
        let erases = harms.iter().any(|harm| harm.erases);
        let count = plural(harms.len(), "refspec");
        let summary = format!("the refs of this clone are touched by {count}");
        let lines = harms
            .iter()
            .map(|harm| format!("{} = {}", harm.key, harm.spec));
        let finding = if erases {
            Finding::bad(summary).so("the next git fetch erases notes that are not shared yet")
        } else {
            Finding::warn(summary).so("git pushes or fetches them behind the back of sync")
        };
        return Ok(finding
            .evidence(lines)
            .person("git config --edit, and git session sync in their place"));
    }
    let agreed = agreement::agreed(ctx)?;
    let config = ctx.repo.config()?;
    for partner in &agreed {
        let there = config.get_all(&format!("remote.{}.fetch", partner.name));
        let missing: Vec<_> = partner
            .refspecs()
            .into_iter()
            .filter(|spec| !there.contains(spec))
            .collect();
        if !missing.is_empty() {
            return Ok(
                Finding::warn(format!("the refspecs of {} are not whole", partner.name))
                    .evidence(missing)
                    .so("git fetch brings only a part of what others share")
                    .fix("adds what is missing"),
            );
        }
    }
    Ok(match agreed.as_slice() {
        [] => Finding::ok("nothing is shared"),
        several => {
            let names: Vec<_> = several
                .iter()
                .map(|partner| partner.name.as_str())
                .collect();
            Finding::ok(format!("shared with {}", names.join(", ")))
        }
    })
}

/// Adds refspecs that are missing.
pub(super) fn complete(patient: &Patient<'_>) -> Result<Vec<String>> {
    let mut done = Vec::new();
    for partner in agreement::agreed(patient.ctx)? {
        partner.agree(patient.ctx)?;
        done.push(format!("the refspecs of {} are whole", partner.name));
    }
    Ok(done)
}
