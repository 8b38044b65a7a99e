//! The logs: lines that are no events, events that do not belong, times that cannot be.

use std::path::Path;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};

use super::patient::Patient;
use super::survey::{Lost, Surveyed};
use crate::domain::describe::plural;
use crate::domain::diagnosis::Finding;
use crate::domain::id::BranchName;
use crate::ops::hooks::quote;
use crate::sys::fs;

/// What a time may lie ahead of this machine's clock.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

/// Whether every log can be read, line by line.
pub(super) fn logs(patient: &Patient<'_>) -> Result<Finding> {
    if let Some(finding) = deleted(patient)? {
        return Ok(finding);
    }
    let sessions = &patient.survey()?.sessions;
    let mut lost = Vec::new();
    let mut odd = Vec::new();
    let mut commands = Vec::new();
    for session in sessions {
        lost.extend(unusable(session));
        let numbers = line_numbers(session)?;
        for ((offset, why), number) in session.torn.iter().zip(&numbers) {
            let id = &session.id;
            odd.push(format!("{id}: line {number}, at byte {offset}: {why}"));
        }
        if !numbers.is_empty() {
            let cuts: Vec<String> = numbers.iter().map(|n| format!("-e {n}d")).collect();
            // a suffix makes `sed` keep a copy, and every `sed` has it
            let log = quote(&session.log);
            commands.push(format!("sed -i.bak {} {log}", cuts.join(" ")));
        }
        if session.foreign > 0 {
            let count = plural(session.foreign, "event");
            odd.push(format!("{}: {count} of another session", session.id));
        }
        let clash = |id: &String| {
            let what =
                "two different events have one id, the own one counts, else the greater line";
            format!("{}: {id}: {what}", session.id)
        };
        odd.extend(session.clashes.iter().map(clash));
    }
    if !lost.is_empty() {
        let count = plural(lost.len(), "log");
        return Ok(Finding::bad(format!("{count} cannot be used"))
            .evidence(lost)
            .evidence(odd)
            .so("these sessions cannot be shown or go on; their files are left as they are")
            .person("bring log.jsonl back from a backup, or start another session on the branch"));
    }
    if !odd.is_empty() {
        let finding = Finding::warn("lines are skipped that are no events of their session")
            .evidence(odd)
            .so("what they said is not in the session; the rest of the log counts");
        return Ok(if commands.is_empty() {
            finding
        } else {
            finding
                .evidence(["the command cuts the torn lines out and keeps a copy, log.jsonl.bak; only while no other git command runs".to_owned()])
                .person(commands.join(" && "))
        });
    }
    let unknown: usize = sessions.iter().map(|session| session.unknown).sum();
    let all = match sessions.len() {
        0 => "there are no logs yet".to_owned(),
        1 => "the log of 1 session can be read".to_owned(),
        count => format!("the logs of {count} sessions can be read"),
    };
    Ok(match unknown {
        0 => Finding::ok(all),
        _ => Finding::ok(format!("{all}; a newer version wrote into them")).evidence([format!(
            "{} of a kind or version that this version keeps without effect",
            plural(unknown, "event")
        )]),
    })
}

/// Sessions of branches whose log is gone.
fn deleted(patient: &Patient<'_>) -> Result<Option<Finding>> {
    let lost = patient.survey()?.lost.iter();
    let mapped: Vec<(&Lost, &BranchName)> = lost
        .filter_map(|lost| Some((lost, lost.mapped.as_ref()?)))
        .collect();
    let Some((_, first)) = mapped.first() else {
        return Ok(None);
    };
    let count = plural(mapped.len(), "session");
    let verb = if mapped.len() == 1 { "has" } else { "have" };
    let line = |(lost, branch): &(&Lost, &BranchName)| {
        let log = patient.ctx.store.log(&lost.id);
        format!("{branch}: {} is not there", log.path().display())
    };
    let key = format!("branch.{first}.sessionId");
    Ok(Some(
        Finding::bad(format!("{count} {verb} lost the log"))
            .evidence(mapped.iter().map(line))
            .so("commits there are plain, and what was recorded is in commits and notes only; bring log.jsonl back from a backup, or give the session up and start another one")
            .person(format!("git config --unset {}", quote(Path::new(&key)))),
    ))
}

/// The number of each torn line, from 1 on.
fn line_numbers(session: &Surveyed) -> Result<Vec<usize>> {
    if session.torn.is_empty() {
        return Ok(Vec::new());
    }
    let bytes = fs::read(&session.log)?.unwrap_or_default();
    let number = |(offset, _): &(u64, String)| {
        let before = usize::try_from(*offset).map_or(bytes.len(), |at| at.min(bytes.len()));
        // the part behind the last newline is the torn line's own, and empty
        bytes[..before].split(|byte| *byte == b'\n').count()
    };
    Ok(session.torn.iter().map(number).collect())
}

/// Why a session cannot be used.
fn unusable(session: &Surveyed) -> Option<String> {
    let log = session.log.display();
    match (&session.unreadable, &session.standing) {
        (Some(why), _) => Some(format!("{}: {why}", session.id)),
        (None, None) => Some(format!(
            "{}: no line of {log} says how the session began",
            session.id
        )),
        (None, Some(_)) => None,
    }
}

/// Whether times lie ahead of the clock, or went back.
pub(super) fn clock(patient: &Patient<'_>) -> Result<Finding> {
    let ctx = patient.ctx;
    let now = ctx.now();
    let mut odd = Vec::new();
    let ahead = |at: DateTime<Utc>| at - now > AHEAD;
    let shown = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%SZ").to_string();
    if let Some(tip) = ctx.repo.head().ok().and_then(|head| head.tip().cloned())
        && let Ok(commit) = ctx.repo.commit(&tip)
        && let Some(at) = DateTime::from_timestamp(commit.committer.seconds, 0)
        && ahead(at)
    {
        odd.push(format!("HEAD was committed at {}", shown(at)));
    }
    for session in &patient.survey()?.sessions {
        if let Some(at) = session.latest.filter(|at| ahead(*at)) {
            odd.push(format!("{}: an event of {}", session.id, shown(at)));
        }
        if let Some((before, after)) = session.backwards {
            let (before, after) = (shown(before), shown(after));
            odd.push(format!("{}: {after} comes after {before}", session.id));
        }
    }
    if odd.is_empty() {
        return Ok(Finding::ok("no time lies ahead of the clock or went back"));
    }
    Ok(
        Finding::warn(format!("the clock of this machine says {}", shown(now)))
            .evidence(odd)
            .so("times and active time may be wrong; the order of events does not depend on them"),
    )
}
