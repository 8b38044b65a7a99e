//! *What's done*: what was reached, what happened since you left, what no commit has yet.

use super::Block;
use super::build::Source;
use super::building::objective_line;
use super::facts::{Away, CommitLine, Facts, Since, WorkTree};
use super::line::Source as From;
use super::line::{Kind, Line, Provenance};
use super::section::Section;
use crate::domain::describe::plural;
use crate::domain::path_text::quote_path;
use crate::domain::session::{Commit, Objective, ObjectiveState, Session};

/// So many paths of one kind are named.
const NAMED: usize = 20;

/// So many commits are named that have not come yet.
const AWAITED: usize = 10;

/// So many authors are named.
const AUTHORS: usize = 4;

pub(super) fn block(source: &Source<'_>) -> Block {
    let mut block = Block::new(Section::Done);
    let (session, facts) = (source.session, source.facts);
    if let Some(since) = &facts.since {
        block.part(commits_since(since, session));
        block.part(files_since(since));
    }
    block.part(completed(source));
    block.part(accomplished(session));
    block.part(facts.work_tree.as_ref().map(work_tree).unwrap_or_default());
    block.part(awaited(session, facts));
    block.part(commits(facts));
    block
}

/// What was reached, the last one first.
fn completed(source: &Source<'_>) -> Vec<Line> {
    let done = source.session.objectives.iter();
    let mut done: Vec<&Objective> = done
        .filter(|o| o.state == ObjectiveState::Completed)
        .collect();
    done.sort_by(|a, b| (b.state_n, &b.item.id).cmp(&(a.state_n, &a.item.id)));
    let line = |objective: &Objective| {
        objective_line(source.all, objective, Provenance::told(&objective.state_by))
    };
    source.listed(done, "objectives", line)
}

/// What who handed over last has reached.
fn accomplished(session: &Session) -> Vec<Line> {
    let Some(last) = session.handoffs.last() else {
        return Vec::new();
    };
    let line = |text: &String| {
        let from = Provenance::said(&last.by, last.at, &last.log);
        let mut line = Line::new(Kind::Accomplished, "accomplished:", text, from);
        line.private = last.what.private;
        line
    };
    last.what.accomplished.iter().map(line).collect()
}

/// `3 commits since you left on 2026-11-19: 2 by Bob, 1 by Ada`, then the newest of them.
fn commits_since(since: &Since, session: &Session) -> Vec<Line> {
    let away = match since.away {
        Away::Left => "since you left",
        Away::Ended => "since the session ended",
    };
    let away = format!(
        "{away} on {} at {}",
        since.at.format("%Y-%m-%d"),
        since.head.short()
    );
    let mut text = match since.commits {
        None => format!("{away}: that commit is not in this repository any more"),
        Some(0) => format!("no commits {away}"),
        Some(count) => {
            let or_more = if since.more { " or more" } else { "" };
            format!(
                "{}{or_more} {away}: {}",
                plural(count, "commit"),
                by_whom(since)
            )
        }
    };
    if since.gone > 0 {
        let were = if since.gone == 1 {
            "commit is"
        } else {
            "commits are"
        };
        text = format!("{text}; {} {were} not on the branch any more", since.gone);
    }
    let mut lines = vec![Line::new(
        Kind::Commits,
        "",
        text,
        Provenance::only(From::Git),
    )];
    lines.extend(since.newest.iter().map(commit));
    let shown = since.newest.len();
    let count = since.commits.unwrap_or(0);
    if count > shown {
        let command = format!("git log {}..{}", since.head.short(), session.branch);
        lines.push(rest(Kind::Commits, count - shown, &command));
    }
    lines
}

