//! The trailer codec against git: generated messages are written by us and read by git.
#![allow(
    clippy::disallowed_methods,
    reason = "git is the oracle here, in a sandbox of its own"
)]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use git_session::domain::trailers::{
    CommentString, Comments, Encoding, Key, Run, Style, Trailer, clean, find, has_content,
    mentions_run, remove, subject, upsert,
};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

use crate::support::machine_path;

const KEPT: Comments = Comments::Kept;
const STRIPPED: Comments = Comments::Stripped;

fn style(comments: Comments) -> Style {
    Style {
        comments,
        ..Style::default()
    }
}

/// A repository with nothing of the machine's configuration around it.
struct Sandbox {
    dir: TempDir,
}

impl Sandbox {
    fn new() -> Self {
        let sandbox = Self {
            dir: TempDir::new().expect("a scratch directory"),
        };
        sandbox.git(&["init", "-q", "-b", "main", "."], b"");
        sandbox
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn git(&self, args: &[&str], stdin: &[u8]) -> Vec<u8> {
        self.git_edited(args, "false", stdin)
    }

    fn git_edited(&self, args: &[&str], editor: &str, stdin: &[u8]) -> Vec<u8> {
        let output = self.run(args, editor, stdin);
        let news = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {args:?}: {news}");
        output.stdout
    }

    /// Whether this git has `core.commentString` (2.45), not only one character.
    fn knows_comment_strings(&self) -> bool {
        let version = self.run(&["version"], "false", b"").stdout;
        let version = String::from_utf8_lossy(&version).into_owned();
        let mut numbers = version
            .split(|c: char| !c.is_ascii_digit())
            .filter(|part| !part.is_empty());
        let mut number = || {
            numbers
                .next()
                .and_then(|part| part.parse::<u32>().ok())
                .unwrap_or(0)
        };
        (number(), number()) >= (2, 45)
    }

    fn run(&self, args: &[&str], editor: &str, stdin: &[u8]) -> Output {
        let program = std::env::var_os("TEST_GIT").unwrap_or_else(|| "git".into());
        let mut child = Command::new(program)
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("PATH", machine_path())
            .env("HOME", self.dir.path())
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_EDITOR", editor)
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "Ada")))
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "ada@x.org")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("git starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        std::thread::scope(|scope| {
            // A child that reads nothing closes the pipe; that is no failure.
            scope.spawn(move || pipe.write_all(stdin).ok());
            child.wait_with_output().expect("git ends")
        })
    }

    /// What `git log` sees in finished commits with these messages, in order.
    fn read_back(&self, messages: &[Vec<u8>]) -> Vec<Seen> {
        let branch = "refs/heads/imported";
        let mut stream = Vec::new();
        for message in messages {
            let header = format!(
                "commit {branch}\ncommitter Ada <ada@x.org> 1700000000 +0000\ndata {}\n",
                message.len()
            );
            stream.extend_from_slice(header.as_bytes());
            stream.extend_from_slice(message);
            stream.push(b'\n');
        }
        self.git(&["fast-import", "--quiet", "--force"], &stream);
        let seen = self.log(branch);
        assert_eq!(seen.len(), messages.len());
        self.git(&["update-ref", "-d", branch], b"");
        seen
    }

    /// The trailers of a branch's commits, oldest first.
    fn log(&self, branch: &str) -> Vec<Seen> {
        let mut format = "--format=%(trailers:only,unfold,separator=%x01)".to_owned();
        for key in Key::ALL {
            format.push_str("%x03%(trailers:key=");
            format.push_str(key.as_str());
            format.push_str(",valueonly,unfold,separator=%x01)");
        }
        let output = self.git(&["log", "-z", "--reverse", &format, branch], b"");
        let output = String::from_utf8_lossy(&output).into_owned();
        output
            .trim_end_matches('\0')
            .split('\0')
            .map(Seen::parse)
            .collect()
    }
}

/// What git prints for one commit.
#[derive(Debug)]
struct Seen {
    /// Every trailer as key and value.
    all: Vec<(String, String)>,
    /// The values that git prints for each key of ours.
    by_key: Vec<Vec<String>>,
}

