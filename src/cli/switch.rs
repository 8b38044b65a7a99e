//! `git session switch`: leaves a session as it is, and enters another one as it was.

use anyhow::Result;
use serde::Serialize;

use super::Place;
use super::checkpoint_view::paths_in_short;
use super::context_near::{Loaded, NearJson};
use crate::domain::describe::plural;
use crate::domain::path_text::quote_path;
use crate::domain::shell::quoted;
use crate::ops::branch::Destination;
use crate::ops::ctx::Ctx;
use crate::ops::go::{Dirty, Gone, Journey, Left, go, look};
use crate::ops::park::{self, Return};
use crate::ops::sessions;
use crate::ui::{Format, Ui, style};

/// Leave this session as it is and go to another branch
///
/// Uncommitted work, the index and untracked files included, is parked on the session that is left and brought
/// back when its branch is entered again by `switch` or `resume`. Plain `git switch` keeps working as ever.
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Args {
    /// The branch; `-` for the one before
    branch: String,
    /// Make the branch
    #[arg(short, long)]
    create: bool,
    /// Cut the new branch here: instead of at HEAD, or, for a `hotfix/` branch, at the default branch
    #[arg(long, value_name = "REVISION", requires = "create")]
    from: Option<String>,
    /// Park uncommitted work on the session that is left (the default)
    #[arg(long, conflicts_with = "carry")]
    stash: bool,
    /// Take uncommitted work along, as git does; a checkpoint is made first
    #[arg(long)]
    carry: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct SwitchJson<'a> {
    branch: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    created_branch: bool,
    left: LeftJson<'a>,
    returned: ReturnJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    apart: Option<ApartJson>,
    brief: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    context: Vec<NearJson>,
}

#[derive(Serialize)]
struct LeftJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parked: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    saved: Option<String>,
    stayed: Vec<String>,
}

/// What became of parked work, in JSON.
#[derive(Serialize)]
pub(super) struct ReturnJson {
    /// `nothing`, `back`, `marked`, `waits`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<&Return> for ReturnJson {
    fn from(returned: &Return) -> Self {
        let (state, checkpoint, reason) = match returned {
            Return::Nothing => ("nothing", None, None),
            Return::Back { checkpoint, .. } => ("back", Some(checkpoint), None),
            Return::Marked { checkpoint, .. } => ("marked", Some(checkpoint), None),
            Return::Waits { checkpoint, reason } => {
                ("waits", Some(checkpoint), Some(reason.clone()))
            }
        };
        Self {
            state,
            commit: checkpoint.map(|checkpoint| checkpoint.made.commit.to_string()),
            reason,
        }
    }
}

#[derive(Serialize)]
struct ApartJson {
    gained: u64,
    lacks: u64,
    files: usize,
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open_without_checkpoint(ui)?;
    let mut journey = args.journey();
    if !journey.create
        && ui.can_ask()
        && ui.format() == Format::Text
        && crate::ops::go::has_to_be_made(&ctx, &journey.to)?
    {
        journey.create = ui.confirm(
            format!("There is no branch {}. Make it?", args.branch),
            false,
        );
    }
    if args.dry_run {
        let (branch, files) = look(&ctx, &journey)?;
        let parked = match files {
            0 => String::new(),
            files => format!("park {} and ", plural(files, "file")),
        };
        return ui.answer(&format!(
            "Would {parked}switch to {}",
            style::title(branch.as_str())
        ));
    }
    let gone = go(&ctx, &journey)?;
    let context = loaded(&ctx, &gone)?;
    if ui.format() == Format::Json {
        return ui.json("git-session/switch/v1", &json(&gone, context.json()));
    }
    left_behind(ui, &gone.left);
    let mut lines = vec![answer(&gone)];
    lines.extend(context.lines());
    ui.screen(&lines.join("\n"))?;
    context.warn(ui);
    came_back(ui, &ctx, &gone.returned);
    if gone.session.is_some() {
        return Ok(());
    }
    let ctx = Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    if let Some(line) = crate::ops::switch::elsewhere(&ctx)? {
        ui.status(line);
    } else {
        ui.status(format!("There is no session on {}.", gone.branch));
        ui.hint("git session start -o \"what is to be reached\"");
    }
    Ok(())
}

impl Args {
    /// What it means.
    fn journey(&self) -> Journey {
        Journey {
            to: Destination {
                branch: Some(self.branch.clone()),
                from: self.from.clone(),
                ..Destination::default()
            },
            create: self.create,
            dirty: if self.carry {
                Dirty::Carry
            } else {
                Dirty::Park
            },
        }
    }
}

/// The context next to the work of the branch that was entered.
fn loaded(ctx: &Ctx, gone: &Gone) -> Result<Loaded> {
    let Some(id) = &gone.session else {
        return Ok(Loaded::default());
    };
    let ctx = Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    Ok(Loaded::of(&ctx, &sessions::load(&ctx, id)?.session))
}

