//! Events from outside that a program in the foreground waits for: changes of files in directories, and the
//! signals that ask it to end.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::time::Duration;

use anyhow::{Context as _, Result};
use notify::event::{EventKind, ModifyKind};
use notify::{Config, ErrorKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher as _};

/// Something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A file or directory came, went, or has another content.
    Changed(PathBuf),
    /// More happened than could be told.
    Lost,
    /// The system watches no more directories.
    Full,
    /// The program is to end.
    Stop,
}

/// How changes are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// The system tells.
    Told,
    /// Every directory is read again and again, with so long a pause.
    Polled(Duration),
}

/// What became of a directory that was to be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// It is.
    Yes,
    /// It is not there any more, or cannot be read.
    Gone,
    /// The system watches no more of them.
    Full,
}

/// Tells what happens in directories, until it is dropped.
pub struct Watcher {
    inner: Box<dyn notify::Watcher>,
    manner: Manner,
}

impl Watcher {
    /// One that watches nothing yet; `None` when the system has no more of them.
    pub fn new(manner: Manner, events: Sender<Event>) -> Result<Option<Self>> {
        let tell = move |event: notify::Result<notify::Event>| {
            for event in understood(event) {
                // nobody listens any more: the program is about to end
                events.send(event).ok();
            }
        };
        let inner: Box<dyn notify::Watcher> = match manner {
            Manner::Told => match RecommendedWatcher::new(tell, Config::default()) {
                Ok(inner) => Box::new(inner),
                Err(error) if is_limit(&error) => return Ok(None),
                Err(error) => return Err(error).context("cannot watch files"),
            },
            Manner::Polled(pause) => {
                let config = Config::default().with_poll_interval(pause);
                Box::new(PollWatcher::new(tell, config).context("cannot watch files")?)
            }
        };
        Ok(Some(Self { inner, manner }))
    }

    /// How it finds changes.
    pub const fn manner(&self) -> Manner {
        self.manner
    }

    /// Whether a directory is watched with all that is below it, so that those below need no watch of their own.
    pub fn reaches_below(&self) -> bool {
        self.manner == Manner::Told && !cfg!(any(target_os = "linux", target_os = "android"))
    }

    /// Watches what is directly in a directory; with all that is below where [`Watcher::reaches_below`].
    pub fn watch(&mut self, directory: &Path) -> Watched {
        let mode = if self.reaches_below() {
            RecursiveMode::Recursive
        } else {
            RecursiveMode::NonRecursive
        };
        match self.inner.watch(directory, mode) {
            Ok(()) => Watched::Yes,
            Err(error) if is_limit(&error) => Watched::Full,
            Err(_) => Watched::Gone,
        }
    }
}

/// What counts of an event. That a file was opened or closed, or has another owner or date, does not.
fn understood(event: notify::Result<notify::Event>) -> Vec<Event> {
    match event {
        Ok(event) if event.need_rescan() => vec![Event::Lost],
        Ok(event) => match event.kind {
            EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_))
                if !polled(&event) =>
            {
                Vec::new()
            }
            _ => event.paths.into_iter().map(Event::Changed).collect(),
        },
        Err(error) if is_limit(&error) => vec![Event::Full],
        Err(_) => vec![Event::Lost],
    }
}

/// Whether an event was found by polling, which sees another content as another date.
fn polled(event: &notify::Event) -> bool {
    use notify::event::MetadataKind::WriteTime;
    event.kind == EventKind::Modify(ModifyKind::Metadata(WriteTime))
}

/// Whether the system has no more watches, or no more files for this process.
fn is_limit(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::MaxFilesWatch => true,
        ErrorKind::Io(error) => is_file_limit(error),
        _ => false,
    }
}

#[cfg(unix)]
fn is_file_limit(error: &io::Error) -> bool {
    let limits = [libc::EMFILE, libc::ENFILE, libc::ENOSPC];
    error
        .raw_os_error()
        .is_some_and(|code| limits.contains(&code))
}

#[cfg(not(unix))]
fn is_file_limit(_error: &io::Error) -> bool {
    false
}

/// From now on Ctrl-C and the signals that ask a program to end are events, once for the whole process.
pub fn stop_on_signals(events: Sender<Event>) -> Result<()> {
    ctrlc::set_handler(move || drop(events.send(Event::Stop))).context("cannot wait for Ctrl-C")
}
