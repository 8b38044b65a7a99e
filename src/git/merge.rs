//! What is asked of git before and after a merge. Nothing here touches the index, the work tree or a branch: a
//! merge is tried on trees.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::changes::parse_raw;
use super::repo::Repo;
use super::spawn::{Git, git_version};
use super::tree::RawChange;
use crate::domain::id::{BranchName, CommitId};
use crate::sys::env;
use crate::sys::fs::{self, Sharing};

/// From here on git merges without an index: `git merge-tree --write-tree`.
const MERGES_TREES: (u32, u32, u32) = (2, 38, 0);

/// How a merge would end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    /// With this tree, in hexadecimal.
    Clean(String),
    /// With conflicts in these paths.
    Conflicts(Vec<String>),
    /// Git does not even try, for this reason.
    Refused(String),
}

impl Repo {
    fn merge_bases(&self, a: &CommitId, b: &CommitId) -> Result<Vec<CommitId>> {
        let git = self.git().args(["merge-base", "--all"]);
        let output = git.arg(a.as_str()).arg(b.as_str()).output()?;
        let text = output.text();
        Ok(text.lines().map(CommitId::new).collect::<Result<_, _>>()?)
    }

    /// What changed from one commit, or from nothing, to another; all of it, in git's order.
    pub fn changes_between(
        &self,
        old: Option<&CommitId>,
        new: &CommitId,
    ) -> Result<Vec<RawChange>> {
        let git = self.git().args(["diff-tree", "-r", "--raw", "-z"]);
        let git = git.args(["--no-renames", "--no-abbrev"]);
        let old = old.map_or(self.empty_tree(), CommitId::as_str);
        let output = git.args([old, new.as_str(), "--"]).checked()?;
        parse_raw(&output.stdout, usize::MAX)
    }

    /// The other work tree in which a branch is checked out.
    pub fn checked_out_at(&self, branch: &BranchName) -> Result<Option<PathBuf>> {
        let listed = self.git().args(["worktree", "list", "--porcelain"]);
        let listed = listed.checked()?.text();
        let wanted = format!("branch refs/heads/{branch}");
        let mut path = None;
        for line in listed.lines() {
            if let Some(place) = line.strip_prefix("worktree ") {
                path = Some(PathBuf::from(place));
            } else if line == wanted {
                return Ok(path);
            }
        }
        Ok(None)
    }

    /// The tree that the index holds, in hexadecimal; `None` when it has conflicts.
    pub fn index_tree(&self) -> Result<Option<String>> {
        let output = self.git().arg("write-tree").output()?;
        Ok(output.success().then(|| output.text()))
    }

    /// Merges `theirs` into `ours` without leaving anything but objects.
    pub fn try_merge(&self, ours: &CommitId, theirs: &CommitId) -> Result<Trial> {
        if git_version(self.env(), self.cwd())? < MERGES_TREES {
            return self.try_merge_aside(ours, theirs);
        }
        let git = self.git().args(["merge-tree", "--write-tree"]);
        let git = git.args(["--name-only", "--no-messages", "-z"]);
        let output = git.arg(ours.as_str()).arg(theirs.as_str()).output()?;
        let mut fields = output.stdout.split(|byte| *byte == 0).map(text);
        Ok(match output.code {
            0 => Trial::Clean(fields.next().unwrap_or_default()),
            1 => Trial::Conflicts(named(fields.skip(1))),
            _ => Trial::Refused(reason(&output.complaint())),
        })
    }

    /// The same with an index and a work tree of its own, which are gone afterwards.
    fn try_merge_aside(&self, ours: &CommitId, theirs: &CommitId) -> Result<Trial> {
        let bases = self.merge_bases(ours, theirs)?;
        if bases.is_empty() {
            return Ok(Trial::Refused(
                "refusing to merge unrelated histories".to_owned(),
            ));
        }
        let aside = tempfile::tempdir().context("cannot make a temporary directory")?;
        let top = aside.path().join("top");
        fs::create_dir(&top, Sharing::Umask)?;
        let git = || self.git_aside(aside.path(), &top);
        git().arg("read-tree").arg(ours.as_str()).checked()?;
        let merge = git().arg("merge-recursive");
        let merge = merge.args(bases.iter().map(CommitId::as_str));
        let merge = merge.args(["--", ours.as_str(), theirs.as_str()]);
        let output = merge.output()?;
        Ok(match output.code {
            0 => Trial::Clean(git().arg("write-tree").checked()?.text()),
            1 => {
                let left = git().args(["diff", "--name-only", "--diff-filter=U", "-z"]);
                let left = left.checked()?.stdout;
                Trial::Conflicts(named(left.split(|byte| *byte == 0).map(text)))
            }
            _ => Trial::Refused(reason(&output.complaint())),
        })
    }

    /// A run of git on this repository with another index and another work tree.
    fn git_aside(&self, directory: &Path, top: &Path) -> Git {
        self.git()
            .variable(env::GIT_DIR, self.git_dir())
            .variable(env::GIT_WORK_TREE, top)
            .variable(env::GIT_INDEX_FILE, directory.join("index"))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Each path once, in git's order.
fn named(paths: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = paths.filter(|path| !path.is_empty()).collect();
    found.dedup();
    found
}

/// Git's own words without the word that classes them.
fn reason(complaint: &str) -> String {
    let classes = ["fatal: ", "error: ", "merge: "];
    let said = classes.iter().find_map(|c| complaint.strip_prefix(c));
    said.unwrap_or(complaint).to_owned()
}
