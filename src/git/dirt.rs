//! What differs between HEAD, the index and the work tree, as `git status` tells it, path by path.

use std::path::Path;

use anyhow::Result;

use super::porcelain::{Entry, entries};
use super::repo::Repo;
use super::spawn::Git;

/// Everything in the work tree that no commit holds. Paths are relative to its top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dirt {
    /// The index differs from HEAD.
    pub staged: Vec<Vec<u8>>,
    /// Tracked files whose content, mode or presence is another than in the index.
    pub changed: Vec<Vec<u8>>,
    /// Files that `git add --intent-to-add` has announced.
    pub intended: Vec<Vec<u8>>,
    /// Paths in conflict, with what the branch had there.
    pub unmerged: Vec<Unmerged>,
    /// Submodules at another commit than the index says.
    pub moved: Vec<Vec<u8>>,
    /// Submodules with changes or new commits of their own, and untracked repositories in the work tree.
    pub nested: Vec<Vec<u8>>,
    /// Untracked files that are not ignored.
    pub untracked: Vec<Vec<u8>>,
}

/// A path in conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmerged {
    /// The path.
    pub path: Vec<u8>,
    /// Mode and id of stage 2, in the words of git; none when the branch has no such file.
    pub ours: Option<(String, String)>,
}

impl Dirt {
    /// Whether a commit could be made of tracked files, or a merge would refuse.
    pub const fn has_tracked(&self) -> bool {
        !(self.staged.is_empty()
            && self.changed.is_empty()
            && self.intended.is_empty()
            && self.unmerged.is_empty())
    }

    /// Whether there is nothing to save.
    pub const fn is_clean(&self) -> bool {
        !self.has_tracked() && self.untracked.is_empty() && self.moved.is_empty()
    }
}

impl Repo {
    /// Looks at the whole work tree. Nothing is written, no lock is taken.
    pub fn dirt(&self) -> Result<Dirt> {
        Ok(parse(&self.ask_for_dirt().checked()?.stdout))
    }

    /// The files of an index, which are not the user's, that are another now or gone.
    pub(super) fn changed_since(&self, index: &Path) -> Result<Vec<Vec<u8>>> {
        let git = self.git_with_index(index).args([
            "status",
            "--porcelain=v2",
            "-z",
            "--untracked-files=no",
            "--ignore-submodules=all",
            "--no-renames",
        ]);
        Ok(parse(&git.checked()?.stdout).changed)
    }

    /// The question that [`Repo::dirt`] asks.
    fn ask_for_dirt(&self) -> Git {
        self.git().args([
            "status",
            "--porcelain=v2",
            "-z",
            "--untracked-files=all",
            "--ignore-submodules=none",
            "--no-renames",
        ])
    }
}

/// Reads the answer.
fn parse(output: &[u8]) -> Dirt {
    let mut dirt = Dirt::default();
    for entry in entries(output) {
        match entry {
            Entry::Upstream(..) => {}
            Entry::Tracked {
                index,
                tree,
                submodule,
                path,
            } => tracked(&mut dirt, (index, tree), submodule, path),
            Entry::Unmerged { mode, id, path } => dirt.unmerged.push(Unmerged {
                path: path.to_vec(),
                ours: (mode != b"000000").then(|| (text(mode), text(id))),
            }),
            Entry::Untracked(path) if path.ends_with(b"/") => dirt.nested.push(path.to_vec()),
            Entry::Untracked(path) => dirt.untracked.push(path.to_vec()),
        }
    }
    dirt
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A tracked path that differs.
fn tracked(dirt: &mut Dirt, (index, tree): (u8, u8), submodule: &[u8], path: &[u8]) {
    let path = path.to_vec();
    if tree == b'A' {
        dirt.intended.push(path);
        return;
    }
    if index != b'.' {
        dirt.staged.push(path.clone());
    }
    if submodule.first() == Some(&b'S') && tree != b'D' && tree != b'T' {
        if submodule.get(1) == Some(&b'C') {
            dirt.moved.push(path.clone());
        }
        if submodule.get(1..).is_some_and(|flags| flags != b"...") {
            dirt.nested.push(path);
        }
    } else if tree != b'.' {
        dirt.changed.push(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_is_read() {
        let zeros = "0".repeat(40);
        let lines = [
            format!("1 M. N... 100644 100644 100644 {zeros} {zeros} staged"),
            format!("1 .M N... 100644 100644 100755 {zeros} {zeros} with space"),
            format!("1 MD N... 100644 100644 000000 {zeros} {zeros} both"),
            format!("1 .A N... 000000 000000 100644 {zeros} {zeros} announced"),
            format!("1 .M SC.. 160000 160000 160000 {zeros} {zeros} sub/moved"),
            format!("1 .M S.MU 160000 160000 160000 {zeros} {zeros} sub/dirty"),
            format!("u UU N... 100644 100644 100644 100644 {zeros} abc {zeros} conflict"),
            format!("u DU N... 100644 000000 100644 100644 {zeros} {zeros} {zeros} gone"),
            "? new\nfile".to_owned(),
            "? nested/".to_owned(),
        ];
        let dirt = parse(lines.join("\0").as_bytes());
        let own = |paths: &[&str]| -> Vec<Vec<u8>> {
            paths.iter().map(|path| path.as_bytes().to_vec()).collect()
        };
        assert_eq!(dirt.staged, own(&["staged", "both"]));
        assert_eq!(dirt.changed, own(&["with space", "both"]));
        assert_eq!(dirt.intended, own(&["announced"]));
        assert_eq!(dirt.moved, own(&["sub/moved"]));
        assert_eq!(dirt.nested, own(&["sub/moved", "sub/dirty", "nested/"]));
        assert_eq!(dirt.untracked, own(&["new\nfile"]));
        let ours: Vec<_> = dirt.unmerged.iter().map(|u| u.ours.clone()).collect();
        assert_eq!(ours, [Some(("100644".into(), "abc".into())), None]);
        assert!(dirt.has_tracked() && !dirt.is_clean());
        assert!(parse(b"").is_clean());
    }
}
