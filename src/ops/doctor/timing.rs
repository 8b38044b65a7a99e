//! When hooks ran, what they could not do, and how long they took.

use anyhow::Result;
use chrono::{DateTime, NaiveDateTime, Utc};

use super::patient::Patient;
use crate::domain::describe::plural;
use crate::domain::diagnosis::Finding;
use crate::domain::heartbeat::{self, Beat, Spread};
use crate::domain::hook_event::HookEvent;
use crate::domain::id::{CommitId, SessionId};
use crate::domain::time::relative;
use crate::git::reflog;
use crate::ops::ctx::Ctx;
use crate::ops::heartbeat as ring;
use crate::ops::{hooks, reconcile, sessions};
use crate::sys::fs;

/// What a hook may take, in microseconds.
pub(super) const LIMIT: u64 = 250_000;
/// What a person does not notice.
const UNNOTICED: u64 = 50_000;

/// Whether a hook ran at the newest commit.
pub(super) fn heartbeat(patient: &Patient<'_>) -> Result<Finding> {
    let ctx = patient.ctx;
    let last = ring::last(ctx);
    let newest = reflog::last(&reflog::head_log(ctx.repo.git_dir()))?;
    let newest = newest.filter(|entry| {
        // what git replays or merges runs other hooks, or none
        let message = entry.message.split(':').next().unwrap_or_default();
        matches!(message, "commit" | "commit (amend)" | "commit (initial)")
    });
    let sessions = &patient.survey()?.sessions;
    let began = sessions.iter().filter_map(|session| session.earliest).min();
    let recorded = match newest.as_ref().and_then(|entry| entry.new.as_ref()) {
        Some(commit) => is_recorded(ctx, commit)?,
        None => false,
    };
    let expected = newest
        .map(|entry| entry.seconds)
        .filter(|seconds| began.is_some_and(|began| *seconds > began.timestamp()));
    let seen = |seconds| last.is_some_and(|beat| beat.seconds >= seconds);
    if let Some(seconds) = expected.filter(|seconds| !seen(*seconds)) {
        let when = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        let evidence = match last {
            Some(beat) => format!("the last hook was {}", shown(ctx, beat)),
            None => "no hook has done anything here yet".to_owned(),
        };
        let ago = relative(when, ctx.now());
        if recorded {
            let summary = format!("a command recorded the newest commit, {ago}; no hook saw it");
            return Ok(Finding::ok(summary).evidence([evidence]));
        }
        return Ok(
            Finding::warn(format!("no hook saw the newest commit, {ago}"))
                .evidence([evidence])
                .so("it has no trailers; the next command records it if its branch has a session")
                .person("git session hooks status"),
        );
    }
    Ok(Finding::ok(match last {
        Some(beat) => shown(ctx, beat),
        None => "no hook had anything to do yet".to_owned(),
    }))
}

/// Whether a session of a branch that is looked at has the record of a commit.
fn is_recorded(ctx: &Ctx, commit: &CommitId) -> Result<bool> {
    let has = |id: &SessionId| {
        let loaded = sessions::load(ctx, id).ok()?;
        let mut commits = loaded.session.commits.iter();
        commits.find(|one| one.record.commit == *commit).map(|_| ())
    };
    let looked_at = reconcile::looked_at(ctx)?;
    Ok(looked_at.iter().any(|(_, id)| has(id).is_some()))
}

/// One run of a hook in a few words.
fn shown(ctx: &Ctx, beat: Beat) -> String {
    let at = DateTime::from_timestamp(beat.seconds, 0).unwrap_or_default();
    let when = relative(at, ctx.now());
    format!("{}, {when}, {}", beat.event, milliseconds(beat.micros))
}

/// `4.2 ms`.
fn milliseconds(micros: u64) -> String {
    format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
}

/// What hooks complained about since they last worked.
pub(super) fn hook_log(patient: &Patient<'_>) -> Result<Finding> {
    let ctx = patient.ctx;
    let beats = ring::beats(&ctx.store);
    let lines = ctx.store.hook_log().lines()?;
    let is_current = |line: &&String| {
        let Some((at, event)) = complaint(line) else {
            return false;
        };
        let worked = beats.iter().rev().find(|beat| beat.event == event);
        worked.is_none_or(|beat| at.timestamp() >= beat.seconds)
    };
    let current: Vec<String> = lines.iter().rev().filter(is_current).cloned().collect();
    if current.is_empty() {
        return Ok(Finding::ok(match lines.len() {
            0 => "hooks had nothing to complain about".to_owned(),
            count => format!("{}, none since hooks last worked", plural(count, "line")),
        }));
    }
    let log = ctx.store.root().join("hook.log");
    let count = plural(current.len(), "complaint");
    Ok(Finding::warn(format!("{count} since hooks last worked"))
        .evidence(current)
        .so("commits went through, but without what the hook could not do")
        .person(format!("tail {}", hooks::quote(&log))))
}

