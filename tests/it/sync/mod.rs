//! `git session sync` and what it brings: two and three clones of one bare repository.

mod agreement;
mod awaited;
mod brief;
mod converge;
mod copies;
mod doctor;
mod hostile;
mod names;
mod page;
mod places;
mod privacy;
mod takeover;
pub(crate) mod team;
mod trouble;
