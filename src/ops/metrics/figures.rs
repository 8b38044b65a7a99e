//! What a coverage report comes to here: the whole, the lines that were added, and whether it still fits.

use std::fmt;

use anyhow::Result;

use super::report::{self, Found};
use crate::domain::body::CoverageFigure;
use crate::domain::coverage::{Added, Format, LineCoverage, Paths, Percent, Place};
use crate::domain::id::CommitId;
use crate::domain::path_text::quote_path;
use crate::domain::tests_table::is_test_path;
use crate::ops::ctx::Ctx;
use crate::sys::fs;

/// What can be said of the work tree now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Coverage of the whole.
    pub coverage: Option<Coverage>,
    /// Coverage of the added lines.
    pub new_code: Option<NewCode>,
    /// Figures that are not there, each with the reason: `coverage: …`, `new-code coverage: …`.
    pub missing: Vec<String>,
    /// What is doubtful about those that are there.
    pub warnings: Vec<String>,
}

/// Coverage of the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// Lines that ran, of those that can, rounded down.
    pub percent: Percent,
    /// The same as counts.
    pub lines: LineCoverage,
    /// The report, below the top of the work tree.
    pub file: String,
    /// What it was recognised as.
    pub format: Format,
    /// What has changed since it was written.
    pub stale: Option<Stale>,
}

/// Files that are newer than the report that covers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The newest, code before tests, as git shows it.
    pub path: String,
    /// How many there are besides.
    pub more: usize,
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.more {
            0 => write!(f, "{}, which has changed", self.path),
            more => write!(f, "{} and {more} more, which have changed", self.path),
        }
    }
}

/// Coverage of the lines that were added, of those that the report knows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewCode {
    /// Rounded down: 100 % only when all of them ran.
    pub percent: Percent,
    /// The same as counts.
    pub lines: LineCoverage,
}

impl Coverage {
    /// As it is recorded.
    pub(in crate::ops) fn figure(&self, figures: &Figures) -> CoverageFigure {
        CoverageFigure {
            percent: self.percent,
            new_code: figures.new_code.map(|new_code| new_code.percent),
            file: self.file.clone(),
            stale: self.stale.is_some(),
        }
    }
}

/// Measures the work tree with the newest report of `quality.coverage_files`. `base`: the commit that lines are
/// added to, such as the merge base; without one there is no figure of new code. A figure that cannot be had is
/// named in `missing`; that is no error.
pub fn measure(ctx: &Ctx, base: Option<&CommitId>) -> Result<Figures> {
    of(ctx, report::newest(ctx, &[]), base)
}

/// What a report comes to.
pub(super) fn of(ctx: &Ctx, found: Option<Found>, base: Option<&CommitId>) -> Result<Figures> {
    let mut figures = Figures::default();
    let total = found.and_then(|found| Some((found.report.total.percent()?, found)));
    let Some((percent, found)) = total else {
        figures.missing = vec![
            format!("coverage: {}", absence(ctx)),
            "new-code coverage: there is no coverage".to_owned(),
        ];
        return Ok(figures);
    };
    let since = match base {
        Some(base) => Some(base.clone()),
        None => ctx.repo.head()?.tip().cloned(),
    };
    let added = since
        .map(|since| ctx.repo.added_since(&since))
        .transpose()?;
    let added = added.unwrap_or_default();
    let stale = stale(ctx, &found, &added);
    if let Some(stale) = &stale {
        let warning = format!("{} is older than {stale}.", found.name);
        figures.warnings.push(warning);
    }
    match new_code(ctx, &found, base.map(|_| &added))? {
        Ok((new_code, unknown)) => {
            figures.new_code = Some(new_code);
            figures.warnings.extend(unknown);
        }
        Err(why) => figures.missing.push(format!("new-code coverage: {why}")),
    }
    figures.coverage = Some(Coverage {
        percent,
        lines: found.report.total,
        file: found.name,
        format: found.report.format,
        stale,
    });
    Ok(figures)
}

/// Why there is no report.
fn absence(ctx: &Ctx) -> String {
    match report::candidates(ctx).first() {
        None => "none of the files of quality.coverage_files is there".to_owned(),
        Some(newest) => format!("{} is old, or no report", newest.name),
    }
}

/// A figure and what is doubtful about it, or why there is none.
type Doubtful = std::result::Result<(NewCode, Option<String>), String>;

/// Coverage of the added lines.
fn new_code(ctx: &Ctx, found: &Found, added: Option<&Added>) -> Result<Doubtful> {
    let Some(added) = added else {
        return Ok(Err("no commit to compare with is known".to_owned()));
    };
    if !found.report.knows_lines() {
        let format = found.report.format.name();
        return Ok(Err(format!(
            "a report as {format} does not say which lines ran"
        )));
    }
    if added.values().all(Vec::is_empty) {
        return Ok(Err("no line was added".to_owned()));
    }
    let paths = Paths::new(ctx.repo.paths()?);
    let tops = tops(ctx);
    let place = Place {
        tops: &tops,
        sources: &found.report.sources,
        directory: &found.directory,
    };
    let (lines, unknown) = found.report.of_added(added, &paths, &place);
    let Some(percent) = lines.percent() else {
        return Ok(Err(format!("{} knows none of the added lines", found.name)));
    };
    let unknown = doubt(found, &unknown);
    Ok(Ok((NewCode { percent, lines }, unknown)))
}

/// That a report leaves files out that are of the kind it covers. Tests are usually not covered.
fn doubt(found: &Found, unknown: &[&[u8]]) -> Option<String> {
    let kinds = report::kinds(&found.report);
    let sources = unknown.iter().filter(|path| {
        let text = std::str::from_utf8(path).ok();
        text.is_some_and(|text| report::covers(&kinds, text)) && !is_test_path(path)
    });
    let sources: Vec<_> = sources.map(|path| quote_path(path)).collect();
    let first = sources.first()?;
    let name = &found.name;
    Some(match sources.len() - 1 {
        0 => format!("{name} does not know {first}: its added lines do not count."),
        more => {
            format!("{name} does not know {first} and {more} more: their added lines do not count.")
        }
    })
}

/// The path of the work tree, as it was opened and without links.
fn tops(ctx: &Ctx) -> Vec<Vec<u8>> {
    let Some(top) = ctx.repo.work_tree() else {
        return Vec::new();
    };
    let mut tops = vec![report::bytes(top), report::bytes(&fs::resolve(top))];
    tops.dedup();
    tops
}

/// The newest changed file of a kind that the report covers, if it is newer than the report: code before tests.
fn stale(ctx: &Ctx, found: &Found, changed: &Added) -> Option<Stale> {
    let top = ctx.repo.work_tree()?;
    let kinds = report::kinds(&found.report);
    let newer = changed.keys().filter_map(|path| {
        let text = std::str::from_utf8(path).ok()?;
        let seen = report::covers(&kinds, text).then(|| report::stat(&top.join(text)));
        let (modified, _) = seen??;
        (modified > found.modified).then(|| (!is_test_path(path), modified, path))
    });
    let newer: Vec<_> = newer.collect();
    let (_, _, path) = newer.iter().max()?;
    Some(Stale {
        path: quote_path(path).into_owned(),
        more: newer.len() - 1,
    })
}
