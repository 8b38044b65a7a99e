//! Help of the whole program: at most twenty verbs in groups.

use std::process::ExitCode;

/// Puts the commands into groups.
pub(super) fn grouped(command: clap::Command) -> clap::Command {
    command
}

/// Prints help, version or a usage error.
pub(super) fn show(error: &clap::Error) -> ExitCode {
    error.print().ok();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}
