//! One name in the hooks directory: what stands there, and the moves between "somebody's hook" and "our stub,
//! which runs it". At each instant one of the two is in effect, also when the process is killed.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::manager::Manager;
use super::record::{Record, blob_id};
use super::{program, stub};
use crate::domain::hook_event::HookEvent;
use crate::git::Repo;
use crate::sys::fs::{self, Onto, Sharing};

/// The directory beside the stubs that holds the hooks which were there before.
pub(super) const BEFORE: &str = "git-session.d";

/// What other tools append to the name of a hook whose place they take: pre-commit and prek run it from there,
/// lefthook gives it its name back when it goes.
const SET_ASIDE: [&str; 2] = ["legacy", "old"];

/// A name in the hooks directory.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) event: HookEvent,
    /// The hook file.
    pub(super) path: PathBuf,
    pub(super) what: What,
    /// Whether `git-session.d` holds a hook of this name.
    pub(super) has_before: bool,
}

/// What stands at a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Nothing.
    Free,
    /// A link to this program.
    Link { target: PathBuf },
    /// Our stub, as we wrote it.
    Stub { bytes: Vec<u8> },
    /// Our stub, changed by somebody since.
    ChangedStub { bytes: Vec<u8> },
    /// Our stub, with a part that a tool has in the hook which the stub runs first, too: it was set up again, or
    /// taken out. What that hook would be, had the tool found it.
    DoubledStub { bytes: Vec<u8>, before: Vec<u8> },
    /// A hook of somebody else; the bytes are those of the file that a link leads to.
    Foreign { bytes: Vec<u8> },
    /// Neither a file nor a link.
    NoFile,
}

impl What {
    /// Looks at a path that is, or was, a hook of the event.
    fn read(repo: &Repo, path: &Path, event: HookEvent, record: Option<&Record>) -> Result<Self> {
        Ok(match fs::link_target(path) {
            Some(target) if is_our_link(&target, record) => Self::Link { target },
            Some(_) => Self::Foreign {
                bytes: fs::read(path).ok().flatten().unwrap_or_default(),
            },
            None if !fs::exists(path) => Self::Free,
            None if !path.is_file() => Self::NoFile,
            None => {
                let bytes = fs::read(path)?.unwrap_or_default();
                if !stub::is_stub(&bytes, event) {
                    Self::Foreign { bytes }
                } else if is_as_written(repo, &bytes, event, record)? {
                    Self::Stub { bytes }
                } else {
                    Self::ChangedStub { bytes }
                }
            }
        })
    }
}

impl Entry {
    /// Looks at a name.
    pub(super) fn read(
        repo: &Repo,
        directory: &Path,
        event: HookEvent,
        record: Option<&Record>,
    ) -> Result<Self> {
        let path = directory.join(event.name());
        let before = directory.join(BEFORE).join(event.name());
        let mut what = What::read(repo, &path, event, record)?;
        if let What::ChangedStub { bytes } = &what
            && let Some(added) = stub::added(bytes, event)
            && fs::link_target(&before).is_none()
            && let Some(old) = fs::read(&before).ok().flatten()
            && let Some(before) = stub::with_newer_part(&old, added)
        {
            let bytes = bytes.clone();
            what = What::DoubledStub { bytes, before };
        }
        Ok(Self {
            event,
            path,
            what,
            has_before: fs::exists(&before),
        })
    }

