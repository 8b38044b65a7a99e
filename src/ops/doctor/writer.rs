//! The writer id: made once a clone, copied when a clone is copied as files.

use anyhow::Result;

use super::patient::Patient;
use crate::domain::diagnosis::Finding;
use crate::domain::id::WriterId;
use crate::git::Git;
use crate::ops::ctx::Ctx;
use crate::ops::setup;
use crate::store::Home;

/// What the remembered place says.
enum Case {
    /// Nobody has written anything yet.
    NoWriter,
    /// An older version made this store.
    NotRemembered(WriterId),
    /// The clone is where it was.
    Same(WriterId),
    /// The config has another id than the one that was written down.
    Other(WriterId),
    /// The clone is elsewhere, and nobody is where it was.
    Moved(WriterId, String),
    /// A clone with this id is where this one was.
    Copied(WriterId, String),
}

/// Compares where the clone is with where it was.
fn case(ctx: &Ctx) -> Result<Case> {
    let Some(writer) = setup::known_writer(ctx)? else {
        return Ok(Case::NoWriter);
    };
    let Some(home) = ctx.store.home() else {
        return Ok(Case::NotRemembered(writer));
    };
    let here = Home::of(ctx.repo.common_dir(), writer.clone());
    if home.writer != writer {
        return Ok(Case::Other(writer));
    }
    let same = home.path == here.path || (home.inode.is_some() && home.inode == here.inode);
    if same {
        return Ok(Case::Same(writer));
    }
    let config = format!("{}/config", home.path);
    let asked = Git::new(&ctx.env, ctx.repo.cwd())
        .elsewhere()
        .args(["config", "--file", &config, "--get", "session.writer"])
        .output()?;
    Ok(if asked.success() && asked.text() == writer.as_str() {
        Case::Copied(writer, home.path)
    } else {
        Case::Moved(writer, home.path)
    })
}

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
            let new = setup::renew_writer(ctx)?;
            vec![format!("the writer id is {new} now, it was {old}")]
        }
        Case::NotRemembered(writer) | Case::Other(writer) | Case::Moved(writer, _) => {
            setup::remember_home(ctx, writer)?;
            vec![format!("wrote down that this clone is in {here}")]
        }
    })
}
