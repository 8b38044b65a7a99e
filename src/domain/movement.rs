//! What a line of a reflog says about the commits that a branch moved to: made here, rewritten, copied, or only
//! taken from elsewhere. Source: the messages of git's `builtin/` and `sequencer.c`, and those of other clients.

/// How a branch came to a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// The commit was made here, on top of the one before.
    Made,
    /// The commit took the place of the one before.
    Amended,
    /// Commits of the branch took the place of others.
    Rewrote,
    /// The commit says what another one says: picked, or applied from a mail.
    Copied,
    /// The branch was put on commits that were there already.
    Taken,
    /// The message tells nothing: another tool, or plumbing.
    Unknown,
}

/// The first word of messages about commits that replace others.
const REWROTE: [&str; 4] = ["rebase", "filter-branch", "replay", "history"];
/// The first word of messages about commits that say what others say.
const COPIED: [&str; 2] = ["cherry-pick", "am"];
/// The first word of messages about commits that were elsewhere already.
const TAKEN: [&str; 11] = [
    "reset",
    "branch",
    "checkout",
    "switch",
    "clone",
    "fetch",
    "push",
    "update",
    "initial",
    "forced-update",
    "storing",
];

/// What a message says.
pub fn movement(message: &str) -> Movement {
    let words = message.split([':', ' ']);
    let first = words.into_iter().next().unwrap_or_default();
    let first = first.to_ascii_lowercase();
    let names = |list: &[&str]| list.contains(&first.as_str());
    let says = |word: &str| {
        message
            .split(':')
            .next()
            .is_some_and(|head| head.contains(word))
    };
    match first.as_str() {
        "commit" if says("(amend)") => Movement::Amended,
        "commit" if says("(cherry-pick)") => Movement::Copied,
        "commit" | "revert" => Movement::Made,
        // `pull --rebase (finish): refs/heads/topic onto …`
        "pull" if says("(finish)") => Movement::Rewrote,
        "merge" | "pull" => merged(message),
        _ if names(&REWROTE) => Movement::Rewrote,
        _ if names(&COPIED) => Movement::Copied,
        _ if names(&TAKEN) => Movement::Taken,
        _ => Movement::Unknown,
    }
}

/// A merge makes a commit unless it is a fast-forward: `Fast-forward`, also with something behind it.
fn merged(message: &str) -> Movement {
    let result = message.split_once(": ").map_or("", |(_, result)| result);
    let result = result.to_ascii_lowercase();
    if result.starts_with("fast-forward") || result.starts_with("fast forward") {
        Movement::Taken
    } else {
        Movement::Made
    }
}

/// Where a rebase put its commits: the name behind `onto` in the line that ends it.
pub fn onto(message: &str) -> Option<&str> {
    let ends = message.starts_with("rebase") || message.starts_with("pull");
    let (head, name) = message.rsplit_once(" onto ")?;
    let name = name.trim();
    let is_end = ends && (head.contains("(finish): ") || head.contains("finished: "));
    (is_end && name.len() >= 7 && name.bytes().all(|b| b.is_ascii_hexdigit())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_of_git_and_other_clients() {
        let table = [
            (Movement::Made, "commit: Add it"),
            (Movement::Made, "commit (initial): First"),
            (Movement::Made, "commit (merge): Merge branch 'x'"),
            (Movement::Made, "commit: reset: a subject like a command"),
            (Movement::Made, "revert: Revert \"Add it\""),
            (
                Movement::Made,
                "merge topic: Merge made by the 'ort' strategy.",
            ),
            (
                Movement::Made,
                "pull --no-rebase: Merge made by the 'ort' strategy.",
            ),
            (Movement::Amended, "commit (amend): Add it"),
            (
                Movement::Rewrote,
                "rebase (finish): refs/heads/x onto 1a2b3c4d5e",
            ),
            (
                Movement::Rewrote,
                "rebase finished: refs/heads/x onto 1a2b3c4d5e",
            ),
            (
                Movement::Rewrote,
                "rebase -i (finish): refs/heads/x onto 1a2b3c4d5e",
            ),
            (
                Movement::Rewrote,
                "pull --rebase (finish): refs/heads/x onto 1a2b3c4d5e",
            ),
            (Movement::Rewrote, "filter-branch: rewrite"),
            (Movement::Copied, "cherry-pick: Add it"),
            (Movement::Copied, "commit (cherry-pick): Add it"),
            (Movement::Copied, "am: Add it"),
            (Movement::Taken, "reset: moving to HEAD~3"),
            (Movement::Taken, "branch: Reset to main"),
            (
                Movement::Taken,
                "Branch: renamed refs/heads/a to refs/heads/b",
            ),
            (Movement::Taken, "merge topic: Fast-forward"),
            (
                Movement::Taken,
                "merge main: Fast-forward (no commit created; -m option ignored)",
            ),
            (
                Movement::Made,
                "merge fast-forward: Merge made by the 'ort' strategy.",
            ),
            (Movement::Taken, "pull : Fast-forward"),
            (Movement::Taken, "pull: Fast-forward"),
            (Movement::Taken, "fetch origin x:y: fast-forward"),
            (Movement::Taken, "clone: from ../x"),
            (Movement::Taken, "update by push"),
            (Movement::Unknown, ""),
            (Movement::Unknown, "export from jj"),
            (Movement::Unknown, "commitment"),
        ];
        for (expected, message) in table {
            assert_eq!(movement(message), expected, "{message}");
        }
    }

    #[test]
    fn a_rebase_names_what_it_stands_on() {
        let line = "rebase (finish): refs/heads/x onto 1a2b3c4d5e";
        assert_eq!(onto(line), Some("1a2b3c4d5e"));
        assert_eq!(onto("commit: put it onto the shelf"), None);
        assert_eq!(onto("commit (amend): Rebase it onto 1a2b3c4d5e"), None);
        assert_eq!(onto("commit: Add it"), None);
    }
}
