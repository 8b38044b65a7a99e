//! The end of a session: everything that can refuse comes first and changes nothing, then a merge and a push
//! where they are wanted, and the record last.

mod again;
mod back;
mod gate;
mod merge;
mod push;
mod refuse;
mod resume;

use anyhow::Result;

pub use again::Again;
pub use merge::{Merge, Merged};
pub use push::{Push, place};
pub use refuse::helps;
pub use resume::{Interrupted, interrupted};

use super::checkpoint::{self, Made};
use super::ctx::Ctx;
use super::{go, handoff, metrics, record, sessions, switch};
use crate::domain::body::{Cause, MetricsRecorded, Pushed};
use crate::domain::decide::{Command, NewDecision, NewEnd, NewHandoff, Privacy};
use crate::domain::id::{CommitId, SessionId};
use crate::domain::redact::Redacted;
use crate::domain::session::Session;
use crate::error::Fault;
use crate::store::{Ending, Words};

/// Whether a push is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Nobody said so, and nobody can be asked: no.
    #[default]
    Unsaid,
    /// Where there is something to push, the person is asked.
    Ask,
}

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The work was given up.
    pub abandon: bool,
    /// Whether a handoff is wanted; as the settings say when nobody said so.
    pub handoff: Option<bool>,
    /// The branch to merge into, as typed.
    pub merge_to: Option<String>,
    /// The bars of the project do not hold.
    pub no_gate: bool,
    /// Whether to push.
    pub push: Wish,
    /// What was typed.
    pub again: Again,
}

/// What will happen. Nothing has happened yet.
#[derive(Debug)]
pub struct Plan {
    /// The session as it is.
    pub session: Session,
    /// The tip of its branch.
    pub tip: Option<CommitId>,
    /// The merge.
    pub merge: Option<Merge>,
    /// The push.
    pub push: Option<Push>,
    /// A handoff is written.
    pub handoff: bool,
    /// What was said before the end was cut off.
    pub words: Words,
    /// The tree of the work tree before an end that was cut off.
    left: Option<String>,
    /// The work is given up.
    pub abandon: bool,
    /// What was typed and answered.
    pub again: Again,
}

/// What happened.
#[derive(Debug)]
pub struct Outcome {
    /// The session as it is now.
    pub session: Session,
    /// The merge.
    pub merged: Option<Merged>,
    /// The push.
    pub pushed: Option<Pushed>,
    /// The checkpoint of what was not committed.
    pub checkpoint: Option<Made>,
    /// Why there is none although there was something to save.
    pub unsaved: Option<String>,
    /// The document for who goes on is to be written.
    pub handoff: bool,
    /// Figures that were recorded.
    pub figures: Option<MetricsRecorded>,
    /// What was said.
    pub words: Words,
}

/// Looks at everything that can refuse.
///
/// # Errors
/// The first thing that is in the way; nothing was changed.
pub fn plan(ctx: &Ctx, request: &Request) -> Result<Plan> {
    // whoever has the lock may be at work on what looks cut off
    let under_way = ctx.worktree.ending().is_some();
    let lock = under_way.then(|| go::lock(ctx)).transpose()?;
    if let Some(plan) = resume::merged_already(ctx, request)? {
        return Ok(plan);
    }
    let mut request = request.clone();
    let cut_off = resume::again(ctx, &mut request)?;
    drop(lock);
    let request = &request;
    let id = sessions::require(ctx)?;
    let session = sessions::load(ctx, &id)?.session;
    let tip = ctx.repo.branch_tip(&session.branch)?;
    let merge = match &request.merge_to {
        Some(target) => Some(refuse::merge(ctx, &session, tip.as_ref(), target, request)?),
        None => None,
    };
    let push = push::plan(ctx, &session.branch, tip.as_ref(), merge.as_ref(), request)?;
    Ok(Plan {
        handoff: handoff_wanted(ctx, request),
        words: cut_off.map(|ending| ending.words).unwrap_or_default(),
        session,
        tip,
        merge,
        push,
        left: None,
        abandon: request.abandon,
        again: request.again.clone(),
    })
}

/// Whether a handoff is written: as asked, else as the settings say; none for work that was given up.
fn handoff_wanted(ctx: &Ctx, request: &Request) -> bool {
    let usual = ctx.settings.session.handoff_on_end && !request.abandon;
    request.handoff.unwrap_or(usual)
}

/// Ends the session.
///
/// # Errors
/// When the merge or the push fails the session is open, and the message says where things stand.
pub fn carry_out(ctx: &Ctx, mut plan: Plan, words: Words) -> Result<Outcome> {
    let words = plan.words.clone().and(words);
    let _lock = plan.merge.as_ref().map(|_| go::lock(ctx)).transpose()?;
    refuse_stale(ctx, &plan)?;
    if plan.handoff && plan.left.is_none() {
        plan.left = handoff::tree(ctx)?;
    }
    let id = plan.session.id.clone();
    let (checkpoint, unsaved) = match final_checkpoint(ctx, &id) {
        Ok(made) => (made, None),
        // nothing of it is touched
        Err(error) => (None, Some(format!("{error:#}"))),
    };
    let figures = measured(ctx, &plan)?;
    let merged = match &plan.merge {
        Some(merge) => {
            let ending = ending(&plan, merge, &words);
            Some(merge::carry_out(ctx, merge, &ending, &plan.again)?)
        }
        None => None,
    };
    let pushed = match &plan.push {
        Some(push) => {
            push::carry_out(ctx, push, merged.as_ref(), &plan.again)?;
            Some(push.record())
        }
        None => None,
    };
    let done = Done {
        figures: figures.as_ref(),
        merged: merged.as_ref(),
        pushed: pushed.as_ref(),
    };
    let commands = commands(&plan, &words, &done);
    let session = sessions::carry_out_durably(ctx, &id, commands)?.session;
    super::lifecycle::unmap(ctx, &session.branch, &id)?;
    sessions::index(ctx, &session)?;
    ctx.worktree.set_occupant(None)?;
    ctx.worktree.set_ending(None)?;
    if merged.is_some() {
        arrived(ctx);
    }
    Ok(Outcome {
        session,
        merged,
        pushed,
        checkpoint,
        unsaved,
        handoff: plan.handoff,
        figures,
        words,
    })
}

