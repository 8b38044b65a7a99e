//! One watcher at work: what it takes in, and what it does about it.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::pulse::Pulse;
use super::tree::{Tree, Walk};
use super::{Mode, News, Summary, Watch};
use crate::domain::body::{Activity, Body};
use crate::domain::id::CommitId;
use crate::domain::session::State;
use crate::ops::checkpoint::due::{self, Outcome};
use crate::ops::ctx::Ctx;
use crate::ops::sessions::{self, Here};
use crate::ops::switch;
use crate::sys::fs;
use crate::sys::watch::{Event, Manner, Watched, Watcher};

/// Changes that follow each other faster than this are one.
const QUIET: Duration = Duration::from_millis(300);
/// So long they are gathered at most.
const GATHER: Duration = Duration::from_secs(2);
/// The pause of a watcher that has to look for itself.
const POLL: Duration = Duration::from_secs(5);
/// No sleep is longer while something is left to do: the clock of the system goes on while the machine sleeps.
const LONGEST: Duration = Duration::from_secs(5 * 60);
/// The pause before the next look where a checkpoint is due and cannot be made now.
const BLOCKED: Duration = Duration::from_secs(60);

/// What happened between two looks.
#[derive(Debug, Default)]
pub(super) struct Batch {
    paths: Vec<PathBuf>,
    lost: bool,
    full: bool,
    stop: bool,
}

impl Batch {
    fn add(&mut self, event: Event) {
        match event {
            Event::Changed(path) => self.paths.push(path),
            Event::Lost => self.lost = true,
            Event::Full => self.full = true,
            Event::Stop => self.stop = true,
        }
    }
}

/// Where HEAD is, and in which session.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Position {
    here: Here,
    /// The session takes time and checkpoints.
    active: bool,
    tip: Option<CommitId>,
}

impl Position {
    fn of(ctx: &Ctx) -> Result<Self> {
        let mut here = sessions::here(ctx)?;
        let mut active = false;
        if let Here::Session { id, branch } = &here {
            let state = sessions::context(ctx, id)?.map(|context| context.state);
            active = state == Some(State::Active);
            if !state.is_some_and(State::is_open) {
                here = Here::Unmapped(branch.clone());
            }
        }
        let tip = ctx.repo.head()?.tip().cloned();
        Ok(Self { here, active, tip })
    }
}

/// A watcher at work.
pub(super) struct Sentinel<'a> {
    watch: Watch<'a>,
    sender: Sender<Event>,
    watcher: Watcher,
    tree: Tree,
    /// The store, where every hook and every start and end of a session leaves a trace.
    bell: PathBuf,
    position: Position,
    pulse: Pulse,
    /// Files may differ from the last checkpoint.
    dirty: bool,
    wake: Option<Duration>,
    stops: bool,
    acted: bool,
    started: Instant,
    summary: Summary,
}

impl<'a> Sentinel<'a> {
    pub(super) fn new(ctx: &Ctx, watch: Watch<'a>, sender: Sender<Event>) -> Result<Self> {
        let top = ctx.repo.work_tree().context("there is a work tree")?;
        let told = Watcher::new(Manner::Told, sender.clone())?;
        let watcher = match told {
            Some(watcher) => watcher,
            None => polling(&sender)?,
        };
        Ok(Self {
            watch,
            sender,
            watcher,
            tree: Tree::new(top, &ctx.settings),
            bell: fs::resolve(ctx.store.root()),
            position: Position::of(ctx)?,
            pulse: Pulse::default(),
            dirty: true,
            wake: None,
            stops: false,
            acted: false,
            started: Instant::now(),
            summary: Summary::default(),
        })
    }

    /// The top of the work tree.
    pub(super) fn top(&self) -> &Path {
        self.tree.top()
    }

    /// What happened cannot be looked at, for this reason.
    pub(super) fn skip(&mut self, ctx: &Ctx, batch: &Batch, reason: &str) -> Result<()> {
        self.stops |= batch.stop;
        self.say(ctx, &News::Trouble(reason.to_owned()))
    }

    /// Writes down what is left, and says what was done.
    pub(super) fn end(mut self, ctx: &Ctx) -> Result<Summary> {
        self.record(ctx)?;
        self.summary.seconds = ctx.clock.since(self.started).as_secs();
        Ok(self.summary)
    }

    fn say(&mut self, ctx: &Ctx, news: &News) -> Result<()> {
        (self.watch.say)(ctx, news)
    }

    /// Whether there is nothing more to wait for.
    pub(super) fn is_done(&self) -> bool {
        self.stops || (self.watch.mode == Mode::Once && self.acted)
    }

    /// Watches everything, and does what is due already.
    pub(super) fn begin(&mut self, ctx: &Ctx) -> Result<()> {
        if self.watcher.manner() != Manner::Told {
            self.say(ctx, &News::Polling(POLL))?;
        }
        let top = self.tree.top().to_owned();
        let walk = self.cover(ctx, &top)?;
        self.save(ctx)?;
        if !self.is_done() {
            self.say(ctx, &News::Watching(walk.directories))?;
        }
        self.plan(ctx)
    }

    /// Watches a directory and what is below it. Where the system watches no more, everything is watched anew, by
    /// looking.
    fn cover(&mut self, ctx: &Ctx, from: &Path) -> Result<Walk> {
        let bell = self.watcher.watch(&self.bell);
        let walk = self.tree.watch(&ctx.repo, &mut self.watcher, from);
        let full = walk.full || bell == Watched::Full;
        if full && self.watcher.manner() == Manner::Told {
            self.look_ourselves(ctx)?;
            let top = self.tree.top().to_owned();
            return self.cover(ctx, &top);
        }
        Ok(walk)
    }

