//! Line coverage: the figure, and what a report of any of the known formats says. Commands call the parsers;
//! hooks only ever see a [`Percent`] that a command left.

mod cobertura;
mod coverage_py;
mod istanbul;
mod jacoco;
mod lcov;
mod paths;
mod tarpaulin;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

pub use lcov::parse_lcov;
pub use paths::{Paths, Place};

/// A share of 0 to 100 %, kept in tenths. In JSON it is a number, `79.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "f64", try_from = "f64")]
pub struct Percent(u16);

impl Percent {
    /// From tenths of a percent, 0 to 1000; `None` above.
    pub fn from_tenths(tenths: u16) -> Option<Self> {
        (tenths <= 1000).then_some(Self(tenths))
    }

    /// `part` of `whole`, rounded down to a tenth, so that 100 % means all of it. `None` if
    /// `whole` is 0; a `part` above `whole` counts as all.
    pub fn of(part: u64, whole: u64) -> Option<Self> {
        let tenths = u128::from(part.min(whole)) * 1000;
        let tenths = tenths.checked_div(u128::from(whole))?;
        u16::try_from(tenths).ok().and_then(Self::from_tenths)
    }

    /// Tenths of a percent, 0 to 1000.
    pub fn tenths(self) -> u16 {
        self.0
    }
}

/// `79%`, and `79.5%` where there is a tenth.
impl std::fmt::Display for Percent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 % 10 {
            0 => write!(f, "{}%", self.0 / 10),
            tenth => write!(f, "{}.{tenth}%", self.0 / 10),
        }
    }
}

impl From<Percent> for f64 {
    fn from(percent: Percent) -> Self {
        Self::from(percent.0) / 10.0
    }
}

/// A number that is no share of a hundred.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NotAPercentage(f64);

impl std::fmt::Display for NotAPercentage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is not between 0 and 100", self.0)
    }
}

impl std::error::Error for NotAPercentage {}

/// Rounds to the nearest tenth. Errors: below 0, above 100, not a number.
impl TryFrom<f64> for Percent {
    type Error = NotAPercentage;

    fn try_from(number: f64) -> Result<Self, NotAPercentage> {
        if !(0.0..=100.0).contains(&number) {
            return Err(NotAPercentage(number));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range was checked"
        )]
        Ok(Self((number * 10.0).round() as u16))
    }
}

/// Instrumented lines and how many of them ran at least once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineCoverage {
    /// Lines that can run; never 0 when it comes from a parser.
    pub found: u64,
    /// Lines that ran; at most `found` when it comes from a parser.
    pub hit: u64,
}

impl LineCoverage {
    /// `hit` of `found`, rounded down; `None` when nothing was found.
    pub fn percent(self) -> Option<Percent> {
        Percent::of(self.hit, self.found)
    }
}

/// A format of coverage reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A tracefile of lcov.
    Lcov,
    /// Cobertura XML.
    Cobertura,
    /// JaCoCo XML.
    Jacoco,
    /// JSON of coverage.py.
    CoveragePy,
    /// `coverage-summary.json` of Istanbul.
    Istanbul,
    /// JSON of cargo-tarpaulin.
    Tarpaulin,
}

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Lcov,
        Self::Cobertura,
        Self::Jacoco,
        Self::CoveragePy,
        Self::Istanbul,
        Self::Tarpaulin,
    ];

    /// The name for people and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lcov => "lcov",
            Self::Cobertura => "Cobertura XML",
            Self::Jacoco => "JaCoCo XML",
            Self::CoveragePy => "coverage.py JSON",
            Self::Istanbul => "Istanbul summary",
            Self::Tarpaulin => "tarpaulin JSON",
        }
    }
}

/// The lines of a file that can run, and whether each did.
pub type Lines = BTreeMap<u32, bool>;

/// What a report says of one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileReport {
    /// The path as the report has it: anything at all.
    pub path: Vec<u8>,
    /// Its lines; empty where the format has none.
    pub lines: Lines,
}

/// A coverage report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What it was recognised as.
    pub format: Format,
    /// All lines together.
    pub total: LineCoverage,
    /// Directories that its paths are relative to, where it names them.
    pub sources: Vec<Vec<u8>>,
    /// Its files; a path can occur more than once.
    pub files: Vec<FileReport>,
}

