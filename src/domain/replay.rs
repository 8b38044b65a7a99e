//! One step of the fold: what an event does to the session. Used by the fold alone.

mod items;
mod work;

use std::collections::BTreeMap;

use super::body::{self, Body, CommitRecorded, CommitRewritten, Reason, Started, TakenOver};
use super::event::{Event, Origin};
use super::pen::IMPORT;
use super::session::{Commit, Left, Session, State};
use super::time::{ActiveClock, Mark};

/// A session while its events are replayed in order.
pub(super) struct Replay {
    session: Session,
    idle_after: u64,
}

impl Replay {
    /// Begins with the event that started the session.
    pub(super) fn new(start: &Event, idle_after: u64) -> Option<Self> {
        let (Body::SessionStarted(started)
        | Body::SessionTakenOver(TakenOver {
            started: Some(started),
            ..
        })) = start.body()
        else {
            return None;
        };
        let head = start.head();
        let session = Session {
            id: head.session.clone(),
            branch: started.branch.clone(),
            base: started.base.clone(),
            title: started.title.clone(),
            tdd: started.tdd,
            created_branch: started.created,
            by: head.by.clone(),
            started_at: head.at,
            state: State::Active,
            ended_at: None,
            objectives: Vec::new(),
            blockers: Vec::new(),
            decisions: Vec::new(),
            learnings: Vec::new(),
            notes: Vec::new(),
            checkpoints: Vec::new(),
            labels: Vec::new(),
            parked: Vec::new(),
            handoffs: Vec::new(),
            metrics: Vec::new(),
            phases: Vec::new(),
            last_end: None,
            last_end_log: Origin::Own,
            commits: Vec::new(),
            clocks: BTreeMap::new(),
            elsewhere: BTreeMap::new(),
            left: BTreeMap::new(),
            ops: Vec::new(),
            last_n: 0,
            last_at: head.at,
        };
        Some(Self {
            session,
            idle_after,
        })
    }

    /// The session after the last event.
    pub(super) fn finish(self) -> Session {
        self.session
    }

    /// Time passes, whatever the event says.
    pub(super) fn clock(&mut self, event: &Event, log: &Origin) {
        let head = event.head();
        let worktree = head.worktree.clone().unwrap_or_default();
        let stops = matches!(
            event.body(),
            Body::SessionPaused(_)
                | Body::SessionEnded(_)
                | Body::SessionArchived(_)
                | Body::SessionDeleted(_)
        );
        let session = &mut self.session;
        if !is_afterthought(event.body()) && head.via != IMPORT {
            let clock: &mut ActiveClock = match log {
                Origin::Own => session.clocks.entry(worktree).or_default(),
                Origin::Other(writer) => {
                    let key = (writer.clone(), worktree);
                    session.elsewhere.entry(key).or_default()
                }
            };
            clock.mark(
                Mark {
                    at: head.at.timestamp(),
                    stops,
                },
                self.idle_after,
            );
        }
        self.session.last_n = self.session.last_n.max(head.n);
        self.session.last_at = self.session.last_at.max(head.at);
    }

    /// The event takes effect. `number`: that of the item which it makes.
    pub(super) fn apply(&mut self, event: &Event, log: &Origin, number: Option<u32>) {
        self.clock(event, log);
        match event.body() {
            Body::CommitRecorded(record) => self.record(event, record, log),
            Body::CommitRewritten(rewritten) => self.rewrite(rewritten),
            _ => {
                self.lifecycle(event, log);
                self.item(event, log, number);
            }
        }
    }

    /// What happens to the session itself.
    fn lifecycle(&mut self, event: &Event, log: &Origin) {
        let head = event.head();
        let session = &mut self.session;
        match event.body() {
            Body::SessionStarted(started) => self.start(event, started),
            Body::SessionRenamed(renamed) => {
                if let Some(branch) = &renamed.branch {
                    session.branch = branch.clone();
                }
                if let Some(title) = &renamed.title {
                    session.title = Some(title.clone());
                }
            }
            Body::SessionModeSet(mode) => session.tdd = mode.tdd,
            Body::SessionPaused(paused) => {
                if paused.reason == Reason::Person {
                    session.state = State::Paused;
                    session.ended_at = None;
                }
                if *log == Origin::Own {
                    let left = Left {
                        at: head.at,
                        head: paused.head.clone(),
                    };
                    let worktree = head.worktree.clone().unwrap_or_default();
                    session.left.insert(worktree, left);
                }
            }
            Body::SessionResumed(resumed) if resumed.reason == Reason::Person => {
                session.state = State::Active;
                session.ended_at = None;
            }
            Body::SessionTakenOver(_) => {
                session.state = State::Active;
                session.ended_at = None;
            }
            Body::SessionEnded(ended) => {
                session.state = State::Ended;
                session.ended_at = Some(head.at);
                session.last_end = Some(ended.clone());
                session.last_end_log.clone_from(log);
            }
            Body::SessionArchived(_) => session.state = State::Archived,
            Body::SessionDeleted(_) => session.state = State::Deleted,
            _ => {}
        }
    }

