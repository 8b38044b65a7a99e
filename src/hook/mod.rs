//! What git calls. Lenient with arguments, quick to leave, quiet, and always exit 0: a failure costs one line
//! in `hook.log`, never a commit. No clap, no regex, no template, no colour in here.

mod args;

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anyhow::Result;

use crate::config::BriefOnCheckout;
use crate::domain::heartbeat::Beat;
use crate::domain::hook_event::HookEvent;
use crate::domain::layout::fold;
use crate::domain::procedure::Marks;
use crate::git::{self, Dirs};
use crate::ops::ctx::Ctx;
use crate::ops::{copies, message, record, rewrite, switch};
use crate::store::{Ring, Store, WorktreeFiles};
use crate::sys::clock::Clock;
use crate::sys::env::{self, Env};
use crate::sys::fs::{self, Sharing};

use args::Call;

/// Whether standard error is a terminal; asked for outside, so that tests can say.
pub type IsTerminal = fn() -> bool;

/// Runs a hook. `arguments`: those of the hook, without its name.
pub fn run(event: HookEvent, arguments: &[OsString], is_terminal: IsTerminal) {
    let started = Instant::now();
    // the process ends with the hook: nobody needs the memory back
    let env: &Env = Box::leak(Box::new(Env::from_process()));
    if env.text(env::SWITCH) == Some("0") {
        return;
    }
    let Ok(cwd) = std::env::current_dir() else {
        return;
    };
    let Some(dirs) = git::locate(env, &cwd) else {
        return;
    };
    let store = Store::new(&dirs.common_dir, Sharing::Umask);
    match store.usable() {
        Ok(true) => {}
        Ok(false) => return,
        Err(error) => return complain(&store, env, event, &format!("{error:#}")),
    }
    let call = args::parse(event, arguments);
    if leaves_early(&call, env, &cwd, &dirs) {
        return;
    }
    std::panic::set_hook(Box::new(remember_panic));
    let work = AssertUnwindSafe(|| act(&call, env, &cwd, &dirs, is_terminal));
    let outcome = catch_unwind(work);
    match outcome {
        Ok(Ok(())) => beat(&store, env, event, started),
        Ok(Err(error)) => complain(&store, env, event, &format!("{error:#}")),
        Err(_) => {
            let what = PANIC.lock().unwrap_or_else(PoisonError::into_inner);
            complain(&store, env, event, &format!("a bug in git-session: {what}"));
        }
    }
}

/// What the panic said, for the log: nobody at the keyboard can do anything about it.
static PANIC: Mutex<String> = Mutex::new(String::new());

/// Keeps what a panic says instead of printing it.
fn remember_panic(panic: &PanicHookInfo<'_>) {
    if let Ok(mut slot) = PANIC.lock() {
        *slot = panic.to_string();
    }
}

/// What can be told by a `stat`, a variable or a short file, before a repository is opened: nothing is to be
/// done.
fn leaves_early(call: &Call, env: &Env, cwd: &Path, dirs: &Dirs) -> bool {
    let there = |name: &str| fs::exists(&dirs.git_dir.join(name));
    match call {
        Call::Ignore => true,
        // the sequencer and `git merge` commit in-process: nothing of that is a new commit
        Call::PrepareMessage { .. } => {
            env.os(env::GIT_AUTHOR_DATE).is_none() || there("rebase-apply")
        }
        Call::FinishMessage { file } => {
            !fs::exists(&WorktreeFiles::message_file(&dirs.git_dir)) || {
                let files = WorktreeFiles::new(&dirs.git_dir, Sharing::Umask);
                message::is_finished(&files, &cwd.join(file))
            }
        }
        Call::Committed => {
            // a person may commit where a rebase stops
            (there("rebase-merge") && !there(&format!("rebase-merge/{}", record::NEW_IN_REBASE)))
                || there("rebase-apply")
                || there("sequencer")
                || there("CHERRY_PICK_HEAD")
        }
        Call::CheckedOut { .. } => there("rebase-merge") || there("rebase-apply"),
        Call::Rewritten(_) | Call::Merged { .. } => false,
    }
}

