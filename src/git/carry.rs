//! Carrying a plan out while others may write to the work tree: no file is written over or removed that is not
//! known to be saved as it is at that moment.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use tempfile::TempDir;

use super::held::File;
use super::locate::path_from;
use super::repo::Repo;
use super::restore::Plan;
use super::snapshot::{Capture, listed};
use crate::domain::path_text::quote_path;
use crate::error::Fault;
use crate::sys::fs::{self, Kind, Mark};

/// Steps, each with what stands at its path; `None` where there is nothing.
type Marked<'p, T> = Vec<(&'p T, Option<Mark>)>;

/// A file to write, with what stands at its path.
type Step<'p> = (&'p (Vec<u8>, File), Option<Mark>);

/// A plan of which it is known that everything that it writes over or removes is saved.
#[derive(Debug)]
pub struct Ready<'p> {
    write: Marked<'p, (Vec<u8>, File)>,
    remove: Marked<'p, Vec<u8>>,
    /// The files to write; none when the plan itself changes how they are written.
    stage: Option<TempDir>,
}

impl Capture<'_> {
    /// Prepares the files of a plan and looks again at everything that it touches. The inner error is a path that
    /// is not as it was captured.
    ///
    /// # Errors
    /// A filter fails, the disk is full: the work tree is as it was.
    pub fn ready<'p>(&self, plan: &'p Plan) -> Result<Result<Ready<'p>, Vec<u8>>> {
        let repo = self.repo();
        let mark = |path: &[u8]| repo.mark(path);
        let mut touched = plan.write.iter().map(|(path, _)| path).chain(&plan.remove);
        let stage = if touched.any(|path| is_attributes(path)) {
            None
        } else {
            Some(repo.stage(plan.write.iter())?)
        };
        // before git looks: a change after this one is seen by the mark, an earlier one by git
        let ready = Ready {
            write: plan.write.iter().map(|w| (w, mark(&w.0))).collect(),
            remove: plan.remove.iter().map(|path| (path, mark(path))).collect(),
            stage,
        };
        let mut changed = BTreeSet::new();
        for index in [self.index_copy(), self.index_of_untracked()] {
            if fs::exists(&index) {
                changed.extend(repo.changed_since(&index)?);
            }
        }
        let write = ready.write.iter().map(|((path, _), mark)| (path, mark));
        let remove = ready.remove.iter().map(|(path, mark)| (*path, mark));
        let is_new = |path: &Vec<u8>| !plan.held.contains(path) && !plan.unsaved.contains(path);
        let other = write
            .chain(remove)
            .find(|(path, mark)| mark.is_some() && (changed.contains(*path) || is_new(path)))
            .map(|(path, _)| path.clone());
        Ok(other.map_or(Ok(ready), Err))
    }
}

impl Repo {
    /// The mark of a file, or a link, of the work tree.
    fn mark(&self, path: &[u8]) -> Option<Mark> {
        match self.kind_of(path) {
            Kind::File => fs::mark(&self.place(path)?),
            Kind::Nothing | Kind::Directory => None,
        }
    }

    /// Carries a plan out that nothing blocks. What others have changed since is left as it is.
    ///
    /// # Errors
    /// Somebody changed a path meanwhile, or the system refuses; what was done until then stays.
    pub fn carry_out(&self, ready: &Ready<'_>) -> Result<()> {
        let files: Vec<_> = ready.write.iter().collect();
        if let Some(stage) = &ready.stage {
            self.remove_files(&ready.remove)?;
            return self.put_files(stage, &files);
        }
        let (attributes, files): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|(w, _)| is_attributes(&w.0));
        let staged = |files: &[&Step<'_>]| self.stage(files.iter().map(|(w, _)| *w));
        let stage = staged(&attributes)?;
        self.remove_files(&ready.remove)?;
        self.put_files(&stage, &attributes)?;
        let stage = staged(&files)?;
        self.put_files(&stage, &files)
    }