impl Seen {
    fn parse(record: &str) -> Self {
        // In a message with CRLF git leaves the CR of a folded line in the value.
        let plain = |value: &str| value.replace('\r', "");
        let list = |part: &str| -> Vec<String> {
            part.split('\u{1}')
                .filter(|item| !item.is_empty())
                .map(plain)
                .collect()
        };
        let mut parts = record.split('\u{3}');
        let all = list(parts.next().unwrap_or_default())
            .into_iter()
            .filter_map(|item| {
                let (key, value) = item.split_once(": ")?;
                Some((key.to_owned(), value.to_owned()))
            })
            .collect();
        Self {
            all,
            by_key: parts.map(list).collect(),
        }
    }

    fn has_in_order(&self, run: &Run) -> bool {
        let own = written(run);
        self.all.windows(own.len()).any(|window| window == own)
    }
}

fn written(run: &Run) -> Vec<(String, String)> {
    run.trailers()
        .iter()
        .map(|item| (item.key.as_str().to_owned(), item.value()))
        .collect()
}

fn bytes(texts: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    select(texts).prop_map(<[u8]>::to_vec)
}

const RUN: &[u8] = b"Session-Objectives: [>] Old one that is folded because it is longer than a\n \
line\nDecisions: What\n Rationale: Why\nSession-Time: 5m\nSession-Id: old-20260101-aaaaaa";

fn title() -> impl Strategy<Value = Vec<u8>> {
    bytes(&[
        b"Add a parser",
        b"fix: a title with a colon",
        b"#123 fix",
        b"\xc3\x9cberschrift \xe2\x9c\x93 \xe6\x97\xa5",
        b"caf\xe9 in Latin-1",
        b"Merge branch 'topic'",
        b"A title\non two lines",
        b"Impact: a title like a trailer",
        b"Session-Id: a-title",
        b"\nfix: below an empty line",
        b"# a comment\n\nfix: below a comment",
        b"Squashed commit of the following:\n\ncommit 0123456789\nAuthor: Ada\n\n    One",
    ])
}

fn paragraph() -> impl Strategy<Value = Vec<u8>> {
    bytes(&[
        b"Body text.",
        b"Several\nlines of\ntext",
        b"---\nbelow a divider",
        b"--- a/file\n+++ b/file",
        b"- bullet\n- another: one",
        b"Note: this is\nprose",
        b"http://example.org/x",
        b"    indented\n    code: here",
        b"    Impact: quoted\n    Session-Time: 1m",
        b"Impact: theirs",
        b"Decisions: somebody's\nwords",
        b"Session-Time: 3h",
        b"Conflicts:\n\tsrc/file",
        b"# a comment\n# on two lines",
        b"text\n# with a comment\nin it",
        b"caf\xe9",
        b"\t tab",
        b"trailing blanks  ",
    ])
}

fn block() -> impl Strategy<Value = Vec<u8>> {
    bytes(&[
        b"Signed-off-by: Ada <ada@x.org>",
        b"Change-Id: I0123\nSigned-off-by: Ada <ada@x.org>",
        b"Fixes: 12\n continued\nCo-authored-by: Bob <bob@x.org>",
        b"(cherry picked from commit 0123456789)",
        b"Fixes: 1\n(cherry picked from commit 0123456789)\nAcked-by: Eve",
        b"Reviewed-by: Eve\n# a comment\nAcked-by: Bob",
        b"one\ntwo\nthree\nSigned-off-by: Ada <ada@x.org>",
        b"one\ntwo\nthree\nfour\nSigned-off-by: Ada <ada@x.org>",
        b"  indented\none\nSigned-off-by: Ada <ada@x.org>",
        b"# comment\n  indented\nSigned-off-by: Ada <ada@x.org>\nFixes: 3",
        b"Impact: theirs\nSigned-off-by: Ada <ada@x.org>",
        b"Empty:\nBlank : value\nhttp://x",
        b"Fixes #12",
        b"Nr_1: no key\nSigned-off-by: Ada <ada@x.org>",
    ])
}

