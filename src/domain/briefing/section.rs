//! The five blocks: their names, and how much of a brief each may take.

use std::fmt;

use serde::Serialize;

/// One of the five blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// Objectives, progress.
    Building,
    /// Architecture, conventions, decisions, learnings.
    How,
    /// What was completed, what happened since you left.
    Done,
    /// What to do.
    Next,
    /// What is in the way.
    Watch,
}

/// A word that names no block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSection(pub String);

impl fmt::Display for BadSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Section::ALL.map(Section::name).join(", ");
        write!(
            f,
            "a brief has no section `{}`; there are {names}",
            self.0.escape_debug()
        )
    }
}

impl std::error::Error for BadSection {}

impl Section {
    /// All of them, in the order of a brief.
    pub const ALL: [Self; 5] = [
        Self::Building,
        Self::How,
        Self::Done,
        Self::Next,
        Self::Watch,
    ];

    /// All of them; what comes first stays longest when there is no room.
    pub const BY_WEIGHT: [Self; 5] = [
        Self::Building,
        Self::Next,
        Self::Watch,
        Self::How,
        Self::Done,
    ];

    /// The short name on the command line and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::How => "how",
            Self::Done => "done",
            Self::Next => "next",
            Self::Watch => "watch",
        }
    }

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Building => "What we're building",
            Self::How => "How to build it",
            Self::Done => "What's done",
            Self::Next => "What's next",
            Self::Watch => "What to watch for",
        }
    }

    /// Its share of a brief, in hundredths.
    pub const fn share(self) -> usize {
        match self {
            Self::Building | Self::Done | Self::Watch => 20,
            Self::How => 25,
            Self::Next => 15,
        }
    }

    /// The block that a word names: its short name, or its heading in any case, with or without punctuation.
    pub fn parse(word: &str) -> Result<Self, BadSection> {
        let typed = letters(word);
        Self::ALL
            .into_iter()
            .find(|section| {
                [section.name(), section.title()]
                    .iter()
                    .any(|name| letters(name) == typed)
            })
            .ok_or_else(|| BadSection(word.to_owned()))
    }
}

/// The letters of a name, lower case.
fn letters(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
