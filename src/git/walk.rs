//! Walks over the whole history, and over all files of a commit: by git, bounded, without a connection.

use std::time::Duration;

use anyhow::Result;

use super::repo::Repo;
use crate::domain::id::CommitId;

/// One commit of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walked<'a> {
    /// Its id in hexadecimal.
    pub id: &'a [u8],
    /// Its parents in hexadecimal, separated by spaces.
    pub parents: &'a [u8],
    /// When it was written, seconds since 1970.
    pub author_time: i64,
    /// The paths that it changed against all its parents, and against nothing where it has none.
    pub paths: Vec<&'a [u8]>,
}

/// One file of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeFile<'a> {
    /// Whether it is a file: no symbolic link and no submodule.
    pub is_regular: bool,
    /// Its object id in hexadecimal.
    pub id: &'a [u8],
    /// Its path from the top.
    pub path: &'a [u8],
}

/// How far a walk goes.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// So many commits.
    pub most: usize,
    /// So long.
    pub within: Duration,
}

/// What a header begins with.
const HEADER: u8 = 1;

impl Repo {
    /// Shows every commit that a tip leads to, and `without` does not, in git's order. Replacements and grafts
    /// are this clone's own and are not looked at.
    ///
    /// # Errors
    /// It takes too long, or objects are not here.
    pub fn walk(
        &self,
        tip: &CommitId,
        without: Option<&CommitId>,
        reach: Reach,
        mut visit: impl FnMut(&Walked<'_>),
    ) -> Result<()> {
        let most = format!("--max-count={}", reach.most);
        let git = self.git().args([
            "log",
            "-c",
            "--root",
            "--name-only",
            "-z",
            "--no-renames",
            "--no-relative",
            "--no-show-signature",
            "--no-ext-diff",
            "--no-notes",
            "--no-color",
            "-O/dev/null",
            "--ignore-submodules=none",
            "--format=%x01%H %at %P",
            &most,
        ]);
        let git = git.arg(tip.as_str());
        let git = match without {
            Some(without) => git.arg("--not").arg(without.as_str()),
            None => git,
        };
        let git = git.arg("--").variable("GIT_NO_REPLACE_OBJECTS", "1");
        let output = git.in_hook().within(reach.within).checked()?;
        parse(&output.stdout, &mut visit);
        Ok(())
    }

    /// Shows every file of a commit, in git's order.
    ///
    /// # Errors
    /// It takes too long, or trees are not here.
    pub fn files(
        &self,
        commit: &CommitId,
        within: Duration,
        mut visit: impl FnMut(TreeFile<'_>),
    ) -> Result<()> {
        let git = self.git().args(["ls-tree", "-r", "-z", "--full-tree"]);
        let git = git.arg(commit.as_str()).in_hook().within(within);
        let output = git
            .variable("GIT_NO_REPLACE_OBJECTS", "1")
            .checked()?
            .stdout;
        for line in output.split(|byte| *byte == 0) {
            if let Some(file) = tree_file(line) {
                visit(file);
            }
        }
        Ok(())
    }
}

/// `<mode> <type> <id>\t<path>`
fn tree_file(line: &[u8]) -> Option<TreeFile<'_>> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let mut words = line[..tab].split(|byte| *byte == b' ');
    let mode = words.next()?;
    words.next()?;
    Some(TreeFile {
        is_regular: mode.starts_with(b"100"),
        id: words.next()?,
        path: &line[tab + 1..],
    })
}

/// A header, then the paths, all ended by NUL. The first path of a commit has a line feed in front, that of a merge
/// an empty field. Source: git's `log-tree.c`, `combine-diff.c`.
fn parse(output: &[u8], visit: &mut impl FnMut(&Walked<'_>)) {
    let mut current: Option<Walked<'_>> = None;
    for field in output.split(|byte| *byte == 0) {
        if let Some(next) = header(field) {
            if let Some(done) = current.replace(next) {
                visit(&done);
            }
        } else if let Some(current) = &mut current {
            let path = match field.strip_prefix(b"\n") {
                Some(path) if current.paths.is_empty() => path,
                _ => field,
            };
            if !path.is_empty() {
                current.paths.push(path);
            }
        }
    }
    if let Some(done) = current {
        visit(&done);
    }
}

/// `\x01<id> <time> <parents>`
fn header(field: &[u8]) -> Option<Walked<'_>> {
    let rest = field.strip_prefix(&[HEADER])?;
    let mut parts = rest.splitn(3, |byte| *byte == b' ');
    let (id, time, parents) = (parts.next()?, parts.next()?, parts.next()?);
    let is_id = |id: &[u8]| id.len() >= 40 && id.iter().all(u8::is_ascii_hexdigit);
    let time = std::str::from_utf8(time).ok()?.parse().ok()?;
    is_id(id).then_some(Walked {
        id,
        parents,
        author_time: time,
        paths: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_and_their_paths_are_read() {
        let id = |digit: &str| digit.repeat(40);
        let (one, two, three) = (id("1"), id("2"), id("3"));
        let output = format!(
            "\x01{three} 30 {two} {one}\0\0a\0b c\0\x01{two} 20 {one}\0\x01{one} -10 \0\na\0\x01x\0\nb\0"
        );
        let mut seen = Vec::new();
        parse(output.as_bytes(), &mut |walked: &Walked<'_>| {
            let paths = walked
                .paths
                .iter()
                .map(|path| String::from_utf8_lossy(path).into_owned());
            let paths: Vec<String> = paths.collect();
            seen.push((walked.author_time, walked.parents.len(), paths));
        });
        let paths = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
        assert_eq!(
            seen,
            [
                (30, 81, paths(&["a", "b c"])),
                (20, 40, paths(&[])),
                (-10, 0, paths(&["a", "\x01x", "\nb"])),
            ]
        );
    }

    #[test]
    fn links_and_submodules_are_no_files() {
        let regular = |line: &str| tree_file(line.as_bytes()).map(|file| file.is_regular);
        assert_eq!(regular("100755 blob 12\ta b"), Some(true));
        assert_eq!(regular("120000 blob 12\ta"), Some(false));
        assert_eq!(regular("160000 commit 12\ta"), Some(false));
        assert_eq!(regular(""), None);
    }
}
