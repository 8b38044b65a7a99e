//! The two programs that everything depends on: git, and this one as hooks and git find it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::patient::Patient;
use crate::domain::diagnosis::Finding;
use crate::domain::hook_event::HookEvent;
use crate::git::{Git, spawn};
use crate::ops::ctx::Ctx;
use crate::ops::hooks::{CONFIG_HOOKS_SINCE, Version};
use crate::sys::fs;

/// The oldest git that is tested.
const OLDEST: Version = (2, 30, 0);

/// How long a program may take to say its version.
const PATIENCE: Duration = Duration::from_secs(5);

/// The version of git.
pub(super) fn git_version(patient: &Patient<'_>) -> Result<Finding> {
    let ctx = patient.ctx;
    let version = spawn::git_version(&ctx.env, &ctx.cwd)?;
    let (major, minor, patch) = version;
    let shown = format!("git {major}.{minor}.{patch}");
    if version < OLDEST {
        return Ok(Finding::bad(shown)
            .so("git-session is made for git 2.30 and later")
            .person("install a newer git"));
    }
    Ok(Finding::ok(if version >= CONFIG_HOOKS_SINCE {
        format!("{shown}, which runs hooks of the config")
    } else {
        shown
    }))
}

/// Whether hooks and `git session` lead to this program.
pub(super) fn program(patient: &Patient<'_>) -> Result<Finding> {
    let ctx = patient.ctx;
    let running = std::env::current_exe().context("cannot tell where this program is")?;
    let own = concat!("version ", env!("CARGO_PKG_VERSION"));
    let facts = patient.hooks()?;
    let mut programs: Vec<PathBuf> = facts.owned.iter().map(|(_, o)| o.program()).collect();
    programs.sort_unstable();
    programs.dedup();
    let gone: Vec<&PathBuf> = programs.iter().filter(|p| !fs::is_executable(p)).collect();
    if !gone.is_empty() {
        let line = |path: &&PathBuf| format!("{} is not there or cannot be run", path.display());
        return Ok(Finding::bad("hooks lead to a program that is not there")
            .evidence(gone.iter().map(line))
            .so("git ignores these hooks, or fails at them")
            .fix("installs the hooks again, for this program"));
    }
    let mut others = Vec::new();
    for path in &programs {
        let real = fs::resolve(path);
        if !fs::same_file(&real, &running) && !others.contains(&real) {
            others.push(real);
        }
    }
    let here = format!("this one is {}, {own}", running.display());
    if !others.is_empty() {
        let line = |path: &PathBuf| match version(ctx, path) {
            Some(version) => format!("hooks run {}, version {version}", path.display()),
            None => format!("hooks run {}", path.display()),
        };
        return Ok(Finding::warn("hooks run another copy of the program")
            .evidence(others.iter().map(line).chain([here]))
            .so("what hooks do and what commands do may differ")
            .fix("installs the hooks again, for this program"));
    }
    Ok(found_by_git(ctx, &running, here))
}

/// Whether `git session` leads to this program: git looks among its own programs, then on `PATH`.
fn found_by_git(ctx: &Ctx, running: &Path, here: String) -> Finding {
    let beside = Git::new(&ctx.env, &ctx.cwd).arg("--exec-path").output();
    let beside = beside.ok().filter(crate::git::Output::success);
    let own = beside.map(|output| PathBuf::from(output.text()));
    let path = ctx.env.os("PATH").unwrap_or_default();
    let directories = own.into_iter().chain(std::env::split_paths(path));
    let name = format!("git-session{}", std::env::consts::EXE_SUFFIX);
    let found = directories
        .map(|directory| directory.join(&name))
        .find(|path| fs::is_executable(path));
    match found {
        None => Finding::warn("git does not find it: git-session is not on PATH")
            .evidence([here])
            .so("`git session` is no command of git; hooks work without that")
            .person("add the directory of git-session to PATH"),
        Some(found) if !fs::same_file(&found, running) => {
            let other = match version(ctx, &found) {
                Some(version) => format!("`git session` is {}, version {version}", found.display()),
                None => format!("`git session` is {}", found.display()),
            };
            Finding::warn("`git session` is another copy of the program")
                .evidence([other, here])
                .so("what hooks do and what commands do may differ")
                .person("take the other one away, or put this one in front of it on PATH")
        }
        Some(found) => Finding::ok(format!(
            "{}, {}",
            found.display(),
            env!("CARGO_PKG_VERSION")
        )),
    }
}

/// What a copy of this program says when it is asked for its version. Only one of its own name is asked: under
/// that of a hook it would be the hook.
fn version(ctx: &Ctx, program: &Path) -> Option<String> {
    let stem = program.file_stem()?.to_str()?;
    if HookEvent::from_argv0(program.as_os_str()).is_some() || stem != "git-session" {
        return None;
    }
    let git = Git::program(program, &ctx.env, &ctx.cwd).arg("--version");
    let output = git.within(PATIENCE).output().ok()?;
    let text = output.text();
    let version = text.lines().next()?.strip_prefix("git-session ")?;
    let short: String = version.chars().take(40).collect();
    output.success().then_some(short)
}
