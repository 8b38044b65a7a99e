//! The one table of settings: file name, git name, type, default, scope and a line of help. Loading,
//! schema, reference, template and completions read it; nothing repeats it.

use super::choice::{AutoStart, BriefOnCheckout, ColorChoice, TrailerLevel};
use super::value::Value;
use crate::domain::links::Forge;
use crate::domain::share::Share;

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// Any text of one line.
    Text,
    /// An address on the web: `https://example.org`.
    Address,
    /// A format of strftime(3).
    DateFormat,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A time such as `30m` or `1h30m`.
    Duration,
    /// A number of bytes such as `50MiB`.
    Size,
    /// A whole number, at least this.
    Integer(u32),
    /// A whole number from 0 to 100.
    Percent,
    /// Texts; when words are given, only these.
    List(&'static [&'static str]),
}

/// Who may set a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The tracked file or git config.
    Anywhere,
    /// Git config and flags only: the key names a program, a remote or an address, and what a cloned
    /// repository says is data.
    PersonalOnly,
}

/// A default, as it can stand in a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constant {
    /// No value.
    Unset,
    /// A switch.
    Bool(bool),
    /// A number.
    Integer(u32),
    /// A text, word, time or size, as it is written in the file.
    Text(&'static str),
    /// Several texts.
    List(&'static [&'static str]),
}

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The table of the file that it stands in.
    pub section: &'static str,
    /// Its name in that table, with underscores.
    pub name: &'static str,
    /// What a value looks like.
    pub kind: Kind,
    /// What holds when nobody says anything.
    pub default: Constant,
    /// Who may set it.
    pub scope: Scope,
    /// One line of help: a phrase without a period.
    pub help: &'static str,
}

impl Key {
    /// The name in the file: `quality.test_command`.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The name in git config, which allows no underscore: `session.quality.testCommand`, or without
    /// the section when that is `session`.
    pub fn git_name(&self) -> String {
        let mut name = String::with_capacity(self.section.len() + self.name.len() + 9);
        name.push_str("session.");
        if self.section != "session" {
            name.push_str(self.section);
            name.push('.');
        }
        let mut upper = false;
        for letter in self.name.chars() {
            match letter {
                '_' => upper = true,
                _ if upper => {
                    name.push(letter.to_ascii_uppercase());
                    upper = false;
                }
                _ => name.push(letter),
            }
        }
        name
    }

    /// The key of that name, in the spelling of the file or of git config.
    pub fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| {
            key.file_name().eq_ignore_ascii_case(name) || key.git_name().eq_ignore_ascii_case(name)
        })
    }

    /// Whether that is the name in the file.
    pub(super) fn is(&self, file_name: &str) -> bool {
        // the length first: a hook makes a thousand comparisons
        file_name.len() == self.section.len() + 1 + self.name.len()
            && file_name
                .strip_prefix(self.section)
                .and_then(|rest| rest.strip_prefix('.'))
                == Some(self.name)
    }

    /// The default as a value.
    pub fn default_value(&self) -> Value {
        match self.default {
            Constant::Unset => Value::Unset,
            Constant::Bool(value) => Value::Bool(value),
            Constant::Integer(value) => Value::Integer(value),
            Constant::Text(text) => {
                Value::from_text(self.kind, text).expect("a test reads every default")
            }
            Constant::List(items) => Value::List(items.iter().map(ToString::to_string).collect()),
        }
    }
}

/// The sections of the file, in their order, each with one line of help.
pub(super) const SECTIONS: &[(&str, &str)] = &[
    ("session", "How sessions behave."),
    ("checkpoint", "What snapshots of the work tree hold."),
    ("context", "How the project is built, for briefs."),
    ("tracking", "Which files are looked at."),
    (
        "quality",
        "Bars. A figure that is not there does not block and is named.",
    ),
    (
        "links",
        "Where the issues are that blockers and objectives name. GitHub, GitLab, Bitbucket, Gitea and Codeberg are told by \
         the remote.",
    ),
    ("ci", "Where the state of the build is found."),
    ("display", "How answers look."),
    (
        "memory",
        "For a later version: where memories are kept. No command reads these yet.",
    ),
    (
        "run",
        "For a later version: the autonomous loop. No command reads these yet.",
    ),
];

/// A key that the file may set.
const fn key(
    section: &'static str,
    name: &'static str,
    kind: Kind,
    default: Constant,
    help: &'static str,
) -> Key {
    Key {
        section,
        name,
        kind,
        default,
        scope: Scope::Anywhere,
        help,
    }
}

/// The same key, for personal config only.
const fn personal(mut key: Key) -> Key {
    key.scope = Scope::PersonalOnly;
    key
}

const ON: Constant = Constant::Bool(true);
const OFF: Constant = Constant::Bool(false);
const UNSET: Constant = Constant::Unset;

