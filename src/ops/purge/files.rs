//! The files of the store that a text stands in, besides the logs.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::domain::purge::Target;
use crate::ops::ctx::Ctx;
use crate::sys::fs::{self, Kind};

/// Files of which lines go and the rest stays.
const BY_LINE: [&str; 3] = ["hook.log", "timings", "index.jsonl"];

/// What is never looked at: logs are rewritten by themselves, the others say nothing of anybody's.
const LEFT: [&str; 4] = ["log.jsonl", "lock", "format", "home"];

/// The files that hold the text. What other clones wrote is not among them.
pub(super) fn holding(ctx: &Ctx, target: &Target) -> Vec<PathBuf> {
    let mut files = Vec::new();
    below(ctx.store.root(), &mut files);
    let common = ctx.repo.common_dir();
    let worktrees = common.join("worktrees");
    let linked = fs::names(&worktrees).into_iter();
    let linked = linked.filter_map(|name| Some(worktrees.join(String::from_utf8(name).ok()?)));
    for directory in std::iter::once(common.to_owned()).chain(linked) {
        let names = fs::names(&directory).into_iter();
        let names = names.filter_map(|name| String::from_utf8(name).ok());
        let own = names.filter(|name| name.starts_with("session-"));
        files.extend(own.map(|name| directory.join(name)));
    }
    let fetched = ctx.store.cache("fetched");
    files.retain(|file| !file.starts_with(&fetched) && has(file, target));
    files
}

fn has(file: &Path, target: &Target) -> bool {
    let bytes = fs::read(file).ok().flatten();
    bytes.is_some_and(|bytes| target.is_in_lines(&bytes))
}

fn below(directory: &Path, files: &mut Vec<PathBuf>) {
    for name in fs::names(directory) {
        let Ok(name) = String::from_utf8(name) else {
            continue;
        };
        let path = directory.join(&name);
        match fs::kind(&path) {
            Kind::Directory => below(&path, files),
            Kind::File if !LEFT.contains(&name.as_str()) => files.push(path),
            Kind::File | Kind::Nothing => {}
        }
    }
}

/// Takes the text out of a file: its lines where it is a list of them, else all of it, which can be made anew.
pub(super) fn take_out(ctx: &Ctx, file: &Path, target: &Target) -> Result<()> {
    let name = file.file_name().and_then(|name| name.to_str());
    if !name.is_some_and(|name| BY_LINE.contains(&name)) {
        return fs::remove(file);
    }
    let bytes = fs::read(file)?.unwrap_or_default();
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let kept: Vec<&[u8]> = lines.filter(|line| !target.is_in_lines(line)).collect();
    fs::write_atomic(file, &kept.concat(), ctx.store.sharing())
}
