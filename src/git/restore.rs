//! Bringing files back: what has to be written and removed so that the work tree is as two trees say, and what
//! would be lost by it; `carry` does it. HEAD and branches are never touched; a file that is right is not either.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use super::held::{Differences, File, Sides};
use super::locate::path_from;
use super::repo::Repo;
use super::snapshot::{Capture, Unwatched};
use crate::error::Fault;
use crate::sys::fs::{self, Kind};

/// How the work tree is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// The tree of the tracked files.
    pub tree: String,
    /// The tree of the index that belongs to it.
    pub index: String,
    /// The tree of the untracked files; none when there are none.
    pub untracked: Option<String>,
    /// Untracked files that were there and that nobody holds: they stay.
    pub spared: Vec<Vec<u8>>,
    /// What becomes of the other untracked files.
    pub others: Others,
}

/// What becomes of untracked files of which a goal does not speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// They are removed; the capture holds them.
    Go,
    /// They stay.
    Stay,
}

/// The steps to a goal.
#[derive(Debug, Default)]
pub struct Plan {
    /// Files to write.
    pub write: Vec<(Vec<u8>, File)>,
    /// Files to remove.
    pub remove: Vec<Vec<u8>>,
    /// Files that a step replaces or removes and that the capture does not hold: to be included first.
    pub unsaved: Vec<Vec<u8>>,
    /// What stands in the way of a file and is not to be removed. Nothing is done while there is one.
    pub blocked: Vec<Vec<u8>>,
    /// Submodules that are at another commit. They are not entered.
    pub submodules: Vec<Vec<u8>>,
    /// Of the files to write and to remove, those that the capture holds as they are now.
    pub(super) held: BTreeSet<Vec<u8>>,
}

impl Plan {
    /// Whether nothing has to be done.
    pub const fn is_empty(&self) -> bool {
        self.write.is_empty() && self.remove.is_empty()
    }
}

/// Which paths are meant.
pub type Filter<'a> = &'a dyn Fn(&[u8]) -> bool;

impl Capture<'_> {
    /// The steps from this work tree to a goal, for the paths that are meant.
    pub fn plan(&self, goal: &Goal, meant: Filter<'_>) -> Result<Plan> {
        let repo = self.repo();
        let tracked = repo.differences(Some(&self.tree), Some(&goal.tree))?;
        let mut untracked =
            repo.differences(self.untracked.as_deref(), goal.untracked.as_deref())?;
        if goal.others == Others::Stay {
            untracked.retain(|path, sides| sides.new.is_some() || tracked.contains_key(path));
        }
        let steps = united(tracked, untracked);
        let mut unwatched = repo.unwatched()?;
        if !unwatched.skipped.is_empty() {
            let work = repo.differences(Some(&goal.index), Some(&goal.tree))?;
            unwatched.worked_on = work.into_keys().collect();
        }
        let mut plan = Plan::default();
        for (path, sides) in steps.into_iter().filter(|(path, _)| meant(path)) {
            self.step(&mut plan, goal, &unwatched, (path, sides));
        }
        self.find_blocks(&mut plan);
        Ok(plan)
    }

    /// One path of the plan.
    fn step(
        &self,
        plan: &mut Plan,
        goal: &Goal,
        unwatched: &Unwatched,
        (path, sides): (Vec<u8>, Sides),
    ) {
        let submodule = |side: &Option<File>| side.as_ref().is_some_and(File::is_submodule);
        if submodule(&sides.old) || submodule(&sides.new) {
            plan.submodules.push(path);
            return;
        }
        let nested = sides.old.is_none().then(|| self.repo().nested_above(&path));
        if let Some(nested) = nested.flatten() {
            plan.blocked.push(nested);
            return;
        }
        let there = self.repo().kind_of(&path) == Kind::File;
        let is_skipped = unwatched.skipped.contains(&path);
        if is_skipped && !there && !unwatched.worked_on.contains(&path) {
            // a sparse checkout leaves it out, and left it out then
            return;
        }
        if sides.old.is_some() {
            plan.held.insert(path.clone());
        }
        let watched = !is_skipped && !unwatched.assumed.contains(&path);
        if there && (sides.old.is_none() || !watched) {
            plan.unsaved.push(path.clone());
        }
        match sides.new {
            Some(file) => plan.write.push((path, file)),
            None if goal.spared.contains(&path) => {
                plan.unsaved.retain(|unsaved| *unsaved != path);
            }
            None => plan.remove.push(path),
        }
    }

    /// What stands where a file is to be written and would not be removed.
    fn find_blocks(&self, plan: &mut Plan) {
        let repo = self.repo();
        let removed: BTreeSet<&[u8]> = plan.remove.iter().map(Vec::as_slice).collect();
        let mut blocked: BTreeSet<Vec<u8>> = plan.blocked.drain(..).collect();
        for (path, _) in &plan.write {
            for (at, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
                let parent = &path[..at];
                if repo.kind_of(parent) == Kind::File && !removed.contains(parent) {
                    blocked.insert(parent.to_vec());
                }
            }
            if repo.kind_of(path) == Kind::Directory {
                let kept = repo.first_kept(path, &removed);
                blocked.extend(kept);
            }
        }
        plan.blocked = blocked.into_iter().collect();
    }
}

