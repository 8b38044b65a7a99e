//! `git session man`: one manual page with every command, from the same texts as the help.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use clap::Command;
use clap_mangen::Man;

use super::help;
use crate::sys::env;
use crate::ui::Ui;

/// Print the manual page git-session(1)
///
/// Read it with: git session man | man -l -
#[derive(clap::Args, Debug)]
pub(super) struct Args {}

/// What each exit status means; `error::Kind` gives them.
const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "Done."),
    ("1", "Not done, and the person can fix it."),
    ("2", "The command line is wrong."),
    ("3", "The repository cannot be used."),
    ("4", "Answered, but not everything could be seen."),
    ("70", "A bug of the program."),
];

/// Where things are.
const FILES: &[(&str, &str)] = &[
    (
        ".session/config.toml",
        "Settings for everybody who works in the repository; git config overrides them.",
    ),
    (
        "<common git dir>/sessions/",
        "The sessions of this clone: an append-only log each, and what is made from it.",
    ),
    ("refs/notes/session/", "A note for each recorded commit."),
];

/// Variables that change what the program does.
const ENVIRONMENT: &[(&str, &str)] = &[
    (env::SWITCH, "0 switches the hooks off for one command."),
    (env::NO_COLOR, "Not empty: no colours."),
    (
        env::CLICOLOR_FORCE,
        "Not 0: colours also without a terminal.",
    ),
    (
        env::GIT_EDITOR,
        "The editor of git session config edit, as for git.",
    ),
];

/// Runs the command.
pub(super) fn run(ui: &Ui, _args: &Args) -> Result<()> {
    ui.answer(&page()?)
}

/// Why writing into a text cannot fail.
const INFALLIBLE: &str = "a String takes everything";

/// The page as roff.
fn page() -> Result<String> {
    let mut command = super::command();
    command.build();
    let about = command.get_about().map(ToString::to_string);
    let version = format!("git\\-session\\ {}", env!("CARGO_PKG_VERSION"));
    let mut text = format!(
        ".TH GIT\\-SESSION 1 \"\" \"{version}\" \"Git Manual\"\n\
         .ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n.nh\n.ad l\n\
         .SH NAME\ngit\\-session \\- {}\n\
         .SH SYNOPSIS\n\\fBgit session\\fR [\\fIoptions\\fR] [\\fIcommand\\fR]\n\
         .SH OPTIONS\nThese stand before or behind every command. Without a command: status.\n",
        escape(&about.unwrap_or_default()),
    );
    let own = command.clone().mut_args(|arg| {
        let every = arg.is_global_set();
        arg.hide(!every)
    });
    text.push_str(&part(own, Man::render_options_section)?);
    for (title, verbs) in help::groups(&command) {
        let title = escape(&title.to_uppercase());
        writeln!(text, ".SH \"{title}\"").context(INFALLIBLE)?;
        for verb in verbs {
            subsection(&mut text, verb)?;
        }
    }
    table(&mut text, "EXIT STATUS", EXIT_STATUS)?;
    table(&mut text, "FILES", FILES)?;
    table(&mut text, "ENVIRONMENT", ENVIRONMENT)?;
    text.push_str(".SH SEE ALSO\n");
    text.push_str("\\fBgit\\fR(1), \\fBgit\\-notes\\fR(1), ");
    text.push_str("\\fBgit\\-interpret\\-trailers\\fR(1), \\fBgithooks\\fR(5)\n");
    Ok(text)
}

/// One command and those below it: usage, text, arguments.
fn subsection(text: &mut String, command: &Command) -> Result<()> {
    let own = command.clone().mut_args(|arg| {
        let every = arg.is_global_set() || arg.get_id() == "help";
        arg.hide(every)
    });
    let usage = own.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim();
    for (index, line) in usage.lines().enumerate() {
        let heading = if index == 0 { ".SS" } else { ".br" };
        let line = escape(line.trim());
        writeln!(text, "{heading} \"{line}\"").context(INFALLIBLE)?;
    }
    text.push_str(&part(own.clone(), Man::render_description_section)?);
    text.push_str(&part(own, Man::render_options_section)?);
    for below in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        subsection(text, below)?;
    }
    Ok(())
}

/// One part of a command's page without its heading and without what every page begins with.
fn part(
    command: Command,
    render: fn(&Man, &mut dyn std::io::Write) -> std::io::Result<()>,
) -> Result<String> {
    let mut bytes = Vec::new();
    render(&Man::new(command), &mut bytes).context("a page is written into memory")?;
    let text = String::from_utf8(bytes).context("a page is text")?;
    let lines = text.lines().filter(|line| {
        !line.is_empty()
            && ![".SH", ".ie ", ".el "]
                .iter()
                .any(|start| line.starts_with(start))
    });
    Ok(lines.flat_map(|line| [line, "\n"]).collect())
}

/// A section of terms with what each means.
fn table(text: &mut String, title: &str, rows: &[(&str, &str)]) -> Result<()> {
    writeln!(text, ".SH \"{title}\"").context(INFALLIBLE)?;
    for (term, meaning) in rows {
        let (term, meaning) = (escape(term), escape(meaning));
        writeln!(text, ".TP\n\\fB{term}\\fR\n{meaning}").context(INFALLIBLE)?;
    }
    Ok(())
}

/// A text as roff reads it: no escape, no request at the start of its line.
fn escape(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('"', "\\(dq");
    if escaped.starts_with(['.', '\'']) {
        format!("\\&{escaped}")
    } else {
        escaped
    }
}
