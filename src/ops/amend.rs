//! Whether a commit that is being made replaces HEAD. Git tells its hooks only for `--amend` without `-m`.

use std::path::Path;

use anyhow::Result;

use super::ctx::Ctx;
use crate::domain::id::CommitId;
use crate::domain::procedure::Source;
use crate::git::{CommitInfo, Head};
use crate::sys::{env, fs};

/// The commit that this one replaces, if it is an amend.
///
/// `git commit --amend` keeps the author of HEAD, and git hands it to the hook. So an amend is made by HEAD's
/// author at HEAD's author date, to the second, when that second is past; where `/proc` tells how git was
/// called, that word counts more.
pub(super) fn replaced(ctx: &Ctx, source: &Source) -> Result<Option<CommitId>> {
    if !matches!(
        source,
        Source::Message | Source::Commit(_) | Source::Template
    ) {
        return Ok(None);
    }
    let (Head::Branch { tip, .. } | Head::Detached { tip }) = ctx.repo.head()? else {
        return Ok(None);
    };
    let Some(date) = ctx.env.text(env::GIT_AUTHOR_DATE).and_then(seconds) else {
        return Ok(None);
    };
    let amends = match called_with_amend() {
        Some(word) => word,
        None => is_authors(ctx, &ctx.repo.commit(&tip)?, date) && ctx.now().timestamp() > date,
    };
    Ok(amends.then_some(tip))
}

/// Whether the author in the environment is that of the commit.
fn is_authors(ctx: &Ctx, commit: &CommitInfo, date: i64) -> bool {
    let same = |name: &str, value: &str| ctx.env.text(name) == Some(value);
    commit.author.seconds == date
        && same("GIT_AUTHOR_NAME", &commit.author.name)
        && same("GIT_AUTHOR_EMAIL", &commit.author.email)
}

/// Seconds of a date as git hands it to hooks: `@1763630000 +0000`.
fn seconds(date: &str) -> Option<i64> {
    date.strip_prefix('@')?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

/// What the command line of the git that called us says, where `/proc` exists: `Some(true)` it names
/// `--amend`, `Some(false)` it is a plain `git commit` without it, `None` it cannot be told (an alias, a
/// graphical client, another system).
fn called_with_amend() -> Option<bool> {
    let mut process = parent_of("self")?;
    // a stub or a hook manager may stand between git and us
    for _ in 0..3 {
        let words = command_line(&process)?;
        let program = words.first()?.rsplit('/').next()?.to_owned();
        if program == "git" || program == "git.exe" || program == "git-commit" {
            if words.iter().any(|word| is_amend(word)) {
                return Some(true);
            }
            return words.iter().any(|word| word == "commit").then_some(false);
        }
        process = parent_of(&process)?;
    }
    None
}

/// `--amend`, or an abbreviation that git takes for it.
fn is_amend(word: &str) -> bool {
    word.len() >= "--am".len() && "--amend".starts_with(word)
}

/// The parent process of a process.
fn parent_of(process: &str) -> Option<String> {
    let stat = fs::read(&Path::new("/proc").join(process).join("stat")).ok()??;
    let text = String::from_utf8_lossy(&stat).into_owned();
    // the name of the program stands in parentheses and may hold blanks
    let behind = text.rsplit_once(')')?.1;
    behind.split_whitespace().nth(1).map(str::to_owned)
}

/// The arguments of a process.
fn command_line(process: &str) -> Option<Vec<String>> {
    let bytes = fs::read(&Path::new("/proc").join(process).join("cmdline")).ok()??;
    Some(
        bytes
            .split(|b| *b == 0)
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .collect(),
    )
}
