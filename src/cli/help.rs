//! Help of the whole program: at most twenty verbs in groups, and usage errors that end with the next command.

use std::ffi::OsString;
use std::fmt::Write as _;

use anyhow::Result;
use clap::Command;
use clap::builder::Styles;
use clap::builder::styling::Style;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::domain::spelling::distance;
use crate::error::Fault;
use crate::ui::Ui;

/// Verbs that belong together.
struct Group {
    title: &'static str,
    verbs: &'static [&'static str],
    shown: Shown,
}

/// Where a group is listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// In `-h`.
    Always,
    /// In `-h --all` only.
    All,
}

/// Every verb, once, in the order of help, completions and the man page. A name without a command is left out.
const GROUPS: &[Group] = &[
    Group {
        title: "Work on a branch",
        verbs: &["start", "status", "switch", "resume", "end", "handoff"],
        shown: Shown::Always,
    },
    Group {
        title: "Save the work tree",
        verbs: &["checkpoint", "rewind"],
        shown: Shown::Always,
    },
    Group {
        title: "Record what matters",
        verbs: &["objectives", "blockers", "decisions", "learnings", "undo"],
        shown: Shown::Always,
    },
    Group {
        title: "Share and look back",
        verbs: &["sync", "brief", "list", "show", "explain"],
        shown: Shown::Always,
    },
    Group {
        title: "Set the repository up",
        verbs: &["init", "doctor"],
        shown: Shown::Always,
    },
    Group {
        title: "Look closer",
        verbs: &[
            "search",
            "context",
            "log",
            "checkpoints",
            "metrics",
            "watch",
            "prompt",
        ],
        shown: Shown::All,
    },
    Group {
        title: "Now and then",
        verbs: &["pause", "note", "config", "archive", "redact", "purge"],
        shown: Shown::All,
    },
    Group {
        title: "Install",
        verbs: &["hooks", "completions", "man"],
        shown: Shown::All,
    },
];

/// Verbs that change nothing however they are typed.
const READING: &[&str] = &[
    "status", "brief", "list", "show", "explain", "search", "log", "prompt", "man", "redact",
];

/// Puts the commands into the order of the groups, and writes the help of the whole program.
pub(super) fn grouped(command: Command) -> Command {
    let order = |name: &str| verbs().position(|verb| verb == name).unwrap_or(usize::MAX);
    let help = overview(&command, Shown::Always);
    command
        .mut_subcommands(|sub| {
            let place = order(sub.get_name());
            sub.display_order(place)
        })
        .mut_args(|argument| {
            // what every command has stands behind what it has for itself
            if argument.is_global_set() {
                argument.display_order(900)
            } else {
                argument
            }
        })
        .override_help(help)
}

/// Every verb of the table.
fn verbs() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|group| group.verbs.iter().copied())
}

/// The verbs that exist, group by group, with what each is for.
pub(super) fn groups(command: &Command) -> Vec<(&'static str, Vec<&Command>)> {
    listed(command, Shown::All)
}

fn listed(command: &Command, shown: Shown) -> Vec<(&'static str, Vec<&Command>)> {
    let groups = GROUPS
        .iter()
        .filter(|group| shown == Shown::All || group.shown == Shown::Always);
    groups
        .map(|group| {
            let verbs = group.verbs.iter();
            let found = verbs.filter_map(|verb| command.find_subcommand(verb));
            (group.title, found.collect::<Vec<_>>())
        })
        .filter(|(_, verbs)| !verbs.is_empty())
        .collect()
}

