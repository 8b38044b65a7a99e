use proptest::prelude::*;

use super::*;
use crate::domain::redact::tests::planted;

fn scan(bytes: &[u8], part: usize) -> Vec<Hit> {
    let mut scanner = Scanner::new();
    let mut hits = Vec::new();
    for part in bytes.chunks(part) {
        hits.extend(scanner.push(part));
    }
    hits.extend(scanner.finish());
    assert!(!scanner.has_failed());
    hits
}

fn token() -> String {
    format!("ghp_{}", "a1B2c3D4e5F6".repeat(3))
}

#[test]
fn a_hit_says_where_it_is() {
    let text = format!("first\nnaïve 日本 {}\nTOKEN={}", token(), token());
    let hit = |line, column| Hit {
        line,
        column,
        rule: "github-token",
    };
    assert_eq!(scan(text.as_bytes(), 7), [hit(2, 10), hit(3, 7)]);
}

#[test]
fn every_planted_secret_is_hit() {
    for (rule, secret) in planted() {
        let hits = scan(format!("a: b\n  {secret}\n").as_bytes(), 1000);
        assert!(
            hits.iter().any(|hit| hit.rule == rule),
            "{rule}: {hits:?} {secret}"
        );
    }
}

#[test]
fn where_a_part_ends_does_not_matter() {
    let (line, token) = ("a line of words and more words\n", token());
    let key = format!(
        "-----BEGIN {0}-----\n{1}-----END {0}-----\n",
        "PRIVATE KEY",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n".repeat(60)
    );
    for before in [0, BEHIND, PART - 10, PART + AHEAD - 40, PART + AHEAD + 5] {
        let fill = line.repeat(before / line.len());
        let rest = "x".repeat(before % line.len());
        let text = format!(
            "{fill}{rest} {token} and\n{key}{}{token}\n",
            line.repeat(12_000)
        );
        let whole = scan(text.as_bytes(), text.len());
        let rules: Vec<_> = whole.iter().map(|hit| hit.rule).collect();
        assert_eq!(
            rules,
            ["github-token", "private-key", "github-token"],
            "{before}"
        );
        for part in [4096, 70_001] {
            assert_eq!(scan(text.as_bytes(), part), whole, "{before}");
        }
    }
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let mut scanner = Scanner::new();
    let part = vec![b'x'; 100_000];
    for _ in 0..100 {
        scanner.push(&part);
        assert!(scanner.window.len() <= 2 * (PART + AHEAD + BEHIND));
    }
}

#[test]
fn what_is_no_text_is_judged_too() {
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(
            format!("X={}\r\n", token())
                .bytes()
                .flat_map(|byte| [byte, 0]),
        )
        .collect();
    assert_eq!(scan(&wide, 1000).len(), 1);

    let mut scanner = Scanner::new();
    let mut binary = vec![0, 159, 146, 150, b'\n'];
    binary.extend(token().bytes());
    assert!(scanner.push(&binary).is_empty());
    assert!(scanner.is_binary());
    assert_eq!(
        scanner.finish(),
        [Hit {
            line: 2,
            column: 1,
            rule: "github-token"
        }]
    );

    let coloured = format!("\x1b[31mAKIA{}\x1b[0m", "A1B2C3D4E5F6G7H8");
    assert_eq!(scan(coloured.as_bytes(), 1000).len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..4000), part in 1..500_usize) {
        prop_assert_eq!(readable(&bytes).len(), bytes.len());
        scan(&bytes, part);
    }
}
