//! The command line: what was typed becomes one call of an operation, its outcome is shown. One file a
//! command, one signature: `run(&Ui, &Place, Args) -> Result<()>`.

mod archive;
mod blockers;
mod brief;
mod checkpoint;
mod checkpoint_view;
mod checkpoints;
mod completions;
mod config;
mod context;
mod context_health;
mod context_near;
mod context_update;
mod context_view;
mod decision_log;
mod decision_view;
mod decisions;
mod doctor;
mod doctor_json;
mod end;
mod end_view;
mod explain;
mod explain_json;
mod explain_session;
mod explain_view;
mod handoff;
mod help;
mod hooks;
mod import;
mod init;
mod interactive;
mod item;
mod learning_view;
mod learnings;
mod links;
mod list;
mod log;
mod man;
mod metrics;
mod metrics_json;
mod note;
mod objectives;
mod pause;
mod place;
mod prompt;
mod purge;
mod redact;
mod resume;
mod rewind;
mod search;
mod show;
mod show_json;
mod show_session;
mod start;
mod status;
mod status_ccmp;
mod status_checkpoint;
mod status_ci;
mod status_commits;
mod status_json;
mod status_next;
mod status_tree;
mod switch;
mod sync;
mod sync_report;
mod sync_status;
mod tdd_view;
mod undo;
mod watch;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

pub use place::Place;
pub use prompt::quick as quick_prompt;

use crate::sys::env::Env;
use crate::ui::{Color, Format, Options, Terminals, Ui, Verbosity};

/// Sessions on branches: objectives, decisions and time in every commit, restored on every switch
#[derive(Parser, Debug)]
#[command(
    name = "git-session",
    bin_name = "git session",
    version,
    disable_help_subcommand = true
)]
struct Root {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Option<Verb>,
}

