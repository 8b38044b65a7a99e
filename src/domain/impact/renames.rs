//! Finds exact renames in a list of raw changes: by object ids alone, because a hook must not
//! read blobs.

use std::collections::BTreeMap;

use super::{Change, ChangeKind};

/// What `git diff-index --raw` says about a path (git-diff-index(1), "RAW OUTPUT FORMAT").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RawKind {
    /// `A`
    Added,
    /// `M`
    Modified,
    /// `T`
    TypeChanged,
    /// `D`
    Deleted,
}

/// One changed path before renames are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawChange {
    /// What happened.
    pub kind: RawKind,
    /// Where, bytes as git has them.
    pub path: Vec<u8>,
    /// The object before: raw bytes or lower-case hex, one form for a whole list; empty or all
    /// zeros if there was none or it is unknown.
    pub old_id: Vec<u8>,
    /// The object after, in the same form.
    pub new_id: Vec<u8>,
}

/// The empty blob, which says nothing about where a file came from, in both object formats.
const EMPTY_BLOBS: [&[u8]; 2] = [
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
];

/// Turns raw changes into changes, sorted by kind and path: a deleted and an added path with the
/// same object become one rename.
///
/// Where several paths share an object, equal file names are paired first, as git does, then what
/// is left in the order of the paths; what finds no partner stays added or deleted. Empty files
/// and unknown objects are never paired. The order of the input does not matter; O(n log n).
pub fn pair_renames(raw: Vec<RawChange>) -> Vec<Change> {
    let mut changes = Vec::with_capacity(raw.len());
    let mut groups: BTreeMap<Vec<u8>, Group> = BTreeMap::new();
    for RawChange {
        kind,
        path,
        old_id,
        new_id,
    } in raw
    {
        let kind = match kind {
            RawKind::Added if tells_origin(&new_id) => {
                groups.entry(new_id).or_default().added.push(path);
                continue;
            }
            RawKind::Deleted if tells_origin(&old_id) => {
                groups.entry(old_id).or_default().deleted.push(path);
                continue;
            }
            RawKind::Added => ChangeKind::Added,
            RawKind::Deleted => ChangeKind::Deleted,
            RawKind::Modified => ChangeKind::Modified,
            RawKind::TypeChanged => ChangeKind::TypeChanged,
        };
        changes.push(Change { kind, path });
    }
    for group in groups.into_values() {
        group.pair(&mut changes);
    }
    changes.sort_unstable();
    changes
}

/// The paths that lost and that gained one object.
#[derive(Default)]
struct Group {
    deleted: Vec<Vec<u8>>,
    added: Vec<Vec<u8>>,
}

impl Group {
    fn pair(mut self, changes: &mut Vec<Change>) {
        self.deleted.sort_unstable();
        self.added.sort_unstable();
        // Reversed, so that `pop` hands out the first path.
        let mut by_name: BTreeMap<Vec<u8>, Vec<Vec<u8>>> = BTreeMap::new();
        for path in self.deleted.into_iter().rev() {
            by_name
                .entry(file_name(&path).to_vec())
                .or_default()
                .push(path);
        }
        let mut left = Vec::new();
        for path in self.added {
            match by_name.get_mut(file_name(&path)).and_then(Vec::pop) {
                Some(from) => changes.push(Change {
                    kind: ChangeKind::Renamed { from },
                    path,
                }),
                None => left.push(path),
            }
        }
        let mut origins: Vec<Vec<u8>> = by_name.into_values().flatten().collect();
        origins.sort_unstable();
        let mut origins = origins.into_iter();
        for path in left {
            let kind = match origins.next() {
                Some(from) => ChangeKind::Renamed { from },
                None => ChangeKind::Added,
            };
            changes.push(Change { kind, path });
        }
        changes.extend(origins.map(|path| Change {
            kind: ChangeKind::Deleted,
            path,
        }));
    }
}

fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

fn tells_origin(id: &[u8]) -> bool {
    let known = id.iter().any(|&byte| byte != 0 && byte != b'0');
    known && !EMPTY_BLOBS.iter().any(|empty| same_object(id, empty))
}

