use super::yaml::{Given, entries};
use super::*;

fn notes(found: &Found) -> Vec<&str> {
    let text = |record: &Record| match &record.what {
        What::Note { .. } => true,
        What::Objective { .. } => false,
    };
    let records = found.records.iter().filter(|record| text(record));
    records
        .map(|record| match &record.what {
            What::Note { text } | What::Objective { text, .. } => text.as_str(),
        })
        .collect()
}

fn objectives(found: &Found) -> Vec<(&str, Stage)> {
    let objective = |record: &'_ Record| match &record.what {
        What::Objective { stage, .. } => Some(*stage),
        What::Note { .. } => None,
    };
    let text = |record: &Record| match &record.what {
        What::Objective { text, .. } | What::Note { text } => text.as_str().len(),
    };
    assert!(found.records.iter().all(|record| text(record) > 0));
    found
        .records
        .iter()
        .filter_map(|record| match &record.what {
            What::Objective { text, .. } => Some((text.as_str(), objective(record)?)),
            What::Note { .. } => None,
        })
        .collect()
}

#[test]
fn the_four_shapes_of_a_feature_list_are_read() {
    let shapes = [
        r#"[{"category":"functional","description":"Log in","steps":["x"],"passes":true},{"category":"style","description":"Blue","steps":[],"passes":false}]"#,
        r#"[{"id":"auth-001","description":"Log in","passes":true},{"id":"ui-002","description":"Blue","passes":false}]"#,
        r#"[{"id":"auth-001","priority":1,"description":"Log in","passes":true},{"id":"ui-002","priority":2,"description":"Blue","passes":false}]"#,
        r#"{"features":[{"id":"auth-001","description":"Log in","status":"completed","passes":true},{"id":"ui-002","description":"Blue","status":"in_progress","passes":false}],"total":2,"completed":1}"#,
    ];
    let with_ids = [
        ("auth-001: Log in", Stage::Completed),
        ("ui-002: Blue", Stage::Open),
    ];
    let expected = [
        [("Log in", Stage::Completed), ("Blue", Stage::Open)],
        with_ids,
        with_ids,
        [
            ("auth-001: Log in", Stage::Completed),
            ("ui-002: Blue", Stage::Started),
        ],
    ];
    for (shape, expected) in shapes.iter().zip(expected) {
        let found = features::parse("feature_list.json", shape.as_bytes()).unwrap();
        assert_eq!(objectives(&found), expected, "{shape}");
    }
    let odd = r#"[1, null, {"passes": true}, {"description": 7}, {"description": "Good", "passes": "yes"}]"#;
    let found = features::parse("feature_list.json", odd.as_bytes()).unwrap();
    assert_eq!(objectives(&found), [("Good", Stage::Open)]);
    for bad in ["", "{}", "7", "{\"features\": {}}"] {
        features::parse("feature_list.json", bad.as_bytes()).unwrap_err();
    }
}

#[test]
fn the_state_of_a_session_is_read() {
    let text = r#"{"branch":"feature/auth","objectives":["Google OAuth",{"text":"GitHub OAuth","completed":true},7,""],
        "started_at":"2025-11-12T14:30:00.123456","mode":"tdd","status":"completed","ended_at":"2025-11-12T18:00:00"}"#;
    let whole = state::parse(".sessions/state.json", text.as_bytes()).unwrap();
    assert_eq!(whole.found.branch.as_deref(), Some("feature/auth"));
    assert_eq!(
        objectives(&whole.found),
        [
            ("Google OAuth", Stage::Open),
            ("GitHub OAuth", Stage::Completed)
        ]
    );
    assert!(whole.tdd);
    assert_eq!(whole.status, state::Status::Ended);
    assert_eq!(whole.started, Stamp::parse("2025-11-12 14:30:00.123456"));
    assert!(whole.ended.is_some());
    for bad in [
        "[]",
        "{}",
        "{\"branch\": 7}",
        "{\"branch\": \" \"}",
        "nonsense",
    ] {
        state::parse("x", bad.as_bytes()).unwrap_err();
    }
}

