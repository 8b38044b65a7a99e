//! Active time from marks of activity: the one rule by which a session's time is counted. The
//! fold feeds one clock for each worktree and writer and adds the clocks up.

use serde::{Deserialize, Serialize};

/// One sign of activity in one worktree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// When, in seconds since 1970-01-01 UTC.
    pub at: i64,
    /// Whether the clock stops here (pause, end, the branch was left): time that follows up to the
    /// next mark never counts.
    pub stops: bool,
}

/// Active time of one worktree and writer, fed with marks in log order.
///
/// The gap between two marks counts whole if it is at most `idle_after` seconds, else not at all;
/// a gap after a mark that stops never counts; a negative one (a clock was set back) counts zero.
/// `idle_after` is a parameter, not a field, because it is a setting that can change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActiveClock {
    /// Seconds counted so far.
    #[serde(default)]
    total: u64,
    /// The last mark, unless it stopped the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    running_since: Option<i64>,
}

impl ActiveClock {
    /// Counts the gap since the last mark, and goes on from this one.
    pub fn mark(&mut self, mark: Mark, idle_after: u64) {
        self.total = self.total_at(mark.at, idle_after);
        self.running_since = (!mark.stops).then_some(mark.at);
    }

    /// Seconds counted up to the last mark.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// What [`total`](Self::total) would be if there were a mark at `now` (seconds since 1970).
    pub fn total_at(&self, now: i64, idle_after: u64) -> u64 {
        let gap = self.running_since.and_then(|since| now.checked_sub(since));
        let gap = gap
            .and_then(|gap| u64::try_from(gap).ok())
            .filter(|&gap| gap <= idle_after);
        self.total.saturating_add(gap.unwrap_or(0))
    }

    /// Whether the last mark left the clock running; it may have been idle for long since.
    pub fn is_running(&self) -> bool {
        self.running_since.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const IDLE: u64 = 1800;

    fn total(marks: &[(i64, bool)]) -> u64 {
        let mut clock = ActiveClock::default();
        for &(at, stops) in marks {
            clock.mark(Mark { at, stops }, IDLE);
        }
        clock.total()
    }

    #[test]
    fn gaps_count_whole_or_not_at_all() {
        let table: [(&[(i64, bool)], u64); 9] = [
            (&[], 0),
            (&[(100, false)], 0),
            (&[(0, false), (600, false)], 600),
            (&[(0, false), (1800, false)], 1800),
            (&[(0, false), (1801, false)], 0),
            (&[(0, false), (1801, false), (1901, true)], 100),
            (&[(0, false), (60, true), (120, false), (180, false)], 120),
            (&[(1000, false), (400, false), (500, false)], 100),
            (
                &[(i64::MIN, false), (i64::MAX, false), (i64::MIN, false)],
                0,
            ),
        ];
        for (marks, expected) in table {
            assert_eq!(total(marks), expected, "{marks:?}");
        }
    }

    #[test]
    fn a_running_clock_counts_up_to_now_while_not_idle() {
        let mut clock = ActiveClock::default();
        assert_eq!(clock.total_at(500, IDLE), 0);
        clock.mark(
            Mark {
                at: 0,
                stops: false,
            },
            IDLE,
        );
        assert!(clock.is_running());
        assert_eq!(clock.total_at(500, IDLE), 500);
        assert_eq!(clock.total_at(5000, IDLE), 0);
        assert_eq!(clock.total_at(-5, IDLE), 0);
        clock.mark(
            Mark {
                at: 500,
                stops: true,
            },
            IDLE,
        );
        assert!(!clock.is_running());
        assert_eq!(clock.total_at(600, IDLE), 500);
    }

    fn marks() -> impl Strategy<Value = Vec<Mark>> {
        let mark = (-5000i64..50_000, any::<bool>()).prop_map(|(at, stops)| Mark { at, stops });
        prop::collection::vec(mark, 0..40)
    }

    proptest! {
        #[test]
        fn the_total_is_the_sum_of_counted_gaps(marks in marks(), idle_after in 0u64..4000) {
            let mut clock = ActiveClock::default();
            for &mark in &marks {
                clock.mark(mark, idle_after);
            }
            let counted: u64 = marks
                .windows(2)
                .filter(|pair| !pair[0].stops)
                .filter_map(|pair| u64::try_from(pair[1].at - pair[0].at).ok())
                .filter(|&gap| gap <= idle_after)
                .sum();
            prop_assert_eq!(clock.total(), counted);
        }

        #[test]
        fn a_clock_goes_on_where_its_json_stopped(before in marks(), after in marks()) {
            let mut whole = ActiveClock::default();
            for &mark in &before {
                whole.mark(mark, IDLE);
            }
            let text = serde_json::to_string(&whole).unwrap();
            let mut resumed: ActiveClock = serde_json::from_str(&text).unwrap();
            for &mark in &after {
                whole.mark(mark, IDLE);
                resumed.mark(mark, IDLE);
            }
            prop_assert_eq!(whole, resumed);
        }

        #[test]
        fn marks_in_time_never_count_more_than_their_span(mut marks in marks()) {
            marks.sort_by_key(|mark| mark.at);
            let mut clock = ActiveClock::default();
            let mut earlier = 0;
            for &mark in &marks {
                clock.mark(mark, u64::MAX);
                prop_assert!(clock.total() >= earlier);
                earlier = clock.total();
            }
            let span = marks.last().map_or(0, |last| last.at - marks[0].at);
            prop_assert!(clock.total() <= u64::try_from(span).unwrap());
        }
    }
}
