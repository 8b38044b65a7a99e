//! Where a branch is pushed to.

use anyhow::Result;

use super::repo::Repo;
use crate::domain::id::BranchName;

impl Repo {
    /// The address that `git push` would take for a branch: that of `branch.<name>.pushRemote`,
    /// `remote.pushDefault`, `branch.<name>.remote`, else of the only remote. `None` when there is none.
    /// Source: <https://git-scm.com/docs/git-push#_description>.
    pub fn push_url(&self, branch: &BranchName) -> Result<Option<String>> {
        let config = self.config()?;
        let named = [
            format!("branch.{branch}.pushremote"),
            "remote.pushdefault".to_owned(),
            format!("branch.{branch}.remote"),
        ];
        let remote = match named.iter().find_map(|key| config.get(key)) {
            Some(remote) => remote,
            None => match self.remotes()?.as_slice() {
                [only] => only.clone(),
                _ => return Ok(None),
            },
        };
        let keys = [
            format!("remote.{remote}.pushurl"),
            format!("remote.{remote}.url"),
        ];
        Ok(keys.iter().find_map(|key| config.get(key)))
    }
}
