//! Durations and dates as people write and read them. Nothing here knows what time it is: `now`
//! is always handed in. Active time is counted in [`ActiveClock`].

mod active;

pub use active::{ActiveClock, Mark};

use std::time::Duration;

use chrono::{
    DateTime, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc,
};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Letters of a typed duration and their seconds, greatest first.
const UNITS: [(char, u64); 5] = [
    ('w', 7 * DAY),
    ('d', DAY),
    ('h', HOUR),
    ('m', MINUTE),
    ('s', 1),
];

/// A text that is no duration or no date; says what would have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadTime {
    /// Not of the form `1h30m`.
    Duration(String),
    /// Not a date that [`parse_when`] knows, or one out of range.
    Date(String),
}

impl std::fmt::Display for BadTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Duration(text) => {
                write!(f, "`{text}` is not a duration such as 90s, 30m, 1h30m, 2d")
            }
            Self::Date(text) => {
                write!(
                    f,
                    "`{text}` is not a date such as 2026-11-20, yesterday, 2 weeks ago"
                )
            }
        }
    }
}

impl std::error::Error for BadTime {}

/// Reads `90s`, `30m`, `1h30m`, `2d`, `1w`; whole numbers, each unit once, greatest first, spaces
/// allowed between (`1h 30m`). `0s` is a duration; a number without unit is not.
///
/// Errors: [`BadTime::Duration`], also when the seconds do not fit.
pub fn parse_duration(text: &str) -> Result<Duration, BadTime> {
    let bad = || BadTime::Duration(text.to_owned());
    let mut units = UNITS.iter();
    let mut seconds: u64 = 0;
    let mut rest = text.trim();
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().map_err(|_| bad())?;
        let mut after = rest[digits..].chars();
        let letter = after.next().ok_or_else(bad)?;
        let (_, factor) = units.find(|(unit, _)| *unit == letter).ok_or_else(bad)?;
        let part = number.checked_mul(*factor).ok_or_else(bad)?;
        seconds = seconds.checked_add(part).ok_or_else(bad)?;
        rest = after.as_str().trim_start();
        if rest.is_empty() {
            return Ok(Duration::from_secs(seconds));
        }
    }
}

