//! What the ring `timings` says: one line a hook that did its work, `<unix seconds> <event> <microseconds>`.

use std::time::Duration;

use super::hook_event::HookEvent;

/// One run of a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Which hook.
    pub event: HookEvent,
    /// When it ended, in Unix seconds.
    pub seconds: i64,
    /// How long it took, in microseconds, without the start of the process.
    pub micros: u64,
}

impl Beat {
    /// The line of the ring, without its newline.
    pub fn to_line(self) -> String {
        format!("{} {} {}", self.seconds, self.event, self.micros)
    }

    /// Reads a line; `None` for one that is torn or of another form.
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let beat = Self {
            seconds: words.next()?.parse().ok()?,
            event: HookEvent::from_name(words.next()?)?,
            micros: words.next()?.parse().ok()?,
        };
        words.next().is_none().then_some(beat)
    }

    /// How long it took.
    pub const fn took(&self) -> Duration {
        Duration::from_micros(self.micros)
    }
}

/// How long the runs of one hook took, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// How many runs are known.
    pub count: usize,
    /// Half of them took no longer.
    pub p50: u64,
    /// Nineteen of twenty took no longer.
    pub p95: u64,
    /// The longest one.
    pub max: u64,
}

impl Spread {
    /// The spread of these durations; `None` of none. A percentile is the smallest of them that so many of a
    /// hundred do not exceed (nearest rank), so it is one that was measured.
    pub fn of(mut micros: Vec<u64>) -> Option<Self> {
        micros.sort_unstable();
        let max = *micros.last()?;
        let rank = |percent: usize| micros[(micros.len() * percent).div_ceil(100).max(1) - 1];
        Some(Self {
            count: micros.len(),
            p50: rank(50),
            p95: rank(95),
            max,
        })
    }
}

/// The spread of each hook that has run, in the order of [`HookEvent::ALL`].
pub fn spreads(beats: &[Beat]) -> Vec<(HookEvent, Spread)> {
    let of = |event: HookEvent| {
        let runs = beats.iter().filter(|beat| beat.event == event);
        Spread::of(runs.map(|beat| beat.micros).collect()).map(|spread| (event, spread))
    };
    HookEvent::ALL.into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_back() {
        let beat = Beat {
            event: HookEvent::PostCommit,
            seconds: 1_795_165_200,
            micros: 4_213,
        };
        assert_eq!(beat.to_line(), "1795165200 post-commit 4213");
        assert_eq!(Beat::parse(&beat.to_line()), Some(beat));
        assert_eq!(beat.took(), Duration::from_micros(4_213));
    }

    #[test]
    fn a_line_of_another_form_is_none() {
        for line in [
            "",
            "post-commit 4213",
            "1795165200 post-commit",
            "1795165200 post-commit ",
            "1795165200 pre-commit 4213",
            "1795165200 post-commit 4213 more",
            "1795165200 post-commit -1",
            "x post-commit 1",
            "\u{fffd}\u{fffd}",
        ] {
            assert_eq!(Beat::parse(line), None, "{line}");
        }
    }

    #[test]
    fn percentiles_are_measured_values() {
        let spread = |micros: &[u64]| {
            let spread = Spread::of(micros.to_vec()).unwrap();
            (spread.count, spread.p50, spread.p95, spread.max)
        };
        assert_eq!(Spread::of(Vec::new()), None);
        assert_eq!(spread(&[7]), (1, 7, 7, 7));
        assert_eq!(spread(&[9, 1]), (2, 1, 9, 9));
        assert_eq!(spread(&[3, 1, 2]), (3, 2, 3, 3));
        let hundred: Vec<u64> = (1..=100).rev().collect();
        assert_eq!(spread(&hundred), (100, 50, 95, 100));
        assert_eq!(spread(&hundred[..20]), (20, 90, 99, 100));
    }

    #[test]
    fn a_hook_that_never_ran_has_no_spread() {
        let beat = |event, micros| Beat {
            event,
            seconds: 0,
            micros,
        };
        let beats = [
            beat(HookEvent::PostMerge, 5),
            beat(HookEvent::CommitMsg, 2),
            beat(HookEvent::PostMerge, 3),
        ];
        let found = spreads(&beats);
        let counts: Vec<_> = found.iter().map(|(e, s)| (*e, s.count, s.max)).collect();
        assert_eq!(
            counts,
            [(HookEvent::CommitMsg, 1, 2), (HookEvent::PostMerge, 2, 5)]
        );
    }
}
