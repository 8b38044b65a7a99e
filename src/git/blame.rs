//! Where lines and paths come from: `git blame` and `git log`, asked and read. For commands only. What a partial clone
//! has not is not fetched.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::locate::path_from;
use super::repo::Repo;
use super::spawn::Git;
use crate::domain::escape::terminal;
use crate::domain::id::CommitId;
use crate::domain::path_text::unquote_path;
use crate::error::Fault;

/// Lines of a file, from 1, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first line.
    pub first: u64,
    /// The last line.
    pub last: u64,
}

impl Span {
    /// How many lines there are.
    pub const fn count(self) -> u64 {
        self.last - self.first + 1
    }
}

/// Lines that one commit wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blamed {
    /// The commit; `None`: no commit has these lines yet.
    pub commit: Option<CommitId>,
    /// Where they stand.
    pub span: Span,
    /// The path that the file had in that commit.
    pub path: Vec<u8>,
    /// What the first of them says, where few lines were asked for.
    pub text: Option<Vec<u8>>,
}

/// What git has at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tracked {
    /// Nothing.
    Nothing,
    /// A file or a symbolic link, with the id of its blob.
    File(String),
    /// A submodule.
    Submodule,
    /// Files below it.
    Directory,
}

/// The most lines whose text is kept.
const MOST_TEXTS: u64 = 1000;

/// The variable that takes the magic out of path arguments.
const LITERAL: &str = "GIT_LITERAL_PATHSPECS";

impl Repo {
    /// Who wrote the lines of a path, relative to the top of the work tree: of the work tree's file, or as of a
    /// commit. Renames are followed, and commits that `blame.ignoreRevsFile` names are passed over, by git.
    ///
    /// # Errors
    /// What git says, without `fatal:`: there are not so many lines, the path is not there.
    pub fn blame(
        &self,
        path: &[u8],
        at: Option<&CommitId>,
        lines: Option<Span>,
    ) -> Result<Vec<Blamed>> {
        let texts = lines.is_some_and(|span| span.count() <= MOST_TEXTS);
        let form = if texts {
            "--porcelain"
        } else {
            "--incremental"
        };
        let mut git = self.git().offline().args(["blame", form]);
        if let Some(Span { first, last }) = lines {
            git = git.arg(format!("-L{first},{last}"));
        }
        if let Some(at) = at {
            git = git.arg(at.as_str());
        }
        let output = git.arg("--").arg(argument(path)?).output()?;
        if !output.success() {
            let complaint = output.complaint();
            let reason = complaint.strip_prefix("fatal: ").unwrap_or(&complaint);
            return Err(Fault::user(terminal(reason)).into());
        }
        let mut blamed = parse(&output.stdout);
        blamed.sort_by_key(|blamed| blamed.span);
        Ok(join(blamed))
    }

    /// The newest commits that touched a path, newest first; of a file also under its earlier names when
    /// `follow`. `at`: as of this commit.
    pub fn commits_of_path(
        &self,
        path: &[u8],
        at: &CommitId,
        follow: bool,
        most: usize,
    ) -> Result<Vec<CommitId>> {
        let count = format!("--max-count={most}");
        let mut git = self.git().offline().variable(LITERAL, "1");
        git = git.args(["log", "--format=%H", "--no-show-signature", &count]);
        // the top has no name, and git follows one file alone
        if follow {
            git = git.arg("--follow");
        }
        git = git.arg(at.as_str()).arg("--");
        if !path.is_empty() {
            git = git.arg(argument(path)?);
        }
        let text = git.checked()?.text();
        let ids = text.lines().filter(|line| !line.is_empty());
        ids.map(|id| Ok(CommitId::new(id)?)).collect()
    }

    /// Whether objects may be missing here that a remote has.
    pub fn is_partial(&self) -> Result<bool> {
        let config = self.config()?;
        Ok(config.is_set("extensions.partialclone")
            || config.get_bool("remote.origin.promisor")? == Some(true))
    }

    /// Where a path of git's is in the work tree; `None` without one.
    pub fn place_of(&self, path: &[u8]) -> Option<PathBuf> {
        let top = self.work_tree()?;
        Some(path_from(path).map_or_else(|| top.to_owned(), |path| top.join(path)))
    }

    /// What git has at a path: in the index, or in a commit.
    pub fn tracked(&self, path: &[u8], at: Option<&CommitId>) -> Result<Tracked> {
        if path.is_empty() {
            return Ok(Tracked::Directory);
        }
        let git: Git = self.git().offline().variable(LITERAL, "1");
        let git = match at {
            None => git.args(["ls-files", "--stage", "-z"]),
            Some(at) => git.args(["ls-tree", "-z", at.as_str()]),
        };
        let output = git.arg("--").arg(argument(path)?).checked()?;
        let mut directory = false;
        for line in output.stdout.split(|byte| *byte == 0) {
            // `<mode> <id> <stage>\t<path>`, or `<mode> <kind> <id>\t<path>`
            let mut halves = line.splitn(2, |byte| *byte == b'\t');
            let (Some(facts), Some(name)) = (halves.next(), halves.next()) else {
                continue;
            };
            let facts = String::from_utf8_lossy(facts);
            let fields: Vec<&str> = facts.split(' ').collect();
            let id = fields.get(if at.is_some() { 2 } else { 1 });
            match (fields.first().copied(), id) {
                _ if name != path => directory = true,
                (Some("160000"), _) => return Ok(Tracked::Submodule),
                (Some("040000"), _) => return Ok(Tracked::Directory),
                (_, Some(id)) => return Ok(Tracked::File((*id).to_owned())),
                _ => {}
            }
        }
        Ok(if directory {
            Tracked::Directory
        } else {
            Tracked::Nothing
        })
    }
}

