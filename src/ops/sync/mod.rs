//! `sync`: this clone's notes and logs go out under its own names, everyone else's come in. Nothing is merged, because
//! no two clones write the same ref: a reader takes the union.
//!
//! Nothing is lost when a remote does not answer: the logs are the queue.

pub mod agreement;
mod notes;
pub mod pending;
pub mod publish;

use std::time::{Duration, Instant};

use anyhow::Result;

pub use agreement::{Partner, partners};

use self::agreement::{log_ref, notes_ref};
use self::notes::Notes;
use self::publish::{Obstacle, Published};
use super::ctx::Ctx;
use super::fetched::{self, TakenIn};
use super::identity;
use super::setup;
use crate::config::{Fallacy, Problem};
use crate::domain::id::{CommitId, WriterId};
use crate::domain::share::Share;
use crate::error::Fault;
use crate::git::{Cause, Failure, Manners, Outgoing, Pushed, Shown};

/// How often a push is tried again when somebody else was faster.
const MOST_TRIES: usize = 3;
/// So long a remote may say nothing.
const SILENCE: Duration = Duration::from_secs(30);
/// So long when somebody may have to type a password.
const PATIENCE: Duration = Duration::from_secs(180);

/// Which way things go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// In and out.
    Both,
    /// In.
    Fetch,
    /// Out.
    Push,
}

/// What the user asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Which way.
    pub way: Way,
    /// How long all of it may take.
    pub limit: Duration,
    /// Whether git's progress is to be seen.
    pub shown: Shown,
    /// Whether git may ask for a password or passphrase.
    pub may_ask: bool,
}

/// What became of one remote.
#[derive(Debug)]
pub struct Visit {
    /// The remote.
    pub partner: Partner,
    /// What came of it, or why nothing did.
    pub result: Result<Exchanged, Trouble>,
}

/// What went to a remote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exchanged {
    /// Sessions that it has more of now.
    pub sessions: usize,
    /// Events that it did not have.
    pub events: usize,
    /// It has newer notes now.
    pub notes: bool,
}

/// Why a remote did not get or give what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What was being done: `fetch`, `push`.
    pub doing: &'static str,
    /// Why.
    pub failure: Failure,
}

/// What `sync` did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Each remote.
    pub visits: Vec<Visit>,
    /// What came in.
    pub taken: TakenIn,
    /// So many other clones' records a remote has lost; they are kept here.
    pub kept: usize,
    /// So many events that this clone had shared and its own logs had lost are back in them.
    pub recovered: usize,
    /// This clone was a copy and has an id of its own now: the old one and the new one.
    pub renewed: Option<(WriterId, WriterId)>,
}

/// Kinds that this clone has not shared so far and that would go out now: somebody has to say so, because a setting
/// in a tracked file is another one on another branch.
///
/// # Errors
/// `session.share` cannot be read, so that the default, which is everything, would count.
pub fn wider(ctx: &Ctx) -> Result<Vec<Share>> {
    let about_share = |problem: &&Problem| {
        matches!(problem.fallacy, Fallacy::Syntax(_)) || problem.key.ends_with("share")
    };
    let problem = ctx
        .problems
        .iter()
        .find(about_share)
        .map(ToString::to_string);
    if let Some(problem) = problem.or_else(|| ctx.unreadable.clone()) {
        let fault = Fault::user(format!(
            "what may be shared cannot be read, so nothing is sent: {problem}"
        ));
        return Err(fault
            .hint("git session config set session.share <kinds>")
            .hint("git session sync --fetch")
            .into());
    }
    let Some(writer) = setup::known_writer(ctx)? else {
        return Ok(Vec::new());
    };
    let Some(tip) = ctx.repo.ref_id(&log_ref(&writer))? else {
        return Ok(Vec::new());
    };
    let before = publish::shared_at(ctx, &tip)?.unwrap_or_default();
    let now = ctx.settings.session.share.iter().copied();
    Ok(now.filter(|kind| !before.contains(kind)).collect())
}

