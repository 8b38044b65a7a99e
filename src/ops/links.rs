//! Where references to issues lead here: by the remote, and by what personal settings say.

use std::time::Duration;

use super::ctx::Ctx;
use crate::domain::links::{Home, Linker, Tracker, needs_home};
use crate::domain::session::Session;

/// Remotes that are asked before all others: where a fork came from, then where a clone came from.
const FIRST: [&str; 2] = ["upstream", "origin"];

/// How long git may take to say where a remote is: it reads settings alone.
const LIMIT: Duration = Duration::from_secs(2);

/// What knows where the references of these texts lead. Git is asked only where one needs it; where it cannot say,
/// there are fewer links, and that is all.
pub fn linker<'a>(ctx: &Ctx, texts: impl IntoIterator<Item = &'a str>) -> Linker {
    let settings = &ctx.settings.links;
    let tracker = settings.jira.as_deref();
    Linker {
        home: texts
            .into_iter()
            .any(needs_home)
            .then(|| home(ctx))
            .flatten(),
        tracker: tracker.and_then(|base| Tracker::new(base, &settings.jira_projects)),
    }
}

/// What knows where the references of a session lead.
pub fn of_session(ctx: &Ctx, session: &Session) -> Linker {
    let objectives = session.objectives.iter();
    let objectives = objectives.flat_map(|o| [Some(o.item.text.as_str()), o.link.as_deref()]);
    let blockers = session.blockers.iter();
    let blockers = blockers.flat_map(|b| [Some(b.item.text.as_str()), b.link.as_deref()]);
    linker(ctx, objectives.chain(blockers).flatten())
}

/// The page of the project.
fn home(ctx: &Ctx) -> Option<Home> {
    let settings = &ctx.settings.links;
    if let (Some(forge), Some(page)) = (settings.forge, settings.project.as_deref()) {
        return Home::new(forge, page);
    }
    let remotes = ctx.repo.remotes().ok()?;
    let mut first = FIRST
        .iter()
        .filter_map(|name| remotes.iter().find(|known| known == name));
    let only = match remotes.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let remote = first.next().or(only)?;
    // git itself applies `url.<base>.insteadOf`
    let asked = ctx
        .repo
        .git()
        .args(["ls-remote", "--get-url", "--", remote.as_str()]);
    let answer = asked.within(LIMIT).output().ok()?;
    let url = answer.success().then(|| answer.text())?;
    Home::of_remote(&url, settings.forge)
}
