//! What is asked of git before and after a merge. Nothing here touches the index, the work tree or a branch: a
//! merge is tried on trees.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::changes::parse_raw;
use super::repo::Repo;
use super::spawn::{Git, Output, git_version};
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

    /// The message that git gives a merge of a branch at this commit into the branch of HEAD.
    pub fn merge_message(
        &self,
        branch: &BranchName,
        tip: &CommitId,
        options: &[&str],
    ) -> Result<String> {
        let git = self.git().arg("fmt-merge-msg").args(options);
        let line = format!("{tip}\t\tbranch '{branch}' of .\n");
        Ok(git.stdin(line).checked()?.text())
    }

    /// A merge of this commit into the branch of HEAD that looks as if the branch had been named. Its name alone
    /// may mean something else to git: `stash`, `ORIG_HEAD`, a tag; and the branch may move.
    pub fn merge_of(&self, branch: &BranchName, tip: &CommitId, message: &str) -> Git {
        let git = self.git().args(["merge", "--no-edit", "--no-log", "-m"]);
        git.args([message, tip.as_str()])
            .variable(format!("GITHEAD_{tip}"), branch.as_str())
            .variable(env::GIT_REFLOG_ACTION, format!("merge {branch}"))
    }

    /// The commit that is being merged; `None` when there is none, or several.
    pub fn merge_head(&self) -> Option<String> {
        let bytes = fs::read(&self.git_dir().join("MERGE_HEAD")).ok()??;
        let id = String::from_utf8(bytes).ok()?;
        let id = id.trim();
        (!id.contains('\n')).then(|| id.to_owned())
    }

    /// Makes the index and the files those of HEAD where both are those of another tree; no ref is written. Git refuses when
    /// a change that neither has would be lost.
    pub fn put_back(&self, from: &str) -> Result<Output> {
        let git = self.git().args(["read-tree", "-m", "-u", from]);
        git.arg("HEAD").output()
    }

    /// The files that are not as in HEAD, and are as in this commit.
    pub fn files_of(&self, commit: &CommitId) -> Result<Vec<String>> {
        let refresh = self.git().args(["update-index", "-q", "--refresh"]);
        refresh.output()?;
        let differing = |from: &str| -> Result<Vec<String>> {
            let git = self.git().args(["diff-index", "--name-only", "-z"]);
            let output = git.args([from, "--"]).checked()?;
            Ok(named(output.stdout.split(|byte| *byte == 0).map(text)))
        };
        let other = differing(commit.as_str())?;
        let mut changed = differing("HEAD")?;
        changed.retain(|path| !other.contains(path));
        Ok(changed)
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
