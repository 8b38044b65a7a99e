//! How context files are shown: a list, what is quoted, how far behind they are.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::context_near::{NearJson, size};
use crate::domain::describe::plural;
use crate::domain::path_text::quote_path;
use crate::domain::project::{
    Band, ContextFile, ContextKind, Excerpt, FileHealth, NearContext, Page, Why,
};
use crate::domain::shell::quoted;
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::project::{self, Known, Listed, Patience, ProjectHealth, Tracked};
use crate::ops::sessions::{self, Here};
use crate::ui::style::Styled;
use crate::ui::table::{Column, Table};
use crate::ui::{Format, Ui, style};

/// The command that brings a file up to date.
pub(super) fn update_command(path: &[u8]) -> String {
    let path = String::from_utf8_lossy(path);
    format!("git session context update {}", quoted(&path))
}

/// A score in the colour of its band.
pub(super) fn scored(score: u8) -> Styled {
    let text = score.to_string();
    match Band::of(score) {
        Band::Fresh => style::good(text),
        Band::Review => style::warn(text),
        Band::Stale | Band::Critical => style::bad(text),
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

#[derive(Serialize)]
struct ListJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
    files: Vec<FileJson>,
}

#[derive(Serialize)]
struct FileJson {
    path: String,
    kind: &'static str,
    directory: String,
    loaded_by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    imports: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<HealthJson>,
}

impl FileJson {
    fn new(file: &ContextFile, listed: Option<&Listed>, tracked: Option<&Tracked>) -> Self {
        let health = tracked.and_then(|tracked| tracked.health.as_ref());
        Self {
            path: quote_path(&file.path).into_owned(),
            kind: file.kind.name(),
            directory: directory(&file.directory),
            loaded_by: file.kind.loaded_by(),
            state: listed.map(|listed| listed.state.name()),
            bytes: listed.and_then(|listed| listed.bytes),
            imports: tracked
                .map(|tracked| tracked.imports.clone())
                .unwrap_or_default(),
            health: health.map(Into::into),
        }
    }
}

/// A directory as text; `.` for the top.
pub(super) fn directory(path: &[u8]) -> String {
    match path {
        b"" => ".".to_owned(),
        path => quote_path(path).into_owned(),
    }
}

/// Why scores are not known.
fn unknown(known: &Known) -> Option<String> {
    match known {
        Known::Health(_) => None,
        Known::Unborn => Some("there is no commit yet".to_owned()),
        Known::Unknown(reason) => Some(reason.clone()),
    }
}

/// Shows every context file.
pub(super) fn list(ui: &Ui, ctx: &Ctx, known: &Known) -> Result<()> {
    let unknown = unknown(known);
    let known = known.clone().health();
    let files = project::list(ctx, known.as_ref())?;
    let tracked = |file: &ContextFile| known.as_ref()?.find(&file.path);
    if ui.format() == Format::Json {
        let files = files.iter();
        let json = ListJson {
            score: known.as_ref().and_then(|known| known.score),
            unknown,
            files: files
                .map(|listed| FileJson::new(&listed.file, Some(listed), tracked(&listed.file)))
                .collect(),
        };
        return ui.json("git-session/context-list/v1", &json);
    }
    if let Some(reason) = unknown {
        ui.status(format!("There are no scores: {reason}."));
    }
    if files.is_empty() {
        ui.status("There is no context file.");
        ui.hint("git session init");
        return Ok(());
    }
    let columns = [
        Column::Flexible(20),
        Column::Right,
        Column::Right,
        Column::Left,
        Column::Flexible(12),
    ];
    let mut table =
        Table::new(&columns, ui.width()).heading(&["File", "Size", "Score", "State", "Read by"]);
    for listed in &files {
        let health = tracked(&listed.file);
        table.row([
            style::plain(quote_path(&listed.file.path)),
            style::dim(listed.bytes.map_or_else(|| "-".to_owned(), size)),
            match health.and_then(|tracked| tracked.health.as_ref()) {
                Some(health) => scored(health.score),
                None => style::dim("-"),
            },
            state(listed, health),
            style::dim(listed.file.kind.loaded_by()),
        ]);
    }
    let mut text = table.to_string();
    if let Some(score) = known.as_ref().and_then(|known| known.score) {
        text = format!("{}\n\nProject: {} of 100", text.trim_end(), scored(score));
    }
    ui.screen(text.trim_end())
}

/// Where a file stands, in words.
fn state(listed: &Listed, tracked: Option<&Tracked>) -> Styled {
    match (listed.state, tracked) {
        (project::State::Committed, Some(tracked)) if !tracked.imports.is_empty() => {
            style::dim(format!("imports {}", tracked.imports.join(", ")))
        }
        (
            project::State::Committed,
            Some(Tracked {
                health: Some(health),
                ..
            }),
        ) => banded(health),
        (project::State::Committed, _) => style::plain("committed"),
        (other, _) => style::warn(other.name()),
    }
}

fn banded(health: &FileHealth) -> Styled {
    let words = health.band.words();
    match health.band {
        Band::Fresh => style::good(words),
        Band::Review => style::warn(words),
        Band::Stale | Band::Critical => style::bad(words),
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

#[derive(Serialize)]
struct ShowJson {
    files: Vec<NearJson>,
    pages: Vec<PageJson>,
}

#[derive(Serialize)]
struct PageJson {
    path: &'static str,
    sections: Vec<SectionJson>,
}

#[derive(Serialize)]
struct SectionJson {
    name: String,
    lines: Vec<String>,
    more: usize,
}

impl From<Page> for PageJson {
    fn from(page: Page) -> Self {
        let section = |section: Excerpt| SectionJson {
            name: section.name,
            lines: section.lines,
            more: section.more,
        };
        Self {
            path: page.path,
            sections: page.sections.into_iter().map(section).collect(),
        }
    }
}

/// Shows the context next to the work, and the pages of the project.
pub(super) fn show_near(ui: &Ui, ctx: &Ctx) -> Result<()> {
    let near = match sessions::here(ctx)? {
        Here::Session { id, .. } => project::load(ctx, &sessions::load(ctx, &id)?.session)?.0,
        Here::Unmapped(_) | Here::Detached => {
            ui.status("There is no session, so nothing is known of the work.");
            Vec::new()
        }
    };
    shown(ui, &near, project::pages(ctx)?, NearJson::new)
}

/// Shows what is quoted of these files.
pub(super) fn show(ui: &Ui, ctx: &Ctx, files: &[ContextFile]) -> Result<()> {
    let known = project::health(ctx, Patience::Long)?.health();
    let mut near = Vec::new();
    let mut pages = Vec::new();
    for file in files {
        if file.kind.is_page() {
            let all = project::pages(ctx)?.into_iter();
            pages.extend(all.filter(|page| page.kind == file.kind));
        }
        let tracked = known.as_ref().and_then(|known| known.find(&file.path));
        let Some((bytes, quoted)) = project::read(ctx, &file.path) else {
            match project::original(ctx, &file.path) {
                Err(error) if files.len() == 1 => return Err(error),
                Err(error) => ui.warn(format!("{error:#}.")),
                Ok(_) => {}
            }
            continue;
        };
        near.push(NearContext {
            path: file.path.clone(),
            directory: file.directory.clone(),
            kind: file.kind,
            bytes,
            health: tracked.and_then(|tracked| tracked.health.clone()),
            patterns: quoted.patterns,
            gotchas: quoted.gotchas,
            purpose: quoted.purpose,
            why: Why::Touched,
        });
    }
    shown(ui, &near, pages, NearJson::asked_for)
}

fn shown(
    ui: &Ui,
    near: &[NearContext],
    pages: Vec<Page>,
    json: fn(&NearContext) -> NearJson,
) -> Result<()> {
    if ui.format() == Format::Json {
        let json = ShowJson {
            files: near.iter().map(json).collect(),
            pages: pages.into_iter().map(Into::into).collect(),
        };
        return ui.json("git-session/context-show/v1", &json);
    }
    let mut lines: Vec<String> = near.iter().flat_map(file_lines).collect();
    let said = pages.iter().filter(|page| !page.sections.is_empty());
    lines.extend(said.flat_map(page_lines));
    if lines.is_empty() {
        ui.status("No context file is next to the work.");
        ui.hint("git session context list");
        return Ok(());
    }
    lines.pop();
    ui.screen(&lines.join("\n"))
}

fn file_lines(near: &NearContext) -> Vec<String> {
    let health = near.health.as_ref().map_or_else(String::new, |health| {
        format!(", {} ({})", health.band.words(), health.score)
    });
    let mut lines = vec![format!(
        "{} {}",
        style::title(quote_path(&near.path)),
        style::dim(format!("({}{health})", size(near.bytes)))
    )];
    if let Some(purpose) = near.purpose.as_ref().filter(|_| !is_page(near.kind)) {
        lines.push(format!("  {}", style::plain(purpose)));
    }
    let mut listed = |title: &str, items: &[String]| {
        if !items.is_empty() {
            lines.push(format!("  {title}"));
            lines.extend(
                items
                    .iter()
                    .map(|item| format!("  - {}", style::plain(item))),
            );
        }
    };
    if !is_page(near.kind) {
        listed("Patterns", &near.patterns);
        listed("Gotchas", &near.gotchas);
    }
    lines.push(String::new());
    lines
}

const fn is_page(kind: ContextKind) -> bool {
    kind.is_page()
}

fn page_lines(page: &Page) -> Vec<String> {
    let mut lines = vec![style::title(page.path).to_string()];
    for section in &page.sections {
        lines.push(format!("  {}", style::accent(&section.name)));
        let quoted = section.lines.iter();
        lines.extend(quoted.map(|line| format!("    {}", style::plain(line))));
        if section.more > 0 {
            lines.push(format!(
                "    {}",
                style::dim(format!("and {} more", section.more))
            ));
        }
    }
    lines.push(String::new());
    lines
}
