//! The hooks that this program answers: one list.

use std::ffi::OsStr;
use std::path::Path;

/// A hook of git. Source: <https://git-scm.com/docs/githooks>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookEvent {
    /// The message is there, the editor is not open yet.
    PrepareCommitMsg,
    /// The editor is closed.
    CommitMsg,
    /// A commit was made.
    PostCommit,
    /// HEAD or files changed.
    PostCheckout,
    /// Commits were replaced.
    PostRewrite,
    /// A merge was made.
    PostMerge,
}

impl HookEvent {
    /// Every event.
    pub const ALL: [Self; 6] = [
        Self::PrepareCommitMsg,
        Self::CommitMsg,
        Self::PostCommit,
        Self::PostCheckout,
        Self::PostRewrite,
        Self::PostMerge,
    ];

    /// Git's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PrepareCommitMsg => "prepare-commit-msg",
            Self::CommitMsg => "commit-msg",
            Self::PostCommit => "post-commit",
            Self::PostCheckout => "post-checkout",
            Self::PostRewrite => "post-rewrite",
            Self::PostMerge => "post-merge",
        }
    }

    /// The event of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }

    /// The event that a program was called as, also with a manager's suffix: `post-commit.legacy`.
    pub fn from_argv0(argv0: &OsStr) -> Option<Self> {
        let name = Path::new(argv0).file_name()?.to_str()?;
        Self::from_name(name.split('.').next()?)
    }
}
