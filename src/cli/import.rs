//! What `git session init --import` took in, in words and in JSON.

use anyhow::Result;
use serde::Serialize;

use crate::config::{self, Value};
use crate::domain::describe::plural;
use crate::ops::ctx::Ctx;
use crate::ops::import::{self, Fate, Imported, Mode, Received, Setting};
use crate::ui::{Format, Ui, style};

/// The file of the old settings, for messages.
const SETTINGS: &str = ".session/config.yaml";

/// Says what would be taken in.
pub(super) fn preview(ui: &Ui, ctx: &Ctx) -> Result<()> {
    let imported = import::import(ctx, Mode::Dry)?;
    match ui.format() {
        Format::Json => {
            let import = ImportJson::new(&imported);
            ui.json(
                "git-session/init/v1",
                &PreviewJson {
                    dry_run: true,
                    import,
                },
            )
        }
        Format::Text => ui.answer(&lines(&imported, Mode::Dry).join("\n")),
    }
}

/// What was taken in, or would be.
pub(super) fn lines(imported: &Imported, mode: Mode) -> Vec<String> {
    if imported.files.is_empty() {
        return vec![
            "There is nothing to import: no file of another session tool is here.".to_owned(),
        ];
    }
    let mut lines: Vec<String> = imported.settings.iter().map(setting).collect();
    lines.extend(
        imported
            .sessions
            .iter()
            .map(|received| session(received, mode)),
    );
    let skipped = imported.files.iter().filter_map(|file| {
        let why = file.skipped.as_deref()?;
        Some(format!(
            "{} {}: {}",
            style::warn("Skipped"),
            style::plain(&file.path),
            style::plain(why)
        ))
    });
    lines.extend(skipped);
    let read = imported
        .files
        .iter()
        .filter(|file| file.skipped.is_none())
        .count();
    if imported.sessions.is_empty() && read > 0 {
        lines.push("Nothing in the files is new to a session.".to_owned());
    }
    lines.push(match mode {
        Mode::Really => format!("Read {}; none of them was changed.", plural(read, "file")),
        Mode::Dry => format!("Read {}; nothing was written.", plural(read, "file")),
    });
    lines
}

/// What became of one key.
fn setting(setting: &Setting) -> String {
    let key = style::plain(&setting.key);
    let place = style::dim(format!("({SETTINGS}:{})", setting.line));
    match &setting.fate {
        Fate::Taken(value) => format!(
            "Setting {} = {} {place}",
            style::title(&setting.key),
            shown(value)
        ),
        Fate::Kept => format!("Setting {key} stays as {} has it {place}", config::FILE),
        Fate::Empty => format!("Setting {key} has no value {place}"),
        Fate::Unknown => format!("Setting {key} is not known here {place}"),
        Fate::Unfit(expected) => format!("Setting {key} does not fit: expected {expected} {place}"),
        Fate::Personal(name) => format!(
            "Setting {key} is personal and not taken from a repository: {} {place}",
            style::accent(format!("git config {name} <value>"))
        ),
    }
}

fn shown(value: &Value) -> String {
    style::plain(value.to_toml().unwrap_or_default()).to_string()
}

/// What one session got.
fn session(received: &Received, mode: Mode) -> String {
    let would = match (mode, received.new) {
        (Mode::Really, true) => "Began a session on",
        (Mode::Really, false) => "Added to the session on",
        (Mode::Dry, true) => "Would begin a session on",
        (Mode::Dry, false) => "Would add to the session on",
    };
    let branch = style::title(received.branch.as_str());
    let completed = match received.completed {
        0 => String::new(),
        count => format!(" ({count} completed)"),
    };
    format!(
        "{would} {branch}: {}{completed}, {}",
        plural(received.objectives, "objective"),
        plural(received.notes, "note")
    )
}

/// What would be taken in.
#[derive(Serialize)]
struct PreviewJson<'a> {
    dry_run: bool,
    import: ImportJson<'a>,
}

/// What was taken in.
#[derive(Serialize)]
pub(super) struct ImportJson<'a> {
    files: Vec<FileJson<'a>>,
    settings: Vec<SettingJson<'a>>,
    sessions: Vec<SessionJson<'a>>,
}

#[derive(Serialize)]
struct FileJson<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<&'a str>,
}

#[derive(Serialize)]
struct SettingJson<'a> {
    key: &'a str,
    line: usize,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
}

#[derive(Serialize)]
struct SessionJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    branch: &'a str,
    new: bool,
    objectives: usize,
    completed: usize,
    notes: usize,
}

impl<'a> ImportJson<'a> {
    /// The same in JSON.
    pub(super) fn new(imported: &'a Imported) -> Self {
        let files = imported.files.iter().map(|file| FileJson {
            path: &file.path,
            skipped: file.skipped.as_deref(),
        });
        let sessions = imported.sessions.iter().map(|received| SessionJson {
            session: received
                .session
                .as_ref()
                .map(crate::domain::id::SessionId::as_str),
            branch: received.branch.as_str(),
            new: received.new,
            objectives: received.objectives,
            completed: received.completed,
            notes: received.notes,
        });
        Self {
            files: files.collect(),
            settings: imported.settings.iter().map(SettingJson::new).collect(),
            sessions: sessions.collect(),
        }
    }
}

impl<'a> SettingJson<'a> {
    fn new(setting: &'a Setting) -> Self {
        let (outcome, value, expected) = match &setting.fate {
            Fate::Taken(value) => ("taken", Some(value), None),
            Fate::Kept => ("kept", None, None),
            Fate::Empty => ("empty", None, None),
            Fate::Unknown => ("unknown", None, None),
            Fate::Unfit(expected) => ("unfit", None, Some(expected.as_str())),
            Fate::Personal(_) => ("personal", None, None),
        };
        Self {
            key: &setting.key,
            line: setting.line,
            outcome,
            value,
            expected,
        }
    }
}
