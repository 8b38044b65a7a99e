//! What git is in the middle of, told by the files that it leaves in the git directory.

use std::path::Path;

use crate::domain::id::BranchName;
use crate::sys::fs;

/// The operations that are under way in one work tree. Several can be at once.
/// Source: git's `wt-status.c`, `wt_status_get_state`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a file that git makes and removes on its own"
)]
pub struct State {
    /// A rebase with the merge backend (`rebase-merge`).
    pub rebase_merge: bool,
    /// A rebase with the apply backend, or `git am` (`rebase-apply`).
    pub rebase_apply: bool,
    /// `git am` (`rebase-apply/applying`).
    pub am: bool,
    /// A cherry-pick or revert of several commits (`sequencer`).
    pub sequencer: bool,
    /// `CHERRY_PICK_HEAD`.
    pub cherry_pick: bool,
    /// `REVERT_HEAD`.
    pub revert: bool,
    /// `MERGE_HEAD`.
    pub merge: bool,
    /// `BISECT_START`.
    pub bisect: bool,
}

impl State {
    /// Looks at the files of a git directory: one `stat` each.
    pub fn read(git_dir: &Path) -> Self {
        let there = |name: &str| fs::exists(&git_dir.join(name));
        let rebase_apply = there("rebase-apply");
        Self {
            rebase_merge: there("rebase-merge"),
            rebase_apply,
            am: rebase_apply && there("rebase-apply/applying"),
            sequencer: there("sequencer"),
            cherry_pick: there("CHERRY_PICK_HEAD"),
            revert: there("REVERT_HEAD"),
            merge: there("MERGE_HEAD"),
            bisect: there("BISECT_START"),
        }
    }

    /// A rebase of either backend, not `git am`.
    pub const fn rebasing(self) -> bool {
        self.rebase_merge || (self.rebase_apply && !self.am)
    }

    /// Commits are made from other commits, patches or mails: rebase, am, cherry-pick, revert.
    pub const fn replaying(self) -> bool {
        self.rebase_merge || self.rebase_apply || self.sequencer || self.cherry_pick || self.revert
    }

    /// Nothing is under way.
    pub const fn is_clean(self) -> bool {
        !(self.replaying() || self.merge || self.bisect)
    }

    /// HEAD is or may be away from the branch that the work belongs to.
    pub const fn away_from_branch(self) -> bool {
        self.rebase_merge || self.rebase_apply || self.bisect
    }
}

/// The branch that a rebase or bisect has left and will come back to. `None` when none is under way, when
/// it began on a detached HEAD, or when the name is not UTF-8.
pub fn branch_in_progress(git_dir: &Path) -> Option<BranchName> {
    let line = |name: &str| {
        let bytes = fs::read(&git_dir.join(name)).ok()??;
        String::from_utf8(bytes.trim_ascii().to_owned()).ok()
    };
    let full = line("rebase-merge/head-name").or_else(|| line("rebase-apply/head-name"));
    if let Some(full) = full {
        let name = full.strip_prefix("refs/heads/")?;
        return BranchName::new(name).ok();
    }
    let start = line("BISECT_START")?;
    let name = start.strip_prefix("refs/heads/").unwrap_or(&start);
    let detached = matches!(name.len(), 40 | 64) && name.bytes().all(|b| b.is_ascii_hexdigit());
    let name = Some(name).filter(|_| !detached)?;
    BranchName::new(name).ok()
}
