//! What one commit changed, as a value: paths, tests, coverage. Hooks and commands build it from
//! what git says; trailers show its [`lines`](Impact::lines), notes and records keep its JSON.

mod json;
mod renames;

pub use renames::{RawChange, RawKind, pair_renames};

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use super::coverage::Percent;
use super::path_text::quote_path;
use super::tests_table::language_of;

/// Most paths that [`Impact::lines`] shows.
pub const MOST_PATHS: usize = 8;

/// What happened to a path, in the order in which a summary shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// The path is new.
    Added,
    /// Its content or mode changed.
    Modified,
    /// It became something else: a file a symbolic link, a submodule, or the reverse.
    TypeChanged,
    /// It has the content that the path `from` had before.
    Renamed {
        /// The former path, bytes as git has them.
        from: Vec<u8>,
    },
    /// The path is gone.
    Deleted,
}

/// One changed path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// Where: relative to the top of the work tree, `/` between segments, bytes as git has them.
    pub path: Vec<u8>,
}

/// Tests that a change added and took away, by the lines that begin one. A test that was moved
/// counts in both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Added lines that begin a test.
    #[serde(rename = "added", default)]
    pub tests_added: u32,
    /// Removed lines that began one.
    #[serde(rename = "removed", default)]
    pub tests_removed: u32,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.tests_added = self.tests_added.saturating_add(other.tests_added);
        self.tests_removed = self.tests_removed.saturating_add(other.tests_removed);
    }
}

/// Line coverage around a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageChange {
    /// The figure before, if one was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Percent>,
    /// The figure now.
    pub after: Percent,
}

/// The summary of one commit's change. Serialised in a compact form, keys that have nothing to
/// say left out, paths as [`quote_path`] writes them:
///
/// `{"added":["a"],"modified":["m"],"typechanged":["t"],"renamed":[["from","to"]],
/// "deleted":["d"],"files":5,"tests":{"added":12,"removed":0},"coverage":{"before":79.0,"after":84.0}}`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Impact {
    /// Changed paths; may be fewer than there are.
    pub changes: Vec<Change>,
    /// Tests, or `None` where they were not counted, which is not the same as no test.
    pub tests: Option<Counts>,
    /// Coverage, or `None` where no figure is known.
    pub coverage: Option<CoverageChange>,
    /// How many paths changed, a rename being one; at least as many as `changes`.
    pub total_files: usize,
    /// Whether there are more than `total_files`: nobody counted further.
    pub uncounted: bool,
}

impl Impact {
    /// An impact of these changes, all of them, with nothing counted yet.
    pub fn of(mut changes: Vec<Change>) -> Self {
        changes.sort_unstable();
        let total_files = changes.len();
        Self {
            changes,
            tests: None,
            coverage: None,
            total_files,
            uncounted: false,
        }
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
            && self.tests.is_none()
            && self.coverage.is_none()
            && self.total_files == 0
    }

    /// Takes in what another commit changed that became part of this one: its paths where they are not named
    /// yet, its tests, its coverage.
    pub fn absorb(&mut self, other: &Self) {
        let named = self.changes.len();
        for change in &other.changes {
            if !self.changes.iter().any(|known| known.path == change.path) {
                self.changes.push(change.clone());
            }
        }
        self.changes.sort_unstable();
        let unnamed = other.total_files.saturating_sub(other.changes.len());
        self.total_files += self.changes.len() - named + unnamed;
        self.uncounted |= other.uncounted;
        if let Some(counts) = other.tests {
            *self.tests.get_or_insert_default() += counts;
        }
        if let Some(coverage) = other.coverage {
            let before = self.coverage.map_or(coverage.before, |own| own.before);
            self.coverage = Some(CoverageChange {
                before,
                after: coverage.after,
            });
        }
    }

    /// The texts after `Impact: `, each of one line: at most [`MOST_PATHS`] paths by kind and path
    /// (`added a`, `modified m`, `type changed t`, `renamed from -> to`, `deleted d`), `and N more`
    /// (`and at least N more` where nobody counted further),
    /// `tests +12 -2`, `coverage 79% -> 84%`. Zero tests and an unchanged coverage say nothing.
    pub fn lines(&self) -> Vec<String> {
        let mut sorted: Vec<&Change> = self.changes.iter().collect();
        sorted.sort_unstable();
        sorted.truncate(MOST_PATHS);
        let mut lines: Vec<String> = sorted.iter().map(|change| change.line()).collect();
        let more = self.total_files.max(self.changes.len()) - lines.len();
        if more > 0 && !lines.is_empty() {
            lines.push(format!("and {}{more} more", self.at_least()));
        } else if more > 0 {
            lines.push(format!(
                "{}{more} {}",
                self.at_least(),
                if more == 1 { "file" } else { "files" }
            ));
        }
        lines.extend(self.tests.and_then(Counts::line));
        lines.extend(self.coverage.and_then(CoverageChange::line));
        lines
    }

