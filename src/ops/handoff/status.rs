//! The work tree as `git status --porcelain=v2 -z` tells it: counts and the first paths.
//! Source: git-status(1), "Porcelain Format Version 2".

use anyhow::Result;

use crate::domain::handoff::{Upstream, WorkTree};
use crate::ops::ctx::Ctx;

/// The work tree, and how far its branch is pushed.
pub(super) fn look(ctx: &Ctx) -> Result<(WorkTree, Option<Upstream>)> {
    let git = ctx.repo.git().args([
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--ignore-submodules=dirty",
    ]);
    let output = git.within(super::gather::LIMIT).checked()?.stdout;
    let (tree, upstream) = parse(&output);
    if upstream.is_none() && !ctx.repo.remotes()?.is_empty() {
        return Ok((tree, Some(Upstream::Missing)));
    }
    Ok((tree, upstream))
}

fn parse(output: &[u8]) -> (WorkTree, Option<Upstream>) {
    let mut tree = WorkTree::default();
    let mut upstream = None;
    let mut fields = output.split(|byte| *byte == 0);
    while let Some(field) = fields.next() {
        match field.first() {
            Some(b'#') => {
                if let Some(counts) = field.strip_prefix(b"# branch.ab ") {
                    upstream = counted(&String::from_utf8_lossy(counts));
                }
            }
            Some(kind @ (b'1' | b'2')) => {
                let path = after_spaces(field, if *kind == b'2' { 9 } else { 8 });
                if field.get(2) != Some(&b'.') {
                    tree.staged.push(path);
                }
                if field.get(3) != Some(&b'.') {
                    tree.changed.push(path);
                }
                if *kind == b'2' {
                    // the path that it was renamed from
                    fields.next();
                }
            }
            Some(b'u') => tree.conflicts.push(after_spaces(field, 10)),
            Some(b'?') => tree.untracked.push(after_spaces(field, 1)),
            _ => {}
        }
    }
    (tree, upstream)
}

/// What stands behind so many spaces.
fn after_spaces(field: &[u8], count: usize) -> &[u8] {
    let mut parts = field.splitn(count + 1, |byte| *byte == b' ');
    parts.nth(count).unwrap_or_default()
}

/// `+2 -1`
fn counted(text: &str) -> Option<Upstream> {
    let (ahead, behind) = text.split_once(' ')?;
    let ahead = ahead.strip_prefix('+')?.parse().ok()?;
    let behind = behind.strip_prefix('-')?.parse().ok()?;
    Some(Upstream::Counted(ahead, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_is_read() {
        let output =
            b"# branch.oid 1\0# branch.ab +2 -1\x001 M. N... 1 2 3 4 5 a b\x001 .M N... 1 2 3 4 5 c\0\
            2 RM N... 1 2 3 4 5 R100 new name\0old name\0u UU N... 1 2 3 4 5 6 7 d e\0? f g\0";
        let (tree, upstream) = parse(output);
        assert_eq!(upstream, Some(Upstream::Counted(2, 1)));
        assert_eq!(tree.staged.first, [&b"a b"[..], b"new name"]);
        assert_eq!(tree.changed.first, [&b"c"[..], b"new name"]);
        assert_eq!(tree.conflicts.first, [b"d e"]);
        assert_eq!(tree.untracked.first, [b"f g"]);
        assert!(!tree.is_clean());
    }
}
