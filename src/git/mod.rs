//! Git: the only layer that names git2, and the only place that starts processes ([`spawn`]).
//! Reads go through libgit2 or by hand; config is written, and everything else is asked, by the `git` program.

pub mod config;
pub mod reflog;
pub mod spawn;
pub mod state;

mod added;
mod carry;
mod changes;
mod child;
mod commit;
mod config_env;
mod config_file;
mod dirt;
mod exchange;
mod head;
mod held;
mod identity;
mod ignored;
mod index;
mod locate;
mod loose;
mod merge;
mod notes;
mod notes_tree;
mod objects;
pub mod porcelain;
mod refs;
mod remote;
mod repo;
mod restage;
mod restore;
mod snapshot;
mod tree;

pub use added::AddedLines;
pub use carry::{Ready, changed};
pub use changes::{LARGEST_BLOB, LineChanges};
pub use commit::{CommitInfo, Signature};
pub use config::{Config, Scope, Setting};
pub use dirt::{Dirt, Unmerged};
pub use exchange::{Cause, Failure, Manners, Outgoing, Pushed};
pub use head::{Head, Resolved};
pub use held::{Differences, File, Held, Sides};
pub use identity::Identity;
pub use locate::{Dirs, locate};
pub use merge::Trial;
pub use notes::{Change, Edit};
pub use objects::{Swap, TreeEntry};
pub use remote::{PushRemote, Upstream};
pub use repo::Repo;
pub use restore::{Filter, Goal, Others, Plan};
pub use snapshot::{Capture, Words};
pub use spawn::{Git, Output, Running, Shown, Watched};
pub use state::{State, branch_in_progress};
pub use tree::{ChangeKind, MOST_CHANGES, RawChange};
