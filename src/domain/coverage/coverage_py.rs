//! JSON of coverage.py (`coverage json`): statements of each file that ran, and that did not.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{FileReport, Format, LineCoverage, Lines, Report};

#[derive(Deserialize)]
struct Document {
    files: BTreeMap<String, File>,
    #[serde(default)]
    totals: Totals,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    executed_lines: Vec<u32>,
    #[serde(default)]
    missing_lines: Vec<u32>,
}

#[derive(Default, Deserialize)]
struct Totals {
    #[serde(default)]
    covered_lines: u64,
    #[serde(default)]
    num_statements: u64,
}

/// Reads a document whose `files` are named.
pub(super) fn parse(json: &[u8]) -> Option<Report> {
    let document: Document = serde_json::from_slice(json).ok()?;
    let totals = document.totals;
    let files: Vec<FileReport> = document.files.into_iter().map(file).collect();
    Some(Report {
        format: Format::CoveragePy,
        total: LineCoverage::of_files(
            &files,
            LineCoverage::claimed(totals.num_statements, totals.covered_lines)?,
        ),
        sources: Vec::new(),
        files,
    })
}

fn file((path, file): (String, File)) -> FileReport {
    let missed = file.missing_lines.into_iter().map(|line| (line, false));
    let mut lines: Lines = missed.collect();
    lines.extend(file.executed_lines.into_iter().map(|line| (line, true)));
    FileReport {
        path: path.into_bytes(),
        lines,
    }
}