/// Options of every command.
#[derive(clap::Args, Debug)]
struct Global {
    /// Run as if started in this directory
    #[arg(short = 'C', value_name = "DIR", global = true)]
    directory: Option<PathBuf>,
    /// Say only warnings and errors besides the answer
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say which files, refs and settings the answer came from
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    verbose: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", global = true)]
    color: Option<When>,
    /// Answer with one JSON object
    #[arg(long, global = true)]
    json: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum When {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands; `help` groups them.
#[derive(Subcommand, Debug)]
enum Verb {
    Init(init::Args),
    Start(start::Args),
    Hooks(hooks::Args),
    Doctor(doctor::Args),
    Status(status::Args),
    Brief(brief::Args),
    #[command(visible_alias = "objective")]
    Objectives(objectives::Args),
    Checkpoint(checkpoint::Args),
    Checkpoints(checkpoints::Args),
    Rewind(rewind::Args),
    Pause(pause::Args),
    Switch(switch::Args),
    Resume(resume::Args),
    End(end::Args),
    Handoff(handoff::Args),
    Undo(undo::Args),
    Archive(archive::Args),
    Sync(sync::Args),
    List(list::Args),
    Show(show::Args),
    Log(log::Args),
    Explain(explain::Args),
    Search(search::Args),
    Config(config::Args),
    Completions(completions::Args),
    Man(man::Args),
    #[command(visible_alias = "blocker")]
    Blockers(blockers::Args),
    #[command(visible_alias = "decision")]
    Decisions(decisions::Args),
    #[command(visible_alias = "learning")]
    Learnings(learnings::Args),
    #[command(visible_alias = "notes")]
    Note(note::Args),
    Metrics(metrics::Args),
    Prompt(prompt::Args),
    Purge(purge::Args),
    Redact(redact::Args),
    Watch(watch::Args),
    Context(context::Args),
}

/// Runs the command line. `arguments`: without the name of the program.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let env = Env::from_process();
    let plain = Ui::new(Options::default(), &env, Terminals::of_process());
    if help::asks_for_all(arguments) {
        return ExitCode::from(plain.finish(plain.answer(&help::everything())));
    }
    let root = match parse(arguments) {
        Ok(root) => root,
        // what it says would stand in every prompt
        Err(error) if error.use_stderr() && help::is_prompt(arguments) => return ExitCode::SUCCESS,
        Err(error) => return ExitCode::from(plain.finish(help::show(&plain, error, arguments))),
    };
    let ui = Ui::new(options(&root.global), &env, Terminals::of_process());
    let result =
        Place::new(env, root.global.directory).and_then(|place| carry_out(&ui, &place, root.verb));
    if result.is_err() && help::is_prompt(arguments) {
        return ExitCode::SUCCESS;
    }
    ExitCode::from(ui.finish(result))
}

/// Reads the command line.
fn parse(arguments: &[OsString]) -> Result<Root, clap::Error> {
    let program = OsString::from("git-session");
    let matches = command().try_get_matches_from(std::iter::once(&program).chain(arguments))?;
    Root::from_arg_matches(&matches)
}

/// The whole command line, as help, completions and the man page read it.
pub(crate) fn command() -> clap::Command {
    help::grouped(Root::command())
}

impl Verb {
    /// Whether the command may change what other plugins are told: session, branch, mode, objectives.
    const fn changes_session(&self) -> bool {
        matches!(
            self,
            Self::Init(_)
                | Self::Start(_)
                | Self::Objectives(_)
                | Self::Checkpoint(_)
                | Self::Pause(_)
                | Self::Switch(_)
                | Self::Resume(_)
                | Self::End(_)
                | Self::Undo(_)
                | Self::Archive(_)
        )
    }
}

/// Runs a command, and tells other plugins what came of it, also when it failed half way.
fn carry_out(ui: &Ui, place: &Place, verb: Option<Verb>) -> Result<()> {
    let verb = verb.unwrap_or(Verb::Status(status::Args::default()));
    let changes = verb.changes_session();
    let result = dispatch(ui, place, verb);
    if changes {
        place.tell_plugins(ui);
    }
    result
}

/// The list of commands.
fn dispatch(ui: &Ui, place: &Place, verb: Verb) -> Result<()> {
    match verb {
        Verb::Init(args) => init::run(ui, place, &args),
        Verb::Hooks(args) => hooks::run(ui, place, &args),
        Verb::Doctor(args) => doctor::run(ui, place, &args),
        Verb::Start(args) => start::run(ui, place, args),
        Verb::Status(args) => status::run(ui, place, &args),
        Verb::Objectives(args) => objectives::run(ui, place, args),
        Verb::Checkpoint(args) => checkpoint::run(ui, place, &args),
        Verb::Checkpoints(args) => checkpoints::run(ui, place, args),
        Verb::Rewind(args) => rewind::run(ui, place, args),
        Verb::Brief(args) => brief::run(ui, place, &args),
        Verb::Pause(args) => pause::run(ui, place, &args),
        Verb::Switch(args) => switch::run(ui, place, &args),
        Verb::Resume(args) => resume::run(ui, place, &args),
        Verb::End(args) => end::run(ui, place, &args),
        Verb::Handoff(args) => handoff::run(ui, place, &args),
        Verb::Undo(args) => undo::run(ui, place, &args),
        Verb::Sync(args) => sync::run(ui, place, &args),
        Verb::Archive(args) => archive::run(ui, place, &args),
        Verb::List(args) => list::run(ui, place, &args),
        Verb::Show(args) => show::run(ui, place, &args),
        Verb::Log(args) => log::run(ui, place, &args),
        Verb::Explain(args) => explain::run(ui, place, &args),
        Verb::Search(args) => search::run(ui, place, &args),
        Verb::Config(args) => config::run(ui, place, args),
        Verb::Completions(args) => completions::run(ui, &args),
        Verb::Man(args) => man::run(ui, &args),
        Verb::Blockers(args) => blockers::run(ui, place, args),
        Verb::Decisions(args) => decisions::run(ui, place, args),
        Verb::Learnings(args) => learnings::run(ui, place, args),
        Verb::Note(args) => note::run(ui, place, args),
        Verb::Metrics(args) => metrics::run(ui, place, args),
        Verb::Watch(args) => watch::run(ui, place, &args),
        Verb::Prompt(args) => prompt::run(ui, place, &args),
        Verb::Context(args) => context::run(ui, place, args),
        Verb::Purge(args) => purge::run(ui, place, &args),
        Verb::Redact(args) => redact::run(ui, place, &args),
    }
}

/// What flags ask of the output; `Place` adds what settings ask.
const fn options(global: &Global) -> Options {
    let color = match global.color {
        None => None,
        Some(When::Always) => Some(Color::Always),
        Some(When::Never) => Some(Color::Never),
        Some(When::Auto) => Some(Color::Auto),
    };
    let verbosity = match (global.quiet, global.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, true) => Verbosity::Verbose,
        (false, false) => Verbosity::Normal,
    };
    let format = if global.json {
        Format::Json
    } else {
        Format::Text
    };
    Options {
        color,
        verbosity,
        format,
    }
}