/// `2 by Bob, 1 by Ada`
fn by_whom(since: &Since) -> String {
    let named = since.authors.iter().take(AUTHORS);
    let mut parts: Vec<String> = named
        .map(|(name, count)| format!("{count} by {}", super::line::clip(name, 40)))
        .collect();
    let others: usize = since
        .authors
        .iter()
        .skip(AUTHORS)
        .map(|(_, count)| count)
        .sum();
    if others > 0 {
        parts.push(format!("{others} by others"));
    }
    parts.join(", ")
}

fn files_since(since: &Since) -> Vec<Line> {
    let files = &since.files;
    let count = files.paths.len();
    if count == 0 {
        return Vec::new();
    }
    let or_more = if files.more { " or more" } else { "" };
    let verb = if count == 1 { "differs" } else { "differ" };
    let text = format!("{}{or_more} {verb} from then", plural(count, "file"));
    let mut lines = vec![Line::new(
        Kind::Files,
        "",
        text,
        Provenance::only(From::Git),
    )];
    lines.extend(
        files
            .paths
            .iter()
            .take(NAMED)
            .map(|path| file("changed:", path)),
    );
    if count > NAMED {
        let command = format!("git diff --stat {}", since.head.short());
        lines.push(rest(Kind::Files, count - NAMED, &command));
    }
    lines
}

/// Counts, then the paths: in conflict, staged, changed, untracked.
pub(super) fn work_tree(tree: &WorkTree) -> Vec<Line> {
    let kinds = [
        ("in conflict", "in conflict:", &tree.conflicts),
        ("staged", "staged:", &tree.staged),
        ("changed", "changed:", &tree.changed),
        ("untracked", "untracked:", &tree.untracked),
    ];
    let there = || kinds.iter().filter(|(_, _, paths)| paths.count > 0);
    let counts: Vec<String> = there()
        .map(|(what, _, paths)| format!("{} {what}", paths.count))
        .collect();
    let text = match counts.as_slice() {
        [] => "clean".to_owned(),
        counts => counts.join(", "),
    };
    let mut lines = vec![Line::new(
        Kind::WorkTree,
        "work tree:",
        text,
        Provenance::only(From::Git),
    )];
    let paths =
        there().flat_map(|(_, lead, paths)| paths.first.iter().map(|path| file(lead, path)));
    lines.extend(paths.take(NAMED));
    let count: usize = kinds.iter().map(|(_, _, paths)| paths.count).sum();
    let shown = lines.len() - 1;
    if count > shown {
        lines.push(rest(Kind::WorkTree, count - shown, "git status"));
    }
    lines
}

/// The newest commits of the session that were not named yet.
pub(super) fn commits(facts: &Facts) -> Vec<Line> {
    let named = facts.since.as_ref().map_or(&[][..], |since| &since.newest);
    let new = facts
        .commits
        .iter()
        .filter(|commit| named.iter().all(|known| known.id != commit.id));
    new.map(commit).collect()
}

/// The newest commits that other clones have, as they were recorded there.
fn awaited(session: &Session, facts: &Facts) -> Vec<Line> {
    let newest = session.commits.iter().rev();
    let away = newest.filter(|commit| facts.awaited.contains(&commit.record.commit));
    let line = |commit: &Commit| {
        let record = &commit.record;
        let from = Provenance::said(&record.author, commit.at, &commit.log);
        let line = Line::new(Kind::Commit, "commit:", &record.subject, from);
        line.named(record.commit.short())
            .because(Some("not here yet"))
    };
    away.take(AWAITED).map(line).collect()
}

fn commit(commit: &CommitLine) -> Line {
    let from = Provenance::git(&commit.author, commit.at);
    Line::new(Kind::Commit, "commit:", &commit.subject, from).named(commit.id.short())
}

fn file(lead: &'static str, path: &[u8]) -> Line {
    Line::new(
        Kind::File,
        lead,
        quote_path(path),
        Provenance::only(From::Git),
    )
}

/// What is not listed, and the command that lists it.
pub(super) fn rest(kind: Kind, count: usize, command: &str) -> Line {
    Line::computed(kind, "…", format!("{count} more: {command}"))
}
