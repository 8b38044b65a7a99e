//! One pass over the directory of the sessions: what each log and each view says, in a few words a session.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};

use super::day::Promised;
use crate::domain::body::Body;
use crate::domain::context::Context;
use crate::domain::event::{self, Event, LineError};
use crate::domain::fold::{Fold, Origin};
use crate::domain::id::{BranchName, SessionId};
use crate::domain::pen::IMPORT;
use crate::domain::session::{Session, State};
use crate::ops::ctx::Ctx;
use crate::store::{Contents, Log};
use crate::sys::fs;

/// A clock that went back less than this says nothing: several machines may share a repository.
const BACKWARDS: TimeDelta = TimeDelta::hours(1);

/// How old a directory without a log is, in seconds, when nobody is about to write the log.
const SETTLED: u64 = 60;

/// The views for people.
const MARKDOWN: [&str; 2] = ["objectives.md", "blockers.md"];

/// What stands in the directory of the sessions.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The sessions that have a log.
    pub(super) sessions: Vec<Surveyed>,
    /// Directories with the name of a session and without a log.
    pub(super) without_log: Vec<PathBuf>,
    /// Sessions that are known here and have lost their log.
    pub(super) lost: Vec<Lost>,
    /// Temporary files that killed writes left behind.
    pub(super) abandoned: Vec<PathBuf>,
}

/// A session that git config or the index knows, and that has no log any more.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) id: SessionId,
    /// The branch that has it, as git config says it.
    pub(super) mapped: Option<BranchName>,
    /// The branch as it was last seen.
    pub(super) branch: Option<BranchName>,
}

/// What was seen of one session.
#[derive(Debug)]
pub(super) struct Surveyed {
    pub(super) id: SessionId,
    pub(super) log: PathBuf,
    /// Why the log could not be read.
    pub(super) unreadable: Option<String>,
    /// Lines that are no events: byte offset and why.
    pub(super) torn: Vec<(u64, String)>,
    /// Events of other sessions.
    pub(super) foreign: usize,
    /// Events that this version keeps without effect.
    pub(super) unknown: usize,
    /// Ids that two different events claim.
    pub(super) clashes: Vec<String>,
    /// Where the session stands; `None` when no event says that it began.
    pub(super) standing: Option<(BranchName, State)>,
    /// The earliest time of an event.
    pub(super) earliest: Option<DateTime<Utc>>,
    /// The latest time of an event.
    pub(super) latest: Option<DateTime<Utc>>,
    /// The first event that is dated long before the one in front of it.
    pub(super) backwards: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// What is wrong with the views.
    pub(super) stale: Vec<Stale>,
    /// The checkpoints that have to be there.
    pub(super) promised: Vec<Promised>,
}

/// What is wrong with a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stale {
    /// `context.json` is torn, of another version or not there.
    Unreadable,
    /// It was folded from less of the log than there is.
    Behind,
    /// It was folded from a log that was longer.
    Ahead,
    /// It was folded from this log and says something else.
    Wrong,
    /// It counts time otherwise: `idle_after` may have been another one.
    Time,
    /// A view for people is not there.
    Missing(&'static str),
    /// A view for people says something else.
    Markdown(&'static str),
}

/// The sessions without a log that somebody still counts on: those of the index that were not put away, and
/// those of a branch whose directory is there.
fn lost(ctx: &Ctx) -> Result<Vec<Lost>> {
    let mapped = ctx.repo.config()?.mapped_branches();
    let branch_of = |id: &SessionId| {
        let mut all = mapped.iter();
        all.find(|(_, other)| other == id)
            .map(|(branch, _)| branch.clone())
    };
    let gone = |id: &SessionId| {
        let directory = ctx.store.directory(id);
        !ctx.store.has(id) && (!fs::exists(&directory) || readable(&directory))
    };
    let mut lost = Vec::new();
    for entry in ctx.store.index_entries()? {
        let put_away = matches!(entry.state, State::Archived | State::Deleted);
        if !put_away && gone(&entry.session) {
            lost.push(Lost {
                mapped: branch_of(&entry.session),
                branch: Some(entry.branch),
                id: entry.session,
            });
        }
    }
    for (branch, id) in &mapped {
        let known = lost.iter().any(|lost| lost.id == *id);
        if !known && gone(id) && fs::exists(&ctx.store.directory(id)) {
            lost.push(Lost {
                mapped: Some(branch.clone()),
                branch: None,
                id: id.clone(),
            });
        }
    }
    Ok(lost)
}

/// Looks at every session.
pub(super) fn survey(ctx: &Ctx) -> Result<Survey> {
    let root = ctx.store.root();
    let mut survey = Survey {
        abandoned: fs::abandoned(root),
        lost: lost(ctx)?,
        ..Survey::default()
    };
    let entries =
        std::fs::read_dir(root).with_context(|| format!("cannot read {}", root.display()))?;
    let mut ids: Vec<SessionId> = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", root.display()))?;
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| SessionId::new(name).ok());
        // `unmapped` and the like have the form of an id, too
        let is_id = |id: &SessionId| id.as_str().matches('-').count() >= 2;
        if let Some(id) = id.filter(is_id)
            && entry.file_type().is_ok_and(|kind| kind.is_dir())
        {
            ids.push(id);
        }
    }
    ids.sort();
    for id in ids {
        let directory = ctx.store.directory(&id);
        survey.abandoned.extend(fs::abandoned(&directory));
        if ctx.store.has(&id) {
            survey.sessions.push(surveyed(ctx, id));
        } else if readable(&directory) {
            let age = fs::modified(&directory).and_then(|at| at.elapsed().ok());
            let known = survey.lost.iter().any(|lost| lost.id == id);
            if !known && age.is_some_and(|age| age.as_secs() > SETTLED) {
                survey.without_log.push(directory);
            }
        } else {
            survey.sessions.push(Surveyed::unreadable(
                &ctx.store.log(&id),
                id,
                "the directory cannot be read".to_owned(),
            ));
        }
    }
    Ok(survey)
}

