//! `start`: a branch, a session on it, its first objectives.

use anyhow::Result;

use super::ctx::Ctx;
use super::setup::{self, Hooks, Prepared};
use super::{reconcile, sessions, switch};
use crate::domain::body::{Base, Body, Clocked, Reason, Started, TextAdded};
use crate::domain::decide::{Command, Privacy};
use crate::domain::id::{BranchName, SessionId};
use crate::domain::redact::Redacted;
use crate::domain::session::{Session, State};
use crate::domain::slug::slug;
use crate::error::Fault;
use crate::git::{Head, Resolved};

/// What the user asked for.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Request {
    /// The branch; the current one when left out.
    pub branch: Option<String>,
    /// The objectives.
    pub objectives: Vec<Redacted>,
    /// Where a new branch is cut.
    pub from: Option<String>,
    /// `feature`, `hotfix` …: put before a name without `/`.
    pub kind: Option<String>,
    /// Test-driven mode.
    pub tdd: bool,
    /// Reopen the newest ended session of the branch.
    pub resume: bool,
    /// A new session even where one could go on.
    pub new: bool,
    /// Make the branch without switching to it.
    pub no_switch: bool,
    /// Leave the hooks alone.
    pub no_hooks: bool,
    /// A title for people.
    pub title: Option<Redacted>,
}

/// How the session came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is new.
    Init,
    /// It was open, or is open again.
    Continue,
    /// It was open and everything in it is done.
    Complete,
}

impl Kind {
    /// The word in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Continue => "continue",
            Self::Complete => "complete",
        }
    }
}

/// What `start` did.
#[derive(Debug)]
pub struct Outcome {
    /// The session as it is now.
    pub session: Session,
    /// How it came about.
    pub kind: Kind,
    /// What was made first.
    pub prepared: Prepared,
    /// The branch was made, and where it was cut.
    pub created: Option<Base>,
    /// `--resume` found nothing to resume.
    pub nothing_to_resume: bool,
    /// The session was ended and is open again.
    pub reopened: bool,
    /// Flags that are for what was there already.
    pub ignored: Vec<&'static str>,
}

/// Carries the request out.
pub fn start(ctx: &Ctx, request: Request) -> Result<Outcome> {
    if ctx.repo.is_bare() {
        return Err(Fault::user("a bare repository has no branch to work on")
            .hint("git worktree add <path> <branch>, and start the session there")
            .into());
    }
    let plan = plan(ctx, &request)?;
    let hooks = if request.no_hooks {
        Hooks::Skip
    } else {
        Hooks::Install
    };
    // git may refuse to switch: then nothing was made
    let (plan, created) = arrive(ctx, &request, plan)?;
    let ctx = &Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    let prepared = setup::prepare(ctx, hooks)?;
    let base = created.clone().unwrap_or(base_of(ctx, &plan.branch)?);
    // of several at once on one branch the first begins the session and the others go on with it
    let lock = ctx.store.lock_for_setup()?;
    let found = find(ctx, &plan.branch, &request)?;
    let nothing_to_resume = request.resume && found.is_none();
    let wants_tdd = request.tdd;
    let mut ignored = Vec::new();
    if request.from.is_some() && created.is_none() {
        ignored.push("--from");
    }
    let reopened = found
        .as_ref()
        .is_some_and(|session| !session.state.is_open());
    let (session, kind) = match found {
        Some(session) => go_on(ctx, &session, request)?,
        None => (
            begin(ctx, &plan.branch, base, created.is_some(), request)?,
            Kind::Init,
        ),
    };
    if kind != Kind::Init && wants_tdd {
        ignored.push("--tdd");
    }
    ctx.repo.set_session(&session.branch, Some(&session.id))?;
    drop(lock);
    switch::occupy(ctx)?;
    Ok(Outcome {
        session,
        kind,
        prepared,
        created,
        nothing_to_resume,
        reopened,
        ignored,
    })
}

