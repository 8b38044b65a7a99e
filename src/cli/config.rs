//! `git session config`: every setting, its value, who said so, and a way to change it.

use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

use super::{Place, place};
use crate::config::{self, Entry, Key, Origin, Problem, Scope, Value};
use crate::error::Fault;
use crate::ops::settings::{self, Target};
use crate::sys::fs;
use crate::ui::style::Styled;
use crate::ui::table::{Column, Table};
use crate::ui::{Format, Ui, style};

/// Settings: get, set, unset, list, edit, schema
///
/// They stand in .session/config.toml, which is tracked and holds for everybody, and in git config, which is
/// personal and overrides it. A key is named as in the file (`quality.test_command`) or as in git config
/// (`session.quality.testCommand`).
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Print the value that holds
    Get {
        /// The setting
        key: String,
    },
    /// Set a value: in the git config of this repository, unless a flag says where
    Set {
        /// The setting
        key: String,
        /// Its value; several of a list are separated by commas
        #[arg(allow_hyphen_values = true)]
        value: String,
        #[command(flatten)]
        target: TargetArg,
    },
    /// Remove a value from one place, so that the next one holds again
    Unset {
        /// The setting
        key: String,
        #[command(flatten)]
        target: TargetArg,
    },
    /// Show every setting, its value and who said so
    List,
    /// Open .session/config.toml in git's editor and check it
    Edit,
    /// Print the JSON Schema of .session/config.toml
    Schema,
}

#[derive(clap::Args, Debug)]
#[group(multiple = false)]
struct TargetArg {
    /// In .session/config.toml, for everybody who works in the repository
    #[arg(long)]
    file: bool,
    /// In your git config, for all your repositories
    #[arg(long)]
    global: bool,
    /// In the git config of this repository, which is the default
    #[arg(long)]
    local: bool,
}

impl TargetArg {
    const fn target(&self) -> Target {
        match (self.file, self.global) {
            (true, _) => Target::File,
            (_, true) => Target::Global,
            _ => Target::Local,
        }
    }
}

/// Runs the command.
pub(super) fn run(ui: &Ui, at: &Place, args: Args) -> Result<()> {
    if matches!(args.verb, Some(Verb::Schema)) {
        return ui.answer(&serde_json::to_string_pretty(&config::schema())?);
    }
    let place = settings::Place::open(at.env(), at.cwd())?;
    ui.adopt(place::preferences(&place.settings().display), at.env());
    if matches!(place, settings::Place::Outside { .. }) {
        ui.detail("outside of a repository: only your git config counts");
    }
    if !matches!(args.verb, Some(Verb::Edit)) {
        place::complain(ui, place.problems());
    }
    match args.verb.unwrap_or(Verb::List) {
        Verb::Get { key } => get(ui, &place, settings::key(&key)?),
        Verb::Set { key, value, target } => {
            let key = settings::key(&key)?;
            let value = settings::value(key, &value)?;
            place.set(key, &value, target.target())?;
            changed(ui, at, key, &value, target.target())
        }
        Verb::Unset { key, target } => {
            let key = settings::key(&key)?;
            place.unset(key, target.target())?;
            changed(ui, at, key, &Value::Unset, target.target())
        }
        Verb::List => list(ui, &place),
        Verb::Edit => edit(ui, at, &place),
        Verb::Schema => Ok(()),
    }
}

#[derive(Serialize)]
struct EntryJson<'a> {
    key: String,
    git_key: String,
    value: &'a Value,
    default: Value,
    origin: Origin,
    personal: bool,
}

impl<'a> EntryJson<'a> {
    fn new(entry: &'a Entry) -> Self {
        Self {
            key: entry.key.file_name(),
            git_key: entry.key.git_name(),
            value: &entry.value,
            default: entry.key.default_value(),
            origin: entry.origin,
            personal: entry.key.scope == Scope::PersonalOnly,
        }
    }
}

#[derive(Serialize)]
struct ListJson<'a> {
    settings: Vec<EntryJson<'a>>,
}

