//! Dates as other systems write them: most without a time zone, which then is that of the machine.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// An instant as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// With a time zone.
    Utc(DateTime<Utc>),
    /// In the time of the machine that wrote it.
    Local(NaiveDateTime),
}

/// The forms without a time zone.
const FORMS: &[&str] = &[
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H-%M-%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y%m%d-%H%M%S",
];

impl Stamp {
    /// Reads a date in one of the known forms.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(known) = DateTime::parse_from_rfc3339(text) {
            return Some(Self::Utc(known.to_utc()));
        }
        let with_time = |form: &&str| NaiveDateTime::parse_from_str(text, form).ok();
        let day = || {
            NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .ok()?
                .and_hms_opt(0, 0, 0)
        };
        FORMS
            .iter()
            .find_map(with_time)
            .or_else(day)
            .map(Self::Local)
    }

    /// The first date in a name such as `2025-11-12T14-30-00-HANDOFF` or `handoff_20251112-143000`.
    pub fn in_name(name: &str) -> Option<Self> {
        let starts = name.char_indices().map(|(at, _)| at);
        let mut tails = starts
            .filter_map(|at| name.get(at..))
            .filter(|tail| tail.starts_with("20"));
        tails.find_map(|tail| {
            [19, 15]
                .iter()
                .find_map(|length| Self::parse(tail.get(..*length)?))
        })
    }

    /// The instant. `zone`: what a local time of the machine is.
    pub fn instant(
        self,
        zone: impl Fn(NaiveDateTime) -> Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        match self {
            Self::Utc(at) => Some(at),
            Self::Local(at) => zone(at),
        }
    }
}
