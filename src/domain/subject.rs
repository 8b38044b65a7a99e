//! The subject of a commit whose author wrote none: `type(scope): what was done`, from paths, the branch and the
//! objective. A suggestion that is always a valid first line, whatever files are called.
//!
//! *Type*, the first that holds: only tests `test`, only documents `docs`, only continuous integration `ci`, only
//! build and lock files `build`, only deployment `ops`; only deletions or moves `refactor` where there is source,
//! else `chore`; what the branch says (`feature/`, `bugfix/`, `refactor/` …), where source is touched only if it
//! is about source; a new source file `feat`; else `chore`.
//!
//! *Scope*: the deepest directory that all paths are in and that says something; none where there is none.
//!
//! *What was done*: the objective where it fits into the line, as an order (`work on …` before one that is none),
//! else the path with the most changed lines and how many more there are.

mod tables;

use unicode_width::UnicodeWidthStr as _;

use super::impact::ChangeKind;
use super::trailers::clean;
use tables::{BRANCHES, Class, ENTRIES, SILENT, VERBS, class_of};

/// The most columns of a first line, and the most characters.
pub const MOST_COLUMNS: usize = 72;

/// The longest scope.
const LONGEST_SCOPE: usize = 20;

/// One changed path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Relative to the top of the work tree, bytes as git has them.
    pub path: Vec<u8>,
    /// What happened.
    pub kind: ChangeKind,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub removed: u64,
}

/// The type of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// New behaviour.
    Feat,
    /// A fault is gone.
    Fix,
    /// Another shape of the same behaviour.
    Refactor,
    /// The same, faster.
    Perf,
    /// Layout only.
    Style,
    /// Tests only.
    Test,
    /// Documents only.
    Docs,
    /// How it is built, and from what.
    Build,
    /// Where and how it runs.
    Ops,
    /// What checks it.
    Ci,
    /// Anything else.
    Chore,
}

impl Type {
    /// The word before the colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Feat => "feat",
            Self::Fix => "fix",
            Self::Refactor => "refactor",
            Self::Perf => "perf",
            Self::Style => "style",
            Self::Test => "test",
            Self::Docs => "docs",
            Self::Build => "build",
            Self::Ops => "ops",
            Self::Ci => "ci",
            Self::Chore => "chore",
        }
    }

    const fn is_about_source(self) -> bool {
        matches!(
            self,
            Self::Feat | Self::Fix | Self::Refactor | Self::Perf | Self::Style
        )
    }

    /// What a branch is for: by a part of its name that is not the last one.
    pub fn of_branch(branch: &str) -> Option<Self> {
        let (parts, _) = branch.rsplit_once('/')?;
        let of = |part: &str| {
            let mut rows = BRANCHES.iter();
            rows.find(|(word, _)| word.eq_ignore_ascii_case(part))
        };
        parts.split('/').find_map(of).map(|(_, kind)| *kind)
    }
}

/// The first line of a commit with these changes: at most [`MOST_COLUMNS`], no control characters.
///
/// `objective`: what is being worked on, where it may be told. `branch`: the branch that it is made on.
pub fn suggest(changes: &[Change], objective: Option<&str>, branch: Option<&str>) -> String {
    let kind = type_of(changes, branch);
    let scope = scope(changes).filter(|scope| scope != kind.name());
    let scope = scope.map_or_else(String::new, |scope| format!("({scope})"));
    let start = format!("{}{scope}: ", kind.name());
    let room = MOST_COLUMNS - start.len();
    let fits = |text: &String| text.width() <= room && text.chars().count() <= room;
    let subject = objective
        .and_then(order)
        .filter(fits)
        .or_else(|| done(changes).find(fits))
        .unwrap_or_else(|| "update files".to_owned());
    format!("{start}{subject}")
}

/// The type, by the table at the top.
fn type_of(changes: &[Change], branch: Option<&str>) -> Type {
    let classes: Vec<Class> = changes.iter().map(|c| class_of(&c.path)).collect();
    let only = |class| !classes.is_empty() && classes.iter().all(|known| *known == class);
    let own = [
        (Class::Tests, Type::Test),
        (Class::Docs, Type::Docs),
        (Class::Ci, Type::Ci),
        (Class::Build, Type::Build),
        (Class::Ops, Type::Ops),
    ];
    if let Some((_, kind)) = own.into_iter().find(|(class, _)| only(*class)) {
        return kind;
    }
    let source = classes.contains(&Class::Source);
    let all = |wanted: fn(&ChangeKind) -> bool| {
        !changes.is_empty() && changes.iter().all(|change| wanted(&change.kind))
    };
    let moved = |kind: &ChangeKind| matches!(kind, ChangeKind::Renamed { .. });
    if all(|kind| *kind == ChangeKind::Deleted) || all(moved) {
        return if source { Type::Refactor } else { Type::Chore };
    }
    let said = branch.and_then(Type::of_branch);
    let mut paired = changes.iter().zip(&classes);
    let is_new = |(change, class): (&Change, &Class)| {
        change.kind == ChangeKind::Added && *class == Class::Source
    };
    match said {
        Some(kind) if !source || kind.is_about_source() => kind,
        _ if paired.any(is_new) => Type::Feat,
        _ => Type::Chore,
    }
}