fn tail() -> impl Strategy<Value = Vec<u8>> {
    bytes(&[
        b"",
        b"\n",
        b"\n\n\n",
        b"  \n\n",
        b"\n# Conflicts:\n#\tsrc/file\n",
        b"\nConflicts:\n\tsrc/file\n",
        b"\n# Please enter the commit message for your changes.\n#\n# On branch main\n",
        b"# Please enter\n# directly below\n",
        b"\n# Please enter\n#\n# ------------------------ >8 ------------------------\n# Do not\n\
          diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-Session-Id: x\n+Key: value\n",
        b"# ------------------------ >8 ------------------------\n# Do not\n# On branch\n",
    ])
}

/// A message built as people and tools build them.
fn composed(runs: bool) -> impl Strategy<Value = Vec<u8>> {
    let run = proptest::option::of(Just(RUN.to_vec())).prop_map(move |run| run.filter(|_| runs));
    let parts = (title(), proptest::collection::vec(paragraph(), 0..4), run);
    let rest = (
        proptest::option::of(block()),
        tail(),
        any::<bool>(),
        any::<[bool; 3]>(),
    );
    (parts, rest).prop_map(
        |((title, body, run), (block, tail, glued, [crlf, bare, double]))| {
            let mut paragraphs = vec![title];
            paragraphs.extend(body);
            match (run, block) {
                (Some(run), Some(block)) if glued => {
                    paragraphs.push([&run[..], b"\n", &block[..]].concat());
                }
                (run, block) => paragraphs.extend(run.into_iter().chain(block)),
            }
            let mut text = paragraphs.join(if double { &b"\n\n\n"[..] } else { b"\n\n" });
            if tail.is_empty() && bare {
                return text;
            }
            text.push(b'\n');
            if crlf {
                text = text
                    .split_inclusive(|byte| *byte == b'\n')
                    .flat_map(to_crlf)
                    .collect();
            }
            text.extend(tail);
            text
        },
    )
}

fn to_crlf(line: &[u8]) -> Vec<u8> {
    line.strip_suffix(b"\n")
        .map_or_else(|| line.to_vec(), |text| [text, b"\r\n"].concat())
}

/// Lines in any order: what nobody writes, but git has a rule for.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let line = bytes(&[
        b"text",
        b"text",
        b"",
        b"",
        b"",
        b" ",
        b"  led",
        b"\tled",
        b"# comment",
        b"Fixes: 1",
        b"Key :value",
        b"(cherry picked from commit 01)",
        b"Signed-off-by: Ada <ada@x.org>",
        b"Signed-off-by: Ada <ada@x.org>",
        b"Session-Objectives: [x] a",
        b"Decisions: b",
        b" Rationale: c",
        b"Impact: d",
        b"Session-Time: 1m",
        b"Session-Id: old-20260101-aaaaaa",
        b"Session-Id: two words",
        b"session-id: lower",
        b"Conflicts:",
        b"\tConflict",
        b"---",
    ]);
    (proptest::collection::vec(line, 1..14), any::<bool>()).prop_map(|(lines, end)| {
        let mut text = lines.join(&b"\n"[..]);
        if end {
            text.push(b'\n');
        }
        text
    })
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![3 => composed(false), 2 => composed(true), 3 => soup()]
}

fn words() -> impl Strategy<Value = String> {
    let word = select(vec![
        "a",
        "the",
        "parser",
        "[x]",
        "Rationale:",
        "Rationale:x",
        "#",
        "# x",
        ";",
        "---",
        ":",
        "Session-Id:",
        "größer",
        "日本語",
        "👩\u{200d}💻",
        "\u{202e}evil\u{202c}",
        "\u{200b}",
        "\u{9b}31m",
        "\u{1b}[31m",
        "tab\there",
        "line\nbreak",
        "\u{a0}",
        "averylongwordthatgoesonandonandon\
        andonandonandonandonandonandonandonandonandonandon",
        "Signed-off-by: x",
        "\r\n",
    ]);
    prop_oneof![
        6 => proptest::collection::vec(word, 1..40).prop_map(|words| words.join(" ")),
        1 => any::<String>(),
    ]
}

fn run() -> impl Strategy<Value = Run> {
    let item = (0..4_usize, words(), proptest::option::of(words())).prop_map(|(key, text, why)| {
        let key = Key::ALL[key];
        Trailer {
            key,
            text,
            rationale: why.filter(|_| key == Key::Decisions),
        }
    });
    proptest::collection::vec(item, 0..6)
        .prop_map(|items| Run::new(items, "auth-20261120-k3f9qa").expect("a valid run"))
}

