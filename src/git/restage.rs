//! Bringing the user's index back: under git's own lock, as a whole, and only if nobody has staged anything since
//! it was looked at.

use std::path::Path;

use anyhow::Result;

use super::held::Differences;
use super::repo::Repo;
use super::restore::Filter;
use super::snapshot::{Capture, listed};
use super::spawn::Git;
use crate::error::Fault;
use crate::sys::env;
use crate::sys::fs::{self, Kind, Replacement};

impl Capture<'_> {
    /// Whether the user's index says what it said.
    pub fn index_is_as_it_was(&self) -> Result<bool> {
        let scratch = fs::scratch_dir(self.repo().git_dir())?;
        self.repo()
            .copy_index(&scratch.path().join("index"), &self.index)
    }
}

impl Repo {
    /// Whether somebody has git's lock of the index.
    pub fn index_is_locked(&self) -> bool {
        let mut lock = self.index_path().into_os_string();
        lock.push(".lock");
        fs::exists(Path::new(&lock))
    }

    /// Copies the user's index; whether it has this tree.
    fn copy_index(&self, copy: &Path, tree: &str) -> Result<bool> {
        let index = self.index_path();
        if !fs::exists(&index) {
            return Ok(true);
        }
        fs::copy(&index, copy)?;
        Ok(self.tree_of_index(copy)? == tree)
    }

    /// Brings the index from one tree to another, for the paths that are meant; what both have alike keeps its
    /// flags and its place. `intended`: what is announced now, and what is to be.
    ///
    /// # Errors
    /// Another process has the lock of the index, or has changed it meanwhile: it is as it was.
    pub fn set_index(
        &self,
        (from, to): (&str, &str),
        intended: (&[Vec<u8>], &[Vec<u8>]),
        meant: Filter<'_>,
    ) -> Result<()> {
        let differences = self.differences(Some(from), Some(to))?;
        let mut entries: Differences = differences
            .into_iter()
            .filter(|(path, _)| meant(path))
            .collect();
        let gone = intended.0.iter().filter(|path| !intended.1.contains(path));
        for path in gone.filter(|path| meant(path)) {
            entries.entry(path.clone()).or_default();
        }
        let new = intended.1.iter().filter(|path| !intended.0.contains(path));
        let there = |path: &&Vec<u8>| meant(path) && self.kind_of(path) == Kind::File;
        let new: Vec<_> = new.filter(there).cloned().collect();

        let index = self.index_path();
        let scratch = fs::scratch_dir(self.git_dir())?;
        let copy = scratch.path().join("index");
        let Some(lock) = Replacement::lock(&index)? else {
            return Err(Fault::user("another git process holds the index").into());
        };
        if !self.copy_index(&copy, from)? {
            let fault = Fault::user("another git process has changed the index meanwhile");
            return Err(fault.into());
        }
        self.edit_index(&copy, &entries, &new)?;
        if fs::exists(&copy) {
            lock.finish_as(&copy)?;
            fs::share(&index, self.sharing()?)?;
        }
        Ok(())
    }

    /// Changes entries of an index, and announces files in it.
    fn edit_index(&self, index: &Path, entries: &Differences, announced: &[Vec<u8>]) -> Result<()> {
        // with the user's own settings: what they have git keep in the index stays there
        let git = || -> Git { self.git().variable(env::GIT_INDEX_FILE, index) };
        if !entries.is_empty() {
            let lines = entries
                .iter()
                .map(|(path, sides)| (path.as_slice(), sides.new.as_ref()));
            let git = git().args(["update-index", "-z", "--index-info"]);
            git.stdin(self.index_info(lines)).checked()?;
        }
        if !announced.is_empty() {
            let git = git().args(["add", "--intent-to-add", "--force"]);
            let git = git.args(["--pathspec-from-file=-", "--pathspec-file-nul"]);
            let git = git.variable("GIT_LITERAL_PATHSPECS", "1");
            git.stdin(listed(announced)).checked()?;
        }
        // only to make the next look at the work tree fast
        let refresh = git().args(["update-index", "-q", "--refresh"]);
        refresh.output().map(drop)
    }
}
