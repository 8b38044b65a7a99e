//! What a walk over history found out, in `cache/`: one file for a commit, so that switching between branches
//! costs no walk. Only the newest few are kept.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::health::Patience;
use crate::domain::id::CommitId;
use crate::domain::path_text::{quote_path, unquote_path};
use crate::domain::project::{ContextFile, Numbers};
use crate::ops::ctx::Ctx;
use crate::sys::fs;

/// Version of the record, and of the rules that its numbers follow.
const VERSION: u32 = 1;
/// So many commits are remembered.
const MOST_KEPT: usize = 8;
/// What the names of the files begin with.
const PREFIX: &str = "context-";
/// Where it stands that a walk took too long.
const SLOW: &str = "context-slow";

/// What is known of the context files of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    version: u32,
    /// The commit.
    pub(super) head: CommitId,
    /// When it was made, seconds since 1970: the moment that ages are counted to.
    pub(super) now: i64,
    /// The walk ended before history did: too many commits.
    pub(super) is_cut: bool,
    /// Files by place, as `Scope` numbers them.
    pub(super) files_at: Vec<u64>,
    /// The context files by path.
    pub(super) files: Vec<Entry>,
}

/// What is known of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    path: String,
    changed_at: i64,
    commits: u64,
    churn: u64,
    is_whole: bool,
    /// What it imports, when it says nothing itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) imports: Vec<String>,
}

impl Entry {
    pub(super) fn new(path: &[u8], numbers: &Numbers, imports: Vec<String>) -> Self {
        Self {
            path: quote_path(path).into_owned(),
            changed_at: numbers.changed_at,
            commits: numbers.commits,
            churn: numbers.churn,
            is_whole: numbers.is_whole,
            imports,
        }
    }

    pub(super) fn file(&self) -> Option<ContextFile> {
        ContextFile::new(&unquote_path(&self.path)?)
    }

    pub(super) const fn numbers(&self) -> Numbers {
        Numbers {
            changed_at: self.changed_at,
            commits: self.commits,
            churn: self.churn,
            is_whole: self.is_whole,
        }
    }
}

impl Record {
    pub(super) const fn new(
        head: CommitId,
        now: i64,
        is_cut: bool,
        files_at: Vec<u64>,
        files: Vec<Entry>,
    ) -> Self {
        Self {
            version: VERSION,
            head,
            now,
            is_cut,
            files_at,
            files,
        }
    }

    /// The context files, when all of them can be named.
    pub(super) fn context_files(&self) -> Option<Vec<ContextFile>> {
        self.files.iter().map(Entry::file).collect()
    }
}

/// The record of a commit.
pub(super) fn read(ctx: &Ctx, head: &CommitId) -> Option<Record> {
    let bytes = fs::read(&ctx.store.cache(&name(ctx, head))).ok()??;
    let record: Record = serde_json::from_slice(&bytes).ok()?;
    (record.version == VERSION && record.head == *head).then_some(record)
}

/// Whether there is a record of a commit.
pub(super) fn has(ctx: &Ctx, head: &CommitId) -> bool {
    fs::exists(&ctx.store.cache(&name(ctx, head)))
}

/// Keeps a record, and drops old ones. Where there are no sessions nothing is kept.
pub(super) fn write(ctx: &Ctx, record: &Record) -> Result<()> {
    if !ctx.store.exists() {
        return Ok(());
    }
    ctx.store
        .write_cache(&name(ctx, &record.head), &serde_json::to_vec(record)?)?;
    let directory = ctx.store.cache("");
    let mut kept: Vec<_> = fs::names(&directory)
        .into_iter()
        .filter_map(|name| String::from_utf8(name).ok())
        .filter(|name| name.starts_with(PREFIX) && name != SLOW)
        .map(|name| directory.join(name))
        .map(|path| (fs::modified(&path), path))
        .collect();
    kept.sort();
    let old = kept.len().saturating_sub(MOST_KEPT);
    kept.drain(..old)
        .try_for_each(|(_, path)| fs::remove(&path))
}

/// Whether a walk of this patience was tried in vain.
pub(super) fn was_too_slow(ctx: &Ctx, patience: Patience) -> bool {
    let tried = fs::read(&ctx.store.cache(SLOW)).ok().flatten();
    let tried = tried.and_then(|bytes| String::from_utf8(bytes).ok()?.trim().parse::<u64>().ok());
    tried.is_some_and(|tried| tried >= patience.milliseconds())
}

/// Notes that a walk of this patience was in vain, or that one was not.
pub(super) fn set_too_slow(ctx: &Ctx, patience: Option<Patience>) -> Result<()> {
    match patience {
        _ if !ctx.store.exists() => Ok(()),
        Some(patience) => {
            let text = format!("{}\n", patience.milliseconds());
            ctx.store.write_cache(SLOW, text.as_bytes())
        }
        None => fs::remove(&ctx.store.cache(SLOW)),
    }
}

/// The name of a commit's record. It depends on everything that the numbers depend on.
fn name(ctx: &Ctx, head: &CommitId) -> String {
    let mut hasher = DefaultHasher::new();
    VERSION.hash(&mut hasher);
    ctx.settings.tracking.ignore_patterns.hash(&mut hasher);
    ctx.repo.border().hash(&mut hasher);
    format!("{PREFIX}{:016x}-{head}", hasher.finish())
}
