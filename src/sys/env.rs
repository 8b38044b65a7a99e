//! The environment, read once: every variable that the program looks at is named here.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::Arc;

/// `0` switches the hooks off for one command.
pub const SWITCH: &str = "GIT_SESSION";
/// Fixes the clock (RFC 3339); honoured only together with [`SEED`].
pub const NOW: &str = "GIT_SESSION_NOW";
/// Fixes the ids; honoured only together with [`NOW`].
pub const SEED: &str = "GIT_SESSION_SEED";
/// The git directory of this work tree, as git hands it to hooks.
pub const GIT_DIR: &str = "GIT_DIR";
/// The common git directory of linked work trees.
pub const GIT_COMMON_DIR: &str = "GIT_COMMON_DIR";
/// The top of the work tree.
pub const GIT_WORK_TREE: &str = "GIT_WORK_TREE";
/// The index that a commit is made from.
pub const GIT_INDEX_FILE: &str = "GIT_INDEX_FILE";
/// Where the git that called us keeps its programs.
pub const GIT_EXEC_PATH: &str = "GIT_EXEC_PATH";
/// The editor; `:` is git's own sign for "no editor will be used".
pub const GIT_EDITOR: &str = "GIT_EDITOR";
/// Set by git for hooks of `git commit`, absent when the sequencer commits by itself.
pub const GIT_AUTHOR_DATE: &str = "GIT_AUTHOR_DATE";
/// Set by git while it replays or merges.
pub const GIT_REFLOG_ACTION: &str = "GIT_REFLOG_ACTION";
/// `git -c` settings, in git's own quoting.
pub const GIT_CONFIG_PARAMETERS: &str = "GIT_CONFIG_PARAMETERS";
/// Directories above which no repository is looked for.
pub const GIT_CEILING_DIRECTORIES: &str = "GIT_CEILING_DIRECTORIES";
/// Where objects are, when not in the common git directory.
pub const GIT_OBJECT_DIRECTORY: &str = "GIT_OBJECT_DIRECTORY";
/// The file that stands for those of the user.
pub const GIT_CONFIG_GLOBAL: &str = "GIT_CONFIG_GLOBAL";
/// The file that stands for that of the machine.
pub const GIT_CONFIG_SYSTEM: &str = "GIT_CONFIG_SYSTEM";
/// Whether that of the machine is left out.
pub const GIT_CONFIG_NOSYSTEM: &str = "GIT_CONFIG_NOSYSTEM";
/// Number of `GIT_CONFIG_KEY_<n>`/`GIT_CONFIG_VALUE_<n>` pairs.
pub const GIT_CONFIG_COUNT: &str = "GIT_CONFIG_COUNT";

/// `0` says that nobody answers questions.
pub const GIT_TERMINAL_PROMPT: &str = "GIT_TERMINAL_PROMPT";

/// Switches colours off when it is not empty: <https://no-color.org>.
pub const NO_COLOR: &str = "NO_COLOR";
/// Switches colours on when it is not `0`, also without a terminal: <https://bixense.com/clicolors>.
pub const CLICOLOR_FORCE: &str = "CLICOLOR_FORCE";
/// The kind of terminal; `dumb` has no colours.
pub const TERM: &str = "TERM";
/// `0` switches hyperlinks off, anything else on: <https://github.com/zkat/supports-hyperlinks>.
pub const FORCE_HYPERLINK: &str = "FORCE_HYPERLINK";
/// The program that draws the terminal.
pub const TERM_PROGRAM: &str = "TERM_PROGRAM";
/// Version of the library that GNOME's terminals are made of: `5002`, `7600`.
pub const VTE_VERSION: &str = "VTE_VERSION";
/// Set by other terminals that know hyperlinks.
pub const LINKING_TERMINALS: &[&str] = &[
    "WT_SESSION",
    "KONSOLE_VERSION",
    "DOMTERM",
    "KITTY_WINDOW_ID",
];
/// The width of the terminal, when somebody says so.
pub const COLUMNS: &str = "COLUMNS";

/// Set by Claude Code.
pub const CLAUDECODE: &str = "CLAUDECODE";
/// Set by Gemini CLI.
pub const GEMINI_CLI: &str = "GEMINI_CLI";
/// Set by GitHub Copilot CLI.
pub const COPILOT_AGENT: &str = "COPILOT_AGENT";
/// Set by agents that load `AGENTS.md`: Codex, Cursor and others.
pub const AGENTS_FILE_READERS: &[&str] = &[
    "CODEX_SANDBOX",
    "CODEX_THREAD_ID",
    "CURSOR_AGENT",
    "OPENCODE",
];

/// Variables whose presence says that a coding agent reads what a command prints.
pub const AGENTS: &[&str] = &[
    "AI_AGENT",
    CLAUDECODE,
    "CODEX_SANDBOX",
    "CODEX_THREAD_ID",
    GEMINI_CLI,
    "CURSOR_AGENT",
    "OPENCODE",
    COPILOT_AGENT,
];

/// A copy of the process environment, which clones share. Tests build their own.
#[derive(Clone, Debug, Default)]
pub struct Env {
    vars: Arc<Vec<(OsString, OsString)>>,
}

impl Env {
    /// The environment of this process.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn from_process() -> Self {
        Self {
            vars: Arc::new(std::env::vars_os().collect()),
        }
    }

    /// An environment made of these pairs only; a later one takes the place of an earlier one of its name.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut vars: Vec<(OsString, OsString)> = Vec::new();
        for (name, value) in pairs {
            vars.retain(|(known, _)| known != name);
            vars.push((name.into(), value.into()));
        }
        Self {
            vars: Arc::new(vars),
        }
    }

    /// An environment of these variables only, as far as they are set.
    #[must_use]
    pub fn only(&self, names: &[&str]) -> Self {
        let kept = |(name, _): &&(OsString, OsString)| names.iter().any(|kept| name == kept);
        Self {
            vars: Arc::new(self.vars.iter().filter(kept).cloned().collect()),
        }
    }

    /// A few dozen variables, asked for a few dozen times: a search tree costs more to build.
    fn get(&self, name: &str) -> Option<&OsStr> {
        let mut vars = self.vars.iter();
        let found = vars.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_os_str())
    }

    /// The value of a variable, also when it is not UTF-8. An empty value counts as unset.
    pub fn os(&self, name: &str) -> Option<&OsStr> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// The value of a variable when it is UTF-8 and not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.os(name).and_then(OsStr::to_str)
    }

    /// The value of a variable as a path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.os(name).map(PathBuf::from)
    }

    /// Whether the variable is there, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Every variable, for a child process.
    pub fn pairs(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.vars
            .iter()
            .map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// Whether a coding agent reads what is printed.
    pub fn agent(&self) -> bool {
        AGENTS.iter().any(|name| self.os(name).is_some())
    }
}
