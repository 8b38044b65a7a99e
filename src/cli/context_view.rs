//! How context files are shown: a list, what is quoted, how far behind they are.

use anyhow::Result;
use serde::Serialize;

use super::context_health::{HealthJson, banded, scored};
use super::context_near::{NearJson, size};
use crate::domain::path_text::quote_path;
use crate::domain::project::{ContextFile, ContextKind, Excerpt, NearContext, Page, Why};
use crate::domain::shell::quoted_path;
use crate::ops::ctx::Ctx;
use crate::ops::project::{self, Known, Listed, Patience, Tracked};
use crate::ops::sessions::{self, Here};
use crate::ui::style::Styled;
use crate::ui::table::{Column, Table};
use crate::ui::{Format, Ui, style};

/// The command that brings a file up to date.
pub(super) fn update_command(path: &[u8]) -> String {
    format!("git session context update {}", quoted_path(path))
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
pub(super) struct FileJson {
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
    pub(super) fn new(
        file: &ContextFile,
        listed: Option<&Listed>,
        tracked: Option<&Tracked>,
    ) -> Self {
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
