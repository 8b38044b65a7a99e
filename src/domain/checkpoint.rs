//! Checkpoints: their names, which of them are kept, how progress is typed, when one is due.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::body::{Cause, Progress};
use super::handle::{self, HandleError, ItemKind};
use super::session::{Checkpoint, Session, State};

/// The name by time, `cp-20261120-093107`, with `-2`, `-3` … behind it for later ones of the same second.
pub fn time_id(session: &Session, checkpoint: &Checkpoint) -> String {
    let second = |c: &Checkpoint| c.item.at.timestamp();
    let same = session
        .checkpoints
        .iter()
        .filter(|other| second(other) == second(checkpoint));
    let place = same
        .take_while(|other| other.item.id != checkpoint.item.id)
        .count();
    let name = checkpoint.item.at.format("cp-%Y%m%d-%H%M%S").to_string();
    if place == 0 {
        name
    } else {
        format!("{name}-{}", place + 1)
    }
}

/// The checkpoint that a name means: handle, number, end of the id, name by time, `latest`, its label when only
/// one has it, or the beginning of its commit's id.
pub fn find<'s>(session: &'s Session, name: &str) -> Result<&'s Checkpoint, HandleError> {
    let of_item = |id| session.checkpoints.iter().find(|c| c.item.id == id);
    let missing = match handle::resolve(session, ItemKind::Checkpoint, name) {
        Ok(item) => {
            let found = of_item(item.id.clone());
            return found
                .ok_or_else(|| HandleError::Missing(ItemKind::Checkpoint, name.to_owned()));
        }
        Err(error @ HandleError::Ambiguous(..)) => return Err(error),
        Err(error) => error,
    };
    let kept = || session.checkpoints.iter().filter(|c| !c.dropped);
    if name == "latest"
        && let Some(last) = kept().next_back()
    {
        return Ok(last);
    }
    let is_hex = name.len() >= 7 && name.bytes().all(|b| b.is_ascii_hexdigit());
    let hex = name.to_ascii_lowercase();
    let is_meant = |c: &&Checkpoint| {
        time_id(session, c) == name
            || (is_hex && c.made.commit.as_str().starts_with(&hex))
            || (!name.is_empty() && c.item.text == name)
    };
    let mut hits = kept().filter(is_meant);
    let Some(first) = hits.next() else {
        return Err(missing);
    };
    let rest: Vec<&Checkpoint> = hits.collect();
    if rest.iter().all(|c| c.made.commit == first.made.commit) {
        return Ok(rest.last().copied().unwrap_or(first));
    }
    let names = std::iter::once(first).chain(rest);
    let names = names.map(|c| handle::handle(session, ItemKind::Checkpoint, &c.item));
    Err(HandleError::Ambiguous(name.to_owned(), names.collect()))
}

/// The checkpoints that are kept: those that somebody asked for, those that hold parked work, and of the others
/// the newest `keep`, but one at least: what is about to be written over is in it. Those made before a rewind are
/// counted by themselves, so that its undo is not crowded out.
pub fn retained(session: &Session, keep: u32) -> Vec<&Checkpoint> {
    let keep = usize::try_from(keep).unwrap_or(usize::MAX).max(1);
    let mut counted: HashMap<bool, usize> = HashMap::new();
    let mut kept: Vec<&Checkpoint> = Vec::new();
    for checkpoint in session.checkpoints.iter().rev() {
        if checkpoint.dropped || session.state == State::Archived {
            continue;
        }
        let cause = checkpoint.made.cause;
        if cause.is_asked_for() || session.parked.contains(&checkpoint.item.id) {
            kept.push(checkpoint);
            continue;
        }
        let count = counted.entry(cause == Cause::Rewind).or_default();
        *count += 1;
        if *count <= keep {
            kept.push(checkpoint);
        }
    }
    kept.reverse();
    kept
}

/// Reads `5/10`, `5`, or a JSON object with the keys `done`, `completed` or `tasks_completed`, and `total` or
/// `tasks_total`.
pub fn parse_progress(text: &str) -> Option<Progress> {
    let text = text.trim();
    let progress = if text.starts_with('{') {
        let json: Value = serde_json::from_str(text).ok()?;
        let number = |keys: &[&str]| keys.iter().find_map(|key| json.get(key)?.as_u64());
        Progress {
            done: number(&["done", "completed", "tasks_completed"])?,
            total: number(&["total", "tasks_total"]),
        }
    } else if let Some((done, total)) = text.split_once('/') {
        Progress {
            done: done.trim().parse().ok()?,
            total: Some(total.trim().parse().ok()?),
        }
    } else {
        Progress {
            done: text.parse().ok()?,
            total: None,
        }
    };
    let fits = progress.total.is_none_or(|total| progress.done <= total);
    fits.then_some(progress)
}

impl std::fmt::Display for Progress {
    /// `5/10 (50%)`, `5`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some(total) = self.total else {
            return write!(f, "{}", self.done);
        };
        write!(f, "{}/{total}", self.done)?;
        match (self.done * 100).checked_div(total) {
            Some(percent) => write!(f, " ({percent}%)"),
            None => Ok(()),
        }
    }
}

/// Since when a checkpoint is due: `interval` after the last one, or after the start of the session. `None` while
/// it is not, and in a session that is not active.
pub fn due_since(
    state: State,
    last: Option<DateTime<Utc>>,
    started: DateTime<Utc>,
    now: DateTime<Utc>,
    interval: Duration,
) -> Option<DateTime<Utc>> {
    let interval = chrono::Duration::from_std(interval).ok()?;
    let due = last.unwrap_or(started).checked_add_signed(interval)?;
    (state == State::Active && due <= now).then_some(due)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_read_in_every_form() {
        let table = [
            ("5/10", Some((5, Some(10)))),
            (" 5 / 10 ", Some((5, Some(10)))),
            ("7", Some((7, None))),
            ("0/0", Some((0, Some(0)))),
            (r#"{"completed": 5}"#, Some((5, None))),
            (
                r#"{"tasks_completed":5,"tasks_total":10}"#,
                Some((5, Some(10))),
            ),
            (r#"{"done":1,"total":2,"other":"x"}"#, Some((1, Some(2)))),
            ("11/10", None),
            ("-1/10", None),
            ("5/", None),
            ("five", None),
            ("", None),
            (r#"{"completed":"5"}"#, None),
            ("{", None),
        ];
        for (text, expected) in table {
            let found = parse_progress(text).map(|p| (p.done, p.total));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn progress_is_shown_with_its_share() {
        let shown = |done, total| Progress { done, total }.to_string();
        assert_eq!(shown(5, Some(10)), "5/10 (50%)");
        assert_eq!(shown(1, Some(3)), "1/3 (33%)");
        assert_eq!(shown(0, Some(0)), "0/0");
        assert_eq!(shown(4, None), "4");
    }

    #[test]
    fn due_is_counted_from_the_last_checkpoint() {
        let at = |minutes| DateTime::from_timestamp(minutes * 60, 0).unwrap();
        let half = Duration::from_mins(30);
        let due =
            |state, last: Option<i64>, now| due_since(state, last.map(at), at(0), at(now), half);
        assert_eq!(due(State::Active, None, 29), None);
        assert_eq!(due(State::Active, None, 30), Some(at(30)));
        assert_eq!(due(State::Active, Some(20), 49), None);
        assert_eq!(due(State::Active, Some(20), 90), Some(at(50)));
        assert_eq!(due(State::Paused, None, 90), None);
    }
}
