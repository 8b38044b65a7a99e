//! The program: called as a hook it is that hook, else the command line.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::process::ExitCode;

use git_session::domain::hook_event::HookEvent;
use git_session::{cli, hook};

/// musl's own allocator maps and unmaps pages for a handful of objects: seventy system calls a commit.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let called_as = arguments.next().unwrap_or_default();
    let arguments: Vec<OsString> = arguments.collect();
    // dispatch before clap: a hook must be quick, and an odd argument must not make git fail
    if let Some(event) = HookEvent::from_argv0(&called_as) {
        hook::run(event, &arguments, stderr_is_terminal);
        return ExitCode::SUCCESS;
    }
    if arguments.first().is_some_and(|word| word == "hook") {
        let event = arguments
            .get(1)
            .and_then(|name| HookEvent::from_name(name.to_str()?));
        if let Some(event) = event {
            hook::run(event, &arguments[2..], stderr_is_terminal);
        }
        return ExitCode::SUCCESS;
    }
    // a prompt waits for it before every line that is typed
    if cli::quick_prompt(&arguments) {
        return ExitCode::SUCCESS;
    }
    cli::run(&arguments)
}

fn stderr_is_terminal() -> bool {
    std::io::stderr().is_terminal()
}
