//! Taking a text out of everything that this program keeps: logs, what is made from them, shared refs with their
//! history, snapshots. What is the user's own (commits, stash, index) is named and left alone.
//!
//! First goes what is derived, last the logs, one by one: whoever is killed in between finds the text again and
//! finishes by running it again.

mod files;
mod logs;
mod objects;
mod refs;
mod target;
mod unshared;
mod yours;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;

pub use target::{Short, Wanted, target};
pub use unshared::unshared;
pub use yours::Yours;

use self::logs::Planned;
use super::checkpoint::keeper;
use super::ctx::Ctx;
use super::decision_log::FILE;
use super::fetched::TRACKING;
use super::sync::agreement::{NOTES_TRACKING, log_ref, notes_ref};
use super::{sessions, setup};
use crate::domain::event::Event;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::id::{CommitId, EventId, SessionId};
use crate::domain::purge::Target;
use crate::domain::session::Session;
use crate::error::Fault;
use crate::sys::fs;

/// What is to be taken out, and where it stands.
#[derive(Debug, Default)]
pub struct Plan {
    target: Target,
    logs: Vec<Planned>,
    /// Own refs that hold it, here or in their history.
    pub refs: Vec<String>,
    /// What this clone remembers of its own refs at remotes.
    pub tracking: Vec<String>,
    /// Checkpoints whose files hold it.
    pub snapshots: Vec<Snapshot>,
    /// Files of the store.
    pub files: Vec<PathBuf>,
    /// What is the user's own and holds it.
    pub yours: Vec<Yours>,
    /// Refs that are copies of what other clones shared.
    pub others: Vec<String>,
    /// The page of decisions in the work tree holds it.
    pub page: bool,
    /// The item has a text that is not looked for elsewhere.
    pub short: Option<Short>,
    of_item: bool,
}

/// A checkpoint that goes.
#[derive(Clone, Debug)]
pub struct Snapshot {
    session: SessionId,
    commit: CommitId,
    item: Option<EventId>,
    /// Its handle, where an event speaks of it.
    pub handle: Option<String>,
}

impl Plan {
    /// Nothing but refs that begin anew.
    pub fn of_refs(refs: Vec<String>) -> Self {
        Self {
            refs,
            ..Self::default()
        }
    }

    /// The events that go, and those that stay without the text.
    pub fn events(&self) -> (usize, usize) {
        let removed = self.logs.iter().map(|log| log.outcome.removed.len()).sum();
        let cleaned = self
            .logs
            .iter()
            .map(|log| log.outcome.cleaned + log.torn)
            .sum();
        (removed, cleaned)
    }

    /// Whether an item goes that was named by its handle.
    pub const fn is_of_item(&self) -> bool {
        self.of_item
    }

    /// The sessions whose log changes.
    pub fn sessions(&self) -> usize {
        self.logs.len()
    }

    /// Whether there is nothing to do.
    pub fn is_nothing(&self) -> bool {
        self.logs.is_empty()
            && self.refs.is_empty()
            && self.tracking.is_empty()
            && self.snapshots.is_empty()
            && self.files.is_empty()
    }
}

/// Finds where it stands.
///
/// # Errors
/// A checkpoint with parked work holds it: that work would be lost.
pub fn plan(ctx: &Ctx, wanted: Wanted) -> Result<Plan> {
    let Wanted { target, short, by } = wanted;
    let of_item = !target.items.is_empty();
    let mut plan = plan_of(ctx, target)?;
    (plan.short, plan.of_item) = (short, of_item);
    for name in ctx.repo.ref_names(TRACKING)? {
        let wrote = by
            .iter()
            .any(|by| name.rsplit('/').next() == Some(by.as_str()));
        if wrote && !plan.others.contains(&name) {
            plan.others.push(name);
        }
    }
    Ok(plan)
}

fn plan_of(ctx: &Ctx, mut target: Target) -> Result<Plan> {
    let objects::Holding {
        text: holding,
        item: naming,
    } = objects::holding(ctx, &target)?;
    let mut plan = Plan::default();
    if !holding.is_empty() || !target.items.is_empty() {
        plan.snapshots = snapshots(ctx, &holding, &target)?;
    }
    let gone = plan.snapshots.iter().filter_map(|gone| gone.item.clone());
    target.items.extend(gone);
    plan.logs = logs::plan(ctx, &target)?;
    plan.files = files::holding(ctx, &target);
    if let Some(top) = ctx.repo.work_tree() {
        let page = fs::read(&top.join(FILE)).ok().flatten();
        plan.page = page.is_some_and(|page| target.is_in_bytes(&page));
    }
    if let Some(writer) = setup::known_writer(ctx)? {
        for name in [log_ref(&writer), notes_ref(&writer)] {
            let there = ctx.repo.ref_id(&name)?.is_some();
            let says = || anyhow::Ok(!objects::said(ctx, &target, &holding, &[&name])?.is_empty());
            let names = || anyhow::Ok(!objects::reached(ctx, &naming, &[&name])?.is_empty());
            if there && (says()? || names()?) {
                plan.refs.push(name);
            }
        }
        for (prefix, own_ref) in [
            (TRACKING, log_ref(&writer)),
            (NOTES_TRACKING, notes_ref(&writer)),
        ] {
            for name in ctx.repo.ref_names(prefix)? {
                let own = name.rsplit('/').next() == Some(writer.as_str());
                let begins = own && plan.refs.contains(&own_ref);
                if begins || !objects::said(ctx, &target, &holding, &[&name])?.is_empty() {
                    if own {
                        &mut plan.tracking
                    } else {
                        &mut plan.others
                    }
                    .push(name);
                }
            }
        }
    }
    plan.yours = yours::yours(ctx, &target, &holding)?;
    plan.target = target;
    Ok(plan)
}

