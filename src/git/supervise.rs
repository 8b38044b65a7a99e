//! A child that talks to somebody else over a connection: it is ended when its time is over or when nothing is heard any
//! more, with everything that it has started.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::child::{Output, Reading, Shown, code, end, wait_for, whole};
use super::spawn::Git;

/// So many bytes of what a child says on standard error are kept.
const MOST_SAID: usize = 64 * 1024;

/// How a child that was supervised ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, and what it left behind.
    Itself(Output),
    /// It had to be ended: it said nothing any more.
    Silent,
    /// It had to be ended: its time was over.
    Late,
}

impl Git {
    /// Runs the child until the limit at most, and until it has said nothing on standard error for `silence`. What it
    /// says there goes to ours as well if it is to be seen. It has no standard input; git and ssh ask on the terminal
    /// itself.
    pub fn supervised(&self, limit: Duration, silence: Duration, shown: Shown) -> Result<Ended> {
        let files = || -> io::Result<[File; 2]> {
            let out = tempfile::tempfile()?;
            Ok([out.try_clone()?, out])
        };
        let [for_out, mut out] = files().context("cannot make a temporary file")?;
        let (reader, writer) = io::pipe().context("cannot make a pipe")?;
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(for_out).stderr(writer);
        let grouped = self.is_without_prompt();
        #[cfg(unix)]
        if grouped {
            use std::os::unix::process::CommandExt as _;
            // what asks on the terminal has to stay in the foreground
            command.process_group(0);
        }
        let mut child = command.spawn().map_err(|error| self.no_start(&error))?;
        // it holds our end of the pipe, which would never close
        drop(command);
        let reading =
            Reading::begin(reader, MOST_SAID, shown).context("cannot read from a child")?;
        let start = Instant::now();
        let status = loop {
            let patience = silence.saturating_sub(reading.quiet_for());
            let left = limit.saturating_sub(start.elapsed());
            if let Some(status) = wait_for(&mut child, patience.min(left))? {
                break status;
            }
            let silent = reading.quiet_for() >= silence;
            if silent || start.elapsed() >= limit {
                if grouped && cfg!(unix) {
                    // where there is no such program the child alone is ended
                    self.reaper(child.id()).output().ok();
                }
                end(&mut child)?;
                return Ok(if silent { Ended::Silent } else { Ended::Late });
            }
        };
        let kept = reading.finish();
        let (stderr, _) = kept.with_context(|| format!("cannot read from `{}`", self.line()))?;
        Ok(Ended::Itself(Output {
            code: code(status),
            stdout: whole(&mut out)?,
            stderr,
        }))
    }

    /// Whether the child was told to ask nothing.
    fn is_without_prompt(&self) -> bool {
        let forbidden = |(name, value): &(OsString, Option<OsString>)| {
            name == "GIT_TERMINAL_PROMPT" && value.as_deref() == Some(OsStr::new("0"))
        };
        self.changes.iter().any(forbidden)
    }
}
