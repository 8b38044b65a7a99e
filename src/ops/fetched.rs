//! What other clones shared, taken in: tracking refs become files that every command reads beside the own log.
//!
//! The refs are the truth and the files can be made anew; they are only touched when a ref has moved, whoever
//! fetched it. What comes from elsewhere is data: every text is cleaned, every size has a limit.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::ctx::Ctx;
use super::{sessions, setup};
use crate::domain::event::Event;
use crate::domain::fold::{Fold, Origin};
use crate::domain::id::{BranchName, SessionId, WriterId};
use crate::domain::purge::is_purged;
use crate::domain::redact;
use crate::domain::session::State;
use crate::git::TreeEntry;
use crate::store::{Known, Tips};

/// Where tracking copies of the logs of other clones are: `<this><remote>/<writer>`.
pub const TRACKING: &str = "refs/session-remote/";

/// Where logs are kept that a remote has lost: `<this><remote>/<writer>`.
pub const KEPT: &str = "refs/session-kept/";

/// The longest log of one session of one clone that is read.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// A counter may be so much greater than there are events: some of them are not shared. A greater one would leave no
/// room behind it.
const MOST_AHEAD: u64 = 1_000_000;
/// The same for each event.
const MOST_AHEAD_EACH: u64 = 1_000;

/// What was taken in.
#[derive(Debug, Default)]
pub struct TakenIn {
    /// Sessions that other clones wrote of, and did not before, or wrote more of.
    pub sessions: Vec<SessionId>,
    /// Events that were not known before.
    pub events: usize,
    /// Branches of this clone whose session another clone has ended: the branch, and who ended it.
    pub ended: Vec<(BranchName, String)>,
    /// Branches whose session had ended here and another clone goes on with: the branch, and who does.
    pub reopened: Vec<(BranchName, String)>,
    /// Logs that are too long to be read, or are none.
    pub unreadable: Vec<String>,
}

/// The mode of a file.
const FILE: u32 = 0o100_644;

/// The pages of a shared log, by session.
type Pages = BTreeMap<SessionId, String>;

/// One log ref of another clone.
struct Source {
    writer: WriterId,
    tip: String,
}

/// Takes in what the tracking refs have that the files have not. Costs a look at the names of the refs when nothing
/// has moved.
pub fn take_in(ctx: &Ctx) -> Result<TakenIn> {
    let mut taken = TakenIn::default();
    if moved(ctx)?.is_none() {
        return Ok(taken);
    }
    let _lock = ctx.store.lock_for_fetched()?;
    let Some((tips, before)) = moved(ctx)? else {
        return Ok(taken);
    };
    let changed = changed(ctx, &before, &tips);
    let sources = sources(&tips);
    let mut trees = Vec::new();
    for source in &sources {
        match pages(ctx, &source.tip) {
            Ok(pages) => trees.push((&source.writer, pages)),
            Err(_) => taken.unreadable.push(source.writer.to_string()),
        }
    }
    let mut known: BTreeMap<SessionId, Known> = ctx
        .store
        .known()
        .into_iter()
        .map(|known| (known.session.clone(), known))
        .collect();
    for id in changed {
        let logs = read_all(ctx, &id, &trees, &mut taken)?;
        taken.events += unknown(ctx, &id, &logs)?;
        ctx.store.write_fetched(&id, &logs)?;
        match told(&logs) {
            Some(told) => known.insert(id.clone(), told),
            None => known.remove(&id),
        };
        if ctx.store.has(&id) {
            refold(ctx, &id, &mut taken)?;
        }
        taken.sessions.push(id);
    }
    let known: Vec<Known> = known.into_values().collect();
    ctx.store.set_fetched(&tips, &known)?;
    Ok(taken)
}

