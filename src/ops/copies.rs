//! Copies: commits that came to this work tree with the trailers of a session of this clone, by picking, mail, a
//! merge on a host or a rebase of another branch. The records are linked to them; the originals keep theirs.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use anyhow::Result;

use super::adopt::{self, Found};
use super::ctx::Ctx;
use super::history::{self, Parents};
use super::{reconcile, sessions};
use crate::domain::body;
use crate::domain::id::{CommitId, SessionId};
use crate::domain::movement::{Movement, movement};
use crate::domain::trailers::{self, Run};
use crate::git::{CommitInfo, reflog};
use crate::store::Squash;
use crate::sys::fs;

/// The most steps of HEAD that are looked at.
const MOST_STEPS: usize = 200;
/// The most commits that came in with one step and are looked at.
const MOST_COMMITS: usize = 200;

/// Links what came to this work tree since a command looked last.
pub(super) fn link(ctx: &Ctx) -> Result<Found> {
    let log = reflog::head_log(ctx.repo.git_dir());
    let heard = ctx.worktree.heard();
    if fs::length(&log).unwrap_or(0) == heard || ctx.repo.state().replaying() {
        return Ok(Found::default());
    }
    let tail = reflog::since(&log, heard)?.unwrap_or_default();
    let mut found = Found::default();
    if ctx.tracks() {
        let newest = tail.entries.len().saturating_sub(MOST_STEPS);
        let steps = &tail.entries[newest..];
        if steps.iter().any(|step| is_in_its_hooks(ctx, step)) {
            return Ok(found);
        }
        let named = named(ctx, steps)?;
        let mut linked: BTreeMap<SessionId, Vec<Pair>> = BTreeMap::new();
        for (id, commits) in still_there(ctx, unlinked(ctx, named))? {
            linked.insert(id.clone(), pairs(ctx, &id, &commits)?);
        }
        let squashed = squashed(ctx, &log)?;
        let is_settled = squashed.is_some();
        for (id, pair) in squashed.unwrap_or_default() {
            linked.entry(id).or_default().push(pair);
        }
        for (id, mut pairs) in linked {
            pairs.sort();
            pairs.dedup();
            let _lock = ctx.store.lock_for_command(&id)?;
            // another command may have been quicker
            let known = adopt::known(&sessions::load(ctx, &id)?.fold);
            pairs.retain(|(_, copy)| !known.contains(copy));
            if !pairs.is_empty() {
                found.followed += pairs.len();
                adopt::append(ctx, &id, adopt::rewritten(body::COPIED, &pairs))?;
                found.sessions.push(id);
            }
        }
        if is_settled {
            ctx.worktree.set_squash(None)?;
        }
    }
    ctx.worktree.set_heard(tail.end)?;
    Ok(found)
}

/// Whether a step made a commit so lately that its own `post-commit` may be about to record it: what says the
/// same as its neighbour would look like a copy.
fn is_in_its_hooks(ctx: &Ctx, step: &reflog::Entry) -> bool {
    let age = ctx.now().timestamp() - step.seconds;
    let is_young = (0..adopt::HOOK_TIME).contains(&age);
    let commit = step.new.as_ref().filter(|_| is_young);
    movement(&step.message) == Movement::Made
        && commit
            .and_then(|new| ctx.repo.commit(new).ok())
            .is_some_and(|commit| {
                let runs = trailers::harvest(&commit.message);
                let session = runs
                    .first()
                    .and_then(|run| SessionId::new(run.session_id()).ok());
                runs.len() == 1 && session.is_some_and(|id| !records(ctx, &id, &commit.id))
            })
}

/// Whether the log of a session has a record of the commit; one that cannot be read has none to wait for.
fn records(ctx: &Ctx, id: &SessionId, commit: &CommitId) -> bool {
    sessions::load(ctx, id).map_or(true, |loaded| adopt::known(&loaded.fold).contains(commit))
}

/// Original and copy.
type Pair = (CommitId, CommitId);

/// `post-merge` of `git merge --squash`: which commits the next one will stand for. Git forgets it with
/// `SQUASH_MSG`.
pub fn remember_squash(ctx: &Ctx) -> Result<()> {
    let message = fs::read(&ctx.repo.git_dir().join("SQUASH_MSG"))?.unwrap_or_default();
    let message = String::from_utf8_lossy(&message);
    let ids = message
        .lines()
        .filter_map(|line| line.strip_prefix("commit "));
    let commits: Vec<CommitId> = ids.filter_map(|id| CommitId::new(id).ok()).collect();
    if commits.is_empty() {
        return Ok(());
    }
    ctx.worktree.set_squash(Some(&Squash {
        head: ctx.repo.head()?.tip().cloned(),
        reflog: fs::length(&reflog::head_log(ctx.repo.git_dir())).unwrap_or(0),
        commits,
    }))
}

