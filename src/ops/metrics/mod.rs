//! Coverage and test results: read from the reports of the project, measured against the lines that were added,
//! recorded in the session.

mod figures;
pub mod report;
mod results;

use std::path::PathBuf;

use anyhow::Result;
use chrono::{DateTime, Utc};

pub use figures::{Coverage, Figures, NewCode, Stale, measure};
pub use results::{Input, Results, Run};

use super::ctx::Ctx;
use super::sessions;
use crate::domain::body::{CoverageFigure, MetricsRecorded, TestFigures};
use crate::domain::decide::Command;
use crate::domain::id::{CommitId, SessionId};
use crate::domain::session::Session;
use crate::error::Fault;
use crate::git::Shown;

/// A figure, and when it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated<'a, T> {
    /// When.
    pub at: DateTime<Utc>,
    /// HEAD at that moment.
    pub head: Option<&'a CommitId>,
    /// The figure.
    pub figure: &'a T,
}

/// The newest figures of a session. Coverage and tests can come from different moments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Latest<'a> {
    /// Coverage.
    pub coverage: Option<Dated<'a, CoverageFigure>>,
    /// Tests.
    pub tests: Option<Dated<'a, TestFigures>>,
}

/// The newest figures of a session.
pub fn latest(session: &Session) -> Latest<'_> {
    Latest {
        coverage: newest(session, |recorded| recorded.coverage.as_ref()),
        tests: newest(session, |recorded| recorded.tests.as_ref()),
    }
}

fn newest<T>(
    session: &Session,
    part: impl Fn(&MetricsRecorded) -> Option<&T>,
) -> Option<Dated<'_, T>> {
    session.metrics.iter().rev().find_map(|happened| {
        Some(Dated {
            at: happened.at,
            head: happened.what.head.as_ref(),
            figure: part(&happened.what)?,
        })
    })
}

/// Marks the newest coverage of the session of this work tree as stale when a file that the report covers has
/// changed since it was written. What cannot be told stays as it was recorded.
pub fn mark_stale(ctx: &Ctx, session: &mut Session) {
    if !matches!(ctx.repo.branch(), Ok(Some(branch)) if branch == session.branch) {
        return;
    }
    let newest = session.metrics.iter_mut().rev();
    let newest = newest.map(|recorded| &mut recorded.what);
    let Some(figures) = newest.into_iter().find(|what| what.coverage.is_some()) else {
        return;
    };
    let head = figures.head.clone();
    if let (Some(coverage), Some(head)) = (figures.coverage.as_mut(), head)
        && !coverage.stale
    {
        coverage.stale = is_outdated(ctx, &coverage.file, &head).unwrap_or(false);
    }
}

/// Whether a file of a kind that this report covers has changed since a commit and is newer than the report.
fn is_outdated(ctx: &Ctx, report: &str, since: &CommitId) -> Option<bool> {
    let top = ctx.repo.work_tree()?;
    let (written, _) = report::stat(&top.join(report))?;
    let kinds = super::coverage::kinds_of(ctx, report);
    let changed = ctx.repo.paths_changed_since(since).ok()?;
    Some(changed.iter().any(|path| {
        let text = std::str::from_utf8(path).ok();
        let text = text.filter(|text| report::covers(&kinds, text));
        let seen = text.and_then(|text| report::stat(&top.join(text)));
        seen.is_some_and(|(modified, _)| modified > written)
    }))
}

/// What is to be recorded.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// A coverage report; without one, and without tests, those that the settings name.
    pub coverage: Option<PathBuf>,
    /// Test reports, which are added.
    pub tests: Vec<Input>,
    /// Run the tests, and let their output be seen or not. Coverage that they write is taken too.
    pub run: Option<Shown>,
}

/// What was recorded.
pub struct Recorded {
    /// The session as it is now.
    pub session: Session,
    /// Coverage, and what is not there.
    pub figures: Figures,
    /// Tests.
    pub tests: Option<Results>,
    /// HEAD.
    pub head: Option<CommitId>,
}

/// Reads figures and records them in a session.
///
/// # Errors
/// A report that was named cannot be read, or there is none at all.
pub fn record(ctx: &Ctx, id: &SessionId, wanted: &Wanted) -> Result<Recorded> {
    let session = sessions::load(ctx, id)?.session;
    let before = report::candidates(ctx);
    let mut results: Vec<Results> = Vec::new();
    for input in &wanted.tests {
        results.push(results::read(ctx, input)?);
    }
    if let Some(shown) = wanted.run {
        results.push(results::run(ctx, shown)?);
    }
    let found = match (&wanted.coverage, wanted.run) {
        (Some(path), _) => Some(report::named(ctx, path)?),
        (None, Some(_)) => report::newest(ctx, &before),
        (None, None) if wanted.tests.is_empty() => report::newest(ctx, &[]),
        (None, None) => None,
    };
    if found.is_none() && results.is_empty() {
        return Err(nothing(&before));
    }
    let figures = if found.is_some() || wanted.tests.is_empty() {
        figures::of(ctx, found, base(ctx, &session)?.as_ref())?
    } else {
        Figures::default()
    };
    let head = ctx.repo.head()?.tip().cloned();
    let tests = results.into_iter().reduce(Results::and);
    let metrics = MetricsRecorded {
        head: head.clone(),
        coverage: figures
            .coverage
            .as_ref()
            .map(|coverage| coverage.figure(&figures)),
        tests: tests.as_ref().map(|tests| tests.figures.clone()),
    };
    let command = Command::RecordMetrics(Box::new(metrics));
    Ok(Recorded {
        session: sessions::carry_out(ctx, id, vec![command])?.session,
        figures,
        tests,
        head,
    })
}

/// That there is no figure, and what to type.
fn nothing(candidates: &[report::Candidate]) -> anyhow::Error {
    let fault = match candidates.first() {
        None => Fault::user("none of the files of quality.coverage_files is there"),
        Some(newest) => Fault::user(format!("{} is no coverage report", newest.name)),
    };
    fault
        .hint("git session metrics record --coverage <file>")
        .hint("git session metrics record --tests <file>")
        .into()
}

/// Where the lines of a session begin: where its branch left the one that it was cut from, as far as that is
/// known, else where it was started.
pub fn base(ctx: &Ctx, session: &Session) -> Result<Option<CommitId>> {
    let start = session.base.commit.as_ref();
    let start = start.filter(|commit| ctx.repo.has_commit(commit)).cloned();
    let head = ctx.repo.head()?;
    let Some(head) = head.tip() else {
        return Ok(None);
    };
    let from = session.base.branch.as_ref();
    let Some(from) = from.filter(|branch| **branch != session.branch) else {
        return Ok(start);
    };
    let Some(tip) = ctx.repo.branch_tip(from)? else {
        return Ok(start);
    };
    Ok(ctx.repo.merge_base(&tip, head)?.or(start))
}
