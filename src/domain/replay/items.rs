//! What an event does to the items of the session.

use super::Replay;
use crate::domain::body::{Body, DecisionEdited};
use crate::domain::event::{Event, Origin};
use crate::domain::id::EventId;
use crate::domain::session::{
    Blocker, Checkpoint, Decision, Item, Learning, Objective, ObjectiveState, Told,
};

impl Replay {
    /// The event takes effect on an item. `number`: that of the item which it makes.
    pub(super) fn item(&mut self, event: &Event, log: &Origin, number: Option<u32>) {
        use ObjectiveState::{Completed, Dropped, InProgress, Open};
        match event.body() {
            Body::ObjectiveStarted(e) => self.set_objective(&e.item, event, log, InProgress),
            Body::ObjectiveCompleted(e) => self.set_objective(&e.item, event, log, Completed),
            Body::ObjectiveReopened(e) => self.set_objective(&e.item, event, log, Open),
            Body::ObjectiveDropped(e) => self.set_objective(&e.item, event, log, Dropped),
            Body::ObjectiveEdited(e) => {
                if let Some(objective) = self.objective(&e.item) {
                    objective.item.text.clone_from(&e.text);
                }
            }
            Body::ObjectiveLinked(e) => {
                if let Some(objective) = self.objective(&e.item) {
                    objective.link = Some(e.link.clone());
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
                if let Some(learning) = self.learning(&e.item) {
                    learning.item.text.clone_from(&e.text);
                }
            }
            Body::LearningDropped(e) => {
                if let Some(learning) = self.learning(&e.item) {
                    learning.dropped = true;
                }
            }
            _ => self.create(event, log, number),
        }
    }

    /// An item comes into being.
    fn create(&mut self, event: &Event, log: &Origin, number: Option<u32>) {
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
                link: None,
                state: ObjectiveState::Open,
                state_n: head.n,
                state_by: told(event, log),
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
            // its files are in the other clone
            Body::CheckpointCreated(e) if *log != Origin::Own => {
                let label = e.label.as_deref().unwrap_or_default();
                session.labels.push(item(label, e.private));
            }
            Body::CheckpointCreated(e) => session.checkpoints.push(Checkpoint {
                item: item(e.label.as_deref().unwrap_or_default(), e.private),
                made: e.clone(),
                dropped: false,
            }),
            _ => self.work(event, log),
        }
    }

    /// The objective with this id.
    fn objective(&mut self, id: &EventId) -> Option<&mut Objective> {
        let mut objectives = self.session.objectives.iter_mut();
        objectives.find(|objective| objective.item.id == *id)
    }

    /// The learning with this id.
    fn learning(&mut self, id: &EventId) -> Option<&mut Learning> {
        let mut learnings = self.session.learnings.iter_mut();
        learnings.find(|learning| learning.item.id == *id)
    }

    /// An objective changes its state.
    fn set_objective(&mut self, id: &EventId, event: &Event, log: &Origin, state: ObjectiveState) {
        if let Some(objective) = self.objective(id) {
            objective.state = state;
            objective.state_n = event.head().n;
            objective.state_by = told(event, log);
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
}

/// Who wrote an event, and when.
fn told(event: &Event, log: &Origin) -> Told {
    let head = event.head();
    Told {
        at: head.at,
        by: head.by.clone(),
        log: log.clone(),
    }
}
