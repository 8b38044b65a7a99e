//! What git, the settings and the files of the project say, as a brief needs it. All of it bounded by who asked.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::domain::ci::Verdict;
use crate::domain::handoff;
use crate::domain::id::{BranchName, CommitId};
use crate::domain::patch::Annotation;
use crate::domain::project::{ContextKind, NearContext, Page};
use crate::domain::session::Session;

pub use handoff::WorkTree;

/// Everything that does not stand in the log of the session.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Where HEAD is, or the branch of the session.
    pub head: String,
    /// The word that names the session on the command line; none for that of the branch.
    pub named: Option<String>,
    /// Whether this is the work tree of the session.
    pub here: Here,
    /// What the settings say of the project.
    pub configured: Configured,
    /// The pages of the project.
    pub pages: Vec<Page>,
    /// The context files next to the work.
    pub near: Vec<NearContext>,
    /// All context files, as far as they are known; asked for where there is no session.
    pub context: Option<AllContext>,
    /// What happened since this work tree left the branch; none when it never did.
    pub since: Option<Since>,
    /// The newest commits of the session, or of HEAD where there is none; newest first.
    pub commits: Vec<CommitLine>,
    /// Commits of the session that other clones have and that have not come yet.
    pub awaited: HashSet<CommitId>,
    /// The work tree; none where it is not that of the session.
    pub work_tree: Option<WorkTree>,
    /// The paths that the branch changed.
    pub touched: Touched,
    /// Marks such as `TODO:` in these paths.
    pub marks: Marks,
    /// How the build went; none where nobody says.
    pub build: Option<BuildFacts>,
    /// Sessions of other branches, newest first, a few.
    pub others: Vec<Session>,
    /// The context that the reader has already.
    pub loaded: Vec<ContextKind>,
}

/// The context files of HEAD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllContext {
    /// How many there are.
    pub files: usize,
    /// The score of all; none when no file has one.
    pub score: Option<u8>,
}

/// How the build went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildFacts {
    /// In one word.
    pub state: Verdict,
    /// What else was said.
    pub text: String,
    /// Where there is more.
    pub url: Option<String>,
    /// When it was said.
    pub at: DateTime<Utc>,
    /// The setting that says where to look.
    pub from: &'static str,
    /// The commit that was built, when that is not HEAD.
    pub other_commit: Option<String>,
}

/// Whether this is the work tree of the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Here {
    /// HEAD is on its branch, and it goes on.
    #[default]
    Yes,
    /// HEAD is on its branch, and only other clones have worked on it.
    Fetched,
    /// It belongs to another branch.
    No,
}

/// What the settings say of the project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configured {
    /// `context.architecture`
    pub architecture: Option<String>,
    /// `context.patterns`
    pub patterns: Vec<String>,
    /// `context.conventions`
    pub conventions: Vec<String>,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitLine {
    /// Its id.
    pub id: CommitId,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The first line of its message.
    pub subject: String,
}

/// What happened on the branch since this work tree left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// When that was.
    pub at: DateTime<Utc>,
    /// Whether somebody left the branch, or ended the session.
    pub away: Away,
    /// The tip of the branch then.
    pub head: CommitId,
    /// Commits that came; none when the old tip is not here any more.
    pub commits: Option<usize>,
    /// Whether there are more of them than were counted.
    pub more: bool,
    /// Commits of then that the branch has not any more.
    pub gone: usize,
    /// Who made commits, and how many, most first.
    pub authors: Vec<(String, usize)>,
    /// The newest of them, newest first.
    pub newest: Vec<CommitLine>,
    /// Files that differ.
    pub files: Touched,
}

/// How the branch was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Away {
    /// For another one.
    Left,
    /// The session ended.
    Ended,
}

/// Paths, as git has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// As many as were listed.
    pub paths: Vec<Vec<u8>>,
    /// Whether there are more.
    pub more: bool,
}

/// Marks such as `TODO:`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The first ones, by path and line.
    pub found: Vec<Annotation>,
    /// How many more there are.
    pub more: usize,
    /// Files that were not looked at.
    pub unseen: usize,
}

/// What there is where there is no session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Around {
    /// Why there is none, as a sentence without a period.
    pub why: String,
    /// What to type.
    pub start: String,
    /// The newest sessions.
    pub recent: Vec<Other>,
}

/// A session of another branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Its branch.
    pub branch: BranchName,
    /// Where it stands.
    pub state: &'static str,
    /// Its title.
    pub title: Option<String>,
    /// Objectives reached, and all.
    pub progress: (usize, usize),
    /// Who started it.
    pub by: String,
    /// Its last event.
    pub at: DateTime<Utc>,
    /// Whether this clone has a log of it.
    pub own: bool,
}
