use std::borrow::Cow;

use proptest::prelude::*;

use super::query::fit;
use super::*;
use crate::domain::body::{Alternative, Body, DecisionAdded, Undone};
use crate::domain::testing::{self, Site};

fn query(arguments: &[&str]) -> Query {
    Query::new(arguments).unwrap()
}

#[test]
fn case_marks_and_white_space_do_not_count() {
    let table = [
        ("Naïve  CAFÉ", "naive cafe"),
        ("cafe\u{301}", "cafe"),
        ("\tÄrger\nim Straßenbau ", "arger im strassenbau "),
        ("İstanbul ıs", "istanbul is"),
        ("Łódź Øre Æsir", "lodz ore aesir"),
        ("Việt Nam ĐỢI", "viet nam doi"),
        ("ＦＵＬＬ１２", "full12"),
        ("Ὀδυσσεύς ΟΔΟΣ", "ὀδυσσευσ οδοσ"),
        ("Ёж", "еж"),
        ("再試行 한국어 ไทย", "再試行 한국어 ไทย"),
        ("👩‍👩‍👧 -> x", "👩‍👩‍👧 -> x"),
        ("", ""),
    ];
    for (text, expected) in table {
        assert_eq!(plain(text), expected, "{text}");
    }
}

#[test]
fn arguments_are_words_and_phrases() {
    let table: [(&[&str], &[&str]); 8] = [
        (&["OAuth"], &["oauth"]),
        (&["b", "a", "B"], &["b", "a"]),
        (&["two words"], &["two words"]),
        (&["two  words", "x"], &["two words", "x"]),
        (&["\"two words\" x y"], &["two words", "x", "y"]),
        (&["a\"b c\"d"], &["a", "b c", "d"]),
        (&["open \"end of it"], &["open", "end of it"]),
        (&["", " ", "\"\"", "x"], &["x"]),
    ];
    for (arguments, terms) in table {
        assert_eq!(query(arguments).terms(), terms, "{arguments:?}");
    }
    for nothing in [&[][..], &[""], &[" ", "\" \""], &["\u{301}"]] {
        assert_eq!(Query::new(nothing), Err(NoWord), "{nothing:?}");
    }
    assert!(query(&["a b"]).has_phrase());
    assert!(!query(&["a", "b"]).has_phrase());
}

#[test]
fn a_word_counts_more_than_its_beginning() {
    let of = |text: &str, term: &str| fit(&plain(text), term);
    assert_eq!(of("the auth flow", "auth"), Some(Fit::Word));
    assert_eq!(of("author", "auth"), Some(Fit::Start));
    assert_eq!(of("oauth", "auth"), Some(Fit::Inside));
    assert_eq!(of("oauth and auth", "auth"), Some(Fit::Word));
    assert_eq!(of("src/auth.rs", "auth"), Some(Fit::Word));
    assert_eq!(of("再試行する", "試行"), Some(Fit::Inside));
    assert_eq!(of("nothing", "auth"), None);
}

/// A document with a text, a rationale and a branch, a day old.
fn document<'d>(text: &'d str, rationale: &'d str, branch: &'d str) -> Document<'d> {
    let field = |name, weight, of_session, text| Field {
        name,
        weight,
        of_session,
        text: Cow::Borrowed(text),
    };
    Document {
        kind: Kind::Decision,
        item: None,
        id: "",
        state: None,
        is_past: false,
        private: false,
        is_own: true,
        at: testing::at(0),
        by: "",
        fields: vec![
            field("text", 10, false, text),
            field("rationale", 5, false, rationale),
            field("branch", 2, true, branch),
        ],
    }
}

fn score(arguments: &[&str], document: &Document<'_>) -> Option<u64> {
    let now = testing::at(400 * 24 * 3600).timestamp();
    rank(&query(arguments), document, now).map(|found| found.score)
}

#[test]
fn the_score_is_what_the_page_says() {
    let decision = document(
        "PKCE for every client",
        "Codes can be intercepted",
        "feature/auth",
    );
    let table: [(&[&str], Option<u64>); 9] = [
        (&["pkce"], Some(40)),
        (&["intercept"], Some(15)),
        (&["every", "client"], Some(40 + 40 + 40)),
        (&["client", "every"], Some(40 + 40)),
        (&["every client"], Some(40)),
        (&["pkce", "codes"], Some(40 + 20)),
        // the branch helps to find it and is not enough
        (&["pkce", "auth"], Some(40 + 8)),
        (&["auth"], None),
        (&["pkce", "nothing"], None),
    ];
    for (arguments, expected) in table {
        assert_eq!(score(arguments, &decision), expected, "{arguments:?}");
    }
}

#[test]
fn what_is_recent_counts_more_and_what_is_past_half() {
    let mut decision = document("PKCE", "", "main");
    let day = 24 * 3600;
    let of = |decision: &Document<'_>, days: i64| {
        let now = testing::at(days * day).timestamp();
        rank(&query(&["pkce"]), decision, now).unwrap().score
    };
    let scores = [-1, 0, 7, 8, 30, 31, 180, 181].map(|days| of(&decision, days));
    assert_eq!(scores, [46, 46, 46, 44, 44, 42, 42, 40]);
    decision.is_past = true;
    assert_eq!(of(&decision, 0), 23);
}

#[test]
fn the_best_field_comes_first() {
    let decision = document("No client", "The client, the client", "client");
    let found = rank(&query(&["client"]), &decision, 0).unwrap();
    assert_eq!(found.fields, [0, 1]);
    let decision = document("a", "b c", "x");
    let found = rank(&query(&["a", "b", "c"]), &decision, 0).unwrap();
    assert_eq!(
        found.fields,
        [0, 1],
        "40 against 20 and 20 is a tie, and the order stays"
    );
}