    /// What stands before a number of files.
    pub(super) const fn at_least(&self) -> &'static str {
        if self.uncounted { "at least " } else { "" }
    }

    /// The tests that lines tell of which were [`lines`](Self::lines) of this very change, such as those in the
    /// commit that made it; none told is zero. `None` when they name other paths than this change does. Its
    /// own tests and coverage are not looked at.
    pub fn tests_told<'a>(&self, lines: impl Iterator<Item = &'a str>) -> Option<Counts> {
        let paths = Self {
            tests: None,
            coverage: None,
            ..self.clone()
        };
        let mut own = paths.lines().into_iter();
        let mut told = Counts::default();
        for line in lines {
            if let Some(counts) = Counts::parse(line) {
                told = counts;
            } else if !line.starts_with("coverage ") && own.next().as_deref() != Some(line) {
                return None;
            }
        }
        own.next().is_none().then_some(told)
    }

    /// Drops the last changes, in the order of [`lines`](Self::lines), until at most `paths` of
    /// them are left and their paths are at most `bytes` long together, because a record must fit
    /// into one line of the log. `total_files` keeps the true number.
    pub fn limit(&mut self, paths: usize, bytes: usize) {
        self.total_files = self.total_files.max(self.changes.len());
        self.changes.sort_unstable();
        let mut used = 0usize;
        let fitting = self.changes.iter().take(paths).take_while(|change| {
            used = used.saturating_add(change.text_len());
            used <= bytes
        });
        let keep = fitting.count();
        self.changes.truncate(keep);
    }
}

impl Change {
    fn line(&self) -> String {
        let path = quote_path(&self.path);
        match &self.kind {
            ChangeKind::Added => format!("added {path}"),
            ChangeKind::Modified => format!("modified {path}"),
            ChangeKind::TypeChanged => format!("type changed {path}"),
            ChangeKind::Renamed { from } => format!("renamed {} -> {path}", quote_path(from)),
            ChangeKind::Deleted => format!("deleted {path}"),
        }
    }

    fn text_len(&self) -> usize {
        let from = match &self.kind {
            ChangeKind::Renamed { from } => quote_path(from).len(),
            _ => 0,
        };
        quote_path(&self.path).len() + from
    }
}

impl Counts {
    fn line(self) -> Option<String> {
        match (self.tests_added, self.tests_removed) {
            (0, 0) => None,
            (added, 0) => Some(format!("tests +{added}")),
            (0, removed) => Some(format!("tests -{removed}")),
            (added, removed) => Some(format!("tests +{added} -{removed}")),
        }
    }
}

impl Counts {
    /// Reads what [`Counts::line`] writes, and nothing else.
    fn parse(line: &str) -> Option<Self> {
        let mut counts = Self::default();
        for word in line.strip_prefix("tests ")?.split(' ') {
            match word.split_at_checked(1)? {
                ("+", number) => counts.tests_added = number.parse().ok()?,
                ("-", number) => counts.tests_removed = number.parse().ok()?,
                _ => return None,
            }
        }
        (counts.line().as_deref() == Some(line)).then_some(counts)
    }
}

impl CoverageChange {
    fn line(self) -> Option<String> {
        match self.before {
            None => Some(format!("coverage {}", self.after)),
            Some(before) if before == self.after => None,
            Some(before) => Some(format!("coverage {before} -> {}", self.after)),
        }
    }
}

