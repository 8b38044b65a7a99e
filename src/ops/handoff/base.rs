//! Where the work of a session begins: where it was cut, or where the branch that it was cut from was merged in
//! last. Git is asked first, and the answer is read when it is needed.

use anyhow::Result;

use crate::domain::id::CommitId;
use crate::domain::session::Session;
use crate::git::Running;
use crate::ops::ctx::Ctx;

/// A question to git that is under way.
pub(in crate::ops) struct Base {
    cut: Cut,
    head: CommitId,
    merged: Option<Running>,
}

/// Where the session was cut.
enum Cut {
    /// It began with the first commit.
    Nothing,
    /// At this commit.
    Commit(CommitId),
    /// At a commit that is not here.
    Gone,
}

/// Asks.
pub(in crate::ops) fn ask(ctx: &Ctx, session: &Session, head: &CommitId) -> Result<Base> {
    let base = |cut, merged| Base {
        cut,
        head: head.clone(),
        merged,
    };
    let Some(cut) = &session.base.commit else {
        return Ok(base(Cut::Nothing, None));
    };
    if !ctx.repo.has_commit(cut) || !ctx.repo.has_commit(head) {
        return Ok(base(Cut::Gone, None));
    }
    let other = session.base.branch.as_ref();
    let tip = match other.filter(|branch| **branch != session.branch) {
        Some(branch) => ctx.repo.branch_tip(branch)?,
        None => None,
    };
    // where that branch stands still, nothing of it can have been merged in
    let moved = tip.filter(|tip| tip != cut && head != cut);
    let git = |tip: &CommitId| {
        let git = ctx.repo.git();
        git.args(["merge-base", tip.as_str(), head.as_str()])
            .start()
    };
    let merged = moved.as_ref().map(git).transpose()?;
    Ok(base(Cut::Commit(cut.clone()), merged))
}

impl Base {
    /// The commit, or the empty tree; none where it is not here.
    pub(in crate::ops) fn answer(self, ctx: &Ctx) -> Result<Option<String>> {
        let cut = match self.cut {
            Cut::Nothing => return Ok(Some(ctx.repo.empty_tree().to_owned())),
            Cut::Gone => return Ok(None),
            Cut::Commit(cut) => cut,
        };
        if let Some(running) = self.merged {
            let output = running.output()?;
            if let (true, Ok(merged)) = (output.success(), CommitId::new(output.text()))
                && merged != self.head
                && ctx.repo.is_ancestor(&cut, &merged)?
            {
                return Ok(Some(merged.to_string()));
            }
        }
        Ok(Some(cut.to_string()))
    }
}
