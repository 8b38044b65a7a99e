//! Getting to the branch of a session, with git's own commands: on it, to it, or made at a revision.

use anyhow::Result;

use super::ctx::Ctx;
use crate::domain::body::Base;
use crate::domain::id::BranchName;
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::git::{Head, Resolved};

/// Where the user wants to be.
#[derive(Clone, Debug, Default)]
pub struct Destination {
    /// The branch; the current one when left out.
    pub branch: Option<String>,
    /// Where a new branch is cut.
    pub from: Option<String>,
    /// `feature`, `hotfix` …: put before a name without `/`.
    pub kind: Option<String>,
    /// Make the branch without switching to it.
    pub no_switch: bool,
}

/// The branch to work on.
pub(super) struct Plan {
    /// Its name.
    pub(super) branch: BranchName,
    entry: Entry,
}

/// How to get there.
#[derive(PartialEq, Eq)]
enum Entry {
    /// HEAD is on it.
    Here,
    /// It exists, here or on a remote.
    Switch,
    /// It must be made, at this revision; none: where HEAD is.
    Create(Option<String>),
}

/// How the branch is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// HEAD is on it.
    Here,
    /// It exists.
    Switched,
    /// It has to be made.
    Created,
}

impl Plan {
    /// How the branch is reached.
    pub(super) const fn way(&self) -> Way {
        match self.entry {
            Entry::Here => Way::Here,
            Entry::Switch => Way::Switched,
            Entry::Create(_) => Way::Created,
        }
    }
}

/// What the request means here, or why it cannot be done. Nothing is touched.
pub(super) fn plan(ctx: &Ctx, to: &Destination) -> Result<Plan> {
    let head = ctx.repo.head()?;
    let current = match &head {
        Head::Branch { name, .. } | Head::Unborn { name } => Some(name.clone()),
        Head::Detached { .. } => None,
    };
    let Some(typed) = &to.branch else {
        let branch = current.ok_or_else(|| {
            Fault::user("HEAD is on no branch").hint("git session start <branch>")
        })?;
        return Ok(Plan {
            branch,
            entry: Entry::Here,
        });
    };
    let name = match &to.kind {
        Some(kind) if !typed.contains('/') => format!("{kind}/{typed}"),
        _ => typed.clone(),
    };
    let branch = BranchName::new(name.clone())
        .map_err(|error| Fault::user(error.to_string()).hint("git session start <branch>"))?;
    if current.as_ref() == Some(&branch) {
        return Ok(Plan {
            branch,
            entry: Entry::Here,
        });
    }
    let entry = match ctx.repo.resolve(&name)? {
        Resolved::Branch(found) if name == "-" || name.starts_with("@{-") => {
            let entry = if current.as_ref() == Some(&found) {
                Entry::Here
            } else {
                Entry::Switch
            };
            return Ok(Plan {
                branch: found,
                entry,
            });
        }
        Resolved::Branch(_) | Resolved::RemoteBranch(_) => Entry::Switch,
        Resolved::Tag(_) | Resolved::Commit(_) if name == "-" => {
            return Err(Fault::user("HEAD was on no branch before")
                .hint("git checkout -")
                .into());
        }
        Resolved::Tag(_) | Resolved::Commit(_) if to.kind.is_none() => {
            return Err(
                Fault::user(format!("`{name}` is no branch: it names a tag or a commit"))
                    .hint(format!(
                        "git session start <new-branch> --from {}",
                        quoted(&name)
                    ))
                    .into(),
            );
        }
        _ => {
            refuse_bad_name(ctx, &name)?;
            Entry::Create(cut_from(ctx, to, &name, &head)?)
        }
    };
    Ok(Plan { branch, entry })
}

/// Refuses what git would not take for the name of a new branch, before anything is made.
pub fn refuse_bad_name(ctx: &Ctx, name: &str) -> Result<()> {
    let check = ctx.repo.git().args(["check-ref-format", "--branch", name]);
    if check.output()?.success() {
        return Ok(());
    }
    let shown = name.escape_debug();
    Err(Fault::user(format!("`{shown}` is not a valid branch name"))
        .hint("git session start <branch>")
        .into())
}

