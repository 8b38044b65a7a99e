//! `git session search`: everything that is recorded, ranked.

use std::time::{Duration, Instant};

use anyhow::Result;
use chrono::{DateTime, Local, Utc};
use clap::ValueEnum;
use serde::Serialize;

use super::Place;
use crate::domain::describe::plural;
use crate::domain::id::SessionId;
use crate::domain::search::{Kind, Query, Snippet, snippet};
use crate::domain::shell::quoted;
use crate::domain::time::{parse_when, relative};
use crate::domain::{escape, glob};
use crate::error::Fault;
use crate::ops::ctx::Ctx;
use crate::ops::every;
use crate::ops::search::{self, Found, Hit, Search, Wanted};
use crate::ops::sessions;
use crate::ui::{Format, Ui, style};

/// Find what is recorded: objectives, blockers, decisions, learnings, notes, checkpoints, handoffs, commits
///
/// All words must occur, in any part of an item or, all but one, in title and branch of its session. Case and marks
/// on letters do not count. A quoted argument is a phrase. Exit status 1 when nothing was found.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Words and quoted phrases
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,
    /// Only these kinds; may be given several times or with commas
    #[arg(
        long = "kind",
        visible_alias = "kinds",
        value_name = "KIND",
        value_delimiter = ','
    )]
    kinds: Vec<Sort>,
    /// Only what is not older: 2026-11-20, yesterday, 2 weeks ago
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Only what is older
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Only in one session: its id, how that begins or ends, or a branch
    #[arg(long, value_name = "SESSION")]
    session: Option<String>,
    /// Only in sessions of branches that match: `feature/*`, `**`
    #[arg(long, value_name = "GLOB", value_parser = branch_glob)]
    branch: Option<String>,
    /// At most so many hits
    #[arg(short = 'n', long, value_name = "N", default_value = "20", value_parser = super::undo::number)]
    count: usize,
}

/// A [`Kind`] as clap reads it.
#[derive(Clone, Copy, Debug)]
struct Sort(Kind);

impl ValueEnum for Sort {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Sort; Kind::ALL.len()] = {
            let [a, b, c, d, e, f, g, h, i] = Kind::ALL;
            [
                Sort(a),
                Sort(b),
                Sort(c),
                Sort(d),
                Sort(e),
                Sort(f),
                Sort(g),
                Sort(h),
                Sort(i),
            ]
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        let name = clap::builder::PossibleValue::new(self.0.name());
        Some(name.alias(self.0.plural()))
    }
}

