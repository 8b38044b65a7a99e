//! Finding, loading and changing sessions: every command and hook goes through here to a log.

mod names;
mod refused;

use anyhow::Result;
use chrono::{DateTime, Utc};

pub use names::{all_ids, named, newest_on_branch, of_branch};
pub use refused::refused;

use super::ctx::Ctx;
use crate::domain::context::{Context, LogMark};
use crate::domain::decide::{Command, ObjectiveChange, decide};
use crate::domain::event::{Event, LineError, MAX_LINE};
use crate::domain::fold::{Fold, Origin};
use crate::domain::id::{BranchName, SessionId};
use crate::domain::pen::{Author, IMPORT, Pen};
use crate::domain::session::{Session, State};
use crate::error::Fault;
use crate::git::Head;
use crate::store::{Contents, IndexEntry, Waiting};
use crate::sys::fs;

/// The session of this work tree, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Here {
    /// The session that the branch is mapped to.
    Session {
        /// Its id.
        id: SessionId,
        /// The branch that HEAD is on, or will come back to.
        branch: BranchName,
    },
    /// The branch has no session.
    Unmapped(BranchName),
    /// HEAD is on no branch.
    Detached,
}

/// A session with the events that it was folded from.
pub struct Loaded {
    /// The session.
    pub session: Session,
    /// Its events.
    pub fold: Fold,
    /// Lines of its log that are no events.
    pub torn: Vec<(u64, LineError)>,
    /// Length of its log in bytes.
    pub length: u64,
}

/// What a command did.
pub struct Changed {
    /// The session as it is now.
    pub session: Session,
    /// The events that were written.
    pub events: Vec<Event>,
}

/// The session of this work tree.
pub fn here(ctx: &Ctx) -> Result<Here> {
    let Some(branch) = ctx.repo.branch()? else {
        return Ok(Here::Detached);
    };
    Ok(match mapped(ctx, &branch)? {
        Some(id) => Here::Session { id, branch },
        None => Here::Unmapped(branch),
    })
}

/// The session that a branch is mapped to: by config, or by what a hook left for the next command.
pub fn mapped(ctx: &Ctx, branch: &BranchName) -> Result<Option<SessionId>> {
    if let Some(id) = ctx.repo.config()?.session_of(branch) {
        return Ok(ctx.store.has(&id).then_some(id));
    }
    let mut unmapped = ctx.store.unmapped().into_iter();
    Ok(unmapped
        .find(|(_, name)| name == branch.as_str())
        .map(|(id, _)| id))
}

/// The session of this work tree, or the advice to start one.
pub fn require(ctx: &Ctx) -> Result<SessionId> {
    let fault = match here(ctx)? {
        Here::Session { id, .. } => return Ok(id),
        Here::Unmapped(branch) if newest_on_branch(ctx, &branch, &[State::Ended])?.is_some() => {
            Fault::user(format!("the session on {branch} has ended"))
                .hint("git session start --resume")
                .hint("git session start --new")
        }
        Here::Unmapped(branch) if newest_on_branch(ctx, &branch, &[State::Archived])?.is_some() => {
            Fault::user(format!("the session on {branch} is archived"))
                .hint("git session start --resume")
                .hint("git session start --new")
        }
        Here::Unmapped(branch) => Fault::user(format!("there is no session on {branch}"))
            .hint("git session start -o \"what is to be reached\""),
        Here::Detached => Fault::user("HEAD is on no branch, so there is no session")
            .hint("git session start <branch>"),
    };
    Err(fault.into())
}

/// The session to read from: that of this work tree, else the newest one of its branch, also when it has ended.
pub fn readable(ctx: &Ctx) -> Result<SessionId> {
    if let Here::Unmapped(branch) = here(ctx)?
        && let Some(session) =
            newest_on_branch(ctx, &branch, &[State::Active, State::Paused, State::Ended])?
    {
        return Ok(session.id);
    }
    require(ctx)
}

/// The branch that HEAD is on, unborn or not, when it is on one.
pub fn current_branch(ctx: &Ctx) -> Result<Option<BranchName>> {
    Ok(match ctx.repo.head()? {
        Head::Branch { name, .. } | Head::Unborn { name } => Some(name),
        Head::Detached { .. } => None,
    })
}

/// The events of this clone's own log and those of other clones. What speaks of another session does not belong
/// there.
fn union(ctx: &Ctx, id: &SessionId, own: Vec<Event>) -> Result<Fold> {
    let mut fold = Fold::new();
    for event in own.into_iter().filter(|e| e.head().session == *id) {
        fold.insert(event, Origin::Own);
    }
    for (writer, event) in ctx.store.fetched(id)? {
        fold.insert(event, Origin::Other(writer));
    }
    Ok(fold)
}