/// A path as an argument.
fn argument(path: &[u8]) -> Result<OsString> {
    let path = path_from(path).context("this system knows no such path")?;
    Ok(path.into_os_string())
}

/// Reads what `--porcelain` and `--incremental` print. Source: git-blame(1).
fn parse(output: &[u8]) -> Vec<Blamed> {
    let mut found: Vec<Blamed> = Vec::new();
    // porcelain names the path of a commit once
    let mut paths = std::collections::HashMap::new();
    for line in output.split(|byte| *byte == b'\n') {
        if let Some(text) = line.strip_prefix(b"\t") {
            if let Some(last) = found.last_mut() {
                last.text = Some(text.to_vec());
            }
        } else if let Some(path) = line.strip_prefix(b"filename ") {
            if let Some(last) = found.last_mut() {
                last.path = unquoted(path);
                paths.insert(last.commit.clone(), last.path.clone());
            }
        } else if let Some((commit, span)) = header(line) {
            let path = paths.get(&commit).cloned().unwrap_or_default();
            found.push(Blamed {
                commit,
                span,
                path,
                text: None,
            });
        }
    }
    split_groups(found)
}

/// A path as git prints it, in quotes where it has to.
fn unquoted(path: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(path).ok();
    let plain = text.and_then(unquote_path);
    plain.map_or_else(|| path.to_vec(), std::borrow::Cow::into_owned)
}

/// `<id> <line there> <line here> [<lines>]`
fn header(line: &[u8]) -> Option<(Option<CommitId>, Span)> {
    let text = std::str::from_utf8(line).ok()?;
    let mut fields = text.split(' ');
    let id = CommitId::new(fields.next()?).ok()?;
    let mut number = || fields.next()?.parse::<u64>().ok();
    number()?;
    let first = number()?;
    let count = number().unwrap_or(1).max(1);
    let is_none = id.as_str().bytes().all(|digit| digit == b'0');
    let span = Span {
        first,
        last: first + count - 1,
    };
    Some(((!is_none).then_some(id), span))
}

/// In porcelain the first line of a group says how many there are, and the others follow by themselves.
fn split_groups(found: Vec<Blamed>) -> Vec<Blamed> {
    let by_line = found.iter().any(|blamed| blamed.text.is_some());
    let mut lines = found;
    if by_line {
        for line in &mut lines {
            line.span.last = line.span.first;
        }
    }
    lines
}

/// Neighbours of one commit and path become one.
fn join(blamed: Vec<Blamed>) -> Vec<Blamed> {
    let mut joined: Vec<Blamed> = Vec::new();
    for next in blamed {
        match joined.last_mut() {
            Some(last)
                if last.commit == next.commit
                    && last.path == next.path
                    && last.span.last + 1 == next.span.first =>
            {
                last.span.last = next.span.last;
            }
            _ => joined.push(next),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(output: &str) -> Vec<String> {
        let mut blamed = parse(output.as_bytes());
        blamed.sort_by_key(|blamed| blamed.span);
        let line = |blamed: Blamed| {
            let commit = blamed.commit.as_ref().map_or("none", CommitId::short);
            let path = String::from_utf8_lossy(&blamed.path).into_owned();
            let text = blamed
                .text
                .map(|text| String::from_utf8_lossy(&text).into_owned());
            let Span { first, last } = blamed.span;
            format!(
                "{first}-{last} {commit} {path} {}",
                text.unwrap_or_default()
            )
        };
        join(blamed).into_iter().map(line).collect()
    }

    #[test]
    fn porcelain_is_read_line_by_line() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let output = format!(
            "{a} 1 1 2\nauthor A\nsummary {b} 1 1 1\nboundary\nfilename old name\n\tfirst\n{a} 2 2\n\t{b} 9 9 9\n\
             {b} 7 3 1\nauthor B\nignored\nfilename new\n\tthird\n{a} 3 4 1\n\tfourth\n"
        );
        assert_eq!(
            shown(&output),
            [
                "1-2 aaaaaaa old name first",
                "3-3 bbbbbbb new third",
                "4-4 aaaaaaa old name fourth"
            ]
        );
    }

    #[test]
    fn incremental_is_read_in_groups() {
        let (a, none) = ("a".repeat(64), "0".repeat(64));
        let output = format!(
            "{a} 1 5 3\nauthor A\nfilename x\n{none} 1 1 4\nauthor Not Committed Yet\nfilename x\n"
        );
        assert_eq!(shown(&output), ["1-4 none x ", "5-7 aaaaaaa x "]);
    }
}
