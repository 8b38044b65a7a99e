//! What is written from the fold: `context.json` for hooks, `objectives.md` and `blockers.md` for people.
//! All of it can be thrown away and made anew from the log.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;

use crate::domain::context::{self, Context};
use crate::domain::handle::{ItemKind, names};
use crate::domain::session::Session;
use crate::sys::fs::{self, Sharing};

/// The views of one session.
#[derive(Clone, Debug)]
pub struct Views {
    directory: PathBuf,
    sharing: Sharing,
}

impl Views {
    /// The views in this directory.
    pub const fn new(directory: PathBuf, sharing: Sharing) -> Self {
        Self { directory, sharing }
    }

    /// The context, or `None` when it is not there, torn, or of another version.
    pub fn context(&self) -> Option<Context> {
        let bytes = fs::read(&self.directory.join("context.json")).ok()??;
        let context: Context = serde_json::from_slice(&bytes).ok()?;
        (context.v == context::VERSION).then_some(context)
    }

    /// Replaces the context.
    pub fn write_context(&self, context: &Context) -> Result<()> {
        let mut bytes = serde_json::to_vec(context)?;
        bytes.push(b'\n');
        fs::write_view(&self.directory.join("context.json"), &bytes, self.sharing)
    }

    /// Replaces the views for people.
    pub fn write_markdown(&self, session: &Session) -> Result<()> {
        self.replace("objectives.md", &objectives(session))?;
        self.replace("blockers.md", &blockers(session))
    }

    /// The views for people that are there and say something else than the session.
    pub fn outdated_markdown(&self, session: &Session) -> Vec<&'static str> {
        let texts = [
            ("objectives.md", objectives(session)),
            ("blockers.md", blockers(session)),
        ];
        let differs = |(name, text): &(&'static str, String)| {
            let there = fs::read(&self.directory.join(name)).ok().flatten();
            there.is_some_and(|bytes| bytes != text.as_bytes())
        };
        let outdated = texts.into_iter().filter(differs);
        outdated.map(|(name, _)| name).collect()
    }

    /// Whether the file of the context is there, whatever it says.
    pub fn has_context(&self) -> bool {
        fs::exists(&self.directory.join("context.json"))
    }

    /// Writes a file unless it says that already.
    fn replace(&self, name: &str, text: &str) -> Result<()> {
        let path = self.directory.join(name);
        if fs::read(&path).ok().flatten().as_deref() == Some(text.as_bytes()) {
            return Ok(());
        }
        fs::write_atomic(&path, text.as_bytes(), self.sharing)
    }
}

/// `objectives.md`.
fn objectives(session: &Session) -> String {
    let mut text = format!("# Objectives of {}\n\n", session.branch);
    for objective in &session.objectives {
        let name = names(session, ItemKind::Objective, &objective.item);
        let _ = writeln!(
            text,
            "- {} {} ({name})",
            objective.state.mark(),
            one_line(&objective.item.text)
        );
        if let Some(link) = &objective.link {
            text.truncate(text.trim_end().len());
            let _ = writeln!(text, " {}", one_line(link));
        }
    }
    if session.objectives.is_empty() {
        text.push_str("None yet.\n");
    }
    text
}

/// `blockers.md`.
fn blockers(session: &Session) -> String {
    let mut text = format!("# Blockers of {}\n\n", session.branch);
    for blocker in &session.blockers {
        let name = names(session, ItemKind::Blocker, &blocker.item);
        let mark = if blocker.resolved_at.is_some() {
            "[x]"
        } else {
            "[ ]"
        };
        let _ = write!(text, "- {mark} {} ({name})", one_line(&blocker.item.text));
        if let Some(link) = &blocker.link {
            let _ = write!(text, " {}", one_line(link));
        }
        if let Some(resolution) = &blocker.resolution {
            let _ = write!(text, ": {}", one_line(resolution));
        }
        text.push('\n');
    }
    if session.blockers.is_empty() {
        text.push_str("None.\n");
    }
    text
}

/// The text without line breaks.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