/// The help of the whole program.
fn overview(command: &Command, shown: Shown) -> String {
    let styles = Styles::styled();
    let (heading, literal) = (styles.get_header(), styles.get_literal());
    let about = command.get_about().cloned().unwrap_or_default();
    let mut text = format!(
        "{about}\n\n{heading}Usage:{heading:#} {literal}git session{literal:#} [OPTIONS] [COMMAND]\n"
    );
    for (title, verbs) in listed(command, shown) {
        write!(text, "\n{heading}{title}:{heading:#}\n").expect(INFALLIBLE);
        for verb in verbs {
            let (name, about) = (verb.get_name(), verb.get_about().cloned());
            let about = about.unwrap_or_default();
            writeln!(text, "  {literal}{name:<12}{literal:#} {about}").expect(INFALLIBLE);
        }
    }
    write!(text, "\n{heading}Options:{heading:#}\n").expect(INFALLIBLE);
    for argument in command.get_arguments().filter(|a| !a.is_hide_set()) {
        option(&mut text, argument, literal);
    }
    for (name, about) in [
        (
            "-h, --help",
            "Print help; `git session <command> -h` for one command",
        ),
        ("-V, --version", "Print the version"),
    ] {
        writeln!(text, "  {literal}{name:<17}{literal:#} {about}").expect(INFALLIBLE);
    }
    let more = match shown {
        Shown::Always => "Without a command: status. Every command: git session -h --all",
        Shown::All => "Without a command: status.",
    };
    write!(text, "\n{more}\n").expect(INFALLIBLE);
    text
}

/// One option of every command.
fn option(text: &mut String, argument: &clap::Arg, literal: &Style) {
    let short = argument.get_short().map(|short| format!("-{short}"));
    let long = argument.get_long().map(|long| format!("--{long}"));
    let mut name = match (short, long) {
        (Some(short), Some(long)) => format!("{short}, {long}"),
        (Some(short), None) => short,
        (None, long) => format!("    {}", long.unwrap_or_default()),
    };
    if argument.get_action().takes_values()
        && let Some([value]) = argument.get_value_names()
    {
        write!(name, " {value}").expect(INFALLIBLE);
    }
    let help = argument.get_help().cloned().unwrap_or_default();
    writeln!(text, "  {literal}{name:<17}{literal:#} {help}").expect(INFALLIBLE);
}

/// Why writing into a text cannot fail.
const INFALLIBLE: &str = "a String takes everything";

/// Whether every command is asked for: `-h --all`.
pub(super) fn asks_for_all(arguments: &[OsString]) -> bool {
    let has = |words: &[&str]| arguments.iter().any(|a| words.iter().any(|word| a == word));
    has(&["--all"]) && has(&["-h", "--help"]) && arguments.len() == 2
}

/// The help that lists every command.
pub(super) fn everything() -> String {
    overview(&super::command(), Shown::All)
}

/// Shows help, version or a usage error.
pub(super) fn show(ui: &Ui, mut error: clap::Error, arguments: &[OsString]) -> Result<()> {
    keep_near_misses(&mut error);
    let text = error.render().ansi().to_string();
    if !error.use_stderr() {
        return ui.answer(&text);
    }
    let end = text.find("For more information").unwrap_or(text.len());
    let text = text[..end].trim_end();
    // Ui writes the heading itself
    let text = text.split_once("error:").map_or(text, |(_, said)| said);
    let said = text.trim_start_matches("\u{1b}[0m").trim_start();
    Err(Fault::usage(said)
        .hint(next_command(&error, arguments))
        .into())
}

/// The command to type after a usage error: the one that was meant, else the help of the one that was typed.
fn next_command(error: &clap::Error, arguments: &[OsString]) -> String {
    let root = super::command();
    let path = path(&root, arguments);
    if let Some(plural) = plural(&root, &path, error) {
        return plural;
    }
    let unknown = error.kind() == ErrorKind::InvalidSubcommand;
    let names = text_list(error.get(ContextKind::SuggestedSubcommand));
    let meant = match best(typed(error), &names) {
        Some(name) => name.as_str(),
        None if unknown && path.is_empty() => "-h --all",
        None => "-h",
    };
    let mut words = vec!["git session"];
    words.extend(path.iter().map(String::as_str));
    words.push(meant);
    words.join(" ")
}

/// `git session checkpoints list` where `checkpoint list` was typed: the verb of the plural, if it has it.
fn plural(root: &Command, path: &[String], error: &clap::Error) -> Option<String> {
    let [name] = path else { return None };
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let plural = root.find_subcommand(format!("{name}s"))?;
    let verb = plural.find_subcommand(word)?;
    let (plural, verb) = (plural.get_name(), verb.get_name());
    Some(format!("git session {plural} {verb}"))
}

