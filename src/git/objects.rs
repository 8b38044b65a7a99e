//! Objects and refs, written: blobs, trees, commits, and a ref moved only from where it was expected.
//! The work tree, the index, HEAD and branches are never touched from here.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use git2::{ErrorCode, ObjectType, Oid, Signature, Time};

use super::refs::Target;
use super::repo::Repo;
use super::tree;
use crate::domain::id::CommitId;
use crate::sys::clock::Clock;
use crate::sys::fs::{self, Sharing};

/// Above this many bytes of `packed-refs` a ref is moved by git: libgit2 parses the whole file first.
const LARGEST_PACKED_REFS: u64 = 256 * 1024;

/// How long `git update-ref` may take; it waits 100 ms for a lock by itself.
const UPDATE_REF_LIMIT: Duration = Duration::from_secs(2);

/// One entry of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// Git's mode, such as `0o100644` or `0o040000`.
    pub mode: u32,
    /// The name, without `/`.
    pub name: Vec<u8>,
    /// The object id in hexadecimal.
    pub id: String,
}

/// How an attempt to move a ref ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Swap {
    /// The ref is where it was to be.
    Done,
    /// Somebody else moved or locked it, for the reason given: read it again and retry.
    Lost(String),
}

impl Repo {
    /// Stores a blob; its id in hexadecimal.
    pub fn write_blob(&self, bytes: &[u8]) -> Result<String> {
        Ok(self.store(ObjectType::Blob, bytes)?.to_string())
    }

    /// Stores a tree; the entries may come in any order.
    pub fn write_tree(&self, entries: &[TreeEntry]) -> Result<String> {
        let entries: Result<Vec<_>> = entries
            .iter()
            .map(|entry| {
                Ok((
                    entry.mode,
                    entry.name.as_slice(),
                    self.parse_oid(&entry.id)?,
                ))
            })
            .collect();
        Ok(self.store_tree(entries?)?.to_string())
    }

    /// Stores a commit by [`Repo::identity`] at the present time. The message should end in a newline.
    pub fn write_commit(
        &self,
        tree: &str,
        parents: &[CommitId],
        message: &str,
    ) -> Result<CommitId> {
        let who = self.identity()?;
        let seconds = Clock::from_env(&self.env).now().timestamp();
        let parents = parents.iter().map(|id| format!("parent {id}\n"));
        let parents = parents.collect::<Vec<_>>().concat();
        let who = format!("{who} {seconds} +0000");
        let text = format!("tree {tree}\n{parents}author {who}\ncommitter {who}\n\n{message}");
        let id = self.store(ObjectType::Commit, text.as_bytes())?;
        Ok(CommitId::new(id.to_string())?)
    }

    /// The content of a blob; `None` when it is not here.
    pub fn read_blob(&self, id: &str) -> Result<Option<Vec<u8>>> {
        match self.object(self.parse_oid(id)?)? {
            Some(object) if object.kind == ObjectType::Blob => Ok(Some(object.into_data())),
            Some(_) => bail!("object {id} is no blob"),
            None => Ok(None),
        }
    }

