//! Help of the whole program: at most twenty verbs in groups, and usage errors that end with the next command.

use std::ffi::OsString;
use std::fmt::Write as _;

use anyhow::Result;
use clap::Command;
use clap::builder::Styles;
use clap::builder::styling::Style;
use clap::error::{ContextKind, ContextValue};

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
        verbs: &[
            "start", "status", "switch", "pause", "resume", "end", "handoff",
        ],
        shown: Shown::Always,
    },
    Group {
        title: "Save the work tree",
        verbs: &["checkpoint", "rewind"],
        shown: Shown::Always,
    },
    Group {
        title: "Record what matters",
        verbs: &[
            "objectives",
            "blockers",
            "decisions",
            "learnings",
            "note",
            "undo",
        ],
        shown: Shown::Always,
    },
    Group {
        title: "Look back",
        verbs: &["list", "show"],
        shown: Shown::Always,
    },
    Group {
        title: "Set the repository up",
        verbs: &["init", "config", "doctor"],
        shown: Shown::Always,
    },
    Group {
        title: "Look closer",
        verbs: &["log", "checkpoints", "metrics", "watch", "prompt"],
        shown: Shown::All,
    },
    Group {
        title: "Tidy up",
        verbs: &["archive"],
        shown: Shown::All,
    },
    Group {
        title: "Install",
        verbs: &["hooks", "completions", "man"],
        shown: Shown::All,
    },
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
pub(super) fn show(ui: &Ui, error: &clap::Error, arguments: &[OsString]) -> Result<()> {
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
        .hint(next_command(error, arguments))
        .into())
}

/// The command to type after a usage error: the one that was meant, else the help of the one that was typed.
fn next_command(error: &clap::Error, arguments: &[OsString]) -> String {
    let mut words = vec!["git session".to_owned()];
    words.extend(path(&super::command(), arguments));
    let meant = match error.get(ContextKind::SuggestedSubcommand) {
        Some(ContextValue::String(name)) => Some(name),
        Some(ContextValue::Strings(names)) => best(error, names),
        _ => None,
    };
    words.push(meant.map_or_else(|| "-h".to_owned(), Clone::clone));
    words.join(" ")
}

/// The name that goes on as was typed, else the last one: clap sorts the best match to the end.
fn best<'n>(error: &clap::Error, names: &'n [String]) -> Option<&'n String> {
    let typed = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(typed)) => typed.as_str(),
        _ => "",
    };
    let goes_on = |name: &&String| !typed.is_empty() && name.starts_with(typed);
    names.iter().find(goes_on).or_else(|| names.last())
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
