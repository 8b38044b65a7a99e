//! How a build went, as files and programs of many makes say it: a word, a line, or JSON. Pure.

use serde_json::Value;

use super::links::address;
use super::redact::Redacted;

/// How a build went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is good.
    Passed,
    /// It is not.
    Failed,
    /// It is not over.
    Running,
    /// What was said means none of these.
    #[default]
    Unknown,
}

impl Verdict {
    /// The word in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Running => "running",
            Self::Unknown => "unknown",
        }
    }

    /// What a word means.
    fn of(word: &str) -> Self {
        let word = word.to_ascii_lowercase().replace('-', "_");
        let is = |words: &[&str]| words.contains(&word.as_str());
        if is(PASSED) {
            Self::Passed
        } else if is(FAILED) {
            Self::Failed
        } else if is(RUNNING) {
            Self::Running
        } else {
            Self::Unknown
        }
    }
}

const PASSED: &[&str] = &[
    "fixed",
    "green",
    "ok",
    "pass",
    "passed",
    "passing",
    "succeeded",
    "success",
    "successful",
];

const FAILED: &[&str] = &[
    "broken",
    "error",
    "errored",
    "fail",
    "failed",
    "failing",
    "failure",
    "red",
    "startup_failure",
    "timed_out",
];

const RUNNING: &[&str] = &[
    "building",
    "created",
    "in_progress",
    "inprogress",
    "pending",
    "preparing",
    "queued",
    "requested",
    "running",
    "scheduled",
    "started",
    "waiting",
    "waiting_for_resource",
];

/// What is known of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Build {
    /// How it went.
    pub verdict: Verdict,
    /// What else was said, on one line; empty when nothing was.
    #[serde(default)]
    pub text: String,
    /// Where there is more.
    #[serde(default)]
    pub url: Option<String>,
    /// The commit that was built: at least seven hexadecimal digits.
    #[serde(default)]
    pub commit: Option<String>,
}

/// Members that say how it went, the one that says most first.
const STATES: &[&str] = &["conclusion", "result", "state", "status", "outcome"];

/// Members that say where there is more.
const URLS: &[&str] = &[
    "html_url",
    "htmlUrl",
    "web_url",
    "webUrl",
    "url",
    "target_url",
    "targetUrl",
    "details_url",
    "detailsUrl",
    "link",
];

/// Members that say which commit it is.
const COMMITS: &[&str] = &[
    "commit",
    "sha",
    "head_sha",
    "headSha",
    "commit_sha",
    "commitSha",
    "revision",
    "vcs_revision",
    "oid",
];

/// Members that say something else.
const TEXTS: &[&str] = &[
    "text",
    "description",
    "message",
    "displayTitle",
    "name",
    "title",
];

/// The longest text, in characters.
const MOST_TEXT: usize = 120;

/// Reads what was said; `None` when that is nothing.
pub fn parse(bytes: &[u8]) -> Option<Build> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return None;
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Some(object(&Value::Object(members))),
        // a list begins with the newest one
        Ok(Value::Array(items)) => items.iter().find(|item| item.is_object()).map(object),
        Ok(Value::String(text)) => Some(line(&text)),
        _ => Some(line(text)),
    }
}

/// The first of these members that is a text with something in it.
fn member<'a>(object: &'a Value, names: &[&str]) -> Option<&'a str> {
    let mut found = names.iter().filter_map(|name| object.get(name)?.as_str());
    found.find(|text| !text.trim().is_empty())
}

fn object(object: &Value) -> Build {
    let words = STATES.iter().filter_map(|name| object.get(name)?.as_str());
    let words: Vec<&str> = words.filter(|word| !word.trim().is_empty()).collect();
    let verdicts = words.iter().map(|word| Verdict::of(word));
    let verdict = verdicts
        .into_iter()
        .find(|verdict| *verdict != Verdict::Unknown);
    let said = member(object, TEXTS);
    let word = words.first().filter(|_| verdict.is_none());
    let text = match (word, said) {
        (Some(word), Some(said)) => format!("{word}: {said}"),
        (Some(word), None) => (*word).to_owned(),
        (None, said) => said.unwrap_or_default().to_owned(),
    };
    Build {
        verdict: verdict.unwrap_or_default(),
        text: tamed(&text),
        url: member(object, URLS).and_then(address),
        commit: member(object, COMMITS).and_then(commit),
    }
}

