//! `resume`: a session goes on, with its context, its parked work and what happened meanwhile.

use anyhow::Result;

use super::branch::Destination;
use super::ctx::Ctx;
use super::go::{self, Dirty, Gone, Journey, Luggage};
use super::park::{self, Conflicts, Return};
use super::setup::{self, Hooks};
use super::start::{self, Request};
use super::{adopt, archive, history, hooks, sessions, switch, takeover};
use crate::domain::brief::{Since, brief};
use crate::domain::decide::Command;
use crate::domain::describe::name_of;
use crate::domain::escape::terminal;
use crate::domain::id::{BranchName, CommitId, SessionId};
use crate::domain::redact::Redacted;
use crate::domain::session::{Session, State};
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::git::Resolved;
use crate::store::Known;

/// So many commits since last time are named.
const NAMED: usize = 5;

/// What `resume` did.
#[derive(Debug)]
pub struct Resumed {
    /// The session as it is now.
    pub session: Session,
    /// What it was before.
    pub was: State,
    /// The brief: where the session stands.
    pub brief: Vec<String>,
    /// What happened on the branch since this work tree left it.
    pub meanwhile: Option<Meanwhile>,
    /// Its parked work.
    pub returned: Return,
    /// The switch to its branch, when there was one.
    pub gone: Option<Gone>,
    /// It came from another clone: who worked on it there.
    pub taken_over: Option<String>,
    /// How the hooks run, when they were installed by this call.
    pub hooks: Option<hooks::Installed>,
    /// The session that was there before and cannot be read, when a new one has taken its place.
    pub unreadable: Option<(SessionId, String)>,
}

/// What happened on a branch since a work tree left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meanwhile {
    /// When, and how many commits.
    pub since: Since,
    /// Who made commits, and how many, most first.
    pub authors: Vec<(String, usize)>,
    /// The newest of them, newest first: id, author, subject.
    pub newest: Vec<(CommitId, String, String)>,
    /// Files that they changed.
    pub files: Vec<Vec<u8>>,
}

/// Opens the session of a branch again: the mapped one, else the newest of the branch, put away or not.
pub fn resume(ctx: &Ctx, branch: Option<&str>, conflicts: Conflicts) -> Result<Resumed> {
    let _lock = go::lock(ctx)?;
    let Some(branch) = branch else {
        return resume_here(ctx, None, conflicts);
    };
    must_have_session(ctx, branch)?;
    let left = sessions::current_branch(ctx)?;
    if left.is_some_and(|current| current.as_str() == branch) {
        return resume_here(ctx, None, conflicts);
    }
    let journey = Journey {
        to: Destination {
            branch: Some(branch.to_owned()),
            ..Destination::default()
        },
        create: false,
        dirty: Dirty::Park,
    };
    // where this work tree was when it left the branch, before it enters it again
    let meanwhile = match ctx.repo.resolve(branch)? {
        Resolved::Branch(name) => match sessions::mapped(ctx, &name)? {
            Some(id) => meanwhile(ctx, &id, ctx.repo.branch_tip(&name)?.as_ref())?,
            None => None,
        },
        _ => None,
    };
    let gone = go::go_locked(ctx, &journey, Luggage::Left)?;
    let ctx = Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    let mut resumed = resume_here(&ctx, meanwhile, conflicts)?;
    resumed.gone = Some(gone);
    Ok(resumed)
}