/// Talks to remotes. What comes from the first is there before the second is asked.
///
/// # Errors
/// What the user has to decide first: something that was shared is not to be shared any more, or another `sync` runs.
/// That a remote does not answer stands in the outcome.
pub fn sync(ctx: &Ctx, partners: Vec<Partner>, request: Request) -> Result<Outcome> {
    setup::prepare(ctx, setup::Hooks::Skip)?;
    let ctx = &Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    let Some(_lock) = ctx.store.lock_for_sync()? else {
        return Err(Fault::user("another git session sync runs in this clone").into());
    };
    let manners = Manners {
        deadline: Instant::now() + request.limit,
        silence: if request.may_ask { PATIENCE } else { SILENCE },
        shown: request.shown,
        may_ask: request.may_ask,
    };
    let mut outcome = Outcome {
        renewed: identity::settle_copy(ctx)?,
        ..Outcome::default()
    };
    for partner in partners {
        let result = visit(ctx, &partner, request.way, manners, &mut outcome)?;
        outcome.visits.push(Visit { partner, result });
    }
    outcome.taken = fetched::take_in(ctx)?;
    // what a clone has taken out of its notes must not live on in a reflog of ours
    for name in ctx.repo.ref_names(agreement::NOTES_TRACKING)? {
        ctx.repo.forget_reflog(&name)?;
    }
    Ok(outcome)
}

/// Fetches from and pushes to one remote.
fn visit(
    ctx: &Ctx,
    partner: &Partner,
    way: Way,
    manners: Manners,
    outcome: &mut Outcome,
) -> Result<Result<Exchanged, Trouble>> {
    if way != Way::Push
        && let Err(failure) = fetch(ctx, partner, manners, outcome)?
    {
        let doing = "fetch";
        return Ok(Err(Trouble { doing, failure }));
    }
    if way == Way::Fetch {
        return Ok(Ok(Exchanged::default()));
    }
    let mut tries = 0;
    loop {
        tries += 1;
        let ctx = &Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
        let writer = setup::writer(ctx)?;
        let attempt = match offer(ctx, partner, &writer)? {
            Ok(offer) => {
                outcome.recovered += offer.log.recovered;
                push(ctx, partner, &writer, &offer, manners)?
            }
            Err(Obstacle::Copied) => {
                outcome.renewed = Some((writer, identity::renew(ctx)?));
                continue;
            }
            Err(Obstacle::Withheld(events)) => return Err(withheld(events)),
        };
        let failure = match attempt {
            Attempt::Done(exchanged) => return Ok(Ok(exchanged)),
            Attempt::Failed(failure) => failure,
            Attempt::Behind if tries < MOST_TRIES => match fetch(ctx, partner, manners, outcome)? {
                Ok(()) => continue,
                Err(failure) => failure,
            },
            Attempt::Behind => Failure {
                cause: Cause::Other,
                said: "somebody else pushes there all the time".to_owned(),
            },
        };
        let doing = "push";
        return Ok(Err(Trouble { doing, failure }));
    }
}

/// Fetches, and keeps what a remote had and has lost: one that was emptied or replaced says nothing about what others
/// have recorded.
fn fetch(
    ctx: &Ctx,
    partner: &Partner,
    manners: Manners,
    outcome: &mut Outcome,
) -> Result<Result<(), Failure>> {
    let before = agreement::tracked(ctx, partner)?;
    let fetched = ctx
        .repo
        .fetch_refs(&partner.name, &partner.refspecs(), manners)?;
    if let Err(failure) = fetched {
        return Ok(Err(failure));
    }
    let after = agreement::tracked(ctx, partner)?;
    for (name, tip) in &before {
        if !after.contains_key(name) {
            outcome.kept += agreement::keep(ctx, name, tip)?;
        }
    }
    for name in after.keys() {
        agreement::forget_kept(ctx, name)?;
    }
    Ok(Ok(()))
}

/// What a remote is to have.
struct Offer {
    log: Published,
    notes: Notes,
}

/// Makes ready what a remote is to have.
fn offer(ctx: &Ctx, partner: &Partner, writer: &WriterId) -> Result<Result<Offer, Obstacle>> {
    let there = |name: &str| ctx.repo.ref_id(name);
    let log: Vec<CommitId> = there(&partner.log_of(writer))?.into_iter().collect();
    let mut reached = !log.is_empty();
    for other in agreement::agreed(ctx)? {
        reached |= there(&other.log_of(writer))?.is_some();
    }
    let log = match publish::publish(ctx, writer, &log, reached)? {
        Ok(log) => log,
        Err(obstacle) => return Ok(Err(obstacle)),
    };
    let notes_there = there(&partner.notes_of(writer))?;
    let notes = notes::publish(ctx, writer, notes_there.as_ref())?;
    Ok(notes.map(|notes| Offer { log, notes }))
}

