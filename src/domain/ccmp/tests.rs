use super::*;

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_165_200, 0).unwrap()
}

fn working() -> Working {
    Working {
        active: true,
        branch: "feature/auth".into(),
        tdd: false,
        objectives: vec!["Google OAuth".into(), "Größe \u{1f600}".into()],
    }
}

fn text_of(old: Option<&str>, working: Option<&Working>) -> String {
    let text = updated(old.map(str::as_bytes), working, at());
    text.unwrap().expect("something changes")
}

const OTHERS: &str = r#"{
  "zeta": [1.50, 1e3, {"b": 1, "a": 12345678901234567890123}],
  "version": "1.0.0",
  "last_updated": null,
  "plugins": {
    "tdd-workflow": {
      "cycles_today": 3,
      "active": true
    },
    "session-management": {
      "extra": "\u00e9",
      "active": false,
      "objectives": []
    },
    "other": {}
  },
  "session-management": {"active": true}
}"#;

#[test]
fn a_file_that_is_not_there_is_made() {
    insta::assert_snapshot!(text_of(None, Some(&working())), @r#"
    {
      "version": "1.0.0",
      "last_updated": "2026-11-20T09:00:00Z",
      "plugins": {
        "session-management": {
          "active": true,
          "current_session": "feature/auth",
          "branch": "feature/auth",
          "mode": "normal",
          "objectives": [
            "Google OAuth",
            "Gr\u00f6\u00dfe \ud83d\ude00"
          ]
        }
      }
    }
    "#);
}

#[test]
fn what_belongs_to_others_stays_as_it_was_written() {
    insta::assert_snapshot!(text_of(Some(OTHERS), Some(&working())), @r#"
    {
      "zeta": [1.50, 1e3, {"b": 1, "a": 12345678901234567890123}],
      "version": "1.0.0",
      "last_updated": "2026-11-20T09:00:00Z",
      "plugins": {
        "tdd-workflow": {
          "cycles_today": 3,
          "active": true
        },
        "session-management": {
          "extra": "\u00e9",
          "active": true,
          "objectives": [
            "Google OAuth",
            "Gr\u00f6\u00dfe \ud83d\ude00"
          ],
          "current_session": "feature/auth",
          "branch": "feature/auth",
          "mode": "normal"
        },
        "other": {}
      },
      "session-management": {"active": true}
    }
    "#);
}

#[test]
fn what_is_right_already_is_not_written() {
    for start in [None, Some(OTHERS)] {
        let text = text_of(start, Some(&working()));
        let again = updated(Some(text.as_bytes()), Some(&working()), at());
        assert_eq!(again, Ok(None));
        let compact = serde_json::from_str::<Value>(&text).unwrap().to_string();
        let again = updated(Some(compact.as_bytes()), Some(&working()), at());
        assert_eq!(again, Ok(None), "{compact}");
    }
}

#[test]
fn at_the_end_branch_and_objectives_stay() {
    let text = text_of(None, Some(&working()));
    let ended = text_of(Some(&text), None);
    assert_eq!(
        ended,
        text.replace("\"active\": true", "\"active\": false")
            .replace(
                "\"current_session\": \"feature/auth\"",
                "\"current_session\": null"
            )
    );
    assert_eq!(updated(Some(ended.as_bytes()), None, at()), Ok(None));
    assert_eq!(updated(None, None, at()), Ok(None));
    assert_eq!(updated(Some(b"{}"), None, at()), Ok(None));
}

#[test]
fn what_is_no_such_file_is_left_alone() {
    let huge = vec![b' '; 1024 * 1024 + 1];
    let cases: [(&[u8], &str); 8] = [
        (
            b"",
            "it is no JSON: EOF while parsing a value at line 1 column 0",
        ),
        (
            b"{",
            "it is no JSON: EOF while parsing an object at line 1 column 1",
        ),
        (b"[]", "it holds no object"),
        (b"null", "it holds no object"),
        (b"{\"plugins\": []}", "its `plugins` is no object"),
        (b"\xef\xbb\xbf{}", "it begins with a byte order mark"),
        (b"\xff\xfe{\0}\0", "it is not UTF-8"),
        (&huge, "it is larger than 1 MiB"),
    ];
    for (bytes, reason) in cases {
        let error = updated(Some(bytes), Some(&working()), at()).unwrap_err();
        assert_eq!(error.to_string(), reason);
        assert_eq!(facts(bytes).unwrap_err(), error);
    }
}

#[test]
fn our_member_of_an_odd_type_is_replaced() {
    for odd in ["null", "[]", "7", "\"x\""] {
        let old = format!("{{\"plugins\":{{\"session-management\":{odd},\"a\":1}}}}");
        let new: Value = serde_json::from_str(&text_of(Some(&old), Some(&working()))).unwrap();
        assert_eq!(new["plugins"]["session-management"]["active"], true);
        assert_eq!(new["plugins"]["a"], 1);
    }
}

#[test]
fn facts_are_found_in_both_layouts() {
    let inner = r#""claude-context-manager":{"health_score":85.4,"last_scan":"2026-11-19T08:00:00","critical_files":["src"]},
        "tdd-workflow":{"active":true,"current_phase":"GREEN","cycles_today":3}"#;
    let known = Facts {
        health_score: Some(85),
        last_scan: Some("2026-11-19T08:00:00".into()),
        tdd_active: Some(true),
        tdd_phase: Some("GREEN".into()),
        tdd_cycles: Some(3),
    };
    for text in [
        format!("{{{inner}}}"),
        format!("{{\"plugins\":{{{inner}}}}}"),
    ] {
        assert_eq!(facts(text.as_bytes()), Ok(known.clone()));
    }
    let odd = r#"{"plugins":{"claude-context-manager":{"health_score":"high","last_scan":7},
        "tdd-workflow":{"active":1,"current_phase":null,"cycles_today":-3}}}"#;
    assert!(facts(odd.as_bytes()).unwrap().is_empty());
    let long = format!(
        "{{\"tdd-workflow\":{{\"current_phase\":\"{}\"}}}}",
        "x".repeat(500)
    );
    let phase = facts(long.as_bytes()).unwrap().tdd_phase.unwrap();
    assert_eq!(phase.len(), 80);
}

#[test]
fn a_thousand_nested_lists_of_others_are_handed_on() {
    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    let old = format!("{{\"x\":{deep}}}");
    assert!(text_of(Some(&old), Some(&working())).contains(&deep));
    assert!(facts(old.as_bytes()).unwrap().is_empty());
}

proptest::proptest! {
    #[test]
    fn nothing_makes_it_panic_and_no_member_is_lost(old in ".{0,200}", branch in ".{0,20}") {
        let working = Working { branch, ..working() };
        let made = text_of(None, Some(&working));
        let parsed: Value = serde_json::from_str(&made).unwrap();
        assert_eq!(parsed["plugins"][OURS]["branch"], working.branch);
        assert!(made.is_ascii());
        updated(Some(old.as_bytes()), Some(&working), at()).ok();
        facts(old.as_bytes()).ok();
    }
}