/// The same values in every run of the tests.
fn samples<T: std::fmt::Debug>(count: usize, strategy: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    let one = |_| strategy.new_tree(&mut runner).expect("a value").current();
    (0..count).map(one).collect()
}

fn show(text: &[u8]) -> String {
    text.escape_ascii().to_string().replace("\\n", "\n")
}

#[test]
fn git_reads_what_was_written_and_still_sees_what_was_there() {
    let sandbox = Sandbox::new();
    let samples = samples(3000, (message(), run()));
    let mut messages = Vec::new();
    for (message, run) in &samples {
        messages.push(message.clone());
        messages.push(upsert(message, run, &style(KEPT)));
    }
    let seen = sandbox.read_back(&messages);
    for (at, (message, run)) in samples.iter().enumerate() {
        if subject(message, &style(KEPT)).is_none() {
            continue;
        }
        let (before, after) = (&seen[2 * at], &seen[2 * at + 1]);
        let what = || {
            format!(
                "{}\n=== after\n{}",
                show(message),
                show(&messages[2 * at + 1])
            )
        };
        assert!(
            after.has_in_order(run),
            "{}\n{after:?}\n{:?}",
            what(),
            written(run)
        );
        let mut expected = before.all.clone();
        if let Some(old) = find(message, &style(KEPT)) {
            let old = written(&old);
            let at = expected.windows(old.len()).position(|window| window == old);
            let at = at.expect("git sees the old run");
            expected.drain(at..at + old.len());
        }
        expected.extend(written(run));
        expected.sort();
        let mut found = after.all.clone();
        found.sort();
        assert_eq!(found, expected, "{}", what());
        for (key, values) in Key::ALL.iter().zip(&after.by_key) {
            let mut own = run.get(*key).map(Trailer::value);
            assert!(own.all(|value| values.contains(&value)), "{}", what());
        }
    }
}

#[test]
fn a_run_is_found_where_git_sees_one() {
    let sandbox = Sandbox::new();
    let messages = samples(2000, prop_oneof![composed(true), soup()]);
    for (message, seen) in messages.iter().zip(sandbox.read_back(&messages)) {
        let Some(_) = subject(message, &style(KEPT)) else {
            continue;
        };
        let is_id = |value: &String| !value.is_empty() && !value.contains(' ');
        let by_git = seen.by_key.last().is_some_and(|ids| ids.iter().any(is_id))
            && seen
                .all
                .iter()
                .any(|(key, value)| key == "Session-Id" && is_id(value));
        let found = find(message, &style(KEPT));
        assert_eq!(found.is_some(), by_git, "{}\n{seen:?}", show(message));
        assert!(
            !by_git || mentions_run(message, &style(KEPT)),
            "{}",
            show(message)
        );
    }
}

#[test]
fn interpret_trailers_agrees() {
    let sandbox = Sandbox::new();
    for (message, run) in samples(200, (composed(false), run())) {
        let out = upsert(&message, &run, &style(KEPT));
        let parsed = sandbox.git(&["interpret-trailers", "--parse", "--no-divider"], &out);
        let parsed = String::from_utf8_lossy(&parsed).replace('\r', "");
        let own: Vec<_> = written(&run)
            .iter()
            .map(|(key, value)| format!("{key}: {value}\n"))
            .collect();
        let own = own.concat();
        assert!(parsed.contains(&own), "{}\n{parsed}", show(&out));
    }
}

