//! Handles: the short names of items, `obj-k3f9`, the same in every clone and for ever.
//!
//! A handle is the kind and the last four characters of the item's id, more when two items of a session
//! share them. It can become ambiguous (refused, all shown), never mean something else: a number has at most
//! three digits, so no handle of digits alone is read as one.

use std::fmt;

use super::session::{Item, Session};

/// The fewest characters of an id that name an item.
const SHORTEST: usize = 4;

/// The kinds of items that have a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// `obj-`
    Objective,
    /// `blk-`
    Blocker,
    /// `dec-`
    Decision,
    /// `lrn-`
    Learning,
    /// `note-`
    Note,
    /// `cp-`
    Checkpoint,
}

impl ItemKind {
    /// The part of a handle before the dash.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Objective => "obj",
            Self::Blocker => "blk",
            Self::Decision => "dec",
            Self::Learning => "lrn",
            Self::Note => "note",
            Self::Checkpoint => "cp",
        }
    }

    /// The word for people.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Objective => "objective",
            Self::Blocker => "blocker",
            Self::Decision => "decision",
            Self::Learning => "learning",
            Self::Note => "note",
            Self::Checkpoint => "checkpoint",
        }
    }
}

/// Why a name does not say which item is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandleError {
    /// Nothing has this name.
    Missing(ItemKind, String),
    /// Several have it: their longer handles.
    Ambiguous(String, Vec<String>),
}

impl fmt::Display for HandleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(kind, name) => write!(
                f,
                "no {} `{}` in this session",
                kind.noun(),
                name.escape_debug()
            ),
            Self::Ambiguous(name, handles) => {
                write!(
                    f,
                    "`{}` can mean {}",
                    name.escape_debug(),
                    handles.join(" or ")
                )
            }
        }
    }
}

impl std::error::Error for HandleError {}

/// The handle of an item of this session.
pub fn handle(session: &Session, kind: ItemKind, item: &Item) -> String {
    let id = item.id.as_str();
    let length = (SHORTEST..=id.len())
        .find(|length| {
            let end = &id[id.len() - length..];
            let same = session
                .items()
                .filter(|(k, other)| *k == kind && other.id.as_str().ends_with(end));
            same.count() <= 1
        })
        .unwrap_or(id.len());
    format!(
        "{}-{}",
        kind.prefix(),
        id[id.len() - length..].to_ascii_lowercase()
    )
}

/// The handle and, where this clone made the item, its number: `obj-k3f9 (obj-2)`.
pub fn handle_with_number(session: &Session, kind: ItemKind, item: &Item) -> String {
    let handle = handle(session, kind, item);
    match item.number {
        Some(number) if number < 1000 => format!("{handle} ({}-{number})", kind.prefix()),
        _ => handle,
    }
}

/// The same for where it stands in parentheses: `obj-k3f9, obj-2`.
pub fn names(session: &Session, kind: ItemKind, item: &Item) -> String {
    let handle = handle(session, kind, item);
    match item.number {
        Some(number) => format!("{handle}, {}-{number}", kind.prefix()),
        None => handle,
    }
}

/// The item that a name means: handle, number in this clone (`obj-2`, `2`), full id or an end of it.
pub fn resolve<'s>(
    session: &'s Session,
    kind: ItemKind,
    name: &str,
) -> Result<&'s Item, HandleError> {
    let lower = name.trim().to_ascii_lowercase();
    let bare = lower
        .strip_prefix(kind.prefix())
        .and_then(|rest| rest.strip_prefix('-'))
        .unwrap_or(&lower);
    let ends = bare.to_ascii_uppercase();
    let digits = bare.len() < SHORTEST && bare.bytes().all(|b| b.is_ascii_digit());
    let number: Option<u32> = bare.parse().ok().filter(|_| digits);
    let hits: Vec<&Item> = session
        .items()
        .filter(|(k, item)| {
            *k == kind
                && (bare.len() >= SHORTEST && item.id.as_str().ends_with(&ends)
                    || number.is_some() && item.number == number)
        })
        .map(|(_, item)| item)
        .collect();
    match hits.as_slice() {
        [] => Err(HandleError::Missing(kind, name.to_owned())),
        [item] => Ok(item),
        several => {
            let names = several
                .iter()
                .map(|item| handle(session, kind, item))
                .collect();
            Err(HandleError::Ambiguous(name.to_owned(), names))
        }
    }
}

#[cfg(test)]
mod tests;