/// Whether the entries of a directory can be seen.
fn readable(directory: &std::path::Path) -> bool {
    // a directory that may be listed and not entered shows no log either
    std::fs::metadata(directory.join(".")).is_ok() && std::fs::read_dir(directory).is_ok()
}

impl Surveyed {
    fn new(log: &Log, id: SessionId) -> Self {
        Self {
            id,
            log: log.path().to_owned(),
            unreadable: None,
            torn: Vec::new(),
            foreign: 0,
            unknown: 0,
            clashes: Vec::new(),
            standing: None,
            earliest: None,
            latest: None,
            backwards: None,
            stale: Vec::new(),
            promised: Vec::new(),
        }
    }

    fn unreadable(log: &Log, id: SessionId, why: String) -> Self {
        Self {
            unreadable: Some(why),
            ..Self::new(log, id)
        }
    }
}

/// Looks at one session.
fn surveyed(ctx: &Ctx, id: SessionId) -> Surveyed {
    let log = ctx.store.log(&id);
    let contents = match log.read() {
        Ok(contents) => contents,
        Err(error) => return Surveyed::unreadable(&log, id, format!("{error:#}")),
    };
    let Contents {
        events,
        length,
        torn,
    } = contents;
    let mut seen = Surveyed::new(&log, id);
    let torn = torn.iter();
    let plain = |why: &LineError| match why {
        // what a parser of JSON says of it helps nobody
        LineError::Malformed(_) => "not an event".to_owned(),
        other => other.to_string(),
    };
    seen.torn = torn.map(|(at, why)| (*at, plain(why))).collect();
    seen.look_at_times(&events);
    let mut fold = Fold::new();
    for (writer, event) in ctx.store.fetched(&seen.id).unwrap_or_default() {
        fold.insert(event, Origin::Other(writer));
    }
    for event in events {
        if event.head().session != seen.id {
            seen.foreign += 1;
            continue;
        }
        let later = event.head().v > event::VERSION;
        seen.unknown += usize::from(later || matches!(event.body(), Body::Unknown));
        fold.insert(event, Origin::Own);
    }
    seen.clashes = fold.clashes().map(ToString::to_string).collect();
    if let Some(session) = fold.session(ctx.idle_after()) {
        seen.stale = stale(ctx, &session, length);
        seen.promised = Promised::of(ctx, &session);
        seen.standing = Some((session.branch, session.state));
    }
    seen
}

impl Surveyed {
    /// The latest time, and where time went back. What was imported has the times of another system, in any order.
    fn look_at_times(&mut self, events: &[Event]) {
        let seen_here = events.iter().filter(|event| event.head().via != IMPORT);
        let times = || seen_here.clone().map(|event| event.head().at);
        self.earliest = times().min();
        self.latest = times().max();
        let pairs = times().zip(times().skip(1));
        self.backwards = pairs
            .into_iter()
            .find(|(before, after)| *before - *after > BACKWARDS);
    }
}

/// What is wrong with the views of a session.
fn stale(ctx: &Ctx, session: &Session, length: u64) -> Vec<Stale> {
    let views = ctx.store.views(&session.id);
    let mut found = Vec::new();
    match views.context() {
        None => found.push(Stale::Unreadable),
        Some(stored) if stored.log.length < length => found.push(Stale::Behind),
        Some(stored) if stored.log.length > length => found.push(Stale::Ahead),
        Some(stored) => found.extend(compare(&stored, session)),
    }
    let missing = |name: &&'static str| !fs::exists(&ctx.store.directory(&session.id).join(name));
    found.extend(MARKDOWN.iter().copied().filter(missing).map(Stale::Missing));
    let outdated = views.outdated_markdown(session).into_iter();
    found.extend(outdated.map(Stale::Markdown));
    found
}

/// A context of the right length against a new fold.
fn compare(stored: &Context, session: &Session) -> Option<Stale> {
    // what the file says of the log was compared before
    let mut fresh = Context::of(session, stored.log.clone());
    if fresh == *stored {
        return None;
    }
    fresh.clocks.clone_from(&stored.clocks);
    fresh.attributed = stored.attributed;
    fresh.elsewhere = stored.elsewhere;
    if let (Some(fresh), Some(stored)) = (&mut fresh.window, &stored.window) {
        fresh.time = stored.time;
    }
    Some(if fresh == *stored {
        Stale::Time
    } else {
        Stale::Wrong
    })
}
