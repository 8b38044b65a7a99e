//! What a session says of one of its commits: objectives, decisions then and since, blockers that went away, and
//! where the commit came from. Functions of the fold alone.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::body::{Body, CommitRecorded, Mark};
use super::fold::Fold;
use super::glob::glob_matches_bytes;
use super::handle::{ItemKind, handle};
use super::id::{CommitId, EventId};
use super::replay::passes_on;
use super::session::{Commit, Decision, ObjectiveState, Session};

/// An objective that a commit worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    /// `obj-k3f9`, where the session is known.
    pub handle: Option<String>,
    /// Where it stood in the commit, where the source says so.
    pub mark: Option<Mark>,
    /// What it says.
    pub text: String,
    /// Where it stands now, where the session is known.
    pub state: Option<ObjectiveState>,
    /// It never leaves the machine.
    pub private: bool,
}

/// The mark that counts where several commits say something of one objective: completed, then in progress.
pub fn greater(one: Option<Mark>, other: Option<Mark>) -> Option<Mark> {
    let rank = |mark: Option<Mark>| match mark {
        Some(Mark::Done) => 3,
        Some(Mark::Current) => 2,
        Some(Mark::Next) => 1,
        None => 0,
    };
    if rank(one) >= rank(other) { one } else { other }
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// `dec-k3f9`, where the session is known.
    pub handle: Option<String>,
    /// What was decided.
    pub text: String,
    /// Why.
    pub rationale: Option<String>,
    /// The paths that it is about; everything when empty.
    pub scope: Vec<String>,
    /// When, where that is known.
    pub at: Option<DateTime<Utc>>,
    /// Who, where that is known.
    pub by: Option<String>,
    /// What has replaced it since.
    pub superseded: Option<Successor>,
    /// It never leaves the machine.
    pub private: bool,
}

/// What replaced a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// `dec-k3f9`
    pub handle: String,
    /// What it says, where the session has it.
    pub text: Option<String>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// It never leaves the machine.
    pub private: bool,
}

/// A blocker that was resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solved {
    /// `blk-k3f9`
    pub handle: String,
    /// What was in the way.
    pub text: String,
    /// How it was resolved.
    pub resolution: Option<String>,
    /// It never leaves the machine.
    pub private: bool,
}

/// A commit that a record says this one was made from, or was made into.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// Which way.
    pub way: Way,
    /// `amend`, `rebase`, `followed`, `copied`, `picked`.
    pub how: String,
    /// The other commit, in hexadecimal.
    pub other: String,
}

/// Which way a commit moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// This commit was made from the other one.
    From,
    /// The other one was made from this commit.
    Into,
}

/// A moment of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// By the Lamport counter.
    Counter(u64),
    /// By the clock, where there is no counter.
    Instant(DateTime<Utc>),
}

impl When {
    /// The moment of a recorded commit.
    pub const fn of(commit: &Commit) -> Self {
        if passes_on(&commit.record) {
            Self::Instant(commit.at)
        } else {
            Self::Counter(commit.n)
        }
    }

    fn reaches(self, n: u64, at: DateTime<Utc>) -> bool {
        match self {
            Self::Counter(last) => n <= last,
            Self::Instant(last) => at <= last,
        }
    }
}

/// The objectives that a record names.
pub fn aims(session: &Session, record: &CommitRecorded) -> Vec<Aim> {
    let aim = |marked: &super::body::MarkedObjective| {
        let mut objectives = session.objectives.iter();
        let objective = objectives.find(|o| o.item.id == marked.item)?;
        Some(Aim {
            handle: Some(handle(session, ItemKind::Objective, &objective.item)),
            mark: Some(marked.mark),
            text: objective.item.text.clone(),
            state: Some(objective.state),
            private: objective.item.private,
        })
    };
    record.objectives.iter().filter_map(aim).collect()
}

/// The decisions that a record names.
pub fn rulings(session: &Session, fold: &Fold, record: &CommitRecorded) -> Vec<Ruling> {
    let named = |id: &EventId| session.decisions.iter().find(|d| d.item.id == *id);
    let named = record.decisions.iter().filter_map(named);
    named.map(|d| ruling(session, fold, d)).collect()
}

