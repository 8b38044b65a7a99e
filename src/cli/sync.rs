//! `git session sync`: this clone's records go out, everyone else's come in.

use std::time::Duration;

use anyhow::Result;

use super::{Place, sync_report, sync_status};
use crate::domain::time::parse_duration;
use crate::error::Fault;
use crate::git::Shown;
use crate::ops::ctx::Ctx;
use crate::ops::sync::{self, Partner, Request, Way};
use crate::ui::{Ui, text};

/// Share this clone's sessions and notes, and take in everyone else's
///
/// Each clone writes refs of its own, so nothing is ever merged or overwritten; branches, tags and the work tree are
/// not touched. `session.share` says which kinds go out; what is private never does.
#[derive(clap::Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "one for each flag")]
pub(super) struct Args {
    /// The remote; those agreed on before, else the only one or `origin`
    remote: Option<String>,
    /// Only take in
    #[arg(long, conflicts_with = "push")]
    fetch: bool,
    /// Only send
    #[arg(long)]
    push: bool,
    /// Say what waits and what other clones share, without a connection
    #[arg(long, conflicts_with_all = ["fetch", "push", "yes"])]
    status: bool,
    /// Agree to share with the remote from now on, without a question
    #[arg(short, long)]
    yes: bool,
    /// How long all of it may take
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = limit)]
    timeout: Duration,
}

fn limit(text: &str) -> Result<Duration, String> {
    match parse_duration(text) {
        Ok(Duration::ZERO) => Err("this leaves no time at all".to_owned()),
        Ok(limit) => Ok(limit),
        Err(error) => Err(error.to_string()),
    }
}

/// Runs the command.
pub(super) fn run(ui: &Ui, place: &Place, args: &Args) -> Result<()> {
    let ctx = place.open(ui)?;
    let named = args.remote.as_deref();
    if args.status {
        return sync_status::status(ui, &ctx, named);
    }
    let partners = sync::partners(&ctx, named)?;
    for partner in partners.iter().filter(|partner| !partner.agreed) {
        agree(ui, &ctx, partner, args)?;
    }
    let way = match (args.fetch, args.push) {
        (true, _) => Way::Fetch,
        (_, true) => Way::Push,
        _ => Way::Both,
    };
    if way != Way::Fetch {
        widen(ui, &ctx, args)?;
    }
    let shown = ui.shows_progress();
    let request = Request {
        way,
        limit: args.timeout,
        shown: if shown { Shown::Yes } else { Shown::No },
        may_ask: ui.can_ask(),
    };
    let ctx = Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    let outcome = sync::sync(&ctx, partners, request)?;
    sync_report::report(ui, &ctx, &outcome, way)?;
    sync_report::failed(&outcome)
}

/// Asks whether to share with a remote, and writes the answer down.
fn agree(ui: &Ui, ctx: &Ctx, partner: &Partner, args: &Args) -> Result<()> {
    let name = &partner.name;
    let refspecs = partner.refspecs();
    if !args.yes {
        let place = text::escape(&partner.place(ctx));
        let what = format!(
            "Sharing with {name} ({place}) sends the sessions and notes of this clone there, and fetches everyone else's."
        );
        ui.status(text::wrap(&what, ui.text_width(), ""));
        let goes = format!("What goes out: {}.", kinds(ctx));
        ui.status(text::wrap(&goes, ui.text_width(), "  "));
        ui.status(format!("It adds to remote.{name}.fetch in git config:"));
        for refspec in &refspecs {
            ui.status(format!("  {refspec}"));
        }
        let asked = ui.can_ask() && ui.confirm(format!("Share with {name}?"), false);
        if !asked {
            return Err(
                Fault::user(format!("nobody has agreed to share with {name} yet"))
                    .hint(format!(
                        "git session sync --yes {}",
                        crate::domain::shell::quoted(name)
                    ))
                    .into(),
            );
        }
    }
    partner.agree(ctx)
}

/// Asks before kinds go out that did not go out so far.
fn widen(ui: &Ui, ctx: &Ctx, args: &Args) -> Result<()> {
    let wider = sync::wider(ctx)?;
    if wider.is_empty() || args.yes {
        return Ok(());
    }
    let words: Vec<_> = wider.iter().map(|share| share.word()).collect();
    let words = words.join(", ");
    let question = format!("This clone has not shared {words} so far. Share them from now on?");
    if ui.can_ask() && ui.confirm(question, false) {
        return Ok(());
    }
    let fault = Fault::user(format!(
        "this clone has not shared {words} so far, and session.share names them now"
    ));
    Err(fault
        .hint("git session sync --yes")
        .hint("git session config get session.share")
        .into())
}

/// The kinds that go out, one word each.
pub(super) fn words(ctx: &Ctx) -> Vec<&'static str> {
    let share = ctx.settings.session.share.iter();
    share.map(|share| share.word()).collect()
}

/// The same in a sentence.
pub(super) fn kinds(ctx: &Ctx) -> String {
    let words = words(ctx);
    if words.is_empty() {
        "that a session is there, and nothing of what it says (session.share is empty)".to_owned()
    } else {
        words.join(", ")
    }
}
