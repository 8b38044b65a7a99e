//! The document in the words of a page. Templates see these values and nothing else; text from people has
//! lost its power before it gets here, in the way of the page's language.

mod words;

pub use words::view;

use serde::Serialize;

use crate::domain::escape::terminal;
use crate::domain::markdown;

/// How text from people is written into a page.
#[derive(Clone, Copy)]
pub struct Dialect {
    /// On one line.
    line: fn(&str) -> String,
    /// In paragraphs.
    block: fn(&str) -> String,
    /// As a name, path or id.
    code: fn(&str) -> String,
    /// As the words of a link.
    label: fn(&str) -> String,
}

impl Dialect {
    /// Markdown: escaped, code spans made here.
    pub const MARKDOWN: Self = Self {
        line: markdown::inert,
        block: markdown::inert_paragraphs,
        code: markdown::code,
        label: markdown::label,
    };
    /// HTML: the template language escapes, and the template marks code.
    pub const HTML: Self = Self {
        line: words,
        block: words,
        code: words,
        label: words,
    };
}

/// A text on one line, hidden characters shown.
fn words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    terminal(&words.join(" ")).into_owned()
}

/// What templates see. Every field is there; lists may be empty, and what is not known is `null`.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "docs/handoff.md lists them")]
pub struct View {
    pub title: String,
    pub session: String,
    pub branch: String,
    pub state: String,
    pub phase: Option<String>,
    pub started: String,
    pub started_by: String,
    pub base_branch: Option<String>,
    pub base_commit: Option<String>,
    pub merged_to: Option<String>,
    pub as_of: String,
    pub head: Option<String>,
    /// `2 of 3 objectives done`, …
    pub summary: Vec<String>,
    pub objectives: Vec<ObjectiveView>,
    pub objectives_done: Option<String>,
    pub accomplished: Vec<String>,
    pub commits: Vec<CommitView>,
    pub tests: Option<String>,
    pub tests_before: Option<String>,
    pub coverage: Option<String>,
    pub in_progress: Option<InProgressView>,
    pub blockers: Vec<BlockerView>,
    pub decisions: Vec<DecisionView>,
    pub figures: Vec<Row>,
    pub commits_by_kind: Vec<Row>,
    pub files_by_kind: Vec<FilesView>,
    pub has_times: bool,
    pub context: Option<ContextView>,
    pub key_files: Vec<KeyFileView>,
    pub remember: Vec<String>,
    pub learnings: Vec<LearningView>,
    pub links: Vec<LinkView>,
    pub next: Vec<NextView>,
    pub checklist: Vec<CheckView>,
}

/// An objective.
#[derive(Debug, Serialize)]
pub struct ObjectiveView {
    pub handle: String,
    pub text: String,
    /// `[x]`, `[>]`, `[ ]`, `[-]`
    pub mark: &'static str,
    pub state: &'static str,
    pub done: bool,
    pub link: Option<LinkView>,
}

/// An issue.
#[derive(Debug, Serialize)]
pub struct LinkView {
    pub text: String,
    /// Plain ASCII that begins with `http`.
    pub url: Option<String>,
    /// The text is that address.
    pub bare: bool,
}

/// A commit.
#[derive(Debug, Serialize)]
pub struct CommitView {
    pub commit: String,
    pub subject: String,
    pub kind: &'static str,
    /// `2 files, +10 -2, 15m`
    pub detail: Option<String>,
    pub merged: Vec<String>,
}

/// How far the context files are behind.
#[derive(Debug, Serialize)]
pub struct ContextView {
    pub score: u8,
    pub files: Vec<StaleContextView>,
    pub more: Option<u64>,
}

/// A context file to update.
#[derive(Debug, Serialize)]
pub struct StaleContextView {
    pub path: String,
    /// `score 40, 14 commits and 50 days behind`
    pub detail: String,
}

/// What no commit has yet.
#[derive(Debug, Serialize)]
pub struct InProgressView {
    pub objectives: Vec<ObjectiveView>,
    pub paths: Vec<PathsView>,
    pub saved: Option<SavedView>,
    pub parked: Vec<ParkedView>,
}

/// Paths in one state.
#[derive(Debug, Serialize)]
pub struct PathsView {
    /// `3 untracked`
    pub what: String,
    pub paths: Vec<String>,
    pub more: Option<usize>,
}

/// What no commit had at the end.
#[derive(Debug, Serialize)]
pub struct SavedView {
    pub handle: String,
    /// The command, as code.
    pub command: String,
}

/// Work that was put away.
#[derive(Debug, Serialize)]
pub struct ParkedView {
    pub handle: String,
    pub label: Option<String>,
    pub at: String,
}

/// A blocker.
#[derive(Debug, Serialize)]
pub struct BlockerView {
    pub handle: String,
    pub text: String,
    pub open: bool,
    /// `open for 2h`, `resolved after 2h`
    pub status: String,
    pub link: Option<LinkView>,
    pub resolution: Option<String>,
}

/// A decision.
#[derive(Debug, Serialize)]
pub struct DecisionView {
    pub handle: String,
    pub text: String,
    pub date: String,
    /// `superseded by dec-k3f9`
    pub superseded: Option<String>,
    pub context: Option<String>,
    pub rationale: Option<String>,
    pub alternatives: Vec<String>,
    pub consequences: Vec<String>,
    pub scope: Vec<String>,
}

/// A figure with its name.
#[derive(Debug, Serialize)]
pub struct Row {
    pub name: String,
    pub value: String,
}

/// Files of one kind.
#[derive(Debug, Serialize)]
pub struct FilesView {
    pub kind: &'static str,
    pub files: u64,
    pub added: u64,
    pub removed: u64,
    pub time: String,
}

/// A file that changed much.
#[derive(Debug, Serialize)]
pub struct KeyFileView {
    pub path: String,
    pub kind: &'static str,
    pub commits: String,
    pub added: u64,
    pub removed: u64,
}

/// Something learnt.
#[derive(Debug, Serialize)]
pub struct LearningView {
    pub handle: String,
    pub text: String,
    pub key: String,
    pub scope: Vec<String>,
}

/// A next step.
#[derive(Debug, Serialize)]
pub struct NextView {
    pub number: usize,
    pub text: String,
    pub handle: Option<String>,
    pub blocker: bool,
}

/// A line of the checklist.
#[derive(Debug, Serialize)]
pub struct CheckView {
    pub name: &'static str,
    pub holds: bool,
    pub detail: String,
}