/// A glob that can match.
fn branch_glob(text: &str) -> Result<String, String> {
    glob::validate(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let query = Query::new(&args.text)
        .map_err(|none| Fault::usage(none.to_string()).hint("git session search <text>"))?;
    let ctx = place.open(ui)?;
    let session = args.session.as_deref();
    let wanted = Wanted {
        query,
        kinds: args.kinds.iter().map(|Sort(kind)| *kind).collect(),
        since: date(&ctx, args.since.as_deref())?,
        until: date(&ctx, args.until.as_deref())?,
        session: session
            .map(|name| sessions::named(&ctx, name))
            .transpose()?,
        branch: args.branch.as_deref(),
        count: args.count,
    };
    let mut told = Instant::now();
    let search = search::search(&ctx, &wanted, &mut |done, all| {
        if ctx.clock.since(told) >= Duration::from_secs(1) {
            told = Instant::now();
            ui.status(format!("Looked into {done} of {all} sessions."));
        }
    })?;
    ui.detail(format!(
        "logs     {} of {}",
        plural(search.sessions, "session"),
        ctx.store.root().display()
    ));
    match ui.format() {
        Format::Json => ui.json(
            "git-session/search/v1",
            &SearchJson::new(&wanted.query, &search),
        )?,
        Format::Text if search.hits.is_empty() => {}
        Format::Text => {
            let hits = search
                .hits
                .iter()
                .map(|hit| hit_text(ui, &ctx, &wanted.query, hit));
            ui.screen(&hits.collect::<Vec<_>>().join("\n"))?;
        }
    }
    let more = search.total - search.hits.len();
    if more > 0 {
        ui.status(format!(
            "{} not shown: git session search -n {}{} {}",
            plural(more, "hit"),
            search.total,
            filters(args),
            retyped(&args.text)
        ));
    }
    every::complete(&search.unreadable)?;
    if search.total == 0 {
        return Err(nothing(&wanted.query, args).into());
    }
    Ok(())
}

/// A date as it was typed.
fn date(ctx: &Ctx, typed: Option<&str>) -> Result<Option<DateTime<Utc>>> {
    let now = ctx.now().with_timezone(&Local);
    let read = |text: &str| parse_when(text, now);
    let date = typed.map(read).transpose();
    Ok(date.map_err(|bad| Fault::usage(bad.to_string()).hint("git session search -h"))?)
}

/// The words as a shell takes them.
fn retyped(text: &[String]) -> String {
    let words = text.iter().map(|word| quoted(word));
    words.collect::<Vec<_>>().join(" ")
}

/// What narrows the search, as a shell takes it, each with a space in front.
fn filters(args: &Args) -> String {
    let kinds: Vec<_> = args.kinds.iter().map(|Sort(kind)| kind.name()).collect();
    let kinds = (!kinds.is_empty()).then(|| kinds.join(","));
    let given = [
        ("kind", kinds.as_ref()),
        ("since", args.since.as_ref()),
        ("until", args.until.as_ref()),
        ("session", args.session.as_ref()),
        ("branch", args.branch.as_ref()),
    ];
    let given = given
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    let mut options = String::new();
    for (name, value) in given {
        options.push_str(" --");
        options.push_str(name);
        options.push(' ');
        options.push_str(&quoted(value));
    }
    options
}

/// Nothing was found: for a script that is an answer, so it has an exit status.
fn nothing(query: &Query, args: &Args) -> Fault {
    let text = args.text.join(" ");
    let text = escape::terminal(&text);
    if !filters(args).is_empty() {
        return Fault::user(format!("nothing that was looked through says `{text}`"))
            .hint(format!("git session search {}", retyped(&args.text)));
    }
    let fault = Fault::user(format!("nothing that is recorded says `{text}`"));
    if query.has_phrase() {
        let words: Vec<_> = query.terms().iter().flat_map(|t| t.split(' ')).collect();
        let words = words.iter().map(|word| quoted(word)).collect::<Vec<_>>();
        return fault.hint(format!("git session search {}", words.join(" ")));
    }
    match query.terms() {
        [_] => fault.hint("git session list --all"),
        [first, ..] => fault.hint(format!("git session search {}", quoted(first))),
        [] => fault,
    }
}

/// Columns that stand left of a snippet.
const INDENT: usize = 4;

/// One hit: its name and text, the parts that have a term, where it comes from.
fn hit_text(ui: &Ui, ctx: &Ctx, query: &Query, hit: &Hit) -> String {
    let columns = ui.text_width();
    let mut head = style::handle(&hit.handle).to_string();
    if hit.kind != Kind::Handoff {
        head = format!("{head} {}", style::dim(hit.kind.name()));
    }
    if let Some(state) = hit.state {
        let state = format!("({state})");
        let state = if hit.is_past {
            style::warn(state)
        } else {
            style::dim(state)
        };
        head = format!("{head} {state}");
    }
    let mut lines = vec![head];
    let others = hit.found.iter().filter(|found| **found != hit.title);
    lines.push(part(query, &hit.title, None, columns));
    // what the title says already, or more than this, would hide the next hit
    let most = if query.is_in(&hit.title.text) { 0 } else { 2 };
    for found in others.take(most) {
        lines.push(part(query, found, Some(found.name), columns));
    }
    let by = hit.by.split(" <").next().unwrap_or(&hit.by);
    let now = ctx.now().with_timezone(&Local);
    let mut from = format!(
        "{}, {} ({}), {by}",
        hit.branch,
        ui.date(hit.at),
        relative(hit.at, now),
    );
    if hit.private {
        from.push_str(", private");
    }
    if !hit.is_own {
        from.push_str(", from another clone");
    }
    if hit.kind != Kind::Session {
        from = format!("{from} ({})", hit.session);
    }
    lines.push(format!("    {}", style::dim(from)));
    lines.join("\n")
}

/// A part of a hit in one line, the terms in colour.
fn part(query: &Query, found: &Found, name: Option<&str>, columns: usize) -> String {
    let name = name.map_or_else(String::new, |name| format!("{name}: "));
    let room = columns.saturating_sub(INDENT + name.len() + 6).max(20);
    let snippet = snippet(query, &found.text, room);
    format!("    {}{}", style::dim(name), colored(&snippet))
}

/// The line with its terms in colour.
fn colored(snippet: &Snippet) -> String {
    let mut out = String::new();
    if snippet.starts_late {
        out.push_str("...");
    }
    let mut from = 0;
    for place in &snippet.places {
        out.push_str(&style::plain(&snippet.text[from..place.start]).to_string());
        out.push_str(&style::bad(&snippet.text[place.clone()]).to_string());
        from = place.end;
    }
    out.push_str(&style::plain(&snippet.text[from..]).to_string());
    if snippet.ends_early {
        out.push_str("...");
    }
    out
}

#[derive(Serialize)]
struct SearchJson<'a> {
    terms: &'a [String],
    total: usize,
    hits: Vec<HitJson<'a>>,
    unreadable: Vec<&'a str>,
}

#[derive(Serialize)]
struct HitJson<'a> {
    score: u64,
    kind: &'static str,
    handle: &'a str,
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    text: &'a str,
    found: Vec<FoundJson<'a>>,
    session: &'a str,
    branch: &'a str,
    at: DateTime<Utc>,
    by: &'a str,
    origin: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    private: bool,
}

#[derive(Serialize)]
struct FoundJson<'a> {
    field: &'static str,
    text: &'a str,
}

impl<'a> SearchJson<'a> {
    fn new(query: &'a Query, search: &'a Search) -> Self {
        Self {
            terms: query.terms(),
            total: search.total,
            hits: search.hits.iter().map(HitJson::new).collect(),
            unreadable: search.unreadable.iter().map(SessionId::as_str).collect(),
        }
    }
}

impl<'a> HitJson<'a> {
    fn new(hit: &'a Hit) -> Self {
        let found = hit.found.iter().map(|found| FoundJson {
            field: found.name,
            text: &found.text,
        });
        Self {
            score: hit.score,
            kind: hit.kind.name(),
            handle: &hit.handle,
            id: &hit.id,
            state: hit.state,
            text: &hit.title.text,
            found: found.collect(),
            session: hit.session.as_str(),
            branch: &hit.branch,
            at: hit.at,
            by: &hit.by,
            origin: if hit.is_own { "own" } else { "fetched" },
            private: hit.private,
        }
    }
}