/// Counts the tests that begin in the added and the removed lines (without their `+` and `-`) of
/// one file. A file in no language of the table, or where tests do not count, has none.
pub fn count_tests<'a>(
    path: &[u8],
    added: impl Iterator<Item = &'a [u8]>,
    removed: impl Iterator<Item = &'a [u8]>,
) -> Counts {
    let Some(language) = language_of(path) else {
        return Counts::default();
    };
    let fit = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Counts {
        tests_added: fit(added.filter(|line| language.begins_test(line)).count()),
        tests_removed: fit(removed.filter(|line| language.begins_test(line)).count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn change(kind: ChangeKind, path: &str) -> Change {
        Change {
            kind,
            path: path.as_bytes().to_vec(),
        }
    }

    fn percent(tenths: u16) -> Percent {
        Percent::from_tenths(tenths).unwrap()
    }

    #[test]
    fn changes_are_listed_by_kind_then_path() {
        let impact = Impact::of(vec![
            change(ChangeKind::Deleted, "d"),
            change(
                ChangeKind::Renamed {
                    from: b"old -> x".to_vec(),
                },
                "new",
            ),
            change(ChangeKind::Modified, "m"),
            change(ChangeKind::TypeChanged, "t"),
            change(ChangeKind::Added, "b\n"),
            change(ChangeKind::Added, "a b"),
        ]);
        assert_eq!(
            impact.lines(),
            [
                "added a b",
                "added \"b\\n\"",
                "modified m",
                "type changed t",
                "renamed \"old -> x\" -> new",
                "deleted d",
            ]
        );
    }

    #[test]
    fn at_most_eight_paths_are_listed() {
        let of = |count: usize| {
            let changes = (0..count).map(|n| change(ChangeKind::Added, &format!("f{n:05}")));
            Impact::of(changes.collect())
        };
        assert_eq!(of(8).lines().len(), 8);
        assert_eq!(of(9).lines().last().unwrap(), "and 1 more");
        let mut many = of(20_000);
        assert_eq!(many.lines().last().unwrap(), "and 19992 more");
        many.uncounted = true;
        assert_eq!(many.lines().last().unwrap(), "and at least 19992 more");
        many.uncounted = false;
        many.limit(100, usize::MAX);
        assert_eq!((many.changes.len(), many.total_files), (100, 20_000));
        assert_eq!(many.lines().last().unwrap(), "and 19992 more");
        many.limit(100, 15);
        assert_eq!(
            many.lines(),
            ["added f00000", "added f00001", "and 19998 more"]
        );
        many.limit(0, 0);
        assert_eq!(many.lines(), ["20000 files"]);
    }

    #[test]
    fn tests_and_coverage_are_one_line_each() {
        let lines = |added, removed, before: Option<u16>, after| {
            let impact = Impact {
                tests: Some(Counts {
                    tests_added: added,
                    tests_removed: removed,
                }),
                coverage: Some(CoverageChange {
                    before: before.map(percent),
                    after: percent(after),
                }),
                ..Impact::default()
            };
            impact.lines().join("; ")
        };
        assert_eq!(
            lines(12, 0, Some(790), 840),
            "tests +12; coverage 79% -> 84%"
        );
        assert_eq!(lines(0, 2, Some(795), 795), "tests -2");
        assert_eq!(lines(12, 2, None, 845), "tests +12 -2; coverage 84.5%");
        assert_eq!(lines(0, 0, Some(1000), 999), "coverage 100% -> 99.9%");
        assert_eq!(Impact::default().lines(), Vec::<String>::new());
    }

    #[test]
    fn counts_are_read_from_their_line() {
        for (added, removed) in [(1, 0), (0, 2), (12, 2), (u32::MAX, u32::MAX)] {
            let counts = Counts {
                tests_added: added,
                tests_removed: removed,
            };
            assert_eq!(Counts::parse(&counts.line().unwrap()), Some(counts));
        }
        for line in [
            "",
            "tests ",
            "tests 1",
            "tests +0",
            "tests +01",
            "tests -1 +2",
            "tests +1 +2",
            "tests +-1",
            "tests +1 ",
            "tests  +1",
            "tests +4294967296",
            "tests é",
        ] {
            assert_eq!(Counts::parse(line), None, "{line}");
        }
    }

    #[test]
    fn tests_are_told_only_by_the_lines_of_the_same_change() {
        let bare = Impact::of(
            (0..10)
                .map(|n| change(ChangeKind::Modified, &format!("f {n}")))
                .collect(),
        );
        let counts = Counts {
            tests_added: 3,
            tests_removed: 1,
        };
        let told =
            |impact: &Impact, lines: &[String]| impact.tests_told(lines.iter().map(String::as_str));
        for tests in [None, Some(counts)] {
            let whole = Impact {
                tests,
                coverage: Some(CoverageChange {
                    before: None,
                    after: percent(790),
                }),
                ..bare.clone()
            };
            let lines = whole.lines();
            assert_eq!(told(&bare, &lines), Some(tests.unwrap_or_default()));
            assert_eq!(told(&whole, &lines), Some(tests.unwrap_or_default()));
            assert_eq!(told(&bare, &lines[1..]), None);
            assert_eq!(told(&bare, &[]), None);
            assert_eq!(told(&Impact::default(), &lines), None);
        }
        assert_eq!(told(&Impact::default(), &[]), Some(Counts::default()));
    }

    #[test]
    fn tests_are_counted_by_their_first_lines() {
        let count = |path: &str, added: &str, removed: &str| {
            let lines = |text: &'static str| text.lines().map(str::as_bytes);
            let (added, removed) = (added.to_owned().leak(), removed.to_owned().leak());
            let counts = count_tests(path.as_bytes(), lines(added), lines(removed));
            (counts.tests_added, counts.tests_removed)
        };
        assert_eq!(
            count(
                "src/a.rs",
                "#[test]\nfn a() {}\n    #[test]\r\n",
                "// #[test]\n"
            ),
            (2, 0)
        );
        assert_eq!(count("a.py", "x = 1\n", "def test_a():\n"), (0, 1));
        assert_eq!(count("src/a.js", "it('adds')\n", ""), (0, 0));
        assert_eq!(count("src/a.test.js", "it('adds')\n", ""), (1, 0));
        assert_eq!(count("README.md", "#[test]\n", ""), (0, 0));
    }

    #[test]
    fn counts_add_up_without_overflow() {
        let mut sum = Counts {
            tests_added: u32::MAX,
            tests_removed: 1,
        };
        sum += Counts {
            tests_added: 5,
            tests_removed: 2,
        };
        assert_eq!(
            sum,
            Counts {
                tests_added: u32::MAX,
                tests_removed: 3
            }
        );
    }
}