/// The deepest directory that all paths share, those left out that say nothing.
fn scope(changes: &[Change]) -> Option<String> {
    let mut paths = changes.iter().map(|change| telling(&change.path));
    let first = paths.next()?;
    let shared = paths.fold(first, |shared, other| {
        let same = shared.iter().zip(&other).take_while(|(a, b)| a == b);
        let count = same.count();
        shared[..count].to_vec()
    });
    shared.into_iter().next_back()
}

/// The directories of a path that say something, as they stand in a scope; hidden ones are for tools.
fn telling(path: &[u8]) -> Vec<String> {
    let mut parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
    parts.pop();
    let shown = parts.into_iter().filter(|part| !part.starts_with(b"."));
    let words = shown.map(scope_word);
    words
        .filter(|word| !word.is_empty() && !SILENT.contains(&word.as_str()))
        .collect()
}

/// Letters and digits in lower case, everything else as one `-`, none at either end.
fn scope_word(directory: &[u8]) -> String {
    let mut word = String::new();
    for byte in directory {
        if byte.is_ascii_alphanumeric() {
            word.push(char::from(byte.to_ascii_lowercase()));
        } else if !word.is_empty() && !word.ends_with('-') {
            word.push('-');
        }
    }
    word.truncate(LONGEST_SCOPE);
    word.truncate(word.trim_end_matches('-').len());
    word
}

/// The objective as an order without a period; `None` where nothing is left of it.
fn order(objective: &str) -> Option<String> {
    let line = objective.lines().find(|line| !line.trim().is_empty())?;
    let text = clean(line);
    let text = text.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let text = text.trim_end_matches(['.', ' ', ':', ';', ',']);
    let (first, rest) = text.split_at(text.find(' ').unwrap_or(text.len()));
    let lower = first.to_ascii_lowercase();
    if text.is_empty() {
        None
    } else if VERBS.contains(&lower.as_str()) {
        Some(format!("{lower}{rest}"))
    } else {
        Some(format!("work on {text}"))
    }
}

/// What was done, in fewer and fewer words.
fn done(changes: &[Change]) -> impl Iterator<Item = String> {
    let verb = verb(changes);
    let count = changes.len();
    let rest = match count.saturating_sub(1) {
        0 => String::new(),
        1 => " and 1 more file".to_owned(),
        more => format!(" and {more} more files"),
    };
    let told = main_path(changes).and_then(name);
    let told = told.map(|name| format!("{verb} {name}{rest}"));
    let counted = match count {
        0 => None,
        1 => Some(format!("{verb} a file")),
        count => Some(format!("{verb} {count} files")),
    };
    told.into_iter().chain(counted)
}

/// One word for what happened to all of them.
fn verb(changes: &[Change]) -> &'static str {
    let word = |change: &Change| match change.kind {
        ChangeKind::Added => "add",
        ChangeKind::Deleted => "remove",
        ChangeKind::Renamed { .. } => "move",
        ChangeKind::Modified | ChangeKind::TypeChanged => "update",
    };
    let mut words = changes.iter().map(word);
    match words.next() {
        Some(first) if words.all(|other| other == first) => first,
        _ => "update",
    }
}

/// The path with the most changed lines: of source where there is any, of equal ones the first.
fn main_path(changes: &[Change]) -> Option<&[u8]> {
    let weight = |change: &&Change| {
        let lines = change.added.saturating_add(change.removed);
        (class_of(&change.path) == Class::Source, lines)
    };
    let main = changes
        .iter()
        .max_by(|a, b| weight(a).cmp(&weight(b)).then_with(|| b.path.cmp(&a.path)))?;
    Some(&main.path)
}

/// What a path is called: its file name, of source without the extension; the directory where that says more.
/// `None` where nothing of it can be shown.
fn name(path: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(path);
    let (directories, file) = text.rsplit_once('/').unwrap_or(("", &text));
    let is_source = matches!(class_of(path), Class::Source | Class::Tests);
    let stem = match file.rsplit_once('.') {
        Some((stem, _)) if is_source && !stem.is_empty() => stem,
        _ => file,
    };
    let parent = directories.rsplit('/').next().unwrap_or_default();
    let is_entry = is_source && ENTRIES.contains(&stem);
    let told = if is_entry && !parent.is_empty() && !SILENT.contains(&parent) {
        parent
    } else {
        stem
    };
    let told = clean(told);
    let told = told.trim_end_matches(['.', ' ']);
    (!told.is_empty()).then(|| told.to_owned())
}

#[cfg(test)]
mod tests;
