//! Refs of this clone that speak of commits and sessions: are those there?

use std::path::Path;

use anyhow::Result;

use super::patient::Patient;
use crate::domain::describe::plural;
use crate::domain::diagnosis::Finding;
use crate::domain::id::{CommitId, SessionId};
use crate::domain::note::NoteLine;
use crate::ops::hooks::quote;
use crate::ops::setup;
use crate::sys::fs;

/// Where snapshots are kept.
const SNAPSHOTS: &str = "refs/session/snapshots/";

/// Snapshots of sessions that are not there.
pub(super) fn snapshots(patient: &Patient<'_>) -> Result<Finding> {
    let ctx = patient.ctx;
    let names = ctx.repo.ref_names(SNAPSHOTS)?;
    let has_session = |name: &&String| {
        let id = name.strip_prefix(SNAPSHOTS).unwrap_or_default();
        SessionId::new(id).is_ok_and(|id| ctx.store.has(&id))
    };
    let orphans: Vec<&String> = names.iter().filter(|name| !has_session(name)).collect();
    let Some(first) = orphans.first() else {
        return Ok(match names.len() {
            0 => Finding::ok("there are none"),
            count => Finding::ok(plural(count, "snapshot")),
        });
    };
    let count = plural(orphans.len(), "snapshot");
    Ok(
        Finding::warn(format!("{count} of sessions that are not here"))
            .evidence(orphans.iter().map(ToString::to_string))
            .so("git keeps their objects for ever")
            .person(format!(
                "git update-ref -d {}, if nobody misses it",
                quote(Path::new(first))
            )),
    )
}

/// Notes whose commit is gone, and lines in them that are no records.
pub(super) fn notes(patient: &Patient<'_>) -> Result<Finding> {
    let ctx = patient.ctx;
    let Some(writer) = setup::known_writer(ctx)? else {
        return Ok(Finding::ok("there are none"));
    };
    let short = format!("session/{writer}");
    let reference = format!("refs/notes/{short}");
    let pairs = match ctx.repo.list_notes(&reference) {
        Ok(pairs) => pairs,
        Err(error) => return Ok(unreadable(&reference, &format!("{error:#}"))),
    };
    if pairs.is_empty() {
        return Ok(Finding::ok("there are none"));
    }
    let (mut gone, mut broken, mut lost) = (0_usize, Vec::new(), Vec::new());
    for (object, blob) in &pairs {
        let there = CommitId::new(object.as_str()).is_ok_and(|id| ctx.repo.has_commit(&id));
        gone += usize::from(!there);
        match ctx.repo.read_blob(blob) {
            Ok(Some(bytes)) => {
                let lines = bytes.split(|byte| *byte == b'\n');
                let bad = lines
                    .filter(|line| !line.is_empty())
                    .any(|line| serde_json::from_slice::<NoteLine>(line).is_err());
                if bad {
                    broken.push(format!("the note of {object} has a line that is no record"));
                }
            }
            _ => lost.push(format!("the note of {object} is not in the repository")),
        }
    }
    let all = plural(pairs.len(), "note");
    if !lost.is_empty() {
        return Ok(unreadable(&reference, &lost.join("; ")));
    }
    let shallow = fs::exists(&ctx.repo.common_dir().join("shallow"));
    if gone > 0 && !shallow {
        return Ok(
            Finding::warn(format!("{all}, {gone} of them of commits that are gone"))
                .evidence(broken)
                .so("nothing reads them; they take room")
                .person(format!("git notes --ref={short} prune")),
        );
    }
    if let Some(first) = broken.first() {
        let object = first.split(' ').nth(3).unwrap_or_default().to_owned();
        return Ok(Finding::warn(format!(
            "{} with lines that are no records",
            plural(broken.len(), "note")
        ))
        .evidence(broken)
        .so("such lines are kept and not shown")
        .person(format!("git notes --ref={short} edit {object}")));
    }
    Ok(Finding::ok(format!("{all}, each of a commit")))
}

/// A notes ref that cannot be read.
fn unreadable(reference: &str, why: &str) -> Finding {
    Finding::bad(format!("{reference} cannot be read"))
        .evidence([why.to_owned()])
        .so("what commits were for is not shown, and no further note is written")
        .person("git fsck says what is missing; another clone or a backup has it")
}
