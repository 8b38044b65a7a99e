//! The arguments of a hook, read leniently: what is missing or unknown means that there is nothing to do.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::domain::hook_event::HookEvent;
use crate::domain::id::CommitId;
use crate::domain::procedure::Source;
use crate::ops::rewrite::Rewriter;

/// What git tells us. Source: <https://git-scm.com/docs/githooks>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// Nothing of interest.
    Ignore,
    /// `prepare-commit-msg <file> [<source> [<commit>]]`
    PrepareMessage { file: PathBuf, source: Source },
    /// `commit-msg <file>`
    FinishMessage { file: PathBuf },
    /// `post-commit`
    Committed,
    /// `post-checkout <old> <new> 1`
    CheckedOut { old: Option<CommitId> },
    /// `post-rewrite <command>`
    Rewritten(Rewriter),
    /// `post-merge <squash>`
    Merged { squash: bool },
}

/// Reads the arguments of an event.
pub(super) fn parse(event: HookEvent, arguments: &[OsString]) -> Call {
    let word = |n: usize| arguments.get(n).and_then(|argument| argument.to_str());
    match event {
        HookEvent::PrepareCommitMsg => match arguments.first() {
            Some(file) => Call::PrepareMessage {
                file: file.into(),
                source: source(&arguments[1..]),
            },
            None => Call::Ignore,
        },
        HookEvent::CommitMsg => {
            arguments
                .first()
                .map_or(Call::Ignore, |file| Call::FinishMessage {
                    file: file.into(),
                })
        }
        HookEvent::PostCommit => Call::Committed,
        HookEvent::PostCheckout if word(2) == Some("1") => Call::CheckedOut {
            old: word(0)
                .filter(|id| !is_null(id))
                .and_then(|id| CommitId::new(id).ok()),
        },
        HookEvent::PostCheckout => Call::Ignore,
        HookEvent::PostRewrite => match word(0) {
            Some("amend") => Call::Rewritten(Rewriter::Amend),
            Some("rebase") => Call::Rewritten(Rewriter::Rebase),
            _ => Call::Ignore,
        },
        HookEvent::PostMerge => Call::Merged {
            squash: word(0) == Some("1"),
        },
    }
}

/// Where the message comes from.
fn source(arguments: &[OsString]) -> Source {
    let revision = || {
        arguments
            .get(1)
            .map(|revision| revision.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    match arguments
        .first()
        .map(OsString::as_os_str)
        .and_then(OsStr::to_str)
    {
        Some("message") => Source::Message,
        Some("template") => Source::Template,
        Some("merge") => Source::Merge,
        Some("squash") => Source::Squash,
        Some("commit") => Source::Commit(revision()),
        _ => Source::Editor,
    }
}

/// The id that git gives for "nothing".
fn is_null(id: &str) -> bool {
    id.bytes().all(|byte| byte == b'0')
}
