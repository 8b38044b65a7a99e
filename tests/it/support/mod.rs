//! What the end-to-end tests stand on: a sandbox that knows nothing of the machine, repositories in it, and
//! what a command printed as one value.

mod output;
mod repo;
mod sandbox;

pub(crate) use output::Output;
pub(crate) use repo::{EVENTS, Repo};
pub(crate) use sandbox::{PROGRAM, Sandbox, machine_path};
