//! `git session status`: one screen.

use anyhow::Result;

use super::Place;
use super::item::one_line;
use super::links::Links;
use super::status_checkpoint::Saved;
use super::status_commits::commits;
use super::status_json::StatusJson;
pub(super) use super::status_next::next;
use super::status_next::without_session;
use super::status_tree::parked;
pub(super) use super::status_tree::project_lines;
use crate::domain::describe::{name_of, plural};
use crate::domain::handle::{ItemKind, handle, names};
use crate::domain::session::{Blocker, ObjectiveState, Session, State};
use crate::domain::time::{format_duration, relative};
use crate::ops::ci;
use crate::ops::ctx::Ctx;
use crate::ops::sessions::{self, Here};
use crate::ops::status::{self, Asked};
use crate::ops::{fetched, metrics};
use crate::ui::{Format, Ui, style};

/// Where the session stands, on one screen
#[derive(clap::Args, Debug, Default)]
pub(super) struct Args {
    /// Only the objectives
    #[arg(long, conflicts_with_all = ["blockers", "short"])]
    objectives: bool,
    /// Only the blockers
    #[arg(long, conflicts_with = "short")]
    blockers: bool,
    /// One line
    #[arg(short, long)]
    short: bool,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let whole = ui.format() == Format::Json || !(args.short || args.objectives || args.blockers);
    // started first, read last
    let asked = whole.then(|| status::ask(&ctx)).transpose()?;
    let build = whole.then(|| ci::ask(&ctx));
    let here = sessions::here(&ctx)?;
    let loaded = match &here {
        Here::Session { id, .. } => Some(sessions::load(&ctx, id)?),
        Here::Unmapped(_) | Here::Detached => None,
    };
    if let Some(loaded) = &loaded {
        sources(ui, &ctx, loaded);
    } else {
        absence(ui, &ctx, &here);
    }
    super::status_ccmp::tell(ui, &ctx);
    let mut session = loaded.map(|loaded| loaded.session);
    let Some(asked) = asked else {
        return part(ui, &ctx, &here, session.as_ref(), args);
    };
    if let Some(session) = &mut session {
        metrics::mark_stale(&ctx, session);
    }
    if ui.format() == Format::Json {
        let project = asked.answer()?;
        let build = build.and_then(|build| build.answer(&ctx));
        return ui.json(
            "git-session/status/v1",
            &StatusJson::new(ui, &ctx, session.as_ref(), &project, build.as_ref())?,
        );
    }
    let Some(session) = session else {
        return nothing(ui, &ctx, &here, asked, build);
    };
    super::place::is_off(ui, &ctx);
    ui.screen(&screen(ui, &ctx, &session, asked, build)?)
}

/// Less than the whole screen: nothing that git has to be asked for.
fn part(ui: &Ui, ctx: &Ctx, here: &Here, session: Option<&Session>, args: &Args) -> Result<()> {
    let Some(session) = session else {
        return ui.answer(&no_session(here));
    };
    if args.short {
        return ui.answer(&short(ctx, session)?);
    }
    super::place::is_off(ui, ctx);
    let issues = Links::of(ui, ctx, session);
    let lines = if args.objectives {
        objectives(ui, session, &issues)
    } else {
        blockers_with(ctx, session, &issues)
    };
    ui.screen(&lines.join("\n"))
}

/// Which files and settings the answer came from.
pub(super) fn sources(ui: &Ui, ctx: &Ctx, loaded: &sessions::Loaded) {
    let session = &loaded.session;
    ui.detail(format!(
        "log      {}",
        ctx.store.log(&session.id).path().display()
    ));
    ui.detail(format!(
        "mapping  branch.{}.sessionId = {}",
        session.branch, session.id
    ));
    if !loaded.torn.is_empty() {
        let path = ctx.store.log(&session.id).path().display().to_string();
        ui.warn(match loaded.torn.len() {
            1 => format!("A line of {path} is no event and was skipped."),
            count => format!("{count} lines of {path} are no events and were skipped."),
        });
        ui.hint("git session doctor");
    }
    for id in loaded.fold.clashes() {
        ui.warn(format!(
            "Two different events have the id {id}; the own one counts, else the greater line."
        ));
    }
    if let Ok(lines) = ctx.store.hook_log().lines()
        && let Some(line) = lines.last()
    {
        ui.detail(format!("last line of hook.log: {line}"));
    }
}

