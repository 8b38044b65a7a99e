//! What a snapshot holds, read back from its commit.

use std::collections::BTreeMap;

use anyhow::Result;

use super::repo::Repo;
use super::snapshot::{INTENDED, LEFT_OUT};
use super::spawn::Git;
use crate::domain::id::CommitId;
use crate::domain::path_text::unquote_path;
use crate::sys::fs;

/// A snapshot, as its commit and the commits behind it say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// HEAD when it was taken, or the empty commit that stands for none.
    pub base: CommitId,
    /// The tree of the tracked files.
    pub tree: String,
    /// The tree of the index.
    pub index: String,
    /// The commit of that tree.
    pub index_commit: CommitId,
    /// The tree of the untracked files; none when there were none.
    pub untracked: Option<String>,
    /// Paths that `git add --intent-to-add` had announced.
    pub intended: Vec<Vec<u8>>,
    /// Untracked files that were there and are not held.
    pub left_out: Vec<Vec<u8>>,
}

/// Mode and id of a file in a tree, as git writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// `100644`, `100755`, `120000`; `160000` is a submodule.
    pub mode: String,
    /// The id of its blob, in hexadecimal.
    pub id: String,
}

impl File {
    /// Whether this is the commit of a submodule.
    pub fn is_submodule(&self) -> bool {
        self.mode == "160000"
    }
}

/// What stands at a path on either side of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// Before.
    pub old: Option<File>,
    /// After.
    pub new: Option<File>,
}

/// The paths that differ, each with both sides.
pub type Differences = BTreeMap<Vec<u8>, Sides>;

impl Repo {
    /// Reads a snapshot; `None` when its commit is not here, or is none.
    pub fn held(&self, commit: &CommitId) -> Result<Option<Held>> {
        if !self.has_commit(commit) {
            return Ok(None);
        }
        let info = self.commit(commit)?;
        let [base, index, rest @ ..] = info.parents.as_slice() else {
            return Ok(None);
        };
        let untracked = match rest.first() {
            Some(untracked) => Some(self.commit(untracked)?.tree),
            None => None,
        };
        Ok(Some(Held {
            base: base.clone(),
            tree: info.tree,
            index: self.commit(index)?.tree,
            index_commit: index.clone(),
            untracked,
            intended: listed(&info.message, INTENDED),
            left_out: listed(&info.message, LEFT_OUT),
        }))
    }

    /// The files that differ between two trees, which stand for the empty one when there is none.
    pub fn differences(&self, old: Option<&str>, new: Option<&str>) -> Result<Differences> {
        let empty = self.empty_tree();
        let (old, new) = (old.unwrap_or(empty), new.unwrap_or(empty));
        if old == new {
            return Ok(Differences::new());
        }
        let git = self.git().args([
            "diff-tree",
            "-r",
            "-z",
            "--raw",
            "--no-renames",
            // a submodule may ask not to be shown
            "--ignore-submodules=none",
            old,
            new,
        ]);
        Ok(parse(&git.checked()?.stdout))
    }
}

impl Repo {
    /// One tree of tracked and untracked files.
    pub fn whole_tree(&self, tracked: &str, untracked: Option<&str>) -> Result<String> {
        match untracked {
            None => Ok(tracked.to_owned()),
            Some(untracked) => {
                let more = self.differences(None, Some(untracked))?;
                self.tree_with(tracked, &more)
            }
        }
    }

    /// Whether a tree has a file or directory at a path.
    pub fn tree_has(&self, tree: &str, path: &[u8]) -> Result<bool> {
        let mut entries = self.read_tree(tree)?;
        let mut names = path.split(|byte| *byte == b'/').peekable();
        while let Some(name) = names.next() {
            let Some(entry) = entries.iter().find(|entry| entry.name == name) else {
                return Ok(false);
            };
            if names.peek().is_none() {
                return Ok(true);
            }
            if entry.mode != 0o040_000 {
                return Ok(false);
            }
            entries = self.read_tree(&entry.id)?;
        }
        Ok(false)
    }

    /// A tree with other files at some paths.
    pub fn tree_with(&self, tree: &str, changes: &Differences) -> Result<String> {
        let scratch = fs::scratch_dir(self.git_dir())?;
        let index = scratch.path().join("index");
        let git = self.git_with_index(&index);
        git.args(["read-tree", tree]).checked()?;
        let entries = changes
            .iter()
            .map(|(path, sides)| (path.as_slice(), sides.new.as_ref()));
        let git = self.git_with_index(&index);
        let git = git.args(["update-index", "-z", "--index-info"]);
        git.stdin(self.index_info(entries)).checked()?;
        self.tree_of_index(&index)
    }

    /// The run of git that shows the difference of two trees to people, with their pager and colours.
    pub fn diff(&self, old: &str, new: &str, options: &[&str]) -> Git {
        self.git().arg("diff").args(options).args([old, new])
    }
}

/// The paths that a message names under a key.
fn listed(message: &[u8], key: &str) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(message);
    let values = text
        .lines()
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
    values
        .filter_map(|value| Some(unquote_path(value)?.into_owned()))
        .collect()
}

/// `:<old mode> <new mode> <old id> <new id> <status>`, then the path.
fn parse(output: &[u8]) -> Differences {
    let mut fields = output.split(|byte| *byte == 0);
    let mut found = Differences::new();
    while let (Some(head), Some(path)) = (fields.next(), fields.next()) {
        let head = String::from_utf8_lossy(head);
        let words: Vec<&str> = head.trim_start_matches(':').split(' ').collect();
        let [old_mode, new_mode, old_id, new_id, _] = words[..] else {
            continue;
        };
        let file = |mode: &str, id: &str| {
            (mode != "000000").then(|| File {
                mode: mode.to_owned(),
                id: id.to_owned(),
            })
        };
        let sides = Sides {
            old: file(old_mode, old_id),
            new: file(new_mode, new_id),
        };
        found.insert(path.to_vec(), sides);
    }
    found
}