    /// The entries of a tree, or of a commit's tree, in git's order.
    pub fn read_tree(&self, id: &str) -> Result<Vec<TreeEntry>> {
        let items = self.tree_items(self.parse_oid(id)?)?;
        let entry = |item: tree::Item<'_>| {
            Some(TreeEntry {
                mode: item.mode,
                name: item.name,
                id: item.id?.to_string(),
            })
        };
        Ok(items.into_iter().filter_map(entry).collect())
    }

    /// Moves a ref from `old` to `new`, or makes it when `old` is `None`. Never overwrites what it did not
    /// expect. The reflog is written where git would.
    pub fn swap_ref(
        &self,
        name: &str,
        old: Option<&CommitId>,
        new: &CommitId,
        log: &str,
    ) -> Result<Swap> {
        let refs = self.refs();
        let loose = refs
            .path(name.as_bytes())
            .is_some_and(|path| path.is_file());
        let parses_all = !loose && refs.packed_size() > LARGEST_PACKED_REFS;
        if parses_all || self.sharing()? != Sharing::Umask {
            return self.swap_ref_by_git(name, old, new, log);
        }
        let file = refs.path(name.as_bytes()).filter(|_| loose);
        let logged = self.common_dir().join("logs").join(name);
        match (file, old) {
            // HEAD is on no note, so there is no second reflog to write
            (Some(file), Some(old)) if name.starts_with("refs/notes/") && logged.is_file() => {
                self.swap_loose_ref(name, &file, &logged, (old, new), log)
            }
            _ => self.swap_ref_here(name, old, new, log),
        }
    }

    /// Removes the reflog of a ref whose earlier values nobody is to find again.
    pub fn forget_reflog(&self, name: &str) -> Result<()> {
        fs::remove(&self.common_dir().join("logs").join(name))
    }

    /// By hand, where nothing is to be decided: a ref that is a file already and has a reflog. The lock is
    /// git's. libgit2 reads the ref three times and makes 35 system calls of it.
    /// Source: git's `refs/files-backend.c`, `files_transaction_prepare` and `files_transaction_finish`.
    fn swap_loose_ref(
        &self,
        name: &str,
        file: &Path,
        logged: &Path,
        (old, new): (&CommitId, &CommitId),
        log: &str,
    ) -> Result<Swap> {
        let Some(lock) = fs::Replacement::lock(file)? else {
            let reason = format!("{}.lock is there", file.display());
            return Ok(Swap::Lost(reason));
        };
        // under the lock nobody else writes it
        match self.refs().read(name.as_bytes())? {
            Some(Target::Id(id)) if id == old.as_str() => {}
            _ => return Ok(Swap::Lost("another process has moved it".to_owned())),
        }
        let who = self.identity()?;
        let seconds = Clock::from_env(&self.env).now().timestamp();
        let log: String = log
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let line = format!("{old} {new} {who} {seconds} +0000\t{}\n", log.trim_end());
        fs::append_lines(
            logged,
            line.as_bytes(),
            fs::Durability::Buffered,
            Sharing::Umask,
        )?;
        lock.finish(format!("{new}\n").as_bytes())?;
        Ok(Swap::Done)
    }

    /// Under libgit2's lock of the ref, which is git's. A transaction, because it takes the reflog's identity
    /// from here and does not look into `packed-refs` when the ref is loose.
    fn swap_ref_here(
        &self,
        name: &str,
        old: Option<&CommitId>,
        new: &CommitId,
        log: &str,
    ) -> Result<Swap> {
        let locked =
            |error: &git2::Error| matches!(error.code(), ErrorCode::Locked | ErrorCode::NotFound);
        if old.is_none() {
            self.check_place(name)?;
        }
        let mut transaction = self.inner()?.transaction()?;
        match transaction.lock_ref(name) {
            Ok(()) => {}
            Err(error) if locked(&error) => return Ok(Swap::Lost(error.message().to_owned())),
            Err(error) => return Err(error).with_context(|| format!("cannot lock {name}")),
        }
        if self.ref_id(name)?.as_ref() != old {
            return Ok(Swap::Lost("another process has moved it".to_owned()));
        }
        let who = self.identity()?;
        let seconds = Clock::from_env(&self.env).now().timestamp();
        let who = Signature::new(&who.name, &who.email, &Time::new(seconds, 0))?;
        transaction.set_target(name, self.oid(new)?, Some(&who), log)?;
        let done = transaction.commit();
        done.with_context(|| format!("cannot update {name}"))?;
        Ok(Swap::Done)
    }

    /// A new ref must not lie below another one, nor another one below it.
    fn check_place(&self, name: &str) -> Result<()> {
        let refs = self.refs();
        for (at, _) in name.match_indices('/').skip(1) {
            if refs.read(&name.as_bytes()[..at])?.is_some() {
                bail!("cannot make {name}: there is a ref {}", &name[..at]);
            }
        }
        match refs.names(&format!("{name}/"))?.first() {
            Some(below) => bail!("cannot make {name}: there is a ref {below}"),
            None => Ok(()),
        }
    }

    fn swap_ref_by_git(
        &self,
        name: &str,
        old: Option<&CommitId>,
        new: &CommitId,
        log: &str,
    ) -> Result<Swap> {
        let old = old.map_or_else(|| self.no_object(), ToString::to_string);
        let git = self.git().in_hook().within(UPDATE_REF_LIMIT);
        let git = git.args(["update-ref", "-m", log, name, new.as_str(), &old]);
        let output = git.output()?;
        Ok(if output.success() {
            Swap::Done
        } else {
            Swap::Lost(output.complaint())
        })
    }

    /// Removes a ref that is where it is expected to be.
    pub fn delete_ref(&self, name: &str, old: Option<&CommitId>) -> Result<Swap> {
        let Some(old) = old else {
            return Ok(Swap::Done);
        };
        let git = self.git().args(["update-ref", "-d", name, old.as_str()]);
        let output = git.output()?;
        Ok(if output.success() {
            Swap::Done
        } else {
            Swap::Lost(output.complaint())
        })
    }

    /// The id that stands for "no object".
    fn no_object(&self) -> String {
        "0".repeat(self.empty_tree().len())
    }

    /// The entries of a tree or of a commit's tree.
    pub(super) fn tree_items<'a>(&self, id: Oid) -> Result<Vec<tree::Item<'a>>> {
        let Some(object) = self.object(id)? else {
            bail!("cannot read tree {id}: it is not here");
        };
        match object.kind {
            ObjectType::Tree => tree::parse(object.data(), self.id_length()),
            ObjectType::Commit => self.tree_items(self.links(id)?.tree),
            _ => bail!("object {id} is no tree"),
        }
    }

    /// Stores a tree in git's order.
    pub(super) fn store_tree(&self, mut entries: Vec<(u32, &[u8], Oid)>) -> Result<Oid> {
        entries.sort_by(|a, b| tree::order((a.1, a.0), (b.1, b.0)));
        let mut bytes = Vec::with_capacity(entries.len() * 64);
        for (mode, name, id) in &entries {
            match *mode {
                tree::DIRECTORY => bytes.extend_from_slice(b"40000 "),
                tree::FILE => bytes.extend_from_slice(b"100644 "),
                mode => bytes.extend_from_slice(format!("{mode:o} ").as_bytes()),
            }
            bytes.extend_from_slice(name);
            bytes.push(0);
            bytes.extend_from_slice(id.as_bytes());
        }
        self.store(ObjectType::Tree, &bytes)
    }
}
