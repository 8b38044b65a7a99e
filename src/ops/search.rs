//! Search over everything that is recorded. A log whose bytes cannot have all terms is not read as events, so
//! that a search costs little more than reading the files.

use std::collections::HashSet;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::ctx::Ctx;
use super::sessions;
use crate::domain::glob::glob_matches;
use crate::domain::handle::handle;
use crate::domain::id::SessionId;
use crate::domain::search::{Document, Kind, Query, documents, rank};
use crate::domain::session::{Session, State};
use crate::sys::fs;

/// Where and what is looked for.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The terms.
    pub query: Query,
    /// Only documents of these kinds; of all when empty.
    pub kinds: Vec<Kind>,
    /// Only what is not older.
    pub since: Option<DateTime<Utc>>,
    /// Only what is older.
    pub until: Option<DateTime<Utc>>,
    /// Only in this session.
    pub session: Option<SessionId>,
    /// Only in sessions of branches that match this glob.
    pub branch: Option<&'a str>,
    /// At most so many hits.
    pub count: usize,
}

/// A part of a document that has a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is, such as `rationale`.
    pub name: &'static str,
    /// All of it.
    pub text: String,
}

/// A document that has all terms.
#[derive(Clone, Debug)]
pub struct Hit {
    /// How well it fits.
    pub score: u64,
    /// What sort of thing it is.
    pub kind: Kind,
    /// `dec-k3f9`; of a commit its short id, of a session its id.
    pub handle: String,
    /// The full id.
    pub id: String,
    /// Where it stands, where that can change.
    pub state: Option<&'static str>,
    /// It does not hold any more.
    pub is_past: bool,
    /// It never leaves the machine.
    pub private: bool,
    /// It stands in this clone's own log.
    pub is_own: bool,
    /// When it came into being.
    pub at: DateTime<Utc>,
    /// Who made it.
    pub by: String,
    /// The session.
    pub session: SessionId,
    /// Its branch.
    pub branch: String,
    /// What the document is called.
    pub title: Found,
    /// Its parts that have a term, the best first.
    pub found: Vec<Found>,
}

/// What a search came to.
#[derive(Debug, Default)]
pub struct Search {
    /// The best hits, best first.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: usize,
    /// Sessions that were looked into.
    pub sessions: usize,
    /// Sessions whose log says nothing.
    pub unreadable: Vec<SessionId>,
}

/// Looks for documents. `progress` hears how many sessions were looked into, and how many there are.
pub fn search(
    ctx: &Ctx,
    wanted: &Wanted<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Search> {
    let known = ctx.store.known().into_iter().map(|known| known.session);
    let fetched: HashSet<SessionId> = known.collect();
    let ids = if let Some(id) = &wanted.session {
        vec![id.clone()]
    } else {
        let own = ctx.store.names(|id| !fetched.contains(id))?.into_iter();
        let mut ids: Vec<SessionId> = own.chain(fetched.iter().cloned()).collect();
        ids.sort();
        ids
    };
    let mut search = Search::default();
    for (number, id) in ids.iter().enumerate() {
        progress(number, ids.len());
        search.sessions += 1;
        match may_have(ctx, &wanted.query, id, &fetched) {
            Ok(false) => continue,
            Ok(true) => {}
            Err(_) => {
                search.unreadable.push(id.clone());
                continue;
            }
        }
        match sessions::load(ctx, id) {
            Ok(loaded) => {
                let documents = documents(&loaded.session, &loaded.fold);
                look(ctx, wanted, &loaded.session, documents, &mut search);
            }
            Err(_) => search.unreadable.push(id.clone()),
        }
        // what cannot be shown any more is not kept
        if search.hits.len() > wanted.count.saturating_mul(4).max(1024) {
            best(&mut search.hits, wanted.count);
        }
    }
    best(&mut search.hits, wanted.count);
    Ok(search)
}

/// Whether the bytes of the logs can have all terms: this clone's, and what others wrote. A directory without a log
/// has nothing.
fn may_have(
    ctx: &Ctx,
    query: &Query,
    id: &SessionId,
    fetched: &HashSet<SessionId>,
) -> Result<bool> {
    let mut bytes = fs::read(ctx.store.log(id).path())?.unwrap_or_default();
    if fetched.contains(id) {
        let others = fs::read(&ctx.store.fetched_file(id))?;
        bytes.extend(others.unwrap_or_default());
    }
    Ok(!bytes.is_empty() && query.may_be_in(&bytes))
}

/// Takes the documents of a session that fit.
fn look(
    ctx: &Ctx,
    wanted: &Wanted<'_>,
    session: &Session,
    documents: Vec<Document<'_>>,
    search: &mut Search,
) {
    let branch = wanted.branch;
    if session.state == State::Deleted
        || branch.is_some_and(|glob| !glob_matches(glob, session.branch.as_str()))
    {
        return;
    }
    let is_here = ctx.store.has(&session.id);
    let mut seen = HashSet::new();
    for document in documents {
        let is_wanted = (wanted.kinds.is_empty() || wanted.kinds.contains(&document.kind))
            && wanted.since.is_none_or(|since| document.at >= since)
            && wanted.until.is_none_or(|until| document.at < until);
        if !is_wanted || !seen.insert((document.kind, document.id)) {
            continue;
        }
        let Some(fits) = rank(&wanted.query, &document, ctx.now().timestamp()) else {
            continue;
        };
        search.total += 1;
        let part = |at: usize| Found {
            name: document.fields[at].name,
            text: document.fields[at].text.clone().into_owned(),
        };
        search.hits.push(Hit {
            score: fits.score,
            kind: document.kind,
            handle: name(session, &document),
            id: document.id.to_owned(),
            state: document.state,
            is_past: document.is_past,
            private: document.private,
            is_own: document.is_own && is_here,
            at: document.at,
            by: document.by.to_owned(),
            session: session.id.clone(),
            branch: session.branch.to_string(),
            title: part(0),
            found: fits.fields.into_iter().map(part).collect(),
        });
    }
}

/// What the answer calls a document.
fn name(session: &Session, document: &Document<'_>) -> String {
    match (&document.item, document.kind) {
        (Some((kind, item)), _) => handle(session, *kind, item),
        (None, Kind::Commit) => document.id.chars().take(7).collect(),
        (None, Kind::Handoff) => "handoff".to_owned(),
        (None, _) => document.id.to_owned(),
    }
}

/// Leaves the best hits, best first.
fn best(hits: &mut Vec<Hit>, count: usize) {
    hits.sort_by(|a, b| {
        let order = (b.score, b.at).cmp(&(a.score, a.at));
        order
            .then_with(|| a.session.cmp(&b.session))
            .then_with(|| a.id.cmp(&b.id))
    });
    hits.truncate(count);
}