#[test]
fn checkpoints_and_handoffs_become_notes() {
    let text = "# Checkpoint: 2025-11-12T14-30-00\n\n**Label**: Before the merge\n**Time**: 2025-11-12 14:30:00\n\
                **Commit**: 0123abc\n\n## What Changed\n\n- **Modified**: a\n";
    let found = markdown::parse(
        ".sessions/checkpoints/2025-11-12T14-30-00.md",
        text.as_bytes(),
    )
    .unwrap();
    insta::assert_snapshot!(notes(&found)[0], @r"
    Checkpoint: Before the merge

    **Commit**: 0123abc

    ## What Changed

    - **Modified**: a
    ");
    assert_eq!(found.records[0].at, Stamp::parse("2025-11-12 14:30:00"));
    let text = "\u{feff}\n# Session Handoff: 2025-11-12\n**Branch**: `feature/auth`\n\n## What's Next (Open Work)\n- [ ] GitHub\n";
    let path = ".sessions/checkpoints/2025-11-12T18-00-00-HANDOFF.md";
    let found = markdown::parse(path, text.as_bytes()).unwrap();
    assert_eq!(found.branch.as_deref(), Some("feature/auth"));
    assert_eq!(found.records[0].at, Stamp::parse("2025-11-12"));
    markdown::parse("x", b"# Something else\n").unwrap_err();
    markdown::parse("x", b"").unwrap_err();
}

#[test]
fn both_forms_of_progress_become_notes() {
    let text = "# Session Progress\n\nThis file tracks progress.\n\n## Session 1 - 2025-11-12 14:30\n### Accomplishments\n- Built it\n\
                ### Blockers\n\n## Session 2 - 2025-11-13 09:00\n### Next Steps\n- Ship it\n";
    let found = progress::parse("claude-progress.txt", text.as_bytes()).unwrap();
    insta::assert_snapshot!(notes(&found).join("\n~~~\n"), @r"
    Progress: Session 1 - 2025-11-12 14:30

    ### Accomplishments
    - Built it
    ### Blockers
    ~~~
    Progress: Session 2 - 2025-11-13 09:00

    ### Next Steps
    - Ship it
    ");
    assert_eq!(found.records[1].at, Stamp::parse("2025-11-13 09:00"));
    let page = "=== AUTONOMOUS CODING SESSION ===\nProject: x\n\n=== PROGRESS ===\n[25/50] 50% complete\n\n=== LAST UPDATED ===\n2025-11-12T14:30:00Z\n";
    let found = progress::parse("claude-progress.txt", page.as_bytes()).unwrap();
    assert_eq!(notes(&found).len(), 1);
    assert_eq!(found.records[0].at, Stamp::parse("2025-11-12T14:30:00Z"));
    let other = progress::parse("claude-progress.txt", b"45/200 tests passing").unwrap();
    assert_ne!(other.records[0].key, found.records[0].key);
    progress::parse("claude-progress.txt", b" \n").unwrap_err();
}

#[test]
fn packages_of_agents_become_notes() {
    let handoff = r#"{"id":"handoff-20251112-143000","source_agent":"coding-agent","timestamp":"2025-11-12T14:30:00",
        "state":{"current_feature":"auth-002","completed_features":["auth-001"],"blockers":[],"next_steps":["Write tests",{"text":"Ship"}]},
        "context":{"recent_files":["src/a.py"],"git_hash":"0123abc","session_number":3},"summary":"Half way"}"#;
    let found = packages::parse(".claude/handoffs/current.json", handoff.as_bytes()).unwrap();
    insta::assert_snapshot!(notes(&found)[0], @r"
    Handoff of coding-agent: Half way
    Current feature: auth-002
    Commit: 0123abc

    Completed:
    - auth-001

    Next:
    - Write tests
    - Ship

    Recent files:
    - src/a.py
    ");
    let again = packages::parse(
        ".claude/handoffs/handoff-20251112-143000.json",
        handoff.as_bytes(),
    );
    assert_eq!(again.unwrap().records[0].key, found.records[0].key);
    let checkpoint = r#"{"id":"checkpoint-20251112-143000","name":"before-refactor","description":"All green",
        "git_state":{"commit_hash":"0123abc","branch":"main","dirty_files":["a"]},"feature_state":{"current":null,"completed":["x"]}}"#;
    let found = packages::parse(".claude/checkpoints/c.json", checkpoint.as_bytes()).unwrap();
    insta::assert_snapshot!(notes(&found)[0], @r"
    Checkpoint: before-refactor

    All green
    Commit: 0123abc
    Branch: main

    Completed:
    - x

    Uncommitted files:
    - a
    ");
    assert_eq!(found.records[0].at, Stamp::parse("2025-11-12T14:30:00"));
    packages::parse("x", b"{}").unwrap_err();
    packages::parse("x", b"[]").unwrap_err();
}

#[test]
fn secrets_do_not_come_in_and_long_texts_are_cut() {
    let secret = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    let text = format!(
        "# Checkpoint: x\n\n{}\ntoken {secret}\n{}",
        "y".repeat(7970),
        "z".repeat(9000)
    );
    let found = markdown::parse("x", text.as_bytes()).unwrap();
    let note = notes(&found)[0];
    assert!(!note.contains("ghp_"), "{note}");
    assert!(note.chars().count() <= MOST_TEXT + 10);
    let list = format!("[{{\"description\":\"Use {secret}\",\"passes\":false}}]");
    let found = features::parse("x", list.as_bytes()).unwrap();
    assert!(!objectives(&found)[0].0.contains("ghp_"));
    assert!(!found.records[0].key.contains("ghp_"));
}

#[test]
fn settings_are_read_line_by_line() {
    let text = "\u{feff}# settings\n---\nsession:\n  auto_track: true   # yes\n  checkpoint_interval: '1h'\n\ncontext:\n  architecture: \"hexa # gonal\"\n  patterns:\n    - repository-pattern\n    - \"a, b\"\n  conventions: [type-hints, 'it''s', \"x\\\"y\"]\ntracking:\n  watch_patterns:\n  - src/**/*.py\n  ignore_patterns: [ '**/dist/**', **/x/** ]\n  empty: []\nnested:\n  deep:\n    deeper: 1\n    more: 2\n  after: 3\nanchor: &a 1\nalias: *a\nblock: |\n  text\n  more: 1\ntop: 7\nmap: {a: 1}\n- lost\nnull_key: ~\nurl: http://x\n";
    let shown: Vec<String> = entries(text)
        .into_iter()
        .map(|entry| format!("{} {} = {:?}", entry.line, entry.key, entry.value))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    4 session.auto_track = One("true")
    5 session.checkpoint_interval = One("1h")
    8 context.architecture = One("hexa # gonal")
    9 context.patterns = Many(["repository-pattern", "a, b"])
    12 context.conventions = Many(["type-hints", "it's", "x\"y"])
    14 tracking.watch_patterns = Many(["src/**/*.py"])
    16 tracking.ignore_patterns = Many(["**/dist/**", "**/x/**"])
    17 tracking.empty = Many([])
    19 nested.deep = Odd
    22 nested.after = One("3")
    23 anchor = Odd
    24 alias = Odd
    25 block = Odd
    28 top = One("7")
    29 map = Odd
    31 null_key = Nothing
    32 url = One("http://x")
    "#);
    assert_eq!(entries(""), []);
    assert_eq!(entries("\t: :\n  - - -")[0].value, Given::Odd);
}

#[test]
fn dates_are_read_in_all_forms() {
    for text in [
        "2025-11-12T14:30:00.123456",
        "2025-11-12T14:30:00",
        "2025-11-12 14:30:00",
        "2025-11-12 14:30",
        "2025-11-12T14-30-00",
        "20251112-143000",
        "2025-11-12",
    ] {
        assert!(
            matches!(Stamp::parse(text), Some(Stamp::Local(_))),
            "{text}"
        );
    }
    assert!(matches!(
        Stamp::parse("2025-11-12T14:30:00Z"),
        Some(Stamp::Utc(_))
    ));
    assert_eq!(Stamp::parse("yesterday"), None);
    for name in [
        "handoff_20251112-143000.md",
        "2025-11-12T14-30-00-HANDOFF.md",
        "\u{e9}20251112-143000",
    ] {
        assert_eq!(
            Stamp::in_name(name),
            Stamp::parse("2025-11-12T14:30:00"),
            "{name}"
        );
    }
    assert_eq!(Stamp::in_name("20.md"), None);
}

proptest::proptest! {
    #[test]
    fn nothing_makes_a_reader_panic(text in "(.|\n){0,200}", lines in "([ \\-a:'\"\\[\\],#&*|{}\n]){0,80}") {
        for text in [&text, &lines] {
            let bytes = text.as_bytes();
            features::parse("p", bytes).ok();
            state::parse("p", bytes).ok();
            markdown::parse("p", format!("# Checkpoint: x\n{text}").as_bytes()).ok();
            progress::parse("p", bytes).ok();
            packages::parse("p", bytes).ok();
            entries(text);
            Stamp::parse(text);
            Stamp::in_name(text);
        }
    }

    #[test]
    fn another_key_is_another_mark(one in ".{0,20}", other in ".{0,20}") {
        assert_eq!(one == other, mark(&one) == mark(&other));
    }
}
