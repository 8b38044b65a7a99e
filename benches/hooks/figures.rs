//! Numbers: what one run cost, medians, and ratios with the spread of resampled rounds.

use std::iter::zip;

/// Resamplings behind the quartiles of a ratio.
const RESAMPLINGS: usize = 1000;
/// Any number: the same one gives the same order of variants.
const SEED: u64 = 0x5eed;

/// What one run took, in milliseconds.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// By the clock.
    pub(crate) wall: f64,
    /// In the processor, with all children.
    pub(crate) cpu: f64,
}

/// The samples of one lane, by round.
#[derive(Clone, Default)]
pub(crate) struct Series {
    pub(crate) wall: Vec<f64>,
    pub(crate) cpu: Vec<f64>,
}

impl Series {
    pub(crate) fn push(&mut self, sample: Sample) {
        self.wall.push(sample.wall);
        self.cpu.push(sample.cpu);
    }
}

/// One of the two times of a series.
pub(crate) type Clock = fn(&Series) -> &[f64];

pub(crate) const WALL: Clock = |series| &series.wall;
pub(crate) const CPU: Clock = |series| &series.cpu;

/// With − without, in each round.
pub(crate) fn overhead(with: &[f64], without: &[f64]) -> Vec<f64> {
    zip(with, without)
        .map(|(with, without)| with - without)
        .collect()
}

/// A ratio of medians and its quartiles.
pub(crate) struct Ratio {
    pub(crate) value: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// The ratio of the medians of two lists, and its quartiles over resamplings of whole rounds,
/// which keep the pairs together. `None` where the lower one is lost in the noise.
pub(crate) fn ratio(upper: &[f64], lower: &[f64], order: &mut Order) -> Option<Ratio> {
    if quantile(lower, 1) <= 0.0 {
        return None;
    }
    let ratios: Vec<f64> = (0..RESAMPLINGS)
        .map(|_| {
            let rounds: Vec<usize> = upper.iter().map(|_| order.below(upper.len())).collect();
            let pick = |all: &[f64]| median(&rounds.iter().map(|&at| all[at]).collect::<Vec<_>>());
            pick(upper) / pick(lower)
        })
        .collect();
    Some(Ratio {
        value: median(upper) / median(lower),
        low: quantile(&ratios, 1),
        high: quantile(&ratios, 3),
    })
}

pub(crate) fn median(values: &[f64]) -> f64 {
    quantile(values, 2)
}

/// The `quarter`-th quartile, between the two values it falls between.
pub(crate) fn quantile(values: &[f64], quarter: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() - 1) * quarter;
    let (at, rest) = (place / 4, place % 4);
    let next = sorted[(at + 1).min(sorted.len() - 1)];
    let share = [0.0, 0.25, 0.5, 0.75][rest];
    sorted[at] + (next - sorted[at]) * share
}

/// A linear congruential generator (Knuth's MMIX constants): enough to shuffle, and repeatable.
pub(crate) struct Order(u64);

impl Order {
    pub(crate) const fn new() -> Self {
        Self(SEED)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        // The high bits are the random ones.
        usize::try_from(self.0 >> 33).expect("31 bits fit") % bound
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
