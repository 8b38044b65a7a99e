//! One step of the fold: what an event does to the session. Used by the fold alone.

use super::body::{Body, CommitRecorded, CommitRewritten, DecisionEdited, Reason, Started};
use super::event::Event;
use super::id::EventId;
use super::session::{
    Blocker, Commit, Decision, Item, Learning, Left, Objective, ObjectiveState, Session, State,
};
use super::time::{ActiveClock, Mark};

/// A session while its events are replayed in order.
pub(super) struct Replay {
    session: Session,
    idle_after: u64,
}

impl Replay {
    /// Begins with the event that started the session.
    pub(super) fn new(start: &Event, idle_after: u64) -> Option<Self> {
        let Body::SessionStarted(Started {
            branch,
            base,
            title,
            tdd,
            created,
        }) = start.body()
        else {
            return None;
        };
        let head = start.head();
        let session = Session {
            id: head.session.clone(),
            branch: branch.clone(),
            base: base.clone(),
            title: title.clone(),
            tdd: *tdd,
            created_branch: *created,
            by: head.by.clone(),
            started_at: head.at,
            state: State::Active,
            ended_at: None,
            objectives: Vec::new(),
            blockers: Vec::new(),
            decisions: Vec::new(),
            learnings: Vec::new(),
            notes: Vec::new(),
            commits: Vec::new(),
            clocks: std::collections::BTreeMap::new(),
            left: std::collections::BTreeMap::new(),
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
    pub(super) fn clock(&mut self, event: &Event) {
        let head = event.head();
        let worktree = head.worktree.clone().unwrap_or_default();
        let stops = matches!(
            event.body(),
            Body::SessionPaused(_)
                | Body::SessionEnded(_)
                | Body::SessionArchived(_)
                | Body::SessionDeleted(_)
        );
        let clock: &mut ActiveClock = self.session.clocks.entry(worktree).or_default();
        clock.mark(
            Mark {
                at: head.at.timestamp(),
                stops,
            },
            self.idle_after,
        );
        self.session.last_n = self.session.last_n.max(head.n);
        self.session.last_at = self.session.last_at.max(head.at);
    }

    /// The event takes effect.
    pub(super) fn apply(&mut self, event: &Event, number: Option<u32>) {
        self.clock(event);
        match event.body() {
            Body::ObjectiveAdded(_)
            | Body::BlockerAdded(_)
            | Body::DecisionAdded(_)
            | Body::LearningAdded(_)
            | Body::NoteAdded(_) => self.create(event, number),
            Body::ObjectiveStarted(e) => self.objective(&e.item, event, ObjectiveState::InProgress),
            Body::ObjectiveCompleted(e) => {
                self.objective(&e.item, event, ObjectiveState::Completed);
            }
            Body::ObjectiveReopened(e) => self.objective(&e.item, event, ObjectiveState::Open),
            Body::ObjectiveDropped(e) => self.objective(&e.item, event, ObjectiveState::Dropped),
            Body::ObjectiveEdited(e) => {
                if let Some(objective) = self
                    .session
                    .objectives
                    .iter_mut()
                    .find(|o| o.item.id == e.item)
                {
                    objective.item.text.clone_from(&e.text);
                }
            }
            Body::BlockerResolved(_) | Body::BlockerReopened(_) | Body::BlockerEdited(_) => {
                self.blocker(event);
            }
            Body::DecisionSuperseded(e) => {
                if let Some(decision) = self.decision(&e.item) {
                    decision.superseded_by = Some(e.by.clone());
                }
            }
            Body::DecisionEdited(e) => self.edit_decision(e),
            Body::LearningEdited(e) => {
                if let Some(learning) = self
                    .session
                    .learnings
                    .iter_mut()
                    .find(|l| l.item.id == e.item)
                {
                    learning.item.text.clone_from(&e.text);
                }
            }
            Body::LearningDropped(e) => {
                if let Some(learning) = self
                    .session
                    .learnings
                    .iter_mut()
                    .find(|l| l.item.id == e.item)
                {
                    learning.dropped = true;
                }
            }
            Body::CommitRecorded(record) => self.record(event, record),
            Body::CommitRewritten(rewritten) => self.rewrite(rewritten),
            _ => self.lifecycle(event),
        }
    }

    /// What happens to the session itself.
    fn lifecycle(&mut self, event: &Event) {
        let head = event.head();
        let session = &mut self.session;
        match event.body() {
            Body::SessionRenamed(renamed) => {
                if let Some(branch) = &renamed.branch {
                    session.branch = branch.clone();
                }
                if let Some(title) = &renamed.title {
                    session.title = Some(title.clone());
                }
            }
            Body::SessionPaused(paused) => {
                if paused.reason == Reason::Person {
                    session.state = State::Paused;
                }
                let worktree = head.worktree.clone().unwrap_or_default();
                session.left.insert(
                    worktree,
                    Left {
                        at: head.at,
                        head: paused.head.clone(),
                    },
                );
            }
            Body::SessionResumed(resumed) if resumed.reason == Reason::Person => {
                session.state = State::Active;
                session.ended_at = None;
            }
            Body::SessionTakenOver(_) => {
                session.state = State::Active;
                session.ended_at = None;
            }
            Body::SessionEnded(_) => {
                session.state = State::Ended;
                session.ended_at = Some(head.at);
            }
            Body::SessionArchived(_) => session.state = State::Archived,
            Body::SessionDeleted(_) => session.state = State::Deleted,
            _ => {}
        }
    }

    /// An item comes into being.
    fn create(&mut self, event: &Event, number: Option<u32>) {
        let head = event.head();
        let item = |text: &str, private: bool| Item {
            id: head.id.clone(),
            number,
            n: head.n,
            at: head.at,
            by: head.by.clone(),
            via: head.via.clone(),
            private,
            text: text.to_owned(),
        };
        let session = &mut self.session;
        match event.body() {
            Body::ObjectiveAdded(e) => session.objectives.push(Objective {
                item: item(&e.text, e.private),
                state: ObjectiveState::Open,
                state_n: head.n,
            }),
            Body::BlockerAdded(e) => session.blockers.push(Blocker {
                item: item(&e.text, e.private),
                link: e.link.clone(),
                resolved_at: None,
                resolution: None,
            }),
            Body::DecisionAdded(e) => session.decisions.push(Decision {
                item: item(&e.text, e.private),
                rationale: e.rationale.clone(),
                context: e.context.clone(),
                alternatives: e.alternatives.clone(),
                consequences: e.consequences.clone(),
                scope: e.scope.clone(),
                superseded_by: None,
            }),
            Body::LearningAdded(e) => session.learnings.push(Learning {
                item: item(&e.text, e.private),
                kind: e.kind,
                key: e.key.clone(),
                scope: e.scope.clone(),
                dropped: false,
            }),
            Body::NoteAdded(e) => session.notes.push(item(&e.text, e.private)),
            _ => {}
        }
    }

    /// An objective changes its state.
    fn objective(&mut self, id: &EventId, event: &Event, state: ObjectiveState) {
        if let Some(objective) = self
            .session
            .objectives
            .iter_mut()
            .find(|o| o.item.id == *id)
        {
            objective.state = state;
            objective.state_n = event.head().n;
        }
    }

    /// Something happens to a blocker.
    fn blocker(&mut self, event: &Event) {
        let id = match event.body() {
            Body::BlockerResolved(e) => &e.item,
            Body::BlockerReopened(e) => &e.item,
            Body::BlockerEdited(e) => &e.item,
            _ => return,
        };
        let Some(blocker) = self.session.blockers.iter_mut().find(|b| b.item.id == *id) else {
            return;
        };
        match event.body() {
            Body::BlockerResolved(e) => {
                blocker.resolved_at = Some(event.head().at);
                blocker.resolution.clone_from(&e.resolution);
            }
            Body::BlockerReopened(_) => {
                blocker.resolved_at = None;
                blocker.resolution = None;
            }
            Body::BlockerEdited(e) => {
                if let Some(text) = &e.text {
                    blocker.item.text.clone_from(text);
                }
                if e.link.is_some() {
                    blocker.link.clone_from(&e.link);
                }
            }
            _ => {}
        }
    }

    /// The decision with this id.
    fn decision(&mut self, id: &EventId) -> Option<&mut Decision> {
        self.session
            .decisions
            .iter_mut()
            .find(|decision| decision.item.id == *id)
    }

    /// The named parts of a decision change.
    fn edit_decision(&mut self, edit: &DecisionEdited) {
        let Some(decision) = self.decision(&edit.item) else {
            return;
        };
        if let Some(text) = &edit.text {
            decision.item.text.clone_from(text);
        }
        if edit.rationale.is_some() {
            decision.rationale.clone_from(&edit.rationale);
        }
        if edit.context.is_some() {
            decision.context.clone_from(&edit.context);
        }
        if let Some(alternatives) = &edit.alternatives {
            decision.alternatives.clone_from(alternatives);
        }
        if let Some(consequences) = &edit.consequences {
            decision.consequences.clone_from(consequences);
        }
        if let Some(scope) = &edit.scope {
            decision.scope.clone_from(scope);
        }
    }

    /// A commit was made. It counts once; one that amends another takes its place and its window.
    fn record(&mut self, event: &Event, record: &CommitRecorded) {
        let session = &mut self.session;
        if session.state == State::Paused {
            session.state = State::Active;
        }
        if session
            .commits
            .iter()
            .any(|commit| commit.record.commit == record.commit)
        {
            return;
        }
        let mut since = session.commits.last().map_or(0, |commit| commit.n);
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
            n: event.head().n,
            since,
            at: event.head().at,
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
            match commits
                .iter()
                .position(|commit| commit.record.commit == *new)
            {
                None => commits[place].record.commit = new.clone(),
                Some(kept) if rewritten.command == "amend" => {
                    commits[kept].since = commits[kept].since.min(commits[place].since);
                    commits.remove(place);
                }
                Some(kept) => {
                    commits[kept].record.time += commits[place].record.time;
                    commits[kept].since = commits[kept].since.min(commits[place].since);
                    commits.remove(place);
                }
            }
        }
    }
}