/// When a hook complained, and which.
fn complaint(line: &str) -> Option<(DateTime<Utc>, HookEvent)> {
    let (at, rest) = line.split_once(' ')?;
    let at = NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M:%SZ").ok()?;
    let (event, _) = rest.split_once(':')?;
    Some((at.and_utc(), HookEvent::from_name(event)?))
}

/// Whether hooks take longer than they may.
pub(super) fn budget(patient: &Patient<'_>) -> Finding {
    let spreads = ring::spreads(patient.ctx);
    let Some(slowest) = spreads.iter().max_by_key(|(_, spread)| spread.p95) else {
        return Finding::skipped("no hook had anything to do yet");
    };
    let line = |(event, spread): &&(HookEvent, Spread)| {
        let (half, most) = (milliseconds(spread.p50), milliseconds(spread.p95));
        let runs = plural(spread.count, "run");
        format!("{event}: p50 {half}, p95 {most} ({runs})")
    };
    let slow: Vec<String> = spreads
        .iter()
        .filter(|(_, spread)| spread.p95 > UNNOTICED)
        .map(|spread| line(&spread))
        .collect();
    if slow.is_empty() {
        let (event, spread) = slowest;
        let most = milliseconds(spread.p95);
        return Finding::ok(format!("p95 {most} at most, of {event}"));
    }
    let finding = if slowest.1.p95 > LIMIT {
        Finding::bad("hooks take longer than the 250 ms that they may")
    } else {
        Finding::warn("hooks take longer than a person does not notice, 50 ms")
    };
    finding
        .evidence(slow)
        .so("commits and switches wait for them")
        .person("git session doctor --timing")
}

/// How long hooks take, and what makes them slower than they need be.
#[derive(Debug)]
pub struct Timing {
    /// Each hook that has run.
    pub spreads: Vec<(HookEvent, Spread)>,
    /// What a hook may take, in microseconds.
    pub limit: u64,
    /// What costs time that could be saved: sentences without period.
    pub notes: Vec<String>,
}

/// Looks at the ring, and at what is known to cost time.
pub fn timing(ctx: &Ctx) -> Timing {
    Timing {
        spreads: heartbeat::spreads(&ring::beats(&ctx.store)),
        limit: LIMIT,
        notes: costs(ctx),
    }
}

/// From this length on git itself is asked for what an index holds, in bytes.
const LARGE_INDEX: u64 = 64 * 1024 * 1024;
/// From this length on git itself moves a ref, in bytes.
const LARGE_REFS: u64 = 256 * 1024;

/// What makes hooks slower here than elsewhere.
fn costs(ctx: &Ctx) -> Vec<String> {
    let mut notes = Vec::new();
    if let Ok(facts) = hooks::facts(&ctx.repo) {
        let shell = facts.owned.iter().filter(|(_, owned)| owned.has_shell());
        let shell: Vec<&str> = shell.map(|(event, _)| event.name()).collect();
        if !shell.is_empty() {
            notes.push(format!(
                "a shell runs in front of {}, about a millisecond each",
                shell.join(", ")
            ));
        }
    }
    if cfg!(all(target_os = "linux", not(target_feature = "crt-static"))) {
        notes.push(
            "this build of the program is dynamic and starts slower than a static one, by about half a millisecond: ./install.sh --target musl"
                .to_owned(),
        );
    }
    if ctx.repo.hooks_need_library() {
        notes.push(
            "git config has an include, a condition or an extension, so each hook reads it through the library"
                .to_owned(),
        );
    }
    let longer = |path: &std::path::Path, most: u64| fs::length(path).is_some_and(|l| l > most);
    if longer(&ctx.repo.index_path(), LARGE_INDEX) {
        notes.push("the index is large: prepare-commit-msg asks git what is staged".to_owned());
    }
    if longer(&ctx.repo.common_dir().join("packed-refs"), LARGE_REFS) {
        notes.push("there are many packed refs: git moves a notes ref that is new".to_owned());
    }
    notes
}
