//! What an event does to checkpoints, parked work, handoffs and figures.

use super::Replay;
use crate::domain::body::Body;
use crate::domain::event::{Event, Origin};
use crate::domain::id::EventId;
use crate::domain::session::Happened;

impl Replay {
    /// The event takes effect on the working day.
    pub(super) fn work(&mut self, event: &Event, log: &Origin) {
        let session = &mut self.session;
        match event.body() {
            Body::CheckpointDropped(e) => {
                session.labels.retain(|label| label.id != e.item);
                let mut checkpoints = session.checkpoints.iter_mut();
                if let Some(dropped) = checkpoints.find(|known| known.item.id == e.item) {
                    dropped.dropped = true;
                }
                self.unpark(&e.item);
            }
            Body::WorkParked(e) => {
                self.unpark(&e.checkpoint);
                self.session.parked.push(e.checkpoint.clone());
            }
            Body::WorkRestored(e) => self.unpark(&e.checkpoint),
            Body::HandoffCreated(e) => session.handoffs.push(happened(event, log, e.clone())),
            Body::MetricsRecorded(e) => session.metrics.push(happened(event, log, e.clone())),
            Body::TddPhaseSet(e) => session.phases.push(happened(event, log, e.phase)),
            _ => {}
        }
    }

    /// The work that this checkpoint holds is not put away.
    fn unpark(&mut self, checkpoint: &EventId) {
        self.session.parked.retain(|parked| parked != checkpoint);
    }
}

/// What an event says, with its circumstances.
fn happened<T>(event: &Event, log: &Origin, what: T) -> Happened<T> {
    let head = event.head();
    Happened {
        id: head.id.clone(),
        n: head.n,
        at: head.at,
        by: head.by.clone(),
        log: log.clone(),
        what,
    }
}