fn get(ui: &Ui, place: &settings::Place, key: &Key) -> Result<()> {
    let entry = place.settings().get(key);
    ui.detail(format!("{}: {}", key.git_name(), entry.origin));
    if ui.format() == Format::Json {
        return ui.json("git-session/config/v1", &EntryJson::new(entry));
    }
    if entry.value == Value::Unset {
        let name = key.file_name();
        return Err(Fault::user(format!("`{name}` is not set"))
            .hint(format!("git session config set {name} <value>"))
            .into());
    }
    ui.answer(&style::plain(entry.value.to_string()))
}

fn list(ui: &Ui, place: &settings::Place) -> Result<()> {
    let entries = place.settings().entries();
    if ui.format() == Format::Json {
        let settings = entries.iter().map(EntryJson::new).collect();
        return ui.json("git-session/config/v1", &ListJson { settings });
    }
    let columns = [Column::Left, Column::Left, Column::Flexible(16)];
    let mut table = Table::new(&columns, ui.width()).heading(&["Key", "Origin", "Value"]);
    for entry in entries {
        let name = match entry.origin {
            Origin::Default => style::plain(entry.key.file_name()),
            _ => style::accent(entry.key.file_name()),
        };
        let origin = match entry.origin {
            Origin::Default => style::dim(entry.origin.to_string()),
            _ => style::plain(entry.origin.to_string()),
        };
        table.row([name, origin, shown(&entry.value)]);
    }
    ui.answer(&table)
}

/// A value for people; also one that is none.
fn shown(value: &Value) -> Styled {
    match value {
        Value::Unset => style::dim("unset"),
        Value::List(items) if items.is_empty() => style::dim("empty"),
        other => style::plain(other.to_string()),
    }
}

/// Says what holds after a change, also when another place has the last word.
fn changed(ui: &Ui, at: &Place, key: &Key, value: &Value, target: Target) -> Result<()> {
    let entry = settings::holds(at.env(), at.cwd(), key)?;
    let name = key.file_name();
    let overruled = entry.origin != target.origin() && entry.value != *value;
    if ui.format() == Format::Json {
        ui.json("git-session/config/v1", &EntryJson::new(&entry))?;
    } else if *value != Value::Unset && overruled {
        ui.answer(&format!(
            "wrote {name} = {} ({})",
            shown(value),
            target.origin()
        ))?;
    } else {
        let value = shown(&entry.value);
        ui.answer(&format!(
            "{name} = {value} {}",
            style::dim(format!("({})", entry.origin))
        ))?;
    }
    if *value != Value::Unset && overruled {
        let holds = shown(&entry.value);
        ui.warn(format!(
            "{} has the last word: {name} = {holds}",
            entry.origin
        ));
        match entry.origin {
            Origin::Local => ui.hint(format!("git session config unset {name}")),
            Origin::Global => ui.hint(format!("git session config unset {name} --global")),
            _ => {}
        }
    }
    Ok(())
}

fn edit(ui: &Ui, at: &Place, place: &settings::Place) -> Result<()> {
    let path = place.file()?;
    let made = place.create_file()?;
    let edited = place.edit(&path);
    let unchanged = || -> Result<bool> {
        let bytes = fs::read(&path)?.unwrap_or_default();
        Ok(made && bytes == config::file_template().as_bytes())
    };
    if unchanged()? {
        fs::remove(&path)?;
        if let Some(directory) = path.parent() {
            std::fs::remove_dir(directory).ok();
        }
    }
    edited?;
    if !fs::exists(&path) {
        ui.status(format!(
            "Nothing was set, so {} was not made.",
            config::FILE
        ));
        return Ok(());
    }
    let after = settings::Place::open(at.env(), at.cwd())?;
    let mistakes: Vec<Problem> = after
        .problems()
        .iter()
        .filter(|problem| problem.origin == Origin::File)
        .cloned()
        .collect();
    place::complain(ui, &mistakes);
    if !mistakes.is_empty() {
        return Err(Fault::user(format!("{} needs another look", config::FILE))
            .hint("git session config edit")
            .into());
    }
    ui.status(format!("{} is in order.", config::FILE));
    Ok(())
}
