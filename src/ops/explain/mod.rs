//! Where a commit or a line came from: blame by git, then trailers, notes and logs of sessions. In a clone that
//! never ran the program trailers alone answer, and nothing is written.

mod account;
mod deed;
mod lookup;
mod target;

use std::borrow::Cow;
use std::collections::HashMap;

use anyhow::Result;

pub use account::{Account, Facts, Other};
pub use deed::{Deed, Source};
pub use target::{Asked, Target, lines_of, resolve, span};

use super::ctx::Ctx;
use super::history;
use crate::domain::account::{Move, picked_from};
use crate::domain::id::{CommitId, SessionId};
use crate::domain::path_text::quote_path;
use crate::domain::shell::quoted_path;
use crate::error::{Fault, Kind};
use crate::git::{Blamed, CommitInfo, Span, Tracked};
use crate::sys::fs;

/// The most commits that are explained, and that a history of a path is asked for.
pub const MOST_COMMITS: usize = 500;

/// So many bytes of a line are told.
const LONGEST_LINE: usize = 4096;

/// Bytes at the start of a file that tell whether it is binary, as git looks at them.
const SAMPLE: u64 = 8000;

/// Why a path is explained by the commits that touched it, and not by its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lineless {
    /// It is gone.
    Deleted,
    /// It has no lines.
    Binary,
    /// It is empty.
    Empty,
    /// It is another repository.
    Submodule,
    /// It is a directory.
    Directory,
    /// This partial clone has not all of its history.
    Partial,
}

/// What was explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A commit.
    Commit,
    /// A file, or lines of it.
    Lines {
        /// The path from the top of the work tree.
        path: Vec<u8>,
        /// The lines that were asked for; all when there are none.
        asked: Option<Span>,
        /// What the line says, when it is one; of a long one the start.
        text: Option<String>,
        /// The line says more than that.
        cut: bool,
        /// The work tree does not have the file: what HEAD has was looked at.
        missing: bool,
    },
    /// The history of a path.
    Path {
        /// The path from the top of the work tree.
        path: Vec<u8>,
        /// Why not its lines.
        why: Lineless,
        /// There are more commits than were looked at.
        more: bool,
    },
}

/// A commit, and its share of the lines.
#[derive(Clone, Debug)]
pub struct Share {
    /// The commit.
    pub commit: CommitInfo,
    /// The first line of its message.
    pub subject: String,
    /// Lines that it wrote, in order.
    pub spans: Vec<Span>,
    /// The path that the file had there, where it was another one.
    pub path: Option<Vec<u8>>,
    /// The history ends with it in this shallow clone: the lines may be older.
    pub border: bool,
    /// Where its message says that it came from.
    pub picked: Vec<Move>,
    /// Some session knows it.
    pub known: bool,
}

impl Share {
    /// How many lines it wrote.
    pub fn lines(&self) -> u64 {
        self.spans.iter().map(|span| span.count()).sum()
    }
}

/// What could not be seen.
#[derive(Debug, Default)]
pub struct Unseen {
    /// The history of a path goes on where this shallow clone ends.
    pub shallow: bool,
    /// This partial clone lacks objects that were looked for.
    pub partial: bool,
    /// Sessions whose log could not be read, and why.
    pub logs: Vec<(SessionId, anyhow::Error)>,
    /// Notes that could not be read: their refs, and why.
    pub notes: Vec<(String, anyhow::Error)>,
    /// Lines of logs that were skipped.
    pub torn: Vec<(SessionId, usize)>,
}

/// An explanation.
#[derive(Debug)]
pub struct Explained {
    /// Of what.
    pub subject: Subject,
    /// The commits: with the most lines first, else the newest first.
    pub commits: Vec<Share>,
    /// Commits that were left out, because there are more than [`MOST_COMMITS`], and their lines.
    pub left_out: (usize, u64),
    /// Lines that no commit has.
    pub uncommitted: Vec<Span>,
    /// What sessions say: the one with the most lines first, else the newest first.
    pub accounts: Vec<Account>,
    /// What could not be seen.
    pub unseen: Unseen,
}

/// Explains a commit, a path, or lines of it.
pub fn explain(ctx: &Ctx, target: &Target) -> Result<Explained> {
    match target {
        Target::Commit(id) => {
            let mut explained = Explained::new(Subject::Commit);
            explained.add(ctx, id, Vec::new(), None)?;
            let changes = ctx.repo.changes_of(&explained.commits[0].commit);
            explained.unseen.partial = changes.is_err() && ctx.repo.is_partial()?;
            let changes = changes.unwrap_or_default().into_iter();
            let paths: Vec<Vec<u8>> = changes.map(|change| change.path).collect();
            account::gather(ctx, &mut explained, &paths)?;
            Ok(explained.for_reader(ctx))
        }
        Target::Path { path, lines, at } => {
            let mut explained = of_path(ctx, path, *lines, at.as_ref())?;
            account::gather(ctx, &mut explained, std::slice::from_ref(path))?;
            Ok(explained.for_reader(ctx))
        }
    }
}

