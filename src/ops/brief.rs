//! The brief of a session: the fold of its log, and what git, the settings and the files of the project say. Git's
//! own walks are started first and read last; everything else is bounded, so that thousands of sessions and
//! commits make no difference.

mod around;
mod marks;
mod since;
mod tree;

use anyhow::Result;

use super::ctx::Ctx;
use super::handoff::base::{self, Base};
use super::sessions::{self, Here, Loaded};
use super::{ci, history, project, takeover};
use crate::domain::briefing::{
    self, AllContext, Audience, Brief, BuildFacts, Configured, Facts, Limits, MOST_UNITS, Section,
    Touched, build, fit,
};
use crate::domain::id::{CommitId, SessionId};
use crate::domain::project::ContextKind;
use crate::domain::redact::without_secrets;
use crate::domain::session::{Session, State};
use crate::git::{Head, RawChange};
use crate::sys::env;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// A session or a branch; that of this work tree when left out.
    pub session: Option<&'a str>,
    /// Who reads it.
    pub audience: Audience,
    /// The blocks that are wanted; all when there is none.
    pub sections: &'a [Section],
}

/// What a brief was made from.
pub struct Made {
    /// The brief.
    pub brief: Brief,
    /// The session, with its log; none where there is none.
    pub loaded: Option<Loaded>,
}

/// Makes a brief.
pub fn brief(ctx: &Ctx, request: &Request<'_>) -> Result<Made> {
    let id = find(ctx, request.session)?;
    // a named session is seldom that of this work tree
    let asked = match request.session {
        None => tree::ask(ctx)?,
        Some(_) => None,
    };
    let Some(id) = id else {
        return without(ctx, request, asked);
    };
    let loaded = sessions::load(ctx, &id)?;
    let session = &loaded.session;
    let mut facts = facts(ctx, session, request, asked)?;
    if request.session.is_some() {
        facts.named = Some(id.to_string());
    }
    let brief = build(Ok(session), &facts, request.audience, request.sections);
    Ok(Made {
        brief,
        loaded: Some(loaded),
    })
}

/// The page that a hook gives to a coding agent: at most so many tokens, and never more than it takes.
pub fn for_agent(ctx: &Ctx, tokens: usize) -> Result<String> {
    let request = Request {
        session: None,
        audience: Audience::Agent,
        sections: &[],
    };
    let made = brief(ctx, &request)?;
    Ok(briefing::markdown(&fit(&made.brief, in_envelope(tokens))))
}

/// What fits into an envelope.
pub const fn in_envelope(tokens: usize) -> Limits {
    Limits {
        units: Some(MOST_UNITS),
        ..Limits::tokens(tokens)
    }
}

/// The session that is meant: the named one, that of the branch here or in another clone, the last one that was there.
fn find(ctx: &Ctx, word: Option<&str>) -> Result<Option<SessionId>> {
    if let Some(word) = word {
        return sessions::named(ctx, word).map(Some);
    }
    let branch = match sessions::here(ctx)? {
        Here::Session { id, .. } => return Ok(Some(id)),
        Here::Detached => return Ok(None),
        Here::Unmapped(branch) => branch,
    };
    let own = |states: &[State]| sessions::newest_on_branch(ctx, &branch, states);
    if let Some(session) = own(&[State::Active, State::Paused])? {
        return Ok(Some(session.id));
    }
    if let Some(known) = takeover::candidate(ctx, &branch, false) {
        return Ok(Some(known.session));
    }
    if let Some(session) = own(&[State::Ended, State::Archived])? {
        return Ok(Some(session.id));
    }
    Ok(takeover::candidate(ctx, &branch, true).map(|known| known.session))
}

/// The brief of a place without a session.
fn without(ctx: &Ctx, request: &Request<'_>, asked: Option<tree::Asked>) -> Result<Made> {
    let around = around::around(ctx)?;
    let head = ctx.repo.head()?;
    let mut facts = common(ctx, request)?;
    facts.head = of_head(ctx, &head)?;
    facts.commits = match head.tip() {
        Some(tip) => since::newest(ctx, tip, around::COMMITS)?,
        None => Vec::new(),
    };
    let (known, near) = project::top(ctx)?;
    facts.near = near;
    let known = known.filter(|known| !known.files.is_empty());
    facts.context = known.map(|known| AllContext {
        files: known.files.len(),
        score: known.score,
    });
    facts.work_tree = asked.map(tree::Asked::answer).transpose()?;
    let brief = build(Err(&around), &facts, request.audience, request.sections);
    Ok(Made {
        brief,
        loaded: None,
    })
}

/// What does not depend on a session.
fn common(ctx: &Ctx, request: &Request<'_>) -> Result<Facts> {
    let context = &ctx.settings.context;
    let clean = |text: &String| without_secrets(text).into_owned();
    Ok(Facts {
        configured: Configured {
            architecture: context.architecture.as_ref().map(clean),
            patterns: context.patterns.iter().map(clean).collect(),
            conventions: context.conventions.iter().map(clean).collect(),
        },
        pages: project::pages(ctx)?,
        loaded: match request.audience {
            Audience::Human => Vec::new(),
            Audience::Agent => loaded(ctx),
        },
        ..Facts::default()
    })
}

