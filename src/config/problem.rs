//! What was wrong in a file or in git config. Nothing malformed is silently read as a default: each
//! case becomes a [`Problem`] that a command prints as a warning and a hook logs as one line.

use std::fmt;

use super::table::{Key, Kind};

/// Where a value came from. The later one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// The tracked `.session/config.toml`.
    File,
    /// Git config of the machine.
    System,
    /// Git config of the person.
    Global,
    /// Git config of the repository.
    Local,
    /// Git config of the work tree.
    Worktree,
    /// `git -c`, or the environment.
    Command,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::File => super::FILE,
            Self::System => "git config --system",
            Self::Global => "git config --global",
            Self::Local => "git config --local",
            Self::Worktree => "git config --worktree",
            Self::Command => "git -c",
        })
    }
}

/// What kind of mistake a [`Problem`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fallacy {
    /// The file is no TOML; nothing of it counts. With what the parser says.
    Syntax(String),
    /// The value does not fit its type; the next lower source counts instead.
    BadValue {
        /// The value as it was found, shortened and escaped.
        value: String,
        /// What the key asks for.
        kind: Kind,
    },
    /// The key names a program, a remote or an address, and the tracked file may not.
    PersonalOnly(&'static Key),
    /// No such key; with the one that was probably meant.
    Unknown(Option<&'static Key>),
}

/// One mistake in the configuration. Displays as one line without a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key as that source spells it; empty when the file as a whole is meant.
    pub key: String,
    /// The source.
    pub origin: Origin,
    /// The line of the file, from 1.
    pub line: Option<usize>,
    /// The mistake.
    pub fallacy: Fallacy,
}

impl Problem {
    /// The next command to type, if there is one.
    pub fn hint(&self) -> Option<String> {
        match &self.fallacy {
            Fallacy::PersonalOnly(key) => Some(format!("git config {} <value>", key.git_name())),
            Fallacy::Unknown(Some(key)) if self.origin == Origin::File => {
                Some(format!("did you mean `{}`?", key.file_name()))
            }
            Fallacy::Unknown(_) => Some("git session config list".to_owned()),
            Fallacy::Syntax(_) => Some("git session config edit".to_owned()),
            Fallacy::BadValue { .. } => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.origin.fmt(f)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        f.write_str(": ")?;
        let key = &self.key;
        match &self.fallacy {
            Fallacy::Syntax(message) => write!(f, "ignored as a whole: {message}"),
            Fallacy::BadValue { value, kind } => {
                write!(f, "`{key}` is `{value}`, expected {}", kind.expected())
            }
            Fallacy::PersonalOnly(_) => {
                write!(f, "`{key}` is ignored: only personal git config may set it")
            }
            Fallacy::Unknown(_) => write!(f, "no setting is called `{key}`"),
        }
    }
}

/// A text from a file as a message may show it: one line, escaped, at most 60 characters.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown = String::new();
    for letter in text.chars().take(MOST) {
        match letter {
            '"' | '\'' | '\\' => shown.push(letter),
            _ => shown.extend(letter.escape_debug()),
        }
    }
    if text.chars().nth(MOST).is_some() {
        shown.push_str("...");
    }
    shown
}
