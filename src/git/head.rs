//! Where HEAD is, what a word on the command line means, and which branch is the main one.

use anyhow::Result;

use super::config::Setting;
use super::reflog;
use super::refs::Target;
use super::repo::Repo;
use super::state::branch_in_progress;
use crate::domain::id::{BranchName, CommitId};
use crate::error::Fault;

/// What HEAD says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// On a branch that has commits.
    Branch {
        /// Its name.
        name: BranchName,
        /// Its newest commit.
        tip: CommitId,
    },
    /// On a branch that has no commit yet.
    Unborn {
        /// Its name.
        name: BranchName,
    },
    /// On a commit.
    Detached {
        /// That commit.
        tip: CommitId,
    },
}

impl Head {
    /// The commit, unless there is none yet.
    pub const fn tip(&self) -> Option<&CommitId> {
        match self {
            Self::Branch { tip, .. } | Self::Detached { tip } => Some(tip),
            Self::Unborn { .. } => None,
        }
    }

    /// The branch, unless HEAD is detached.
    pub const fn branch(&self) -> Option<&BranchName> {
        match self {
            Self::Branch { name, .. } | Self::Unborn { name } => Some(name),
            Self::Detached { .. } => None,
        }
    }
}

/// What a word names, as `git switch` and `git checkout` understand it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// A local branch.
    Branch(BranchName),
    /// A remote-tracking branch by its name without `refs/remotes/`: named itself (`origin/x`), or the only
    /// one that `x` can mean.
    RemoteBranch(String),
    /// Several remotes have a branch of this name: their remote-tracking branches.
    Ambiguous(Vec<String>),
    /// A tag, and the commit that it leads to.
    Tag(CommitId),
    /// Any other revision.
    Commit(CommitId),
    /// Nothing.
    Missing,
}

impl Repo {
    /// Reads HEAD; in a hook once.
    pub fn head(&self) -> Result<Head> {
        let Some(cell) = &self.head else {
            return self.read_head();
        };
        if let Some(head) = cell.get() {
            return Ok(head.clone());
        }
        let head = self.read_head()?;
        Ok(cell.get_or_init(|| head).clone())
    }

    fn read_head(&self) -> Result<Head> {
        let refs = self.refs();
        match refs.read(b"HEAD")? {
            Some(Target::Id(id)) => Ok(Head::Detached {
                tip: CommitId::new(id)?,
            }),
            Some(Target::Name(full)) => {
                let tip = refs.id(&full)?.map(CommitId::new).transpose()?;
                match (branch_name(&full)?, tip) {
                    (Some(name), Some(tip)) => Ok(Head::Branch { name, tip }),
                    (Some(name), None) => Ok(Head::Unborn { name }),
                    (None, Some(tip)) => Ok(Head::Detached { tip }),
                    (None, None) => Err(broken_head().into()),
                }
            }
            None => Err(broken_head().into()),
        }
    }

    /// The branch that the work belongs to: HEAD's, else the one that a rebase or bisect has left.
    pub fn branch(&self) -> Result<Option<BranchName>> {
        match self.head()? {
            Head::Branch { name, .. } | Head::Unborn { name } => Ok(Some(name)),
            Head::Detached { .. } => Ok(branch_in_progress(self.git_dir())),
        }
    }

    /// The newest commit of a branch; `None` when there is no such branch, or no commit on it.
    pub fn branch_tip(&self, name: &BranchName) -> Result<Option<CommitId>> {
        self.ref_id(&format!("refs/heads/{name}"))
    }

    /// The object id that a full ref name leads to; `None` when there is no such ref.
    pub fn ref_id(&self, full: &str) -> Result<Option<CommitId>> {
        let id = self.refs().id(full.as_bytes())?;
        Ok(id.map(CommitId::new).transpose()?)
    }

    /// The full names of the refs below a prefix such as `refs/notes/session/`, sorted.
    pub fn ref_names(&self, prefix: &str) -> Result<Vec<String>> {
        self.refs().names(prefix)
    }