    /// Writes files as git checks them out (filters, line ends, modes, links), but to a directory of their own:
    /// a filter that fails, or a full disk, has touched nothing.
    fn stage<'p>(
        &self,
        files: impl Iterator<Item = &'p (Vec<u8>, File)> + Clone,
    ) -> Result<TempDir> {
        let scratch = fs::scratch_dir(self.git_dir())?;
        if files.clone().next().is_none() {
            return Ok(scratch);
        }
        let index = scratch.path().join("index");
        let entries = files
            .clone()
            .map(|(path, file)| (path.as_slice(), Some(file)));
        let git = self.git_with_index(&index);
        let git = git.args(["update-index", "-z", "--index-info"]);
        git.stdin(self.index_info(entries)).checked()?;
        let paths: Vec<Vec<u8>> = files.map(|(path, _)| path.clone()).collect();
        let mut prefix = std::ffi::OsString::from("--prefix=");
        prefix.push(scratch.path().join(FILES));
        prefix.push("/");
        let git = self.git_with_index(&index).arg("checkout-index");
        let git = git.arg(prefix).args(["-z", "--stdin"]);
        git.stdin(listed(&paths)).checked()?;
        Ok(scratch)
    }

    /// Removes files, and the directories that are empty without them.
    fn remove_files(&self, files: &Marked<'_, Vec<u8>>) -> Result<()> {
        for (path, mark) in files.iter().rev() {
            if mark.is_some() {
                self.clear(path, mark.as_ref())?;
                self.remove_empty_parents(path);
            }
        }
        Ok(())
    }

    /// Puts staged files into their places.
    fn put_files(&self, stage: &TempDir, files: &[&Step<'_>]) -> Result<()> {
        let top = stage.path().join(FILES);
        for ((path, _), mark) in files {
            let Some((from, to)) = path_from(path).zip(self.place(path)) else {
                continue;
            };
            self.make_parents(path)?;
            self.clear(path, mark.as_ref())?;
            let staged = top.join(from);
            fs::put_onto_nothing(&staged, &to)?;
            // the disk may be nearly full
            fs::remove(&staged)?;
        }
        Ok(())
    }

    /// Takes away what is at a path, if it is what it was.
    fn clear(&self, path: &[u8], mark: Option<&Mark>) -> Result<()> {
        let Some(place) = self.place(path) else {
            return Ok(());
        };
        if self.mark(path).as_ref() != mark {
            return Err(Fault::user(changed(path)).into());
        }
        match self.kind_of(path) {
            Kind::Nothing => Ok(()),
            Kind::File => fs::remove(&place),
            Kind::Directory => fs::remove_hollow_dir(&place),
        }
    }

    /// Makes the directories of a path, through no link.
    fn make_parents(&self, path: &[u8]) -> Result<()> {
        for (at, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            if let Some(parent) = self.place(&path[..at]) {
                fs::create_own_dir(&parent)?;
            }
        }
        Ok(())
    }

    /// Removes the directories that are empty without a file. The one that the command was typed in stays.
    fn remove_empty_parents(&self, path: &[u8]) {
        let Some((place, top)) = self.place(path).zip(self.work_tree()) else {
            return;
        };
        let parents = place.ancestors().skip(1);
        for parent in parents.take_while(|parent: &&Path| *parent != top) {
            let stays = self.cwd().starts_with(parent);
            if stays || fs::remove_empty_dir(parent).is_err() || fs::exists(parent) {
                break;
            }
        }
    }
}

/// Where files are staged, in a scratch directory.
const FILES: &str = "files";

/// Such a file says how others are written.
fn is_attributes(path: &[u8]) -> bool {
    path == b".gitattributes" || path.ends_with(b"/.gitattributes")
}

/// What to say of a path that somebody else writes to.
pub fn changed(path: &[u8]) -> String {
    let path = quote_path(path);
    format!("{path} was changed by another program meanwhile")
}
