//! What `git session status` passes on of other plugins: said by `.ccmp/state.json`, not by us.

use serde::Serialize;

use crate::domain::describe::plural;
use crate::domain::redact::Redacted;
use crate::ops::ccmp::{self, NAME};
use crate::ops::ctx::Ctx;
use crate::ui::{Ui, style};

/// What they say, in JSON.
#[derive(Serialize)]
pub(super) struct CcmpJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    health_score: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_scan: Option<Redacted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tdd_active: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tdd_phase: Option<Redacted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tdd_cycles: Option<u64>,
}

impl CcmpJson {
    /// What they say, if they say anything.
    pub(super) fn new(ctx: &Ctx) -> Option<Self> {
        let facts = ccmp::facts(ctx)?.ok().filter(|facts| !facts.is_empty())?;
        Some(Self {
            health_score: facts.health_score,
            last_scan: facts.last_scan.as_deref().map(Redacted::new),
            tdd_active: facts.tdd_active,
            tdd_phase: facts.tdd_phase.as_deref().map(Redacted::new),
            tdd_cycles: facts.tdd_cycles,
        })
    }
}

/// Names what they say among the sources of an answer, or why they cannot be heard.
pub(super) fn tell(ui: &Ui, ctx: &Ctx) {
    if !ui.is_verbose() {
        return;
    }
    if let Some(Err(why)) = ccmp::facts(ctx) {
        return ui.detail(format!("{NAME} is left alone: {}", style::plain(why)));
    }
    let Some(said) = CcmpJson::new(ctx) else {
        return;
    };
    let words = |text: Redacted| style::plain(text.as_str()).to_string();
    let scan = said.last_scan.map(|at| format!(" at {}", words(at)));
    let health = said.health_score.map(|score| {
        let scan = scan.unwrap_or_default();
        format!("context health {score} of 100{scan}")
    });
    let cycles = said
        .tdd_cycles
        .and_then(|count| usize::try_from(count).ok());
    let cycles = cycles.map(|count| plural(count, "cycle"));
    let tdd = [said.tdd_phase.map(words), cycles];
    let tdd: Vec<String> = tdd.into_iter().flatten().collect();
    let tdd = (!tdd.is_empty()).then(|| format!("test-driven work {}", tdd.join(", ")));
    let all: Vec<String> = [health, tdd].into_iter().flatten().collect();
    if !all.is_empty() {
        ui.detail(format!("said by {NAME}: {}", all.join("; ")));
    }
}
