//! The push at the end of a session: which branch goes where, what goes out, and git's own push.

use anyhow::Result;

use super::{Again, Merge, Merged, Request, Wish};
use crate::domain::body::Pushed;
use crate::domain::id::{BranchName, CommitId};
use crate::domain::redact::Redacted;
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::git::PushRemote;
use crate::ops::ctx::Ctx;
use crate::ops::history;
use crate::sys::env;

/// So many commits are listed.
const MOST_LISTED: usize = 5;

/// A push that is about to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// Where to.
    pub remote: String,
    /// The branch.
    pub branch: BranchName,
    /// The full name that it gets there.
    pub destination: String,
    /// The branch will follow that of the remote: it follows none yet.
    pub set_upstream: bool,
    /// The remote has no branch of that name, as far as this clone has seen.
    pub new: bool,
    /// The newest commits that go out, each with its subject.
    pub newest: Vec<(CommitId, String)>,
    /// How many go out, without a merge that is still to be made.
    pub count: usize,
    /// The commit of a merge that is still to be made goes out with them.
    pub with_merge: bool,
}

impl Push {
    /// What the log keeps of it.
    pub(super) fn record(&self) -> Pushed {
        Pushed {
            remote: self.shown(),
            branch: self.branch.clone(),
            to: self.elsewhere().map(str::to_owned),
            new: self.new,
        }
    }

    /// The remote for people: the settings may name an address with a password.
    pub fn shown(&self) -> String {
        Redacted::new(&self.remote).into_string()
    }

    /// The name of the branch there, where the settings give it another one than it has here.
    pub fn elsewhere(&self) -> Option<&str> {
        let there = self.destination.as_str();
        let there = there.strip_prefix("refs/heads/").unwrap_or(there);
        (there != self.branch.as_str()).then_some(there)
    }

    /// Where to, for people: the remote, and the name there where it is another one.
    pub fn place(&self) -> String {
        place(&self.shown(), self.elsewhere())
    }

    /// The words of the command, without `git`. Both names are said in full, so that no tag of that name and no
    /// setting can mean another one.
    pub fn arguments(&self) -> Vec<String> {
        let mut words = vec!["push".to_owned()];
        words.extend(self.set_upstream.then(|| "-u".to_owned()));
        let names = format!("refs/heads/{}:{}", self.branch, self.destination);
        words.extend(["--".to_owned(), self.remote.clone(), names]);
        words
    }

    /// The command, for people.
    pub fn line(&self) -> String {
        let upstream = if self.set_upstream { "-u " } else { "" };
        let names = match self.elsewhere() {
            Some(there) => format!("{}:{there}", self.branch),
            None => self.branch.to_string(),
        };
        format!(
            "git push {upstream}{} {}",
            quoted(&self.shown()),
            quoted(&names)
        )
    }
}

/// `origin`, and `origin as main` where the branch has another name there.
pub fn place(remote: &str, elsewhere: Option<&str>) -> String {
    match elsewhere {
        Some(there) => format!("{remote} as {there}"),
        None => remote.to_owned(),
    }
}

/// What would go out, if anything is wanted to. After a merge it is the target when that follows a branch, else
/// the branch of the session.
pub(super) fn plan(
    ctx: &Ctx,
    source: &BranchName,
    tip: Option<&CommitId>,
    merge: Option<&Merge>,
    request: &Request,
) -> Result<Option<Push>> {
    let again = &request.again;
    match request.push {
        Wish::No | Wish::Unsaid => Ok(None),
        Wish::Yes => planned(ctx, source, tip, merge, again).map(Some),
        Wish::Ask => {
            let possible = planned(ctx, source, tip, merge, again).ok();
            Ok(possible.filter(|push| push.count > 0 || push.with_merge))
        }
    }
}

