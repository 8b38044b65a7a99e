//! How test-driven work looks in `status` and `show`: nothing where the session is in another mode.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::coverage::Percent;
use crate::domain::session::Session;
use crate::domain::tdd::{Share, Step, Work};
use crate::domain::time::{format_elapsed, relative};
use crate::ops::ctx::Ctx;
use crate::ui::{Ui, style};

/// The title of the section.
pub(super) const TITLE: &str = "Test-driven work";

/// Phase, cycles and discipline; a figure without data is left out.
pub(super) fn lines(ui: &Ui, ctx: &Ctx, session: &Session) -> Vec<String> {
    if !session.tdd {
        return Vec::new();
    }
    let work = Work::of(session);
    let line = |name: &str, text: String| format!("{} {text}", style::dim(format!("{name}:")));
    let phase = work.current().map(|step| phase(ctx, step));
    let none = || style::dim("none yet, a commit of test files begins RED").to_string();
    let mut lines = vec![line("phase", phase.unwrap_or_else(none))];
    lines.extend(cycles(ui, ctx, &work).map(|text| line("cycles", text)));
    lines.extend(discipline(work.tested).map(|text| line("discipline", text)));
    let red = work.longest_red();
    lines.extend(red.map(|time| line("longest RED", took(time))));
    lines
}

fn took(time: Duration) -> String {
    format_elapsed(time.as_secs())
}

/// `GREEN (12 min ago)`
fn phase(ctx: &Ctx, step: &Step) -> String {
    let begun = step.begun.map_or_else(String::new, |at| {
        format!(" {}", style::dim(format!("({})", relative(at, ctx.now()))))
    });
    format!("{}{begun}", step.phase.name().to_uppercase())
}

/// `2 today, 5 in all, 17m on average (10m to 25m)`
fn cycles(ui: &Ui, ctx: &Ctx, work: &Work) -> Option<String> {
    work.complete().next()?;
    let pace = work.pace().map_or_else(String::new, |pace| {
        let range = match (took(pace.shortest), took(pace.longest)) {
            (shortest, longest) if shortest == longest => String::new(),
            (shortest, longest) => format!(" ({shortest} to {longest})"),
        };
        format!(", {} on average{range}", took(pace.mean))
    });
    let (today, all) = (today(ui, ctx, work), work.complete().count());
    Some(format!("{today} today, {all} in all{pace}"))
}

fn today(ui: &Ui, ctx: &Ctx, work: &Work) -> usize {
    work.complete_on(ui.day(ctx.now()), |at| ui.day(at))
}

/// `8 of 9 source commits followed a test (88.8%)`
fn discipline(tested: Share) -> Option<String> {
    let percent = tested.percent()?;
    let Share { part, whole } = tested;
    Some(format!(
        "{part} of {whole} source commits followed a test ({percent})"
    ))
}

/// The same as JSON.
#[derive(Serialize)]
pub(super) struct TddJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cycles: Option<CyclesJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discipline: Option<DisciplineJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    longest_red_seconds: Option<u64>,
}

#[derive(Serialize)]
struct CyclesJson {
    today: usize,
    complete: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    mean_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shortest_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    longest_seconds: Option<u64>,
}

#[derive(Serialize)]
struct DisciplineJson {
    percent: Percent,
    source_commits: usize,
    after_a_test: usize,
    without_a_test: usize,
}

impl TddJson {
    /// `None` where the session is in another mode.
    pub(super) fn new(ui: &Ui, ctx: &Ctx, session: &Session) -> Option<Self> {
        let work = session.tdd.then(|| Work::of(session))?;
        let pace = work.pace();
        let tested = work.tested;
        Some(Self {
            phase: work.current().map(|step| step.phase.name()),
            since: work.current().and_then(|step| step.begun),
            cycles: work.complete().next().map(|_| CyclesJson {
                today: today(ui, ctx, &work),
                complete: work.complete().count(),
                mean_seconds: pace.map(|pace| pace.mean.as_secs()),
                shortest_seconds: pace.map(|pace| pace.shortest.as_secs()),
                longest_seconds: pace.map(|pace| pace.longest.as_secs()),
            }),
            discipline: tested.percent().map(|percent| DisciplineJson {
                percent,
                source_commits: tested.whole,
                after_a_test: tested.part,
                without_a_test: tested.whole - tested.part,
            }),
            longest_red_seconds: work.longest_red().map(|time| time.as_secs()),
        })
    }
}
