//! `git session purge`: a text out of everything that was recorded.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::Place;
use crate::domain::describe::plural;
use crate::error::Fault;
use crate::git::Shown;
use crate::ops::ctx::Ctx;
use crate::ops::purge::{self, Plan, Short, Tracking};
use crate::ops::sync::{self, Partner, Request, Way, agreement};
use crate::ui::{Format, Ui, style};

/// The most of the user's own objects that are named.
const MOST_NAMED: usize = 8;

/// How long remotes have to take what was begun anew.
const LIMIT: Duration = Duration::from_secs(600);

/// Take a text out of everything that was recorded
///
/// Out of this clone's logs, what is made from them, the notes and the shared log with their history, and the
/// checkpoints that hold it. An item goes with all that was done to it; a tombstone makes other clones leave it out.
/// Commits, stashes and the index are yours: those that hold the text are named. Afterwards `git gc --prune=now`
/// frees the bytes. It cannot be undone.
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(super) struct Args {
    /// The item (obj-k3f9) or the text; `-` reads the text from standard input
    #[arg(required_unless_present = "unshared", value_name = "ITEM|TEXT")]
    what: Option<String>,
    /// Also push what was begun anew to the remotes that have it
    #[arg(long)]
    everywhere: bool,
    /// Begin the shared refs anew from what `session.share` names now; the logs stay
    #[arg(long, conflicts_with = "what")]
    unshared: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

#[derive(Serialize)]
struct PurgeJson<'a> {
    dry_run: bool,
    removed: usize,
    cleaned: usize,
    sessions: usize,
    refs: &'a [String],
    tracking: &'a [String],
    checkpoints: Vec<&'a str>,
    files: Vec<String>,
    yours: Vec<String>,
    others: &'a [String],
    decision_log: bool,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open(ui)?;
    if args.unshared {
        return unshared(ui, &ctx, args);
    }
    let what = match args.what.as_deref() {
        Some("-") => {
            let bytes = ui.read_input(1024 * 1024)?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            text.trim_end_matches(['\n', '\r']).to_owned()
        }
        what => what.unwrap_or_default().to_owned(),
    };
    let plan = purge::plan(&ctx, purge::target(&ctx, &what)?)?;
    if args.dry_run || plan.is_nothing() {
        report(ui, &plan, true)?;
        name_what_stays(ui, &plan);
        return Ok(());
    }
    let typed = typed(&what, &plan);
    ask(ui, args, &typed, &words(&plan, true))?;
    let tracking = if args.everywhere {
        Tracking::Needed
    } else {
        Tracking::Forgotten
    };
    purge::carry_out(&ctx, &plan, tracking)?;
    report(ui, &plan, false)?;
    name_what_stays(ui, &plan);
    if plan.page {
        ui.warn(format!(
            "{} holds it and is yours",
            crate::ops::decision_log::FILE
        ));
        ui.hint("git session decisions publish");
    }
    if args.everywhere {
        push(ui, &ctx)?;
    } else if !plan.tracking.is_empty() {
        ui.status("Remotes still have what was shared. To replace it there:");
        ui.hint("git session sync");
    }
    ui.status("To free the bytes here:");
    ui.hint("git gc --prune=now");
    Ok(())
}

/// How to say it again: a text is not repeated, it may be a secret.
fn typed(what: &str, plan: &Plan) -> String {
    if plan.is_of_item() {
        what.trim().to_ascii_lowercase()
    } else {
        "-".to_owned()
    }
}

/// Asks before anything goes for good. `typed`: what is to go, as it can be typed again.
fn ask(ui: &Ui, args: &Args, typed: &str, lines: &[String]) -> Result<()> {
    if args.yes {
        return Ok(());
    }
    for line in lines {
        ui.status(line);
    }
    if ui.can_ask() && ui.confirm("This cannot be undone. Go on?", false) {
        return Ok(());
    }
    Err(
        Fault::user("nothing was done: this cannot be undone, so it wants a yes")
            .hint(format!("git session purge --dry-run {typed}"))
            .hint(format!("git session purge --yes {typed}"))
            .into(),
    )
}

/// What goes, or went, in lines.
fn words(plan: &Plan, would: bool) -> Vec<String> {
    let verb = |would_be: &'static str, was: &'static str| if would { would_be } else { was };
    let (removed, cleaned) = plan.events();
    let mut lines = Vec::new();
    if removed > 0 {
        let verb = verb("would go", "gone");
        lines.push(format!("{} {verb}", plural(removed, "event")));
    }
    if cleaned > 0 {
        let verb = verb("would lose the text", "without the text");
        lines.push(format!("{} {verb}", plural(cleaned, "event")));
    }
    for name in &plan.refs {
        lines.push(format!(
            "{} {name}",
            verb("would begin anew:", "begun anew:")
        ));
    }
    for snapshot in &plan.snapshots {
        let name = snapshot.handle.as_deref().unwrap_or("one without a name");
        lines.push(format!(
            "{} {name}",
            verb("checkpoint that would go:", "checkpoint gone:")
        ));
    }
    for file in &plan.files {
        let name = file.display().to_string();
        lines.push(format!(
            "{} {}",
            verb("file that would be cleaned:", "file cleaned:"),
            style::plain(name)
        ));
    }
    for name in &plan.tracking {
        lines.push(format!(
            "{} {name}",
            verb("copy that would go:", "copy gone:")
        ));
    }
    lines
}

