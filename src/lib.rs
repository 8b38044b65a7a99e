//! git-session