#[test]
fn stripping_the_comments_keeps_every_trailer() {
    let sandbox = Sandbox::new();
    let samples: Vec<_> = samples(400, (composed(false), run()))
        .into_iter()
        .filter(|(message, _)| has_content(message, &style(STRIPPED)))
        // An uncommented list of conflicts (git before 2.0) is one to git only with LF.
        .filter(|(message, _)| !message.windows(12).any(|part| part == b"Conflicts:\r\n"))
        .collect();
    let strip = |message: &[u8]| {
        let cut = b"# ------------------------ >8 ------------------------\n";
        let end = message.windows(cut.len()).position(|part| part == cut);
        let text = &message[..end.unwrap_or(message.len())];
        sandbox.git(&["stripspace", "--strip-comments"], text)
    };
    let mut stripped = Vec::new();
    for (message, run) in &samples {
        stripped.push(strip(message));
        stripped.push(strip(&upsert(message, run, &style(STRIPPED))));
    }
    let seen = sandbox.read_back(&stripped);
    for (at, (message, run)) in samples.iter().enumerate() {
        let (before, after) = (&seen[2 * at], &seen[2 * at + 1]);
        let what = || {
            format!(
                "{}\n=== stripped\n{}",
                show(message),
                show(&stripped[2 * at + 1])
            )
        };
        let expected = [written(run), before.all.clone()].concat();
        assert_eq!(after.all, expected, "{}", what());
    }
}

#[test]
fn every_cleanup_mode_of_git_commit_keeps_the_run() {
    let sandbox = Sandbox::new();
    let modes = ["strip", "whitespace", "verbatim", "scissors"];
    let mut expected = Vec::new();
    for (at, (message, run)) in samples(100, (composed(false), run()))
        .into_iter()
        .enumerate()
    {
        let mode = modes[at % modes.len()];
        let comments = if mode == "strip" { STRIPPED } else { KEPT };
        if !has_content(&message, &style(comments)) || message.starts_with(b"\n") {
            continue;
        }
        let out = upsert(&message, &run, &style(comments));
        std::fs::write(sandbox.path("edited"), &out).expect("written");
        let cleanup = format!("--cleanup={mode}");
        let verbose = if at % 8 < 4 { "-v" } else { "-q" };
        let args = ["commit", "-q", "--allow-empty", "-e", &cleanup, verbose];
        sandbox.git_edited(&args, "cp edited", b"");
        expected.push((mode, out, run));
    }
    for ((mode, out, run), seen) in expected.iter().zip(sandbox.log("main")) {
        assert!(seen.has_in_order(run), "{mode}\n{}\n{seen:?}", show(out));
    }
}

#[test]
fn the_run_survives_every_comment_string() {
    let sandbox = Sandbox::new();
    let run = samples(1, run()).remove(0);
    let capture = "f() { cp \"$1\" captured; exit 1; }; f";
    let mut expected = Vec::new();
    for config in ["#", ";", "auto", "//"] {
        if config == "//" && !sandbox.knows_comment_strings() {
            eprintln!("skipped: core.commentString needs git 2.45");
            continue;
        }
        let comment = CommentString::from_config(config.as_bytes());
        let key = if config == "//" {
            "commentString"
        } else {
            "commentChar"
        };
        let setting = format!("core.{key}={config}");
        for message in [
            "T",
            "T\n\n# heading\n\ntext",
            "T\n\n; x\n# y",
            "T\n\n# heading",
        ] {
            for extra in ["-v", "-q", "--cleanup=scissors", "--no-status"] {
                let args = [
                    "-c",
                    &setting,
                    "commit",
                    "--allow-empty",
                    "-e",
                    "-m",
                    message,
                    extra,
                ];
                sandbox.run(&args, capture, b"");
                let captured = std::fs::read(sandbox.path("captured")).expect("git's template");
                let comments = if extra.starts_with("--c") {
                    KEPT
                } else {
                    STRIPPED
                };
                let style = Style {
                    comment: comment.clone(),
                    comments,
                    ..Style::default()
                };
                let out = upsert(&captured, &run, &style);
                assert_eq!(subject(&out, &style), Some(&b"T"[..]));
                std::fs::write(sandbox.path("edited"), &out).expect("written");
                sandbox.git_edited(&args, "cp edited", b"");
                expected.push((setting.clone(), extra, out));
            }
        }
    }
    for ((setting, extra, out), seen) in expected.iter().zip(sandbox.log("main")) {
        assert_eq!(seen.all, written(&run), "{setting} {extra}\n{}", show(out));
    }
}

