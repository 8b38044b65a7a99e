//! `coverage-summary.json` of Istanbul (nyc, Jest, Vitest): counts of each file, no lines.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{FileReport, Format, LineCoverage, Lines, Report};

#[derive(Deserialize)]
struct Summary {
    lines: Counts,
}

#[derive(Deserialize)]
struct Counts {
    total: u64,
    covered: u64,
}

/// Reads a document that has `total` and a key for each file.
pub(super) fn parse(json: &[u8]) -> Option<Report> {
    let mut summaries: BTreeMap<String, Summary> = serde_json::from_slice(json).ok()?;
    let total = summaries.remove("total")?.lines;
    let file = |path: String| FileReport {
        path: path.into_bytes(),
        lines: Lines::new(),
    };
    Some(Report {
        format: Format::Istanbul,
        total: LineCoverage::claimed(total.total, total.covered)?,
        sources: Vec::new(),
        files: summaries.into_keys().map(file).collect(),
    })
}
