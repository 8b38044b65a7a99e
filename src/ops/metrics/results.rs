//! Test results from reports, and from a run of the tests.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::report::{self, MAX_BYTES};
use crate::domain::body::TestFigures;
use crate::domain::test_report::{Counts, Extent, TestFormat, TestReport};
use crate::error::Fault;
use crate::git::{Git, Shown};
use crate::ops::ctx::Ctx;
use crate::sys::fs;

/// So much of the output of the tests is kept.
const MOST_OUTPUT: usize = 32 * 1024 * 1024;

/// Where a test report comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// What was read from standard input: at most [`Input::MOST`] bytes, one more when there is more.
    Bytes(Vec<u8>),
}

impl Input {
    /// A larger report is not read.
    pub const MOST: usize = 64 * 1024 * 1024;
}

/// Test results, and where they come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// The figures.
    pub figures: TestFigures,
    /// What the report was recognised as; none when its numbers are not known.
    pub format: Option<TestFormat>,
    /// The run, if they were run.
    pub run: Option<Run>,
}

/// A run of the tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The command.
    pub command: String,
    /// Its exit status; 128 + the signal when one ended it.
    pub status: i32,
}

impl Results {
    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        let counts = counts(&self.figures).and(counts(&other.figures));
        let files = [self.figures.file, other.figures.file];
        let files: Vec<String> = files.into_iter().flatten().collect();
        let exits = self.figures.exit.into_iter().chain(other.figures.exit);
        Self {
            figures: TestFigures {
                file: (!files.is_empty()).then(|| files.join(", ")),
                exit: exits.reduce(|one, other| if one == 0 { other } else { one }),
                ..figures(counts)
            },
            format: self.format.or(other.format),
            run: self.run.or(other.run),
        }
    }
}

/// Reads a report.
///
/// # Errors
/// It is not there, too large, or no report.
pub(super) fn read(ctx: &Ctx, input: &Input) -> Result<Results> {
    let (report, shown, file) = match input {
        Input::Bytes(bytes) if bytes.len() > Input::MOST => {
            return Err(report::too_large(Path::new("standard input")));
        }
        Input::Bytes(bytes) => {
            let report = TestReport::parse(bytes, Extent::Whole);
            (report, "standard input".to_owned(), None)
        }
        Input::File(typed) => {
            let path = ctx.cwd.join(typed);
            let missing = || report::missing(typed);
            let (_, length) = report::stat(&fs::resolve(&path)).with_context(missing)?;
            if length > MAX_BYTES {
                return Err(report::too_large(typed));
            }
            let bytes = fs::read_start(&path, MAX_BYTES)?.with_context(missing)?;
            let report = TestReport::parse(&bytes, Extent::Whole);
            let name = report::name(ctx, &path);
            (report, typed.display().to_string(), Some(name))
        }
    };
    let report = report.with_context(|| {
        let formats = TestFormat::ALL.map(TestFormat::name).join(", ");
        Fault::user(format!("{shown} is no test report: neither {formats}"))
            .hint("git session metrics record --help")
    })?;
    Ok(Results {
        figures: TestFigures {
            file,
            ..figures(report.counts)
        },
        format: Some(report.format),
        run: None,
    })
}

/// Runs `quality.test_command`, which only personal settings can hold, at the top of the work tree.
///
/// # Errors
/// There is no such command, or no shell. That the tests fail is none.
pub(super) fn run(ctx: &Ctx, shown: Shown) -> Result<Results> {
    let command = ctx.settings.quality.test_command.as_deref();
    let command = command.filter(|command| !command.trim().is_empty());
    let command = command.ok_or_else(|| {
        Fault::user("quality.test_command is not set")
            .hint("git session config set quality.test_command \"<command>\"")
    })?;
    let top = ctx.repo.work_tree().unwrap_or(&ctx.cwd);
    // tests that use git mean repositories of their own
    let shell = Git::program("sh", &ctx.env, top).elsewhere();
    let watched = shell.args(["-c", command]).watched(MOST_OUTPUT, shown)?;
    let extent = if watched.cut {
        Extent::End
    } else {
        Extent::Whole
    };
    let report = TestReport::parse(&watched.output, extent);
    let counts = report.map(|report| report.counts).unwrap_or_default();
    Ok(Results {
        figures: TestFigures {
            exit: Some(watched.code),
            ..figures(counts)
        },
        format: report.map(|report| report.format),
        run: Some(Run {
            command: command.to_owned(),
            status: watched.code,
        }),
    })
}

fn figures(counts: Counts) -> TestFigures {
    TestFigures {
        passed: counts.passed,
        failed: counts.failed,
        skipped: counts.skipped,
        milliseconds: counts.milliseconds,
        file: None,
        exit: None,
    }
}

fn counts(figures: &TestFigures) -> Counts {
    Counts {
        passed: figures.passed,
        failed: figures.failed,
        skipped: figures.skipped,
        milliseconds: figures.milliseconds,
    }
}