/// The same on the branch of HEAD. `known`: what happened since, when that was looked up already.
fn resume_here(ctx: &Ctx, known: Option<Meanwhile>, conflicts: Conflicts) -> Result<Resumed> {
    let branch = sessions::current_branch(ctx)?.ok_or_else(|| {
        Fault::user("HEAD is on no branch, so there is no session to resume")
            .hint("git session resume <branch>")
    })?;
    let own = match resumable(ctx, &branch) {
        Ok(own) => own,
        Err(error) => return begin_anew(ctx, &branch, &error),
    };
    let elsewhere = match &own {
        None => takeover::candidate(ctx, &branch, true),
        Some(_) => None,
    };
    let was = match (&own, &elsewhere) {
        (Some(own), _) => own.state,
        (None, Some(known)) => known.state,
        (None, None) => return Err(nothing_to_resume(&branch).into()),
    };
    let mut hooks = None;
    let found = match (own, &elsewhere) {
        (Some(own), _) => own,
        (None, Some(known)) => {
            // nobody may have worked in this clone before
            hooks = setup::prepare(ctx, Hooks::Install)?.hooks;
            takeover::take_over(ctx, known)?
        }
        (None, None) => return Err(nothing_to_resume(&branch).into()),
    };
    let head = ctx.repo.head()?.tip().cloned();
    let occupant = ctx.worktree.occupant();
    let never_left =
        was == State::Active && occupant.is_some_and(|occupant| occupant.session == found.id);
    let meanwhile = match known {
        Some(known) => Some(known),
        None if never_left => None,
        None => meanwhile(ctx, &found.id, head.as_ref())?,
    };
    // on a branch that is not mapped to it, this is the word that the session is the branch's
    let mapped = sessions::mapped(ctx, &branch)?.as_ref() == Some(&found.id);
    let session = if found.state == State::Active && mapped {
        found
    } else {
        sessions::carry_out(ctx, &found.id, vec![Command::Resume { head }])?.session
    };
    adopt::claim(ctx, &branch, &session.id)?;
    if !was.is_open() {
        sessions::index(ctx, &session)?;
    }
    if was == State::Archived {
        archive::taken_back(ctx, &session);
    }
    switch::occupy(ctx)?;
    let returned = park::bring_back(ctx, &session.id, conflicts)?;
    let session = sessions::load(ctx, &session.id)?.session;
    Ok(Resumed {
        brief: briefly(ctx, &session.id)?,
        session,
        was,
        meanwhile,
        returned,
        gone: None,
        taken_over: elsewhere.map(|known| known.by),
        hooks,
        unreadable: None,
    })
}

/// The brief of a session, without what happened since.
fn briefly(ctx: &Ctx, id: &SessionId) -> Result<Vec<String>> {
    let context = sessions::context(ctx, id)?;
    let lines = context.map(|context| {
        let active = ctx.active_seconds(&context);
        brief(&context, None, ctx.now(), active)
    });
    Ok(lines.unwrap_or_default())
}

/// The session of the branch cannot be read: a new one takes its place, and the old one stays as it is.
fn begin_anew(ctx: &Ctx, branch: &BranchName, error: &anyhow::Error) -> Result<Resumed> {
    let old = sessions::mapped(ctx, branch)?;
    let request = Request {
        new: true,
        no_hooks: true,
        ..Request::default()
    };
    let session = start::start(ctx, request)?.session;
    Ok(Resumed {
        brief: briefly(ctx, &session.id)?,
        was: State::Active,
        meanwhile: None,
        returned: Return::Nothing,
        gone: None,
        taken_over: None,
        hooks: None,
        unreadable: old.map(|old| (old, format!("{error:#}"))),
        session,
    })
}

