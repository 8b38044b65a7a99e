//! The settings, the directory of the sessions, and what is left lying about in it.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::patient::Patient;
use super::survey::{Lost, Survey};
use crate::config::Problem;
use crate::domain::describe::plural;
use crate::domain::diagnosis::Finding;
use crate::domain::id::BranchName;
use crate::domain::session::State;
use crate::ops::ctx::Ctx;
use crate::ops::hooks::quote;
use crate::store::IndexEntry;
use crate::sys::{env, fs};

/// Whether the settings can be read, and let hooks work.
pub(super) fn settings(patient: &Patient<'_>) -> Finding {
    let ctx = patient.ctx;
    if let Some(why) = &ctx.unreadable {
        return Finding::bad(".session/config.toml cannot be read")
            .evidence([why.clone()])
            .so("commands refuse to work here, and hooks use the defaults")
            .person("make it a readable file of this repository, or remove it");
    }
    if !ctx.problems.is_empty() {
        let summary = format!("{} in the settings", plural(ctx.problems.len(), "mistake"));
        let finding = Finding::warn(summary)
            .evidence(ctx.problems.iter().map(ToString::to_string))
            .so("what is wrong does not count; the next weaker value does");
        let hint = ctx.problems.iter().find_map(Problem::hint);
        return finding.person(hint.unwrap_or_else(|| "git session config list".to_owned()));
    }
    if ctx.env.text(env::SWITCH) == Some("0") {
        let finding = Finding::warn("GIT_SESSION is 0 in this environment")
            .so("hooks do nothing for git commands that are started from here");
        return finding.person("unset GIT_SESSION");
    }
    if !ctx.settings.session.enabled {
        return Finding::warn("session.enabled is false")
            .so("commits are plain, and nothing is recorded")
            .person("git session config set session.enabled true");
    }
    Finding::ok("they can be read and say nothing odd")
}

/// Whether the directory of the sessions can be used.
pub(super) fn store(patient: &Patient<'_>) -> Finding {
    let ctx = patient.ctx;
    let root = ctx.store.root();
    let shown = root.display();
    match patient.usable() {
        Ok(true) => {}
        Ok(false) => {
            let finding = Finding::skipped("there are no sessions here yet");
            return finding.person("git session start -o \"what is to be reached\"");
        }
        Err(error) => {
            let newer = crate::error::fault(error).is_some();
            let finding = Finding::bad("it cannot be used")
                .evidence([format!("{error:#}")])
                .so("every command refuses, and hooks leave commits plain");
            return if newer {
                finding.person("install a newer git-session")
            } else {
                finding.person(format!("ls -la {}", quote(root)))
            };
        }
    }
    if let Some(why) = fs::unwritable(root) {
        return Finding::bad("it cannot be written")
            .evidence([format!("{shown}: {why}")])
            .so("hooks record nothing, and commands end in an error")
            .person(format!("ls -la {}", quote(root)));
    }
    Finding::ok(shown.to_string())
}

/// How old a lock of git is, in seconds, when whoever made it is hardly at work any more.
const OLD_LOCK: u64 = 60;

/// Locks that killed processes have left, of what this program writes.
pub(super) fn locks(patient: &Patient<'_>) -> Finding {
    let repo = &patient.ctx.repo;
    let common = repo.common_dir();
    let mut left: Vec<PathBuf> = vec![
        common.join("config.lock"),
        common.join("packed-refs.lock"),
        repo.git_dir().join("index.lock"),
        repo.git_dir().join("HEAD.lock"),
    ];
    let notes = std::fs::read_dir(common.join("refs/notes/session"));
    left.extend(notes.into_iter().flatten().flatten().map(|e| e.path()));
    left.retain(|path| path.extension().is_some_and(|kind| kind == "lock") && is_old(path));
    if left.is_empty() {
        return Finding::ok("none is left over");
    }
    let paths = left.iter().map(|path| path.display().to_string());
    let first = left.first().map(|path| quote(path)).unwrap_or_default();
    Finding::bad(format!("{} left over", plural(left.len(), "lock")))
        .evidence(paths)
        .so("what they lock cannot be written; if no git command is running, they can go")
        .person(format!("rm {first}"))
}

/// Whether a file was made a while ago.
fn is_old(path: &Path) -> bool {
    let age = fs::modified(path).and_then(|time| time.elapsed().ok());
    age.is_some_and(|age| age.as_secs() > OLD_LOCK)
}

