//! What was meant: a commit, or a path with or without lines.

use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use crate::domain::id::{CommitId, SessionId};
use crate::domain::path_text::quote_path;
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::git::{Resolved, Span, Tracked};
use crate::ops::ctx::Ctx;
use crate::sys::fs;

/// What was typed.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// A commit, a path, or a path with lines; a commit when there is a path behind `--`.
    pub what: Option<OsString>,
    /// The path behind `--`, as it is.
    pub path: Option<OsString>,
    /// Lines that were named by themselves.
    pub lines: Option<Span>,
}

/// What is to be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A commit.
    Commit(CommitId),
    /// A path, relative to the top of the work tree.
    Path {
        /// Bytes as git has them.
        path: Vec<u8>,
        /// Only these lines.
        lines: Option<Span>,
        /// As of this commit, not of the work tree.
        at: Option<CommitId>,
    },
}

/// A path, and lines of it.
type Place = (Vec<u8>, Option<Span>);

/// Finds out what was meant.
///
/// # Errors
/// It means nothing, or two things; then both are named, with how to say which.
pub fn resolve(ctx: &Ctx, asked: &Asked) -> Result<Target> {
    let lines = asked.lines;
    if let Some(path) = &asked.path {
        let at = asked.what.as_deref().map(|word| revision(ctx, word));
        return Ok(Target::Path {
            path: below_top(ctx, Path::new(path))?,
            lines,
            at: at.transpose()?,
        });
    }
    let word = asked.what.as_deref().filter(|word| !word.is_empty());
    let Some(word) = word else {
        return Err(Fault::usage("there is nothing to explain")
            .hint("git session explain <commit|path|path:line>")
            .into());
    };
    let commit = match lines {
        None => commit_named(ctx, word)?,
        Some(_) => None,
    };
    let whole = below_top(ctx, Path::new(word)).map(|path| (path, lines));
    let parts: Vec<Place> = match lines {
        None => parts(word)
            .into_iter()
            .filter_map(|(path, span)| Some((below_top(ctx, &path).ok()?, Some(span))))
            .collect(),
        Some(_) => Vec::new(),
    };
    let there = |place: &&Place| exists(ctx, &place.0);
    let whole_there = whole.as_ref().ok().filter(there);
    let part_there = parts.iter().find(there);
    match (commit, whole_there, part_there) {
        (Some(commit), None, None) => Ok(Target::Commit(commit)),
        (None, Some(place), None) | (None, None, Some(place)) => Ok(of_place(place)),
        (None, None, None) => {
            let places = whole.as_ref().ok().into_iter().chain(&parts);
            for place in places.clone() {
                if ctx.repo.tracked(&place.0, None)? != Tracked::Nothing {
                    return Ok(of_place(place));
                }
            }
            if let Some(tip) = ctx.repo.head()?.tip() {
                for place in places {
                    let path = &place.0;
                    if !path.is_empty()
                        && !ctx.repo.commits_of_path(path, tip, false, 1)?.is_empty()
                    {
                        return Ok(of_place(place));
                    }
                }
            }
            Err(unknown(ctx, word, lines, whole.err()))
        }
        (Some(_), place, part) => {
            let place = place.or(part).expect("one of the two is there");
            Err(two_meanings(word, "a commit", place))
        }
        (None, Some(_), Some(part)) => Err(two_meanings(word, "a file", part)),
    }
}

fn of_place((path, lines): &Place) -> Target {
    Target::Path {
        path: path.clone(),
        lines: *lines,
        at: None,
    }
}

/// The commit that a word means by itself, as `git rev-parse` takes it.
fn commit_named(ctx: &Ctx, word: &OsStr) -> Result<Option<CommitId>> {
    let Some(word) = word.to_str() else {
        return Ok(None);
    };
    if word.starts_with(['.', '/']) {
        return Ok(None);
    }
    if matches!(word, "HEAD" | "@") {
        return Ok(ctx.repo.head()?.tip().cloned());
    }
    Ok(match ctx.repo.resolve(word)? {
        Resolved::Branch(branch) => ctx.repo.branch_tip(&branch)?,
        Resolved::Tag(id) | Resolved::Commit(id) => Some(id),
        // a branch that only a remote has must be named as such
        Resolved::RemoteBranch(name) if name == word || name == format!("{word}/HEAD") => {
            ctx.repo.ref_id(&format!("refs/remotes/{name}"))?
        }
        Resolved::RemoteBranch(_) | Resolved::Ambiguous(_) | Resolved::Missing => None,
    })
}

/// The commit in front of `--`.
fn revision(ctx: &Ctx, word: &OsStr) -> Result<CommitId> {
    commit_named(ctx, word)?.ok_or_else(|| {
        let word = word.to_string_lossy();
        Fault::user(format!("`{}` is no commit", word.escape_debug()))
            .hint("git session explain [<commit>] -- <path>")
            .into()
    })
}

/// `path:12`, `path:12-14`, `path:12,14`, and `path:12:3` as compilers write it. Several ways to read a word where
/// it ends with several numbers, the longest path first.
fn parts(word: &OsStr) -> Vec<(PathBuf, Span)> {
    let bytes = word.as_encoded_bytes();
    let mut found = Vec::new();
    let mut end = bytes.len();
    while let Some(colon) = bytes[..end].iter().rposition(|byte| *byte == b':') {
        let Some(span) = std::str::from_utf8(&bytes[colon + 1..end])
            .ok()
            .and_then(|text| span(text).ok())
        else {
            break;
        };
        if colon == 0 {
            break;
        }
        found.push((path_of(&bytes[..colon]), span));
        end = colon;
    }
    found
}

