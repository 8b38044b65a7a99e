//! Beside the hooks of others: shapes that hooks are found in, which always run, and real tools, which run
//! when `GIT_SESSION_TEST` names `neighbours`.

mod bench;
mod expected;
mod messages;
mod node;
mod paths;
mod programs;
mod python;
mod shapes;