    /// Our hook under the names that other tools have given it when they took its place.
    pub(super) fn set_aside(&self, repo: &Repo, record: Option<&Record>) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        for suffix in SET_ASIDE {
            let path = self.path.with_extension(suffix);
            let what = What::read(repo, &path, self.event, record)?;
            if matches!(what, What::Link { .. } | What::Stub { .. }) {
                all.push(Self {
                    path,
                    what,
                    has_before: false,
                    ..*self
                });
            }
        }
        Ok(all)
    }

    /// Where the hook that was there before is.
    pub(super) fn before(&self) -> PathBuf {
        let directory = self.path.parent().unwrap_or(Path::new("."));
        directory.join(BEFORE).join(self.event.name())
    }

    /// Whether the manager whose file it is runs the program.
    pub(super) fn runs_ours(&self, directory: &Path, repo: &Repo) -> bool {
        let runs = |manager: &Manager| manager.has_line(self.event, directory, repo.work_tree());
        self.manager().is_some_and(runs)
    }

    /// Whether the name is free or ours to write.
    pub(super) const fn is_ours(&self) -> bool {
        matches!(
            self.what,
            What::Free | What::Link { .. } | What::Stub { .. } | What::DoubledStub { .. }
        )
    }

    /// The manager whose file it is.
    pub(super) fn manager(&self) -> Option<&'static Manager> {
        match &self.what {
            What::Foreign { bytes } => Manager::of_file(bytes),
            _ => None,
        }
    }

    /// Whether a foreign hook and the one in `git-session.d` are one: an install or uninstall was cut short.
    pub(super) fn is_half_done(&self) -> bool {
        let before = self.before();
        match (fs::link_target(&self.path), fs::link_target(&before)) {
            (Some(here), Some(there)) => one_level_down(&here) == there,
            (None, None) => {
                let bytes = |path: &Path| fs::read(path).ok().flatten();
                bytes(&self.path).is_some_and(|here| Some(here) == bytes(&before))
            }
            _ => false,
        }
    }

    /// Makes the name a link to the program.
    pub(super) fn link(&self, program: &Path) -> Result<()> {
        match &self.what {
            What::Link { target } if target == program => Ok(()),
            _ => fs::symlink(program, &self.path, self.onto()),
        }
    }

    /// Makes the name a stub; somebody's hook goes to `git-session.d`, where the stub finds it.
    pub(super) fn stub(&self, stub: &[u8], sharing: Sharing) -> Result<()> {
        match &self.what {
            What::Stub { bytes } if bytes == stub && fs::is_executable(&self.path) => return Ok(()),
            What::Foreign { .. } if !self.has_before => self.keep_before(sharing)?,
            _ => self.hand_over(sharing)?,
        }
        let onto = if fs::exists(&self.path) {
            Onto::Anything
        } else {
            Onto::Free
        };
        fs::write_executable(&self.path, stub, onto, sharing)
    }

    /// Gives somebody's hook its second name. The first one stays, until the stub takes its place in one step;
    /// only where the file system knows no hard links there is an instant without a hook.
    fn keep_before(&self, sharing: Sharing) -> Result<()> {
        let before = self.before();
        if let Some(directory) = before.parent() {
            fs::create_dir(directory, sharing)?;
        }
        match fs::link_target(&self.path) {
            Some(target) => fs::symlink(&one_level_down(&target), &before, Onto::Free),
            None if fs::hard_link(&self.path, &before).is_ok() => Ok(()),
            None => fs::rename(&self.path, &before),
        }
    }

    /// Gives the hook that was there before the part that a tool has added to our stub instead.
    pub(super) fn hand_over(&self, sharing: Sharing) -> Result<()> {
        match &self.what {
            What::DoubledStub { before, .. } => {
                fs::write_executable(&self.before(), before, Onto::Anything, sharing)
            }
            _ => Ok(()),
        }
    }

    /// Takes away what is ours and puts back what was there before.
    pub(super) fn restore(&self) -> Result<()> {
        let before = self.before();
        match fs::link_target(&before) {
            _ if !self.has_before => fs::remove(&self.path)?,
            Some(target) => {
                fs::symlink(&one_level_up(&target), &self.path, Onto::Anything)?;
                fs::remove(&before)?;
            }
            None => fs::rename(&before, &self.path)?,
        }
        fs::remove_empty_dir(before.parent().unwrap_or(Path::new(".")))
    }

    /// Whether something may be replaced at the name.
    const fn onto(&self) -> Onto {
        match self.what {
            What::Free => Onto::Free,
            _ => Onto::Anything,
        }
    }
}

/// Whether a link is ours: by its target, or by what was written down.
pub(super) fn is_our_link(target: &Path, record: Option<&Record>) -> bool {
    let recorded = record.is_some_and(|record| Path::new(&record.program) == target);
    recorded || program::is_ours(target)
}