/// What happened since this work tree left the branch of a session, or since it ended; `None` when it never did.
fn meanwhile(ctx: &Ctx, id: &SessionId, tip: Option<&CommitId>) -> Result<Option<Meanwhile>> {
    let Some(mut context) = sessions::context(ctx, id)? else {
        return Ok(None);
    };
    if matches!(context.state, State::Ended | State::Archived) {
        let session = sessions::load(ctx, id)?.session;
        if let Some(end) = history::end_of(ctx, &session, tip)? {
            context.left.insert(ctx.worktree_key(), end);
        }
    }
    let Some(since) = switch::since_left(ctx, &context, tip)? else {
        return Ok(None);
    };
    let left = context.left.get(&ctx.worktree_key());
    let before = left.and_then(|left| left.head.as_ref());
    let (Some(before), Some(tip)) = (before, tip) else {
        return Ok(None);
    };
    if before == tip || !ctx.repo.has_commit(before) {
        return Ok(Some(Meanwhile {
            since,
            authors: Vec::new(),
            newest: Vec::new(),
            files: Vec::new(),
        }));
    }
    let git = ctx.repo.git().args([
        "log",
        "-z",
        "--max-count=1000",
        "--format=%H%x09%an%x09%s",
        tip.as_str(),
        "--not",
        before.as_str(),
    ]);
    let text = String::from_utf8_lossy(&git.checked()?.stdout).into_owned();
    let mut authors: Vec<(String, usize)> = Vec::new();
    let mut newest = Vec::new();
    for line in text.split('\0') {
        let mut fields = line.splitn(3, '\t');
        let (Some(id), Some(author), Some(subject)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        match authors.iter_mut().find(|(name, _)| name == author) {
            Some((_, count)) => *count += 1,
            None => authors.push((author.to_owned(), 1)),
        }
        if newest.len() < NAMED {
            let subject = Redacted::new(subject).into_string();
            newest.push((CommitId::new(id)?, author.to_owned(), subject));
        }
    }
    authors.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let (old, new) = (ctx.repo.commit(before)?.tree, ctx.repo.commit(tip)?.tree);
    let files = ctx.repo.differences(Some(&old), Some(&new))?;
    Ok(Some(Meanwhile {
        since,
        authors,
        newest,
        files: files.into_keys().collect(),
    }))
}

/// The session of a branch that can go on.
fn resumable(ctx: &Ctx, branch: &BranchName) -> Result<Option<Session>> {
    if let Some(id) = sessions::mapped(ctx, branch)? {
        return Ok(Some(sessions::load(ctx, &id)?.session));
    }
    let states = [State::Active, State::Paused, State::Ended, State::Archived];
    sessions::newest_on_branch(ctx, branch, &states)
}

/// Another clone has a session on a branch that was not fetched, or not even pushed.
fn not_fetched(known: &Known) -> Fault {
    let branch = &known.branch;
    let by = terminal(name_of(&known.by));
    Fault::user(format!(
        "{by} has a session on {branch}, but the branch is not here"
    ))
    .hint("git fetch")
    .hint(format!("git session show {}", known.session))
}

fn nothing_to_resume(branch: &BranchName) -> Fault {
    Fault::user(format!("there is no session of {branch} to resume"))
        .hint(format!(
            "git session start {} -o \"what is to be reached\"",
            quoted(branch.as_str())
        ))
        .hint("git session list")
}

/// Refuses, before anything is switched, a branch without a session, and one that is gone: with the command
/// that brings it back.
fn must_have_session(ctx: &Ctx, typed: &str) -> Result<()> {
    let (branch, gone) = match ctx.repo.resolve(typed)? {
        Resolved::Branch(branch) => (branch, false),
        Resolved::Missing => match BranchName::new(typed) {
            Ok(branch) => (branch, true),
            Err(_) => return Ok(()),
        },
        _ => return Ok(()),
    };
    let Some(session) = resumable(ctx, &branch)? else {
        let elsewhere = takeover::candidate(ctx, &branch, true);
        return match elsewhere {
            Some(_) if !gone => Ok(()),
            Some(known) => Err(not_fetched(&known).into()),
            None => Err(nothing_to_resume(&branch).into()),
        };
    };
    if !gone {
        return Ok(());
    }
    let fault = Fault::user(format!(
        "the branch {branch} is gone; its session {} is kept",
        session.id
    ));
    let tip = session.commits.last().map(|commit| &commit.record.commit);
    let word = quoted(branch.as_str());
    let fault = match tip.or(session.base.commit.as_ref()) {
        Some(tip) => fault.hint(format!("git branch {word} {}", tip.short())),
        None => fault.hint(format!("git branch {word}")),
    };
    Err(fault.hint(format!("git session resume {word}")).into())
}
