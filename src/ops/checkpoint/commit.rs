//! `checkpoint --commit`: git's own commit of what is staged, else of every change of a tracked file.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Made;
use super::changed::{self, Trees};
use crate::domain::id::CommitId;
use crate::domain::impact::ChangeKind;
use crate::domain::path_text::quote_path;
use crate::domain::procedure::{Marks, Source};
use crate::domain::subject::{self, Change};
use crate::error::Fault;
use crate::git::Dirt;
use crate::ops::ctx::Ctx;
use crate::ops::decision_log::FILE;
use crate::ops::hooks::quote;
use crate::ops::setup::refuse_links;
use crate::ops::{history, hooks, message, record};
use crate::sys::fs::{self, Sharing};

/// A commit that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its id.
    pub id: CommitId,
    /// Its subject.
    pub subject: String,
}

/// What the commit is to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish<'a> {
    /// The message; made up from the paths when left out.
    pub message: Option<&'a str>,
    /// What the tracked page of decisions is to say; none when there is no such page.
    pub decisions: Option<&'a str>,
}

/// Commits what the checkpoint saw, and the page of decisions.
///
/// # Errors
/// There is nothing to commit; git or a hook refuses: its own words are on standard error, and the index is as
/// it was.
pub fn commit(ctx: &Ctx, made: &Made, wish: Wish<'_>) -> Result<Committed> {
    let dirt = &made.dirt;
    if let Some(first) = dirt.unmerged.first() {
        let path = quote_path(&first.path);
        return Err(Fault::user(format!("{path} is in conflict"))
            .hint("git status")
            .into());
    }
    if dirt.staged.is_empty() && dirt.changed.is_empty() && dirt.moved.is_empty() {
        return Err(nothing(dirt));
    }
    let text = match wish.message {
        Some(typed) => typed.to_owned(),
        None => made_up(ctx, made)?,
    };
    let all = dirt.staged.is_empty();
    let page = match wish.decisions {
        Some(page) => Page::write(ctx, page, all)?,
        None => None,
    };
    match by_git(ctx, &text, all) {
        Ok(committed) => Ok(committed),
        Err(error) => {
            if let Some(page) = page {
                page.take_back(ctx)?;
            }
            Err(error)
        }
    }
}

/// Runs `git commit`.
fn by_git(ctx: &Ctx, text: &str, all: bool) -> Result<Committed> {
    let scratch = fs::scratch_dir(ctx.repo.git_dir())?;
    let file = scratch.path().join("message");
    fs::write_plain(&file, format!("{text}\n").as_bytes(), Sharing::Umask)?;
    let by_hooks = hooks::installed(&ctx.repo).unwrap_or(true)
        || hooks::status(&ctx.repo)?.iter().any(|event| event.healthy);
    if !by_hooks {
        message::prepare(
            ctx,
            &message::Prepare {
                file: file.clone(),
                source: Source::Message,
                marks: Marks::default(),
            },
        )?;
        ctx.worktree.take_message();
    }
    let mut git = ctx
        .repo
        .git()
        .args(["commit", "--quiet", "--file"])
        .arg(&file);
    if all {
        git = git.arg("--all");
    }
    // hooks may talk, and signing may ask
    if git.inherit()? != 0 {
        return Err(Fault::user("git did not commit; the index is as it was")
            .hint("git status")
            .into());
    }
    let ctx = &Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    if !by_hooks {
        record::commit(ctx)?;
    }
    let head = ctx.repo.head()?;
    let id = head.tip().cloned();
    let id = id.ok_or_else(|| Fault::user("HEAD has no commit"))?;
    let subject = history::subject(&ctx.repo.commit(&id)?);
    Ok(Committed { id, subject })
}

/// The page of decisions, brought up to date for the commit that carries it.
struct Page {
    path: PathBuf,
    before: Vec<u8>,
    /// What the index had there, as `ls-files --stage` says; none when the commit takes it from the work tree.
    staged: Option<Vec<u8>>,
}

impl Page {
    /// Writes the page, if it is tracked and says something else; stages it unless `all` changes go in.
    fn write(ctx: &Ctx, page: &str, all: bool) -> Result<Option<Self>> {
        let Some(top) = ctx.repo.work_tree() else {
            return Ok(None);
        };
        let path = top.join(FILE);
        refuse_links(&path)?;
        let git = ctx
            .repo
            .git()
            .args(["ls-files", "--stage", "-z", "--", FILE]);
        let entry = git.checked()?.stdout;
        let before = fs::read(&path)?.filter(|before| before != page.as_bytes());
        let (Some(before), false) = (before, entry.is_empty()) else {
            return Ok(None);
        };
        fs::write_atomic(&path, page.as_bytes(), Sharing::Umask)?;
        let page = Self {
            path,
            before,
            staged: (!all).then_some(entry),
        };
        if page.staged.is_some() {
            ctx.repo.git().args(["add", "--", FILE]).checked()?;
        }
        Ok(Some(page))
    }

    /// Makes it what it was.
    fn take_back(&self, ctx: &Ctx) -> Result<()> {
        if let Some(entry) = &self.staged {
            let git = ctx.repo.git();
            let git = git.args(["update-index", "-z", "--index-info"]);
            git.stdin(entry.clone()).checked()?;
        }
        fs::write_atomic(&self.path, &self.before, Sharing::Umask)
    }
}

/// There is nothing to commit: what could be added.
fn nothing(dirt: &Dirt) -> anyhow::Error {
    let fault =
        Fault::user("nothing to commit: nothing is staged, and no tracked file has a change");
    let paths = dirt.untracked.iter().chain(&dirt.intended).take(3);
    let fault = paths.fold(fault, |fault, path| {
        let path = String::from_utf8_lossy(path);
        fault.hint(format!("git add {}", quote(Path::new(path.as_ref()))))
    });
    let more = (dirt.untracked.len() + dirt.intended.len()).saturating_sub(3);
    match more {
        0 => fault.into(),
        more => fault
            .hint(format!("git status ({more} more untracked files)"))
            .into(),
    }
}

/// A message from what changed and what is to be reached, where that may be told.
fn made_up(ctx: &Ctx, made: &Made) -> Result<String> {
    let checkpoint = &made.checkpoint.made;
    let held = ctx.repo.held(&checkpoint.commit)?;
    let held = held.ok_or_else(|| Fault::user("the checkpoint is gone"))?;
    let before = ctx.repo.commit(&held.base)?.tree;
    let after = if made.dirt.staged.is_empty() {
        &held.tree
    } else {
        &held.index
    };
    let sides = ctx.repo.differences(Some(&before), Some(after))?;
    let trees = |tracked| Trees {
        tracked: Some(tracked),
        untracked: None,
    };
    // only figures: without them the paths alone speak
    let lines = changed::files(ctx, trees(&before), trees(after)).unwrap_or_default();
    let changes: Vec<Change> = sides
        .into_iter()
        .map(|(path, sides)| {
            let lines = lines.iter().find(|file| file.path == path);
            Change {
                kind: match (&sides.old, &sides.new) {
                    (None, _) => ChangeKind::Added,
                    (_, None) => ChangeKind::Deleted,
                    _ => ChangeKind::Modified,
                },
                added: lines.map_or(0, |file| file.added),
                removed: lines.map_or(0, |file| file.removed),
                path,
            }
        })
        .collect();
    let objective = made.session.current_objective();
    let objective = objective.filter(|objective| !objective.item.private);
    let objective = objective.map(|objective| objective.item.text.as_str());
    let branch = made.session.branch.as_str();
    Ok(subject::suggest(&changes, objective, Some(branch)))
}
