//! What a row must not exceed, and whether it did.

use crate::figures::{CPU, Clock, Series, WALL, median, overhead};
use crate::places::Lane;
use crate::rows::Row;

pub(crate) enum Bar {
    /// Overhead at most this multiple of that of another lane of the row.
    Times(f64, usize),
    /// Overhead in milliseconds.
    Millis(f64),
    /// Overhead as a share of what the command takes without.
    Share(f64),
    /// The whole command at most this multiple of itself without.
    Whole(f64),
}

/// One bar and what was measured.
pub(crate) struct Verdict {
    pub(crate) row: &'static str,
    pub(crate) lane: &'static str,
    pub(crate) bar: String,
    pub(crate) wall: String,
    pub(crate) cpu: String,
    /// By the clock.
    pub(crate) met: bool,
}

impl Bar {
    const fn limit(&self) -> f64 {
        match self {
            Self::Times(limit, _)
            | Self::Millis(limit)
            | Self::Share(limit)
            | Self::Whole(limit) => *limit,
        }
    }

    fn name(&self, lanes: &[Lane]) -> String {
        match self {
            Self::Times(limit, other) => format!("{limit} × {}", lanes[*other].name),
            Self::Millis(limit) => format!("+{limit} ms"),
            Self::Share(limit) => format!("+{:.0} %", limit * 100.0),
            Self::Whole(limit) => format!("{limit} × {}", lanes[0].name),
        }
    }

    fn show(&self, figure: f64) -> String {
        match self {
            Self::Times(..) | Self::Whole(_) => format!("{figure:.2}"),
            Self::Millis(_) => format!("{figure:+.2} ms"),
            Self::Share(_) => format!("{:+.1} %", figure * 100.0),
        }
    }

    fn figure(&self, lane: usize, lanes: &[Lane], series: &[Series], clock: Clock) -> f64 {
        let over = |lane: usize| {
            let base = clock(&series[lanes[lane].base]);
            median(&overhead(clock(&series[lane]), base))
        };
        let base = median(clock(&series[lanes[lane].base]));
        match self {
            Self::Times(_, other) => over(lane) / over(*other),
            Self::Millis(_) => over(lane),
            Self::Share(_) => over(lane) / base,
            Self::Whole(_) => median(clock(&series[lane])) / base,
        }
    }
}

/// Holds every lane of a row to its bars.
pub(crate) fn judge(row: &Row, lanes: &[Lane], series: &[Series]) -> Vec<Verdict> {
    let each = lanes.iter().enumerate().flat_map(|(at, lane)| {
        lane.bars.iter().map(move |bar| {
            let wall = bar.figure(at, lanes, series, WALL);
            Verdict {
                row: row.title,
                lane: lane.name,
                bar: bar.name(lanes),
                wall: bar.show(wall),
                cpu: bar.show(bar.figure(at, lanes, series, CPU)),
                met: wall <= bar.limit(),
            }
        })
    });
    each.collect()
}
