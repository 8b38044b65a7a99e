//! `git session`: a session is a branch plus its context.
//!
//! The layers, an arrow may only point down (a test reads the sources and says when one does not):
//!
//! ```text
//! main
//!  ├── cli ──► ui, render        people: parse, call one op, show
//!  └── hook                      git: lenient parse, guard, call one op, exit 0
//!         └────────► ops         the verbs; the only layer that combines the ones below
//!                     └─► git  store  config     I/O; return domain types
//!                           └─► domain           pure values and rules
//!  sys, error: leaves that every layer but domain may use
//! ```

pub mod cli;
pub mod config;
pub mod domain;
pub mod error;
pub mod git;
pub mod hook;
pub mod ops;
pub mod render;
pub mod store;
pub mod sys;
pub mod ui;
