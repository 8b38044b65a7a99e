//! `git session resume`: the session goes on, and says where it stands.

use anyhow::Result;
use serde::Serialize;

use super::Place;
use super::checkpoint_view::paths_in_short;
use super::context_near::{Loaded, NearJson};
use super::switch::{ReturnJson, came_back, left_behind};
use crate::domain::describe::{name_of, plural};
use crate::domain::path_text::quote_path;
use crate::domain::session::{Session, State};
use crate::domain::time::relative;
use crate::ops::ctx::Ctx;
use crate::ops::park::Conflicts;
use crate::ops::resume::{Meanwhile, Resumed, resume};
use crate::ops::{sessions, status};
use crate::ui::{Format, Ui, style};

/// Go on with the session of a branch
///
/// Switches to the branch if needed, as `git session switch` does, and brings parked work back. A session that
/// was ended is open again.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The branch; the current one when left out
    branch: Option<String>,
    /// Bring parked work back also where it conflicts: git leaves its markers in the files
    #[arg(long)]
    merge: bool,
}

#[derive(Serialize)]
struct ResumeJson<'a> {
    session: &'a str,
    branch: &'a str,
    state: &'static str,
    was: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<crate::domain::body::Progress>,
    objectives_done: usize,
    objectives_total: usize,
    learnings: usize,
    active_seconds: u64,
    parked: ReturnJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    meanwhile: Option<MeanwhileJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_over: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unreadable: Option<&'a str>,
    brief: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    context: Vec<NearJson>,
    next: String,
}

#[derive(Serialize)]
struct MeanwhileJson<'a> {
    left: chrono::DateTime<chrono::Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commits: Option<usize>,
    authors: Vec<AuthorJson<'a>>,
    files: Vec<String>,
}

#[derive(Serialize)]
struct AuthorJson<'a> {
    name: &'a str,
    commits: usize,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open_without_checkpoint(ui)?;
    let conflicts = if args.merge {
        Conflicts::Mark
    } else {
        Conflicts::Wait
    };
    let resumed = resume(&ctx, args.branch.as_deref(), conflicts)?;
    let ctx = Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    let session = &resumed.session;
    let next = super::status::next(session, &status::project(&ctx)?);
    let context = Loaded::of(&ctx, session);
    if ui.format() == Format::Json {
        let json = json(&ctx, &resumed, next, context.json());
        return ui.json("git-session/resume/v1", &json);
    }
    if let Some((old, reason)) = &resumed.unreadable {
        ui.warn(format!(
            "The session {old} cannot be read, so a fresh one takes its place: {reason}"
        ));
        ui.hint("git session doctor");
    } else if let Some(by) = &resumed.taken_over {
        let (by, branch) = (style::plain(name_of(by)), &session.branch);
        let was = match resumed.was {
            State::Ended | State::Archived => format!("was {} and ", resumed.was.name()),
            _ => String::new(),
        };
        ui.status(format!(
            "The session of {by} on {branch} {was}goes on here."
        ));
        for line in resumed.hooks.iter().flat_map(super::hooks::sentences) {
            ui.status(line);
        }
    } else {
        match resumed.was {
            State::Active => ui.status(format!("The session on {} was open.", session.branch)),
            was => ui.status(format!(
                "The session on {} was {} and goes on.",
                session.branch,
                was.name()
            )),
        }
    }
    if let Some(gone) = &resumed.gone {
        left_behind(ui, &gone.left);
    }
    came_back(ui, &ctx, &resumed.returned);
    context.warn(ui);
    ui.screen(&report(&ctx, &resumed, &context, &next))
}