    /// What the start of a session says of it.
    fn start(&mut self, event: &Event, started: &Started) {
        let session = &mut self.session;
        session.branch.clone_from(&started.branch);
        session.base.clone_from(&started.base);
        session.title.clone_from(&started.title);
        session.tdd = started.tdd;
        session.created_branch = started.created;
        session.by.clone_from(&event.head().by);
        session.started_at = event.head().at;
    }

    /// A commit was made. It counts once, and what a hook saw counts more than what was found later; one that
    /// amends another takes its place and its window.
    fn record(&mut self, event: &Event, record: &CommitRecorded, log: &Origin) {
        let session = &mut self.session;
        let mut known = session.commits.iter();
        if let Some(place) = known.position(|commit| commit.record.commit == record.commit) {
            if record.adopted || !session.commits[place].record.adopted {
                return;
            }
            session.commits.remove(place);
        }
        if session.state == State::Paused && !record.adopted {
            session.state = State::Active;
        }
        let same_log = session.commits.iter().filter(|commit| commit.log == *log);
        let mut since = same_log.map(|commit| commit.n).max().unwrap_or(0);
        if let Some(old) = &record.amends
            && let Some(place) = session
                .commits
                .iter()
                .position(|commit| commit.record.commit == *old)
        {
            since = session.commits.remove(place).since;
        }
        session.commits.push(Commit {
            record: record.clone(),
            n: if passes_on(record) {
                since
            } else {
                event.head().n
            },
            since,
            at: event.head().at,
            log: log.clone(),
            own_seconds: if *log == Origin::Own { record.time } else { 0 },
            copies: Vec::new(),
        });
    }

    /// Commits were replaced. Where several became one, their times add up.
    fn rewrite(&mut self, rewritten: &CommitRewritten) {
        let commits = &mut self.session.commits;
        for (old, new) in &rewritten.pairs {
            let Some(place) = commits
                .iter()
                .position(|commit| commit.record.commit == *old)
            else {
                continue;
            };
            if old == new {
                continue;
            }
            if rewritten.command == body::COPIED {
                if !commits[place].copies.contains(new) {
                    commits[place].copies.push(new.clone());
                }
                continue;
            }
            match commits
                .iter()
                .position(|commit| commit.record.commit == *new)
            {
                None => commits[place].record.commit = new.clone(),
                Some(kept) => {
                    let gone = commits[place].clone();
                    let kept = &mut commits[kept];
                    // a record of an amend has counted the window of the commit that it replaces
                    if rewritten.command != "amend" {
                        absorb(kept, &gone);
                    }
                    kept.since = kept.since.min(gone.since);
                    kept.n = kept.n.max(gone.n);
                    kept.copies.extend(gone.copies);
                    kept.log = kept.log.clone().max(gone.log);
                    commits.remove(place);
                }
            }
        }
    }
}

/// Whether a commit leaves what came since the one before to the next one, which can say it.
pub(super) const fn passes_on(record: &CommitRecorded) -> bool {
    record.merge || record.revert || record.adopted
}

/// Whether an event only says what a command found out later: nobody worked at that moment.
fn is_afterthought(body: &Body) -> bool {
    match body {
        Body::CommitRecorded(record) => record.adopted,
        Body::CommitRewritten(rewritten) => {
            matches!(rewritten.command.as_str(), body::FOLLOWED | body::COPIED)
        }
        _ => false,
    }
}

/// A commit became part of another: times add up, of an objective the later mark holds, nothing that was
/// decided or changed is lost.
fn absorb(kept: &mut Commit, gone: &Commit) {
    kept.own_seconds = kept.own_seconds.saturating_add(gone.own_seconds);
    let (into, from) = (&mut kept.record, &gone.record);
    into.time = into.time.saturating_add(from.time);
    for objective in &from.objectives {
        match into
            .objectives
            .iter_mut()
            .find(|known| known.item == objective.item)
        {
            Some(known) if known.mark == body::Mark::Done => {}
            Some(known) => known.mark = objective.mark,
            None => into.objectives.push(objective.clone()),
        }
    }
    for decision in &from.decisions {
        if !into.decisions.contains(decision) {
            into.decisions.push(decision.clone());
        }
    }
    into.impact.absorb(&from.impact);
}
