//! The settings as types, grouped like the file. Made by [`Settings::load`] alone; hooks and commands
//! read the same value.

use std::time::Duration;

use super::choice::{AutoStart, BriefOnCheckout, ColorChoice, TrailerLevel};
use super::load::{self, Entry, Lookup};
use super::problem::Problem;
use super::reader::Reader;
use super::table::Key;
use crate::domain::links::Forge;
use crate::domain::share::Share;

/// Every setting, and where each came from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How sessions behave.
    pub session: SessionSettings,
    /// What snapshots hold.
    pub checkpoint: CheckpointSettings,
    /// How the project is built.
    pub context: ContextSettings,
    /// Which files are looked at.
    pub tracking: TrackingSettings,
    /// Bars.
    pub quality: QualitySettings,
    /// Where issues are.
    pub links: LinkSettings,
    /// Where the state of the build is found.
    pub ci: CiSettings,
    /// How answers look.
    pub display: DisplaySettings,
    /// Where memories are kept.
    pub memory: MemorySettings,
    /// The autonomous loop.
    pub run: RunSettings,
    entries: Vec<Entry>,
}

/// The section `session`.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct SessionSettings {
    /// Whether hooks and commands act in this repository at all.
    pub enabled: bool,
    /// Whether a session starts by itself.
    pub auto_start: AutoStart,
    /// Whether commits, switches and time are recorded as they happen.
    pub auto_track: bool,
    /// Whether a due checkpoint is made, or only named.
    pub auto_checkpoint: bool,
    /// How long after the last checkpoint the next one is due.
    pub checkpoint_interval: Duration,
    /// The longest gap that counts as active time.
    pub idle_after: Duration,
    /// Whether `end` writes a handoff.
    pub handoff_on_end: bool,
    /// Days after which an ended session is archived.
    pub archive_after_days: u32,
    /// When a branch switch prints the brief.
    pub brief_on_checkout: BriefOnCheckout,
    /// Whether commits carry `Session-Time`.
    pub time_in_commits: bool,
    /// Whether commits of test-driven work carry `Session-Phase`.
    pub tdd_trailers: bool,
    /// After how many commits their notes are written; at least 1.
    pub notes_batch: u32,
    /// How much a commit message carries.
    pub trailers: TrailerLevel,
    /// Branch globs, or `remote:<url glob>`, without trailers.
    pub trailers_off_for: Vec<String>,
    /// What `sync` may publish.
    pub share: Vec<Share>,
}

impl SessionSettings {
    /// Whether `sync` may publish this.
    pub fn shares(&self, what: Share) -> bool {
        self.share.contains(&what)
    }
}

/// The section `checkpoint`.
#[derive(Clone, Debug)]
pub struct CheckpointSettings {
    /// Bytes of untracked files that a checkpoint takes in.
    pub max_untracked: u64,
    /// How many automatic checkpoints of a session are kept, one at least.
    pub keep_automatic: u32,
}

/// The section `context`.
#[derive(Clone, Debug)]
pub struct ContextSettings {
    /// The style of the system.
    pub architecture: Option<String>,
    /// Patterns that the code follows.
    pub patterns: Vec<String>,
    /// Rules that the code follows.
    pub conventions: Vec<String>,
}

/// The section `tracking`.
#[derive(Clone, Debug)]
pub struct TrackingSettings {
    /// Globs of the files that are looked at.
    pub watch_patterns: Vec<String>,
    /// Globs of the files that are not.
    pub ignore_patterns: Vec<String>,
    /// Marks in source files that are listed.
    pub annotations: Vec<String>,
}

/// The section `quality`.
#[derive(Clone, Debug)]
pub struct QualitySettings {
    /// Coverage of the whole, 0 to 100.
    pub coverage_threshold: u32,
    /// Coverage of added lines, 0 to 100.
    pub new_code_coverage_threshold: u32,
    /// Whether changed source needs a changed or added test before a merge.
    pub require_tests: bool,
    /// Whether a merge below the bars is refused.
    pub block_merge_on_quality: bool,
    /// Where coverage is looked for.
    pub coverage_files: Vec<String>,
    /// The program that runs the tests; personal.
    pub test_command: Option<String>,
}

/// The section `links`, personal as a whole.
#[derive(Clone, Debug)]
pub struct LinkSettings {
    /// What runs on the host of the remote.
    pub forge: Option<Forge>,
    /// The page of the project.
    pub project: Option<String>,
    /// The issue tracker of keys such as `PROJ-123`.
    pub jira: Option<String>,
    /// The projects of that tracker; any when empty.
    pub jira_projects: Vec<String>,
}

/// The section `ci`, personal as a whole.
#[derive(Clone, Debug)]
pub struct CiSettings {
    /// A file that says how the build went.
    pub file: Option<String>,
    /// A command that prints it.
    pub command: Option<String>,
}

