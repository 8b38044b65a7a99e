//! What a document needs of git and of the settings: a few runs of git, however many commits there are.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Result;
use chrono::{DateTime, Utc};

use super::ended::{self, AtEnd};
use super::{Moment, base, status};
use crate::domain::coverage::Percent;
use crate::domain::glob::glob_matches_bytes;
use crate::domain::handoff::{Bars, CommitFacts, ContextFacts, Facts, FileChange, WorkTree};
use crate::domain::id::CommitId;
use crate::domain::patch::{self, Annotation, new_annotations};
use crate::domain::session::Session;
use crate::ops::ctx::Ctx;
use crate::ops::project::{self, Patience};
use crate::ops::{history, links, sessions};

/// How long one run of git may take.
pub(super) const LIMIT: Duration = Duration::from_secs(60);

/// Asks everything.
pub(super) fn facts(ctx: &Ctx, session: &Session, moment: Moment) -> Result<Facts> {
    let here = moment == Moment::Now
        && ctx.repo.branch()?.as_ref() == Some(&session.branch)
        && !ctx.repo.is_bare();
    let head = head(ctx, session, moment, here)?;
    let (work_tree, upstream) = if here {
        let (tree, upstream) = status::look(ctx)?;
        (Some(tree), upstream)
    } else {
        (None, None)
    };
    let at_end = if moment == Moment::End && !session.state.is_open() {
        ended::at_end(ctx, session)?
    } else {
        AtEnd::Unknown
    };
    let upto = match (&work_tree, &at_end) {
        (Some(_), _) => Upto::WorkTree,
        (None, AtEnd::Unknown | AtEnd::Clean) => head.clone().map_or(Upto::Nothing, Upto::Commit),
        (None, AtEnd::Held(saved, _)) => Upto::Commit(saved.commit.clone()),
        (None, AtEnd::Gone) => Upto::Nothing,
    };
    let (saved, work_tree) = match at_end {
        AtEnd::Held(saved, tree) => (Some(*saved), Some(tree)),
        AtEnd::Clean => (None, Some(WorkTree::default())),
        AtEnd::Unknown | AtEnd::Gone => (None, work_tree),
    };
    let commits = commits(ctx, session, head.as_ref())?;
    Ok(Facts {
        as_of: as_of(ctx, session, moment),
        active_seconds: if here {
            sessions::active_seconds(ctx, session)
        } else {
            session.active_seconds()
        },
        marks: marks(ctx, session, head.as_ref(), &upto)?,
        changelog: changelog(ctx, head.as_ref(), &commits)?,
        bars: bars(ctx),
        context: head.as_ref().and_then(|head| context(ctx, head)),
        links: links::of_session(ctx, session),
        head,
        commits,
        work_tree,
        saved,
        upstream,
    })
}

fn as_of(ctx: &Ctx, session: &Session, moment: Moment) -> DateTime<Utc> {
    let ended = session.ended_at.filter(|_| !session.state.is_open());
    match (moment, ended) {
        (Moment::End, Some(ended)) => ended,
        _ => ctx.now(),
    }
}

/// The newest commit that the document speaks of.
fn head(ctx: &Ctx, session: &Session, moment: Moment, here: bool) -> Result<Option<CommitId>> {
    if here {
        return Ok(ctx.repo.head()?.tip().cloned());
    }
    let end = session.last_end.as_ref();
    let ended = end.filter(|_| moment == Moment::End && !session.state.is_open());
    if let Some(head) = ended.and_then(|end| end.head.clone()) {
        return Ok(Some(head));
    }
    let tip = ctx.repo.branch_tip(&session.branch)?;
    let last = session.commits.last();
    Ok(tip.or_else(|| last.map(|commit| commit.record.commit.clone())))
}

/// How far the context files of a commit are behind; none where there are none, or that is not known in time.
fn context(ctx: &Ctx, head: &CommitId) -> Option<ContextFacts> {
    let health = project::health_at(ctx, head, Patience::Short).health()?;
    let files = health.files.into_iter();
    let scored = files.filter_map(|tracked| Some((tracked.file.path, tracked.health?)));
    let mut stale: Vec<_> = scored
        .filter(|(_, health)| health.band.is_stale())
        .collect();
    stale.sort_by_key(|(_, health)| health.score);
    Some(ContextFacts {
        score: health.score?,
        stale,
    })
}

