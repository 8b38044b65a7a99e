//! A brief that fits, as markdown that what was recorded cannot break: every line of it is one line, begins with a
//! mark of ours, and has no heading, tag, code span or fence in it.

use super::fit::Fitted;
use super::line::{Line, clip, words};
use super::{About, Brief, NOTICE};
use crate::domain::markdown::sealed;

/// What stands in a block about which nothing is known.
pub(super) const NOTHING: &str = "nothing recorded";

/// The most characters of a name in the second line.
const MOST_NAME: usize = 80;

/// The page.
pub fn markdown(fitted: &Fitted<'_>) -> String {
    let mut page = vec![NOTICE.to_owned()];
    page.extend(fitted.about.as_deref().map(sealed));
    for kept in &fitted.blocks {
        page.extend([String::new(), heading(kept.section.title())]);
        page.extend(kept.lines.iter().map(|line| of_line(line)));
        if kept.lines.is_empty() && kept.more.is_none() {
            page.push(bullet(NOTHING));
        }
        page.extend(
            kept.more
                .as_ref()
                .map(|more| bullet(&sealed(&more.to_string()))),
        );
    }
    page.extend(fitted.closing.as_ref().map(|closing| sealed(closing)));
    page.join("\n") + "\n"
}

/// `## What's next`
pub(super) fn heading(title: &str) -> String {
    format!("## {title}")
}

pub(super) fn bullet(text: &str) -> String {
    format!("- {text}")
}

/// One line with its provenance.
pub(super) fn of_line(line: &Line) -> String {
    let words = words(line);
    let mut text = String::from("-");
    let mut add = |piece: &str| {
        text.push(' ');
        text.push_str(piece);
    };
    if !words.lead.is_empty() {
        add(words.lead);
    }
    add(&sealed(&words.text));
    if let Some(reason) = &words.reason {
        add("--");
        add(&sealed(reason));
    }
    if !words.tail.is_empty() {
        add(&format!("({})", sealed(&words.tail)));
    }
    text
}

/// The second line: which session, and since when. Not yet made safe.
pub(super) fn about(brief: &Brief) -> String {
    let head = clip(&brief.head, MOST_NAME);
    match &brief.about {
        None => head,
        Some(about) => format!("{head}, {}", session(about)),
    }
}

fn session(about: &About) -> String {
    let day = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d");
    let title = about
        .title
        .as_deref()
        .map(|title| format!(", \"{}\"", clip(title, MOST_NAME)));
    format!(
        "session {}{}: {}, started {} by {}, last record {}",
        about.id,
        title.unwrap_or_default(),
        about.state,
        day(about.started_at),
        clip(&about.started_by, 40),
        day(about.last_at)
    )
}
