//! What git and the settings say at one moment, as the document needs it.

use chrono::{DateTime, Utc};

use crate::domain::coverage::Percent;
use crate::domain::id::{CommitId, EventId};
use crate::domain::links::Linker;
use crate::domain::patch::Annotation;
use crate::domain::project::FileHealth;

/// Everything that does not stand in the log of the session.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The moment that the document speaks of.
    pub as_of: DateTime<Utc>,
    /// The newest commit then.
    pub head: Option<CommitId>,
    /// Active seconds up to that moment.
    pub active_seconds: u64,
    /// The commits of the session that the branch leads to, in the order of their records.
    pub commits: Vec<CommitFacts>,
    /// The work tree; none where it is not that of the session.
    pub work_tree: Option<WorkTree>,
    /// The checkpoint that holds that work tree, when it is of the past.
    pub saved: Option<Saved>,
    /// How far the branch is pushed; none where nothing can be pushed.
    pub upstream: Option<Upstream>,
    /// New marks such as `TODO:`; none where nobody could look.
    pub marks: Option<Vec<Annotation>>,
    /// Whether a commit changed the changelog; none without one.
    pub changelog: Option<bool>,
    /// The score of the context files, and those that are stale, the worst first; none without a score.
    pub context: Option<ContextFacts>,
    /// What the settings ask for.
    pub bars: Bars,
    /// Where references to issues lead.
    pub links: Linker,
}

/// How far the context files of the newest commit are behind.
#[derive(Clone, Debug)]
pub struct ContextFacts {
    /// The score of the project.
    pub score: u8,
    /// The stale files by path.
    pub stale: Vec<(Vec<u8>, FileHealth)>,
}

/// One commit.
#[derive(Clone, Debug)]
pub struct CommitFacts {
    /// Its id.
    pub id: CommitId,
    /// The first line of its message.
    pub subject: String,
    /// More than one parent.
    pub is_merge: bool,
    /// The files that it changes; none where the figures could not be had, and for a merge.
    pub files: Option<Vec<FileChange>>,
}

/// One file of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The path, as git has it.
    pub path: Vec<u8>,
    /// Where a renamed file was before.
    pub from: Option<Vec<u8>>,
    /// Lines added and removed; none of a binary file.
    pub lines: Option<(u64, u64)>,
}

/// The checkpoint that holds what no commit has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Its item.
    pub item: EventId,
    /// Its commit.
    pub commit: CommitId,
}

/// What no commit has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkTree {
    /// Changes in the index.
    pub staged: Paths,
    /// Changes that are not in the index.
    pub changed: Paths,
    /// Paths in conflict.
    pub conflicts: Paths,
    /// Paths that git does not track.
    pub untracked: Paths,
}

impl WorkTree {
    /// Whether there is nothing that a commit lacks.
    pub const fn is_clean(&self) -> bool {
        self.staged.count == 0
            && self.changed.count == 0
            && self.conflicts.count == 0
            && self.untracked.count == 0
    }
}

/// Paths: the first ones, and how many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// How many.
    pub count: usize,
    /// The first ones, in git's order.
    pub first: Vec<Vec<u8>>,
}

impl Paths {
    /// The most paths that are named.
    pub const MOST: usize = 10;

    /// Takes one more.
    pub fn push(&mut self, path: &[u8]) {
        self.count += 1;
        if self.first.len() < Self::MOST {
            self.first.push(path.to_owned());
        }
    }
}

/// How far the branch is pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upstream {
    /// There are remotes, and the branch follows none.
    Missing,
    /// Commits that the upstream lacks, and that it has more.
    Counted(u64, u64),
}

/// What the settings ask for.
#[derive(Clone, Debug, Default)]
pub struct Bars {
    /// Coverage of the whole.
    pub coverage: Option<Percent>,
    /// Whether tests must have been recorded.
    pub require_tests: bool,
    /// The marks that are looked for.
    pub annotations: Vec<String>,
}
