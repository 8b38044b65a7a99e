//! The document for who goes on: what a session came to, from its log and from what git says. Pure values;
//! `ops` asks git, `cli` renders. Private items never get in, and what is not known is left out.

mod build;
mod checklist;
mod document;
mod facts;
mod figures;
mod kinds;
mod schema;
mod view;

pub use build::build;
pub use document::*;
pub use facts::{
    Bars, CommitFacts, ContextFacts, Facts, FileChange, Paths, Saved, Upstream, WorkTree,
};
pub use kinds::{CommitKind, FileKind};
pub use schema::schema;
pub use view::{Dialect, View, view};

/// The schema name of the JSON form.
pub const SCHEMA: &str = "git-session/handoff/v1";