/// What is restored, what happened, the brief, what to do next.
fn report(ctx: &Ctx, resumed: &Resumed, context: &Loaded, next: &str) -> String {
    let session = &resumed.session;
    let mut lines = vec![style::title("Session restored:").to_string()];
    if let Some(phase) = phase(session) {
        lines.push(format!("  Phase: {}", style::plain(phase)));
    }
    if let Some(progress) = progress(session) {
        lines.push(format!("  Progress: {progress}"));
    }
    match learnings(session) {
        0 => {}
        count => lines.push(format!("  Learnings captured: {count}")),
    }
    lines.push(String::new());
    if let Some(meanwhile) = &resumed.meanwhile {
        lines.extend(since(ctx, meanwhile));
    }
    let brief = resumed.brief.iter();
    lines.extend(brief.map(|line| style::plain(line).to_string()));
    lines.extend(context.lines());
    lines.extend([String::new(), format!("Next: {}", style::accent(next))]);
    lines.join("\n")
}

/// What happened since this work tree left the branch.
fn since(ctx: &Ctx, meanwhile: &Meanwhile) -> Vec<String> {
    let when = relative(meanwhile.since.left, ctx.now());
    let what = match meanwhile.since.commits {
        Some(0) => "no new commits".to_owned(),
        Some(count) => plural(count, "new commit"),
        None => "the branch has other commits now".to_owned(),
    };
    let mut lines = vec![format!("Since you left {when}: {what}")];
    for (id, author, subject) in &meanwhile.newest {
        lines.push(format!(
            "  {} {} {}",
            style::handle(id.short()),
            style::plain(subject),
            style::dim(format!("({author})"))
        ));
    }
    let all: usize = meanwhile.authors.iter().map(|(_, count)| count).sum();
    if all > meanwhile.newest.len() {
        let authors = meanwhile
            .authors
            .iter()
            .map(|(name, count)| format!("{} ({count})", style::plain(name)));
        lines.push(format!("  by {}", authors.collect::<Vec<_>>().join(", ")));
    }
    if !meanwhile.files.is_empty() {
        lines.push(format!("  files: {}", paths_in_short(&meanwhile.files)));
    }
    lines.push(String::new());
    lines
}

/// The phase of the work, in the words of who works: as last said.
fn phase(session: &Session) -> Option<&str> {
    let mut checkpoints = session.checkpoints.iter().rev();
    let said = checkpoints.find_map(|checkpoint| checkpoint.made.phase.as_deref());
    said.or_else(|| session.last_end.as_ref()?.phase.as_deref())
}

/// How far the work is: as last said, else by objectives.
fn progress(session: &Session) -> Option<crate::domain::body::Progress> {
    let mut checkpoints = session.checkpoints.iter().rev();
    let said = checkpoints.find_map(|checkpoint| checkpoint.made.progress);
    said.or_else(|| {
        let (done, total) = session.progress();
        (total > 0).then_some(crate::domain::body::Progress {
            done: done as u64,
            total: Some(total as u64),
        })
    })
}

fn json<'a>(
    ctx: &Ctx,
    resumed: &'a Resumed,
    next: String,
    context: Vec<NearJson>,
) -> ResumeJson<'a> {
    let session = &resumed.session;
    let (done, total) = session.progress();
    let meanwhile = resumed.meanwhile.as_ref().map(|meanwhile| MeanwhileJson {
        left: meanwhile.since.left,
        commits: meanwhile.since.commits,
        authors: meanwhile
            .authors
            .iter()
            .map(|(name, commits)| AuthorJson {
                name,
                commits: *commits,
            })
            .collect(),
        files: meanwhile
            .files
            .iter()
            .map(|path| quote_path(path).into_owned())
            .collect(),
    });
    ResumeJson {
        session: session.id.as_str(),
        branch: session.branch.as_str(),
        state: session.state.name(),
        was: resumed.was.name(),
        phase: phase(session),
        progress: progress(session),
        objectives_done: done,
        objectives_total: total,
        learnings: learnings(session),
        active_seconds: sessions::active_seconds(ctx, session),
        parked: (&resumed.returned).into(),
        meanwhile,
        taken_over: resumed.taken_over.as_deref(),
        unreadable: resumed.unreadable.as_ref().map(|(old, _)| old.as_str()),
        brief: &resumed.brief,
        context,
        next,
    }
}

/// Learnings that hold.
fn learnings(session: &Session) -> usize {
    let all = session.learnings.iter();
    all.filter(|learning| !learning.dropped).count()
}