/// What a squash stands for, once it is committed: pairs by the session of the original. When HEAD did anything
/// else first, it was given up and stands for nothing. `None`: there is none, or it is not committed yet.
fn squashed(ctx: &Ctx, log: &Path) -> Result<Option<Vec<(SessionId, Pair)>>> {
    let Some(squash) = ctx.worktree.squash() else {
        return Ok(None);
    };
    let behind = reflog::since(log, squash.reflog)?.unwrap_or_default();
    let Some(first) = behind.entries.first() else {
        return Ok(None);
    };
    let is_it =
        !behind.rewritten && first.old == squash.head && movement(&first.message) == Movement::Made;
    let Some(new) = first.new.clone().filter(|_| is_it) else {
        return Ok(Some(Vec::new()));
    };
    // the session whose log has the commit, whether its message says so or not
    let mut sessions: BTreeSet<SessionId> = reconcile::looked_at(ctx)?
        .into_iter()
        .map(|(_, id)| id)
        .collect();
    for original in squash.commits.iter().take(MOST_COMMITS) {
        let runs = ctx
            .repo
            .commit(original)
            .map(|commit| trailers::harvest(&commit.message));
        let named = runs
            .unwrap_or_default()
            .into_iter()
            .filter_map(|run| SessionId::new(run.session_id()).ok());
        sessions.extend(named.filter(|id| ctx.store.has(id)));
    }
    let mut pairs = Vec::new();
    for id in sessions {
        let Ok(loaded) = sessions::load(ctx, &id) else {
            continue;
        };
        let known = |original: &&CommitId| {
            loaded
                .session
                .commits
                .iter()
                .any(|commit| commit.is_of(original))
        };
        let own = squash.commits.iter().take(MOST_COMMITS).filter(known);
        pairs.extend(own.map(|original| (id.clone(), (original.clone(), new.clone()))));
    }
    Ok(Some(pairs))
}

/// Commits by the session of this clone that they name.
type Named = BTreeMap<SessionId, Vec<CommitInfo>>;

/// The commits of these steps that name a session of this clone.
fn named(ctx: &Ctx, steps: &[reflog::Entry]) -> Result<Named> {
    let mut named = Named::new();
    let mut seen = HashSet::new();
    for step in steps {
        let Some(new) = step.new.as_ref().filter(|new| ctx.repo.has_commit(new)) else {
            continue;
        };
        let came = match (movement(&step.message), &step.old) {
            (Movement::Taken | Movement::Made, Some(old)) if brings_in(&step.message) => {
                history::between(ctx, new, &[old.as_str()], Parents::All, MOST_COMMITS)?
            }
            // what comes from a switch is no news
            (Movement::Taken, _) => continue,
            _ => vec![ctx.repo.commit(new)?],
        };
        for commit in came {
            for run in trailers::harvest(&commit.message) {
                if let Ok(id) = SessionId::new(run.session_id())
                    && ctx.store.has(&id)
                    && seen.insert((id.clone(), commit.id.clone()))
                {
                    named.entry(id).or_default().push(commit.clone());
                }
            }
        }
    }
    Ok(named)
}

/// Whether a step may bring commits from another clone.
fn brings_in(message: &str) -> bool {
    ["merge", "pull"]
        .iter()
        .any(|word| message.starts_with(word))
}

/// Leaves out what the sessions know already: their own commits, and copies that were linked.
fn unlinked(ctx: &Ctx, mut named: Named) -> Named {
    for (id, commits) in &mut named {
        match sessions::load(ctx, id) {
            Ok(loaded) => {
                let known = adopt::known(&loaded.fold);
                commits.retain(|commit| !known.contains(&commit.id));
            }
            // there is nothing to link them to; `list` and `doctor` name the log
            Err(_) => commits.clear(),
        }
    }
    named.retain(|_, commits| !commits.is_empty());
    named
}

/// Leaves out what no branch leads to: the steps of a rebase that was given up.
fn still_there(ctx: &Ctx, mut named: Named) -> Result<Named> {
    let ids: Vec<&CommitId> = named.values().flatten().map(|commit| &commit.id).collect();
    let gone = history::unreachable(ctx, &ids, &["--branches", "HEAD"])?;
    for commits in named.values_mut() {
        commits.retain(|commit| !gone.contains(&commit.id));
    }
    Ok(named)
}

/// Originals and copies. What says the same lines is the same; of several that do, the one with the same author,
/// date and subject.
fn pairs(ctx: &Ctx, id: &SessionId, copies: &[CommitInfo]) -> Result<Vec<Pair>> {
    let loaded = sessions::load(ctx, id)?;
    let originals = loaded.session.commits.iter();
    let originals = originals.filter_map(|commit| ctx.repo.commit(&commit.record.commit).ok());
    let originals: Vec<(CommitInfo, Vec<Run>)> = originals
        .map(|commit| {
            let runs = trailers::harvest(&commit.message);
            (commit, runs)
        })
        .collect();
    let mut pairs = Vec::new();
    for copy in copies {
        for run in trailers::harvest(&copy.message) {
            let same: Vec<&CommitInfo> = originals
                .iter()
                .filter(|(_, runs)| run.session_id() == id.as_str() && runs.contains(&run))
                .map(|(original, _)| original)
                .collect();
            let of = sources(&same, copy, &run).into_iter();
            pairs.extend(of.map(|original| (original.id.clone(), copy.id.clone())));
        }
    }
    Ok(pairs)
}

/// Those of the commits with one and the same lines that a copy was made from: the one that was written when the
/// copy was; else, in a message that has the lines of so many, all of them; else the only one, when the lines say
/// more than which session it is.
fn sources<'a>(same: &[&'a CommitInfo], copy: &CommitInfo, run: &Run) -> Vec<&'a CommitInfo> {
    let face = history::face(copy);
    let like = |subject: bool| {
        same.iter().copied().find(|original| {
            let other = history::face(original);
            let written = (other.written, &other.author) == (face.written, &face.author);
            written && (!subject || other.subject == face.subject)
        })
    };
    if let Some(original) = like(true).or_else(|| like(false)) {
        return vec![original];
    }
    let told = times_named(&copy.message, run.session_id());
    let telling = run.trailers().len() > 1;
    if told > 1 && told >= same.len() || telling && same.len() == 1 {
        same.to_vec()
    } else {
        Vec::new()
    }
}

/// How often a message names a session.
fn times_named(message: &[u8], session: &str) -> usize {
    let line = format!("Session-Id: {session}");
    let message = String::from_utf8_lossy(message);
    message.lines().filter(|other| other.trim() == line).count()
}
