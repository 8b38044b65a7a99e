//! `.ccmp/state.json` of a work tree: what other plugins say there, and where our session stands. Commands write
//! it, hooks never do; only where somebody has made the folder, at the top of this work tree and nowhere above.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::ctx::Ctx;
use super::sessions::{self, Here};
use crate::domain::ccmp::{self, FILE, FOLDER, Facts, MOST_BYTES, Unreadable, Working};
use crate::domain::session::State;
use crate::sys::fs::{self, Kind, Lock, Sharing};

/// The file, for messages.
pub const NAME: &str = ".ccmp/state.json";

/// How often it is tried again when somebody else writes the file at the same time.
const ATTEMPTS: usize = 5;

/// What came of telling other plugins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// There was nothing to tell.
    Nothing,
    /// The file says it now.
    Written,
    /// The file is none that can be written, for this reason.
    Left(String),
}

/// Whether the folder is there: a directory, and no symbolic link to one.
pub fn is_used(top: &Path) -> bool {
    fs::kind(&top.join(FOLDER)) == Kind::Directory
}

/// The file of this work tree, where the folder is there.
fn file(ctx: &Ctx) -> Option<PathBuf> {
    let top = ctx.repo.work_tree().filter(|top| is_used(top))?;
    Some(top.join(FOLDER).join(FILE))
}

/// What the file holds.
enum Content {
    Nothing,
    Bytes(Vec<u8>),
    /// It is no file that is read or written.
    Odd(String),
}

/// Reads the file, when it is one.
fn content(path: &Path) -> Content {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Content::Nothing,
        Err(error) => return Content::Odd(error.to_string()),
        Ok(metadata) if metadata.is_symlink() => {
            return Content::Odd("it is a symbolic link".to_owned());
        }
        Ok(metadata) if !metadata.is_file() => {
            return Content::Odd("it is no regular file".to_owned());
        }
        Ok(_) => {}
    }
    match fs::read_start(path, MOST_BYTES + 1) {
        Ok(Some(bytes)) => Content::Bytes(bytes),
        Ok(None) => Content::Nothing,
        Err(error) => Content::Odd(format!("{error:#}")),
    }
}

/// What other plugins say; `None` where there are none. The error says why they cannot be heard.
pub fn facts(ctx: &Ctx) -> Option<Result<Facts, String>> {
    match content(&file(ctx)?) {
        Content::Nothing => None,
        Content::Odd(why) => Some(Err(why)),
        Content::Bytes(bytes) => {
            let facts = ccmp::facts(&bytes);
            Some(facts.map_err(|why: Unreadable| why.to_string()))
        }
    }
}

/// Says in the file where the session of this work tree stands. What is said there already is not written again.
pub fn tell(ctx: &Ctx) -> Result<Told> {
    let Some(path) = file(ctx).filter(|_| ctx.store.exists()) else {
        return Ok(Told::Nothing);
    };
    let lock = ctx.store.root().join("ccmp.lock");
    let _lock = Lock::acquire(&lock, Duration::from_secs(5), ctx.store.sharing())?
        .context("another git-session command is writing it")?;
    // read under the lock: of two commands the later one knows what both did
    let working = working(ctx)?;
    for _ in 0..ATTEMPTS {
        let old = match content(&path) {
            Content::Nothing => None,
            Content::Bytes(bytes) => Some(bytes),
            Content::Odd(why) => return Ok(Told::Left(why)),
        };
        let new = match ccmp::updated(old.as_deref(), working.as_ref(), ctx.now()) {
            Ok(Some(new)) => new,
            Ok(None) => return Ok(Told::Nothing),
            Err(why) => return Ok(Told::Left(why.to_string())),
        };
        // other plugins know no lock: what one of them has written since is taken in
        if is_still(&path, old.as_deref()) {
            match old {
                Some(_) => fs::replace_keeping_mode(&path, new.as_bytes())?,
                None => fs::write_atomic(&path, new.as_bytes(), Sharing::Umask)?,
            }
            return Ok(Told::Written);
        }
    }
    Ok(Told::Left("another program keeps writing it".to_owned()))
}

/// Whether the file holds what was read.
fn is_still(path: &Path, old: Option<&[u8]>) -> bool {
    match content(path) {
        Content::Nothing => old.is_none(),
        Content::Bytes(bytes) => old == Some(bytes.as_slice()),
        Content::Odd(_) => false,
    }
}

/// What there is to tell of the session of this work tree.
fn working(ctx: &Ctx) -> Result<Option<Working>> {
    let Here::Session { id, branch } = sessions::here(ctx)? else {
        return Ok(None);
    };
    let session = sessions::load(ctx, &id)?.session;
    if !session.state.is_open() {
        return Ok(None);
    }
    let open = session.objectives.iter();
    let open = open.filter(|o| o.state.is_open() && !o.item.private);
    Ok(Some(Working {
        active: session.state == State::Active,
        branch: branch.to_string(),
        tdd: session.tdd,
        objectives: open.map(|o| o.item.text.clone()).collect(),
    }))
}
