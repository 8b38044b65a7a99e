//! The brief that a branch switch shows: at most seven lines of plain text.

use chrono::{DateTime, Utc};

use super::context::Context;
use super::describe::plural;
use super::escape;
use super::session::State;
use super::time::{format_duration, relative};

/// What happened on the branch since this work tree left it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// When it left.
    pub left: DateTime<Utc>,
    /// Commits that came since; `None` when the old tip was not found behind the new one.
    pub commits: Option<usize>,
}

/// Longest text of an item on one line, in characters.
const WIDTH: usize = 72;

/// The brief, one string a line, no control characters. `active`: active seconds up to now.
pub fn brief(
    context: &Context,
    since: Option<&Since>,
    now: DateTime<Utc>,
    active: u64,
) -> Vec<String> {
    let mut lines = Vec::new();
    let title = context
        .title
        .as_deref()
        .map(|title| format!(" \"{}\"", short(title)))
        .unwrap_or_default();
    let state = if context.state == State::Active {
        ""
    } else {
        context.state.name()
    };
    let mut first = format!(
        "session {}{title}: {} active",
        short(context.branch.as_str()),
        format_duration(active)
    );
    if !state.is_empty() {
        first.push_str(", ");
        first.push_str(state);
    }
    lines.push(first);
    if context.total > 0 {
        lines.push(format!(
            "  objectives  {} of {} done",
            context.done, context.total
        ));
    }
    if let Some(current) = context.current() {
        lines.push(format!(
            "  current     {} ({})",
            short(&current.text),
            current.handle
        ));
    }
    if let Some(blocker) = context.blockers.first() {
        let more = match context.blockers.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        lines.push(format!(
            "  blocked by  {} ({}){more}",
            short(&blocker.text),
            blocker.handle
        ));
    }
    if let Some(decision) = context.decisions.last() {
        lines.push(format!(
            "  decided     {} ({})",
            short(&decision.text),
            decision.handle
        ));
    }
    if context.parked > 0 {
        lines.push("  parked work: git session resume".to_owned());
    }
    if let Some(since) = since {
        let when = relative(since.left, now);
        let what = match since.commits {
            Some(0) => "no new commits".to_owned(),
            Some(count) => plural(count, "new commit"),
            None => "the branch has other commits now".to_owned(),
        };
        lines.push(format!("  since       you left {when}: {what}"));
    }
    lines
}

/// One line of at most [`WIDTH`] characters, cut between words where there are any.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = escape::terminal(&line).into_owned();
    if line.chars().count() <= WIDTH {
        return line;
    }
    let cut: String = line.chars().take(WIDTH - 3).collect();
    let cut = match cut.rfind(' ') {
        Some(at) if at > cut.len() / 2 && !line[cut.len()..].starts_with(' ') => &cut[..at],
        _ => &cut,
    };
    format!("{}...", cut.trim_end())
}

#[cfg(test)]
mod tests;
