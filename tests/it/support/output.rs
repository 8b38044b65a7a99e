//! What a command printed and how it ended, as one value for inline snapshots.

use std::fmt;
use std::os::unix::process::ExitStatusExt as _;
use std::process;

/// Standard output, standard error and the exit status of one command.
#[must_use = "say that it succeeded, or look at it"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) command: String,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    /// The exit code; 128 and the number of the signal when one ended it.
    pub(crate) code: i32,
    /// What is replaced in the text that is shown, and by what.
    pub(crate) shown_as: Vec<(String, String)>,
}

impl Output {
    /// Of a process that has ended.
    pub(super) fn new(command: String, output: process::Output, root: &str) -> Self {
        let signal = output.status.signal().map(|signal| 128 + signal);
        Self {
            command,
            stdout: output.stdout,
            stderr: output.stderr,
            code: signal.or(output.status.code()).expect("it has ended"),
            shown_as: vec![(root.to_owned(), "[ROOT]".to_owned())],
        }
    }

    /// It must have succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert!(self.success(), "{}\n{self}", self.command);
        self
    }

    /// It must have succeeded; nothing more is of interest.
    #[track_caller]
    pub(crate) fn done(self) {
        drop(self.ok());
    }

    /// Standard output without white space at its ends; it must have succeeded.
    #[track_caller]
    pub(crate) fn text(self) -> String {
        String::from_utf8_lossy(&self.ok().stdout).trim().to_owned()
    }

    /// Standard output as text, as it is.
    pub(crate) fn answer(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text.
    pub(crate) fn news(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Whether the exit code is 0.
    pub(crate) fn success(&self) -> bool {
        self.code == 0
    }

    /// Shows a text that differs from run to run as something else.
    pub(crate) fn show_as(mut self, text: &str, shown: &str) -> Self {
        self.shown_as.insert(0, (text.to_owned(), shown.to_owned()));
        self
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |f: &mut fmt::Formatter<'_>, name: &str, bytes: &[u8]| {
            if bytes.is_empty() {
                return Ok(());
            }
            let text = String::from_utf8_lossy(bytes).into_owned();
            let replace = |text: String, (from, to): &(String, String)| text.replace(from, to);
            let text = self.shown_as.iter().fold(text, replace);
            let end = if text.ends_with('\n') { "" } else { "%\n" };
            write!(f, "--- {name}\n{text}{end}")
        };
        part(f, "stdout", &self.stdout)?;
        part(f, "stderr", &self.stderr)?;
        if self.code != 0 {
            writeln!(f, "--- exit {}", self.code)?;
        }
        f.write_str("[EOF]")
    }
}