/// How a push ended.
enum Attempt {
    Done(Exchanged),
    Behind,
    Failed(Failure),
}

/// Pushes what a remote has not, as far as its tracking refs tell.
fn push(
    ctx: &Ctx,
    partner: &Partner,
    writer: &WriterId,
    offer: &Offer,
    manners: Manners,
) -> Result<Attempt> {
    let log_there = ctx.repo.ref_id(&partner.log_of(writer))?;
    let notes_there = ctx.repo.ref_id(&partner.notes_of(writer))?;
    let wanted = [
        (log_ref(writer), offer.log.tip.as_ref(), &log_there),
        (notes_ref(writer), offer.notes.tip(), &notes_there),
    ];
    let mut refs = Vec::new();
    for (name, here, there) in &wanted {
        let Some(here) = here.filter(|here| Some(*here) != there.as_ref()) else {
            continue;
        };
        // it is ours alone: what we have begun anew takes the place of what we have pushed
        let lease = match there {
            Some(there) if !ctx.repo.is_ancestor(there, here)? => Some(there.to_string()),
            _ => None,
        };
        refs.push(Outgoing {
            lease,
            ..Outgoing::of(name.clone(), here)
        });
    }
    let stale = notes_there.as_ref().filter(|_| offer.notes == Notes::Gone);
    if let Some(stale) = stale {
        refs.push(Outgoing::removal(notes_ref(writer), stale));
    }
    let mut exchanged = Exchanged::default();
    if !refs.is_empty() {
        let pushed = match ctx.repo.push_refs(&partner.name, &refs, manners)? {
            Ok(pushed) => pushed,
            Err(failure) => return Ok(Attempt::Failed(failure)),
        };
        for outgoing in &refs {
            match pushed.get(&outgoing.name) {
                Some(Pushed::Refused(reason)) => return Ok(refused(&outgoing.name, reason)),
                Some(Pushed::Behind) => return Ok(Attempt::Behind),
                Some(Pushed::Done) | None => {}
            }
        }
    }
    if let Some(tip) = offer
        .log
        .tip
        .as_ref()
        .filter(|tip| log_there.as_ref() != Some(*tip))
    {
        let (sessions, events) = publish::difference(ctx, log_there.as_ref(), tip)?;
        exchanged.sessions = sessions;
        exchanged.events = events;
        track(ctx, &partner.log_of(writer), log_there.as_ref(), tip)?;
    }
    if let Some(tip) = offer
        .notes
        .tip()
        .filter(|tip| notes_there.as_ref() != Some(*tip))
    {
        exchanged.notes = true;
        track(ctx, &partner.notes_of(writer), notes_there.as_ref(), tip)?;
    }
    if let Some(stale) = stale {
        let name = partner.notes_of(writer);
        if ctx.repo.ref_id(&name)?.as_ref() == Some(stale) {
            ctx.repo.delete_ref(&name, Some(stale))?;
        }
    }
    for (id, length, blob) in &offer.log.lengths {
        ctx.store.set_shared(id, *length, blob)?;
    }
    Ok(Attempt::Done(exchanged))
}

/// The remote does not take a ref.
fn refused(name: &str, reason: &str) -> Attempt {
    let said = format!("{name} was refused: {reason}");
    let cause = Cause::Permission;
    Attempt::Failed(Failure { cause, said })
}

/// Remembers where a remote has a ref now. Git does it by itself where the refspec is configured.
fn track(ctx: &Ctx, name: &str, old: Option<&CommitId>, new: &CommitId) -> Result<()> {
    if ctx.repo.ref_id(name)?.as_ref() != Some(new) {
        ctx.repo.swap_ref(name, old, new, "git-session: pushed")?;
    }
    Ok(())
}

/// What the user has to decide first.
fn withheld(events: usize) -> anyhow::Error {
    let what = crate::domain::describe::plural(events, "record");
    let fault = Fault::user(format!(
        "{what} would stay behind that other clones have seen: `session.share` names fewer kinds than before"
    ));
    fault
        .hint("git session purge --unshared")
        .hint("git session config get session.share")
        .into()
}
