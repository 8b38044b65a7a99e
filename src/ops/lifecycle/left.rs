//! What an undo leaves alone because git did it, and the command of git that takes it back.

use crate::domain::body::{Ended, MergedBetween, Pushed};
use crate::domain::id::BranchName;
use crate::domain::session::{Session, State};
use crate::domain::shell::quoted;
use crate::ops::end::place;

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
            command: Some(format!(
                "git switch - && git branch -d {}",
                quoted(after.branch.as_str())
            )),
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
                place(&pushed.remote, pushed.to.as_deref()),
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
    let there = pushed.to.as_deref().unwrap_or(pushed.branch.as_str());
    let command = || {
        let (remote, there) = (quoted(&pushed.remote), quoted(there));
        format!("git push {remote} --delete {there}")
    };
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
    let to = quoted(target.as_str());
    let forward = end.head.as_ref() == Some(&merge.after);
    let back = format!("git switch {}", quoted(source.as_str()));
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
                    place(&pushed.remote, pushed.to.as_deref())
                ),
                command: Some(format!("git switch {to} && {revert} && {back}")),
                push: None,
            }
        }
        pushed => {
            let stays = match pushed {
                None => "and that stays".to_owned(),
                Some(Pushed {
                    remote, branch, to, ..
                }) => {
                    let there = place(remote, to.as_deref());
                    format!("and pushed {branch} to {there}; both stay")
                }
            };
            let comma = if pushed.is_none() { "," } else { "" };
            Left {
                said: format!(
                    "Git merged {source} into {target}{comma} {stays}. To take it back while nobody else has it:"
                ),
                command: Some(format!(
                    "git switch {to} && git reset --keep {before} && {back}"
                )),
                push: pushed.as_ref().and_then(unpush),
            }
        }
    }
}
