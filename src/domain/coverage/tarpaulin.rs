//! JSON of cargo-tarpaulin (`--out Json`): the traces of each file, its path in parts.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Format, LineCoverage, Lines, Report, files};

#[derive(Deserialize)]
struct Document {
    files: Vec<File>,
    #[serde(default)]
    covered: u64,
    #[serde(default)]
    coverable: u64,
}

#[derive(Deserialize)]
struct File {
    path: Vec<String>,
    #[serde(default)]
    traces: Vec<Trace>,
}

#[derive(Deserialize)]
struct Trace {
    line: u32,
    stats: Stats,
}

/// Branches and conditions are left out.
#[derive(Deserialize)]
struct Stats {
    #[serde(rename = "Line")]
    line: Option<u64>,
}

/// Reads a document whose `files` are a list.
pub(super) fn parse(json: &[u8]) -> Option<Report> {
    let document: Document = serde_json::from_slice(json).ok()?;
    let claimed = LineCoverage::claimed(document.coverable, document.covered)?;
    let mut known: BTreeMap<Vec<u8>, Lines> = BTreeMap::new();
    for file in document.files {
        let lines = known.entry(path(&file.path)).or_default();
        for trace in file.traces {
            if let Some(times) = trace.stats.line {
                *lines.entry(trace.line).or_default() |= times > 0;
            }
        }
    }
    let files = files(known);
    Some(Report {
        format: Format::Tarpaulin,
        total: LineCoverage::of_files(&files, claimed),
        sources: Vec::new(),
        files,
    })
}

/// `["/", "home", "ada", "src", "lib.rs"]`
fn path(parts: &[String]) -> Vec<u8> {
    match parts {
        [root, rest @ ..] if root == "/" => format!("/{}", rest.join("/")),
        parts => parts.join("/"),
    }
    .into_bytes()
}