/// How many events of a session are in neither the own log nor what was taken in before.
fn unknown(ctx: &Ctx, id: &SessionId, logs: &[(WriterId, Vec<Event>)]) -> Result<usize> {
    let fetched = ctx.store.fetched(id)?.into_iter().map(|(_, event)| event);
    let own = ctx.store.log(id).read()?.events.into_iter();
    let known: BTreeSet<_> = fetched.chain(own).map(|event| event.id().clone()).collect();
    let new: BTreeSet<_> = logs
        .iter()
        .flat_map(|(_, events)| events)
        .map(Event::id)
        .collect();
    Ok(new.into_iter().filter(|id| !known.contains(*id)).count())
}

/// Where the tracking refs are now and where they were when the files were made; `None` when that is the same.
fn moved(ctx: &Ctx) -> Result<Option<(Tips, Tips)>> {
    let mut tips = Tips::new();
    let own = setup::known_writer(ctx)?;
    let mut names = ctx.repo.ref_names(TRACKING)?;
    names.extend(ctx.repo.ref_names(KEPT)?);
    for name in names {
        let writer = name.rsplit('/').next().unwrap_or_default();
        if own.as_ref().is_none_or(|own| own.as_str() != writer)
            && let Some(tip) = ctx.repo.ref_id(&name)?
        {
            tips.insert(name, tip.to_string());
        }
    }
    let before = ctx.store.fetched_tips();
    Ok((tips != before).then_some((tips, before)))
}

/// The sessions whose log is another one at one of the refs that moved.
fn changed(ctx: &Ctx, before: &Tips, after: &Tips) -> BTreeSet<SessionId> {
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let mut changed = BTreeSet::new();
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        if old == new {
            continue;
        }
        let read = |tip: Option<&String>| match tip {
            Some(tip) => pages(ctx, tip),
            None => Ok(Pages::new()),
        };
        // of a ref that was made anew the old commit may be gone: then every session has to be looked at
        let (old, new) = (read(old).unwrap_or_default(), read(new).unwrap_or_default());
        let ids = old.keys().chain(new.keys());
        changed.extend(ids.filter(|id| old.get(*id) != new.get(*id)).cloned());
    }
    changed
}

/// Whose log a tracking ref has.
pub(super) fn writer_of(name: &str) -> Option<WriterId> {
    WriterId::new(name.rsplit('/').next()?).ok()
}

/// The clones that share, each once for each remote that has its log.
fn sources(tips: &Tips) -> Vec<Source> {
    let named = tips.iter().filter_map(|(name, tip)| {
        let writer = writer_of(name)?;
        let tip = tip.clone();
        Some(Source { writer, tip })
    });
    named.collect()
}

/// The pages of a shared log: the blob of each session.
fn pages(ctx: &Ctx, tip: &str) -> Result<Pages> {
    let entries = ctx.repo.read_tree(tip)?.into_iter();
    let page = |entry: TreeEntry| {
        let name = std::str::from_utf8(&entry.name).ok()?;
        let name = name.strip_suffix(".jsonl").filter(|_| entry.mode == FILE)?;
        Some((SessionId::new(name).ok()?, entry.id))
    };
    Ok(entries.filter_map(page).collect())
}

/// What all clones wrote of a session: one log for each writer, whatever the number of refs that have it.
fn read_all(
    ctx: &Ctx,
    id: &SessionId,
    trees: &[(&WriterId, Pages)],
    taken: &mut TakenIn,
) -> Result<Vec<(WriterId, Vec<Event>)>> {
    let mut logs: BTreeMap<&WriterId, Vec<Event>> = BTreeMap::new();
    for (writer, pages) in trees {
        let Some(blob) = pages.get(id) else {
            continue;
        };
        let bytes = ctx
            .repo
            .read_blob(blob)?
            .filter(|bytes| bytes.len() <= MOST_BYTES);
        let Some(bytes) = bytes else {
            taken.unreadable.push(format!("{writer}, session {id}"));
            continue;
        };
        let log = logs.entry(writer).or_default();
        let places = log
            .iter()
            .zip(0..)
            .map(|(kept, at)| (kept.id().clone(), at));
        let places: BTreeMap<_, usize> = places.collect();
        for event in parse(&bytes, id) {
            match places.get(event.id()) {
                None => log.push(event),
                // another remote still has it with the text
                Some(at) if is_purged(&event) => log[*at] = event,
                Some(_) => {}
            }
        }
    }
    let count: usize = logs.values().map(Vec::len).sum();
    let most = MOST_AHEAD + MOST_AHEAD_EACH * count as u64;
    for log in logs.values_mut() {
        log.retain(|event| event.head().n <= most);
    }
    Ok(logs
        .into_iter()
        .map(|(writer, log)| (writer.clone(), log))
        .collect())
}

