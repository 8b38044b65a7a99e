//! What `git session status` says of the build.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::ci::Verdict;
use crate::domain::time::relative;
use crate::ops::ci::CiStatus;
use crate::ops::ctx::Ctx;
use crate::ui::link::link;
use crate::ui::style;

/// How the build went, in JSON.
#[derive(Serialize)]
pub(super) struct CiJson<'a> {
    state: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    at: DateTime<Utc>,
    from: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_commit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<&'a str>,
}

impl<'a> CiJson<'a> {
    /// The same in JSON.
    pub(super) fn new(status: &'a CiStatus) -> Self {
        Self {
            state: status.state.name(),
            text: &status.text,
            url: status.url.as_deref(),
            at: status.at,
            from: status.from.name(),
            other_commit: status.other_commit.as_deref(),
            trouble: status.trouble.as_deref(),
        }
    }
}

/// How the build went, on one line; nothing where nobody says.
pub(super) fn lines(ctx: &Ctx, status: Option<&CiStatus>) -> Vec<String> {
    let Some(status) = status else {
        return Vec::new();
    };
    let word = match status.state {
        Verdict::Passed => style::good(status.state.name()),
        Verdict::Failed => style::bad(status.state.name()),
        Verdict::Running => style::warn(status.state.name()),
        Verdict::Unknown => style::plain(status.state.name()),
    };
    let word = match &status.url {
        Some(url) => link(&word, url),
        None => word.to_string(),
    };
    let text = match status.text.as_str() {
        "" => String::new(),
        text => format!(": {}", style::plain(text)),
    };
    let mut notes = vec![format!(
        "{}, {}",
        status.from.name(),
        relative(status.at, ctx.now())
    )];
    if let Some(commit) = &status.other_commit {
        let short: String = commit.chars().take(7).collect();
        notes.push(format!("of {short}, not of HEAD"));
    }
    notes.extend(status.trouble.clone());
    vec![format!(
        "{word}{text} {}",
        style::dim(format!("({})", notes.join("; ")))
    )]
}
