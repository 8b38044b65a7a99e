//! The compact JSON of an [`Impact`], as it stands in notes and records.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Change, ChangeKind, Counts, CoverageChange, Impact};
use crate::domain::path_text::{quote_path, unquote_path};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Compact {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    added: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    modified: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    typechanged: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    renamed: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deleted: Vec<String>,
    files: usize,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    uncounted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageChange>,
}

impl Serialize for Impact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut compact = Compact {
            files: self.total_files.max(self.changes.len()),
            uncounted: self.uncounted,
            tests: self.tests,
            coverage: self.coverage,
            ..Compact::default()
        };
        let mut sorted: Vec<&Change> = self.changes.iter().collect();
        sorted.sort_unstable();
        for change in sorted {
            let path = quote_path(&change.path).into_owned();
            match &change.kind {
                ChangeKind::Added => compact.added.push(path),
                ChangeKind::Modified => compact.modified.push(path),
                ChangeKind::TypeChanged => compact.typechanged.push(path),
                ChangeKind::Renamed { from } => {
                    compact.renamed.push((quote_path(from).into_owned(), path));
                }
                ChangeKind::Deleted => compact.deleted.push(path),
            }
        }
        compact.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Impact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let compact = Compact::deserialize(deserializer)?;
        let all = |kind: ChangeKind, paths: Vec<String>| {
            paths.into_iter().map(move |path| Change {
                kind: kind.clone(),
                path: bytes(&path),
            })
        };
        let renamed = compact.renamed.iter().map(|(from, to)| Change {
            kind: ChangeKind::Renamed { from: bytes(from) },
            path: bytes(to),
        });
        let changes: Vec<Change> = all(ChangeKind::Added, compact.added)
            .chain(all(ChangeKind::Modified, compact.modified))
            .chain(all(ChangeKind::TypeChanged, compact.typechanged))
            .chain(renamed)
            .chain(all(ChangeKind::Deleted, compact.deleted))
            .collect();
        let total_files = compact.files.max(changes.len());
        Ok(Self {
            changes,
            tests: compact.tests,
            coverage: compact.coverage,
            total_files,
            uncounted: compact.uncounted,
        })
    }
}

/// Broken quotes are taken as part of the path: a record is read as far as it is understood.
fn bytes(text: &str) -> Vec<u8> {
    unquote_path(text).map_or_else(|| text.as_bytes().to_vec(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::super::tests::change;
    use super::*;
    use crate::domain::coverage::Percent;
    use proptest::prelude::*;

    #[test]
    fn the_json_is_compact_and_ordered() {
        let mut impact = Impact::of(vec![
            change(ChangeKind::Deleted, "d"),
            change(ChangeKind::Modified, "m"),
            change(
                ChangeKind::Renamed {
                    from: b"a".to_vec(),
                },
                "b\t",
            ),
            change(ChangeKind::Added, "n2"),
            change(ChangeKind::Added, "n1"),
        ]);
        impact.tests = Some(Counts {
            tests_added: 12,
            tests_removed: 0,
        });
        impact.coverage = Some(CoverageChange {
            before: Percent::from_tenths(790),
            after: Percent::from_tenths(840).unwrap(),
        });
        let text = concat!(
            r#"{"added":["n1","n2"],"modified":["m"],"renamed":[["a","\"b\\t\""]],"deleted":["d"],"#,
            r#""files":5,"tests":{"added":12,"removed":0},"coverage":{"before":79.0,"after":84.0}}"#
        );
        assert_eq!(serde_json::to_string(&impact).unwrap(), text);
        assert_eq!(serde_json::from_str::<Impact>(text).unwrap(), impact);
        assert_eq!(
            serde_json::to_string(&Impact::default()).unwrap(),
            r#"{"files":0}"#
        );
    }

    #[test]
    fn unknown_keys_missing_keys_and_broken_quotes_are_read() {
        let text = r#"{"added":["a","\"b"],"later":{"x":1},"tests":{"added":1}}"#;
        let impact: Impact = serde_json::from_str(text).unwrap();
        assert_eq!(impact.total_files, 2);
        assert_eq!(impact.changes[1].path, b"\"b");
        assert_eq!(
            impact.tests,
            Some(Counts {
                tests_added: 1,
                tests_removed: 0
            })
        );
        assert!(serde_json::from_str::<Impact>(r#"{"added":7}"#).is_err());
    }

    fn any_change() -> impl Strategy<Value = Change> {
        (0..5, any::<Vec<u8>>(), any::<Vec<u8>>()).prop_map(|(kind, path, from)| {
            let kind = match kind {
                0 => ChangeKind::Added,
                1 => ChangeKind::Modified,
                2 => ChangeKind::TypeChanged,
                3 => ChangeKind::Deleted,
                _ => ChangeKind::Renamed { from },
            };
            Change { kind, path }
        })
    }

    proptest! {
        #[test]
        fn any_impact_survives_json_and_is_shown_in_lines(
            changes in prop::collection::vec(any_change(), 0..20),
            counts in prop::option::of((any::<u32>(), any::<u32>())),
            more in 0usize..10,
            uncounted: bool,
        ) {
            let mut impact = Impact::of(changes);
            impact.total_files += more;
            impact.uncounted = uncounted;
            impact.tests = counts.map(|(tests_added, tests_removed)| Counts { tests_added, tests_removed });
            for line in impact.lines() {
                prop_assert!(!line.chars().any(char::is_control));
            }
            let text = serde_json::to_string(&impact).unwrap();
            prop_assert!(!text.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<Impact>(&text).unwrap(), impact);
        }
    }
}
