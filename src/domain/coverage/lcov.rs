//! LCOV tracefiles (`man geninfo`, "FILES"): lcov, grcov, cargo-llvm-cov, nyc, Jest, coverage.py write them.

use std::collections::BTreeMap;

use super::{Format, LineCoverage, Lines, Report, files};

/// Reads a tracefile with its lines. `None`: no line was found.
pub(super) fn parse(tracefile: &[u8]) -> Option<Report> {
    let mut known: BTreeMap<Vec<u8>, Lines> = BTreeMap::new();
    let mut source: Option<&[u8]> = None;
    for line in tracefile.split(|&byte| byte == b'\n') {
        let line = line.trim_ascii();
        if let Some(path) = line.strip_prefix(b"SF:") {
            source = Some(path);
            known.entry(path.to_owned()).or_default();
        } else if line == b"end_of_record" {
            source = None;
        } else if let (Some(value), Some(path)) = (line.strip_prefix(b"DA:"), source)
            && let Ok(value) = std::str::from_utf8(value)
            && let Some((number, ran)) = data_line(value)
            && let Ok(number) = u32::try_from(number)
            && let Some(lines) = known.get_mut(path)
        {
            *lines.entry(number).or_default() |= ran;
        }
    }
    Some(Report {
        format: Format::Lcov,
        total: parse_lcov(tracefile)?,
        sources: Vec::new(),
        files: files(known),
    })
}

/// Sums an LCOV tracefile (`man geninfo`, "FILES"): for each record (up to `end_of_record`) its
/// `LF` and `LH`, or, where one of them is missing, its distinct `DA` lines.
///
/// A malformed line counts as not there, a missing last `end_of_record` as present. Two records
/// of one source file (one a test name) are added, not united. `None`: no line was found, or it counts what cannot be: more lines
/// that ran than there are.
pub fn parse_lcov(tracefile: &[u8]) -> Option<LineCoverage> {
    let mut total = LineCoverage::default();
    let mut record = Record::default();
    for line in tracefile.split(|&byte| byte == b'\n') {
        let Ok(line) = std::str::from_utf8(line) else {
            continue;
        };
        let line = line.trim();
        if line == "end_of_record" {
            std::mem::take(&mut record).add_to(&mut total)?;
        } else if let Some(value) = line.strip_prefix("LF:") {
            record.found = value.trim().parse().ok().or(record.found);
        } else if let Some(value) = line.strip_prefix("LH:") {
            record.hit = value.trim().parse().ok().or(record.hit);
        } else if let Some(value) = line.strip_prefix("DA:") {
            record.lines.extend(data_line(value));
        }
    }
    record.add_to(&mut total)?;
    (total.found > 0).then_some(total)
}

#[derive(Default)]
struct Record {
    found: Option<u64>,
    hit: Option<u64>,
    lines: Vec<(u64, bool)>,
}

impl Record {
    /// `None`: it counts what cannot be.
    fn add_to(mut self, total: &mut LineCoverage) -> Option<()> {
        let (found, hit) = if let (Some(found), Some(hit)) = (self.found, self.hit) {
            (found, LineCoverage::claimed(found, hit)?.hit)
        } else {
            // Sorted, `true` first, so that a line which ran in any of its entries counts.
            self.lines
                .sort_unstable_by_key(|&(number, ran)| (number, !ran));
            self.lines.dedup_by_key(|&mut (number, _)| number);
            let ran = self.lines.iter().filter(|&&(_, ran)| ran).count();
            (self.lines.len() as u64, ran as u64)
        };
        total.found = total.found.checked_add(found)?;
        total.hit = total.hit.checked_add(hit)?;
        Some(())
    }
}

/// `<line number>,<times run>[,<checksum>]`.
fn data_line(value: &str) -> Option<(u64, bool)> {
    let mut fields = value.split(',');
    let number = fields.next()?.trim().parse().ok()?;
    let times: u64 = fields.next()?.trim().parse().ok()?;
    Some((number, times > 0))
}
