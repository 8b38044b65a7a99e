//! `git session context health`: how far each file is behind, and what that comes from.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::context_view::{FileJson, update_command};
use crate::domain::describe::plural;
use crate::domain::path_text::quote_path;
use crate::domain::project::{Band, FileHealth};
use crate::error::Fault;
use crate::ops::project::{Known, ProjectHealth, Tracked};
use crate::ui::style::Styled;
use crate::ui::table::{Column, Table};
use crate::ui::{Format, Ui, style};

/// A score in the colour of its band.
pub(super) fn scored(score: u8) -> Styled {
    let text = score.to_string();
    match Band::of(score) {
        Band::Fresh => style::good(text),
        Band::Review => style::warn(text),
        Band::Stale | Band::Critical => style::bad(text),
    }
}

/// The words of a score in the colour of its band.
pub(super) fn banded(health: &FileHealth) -> Styled {
    let words = health.band.words();
    match health.band {
        Band::Fresh => style::good(words),
        Band::Review => style::warn(words),
        Band::Stale | Band::Critical => style::bad(words),
    }
}

/// The health of a file, in JSON.
#[derive(Serialize)]
pub(super) struct HealthJson {
    score: u8,
    band: &'static str,
    age_days: u64,
    commits: u64,
    churn: u64,
    files: u64,
    whole: bool,
    cost: CostJson,
    limits: LimitsJson,
}

#[derive(Serialize)]
struct CostJson {
    commits: u64,
    churn: u64,
    age: u64,
}

#[derive(Serialize)]
struct LimitsJson {
    commits: u64,
    churn: u64,
}

impl From<&FileHealth> for HealthJson {
    fn from(health: &FileHealth) -> Self {
        let cost = health.cost();
        Self {
            score: health.score,
            band: health.band.name(),
            age_days: health.age_days,
            commits: health.commits,
            churn: health.churn,
            files: health.files,
            whole: health.is_whole,
            cost: CostJson {
                commits: cost.commits,
                churn: cost.churn,
                age: cost.age,
            },
            limits: LimitsJson {
                commits: health.many_commits(),
                churn: health.much_churn(),
            },
        }
    }
}

#[derive(Default, Serialize)]
struct HealthListJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<chrono::DateTime<chrono::Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u8>,
    short_history: bool,
    bands: BTreeMap<&'static str, usize>,
    files: Vec<FileJson>,
}

/// Shows how far each file is behind, the worst first.
pub(super) fn health(ui: &Ui, known: &Known) -> Result<()> {
    let known = match known {
        Known::Health(health) => health,
        Known::Unborn if ui.format() == Format::Json => {
            return ui.json("git-session/context-health/v1", &HealthListJson::default());
        }
        Known::Unborn => {
            ui.status("There is no commit yet, so there is no history to compare with.");
            return Ok(());
        }
        Known::Unknown(reason) => {
            let why = format!("how far context is behind is not known: {reason}");
            return Err(Fault::user(why).into());
        }
    };
    let mut files: Vec<&Tracked> = known.files.iter().collect();
    files.sort_by_key(|tracked| tracked.health.as_ref().map_or(101, |health| health.score));
    if ui.format() == Format::Json {
        return ui.json("git-session/context-health/v1", &health_json(known, &files));
    }
    if files.is_empty() {
        ui.status("No commit has a context file.");
        return Ok(());
    }
    let columns = [
        Column::Right,
        Column::Left,
        Column::Flexible(20),
        Column::Right,
        Column::Right,
        Column::Right,
        Column::Right,
    ];
    let titles = ["Score", "", "File", "Commits", "Changes", "Days", "Beside"];
    let mut table = Table::new(&columns, ui.width()).heading(&titles);
    for tracked in &files {
        table.row(cells(tracked));
    }
    let mut lines = vec![table.to_string().trim_end().to_owned(), String::new()];
    if let Some(score) = known.score {
        let scored_files = files
            .iter()
            .filter(|tracked| tracked.health.is_some())
            .count();
        lines.push(format!(
            "Project: {} of 100, the mean of {}, at {}",
            scored(score),
            plural(scored_files, "file"),
            style::handle(known.head.short())
        ));
    }
    if known.is_short {
        lines.push(
            "History is not whole here: figures with + are the least that they can be, scores the most"
                .to_owned(),
        );
    }
    let worst = files.iter().find(|tracked| is_stale(tracked));
    if let Some(worst) = worst {
        let command = update_command(&worst.file.path);
        lines.push(format!("Next: {}", style::accent(command)));
    }
    ui.screen(&lines.join("\n"))
}

fn is_stale(tracked: &Tracked) -> bool {
    let health = tracked.health.as_ref();
    health.is_some_and(|health| health.band.is_stale())
}

/// One row: figures, and in brackets the points that each costs.
fn cells(tracked: &Tracked) -> Vec<Styled> {
    let path = style::plain(quote_path(&tracked.file.path));
    let Some(health) = &tracked.health else {
        let what = format!("imports {}", tracked.imports.join(", "));
        return vec![style::dim("-"), style::dim(what), path];
    };
    let cost = health.cost();
    let least = if health.is_whole { "" } else { "+" };
    let figure = |number: u64, cost: u64| match cost {
        0 => style::plain(format!("{number}{least}")),
        cost => style::plain(format!("{number}{least} (-{cost})")),
    };
    vec![
        scored(health.score),
        banded(health),
        path,
        figure(health.commits, cost.commits),
        figure(health.churn, cost.churn),
        figure(health.age_days, cost.age),
        style::dim(plural(
            usize::try_from(health.files).unwrap_or(usize::MAX),
            "file",
        )),
    ]
}

fn health_json(known: &ProjectHealth, files: &[&Tracked]) -> HealthListJson {
    let mut bands = BTreeMap::new();
    for health in files.iter().filter_map(|tracked| tracked.health.as_ref()) {
        *bands.entry(health.band.name()).or_default() += 1;
    }
    HealthListJson {
        head: Some(known.head.to_string()),
        at: chrono::DateTime::from_timestamp(known.now, 0),
        score: known.score,
        short_history: known.is_short,
        bands,
        files: files
            .iter()
            .map(|tracked| FileJson::new(&tracked.file, None, Some(tracked)))
            .collect(),
    }
}
