//! Signs of life in the work tree, gathered until they are worth an event.

use std::collections::HashSet;

use chrono::{DateTime, Duration, Utc};

/// At most one event in so long a time.
const PACE: Duration = Duration::minutes(5);

/// The files that changed since the last event.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    files: HashSet<Vec<u8>>,
    recorded: Option<DateTime<Utc>>,
}

impl Pulse {
    /// Files have changed.
    pub(super) fn add(&mut self, files: impl IntoIterator<Item = Vec<u8>>) {
        self.files.extend(files);
    }

    /// What changed belongs to nobody: the branch is another one.
    pub(super) fn forget(&mut self) {
        self.files.clear();
    }

    /// When the event may be written; `None` while there is nothing to say.
    pub(super) fn ready_at(&self) -> Option<DateTime<Utc>> {
        if self.files.is_empty() {
            return None;
        }
        let next = self.recorded.and_then(|at| at.checked_add_signed(PACE));
        Some(next.unwrap_or(DateTime::UNIX_EPOCH))
    }

    /// Whether it may be written now; also after the clock was set back.
    pub(super) fn is_ready(&self, now: DateTime<Utc>) -> bool {
        let behind = self.recorded.is_some_and(|at| now < at);
        self.ready_at().is_some_and(|at| at <= now || behind)
    }

    /// It is written: how many files it speaks of.
    pub(super) fn take(&mut self, now: DateTime<Utc>) -> u64 {
        self.recorded = Some(now);
        std::mem::take(&mut self.files).len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a date")
    }

    fn files(names: &[&str]) -> Vec<Vec<u8>> {
        names.iter().map(|name| name.as_bytes().to_vec()).collect()
    }

    #[test]
    fn the_first_sign_counts_at_once_and_later_ones_after_five_minutes() {
        let mut pulse = Pulse::default();
        assert!(!pulse.is_ready(at(1000)));
        pulse.add(files(&["a", "b", "a"]));
        assert!(pulse.is_ready(at(1000)));
        assert_eq!(pulse.take(at(1000)), 2);
        assert_eq!(pulse.ready_at(), None);
        pulse.add(files(&["a"]));
        assert!(!pulse.is_ready(at(1299)));
        assert_eq!(pulse.ready_at(), Some(at(1300)));
        assert!(pulse.is_ready(at(1300)));
        assert!(pulse.is_ready(at(900)), "the clock was set back");
        pulse.forget();
        assert!(!pulse.is_ready(at(5000)));
    }
}
