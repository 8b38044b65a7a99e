//! How learnings are shown: a list, one, what was found, JSON.

use anyhow::Result;
use serde::Serialize;

use super::item::{ItemJson, date_and_age, indented, name_in_list, one_line};
use crate::domain::body::LearningType;
use crate::domain::handle::{ItemKind, handle_with_number};
use crate::domain::session::{Learning, Session};
use crate::domain::shell::quoted;
use crate::ops::ctx::Ctx;
use crate::ops::every;
use crate::ops::learnings::{self, Reach, Search};
use crate::ui::{Format, Ui, style};

#[derive(Serialize)]
struct ListJson<'a> {
    session: &'a str,
    learnings: Vec<LearningJson<'a>>,
}

#[derive(Serialize)]
struct ShowJson<'a> {
    session: &'a str,
    learning: LearningJson<'a>,
}

#[derive(Serialize)]
struct SearchJson<'a> {
    query: &'a str,
    learnings: Vec<FoundJson<'a>>,
}

#[derive(Serialize)]
struct FoundJson<'a> {
    session: &'a str,
    words: usize,
    #[serde(flatten)]
    learning: LearningJson<'a>,
}

#[derive(Serialize)]
struct LearningJson<'a> {
    #[serde(flatten)]
    item: ItemJson<'a>,
    state: &'static str,
    #[serde(rename = "type")]
    kind: LearningType,
    key: &'a str,
    scope: &'a [String],
}

impl<'a> LearningJson<'a> {
    fn new(session: &Session, learning: &'a Learning) -> Self {
        Self {
            item: ItemJson::new(session, ItemKind::Learning, &learning.item),
            state: if learning.dropped { "dropped" } else { "kept" },
            kind: learning.kind,
            key: &learning.key,
            scope: &learning.scope,
        }
    }
}

/// Shows the learnings of a session; `all`: the dropped ones too.
pub(super) fn list(
    ui: &Ui,
    session: &Session,
    kind: Option<LearningType>,
    all: bool,
) -> Result<()> {
    let wanted = |l: &&Learning| (all || !l.dropped) && kind.is_none_or(|kind| l.kind == kind);
    let shown: Vec<&Learning> = session.learnings.iter().filter(wanted).collect();
    if ui.format() == Format::Json {
        let learnings = shown.iter().map(|l| LearningJson::new(session, l));
        let list = ListJson {
            session: session.id.as_str(),
            learnings: learnings.collect(),
        };
        return ui.json("git-session/learnings/v1", &list);
    }
    if shown.is_empty() {
        ui.status(match kind {
            None => "There are no learnings yet.".to_owned(),
            Some(kind) => format!("There are no learnings of the type {} yet.", kind.name()),
        });
        return Ok(());
    }
    let lines: Vec<String> = shown.into_iter().map(|l| line(session, l)).collect();
    ui.answer(&lines.join("\n"))
}

/// One learning in a list, and below it its key and what it is about.
fn line(session: &Session, learning: &Learning) -> String {
    let name = name_in_list(session, ItemKind::Learning, &learning.item);
    let text = one_line(&learning.item.text);
    let (text, dropped) = if learning.dropped {
        (style::dim(text), ", dropped")
    } else {
        (style::plain(text), "")
    };
    let below = style::dim(format!("{}{dropped}", key_and_scope(learning)));
    format!("{text} {name}\n    {below}")
}

/// `learning/patterns/retry, about src/http/**`
fn key_and_scope(learning: &Learning) -> String {
    match learning.scope.as_slice() {
        [] => learning.key.clone(),
        scope => format!("{}, about {}", learning.key, scope.join(" ")),
    }
}

/// Shows one learning.
pub(super) fn show(ui: &Ui, ctx: &Ctx, session: &Session, name: &str) -> Result<()> {
    let learning = learnings::find(session, name)?;
    if ui.format() == Format::Json {
        let shown = ShowJson {
            session: session.id.as_str(),
            learning: LearningJson::new(session, learning),
        };
        return ui.json("git-session/learnings/v1", &shown);
    }
    let item = &learning.item;
    let dropped = if learning.dropped { ", dropped" } else { "" };
    let private = if item.private { ", private" } else { "" };
    ui.answer(&format!(
        "{}\n{}{dropped}{private}, by {}, {}\n\n{}",
        style::title(key_and_scope(learning)),
        style::handle(handle_with_number(session, ItemKind::Learning, item)),
        style::plain(&item.by),
        date_and_age(ctx, item.at),
        indented(&item.text, ui.text_width())
    ))
}

/// Shows what has the words.
pub(super) fn search(ui: &Ui, ctx: &Ctx, query: &str, all: bool) -> Result<()> {
    let reach = if all { Reach::Clone } else { Reach::Session };
    let search = learnings::search(ctx, query, reach)?;
    if ui.format() == Format::Json {
        let learnings = search.found.iter().map(|found| FoundJson {
            session: found.session.id.as_str(),
            words: found.words,
            learning: LearningJson::new(&found.session, found.learning()),
        });
        let json = SearchJson {
            query,
            learnings: learnings.collect(),
        };
        ui.json("git-session/learnings/v1", &json)?;
    } else if search.found.is_empty() {
        ui.status("No learning has a word that begins so.");
        if !all {
            ui.hint(format!(
                "git session learnings search --all {}",
                quoted(query)
            ));
        }
    } else {
        ui.answer(&found_lines(&search, reach).join("\n"))?;
    }
    every::complete(&search.unreadable)
}

/// What was found, with the session where several were looked into.
fn found_lines(search: &Search, reach: Reach) -> Vec<String> {
    let line = |found: &learnings::Found| {
        let line = line(&found.session, found.learning());
        match reach {
            Reach::Session => line,
            Reach::Clone => format!("{line}\n    {}", style::dim(found.session.id.as_str())),
        }
    };
    search.found.iter().map(line).collect()
}
