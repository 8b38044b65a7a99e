//! What the bars of the project say of a merge: figures and changed paths, gathered.

use anyhow::Result;

use crate::domain::gate::{Bars, Figures, Touched, Verdict, judge};
use crate::domain::id::CommitId;
use crate::domain::tests_table::{is_test_path, language_of};
use crate::git::{ChangeKind, RawChange};
use crate::ops::ctx::Ctx;
use crate::ops::metrics;

/// Judges what `tip` has and `base` has not.
pub(super) fn verdict(
    ctx: &Ctx,
    base: Option<&CommitId>,
    tip: &CommitId,
) -> Result<(Verdict, metrics::Figures)> {
    let quality = &ctx.settings.quality;
    let bars = Bars {
        coverage: quality.coverage_threshold,
        new_code: quality.new_code_coverage_threshold,
        tests: quality.require_tests,
    };
    let changes = ctx.repo.changes_between(base, tip)?;
    let mut touched: Vec<Touched> = changes.iter().map(touched).collect();
    let tested = |t: &Touched| !t.gone && is_test_path(&t.path);
    if bars.tests && !touched.iter().any(tested) {
        // one is enough, and blobs are read for it
        if let Some(place) = changes.iter().position(|change| adds_tests(ctx, change)) {
            touched[place].tests_added = true;
        }
    }
    let mut measured = metrics::measure(ctx, base)?;
    if let Some(why) = staleness(&measured) {
        // what the report knew of the code as it was says nothing of the code as it is
        measured.new_code = None;
        measured.warnings.clear();
        measured.missing = vec![
            format!("coverage: {why}"),
            "new-code coverage: the report is stale".to_owned(),
        ];
    }
    let fresh = |coverage: &&metrics::Coverage| coverage.stale.is_none();
    let coverage = measured.coverage.as_ref().filter(fresh);
    let figures = Figures {
        coverage: coverage.map(|coverage| coverage.percent),
        new_code: measured.new_code.map(|new_code| new_code.percent),
    };
    Ok((judge(bars, figures, &touched), measured))
}

/// That the report is older than what it covers.
fn staleness(measured: &metrics::Figures) -> Option<String> {
    let coverage = measured.coverage.as_ref()?;
    let (file, percent) = (&coverage.file, coverage.percent);
    let stale = coverage.stale.as_ref()?;
    Some(format!("{file} ({percent}) is stale: older than {stale}"))
}

fn touched(change: &RawChange) -> Touched {
    Touched {
        path: change.path.clone(),
        gone: change.kind == ChangeKind::Deleted,
        tests_added: false,
    }
}

/// Whether lines that begin a test came to the file.
fn adds_tests(ctx: &Ctx, change: &RawChange) -> bool {
    let Some(language) = language_of(&change.path) else {
        return false;
    };
    let lines = ctx.repo.changed_lines(change);
    lines.is_some_and(|lines| lines.added.iter().any(|line| language.begins_test(line)))
}