/// The decisions that held at a moment and are about one of the paths, or about everything: those about a path
/// first.
pub fn in_force(session: &Session, fold: &Fold, when: When, paths: &[Vec<u8>]) -> Vec<Ruling> {
    let is_about = |decision: &Decision| {
        let mut globs = decision.scope.iter();
        decision.scope.is_empty()
            || globs.any(|glob| paths.iter().any(|path| glob_matches_bytes(glob, path)))
    };
    let held = |decision: &&Decision| {
        let item = &decision.item;
        let replaced = replaced(fold, decision);
        when.reaches(item.n, item.at)
            && !replaced.is_some_and(|(n, at)| when.reaches(n, at))
            && is_about(decision)
    };
    let mut found: Vec<&Decision> = session.decisions.iter().filter(held).collect();
    found.sort_by_key(|decision| decision.scope.is_empty());
    let found = found.into_iter();
    found.map(|d| ruling(session, fold, d)).collect()
}

/// When a decision was replaced.
fn replaced(fold: &Fold, decision: &Decision) -> Option<(u64, DateTime<Utc>)> {
    let by = decision.superseded_by.as_ref()?;
    let mut events = fold.events().rev();
    events.find_map(|event| match event.body() {
        Body::DecisionSuperseded(e) if e.item == decision.item.id && e.by == *by => {
            Some((event.head().n, event.head().at))
        }
        _ => None,
    })
}

fn ruling(session: &Session, fold: &Fold, decision: &Decision) -> Ruling {
    let successor = decision.superseded_by.as_ref().map(|by| {
        let mut decisions = session.decisions.iter();
        let next = decisions.find(|d| d.item.id == *by);
        let at = replaced(fold, decision).map(|(_, at)| at);
        Successor {
            handle: match next {
                Some(next) => handle(session, ItemKind::Decision, &next.item),
                None => format!("dec-{}", by.as_str()[22..].to_ascii_lowercase()),
            },
            text: next.map(|next| next.item.text.clone()),
            at,
            private: next.is_some_and(|next| next.item.private),
        }
    });
    Ruling {
        handle: Some(handle(session, ItemKind::Decision, &decision.item)),
        text: decision.item.text.clone(),
        rationale: decision.rationale.clone(),
        scope: decision.scope.clone(),
        at: Some(decision.item.at),
        by: Some(decision.item.by.clone()),
        superseded: successor,
        private: decision.item.private,
    }
}

/// The blockers that were resolved in the window of a commit and still are.
pub fn solved(session: &Session, fold: &Fold, commit: &Commit) -> Vec<Solved> {
    let window = commit.since + 1..=commit.n;
    let mut found: Vec<Solved> = Vec::new();
    for event in fold.events().filter(|e| window.contains(&e.head().n)) {
        let Body::BlockerResolved(resolved) = event.body() else {
            continue;
        };
        let mut blockers = session.blockers.iter();
        let blocker = blockers.find(|b| b.item.id == resolved.item && b.resolved_at.is_some());
        if let Some(blocker) = blocker {
            let solved = Solved {
                handle: handle(session, ItemKind::Blocker, &blocker.item),
                text: blocker.item.text.clone(),
                resolution: blocker.resolution.clone(),
                private: blocker.item.private,
            };
            if !found.contains(&solved) {
                found.push(solved);
            }
        }
    }
    found
}

/// Where the records say that a commit came from, and what became of it.
pub fn moves(fold: &Fold, commit: &CommitId) -> Vec<Move> {
    let mut found = BTreeSet::new();
    let mut take = |way, how: &str, other: &CommitId| {
        found.insert(Move {
            way,
            how: how.to_owned(),
            other: other.to_string(),
        });
    };
    for event in fold.events() {
        match event.body() {
            Body::CommitRewritten(rewritten) => {
                for (old, new) in rewritten.pairs.iter().filter(|(old, new)| old != new) {
                    if old == commit {
                        take(Way::Into, &rewritten.command, new);
                    } else if new == commit {
                        take(Way::From, &rewritten.command, old);
                    }
                }
            }
            Body::CommitRecorded(record) => {
                let amended = record.amends.as_ref();
                match amended.filter(|old| **old != record.commit) {
                    Some(old) if old == commit => take(Way::Into, "amend", &record.commit),
                    Some(old) if record.commit == *commit => take(Way::From, "amend", old),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    found.into_iter().collect()
}

/// Where a message says that its commit was picked from (`git cherry-pick -x`), in hexadecimal.
pub fn picked_from(message: &str) -> Vec<Move> {
    let lines = message.lines().filter_map(|line| {
        let id = line
            .trim()
            .strip_prefix("(cherry picked from commit ")?
            .strip_suffix(')')?;
        let id = CommitId::new(id).ok()?;
        Some(Move {
            way: Way::From,
            how: "picked".to_owned(),
            other: id.to_string(),
        })
    });
    lines.collect()
}

#[cfg(test)]
mod tests;
