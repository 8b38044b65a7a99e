//! The published schema of a handoff, the document and the templates agree.
#![allow(clippy::too_many_lines, reason = "a document that has everything")]

use std::collections::BTreeSet;

use chrono::DateTime;
use git_session::domain::body::LearningType;
use git_session::domain::coverage::Percent;
use git_session::domain::handoff::{
    About, BlockerEntry, Check, CheckName, CommitEntry, CommitKind, CommitsOfKind, ContextEntry,
    CoverageResult, DecisionEntry, Dialect, Document, FileKind, FilesOfKind, InProgress, KeyFile,
    LearningEntry, Lines, Metrics, NamedPaths, NextStep, ObjectiveEntry, Objectives, Origin,
    ParkedWork, SCHEMA, SavedWork, Span, StaleContext, TestLines, TestResult, Way, schema, view,
};
use git_session::domain::id::{BranchName, CommitId, SessionId};
use git_session::domain::session::{ObjectiveState, State};
use git_session::render;
use insta::assert_snapshot;
use serde_json::Value;

use crate::handoff::scene;
use crate::support::Repo;

/// What a value does not keep of a schema; every property that was met goes into `met`.
pub(crate) fn validate(
    root: &Value,
    schema: &Value,
    value: &Value,
    at: &str,
    met: &mut BTreeSet<String>,
) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.strip_prefix("#").expect("of this document");
        let target = root.pointer(name).expect("it is defined");
        return validate(root, target, value, name, met);
    }
    if let Some(constant) = schema.get("const") {
        assert_eq!(constant, value, "{at}");
    }
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{at}: {value}");
    }
    let kind = schema["type"].as_str().unwrap_or_default();
    let fits = match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "number" => value.as_f64().is_some_and(|n| (0.0..=100.0).contains(&n)),
        other => other.is_empty(),
    };
    assert!(fits, "{at}: {value} is no {kind}");
    for item in value.as_array().into_iter().flatten() {
        validate(root, &schema["items"], item, &format!("{at}/items"), met);
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().expect("a name");
        assert!(value.get(name).is_some(), "{at}/{name} is missing");
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        let place = format!("{at}/properties/{name}");
        let shape = schema["properties"].get(name);
        let shape = shape.unwrap_or_else(|| panic!("{place} is not in the schema"));
        met.insert(place.clone());
        validate(root, shape, member, &place, met);
    }
}

/// The places of all properties of a schema.
pub(crate) fn properties(schema: &Value, at: &str, all: &mut BTreeSet<String>) {
    for (name, member) in schema.as_object().into_iter().flatten() {
        let place = format!("{at}/{name}");
        if at.ends_with("/properties") {
            all.insert(place.clone());
        }
        properties(member, &place, all);
    }
}