impl Explained {
    fn new(subject: Subject) -> Self {
        Self {
            subject,
            commits: Vec::new(),
            left_out: (0, 0),
            uncommitted: Vec::new(),
            accounts: Vec::new(),
            unseen: Unseen::default(),
        }
    }

    /// Without what is private where an agent reads it, which passes on what it reads.
    fn for_reader(mut self, ctx: &Ctx) -> Self {
        if !ctx.env.agent() {
            return self;
        }
        for account in &mut self.accounts {
            for deed in &mut account.deeds {
                deed.aims.retain(|aim| !aim.private);
                deed.solved.retain(|solved| !solved.private);
            }
            let decisions = account.deeds.iter_mut().map(|deed| &mut deed.decisions);
            for rulings in decisions.chain([&mut account.in_force]) {
                rulings.retain(|ruling| !ruling.private);
                let successors = rulings
                    .iter_mut()
                    .filter_map(|ruling| ruling.superseded.as_mut());
                for next in successors.filter(|next| next.private) {
                    next.text = None;
                }
            }
        }
        self
    }

    /// Takes a commit in.
    fn add(
        &mut self,
        ctx: &Ctx,
        id: &CommitId,
        spans: Vec<Span>,
        path: Option<Vec<u8>>,
    ) -> Result<()> {
        let commit = ctx.repo.commit(id)?;
        let message = account::message(&commit);
        self.commits.push(Share {
            subject: history::subject(&commit),
            spans,
            path,
            border: ctx.repo.is_border(id),
            picked: picked_from(&message),
            known: false,
            commit,
        });
        Ok(())
    }
}

/// The commits of a path.
fn of_path(
    ctx: &Ctx,
    path: &[u8],
    lines: Option<Span>,
    at: Option<&CommitId>,
) -> Result<Explained> {
    let tip = ctx.repo.head()?.tip().cloned();
    // without a work tree and an index HEAD is what there is
    let at = match at {
        None if ctx.repo.is_bare() => tip.as_ref(),
        at => at,
    };
    let base = at.or(tip.as_ref());
    let why = match ctx.repo.tracked(path, at)? {
        Tracked::File(blob) => {
            if is_binary(ctx, path, &blob, at)? {
                Lineless::Binary
            } else {
                match of_lines(ctx, path, lines, at, base) {
                    Ok(told) if told.commits.is_empty() && told.uncommitted.is_empty() => {
                        Lineless::Empty
                    }
                    Err(error) if !is_beyond(&error) && ctx.repo.is_partial()? => Lineless::Partial,
                    told => return told,
                }
            }
        }
        Tracked::Submodule => Lineless::Submodule,
        Tracked::Directory => Lineless::Directory,
        Tracked::Nothing => Lineless::Deleted,
    };
    if lines.is_some() && why == Lineless::Directory {
        return Err(Fault::user(format!("{} is a directory", shown(path))).into());
    }
    let mut explained = Explained::new(Subject::Path {
        path: path.to_owned(),
        why,
        more: false,
    });
    let follow = matches!(why, Lineless::Binary | Lineless::Deleted | Lineless::Empty);
    explained.unseen.partial = why == Lineless::Partial;
    let commits = match base {
        Some(base) => history_of(ctx, path, base, follow, &mut explained.unseen)?,
        None => Vec::new(),
    };
    if commits.is_empty() {
        return Err(no_commit(ctx, path, why)?.into());
    }
    if let Subject::Path { more, .. } = &mut explained.subject {
        *more = commits.len() == MOST_COMMITS;
    }
    for id in &commits {
        explained.add(ctx, id, Vec::new(), None)?;
    }
    explained.unseen.shallow = ctx.repo.common_dir().join("shallow").exists();
    Ok(explained)
}

/// The commits that touched a path. Renames need contents, which a partial clone may not have; then those under this
/// name count.
fn history_of(
    ctx: &Ctx,
    path: &[u8],
    base: &CommitId,
    follow: bool,
    unseen: &mut Unseen,
) -> Result<Vec<CommitId>> {
    let walk = |follow| ctx.repo.commits_of_path(path, base, follow, MOST_COMMITS);
    match walk(follow) {
        Err(_) if ctx.repo.is_partial()? => {}
        told => return told,
    }
    unseen.partial = true;
    walk(false).map_err(|_| {
        let name = shown(path);
        let text = format!("this partial clone has not the history of {name}");
        let by_git = format!("git log --oneline -- {}", quoted_path(path));
        Fault::new(Kind::Partial, text).hint(by_git).into()
    })
}

/// Whether lines were asked for that are not there.
fn is_beyond(error: &anyhow::Error) -> bool {
    error.to_string().contains("has only")
}

/// A path as people read it.
pub fn shown(path: &[u8]) -> Cow<'_, str> {
    match path {
        b"" => Cow::Borrowed("./"),
        path => quote_path(path),
    }
}

