//! `git session doctor --json`.

use serde::Serialize;

use crate::domain::diagnosis::{Check, Repair};
use crate::domain::heartbeat::Spread;
use crate::domain::hook_event::HookEvent;
use crate::ops::doctor::Timing;

/// What `doctor` found.
#[derive(Serialize)]
pub(super) struct DoctorJson<'a> {
    checks: Vec<CheckJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timing: Option<TimingJson<'a>>,
}

#[derive(Serialize)]
struct CheckJson<'a> {
    id: &'static str,
    state: &'static str,
    title: &'static str,
    summary: &'a str,
    evidence: &'a [String],
    consequence: Option<&'a str>,
    repair: Option<&'a str>,
    fixable: bool,
    fixed: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    done: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    not_repaired: Option<&'a str>,
}

#[derive(Serialize)]
struct TimingJson<'a> {
    limit_micros: u64,
    hooks: Vec<SpreadJson>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct SpreadJson {
    event: &'static str,
    runs: usize,
    p50_micros: u64,
    p95_micros: u64,
    max_micros: u64,
}

impl<'a> DoctorJson<'a> {
    /// The checks, and the table if it was asked for.
    pub(super) fn new(checks: &'a [Check], timing: Option<&'a Timing>) -> Self {
        let check = |check: &'a Check| {
            let finding = &check.finding;
            CheckJson {
                id: check.id,
                state: finding.state.name(),
                title: check.title,
                summary: &finding.summary,
                evidence: &finding.evidence,
                consequence: finding.consequence.as_deref(),
                repair: finding.repair.as_ref().map(Repair::text),
                fixable: finding.is_fixable(),
                fixed: check.is_fixed(),
                done: &check.done,
                not_repaired: check.failed.as_deref(),
            }
        };
        Self {
            checks: checks.iter().map(check).collect(),
            timing: timing.map(TimingJson::new),
        }
    }
}

impl<'a> TimingJson<'a> {
    fn new(timing: &'a Timing) -> Self {
        let hook = |(event, spread): &(HookEvent, Spread)| SpreadJson {
            event: event.name(),
            runs: spread.count,
            p50_micros: spread.p50,
            p95_micros: spread.p95,
            max_micros: spread.max,
        };
        Self {
            limit_micros: timing.limit,
            hooks: timing.spreads.iter().map(hook).collect(),
            notes: &timing.notes,
        }
    }
}