/// What is left lying about in the directory of the sessions, and open sessions whose branch is gone.
pub(super) fn sessions(patient: &Patient<'_>) -> Result<Finding> {
    let ctx = patient.ctx;
    let survey = patient.survey()?;
    let mut left = Vec::new();
    let (derived, own): (Vec<_>, Vec<_>) = survey
        .without_log
        .iter()
        .partition(|directory| is_derived(directory));
    let derived = derived.iter();
    left.extend(derived.map(|directory| format!("{} has no log", directory.display())));
    let temporary = survey.abandoned.iter();
    left.extend(temporary.map(|path| format!("{} is half a write", path.display())));
    for (id, branch) in lost_unmapped(ctx)? {
        left.push(format!(
            "a hook started {id} on {branch}, which is not there"
        ));
    }
    let struck: Vec<String> = unmapped_lost(survey)
        .map(|lost| format!("{} is in the list and has no log", lost.id))
        .collect();
    let is_bad = !struck.is_empty();
    left.extend(struck);
    let own = own.iter().map(|directory| {
        let what = "has no log, and files of its own: it stays";
        format!("{} {what}", directory.display())
    });
    let kept: Vec<String> = own.collect();
    let orphans = orphans(patient)?;
    if left.is_empty() && kept.is_empty() {
        let count = plural(survey.sessions.len(), "session");
        return Ok(match orphans.len() {
            0 => Finding::ok(count),
            lost => Finding::ok(format!(
                "{count}, {lost} of them open on a branch that is gone"
            ))
            .evidence(orphans)
            .person("git session resume <branch>, once the branch is back"),
        });
    }
    let count = plural(left.len() + kept.len(), "thing");
    let nothing_to_sweep = left.is_empty();
    let summary = format!("{count} left lying about");
    let finding = if is_bad {
        Finding::bad(summary).so("git session list ends with exit code 4")
    } else {
        Finding::warn(summary).so("nothing depends on them")
    };
    let finding = finding.evidence(left).evidence(kept);
    Ok(if nothing_to_sweep {
        finding.person("look into them, and remove them by hand")
    } else {
        finding.fix("removes what can be made anew or leads nowhere")
    })
}

/// Open sessions whose branch is gone.
fn orphans(patient: &Patient<'_>) -> Result<Vec<String>> {
    let branches = patient.branches()?;
    let mut orphans = Vec::new();
    for session in &patient.survey()?.sessions {
        if let Some((branch, state)) = &session.standing
            && state.is_open()
            && !branches.contains(branch.as_str())
        {
            orphans.push(format!("{} on {branch}", session.id));
        }
    }
    Ok(orphans)
}

/// Sessions that hooks noted for the next command, without a log or a branch.
fn lost_unmapped(ctx: &Ctx) -> Result<Vec<(crate::domain::id::SessionId, String)>> {
    let mut lost = Vec::new();
    for (id, name) in ctx.store.unmapped() {
        let branch = BranchName::new(name.clone());
        let there = match branch {
            Ok(branch) => ctx.repo.branch_tip(&branch)?.is_some(),
            Err(_) => false,
        };
        if !there || !ctx.store.has(&id) {
            lost.push((id, name));
        }
    }
    Ok(lost)
}

/// Sessions without a log that only the index knows.
fn unmapped_lost(survey: &Survey) -> impl Iterator<Item = &Lost> {
    survey.lost.iter().filter(|lost| lost.mapped.is_none())
}

/// Whether everything in a directory of a session can be made anew.
fn is_derived(directory: &Path) -> bool {
    const DERIVED: [&str; 5] = [
        "lock",
        "context.json",
        "seen.json",
        "objectives.md",
        "blockers.md",
    ];
    let Ok(entries) = std::fs::read_dir(directory) else {
        return false;
    };
    entries.flatten().all(|entry| {
        let name = entry.file_name();
        DERIVED.iter().any(|derived| name == *derived)
    })
}

/// Removes what is left lying about.
pub(super) fn sweep(patient: &Patient<'_>) -> Result<Vec<String>> {
    let ctx = patient.ctx;
    let survey = patient.survey()?;
    let mut done = Vec::new();
    for path in &survey.abandoned {
        fs::remove(path)?;
    }
    if !survey.abandoned.is_empty() {
        let count = plural(survey.abandoned.len(), "temporary file");
        done.push(format!("removed {count}"));
    }
    for lost in unmapped_lost(survey) {
        let Some(branch) = lost.branch.clone() else {
            continue;
        };
        ctx.store.index(&IndexEntry {
            session: lost.id.clone(),
            branch,
            state: State::Deleted,
            at: ctx.now(),
        })?;
        done.push(format!("took {} out of the list", lost.id));
    }
    for directory in survey.without_log.iter().filter(|path| is_derived(path)) {
        for entry in std::fs::read_dir(directory)?.flatten() {
            fs::remove(&entry.path())?;
        }
        fs::remove_empty_dir(directory)?;
        done.push(format!("removed {}", directory.display()));
    }
    for (id, _) in lost_unmapped(ctx)? {
        ctx.store.remove_unmapped(&id)?;
        done.push(format!("forgot that a hook had started {id}"));
    }
    Ok(done)
}
