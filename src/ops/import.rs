//! `init --import`: what the systems that this one replaces have left in the work tree comes into settings and
//! sessions. Their files are read and stay as they are; a second import adds nothing that is here already.

mod files;
mod records;
mod settings;

use anyhow::Result;

use super::ctx::Ctx;
use crate::config::Value;
use crate::domain::id::{BranchName, SessionId};
pub use files::Looked;

/// Whether anything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is done.
    Really,
    /// It is only said.
    Dry,
}

/// What came in.
#[derive(Debug, Default)]
pub struct Imported {
    /// Every file that was looked at.
    pub files: Vec<Looked>,
    /// Every key of the old settings.
    pub settings: Vec<Setting>,
    /// Every session that has something new.
    pub sessions: Vec<Received>,
}

/// A key of the old settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name there.
    pub key: String,
    /// Its line there, from 1.
    pub line: usize,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a key of the old settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands in `.session/config.toml` now, with this value.
    Taken(Value),
    /// It stood there already, with the same value or another one.
    Kept,
    /// It has no value.
    Empty,
    /// No setting is called so.
    Unknown,
    /// Its value does not fit; with what is expected.
    Unfit(String),
    /// Only personal settings may name a program or an address: the name in git config.
    Personal(String),
}

/// What a session got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its id; none for one that a dry run would make.
    pub session: Option<SessionId>,
    /// Its branch.
    pub branch: BranchName,
    /// It was made by this import.
    pub new: bool,
    /// New objectives.
    pub objectives: usize,
    /// Objectives that are reached now.
    pub completed: usize,
    /// New notes.
    pub notes: usize,
}

/// Takes in what is there. For [`Mode::Really`] the store and `.session/config.toml` must be there.
pub fn import(ctx: &Ctx, mode: Mode) -> Result<Imported> {
    let Some(top) = ctx.repo.work_tree() else {
        return Ok(Imported::default());
    };
    let gathered = files::gather(top);
    let settings = match &gathered.settings {
        Some(bytes) => settings::take_over(top, bytes, mode)?,
        None => Vec::new(),
    };
    let mut files = gathered.files;
    let sessions = records::take_in(ctx, gathered.sources, mode, &mut files)?;
    Ok(Imported {
        files,
        settings,
        sessions,
    })
}