fn planned(
    ctx: &Ctx,
    source: &BranchName,
    tip: Option<&CommitId>,
    merge: Option<&Merge>,
    again: &Again,
) -> Result<Push> {
    if ctx.repo.state().away_from_branch() {
        super::refuse::in_progress(ctx)?;
    }
    let Some(tip) = tip else {
        return Err(Fault::user(format!("{source} has no commit to push"))
            .hint("git commit")
            .into());
    };
    let target = match merge {
        Some(merge) if ctx.repo.has_upstream(&merge.target)? => Some(merge),
        _ => None,
    };
    let branch = target.map_or(source, |merge| &merge.target);
    let remote = remote(ctx, branch, again)?;
    if let Some((merge, upstream)) = target.and_then(|m| Some((m, m.upstream.as_ref()?)))
        && upstream.behind > 0
    {
        return Err(Fault::user(format!(
            "{} lacks {} of {}, so it could not be pushed",
            merge.target,
            commits(upstream.behind),
            upstream.name
        ))
        .hint(format!(
            "git switch {} && git pull",
            quoted(merge.target.as_str())
        ))
        .into());
    }
    let mut tips = vec![tip.clone()];
    tips.extend(target.map(|merge| merge.target_tip.clone()));
    let with_merge = match target {
        Some(merge) => !merge.made && makes_commit(ctx, merge)?,
        None => false,
    };
    let out = ctx.repo.outgoing(&tips, &remote)?;
    let newest = out.iter().take(MOST_LISTED).map(|id| {
        let info = ctx.repo.commit(id)?;
        Ok((id.clone(), history::subject(&info)))
    });
    let destination = ctx.repo.push_destination(branch, &remote)?;
    let there = destination.strip_prefix("refs/heads/");
    let there = there.map(|there| format!("refs/remotes/{remote}/{there}"));
    Ok(Push {
        set_upstream: !ctx.repo.has_upstream(branch)?,
        new: match there {
            Some(there) => ctx.repo.ref_id(&there)?.is_none(),
            None => false,
        },
        destination,
        newest: newest.collect::<Result<_>>()?,
        count: out.len(),
        branch: branch.clone(),
        remote,
        with_merge,
    })
}

/// Whether a merge makes a commit, as far as that can be told.
fn makes_commit(ctx: &Ctx, merge: &Merge) -> Result<bool> {
    let never = ctx.repo.config()?.get("merge.ff").as_deref() == Some("false");
    let known = ctx.repo.is_ancestor(&merge.source_tip, &merge.target_tip)?;
    Ok(merge.tree.is_some() || (never && !known))
}

fn commits(count: u64) -> String {
    crate::domain::describe::plural(usize::try_from(count).unwrap_or(usize::MAX), "commit")
}

/// The remote to push to, unless its settings would force the push.
fn remote(ctx: &Ctx, branch: &BranchName, again: &Again) -> Result<String> {
    let name = match ctx.repo.push_remote(branch)? {
        PushRemote::Named(name) => name,
        PushRemote::None => {
            return Err(Fault::user("there is no remote to push to")
                .hint("git remote add origin <url>")
                .hint(again.without_push())
                .into());
        }
        PushRemote::Several(names) => {
            return Err(Fault::user(format!(
                "{branch} can be pushed to several remotes: {}",
                names.join(", ")
            ))
            .hint(format!(
                "git config {} <remote>",
                quoted(&format!("branch.{branch}.pushRemote"))
            ))
            .into());
        }
    };
    if ctx.repo.forces_pushes(&name)? {
        return Err(Fault::user(format!(
            "the settings of the remote {name} force every push (mirror, or `+` in remote.{name}.push)"
        ))
        .hint(format!("git push {} {}", quoted(&name), quoted(branch.as_str())))
        .hint(again.without_push())
        .into());
    }
    Ok(name)
}

/// Pushes with git's own command, its questions and the user's hooks.
///
/// # Errors
/// Git has said why; the session is open.
pub(super) fn carry_out(
    ctx: &Ctx,
    push: &Push,
    merged: Option<&Merged>,
    again: &Again,
) -> Result<()> {
    let git = ctx.repo.git().args(push.arguments());
    let output = git.variable(env::SWITCH, "0").attended()?;
    if output.success() {
        return Ok(());
    }
    let fault = Fault::user(match merged {
        None => format!(
            "{} was not pushed to {}, and the session is open",
            push.branch,
            push.place()
        ),
        Some(merged) => format!(
            "{} was not pushed to {}: the merge into {} stays, and the session is open",
            push.branch,
            push.place(),
            merged.target
        ),
    });
    // the merge remembers what was said
    let again = merged.map_or_else(|| again.clone(), |_| Again::default());
    Err(fault
        .hint(again.with(&["--push"]))
        .hint(again.without_push())
        .into())
}