/// Where a new branch is cut: `--from`; a hotfix from the default branch; else HEAD.
fn cut_from(ctx: &Ctx, to: &Destination, name: &str, head: &Head) -> Result<Option<String>> {
    if let Some(from) = &to.from {
        // git would take it for an option, also for one that moves a branch or drops changes
        if from.starts_with('-') && from != "-" {
            let shown = from.escape_debug();
            return Err(Fault::user(format!("`{shown}` is no revision"))
                .hint("git session start <branch> --from <revision>")
                .into());
        }
        return Ok(Some(from.clone()));
    }
    let is_hotfix = to.kind.as_deref() == Some("hotfix") || name.starts_with("hotfix/");
    if matches!(head, Head::Unborn { .. }) || !is_hotfix {
        return Ok(None);
    }
    match ctx.repo.default_branch()? {
        Some(branch) => Ok(Some(branch.to_string())),
        None => Err(
            Fault::user("no default branch is known to cut the hotfix from")
                .hint("git session start <branch> --type hotfix --from <revision>")
                .into(),
        ),
    }
}

/// Goes to the branch. Where another process made it meanwhile, or went to it, the plan is made anew.
pub(super) fn arrive(ctx: &Ctx, to: &Destination, mut plan: Plan) -> Result<(Plan, Option<Base>)> {
    loop {
        let error = match enter(ctx, &plan, to.no_switch) {
            Ok(created) => return Ok((plan, created)),
            Err(error) => error,
        };
        let now = Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
        let anew = self::plan(&now, to)?;
        // from nowhere to a branch to HEAD: this ends
        let came_nearer = match anew.entry {
            Entry::Here => true,
            Entry::Switch => plan.entry != Entry::Switch,
            Entry::Create(_) => false,
        };
        if !came_nearer {
            return Err(error);
        }
        plan = anew;
    }
}

/// Goes to the branch with git's own commands, which refuse what would lose work. Returns where a new one
/// was cut.
fn enter(ctx: &Ctx, plan: &Plan, no_switch: bool) -> Result<Option<Base>> {
    let branch = plan.branch.as_str();
    let arguments: Vec<&str> = match (&plan.entry, no_switch) {
        (Entry::Here, _) | (Entry::Switch, true) => return Ok(None),
        (Entry::Switch, false) => vec!["switch", "--quiet", branch],
        (Entry::Create(from), false) => {
            let mut arguments = vec!["switch", "--quiet", "--no-track", "-c", branch];
            arguments.extend(from.as_deref());
            arguments
        }
        (Entry::Create(from), true) => {
            let mut arguments = vec!["branch", "--quiet", "--no-track", branch];
            arguments.extend(from.as_deref());
            arguments
        }
    };
    // while HEAD is still where the revision was typed
    let cut = match &plan.entry {
        Entry::Create(from) => Some(cut_at(ctx, from.as_deref(), &ctx.repo.head()?)?),
        _ => None,
    };
    let hint = match &plan.entry {
        Entry::Create(Some(_)) => "git branch --all",
        _ => "git status",
    };
    super::run_git(ctx, &arguments, hint)?;
    let Some(cut) = cut else {
        return Ok(None);
    };
    let ctx = Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    Ok(Some(Base {
        commit: ctx.repo.branch_tip(&plan.branch)?,
        ..cut
    }))
}

/// The branch that a new one is cut from, when it is one.
fn cut_at(ctx: &Ctx, from: Option<&str>, head: &Head) -> Result<Base> {
    let head = || match head {
        Head::Branch { name, .. } => Some(name.clone()),
        Head::Unborn { .. } | Head::Detached { .. } => None,
    };
    let branch = match from {
        None | Some("HEAD" | "@") => head(),
        Some(from) => match ctx.repo.resolve(from)? {
            Resolved::Branch(name) => Some(name),
            Resolved::RemoteBranch(name) => BranchName::new(name).ok(),
            _ => None,
        },
    };
    Ok(Base {
        branch,
        commit: None,
    })
}
