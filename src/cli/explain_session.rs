//! What `git session explain` says of the session that made commits: what they were for, what was decided, where that is
//! known from.

use std::collections::HashSet;

use chrono::{DateTime, Local, Utc};

use super::explain_view::{count, listed};
use crate::domain::account::{Aim, Move, Ruling, Solved, Way, greater};
use crate::domain::body::{FOLLOWED, Mark};
use crate::domain::session::{ObjectiveState, State};
use crate::domain::time::{format_duration, relative};
use crate::ops::ctx::Ctx;
use crate::ops::explain::{Account, Deed, Explained, Facts, Share, Source};
use crate::ui::{Ui, style, text};

/// What never leaves the machine.
const PRIVATE: &str = "private";

/// What one session says.
pub(super) fn session(
    ui: &Ui,
    ctx: &Ctx,
    explained: &Explained,
    account: &Account,
    one: bool,
) -> Vec<String> {
    let mut title = match &account.branch {
        Some(branch) => format!("Session on {}", style::title(branch)),
        None => "Session".to_owned(),
    };
    if let Some(name) = account.facts.as_ref().and_then(|f| f.title.as_deref()) {
        title = format!("{title}  {}", style::plain(name));
    }
    title = format!("{title} {}", style::dim(format!("({})", account.session)));
    if !one && account.lines > 0 {
        title = format!("{title}, {}", count(account.lines));
    }
    let mut lines = vec![title];
    lines.extend(
        account
            .facts
            .as_ref()
            .map(|f| format!("  {}", who(ui, ctx, f))),
    );
    if !one {
        let deeds = account.deeds.iter();
        let shares: Vec<&Share> = deeds.map(|deed| &explained.commits[deed.commit]).collect();
        lines.extend(listed(ui, &shares));
    }
    lines.extend(aims(ui, &account.deeds));
    for decision in decisions(&account.deeds) {
        lines.extend(ruling("decided", decision));
    }
    for solved in account.deeds.iter().flat_map(|deed| &deed.solved) {
        lines.push(blocker(solved));
    }
    for decision in &account.in_force {
        lines.extend(ruling("in force", decision));
    }
    if one {
        let impact = account.deeds.iter().flat_map(|deed| &deed.impact);
        lines.extend(impact.map(|line| format!("  {}", style::plain(line))));
    }
    let time: u64 = account.deeds.iter().map(|deed| deed.time).sum();
    if time > 0 {
        lines.push(format!("  time {}", format_duration(time)));
    }
    for merged in account.deeds.iter().flat_map(|deed| &deed.merged) {
        lines.push(format!("  brought in {}", style::dim(merged.as_str())));
    }
    lines.extend(moves(explained, &account.deeds, one));
    lines.extend(
        account
            .facts
            .as_ref()
            .map_or_else(Vec::new, |f| others(ui, f)),
    );
    lines.push(format!(
        "  {}",
        style::dim(format!("from {}", sources(account)))
    ));
    if account.facts.is_none() {
        // without its log only git can tell which commits are of the same session
        let grep = format!("git log --grep='^Session-Id: {}$'", account.session);
        lines.push(format!(
            "  {}",
            style::dim(format!("its other commits: {grep}"))
        ));
    }
    lines
}

/// Who began it, when, and where it stands.
fn who(ui: &Ui, ctx: &Ctx, facts: &Facts) -> String {
    let now = ctx.now().with_timezone(&Local);
    let ago = |at: DateTime<Utc>| relative(at, now);
    let stands = match (facts.state, facts.ended_at) {
        (State::Ended, Some(at)) => format!("ended {}", ago(at)),
        (state, _) => state.name().to_owned(),
    };
    let by = &facts.by;
    let start = facts.started_at;
    style::plain(format!("{by}, started {}, {stands}", ui.date(start))).to_string()
}

/// The objectives of the commits, each once with its greatest mark.
fn aims(ui: &Ui, deeds: &[Deed]) -> Vec<String> {
    let mut all: Vec<Aim> = Vec::new();
    for aim in deeds.iter().flat_map(|deed| &deed.aims) {
        let same = |known: &&mut Aim| (&known.handle, &known.text) == (&aim.handle, &aim.text);
        match all.iter_mut().find(same) {
            Some(known) => known.mark = greater(known.mark, aim.mark),
            None => all.push(aim.clone()),
        }
    }
    let line = |aim: &Aim| {
        let mark = match aim.mark {
            Some(Mark::Done) => style::good(ui.mark(text::Mark::Done)),
            Some(Mark::Current) => style::accent(ui.mark(text::Mark::Active)),
            Some(Mark::Next) => style::plain(ui.mark(text::Mark::Open)),
            None => style::plain("-"),
        };
        let since = match (aim.mark, aim.state) {
            (Some(Mark::Done), _) => None,
            (_, Some(ObjectiveState::Completed)) => Some("completed since"),
            (_, Some(ObjectiveState::Dropped)) => Some("dropped since"),
            _ => None,
        };
        let private = aim.private.then_some(PRIVATE);
        let handle = aim.handle.as_deref().into_iter();
        let about: Vec<&str> = handle.chain(since).chain(private).collect();
        format!(
            "  {mark} {}{}",
            style::plain(&aim.text),
            parenthesis(&about)
        )
    };
    all.iter().map(line).collect()
}