/// What the settings ask for.
fn bars(ctx: &Ctx) -> Bars {
    let quality = &ctx.settings.quality;
    let tenths = u16::try_from(quality.coverage_threshold.saturating_mul(10));
    Bars {
        coverage: tenths.ok().and_then(Percent::from_tenths),
        require_tests: quality.require_tests,
        annotations: ctx.settings.tracking.annotations.clone(),
    }
}

/// The commits of the session that the head leads to, in the order of their records.
fn commits(ctx: &Ctx, session: &Session, head: Option<&CommitId>) -> Result<Vec<CommitFacts>> {
    let all: Vec<&CommitId> = session.commits.iter().map(|c| &c.record.commit).collect();
    let gone = match head {
        Some(head) if ctx.repo.has_commit(head) => {
            history::unreachable(ctx, &all, &[head.as_str()])?
        }
        _ => all
            .iter()
            .filter(|id| !ctx.repo.has_commit(id))
            .map(|id| (*id).clone())
            .collect(),
    };
    let kept: Vec<&CommitId> = all.into_iter().filter(|id| !gone.contains(*id)).collect();
    let mut changes = changes(ctx, &kept)?;
    kept.into_iter()
        .map(|id| {
            let info = ctx.repo.commit(id)?;
            Ok(CommitFacts {
                id: id.clone(),
                subject: history::subject(&info),
                is_merge: info.parents.len() > 1,
                files: changes.remove(id.as_str()),
            })
        })
        .collect()
}

/// Files and lines of these commits, in one run of git. Empty where git cannot tell: the blobs of a partial
/// clone are not fetched for a figure.
fn changes(ctx: &Ctx, commits: &[&CommitId]) -> Result<HashMap<String, Vec<FileChange>>> {
    if commits.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<&str> = commits.iter().map(|id| id.as_str()).collect();
    let git = ctx
        .repo
        .git()
        .args(["-c", "log.showRoot=true", "log", "--no-walk=unsorted"]);
    let git = git.args([
        "--stdin",
        "-z",
        "--numstat",
        "-M",
        "--no-color",
        "--no-ext-diff",
    ]);
    let git = git.args(["--no-textconv", "--no-show-signature", "--format=%H %P"]);
    let git = git
        .variable("GIT_NO_LAZY_FETCH", "1")
        .stdin(ids.join("\n") + "\n");
    let output = git.within(LIMIT).output()?;
    Ok(if output.success() {
        numstat(&output.stdout)
    } else {
        HashMap::new()
    })
}

/// Reads `<commit> <parents>`, then `<added> TAB <removed> TAB <path>` a file, all ended by NUL. A renamed file
/// has an empty path, and both names behind it. Source: git-diff(1), "Other diff formats".
fn numstat(output: &[u8]) -> HashMap<String, Vec<FileChange>> {
    let mut commits: HashMap<String, Vec<FileChange>> = HashMap::new();
    let mut current: Option<String> = None;
    let mut fields = output.split(|byte| *byte == 0);
    while let Some(field) = fields.next() {
        let field = field.strip_prefix(b"\n").unwrap_or(field);
        let mut parts = field.splitn(3, |byte| *byte == b'\t');
        let (first, second, path) = (parts.next(), parts.next(), parts.next());
        let (Some(first), Some(second), Some(path)) = (first, second, path) else {
            let header = String::from_utf8_lossy(field);
            if let Some(id) = header.split(' ').next().filter(|id| !id.is_empty()) {
                commits.entry(id.to_owned()).or_default();
                current = Some(id.to_owned());
            }
            continue;
        };
        let (from, path) = if path.is_empty() {
            (fields.next(), fields.next().unwrap_or_default())
        } else {
            (None, path)
        };
        let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<u64>().ok();
        let change = FileChange {
            path: path.to_owned(),
            from: from.map(<[u8]>::to_owned),
            lines: number(first).zip(number(second)),
        };
        if let Some(files) = current.as_ref().and_then(|id| commits.get_mut(id)) {
            files.push(change);
        }
    }
    commits
}

