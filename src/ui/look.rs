//! How answers look: what flags say, else the settings of the repository, else the defaults.

use chrono::{DateTime, Local, NaiveDate, Utc};

use super::options::{Options, Preferences, Target, Terminals, Verbosity};
use super::{Ui, text};
use crate::sys::env::Env;

/// Flags and settings together.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) verbosity: Verbosity,
    pub(super) stdout: Target,
    pub(super) stderr: Target,
    marks: text::Marks,
    date_format: String,
}

impl Look {
    pub(super) fn new(
        flags: Options,
        settings: Preferences,
        env: &Env,
        terminals: Terminals,
    ) -> Self {
        let color = flags.color.unwrap_or(settings.color);
        let verbosity = match flags.verbosity {
            Verbosity::Normal if settings.verbose => Verbosity::Verbose,
            said => said,
        };
        Self {
            verbosity,
            stdout: Target::new(color, env, terminals.stdout),
            stderr: Target::new(color, env, terminals.stderr),
            marks: settings.marks,
            date_format: settings.date_format,
        }
    }
}

impl Ui {
    /// Takes the settings of the repository over, once it is open. What was said before looks as the flags
    /// say; of several calls the first counts.
    pub fn adopt(&self, settings: Preferences, env: &Env) {
        self.adopted
            .get_or_init(|| Look::new(self.options, settings, env, self.terminals));
    }

    /// What holds now.
    pub(super) fn look(&self) -> &Look {
        self.adopted.get().unwrap_or(&self.typed)
    }

    /// The mark of a state, as ASCII or emoji.
    pub fn mark(&self, mark: text::Mark) -> &'static str {
        mark.shown(self.look().marks)
    }

    /// The day of an instant in the time zone of the reader.
    pub fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&Local).date_naive()
    }

    /// An instant as `display.date_format` has it, in the time zone of the reader.
    pub fn date(&self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&Local);
        local.format(&self.look().date_format).to_string()
    }
}