#[test]
fn a_snippet_shows_the_term() {
    let shown = |arguments: &[&str], text: &str, columns| {
        let snippet = snippet(&query(arguments), text, columns);
        let mut out = snippet.text.clone();
        for place in snippet.places.iter().rev() {
            out.insert(place.end, ']');
            out.insert(place.start, '[');
        }
        let dots = |cut| if cut { "..." } else { "" };
        format!(
            "{}{out}{}",
            dots(snippet.starts_late),
            dots(snippet.ends_early)
        )
    };
    assert_eq!(shown(&["b"], "a b c", 20), "a [b] c");
    assert_eq!(shown(&["cafe"], "ein  Café\nhier", 20), "ein [Café] hier");
    assert_eq!(shown(&["strasse"], "Die Straße", 20), "Die [Straße]");
    assert_eq!(
        shown(&["two words"], "of Two\n Words", 20),
        "of [Two Words]"
    );
    assert_eq!(shown(&["ab", "bc"], "abcd", 20), "[abc]d");
    let long = "one two three four five six seven eight nine ten eleven twelve";
    assert_eq!(shown(&["ten"], long, 24), "...nine [ten] eleven twelve");
    assert_eq!(shown(&["one"], long, 12), "[one] two...");
    assert_eq!(shown(&["twelve"], long, 12), "...[twelve]");
    assert_eq!(
        shown(&["試"], "日本語の再試行について書く", 10),
        "...再[試]行につ..."
    );
    assert_eq!(shown(&["x"], "", 10), "");
}

fn decided(site: &mut Site) -> crate::domain::event::Event {
    site.hook(
        10,
        "cli",
        Body::DecisionAdded(DecisionAdded {
            text: "PKCE".into(),
            rationale: Some("Codes".into()),
            alternatives: vec![Alternative {
                option: "Secrets".into(),
                why_not: Some("they leak".into()),
            }],
            ..DecisionAdded::default()
        }),
    )
}

#[test]
fn what_was_taken_back_is_found_and_marked() {
    let mut site = Site::begun();
    let event = decided(&mut site);
    let states = |site: &Site| -> Vec<Option<&'static str>> {
        let (session, fold) = (site.session(), site.fold());
        let all = documents(&session, &fold);
        let found = all
            .iter()
            .filter(|d| rank(&query(&["pkce", "leak"]), d, 0).is_some());
        found.map(|document| document.state).collect()
    };
    assert_eq!(states(&site), [None]);
    site.hook(
        20,
        "cli",
        Body::Undone(Undone {
            op: event.head().op.clone(),
        }),
    );
    assert_eq!(states(&site), [Some("undone")]);
}

#[test]
fn a_log_that_cannot_have_a_term_is_told_by_its_bytes() {
    let mut site = Site::begun();
    decided(&mut site);
    let log: String = site.own().iter().map(|e| e.to_line().unwrap()).collect();
    for there in [
        &["pkce"][..],
        &["PKCE", "leak"],
        &["secrets: they"],
        &["feature/auth"],
    ] {
        assert!(query(there).may_be_in(log.as_bytes()), "{there:?}");
    }
    for gone in [&["oauth"][..], &["pkce", "oauth"], &["é́"]] {
        let found = Query::new(gone).map(|query| query.may_be_in(log.as_bytes()));
        assert_eq!(found, Ok(gone == ["é́"]), "{gone:?}");
    }
    assert!(query(&["café"]).may_be_in("{\"text\":\"Cafe\"}".as_bytes()));
    assert!(query(&["cafe"]).may_be_in("{\"text\":\"CAFÉ\"}".as_bytes()));
    assert!(query(&["é"]).may_be_in(b"{\"text\":\"\\u00e9\"}"));
    assert!(query(&["say \"x\""]).may_be_in(br#"{"text":"say \"x\""}"#));
    assert!(!query(&["x"]).may_be_in(b""));
}

proptest! {
    #[test]
    fn folding_again_changes_nothing(text in any::<String>()) {
        let once = plain(&text);
        prop_assert_eq!(plain(&once), once);
    }

    #[test]
    fn a_snippet_is_a_part_of_the_text(
        text in "[a-zäß試 ]{0,80}",
        term in "[a-zä試]{1,3}",
        columns in 1..60_usize,
    ) {
        let query = query(&[&term]);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let found = snippet(&query, &text, columns);
        prop_assert!(line.contains(&found.text));
        prop_assert_eq!(found.starts_late || found.ends_early, found.text != line);
        for place in &found.places {
            prop_assert!(found.text.get(place.clone()).is_some_and(|part| !part.is_empty()));
        }
        // a term that is as wide as the line allows is seen
        if columns >= 12 && !query.places(&line).is_empty() {
            prop_assert!(!found.places.is_empty());
        }
    }

    #[test]
    fn the_bytes_never_hide_what_is_there(text in any::<String>(), from in 0..20_usize, length in 1..8_usize) {
        let term: String = text.chars().skip(from).take(length).collect();
        if let Ok(query) = Query::new(&[term.replace('"', "")]) {
            let shared = plain(&text);
            if query.terms().iter().all(|term| shared.contains(term.as_str())) {
                let line = serde_json::to_string(&text).unwrap();
                prop_assert!(query.may_be_in(line.as_bytes()), "{:?} in {}", query, line);
            }
        }
    }
}
