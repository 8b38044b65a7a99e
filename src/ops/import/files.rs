//! The files of other systems below the top of a work tree: found by their names, read up to a bound, never
//! through a symbolic link.

use std::path::Path;

use crate::domain::import::state::{self, Whole};
use crate::domain::import::{Found, Reason, features, markdown, packages, progress};
use crate::sys::fs::{self, Kind};

/// A larger file is not read.
const MOST_BYTES: u64 = 1024 * 1024;

/// The most files that are read of one folder, the newest by name.
const MOST_FILES: usize = 500;

/// The settings.
pub(super) const SETTINGS: &str = ".session/config.yaml";

/// The session.
const STATE: &str = ".sessions/state.json";

/// Reads the records of one file.
type Parse = fn(&str, &[u8]) -> Result<Found, Reason>;

/// Single files.
const FILES: &[(&str, Parse)] = &[
    ("feature_list.json", features::parse),
    ("claude-progress.txt", progress::parse),
];

/// Folders, the ending of the files in each that are read, and whether they belong to the session of
/// `.sessions/state.json`.
const FOLDERS: &[(&str, &str, Parse, Owner)] = &[
    (
        ".sessions/checkpoints",
        ".md",
        markdown::parse,
        Owner::State,
    ),
    (".sessions/handoffs", ".md", markdown::parse, Owner::State),
    (".claude/handoffs", ".json", packages::parse, Owner::Head),
    (".claude/checkpoints", ".json", packages::parse, Owner::Head),
];

/// Whose records they are where they do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Those of the session that `.sessions/state.json` describes, else of HEAD's branch.
    State,
    /// Those of HEAD's branch.
    Head,
}

/// A file that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Below the top of the work tree.
    pub path: String,
    /// Why it was passed over.
    pub skipped: Option<String>,
}

/// The records of one file.
pub(super) struct Source {
    pub(super) path: String,
    pub(super) owner: Owner,
    pub(super) content: Content,
}

/// What a file describes.
pub(super) enum Content {
    Session(Whole),
    Records(Found),
}

/// What there is.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) files: Vec<Looked>,
    pub(super) settings: Option<Vec<u8>>,
    pub(super) sources: Vec<Source>,
}

impl Gathered {
    /// Notes what came of a file.
    fn look<T>(&mut self, path: &str, outcome: Result<T, String>) -> Option<T> {
        let (content, skipped) = match outcome {
            Ok(content) => (Some(content), None),
            Err(why) => (None, Some(why)),
        };
        self.files.push(Looked {
            path: path.to_owned(),
            skipped,
        });
        content
    }

    /// Reads one file, when it is there.
    fn records(&mut self, top: &Path, path: &str, parse: Parse, owner: Owner) {
        let Some(read) = read(top, path) else {
            return;
        };
        let found = read.and_then(|bytes| parse(path, &bytes).map_err(str::to_owned));
        if let Some(found) = self.look(path, found) {
            self.sources.push(Source {
                path: path.to_owned(),
                owner,
                content: Content::Records(found),
            });
        }
    }
}

/// Reads everything that is there.
pub(super) fn gather(top: &Path) -> Gathered {
    let mut gathered = Gathered::default();
    if let Some(read) = read(top, SETTINGS) {
        gathered.settings = gathered.look(SETTINGS, read);
    }
    if let Some(read) = read(top, STATE) {
        let whole = read.and_then(|bytes| state::parse(STATE, &bytes).map_err(str::to_owned));
        if let Some(whole) = gathered.look(STATE, whole) {
            gathered.sources.push(Source {
                path: STATE.to_owned(),
                owner: Owner::State,
                content: Content::Session(whole),
            });
        }
    }
    for (path, parse) in FILES {
        gathered.records(top, path, *parse, Owner::Head);
    }
    for (folder, ending, parse, owner) in FOLDERS {
        for path in inside(top, folder, ending, &mut gathered) {
            gathered.records(top, &path, *parse, *owner);
        }
    }
    gathered
}

/// The files of a folder with this ending.
fn inside(top: &Path, folder: &str, ending: &str, gathered: &mut Gathered) -> Vec<String> {
    match linked(top, folder) {
        Some(why) => {
            gathered.look::<()>(folder, Err(why));
            return Vec::new();
        }
        None if fs::kind(&top.join(folder)) != Kind::Directory => return Vec::new(),
        None => {}
    }
    let names = fs::names(&top.join(folder)).into_iter();
    let names = names.filter_map(|name| String::from_utf8(name).ok());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(ending)).collect();
    if names.len() > MOST_FILES {
        let left = names.len() - MOST_FILES;
        names.drain(..left);
        let why = format!("{left} files are not read: at most {MOST_FILES} are");
        gathered.look::<()>(folder, Err(why));
    }
    names
        .iter()
        .map(|name| format!("{folder}/{name}"))
        .collect()
}

/// The bytes of a file; `None` when it is not there, the reason when it is not read.
fn read(top: &Path, path: &str) -> Option<Result<Vec<u8>, String>> {
    if let Some(why) = linked(top, path) {
        return Some(Err(why));
    }
    match fs::kind(&top.join(path)) {
        Kind::Nothing => return None,
        Kind::Directory => return Some(Err("it is a directory".to_owned())),
        Kind::File => {}
    }
    Some(match fs::read_start(&top.join(path), MOST_BYTES + 1) {
        Ok(Some(bytes)) if bytes.len() as u64 > MOST_BYTES => {
            Err("it is larger than 1 MiB".to_owned())
        }
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => return None,
        Err(error) => Err(error.root_cause().to_string()),
    })
}

/// Whether a part of the path is a symbolic link, which could lead out of the work tree.
fn linked(top: &Path, path: &str) -> Option<String> {
    let mut place = top.to_owned();
    for part in path.split('/') {
        place.push(part);
        let metadata = std::fs::symlink_metadata(&place);
        if metadata.is_ok_and(|metadata| metadata.is_symlink()) {
            let shown = place.strip_prefix(top).unwrap_or(&place).display();
            return Some(format!("{shown} is a symbolic link"));
        }
    }
    None
}