/// Why there is no session.
fn absence(ui: &Ui, ctx: &Ctx, here: &Here) {
    match here {
        Here::Detached => ui.detail("HEAD is on no branch, and a session belongs to a branch."),
        Here::Unmapped(branch) => {
            ui.detail(format!(
                "The key branch.{branch}.sessionId is not set in git config."
            ));
            if let Ok(Some(session)) = sessions::newest_on_branch(ctx, branch, &[State::Ended]) {
                ui.detail(format!(
                    "The last session on {branch} ended: {}",
                    session.id
                ));
            }
        }
        Here::Session { .. } => {}
    }
    if !ctx.store.exists() {
        ui.detail(format!(
            "There are no sessions in {}",
            ctx.store.root().display()
        ));
    }
}

/// That there is none.
fn no_session(here: &Here) -> String {
    match here {
        Here::Unmapped(branch) => format!("No session on {}", style::title(branch.as_str())),
        _ => "No session: HEAD is on no branch".to_owned(),
    }
}

/// The session that another clone has on this branch.
fn elsewhere(ctx: &Ctx, here: &Here) -> Option<String> {
    let Here::Unmapped(branch) = here else {
        return None;
    };
    let known = fetched::open_on(ctx, branch).into_iter().next()?;
    let by = style::plain(name_of(&known.by));
    let when = relative(known.at, ctx.now());
    Some(format!(
        "{by} has a session on it in another clone, last active {when}"
    ))
}

/// Without a session: where HEAD is, and what to type.
fn nothing(ui: &Ui, ctx: &Ctx, here: &Here, asked: Asked, build: Option<ci::Asked>) -> Result<()> {
    if let Here::Unmapped(branch) = here
        && let Some(id) = ctx.repo.config()?.session_of(branch)
    {
        ui.warn(format!(
            "The log of {id}, the session of {branch}, is gone."
        ));
        ui.hint("git session doctor");
    }
    let mut lines = vec![no_session(here), String::new()];
    lines.extend(project_lines(&asked.answer()?));
    lines.extend(elsewhere(ctx, here));
    let build = build.and_then(|build| build.answer(ctx));
    let build = super::status_ci::lines(ctx, build.as_ref());
    lines.extend(build.iter().map(|line| format!("build: {line}")));
    lines.push(String::new());
    let next = without_session(ctx, here)?;
    lines.push(format!("Next: {}", style::accent(next)));
    ui.screen(&lines.join("\n"))
}

/// One line.
fn short(ctx: &Ctx, session: &Session) -> Result<String> {
    let (done, total) = session.progress();
    let current = session
        .current_objective()
        .map(|o| format!(" | {}", style::plain(one_line(&o.item.text))));
    let blockers = match session.open_blockers().count() {
        0 => String::new(),
        count => format!(" | {}", style::bad(plural(count, "blocker"))),
    };
    let due = Saved::new(ctx, session)?.short();
    Ok(format!(
        "{} {} | {done}/{total} | {}{blockers}{}{}",
        style::title(session.branch.as_str()),
        session.state.name(),
        active(ctx, session),
        current.unwrap_or_default(),
        due.unwrap_or_default()
    ))
}

/// Active time up to now.
pub(super) fn active(ctx: &Ctx, session: &Session) -> String {
    format_duration(sessions::active_seconds(ctx, session))
}

