//! The working day: are the files that checkpoints promise still there, and was a command cut off?

use anyhow::Result;

use super::patient::Patient;
use crate::domain::checkpoint::retained;
use crate::domain::describe::plural;
use crate::domain::diagnosis::Finding;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::id::{CommitId, SessionId};
use crate::domain::session::Session;
use crate::ops::checkpoint::keeper;
use crate::ops::ctx::Ctx;
use crate::ops::{end, sessions};
use crate::store::Pending;

/// A checkpoint that has to be there.
#[derive(Clone, Debug)]
pub(super) struct Promised {
    commit: CommitId,
    name: String,
    parked: bool,
}

impl Promised {
    /// The checkpoints that a session retains.
    pub(super) fn of(ctx: &Ctx, session: &Session) -> Vec<Self> {
        let kept = retained(session, ctx.settings.checkpoint.keep_automatic);
        let promised = kept.into_iter().map(|checkpoint| Self {
            commit: checkpoint.made.commit.clone(),
            name: handle(session, ItemKind::Checkpoint, &checkpoint.item),
            parked: session.parked.contains(&checkpoint.item.id),
        });
        promised.collect()
    }

    /// In one line.
    fn shown(&self, session: &SessionId) -> String {
        let parked = if self.parked { ", parked work" } else { "" };
        format!("{session}: {} ({}){parked}", self.name, self.commit.short())
    }
}

/// Whether the commits of checkpoints are there, and kept.
pub(super) fn checkpoints(patient: &Patient<'_>) -> Result<Finding> {
    let ctx = patient.ctx;
    let (mut count, mut gone, mut loose, mut parked) = (0, Vec::new(), Vec::new(), false);
    for session in &patient.survey()?.sessions {
        let kept = keeper::kept(&ctx.repo, &session.id)?;
        count += session.promised.len();
        for promised in &session.promised {
            if !ctx.repo.has_commit(&promised.commit) {
                parked |= promised.parked;
                gone.push(promised.shown(&session.id));
            } else if !kept.contains(&promised.commit) {
                loose.push(promised.shown(&session.id));
            }
        }
    }
    if !gone.is_empty() {
        let summary = format!("the files of {} are gone", plural(gone.len(), "checkpoint"));
        let finding = if parked {
            Finding::bad(summary)
        } else {
            Finding::warn(summary)
        };
        return Ok(finding
            .evidence(gone)
            .so("they cannot be brought back from here")
            .person("another copy of this repository, or a backup, may have these commits"));
    }
    if !loose.is_empty() {
        let summary = format!("nothing keeps {}", plural(loose.len(), "checkpoint"));
        return Ok(Finding::warn(summary)
            .evidence(loose)
            .so("git frees them when it next collects garbage")
            .fix("keeps them again"));
    }
    Ok(match count {
        0 => Finding::ok("there are none"),
        count => Finding::ok(format!("{}, all there", plural(count, "checkpoint"))),
    })
}

/// Keeps again what is loose.
pub(super) fn keep(patient: &Patient<'_>) -> Result<Vec<String>> {
    let mut done = Vec::new();
    for session in &patient.survey()?.sessions {
        if session.promised.is_empty() {
            continue;
        }
        let loaded = sessions::load(patient.ctx, &session.id)?;
        keeper::settle(patient.ctx, &loaded.session)?;
        done.push(format!("kept the checkpoints of {}", session.id));
    }
    Ok(done)
}

/// Whether a command that changes files was cut off in this work tree.
pub(super) fn unfinished(patient: &Patient<'_>) -> Result<Finding> {
    let ctx = patient.ctx;
    if let Some(Pending::Rewind { to, before, .. }) = ctx.worktree.pending() {
        return Ok(Finding::warn(format!("a rewind to {to} was cut off"))
            .so("some files are as before and some as then; both states are saved")
            .person(format!(
                "git session rewind {to} goes on, git session rewind {before} --index goes back"
            )));
    }
    if let Some(interrupted) = end::interrupted(ctx)? {
        return Ok(Finding::warn(interrupted.to_string())
            .so("the session is open until it is ended")
            .person(interrupted.hint()));
    }
    Ok(Finding::ok("no command was cut off"))
}
