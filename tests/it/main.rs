//! The one integration-test binary.

mod config_docs;
mod config_names;
mod git_changes;
mod git_notes;
mod git_support;
mod trailers_git;