/// Leaves those of the names that clap offers which were probably meant: a command that changes something is not
/// to be typed because it looks a little like the word.
fn keep_near_misses(error: &mut clap::Error) {
    let typed = typed(error).to_owned();
    let mut names = text_list(error.remove(ContextKind::SuggestedSubcommand).as_ref());
    names.retain(|name| is_meant(&typed, name));
    let left = match names.as_slice() {
        [] => return,
        [name] => ContextValue::String(name.clone()),
        _ => ContextValue::Strings(names),
    };
    error.insert(ContextKind::SuggestedSubcommand, left);
}

/// Whether the word is a near miss of the name, or the beginning of a command that only reads.
fn is_meant(typed: &str, name: &str) -> bool {
    let wrong = if typed.chars().count() < 6 { 1 } else { 2 };
    distance(typed, name) <= wrong || (READING.contains(&name) && name.starts_with(typed))
}

/// The word that is no command.
fn typed(error: &clap::Error) -> &str {
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(typed)) => typed,
        _ => "",
    }
}

fn text_list(value: Option<&ContextValue>) -> Vec<String> {
    match value {
        Some(ContextValue::String(name)) => vec![name.clone()],
        Some(ContextValue::Strings(names)) => names.clone(),
        _ => Vec::new(),
    }
}

/// The name that goes on as was typed, else the last one: clap sorts the best match to the end.
fn best<'n>(typed: &str, names: &'n [String]) -> Option<&'n String> {
    let goes_on = |name: &&String| !typed.is_empty() && name.starts_with(typed);
    names.iter().find(goes_on).or_else(|| names.last())
}

/// Whether the prompt of a shell calls, however badly.
pub(super) fn is_prompt(arguments: &[OsString]) -> bool {
    let path = path(&super::command(), arguments);
    path.first().is_some_and(|verb| verb == "prompt")
}

/// The verbs that the arguments begin with: `objectives add`.
fn path(command: &Command, arguments: &[OsString]) -> Vec<String> {
    let mut words = arguments.iter().filter_map(|argument| argument.to_str());
    let mut at = command;
    let mut path = Vec::new();
    while let Some(word) = words.next() {
        if matches!(word, "-C" | "--color") {
            words.next();
        } else if !word.starts_with('-') {
            let Some(next) = at.find_subcommand(word) else {
                break;
            };
            path.push(next.get_name().to_owned());
            at = next;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_is_in_exactly_one_group() {
        let command = crate::cli::command();
        for verb in command.get_subcommands() {
            let name = verb.get_name();
            let count = verbs().filter(|listed| *listed == name).count();
            assert_eq!(count, 1, "{name}");
        }
    }

    #[test]
    fn the_verbs_that_only_read_exist() {
        let unknown = |verb: &&&str| !verbs().any(|listed| listed == **verb);
        assert_eq!(READING.iter().find(unknown), None);
    }

    #[test]
    fn only_a_near_miss_of_a_command_that_writes_is_offered() {
        for (typed, name) in [
            ("strat", "start"),
            ("checkpiont", "checkpoint"),
            ("stat", "status"),
            ("undoo", "undo"),
        ] {
            assert!(is_meant(typed, name), "{typed}");
        }
        for (typed, name) in [("run", "undo"), ("check", "checkpoint"), ("re", "resume")] {
            assert!(!is_meant(typed, name), "{typed}");
        }
    }

    #[test]
    fn the_first_page_shows_at_most_twenty_verbs() {
        let shown = GROUPS.iter().filter(|group| group.shown == Shown::Always);
        assert!(shown.map(|group| group.verbs.len()).sum::<usize>() <= 20);
    }

    #[test]
    fn every_command_and_argument_says_what_it_is_for() {
        fn check(command: &Command) {
            let name = command.get_name();
            assert!(command.get_about().is_some(), "{name}");
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{name} {}",
                    argument.get_id()
                );
            }
            command.get_subcommands().for_each(check);
        }
        check(&crate::cli::command());
    }
}