/// Lines as they are typed: `12`, `12-14`, `12,14`.
///
/// # Errors
/// What would have been lines.
pub fn span(text: &str) -> Result<Span, String> {
    let bad = || format!("`{text}` is no line, such as 12 or 12-14");
    let number = |digits: &str| {
        let number = digits.parse::<u64>().ok().filter(|number| *number > 0);
        number.filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let (first, last) = match text.split_once(['-', ',']) {
        Some((first, last)) => (number(first), number(last)),
        None => (number(text), number(text)),
    };
    match (first, last) {
        (Some(first), Some(last)) if first <= last => Ok(Span { first, last }),
        _ => Err(bad()),
    }
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// A path as it was typed, relative to the top of the work tree; in a bare repository it is that already. A symbolic
/// link is not followed at its end.
fn below_top(ctx: &Ctx, typed: &Path) -> Result<Vec<u8>> {
    let Some(top) = ctx.repo.work_tree() else {
        return Ok(joined(typed));
    };
    let path = tidy(&ctx.cwd.join(typed));
    if let Ok(inside) = path.strip_prefix(tidy(top)) {
        return Ok(joined(inside));
    }
    let resolved = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => fs::resolve(parent).join(name),
        _ => path,
    };
    if let Ok(inside) = resolved.strip_prefix(fs::resolve(top)) {
        return Ok(joined(inside));
    }
    let shown = typed.to_string_lossy();
    Err(Fault::user(format!(
        "`{}` is outside of the work tree",
        shown.escape_debug()
    ))
    .into())
}

/// A path without `.` and `..`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(tidy.pop()),
            other => tidy.push(other),
        }
    }
    tidy
}

/// The parts of a path with slashes between them.
fn joined(path: &Path) -> Vec<u8> {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.as_encoded_bytes()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join(&b'/')
}

/// Whether something is there in the work tree.
fn exists(ctx: &Ctx, path: &[u8]) -> bool {
    ctx.repo.work_tree().is_some() && (path.is_empty() || ctx.repo.is_there(path))
}

/// A word that says two things.
fn two_meanings(word: &OsStr, first: &str, (path, span): &Place) -> anyhow::Error {
    let text = word.to_string_lossy();
    let second = match span {
        None => "a path".to_owned(),
        Some(span) => format!("{} of {}", lines_of(*span), quote_path(path)),
    };
    let fault = Fault::user(format!("`{}` is {first} and {second}", text.escape_debug()));
    let one = match first {
        "a commit" => format!("git session explain {}", quoted(&format!("{text}~0"))),
        _ => format!("git session explain -- {}", quoted(&text)),
    };
    let other = match span {
        None => format!("git session explain -- {}", quoted(&text)),
        Some(Span { first, last }) => {
            // the word ends with the lines, and the path stands in front of them
            let typed = text.rfind(':').map_or(text.as_ref(), |at| &text[..at]);
            let lines = if first == last {
                first.to_string()
            } else {
                format!("{first},{last}")
            };
            format!("git session explain -L {lines} -- {}", quoted(typed))
        }
    };
    fault.hint(one).hint(other).into()
}

/// `line 3`, `lines 3-5`
pub fn lines_of(Span { first, last }: Span) -> String {
    if first == last {
        format!("line {first}")
    } else {
        format!("lines {first}-{last}")
    }
}

/// A word that says nothing.
fn unknown(
    ctx: &Ctx,
    word: &OsStr,
    lines: Option<Span>,
    outside: Option<anyhow::Error>,
) -> anyhow::Error {
    let text = word.to_string_lossy();
    let shown = text.escape_debug();
    if let Some(outside) = outside {
        return outside;
    }
    if lines.is_some() {
        return Fault::user(format!("`{shown}` is no path of this repository"))
            .hint("git session explain -L <line> [<commit>] -- <path>")
            .into();
    }
    let fault = Fault::user(format!(
        "`{shown}` is no commit and no path of this repository"
    ));
    if let Ok(id) = SessionId::new(text.as_ref())
        && ctx.store.has(&id)
    {
        return fault.hint(format!("git session show {id}")).into();
    }
    match text.split_once(':') {
        Some((revision, path))
            if commit_named(ctx, revision.as_ref()).is_ok_and(|c| c.is_some()) =>
        {
            let (revision, path) = (quoted(revision), quoted(path));
            fault.hint(format!("git session explain {revision} -- {path}"))
        }
        _ => fault.hint("git session explain <commit|path|path:line>"),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let span = |first, last| Ok(Span { first, last });
        for (text, expected) in [("3", span(3, 3)), ("3-5", span(3, 5)), ("3,5", span(3, 5))] {
            assert_eq!(super::span(text), expected, "{text}");
        }
        for text in [
            "",
            "0",
            "5-3",
            "+3",
            "3-",
            "-3",
            "a",
            "3-5-7",
            "99999999999999999999",
        ] {
            assert!(super::span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_word_may_end_with_lines() {
        let shown = |word: &str| -> Vec<String> {
            let found = parts(OsStr::new(word)).into_iter();
            found
                .map(|(path, span)| format!("{} {}", path.display(), lines_of(span)))
                .collect()
        };
        assert_eq!(shown("a.rs:12"), ["a.rs line 12"]);
        assert_eq!(shown("a:b.rs:12-14"), ["a:b.rs lines 12-14"]);
        assert_eq!(shown("a.rs:12:3"), ["a.rs:12 line 3", "a.rs line 12"]);
        assert_eq!(shown("a.rs"), [""; 0]);
        assert_eq!(shown(":12"), [""; 0]);
        assert_eq!(shown("a:"), [""; 0]);
    }

    #[test]
    fn paths_are_tidied() {
        assert_eq!(tidy(Path::new("/a/./b/../c")), Path::new("/a/c"));
        assert_eq!(joined(Path::new("./a//b/")), b"a/b");
    }
}
