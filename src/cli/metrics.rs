//! `git session metrics`: coverage and test results.

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;

use super::Place;
use super::item::SessionArg;
use super::metrics_json::{ListJson, RecordJson};
use crate::domain::body::{CoverageFigure, TestFigures};
use crate::domain::coverage::LineCoverage;
use crate::domain::id::CommitId;
use crate::domain::metrics::took;
use crate::domain::session::Session;
use crate::domain::time::relative;
use crate::error::Fault;
use crate::git::Shown;
use crate::ops::ctx::Ctx;
use crate::ops::metrics::{self, Input, Recorded, Results, Wanted};
use crate::ops::sessions;
use crate::ui::style::Styled;
use crate::ui::table::{Column, Table};
use crate::ui::{Format, Ui, style};

/// Coverage and test results: record, list
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Read coverage and test results into the session
    ///
    /// Without an option the newest report among `quality.coverage_files` is read. The format of a report is told
    /// from its content. Coverage: lcov, Cobertura XML, JaCoCo XML, coverage.py JSON, Istanbul summary,
    /// tarpaulin JSON. Tests: JUnit XML, cargo nextest, cargo test, libtest JSON, pytest, go test -json, TAP.
    Record(RecordArgs),
    /// Show the figures, newest first
    List(SessionArg),
}

#[derive(clap::Args, Debug, Default)]
struct RecordArgs {
    /// A coverage report
    #[arg(long, value_name = "FILE")]
    coverage: Option<PathBuf>,
    /// A test report, or the output of a run; `-` reads standard input; several are added
    #[arg(long, value_name = "FILE")]
    tests: Vec<PathBuf>,
    /// Run `quality.test_command` of your git config, and read what it prints and the coverage it writes
    #[arg(long)]
    run: bool,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: Args) -> Result<()> {
    let ctx = place.open(ui)?;
    match args.verb.unwrap_or(Verb::List(SessionArg::default())) {
        Verb::Record(args) => record(ui, &ctx, args),
        Verb::List(session) => list(ui, &session.load(&ctx)?),
    }
}

fn record(ui: &Ui, ctx: &Ctx, args: RecordArgs) -> Result<()> {
    let id = sessions::require(ctx)?;
    let wanted = Wanted {
        coverage: args.coverage,
        tests: inputs(ui, args.tests)?,
        run: args
            .run
            .then(|| if ui.is_quiet() { Shown::No } else { Shown::Yes }),
    };
    let recorded = metrics::record(ctx, &id, &wanted)?;
    if ui.format() == Format::Json {
        ui.json("git-session/metrics/v1", &RecordJson::new(&recorded))?;
    } else {
        ui.answer(&table(ui, &recorded))?;
    }
    news(ui, &recorded);
    Ok(())
}

/// What was typed behind `--tests`.
fn inputs(ui: &Ui, tests: Vec<PathBuf>) -> Result<Vec<Input>> {
    let is_stdin = |path: &&PathBuf| path.as_os_str() == "-";
    if tests.iter().filter(is_stdin).count() > 1 {
        return Err(Fault::usage("standard input can be read once")
            .hint("git session metrics record --tests - --tests <file>")
            .into());
    }
    let input = |path: PathBuf| {
        Ok(if is_stdin(&&path) {
            Input::Bytes(ui.read_input(Input::MOST)?)
        } else {
            Input::File(path)
        })
    };
    tests.into_iter().map(input).collect()
}

/// A line a figure.
fn table(ui: &Ui, recorded: &Recorded) -> Table {
    let columns = [Column::Left, Column::Left, Column::Flexible(20)];
    let mut table = Table::new(&columns, ui.width());
    let of = |lines: LineCoverage, what: &str| format!("{} of {} {what}", lines.hit, lines.found);
    if let Some(coverage) = &recorded.figures.coverage {
        table.row([
            style::title("Coverage"),
            style::plain(coverage.percent.to_string()),
            style::dim(format!(
                "{}, {} ({})",
                of(coverage.lines, "lines"),
                coverage.file,
                coverage.format.name()
            )),
        ]);
    }
    if let Some(new_code) = &recorded.figures.new_code {
        table.row([
            style::title("New code"),
            style::plain(new_code.percent.to_string()),
            style::dim(of(new_code.lines, "added lines")),
        ]);
    }
    if let Some(tests) = &recorded.tests {
        table.row([
            style::title("Tests"),
            outcome(&tests.figures),
            style::dim(origin(tests)),
        ]);
    }
    table
}

