//! What an undo leaves alone because git did it, and the command of git that takes it back.

use crate::domain::body::{Ended, MergedBetween, Pushed};
use crate::domain::id::BranchName;
use crate::domain::session::{Session, State};

/// What git did with a command that was taken back, and what stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// In words.
    pub said: String,
    /// The command that undoes it, where there is one that takes nothing away from others.
    pub command: Option<String>,
    /// The command that takes a pushed branch away, where it was new.
    pub push: Option<String>,
}

/// What git did with what was taken back.
pub(super) fn left(before: &Session, after: &Session) -> Option<Left> {
    let withdrawn = after.state == State::Deleted && after.created_branch;
    if withdrawn {
        return Some(Left {
            said: "Git made the branch, and it is still there. To remove it:".to_owned(),
            command: Some(format!("git switch - && git branch -d {}", after.branch)),
            push: None,
        });
    }
    let reopened = !before.state.is_open() && after.state.is_open();
    let end = before.last_end.as_ref().filter(|_| reopened)?;
    let pushed = end.pushed.as_ref();
    match (&end.merged_to, &end.merge) {
        (Some(target), Some(merge)) if merge.before != merge.after => {
            Some(left_of_merge(before, end, target, merge))
        }
        _ => pushed.map(|pushed| Left {
            said: format!(
                "Git pushed {} to {}, and that stays.{}",
                pushed.branch,
                pushed.remote,
                if pushed.new {
                    " To take the branch away there:"
                } else {
                    ""
                }
            ),
            command: unpush(pushed),
            push: None,
        }),
    }
}

/// The command that takes a pushed branch away, where it was new.
fn unpush(pushed: &Pushed) -> Option<String> {
    let command = || format!("git push {} --delete {}", pushed.remote, pushed.branch);
    pushed.new.then(command)
}

/// A merge stays: where nobody else has it the branch can go back, else a new commit takes it back.
fn left_of_merge(
    session: &Session,
    end: &Ended,
    target: &BranchName,
    merge: &MergedBetween,
) -> Left {
    let (before, after) = (merge.before.short(), merge.after.short());
    let source = &session.branch;
    let forward = end.head.as_ref() == Some(&merge.after);
    let back = format!("git switch {source}");
    match &end.pushed {
        Some(pushed) if pushed.branch == *target => {
            let revert = if forward {
                format!("git revert {before}..{after}")
            } else {
                format!("git revert -m 1 {after}")
            };
            Left {
                said: format!(
                    "Git merged {source} into {target} and pushed that to {}; both stay. To take it back:",
                    pushed.remote
                ),
                command: Some(format!("git switch {target} && {revert} && {back}")),
                push: None,
            }
        }
        pushed => {
            let stays = match pushed {
                None => "and that stays".to_owned(),
                Some(Pushed { remote, branch, .. }) => {
                    format!("and pushed {branch} to {remote}; both stay")
                }
            };
            let comma = if pushed.is_none() { "," } else { "" };
            Left {
                said: format!(
                    "Git merged {source} into {target}{comma} {stays}. To take it back while nobody else has it:"
                ),
                command: Some(format!(
                    "git switch {target} && git reset --keep {before} && {back}"
                )),
                push: pushed.as_ref().and_then(unpush),
            }
        }
    }
}
