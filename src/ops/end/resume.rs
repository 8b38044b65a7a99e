//! An end that was cut off between its steps: where things stand, and how it goes on.

use std::fmt;
use std::time::Duration;

use anyhow::Result;

use super::merge::Merge;
use super::{Plan, Request, Wish, back, push, refuse};
use crate::domain::gate::Verdict;
use crate::domain::id::{BranchName, SessionId};
use crate::domain::session::State;
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::{lifecycle, sessions};
use crate::store::Ending;
use crate::sys::env;

/// How far an end came that was cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    /// HEAD is on the branch, and so are index and files.
    Nothing,
    /// HEAD is on the branch, and index or files are those of the target.
    Files,
    /// HEAD is on the target, and the merge is not made.
    Target,
    /// The merge is made.
    Merge,
}

/// An end that was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interrupted {
    session: SessionId,
    source: BranchName,
    target: BranchName,
    reached: Reached,
    push: bool,
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (source, target) = (&self.source, &self.target);
        write!(f, "the end of the session on {source} was cut off: ")?;
        match self.reached {
            Reached::Nothing => write!(f, "nothing was merged into {target}"),
            Reached::Files => write!(
                f,
                "HEAD is on {source}, and tracked files are still as on {target}"
            ),
            Reached::Target => write!(
                f,
                "HEAD is on {target}, and {source} is not merged into it yet"
            ),
            Reached::Merge if self.push => write!(
                f,
                "{source} is merged into {target}; the push and the end are missing"
            ),
            Reached::Merge => write!(f, "{source} is merged into {target}; the end is missing"),
        }
    }
}

impl Interrupted {
    /// What to type.
    pub fn hint(&self) -> String {
        match self.reached {
            Reached::Nothing => format!(
                "git session end --merge-to {}",
                quoted(self.target.as_str())
            ),
            Reached::Merge if self.push => "git session end --push".to_owned(),
            Reached::Files | Reached::Target | Reached::Merge => "git session end".to_owned(),
        }
    }
}

/// The end that was cut off in this work tree. One that came to nothing, or that is over, is forgotten.
pub fn interrupted(ctx: &Ctx) -> Result<Option<Interrupted>> {
    // a hook of somebody else asks while git works for that very end
    if ctx.env.text(env::SWITCH) == Some("0") {
        return Ok(None);
    }
    if ctx.worktree.ending().is_none() {
        return Ok(None);
    }
    // while somebody is at it nothing is cut off
    let Ok(Some(_lock)) = ctx.worktree.lock(Duration::ZERO) else {
        return Ok(None);
    };
    let Some(ending) = ctx.worktree.ending() else {
        return Ok(None);
    };
    let Some(reached) = reached(ctx, &ending)? else {
        return Ok(None);
    };
    if reached == Reached::Nothing {
        ctx.worktree.set_ending(None)?;
    }
    Ok(Some(Interrupted {
        session: ending.session,
        source: ending.source,
        target: ending.target,
        reached,
        push: ending.push,
    }))
}

/// How far it came; `None` when there is nothing to go on with, and that is remembered.
fn reached(ctx: &Ctx, ending: &Ending) -> Result<Option<Reached>> {
    let state = if ctx.store.has(&ending.session) {
        sessions::load(ctx, &ending.session)?.session.state
    } else {
        State::Deleted
    };
    if !state.is_open() {
        // all was written but what comes last
        lifecycle::unmap(ctx, &ending.source, &ending.session)?;
        ctx.worktree.set_ending(None)?;
        return Ok(None);
    }
    let here = sessions::current_branch(ctx)?;
    let tip = ctx.repo.branch_tip(&ending.target)?;
    let merged = match (&tip, ctx.repo.branch_tip(&ending.source)?) {
        // what came to the branch since is not merged
        (Some(tip), Some(source)) if source == ending.source_tip => {
            ctx.repo.is_ancestor(&source, tip)?
        }
        _ => false,
    };
    let moved = tip.as_ref() != Some(&ending.target_tip);
    Ok(match here {
        Some(here) if here == ending.target && merged => Some(Reached::Merge),
        Some(here) if here == ending.target => Some(Reached::Target),
        Some(here) if here == ending.source && merged && moved => Some(Reached::Merge),
        Some(here) if here == ending.source => Some(if is_left(ctx, ending)? {
            Reached::Files
        } else {
            Reached::Nothing
        }),
        _ if merged && moved => Some(Reached::Merge),
        _ => {
            ctx.worktree.set_ending(None)?;
            None
        }
    })
}

/// Whether index or files of the target were left on the branch of the session.
fn is_left(ctx: &Ctx, ending: &Ending) -> Result<bool> {
    Ok(back::is_torn(ctx, ending)? || !ctx.repo.files_of(&ending.target_tip)?.is_empty())
}

