//! How far a context file is behind, as a number. Everything is a whole number and comes from commits, so that
//! every clone of a history reaches the same. The page `docs/context.md` explains it.

use super::{Band, FileHealth};

/// Points that the commits beside the file can cost.
const COMMITS: u64 = 50;
/// Points that the changes of files beside it can cost.
const CHURN: u64 = 30;
/// Points that its age can cost, where something changed beside it.
const AGE: u64 = 20;
/// Days after which age costs all its points.
const OLD: u64 = 90;
/// The fewest and the most commits that cost all their points: half as many as there are files, in these bounds.
const MANY_COMMITS: (u64, u64) = (20, 200);
/// Likewise changes of files: three for every file.
const MUCH_CHURN: (u64, u64) = (30, 3000);
/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// What git tells of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// When it was last changed, seconds since 1970.
    pub changed_at: i64,
    /// Commits since then that changed something beside it.
    pub commits: u64,
    /// Changes of files in these.
    pub churn: u64,
    /// Whether its last change was found.
    pub is_whole: bool,
}

/// The points that each part costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Of 50, for commits.
    pub commits: u64,
    /// Of 30, for changes of files.
    pub churn: u64,
    /// Of 20, for age.
    pub age: u64,
}

impl FileHealth {
    /// The health of a file beside `files` files at a moment, seconds since 1970.
    pub fn new(numbers: &Numbers, files: u64, now: i64) -> Self {
        let seconds = now.saturating_sub(numbers.changed_at).max(0);
        let mut health = Self {
            score: 100,
            band: Band::Fresh,
            age_days: (seconds / DAY).unsigned_abs(),
            commits: numbers.commits,
            churn: numbers.churn,
            files,
            is_whole: numbers.is_whole,
        };
        let cost = health.cost();
        let lost = (cost.commits + cost.churn + cost.age).min(100);
        health.score = u8::try_from(100 - lost).unwrap_or(0);
        health.band = Band::of(health.score);
        health
    }

    /// What each part of the formula costs.
    pub fn cost(&self) -> Cost {
        let part = |points: u64, number: u64, all: u64| points * number.min(all) / all;
        Cost {
            commits: part(COMMITS, self.commits, self.many_commits()),
            churn: part(CHURN, self.churn, self.much_churn()),
            age: if self.commits == 0 {
                0
            } else {
                part(AGE, self.age_days, OLD)
            },
        }
    }

    /// The number of commits that costs all points for commits.
    pub fn many_commits(&self) -> u64 {
        (self.files / 2).clamp(MANY_COMMITS.0, MANY_COMMITS.1)
    }

    /// The number of changes of files that costs all points for them.
    pub fn much_churn(&self) -> u64 {
        self.files
            .saturating_mul(3)
            .clamp(MUCH_CHURN.0, MUCH_CHURN.1)
    }
}

impl Band {
    /// The band of a score.
    pub const fn of(score: u8) -> Self {
        match score {
            80.. => Self::Fresh,
            60..80 => Self::Review,
            30..60 => Self::Stale,
            _ => Self::Critical,
        }
    }
}

/// The score of a project: the mean of its files' scores, rounded down; `None` without files.
pub fn project_score(scores: impl IntoIterator<Item = u8>) -> Option<u8> {
    let (mut sum, mut count) = (0_u64, 0_u64);
    for score in scores {
        sum += u64::from(score);
        count += 1;
    }
    u8::try_from(sum.checked_div(count)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn health(days: i64, commits: u64, churn: u64, files: u64) -> FileHealth {
        let numbers = Numbers {
            changed_at: 1_000_000,
            commits,
            churn,
            is_whole: true,
        };
        FileHealth::new(&numbers, files, 1_000_000 + days * DAY)
    }

    #[test]
    fn scores_are_what_the_page_says() {
        let table = [
            // days, commits, churn, files, score, band
            (0, 0, 0, 0, 100, Band::Fresh),
            (4000, 0, 0, 10, 100, Band::Fresh),
            (2, 3, 4, 12, 90, Band::Fresh),
            (10, 8, 10, 12, 70, Band::Review),
            (41, 12, 20, 12, 45, Band::Stale),
            (41, 23, 30, 12, 16, Band::Critical),
            (400, 500, 9000, 12, 0, Band::Critical),
            (41, 23, 60, 400, 85, Band::Fresh),
            (-5, 1, 1, 3, 97, Band::Fresh),
        ];
        for (days, commits, churn, files, score, band) in table {
            let health = health(days, commits, churn, files);
            let cost = health.cost();
            assert_eq!((health.score, health.band), (score, band), "{cost:?}");
        }
    }

    #[test]
    fn a_project_is_the_mean_of_its_files() {
        assert_eq!(project_score([]), None);
        assert_eq!(project_score([100]), Some(100));
        assert_eq!(project_score([100, 0, 0]), Some(33));
    }

    proptest! {
        #[test]
        fn more_of_anything_never_scores_better(
            days in 0_i64..400, commits in 0_u64..500, churn in 0_u64..5000, files in 0_u64..2000,
            more in 0_u64..300,
        ) {
            let score = health(days, commits, churn, files).score;
            prop_assert!(score <= 100);
            prop_assert!(health(days, commits + more, churn, files).score <= score);
            prop_assert!(health(days, commits, churn + more, files).score <= score);
            prop_assert!(health(days + more.cast_signed(), commits, churn, files).score <= score);
            prop_assert!(health(days, commits, churn, files + more).score >= score);
        }

        #[test]
        fn any_numbers_have_a_score(at: i64, now: i64, commits: u64, churn: u64, files: u64) {
            let commits = commits / 100;
            let numbers = Numbers { changed_at: at, commits, churn: churn / 100, is_whole: false };
            prop_assert!(FileHealth::new(&numbers, files, now).score <= 100);
        }
    }
}