/// Why no commit of this repository has a path.
fn no_commit(ctx: &Ctx, path: &[u8], why: Lineless) -> Result<Fault> {
    let name = shown(path);
    if why != Lineless::Deleted {
        return Ok(Fault::user(format!("no commit has {name} yet")));
    }
    let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    for (at, _) in slashes {
        if ctx.repo.tracked(&path[..at], None)? == Tracked::Submodule {
            let (inside, below) = (&path[..at], &path[at + 1..]);
            let fault = Fault::user(format!("{name} is in the submodule {}", quote_path(inside)));
            return Ok(fault.hint(format!(
                "git -C {} session explain {}",
                quoted_path(inside),
                quoted_path(below)
            )));
        }
    }
    Ok(if on_disk(ctx, path).is_some() {
        Fault::user(format!("{name} is not tracked, so no commit has it"))
            .hint(format!("git add {}", quoted_path(path)))
    } else {
        Fault::user(format!("no commit has {name}")).hint("git session explain <commit> -- <path>")
    })
}

/// Whether git would take the content for binary. A symbolic link is a line.
fn is_binary(ctx: &Ctx, path: &[u8], blob: &str, at: Option<&CommitId>) -> Result<bool> {
    let sample = match (at, on_disk(ctx, path)) {
        (None, Some(place)) => match std::fs::symlink_metadata(&place) {
            Ok(metadata) if metadata.is_file() => fs::read_start(&place, SAMPLE)?,
            _ => None,
        },
        _ => ctx.repo.read_blob(blob)?,
    };
    let sample = sample.unwrap_or_default();
    let length = sample
        .len()
        .min(usize::try_from(SAMPLE).unwrap_or(usize::MAX));
    Ok(sample[..length].contains(&0))
}

/// The place of a path in the work tree, if there is something. What lies behind a symbolic link is somewhere else.
fn on_disk(ctx: &Ctx, path: &[u8]) -> Option<std::path::PathBuf> {
    let place = ctx.repo.place_of(path)?;
    (path.is_empty() || ctx.repo.is_there(path)).then_some(place)
}

/// The commits of the lines of a file.
fn of_lines(
    ctx: &Ctx,
    path: &[u8],
    lines: Option<Span>,
    at: Option<&CommitId>,
    base: Option<&CommitId>,
) -> Result<Explained> {
    let missing = at.is_none() && on_disk(ctx, path).is_none();
    let mut explained = Explained::new(Subject::Lines {
        path: path.to_owned(),
        asked: lines,
        text: None,
        cut: false,
        missing,
    });
    let at = if missing { base } else { at };
    if base.is_none() {
        let one = Span { first: 1, last: 1 };
        explained.uncommitted.push(lines.unwrap_or(one));
        return Ok(explained);
    }
    let blamed = ctx.repo.blame(path, at, lines).map_err(|error| {
        if !is_beyond(&error) {
            return error;
        }
        let name = quoted_path(path);
        Fault::user(error.to_string())
            .hint(format!("git session explain -- {name}"))
            .into()
    })?;
    if let (Subject::Lines { text, cut, .. }, Some(span), [only]) =
        (&mut explained.subject, lines, blamed.as_slice())
        && span.count() == 1
    {
        let bytes = only.text.as_deref().unwrap_or_default();
        *cut = bytes.len() > LONGEST_LINE;
        let start = &bytes[..bytes.len().min(LONGEST_LINE)];
        // a character that was cut is no character
        let start = if *cut { whole(start) } else { start };
        *text = Some(String::from_utf8_lossy(start).into_owned());
    }
    share(ctx, path, blamed, &mut explained)?;
    Ok(explained)
}

/// Bytes without the character that their end has a part of.
fn whole(bytes: &[u8]) -> &[u8] {
    let part = bytes
        .utf8_chunks()
        .last()
        .map_or(0, |last| last.invalid().len());
    &bytes[..bytes.len() - part]
}

/// Sorts the lines by commit, the commit with the most of them first.
fn share(ctx: &Ctx, path: &[u8], blamed: Vec<Blamed>, explained: &mut Explained) -> Result<()> {
    let mut order: Vec<(CommitId, Vec<Span>, Vec<u8>)> = Vec::new();
    let mut places: HashMap<CommitId, usize> = HashMap::new();
    for Blamed {
        commit, span, path, ..
    } in blamed
    {
        let Some(commit) = commit else {
            explained.uncommitted.push(span);
            continue;
        };
        let place = *places.entry(commit.clone()).or_insert_with(|| {
            order.push((commit, Vec::new(), path));
            order.len() - 1
        });
        order[place].1.push(span);
    }
    let count = |spans: &[Span]| spans.iter().map(|span| span.count()).sum::<u64>();
    // equal shares stay in the order of the lines
    order.sort_by_key(|(_, spans, _)| std::cmp::Reverse(count(spans)));
    let left: Vec<_> = order.split_off(order.len().min(MOST_COMMITS));
    let lines = left.iter().map(|(_, spans, _)| count(spans)).sum();
    explained.left_out = (left.len(), lines);
    for (commit, spans, old) in order {
        let old = (old != path && !old.is_empty()).then_some(old);
        explained.add(ctx, &commit, spans, old)?;
    }
    explained.unseen.shallow = explained.commits.iter().any(|share| share.border);
    Ok(())
}