/// Whether a command that is typed here is meant for the end that was cut off.
fn concerns(ctx: &Ctx, ending: &Ending) -> Result<bool> {
    let here = sessions::current_branch(ctx)?;
    Ok(here.is_some_and(|here| here == ending.source || here == ending.target))
}

/// The rest of an end whose merge was made before it was cut off.
///
/// # Errors
/// A merge into another branch, or an abandoned end, is not what is left to do.
pub(super) fn merged_already(ctx: &Ctx, request: &Request) -> Result<Option<Plan>> {
    let Some(ending) = ctx.worktree.ending() else {
        return Ok(None);
    };
    if !concerns(ctx, &ending)? || reached(ctx, &ending)? != Some(Reached::Merge) {
        return Ok(None);
    }
    let other = |typed: &String| *typed != ending.target.as_str();
    if request.abandon || request.merge_to.as_ref().is_some_and(other) {
        return Err(Fault::user(format!(
            "{} is merged into {} already",
            ending.source, ending.target
        ))
        .hint("git session end")
        .into());
    }
    let session = sessions::load(ctx, &ending.session)?.session;
    let merge = Merge {
        source: ending.source.clone(),
        source_tip: ending.source_tip.clone(),
        upstream: ctx.repo.upstream(&ending.target)?,
        target: ending.target.clone(),
        target_tip: ending.target_tip.clone(),
        tree: ending.tree.clone(),
        verdict: Verdict::default(),
        figures: None,
        no_gate: false,
        made: true,
        said: ending.overridden.clone(),
    };
    let request = Request {
        push: wish(request, &ending)?,
        ..request.clone()
    };
    let tip = Some(ending.source_tip.clone());
    Ok(Some(Plan {
        push: push::plan(ctx, &session.branch, tip.as_ref(), Some(&merge), &request)?,
        handoff: request.handoff.unwrap_or(ending.handoff),
        words: ending.words,
        left: ending.left,
        session,
        tip,
        merge: Some(merge),
        abandon: false,
        again: request.again,
    }))
}

/// Whether a push is wanted that was wanted before.
fn wish(request: &Request, ending: &Ending) -> Result<Wish> {
    match request.push {
        Wish::Ask if ending.push => Ok(Wish::Yes),
        Wish::Unsaid if ending.push && !request.abandon => Err(Fault::user(
            "the end that was cut off was to push: say whether that is still wanted",
        )
        .hint(request.again.with(&["--push", "--yes"]))
        .hint(request.again.without_push())
        .into()),
        wish => Ok(wish),
    }
}

/// Takes back what is left of an end whose merge was not made, so that it can begin again: what it was to be,
/// which is added to the request.
pub(super) fn again(ctx: &Ctx, request: &mut Request) -> Result<Option<Ending>> {
    let Some(ending) = ctx.worktree.ending() else {
        return Ok(None);
    };
    if !concerns(ctx, &ending)? || reached(ctx, &ending)?.is_none() {
        return Ok(None);
    }
    request.push = wish(request, &ending)?;
    if let Err(stuck) = back::out(ctx, &ending) {
        let here = back::place(ctx)?;
        let mut fault = Fault::user(format!(
            "HEAD is on {here}, and {} is not merged into {}: {stuck:#}",
            ending.source, ending.target
        ));
        for hint in back::hints(ctx, &ending) {
            fault = fault.hint(hint);
        }
        return Err(fault.into());
    }
    if !request.abandon {
        refuse::changes(ctx, &refuse::LOOK)?;
    }
    ctx.worktree.set_ending(None)?;
    if !request.abandon {
        repeat(ctx, request, &ending);
        let target = || ending.target.to_string();
        request.merge_to.get_or_insert_with(target);
        request.handoff.get_or_insert(ending.handoff);
        request.no_gate |= !ending.overridden.is_empty();
    }
    Ok(Some(ending))
}

/// Adds what the end was to be to the command that a hint repeats: it is forgotten from here on.
fn repeat(ctx: &Ctx, request: &mut Request, ending: &Ending) {
    let again = &mut request.again;
    if request.merge_to.is_none() {
        again.value("--merge-to", ending.target.as_str());
    }
    again.flag("--no-gate", !ending.overridden.is_empty());
    let words = &ending.words;
    let texts = [
        ("--accomplished", &words.accomplished),
        ("--decision", &words.decisions),
        ("--remember", &words.remember),
    ];
    for (flag, texts) in texts {
        for text in texts {
            again.value(flag, text.as_str());
        }
    }
    if let Some(success) = words.success {
        again.value("--success", &success.to_string());
    }
    if let Some(phase) = &words.phase {
        again.value("--phase", phase.as_str());
    }
    if request.handoff.is_none() && ending.handoff != ctx.settings.session.handoff_on_end {
        let flag = ["--no-handoff", "--handoff"][usize::from(ending.handoff)];
        again.flag(flag, true);
    }
    again.flag("--push", request.push == Wish::Yes);
}
