//! The writer id: made once a clone, copied when a clone is copied as files.

use anyhow::Result;

use super::patient::Patient;
use crate::domain::diagnosis::Finding;
use crate::ops::identity::{self, Case, case};
use crate::ops::setup;

/// Whether another clone writes under the id of this one.
pub(super) fn writer(patient: &Patient<'_>) -> Result<Finding> {
    Ok(match case(patient.ctx)? {
        Case::NoWriter => Finding::ok("this clone has not written yet"),
        Case::Same(writer) => Finding::ok(format!("{writer}, of this clone alone")),
        Case::NotRemembered(writer) => Finding::skipped(format!(
            "{writer}; an older version did not write down where this clone is"
        ))
        .fix("writes it down, so that a copy is known from now on"),
        Case::Other(writer) => {
            Finding::warn(format!("{writer} is not the id that was written down"))
                .so("a copy of this clone would not be known")
                .fix("writes it down")
        }
        Case::Moved(writer, from) => Finding::warn(format!("{writer} was made elsewhere"))
            .evidence([format!("the clone was in {from}, where it is not any more")])
            .so("if it was moved, all is well; if this is a copy, both write the same refs")
            .fix("writes down where it is; a copy takes git config --unset session.writer first"),
        Case::Copied(writer, from) => {
            Finding::bad(format!("{writer} is the id of another clone, too"))
                .evidence([format!("this one was copied from {from}")])
                .so("both write the same refs, and one overwrites what the other has shared")
                .fix("gives this clone an id of its own; what was written stays readable")
        }
    })
}

/// Gives a copy an id of its own, and writes down where the clone is.
pub(super) fn settle(patient: &Patient<'_>) -> Result<Vec<String>> {
    let ctx = patient.ctx;
    let here = ctx.repo.common_dir().display();
    Ok(match case(ctx)? {
        Case::NoWriter | Case::Same(_) => Vec::new(),
        Case::Copied(old, _) => {
            let new = identity::renew(ctx)?;
            vec![format!("the writer id is {new} now, it was {old}")]
        }
        Case::NotRemembered(writer) | Case::Other(writer) | Case::Moved(writer, _) => {
            setup::remember_home(ctx, writer)?;
            vec![format!("wrote down that this clone is in {here}")]
        }
    })
}
