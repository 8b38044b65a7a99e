//! The shared log of this clone: its own logs without what stays here, as the tree of one ref.
//!
//! The ref is a projection. It is made from the logs of the sessions that changed since the last time; what its tip
//! holds besides stays, because somebody may have seen it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use std::time::Duration;

use anyhow::Result;

use super::agreement::log_ref;
use crate::domain::body::Body;
use crate::domain::event::Event;
use crate::domain::id::{CommitId, EventId, SessionId, WriterId};
use crate::domain::redact;
use crate::domain::share::{Share, shareable};
use crate::error::Fault;
use crate::git::{Swap, TreeEntry};
use crate::ops::ctx::Ctx;
use crate::ops::sessions;
use crate::store::Waiting;

/// How often a ref that somebody else moves is read again.
const MOST_TRIES: u32 = 5;
/// How much longer each pause before another attempt is.
const PAUSE: Duration = Duration::from_millis(20);
/// The mode of a file.
const FILE: u32 = 0o100_644;
/// How the line of the commit begins that says what is shared.
const SHARE: &str = "Share:";

/// What is ready to be pushed.
#[derive(Debug, Default)]
pub struct Published {
    /// The tip of the shared log; none when there is nothing to share.
    pub tip: Option<CommitId>,
    /// The sessions that were looked at, with the length of their log then and what it became.
    pub lengths: Vec<(SessionId, u64, String)>,
    /// So many events that the shared log has and the own logs had lost are back in them.
    pub recovered: usize,
}

/// Why nothing is published.
#[derive(Debug)]
pub enum Obstacle {
    /// A remote has events of this writer that this clone has never written: it, or another one, is a copy.
    Copied,
    /// So many events were shared before and are not to be shared any more.
    Withheld(usize),
}

/// What one session becomes.
struct Page {
    blob: String,
    withheld: usize,
    lost: Vec<Event>,
}

/// Brings the shared log up to date. `there`: where remotes have it. `reached`: whether one of them may.
pub fn publish(
    ctx: &Ctx,
    writer: &WriterId,
    there: &[CommitId],
    reached: bool,
) -> Result<Result<Published, Obstacle>> {
    let name = log_ref(writer);
    let mut reason = String::new();
    for attempt in 0..MOST_TRIES {
        std::thread::sleep(PAUSE * attempt);
        let old = ctx.repo.ref_id(&name)?;
        for tip in there {
            let known = match &old {
                Some(old) => ctx.repo.is_ancestor(tip, old)?,
                None => false,
            };
            if !known && has_foreign(ctx, tip)? {
                return Ok(Err(Obstacle::Copied));
            }
        }
        let mut pages = match &old {
            Some(tip) => pages(ctx, tip)?,
            None => BTreeMap::new(),
        };
        let share = ctx.settings.session.share.as_slice();
        let before = old.as_ref().map(|tip| shared_at(ctx, tip)).transpose()?;
        let all = before.flatten().as_deref() != Some(share);
        let mut published = Published::default();
        let mut withheld = 0;
        let mut changed = all;
        let mut ids: BTreeSet<SessionId> = ctx.store.ids()?.into_iter().collect();
        ids.extend(pages.keys().cloned());
        for id in ids {
            let mut length = ctx.store.log(&id).length();
            let there = pages.get(&id).map(|blob| (length, blob.clone()));
            if !all && there.is_some() && there == ctx.store.shared(&id) {
                continue;
            }
            let page = page(ctx, &id, pages.get(&id), share)?;
            if !page.lost.is_empty() {
                recover(ctx, &id, &page.lost)?;
                published.recovered += page.lost.len();
                length = ctx.store.log(&id).length();
            }
            withheld += page.withheld;
            changed |= pages.get(&id) != Some(&page.blob);
            pages.insert(id.clone(), page.blob.clone());
            published.lengths.push((id, length, page.blob));
        }
        if withheld > 0 && reached {
            return Ok(Err(Obstacle::Withheld(withheld)));
        }
        // what nobody has seen begins its history anew
        let parents: Vec<CommitId> = old.iter().filter(|_| withheld == 0).cloned().collect();
        if pages.is_empty() || !changed {
            published.tip = old.filter(|_| !pages.is_empty());
            return Ok(Ok(published));
        }
        let tip = commit(ctx, &pages, &parents, share)?;
        match ctx
            .repo
            .swap_ref(&name, old.as_ref(), &tip, "git-session: shared logs")?
        {
            Swap::Done => {
                published.tip = Some(tip);
                return Ok(Ok(published));
            }
            Swap::Lost(why) => reason = why,
        }
    }
    let fault = Fault::user(format!("cannot update {name}: {reason}"));
    Err(fault.hint("git session sync").into())
}

/// Puts events back that this clone has shared and that its own log has not: it was lost, or is an old backup.
fn recover(ctx: &Ctx, id: &SessionId, lost: &[Event]) -> Result<()> {
    ctx.store.create_session(id)?;
    let lock = ctx.store.lock_for_command(id)?;
    ctx.store.log(id).append(lost, Waiting::Synced)?;
    let loaded = sessions::load(ctx, id)?;
    sessions::refresh_views(ctx, &loaded)?;
    sessions::index(ctx, &loaded.session)?;
    drop(lock);
    Ok(())
}

/// The blob of each session's log in a shared log.
pub(in crate::ops) fn pages(ctx: &Ctx, tip: &CommitId) -> Result<BTreeMap<SessionId, String>> {
    let entries = ctx.repo.read_tree(tip.as_str())?.into_iter();
    let page = |entry: TreeEntry| {
        let name = String::from_utf8(entry.name).ok()?;
        let id = SessionId::new(name.strip_suffix(".jsonl")?).ok()?;
        Some((id, entry.id))
    };
    Ok(entries.filter_map(page).collect())
}