    /// The branch that others start from: what `refs/remotes/origin/HEAD` says, else `init.defaultBranch`
    /// where such a branch exists, else `main`, else `master`. A branch that only the remote has is named all
    /// the same.
    pub fn default_branch(&self) -> Result<Option<BranchName>> {
        if let Some(Target::Name(full)) = self.refs().read(b"refs/remotes/origin/HEAD")? {
            let name = full.strip_prefix(b"refs/remotes/origin/");
            let name = name.and_then(|name| String::from_utf8(name.to_owned()).ok());
            if let Some(name) = name.and_then(|name| BranchName::new(name).ok()) {
                return Ok(Some(name));
            }
        }
        let configured = self.config()?.get("init.defaultbranch");
        let known = configured.as_deref().into_iter().chain(["main", "master"]);
        for name in known.filter_map(|name| BranchName::new(name).ok()) {
            if self.branch_tip(&name)?.is_some() {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// What a word names, in the order of `git switch` and `git checkout`: a local branch; a revision as
    /// gitrevisions(7) has it (`HEAD~3`, `@{-1}` and `-`, a tag, `origin/x`); a branch that exactly one
    /// remote has, or the one of `checkout.defaultRemote`. Files and directories are never looked at.
    pub fn resolve(&self, word: &str) -> Result<Resolved> {
        // libgit2 would take the name found for any revision, a tag of the same name first
        let previous = previous_switch(word).map(|n| self.switched_from(n));
        let previous = previous.transpose()?.flatten();
        let word = previous.as_deref().unwrap_or(word);
        if let Ok(name) = BranchName::new(word)
            && self.branch_tip(&name)?.is_some()
        {
            return Ok(Resolved::Branch(name));
        }
        if word.is_empty() {
            return Ok(Resolved::Missing);
        }
        if let Ok((object, reference)) = self.inner()?.revparse_ext(word)
            && let Ok(commit) = object.peel_to_commit()
        {
            let full = reference.as_ref().map(git2::Reference::name_bytes);
            return self.classify(full.unwrap_or_default(), &commit);
        }
        self.remote_branch(word)
    }

    /// The name that HEAD was at before the last, the last but one … switch, by its reflog.
    fn switched_from(&self, n: usize) -> Result<Option<String>> {
        let tail = reflog::since(&reflog::head_log(self.git_dir()), 0)?;
        let entries = tail.unwrap_or_default().entries;
        let mut left = entries.iter().rev().filter_map(|entry| {
            let names = entry.message.strip_prefix("checkout: moving from ")?;
            Some(names.split_once(" to ")?.0.to_owned())
        });
        Ok(left.nth(n.saturating_sub(1)))
    }

    /// Sorts a revision by the ref that led to it.
    fn classify(&self, full: &[u8], commit: &git2::Commit<'_>) -> Result<Resolved> {
        let id = CommitId::new(commit.id().to_string())?;
        // a word such as `origin` leads to the symbolic ref `refs/remotes/origin/HEAD`
        let full = match self.refs().read(full)? {
            Some(Target::Name(next)) if full != b"HEAD" => next,
            _ => full.to_owned(),
        };
        if let Some(name) = branch_name(&full)? {
            return Ok(Resolved::Branch(name));
        }
        let text = String::from_utf8_lossy(&full);
        Ok(match text.strip_prefix("refs/remotes/") {
            Some(name) => Resolved::RemoteBranch(name.to_owned()),
            None if text.starts_with("refs/tags/") => Resolved::Tag(id),
            None => Resolved::Commit(id),
        })
    }

    /// The remote-tracking branches that a bare branch name can mean.
    fn remote_branch(&self, name: &str) -> Result<Resolved> {
        let config = self.config()?;
        let mut found = Vec::new();
        for remote in self.remotes()? {
            let tracking = format!("{remote}/{name}");
            if self.ref_id(&format!("refs/remotes/{tracking}"))?.is_some() {
                if config.get("checkout.defaultremote").as_deref() == Some(&remote) {
                    return Ok(Resolved::RemoteBranch(tracking));
                }
                found.push(tracking);
            }
        }
        Ok(match found.len() {
            0 => Resolved::Missing,
            1 => Resolved::RemoteBranch(found.remove(0)),
            _ => Resolved::Ambiguous(found),
        })
    }

    /// The names of the remotes, sorted.
    pub fn remotes(&self) -> Result<Vec<String>> {
        let keys = self.config()?.section("remote.");
        let mut names: Vec<_> = keys
            .into_iter()
            .filter_map(|Setting { key, .. }| Some(key.strip_suffix(".url")?.to_owned()))
            .collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }
}

/// The number in `@{-<number>}`; `-` is short for `@{-1}`.
fn previous_switch(word: &str) -> Option<usize> {
    if word == "-" {
        return Some(1);
    }
    let number = word.strip_prefix("@{-")?.strip_suffix('}')?;
    number.parse().ok().filter(|n| *n > 0)
}

/// The branch of a full ref name; `None` when it is no branch.
fn branch_name(full: &[u8]) -> Result<Option<BranchName>> {
    let Some(name) = full.strip_prefix(b"refs/heads/") else {
        return Ok(None);
    };
    let name = std::str::from_utf8(name).map_err(|_| {
        let shown = String::from_utf8_lossy(name).escape_debug().to_string();
        Fault::repository(format!("the name of the branch `{shown}` is not UTF-8"))
            .hint("git branch -m <new name>")
    })?;
    Ok(Some(BranchName::new(name)?))
}

/// HEAD is missing, or says nothing that can be understood.
fn broken_head() -> Fault {
    Fault::repository("HEAD cannot be read").hint("git fsck")
}