/// The context that the agent which reads this has loaded by itself, as far as its variables say who it is.
fn loaded(ctx: &Ctx) -> Vec<ContextKind> {
    let agents: [(&[&str], &[ContextKind]); 4] = [
        (&[env::CLAUDECODE], &[ContextKind::Claude]),
        (&[env::GEMINI_CLI], &[ContextKind::Gemini]),
        (
            &[env::COPILOT_AGENT],
            &[ContextKind::Copilot, ContextKind::Agents],
        ),
        (env::AGENTS_FILE_READERS, &[ContextKind::Agents]),
    ];
    let here = |names: &[&str]| names.iter().any(|name| ctx.env.os(name).is_some());
    let mut kinds = Vec::new();
    for (names, files) in agents {
        if here(names) {
            kinds.extend_from_slice(files);
        }
    }
    kinds
}

/// What git and the files say of a session.
fn facts(
    ctx: &Ctx,
    session: &Session,
    request: &Request<'_>,
    asked: Option<tree::Asked>,
) -> Result<Facts> {
    let here = ctx.repo.branch()?.as_ref() == Some(&session.branch) && !ctx.repo.is_bare();
    let asked = match asked {
        None if here => tree::ask(ctx)?,
        asked => asked,
    };
    let head = ctx.repo.head()?;
    let tip = if here {
        head.tip().cloned()
    } else {
        let last = session.commits.last().map(|commit| &commit.record.commit);
        let last = last.filter(|commit| ctx.repo.has_commit(commit)).cloned();
        ctx.repo.branch_tip(&session.branch)?.or(last)
    };
    let base = tip.as_ref().map(|tip| base::ask(ctx, session, tip));
    let base = base.transpose()?;
    let since = since::ask(ctx, session, tip.as_ref())?;
    let build = here.then(|| ci::ask(ctx));
    let mut facts = common(ctx, request)?;
    facts.head = match (&tip, here) {
        (_, true) => of_head(ctx, &head)?,
        (Some(tip), false) => format!("{} at {}", session.branch, tip.short()),
        (None, false) => session.branch.to_string(),
    };
    facts.here = match here {
        true if ctx.store.has(&session.id) => briefing::Here::Yes,
        true => briefing::Here::Fetched,
        false => briefing::Here::No,
    };
    facts.commits = match &tip {
        Some(tip) => since::of_session(ctx, session, tip)?,
        None => Vec::new(),
    };
    facts.awaited = history::not_here_yet(ctx, session, tip.as_ref())?;
    let changes = match tip.as_ref().zip(base) {
        Some((tip, base)) => changes(ctx, base, tip)?,
        None => Vec::new(),
    };
    facts.since = since.map(since::Asked::answer).transpose()?;
    let mut dirty = Vec::new();
    if here && let Some(asked) = asked {
        let (tree, paths) = asked.both()?;
        facts.work_tree = Some(tree);
        dirty = paths;
    }
    facts.touched = touched(&changes, &dirty);
    facts.near = project::near(ctx, session, &facts.touched.paths)?;
    // who changes a file knows
    let changing = |path: &Vec<u8>| dirty.contains(path);
    for file in facts.near.iter_mut().filter(|file| changing(&file.path)) {
        file.health = None;
    }
    facts.marks = marks::marks(ctx, &changes, &dirty, facts.here);
    facts.build = build.and_then(|asked| build_of(ctx, asked));
    if !facts.touched.paths.is_empty() {
        facts.others = around::others(ctx, &session.id)?;
    }
    Ok(facts)
}

/// How the build went, once that was asked.
fn build_of(ctx: &Ctx, asked: ci::Asked) -> Option<BuildFacts> {
    let status = asked.answer(ctx)?;
    Some(BuildFacts {
        state: status.state,
        text: status.text,
        url: status.url,
        at: status.at,
        from: status.from.name(),
        other_commit: status.other_commit,
    })
}

/// What the commits of the branch changed since the session began.
fn changes(ctx: &Ctx, base: Base, tip: &CommitId) -> Result<Vec<RawChange>> {
    let Some(base) = base.answer(ctx)? else {
        return Ok(Vec::new());
    };
    let base = (base != ctx.repo.empty_tree()).then(|| CommitId::new(base));
    // trees that a partial clone has not are not fetched for a brief
    Ok(ctx
        .repo
        .paths_between(base.transpose()?.as_ref(), tip)
        .unwrap_or_default())
}

/// The paths of commits and of the work tree, each once.
fn touched(changes: &[RawChange], dirty: &[Vec<u8>]) -> Touched {
    let committed = changes.iter().map(|change| &change.path);
    let mut paths: Vec<Vec<u8>> = committed.chain(dirty).cloned().collect();
    paths.sort();
    paths.dedup();
    Touched {
        more: paths.len() > crate::git::MOST_CHANGES,
        paths,
    }
}

/// Where HEAD is, in a few words.
fn of_head(ctx: &Ctx, head: &Head) -> Result<String> {
    Ok(match head {
        Head::Branch { name, tip } => format!("{name} at {}", tip.short()),
        Head::Unborn { name } => format!("{name}, no commit yet"),
        Head::Detached { tip } => match ctx.repo.branch()? {
            Some(branch) => format!(
                "{branch}, in the middle of a rebase or bisect, at {}",
                tip.short()
            ),
            None => format!("detached at {}", tip.short()),
        },
    })
}
