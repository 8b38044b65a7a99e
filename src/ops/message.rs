//! The commit message: `prepare-commit-msg` puts the trailers in, `commit-msg` finishes what could not be done
//! before the person had written.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::ctx::Ctx;
use super::{amend, commits, record, sessions};
use crate::config::TrailerLevel;
use crate::domain::context::Context;
use crate::domain::enrich::{self, Level};
use crate::domain::glob::glob_matches;
use crate::domain::id::{BranchName, CommitId};
use crate::domain::procedure::{self, Action, Call, Marks, Source};
use crate::domain::trailers::{self, CommentString, Comments, Encoding, Run, Style};
use crate::store::{MessageMark, MessageMode, WorktreeFiles};
use crate::sys::{env, fs};

/// What git says when it calls `prepare-commit-msg`.
#[derive(Clone, Debug)]
pub struct Prepare {
    /// The message file, as git named it.
    pub file: PathBuf,
    /// Where the message comes from.
    pub source: Source,
    /// State files in the git directory.
    pub marks: Marks,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prepared {
    /// It is as it was.
    Untouched,
    /// It carries our trailers now.
    Enriched,
    /// `commit-msg` will see to it.
    Later,
}

/// `prepare-commit-msg`.
pub fn prepare(ctx: &Ctx, prepare: &Prepare) -> Result<Prepared> {
    let Some((context, level)) = wanted(ctx)? else {
        return Ok(Prepared::Untouched);
    };
    let path = ctx.cwd.join(&prepare.file);
    let Some(message) = fs::read(&path)? else {
        return Ok(Prepared::Untouched);
    };
    let style = style(ctx)?;
    let amends = amend::replaced(ctx, &prepare.source)?;
    let written = trailers::has_content(&message, &style);
    let action = procedure::decide(&Call {
        source: prepare.source.clone(),
        marks: prepare.marks,
        author_date: ctx.env.os(env::GIT_AUTHOR_DATE).is_some(),
        reflog_action: ctx.env.text(env::GIT_REFLOG_ACTION),
        editor: editor(ctx),
        content: written,
        subject: trailers::subject(&message, &style).unwrap_or_default(),
        run: trailers::mentions_run(&message, &style),
        amend: amends.is_some(),
        echo: prepare.marks.merge_message && echoes_merge_message(ctx, &message)?,
    });
    if prepare.marks.rebase_merge && matches!(action, Action::Enrich | Action::EnrichLater) {
        record::announce_in_rebase(ctx)?;
    }
    let run = match action {
        Action::Leave => return Ok(Prepared::Untouched),
        Action::EnrichLater => {
            let template = (prepare.source == Source::Template).then(|| content(&message, &style));
            leave(
                ctx,
                &MessageMark {
                    amends,
                    template,
                    ..mark(ctx, prepare, MessageMode::Finish)?
                },
            )?;
            return Ok(Prepared::Later);
        }
        Action::Refresh => {
            let ours = trailers::find(&message, &style);
            if ours.is_none_or(|run| run.session_id() != context.session.as_str()) {
                return Ok(Prepared::Untouched);
            }
            new_run(ctx, &context, level, amends.as_ref())?
        }
        Action::Enrich => {
            let run = new_run(ctx, &context, level, amends.as_ref())?;
            // `git merge --squash` and `-m`: the message quotes nothing, but git still knows what would be quoted
            let squashed = prepare.marks.squash_message && !prepare.marks.rebase_merge;
            let path = ctx.repo.git_dir().join("SQUASH_MSG");
            let quoted = squashed.then(|| fs::read(&path)).transpose()?;
            match quoted.flatten() {
                Some(quoted) => run
                    .and_then(|run| enrich::consolidate(&trailers::harvest(&quoted), &run, level)),
                None => run,
            }
        }
        Action::Consolidate => {
            let run = new_run(ctx, &context, level, None)?;
            run.and_then(|run| enrich::consolidate(&trailers::harvest(&message), &run, level))
        }
    };
    let Some(run) = run else {
        return Ok(Prepared::Untouched);
    };
    let enriched = trailers::upsert(&message, &run, &style);
    if enriched != message {
        fs::lengthen(&path, message.len(), &enriched)?;
    }
    let done = written.then(|| MessageMark::digest(&enriched));
    leave(
        ctx,
        &MessageMark {
            amends,
            done,
            ..mark(ctx, prepare, MessageMode::Added)?
        },
    )?;
    Ok(Prepared::Enriched)
}

/// Whether the message is still the one that `prepare-commit-msg` left with trailers and content, so that
/// `commit-msg` has nothing to do: told by two short files, before a repository is opened. Takes away what was
/// left.
pub fn is_finished(files: &WorktreeFiles, path: &Path) -> bool {
    let done = files.message().and_then(|mark| mark.done);
    let message = done.and_then(|_| fs::read(path).ok()?);
    let same = message.is_some_and(|message| Some(MessageMark::digest(&message)) == done);
    same && files.set_message(None).is_ok()
}

/// `commit-msg`: acts only on what `prepare-commit-msg` left for this message.
pub fn finish(ctx: &Ctx, file: &Path) -> Result<()> {
    let Some(mark) = ctx.worktree.take_message() else {
        return Ok(());
    };
    let path = ctx.cwd.join(file);
    let same_file = Path::new(&mark.path) == file;
    if !same_file || mark.head.as_ref() != ctx.repo.head()?.tip() {
        return Ok(());
    }
    let Some(message) = fs::read(&path)? else {
        return Ok(());
    };
    let style = style(ctx)?;
    let present = trailers::find(&message, &style).is_some();
    if !trailers::has_content(&message, &style) {
        // nothing but ours: git must see an empty message and abort
        if present {
            fs::write_atomic(
                &path,
                &trailers::remove(&message, &style),
                fs::Sharing::Umask,
            )?;
        }
        return Ok(());
    }
    let put = match mark.mode {
        MessageMode::Finish => !present,
        MessageMode::Added => !present && !editor(ctx),
    };
    let untouched = mark
        .template
        .is_some_and(|template| template == content(&message, &style));
    if !put || untouched || is_autosquash(&message, &style) {
        return Ok(());
    }
    let Some((context, level)) = wanted(ctx)? else {
        return Ok(());
    };
    let Some(run) = new_run(ctx, &context, level, mark.amends.as_ref())? else {
        return Ok(());
    };
    let cut = match mark.mode {
        MessageMode::Added => without_stray(&message, &run, &style),
        MessageMode::Finish => Some(message),
    };
    let Some(message) = cut else {
        return Ok(());
    };
    fs::write_atomic(
        &path,
        &trailers::upsert(&message, &run, &style),
        fs::Sharing::Umask,
    )
}

/// The message without our lines where another hook left them above a paragraph of its own, so that they are
/// no trailers any more. `None` when lines of ours stand there that are not the ones which were added.
fn without_stray(message: &[u8], run: &Run, style: &Style) -> Option<Vec<u8>> {
    if !trailers::mentions_run(message, style) {
        return Some(message.to_vec());
    }
    let title = b"title\n";
    let ours = &trailers::upsert(title, run, style)[title.len()..];
    let at = message.windows(ours.len()).position(|part| part == ours)?;
    let rest = [&message[..at], &message[at + ours.len()..]].concat();
    (!trailers::mentions_run(&rest, style)).then_some(rest)
}

/// The context of the session and how much of it goes into messages here; `None`: nothing does.
fn wanted(ctx: &Ctx) -> Result<Option<(Context, Level)>> {
    if !ctx.settings.session.enabled {
        return Ok(None);
    }
    let Some((context, branch)) = open_session(ctx)? else {
        return Ok(None);
    };
    let level = match ctx.settings.session.trailers {
        TrailerLevel::Full => Level::Full,
        TrailerLevel::Compact => Level::Compact,
        TrailerLevel::Id => Level::Id,
        TrailerLevel::None => return Ok(None),
    };
    Ok(if is_off_for(ctx, &branch)? {
        None
    } else {
        Some((context, level))
    })
}

/// The context of the open session of this work tree. A branch that is not the session's own counts when the
/// session's own carries the id no more: it was renamed, not copied.
pub fn open_session(ctx: &Ctx) -> Result<Option<(Context, BranchName)>> {
    let sessions::Here::Session { id, branch } = sessions::here(ctx)? else {
        return Ok(None);
    };
    let Some(context) = sessions::context(ctx, &id)? else {
        return Ok(None);
    };
    let copied = context.branch != branch
        && ctx.repo.config()?.session_of(&context.branch).as_ref() == Some(&id);
    Ok((context.state.is_open() && !copied).then_some((context, branch)))
}

/// Whether `session.trailers_off_for` names this branch or its remote.
fn is_off_for(ctx: &Ctx, branch: &BranchName) -> Result<bool> {
    for pattern in &ctx.settings.session.trailers_off_for {
        let hit = match pattern.strip_prefix("remote:") {
            Some(glob) => ctx
                .repo
                .push_url(branch)?
                .is_some_and(|url| glob_matches(glob, &url)),
            None => glob_matches(pattern, branch.as_str()),
        };
        if hit {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The trailers of the commit that is about to be made.
fn new_run(
    ctx: &Ctx,
    context: &Context,
    level: Level,
    amends: Option<&CommitId>,
) -> Result<Option<Run>> {
    let impact = match (level, amends) {
        (Level::Id, _) => crate::domain::impact::Impact::default(),
        (_, None) => commits::staged(ctx)?,
        (_, Some(replaced)) => commits::staged_for_amend(ctx, replaced)?,
    };
    let mut facts = enrich::facts(context, ctx.moment(&ctx.worktree_key(), amends), impact);
    facts.phase = facts.phase.filter(|_| ctx.settings.session.tdd_trailers);
    Ok(enrich::run(
        &facts,
        level,
        ctx.settings.session.time_in_commits,
    ))
}

/// Whether the message belongs to a later `rebase --autosquash`.
fn is_autosquash(message: &[u8], style: &Style) -> bool {
    let subject = trailers::subject(message, style).unwrap_or_default();
    procedure::AUTOSQUASH
        .iter()
        .any(|prefix| subject.starts_with(prefix))
}

/// Word for `commit-msg`.
fn mark(ctx: &Ctx, prepare: &Prepare, mode: MessageMode) -> Result<MessageMark> {
    Ok(MessageMark {
        path: prepare.file.to_string_lossy().into_owned(),
        head: ctx.repo.head()?.tip().cloned(),
        mode,
        amends: None,
        template: None,
        done: None,
    })
}

/// Leaves it.
fn leave(ctx: &Ctx, mark: &MessageMark) -> Result<()> {
    ctx.worktree.set_message(Some(mark))
}

/// What the message says, to compare it with what it says later.
fn content(message: &[u8], style: &Style) -> String {
    String::from_utf8_lossy(&trailers::content(message, style)).into_owned()
}

/// Whether an editor will be opened: `:` is git's own sign that none will.
fn editor(ctx: &Ctx) -> bool {
    ctx.env.text(env::GIT_EDITOR) != Some(":")
}

/// Whether the message is the one that git left in `MERGE_MSG`.
fn echoes_merge_message(ctx: &Ctx, message: &[u8]) -> Result<bool> {
    let left = fs::read(&ctx.repo.git_dir().join("MERGE_MSG"))?;
    Ok(left.is_some_and(|left| left.trim_ascii() == message.trim_ascii()))
}

/// How messages are written in this repository.
fn style(ctx: &Ctx) -> Result<Style> {
    let config = ctx.repo.config()?;
    let comment = config
        .get("core.commentstring")
        .or_else(|| config.get("core.commentchar"));
    let stripped = matches!(
        config.get("commit.cleanup").as_deref(),
        None | Some("strip" | "default")
    );
    Ok(Style {
        comments: if editor(ctx) && stripped {
            Comments::Stripped
        } else {
            Comments::Kept
        },
        comment: comment
            .map(|value| CommentString::from_config(value.as_bytes()))
            .unwrap_or_default(),
        encoding: config
            .get("i18n.commitencoding")
            .map(|name| Encoding::from_name(&name))
            .unwrap_or_default(),
    })
}
