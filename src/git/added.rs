//! What the work tree has and a commit had not: changed files with their added lines, as `git diff` tells them.

use std::collections::BTreeMap;

use anyhow::Result;

use super::repo::Repo;
use crate::domain::id::CommitId;
use crate::domain::path_text::unquote_path;

/// Settings of a person that would change the form of the diff or run a program.
const PLAIN: &[&str] = &[
    "-c",
    "core.quotePath=true",
    "-c",
    "diff.relative=false",
    "diff",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--ignore-submodules=all",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--inter-hunk-context=0",
    "--unified=0",
];

/// The changed files by path, each with its added lines: first line and count.
pub type AddedLines = BTreeMap<Vec<u8>, Vec<(u32, u32)>>;

impl Repo {
    /// The tracked files of the work tree that are not as they were in a commit, renamed ones under their new
    /// name. Deleted and binary files are left out.
    pub fn added_since(&self, base: &CommitId) -> Result<AddedLines> {
        let git = self.git().args(PLAIN).arg(base.as_str()).arg("--");
        Ok(parse(&git.checked()?.stdout))
    }

    /// The paths of the tracked files of the work tree that are not as they were in a commit.
    pub fn paths_changed_since(&self, base: &CommitId) -> Result<Vec<Vec<u8>>> {
        let git = self
            .git()
            .args(["diff", "--name-only", "-z", "--no-renames"]);
        let git = git.args(["--no-ext-diff", "--no-textconv", "--ignore-submodules=all"]);
        let output = git.arg(base.as_str()).arg("--").checked()?.stdout;
        let paths = output.split(|byte| *byte == 0);
        let paths = paths.filter(|path| !path.is_empty());
        Ok(paths.map(<[u8]>::to_owned).collect())
    }

    /// Every path of the work tree that git does not ignore, tracked or not.
    pub fn paths(&self) -> Result<Vec<Vec<u8>>> {
        let list = [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ];
        let output = self.git().args(list).checked()?.stdout;
        let paths = output.split(|byte| *byte == 0);
        Ok(paths
            .filter(|path| !path.is_empty())
            .map(<[u8]>::to_owned)
            .collect())
    }

    /// The newest commit that two lines of history share; `None` when they share none.
    pub fn merge_base(&self, one: &CommitId, other: &CommitId) -> Result<Option<CommitId>> {
        let commits = ["merge-base", one.as_str(), other.as_str()];
        let output = self.git().args(commits).output()?;
        let first = output.text().lines().next().map(str::to_owned);
        Ok(first.and_then(|id| CommitId::new(id).ok()))
    }
}

/// Reads a diff without context. The lines of a hunk are skipped by their number: they can look like anything.
fn parse(diff: &[u8]) -> AddedLines {
    let mut added = AddedLines::new();
    let mut path: Option<Vec<u8>> = None;
    let mut skip = 0_u32;
    for line in diff.split(|byte| *byte == b'\n') {
        if skip > 0 && matches!(line.first(), Some(b'+' | b'-')) {
            skip -= 1;
        } else if line.starts_with(b"diff --git ") {
            path = None;
        } else if let Some(name) = line.strip_prefix(b"+++ ") {
            path = new_path(name);
            if let Some(path) = &path {
                added.entry(path.clone()).or_default();
            }
        } else if let Some((removed, start, count)) = hunk(line) {
            skip = removed.saturating_add(count);
            if let Some(lines) = path.as_ref().and_then(|path| added.get_mut(path))
                && count > 0
            {
                lines.push((start, count));
            }
        }
    }
    added
}

/// The path behind `+++ `; git ends one with a space in it with a tab. `None`: the file is gone.
fn new_path(name: &[u8]) -> Option<Vec<u8>> {
    let name = name.strip_suffix(b"\t").unwrap_or(name);
    let name = unquote_path(std::str::from_utf8(name).ok()?)?;
    name.strip_prefix(b"b/").map(<[u8]>::to_owned)
}

/// `@@ -3,2 +4 @@`: how many lines went, the first that came, and how many.
fn hunk(line: &[u8]) -> Option<(u32, u32, u32)> {
    let line = String::from_utf8_lossy(line.strip_prefix(b"@@ -")?);
    let (ranges, _) = line.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let range = |text: &str| -> Option<(u32, u32)> {
        match text.split_once(',') {
            Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
            None => Some((text.parse().ok()?, 1)),
        }
    };
    let ((_, removed), (start, count)) = (range(old)?, range(new)?);
    Some((removed, start, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_look_like_a_diff_are_skipped() {
        let diff = b"diff --git a/a b/a\nindex 1..2 100644\n--- a/a\n+++ b/a\n\
            @@ -1 +1,3 @@ fn x\n--- a/old\n+++ b/new\n+@@ -1 +9 @@\n+x\n\\ No newline at end of file\n\
            @@ -9,2 +11,0 @@\n-a\n-b\n\
            diff --git a/gone b/gone\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\
            diff --git \"a/t\\303\\251\\tx\" \"b/t\\303\\251\\tx\"\n--- /dev/null\n+++ \"b/t\\303\\251\\tx\"\n\
            @@ -0,0 +1,2 @@\n+1\n+2\n\
            diff --git a/a b c b/a b c\n--- /dev/null\n+++ b/a b c\t\n@@ -0,0 +1 @@\n+1\n\
            diff --git a/bin b/bin\nBinary files a/bin and b/bin differ\n";
        let added = parse(diff);
        let lines: Vec<_> = added
            .iter()
            .map(|(path, lines)| (String::from_utf8_lossy(path), lines.as_slice()))
            .collect();
        assert_eq!(
            lines,
            [
                ("a".into(), &[(1, 3)][..]),
                ("a b c".into(), &[(1, 1)]),
                ("t\u{e9}\tx".into(), &[(1, 2)]),
            ]
        );
    }
}
