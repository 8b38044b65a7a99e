//! One line of a brief: what was recorded, its name, and where it comes from.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::event::Origin;
use crate::domain::session::{Item, Told};

/// The most characters of a text, of a reason, of a name, of who said it.
const MOST: [usize; 4] = [240, 200, 120, 40];

/// What stands for a text of white space alone.
const NO_TEXT: &str = "(no text)";

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// How far the session is.
    Progress,
    /// A saved state of the work tree.
    Checkpoint,
    /// Something to be reached.
    Objective,
    /// Free text.
    Note,
    /// A setting of the project.
    Setting,
    /// Something decided.
    Decision,
    /// Something learnt.
    Learning,
    /// What a page of the project says.
    Page,
    /// A context file.
    Context,
    /// What is known of all commits together.
    Commits,
    /// A commit.
    Commit,
    /// What is known of all files together.
    Files,
    /// A file.
    File,
    /// What no commit has.
    WorkTree,
    /// What was reached, in the words of who handed over.
    Accomplished,
    /// What is to be remembered, in the words of who handed over.
    Remember,
    /// What to do next.
    Step,
    /// A command to type.
    Command,
    /// Something in the way.
    Blocker,
    /// How the build went.
    Build,
    /// A mark such as `TODO:`.
    Annotation,
    /// A context file that is behind.
    Stale,
    /// What a context file warns of.
    Gotcha,
    /// A session.
    Session,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 24] = [
        Self::Progress,
        Self::Checkpoint,
        Self::Objective,
        Self::Note,
        Self::Setting,
        Self::Decision,
        Self::Learning,
        Self::Page,
        Self::Context,
        Self::Commits,
        Self::Commit,
        Self::Files,
        Self::File,
        Self::WorkTree,
        Self::Accomplished,
        Self::Remember,
        Self::Step,
        Self::Command,
        Self::Blocker,
        Self::Build,
        Self::Annotation,
        Self::Stale,
        Self::Gotcha,
        Self::Session,
    ];
}

/// Where a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The log of this clone.
    Own,
    /// The log of another clone.
    Fetched,
    /// The history of the repository, or its work tree.
    Git,
    /// A file or setting of the repository.
    Project,
    /// This program, which put it together.
    Computed,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 5] = [
        Self::Own,
        Self::Fetched,
        Self::Git,
        Self::Project,
        Self::Computed,
    ];

    /// The word in a line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Fetched => "fetched",
            Self::Git => "git",
            Self::Project => "project",
            Self::Computed => "computed",
        }
    }

    /// Whose log it is.
    pub const fn of(log: &Origin) -> Self {
        match log {
            Origin::Own => Self::Own,
            Origin::Other(_) => Self::Fetched,
        }
    }
}

/// Who, when, where from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Provenance {
    /// The name of who said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// Where from.
    pub from: Source,
    /// The file, setting or branch that has it, where that is not clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl Provenance {
    /// Of nobody in particular.
    pub const fn only(from: Source) -> Self {
        Self {
            by: None,
            at: None,
            from,
            place: None,
        }
    }

    /// Of an item, as it was made.
    pub fn of_item(item: &Item) -> Self {
        let own = item.number.is_some();
        Self {
            by: Some(who(&item.by, &item.via)),
            at: Some(item.at),
            from: if own { Source::Own } else { Source::Fetched },
            place: None,
        }
    }

    /// Of what was said later.
    pub fn told(told: &Told) -> Self {
        Self::said(&told.by, told.at, &told.log)
    }

    /// Of somebody, in a log.
    pub fn said(by: &str, at: DateTime<Utc>, log: &Origin) -> Self {
        Self {
            by: Some(name(by).to_owned()),
            at: Some(at),
            from: Source::of(log),
            place: None,
        }
    }

    /// Of a person, in git.
    pub fn git(by: &str, at: DateTime<Utc>) -> Self {
        Self {
            by: Some(by.to_owned()),
            at: Some(at),
            from: Source::Git,
            place: None,
        }
    }

    /// In this file or setting.
    pub fn in_file(place: impl Into<String>) -> Self {
        Self {
            place: Some(place.into()),
            ..Self::only(Source::Project)
        }
    }
}