/// Whether a stub is one that this version, or the version that wrote the record, made.
fn is_as_written(
    repo: &Repo,
    bytes: &[u8],
    event: HookEvent,
    record: Option<&Record>,
) -> Result<bool> {
    if stub::is_unchanged(bytes, event) {
        return Ok(true);
    }
    let recorded = record.and_then(|record| record.done(event)?.stub.as_deref());
    match recorded {
        Some(hash) => Ok(blob_id(repo, bytes)? == hash),
        None => Ok(false),
    }
}

/// The target of a link that moves into `git-session.d`.
fn one_level_down(target: &Path) -> PathBuf {
    if target.is_absolute() {
        target.to_owned()
    } else {
        Path::new("..").join(target)
    }
}

/// The target of a link that comes back, to the byte: a path would lose a `./` in it.
#[cfg(unix)]
fn one_level_up(target: &Path) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = target.as_os_str().as_bytes();
    let bytes = bytes.strip_prefix(b"../").unwrap_or(bytes);
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// The target of a link that comes back.
#[cfg(not(unix))]
fn one_level_up(target: &Path) -> PathBuf {
    target.strip_prefix("..").unwrap_or(target).to_owned()
}

/// What a hook says of itself by which it finds files beside it: it would not find them from another place.
pub(super) fn reads_own_directory(bytes: &[u8]) -> bool {
    const OTHER: &[&str] = &[
        "BASH_SOURCE",
        "BASH_ARGV0",
        "ZSH_ARGZERO",
        "${(%):-%",
        "__file__",
        "__FILE__",
        "__dir__",
        "__DIR__",
        "__dirname",
        "__filename",
        "import.meta",
        "FindBin",
        "PROGRAM_NAME",
        "PSScriptRoot",
        "MyInvocation",
        "%~dp0",
        "process.argv[1]",
        "sys.argv[0]",
        "argv0",
    ];
    const NAME_ONLY: &[&str] = &[
        "basename \"$0\"",
        "basename -- \"$0\"",
        "basename $0",
        "basename -- $0",
        "basename \"${0}\"",
        "${0##*/}",
        "os.path.basename(sys.argv[0])",
        "basename(sys.argv[0])",
        "Path(sys.argv[0]).name",
        "File.basename($0)",
        "basename($0)",
    ];
    if bytes.contains(&0) {
        // a program, not a script
        return false;
    }
    String::from_utf8_lossy(bytes).lines().any(|line| {
        let line = line.trim_start();
        if line.starts_with('#') || line.starts_with("echo ") {
            return false;
        }
        let rest = NAME_ONLY
            .iter()
            .fold(line.to_owned(), |rest, name| rest.replace(name, ""));
        // the `$0` of awk counts, too: a line by hand is better than a broken hook
        let own = ["$0", "${0"].iter().chain(OTHER);
        own.into_iter().any(|word| rest.contains(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_that_looks_beside_itself_is_known() {
        for text in [
            "cd \"$(dirname \"$0\")\"",
            ". \"${0%/*}/lib.sh\"",
            "for f in \"$0\".d/*; do \"$f\"; done",
            "here=$(cd \"$(dirname \"${BASH_SOURCE[0]}\")\" && pwd)",
            "here = os.path.dirname(os.path.abspath(__file__))",
            "exec \"$(readlink -f -- $0)-helper\"",
            "const here = __dirname",
        ] {
            assert!(
                reads_own_directory(format!("#!/bin/sh\n{text}\n").as_bytes()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_hook_that_only_reads_its_name_can_move() {
        for text in [
            "exec run-hook \"$(basename \"$0\")\" \"$@\"",
            "case ${0##*/} in post-commit) ;; esac",
            "# see $(dirname \"$0\")/README",
            "echo \"$0 failed\"",
            "git lfs post-commit \"$@\"",
        ] {
            assert!(
                !reads_own_directory(format!("#!/bin/sh\n{text}\n").as_bytes()),
                "{text}"
            );
        }
        assert!(!reads_own_directory(b"\x7fELF\0__file__"));
    }

    #[test]
    fn a_relative_link_still_leads_to_its_target_one_level_down() {
        for target in ["../../scripts/x", "x", "/abs/x", "./x", ".//x"] {
            let back = one_level_up(&one_level_down(Path::new(target)));
            assert_eq!(back.to_str(), Some(target));
        }
        assert_eq!(one_level_down(Path::new("x")), Path::new("../x"));
    }
}
