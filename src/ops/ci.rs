//! How the build of HEAD went: from a file or a command that personal settings name. A command is asked at most
//! once a minute for a commit, for two seconds; in between, and when it does not answer, what it said last holds.

use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::ctx::Ctx;
use crate::domain::ci::{self, Build, Verdict};
use crate::git::{Captured, Capturing, Git};
use crate::sys::fs;

/// Name of the cache.
const CACHE: &str = "ci.json";

/// So many commits are remembered.
const MOST_REMEMBERED: usize = 8;

/// How long an answer holds, in seconds.
const HOLDS: i64 = 60;

/// How long a command may take.
const LIMIT: Duration = Duration::from_secs(2);

/// So much of a file or an answer is read, in bytes.
const MOST_BYTES: u64 = 64 * 1024;

/// Where it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `ci.file`
    File,
    /// `ci.command`
    Command,
}

impl Source {
    /// The key of the settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "ci.file",
            Self::Command => "ci.command",
        }
    }
}

/// How the build went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiStatus {
    /// In one word.
    pub state: Verdict,
    /// What else was said, on one line, redacted; empty when nothing was.
    pub text: String,
    /// Where there is more: plain ASCII that begins with `http`.
    pub url: Option<String>,
    /// When that was said.
    pub at: DateTime<Utc>,
    /// Where.
    pub from: Source,
    /// The commit that was built, when it says so and that is not HEAD.
    pub other_commit: Option<String>,
    /// Why there is nothing newer: a phrase.
    pub trouble: Option<String>,
}

/// What was asked, and may be under way.
pub struct Asked {
    head: String,
    state: State,
}

enum State {
    Known(Option<CiStatus>),
    Running(Capturing, Cache),
}

/// What was answered about one commit.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Answer {
    head: String,
    command: u64,
    asked: DateTime<Utc>,
    at: DateTime<Utc>,
    #[serde(default)]
    build: Option<Build>,
    #[serde(default)]
    trouble: Option<String>,
}

/// What is remembered, the newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Cache {
    answers: Vec<Answer>,
}

/// How the build of HEAD went; `None` where no setting says where to look, or nothing was ever said.
pub fn status(ctx: &Ctx) -> Option<CiStatus> {
    ask(ctx).answer(ctx)
}

/// Begins to ask, while something else is done.
pub fn ask(ctx: &Ctx) -> Asked {
    let settings = &ctx.settings.ci;
    let head = ctx.repo.head().ok();
    let head = head
        .and_then(|head| head.tip().map(ToString::to_string))
        .unwrap_or_default();
    let from_file = settings
        .file
        .as_deref()
        .and_then(|path| file(ctx, path, &head));
    let state = match (from_file, settings.command.as_deref()) {
        (Some(found), _) => State::Known(Some(found)),
        (None, Some(command)) => begin(ctx, command, &head),
        (None, None) => State::Known(None),
    };
    Asked { head, state }
}

/// What a file says; `None` when it is not there or says nothing.
fn file(ctx: &Ctx, path: &str, head: &str) -> Option<CiStatus> {
    let top = ctx.repo.work_tree().unwrap_or(&ctx.cwd);
    let path = top.join(path);
    let at = fs::modified(&path).map_or_else(|| ctx.now(), DateTime::<Utc>::from);
    let found = |build: Build, trouble| shown(build, at, Source::File, head, trouble);
    match fs::read_start(&path, MOST_BYTES) {
        Ok(bytes) => Some(found(ci::parse(&bytes?)?, None)),
        Err(error) => {
            let why = format!("it cannot be read: {}", error.root_cause());
            Some(found(Build::default(), Some(why)))
        }
    }
}

