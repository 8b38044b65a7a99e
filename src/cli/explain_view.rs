//! The answer of `explain` for people.

use super::explain_session;
use chrono::DateTime;

use crate::domain::describe::plural;
use crate::domain::path_text::quote_path;
use crate::git::Span;
use crate::ops::ctx::Ctx;
use crate::ops::explain::{Explained, Lineless, Share, Subject, shown};
use crate::ui::{Ui, style, text};

/// The most commits that are listed of one session, and of none.
pub(super) const MOST_LISTED: usize = 5;

/// So many columns of a line are shown.
const LONGEST_LINE: usize = 400;

/// The whole answer.
pub(super) fn screen(ui: &Ui, ctx: &Ctx, explained: &Explained) -> String {
    let mut lines = head(explained);
    let one = explained.commits.len() == 1 && explained.left_out.0 == 0;
    if one {
        lines.extend(commit(ui, &explained.commits[0]));
    }
    for account in &explained.accounts {
        lines.push(String::new());
        lines.extend(explain_session::session(ui, ctx, explained, account, one));
    }
    let plain: Vec<&Share> = explained.commits.iter().filter(|s| !s.known).collect();
    if one && !plain.is_empty() {
        lines.extend([
            String::new(),
            "No session is known to have made it.".to_owned(),
        ]);
    } else if !plain.is_empty() {
        let total: u64 = plain.iter().map(|share| share.lines()).sum();
        let title = match total {
            0 => "Without a session".to_owned(),
            total => format!("Without a session, {}", count(total)),
        };
        lines.extend([String::new(), style::title(title).to_string()]);
        lines.extend(listed(ui, &plain));
    }
    let (commits, left) = explained.left_out;
    if commits > 0 {
        let more = plural(commits, "more commit");
        lines.extend([
            String::new(),
            format!("{more}, {}, not looked at", count(left)),
        ]);
    }
    lines.join("\n")
}

/// `3 lines`
pub(super) fn count(lines: u64) -> String {
    plural(usize::try_from(lines).unwrap_or(usize::MAX), "line")
}

/// What was explained.
fn head(explained: &Explained) -> Vec<String> {
    let mut lines = Vec::new();
    match &explained.subject {
        Subject::Commit => {}
        Subject::Lines {
            path,
            asked,
            text,
            cut,
            missing,
        } => {
            let name = quote_path(path);
            let place = match asked {
                None => name.into_owned(),
                Some(span) => format!("{name}:{}", numbers(*span)),
            };
            let mut line = style::accent(place).to_string();
            if let Some(said) = text {
                let shown = text::truncate(said.trim_end(), LONGEST_LINE);
                let more = if *cut && !shown.ends_with("...") {
                    "..."
                } else {
                    ""
                };
                line = format!("{line} {}{more}", style::plain(shown));
            }
            lines.push(line);
            if *missing {
                lines.push("not in the work tree, so this is of HEAD".to_owned());
            }
            let blamed: u64 = explained.commits.iter().map(Share::lines).sum();
            if asked.is_none_or(|span| span.count() > 1) && blamed > 0 {
                let commits = explained.commits.len() + explained.left_out.0;
                let commits = plural(commits, "commit");
                let sessions = match explained.accounts.len() {
                    0 => String::new(),
                    sessions => format!(", {}", plural(sessions, "session")),
                };
                let all = count(blamed + explained.left_out.1);
                lines.push(format!("{all} by {commits}{sessions}"));
            }
        }
        Subject::Path { path, why, more } => {
            let name = shown(path);
            let what = match why {
                Lineless::Deleted => "deleted: the last commits that touched it",
                Lineless::Binary => "binary: the commits that touched it",
                Lineless::Empty => "empty: the commits that touched it",
                Lineless::Submodule => "a submodule: the commits that moved it",
                Lineless::Directory => "a directory: the commits that touched it",
                Lineless::Partial => "older contents are not here: the commits that touched it",
            };
            let most = explained.commits.len();
            let more = if *more {
                format!(", the newest {most}")
            } else {
                String::new()
            };
            lines.push(format!("{} {what}{more}", style::accent(name)));
        }
    }
    let none: u64 = explained.uncommitted.iter().map(|span| span.count()).sum();
    if none > 0 {
        let spans = spans(&explained.uncommitted);
        let said = match none {
            1 if explained.commits.is_empty() => "not committed yet".to_owned(),
            _ => format!("not committed yet: {spans}"),
        };
        lines.push(style::warn(said).to_string());
    }
    lines
}

/// `3` or `3-5`
fn numbers(Span { first, last }: Span) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    }
}

/// `line 3`, `lines 1-5, 9 and 3 more places`
fn spans(all: &[Span]) -> String {
    let shown: Vec<String> = all.iter().take(4).map(|span| numbers(*span)).collect();
    let noun = match all {
        [Span { first, last }] if first == last => "line",
        _ => "lines",
    };
    let more = all.len() - shown.len();
    let more = match more {
        0 => String::new(),
        more => format!(" and {}", plural(more, "more place")),
    };
    format!("{noun} {}{more}", shown.join(", "))
}

/// A commit by itself.
fn commit(ui: &Ui, share: &Share) -> Vec<String> {
    let commit = &share.commit;
    let id = format!("commit {}", commit.id.short());
    let written = DateTime::from_timestamp(commit.author.seconds, 0).unwrap_or_default();
    let mut lines = vec![
        format!("{} {}", style::handle(id), style::title(&share.subject)),
        format!(
            "{}, {}",
            style::plain(commit.author.to_string()),
            ui.date(written)
        ),
    ];
    lines.extend(aside(share).map(|aside| style::dim(aside).to_string()));
    lines
}

/// What is odd about the lines of a commit.
fn aside(share: &Share) -> Option<String> {
    let mut said = Vec::new();
    if let Some(path) = &share.path {
        said.push(format!("the file was {} then", quote_path(path)));
    }
    if share.border && !share.spans.is_empty() {
        said.push("or older: history ends here".to_owned());
    }
    (!said.is_empty()).then(|| said.join("; "))
}

/// Commits in a list: `a1b2c3d Subject (3 lines, 2026-11-20)`.
pub(super) fn listed(ui: &Ui, shares: &[&Share]) -> Vec<String> {
    let line = |share: &&Share| {
        let commit = &share.commit;
        let written = DateTime::from_timestamp(commit.author.seconds, 0).unwrap_or_default();
        let mut said = Vec::new();
        if !share.spans.is_empty() {
            said.push(spans(&share.spans));
        }
        said.push(ui.date(written));
        said.extend(aside(share));
        format!(
            "  {} {} {}",
            style::handle(commit.id.short()),
            style::plain(&share.subject),
            style::dim(format!("({})", said.join(", ")))
        )
    };
    let mut lines: Vec<String> = shares.iter().take(MOST_LISTED).map(line).collect();
    if shares.len() > MOST_LISTED {
        let more = plural(shares.len() - MOST_LISTED, "more commit");
        lines.push(format!("  {}", style::dim(more)));
    }
    lines
}