/// Where test results come from.
fn origin(tests: &Results) -> String {
    let run = tests.run.as_ref().map(|run| format!("`{}`", run.command));
    let file = tests.figures.file.clone();
    let from: Vec<String> = run.into_iter().chain(file).collect();
    let from = if from.is_empty() {
        "standard input".to_owned()
    } else {
        from.join(", ")
    };
    let format = tests.format.map(|format| format!(" ({})", format.name()));
    let time = tests.figures.milliseconds;
    let time = time.map(|time| format!(", {}", took(time)));
    format!(
        "{from}{}{}",
        format.unwrap_or_default(),
        time.unwrap_or_default()
    )
}

/// What is doubtful, what is not there.
fn news(ui: &Ui, recorded: &Recorded) {
    for warning in &recorded.figures.warnings {
        ui.warn(warning);
    }
    if let Some(tests) = &recorded.tests
        && tests.run.is_some()
    {
        if !tests.figures.are_counted() {
            ui.warn("The output says no numbers: the exit status is all that is recorded.");
        } else if tests.figures.failed == 0 && tests.figures.passed() == Some(false) {
            ui.warn("No test failed, but the command did.");
        }
    }
    for missing in &recorded.figures.missing {
        ui.status(format!("Not there: {missing}"));
    }
}

/// Good, bad, or nothing known.
fn outcome(tests: &TestFigures) -> Styled {
    match tests.passed() {
        Some(true) => style::good(tests.outcome()),
        Some(false) => style::bad(tests.outcome()),
        None => style::plain(tests.outcome()),
    }
}

fn list(ui: &Ui, session: &Session) -> Result<()> {
    if ui.format() == Format::Json {
        return ui.json("git-session/metrics/v1", &ListJson::new(session));
    }
    if session.metrics.is_empty() {
        ui.status("There are no figures yet.");
        ui.hint("git session metrics record");
        return Ok(());
    }
    let columns = [
        Column::Left,
        Column::Left,
        Column::Right,
        Column::Right,
        Column::Flexible(20),
    ];
    let titles = ["When", "Commit", "Coverage", "New code", "Tests"];
    let mut table = Table::new(&columns, ui.width()).heading(&titles);
    for recorded in session.metrics.iter().rev() {
        let figures = &recorded.what;
        let coverage = figures.coverage.as_ref();
        let new_code = coverage.and_then(|coverage| coverage.new_code);
        let blank = || style::dim("-");
        table.row([
            style::dim(ui.date(recorded.at)),
            figures
                .head
                .as_ref()
                .map_or_else(blank, |head| style::handle(CommitId::short(head))),
            coverage.map_or_else(blank, percent),
            new_code.map_or_else(blank, |percent| style::plain(percent.to_string())),
            figures.tests.as_ref().map_or_else(blank, outcome),
        ]);
    }
    ui.answer(&table)
}

/// The figure, and that it is old.
fn percent(coverage: &CoverageFigure) -> Styled {
    if coverage.stale {
        return style::warn(format!("{} (stale)", coverage.percent));
    }
    style::plain(coverage.percent.to_string())
}

/// The newest figures in one line, for `status` and `show`; nothing without any.
pub(super) fn quality(ctx: &Ctx, session: &Session) -> Vec<String> {
    let latest = metrics::latest(session);
    let coverage = latest.coverage.as_ref();
    let tests = latest.tests.as_ref();
    let parts = [
        coverage.map(|dated| format!("coverage {}", dated.figure.outcome())),
        tests.map(|dated| format!("tests {}", outcome(dated.figure))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let times = coverage.map(|dated| dated.at);
    let Some(at) = times.into_iter().chain(tests.map(|dated| dated.at)).max() else {
        return Vec::new();
    };
    let when = style::dim(format!("({})", relative(at, ctx.now())));
    vec![format!("{} {when}", parts.join("; "))]
}
