//! Snapshots: the whole work tree as a commit of the shape that `git stash` makes, taken with a temporary
//! index. The index of the user, the work tree, HEAD and the stash are only read.
//!
//! Tree = tracked files as they are in the work tree; parents = HEAD, the index, and, where there are
//! any, the untracked files. Source: git-stash(1), "Discussion", and `builtin/stash.c`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::dirt::Dirt;
use super::locate::path_from;
use super::repo::Repo;
use super::spawn::Git;
use crate::domain::id::CommitId;
use crate::domain::path_text::quote_path;
use crate::error::Fault;
use crate::sys::fs;

/// What a temporary index must not take over from the user's settings: helpers that watch the work tree, hooks
/// of others, and a check that refuses line ends.
const PLAIN: [&str; 12] = [
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.untrackedCache=false",
    "-c",
    "core.splitIndex=false",
    "-c",
    "core.safecrlf=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "index.sparse=false",
];

/// The work tree as it was at one moment; its objects are stored, but nothing refers to them yet.
#[derive(Debug)]
pub struct Capture<'r> {
    repo: &'r Repo,
    scratch: TempDir,
    /// HEAD; none when the branch has no commit.
    pub head: Option<CommitId>,
    /// What differed from HEAD.
    pub dirt: Dirt,
    /// The tree of the tracked files as they are in the work tree.
    pub tree: String,
    /// The tree of the index. A path in conflict is there as the branch has it; one that is only announced is not.
    pub index: String,
    /// The tree of the untracked files; none when there are none.
    pub untracked: Option<String>,
    /// Untracked files that it does not hold: too large together, or not readable.
    pub left_out: Vec<Vec<u8>>,
    held: Vec<Vec<u8>>,
}

/// Names for people in a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The branch, or where HEAD is.
    pub place: &'a str,
    /// What it is called, in one line.
    pub label: &'a str,
}

impl Repo {
    /// Captures the work tree. Of untracked files the small ones first, up to `max_untracked` bytes in all.
    ///
    /// # Errors
    /// There is no work tree; a tracked file cannot be read; git refuses.
    pub fn capture(&self, max_untracked: u64) -> Result<Capture<'_>> {
        if self.is_bare() {
            return Err(Fault::user("there is no work tree here to save")
                .hint("git worktree add <path> <branch>")
                .into());
        }
        fs::sweep_abandoned(self.git_dir());
        let scratch = fs::scratch_dir(self.git_dir())?;
        // before anybody looks: what another process stages meanwhile is then seen as a change
        let index = self.index_path();
        if fs::exists(&index) {
            fs::copy(&index, &scratch.path().join(INDEX))?;
        }
        let dirt = self.dirt()?;
        let head = self.head()?.tip().cloned();
        let base = match &head {
            Some(head) => self.commit(head)?.tree,
            None => self.write_tree(&[])?,
        };
        let mut capture = Capture {
            repo: self,
            scratch,
            head,
            dirt,
            tree: base.clone(),
            index: base,
            untracked: None,
            left_out: Vec::new(),
            held: Vec::new(),
        };
        capture.take_tracked()?;
        capture.take_untracked(max_untracked)?;
        Ok(capture)
    }

    /// A run of git with another index, away from the user's helpers.
    pub(super) fn git_with_index(&self, index: &Path) -> Git {
        let git = self.git().args(PLAIN);
        let git = git.variable(crate::sys::env::GIT_INDEX_FILE, index);
        git.variable(crate::sys::env::SWITCH, "0")
    }

    /// The tree of an index. Objects that a partial clone has not fetched are not asked for.
    pub(super) fn tree_of_index(&self, index: &Path) -> Result<String> {
        let git = self.git_with_index(index);
        Ok(git.args(["write-tree", "--missing-ok"]).checked()?.text())
    }

    /// Takes files of the work tree into an index; what is not there any more leaves it.
    fn add_files(&self, index: &Path, paths: &[Vec<u8>]) -> Result<()> {
        let update = |options: &[&str], paths: Vec<Vec<u8>>| -> Result<()> {
            if paths.is_empty() {
                return Ok(());
            }
            let git = self.git_with_index(index).args(["update-index", "-z"]);
            let git = git.args(options).arg("--stdin");
            git.stdin(listed(&paths)).checked().map(drop)
        };
        // what a symbolic link hides is not there, and git refuses to look
        let (there, gone) = paths.iter().cloned().partition(|path| self.is_there(path));
        update(&["--force-remove"], gone)?;
        update(&["--add", "--remove"], there)
    }

    /// Tracked paths whose changes git is told not to look for: `assume-unchanged` and `skip-worktree`.
    pub(super) fn unwatched(&self) -> Result<Unwatched> {
        let output = self.git().args(["ls-files", "-v", "-z"]).checked()?;
        let mut unwatched = Unwatched::default();
        for line in output.stdout.split(|byte| *byte == 0) {
            let Some((tag, path)) = line.first().zip(line.get(2..)) else {
                continue;
            };
            if tag.eq_ignore_ascii_case(&b'S') {
                unwatched.skipped.push(path.to_vec());
            }
            if tag.is_ascii_lowercase() {
                unwatched.assumed.push(path.to_vec());
            }
        }
        Ok(unwatched)
    }
}

