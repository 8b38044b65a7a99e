//! The codec between a session's facts and the trailer lines of a commit message.
//!
//! Messages are bytes: they may hold any encoding and CRLF line ends, and what the person wrote is
//! never changed. An *own run* is a row of own keys, in the order of [`Key`], that ends with
//! `Session-Id`. Everything else is somebody's words, an `Impact:` line without a `Session-Id`
//! below it included. The rules for what is a trailer are git's (`trailer.c`, `commit.c`,
//! `wt-status.c`; git-interpret-trailers(1)), so that git reads what is written here.
//!
//! * [`upsert`], [`remove`], [`find`], [`subject`], [`has_content`], [`mentions_run`] work on a
//!   message in progress, as a hook gets it: with comments, a help block, a cut line, a diff.
//! * [`harvest`] reads a finished commit, squashed ones included.

mod block;
mod harvest;
mod message;
mod run;
mod text;

use std::fmt;

pub use harvest::{harvest, mentions_run};
pub use message::{CommentString, Comments};
pub use run::{content, find, has_content, remove, subject, upsert};
pub use text::{Encoding, MAX_CHARS, MAX_COLUMNS, clean};

/// The word that starts the continuation line of a decision's rationale.
const RATIONALE: &str = "Rationale:";

/// The keys, in the order they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The phase of test-driven work that the commit leads to. First, so that a reader that does not know it
    /// finds all of the others above `Session-Id`.
    Phase,
    /// What is aimed at: `[x]` completed, `[>]` in progress, `[ ]` next.
    Objectives,
    /// What was decided, with its rationale on a continuation line.
    Decisions,
    /// What the commit changed: paths, tests, coverage.
    Impact,
    /// Active time since the session's previous commit.
    Time,
    /// The session's id; it ends the run and makes it ours.
    Id,
}

impl Key {
    /// Every key, in the order they are written.
    pub const ALL: [Self; 6] = [
        Self::Phase,
        Self::Objectives,
        Self::Decisions,
        Self::Impact,
        Self::Time,
        Self::Id,
    ];

    /// The key as it stands in a message, without the colon.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phase => "Session-Phase",
            Self::Objectives => "Session-Objectives",
            Self::Decisions => "Decisions",
            Self::Impact => "Impact",
            Self::Time => "Session-Time",
            Self::Id => "Session-Id",
        }
    }

    /// The key that is spelled exactly so; another case is somebody's own trailer.
    pub fn from_bytes(name: &[u8]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|key| key.as_str().as_bytes() == name)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One trailer of ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Trailer {
    /// What it says something about.
    pub key: Key,
    /// The value in one paragraph, without the rationale.
    pub text: String,
    /// Why, for [`Key::Decisions`] only: a continuation line that starts with ` Rationale: `.
    pub rationale: Option<String>,
}

impl Trailer {
    /// A trailer without a rationale.
    pub fn new(key: Key, text: impl Into<String>) -> Self {
        Self {
            key,
            text: text.into(),
            rationale: None,
        }
    }

    /// A decision, with its reason if there is one.
    pub fn decision(text: impl Into<String>, rationale: Option<String>) -> Self {
        Self {
            key: Key::Decisions,
            text: text.into(),
            rationale,
        }
    }

    /// The value as `%(trailers:key=…,valueonly,unfold)` of git-log(1) prints it.
    pub fn value(&self) -> String {
        match &self.rationale {
            None => self.text.clone(),
            Some(why) if self.text.is_empty() => format!("{RATIONALE} {why}"),
            Some(why) => format!("{} {RATIONALE} {why}", self.text),
        }
    }

    /// The same with every text made fit for a trailer line; `None` if nothing is left.
    fn cleaned(self) -> Option<Self> {
        let text = clean(&self.text);
        let rationale = self
            .rationale
            .map(|why| clean(&why))
            .filter(|why| !why.is_empty());
        (!text.is_empty()).then_some(Self {
            key: self.key,
            text,
            rationale,
        })
    }
}

/// Why a [`Run`] cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunError {
    /// The session id is not 1 to 128 ASCII letters, digits, `-`, `_` and `.`.
    MalformedId(String),
    /// A `Session-Id` stands among the items; it is given separately.
    IdAmongItems,
    /// A rationale stands at another key than `Decisions`.
    RationaleAt(Key),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedId(id) => write!(f, "malformed session id {id:?}"),
            Self::IdAmongItems => write!(f, "{} is not an item of its own run", Key::Id),
            Self::RationaleAt(key) => write!(f, "{key} takes no rationale"),
        }
    }
}

impl std::error::Error for RunError {}

/// The trailers of one session in one commit: ordered by key, exactly one `Session-Id`, last.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Run(Vec<Trailer>);

impl Run {
    /// Cleans the items, drops those that say nothing, orders them by key, and adds the id.
    pub fn new(items: Vec<Trailer>, session_id: &str) -> Result<Self, RunError> {
        if !is_session_id(session_id) {
            return Err(RunError::MalformedId(session_id.to_owned()));
        }
        for item in &items {
            if item.key == Key::Id {
                return Err(RunError::IdAmongItems);
            }
            if item.rationale.is_some() && item.key != Key::Decisions {
                return Err(RunError::RationaleAt(item.key));
            }
        }
        let mut trailers: Vec<_> = items.into_iter().filter_map(Trailer::cleaned).collect();
        trailers.sort_by_key(|trailer| trailer.key);
        trailers.push(Trailer::new(Key::Id, session_id));
        Ok(Self(trailers))
    }

    /// The id of the session that wrote the run.
    pub fn session_id(&self) -> &str {
        self.0.last().map_or("", |trailer| &trailer.text)
    }

    /// Every trailer, the `Session-Id` included, in the order they are written.
    pub fn trailers(&self) -> &[Trailer] {
        &self.0
    }

    /// The trailers of one key, in order.
    pub fn get(&self, key: Key) -> impl Iterator<Item = &Trailer> {
        self.0.iter().filter(move |trailer| trailer.key == key)
    }

    /// The folded lines, each with its line end.
    fn to_bytes(&self, encoding: Encoding, newline: &str) -> Vec<u8> {
        let mut lines = String::new();
        for trailer in &self.0 {
            text::fold(trailer, newline, &mut lines);
        }
        encoding.encode(&lines)
    }
}

/// The folded lines as they stand in a message with LF line ends.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = String::new();
        for trailer in &self.0 {
            text::fold(trailer, "\n", &mut lines);
        }
        f.write_str(&lines)
    }
}

/// How the repository writes its messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Style {
    /// `core.commentChar` or `core.commentString`.
    pub comment: CommentString,
    /// Whether comment lines become part of the commit.
    pub comments: Comments,
    /// `i18n.commitEncoding`.
    pub encoding: Encoding,
}

/// Whether this can be the value of a `Session-Id`: one word that needs no quoting anywhere.
fn is_session_id(id: &str) -> bool {
    (1..=128).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests;
