//! What commands about the working day come to: checkpoints, parked work, handoffs, figures, the end.

use serde_json::Value;

use super::{Command, ParkedWork, Privacy, Refused, find, into_string, open};
use crate::domain::body::{
    Body, Cause, Changed, CheckpointCreated, ContextUpdated, Ended, HandoffCreated, ItemTouched,
    MergedBetween, Named, Parked, PhaseSet, Progress, Pushed, TddPhase,
};
use crate::domain::handle::{ItemKind, handle};
use crate::domain::id::{BranchName, CommitId};
use crate::domain::redact::{self, Redacted};
use crate::domain::session::Session;

/// What is said of a checkpoint.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Why it is made.
    pub cause: Cause,
    /// A name for people.
    pub label: Option<Redacted>,
    /// What is to be remembered about it.
    pub notes: Option<Redacted>,
    /// The phase of the work.
    pub phase: Option<Redacted>,
    /// How far the work is.
    pub progress: Option<Progress>,
    /// What an agent wants to find again, as JSON.
    pub context: Option<Redacted>,
    /// The step of test-driven work that it belongs to.
    pub tdd: Option<TddPhase>,
    /// Whether it may leave the machine.
    pub privacy: Privacy,
}

/// A checkpoint whose commit is there.
#[derive(Clone, Debug)]
pub struct NewCheckpoint {
    /// The commit of the shape of a stash.
    pub commit: CommitId,
    /// HEAD at that moment; none when the branch had no commit.
    pub head: Option<CommitId>,
    /// What is said of it.
    pub said: Said,
    /// What changed since the checkpoint before.
    pub changed: Option<Changed>,
    /// Untracked files that it does not hold.
    pub left_out: Named,
    /// Submodules and nested repositories with changes of their own.
    pub nested: Named,
}

/// A document for who goes on.
#[derive(Clone, Debug, Default)]
pub struct NewHandoff {
    /// HEAD at that moment.
    pub head: Option<CommitId>,
    /// The tree of the work tree at that moment.
    pub tree: Option<String>,
    /// What was reached.
    pub accomplished: Vec<Redacted>,
    /// What is to be remembered.
    pub remember: Vec<Redacted>,
    /// What comes next.
    pub next: Vec<Redacted>,
    /// Whether it may leave the machine.
    pub privacy: Privacy,
}

/// The end of a session.
#[derive(Clone, Debug, Default)]
pub struct NewEnd {
    /// The work was given up.
    pub abandoned: bool,
    /// The tip of the branch.
    pub head: Option<CommitId>,
    /// What was reached.
    pub accomplished: Vec<Redacted>,
    /// What is to be remembered.
    pub remember: Vec<Redacted>,
    /// Whether it went well, where somebody said so.
    pub success: Option<bool>,
    /// The phase of the work.
    pub phase: Option<Redacted>,
    /// The branch that the work was merged into.
    pub merged_to: Option<BranchName>,
    /// The tip of that branch before the merge, and after it.
    pub merge: Option<MergedBetween>,
    /// What was pushed.
    pub pushed: Option<Pushed>,
    /// Why the bars of the project would have refused the merge, when they were overridden.
    pub overridden: Vec<String>,
}

/// What such a command comes to.
pub(super) fn work(session: &Session, command: Command) -> Result<Body, Refused> {
    Ok(match command {
        Command::Checkpoint(new) => Body::CheckpointCreated(created(open(session)?, *new)),
        Command::Restore(restored) => Body::CheckpointRestored(restored),
        Command::DropCheckpoint { name, parked } => drop_checkpoint(session, &name, parked)?,
        Command::Park { checkpoint } => Body::WorkParked(Parked { checkpoint }),
        Command::Unpark { checkpoint } => Body::WorkRestored(Parked { checkpoint }),
        Command::HandOver(new) => Body::HandoffCreated(handed_over(*new)),
        Command::RecordMetrics(metrics) => Body::MetricsRecorded(*metrics),
        Command::SetPhase { phase } => {
            open(session)?;
            Body::TddPhaseSet(PhaseSet { phase })
        }
        Command::UpdateContext { path } => {
            open(session)?;
            Body::ContextUpdated(ContextUpdated {
                path: into_string(path),
            })
        }
        _ => return Err(Refused::NothingToChange("session")),
    })
}

fn created(_open: &Session, new: NewCheckpoint) -> CheckpointCreated {
    let said = new.said;
    CheckpointCreated {
        commit: new.commit,
        head: new.head,
        cause: said.cause,
        label: said.label.map(into_string),
        notes: said.notes.map(into_string),
        phase: said.phase.map(into_string),
        progress: said.progress,
        context: said.context.map(|text| json(into_string(text))),
        tdd: said.tdd,
        changed: new.changed,
        left_out: new.left_out,
        nested: new.nested,
        private: said.privacy == Privacy::Private,
    }
}

/// The JSON in a text, each string in it without secrets, as its key tells them; the text itself where redaction
/// has left no JSON.
fn json(text: String) -> Value {
    let json = serde_json::from_str(&text).ok().and_then(redact::value);
    json.unwrap_or(Value::String(text))
}

fn drop_checkpoint(session: &Session, name: &str, parked: ParkedWork) -> Result<Body, Refused> {
    let item = find(session, ItemKind::Checkpoint, name)?;
    let mut checkpoints = session.checkpoints.iter();
    let known = checkpoints.find(|known| known.item.id == item);
    let handle = known.map(|known| handle(session, ItemKind::Checkpoint, &known.item));
    let handle = handle.unwrap_or_default();
    if session.parked.contains(&item) && parked == ParkedWork::Stays {
        return Err(Refused::Parked(handle));
    }
    if known.is_some_and(|known| known.dropped) {
        return Err(Refused::Already(format!("{handle} is dropped already")));
    }
    Ok(Body::CheckpointDropped(ItemTouched { item }))
}

fn texts(texts: Vec<Redacted>) -> Vec<String> {
    let texts = texts.into_iter().map(into_string);
    texts.filter(|text| !text.trim().is_empty()).collect()
}

fn handed_over(new: NewHandoff) -> HandoffCreated {
    HandoffCreated {
        head: new.head,
        tree: new.tree,
        accomplished: texts(new.accomplished),
        remember: texts(new.remember),
        next: texts(new.next),
        private: new.privacy == Privacy::Private,
    }
}

pub(super) fn ended(new: NewEnd) -> Ended {
    Ended {
        abandoned: new.abandoned,
        head: new.head,
        accomplished: texts(new.accomplished),
        remember: texts(new.remember),
        success: new.success,
        phase: new.phase.map(into_string),
        merged_to: new.merged_to,
        merge: new.merge,
        pushed: new.pushed,
        overridden: new.overridden,
    }
}