impl Repo {
    /// A typed path as git names it: relative to the top of the work tree, with `/`; empty for the top itself.
    ///
    /// # Errors
    /// It leads out of the work tree.
    pub fn path_from_top(&self, typed: &Path) -> Result<Vec<u8>> {
        let outside = || Fault::user(format!("{} is not in the work tree", typed.display()));
        let top = self.work_tree().ok_or_else(outside)?;
        let mut place = PathBuf::new();
        for part in self.cwd().join(typed).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => drop(place.pop()),
                part => place.push(part),
            }
        }
        // the work tree may have been entered through a link
        let real = match (place.parent(), place.file_name()) {
            (Some(parent), Some(name)) => fs::resolve(parent).join(name),
            _ => place.clone(),
        };
        let real_top = fs::resolve(top);
        let below = place
            .strip_prefix(top)
            .or_else(|_| real.strip_prefix(&real_top))
            .map_err(|_| outside())?;
        let parts = below.components();
        let parts = parts.map(|part| part.as_os_str().as_encoded_bytes().to_vec());
        Ok(parts.collect::<Vec<_>>().join(&b'/'))
    }

    /// What is at a path of the work tree; nothing where a symbolic link lies on the way.
    pub(super) fn kind_of(&self, path: &[u8]) -> Kind {
        let place = self.place(path).zip(self.work_tree());
        match place {
            Some((place, top)) if !passes_link(top, &place) => fs::kind(&place),
            _ => Kind::Nothing,
        }
    }

    /// The repository of its own that a path of the work tree lies in.
    fn nested_above(&self, path: &[u8]) -> Option<Vec<u8>> {
        let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
        let mut parents = ends.map(|(at, _)| &path[..at]);
        let is_repository = |parent: &&[u8]| self.is_there(&[parent, b"/.git".as_slice()].concat());
        parents.find(is_repository).map(<[u8]>::to_vec)
    }

    /// Whether something is at a path of the work tree, without a symbolic link on the way.
    pub fn is_there(&self, path: &[u8]) -> bool {
        self.kind_of(path) != Kind::Nothing
    }

    /// Where a regular file of the work tree is, and its length; `None` for anything else, and where a symbolic
    /// link lies on the way.
    pub fn regular_file(&self, path: &[u8]) -> Option<(PathBuf, u64)> {
        let place = match self.kind_of(path) {
            Kind::File => self.place(path)?,
            Kind::Nothing | Kind::Directory => return None,
        };
        let length = fs::regular_length(&place)?;
        Some((place, length))
    }

    /// Whether nothing is at a path of the work tree, and no symbolic link lies on the way.
    pub fn is_absent(&self, path: &[u8]) -> bool {
        let place = self.place(path).zip(self.work_tree());
        place.is_some_and(|(place, top)| {
            !passes_link(top, &place) && fs::kind(&place) == Kind::Nothing
        })
    }

    /// A path of the work tree in the file system.
    pub(super) fn place(&self, path: &[u8]) -> Option<PathBuf> {
        Some(self.work_tree()?.join(path_from(path)?))
    }

    /// Something below a directory that is not to be removed.
    fn first_kept(&self, directory: &[u8], removed: &BTreeSet<&[u8]>) -> Option<Vec<u8>> {
        let place = self.place(directory)?;
        for name in fs::names(&place) {
            let path = [directory, b"/", &name].concat();
            let kept = match self.kind_of(&path) {
                Kind::Directory => self.first_kept(&path, removed),
                _ if removed.contains(path.as_slice()) => None,
                _ => Some(path),
            };
            if kept.is_some() {
                return kept;
            }
        }
        None
    }

    /// Entries as `update-index --index-info` reads them; `None` removes one.
    pub(super) fn index_info<'a>(
        &self,
        entries: impl Iterator<Item = (&'a [u8], Option<&'a File>)>,
    ) -> Vec<u8> {
        let no_object = "0".repeat(self.empty_tree().len());
        let mut bytes = Vec::new();
        for (path, file) in entries {
            let (mode, id) = file.map_or(("0", no_object.as_str()), |file| {
                (file.mode.as_str(), file.id.as_str())
            });
            bytes.extend_from_slice(format!("{mode} {id}\t").as_bytes());
            bytes.extend_from_slice(path);
            bytes.push(0);
        }
        bytes
    }
}

/// Whether a symbolic link lies on the way to a place below a directory.
fn passes_link(top: &Path, place: &Path) -> bool {
    let parents = place.ancestors().skip(1);
    parents
        .take_while(|parent| *parent != top)
        .any(|parent| fs::link_target(parent).is_some())
}

/// The differences of tracked and of untracked files as one: a file may have gone from one to the other.
fn united(tracked: Differences, untracked: Differences) -> Differences {
    let mut united = tracked;
    for (path, sides) in untracked {
        let known = united.entry(path).or_default();
        known.old = known.old.take().or(sides.old);
        known.new = known.new.take().or(sides.new);
    }
    united.retain(|_, sides| sides.old != sides.new);
    united
}
