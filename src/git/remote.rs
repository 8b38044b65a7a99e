//! Where a branch is pushed to, and what would go out.

use anyhow::Result;

use super::repo::Repo;
use crate::domain::id::{BranchName, CommitId};

/// Which remote a push goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushRemote {
    /// This one.
    Named(String),
    /// There is no remote.
    None,
    /// There are several, and nothing says which.
    Several(Vec<String>),
}

/// How a branch stands to the branch that it follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// `origin/main`
    pub name: String,
    /// Commits that the branch lacks.
    pub behind: u64,
}

impl Repo {
    /// The remote that the settings name for a push of a branch: `branch.<name>.pushRemote`,
    /// `remote.pushDefault`, `branch.<name>.remote`.
    /// Source: <https://git-scm.com/docs/git-push#_description>.
    fn named_remote(&self, branch: &BranchName) -> Result<Option<String>> {
        let config = self.config()?;
        let keys = [
            format!("branch.{branch}.pushremote"),
            "remote.pushdefault".to_owned(),
            format!("branch.{branch}.remote"),
        ];
        Ok(keys.iter().find_map(|key| config.get(key)))
    }

    /// The remote that a branch is pushed to: the one that the settings name, else the only one, else `origin`.
    pub fn push_remote(&self, branch: &BranchName) -> Result<PushRemote> {
        // `.` is this repository: what the branch follows is here too
        let named = self.named_remote(branch)?;
        if let Some(named) = named.filter(|name| name != "." && !name.is_empty()) {
            return Ok(PushRemote::Named(named));
        }
        let mut remotes = self.remotes()?;
        Ok(match remotes.len() {
            0 => PushRemote::None,
            1 => PushRemote::Named(remotes.remove(0)),
            _ if remotes.iter().any(|name| name == "origin") => {
                PushRemote::Named("origin".to_owned())
            }
            _ => PushRemote::Several(remotes),
        })
    }

    /// The address that `git push` would take for a branch: that of the remote that the settings name, else of
    /// the only remote. `None` when there is none.
    pub fn push_url(&self, branch: &BranchName) -> Result<Option<String>> {
        let remote = match self.named_remote(branch)? {
            Some(remote) => remote,
            None => match self.remotes()?.as_slice() {
                [only] => only.clone(),
                _ => return Ok(None),
            },
        };
        let config = self.config()?;
        let keys = [
            format!("remote.{remote}.pushurl"),
            format!("remote.{remote}.url"),
        ];
        Ok(keys.iter().find_map(|key| config.get(key)))
    }

    /// The full name that a push gives a branch at a remote, as `git push <remote> <branch>` takes it from the
    /// settings: `remote.<name>.push` where it names the branch, `branch.<name>.merge` when `push.default` is
    /// `upstream`, else the same name.
    pub fn push_destination(&self, branch: &BranchName, remote: &str) -> Result<String> {
        let config = self.config()?;
        let full = format!("refs/heads/{branch}");
        let specs = config.get_all(&format!("remote.{remote}.push"));
        if let Some(there) = specs.iter().find_map(|spec| mapped(spec, &full)) {
            return Ok(in_full(there));
        }
        let default = config.get("push.default").unwrap_or_default();
        let follows = || config.get(&format!("branch.{branch}.merge"));
        let there = matches!(default.as_str(), "upstream" | "tracking").then(follows);
        Ok(there.flatten().map_or(full, in_full))
    }

    /// Whether the settings of a remote make every push to it a forced one.
    pub fn forces_pushes(&self, remote: &str) -> Result<bool> {
        let config = self.config()?;
        let forced = |spec: &String| spec.starts_with('+');
        let specs = config.get_all(&format!("remote.{remote}.push"));
        let mirror = config.get_bool(&format!("remote.{remote}.mirror"))?;
        Ok(mirror == Some(true) || specs.iter().any(forced))
    }

    /// Whether a branch follows another one.
    pub fn has_upstream(&self, branch: &BranchName) -> Result<bool> {
        let config = self.config()?;
        let set = |key: &str| config.is_set(&format!("branch.{branch}.{key}"));
        Ok(set("remote") && set("merge"))
    }

    /// How a branch stands to the one that it follows, as far as this clone has seen; `None` when it follows none,
    /// or that one is not here.
    pub fn upstream(&self, branch: &BranchName) -> Result<Option<Upstream>> {
        let full = format!("refs/heads/{branch}");
        let format = "--format=%(upstream) %(upstream:short)";
        let asked = self.git().args(["for-each-ref", format, full.as_str()]);
        let text = asked.checked()?.text();
        let Some((followed, name)) = text.split_once(' ').filter(|(full, _)| !full.is_empty())
        else {
            return Ok(None);
        };
        let name = name.to_owned();
        let range = format!("{full}..{followed}");
        let counted = self
            .git()
            .args(["rev-list", "--count", range.as_str(), "--"]);
        let counted = counted.output()?;
        let behind = counted.text().parse().ok();
        let behind = behind.filter(|_| counted.success());
        Ok(behind.map(|behind| Upstream { name, behind }))
    }

    /// The commits that these lead to and that no branch of a remote, as far as this clone has seen, holds;
    /// newest first.
    pub fn outgoing(&self, tips: &[CommitId], remote: &str) -> Result<Vec<CommitId>> {
        let git = self.git().args(["rev-list", "--topo-order"]);
        let git = git.args(tips.iter().map(CommitId::as_str));
        let known = format!("--remotes={remote}");
        let output = git.args(["--not", known.as_str(), "--"]).checked()?;
        let text = output.text();
        Ok(text.lines().map(CommitId::new).collect::<Result<_, _>>()?)
    }
}

/// What a refspec makes of a full name.
fn mapped(spec: &str, full: &str) -> Option<String> {
    let (from, to) = spec.split_once(':').unwrap_or((spec, spec));
    if from == full {
        return (!to.is_empty()).then(|| to.to_owned());
    }
    let (before, after) = from.split_once('*')?;
    let middle = full.strip_prefix(before)?.strip_suffix(after)?;
    to.contains('*').then(|| to.replacen('*', middle, 1))
}

/// A name at a remote in full.
fn in_full(name: String) -> String {
    if name.starts_with("refs/") {
        name
    } else {
        format!("refs/heads/{name}")
    }
}
