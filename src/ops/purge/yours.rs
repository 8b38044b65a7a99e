//! What holds a text and is the user's own: named, and left alone.

use std::collections::BTreeSet;

use anyhow::Result;

use super::objects::{self, Objects};
use crate::domain::id::CommitId;
use crate::domain::purge::Target;
use crate::ops::ctx::Ctx;
use crate::ops::fetched::TRACKING;
use crate::ops::setup;
use crate::ops::sync::agreement::{NOTES_TRACKING, log_ref, notes_ref};

/// Something of the user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Yours {
    /// Where: `name`, `history`, `stash`, `reflogs`, `index`.
    pub place: &'static str,
    /// `stash@{n}`, a branch or a tag; else kind, short id, and the path where there is one.
    pub what: String,
}

/// What is the user's own and holds it.
pub(super) fn yours(ctx: &Ctx, target: &Target, holding: &Objects) -> Result<Vec<Yours>> {
    let mut found = names(ctx, target)?;
    if holding.is_empty() {
        return Ok(found);
    }
    let mut seen = BTreeSet::new();
    let history = ["HEAD", "--branches", "--tags", "--remotes"];
    add(ctx, holding, "history", &history, &mut seen, &mut found)?;
    for (name, commit) in stashes(ctx)? {
        let parents = ctx.repo.commit(&commit)?.parents;
        let parts = parents.iter().skip(1).map(CommitId::as_str);
        let mut revisions = vec!["--no-walk=unsorted", commit.as_str()];
        revisions.extend(parts);
        let reached = objects::reached(ctx, holding, &revisions)?;
        let new = reached.into_iter().filter(|(id, _)| !seen.contains(id));
        let new: Vec<_> = new.map(|(id, _)| id).collect();
        if !new.is_empty() {
            found.push(Yours {
                place: "stash",
                what: name,
            });
            seen.extend(new);
        }
    }
    seen.extend(ours(ctx, holding)?);
    add(
        ctx,
        holding,
        "reflogs",
        &["--reflog"],
        &mut seen,
        &mut found,
    )?;
    let index = ["--indexed-objects"];
    add(ctx, holding, "index", &index, &mut seen, &mut found)?;
    Ok(found)
}

/// Adds what these revisions lead to and no others before.
fn add(
    ctx: &Ctx,
    holding: &Objects,
    place: &'static str,
    revisions: &[&str],
    seen: &mut BTreeSet<String>,
    found: &mut Vec<Yours>,
) -> Result<()> {
    for (id, path) in objects::reached(ctx, holding, revisions)? {
        if !seen.insert(id.clone()) {
            continue;
        }
        let kind = holding.get(&id).map_or("object", String::as_str);
        let short = &id[..id.len().min(7)];
        let what = if path.is_empty() {
            format!("{kind} {short}")
        } else {
            format!("{kind} {short} {path}")
        };
        found.push(Yours { place, what });
    }
    Ok(())
}

/// Branches and tags that are called so.
fn names(ctx: &Ctx, target: &Target) -> Result<Vec<Yours>> {
    let mut found = Vec::new();
    for (prefix, kind) in [("refs/heads/", "branch"), ("refs/tags/", "tag")] {
        for name in ctx.repo.ref_names(prefix)? {
            let name = name.strip_prefix(prefix).unwrap_or(&name);
            if target.is_in(name) {
                let what = format!("{kind} {name}");
                found.push(Yours {
                    place: "name",
                    what,
                });
            }
        }
    }
    Ok(found)
}

/// The stashes: `stash@{n}` and its commit.
fn stashes(ctx: &Ctx) -> Result<Vec<(String, CommitId)>> {
    let git = ctx.repo.git().in_hook();
    let list = git.args(["rev-list", "-g", "refs/stash", "--"]).output()?;
    let commits = list.text();
    let commits = commits.lines().filter_map(|id| CommitId::new(id).ok());
    let named = commits.enumerate();
    Ok(named
        .map(|(at, commit)| (format!("stash@{{{at}}}"), commit))
        .collect())
}

/// The reflogs of this program's own notes and logs, and of what others shared.
pub(super) fn own_reflogs(ctx: &Ctx) -> Result<Vec<String>> {
    let mut names = ctx.repo.ref_names(NOTES_TRACKING)?;
    names.extend(ctx.repo.ref_names(TRACKING)?);
    if let Some(writer) = setup::known_writer(ctx)? {
        for own in [log_ref(&writer), notes_ref(&writer)] {
            // also those of a name that this clone had before
            let prefix = own.strip_suffix(writer.as_str()).unwrap_or(&own);
            names.extend(ctx.repo.ref_names(prefix)?);
        }
    }
    Ok(names)
}

/// What holds it and is held by the reflogs of refs of ours, which go.
fn ours(ctx: &Ctx, holding: &Objects) -> Result<Vec<String>> {
    let names = own_reflogs(ctx)?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut commits = names.clone();
    for name in &names {
        let git = ctx.repo.git().in_hook();
        let old = git.args(["rev-list", "-g", name, "--"]).output()?;
        commits.extend(old.text().lines().map(str::to_owned));
    }
    let commits: Vec<&str> = commits.iter().map(String::as_str).collect();
    let reached = objects::reached(ctx, holding, &commits)?;
    Ok(reached.into_iter().map(|(id, _)| id).collect())
}
