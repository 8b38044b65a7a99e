//! What is to be taken out, as it was typed: the handle of an item, or a text.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::domain::event::Event;
use crate::domain::handle::{self, ItemKind};
use crate::domain::id::{EventId, SessionId, WriterId};
use crate::domain::purge::{ELSEWHERE, SHORTEST, Target, texts_of};
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::sessions;
use crate::ops::sync::publish;
use crate::sys::fs;

/// What is to be taken out, and what was found out about it.
#[derive(Debug, Default)]
pub struct Wanted {
    /// What goes.
    pub target: Target,
    /// An item says this too, and it is too short to be looked for elsewhere.
    pub short: Option<Short>,
    /// The other clones that wrote the item.
    pub by: BTreeSet<WriterId>,
}

/// How short a text of an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Short {
    /// It can be taken out elsewhere when it is typed.
    Typeable,
    /// It cannot.
    Hopeless,
}

/// What a handle or a text means.
///
/// # Errors
/// The text is too short, or a branch or session is called so.
pub fn target(ctx: &Ctx, what: &str) -> Result<Wanted> {
    if let Some(mut wanted) = item(ctx, what)? {
        wanted.target.names = names(ctx)?;
        return Ok(wanted);
    }
    if what.trim().chars().count() < SHORTEST {
        return Err(Fault::user(format!(
            "a text of fewer than {SHORTEST} characters would take too much with it"
        ))
        .hint("git session purge \"more of the text\"")
        .into());
    }
    let target = Target {
        texts: vec![what.to_owned()],
        names: names(ctx)?,
        ..Target::default()
    };
    for id in ctx.store.ids()? {
        if target.is_in(id.as_str()) {
            return Err(Fault::user(format!("the session {id} is called so")).into());
        }
        let branch = sessions::load(ctx, &id).map(|loaded| loaded.session.branch);
        if let Ok(branch) = branch
            && target.is_in(branch.as_str())
            && ctx.repo.branch_tip(&branch)?.is_some()
        {
            return Err(Fault::user(format!("a branch is called so: {branch}"))
                .hint("git branch -m <old name> <new name>")
                .into());
        }
    }
    Ok(Wanted {
        target,
        ..Wanted::default()
    })
}

/// What branches, remotes and work trees are called.
fn names(ctx: &Ctx) -> Result<BTreeSet<String>> {
    let mut names: BTreeSet<String> = ctx.repo.remotes()?.into_iter().collect();
    for name in ctx.repo.ref_names("refs/heads/")? {
        names.extend(name.strip_prefix("refs/heads/").map(str::to_owned));
    }
    for name in ctx.repo.ref_names("refs/remotes/")? {
        let of_remote = name.strip_prefix("refs/remotes/");
        let branch = of_remote.and_then(|name| name.split_once('/'));
        names.extend(branch.map(|(_, branch)| branch.to_owned()));
    }
    let linked = fs::names(&ctx.repo.common_dir().join("worktrees")).into_iter();
    names.extend(linked.filter_map(|name| String::from_utf8(name).ok()));
    Ok(names)
}

/// The item that a handle names, in the session of this branch or any other; one that was taken out already too.
fn item(ctx: &Ctx, name: &str) -> Result<Option<Wanted>> {
    let lower = name.trim().to_ascii_lowercase();
    let kinds = [
        ItemKind::Objective,
        ItemKind::Blocker,
        ItemKind::Decision,
        ItemKind::Learning,
        ItemKind::Note,
        ItemKind::Checkpoint,
    ];
    let of_kind = |kind: &ItemKind| {
        let rest = lower.strip_prefix(kind.prefix());
        let rest = rest.and_then(|rest| rest.strip_prefix('-'));
        rest.is_some_and(|rest| {
            !rest.is_empty()
                && rest.len() <= 26
                && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    let Some(kind) = kinds.into_iter().find(of_kind) else {
        return Ok(None);
    };
    let here = sessions::readable(ctx).ok();
    let mut ids = ctx.store.ids()?;
    ids.sort_by_key(|id| Some(id) != here.as_ref());
    let is_number = lower.rsplit('-').next().is_some_and(|end| end.len() < 4);
    for id in ids {
        let Ok(loaded) = sessions::load(ctx, &id) else {
            continue;
        };
        if is_number && Some(&id) != here.as_ref() {
            break;
        }
        let events = ctx.store.log(&id).read()?.events;
        match handle::resolve(&loaded.session, kind, &lower) {
            Ok(item) => {
                let mut wanted = of_item(&events, &item.id);
                wanted.by = writers(ctx, &id, &item.id)?;
                return Ok(Some(wanted));
            }
            Err(error @ handle::HandleError::Ambiguous(..)) => {
                return Err(Fault::user(error.to_string()).into());
            }
            Err(handle::HandleError::Missing(..)) => {}
        }
        let end = lower.rsplit('-').next().unwrap_or_default();
        let end = end.to_ascii_uppercase();
        let gone = publish::taken_out(&events);
        let mut gone = gone.into_iter();
        if let Some(id) = gone.find(|id| !is_number && id.as_str().ends_with(&end)) {
            return Ok(Some(of_item(&[], id)));
        }
    }
    Err(
        Fault::user(format!("there is no item `{}`", lower.escape_debug()))
            .hint("git session show")
            .into(),
    )
}

/// The other clones whose log has an event.
fn writers(ctx: &Ctx, session: &SessionId, id: &EventId) -> Result<BTreeSet<WriterId>> {
    let fetched = ctx.store.fetched(session)?.into_iter();
    let wrote = fetched.filter(|(_, event)| event.id() == id);
    Ok(wrote.map(|(writer, _)| writer).collect())
}

fn of_item(events: &[Event], id: &EventId) -> Wanted {
    let length = |text: &String| text.chars().count();
    let texts = texts_of(events, id).into_iter();
    let (texts, short): (Vec<_>, Vec<_>) = texts.partition(|text| length(text) >= ELSEWHERE);
    let longest = short.iter().map(length).max();
    Wanted {
        target: Target {
            texts,
            items: std::iter::once(id.clone()).collect(),
            ..Target::default()
        },
        short: longest.map(|length| {
            if length >= SHORTEST {
                Short::Typeable
            } else {
                Short::Hopeless
            }
        }),
        by: BTreeSet::new(),
    }
}