/// Reads and folds a session: this clone's own log and what other clones shared of it.
///
/// # Errors
/// A log that holds no start of a session is a fault of the user's repository, with its path.
pub fn load(ctx: &Ctx, id: &SessionId) -> Result<Loaded> {
    let log = ctx.store.log(id);
    let Contents {
        events,
        length,
        torn,
    } = log.read()?;
    let fold = union(ctx, id, events)?;
    let session = fold.session(ctx.idle_after()).ok_or_else(|| {
        Fault::user(format!(
            "the log of session {id} does not say how it began: {}",
            log.path().display()
        ))
        .hint("git session start --new")
    })?;
    Ok(Loaded {
        session,
        fold,
        torn,
        length,
    })
}

/// Carries out commands as one op: lock, fold, decide, append, refresh the views.
pub fn carry_out(ctx: &Ctx, id: &SessionId, commands: Vec<Command>) -> Result<Changed> {
    carry_out_with(ctx, id, commands, Waiting::Buffered)
}

/// The same, and the disk has it.
pub fn carry_out_durably(ctx: &Ctx, id: &SessionId, commands: Vec<Command>) -> Result<Changed> {
    carry_out_with(ctx, id, commands, Waiting::Synced)
}

/// What another system recorded: the command that it comes to, when that was, and its mark.
pub struct Recorded {
    /// The command.
    pub command: Command,
    /// What follows from it for the item that it makes, and the mark of that.
    pub then: Option<(ObjectiveChange, String)>,
    /// When.
    pub at: DateTime<Utc>,
    /// What tells it from every other record.
    pub mark: String,
}

/// Carries out what another system recorded, as one op. What makes no sense here is left out.
pub fn take_in(ctx: &Ctx, id: &SessionId, records: Vec<Recorded>) -> Result<Changed> {
    let random = |salt: &str| ctx.clock.random(salt);
    change(ctx, id, Waiting::Buffered, |loaded| {
        let author = Author {
            via: IMPORT.to_owned(),
            worktree: None,
            ..ctx.author()
        };
        let mut pen = Pen::new(author, id.clone(), loaded.fold.last_n(), &random);
        let mut events = Vec::new();
        let mut write = |loaded: &mut Loaded, command, mark: &str, at| {
            pen.set_at(at);
            let decided = decide(&loaded.session, command, &mut pen).ok()?;
            let decided: Vec<_> = decided.into_iter().map(|e| e.marked(mark)).collect();
            loaded.take(ctx, &decided);
            let first = decided.first().map(|event| event.id().to_string());
            events.extend(decided);
            first
        };
        for record in records {
            let made = write(loaded, record.command, &record.mark, record.at);
            if let (Some(name), Some((change, mark))) = (made, record.then) {
                let command = Command::ChangeObjective { name, change };
                write(loaded, command, &mark, record.at);
            }
        }
        Ok(events)
    })
}

fn carry_out_with(
    ctx: &Ctx,
    id: &SessionId,
    commands: Vec<Command>,
    waiting: Waiting,
) -> Result<Changed> {
    change(ctx, id, waiting, |loaded| {
        let mut events = Vec::new();
        ctx.with_pen(id, loaded.fold.last_n(), |pen| -> Result<()> {
            for command in commands {
                let decided = decide(&loaded.session, command, pen).map_err(|why| refused(&why))?;
                loaded.take(ctx, &decided);
                events.extend(decided);
            }
            Ok(())
        })?;
        Ok(events)
    })
}

impl Loaded {
    /// Takes in what was decided.
    fn take(&mut self, ctx: &Ctx, decided: &[Event]) {
        for event in decided {
            self.fold.insert(event.clone(), Origin::Own);
        }
        if let Some(session) = self.fold.session(ctx.idle_after()) {
            self.session = session;
        }
    }
}

/// Under the lock of a session: what is decided is appended, and the views are made anew.
fn change(
    ctx: &Ctx,
    id: &SessionId,
    waiting: Waiting,
    decide: impl FnOnce(&mut Loaded) -> Result<Vec<Event>>,
) -> Result<Changed> {
    let lock = ctx.store.lock_for_command(id)?;
    let mut loaded = load(ctx, id)?;
    let events = decide(&mut loaded)?;
    if !events.is_empty() {
        let appended = ctx
            .store
            .log(id)
            .append(&events, waiting)
            .map_err(too_long)?;
        if appended.before == loaded.length {
            loaded.length = appended.after;
        } else {
            loaded = load(ctx, id)?;
        }
    }
    // what is in the log has been done: a view that cannot be written is made anew by the next command
    if let Err(error) = refresh_views(ctx, &loaded) {
        let line = format!("{} {error:#}", ctx.now().format("%Y-%m-%dT%H:%M:%SZ"));
        ctx.store.hook_log().push(&line).ok();
    }
    drop(lock);
    Ok(Changed {
        session: loaded.session,
        events,
    })
}

