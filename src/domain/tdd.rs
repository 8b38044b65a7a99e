//! Test-driven work: which phase a commit leads to, and what the phases of a session come to. Everything follows
//! from what was recorded, in the order of the Lamport counters; no clock is asked and no test is run. The rules
//! are in `docs/tdd.md`.

mod touched;

pub use touched::Touched;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::body::TddPhase;
use super::coverage::Percent;
use super::id::CommitId;
use super::session::{Commit, Session};

/// Where the work stands between two commits: all that the phase of the next one depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stand {
    /// The phase; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phase: Option<TddPhase>,
    /// It was named since the last commit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    named: bool,
}

/// The phase that a commit leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Led {
    /// Which.
    pub phase: TddPhase,
    /// A test and what makes it pass came in one commit: a cycle of its own.
    pub whole: bool,
}

impl Stand {
    /// Somebody names the phase.
    pub const fn name(&mut self, phase: TddPhase) {
        self.phase = Some(phase);
        self.named = true;
    }

    /// A commit is made. `None`: it leads to no phase.
    pub fn commit(&mut self, touched: Touched) -> Option<Led> {
        let led = self.leads_to(touched)?;
        *self = Self {
            phase: Some(led.phase),
            named: false,
        };
        Some(led)
    }

    /// The phase that a commit would lead to.
    pub fn leads_to(self, touched: Touched) -> Option<Led> {
        use TddPhase::{Green, Red, Refactor};
        let to = |phase| {
            Some(Led {
                phase,
                whole: false,
            })
        };
        match (touched, self.phase) {
            (Touched::Nothing, _) => None,
            // what was named holds for the next commit
            (_, Some(named @ (Green | Refactor))) if self.named => to(named),
            (Touched::SourceWithTests, Some(Red)) if self.named => to(Red),
            (Touched::Tests, _) => to(Red),
            (_, Some(Red)) => to(Green),
            (Touched::Both | Touched::SourceWithTests, _) => Some(Led {
                phase: Green,
                whole: true,
            }),
            (Touched::Source, Some(Green | Refactor)) => to(Refactor),
            (Touched::Source | Touched::NewSource, _) => None,
        }
    }

    /// The phase now.
    pub const fn phase(self) -> Option<TddPhase> {
        self.phase
    }
}

/// A phase of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub phase: TddPhase,
    /// When it began; unknown where no hook saw the commit. Never before the step before it.
    pub begun: Option<DateTime<Utc>>,
    /// When the last commit or word in it was.
    pub last: Option<DateTime<Utc>>,
    /// The Lamport counter where it began.
    pub n: u64,
    /// Somebody named it; else a commit led to it.
    pub named: bool,
    /// It began with a test and what makes it pass in one commit.
    pub whole: bool,
}

/// From RED to the last GREEN or REFACTOR before the next RED.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cycle {
    /// When RED began; unknown where the test came with its source.
    pub begun: Option<DateTime<Utc>>,
    /// When the last commit or word in GREEN or REFACTOR was.
    pub ended: Option<DateTime<Utc>>,
    /// It reached GREEN or REFACTOR.
    pub complete: bool,
}

impl Cycle {
    /// How long it took, where that is known.
    pub fn duration(&self) -> Option<Duration> {
        between(self.begun.filter(|_| self.complete)?, self.ended?)
    }
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many of them.
    pub part: usize,
    /// How many there are.
    pub whole: usize,
}

impl Share {
    /// In percent; none of nothing.
    pub fn percent(self) -> Option<Percent> {
        Percent::of(self.part as u64, self.whole as u64)
    }
}

/// The test-driven work of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Its phases in order.
    pub steps: Vec<Step>,
    /// Its cycles in order; the last one may be under way.
    pub cycles: Vec<Cycle>,
    /// Source commits that followed a test, of all source commits.
    pub tested: Share,
}

/// What the cycles that were measured took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// On average.
    pub mean: Duration,
    /// The fastest.
    pub shortest: Duration,
    /// The slowest.
    pub longest: Duration,
}

impl Work {
    /// The test-driven work of a session, whatever its mode.
    pub fn of(session: &Session) -> Self {
        let mut work = Self::default();
        let mut stand = Stand::default();
        let mut clock = None;
        for mark in marks(session) {
            let at = mark.at.map(|at| at.max(clock.unwrap_or(at)));
            clock = at.or(clock);
            match mark.what {
                What::Named(phase) => {
                    stand.name(phase);
                    let led = Led {
                        phase,
                        whole: false,
                    };
                    work.step(led, at, mark.n, true);
                }
                What::Commit(commit) => {
                    let touched = Touched::by(&commit.record);
                    let led = stand.commit(touched);
                    if let Some(led) = led {
                        work.step(led, at, mark.n, false);
                    }
                    work.count(touched, led.is_some());
                }
            }
        }
        work
    }