/// The branch to work on.
struct Plan {
    branch: BranchName,
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

/// What the request means here, or why it cannot be done. Nothing is touched.
fn plan(ctx: &Ctx, request: &Request) -> Result<Plan> {
    let head = ctx.repo.head()?;
    let current = match &head {
        Head::Branch { name, .. } | Head::Unborn { name } => Some(name.clone()),
        Head::Detached { .. } => None,
    };
    let Some(typed) = &request.branch else {
        let branch = current.ok_or_else(|| {
            Fault::user("HEAD is on no branch").hint("git session start <branch>")
        })?;
        return Ok(Plan {
            branch,
            entry: Entry::Here,
        });
    };
    let name = match &request.kind {
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
        Resolved::Tag(_) | Resolved::Commit(_) if request.kind.is_none() => {
            return Err(
                Fault::user(format!("`{name}` is no branch: it names a tag or a commit"))
                    .hint(format!("git session start <new-branch> --from {name}"))
                    .into(),
            );
        }
        _ => {
            refuse_bad_name(ctx, &name)?;
            Entry::Create(cut_from(ctx, request, &head)?)
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
fn cut_from(ctx: &Ctx, request: &Request, head: &Head) -> Result<Option<String>> {
    if let Some(from) = &request.from {
        // git would take it for an option, also for one that moves a branch or drops changes
        if from.starts_with('-') && from != "-" {
            let shown = from.escape_debug();
            return Err(Fault::user(format!("`{shown}` is no revision"))
                .hint("git session start <branch> --from <revision>")
                .into());
        }
        return Ok(Some(from.clone()));
    }
    if matches!(head, Head::Unborn { .. }) || request.kind.as_deref() != Some("hotfix") {
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
fn arrive(ctx: &Ctx, request: &Request, mut plan: Plan) -> Result<(Plan, Option<Base>)> {
    loop {
        let error = match enter(ctx, &plan, request.no_switch) {
            Ok(created) => return Ok((plan, created)),
            Err(error) => error,
        };
        let now = Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
        let anew = self::plan(&now, request)?;
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
    let before = ctx.repo.head()?;
    super::run_git(ctx, &arguments)?;
    let Entry::Create(from) = &plan.entry else {
        return Ok(None);
    };
    let cut = match (from, before) {
        (Some(from), _) => Base {
            branch: match ctx.repo.resolve(from)? {
                Resolved::Branch(name) => Some(name),
                Resolved::RemoteBranch(name) => BranchName::new(name).ok(),
                _ => None,
            },
            commit: None,
        },
        (None, Head::Branch { name, .. }) => Base {
            branch: Some(name),
            commit: None,
        },
        (None, Head::Unborn { .. } | Head::Detached { .. }) => Base {
            branch: None,
            commit: None,
        },
    };
    let ctx = Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    Ok(Some(Base {
        commit: ctx.repo.branch_tip(&plan.branch)?,
        ..cut
    }))
}

/// Where a session on an existing branch begins: at its tip.
fn base_of(ctx: &Ctx, branch: &BranchName) -> Result<Base> {
    Ok(Base {
        branch: None,
        commit: ctx.repo.branch_tip(branch)?,
    })
}

/// The session that goes on: the open one of the branch, with `--resume` also the newest ended one.
fn find(ctx: &Ctx, branch: &BranchName, request: &Request) -> Result<Option<Session>> {
    if request.new {
        return Ok(None);
    }
    if let Some(id) = sessions::mapped(ctx, branch)? {
        let session = sessions::load(ctx, &id)?.session;
        if session.state.is_open() {
            return Ok(Some(session));
        }
    }
    let mut states = vec![State::Active, State::Paused];
    if request.resume {
        states.push(State::Ended);
    }
    let newest = sessions::newest_on_branch(ctx, branch, &states)?;
    Ok(match newest {
        // it belongs to a branch of the same name that is gone
        Some(session) if !request.resume && reconcile::made_anew(ctx, branch, &session.id)? => None,
        newest => newest,
    })
}

/// The session goes on with more objectives.
fn go_on(ctx: &Ctx, session: &Session, request: Request) -> Result<(Session, Kind)> {
    let mut commands = Vec::new();
    // on a branch that is not mapped to it, this is the word that the session is the branch's
    let mapped = sessions::mapped(ctx, &session.branch)?;
    if session.state != State::Active || mapped.as_ref() != Some(&session.id) {
        commands.push(Command::Resume {
            head: ctx.repo.branch_tip(&session.branch)?,
        });
    }
    commands.extend(request.title.map(|title| Command::SetTitle { title }));
    let add = |text| Command::AddObjective {
        text,
        privacy: Privacy::Shared,
    };
    commands.extend(request.objectives.into_iter().map(add));
    let reopened = session.state == State::Ended;
    let session = sessions::carry_out(ctx, &session.id, commands)?.session;
    if reopened {
        sessions::index(ctx, &session)?;
    }
    let (done, total) = session.progress();
    let kind = if total > 0 && done == total {
        Kind::Complete
    } else {
        Kind::Continue
    };
    Ok((session, kind))
}

/// A new session.
fn begin(
    ctx: &Ctx,
    branch: &BranchName,
    base: Base,
    created: bool,
    request: Request,
) -> Result<Session> {
    let id = new_id(ctx, branch)?;
    let filled = |text: &Redacted| !text.as_str().trim().is_empty();
    if let Some(empty) = request.objectives.iter().find(|text| !filled(text)) {
        return Err(Fault::user(format!("an objective is empty: \"{empty}\"")).into());
    }
    let started = Started {
        branch: branch.clone(),
        base,
        title: request.title.map(Redacted::into_string),
        tdd: request.tdd,
        created,
    };
    let objectives = request.objectives.into_iter().map(|text| {
        Body::ObjectiveAdded(TextAdded {
            text: text.into_string(),
            private: false,
        })
    });
    // where nobody is, no clock runs
    let elsewhere = sessions::current_branch(ctx)?.as_ref() != Some(branch);
    let away = elsewhere.then_some(Body::SessionPaused(Clocked {
        reason: Reason::Switch,
        head: None,
    }));
    let bodies: Vec<Body> = std::iter::once(Body::SessionStarted(started))
        .chain(objectives)
        .chain(away)
        .collect();
    let events: Vec<_> = ctx.with_pen(&id, 0, |pen| {
        bodies.into_iter().map(|body| pen.write(body)).collect()
    });
    sessions::create(ctx, &id, &events)
}

/// An id that no session of this clone has.
pub fn new_id(ctx: &Ctx, branch: &BranchName) -> Result<SessionId> {
    let day = ctx.now().format("%Y%m%d").to_string();
    let slug = slug(branch.as_str());
    for attempt in 0..100 {
        let id = SessionId::from_parts(
            &slug,
            &day,
            ctx.clock.random(&format!("{branch}/{attempt}")),
        );
        if !ctx.store.has(&id) {
            return Ok(id);
        }
    }
    Err(Fault::user("no free session id was found").into())
}
