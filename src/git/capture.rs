//! A child of somebody else's making whose answer is wanted soon or not at all: bounded in time and output, and
//! ended with everything that it has started.

use std::io::{self, Read as _};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::child::{code, wait};
use super::spawn::Git;

/// A child that was started. It is ended, with what it has started, when nobody waits for it any more.
#[derive(Debug)]
pub struct Capturing {
    child: Child,
    output: mpsc::Receiver<io::Result<Vec<u8>>>,
    begun: Instant,
    reaper: Git,
    over: bool,
}

/// What a child answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Captured {
    /// It ended with this status, and had written this.
    Ended(i32, Vec<u8>),
    /// It had to be ended.
    TooLong,
}

impl Git {
    /// Starts the child; of what it writes to standard output at most so many bytes are read.
    pub fn capture(&self, most: u64) -> Result<Capturing> {
        let mut command = self.command();
        command.env("GIT_TERMINAL_PROMPT", "0");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt as _;
            command.process_group(0);
        }
        let mut child = command.spawn().map_err(|error| self.no_start(&error))?;
        let stdout = child.stdout.take().context("a child has an output")?;
        let (sender, output) = mpsc::channel();
        let read = move || {
            let mut bytes = Vec::new();
            let read = stdout.take(most).read_to_end(&mut bytes);
            // nobody waits any more when the time is over
            sender.send(read.map(|_| bytes)).ok();
        };
        thread::Builder::new()
            .spawn(read)
            .context("cannot read from a child")?;
        Ok(Capturing {
            reaper: self.reaper(child.id()),
            child,
            output,
            begun: Instant::now(),
            over: false,
        })
    }

    /// What ends the group of a child: std can end the child alone.
    pub(super) fn reaper(&self, group: u32) -> Self {
        self.another("kill")
            .args(["-KILL", "--", &format!("-{group}")])
    }
}

impl Capturing {
    /// Waits until so long after the start.
    pub fn finish(mut self, limit: Duration) -> Result<Captured> {
        let left = |begun: Instant| limit.saturating_sub(begun.elapsed());
        let Ok(output) = self.output.recv_timeout(left(self.begun)) else {
            self.end()?;
            return Ok(Captured::TooLong);
        };
        // one that goes on writing has lost its reader and ends
        let Some(status) = wait(&mut self.child, left(self.begun))? else {
            self.end()?;
            return Ok(Captured::TooLong);
        };
        self.over = true;
        let output = output.context("cannot read from a child")?;
        Ok(Captured::Ended(code(status), output))
    }

    /// Ends the child and what it has started.
    fn end(&mut self) -> Result<()> {
        self.over = true;
        if cfg!(unix) {
            // where there is no such program the child alone is ended
            self.reaper.output().ok();
        }
        self.child.kill().ok();
        self.child.wait().context("cannot wait for a child")?;
        Ok(())
    }
}

impl Drop for Capturing {
    fn drop(&mut self) {
        if !self.over {
            self.end().ok();
        }
    }
}
