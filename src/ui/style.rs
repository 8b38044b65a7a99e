//! What a piece of text means, and how that looks. Text carries its colours until it is written; `Ui`
//! takes them out where they are not wanted.

use std::fmt;

use anstyle::{AnsiColor, Style};

use super::text::escape;

/// One line of text with a meaning. Control characters are escaped when it is made, so text from commits,
/// branches and files may be handed in as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Styled {
    text: String,
    style: Style,
}

impl Styled {
    fn new(text: &str, style: Style) -> Self {
        Self {
            text: escape(text),
            style,
        }
    }

    /// The text without its colours.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Another text with the same meaning.
    pub(super) fn with_text(&self, text: String) -> Self {
        Self {
            text,
            style: self.style,
        }
    }
}

impl fmt::Display for Styled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.style == Style::new() {
            return f.write_str(&self.text);
        }
        write!(
            f,
            "{}{}{}",
            self.style.render(),
            self.text,
            self.style.render_reset()
        )
    }
}

impl From<&str> for Styled {
    fn from(text: &str) -> Self {
        plain(text)
    }
}

impl From<String> for Styled {
    fn from(text: String) -> Self {
        plain(text)
    }
}

/// Text without a meaning of its own; only escaped.
pub fn plain(text: impl AsRef<str>) -> Styled {
    Styled::new(text.as_ref(), Style::new())
}

/// A heading.
pub fn title(text: impl AsRef<str>) -> Styled {
    Styled::new(text.as_ref(), Style::new().bold())
}

/// What can be skipped in reading.
pub fn dim(text: impl AsRef<str>) -> Styled {
    Styled::new(text.as_ref(), Style::new().dimmed())
}

/// Done, healthy, added.
pub fn good(text: impl AsRef<str>) -> Styled {
    Styled::new(text.as_ref(), AnsiColor::Green.on_default())
}

/// Needs a look.
pub fn warn(text: impl AsRef<str>) -> Styled {
    Styled::new(text.as_ref(), AnsiColor::Yellow.on_default().bold())
}

/// Failed, blocked, removed.
pub fn bad(text: impl AsRef<str>) -> Styled {
    Styled::new(text.as_ref(), AnsiColor::Red.on_default().bold())
}

/// What the eye should find first: the present branch, a command to type.
pub fn accent(text: impl AsRef<str>) -> Styled {
    Styled::new(text.as_ref(), AnsiColor::Cyan.on_default())
}

/// A handle or a commit, in the colour that git gives to commits.
pub fn handle(text: impl AsRef<str>) -> Styled {
    Styled::new(text.as_ref(), AnsiColor::Yellow.on_default())
}
