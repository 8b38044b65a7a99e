//! From the document to the words of a page.

use chrono::{DateTime, Utc};

use super::{
    BlockerView, CheckView, CommitView, ContextView, DecisionView, Dialect, FilesView,
    InProgressView, KeyFileView, LearningView, LinkView, NextView, ObjectiveView, ParkedView,
    PathsView, Row, SavedView, StaleContextView, View,
};
use crate::domain::describe::plural;
use crate::domain::handoff::document::{
    BlockerEntry, CommitEntry, ContextEntry, CoverageResult, DecisionEntry, Document, InProgress,
    LearningEntry, Metrics, NamedPaths, NextStep, ObjectiveEntry, Origin, Span, StaleContext,
    TestResult, Way,
};
use crate::domain::id::CommitId;
use crate::domain::session::ObjectiveState;
use crate::domain::time::{format_duration, format_elapsed};

/// The document in the words of a page.
pub fn view(document: &Document, dialect: Dialect) -> View {
    let Dialect { line, code, .. } = dialect;
    let about = &document.session;
    let short = |commit: &CommitId| code(commit.short());
    let lines = |texts: &[String]| texts.iter().map(|text| line(text)).collect::<Vec<_>>();
    let objectives = document.objectives.as_ref();
    let items = objectives.map_or(&[][..], |all| &all.items);
    View {
        title: line(about.title.as_deref().unwrap_or(about.branch.as_str())),
        session: code(about.id.as_str()),
        branch: code(about.branch.as_str()),
        state: state(document),
        phase: about.phase.as_deref().map(line),
        started: date(about.started_at),
        started_by: line(name(&about.started_by)),
        base_branch: about.base_branch.as_ref().map(|b| code(b.as_str())),
        base_commit: about.base_commit.as_ref().map(short),
        merged_to: about.merged_to.as_ref().map(|b| code(b.as_str())),
        as_of: date(about.as_of),
        head: about.head.as_ref().map(short),
        summary: summary(document),
        objectives: items.iter().map(|o| objective(o, dialect)).collect(),
        objectives_done: objectives.map(|all| format!("{} of {}", all.done, all.total)),
        accomplished: lines(&document.accomplished),
        commits: document
            .commits
            .iter()
            .map(|c| commit(c, dialect))
            .collect(),
        tests: document
            .tests
            .as_ref()
            .map(|span| tests(&span.last, dialect)),
        tests_before: tests_before(document.tests.as_ref(), dialect),
        coverage: document.coverage.as_ref().map(coverage),
        in_progress: document
            .in_progress
            .as_ref()
            .map(|p| in_progress(p, dialect)),
        blockers: document
            .blockers
            .iter()
            .map(|b| blocker(b, dialect))
            .collect(),
        decisions: document
            .decisions
            .iter()
            .map(|d| decision(d, dialect))
            .collect(),
        figures: figures(&document.metrics),
        commits_by_kind: commits_by_kind(&document.metrics),
        files_by_kind: files_by_kind(&document.metrics),
        has_times: document
            .metrics
            .files_by_kind
            .iter()
            .any(|row| row.seconds > 0),
        context: document.context.as_ref().map(|c| context(c, dialect)),
        key_files: key_files(document, dialect),
        remember: lines(&document.remember),
        learnings: document
            .learnings
            .iter()
            .map(|l| learning(l, dialect))
            .collect(),
        links: document
            .links
            .iter()
            .map(|text| related(document, text, dialect))
            .collect(),
        next: (1..)
            .zip(&document.next)
            .map(|(number, step)| next(number, step, dialect))
            .collect(),
        checklist: checks(document, dialect),
    }
}

/// How far the context files are behind.
fn context(entry: &ContextEntry, dialect: Dialect) -> ContextView {
    let file = |file: &StaleContext| {
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        StaleContextView {
            path: (dialect.code)(&file.path),
            detail: format!(
                "score {}, {} and {} behind",
                file.score,
                plural(count(file.commits), "commit"),
                plural(count(file.age_days), "day")
            ),
        }
    };
    ContextView {
        score: entry.score,
        files: entry.to_update.iter().map(file).collect(),
        more: (entry.more > 0).then_some(entry.more),
    }
}

