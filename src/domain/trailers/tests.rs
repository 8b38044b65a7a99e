//! Tables; git is asked in `tests/it/trailers_git.rs`.

use super::*;

const BLOCK: &str = "Session-Objectives: [>] Google OAuth\nImpact: tests +12\nSession-Id: auth-1\n";
const OLD: &str = "Decisions: Old\n Rationale: Gone\nSession-Id: auth-1\n";
const CUT: &str = "------------------------ >8 ------------------------";

fn run() -> Run {
    let items = vec![
        Trailer::new(Key::Impact, "tests +12"),
        Trailer::new(Key::Objectives, "[>] Google OAuth"),
    ];
    Run::new(items, "auth-1").expect("a valid run")
}

fn only_id(id: &str) -> Run {
    Run::new(Vec::new(), id).expect("a valid run")
}

fn comment(text: &str) -> Style {
    Style {
        comment: CommentString::from_config(text.as_bytes()),
        ..Style::default()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Checks the result (`{}` stands for the block), that twice is once, and the way back.
fn check(style: &Style, before: &str, after: &str) {
    let expected = after.replace("{}", BLOCK);
    let written = upsert(before.as_bytes(), &run(), style);
    assert_eq!(text(&written), expected, "upsert into {before:?}");
    assert_eq!(
        text(&upsert(&written, &run(), style)),
        expected,
        "twice into {before:?}"
    );
    assert_eq!(find(&written, style), Some(run()), "find in {before:?}");
    let whole = if before.ends_with('\n') {
        before.to_owned()
    } else {
        format!("{before}\n")
    };
    assert_eq!(
        text(&remove(&written, style)),
        whole,
        "remove from {before:?}"
    );
}

#[test]
fn lines_are_a_new_last_paragraph_or_start_the_block() {
    for (before, after) in [
        ("Title\n", "Title\n\n{}"),
        ("Title", "Title\n\n{}"),
        ("Impact: a title\n", "Impact: a title\n\n{}"),
        ("Title\non two lines: x\n", "Title\non two lines: x\n\n{}"),
        ("Title\n\nBody\n\n\n", "Title\n\nBody\n\n{}\n\n"),
        (
            "Title\n\nBody\n---\nmore\n",
            "Title\n\nBody\n---\nmore\n\n{}",
        ),
        ("Title\n\nFixes: 1\n", "Title\n\n{}Fixes: 1\n"),
        (
            "T\n\nChange-Id: I1\nSigned-off-by: A\n",
            "T\n\n{}Change-Id: I1\nSigned-off-by: A\n",
        ),
        (
            "T\n\n(cherry picked from commit 1)\n",
            "T\n\n{}(cherry picked from commit 1)\n",
        ),
        (
            "T\n\na\nb\nc\nSigned-off-by: A\n",
            "T\n\n{}a\nb\nc\nSigned-off-by: A\n",
        ),
        (
            "T\n\na\nb\nc\nd\nSigned-off-by: A\n",
            "T\n\na\nb\nc\nd\nSigned-off-by: A\n\n{}",
        ),
        (
            "T\n\n  in\nSigned-off-by: A\n",
            "T\n\n  in\n{}Signed-off-by: A\n",
        ),
        (
            "T\n\n# c\n  in\nSigned-off-by: A\n",
            "T\n\n# c\n  in\n{}Signed-off-by: A\n",
        ),
        ("T\n\nImpact: theirs\n", "T\n\n{}Impact: theirs\n"),
        (
            "T\n\n    Session-Id: quoted\n",
            "T\n\n    Session-Id: quoted\n\n{}",
        ),
        (
            "\nfix: below an empty line\n",
            "\nfix: below an empty line\n\n{}",
        ),
    ] {
        check(&Style::default(), before, after);
    }
}

#[test]
fn lines_land_above_what_git_adds_below() {
    let diff = format!("# {CUT}\n# Do not\ndiff --git a/x b/x\n+Session-Id: x\n");
    for (before, after) in [
        (
            "T\n\n# Please\n#\n# On branch main\n",
            "T\n\n{}\n# Please\n#\n# On branch main\n",
        ),
        ("T\n# Please\n", "T\n\n{}# Please\n"),
        ("T\n\n# Conflicts:\n#\tx\n", "T\n\n{}\n# Conflicts:\n#\tx\n"),
        (
            "T\n\nBody\n\nConflicts:\n\tx\n",
            "T\n\nBody\n\n{}\nConflicts:\n\tx\n",
        ),
        ("Conflicts:\n\n\tx\n", "Conflicts:\n\n\tx\n\n{}"),
        ("\n# Please\n", "\n{}\n# Please\n"),
        (
            "\n\nSigned-off-by: A\n\n# Please\n",
            "\n\n{}Signed-off-by: A\n\n# Please\n",
        ),
    ] {
        check(&Style::default(), before, after);
    }
    check(
        &Style::default(),
        &format!("T\n{diff}"),
        &format!("T\n\n{{}}{diff}"),
    );
    check(
        &Style::default(),
        &format!("T\n\n# On\n#\n{diff}"),
        &format!("T\n\n{{}}\n# On\n#\n{diff}"),
    );
}

#[test]
fn the_comment_string_is_found() {
    let cut = format!("T\n\n# kept\n; {CUT}\n; Do not\n# diff\n");
    for (config, before, after) in [
        (
            "auto",
            "T\n\n# kept\n\n; Please\n;\n",
            "T\n\n# kept\n\n{}\n; Please\n;\n",
        ),
        ("auto", "T\n\n# Please\n", "T\n\n{}\n# Please\n"),
        ("auto", "T\n\n! important\n", "T\n\n! important\n\n{}"),
        (
            "auto",
            "T\n\n; a\nb\n\n; c\n; d\n",
            "T\n\n; a\nb\n\n; c\n; d\n\n{}",
        ),
        ("auto", &cut, &cut.replace("kept\n", "kept\n\n{}")),
        (
            "//",
            "T\n\n# kept\n\n// Please\n",
            "T\n\n# kept\n\n{}\n// Please\n",
        ),
        ("", "T\n\n# Please\n", "T\n\n{}\n# Please\n"),
    ] {
        check(&comment(config), before, after);
    }
}

#[test]
fn a_kept_comment_can_be_the_title() {
    let kept = Style {
        comments: Comments::Kept,
        ..Style::default()
    };
    check(&kept, "#12 fix\n", "#12 fix\n\n{}");
    check(&kept, "#12 fix\n\nFixes: 1\n", "#12 fix\n\n{}Fixes: 1\n");
    check(
        &kept,
        "Merge\n\n# Conflicts:\n#\tx\n",
        "Merge\n\n{}\n# Conflicts:\n#\tx\n",
    );
    assert_eq!(subject(b"\n#12 fix\n", &kept), Some(&b"#12 fix"[..]));
    assert!(has_content(b"#12 fix\n", &kept));
    assert!(!has_content(b"#12 fix\n", &Style::default()));
    check(
        &Style::default(),
        "# hint\n\nfix: title\n",
        "# hint\n\nfix: title\n\n{}",
    );
}

#[test]
fn crlf_stays_crlf() {
    let before = "T\n\nBody\n".replace('\n', "\r\n");
    let after = format!("T\n\nBody\n\n{}", run()).replace('\n', "\r\n");
    let written = upsert(before.as_bytes(), &run(), &Style::default());
    assert_eq!(text(&written), after);
    assert_eq!(find(&written, &Style::default()), Some(run()));
    assert_eq!(text(&remove(&written, &Style::default())), before);
}

#[test]
fn an_own_run_is_replaced_where_it_stands() {
    let style = Style::default();
    let replaced = |before: &str| text(&upsert(before.as_bytes(), &run(), &style));
    let other = "Session-Time: 5m\nSession-Id: other-2\n";
    let sign_off = "Signed-off-by: A\n";
    for (before, after) in [
        (
            format!("T\n\n{OLD}{sign_off}"),
            format!("T\n\n{BLOCK}{sign_off}"),
        ),
        (format!("T\n\n{other}"), format!("T\n\n{BLOCK}")),
        (
            format!("T\n\n{other}{OLD}{sign_off}"),
            format!("T\n\n{other}{BLOCK}{sign_off}"),
        ),
        (
            format!("T\n\nImpact: theirs\n{OLD}"),
            format!("T\n\nImpact: theirs\n{BLOCK}"),
        ),
        (
            format!("T\n\n{OLD}Impact: theirs\n"),
            format!("T\n\n{BLOCK}Impact: theirs\n"),
        ),
        (
            format!("T\n\n{OLD}\nMore text\n"),
            format!("T\n\n{OLD}\nMore text\n\n{BLOCK}"),
        ),
    ] {
        assert_eq!(replaced(&before), after, "{before}");
    }
}

#[test]
fn a_block_that_needs_the_old_lines_is_left_when_they_shrink() {
    let junk = "text\n".repeat(9);
    let before = format!("T\n\n{BLOCK}{junk}Signed-off-by: A\n");
    let after = text(&upsert(
        before.as_bytes(),
        &only_id("auth-1"),
        &Style::default(),
    ));
    assert_eq!(
        after,
        format!("T\n\n{junk}Signed-off-by: A\n\nSession-Id: auth-1\n")
    );
}

#[test]
fn only_a_run_that_ends_with_an_id_is_ours() {
    let style = Style::default();
    for message in [
        "T\n\nImpact: theirs\nDecisions: theirs\n",
        "T\n\nSession-Time: 5m\nSigned-off-by: A\n",
        "T\n\nImpact: x\nSession-Id: two words\n",
        "T\n\nSession-Id:\n",
        "T\n\nsession-id: auth-1\n",
        "Session-Id: auth-1\n",
        "T\nSession-Id: auth-1\n",
    ] {
        assert_eq!(find(message.as_bytes(), &style), None, "{message}");
        assert!(!mentions_run(message.as_bytes(), &style), "{message}");
        assert_eq!(text(&remove(message.as_bytes(), &style)), message);
        assert!(has_content(message.as_bytes(), &style), "{message}");
        assert_eq!(harvest(message.as_bytes()), [], "{message}");
    }
}

#[test]
fn a_message_of_own_lines_has_no_content() {
    let style = Style::default();
    for (message, rest) in [
        (format!("\n{BLOCK}"), String::new()),
        (format!("\n{BLOCK}\n# Please\n"), "\n# Please\n".to_owned()),
        (
            format!("\n\n{BLOCK}Signed-off-by: A\n"),
            "\n\nSigned-off-by: A\n".to_owned(),
        ),
        (format!("{BLOCK}\n# Please\n"), "\n# Please\n".to_owned()),
        (format!("\n# {CUT}\ndiff\n"), format!("\n# {CUT}\ndiff\n")),
        (
            "\n\nSigned-off-by: A\n".to_owned(),
            "\n\nSigned-off-by: A\n".to_owned(),
        ),
        (String::new(), String::new()),
    ] {
        assert!(!has_content(message.as_bytes(), &style), "{message}");
        assert_eq!(subject(message.as_bytes(), &style), None, "{message}");
        assert_eq!(text(&remove(message.as_bytes(), &style)), rest, "{message}");
    }
    for message in ["T\n", "# c\nT\n", "\nfix: x\n", "\n\nfix: x\n\n# Please\n"] {
        assert!(has_content(message.as_bytes(), &style), "{message}");
    }
    assert_eq!(
        subject(b"# c\n\n Title \r\nmore\n", &style),
        Some(&b" Title"[..])
    );
}

#[test]
fn a_run_is_mentioned_at_any_place() {
    let style = Style::default();
    let indented = BLOCK.replace("Se", "    Se").replace("Im", "    Im");
    for message in [
        format!("T\n\n{BLOCK}"),
        format!("T\n\n{BLOCK}\nMore text\n"),
        format!("T\n\nglued to text\n{BLOCK}"),
        format!("Squashed\n\ncommit 1\n\n    T\n\n{indented}\n# Please\n"),
        format!("\n{BLOCK}# Please\n"),
    ] {
        assert!(mentions_run(message.as_bytes(), &style), "{message}");
    }
    let below = format!("T\n# {CUT}\n\n{BLOCK}");
    assert!(!mentions_run(below.as_bytes(), &style));
}

#[test]
fn squashed_runs_are_harvested_in_order_and_once() {
    let indented: Vec<_> = OLD.lines().map(|line| format!("    {line}\n")).collect();
    let indented = indented.concat();
    let old = Trailer::decision("Old", Some("Gone".to_owned()));
    let old = Run::new(vec![old], "auth-1").expect("a valid run");
    for (message, expected) in [
        (format!("T\n\n{BLOCK}Signed-off-by: A\n"), vec![run()]),
        (format!("#12 T\n\n{BLOCK}"), vec![run()]),
        (
            format!("T\n\n{OLD}\nT2\n\n{BLOCK}\nT3\n\n{OLD}"),
            vec![old.clone(), run()],
        ),
        (
            format!("T (#1)\n\n* T\n\n{OLD}\n* U\n\n{BLOCK}\n---------\n\nCo-authored-by: A\n"),
            vec![old.clone(), run()],
        ),
        (
            format!("Squashed\n\ncommit 1\nAuthor: A\n\n    T\n\n{indented}"),
            vec![old.clone()],
        ),
        (format!("T\n\n{OLD}{BLOCK}"), vec![old, run()]),
    ] {
        assert_eq!(harvest(message.as_bytes()), expected, "{message}");
    }
}

#[test]
fn values_are_folded_and_read_back() {
    let why = "Protection against code interception, which the implicit flow does not give";
    let items = vec![
        Trailer::decision(
            "Using PKCE flow for enhanced security",
            Some(why.to_owned()),
        ),
        Trailer::new(Key::Objectives, format!("[x] {}", "word ".repeat(20))),
        Trailer::new(Key::Impact, format!("added {}/x", "long/path".repeat(10))),
    ];
    let long = Run::new(items, "auth-1").expect("a valid run");
    let lines = "\
Session-Objectives: [x] word word word word word word word word word
 word word word word word word word word word word word
Decisions: Using PKCE flow for enhanced security
 Rationale: Protection against code interception, which the implicit
 flow does not give
Impact: added
 long/pathlong/pathlong/pathlong/pathlong/pathlong/pathlong/pathlong/pathlong/pathlong/path/x
Session-Id: auth-1
";
    assert_eq!(long.to_string(), lines);
    let written = upsert(b"T\n", &long, &Style::default());
    assert_eq!(text(&written), format!("T\n\n{lines}"));
    assert_eq!(find(&written, &Style::default()), Some(long));
}

#[test]
fn a_rationale_inside_a_text_starts_no_line() {
    let words = format!("{} Rationale: x", "w".repeat(58));
    let run = Run::new(vec![Trailer::decision(words, None)], "a").expect("a valid run");
    let written = upsert(b"T\n", &run, &Style::default());
    assert_eq!(find(&written, &Style::default()), Some(run));
}

#[test]
fn a_refolded_value_reads_as_git_unfolds_it() {
    let message = b"T\n\nDecisions:  What\n\t we do \n   Rationale:\n Why\nSession-Id : a-1 \n";
    let run = find(message, &Style::default()).expect("a run");
    let decision = run.get(Key::Decisions).next().expect("a decision");
    assert_eq!(
        (decision.text.as_str(), decision.rationale.as_deref()),
        ("What we do", Some("Why"))
    );
    assert_eq!((run.session_id(), run.trailers().len()), ("a-1", 2));
}

#[test]
fn texts_become_one_clean_paragraph() {
    let long = clean(&"word ".repeat(100));
    assert!(long.ends_with("word...") && long.chars().count() <= MAX_CHARS);
    assert_eq!(clean(&"w".repeat(300)).chars().count(), MAX_CHARS);
    for (before, after) in [
        ("  a \t\r\n b\u{a0}c\u{85}d ", "a b c d"),
        ("\u{1b}[31mred\u{7f}\u{9b}1m\0", "[31mred1m"),
        ("\u{202e}a\u{2066}b\u{200b}c\u{feff}\u{e0041}", "abc"),
        ("👩\u{200d}💻 a\u{200d}b \u{200c}", "👩\u{200d}💻 ab"),
        ("\u{200b} \u{202c}", ""),
    ] {
        assert_eq!(clean(before), after, "{before:?}");
    }
}

#[test]
fn what_the_encoding_lacks_becomes_a_question_mark() {
    let items = vec![Trailer::new(Key::Impact, "größer ✓")];
    let run = Run::new(items, "a").expect("a valid run");
    for (name, expected) in [
        ("UTF-8", "größer ✓".as_bytes()),
        ("ISO-8859-1", b"gr\xf6\xdfer ?"),
        ("latin1", b"gr\xf6\xdfer ?"),
        ("ISO-8859-2", b"gr??er ?"),
        ("", "größer ✓".as_bytes()),
    ] {
        let style = Style {
            encoding: Encoding::from_name(name),
            ..Style::default()
        };
        let written = upsert(b"caf\xe9\n", &run, &style);
        let expected = [b"caf\xe9\n\nImpact: ", expected, b"\nSession-Id: a\n"].concat();
        assert_eq!(written, expected, "{name}");
        assert_eq!(upsert(&written, &run, &style), written, "{name}");
    }
    let latin = Style {
        encoding: Encoding::Latin1,
        ..Style::default()
    };
    let found = find(b"T\n\nImpact: gr\xf6\xdfer\nSession-Id: a\n", &latin).expect("a run");
    assert_eq!(found.trailers()[0].text, "größer");
}

#[test]
fn a_run_is_checked_and_ordered() {
    let item = |key| Trailer::new(key, "x");
    let rationale = Trailer {
        rationale: Some("y".to_owned()),
        ..item(Key::Impact)
    };
    for id in ["", "two words", "a:b", "ä", "a\n"] {
        assert_eq!(
            Run::new(Vec::new(), id),
            Err(RunError::MalformedId(id.to_owned()))
        );
    }
    assert_eq!(
        Run::new(vec![item(Key::Id)], "a"),
        Err(RunError::IdAmongItems)
    );
    assert_eq!(
        Run::new(vec![rationale], "a"),
        Err(RunError::RationaleAt(Key::Impact))
    );
    let keys = [Key::Time, Key::Impact, Key::Objectives, Key::Impact];
    let run = Run::new(keys.map(item).to_vec(), "a").expect("a valid run");
    let order: Vec<_> = run.trailers().iter().map(|item| item.key).collect();
    assert_eq!(
        order,
        [
            Key::Objectives,
            Key::Impact,
            Key::Impact,
            Key::Time,
            Key::Id
        ]
    );
    assert_eq!(run.get(Key::Impact).count(), 2);
    assert_eq!(
        Run::new(vec![Trailer::new(Key::Time, " \u{200b}")], "a"),
        Ok(only_id("a"))
    );
}

#[test]
fn a_run_is_read_with_and_without_the_phase() {
    let old = "T\n\nSession-Objectives: [>] a\nSession-Time: 5m\nSession-Id: a-1\n";
    let new = old.replace("\n\n", "\n\nSession-Phase: red\n");
    let run = |message: &str| harvest(message.as_bytes()).pop().expect("a run");
    assert_eq!(run(old).trailers().len(), 3);
    assert_eq!(run(&new).get(Key::Phase).next().expect("it").text, "red");
    let style = Style::default();
    let to_new = upsert(old.as_bytes(), &run(&new), &style);
    assert_eq!(text(&to_new), new);
    assert_eq!(text(&upsert(new.as_bytes(), &run(old), &style)), old);
    // in another place it is somebody's own
    let below = old.replace("Session-Id", "Session-Phase: red\nSession-Id");
    assert_eq!(run(&below).trailers().len(), 2);
}

#[test]
fn many_runs_take_no_stack_and_no_quadratic_time() {
    let style = Style::default();
    let many: String = (0..50_000)
        .map(|n| ["Session-Id: a-", &n.to_string(), "\n"].concat())
        .collect();
    let message = format!("T\n\n{many}");
    assert_eq!(text(&remove(message.as_bytes(), &style)), "T\n");
    assert_eq!(harvest(message.as_bytes()).len(), 50_000);
    assert!(!has_content(format!("\n{many}").as_bytes(), &style));
}
