//! How decisions are shown: a list, one with everything that belongs to it, JSON.

use anyhow::Result;
use serde::Serialize;

use super::item::{ItemJson, date_and_age, find, in_short, indented, name_in_list, one_line};
use crate::domain::body::Alternative;
use crate::domain::describe::plural;
use crate::domain::handle::{ItemKind, handle, handle_with_number};
use crate::domain::id::EventId;
use crate::domain::session::{Decision, Session};
use crate::ops::ctx::Ctx;
use crate::ui::{Format, Ui, style, text};

#[derive(Serialize)]
struct ListJson<'a> {
    session: &'a str,
    decisions: Vec<DecisionJson<'a>>,
}

#[derive(Serialize)]
struct ShowJson<'a> {
    session: &'a str,
    decision: DecisionJson<'a>,
}

#[derive(Serialize)]
struct DecisionJson<'a> {
    #[serde(flatten)]
    item: ItemJson<'a>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    supersedes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<&'a str>,
    alternatives: &'a [Alternative],
    consequences: &'a [String],
    scope: &'a [String],
}

impl<'a> DecisionJson<'a> {
    fn new(session: &Session, decision: &'a Decision) -> Self {
        let name = |other: &Decision| handle(session, ItemKind::Decision, &other.item);
        Self {
            item: ItemJson::new(session, ItemKind::Decision, &decision.item),
            state: match decision.superseded_by {
                Some(_) => "superseded",
                None => "accepted",
            },
            superseded_by: decision
                .superseded_by
                .as_ref()
                .map(|id| by_id(session, id).map_or_else(|| id.to_string(), name)),
            supersedes: replaced(session, decision).map(name).collect(),
            context: said(decision.context.as_ref()),
            rationale: said(decision.rationale.as_ref()),
            alternatives: &decision.alternatives,
            consequences: &decision.consequences,
            scope: &decision.scope,
        }
    }
}

/// Shows the decisions that hold; `all`: the superseded ones too.
pub(super) fn list(ui: &Ui, session: &Session, all: bool) -> Result<()> {
    let holds = |decision: &&Decision| all || decision.superseded_by.is_none();
    let shown: Vec<&Decision> = session.decisions.iter().filter(holds).collect();
    if ui.format() == Format::Json {
        let decisions = shown.iter().map(|d| DecisionJson::new(session, d));
        let list = ListJson {
            session: session.id.as_str(),
            decisions: decisions.collect(),
        };
        return ui.json("git-session/decisions/v1", &list);
    }
    if shown.is_empty() {
        ui.status("There are no decisions yet.");
        return Ok(());
    }
    let lines: Vec<String> = shown.iter().map(|d| line(ui, session, d)).collect();
    ui.answer(&lines.join("\n"))?;
    let hidden = session.decisions.len() - shown.len();
    if hidden > 0 {
        let hidden = plural(hidden, "superseded decision");
        ui.status(format!("{hidden}: git session decisions list --all"));
    }
    Ok(())
}

/// One decision in a list, and below it why, or what replaced it.
fn line(ui: &Ui, session: &Session, decision: &Decision) -> String {
    let name = name_in_list(session, ItemKind::Decision, &decision.item);
    let text = one_line(&decision.item.text);
    let below = |text: String| {
        let text = match ui.width() {
            Some(columns) => text::truncate(&text, columns.saturating_sub(4)),
            None => text,
        };
        format!("\n    {}", style::dim(text))
    };
    match (&decision.superseded_by, said(decision.rationale.as_ref())) {
        (Some(id), _) => format!(
            "{} {name}{}",
            style::dim(text),
            below(format!("superseded by {}", named(session, id)))
        ),
        (None, Some(why)) => format!("{} {name}{}", style::plain(text), below(one_line(why))),
        (None, None) => format!("{} {name}", style::plain(text)),
    }
}