/// What was shared when a tip was written.
pub(super) fn shared_at(ctx: &Ctx, tip: &CommitId) -> Result<Option<Vec<Share>>> {
    let info = ctx.repo.commit(tip)?;
    let message = String::from_utf8_lossy(&info.message).into_owned();
    let words = message.lines().find_map(|line| line.strip_prefix(SHARE));
    Ok(words.map(|words| {
        words
            .split(',')
            .filter_map(|word| Share::from_word(word.trim()))
            .collect()
    }))
}

/// Makes the commit of a shared log.
pub(in crate::ops) fn commit(
    ctx: &Ctx,
    pages: &BTreeMap<SessionId, String>,
    parents: &[CommitId],
    share: &[Share],
) -> Result<CommitId> {
    let entries: Vec<TreeEntry> = pages
        .iter()
        .map(|(id, blob)| TreeEntry {
            mode: FILE,
            name: format!("{id}.jsonl").into_bytes(),
            id: blob.clone(),
        })
        .collect();
    let tree = ctx.repo.write_tree(&entries)?;
    let words: Vec<_> = share.iter().map(|share| share.word()).collect();
    let message = format!("git-session: shared logs\n\n{SHARE} {}\n", words.join(", "));
    ctx.repo.write_commit(&tree, parents, &message)
}

/// The lines of a session that other clones may see, with those of its page that this clone's log has lost.
fn page(ctx: &Ctx, id: &SessionId, before: Option<&String>, share: &[Share]) -> Result<Page> {
    let log = ctx.store.log(id).read()?.events;
    let lines = lines(&log, share)?;
    let mut text: String = lines.iter().map(|(_, line)| line.as_str()).collect();
    let length = text.len();
    let (mut withheld, mut lost) = (0, Vec::new());
    let blob = ctx.repo.write_blob(text.as_bytes())?;
    if let Some(before) = before.filter(|before| **before != blob) {
        let now: HashSet<_> = lines.iter().map(|(id, _)| id.as_str()).collect();
        let own: HashSet<_> = log.iter().map(|event| event.id().as_str()).collect();
        let purged: HashSet<_> = log.iter().flat_map(written).collect();
        for event in events(ctx, before)? {
            let known = event.id().as_str();
            if now.contains(known) {
                continue;
            }
            if own.contains(known) {
                withheld += 1;
            } else if !purged.contains(known) {
                text.push_str(&event.to_line()?);
                lost.push(event);
            }
        }
    }
    let blob = if text.len() > length {
        ctx.repo.write_blob(text.as_bytes())?
    } else {
        blob
    };
    Ok(Page {
        blob,
        withheld,
        lost,
    })
}

/// The events of an own log that other clones may see, as lines, each with its id. They are cleaned once more: the
/// log may be older than a rule.
pub fn lines(log: &[Event], share: &[Share]) -> Result<Vec<(String, String)>> {
    let public = shareable(log, share)
        .into_iter()
        .filter_map(redact::fetched);
    public
        .map(|event| Ok((event.id().to_string(), event.to_line()?)))
        .collect()
}

/// The events of one page.
pub(in crate::ops) fn events(ctx: &Ctx, blob: &str) -> Result<Vec<Event>> {
    let bytes = ctx.repo.read_blob(blob)?.unwrap_or_default();
    let lines = bytes.split(|byte| *byte == b'\n');
    Ok(lines.filter_map(|line| Event::parse(line).ok()).collect())
}

/// Whether a shared log under the id of this clone has events that this clone has never written.
fn has_foreign(ctx: &Ctx, tip: &CommitId) -> Result<bool> {
    for (id, blob) in pages(ctx, tip)? {
        let own = ctx.store.log(&id).read()?.events;
        let own: HashSet<_> = own.iter().flat_map(written).collect();
        if events(ctx, &blob)?
            .iter()
            .any(|event| !own.contains(event.id().as_str()))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The ids of the events that tombstones in a log name.
pub(in crate::ops) fn taken_out(log: &[Event]) -> HashSet<&EventId> {
    let purged = log.iter().filter_map(|event| match event.body() {
        Body::Purged(purged) => Some(&purged.events),
        _ => None,
    });
    purged.flatten().collect()
}

/// The ids that an event of an own log says were written here: its own, and those that it took out for good.
pub(super) fn written(event: &Event) -> impl Iterator<Item = &str> {
    let purged = match event.body() {
        Body::Purged(purged) => purged.events.as_slice(),
        _ => &[],
    };
    std::iter::once(event.id())
        .chain(purged)
        .map(EventId::as_str)
}

/// How much one shared log has that another one has not: sessions, and lines.
pub fn difference(ctx: &Ctx, old: Option<&CommitId>, new: &CommitId) -> Result<(usize, usize)> {
    let before = match old {
        Some(old) => pages(ctx, old).unwrap_or_default(),
        None => BTreeMap::new(),
    };
    let count = |blob: &String| -> Result<usize> {
        let bytes = ctx.repo.read_blob(blob)?.unwrap_or_default();
        Ok(bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .count())
    };
    let (mut sessions, mut lines) = (0, 0);
    for (id, blob) in pages(ctx, new)? {
        let known = before.get(&id);
        if known == Some(&blob) {
            continue;
        }
        sessions += 1;
        let old = known.map(count).transpose()?.unwrap_or(0);
        lines += count(&blob)?.saturating_sub(old);
    }
    Ok((sessions, lines))
}