/// The section `display`.
#[derive(Clone, Debug)]
pub struct DisplaySettings {
    /// When output is coloured.
    pub color: ColorChoice,
    /// Whether sources of an answer are always named.
    pub verbose: bool,
    /// Whether marks are emoji.
    pub emoji: bool,
    /// How times are shown, as in strftime(3).
    pub date_format: String,
}

/// The section `memory`.
#[derive(Clone, Debug)]
pub struct MemorySettings {
    /// Where memories are kept; personal.
    pub backend: String,
    /// Bytes that all memories together may hold.
    pub max_bytes: u64,
}

/// The section `run`, personal as a whole.
#[derive(Clone, Debug)]
pub struct RunSettings {
    /// The agent that the loop starts.
    pub agent: Option<String>,
    /// The model that it asks for.
    pub model: Option<String>,
    /// Turns an agent may take in one iteration; at least 1.
    pub max_turns: u32,
    /// Pause between two iterations.
    pub continue_delay: Duration,
    /// Iterations after which the loop stops; at least 1.
    pub max_iterations: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self::load(None, &|_| Vec::new()).0
    }
}

impl Settings {
    /// Defaults, then the bytes of `.session/config.toml`, then git config; the last one wins. Of a
    /// list in git config all values of the most specific scope count together, an empty one takes
    /// back those before it. What does not fit is a [`Problem`] and leaves the lower source standing.
    pub fn load(file: Option<&[u8]>, git: Lookup<'_>) -> (Self, Vec<Problem>) {
        let (entries, problems) = load::load(file, git);
        (Self::from_entries(entries), problems)
    }

    /// The value of a key, and where it came from.
    pub fn get(&self, key: &Key) -> &Entry {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .expect("there is an entry for every key of the table")
    }

    /// Every key with its value and origin, in the order of the file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn from_entries(entries: Vec<Entry>) -> Self {
        let at = Reader::new(&entries);
        Self {
            session: SessionSettings::from_reader(at),
            checkpoint: CheckpointSettings {
                max_untracked: at.size("checkpoint.max_untracked"),
                keep_automatic: at.number("checkpoint.keep_automatic"),
            },
            context: ContextSettings {
                architecture: at.text("context.architecture"),
                patterns: at.list("context.patterns"),
                conventions: at.list("context.conventions"),
            },
            tracking: TrackingSettings {
                watch_patterns: at.list("tracking.watch_patterns"),
                ignore_patterns: at.list("tracking.ignore_patterns"),
                annotations: at.list("tracking.annotations"),
            },
            quality: QualitySettings {
                coverage_threshold: at.number("quality.coverage_threshold"),
                new_code_coverage_threshold: at.number("quality.new_code_coverage_threshold"),
                require_tests: at.flag("quality.require_tests"),
                block_merge_on_quality: at.flag("quality.block_merge_on_quality"),
                coverage_files: at.list("quality.coverage_files"),
                test_command: at.text("quality.test_command"),
            },
            links: LinkSettings {
                forge: at
                    .text("links.forge")
                    .and_then(|word| Forge::from_word(&word)),
                project: at.text("links.project"),
                jira: at.text("links.jira"),
                jira_projects: at.list("links.jira_projects"),
            },
            ci: CiSettings {
                file: at.text("ci.file"),
                command: at.text("ci.command"),
            },
            display: DisplaySettings {
                color: at.choice("display.color", ColorChoice::from_word),
                verbose: at.flag("display.verbose"),
                emoji: at.flag("display.emoji"),
                date_format: at.text("display.date_format").unwrap_or_default(),
            },
            memory: MemorySettings {
                backend: at.text("memory.backend").unwrap_or_default(),
                max_bytes: at.size("memory.max_bytes"),
            },
            run: RunSettings {
                agent: at.text("run.agent"),
                model: at.text("run.model"),
                max_turns: at.number("run.max_turns"),
                continue_delay: at.duration("run.continue_delay"),
                max_iterations: at.number("run.max_iterations"),
            },
            entries,
        }
    }
}

impl SessionSettings {
    fn from_reader(at: Reader<'_>) -> Self {
        let share = at.list("session.share");
        Self {
            enabled: at.flag("session.enabled"),
            auto_start: at.choice("session.auto_start", AutoStart::from_word),
            auto_track: at.flag("session.auto_track"),
            auto_checkpoint: at.flag("session.auto_checkpoint"),
            checkpoint_interval: at.duration("session.checkpoint_interval"),
            idle_after: at.duration("session.idle_after"),
            handoff_on_end: at.flag("session.handoff_on_end"),
            archive_after_days: at.number("session.archive_after_days"),
            brief_on_checkout: at.choice("session.brief_on_checkout", BriefOnCheckout::from_word),
            time_in_commits: at.flag("session.time_in_commits"),
            tdd_trailers: at.flag("session.tdd_trailers"),
            notes_batch: at.number("session.notes_batch"),
            trailers: at.choice("session.trailers", TrailerLevel::from_word),
            trailers_off_for: at.list("session.trailers_off_for"),
            share: share
                .iter()
                .filter_map(|word| Share::from_word(word))
                .collect(),
        }
    }
}