/// Shows one decision.
pub(super) fn show(ui: &Ui, ctx: &Ctx, session: &Session, name: &str) -> Result<()> {
    let id = &find(session, ItemKind::Decision, name)?.id;
    let Some(decision) = by_id(session, id) else {
        return Ok(());
    };
    match ui.format() {
        Format::Json => {
            let shown = ShowJson {
                session: session.id.as_str(),
                decision: DecisionJson::new(session, decision),
            };
            ui.json("git-session/decisions/v1", &shown)
        }
        Format::Text => ui.answer(&whole(ctx, session, decision, ui.text_width())),
    }
}

/// One decision with everything that belongs to it.
fn whole(ctx: &Ctx, session: &Session, decision: &Decision, columns: usize) -> String {
    let mut parts = vec![head(ctx, session, decision, columns)];
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            parts.push(format!("{}\n{}", style::title(title), lines.join("\n")));
        }
    };
    let paragraphs = |text: Option<&str>| text.map(|text| indented(text, columns));
    let points = |points: Vec<String>| -> Vec<String> {
        let point = |point: &String| {
            let point = style::plain(one_line(point));
            text::wrap_hanging(point.text(), columns, "    - ", "      ")
        };
        points.iter().map(point).collect()
    };
    let context = paragraphs(said(decision.context.as_ref()));
    section("Context", context.into_iter().collect());
    let rationale = paragraphs(said(decision.rationale.as_ref()));
    section("Rationale", rationale.into_iter().collect());
    let alternatives = decision.alternatives.iter();
    let alternatives = alternatives.map(|way| match &way.why_not {
        Some(why) => format!("{}: {why}", way.option),
        None => way.option.clone(),
    });
    section("Alternatives", points(alternatives.collect()));
    section("Consequences", points(decision.consequences.clone()));
    section("Scope", points(decision.scope.clone()));
    parts.join("\n\n")
}

/// What was decided, its name, who and when, and what it replaces or what replaced it.
fn head(ctx: &Ctx, session: &Session, decision: &Decision, columns: usize) -> String {
    let text = style::plain(one_line(&decision.item.text));
    let mut lines: Vec<String> = text::wrap(text.text(), columns, "")
        .lines()
        .map(|line| style::title(line).to_string())
        .collect();
    let private = if decision.item.private {
        ", private"
    } else {
        ""
    };
    lines.push(format!(
        "{}{private}, by {}, {}",
        style::handle(handle_with_number(
            session,
            ItemKind::Decision,
            &decision.item
        )),
        style::plain(&decision.item.by),
        date_and_age(ctx, decision.item.at)
    ));
    if let Some(id) = &decision.superseded_by {
        lines.push(format!(
            "{} {}",
            style::warn("superseded by"),
            style::plain(named(session, id))
        ));
    }
    for old in replaced(session, decision) {
        lines.push(format!(
            "supersedes {}",
            style::plain(named(session, &old.item.id))
        ));
    }
    lines.join("\n")
}

/// Handle and text of a decision, short.
fn named(session: &Session, id: &EventId) -> String {
    match by_id(session, id) {
        None => "a decision that is not known here".to_owned(),
        Some(decision) => format!(
            "{} {}",
            handle_with_number(session, ItemKind::Decision, &decision.item),
            in_short(&decision.item.text)
        ),
    }
}

/// The decision with this id.
fn by_id<'s>(session: &'s Session, id: &EventId) -> Option<&'s Decision> {
    session.decisions.iter().find(|d| d.item.id == *id)
}

/// The decisions that a decision replaced.
fn replaced<'s>(session: &'s Session, by: &Decision) -> impl Iterator<Item = &'s Decision> {
    let by = by.item.id.clone();
    let decisions = session.decisions.iter();
    decisions.filter(move |old| old.superseded_by.as_ref() == Some(&by))
}

/// A text that says something; an edit can leave an empty one.
fn said(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str)
        .filter(|text| !text.trim().is_empty())
}
