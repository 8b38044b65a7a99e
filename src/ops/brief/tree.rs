//! The work tree as `git status` tells it, asked for first and read last.

use anyhow::Result;

use crate::domain::briefing::WorkTree;
use crate::git::Running;
use crate::git::porcelain::{Entry, entries};
use crate::ops::ctx::Ctx;

/// So many paths of the work tree are looked at.
const MOST: usize = 1000;

/// A question to git that is under way.
pub(super) struct Asked(Running);

/// Asks git; none without a work tree.
pub(super) fn ask(ctx: &Ctx) -> Result<Option<Asked>> {
    let git = ctx.repo.git().args([
        "status",
        "--porcelain=v2",
        "-z",
        "--ignore-submodules=dirty",
    ]);
    let running = ctx.repo.work_tree().map(|_| git.start()).transpose()?;
    Ok(running.map(Asked))
}

impl Asked {
    /// Counts, and the first paths of each kind.
    pub(super) fn answer(self) -> Result<WorkTree> {
        self.both().map(|(tree, _)| tree)
    }

    /// The same, and the paths that are files.
    pub(super) fn both(self) -> Result<(WorkTree, Vec<Vec<u8>>)> {
        let output = self.0.checked()?.stdout;
        let mut tree = WorkTree::default();
        let mut paths: Vec<Vec<u8>> = Vec::new();
        for entry in entries(&output) {
            let path = match entry {
                Entry::Upstream(..) => continue,
                Entry::Tracked {
                    index,
                    tree: changed,
                    path,
                    ..
                } => {
                    if index != b'.' {
                        tree.staged.push(path);
                    }
                    if changed != b'.' {
                        tree.changed.push(path);
                    }
                    path
                }
                Entry::Unmerged { path, .. } => {
                    tree.conflicts.push(path);
                    path
                }
                Entry::Untracked(path) => {
                    tree.untracked.push(path);
                    path
                }
            };
            if paths.len() < MOST && !path.ends_with(b"/") {
                paths.push(path.to_owned());
            }
        }
        Ok((tree, paths))
    }
}
