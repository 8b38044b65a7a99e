//! What people are told when a command is refused: the reason, and what to type.

use crate::domain::decide::Refused;
use crate::domain::handle::{HandleError, ItemKind};
use crate::domain::session::State;
use crate::error::Fault;

/// A refusal as a fault, with the command that helps.
pub fn refused(refused: &Refused) -> anyhow::Error {
    let fault = Fault::user(refused.to_string());
    match refused {
        Refused::Name(kind, HandleError::Missing(..)) => {
            fault.hint(format!("git session {}s list --all", kind.noun()))
        }
        Refused::Name(ItemKind::Checkpoint, _) => fault.hint("git session checkpoints list"),
        Refused::Name(..) => fault.hint("type the longer handle"),
        Refused::Parked(handle) => fault
            .hint("git session resume")
            .hint(format!("git session checkpoints drop {handle} --parked")),
        Refused::Closed(State::Ended | State::Archived) => fault
            .hint("git session start --resume")
            .hint("git session start --new"),
        Refused::Closed(_) => fault.hint("git session start"),
        Refused::NothingToChange(what) => fault.hint(format!("git session {what}s edit --help")),
        Refused::Already(_) => fault.hint("git session status"),
        Refused::NotUndoable => fault.hint("git session undo --list"),
        Refused::Empty(_) => fault,
    }
    .into()
}
