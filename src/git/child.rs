//! A child process that has been started: waiting for it, and what it leaves behind.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// The shortest and the longest pause between two looks at a bounded child.
const PAUSES: (Duration, Duration) = (Duration::from_micros(100), Duration::from_millis(2));

/// What a child left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The exit status; 128 + the signal when one ended it, as a shell has it.
    pub code: i32,
    /// Everything written to standard output.
    pub stdout: Vec<u8>,
    /// Everything written to standard error.
    pub stderr: Vec<u8>,
}

impl Output {
    /// Whether the child exited with 0.
    pub const fn success(&self) -> bool {
        self.code == 0
    }

    /// Standard output as text, without the final newline.
    pub fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.stdout);
        text.strip_suffix('\n').unwrap_or(&text).to_owned()
    }

    /// Standard error as text, without white space around it.
    pub fn complaint(&self) -> String {
        String::from_utf8_lossy(&self.stderr).trim().to_owned()
    }
}

/// Whether the output of a child is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// On our standard error, as it comes.
    Yes,
    /// Not at all.
    No,
}

/// What a child that was watched left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// The exit status; 128 + the signal when one ended it, as a shell has it.
    pub code: i32,
    /// The end of what it wrote to standard output and standard error, in the order in which it came.
    pub output: Vec<u8>,
    /// The beginning is missing.
    pub cut: bool,
}

/// How long the output of a child that has ended is waited for: one of its own may hold the pipe for ever.
const LINGER: Duration = Duration::from_secs(1);

/// What was read of a child, so far.
#[derive(Debug)]
struct Kept {
    bytes: Vec<u8>,
    cut: bool,
    last: Instant,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            cut: false,
            last: Instant::now(),
        }
    }
}

impl Kept {
    /// Takes more, and keeps at most `most` bytes, or twice as many for a while: they are moved now and then, not
    /// with each piece.
    fn take(&mut self, piece: &[u8], most: usize) {
        self.last = Instant::now();
        self.bytes.extend_from_slice(piece);
        if self.bytes.len() > most.saturating_mul(2) {
            self.trim(most);
        }
    }

    fn trim(&mut self, most: usize) {
        if self.bytes.len() > most {
            self.bytes.drain(..self.bytes.len() - most);
            self.cut = true;
        }
    }
}

/// The output of a child that is read while it runs.
pub(super) struct Reading {
    kept: Arc<Mutex<Kept>>,
    end: mpsc::Receiver<io::Result<()>>,
    most: usize,
}

impl Reading {
    /// Begins to read, and keeps the last `most` bytes.
    pub(super) fn begin(
        from: impl io::Read + Send + 'static,
        most: usize,
        shown: Shown,
    ) -> io::Result<Self> {
        let kept = Arc::<Mutex<Kept>>::default();
        let (sender, end) = mpsc::channel();
        let into = Arc::clone(&kept);
        thread::Builder::new().spawn(move || sender.send(read(from, &into, most, shown)))?;
        Ok(Self { kept, end, most })
    }

    /// How long nothing has been written.
    pub(super) fn quiet_for(&self) -> Duration {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.last.elapsed()
    }

    /// What was written, and whether the beginning of it is missing. To be called when the child has ended.
    pub(super) fn finish(self) -> io::Result<(Vec<u8>, bool)> {
        if let Ok(ended) = self.end.recv_timeout(LINGER) {
            ended?;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.trim(self.most);
        Ok((std::mem::take(&mut kept.bytes), kept.cut))
    }
}

/// Reads to the end.
fn read(mut from: impl io::Read, into: &Mutex<Kept>, most: usize, shown: Shown) -> io::Result<()> {
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = match from.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        if length == 0 {
            return Ok(());
        }
        if shown == Shown::Yes {
            // that nobody reads it is no reason to end the child
            io::stderr().write_all(&piece[..length]).ok();
        }
        let mut kept = into.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take(&piece[..length], most);
    }
}

/// The exit status once the child has ended; `None` when it had to be ended.
pub(super) fn wait(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let ended = wait_for(child, limit)?;
    if ended.is_none() {
        end(child)?;
    }
    Ok(ended)
}

/// Ends a child.
pub(super) fn end(child: &mut Child) -> Result<()> {
    // it may have ended by itself meanwhile; either way it must be reaped
    child.kill().ok();
    child.wait().context("cannot wait for a child")?;
    Ok(())
}

/// The exit status once the child has ended; `None` when it still runs at the limit.
pub(super) fn wait_for(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().context("cannot wait for a child")? {
            return Ok(Some(status));
        }
        let left = limit.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Ok(None);
        }
        // at most an eighth is added to what the child takes
        let pause = (start.elapsed() / 8).clamp(PAUSES.0, PAUSES.1);
        thread::sleep(pause.min(left));
    }
}

/// Everything in a file that a child has written through another handle.
pub(super) fn whole(file: &mut File) -> Result<Vec<u8>> {
    let mut read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().context("cannot read what a child wrote")
}

/// The exit status as a shell has it.
pub(super) fn code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return 128 + signal;
        }
    }
    status.code().unwrap_or(1)
}
