//! The process boundary: environment, clock and ids, files. Every layer but `domain` may use it.

pub mod clock;
pub mod env;
pub mod fs;
pub mod watch;
