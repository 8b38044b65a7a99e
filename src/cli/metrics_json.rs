//! Figures of coverage and tests as JSON: for `metrics`, `status` and `show`.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::body::{CoverageFigure, MetricsRecorded, TestFigures};
use crate::domain::coverage::{LineCoverage, Percent};
use crate::domain::id::CommitId;
use crate::domain::session::{Happened, Session};
use crate::ops::metrics::{self, Dated, Recorded};

/// What `metrics record` did.
#[derive(Serialize)]
pub(super) struct RecordJson<'a> {
    session: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_code: Option<LinesJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<TestsJson<'a>>,
    missing: &'a [String],
    warnings: &'a [String],
}

#[derive(Serialize)]
struct CoverageJson<'a> {
    #[serde(flatten)]
    lines: LinesJson,
    file: &'a str,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    older_than: Option<&'a str>,
}

#[derive(Serialize)]
struct LinesJson {
    percent: Percent,
    found: u64,
    hit: u64,
}

#[derive(Serialize)]
struct TestsJson<'a> {
    #[serde(flatten)]
    figures: FiguresJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
}

/// The figures of tests; counts only where they were counted.
#[derive(Serialize)]
struct FiguresJson<'a> {
    counted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    all_passed: Option<bool>,
    #[serde(flatten)]
    figures: &'a TestFigures,
}

impl LinesJson {
    const fn new(percent: Percent, lines: LineCoverage) -> Self {
        Self {
            percent,
            found: lines.found,
            hit: lines.hit,
        }
    }
}

impl<'a> FiguresJson<'a> {
    const fn new(figures: &'a TestFigures) -> Self {
        Self {
            counted: figures.are_counted(),
            all_passed: figures.passed(),
            figures,
        }
    }
}

impl<'a> RecordJson<'a> {
    pub(super) fn new(recorded: &'a Recorded) -> Self {
        let figures = &recorded.figures;
        let coverage = figures.coverage.as_ref().map(|coverage| CoverageJson {
            lines: LinesJson::new(coverage.percent, coverage.lines),
            file: &coverage.file,
            format: coverage.format.name(),
            older_than: coverage.stale.as_ref().map(|stale| stale.path.as_str()),
        });
        let tests = recorded.tests.as_ref().map(|tests| TestsJson {
            figures: FiguresJson::new(&tests.figures),
            format: tests
                .format
                .map(crate::domain::test_report::TestFormat::name),
        });
        Self {
            session: recorded.session.id.as_str(),
            head: recorded.head.as_ref().map(CommitId::as_str),
            coverage,
            new_code: figures
                .new_code
                .map(|new_code| LinesJson::new(new_code.percent, new_code.lines)),
            tests,
            missing: &figures.missing,
            warnings: &figures.warnings,
        }
    }
}

/// Every figure of a session, newest first.
#[derive(Serialize)]
pub(super) struct ListJson<'a> {
    session: &'a str,
    metrics: Vec<HappenedJson<'a>>,
}

#[derive(Serialize)]
struct HappenedJson<'a> {
    id: &'a str,
    at: DateTime<Utc>,
    by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<&'a CoverageFigure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<FiguresJson<'a>>,
}

impl<'a> ListJson<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        let json = |happened: &'a Happened<MetricsRecorded>| HappenedJson {
            id: happened.id.as_str(),
            at: happened.at,
            by: &happened.by,
            head: happened.what.head.as_ref().map(CommitId::as_str),
            coverage: happened.what.coverage.as_ref(),
            tests: happened.what.tests.as_ref().map(FiguresJson::new),
        };
        Self {
            session: session.id.as_str(),
            metrics: session.metrics.iter().rev().map(json).collect(),
        }
    }
}

/// The newest figures of a session.
#[derive(Serialize)]
pub(super) struct QualityJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<DatedJson<'a, &'a CoverageFigure>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<DatedJson<'a, FiguresJson<'a>>>,
}

#[derive(Serialize)]
struct DatedJson<'a, T> {
    at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<&'a str>,
    #[serde(flatten)]
    figure: T,
}

fn dated<'a, F, T>(dated: &Dated<'a, F>, json: impl Fn(&'a F) -> T) -> DatedJson<'a, T> {
    DatedJson {
        at: dated.at,
        head: dated.head.map(CommitId::as_str),
        figure: json(dated.figure),
    }
}

impl<'a> QualityJson<'a> {
    /// `None` when there is no figure.
    pub(super) fn new(session: &'a Session) -> Option<Self> {
        let latest = metrics::latest(session);
        let quality = Self {
            coverage: latest
                .coverage
                .as_ref()
                .map(|figure| dated(figure, |figure| figure)),
            tests: latest
                .tests
                .as_ref()
                .map(|figure| dated(figure, FiguresJson::new)),
        };
        (quality.coverage.is_some() || quality.tests.is_some()).then_some(quality)
    }
}