/// An instant, the same for every reader.
fn date(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// The name without the address.
fn name(by: &str) -> &str {
    by.split(" <").next().unwrap_or(by)
}

fn state(document: &Document) -> String {
    let about = &document.session;
    let word = if about.abandoned {
        "abandoned"
    } else {
        about.state.name()
    };
    match about.success {
        Some(true) => format!("{word}, with success"),
        Some(false) => format!("{word}, without success"),
        None => word.to_owned(),
    }
}

/// The figures that one reads first.
fn summary(document: &Document) -> Vec<String> {
    let metrics = &document.metrics;
    let mut parts = Vec::new();
    if let Some(all) = document.objectives.as_ref().filter(|all| all.total > 0) {
        parts.push(format!("{} of {} objectives done", all.done, all.total));
    }
    if metrics.commits > 0 {
        parts.push(plural(metrics.commits, "commit"));
    }
    if let Some(lines) = metrics.changed {
        let files = usize::try_from(lines.files).unwrap_or(usize::MAX);
        parts.push(format!(
            "{}, +{} -{}",
            plural(files, "file"),
            lines.added,
            lines.removed
        ));
    }
    parts.push(format!(
        "{} active",
        format_duration(metrics.active_seconds)
    ));
    let open = document.blockers.iter().filter(|b| b.open).count();
    if open > 0 {
        parts.push(format!("{} open", plural(open, "blocker")));
    }
    parts
}

fn objective(entry: &ObjectiveEntry, dialect: Dialect) -> ObjectiveView {
    ObjectiveView {
        handle: entry.handle.clone(),
        text: (dialect.line)(&entry.text),
        mark: entry.state.mark(),
        state: match entry.state {
            ObjectiveState::InProgress => "in progress",
            other => other.name(),
        },
        done: entry.state == ObjectiveState::Completed,
        link: link(entry.link.as_deref(), entry.url.as_deref(), dialect),
    }
}

/// The issue of an item.
fn link(text: Option<&str>, url: Option<&str>, dialect: Dialect) -> Option<LinkView> {
    let text = text?;
    let written = if url.is_some() {
        dialect.label
    } else {
        dialect.line
    };
    Some(LinkView {
        text: written(text),
        url: url.map(str::to_owned),
        bare: url == Some(text),
    })
}

/// An issue that a blocker names.
fn related(document: &Document, text: &str, dialect: Dialect) -> LinkView {
    let mut blockers = document.blockers.iter();
    let named =
        blockers.find(|blocker| blocker.link.as_deref().map(str::trim) == Some(text.trim()));
    let url = named.and_then(|blocker| blocker.url.as_deref());
    link(Some(text), url, dialect).expect("there is a text")
}

fn commit(entry: &CommitEntry, dialect: Dialect) -> CommitView {
    let mut detail = Vec::new();
    if let Some(lines) = entry.changed {
        let files = usize::try_from(lines.files).unwrap_or(usize::MAX);
        detail.push(plural(files, "file"));
        detail.push(format!("+{} -{}", lines.added, lines.removed));
    }
    if entry.seconds > 0 {
        detail.push(format_duration(entry.seconds));
    }
    let merged = entry.merged.iter();
    CommitView {
        commit: (dialect.code)(entry.commit.short()),
        subject: (dialect.line)(&entry.subject),
        kind: entry.kind.name(),
        detail: (!detail.is_empty()).then(|| detail.join(", ")),
        merged: merged.map(|id| (dialect.code)(id.as_str())).collect(),
    }
}

/// `120 passed, 0 failed, 2 skipped, at 1a2b3c4`
fn tests(result: &TestResult, dialect: Dialect) -> String {
    let skipped = match result.skipped {
        0 => String::new(),
        count => format!(", {count} skipped"),
    };
    let text = format!(
        "{} passed, {} failed{skipped}",
        result.passed, result.failed
    );
    match &result.head {
        Some(head) => format!("{text}, at {}", (dialect.code)(head.short())),
        None => text,
    }
}

fn tests_before(span: Option<&Span<TestResult>>, dialect: Dialect) -> Option<String> {
    let first = span?.first.as_ref()?;
    Some(tests(first, dialect))
}

/// `79% -> 84%, new code 91%`
fn coverage(span: &Span<CoverageResult>) -> String {
    let text = match &span.first {
        Some(first) => format!("{} -> {}", first.percent, span.last.percent),
        None => span.last.percent.to_string(),
    };
    match span.last.new_code {
        Some(new_code) => format!("{text}, new code {new_code}"),
        None => text,
    }
}

fn in_progress(work: &InProgress, dialect: Dialect) -> InProgressView {
    let paths = |named: &Option<NamedPaths>, what: &str| {
        let named = named.as_ref()?;
        let shown = named.paths.iter().map(|path| (dialect.code)(path));
        let more = named.count - named.paths.len();
        Some(PathsView {
            what: format!("{} {what}", named.count),
            paths: shown.collect(),
            more: (more > 0).then_some(more),
        })
    };
    let states = [
        paths(&work.conflicts, "in conflict"),
        paths(&work.staged, "staged"),
        paths(&work.changed, "changed"),
        paths(&work.untracked, "untracked"),
    ];
    let parked = work.parked.iter().map(|parked| ParkedView {
        handle: parked.handle.clone(),
        label: parked.label.as_deref().map(dialect.line),
        at: date(parked.at),
    });
    InProgressView {
        objectives: work
            .objectives
            .iter()
            .map(|o| objective(o, dialect))
            .collect(),
        paths: states.into_iter().flatten().collect(),
        saved: work.saved.as_ref().map(|saved| SavedView {
            handle: saved.handle.clone(),
            command: (dialect.code)(&saved.command),
        }),
        parked: parked.collect(),
    }
}

fn blocker(entry: &BlockerEntry, dialect: Dialect) -> BlockerView {
    let time = format_elapsed(entry.seconds);
    BlockerView {
        handle: entry.handle.clone(),
        text: (dialect.line)(&entry.text),
        open: entry.open,
        status: if entry.open {
            format!("open for {time}")
        } else {
            format!("resolved after {time}")
        },
        link: link(entry.link.as_deref(), entry.url.as_deref(), dialect),
        resolution: entry.resolution.as_deref().map(dialect.line),
    }
}

fn decision(entry: &DecisionEntry, dialect: Dialect) -> DecisionView {
    let Dialect {
        line, block, code, ..
    } = dialect;
    let way = |way: &Way| match &way.why_not {
        Some(why) => line(&format!("{}: {why}", way.option)),
        None => line(&way.option),
    };
    let superseded = match &entry.superseded_by {
        Some(by) => format!("superseded by {by}"),
        None => "superseded".to_owned(),
    };
    DecisionView {
        handle: entry.handle.clone(),
        text: line(&entry.text),
        date: entry.at.format("%Y-%m-%d").to_string(),
        superseded: entry.superseded.then_some(superseded),
        context: entry.context.as_deref().map(block),
        rationale: entry.rationale.as_deref().map(block),
        alternatives: entry.alternatives.iter().map(way).collect(),
        consequences: entry.consequences.iter().map(|text| line(text)).collect(),
        scope: entry.scope.iter().map(|glob| code(glob)).collect(),
    }
}

fn learning(entry: &LearningEntry, dialect: Dialect) -> LearningView {
    LearningView {
        handle: entry.handle.clone(),
        text: (dialect.line)(&entry.text),
        key: (dialect.code)(&entry.key),
        scope: entry
            .scope
            .iter()
            .map(|glob| (dialect.code)(glob))
            .collect(),
    }
}

fn next(number: usize, step: &NextStep, dialect: Dialect) -> NextView {
    NextView {
        number,
        text: (dialect.line)(&step.text),
        handle: step.handle.clone(),
        blocker: step.from == Origin::Blocker,
    }
}

fn row(name: &str, value: &dyn std::fmt::Display) -> Row {
    Row {
        name: name.to_owned(),
        value: value.to_string(),
    }
}

/// The figures of the whole that no table has.
fn figures(metrics: &Metrics) -> Vec<Row> {
    let mut rows = vec![row("Active time", &format_duration(metrics.active_seconds))];
    if metrics.unattributed_seconds > 0 && metrics.commits > 0 {
        let seconds = format_duration(metrics.unattributed_seconds);
        rows.push(row("Active time in no commit", &seconds));
    }
    if metrics.commits > 0 {
        rows.push(row("Commits", &metrics.commits));
    }
    if let Some(lines) = metrics.changed {
        rows.push(row("Files", &lines.files));
        rows.push(row(
            "Lines",
            &format!("+{} -{}", lines.added, lines.removed),
        ));
    }
    if let Some(tests) = metrics.tests {
        rows.push(row(
            "Tests written",
            &format!("+{} -{}", tests.added, tests.removed),
        ));
    }
    rows
}

fn commits_by_kind(metrics: &Metrics) -> Vec<Row> {
    let rows = metrics.commits_by_kind.iter();
    rows.map(|kind| row(kind.kind.name(), &kind.commits))
        .collect()
}

fn files_by_kind(metrics: &Metrics) -> Vec<FilesView> {
    let rows = metrics.files_by_kind.iter();
    rows.map(|row| FilesView {
        kind: row.kind.name(),
        files: row.lines.files,
        added: row.lines.added,
        removed: row.lines.removed,
        time: format_duration(row.seconds),
    })
    .collect()
}

fn key_files(document: &Document, dialect: Dialect) -> Vec<KeyFileView> {
    let files = document.key_files.iter();
    files
        .map(|file| KeyFileView {
            path: (dialect.code)(&file.path),
            kind: file.kind.name(),
            commits: plural(file.commits, "commit"),
            added: file.added,
            removed: file.removed,
        })
        .collect()
}

fn checks(document: &Document, dialect: Dialect) -> Vec<CheckView> {
    let checks = document.checklist.iter();
    checks
        .map(|check| CheckView {
            name: check.name.text(),
            holds: check.holds,
            detail: (dialect.line)(&check.detail),
        })
        .collect()
}