impl Report {
    /// Reads a report. The format is told from the content: XML by its root, JSON by its keys, anything else is
    /// taken for an LCOV tracefile. `None`: it is no report that is known, it ends too early, it knows no line, or it
    /// counts what cannot be.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
        let report = match first? {
            b'<' => cobertura::parse(text).or_else(|| jacoco::parse(text)),
            b'{' => match Keys::of(text)? {
                Keys::CoveragePy => coverage_py::parse(text),
                Keys::Istanbul => istanbul::parse(text),
                Keys::Tarpaulin => tarpaulin::parse(text),
            },
            _ => lcov::parse(text),
        };
        report.filter(|report| report.total.found > 0)
    }

    /// Whether it says which lines ran.
    pub fn knows_lines(&self) -> bool {
        self.files.iter().any(|file| !file.lines.is_empty())
    }

    /// How many of these added lines ran, of those that the report knows, and which of their files it does not
    /// know at all.
    pub fn of_added<'a>(
        &self,
        added: &'a Added,
        paths: &Paths,
        place: &Place<'_>,
    ) -> (LineCoverage, Vec<&'a [u8]>) {
        let mut known: BTreeMap<&[u8], Lines> = BTreeMap::new();
        for file in &self.files {
            let path = paths.resolve(&file.path, place);
            let path = path.filter(|path| added.contains_key(*path));
            if let Some(path) = path {
                unite(known.entry(path).or_default(), &file.lines);
            }
        }
        let mut sum = LineCoverage::default();
        let mut unknown = Vec::new();
        for (path, ranges) in added.iter().filter(|(_, ranges)| !ranges.is_empty()) {
            let Some(lines) = known.get(path.as_slice()) else {
                unknown.push(path.as_slice());
                continue;
            };
            for (start, count) in ranges {
                let range = *start..start.saturating_add(*count);
                sum.add(LineCoverage::of(lines.range(range).map(|(_, ran)| *ran)));
            }
        }
        (sum, unknown)
    }
}

/// The changed files of a work tree by path, each with its added lines: first line and count.
pub type Added = BTreeMap<Vec<u8>, Vec<(u32, u32)>>;

impl LineCoverage {
    /// Of lines that ran or did not.
    fn of(lines: impl Iterator<Item = bool>) -> Self {
        let mut sum = Self::default();
        for ran in lines {
            sum.found += 1;
            sum.hit += u64::from(ran);
        }
        sum
    }

    /// Of what a report says without naming lines; `None` when more lines ran than there are.
    fn claimed(found: u64, hit: u64) -> Option<Self> {
        (hit <= found).then_some(Self { found, hit })
    }

    fn add(&mut self, other: Self) {
        self.found = self.found.saturating_add(other.found);
        self.hit = self.hit.saturating_add(other.hit);
    }

    /// Of all lines of these files, or, when they have none, what the report says.
    fn of_files(files: &[FileReport], claimed: Self) -> Self {
        let lines = files.iter().flat_map(|file| file.lines.values());
        let counted = Self::of(lines.copied());
        if counted.found > 0 { counted } else { claimed }
    }
}

/// A line that ran in any of its entries ran.
fn unite(lines: &mut Lines, more: &Lines) {
    for (line, ran) in more {
        *lines.entry(*line).or_default() |= ran;
    }
}

/// The files of a report, united by path.
fn files(lines: BTreeMap<Vec<u8>, Lines>) -> Vec<FileReport> {
    let file = |(path, lines)| FileReport { path, lines };
    lines.into_iter().map(file).collect()
}

/// Which tool wrote a JSON document, by its keys.
enum Keys {
    CoveragePy,
    Istanbul,
    Tarpaulin,
}

impl Keys {
    fn of(json: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Shape {
            files: Option<Files>,
            total: Option<IgnoredAny>,
        }
        let shape: Shape = serde_json::from_slice(json).ok()?;
        match (shape.files, shape.total) {
            (Some(Files::List), _) => Some(Self::Tarpaulin),
            (Some(Files::Map), _) => Some(Self::CoveragePy),
            (None, Some(_)) => Some(Self::Istanbul),
            (None, None) => None,
        }
    }
}

/// Whether the files are listed or named.
enum Files {
    List,
    Map,
}

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FilesVisitor)
    }
}