/// Every setting, in the order of the file.
#[rustfmt::skip]
pub const KEYS: &[Key] = &[
    key("session", "enabled", Kind::Bool, ON,
        "whether hooks and commands act in this repository at all"),
    key("session", "auto_start", Kind::Choice(AutoStart::WORDS), Constant::Text("off"),
        "`on` starts a session at the first commit of a branch that is not the default one"),
    key("session", "auto_track", Kind::Bool, ON,
        "record commits, branch switches and active time as they happen"),
    key("session", "auto_checkpoint", Kind::Bool, ON,
        "make a checkpoint when one is due; off only says that it is overdue"),
    key("session", "checkpoint_interval", Kind::Duration, Constant::Text("30m"),
        "how long after the last checkpoint the next one is due"),
    key("session", "idle_after", Kind::Duration, Constant::Text("30m"),
        "a gap up to this long counts as active time, a longer one not at all"),
    key("session", "handoff_on_end", Kind::Bool, ON,
        "write a handoff when a session ends"),
    key("session", "archive_after_days", Kind::Integer(0), Constant::Integer(30),
        "days after which an ended session is archived"),
    key("session", "brief_on_checkout", Kind::Choice(BriefOnCheckout::WORDS), Constant::Text("auto"),
        "when a branch switch shows the brief; `auto` on a terminal or for a coding agent"),
    key("session", "time_in_commits", Kind::Bool, ON,
        "write `Session-Time` into commits"),
    key("session", "notes_batch", Kind::Integer(1), Constant::Integer(1),
        "after how many commits their notes are written in one go"),
    key("session", "trailers", Kind::Choice(TrailerLevel::WORDS), Constant::Text("full"),
        "how much a commit message carries; with `none` the record is made all the same"),
    key("session", "trailers_off_for", Kind::List(&[]), Constant::List(&[]),
        "branch globs, or `remote:<url glob>`, whose commits carry no trailers"),
    key("session", "tdd_trailers", Kind::Bool, OFF,
        "in test-driven mode, write the phase that a commit leads to as `Session-Phase`"),
    key("session", "share", Kind::List(Share::WORDS), Constant::List(Share::WORDS),
        "which kinds of records `sync` shares with other clones; what is private is never shared"),

    key("checkpoint", "max_untracked", Kind::Size, Constant::Text("50MiB"),
        "untracked files beyond this much in all are left out of a checkpoint and named"),
    key("checkpoint", "keep_automatic", Kind::Integer(0), Constant::Integer(5),
        "how many automatic checkpoints of a session are kept, one at least"),

    key("context", "architecture", Kind::Text, UNSET,
        "the style of the system in a word or two, such as `hexagonal`"),
    key("context", "patterns", Kind::List(&[]), Constant::List(&[]),
        "patterns that the code follows, such as `repository-pattern`"),
    key("context", "conventions", Kind::List(&[]), Constant::List(&[]),
        "rules that the code follows, such as `type-hints-required`"),

    key("tracking", "watch_patterns", Kind::List(&[]), Constant::List(&["**"]),
        "globs of the files that are looked at"),
    key("tracking", "ignore_patterns", Kind::List(&[]), Constant::List(&[
            "**/node_modules/**", "**/__pycache__/**", "**/.venv/**", "**/dist/**", "**/target/**",
        ]),
        "globs of the files that are not"),
    key("tracking", "annotations", Kind::List(&[]),
        Constant::List(&["TODO:", "FIXME:", "DECISION:", "BLOCKER:"]),
        "marks in source files that status and brief list"),

    key("quality", "coverage_threshold", Kind::Percent, Constant::Integer(85),
        "coverage of the whole, in percent"),
    key("quality", "new_code_coverage_threshold", Kind::Percent, Constant::Integer(90),
        "coverage of the lines that a session added, in percent"),
    key("quality", "require_tests", Kind::Bool, ON,
        "`end --merge-to` needs a changed or added test where source changed"),
    key("quality", "block_merge_on_quality", Kind::Bool, ON,
        "`end --merge-to` refuses below the bars; off only warns"),
    key("quality", "coverage_files", Kind::List(&[]), Constant::List(&[
            "lcov.info", "coverage/lcov.info", "coverage.xml", "cobertura.xml",
            "target/site/jacoco/jacoco.xml", "coverage.json", "coverage/coverage-summary.json",
            "tarpaulin-report.json",
        ]),
        "where coverage is looked for; the newest that is there counts"),
    personal(key("quality", "test_command", Kind::Text, UNSET,
        "the program that runs the tests")),

    personal(key("links", "forge", Kind::Choice(Forge::WORDS), UNSET,
        "what runs on the host of the remote, where its name does not tell")),
    personal(key("links", "project", Kind::Address, UNSET,
        "the page of the project, where the remote does not tell; needs `links.forge`")),
    personal(key("links", "jira", Kind::Address, UNSET,
        "the issue tracker of keys such as `PROJ-123`; `{key}` stands for the key where it is no Jira")),
    personal(key("links", "jira_projects", Kind::List(&[]), Constant::List(&[]),
        "the projects of that tracker; any when empty")),

    personal(key("ci", "file", Kind::Text, UNSET,
        "a file that says how the build went, seen from the top of the work tree")),
    personal(key("ci", "command", Kind::Text, UNSET,
        "a command that prints how the build went; its answer is kept for a minute")),

    key("display", "color", Kind::Choice(ColorChoice::WORDS), Constant::Text("auto"),
        "when output is coloured"),
    key("display", "verbose", Kind::Bool, OFF,
        "always say which files, refs and settings an answer came from"),
    key("display", "emoji", Kind::Bool, OFF,
        "marks as emoji instead of ASCII"),
    key("display", "date_format", Kind::DateFormat, Constant::Text("%Y-%m-%d %H:%M"),
        "how times are shown, as in strftime(3)"),

    personal(key("memory", "backend", Kind::Text, Constant::Text("auto"),
        "where memories are kept; `auto` is Serena where it is in use, else files")),
    key("memory", "max_bytes", Kind::Size, Constant::Text("10MiB"),
        "how much all memories together may hold"),

    personal(key("run", "agent", Kind::Text, UNSET,
        "the coding agent that the loop starts")),
    personal(key("run", "model", Kind::Text, UNSET,
        "the model that it asks for; unset is the agent's own choice")),
    personal(key("run", "max_turns", Kind::Integer(1), Constant::Integer(1000),
        "turns an agent may take in one iteration")),
    personal(key("run", "continue_delay", Kind::Duration, Constant::Text("3s"),
        "pause between two iterations")),
    personal(key("run", "max_iterations", Kind::Integer(1), Constant::Integer(10),
        "iterations after which the loop stops")),
];
