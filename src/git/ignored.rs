//! Which paths git ignores.

use std::collections::HashSet;

use anyhow::Result;

use super::repo::Repo;
use crate::error::Fault;

/// Stands in front of every path.
const HERE: &[u8] = b"./";

impl Repo {
    /// Those of the paths, relative to the top of the work tree, that git ignores. A tracked file is never ignored.
    ///
    /// # Errors
    /// One of them is behind a symbolic link, or in a submodule.
    pub fn ignored(&self, paths: &[Vec<u8>]) -> Result<HashSet<Vec<u8>>> {
        if paths.is_empty() {
            return Ok(HashSet::new());
        }
        // a name that begins with a colon would be magic, and literal names are refused
        let line = |path: &Vec<u8>| [HERE, path, b"\0"].concat();
        let input: Vec<u8> = paths.iter().flat_map(line).collect();
        let git = self.git().in_hook();
        let git = git.args(["check-ignore", "-z", "--stdin"]).stdin(input);
        let output = git.output()?;
        // 1: none is ignored
        if output.code > 1 {
            return Err(Fault::user(output.complaint()).into());
        }
        let names = output.stdout.split(|byte| *byte == 0);
        let names = names.filter_map(|name| name.strip_prefix(HERE));
        Ok(names.map(<[u8]>::to_vec).collect())
    }
}