/// The name of `Name <address>`.
pub(super) fn name(by: &str) -> &str {
    let name = by.split('<').next().unwrap_or_default().trim();
    if name.is_empty() { by } else { name }
}

/// The name, and the agent that wrote for it.
fn who(by: &str, via: &str) -> String {
    match via.strip_prefix("agent:") {
        Some(agent) => format!("{} with {agent}", name(by)),
        None => name(by).to_owned(),
    }
}

/// One line of a brief. Texts are as they were recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What it is about.
    pub kind: Kind,
    /// Where an objective stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    /// What it says.
    pub text: String,
    /// Why, or how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// A handle, a commit, a path with a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it comes from.
    #[serde(flatten)]
    pub provenance: Provenance,
    /// It never leaves the machine.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
    /// The word in front, or the mark.
    #[serde(skip)]
    pub lead: &'static str,
}

impl Line {
    /// A line with nothing but a text.
    pub fn new(kind: Kind, lead: &'static str, text: impl Into<String>, from: Provenance) -> Self {
        Self {
            kind,
            state: None,
            text: text.into(),
            reason: None,
            name: None,
            provenance: from,
            private: false,
            lead,
        }
    }

    /// What this program says itself.
    pub fn computed(kind: Kind, lead: &'static str, text: impl Into<String>) -> Self {
        Self::new(kind, lead, text, Provenance::only(Source::Computed))
    }

    /// With a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// With a reason, where there is one.
    #[must_use]
    pub fn because(mut self, reason: Option<&str>) -> Self {
        self.reason = reason.map(str::to_owned);
        self
    }

    /// As private as the item.
    #[must_use]
    pub const fn like(mut self, item: &Item) -> Self {
        self.private = item.private;
        self
    }
}

/// The parts of a line as they are shown, shortened, not yet made safe.
pub struct Words {
    /// The word in front, with its colon, or the mark; may be empty.
    pub lead: &'static str,
    /// What it says.
    pub text: String,
    /// Why.
    pub reason: Option<String>,
    /// Its name and where it comes from: `obj-k3f9; Ada, 2026-11-20, own`.
    pub tail: String,
}

/// The parts of a line.
pub fn words(line: &Line) -> Words {
    let from = &line.provenance;
    let mut origin: Vec<String> = Vec::new();
    origin.extend(from.by.as_deref().map(|by| clip(by, MOST[3])));
    origin.extend(from.at.map(|at| at.format("%Y-%m-%d").to_string()));
    match (&from.place, from.from) {
        (Some(place), Source::Project) => origin.push(clip(place, MOST[2])),
        (Some(place), source) => {
            origin.push(source.name().to_owned());
            origin.push(clip(place, MOST[2]));
        }
        (None, Source::Computed) => {}
        (None, source) => origin.push(source.name().to_owned()),
    }
    if line.private {
        origin.push("private".to_owned());
    }
    let name = line.name.as_deref().map(|name| clip(name, MOST[2]));
    let origin = Some(origin.join(", ")).filter(|origin| !origin.is_empty());
    let tail: Vec<String> = name.into_iter().chain(origin).collect();
    Words {
        lead: line.lead,
        text: Some(clip(&line.text, MOST[0]))
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| NO_TEXT.to_owned()),
        reason: line.reason.as_deref().map(|reason| clip(reason, MOST[1])),
        tail: tail.join("; "),
    }
}

/// A text on one line, cut to so many characters between words where there are any.
pub(super) fn clip(text: &str, most: usize) -> String {
    // what is far too long is not looked at to its end
    let start: String = text.chars().take(most.saturating_mul(4)).collect();
    let whole = start.len() == text.len();
    let line = start.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return if whole { line } else { format!("{line}…") };
    }
    let cut: String = line.chars().take(most.saturating_sub(1)).collect();
    let cut = match cut.rfind(' ') {
        Some(at) if at > cut.len() / 2 && !line[cut.len()..].starts_with(' ') => &cut[..at],
        _ => &cut,
    };
    format!("{}…", cut.trim_end())
}
