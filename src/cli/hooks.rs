//! `git session hooks`: install, uninstall, status.

use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

use super::Place;
use crate::domain::hook_event::HookEvent;
use crate::error::Fault;
use crate::ops::hooks::{self, EventStatus, Installed, Removed, Way};
use crate::ui::table::{Column, Table};
use crate::ui::{Format, Ui, style};

/// The git hooks: install, uninstall, status
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Install the hooks by the first way that works here
    Install(Where),
    /// Take them out and put back what was there
    Uninstall(Where),
    /// Show which hook git really runs
    Status(Where),
}

#[derive(clap::Args, Clone, Copy, Debug)]
struct Where {
    /// For every repository of this user
    #[arg(long)]
    global: bool,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    match args
        .verb
        .as_ref()
        .unwrap_or(&Verb::Status(Where { global: false }))
    {
        Verb::Install(Where { global }) => {
            let program = hooks::program(place.env())?;
            let installed = if *global {
                hooks::install_global(place.env(), place.cwd(), &program)?
            } else {
                let ctx = place.open_for_hooks(ui)?;
                hooks::install(&ctx.repo, &program, hooks::Place::Repository)?
            };
            match ui.format() {
                Format::Json => ui.json("git-session/hooks/v1", &InstalledJson::new(&installed)),
                Format::Text => ui.answer(&sentences(&installed).join("\n")),
            }?;
            if installed.events.iter().any(|(_, way)| way.is_ours())
                || installed.by_hand().next().is_none()
            {
                return Ok(());
            }
            Err(Fault::user("no hook was installed; the lines above do it").into())
        }
        Verb::Uninstall(Where { global }) => {
            let removed = if *global {
                hooks::uninstall_global(place.env(), place.cwd())?
            } else {
                let ctx = place.open_for_hooks(ui)?;
                hooks::uninstall(&ctx.repo, hooks::Place::Repository)?
            };
            match ui.format() {
                Format::Json => ui.json("git-session/hooks/v1", &RemovedJson::new(&removed)),
                Format::Text => ui.answer(&gone(&removed)),
            }
        }
        Verb::Status(Where { global }) => {
            let events = if *global {
                hooks::status_global(place.env())?
            } else {
                hooks::status(&place.open_for_hooks(ui)?.repo)?
            };
            match ui.format() {
                Format::Json => ui.json("git-session/hooks/v1", &StatusJson::new(&events)),
                Format::Text => ui.answer(&table(ui, &events)),
            }
        }
    }
}

/// What was installed: one sentence a way, then what the person has to do.
pub(super) fn sentences(installed: &Installed) -> Vec<String> {
    let mut lines = Vec::new();
    let mut ways: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
    for (event, way) in installed.events.iter().filter(|(_, way)| way.is_ours()) {
        match ways.iter_mut().find(|(name, _)| *name == way.name()) {
            Some((_, events)) => events.push(event.name()),
            None => ways.push((way.name(), vec![event.name()])),
        }
    }
    for (way, events) in ways {
        let which = match events.len() {
            all if all == HookEvent::ALL.len() => "all six".to_owned(),
            _ => events.join(", "),
        };
        lines.push(format!("Hooks installed ({way}): {which}."));
    }
    lines.extend(by_hand(installed));
    lines.extend(installed.notes.iter().map(|note| sentence(note)));
    lines
}

/// What a group of events needs: the reason, the line, the events.
type ByHand = (String, String, Vec<&'static str>);

/// What the person has to do, said once for all events that need the same line but for their name.
fn by_hand(installed: &Installed) -> Vec<String> {
    let mut groups: Vec<ByHand> = Vec::new();
    for (event, line, reason) in installed.by_hand() {
        let name = event.name();
        let general = |text: &str| text.replace(name, "<event>");
        let (line, reason) = (general(line), general(reason));
        match groups
            .iter_mut()
            .find(|group| (&group.0, &group.1) == (&reason, &line))
        {
            Some((_, _, events)) => events.push(name),
            None => groups.push((reason, line, vec![name])),
        }
    }
    let mut lines = Vec::new();
    for (reason, line, events) in groups {
        let named = |text: &str| match events.as_slice() {
            [only] => text.replace("<event>", only),
            _ => text.to_owned(),
        };
        lines.push(format!("Left alone: {}.", style::plain(named(&reason))));
        lines.push(format!("  {}", style::accent(named(&line))));
        if events.len() > 1 && line.contains("<event>") {
            lines.push(format!("  <event> is {}", events.join(", ")));
        }
    }
    lines
}

/// A note as a sentence.
fn sentence(note: &str) -> String {
    let mut characters = note.chars();
    let first = characters
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", characters.as_str().trim_end_matches('.'))
}

/// What was taken out.
fn gone(removed: &Removed) -> String {
    let said = |text: &String| match text.split_once(" = ").map_or(text.as_str(), |(key, _)| key) {
        // a key of git's config is not the start of a sentence
        key if !key.contains(' ') => format!("Unset {text}."),
        _ => sentence(text),
    };
    let mut lines: Vec<String> = removed.removed.iter().map(said).collect();
    for (path, why) in &removed.kept {
        lines.push(format!(
            "Kept {}: {}.",
            style::plain(path.display().to_string()),
            style::plain(why)
        ));
    }
    if lines.is_empty() {
        lines.push("There were no hooks of git-session here.".to_owned());
    }
    lines.join("\n")
}

/// One row an event.
fn table(ui: &Ui, events: &[EventStatus]) -> String {
    let mut table = Table::new(
        &[Column::Left, Column::Left, Column::Flexible(20)],
        ui.width(),
    );
    for status in events {
        let way = status.way.as_ref().map_or("none", Way::name);
        let way = if status.healthy {
            style::good(way)
        } else {
            style::bad(way)
        };
        table.row([
            style::plain(status.event.name()),
            way,
            style::plain(&status.detail),
        ]);
    }
    table.to_string()
}

#[derive(Serialize)]
struct InstalledJson<'a> {
    events: Vec<EventJson<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct EventJson<'a> {
    event: &'static str,
    #[serde(flatten)]
    way: Option<&'a Way>,
    #[serde(skip_serializing_if = "Option::is_none")]
    healthy: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

impl<'a> InstalledJson<'a> {
    fn new(installed: &'a Installed) -> Self {
        let event = |(event, way): &'a (HookEvent, Way)| EventJson {
            event: event.name(),
            way: Some(way),
            healthy: None,
            detail: None,
        };
        Self {
            events: installed.events.iter().map(event).collect(),
            notes: &installed.notes,
        }
    }
}

#[derive(Serialize)]
struct StatusJson<'a> {
    events: Vec<EventJson<'a>>,
}

impl<'a> StatusJson<'a> {
    fn new(events: &'a [EventStatus]) -> Self {
        let event = |status: &'a EventStatus| EventJson {
            event: status.event.name(),
            way: status.way.as_ref(),
            healthy: Some(status.healthy),
            detail: Some(&status.detail),
        };
        Self {
            events: events.iter().map(event).collect(),
        }
    }
}

#[derive(Serialize)]
struct RemovedJson<'a> {
    removed: &'a [String],
    kept: Vec<KeptJson<'a>>,
}

#[derive(Serialize)]
struct KeptJson<'a> {
    path: String,
    why: &'a str,
}

impl<'a> RemovedJson<'a> {
    fn new(removed: &'a Removed) -> Self {
        let kept = removed.kept.iter().map(|(path, why)| KeptJson {
            path: path.display().to_string(),
            why,
        });
        Self {
            removed: &removed.removed,
            kept: kept.collect(),
        }
    }
}
