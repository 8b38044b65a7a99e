//! The context of a project: the files that tell people and agents how the code beside them works, what is
//! quoted of them, and how far they are behind that code.

mod comment;
mod kind;
mod read;
mod scope;
mod score;
mod walk;
mod words;

pub use comment::{Edited, drop_comment, with_comment};
pub use kind::{ContextKind, PAGES};
pub use read::{Quoted, imports, page, quote};
pub use scope::{ContextFile, Scope, WHOLE};
pub use score::{Cost, Numbers, project_score};
pub use walk::{Told, Walk};
pub use words::{Words, named_directory};

/// How far a file is behind the code beside it, as git tells. See `docs/context.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileHealth {
    /// 100: nothing changed beside it since it was last changed. 0: as far behind as is counted.
    pub score: u8,
    /// The score in a word.
    pub band: Band,
    /// Whole days from the last change of the file to the newest commit.
    pub age_days: u64,
    /// Commits since then that changed something beside it.
    pub commits: u64,
    /// Changes of files in these commits: a file counts once in each.
    pub churn: u64,
    /// Files that it stands beside.
    pub files: u64,
    /// Whether the last change of the file was found; else the numbers are the least that they can be, because
    /// the history that was looked at ends before it.
    pub is_whole: bool,
}

/// What a score means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Nothing or little changed beside it: 80 and more.
    Fresh,
    /// Worth a look: 60 to 79.
    Review,
    /// It says what was: 30 to 59.
    Stale,
    /// It can mislead: below 30.
    Critical,
}

impl Band {
    /// The word in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Review => "review",
            Self::Stale => "stale",
            Self::Critical => "critical",
        }
    }

    /// The words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Review => "review soon",
            other => other.name(),
        }
    }

    /// Whether the file is to be updated.
    pub const fn is_stale(self) -> bool {
        matches!(self, Self::Stale | Self::Critical)
    }
}

/// A context file next to the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearContext {
    /// Its path from the top of the work tree, as git has it.
    pub path: Vec<u8>,
    /// The directory that it is about, without a `/` at its end; empty for the top.
    pub directory: Vec<u8>,
    /// Whose it is.
    pub kind: ContextKind,
    /// Its length.
    pub bytes: u64,
    /// How far it is behind; none for an untracked file, and where git could not tell in time.
    pub health: Option<FileHealth>,
    /// At most three patterns that it names, each one line without control characters.
    pub patterns: Vec<String>,
    /// At most three things that it warns of, likewise.
    pub gotchas: Vec<String>,
    /// What the directory is for, likewise.
    pub purpose: Option<String>,
    /// Why it counts as near.
    pub why: Why,
}

impl NearContext {
    /// Whether it is to be updated.
    pub fn is_stale(&self) -> bool {
        let health = self.health.as_ref();
        health.is_some_and(|health| health.band.is_stale())
    }
}

/// Why a context file counts as next to the work.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The branch changed a file beside it.
    Touched,
    /// A word of the branch names its directory.
    Branch(String),
    /// A word of an open objective names its directory.
    Objective(String),
}

/// What is quoted of a page in `.session/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its path.
    pub path: &'static str,
    /// Which page it is.
    pub kind: ContextKind,
    /// Its sections that say something, in their order. Comments and what the template says are left out.
    pub sections: Vec<Excerpt>,
}

/// The start of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The heading, one line without control characters.
    pub name: String,
    /// The first lines that say something, each without control characters and shortened; list items keep
    /// their `- `.
    pub lines: Vec<String>,
    /// Lines that were left out.
    pub more: usize,
}
