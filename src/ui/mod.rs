//! The only place that prints. Answers go to standard output, news to standard error; what may be said,
//! and in which colours, is decided here. Commands use it; hooks and operations never do.

pub mod link;
mod look;
mod options;
mod prompt;
pub mod style;
pub mod table;
pub mod text;

pub use options::{Color, Format, Options, Preferences, Terminals, Verbosity};

use std::collections::VecDeque;
use std::fmt::{self, Display};
use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::domain::escape;
use crate::domain::layout::fold;
use crate::error::{self, Fault, Kind};
use crate::sys::env::{self, Env};
use look::Look;

/// Nobody reads the answer any more (`git session log | head`): not a failure, but no reason to go on.
/// [`Ui::finish`] turns it into exit code 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

impl Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("standard output was closed")
    }
}

impl std::error::Error for Closed {}

/// The way to the person, or to the program that reads the answer.
#[derive(Debug)]
pub struct Ui {
    options: Options,
    terminals: Terminals,
    typed: Look,
    adopted: OnceLock<Look>,
    answers_questions: bool,
    width: Option<usize>,
    sink: Sink,
}

/// An answer in JSON.
#[derive(Serialize)]
struct Envelope<'a, T> {
    schema: &'a str,
    #[serde(flatten)]
    value: &'a T,
}

/// Where the streams end.
#[derive(Debug)]
enum Sink {
    Process,
    Captured(Mutex<Capture>),
}

/// What a test sees, and what it types.
#[derive(Debug, Default)]
struct Capture {
    stdout: String,
    stderr: String,
    input: VecDeque<String>,
}

/// One of the two output streams.
#[derive(Clone, Copy, Debug)]
enum Stream {
    Stdout,
    Stderr,
}

impl Ui {
    /// The streams of this process.
    pub fn new(options: Options, env: &Env, terminals: Terminals) -> Self {
        Self::with_sink(options, env, terminals, Sink::Process)
    }

    /// Streams that are kept for a test; see [`Ui::stdout`] and [`Ui::stderr`]. The lines are what the
    /// person types at questions.
    pub fn captured(options: Options, env: &Env, terminals: Terminals, input: &[&str]) -> Self {
        let capture = Capture {
            input: input.iter().map(ToString::to_string).collect(),
            ..Capture::default()
        };
        Self::with_sink(options, env, terminals, Sink::Captured(Mutex::new(capture)))
    }

    fn with_sink(options: Options, env: &Env, terminals: Terminals, sink: Sink) -> Self {
        let prompts = env.text(env::GIT_TERMINAL_PROMPT) != Some("0") && !env.agent();
        Self {
            options,
            terminals,
            typed: Look::new(options, Preferences::default(), env, terminals),
            adopted: OnceLock::new(),
            answers_questions: terminals.stdin && terminals.stderr && prompts,
            width: known_width(env, terminals, &sink),
            sink,
        }
    }

    /// The form that answers are wanted in.
    pub fn format(&self) -> Format {
        self.options.format
    }

    /// Whether a flag asks for colours, whatever the answer goes to.
    pub fn wants_color(&self) -> bool {
        self.options.color == Some(Color::Always)
    }

    /// Whether the sources of an answer are wanted.
    pub fn is_verbose(&self) -> bool {
        self.look().verbosity == Verbosity::Verbose
    }

    /// Whether only warnings and errors are wanted besides the answer.
    pub fn is_quiet(&self) -> bool {
        self.look().verbosity == Verbosity::Quiet
    }

    /// Whether somebody watches what goes on: standard error is a terminal, and news are wanted.
    pub fn shows_progress(&self) -> bool {
        self.terminals.stderr && !self.is_quiet() && self.format() == Format::Text
    }

    /// Whether links in an answer reach somebody who can follow them.
    pub fn shows_links(&self) -> bool {
        self.look().stdout.links()
    }

    /// The width of the terminal, when there is one or `COLUMNS` says so. Without it nothing is cut: a
    /// program reads the answer.
    pub fn width(&self) -> Option<usize> {
        self.width
    }

    /// The width for running text: that of the terminal, at most 100 columns.
    pub fn text_width(&self) -> usize {
        self.width.unwrap_or(MOST_TEXT_WIDTH).min(MOST_TEXT_WIDTH)
    }

    /// Prints the answer, with a newline behind it if it has none.
    pub fn answer(&self, text: &(impl Display + ?Sized)) -> Result<()> {
        self.write(Stream::Stdout, &text.to_string())
    }

    /// Prints an answer of running text: lines that are too wide for the terminal are broken between words.
    /// Without a terminal it stays as it is.
    pub fn screen(&self, text: &str) -> Result<()> {
        let Some(columns) = self.width else {
            return self.answer(text);
        };
        let lines = text.split('\n');
        let folded: Vec<_> = lines.map(|line| fold(line, columns, text::plain)).collect();
        self.answer(&folded.join("\n"))
    }

    /// Prints the answer as one JSON object with `schema` (`git-session/status/v1`) as its first member.
    /// The value must be a struct or a map.
    pub fn json(&self, schema: &str, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(&Envelope { schema, value })
            .context("an answer is a struct")?;
        self.write(Stream::Stdout, &escape::json(&text))
    }