/// A text that does not fit the log is the user's to shorten; any other failure stays as it is.
fn too_long(error: anyhow::Error) -> anyhow::Error {
    let length = error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(LineError::TooLong(length)) => Some(*length),
        _ => None,
    });
    match length {
        None => error,
        Some(length) => Fault::user(format!(
            "this is too long: an entry of the log may have {} KiB, this one has {} KiB",
            MAX_LINE / 1024,
            length.div_ceil(1024)
        ))
        .hint("keep the long text in a file of the repository and name that file")
        .into(),
    }
}

/// Writes the first events of a new session.
pub fn create(ctx: &Ctx, id: &SessionId, events: &[Event]) -> Result<Session> {
    ctx.store.create_session(id)?;
    ctx.store.log(id).append(events, Waiting::Buffered)?;
    let loaded = load(ctx, id)?;
    refresh_views(ctx, &loaded)?;
    index(ctx, &loaded.session)?;
    Ok(loaded.session)
}

/// Writes what is derived from the log. The log stays the truth: the views can be made anew.
pub fn refresh_views(ctx: &Ctx, loaded: &Loaded) -> Result<()> {
    fs::sweep_abandoned(&ctx.store.directory(&loaded.session.id));
    let views = ctx.store.views(&loaded.session.id);
    let noted = views.context().map_or(0, |context| context.log.noted);
    views.write_context(&Context::of(&loaded.session, mark(loaded, noted)))?;
    views.write_markdown(&loaded.session)
}

/// How much of the log a loaded session stands for.
fn mark(loaded: &Loaded, noted: u64) -> LogMark {
    let last = loaded
        .fold
        .events()
        .next_back()
        .map(|event| event.id().clone());
    LogMark {
        length: loaded.length,
        last,
        noted,
    }
}

/// Adds a line to the index: the session started, ended, or has another branch.
pub fn index(ctx: &Ctx, session: &Session) -> Result<()> {
    ctx.store.index(&IndexEntry {
        session: session.id.clone(),
        branch: session.branch.clone(),
        state: session.state,
        at: session.last_at,
    })
}

/// The context of a session, up to date with its log: as it stands in its file, plus the tail of the log, or
/// folded anew when that does not do. `None` when the log holds no session.
pub fn context(ctx: &Ctx, id: &SessionId) -> Result<Option<Context>> {
    let log = ctx.store.log(id);
    let stored = ctx
        .store
        .views(id)
        .context()
        .filter(|context| context.session == *id);
    let length = log.length();
    let noted = stored.as_ref().map_or(0, |context| context.log.noted);
    if let Some(mut context) = stored {
        if context.log.length == length {
            return Ok(Some(context));
        }
        if context.log.length < length && take_in_tail(ctx, id, &mut context)? {
            return Ok(Some(context));
        }
    }
    let Contents { events, length, .. } = log.read()?;
    let last = events.last().map(|event| event.id().clone());
    let session = union(ctx, id, events)?.session(ctx.idle_after());
    Ok(session.map(|session| {
        Context::of(
            &session,
            LogMark {
                length,
                last,
                noted,
            },
        )
    }))
}

/// Takes in what hooks appended since; `false` when it needs a new fold.
fn take_in_tail(ctx: &Ctx, id: &SessionId, context: &mut Context) -> Result<bool> {
    let before = context.log.length.saturating_sub(1);
    let tail = ctx.store.log(id).tail(before)?;
    let Some(Contents {
        events,
        length,
        torn,
    }) = tail
    else {
        return Ok(false);
    };
    if !torn.is_empty() {
        return Ok(false);
    }
    for event in &events {
        if !context.apply(event, ctx.idle_after()) {
            return Ok(false);
        }
    }
    context.log.length = length;
    if let Some(event) = events.last() {
        context.log.last = Some(event.id().clone());
    }
    Ok(true)
}

/// Active seconds of a session up to now, over all work trees of all clones.
pub fn active_seconds(ctx: &Ctx, session: &Session) -> u64 {
    let total = session.active_seconds();
    let Some(here) = session.clocks.get(&ctx.worktree_key()) else {
        return total;
    };
    if session.state != State::Active {
        return total;
    }
    let running = here.total_at(ctx.now().timestamp(), ctx.idle_after());
    total.saturating_sub(here.total()).saturating_add(running)
}
