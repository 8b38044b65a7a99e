//! Which clone this is: its writer id, and whether another clone writes under the same one because one was copied from
//! the other as files.

use anyhow::Result;

use super::ctx::Ctx;
use super::setup;
use super::sync::agreement::{log_ref, notes_ref};
use crate::domain::id::WriterId;
use crate::git::{Git, Swap};
use crate::store::Home;

/// What the remembered place says.
pub enum Case {
    /// Nobody has written anything yet.
    NoWriter,
    /// An older version made this store.
    NotRemembered(WriterId),
    /// The clone is where it was.
    Same(WriterId),
    /// The config has another id than the one that was written down.
    Other(WriterId),
    /// The clone is elsewhere, and nobody is where it was.
    Moved(WriterId, String),
    /// A clone with this id is where this one was.
    Copied(WriterId, String),
}

/// Compares where the clone is with where it was.
pub fn case(ctx: &Ctx) -> Result<Case> {
    let Some(writer) = setup::known_writer(ctx)? else {
        return Ok(Case::NoWriter);
    };
    let Some(home) = ctx.store.home() else {
        return Ok(Case::NotRemembered(writer));
    };
    let here = Home::of(ctx.repo.common_dir(), writer.clone());
    if home.writer != writer {
        return Ok(Case::Other(writer));
    }
    let same = home.path == here.path || (home.inode.is_some() && home.inode == here.inode);
    if same {
        return Ok(Case::Same(writer));
    }
    let config = format!("{}/config", home.path);
    let asked = Git::new(&ctx.env, ctx.repo.cwd())
        .elsewhere()
        .args(["config", "--file", &config, "--get", "session.writer"])
        .output()?;
    Ok(if asked.success() && asked.text() == writer.as_str() {
        Case::Copied(writer, home.path)
    } else {
        Case::Moved(writer, home.path)
    })
}

/// Gives a clone that was copied an id of its own: the old one and the new one.
pub fn settle_copy(ctx: &Ctx) -> Result<Option<(WriterId, WriterId)>> {
    Ok(match case(ctx)? {
        Case::Copied(old, _) => Some((old, renew(ctx)?)),
        _ => None,
    })
}

/// Gives this clone another writer id. Its notes go on under the new name; its shared log is made anew from its logs.
/// What was pushed under the old id belongs to the other clone.
pub fn renew(ctx: &Ctx) -> Result<WriterId> {
    let old = setup::known_writer(ctx)?;
    let new = setup::renew_writer(ctx)?;
    let Some(old) = old else {
        return Ok(new);
    };
    let name = notes_ref(&old);
    if let Some(tip) = ctx.repo.ref_id(&name)? {
        let log = "git-session: this clone was copied";
        let made = ctx.repo.swap_ref(&notes_ref(&new), None, &tip, log)?;
        if made == Swap::Done {
            ctx.repo.delete_ref(&name, Some(&tip))?;
        }
    }
    let name = log_ref(&old);
    ctx.repo
        .delete_ref(&name, ctx.repo.ref_id(&name)?.as_ref())?;
    for id in ctx.store.ids()? {
        ctx.store.forget_shared(&id)?;
    }
    Ok(new)
}
