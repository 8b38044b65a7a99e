//! What people and programs get to see.

use anyhow::Context as _;
use insta::assert_snapshot;
use serde_json::json;

use super::options::colored;
use super::table::{Column, Table};
use super::text::{Mark, Marks};
use super::*;

const ALL: Terminals = Terminals {
    stdin: true,
    stdout: true,
    stderr: true,
};

fn ui(options: Options) -> Ui {
    Ui::captured(options, &Env::default(), Terminals::default(), &[])
}

fn asking(input: &[&str]) -> Ui {
    Ui::captured(Options::default(), &Env::default(), ALL, input)
}

fn verbosity(verbosity: Verbosity) -> Ui {
    ui(Options {
        verbosity,
        ..Options::default()
    })
}

/// Says one thing of every kind.
fn say_everything(ui: &Ui) -> String {
    ui.answer("the answer").unwrap();
    ui.status("Started a session.");
    ui.detail("read .session/config.toml");
    ui.warn("a log line is torn");
    ui.hint("git session doctor");
    format!("{}---\n{}", ui.stdout(), ui.stderr())
}

#[test]
fn answers_and_news_take_different_ways() {
    assert_snapshot!(say_everything(&verbosity(Verbosity::Normal)), @"
    the answer
    ---
    Started a session.
    warning: a log line is torn
    hint: git session doctor
    ");
}

#[test]
fn quiet_leaves_answers_and_warnings() {
    assert_snapshot!(say_everything(&verbosity(Verbosity::Quiet)), @"
    the answer
    ---
    warning: a log line is torn
    ");
}

#[test]
fn verbose_names_the_sources() {
    assert_snapshot!(say_everything(&verbosity(Verbosity::Verbose)), @"
    the answer
    ---
    Started a session.
    read .session/config.toml
    warning: a log line is torn
    hint: git session doctor
    ");
}

#[test]
fn an_error_ends_with_the_next_command() {
    let ui = ui(Options::default());
    let failure = Err::<(), _>(io::Error::other("disk is on fire"))
        .context("cannot read log.jsonl")
        .context(Fault::repository("the session cannot be read").hint("git session doctor"))
        .unwrap_err();
    assert_eq!(ui.finish(Err(failure)), 3);
    assert_snapshot!(ui.stderr(), @"
    error: the session cannot be read
      caused by: cannot read log.jsonl
      caused by: disk is on fire
    hint: git session doctor
    ");
}

#[test]
fn a_bug_is_called_one() {
    let ui = ui(Options::default());
    assert_eq!(
        ui.finish(Err(Fault::new(Kind::Bug, "the fold lost an item").into())),
        70
    );
    assert_snapshot!(ui.stderr(), @"internal error: the fold lost an item");
}

#[test]
fn a_closed_output_is_no_failure() {
    let ui = ui(Options::default());
    assert_eq!(ui.finish(Err(Closed.into())), 0);
    assert_eq!(ui.finish(Ok(())), 0);
    assert_eq!(ui.stderr(), "");
}

#[test]
fn json_has_its_schema_first() {
    #[derive(Serialize)]
    struct View {
        branch: &'static str,
        active: Option<u32>,
    }
    let ui = ui(Options::default());
    ui.json(
        "git-session/status/v1",
        &View {
            branch: "main",
            active: None,
        },
    )
    .unwrap();
    ui.json("git-session/list/v1", &json!({"a": [1]})).unwrap();
    assert!(ui.json("git-session/bad/v1", &[1]).is_err());
    assert_snapshot!(ui.stdout(), @r#"
    {
      "schema": "git-session/status/v1",
      "branch": "main",
      "active": null
    }
    {
      "schema": "git-session/list/v1",
      "a": [
        1
      ]
    }
    "#);
}

#[test]
fn colours_follow_flag_then_environment_then_terminal() {
    type Case = (Color, &'static [(&'static str, &'static str)], bool, bool);
    let cases: &[Case] = &[
        (Color::Auto, &[], true, true),
        (Color::Auto, &[], false, false),
        (Color::Auto, &[("NO_COLOR", "1")], true, false),
        (Color::Auto, &[("NO_COLOR", "")], true, true),
        (Color::Auto, &[("CLICOLOR_FORCE", "1")], false, true),
        (Color::Auto, &[("CLICOLOR_FORCE", "0")], false, false),
        (
            Color::Auto,
            &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
            false,
            false,
        ),
        (Color::Auto, &[("TERM", "dumb")], true, false),
        (Color::Always, &[("NO_COLOR", "1")], false, true),
        (Color::Never, &[("CLICOLOR_FORCE", "1")], true, false),
    ];
    for (color, pairs, terminal, expected) in cases {
        let env = Env::from_pairs(pairs.iter().copied());
        assert_eq!(
            colored(*color, &env, *terminal),
            *expected,
            "{color:?} {pairs:?} {terminal}"
        );
    }
}

#[test]
fn a_style_is_a_colour_only_where_colours_are_wanted() {
    let always = ui(Options {
        color: Some(Color::Always),
        ..Options::default()
    });
    always.answer(&style::good("done")).unwrap();
    assert_eq!(always.stdout(), "\u{1b}[32mdone\u{1b}[0m\n");
    let auto = ui(Options::default());
    auto.answer(&style::good("done")).unwrap();
    assert_eq!(auto.stdout(), "done\n");
}

#[test]
fn text_from_outside_cannot_steer_the_terminal() {
    let hostile = "a\u{1b}[2Jb\u{1b}]0;title\u{7}c\u{202e}d\re\n";
    assert_snapshot!(style::plain(hostile), @r#"a\u{1b}[2Jb\u{1b}]0;title\u{7}c\u{202e}d\re\n"#);
    let ui = asking(&[]);
    ui.answer(&style::good(hostile)).unwrap();
    ui.answer("tab\tnext\r\n\u{1b}[1mbold\u{1b}[0m \u{1b}[2J\u{9b}K")
        .unwrap();
    assert_eq!(
        ui.stdout(),
        "\u{1b}[32ma\\u{1b}[2Jb\\u{1b}]0;title\\u{7}c\\u{202e}d\\re\\n\u{1b}[0m\n\
         tab\tnext\r\n\u{1b}[1mbold\u{1b}[0m \\u{1b}[2J\\u{9b}K\n"
    );
}

#[test]
fn questions_are_asked_on_a_terminal_only() {
    let silent = ui(Options::default());
    assert!(silent.confirm("Install hooks?", true));
    assert!(!silent.confirm("Delete it?", false));
    assert_eq!(silent.ask("Branch?"), None);
    assert_eq!(silent.choose("What now?", &["resume", "new"], 1), None);
    assert_eq!(silent.stderr(), "");
    for pairs in [("CLAUDECODE", "1"), ("GIT_TERMINAL_PROMPT", "0")] {
        let ui = Ui::captured(Options::default(), &Env::from_pairs([pairs]), ALL, &["n"]);
        assert!(ui.confirm("Install hooks?", true), "{pairs:?}");
    }
}

#[test]
fn answers_to_questions_are_understood() {
    assert!(asking(&["YES"]).confirm("?", false));
    assert!(!asking(&["n"]).confirm("?", true));
    assert!(asking(&[""]).confirm("?", true));
    assert!(asking(&["what", "y"]).confirm("?", false));
    assert!(!asking(&["a", "b", "c", "y"]).confirm("?", false));
    assert!(asking(&[]).confirm("?", true));
    assert_eq!(asking(&[" main "]).ask("?").as_deref(), Some("main"));
    assert_eq!(asking(&[""]).ask("?"), None);
    let plain = Env::from_pairs([("TERM", "dumb")]);
    let ui = Ui::captured(Options::default(), &plain, ALL, &["9", "2"]);
    assert_eq!(ui.choose("What now?", &["resume", "new"], 0), Some(1));
    assert_eq!(asking(&[]).choose("?", &["a"], 0), None);
    assert_eq!(asking(&[""]).choose("?", &["a", "b"], 1), Some(1));
    assert_snapshot!(ui.stderr(), @"
    What now?
      1) resume
      2) new
    Type 1 to 2 [1] 9
    What now?
      1) resume
      2) new
    Type 1 to 2 [1] 2
    ");
}

#[test]
fn the_width_is_known_on_a_terminal_or_by_columns() {
    assert_eq!(ui(Options::default()).width(), None);
    assert_eq!(ui(Options::default()).text_width(), 100);
    assert_eq!(asking(&[]).width(), Some(80));
    let wide = Env::from_pairs([("COLUMNS", "132")]);
    let ui = Ui::captured(Options::default(), &wide, Terminals::default(), &[]);
    assert_eq!((ui.width(), ui.text_width()), (Some(132), 100));
}

fn sessions(most: Option<usize>) -> Table {
    let columns = [
        Column::Left,
        Column::Flexible(10),
        Column::Right,
        Column::Flexible(6),
    ];
    let mut table = Table::new(&columns, most).heading(&["ID", "BRANCH", "COMMITS", "TITLE"]);
    table.row([
        style::handle("k3f9"),
        "feature/google-oauth".into(),
        "12".into(),
        "Sign in with 日本語".into(),
    ]);
    table.row(["m2".into(), "main".into(), "3".into()]);
    table.row(["x".into(), "".into(), "".into(), "last".into()]);
    table
}

#[test]
fn a_table_lines_up() {
    assert_snapshot!(anstream::adapter::strip_str(&sessions(None).to_string()), @"
    ID    BRANCH                COMMITS  TITLE
    k3f9  feature/google-oauth       12  Sign in with 日本語
    m2    main                        3
    x                                    last
    ");
}

#[test]
fn a_table_gives_way_from_the_last_column() {
    assert_snapshot!(anstream::adapter::strip_str(&sessions(Some(38)).to_string()), @"
    ID    BRANCH           COMMITS  TITLE
    k3f9  feature/goog...       12  Sig...
    m2    main                   3
    x                               last
    ");
    for line in anstream::adapter::strip_str(&sessions(Some(38)).to_string())
        .to_string()
        .lines()
    {
        assert!(text::width(line) <= 38, "{line}");
        assert_eq!(line, line.trim_end());
    }
}

#[test]
fn text_is_cut_by_columns_not_letters() {
    assert_eq!(text::truncate("short", 5), "short");
    assert_eq!(text::truncate("too long", 6), "too...");
    assert_eq!(text::truncate("日本語日本語", 8), "日本...");
    assert_eq!(text::truncate("abc", 2), "..");
    assert_eq!(text::truncate("abc", 0), "");
    assert_eq!(text::width(&style::bad("日本").to_string()), 4);
}

#[test]
fn paragraphs_are_wrapped_under_their_mark() {
    let text = "Decided to keep the provider behind\none interface.\n\nBecause the next one is coming and averyveryverylongwordthatdoesnotfit.";
    assert_snapshot!(text::wrap_hanging(text, 28, "[x] ", "    "), @"
    [x] Decided to keep the
        provider behind one
        interface.

        Because the next one is
        coming and
        averyveryverylongwordthatdoesnotfit.
    ");
    assert_eq!(text::wrap("", 20, "  "), "");
    assert_eq!(text::wrap("one two", 80, "  "), "  one two");
}

#[test]
fn counts_have_a_noun() {
    assert_eq!(text::plural(0, "commit"), "0 commits");
    assert_eq!(text::plural(1, "commit"), "1 commit");
    assert_eq!(text::plural_as(2, "branch", "branches"), "2 branches");
}

#[test]
fn marks_are_ascii_unless_asked() {
    let marks = [Mark::Done, Mark::Active, Mark::Open, Mark::Dropped];
    let ascii = ui(Options::default());
    assert_eq!(
        marks.map(|mark| ascii.mark(mark)),
        ["[x]", "[>]", "[ ]", "[-]"]
    );
    let emoji = ui(Options::default());
    let settings = Preferences {
        marks: Marks::Emoji,
        ..Preferences::default()
    };
    emoji.adopt(settings, &Env::default());
    assert!(
        marks
            .map(|mark| emoji.mark(mark))
            .iter()
            .all(|mark| !mark.is_ascii())
    );
}

#[test]
fn a_flag_beats_a_setting() {
    let settings = Preferences {
        color: Color::Always,
        verbose: true,
        ..Preferences::default()
    };
    let flags = [
        (None, Verbosity::Normal),
        (Some(Color::Auto), Verbosity::Quiet),
    ];
    let said = flags.map(|(color, verbosity)| {
        let ui = ui(Options {
            color,
            verbosity,
            ..Options::default()
        });
        ui.adopt(settings.clone(), &Env::default());
        ui.answer(&style::good("done")).unwrap();
        (ui.stdout().contains('\u{1b}'), ui.is_verbose())
    });
    assert_eq!(said, [(true, true), (false, false)]);
}
