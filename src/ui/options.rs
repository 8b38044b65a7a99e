//! What flags, settings, environment and terminal ask of the output.

use std::io::{self, IsTerminal as _};

use super::{link, text};
use crate::sys::env::{self, Env};

/// When output is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal that has colours, unless the environment says otherwise.
    #[default]
    Auto,
    /// Also into a file or pipe.
    Always,
    /// Never.
    Never,
}

/// How much is said besides the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// Warnings and errors.
    Quiet,
    /// Also what was done.
    #[default]
    Normal,
    /// Also which files, refs and settings the answer came from.
    Verbose,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// What flags ask for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// When output is coloured; `None` when no flag says.
    pub color: Option<Color>,
    /// How much is said besides the answer.
    pub verbosity: Verbosity,
    /// The form of an answer.
    pub format: Format,
}

/// What settings ask of the output; a flag beats each of them.
#[derive(Clone, Debug)]
pub struct Preferences {
    /// When output is coloured.
    pub color: Color,
    /// Whether the sources of every answer are named.
    pub verbose: bool,
    /// How states are marked.
    pub marks: text::Marks,
    /// How instants are shown, as in strftime(3).
    pub date_format: String,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            color: Color::Auto,
            verbose: false,
            marks: text::Marks::default(),
            date_format: "%Y-%m-%d %H:%M".to_owned(),
        }
    }
}

/// Which standard streams are terminals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terminals {
    /// Standard input.
    pub stdin: bool,
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
}

impl Terminals {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self {
            stdin: io::stdin().is_terminal(),
            stdout: io::stdout().is_terminal(),
            stderr: io::stderr().is_terminal(),
        }
    }
}

/// How one stream is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    terminal: bool,
    color: bool,
    links: bool,
}

impl Target {
    /// A stream under a choice of colours.
    pub(super) fn new(color: Color, env: &Env, terminal: bool) -> Self {
        let color = colored(color, env, terminal);
        Self {
            terminal,
            color,
            links: link::understood(env, terminal, color),
        }
    }

    /// Whether links are understood.
    pub(super) const fn links(self) -> bool {
        self.links
    }

    /// Takes out colours and links that are not wanted and, on a terminal, whatever could move its cursor.
    pub(super) fn prepare(self, text: &str) -> String {
        let plain = if self.links {
            text.to_owned()
        } else if self.color {
            link::without(text)
        } else {
            anstream::adapter::strip_str(text).to_string()
        };
        if self.terminal {
            text::without_controls(&plain)
        } else {
            plain
        }
    }
}

/// A flag or setting decides, then `NO_COLOR`, then `CLICOLOR_FORCE`, then the terminal.
pub(super) fn colored(color: Color, env: &Env, terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if env.text(env::NO_COLOR).is_some() => false,
        Color::Auto => {
            env.text(env::CLICOLOR_FORCE)
                .is_some_and(|value| value != "0")
                || terminal && env.text(env::TERM) != Some("dumb")
        }
    }
}
