//! When a hook last did its work here, and how long hooks take: what the ring `timings` has of them.

use super::ctx::Ctx;
use crate::domain::heartbeat::{self, Beat, Spread};
use crate::domain::hook_event::HookEvent;
use crate::store::Store;

/// The newest run of a hook that is known; `None` when none is, or the ring cannot be read.
pub fn last(ctx: &Ctx) -> Option<Beat> {
    let lines = ctx.store.timings().lines().ok()?;
    lines.iter().rev().find_map(|line| Beat::parse(line))
}

/// Every run that is known, oldest first. A ring that cannot be read knows none.
pub fn beats(store: &Store) -> Vec<Beat> {
    let lines = store.timings().lines().unwrap_or_default();
    lines.iter().filter_map(|line| Beat::parse(line)).collect()
}

/// How long each hook took, those that never ran left out.
pub fn spreads(ctx: &Ctx) -> Vec<(HookEvent, Spread)> {
    heartbeat::spreads(&beats(&ctx.store))
}