#[test]
fn the_commit_encoding_is_what_git_reads() {
    let sandbox = Sandbox::new();
    let items = vec![Trailer::new(Key::Impact, "größer ✓")];
    let run = Run::new(items, "auth-1").expect("a valid run");
    for (name, value) in [("ISO-8859-1", "größer ?"), ("ISO-8859-2", "gr??er ?")] {
        let style = Style {
            encoding: Encoding::from_name(name),
            ..Style::default()
        };
        let setting = format!("i18n.commitEncoding={name}");
        let out = upsert(b"T\n", &run, &style);
        sandbox.git(
            &["-c", &setting, "commit", "-q", "--allow-empty", "-F", "-"],
            &out,
        );
        let seen = sandbox.log("main").pop().expect("a commit");
        assert_eq!(seen.all[0], ("Impact".to_owned(), value.to_owned()));
    }
}

#[test]
fn signing_off_twice_adds_one_line_below_the_run() {
    let sandbox = Sandbox::new();
    let signed = prop_oneof![Just(None), block().prop_map(Some)];
    for (title, block, run) in samples(24, (title(), signed, run())) {
        let mut message = title;
        if let Some(block) = block.filter(|block| block.ends_with(b"<ada@x.org>")) {
            message.extend([&b"\n\nBody.\n\n"[..], &block].concat());
        }
        if message.starts_with(b"\n") {
            continue;
        }
        let out = upsert(&message, &run, &style(KEPT));
        std::fs::write(sandbox.path("text"), &out).expect("written");
        sandbox.git(&["checkout", "-q", "--orphan", "signed"], b"");
        sandbox.git(&["commit", "-q", "--allow-empty", "-F", "text"], b"");
        for _ in 0..2 {
            sandbox.git(
                &[
                    "commit",
                    "-q",
                    "--allow-empty",
                    "--amend",
                    "-s",
                    "--no-edit",
                ],
                b"",
            );
        }
        let seen = sandbox.log("signed").remove(0);
        let is_sign_off = |(key, _): &&(String, String)| key == "Signed-off-by";
        assert!(seen.has_in_order(&run), "{}\n{seen:?}", show(&out));
        assert_eq!(
            seen.all.iter().filter(is_sign_off).count(),
            1,
            "{}\n{seen:?}",
            show(&out)
        );
        assert!(
            seen.all.last().as_ref().is_some_and(is_sign_off),
            "{}\n{seen:?}",
            show(&out)
        );
        sandbox.git(&["checkout", "-q", "--orphan", "other"], b"");
        sandbox.git(&["branch", "-q", "-D", "signed"], b"");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn twice_is_once(message in message(), run in run(), kept in any::<bool>()) {
        let style = style(if kept { KEPT } else { STRIPPED });
        let once = upsert(&message, &run, &style);
        let twice = upsert(&once, &run, &style);
        prop_assert_eq!(show(&twice), show(&once));
    }

    #[test]
    fn removing_gives_the_message_back(message in message(), run in run(), kept in any::<bool>()) {
        let style = style(if kept { KEPT } else { STRIPPED });
        if find(&message, &style).is_some() {
            return Ok(());
        }
        let added = upsert(&message, &run, &style);
        let found = find(&added, &style);
        prop_assert_eq!(found.as_ref(), Some(&run), "{}", show(&added));
        prop_assert_eq!(has_content(&added, &style), has_content(&message, &style));
        prop_assert_eq!(subject(&added, &style), subject(&message, &style));
        let back = remove(&added, &style);
        let rest = back.strip_prefix(&message[..]).map(<[u8]>::to_vec);
        let whole = message.ends_with(b"\n") || message.is_empty();
        let ends: &[&[u8]] = if whole { &[b""] } else { &[b"", b"\n", b"\r\n"] };
        prop_assert!(
            rest.is_some_and(|rest| ends.contains(&&rest[..])),
            "{}\n=== back\n{}", show(&message), show(&back)
        );
    }

    #[test]
    fn cleaning_is_idempotent_and_bounded(text in words()) {
        let once = clean(&text);
        prop_assert_eq!(clean(&once), once.clone());
        prop_assert!(once.chars().count() <= 200);
        prop_assert!(!once.chars().any(char::is_control));
    }

    #[test]
    fn any_bytes_are_survived(message in any::<Vec<u8>>(), run in run()) {
        let style = style(STRIPPED);
        let once = upsert(&message, &run, &style);
        prop_assert_eq!(upsert(&once, &run, &style), once.clone());
        remove(&once, &style);
    }
}
