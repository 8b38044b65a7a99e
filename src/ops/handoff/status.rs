//! The work tree as `git status` tells it: counts and the first paths.

use anyhow::Result;

use crate::domain::handoff::{Upstream, WorkTree};
use crate::git::porcelain::{Entry, entries};
use crate::ops::ctx::Ctx;

/// The work tree, and how far its branch is pushed.
pub(super) fn look(ctx: &Ctx) -> Result<(WorkTree, Option<Upstream>)> {
    let git = ctx.repo.git().args([
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--ignore-submodules=dirty",
    ]);
    let output = git.within(super::gather::LIMIT).checked()?.stdout;
    let (tree, upstream) = parse(&output);
    if upstream.is_none() && !ctx.repo.remotes()?.is_empty() {
        return Ok((tree, Some(Upstream::Missing)));
    }
    Ok((tree, upstream))
}

fn parse(output: &[u8]) -> (WorkTree, Option<Upstream>) {
    let mut work_tree = WorkTree::default();
    let mut upstream = None;
    for entry in entries(output) {
        match entry {
            Entry::Upstream(ahead, behind) => upstream = Some(Upstream::Counted(ahead, behind)),
            Entry::Tracked {
                index, tree, path, ..
            } => {
                if index != b'.' {
                    work_tree.staged.push(path);
                }
                if tree != b'.' {
                    work_tree.changed.push(path);
                }
            }
            Entry::Unmerged { path, .. } => work_tree.conflicts.push(path),
            Entry::Untracked(path) => work_tree.untracked.push(path),
        }
    }
    (work_tree, upstream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_is_read() {
        let output =
            b"# branch.oid 1\0# branch.ab +2 -1\x001 M. N... 1 2 3 4 5 a b\x001 .M N... 1 2 3 4 5 c\0\
            2 RM N... 1 2 3 4 5 R100 new name\0old name\0u UU N... 1 2 3 4 5 6 7 d e\0? f g\0";
        let (tree, upstream) = parse(output);
        assert_eq!(upstream, Some(Upstream::Counted(2, 1)));
        assert_eq!(tree.staged.first, [&b"a b"[..], b"new name"]);
        assert_eq!(tree.changed.first, [&b"c"[..], b"new name"]);
        assert_eq!(tree.conflicts.first, [b"d e"]);
        assert_eq!(tree.untracked.first, [b"f g"]);
        assert!(!tree.is_clean());
    }
}
