//! Which branch has which session, as git config says it.

use std::collections::{BTreeMap, HashSet};

use anyhow::Result;

use super::patient::Patient;
use crate::domain::describe::plural;
use crate::domain::diagnosis::Finding;
use crate::domain::id::{BranchName, SessionId};
use crate::git::{Head, Scope};
use crate::ops::{reconcile, sessions};
use crate::sys::fs;

/// One key `branch.<name>.sessionId` that leads nowhere.
struct Dangling {
    branch: String,
    value: String,
    why: Why,
}

/// Why a key leads nowhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// The value is no id.
    NoId,
    /// The session has no log here.
    NoLog,
    /// The branch is gone.
    NoBranch,
    /// The session belongs to another branch, which has it, too.
    Twice,
}

impl Patient<'_> {
    /// Every branch, also those that a work tree stands on before their first commit.
    pub(super) fn branches(&self) -> Result<HashSet<String>> {
        let repo = &self.ctx.repo;
        let refs = repo.ref_names("refs/heads/")?;
        let mut names: HashSet<String> = refs
            .iter()
            .filter_map(|name| name.strip_prefix("refs/heads/"))
            .map(str::to_owned)
            .collect();
        let linked = std::fs::read_dir(repo.common_dir().join("worktrees"));
        let linked = linked.into_iter().flatten().flatten().map(|e| e.path());
        for directory in linked.chain([repo.common_dir().to_owned()]) {
            let head = fs::read(&directory.join("HEAD")).ok().flatten();
            let head = head.unwrap_or_default();
            let head = String::from_utf8_lossy(&head);
            let branch = head.trim().strip_prefix("ref: refs/heads/");
            names.extend(branch.map(str::to_owned));
        }
        if let Ok(Head::Unborn { name }) = repo.head() {
            names.insert(name.as_str().to_owned());
        }
        Ok(names)
    }
}

/// The keys that lead nowhere, by branch.
fn dangling(patient: &Patient<'_>) -> Result<Vec<Dangling>> {
    let ctx = patient.ctx;
    let branches = patient.branches()?;
    // of several values the last one holds; what stands in another scope is not this program's
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    for setting in ctx.repo.config()?.section("branch.") {
        if let Some(branch) = setting.key.strip_suffix(".sessionid")
            && setting.scope == Scope::Local
        {
            keys.insert(branch.to_owned(), setting.value);
        }
    }
    // the person may bring their logs back: the check of the logs names them
    let lost = &patient.survey()?.lost;
    let is_lost = |id: &SessionId| lost.iter().any(|lost| lost.id == *id);
    let mut found = Vec::new();
    let mut by_id: BTreeMap<SessionId, Vec<String>> = BTreeMap::new();
    for (branch, value) in keys {
        let id = SessionId::new(value.clone());
        let why = match &id {
            Err(_) => Some(Why::NoId),
            Ok(id) if is_lost(id) => None,
            Ok(id) if !ctx.store.has(id) => Some(Why::NoLog),
            Ok(_) if !branches.contains(&branch) => Some(Why::NoBranch),
            Ok(_) => None,
        };
        match (why, id) {
            (Some(why), _) => found.push(Dangling { branch, value, why }),
            (None, Ok(id)) => by_id.entry(id).or_default().push(branch),
            (None, Err(_)) => {}
        }
    }
    for (id, branches) in by_id.into_iter().filter(|(_, names)| names.len() > 1) {
        let own = sessions::context(ctx, &id)?.map(|context| context.branch);
        let is_own = |name: &String| own.as_ref().is_some_and(|own| own.as_str() == name);
        let kept = branches.iter().find(|name| is_own(name));
        let kept = kept.or(branches.first()).cloned();
        let others = branches
            .into_iter()
            .filter(|name| Some(name) != kept.as_ref());
        found.extend(others.map(|branch| Dangling {
            branch,
            value: id.to_string(),
            why: Why::Twice,
        }));
    }
    Ok(found)
}

/// Whether every branch that has a session has one that is there.
pub(super) fn mapping(patient: &Patient<'_>) -> Result<Finding> {
    let mapped = patient.ctx.repo.config()?.mapped_branches().len();
    let dangling = dangling(patient)?;
    if dangling.is_empty() {
        return Ok(Finding::ok(match mapped {
            0 => "no branch has a session".to_owned(),
            1 => "1 branch has a session".to_owned(),
            count => format!("{count} branches have a session"),
        }));
    }
    let line = |key: &Dangling| {
        let (branch, value) = (&key.branch, &key.value);
        match key.why {
            Why::NoId => format!("{branch}: `{value}` is no session id"),
            Why::NoLog => format!("{branch}: {value} is not in this clone"),
            Why::NoBranch => format!("{branch}: the branch is gone, {value} is not"),
            Why::Twice => format!("{branch}: {value} belongs to another branch, too"),
        }
    };
    let keys = plural(dangling.len(), "key");
    let verb = if dangling.len() == 1 { "leads" } else { "lead" };
    let summary = format!("{keys} branch.<name>.sessionId {verb} nowhere");
    let plain = |key: &Dangling| matches!(key.why, Why::NoId | Why::NoLog);
    let finding = if dangling.iter().any(plain) {
        Finding::bad(summary).so("commits on such a branch are plain, and nothing is recorded")
    } else {
        Finding::warn(summary).so("a session could be taken for that of the wrong branch")
    };
    Ok(finding
        .evidence(dangling.iter().map(line))
        .fix("unsets them; the sessions stay in the list"))
}

/// Unsets what leads nowhere.
pub(super) fn settle(patient: &Patient<'_>) -> Result<Vec<String>> {
    let ctx = patient.ctx;
    let mut done = Vec::new();
    // which of two branches is the copy, the reflog tells; what keeps every command from its work must not
    // keep this one
    let news = reconcile::reconcile(ctx).unwrap_or_default();
    done.extend(news.iter().map(|news| {
        let text = news.to_string();
        text.trim_end_matches('.').to_owned()
    }));
    let ctx = &crate::ops::ctx::Ctx::open_anyway(ctx.env.clone(), &ctx.cwd)?;
    for key in dangling(&Patient::new(ctx))? {
        let Ok(branch) = BranchName::new(key.branch) else {
            continue;
        };
        ctx.repo.set_session(&branch, None)?;
        done.push(format!("unset branch.{branch}.sessionId"));
    }
    Ok(done)
}