/// The whole screen.
fn screen(
    ui: &Ui,
    ctx: &Ctx,
    session: &Session,
    asked: Asked,
    build: Option<ci::Asked>,
) -> Result<String> {
    let commits = commits(ctx, session)?;
    let saved = Saved::new(ctx, session)?;
    let project = asked.answer()?;
    let mut lines = vec![head(ctx, session)];
    let section = |lines: &mut Vec<String>, title: String, body: Vec<String>| {
        if !body.is_empty() {
            lines.extend([String::new(), style::title(title).to_string()]);
            lines.extend(body.into_iter().map(|line| format!("  {line}")));
        }
    };
    let (done, total) = session.progress();
    let issues = Links::of(ui, ctx, session);
    section(
        &mut lines,
        format!("Objectives ({done} of {total} done)"),
        objectives(ui, session, &issues),
    );
    if session.open_blockers().next().is_some() {
        let blockers = blockers_with(ctx, session, &issues);
        section(&mut lines, "Blockers".to_owned(), blockers);
    }
    section(&mut lines, "Decisions".to_owned(), decisions(session));
    section(
        &mut lines,
        super::tdd_view::TITLE.to_owned(),
        super::tdd_view::lines(ui, ctx, session),
    );
    let quality = super::metrics::quality(ctx, session);
    section(&mut lines, "Quality".to_owned(), quality);
    let context = super::context_near::score(ctx);
    section(&mut lines, "Context".to_owned(), context);
    let build = build.and_then(|build| build.answer(ctx));
    let build = super::status_ci::lines(ctx, build.as_ref());
    section(&mut lines, "Build".to_owned(), build);
    let mut work_tree = project_lines(&project);
    work_tree.extend(parked(session));
    section(&mut lines, "Work tree".to_owned(), work_tree);
    section(&mut lines, "Commits".to_owned(), commits);
    section(&mut lines, "Checkpoint".to_owned(), saved.lines(ctx));
    section(
        &mut lines,
        "Sharing".to_owned(),
        super::sync_status::unshared(ctx)?,
    );
    lines.extend([
        String::new(),
        format!("Next: {}", style::accent(next(session, &project))),
    ]);
    Ok(lines.join("\n"))
}

/// Branch, state, time.
pub(super) fn head(ctx: &Ctx, session: &Session) -> String {
    let state = match session.state {
        State::Active => style::good(session.state.name()),
        _ => style::warn(session.state.name()),
    };
    let title = session
        .title
        .as_deref()
        .map(|title| format!("  {}", style::plain(one_line(title))))
        .unwrap_or_default();
    let mut first = format!(
        "Session on {}{title}",
        style::title(session.branch.as_str())
    );
    if session.tdd {
        first.push_str("  [tdd]");
    }
    format!(
        "{first}\n{state}, {} so far, started {} {}",
        active(ctx, session),
        relative(session.started_at, ctx.now()),
        style::dim(format!("({})", session.id))
    )
}

fn objectives(ui: &Ui, session: &Session, issues: &Links) -> Vec<String> {
    let wanted = session
        .objectives
        .iter()
        .filter(|o| o.state != ObjectiveState::Dropped);
    let lines: Vec<String> = wanted
        .map(|o| super::objectives::line_with(ui, session, o, issues))
        .collect();
    if lines.is_empty() {
        vec![style::dim("none yet").to_string()]
    } else {
        lines
    }
}

pub(super) fn blockers(ctx: &Ctx, session: &Session) -> Vec<String> {
    blockers_with(ctx, session, &Links::default())
}

/// The same with links.
fn blockers_with(ctx: &Ctx, session: &Session, issues: &Links) -> Vec<String> {
    let line = |blocker: &Blocker| {
        let name = names(session, ItemKind::Blocker, &blocker.item);
        let link = issues.behind(blocker.link.as_deref());
        let age = relative(blocker.item.at, ctx.now());
        format!(
            "{} {}{link} {}",
            style::bad("!"),
            issues.text(&one_line(&blocker.item.text), |text| style::plain(text)),
            style::dim(format!("({name}, {age})"))
        )
    };
    let lines: Vec<String> = session.open_blockers().map(line).collect();
    if lines.is_empty() {
        vec![style::dim("none").to_string()]
    } else {
        lines
    }
}

/// The newest three that hold.
fn decisions(session: &Session) -> Vec<String> {
    let holding = session
        .decisions
        .iter()
        .rev()
        .filter(|d| d.superseded_by.is_none());
    let line = |decision: &crate::domain::session::Decision| {
        let name = handle(session, ItemKind::Decision, &decision.item);
        format!(
            "{} {}",
            style::plain(one_line(&decision.item.text)),
            style::dim(format!("({name})"))
        )
    };
    holding.take(3).map(line).collect()
}
