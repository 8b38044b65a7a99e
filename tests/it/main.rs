//! The one integration-test binary.
#![allow(
    clippy::disallowed_methods,
    reason = "scenes are set with what std gives"
)]
#![allow(clippy::print_stderr, reason = "a test that is skipped says why")]

mod adoption;
mod architecture;
mod archive;
mod branches;
mod brief;
mod ccmp;
mod checkpoint_due;
mod ci;
mod cli_config;
mod cli_doctor;
mod cli_help;
mod cli_items;
mod cli_lists;
mod cli_local;
mod concurrency;
mod config_docs;
mod config_names;
mod context;
mod decision_log;
mod end;
mod end_meanwhile;
mod end_merge;
mod end_push;
mod explain;
mod git_changes;
mod git_config;
mod git_notes;
mod git_reflog;
mod git_repo;
mod git_spawn;
mod git_support;
mod handoff;
mod handoff_schema;
mod hook_cost;
mod hooks_fail_open;
mod hooks_install;
mod hooks_install_config;
mod hooks_install_elsewhere;
mod hooks_install_stub;
mod hooks_messages;
mod import;
mod links;
mod metrics;
mod neighbours;
mod prompt;
mod purge;
mod readme;
mod records;
mod redaction;
mod search;
mod support;
mod survival;
mod switches;
mod sync;
mod tdd;
mod tour;
mod trailers_git;
mod watch;
mod workday;