fn report(ui: &Ui, plan: &Plan, dry_run: bool) -> Result<()> {
    if ui.format() == Format::Json {
        let (removed, cleaned) = plan.events();
        let handles = plan.snapshots.iter();
        let handles = handles.map(|gone| gone.handle.as_deref().unwrap_or_default());
        return ui.json(
            "git-session/purge/v1",
            &PurgeJson {
                dry_run,
                removed,
                cleaned,
                sessions: plan.sessions(),
                refs: &plan.refs,
                tracking: &plan.tracking,
                checkpoints: handles.collect(),
                files: plan
                    .files
                    .iter()
                    .map(|file| file.display().to_string())
                    .collect(),
                yours: plan.yours.iter().map(|yours| yours.what.clone()).collect(),
                others: &plan.others,
                decision_log: plan.page,
            },
        );
    }
    if plan.is_nothing() {
        ui.status(if plan.others.is_empty() {
            "Nothing that was recorded holds it."
        } else {
            "Nothing that this clone recorded holds it."
        });
        return Ok(());
    }
    ui.answer(&words(plan, dry_run).join("\n"))
}

/// What holds the text and is not ours to change.
fn name_what_stays(ui: &Ui, plan: &Plan) {
    for yours in plan.yours.iter().take(MOST_NAMED) {
        ui.warn(format!(
            "yours, and holds it ({}): {}",
            yours.place,
            style::plain(&yours.what)
        ));
    }
    if plan.yours.len() > MOST_NAMED {
        ui.warn(format!("and {} more", plan.yours.len() - MOST_NAMED));
    }
    for name in &plan.others {
        ui.warn(format!("another clone shared it: {name}"));
    }
    if !plan.others.is_empty() {
        ui.status("Who wrote it can take it out there, and types it again:");
        ui.hint("git session purge --everywhere -");
    }
    match plan.short {
        Some(Short::Typeable) => {
            ui.status("Its text is short: to take it out elsewhere too, type it:");
            ui.hint("git session purge -");
        }
        Some(Short::Hopeless) => {
            ui.status("Its text is too short to be taken out elsewhere too.");
        }
        None => {}
    }
}

/// Pushes what was begun anew, with a lease, and says what others have to do.
fn push(ui: &Ui, ctx: &Ctx) -> Result<()> {
    let partners = agreement::agreed(ctx)?;
    if partners.is_empty() {
        ui.status("This clone shares with no remote.");
        return Ok(());
    }
    let names: Vec<String> = partners.iter().map(|p: &Partner| p.name.clone()).collect();
    let shown = if ui.shows_progress() {
        Shown::Yes
    } else {
        Shown::No
    };
    let request = Request {
        way: Way::Push,
        limit: LIMIT,
        shown,
        may_ask: ui.can_ask(),
    };
    let outcome = sync::sync(ctx, partners, request)?;
    for visit in &outcome.visits {
        if let Err(trouble) = &visit.result {
            let name = &visit.partner.name;
            let said = style::plain(&trouble.failure.said);
            return Err(Fault::user(format!("{name} still has it: {said}"))
                .hint("git session sync")
                .into());
        }
    }
    ui.status(format!("Replaced at {}.", names.join(", ")));
    ui.status("Other clones that have fetched it get rid of it with:");
    ui.hint("git session sync --fetch && git gc --prune=now");
    Ok(())
}

fn unshared(ui: &Ui, ctx: &Ctx, args: &Args) -> Result<()> {
    let refs = purge::unshared(ctx, false)?;
    let words =
        |verb: &str| -> Vec<String> { refs.iter().map(|name| format!("{verb} {name}")).collect() };
    if refs.is_empty() {
        ui.status("This clone has shared nothing.");
        return Ok(());
    }
    if !args.dry_run {
        ask(ui, args, "--unshared", &words("would begin anew:"))?;
        purge::unshared(ctx, true)?;
    }
    let plan = Plan::of_refs(refs);
    report(ui, &plan, args.dry_run)?;
    if args.dry_run {
        return Ok(());
    }
    if args.everywhere {
        push(ui, ctx)?;
    } else {
        ui.status("Remotes still have what was shared. To replace it there:");
        ui.hint("git session sync");
    }
    Ok(())
}
