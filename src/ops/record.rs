//! After a commit: its record goes to the log, its note to the notes ref, the context is brought up to date.

use std::path::PathBuf;

use anyhow::Result;

use super::checkpoint::due;
use super::ctx::Ctx;
use super::{commits, coverage, history, message, notes, sessions, setup, start};
use crate::config::AutoStart;
use crate::domain::body::{Base, Body, CommitRecorded, Started};
use crate::domain::context::Context;
use crate::domain::enrich;
use crate::domain::id::{BranchName, CommitId, SessionId};
use crate::domain::impact::Impact;
use crate::domain::movement::{Movement, movement};
use crate::domain::time::parse_spent;
use crate::domain::trailers::{self, Key, Run};
use crate::git::CommitInfo;
use crate::git::reflog::{self, Entry};
use crate::store::{Occupant, Waiting};
use crate::sys::fs::{self, Durability};

/// The longest subject that a record keeps, in characters.
pub(super) const MAX_SUBJECT: usize = 200;

/// `post-commit`: records HEAD, once, unless git is replaying commits.
pub fn commit(ctx: &Ctx) -> Result<()> {
    if !ctx.tracks() {
        return Ok(());
    }
    let Some(tip) = ctx.repo.head()?.tip().cloned() else {
        return Ok(());
    };
    if ctx.repo.state().replaying() && !is_new_in_rebase(ctx, &tip)? {
        return Ok(());
    }
    let Some((context, _)) = open_or_start(ctx)? else {
        return Ok(());
    };
    if context
        .window
        .as_ref()
        .is_some_and(|window| window.commit == tip)
    {
        return Ok(());
    }
    let info = ctx.repo.commit(&tip)?;
    let last = last_step(ctx, &tip)?;
    let amends = amended(last.as_ref());
    let run = own_run(&context, &info);
    let impact = if info.parents.len() > 1 {
        Impact::default()
    } else {
        commits::committed(ctx, &info, run.as_ref(), amends.as_ref())?
    };
    let record = record(ctx, &context, info, run.as_ref(), last.as_ref(), impact);
    append(ctx, context, record)
}

/// `post-merge`: merge commits run no `post-commit`. A fast-forward made no commit, so there is nothing to
/// record; a squash will be committed later.
pub fn merge(ctx: &Ctx) -> Result<()> {
    if !ctx.tracks() {
        return Ok(());
    }
    let Some(tip) = ctx.repo.head()?.tip().cloned() else {
        return Ok(());
    };
    let Some((context, _)) = message::open_session(ctx)? else {
        return Ok(());
    };
    let info = ctx.repo.commit(&tip)?;
    let last = last_step(ctx, &tip)?;
    let made = |entry: &Entry| movement(&entry.message) == Movement::Made;
    let ours = info.parents.len() > 1 && last.as_ref().is_none_or(made);
    if !ours
        || context
            .window
            .as_ref()
            .is_some_and(|window| window.commit == tip)
    {
        return Ok(());
    }
    let merged = merged_sessions(ctx, &info)?;
    let run = own_run(&context, &info);
    let impact = Impact::default();
    let mut record = record(ctx, &context, info, run.as_ref(), last.as_ref(), impact);
    record.merged = merged;
    append(ctx, context, record)
}

/// The open session of this work tree; where settings ask for it, a new one on a branch that has none.
fn open_or_start(ctx: &Ctx) -> Result<Option<(Context, BranchName)>> {
    if let Some(open) = message::open_session(ctx)? {
        return Ok(Some(open));
    }
    if ctx.settings.session.auto_start != AutoStart::On {
        return Ok(None);
    }
    let sessions::Here::Unmapped(branch) = sessions::here(ctx)? else {
        return Ok(None);
    };
    if ctx.repo.default_branch()?.as_ref() == Some(&branch) || has_ended_session(ctx, &branch)? {
        return Ok(None);
    }
    let id = auto_start(ctx, &branch)?;
    Ok(sessions::context(ctx, &id)?.map(|context| (context, branch)))
}