/// Whether `id`, raw or hex, is the object that `hex` names.
fn same_object(id: &[u8], hex: &[u8]) -> bool {
    let digits = b"0123456789abcdef";
    let raw = id.iter().flat_map(|&byte| {
        [
            digits[usize::from(byte >> 4)],
            digits[usize::from(byte & 15)],
        ]
    });
    id == hex || raw.eq(hex.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::super::tests::change;
    use super::*;
    use proptest::prelude::*;

    fn raw(kind: RawKind, path: &str, id: &str) -> RawChange {
        let (old, new) = match kind {
            RawKind::Added => ("", id),
            RawKind::Deleted => (id, ""),
            RawKind::Modified | RawKind::TypeChanged => ("1111", id),
        };
        RawChange {
            kind,
            path: path.into(),
            old_id: old.into(),
            new_id: new.into(),
        }
    }

    fn renamed(from: &str, to: &str) -> Change {
        change(ChangeKind::Renamed { from: from.into() }, to)
    }

    #[test]
    fn equal_objects_are_renames() {
        let changes = pair_renames(vec![
            raw(RawKind::Deleted, "old.rs", "aa"),
            raw(RawKind::Modified, "m.rs", "aa"),
            raw(RawKind::Added, "new.rs", "aa"),
            raw(RawKind::Added, "other.rs", "bb"),
            raw(RawKind::TypeChanged, "link", "cc"),
        ]);
        let expected = [
            change(ChangeKind::Added, "other.rs"),
            change(ChangeKind::Modified, "m.rs"),
            change(ChangeKind::TypeChanged, "link"),
            renamed("old.rs", "new.rs"),
        ];
        assert_eq!(changes, expected);
    }

    #[test]
    fn equal_file_names_are_paired_first_then_by_path() {
        let changes = pair_renames(vec![
            raw(RawKind::Deleted, "a/x", "aa"),
            raw(RawKind::Deleted, "a/y", "aa"),
            raw(RawKind::Deleted, "a/z", "aa"),
            raw(RawKind::Added, "b/y", "aa"),
            raw(RawKind::Added, "b/n", "aa"),
        ]);
        let expected = [
            renamed("a/x", "b/n"),
            renamed("a/y", "b/y"),
            change(ChangeKind::Deleted, "a/z"),
        ];
        assert_eq!(changes, expected);
    }

    #[test]
    fn copies_beyond_the_deleted_paths_stay_added() {
        let changes = pair_renames(vec![
            raw(RawKind::Added, "c", "aa"),
            raw(RawKind::Added, "b", "aa"),
            raw(RawKind::Deleted, "a", "aa"),
        ]);
        assert_eq!(changes, [change(ChangeKind::Added, "c"), renamed("a", "b")]);
    }

    #[test]
    fn empty_and_unknown_objects_are_not_paired() {
        let mut ids: Vec<Vec<u8>> = vec![vec![], vec![0; 20], b"0".repeat(40)];
        for hex in EMPTY_BLOBS {
            ids.push(hex.to_vec());
            let text = std::str::from_utf8(hex).unwrap();
            let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
            ids.push((0..text.len()).step_by(2).map(byte).collect());
        }
        for id in ids {
            let one = |kind, path: &str| RawChange {
                kind,
                path: path.into(),
                old_id: id.clone(),
                new_id: id.clone(),
            };
            let changes = pair_renames(vec![one(RawKind::Deleted, "a"), one(RawKind::Added, "b")]);
            assert_eq!(
                changes,
                [
                    change(ChangeKind::Added, "b"),
                    change(ChangeKind::Deleted, "a")
                ]
            );
        }
    }

    #[test]
    fn twenty_thousand_paths_of_one_object_are_paired() {
        let mut list = Vec::new();
        for number in 0..10_000 {
            list.push(raw(RawKind::Deleted, &format!("a/{number}"), "aa"));
            list.push(raw(RawKind::Added, &format!("b/{}", number + 5000), "aa"));
        }
        let changes = pair_renames(list);
        assert_eq!(changes.len(), 10_000);
        assert!(
            changes
                .iter()
                .all(|one| matches!(one.kind, ChangeKind::Renamed { .. }))
        );
    }

    proptest! {
        #[test]
        fn every_path_is_kept_whatever_the_order(
            rows in prop::collection::btree_map("[ab]/[a-f]{1,2}", (0usize..4, 0usize..3), 0..24),
            seed in any::<u64>(),
        ) {
            let kinds = [RawKind::Added, RawKind::Deleted, RawKind::Modified, RawKind::TypeChanged];
            let ids = ["aa", "bb", "00"];
            let mut list: Vec<RawChange> =
                rows.iter().map(|(path, &(kind, id))| raw(kinds[kind], path, ids[id])).collect();
            let changes = pair_renames(list.clone());
            let mut paths: Vec<Vec<u8>> = Vec::new();
            for one in &changes {
                paths.push(one.path.clone());
                if let ChangeKind::Renamed { from } = &one.kind {
                    paths.push(from.clone());
                }
            }
            paths.sort();
            let all: Vec<Vec<u8>> = rows.keys().map(|path| path.clone().into_bytes()).collect();
            prop_assert_eq!(paths, all);
            if !list.is_empty() {
                let middle = usize::try_from(seed % list.len() as u64).unwrap();
                list.rotate_left(middle);
                list.reverse();
            }
            prop_assert_eq!(pair_renames(list), changes);
        }
    }
}
