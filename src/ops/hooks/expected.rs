//! Whether another tool is likely to put in hook files after us: what tells it before it does.

use std::path::Path;

use super::manager::Manager;
use crate::sys::env::Env;
use crate::sys::fs;

/// Tools that put in single hook files when they are told to: a file below the top of the work tree, and a text
/// in it, by which they are expected. Those that are managers have settings of their own.
const EXPECTED: &[(&str, &str)] = &[(".gitattributes", "filter=lfs"), (".gitreview", "")];
/// Programs that cannot work with a hook that is no text, and that nothing in a repository announces.
const TEXT_ONLY: &[&str] = &["git-branchless"];

/// Whether another tool is likely to put in hook files after us. Many read what is there as text, or write
/// through a link.
pub(super) fn expects_others(top: Option<&Path>, env: &Env) -> bool {
    let announced = |(name, text): &(&str, &str)| {
        let bytes = fs::read(&top?.join(name)).ok().flatten()?;
        Some(String::from_utf8_lossy(&bytes).contains(text))
    };
    let on_path = |name: &&str| {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        std::env::split_paths(env.os("PATH").unwrap_or_default())
            .any(|directory| directory.is_absolute() && fs::is_executable(&directory.join(&name)))
    };
    top.is_some_and(|top| !Manager::of_work_tree(top).is_empty())
        || EXPECTED.iter().any(|one| announced(one) == Some(true))
        || TEXT_ONLY.iter().any(on_path)
}
