//! Which sessions know commits that neither trailers nor notes speak of. By date first: the id of a session says
//! on which day it began, and its log was last written when it last knew something new, so a commit from before
//! the one or after the other is not in it. What is left is searched for the ids of the commits as bytes.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use anyhow::Result;
use chrono::{NaiveDate, NaiveTime};

use crate::domain::id::{CommitId, SessionId};
use crate::git::CommitInfo;
use crate::ops::ctx::Ctx;
use crate::sys::clock::Clock;
use crate::sys::fs;

/// Seconds that the day of a session may be later than that of its first commit: time zones, commits that were
/// there before.
const BEFORE: i64 = 2 * 24 * 60 * 60;

/// Seconds that a log may be older than what it says: the resolution of file systems.
const AFTER: i64 = 5;

/// The kinds of events that say what became of a commit.
const RECORDS: [&str; 2] = ["\"commit.recorded\"", "\"commit.rewritten\""];

/// A commit that is looked for, with the moment that it was made, Unix seconds.
struct Lost<'a> {
    id: &'a CommitId,
    made: i64,
}

/// The sessions whose logs name the commits.
pub(super) fn sessions_of(
    ctx: &Ctx,
    commits: &[&CommitInfo],
) -> Result<HashMap<CommitId, Vec<SessionId>>> {
    let mut found: HashMap<CommitId, Vec<SessionId>> = HashMap::new();
    if commits.is_empty() {
        return Ok(found);
    }
    let now = seconds(Clock::of_files());
    let lost: Vec<Lost<'_>> = commits
        .iter()
        .map(|commit| Lost {
            id: &commit.id,
            // no log is younger than now, whatever the commit says
            made: commit.committer.seconds.min(now),
        })
        .collect();
    let wanted: HashSet<&str> = lost.iter().map(|lost| lost.id.as_str()).collect();
    let newest = lost.iter().map(|lost| lost.made).max().unwrap_or(now);
    let in_time = |id: &SessionId| began(id).is_none_or(|began| began <= newest + BEFORE);
    let own = ctx.store.names(in_time)?.into_iter();
    let own = own.map(|id| (ctx.store.log(&id).path().to_owned(), id));
    let fetched = ctx.store.known().into_iter().map(|known| known.session);
    let fetched = fetched.filter(in_time);
    let fetched = fetched.map(|id| (ctx.store.fetched_file(&id), id));
    for (log, session) in own.chain(fetched) {
        let Some(written) = fs::modified(&log).map(seconds) else {
            continue;
        };
        let began = began(&session);
        let can_be = |lost: &Lost<'_>| {
            began.is_none_or(|began| began <= lost.made + BEFORE) && written + AFTER >= lost.made
        };
        if !lost.iter().any(can_be) {
            continue;
        }
        // one that cannot be read is named by who reads it
        let bytes = fs::read(&log).ok().flatten().unwrap_or_default();
        for id in named(&bytes, &wanted) {
            let known = found.entry(id).or_default();
            if !known.contains(&session) {
                known.push(session.clone());
            }
        }
    }
    Ok(found)
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since.unwrap_or(Duration::ZERO).as_secs()).unwrap_or(i64::MAX)
}

/// The start of the day in the id of a session.
fn began(session: &SessionId) -> Option<i64> {
    let mut parts = session.as_str().rsplit('-');
    let day = parts.nth(1)?;
    let day = NaiveDate::parse_from_str(day, "%Y%m%d").ok()?;
    Some(day.and_time(NaiveTime::MIN).and_utc().timestamp())
}

/// Those of the ids that records in the log name. Where sessions began or were left is no record.
fn named(log: &[u8], wanted: &HashSet<&str>) -> Vec<CommitId> {
    let mut found: Vec<CommitId> = Vec::new();
    let log = String::from_utf8_lossy(log);
    let records = log
        .lines()
        .filter(|line| RECORDS.iter().any(|kind| line.contains(kind)));
    let words = records.flat_map(|line| line.split(|c: char| !c.is_ascii_hexdigit()));
    for word in words {
        if let Some(id) = wanted.get(word)
            && !found.iter().any(|known| known.as_str() == *id)
            && let Ok(id) = CommitId::new(*id)
        {
            found.push(id);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_session_says_when_it_began() {
        let of = |id: &str| began(&SessionId::new(id).unwrap());
        assert_eq!(of("feature-auth-20261120-k3f9qa"), Some(1_795_132_800));
        assert_eq!(of("feature-auth-k3f9qa"), None);
    }

    #[test]
    fn ids_are_found_as_bytes() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let wanted = HashSet::from([a.as_str()]);
        let log = format!("{{\"commit\":\"{a}\",\"x\":\"{b}\",\"y\":\"{a}{a}\",\"z\":\"{a}\"");
        let record = format!("{log},\"kind\":\"commit.recorded\"}}");
        assert_eq!(
            named(record.as_bytes(), &wanted),
            [CommitId::new(a.clone()).unwrap()]
        );
        assert!(named(log.as_bytes(), &wanted).is_empty());
        assert!(named(b"", &wanted).is_empty());
    }
}