/// Does the work of one call.
fn act(call: &Call, env: &Env, cwd: &Path, dirs: &Dirs, is_terminal: IsTerminal) -> Result<()> {
    let ctx = Ctx::open_in_hook(env.clone(), cwd, dirs)?;
    let result = match call {
        Call::Ignore => Ok(()),
        Call::PrepareMessage { file, source } => {
            let prepare = message::Prepare {
                file: file.clone(),
                source: source.clone(),
                marks: marks(&ctx),
            };
            // what an aborted commit left behind is not for this one
            ctx.worktree.set_message(None)?;
            if message::prepare(&ctx, &prepare)? == message::Prepared::Enriched {
                say(record::first_time(&ctx).as_slice());
            }
            Ok(())
        }
        Call::FinishMessage { file } => message::finish(&ctx, file),
        Call::Committed => record::commit(&ctx),
        Call::CheckedOut { old } => checked_out(&ctx, old.as_ref(), is_terminal),
        Call::Rewritten(rewriter) => {
            let mut input = Vec::new();
            std::io::stdin().lock().read_to_end(&mut input)?;
            rewrite::rewritten(&ctx, *rewriter, rewrite::parse(&input))
        }
        Call::Merged { squash } => {
            if *squash {
                copies::remember_squash(&ctx)
            } else {
                record::merge(&ctx)
            }
        }
    };
    let problems = ctx
        .problems
        .iter()
        .map(ToString::to_string)
        .chain(ctx.unreadable.clone());
    for problem in problems {
        note(&ctx.store.hook_log(), &format!("{} {problem}", stamp(&ctx)));
    }
    // the process ends: nobody needs the memory back
    std::mem::forget(ctx);
    result
}

/// The branch may be another one; the brief goes to whoever reads.
fn checked_out(
    ctx: &Ctx,
    old: Option<&crate::domain::id::CommitId>,
    is_terminal: IsTerminal,
) -> Result<()> {
    if ctx.repo.head()?.branch().is_none() {
        return Ok(());
    }
    let entered = switch::changed(ctx, old)?;
    let read = match ctx.settings.session.brief_on_checkout {
        BriefOnCheckout::Always => true,
        BriefOnCheckout::Never => false,
        BriefOnCheckout::Auto => ctx.env.agent() || is_terminal(),
    };
    if read {
        let columns = columns(&ctx.env).unwrap_or(usize::MAX);
        let folded = |line: &String| fold(line, columns, str::to_owned);
        let mut lines: Vec<String> = entered.brief.iter().map(folded).collect();
        lines.extend(entered.elsewhere);
        say(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    }
    Ok(())
}

/// The width of the terminal that the brief goes to, if it goes to one.
fn columns(env: &Env) -> Option<usize> {
    let said = env.text(env::COLUMNS).and_then(|text| text.parse().ok());
    said.filter(|columns| *columns > 0).or_else(|| {
        let size = terminal_size::terminal_size_of(std::io::stderr());
        size.map(|(width, _)| usize::from(width.0))
    })
}

/// The state files that `prepare-commit-msg` decides by.
fn marks(ctx: &Ctx) -> Marks {
    let state = ctx.repo.state();
    let there = |name: &str| fs::exists(&ctx.repo.git_dir().join(name));
    Marks {
        rebase_merge: state.rebase_merge,
        rebase_apply: state.rebase_apply,
        sequencer: state.sequencer,
        cherry_pick: state.cherry_pick,
        revert: state.revert,
        merge: state.merge,
        merge_message: there("MERGE_MSG"),
        squash_message: there("SQUASH_MSG"),
    }
}

/// Lines on standard error. That nobody reads them is no failure.
fn say(lines: &[&str]) {
    let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
    if !text.is_empty() {
        std::io::stderr().lock().write_all(text.as_bytes()).ok();
    }
}

/// One line in `timings`.
fn beat(store: &Store, env: &Env, event: HookEvent, started: Instant) {
    let clock = Clock::from_env(env);
    let beat = Beat {
        event,
        seconds: clock.now().timestamp(),
        micros: u64::try_from(clock.since(started).as_micros()).unwrap_or(u64::MAX),
    };
    note(&store.timings(), &beat.to_line());
}

/// One line in `hook.log`.
fn complain(store: &Store, env: &Env, event: HookEvent, what: &str) {
    let now = Clock::from_env(env).now().format("%Y-%m-%dT%H:%M:%SZ");
    note(
        &store.hook_log(),
        &format!("{now} {}: {what}", event.name()),
    );
}

/// The time of a line in a log.
fn stamp(ctx: &Ctx) -> String {
    ctx.now().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A ring that cannot be written is no failure either.
fn note(ring: &Ring, line: &str) {
    ring.push(line).ok();
}