/// How far one looks for marks.
enum Upto {
    /// Up to the files of the work tree.
    WorkTree,
    /// Up to a commit, or to a checkpoint.
    Commit(CommitId),
    /// What there was is not there any more.
    Nothing,
}

/// New marks of open work since the session began.
fn marks(
    ctx: &Ctx,
    session: &Session,
    head: Option<&CommitId>,
    upto: &Upto,
) -> Result<Option<Vec<Annotation>>> {
    let tracking = &ctx.settings.tracking;
    let (Some(head), false) = (head, tracking.annotations.is_empty()) else {
        return Ok(None);
    };
    let Some(base) = base::ask(ctx, session, head)?.answer(ctx)? else {
        return Ok(None);
    };
    let any: Vec<String> = tracking
        .annotations
        .iter()
        .map(|mark| literal(mark))
        .collect();
    let git = ctx
        .repo
        .git()
        .args(["-c", "core.quotePath=false", "diff", "-U0"]);
    let git = git.args([
        "--inter-hunk-context=0",
        "--src-prefix=a/",
        "--dst-prefix=b/",
        "--no-color",
        "--no-ext-diff",
    ]);
    let git = git.args(["--no-textconv", "--no-renames", "--ignore-submodules=all"]);
    let git = git.arg(format!("-G{}", any.join("|"))).arg(&base);
    let git = match upto {
        Upto::WorkTree => git,
        Upto::Commit(commit) => git.arg(commit.as_str()),
        Upto::Nothing => return Ok(None),
    };
    let git = git.arg("--").variable("GIT_NO_LAZY_FETCH", "1");
    let output = git.within(LIMIT).output()?;
    if !output.success() {
        return Ok(None);
    }
    let mut files = patch::parse(&output.stdout, &tracking.annotations);
    files.retain(|file| {
        let path = file.path.as_slice();
        let hit = |globs: &[String]| globs.iter().any(|glob| glob_matches_bytes(glob, path));
        let ours = path.starts_with(b".session/");
        !ours && hit(&tracking.watch_patterns) && !hit(&tracking.ignore_patterns)
    });
    Ok(Some(new_annotations(files)))
}

/// A text as an extended regular expression that means only it.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    for character in text.chars() {
        if ".[]()*+?{}|^$\\".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// Whether a commit of the session changed the changelog at the top; none without commits or changelog.
fn changelog(ctx: &Ctx, head: Option<&CommitId>, commits: &[CommitFacts]) -> Result<Option<bool>> {
    let own: Vec<_> = commits.iter().filter(|commit| !commit.is_merge).collect();
    let counted = !own.is_empty() && own.iter().all(|commit| commit.files.is_some());
    let Some(head) = head.filter(|head| counted && ctx.repo.has_commit(head)) else {
        return Ok(None);
    };
    let is_changelog = |path: &[u8]| {
        let name = String::from_utf8_lossy(path).to_lowercase();
        !name.contains('/') && name.split('.').next() == Some("changelog")
    };
    let top = ctx.repo.read_tree(&ctx.repo.commit(head)?.tree)?;
    if !top.iter().any(|entry| is_changelog(&entry.name)) {
        return Ok(None);
    }
    let mut files = own
        .iter()
        .filter_map(|commit| commit.files.as_ref())
        .flatten();
    Ok(Some(files.any(|file| is_changelog(&file.path))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_every_commit_are_read() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let text =
            format!("{a} {b}\0\n1\t2\t\0old\0new\0-\t-\tbin\n\x003\t0\ta\tb\0{b} \0\n4\t0\tc\0");
        let found = numstat(text.as_bytes());
        let file = |path: &[u8], from: Option<&[u8]>, lines| FileChange {
            path: path.to_owned(),
            from: from.map(<[u8]>::to_owned),
            lines,
        };
        assert_eq!(
            found[&a],
            [
                file(b"new", Some(b"old"), Some((1, 2))),
                file(b"bin\n", None, None),
                file(b"a\tb", None, Some((3, 0))),
            ]
        );
        assert_eq!(found[&b], [file(b"c", None, Some((4, 0)))]);
        assert_eq!(numstat(format!("{a} \0{b} \0").as_bytes()).len(), 2);
    }

    #[test]
    fn a_mark_means_only_itself() {
        assert_eq!(literal("TODO(x)?:"), "TODO\\(x\\)\\?:");
    }
}