/// Whether a person ended a session on this branch: then later commits are plain.
fn has_ended_session(ctx: &Ctx, branch: &BranchName) -> Result<bool> {
    Ok(ctx
        .store
        .index_entries()?
        .iter()
        .any(|entry| entry.branch == *branch))
}

/// Starts a session from a hook: no config is written, the next command maps it.
fn auto_start(ctx: &Ctx, branch: &BranchName) -> Result<SessionId> {
    let id = start::new_id(ctx, branch)?;
    let tip = ctx.repo.head()?.tip().cloned();
    let parent = tip
        .map(|tip| ctx.repo.commit(&tip))
        .transpose()?
        .and_then(|info| info.parents.into_iter().next());
    let base = Base {
        branch: None,
        commit: parent,
    };
    let started = Started {
        branch: branch.clone(),
        base,
        title: None,
        tdd: false,
        created: false,
    };
    let event = ctx.with_pen(&id, 0, |pen| pen.write(Body::SessionStarted(started)));
    sessions::create(ctx, &id, &[event])?;
    ctx.store.add_unmapped(&id, branch.as_str())?;
    Ok(id)
}

/// The trailers of a commit, when they are the only ones and this session's.
fn own_run(context: &Context, info: &CommitInfo) -> Option<Run> {
    let mut runs = trailers::harvest(&info.message);
    let run = runs.pop().filter(|_| runs.is_empty())?;
    (run.session_id() == context.session.as_str()).then_some(run)
}

/// The record of a commit. Its time is what its trailer says, so that the sum over commits is the session's.
fn record(
    ctx: &Ctx,
    context: &Context,
    info: CommitInfo,
    run: Option<&Run>,
    last: Option<&Entry>,
    impact: Impact,
) -> CommitRecorded {
    let amends = amended(last);
    let worktree = ctx.worktree_key();
    let mut facts = enrich::facts(context, ctx.moment(&worktree, amends.as_ref()), impact);
    if let Some(run) = run
        && ctx.settings.session.time_in_commits
        && run.trailers().len() > 1
    {
        let told = run.get(Key::Time).next();
        let told = told.and_then(|time| parse_spent(&time.text)).unwrap_or(0);
        // a squash tells the time of the commits in it too, and a person may have changed the figure
        facts.time = facts.time.min(told);
    }
    let merge = info.parents.len() > 1 && run.is_none();
    let revert = run.is_none() && last.is_some_and(|entry| entry.message.starts_with("revert"));
    if merge || revert {
        facts.leave_to_the_next();
    }
    let subject: String = history::subject(&info).chars().take(MAX_SUBJECT).collect();
    let mut record = enrich::record(facts, info.id, info.author.to_string(), subject);
    record.amends = amends;
    record.merge = merge;
    record.revert = revert;
    record
}

/// Writes the record, the note and the context.
fn append(ctx: &Ctx, mut context: Context, record: CommitRecorded) -> Result<()> {
    let id = context.session.clone();
    let (commit, covered) = (record.commit.clone(), record.impact.coverage);
    let event = ctx.with_pen(&id, context.last_n, |pen| {
        pen.write(Body::CommitRecorded(record))
    });
    let lock = ctx.store.lock(&id, super::HOOK_LOCK)?;
    let appended = ctx
        .store
        .log(&id)
        .append(std::slice::from_ref(&event), Waiting::Buffered)?;
    drop(lock);
    // texts of the window are needed for the note, so the note comes before the context forgets them
    let before = context.clone();
    if appended.before == context.log.length && context.apply(&event, ctx.idle_after()) {
        context.log.length = appended.after;
        context.log.last = Some(event.id().clone());
    } else if let Some(fresh) = sessions::context(ctx, &id)? {
        context = fresh;
    }
    let fresh = notes::Fresh {
        event: &event,
        place: appended,
        before: &before,
    };
    let noted = notes::flush_in_hook(ctx, &fresh, &mut context);
    ctx.store.views(&id).write_context(&context)?;
    coverage::committed(ctx, commit, covered)?;
    occupy(ctx, &context)?;
    noted.and(due::mark(ctx, &context))
}