/// A line: its first word says how it went, addresses and commits are found in it.
fn line(text: &str) -> Build {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    let words = || line.split_whitespace();
    let first = words().next().unwrap_or_default();
    let verdict = Verdict::of(first.trim_end_matches([':', ',', '.', '!']));
    let is_rest = |word: &&str| address(word).is_none() && commit(word).is_none();
    let skip = usize::from(verdict != Verdict::Unknown);
    let rest: Vec<&str> = words().skip(skip).filter(is_rest).collect();
    Build {
        verdict,
        text: tamed(&rest.join(" ")),
        url: words().find_map(address),
        commit: words().find_map(|word| commit(word).filter(|commit| commit.len() >= 40)),
    }
}

/// A commit: seven hexadecimal digits or more.
fn commit(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let fits = (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then_some(text)
}

/// A text of a stranger, on one line, without secrets.
fn tamed(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let safe = Redacted::new(&words).into_string();
    safe.chars().take(MOST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_say_it_is_read() {
        let sha = "0123456789abcdef0123456789abcdef01234567";
        let table = [
            ("success\n", "passed||-|-"),
            ("FAILED: 3 of 12 tests", "failed|3 of 12 tests|-|-"),
            (
                "\u{feff}green https://ci.example.org/7",
                "passed||https://ci.example.org/7|-",
            ),
            (
                &format!("\n\npassing {sha} on main"),
                "passed|on main|-|0123456",
            ),
            ("all is well", "unknown|all is well|-|-"),
            ("\"pending\"", "running||-|-"),
            (
                r#"{"status":"completed","conclusion":"success","url":"https://ci.example.org/1"}"#,
                "passed||https://ci.example.org/1|-",
            ),
            (
                r#"{"status":"in_progress","conclusion":null}"#,
                "running||-|-",
            ),
            (
                r#"{"status":"in_progress","conclusion":""}"#,
                "running||-|-",
            ),
            (
                r#"{"state":"FAILURE","description":"2 checks\nfailed","target_url":"http://ci.example.org"}"#,
                "failed|2 checks failed|http://ci.example.org|-",
            ),
            (
                r#"[{"status":"success","web_url":"javascript:x","sha":"0123456789AB"},{"status":"failed"}]"#,
                "passed||-|0123456",
            ),
            (
                r#"{"status":"canceled","name":"nightly"}"#,
                "unknown|canceled: nightly|-|-",
            ),
            (r#"{"status":7,"commit":"x"}"#, "unknown||-|-"),
            ("{ torn", "unknown|{ torn|-|-"),
        ];
        for (text, expected) in table {
            let build = parse(text.as_bytes()).unwrap();
            let commit = build.commit.as_deref().map_or("-", |commit| &commit[..7]);
            let url = build.url.as_deref().unwrap_or("-");
            let found = format!("{}|{}|{url}|{commit}", build.verdict.name(), build.text);
            assert_eq!(found, expected, "{text}");
        }
        for nothing in ["", " \n\t", "[]", "[1]"] {
            assert_eq!(parse(nothing.as_bytes()), None, "{nothing}");
        }
    }

    #[test]
    fn what_strangers_say_is_tamed() {
        let text = format!(
            "failed \u{1b}[31m ghp_0123456789abcdefghijABCDEFGHIJ012345 {}",
            "x".repeat(500)
        );
        let build = parse(text.as_bytes()).unwrap();
        assert!(
            !build.text.contains(['\u{1b}', '\n']) && !build.text.contains("ghp_"),
            "{}",
            build.text
        );
        assert!(build.text.chars().count() <= MOST_TEXT);
        assert!(parse(&[0xff, 0xfe, 0]).is_some());
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            parse(&bytes);
        }
    }
}
