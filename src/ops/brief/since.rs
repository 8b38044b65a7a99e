//! Commits: what came to the branch since this work tree left it, and the newest ones of the session.

use std::collections::HashSet;

use anyhow::Result;
use chrono::DateTime;

use crate::domain::briefing::{Away, CommitLine, Since, Touched};
use crate::domain::id::CommitId;
use crate::domain::redact::without_secrets;
use crate::domain::session::{Left, Session, State};
use crate::git::{CommitInfo, MOST_CHANGES, Running};
use crate::ops::ctx::Ctx;
use crate::ops::history;

/// So many commits are counted.
const COUNTED: usize = 1000;
/// So many are named.
const NAMED: usize = 20;
/// So many commits of the session are looked for, in so many of the branch.
const OWN: (usize, usize) = (10, 100);

/// What `%m%H%x00%at%x00%an%x00%s` prints, ended by a NUL.
const FORMAT: &str = "--format=%m%H%x00%at%x00%an%x00%s";

/// A question to git that is under way.
pub(super) struct Asked {
    since: Since,
    running: Option<Running>,
}

/// Asks git what came since; none when this work tree never left.
pub(super) fn ask(ctx: &Ctx, session: &Session, tip: Option<&CommitId>) -> Result<Option<Asked>> {
    let (Some((away, left)), Some(tip)) = (left(ctx, session, tip)?, tip) else {
        return Ok(None);
    };
    let Some(head) = left.head else {
        return Ok(None);
    };
    let mut since = Since {
        at: left.at,
        away,
        commits: Some(0),
        more: false,
        gone: 0,
        authors: Vec::new(),
        newest: Vec::new(),
        files: Touched::default(),
        head: head.clone(),
    };
    if head == *tip {
        let running = None;
        return Ok(Some(Asked { since, running }));
    }
    if !ctx.repo.has_commit(&head) {
        since.commits = None;
        let running = None;
        return Ok(Some(Asked { since, running }));
    }
    let count = format!("--max-count={}", COUNTED + 1);
    let git = ctx.repo.git().args(["log", "-z", "--left-right", &count]);
    let git = git.args(["--encoding=UTF-8", "--no-color", "--no-show-signature"]);
    let git = git.args(["--no-decorate", "--no-notes", FORMAT]);
    let running = git.arg(format!("{head}...{tip}")).arg("--").start()?;
    // trees that a partial clone has not are not fetched for a brief
    let changes = ctx.repo.paths_between(Some(&head), tip).unwrap_or_default();
    since.files = Touched {
        more: changes.len() > MOST_CHANGES,
        paths: changes.into_iter().map(|change| change.path).collect(),
    };
    since.files.paths.truncate(MOST_CHANGES);
    Ok(Some(Asked {
        since,
        running: Some(running),
    }))
}

/// Where this work tree was when it left the branch, or when the session ended.
fn left(ctx: &Ctx, session: &Session, tip: Option<&CommitId>) -> Result<Option<(Away, Left)>> {
    let ended = matches!(session.state, State::Ended | State::Archived);
    if ended && let Some(end) = history::end_of(ctx, session, tip)? {
        return Ok(Some((Away::Ended, end)));
    }
    let left = session.left.get(&ctx.worktree_key());
    Ok(left.map(|left| (Away::Left, left.clone())))
}

impl Asked {
    /// What git says.
    pub(super) fn answer(self) -> Result<Since> {
        let mut since = self.since;
        if let Some(running) = self.running {
            read(&running.checked()?.stdout, &mut since)?;
        }
        Ok(since)
    }
}

/// Reads what git printed.
fn read(output: &[u8], since: &mut Since) -> Result<()> {
    let text = String::from_utf8_lossy(output);
    let mut fields = text.split('\0');
    let (mut all, mut new) = (0, 0);
    while let (Some(id), Some(at), Some(author), Some(subject)) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    {
        all += 1;
        if all > COUNTED {
            since.more = true;
            break;
        }
        let Some(id) = id.strip_prefix('>') else {
            since.gone += 1;
            continue;
        };
        new += 1;
        match since.authors.iter_mut().find(|(name, _)| name == author) {
            Some((_, count)) => *count += 1,
            None => since.authors.push((author.to_owned(), 1)),
        }
        if since.newest.len() < NAMED {
            since.newest.push(CommitLine {
                id: CommitId::new(id)?,
                author: author.to_owned(),
                at: DateTime::from_timestamp(at.parse().unwrap_or(0), 0).unwrap_or_default(),
                subject: without_secrets(subject).into_owned(),
            });
        }
    }
    since.commits = Some(new);
    since
        .authors
        .sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(())
}

/// The newest commits of the session on the line of the branch, newest first.
pub(super) fn of_session(ctx: &Ctx, session: &Session, tip: &CommitId) -> Result<Vec<CommitLine>> {
    let records = session.commits.iter().map(|commit| &commit.record.commit);
    let wanted: HashSet<&CommitId> = records.collect();
    walk(ctx, tip, OWN, |id| wanted.contains(id), wanted.len())
}

/// The newest commits of a line of history, newest first.
pub(super) fn newest(ctx: &Ctx, tip: &CommitId, most: usize) -> Result<Vec<CommitLine>> {
    walk(ctx, tip, (most, most), |_| true, most)
}

/// Those of the first parents that are wanted: so many, out of so many.
fn walk(
    ctx: &Ctx,
    tip: &CommitId,
    (most, steps): (usize, usize),
    wanted: impl Fn(&CommitId) -> bool,
    all: usize,
) -> Result<Vec<CommitLine>> {
    let mut found = Vec::new();
    let mut at = Some(tip.clone());
    for _ in 0..steps {
        let Some(id) = at.take().filter(|_| found.len() < most.min(all)) else {
            break;
        };
        let info = ctx.repo.commit(&id)?;
        if wanted(&id) {
            found.push(line(&info));
        }
        at = info.parents.into_iter().next();
    }
    Ok(found)
}

fn line(info: &CommitInfo) -> CommitLine {
    CommitLine {
        id: info.id.clone(),
        author: info.author.name.clone(),
        at: DateTime::from_timestamp(info.author.seconds, 0).unwrap_or_default(),
        subject: history::subject(info),
    }
}