/// Remembers that this work tree is in the session.
fn occupy(ctx: &Ctx, context: &Context) -> Result<()> {
    if ctx
        .worktree
        .occupant()
        .is_some_and(|occupant| occupant.session == context.session)
    {
        return Ok(());
    }
    ctx.worktree.set_occupant(Some(&Occupant {
        session: context.session.clone(),
        branch: context.branch.clone(),
        since: ctx.now(),
    }))
}

/// What says that the next commit in a stopped rebase is a new one: where HEAD was then. Git removes it with the
/// directory.
fn announcement(ctx: &Ctx) -> PathBuf {
    ctx.repo.git_dir().join("rebase-merge").join(NEW_IN_REBASE)
}

/// The file in `rebase-merge/`.
pub const NEW_IN_REBASE: &str = "session-new";

/// `prepare-commit-msg` in a stopped rebase has told a new commit from one that is replayed.
pub(super) fn announce_in_rebase(ctx: &Ctx) -> Result<()> {
    let head = ctx.repo.head()?;
    let Some(tip) = head.tip() else {
        return Ok(());
    };
    let sharing = ctx.store.sharing();
    fs::write_plain(&announcement(ctx), tip.as_str().as_bytes(), sharing)
}

/// Whether a commit that was made while git replays others is the new one that was announced.
fn is_new_in_rebase(ctx: &Ctx, tip: &CommitId) -> Result<bool> {
    let file = announcement(ctx);
    let Some(before) = fs::read(&file)? else {
        return Ok(false);
    };
    fs::remove(&file)?;
    let parents = ctx.repo.commit(tip)?.parents;
    let is_new = parents
        .iter()
        .any(|parent| parent.as_str().as_bytes() == before);
    if is_new {
        let line = format!("{tip}\n");
        let made = made_in_rebase(ctx);
        fs::append_lines(
            &made,
            line.as_bytes(),
            Durability::Buffered,
            ctx.store.sharing(),
        )?;
    }
    Ok(is_new)
}

/// The list of the new commits that were made where a rebase stopped.
pub(super) fn made_in_rebase(ctx: &Ctx) -> PathBuf {
    ctx.repo.git_dir().join("rebase-merge").join("session-made")
}

/// The newest entry of HEAD's reflog, when it is about this commit.
fn last_step(ctx: &Ctx, tip: &CommitId) -> Result<Option<Entry>> {
    let entry = reflog::last(&reflog::head_log(ctx.repo.git_dir()))?;
    Ok(entry.filter(|entry| entry.new.as_ref() == Some(tip)))
}

/// The commit that the newest one replaced, as the reflog of HEAD tells.
fn amended(last: Option<&Entry>) -> Option<CommitId> {
    let last = last.filter(|entry| entry.message.starts_with("commit (amend)"))?;
    last.old.clone()
}

/// The sessions whose work a merge brought in, as the trailers of the merged tips tell.
fn merged_sessions(ctx: &Ctx, merge: &CommitInfo) -> Result<Vec<SessionId>> {
    let mut sessions = Vec::new();
    for parent in merge.parents.iter().skip(1) {
        for run in trailers::harvest(&ctx.repo.commit(parent)?.message) {
            if let Ok(id) = SessionId::new(run.session_id())
                && !sessions.contains(&id)
            {
                sessions.push(id);
            }
        }
    }
    Ok(sessions)
}

/// What the first enriched commit says, once: trailers travel with commits.
pub fn first_time(ctx: &Ctx) -> Option<&'static str> {
    setup::tell_once(ctx).then_some(
        "git-session: this commit carries Session trailers; `git config session.trailers none` keeps them out",
    )
}
