//! Everything that a command may not touch, as one value.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::support::Repo;

/// A file of the work tree: `x` or not, link or not, and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum File {
    /// Whether it is executable, and what is in it.
    Plain(bool, Vec<u8>),
    /// Where it leads.
    Link(Vec<u8>),
}

/// The files of a work tree, ignored ones and those of submodules included.
pub(super) type Files = BTreeMap<Vec<u8>, File>;

/// A repository at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) files: Files,
    pub(super) index: Option<Vec<u8>>,
    pub(super) head: String,
    pub(super) refs: String,
    pub(super) status: String,
}

/// Takes it. Refs of our own are left out.
pub(super) fn picture(repo: &Repo) -> Picture {
    let refs = repo.git(&["for-each-ref", "--format=%(refname) %(objectname)"]);
    let refs = refs.text();
    let foreign = refs.lines().filter(|line| {
        !line.starts_with("refs/session/") && !line.starts_with("refs/notes/session/")
    });
    let refs = foreign.collect::<Vec<_>>().join("\n");
    Picture {
        files: files(repo),
        index: fs::read(repo.git_path("index")).ok(),
        head: repo.read(repo.git_path("HEAD")),
        refs,
        status: status(repo),
    }
}

/// What `git status` says, without touching the index.
pub(super) fn status(repo: &Repo) -> String {
    let repo = repo.with("GIT_OPTIONAL_LOCKS", "0");
    let output = repo.git(&[
        "status",
        "--porcelain=v2",
        "--untracked-files=all",
        "--ignored",
        "--no-renames",
    ]);
    output.text()
}

/// The files of the work tree.
pub(super) fn files(repo: &Repo) -> Files {
    let mut files = Files::new();
    walk(repo.path(), repo.path(), &mut files);
    files
}

fn walk(top: &Path, directory: &Path, files: &mut Files) {
    let mut entries: Vec<_> = fs::read_dir(directory)
        .expect("a directory")
        .flatten()
        .collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_name() == ".git" {
            continue;
        }
        let metadata = fs::symlink_metadata(&path).expect("it is there");
        let name = path
            .strip_prefix(top)
            .expect("below")
            .as_os_str()
            .as_bytes();
        if metadata.is_dir() {
            walk(top, &path, files);
        } else if metadata.is_symlink() {
            let to = fs::read_link(&path).expect("a link");
            files.insert(
                name.to_vec(),
                File::Link(to.as_os_str().as_bytes().to_vec()),
            );
        } else {
            let runs = metadata.permissions().mode() & 0o100 != 0;
            let bytes = fs::read(&path).expect("a file");
            files.insert(name.to_vec(), File::Plain(runs, bytes));
        }
    }
}
