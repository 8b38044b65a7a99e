//! Whether hooks really run: a commit, an amend, a switch and a merge in a scratch repository, reached the way
//! that hooks are reached here. Nobody else's hook is run, and the settings of the user do not count there.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::patient::Patient;
use crate::domain::body::Body;
use crate::domain::diagnosis::Finding;
use crate::domain::hook_event::HookEvent;
use crate::git::{Git, Output};
use crate::ops::ctx::Ctx;
use crate::ops::heartbeat;
use crate::ops::hooks::{Facts, Owned};
use crate::store::Store;
use crate::sys::env::{self, Env};
use crate::sys::fs::{self, Onto, Sharing};

/// How long one command in the scratch repository may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether hooks really run.
pub(super) fn hooks_run(patient: &Patient<'_>) -> Result<Finding> {
    let facts = patient.hooks()?;
    let runnable = runnable(facts);
    if runnable.is_empty() {
        return Ok(Finding::skipped(
            "no hook here is git-session's alone to run",
        ));
    }
    let directory = match tempfile::Builder::new()
        .prefix("git-session-doctor-")
        .tempdir()
    {
        Ok(directory) => directory,
        Err(why) => {
            return Ok(Finding::skipped(format!(
                "no scratch directory can be made: {why}"
            )));
        }
    };
    let scratch = Scratch {
        ctx: patient.ctx,
        directory: directory.path(),
    };
    if copies(facts, &runnable) && runnable.iter().any(|(_, owned)| is_stub(owned)) {
        let path = directory.path().join("probe");
        fs::write_executable(&path, b"#!/bin/sh\nexit 0\n", Onto::Free, Sharing::Umask)?;
        let probe = Git::program(&path, &patient.ctx.env, directory.path());
        if probe.within(PATIENCE).output().is_err() {
            return Ok(Finding::skipped(
                "no script can be started in the temporary directory",
            ));
        }
    }
    let outcome = scratch
        .prepare(facts, &runnable)
        .and_then(|()| scratch.play());
    let mut problems = match outcome {
        Ok(()) => Vec::new(),
        Err(error) => vec![format!("{error:#}")],
    };
    if problems.is_empty() {
        problems = scratch.missing(&runnable);
    }
    let complaints = scratch.store().hook_log().lines().unwrap_or_default();
    directory.close().ok();
    let others = others(facts);
    if problems.is_empty() {
        let summary = match runnable.len() {
            6 => "all six ran and left trailers, records and notes".to_owned(),
            count => format!("{count} of six tried: {} ran", names(&runnable)),
        };
        return Ok(Finding::ok(summary).evidence(others));
    }
    Ok(
        Finding::bad("hooks do not do their work in a scratch repository")
            .evidence(problems)
            .evidence(complaints)
            .evidence(others)
            .so("commits are not enriched or not recorded")
            .person("git session hooks status"),
    )
}

/// The hooks that are ours and lead to a program that is there.
fn runnable(facts: &Facts) -> Vec<(HookEvent, &Owned)> {
    let healthy = |event: HookEvent| {
        let mut all = facts.events.iter();
        all.any(|one| one.event == event && one.healthy)
    };
    let owned = facts.owned.iter().filter(|(event, _)| healthy(*event));
    owned.map(|(event, owned)| (*event, owned)).collect()
}

/// What was left out.
fn others(facts: &Facts) -> Option<String> {
    let strangers = facts.strangers.join(", ");
    (!strangers.is_empty()).then(|| format!("not run, because not ours: {strangers}"))
}

/// The names of events.
fn names(events: &[(HookEvent, &Owned)]) -> String {
    let names: Vec<&str> = events.iter().map(|(event, _)| event.name()).collect();
    names.join(", ")
}

/// A repository for one moment.
struct Scratch<'a> {
    ctx: &'a Ctx,
    directory: &'a Path,
}

