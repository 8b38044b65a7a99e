//! Finding learnings: by handle or key in one session, by words in one or all.

use std::rc::Rc;

use anyhow::Result;

use super::ctx::Ctx;
use super::every::every;
use super::sessions;
use crate::domain::decide::Refused;
use crate::domain::handle::{HandleError, ItemKind, resolve};
use crate::domain::id::SessionId;
use crate::domain::learning::{hits, words};
use crate::domain::session::{Learning, Session};
use crate::error::Fault;

/// Which sessions are looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// That of the branch.
    Session,
    /// Every one of this clone.
    Clone,
}

/// A learning that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its session.
    pub session: Rc<Session>,
    /// Its place in the session.
    index: usize,
    /// How many of the words it has.
    pub words: usize,
}

impl Found {
    /// The learning.
    pub fn learning(&self) -> &Learning {
        &self.session.learnings[self.index]
    }
}

/// What a search came to.
#[derive(Debug, Default)]
pub struct Search {
    /// Most words first, then the newest.
    pub found: Vec<Found>,
    /// Sessions whose log says nothing.
    pub unreadable: Vec<SessionId>,
}

/// Looks for words in text, key and scope of every learning that was not dropped.
pub fn search(ctx: &Ctx, query: &str, reach: Reach) -> Result<Search> {
    let wanted = words(query);
    if wanted.is_empty() {
        return Err(Fault::user("there is no word to look for")
            .hint("git session learnings search <words>")
            .into());
    }
    let (sessions, unreadable) = match reach {
        Reach::Session => {
            let id = sessions::require(ctx)?;
            (vec![sessions::load(ctx, &id)?.session], Vec::new())
        }
        Reach::Clone => {
            let all = every(ctx)?;
            (all.sessions, all.unreadable)
        }
    };
    let mut found = Vec::new();
    for session in sessions.into_iter().map(Rc::new) {
        for (index, learning) in session.learnings.iter().enumerate() {
            let words = hits(&wanted, learning);
            if words > 0 && !learning.dropped {
                found.push(Found {
                    session: Rc::clone(&session),
                    index,
                    words,
                });
            }
        }
    }
    found.sort_by(|a, b| {
        let rank = |found: &Found| (found.words, found.learning().item.at);
        let id = |found: &Found| found.learning().item.id.clone();
        rank(b).cmp(&rank(a)).then_with(|| id(b).cmp(&id(a)))
    });
    Ok(Search { found, unreadable })
}

/// The learning with this handle, number, id, full key or name of a key.
pub fn find<'s>(session: &'s Session, name: &str) -> Result<&'s Learning> {
    let refuse =
        |error| -> anyhow::Error { sessions::refused(&Refused::Name(ItemKind::Learning, error)) };
    let keyed: Vec<&Learning> = session
        .learnings
        .iter()
        .filter(|l| l.key == name || l.key.rsplit('/').next() == Some(name))
        .collect();
    // a key is free again once its learning was dropped
    let kept: Vec<&Learning> = keyed.iter().copied().filter(|l| !l.dropped).collect();
    match (kept.as_slice(), keyed.as_slice()) {
        ([learning], _) | ([], [learning]) => Ok(learning),
        ([], []) => {
            let item = resolve(session, ItemKind::Learning, name).map_err(refuse)?;
            let mut learnings = session.learnings.iter();
            learnings.find(|l| l.item.id == item.id).ok_or_else(|| {
                let kind = ItemKind::Learning;
                refuse(HandleError::Missing(kind, name.to_owned()))
            })
        }
        (several, all) => {
            let several = if several.is_empty() { all } else { several };
            let keys = several.iter().map(|l| l.key.clone()).collect();
            Err(refuse(HandleError::Ambiguous(name.to_owned(), keys)))
        }
    }
}
