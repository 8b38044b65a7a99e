//! The six events of git that this program takes part in. Every list of them is [`HookEvent::ALL`].

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A hook of git by the name that git gives it. Source: <https://git-scm.com/docs/githooks>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HookEvent {
    /// Before the editor opens on a commit message.
    PrepareCommitMsg,
    /// After the message was written.
    CommitMsg,
    /// After a commit was made.
    PostCommit,
    /// After a branch switch, a file checkout, a clone.
    PostCheckout,
    /// After an amend or a rebase; reads lines of old and new ids from standard input.
    PostRewrite,
    /// After a merge.
    PostMerge,
}

impl HookEvent {
    /// Every event, in the order in which a commit and what follows it run them.
    pub const ALL: [Self; 6] = [
        Self::PrepareCommitMsg,
        Self::CommitMsg,
        Self::PostCommit,
        Self::PostCheckout,
        Self::PostRewrite,
        Self::PostMerge,
    ];

    /// The name of the hook file.
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

    /// The short form in `hook.git-session-<abbreviation>`: a friendly name must not be the name of an event.
    pub const fn abbreviation(self) -> &'static str {
        match self {
            Self::PrepareCommitMsg => "pcm",
            Self::CommitMsg => "cm",
            Self::PostCommit => "pc",
            Self::PostCheckout => "co",
            Self::PostRewrite => "rw",
            Self::PostMerge => "pm",
        }
    }

    /// Whether an exit status other than 0 stops what git is doing.
    pub const fn can_abort(self) -> bool {
        matches!(self, Self::PrepareCommitMsg | Self::CommitMsg)
    }

    /// The event of exactly this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }

    /// The event that a program was called as: the last part of a path, and what a hook manager or Windows
    /// puts behind a dot does not matter (`.git/hooks/prepare-commit-msg.legacy`, `post-commit.exe`).
    pub fn from_argv0(argv0: &OsStr) -> Option<Self> {
        let name = Path::new(argv0).file_name()?.to_str()?;
        Self::from_name(name.split_once('.').map_or(name, |(stem, _)| stem))
    }
}

impl fmt::Display for HookEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for event in HookEvent::ALL {
            assert_eq!(HookEvent::from_name(event.name()), Some(event));
            assert_eq!(event.to_string(), event.name());
            let json = serde_json::to_string(&event).unwrap();
            assert_eq!(json, format!("\"{event}\""));
        }
    }

    #[test]
    fn a_friendly_name_is_unique_and_no_event() {
        let mut short: Vec<_> = HookEvent::ALL.map(HookEvent::abbreviation).into();
        short.sort_unstable();
        short.dedup();
        assert_eq!(short.len(), HookEvent::ALL.len());
        let event = |text: &&str| HookEvent::from_name(text).is_some();
        assert!(!short.iter().any(event));
    }

    #[test]
    fn the_called_name_may_be_a_path_with_a_suffix() {
        let event = |text: &str| HookEvent::from_argv0(OsStr::new(text));
        assert_eq!(event("post-commit"), Some(HookEvent::PostCommit));
        assert_eq!(
            event(".git/hooks/prepare-commit-msg"),
            Some(HookEvent::PrepareCommitMsg)
        );
        assert_eq!(
            event("/r/.git/hooks/prepare-commit-msg.legacy"),
            Some(HookEvent::PrepareCommitMsg)
        );
        assert_eq!(event("post-merge.exe"), Some(HookEvent::PostMerge));
        for other in [
            "",
            "/",
            "git-session",
            "git-session.post-commit",
            "pre-commit",
            "post-commit-msg",
            "post-commit/",
            "Post-Commit",
        ] {
            let expected = (other == "post-commit/").then_some(HookEvent::PostCommit);
            assert_eq!(event(other), expected, "{other}");
        }
    }

    #[test]
    fn only_hooks_before_a_commit_can_stop_it() {
        let can: Vec<_> = HookEvent::ALL
            .into_iter()
            .filter(|e| e.can_abort())
            .collect();
        assert_eq!(can, [HookEvent::PrepareCommitMsg, HookEvent::CommitMsg]);
    }
}