impl Scratch<'_> {
    /// An environment that knows nothing but the scratch repository: where programs are, and what stands still in
    /// tests.
    fn env(&self) -> Env {
        let env = &self.ctx.env;
        env.only(&["PATH", "TMPDIR", env::GIT_EXEC_PATH, env::NOW, env::SEED])
    }

    /// A git, or another program, that sees nothing but the scratch repository.
    fn isolated(&self, git: Git) -> Git {
        let home = self.directory;
        git.variable("HOME", home)
            .variable("XDG_CONFIG_HOME", home)
            .variable(env::GIT_CONFIG_GLOBAL, home.join("gitconfig"))
            .variable(env::GIT_CONFIG_NOSYSTEM, "1")
            .variable(env::GIT_CEILING_DIRECTORIES, home)
            .within(PATIENCE)
    }

    fn git(&self) -> Git {
        self.isolated(Git::new(&self.env(), &self.top()))
    }

    fn top(&self) -> std::path::PathBuf {
        self.directory.join("repo")
    }

    fn store(&self) -> Store {
        Store::new(&self.top().join(".git"), Sharing::Umask)
    }

    /// Makes the repository, brings the hooks in, starts a session.
    fn prepare(&self, facts: &Facts, hooks: &[(HookEvent, &Owned)]) -> Result<()> {
        fs::create_dir(&self.top(), Sharing::Umask)?;
        self.git()
            .args([
                "-c",
                "init.defaultRefFormat=files",
                "init",
                "-q",
                "--template=",
                ".",
            ])
            .checked()?;
        let set = |key: &str, value: &str| self.set(key, value);
        set("user.name", "git session doctor")?;
        set("user.email", "doctor@localhost")?;
        set("commit.gpgSign", "false")?;
        set("gc.auto", "0")?;
        if copies(facts, hooks) {
            self.copy(hooks)?;
        } else {
            set("core.hooksPath", &facts.directory.to_string_lossy())?;
        }
        let program = std::env::current_exe().context("cannot tell where this program is")?;
        let start = Git::program(program, &self.env(), &self.top());
        let start = start.args(["start", "--no-hooks", "-o", "See whether hooks run"]);
        self.isolated(start).checked()?;
        Ok(())
    }

    /// Sets a key of the scratch repository.
    fn set(&self, key: &str, value: &str) -> Result<()> {
        self.git().args(["config", key, value]).checked()?;
        Ok(())
    }

    /// Brings our hooks in without those beside them.
    fn copy(&self, hooks: &[(HookEvent, &Owned)]) -> Result<()> {
        let directory = self.top().join(".git/hooks");
        fs::create_dir(&directory, Sharing::Umask)?;
        for (event, owned) in hooks {
            let path = directory.join(event.name());
            match owned {
                Owned::Link(target) => fs::symlink(target, &path, Onto::Free)?,
                Owned::Stub(bytes) => {
                    fs::write_executable(&path, bytes, Onto::Free, Sharing::Umask)?;
                }
                Owned::Command(_) => {
                    for (key, value) in owned.settings(*event) {
                        self.set(&key, &value)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Does what every hook is for.
    fn play(&self) -> Result<()> {
        let run = |words: &[&str]| self.git().args(words).checked();
        let write = |title: &str| -> Result<Output> {
            // with an editor, so that commit-msg has something to do
            let editor = format!("printf '%s\\n' '{title}' >");
            let git = self.git().variable("GIT_EDITOR", editor);
            git.args(["commit", "-q", "--allow-empty"]).checked()
        };
        let main = run(&["symbolic-ref", "--short", "HEAD"])?.text();
        run(&["commit", "-q", "--allow-empty", "-m", "One"])?;
        write("Two")?;
        run(&["commit", "-q", "--amend", "--allow-empty", "-m", "Three"])?;
        run(&["checkout", "-q", "-b", "side"])?;
        run(&["commit", "-q", "--allow-empty", "-m", "Beside"])?;
        run(&["checkout", "-q", &main])?;
        run(&["merge", "-q", "--no-ff", "-m", "Together", "side"])?;
        Ok(())
    }

    /// What is not as it should be after that.
    fn missing(&self, hooks: &[(HookEvent, &Owned)]) -> Vec<String> {
        let store = self.store();
        let ran: BTreeSet<_> = heartbeat::beats(&store).iter().map(|b| b.event).collect();
        let mut missing: Vec<String> = hooks
            .iter()
            .filter(|(event, _)| !ran.contains(event))
            .map(|(event, _)| format!("{event} left no sign of having run"))
            .collect();
        let is_there = |event: HookEvent| hooks.iter().any(|(other, _)| *other == event);
        if is_there(HookEvent::PrepareCommitMsg) && self.enriched() == 0 {
            missing.push("no commit has trailers".to_owned());
        }
        if is_there(HookEvent::PostCommit) {
            if self.recorded() == 0 {
                missing.push("no commit was recorded".to_owned());
            }
            if self.noted() == 0 {
                missing.push("no commit has a note".to_owned());
            }
        }
        missing
    }

    /// How many commits carry our lines.
    fn enriched(&self) -> usize {
        let format = "--format=%(trailers:key=Session-Id,valueonly)";
        self.lines(&["log", format])
    }

    /// How many commits have a note.
    fn noted(&self) -> usize {
        let refs = ["for-each-ref", "--format=%(refname)", "refs/notes/session/"];
        let git = self.git().args(refs);
        let reference = git.output().map(|output| output.text()).unwrap_or_default();
        match reference.as_str() {
            "" => 0,
            name => self.lines(&["notes", "--ref", name, "list"]),
        }
    }

    /// How many lines git answers that are not empty.
    fn lines(&self, words: &[&str]) -> usize {
        let output = self.git().args(words).output();
        let text = output.map(|output| output.text()).unwrap_or_default();
        text.lines().filter(|line| !line.is_empty()).count()
    }

    /// How many commits stand in the log.
    fn recorded(&self) -> usize {
        let store = self.store();
        let ids = store.ids().unwrap_or_default();
        let events = ids
            .iter()
            .filter_map(|id| store.log(id).read().ok())
            .flat_map(|contents| contents.events);
        events
            .filter(|event| matches!(event.body(), Body::CommitRecorded(_)))
            .count()
    }
}

/// Whether the hooks are copied: beside others they cannot be tried where they are.
fn copies(facts: &Facts, hooks: &[(HookEvent, &Owned)]) -> bool {
    let in_config = |(_, owned): &(HookEvent, &Owned)| matches!(owned, Owned::Command(_));
    !facts.strangers.is_empty() || hooks.iter().any(in_config)
}

/// Whether a hook is a script.
const fn is_stub(owned: &Owned) -> bool {
    matches!(owned, Owned::Stub(_))
}