/// A document that has everything.
fn whole() -> Document {
    let at = DateTime::from_timestamp(1_795_165_200, 0).expect("a date");
    let commit = || CommitId::new("a".repeat(40)).expect("an id");
    let branch = |name: &str| BranchName::new(name).expect("a branch");
    let session = || SessionId::new("feature-auth-20261120-k3f9qa").expect("an id");
    let text = || Some("text".to_owned());
    let texts = || vec!["text".to_owned()];
    let percent = Percent::from_tenths(795).expect("a share");
    let lines = Lines {
        files: 1,
        added: 2,
        removed: 3,
    };
    let objective = || ObjectiveEntry {
        handle: "obj-k3f9".into(),
        text: "text".into(),
        state: ObjectiveState::InProgress,
        link: text(),
        url: text(),
    };
    let result = || TestResult {
        passed: 1,
        failed: 2,
        skipped: 3,
        at,
        head: Some(commit()),
    };
    let coverage = || CoverageResult {
        percent,
        new_code: Some(percent),
        at,
        head: Some(commit()),
    };
    let paths = || {
        Some(NamedPaths {
            count: 1,
            paths: texts(),
        })
    };
    Document {
        session: About {
            id: session(),
            branch: branch("feature"),
            title: text(),
            state: State::Ended,
            abandoned: true,
            success: Some(false),
            phase: text(),
            started_by: "Ada".into(),
            started_at: at,
            base_branch: Some(branch("main")),
            base_commit: Some(commit()),
            as_of: at,
            head: Some(commit()),
            merged_to: Some(branch("main")),
        },
        objectives: Some(Objectives {
            done: 0,
            total: 1,
            items: vec![objective()],
        }),
        accomplished: texts(),
        commits: vec![CommitEntry {
            commit: commit(),
            subject: "text".into(),
            kind: CommitKind::Merge,
            seconds: 1,
            changed: Some(lines),
            merged: vec![session()],
        }],
        tests: Some(Span {
            first: Some(result()),
            last: result(),
        }),
        coverage: Some(Span {
            first: Some(coverage()),
            last: coverage(),
        }),
        in_progress: Some(InProgress {
            objectives: vec![objective()],
            staged: paths(),
            changed: paths(),
            conflicts: paths(),
            untracked: paths(),
            saved: Some(SavedWork {
                handle: "cp-k3f9".into(),
                command: "git stash apply".into(),
            }),
            parked: vec![ParkedWork {
                handle: "cp-k3f9".into(),
                label: text(),
                at,
            }],
        }),
        blockers: vec![BlockerEntry {
            handle: "blk-k3f9".into(),
            text: "text".into(),
            link: text(),
            url: text(),
            open: false,
            since: at,
            seconds: 1,
            resolution: text(),
        }],
        decisions: vec![DecisionEntry {
            handle: "dec-k3f9".into(),
            text: "text".into(),
            at,
            context: text(),
            rationale: text(),
            alternatives: vec![Way {
                option: "text".into(),
                why_not: text(),
            }],
            consequences: texts(),
            scope: texts(),
            superseded: true,
            superseded_by: text(),
        }],
        metrics: Metrics {
            active_seconds: 1,
            unattributed_seconds: 0,
            commits: 1,
            changed: Some(lines),
            tests: Some(TestLines {
                added: 1,
                removed: 0,
            }),
            commits_by_kind: CommitKind::ALL
                .map(|kind| CommitsOfKind { kind, commits: 1 })
                .to_vec(),
            files_by_kind: FileKind::ALL
                .map(|kind| FilesOfKind {
                    kind,
                    lines,
                    seconds: 1,
                })
                .to_vec(),
        },
        context: Some(ContextEntry {
            score: 40,
            to_update: vec![StaleContext {
                path: "src/CLAUDE.md".into(),
                score: 40,
                commits: 14,
                age_days: 50,
            }],
            more: 1,
        }),
        key_files: vec![KeyFile {
            path: "a".into(),
            kind: FileKind::Code,
            commits: 1,
            added: 1,
            removed: 0,
        }],
        remember: texts(),
        learnings: LearningType::ALL
            .map(|kind| LearningEntry {
                handle: "lrn-k3f9".into(),
                text: "text".into(),
                kind,
                key: "learning/insights/x".into(),
                scope: texts(),
            })
            .to_vec(),
        links: texts(),
        next: [Origin::Said, Origin::Objective, Origin::Blocker]
            .map(|from| NextStep {
                text: "text".into(),
                from,
                handle: text(),
            })
            .to_vec(),
        checklist: CheckName::ALL
            .map(|name| Check {
                name,
                holds: true,
                detail: "text".into(),
            })
            .to_vec(),
    }
}

#[test]
fn the_schema_and_the_document_agree() {
    let schema = schema();
    let mut value = serde_json::to_value(whole()).expect("JSON");
    value["schema"] = SCHEMA.into();
    let (mut met, mut all) = (BTreeSet::new(), BTreeSet::new());
    validate(&schema, &schema, &value, "", &mut met);
    properties(&schema, "", &mut all);
    let all: BTreeSet<_> = all
        .into_iter()
        .filter(|place| !place.ends_with("/$ref"))
        .collect();
    assert_eq!(met, all, "members that only one of the two has");
    crate::config_docs::check(
        "docs/handoff.schema.json",
        &format!("{}\n", serde_json::to_string_pretty(&schema).expect("JSON")),
    );
}

#[test]
fn what_the_program_prints_keeps_the_schema() {
    let schema = schema();
    let empty = Repo::new();
    empty.session(&["start", "empty"]).done();
    for repo in [scene(), empty] {
        let text = repo.session(&["handoff", "--json"]).ok().answer();
        let value = serde_json::from_str(&text).expect("JSON");
        validate(&schema, &schema, &value, "", &mut BTreeSet::new());
    }
}

#[test]
fn a_whole_document_fits_every_template() {
    let document = whole();
    let page = render::markdown("handoff", None, &view(&document, Dialect::MARKDOWN));
    let page = page.expect("it is filled in");
    let html = render::html("handoff", &view(&document, Dialect::HTML)).expect("it is filled in");
    let headings: Vec<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    let titles = html
        .lines()
        .filter_map(|line| line.strip_prefix("<h2 id=\""));
    let titles: Vec<_> = titles
        .filter_map(|line| line.split_once("\">")?.1.strip_suffix("</h2>"))
        .collect();
    assert_eq!(headings, titles);
    assert_snapshot!(headings.join(", "), @"Objectives (0 of 1 done), Accomplished, Next steps, In progress, Blockers, Decisions, Work by commit, Context, Key files, Tests, Coverage, Figures, Learnings, To remember, Related, Checklist");
    let tags = |name: &str| html.matches(&format!("<{name}")).count();
    for name in [
        "section", "table", "ul", "ol", "li", "dl", "tr", "th ", "td", "code", "bdi", "div", "p>",
    ] {
        let name = name.trim_end_matches(['>', ' ']);
        let closed = html.matches(&format!("</{name}>")).count();
        let opened = tags(&format!("{name}>")) + tags(&format!("{name} "));
        assert_eq!(opened, closed, "{name}");
    }
}