/// Refuses when the session, its branch or what it is merged into is not as it was when the plan was made.
fn refuse_stale(ctx: &Ctx, plan: &Plan) -> Result<()> {
    let branch = &plan.session.branch;
    if !sessions::load(ctx, &plan.session.id)?
        .session
        .state
        .is_open()
    {
        return Err(
            Fault::user(format!("the session on {branch} has ended meanwhile"))
                .hint("git session list")
                .into(),
        );
    }
    if plan.merge.as_ref().is_some_and(|merge| merge.made) {
        return Ok(());
    }
    if sessions::current_branch(ctx)?.as_ref() != Some(branch) {
        return Err(Fault::user(format!(
            "HEAD has moved to {} meanwhile; nothing was done, and the session is open",
            back::place(ctx)?
        ))
        .hint(format!("git switch {branch}"))
        .hint(plan.again.line())
        .into());
    }
    if ctx.repo.branch_tip(branch)? != plan.tip {
        return Err(merge::moved(branch, &plan.again));
    }
    let merge = plan.merge.as_ref();
    merge.map_or(Ok(()), |merge| merge::still(ctx, merge, &plan.again))
}

/// What is remembered while git works.
fn ending(plan: &Plan, merge: &Merge, words: &Words) -> Ending {
    Ending {
        session: plan.session.id.clone(),
        source: plan.session.branch.clone(),
        source_tip: merge.source_tip.clone(),
        target: merge.target.clone(),
        target_tip: merge.target_tip.clone(),
        tree: merge.tree.clone(),
        left: plan.left.clone(),
        words: words.clone(),
        handoff: plan.handoff,
        push: plan.push.is_some(),
        overridden: merge.overridden(),
    }
}

/// The target of a merge has a session of its own: it goes on here, and the merge is recorded in it. What does
/// not come about now the next command takes in.
fn arrived(ctx: &Ctx) {
    let arrive = || -> Result<()> {
        switch::occupy(ctx)?;
        record::merge(ctx)
    };
    if let Err(error) = arrive() {
        let line = format!("{} {error:#}", ctx.now().format("%Y-%m-%dT%H:%M:%SZ"));
        ctx.store.hook_log().push(&line).ok();
    }
}

/// What was done before the record is written.
struct Done<'a> {
    figures: Option<&'a MetricsRecorded>,
    merged: Option<&'a Merged>,
    pushed: Option<&'a Pushed>,
}

/// What is written, as one step.
fn commands(plan: &Plan, words: &Words, done: &Done<'_>) -> Vec<Command> {
    let figures = done.figures.map(|figures| Box::new(figures.clone()));
    let merged = done.merged;
    let decided = words.decisions.iter().map(|text| decision(text.clone()));
    let mut commands: Vec<Command> = decided.collect();
    commands.extend(figures.map(Command::RecordMetrics));
    if plan.handoff {
        commands.push(Command::HandOver(Box::new(NewHandoff {
            head: plan.tip.clone(),
            tree: plan.left.clone(),
            accomplished: words.accomplished.clone(),
            remember: words.remember.clone(),
            next: Vec::new(),
            privacy: Privacy::Shared,
        })));
    }
    commands.push(Command::End(Box::new(NewEnd {
        abandoned: plan.abandon,
        head: plan.tip.clone(),
        accomplished: words.accomplished.clone(),
        remember: words.remember.clone(),
        success: words.success,
        phase: words.phase.clone(),
        merged_to: merged.map(|merged| merged.target.clone()),
        merge: merged.map(Merged::between),
        pushed: done.pushed.cloned(),
        overridden: merged.map(|m| m.overridden.clone()).unwrap_or_default(),
    })));
    commands
}

/// A decision that was only named.
fn decision(text: Redacted) -> Command {
    Command::AddDecision {
        decision: Box::new(NewDecision::plain(text, Privacy::Shared)),
        supersedes: None,
    }
}

/// The last checkpoint: what is not committed.
fn final_checkpoint(ctx: &Ctx, session: &SessionId) -> Result<Option<Made>> {
    let request = checkpoint::Request::because(Cause::End);
    checkpoint::create_if_dirty(ctx, session, request)
}

/// The figures of the work tree, for the record: those that the bars were held against, else new ones.
fn measured(ctx: &Ctx, plan: &Plan) -> Result<Option<MetricsRecorded>> {
    let held = plan.merge.as_ref().and_then(|merge| merge.figures.clone());
    let figures = match held {
        Some(figures) => figures,
        None => metrics::measure(ctx, metrics::base(ctx, &plan.session)?.as_ref())?,
    };
    let coverage = figures.coverage.as_ref();
    let coverage = coverage.map(|coverage| coverage.figure(&figures));
    Ok(coverage.map(|coverage| MetricsRecorded {
        head: plan.tip.clone(),
        coverage: Some(coverage),
        tests: None,
    }))
}
