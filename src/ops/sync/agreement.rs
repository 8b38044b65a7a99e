//! Which remotes this clone shares with. The refspecs in git config are the agreement: they are written once, when the
//! person has said yes, and plain `git fetch` then fetches what others share as well.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::domain::id::{CommitId, WriterId};
use crate::domain::redact::Redacted;
use crate::error::Fault;
use crate::git::Scope;
use crate::ops::ctx::Ctx;
use crate::ops::fetched::{self, KEPT, TRACKING};
use crate::ops::setup;

/// Where the notes of other clones go: `<this><remote>/<writer>`.
pub const NOTES_TRACKING: &str = "refs/notes/session-remote/";
/// The notes that clones share.
const NOTES: &str = "refs/notes/session/";
/// The logs that clones share.
const LOGS: &str = "refs/session/log/";

/// A remote to share with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Its name.
    pub name: String,
    /// The person has agreed to share with it.
    pub agreed: bool,
}

impl Partner {
    /// Where its address leads, for people.
    pub fn place(&self, ctx: &Ctx) -> String {
        let url = ctx.repo.remote_url(&self.name).unwrap_or_default();
        Redacted::new(&url).into_string()
    }

    /// What is fetched from it, and where to.
    pub fn refspecs(&self) -> [String; 2] {
        let name = &self.name;
        [
            format!("+{NOTES}*:{NOTES_TRACKING}{name}/*"),
            format!("+{LOGS}*:{TRACKING}{name}/*"),
        ]
    }

    /// The tracking copy of a clone's log.
    pub fn log_of(&self, writer: &WriterId) -> String {
        format!("{TRACKING}{}/{writer}", self.name)
    }

    /// The tracking copy of a clone's notes.
    pub fn notes_of(&self, writer: &WriterId) -> String {
        format!("{NOTES_TRACKING}{}/{writer}", self.name)
    }

    /// Writes down that the person agrees.
    pub fn agree(&self, ctx: &Ctx) -> Result<()> {
        let key = format!("remote.{}.fetch", self.name);
        let there = ctx.repo.config()?.get_all(&key);
        for refspec in self.refspecs() {
            if !there.contains(&refspec) {
                ctx.repo.add_config(Scope::Local, &key, &refspec)?;
            }
        }
        Ok(())
    }
}

/// Where notes are kept that a remote has lost.
const NOTES_KEPT: &str = "refs/notes/session-kept/";

/// Where the tracking refs of a remote are, and what they lead to.
pub(super) fn tracked(ctx: &Ctx, partner: &Partner) -> Result<BTreeMap<String, CommitId>> {
    let mut found = BTreeMap::new();
    for prefix in [TRACKING, NOTES_TRACKING] {
        for name in ctx.repo.ref_names(&format!("{prefix}{}/", partner.name))? {
            if let Some(tip) = ctx.repo.ref_id(&name)? {
                found.insert(name, tip);
            }
        }
    }
    Ok(found)
}

/// Keeps what another clone shared under a name that no fetch removes; 1 for a log of another clone.
pub(super) fn keep(ctx: &Ctx, name: &str, tip: &CommitId) -> Result<usize> {
    let own = setup::known_writer(ctx)?;
    let Some(kept) = kept_name(name) else {
        return Ok(0);
    };
    if fetched::writer_of(name).is_none_or(|writer| own == Some(writer)) {
        return Ok(0);
    }
    let old = ctx.repo.ref_id(&kept)?;
    let log = "git-session: the remote has lost it";
    ctx.repo.swap_ref(&kept, old.as_ref(), tip, log)?;
    Ok(usize::from(name.starts_with(TRACKING)))
}

/// Lets go what was kept of a tracking ref that is there again.
pub(super) fn forget_kept(ctx: &Ctx, name: &str) -> Result<()> {
    if let Some(kept) = kept_name(name)
        && let Some(tip) = ctx.repo.ref_id(&kept)?
    {
        ctx.repo.delete_ref(&kept, Some(&tip))?;
    }
    Ok(())
}

/// Where a tracking ref is kept when the remote has lost its ref.
fn kept_name(name: &str) -> Option<String> {
    let places = [(TRACKING, KEPT), (NOTES_TRACKING, NOTES_KEPT)];
    let kept = |(from, to)| Some(format!("{to}{}", name.strip_prefix(from)?));
    places.into_iter().find_map(kept)
}

/// The name of a clone's shared log.
pub fn log_ref(writer: &WriterId) -> String {
    format!("{LOGS}{writer}")
}

/// The name of a clone's notes.
pub fn notes_ref(writer: &WriterId) -> String {
    format!("{NOTES}{writer}")
}

/// The remotes that the person has agreed to share with.
pub fn agreed(ctx: &Ctx) -> Result<Vec<Partner>> {
    let config = ctx.repo.config()?;
    let remotes = ctx.repo.remotes()?.into_iter();
    let partners = remotes.map(|name| {
        let fetched = config.get_all(&format!("remote.{name}.fetch"));
        let logs = format!("{LOGS}*:");
        let agreed = fetched
            .iter()
            .any(|spec| spec.trim_start_matches('+').starts_with(&logs));
        Partner {
            name: name.clone(),
            agreed,
        }
    });
    Ok(partners.filter(|partner| partner.agreed).collect())
}

/// The remotes to share with: the one that is named, else those that were agreed on, else the only one or `origin`.
pub fn partners(ctx: &Ctx, named: Option<&str>) -> Result<Vec<Partner>> {
    let all = ctx.repo.remotes()?;
    let agreed = agreed(ctx)?;
    let partner = |name: &str| Partner {
        name: name.to_owned(),
        agreed: agreed.iter().any(|partner| partner.name == name),
    };
    if let Some(named) = named {
        if all.iter().any(|name| name == named) {
            return Ok(vec![partner(named)]);
        }
        let shown = Redacted::new(named);
        let fault = Fault::user(format!("there is no remote `{shown}`"));
        let hint = if named.contains([':', '/']) {
            "git remote add <name> <url>"
        } else {
            "git remote"
        };
        return Err(fault.hint(hint).into());
    }
    if !agreed.is_empty() {
        return Ok(agreed);
    }
    match all.as_slice() {
        [] => Err(Fault::user("there is no remote to share with")
            .hint("git remote add origin <url>")
            .into()),
        [only] => Ok(vec![partner(only)]),
        several if several.iter().any(|name| name == "origin") => Ok(vec![partner("origin")]),
        several => Err(
            Fault::user(format!("there are several remotes: {}", several.join(", ")))
                .hint("git session sync <remote>")
                .into(),
        ),
    }
}
