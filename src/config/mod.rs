//! Settings: the one table of keys, and how file, git config and defaults become one typed value.
//! Reads nothing by itself: the caller hands in the bytes of `.session/config.toml` and a look-up in
//! git config.

mod choice;
mod edit;
mod load;
mod problem;
mod reader;
mod reference;
mod schema;
mod settings;
mod table;
mod template;
#[cfg(test)]
mod tests;
mod value;

pub use crate::domain::share::Share;
pub use choice::{AutoStart, BriefOnCheckout, ColorChoice, TrailerLevel};
pub use edit::{set, unset};
pub use load::{Entry, Lookup, MOST_BYTES, nearest};
pub use problem::{Fallacy, Origin, Problem};
pub use reference::reference;
pub use schema::schema;
pub use settings::{
    CheckpointSettings, CiSettings, ContextSettings, DisplaySettings, LinkSettings, MemorySettings,
    QualitySettings, RunSettings, SessionSettings, Settings, TrackingSettings,
};
pub use table::{Constant, KEYS, Key, Kind, Scope};
pub use template::file_template;
pub use value::Value;

/// Where the file lies below the top of the work tree.
pub const FILE: &str = ".session/config.toml";
