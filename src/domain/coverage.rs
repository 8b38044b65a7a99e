//! Line coverage: the figure, and how it is read from an LCOV tracefile. Commands call the
//! parser; hooks only ever see a [`Percent`] that a command left.

use serde::{Deserialize, Serialize};

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

/// Sums an LCOV tracefile (`man geninfo`, "FILES"): for each record (up to `end_of_record`) its
/// `LF` and `LH`, or, where one of them is missing, its distinct `DA` lines.
///
/// A malformed line counts as not there, a missing last `end_of_record` as present. Two records
/// of one source file (one a test name) are added, not united. `None`: no line was found.
pub fn parse_lcov(tracefile: &[u8]) -> Option<LineCoverage> {
    let mut total = LineCoverage::default();
    let mut record = Record::default();
    for line in tracefile.split(|&byte| byte == b'\n') {
        let Ok(line) = std::str::from_utf8(line) else {
            continue;
        };
        let line = line.trim();
        if line == "end_of_record" {
            std::mem::take(&mut record).add_to(&mut total);
        } else if let Some(value) = line.strip_prefix("LF:") {
            record.found = value.trim().parse().ok().or(record.found);
        } else if let Some(value) = line.strip_prefix("LH:") {
            record.hit = value.trim().parse().ok().or(record.hit);
        } else if let Some(value) = line.strip_prefix("DA:") {
            record.lines.extend(data_line(value));
        }
    }
    record.add_to(&mut total);
    (total.found > 0).then_some(total)
}

#[derive(Default)]
struct Record {
    found: Option<u64>,
    hit: Option<u64>,
    lines: Vec<(u64, bool)>,
}

impl Record {
    fn add_to(mut self, total: &mut LineCoverage) {
        let (found, hit) = if let (Some(found), Some(hit)) = (self.found, self.hit) {
            (found, hit.min(found))
        } else {
            // Sorted, `true` first, so that a line which ran in any of its entries counts.
            self.lines
                .sort_unstable_by_key(|&(number, ran)| (number, !ran));
            self.lines.dedup_by_key(|&mut (number, _)| number);
            let ran = self.lines.iter().filter(|&&(_, ran)| ran).count();
            (self.lines.len() as u64, ran as u64)
        };
        total.found = total.found.saturating_add(found);
        total.hit = total.hit.saturating_add(hit);
    }
}

/// `<line number>,<times run>[,<checksum>]`.
fn data_line(value: &str) -> Option<(u64, bool)> {
    let mut fields = value.split(',');
    let number = fields.next()?.trim().parse().ok()?;
    let times: u64 = fields.next()?.trim().parse().ok()?;
    Some((number, times > 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(found: u64, hit: u64) -> LineCoverage {
        LineCoverage { found, hit }
    }

    #[test]
    fn tracefiles_are_summed() {
        let table: [(&str, Option<LineCoverage>); 12] = [
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
            ("LF:2\nLH:9\n", Some(lines(2, 2))),
            (
                "LF:18446744073709551615\nLH:1\nend_of_record\nLF:5\nLH:1",
                Some(lines(u64::MAX, 2)),
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