/// Starts a command unless what it said last still holds.
fn begin(ctx: &Ctx, command: &str, head: &str) -> State {
    let cache = remembered(ctx);
    let known = cache.of(head, command);
    let now = ctx.now();
    let fresh = |answer: &&Answer| {
        let age = now.signed_duration_since(answer.asked);
        age >= TimeDelta::zero() && age < TimeDelta::seconds(HOLDS)
    };
    if let Some(answer) = known.filter(fresh) {
        return State::Known(Some(answer.shown(head)));
    }
    let top = ctx.repo.work_tree().unwrap_or(&ctx.cwd);
    let shell = Git::program("sh", &ctx.env, top).elsewhere();
    let branch = ctx.repo.branch().ok().flatten();
    let shell = shell
        .args(["-c", command])
        .variable("GIT_SESSION_COMMIT", head)
        .variable(
            "GIT_SESSION_BRANCH",
            branch.map(|b| b.to_string()).unwrap_or_default(),
        );
    match shell.capture(MOST_BYTES) {
        Ok(running) => State::Running(running, cache),
        Err(error) => {
            let trouble = Some(format!("it cannot be started: {error}"));
            State::Known(Some(shown(
                Build::default(),
                now,
                Source::Command,
                head,
                trouble,
            )))
        }
    }
}

impl Asked {
    /// What was said, waiting for it if need be.
    pub fn answer(self, ctx: &Ctx) -> Option<CiStatus> {
        let (running, mut cache) = match self.state {
            State::Known(known) => return known,
            State::Running(running, cache) => (running, cache),
        };
        let command = ctx.settings.ci.command.as_deref().unwrap_or_default();
        let (build, trouble) = match running.finish(LIMIT) {
            Ok(Captured::Ended(code, output)) => match ci::parse(&output) {
                // programs that end with 1 when a build has failed have answered
                Some(build) => (Some(build), None),
                None => (None, Some(format!("it said nothing and ended with {code}"))),
            },
            Ok(Captured::TooLong) => {
                let seconds = LIMIT.as_secs();
                (None, Some(format!("it did not answer within {seconds} s")))
            }
            Err(error) => (None, Some(format!("{error:#}"))),
        };
        let now = ctx.now();
        let before = cache.of(&self.head, command).cloned();
        let before = before.filter(|_| build.is_none());
        let answer = Answer {
            head: self.head.clone(),
            command: fingerprint(command),
            asked: now,
            at: before.as_ref().map_or(now, |before| before.at),
            build: build.or_else(|| before.and_then(|before| before.build)),
            trouble,
        };
        let found = answer.shown(&self.head);
        cache.take(answer);
        // what is not remembered is asked again
        remember(ctx, &cache).ok();
        Some(found)
    }
}

impl Answer {
    fn shown(&self, head: &str) -> CiStatus {
        let build = self.build.clone().unwrap_or_default();
        shown(build, self.at, Source::Command, head, self.trouble.clone())
    }
}

impl Cache {
    fn of(&self, head: &str, command: &str) -> Option<&Answer> {
        let command = fingerprint(command);
        let mut answers = self.answers.iter();
        answers.find(|answer| answer.head == head && answer.command == command)
    }

    fn take(&mut self, answer: Answer) {
        self.answers.retain(|known| known.head != answer.head);
        self.answers.insert(0, answer);
        self.answers.truncate(MOST_REMEMBERED);
    }
}

fn shown(
    build: Build,
    at: DateTime<Utc>,
    from: Source,
    head: &str,
    trouble: Option<String>,
) -> CiStatus {
    CiStatus {
        state: build.verdict,
        text: build.text,
        url: build.url,
        at,
        from,
        other_commit: build
            .commit
            .filter(|commit| !head.starts_with(commit.as_str())),
        trouble,
    }
}

/// What stands for a command in the cache: the command itself may hold a token.
fn fingerprint(command: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    command.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}

fn remembered(ctx: &Ctx) -> Cache {
    let bytes = fs::read_start(&ctx.store.cache(CACHE), MOST_BYTES)
        .ok()
        .flatten();
    let cache = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    cache.unwrap_or_default()
}

fn remember(ctx: &Ctx, cache: &Cache) -> Result<()> {
    if !ctx.store.exists() {
        return Ok(());
    }
    ctx.store.write_cache(CACHE, &serde_json::to_vec(cache)?)
}
