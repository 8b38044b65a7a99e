//! `start`: a branch, a session on it, its first objectives.

use anyhow::Result;

use super::branch::{self, Destination};
use super::ctx::Ctx;
use super::setup::{self, Hooks, Prepared};
use super::{adopt, archive, reconcile, sessions, switch, takeover};
use crate::domain::body::{Base, Body, Clocked, Reason, Started, TextAdded};
use crate::domain::decide::{Command, Privacy};
use crate::domain::id::{BranchName, SessionId};
use crate::domain::redact::Redacted;
use crate::domain::session::{Session, State};
use crate::domain::slug::slug;
use crate::error::Fault;

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Where it is to be.
    pub to: Destination,
    /// The objectives.
    pub objectives: Vec<Redacted>,
    /// Test-driven mode on or off; where nothing is said, as it was.
    pub tdd: Option<bool>,
    /// Reopen the newest session of the branch that has ended, put away or not.
    pub resume: bool,
    /// A new session even where one could go on.
    pub new: bool,
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
    /// It was another clone's and goes on here.
    Handoff,
    /// It was open and everything in it is done.
    Complete,
}

impl Kind {
    /// The word in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Continue => "continue",
            Self::Handoff => "handoff",
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
    /// It was archived, too: how many of its checkpoints git has collected since.
    pub from_archive: Option<usize>,
    /// It came from another clone: who worked on it there.
    pub taken_over: Option<String>,
    /// Test-driven mode of the session was switched on or off.
    pub switched: Option<bool>,
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
    let plan = branch::plan(ctx, &request.to)?;
    let hooks = if request.no_hooks {
        Hooks::Skip
    } else {
        Hooks::Install
    };
    // git may refuse to switch: then nothing was made
    let (plan, created) = branch::arrive(ctx, &request.to, plan)?;
    let ctx = &Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    let prepared = setup::prepare(ctx, hooks)?;
    let base = created.clone().unwrap_or(base_of(ctx, &plan.branch)?);
    // of several at once on one branch the first begins the session and the others go on with it
    let lock = ctx.store.lock_for_setup()?;
    let own = find(ctx, &plan.branch, &request)?;
    let elsewhere = match &own {
        None if !request.new => takeover::candidate(ctx, &plan.branch, request.resume),
        _ => None,
    };
    let found = match &elsewhere {
        Some(known) => Some(takeover::take_over(ctx, known)?),
        None => own,
    };
    let nothing_to_resume = request.resume && found.is_none();
    let mode = request.tdd;
    let mut ignored = Vec::new();
    if request.to.from.is_some() && created.is_none() {
        ignored.push("--from");
    }
    let reopened = found
        .as_ref()
        .is_some_and(|session| !session.state.is_open());
    let archived = found
        .as_ref()
        .is_some_and(|session| session.state == State::Archived);
    let switched = found
        .as_ref()
        .and_then(|session| mode.filter(|tdd| *tdd != session.tdd));
    let (session, kind) = match found {
        Some(session) if elsewhere.is_some() => (go_on(ctx, &session, request)?.0, Kind::Handoff),
        Some(session) => go_on(ctx, &session, request)?,
        None => (
            begin(ctx, &plan.branch, base, created.is_some(), request)?,
            Kind::Init,
        ),
    };
    adopt::claim(ctx, &session.branch, &session.id)?;
    drop(lock);
    switch::occupy(ctx)?;
    Ok(Outcome {
        kind,
        prepared,
        created,
        nothing_to_resume,
        reopened,
        from_archive: archived.then(|| archive::collected(ctx, &session)),
        session,
        taken_over: elsewhere.map(|known| known.by),
        switched,
        ignored,
    })
}

/// Where a session on an existing branch begins: at its tip.
fn base_of(ctx: &Ctx, branch: &BranchName) -> Result<Base> {
    Ok(Base {
        branch: None,
        commit: ctx.repo.branch_tip(branch)?,
    })
}

/// The session that goes on: the open one of the branch, with `--resume` also the newest one that has ended, put
/// away or not.
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
        states.extend([State::Ended, State::Archived]);
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
    let mode = request.tdd.filter(|tdd| *tdd != session.tdd);
    commands.extend(mode.map(|tdd| Command::SetMode { tdd }));
    let add = |text| Command::AddObjective {
        text,
        privacy: Privacy::Shared,
    };
    commands.extend(request.objectives.into_iter().map(add));
    let was = session.state;
    let session = sessions::carry_out(ctx, &session.id, commands)?.session;
    if !was.is_open() {
        sessions::index(ctx, &session)?;
    }
    if was == State::Archived {
        archive::taken_back(ctx, &session);
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
        tdd: request.tdd == Some(true),
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
        if !ctx.store.has(&id) && !ctx.store.has_fetched(&id) {
            return Ok(id);
        }
    }
    Err(Fault::user("no free session id was found").into())
}