    /// A commit or a word leads to a phase.
    fn step(&mut self, led: Led, at: Option<DateTime<Utc>>, n: u64, named: bool) {
        let goes_on = |step: &&mut Step| step.phase == led.phase && !led.whole;
        if let Some(step) = self.steps.last_mut().filter(goes_on) {
            step.last = at;
        } else {
            self.steps.push(Step {
                phase: led.phase,
                begun: at,
                last: at,
                n,
                named,
                whole: led.whole,
            });
            if led.phase == TddPhase::Red || led.whole {
                self.cycles.push(Cycle {
                    begun: at.filter(|_| !led.whole),
                    ..Cycle::default()
                });
            }
        }
        if led.phase != TddPhase::Red
            && let Some(cycle) = self.cycles.last_mut()
        {
            cycle.complete = true;
            cycle.ended = at;
        }
    }

    /// A commit counts for the discipline.
    fn count(&mut self, touched: Touched, led: bool) {
        if touched.is_source() {
            self.tested.whole += 1;
            let followed = touched.brings_its_test() || (led && !self.cycles.is_empty());
            self.tested.part += usize::from(followed);
        }
    }

    /// The phase now.
    pub fn current(&self) -> Option<&Step> {
        self.steps.last()
    }

    /// Cycles that reached GREEN.
    pub fn complete(&self) -> impl Iterator<Item = &Cycle> {
        self.cycles.iter().filter(|cycle| cycle.complete)
    }

    /// Complete cycles that ended on this day. `day_of`: the day of an instant where the reader is.
    pub fn complete_on(
        &self,
        day: NaiveDate,
        day_of: impl Fn(DateTime<Utc>) -> NaiveDate,
    ) -> usize {
        let ended = self.complete().filter_map(|cycle| cycle.ended);
        ended.filter(|ended| day_of(*ended) == day).count()
    }

    /// How long cycles took, where any was measured.
    pub fn pace(&self) -> Option<Pace> {
        let times: Vec<Duration> = self.cycles.iter().filter_map(Cycle::duration).collect();
        let count = u32::try_from(times.len()).ok()?;
        let sum = times
            .iter()
            .fold(Duration::ZERO, |sum, time| sum.saturating_add(*time));
        Some(Pace {
            mean: sum.checked_div(count)?,
            shortest: times.iter().min().copied()?,
            longest: times.iter().max().copied()?,
        })
    }

    /// The longest time from the beginning of a RED to what came after it.
    pub fn longest_red(&self) -> Option<Duration> {
        let pairs = self.steps.windows(2);
        pairs
            .filter(|pair| pair[0].phase == TddPhase::Red)
            .filter_map(|pair| between(pair[0].begun?, pair[1].begun?))
            .max()
    }

    /// The phase now, when it has no checkpoint of its own yet.
    pub fn unsaved(&self, session: &Session) -> Option<TddPhase> {
        let (step, before) = match self.steps.as_slice() {
            [.., before, step] => (step, before.n),
            [step] => (step, 0),
            [] => return None,
        };
        // whoever names a phase may write the checkpoint first
        let after = if step.named { before } else { step.n };
        let mut checkpoints = session.checkpoints.iter();
        let is_saved = checkpoints.any(|c| c.made.tdd == Some(step.phase) && c.item.n > after);
        (!is_saved).then_some(step.phase)
    }
}

/// The time from one instant to a later one.
fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Duration> {
    to.signed_duration_since(from).to_std().ok()
}

/// Where a session stands; as if this commit of it had not been made.
pub fn stand(session: &Session, without: Option<&CommitId>) -> Stand {
    let mut stand = Stand::default();
    for mark in marks(session) {
        match mark.what {
            What::Named(phase) => stand.name(phase),
            What::Commit(commit) if Some(&commit.record.commit) == without => {}
            What::Commit(commit) => {
                stand.commit(Touched::by(&commit.record));
            }
        }
    }
    stand
}

/// Something that may change the phase.
struct Mark<'a> {
    n: u64,
    at: Option<DateTime<Utc>>,
    what: What<'a>,
}

enum What<'a> {
    Named(TddPhase),
    Commit(&'a Commit),
}

/// Named phases and commits by their counters. Commits keep the order of their records: the counter of one that
/// no hook saw is that of the commit before it.
fn marks(session: &Session) -> Vec<Mark<'_>> {
    let mut reached = 0;
    let commits = session.commits.iter().map(|commit| {
        reached = commit.n.max(reached);
        Mark {
            n: reached,
            // a command found it later
            at: (!commit.record.adopted).then_some(commit.at),
            what: What::Commit(commit),
        }
    });
    let named = session.phases.iter().map(|named| Mark {
        n: named.n,
        at: Some(named.at),
        what: What::Named(named.what),
    });
    let mut marks: Vec<Mark<'_>> = commits.chain(named).collect();
    marks.sort_by_key(|mark| mark.n);
    marks
}

#[cfg(test)]
mod tests;
