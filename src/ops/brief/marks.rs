//! Open marks such as `TODO:` in the files that the branch changed, as they stand now.

use std::collections::BTreeMap;

use crate::domain::briefing::{Here, Marks};
use crate::domain::glob::glob_matches_bytes;
use crate::domain::patch::{Annotation, mark};
use crate::git::{ChangeKind, RawChange};
use crate::ops::ctx::Ctx;

/// So many files are looked at.
const FILES: usize = 100;
/// So many bytes in all.
const BYTES: usize = 4 * 1024 * 1024;
/// So many marks are named.
const NAMED: usize = 40;

/// Looks for them: in the work tree where it is that of the session, else in the commit.
pub(super) fn marks(ctx: &Ctx, changes: &[RawChange], dirty: &[Vec<u8>], here: Here) -> Marks {
    let words = &ctx.settings.tracking.annotations;
    let mut marks = Marks::default();
    if words.is_empty() {
        return marks;
    }
    let mut room = BYTES;
    let files = files(ctx, changes, dirty);
    for (at, (path, blob)) in files.iter().enumerate() {
        if at == FILES || room == 0 {
            marks.unseen = files.len() - at;
            break;
        }
        let file = || ctx.repo.text_of_file(path);
        let blob = || blob.and_then(|blob| ctx.repo.text_of_blob(blob));
        let text = match here {
            // what a sparse checkout leaves out is in the commit
            Here::Yes | Here::Fetched if ctx.repo.is_there(path) => file(),
            _ => blob(),
        };
        let Some(text) = text else { continue };
        room = room.saturating_sub(text.len());
        look(path, &text, words, &mut marks);
    }
    marks
}

/// The files that are looked at, by path, each with its blob where a commit has changed it.
fn files<'a>(
    ctx: &Ctx,
    changes: &'a [RawChange],
    dirty: &'a [Vec<u8>],
) -> BTreeMap<&'a [u8], Option<&'a str>> {
    let mut files: BTreeMap<&[u8], Option<&str>> = BTreeMap::new();
    for path in dirty {
        files.insert(path, None);
    }
    for change in changes.iter().filter(|c| c.kind != ChangeKind::Deleted) {
        files.insert(&change.path, change.new.as_deref());
    }
    let tracking = &ctx.settings.tracking;
    files.retain(|path, _| {
        let hit = |globs: &[String]| globs.iter().any(|glob| glob_matches_bytes(glob, path));
        let ours = path.starts_with(b".session/");
        !ours && hit(&tracking.watch_patterns) && !hit(&tracking.ignore_patterns)
    });
    files
}

/// The marks of one file.
fn look(path: &[u8], text: &[u8], words: &[String], marks: &mut Marks) {
    for (line, text) in (1..).zip(text.split(|byte| *byte == b'\n')) {
        let Some(text) = mark(text, words) else {
            continue;
        };
        if marks.found.len() < NAMED {
            let path = path.to_owned();
            marks.found.push(Annotation { path, line, text });
        } else {
            marks.more += 1;
        }
    }
}
