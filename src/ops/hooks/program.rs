//! The path under which git is to find the program: one that still holds after the next upgrade.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::domain::hook_event::HookEvent;
use crate::sys::env::Env;
use crate::sys::fs;

/// The file name of the program.
pub(super) const NAME: &str = "git-session";

/// The absolute path of the running program, as it is reached through `PATH` if it is: a link such as
/// `<prefix>/bin/git-session` outlives the versioned directory that it points into.
pub fn program(env: &Env) -> Result<PathBuf> {
    let running = std::env::current_exe().context("cannot tell where this program is")?;
    Ok(program_among(env, &running))
}

/// [`program`] for a given running file.
pub fn program_among(env: &Env, running: &Path) -> PathBuf {
    let name = format!("{NAME}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(env.os("PATH").unwrap_or_default())
        .filter(|directory| directory.is_absolute())
        .map(|directory| directory.join(&name))
        .find(|candidate| fs::same_file(candidate, running))
        .unwrap_or_else(|| running.to_owned())
}

/// The directory `<prefix>/libexec/git-session` that `install.sh` makes, if each event's link in it leads to
/// this program.
pub(super) fn libexec(program: &Path) -> Option<PathBuf> {
    let real = fs::resolve(program);
    [program, real.as_path()].into_iter().find_map(|program| {
        let directory = program.parent()?.parent()?.join("libexec").join(NAME);
        let ours = |event: HookEvent| fs::same_file(&directory.join(event.name()), &real);
        HookEvent::ALL.into_iter().all(ours).then_some(directory)
    })
}

/// Whether git starts a command of this text itself, as one word: it hands anything with one of the
/// characters of `prepare_shell_cmd` (git's `run-command.c`) to a shell.
pub(super) fn is_one_word(path: &Path) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/._-+,:@".contains(&b) || b >= 0x80;
    path.is_absolute() && path.to_str().is_some_and(|text| text.bytes().all(plain))
}

/// Whether a link leads to this program or to another copy of it, by the name that it points to.
pub(super) fn is_ours(target: &Path) -> bool {
    let stem = target.file_stem().and_then(|stem| stem.to_str());
    let in_libexec = || {
        let directory = target.parent().and_then(Path::file_name);
        directory.is_some_and(|name| name == NAME)
            && stem.is_some_and(|stem| HookEvent::from_name(stem).is_some())
    };
    let exact = target
        .extension()
        .is_none_or(|extension| extension == "exe");
    exact && (stem == Some(NAME) || in_libexec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_characters_make_more_than_one_word() {
        assert!(is_one_word(Path::new(
            "/home/ada/.local/libexec/git-session/post-commit"
        )));
        for path in [
            "/a b/c", "/a$b", "/a'b", "/a=b", "/a%b", "/a~b", "/a#b", "a/b", "/a\nb",
        ] {
            assert!(!is_one_word(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn own_links_are_known_by_what_they_point_to() {
        for ours in [
            "/usr/bin/git-session",
            "../x/git-session.exe",
            "/p/libexec/git-session/post-merge",
        ] {
            assert!(is_ours(Path::new(ours)), "{ours}");
        }
        for other in [
            "/usr/bin/git-lfs",
            "/r/hooks/post-merge",
            "/x/git-session.sh",
            "/",
        ] {
            assert!(!is_ours(Path::new(other)), "{other}");
        }
    }
}
