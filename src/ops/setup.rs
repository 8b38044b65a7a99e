//! Making a repository ready: the store, the writer id, the hooks, the tracked templates.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::ctx::Ctx;
use super::hooks;
use crate::config;
use crate::domain::id::WriterId;
use crate::error::Fault;
use crate::git::Scope;
use crate::store::Home;
use crate::sys::fs::{self, Sharing};

/// The key of the writer id.
const WRITER: &str = "session.writer";

/// Whether the hooks are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hooks {
    /// Install them.
    Install,
    /// Leave them.
    Skip,
}

/// What was made.
#[derive(Debug, Default)]
pub struct Prepared {
    /// The store was not there before.
    pub store: bool,
    /// How the hooks run now, when they were installed by this call.
    pub hooks: Option<hooks::Installed>,
}

/// Makes what a session needs and no tracked file: store, writer id, hidden snapshots, hooks.
pub fn prepare(ctx: &Ctx, wanted: Hooks) -> Result<Prepared> {
    let mut prepared = Prepared {
        store: ctx.store.create()?,
        hooks: None,
    };
    let writer = make_once(ctx)?;
    if ctx.store.home().is_none() {
        remember_home(ctx, writer)?;
    }
    if wanted == Hooks::Install && !hooks::installed(&ctx.repo)? {
        let program = hooks::program(&ctx.env)?;
        prepared.hooks = Some(hooks::install(
            &ctx.repo,
            &program,
            hooks::Place::Repository,
        )?);
    }
    Ok(prepared)
}

/// The random id of this clone, made on first use.
pub fn writer(ctx: &Ctx) -> Result<WriterId> {
    match known_writer(ctx)? {
        Some(writer) => Ok(writer),
        None => make_once(ctx),
    }
}

/// Writes down where this clone is, so that `doctor` can tell a copy of it from it.
pub fn remember_home(ctx: &Ctx, writer: WriterId) -> Result<()> {
    ctx.store
        .write_home(&Home::of(ctx.repo.common_dir(), writer))
}

/// Gives this clone another writer id: it was copied from one that goes on with the old one. What was written
/// under the old id stays and is read as before.
pub fn renew_writer(ctx: &Ctx) -> Result<WriterId> {
    let _lock = ctx.store.lock_for_setup()?;
    let salt = format!("{} copy", ctx.repo.common_dir().display());
    let writer = WriterId::from_random(ctx.clock.random(&salt));
    ctx.repo.set_config(Scope::Local, WRITER, writer.as_str())?;
    remember_home(ctx, writer.clone())?;
    Ok(writer)
}

/// Refs that `uploadpack.hideRefs` keeps from other clones.
const HIDDEN: &str = "refs/session/snapshots";

/// Writes what every clone has once into its config: the writer id and the hidden refs. Of several commands
/// that come here at the same time, one writes and the others find it.
fn make_once(ctx: &Ctx) -> Result<WriterId> {
    if let (Some(writer), true) = (known_writer(ctx)?, hides_snapshots(ctx)?) {
        return Ok(writer);
    }
    let lock = ctx.store.lock_for_setup()?;
    let ctx = &Ctx::open(ctx.env.clone(), &ctx.cwd, ctx.via)?;
    if !hides_snapshots(ctx)? {
        ctx.repo
            .add_config(Scope::Local, "uploadpack.hideRefs", HIDDEN)?;
    }
    let writer = if let Some(writer) = known_writer(ctx)? {
        writer
    } else {
        let salt = ctx.repo.common_dir().to_string_lossy().into_owned();
        let writer = WriterId::from_random(ctx.clock.random(&salt));
        ctx.repo.set_config(Scope::Local, WRITER, writer.as_str())?;
        writer
    };
    drop(lock);
    Ok(writer)
}

/// Whether the snapshots are hidden from whoever fetches.
fn hides_snapshots(ctx: &Ctx) -> Result<bool> {
    let hidden = ctx.repo.config()?.get_all("uploadpack.hiderefs");
    Ok(hidden.iter().any(|value| value == HIDDEN))
}

/// The random id of this clone, if it has one.
pub fn known_writer(ctx: &Ctx) -> Result<Option<WriterId>> {
    Ok(ctx
        .repo
        .config()?
        .get(WRITER)
        .and_then(|text| WriterId::new(text).ok()))
}

/// What to do with templates that are there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Leave them.
    Keep,
    /// Rewrite them, after a backup beside them.
    Rewrite,
}

/// A tracked file that `init` looked at.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// Below the top of the work tree.
    pub path: PathBuf,
    /// What happened to it.
    pub outcome: Outcome,
}

/// What happened to a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was made.
    Created,
    /// It was there and stays.
    Kept,
    /// It was rewritten; the old one is here.
    Rewritten(PathBuf),
}

/// Writes `.session/` into the work tree. `texts`: file name and text of each template.
pub fn write_templates(
    ctx: &Ctx,
    texts: &[(&str, String)],
    existing: Existing,
) -> Result<Vec<Written>> {
    let top = ctx.repo.work_tree().ok_or_else(|| {
        Fault::user("a bare repository has no work tree to write .session into")
            .hint("git session init --bare")
    })?;
    let directory = top.join(Path::new(config::FILE).parent().unwrap_or(Path::new("")));
    refuse_links(&directory)?;
    fs::create_dir(&directory, Sharing::Umask)?;
    fs::sweep_abandoned(&directory);
    texts
        .iter()
        .map(|(name, text)| write_template(&directory.join(name), text, existing))
        .collect()
}

/// Writes one template.
fn write_template(path: &Path, text: &str, existing: Existing) -> Result<Written> {
    refuse_links(path)?;
    let outcome = match (fs::read(path)?, existing) {
        (None, _) => Outcome::Created,
        (Some(bytes), _) if bytes == text.as_bytes() => Outcome::Kept,
        (Some(_), Existing::Keep) => Outcome::Kept,
        (Some(bytes), Existing::Rewrite) => Outcome::Rewritten(back_up(path, &bytes)?),
    };
    if outcome != Outcome::Kept {
        fs::write_atomic(path, text.as_bytes(), Sharing::Umask)?;
    }
    Ok(Written {
        path: path.to_owned(),
        outcome,
    })
}

/// Writes the bytes beside the file under the first free name, `<file>.bak`, `<file>.bak2` …
fn back_up(path: &Path, bytes: &[u8]) -> Result<PathBuf> {
    let candidate = |n: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(if n == 1 {
            ".bak".to_owned()
        } else {
            format!(".bak{n}")
        });
        PathBuf::from(name)
    };
    let free = (1..=u32::MAX)
        .map(candidate)
        .find(|path| !fs::exists(path))
        .expect("some name is free");
    fs::write_atomic(&free, bytes, Sharing::Umask)?;
    Ok(free)
}

/// A link could lead out of the work tree.
pub(super) fn refuse_links(path: &Path) -> Result<()> {
    let is_link = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    if is_link {
        return Err(
            Fault::user(format!("{} is a symbolic link", path.display()))
                .hint("replace it by a directory or file of the repository")
                .into(),
        );
    }
    Ok(())
}

/// The file that says that the user was told that trailers travel with commits.
fn told_file(ctx: &Ctx) -> PathBuf {
    ctx.store.root().join("told")
}

/// Whether the user still has to be told that trailers travel with commits; from now on they were.
pub fn tell_once(ctx: &Ctx) -> bool {
    let file = told_file(ctx);
    !fs::exists(&file) && fs::write_atomic(&file, b"", ctx.store.sharing()).is_ok()
}