/// Tracked paths whose changes git is told not to look for.
#[derive(Debug, Default)]
pub(super) struct Unwatched {
    /// `skip-worktree`: a sparse checkout leaves them out.
    pub skipped: Vec<Vec<u8>>,
    /// `assume-unchanged`.
    pub assumed: Vec<Vec<u8>>,
    /// Those that are to be in the work tree all the same: they are other than in the index.
    pub worked_on: BTreeSet<Vec<u8>>,
}

impl Capture<'_> {
    /// The untracked files that it holds.
    pub fn held(&self) -> &[Vec<u8>] {
        &self.held
    }

    /// Whether the work tree and the index are as HEAD has them, and nothing is untracked.
    pub const fn is_clean(&self) -> bool {
        self.dirt.is_clean()
    }

    /// The repository.
    pub(super) const fn repo(&self) -> &Repo {
        self.repo
    }

    fn file(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    /// The copy of the index, with the tracked files as they are in the work tree.
    pub(super) fn index_copy(&self) -> PathBuf {
        self.file(INDEX)
    }

    /// An index of the untracked files.
    pub(super) fn index_of_untracked(&self) -> PathBuf {
        self.file("untracked")
    }

    /// The trees of the index and of the tracked files.
    fn take_tracked(&mut self) -> Result<()> {
        let dirt = &self.dirt;
        if !dirt.has_tracked() && dirt.moved.is_empty() {
            return Ok(());
        }
        let copy = self.index_copy();
        if !dirt.unmerged.is_empty() {
            self.settle_conflicts(&copy)?;
        }
        if !(dirt.staged.is_empty() && dirt.unmerged.is_empty()) {
            self.index = self.repo.tree_of_index(&copy)?;
        }
        let unmerged = dirt.unmerged.iter().map(|unmerged| &unmerged.path);
        let paths = dirt.changed.iter().chain(&dirt.intended);
        let paths: Vec<Vec<u8>> = paths.chain(&dirt.moved).chain(unmerged).cloned().collect();
        self.tree = if paths.is_empty() {
            self.index.clone()
        } else {
            self.repo.add_files(&copy, &paths)?;
            self.repo.tree_of_index(&copy)?
        };
        Ok(())
    }

    /// Puts what the branch has in the place of the stages of a conflict: a tree has no stages.
    fn settle_conflicts(&self, copy: &Path) -> Result<()> {
        let mut lines = Vec::new();
        let no_object = "0".repeat(self.repo.empty_tree().len());
        for unmerged in &self.dirt.unmerged {
            let mut line = |mode: &str, id: &str| {
                lines.extend_from_slice(format!("{mode} {id} 0\t").as_bytes());
                lines.extend_from_slice(&unmerged.path);
                lines.push(0);
            };
            line("0", &no_object);
            if let Some((mode, id)) = &unmerged.ours {
                line(mode, id);
            }
        }
        let git = self.repo.git_with_index(copy);
        let git = git.args(["update-index", "-z", "--index-info"]);
        git.stdin(lines).checked().map(drop)
    }

    /// The tree of the untracked files that fit.
    fn take_untracked(&mut self, max: u64) -> Result<()> {
        let top = self.repo.work_tree().unwrap_or_else(|| self.repo.git_dir());
        let mut sized: Vec<(u64, &Vec<u8>)> = Vec::new();
        for path in &self.dirt.untracked {
            match path_from(path).and_then(|path| fs::readable_length(&top.join(path))) {
                Some(length) => sized.push((length, path)),
                None => self.left_out.push(path.clone()),
            }
        }
        sized.sort_unstable();
        let mut total = 0_u64;
        let mut fits = Vec::new();
        for (length, path) in sized {
            total = total.saturating_add(length);
            if total <= max {
                fits.push(path.clone());
            } else {
                self.left_out.push(path.clone());
            }
        }
        self.left_out.sort_unstable();
        fits.sort_unstable();
        self.hold(fits)
    }

    /// Adds untracked files to the tree of them. Names that no tree may have, such as `.GIT`, git passes over.
    fn hold(&mut self, paths: Vec<Vec<u8>>) -> Result<()> {
        if paths.is_empty() {
            return Ok(());
        }
        let index = self.index_of_untracked();
        self.repo.add_files(&index, &paths)?;
        let tree = self.repo.tree_of_index(&index)?;
        let taken = self.repo.differences(None, Some(&tree))?;
        let (held, passed): (Vec<_>, Vec<_>) =
            paths.into_iter().partition(|path| taken.contains_key(path));
        self.held.extend(held);
        let there = passed.into_iter().filter(|path| self.repo.is_there(path));
        self.left_out.extend(there);
        self.left_out.sort_unstable();
        self.untracked = (!taken.is_empty()).then_some(tree);
        Ok(())
    }

    /// Takes in these files as well, whatever their size, ignored or not, and also where git is told not to look
    /// for their changes.
    pub fn include(&mut self, paths: &[Vec<u8>]) -> Result<()> {
        if paths.is_empty() {
            return Ok(());
        }
        let unwatched = self.repo.unwatched()?;
        let among = |list: &[Vec<u8>]| -> Vec<Vec<u8>> {
            let wanted = paths.iter().filter(|path| list.contains(path));
            wanted.cloned().collect()
        };
        let (skipped, assumed) = (among(&unwatched.skipped), among(&unwatched.assumed));
        let tracked: Vec<_> = skipped.iter().chain(&assumed).cloned().collect();
        if !tracked.is_empty() {
            let copy = self.index_copy();
            self.clear_flag(&copy, "--no-skip-worktree", &skipped)?;
            self.clear_flag(&copy, "--no-assume-unchanged", &assumed)?;
            self.repo.add_files(&copy, &tracked)?;
            self.tree = self.repo.tree_of_index(&copy)?;
        }
        let others = paths.iter().filter(|path| !tracked.contains(path));
        let others: Vec<_> = others.cloned().collect();
        self.left_out.retain(|path| !others.contains(path));
        self.hold(others)
    }

    fn clear_flag(&self, index: &Path, flag: &str, paths: &[Vec<u8>]) -> Result<()> {
        if paths.is_empty() {
            return Ok(());
        }
        let git = self.repo.git_with_index(index);
        let git = git.args(["update-index", "-z", flag, "--stdin"]);
        git.stdin(listed(paths)).checked().map(drop)
    }

    /// Stores the commit. Nothing refers to it yet.
    pub fn commit(&self, words: Words<'_>) -> Result<CommitId> {
        let repo = self.repo;
        let place = words.place;
        let base = match &self.head {
            Some(head) => head.clone(),
            // so that it can be applied once the branch has a commit
            None => repo.write_commit(&repo.write_tree(&[])?, &[], "no commit yet\n")?,
        };
        let index = format!("index on {place}\n");
        let mut parents = vec![
            base.clone(),
            repo.write_commit(&self.index, &[base], &index)?,
        ];
        if let Some(tree) = &self.untracked {
            let message = format!("untracked files on {place}\n");
            parents.push(repo.write_commit(tree, &[], &message)?);
        }
        let message = format!("On {place}: {}\n{}", words.label, self.remarks());
        repo.write_commit(&self.tree, &parents, &message)
            .context("cannot store the checkpoint")
    }

    /// What trees cannot say, as trailers.
    fn remarks(&self) -> String {
        let unmerged = self.dirt.unmerged.iter().map(|unmerged| &unmerged.path);
        let unmerged: Vec<_> = unmerged.cloned().collect();
        let lists = [
            (INTENDED, &self.dirt.intended),
            ("Unmerged", &unmerged),
            ("Nested", &self.dirt.nested),
            (LEFT_OUT, &self.left_out),
        ];
        let mut text = String::new();
        for (key, paths) in lists {
            for path in paths {
                let _ = writeln!(text, "{key}: {}", quote_path(path));
            }
        }
        if text.is_empty() {
            text
        } else {
            format!("\n{text}")
        }
    }
}

/// The name of the copy of the index.
const INDEX: &str = "index";
/// The trailer of a path that `git add --intent-to-add` had announced.
pub(super) const INTENDED: &str = "Intent-To-Add";
/// The trailer of an untracked file that a snapshot does not hold.
pub(super) const LEFT_OUT: &str = "Left-Out";

/// Paths as `-z --stdin` reads them.
pub(super) fn listed(paths: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for path in paths {
        bytes.extend_from_slice(path);
        bytes.push(0);
    }
    bytes
}