/// The events of a log that speak of its session, cleaned.
fn parse<'a>(bytes: &'a [u8], id: &'a SessionId) -> impl Iterator<Item = Event> + 'a {
    let lines = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    lines
        .filter_map(|line| Event::parse(line).ok())
        .filter(|event| event.head().session == *id)
        .filter_map(redact::fetched)
}

/// What the logs of other clones come to, for lists; `None` when they do not say how the session began.
fn told(logs: &[(WriterId, Vec<Event>)]) -> Option<Known> {
    let mut fold = Fold::new();
    for (writer, events) in logs {
        for event in events {
            fold.insert(event.clone(), Origin::Other(writer.clone()));
        }
    }
    let last = fold.events().next_back()?.head();
    let (by, at) = (last.by.clone(), last.at);
    let session = fold.session(0)?;
    Some(Known {
        session: session.id,
        branch: session.branch,
        state: session.state,
        at,
        by,
    })
}

/// Brings the views of a session of this clone in line with what others wrote of it.
fn refold(ctx: &Ctx, id: &SessionId, taken: &mut TakenIn) -> Result<()> {
    let lock = ctx.store.lock_for_command(id)?;
    let before = ctx.store.views(id).context().map(|context| context.state);
    let loaded = sessions::load(ctx, id)?;
    sessions::refresh_views(ctx, &loaded)?;
    drop(lock);
    let session = &loaded.session;
    let last = loaded.fold.events().next_back();
    let by = last.map_or_else(String::new, |event| event.head().by.clone());
    if session.state.is_open() && before.is_some_and(|before| !before.is_open()) {
        sessions::index(ctx, session)?;
        taken.reopened.push((session.branch.clone(), by));
        return Ok(());
    }
    if session.state.is_open() || sessions::mapped(ctx, &session.branch)?.as_ref() != Some(id) {
        return Ok(());
    }
    ctx.repo.set_session(&session.branch, None)?;
    sessions::index(ctx, session)?;
    taken.ended.push((session.branch.clone(), by));
    Ok(())
}

/// How many other clones share something.
pub fn writers(ctx: &Ctx) -> Result<usize> {
    let own = setup::known_writer(ctx)?;
    let names = ctx.repo.ref_names(TRACKING)?;
    let mut writers: BTreeSet<_> = names
        .iter()
        .filter_map(|name| name.rsplit('/').next())
        .collect();
    if let Some(own) = &own {
        writers.remove(own.as_str());
    }
    Ok(writers.len())
}

/// The sessions of other clones that are open on a branch and that this clone does not have, the one that was
/// worked on last first.
pub fn open_on(ctx: &Ctx, branch: &BranchName) -> Vec<Known> {
    on(ctx, branch, State::is_open)
}

/// Whether a session goes on in another clone and not in this one, where it may have been before.
fn is_elsewhere(ctx: &Ctx, known: &Known) -> bool {
    if !ctx.store.has(&known.session) {
        return true;
    }
    let mapped = sessions::mapped(ctx, &known.branch).ok().flatten();
    let context = ctx.store.views(&known.session).context();
    mapped.is_none() && context.is_some_and(|context| context.state.is_open())
}

/// The same for those in these states.
pub fn on(ctx: &Ctx, branch: &BranchName, wanted: impl Fn(State) -> bool) -> Vec<Known> {
    let mut known = ctx.store.known_on(branch);
    known.retain(|known| wanted(known.state) && is_elsewhere(ctx, known));
    known.sort_by(|a, b| (b.at, &b.session).cmp(&(a.at, &a.session)));
    known
}
