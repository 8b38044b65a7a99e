//! *How to build it*: what the project says of itself, what was decided and holds, what was learnt about the paths
//! of the branch.

use super::Block;
use super::build::Source;
use super::facts::Facts;
use super::line::{Kind, Line, Provenance};
use super::section::Section;
use crate::domain::glob::glob_matches_bytes;
use crate::domain::handle::{ItemKind, handle};
use crate::domain::path_text::quote_path;
use crate::domain::project::{ContextKind, NearContext};
use crate::domain::session::{Decision, Learning, Session};

pub(super) fn block(source: &Source<'_>) -> Block {
    let mut block = Block::new(Section::How);
    let facts = source.facts;
    block.part(configured(facts));
    block.part(decisions(source));
    block.part(learnings(source));
    block.part(pages(facts));
    block.part(files(facts));
    block
}

/// What the settings say.
pub(super) fn configured(facts: &Facts) -> Vec<Line> {
    let configured = &facts.configured;
    let line = |lead: &'static str, key: &str, text: &String| {
        Line::new(
            Kind::Setting,
            lead,
            text,
            Provenance::in_file(format!("context.{key}")),
        )
    };
    let architecture = configured.architecture.iter();
    let architecture = architecture.map(|text| line("architecture:", "architecture", text));
    let patterns = configured.patterns.iter();
    let patterns = patterns.map(|text| line("pattern:", "patterns", text));
    let conventions = configured.conventions.iter();
    let conventions = conventions.map(|text| line("convention:", "conventions", text));
    architecture.chain(patterns).chain(conventions).collect()
}

/// Decisions in force, newest first; of other sessions those about the paths of the branch.
fn decisions(source: &Source<'_>) -> Vec<Line> {
    let line = |session: &Session, decision: &Decision| {
        let item = &decision.item;
        let from = Provenance::of_item(item);
        let line = Line::new(Kind::Decision, "decided:", &item.text, from);
        line.because(decision.rationale.as_deref())
            .named(handle(session, ItemKind::Decision, item))
            .like(item)
    };
    let in_force = |session: &'_ Session| -> Vec<Decision> {
        let newest = session.decisions.iter().rev();
        newest
            .filter(|decision| decision.superseded_by.is_none())
            .cloned()
            .collect()
    };
    let own = in_force(source.session);
    let own = own.iter().collect();
    let mut lines = source.listed(own, "decisions", |decision| line(source.all, decision));
    for other in &source.facts.others {
        let about = in_force(other);
        let about = about
            .iter()
            .filter(|decision| is_about(&decision.scope, source.facts));
        lines.extend(about.map(|decision| elsewhere(line(other, decision), other)));
    }
    lines
}

/// Learnings, those about the paths of the branch first; of other sessions only those.
fn learnings(source: &Source<'_>) -> Vec<Line> {
    let line = |session: &Session, learning: &Learning| {
        let item = &learning.item;
        let line = Line::new(
            Kind::Learning,
            "learnt:",
            &item.text,
            Provenance::of_item(item),
        );
        line.named(handle(session, ItemKind::Learning, item))
            .like(item)
    };
    let newest = source.session.learnings.iter().rev();
    let mut own: Vec<&Learning> = newest.filter(|learning| !learning.dropped).collect();
    own.sort_by_key(|learning| match learning.scope.is_empty() {
        _ if is_about(&learning.scope, source.facts) => 0,
        true => 1,
        false => 2,
    });
    let mut lines = source.listed(own, "learnings", |learning| line(source.all, learning));
    for other in &source.facts.others {
        let newest = other.learnings.iter().rev();
        let about = newest.filter(|l| !l.dropped && is_about(&l.scope, source.facts));
        lines.extend(about.map(|learning| elsewhere(line(other, learning), other)));
    }
    lines
}

/// Whether one of the paths of the branch is in the scope.
fn is_about(scope: &[String], facts: &Facts) -> bool {
    let paths = &facts.touched.paths;
    scope
        .iter()
        .any(|glob| paths.iter().any(|path| glob_matches_bytes(glob, path)))
}

/// The same line, said in another session.
fn elsewhere(mut line: Line, session: &Session) -> Line {
    line.provenance.place = Some(session.branch.to_string());
    line
}

/// What the pages of the project say: the first line of each section, then the second ones.
pub(super) fn pages(facts: &Facts) -> Vec<Line> {
    let mut lines = Vec::new();
    let sections = || {
        let pages = facts.pages.iter();
        pages.flat_map(|page| page.sections.iter().map(move |section| (page, section)))
    };
    let most = sections()
        .map(|(_, section)| section.lines.len())
        .max()
        .unwrap_or(0);
    for at in 0..most {
        for (page, section) in sections() {
            if let Some(text) = section.lines.get(at) {
                let text = text.strip_prefix("- ").unwrap_or(text);
                let text = format!("{}: {text}", section.name);
                let from = Provenance::in_file(page.path);
                lines.push(Line::new(Kind::Page, "", text, from));
            }
        }
    }
    lines
}

/// Context files next to the work, with their size; what they are for and their patterns where the reader has not
/// loaded them.
pub(super) fn files(facts: &Facts) -> Vec<Line> {
    let mut lines = Vec::new();
    for file in facts.near.iter().filter(|file| is_own_file(file)) {
        let known = facts.loaded.contains(&file.kind);
        let path = quote_path(&file.path).into_owned();
        let mut text = format!("{path}, {}", size(file.bytes));
        if known {
            text.push_str(", which you load yourself");
        } else if let Some(purpose) = &file.purpose {
            text = format!("{text}: {purpose}");
        }
        let from = Provenance::only(super::line::Source::Project);
        lines.push(Line::new(Kind::Context, "context:", text, from));
        if !known {
            let patterns = file.patterns.iter().take(3);
            lines.extend(patterns.map(|pattern| {
                Line::new(
                    Kind::Context,
                    "pattern:",
                    pattern,
                    Provenance::in_file(path.clone()),
                )
            }));
        }
    }
    lines
}

/// Whether the file is no page that is quoted already.
pub(super) const fn is_own_file(file: &NearContext) -> bool {
    !matches!(
        file.kind,
        ContextKind::Architecture | ContextKind::Conventions
    )
}

/// `812 bytes`, `3 KiB`
fn size(bytes: u64) -> String {
    if bytes < 1024 {
        format!("{bytes} bytes")
    } else {
        format!("{} KiB", bytes.div_ceil(1024))
    }
}