    /// Prints a part of an answer that has no end yet: one JSON object on one line, `schema` first.
    pub fn json_line(&self, schema: &str, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(&Envelope { schema, value });
        self.write(Stream::Stdout, &text.context("an answer is a struct")?)
    }

    /// Prints the answer in the form that was asked for.
    pub fn reply(&self, schema: &str, view: &(impl Serialize + Display)) -> Result<()> {
        match self.options.format {
            Format::Text => self.answer(view),
            Format::Json => self.json(schema, view),
        }
    }

    /// Says what was done: a full sentence. Silent with `--quiet`.
    pub fn status(&self, text: impl Display) {
        if self.look().verbosity != Verbosity::Quiet {
            self.news(&text.to_string());
        }
    }

    /// Says which file, ref or setting an answer came from. Only with `--verbose`.
    pub fn detail(&self, text: impl Display) {
        if self.is_verbose() {
            self.news(&style::dim(text.to_string()).to_string());
        }
    }

    /// Warns: lower case, no period.
    pub fn warn(&self, text: impl Display) {
        self.news(&format!("{} {text}", style::warn("warning:")));
    }

    /// Names the next command to type. Silent with `--quiet`.
    pub fn hint(&self, text: impl Display) {
        if self.look().verbosity != Verbosity::Quiet {
            self.news(&format!("{} {text}", style::accent("hint:")));
        }
    }

    /// Says what went wrong, why, and what to type next.
    pub fn error(&self, failure: &anyhow::Error) {
        let fault = error::fault(failure);
        let heading = match fault.map(Fault::kind) {
            Some(Kind::Bug) => "internal error:",
            _ => "error:",
        };
        let mut said = failure.to_string();
        self.news(&format!("{} {said}", style::bad(heading)));
        for cause in failure.chain().skip(1) {
            let cause = cause.to_string();
            if cause != said {
                self.news(&format!("  {} {cause}", style::dim("caused by:")));
            }
            said = cause;
        }
        let hints = fault.map(Fault::hints).unwrap_or_default();
        let system = error::system_hint(failure).filter(|_| hints.is_empty());
        for hint in hints.iter().map(String::as_str).chain(system) {
            self.news(&format!("{} {hint}", style::accent("hint:")));
        }
    }

    /// Ends a command: says what failed and gives the exit code. A closed output is no failure.
    pub fn finish(&self, result: Result<()>) -> u8 {
        match result {
            Ok(()) => 0,
            Err(failure) if failure.is::<Closed>() => 0,
            Err(failure) => {
                self.error(&failure);
                error::exit_code(&failure)
            }
        }
    }

    /// What was answered so far; empty unless captured.
    pub fn stdout(&self) -> String {
        self.captured_text(|capture| &capture.stdout)
    }

    /// What was said so far; empty unless captured.
    pub fn stderr(&self) -> String {
        self.captured_text(|capture| &capture.stderr)
    }

    fn captured_text(&self, part: fn(&Capture) -> &String) -> String {
        match &self.sink {
            Sink::Process => String::new(),
            Sink::Captured(capture) => {
                part(&capture.lock().unwrap_or_else(PoisonError::into_inner)).clone()
            }
        }
    }

    /// Writes to standard error; nobody can be told when that fails.
    fn news(&self, text: &str) {
        self.write(Stream::Stderr, text).unwrap_or_default();
    }

    /// Writes a text and ends its last line.
    fn write(&self, stream: Stream, text: &str) -> Result<()> {
        let end = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        self.write_raw(stream, &format!("{text}{end}"))
    }

    fn write_raw(&self, stream: Stream, text: &str) -> Result<()> {
        let text = match stream {
            Stream::Stdout => self.look().stdout.prepare(text),
            Stream::Stderr => self.look().stderr.prepare(text),
        };
        let written = match (&self.sink, stream) {
            (Sink::Process, Stream::Stdout) => put(&mut io::stdout().lock(), &text),
            (Sink::Process, Stream::Stderr) => put(&mut io::stderr().lock(), &text),
            (Sink::Captured(capture), _) => {
                let mut capture = capture.lock().unwrap_or_else(PoisonError::into_inner);
                match stream {
                    Stream::Stdout => capture.stdout.push_str(&text),
                    Stream::Stderr => capture.stderr.push_str(&text),
                }
                Ok(())
            }
        };
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Closed.into()),
            other => other.context("cannot write the answer"),
        }
    }
}

/// Running text wider than this is hard to read.
const MOST_TEXT_WIDTH: usize = 100;

/// The width of a terminal that does not say.
const USUAL_WIDTH: usize = 80;

fn put(stream: &mut impl io::Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

fn known_width(env: &Env, terminals: Terminals, sink: &Sink) -> Option<usize> {
    let said = env.text(env::COLUMNS).and_then(|text| text.parse().ok());
    said.filter(|columns| *columns > 0).or_else(|| {
        terminals.stdout.then(|| match sink {
            Sink::Process => terminal_size::terminal_size_of(io::stdout())
                .map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0)),
            Sink::Captured(_) => USUAL_WIDTH,
        })
    })
}

#[cfg(test)]
mod tests;