/// Spent time in hours and minutes, `2h 15m`, `2h`, `15m`, `0m`; `seconds` are rounded down to
/// the minute, so whoever adds up printed times carries the remainder.
pub fn format_duration(seconds: u64) -> String {
    match (seconds / HOUR, seconds % HOUR / MINUTE) {
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}

/// Time that passed by the calendar, in its two greatest units: `3d 4h`, `3d`, `2h 15m`, `15m`, and below a
/// minute `less than a minute`.
pub fn format_elapsed(seconds: u64) -> String {
    match (seconds / DAY, seconds % DAY / HOUR) {
        (0, _) if seconds < MINUTE => "less than a minute".to_owned(),
        (0, _) => format_duration(seconds),
        (days, 0) => format!("{days}d"),
        (days, hours) => format!("{days}d {hours}h"),
    }
}

/// The exact inverse of [`format_duration`], in seconds: `None` for every text that it does not
/// write (`90m`, `2h15m`, `02h`), because such a value was not ours.
pub fn parse_spent(text: &str) -> Option<u64> {
    let seconds = parse_duration(text).ok()?.as_secs();
    (format_duration(seconds) == text).then_some(seconds)
}

/// How long ago `at` was: `just now`, `3 min ago`, `2 h ago`, then by the calendar days of `now`'s
/// time zone `yesterday`, `5 days ago`, and from two weeks on the date.
///
/// An instant up to a minute ahead (two clocks) is `just now`, a later one its date.
pub fn relative<Tz: TimeZone>(at: DateTime<Utc>, now: DateTime<Tz>) -> String
where
    Tz::Offset: Copy,
{
    let seconds = now
        .with_timezone(&Utc)
        .signed_duration_since(at)
        .num_seconds();
    let day = at.with_timezone(&now.timezone()).date_naive();
    let days = now.date_naive().signed_duration_since(day).num_days();
    match (seconds, days) {
        (-60..60, _) => "just now".to_owned(),
        (60..3600, _) => format!("{} min ago", seconds / 60),
        (3600..86_400, _) => format!("{} h ago", seconds / 3600),
        (86_400.., ..=1) => "yesterday".to_owned(),
        (86_400.., 2..14) => format!("{days} days ago"),
        _ => day.format("%Y-%m-%d").to_string(),
    }
}

/// Reads a date as it is typed: `now`, `today`, `yesterday`, `2026-11-20` (the start of that day
/// in `now`'s time zone), `2026-11-20 09:30[:15]` (there too), RFC 3339 with its own offset, or
/// `2 weeks ago`, `an hour ago`, `3 d ago` (seconds to years; a month is one of the calendar).
///
/// Case and surplus spaces do not matter. Errors: [`BadTime::Date`]. A local time that a clock
/// change skips is read as the end of the gap, one that it repeats as the first of the two.
pub fn parse_when<Tz: TimeZone>(text: &str, now: DateTime<Tz>) -> Result<DateTime<Utc>, BadTime>
where
    Tz::Offset: Copy,
{
    when(text, now).ok_or_else(|| BadTime::Date(text.to_owned()))
}

fn when<Tz: TimeZone>(text: &str, now: DateTime<Tz>) -> Option<DateTime<Utc>>
where
    Tz::Offset: Copy,
{
    let text = text.to_ascii_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let zone = now.timezone();
    let midnight = |day: NaiveDate| local(day.and_time(NaiveTime::MIN), &zone);
    match words[..] {
        ["now"] => Some(now.with_timezone(&Utc)),
        ["today"] => midnight(now.date_naive()),
        ["yesterday"] => midnight(now.date_naive().pred_opt()?),
        [count, unit, "ago"] => {
            let count = if matches!(count, "a" | "an" | "one") {
                1
            } else {
                count.parse().ok()?
            };
            before(now, count, unit)
        }
        _ => written(&words.join(" "), &zone)
            .or_else(|| midnight(date(words.first()?)?).filter(|_| words.len() == 1)),
    }
}

/// `count` units before `now`. Days and longer keep the local time of day.
fn before<Tz: TimeZone>(now: DateTime<Tz>, count: u32, unit: &str) -> Option<DateTime<Utc>>
where
    Tz::Offset: Copy,
{
    let number = i64::from(count);
    let earlier = |delta: TimeDelta| now.with_timezone(&Utc).checked_sub_signed(delta);
    let clock = now.naive_local();
    let zone = now.timezone();
    let days = |days: u64| local(clock.checked_sub_days(Days::new(days))?, &zone);
    let months = |months: u32| local(clock.checked_sub_months(Months::new(months))?, &zone);
    match unit {
        "s" | "sec" | "secs" | "second" | "seconds" => earlier(TimeDelta::try_seconds(number)?),
        "m" | "min" | "mins" | "minute" | "minutes" => earlier(TimeDelta::try_minutes(number)?),
        "h" | "hour" | "hours" => earlier(TimeDelta::try_hours(number)?),
        "d" | "day" | "days" => days(u64::from(count)),
        "w" | "week" | "weeks" => days(u64::from(count) * 7),
        "month" | "months" => months(count),
        "y" | "year" | "years" => months(count.checked_mul(12)?),
        _ => None,
    }
}

/// A date with a time of day, with an offset or in `zone`. `text` is in lower case.
fn written<Tz: TimeZone>(text: &str, zone: &Tz) -> Option<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(&text.to_ascii_uppercase()) {
        return Some(instant.to_utc());
    }
    let (day, time) = text.split_once(['t', ' '])?;
    let time = ["%H:%M:%S", "%H:%M"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(time, format).ok())?;
    local(date(day)?.and_time(time), zone)
}

/// `2026-11-20`, four digits and two and two: chrono alone would read `26-1-2` as a year 26.
fn date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| shaped)
}

