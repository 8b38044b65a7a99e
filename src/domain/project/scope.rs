//! Which files a context file stands beside: those in its directory and below it, but not below a deeper
//! context file.

use std::collections::{BTreeMap, HashMap};

use super::ContextKind;
use crate::domain::glob::glob_matches_bytes;

/// A context file that git tracks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextFile {
    /// Its path from the top of the work tree.
    pub path: Vec<u8>,
    /// Whose it is.
    pub kind: ContextKind,
    /// The directory that it is about, without a `/` at its end; empty for the top.
    pub directory: Vec<u8>,
}

impl ContextFile {
    /// The context file of a path; `None` for a file that is none.
    pub fn new(path: &[u8]) -> Option<Self> {
        let (kind, directory) = ContextKind::of(path)?;
        Some(Self {
            path: path.to_owned(),
            kind,
            directory: directory.to_owned(),
        })
    }

    /// Whether it matches one of these globs.
    pub fn is_ignored(&self, globs: &[String]) -> bool {
        matches_any(globs, &self.path)
    }
}

/// The place that all files are beside which nothing deeper claims, and the whole project.
pub const WHOLE: usize = 0;

/// The context files of a project, by place. Place 0 is the whole project, where the pages of `.session/`
/// stand; every other one is a directory with context files.
#[derive(Clone, Debug)]
pub struct Scope {
    files: Vec<ContextFile>,
    places: BTreeMap<Vec<u8>, usize>,
    place_of: Vec<usize>,
    ignored: Vec<String>,
    known: HashMap<Vec<u8>, Option<usize>>,
}

impl Scope {
    /// The places of these files. `ignored`: globs of paths that are no work.
    pub fn new(mut files: Vec<ContextFile>, ignored: Vec<String>) -> Self {
        files.retain(|file| !matches_any(&ignored, &file.path));
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        let mut places = BTreeMap::new();
        let mut place_of = Vec::new();
        for file in &files {
            let next = places.len() + 1;
            place_of.push(if file.kind.is_page() {
                WHOLE
            } else {
                *places.entry(file.directory.clone()).or_insert(next)
            });
        }
        Self {
            files,
            places,
            place_of,
            ignored,
            known: HashMap::new(),
        }
    }

    /// The context files, by path.
    pub fn files(&self) -> &[ContextFile] {
        &self.files
    }

    /// How many places there are, the whole project counted.
    pub fn count(&self) -> usize {
        self.places.len() + 1
    }

    /// The place that a context file stands in, by its number.
    pub fn place_of(&self, file: usize) -> usize {
        self.place_of[file]
    }

    /// The number of a context file.
    pub fn find(&self, path: &[u8]) -> Option<usize> {
        self.files
            .binary_search_by(|file| file.path.as_slice().cmp(path))
            .ok()
    }

    /// Whether a file counts as work, and the place that it is beside: [`WHOLE`] alone when no context file
    /// stands above it. `None`: it is no work.
    pub fn owner(&mut self, path: &[u8]) -> Option<usize> {
        if let Some(known) = self.known.get(path) {
            return *known;
        }
        let owner = is_work(path, &self.ignored).then(|| self.above(path));
        self.known.insert(path.to_owned(), owner);
        owner
    }

    /// Whether a file counts as work beside a place.
    pub fn is_beside(&mut self, place: usize, path: &[u8]) -> bool {
        let owner = self.owner(path);
        owner.is_some() && (place == WHOLE || owner == Some(place))
    }

    /// The deepest place above a path.
    fn above(&self, path: &[u8]) -> usize {
        let ends = path.iter().enumerate().rev();
        let mut parents = ends
            .filter(|(_, byte)| **byte == b'/')
            .map(|(at, _)| &path[..at])
            .chain([&path[..0]]);
        let found = parents.find_map(|parent| self.places.get(parent));
        found.copied().unwrap_or(WHOLE)
    }
}

impl ContextKind {
    /// Whether it is a page of `.session/`, which is about the whole project.
    pub const fn is_page(self) -> bool {
        matches!(self, Self::Architecture | Self::Conventions)
    }
}

/// Whether a change of this file is work that a context file can be behind: not of context files themselves,
/// nor of what is kept in `.session/`.
fn is_work(path: &[u8], ignored: &[String]) -> bool {
    ContextKind::of(path).is_none()
        && !path.starts_with(b".session/")
        && !matches_any(ignored, path)
}

fn matches_any(globs: &[String], path: &[u8]) -> bool {
    globs.iter().any(|glob| glob_matches_bytes(glob, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(paths: &[&str], ignored: &[&str]) -> Scope {
        let files = paths
            .iter()
            .filter_map(|path| ContextFile::new(path.as_bytes()));
        Scope::new(
            files.collect(),
            ignored.iter().map(|glob| (*glob).to_owned()).collect(),
        )
    }

    #[test]
    fn the_deepest_context_file_claims_a_path() {
        let mut scope = scope(
            &[
                "CLAUDE.md",
                "src/auth/AGENTS.md",
                "src/auth/CLAUDE.md",
                "src/auth/deep/GEMINI.md",
            ],
            &["**/node_modules/**"],
        );
        let place =
            |scope: &Scope, path: &str| scope.place_of(scope.find(path.as_bytes()).unwrap());
        let top = place(&scope, "CLAUDE.md");
        let auth = place(&scope, "src/auth/CLAUDE.md");
        assert_eq!(place(&scope, "src/auth/AGENTS.md"), auth);
        for (path, expected) in [
            ("a.rs", Some(top)),
            ("src/a.rs", Some(top)),
            ("src/auth.rs", Some(top)),
            ("src/authors/x.rs", Some(top)),
            ("src/auth/x.rs", Some(auth)),
            ("src/auth/other/x.rs", Some(auth)),
            (
                "src/auth/deep/er/x.rs",
                Some(place(&scope, "src/auth/deep/GEMINI.md")),
            ),
            ("src/auth/CLAUDE.md", None),
            (".session/config.toml", None),
            ("src/auth/node_modules/x.js", None),
        ] {
            assert_eq!(scope.owner(path.as_bytes()), expected, "{path}");
        }
    }

    #[test]
    fn pages_are_about_everything_and_claim_nothing() {
        let mut scope = scope(&[".session/architecture.md", "src/CLAUDE.md"], &[]);
        assert_eq!(
            scope.place_of(scope.find(b".session/architecture.md").unwrap()),
            WHOLE
        );
        assert_eq!(scope.owner(b"README"), Some(WHOLE));
        assert_ne!(scope.owner(b"src/a"), Some(WHOLE));
    }
}