    /// From now on directories are read again and again. What was watched has to be watched anew.
    fn look_ourselves(&mut self, ctx: &Ctx) -> Result<()> {
        self.watcher = polling(&self.sender)?;
        self.say(ctx, &News::Polling(POLL))
    }

    /// Sleeps until something happens or is due, and gathers what happens together.
    pub(super) fn wait(&self, events: &Receiver<Event>) -> Batch {
        let mut batch = Batch::default();
        let first = match self.wake {
            Some(wake) => events.recv_timeout(wake),
            None => events.recv().map_err(RecvTimeoutError::from),
        };
        let Ok(first) = first else {
            return batch;
        };
        batch.add(first);
        let end = Instant::now() + GATHER;
        while !batch.stop {
            let left = end.saturating_duration_since(Instant::now());
            match events.recv_timeout(QUIET.min(left)) {
                Ok(event) => batch.add(event),
                Err(_) => break,
            }
        }
        batch
    }

    /// Takes in what happened, and does what is due.
    pub(super) fn handle(&mut self, ctx: &Ctx, mut batch: Batch) -> Result<()> {
        self.stops |= batch.stop;
        self.tree.follow(&ctx.settings);
        let bell = self.bell.clone();
        batch.paths.retain(|path| path.parent() != Some(&bell));
        if batch.full && self.watcher.manner() == Manner::Told {
            self.look_ourselves(ctx)?;
            batch.lost = true;
        }
        if batch.lost {
            let top = self.tree.top().to_owned();
            self.cover(ctx, &top)?;
            self.dirty = true;
        }
        for directory in self.tree.new_directories(&ctx.repo, &batch.paths) {
            let walk = self.cover(ctx, &directory)?;
            batch.paths.extend(walk.files);
        }
        batch
            .paths
            .retain(|path| fs::kind(path) != fs::Kind::Directory);
        let files = self.tree.counted(&ctx.repo, &batch.paths);
        let moved = self.follow(ctx)?;
        if !files.is_empty() {
            self.dirty = true;
            // what git itself changes is no sign of life: its hooks have told
            let by_git = moved || fs::exists(&ctx.repo.git_dir().join("index.lock"));
            if !by_git && self.position.active && ctx.tracks() {
                self.pulse.add(files);
            }
        }
        let ends = self.watch.mode == Mode::Once;
        if ends || self.pulse.is_ready(ctx.now()) {
            self.record(ctx)?;
        }
        self.save(ctx)?;
        self.plan(ctx)
    }

    /// Looks where HEAD is now, and whether it has moved since.
    fn follow(&mut self, ctx: &Ctx) -> Result<bool> {
        let now = Position::of(ctx)?;
        let before = std::mem::replace(&mut self.position, now.clone());
        if before.here != now.here {
            self.pulse.forget();
            self.dirty = true;
            let news = match (&before.here, now.here.clone()) {
                (_, Here::Session { id, branch }) => News::Entered {
                    session: id,
                    branch,
                },
                (Here::Session { branch: old, .. }, Here::Unmapped(branch)) if *old == branch => {
                    News::Ended(branch)
                }
                (_, here) => News::Without(here),
            };
            self.say(ctx, &news)?;
        }
        Ok(before.here != now.here || before.tip != now.tip)
    }

    /// Writes down that files have changed.
    fn record(&mut self, ctx: &Ctx) -> Result<()> {
        let Here::Session { id, .. } = self.position.here.clone() else {
            return Ok(());
        };
        if self.pulse.ready_at().is_none() {
            return Ok(());
        }
        let Some(context) = sessions::context(ctx, &id)? else {
            return Ok(());
        };
        let files = self.pulse.take(ctx.now());
        switch::append(ctx, context, Body::ActivityRecorded(Activity { files }))?;
        self.summary.files += files;
        self.acted = true;
        self.say(ctx, &News::Active { session: id, files })
    }

    /// Makes the checkpoint that is due, unless no file has changed since the last one.
    fn save(&mut self, ctx: &Ctx) -> Result<()> {
        if !self.dirty {
            return Ok(());
        }
        let news = match due::make_if_due(ctx) {
            Outcome::NotDue => return Ok(()),
            Outcome::NothingNew => News::NothingNew,
            Outcome::Made(made) => {
                self.summary.checkpoints += 1;
                News::Made(made)
            }
            Outcome::Failed(reason) => {
                self.summary.failed += 1;
                News::Failed(reason)
            }
        };
        self.acted = true;
        self.dirty = matches!(news, News::Failed(_));
        self.say(ctx, &news)
    }

    /// When to wake up although nothing happens; never while nothing is left to do.
    fn plan(&mut self, ctx: &Ctx) -> Result<()> {
        let record = self.pulse.ready_at();
        let save = if self.dirty { due::next(ctx)? } else { None };
        let now = ctx.now();
        let until = |at: chrono::DateTime<chrono::Utc>| {
            let left = (at - now).to_std().unwrap_or_default();
            if left.is_zero() {
                BLOCKED
            } else {
                left.clamp(Duration::from_secs(1), LONGEST)
            }
        };
        self.wake = record.into_iter().chain(save).map(until).min();
        Ok(())
    }
}

/// A watcher that looks for itself.
fn polling(sender: &Sender<Event>) -> Result<Watcher> {
    let watcher = Watcher::new(Manner::Polled(POLL), sender.clone())?;
    watcher.context("a watcher that looks for itself needs nothing of the system")
}