/// The checkpoints that hold the text in their files or words, or are to go by name.
fn snapshots(ctx: &Ctx, holding: &objects::Objects, target: &Target) -> Result<Vec<Snapshot>> {
    let mut found = Vec::new();
    for id in ctx.store.ids()? {
        let session = sessions::load(ctx, &id).ok().map(|loaded| loaded.session);
        for commit in keeper::kept(&ctx.repo, &id)? {
            let known = session
                .as_ref()
                .and_then(|s| s.checkpoints.iter().find(|c| c.made.commit == commit));
            let named = known.is_some_and(|known| target.items.contains(&known.item.id));
            if !named && !holds(ctx, holding, &commit)? {
                continue;
            }
            let handle = known
                .zip(session.as_ref())
                .map(|(known, s)| handle(s, ItemKind::Checkpoint, &known.item));
            if let (Some(known), Some(session)) = (known, &session) {
                refuse_parked(session, &known.item.id, handle.as_deref())?;
            }
            found.push(Snapshot {
                session: id.clone(),
                commit,
                item: known.map(|known| known.item.id.clone()),
                handle,
            });
        }
    }
    Ok(found)
}

/// Whether a checkpoint itself, its index or its untracked files hold the text.
fn holds(ctx: &Ctx, holding: &objects::Objects, commit: &CommitId) -> Result<bool> {
    let parents = ctx.repo.commit(commit)?.parents;
    let parts = parents.iter().skip(1).map(CommitId::as_str);
    let mut revisions = vec!["--no-walk=unsorted", commit.as_str()];
    revisions.extend(parts);
    Ok(!objects::reached(ctx, holding, &revisions)?.is_empty())
}

fn refuse_parked(session: &Session, item: &EventId, handle: Option<&str>) -> Result<()> {
    if !session.parked.contains(item) {
        return Ok(());
    }
    let branch = crate::domain::shell::quoted(session.branch.as_str());
    Err(Fault::user(format!(
        "{} holds parked work of {} with it: that work would be lost",
        handle.unwrap_or("a checkpoint"),
        session.branch
    ))
    .hint(format!("git session resume {branch}"))
    .into())
}

/// Whether what this clone remembers of its refs at remotes goes too, or is still needed to overwrite them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracking {
    /// It goes.
    Forgotten,
    /// A push with a lease follows.
    Needed,
}

/// Does it.
pub fn carry_out(ctx: &Ctx, plan: &Plan, tracking: Tracking) -> Result<()> {
    let Some(_lock) = ctx.store.lock_for_sync()? else {
        return Err(Fault::user("a git session sync runs in this clone").into());
    };
    let target = &plan.target;
    begin_anew(ctx, plan)?;
    for name in yours::own_reflogs(ctx)? {
        ctx.repo.forget_reflog(&name)?;
    }
    if tracking == Tracking::Forgotten {
        for name in &plan.tracking {
            ctx.repo.delete_ref(name, ctx.repo.ref_id(name)?.as_ref())?;
            ctx.repo.forget_reflog(name)?;
        }
    }
    let mut released: BTreeMap<&SessionId, Vec<CommitId>> = BTreeMap::new();
    for gone in &plan.snapshots {
        let of_session = released.entry(&gone.session).or_default();
        of_session.push(gone.commit.clone());
    }
    for (session, commits) in released {
        keeper::release(ctx, session, &commits)?;
    }
    for file in &plan.files {
        files::take_out(ctx, file, target)?;
    }
    for log in &plan.logs {
        for name in ["handoff.md", "handoff.html", "handoff.json"] {
            fs::remove(&ctx.store.directory(&log.id).join(name))?;
        }
        logs::rewrite(ctx, &log.id, target)?;
    }
    // a hook may have written a note from what it had read before
    let again = plan_of(ctx, target.clone())?;
    for file in &again.files {
        files::take_out(ctx, file, target)?;
    }
    begin_anew(ctx, &again)
}

/// Writes the own refs anew from what the logs will say.
fn begin_anew(ctx: &Ctx, plan: &Plan) -> Result<()> {
    let logs: BTreeMap<SessionId, Vec<Event>> = plan
        .logs
        .iter()
        .map(|log| (log.id.clone(), log.outcome.events.clone()))
        .collect();
    for name in &plan.refs {
        if name.starts_with("refs/notes/") {
            let share = crate::domain::share::Share::ALL;
            refs::notes_anew(ctx, name, &plan.target, &share)?;
        } else {
            refs::anew(ctx, name, &plan.target, &logs)?;
        }
    }
    Ok(())
}
