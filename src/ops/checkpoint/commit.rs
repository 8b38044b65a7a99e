//! `checkpoint --commit`: git's own commit of what is staged, else of every change of a tracked file.

use anyhow::Result;

use super::Made;
use crate::domain::id::CommitId;
use crate::domain::path_text::quote_path;
use crate::domain::procedure::{Marks, Source};
use crate::error::Fault;
use crate::git::Dirt;
use crate::ops::ctx::Ctx;
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

/// Commits what the checkpoint saw. `typed`: the message; made up from the paths when left out.
///
/// # Errors
/// There is nothing to commit; git or a hook refuses: its own words are on standard error, and the index is as
/// it was.
pub fn commit(ctx: &Ctx, made: &Made, typed: Option<&str>) -> Result<Committed> {
    let dirt = &made.dirt;
    if dirt.staged.is_empty() && dirt.changed.is_empty() && dirt.moved.is_empty() {
        return Err(nothing(dirt));
    }
    let text = match typed {
        Some(typed) => typed.to_owned(),
        None => made_up(ctx, made),
    };
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
    if dirt.staged.is_empty() {
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

/// There is nothing to commit: what could be added.
fn nothing(dirt: &Dirt) -> anyhow::Error {
    let fault =
        Fault::user("nothing to commit: nothing is staged, and no tracked file has a change");
    let paths = dirt.untracked.iter().chain(&dirt.intended).take(3);
    let fault = paths.fold(fault, |fault, path| {
        fault.hint(format!("git add {}", quote_path(path)))
    });
    let more = (dirt.untracked.len() + dirt.intended.len()).saturating_sub(3);
    match more {
        0 => fault.into(),
        more => fault
            .hint(format!("git status ({more} more untracked files)"))
            .into(),
    }
}

/// A message from what changed and what is to be reached.
fn made_up(_ctx: &Ctx, made: &Made) -> String {
    let objective = made.session.current_objective();
    match objective {
        Some(objective) => format!("chore: work on {}", objective.item.text),
        None => "chore: save work in progress".to_owned(),
    }
}
