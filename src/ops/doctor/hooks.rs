//! Which hooks git runs, where it takes them from, and who else writes there.

use anyhow::Result;

use super::patient::Patient;
use crate::domain::describe::plural;
use crate::domain::diagnosis::Finding;
use crate::domain::hook_event::HookEvent;
use crate::ops::hooks::{self, EventStatus, Facts, Way};

/// The command that installs them.
const INSTALL: &str = "git session hooks install";

/// Whether each event reaches the program.
pub(super) fn hooks(patient: &Patient<'_>) -> Result<Finding> {
    let facts = patient.hooks()?;
    let sick: Vec<&EventStatus> = facts.events.iter().filter(|one| !one.healthy).collect();
    if sick.is_empty() {
        let evidence = facts
            .events
            .iter()
            .map(|one| format!("{}: {}", one.event, one.detail));
        return Ok(Finding::ok(format!("all six run, {}", ways(facts))).evidence(evidence));
    }
    let summary = match sick.len() {
        6 => "git runs none of the six".to_owned(),
        count => format!("git does not run {count} of the six"),
    };
    let finding = Finding::bad(summary)
        .evidence(grouped(&sick))
        .so(consequence(&sick));
    if sick
        .iter()
        .any(|one| one.detail.ends_with("is switched off"))
    {
        return Ok(finding.person(r"git config --show-origin --get-regexp '^hook\..*\.enabled$'"));
    }
    let program = hooks::program(&patient.ctx.env)?;
    let plan = hooks::plan(&patient.ctx.repo, &program, facts.version)?;
    let is_sick = |event: HookEvent| sick.iter().any(|one| one.event == event);
    let mut by_hand = plan
        .into_iter()
        .filter(|(event, way)| is_sick(*event) && !way.is_ours());
    Ok(match by_hand.next() {
        None => finding.fix("installs them"),
        Some((_, Way::Manual { line, .. })) if line.starts_with("git config ") => {
            finding.person(line)
        }
        Some(_) => finding.person(facts.advice.clone()),
    })
}

/// What follows when git does not run one hook.
const fn without(event: HookEvent) -> &'static str {
    match event {
        HookEvent::PrepareCommitMsg => "commits get no trailers",
        HookEvent::CommitMsg => "commits made with an editor get no trailers",
        HookEvent::PostCommit => "commits are not recorded until the next command",
        HookEvent::PostCheckout => "a switch of the branch says nothing, and its time is not seen",
        HookEvent::PostRewrite => "records follow an amend or a rebase with the next command only",
        HookEvent::PostMerge => "a merge or a pull is not seen until the next command",
    }
}

/// What follows from hooks that do not run.
fn consequence(sick: &[&EventStatus]) -> String {
    if sick.len() == HookEvent::ALL.len() {
        return "commits are plain, and not recorded until the next command".to_owned();
    }
    let misses = |event: HookEvent| sick.iter().any(|one| one.event == event);
    let said = |event: &HookEvent| {
        // without the first one there is nothing for the second to keep
        *event != HookEvent::CommitMsg || !misses(HookEvent::PrepareCommitMsg)
    };
    let events = sick.iter().map(|one| one.event).filter(said);
    events.map(without).collect::<Vec<_>>().join("; ")
}

/// Events with the same detail but for their name as one line.
fn grouped(sick: &[&EventStatus]) -> Vec<String> {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for status in sick {
        let name = status.event.name();
        let detail = status.detail.replace(name, "<hook>");
        let end = [": git session hooks install", ": git config --"];
        let end = end.iter().filter_map(|advice| detail.find(advice)).min();
        let detail = detail[..end.unwrap_or(detail.len())].to_owned();
        match groups.iter_mut().find(|(other, _)| *other == detail) {
            Some((_, events)) => events.push(name),
            None => groups.push((detail, vec![name])),
        }
    }
    let line = |(detail, events): (String, Vec<&str>)| match events.as_slice() {
        [only] => format!("{only}: {}", detail.replace("<hook>", only)),
        all if all.len() == HookEvent::ALL.len() => format!("each: {detail}"),
        some => format!("{}: {detail}", some.join(", ")),
    };
    groups.into_iter().map(line).collect()
}

