//! `post-rewrite`: commits were replaced, their records follow.
//!
//! During a rebase every amend is only written down, in `rebase-merge/session-amends`, which git removes with
//! the directory; at the end the pairs are chained. Git reports a skipped or dropped commit as rewritten to
//! the one before it, so of several old commits of one new commit only the first counts, and later ones that
//! the todo list folded into it.

mod stops;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::ctx::Ctx;
use super::{adopt, message, notes, sessions};
use crate::domain::context::Context;
use crate::domain::id::CommitId;
use crate::store::Waiting;
use crate::sys::fs::{self, Durability};

/// Old and new commit.
type Pair = (CommitId, CommitId);

/// What the first argument of the hook says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewriter {
    /// `git commit --amend`.
    Amend,
    /// `git rebase`.
    Rebase,
}

impl Rewriter {
    /// The word in the log.
    const fn name(self) -> &'static str {
        match self {
            Self::Amend => "amend",
            Self::Rebase => "rebase",
        }
    }
}

/// The pairs on the hook's standard input: `<old> <new>[ <more>]` a line.
pub fn parse(input: &[u8]) -> Vec<Pair> {
    let text = String::from_utf8_lossy(input);
    let pair = |line: &str| {
        let mut words = line.split_whitespace();
        Some((
            CommitId::new(words.next()?).ok()?,
            CommitId::new(words.next()?).ok()?,
        ))
    };
    text.lines().filter_map(pair).collect()
}

/// Records follow their commits.
pub fn rewritten(ctx: &Ctx, rewriter: Rewriter, pairs: Vec<Pair>) -> Result<()> {
    if !ctx.tracks() || pairs.is_empty() {
        return Ok(());
    }
    let rebase = ctx.repo.git_dir().join("rebase-merge");
    let pairs = match rewriter {
        Rewriter::Amend if fs::exists(&rebase) => {
            return remember(ctx, &rebase.join("session-amends"), &pairs);
        }
        Rewriter::Amend => pairs,
        Rewriter::Rebase => {
            let amends = fs::read(&rebase.join("session-amends"))?.unwrap_or_default();
            let done = fs::read(&rebase.join("done"))?.unwrap_or_default();
            let onto = fs::read(&rebase.join("onto"))?.unwrap_or_default();
            let onto = String::from_utf8_lossy(&onto);
            let amends = parse(&amends);
            let end = |commit: CommitId| end(commit, &amends);
            let kept = kept(pairs, &done, onto.trim());
            let chained = kept.into_iter().map(|(old, new)| (old, end(new))).collect();
            let edited = named(&done, &["edit", "e"]);
            stops::settle(ctx, chained, &amends, &edited, &end, onto.trim())?
        }
    };
    follow(ctx, rewriter, pairs)
}

/// Writes amend pairs down until the rebase ends.
fn remember(ctx: &Ctx, file: &Path, pairs: &[Pair]) -> Result<()> {
    let mut lines = String::new();
    for (old, new) in pairs {
        let _ = writeln!(lines, "{old} {new}");
    }
    fs::append_lines(
        file,
        lines.as_bytes(),
        Durability::Buffered,
        ctx.store.sharing(),
    )
    .map(drop)
}

/// Drops the pairs that say where a skipped commit would have been: never onto `onto`, and of several old
/// commits of one new commit only the first and those that a `fixup` or `squash` line names.
fn kept(pairs: Vec<Pair>, done: &[u8], onto: &str) -> Vec<Pair> {
    let folded = named(done, &["fixup", "f", "squash", "s"]);
    let is_folded = |old: &CommitId| {
        folded
            .iter()
            .any(|name| old.as_str().starts_with(name.as_str()))
    };
    let mut seen = HashSet::new();
    pairs
        .into_iter()
        .filter(|(old, new)| new.as_str() != onto && (seen.insert(new.clone()) || is_folded(old)))
        .collect()
}

/// The commits that the todo list has with one of these commands.
fn named(done: &[u8], commands: &[&str]) -> Vec<String> {
    let text = String::from_utf8_lossy(done);
    let commit = |line: &str| {
        let mut words = line.split_whitespace();
        if !commands.contains(&words.next()?) {
            return None;
        }
        words.find(|word| !word.starts_with('-')).map(str::to_owned)
    };
    text.lines().filter_map(commit).collect()
}

/// Leads on over the amends that came after a commit was made: git names the picked commit, not the amended one.
fn end(commit: CommitId, amends: &[Pair]) -> CommitId {
    let mut at = commit;
    // as many steps as there are amends: a circle ends
    for _ in 0..amends.len() {
        match amends.iter().find(|(old, _)| *old == at) {
            Some((_, further)) => at = further.clone(),
            None => break,
        }
    }
    at
}

/// Writes the pairs to the log of this branch's session and moves the notes.
fn follow(ctx: &Ctx, rewriter: Rewriter, pairs: Vec<Pair>) -> Result<()> {
    let pairs: Vec<Pair> = pairs.into_iter().filter(|(old, new)| old != new).collect();
    let open = message::open_session(ctx)?.map(|(context, _)| context);
    let Some(context) = open.map_or_else(|| left_by_apply(ctx), |context| Ok(Some(context)))?
    else {
        return Ok(());
    };
    if pairs.is_empty() {
        return Ok(());
    }
    let id = context.session.clone();
    let bodies = adopt::rewritten(rewriter.name(), &pairs);
    let events: Vec<_> = ctx.with_pen(&id, context.last_n, |pen| {
        bodies.into_iter().map(|body| pen.write(body)).collect()
    });
    let lock = ctx.store.lock(&id, super::HOOK_LOCK)?;
    ctx.store.log(&id).append(&events, Waiting::Buffered)?;
    drop(lock);
    notes::flush(ctx, &id)
}

/// The session of the branch that `git rebase --apply` has left: unlike the merge backend it does not write the
/// name down until it stops, but the branch is still where HEAD was.
fn left_by_apply(ctx: &Ctx) -> Result<Option<Context>> {
    let rebasing = fs::exists(&ctx.repo.git_dir().join("rebase-apply").join("rebasing"));
    let Some(occupant) = ctx.worktree.occupant().filter(|_| rebasing) else {
        return Ok(None);
    };
    let tip = ctx.repo.branch_tip(&occupant.branch)?;
    if tip.is_none() || tip != ctx.repo.ref_id("ORIG_HEAD")? || !ctx.store.has(&occupant.session) {
        return Ok(None);
    }
    let context = sessions::context(ctx, &occupant.session)?;
    Ok(context.filter(|context| context.state.is_open()))
}