/// Says where the work of the branch that was left is. Also for `resume`.
pub(super) fn left_behind(ui: &Ui, left: &Left) {
    if let (Some(parked), Some(branch)) = (&left.parked, &left.branch) {
        let made = &parked.made;
        ui.status(format!(
            "Parked your work on {branch} as {}; it comes back with `git session switch {}`.",
            park::name(&made.session, &made.checkpoint),
            quoted(branch.as_str())
        ));
        if !parked.stayed.is_empty() {
            ui.warn(format!(
                "No checkpoint holds {}; what is there stays.",
                paths_in_short(&parked.stayed)
            ));
        }
        super::checkpoint_view::warn_nested(ui, &made.checkpoint);
    }
    if let Some(saved) = &left.saved {
        ui.status(format!(
            "Saved {} before your work came along.",
            park::name(&saved.session, &saved.checkpoint)
        ));
    }
    if left.came_along {
        ui.status("There was no session to park your changes with, so they came along.");
    }
}

/// Says what became of parked work. Also for `resume`.
pub(super) fn came_back(ui: &Ui, ctx: &Ctx, returned: &Return) {
    match returned {
        Return::Nothing => {}
        Return::Back { files, more, .. } => {
            ui.status(format!(
                "Brought back your parked work: {}, and the index as it was.",
                plural(*files, "file")
            ));
            if *more > 0 {
                ui.warn(format!(
                    "{} more with parked work.",
                    plural(*more, "checkpoint")
                ));
                ui.hint("git session checkpoints list");
            }
        }
        Return::Marked { conflicts, .. } => {
            ui.warn(format!(
                "Brought back your parked work; in conflict: {}.",
                paths_in_short(conflicts)
            ));
            ui.hint("git status");
        }
        Return::Waits { checkpoint, reason } => {
            let session = sessions::readable(ctx).and_then(|id| sessions::load(ctx, &id));
            let name = session.map(|loaded| park::name(&loaded.session, checkpoint));
            let name = name.unwrap_or_default();
            if !ctx.repo.has_commit(&checkpoint.made.commit) {
                ui.warn(format!(
                    "Your parked work {name} cannot come back: {reason}."
                ));
                ui.hint(format!("git session checkpoints drop {name} --parked"));
                return;
            }
            ui.warn(format!(
                "Your parked work {name} stays where it is: {reason}. It is safe; to bring it back:"
            ));
            ui.hint("git session resume --merge");
            ui.hint(park::by_git(checkpoint));
        }
    }
}

/// Where we are now, how it differs, and the brief.
fn answer(gone: &Gone) -> String {
    let mut first = format!("Switched to {}", style::title(gone.branch.as_str()));
    if let Some(base) = &gone.created {
        let at = base.commit.as_ref().map_or("", |commit| commit.short());
        first = match &base.branch {
            Some(branch) => format!("{first}, cut from {branch} at {at}"),
            None => format!("{first}, cut at {at}"),
        };
    }
    let mut lines = vec![first];
    if let (Some(apart), Some(before)) = (&gone.apart, &gone.left.branch)
        && (apart.gained, apart.lacks, apart.files) != (0, 0, 0)
    {
        let files = match apart.files {
            1 => "1 file differs".to_owned(),
            files => format!("{files} files differ"),
        };
        lines.push(format!(
            "  {} ahead of and {} behind {}, {files}",
            apart.gained,
            apart.lacks,
            style::plain(before.as_str())
        ));
    }
    lines.extend(gone.brief.iter().map(|line| style::plain(line).to_string()));
    lines.join("\n")
}

fn json(gone: &Gone, context: Vec<NearJson>) -> SwitchJson<'_> {
    let left = &gone.left;
    let name = |made: &crate::ops::checkpoint::Made| park::name(&made.session, &made.checkpoint);
    let parked = left.parked.as_ref();
    let stayed = parked.map(|parked| parked.stayed.as_slice());
    SwitchJson {
        branch: gone.branch.as_str(),
        session: gone
            .session
            .as_ref()
            .map(crate::domain::id::SessionId::as_str),
        created_branch: gone.created.is_some(),
        left: LeftJson {
            branch: left
                .branch
                .as_ref()
                .map(crate::domain::id::BranchName::as_str),
            session: left
                .session
                .as_ref()
                .map(crate::domain::id::SessionId::as_str),
            parked: parked.map(|parked| name(&parked.made)),
            saved: left.saved.as_ref().map(name),
            stayed: stayed
                .unwrap_or_default()
                .iter()
                .map(|path| quote_path(path).into_owned())
                .collect(),
        },
        returned: (&gone.returned).into(),
        apart: gone.apart.map(|apart| ApartJson {
            gained: apart.gained,
            lacks: apart.lacks,
            files: apart.files,
        }),
        brief: &gone.brief,
        context,
    }
}
