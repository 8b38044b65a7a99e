//! What events about objectives, blockers, decisions, learnings and notes say.

use serde::{Deserialize, Serialize};

use super::is_false;
use crate::domain::id::EventId;

/// An objective was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextAdded {
    /// What it says.
    pub text: String,
    /// It never leaves the machine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
}

/// Something happened to an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemTouched {
    /// The id of the event that made the item.
    pub item: EventId,
}

/// The text of an item changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextEdited {
    /// The id of the event that made the item.
    pub item: EventId,
    /// The new text.
    pub text: String,
}

/// An item is dealt with elsewhere, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemLinked {
    /// The id of the event that made the item.
    pub item: EventId,
    /// An issue number or address.
    pub link: String,
}

/// A blocker appeared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockerAdded {
    /// What is in the way.
    pub text: String,
    /// An issue number or address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// It never leaves the machine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
}

/// A blocker is out of the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockerResolved {
    /// The id of the event that made the blocker.
    pub item: EventId,
    /// How it was resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
}

/// The text or the link of a blocker changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockerEdited {
    /// The id of the event that made the blocker.
    pub item: EventId,
    /// The new text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The new link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A way that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    /// The option.
    pub option: String,
    /// Why it was not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
}

/// What a decision says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionAdded {
    /// What was decided.
    pub text: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// The situation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The ways not taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
    /// What follows from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<String>,
    /// Path globs that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// It never leaves the machine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
}

/// A decision was replaced by a later one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionSuperseded {
    /// The id of the event that made the old decision.
    pub item: EventId,
    /// The id of the event that made the new one.
    pub by: EventId,
}

/// Parts of a decision changed; what is left out stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionEdited {
    /// The id of the event that made the decision.
    pub item: EventId,
    /// The new text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The new rationale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rationale: Option<String>,
    /// The new situation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The new list of ways not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternatives: Option<Vec<Alternative>>,
    /// The new list of consequences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consequences: Option<Vec<String>>,
    /// The new list of path globs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Vec<String>>,
}

/// What sort of thing was learnt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LearningType {
    /// A way that works here.
    Pattern,
    /// How a problem was solved.
    Solution,
    /// A way to avoid.
    AntiPattern,
    /// Anything else worth knowing.
    #[default]
    Insight,
}

impl LearningType {
    /// Every type, in the order of help texts.
    pub const ALL: [Self; 4] = [
        Self::Pattern,
        Self::Solution,
        Self::AntiPattern,
        Self::Insight,
    ];

    /// The name in the log, in keys and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pattern => "pattern",
            Self::Solution => "solution",
            Self::AntiPattern => "anti-pattern",
            Self::Insight => "insight",
        }
    }
}

/// Something was learnt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearningAdded {
    /// What was learnt.
    pub text: String,
    /// What sort of thing it is.
    #[serde(rename = "type")]
    pub kind: LearningType,
    /// `learning/<type>s/<name>`.
    pub key: String,
    /// Path globs that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// It never leaves the machine.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
}