/// How the events reach the program: `as links`, `by the config`.
fn ways(facts: &Facts) -> String {
    let mut names = Vec::new();
    for way in facts.events.iter().filter_map(|one| one.way.as_ref()) {
        let name = match way {
            Way::Link => "as links",
            Way::Config => "by the config",
            Way::ConfigGuarded => "by the config and a shell",
            Way::Stub => "as stubs",
            Way::Manual { .. } => "by lines added by hand",
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// Installs them. A way that is left to the person is said.
pub(super) fn install(patient: &Patient<'_>) -> Result<Vec<String>> {
    let ctx = patient.ctx;
    let program = hooks::program(&ctx.env)?;
    let healthy = |one: &EventStatus| one.healthy.then_some(one.event);
    let before: Vec<HookEvent> = patient.hooks()?.events.iter().filter_map(healthy).collect();
    let installed = hooks::install(&ctx.repo, &program, hooks::Place::Repository)?;
    let ours = installed.events.iter().filter(|(_, way)| way.is_ours());
    let all: Vec<HookEvent> = ours.map(|(event, _)| *event).collect();
    let is_new = |event: &&HookEvent| !before.contains(event);
    let new: Vec<&str> = all.iter().filter(is_new).map(|one| one.name()).collect();
    let mut done = vec![match new.len() {
        // the program was another one
        0 => format!("installed {} anew", plural(all.len(), "hook")),
        6 => "installed all six hooks".to_owned(),
        _ => format!("installed {}", new.join(", ")),
    }];
    done.extend(installed.notes);
    Ok(done)
}

/// Where git takes hook files from.
pub(super) fn hooks_path(patient: &Patient<'_>) -> Result<Finding> {
    let facts = patient.hooks()?;
    let Some((scope, value)) = &facts.hooks_path else {
        return Ok(Finding::ok("not set: the hooks of the repository run"));
    };
    let setting = format!("core.hooksPath is `{value}` in the {scope} config");
    let all_run = facts.events.iter().all(|one| one.healthy);
    if facts.switched_off && !all_run {
        return Ok(Finding::bad("git runs no hook files")
            .evidence([setting])
            .so("commits are plain, and not recorded until the next command")
            .person(format!("git config --{scope} --unset core.hooksPath")));
    }
    let by_files = facts
        .events
        .iter()
        .any(|one| matches!(one.way, Some(Way::Link | Way::Stub | Way::Manual { .. })));
    let without = trees_without(patient, facts);
    if facts.relative && by_files && !without.is_empty() {
        return Ok(Finding::warn("a work tree has no directory of hooks")
            .evidence([setting])
            .evidence(without)
            .so("git runs no hook files in these work trees")
            .person(format!(
                "git config --{scope} core.hooksPath {}",
                hooks::quote(&facts.directory)
            )));
    }
    if !facts.directory.is_dir() && !facts.switched_off && !all_run {
        return Ok(Finding::warn("it leads to no directory")
            .evidence([setting])
            .so("git runs no hook files")
            .person(format!("git config --{scope} --unset core.hooksPath")));
    }
    Ok(Finding::ok(setting))
}

/// The linked work trees in which a relative `core.hooksPath` leads nowhere.
fn trees_without(patient: &Patient<'_>, facts: &Facts) -> Vec<String> {
    let Some((_, value)) = &facts.hooks_path else {
        return Vec::new();
    };
    let below = patient.ctx.repo.common_dir().join("worktrees");
    let entries = std::fs::read_dir(below).into_iter().flatten().flatten();
    let trees = entries.filter_map(|entry| {
        let link = crate::sys::fs::read(&entry.path().join("gitdir")).ok()??;
        let link = String::from_utf8(link).ok()?;
        let top = std::path::Path::new(link.trim()).parent()?.to_owned();
        Some(top)
    });
    trees
        .filter(|top| top.is_dir() && !top.join(value).is_dir())
        .map(|top| top.display().to_string())
        .collect()
}

/// Who else writes hook files.
pub(super) fn managers(patient: &Patient<'_>) -> Result<Finding> {
    let facts = patient.hooks()?;
    if facts.managers.is_empty() {
        return Ok(Finding::ok("none was found"));
    }
    let names: Vec<&str> = facts.managers.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    let is_file = |one: &EventStatus| matches!(one.way, Some(Way::Link | Way::Stub));
    let replaces = facts.managers.iter().any(|(_, takes_over)| *takes_over);
    if replaces && facts.events.iter().any(is_file) {
        return Ok(
            Finding::warn(format!("{names} may replace the hooks of git-session"))
                .evidence([format!("{names} is set up in this work tree")])
                .so("after its next install commits may be plain; every command looks and says so")
                .person(INSTALL),
        );
    }
    if facts.events.iter().all(|one| one.healthy) {
        return Ok(Finding::ok(format!("{names}, and git-session runs beside")));
    }
    Ok(Finding::warn(format!("{names} has the hooks here"))
        .so("git-session needs a line in the manager's settings")
        .person(facts.advice.clone()))
}