/// ` (dec-k3f9, about src/**)`; nothing when there is nothing to say.
fn parenthesis(said: &[&str]) -> String {
    if said.is_empty() {
        return String::new();
    }
    format!(" {}", style::dim(format!("({})", said.join(", "))))
}

/// The decisions of the commits, each once.
fn decisions(deeds: &[Deed]) -> Vec<&Ruling> {
    let mut all: Vec<&Ruling> = Vec::new();
    for ruling in deeds.iter().flat_map(|deed| &deed.decisions) {
        if !all.contains(&ruling) {
            all.push(ruling);
        }
    }
    all
}

/// A decision, why, and what became of it.
fn ruling(word: &str, ruling: &Ruling) -> Vec<String> {
    let scope = match ruling.scope.as_slice() {
        [] => None,
        scope => Some(format!("about {}", scope.join(" "))),
    };
    let about: Vec<&str> = ruling
        .handle
        .as_deref()
        .into_iter()
        .chain(scope.as_deref())
        .chain(ruling.private.then_some(PRIVATE))
        .collect();
    let mut lines = vec![format!(
        "  {word:<9} {}{}",
        style::plain(&ruling.text),
        parenthesis(&about)
    )];
    let indent = " ".repeat(12);
    let rationale = ruling.rationale.as_ref();
    lines.extend(rationale.map(|why| format!("{indent}{}", style::dim(why))));
    if let Some(next) = &ruling.superseded {
        let text = next.text.as_deref().map(|text| format!(" {text}"));
        let said = format!("superseded by {}{}", next.handle, text.unwrap_or_default());
        let private = next.private.then_some(PRIVATE);
        let private = parenthesis(private.as_slice());
        lines.push(format!("{indent}{}{private}", style::warn(said)));
    }
    lines
}

fn blocker(solved: &Solved) -> String {
    let private = solved.private.then_some(PRIVATE);
    let about: Vec<&str> = [solved.handle.as_str()]
        .into_iter()
        .chain(private)
        .collect();
    let how = solved.resolution.as_deref().map(|how| format!(": {how}"));
    format!(
        "  resolved  {}{}{}",
        style::plain(&solved.text),
        style::plain(how.unwrap_or_default()),
        parenthesis(&about)
    )
}

/// Where the commits came from, and what became of them.
fn moves(explained: &Explained, deeds: &[Deed], one: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for deed in deeds {
        let share = &explained.commits[deed.commit];
        let of = if one {
            String::new()
        } else {
            format!("{} ", share.commit.id.short())
        };
        for (way, verb) in [(Way::From, "made from"), (Way::Into, "became")] {
            let all = deed.moves.iter().chain(&share.picked);
            let mut all: Vec<&Move> = all.filter(|moved| moved.way == way).collect();
            // a record and the message may say the same
            let mut seen = HashSet::new();
            all.retain(|moved| seen.insert(&moved.other));
            let Some(first) = all.first() else { continue };
            let ids: Vec<&str> = all.iter().map(|moved| &moved.other[..7]).collect();
            let shown = ids[..ids.len().min(4)].join(", ");
            let more = match ids.len().saturating_sub(4) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let how = how(first, all.len());
            lines.push(format!(
                "  {}",
                style::dim(format!("{of}{verb} {shown}{more} ({how})"))
            ));
        }
    }
    lines
}

/// What git did, for people.
fn how(moved: &Move, count: usize) -> &str {
    match (moved.how.as_str(), count) {
        (_, 2..) if moved.way == Way::From => "squashed",
        ("copied" | "picked", _) => "a copy",
        ("amend", _) => "amended",
        ("rebase", _) => "rebased",
        (FOLLOWED, _) => "rewritten",
        (other, _) => other,
    }
}

/// The other commits of the session.
fn others(ui: &Ui, facts: &Facts) -> Vec<String> {
    if facts.others_total == 0 {
        return Vec::new();
    }
    let title = match facts.others_total {
        1 => "its other commit".to_owned(),
        total => format!("its other commits, {total} in all"),
    };
    let mut lines = vec![format!("  {}", style::dim(title))];
    lines.extend(facts.others.iter().map(|other| {
        format!(
            "    {} {} {}",
            style::handle(other.commit.short()),
            style::plain(&other.subject),
            style::dim(format!("({})", ui.date(other.at)))
        )
    }));
    lines
}

/// `the log, a note, the trailers (3 commits squashed)`
fn sources(account: &Account) -> String {
    let all = || account.deeds.iter().flat_map(|deed| &deed.sources);
    let mut said = Vec::new();
    if all().any(|source| *source == Source::Fetched) {
        said.push("what another clone shared".to_owned());
    } else if account.facts.is_some() {
        said.push("the log".to_owned());
    }
    let notes = all().filter(|source| matches!(source, Source::Note(_)));
    match notes.count() {
        0 => {}
        1 => said.push("a note".to_owned()),
        notes => said.push(format!("{notes} notes")),
    }
    let runs = all().filter_map(|source| match source {
        Source::Trailers(runs) => Some(*runs),
        _ => None,
    });
    match runs.max() {
        None => {}
        Some(1) => said.push("trailers".to_owned()),
        Some(runs) => said.push(format!("trailers of {runs} commits squashed into one")),
    }
    said.join(", ")
}