struct FilesVisitor;

impl<'de> Visitor<'de> for FilesVisitor {
    type Value = Files;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("files")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Files, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Files::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Files, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Files::Map)
    }
}

#[cfg(test)]
mod figures_tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(found: u64, hit: u64) -> LineCoverage {
        LineCoverage { found, hit }
    }

    #[test]
    fn tracefiles_are_summed() {
        let table: [(&str, Option<LineCoverage>); 13] = [
            ("", None),
            ("hello\nworld", None),
            ("TN:\nSF:a\nLF:0\nLH:0\nend_of_record", None),
            (
                "SF:a\nDA:1,1\nDA:2,0\nLF:10\nLH:7\nend_of_record\n",
                Some(lines(10, 7)),
            ),
            (
                "SF:a\r\nLF:10\r\nLH:7\r\nend_of_record\r\n",
                Some(lines(10, 7)),
            ),
            (
                "LF:10\nLH:7\nend_of_record\nLF:2\nLH:2\nend_of_record",
                Some(lines(12, 9)),
            ),
            (
                "DA:1,1\nDA:2,0\nDA:3,5,abc==\nend_of_record",
                Some(lines(3, 2)),
            ),
            ("DA:1,0\nDA:1,4\nDA:2,0\n", Some(lines(2, 1))),
            ("LF:4\nDA:1,1\nend_of_record\nLF:2\nLH:1", Some(lines(3, 2))),
            (
                "LF:x\nLH:-1\nDA:1,1\nDA:y,1\nDA:2\nDA:3,-2\n",
                Some(lines(1, 1)),
            ),
            ("LF:2\nLH:9\n", None),
            ("LF:2\nLH:9\nend_of_record\nLF:5\nLH:1", None),
            (
                "LF:18446744073709551615\nLH:1\nend_of_record\nLF:5\nLH:1",
                None,
            ),
        ];
        for (text, expected) in table {
            assert_eq!(parse_lcov(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn a_line_that_is_not_text_is_skipped() {
        assert_eq!(parse_lcov(b"SF:\xff\nLF:2\nLH:1\n"), Some(lines(2, 1)));
    }

    #[test]
    fn percentages_are_rounded_down_and_short() {
        let table = [
            (79, 100, "79%"),
            (1, 3, "33.3%"),
            (2, 3, "66.6%"),
            (9999, 10000, "99.9%"),
            (5, 5, "100%"),
        ];
        for (hit, found, expected) in table {
            let percent = LineCoverage { found, hit }.percent().unwrap();
            assert_eq!(percent.to_string(), expected);
        }
        assert_eq!(LineCoverage::default().percent(), None);
        assert_eq!(Percent::of(u64::MAX, u64::MAX), Percent::from_tenths(1000));
    }

    #[test]
    fn a_percentage_is_a_number_in_json() {
        let percent = Percent::from_tenths(790).unwrap();
        assert_eq!(serde_json::to_string(&percent).unwrap(), "79.0");
        assert_eq!(serde_json::from_str::<Percent>("79").unwrap(), percent);
        for odd in ["-1", "100.5", "\"79\"", "null"] {
            assert!(serde_json::from_str::<Percent>(odd).is_err(), "{odd}");
        }
        assert!(Percent::try_from(f64::NAN).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_share_or_nothing(bytes in any::<Vec<u8>>()) {
            if let Some(lines) = parse_lcov(&bytes) {
                prop_assert!(lines.hit <= lines.found && lines.found > 0);
                prop_assert!(lines.percent().is_some());
            }
        }

        #[test]
        fn almost_tracefiles_give_a_share_or_nothing(
            lines in prop::collection::vec("(LF|LH|DA|SF|end_of_record):?[0-9,-]{0,22}", 0..40)
        ) {
            if let Some(lines) = parse_lcov(lines.join("\n").as_bytes()) {
                prop_assert!(lines.hit <= lines.found && lines.found > 0);
            }
        }

        #[test]
        fn every_percentage_survives_json(tenths in 0u16..=1000) {
            let percent = Percent::from_tenths(tenths).unwrap();
            let text = serde_json::to_string(&percent).unwrap();
            prop_assert_eq!(serde_json::from_str::<Percent>(&text).unwrap(), percent);
        }
    }
}