fn local<Tz: TimeZone>(clock: NaiveDateTime, zone: &Tz) -> Option<DateTime<Utc>> {
    // Clock changes are at most two hours, all of them a multiple of a quarter of one.
    (0..=8)
        .find_map(|quarters| {
            let later = clock.checked_add_signed(TimeDelta::try_minutes(15 * quarters)?)?;
            zone.from_local_datetime(&later).earliest()
        })
        .map(|instant| instant.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn durations_are_read() {
        let table = [
            ("30m", 1800),
            ("1h", 3600),
            ("1h30m", 5400),
            ("1h 30m", 5400),
            (" 90s ", 90),
            ("2d", 172_800),
            ("1w2d3h4m5s", 788_645),
            ("0s", 0),
        ];
        for (text, seconds) in table {
            assert_eq!(
                parse_duration(text),
                Ok(Duration::from_secs(seconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        let table = [
            "",
            "30",
            "m",
            "-5m",
            "1.5h",
            "30m1h",
            "1h1h",
            "1h 30",
            "1H",
            "1h,30m",
            "5 m",
            "99999999999999999999s",
            "18446744073709551615w",
            "1日",
        ];
        for text in table {
            let error = parse_duration(text).unwrap_err();
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("`{text}` is not a duration"))
            );
        }
    }

    #[test]
    fn spent_time_is_written_and_read_back() {
        let table = [
            (0, "0m"),
            (59, "0m"),
            (900, "15m"),
            (7200, "2h"),
            (8159, "2h 15m"),
            (97_500, "27h 5m"),
        ];
        for (seconds, text) in table {
            assert_eq!(format_duration(seconds), text);
            assert_eq!(parse_spent(text), Some(seconds / 60 * 60));
        }
        for odd in [
            "",
            "90m",
            "2h15m",
            "2h 0m",
            "02h",
            "2h  15m",
            " 15m",
            "15",
            "1d",
            "15s",
            "two hours",
        ] {
            assert_eq!(parse_spent(odd), None, "{odd}");
        }
    }

    #[test]
    fn passed_time_is_written_in_days_too() {
        let table = [
            (59, "less than a minute"),
            (60, "1m"),
            (8159, "2h 15m"),
            (86_400, "1d"),
            (86_400 + 3599, "1d"),
            (273_700, "3d 4h"),
        ];
        for (seconds, text) in table {
            assert_eq!(format_elapsed(seconds), text);
        }
    }

    #[test]
    fn instants_are_shown_relative_to_now() {
        let now = at("2026-11-20T12:00:00Z");
        let table = [
            ("2026-11-20T12:00:30Z", "just now"),
            ("2026-11-20T11:59:01Z", "just now"),
            ("2026-11-20T11:57:00Z", "3 min ago"),
            ("2026-11-20T09:30:00Z", "2 h ago"),
            ("2026-11-19T13:00:00Z", "23 h ago"),
            ("2026-11-19T11:00:00Z", "yesterday"),
            ("2026-11-18T11:00:00Z", "2 days ago"),
            ("2026-11-07T12:00:00Z", "13 days ago"),
            ("2026-11-06T12:00:00Z", "2026-11-06"),
            ("2026-11-21T12:00:00Z", "2026-11-21"),
        ];
        for (instant, expected) in table {
            assert_eq!(relative(at(instant), now), expected, "{instant}");
        }
    }

    #[test]
    fn yesterday_is_a_day_of_the_readers_calendar() {
        let zone = FixedOffset::east_opt(9 * 3600).unwrap();
        let now = at("2026-11-20T15:30:00Z").with_timezone(&zone); // 00:30 on the 21st
        assert_eq!(relative(at("2026-11-19T14:00:00Z"), now), "2 days ago");
        assert_eq!(parse_when("today", now), Ok(at("2026-11-20T15:00:00Z")));
        assert_eq!(
            parse_when("2026-11-20", now),
            Ok(at("2026-11-19T15:00:00Z"))
        );
    }

    #[test]
    fn dates_are_read() {
        let now = at("2026-11-20T12:34:56Z");
        let table = [
            ("now", "2026-11-20T12:34:56Z"),
            ("today", "2026-11-20T00:00:00Z"),
            ("Yesterday", "2026-11-19T00:00:00Z"),
            ("2026-02-28", "2026-02-28T00:00:00Z"),
            ("2026-11-20 09:30", "2026-11-20T09:30:00Z"),
            ("2026-11-20T09:30:15", "2026-11-20T09:30:15Z"),
            ("2026-11-20T09:30:00+02:00", "2026-11-20T07:30:00Z"),
            ("2026-11-20t09:30:00z", "2026-11-20T09:30:00Z"),
            ("2 weeks ago", "2026-11-06T12:34:56Z"),
            ("  3   days  ago ", "2026-11-17T12:34:56Z"),
            ("an hour ago", "2026-11-20T11:34:56Z"),
            ("90 min ago", "2026-11-20T11:04:56Z"),
            ("9 months ago", "2026-02-20T12:34:56Z"),
            ("1 year ago", "2025-11-20T12:34:56Z"),
        ];
        for (text, expected) in table {
            assert_eq!(parse_when(text, now), Ok(at(expected)), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        let now = at("2026-11-20T12:34:56Z");
        let table = [
            "",
            "soon",
            "2026-13-01",
            "2026-2-3",
            "26-02-03",
            "20 Nov 2026",
            "-2 days ago",
            "2 fortnights ago",
            "ago",
            "4294967295 years ago",
            "2026-11-20 25:00",
            "2026-11-20 x",
            "2026-11-20 09:30 UTC",
        ];
        for text in table {
            assert_eq!(
                parse_when(text, now),
                Err(BadTime::Date(text.to_owned())),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn spent_time_is_exact_to_the_minute(minutes in 0u64..10_000_000) {
            prop_assert_eq!(parse_spent(&format_duration(minutes * 60)), Some(minutes * 60));
        }

        #[test]
        fn only_what_is_written_is_read_as_spent(text in "[0-9hms ]{0,8}") {
            if let Some(seconds) = parse_spent(&text) {
                prop_assert_eq!(format_duration(seconds), text);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,20}|[0-9]{1,9} (days|weeks|months|years|h) ago|[0-9:T -]{0,20}", seconds in any::<i32>()) {
            let now = DateTime::from_timestamp(i64::from(seconds), 0).unwrap();
            let read = parse_when(&text, now);
            if let Ok(instant) = read {
                prop_assert!(!relative(instant, now).is_empty());
            }
            let either_way = parse_duration(&text);
            prop_assert!(either_way.is_ok() || either_way.is_err());
        }
    }
}
